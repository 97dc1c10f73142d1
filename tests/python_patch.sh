#!/bin/sh
# Some hundreds of Python files, patched and read by every Python that is found here; `make
# check-python` does the same with many more, and with their libraries.
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/support/tap.sh"

tool=$builddir/tests/support/python_tool
[ -x "$tool" ] || skip_all "python_tool was not built"
command -v python3 >/dev/null || skip_all "python3 is missing"
cd "$scratch" || exit 99
python3 -B "$top/tests/proof_python_patch.py" --tool "$tool" --shapes 300 --mixtures 700 \
    --files 3 --marks 15 >proof.log 2>&1 || sed 's/^not ok: //' proof.log >problems
ok "patched files compile, and all but the patch is as it was" "$(cat problems 2>/dev/null)"
num=$(awk '/ shapes: compiled by some Python/ { print $1 }' proof.log)
[ "${num:-0}" -ge 100 ] || few="only ${num:-no} shapes were compiled"
ok "there were files that compile" "${few:-}"
done_testing
