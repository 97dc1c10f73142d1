#!/usr/bin/env bats
# wheelfix repair on Windows wheels: linked here by lld-link or mingw, of the kinds that
# delvewheel's tests are about (tests/delvewheel-cases.md); results are read by code that is
# not the project's, and the patches in Python files are executed.
# shellcheck disable=SC2154,SC2030,SC2031 # bats and the file below set what is used here,
# and every test is a shell of its own
load ../support/cli

srcdir=${srcdir:-$BATS_TEST_DIRNAME/../..}
facts=$srcdir/tests/support/windows_facts.py

# made KIND: a wheel of that kind here, called $made, and what is outside of it in libs/.
made() {
    rm -rf libs tree ./*.whl
    made=$(python3 -B "$srcdir/tests/support/pe_wheels.py" "$1" . 2>reason) || {
        [ $? -ne 77 ] || skip "$(cat reason)"
        cat reason >&2
        return 1
    }
}

# repaired OPTION...: $made is repaired with what is in libs/; $result is the new wheel.
repaired() {
    rm -rf out
    run --separate-stderr "$WHEELFIX" repair --lib-path libs -w out "$@" "$made"
    [ "$status" -eq 0 ] || { printf '%s\n%s\n' "$output" "$stderr" >&2; return 1; }
    result=$(echo out/*.whl)
}

# refused TEXT OPTION...: it is not repaired, for that reason.
refused() {
    rm -rf out
    run --separate-stderr "$WHEELFIX" repair --lib-path libs -w out "${@:2}" "$made"
    [ "$status" -eq 1 ] || { printf 'exit %s\n%s\n' "$status" "$output$stderr" >&2; return 1; }
    has "$output$stderr" "$1"
    is "$(find . -path './out/*.whl')" ""
}

# untouched OPTION...: the repair is a copy, byte for byte.
untouched() {
    repaired "$@"
    cmp "$made" "$result"
}

# plain: names without the digits that a repair puts into them.
plain() {
    sed -E 's/-[0-9a-f]{32}(\.[a-z]+)$/-#\1/'
}

# holds LINE...: those members of the result that are not text, with # for digits.
holds() {
    is "$(unzip -Z1 "$result" | grep -vE '\.(py|pY|json|txt|h)$|dist-info|/$|/\.load-order' | plain | sort)" \
        "$(printf '%s\n' "$@" | sort)"
}

# says MEMBER LINE...: what it needs and is, with # for digits.
says() {
    is "$(python3 -B "$facts" "$result" "$(member "$1")" | sed 's/^[^ ]* //' | plain)" \
        "$(printf '%s\n' "${@:2}")"
}

# member NAME#: the name with its digits.
member() {
    unzip -Z1 "$result" | while read -r name; do
        if [ "$(printf '%s\n' "$name" | plain)" = "$1" ]; then echo "$name"; fi
    done
}

# patched FILE...: these Python files of the result are patched, and no others.
patched() {
    rm -rf new && mkdir new && unzip -q "$result" -d new
    is "$(cd new && grep -rl '^.*# start delvewheel patch' . | sed 's|^\./||' | LC_ALL=C sort)" \
        "$(printf '%s\n' "$@" | LC_ALL=C sort)"
}

# unpatched: no Python file is.
unpatched() {
    rm -rf new && mkdir new && unzip -q "$result" -d new
    is "$(grep -rl 'delvewheel patch' new)" ""
}

# sound NAME...: Windows could load all of it, but for these names.
sound() {
    python3 -B "$facts" --sound "$result" "$@"
}

again() {
    rm -rf again
    run --separate-stderr "$WHEELFIX" repair --lib-path libs -w again "$@" "$result"
    [ "$status" -eq 0 ]
    cmp "$result" again/*.whl
}

# digest FILE [DIGITS...]: the digits of a DLL that needs DLLs with those.
digest() {
    { [ $# -eq 1 ] || printf '%s\0' "${@:2}"; cat "$1"; } | sha256sum | cut -c1-32
}

@test "a DLL outside goes into the folder of its wheel, under a name of its own" {
    made package
    repaired
    digits=$(digest libs/ext.dll)
    holds demo.libs/ext-#.dll demo/_x.cp312-win_amd64.pyd
    unzip -Z1 "$result" | grep -qx "demo.libs/ext-$digits.dll"
    says demo/_x.cp312-win_amd64.pyd "import ext-#.dll" "export _x.cp312-win_amd64.pyd"
    patched demo/__init__.py
    sound
    again
}

@test "digits follow from the bytes of a DLL and the digits of those that it needs" {
    made engine
    repaired
    runtime=$(digest libs/msvcp140.dll)
    base=$(digest libs/iKnowBase.dll "$runtime")
    icuuc=$(digest libs/icuuc74.dll "$(digest libs/icudt74.dll)")
    shell=$(digest libs/iKnowShell.dll "$base" "$icuuc")
    engine=$(digest libs/iKnowEngine.dll "$base" "$shell" "$runtime")
    is "$(unzip -Z1 "$result" | grep 'libs/' | LC_ALL=C sort)" \
"iknowpy.libs/iKnowBase-$base.dll
iknowpy.libs/iKnowEngine-$engine.dll
iknowpy.libs/iKnowShell-$shell.dll
iknowpy.libs/icudt74-$(digest libs/icudt74.dll).dll
iknowpy.libs/icuuc74-$icuuc.dll
iknowpy.libs/msvcp140-$runtime.dll"
    patched iknowpy/__init__.py
    sound
    again
}

@test "a DLL in which nothing changes stays byte for byte, its signature with it" {
    made signed_runtime
    repaired
    unzip -p "$result" "demo.libs/msvcp140-$(digest libs/msvcp140.dll).dll" |
        cmp - libs/msvcp140.dll
    says demo.libs/msvcp140-#.dll "export msvcp140.dll" "checksum right" signed
    sound
}

@test "what docs/windows.md shows of a wheel is what comes out" {
    wheel py3-none-win_amd64 '{ "name": "ext.dll", "pe": { "exports": ["ext"],
        "imports": ["KERNEL32.dll"] } }'
    python3 -m zipfile -e ./*.whl dlls
    rm ./*.whl
    wheel cp312-cp312-win_amd64 '{ "name": "demo/__init__.py", "text": "" },
        { "name": "demo/_x.pyd", "pe": { "exports": ["PyInit__x"],
            "imports": ["ext.dll", "python312.dll", "VCRUNTIME140.dll"] } }'
    mkdir dist && mv ./*.whl dist
    {
        printf '$ wheelfix show dist/*win_amd64.whl\n'
        "$WHEELFIX" show dist/*win_amd64.whl
        printf '\n$ wheelfix repair --lib-path dlls -v dist/*win_amd64.whl\n'
        "$WHEELFIX" repair --lib-path dlls -v dist/*win_amd64.whl
    } >shown
    sed "s|$PWD|/srv/build|; s/^./    &/" shown >expected
    sed -n '/^    \$ wheelfix show dist.*win_amd64/,/__init__.py$/p' "$srcdir/docs/windows.md" >stands
    diff expected stands
}

@test "a missing DLL refuses the repair with who needs it" {
    made missing
    refused nowhere.dll
    has "$output$stderr" ext.dll
}

@test "names are let be where that is asked for, whatever their case" {
    made engine
    repaired --no-mangle iKnOwEnGiNe.dLl
    holds iknowpy.libs/iKnowBase-#.dll iknowpy.libs/iKnowEngine.dll \
        iknowpy.libs/iKnowShell-#.dll iknowpy.libs/icudt74-#.dll iknowpy.libs/icuuc74-#.dll \
        iknowpy.libs/msvcp140-#.dll iknowpy/engine.cp312-win_amd64.pyd
    says iknowpy.libs/iKnowEngine.dll "import iKnowBase-#.dll" "import iKnowShell-#.dll" \
        "import msvcp140-#.dll" "export iKnowEngine.dll"
    sound
    for options in "--no-mangle iKnowEngine.dll;msvcp140.dll" \
        "--no-mangle iKnowEngine.dll --no-mangle MSVCP140.dll"; do
        # shellcheck disable=SC2086 # several words
        repaired $options
        holds iknowpy.libs/iKnowBase-#.dll iknowpy.libs/iKnowEngine.dll \
            iknowpy.libs/iKnowShell-#.dll iknowpy.libs/icudt74-#.dll \
            iknowpy.libs/icuuc74-#.dll iknowpy.libs/msvcp140.dll \
            iknowpy/engine.cp312-win_amd64.pyd
        sound
    done
    repaired --no-mangle 'iknow*'
    holds iknowpy.libs/iKnowBase.dll iknowpy.libs/iKnowEngine.dll \
        iknowpy.libs/iKnowShell.dll iknowpy.libs/icudt74-#.dll iknowpy.libs/icuuc74-#.dll \
        iknowpy.libs/msvcp140-#.dll iknowpy/engine.cp312-win_amd64.pyd
    sound
}

@test "no name at all is changed with --no-mangle-all, and no byte of a module" {
    made engine
    unzip -p "$made" iknowpy/engine.cp312-win_amd64.pyd >before.pyd
    repaired --no-mangle-all
    holds iknowpy.libs/iKnowBase.dll iknowpy.libs/iKnowEngine.dll \
        iknowpy.libs/iKnowShell.dll iknowpy.libs/icudt74.dll iknowpy.libs/icuuc74.dll \
        iknowpy.libs/msvcp140.dll iknowpy/engine.cp312-win_amd64.pyd
    unzip -p "$result" iknowpy/engine.cp312-win_amd64.pyd | cmp - before.pyd
    sound
    again --no-mangle-all
}

@test "--strip changes no file that has room" {
    made package
    repaired
    mv out plain-out
    repaired --strip
    cmp plain-out/*.whl "$result"
}

@test "data behind the sections stays where names find room, and refuses where not" {
    made trailing
    repaired
    unzip -p "$result" demo/_x.cp312-win_amd64.pyd | tail -c 10 | grep -qx 'extra data'
    sound
    made trailing_tight
    refused demo/_x.cp312-win_amd64.pyd
    has "$output$stderr" --no-mangle
    repaired --no-mangle ext.dll
    sound
}

@test "symbols behind the sections are no obstacle" {
    for kind in symbols symbols_tight; do
        made $kind
        repaired
        holds demo.libs/ext-#.dll demo/_x.cp312-win_amd64.pyd
        sound
        again
    done
}

@test "names find room in a new section, and for its header where there is none" {
    for kind in tight full_headers; do
        made $kind
        repaired
        says demo/_x.cp312-win_amd64.pyd "import ext-#.dll" "export _x.cp312-win_amd64.pyd"
        sound
        again
    done
}

@test "a DLL that is asked for comes in as it is, once, and what it needs does not" {
    made package
    python3 -B "$srcdir/tests/support/pe_wheels.py" engine more >/dev/null
    repaired --lib-path more/libs --include iKNOWengine.dll --add-dll iKnowEngine.dll \
        --include 'icuuc74.dll;icudt74.dll'
    holds demo.libs/ext-#.dll demo.libs/iKnowEngine.dll demo.libs/icudt74.dll \
        demo.libs/icuuc74.dll demo/_x.cp312-win_amd64.pyd
    unzip -p "$result" demo.libs/iKnowEngine.dll | cmp - more/libs/iKnowEngine.dll
    repaired --include ext.dll
    holds demo.libs/ext-#.dll demo/_x.cp312-win_amd64.pyd
    refused gone.dll --include gone.dll
}

@test "an excluded DLL stays outside, and with it what only it needs" {
    made engine
    repaired --exclude IKNOWengine.dll --no-mangle-all
    holds iknowpy.libs/msvcp140.dll iknowpy/engine.cp312-win_amd64.pyd
    sound iKnowEngine.dll
    repaired --no-dll unrelated.dll --exclude other.dll
    has "$output" "--exclude other.dll matched nothing"
    sound
    for list in 'iknow*;*vcp*.dll' 'iKnowEngine.dll;msvcp140.dll'; do
        untouched --exclude "$list"
    done
    untouched --exclude iKnowEngine.dll --exclude msvcp140.dll
}

@test "a DLL of the wheel is found in it, and what it needs keeps its name" {
    made existing
    unzip -p "$made" iknowpy/iKnowEngine.dll >before.dll
    for options in "" --ignore-existing --ignore-in-wheel; do
        # shellcheck disable=SC2086 # one word or none
        repaired $options
        holds iknowpy.libs/iKnowBase.dll iknowpy.libs/iKnowShell.dll \
            iknowpy.libs/icudt74-#.dll iknowpy.libs/icuuc74-#.dll iknowpy.libs/msvcp140.dll \
            iknowpy/engine.cp312-win_amd64.pyd iknowpy/iKnowEngine.dll
        unzip -p "$result" iknowpy/iKnowEngine.dll | cmp - before.dll
        sound
        again
    done
    refused iKnowEngine.dll --no-search-wheel
}

@test "a DLL that the wheel has does not come in once more for being asked for" {
    made existing
    cp libs/msvcp140.dll libs/iKnowEngine.dll
    repaired --ignore-existing
    mv out without
    repaired --ignore-existing --include iKnowEngine.dll
    cmp without/*.whl "$result"
}

@test "what a DLL of the wheel needs is renamed when that is asked for" {
    made existing
    repaired --ignore-existing --with-mangle
    holds iknowpy.libs/iKnowBase-#.dll iknowpy.libs/iKnowShell-#.dll \
        iknowpy.libs/icudt74-#.dll iknowpy.libs/icuuc74-#.dll iknowpy.libs/msvcp140-#.dll \
        iknowpy/engine.cp312-win_amd64.pyd iknowpy/iKnowEngine.dll
    says iknowpy/iKnowEngine.dll "import iKnowBase-#.dll" "import iKnowShell-#.dll" \
        "import msvcp140-#.dll" "export iKnowEngine.dll"
    sound
    again --ignore-existing --with-mangle
    repaired --ignore-existing --with-mangle --no-mangle msvcp140.dll
    holds iknowpy.libs/iKnowBase-#.dll iknowpy.libs/iKnowShell-#.dll \
        iknowpy.libs/icudt74-#.dll iknowpy.libs/icuuc74-#.dll iknowpy.libs/msvcp140.dll \
        iknowpy/engine.cp312-win_amd64.pyd iknowpy/iKnowEngine.dll
    sound
}

@test "a DLL that nobody needs by name gets what it needs, and may lack it" {
    made soft
    repaired
    holds demo/plugin.dll demo-1.0.data/platlib/ext-#.dll \
        demo-1.0.data/platlib/simpledll-#.dll simpleext.cp312-win_amd64.pyd
    sound
    made soft_missing
    untouched
    refused ext.dll --analyze-existing
}

@test "a wheel for ctypes has its DLLs bundled, and a signed one is never changed" {
    made ctypes_only
    repaired
    holds demo.libs/ext-#.dll demo/native.dll
    patched demo/__init__.py
    sound
    again
    made soft_signed
    unzip -p "$made" demo/plugin.dll >before.dll
    repaired
    unzip -p "$result" demo/plugin.dll | cmp - before.dll
    sound
}

@test "helpers for another machine are let be" {
    made soft_foreign
    repaired
    holds demo.libs/ext-#.dll demo/_x.cp312-win_amd64.pyd demo/attach_x86.dll
    sound
}

@test "programs have their DLLs beside them, those among the scripts when that is asked for" {
    made programs
    unzip -p "$made" demo-1.0.data/scripts/tool2.exe >before.exe
    repaired
    unzip -p "$result" demo-1.0.data/scripts/tool2.exe | cmp - before.exe
    holds demo-1.0.data/scripts/tool2.exe demo.libs/other-#.dll demo/ext-#.dll \
        demo/_x.cp312-win_amd64.pyd demo/tool.exe
    patched demo/__init__.py
    repaired --analyze-existing-exes
    holds demo-1.0.data/scripts/ext-#.dll demo-1.0.data/scripts/tool2.exe \
        demo.libs/other-#.dll demo/ext-#.dll demo/_x.cp312-win_amd64.pyd demo/tool.exe
    sound
    again --analyze-existing-exes
}

@test "a module beside its DLLs needs no patch and no repair" {
    made beside
    untouched
}

@test "what another tool says it repaired is copied" {
    made repaired
    untouched
    has "$output" "delvewheel 1.13.2 has repaired it"
}

@test "the folder of DLLs has the end that was asked for" {
    made package
    repaired -L .bundled
    holds demo.bundled/ext-#.dll demo/_x.cp312-win_amd64.pyd
    sound
    again -L .bundled
}

@test "packages in purelib and platlib, and one over all places, find their DLLs" {
    made purelib
    repaired
    patched demo-1.0.data/purelib/demo/__init__.py
    sound
    made platlib
    repaired
    patched demo-1.0.data/platlib/demo/__init__.py
    sound
    made split
    repaired
    patched demo/__init__.py
    sound
    again
}

@test "a module without a package has its DLLs beside it, and nothing is patched" {
    for kind in toplevel toplevel_purelib toplevel_platlib; do
        made $kind
        repaired
        unzip -Z1 "$result" | plain | grep -qx 'simpleext-1.0.data/platlib/simpledll-#.dll'
        unpatched
        sound
        again
    done
    made levels
    repaired
    holds demo-1.0.data/platlib/ext-#.dll demo-1.0.data/platlib/simpledll-#.dll \
        demo/_x.cp312-win_amd64.pyd simpleext.cp312-win_amd64.pyd
    patched demo/__init__.py
    sound
    again
}

@test "only packages on the way to a module are patched, and folders of data are let be" {
    made subpackages
    repaired
    patched demo/__init__.py
    is "$(unzip -Z1 "$result" | grep -c __init__.py)" 5
    sound
}

@test "a namespace stays one, and its modules have their DLLs beside them" {
    made namespace
    repaired
    holds demo.libs/ext-#.dll ns/ext-#.dll ns/_x.cp312-win_amd64.pyd \
        ns/reg/_y.cp312-win_amd64.pyd
    patched ns/reg/__init__.py
    sound
    again
    made namespace_deep
    repaired
    holds a/b/c/d/reg/_x.cp312-win_amd64.pyd demo.libs/ext-#.dll
    patched a/b/c/d/reg/__init__.py
    sound
    made namespace_split
    repaired
    is "$(unzip -Z1 "$result" | plain | grep -c '/ns/ext-#.dll$\|^ns/ext-#.dll$')" 1
    unpatched
    sound
    again
}

@test "namespaces of the older kinds keep their __init__.py" {
    made namespace_old
    repaired
    patched one/reg/__init__.py two/reg/__init__.py
    holds demo.libs/ext-#.dll one/_x.cp312-win_amd64.pyd one/ext-#.dll \
        one/reg/_y.cp312-win_amd64.pyd two/_x.cp312-win_amd64.pyd two/ext-#.dll \
        two/reg/_y.cp312-win_amd64.pyd
    sound
    again
}

@test "a folder beside a module of its name gets no __init__.py" {
    made namesake
    repaired
    is "$(unzip -Z1 "$result" | grep -c __init__)" 0
    sound
}

@test "an __init__.py in another case is the one that is patched" {
    made odd_init
    repaired
    patched demo/__init__.pY
    is "$(unzip -Z1 "$result" | grep -ci __init__)" 1
    sound
}

@test "capitals in paths and names of DLLs are kept where they stand" {
    made cases
    repaired
    holds "Demo_Pkg.libs/Ext-#.dll" "Demo_Pkg.libs/other-#.dll" \
        Demo_Pkg/Native.cp312-win_amd64.pyd
    is "$(unzip -Z1 "$result" | grep -c 'Demo_Pkg-1.0.dist-info/RECORD$')" 1
    sound
    again
}

@test "the patch stands where Python allows it, and docstrings stay what they are" {
    made inits
    repaired
    sound
    patched p_empty/__init__.py p_blank/__init__.py p_docstring/__init__.py \
        p_futures/__init__.py p_long_future/__init__.py p_shebang/__init__.py \
        p_coding/__init__.py p_bom/__init__.py p_crlf/__init__.py \
        p_concatenated/__init__.py p_commented/__init__.py p_semicolon/__init__.py
    unzip -Z1 "$result" | plain | grep -qx 'p_none/ext-#.dll'
    again
}

@test "marks say where the patch stands, and near misses are none" {
    made custom
    repaired --custom-patch
    patched demo/one.py demo/two.py
    is "$(unzip -p "$result" demo/two.py | grep -c '# start delvewheel patch')" 2
    unzip -p "$result" demo/notes.txt | grep -qx '# delvewheel: patch'
    again --custom-patch
    made no_marks
    refused '# delvewheel: patch' --custom-patch
}

@test "a signed module loses its signature, and that is told" {
    made signed
    repaired
    says demo/_x.cp312-win_amd64.pyd "import ext-#.dll" "export _x.cp312-win_amd64.pyd" \
        "checksum right"
    has "$output" signature
    sound
}

@test "load flags that keep DLLs from being found are cleared, and checksums stay right" {
    made load_flags
    for options in "" --no-mangle-all; do
        # shellcheck disable=SC2086 # one word or none
        repaired $options
        lacks "$(python3 -B "$facts" "$result")" " flags "
        has "$(python3 -B "$facts" "$result")" " checksum right"
        sound
    done
    made checksum
    for options in "" --no-mangle-all; do
        # shellcheck disable=SC2086 # one word or none
        repaired $options
        has "$(python3 -B "$facts" "$result")" " checksum right"
        sound
    done
}

@test "DLLs linked by mingw, loaded later and forwarded to are bundled and renamed" {
    made mingw
    repaired
    holds demo.libs/libext-1-#.dll demo.libs/libwinpthread-1-#.dll \
        demo/_x.cp312-win_amd64.pyd
    sound
    again
    made delay
    repaired
    says demo.libs/ext-#.dll "delay later-#.dll" "export ext-#.dll"
    sound
    again
    made forwarder
    repaired
    holds demo.libs/back-#.dll demo.libs/ext-#.dll demo.libs/front-#.dll \
        demo.libs/middle-#.dll demo/_x.cp312-win_amd64.pyd
    sound
    again
}

@test "DLLs that need each other are renamed together, always alike" {
    made cycle
    repaired -j1
    holds demo.libs/leaf-#.dll demo.libs/one-#.dll demo.libs/two-#.dll \
        demo/_x.cp312-win_amd64.pyd
    sound
    again
    mv out one-thread
    repaired -j4
    cmp one-thread/*.whl "$result"
}

@test "a name with a space is a name like others" {
    made spaces
    repaired
    holds "demo.libs/my ext-#.dll" demo/_x.cp312-win_amd64.pyd
    sound
    again
}

@test "one DLL by two names keeps both" {
    made twins
    repaired
    holds demo.libs/one-#.dll demo.libs/two-#.dll demo/_x.cp312-win_amd64.pyd
    sound
}

@test "symbols and import libraries come in beside their DLL when they are asked for" {
    made companions
    repaired --include-symbols
    is "$(unzip -Z1 "$result" | plain | grep simpledll)" \
"simpleext-1.0.data/platlib/simpledll-#.dll
simpleext-1.0.data/platlib/simpledll.pdb"
    repaired --include-imports
    is "$(unzip -Z1 "$result" | plain | grep simpledll)" \
"simpleext-1.0.data/platlib/simpledll-#.dll
simpleext-1.0.data/platlib/simpledll.lib"
    repaired --include-imports --include-symbols
    is "$(unzip -Z1 "$result" | grep -c simpledll)" 3
    again --include-imports --include-symbols
}

@test "DLLs of Windows, of Python and its runtime stay where they are" {
    made system
    untouched
    made extension_sets
    untouched
    made pure
    untouched
}

@test "a module that is installed as data is judged softly" {
    made data_only
    repaired
    holds demo-1.0.data/data/_x.cp312-win_amd64.pyd demo-1.0.data/data/ext-#.dll
    unpatched
    rm libs/ext.dll
    untouched
}

@test "a wheel that says nothing of its Python has the runtime bundled" {
    made none_abi
    repaired
    unzip -Z1 "$result" | plain | grep -x '.*/vcruntime140-#.dll'
    sound
}

@test "the tags say which runtime Python brings along" {
    for kind in cp36_abi3_win_amd64 cp312_abi3_win_amd64 cp313_cp313t_win_amd64 \
        cp36_cp312_cp36m_cp312_win_amd64 pp310_pypy310_pp73_win_amd64 \
        graalpy312_graalpy250_312_native_win_amd64 cp312_cp312_win32; do
        made $kind
        repaired
        is "$(unzip -Z1 "$result" | plain | grep '\.dll$')" \
            "simpleext-1.0.data/platlib/simpledll-#.dll"
        sound
        again
    done
}

@test "Pythons before 3.10 get a list of DLLs in the order of their needs" {
    made old_python
    repaired
    list=$(unzip -p "$result" demo.libs/.load-order-demo-1.0)
    is "$(printf '%s\n' "$list" | plain)" "third-#.dll
first-#.dll
second-#.dll"
    for name in $list; do unzip -Z1 "$result" | grep -qx "demo.libs/$name"; done
    unzip -p "$result" demo/__init__.py | grep -q LoadLibraryExW
    sound
    again
}

@test "a DLL for another machine is passed over" {
    made wrong_machine
    refused simpledll.dll
    made other_machine_first
    repaired --lib-path libs/x86 --lib-path libs/x64
    unzip -p "$result" "$(member simpleext-1.0.data/platlib/simpledll-#.dll)" |
        cmp - libs/x64/simpledll.dll
    sound
}

@test "a module for another machine than the tag's refuses the repair" {
    made wrong_module
    refused demo/_x.cp312-win_amd64.pyd
}

@test "wheels for arm64 and x86 are repaired as others are" {
    made arm64_package
    repaired
    holds demo.libs/ext-#.dll demo.libs/later-#.dll demo/_x.cp312-win_arm64.pyd
    says demo/_x.cp312-win_arm64.pyd "import ext-#.dll" "delay later-#.dll" \
        "export _x.cp312-win_arm64.pyd"
    sound
    again
    made x86_package
    repaired
    holds demo.libs/ext-#.dll demo.libs/later-#.dll demo.libs/libgcc_s_dw2-1-#.dll \
        demo/_x.cp312-win32.pyd
    sound
    again
}

@test "RECORD quotes what needs it, and its signatures go" {
    made odd_files
    repaired
    unzip -p "$result" demo-1.0.dist-info/RECORD | grep -q '^"demo/a,b.txt",sha256='
    is "$(unzip -Z1 "$result" | grep -c 'RECORD\.')" 0
    sound
}

@test "members have the time of SOURCE_DATE_EPOCH" {
    made package
    SOURCE_DATE_EPOCH=1000000000 repaired
    mv out first
    SOURCE_DATE_EPOCH=1000000000 repaired
    cmp first/*.whl "$result"
    SOURCE_DATE_EPOCH=1000000002 repaired
    run ! cmp -s first/*.whl "$result"
    for time in 315532799 315532800 4354819199 4354819200; do
        SOURCE_DATE_EPOCH=$time repaired
        mv "$result" "$time"
    done
    cmp 315532799 315532800
    cmp 4354819199 4354819200
}

@test "several wheels are repaired in one call" {
    made package
    python3 -B "$srcdir/tests/support/pe_wheels.py" toplevel more >/dev/null
    "$WHEELFIX" repair --lib-path 'libs;more/libs' -w out "$made" more/*.whl
    is "$(find out -name '*.whl' | LC_ALL=C sort)" "out/demo-1.0-cp312-cp312-win_amd64.whl
out/simpleext-1.0-cp312-cp312-win_amd64.whl"
    for result in out/*.whl; do sound; done
}

@test "a folder that is not there or closed is no obstacle, and said" {
    made package
    touch file
    mkdir -m 0 closed
    repaired --lib-path nowhere --lib-path file --lib-path closed
    has "$stderr" "--lib-path nowhere: no such folder"
    sound
    again
}
