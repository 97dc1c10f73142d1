#!/bin/sh
# Sums what `make check` left in build folders.
#
#   tests/count_results.sh BUILD_DIR...
#
# Lists each failure and each skip with its reason, then one line "N passed, N failed, N
# skipped".  Fails when a test did, or when nothing ran in one of the folders.
set -u

if [ "$#" -eq 0 ]; then
    echo "usage: count_results.sh BUILD_DIR..." >&2
    exit 2
fi

# Lines of the logs: "RESULT: test 3 - name # SKIP reason"; the driver of the tests wrote
# them, next to files that have one ":test-result: RESULT" for each.
list() {
    find "$1" -name '*.log' ! -name test-suite.log -exec grep -hE '^(SKIP|FAIL|ERROR|XPASS): ' '{}' + | sort
}

passed=0
failed=0
skipped=0
for dir; do
    results=$(find "$dir" -name '*.trs' -exec sed -n 's/^:test-result: *\([A-Z]*\).*/\1/p' '{}' +)
    if [ -z "$results" ]; then
        echo "no test ran in $dir"
        failed=$((failed + 1))
        continue
    fi
    list "$dir"
    passed=$((passed + $(printf '%s\n' "$results" | grep -cxE 'PASS|XFAIL')))
    failed=$((failed + $(printf '%s\n' "$results" | grep -cxE 'FAIL|ERROR|XPASS')))
    skipped=$((skipped + $(printf '%s\n' "$results" | grep -cx 'SKIP')))
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
