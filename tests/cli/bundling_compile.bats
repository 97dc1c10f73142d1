#!/usr/bin/env bats
# bundling_compile: policies/bundling.json becomes a table, or the build stops with a place.
# shellcheck disable=SC2154 # the file below sets what is used here
load ../support/cli

# compile JSON: compiles that text to out.c.
compile() {
    printf '%s' "$1" >in.json
    run --separate-stderr "$builddir/bundling_compile" out.c in.json
}

@test "every library is a row, in the order of the file, drivers first" {
    compile '{ "schema": 1, "never": [{ "libraries": ["libc.so.6"], "why": "libc" }],
        "host": [{ "libraries": ["a*", "b"], "why": "driver" }] }'
    [ "$status" -eq 0 ]
    is "$(grep -c WF_BUNDLE_ out.c)" 3
    is "$(grep -o '"[a-z.*6]*", WF_BUNDLE_[A-Z]*' out.c | tr '\n' ' ')" \
        '"a*", WF_BUNDLE_HOST "b", WF_BUNDLE_HOST "libc.so.6", WF_BUNDLE_NEVER '
    has "$(cat out.c)" "wf_num_bundling_rows = 3;"
}

@test "what is wrong is refused with its place, and nothing is written" {
    local -A wrong=(
        ['[]']='an object is expected'
        ['{ "schema": 2, "host": [], "never": [] }']='at 0xc: "schema": 1 is expected'
        ['{ "host": [], "never": [] }']='"schema": 1 is expected'
        ['{ "schema": 1, "hosts": [], "never": [] }']='"hosts" is no key that is read here'
        ['{ "schema": 1, "host": [] }']='the arrays "host" and "never" is expected'
        ['{ "schema": 1, "host": [], "never": [] }']='at least one library is expected'
        ['{ "schema": 1, "host": [1], "never": [] }']='"libraries" and "why" is expected'
        ['{ "schema": 1, "host": [{ "why": "w" }], "never": [] }']='"libraries", an array of globs, is expected'
        ['{ "schema": 1, "host": [{ "libraries": ["a"] }], "never": [] }']='a text is expected'
        ['{ "schema": 1, "host": [{ "libraries": [""], "why": "w" }], "never": [] }']='a text that is not empty is expected'
        ['{ "schema": 1, "host": [{ "libraries": ["a\"b"], "why": "w" }], "never": [] }']='printable ASCII'
        ['{ "schema": 1, "host": [{ "libraries": ["a"], "why": "ü" }], "never": [] }']='printable ASCII'
    )
    for text in "${!wrong[@]}"; do
        compile "$text"
        [ "$status" -eq 1 ] || { echo "$text"; false; }
        has "$stderr" "bundling_compile: in.json: "
        has "$stderr" "${wrong[$text]}"
        [ ! -e out.c ]
    done
}

@test "a file that is not there, or a wrong call, is an error" {
    run --separate-stderr "$builddir/bundling_compile" out.c missing.json
    [ "$status" -eq 1 ]
    has "$stderr" "missing.json"
    run --separate-stderr "$builddir/bundling_compile"
    [ "$status" -eq 1 ]
    has "$stderr" "usage: bundling_compile OUTPUT INPUT"
}
