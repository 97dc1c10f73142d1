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
    has "$stderr" "Finished \`dev\` profile"
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
