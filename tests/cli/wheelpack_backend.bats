#!/usr/bin/env bats
# The build backend: the hooks of pep517, and pip and build through the Python package.
# shellcheck disable=SC2030,SC2031,SC2154 # bats and the file below set what is used here
load ../support/pack

# The package and its program as a wheel, for all tests here.
setup_file() {
    needs_cargo
    mkdir "$BATS_FILE_TMPDIR/stage"
    sed 's/%VERSION%/0.1.0/' "$srcdir/python/wheelpack.toml.in" \
        >"$BATS_FILE_TMPDIR/stage/pyproject.toml"
    cp "$srcdir/LICENSE" "$BATS_FILE_TMPDIR/stage"
    "$WHEELPACK" pack -m "$BATS_FILE_TMPDIR/stage/pyproject.toml" -o "$BATS_FILE_TMPDIR/links" \
        --script "$WHEELPACK" --module "$srcdir/python/wheelpack" --compression-method stored >/dev/null
}

# backend: environments find that wheel.  installed_backend: env has it.
backend() {
    export PIP_FIND_LINKS=$BATS_FILE_TMPDIR/links
}

installed_backend() {
    environment
    backend
    pip install -q wheelpack
}

@test "dist-info comes ahead of the wheel, and its name is all that is printed" {
    crate
    echo L >LICENSE
    run -0 --separate-stderr "$WHEELPACK" pep517 write-dist-info --metadata-directory made
    is "$output" demo-0.3.0.dist-info
    is "$(cd made && find . -type f | sort)" "./demo-0.3.0.dist-info/METADATA
./demo-0.3.0.dist-info/WHEEL
./demo-0.3.0.dist-info/licenses/LICENSE"
    has "$(cat made/demo-0.3.0.dist-info/WHEEL)" "Tag: py3-none-linux_"
    run -2 "$WHEELPACK" pep517 write-dist-info
    has "$output" "wheelpack: write-dist-info needs --metadata-directory"
}

@test "a wheel takes over the dist-info that was prepared, and is built with release" {
    crate
    "$WHEELPACK" pep517 write-dist-info --metadata-directory made 2>/dev/null
    echo "X-Mark: here" >>made/demo-0.3.0.dist-info/METADATA
    run -0 --separate-stderr "$WHEELPACK" pep517 build-wheel --compatibility off -o out \
        --metadata-directory made/demo-0.3.0.dist-info
    is "${#lines[@]}" 1
    has "$stderr" "release"
    has "$(member "$output" demo-0.3.0.dist-info/METADATA)" "X-Mark: here"
    MATURIN_PEP517_METADATA_DIR=$PWD/made run -0 --separate-stderr "$WHEELPACK" pep517 build-wheel \
        --compatibility off -o out2
    has "$(member "$output" demo-0.3.0.dist-info/METADATA)" "X-Mark: here"
}

@test "an sdist is told by its name, under both names of the hook" {
    crate
    for hook in write-sdist build-sdist; do
        run -0 --separate-stderr "$WHEELPACK" pep517 "$hook" --sdist-directory "$hook"
        is "$output" demo-0.3.0.tar.gz
        [ -f "$hook/demo-0.3.0.tar.gz" ]
    done
    run -2 "$WHEELPACK" pep517 write-sdist
    has "$output" "wheelpack: write-sdist needs --sdist-directory"
}

@test "one interpreter named twice is one, two are too many" {
    needs_python
    crate
    run -0 --separate-stderr "$WHEELPACK" pep517 build-wheel --compatibility off -o out -i "$python" -i "$python"
    run -2 "$WHEELPACK" pep517 build-wheel -i "$python" -i python3.8
    has "$output" "wheelpack: a build frontend builds for one interpreter, not for $python and python3.8"
    run -2 "$WHEELPACK" pep517 build-wheels
    has "$output" 'wheelpack: "build-wheels" is no hook; write-dist-info, build-wheel and write-sdist are'
}

@test "pip installs a project through the backend, isolated" {
    crate
    environment
    backend
    run -0 pip install .
    lacks "$output" WARNING
    is "$(env/bin/demo)" "demo 0.3.0"
    [ ! -e build ] && [ ! -e demo.egg-info ]
}

@test "pip installs it editable, and a change counts at once" {
    crate
    python_files
    environment
    backend
    pip install -q -e .
    cd /
    is "$("$folder/env/bin/python" -c 'import demo; print(demo.answer)')" 42
    echo 'answer = 43' >"$folder/demo/__init__.py"
    is "$("$folder/env/bin/python" -c 'import demo; print(demo.answer)')" 43
    run pip list --format json
    has "$output" "\"editable_project_location\": \"$folder\""
}

@test "build arguments come from the settings, else from the environment" {
    crate
    installed_backend
    cat >hooks.py <<'PY'
import os
import sys

import wheelpack

settings = {"words": {"build-args": "--profile dev"}, "list": {"maturin.build-args": ["--profile", "dev"]},
            "ours": {"wheelpack.build-args": "--profile=dev", "build-args": "--profile=none"},
            "environment": None}[sys.argv[1]]
os.makedirs("out", exist_ok=True)
print("=" + wheelpack.build_wheel("out", settings))
PY
    for way in words list ours; do
        run -0 env/bin/python hooks.py "$way"
        has "$output" "[unoptimized"
        has "$output" "=demo-0.3.0-py3-none-linux_"
    done
    MATURIN_PEP517_ARGS='--profile dev' run -0 env/bin/python hooks.py environment
    has "$output" "[unoptimized"
    run -0 env/bin/python hooks.py environment
    has "$output" "[optimized"
    MATURIN_PEP517_ARGS='--profile none' run -1 env/bin/python hooks.py environment
    has "$output" "wheelpack: \`pep517 build-wheel\` ended with status 1"
}

@test "hooks say what they need, and what they miss" {
    crate
    installed_backend
    hook="import wheelpack; print(wheelpack.get_requires_for_build_wheel(), wheelpack.get_requires_for_build_sdist())"
    is "$(env/bin/python -c "$hook")" "[] []"
    printf '[tool.maturin]\nbindings = "cffi"\n' >>pyproject.toml
    is "$(env/bin/python -c "$hook")" "['cffi'] []"
    PATH=/usr/bin:/bin CARGO=no-such-cargo run -1 env/bin/python -c "import wheelpack; wheelpack.build_sdist('.')"
    is "$output" "wheelpack: cargo, Rust's package manager, is not in PATH; install it with the system's packages or from https://rustup.rs"
}

@test "settings that are no arguments are refused as they stand" {
    crate
    installed_backend
    build='import sys, wheelpack; wheelpack.build_wheel("out", eval(sys.argv[1]))'
    while IFS='|' read -r settings expected; do
        run -1 env/bin/python -c "$build" "$settings"
        is "$output" "wheelpack: $expected"
    done <<'ROWS'
{"build-args": True}|build-args is True; a string or a list of strings was expected
{"build-args": [1]}|build-args is [1]; a string or a list of strings was expected
{"maturin.build-args": {"a": "b"}}|maturin.build-args is {'a': 'b'}; a string or a list of strings was expected
{"build-args": "'open"}|build-args is "'open": No closing quotation
ROWS
    MATURIN_PEP517_ARGS='"' run -1 env/bin/python -c "$build" None
    is "$output" "wheelpack: MATURIN_PEP517_ARGS is '\"': No closing quotation"
    [ ! -e out ]
}

@test "the crate may be where only the arguments say" {
    crate
    mkdir rust
    mv Cargo.toml src rust
    environment
    backend
    MATURIN_PEP517_ARGS='-m rust/Cargo.toml' run -0 pip install .
    is "$(env/bin/demo)" "demo 0.3.0"
}

@test "a program that is missing or was killed is one line" {
    crate
    mkdir bin
    needs_python
    hook="import wheelpack; wheelpack.build_sdist('out')"
    PATH=$PWD/bin:$(dirname "$(command -v cargo)"):/usr/bin:/bin PYTHONPATH=$srcdir/python \
        run -1 "$python" -c "$hook"
    is "$output" "wheelpack: the program wheelpack is neither installed with the Python package wheelpack nor in PATH"
    printf '#!/bin/sh\nkill -9 $$\n' >bin/wheelpack
    chmod +x bin/wheelpack
    PATH=$PWD/bin:$PATH PYTHONPATH=$srcdir/python run -1 "$python" -c "$hook"
    has "$output" "wheelpack: \`pep517 write-sdist\` was ended by signal 9"
}

@test "python -m wheelpack is the program" {
    installed_backend
    is "$(env/bin/python -m wheelpack --version)" "$("$WHEELPACK" --version)"
    run -2 env/bin/python -m wheelpack biuld
    has "$output" "did you mean build?"
}

@test "python -m build makes an sdist, and a wheel of it" {
    needs_python
    "$python" -c 'import build' 2>/dev/null || skip "the package build is not installed"
    crate
    backend
    run -0 "$python" -m build .
    [ -f dist/demo-0.3.0.tar.gz ]
    ls dist/demo-0.3.0-py3-none-linux_*.whl
}
