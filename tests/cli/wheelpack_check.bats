#!/usr/bin/env bats
# `wheelpack check`, `metadata` and `list-python`: what is known before anything is built.
# shellcheck disable=SC2030,SC2031,SC2154 # bats and the file below set what is used here
load ../support/pack

setup_file() {
    needs_cargo
}

@test "a project that PyPI would take is told so" {
    crate
    run -0 --separate-stderr "$WHEELPACK" check
    is "$output" "demo 0.3.0: nothing that PyPI would refuse"
    [ ! -e wheels ]
}

@test "every reason is a line, and then the answer is no" {
    crate 'license = "MIT/Apache-2.0"' 'urls = { a-label-that-is-longer-than-PyPI-allows = "ftp://x" }' \
        'classifiers = ["Private :: Do Not Upload", "License :: OSI Approved :: MIT License", "Nonsense"]' \
        'dependencies = ["a @ https://example.org/a.whl"]' \
        'readme = { text = "x", content-type = "text/html" }' '[tool.wheelpack]' 'compatibility = "linux"'
    sed -i 's/"0.3.0"/"0.3.0+here"/' Cargo.toml
    sed -i "s/^description.*/description = \"$(printf 'x%.0s' $(seq 513))\"/" Cargo.toml
    sed -i 's/dynamic = .*/dynamic = ["version", "description"]/' pyproject.toml
    run -1 --separate-stderr "$WHEELPACK" check
    is "$(sort <<<"$output")" "$(sort <<'TEXT'
tags: compatibility is "linux", so wheels are tagged linux_x86_64, which PyPI does not take; ask for pypi or leave it out
metadata: version 0.3.0+here has a local part (behind "+"), which PyPI takes from nobody
metadata: the classifier "Private :: Do Not Upload" asks PyPI to refuse the upload
metadata: the classifier "License :: OSI Approved :: MIT License" stands beside a license expression, which replaces it
metadata: "Nonsense" is no classifier; they look like "Topic :: Utilities"
metadata: a is required by its URL; PyPI takes versions only
metadata: the description has 513 characters; 512 are the most for a summary
metadata: the license "MIT/Apache-2.0" is no SPDX expression: "/" has no place in one; write AND or OR
metadata: the URL "a-label-that-is-longer-than-PyPI-allows, ftp://x" is no http or https URL
metadata: the label of the URL "a-label-that-is-longer-than-PyPI-allows" has 39 characters; 32 are the most
readme: its type is "text/html": text/markdown, text/x-rst and text/plain are what PyPI shows
TEXT
)"
}

@test "types of readmes are judged with their parameters" {
    while IFS='|' read -r type reason; do
        crate "readme = { text = \"x\", content-type = \"$type\" }"
        run --separate-stderr "$WHEELPACK" check
        if [ -z "$reason" ]; then
            is "$status" 0
        else
            is "$output" "readme: its type is \"$type\": $reason"
        fi
    done <<'ROWS'
text/markdown|
text/x-rst; charset=UTF-8|
text/markdown; charset=utf-8; variant=CommonMark|
text/markdown; charset=latin-1|the charset must be UTF-8
text/plain; variant=GFM|only text/markdown has variants
text/markdown; variant=Pandoc|charset=UTF-8 and variant=GFM or variant=CommonMark are what may follow
ROWS
}

@test "platforms that PyPI does not know are named" {
    rustc --print target-list | grep -q loongarch64-unknown-linux-gnu ||
        skip "rustc is too old to know the target"
    crate
    run -1 --separate-stderr "$WHEELPACK" check --target loongarch64-unknown-linux-gnu
    is "$output" "tags: PyPI takes no wheels with the platform tag manylinux_2_28_loongarch64"
    run -0 --separate-stderr "$WHEELPACK" check --target aarch64-apple-darwin
    run -0 --separate-stderr "$WHEELPACK" check --compatibility 2014
}

@test "a manifest that cannot be read is an error, not a reason" {
    crate
    echo 'x =' >>pyproject.toml
    run -1 --separate-stderr "$WHEELPACK" check
    is "$output" ""
    has "$stderr" "wheelpack: pyproject.toml at $PWD/pyproject.toml is invalid: line 9, column 4"
}

@test "metadata prints the METADATA that a wheel then has" {
    crate 'requires-python = ">=3.8"'
    "$WHEELPACK" metadata >said 2>/dev/null
    is "$(cat said)" "Metadata-Version: 2.4
Name: demo
Version: 0.3.0
Requires-Python: >=3.8"
    "$WHEELPACK" build -o dist --compatibility off 2>/dev/null
    member dist/*.whl demo-0.3.0.dist-info/METADATA >built
    cmp said built
}

@test "list-python lists what is here on standard output, a line each" {
    needs_python
    mkdir bin
    for name in python3.11 python3.12; do
        printf '#!/bin/sh\nexec "%s" "$@"\n' "$python" >"bin/$name"
        chmod +x "bin/$name"
    done
    # Both are the same Python, which is told once.
    PATH=$PWD/bin:$(dirname "$(command -v rustc)"):/usr/bin:/bin run -0 --separate-stderr "$WHEELPACK" list-python
    is "$(grep -c "$("$python" -c 'import sys; print("CPython %d.%d" % sys.version_info[:2])')" <<<"$output")" 1
}

@test "list-python passes over what is broken in PATH" {
    needs_python
    mkdir bin
    printf '#!/bin/sh\nexec "%s" "$@"\n' "$python" >bin/python3.12
    printf '#!/bin/sh\necho rubbish\n' >bin/python3.9
    chmod +x bin/*
    PATH=$PWD/bin:/usr/bin:/bin:$(dirname "$(command -v rustc)") run -0 --separate-stderr "$WHEELPACK" list-python
    has "$output" "$("$python" -c 'import sys; print("CPython %d.%d" % sys.version_info[:2])')"
    has "$stderr" "wheelpack: warning: $PWD/bin/python3.9 is passed over: "
}

@test "list-python lists the table for a target" {
    run -0 --separate-stderr "$WHEELPACK" list-python --target aarch64-unknown-linux-gnu
    is "$output" "CPython 3.7m
CPython 3.8
CPython 3.9
CPython 3.10
CPython 3.11
CPython 3.12
CPython 3.13
CPython 3.14
PyPy 3.8
PyPy 3.9
PyPy 3.10
PyPy 3.11"
    run -1 --separate-stderr "$WHEELPACK" list-python --target no-such-target
    is "$output" ""
}
