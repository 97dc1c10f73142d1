#!/usr/bin/env bats
# What is typed wrong is answered before any work, with exit 2, on standard error.
# shellcheck disable=SC2154 # bats and the file below set what is used here
load ../support/cli

# wrong WORDS TEXT: `wheelfix WORDS` is a usage error that says TEXT and points to help.
wrong() {
    # shellcheck disable=SC2086
    run --separate-stderr "$WHEELFIX" $1
    [ "$status" -eq 2 ] || { printf '%s: exit %s\n' "$1" "$status" >&2; return 1; }
    is "$output" ""
    is "${stderr_lines[0]}" "wheelfix: $2"
    has "${stderr_lines[1]}" "--help'."
}

@test "unknown commands propose the nearest, or show for a wheel" {
    wrong "shwo x.whl" 'unknown command "shwo"; did you mean show?'
    wrong "entirely-else" 'unknown command "entirely-else"'
    wrong "dist/x-1.0-py3-none-any.whl" "which command? 'wheelfix show dist/x-1.0-py3-none-any.whl' audits that wheel"
}

@test "unknown options propose the nearest, before and behind the command" {
    wrong "show --fromat json x" "unknown option --fromat; did you mean --format?"
    wrong "--fromat json show x" "unknown option --fromat; did you mean --format?"
    wrong "show --verbsoe x" "unknown option --verbsoe; did you mean --verbose?"
    wrong "show -Z x" "unknown option -Z"
    wrong "repair --striip x" "unknown option --striip; did you mean --strip?"
    wrong "repair --json x" "unknown option --json"
}

@test "words that are not among the choices propose the nearest" {
    wrong "show --format jsom x" '--format takes text|json|jsonl|auditwheel, not "jsom"; did you mean json?'
    wrong "show --fail-on warn x" '--fail-on takes note|warning|failure, not "warn"'
    wrong "repair --strip=al x" '--strip takes debug|unneeded|all, not "al"; did you mean all?'
    wrong "repair --strip= x" '--strip takes debug|unneeded|all, not ""'
    wrong "repair --format jsonl x" '--format takes text|json, not "jsonl"; did you mean json?'
    wrong "show --color alwys x" '--color takes auto|always|never, not "alwys"; did you mean always?'
}

@test "arguments that are missing or not wanted are named" {
    wrong "show --plat" "--plat needs an argument: TAG"
    wrong "show --check-hashes=yes x" "--check-hashes takes no argument"
    wrong "repair --in-place=yes x" "--in-place takes no argument"
    wrong "repair x -w" "--wheel-dir needs an argument: DIR"
    wrong "version now" 'version takes no operands, not "now"'
}

@test "commands that need operands say what" {
    wrong "show" "which wheels? give files, folders, or --from FILE"
    wrong "repair" "which wheels? give files or folders"
    wrong "tree" "which files? give ELF, Mach-O or PE files, or wheels"
}

@test "numbers are checked" {
    wrong "show -j 0 x" '--jobs takes a number from 1 to 1024, not "0"'
    wrong "show -j x y" '--jobs takes a number from 1 to 1024, not "x"'
    wrong "show --jobs=99999999999999999999 y" '--jobs takes a number from 1 to 1024, not "99999999999999999999"'
    wrong "show --limit members x" '--limit takes NAME=VALUE, not "members"'
    wrong "show --limit members=1k x" '--limit members: the value is a whole number, not "1k"'
    wrong "show --limit membres=1 x" 'unknown limit "membres"; did you mean members?'
    wrong "show --limit entirely-else=1 x" "unknown limit \"entirely-else\"; 'wheelfix help limits' lists them"
}

@test "options of every command stand before or behind it" {
    pure_wheel
    "$WHEELFIX" show --format json -j 2 -v "$pure" >behind
    "$WHEELFIX" -j2 -v --format=json show "$pure" >before
    "$WHEELFIX" -vj 2 show "$pure" --format json >around
    cmp behind before
    cmp behind around
}

@test "what repair cannot do at once, or at all, is said before any work" {
    wrong "repair -z 13 x" '--zip-compression-level takes 0 to 12, not "13"'
    wrong "repair -z fast x" '--zip-compression-level takes 0 to 12, not "fast"'
    wrong "repair --in-place -w out x" "--in-place and --wheel-dir name two places for the result"
    wrong "repair --sbom --no-sbom x" "--sbom and --no-sbom contradict each other"
    wrong "repair --debug-dir d x" "--debug-dir keeps what --strip takes out: give --strip, too"
    # A search path would end at the colon, and the loader replace the dollar.
    for suffix in a/b :x \$LIB .dist-info -1.0.data; do
        wrong "repair --lib-sdir=$suffix x" \
            "--lib-sdir takes the end of a folder's name, not \"$suffix\""
    done
    wrong "repair --plat manylinx2014 x" '--plat: unknown tag "manylinx2014"; did you mean manylinux2014?'
    [ ! -e out ]
    [ ! -e wheelhouse ]
}

@test "variables for repair are checked like the options they stand for" {
    export AUDITWHEEL_ZIP_COMPRESSION_LEVEL=13
    wrong "repair x" 'AUDITWHEEL_ZIP_COMPRESSION_LEVEL takes 0 to 12, not "13"'
    export WHEELFIX_ZIP_COMPRESSION_LEVEL=high
    wrong "repair x" 'WHEELFIX_ZIP_COMPRESSION_LEVEL takes 0 to 12, not "high"'
    export WHEELFIX_ZIP_COMPRESSION_LEVEL=4 SOURCE_DATE_EPOCH=today
    wrong "repair x" 'SOURCE_DATE_EPOCH is "today"; seconds since 1970 are expected'
    # An empty one counts as unset.
    export SOURCE_DATE_EPOCH=
    run --separate-stderr "$WHEELFIX" repair x
    [ "$status" -eq 3 ]
}

@test "a word behind --strip is a wheel" {
    pure_wheel
    run --separate-stderr "$WHEELFIX" repair --dry-run --strip "$pure"
    [ "$status" -eq 0 ]
    has "$output" "$pure"
    run --separate-stderr "$WHEELFIX" repair --dry-run --strip debug
    [ "$status" -eq 3 ]
    has "$stderr" "wheelfix: debug: "
}

@test "two dashes end the options" {
    pure_wheel
    mv "$pure" ./-x-1.0-py3-none-any.whl
    run --separate-stderr "$WHEELFIX" show -- -x-1.0-py3-none-any.whl
    has "$output$stderr" "-x-1.0-py3-none-any.whl"
    [ "$status" -ne 2 ]
}

@test "colour is for terminals, and for who asks" {
    pure_wheel
    run "$WHEELFIX" show "$pure"
    lacks "$output" $'\033'
    run "$WHEELFIX" show --color always "$pure"
    has "$output" $'\033[1m'
    run env NO_COLOR=1 "$WHEELFIX" show --color=always "$pure"
    has "$output" $'\033[1m'
    run env NO_COLOR=1 "$WHEELFIX" show "$pure"
    lacks "$output" $'\033'
    run "$WHEELFIX" show --color always --color never "$pure"
    lacks "$output" $'\033'
}

@test "on a terminal colour obeys NO_COLOR and TERM" {
    command -v script >/dev/null || skip "script (util-linux) is not installed"
    pure_wheel
    on_terminal() {
        env "$1" "$2" script -qec "'$WHEELFIX' show '$pure'" /dev/null </dev/null
    }
    has "$(on_terminal TERM=xterm NO_COLOR=)" $'\033[1m'
    lacks "$(on_terminal TERM=xterm NO_COLOR=1)" $'\033'
    lacks "$(on_terminal TERM=dumb NO_COLOR=)" $'\033'
}

@test "the language of the environment changes nothing" {
    broken_wheel
    run env LC_ALL=C "$WHEELFIX" show missing.whl
    local first=$output
    run env LC_ALL=de_DE.UTF-8 LANGUAGE=de "$WHEELFIX" show missing.whl
    is "$output" "$first"
}
