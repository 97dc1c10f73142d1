#!/usr/bin/env bats
# Options and variables for macOS wheels: which are known, checked, and for which wheels.
# shellcheck disable=SC2154 # bats and the file below set what is used here
load ../support/cli

macos=demo-1.0-cp311-cp311-macosx_11_0_arm64.whl
linux=demo-1.0-cp311-cp311-linux_x86_64.whl

@test "every option of delocate-wheel is known by its names" {
    claims macosx_11_0_arm64
    fine repair -w out -L .dylibs -d -e one -e two --executable-path bin \
        --ignore-missing-dependencies --sanitize-rpaths -k --require-archs arm64 \
        --require-target-macos-version 11.0 -v "$macos"
    cmp "$macos" "out/$macos"
    fine repair -w out --lib-sdir libs --dylibs-only --exclude one --no-sanitize-rpaths \
        --check-archs --require-archs=universal2 -v "$macos"
    fine repair -w out --sign=always "$macos"
    fine repair -w out --sign auto "$macos"
}

@test "the options that cibuildwheel gives are accepted as they stand" {
    claims macosx_11_0_arm64
    for archs in arm64 x86_64 x86_64,arm64; do
        fine repair --require-archs "$archs" -w out -v "$macos"
    done
}

@test "words for architectures are expanded, also in lists, or refused" {
    claims macosx_11_0_arm64
    for archs in intel universal2 i386 "x86_64, arm64" universal2,i386; do
        fine repair -w out --require-archs "$archs" "$macos"
    done
    wrong '--require-archs takes x86_64, arm64, universal2, intel or a list of such, not "arm46"; did you mean arm64?' \
        repair --require-archs x86_64,arm46 "$macos"
    wrong '--require-archs takes x86_64, arm64, universal2, intel or a list of such, not ""' \
        repair --require-archs= "$macos"
    wrong '--require-archs takes x86_64, arm64, universal2, intel or a list of such, not ""' \
        repair --require-archs arm64, "$macos"
}

@test "a version of macOS has one to three numbers" {
    claims macosx_11_0_arm64
    for version in 11 10.9 12.0.1; do
        fine repair -w out --require-target-macos-version $version "$macos"
        MACOSX_DEPLOYMENT_TARGET=$version fine repair -w out "$macos"
        MACOSX_DEPLOYMENT_TARGET=$version fine show "$macos"
        fine show --require-target-macos-version $version "$macos"
    done
    for version in eleven 11. .9 0 10.256 1.2.3.4 -1 "11 " 65536; do
        wrong "--require-target-macos-version takes a version of macOS, such as 10.13 or 11.0, not \"$version\"" \
            repair "--require-target-macos-version=$version" "$macos"
        MACOSX_DEPLOYMENT_TARGET=$version wrong \
            "MACOSX_DEPLOYMENT_TARGET takes a version of macOS, such as 10.13 or 11.0, not \"$version\"" \
            show "$macos"
    done
}

@test "the option for the version wins over the variable, and an empty one is unset" {
    claims macosx_11_0_arm64
    MACOSX_DEPLOYMENT_TARGET=rubbish fine repair -w out --require-target-macos-version 11 "$macos"
    MACOSX_DEPLOYMENT_TARGET='' fine repair -w out "$macos"
}

@test "a variable for macOS does not disturb wheels for other systems" {
    claims linux_x86_64
    MACOSX_DEPLOYMENT_TARGET=rubbish fine repair -w out "$linux"
    MACOSX_DEPLOYMENT_TARGET=rubbish fine show "$linux"
}

@test "an option that means something for none of the wheels is an error" {
    claims macosx_11_0_arm64
    claims linux_x86_64
    for words in --dylibs-only --executable-path=. --ignore-missing-dependencies \
        --sanitize-rpaths --no-sanitize-rpaths --check-archs --require-archs=arm64 \
        --require-target-macos-version=11 --sign=auto; do
        wrong "${words%%=*} means something for macOS wheels only, and none of them was given" \
            repair -w out "$words" "$linux"
        fine repair -w out "$words" "$macos"
        rm -rf out
        fine repair -w out "$words" "$macos" "$linux"
        rm -rf out
    done
    for words in --clear-exec-stack --disable-isa-ext-check --ldpaths=lib; do
        wrong "${words%%=*} means something for Linux wheels only, and none of them was given" \
            repair -w out "$words" "$macos"
        fine repair -w out "$words" "$linux" "$macos"
        rm -rf out
    done
    wrong "--debug-dir means something for Linux wheels only, and none of them was given" \
        repair -w out --strip --debug-dir=debug "$macos"
    wrong "--executable-path means something for macOS wheels only, and none of them was given" \
        show --executable-path . "$linux"
    wrong "--ldpaths means something for Linux wheels only, and none of them was given" \
        show --ldpaths . "$macos"
    [ ! -e out ]
}

@test "a folder stands for its wheels, and what says nothing may be for every system" {
    mkdir wheels
    (cd wheels && claims linux_x86_64)
    wrong "--check-archs means something for macOS wheels only, and none of them was given" \
        repair -w out -k wheels
    (cd wheels && claims macosx_11_0_arm64)
    fine repair -w out -k wheels
    claims any
    fine repair -w any -k --clear-exec-stack demo-1.0-cp311-cp311-any.whl
    echo "$linux" >list
    claims linux_x86_64
    fine show --executable-path . --from list
}

@test "two ways to ask for search paths contradict each other" {
    wrong "--sanitize-rpaths and --no-sanitize-rpaths contradict each other" \
        repair --sanitize-rpaths --no-sanitize-rpaths x
    wrong '--sign takes auto|always, not "never"' repair --sign never x
}

@test "--plat knows the words of macOS" {
    claims macosx_11_0_arm64
    for tag in macosx_11_0_arm64 macosx_10_13_universal2 macosx_11_0; do
        run --separate-stderr "$WHEELFIX" repair --dry-run --plat $tag "$macos"
        [ "$status" -ne 2 ] || { echo "$tag: $stderr" >&2; return 1; }
    done
    for tag in macosx_11_0_amr64 macosx_11_arm64 macosx_arm64; do
        wrong "--plat: unknown tag \"$tag\"; tags of macOS are macosx_MAJOR_MINOR_ARCH, with x86_64, arm64 or universal2" \
            repair --plat $tag "$macos"
    done
}

@test "-L takes the name of a folder on every system" {
    claims macosx_11_0_arm64
    fine repair -w out -L .mylibs "$macos"
    wrong "--lib-sdir takes the end of a folder's name, not \"a/b\"" repair -L a/b "$macos"
}
