#!/bin/sh
# The test of the worker pool, built under ThreadSanitizer: a race anywhere fails it.
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/support/tap.sh"

program=${builddir:-.}/tests/unit/test_pool_tsan
[ -x "$program" ] || skip_all "programs do not run under ThreadSanitizer here (or no cmocka)"
if races=$(TSAN_OPTIONS=halt_on_error=1 "$program" 2>&1); then
    races=
fi
ok "the pool has no race that ThreadSanitizer sees" "$races"
done_testing
