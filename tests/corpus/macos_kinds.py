#!/usr/bin/env python3
"""Repair one made wheel of every kind with wheelfix and with delocate, and compare.

The wheels are those of tests/support/macho_wheels.py: each is about one thing that delocate's
tests are about, or that it gets wrong.  delocate runs as repairwheel carries it
(macos_peer.py).  Whether the wheel was repaired, under which name, which libraries came in
and who loads what must be equal, or macos-kinds.tsv has both answers and the reason.

Exit status: 0 all is as listed, 1 something is not, 77 a tool is not here.
"""

import argparse
import csv
import pathlib
import subprocess
import sys
import tempfile

from compare import show
from macos_peer import install_peer, peer_repair
from macos_unrepair import facts, repair

HERE = pathlib.Path(__file__).resolve().parent
MAKER = HERE.parent / "support" / "macho_wheels.py"
sys.path.insert(0, str(MAKER.parent))

import macho_wheels  # noqa: E402


def read_table():
    """Return {(kind, key): (delocate's answer, wheelfix's)} of what may differ."""
    with open(HERE / "macos-kinds.tsv", newline="", encoding="utf-8") as stream:
        rows = csv.DictReader(stream, delimiter="\t")
        return {
            (row["kind"], row["key"]): (row["delocate"], row["wheelfix"]) for row in rows
        }


def make(kind, folder):
    """Make the wheel of a kind; returns its path, None when a tool is not here."""
    command = [sys.executable, "-B", str(MAKER), kind, str(folder)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode == 77:
        return None
    result.check_returncode()
    return folder / result.stdout.strip()


def answers(made, folder):
    """Return what a repair came to, as words; `made` is None when it was refused."""
    if made is None:
        return {"outcome": "refused"}
    found = {key: show(value) for key, value in facts(made).items()}
    return {
        "outcome": "repaired",
        **{key: value.replace(str(folder), "~") for key, value in found.items()},
    }


def compare(kind, ours, theirs, table):
    """Return what differs and is not listed, or is listed and does not differ so."""
    problems = []
    both = ours["outcome"] == theirs["outcome"] == "repaired"
    for key in sorted(set(ours) | set(theirs)) if both else ["outcome"]:
        pair = theirs.get(key, "-"), ours.get(key, "-")
        listed = table.pop((kind, key), None)
        if pair[0] != pair[1] and pair != listed:
            problems.append(f"{key}: delocate has {pair[0]}, wheelfix {pair[1]}")
        elif pair[0] == pair[1] and listed is not None:
            problems.append(f"{key}: is listed, and both have {pair[0]}")
    return problems


def main():
    """Run; the exit status says whether every kind came out as listed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheelfix", default="wheelfix")
    options = parser.parse_args()
    peer = install_peer()
    table = read_table()
    num_listed = len(table)
    failed = 0
    for kind in [kind.__name__ for kind in macho_wheels.KINDS]:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name).resolve()
            wheel = make(kind, folder)
            if wheel is None:
                return 77
            libraries = folder / "libs"
            ours, _ = repair(options, wheel, folder / "ours", "--lib-path", libraries)
            theirs, _ = peer_repair(peer, wheel, libraries, folder / "theirs")
            problems = compare(kind, answers(ours, folder), answers(theirs, folder), table)
        failed += bool(problems)
        print(f"{'FAILED' if problems else 'ok':7}{kind}")
        for problem in problems:
            print(f"       {problem}")
    for kind, key in table:
        print(f"macos_kinds: {kind} has no {key}")
    print(f"macos_kinds: {len(macho_wheels.KINDS)} kinds, {num_listed} differences listed")
    return 1 if failed or table else 0


if __name__ == "__main__":
    sys.exit(main())
