#!/usr/bin/env bats
# wheelfix show and tree on wheels for macOS, on any host: texts, keys, exit statuses.
# shellcheck disable=SC2154 # bats and the file below set what is used here
load ../support/cli

# macho NAME KEYS: a member with these keys of a Mach-O recipe.
macho() {
    printf '{ "name": "%s", "macho": { %s } }' "$1" "$2"
}

# module KEYS: an extension with these keys besides.
module() {
    macho demo/_native.so "\"type\": \"bundle\", \"exports\": [\"_PyInit__native\"], $1"
}

signed='"signature": "adhoc"'

# universal TAG: a wheel with a universal extension that needs macOS 10.13 and 11.0.
universal() {
    wheel "cp311-cp311-$1" "$(macho demo/_native.so '"slices": [
        { "arch": "x86_64", "type": "bundle", "exports": ["_PyInit__native"],
          "min_os": "10.13", "rpaths": ["@loader_path/.dylibs"] },
        { "arch": "arm64", "type": "bundle", "exports": ["_PyInit__native"],
          "signature": "linker", "min_os": "11.0" } ]')"
    universal=demo-1.0-cp311-cp311-$1.whl
}

# keep DOCUMENT EXPRESSION: what Python makes of the document, which is called d.
of() {
    python3 -c 'import json, sys
d = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "$1" "$2"
}

@test "a universal wheel has one verdict" {
    universal macosx_10_13_universal2
    run --separate-stderr "$WHEELFIX" show "$universal"
    [ "$status" -eq 0 ]
    is "${lines[0]}" "$universal"
    is "${lines[1]}" "  verdict  macosx_10_13_universal2; its own tag holds, nothing to repair"
    is "${lines[2]}" "  better   macosx_10_12_x86_64 is blocked by macOS 10.13 in demo/_native.so (x86_64)"
    run "$WHEELFIX" show --plat macosx_10_13_universal2 "$universal"
    [ "$status" -eq 0 ]
    run "$WHEELFIX" show --plat macosx_10_9_universal2 "$universal"
    [ "$status" -eq 1 ]
    has "$output" "  asked    macosx_10_9_universal2 is not met"
    has "$output" "  because  macOS 10.13 on x86_64: demo/_native.so"
    has "$output" "           macOS 11.0 on arm64: demo/_native.so"
}

@test "a tag that promises an older system does not hold" {
    universal macosx_10_9_universal2
    run --separate-stderr "$WHEELFIX" show "$universal"
    [ "$status" -eq 0 ]
    is "${lines[1]}" "  verdict  macosx_10_13_universal2"
    has "${lines[2]}" "  tags     macosx_10_9_universal2 does not hold: "
    has "${lines[2]}" "demo/_native.so"
    is "${lines[3]}" "  repair   macosx_10_13_universal2; only its tags change"
    run "$WHEELFIX" show --fail-on failure "$universal"
    [ "$status" -eq 1 ]
}

@test "libraries from outside are told once for all architectures" {
    wheel cp311-cp311-macosx_11_0_universal2 "$(macho demo/_native.so '"slices": [
        { "arch": "x86_64", "type": "bundle", "exports": ["_PyInit__native"],
          "dylibs": ["/opt/own/liba.dylib", "/usr/lib/libSystem.B.dylib"] },
        { "arch": "arm64", "type": "bundle", "exports": ["_PyInit__native"],
          "signature": "linker",
          "dylibs": ["/opt/own/liba.dylib", "/usr/lib/libSystem.B.dylib"] } ]')"
    run "$WHEELFIX" show demo-1.0-cp311-cp311-macosx_11_0_universal2.whl
    [ "$status" -eq 0 ]
    has "$output" "  repair   is refused, with 1 library missing"
    is "$(grep -c 'liba.dylib  not found, needed by demo/_native.so' <<<"$output")" 1
    lacks "$output" "libSystem"
}

@test "JSON tells slices, search paths, systems and signatures" {
    universal macosx_10_13_universal2
    "$WHEELFIX" show --format json "$universal" >document
    is "$(of document '[o["slice"] for o in d["wheels"][0]["objects"]]')" "['x86_64', 'arm64']"
    is "$(of document '[o["min_os"] for o in d["wheels"][0]["objects"]]')" "['10.13', '11.0']"
    is "$(of document 'd["wheels"][0]["objects"][0]["rpaths"]')" "['@loader_path/.dylibs']"
    is "$(of document '[o["header_room"] for o in d["wheels"][0]["objects"]]')" "[32, 32]"
    is "$(of document '[o["signature"]["kind"] for o in d["wheels"][0]["objects"]]')" \
        "['none', 'linker']"
    is "$(of document 'd["wheels"][0]["objects"][1]["signature"]["valid"]')" True
    is "$(of document 'd["wheels"][0]["objects"][1]["signature"]["flags"]')" \
        "['adhoc', 'linker-signed']"
    is "$(of document 'd["wheels"][0]["verdict"]["tag"]')" macosx_10_13_universal2
    is "$(of document 'd["wheels"][0]["platforms"][0]["min_os"]')" 10.13
}

@test "a signature that does not fit is seen" {
    wheel cp311-cp311-macosx_11_0_arm64 \
        "$(module "$signed, \"damage\": [{ \"at\": 4096, \"u8\": 255 }]")"
    "$WHEELFIX" show --format json ./*.whl >document
    is "$(of document 'd["wheels"][0]["objects"][0]["signature"]["valid"]')" False
    is "$(of document 'd["wheels"][0]["objects"][0]["signature"]["bad_pages"]')" 1
    has "$(of document 'd["wheels"][0]["objects"][0]["signature"]["fault"]')" "page"
}

@test "every slice of a file has a tree, and system names are never looked for" {
    universal macosx_10_13_universal2
    python3 -m zipfile -e "$universal" .
    run --separate-stderr "$WHEELFIX" tree demo/_native.so
    [ "$status" -eq 0 ]
    is "${lines[0]}" "demo/_native.so (x86_64)"
    is "${lines[1]}" "  /usr/lib/libSystem.B.dylib => not looked for (the platform has it)"
    is "${lines[2]}" "demo/_native.so (arm64)"
    is "${#lines[@]}" 4
    "$WHEELFIX" tree --format json demo/_native.so >document
    is "$(of document '[t["slice"] for t in d["files"][0]["trees"]]')" "['x86_64', 'arm64']"
    is "$(of document 'd["files"][0]["trees"][0]["edges"][0]["weak"]')" False
    "$WHEELFIX" tree --format json "$universal" >document
    is "$(of document '[t["slice"] for t in d["files"][0]["trees"]]')" "['x86_64', 'arm64']"
}

@test "variables of dyld and --lib-path name folders, and @executable_path a folder of its own" {
    wheel cp311-cp311-macosx_11_0_arm64 "$(module "$signed, \"dylibs\": [
            { \"name\": \"@rpath/liba.dylib\", \"kind\": \"weak\" },
            \"@executable_path/../lib/libb.dylib\" ]"),
        $(macho liba.dylib "$signed, \"id\": \"@rpath/liba.dylib\""),
        $(macho libb.dylib "$signed, \"id\": \"/opt/libb.dylib\"")"
    python3 -m zipfile -e ./*.whl .
    mkdir named lib bin
    mv liba.dylib named
    mv libb.dylib lib
    DYLD_LIBRARY_PATH=$PWD/named run "$WHEELFIX" tree demo/_native.so
    has "$output" "  @rpath/liba.dylib (weak) => $PWD/named/liba.dylib (DYLD_LIBRARY_PATH"
    DYLD_FALLBACK_LIBRARY_PATH=$PWD/named run "$WHEELFIX" tree demo/_native.so
    has "$output" "  @rpath/liba.dylib (weak) => $PWD/named/liba.dylib (DYLD_FALLBACK_LIBRARY_PATH"
    run "$WHEELFIX" tree --lib-path "$PWD/named" demo/_native.so
    has "$output" "  @rpath/liba.dylib (weak) => $PWD/named/liba.dylib (--lib-path"
    has "$output" "  @executable_path/../lib/libb.dylib => not found"
    run "$WHEELFIX" tree --executable-path "$PWD/bin" demo/_native.so
    has "$output" "  @executable_path/../lib/libb.dylib => $PWD/bin/../lib/libb.dylib"
    run "$WHEELFIX" tree -e b.dyl demo/_native.so
    has "$output" "  @executable_path/../lib/libb.dylib => excluded"
}

@test "a file that no loader loads has no tree" {
    wheel cp311-cp311-macosx_11_0_arm64 "$(macho x.o '"type": "object"')"
    python3 -m zipfile -e ./*.whl .
    run --separate-stderr "$WHEELFIX" tree x.o
    [ "$status" -eq 3 ]
    has "$stderr" "x.o: "
    has "$stderr" "no loader loads it"
}
