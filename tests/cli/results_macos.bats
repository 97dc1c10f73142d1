#!/usr/bin/env bats
# What a repair of macOS wheels leaves beside names and tags: symbols, signatures, an SBOM,
# the plan that said so before, and the same bytes whatever was repaired in the same run.
# shellcheck disable=SC2154,SC2030,SC2031 # bats and the files below set what is used here,
# and every test is a shell of its own
load ../support/cli
load ../support/macos

# symbols KIND: names of functions in all Mach-O members of the result.
symbols() {
    rm -rf opened
    mkdir opened
    unzip -q "$result" -d opened
    find opened -name '*.so' -o -name '*.dylib' | LC_ALL=C sort | while read -r path; do
        llvm-nm --no-sort -arch all "$1" "$path" | awk -v path="$path" \
            'NF && !/:$/ { print path, $(NF - 1), $NF }'
    done
}

# facts: what dyld reads of all members.
facts() {
    python3 "$srcdir/tests/support/macho_facts.py" "$result" | grep -v ' signature '
}

@test "--strip takes local symbols and nothing that a loader reads" {
    made rpath
    command -v llvm-nm >/dev/null || skip "no llvm-nm"
    repaired
    facts >before
    symbols --extern-only >outer
    symbols --defined-only >inner
    has "$(cat inner)" " t _hidden"
    repaired --strip
    facts >after
    symbols --extern-only >stripped-outer
    cmp before after
    cmp outer stripped-outer
    lacks "$(symbols --defined-only)" " t _hidden"
    is "$(signatures fakepkg_rpath/.dylibs/libextfunc_rpath.dylib)" \
        "x86_64 adhoc, arm64 adhoc"
    sound
    again --strip
}

@test "libraries that need no edit are stripped and signed, too" {
    made stray
    repaired --strip --exclude libextfunc.dylib
    command -v llvm-nm >/dev/null || skip "no llvm-nm"
    lacks "$(symbols --defined-only)" " t _hidden"
    is "$(signatures fakepkg1/subpkg/module2.abi3.so)" "x86_64 unsigned, arm64 adhoc"
    sound libextfunc.dylib
}

@test "an SBOM names each library that came in, with the sum of the bytes in the wheel" {
    made rpath
    repaired
    unzip -p "$result" '*/sboms/wheelfix.cdx.json' >sbom.json
    unzip -q "$result" -d opened
    is "$(python3 - <<'END'
import hashlib, json
for part in json.load(open("sbom.json"))["components"]:
    data = open("opened/" + part["bom-ref"], "rb").read()
    assert part["hashes"][0]["content"] == hashlib.sha256(data).hexdigest(), part
    print(part["type"], part["name"])
END
)" "library libextfunc2_rpath.dylib
library libextfunc_rpath.dylib"
    repaired --no-sbom
    lacks "$(unzip -Z1 "$result")" sboms
}

@test "what --dry-run says is what is done, and it writes nothing" {
    made chain
    "$WHEELFIX" repair --lib-path libs -w out --dry-run --format json "$made" >plan.json
    [ ! -e out ]
    "$WHEELFIX" repair --lib-path libs -w out --format json "$made" >done.json
    is "$(python3 - <<'END'
import json
plan, done = (json.load(open(name))["wheels"][0] for name in ("plan.json", "done.json"))
print(sorted(key for key in {*plan, *done} if plan.get(key) != done.get(key)))
END
)" "['written']"
}

@test "a wheel has the same bytes alone, beside others, and in any surroundings" {
    made rpath
    first=$made
    mv libs more
    made chain
    mv more/* libs
    "$WHEELFIX" repair --lib-path libs -w both "$first" "$made" "--jobs=16"
    "$WHEELFIX" repair --lib-path libs -w turned "$made" "$first" --jobs=1
    for wheel in "$first" "$made"; do
        TZ=Asia/Tokyo LC_ALL=C.UTF-8 "$WHEELFIX" repair --lib-path libs -w alone "$wheel"
    done
    diff -r both turned
    diff -r both alone
    is "$(find alone -name '*.whl' | wc -l)" 2
}
