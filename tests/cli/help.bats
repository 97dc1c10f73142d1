#!/usr/bin/env bats
# Help: from the tables, for the program and every command.
# shellcheck disable=SC2154 # bats and the file below set what is used here
load ../support/cli

# Names of the commands that the program's help lists.
commands() {
    "$WHEELFIX" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]\{1,\}\) .*/\1/p'
}

@test "without a word the program prints its help, and that is no error" {
    run --separate-stderr "$WHEELFIX"
    [ "$status" -eq 0 ]
    is "$stderr" ""
    has "$output" "Usage: wheelfix COMMAND"
    local first=$output
    for words in --help -h help "help -j 2" "-v --help"; do
        # shellcheck disable=SC2086
        run --separate-stderr "$WHEELFIX" $words
        [ "$status" -eq 0 ]
        is "$output" "$first"
    done
}

@test "every command has help, in every spelling the same" {
    [ "$(commands | wc -l)" -ge 4 ]
    for command in $(commands); do
        run --separate-stderr "$WHEELFIX" "$command" --help
        [ "$status" -eq 0 ]
        is "$stderr" ""
        has "${lines[0]}" "Usage: wheelfix $command [OPTION]..."
        local first=$output
        run --separate-stderr "$WHEELFIX" help "$command"
        is "$output" "$first"
        run --separate-stderr "$WHEELFIX" -h "$command" some operands
        [ "$status" -eq 0 ]
        is "$output" "$first"
    done
}

@test "the program's help lists the commands, the main ones first" {
    is "$(commands | tr '\n' ' ')" "show repair fuse tree policies help version "
}

@test "an argument that may be left out is shown with its equals sign" {
    run --separate-stderr "$WHEELFIX" help repair
    has "$output" "      --strip[=debug|unneeded|all]"
    has "$output" "  -w, --wheel-dir DIR"
}

@test "help of repair tells the variables that stand for options" {
    run --separate-stderr "$WHEELFIX" help repair
    for name in WHEELFIX_PLAT AUDITWHEEL_PLAT WHEELFIX_ZIP_COMPRESSION_LEVEL \
        WHEELFIX_LD_LIBRARY_PATH SOURCE_DATE_EPOCH; do
        has "$output" "$name"
    done
}

@test "help fits 80 columns but for what cannot be broken" {
    for command in $(commands); do
        run --separate-stderr "$WHEELFIX" help "$command"
        is "$(awk 'length > 90' <<<"$output")" ""
    done
}

@test "help lists the limits and the rules" {
    run --separate-stderr "$WHEELFIX" help limits
    [ "$status" -eq 0 ]
    has "$output" "member-bytes"
    run --separate-stderr "$WHEELFIX" help rules
    [ "$status" -eq 0 ]
    has "$output" "failure  tag-not-met"
}

@test "help for something unknown proposes the nearest" {
    run --separate-stderr "$WHEELFIX" help shwo
    [ "$status" -eq 2 ]
    is "$output" ""
    has "$stderr" 'no help for "shwo"; did you mean show?'
    run --separate-stderr "$WHEELFIX" help rulse
    [ "$status" -eq 2 ]
    has "$stderr" "did you mean rules?"
    run --separate-stderr "$WHEELFIX" help show tree
    [ "$status" -eq 2 ]
    has "$stderr" "help takes one word, not 2"
}

@test "version names the program and the library that compresses" {
    run --separate-stderr "$WHEELFIX" version
    [ "$status" -eq 0 ]
    [[ $output =~ ^wheelfix\ [0-9.]+\ \(libdeflate\ [0-9.]+\)$ ]]
    local first=$output
    for words in --version -V "show --version"; do
        # shellcheck disable=SC2086
        run --separate-stderr "$WHEELFIX" $words
        [ "$status" -eq 0 ]
        is "$output" "$first"
    done
}
