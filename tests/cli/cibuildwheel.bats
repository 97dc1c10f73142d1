#!/usr/bin/env bats
# What cibuildwheel asks of a repair command: its lines, as docs/ci.md has them, run by
# `sh -c` with absolute paths, leave exactly one wheel in {dest_dir}, or fail and leave none.
# shellcheck disable=SC2154 # bats and the file below set what is used here
load ../support/cli

srcdir=${srcdir:-$BATS_TEST_DIRNAME/../..}

# command SECTION: the repair-wheel-command of that section of docs/ci.md.
command_of() {
    awk -v section="[tool.cibuildwheel.$1]" '
        /^\[/ { here = $0 == section }
        here && sub(/^repair-wheel-command = "/, "") && sub(/"$/, "") { print; exit }
    ' "$srcdir/docs/ci.md"
}

# The line for macOS, which cibuildwheel itself runs on Macs only.
macos_line() {
    grep '^wheelfix repair --require-archs' "$srcdir/docs/ci.md"
}

# repair WHEEL [COMMAND]: runs the command as cibuildwheel does, into an empty folder, while
# somebody counts the wheels there.
repair() {
    local line=${2:-$(command_of linux)}

    dest=$folder/repaired
    rm -rf "$dest" bin && mkdir "$dest" bin
    ln -s "$WHEELFIX" bin/wheelfix
    line=${line//\{dest_dir\}/$dest}
    line=${line//\{wheel\}/$folder/$1}
    line=${line//\{ldpaths\}/${ldpaths:-}}
    line=${line//\{delocate_archs\}/${delocate_archs:-}}
    : >counting
    while [ -e counting ]; do
        find "$dest" -name '*.whl' | wc -l
    done >counts &
    PATH=$PWD/bin:$PATH CIBUILDWHEEL=1 run --separate-stderr sh -c "$line"
    rm counting
    wait
    most=$(sort -n counts | tail -n 1)
    [ "${most:-0}" -le 1 ] # a busy machine may count not once
}

# one NAME: that is all there is in the output folder, hidden files included.
one() {
    [ "$status" -eq 0 ] || { printf '%s\n%s\n' "$output" "$stderr" >&2; return 1; }
    is "$(ls -A "$dest")" "$1"
}

none() {
    is "$(ls -A "$dest")" ""
}

# A wheel whose extension needs a library of its own, which lies in lib/.
compiled_wheel() {
    command -v "${CC:-cc}" >/dev/null || skip "no compiler"
    mkdir -p lib tree/demo
    echo 'int own(void) { return 1; }' >own.c
    echo 'int own(void); int abs(int);
        int PyInit__native(int x) { return own() + abs(x); }' >native.c
    ${CC:-cc} -shared -fPIC -Wl,-soname,libown.so.1 -o lib/libown.so.1 own.c
    ${CC:-cc} -shared -fPIC -fno-builtin -o tree/demo/_native.so native.c lib/libown.so.1
    wheel "$1" "{ \"name\": \"demo/_native.so\", \"mode\": \"100755\",
        \"hex\": \"$(od -An -v -tx1 tree/demo/_native.so | tr -d ' \n')\" }"
}

members() {
    python3 -m zipfile -l "$1" | awk 'NR > 1 { print $1 }'
}

machine=$(uname -m)

# The line for Windows with options as projects add them.
windows_line() {
    grep '^wheelfix repair --add-path' "$srcdir/docs/ci.md"
}

@test "the line of docs/ci.md is cibuildwheel's own, with our name" {
    is "$(command_of linux)" "wheelfix repair -w {dest_dir} {wheel}"
    is "$(command_of android)" "wheelfix repair --ldpaths {ldpaths} -w {dest_dir} {wheel}"
    is "$(command_of macos)" ""
    is "$(command_of windows)" ""
    has "$(windows_line)" "-w {dest_dir} {wheel}"
    is "$(macos_line)" "wheelfix repair --require-archs {delocate_archs} -w {dest_dir} -v {wheel}"
}

@test "a wheel that needs a library leaves with it, under a better tag" {
    compiled_wheel "cp311-cp311-linux_$machine"
    LD_LIBRARY_PATH=$PWD/lib repair "demo-1.0-cp311-cp311-linux_$machine.whl"
    [ "$status" -eq 0 ]
    [ "$(find "$dest" -name 'demo-1.0-cp311-cp311-manylinux*.whl' | wc -l)" -eq 1 ]
    is "$(find "$dest" -type f | wc -l)" 1
    has "$(members "$dest"/*.whl)" "demo.libs/libown-"
}

@test "-v is accepted before and after the command" {
    compiled_wheel "cp311-cp311-linux_$machine"
    for line in 'wheelfix repair -w {dest_dir} -v {wheel}' \
        'wheelfix -v repair -w {dest_dir} {wheel}' \
        'wheelfix repair -vv -w {dest_dir} {wheel}'; do
        LD_LIBRARY_PATH=$PWD/lib repair "demo-1.0-cp311-cp311-linux_$machine.whl" "$line"
        [ "$status" -eq 0 ]
        is "$(find "$dest" -name '*.whl' | wc -l)" 1
    done
}

@test "several commands joined by && are one" {
    good_wheel
    repair "$good" "$(command_of linux) && test -e {dest_dir}/demo-*.whl && exit 5"
    [ "$status" -eq 5 ]
}

@test "nothing is left when a library is missing" {
    compiled_wheel "cp311-cp311-linux_$machine"
    rm lib/libown.so.1
    repair "demo-1.0-cp311-cp311-linux_$machine.whl"
    [ "$status" -eq 1 ]
    none
    has "$output$stderr" "libown.so.1"
}

@test "nothing is left when a symbol is too new for the tag" {
    bad_wheel
    repair "$bad" "wheelfix repair --plat manylinux_2_17 -w {dest_dir} {wheel}"
    [ "$status" -eq 1 ]
    none
    has "$output$stderr" "GLIBC_2.33"
}

@test "nothing is left when the wheel cannot be read" {
    broken_wheel
    repair "$broken"
    [ "$status" -eq 3 ]
    none
}

@test "a wheel without native code goes through, whatever its tag" {
    pure_wheel
    repair "$pure"
    one "$pure"
    cmp "$pure" "$dest/$pure"
    wheel py3-none-linux_x86_64 '{ "name": "demo/__init__.py", "text": "" }'
    repair demo-1.0-py3-none-linux_x86_64.whl
    one demo-1.0-py3-none-linux_x86_64.whl
    cmp demo-1.0-py3-none-linux_x86_64.whl "$dest/demo-1.0-py3-none-linux_x86_64.whl"
}

@test "a wheel that was repaired before goes through byte for byte" {
    compiled_wheel "cp311-cp311-linux_$machine"
    LD_LIBRARY_PATH=$PWD/lib repair "demo-1.0-cp311-cp311-linux_$machine.whl"
    [ "$status" -eq 0 ]
    again=$(basename "$dest"/*.whl)
    mv "$dest/$again" .
    repair "$again"
    one "$again"
    cmp "$again" "$dest/$again"
}

@test "a wheel with nothing to graft gets its tags" {
    wheel cp311-cp311-linux_x86_64 "$(elf "$(needs GLIBC_2.14)")"
    repair demo-1.0-cp311-cp311-linux_x86_64.whl
    one demo-1.0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl
    good_wheel # which lacks the old name of its tag
    repair "$good"
    one demo-1.0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl
}

@test "AUDITWHEEL_PLAT of the image is honoured" {
    wheel cp311-cp311-linux_x86_64 "$(elf "$(needs GLIBC_2.14)")"
    AUDITWHEEL_PLAT=manylinux_2_28_x86_64 repair demo-1.0-cp311-cp311-linux_x86_64.whl
    [ "$status" -eq 0 ]
    has "$(ls "$dest")" "manylinux_2_28_x86_64"
    AUDITWHEEL_PLAT=manylinux_2_28_x86_64 WHEELFIX_PLAT=auto \
        repair demo-1.0-cp311-cp311-linux_x86_64.whl
    one demo-1.0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl
    bad_wheel
    AUDITWHEEL_PLAT=manylinux2014_x86_64 repair "$bad"
    [ "$status" -eq 1 ]
    none
}

@test "AUDITWHEEL_PLAT that does not fit a wheel is ignored with a note" {
    wheel cp311-cp311-linux_x86_64 "$(elf "$(needs GLIBC_2.14)")"
    AUDITWHEEL_PLAT=manylinux2014_aarch64 repair demo-1.0-cp311-cp311-linux_x86_64.whl
    one demo-1.0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl
    has "$output$stderr" "manylinux2014_aarch64"
    pure_wheel
    AUDITWHEEL_PLAT=manylinux2014_x86_64 repair "$pure"
    one "$pure"
}

# android_wheel NEEDED: an extension for Android; its libraries lie in sysroot/.
android_wheel() {
    wheel cp313-cp313-android_24_arm64_v8a '{ "name": "libc++_shared.so", "elf": {
        "machine": "aarch64", "soname": "libc++_shared.so", "needed": ["libc.so"] } }'
    python3 -m zipfile -e demo-1.0-cp313-cp313-android_24_arm64_v8a.whl sysroot
    android=demo-1.0-cp313-cp313-android_24_arm64_v8a.whl
    wheel cp313-cp313-android_24_arm64_v8a "$(printf '{ "name": "spam.so", "elf": {
        "machine": "aarch64", "android": true, "exports": ["PyInit_spam"],
        "needed": [%s] } }' "$1")"
    ldpaths=$PWD/nowhere:$PWD/sysroot
}

@test "an Android wheel of C++ code gets exactly one libc++_shared" {
    android_wheel '"libc.so", "libc++_shared.so", "libpython3.13.so"'
    repair "$android" "$(command_of android)"
    one "$android"
    [ "$(members "$dest/$android" |
        grep -cE '^demo\.libs/libc\+\+_shared-[0-9a-f]{8}\.so$')" -eq 1 ]
    [ "$(members "$dest/$android" | grep -c '^demo\.libs/')" -eq 1 ]
    # The preset of an image for glibc is not for it.
    AUDITWHEEL_PLAT=manylinux2014_x86_64 repair "$android" "$(command_of android)"
    one "$android"
}

@test "an Android wheel of C code gets no library" {
    android_wheel '"libc.so", "libdl.so", "libm.so", "libpython3.13.so"'
    repair "$android" "$(command_of android)"
    one "$android"
    lacks "$(members "$dest/$android")" "demo.libs"
}

@test "an Android wheel whose library is nowhere fails and leaves nothing" {
    android_wheel '"libc.so", "libc++_shared.so"'
    ldpaths=$PWD/nowhere
    repair "$android" "$(command_of android)"
    [ "$status" -eq 1 ]
    none
    has "$output$stderr" "libc++_shared.so"
}

# macos_wheel TAG: a universal module that needs a library, which lies in lib/.
macos_wheel() {
    wheel cp311-cp311-macosx_11_0_universal2 '{ "name": "libown.dylib", "macho": { "slices": [
        { "arch": "x86_64", "id": "/build/libown.dylib", "min_os": "11.0", "pad": 64 },
        { "arch": "arm64", "id": "/build/libown.dylib", "signature": "linker", "pad": 64 } ] } }'
    python3 -m zipfile -e demo-1.0-cp311-cp311-macosx_11_0_universal2.whl lib
    wheel "cp311-cp311-$1" '{ "name": "demo/__init__.py", "text": "" },
        { "name": "demo/_native.so", "macho": { "slices": [
        { "arch": "x86_64", "type": "bundle", "exports": ["_PyInit__native"],
          "min_os": "10.13", "pad": 64, "dylibs": ["/build/libown.dylib"] },
        { "arch": "arm64", "type": "bundle", "exports": ["_PyInit__native"],
          "signature": "linker", "pad": 64, "dylibs": ["/build/libown.dylib"] } ] } }'
    macos=demo-1.0-cp311-cp311-$1.whl
}

@test "a macOS wheel leaves with its library, signed, under the tag that is true" {
    macos_wheel macosx_10_13_universal2
    for delocate_archs in x86_64,arm64 arm64 x86_64; do
        DYLD_LIBRARY_PATH=$PWD/lib repair "$macos" "$(macos_line)"
        one demo-1.0-cp311-cp311-macosx_11_0_universal2.whl
        has "$(members "$dest"/*.whl)" "demo/.dylibs/libown.dylib"
        run "$WHEELFIX" show --fail-on failure "$dest"/*.whl
        [ "$status" -eq 0 ]
    done
}

@test "a macOS wheel fails and leaves nothing for a library, an architecture or a target" {
    macos_wheel macosx_10_13_universal2
    delocate_archs=x86_64,arm64
    repair "$macos" "$(macos_line)"
    [ "$status" -eq 1 ]
    none
    has "$output$stderr" "libown.dylib"
    delocate_archs=i386
    DYLD_LIBRARY_PATH=$PWD/lib repair "$macos" "$(macos_line)"
    [ "$status" -eq 1 ]
    none
    has "$output$stderr" "i386"
    delocate_archs=x86_64,arm64
    MACOSX_DEPLOYMENT_TARGET=10.13 DYLD_LIBRARY_PATH=$PWD/lib repair "$macos" "$(macos_line)"
    [ "$status" -eq 1 ]
    none
    has "$output$stderr" "MACOSX_DEPLOYMENT_TARGET"
}

@test "a Windows wheel without native code goes through, whatever options are added" {
    wheel py3-none-win_amd64 '{ "name": "demo/__init__.py", "text": "" }'
    mkdir dlls more
    for line in 'wheelfix repair -w {dest_dir} {wheel}' "$(windows_line)" \
        'wheelfix repair --ignore-existing -w {dest_dir} {wheel}' \
        'wheelfix repair --analyze-existing --no-mangle-all -v -w {dest_dir} {wheel}'; do
        repair demo-1.0-py3-none-win_amd64.whl "$line"
        one demo-1.0-py3-none-win_amd64.whl
        cmp demo-1.0-py3-none-win_amd64.whl "$dest/demo-1.0-py3-none-win_amd64.whl"
    done
}

@test "a file left by a former run with the same name is replaced as a whole" {
    compiled_wheel "cp311-cp311-linux_$machine"
    LD_LIBRARY_PATH=$PWD/lib repair "demo-1.0-cp311-cp311-linux_$machine.whl" \
        'wheelfix repair -w {dest_dir} {wheel} && wheelfix repair -w {dest_dir} {wheel}'
    [ "$status" -eq 0 ]
    is "$(find "$dest" -type f | wc -l)" 1
}
