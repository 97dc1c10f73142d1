#!/usr/bin/env bats
# wheelfix show: exit statuses, both streams, formats, inputs.
# shellcheck disable=SC2154 # bats and the file below set what is used here
load ../support/cli

@test "a wheel whose tags hold is answered in a few lines, with exit 0" {
    good_wheel
    run --separate-stderr "$WHEELFIX" show "$good"
    [ "$status" -eq 0 ]
    is "$stderr" ""
    is "${lines[0]}" "$good"
    is "${lines[1]}" "  verdict  manylinux_2_17_x86_64; its own tag holds, nothing to repair"
    is "${lines[2]}" "  better   manylinux_2_12_x86_64 is blocked by fstat@GLIBC_2.14 (libc.so.6) in demo/_native.so"
}

@test "a wheel whose tag does not hold is answered with exit 0, too, and the reason" {
    bad_wheel
    run --separate-stderr "$WHEELFIX" show "$bad"
    [ "$status" -eq 0 ]
    has "$output" "verdict  manylinux_2_34_x86_64"
    has "$output" "tags     manylinux_2_17_x86_64 does not hold: demo/_native.so needs fstat@GLIBC_2.33 of libc.so.6"
    has "$output" "repair   manylinux_2_34_x86_64; only its tags change"
    has "$output" "demo/_native.so  fstat@GLIBC_2.33  libc.so.6"
}

@test "a wheel without native code is answered as such" {
    pure_wheel
    run --separate-stderr "$WHEELFIX" show "$pure"
    [ "$status" -eq 0 ]
    has "$output" "no native code"
}

@test "a platform tag on a wheel without native code is a note" {
    wheel cp311-cp311-linux_x86_64 '{ "name": "demo/__init__.py", "text": "" }'
    run --separate-stderr "$WHEELFIX" show demo-1.0-cp311-cp311-linux_x86_64.whl
    [ "$status" -eq 0 ]
    has "$output" "platform-tag-pure"
}

@test "results come in input order, separated by an empty line" {
    good_wheel
    bad_wheel
    pure_wheel
    run --separate-stderr "$WHEELFIX" show "$pure" "$bad" "$good"
    [ "$status" -eq 0 ]
    is "$(grep '\.whl$' <<<"$output")" "$pure"$'\n'"$bad"$'\n'"$good"
    is "$(grep -c '^$' <<<"$output")" 2
}

@test "an unreadable wheel is an error line and exit 3, and the others are answered" {
    good_wheel
    broken_wheel
    run --separate-stderr "$WHEELFIX" show "$broken" "$good" missing.whl
    [ "$status" -eq 3 ]
    has "$output" "$good"
    lacks "$output" "$broken"
    is "$(wc -l <<<"$stderr")" 2
    has "${stderr_lines[0]}" "wheelfix: $broken: "
    has "${stderr_lines[1]}" "wheelfix: missing.whl: "
}

@test "a folder stands for the wheels in it, sorted" {
    mkdir dist
    (cd dist && pure_wheel && bad_wheel && good_wheel && touch notes.txt .hidden.whl)
    run --separate-stderr "$WHEELFIX" show dist
    [ "$status" -eq 0 ]
    is "$(grep '\.whl$' <<<"$output")" "dist/demo-1.0-cp311-cp311-manylinux_2_17_x86_64.whl
dist/demo-1.0-cp312-cp312-manylinux_2_17_x86_64.whl
dist/demo-1.0-py3-none-any.whl"
    run --separate-stderr "$WHEELFIX" show dist/
    has "$output" "dist/demo-1.0-py3-none-any.whl"
}

@test "a folder without wheels is an error that names it, at its place" {
    mkdir empty
    pure_wheel
    run --separate-stderr "$WHEELFIX" show --format jsonl empty "$pure"
    [ "$status" -eq 3 ]
    has "${lines[0]}" '"path":"empty"'
    has "${lines[0]}" 'no *.whl file is in this folder'
    has "${lines[1]}" "\"path\":\"$pure\""
    run --separate-stderr "$WHEELFIX" show empty
    [ "$status" -eq 3 ]
    is "$stderr" "wheelfix: empty: no *.whl file is in this folder"
}

@test "a list of paths is read from a file or from standard input, behind the operands" {
    good_wheel
    bad_wheel
    pure_wheel
    printf '%s\r\n\n%s' "$good" "$bad" >list
    run --separate-stderr "$WHEELFIX" show --from list "$pure"
    [ "$status" -eq 0 ]
    is "$(grep '\.whl$' <<<"$output")" "$pure"$'\n'"$good"$'\n'"$bad"
    run --separate-stderr bash -c "'$WHEELFIX' show --from - <list"
    [ "$status" -eq 0 ]
    is "$(grep '\.whl$' <<<"$output")" "$good"$'\n'"$bad"
    run --separate-stderr "$WHEELFIX" show --from <(echo "$good")
    [ "$status" -eq 0 ]
    has "$output" "$good"
}

@test "what is wrong with a list is an error that names list and line" {
    good_wheel
    run --separate-stderr "$WHEELFIX" show --from nowhere "$good"
    [ "$status" -eq 3 ]
    has "$output" "$good"
    is "$stderr" "wheelfix: nowhere: No such file or directory"
    printf '%s\na\0b\n' "$good" >list
    run --separate-stderr "$WHEELFIX" show --from list
    [ "$status" -eq 3 ]
    is "$stderr" "wheelfix: list: line 2 holds a NUL"
    { head -c 70000 /dev/zero | tr '\0' x; printf '\n%s\n' "$good"; } >list
    run --separate-stderr "$WHEELFIX" show --from list
    [ "$status" -eq 3 ]
    is "$stderr" "wheelfix: list: line 1 is longer than any path"
    has "$output" "$good"
}

@test "--plat answers by its exit status, with or without the architecture" {
    bad_wheel
    local tag
    for tag in manylinux_2_34_x86_64 manylinux_2_34 manylinux_2_99; do
        run --separate-stderr "$WHEELFIX" show --plat "$tag" "$bad"
        [ "$status" -eq 0 ]
        has "$output" "asked    $tag is met"
    done
    for tag in manylinux_2_17_x86_64 manylinux2014 manylinux_2_32; do
        run --separate-stderr "$WHEELFIX" show --plat "$tag" "$bad"
        [ "$status" -eq 1 ]
        has "$output" "asked    $tag is not met"
        has "$output" "because  $tag is blocked by"
    done
}

@test "an unknown tag proposes the nearest, before any work" {
    run --separate-stderr "$WHEELFIX" show --plat manylinx_2_28_x86_64 missing.whl
    [ "$status" -eq 2 ]
    is "$output" ""
    has "$stderr" "did you mean manylinux_2_28_x86_64?"
    lacks "$stderr" "missing.whl"
    run --separate-stderr "$WHEELFIX" show --plat manylinux_2_4 missing.whl
    [ "$status" -eq 2 ]
}

@test "a tag that does not fit a wheel is that wheel's error, and the others are answered" {
    good_wheel
    wheel cp311-cp311-manylinux_2_17_aarch64 "$(elf "$(needs GLIBC_2.17)" | sed s/x86_64/aarch64/)"
    run --separate-stderr "$WHEELFIX" show --plat manylinux_2_17_x86_64 \
        demo-1.0-cp311-cp311-manylinux_2_17_aarch64.whl "$good"
    [ "$status" -eq 1 ]
    has "$stderr" "demo-1.0-cp311-cp311-manylinux_2_17_aarch64.whl: "
    has "$output" "$good"
}

@test "--fail-on answers by severity" {
    bad_wheel
    run "$WHEELFIX" show --fail-on failure "$bad"
    [ "$status" -eq 1 ]
    good_wheel
    run "$WHEELFIX" show --fail-on note "$good"
    [ "$status" -eq 0 ]
    wheel cp311-cp311-linux_x86_64 '{ "name": "demo/__init__.py", "text": "" }'
    run "$WHEELFIX" show --fail-on warning demo-1.0-cp311-cp311-linux_x86_64.whl
    [ "$status" -eq 0 ]
    run "$WHEELFIX" show --fail-on note demo-1.0-cp311-cp311-linux_x86_64.whl
    [ "$status" -eq 1 ]
}

@test "json is one document, with every wheel and every error in it" {
    good_wheel
    broken_wheel
    run --separate-stderr "$WHEELFIX" show --format json "$good" "$broken"
    [ "$status" -eq 3 ]
    is "$stderr" ""
    has "$output" '"schema": "wheelfix.show/1"'
    has "$output" '"verdict": {'
    has "$output" "\"sha256\": \"$(sha256sum "$good" | cut -d ' ' -f 1)\""
    has "$output" '"error": {'
    is "${lines[-1]}" "}"
    is "$(grep -c '"filename"' <<<"$output")" 2
}

@test "jsonl is one line a wheel, each with schema and tool" {
    good_wheel
    bad_wheel
    broken_wheel
    run --separate-stderr "$WHEELFIX" show --format=jsonl "$broken" "$bad" "$good"
    [ "$status" -eq 3 ]
    is "${#lines[@]}" 3
    local line
    for line in "${lines[@]}"; do
        has "$line" '{"schema":"wheelfix.show/1","tool":{"name":"wheelfix",'
    done
    has "${lines[0]}" '"error":{"kind":"malformed"'
    has "${lines[1]}" '"claimed":[{"tag":"manylinux_2_17_x86_64","met":false'
    has "${lines[2]}" '"claimed":[{"tag":"manylinux_2_17_x86_64","met":true'
}

@test "an empty list makes an empty document" {
    run --separate-stderr "$WHEELFIX" show --format json --from /dev/null
    [ "$status" -eq 0 ]
    has "$output" '"wheels": []'
}

@test "--json and --format auditwheel answer as auditwheel does" {
    good_wheel
    run --separate-stderr "$WHEELFIX" show --json "$good"
    [ "$status" -eq 0 ]
    is "$output" '{
    "version": 1,
    "wheel": "demo-1.0-cp311-cp311-manylinux_2_17_x86_64.whl",
    "pure": false,
    "overall_tag": "manylinux_2_17_x86_64",
    "sym_tag": "manylinux_2_17_x86_64",
    "pyfpe": false,
    "ucs2": false,
    "unsupported_isa": false,
    "versioned_symbols": {
        "libc.so.6": [
            "GLIBC_2.14"
        ]
    },
    "external_libs": {},
    "policy_upgrades": {}
}'
    local first=$output
    run --separate-stderr "$WHEELFIX" show --format auditwheel "$good"
    is "$output" "$first"
    run --separate-stderr "$WHEELFIX" show --json --format auditwheel "$good"
    is "$output" "$first"
}

@test "--json with another format is a usage error" {
    run --separate-stderr "$WHEELFIX" show --json --format json x.whl
    [ "$status" -eq 2 ]
    has "$stderr" "--json means --format auditwheel"
}

@test "auditwheel refuses a wheel without native code unless that is allowed" {
    pure_wheel
    run --separate-stderr "$WHEELFIX" show --json "$pure"
    [ "$status" -eq 1 ]
    has "$output" '"error": "This does not look like a platform wheel'
    run --separate-stderr "$WHEELFIX" show --json --allow-pure-python-wheel "$pure"
    [ "$status" -eq 0 ]
    has "$output" '"pure": true'
}

@test "libraries outside are looked for where the options and the environment say" {
    wheel cp311-cp311-linux_x86_64 "$(elf '"needed": ["libodd.so.1", "libc.so.6"], "exports": ["PyInit__native"]')"
    local odd=demo-1.0-cp311-cp311-linux_x86_64.whl
    run --separate-stderr "$WHEELFIX" show "$odd"
    [ "$status" -eq 0 ]
    has "$output" "repair   reaches no portable tag, with 1 library missing"
    has "$output" "libodd.so.1  not found, needed by demo/_native.so"
    mkdir lib
    printf '{ "about": "a library", "members": [ { "name": "libodd.so.1", "method": "stored",
        "elf": { "machine": "x86_64", "soname": "libodd.so.1", "needed": ["libc.so.6"] } } ] }' >recipe.json
    "$builddir/tests/support/mkwheel" recipe.json archive.zip
    # Behind the local header and the name; what follows the image is not looked at.
    tail -c +42 archive.zip >lib/libodd.so.1
    local options
    for options in "--lib-path lib" "--add-path=none;lib" "--lib-path none:lib" "--ldpaths $PWD/lib"; do
        # shellcheck disable=SC2086
        run --separate-stderr "$WHEELFIX" show $options "$odd"
        has "$output" "bundling 1 library"
        has "$output" "libodd.so.1  from "
    done
    local name
    for name in WHEELFIX_LD_LIBRARY_PATH AUDITWHEEL_LD_LIBRARY_PATH LD_LIBRARY_PATH; do
        run --separate-stderr env "$name=$PWD/lib" "$WHEELFIX" show "$odd"
        has "$output" "libodd.so.1  from $PWD/lib/libodd.so.1"
    done
}

@test "a folder of --lib-path that is missing is warned of, a sysroot is a usage error" {
    pure_wheel
    run --separate-stderr "$WHEELFIX" show --lib-path nowhere "$pure"
    [ "$status" -eq 0 ]
    is "$stderr" "wheelfix: warning: --lib-path nowhere: no such folder"
    run --separate-stderr "$WHEELFIX" show --sysroot nowhere "$pure"
    [ "$status" -eq 2 ]
    has "$stderr" "--sysroot nowhere: no such folder"
}

@test "--exclude leaves a library out, and says when it matched nothing" {
    wheel cp311-cp311-manylinux_2_17_x86_64 "$(elf '"needed": ["libodd.so.1", "libc.so.6"], "exports": ["PyInit__native"]')"
    local odd=demo-1.0-cp311-cp311-manylinux_2_17_x86_64.whl
    run --separate-stderr "$WHEELFIX" show "$odd"
    has "$output" "tags     manylinux_2_17_x86_64 does not hold"
    run --separate-stderr "$WHEELFIX" show -e 'libodd*' "$odd"
    [ "$status" -eq 0 ]
    is "$stderr" ""
    lacks "$output" "does not hold"
    run --separate-stderr "$WHEELFIX" show --exclude 'libodd*' --exclude 'libeven*' "$odd"
    is "$stderr" "wheelfix: warning: --exclude libeven* matched no library"
}

@test "a policy file that cannot be read stops before any work" {
    good_wheel
    run --separate-stderr "$WHEELFIX" show --policy-file nowhere.json "$good"
    [ "$status" -eq 3 ]
    is "$output" ""
    has "$stderr" "wheelfix: nowhere.json: "
    echo '{ "schema": ' >policy.json
    run --separate-stderr "$WHEELFIX" show --policy-file policy.json "$good"
    [ "$status" -eq 3 ]
    is "$output" ""
    has "$stderr" "wheelfix: policy.json: "
}

@test "--check-hashes finds what names and sizes do not" {
    wheel cp311-cp311-manylinux_2_17_x86_64 "$(elf "$(needs GLIBC_2.14)"),
        { \"name\": \"demo-1.0.dist-info/RECORD\", \"text\": \"demo/_native.so,sha256=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA,1\\n\" }"
    local whl=demo-1.0-cp311-cp311-manylinux_2_17_x86_64.whl
    run --separate-stderr "$WHEELFIX" show --fail-on failure "$whl"
    has "$output" "rc-size-match"
    lacks "$output" "rc-hash-match"
    run --separate-stderr "$WHEELFIX" show --check-hashes "$whl"
    has "$output" "rc-hash-match"
}

@test "a limit that is passed is an error that names it" {
    good_wheel
    run --separate-stderr "$WHEELFIX" show --limit members=2 "$good"
    [ "$status" -eq 3 ]
    has "$stderr" "$good: "
}

@test "-q says nothing but errors" {
    bad_wheel
    run --separate-stderr "$WHEELFIX" show -q --plat manylinux2014 "$bad"
    [ "$status" -eq 1 ]
    is "$output" ""
    is "$stderr" ""
    run --separate-stderr "$WHEELFIX" show -q missing.whl
    [ "$status" -eq 3 ]
    has "$stderr" "missing.whl"
}

@test "the answer is the same for any number of threads" {
    good_wheel
    bad_wheel
    pure_wheel
    broken_wheel
    "$WHEELFIX" show -j 1 --format jsonl . >one || true
    for jobs in 2 3 16; do
        "$WHEELFIX" show -j "$jobs" --format jsonl . >many || true
        cmp one many
    done
}

@test "names that could drive a terminal are escaped" {
    bad_wheel
    mv "$bad" "$(printf 'demo\033[31m-1.0-cp312-cp312-manylinux_2_17_x86_64.whl')"
    run --separate-stderr "$WHEELFIX" show .
    [ "$status" -eq 3 ]
    lacks "$output$stderr" $'\033'
    has "$stderr" 'demo\x1B[31m-1.0'
}

@test "a reader that goes away ends the run quietly" {
    good_wheel
    run --separate-stderr bash -c "set -o pipefail; yes '$good' | head -n 5000 |
        '$WHEELFIX' show --format jsonl --from - | head -n 1 >first; test -s first"
    is "$stderr" ""
}

@test "standard output that is full is an error" {
    [ -w /dev/full ] || skip "there is no /dev/full"
    good_wheel
    run --separate-stderr bash -c "'$WHEELFIX' show '$good' >/dev/full"
    [ "$status" -eq 3 ]
    is "$stderr" "wheelfix: standard output: cannot write: No space left on device"
}
