#!/usr/bin/env bats
# wheelfix tree: what it finds is what the loader of this machine finds, and it says why.
# shellcheck disable=SC2154 # bats and the file below set what is used here
load ../support/cli

need_gcc() {
    command -v gcc >/dev/null || skip "gcc is missing"
}

# library FILE [GCC OPTION...]: a shared library without contents, and its folder.
library() {
    local file=$1
    shift
    mkdir -p "$(dirname "$file")"
    gcc -shared -fPIC -nostartfiles -Wl,--no-as-needed -o "$file" empty.c \
        -Wl,-soname,"$(basename "$file")" "$@"
}

# program FILE [GCC OPTION...]: a program that needs libc, and what the options say.
program() {
    local file=$1
    shift
    mkdir -p "$(dirname "$file")"
    gcc -Wl,--no-as-needed -o "$file" main.c "$@"
}

sources() {
    need_gcc
    : >empty.c
    echo 'int main(void) { return 0; }' >main.c
}

# The real paths of all that the loader loads, and of all that we name.
by_loader() {
    ldd "$1" | sed -n '/vdso/d; s/^.*[[:space:]]\([^ ]*\) (0x.*$/\1/p' | xargs -r realpath |
        sort -u
}

by_us() {
    "$WHEELFIX" tree "$1" | sed -n 's/^.* => \([^ ]*\/[^ ]*\) (.*$/\1/p' | xargs -r realpath |
        sort -u
}

agrees() {
    local loaded
    loaded=$(by_loader "$1")
    has "$loaded" libc.so.6
    [ $# -lt 2 ] || has "$loaded" "$2"
    # The interpreter is loaded whether or not anything needs it by name.
    is "$(by_us "$1" | grep -v /ld-)" "$(printf '%s\n' "$loaded" | grep -v /ld-)"
}

@test "system programs load what the loader says" {
    need_gcc
    for program in "$(command -v bash)" "$(command -v gcc)" "$WHEELFIX"; do
        agrees "$program"
    done
}

@test "RPATH comes before LD_LIBRARY_PATH, RUNPATH behind it" {
    sources
    library one/libt.so
    library two/libt.so
    program rpath -Lone -lt -Wl,--disable-new-dtags -Wl,-rpath,"$PWD/one"
    program runpath -Lone -lt -Wl,--enable-new-dtags -Wl,-rpath,"$PWD/one"
    agrees rpath "$PWD/one/libt.so"
    agrees runpath "$PWD/one/libt.so"
    export LD_LIBRARY_PATH=$PWD/two
    agrees rpath "$PWD/one/libt.so"
    agrees runpath "$PWD/two/libt.so"
    has "$("$WHEELFIX" tree runpath)" "libt.so => $PWD/two/libt.so (LD_LIBRARY_PATH)"
    export LD_LIBRARY_PATH="/none;$PWD/two"
    agrees runpath "$PWD/two/libt.so"
    export LD_LIBRARY_PATH=:/none
    (cd two && agrees ../runpath "$folder/two/libt.so")
}

@test "RPATH is inherited, RUNPATH is not" {
    sources
    library libs/libinner.so
    library libs/libouter.so -Llibs -linner
    program rpath -Llibs -louter -Wl,-rpath-link,libs \
        -Wl,--disable-new-dtags -Wl,-rpath,"\$ORIGIN/libs"
    program runpath -Llibs -louter -Wl,-rpath-link,libs \
        -Wl,--enable-new-dtags -Wl,-rpath,"\$ORIGIN/libs"
    agrees rpath "$PWD/libs/libinner.so"
    ldd runpath | grep 'libinner.so => not found'
    run --separate-stderr "$WHEELFIX" tree -v --format json runpath
    [ "$status" -eq 0 ]
    has "$output" '"by": "outside-search"'
    has "$output" "RUNPATH of runpath"
}

@test "an object with RUNPATH does not look at the RPATHs that led to it" {
    sources
    library one/libinner.so
    library two/libinner.so
    library one/libouter.so -Lone -linner -Wl,--enable-new-dtags \
        -Wl,-rpath,"\${ORIGIN}/../two"
    program both -Lone -louter -Wl,-rpath-link,two -Wl,--disable-new-dtags \
        -Wl,-rpath,"\$ORIGIN/one"
    agrees both "$PWD/two/libinner.so"
}

@test "a loaded SONAME satisfies a later request" {
    sources
    library one/libt.so -Wl,-soname,libreal.so.1
    cp one/libt.so libplain.so
    library two/libreal.so.1
    gcc -shared -fPIC -nostartfiles -Wl,--no-as-needed -o two/libuser.so empty.c \
        -Ltwo -l:libreal.so.1
    program late ./libplain.so -Ltwo -luser -Wl,-rpath-link,two \
        -Wl,--disable-new-dtags -Wl,-rpath,"\$ORIGIN/two:\$ORIGIN/one"
    patchelf --replace-needed libreal.so.1 libt.so late || skip "patchelf is missing"
    agrees late "$PWD/one/libt.so"
    lacks "$(by_loader late)" libreal
}

@test "\$LIB stands for what it does to the loader of this machine" {
    sources
    lib=$(LD_DEBUG=libs LD_LIBRARY_PATH="/nowhere/\$LIB" bash -c : 2>&1 |
        sed -n 's|^.*trying file=/nowhere/\(.*\)/[^/]*$|\1|p' | tail -1)
    [ -n "$lib" ] || skip "the loader does not tell what \$LIB is"
    library "libs/$lib/libt.so"
    program x -L"libs/$lib" -lt -Wl,-rpath,"\$ORIGIN/libs/\$LIB"
    agrees x "$PWD/libs/$lib/libt.so"
}

@test "a library of another architecture or a linker script is passed over" {
    sources
    library good/libt.so
    mkdir -p script other
    echo 'INPUT(-lt)' >script/libt.so
    "$builddir/tests/support/mkelf" '{ "machine": "s390x" }' >other/libt.so
    program x -Lgood -lt -Wl,-rpath,"$PWD/other:$PWD/good"
    agrees x "$PWD/good/libt.so"
    program y -Lgood -lt -Wl,-rpath,"$PWD/script:$PWD/other:$PWD/good"
    run --separate-stderr "$WHEELFIX" tree y
    has "$output" "libt.so => $PWD/good/libt.so (RUNPATH of y)"
    has "$output" "tried $PWD/script/libt.so: not a library (RUNPATH of y)"
    has "$output" "tried $PWD/other/libt.so: for another architecture: s390x (RUNPATH of y)"
}

@test "a program for musl gets nothing of a host with glibc" {
    command -v musl-gcc >/dev/null || skip "musl-gcc is missing"
    sources
    mkdir one two
    musl-gcc -shared -fPIC -nostdlib -Wl,-soname,libt.so -o one/libt.so empty.c
    musl-gcc -shared -fPIC -nostdlib -Wl,-soname,libu.so -o two/libu.so empty.c
    musl-gcc -Wl,--no-as-needed -o x main.c -Lone -lt -Ltwo -lu \
        -Wl,-rpath,"\$ORIGIN/one"
    run --separate-stderr "$WHEELFIX" tree x
    [ "$status" -eq 0 ]
    has "$output" "x (x86_64, musl)"
    has "$output" "libt.so => $PWD/one/libt.so (RUNPATH of x)"
    has "$output" "libu.so => not found"
    has "$output" "libc.so => not looked for (musl's loader is its libc)"
    LD_LIBRARY_PATH=$PWD/two run --separate-stderr "$WHEELFIX" tree x
    has "$output" "libu.so => not found"
    WHEELFIX_LD_LIBRARY_PATH=$PWD/two run --separate-stderr "$WHEELFIX" tree x
    has "$output" "libu.so => $PWD/two/libu.so (WHEELFIX_LD_LIBRARY_PATH)"
    run --separate-stderr "$WHEELFIX" tree --lib-path two x
    has "$output" "libu.so => two/libu.so (--lib-path)"
}

@test "musl's own loader agrees where it can be asked" {
    command -v musl-gcc >/dev/null || skip "musl-gcc is missing"
    sources
    loader=$(printf '%s\n' /lib/ld-musl-*.so.1 | head -1)
    [ -x "$loader" ] || skip "musl's loader is missing"
    mkdir one two
    musl-gcc -shared -fPIC -nostdlib -Wl,-soname,libinner.so -o two/libinner.so empty.c
    musl-gcc -shared -fPIC -nostdlib -Wl,--no-as-needed -Wl,-soname,libouter.so \
        -o one/libouter.so empty.c -Ltwo -linner
    # RUNPATH of the program serves the library, too.
    musl-gcc -Wl,--no-as-needed -o x main.c -Lone -louter -Wl,-rpath-link,two \
        -Wl,--enable-new-dtags -Wl,-rpath,"\$ORIGIN/one:\$ORIGIN/two"
    loaded=$("$loader" --list "$PWD/x" | sed -n 's/^.*=> \(\/.*\/lib[io].*\) (0x.*$/\1/p' | sort)
    has "$loaded" "$PWD/two/libinner.so"
    is "$("$WHEELFIX" tree "$PWD/x" | sed -n 's/^.* => \(\/[^ ]*\) (.*$/\1/p' | sort)" "$loaded"
}

@test "a wheel is shown root by root, at its installed place" {
    # shellcheck disable=SC2016 # the loader expands $ORIGIN
    wheel cp311-cp311-linux_x86_64 '
        { "name": "demo-1.0.data/platlib/demo/_native.so", "elf": { "machine": "x86_64",
            "needed": ["libinner.so", "libc.so.6"], "exports": ["PyInit__native"],
            "rpath": "$ORIGIN/../demo.libs" } },
        { "name": "demo.libs/libinner.so", "elf": { "machine": "x86_64",
            "soname": "libinner.so", "needed": ["libnone.so.1"],
            "rpath": "$ORIGIN/../.." } },
        { "name": "demo/lonely.so", "elf": { "machine": "x86_64",
            "needed": ["libc.so.6"] } }'
    run --separate-stderr "$WHEELFIX" tree --ldpaths "" demo-1.0-cp311-cp311-linux_x86_64.whl
    [ "$status" -eq 0 ]
    is "$stderr" ""
    is "$output" "demo-1.0-cp311-cp311-linux_x86_64.whl
  demo/_native.so (x86_64, glibc)
    libinner.so => demo.libs/libinner.so (RPATH of demo/_native.so)
      libnone.so.1 => not found
        tried \$ORIGIN/../..: leaves the wheel (RPATH of demo.libs/libinner.so)
        tried demo.libs/libnone.so.1: no such file (RPATH of demo/_native.so)
    libc.so.6 => not found
      tried demo.libs/libc.so.6: no such file (RPATH of demo/_native.so)
  demo/lonely.so (x86_64, glibc)
    libc.so.6 => not found"
}

@test "a wheel finds in a sysroot what its system would have" {
    wheel cp311-cp311-linux_s390x '{ "name": "demo/_native.so", "elf": {
        "machine": "s390x", "needed": ["libt.so.1"], "exports": ["PyInit__native"] } }'
    wheel=demo-1.0-cp311-cp311-linux_s390x.whl
    "$builddir/tests/support/mkelf" '{ "machine": "s390x" }' >libt.so.1.2
    mkdir -p root/usr/lib64 root/opt
    mv libt.so.1.2 root/opt
    ln -s /opt/libt.so.1.2 root/usr/lib64/libt.so.1
    run --separate-stderr "$WHEELFIX" tree "$wheel"
    has "$output" "libt.so.1 => not found"
    run --separate-stderr "$WHEELFIX" tree --sysroot root "$wheel"
    has "$output" "libt.so.1 => root/usr/lib64/libt.so.1 (default folder)"
    run --separate-stderr "$WHEELFIX" tree --format json --sysroot root "$wheel"
    has "$output" '"real_path": "root/opt/libt.so.1.2"'
}

@test "a wheel without native code is answered as such" {
    pure_wheel
    run --separate-stderr "$WHEELFIX" tree "$pure"
    [ "$status" -eq 0 ]
    is "$output" "$pure
  no native code"
}

@test "a static program has a tree without branches" {
    "$builddir/tests/support/mkelf" '{ "machine": "x86_64" }' >x
    run --separate-stderr "$WHEELFIX" tree x
    [ "$status" -eq 0 ]
    is "$output" "x (x86_64)"
    run --separate-stderr "$WHEELFIX" tree --format json x
    has "$output" '"needed": [],'
    has "$output" '"edges": [],
          "libraries": {}'
}

@test "excluded libraries are named and not looked for" {
    good_wheel
    run --separate-stderr "$WHEELFIX" tree --exclude 'libc.*' "$good"
    [ "$status" -eq 0 ]
    has "$output" "libc.so.6 => excluded (libc.*)"
}

@test "one file that cannot be read stops none of the others" {
    broken_wheel
    good_wheel
    echo text >text
    mkdir dir
    run --separate-stderr "$WHEELFIX" tree "$broken" text dir missing.so "$good"
    [ "$status" -eq 3 ]
    has "$output" "demo/_native.so (x86_64, glibc)"
    has "$stderr" "$broken"
    has "$stderr" "wheelfix: text: neither a wheel nor an ELF, Mach-O or PE file"
    has "$stderr" "wheelfix: dir: is a folder"
    has "$stderr" "wheelfix: missing.so: "
    is "${#stderr_lines[@]}" 4
}

@test "JSON holds every operand, errors too, and is one document" {
    good_wheel
    run --separate-stderr "$WHEELFIX" tree --format json missing.so "$good"
    [ "$status" -eq 3 ]
    has "$output" '"schema": "wheelfix.tree/1"'
    has "$output" '"path": "missing.so",
      "error": {
        "kind": "io",'
    has "$output" "\"path\": \"$good\","
    has "$output" '"path": "demo/_native.so",'
    has "$output" '"name": "libc.so.6",'
}

@test "no operand is a usage error" {
    run --separate-stderr "$WHEELFIX" tree
    [ "$status" -eq 2 ]
    is "$output" ""
    has "$stderr" "which files?"
}

@test "no wish for output is respected" {
    good_wheel
    run --separate-stderr "$WHEELFIX" -q tree "$good"
    [ "$status" -eq 0 ]
    is "$output$stderr" ""
}
