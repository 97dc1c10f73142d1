# What the tests of repairs for macOS share: wheels linked here by lld, and what is in the
# repaired ones, read by code that is not the project's.
# shellcheck shell=bash disable=SC2034,SC2154 # the tests and bats use and set what is here
srcdir=${srcdir:-$BATS_TEST_DIRNAME/../..}

# made KIND: a wheel of that kind here, called $made, and what is outside of it in libs/.
made() {
    made=$(python3 "$srcdir/tests/support/macho_wheels.py" "$1" .) || {
        [ $? -ne 77 ] || skip "no clang or lld"
        return 1
    }
}

# repaired OPTION...: $made is repaired with what is in libs/; $result is the new wheel.
repaired() {
    rm -rf out
    run --separate-stderr "$WHEELFIX" repair --lib-path libs -w out "$@" "$made"
    [ "$status" -eq 0 ] || { printf '%s\n' "$stderr" >&2; return 1; }
    result=$(echo out/*.whl)
}

# refused TEXT OPTION...: it is not repaired, for that reason.
refused() {
    rm -rf out
    run --separate-stderr "$WHEELFIX" repair --lib-path libs -w out "${@:2}" "$made"
    [ "$status" -eq 1 ] || { printf 'exit %s\n%s\n' "$status" "$stderr" >&2; return 1; }
    has "$stderr" "$1"
    [ ! -e out ]
}

# says MEMBER LINE...: what is in its slices, but for signatures.
says() {
    is "$(python3 "$srcdir/tests/support/macho_facts.py" "$result" "$1" |
        sed "s|^$1 ||" | grep -v ' signature ')" "$(printf '%s\n' "${@:2}")"
}

signatures() {
    python3 "$srcdir/tests/support/macho_facts.py" "$result" "$1" |
        awk '$3 == "signature" { printf "%s%s %s", comma, $2, $4; comma = ", " }'
}

# sound NAME...: dyld could load all of it, but for these names.
sound() {
    python3 "$srcdir/tests/support/macho_facts.py" --sound "$result" "$@"
}

# holds LINE...: those members of the result that are not text.
holds() {
    is "$(unzip -Z1 "$result" | grep -vE '\.(py|json)$|dist-info|scripts/fake' | sort)" \
        "$(printf '%s\n' "$@")"
}

again() {
    run --separate-stderr "$WHEELFIX" repair --lib-path libs -w again "$@" "$result"
    [ "$status" -eq 0 ]
    cmp "$result" again/*.whl
}
