#!/bin/sh
# What tests/check_faults.sh asks of the writer, asked of `wheelfix repair`: a wheel with one
# extension, and a library to bundle that is found in a system root of its own, so that what
# the host has does not count.  With FAULTS_IN_PLACE=1 the wheel is repaired in its place;
# with FAULTS_OF=macos it is one for macOS, which is signed again, with FAULTS_OF=windows one
# for Windows, whose Python files are patched, and with FAULTS_OF=fuse `wheelfix fuse` makes
# one wheel of two.
#
# As part of `make check` only every third call fails; FAULTS_STEP=1 FAULTS_MALLOC_STEP=1 is
# all of them.
# shellcheck disable=SC2016,SC2089 # quotes are for the shell that runs it
: "${WHEELFIX:?is the program under test}"
: "${builddir:=.}"
tests=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

skip() {
    echo "1..0 # SKIP $1"
    exit 0
}

[ -x "$builddir/tests/support/mkwheel" ] || skip "without cmocka there is no mkwheel"
root=$work/root
mkdir "$root"
chmod 755 "$work" # somebody else reads it, too

# a_wheel NAME PLATFORM MEMBER...: prints the wheel's path; the members are of a recipe.
a_wheel() {
    name=$1 platform=$2
    shift 2
    printf '{ "about": "made by a test", "wheel": { "name": "%s", "version": "1.0",
        "tags": ["cp311-cp311-%s"] }, "members": [
        { "name": "demo/__init__.py", "text": "import this" }' "$name" "$platform" >"$work/recipe.json"
    {
        printf ',\n%s' "$@"
        # What cannot be deflated, so that no disk is too large and no byte tried twice.
        printf ',\n{ "name": "demo/noise", "hex": "%s" }\n' \
            "$(awk 'BEGIN { srand(1); for (i = 0; i < 2000; i++) printf "%06x", int(rand() * 2 ^ 24) }')"
        echo '] }'
    } >>"$work/recipe.json"
    mkdir -p "$work/$platform"
    "$builddir/tests/support/mkwheel" "$work/recipe.json" "$work/$platform"
}

# A wheel for Linux with one extension, and a library that it needs.
for_linux() {
    libs=$root/usr/lib
    mkdir -p "$libs"
    echo 'int puts(const char *); int greet(void) { return puts("hello"); }' >"$work/greet.c"
    echo 'int puts(const char *); int greet(void); void *PyInit__native(void) { return puts("") + greet() ? 0 : 0; }' \
        >"$work/native.c"
    {
        ${CC:-cc} -shared -fPIC -Wl,-soname,libgreet.so.1 -o "$libs/libgreet.so.1" "$work/greet.c" &&
            ${CC:-cc} -shared -fPIC -o "$work/_native.so" "$work/native.c" "$libs/libgreet.so.1"
    } 2>"$work/log" || skip "no shared library can be made here"
    hex=$(od -An -v -tx1 "$work/_native.so" | tr -d ' \n')
    FAULTS_WHEEL=$(a_wheel demo "linux_$(uname -m)" \
        '{ "name": "demo/_native.so", "mode": "100755", "hex": "'"$hex"'" }') || exit 99
}

# macho_keys ARCH: an image with much room, signed as lld does.
macho_keys() {
    printf '"arch": "%s", "pad": 512, "signature": "linker"' "$1"
}

# macho_module ARCH MORE: an extension module as a member.
macho_module() {
    printf '{ "name": "demo/_native.so", "mode": "100755", "macho": { %s, "type": "bundle",
        "exports": ["_PyInit__native"]%s } }' "$(macho_keys "$1")" "${2-}"
}

for_macos() {
    mkdir "$root/opt"
    "$builddir/tests/support/mkmacho" \
        "{ $(macho_keys arm64), \"id\": \"/opt/libgreet.dylib\" }" >"$root/opt/libgreet.dylib"
    FAULTS_WHEEL=$(a_wheel demo macosx_11_0_arm64 \
        "$(macho_module arm64 ', "dylibs": ["/opt/libgreet.dylib"]')") || exit 99
}

for_fuse() {
    WF_OTHER=$(a_wheel demo macosx_10_9_x86_64 "$(macho_module x86_64)") || exit 99
    FAULTS_WHEEL=$(a_wheel demo macosx_11_0_arm64 "$(macho_module arm64)") || exit 99
    export WF_OTHER
}

# Two DLLs, one of which is copied beside a module of a namespace, too, and symbols that come
# along with the other.
for_windows() {
    libs=$root/opt
    mkdir -p "$libs"
    pe_file() {
        "$builddir/tests/support/mkpe" "{ \"exports\": [\"f\"], \"imports\": [$2] }" >"$libs/$1"
    }
    pe_file greet.dll '"voice.dll", "KERNEL32.dll"'
    pe_file voice.dll '"KERNEL32.dll"'
    echo symbols >"$libs/greet.pdb"
    FAULTS_WHEEL=$(a_wheel demo win_amd64 \
        '{ "name": "demo/_native.pyd", "pe": { "exports": ["PyInit__native"], "imports": ["greet.dll"] } }' \
        '{ "name": "ns/_x.pyd", "pe": { "exports": ["PyInit__x"], "imports": ["voice.dll"] } }') ||
        exit 99
}

WF_ROOT=$root
where='-w "$out" "$wheel"'
[ -z "${FAULTS_IN_PLACE-}" ] || where='--in-place --no-update-tags "$out"/*.whl'
FAULTS_COMMAND='"$WHEELFIX" repair --quiet --sysroot "$WF_ROOT" '$where

case ${FAULTS_OF:-linux} in
linux) for_linux ;;
macos) for_macos ;;
windows)
    for_windows
    FAULTS_COMMAND="$FAULTS_COMMAND"' --lib-path "$WF_ROOT/opt" --include-symbols'
    ;;
fuse)
    for_fuse
    FAULTS_COMMAND='"$WHEELFIX" fuse --quiet -w "$out" "$wheel" "$WF_OTHER"'
    ;;
*)
    echo "FAULTS_OF is linux, macos, windows or fuse" >&2
    exit 99
    ;;
esac

FAULTS_STEP=${FAULTS_STEP:-3}
FAULTS_MALLOC_STEP=${FAULTS_MALLOC_STEP:-11}
# Spread over a file of some 8 kB, its directory at the end included, and
# the time of its first member.
FAULTS_BYTES="10 $(seq 7 311 9000)"
# shellcheck disable=SC2090
export FAULTS_BYTES FAULTS_WHEEL FAULTS_COMMAND FAULTS_STEP FAULTS_MALLOC_STEP WF_ROOT WHEELFIX builddir
# Not exec: the folder is to be removed.
sh "$tests/check_faults.sh"
