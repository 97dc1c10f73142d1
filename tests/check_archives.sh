#!/bin/sh
# Archives as we write them, in the eyes of others: Python's zipfile and unzip read the same
# names, modes and bytes, also of a member that was deflated in chunks.
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/support/tap.sh"

zipcopy=${builddir:-.}/tests/support/zipcopy
[ -x "$zipcopy" ] || skip_all "without cmocka there is no tests/support/zipcopy"
command -v python3 >/dev/null || skip_all "python3 is not here"

put make.py <<'END_OF_PYTHON'
import random, sys, zipfile
random.seed(1)
words = [random.randbytes(random.randrange(2, 9)) for _ in range(300)]
large = b"".join(random.choice(words) for _ in range(1_900_000))
members = [
    ("demo/__init__.py", b"import this\n" * 20, 0o100644),
    ("demo/d\u00e9j\u00e0 vu.py", b"x = 1\n", 0o100600),
    ("demo/run", b"#!/bin/sh\n", 0o100755),
    ("demo/empty", b"", 0o100644),
    ("demo/large.bin", large, 0o100644),
    ("demo/random.bin", random.randbytes(9_000_000), 0o100644),
]
with zipfile.ZipFile(sys.argv[1], "w") as z:
    z.mkdir("demo") if hasattr(z, "mkdir") else z.writestr("demo/", b"")
    for i, (name, data, mode) in enumerate(members):
        info = zipfile.ZipInfo(name, (2001, 2, 3, 4, 5, 6))
        info.external_attr = mode << 16
        info.compress_type = zipfile.ZIP_STORED if i % 2 else zipfile.ZIP_DEFLATED
        z.writestr(info, data, compresslevel=1)
END_OF_PYTHON
put compare.py <<'END_OF_PYTHON'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as a, zipfile.ZipFile(sys.argv[2]) as b:
    bad = b.testzip()
    if bad:
        print("damaged:", bad)
    if a.namelist() != b.namelist():
        print("names differ:", b.namelist())
    for x, y in zip(a.infolist(), b.infolist()):
        if a.read(x) != b.read(y):
            print(x.filename, "has other bytes")
        if x.external_attr >> 16 != y.external_attr >> 16:
            print(x.filename, "has the mode", oct(y.external_attr >> 16))
        if y.date_time != (1980, 1, 1, 0, 0, 0):
            print(x.filename, "has the time", y.date_time)
        if y.extra or y.comment or y.create_system != 3:
            print(x.filename, "has something beside")
END_OF_PYTHON
python3 "$scratch/make.py" "$scratch/a.zip"

# problems LEVEL: of a copy at that level; none without a level.
problems() {
    mkdir -p "$scratch/$1" "$scratch/again"
    # shellcheck disable=SC2086 # one word or none
    "$zipcopy" ${1#copied} "$scratch/a.zip" "$scratch/$1" 2>&1
    python3 "$scratch/compare.py" "$scratch/a.zip" "$scratch/$1/a.zip" 2>&1
    if command -v unzip >/dev/null; then
        unzip -tq "$scratch/$1/a.zip" >"$scratch/said" 2>&1 || cat "$scratch/said"
    fi
    # shellcheck disable=SC2086
    TZ=EST5EDT,M3.2.0,M11.1.0 LC_ALL=C "$zipcopy" ${1#copied} "$scratch/a.zip" "$scratch/again"
    cmp "$scratch/$1/a.zip" "$scratch/again/a.zip" 2>&1
}

ok "others read what was copied" "$(problems copied)"
for level in 1 5 9 12; do
    ok "others read what was deflated at level $level" "$(problems -$level)"
done

# The comparison is shown to see differences.
python3 - "$scratch/copied/a.zip" "$scratch/changed.zip" <<'END_OF_PYTHON'
import sys
data = open(sys.argv[1], "rb").read()
open(sys.argv[2], "wb").write(data.replace(b"import this", b"import that", 1)
                              .replace(b"demo/run", b"demo/ran"))
END_OF_PYTHON
finds "another name is seen" "names differ" \
    "$(python3 "$scratch/compare.py" "$scratch/a.zip" "$scratch/changed.zip" 2>&1)"
done_testing
