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
        # cargo is not asked, and no project is looked for: there is none here.
        lacks "$output" Cargo.toml
    done <<'ROWS'
--cargo-extra-args=--features=x|--cargo-extra-args is gone: cargo's options are wheelpack's own now
--rustc-extra-args=-Cx|--rustc-extra-args is gone: put rustc's arguments behind "--"
--zig|--zig is not supported
--pgo|profile-guided builds (--pgo) are not supported: set the flags for profiles behind "--"
--generate-stubs|--generate-stubs is not supported
-b rust-cpython|--bindings rust-cpython: rust-cpython is no longer supported; move to pyo3
-b cyton|--bindings takes pyo3, pyo3-ffi, cffi, uniffi or bin, not "cyton"
--release --profile x|--release and --profile exclude each other
-i 3.9 -f|--interpreter and --find-interpreter exclude each other
--auditwheel x|--auditwheel takes repair, check, warn or skip, not "x"
--skip-auditwheel --auditwheel skip|--skip-auditwheel and --auditwheel exclude each other
--compression-method zstd|--compression-method takes deflated or stored, not "zstd": pip reads no other wheels
--compression-level 10|--compression-level takes 0 to 9 here, not "10"
--strip=maybe|--strip takes true|false, not "maybe"
--strip=1|--strip takes true|false, not "1"
--strip maybe|build takes no operands, not "maybe"
--jobs x|--jobs takes a number, not "x"
--jobs -2|--jobs takes a number, not "-2"
--jobs default|--jobs takes a number, not "default"
--jobs 1 -j2|--jobs can be given only once
-r --release|--release can be given only once
-b bin --binding-crate bin|--bindings can be given only once
--compatibility 2014-unchecked|--compatibility 2014-unchecked is refused: a tag that is not checked is a promise nobody keeps
--manylinux 2015|--compatibility does not know '2015'
--limit members=x|--limit members: the value is a whole number, not "x"
--limit member=1|unknown limit "member"; did you mean members?
--relase|unknown option --relase; did you mean --release?
operand|build takes no operands, not "operand"
ROWS
}

@test "variables have the values that options have" {
    while IFS='|' read -r variable expected; do
        run -2 env "$variable" "$WHEELPACK" build
        has "$output" "wheelpack: $expected"
    done <<'ROWS'
MATURIN_STRIP=1|MATURIN_STRIP takes true or false, not "1"
MATURIN_PGO=1|MATURIN_PGO: profile-guided builds (--pgo) are not supported
MATURIN_PGO=yes|MATURIN_PGO: profile-guided builds (--pgo) are not supported
SOURCE_DATE_EPOCH=now|SOURCE_DATE_EPOCH is "now"; seconds since 1970 are expected
ROWS
    for variable in MATURIN_STRIP=true MATURIN_STRIP=false MATURIN_STRIP= MATURIN_PGO= \
        MATURIN_PGO=0 MATURIN_PGO=False MATURIN_PGO=no MATURIN_PGO=off MATURIN_PGO=n MATURIN_PGO=f; do
        run -1 env "$variable" "$WHEELPACK" build
        has "$output" "Can't find Cargo.toml"
    done
}

@test "help has topics of its own, and none of wheelfix" {
    run -0 --separate-stderr "$WHEELPACK" help limits
    has "$output" members
    run -2 "$WHEELPACK" help rules
    has "$output" 'wheelpack: no help for "rules"; [COMMAND|limits] is asked for'
    run -0 "$WHEELPACK" help help
    lacks "$output" rules
    run -2 "$WHEELPACK" help limit
    has "$output" "did you mean limits?"
}

@test "a command that is not there leads to the nearest one" {
    run -2 "$WHEELPACK" biuld
    has "$output" 'wheelpack: unknown command "biuld"; did you mean build?'
}

@test "commands of maturin that are not there are answered with what to do" {
    for command in publish upload new init generate-ci generate-stubs zig; do
        run -2 "$WHEELPACK" "$command" --release
        has "$output" "wheelpack: there is no command \"$command\": "
    done
    run -2 "$WHEELPACK" publish
    has "$output" "'twine upload dist/*'"
}

@test "PYO3_PACK_PASSWORD is noticed, not used" {
    needs_cargo
    crate
    PYO3_PACK_PASSWORD=secret run -0 "$WHEELPACK" metadata
    has "$output" "wheelpack: warning: PYO3_PACK_PASSWORD is not read; upload with twine, which takes it as TWINE_PASSWORD"
    lacks "$output" secret
}

@test "without a project it is said what was looked for" {
    run -1 "$WHEELPACK" build
    is "$output" "wheelpack: Can't find Cargo.toml (in $PWD)"
}
