#!/bin/sh
# What tests/check_faults.sh asks of the writer, asked of `wheelfix repair`: a wheel with one
# extension, and a library to bundle that is found in a system root of its own, so that what
# the host has does not count.  With FAULTS_IN_PLACE=1 the wheel is repaired in its place.
#
# As part of `make check` only every third call fails; FAULTS_STEP=1 FAULTS_MALLOC_STEP=1 is
# all of them.
# shellcheck disable=SC2016,SC2089 # quotes are for the shell that runs it
: "${WHEELFIX:?is the program under test}"
: "${builddir:=.}"
tests=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

skip() {
    echo "1..0 # SKIP $1"
    exit 0
}

[ -x "$builddir/tests/support/mkwheel" ] || skip "without cmocka there is no mkwheel"
root=$work/root
libs=$root/usr/lib
mkdir -p "$libs"
chmod 755 "$work" # somebody else reads it, too
echo 'int puts(const char *); int greet(void) { return puts("hello"); }' >"$work/greet.c"
echo 'int puts(const char *); int greet(void); void *PyInit__native(void) { return puts("") + greet() ? 0 : 0; }' \
    >"$work/native.c"
{
    ${CC:-cc} -shared -fPIC -Wl,-soname,libgreet.so.1 -o "$libs/libgreet.so.1" "$work/greet.c" &&
        ${CC:-cc} -shared -fPIC -o "$work/_native.so" "$work/native.c" "$libs/libgreet.so.1"
} 2>"$work/log" || skip "no shared library can be made here"

hex=$(od -An -v -tx1 "$work/_native.so" | tr -d ' \n')
printf '{ "about": "made by a test", "wheel": { "name": "demo", "version": "1.0",
    "tags": ["cp311-cp311-linux_%s"] }, "members": [
    { "name": "demo/__init__.py", "text": "import this" },
    { "name": "demo/_native.so", "mode": "100755", "hex": "%s" }] }' \
    "$(uname -m)" "$hex" >"$work/recipe.json"
FAULTS_WHEEL=$("$builddir/tests/support/mkwheel" "$work/recipe.json" "$work") || exit 99
WF_ROOT=$root
where='-w "$out" "$wheel"'
[ -z "${FAULTS_IN_PLACE-}" ] || where='--in-place --no-update-tags "$out"/*.whl'

FAULTS_COMMAND='"$WHEELFIX" repair --quiet --sysroot "$WF_ROOT" '$where
FAULTS_STEP=${FAULTS_STEP:-3}
FAULTS_MALLOC_STEP=${FAULTS_MALLOC_STEP:-11}
# Spread over a file of some 8 kB, its directory at the end included.
FAULTS_BYTES=$(seq 7 311 9000)
# shellcheck disable=SC2090
export FAULTS_BYTES FAULTS_WHEEL FAULTS_COMMAND FAULTS_STEP FAULTS_MALLOC_STEP WF_ROOT WHEELFIX builddir
# Not exec: the folder is to be removed.
sh "$tests/check_faults.sh"
