#!/bin/sh
# The tests that the documents name are there: tests/auditwheel-cases.md and the like,
# docs/differences.md and fixtures/malformed/README.md say `file` and *name of the test*.  Of a
# table (tests/crates/) it is the name of a row, of tags.tsv with the arguments; of a .py file
# (tests/pack_proof/) a name in quotes.
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/support/tap.sh"

# named DOCUMENT: "file name", a line for each test that it names.
named() {
    # shellcheck disable=SC2016 # the back quotes are the document's
    tr '\n' ' ' <"$1" | sed 's/  */ /g' | grep -oE '`[a-z0-9_]+\.(c|bats|tsv|py)`|`[^`]*`|\*[^*|]+\*' |
        awk '/^`[a-z0-9_]+\.(c|bats|tsv|py)`$/ { file = substr($0, 2, length($0) - 2); next }
             /^\*/ && file != "" { print file, substr($0, 2, length($0) - 2) }'
}

# missing TREE DOCUMENT: those that are in no such file.
missing() {
    named "$1/$2" | while read -r file name; do
        case $file in
        *.bats) path=$1/tests/cli/$file
            grep -qF "@test \"$name\"" "$path" 2>/dev/null && continue ;;
        *.tsv) path=$1/tests/crates/$file
            cut -f1,2 "$path" 2>/dev/null | tr '\t' ' ' | grep -qxF "$name" && continue
            cut -f1 "$path" 2>/dev/null | grep -qxF "$name" && continue ;;
        *.py) grep -qF "\"$name\"" "$1/tests/pack_proof/$file" 2>/dev/null && continue ;;
        *) path=$1/tests/unit/$file
            words=$(printf %s "$name" | tr ' ' _)
            grep -q "^$words(void \*\*state)" "$path" 2>/dev/null && continue ;;
        esac
        echo "$2: $file has no test \"$name\""
    done
}

# unproved DOCUMENT: its headings without a test.
unproved() {
    awk '/^## / { if (heading != "" && !shown) print heading; heading = substr($0, 4); shown = 0 }
         /^Shown by `/ { shown = 1 }
         END { if (heading != "" && !shown) print heading }' "$1"
}

put doc.md <<'END'
It is shown by `test_a.c` (*says
yes*, *says no*) and `b.bats` *is a case*, *is none*.
END
put tests/unit/test_a.c <<'END'
says_yes(void **state)
END
put tests/cli/b.bats <<'END'
@test "is a case" {
END
found=$(missing "$scratch" doc.md)
finds "a unit test that is gone is found" 'test_a.c has no test "says no"' "$found"
finds "a case of a program that is gone is found" 'b.bats has no test "is none"' "$found"
put rows.md <<'END'
`cases.tsv` *one*, *two*; `tags.tsv` *one -i 3*, *one -i 4*; `errors.py` *a row*, *a ro*.
END
printf 'one\t-i 3\tx\n' >"$scratch/row"
put tests/crates/cases.tsv <"$scratch/row"
put tests/crates/tags.tsv <"$scratch/row"
put tests/pack_proof/errors.py <<'END'
    ("a row", 1),
END
rows=$(missing "$scratch" rows.md)
finds "a crate that is gone is found" 'cases.tsv has no test "two"' "$rows"
finds "a tag that is gone is found" 'tags.tsv has no test "one -i 4"' "$rows"
finds "a row that is gone is found" 'errors.py has no test "a ro"' "$rows"
ok "and no other row" "$(printf '%s\n' "$rows" | sed '/"two"/d; /"one -i 4"/d; /"a ro"/d')"
put sections.md <<'END'
## One
Shown by `a.c` (*x*).
## Two
## Three
Shown by `a.c`.
END
finds "a difference without a test is found" "Two" "$(unproved "$scratch/sections.md")"
ok "and no other test" "$(printf '%s\n' "$found" | sed '/says no/d; /is none/d')"

for document in tests/auditwheel-cases.md tests/delocate-cases.md tests/delvewheel-cases.md tests/maturin-cases.md docs/differences.md fixtures/malformed/README.md; do
    ok "$document names tests" "$([ "$(named "$top/$document" | wc -l)" -ge 10 ] || echo none)"
    ok "the tests that $document names are there" "$(missing "$top" $document)"
done
ok "every difference has its test" "$(unproved "$top/docs/differences.md")"
done_testing
