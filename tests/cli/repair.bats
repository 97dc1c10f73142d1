#!/usr/bin/env bats
# wheelfix repair: exit statuses, both streams, files written.
# shellcheck disable=SC2154 # bats and the file below set what is used here
load ../support/cli

# raw VERSION: a freshly built wheel that needs that version of libc.
raw() {
    wheel cp311-cp311-linux_x86_64 "$(elf "$(needs "$1")")"
    raw=demo-1.0-cp311-cp311-linux_x86_64.whl
}

# needs_foo: a freshly built wheel that needs libfoo.so.1.
needs_foo() {
    wheel cp311-cp311-linux_x86_64 \
        "$(elf '"needed": ["libfoo.so.1", "libc.so.6"], "exports": ["PyInit__native"]')"
    raw=demo-1.0-cp311-cp311-linux_x86_64.whl
}

fixed=demo-1.0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl

@test "a repaired wheel is put into wheelhouse/ under its new name, with exit 0" {
    raw GLIBC_2.14
    before=$(sha256sum <"$raw")
    run --separate-stderr "$WHEELFIX" repair "$raw"
    [ "$status" -eq 0 ]
    is "$stderr" ""
    is "${lines[0]}" "$raw"
    is "${lines[1]}" "  result   wheelhouse/$fixed"
    is "$(ls -A wheelhouse)" "$fixed"
    is "$(sha256sum <"$raw")" "$before"
    run "$WHEELFIX" show --plat manylinux2014 "wheelhouse/$fixed"
    [ "$status" -eq 0 ]
}

@test "a second run changes no byte" {
    raw GLIBC_2.14
    "$WHEELFIX" repair -w one "$raw"
    run --separate-stderr "$WHEELFIX" repair -w two "one/$fixed"
    [ "$status" -eq 0 ]
    has "$output" "copied   nothing needs to change"
    cmp "one/$fixed" "two/$fixed"
    run --separate-stderr "$WHEELFIX" repair --strip -w three "one/$fixed"
    "$WHEELFIX" repair --strip -w four "three/$fixed"
    cmp "three/$fixed" "four/$fixed"
}

@test "--dry-run writes nothing, not even the folder" {
    raw GLIBC_2.14
    run --separate-stderr "$WHEELFIX" repair --dry-run -w out "$raw"
    [ "$status" -eq 0 ]
    has "$output" "$fixed"
    [ ! -e out ]
    run --separate-stderr "$WHEELFIX" repair --dry-run --format json "$raw"
    [ "$status" -eq 0 ]
    has "$output" '"schema": "wheelfix.plan/1"'
    has "$output" '"action": "repair"'
    has "$output" '"written": null'
}

@test "a refusal gives every reason on standard error, with exit 1, and writes nothing" {
    needs_foo
    run --separate-stderr "$WHEELFIX" repair "$raw"
    [ "$status" -eq 1 ]
    is "$output" ""
    has "$stderr" "demo/_native.so needs libfoo.so.1, which was not found"
    has "$stderr" "advice   give the folder that has it with --lib-path"
    [ ! -e wheelhouse ]
    run --separate-stderr "$WHEELFIX" repair --format json "$raw"
    [ "$status" -eq 1 ]
    has "$stderr" "demo/_native.so needs libfoo.so.1, which was not found"
    has "$output" '"schema": "wheelfix.repair/1"'
    has "$output" '"action": "refuse"'
    has "$output" '"reason": "library-not-found"'
    has "$output" '"written": null'
    [ ! -e wheelhouse ]
    run --separate-stderr "$WHEELFIX" repair -q "$raw"
    [ "$status" -eq 1 ]
    has "$stderr" "libfoo.so.1"
}

@test "a policy out of reach is refused with the symbol and an image" {
    raw GLIBC_2.28
    run --separate-stderr "$WHEELFIX" repair --plat manylinux2014 "$raw"
    [ "$status" -eq 1 ]
    has "$stderr" "demo/_native.so needs fstat@GLIBC_2.28 of libc.so.6"
    has "$stderr" "advice   build on an older system, such as the image manylinux2014_x86_64"
    [ ! -e wheelhouse ]
}

@test "--exclude answers a missing library, one of two wheels does not stop the other" {
    needs_foo
    run --separate-stderr "$WHEELFIX" repair --exclude 'libfoo*' "$raw"
    [ "$status" -eq 0 ]
    wheel cp312-cp312-linux_x86_64 "$(elf "$(needs GLIBC_2.14)")"
    run --separate-stderr "$WHEELFIX" repair -w out "$raw" demo-1.0-cp312-cp312-linux_x86_64.whl
    [ "$status" -eq 1 ]
    is "$(ls out)" "demo-1.0-cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64.whl"
}

@test "AUDITWHEEL_PLAT that does not fit is a note, --plat that does not fit is a refusal" {
    raw GLIBC_2.14
    AUDITWHEEL_PLAT=musllinux_1_2_x86_64 run --separate-stderr "$WHEELFIX" repair "$raw"
    [ "$status" -eq 0 ]
    has "$output" "the environment set it, so it is ignored"
    [ -e "wheelhouse/$fixed" ]
    run --separate-stderr "$WHEELFIX" repair --plat musllinux_1_2_x86_64 -w out "$raw"
    [ "$status" -eq 1 ]
    [ ! -e out ]
    run --separate-stderr "$WHEELFIX" repair --plat manylinux_9 -w out "$raw"
    [ "$status" -eq 2 ]
    run --separate-stderr "$WHEELFIX" repair --plat linux_x86_64 -w out "$raw"
    [ "$status" -eq 1 ]
    has "$stderr" "promises nothing"
}

@test "--fail-on judges what the plan says" {
    wheel cp311-cp311-linux_x86_64 \
        "$(elf '"needed": ["libcuda.so.1", "libc.so.6"], "exports": ["PyInit__native"]')"
    raw=demo-1.0-cp311-cp311-linux_x86_64.whl
    run --separate-stderr "$WHEELFIX" repair "$raw"
    [ "$status" -eq 0 ]
    has "$output" "libcuda.so.1 is not bundled"
    run --separate-stderr "$WHEELFIX" repair --fail-on failure "$raw"
    [ "$status" -eq 0 ]
    run --separate-stderr "$WHEELFIX" repair --fail-on warning "$raw"
    [ "$status" -eq 1 ]
}

@test "what the host provides is no reason to do anything again" {
    wheel cp311-cp311-linux_x86_64 \
        "$(elf '"needed": ["libcuda.so.1", "libc.so.6"], "exports": ["PyInit__native"]')"
    "$WHEELFIX" repair -w one demo-1.0-cp311-cp311-linux_x86_64.whl
    name=$(ls one)
    run --separate-stderr "$WHEELFIX" repair -w two "one/$name"
    [ "$status" -eq 0 ]
    has "$output" "nothing needs to change"
    cmp "one/$name" "two/$name"
}

@test "a result over its own source is a usage error, unless nothing changes" {
    wheel cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64 \
        "$(elf '"stack": "exec", '"$(needs GLIBC_2.14)")"
    before=$(sha256sum <"$fixed")
    run --separate-stderr "$WHEELFIX" repair --clear-exec-stack -w . "$fixed"
    [ "$status" -eq 2 ]
    has "$stderr" "$fixed: the result would replace its source"
    is "$(sha256sum <"$fixed")" "$before"
    run --separate-stderr "$WHEELFIX" repair -w . "$fixed"
    [ "$status" -eq 0 ]
    is "$(sha256sum <"$fixed")" "$before"
    run --separate-stderr "$WHEELFIX" repair --clear-exec-stack --in-place "$fixed"
    [ "$status" -eq 0 ]
    [ "$(sha256sum <"$fixed")" != "$before" ]
    run --separate-stderr "$WHEELFIX" repair --in-place -w . "$fixed"
    [ "$status" -eq 2 ]
}

@test "--in-place leaves the result alone, under its new name" {
    mkdir dist
    (cd dist && raw GLIBC_2.14 && rm recipe.json)
    run --separate-stderr "$WHEELFIX" repair --in-place dist
    [ "$status" -eq 0 ]
    is "$(ls -A dist)" "$fixed"
    run --separate-stderr "$WHEELFIX" repair --in-place "dist/$fixed"
    [ "$status" -eq 0 ]
    is "$(ls -A dist)" "$fixed"
}

@test "a refused wheel stays where it is under --in-place" {
    needs_foo
    rm recipe.json
    run --separate-stderr "$WHEELFIX" repair --in-place .
    [ "$status" -eq 1 ]
    is "$(ls -A)" "$raw"
}

@test "two wheels with one result, or a result over another wheel, are refused" {
    raw GLIBC_2.14
    mkdir other
    cp "$raw" other
    run --separate-stderr "$WHEELFIX" repair -w out "$raw" "other/$raw"
    [ "$status" -eq 2 ]
    is "$(ls out)" "$fixed"
    has "$stderr" "other/$raw: another wheel of this run has the result"
    wheel cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64 "$(elf "$(needs GLIBC_2.5)")"
    before=$(sha256sum <"$fixed")
    run --separate-stderr "$WHEELFIX" repair --in-place "$raw" "$fixed"
    [ "$status" -eq 2 ]
    has "$stderr" "which is to be repaired, too"
    [ -e "$raw" ]
}

@test "wheels without native code are copied" {
    pure_wheel
    run --separate-stderr "$WHEELFIX" repair --plat manylinux2014 "$pure"
    [ "$status" -eq 0 ]
    has "$output" "copied   it holds no native code"
    cmp "$pure" "wheelhouse/$pure"
}

@test "an unreadable wheel is exit 3, and the others are repaired" {
    raw GLIBC_2.14
    broken_wheel
    run --separate-stderr "$WHEELFIX" repair "$broken" "$raw" missing.whl
    [ "$status" -eq 3 ]
    is "$(ls wheelhouse)" "$fixed"
    is "$(wc -l <<<"$stderr")" 2
    run --separate-stderr "$WHEELFIX" repair --format json "$broken" "$raw"
    [ "$status" -eq 3 ]
    has "$output" "\"written\": \"wheelhouse/$fixed\""
    has "$output" '"kind": "malformed"'
}

@test "what cannot be written is told with source, result and reason, and nothing is left" {
    raw GLIBC_2.14
    mkdir out
    # shellcheck disable=SC2016 # the dollars are the other shell's
    run --separate-stderr bash -c 'ulimit -f 0; exec "$0" repair -w out "$1" 2>&1 | cat' \
        "$WHEELFIX" "$raw"
    has "$output" "wheelfix: $raw: out/$fixed: at 0x"
    has "$output" ": cannot be written: File too large"
    is "$(ls -A out)" ""
    mkdir "out/$fixed"
    run --separate-stderr "$WHEELFIX" repair -w out "$raw"
    [ "$status" -eq 3 ]
    has "$stderr" "wheelfix: $raw: out/$fixed: "
    is "$(ls -A out)" "$fixed"
}

@test "options that contradict each other, or lack an operand, are usage errors" {
    raw GLIBC_2.14
    for bad in "--sbom --no-sbom" "--debug-dir d" "--lib-sdir a/b" "-z 13" "-z x" \
        "--strip=some" "--format xml"; do
        # shellcheck disable=SC2086 # they are words
        run --separate-stderr "$WHEELFIX" repair $bad "$raw"
        [ "$status" -eq 2 ] || { echo "$bad"; false; }
        [ ! -e wheelhouse ]
    done
    run --separate-stderr "$WHEELFIX" repair
    [ "$status" -eq 2 ]
}

@test "SOURCE_DATE_EPOCH is read as auditwheel does, and empty is unset" {
    raw GLIBC_2.14
    SOURCE_DATE_EPOCH='' "$WHEELFIX" repair -w a "$raw"
    SOURCE_DATE_EPOCH=0 "$WHEELFIX" repair -w b "$raw"
    SOURCE_DATE_EPOCH=650203201 "$WHEELFIX" repair -w c "$raw"
    cmp "a/$fixed" "b/$fixed"
    run cmp "a/$fixed" "c/$fixed"
    [ "$status" -eq 1 ]
    SOURCE_DATE_EPOCH=tomorrow run --separate-stderr "$WHEELFIX" repair -w d "$raw"
    [ "$status" -eq 2 ]
}

@test "the level of compression comes from the option, our variable, theirs" {
    wheel cp311-cp311-linux_x86_64 "$(elf "$(needs GLIBC_2.14)"),
        { \"name\": \"demo/long.txt\", \"text\": \"$(seq 3000 | paste -sd ' ')\" }"
    raw=demo-1.0-cp311-cp311-linux_x86_64.whl
    for level in 0 1 9 12; do
        "$WHEELFIX" repair -q -z $level -w z$level "$raw"
        python3 -m zipfile -t "z$level/$fixed"
    done
    is "$(stat -c '%s %n' z*/*.whl | sort -nr | cut -d/ -f1 | cut -d' ' -f2 | paste -sd ' ')" \
        "z0 z1 z9 z12"
    export AUDITWHEEL_ZIP_COMPRESSION_LEVEL=9
    "$WHEELFIX" repair -q -w a "$raw"
    cmp "a/$fixed" "z9/$fixed"
    WHEELFIX_ZIP_COMPRESSION_LEVEL=1 "$WHEELFIX" repair -q -w b "$raw"
    cmp "b/$fixed" "z1/$fixed"
    WHEELFIX_ZIP_COMPRESSION_LEVEL=1 "$WHEELFIX" repair -q -w c -z 12 "$raw"
    cmp "c/$fixed" "z12/$fixed"
}

@test "--patcher is accepted and ignored, with a note" {
    raw GLIBC_2.14
    run --separate-stderr "$WHEELFIX" repair --patcher none -v "$raw"
    [ "$status" -eq 0 ]
    has "$stderr" "--patcher is ignored"
}

@test "answers come in the order of the wheels, refused and damaged ones among them" {
    raw GLIBC_2.14
    wheel cp312-cp312-linux_x86_64 "$(elf "$(needs GLIBC_2.14)")"
    wheel cp313-cp313-linux_x86_64 \
        "$(elf '"needed": ["libfoo.so.1", "libc.so.6"], "exports": ["PyInit__native"]')"
    head -c 99 "$raw" >demo-1.0-cp314-cp314-linux_x86_64.whl
    rest="demo-1.0-cp313-cp313-linux_x86_64.whl demo-1.0-cp314-cp314-linux_x86_64.whl"
    rest="$rest demo-1.0-cp312-cp312-linux_x86_64.whl"
    # shellcheck disable=SC2086 # words
    run --separate-stderr "$WHEELFIX" repair --format json "$raw" $rest
    [ "$status" -eq 3 ]
    is "$(grep -o '"filename": "demo-1.0-cp3..' <<<"$output" | grep -o '..$' | paste -sd ' ')" \
        "11 13 14 12"
    # shellcheck disable=SC2086 # words
    run "$WHEELFIX" repair "$raw" $rest
    is "$(grep -oE '^(wheelfix: )?demo-1.0-cp3..' <<<"$output" | grep -o '..$' | paste -sd ' ')" \
        "11 13 14 12"
}
