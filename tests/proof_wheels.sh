#!/bin/sh
# proof_wheels.sh WHEELS -- what `make wheels` made in the folder WHEELS installs into an
# empty environment, runs there without what it was built with, and builds a project.
# shellcheck source=tests/support/tap.sh disable=SC2317 # functions that succeeds() calls
. "$(dirname "$0")/support/tap.sh"

[ $# -eq 1 ] || { echo "usage: proof_wheels.sh WHEELS" >&2; exit 2; }
wheels=$(cd "$1" && pwd -P)
bin=$scratch/environment/bin

# run PROGRAM ARGUMENT...: what was installed, with nothing of this machine but the system.
run() {
    env -i PATH="$bin:/usr/bin:/bin" HOME="$scratch" "$@"
}

keeps_its_tags() {
    for wheel in "$wheels"/*.whl; do
        run "$bin/wheelfix" show "$wheel" | grep -q 'its own tag holds' || return 1
    done
}

# A project without any crate: its wheel needs no cargo.
packs() {
    mkdir -p "$scratch/project/hello" &&
        printf '[project]\nname = "hello"\nversion = "1.0"\n' >"$scratch/project/pyproject.toml" &&
        echo 'word = "hello"' >"$scratch/project/hello/__init__.py" &&
        (cd "$scratch/project" && run "$bin/wheelpack" pack --module hello -o "$scratch/out") &&
        "$bin/pip" install -q --no-index "$scratch"/out/hello-1.0-*.whl &&
        test "$("$bin/python" -c 'import hello; print(hello.word)')" = hello
}

succeeds "an empty environment is made" python3 -m venv "$scratch/environment"
succeeds "both wheels are installed" "$bin/pip" install -q --no-index --no-deps \
    --disable-pip-version-check "$wheels"/wheelfix-*.whl "$wheels"/wheelpack-*.whl
succeeds "wheelfix runs" run "$bin/wheelfix" --version
succeeds "wheelpack runs" run "$bin/wheelpack" --version
succeeds "the hooks of the backend can be imported" "$bin/python" -c \
    'import wheelpack; wheelpack.build_wheel, wheelpack.build_sdist, wheelpack.build_editable'
succeeds "the wheels keep the tags that they have" keeps_its_tags
succeeds "what wheelpack packs is installed and imported" packs
done_testing
