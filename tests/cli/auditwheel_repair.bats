#!/usr/bin/env bats
# auditwheel's own cases of repair, end to end on wheels like the ones it bundles or builds
# (tests/auditwheel-cases.md).  Those that must be run stand in layouts.bats.
# shellcheck disable=SC2154 # bats and the file below set what is used here
load ../support/cli

# repairs NAME WHEEL [OPTION...]: exit 0, and out/ has exactly that wheel.
repairs() {
    local name=$1
    shift
    rm -rf out
    run --separate-stderr "$WHEELFIX" repair -w out "$@"
    [ "$status" -eq 0 ] || { printf '%s\n' "$stderr" >&2; return 1; }
    is "$(ls -A out)" "$name"
}

# refuses TEXT WHEEL [OPTION...]: exit 1 with that reason, and nothing is written.
refuses() {
    local text=$1
    shift
    rm -rf out
    run --separate-stderr "$WHEELFIX" repair -w out "$@"
    is "$status" 1
    has "$stderr" "$text"
    [ ! -e out ]
}

# other WORD...: a member demo/_native.so for another machine: keys of an ELF recipe.
other() {
    printf '{ "name": "demo/_native.so", "elf": { "needed": ["libc.so.6"],
        "exports": ["PyInit__native"], %s } }' "$1"
}

# shared NAME MACHINE [KEYS]: a shared library NAME in the folder NAME.d.
shared() {
    mkdir -p "$1.d"
    wheel py3-none-linux_x86_64 "$(printf '{ "name": "%s", "elf": { "machine": "%s",
        "soname": "%s"%s } }' "$1" "$2" "$1" "${3:-}")"
    python3 -m zipfile -e demo-1.0-py3-none-linux_x86_64.whl unpacked
    mv "unpacked/$1" "$1.d/$1"
    rm -r unpacked demo-1.0-py3-none-linux_x86_64.whl
}

@test "PyFPE is refused under any tag" {
    wheel cp35-cp35m-linux_x86_64 "$(elf '"needed": ["libc.so.6"],
        "exports": ["PyInit__native"], "imports": [{ "name": "PyFPE_jbuf" }]')"
    refuses "uses PyFPE_jbuf" demo-1.0-cp35-cp35m-linux_x86_64.whl
    refuses "uses PyFPE_jbuf" demo-1.0-cp35-cp35m-linux_x86_64.whl --plat manylinux_2_39
}

@test "private symbols of a granted library are refused unless that is bundled" {
    shared libz.so.1 x86_64
    wheel cp310-cp310-linux_x86_64 "$(elf '"needed": ["libz.so.1", "libc.so.6"],
        "exports": ["PyInit__native"], "imports": [{ "name": "inflate_fast" }]')"
    local whl=demo-1.0-cp310-cp310-linux_x86_64.whl

    refuses "uses inflate_fast, which is private to libz.so.1" "$whl"
    refuses "inflate_fast" "$whl" --plat manylinux2014
    repairs demo-1.0-cp310-cp310-manylinux1_x86_64.manylinux_2_5_x86_64.whl "$whl" \
        --include libz.so.1 --lib-path libz.so.1.d
}

@test "the need of libpython goes with a warning, and tags that do not hold go, too" {
    wheel cp313-cp313-manylinux2014_aarch64 "$(printf '{ "name": "demo/_native.so",
        "elf": { "machine": "aarch64", "exports": ["PyInit__native"], "needed":
        ["libpython3.13.so.1.0", "libstdc++.so.6", "libc.so.6", "ld-linux-aarch64.so.1"],
        "imports": [{ "name": "f", "version": "GLIBC_2.29", "library": "libc.so.6" }] } }')"
    repairs demo-1.0-cp313-cp313-manylinux_2_31_aarch64.whl \
        demo-1.0-cp313-cp313-manylinux2014_aarch64.whl
    has "$output" "its need of libpython3.13.so.1.0 is taken away"
    has "$output" "the tag manylinux2014_aarch64 does not hold and goes"
    run "$WHEELFIX" show --format json out/*.whl
    lacks "$output" "libpython"
    has "$output" '"rpath": null'
}

@test "libraries of an old cffi can be excluded one by one or all, or are missing" {
    wheel cp27-none-linux_x86_64 "$(elf '"exports": ["init_native"],
        "needed": ["libffi.so.5", "libpython2.7.so.1.0", "libc.so.6"]')"
    local whl=demo-1.0-cp27-none-linux_x86_64.whl
    local done=demo-1.0-cp27-none-manylinux1_x86_64.manylinux_2_5_x86_64.whl

    refuses "needs libffi.so.5, which was not found" "$whl"
    refuses "libffi.so.5" "$whl" --exclude 'libffi.so.[6,7]'
    for pattern in 'libffi.so.[4,5]' 'libffi.so.*' '*'; do
        repairs $done "$whl" --exclude "$pattern"
    done
    # What everything excludes is left alone altogether, libpython included.
    lacks "$output" libpython
    shared libffi.so.5 x86_64
    for variable in LD_LIBRARY_PATH AUDITWHEEL_LD_LIBRARY_PATH; do
        export "$variable=$folder/libffi.so.5.d"
        repairs $done "$whl"
        has "$output" "demo.libs/libffi-"
        repairs $done "$whl" --exclude "$folder/libffi.so.5.d/*"
        lacks "$output" "demo.libs/libffi-"
        unset "$variable"
    done
}

@test "a dependency of what is excluded does not come either" {
    shared libb.so x86_64
    shared liba.so x86_64 ', "needed": ["libb.so", "libc.so.6"]'
    wheel cp312-cp312-linux_x86_64 "$(elf '"needed": ["liba.so", "libc.so.6"],
        "exports": ["PyInit__native"]')"
    local done=demo-1.0-cp312-cp312-manylinux1_x86_64.manylinux_2_5_x86_64.whl

    repairs $done demo-1.0-cp312-cp312-linux_x86_64.whl --lib-path liba.so.d \
        --lib-path libb.so.d
    has "$output" "demo.libs/libb-"
    repairs $done demo-1.0-cp312-cp312-linux_x86_64.whl --lib-path liba.so.d \
        --lib-path libb.so.d --exclude liba.so
    lacks "$output" "demo.libs"
}

@test "SOURCE_DATE_EPOCH is the time of every entry, 1980 at the earliest" {
    local wanted
    wheel cp312-cp312-linux_x86_64 "$(elf "$(needs GLIBC_2.14)")"
    while read -r epoch wanted; do
        SOURCE_DATE_EPOCH=$epoch repairs \
            demo-1.0-cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64.whl \
            demo-1.0-cp312-cp312-linux_x86_64.whl
        is "$(python3 -c 'import calendar, sys, zipfile
print(*{calendar.timegm(i.date_time + (0, 0, 0))
        for i in zipfile.ZipFile(sys.argv[1]).infolist()})' out/*.whl)" "$wanted"
    done <<'END'
0 315532800
315532799 315532800
315532801 315532800
315532802 315532802
650203201 650203200
END
}

@test "ISA levels above the baseline are refused unless the check is off" {
    local level
    for level in 2 3 4; do
        rm -f -- *.whl
        wheel cp312-cp312-linux_x86_64 "$(elf '"needed": ["libc.so.6"],
            "exports": ["PyInit__native"], "isa": '"$level")"
        refuses "runs on x86-64-v$level processors only" demo-1.0-cp312-cp312-linux_x86_64.whl
        repairs demo-1.0-cp312-cp312-manylinux1_x86_64.manylinux_2_5_x86_64.whl \
            demo-1.0-cp312-cp312-linux_x86_64.whl --disable-isa-ext-check
    done
}

@test "libmvec raises the tag, and is never bundled" {
    wheel cp312-cp312-linux_x86_64 "$(elf '"needed": ["libmvec.so.1", "libc.so.6"],
        "exports": ["PyInit__native"], "imports": [{ "name": "_ZGVbN2v_sin",
        "version": "GLIBC_2.22", "library": "libmvec.so.1" }]')"
    local whl=demo-1.0-cp312-cp312-linux_x86_64.whl

    repairs demo-1.0-cp312-cp312-manylinux_2_24_x86_64.whl "$whl"
    repairs demo-1.0-cp312-cp312-manylinux_2_24_x86_64.manylinux_2_34_x86_64.whl "$whl" \
        --plat manylinux_2_34
    refuses "libmvec.so.1, which the policy does not grant and which is never bundled" \
        "$whl" --plat manylinux2014
}

@test "a wheel for another machine than its name says is refused, and the machine named" {
    local machine
    for machine in aarch64 armv7l armv5l i686 mips64 ppc64le riscv64 s390x; do
        rm -f -- *.whl
        wheel cp312-cp312-linux_x86_64 "$(other "\"machine\": \"$machine\"")"
        refuses "${machine%%l*}" demo-1.0-cp312-cp312-linux_x86_64.whl
        refuses "${machine%%l*}" demo-1.0-cp312-cp312-linux_x86_64.whl \
            --allow-pure-python-wheel
    done
}

@test "wheels of every machine and both libcs are repaired on any host" {
    local machine libc tags
    while read -r machine libc tags; do
        rm -f -- *.whl
        wheel "cp312-cp312-linux_$machine" "$(printf '{ "name": "demo/_native.so", "elf": {
            "machine": "%s", "needed": ["%s"], "exports": ["PyInit__native"] } }' \
            "$machine" "$libc")"
        repairs "demo-1.0-cp312-cp312-$tags.whl" "demo-1.0-cp312-cp312-linux_$machine.whl" \
            --plat auto
    done <<'END'
x86_64 libc.so.6 manylinux1_x86_64.manylinux_2_5_x86_64
i686 libc.so.6 manylinux1_i686.manylinux_2_5_i686
aarch64 libc.so.6 manylinux2014_aarch64.manylinux_2_17_aarch64
armv7l libc.so.6 manylinux2014_armv7l.manylinux_2_17_armv7l
ppc64le libc.so.6 manylinux2014_ppc64le.manylinux_2_17_ppc64le
s390x libc.so.6 manylinux2014_s390x.manylinux_2_17_s390x
riscv64 libc.so.6 manylinux_2_31_riscv64
x86_64 libc.musl-x86_64.so.1 musllinux_1_2_x86_64
i686 libc.musl-x86.so.1 musllinux_1_2_i686
aarch64 libc.musl-aarch64.so.1 musllinux_1_2_aarch64
armv7l libc.musl-armv7.so.1 musllinux_1_2_armv7l
ppc64le libc.musl-ppc64le.so.1 musllinux_1_2_ppc64le
s390x libc.musl-s390x.so.1 musllinux_1_2_s390x
riscv64 libc.musl-riscv64.so.1 musllinux_1_2_riscv64
END
}

@test "every target is written with its old names, alone or beside the best one" {
    local best=manylinux1_x86_64.manylinux_2_5_x86_64 plat alone both
    wheel cp312-cp312-linux_x86_64 "$(elf '"needed": ["libc.so.6"],
        "exports": ["PyInit__native"]')"
    while read -r plat alone both; do
        repairs "demo-1.0-cp312-cp312-$alone.whl" demo-1.0-cp312-cp312-linux_x86_64.whl \
            --plat "$plat" --only-plat
        repairs "demo-1.0-cp312-cp312-${both:-$best.$alone}.whl" \
            demo-1.0-cp312-cp312-linux_x86_64.whl --plat "$plat"
        run "$WHEELFIX" show out/*.whl
        has "$output" "verdict  manylinux_2_5_x86_64"
    done <<END
manylinux1_x86_64 $best $best
manylinux_2_5_x86_64 $best $best
manylinux2010_x86_64 manylinux2010_x86_64.manylinux_2_12_x86_64 manylinux1_x86_64.manylinux2010_x86_64.manylinux_2_12_x86_64.manylinux_2_5_x86_64
manylinux2014_x86_64 manylinux2014_x86_64.manylinux_2_17_x86_64 manylinux1_x86_64.manylinux2014_x86_64.manylinux_2_17_x86_64.manylinux_2_5_x86_64
manylinux_2_28_x86_64 manylinux_2_28_x86_64 manylinux1_x86_64.manylinux_2_28_x86_64.manylinux_2_5_x86_64
manylinux_2_34 manylinux_2_34_x86_64 manylinux1_x86_64.manylinux_2_34_x86_64.manylinux_2_5_x86_64
END
}

@test "newer symbols in an extension, or in what comes along, refuse every older target" {
    shared libdep.so.1 x86_64 ', "needed": ["libc.so.6"], "imports": [{ "name": "stat",
        "version": "GLIBC_2.33", "library": "libc.so.6" }]'
    wheel cp311-cp311-linux_x86_64 "$(elf "$(needs GLIBC_2.33)")"
    wheel cp312-cp312-linux_x86_64 "$(elf '"needed": ["libdep.so.1", "libc.so.6"],
        "exports": ["PyInit__native"]')"
    for plat in manylinux_2_5 manylinux2010 manylinux2014 manylinux_2_28 manylinux_2_31; do
        refuses "demo/_native.so needs fstat@GLIBC_2.33 of libc.so.6" \
            demo-1.0-cp311-cp311-linux_x86_64.whl --plat "$plat"
        refuses "stat@GLIBC_2.33 of libc.so.6" demo-1.0-cp312-cp312-linux_x86_64.whl \
            --lib-path libdep.so.1.d --plat "$plat"
        has "$stderr" "libdep.so.1, which would be bundled, needs"
    done
    for tag in cp311-cp311 cp312-cp312; do
        repairs "demo-1.0-$tag-manylinux_2_34_x86_64.whl" "demo-1.0-$tag-linux_x86_64.whl" \
            --lib-path libdep.so.1.d
    done
}

@test "a static program under both families keeps both" {
    wheel py2.py3-none-manylinux1_x86_64.musllinux_1_1_x86_64 '{ "name": "demo/tool",
        "elf": { "machine": "x86_64", "type": "exec", "dynamic": false } }'
    repairs demo-1.0-py2.py3-none-manylinux1_x86_64.manylinux_2_5_x86_64.musllinux_1_1_x86_64.whl \
        demo-1.0-py2.py3-none-manylinux1_x86_64.musllinux_1_1_x86_64.whl
}

@test "libc++_shared of Android is found by variable and option, the variable first" {
    local whl=demo-1.0-cp313-cp313-android_24_arm64_v8a.whl where
    shared libc++_shared.so aarch64 ', "needed": ["libc.so"]'
    mv libc++_shared.so.d first
    shared libc++_shared.so aarch64 ', "needed": ["libc.so", "libm.so"]'
    mv libc++_shared.so.d second
    wheel cp313-cp313-android_24_arm64_v8a '{ "name": "spam.so", "elf": {
        "machine": "aarch64", "android": true, "exports": ["PyInit_spam"],
        "needed": ["libc.so", "libc++_shared.so", "libpython3.13.so"] } }'
    repairs "$whl" "$whl" --ldpaths "$PWD/first"
    where=$(python3 -m zipfile -l out/"$whl" | grep -o 'demo.libs/libc++_shared-[0-9a-f]*')
    is "$where" "demo.libs/libc++_shared-$(sha256sum first/libc++_shared.so | head -c 8)"
    AUDITWHEEL_LD_LIBRARY_PATH=$PWD/second repairs "$whl" "$whl"
    has "$output" "$where" && false
    AUDITWHEEL_LD_LIBRARY_PATH=$PWD/first repairs "$whl" "$whl" --ldpaths "$PWD/second"
    has "$output" "$where"
    run "$WHEELFIX" show --format json out/"$whl"
    has "$output" "\"soname\": \"${where#demo.libs/}.so\""
    has "$output" "\"runpath\": \"\$ORIGIN/demo.libs\""
    lacks "$output" '"rpath": "'
    # On Android libpython stays.
    has "$output" '"libpython3.13.so"'
}

@test "wheels without native code are copied, several at once, onto themselves, too" {
    pure_wheel
    mkdir two
    wheel py2-none-any '{ "name": "demo/__init__.py", "text": "" }'
    run --separate-stderr "$WHEELFIX" repair -w two --allow-pure-python-wheel "$pure" \
        demo-1.0-py2-none-any.whl
    [ "$status" -eq 0 ]
    cmp "$pure" "two/$pure"
    cmp demo-1.0-py2-none-any.whl two/demo-1.0-py2-none-any.whl
    run --separate-stderr "$WHEELFIX" repair -w two "two/$pure"
    [ "$status" -eq 0 ]
    cmp "$pure" "two/$pure"
}
