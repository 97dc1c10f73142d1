# shellcheck shell=sh
# tap.sh -- what the structure tests share: TAP, and a folder that goes away.  Sourced.
#
# $top is the tree under test, $scratch a folder for the self-tests: each check is shown to
# fail on a small tree that breaks its rule.

# shellcheck disable=SC2034 # the scripts that source this use it
top=${srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
num_cases=0
status=0
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT

# ok NAME PROBLEMS: passes when PROBLEMS is empty, else shows them.
ok() {
    num_cases=$((num_cases + 1))
    if [ -z "$2" ]; then
        echo "ok $num_cases - $1"
    else
        echo "not ok $num_cases - $1"
        printf '%s\n' "$2" | sed 's/^/# /'
        status=1
    fi
}

# finds NAME WANTED PROBLEMS: passes when the text WANTED is in PROBLEMS.
finds() {
    case $3 in
    *"$2"*) ok "$1" "" ;;
    *) ok "$1" "expected to find: $2
found: $3" ;;
    esac
}

# succeeds NAME COMMAND...: a case that passes when the command does.
succeeds() {
    name=$1
    shift
    if output=$("$@" 2>&1); then
        ok "$name" ""
    else
        ok "$name" "exit $?: $*
$output"
    fi
}

# put PATH: writes standard input to that file of the scratch tree.
put() {
    mkdir -p "$scratch/$(dirname "$1")"
    cat >"$scratch/$1"
}

skip_all() {
    echo "1..0 # SKIP $1"
    exit 0
}

done_testing() {
    echo "1..$num_cases"
    exit "$status"
}
