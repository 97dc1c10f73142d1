# shellcheck shell=sh
# faults.sh -- what a program may leave behind when the system fails it.  Sourced behind
# tap.sh, which gives $scratch.
#
# The program is $FAULTS_COMMAND, one simple command for the shell that reads $wheel and writes
# one file, $result, into the folder $out.  $FAULTS_SHIM is the library that makes calls fail.
#
# With FAULTS_IN_PLACE the file that is replaced is a copy of the wheel, which the command
# finds as $out/*.whl.
#
# After every run $wheel is as it was, and $out holds what it held, or the same with $result
# whole.  A run that says it succeeded must have left the whole file.

# The file as it is made when nothing fails; set by start_faults.
: "${scratch:?}"
expected=$scratch/expected

# run_command NAME=VALUE...: becomes the program, with these variables (none has blanks) for
# it and not for the shell that starts it.
run_command() {
    export wheel out
    exec sh -c "exec env $* $FAULTS_COMMAND"
}

# once NAME=VALUE...: one run; the exit status is left in $ended.
once() {
    ended=0
    # The shell's own word on a program that was killed is not wanted.
    { (run_command "$@") >"$scratch/said" 2>&1 || ended=$?; } 2>/dev/null
    echo run >>"$scratch/runs"
}

# start_faults WHEEL: copies it, runs the command once undisturbed, and remembers.
start_faults() {
    wheel=$scratch/input/$(basename "$1")
    out=$scratch/out
    mkdir -p "$scratch/input" "$out"
    cp "$1" "$wheel"
    cp "$1" "$scratch/untouched"
    echo old >"$scratch/older"
    if [ -n "${FAULTS_IN_PLACE-}" ]; then
        cp "$1" "$scratch/older"
        cp "$1" "$out"
    fi
    once
    [ "$ended" -eq 0 ] || { cat "$scratch/said"; return 1; }
    result=$(ls -A "$out")
    [ -f "$out/$result" ] && mv "$out/$result" "$expected"
}

# new_folder [replaced]: an empty output folder, or one with an older file of that name.
new_folder() {
    rm -rf "$out"
    mkdir "$out"
    if [ -n "${FAULTS_IN_PLACE-}" ] || [ "${1-}" = replaced ]; then
        cp "$scratch/older" "$out/$result"
    fi
}

# problem [replaced [killed]]: what is wrong after a run; nothing when all is well.  When it
# was killed while it replaced a file, that file may stand there under its temporary name.
problem() {
    [ -z "${FAULTS_IN_PLACE-}" ] || set -- replaced "${2-}"
    cmp -s "$wheel" "$scratch/untouched" || echo "the input is changed"
    for path in "$out"/* "$out"/.[!.]*; do
        name=$(basename "$path")
        case $name in "$result" | '*' | '.[!.]*') continue ;; esac
        case ${1-}-${2-}-$name in
        replaced-killed-*.whl) ;;
        replaced-killed-.*) cmp -s "$path" "$expected" && continue ;;
        esac
        echo "$name is left"
    done
    if cmp -s "$out/$result" "$expected"; then
        echo whole >>"$scratch/whole"
    elif [ "$ended" -eq 0 ]; then
        echo "it says that it succeeded: $(cat "$scratch/said")"
    elif [ "${1-}" = replaced ]; then
        cmp -s "$out/$result" "$scratch/older" || echo "the older file is gone"
    elif [ -e "$out/$result" ]; then
        echo "the file is not whole"
    fi
}

# every_call REPLACED STEP NAME=VALUE...: makes the first call that counts fail, then the one
# STEP further on, until there are none; prints what is wrong after each.
every_call() {
    before=$1
    step=$2
    shift 2
    killed=
    case " $* " in *" FAULT_KIND=before "* | *" FAULT_KIND=after "*) killed=killed ;; esac
    at=1
    while :; do
        rm -f "$scratch/fired"
        new_folder "$before"
        once LD_PRELOAD="$FAULTS_SHIM" FAULT_AT="$at" FAULT_FIRED="$scratch/fired" "$@"
        problem "$before" "$killed" | sed "s/^/call $at of $*: /"
        [ -e "$scratch/fired" ] || break
        # Without memory a program may end by signal, and libcrypto does not always survive.
        [ -n "$killed" ] || [ "$ended" -lt 128 ] || [ "$*" = FAULT_CALLS=malloc ] ||
            echo "call $at of $*: ended by signal"
        at=$((at + step))
    done
    [ "$at" -gt 1 ] || echo "no call of $* was made"
}

# every_call_is_survived REPLACED STEP NAME=VALUE...: likewise, and it must succeed all the
# same.
every_call_is_survived() {
    before=$1
    step=$2
    shift 2
    at=1
    while :; do
        rm -f "$scratch/fired"
        new_folder "$before"
        once LD_PRELOAD="$FAULTS_SHIM" FAULT_AT="$at" FAULT_FIRED="$scratch/fired" "$@"
        [ "$ended" -eq 0 ] || echo "call $at of $*: exit $ended: $(cat "$scratch/said")"
        problem "$before" | sed "s/^/call $at of $*: /"
        [ -e "$scratch/fired" ] || break
        at=$((at + step))
    done
    [ "$at" -gt 1 ] || echo "no call of $* was made"
}

# random_signals SIGNAL NUM REPLACED NAME=VALUE...: sends the signal at NUM moments between
# the start and a little behind the end.
random_signals() {
    signal=$1
    num=$2
    before=$3
    shift 3
    killed=killed
    [ "$signal" = KILL ] || killed=
    new_folder "$before"
    start=$(date +%s%N)
    once "$@"
    took=$((($(date +%s%N) - start) / 1000))
    i=0
    while [ $i -lt "$num" ]; do
        new_folder "$before"
        # Not in order, so that a slow moment of the machine does not hide a stretch.
        wait_us=$((took * 11 * (i * 7919 % num) / num / 10))
        (run_command "$@") >"$scratch/said" 2>&1 &
        pid=$!
        sleep "$(printf '%d.%06d' $((wait_us / 1000000)) $((wait_us % 1000000)))"
        kill -s "$signal" $pid 2>/dev/null
        ended=0
        { wait $pid || ended=$?; } 2>/dev/null
        echo run >>"$scratch/runs"
        problem "$before" "$killed" | sed "s/^/$signal after $wait_us us: /"
        i=$((i + 1))
    done
}

# refused REASON: the run before this one ended with exit 3 and said REASON.
refused() {
    [ "$ended" -eq 3 ] || echo "exit $ended, not 3: $(cat "$scratch/said")"
    grep -qF "$1" "$scratch/said" || echo "it does not say '$1': $(cat "$scratch/said")"
    problem
}

# in_namespace LINES: runs shell lines where mounting is allowed; 77 where it cannot be.
in_namespace() {
    unshare -rm true 2>/dev/null || return 77
    wheel="$wheel" out="$out" unshare -rm sh -c "$1" >"$scratch/said" 2>&1
}

# say_runs prints how much was tried: the cases run in subshells, so files count.
say_runs() {
    echo "# $(wc -l <"$scratch/runs") runs, $(wc -l <"$scratch/whole") left the whole file"
}
