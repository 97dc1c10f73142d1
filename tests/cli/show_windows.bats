#!/usr/bin/env bats
# show, tree and plans of Windows wheels whose DLLs lie in a folder.
# shellcheck disable=SC2154 # bats and the file below set what is used here
load ../support/cli

windows=demo-1.0-cp38-cp38-win_amd64.whl

# Folder libs with odd.dll, which odd.pdb belongs to, and extra.dll; a wheel whose module needs
# odd.dll, gone.dll and a driver, and forwards to another; and a DLL that nobody loads.
setup_wheel() {
    wheel py3-none-win_amd64 '{ "name": "odd.dll", "pe": { "imports": ["KERNEL32.dll"] } },
        { "name": "extra.dll", "pe": { "imports": ["odd.dll"] } }'
    python3 -m zipfile -e ./*.whl libs
    rm ./*.whl
    echo symbols >libs/odd.pdb
    wheel cp38-cp38-win_amd64 '{ "name": "demo/__init__.py", "text": "" },
        { "name": "demo/_native.pyd", "pe": { "exports": ["PyInit__native",
            { "name": "other", "forward": "fwd.other" }], "delay": ["late.dll"],
            "imports": ["odd.dll", "KERNEL32.dll", "vulkan-1.dll"] } },
        { "name": "demo/soft.dll", "pe": { "imports": ["nowhere.dll"] } }'
}

@test "what a wheel lacks is told with who needs it, and a repair with it" {
    setup_wheel
    run --separate-stderr "$WHEELFIX" show "$windows"
    [ "$status" -eq 0 ]
    is "${lines[1]}" "  verdict  none: it needs 2 DLLs that Windows 10, Python and the wheel do not have"
    has "$output" "  repair   is refused, with 2 DLLs missing: give their folder with --add-path, or leave them out with --exclude"
    has "$output" "odd.dll       not found, needed by demo/_native.pyd"
    # The list says it; the finding is there for --fail-on, JSON and who wants everything.
    lacks "$output" pe-dll-missing
    run --separate-stderr "$WHEELFIX" show -v --fail-on warning "$windows"
    [ "$status" -eq 1 ]
    has "$output" "  warning  pe-dll-missing: demo/_native.pyd: needs odd.dll, which was not found
"
    has "$output" "demo/soft.dll: needs nowhere.dll, which was not found; every module loads without it"
    run --separate-stderr "$WHEELFIX" show --lib-path libs --exclude late.dll "$windows"
    is "${lines[1]}" "  verdict  none: it needs 1 DLL that Windows 10, Python and the wheel do not have"
    has "$output" "  repair   win_amd64, bundling 1 DLL"
    has "$output" "odd.dll       from $PWD/libs/odd.dll"
    has "$output" "vulkan-1.dll  left out: "
}

@test "each machine is called as Windows calls it" {
    wheel py3-none-win32.win_amd64.win_arm64 '
        { "name": "demo/a.pyd", "pe": { "machine": "x86", "imports": ["gone.dll"] } },
        { "name": "demo/b.pyd", "pe": {} }, { "name": "demo/c.pyd", "pe": { "machine": "arm64" } }'
    run "$WHEELFIX" show ./*.whl
    has "$output" "  windows x86, 1 object:"
    has "$output" "  windows amd64, 1 object:"
    has "$output" "  windows arm64, 1 object:"
    has "$output" "win_amd64, win_arm64 do not hold: demo/a.pyd is for x86"
}

@test "a DLL for another machine is passed over with a note" {
    setup_wheel
    mkdir first
    wheel py3-none-win32 '{ "name": "odd.dll", "pe": { "machine": "x86" } }'
    python3 -m zipfile -e ./*win32.whl first
    run "$WHEELFIX" show -v --lib-path 'first;missing;libs' "$windows"
    has "$output" "odd.dll       from $PWD/libs/odd.dll, by --lib-path, needed by demo/_native.pyd
               tried first/odd.dll: for another architecture
             vulkan-1.dll"
}

@test "a runtime older than the tools of who needs it is told, before and after it is bundled" {
    wheel py3-none-win_amd64 '{ "name": "ext.dll", "pe": { "linker": "14.44",
            "imports": ["MSVCP140.dll"] } },
        { "name": "msvcp140.dll", "pe": { "linker": "14.29" } }'
    python3 -m zipfile -e ./*.whl libs
    rm ./*.whl
    wheel cp311-cp311-win_amd64 '{ "name": "demo/__init__.py", "text": "" },
        { "name": "demo/_native.pyd", "pe": { "linker": "14.16", "imports": ["ext.dll"] } }'
    run "$WHEELFIX" show --lib-path libs ./*.whl
    has "$output" "  warning  pe-old-runtime: libs/ext.dll: was linked by tools of version 14.44, and libs/msvcp140.dll is of 14.29"
    run --separate-stderr "$WHEELFIX" repair --lib-path libs ./*.whl
    [ "$status" -eq 0 ]
    has "$output" "  warning  libs/ext.dll: was linked by tools of version 14.44, and libs/msvcp140.dll is of 14.29"
    run "$WHEELFIX" show wheelhouse
    [ "$status" -eq 0 ]
    has "$output" "  warning  pe-old-runtime: demo.libs/ext-"
    has "$output" "was linked by tools of version 14.44, and demo.libs/msvcp140-"
}

@test "the oldest release decides what Windows has" {
    wheel cp311-cp311-win_amd64 '{ "name": "demo/_native.pyd", "pe": { "imports": ["d3d12.dll"],
        "exports": ["PyInit__native"] } }'
    run "$WHEELFIX" show ./*.whl
    is "${lines[1]}" "  verdict  win_amd64; its own tag holds, nothing to repair"
    run "$WHEELFIX" show --windows-min 8.1 ./*.whl
    has "$output" "  needs    1 DLL that no repair here would bundle
             d3d12.dll  left out: a part of Windows from 10 on"
}

@test "--include is told in the forecast, and does not count against the wheel" {
    setup_wheel
    run --separate-stderr "$WHEELFIX" show --lib-path libs --exclude late.dll \
        --include Extra.dll "$windows"
    is "${lines[1]}" "  verdict  none: it needs 1 DLL that Windows 10, Python and the wheel do not have"
    has "$output" "  repair   win_amd64, bundling 2 DLLs"
    has "$output" "Extra.dll     from $PWD/libs/extra.dll"
    run --separate-stderr "$WHEELFIX" show --lib-path libs --exclude late.dll \
        --include ghost.dll "$windows"
    has "$output" "  repair   is refused, with 1 DLL missing: give its folder with --add-path, or leave it out with --exclude"
    has "$output" "             ghost.dll     not found"
    lacks "$output" "pe-dll-missing: demo/_native.pyd: needs ghost.dll"
    lacks "$output" "needs ghost.dll"
    run --separate-stderr "$WHEELFIX" repair --dry-run --lib-path libs --exclude late.dll \
        --include ghost.dll "$windows"
    [ "$status" -eq 1 ]
    has "$stderr" "ghost.dll"
}

@test "a tree says which DLLs are loaded when they are called" {
    setup_wheel
    run --separate-stderr "$WHEELFIX" tree --lib-path libs "$windows"
    [ "$status" -eq 0 ]
    has "$output" "late.dll (at the first call) => not found"
    has "$output" "fwd.dll (by a forwarder) => not found"
    has "$output" "odd.dll => libs/odd.dll"
    has "$output" "KERNEL32.dll => not looked for (a part of Windows)"
    has "$output" "vulkan-1.dll => left to the machine"
}

@test "a plan tells of names, Python files, their list of DLLs and symbols" {
    setup_wheel
    run --separate-stderr "$WHEELFIX" repair --dry-run -v --lib-path libs -e late.dll \
        --include-symbols "$windows"
    [ "$status" -eq 0 ]
    has "$output" "  bundles  1 library"
    has "$output" "               needs odd.dll as odd-"
    has "$output" "  adds     1 file"
    has "$output" "demo.libs/odd.pdb  from $PWD/libs/odd.pdb"
    has "$output" "  patches  1 Python file
             demo/__init__.py
  lists    the DLLs for Pythons before 3.10 in demo.libs/.load-order-demo-1.0"
}
