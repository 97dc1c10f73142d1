#!/usr/bin/env bats
# wheelpack's command line: help, spellings of maturin and pyo3-pack, what is refused.
# shellcheck disable=SC2030,SC2031,SC2154 # bats and the file below set what is used here
load ../support/pack

@test "help lists the commands, and every command has its own" {
    run -0 "$WHEELPACK" --help
    for command in build develop sdist list-python metadata check pack; do
        has "$output" "
  $command "
    done
    lacks "$output" pep517
    is "$("$WHEELPACK" b --help)" "$("$WHEELPACK" build --help)"
    is "$("$WHEELPACK" dev --help)" "$("$WHEELPACK" help develop)"
}

@test "the version is told without anything else being done" {
    run -0 --separate-stderr "$WHEELPACK" --version
    [[ $output == "wheelpack "[0-9]* ]]
    is "$stderr" ""
}

@test "what is gone or never was is refused with what to do instead" {
    while IFS='|' read -r words expected; do
        # shellcheck disable=SC2086 # several words are meant
        run -2 "$WHEELPACK" build $words
        has "$output" "wheelpack: $expected"
        has "$output" "Try 'wheelpack build --help'."
    done <<'ROWS'
--cargo-extra-args=--features=x|--cargo-extra-args is gone: cargo's options are wheelpack's own now
--rustc-extra-args=-Cx|--rustc-extra-args is gone: put rustc's arguments behind "--"
--zig|--zig is not supported
--pgo|--pgo is not supported
--generate-stubs|--generate-stubs is not supported
-b rust-cpython|--bindings rust-cpython: rust-cpython is no longer supported; move to pyo3
-b cyton|--bindings takes pyo3, pyo3-ffi, cffi, uniffi or bin, not "cyton"
--release --profile x|--release and --profile exclude each other
-i 3.9 -f|--interpreter and --find-interpreter exclude each other
--auditwheel x|--auditwheel takes repair, check, warn or skip, not "x"
--skip-auditwheel --auditwheel skip|--skip-auditwheel and --auditwheel exclude each other
--compression-method zstd|--compression-method takes deflated or stored, not "zstd": pip reads no other wheels
--compression-level 10|--compression-level takes 0 to 9 here, not "10"
--strip=maybe|--strip takes true or false, not "maybe"
--relase|unknown option --relase; did you mean --release?
operand|build takes no operands, not "operand"
ROWS
}

@test "a command that is not there leads to the nearest one" {
    run -2 "$WHEELPACK" biuld
    has "$output" 'wheelpack: unknown command "biuld"; did you mean build?'
}

@test "PYO3_PACK_PASSWORD is noticed, not used" {
    needs_cargo
    crate
    PYO3_PACK_PASSWORD=secret run -0 "$WHEELPACK" metadata
    has "$output" "wheelpack: warning: PYO3_PACK_PASSWORD is not read; MATURIN_PASSWORD is its name now"
    lacks "$output" secret
}

@test "without a project it is said what was looked for" {
    run -1 "$WHEELPACK" build
    is "$output" "wheelpack: Can't find Cargo.toml (in $PWD)"
}
