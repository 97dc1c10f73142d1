#!/usr/bin/env bats
# wheelpack sdist, and build --sdist: what is printed, and what is there then.
# shellcheck disable=SC2154 # bats and the file below set what is used here
load ../support/pack

# project: a program called demo in the folder demo.
project() {
    needs_cargo
    mkdir -p demo/src tmp
    export TMPDIR=$folder/tmp
    printf '[package]\nname = "demo"\nversion = "0.1.0"\nedition = "2021"\n' >demo/Cargo.toml
    printf 'fn main() { println!("hello"); }\n' >demo/src/main.rs
    printf '[build-system]\nrequires = ["wheelpack"]\n[project]\nname = "demo"\nversion = "1"\n' \
        >demo/pyproject.toml
}

files="demo-1/PKG-INFO
demo-1/Cargo.lock
demo-1/Cargo.toml
demo-1/pyproject.toml
demo-1/src/main.rs"

@test "the path is printed, and nothing else on standard output" {
    project
    cd demo
    unset CARGO_TARGET_DIR
    run --separate-stderr "$WHEELPACK" sdist
    [ "$status" -eq 0 ]
    [ "$output" = "$folder/demo/target/wheels/demo-1.tar.gz" ]
    [[ $stderr == *"Built source distribution to $folder/demo/target/wheels/demo-1.tar.gz"* ]]
    [ "$(tar tzf "$output")" = "$files" ]
    [ -z "$(ls "$folder/tmp")" ]
}

@test "-m names the project and -o the folder, both from where one is" {
    project
    run --separate-stderr "$WHEELPACK" sdist -m demo/Cargo.toml -o new/dist
    [ "$status" -eq 0 ]
    [ "$output" = "$folder/new/dist/demo-1.tar.gz" ]
    [ "$(tar tzf "$output")" = "$files" ]
    [ "$(ls demo)" = "$(printf 'Cargo.lock\nCargo.toml\npyproject.toml\nsrc')" ]
}

@test "members are of one time and mode, and SOURCE_DATE_EPOCH sets the time" {
    project
    "$WHEELPACK" sdist -m demo/Cargo.toml -o out
    [ "$(TZ=UTC tar tvzf out/demo-1.tar.gz | awk '{ print $1, $2, $4, $5 }' | sort -u)" = \
        "-rw-r--r-- 0/0 2006-07-24 01:21" ]
    SOURCE_DATE_EPOCH=1 "$WHEELPACK" sdist -m demo/Cargo.toml -o out
    [ "$(TZ=UTC tar tvzf out/demo-1.tar.gz | awk '{ print $4, $5 }' | sort -u)" = \
        "1970-01-01 00:00" ]
}

@test "umask, locale, time zone and standing in another folder change no byte" {
    project
    "$WHEELPACK" sdist -m demo/Cargo.toml -o one
    mkdir elsewhere
    cp -r demo elsewhere/demo
    chmod -R go-rwx elsewhere
    cd elsewhere
    (umask 077 && TZ=Asia/Tokyo LC_ALL=C.UTF-8 "$WHEELPACK" sdist -m demo/Cargo.toml -o two)
    cmp ../one/demo-1.tar.gz two/demo-1.tar.gz
}

# Cargo asks rustc for its version and about targets (with "-", no source) even for metadata.
@test "no compiler is run" {
    project
    mkdir bin
    # shellcheck disable=SC2016 # for the script that is written
    printf '#!/bin/sh\ncase $1 in -vV|-) exec %s "$@" ;; esac\necho "$*" >>%s/compiled\nexit 1\n' \
        "$(command -v rustc)" "$folder" >bin/rustc
    chmod +x bin/rustc
    export RUSTC=$folder/bin/rustc
    run "$WHEELPACK" sdist -m demo/Cargo.toml -o out
    [ "$status" -eq 0 ]
    [ -e out/demo-1.tar.gz ]
    [ ! -e compiled ]
    run "$WHEELPACK" build -m demo/Cargo.toml -o out
    [ -e compiled ]
}

@test "without pyproject.toml the answer is 1, with an option there is none of 2" {
    project
    rm demo/pyproject.toml
    run "$WHEELPACK" sdist -m demo/Cargo.toml -o out
    [ "$status" -eq 1 ]
    [[ $output == *"there is no pyproject.toml in $folder/demo"* ]]
    [ ! -e out ]
    run "$WHEELPACK" sdist --release
    [ "$status" -eq 2 ]
}

@test "build --sdist makes both, the wheel from the sdist alone" {
    project
    printf '[tool.maturin]\nexclude = ["src/left_out.rs"]\n' >>demo/pyproject.toml
    mkdir demo/src/bin
    printf 'fn main() {}\n' >demo/src/left_out.rs
    run --separate-stderr "$WHEELPACK" build --sdist -m demo/Cargo.toml -o out --compatibility linux
    [ "$status" -eq 0 ]
    [ "${lines[0]}" = "$folder/out/demo-1.tar.gz" ]
    [ "${lines[1]}" = "$folder/out/demo-1-py3-none-linux_$(uname -m).whl" ]
    [ "${#lines[@]}" -eq 2 ]
    [ -e "${lines[0]}" ] && [ -e "${lines[1]}" ]
    [ -z "$(ls "$folder/tmp")" ]
    [ ! -e demo/target ]
    printf 'mod left_out;\nfn main() {}\n' >demo/src/main.rs
    run "$WHEELPACK" build --sdist -m demo/Cargo.toml -o out2 --compatibility linux
    [ "$status" -eq 1 ]
    [[ $output == *"left_out"* ]]
    [ "$(ls out2)" = "demo-1.tar.gz" ]
}
