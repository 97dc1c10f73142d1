#!/bin/sh
# Files are written whole or not at all, whatever fails: every call of the system in turn,
# the disk, the machine's patience.  For the writer by itself (tests/support/zipcopy), or for
# any other program: FAULTS_COMMAND, FAULTS_WHEEL (see tests/support/faults.sh), and
# FAULTS_STEP and FAULTS_MALLOC_STEP to try only one in so many calls and allocations, and
# FAULTS_MOMENTS for the number of moments at which it is ended.
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/support/tap.sh"
# shellcheck source=tests/support/faults.sh
. "$(dirname "$0")/support/faults.sh"

: "${builddir:=.}"
builddir=$(cd "$builddir" && pwd)
FAULTS_SHIM=${FAULTS_SHIM:-$builddir/tests/support/faultshim.so}
zipcopy=$builddir/tests/support/zipcopy
export zipcopy
[ -e "$FAULTS_SHIM" ] || skip_all "without cmocka there is no tests/support/faultshim.so"
LD_PRELOAD=$FAULTS_SHIM "$zipcopy" 2>"$scratch/said"
grep -q '^usage' "$scratch/said" || skip_all "LD_PRELOAD does not go with this build"

# A wheel with a small member and one that is larger than the buffers, also when deflated.
make_wheel() {
    awk 'BEGIN { srand(1); for (i = 0; i < 400000; i++) printf "%06x", int(rand() * 2 ^ 24) }' \
        >"$scratch/text"
    printf '{ "about": "made by a test", "wheel": { "name": "demo", "version": "1.0",
        "tags": ["py3-none-any"] }, "members": [
        { "name": "demo/__init__.py", "text": "import this" },
        { "name": "demo/data.txt", "text": "%s" }] }' \
        "$(cat "$scratch/text")" >"$scratch/recipe.json"
    "$builddir/tests/support/mkwheel" "$scratch/recipe.json" "$scratch"
}

if [ -z "${FAULTS_COMMAND-}" ]; then
    # shellcheck disable=SC2016 # for the shell that runs it
    FAULTS_COMMAND='"$zipcopy" -1 "$wheel" "$out"'
    FAULTS_WHEEL=$(make_wheel) || skip_all "no wheel could be made"
fi
ok "it succeeds when nothing fails" "$(start_faults "$FAULTS_WHEEL" 2>&1)"
start_faults "$FAULTS_WHEEL" >/dev/null || done_testing

step=${FAULTS_STEP:-1}
ways='new replaced'
[ -z "${FAULTS_IN_PLACE-}" ] || ways=replaced
for before in $ways; do
    ok "every call fails in turn; the file is $before" "$(every_call "$before" "$step")"
    ok "every call fails in turn where there are no unnamed files; the file is $before" \
        "$(every_call "$before" "$step" FAULT_NO_TMPFILE=1)"
    ok "killed before every call; the file is $before" \
        "$(every_call "$before" "$step" FAULT_KIND=before)"
    ok "killed behind every call; the file is $before" \
        "$(every_call "$before" "$step" FAULT_KIND=after)"
done
ok "every allocation fails in turn" \
    "$(every_call new "${FAULTS_MALLOC_STEP:-1}" FAULT_CALLS=malloc)"
ok "every read and write is short in turn" \
    "$(every_call_is_survived new "$step" FAULT_CALLS=read,write,pread,pwrite FAULT_KIND=short)"
ok "every read, write and sync is interrupted in turn" \
    "$(every_call_is_survived new "$step" FAULT_CALLS=read,write,pread,pwrite,fsync FAULT_KIND=again)"

# Only who reads again what was written can know.
for byte in ${FAULTS_BYTES-}; do
    ok "a bit that is wrong on the disk is noticed; byte $byte" \
        "$(every_call new 1 FAULT_CALLS=pwrite FAULT_KIND=flip FAULT_BYTE="$byte")"
done

moments=${FAULTS_MOMENTS:-150}
for before in new replaced; do
    ok "killed at $moments moments; the file is $before" \
        "$(random_signals KILL "$moments" "$before")"
done
for signal in TERM INT; do
    some=$((moments / 3))
    ok "SIG$signal at $some moments" "$(random_signals $signal "$some" new)"
    ok "SIG$signal at $some moments where there are no unnamed files" \
        "$(random_signals $signal "$some" new LD_PRELOAD="$FAULTS_SHIM" FAULT_NO_TMPFILE=1)"
done

new_folder
ended=0
(ulimit -f 1 && run_command) >"$scratch/said" 2>&1 || ended=$?
ok "a limit on the size of files is told" "$(refused "File too large")"

rm -rf "$out"
once
ok "a folder that is not there is no reason to crash" \
    "$([ "$ended" -lt 128 ] || echo "exit $ended")"

# in_mount NAME REASON MOUNT-OPTIONS: in a file system of its own, which ends with the shell.
in_mount() {
    new_folder
    # shellcheck disable=SC2016 # for the shell inside
    in_namespace 'mount -t tmpfs -o '"$3"' tmpfs "$out" || exit 77
        status=0
        ('"$FAULTS_COMMAND"') || status=$?
        left=$(ls -A "$out")
        [ -z "$left" ] || echo "left: $left"
        exit $status'
    ended=$?
    if [ $ended -eq 77 ]; then
        num_cases=$((num_cases + 1))
        echo "ok $num_cases - $1 # SKIP nothing can be mounted here"
        return
    fi
    ok "$1" "$(refused "$2"; grep 'left:' "$scratch/said")"
}
if [ -z "${FAULTS_IN_PLACE-}" ]; then
    in_mount "a full disk is told and nothing left on it" "No space left on device" \
        "size=$(($(wc -c <"$expected") / 2))"
    in_mount "a folder that is only for reading is told" "Read-only file system" ro
fi

# As somebody else, who may read everything and write nothing.
new_folder
chmod 555 "$out"
if [ "$(id -u)" -ne 0 ]; then
    once
    ok "a folder that may not be written is told" "$(refused "Permission denied")"
elif chmod 755 "$scratch" && command -v setpriv >/dev/null &&
    setpriv --reuid 65534 --clear-groups test -r "$wheel" -a -x "$zipcopy" 2>/dev/null; then
    ended=0
    wheel=$wheel out=$out setpriv --reuid 65534 --clear-groups \
        sh -c "$FAULTS_COMMAND" >"$scratch/said" 2>&1 || ended=$?
    ok "a folder that may not be written is told" "$(refused "Permission denied")"
else
    num_cases=$((num_cases + 1))
    echo "ok $num_cases - a folder that may not be written is told # SKIP nobody else to run it"
fi
chmod 755 "$out"

# Looked at only when both have ended: the later one replaces the file of the earlier, and
# until it has done so its own stands beside it under its temporary name.
two_at_once() {
    i=0
    while [ $i -lt 20 ]; do
        new_folder
        (run_command) >"$scratch/said.2" 2>&1 &
        once
        [ "$ended" -eq 0 ] || echo "exit $ended: $(cat "$scratch/said")"
        ended=0
        wait $! || ended=$?
        [ "$ended" -eq 0 ] || echo "exit $ended: $(cat "$scratch/said.2")"
        problem
        i=$((i + 1))
    done
}
ok "two runs into one folder at once both succeed" "$(two_at_once)"
say_runs
done_testing
