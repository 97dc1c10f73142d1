#!/usr/bin/env bats
# Every option of `wheelpack build`, every variable and every key of [tool.maturin] does what
# it says: in what cargo is called with, or in the wheel.
# shellcheck disable=SC2030,SC2031,SC2154 # bats and the file below set what is used here
load ../support/pack

setup_file() {
    needs_cargo
}

# recorder: a cargo, in PATH and in CARGO, that notes what it is called with in the file
# `calls`, a word in brackets each.  It compiles nothing; what is asked for the crate's graph
# goes on to the real one, which need not know words behind -Z.
recorder() {
    real=$(command -v cargo)
    mkdir -p bin
    cat >bin/cargo <<SH
#!/bin/sh
calls='$folder/calls'
real='$real'
SH
    cat >>bin/cargo <<'SH'
{ for word; do printf '[%s] ' "$word"; done; echo; } >>"$calls"
if [ "$1" = rustc ]; then
    env | grep -E '^(CARGO_ENCODED_RUSTFLAGS|MACOSX_DEPLOYMENT_TARGET|PYO3_[A-Z_]*)=' >>"$calls"
    exit 7
fi
for word; do
    shift
    case $before$word in
    -Z*) ;;
    *) set -- "$@" "$word" ;;
    esac
    case $word in -Z) before=-Z ;; *) before= ;; esac
done
exec "$real" "$@"
SH
    chmod +x bin/cargo
    export PATH=$PWD/bin:$PATH CARGO=$PWD/bin/cargo
}

# calls WORD...: what cargo is called with by a build that compiles nothing.
calls() {
    rm -f calls
    run -1 --separate-stderr "$WHEELPACK" build -o dist "$@"
    called=$(cat calls)
    [ ! -e dist ]
}

# A crate of two programs and a library, with features.
several() {
    crate "$@"
    cat >>Cargo.toml <<TOML
[lib]
crate-type = ["cdylib", "rlib"]
[features]
one = []
two = []
[[bin]]
name = "demo"
path = "src/main.rs"
[[bin]]
name = "other"
path = "src/main.rs"
[profile.small]
inherits = "release"
TOML
    : >src/lib.rs
}

@test "options of cargo go to cargo" {
    several '[tool.maturin]' 'bindings = "bin"'
    recorder
    calls
    is "$(grep -F '[rustc]' <<<"$called")" "[rustc] [--profile] [dev] [--message-format] [json-render-diagnostics] [--manifest-path] [$PWD/Cargo.toml] [--bin] [demo] "
    plain=$called
    while IFS='|' read -r words expected; do
        # shellcheck disable=SC2086 # several words are meant
        calls $words
        has "$(grep -F '[rustc]' <<<"$called")" "$expected"
        lacks "$plain" "$expected"
    done <<'ROWS'
-q|[--quiet]
--quiet|[--quiet]
-j 3|[--jobs] [3]
--jobs=3|[--jobs] [3]
-r|[--profile] [release]
--release|[--profile] [release]
--profile small|[--profile] [small]
-F one --features two|[--features] [one] [--features] [two]
--features one,two|[--features] [one,two]
--all-features|[--all-features]
--no-default-features|[--no-default-features]
--target aarch64-unknown-linux-gnu|[--target] [aarch64-unknown-linux-gnu]
--target-dir made|[--target-dir] [made]
--ignore-rust-version|[--ignore-rust-version]
--color never|[--color] [never]
--frozen|[--frozen]
--locked|[--locked]
--offline|[--offline]
--config a.b=1 --config c.d=2|[--config] [a.b=1] [--config] [c.d=2]
-Z one -Ztwo --unstable-flags three|[-Z] [one] [-Z] [two] [-Z] [three]
--timings|[--timings]
--future-incompat-report|[--future-incompat-report]
-v|[-v]
-vv|[-vv]
--verbose|[-v]
--strip|[--] [-C] [strip=symbols]
--strip true|[--] [-C] [strip=symbols]
--strip=true|[--] [-C] [strip=symbols]
-- -C opt-level=1|[--] [-C] [opt-level=1]
--strip -- -C opt-level=1|[--] [-C] [opt-level=1] [-C] [strip=symbols]
-b cffi|[--lib] [--crate-type] [cdylib]
--bindings cffi|[--lib] [--crate-type] [cdylib]
ROWS
}

@test "options that shape the graph of crates go to cargo metadata" {
    several '[tool.maturin]' 'bindings = "bin"'
    recorder
    calls
    plain=$called
    while IFS='|' read -r words expected; do
        # shellcheck disable=SC2086 # several words are meant
        calls $words
        has "$(grep -F '[metadata]' <<<"$called")" "$expected"
        lacks "$(grep -F '[metadata]' <<<"$plain")" "$expected"
    done <<'ROWS'
--features one|[--features] [one]
--all-features|[--all-features]
--no-default-features|[--no-default-features]
--target aarch64-unknown-linux-gnu|[--filter-platform] [aarch64-unknown-linux-gnu]
--frozen|[--frozen]
--locked|[--locked]
--offline|[--offline]
-Z one|[-Z] [one]
ROWS
}

@test "a manifest elsewhere is built from here" {
    mkdir far
    (cd far && crate)
    mkdir -p other/src && cp far/Cargo.toml other/ && echo 'fn main() {}' >other/src/main.rs
    recorder
    for word in -m --manifest-path; do
        calls "$word" far/Cargo.toml
        has "$called" "[--manifest-path] [$PWD/far/Cargo.toml]"
    done
}

@test "variables do what they say" {
    several '[tool.maturin]' 'bindings = "bin"'
    recorder
    calls
    plain=$called
    while IFS='|' read -r variable words expected; do
        # shellcheck disable=SC2086 # several words are meant
        (export "${variable?}" && calls $words && has "$called$stderr" "$expected")
        lacks "$plain" "$expected"
    done <<'ROWS'
CARGO_BUILD_TARGET=i686-unknown-linux-gnu||[--target] [i686-unknown-linux-gnu]
ARCHFLAGS=-arch arm64||[--target] [aarch64-apple-darwin]
MATURIN_STRIP=true||[--] [-C] [strip=symbols]
MACOSX_DEPLOYMENT_TARGET=12.0|--target aarch64-apple-darwin|MACOSX_DEPLOYMENT_TARGET=12.0
ROWS
}

# key EXPECTED LINE...: with these lines in pyproject.toml a build of several programs calls
# or says this; without them it does not.
key() {
    several '[tool.maturin]' 'bindings = "bin"' "${@:2}"
    calls
    has "$called$stderr" "$1"
    several '[tool.maturin]' 'bindings = "bin"'
    calls
    lacks "$called$stderr" "$1"
}

@test "debug information that is split off is told, for it stays behind" {
    rustc - --print=file-names -C split-debuginfo=unpacked </dev/null ||
        skip "rustc is too old to split debug information off"
    several '[tool.maturin]' 'bindings = "bin"'
    recorder
    calls --include-debuginfo
    lacks "$stderr" split-debuginfo
    export RUSTFLAGS="-C split-debuginfo=unpacked"
    calls --include-debuginfo
    has "$stderr" "-C split-debuginfo=unpacked leaves the debug information"
}

@test "keys of the settings go to cargo" {
    recorder
    key '[--features] [one] [--features] [two]' 'features = ["one", { feature = "two" }]'
    key '[--all-features]' 'all-features = true'
    key '[--no-default-features]' 'no-default-features = true'
    key '[--frozen]' 'frozen = true'
    key '[--locked]' 'locked = true'
    key '[--config] [a.b=1]' 'config = ["a.b=1"]'
    key '[-Z] [one] [-Z] [two]' 'unstable-flags = ["one", "two"]'
    key '[--] [-C] [opt-level=1]' 'rustc-args = ["-C", "opt-level=1"]'
    key '[--] [-C] [strip=symbols]' 'strip = true'
    key '[--profile] [small]' 'profile = "small"'
    key '[--bin] [other]' 'targets = [{ name = "other" }]'
    key 'none of the crate'"'"'s targets is named' 'targets = [{ name = "demo", kind = "cdylib" }]'
    key 'compatibility manylinux1 is refused' 'compatibility = "manylinux1"'
    key 'compatibility 2010 is refused' 'manylinux = "2010"'
    mkdir -p far/src && echo 'fn main() {}' >far/src/main.rs
    crate && mv Cargo.toml far/
    key "[--manifest-path] [$PWD/far/Cargo.toml]" 'manifest-path = "far/Cargo.toml"'
}

@test "the command line stands before the settings, and [tool.wheelpack] before [tool.maturin]" {
    several '[tool.maturin]' 'bindings = "cffi"' 'features = ["one"]' 'profile = "small"' 'strip = true' \
        '[tool.wheelpack]' 'bindings = "bin"' 'features = ["two"]' 'profile = "release"'
    recorder
    calls
    has "$called" "[--profile] [release] [--features] [two]"
    has "$called" "[strip=symbols]"
    calls --features one --profile dev --strip false
    has "$called" "[--profile] [dev] [--features] [one]"
    lacks "$called" strip
    MATURIN_STRIP=false calls
    lacks "$called" strip
    MATURIN_STRIP=false calls --strip
    has "$called" "[strip=symbols]"
}

@test "a key that is not known is told with the nearest one, and the build goes on" {
    crate '[tool.maturin]' 'feature = ["x"]' 'quite-unlike-it = 1' '[tool.wheelpack]' 'stripp = true'
    run -0 --separate-stderr "$WHEELPACK" build --compatibility off -o dist
    has "$stderr" "tool.maturin.feature is no known key and is not read; the nearest is features"
    has "$stderr" "tool.maturin.quite-unlike-it is no known key and is not read"
    has "$stderr" "tool.wheelpack.stripp is no known key and is not read; the nearest is strip"
}

@test "keys that another command reads are known" {
    crate '[tool.maturin]' 'pgo-command = "x"' 'use-base-python = true' 'include-import-lib = true' \
        'editable-profile = "x"' 'sdist-generator = "git"' '[tool.maturin.generate-ci.github]' 'pytest = true'
    run -0 --separate-stderr "$WHEELPACK" build --compatibility off -o dist
    lacks "$stderr" known
    has "$("$WHEELPACK" pep517 describe)" '"use-base-python":true'
    run -1 --separate-stderr "$WHEELPACK" sdist -o dist
    has "$stderr" "git"
}

@test "an editable build has its own profile, and a target of macOS its oldest release" {
    several '[tool.maturin]' 'bindings = "cffi"' 'profile = "release"' 'editable-profile = "small"' \
        '[tool.maturin.target.aarch64-apple-darwin]' 'macos-deployment-target = "12.3"'
    recorder
    calls
    has "$called" "[--profile] [release]"
    lacks "$called" MACOSX_DEPLOYMENT_TARGET
    rm -f calls
    run -1 "$WHEELPACK" pep517 build-wheel --editable -o dist
    has "$(cat calls)" "[--profile] [small]"
    calls --target aarch64-apple-darwin
    has "$called" "MACOSX_DEPLOYMENT_TARGET=12.3"
}

# python MINOR [WORD]: bin/python3.MINOR, which answers as that Python; or a shim that says
# it is not there.
python() {
    mkdir -p bin
    if [ $# = 2 ]; then
        printf '#!/bin/sh\necho "pyenv: python3.%s: command not found" >&2\nexit 127\n' "$1"
    else
        local json='"implementation": "cpython", "major": 3, "minor": MINOR, "abiflags": "",
            "executable": "HERE/bin/python3.MINOR", "soabi": null, "system": "linux",
            "ext_suffix": ".cpython-3MINOR-MACHINE-linux-gnu.so", "platform": "linux-MACHINE",
            "pointer_width": 64, "gil_disabled": false'
        json=${json//MINOR/$1} && json=${json//HERE/$PWD} && json=${json//MACHINE/$(uname -m)}
        printf "#!/bin/sh\necho 'wheelpack-python:{%s}'\n" "${json//$'\n'/}"
    fi >"bin/python3.$1"
    chmod +x "bin/python3.$1"
}

@test "interpreters are those that are named, found, or told of by a variable" {
    extension
    for minor in 8 9 10 11 12 13 14 15; do python "$minor" shim; done
    python 9
    python 12
    export PATH=$PWD/bin:$PATH
    tags() {
        rm -rf dist
        "$WHEELPACK" build --auditwheel skip -o dist "$@" 2>said | sed -E 's/.*-(cp[0-9]+|pp[0-9]+|graalpy[0-9]+)-([a-z0-9_]+)-linux.*/\2/' | tr '\n' ' '
    }
    is "$(tags --interpreter python3.9)" "cp39 "
    is "$(tags -i python3.9 -i "$PWD/bin/python3.12")" "cp39 cp312 "
    is "$(tags -i 3.14t pypy3.11 graalpy3.11)" "cp314t pypy311_pp73 graalpy242_311_native "
    is "$(tags -i python3.13)" "cp313 "
    has "$(cat said)" "warning: $PWD/bin/python3.13 is passed over: pyenv: python3.13: command not found"
    is "$(tags -f)" "cp39 cp312 "
    is "$(tags --find-interpreter)" "cp39 cp312 "
    is "$(PYO3_PYTHON=$PWD/bin/python3.12 tags)" "cp312 "
    is "$(PYO3_PYTHON=$PWD/bin/python3.12 tags -i)" "cp312 "
    mkdir -p env/bin && cp bin/python3.9 env/bin/python
    is "$(VIRTUAL_ENV=$PWD/env tags)" "cp39 "
    is "$(pythonLocation=$PWD/env tags)" "cp39 "
    printf 'implementation=CPython\nversion=3.10\n' >config.txt
    is "$(PYO3_CONFIG_FILE=$PWD/config.txt tags)" "cp310 "
    is "$(_PYTHON_HOST_PLATFORM=linux-strange tags -i 3.12)" "cp312 "
    [[ $(echo dist/*) == *-linux_strange.whl ]]
}

@test "results go where --out says" {
    crate
    run -0 --separate-stderr "$WHEELPACK" build --auditwheel skip --out here
    [[ $output == "$PWD"/here/demo-*.whl ]]
}

# built WORD...: the wheel of a build that succeeds.
built() {
    rm -rf dist
    "$WHEELPACK" build -o dist "$@" 2>/dev/null
}

@test "options of the wheel show in the wheel" {
    crate
    wheel=$(built --compatibility off)
    member "$wheel" "demo-0.3.0.data/scripts/demo" >plain
    echo '{}' >more.json
    [[ $(built --manylinux linux) == *-linux_*.whl ]]
    [[ $(built --auditwheel skip) == *-linux_*.whl ]]
    [[ $(built --skip-auditwheel) == *-linux_*.whl ]]
    [[ $(built --auditwheel check) == *-manylinux_*.whl ]]
    has "$(members "$(built --sbom-include more.json)")" "demo-0.3.0.dist-info/sboms/more.json"
    member "$(built --compatibility off --strip)" "demo-0.3.0.data/scripts/demo" >small
    [ "$(wc -c <small)" -lt "$(wc -c <plain)" ]
    member "$(built --compatibility off --strip false)" "demo-0.3.0.data/scripts/demo" >same
    cmp plain same
    mkdir made && cp small made/demo
    member "$(built --artifact made/demo --auditwheel skip)" "demo-0.3.0.data/scripts/demo" >taken
    cmp made/demo taken
    is "$(built --sdist -i)" "$PWD/dist/demo-0.3.0.tar.gz"
    has "$(built --format json)" '"schema": "wheelpack.build/1"'
    run -1 "$WHEELPACK" build -o dist --limit members=1
    has "$output" "members"
}

@test "members are compressed as it is asked for" {
    crate
    method() {
        python3 -c 'import sys, zipfile
print({info.compress_type for info in zipfile.ZipFile(sys.argv[1]).infolist()})' "$1"
    }
    is "$(method "$(built)")" "{8}"
    is "$(method "$(built --compression-method deflated)")" "{8}"
    is "$(method "$(built --compression-method stored)")" "{0}"
    size() { wc -c <"$1"; }
    [ "$(size "$(built --compression-level 9)")" -lt "$(size "$(built --compression-level 1)")" ]
    is "$(method "$(built --compression-enable-large-file-support)")" "{8}"
}

@test "keys of the settings show in the wheel" {
    [[ $(crate '[tool.maturin]' 'auditwheel = "skip"' && built) == *-linux_*.whl ]]
    [[ $(crate '[tool.maturin]' 'skip-auditwheel = true' && built) == *-linux_*.whl ]]
    crate '[tool.maturin]' 'bindings = "bin"' 'module-name = "demo"' 'python-source = "python"' \
        'python-packages = ["second"]' 'include = ["*.txt"]' 'exclude = ["left.py"]' 'data = "things"' \
        '[tool.maturin.sbom]' 'rust = false' 'include = ["more.json"]'
    mkdir -p python/demo python/second things/purelib
    : >python/demo/__init__.py
    : >python/demo/left.py
    : >python/second/here.py
    : >things/purelib/pure.py
    : >note.txt
    echo '{}' >more.json
    is "$(members "$(built)")" "demo-0.3.0.data/purelib/pure.py
demo-0.3.0.data/scripts/demo
demo/__init__.py
note.txt
second/here.py
demo-0.3.0.dist-info/METADATA
demo-0.3.0.dist-info/WHEEL
demo-0.3.0.dist-info/sboms/more.json
demo-0.3.0.dist-info/RECORD"
}

@test "the sources stay as they are, but for Cargo.lock" {
    python_files_crate() { crate && python_files && rm -rf dist; }
    python_files_crate
    git init -q . && git add -A
    git -c user.name=t -c user.email=t@t commit -qm sources
    for words in "" --release "--sdist" "--strip" "--no-such-option" "--profile none"; do
        # shellcheck disable=SC2086 # several words are meant
        "$WHEELPACK" build -o "$folder.out" $words >/dev/null 2>&1 || true
        is "$(git status --porcelain)" "?? Cargo.lock"
    done
    rm -rf "$folder.out"
}

@test "nothing is left and nothing goes on when a build is interrupted" {
    crate
    mkdir -p bin tmp
    printf '#!/bin/sh\necho $$ >"%s/pid"\nexec sleep 300\n' "$PWD" >bin/slow
    chmod +x bin/slow
    for signal in INT TERM; do
        rm -f pid
        # Who runs these tests may have SIGINT ignored, which a shell cannot take back.
        CARGO=$PWD/bin/slow TMPDIR=$PWD/tmp python3 -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])' "$WHEELPACK" build --sdist -o dist >/dev/null 2>&1 3>&- &
        builder=$!
        for _ in $(seq 100); do [ -s pid ] && break || sleep 0.1; done
        kill -"$signal" "$builder"
        wait "$builder" || status=$?
        [ "$status" -gt 128 ]
        # It is gone, or nobody has asked yet how it ended.
        run ! grep -q sleep "/proc/$(cat pid)/cmdline"
        is "$(ls tmp)" ""
        run ! compgen -G "dist/*.whl"
    done
}

# unnamed: the words of standard input that this file never says.
unnamed() {
    while read -r name; do
        grep -qE -e "(^|[^a-z-])$name([^a-z-]|\$)" "$BATS_TEST_FILENAME" || echo "$name"
    done
}

@test "no option and no key is without a test here" {
    is "$("$WHEELPACK" help build | sed -nE 's/^  .*--([a-z-]+).*/--\1/p' | grep -vE 'help|version' | unnamed)" ""
    is "$(sed -nE 's/^    \{ "([a-z-]+)", .*KEY_.*/\1/p' "$srcdir/src/pack/settings.c" | unnamed)" ""
}
