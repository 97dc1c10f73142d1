#!/usr/bin/env bats
# wheelfix repair on macOS wheels: linked here by lld, of the kinds that delocate's tests are
# about (tests/delocate-cases.md); results are read by code that is not the project's.
# shellcheck disable=SC2154,SC2030,SC2031 # bats and the file below set what is used here,
# and every test is a shell of its own
load ../support/cli
load ../support/macos

@test "a library by its bare name goes into the package, for both architectures" {
    made stray
    repaired
    holds fakepkg1/.dylibs/libextfunc.dylib fakepkg1/subpkg/module2.abi3.so
    says fakepkg1/subpkg/module2.abi3.so \
        "x86_64 needs @loader_path/../.dylibs/libextfunc.dylib" \
        "arm64 needs @loader_path/../.dylibs/libextfunc.dylib"
    says fakepkg1/.dylibs/libextfunc.dylib \
        "x86_64 id /DLC/fakepkg1/.dylibs/libextfunc.dylib" \
        "arm64 id /DLC/fakepkg1/.dylibs/libextfunc.dylib"
    sound
    again
}

@test "what was an executable file before is one afterwards" {
    made stray
    repaired
    unzip -q "$result" -d new
    is "$(stat -c %a new/fakepkg1/module1.py new/fakepkg1/__init__.py \
        new/fakepkg1-1.0.data/scripts/fakescript.py | tr '\n' ' ')" "755 644 755 "
    is "$(stat -c %a new/fakepkg1/.dylibs/libextfunc.dylib)" 755
}

@test "the folder of libraries has the name that was asked for" {
    made stray
    repaired -L mylibs
    holds fakepkg1/mylibs/libextfunc.dylib fakepkg1/subpkg/module2.abi3.so
    sound
    again -L mylibs
}

@test "a wheel is repaired in its place" {
    made stray
    "$WHEELFIX" repair --lib-path libs --in-place "$made"
    result=$made
    holds fakepkg1/.dylibs/libextfunc.dylib fakepkg1/subpkg/module2.abi3.so
    sound
}

@test "signatures of arm64 are made anew, those of x86_64 only where there was one" {
    made rpath
    repaired
    is "$(signatures fakepkg_rpath/_module.abi3.so)" "x86_64 unsigned"
    is "$(signatures fakepkg_rpath/.dylibs/libextfunc_rpath.dylib)" \
        "x86_64 adhoc, arm64 adhoc"
    sound
    repaired --sign=always
    is "$(signatures fakepkg_rpath/_module.abi3.so)" "x86_64 adhoc"
    sound
}

@test "libraries by @rpath come with those they need by rpaths of their own" {
    made rpath
    repaired
    holds fakepkg_rpath/.dylibs/libextfunc2_rpath.dylib \
        fakepkg_rpath/.dylibs/libextfunc_rpath.dylib fakepkg_rpath/_module.abi3.so
    says fakepkg_rpath/_module.abi3.so \
        "x86_64 needs @loader_path/.dylibs/libextfunc_rpath.dylib"
    sound
    again
}

@test "an excluded library stays outside, and with it what it needs" {
    made rpath
    repaired -e libextfunc_rpath
    holds fakepkg_rpath/_module.abi3.so
    repaired -e libextfunc2
    holds fakepkg_rpath/.dylibs/libextfunc_rpath.dylib fakepkg_rpath/_module.abi3.so
    sound @rpath/libextfunc2_rpath.dylib
    repaired -e doesnotexist
    has "$output" "note     --exclude doesnotexist matched nothing"
    holds fakepkg_rpath/.dylibs/libextfunc2_rpath.dylib \
        fakepkg_rpath/.dylibs/libextfunc_rpath.dylib fakepkg_rpath/_module.abi3.so
}

@test "the tag of a wheel without arm64 is not universal2 for a library that has it" {
    made thin_module
    repaired
    is "$result" out/demo-1.0-cp311-abi3-macosx_10_9_x86_64.whl
    has "$(unzip -p "$result" 'demo-1.0.dist-info/WHEEL')" \
        "Tag: cp311-abi3-macosx_10_9_x86_64"
    sound
    refused "demo/_x.abi3.so has no code for arm64, which --require-archs asks for" \
        --require-archs universal2
}

@test "a module without a package has its libraries beside it" {
    made toplevel
    repaired
    holds fakepkg_toplevel.dylibs/libextfunc2_rpath.dylib module_toplevel.abi3.so
    says module_toplevel.abi3.so \
        "x86_64 needs @loader_path/fakepkg_toplevel.dylibs/libextfunc2_rpath.dylib"
    sound
    again
}

@test "the folder beside a module takes the name that was asked for as its end" {
    made toplevel
    repaired -L .suffix_test
    holds fakepkg_toplevel.suffix_test/libextfunc2_rpath.dylib module_toplevel.abi3.so
    sound
}

@test "a namespace package has its libraries at the top" {
    made namespace
    repaired
    holds fakepkg_namespace.dylibs/libextfunc2_rpath.dylib \
        namespace/subpkg/_module.abi3.so
    sound
    again
}

@test "files are told by what is in them, or with --dylibs-only by their names" {
    made suffix
    repaired
    holds fakepkg1/.dylibs/libextfunc.dylib fakepkg1/module.other
    sound
    repaired -d
    cmp "$made" "$result"
    has "$output" "fakepkg1/module.other (x86_64): /build/libextfunc.dylib is not bundled"
}

@test "libraries need each other, and members of the wheel stay where they are" {
    made chain
    repaired
    holds demo/.dylibs/libb.dylib demo/.dylibs/libc.dylib demo/.dylibs/libd.dylib \
        demo/liba.dylib demo/sub/_x.abi3.so
    says demo/liba.dylib \
        "x86_64 id @rpath/liba.dylib" "x86_64 needs @loader_path/.dylibs/libb.dylib" \
        "arm64 id @rpath/liba.dylib" "arm64 needs @loader_path/.dylibs/libb.dylib"
    sound
    again
}

@test "a name that leads somewhere by the rpaths of a loader is let be" {
    made loader_rpaths
    repaired
    says demo/lib/libb.dylib \
        "x86_64 id @rpath/libb.dylib" "x86_64 needs @rpath/libc.dylib" \
        "x86_64 needs @loader_path/../.dylibs/libd.dylib" \
        "arm64 id @rpath/libb.dylib" "arm64 needs @rpath/libc.dylib" \
        "arm64 needs @loader_path/../.dylibs/libd.dylib"
    sound
}

@test "two libraries with one base name get names of their own" {
    made basename
    repaired
    is "$(unzip -Z1 "$result" | grep -c 'demo/\.dylibs/libdup.*\.dylib')" 2
    unzip -q "$result" -d new
    [ "$(sha256sum new/demo/.dylibs/* | cut -c1-64 | sort -u | wc -l)" -eq 2 ]
    sound
    again
}

@test "both names that one file has for one library are rewritten, and stay two" {
    made two_names
    repaired
    holds demo/.dylibs/libext.1.dylib demo/_x.abi3.so
    says demo/_x.abi3.so \
        "x86_64 needs @loader_path/.dylibs/libext.1.dylib" \
        "x86_64 needs @loader_path/./.dylibs/libext.1.dylib" \
        "arm64 needs @loader_path/.dylibs/libext.1.dylib" \
        "arm64 needs @loader_path/./.dylibs/libext.1.dylib"
    sound
    again
}

@test "a library that may be missing is a note" {
    made weak
    repaired
    has "$output" "note     demo/_x.abi3.so"
    has "$output" "@rpath/libmaybe.dylib was not found, and it runs without"
    sound @rpath/libmaybe.dylib
}

@test "a missing library is refused with the slice and the places tried" {
    made missing
    refused "demo/_x.abi3.so (arm64) needs @rpath/libnone.dylib, which was not found"
    has "$stderr" "tried demo/libs/libnone.dylib: no such file"
    has "$stderr" "tried libs/libnone.dylib: no such file"
}

@test "a missing library is let be when that was asked for" {
    made missing
    repaired --ignore-missing-dependencies
    cmp "$made" "$result"
    has "$output" "warning  demo/_x.abi3.so (arm64): @rpath/libnone.dylib was not found"
    repaired -e libnone
    cmp "$made" "$result"
    lacks "$output" libnone
}

@test "offsets are those of the installed place, and programs move into it" {
    made data
    repaired
    says demo-1.0.data/platlib/demo/_x.abi3.so \
        "x86_64 needs @loader_path/.dylibs/libext.dylib" \
        "arm64 needs @loader_path/.dylibs/libext.dylib"
    says demo-1.0.data/purelib/demo/sub/_y.abi3.so \
        "x86_64 needs @loader_path/../.dylibs/libext.dylib" \
        "arm64 needs @loader_path/../.dylibs/libext.dylib"
    says demo.scripts/demo-tool \
        "x86_64 needs @loader_path/../demo/.dylibs/libext.dylib" \
        "arm64 needs @loader_path/../demo/.dylibs/libext.dylib"
    has "$(unzip -p "$result" demo-1.0.data/scripts/demo-tool | head -1)" "#!python"
    sound
    again
}

@test "rpaths that lead out go from every object, and a bare @loader_path stays" {
    made search_paths
    repaired
    is "$(python3 "$srcdir/tests/support/macho_facts.py" "$result" | grep ' arm64 rpath ')" \
        "$(printf 'demo/_x.abi3.so arm64 rpath %s\n' @loader_path @loader_path/../demo \
            @executable_path/../lib)"
    sound
    again
}

@test "rpaths stay as they are when that was asked for" {
    made search_paths
    repaired --no-sanitize-rpaths
    is "$(python3 "$srcdir/tests/support/macho_facts.py" "$result" | grep -c ' rpath ')" 16
    has "$(sound)" "demo/_y.abi3.so arm64: the rpath /build/lib leads out"
}

@test "the interpreter's library is never bundled, wherever it is" {
    made libpython
    refused "needs @rpath/libpython3.11.dylib, which is never bundled"
    has "$stderr" "needs /Library/Frameworks/Python.framework/Versions/3.11/Python, which is never"
    repaired -e libpython -e Python.framework
    cmp "$made" "$result"
}

@test "the folder of the program is known when it is said" {
    made program
    mkdir libs/bin
    run --separate-stderr "$WHEELFIX" repair -w out "$made"
    [ "$status" -eq 1 ]
    has "$stderr" "needs @executable_path/../lib/libext.dylib, which was not found"
    repaired --executable-path libs/bin
    holds demo/.dylibs/libext.dylib demo/_x.abi3.so
    sound
}

@test "an rpath into the system is for the system's libraries, and stays" {
    made swift
    repaired
    holds demo/.dylibs/libext.dylib demo/_x.abi3.so
    says demo/_x.abi3.so \
        "x86_64 needs @rpath/libswiftCore.dylib" \
        "x86_64 needs @loader_path/.dylibs/libext.dylib" "x86_64 rpath /usr/lib/swift" \
        "arm64 needs @rpath/libswiftCore.dylib" \
        "arm64 needs @loader_path/.dylibs/libext.dylib" "arm64 rpath /usr/lib/swift"
    sound
}

@test "what only begins like the system's folders is bundled, and the system is not" {
    made volume
    repaired
    holds demo/.dylibs/libext.dylib demo/.dylibs/libmore.dylib demo/_x.abi3.so
    sound
}

@test "a library that lacks an architecture is not bundled unseen" {
    made thin_library
    repaired
    is "$result" out/demo-1.0-cp311-abi3-macosx_10_9_x86_64.whl
    has "$output" "/build/libext.dylib has no code for arm64"
    refused "was not found for its architecture: libs/libext.dylib has x86_64" -k
    refused "was not found for its architecture: libs/libext.dylib has x86_64" \
        --require-archs arm64
    refused "was not found for its architecture: libs/libext.dylib has x86_64" \
        --require-archs x86_64,arm64
    repaired --require-archs x86_64
}

@test "architectures that are asked for are in the modules and in what they load" {
    made stray
    repaired --require-archs universal2
    repaired --require-archs arm64,x86_64
    repaired --require-archs x86_64 -k
    refused "has no code for i386, which --require-archs asks for" --require-archs intel
}

@test "the tag is that of the newest thing in the wheel" {
    made newer
    repaired
    is "$result" out/demo-1.0-cp311-abi3-macosx_12_0_x86_64.whl
    has "$(unzip -p "$result" demo-1.0.dist-info/WHEEL)" \
        "Tag: cp311-abi3-macosx_12_0_x86_64"
    sound
    again
}

@test "two architectures for two systems are two tags" {
    made newer_arm
    repaired
    is "$result" \
        out/demo-1.0-cp311-abi3-macosx_10_9_x86_64.macosx_12_0_arm64.whl
    again
}

@test "a minor release cannot be said in a tag, and is a warning unless it is asked for" {
    made newer_minor
    repaired
    is "$result" out/demo-1.0-cp311-abi3-macosx_12_0_x86_64.whl
    has "$output" "MACOSX_DEPLOYMENT_TARGET=12.1"
    repaired --require-target-macos-version 12.1
    is "$result" out/demo-1.0-cp311-abi3-macosx_12_0_x86_64.whl
    lacks "$output" MACOSX_DEPLOYMENT_TARGET
    repaired --require-target-macos-version 13.1
    is "$result" out/demo-1.0-cp311-abi3-macosx_13_0_x86_64.whl
}

@test "what is too new for the system that is asked for is listed with the remedy" {
    made newer
    refused "demo/_x.abi3.so needs macOS 10.9; --require-target-macos-version asks for 10.6" \
        --require-target-macos-version 10.6
    has "$stderr" "libs/libext.dylib needs macOS 12.0"
    has "$stderr" "MACOSX_DEPLOYMENT_TARGET=12.0"
    made=${made/10_9/11_0}
    mv demo-1.0-cp311-abi3-macosx_10_9_x86_64.whl "$made"
    MACOSX_DEPLOYMENT_TARGET=11.0 refused "MACOSX_DEPLOYMENT_TARGET asks for 11.0"
}

@test "arm64 is never asked for more than its first system" {
    made stray
    repaired --require-target-macos-version 10.9
    is "$result" "out/$made"
    rm -rf libs
    made newer_arm
    refused "libs/libext.dylib (arm64) needs macOS 12.0" --require-target-macos-version 10.9
    lacks "$stderr" "_x.abi3.so"
}

@test "lld's own header room is enough for short names" {
    made tight
    repaired
    sound
    again
}

@test "where names do not fit, commands that nothing needs make room, and names are shorter" {
    made crowded
    repaired -v
    has "$output" "gives up LC_FUNCTION_STARTS, to have room in its header"
    is "$(python3 "$srcdir/tests/support/macho_facts.py" "$result" demo/_x.abi3.so |
        grep -c needs)" 16
    sound
    again
}

@test "a name that cannot fit is refused with the option that leaves just enough room" {
    made overfull
    refused "_x.abi3.so (x86_64) has no room for the new names of its libraries"
    pad=$(grep -o 'headerpad 0x[0-9a-f]*' <<<"$stderr" | cut -d' ' -f2 | sort | tail -1)
    rm -r libs
    HEADERPAD=$pad made overfull
    repaired
    sound
    rm -r libs
    HEADERPAD=$(printf '0x%x' $((pad - 8))) made overfull
    refused "the load commands are 8 bytes too long for its header"
}

@test "nothing can be linked to a bundle" {
    made bundle
    refused "is of another kind (bundle), and nothing can be linked against that"
}

@test "every slice keeps names and rpaths of its own" {
    made slices
    repaired
    says demo/_x.abi3.so \
        "x86_64 needs @loader_path/.dylibs/libold.dylib" \
        "arm64 needs @loader_path/.dylibs/libnew.dylib" "arm64 rpath @loader_path/a"
    holds demo/.dylibs/libnew.dylib demo/.dylibs/libold.dylib demo/_x.abi3.so
    sound
    again
}

@test "one library found by an rpath and through a link is bundled once" {
    made links
    repaired
    holds demo/.dylibs/libext.1.dylib demo/_x.abi3.so demo/_y.abi3.so
    says demo/_y.abi3.so \
        "x86_64 needs @loader_path/.dylibs/libext.1.dylib" \
        "arm64 needs @loader_path/.dylibs/libext.1.dylib"
    sound
    again
}

@test "objects, archives and what only looks like Mach-O are copied and do not count" {
    made odd
    repaired
    is "$result" "out/$made"
    unzip -q "$made" -d old
    unzip -q "$result" -d new
    for name in arm64.o x86_64.o arm64.a x86_64.a both.a Java.class icon.ico empty; do
        cmp "old/Demo_Pkg/$name" "new/Demo_Pkg/$name"
    done
    sound
}

@test "brackets in names are no more than letters" {
    made odd
    repaired
    says "Demo_Pkg/_x(1).abi3.so" \
        "x86_64 needs @loader_path/.dylibs/libc(member).dylib" \
        "arm64 needs @loader_path/.dylibs/libc(member).dylib"
    repaired -e "libc(member)"
    cmp "$made" "$result"
}

@test "capitals in a project's name stay in the folder of its metadata" {
    made odd
    repaired
    is "$(unzip -Z1 "$result" | grep -c '^Demo_Pkg-1\.0\.dist-info/RECORD$')" 1
    lacks "$(unzip -Z1 "$result")" demo_pkg
}

@test "what leaves repair installs as it is listed" {
    made data
    repaired
    python3 -m pip --version >/dev/null 2>&1 || skip "no pip"
    site=$PWD/site
    python3 -m pip install -q --no-deps --no-index --target "$site" \
        --platform macosx_10_9_universal2 --python-version 3.11 --only-binary :all: "$result"
    cmp <(unzip -p "$result" demo/.dylibs/libext.dylib) "$site/demo/.dylibs/libext.dylib"
    [ -e "$site/demo/_x.abi3.so" ]
    [ -e "$site/demo/sub/_y.abi3.so" ]
    [ -x "$site/demo.scripts/demo-tool" ]
}

@test "a wheel without native code is copied" {
    made pure
    repaired
    cmp "$made" "$result"
}

@test "named folders are searched in the order of dyld" {
    made weak
    mkdir first last
    mv libs/libext.dylib last
    DYLD_FALLBACK_LIBRARY_PATH=last repaired
    has "$output" "from $PWD/last/libext.dylib"
    cp last/libext.dylib libs
    DYLD_FALLBACK_LIBRARY_PATH=last repaired
    has "$output" "from $PWD/libs/libext.dylib"
    cp last/libext.dylib first
    DYLD_LIBRARY_PATH=first repaired
    has "$output" "from $PWD/first/libext.dylib"
}

@test "a library at its own path is before --lib-path and behind DYLD_LIBRARY_PATH" {
    made basename
    cp libs/one/libdup.dylib libs/libdup.dylib
    repaired
    has "$output" "from $PWD/libs/one/libdup.dylib"
    lacks "$output" "from $PWD/libs/libdup.dylib"
    DYLD_LIBRARY_PATH=libs repaired
    has "$output" "from $PWD/libs/libdup.dylib"
    lacks "$output" "from $PWD/libs/one/libdup.dylib"
}

@test "several wheels are repaired in one run, each under its name" {
    made stray
    mkdir more
    mv libs/libextfunc.dylib more
    first=$made
    rm -rf libs
    made newer
    mv more/libextfunc.dylib libs
    run --separate-stderr "$WHEELFIX" repair --lib-path libs -w out "$first" "$made"
    [ "$status" -eq 0 ]
    has "$output" "$first"
    has "$output" "$made"
    is "$(find out -name '*.whl' | wc -l)" 2
}

@test "members have the time of SOURCE_DATE_EPOCH, and no earlier one than archives know" {
    made stray
    for epoch in 42 315532800 315532802 1580601600; do
        SOURCE_DATE_EPOCH=$epoch repaired
        zipinfo -T "$result" | awk '/fakepkg1/ && $8 ~ /\// { print $7 }' | sort -u
    done >stamps
    is "$(tr '\n' ' ' <stamps)" \
        "19800101.000000 19800101.000000 19800101.000002 20200202.000000 "
}

@test "the same wheel gives the same bytes with one thread and with many" {
    made chain
    repaired -j 1
    cp "$result" one.whl
    repaired -j 4
    cmp one.whl "$result"
}
