# What the tests of the programs share: a folder of their own, and wheels made from
# recipes.
# shellcheck shell=bash disable=SC2034 # the tests use what is set here
builddir=${builddir:-$PWD}
WHEELFIX=${WHEELFIX:-$builddir/wheelfix}

setup() {
    bats_require_minimum_version 1.5.0
    # Nothing of who runs the tests may shape the answers.
    unset NO_COLOR LD_LIBRARY_PATH WHEELFIX_LD_LIBRARY_PATH AUDITWHEEL_LD_LIBRARY_PATH
    unset DYLD_LIBRARY_PATH DYLD_FALLBACK_LIBRARY_PATH MACOSX_DEPLOYMENT_TARGET
    unset WHEELFIX_PLAT AUDITWHEEL_PLAT SOURCE_DATE_EPOCH
    unset WHEELFIX_ZIP_COMPRESSION_LEVEL AUDITWHEEL_ZIP_COMPRESSION_LEVEL
    folder=$(mktemp -d "${TMPDIR:-/tmp}/wheelfix.XXXXXX")
    cd "$folder" || exit 99
}

teardown() {
    cd / && rm -rf "$folder"
}

# wheel TAG MEMBERS: makes demo-1.0-TAG.whl here with these members (JSON objects).
wheel() {
    printf '{ "about": "made by a test", "wheel": { "name": "demo", "version": "1.0",
        "tags": ["%s"] }, "members": [ %s ] }' "$1" "$2" >recipe.json
    "$builddir/tests/support/mkwheel" recipe.json . >/dev/null
}

# elf JSON...: a member demo/_native.so with these keys of an ELF recipe.
elf() {
    printf '{ "name": "demo/_native.so", "elf": { "machine": "x86_64", %s } }' "$1"
}

# needs VERSION: keys of an extension that needs one symbol of libc at that version.
needs() {
    printf '"needed": ["libc.so.6"], "exports": ["PyInit__native"],
        "imports": [{ "name": "fstat", "version": "%s", "library": "libc.so.6" }]' "$1"
}

# Wheels of the usual kinds.
good_wheel() {
    wheel cp311-cp311-manylinux_2_17_x86_64 "$(elf "$(needs GLIBC_2.14)")"
    good=demo-1.0-cp311-cp311-manylinux_2_17_x86_64.whl
}

bad_wheel() {
    wheel cp312-cp312-manylinux_2_17_x86_64 "$(elf "$(needs GLIBC_2.33)")"
    bad=demo-1.0-cp312-cp312-manylinux_2_17_x86_64.whl
}

pure_wheel() {
    wheel py3-none-any '{ "name": "demo/__init__.py", "text": "" }'
    pure=demo-1.0-py3-none-any.whl
}

broken_wheel() {
    printf 'PK\003\004 no archive' >demo-1.0-cp313-cp313-linux_x86_64.whl
    broken=demo-1.0-cp313-cp313-linux_x86_64.whl
}

# has TEXT PART: PART stands in TEXT.
has() {
    [[ $1 == *"$2"* ]] || { printf 'not found: %s\nin: %s\n' "$2" "$1" >&2; return 1; }
}

lacks() {
    [[ $1 != *"$2"* ]] || { printf 'found: %s\nin: %s\n' "$2" "$1" >&2; return 1; }
}

is() {
    [[ $1 == "$2" ]] || { printf 'expected: %s\nfound: %s\n' "$2" "$1" >&2; return 1; }
}

# A wheel without native code, whose name claims a platform: every option for that platform
# may be given, and it is copied.
claims() {
    wheel "cp311-cp311-$1" '{ "name": "demo/__init__.py", "text": "" }'
}

# wrong TEXT WORD...: a usage error that says TEXT.
wrong() {
    run --separate-stderr "$WHEELFIX" "${@:2}"
    [ "$status" -eq 2 ] || { printf '%s: exit %s\n' "${*:2}" "$status" >&2; return 1; }
    is "$output" ""
    is "${stderr_lines[0]}" "wheelfix: $1"
}

fine() {
    run --separate-stderr "$WHEELFIX" "$@"
    [ "$status" -eq 0 ] || { printf '%s: %s\n' "$*" "$stderr" >&2; return 1; }
    is "$stderr" ""
}
