#!/bin/sh
# A few libraries and programs of this machine, edited in every way that applies; `make
# check-elf` does the same with some hundreds.
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/support/tap.sh"

tools=$builddir/tests/support
[ -x "$tools/elfedit_tool" ] || skip_all "elfedit_tool was not built"
for program in python3 readelf eu-elflint; do
    command -v "$program" >/dev/null || skip_all "$program is missing"
done
cd "$scratch" || exit 99
python3 -B "$top/tests/proof_elf_edit.py" --tool "$tools/elfedit_tool" \
    --loader "$tools/elfload_tool" --sample 16 --programs 4 >proof.log 2>&1 ||
    echo "the proof failed" >problems
grep '^#' proof.log | grep -v '^# refused' >>problems
ok "20 edited files load and run as before, and linters find nothing new" "$(cat problems)"
num=$(awk '/ edits$/ { print $1 }' proof.log)
[ "${num:-0}" -ge 40 ] || few="only ${num:-no} edits were made"
ok "they were edited in several ways each" "${few:-}"
done_testing
