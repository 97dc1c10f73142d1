#!/usr/bin/env bats
# macos_compile: policies/macos.json becomes tables, or the build stops with a place.
# shellcheck disable=SC2154 # the file below sets what is used here
load ../support/cli

# compile JSON: compiles that text to out.c.
compile() {
    printf '%s' "$1" >in.json
    run --separate-stderr "$builddir/macos_compile" out.c in.json
}

good='{ "schema": 1,
  "system": [{ "folders": ["/usr/lib/"], "why": "w" }],
  "tags": { "last_with_minor": "10.16", "gap_after": "15.0", "gap_until": "26.0", "why": "w" },
  "words": [{ "word": "arm64", "architectures": ["arm64"], "oldest": "11.0", "written": true }],
  "dyld": [{ "rule": "macho-x", "library_sdk": "always", "program_sdk": "26.0", "why": "w" }] }'

@test "each list becomes a table, versions become numbers" {
    compile "$good"
    [ "$status" -eq 0 ]
    has "$(cat out.c)" '"/usr/lib/",'
    has "$(cat out.c)" 'wf_macos_last_with_minor = 0xa1000;'
    has "$(cat out.c)" '"arm64", (const char *const[]){ "arm64", }, 1, 0xb0000, 0x0, true'
    has "$(cat out.c)" '"macho-x", 0x0u, 0x1a0000u,'
    has "$(cat out.c)" 'wf_num_macos_dyld_rules = 1;'
}

@test "what is wrong is refused with its place, and nothing is written" {
    while IFS='|' read -r from to message; do
        compile "${good/"$from"/"$to"}"
        [ "$status" -eq 1 ] || { echo "$from -> $to"; false; }
        has "$stderr" "macos_compile: in.json: at 0x"
        has "$stderr" "$message"
        [ ! -e out.c ]
    done <<'END'
"schema": 1|"schema": 2|"schema": 1 is expected
"system"|"systems"|"systems" is no key that is read here
["/usr/lib/"]|[]|"folders", an array that is not empty, is expected
"/usr/lib/"|"/usr/lib"|an absolute folder with a slash at its end is expected
"/usr/lib/"|"usr/lib/"|an absolute folder with a slash at its end is expected
"/usr/lib/"|"/"|an absolute folder with a slash at its end is expected
"/usr/lib/"|"/usr/lib/", "/usr/lib/"|a name that stands once is expected
"folders"|"folder"|"folder" is no key that is read here
"10.16"|"10"|a version of two numbers is expected
"10.16"|"10.256"|a version of two numbers is expected
"10.16"|10|a text is expected
"gap_after": "15.0", ||a text is expected
"oldest": "11.0"|"oldest": "11.0", "newest": "10.9"|a system that is not older than "oldest" is expected
"written": true|"written": 1|"written": true or false is expected
["arm64"]|["arm65"]|one of x86_64, arm64, i386, ppc, ppc64 is expected
"macho-x"|"x"|a rule that begins with "macho-" is expected
"always"|"sometimes"|a version of two numbers is expected
"why": "w" }] }|"why": "\u00fc" }] }|printable ASCII without quotes, backslash and '?' is expected
"why": "w" }] }|"why": "" }] }|a text that is not empty is expected
END
}

@test "a file that is not there, or a wrong call, is an error" {
    run --separate-stderr "$builddir/macos_compile" out.c missing.json
    [ "$status" -eq 1 ]
    has "$stderr" "missing.json"
    run --separate-stderr "$builddir/macos_compile"
    [ "$status" -eq 1 ]
    has "$stderr" "usage: macos_compile OUTPUT INPUT"
}
