#!/bin/sh
# What each linker makes is edited and still loads: GNU ld, gold, lld, mold, for glibc and
# musl here, and for aarch64 and s390x under qemu.
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/support/tap.sh"

tool=$builddir/tests/support/elfedit_tool
[ -x "$tool" ] || skip_all "elfedit_tool was not built"
cd "$scratch" || exit 99

# Longer than the padding of a page, so that a new segment is needed.
long=$(awk 'BEGIN { for (i = 0; i < 3000; i++) printf "$ORIGIN/../elsewhere/%04d:", i }')
# More entries than any linker leaves to spare, so that .dynamic moves.
numbers='01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20'
more=$(for i in $numbers; do echo "--add libmore$i.so"; done)

put dep.c <<'END'
int dep_value(void) { return 40; }
END
put dep.map <<'END'
DEP_1.0 { global: dep_value; local: *; };
END
put lib.c <<'END'
#include <string.h>
int dep_value(void);
static char large[300000];
const char *volatile names[] = { "a", "b", "c" };
__thread int counter = 1;
int lib_value(void)
{
    memset(large, 1, sizeof large);
    return dep_value() + counter + large[299999] + names[1][0] - 'b';
}
END
put main.c <<'END'
#include <stdio.h>
int lib_value(void);
int main(void) { return printf("%d\n", lib_value()) < 0; }
END

# Findings of a linter without section numbers; those of the second file that are new.
lint() {
    eu-elflint --gnu-ld "$1" | sed 's/\[ *[0-9]*\]//; /^No errors$/d' | sort -u
}

new_findings() {
    command -v eu-elflint >/dev/null || return
    lint "$1" >before.lint
    lint "$2" | comm -13 before.lint -
}

answers() {
    got=$($runner "$1/main" 2>&1)
    [ "$got" = 42 ] || echo "$2: $got"
}

strips() {
    for strip in $strippers; do
        cp "$1/lib.orig" "$1/trial"
        $strip "$1/trial" 2>/dev/null || continue
        cp "$1/liblib.so" "$1/kept"
        cp "$1/main" "$1/kept.main"
        $strip "$1/liblib.so" "$1/main" || echo "$2: $strip failed"
        answers "$1" "$2 after $strip"
        cp "$1/kept" "$1/liblib.so"
        cp "$1/kept.main" "$1/main"
    done
}

# build FOLDER COMMAND...: a library with a versioned need, and a program that needs it.
build() {
    folder=$1
    shift
    mkdir -p "$folder/libs"
    "$@" -shared -fPIC -Wl,-soname,libdep.so.1 -Wl,--version-script=dep.map \
        -o "$folder/libs/libdep.so.1" dep.c &&
        "$@" -shared -fPIC -Wl,-soname,liblib.so -o "$folder/lib.orig" lib.c \
            "$folder/libs/libdep.so.1" &&
        cp "$folder/lib.orig" "$folder/liblib.so" &&
        "$@" -Wl,--disable-new-dtags,-rpath,"\$ORIGIN:\$ORIGIN/libs" -o "$folder/main.orig" main.c \
            "$folder/liblib.so" -Wl,-rpath-link,"$folder/libs" &&
        cp "$folder/main.orig" "$folder/main"
}

# edits FOLDER: problems of the edited library and program.
edits() {
    "$tool" --soname libdep-0123abcd.so.1 "$1/libs/libdep.so.1" "$1/libs/libdep-0123abcd.so.1" \
        >room.dep || echo "the dependency: refused"
    for i in $numbers; do
        "$tool" --soname "libmore$i.so" "$1/libs/libdep.so.1" "$1/libs/libmore$i.so" >/dev/null
    done
    rename="--rename libdep.so.1 libdep-0123abcd.so.1"
    # shellcheck disable=SC2086 # words
    for kind in short long many; do
        case $kind in
        short) set -- "$1" $rename --rpath "\$ORIGIN/libs" ;;
        long) set -- "$1" $rename --runpath "$long\$ORIGIN/libs" ;;
        many) set -- "$1" $rename --rpath "$long\$ORIGIN/libs" $more ;;
        esac
        folder=$1
        shift
        "$tool" "$@" "$folder/lib.orig" "$folder/liblib.so" >"room.$kind" ||
            echo "$kind: the library is refused"
        "$tool" --rpath "$long\$ORIGIN:\$ORIGIN/libs" --clear-exec-stack \
            "$folder/main.orig" "$folder/main" >/dev/null || echo "$kind: the program is refused"
        chmod +x "$folder/main"
        mv "$folder/libs/libdep.so.1" "$folder/libs/hidden"
        answers "$folder" "$kind"
        [ "$kind" = short ] || strips "$folder" "$kind"
        mv "$folder/libs/hidden" "$folder/libs/libdep.so.1"
        new_findings "$folder/lib.orig" "$folder/liblib.so" | sed "s/^/$kind, library: /"
        new_findings "$folder/main.orig" "$folder/main" | sed "s/^/$kind, program: /"
        "$tool" "$@" "$folder/liblib.so" "$folder/again" >room.again
        cmp "$folder/liblib.so" "$folder/again"
        set -- "$folder"
    done
    # Strings that moved leave nothing behind that would be carried about.
    if [ -n "$strippers" ]; then
        strip -o "$1/names" "$1/lib.orig"
        "$tool" --runpath "$long" "$1/names" "$1/moved" >/dev/null
        [ "$(grep -ao lib_value "$1/moved" | wc -l)" = 1 ] || echo "the old names are still there"
    fi
    grep -q '^head' room.long || echo "long: room was $(cat room.long)"
    grep -q '^head moved' room.many || echo "many: room was $(cat room.many)"
}

# try NAME COMMAND...: skipped when the linker does not know the options, or what it made
# does not run before any edit.
try() {
    name=$1
    shift
    if ! build "$name" "$@" >"$name.log" 2>&1 || [ -n "$(answers "$name" before)" ]; then
        echo "# $name: not made here: $(head -n 1 "$name.log")"
        return
    fi
    ok "what $name made is edited, loads, and still does when stripped" "$(edits "$name")"
}

strippers=$(for s in strip eu-strip llvm-strip; do
    command -v "$s" >/dev/null && echo "$s"
done)
runner=
cc=${CC:-gcc}
for linker in bfd gold lld mold; do
    try "$linker" "$cc" "-fuse-ld=$linker"
    try "$linker-64k" "$cc" "-fuse-ld=$linker" -Wl,-z,max-page-size=65536
done
for linker in bfd lld; do
    try "$linker-together" "$cc" "-fuse-ld=$linker" -Wl,-z,noseparate-code -Wl,-z,now
    try "$linker-fixed" "$cc" "-fuse-ld=$linker" -no-pie -Wl,--hash-style=sysv
done
try bfd-relr "$cc" -Wl,-z,pack-relative-relocs

if command -v musl-gcc >/dev/null; then
    try musl musl-gcc
fi
strippers=
for arch in aarch64 s390x; do
    command -v "$arch-linux-gnu-gcc" >/dev/null || continue
    command -v "qemu-$arch-static" >/dev/null || continue
    runner="qemu-$arch-static -L /usr/$arch-linux-gnu"
    try "$arch" "$arch-linux-gnu-gcc"
    [ "$arch" = aarch64 ] || continue
    runner="qemu-$arch-static -p 65536 -L /usr/$arch-linux-gnu"
    try "$arch-pages-of-64k" "$arch-linux-gnu-gcc"
done
done_testing
