#!/usr/bin/env bats
# The verdict on macOS wheels from bytes to answer: what is bundled counts in the forecast,
# the deployment target, tags that are wrong, and code of several systems in one wheel.
# shellcheck disable=SC2154 # bats and the file below set what is used here
load ../support/cli

signed='"signature": "adhoc"'

# macho NAME KEYS: a member with these keys of a Mach-O recipe.
macho() {
    printf '{ "name": "%s", "macho": { %s } }' "$1" "$2"
}

# module KEYS: a signed extension for arm64 with these keys besides.
module() {
    macho demo/_native.so "\"type\": \"bundle\", \"exports\": [\"_PyInit__native\"], $signed, $1"
}

# answer WHEEL EXPRESSION ARGUMENT...: what Python makes of the wheel's JSON, called w.
answer() {
    "$WHEELFIX" show --format json "${@:3}" "$1" >document
    python3 -c 'import json, sys
w = json.load(open("document"))["wheels"][0]
print(eval(sys.argv[1]))' "$2"
}

@test "what would be bundled counts in the forecast, and what it needs in turn" {
    mkdir opt
    wheel cp311-cp311-macosx_11_0_arm64 "$(module '"dylibs": ["/opt/own/liba.dylib"]'),
        $(macho liba.dylib "\"id\": \"/opt/own/liba.dylib\", \"min_os\": \"12.0\",
            \"dylibs\": [\"@loader_path/libb.dylib\"], $signed"),
        $(macho libb.dylib "\"id\": \"/opt/own/libb.dylib\", \"min_os\": \"13.3\", $signed")"
    python3 -m zipfile -e ./*.whl .
    mv liba.dylib libb.dylib opt
    wheel cp311-cp311-macosx_11_0_arm64 "$(module '"dylibs": ["/opt/own/liba.dylib"]')"
    whl=demo-1.0-cp311-cp311-macosx_11_0_arm64.whl
    is "$(answer "$whl" 'w["verdict"]["tags"]' --lib-path opt)" "[]"
    is "$(answer "$whl" 'w["repair"]["tags"]' --lib-path opt)" "['macosx_13_0_arm64']"
    is "$(answer "$whl" 'w["platforms"][0]["repaired_min_os"]' --lib-path opt)" 13.3
    has "$(answer "$whl" 'w["platforms"][0]["repaired_min_os_from"]' --lib-path opt)" \
        opt/libb.dylib
    is "$(answer "$whl" '[g["name"] for g in w["repair"]["graft"]]' --lib-path opt)" \
        "['/opt/own/liba.dylib', '@loader_path/libb.dylib']"
    is "$(answer "$whl" 'w["verdict"]["claimed"][0]["why"]' --lib-path opt)" \
        "demo/_native.so needs /opt/own/liba.dylib, which neither the platform nor the wheel provides"
    # Where a library is found changes the forecast, and never the verdict.
    is "$(answer "$whl" 'w["repair"]["tags"]')" "[]"
    is "$(answer "$whl" 'w["verdict"]["claimed"][0]["why"]')" \
        "demo/_native.so needs /opt/own/liba.dylib, which neither the platform nor the wheel provides"
    # What is left out on purpose is nobody's hindrance.
    is "$(answer "$whl" 'w["verdict"]["tags"]' -e liba)" "['macosx_11_0_arm64']"
}

@test "blockers name file, slice and minimum" {
    wheel cp311-cp311-macosx_11_0_universal2 "$(macho demo/_native.so '"slices": [
        { "arch": "x86_64", "type": "bundle", "exports": ["_PyInit__native"], "min_os": "12.0" },
        { "arch": "arm64", "type": "bundle", "exports": ["_PyInit__native"], "min_os": "13.0" } ]')"
    is "$(answer demo*.whl '[(b["reason"], b["object"], b["slice"], b["version"], b["tag"])
        for b in w["blockers"]]')" \
        "[('minimum-os', 'demo/_native.so', 'x86_64', '12.0', 'macosx_11_0_x86_64'), ('minimum-os', 'demo/_native.so', 'arm64', '13.0', 'macosx_12_0_arm64')]"
}

@test "the deployment target raises tags, and what needs more is a finding" {
    wheel cp311-cp311-macosx_11_0_arm64 "$(module '"min_os": "12.1"')"
    is "$(MACOSX_DEPLOYMENT_TARGET=13.4 answer demo*.whl 'w["verdict"]["tags"]')" \
        "['macosx_13_0_arm64']"
    MACOSX_DEPLOYMENT_TARGET=12.0 run "$WHEELFIX" show --fail-on failure demo*.whl
    [ "$status" -eq 1 ]
    has "$output" "macho-above-target: demo/_native.so: needs macOS 12.1, and MACOSX_DEPLOYMENT_TARGET is 12.0"
    run "$WHEELFIX" show --require-target-macos-version 12.1 demo*.whl
    [ "$status" -eq 0 ]
    lacks "$output" macho-above-target
}

@test "a tag that no machine accepts is a failure" {
    wheel cp311-cp311-macosx_11_7_arm64 "$(module '"min_os": "11.0"')"
    run "$WHEELFIX" show --fail-on failure demo*.whl
    [ "$status" -eq 1 ]
    has "$output" "macosx_11_7_arm64 does not hold: no machine accepts it: from macOS 11 on the minor number of a tag is 0"
    is "$(answer demo*.whl 'w["repair"]["tags"]')" "['macosx_11_0_arm64']"
    is "$(answer demo*.whl '[f["rule"] for f in w["findings"] if f["severity"] == "failure"]')" \
        "['tag-not-met']"
}

@test "code of other systems is cargo in a wheel for macOS, and the reverse" {
    linux='{ "name": "demo/tool.so", "elf": { "machine": "x86_64", "needed": ["libc.so.6"] } }'
    wheel cp311-cp311-macosx_11_0_arm64 "$(module '"min_os": "11.0"'), $linux,
        $(macho demo/phone.dylib "\"platform\": 2, $signed")"
    run "$WHEELFIX" show -v demo*.whl
    [ "$status" -eq 0 ]
    has "$output" "demo/tool.so: is left out of the verdict: for Linux; no tag of the wheel is"
    has "$output" "demo/phone.dylib: is left out of the verdict: for iOS"
    is "$(answer demo*.whl 'w["verdict"]["tags"]')" "['macosx_11_0_arm64']"
    rm ./*.whl
    wheel cp311-cp311-manylinux_2_17_x86_64 "$(elf "$(needs GLIBC_2.14)"),
        $(macho demo/helper "\"type\": \"execute\", $signed")"
    is "$(answer demo*.whl 'w["verdict"]["tag"]')" manylinux_2_17_x86_64
    is "$(answer demo*.whl '[o["why_not"] for o in w["objects"]]')" \
        "[None, 'for macOS; no tag of the wheel is']"
}

@test "auditwheel's format has no answer about a wheel without ELF files" {
    wheel cp311-cp311-macosx_11_0_arm64 "$(module '"min_os": "11.0"')"
    run "$WHEELFIX" show --format auditwheel demo*.whl
    [ "$status" -eq 1 ]
    has "$output" '"error"'
}
