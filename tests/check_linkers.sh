#!/bin/sh
# What real compilers and linkers make is read as readelf reads it: needed libraries, search
# paths, versions, imported symbols, marks.  A tool that is not here is a case skipped.
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/support/tap.sh"

LC_ALL=C
export LC_ALL
facts=${builddir:-.}/tests/support/elf_facts
for tool in gcc readelf; do
    command -v "$tool" >/dev/null || skip_all "$tool is not here"
done
[ -x "$facts" ] || skip_all "no $facts"
cd "$scratch" || exit 99

cat >lib.c <<'EOF'
#include <math.h>
#include <stdio.h>
extern int perhaps(void) __attribute__((weak));
static int zero;
static int *place[] = { &zero, &zero };
int api(double x)
{
    fprintf(stderr, "%f", pow(x, x));
    return perhaps ? perhaps() : *place[0];
}
EOF
cat >main.c <<'EOF'
#include <stdio.h>
#include <unistd.h>
extern char **environ;
int main(void)
{
    return environ == NULL || fputs("x", stdout) < 0;
}
EOF
echo 'DEMO_1 { global: api; local: *; };' >versions.map

# Prints readelf's view of a file as elf_facts prints ours.
view() {
    readelf -hldVnW --dyn-syms "$1" 2>/dev/null | awk '
        function inside(text) { sub(/.*\[/, "", text); sub(/\][^]]*$/, "", text); return text }
        $1 == "Class:" { bits = substr($2, 4) }
        $1 == "Data:" { print "class", bits, /big endian/ ? "big" : "little" }
        $2 == "(NEEDED)" { print "needed", inside($0) }
        $2 == "(SONAME)" { print "soname", inside($0) }
        $2 == "(RPATH)" { print "rpath", inside($0) }
        $2 == "(RUNPATH)" { print "runpath", inside($0) }
        $2 == "(TEXTREL)" { textrel = 1 }
        $2 == "(FLAGS)" { if (/BIND_NOW/) now = 1; if (/TEXTREL/) textrel = 1 }
        $2 == "(FLAGS_1)" && / NOW/ { now = 1 }
        $2 == "(BIND_NOW)" { now = 1 }
        $2 == "(RELR)" { print "relr" }
        /Requesting program interpreter:/ { sub(/.*interpreter: /, ""); print "interp", inside("[" $0) }
        $1 == "GNU_STACK" { stack = $7 == "RWE" ? "RWE" : "RW" }
        $1 == "GNU_RELRO" { print "relro" }
        /Build ID: / { id = $0; sub(/.*Build ID: */, "", id); print "build-id", id }
        /x86 ISA needed:/ {
            level = /x86-64-v4/ ? 4 : /x86-64-v3/ ? 3 : /x86-64-v2/ ? 2 : 1
            print "isa", level
        }
        / File: .* Cnt: / { library = $5 }
        / Name: .* Flags: .* Version: / && library != "" {
            print "version", library, $3, /Flags: WEAK/ ? "weak" : ""
        }
        /^Version definition section/ { library = "" }
        # Undefined ones, and those that are copied from a library: "@", not "@@".
        /^ *[0-9]+: / && $8 != "" && ($7 == "UND" || $8 ~ /[^@]@[^@]/ && $9 ~ /^\(/) {
            print "import", $8, $5 == "WEAK" ? "weak" : ""
        }
        END {
            print "stack", stack == "" ? "absent" : stack
            if (now) print "now"
            if (textrel) print "textrel"
        }' | sed 's/ *$//' | sort
}

# same NAME FILE: both views of FILE are one, and say something.
same() {
    "$facts" "$2" >ours.raw 2>&1
    sort ours.raw >ours
    view "$2" >theirs
    grep -q '^class' theirs || echo 'readelf says nothing' >theirs
    ok "$1" "$(diff ours theirs)"
}

# linked NAME TOOL ARGUMENTS...: builds "out" with TOOL and compares.
linked() {
    name=$1
    shift
    if ! command -v "$1" >/dev/null; then
        num_cases=$((num_cases + 1))
        echo "ok $num_cases - $name # SKIP $1 is not here"
        return
    fi
    rm -f out
    if message=$("$@" -o out 2>&1); then
        same "$name" out
    else
        ok "$name" "$message"
    fi
}

shared="-shared -fPIC lib.c"
# shellcheck disable=SC2086 # $shared is several words
{
    linked "gcc: a library" gcc $shared -lm -Wl,-soname,libdemo.so.1
    linked "gcc: RPATH and the hash of System V" gcc $shared -lm -Wl,--hash-style=sysv \
        "-Wl,--disable-new-dtags,-rpath,\$ORIGIN/../demo.libs:/opt/lib"
    linked "gcc: RUNPATH and both hashes" gcc $shared -lm -Wl,--hash-style=both \
        "-Wl,--enable-new-dtags,-rpath,\$ORIGIN"
    linked "gcc: an executable stack" gcc $shared -Wl,-z,execstack,-z,norelro
    linked "gcc: bound at once, a named build" gcc $shared -Wl,-z,now,--build-id=0x0123456789abcdef01234567
    linked "gcc: no build id and a version of its own" gcc $shared \
        -Wl,--build-id=none,--version-script=versions.map
    linked "gcc: relocations of text" gcc -shared -fno-pic -mcmodel=large lib.c -Wl,-z,notext
    linked "gcc: a program that copies data" gcc -no-pie -fno-pic main.c
    linked "gcc: a program that loads anywhere" gcc -pie -fPIE main.c
    linked "gcc: a static program" gcc -static main.c
    if [ "$(uname -m)" = x86_64 ]; then
        for level in 2 3 4; do
            linked "gcc: x86-64-v$level" gcc $shared -Wl,-z,x86-64-v$level
        done
    fi
    for ld in lld gold; do
        if ! command -v "ld.$ld" >/dev/null; then
            linked "$ld" "ld.$ld"
            continue
        fi
        linked "$ld: a library" gcc -fuse-ld=$ld $shared -lm -Wl,-soname,libdemo.so
        linked "$ld: both hashes and RUNPATH" gcc -fuse-ld=$ld $shared \
            "-Wl,--hash-style=both,--enable-new-dtags,-rpath,\$ORIGIN/a"
        linked "$ld: versions" gcc -fuse-ld=$ld $shared -Wl,--version-script=versions.map
        linked "$ld: an executable stack" gcc -fuse-ld=$ld $shared -Wl,-z,execstack
        linked "$ld: a program that copies data" gcc -fuse-ld=$ld -no-pie -fno-pic main.c
    done
    if command -v ld.lld >/dev/null; then
        linked "lld: packed relative relocations" gcc -fuse-ld=lld $shared \
            -Wl,--pack-dyn-relocs=relr
    fi
    for target in aarch64-linux-gnu s390x-linux-gnu; do
        linked "$target: a library" $target-gcc $shared -lm -Wl,-soname,libdemo.so.1
        linked "$target: RPATH" $target-gcc $shared \
            "-Wl,--disable-new-dtags,-rpath,\$ORIGIN"
        linked "$target: a program that copies data" $target-gcc -no-pie -fno-pic main.c
        linked "$target: a program that loads anywhere" $target-gcc -pie -fPIE main.c
    done
    linked "musl: a library" musl-gcc $shared -lm
    linked "musl: a program" musl-gcc main.c
    linked "musl: a static program" musl-gcc -static main.c
}

# The views have something in them, and a difference shows.
# shellcheck disable=SC2086 # $shared is several words
if gcc $shared -lm -o whole && gcc $shared -nostdlib -o other; then
    seen=$("$facts" whole)
    finds "an optional symbol is seen as weak" "import perhaps weak" "$seen"
    finds "the version of a symbol is seen" "import pow@GLIBC_2." "$seen"
    "$facts" other | sort >ours
    view whole >theirs
    finds "another library is told apart" "> needed libm.so.6" "$(diff ours theirs)"
fi

# Without section headers readelf has nothing to say of symbols; the loader has.
# shellcheck disable=SC2086 # $shared is several words
if command -v llvm-strip >/dev/null && gcc $shared -lm -o whole; then
    llvm-strip --strip-sections -o bare whole
    "$facts" whole >ours
    "$facts" bare >theirs 2>&1
    ok "llvm-strip: the same without section headers" "$(diff ours theirs)"
fi
done_testing
