#!/usr/bin/env python3
"""How much room for longer names the headers of published macOS wheels have.

    tests/corpus/macho_room.py --tool tests/support/macho_tool [--cache FOLDER]

Reads the macOS wheels of the list that are in the cache (tests/corpus/README.md) and prints,
per wheel and for all, a line: slices, the least, the median and the most room in bytes, how
many slices have at most 32, 48 and 128 bytes; then how many slices have each command that
could be reclaimed and what it gives, how many have no room for a signature that they lack,
and why slices cannot be signed, if any.  Exit status: 77 when no wheel is there.
"""

import argparse
import collections
import pathlib
import statistics
import subprocess
import sys
import tempfile
import zipfile

import fetch

MAGICS = (b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf")
SMALL = (32, 48, 128)


def unpack(wheel, folder):
    """Write the Mach-O members of a wheel under plain names; return their paths."""
    paths = []
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            with archive.open(name) as stream:
                if stream.read(4) not in MAGICS:
                    continue
            paths.append(pathlib.Path(folder) / str(len(paths)))
            paths[-1].write_bytes(archive.read(name))
    return paths


def rooms(tool, paths):
    """Return the rows that the tool prints, one for each slice."""
    if not paths:
        return []
    done = subprocess.run([tool, "room", *paths], stdout=subprocess.PIPE, text=True, check=True)
    return [line.split("\t")[1:] for line in done.stdout.splitlines()]


def line_of(name, rows):
    """Sum up the rows of a wheel."""
    values = sorted(int(row[2]) for row in rows)
    few = [sum(value <= small for value in values) for small in SMALL]
    middle = int(statistics.median(values))
    return "\t".join(map(str, [name, len(values), values[0], middle, values[-1], *few]))


def print_rest(rows):
    """Print what could be reclaimed, and what cannot be signed."""
    gains = collections.Counter(word for row in rows for word in row[5:])
    for word, number in sorted(gains.items()):
        what, gain = word.split("=")
        print(f"{number} slices could give {gain} bytes: {what}")
    lacking = sum(row[3] == "unsigned" and int(row[2]) < 16 for row in rows)
    print(f"{lacking} unsigned slices have no room for a signature's command")
    for why, number in collections.Counter(row[4] for row in rows if row[4] != "-").items():
        print(f"{number} cannot be signed: {why}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--tool", required=True)
    parser.add_argument("--cache", type=pathlib.Path, default=fetch.default_cache())
    args = parser.parse_args()
    wheels = [args.cache / row["filename"] for row in fetch.read_list(fetch.HERE / "dev-wheels.tsv")
              if row["os"] == "macos"]
    wheels = sorted(wheel for wheel in wheels if wheel.exists())
    everything = []
    if not wheels:
        print("no macOS wheel is in the cache: make check-corpus-full fetches them")
        return 77
    print("\t".join(["wheel", "slices", "least", "median", "most"] + [f"<={n}" for n in SMALL]))
    for wheel in wheels:
        with tempfile.TemporaryDirectory() as folder:
            rows = rooms(args.tool, unpack(wheel, folder))
        if rows:
            print(line_of(wheel.name, rows))
        everything += rows
    print(line_of("all", everything))
    print_rest(everything)
    return 0


if __name__ == "__main__":
    sys.exit(main())
