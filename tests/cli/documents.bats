#!/usr/bin/env bats
# The documents that wheelfix-json(5) describes: every key that is printed stands there, in
# the section of its schema.
# shellcheck disable=SC2154 # bats and the file below set what is used here
load ../support/cli

# keys FILE: of a document, sorted.
keys() {
    grep -oE '"[a-z_0-9]+": ' "$1" | tr -d '": ' | sort -u
}

# section SCHEMA: its lines of the page.
section() {
    awk -v schema="$1" '/^\.S[sh] / { inside = ($2 == schema) } inside' \
        "${srcdir:-$BATS_TEST_DIRNAME/../..}/man/wheelfix-json.5"
}

# described FILE LEAST SCHEMA...: the document has at least LEAST keys, and each stands in
# one of these sections.
described() {
    local found missing=0 key
    found=$(keys "$1")
    [ "$(wc -l <<<"$found")" -ge "$2" ] || { echo "few keys: $found" >&2; return 1; }
    for schema in "${@:3}"; do section "$schema"; done >sections
    for key in $found; do
        grep -qE "^\.(It )?Va ((.* )?)$key( |\$)" sections ||
            { echo "not described: $key" >&2; missing=1; }
    done
    return $missing
}

# library: libodd.so.1 in the folder libs.
library() {
    wheel py3-none-linux_x86_64 '{ "name": "libodd.so.1", "elf": { "machine": "x86_64",
        "soname": "libodd.so.1", "needed": ["libc.so.6"] } }'
    mkdir libs
    python3 -c 'import sys, zipfile
zipfile.ZipFile(sys.argv[1]).extract("libodd.so.1", "libs")' demo-1.0-py3-none-linux_x86_64.whl
    rm demo-1.0-py3-none-linux_x86_64.whl
}

odd_wheel() {
    wheel cp311-cp311-linux_x86_64 "$(elf '"needed": ["libodd.so.1", "libc.so.6"],
        "exports": ["PyInit__native"]'), $signature"
}

signature='{ "name": "demo-1.0.dist-info/RECORD.jws", "text": "" }'

@test "show prints the keys of wheelfix.show/1" {
    wheel cp311-cp311-manylinux_2_17_x86_64 "$(elf '"needed": ["libodd.so.1", "libc.so.6"]')"
    broken_wheel
    "$WHEELFIX" show --format json --plat manylinux2014 . >document || true
    described document 50 wheelfix.show/1
}

@test "tree prints the keys of wheelfix.tree/1" {
    wheel cp311-cp311-manylinux_2_17_x86_64 "$(elf '"needed": ["libodd.so.1", "libc.so.6"]')"
    broken_wheel
    "$WHEELFIX" tree --format json ./*.whl >document 2>/dev/null || true
    described document 15 wheelfix.tree/1 wheelfix.show/1
}

# A universal module that needs a library from outside and a newer system than it claims.
macos_wheel() {
    wheel cp311-cp311-macosx_10_9_universal2 '{ "name": "demo/_native.so", "macho": { "slices": [
        { "arch": "x86_64", "type": "bundle", "exports": ["_PyInit__native"],
          "min_os": "10.13", "rpaths": ["/opt/lib", "/opt/lib"],
          "dylibs": ["@rpath/libodd.dylib", "/usr/lib/libSystem.B.dylib"] },
        { "arch": "arm64", "type": "bundle", "exports": ["_PyInit__native"],
          "signature": "adhoc", "min_os": "11.0" } ] } }'
}

@test "show prints the keys of wheelfix.show/1 about macOS, too" {
    macos_wheel
    "$WHEELFIX" show --format json . >document
    described document 80 wheelfix.show/1
    grep -q '"rule": "macho-duplicate-rpath"' document
}

@test "tree prints the keys of wheelfix.tree/1 about macOS, too" {
    macos_wheel
    "$WHEELFIX" tree --format json ./*.whl >document
    described document 22 wheelfix.tree/1 wheelfix.show/1
}

@test "a plan for macOS has the keys of wheelfix.plan/1" {
    wheel py3-none-macosx_11_0_arm64 '{ "name": "libodd.dylib", "macho": {
        "id": "/opt/libodd.dylib", "signature": "adhoc" } }'
    python3 -m zipfile -e ./*.whl libs
    macos_wheel
    "$WHEELFIX" repair --dry-run --format json --lib-path libs \
        -e libodd.dylib demo-1.0-cp311-cp311-macosx_10_9_universal2.whl >document
    described document 40 wheelfix.plan/1
    wheel cp311-cp311-macosx_11_0_arm64 '{ "name": "demo/_native.so", "macho": {
        "type": "bundle", "exports": ["_PyInit__native"], "signature": "adhoc",
        "rpaths": ["/opt/lib"], "dylibs": ["@rpath/libodd.dylib"] } }'
    "$WHEELFIX" repair --dry-run --format json --lib-path libs \
        demo-1.0-cp311-cp311-macosx_11_0_arm64.whl >document
    grep -q '"needed_as"' document
    described document 42 wheelfix.plan/1
}

# A module for Windows that has all that a PE file may have, but for sense.
windows_wheel() {
    wheel cp311-cp311-win_amd64 '{ "name": "demo/__init__.py", "text": "" },
        { "name": "demo/_native.pyd", "pe": { "exports": ["PyInit__native",
            { "name": "other", "forward": "fwd.other" }], "delay": ["late.dll"],
        "imports": ["odd.dll", "KERNEL32.dll"], "checksum": "wrong", "overlay": 64,
        "pdb": "native.pdb", "clr": 1, "load_config": { "flags": 2048 } } },
        { "name": "demo/signed.dll", "pe": { "certificate": 64 } }'
}

@test "show prints the keys of wheelfix.show/1 about Windows, too" {
    windows_wheel
    "$WHEELFIX" show --format json . >document
    described document 80 wheelfix.show/1
    for key in '"kind": "delay"' '"kind": "forward"' '"dotnet": {' '"valid": false' \
        '"overlay": {' '"certificate": {' '"rule": "pe-checksum"'; do
        has "$(cat document)" "$key"
    done
}

@test "tree prints the keys of wheelfix.tree/1 about Windows, too" {
    windows_wheel
    python3 -m zipfile -e ./*.whl there
    "$WHEELFIX" tree --format json there/demo/_native.pyd >document
    described document 22 wheelfix.tree/1 wheelfix.show/1
    has "$(cat document)" '"kind": "delay"'
    has "$(cat document)" '"machine": "amd64"'
}

@test "a plan for Windows has the keys of wheelfix.plan/1" {
    wheel py3-none-win_amd64 '{ "name": "odd.dll", "pe": {} }'
    python3 -m zipfile -e ./*.whl libs
    windows_wheel
    "$WHEELFIX" repair --dry-run --format json --lib-path libs -e late.dll -e fwd.dll \
        demo-1.0-cp311-cp311-win_amd64.whl >document
    described document 35 wheelfix.plan/1
    for key in '"action": "repair"' '"patched": [' '"load_order": null' '"files": [' \
        '"export_name": ' '"load_flags_cleared": true' '"copies": ['; do
        has "$(cat document)" "$key"
    done
}

@test "fuse prints the keys of wheelfix.plan/1" {
    for arch in x86_64 arm64; do
        wheel "cp311-cp311-macosx_11_0_$arch" '{ "name": "demo/_native.so", "macho": {
            "arch": "'$arch'", "type": "bundle", "exports": ["_PyInit__native"] } }'
    done
    "$WHEELFIX" fuse --dry-run --format json ./*x86_64.whl ./*arm64.whl >document
    described document 19 wheelfix.plan/1
    grep -q '"with": ' document
    grep -q '"fuse": ' document
}

@test "policies prints the keys of wheelfix.policies/1" {
    "$WHEELFIX" policies --format json manylinux2014 >document
    # Prefixes of versions, and names of libraries and architectures, are no keys.
    python3 - document >keys <<'EOF'
import json, sys
document = json.load(open(sys.argv[1]))
found = set(document) | set(document["tool"])
for policy in document["policies"]:
    found |= set(policy)
    for arch in policy["architectures"].values():
        found |= set(arch)
print("\n".join('"%s": ' % key for key in sorted(found)))
EOF
    described keys 14 wheelfix.policies/1 wheelfix.show/1
}

@test "a plan has the keys of wheelfix.plan/1" {
    library
    odd_wheel
    "$WHEELFIX" repair --dry-run --format json --lib-path libs ./*.whl >document
    has "$(cat document)" '"schema": "wheelfix.plan/1"'
    has "$(cat document)" '"action": "repair"'
    has "$(cat document)" '"source_sha256": "'
    has "$(cat document)" '"written": null'
    described document 25 wheelfix.plan/1
}

@test "a refusal and an unreadable wheel have the keys of wheelfix.plan/1" {
    odd_wheel
    broken_wheel
    run "$WHEELFIX" repair --dry-run --format json ./*.whl
    [ "$status" -eq 3 ]
    printf '%s\n' "${lines[@]}" >document
    has "$output" '"reason": "library-not-found"'
    has "$output" '"tried": ['
    has "$output" '"kind": "malformed"'
    described document 25 wheelfix.plan/1
}

@test "a repair has the keys of wheelfix.plan/1, and where the wheel is" {
    library
    odd_wheel
    "$WHEELFIX" repair --format json -w out --lib-path libs ./*.whl >document
    has "$(cat document)" '"schema": "wheelfix.repair/1"'
    has "$(cat document)" '"written": "out/demo-1.0-'
    [ -e "$(sed -n 's/^ *"written": "\(.*\)",$/\1/p' document)" ]
    described document 25 wheelfix.plan/1 wheelfix.repair/1
}

@test "what is printed is one document, whatever becomes of the wheels" {
    library
    odd_wheel
    pure_wheel
    broken_wheel
    for words in "repair --dry-run" "repair -w out" "repair --lib-path libs -w out" "show"; do
        # shellcheck disable=SC2086 # several words
        "$WHEELFIX" $words --format json ./*.whl >document 2>/dev/null || true
        is "$(grep -n '^ *$' document || true)" ""
        python3 -c 'import json, sys
sys.exit(len(json.load(open(sys.argv[1]))["wheels"]) != 3)' document
    done
}

@test "a key that the page lacks is found" {
    printf '{ "schema": "x", "entirely_else": 1 }\n' >document
    run described document 2 wheelfix.plan/1
    [ "$status" -eq 1 ]
    is "$output" "not described: entirely_else"
    run described document 3 wheelfix.plan/1
    has "$output" "few keys"
}
