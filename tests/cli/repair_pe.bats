#!/usr/bin/env bats
# wheelfix repair on Windows wheels made from recipes: what is written, read by code that is
# not the project's, and what a second run makes of it.
# shellcheck disable=SC2154,SC2030,SC2031 # bats and the file below set what is used here,
# and every test is a shell of its own
load ../support/cli

srcdir=${srcdir:-$BATS_TEST_DIRNAME/../..}
amd=cp311-cp311-win_amd64

# dll NAME KEYS: a DLL in libs/.
dll() {
    mkdir -p libs
    "$builddir/tests/support/mkpe" "{ \"exports\": [\"f\"], $2 }" >"libs/$1"
}

# pe PATH KEYS: a member that is a PE file.
pe() {
    printf '{ "name": "%s", "pe": { %s } }' "$1" "$2"
}

# text PATH TEXT: a member that is text.
text() {
    printf '{ "name": "%s", "text": "%s" }' "$1" "$2"
}

# windows_wheel MEMBERS [TAG]: a wheel, called $made.
windows_wheel() {
    wheel "${2:-$amd}" "$1"
    made=demo-1.0-${2:-$amd}.whl
}

# repaired OPTION...: $made is repaired with what is in libs/; $result is the new wheel.
repaired() {
    rm -rf out
    run --separate-stderr "$WHEELFIX" repair --add-path libs -w out "$@" "$made"
    [ "$status" -eq 0 ] || { printf '%s\n' "$stderr" >&2; return 1; }
    result=$(echo out/*.whl)
}

# needs MEMBER NAME...: that is what it needs, in any spelling of the digits.
needs() {
    is "$(PYTHONPATH=$srcdir/tests/corpus python3 - "$result" "$1" <<'EOF'
import re, sys, zipfile
from pe_names import Image
image = Image(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))
for need in image.needs:
    print(re.sub("-[0-9a-f]{32}", "-HASH", need.name))
EOF
    )" "$(printf '%s\n' "${@:2}")"
}

# members: names of the result without the digits.
members() {
    unzip -Z1 "$result" | sed -E 's/-[0-9a-f]{32}/-HASH/' | grep -v dist-info | LC_ALL=C sort
}

@test "a repaired wheel holds its DLLs, names them, and is left alone by a second run" {
    dll foo.dll '"imports": ["Bar.dll", "KERNEL32.dll"], "checksum": "right"'
    dll bar.dll '"imports": ["KERNEL32.dll"]'
    windows_wheel "$(text demo/__init__.py 'x = 1'),
        $(pe demo/_x.pyd '"exports": ["PyInit__x"], "imports": ["foo.dll", "python311.dll"]')"
    repaired
    is "$(members)" "demo.libs/bar-HASH.dll
demo.libs/foo-HASH.dll
demo/__init__.py
demo/_x.pyd"
    needs demo/_x.pyd foo-HASH.dll python311.dll
    foo=$(unzip -Z1 "$result" | grep libs/foo)
    needs "$foo" bar-HASH.dll KERNEL32.dll
    has "$(unzip -p "$result" demo/__init__.py)" '"demo.libs"'
    run --separate-stderr "$WHEELFIX" repair --add-path libs -w again "$result"
    [ "$status" -eq 0 ]
    has "$output" "nothing needs to change"
    cmp "$result" again/*.whl
}

@test "the same bytes come out wherever DLLs stand, whenever, and however many threads work" {
    dll foo.dll '"imports": ["bar.dll"]'
    dll bar.dll '"imports": ["foo.dll"]'
    windows_wheel "$(text demo/__init__.py ''),
        $(pe demo/_x.pyd '"exports": ["PyInit__x"], "imports": ["foo.dll"]'),
        $(pe demo/_y.pyd '"exports": ["PyInit__y"], "imports": ["bar.dll"]')"
    repaired -j1
    cp "$result" first.whl
    mkdir deep && mv libs deep/libs && mkdir libs && mv deep/libs/foo.dll libs
    repaired -j4 --add-path deep/libs
    cmp first.whl "$result"
    touch -d '2001-02-03' libs/foo.dll deep/libs/bar.dll
    chmod 600 libs/foo.dll
    TZ=Asia/Tokyo LC_ALL=C.UTF-8 repaired -j2 --add-path deep/libs
    cmp first.whl "$result"
}

@test "wheels of one run share a DLL, and each is as if it had been alone" {
    dll foo.dll '"imports": ["bar.dll"]'
    dll bar.dll '"imports": ["KERNEL32.dll"]'
    for tag in cp311-cp311-win_amd64 cp312-cp312-win_amd64; do
        windows_wheel "$(text demo/__init__.py ''),
            $(pe demo/_x.pyd '"exports": ["PyInit__x"], "imports": ["foo.dll"]')" "$tag"
        "$WHEELFIX" repair --add-path libs -w alone "$made"
    done
    "$WHEELFIX" repair --add-path libs -w both ./*.whl
    for made in ./*.whl; do
        cmp "alone/$made" "both/$made"
    done
}

@test "a file without room is refused by its bytes, and repaired where --strip makes room" {
    dll foo.dll '"imports": ["KERNEL32.dll"]'
    windows_wheel "$(text demo/__init__.py ''), $(pe demo/_x.pyd \
        '"exports": ["PyInit__x"], "imports": ["foo.dll"], "slack": 4, "overlay": "tail"')"
    for option in -v --dry-run; do
        run --separate-stderr "$WHEELFIX" repair --add-path libs -w out $option "$made"
        [ "$status" -eq 1 ]
        has "$stderr" "$made: demo/_x.pyd: new names take "
        has "$stderr" "take that data off (--strip)"
        [ ! -e "out/$made" ]
    done
    run --separate-stderr "$WHEELFIX" repair --add-path libs --dry-run --format json "$made"
    [ "$status" -eq 1 ]
    has "$output" '"kind": "refused"'
    has "$output" "\"where\": \"$made: demo/_x.pyd\""
    run -0 "$WHEELFIX" repair --add-path libs --dry-run --strip "$made"
    [ ! -e "out/$made" ]
    repaired --strip
    needs demo/_x.pyd foo-HASH.dll
    repaired --no-mangle 'FOO*'
    needs demo/_x.pyd foo.dll
}

@test "two DLLs for two machines keep one name in one folder only by a refusal" {
    dll foo.dll '"imports": ["KERNEL32.dll"], "machine": "x86"'
    mv libs x86
    dll foo.dll '"imports": ["KERNEL32.dll"]'
    windows_wheel "$(text demo/__init__.py ''),
        $(pe demo/_x.pyd '"exports": ["PyInit__x"], "imports": ["foo.dll"]'),
        $(pe demo/helper.dll '"machine": "x86", "exports": ["f"], "imports": ["foo.dll"]')"
    repaired --add-path x86
    is "$(members | grep -c foo-HASH)" 2
    run --separate-stderr "$WHEELFIX" repair --add-path libs --add-path x86 -w out \
        --no-mangle-all "$made"
    [ "$status" -eq 1 ]
    has "$stderr" "foo.dll would both be foo.dll"
    has "$stderr" "name fewer libraries with --no-mangle or --include"
}

@test "--strip leaves files alone that have room" {
    dll foo.dll '"imports": ["KERNEL32.dll"]'
    windows_wheel "$(text demo/__init__.py ''), $(pe demo/_x.pyd \
        '"exports": ["PyInit__x"], "imports": ["foo.dll"], "overlay": "tail"')"
    repaired --strip
    cp "$result" stripped.whl
    repaired
    cmp "$result" stripped.whl
}

@test "copies beside modules that no package leads to are in RECORD and the SBOM" {
    dll foo.dll '"imports": ["KERNEL32.dll"]'
    windows_wheel "$(pe ns/_x.pyd '"exports": ["PyInit__x"], "imports": ["foo.dll"]'),
        $(pe ns/sub/_y.pyd '"exports": ["PyInit__y"], "imports": ["foo.dll"]')"
    repaired
    is "$(members)" "ns/_x.pyd
ns/foo-HASH.dll
ns/sub/_y.pyd
ns/sub/foo-HASH.dll"
    for folder in ns ns/sub; do
        has "$(unzip -p "$result" '*/RECORD')" "$folder/foo-"
        has "$(unzip -p "$result" '*/wheelfix.cdx.json')" "$folder/foo-"
    done
}

@test "symbols and import libraries come as they are, beside their DLL" {
    dll foo.dll '"imports": ["KERNEL32.dll"]'
    printf 'symbols' >libs/foo.pdb
    printf 'library' >libs/FOO.LIB
    windows_wheel "$(text demo/__init__.py ''),
        $(pe demo/_x.pyd '"exports": ["PyInit__x"], "imports": ["foo.dll"]')"
    repaired --include-symbols --include-imports
    is "$(unzip -p "$result" demo.libs/foo.pdb)" symbols
    is "$(unzip -p "$result" demo.libs/FOO.LIB)" library
    lacks "$(unzip -p "$result" '*/wheelfix.cdx.json')" foo.pdb
}

@test "a DLL that needs no other name keeps its bytes, signature and all" {
    dll msvcp140.dll '"name": "msvcp140.dll", "certificate": 64, "imports": ["KERNEL32.dll"]'
    windows_wheel "$(text demo/__init__.py ''),
        $(pe demo/_x.pyd '"exports": ["PyInit__x"], "imports": ["MSVCP140.dll"]')"
    repaired
    unzip -p "$result" 'demo.libs/msvcp140-*' >bundled
    cmp bundled libs/msvcp140.dll
}

@test "a signature that goes is told" {
    dll foo.dll '"certificate": 64, "imports": ["bar.dll"]'
    dll bar.dll '"imports": ["KERNEL32.dll"]'
    windows_wheel "$(text demo/__init__.py ''),
        $(pe demo/_x.pyd '"exports": ["PyInit__x"], "imports": ["foo.dll"]')"
    repaired
    has "$output$stderr" "its signature goes"
}

@test "a DLL that is missing is refused with the places that were tried" {
    mkdir libs
    windows_wheel "$(pe demo/_x.pyd '"exports": ["PyInit__x"], "imports": ["foo.dll"]')"
    run --separate-stderr "$WHEELFIX" repair --add-path libs -w out "$made"
    [ "$status" -eq 1 ]
    has "$stderr" "demo/_x.pyd needs foo.dll, which was not found"
    [ ! -e out ]
}
