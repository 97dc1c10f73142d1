#!/usr/bin/env python3
"""Builds the crates of tests/crates with maturin and with wheelpack, and compares.

    proof_wheelpack.py --wheelpack ./wheelpack --wheelfix ./wheelfix [--full] [--only GLOB…]

For every row of tests/crates/cases.tsv both programs make wheels and sdists from one copy of
the sources with one target folder.  Compared are names, members, order, modes, METADATA,
WHEEL, entry points, statements of generated Python, crates in the bill of materials, and of
libraries exported names, NEEDED, SONAME and run paths.  A difference that is meant is a row of
tests/crates/differences.tsv, which names the section of docs/differences.md that explains it.
Every wheel of ours is then held against its golden listing, installed by pip into an empty
environment, imported and used, and shown to twine, check-wheel-contents and wheelfix.

Other parts: `tags` and `metadata` (what dist-info would say for interpreters and targets that are
not here, and for projects that use one field each, without compiling), `sdists` (source
distributions of crates with an edit), `repeat` (the same bytes from other folders, at other
times, with other -j), `errors` (bad input), `develop` (with pip and uv), `cross` (aarch64 and musl, executed), `artifacts`
(macOS and Windows), `frontends` (uv and tox build through the backend).

The tools are pinned and stand below the user's cache.  Needs cargo 1.78, cbindgen, git, nm,
readelf.
Exit status 1 on any difference, 77 where a tool is missing or too old.
"""

import argparse
import fnmatch
import pathlib
import re
import shutil
import subprocess
import sys
import time

from pack_proof import cases, judges, wheels
from pack_proof.cross import prove_artifacts, prove_cross
from pack_proof.develop import prove_develop
from pack_proof.errors import prove_errors
from pack_proof.frontends import prove_frontends
from pack_proof.metadata import prove_metadata
from pack_proof.repeat import prove_repeat
from pack_proof.sdist_table import prove_sdists
from pack_proof.tags import prove_tags
from pack_proof.tools import Tools, Tree

HERE = pathlib.Path(__file__).resolve().parent
NEEDED = ("cargo", "rustc", "cbindgen", "nm", "readelf", "cc", "git")
OLDEST_CARGO = (1, 78)  # the first to read lock files of version 4


def lacking():
    """What the proof cannot do without, in words; nothing where all is there."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        return f"missing: {', '.join(missing)}"
    said = subprocess.run(["cargo", "--version"], capture_output=True, text=True).stdout.strip()
    version = re.match(r"cargo (\d+)\.(\d+)", said)
    if version is None or tuple(map(int, version.groups())) < OLDEST_CARGO:
        return (f"this is {said or 'no cargo that runs'}; the lock files of tests/crates want "
                "cargo 1.78 or later, which rustup installs (https://rustup.rs)")
    return None


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheelpack", type=pathlib.Path, required=True)
    parser.add_argument("--wheelfix", type=pathlib.Path, required=True)
    parser.add_argument("--crates", type=pathlib.Path, default=HERE / "crates")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("proof-wheelpack"))
    parser.add_argument("--full", action="store_true", help="all cases and parts")
    parser.add_argument("--only", nargs="*", default=[], metavar="GLOB", help="these cases")
    parser.add_argument("--part", nargs="*", default=None, metavar="NAME",
                        choices=sorted(PARTS), help="these parts")
    parser.add_argument("--write-listings", action="store_true",
                        help="make what is built now the golden listing")
    options = parser.parse_args()
    for name in ("wheelpack", "wheelfix", "crates", "work"):
        setattr(options, name, getattr(options, name).resolve())
    return options


def compare_all(state):
    chosen = [case for case in cases.read(state.options.crates / "cases.tsv")
              if (any(fnmatch.fnmatchcase(case.name, glob) for glob in state.options.only)
                  if state.options.only else case.quick or state.options.full)]
    for case in chosen:
        began = time.monotonic()
        cases.prove_case(state, case)
        print(f"{case.name}: {time.monotonic() - began:.1f} s", flush=True)
    judges.ask_all(state)


PARTS = {
    "compare": compare_all,
    "tags": prove_tags,
    "metadata": prove_metadata,
    "sdists": prove_sdists,
    "repeat": prove_repeat,
    "errors": prove_errors,
    "develop": prove_develop,
    "cross": prove_cross,
    "artifacts": prove_artifacts,
    "frontends": prove_frontends,
}


def main():
    options = parse()
    reason = lacking()
    if reason:
        print(reason)
        return 77
    tree = Tree(options.crates, options.work / "tree")
    allowed = wheels.Allowed(options.crates / "differences.tsv",
                             HERE.parent / "docs" / "differences.md")
    state = cases.Run(options, Tools(), tree, allowed)
    for name in options.part or (PARTS if options.full else ("compare",)):
        PARTS[name](state)
    if options.full and not options.only and not options.part:
        for row in allowed.unused():
            state.expect("every allowed difference exists", False, row)
    print(f"{state.passed} facts hold, {len(state.failures)} do not")
    return 1 if state.failures else 0


if __name__ == "__main__":
    sys.exit(main())
