#!/bin/sh
# bootstrap.sh -- everything a newcomer needs: what is missing is installed, then built.
#
#   ./bootstrap.sh                 set up and build             -> build/release/wheelfix
#   ./bootstrap.sh demo [WHEEL…]   set up, build, repair a wheel that it makes and installs
#   ./bootstrap.sh check           set up with the test tools, run every test
#   ./bootstrap.sh static          the program without any shared library, below build/release
#   --no-install (before or after) leave the system alone; say what is missing
#
# Safe to run twice; prints what it runs.  Builds stand in build/, never in the sources.
set -eu
unset CDPATH
called_from=$PWD
cd "$(dirname "$0")"
# What is said reaches the terminal when what is run goes into a log.
exec 3>&2
jobs=$(nproc 2>/dev/null || echo 2)

# One row per thing needed: what for, how to see that it is there, its package for apt,
# dnf and apk ("-": none is known).  "pc:NAME" asks pkg-config, "a:NAME" the linker for a
# static library, else a command.  A distribution's cargo runs the tests of check; those of
# check-wheelpack have lock files that want 1.78 or later, as rustup installs it.
needs='
build  gcc             gcc                        gcc                         build-base
build  g++             g++                        gcc-c++                     g++
build  make            make                       make                        make
build  autoconf        autoconf                   autoconf                    autoconf
build  automake        automake                   automake                    automake
build  pkg-config      pkg-config                 pkgconf-pkg-config          pkgconf
build  pc:libelf       libelf-dev                 elfutils-libelf-devel       elfutils-dev
build  pc:libdeflate   libdeflate-dev             libdeflate-devel            libdeflate-dev
build  pc:zlib         zlib1g-dev                 zlib-devel                  zlib-dev
build  pc:libcrypto    libssl-dev                 openssl-devel               openssl-dev
build  pc:libcjson     libcjson-dev               cjson-devel                 cjson-dev
build  pc:libzip       libzip-dev                 libzip-devel                libzip-dev
build  pc:libarchive   libarchive-dev             libarchive-devel            libarchive-dev
build  pc:tomlplusplus libtomlplusplus-dev        tomlplusplus-devel          tomlplusplus-dev
demo   python3         python3                    python3                     python3
demo   python-header   python3-dev                python3-devel               python3-dev
demo   python-venv     python3-venv               python3                     python3
check  pc:cmocka       libcmocka-dev              libcmocka-devel             cmocka-dev
check  bats            bats                       bats                        bats
check  git             git                        git                         git
check  clang           clang                      clang                       clang
check  clang-format    clang-format               clang-tools-extra           clang-extra-tools
check  ld.lld          lld                        lld                         lld
check  llvm-strip      llvm                       llvm                        llvm
check  strip           binutils                   binutils                    binutils
check  eu-readelf      elfutils                   elfutils                    elfutils
check  gdb             gdb                        gdb                         gdb
check  mandoc          mandoc                     mandoc                      mandoc
check  shellcheck      shellcheck                 ShellCheck                  shellcheck
check  mold            mold                       mold                        mold
check  rpmbuild        rpm                        rpm-build                   rpm
check  patchelf        patchelf                   patchelf                    patchelf
check  cargo           cargo                      cargo                       cargo
check  cbindgen        cbindgen                   cbindgen                    cbindgen
check  musl-gcc        musl-tools                 musl-gcc                    -
check  aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu gcc-aarch64-linux-gnu      -
check  s390x-linux-gnu-gcc   gcc-s390x-linux-gnu   gcc-s390x-linux-gnu        -
check  qemu-aarch64-static   qemu-user-static      qemu-user-static           -
check  python-pip      python3-pip                python3-pip                 py3-pip
check  python-macholib python3-macholib           -                           -
check  x86_64-w64-mingw32-gcc gcc-mingw-w64-x86-64 mingw64-gcc                mingw-w64-gcc
check  i686-w64-mingw32-gcc   gcc-mingw-w64-i686   mingw32-gcc                -
check  osslsigncode    osslsigncode               osslsigncode                osslsigncode
check  wine            wine                       wine-core                   wine
check  python-pefile  python3-pefile              python3-pefile              -
static cmake           cmake                      cmake                       cmake
static patch           patch                      patch                       patch
static xz              xz-utils                   xz                          xz
static a:c             libc6-dev                  glibc-static                musl-dev
static a:elf           libelf-dev                 elfutils-libelf-devel-static libelf-static
static a:deflate       libdeflate-dev             -                           libdeflate-static
static a:z             zlib1g-dev                 zlib-static                 zlib-static
static a:crypto        libssl-dev                 -                           openssl-libs-static
check  pc:libpq        libpq-dev                  libpq-devel                 libpq-dev
check  pc:cairo        libcairo2-dev              cairo-devel                 cairo-dev
check  pc:portaudio-2.0 portaudio19-dev           portaudio-devel             portaudio-dev
'

say() {
    printf '%s\n' "$*" >&3
}

run() {
    say "+ $*"
    "$@"
}

die() {
    say "bootstrap.sh: $*"
    exit 1
}

is_there() {
    case $1 in
    pc:*) pkg-config --exists "${1#pc:}" 2>/dev/null ;;
    a:*) echo 'int main(void) { return 0; }' |
        gcc -static -o /dev/null -x c - -x none "-l${1#a:}" 2>/dev/null ;;
    python-header)
        header=$(python3 -c 'import sysconfig; print(sysconfig.get_paths()["include"])' \
            2>/dev/null) && [ -e "$header/Python.h" ]
        ;;
    python-venv) python3 -c 'import ensurepip, venv' 2>/dev/null ;;
    python-pip) python3 -c 'import pip' 2>/dev/null ;;
    # As the proof looks for it: a distribution's package is not seen by every python3.
    python-macholib)
        PYTHONPATH=/usr/lib/python3/dist-packages python3 -c 'import macholib' 2>/dev/null
        ;;
    *) command -v "$1" >/dev/null 2>&1 ;;
    esac
}

manager() {
    for m in apt-get dnf apk; do
        if command -v "$m" >/dev/null 2>&1; then
            echo "$m"
            return
        fi
    done
    echo none
}

# Prints "thing package" for each row of the groups named that is not there.
missing() {
    printf '%s\n' "$needs" | while read -r group thing apt dnf apk; do
        case " $* " in *" $group "*) ;; *) continue ;; esac
        is_there "$thing" && continue
        case $(manager) in
        apt-get) echo "$thing $apt" ;;
        dnf) echo "$thing $dnf" ;;
        apk) echo "$thing $apk" ;;
        *) echo "$thing -" ;;
        esac
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        run "$@"
    elif command -v sudo >/dev/null 2>&1; then
        run sudo "$@"
    else
        die "root is needed to run: $*  (or install that by hand and pass --no-install)"
    fi
}

# set_up NEEDED [OPTIONAL]: groups of rows.  Without those that are optional the tests that
# want them are skipped, and say so.
set_up() {
    needed=$1
    optional=${2-}
    # shellcheck disable=SC2086 # lists of groups
    lacking=$(missing $needed $optional)
    [ -n "$lacking" ] || return 0
    if [ "$install" = no ]; then
        say "missing on this system:"
        printf '%s\n' "$lacking" | awk '
            { printf "  %-24s %s\n", $1, $2 == "-" ? "has no package here" : "package " $2 }' >&2
        # shellcheck disable=SC2086
        [ -n "$(missing $needed)" ] || return 0
        die "install these, or run without --no-install"
    fi
    install_packages "$(printf '%s\n' "$lacking" | awk '$2 != "-" { print $2 }' | sort -u)"
    # shellcheck disable=SC2086
    lacking=$(missing $needed)
    [ -z "$lacking" ] || die "still missing after installing: $lacking"
}

install_packages() {
    [ "$(manager)" != none ] || die "no apt-get, dnf or apk here; needed: $lacking"
    [ -n "$1" ] || return 0
    # shellcheck disable=SC2086 # a list of package names
    case $(manager) in
    apt-get)
        as_root apt-get update -qq
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $1
        ;;
    dnf) as_root dnf install -y -q $1 ;;
    apk) as_root apk add -q $1 ;;
    esac
}

generate() {
    [ -x configure ] && [ -z "$(find configure.ac m4 -newer configure)" ] && return
    run autoreconf -fi
}

# build FOLDER CC [configure options]: configured once and rebuilt as needed; from scratch
# when the options changed or a tool of the tests that configure asks for came or went.
# configure is named by a relative path, which has no space when the folder's own has one.
build() {
    folder=build/$1
    cc=$2
    shift 2
    setting="$cc $* without: $(missing check | grep -E '^(pc:cmocka|bats) ')" || true
    if [ "$(cat "$folder/setting" 2>/dev/null)" != "$setting" ]; then
        rm -rf "$folder"
        mkdir -p "$folder"
        (cd "$folder" && run env CC="$cc" ../../configure --quiet "$@") || return
        printf '%s\n' "$setting" >"$folder/setting"
    fi
    run make -C "$folder" -s -j"$jobs"
}

# result FOLDER STEP RESULT TEXT: counted with the results of the tests.
result() {
    mkdir -p "$1"
    echo ":test-result: $3 $1" >"$1/$2.trs"
    [ "$3" = PASS ] || echo "$3: $1 - $4" >"$1/$2-result.log"
}

# build_all FOLDER CC [configure options]: the programs and the tests, into a log.
build_all() {
    name=$1
    log=build/$name.log
    find build -path "build/$name/*" \( -name '*.trs' -o -name '*-result.log' \) \
        -exec rm -f '{}' +
    if build "$@" >"$log" 2>&1 &&
        run make -C "build/$name" -s -k -j"$jobs" check TESTS= >>"$log" 2>&1; then
        result "build/$name" build PASS
        return
    fi
    result "build/$name" build FAIL "does not build, see $log"
    say "build/$name does not build, see $log:"
    grep -E '(error: |warning: |undefined reference|\*\*\*)' "$log" | head -n 40 >&2 || true
    return 1
}

# test_all FOLDER: make itself may stop before a test can fail.
test_all() {
    log=build/$1-check.log
    run make -C "build/$1" -s -j"$jobs" -k check >"$log" 2>&1 && return
    grep -rqE --include='*.trs' '^:test-result: *(FAIL|ERROR|XPASS)' "build/$1" && return
    result "build/$1" check FAIL "make check stopped, see $log"
    tail -n 20 "$log" >&2
}

# warn_of_cargo: what a distribution's cargo cannot do, told where one prepares for it.
warn_of_cargo() {
    version=$(cargo --version 2>/dev/null) || return 0
    printf '%s\n' "$version" |
        awk -F '[ .]' '{ exit !($2 > 1 || ($2 == 1 && $3 >= 78)) }' && return
    say "this is $version: make check-wheelpack is skipped below 1.78, which rustup installs" \
        "(https://rustup.rs)"
}

check() {
    set_up build "demo check"
    warn_of_cargo
    generate
    mkdir -p build
    if build_all check gcc --enable-werror; then
        test_all check
    fi
    if build_all sanitizers gcc --enable-werror --enable-sanitizers CFLAGS='-O1 -g'; then
        test_all sanitizers
    fi
    if is_there clang; then
        build_all clang clang --enable-werror || true
    else
        result build/clang build SKIP "clang is not here"
    fi
    run sh tests/count_results.sh build/check build/sanitizers build/clang
}

demo() {
    if [ $# -eq 0 ]; then
        set_up "build demo"
    else
        set_up build
        for wheel; do
            shift
            set -- "$@" "$(from_here "$wheel")"
        done
    fi
    generate
    build release gcc
    rm -rf build/demo
    mkdir -p build/demo
    made=no
    if [ $# -eq 0 ]; then
        made=yes
        run python3 tests/support/demo_wheel.py build/demo
        set -- build/demo/*.whl
    fi
    run build/release/wheelfix show "$@"
    run build/release/wheelfix repair -w build/demo/wheelhouse "$@"
    run build/release/wheelfix show build/demo/wheelhouse
    [ "$made" = no ] || use_wheel build/demo/wheelhouse/*.whl
}

# use_wheel WHEEL: installs and calls it, and prints which libraries that loaded.
use_wheel() {
    run python3 -m venv build/demo/venv
    run build/demo/venv/bin/pip install -q --no-index --no-deps "$1"
    run build/demo/venv/bin/python -c 'import wheelfix_demo
print("versions of libelf and cJSON:", *wheelfix_demo.versions())
for path in sorted({line.split()[-1] for line in open("/proc/self/maps")}):
    if "wheelfix_demo" in path:
        print("loaded:", path.partition("site-packages/")[2])'
}

make_static() {
    set_up "build static"
    lacking=$(missing static)
    [ -z "$lacking" ] || die "missing: $lacking"
    generate
    build release gcc
    run make -C build/release -s static
}

# Wheels are named from where the caller stands.
from_here() {
    case $1 in
    -* | /*) printf '%s\n' "$1" ;;
    *) printf '%s/%s\n' "$called_from" "$1" ;;
    esac
}

install=yes
for arg in "$@"; do
    shift
    case $arg in
    --no-install) install=no ;;
    *) set -- "$@" "$arg" ;;
    esac
done

case ${1-build} in
build)
    set_up build
    generate
    build release gcc
    say "built: build/release/wheelfix  (install with: make -C build/release install)"
    ;;
demo)
    shift
    demo "$@"
    ;;
check) check ;;
static) make_static ;;
-h | --help) sed -n '2,10s/^# \{0,1\}//p' "$0" ;;
*) die "unknown command '$1'; try: ./bootstrap.sh [demo [WHEEL…] | check | static] [--no-install]" ;;
esac
