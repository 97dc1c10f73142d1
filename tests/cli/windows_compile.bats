#!/usr/bin/env bats
# windows_compile: policies/windows.json becomes tables, or the build stops with a place.
# shellcheck disable=SC2154 # the file below sets what is used here
load ../support/cli

# compile JSON: compiles that text to out.c.
compile() {
    printf '%s' "$1" >in.json
    run --separate-stderr "$builddir/windows_compile" out.c in.json
}

good='{ "schema": 1,
  "api_sets": [{ "dlls": ["api-*"], "why": "w" }],
  "interpreter": [{ "dlls": ["python{}.dll"], "why": "w" }],
  "runtimes": [{ "abis": ["cp3{9-12}"], "stable": [], "machines": ["x86", "arm64"], "dlls": ["v.dll"] }],
  "unused": [{ "importer": "i.dll", "dll": "d.dll", "why": "w" }],
  "ordinary": [{ "dlls": ["o.dll"], "over_system": true, "why": "w" }],
  "never": [{ "dlls": ["n.dll"], "why": "w" }],
  "lists": [{ "release": "8", "machine": "x86" }, { "release": "8.1", "machine": "x86" },
    { "release": "10", "machine": "x86" }, { "release": "11", "machine": "x86" },
    { "release": "11", "machine": "amd64" }, { "release": "11", "machine": "arm64" }],
  "system": [{ "in": "xxxx..", "dlls": ["b.dll"] }, { "in": ".xxx..", "dlls": ["c.dll"] },
    { "in": "x.xx..", "dlls": ["a.dll"] }, { "in": "xxx.x.", "dlls": ["aa.dll"] }] }'

@test "lists become tables, marks the release from which on all have a DLL" {
    compile "$good"
    [ "$status" -eq 0 ]
    has "$(cat out.c)" '"cp3{9-12}", NULL }'
    has "$(cat out.c)" '0x5, (const char *const[]){ "v.dll", NULL } },'
    has "$(cat out.c)" '"w", true },'
    has "$(cat out.c)" "'a','.','d','l','l',0,
    'a','a','.','d','l','l',0,
    'b','.','d','l','l',0,"
    # a.dll is missing in 8.1; aa.dll in 11; b.dll is in all from 8 on.
    has "$(tr -d '\n' <out.c)" '{    { 3, 0, 0 },    { 255, 4, 0 },    { 2, 0, 0 },    { 2, 0, 0 },}'
    has "$(cat out.c)" 'wf_windows_first[] = { 1, 3, 3, };'
    has "$(cat out.c)" 'wf_num_windows_dlls = 4;'
}

@test "what is wrong is refused with its place, and nothing is written" {
    while IFS='|' read -r from to message; do
        compile "${good/"$from"/"$to"}"
        [ "$status" -eq 1 ] || { echo "$from -> $to"; false; }
        has "$stderr" "windows_compile: in.json: at 0x"
        has "$stderr" "$message"
        [ ! -e out.c ]
    done <<'END'
"schema": 1|"schema": 2|"schema": 1 is expected
"never"|"nevers"|"nevers" is no key that is read here
"api-*"|"api-*x"|a name in lower case, with {}, {1-20} or a * at its end at most, is expected
"python{}.dll"|"python{.dll"|a name in lower case, with {}, {1-20} or a * at its end at most, is expected
"python{}.dll"|"python}.dll"|a name in lower case, with {}, {1-20} or a * at its end at most, is expected
"python{}.dll"|"Python{}.dll"|a name in lower case, with {}, {1-20} or a * at its end at most, is expected
{9-12}|{12-9}|a name in lower case, with {}, {1-20} or a * at its end at most, is expected
{9-12}|{9}|a name in lower case, with {}, {1-20} or a * at its end at most, is expected
{9-12}|{9-99999}|a name in lower case, with {}, {1-20} or a * at its end at most, is expected
"stable": []|"stable": "x"|an array is expected
"stable": [], ||an array is expected
["x86", "arm64"]|["x64"]|one of x86, amd64, arm64 is expected
["x86", "arm64"]|[]|"machines", an array that is not empty, is expected
["v.dll"]|[]|"dlls", an array that is not empty, is expected
"importer": "i.dll", ||a text is expected
"over_system": true|"over_system": 1|"over_system": true or false is expected
"release": "8"|"release": "9"|one of 7, 8, 8.1, 10, 11 is expected
"machine": "arm64"|"machine": "x64"|one of x86, amd64, arm64 is expected
"machine": "arm64"|"machine": "x86"|a list for each machine is expected
"xxxx.."|"xxxx."|an x or a dot for each of "lists" is expected
"xxxx.."|"xxxx.y"|an x or a dot for each of "lists" is expected
"xxxx.."|"......"|an x or a dot for each of "lists" is expected
"b.dll"|"B.dll"|a file name in lower case is expected
"b.dll"|"a.dll"|"a.dll" stands there twice
"b.dll"|7|a text is expected
END
}

@test "a file that is not there, or a wrong call, is an error" {
    run --separate-stderr "$builddir/windows_compile" out.c missing.json
    [ "$status" -eq 1 ]
    has "$stderr" "missing.json"
    run --separate-stderr "$builddir/windows_compile"
    [ "$status" -eq 1 ]
    has "$stderr" "usage: windows_compile OUTPUT INPUT"
}
