#!/usr/bin/env bats
# The script in place of a program that moved, run by real Pythons: installed by pip in every
# way that pip knows, and under every Python that is here.
# shellcheck disable=SC2154 # bats and the file below set what is used here
load ../support/cli

# program FOLDER NAME: a program that tells its arguments and ends with status 7.
program() {
    mkdir -p "$1"
    # shellcheck disable=SC2016 # the dollars are the program's
    printf '#!/bin/sh\nfor a in "$@"; do printf "<%%s>" "$a"; done\necho\nexit 7\n' >"$1/$2"
    chmod +x "$1/$2"
}

# shim PYTHON FILE NAME: FILE runs demo.scripts/NAME under that Python.
shim() {
    mkdir -p "$(dirname "$2")"
    "$builddir/tests/support/write_shim" demo.scripts "$3" | sed "1s|.*|#!$1|" >"$2"
    chmod +x "$2"
}

# Every Python that is here, one path a line; pyenv's are in its own folder.  Its shims are
# programs that may find nothing to run, so each is asked for itself.
pythons() {
    {
        command -v python2.7 || :
        command -v python3 || :
        ls -d "${PYENV_ROOT:-$HOME/.pyenv}"/versions/*/bin/python || :
    } 2>/dev/null | while read -r python; do
        "$python" -c 'import sys; print(sys.executable)' 2>/dev/null || :
    done | sort -u >found
    [ -s found ] || skip "no Python"
}

# The oldest and the newest: what differs among Pythons differs between 2.7 and 3.
two_pythons() {
    pythons
    sort -V found | sed -n '1p;$p' | sort -u >two
    mv two found
}

# A wheel as a repair leaves it: the program beside the package, the script in its place.
make_wheel() {
    program tree/demo.scripts demo-tool
    mkdir -p tree/demo-1.0.data/scripts tree/demo-1.0.dist-info
    "$builddir/tests/support/write_shim" demo.scripts demo-tool \
        >tree/demo-1.0.data/scripts/demo-tool
    chmod +x tree/demo-1.0.data/scripts/demo-tool
    printf 'Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n' \
        >tree/demo-1.0.dist-info/METADATA
    printf 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\nTag: py3-none-any\n' \
        >tree/demo-1.0.dist-info/WHEEL
    (cd tree && find . -type f | sed 's|^\./||; s|$|,,|' >../RECORD &&
        echo demo-1.0.dist-info/RECORD,, >>../RECORD && mv ../RECORD demo-1.0.dist-info)
    python3 - <<'END'
import os, zipfile
with zipfile.ZipFile("demo-1.0-py3-none-any.whl", "w") as wheel:
    for folder, _, names in os.walk("tree"):
        for name in names:
            path = os.path.join(folder, name)
            wheel.write(path, os.path.relpath(path, "tree"))
END
}

pip_install() {
    python3 -c 'import pip' 2>/dev/null || skip "python3 has no pip"
    make_wheel
    python3 -m pip install --quiet --disable-pip-version-check --no-index --no-deps \
        --ignore-installed --no-warn-script-location --break-system-packages \
        "$@" demo-1.0-py3-none-any.whl 2>pip.log ||
        python3 -m pip install --quiet --disable-pip-version-check --no-index --no-deps \
            --ignore-installed --no-warn-script-location "$@" demo-1.0-py3-none-any.whl
}

# runs COMMAND...: it is the moved program, with its arguments and its status.
runs() {
    run --separate-stderr "$@" one "two words" "" "'\"\$*"
    [ "$status" -eq 7 ] || { printf '%s\n%s\n' "$output" "$stderr" >&2; return 1; }
    is "$output" "<one><two words><><'\"\$*>"
    is "$stderr" ""
}

@test "it runs in a virtual environment" {
    python3 -c 'import ensurepip, venv' 2>/dev/null || skip "python3 has no venv"
    make_wheel
    python3 -m venv env
    env/bin/python -m pip install --quiet --disable-pip-version-check --no-index \
        --no-deps demo-1.0-py3-none-any.whl
    runs env/bin/demo-tool
    # Called by a link from elsewhere, as pipx does.
    mkdir links
    ln -s ../env/bin/demo-tool links/demo-tool
    runs links/demo-tool
}

@test "it runs after pip install --user" {
    export PYTHONUSERBASE=$PWD/user
    pip_install --user
    runs user/bin/demo-tool
    PYTHONNOUSERSITE=1 runs user/bin/demo-tool
}

@test "it runs after pip install --target, with and without PYTHONPATH" {
    pip_install --target "$PWD/target"
    PYTHONPATH=$PWD/target runs target/bin/demo-tool
    runs target/bin/demo-tool
}

@test "it runs after pip install --prefix" {
    pip_install --prefix "$PWD/prefix"
    tool=$(find prefix -path '*/bin/demo-tool')
    runs "$tool"
}

@test "it runs under every Python that is here" {
    program "site/demo.scripts" tool
    pythons
    while read -r python; do
        echo "# $python" >&2
        shim "$python" bin/tool tool
        PYTHONPATH=$PWD/site runs bin/tool
        runs env -u PYTHONPATH "$python" -c "
import sys
sys.path[:0] = [u'$PWD/site']
sys.argv[:1] = []
exec(compile(open(sys.argv[0]).read(), sys.argv[0], 'exec'), {'__file__': sys.argv[0]})" bin/tool
    done <found
}

@test "names may hold quotes, spaces, backslashes, non-ASCII characters and any byte" {
    two_pythons
    for name in 'it is' "it's" 'a"b' 'a\b' 'a\x41' '%s' '{0}' $'a\tb' $'a\nb' 'ünïcödé' \
        $'\xff\xfe' '-x' '#!sh'; do
        program "site/demo.scripts" "$name"
        while read -r python; do
            echo "# $python $name" >&2
            shim "$python" bin/tool "$name"
            PYTHONPATH=$PWD/site runs bin/tool
            LC_ALL=C PYTHONPATH=$PWD/site runs bin/tool
        done <found
    done
}

@test "folders of the search path may hold them, too" {
    two_pythons
    for folder in "it's" 'ünïcödé' $'\xff'; do
        program "$folder/demo.scripts" tool
        while read -r python; do
            echo "# $python $folder" >&2
            shim "$python" bin/tool tool
            PYTHONPATH=$PWD/$folder runs bin/tool
            LC_ALL=C PYTHONPATH=$PWD/$folder runs bin/tool
        done <found
    done
}

@test "arguments and statuses go through as bytes" {
    program "site/demo.scripts" tool
    two_pythons
    while read -r python; do
        shim "$python" bin/tool tool
        PYTHONPATH=$PWD/site LC_ALL=C run bin/tool $'\xff\xfe' 'ü'
        [ "$status" -eq 7 ]
        is "$output" $'<\xff\xfe><ü>'
    done <found
}

@test "the program ends on a closed pipe as it would by itself" {
    mkdir -p site/demo.scripts
    printf '#!/bin/sh\nkill -PIPE $$\nexit 7\n' >site/demo.scripts/tool
    chmod +x site/demo.scripts/tool
    two_pythons
    while read -r python; do
        shim "$python" bin/tool tool
        PYTHONPATH=$PWD/site run bin/tool
        [ "$status" -eq 141 ]
    done <found
}

@test "what is not there is an error that names it" {
    two_pythons
    while read -r python; do
        shim "$python" bin/tool 'tööl'
        run --separate-stderr env LC_ALL=C.UTF-8 bin/tool
        [ "$status" -eq 1 ]
        is "$output" ""
        is "$stderr" "bin/tool: demo.scripts/tööl is in none of the folders Python looks in"
    done <found
}

@test "a folder of the program's name is not the program" {
    mkdir -p site/demo.scripts/tool
    shim "$(command -v python3)" bin/tool tool
    PYTHONPATH=$PWD/site run --separate-stderr bin/tool
    [ "$status" -eq 1 ]
    has "$stderr" "demo.scripts/tool is in none of the folders"
}
