#!/usr/bin/env bats
# auditwheel's own integration cases, end to end on wheels like the ones it bundles
# (tests/auditwheel-cases.md).
# shellcheck disable=SC2154 # bats and the file below set what is used here
load ../support/cli

# answers KEY VALUE WHEEL [OPTION...]: --format auditwheel has that key and value, exit 0.
answers() {
    local key=$1 value=$2
    shift 2
    run --separate-stderr "$WHEELFIX" show --format auditwheel "$@"
    is "$status" 0
    has "$output" "\"$key\": $value"
}

# other WORD...: a member demo/_native.so for another machine: keys of an ELF recipe.
other() {
    printf '{ "name": "demo/_native.so", "elf": { "needed": ["libc.so.6"],
        "exports": ["PyInit__native"], %s } }' "$1"
}

@test "a wheel that uses PyFPE is linux, though its symbols are old" {
    wheel cp35-cp35m-linux_x86_64 "$(elf '"needed": ["libc.so.6"],
        "exports": ["PyInit__native"], "imports": [{ "name": "PyFPE_jbuf" },
        { "name": "free", "version": "GLIBC_2.2.5", "library": "libc.so.6" }]')"
    answers overall_tag '"linux_x86_64"' demo-1.0-cp35-cp35m-linux_x86_64.whl
    has "$output" '"sym_tag": "manylinux_2_5_x86_64"'
    has "$output" '"pyfpe": true'
    run --separate-stderr "$WHEELFIX" show demo-1.0-cp35-cp35m-linux_x86_64.whl
    is "$status" 0
    has "$output" "PyFPE_jbuf"
}

@test "private symbols of libz make it linux, and are listed" {
    wheel cp310-cp310-linux_x86_64 "$(elf '"needed": ["libz.so.1", "libc.so.6"],
        "exports": ["PyInit__native"], "imports": [{ "name": "inflate_fast" },
        { "name": "inflate", "version": "ZLIB_1.2.2", "library": "libz.so.1" }]')"
    answers overall_tag '"linux_x86_64"' demo-1.0-cp310-cp310-linux_x86_64.whl
    has "$output" '"sym_tag": "manylinux_2_12_x86_64"'
    has "$output" '"blacklisted_symbols"'
    run --separate-stderr "$WHEELFIX" show -v demo-1.0-cp310-cp310-linux_x86_64.whl
    is "$status" 0
    has "$output" "inflate_fast"
}

@test "a weak symbol that is newer than the tag does not count" {
    wheel cp38-abi3-manylinux_2_17_x86_64 "$(elf '"needed": ["libc.so.6"],
        "exports": ["PyInit__native"],
        "imports": [{ "name": "__cxa_thread_atexit_impl", "weak": true },
        { "name": "memcpy", "version": "GLIBC_2.14", "library": "libc.so.6" }]')"
    answers overall_tag '"manylinux_2_17_x86_64"' \
        demo-1.0-cp38-abi3-manylinux_2_17_x86_64.whl
}

@test "the libraries of an old cffi can be excluded one by one or all" {
    wheel cp27-none-linux_x86_64 "$(elf '"exports": ["init_native"],
        "needed": ["libffi.so.5", "libpython2.7.so.1.0", "libc.so.6"]')"
    local whl=demo-1.0-cp27-none-linux_x86_64.whl

    answers external_libs '{' "$whl"
    has "$output" '"libffi.so.5": null'
    has "$output" '"libpython2.7.so.1.0": null'
    answers external_libs '{' "$whl" --exclude 'libffi.so.[4,5]'
    lacks "$output" '"libffi.so.5": null'
    has "$output" '"libpython2.7.so.1.0": null'
    answers external_libs '{' "$whl" --exclude 'libffi.so.[6,7]'
    has "$output" '"libffi.so.5": null'
    answers external_libs '{}' "$whl" --exclude '*'
    has "$output" '"overall_tag": "manylinux_2_5_x86_64"'
    has "$output" '"policy_upgrades": {}'
}

@test "a path found through AUDITWHEEL_LD_LIBRARY_PATH can be excluded by its folder" {
    mkdir lib
    printf '{ "about": "a library", "members": [ { "name": "libffi.so.5",
        "method": "stored", "elf": { "machine": "x86_64",
        "soname": "libffi.so.5" } } ] }' >recipe.json
    "$builddir/tests/support/mkwheel" recipe.json archive.zip
    # Behind the local header and the name; what follows the image is not looked at.
    tail -c +42 archive.zip >lib/libffi.so.5
    wheel cp27-none-linux_x86_64 "$(elf '"exports": ["init_native"],
        "needed": ["libffi.so.5", "libc.so.6"]')"
    local whl=demo-1.0-cp27-none-linux_x86_64.whl

    answers external_libs '{' "$whl" --exclude "$folder/lib/*"
    has "$output" '"libffi.so.5": null'
    AUDITWHEEL_LD_LIBRARY_PATH=$folder/lib answers external_libs '{' "$whl"
    has "$output" "\"libffi.so.5\": \"$folder/lib/libffi.so.5\""
    AUDITWHEEL_LD_LIBRARY_PATH=$folder/lib \
        answers external_libs '{}' "$whl" --exclude "$folder/lib/*"
}

@test "a wheel for another machine than its name says is an error that names the machine" {
    local machine
    for machine in aarch64 armv7l armv5l i686 mips64 ppc64le riscv64 s390x; do
        rm -f -- *.whl
        wheel "cp312-cp312-linux_x86_64" "$(other "\"machine\": \"$machine\"")"
        run --separate-stderr "$WHEELFIX" show --format auditwheel \
            --allow-pure-python-wheel demo-1.0-cp312-cp312-linux_x86_64.whl
        is "$status" 1
        has "$output" '"error": '
        run --separate-stderr "$WHEELFIX" show -v demo-1.0-cp312-cp312-linux_x86_64.whl
        is "$status" 0
        has "$output" "${machine%%l*}"
        lacks "$output" "manylinux"
    done
}

@test "wheels of every machine are judged on any host" {
    local machine tag
    while read -r machine tag; do
        rm -f -- *.whl
        wheel "cp312-cp312-linux_$machine" "$(other "\"machine\": \"$machine\"")"
        answers overall_tag "\"${tag}_$machine\"" "demo-1.0-cp312-cp312-linux_$machine.whl"
    done <<'END'
x86_64 manylinux_2_5
i686 manylinux_2_5
aarch64 manylinux_2_17
armv7l manylinux_2_17
ppc64le manylinux_2_17
s390x manylinux_2_17
riscv64 manylinux_2_31
loongarch64 manylinux_2_36
END
}

@test "musl wheels of every machine are judged on any host" {
    local machine word
    while read -r machine word; do
        rm -f -- *.whl
        wheel "cp312-cp312-linux_$machine" "$(printf '{ "name": "demo/_native.so",
            "elf": { "machine": "%s", "needed": ["libc.musl-%s.so.1"],
            "exports": ["PyInit__native"] } }' "$machine" "$word")"
        answers overall_tag "\"musllinux_1_2_$machine\"" \
            "demo-1.0-cp312-cp312-linux_$machine.whl"
    done <<'END'
x86_64 x86_64
i686 x86
aarch64 aarch64
armv7l armv7
ppc64le ppc64le
s390x s390x
riscv64 riscv64
END
}

@test "an extension that names no libc asks for --plat" {
    wheel cp310-cp310-linux_x86_64 "$(elf '"exports": ["PyInit__native"]')"
    local whl=demo-1.0-cp310-cp310-linux_x86_64.whl

    run --separate-stderr "$WHEELFIX" show "$whl"
    is "$status" 0
    has "$output" "--plat"
    run --separate-stderr "$WHEELFIX" show --plat musllinux_1_2 "$whl"
    is "$status" 0
    has "$output" "verdict  musllinux_1_2_x86_64"
    run --separate-stderr "$WHEELFIX" show --plat manylinux_2_17 "$whl"
    is "$status" 0
}

@test "a static program under both families is met by both" {
    wheel py2.py3-none-manylinux1_x86_64.musllinux_1_1_x86_64 '{ "name": "demo/tool",
        "elf": { "machine": "x86_64", "type": "exec", "dynamic": false } }'
    local whl=demo-1.0-py2.py3-none-manylinux1_x86_64.musllinux_1_1_x86_64.whl

    answers overall_tag '"manylinux_2_5_x86_64"' "$whl"
    run --separate-stderr "$WHEELFIX" show --fail-on failure "$whl"
    is "$status" 0
}

@test "ISA levels above the baseline are refused unless the check is off" {
    local level
    for level in 2 3 4; do
        rm -f -- *.whl
        wheel cp312-cp312-linux_x86_64 "$(elf '"needed": ["libc.so.6"],
            "exports": ["PyInit__native"], "isa": '"$level")"
        local whl=demo-1.0-cp312-cp312-linux_x86_64.whl

        answers overall_tag '"linux_x86_64"' "$whl"
        has "$output" '"unsupported_isa": true'
        answers overall_tag '"manylinux_2_5_x86_64"' "$whl" --disable-isa-ext-check
        has "$output" '"unsupported_isa": false'
    done
}

@test "a library newer than the policy is found by its name and its version" {
    wheel cp312-cp312-linux_x86_64 "$(elf '"needed": ["libmvec.so.1", "libc.so.6"],
        "exports": ["PyInit__native"], "imports": [{ "name": "_ZGVbN2v_sin",
        "version": "GLIBC_2.22", "library": "libmvec.so.1" }]')"
    answers overall_tag '"manylinux_2_24_x86_64"' demo-1.0-cp312-cp312-linux_x86_64.whl
    has "$output" '"libmvec.so.1": '
}

@test "an Android wheel keeps its tag, and lacks the library that must come along" {
    wheel cp313-cp313-android_24_arm64_v8a '{ "name": "spam.so",
        "elf": { "machine": "aarch64", "exports": ["PyInit_spam"], "needed":
        ["libc.so", "libdl.so", "libm.so", "libpython3.13.so"] } }'
    answers overall_tag '"android_24_arm64_v8a"' \
        demo-1.0-cp313-cp313-android_24_arm64_v8a.whl
    has "$output" '"external_libs": {}'
    wheel cp313-cp313-android_24_arm64_v8a '{ "name": "spam.so",
        "elf": { "machine": "aarch64", "exports": ["PyInit_spam"], "needed":
        ["libc.so", "libc++_shared.so", "libpython3.13.so"] } }'
    answers external_libs '{' demo-1.0-cp313-cp313-android_24_arm64_v8a.whl
    has "$output" '"libc++_shared.so": null'
}

@test "libpython of another machine is named and not looked for" {
    wheel cp313-cp313-manylinux2014_aarch64 "$(printf '{ "name": "demo/_native.so",
        "elf": { "machine": "aarch64", "exports": ["PyInit__native"], "needed":
        ["libpython3.13.so.1.0", "libstdc++.so.6", "libc.so.6", "ld-linux-aarch64.so.1"],
        "imports": [{ "name": "f", "version": "GLIBC_2.29", "library": "libc.so.6" }] } }')"
    local whl=demo-1.0-cp313-cp313-manylinux2014_aarch64.whl

    answers external_libs '{' "$whl"
    has "$output" '"libpython3.13.so.1.0": null'
    lacks "$output" '"ld-linux-aarch64.so.1": null'
    run --separate-stderr "$WHEELFIX" show "$whl"
    has "$output" "manylinux_2_31_aarch64"
    has "$output" "needs-libpython"
}

@test "variables that would stop auditwheel change nothing" {
    local answer
    good_wheel
    answer=$("$WHEELFIX" show "$good")
    export AUDITWHEEL_PLAT=none AUDITWHEEL_PATCHER="" AUDITWHEEL_ZIP_COMPRESSION_LEVEL=high
    run --separate-stderr "$WHEELFIX" show "$good"
    is "$status" 0
    is "$output" "$answer"
    is "$stderr" ""
}
