#!/usr/bin/env bats
# wheelfix fuse: one wheel of two, byte for byte the same in either order, or every reason
# against it.
# shellcheck disable=SC2154 # bats and the file below set what is used here
load ../support/cli

# image ARCH KEYS: the keys of an image of that architecture.
image() {
    printf '"arch": "%s", "text": 64 %s' "$1" "${2:+, $2}"
}

# module ARCH KEYS: a member demo/_native.so that Python can import.
module() {
    printf '{ "name": "demo/_native.so", "mode": "100755", "macho": { "type": "bundle",
        "exports": ["_PyInit__native"], %s } }' "$(image "$@")"
}

# library NAME ARCH KEYS: a member that is a library.
library() {
    printf '{ "name": "%s", "macho": { %s } }' "$1" "$(image "$2" "${3:-}")"
}

text() {
    printf '{ "name": "%s", "text": "%s" }' "$1" "$2"
}

# intel MEMBERS, silicon MEMBERS: a wheel for that machine, with a module and these.
intel() {
    wheel cp311-cp311-macosx_10_9_x86_64 "$(module x86_64)${1:+, $1}"
    intel=demo-1.0-cp311-cp311-macosx_10_9_x86_64.whl
}

silicon() {
    wheel cp311-cp311-macosx_11_0_arm64 \
        "$(module arm64 '"signature": "linker"')${1:+, $1}"
    silicon=demo-1.0-cp311-cp311-macosx_11_0_arm64.whl
}

universal=demo-1.0-cp311-cp311-macosx_10_9_universal2.whl

# member WHEEL NAME: its bytes.
member() {
    python3 -c 'import sys, zipfile
sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))' "$1" "$2"
}

names() {
    python3 -c 'import sys, zipfile
print("\n".join(zipfile.ZipFile(sys.argv[1]).namelist()))' "$1"
}

# refused TEXT: the two wheels are, with exit 1, in either order, and nothing is written.
refused() {
    local wheels
    for wheels in "$intel $silicon" "$silicon $intel"; do
        # shellcheck disable=SC2086 # two words
        run --separate-stderr "$WHEELFIX" fuse $wheels
        [ "$status" -eq 1 ]
        is "$output" ""
        has "$stderr" "$1"
        [ ! -e wheelhouse ]
    done
}

@test "two thin wheels become a universal2 wheel in wheelhouse/, with exit 0" {
    intel "$(text demo/__init__.py same)"
    silicon "$(text demo/__init__.py same)"
    run --separate-stderr "$WHEELFIX" fuse "$intel" "$silicon"
    [ "$status" -eq 0 ]
    is "$stderr" ""
    is "${lines[0]}" "$intel"
    is "${lines[1]}" "$silicon"
    is "${lines[2]}" "  result   wheelhouse/$universal"
    is "${lines[3]}" "  fuses    1 file of both wheels"
    is "$(ls -A wheelhouse)" "$universal"
    is "$(names "wheelhouse/$universal")" "demo/__init__.py
demo/_native.so
demo-1.0.dist-info/METADATA
demo-1.0.dist-info/WHEEL
demo-1.0.dist-info/RECORD"
    has "$(member "wheelhouse/$universal" demo-1.0.dist-info/WHEEL)" \
        "Tag: cp311-cp311-macosx_10_9_universal2"
    run --separate-stderr "$WHEELFIX" show --check-hashes --fail-on warning \
        --plat macosx_10_9_universal2 "wheelhouse/$universal"
    [ "$status" -eq 0 ]
}

@test "the order of the wheels and the number of threads change no byte" {
    intel "$(library demo/libx.dylib x86_64), $(text demo/a.txt same)"
    silicon "$(library demo/libx.dylib arm64), $(text demo/a.txt same)"
    "$WHEELFIX" fuse -j1 -w one "$intel" "$silicon"
    "$WHEELFIX" fuse -j3 -w two "$silicon" "$intel"
    cmp "one/$universal" "two/$universal"
}

@test "what is fused is what lipo makes, slices and signatures as they were" {
    command -v llvm-lipo-14 >/dev/null || skip "llvm-lipo-14 is not here"
    intel
    silicon
    "$WHEELFIX" fuse "$intel" "$silicon"
    member "$intel" demo/_native.so >x86_64
    member "$silicon" demo/_native.so >arm64
    llvm-lipo-14 -create x86_64 arm64 -output theirs
    member "wheelhouse/$universal" demo/_native.so >ours
    cmp ours theirs
}

@test "oldest systems that do not go together give two tags" {
    intel
    wheel cp311-cp311-macosx_12_0_arm64 "$(module arm64 '"min_os": "12.3", "signature": "linker"')"
    run --separate-stderr "$WHEELFIX" fuse demo-*arm64.whl "$intel"
    [ "$status" -eq 0 ]
    both=demo-1.0-cp311-cp311-macosx_10_9_x86_64.macosx_12_0_arm64.whl
    is "$(ls wheelhouse)" "$both"
    member "wheelhouse/$both" demo-1.0.dist-info/WHEEL >wheel
    is "$(grep -c '^Tag: ' wheel)" 2
    grep -q '^Tag: cp311-cp311-macosx_10_9_x86_64$' wheel
    grep -q '^Tag: cp311-cp311-macosx_12_0_arm64$' wheel
}

@test "the result promises no older system than the wheels did" {
    wheel cp311-cp311-macosx_10_15_x86_64 "$(module x86_64)"
    silicon
    "$WHEELFIX" fuse demo-*x86_64.whl "$silicon"
    is "$(ls wheelhouse)" demo-1.0-cp311-cp311-macosx_10_15_universal2.whl
}

@test "the newest system that a library of either wheel needs counts" {
    wheel cp311-cp311-macosx_10_9_x86_64 "$(module x86_64 '"dylibs": ["@loader_path/libx.dylib"]'),
        $(library demo/libx.dylib x86_64 '"min_os": "10.13"')"
    silicon "$(library demo/libx.dylib arm64)"
    "$WHEELFIX" fuse "$silicon" demo-*x86_64.whl
    is "$(ls wheelhouse)" demo-1.0-cp311-cp311-macosx_10_13_universal2.whl
}

@test "what only one wheel has is taken, and a thin library told" {
    intel "$(library demo/libx.dylib x86_64), $(text demo/only.txt here)"
    silicon "$(library demo/liby.dylib arm64)"
    run --separate-stderr "$WHEELFIX" fuse "$intel" "$silicon"
    [ "$status" -eq 0 ]
    has "$output" "note     demo/libx.dylib: is not in $silicon, and has no code for arm64"
    has "$output" "note     demo/liby.dylib: is not in $intel, and has no code for x86_64"
    is "$(member "wheelhouse/$universal" demo/only.txt)" here
    cmp <(member "$intel" demo/libx.dylib) <(member "wheelhouse/$universal" demo/libx.dylib)
}

@test "an extension that only one wheel has is a reason against it" {
    intel '{ "name": "demo/_more.so", "macho": { "type": "bundle", "arch": "x86_64",
        "exports": ["_PyInit__more"] } }'
    silicon
    refused "the fused wheel would not keep macosx_10_9_universal2: demo/_more.so has no code for arm64"
}

@test "members that differ and are no binaries are named, all of them" {
    intel "$(text demo/a.py x86_64), $(text demo/b.py one), $(text demo/same.py 1)"
    silicon "$(text demo/a.py arm64), $(library demo/b.py arm64), $(text demo/same.py 1)"
    refused "demo/a.py differs in the two wheels, and is no binary of both"
    has "$stderr" "refused  2 reasons, and nothing was written"
    has "$stderr" "demo/b.py differs in the two wheels, and is no binary of both"
    has "$stderr" "or take the first wheel's files with --allow-differing GLOB"
    lacks "$stderr" same.py
}

@test "--allow-differing takes the first wheel's, and says so" {
    intel "$(text demo/config.py x86_64), $(text demo/conf2.py one)"
    silicon "$(text demo/config.py arm64), $(text demo/conf2.py two)"
    run --separate-stderr "$WHEELFIX" fuse --allow-differing '*/config.py' "$intel" "$silicon"
    [ "$status" -eq 1 ]
    lacks "$stderr" config.py
    has "$stderr" conf2.py
    run --separate-stderr "$WHEELFIX" fuse --allow-differing '*/conf*.py' -w one "$intel" "$silicon"
    [ "$status" -eq 0 ]
    has "$output" "note     demo/config.py: differs in the two wheels; that of the first one is taken"
    is "$(member "one/$universal" demo/config.py)" x86_64
    "$WHEELFIX" fuse --allow-differing '*/conf*.py' -w two "$silicon" "$intel"
    is "$(member "two/$universal" demo/config.py)" arm64
}

@test "one architecture in both is a reason against it, unless byte for byte" {
    intel "$(library demo/libx.dylib arm64 '"data": 9')"
    silicon "$(library demo/libx.dylib arm64)"
    refused "demo/libx.dylib: both files have arm64, and not the same"
    fat='{ "name": "demo/libx.dylib", "macho": { "slices": [ { "arch": "x86_64" }, { "arch": "arm64" } ] } }'
    intel "$fat"
    silicon '{ "name": "demo/libx.dylib", "macho": { "arch": "arm64" } }'
    "$WHEELFIX" fuse "$intel" "$silicon"
    cmp <(member "$intel" demo/libx.dylib) <(member "wheelhouse/$universal" demo/libx.dylib)
}

@test "static libraries are fused, and a broken one is a reason against it" {
    command -v llvm-ar-14 llvm-lipo-14 >/dev/null || skip "llvm-ar-14 or llvm-lipo-14 is not here"
    for arch in x86_64 arm64; do
        "$builddir/tests/support/mkmacho" "{'arch': '$arch', 'type': 'object', 'text': 3}" >$arch.o
        llvm-ar-14 --format=darwin -rcs lib$arch.a $arch.o
        eval "$arch='{ \"name\": \"demo/libx.a\", \"hex\": \"$(od -An -v -tx1 lib$arch.a | tr -d '\n')\" }'"
    done
    intel "$x86_64"
    silicon "$arm64"
    "$WHEELFIX" fuse "$intel" "$silicon"
    llvm-lipo-14 -create libx86_64.a libarm64.a -output theirs
    cmp theirs <(member "wheelhouse/$universal" demo/libx.a)
    rm -r wheelhouse
    silicon '{ "name": "demo/libx.a", "text": "!<arch>\nnothing" }'
    refused "demo/libx.a: at 0x8: the header of a member claims 60 bytes"
    silicon "$(library demo/libx.a arm64)"
    refused "demo/libx.a: one file is a static library, and the other is not"
}

@test "SBOMs that differ are both kept" {
    intel "$(text demo-1.0.dist-info/sboms/wheelfix.cdx.json one)"
    silicon "$(text demo-1.0.dist-info/sboms/wheelfix.cdx.json two)"
    "$WHEELFIX" fuse "$silicon" "$intel"
    sboms=demo-1.0.dist-info/sboms/wheelfix
    is "$(member "wheelhouse/$universal" $sboms-macosx_10_9_x86_64.cdx.json)" one
    is "$(member "wheelhouse/$universal" $sboms-macosx_11_0_arm64.cdx.json)" two
}

@test "signatures of the old RECORD go" {
    for name in intel silicon; do
        $name "$(text demo-1.0.dist-info/RECORD.jws $name), $(text demo-1.0.dist-info/RECORD.p7s $name)"
    done
    run --separate-stderr "$WHEELFIX" fuse "$intel" "$silicon"
    [ "$status" -eq 0 ]
    is "$(grep -c RECORD.jws <<<"$output")" 1
    is "$(grep -c RECORD.p7s <<<"$output")" 1
    lacks "$(names "wheelhouse/$universal")" RECORD.
}

@test "what was wrong with a RECORD is told, for the new one is right" {
    intel "$(text demo-1.0.dist-info/RECORD demo/gone.py,,)"
    silicon
    run --separate-stderr "$WHEELFIX" fuse "$silicon" "$intel"
    [ "$status" -eq 0 ]
    has "$output" "warning  demo/_native.so: "
    has "$output" demo/gone.py
    run "$WHEELFIX" show --check-hashes --fail-on warning "wheelhouse/$universal"
    [ "$status" -eq 0 ]
}

@test "who may run a member may run it afterwards" {
    intel '{ "name": "demo/tool.py", "mode": "100755", "text": "x" }'
    silicon '{ "name": "demo/tool.py", "mode": "100644", "text": "x" }'
    "$WHEELFIX" fuse "$intel" "$silicon"
    run python3 -c 'import sys, zipfile
for name in "demo/tool.py", "demo/_native.so", "demo-1.0.dist-info/WHEEL":
    print(oct(zipfile.ZipFile(sys.argv[1]).getinfo(name).external_attr >> 16))' "wheelhouse/$universal"
    is "$output" "0o100755
0o100755
0o100644"
}

@test "wheels of other names, versions or tags are refused, each with its reason" {
    intel
    silicon
    mv "$silicon" "demo-2.0-2-cp312-abi3-macosx_11_0_arm64.whl"
    silicon=demo-2.0-2-cp312-abi3-macosx_11_0_arm64.whl
    refused "the version of one wheel is 1.0, and of the other 2.0"
    has "$stderr" "the build number of one wheel is"
    has "$stderr" "the Python tag of one wheel is cp311, and of the other cp312"
    has "$stderr" "the ABI tag of one wheel is cp311, and of the other abi3"
    wheel cp311-cp311-linux_aarch64 "$(elf "$(needs GLIBC_2.17)")"
    silicon=demo-1.0-cp311-cp311-linux_aarch64.whl
    refused "$silicon is tagged linux_aarch64; universal files are for macOS alone"
}

@test "wheels without a binary in common are refused" {
    intel
    wheel cp311-cp311-macosx_11_0_arm64 "$(text demo/__init__.py x)"
    silicon=demo-1.0-cp311-cp311-macosx_11_0_arm64.whl
    refused "there is nothing to fuse: no binary is in both wheels for different architectures"
    cp "$intel" demo-1.0-cp311-cp311-macosx_10_9_x86_64.macosx_10_10_x86_64.whl
    silicon=demo-1.0-cp311-cp311-macosx_10_9_x86_64.macosx_10_10_x86_64.whl
    refused "there is nothing to fuse"
}

@test "a file of one wheel where the other has a folder is refused" {
    intel "$(text demo/data file)"
    silicon "$(text demo/data/x file)"
    refused "demo/data/x stands in a folder where $intel has a file"
}

@test "a binary that cannot be read is refused" {
    intel
    wheel cp311-cp311-macosx_11_0_arm64 \
        '{ "name": "demo/_native.so", "macho": { "arch": "arm64", "poke": [ { "at": 20, "u32": 3 } ] } }'
    silicon=demo-1.0-cp311-cp311-macosx_11_0_arm64.whl
    refused "demo/_native.so of $silicon cannot be read: at 0x"
}

@test "what leads out of a wheel is told, and left to repair" {
    wheel cp311-cp311-macosx_10_9_x86_64 "$(module x86_64 '"dylibs": ["/opt/libz.dylib"]')"
    silicon
    run --separate-stderr "$WHEELFIX" fuse demo-*x86_64.whl "$silicon"
    [ "$status" -eq 0 ]
    has "$output" "warning  demo/_native.so: needs /opt/libz.dylib, which is neither in the wheels nor the system's: repair the result"
}

@test "--dry-run writes nothing, not even the folder, and JSON has the plan" {
    intel
    silicon
    run --separate-stderr "$WHEELFIX" fuse --dry-run -v -w out "$intel" "$silicon"
    [ "$status" -eq 0 ]
    has "$output" "             demo/_native.so"
    [ ! -e out ]
    run --separate-stderr "$WHEELFIX" fuse --dry-run --format json "$silicon" "$intel"
    [ "$status" -eq 0 ]
    has "$output" '"schema": "wheelfix.plan/1"'
    has "$output" "\"path\": \"$intel\""
    has "$output" "\"with\": \"$silicon\""
    has "$output" '"action": "fuse"'
    has "$output" "\"output\": \"$universal\""
    has "$output" '"written": null'
    python3 -c 'import json, sys; print(json.load(sys.stdin)["wheels"][0]["fuse"])' <<<"$output"
    run --separate-stderr "$WHEELFIX" fuse --format json "$silicon" "$intel"
    has "$output" '"schema": "wheelfix.repair/1"'
    has "$output" "\"written\": \"wheelhouse/$universal\""
}

@test "a result in the place of one of the wheels is a usage error" {
    silicon=demo-1.0-cp311-cp311-macosx_11_0_arm64.whl
    wheel cp311-cp311-macosx_11_0_arm64 \
        "$(module arm64 '"signature": "linker"'), $(text demo/x 1), $(library demo/lib.dylib arm64)"
    wheel cp311-cp311-macosx_10_9_universal2 "$(module x86_64), $(text demo/x 1), $(library demo/lib.dylib x86_64)"
    before=$(sha256sum ./*.whl)
    run --separate-stderr "$WHEELFIX" fuse -w . "$silicon" "$universal"
    [ "$status" -eq 2 ]
    has "$stderr" "the result would replace one of the wheels; give another --wheel-dir"
    is "$(sha256sum ./*.whl)" "$before"
}

@test "usage and input have the statuses that other commands give them" {
    intel
    run --separate-stderr "$WHEELFIX" fuse "$intel"
    [ "$status" -eq 2 ]
    has "$stderr" "two wheels become one; 1 were given"
    broken_wheel
    run --separate-stderr "$WHEELFIX" fuse "$intel" "$broken"
    [ "$status" -eq 3 ]
    has "$stderr" "$broken"
    [ ! -e wheelhouse ]
    silicon
    : >wheelhouse
    run --separate-stderr "$WHEELFIX" fuse "$intel" "$silicon"
    [ "$status" -eq 3 ]
}

@test "SOURCE_DATE_EPOCH is the time of every member" {
    intel
    silicon
    SOURCE_DATE_EPOCH=1580601600 "$WHEELFIX" fuse "$intel" "$silicon"
    run python3 -c 'import sys, zipfile
print({info.date_time for info in zipfile.ZipFile(sys.argv[1]).infolist()})' "wheelhouse/$universal"
    is "$output" "{(2020, 2, 2, 0, 0, 0)}"
}
