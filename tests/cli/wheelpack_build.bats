#!/usr/bin/env bats
# `wheelpack build`: where results go, and what is said on which stream.
# shellcheck disable=SC2030,SC2031,SC2154 # bats and the file below set what is used here
load ../support/pack

setup_file() {
    needs_cargo
}

@test "paths of results stand alone on standard output" {
    crate
    run -0 --separate-stderr "$WHEELPACK" build --compatibility off -o dist
    [[ $output == "$PWD"/dist/demo-0.3.0-py3-none-linux_*.whl ]]
    [ -f "$output" ]
    has "$stderr" "wheelpack: Found bin bindings"
    has "$stderr" "wheelpack: Built wheel to $output"
    has "$stderr" " Finished "
    is "$(ls)" "Cargo.lock
Cargo.toml
dist
pyproject.toml
src"
}

@test "one document for programs tells what each file is" {
    crate
    run -0 --separate-stderr "$WHEELPACK" build --format json --compatibility off -o dist --sdist
    is "$output" "{
  \"schema\": \"wheelpack.build/1\",
  \"files\": [
    {
      \"path\": \"$PWD/dist/demo-0.3.0.tar.gz\",
      \"kind\": \"sdist\",
      \"python\": null
    },
    {
      \"path\": \"$(ls "$PWD"/dist/*.whl)\",
      \"kind\": \"wheel\",
      \"python\": null
    }
  ]
}"
}

@test "what cargo says by now is in the wheel, though no manifest has changed" {
    crate
    rm pyproject.toml
    for version in first second; do
        [ $version = first ] || echo "Text of a readme" > README.md
        run -0 --separate-stderr env XDG_CACHE_HOME="$PWD/cache" \
            "$WHEELPACK" build --compatibility off -o $version
        unzip -p $version/*.whl 'demo-0.3.0.dist-info/METADATA' > $version.txt
    done
    has "$stderr" "says something else than it did last time: starting over"
    lacks "$(cat first.txt)" "Text of a readme"
    has "$(cat second.txt)" "Text of a readme"
    run -0 --separate-stderr env XDG_CACHE_HOME="$PWD/cache" \
        "$WHEELPACK" build --compatibility off -o third
    lacks "$stderr" "starting over"
    cmp second/*.whl third/*.whl
}

@test "what cargo does not compile is told once, by a guess as well" {
    crate
    export XDG_CACHE_HOME=$PWD/cache
    "$WHEELPACK" build --compatibility off -o dist
    rm -r dist
    echo 'fn main() { nothing }' > src/main.rs
    run -1 --separate-stderr "$WHEELPACK" build --compatibility off -o dist
    has "$stderr" "Cargo build finished with \"exit status: 101\""
    is "$(grep -c 'cannot find value' <<< "$stderr")" 1
    [ ! -e dist ]
}

@test "without an output folder results go below cargo's target folder" {
    crate
    CARGO_TARGET_DIR=$PWD/made run -0 --separate-stderr "$WHEELPACK" build --compatibility off
    [[ $output == "$PWD"/made/wheels/demo-0.3.0-*.whl ]]
}

@test "a bare -i beside --sdist makes the sdist alone" {
    crate
    for order in "--sdist -i" "-i --sdist"; do
        # shellcheck disable=SC2086 # two words are meant
        run -0 --separate-stderr "$WHEELPACK" build $order -o dist
        is "$output" "$PWD/dist/demo-0.3.0.tar.gz"
    done
    lacks "$stderr" Compiling
}

@test "spellings of former times are understood" {
    crate
    run -0 --separate-stderr "$WHEELPACK" b --no-sdist --binding-crate bin --manylinux off --skip-auditwheel -o dist
    has "$stderr" "wheelpack: warning: --skip-auditwheel is deprecated; use --auditwheel skip"
    [ "${#lines[@]}" = 1 ]
}

@test "programs of the wheel run where it is installed, and its tag holds" {
    crate
    environment
    wheel=$("$WHEELPACK" build -o dist 2>/dev/null)
    pip install -q "$wheel"
    is "$(env/bin/demo)" "demo 0.3.0"
    run -0 "$WHEELFIX" show --check-hashes --fail-on failure "$wheel"
    has "$output" "its own tag holds"
}

@test "rustc gets what stands behind two dashes" {
    crate
    echo '#[cfg(special)] fn main() { println!("special"); }
#[cfg(not(special))] fn main() { println!("plain"); }' >src/main.rs
    environment
    pip install -q "$("$WHEELPACK" build --compatibility off -o dist 2>/dev/null -- --cfg special)"
    is "$(env/bin/demo)" special
}

@test "a crate that does not compile leaves nothing" {
    crate
    echo 'fn main() { no }' >src/main.rs
    run -1 --separate-stderr "$WHEELPACK" build -o dist
    is "$output" ""
    has "$stderr" "error[E0425]"
    [ ! -e dist ]
}

# functions VERSION WHEEL: what the library for this Python exports of them.
functions() {
    member "$2" "demo/demo.cpython-$1-$(uname -m)-linux-gnu.so" >library.so
    nm -D --defined-only library.so | awk '$3 ~ /^is_/ { print $3 }'
}

@test "features with conditions are those of each interpreter's own wheel" {
    extension 'features = [' \
        '    { feature = "newer", python-version = ">=3.12" },' \
        '    { feature = "older", python-version = "<3.12" },' \
        '    { feature = "common", python-implementation = "CPython" },' ']'
    "$WHEELPACK" build -i 3.11 3.13 --compatibility off -o dist
    is "$(functions 311 dist/*cp311-linux*)" "is_common
is_older"
    is "$(functions 313 dist/*cp313-linux*)" "is_common
is_newer"
}

@test "features of the command line replace those with conditions" {
    extension 'features = [{ feature = "newer", python-version = ">=3.12" }]'
    "$WHEELPACK" build -i 3.13 --features older --compatibility off -o dist
    is "$(functions 313 dist/*.whl)" "is_older"
}

@test "a feature that asks for the stable ABI is on in the wheel that has it" {
    extension 'features = [' \
        '    { feature = "pyo3/abi3-py39", python-version = ">=3.12" },' \
        '    { feature = "newer", python-version = ">=3.12" },' ']'
    run -0 --separate-stderr "$WHEELPACK" build -v -i 3.11 3.13 --compatibility off -o dist
    [[ $output == "$PWD"/dist/demo-0.3.0-cp39-abi3-linux_*.whl ]]
    has "$stderr" "--features pyo3/abi3-py39"
    lacks "$stderr" "--features newer"
}

@test "a way in for a module of another name is refused, and a library without one warned of" {
    extension 'features = []'
    run -0 --separate-stderr "$WHEELPACK" build -i 3.11 --compatibility off -o none
    has "$stderr" "warning: the library has no PyInit_demo, so Python cannot import it"
    echo '#[no_mangle] pub extern "C" fn PyInit_other() {}' >src/lib.rs
    run -1 --separate-stderr "$WHEELPACK" build -i 3.11 --compatibility off -o dist
    has "$stderr" "the module is called demo, but the library has PyInit_other and no PyInit_demo"
    is "$(ls -A dist)" ""
}

@test "a program for glibc is no musllinux wheel, and nothing is left of it" {
    crate
    ldd --version 2>&1 | grep -q GLIBC || skip "the C library of this system is another"
    run -1 --separate-stderr "$WHEELPACK" build --compatibility musllinux_1_2 -o dist
    has "$stderr" "Error ensuring musllinux_1_2 compliance: demo-0.3.0.data/scripts/demo needs libc.so.6 of glibc"
    has "$stderr" "which it fits"
    is "$(ls dist)" ""
    run -0 --separate-stderr "$WHEELPACK" build --compatibility musllinux_1_2 --auditwheel warn -o dist
    [[ $output == "$PWD"/dist/demo-0.3.0-py3-none-linux_*.whl ]]
    has "$stderr" "the wheel is tagged linux_$(uname -m), not musllinux_1_2"
}

@test "what PyPI does not take leaves nothing in the output folder" {
    crate
    run -1 --separate-stderr "$WHEELPACK" build -o dist --compatibility pypi --auditwheel skip
    has "$stderr" "PyPI validation failed: PyPI takes no wheel with the platform tag linux_"
    is "$output" ""
    is "$(ls -A dist)" ""
}

@test "tags that PyPI does not take are told before cargo runs" {
    crate
    run -1 --separate-stderr "$WHEELPACK" build -o dist --compatibility pypi --compatibility off
    has "$stderr" "PyPI takes no wheel with the platform tag linux_"
    lacks "$stderr" Finished
    is "$output" ""
    [ ! -e dist ]
}

# grafting: a crate whose build script makes a library that is found nowhere else.
grafting() {
    crate
    cat >build.rs <<'RUST'
use std::process::Command;
fn main() {
    let out = std::env::var("OUT_DIR").unwrap();
    std::fs::write(format!("{out}/answer.c"), "int answer(void) { return 42; }").unwrap();
    assert!(Command::new("cc").args(["-shared", "-fPIC", "-Wl,-soname,libanswer.so.1"])
        .args(["-o", &format!("{out}/libanswer.so.1"), &format!("{out}/answer.c")])
        .status().unwrap().success());
    let _ = std::os::unix::fs::symlink("libanswer.so.1", format!("{out}/libanswer.so"));
    println!("cargo:rustc-link-search=native={out}");
    println!("cargo:rustc-link-lib=dylib=answer");
}
RUST
    echo 'extern "C" { fn answer() -> i32; }
fn main() { println!("{}", unsafe { answer() }); }' >src/main.rs
}

@test "libraries come along, stop the build or are warned of, as --auditwheel says" {
    grafting
    run -0 --separate-stderr "$WHEELPACK" build -o dist
    has "$stderr" "Bundling demo.libs/libanswer-"
    environment
    pip install -q "$output"
    is "$(env/bin/demo)" 42
    run -1 --separate-stderr "$WHEELPACK" build --auditwheel check -o check
    has "$stderr" "libanswer.so.1; --auditwheel repair puts them into the wheel"
    is "$(ls -A check)" ""
    run -0 --separate-stderr "$WHEELPACK" build --auditwheel warn -o warn
    has "$stderr" "warning: the wheel is tagged linux_$(uname -m), not with a portable tag"
    [[ $output == *-linux_"$(uname -m)".whl ]]
    run -0 --separate-stderr "$WHEELPACK" build --auditwheel skip -o skip
    lacks "$stderr" libanswer
    [[ $output == *-linux_"$(uname -m)".whl ]]
}

@test "a library that another tool has repaired in cargo's folder is told so" {
    grafting
    sed -i 's/soname,libanswer.so.1/soname,libanswer-0123abcd.so.1/' build.rs
    run -1 --separate-stderr "$WHEELPACK" build -o dist
    has "$stderr" "needs libanswer-0123abcd.so.1, which was not found; another tool has repaired the very file"
    has "$stderr" "touch a source of the crate"
}
