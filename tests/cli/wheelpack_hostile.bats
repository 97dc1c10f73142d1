#!/usr/bin/env bats
# Bad input to wheelpack: every row ends with one clear error, nothing written, the source tree
# as it was.  (Builds that get further before they fail: tests/pack_proof/errors.py.)
# shellcheck disable=SC2030,SC2031,SC2154 # bats and the file below set what is used here
load ../support/pack

setup_file() {
    needs_cargo
}

# place: the project, and beside it folders for what is temporary and what comes out.
place() {
    mkdir -p "$folder/tmp" "$folder/project"
    export TMPDIR=$folder/tmp
    cd "$folder/project" || return
}

# all: a digest of every name and byte below the project but Cargo.lock, which is cargo's.
all() {
    find . -type f ! -name Cargo.lock -exec sha256sum {} + | LC_ALL=C sort
    find . ! -type f | LC_ALL=C sort
}

# fails EXPECTED COMMAND...: status 1, the words on standard error, nothing on standard output,
# nothing left in the output folder or the temporary one, the project as it was.
fails() {
    local expected=$1 before
    shift
    before=$(all)
    run -1 --separate-stderr "$WHEELPACK" "$@"
    is "$output" ""
    has "$stderr" "wheelpack: $expected"
    is "$(ls -A "$TMPDIR")" ""
    [ ! -e "$folder/out" ] || is "$(ls -A "$folder/out")" ""
    is "$(all)" "$before"
}

# project [LINE...]: the crate in its place.
project() {
    place
    crate "$@"
}

# cargo_that SUBCOMMAND SCRIPT...: a cargo in PATH that does this instead for the subcommand, and
# is cargo else.
cargo_that() {
    mkdir -p "$folder/bin"
    {
        # shellcheck disable=SC2016 # for the script that is written
        printf '#!/bin/sh\nif [ "$1" = %s ]; then\n' "$1"
        shift
        printf '%s\n' "$@"
        printf 'exit\nfi\nexec %s "$@"\n' "$(PATH=$clean_path command -v cargo)"
    } >"$folder/bin/cargo"
    chmod +x "$folder/bin/cargo"
    PATH=$folder/bin:$clean_path
}
clean_path=$PATH

@test "manifests that cannot be read are named with what is wrong" {
    project
    chmod 000 pyproject.toml
    [ -r pyproject.toml ] || fails "$PWD/pyproject.toml: cannot be opened: Permission denied" build -o "$folder/out"
    rm -f pyproject.toml
    mkdir pyproject.toml
    fails "there is no pyproject.toml in $PWD, and an sdist needs one" sdist -o "$folder/out"
    rmdir pyproject.toml
    printf '\377\376\000[' >pyproject.toml
    fails "pyproject.toml at $PWD/pyproject.toml is invalid: line 1, column 1:" build -o "$folder/out"
    printf '[build-system]\nrequires = ["x"' >pyproject.toml
    for command in build sdist metadata check; do
        fails "pyproject.toml at $PWD/pyproject.toml is invalid: line 2, column 16:" "$command"
    done
    head -c 200000 /dev/zero | tr '\0' '[' >pyproject.toml
    fails "pyproject.toml at $PWD/pyproject.toml is invalid: line 1, column " build -o "$folder/out"
    project
    echo '[package' >Cargo.toml
    fails "$PWD/Cargo.toml: line 1, column 9: the line ends where" build -o "$folder/out"
    project
    echo 'version = "not toml' >Cargo.lock
    fails "\`cargo metadata\` exited with an error:" build -o "$folder/out"
}

# "@" is where a line ends, %P the folder of the project.
@test "names that lead away or begin new lines are refused where they stand" {
    while IFS='|' read -r lines expected; do
        project "${lines//@/$'\n'}"
        case $lines in
        version*) sed -i '/^dynamic/d' pyproject.toml ;;
        *) sed -i 's/^dynamic.*/version = "1"/' pyproject.toml ;;
        esac
        for command in metadata build sdist; do
            fails "${expected//%P/$PWD}" "$command"
        done
    done <<'ROWS'
version = "1\nX: y"|%P/pyproject.toml: line 7, column 11: project.version
description = "\u0007"|%P/pyproject.toml: line 8, column 15: project.description has a control character
keywords = ["a\nb"]|%P/pyproject.toml: line 8, column 13: project.keywords has a line break
readme = "../../x"|%P/pyproject.toml: line 8, column 10: readme "../../x" is no relative path inside the project
readme = "/etc/hostname"|%P/pyproject.toml: line 8, column 10: readme "/etc/hostname" is no relative path inside the project
license = { file = "/etc/hostname" }|%P/pyproject.toml: line 8, column 20: project.license.file "/etc/hostname" is no relative path inside %P
license-files = ["../*"]|%P/pyproject.toml: line 8, column 18: project.license-files: "../*" has ".."
urls = { "a\nb" = "https://x" }|%P/pyproject.toml: line 8, column
scripts = { "a\nb" = "c:d" }|%P/pyproject.toml: line 8, column
[tool.maturin]@include = ["../*"]|pyproject.toml at %P/pyproject.toml is invalid: line 9, column 12: "../*" in tool.maturin.include has ".." in it
[tool.maturin]@include = ["/etc/*"]|pyproject.toml at %P/pyproject.toml is invalid: line 9, column 12: "/etc/*" in tool.maturin.include is absolute
[tool.maturin]@exclude = ["[x"]|pyproject.toml at %P/pyproject.toml is invalid: line 9, column 12: the glob "[x" in tool.maturin.exclude is none
[tool.maturin]@python-source = "/etc"|pyproject.toml at %P/pyproject.toml is invalid: line 9, column 17: tool.maturin.python-source is "/etc", which is absolute
[tool.maturin]@data = "/etc"|pyproject.toml at %P/pyproject.toml is invalid: line 9, column 8: tool.maturin.data is "/etc", which is absolute
ROWS
}

@test "a module, sources, data or a manifest that lead nowhere are told with their place" {
    while IFS='|' read -r line expected; do
        project '[tool.maturin]' "$line"
        for command in build sdist; do
            fails "$folder/project/pyproject.toml: line 9, column $expected" "$command" -o "$folder/out"
        done
    done <<ROWS
module-name = "../x"|15: the module name "../x" has an empty part
module-name = "a/b"|15: the module name "a/b" has a slash
python-source = "../none"|17: python-source is set to "../none", and there is no folder $folder/none
python-packages = ["../x"]|19: python-packages names "../x", which is not a folder below $folder/project
data = "../none"|8: data is set to "../none", and there is no folder $folder/none
manifest-path = "../Cargo.toml"|17: Can't find ../Cargo.toml
ROWS
}

@test "workspaces and path dependencies in a circle are cargo's error, or end" {
    place
    mkdir -p a/src b/src
    for crate in a b; do
        other=$([ "$crate" = a ] && echo b || echo a)
        printf '[package]\nname = "%s"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\n%s = { path = "../%s" }\n' \
            "$crate" "$other" "$other" >"$crate/Cargo.toml"
        : >"$crate/src/lib.rs"
        printf '[build-system]\nrequires = ["wheelpack"]\n[project]\nname = "%s"\nversion = "1"\n' "$crate" \
            >"$crate/pyproject.toml"
    done
    fails "\`cargo metadata\` exited with an error: error: cyclic package dependency" build -m a/Cargo.toml -o "$folder/out"
    printf '[package]\nname = "a"\nversion = "0.1.0"\nworkspace = "../b"\n' >a/Cargo.toml
    printf '[package]\nname = "b"\nversion = "0.1.0"\nworkspace = "../a"\n' >b/Cargo.toml
    fails "\`cargo metadata\` exited with an error:" build -m a/Cargo.toml -o "$folder/out"
    # A crate that a test depends on in a circle is no mistake.
    printf '[package]\nname = "a"\nversion = "0.1.0"\n[workspace]\n[dev-dependencies]\nb = { path = "../b" }\n' >a/Cargo.toml
    printf '[package]\nname = "b"\nversion = "0.1.0"\n[dependencies]\na = { path = "../a" }\n' >b/Cargo.toml
    run -0 --separate-stderr "$WHEELPACK" sdist -m a/Cargo.toml -o "$folder/out"
    has "$(tar tzf "$output")" "a-1/b/Cargo.toml"
}

@test "a cargo that dies, floods or says nonsense is told so" {
    project
    while IFS='|' read -r subcommand command script expected; do
        cargo_that "$subcommand" "$script"
        fails "${expected//%P/$PWD}" "$command" -o "$folder/out"
    done <<'ROWS'
metadata|build|kill -9 $$|`cargo metadata` exited with an error:
metadata|sdist|exit 0|`cargo metadata`: at 0x0: JSON ends where a value is expected
metadata|build|echo '{"packages":}'|`cargo metadata`: at 0xc: JSON has '}' where a value is expected
metadata|build|echo '{}'|`cargo metadata`: at 0x0: cargo's JSON: the answer has no "workspace_root"; a string is expected
metadata|build|head -c 100000000 /dev/zero|cargo wrote more than 67108864 bytes to its standard output
metadata|build|printf '[%.0s' $(seq 100)|`cargo metadata`: at 0x40: JSON is nested more than 64 levels deep
rustc|build|kill -9 $$|Cargo build finished with "signal: 9"
rustc|build|exit 0|cargo has built no program called demo: it told of none
rustc|build|head -c 1000000000 /dev/zero|building demo: cargo wrote a line of more than 16777216 bytes
rustc|build|seq 1000000 >&2; exit 3|Cargo build finished with "exit status: 3"
package|sdist|kill -9 $$|`cargo package --list
package|sdist|yes a/b|cargo wrote more than 134217728 bytes to its standard output
package|sdist|yes >&2|cargo wrote more than 1048576 bytes to its standard error
package|sdist|: >"$TMPDIR/../above"; echo ../above|%P/../above cannot be a member of an archive: name "../above" has a ".." part
ROWS
}

@test "a cargo that is not there is named with what to do" {
    project
    mkdir "$folder/bin"
    ln -s "$(command -v rustc)" "$folder/bin"
    PATH=$folder/bin:/bin:/usr/bin
    command -v cargo && skip "cargo is a program of the system"
    for command in build sdist metadata check; do
        fails "cargo cannot be started: No such file or directory" "$command"
    done
}

@test "a Python that prints rubbish, never ends or dies is told so" {
    needs_python
    project '[tool.maturin]' 'bindings = "bin"'
    mkdir "$folder/bin"
    python=$folder/bin/python-of-nobody
    while IFS='|' read -r script expected; do
        printf '#!/bin/sh\n%s\n' "$script" >"$python"
        chmod +x "$python"
        run --separate-stderr "$WHEELPACK" build -b cffi -i "$python" -o "$folder/out"
        is "$status" 1
        has "$stderr" "$expected"
        [ ! -e "$folder/out" ]
    done <<'ROWS'
printf '\377\000{'|python-of-nobody
exit 0|python-of-nobody
kill -9 $$|python-of-nobody
echo '[1, 2]'|python-of-nobody
exec head -c 100000000 /dev/zero|python-of-nobody
ROWS
}

@test "an output folder that cannot be written to is named" {
    project
    : >"$folder/file"
    for command in build sdist; do
        fails "$folder/file" "$command" -o "$folder/file"
        fails "$folder/file/below" "$command" -o "$folder/file/below"
        [ -d /proc/self ] && fails "/proc/nowhere" "$command" -o /proc/nowhere
    done
    printf '[project]\nname = "a"\nversion = "1"\n' >"$folder/pack.toml"
    fails "$folder/file" pack -m "$folder/pack.toml" --module src -o "$folder/file"
}

@test "an output folder in the source tree changes no result" {
    project
    for round in 1 2 3; do
        "$WHEELPACK" sdist -o dist
        "$WHEELPACK" build --compatibility off -o dist
        cp dist/*.tar.gz "$folder/sdist.$round"
        cp dist/*.whl "$folder/wheel.$round"
    done
    cmp "$folder/sdist.1" "$folder/sdist.3"
    cmp "$folder/wheel.1" "$folder/wheel.3"
}

@test "a full disk leaves no result, and says where" {
    project
    head -c 300000 /dev/urandom >src/large.bin
    ulimit -f 64
    fails "$folder/out" sdist -o "$folder/out"
}

@test "an interrupt leaves nothing and ends what was started" {
    project
    cargo_that package "echo \$\$ >$folder/started" "exec sleep 60"
    before=$(all)
    "$WHEELPACK" sdist -o "$folder/out" &
    for _ in $(seq 100); do
        [ -s "$folder/started" ] && break
        sleep 0.1
    done
    kill -TERM $!
    wait $! && return 1
    is "$(ls -A "$TMPDIR")" ""
    [ ! -e "$folder/out" ]
    is "$(all)" "$before"
    for _ in $(seq 50); do
        kill -0 "$(cat "$folder/started")" 2>/dev/null || return 0
        sleep 0.1
    done
    return 1
}
