#!/usr/bin/env bats
# Hostile and broken input: an answer or one clear error, in bounded time and memory.
# shellcheck disable=SC2154 # bats and the file below set what is used here
# shellcheck disable=SC2030,SC2031 # each test is its own subshell
# shellcheck disable=SC2016 # $ORIGIN is for the loader
load ../support/cli

tag=cp311-cp311-manylinux_2_17_x86_64
whl=demo-1.0-$tag.whl
extension='"machine": "x86_64", "needed": ["libc.so.6"], "exports": ["PyInit__native"],
    "imports": [{ "name": "fstat", "version": "GLIBC_2.14", "library": "libc.so.6" }]'

# object NAME KEYS: a member demo/NAME.so, an extension but for these keys.
object() {
    printf '{ "name": "demo/%s.so", "elf": { %s %s } }' "$1" "$extension" "${2:+, $2}"
}

# big_wheel KEYS: $whl of the members on standard input, for more than fit an argument.
big_wheel() {
    {
        printf '{ "about": "made by a test", %s "wheel": { "name": "demo",
            "version": "1.0", "tags": ["%s"] }, "members": [ ' "$1" "$tag"
        cat
        printf ' ] }'
    } >recipe.json
    "$builddir/tests/support/mkwheel" recipe.json . >/dev/null
}

# bounded KIB COMMAND...: with that much address space, where the program runs in it at
# all (the sanitizers reserve far more).
bounded() {
    local kib=$1
    shift
    (
        if (ulimit -v "$kib" && "$WHEELFIX" version) >/dev/null 2>&1; then
            ulimit -v "$kib"
        fi
        "$@"
    )
}

# refused WHEEL TEXT: show in every format, and tree, answer with exit 3 and that error.
refused() {
    local wheel=$1 text=$2 format
    run --separate-stderr timeout 60 "$WHEELFIX" show "$wheel"
    [ "$status" -eq 3 ]
    is "$output" ""
    is "$stderr" "wheelfix: $wheel: $text"
    for format in json jsonl auditwheel; do
        run --separate-stderr timeout 60 "$WHEELFIX" show --format "$format" "$wheel"
        [ "$status" -eq 3 ]
        has "$output" '"error":'
        has "$output" "${text#demo/_native.so: }"
    done
    run --separate-stderr timeout 60 "$WHEELFIX" tree "$wheel"
    [ "$status" -eq 3 ]
    is "$output" ""
    is "$stderr" "wheelfix: $wheel: $text"
}

@test "files that are no archive are refused with what stood there" {
    head -c 42 /dev/zero | tr '\0' x >a-1-py3-none-any.whl
    refused a-1-py3-none-any.whl \
        "at 0x0: no end record in the last 42 bytes; not a zip archive, or cut short"
    : >b-1-py3-none-any.whl
    refused b-1-py3-none-any.whl "file has 0 bytes; the smallest zip archive has 22"
}

@test "a FIFO, a device and a name that leads nowhere are refused, and never waited for" {
    mkfifo x.whl
    refused x.whl "is a FIFO; a regular file is expected"
    ln -s /dev/null y.whl
    refused y.whl "is a device; a regular file is expected"
    refused z.whl "cannot be opened: No such file or directory"
    ln -s w.whl w.whl
    refused w.whl "cannot be opened: Too many levels of symbolic links"
}

@test "a folder called like a wheel is looked into for wheels; tree wants a file" {
    mkdir x.whl
    run --separate-stderr "$WHEELFIX" show x.whl
    [ "$status" -eq 3 ]
    is "$stderr" "wheelfix: x.whl: no *.whl file is in this folder"
    (cd x.whl && good_wheel)
    run --separate-stderr "$WHEELFIX" show x.whl
    [ "$status" -eq 0 ]
    run --separate-stderr "$WHEELFIX" tree x.whl
    [ "$status" -eq 3 ]
    is "$stderr" "wheelfix: x.whl: is a folder; a regular file is expected"
    # What only pretends to be a wheel in a folder of wheels.
    mkdir x.whl/a.whl
    run --separate-stderr "$WHEELFIX" show x.whl
    [ "$status" -eq 3 ]
    is "$stderr" "wheelfix: x.whl/a.whl: is a folder; a regular file is expected"
    has "$output" "x.whl/demo-1.0-"
}

@test "a file that may not be read is an error, and the others are answered" {
    good_wheel
    cp "$good" a-1-py3-none-any.whl
    chmod 000 a-1-py3-none-any.whl
    local as=("$WHEELFIX")
    if [ "$(id -u)" -eq 0 ]; then # whom no mode keeps out
        cp "$WHEELFIX" program
        chmod 755 . program
        chmod 644 "$good"
        as=(setpriv --reuid=65534 --regid=65534 --clear-groups "$PWD/program")
    fi
    run --separate-stderr "${as[@]}" show a-1-py3-none-any.whl "$good"
    [ "$status" -eq 3 ]
    is "$stderr" "wheelfix: a-1-py3-none-any.whl: cannot be opened: Permission denied"
    has "$output" "$good"
}

@test "a file that shrinks is an error, whichever read it shrinks before" {
    wheel "$tag" "$(object _native), $(object _other)"
    mv "$whl" whole
    # LeakSanitizer cannot look at a program that is traced to its end.
    export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
    local n=0
    for ((n = 1; n < 100; n++)); do
        cp whole "$whl"
        run --separate-stderr "$builddir/tests/support/shrink" "$n" "$whl" 50 \
            "$WHEELFIX" show -j 1 --format json "$whl"
        [ "$status" -ne 0 ] || break
        [ "$status" -eq 3 ]
        has "$output" '"error": {'
        grep -qE '"message": "at 0x[0-9a-f]+: ([0-9]+ bytes expected, [0-9]+ came; the file had|no end record in the last 50 bytes)' <<<"$output"
    done
    # It was cut when there was nothing more to read from it; until then there were end
    # record, directory, headers, metadata, two objects and the whole for its digest.
    [ "$status" -eq 0 ]
    has "$output" '"met": true'
    [ "$n" -ge 10 ]
}

@test "a claim of 4 GiB in a few hundred bytes is refused before memory is asked for" {
    wheel "$tag" '{ "name": "demo/_native.so", "hex": "7f454c46020101",
        "local": { "size": 4294967294 }, "central": { "size": 4294967294 } }'
    [ "$(stat -c %s "$whl")" -lt 1000 ]
    refused "$whl" "demo/_native.so: at 0x22a: claims 4294967294 bytes from 9; deflate cannot expand so far"
    run --separate-stderr bounded 65536 "$WHEELFIX" show -j 1 "$whl"
    [ "$status" -eq 3 ]
    has "$stderr" "claims 4294967294 bytes from 9"
}

@test "what inflates a thousandfold costs no memory unless it is native, and has limits" {
    wheel "$tag" "$(object _native), { \"name\": \"demo/bomb\", \"zeros\": 200000000 }"
    [ "$(stat -c %s "$whl")" -lt 300000 ]
    run --separate-stderr bounded 131072 "$WHEELFIX" show -j 1 "$whl"
    [ "$status" -eq 0 ]
    has "$output" "its own tag holds"
    local limit
    for limit in "ratio=100:demo/bomb: at 0x[0-9a-f]+: claims 200000000 bytes from [0-9]+; the limit is 100 to one" \
        "member-bytes=100000000:demo/bomb: at 0x[0-9a-f]+: claims 200000000 bytes; the limit is 100000000" \
        "total-bytes=100000000:at 0x[0-9a-f]+: members claim more than 100000000 bytes in all"; do
        run --separate-stderr "$WHEELFIX" show --limit "${limit%%:*}" "$whl"
        [ "$status" -eq 3 ]
        [[ $stderr =~ ^wheelfix:\ $whl:\ ${limit#*:}$ ]]
    done
}

@test "archives within archives stay closed" {
    wheel "$tag" "$(object _native), { \"name\": \"demo/inner.zip\", \"archive\": {
        \"about\": \"a bomb\", \"members\": [ { \"name\": \"b.so\", \"zeros\": 100000000 } ] } }"
    run --separate-stderr bounded 131072 "$WHEELFIX" show -j 1 --check-hashes "$whl"
    [ "$status" -eq 0 ]
    has "$output" "its own tag holds"
}

@test "70,000 members are read, and a count that is theirs modulo 65536 is refused" {
    members() {
        object _native
        seq 1 70000 | awk '{ printf ",{\"name\":\"demo/m%d.py\",\"method\":\"stored\"}", $1 }'
    }
    members | big_wheel '"zip64": {},'
    run --separate-stderr timeout 60 "$WHEELFIX" show "$whl"
    [ "$status" -eq 0 ]
    has "$output" "its own tag holds"
    run --separate-stderr "$WHEELFIX" show --limit members=70000 "$whl"
    [ "$status" -eq 3 ]
    members | big_wheel ''
    run --separate-stderr timeout 60 "$WHEELFIX" show "$whl"
    [ "$status" -eq 3 ]
    [[ $stderr =~ bytes\ of\ the\ directory\ follow\ its\ [0-9]+\ entries$ ]]
}

@test "20,000 damaged objects are named, each once" {
    { object _native
      seq 1 20000 | awk '{ printf ",{\"name\":\"demo/m%d.so\",\"hex\":\"7f454c46\",\"method\":\"stored\"}", $1 }'
    } | big_wheel ''
    timeout 30 "$WHEELFIX" show --format json "$whl" >answer
    is "$(grep -c '"rule": "object-unreadable"' answer)" 20000
}

@test "a RECORD of a million rows is read, and what is wrong with it told in a few lines" {
    { object _native
      awk 'BEGIN { printf ",{\"name\":\"demo-1.0.dist-info/RECORD\",\"text\":\""
          for (i = 1; i <= 1000000; i++) printf "demo/x%d.py,,\\n", i
          printf "\"}" }'
    } | big_wheel ''
    run --separate-stderr bounded 1048576 timeout 60 "$WHEELFIX" show -j 1 "$whl"
    [ "$status" -eq 0 ]
    has "$output" "its own tag holds"
    has "$output" "demo-1.0.dist-info/METADATA: is not listed in RECORD"
    [ "${#lines[@]}" -lt 60 ]
    run --separate-stderr "$WHEELFIX" show --limit record-bytes=1000000 "$whl"
    [ "$status" -eq 0 ]
    has "$output" "the limit is 1000000"
}

@test "a hundred thousand needed libraries are searched within the limits" {
    wheel "$tag" "$(object _native '"repeat": { "needed": 100000 }')"
    timeout 120 "$WHEELFIX" show "$whl" >answer
    grep -q "repair   reaches no portable tag, with 100000 libraries missing" answer
    run --separate-stderr "$WHEELFIX" show --limit tree-steps=10000 "$whl"
    [ "$status" -eq 3 ]
    has "$stderr" "$whl: demo/_native.so: its search for libraries takes more than 10000 steps (--limit tree-steps)"
}

@test "libraries that need each other in every way end at the limit of steps" {
    local i all=
    for ((i = 0; i < 400; i++)); do
        all+="${all:+,}\"l$i.so\""
    done
    for ((i = 0; i < 400; i++)); do
        printf '%s{ "name": "demo/l%d.so", "elf": { "machine": "x86_64", "runpath": "$ORIGIN",
            "soname": "l%d.so", "needed": [%s], "exports": ["PyInit_l%d"] } }' \
            "${sep-}" "$i" "$i" "$all" "$i"
        sep=,
    done | big_wheel ''
    run --separate-stderr timeout 60 "$WHEELFIX" show --limit tree-steps=1000000 "$whl"
    [ "$status" -eq 3 ]
    [[ $stderr =~ ^wheelfix:\ $whl:\ demo/l[0-9]+.so:\ its\ search\ for\ libraries\ takes\ more\ than\ 1000000\ steps ]]
}

# named KEYS TEXT: a damaged object beside a sound one is named, the sound one is judged,
# and no tag is said to hold.
named() {
    wheel "$tag" "$(object _native), $(object _bad "$1")"
    run --separate-stderr timeout 60 "$WHEELFIX" show "$whl"
    [ "$status" -eq 0 ]
    is "$stderr" ""
    has "$output" "failure  object-unreadable: demo/_bad.so: $2"
    has "$output" "verdict  manylinux_2_17_x86_64"
    has "$output" "tags     manylinux_2_17_x86_64 cannot be told: demo/_bad.so could not be read"
    run --separate-stderr "$WHEELFIX" show --format json "$whl"
    [ "$status" -eq 0 ]
    has "$output" '"rule": "object-unreadable"'
    has "$output" '"path": "demo/_native.so"'
    has "$output" '"met": null'
    run --separate-stderr "$WHEELFIX" show --plat "$tag" --fail-on failure "$whl"
    [ "$status" -ne 0 ]
    run --separate-stderr timeout 60 "$WHEELFIX" tree "$whl"
    [ "$status" -eq 0 ]
    has "$output" "demo/_bad.so: no tree: $2"
    has "$output" "demo/_native.so (x86_64, glibc)"
}

@test "an object that is cut is named, and the rest of the wheel judged" {
    named '"truncate": 4' "at 0x0: the identification is 16 bytes long; the file has 4"
    named '"truncate": 64' "at 0x0: the program header table claims 224 bytes from 0x40; there are 64"
    named '"sections": false, "damage": "half"' \
        "at 0x40: program header 0 (PT_LOAD) claims 0x"
    named '"damage": "dynamic-past-end"' "at 0x0: PT_DYNAMIC claims 144 bytes from 0x"
}

@test "an object cut behind what a loader reads is judged, and the cut named" {
    wheel "$tag" "$(object _bad '"damage": "half"')"
    run --separate-stderr "$WHEELFIX" show "$whl"
    [ "$status" -eq 0 ]
    has "$output" "its own tag holds"
    has "$output" "section-view-differs: demo/_bad.so: the section headers at 0x"
}

@test "version needs and hash tables that go round or away are named" {
    named '"damage": "verneed-loop"' "at 0x1c8: a version need claims 16 bytes from 0xfffffff0; there are 36"
    named '"damage": "vernaux-loop"' "at 0x1c8: a version need's entry claims 16 bytes from 0x100000000; there are 36"
    named '"damage": "gnu-hash-far-bucket"' "at 0x13c: a bucket of DT_GNU_HASH names symbol 4294967295; there is room for the chains of "
    named '"damage": "gnu-hash-no-buckets"' "at 0x130: the filter of DT_GNU_HASH claims 34359738360 bytes from 0x0; there are "
}

@test "a wheel whose only native member is damaged is not called pure" {
    wheel "$tag" "$(object _bad '"truncate": 4')"
    run --separate-stderr "$WHEELFIX" show "$whl"
    [ "$status" -eq 0 ]
    is "${lines[1]}" "  verdict  none; no object of it could be read"
    is "${lines[2]}" "  tags     manylinux_2_17_x86_64 cannot be told: demo/_bad.so could not be read"
    lacks "$output" "no native code"
    run --separate-stderr "$WHEELFIX" show --format json "$whl"
    has "$output" '"kind": "unknown"'
    has "$output" '"met": null'
    run --separate-stderr "$WHEELFIX" show --format auditwheel --allow-pure-python-wheel "$whl"
    [ "$status" -eq 1 ]
    has "$output" '"error": "demo/_bad.so: at 0x0: the identification is 16 bytes long; the file has 4"'
    run --separate-stderr "$WHEELFIX" tree "$whl"
    lacks "$output" "no native code"
    has "$output" "demo/_bad.so: no tree: at 0x0: the identification"
    run --separate-stderr "$WHEELFIX" tree --format json "$whl"
    [ "$status" -eq 0 ]
    has "$output" '"path": "demo/_bad.so"'
}

@test "data that is not what the directory says fails the wheel, and names the member" {
    wheel "$tag" "$(object _native), $(object _bad | sed 's/}$/, "local": { "crc": 1 }, "central": { "crc": 1 } }/')"
    run --separate-stderr "$WHEELFIX" show "$whl"
    [ "$status" -eq 3 ]
    is "$output" ""
    [[ $stderr =~ ^wheelfix:\ $whl:\ demo/_bad\.so:\ at\ 0x[0-9a-f]+:\ .*0x00000001 ]]
    run --separate-stderr "$WHEELFIX" show --format json "$whl"
    [ "$status" -eq 3 ]
    has "$output" "\"where\": \"$whl: demo/_bad.so\""
}

@test "one bad wheel among good ones leaves the others answered, in order" {
    good_wheel
    bad_wheel
    cp "$good" a-1-py3-none-any.whl
    truncate -s -1 a-1-py3-none-any.whl
    run --separate-stderr "$WHEELFIX" show -j 4 "$good" a-1-py3-none-any.whl "$bad"
    [ "$status" -eq 3 ]
    is "$(grep '\.whl$' <<<"$output")" "$good"$'\n'"$bad"
    is "$(wc -l <<<"$stderr")" 1
    has "$stderr" "wheelfix: a-1-py3-none-any.whl: at 0x"
    run --separate-stderr "$WHEELFIX" show --format jsonl "$good" a-1-py3-none-any.whl "$bad"
    [ "$status" -eq 3 ]
    is "${#lines[@]}" 3
    has "${lines[0]}" '"verdict":'
    has "${lines[1]}" '"error":'
    has "${lines[2]}" '"verdict":'
}

@test "names from objects and archives cannot drive a terminal" {
    local format
    # The escape character, a line that looks like an answer, text that runs backwards.
    wheel "$tag" "$(object _native '"soname": "lib\u001b[2J.so", "runpath": "\u202etxt",
        "repeat": { "needed": 0 }' | sed 's/"libc.so.6"\]/"libc.so.6", "lib\\u001b[31m\\nverdict\\u202e.so"]/')"
    run --separate-stderr "$WHEELFIX" show -v "$whl"
    [ "$status" -eq 0 ]
    has "$output" 'lib\x1B[31m\x0Averdict\u{202E}.so'
    lacks "$output$stderr" $'\033'
    lacks "$output$stderr" $'\u202e'
    for format in json jsonl auditwheel; do
        run --separate-stderr "$WHEELFIX" show --format "$format" "$whl"
        lacks "$output$stderr" $'\033'
        has "$output" 'lib\u001b[31m\u000averdict'
    done
    run --separate-stderr "$WHEELFIX" tree "$whl"
    has "$output" 'lib\x1B[31m\x0Averdict\u{202E}.so'
    lacks "$output$stderr" $'\033'
    wheel "$tag" "$(object _native), { \"name\": \"demo/\\u001b[31m.py\", \"text\": \"\" }"
    run --separate-stderr "$WHEELFIX" show "$whl"
    [ "$status" -eq 3 ]
    lacks "$stderr" $'\033'
    has "$stderr" 'name "demo/" has the control byte 0x1b at 5'
}

@test "without section headers the answer is the same" {
    wheel "$tag" "$(object _native)"
    "$WHEELFIX" show -v "$whl" >with
    wheel "$tag" "$(object _native '"sections": false')"
    "$WHEELFIX" show -v "$whl" >without
    cmp with without
    grep -q "its own tag holds" with
    # Nor do headers that lie change it: the number of them, where they are.
    wheel "$tag" "$(object _native '"poke": [{ "at": 40, "hex": "ffffffffffffff7f" }]')"
    "$WHEELFIX" show -v "$whl" >lying
    is "$(grep verdict lying)" "$(grep verdict with)"
    grep -q section-view-differs lying
}
