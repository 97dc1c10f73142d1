#!/bin/sh
# Stands in for the unit tests where they were not built: each is skipped, none forgotten.
count=0
for source in "${srcdir:-.}"/tests/unit/test_*.c; do
    count=$((count + 1))
    echo "ok $count - $(basename "$source" .c) # SKIP cmocka was not here when configure ran"
done
echo "1..$count"
