#!/bin/sh
# build.sh FOLDER -- builds FOLDER/wheelfix, which needs no shared library.
#
# Debian has static archives of every library used but libzip and cJSON.  These two are
# built here from its source packages, whose files sources.tsv pins.  They are kept in
# $WHEELFIX_STATIC_SOURCES (else wheelfix/static in the user's cache folder); a file that
# is not there is fetched by apt-get, which checks the archive's signature.  On a system
# without apt-get the files are to be put there by hand.
set -eu

[ $# -eq 1 ] || { echo "usage: build.sh FOLDER" >&2; exit 2; }
top=$(cd "$(dirname "$0")/.." && pwd)
pins=$top/static/sources.tsv
cache=${WHEELFIX_STATIC_SOURCES:-${XDG_CACHE_HOME:-$HOME/.cache}/wheelfix/static}
mkdir -p "$1" "$cache"
folder=$(cd "$1" && pwd)
prefix=$folder/prefix

say() {
    printf 'static: %s\n' "$*" >&2
}

die() {
    say "$*"
    exit 1
}

# logged FILE COMMAND...: its output is shown only when it fails.
logged() {
    log=$folder/$1.log
    shift
    "$@" >"$log" 2>&1 || { tail -n 40 "$log" >&2; die "failed: $* (all of it: $log)"; }
}

# is_pinned FILE: its name and content are those of a row.
is_pinned() {
    wanted=$(awk -F'\t' -v name="${1##*/}" '$3 == name { print $4 }' "$pins")
    [ -f "$1" ] && [ -n "$wanted" ] && [ "$(sha256sum <"$1")" = "$wanted  -" ]
}

# own_lists COMMAND...: apt-get with the system's mirrors and keys, but lists of its own,
# which needs no privilege.
own_lists() {
    apt-get -qq -o Dir::State::Lists="$folder/apt/lists" -o Dir::Cache="$folder/apt/cache" \
        -o APT::Sandbox::User="$(id -un)" -o Acquire::Retries=3 "$@"
}

# of_sources COMMAND...: the same for source packages, which few systems have lists of.
of_sources() {
    own_lists -o Dir::Etc::SourceList="$folder/apt/sources.list" \
        -o Dir::Etc::SourceParts=/dev/null "$@"
}

# name_sources APT-GET...: the system's mirrors, asked for source packages.  apt-get knows
# only those whose lists were read.
name_sources() {
    # shellcheck disable=SC2016 # apt-get fills these in
    "$@" indextargets --format 'deb-src $(REPO_URI) $(RELEASE) $(COMPONENT)' \
        'Identifier: Packages' | sort -u >"$folder/apt/sources.list"
}

read_source_lists() {
    [ ! -e "$folder/apt/read" ] || return 0
    command -v apt-get >/dev/null ||
        die "no apt-get here; put the files of $pins into $cache"
    mkdir -p "$folder/apt/lists/partial" "$folder/apt/cache/archives/partial"
    name_sources apt-get
    if [ ! -s "$folder/apt/sources.list" ]; then
        logged apt own_lists update
        name_sources own_lists
    fi
    # A mirror of somebody else may have no source packages, which is no harm.
    of_sources update >"$folder/apt.log" 2>&1 || cat "$folder/apt.log" >&2
    : >"$folder/apt/read"
}

# fetch PACKAGE VERSION INTO: the files of the source package.  A distribution keeps only
# its newest revision, so another one than the pinned is taken when that is gone.
fetch() {
    read_source_lists
    rm -rf "$3"
    mkdir -p "$3"
    (
        cd "$3" || exit 1
        of_sources source --download-only "$1=$2" >"$folder/apt.log" 2>&1 && exit
        of_sources source --download-only "$1" >>"$folder/apt.log" 2>&1
    ) || { cat "$folder/apt.log" >&2; die "cannot fetch the source package $1"; }
}

# provide PACKAGE INTO: its source files, from the cache when they are what is pinned.
provide() {
    version=$(awk -F'\t' -v package="$1" '$1 == package { print $2; exit }' "$pins")
    files=$(awk -F'\t' -v package="$1" '$1 == package { print $3 }' "$pins")
    for file in $files; do
        is_pinned "$cache/$file" && continue
        [ ! -e "$cache/$file" ] || die "$cache/$file is not what $pins pins"
        fetch "$1" "$version" "$2"
        for found in "$2"/*.tar.*; do
            if is_pinned "$found"; then
                cp "$found" "$cache/.${found##*/}.$$"
                mv "$cache/.${found##*/}.$$" "$cache/${found##*/}"
            elif printf '%s\n' "$files" | grep -qxF "${found##*/}"; then
                die "$found is not what $pins pins"
            else
                say "not pinned, but signed by the distribution: ${found##*/}"
            fi
        done
        return
    done
    rm -rf "$2"
    mkdir -p "$2"
    for file in $files; do
        cp "$cache/$file" "$2/"
    done
}

# unpack FILES INTO: the original, with the distribution's patches.
unpack() {
    rm -rf "$2"
    mkdir -p "$2"
    tar -xf "$1"/*.orig.tar.* -C "$2" --strip-components=1
    tar -xf "$1"/*.debian.tar.* -C "$2"
    [ -e "$2/debian/patches/series" ] || return 0
    sed 's/[[:space:]]*#.*//; /^$/d' "$2/debian/patches/series" | while read -r patch level; do
        patch -s "${level:--p1}" -d "$2" <"$2/debian/patches/$patch" || exit 1
    done
}

# build_library PACKAGE [cmake options]: into the prefix, once.
build_library() {
    package=$1
    shift
    [ ! -e "$folder/$package.built" ] || return 0
    provide "$package" "$folder/$package-files"
    unpack "$folder/$package-files" "$folder/$package-source"
    logged "$package" cmake -S "$folder/$package-source" -B "$folder/$package-build" \
        -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_COMPILER="${CC:-gcc}" \
        -DCMAKE_C_FLAGS='-fPIE -fstack-protector-strong -D_FORTIFY_SOURCE=2' \
        -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_INSTALL_LIBDIR=lib \
        -DCMAKE_POLICY_VERSION_MINIMUM=3.5 -DBUILD_SHARED_LIBS=OFF "$@"
    logged "$package" cmake --build "$folder/$package-build" --target install
    : >"$folder/$package.built"
}

build_program() {
    mkdir -p "$folder/program"
    [ -e "$folder/program/Makefile" ] ||
        (
            cd "$folder/program"
            # Where it was built is no part of it.
            logged configure env PKG_CONFIG_PATH="$prefix/lib/pkgconfig" \
                "$top/configure" --quiet --enable-static CC="${CC:-gcc}" \
                CFLAGS="-O2 -ffile-prefix-map=$top/=" LDFLAGS=-s
        )
    # The linker warns that libcrypto could look up host names; nothing here asks it to.
    logged program "${MAKE:-make}" -C "$folder/program" -s wheelfix
    cp "$folder/program/wheelfix" "$folder/.wheelfix"
    mv "$folder/.wheelfix" "$folder/wheelfix"
}

build_library cjson -DENABLE_CJSON_TEST=OFF -DBUILD_SHARED_AND_STATIC_LIBS=OFF
build_library libzip -DENABLE_COMMONCRYPTO=OFF -DENABLE_GNUTLS=OFF -DENABLE_MBEDTLS=OFF \
    -DENABLE_OPENSSL=OFF -DENABLE_WINDOWS_CRYPTO=OFF -DENABLE_BZIP2=OFF -DENABLE_LZMA=OFF \
    -DENABLE_ZSTD=OFF -DBUILD_TOOLS=OFF -DBUILD_REGRESS=OFF -DBUILD_EXAMPLES=OFF \
    -DBUILD_DOC=OFF
build_program
say "built: $folder/wheelfix"
