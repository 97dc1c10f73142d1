#!/usr/bin/env bats
# `wheelpack develop`: into the virtual environment, editable.
# shellcheck disable=SC2030,SC2031,SC2154 # bats and the file below set what is used here
load ../support/pack

setup_file() {
    needs_cargo
}

@test "a program is installed, and the package is known as editable" {
    crate
    environment
    mkdir tmp
    TMPDIR=$PWD/tmp VIRTUAL_ENV=$PWD/env run --separate-stderr "$WHEELPACK" develop
    is "$status" 0
    is "$output" ""
    has "$stderr" "wheelpack: Installed demo-0.3.0"
    is "$(env/bin/demo)" "demo 0.3.0"
    run pip list --format json
    has "$output" "\"editable_project_location\": \"$PWD\""
    run pip check
    is "$status" 0
    is "$(ls tmp)" ""
    [ ! -e wheels ]
}

@test "Python files stay where they are, so that a change counts at once" {
    crate
    python_files
    environment
    source_before=$(find . -path ./env -prune -o -type f -print | sort)
    VIRTUAL_ENV=$PWD/env "$WHEELPACK" dev
    cd /
    is "$("$folder/env/bin/python" -c 'import demo; print(demo.answer)')" 42
    echo 'answer = 43' >"$folder/demo/__init__.py"
    is "$("$folder/env/bin/python" -c 'import demo; print(demo.answer)')" 43
    cd "$folder"
    is "$(find . -path ./env -prune -o -name __pycache__ -prune -o -name Cargo.lock -o -type f -print | sort)" \
        "$source_before"
}

@test "a second run replaces the first, and what was installed goes again whole" {
    crate
    python_files
    environment
    export VIRTUAL_ENV=$PWD/env
    "$WHEELPACK" develop
    sed -i 's/0\.3\.0/0.4.0/' Cargo.toml
    "$WHEELPACK" develop
    is "$(env/bin/demo)" "demo 0.4.0"
    run pip list --format freeze
    has "$output" "demo==0.4.0"
    pip uninstall -q -y demo
    [ ! -e env/bin/demo ]
    run find env -name '*demo*'
    is "$output" ""
}

@test "requirements, extras and groups are installed by one call of pip" {
    pure needed 1.0
    pure wanted 2.0
    pure tested 3.0
    pure typed 4.0
    crate 'dependencies = ["needed"]' '[project.optional-dependencies]' 'all = ["wanted>=2"]' \
        'none = ["missing"]' '[dependency-groups]' 'dev = ["tested"]' 'types = ["typed"]'
    environment
    export VIRTUAL_ENV=$PWD/env PIP_FIND_LINKS=$PWD/links
    run -0 "$WHEELPACK" develop -v
    is "$(grep -c 'running .* install ' <<<"$output")" 2
    run pip list --format freeze
    has "$output" "needed==1.0"
    has "$output" "tested==3.0"
    lacks "$output" wanted
    lacks "$output" typed
    "$WHEELPACK" develop -E all,other -G types 2>said
    has "$(cat said)" 'wheelpack: warning: demo has no extra "other"'
    run pip list --format freeze
    has "$output" "wanted==2.0"
    has "$output" "typed==4.0"
}

@test "a requirement that cannot be had ends it before anything is built" {
    crate 'dependencies = ["missing-thing"]'
    environment
    VIRTUAL_ENV=$PWD/env run -1 "$WHEELPACK" develop
    has "$output" "wheelpack: installing missing-thing failed: $PWD/env/bin/python ended with 1"
    lacks "$output" Compiling
    VIRTUAL_ENV=$PWD/env run -1 "$WHEELPACK" develop -G other
    has "$output" "wheelpack: $PWD/pyproject.toml: [dependency-groups] has no group \"other\""
}

@test "nothing is installed with --skip-install, by either of its names" {
    crate 'dependencies = ["missing-thing"]'
    environment
    for option in --skip-install --no-pip-install; do
        VIRTUAL_ENV=$PWD/env run -0 "$WHEELPACK" develop "$option"
        has "$output" "wheelpack: warning: nothing is left of this build: a project without Python files of its own has to be installed"
        [ ! -e env/bin/demo ]
    done
}

@test "where to install to must be clear" {
    crate
    run -1 "$WHEELPACK" develop
    has "$output" "wheelpack: develop installs into a virtual environment, and none is active"
    VIRTUAL_ENV=/a CONDA_PREFIX=/b run -1 "$WHEELPACK" develop
    has "$output" "wheelpack: both VIRTUAL_ENV (/a) and CONDA_PREFIX (/b) are set and differ"
    environment
    mv env .venv
    mkdir below
    cd below
    run -0 "$WHEELPACK" develop -m ../Cargo.toml
    is "$(../.venv/bin/demo)" "demo 0.3.0"
}

@test "a version that stands nowhere is refused" {
    crate
    sed -i '/^dynamic/d' pyproject.toml
    environment
    VIRTUAL_ENV=$PWD/env run -1 "$WHEELPACK" develop
    has "$output" "wheelpack: $PWD/pyproject.toml: line 5: [project] has neither project.version nor dynamic = [\"version\"]; one of both is needed"
}

@test "an environment without pip is installed to by uv, or not at all" {
    crate
    needs_python
    "$python" -m venv --without-pip env
    VIRTUAL_ENV=$PWD/env run -1 "$WHEELPACK" develop
    has "$output" "wheelpack: the environment $PWD/env has no pip; give --uv to install with uv, or --pip-path for a pip elsewhere"
    VIRTUAL_ENV=$PWD/env PATH=$(dirname "$(command -v cargo)"):/usr/bin:/bin run -1 "$WHEELPACK" develop --uv
    has "$output" "wheelpack: --uv was given, but uv is neither a module of $PWD/env nor a program in PATH"
    mkdir bin
    printf '#!/bin/sh\necho "$@" >>%s/uv.log\n' "$PWD" >bin/uv
    chmod +x bin/uv
    VIRTUAL_ENV=$PWD/env PATH=$PWD/bin:$PATH run -0 "$WHEELPACK" develop --uv
    has "$(cat uv.log)" "pip install --python $PWD/env/bin/python --no-deps --force-reinstall -- "
    has "$output" "wheelpack: warning: the installed package cannot be marked as editable"
}
