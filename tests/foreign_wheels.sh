#!/bin/sh
# Wheels for another architecture and another libc, repaired here with --sysroot, and what
# is in them run: aarch64 under qemu, musl by its own loader.  The libraries that were
# bundled are gone by then.
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/support/tap.sh"

wheelfix=$builddir/wheelfix
command -v python3 >/dev/null || skip_all "python3 is missing"
cd "$scratch" || exit 99

put demo.c <<'END'
int more_value(void);
int demo_value(void) { return more_value() + 2; }
END
put more.c <<'END'
int more_value(void) { return 40; }
END
put main.c <<'END'
#include <stdio.h>
int demo_value(void);
int main(void) { return printf("%d\n", demo_value()) < 0; }
END
put wheel.py <<'END'
import base64, hashlib, sys, zipfile

path, name, tag, program = sys.argv[1:]
files = {
    f"{name}/__init__.py": b"",
    f"{name}/program": open(program, "rb").read(),
    f"{name}-1.0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(),
    f"{name}-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: test\n"
    f"Root-Is-Purelib: false\nTag: py3-none-{tag}\n".encode(),
}
rows = []
with zipfile.ZipFile(f"{path}/{name}-1.0-py3-none-{tag}.whl", "w") as archive:
    for member, data in files.items():
        info = zipfile.ZipInfo(member)
        info.external_attr = 0o100755 << 16
        archive.writestr(info, data)
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=")
        rows.append(f"{member},sha256={digest.decode()},{len(data)}")
    rows.append(f"{name}-1.0.dist-info/RECORD,,")
    archive.writestr(f"{name}-1.0.dist-info/RECORD", "\n".join(rows) + "\n")
END

# system FOLDER LIBRARIES CC...: a system with two libraries of its own, and a program.
system() {
    root=$1
    libraries=$2
    shift 2
    mkdir -p "$root/$libraries"
    "$@" -shared -fPIC -Wl,-soname,libmore.so.1 -o "$root/$libraries/libmore.so.1" more.c &&
        "$@" -shared -fPIC -Wl,-soname,libdemo.so.1 -o "$root/$libraries/libdemo.so.1" demo.c \
            "$root/$libraries/libmore.so.1" &&
        "$@" -o "$root/program" main.c "$root/$libraries/libdemo.so.1" \
            "-Wl,-rpath-link,$root/$libraries"
}

# repaired NAME SYSTEM TAG: problems of the wheel repaired in that system.
repaired() {
    mkdir "$1"
    python3 -B wheel.py "$1" demo "$3" "$2/program" || return
    "$wheelfix" repair --sysroot "$2" -w "$1/out" "$1"/*.whl >"$1/log" 2>&1 || cat "$1/log"
    mv "$2" "$2.hidden"
    (cd "$1" && python3 -m zipfile -e out/*.whl installed)
    chmod +x "$1/installed/demo/program"
    [ "$(find "$1/installed/demo.libs" -name 'lib*-????????.so.1' | wc -l)" = 2 ] ||
        echo "not two libraries are bundled"
}

# answers WHEEL COMMAND...: problems when the program is run so.
answers() {
    name=$1
    shift
    got=$("$@" "$name/installed/demo/program" 2>&1)
    [ "$got" = 42 ] || echo "$*: $got"
}

# tagged WHEEL PATTERN: a problem when the result has another name.
tagged() {
    name=$(cd "$1/out" && echo *.whl)
    # shellcheck disable=SC2254 # a pattern
    case $name in
    $2) ;;
    *) echo "$name" ;;
    esac
}

if command -v musl-gcc >/dev/null && system musl.root lib musl-gcc 2>musl.log; then
    ok "a wheel for musl takes the libraries of a musl system" \
        "$(repaired musl "$PWD/musl.root" linux_x86_64)"
    ok "its tag is musl's" "$(tagged musl 'demo-1.0-py3-none-musllinux_1_2_x86_64.whl')"
    ok "musl's loader runs its program without that system" "$(answers musl env -i)"
else
    echo "# musl: not made here"
fi

if command -v aarch64-linux-gnu-gcc >/dev/null && command -v qemu-aarch64-static >/dev/null &&
    system arm.root usr/lib/aarch64-linux-gnu aarch64-linux-gnu-gcc 2>arm.log; then
    ok "a wheel for aarch64 takes the libraries of an aarch64 system" \
        "$(repaired arm "$PWD/arm.root" linux_aarch64)"
    ok "its tag is aarch64's" "$(tagged arm 'demo-1.0-py3-none-manylinux_2_*_aarch64.whl')"
    ok "qemu runs its program without that system" \
        "$(answers arm qemu-aarch64-static -L /usr/aarch64-linux-gnu)"
    ok "also with pages of 64 KiB" \
        "$(answers arm qemu-aarch64-static -p 65536 -L /usr/aarch64-linux-gnu)"
else
    echo "# aarch64: not made here"
fi
done_testing
