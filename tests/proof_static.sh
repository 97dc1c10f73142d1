#!/bin/sh
# proof_static.sh STATIC DYNAMIC -- the program that `make static` built does its work in a
# root folder that holds it, a wheel and the libraries to bundle, and nothing else: no C
# library, no loader, no /proc, /dev, /etc or /tmp.  The result is, byte for byte, what the
# ordinary program makes of the same files.
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/support/tap.sh"

[ $# -eq 2 ] || { echo "usage: proof_static.sh STATIC DYNAMIC" >&2; exit 2; }
static=$1
dynamic=$2
root=$scratch/root

# in_root COMMAND...: in the bare root folder; as root, or as root of a user namespace.
in_root() {
    if [ "$(id -u)" = 0 ]; then
        timeout 60 chroot "$root" "$@"
    else
        timeout 60 unshare -r chroot "$root" "$@"
    fi
}

# start_up PROGRAM: milliseconds of the quickest of 50 starts.
start_up() {
    python3 - "$1" <<'EOF'
import subprocess, sys, time
def start():
    begin = time.perf_counter()
    subprocess.run([sys.argv[1], "--version"], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begin
print("%.2f" % (1000 * min(start() for _ in range(50))))
EOF
}

ok "it asks for no loader" "$(readelf -lW "$static" | grep INTERP)"
ok "it needs no shared library" "$(readelf -dW "$static" | grep NEEDED)"

# The system to bundle from: the libraries of the demo wheel, with what the database of
# packages says of them where there is one.
python3 "$top/tests/support/demo_wheel.py" "$scratch/demo" >/dev/null || exit 99
wheel=$(cd "$scratch/demo" && echo *.whl)
mkdir -p "$root/sysroot/var/lib/dpkg/info" "$root/in" "$root/out"
cp "$static" "$root/wheelfix"
cp "$scratch/demo/$wheel" "$root/in/"
ldd "$scratch"/demo/_demo.*.so | awk '$2 == "=>" { print $3 }' | grep -v '/libc\.so' |
    while read -r library; do
        # The file and, beside it, the link by which it is known.
        real=$(readlink -f "$library")
        mkdir -p "$root/sysroot$(dirname "$real")"
        cp "$real" "$root/sysroot$real"
        ln -s "$(basename "$real")" "$root/sysroot$(dirname "$real")/$(basename "$library")"
    done
if [ -e /var/lib/dpkg/status ]; then
    cp /var/lib/dpkg/status "$root/sysroot/var/lib/dpkg/"
    cp /var/lib/dpkg/info/libelf1*.list /var/lib/dpkg/info/libcjson1*.list \
        "$root/sysroot/var/lib/dpkg/info/"
fi

succeeds "it starts in the bare root folder" in_root /wheelfix --version
ok "nothing else is there to run" "$(in_root /bin/sh -c : 2>/dev/null && echo /bin/sh runs)"
succeeds "it repairs the wheel there" \
    in_root /wheelfix repair --sysroot /sysroot -w /out "/in/$wheel"
"$dynamic" repair -q --sysroot "$root/sysroot" -w "$scratch/out" "$root/in/$wheel"
result=$(cd "$scratch/out" && echo *.whl) || exit 99
ok "libraries were bundled" \
    "$(python3 -m zipfile -l "$root/out/$result" | grep -q 'wheelfix_demo\.libs/libelf' ||
        echo "$result has none")"
succeeds "the result is what the ordinary program makes" \
    cmp "$root/out/$result" "$scratch/out/$result"
ok "nothing else was left behind" "$(cd "$root" && find . -type f |
    grep -v -e '^\./sysroot/' -e '^\./wheelfix$' -e '^\./in/' -e "^\./out/$result\$")"
succeeds "a second repair there changes nothing" \
    in_root /wheelfix repair --sysroot /sysroot -w /again "/out/$result"
succeeds "and copies the wheel" cmp "$root/out/$result" "$root/again/$result"

# The file's own name is what the chroot sees; the answers differ in nothing else.
(cd "$root" && "$dynamic" show --format json "in/$wheel") >"$scratch/dynamic.json"
in_root /wheelfix show --format json "in/$wheel" >"$scratch/static.json"
succeeds "show answers the same, to the host's libraries" python3 - \
    "$scratch/static.json" "$scratch/dynamic.json" <<'EOF'
import json, sys
answers = [json.load(open(path))["wheels"][0] for path in sys.argv[1:]]
sys.exit(any(answers[0][key] != answers[1][key] for key in ("verdict", "objects", "blockers")))
EOF
printf '# %s bytes, %s ms to start; the ordinary program: %s bytes, %s ms\n' \
    "$(wc -c <"$static")" "$(start_up "$static")" "$(wc -c <"$dynamic")" "$(start_up "$dynamic")"
done_testing
