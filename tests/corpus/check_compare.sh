#!/bin/sh
# compare.py judges the program, so something has to judge compare.py: a stand-in program
# gives answers that are right, wrong, explained, and explained without a difference.
srcdir=${srcdir:-.}
compare=$srcdir/tests/corpus/compare.py
if ! command -v python3 >/dev/null; then
    echo '1..0 # SKIP python3 is missing'
    exit 0
fi
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
mkdir "$work/answers" "$work/wheels" "$work/ours"
wheel=demo-1.0-cp311-cp311-manylinux_2_17_x86_64

cat >"$work/program" <<'END'
#!/bin/sh
# Called as: program show --format auditwheel [--sysroot DIR] WHEEL
folder=ours
[ "$4" = --sysroot ] && [ -d "${0%/*}/alone" ] && folder=alone
for wheel; do :; done
answer=${0%/*}/$folder/$(basename "$wheel" .whl).json
cat "$answer"
! grep -q '"error"' "$answer"
END
chmod +x "$work/program"
printf '# Reasons\n\n## The host counts\n' >"$work/reasons.md"

# answer TAG LIBRARY_PATH: one in auditwheel's shape.
answer() {
    printf '{"version": 1, "overall_tag": "%s", "external_libs": {"libz.so.1": %s}}\n' \
        "$1" "$2"
}

# expect LINE...: the list of differences.
expect() {
    printf 'wheel\tkey\twheelfix\treason\n' >"$work/expected.tsv"
    for line; do
        printf '%b\n' "$line" >>"$work/expected.tsv"
    done
}

# run: compare, output in $out and exit status in $status.
run() {
    out=$(python3 -B "$compare" --wheelfix "$work/program" --answers "$work/answers" \
        --wheels "$work/wheels" --expected "$work/expected.tsv" \
        --reasons "$work/reasons.md" "$@" 2>&1)
    status=$?
}

count=0
# check NAME STATUS TEXT: the last run ended so and said that.
check() {
    count=$((count + 1))
    if [ "$status" = "$2" ] && printf '%s\n' "$out" | grep -qF -- "$3"; then
        echo "ok $count - $1"
    else
        echo "not ok $count - $1"
        printf '%s\n' "status $status" "$out" | sed 's/^/# /'
    fi
}

echo '1..16'
expect
answer manylinux_2_17_x86_64 '"/usr/lib/libz.so.1"' >"$work/answers/$wheel.json"
run
check 'a wheel that is not there is skipped, and nothing compared is a failure' 1 \
    '0 passed, 0 failed, 1 skipped'

: >"$work/wheels/$wheel.whl"
answer manylinux_2_17_x86_64 null >"$work/ours/$wheel.json"
run
check 'the place where the host had a library does not count' 0 '1 passed, 0 failed'

answer manylinux_2_5_x86_64 null >"$work/ours/$wheel.json"
run
check 'an unexplained difference fails and names the key' 1 \
    'overall_tag: wheelfix says   "manylinux_2_5_x86_64"'

run --propose
check 'a proposal leaves the reason open' 1 \
    "$(printf 'overall_tag\t"manylinux_2_5_x86_64"\t?')"

expect "$wheel.whl\toverall_tag\t\"manylinux_2_5_x86_64\"\tthe-host-counts"
run
check 'a difference with a reason passes' 0 '1 passed, 0 failed'

expect "$wheel.whl\toverall_tag\t\"manylinux_2_12_x86_64\"\tthe-host-counts"
run
check 'a difference other than the expected one fails' 1 \
    'the list says "manylinux_2_12_x86_64"'

expect "$wheel.whl\toverall_tag\t\"manylinux_2_12_x86_64\"\tthe-host-counts"
mkdir "$work/alone"
answer manylinux_2_12_x86_64 null >"$work/alone/$wheel.json"
run
check 'what is expected holds for the wheel alone, in an empty sysroot' 0 '1 passed'
rm -r "$work/alone"

expect "$wheel.whl\toverall_tag\t\"manylinux_2_5_x86_64\"\tno-such-reason"
run
check 'a reason that is written nowhere is refused' 1 "no heading for 'no-such-reason'"

expect "$wheel.whl\toverall_tag\t\"manylinux_2_5_x86_64\"\tthe-host-counts"
answer manylinux_2_17_x86_64 null >"$work/ours/$wheel.json"
run
check 'an expected difference that is gone fails' 1 'listed as a difference'

expect
printf '{"version": 1, "overall_tag": "manylinux_2_17_x86_64"}\n' >"$work/ours/$wheel.json"
run
check 'a missing key is a difference' 1 'external_libs: wheelfix says   absent'

printf '{"version": 1, "error": "our words"}\n' >"$work/ours/$wheel.json"
printf '{"version": 1, "error": "their words"}\n' >"$work/answers/$wheel.json"
run
check 'an error is compared by being one, with exit status 1' 0 '1 passed, 0 failed'

: >"$work/ours/$wheel.json"
run
check 'no answer at all fails' 1 'no JSON object'

# shown TAG MET SEVERITY: one macOS wheel in the shape of wheelfix's own JSON.
shown() {
    printf '{"wheels": [{"verdict": {"tags": ["%s"], "claimed": [{"tag": "%s", "met": %s}]},
        "findings": [{"rule": "macho-unsigned", "severity": "%s", "where": "a.so"}]}]}\n' \
        "$1" "$1" "$2" "$3"
}

mac=demo-1.0-cp311-cp311-macosx_11_0_arm64
: >"$work/wheels/$mac.whl"
printf 'os\tsha256\tsize\tfilename\trequirement\tpython_version\tplatform\tsubset\n' >"$work/list.tsv"
printf 'macos\t0\t0\t%s.whl\tdemo\t3.11\tmacosx_11_0_arm64\tyes\n' "$mac" >>"$work/list.tsv"
expect
shown macosx_11_0_arm64 true note >"$work/ours/$mac.json"
run --list "$work/list.tsv"
check 'the tag a macOS wheel was published with is found again' 0 '1 passed, 0 failed'

shown macosx_12_0_arm64 true note >"$work/ours/$mac.json"
run --list "$work/list.tsv"
check 'another tag than the published one fails' 1 'tags: wheelfix says ["macosx_12_0_arm64"]'

expect "$mac.whl\ttags\t[\"macosx_12_0_arm64\"]\tthe-host-counts"
run --list "$work/list.tsv"
check 'another tag with a reason passes' 0 '1 passed, 0 failed'

expect
shown macosx_11_0_arm64 false failure >"$work/ours/$mac.json"
run --list "$work/list.tsv"
check 'a failure in a published wheel fails' 1 'failures: wheelfix says [["macho-unsigned", "a.so"]]'
