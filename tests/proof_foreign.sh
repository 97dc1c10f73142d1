#!/bin/sh
# Libraries and a program of other architectures, edited and stripped here, run under
# qemu-user against a sysroot unpacked from Debian's packages, in which the originals are
# hidden: what runs, runs with what we wrote.
#
#   proof_foreign.sh [ARCH...]        (default: every architecture below)
#
# Needs the network once: packages are kept in $WHEELFIX_SYSROOTS (default: a folder of the
# user's cache).  `make check-foreign` runs it; it is no part of `make check`.
#
# For each architecture libz and libpng get names as a repair gives them, libpng needs the
# renamed libz (with its version need), the program needs both and finds them through $ORIGIN.
set -eu

# Debian's name, qemu's name, folder of the architecture, suite.
arches='
arm64    aarch64  aarch64-linux-gnu      bookworm
armhf    arm      arm-linux-gnueabihf    bookworm
i386     i386     i386-linux-gnu         bookworm
ppc64el  ppc64le  powerpc64le-linux-gnu  bookworm
s390x    s390x    s390x-linux-gnu        bookworm
riscv64  riscv64  riscv64-linux-gnu      trixie
'
# Machines whose kernels may have pages of 64 KiB.
large_pages=' arm64 ppc64el '

tools=${builddir:-.}/tests/support
cache=${WHEELFIX_SYSROOTS:-${XDG_CACHE_HOME:-$HOME/.cache}/wheelfix/sysroots}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0
failed=0

say() {
    printf '%s\n' "$*"
}

pass() {
    passed=$((passed + 1))
}

fail() {
    failed=$((failed + 1))
    say "not ok: $*"
}

for program in apt-get dpkg-deb python3 readelf eu-elflint eu-strip llvm-strip; do
    command -v "$program" >/dev/null || {
        say "$program is missing"
        exit 77
    }
done
for tool in elfedit_tool strip_tool; do
    [ -x "$tools/$tool" ] || {
        say "$tools/$tool was not built"
        exit 77
    }
done

# ---- sysroots ----------------------------------------------------------------------------

# The address of Debian's archive that this machine uses.
archive() {
    # shellcheck disable=SC2016 # apt-get's own variables
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' \
        'Origin: Debian' | grep '/debian/$' | sort -u | head -n 1
}

# private_apt DEBIAN_ARCH SUITE: a configuration that knows nothing of this machine's packages.
private_apt() {
    root=$cache/apt-$1
    mkdir -p "$root/lists/partial" "$root/archives/partial"
    : >"$root/status"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(archive) $2 main" \
        >"$root/sources.list"
    cat >"$root/apt.conf" <<END
APT::Architecture "$1";
APT::Architectures { "$1"; };
APT::Sandbox::User "root";
Acquire::Languages "none";
Dir::Etc::SourceList "$root/sources.list";
Dir::Etc::SourceParts "-";
Dir::State::Lists "$root/lists";
Dir::State::Status "$root/status";
Dir::Cache "$root";
Dir::Cache::Archives "$root/archives";
END
}

# sysroot DEBIAN_ARCH TRIPLET SUITE: unpacks into $cache/DEBIAN_ARCH unless it is there.
sysroot() {
    [ ! -e "$cache/$1/complete" ] || return 0
    private_apt "$1" "$3"
    rm -rf "${cache:?}/$1"
    mkdir -p "$cache/$1"
    png=libpng16-16
    [ "$3" = bookworm ] || png=libpng16-16t64
    (
        APT_CONFIG=$cache/apt-$1/apt.conf
        export APT_CONFIG
        cd "$cache/apt-$1/archives"
        apt-get -qq update
        apt-get -qq download libc6 libgcc-s1 zlib1g "$png" libpng-tools
        for package in ./*.deb; do
            dpkg-deb --extract "$package" "$cache/$1"
        done
    )
    # A merged /usr is made by the installer, not by packages; and loaders are found through
    # links that are absolute on ppc64el.
    for folder in lib lib64; do
        [ -e "$cache/$1/$folder" ] || [ ! -e "$cache/$1/usr/$folder" ] ||
            ln -s "usr/$folder" "$cache/$1/$folder"
    done
    find "$cache/$1" -type l -lname '/*' | while read -r link; do
        ln -sf "$(realpath -s --relative-to="$(dirname "$link")" \
            "$cache/$1$(readlink "$link")")" "$link"
    done
    rm -rf "$cache/apt-$1"
    : >"$cache/$1/complete"
}

# library NAME: the file of the sysroot that has this SONAME.
library() {
    for folder in "$root/lib/$triplet" "$root/usr/lib/$triplet"; do
        [ ! -e "$folder/$1" ] || {
            realpath "$folder/$1"
            return
        }
    done
}

# ---- what is run --------------------------------------------------------------------------

picture() {
    python3 - "$1" <<'END'
import struct, sys, zlib

def chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

rows = b"".join(b"\0" + bytes((x * y) % 256 for x in range(64)) for y in range(64))
with open(sys.argv[1], "wb") as f:
    f.write(b"\x89PNG\r\n\x1a\n")
    f.write(chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 0, 0, 0, 0)))
    f.write(chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
END
}

# run SYSROOT PROGRAM: what pngfix makes of the picture; its libraries must be there.  The
# folders are named because 32-bit loaders ask for them in a way (statx) in which qemu 7.2
# does not look into the sysroot; DT_RPATH comes before them.
run() {
    # shellcheck disable=SC2086 # options
    "qemu-$qemu-static" $options -L "$1" \
        -E "LD_LIBRARY_PATH=$1/lib/$triplet:$1/usr/lib/$triplet" "$2" --out="$scratch/fixed.png" \
        "$scratch/picture.png" >"$scratch/out" 2>&1 || {
        cat "$scratch/out"
        return 1
    }
    cat "$scratch/out"
    cksum <"$scratch/fixed.png"
}

# findings FILE: what linters say, without numbers of sections.
findings() {
    { eu-elflint --gnu-ld "$1"; readelf -aW "$1" | grep -iE 'warning|error:'; } 2>&1 |
        grep -v '^No errors$' | sed -E "s|$1|FILE|g; s/\[ *[0-9]+\]/[]/g; s/[0-9]+/N/g" |
        sort -u
}

# new_findings BEFORE AFTER
new_findings() {
    findings "$1" >"$scratch/before.txt"
    findings "$2" >"$scratch/after.txt"
    comm -13 "$scratch/before.txt" "$scratch/after.txt"
}

z=libz-0a1b2c3d.so.1
png=libpng16-4e5f6a7b.so.16
origin="\$ORIGIN"

edit() {
    "$tools/elfedit_tool" "$@"
}

# edit_all FROM TO: the three files of folder FROM, edited into TO.
edit_all() {
    mkdir -p "$2/bin" "$2/libs"
    edit --soname "$z" "$1/libs/$z" "$2/libs/$z" &&
        edit --soname "$png" --rename libz.so.1 "$z" --rpath "$origin" \
            "$1/libs/$png" "$2/libs/$png" &&
        edit --rename libz.so.1 "$z" --rename libpng16.so.16 "$png" \
            --rpath "$origin/../libs" "$1/bin/pngfix" "$2/bin/pngfix" || return 1
    chmod +x "$2/bin/pngfix"
}

# strip_all FROM TO COMMAND...: the command gets IN and OUT.
strip_all() {
    from=$1
    to=$2
    shift 2
    mkdir -p "$to/bin" "$to/libs"
    for file in "bin/pngfix" "libs/$z" "libs/$png"; do
        "$@" "$from/$file" "$to/$file" || return 1
    done
    chmod +x "$to/bin/pngfix"
}

eu_strip() {
    eu-strip -o "$2" "$1"
}

llvm_strip() {
    llvm-strip --strip-all "$1" -o "$2"
}

our_strip() {
    "$tools/strip_tool" all "$1" "$2"
}

# check STATE: the files in $work/STATE run as the originals did; linters find nothing new.
check() {
    if got=$(run "$bare" "$work/$1/bin/pngfix") && [ "$got" = "$wanted" ]; then
        pass
    else
        fail "$arch${options:+ $options}: $1: $got"
    fi
}

lint() {
    for file in bin/pngfix "libs/$z" "libs/$png"; do
        new=$(new_findings "$work/plain/$file" "$work/$1/$file")
        if [ -z "$new" ]; then
            pass
        else
            fail "$arch: $1: $file: $new"
        fi
    done
}

# The states, from the files as Debian has them.
make_states() {
    mkdir -p "$work/plain/bin" "$work/plain/libs"
    cp "$root/usr/bin/pngfix" "$work/plain/bin/pngfix"
    cp "$(library libz.so.1)" "$work/plain/libs/$z"
    cp "$(library libpng16.so.16)" "$work/plain/libs/$png"
    edit_all "$work/plain" "$work/edited" >"$scratch/rooms"
    edit_all "$work/edited" "$work/edited-twice" >/dev/null
    strip_all "$work/edited" "$work/edited-stripped" our_strip
    strip_all "$work/edited" "$work/edited-eu-stripped" eu_strip
    strip_all "$work/edited" "$work/edited-llvm-stripped" llvm_strip
    strip_all "$work/plain" "$work/stripped" our_strip
    edit_all "$work/stripped" "$work/stripped-edited" >/dev/null
}

check_arch() {
    arch=$1 qemu=$2 triplet=$3
    options=
    command -v "qemu-$qemu-static" >/dev/null || {
        fail "$arch: qemu-$qemu-static is missing"
        return
    }
    sysroot "$arch" "$triplet" "$4"
    root=$cache/$arch
    bare=$scratch/bare-$arch
    work=$scratch/$arch
    cp -a "$root" "$bare"
    find "$bare" \( -name 'libz.so*' -o -name 'libpng16*' \) -exec rm -rf {} +
    wanted=$(run "$root" "$root/usr/bin/pngfix") || {
        fail "$arch: the original does not run: $wanted"
        return
    }
    # The hidden originals are really hidden.
    if run "$bare" "$root/usr/bin/pngfix" >/dev/null; then
        fail "$arch: the original runs without its libraries"
    fi
    make_states || {
        fail "$arch: an edit was refused"
        return
    }
    for state in edited edited-twice edited-stripped edited-eu-stripped \
        edited-llvm-stripped stripped-edited; do
        check "$state"
    done
    for state in edited stripped-edited; do
        lint "$state"
    done
    case $large_pages in
    *" $arch "*)
        options='-p 65536'
        for state in edited edited-stripped edited-llvm-stripped stripped-edited; do
            check "$state"
        done
        ;;
    esac
    say "$arch: $(tr '\n' ',' <"$scratch/rooms" | sed 's/,$//; s/,/, /g')"
}

# The same with musl's own loader, on this machine: two libraries and a program.
check_musl() {
    command -v musl-gcc >/dev/null || {
        say "musl: musl-gcc is missing"
        return
    }
    work=$scratch/musl
    mkdir -p "$work/plain" "$work/edited" "$work/stripped"
    echo 'int inner(void) { return 40; }' >"$work/inner.c"
    echo 'int inner(void); int outer(void) { return inner() + 2; }' >"$work/outer.c"
    echo 'int outer(void); int main(void) { return outer(); }' >"$work/main.c"
    musl-gcc -g -shared -fPIC -Wl,-soname,libinner.so "$work/inner.c" \
        -o "$work/plain/libinner.so"
    musl-gcc -g -shared -fPIC -Wl,-soname,libouter.so "$work/outer.c" \
        "$work/plain/libinner.so" -o "$work/plain/libouter.so"
    musl-gcc -g "$work/main.c" "$work/plain/libouter.so" "$work/plain/libinner.so" \
        -o "$work/plain/main"
    edit --soname libinner-01234567.so "$work/plain/libinner.so" \
        "$work/edited/libinner-01234567.so" >/dev/null
    edit --soname libouter-01234567.so --rename libinner.so libinner-01234567.so \
        --rpath "$origin" "$work/plain/libouter.so" \
        "$work/edited/libouter-01234567.so" >/dev/null
    edit --rename libinner.so libinner-01234567.so --rename libouter.so \
        libouter-01234567.so --rpath "$origin" "$work/plain/main" "$work/edited/main" \
        >/dev/null
    for file in libinner-01234567.so libouter-01234567.so main; do
        our_strip "$work/edited/$file" "$work/stripped/$file"
    done
    chmod +x "$work/edited/main" "$work/stripped/main"
    for state in edited stripped; do
        status=0
        "$work/$state/main" || status=$?
        if [ "$status" = 42 ]; then
            pass
        else
            fail "musl: $state: exit status $status"
        fi
    done
    say "musl: run by its own loader"
}

picture "$scratch/picture.png"
chosen=" ${*:-all} "
printf '%s' "$arches" | grep . >"$scratch/arches"
while read -r debian qemu triplet suite; do
    case $chosen in
    *" all "* | *" $debian "*) check_arch "$debian" "$qemu" "$triplet" "$suite" ;;
    esac
done <"$scratch/arches"
case $chosen in
*" all "* | *" musl "*) check_musl ;;
esac
say "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
