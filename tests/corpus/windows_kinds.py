#!/usr/bin/env python3
"""Repair one made wheel of every kind with wheelfix and with delvewheel, and compare.

The wheels are those of tests/support/pe_wheels.py: each is about one thing that delvewheel's
tests are about, or that it gets wrong.  Whether the wheel was repaired, which DLLs came in
and where, under which names, who needs what and which Python files are patched must be
equal, or windows-kinds.tsv has both answers and the reason.  Members are compared by their
places in site-packages, in lower case.

Exit status: 0 all is as listed, 1 something is not, 77 a tool is not here.
"""

import argparse
import csv
import pathlib
import subprocess
import sys
import tempfile

from compare import show
from macos_unrepair import repair
from windows_peer import install_peer, peer_repair

HERE = pathlib.Path(__file__).resolve().parent
MAKER = HERE.parent / "support" / "pe_wheels.py"
sys.path.insert(0, str(MAKER.parent))

import pe_wheels  # noqa: E402
from windows_facts import images, installed, patched, read  # noqa: E402

# What the kind is about needs these options; both tools know them.
OPTIONS = {
    "existing": ["--ignore-existing"],
    "beside": ["--ignore-existing"],
    "soft": ["--analyze-existing"],
    "soft_missing": ["--analyze-existing"],
    "soft_foreign": ["--ignore-existing"],
    "programs": ["--analyze-existing-exes"],
    "custom": ["--custom-patch"],
    "no_marks": ["--custom-patch"],
    "companions": ["--include-symbols", "--include-imports"],
    "trailing_tight": ["--no-mangle", "ext.dll"],
    "symbols_tight": ["--no-mangle", "ext.dll"],
    "namespace": ["--namespace-pkg", "ns"],
    "namespace_deep": ["--namespace-pkg", "a.b.c.d"],
    "namespace_split": ["--namespace-pkg", "ns"],
}


def read_table():
    """Return {(kind, key): (delvewheel's answer, wheelfix's)} of what may differ."""
    with open(HERE / "windows-kinds.tsv", newline="", encoding="utf-8") as stream:
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {
            (row["kind"], row["key"]): (row["delvewheel"], row["wheelfix"]) for row in rows
        }


def make(kind, folder):
    """Make the wheel of a kind; returns its path, None when a tool is not here."""
    command = [sys.executable, "-B", str(MAKER), kind, str(folder)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode == 77:
        print(result.stderr, end="")
        return None
    result.check_returncode()
    return folder / result.stdout.strip()


def facts(wheel):
    """Return what two repairs of one wheel should agree on."""
    files = read(wheel)
    found = {"patched": sorted(installed(name) for name in patched(files))}
    native = [name for name in files if name.lower().endswith((".dll", ".pdb", ".lib"))]
    found["libraries"] = sorted(installed(name).lower() for name in native)
    lists = [name for name in files if "/.load-order-" in name]
    found["lists"] = sorted(word for name in lists for word in files[name].decode().split())
    for name, image in images(files).items():
        found[installed(name).lower()] = [need.lower() for need in image.direct()]
    return found


def answers(made):
    """Return what a repair came to, as words; `made` is None when it was refused."""
    if made is None:
        return {"outcome": "refused"}
    return {"outcome": "repaired", **{key: show(value) for key, value in facts(made).items()}}


def compare(kind, ours, theirs, table):
    """Return what differs and is not listed, or is listed and does not differ so."""
    problems = []
    both = ours["outcome"] == theirs["outcome"] == "repaired"
    for key in sorted(set(ours) | set(theirs)) if both else ["outcome"]:
        pair = theirs.get(key, "-"), ours.get(key, "-")
        listed = table.pop((kind, key), None)
        if pair[0] != pair[1] and pair != listed:
            problems.append(f"{key}\t{pair[0]}\t{pair[1]}")
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
    for kind in [kind.__name__ for kind in pe_wheels.KINDS]:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name).resolve()
            wheel = make(kind, folder)
            if wheel is None:
                return 77
            more = OPTIONS.get(kind, [])
            libraries = folder / "libs"
            if kind == "other_machine_first":
                libraries = f"{libraries / 'x86'}:{libraries / 'x64'}"
            arguments = ["--lib-path", libraries, *more]
            ours, _ = repair(options, wheel, folder / "ours", *arguments)
            theirs, _ = peer_repair(peer, wheel, libraries, folder / "theirs", *more)
            problems = compare(kind, answers(ours), answers(theirs), table)
        failed += bool(problems)
        print(f"{'FAILED' if problems else 'ok':7}{kind}", flush=True)
        for problem in problems:
            print(f"\t{kind}\t{problem}")
    for kind, key in table:
        print(f"windows_kinds: {kind} has no {key}")
    print(f"windows_kinds: {len(pe_wheels.KINDS)} kinds, {num_listed} differences listed")
    return 1 if failed or table else 0


if __name__ == "__main__":
    sys.exit(main())
