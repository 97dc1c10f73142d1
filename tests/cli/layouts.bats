#!/usr/bin/env bats
# Wheels in every layout, compiled here, repaired, and used where their libraries are gone.
# shellcheck disable=SC2154,SC2012 # bats and the file below set what is used here; names are
# listed that hold no line breaks
load ../support/cli

srcdir=${srcdir:-$BATS_TEST_DIRNAME/../..}
machine=$(uname -m)

# library NAME SOURCE [OPTION...]: lib/NAME, a shared library of that SONAME.
library() {
    mkdir -p lib
    printf '%s\n' "$2" >"source.c"
    "${CC:-cc}" -g -shared -fPIC -o "lib/$1" -Wl,-soname,"$1" -Llib source.c "${@:3}"
}

# libbb gives 40, libaa needs it and gives 42.
two_libraries() {
    command -v "${CC:-cc}" >/dev/null || skip "no compiler"
    library libbb.so.2 'int bb(void) { return 40; }'
    library libaa.so.1 'int bb(void); int aa(void) { return bb() + 2; }' -l:libbb.so.2
}

# extension PATH NAME [OPTION...]: a module whose function f gives what libaa gives.
extension() {
    local include
    include=$(python3 -c 'import sysconfig; print(sysconfig.get_paths()["include"])')
    [ -e "$include/Python.h" ] || skip "no header of Python"
    mkdir -p "$(dirname "$1")"
    cat >module.c <<END
#include <Python.h>
int aa(void);
static PyObject *f(PyObject *self, PyObject *none)
{
    (void)self, (void)none;
    return PyLong_FromLong(abs(aa())); /* libc says what it is for */
}
static PyMethodDef methods[] = { { "f", f, METH_NOARGS, "" }, { 0, 0, 0, 0 } };
static struct PyModuleDef module = { PyModuleDef_HEAD_INIT, "$2", 0, -1, methods, 0, 0, 0, 0 };
PyMODINIT_FUNC PyInit_$2(void) { return PyModule_Create(&module); }
END
    "${CC:-cc}" -g -fno-builtin -shared -fPIC -I"$include" -o "$1" module.c -Llib -l:libaa.so.1 \
        -Wl,-rpath-link,lib "${@:3}"
}

# program PATH [OPTION...]: prints its number of arguments and what libaa gives, ends with 7.
program() {
    mkdir -p "$(dirname "$1")"
    printf '#include <stdio.h>\nint aa(void); int main(int n, char **v) { (void)v;
        printf("%%d %%d\\n", n - 1, aa()); return 7; }\n' >main.c
    "${CC:-cc}" -o "$1" main.c -Llib -l:libaa.so.1 -Wl,-rpath-link,lib "${@:2}"
}

plain_program() {
    mkdir -p "$(dirname "$1")"
    printf 'int main(void) { return 5; }\n' >main.c
    "${CC:-cc}" -o "$1" main.c
}

pack() {
    python3 "$srcdir/tests/support/pack_wheel.py" tree "$1"
}

# repaired WHEEL [OPTION...]: sets `result`, and takes the libraries away.
repaired() {
    "$WHEELFIX" repair -q -w out --lib-path lib "$@"
    result=$(ls -d out/*.whl)
    mv lib gone
}

# installed OPTION...: the result, by pip, into the virtual environment env/.
installed() {
    python3 -m venv --without-pip env 2>/dev/null || skip "no virtual environments"
    python3 -m pip --python env/bin/python --version >/dev/null 2>&1 || skip "no pip"
    python3 -m pip --python env/bin/python install --quiet --disable-pip-version-check \
        --no-index --no-deps "$result"
}

unpacked() {
    mkdir -p "$2"
    python3 -m zipfile -e "$1" "$2"
}

# objects WHEEL: "path needed rpath runpath" of each, the digests of names left out.
objects() {
    "$WHEELFIX" show --format json "$1" | python3 -c '
import json, re, sys
for o in json.load(sys.stdin)["wheels"][0]["objects"]:
    needed = ",".join(n for n in o["needed"] if not n.startswith(("libc.so", "ld-")))
    row = (o["path"], needed or "-", o["rpath"] or "-", o["runpath"] or "-")
    print(re.sub(r"-[0-9a-f]{8}\.", "-X.", " ".join(row)))'
}

@test "every layout finds its libraries after pip install, and programs run" {
    two_libraries
    so=$(python3 -c 'import sysconfig; print(sysconfig.get_config_var("EXT_SUFFIX"))')
    extension "tree/pkg/_n$so" _n
    printf 'from ._n import f\n' >tree/pkg/__init__.py
    extension "tree/top1$so" top1
    extension "tree/top2$so" top2
    extension "tree/demo-1.0.data/platlib/pl/_pl$so" _pl
    printf 'from ._pl import f\n' >tree/demo-1.0.data/platlib/pl/__init__.py
    program tree/demo-1.0.data/scripts/demo-tool
    program tree/pkg/bin/inner
    plain_program tree/demo-1.0.data/scripts/demo-plain
    printf '#!python\nimport pkg\nprint(pkg.f())\n' >tree/demo-1.0.data/scripts/demo-py
    chmod +x tree/demo-1.0.data/scripts/demo-py
    python=$(python3 -c 'import sys; print("cp%d%d" % sys.version_info[:2])')
    pack "demo-1.0-7b-$python-$python-linux_$machine.whl"
    repaired "demo-1.0-7b-$python-$python-linux_$machine.whl"
    installed
    run env/bin/python -c 'import pkg, top1, top2, pl
print(pkg.f(), top1.f(), top2.f(), pl.f())'
    is "$output" "42 42 42 42"
    run env/bin/demo-tool one two
    is "$status $output" "7 2 42"
    run env/lib/python3*/site-packages/pkg/bin/inner
    is "$status $output" "7 0 42"
    run env/bin/demo-plain
    is "$status" 5
    run env/bin/demo-py
    is "$output" 42
    is "$(head -c 4 env/bin/demo-plain | tail -c 3)" "ELF"
    # The build tag stays in both places.
    has "$result" "out/demo-1.0-7b-$python-$python-manylinux"
    unpacked "$result" x
    has "$(cat x/demo-1.0.dist-info/WHEEL)" "Build: 7b"
    is "$(ls x/demo.libs | sed 's/-[0-9a-f]*//' | paste -sd ' ')" "libaa.so.1 libbb.so.2"
}

@test "a chain of libraries needs no path but the folder they share" {
    two_libraries
    extension tree/demo/_native.so _native
    pack "demo-1.0-py3-none-linux_$machine.whl"
    repaired "demo-1.0-py3-none-linux_$machine.whl"
    is "$(objects "$result")" "demo.libs/libaa-X.so.1 libbb-X.so.2 \$ORIGIN -
demo.libs/libbb-X.so.2 - - -
demo/_native.so libaa-X.so.1 \$ORIGIN/../demo.libs -"
}

@test "libraries of the package that are found there are not touched" {
    two_libraries
    extension tree/demo/_native.so _native -Wl,-rpath,"\$ORIGIN"
    mv lib/libaa.so.1 lib/libbb.so.2 tree/demo
    pack "demo-1.0-py3-none-linux_$machine.whl"
    repaired "demo-1.0-py3-none-linux_$machine.whl"
    unpacked "$result" x
    for file in _native.so libaa.so.1 libbb.so.2; do
        cmp "tree/demo/$file" "x/demo/$file"
    done
    [ ! -e x/demo.libs ]
}

@test "a library of the package finds one that comes along, and the package keeps its path" {
    two_libraries
    extension tree/demo/_native.so _native -Wl,-rpath,"\$ORIGIN"
    extension tree/demo/sub/_deeper.so _deeper -Wl,-rpath,"\$ORIGIN/.."
    mv lib/libaa.so.1 tree/demo
    pack "demo-1.0-py3-none-linux_$machine.whl"
    repaired "demo-1.0-py3-none-linux_$machine.whl"
    is "$(objects "$result")" "demo.libs/libbb-X.so.2 - - -
demo/_native.so libaa.so.1 - \$ORIGIN
demo/libaa.so.1 libbb-X.so.2 \$ORIGIN/../demo.libs -
demo/sub/_deeper.so libaa.so.1 - \$ORIGIN/.."
    unpacked "$result" x
    for module in x/demo/_native.so x/demo/sub/_deeper.so; do
        python3 -c 'import ctypes, sys; assert ctypes.CDLL(sys.argv[1]).aa() == 42' $module
    done
}

@test "a wheel for any platform with programs is for this one" {
    two_libraries
    program tree/demo-1.0.data/scripts/linked
    plain_program tree/demo-1.0.data/scripts/alone
    printf 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py2-none-any\nTag: py3-none-any\n' \
        >WHEEL
    mkdir tree/demo-1.0.dist-info
    mv WHEEL tree/demo-1.0.dist-info
    pack demo-1.0-py2.py3-none-any.whl
    repaired demo-1.0-py2.py3-none-any.whl
    [[ $result =~ ^out/demo-1.0-py2.py3-none-(.*)\.whl$ ]]
    tags=${BASH_REMATCH[1]}
    has "$tags" "manylinux_"
    lacks ".$tags." .any.
    unpacked "$result" x
    is "$(head -n 1 x/demo-1.0.data/scripts/linked)" "#!python"
    cmp tree/demo-1.0.data/scripts/alone x/demo-1.0.data/scripts/alone
    [ -e x/demo.scripts/linked ]
    # WHEEL has each pair of the compressed set, and is a platform's.
    is "$(grep -c "^Tag: py[23]-none-manylinux_" x/demo-1.0.dist-info/WHEEL)" \
        "$((2 * $(tr . '\n' <<<"$tags" | grep -c manylinux_)))"
    is "$(grep -i purelib x/demo-1.0.dist-info/WHEEL)" "Root-Is-Purelib: false"
}

@test "signatures of the old RECORD go, and files that it lacked are listed" {
    two_libraries
    extension tree/demo/_native.so _native
    mkdir tree/demo-1.0.dist-info
    echo '{}' >tree/demo-1.0.dist-info/RECORD.jws
    echo '{}' >tree/demo-1.0.dist-info/RECORD.p7s
    echo here >tree/demo/unlisted.txt
    UNLISTED='demo/unlisted.txt
demo-1.0.dist-info/RECORD.jws
demo-1.0.dist-info/RECORD.p7s' pack "demo-1.0-py3-none-linux_$machine.whl"
    repaired "demo-1.0-py3-none-linux_$machine.whl"
    unpacked "$result" x
    is "$(ls x/demo-1.0.dist-info | paste -sd ' ')" "METADATA RECORD WHEEL sboms"
    has "$(cat x/demo-1.0.dist-info/RECORD)" "demo/unlisted.txt,sha256="
    run --separate-stderr "$WHEELFIX" show --check-hashes --fail-on warning "$result"
    [ "$status" -eq 0 ]
}

@test "a library that is opened by name comes along and is found by it" {
    two_libraries
    mkdir -p tree/demo
    printf '#include <dlfcn.h>\n#include <stddef.h>\nint PyInit__native(void);
        int PyInit__native(void)
        {
            void *library = dlopen("libaa.so.1", RTLD_NOW);
            int (*aa)(void) = library == NULL ? NULL : (int (*)(void))dlsym(library, "aa");
            return aa == NULL ? -1 : aa();
        }\n' >opens.c
    "${CC:-cc}" -shared -fPIC -o tree/demo/_native.so opens.c -ldl
    pack "demo-1.0-py3-none-linux_$machine.whl"
    repaired --include libaa.so.1 "demo-1.0-py3-none-linux_$machine.whl"
    unpacked "$result" x
    run python3 -c 'import ctypes, sys
print(ctypes.CDLL(sys.argv[1]).PyInit__native())' x/demo/_native.so
    is "$output" 42
    is "$(ls x/demo.libs | sed 's/-[0-9a-f]\{8\}/-X/' | paste -sd ' ')" "libaa.so.1 libbb-X.so.2"
    "$WHEELFIX" repair -q -w again --include libaa.so.1 "$result"
    cmp "$result" again/*.whl
}

@test "names may hold spaces, quotes, commas and letters of any language" {
    two_libraries
    library 'libdé to;"x" $.so' 'int q(void) { return 7; }'
    library libnodot 'int r(void) { return 8; }'
    mkdir -p 'tree/demo/a b,"ü" ☃'
    echo 'int q(void); int r(void); int abs(int); int PyInit_e(void) { return abs(q() + r()); }' >e.c
    "${CC:-cc}" -fno-builtin -shared -fPIC -o 'tree/demo/a b,"ü" ☃/e.so' e.c \
        lib/libd* lib/libnodot
    pack "demo-1.0-py3-none-linux_$machine.whl"
    repaired "demo-1.0-py3-none-linux_$machine.whl"
    unpacked "$result" x
    python3 -c 'import ctypes, sys; assert ctypes.CDLL(sys.argv[1]).PyInit_e() == 15' x/demo/a*/e.so
    is "$(ls x/demo.libs | sed 's/-[0-9a-f]\{8\}/-X/' | paste -sd '|')" \
        'libdé to;"x" $-X.so|libnodot-X'
    run --separate-stderr "$WHEELFIX" show --check-hashes "$result"
    has "$output" "nothing to repair"
    lacks "$output" "rc-"
}

@test "what is stripped is kept apart, and each object names its own" {
    two_libraries
    extension tree/demo/_native.so _native
    pack "demo-1.0-py3-none-linux_$machine.whl"
    mkdir other
    extension tree/demo/_native.so _native -DOTHER -O1
    (cd other && python3 "$srcdir/tests/support/pack_wheel.py" ../tree \
        "demo-2.0-py3-none-linux_$machine.whl")
    "$WHEELFIX" repair -q -w out --lib-path lib --strip --debug-dir debug \
        "demo-1.0-py3-none-linux_$machine.whl" "other/demo-2.0-py3-none-linux_$machine.whl"
    unpacked out/demo-1.0-*.whl x1
    unpacked out/demo-2.0-*.whl x2
    # Two libraries, and two modules of one name.
    is "$(ls debug | wc -l)" 4
    python3 - x1/demo/_native.so x2/demo/_native.so x1/demo.libs/* <<'END'
import os, struct, sys, zlib
for path in sys.argv[1:]:
    data = open(path, "rb").read()
    at = data.rindex(b".debug\0")
    start = data.rindex(b"\0", 0, at) + 1
    name = data[start:at + 6].decode()
    end = start + (len(name) + 4) // 4 * 4
    kept = open(os.path.join("debug", name), "rb").read()
    assert struct.unpack("=I", data[end:end + 4])[0] == zlib.crc32(kept), name
    assert b".debug_info\0" in kept and b".debug_info\0" not in data, name
END
    # An unstripped file can be put together again from the two.
    if command -v eu-unstrip >/dev/null; then
        for object in x1/demo.libs/*; do
            eu-unstrip -o whole "$object" debug/"$(basename "$(dirname "$object")")-$(basename "$object")"-*.debug
            eu-readelf -S whole | grep -q '\.debug_info'
        done
    fi
    command -v gdb >/dev/null || skip "no gdb"
    run gdb -nx -batch -iex "set debuginfod enabled off" \
        -iex "set debug-file-directory /nowhere" -ex "info line PyInit__native" x1/demo/_native.so
    lacks "$output" "module.c"
    cp debug/* x1/demo
    run gdb -nx -batch -ex "info line PyInit__native" x1/demo/_native.so
    has "$output" 'of "module.c" starts'
}

@test "wheels of one run that share libraries are the bytes that each is alone" {
    two_libraries
    extension tree/demo/_native.so _native
    for python in cp311-cp311 cp312-cp312 cp313-cp313; do
        echo "$python" >tree/demo/which.py
        pack "demo-1.0-$python-linux_$machine.whl"
    done
    for option in --sbom --strip --clear-exec-stack; do
        for jobs in 1 4; do
            rm -rf together alone
            "$WHEELFIX" repair -q -j $jobs $option --lib-path lib -w together demo-*.whl
            for wheel in demo-*.whl; do
                "$WHEELFIX" repair -q $option --lib-path lib -w alone "$wheel"
            done
            is "$(ls together | wc -l)" 3
            diff -r together alone
        done
    done
    # The folder for libraries of another project has them under its own name.
    pack "other-1.0-py3-none-linux_$machine.whl"
    "$WHEELFIX" repair -q --lib-path lib -w mixed demo-*.whl other-*.whl
    "$WHEELFIX" repair -q --lib-path lib -w single other-*.whl
    cmp mixed/other-* single/other-*
}

@test "the mark for an executable stack goes when that is asked for" {
    two_libraries
    extension tree/demo/_native.so _native -Wl,-z,execstack
    pack "demo-1.0-py3-none-linux_$machine.whl"
    "$WHEELFIX" repair -q -w kept --lib-path lib "demo-1.0-py3-none-linux_$machine.whl"
    run "$WHEELFIX" show kept/*.whl
    has "$output" "exec-stack"
    repaired --clear-exec-stack "demo-1.0-py3-none-linux_$machine.whl"
    run "$WHEELFIX" show "$result"
    lacks "$output" "exec-stack"
}

@test "many members take time and memory in proportion" {
    two_libraries
    extension tree/demo/_native.so _native
    for num in 300 20000; do
        mkdir -p "tree/demo/m$num"
        (cd "tree/demo/m$num" && seq -f 'm%05g.py' "$num" | xargs touch)
        pack "demo-1.0-py3-none-linux_$machine.whl"
        timeout 60 "$WHEELFIX" repair -q -w "out$num" --lib-path lib \
            "demo-1.0-py3-none-linux_$machine.whl"
        is "$(python3 -m zipfile -l out"$num"/*.whl | grep -c "^demo/m$num/")" "$num"
        run --separate-stderr "$WHEELFIX" show --check-hashes --fail-on warning out"$num"/*.whl
        [ "$status" -eq 0 ]
    done
}
