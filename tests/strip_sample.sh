#!/bin/sh
# A few files, compiled here and of this machine, stripped at every level and compared with
# binutils' strip; `make check-elf` does the same with all recipes and more of the machine.
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/support/tap.sh"

tool=$builddir/tests/support/strip_tool
[ -x "$tool" ] || skip_all "strip_tool was not built"
for program in python3 gcc strip objcopy readelf eu-elflint eu-unstrip; do
    command -v "$program" >/dev/null || skip_all "$program is missing"
done
cd "$scratch" || exit 99
python3 -B "$top/tests/proof_elf_strip.py" --tool "$tool" --samples 14 --system 6 \
    >proof.log 2>&1 || sed 's/^not ok: //' proof.log >problems
ok "files are stripped as strip does, load as before, and linters find nothing new" \
    "$(cat problems 2>/dev/null)"
num=$(awk '/ files: / { print $1 }' proof.log)
[ "${num:-0}" -ge 10 ] || few="only ${num:-no} files were tried"
ok "there were files to strip" "${few:-}"
done_testing
