#!/bin/sh
# Runs every fuzz target of a build made with --enable-fuzzing.
#
#   tests/fuzz/run.sh [SECONDS [TARGET...]]     (in the build folder; default 60, all)
#
# As many run at once as there are processors ($JOBS).  What they find stays outside the
# tree, in $WHEELFIX_FUZZ_DIR (default: a folder of the user's cache), and later runs start
# from it.  Prints the executions of each target; fails when one found a fault.
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
found=${WHEELFIX_FUZZ_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/wheelfix/fuzz}

# The last numbers libFuzzer prints, whether it was stopped by time or by a fault.
run_one() {
    name=$1
    log=$found/$name.log
    mkdir -p "$found/$name"
    status=0
    set -- "$top/fixtures/corpus/$name"
    # These recipes are tests already; as seeds they lead to every check of the scanner.
    [ "$name" != zip ] || set -- "$@" "$top/fixtures/malformed"
    "./tests/fuzz/fuzz_$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="$found/$name-" \
        "$found/$name" "$@" >"$log" 2>&1 || status=$?
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    if [ "$status" -ne 0 ] || [ -z "$runs" ]; then
        printf '%-12s FAULT (status %s) after %s executions, see %s\n' \
            "$name" "$status" "${runs:-some}" "$log"
        return 1
    fi
    printf '%-12s %s executions, no fault\n' "$name" "$runs"
}

if [ "${1:-}" = --one ]; then
    seconds=$2
    run_one "$3"
    exit
fi

seconds=${1:-60}
case $seconds in
'' | *[!0-9]*) echo "usage: run.sh [SECONDS [TARGET...]]" >&2 && exit 2 ;;
esac
[ "$#" -eq 0 ] || shift
if [ "$#" -eq 0 ]; then
    for source in "$top"/tests/fuzz/fuzz_*.c; do
        name=${source##*/fuzz_}
        set -- "$@" "${name%.c}"
    done
fi
for name; do
    [ -x "tests/fuzz/fuzz_$name" ] || {
        echo "run.sh: no tests/fuzz/fuzz_$name here: configure --enable-fuzzing, make check" >&2
        exit 2
    }
done
mkdir -p "$found"
printf '%s\n' "$@" | xargs -P "${JOBS:-$(getconf _NPROCESSORS_ONLN)}" -I '{}' \
    sh "$0" --one "$seconds" '{}'
