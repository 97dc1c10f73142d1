#!/usr/bin/env python3
"""Repair freshly built wheels, use the results, and compare them with auditwheel's.

Each wheel of raw-wheels.tsv is built here from source, repaired with --plat auto, installed
by pip into a fresh environment, imported where the libraries that were bundled are not to
be found, and called.  Then what wheelfix made is compared with what auditwheel and patchelf
make of the same wheel.  A difference passes only when raw-differences.tsv has it, with an
anchor of docs/differences.md that gives the reason.
"""

import argparse
import filecmp
import os
import pathlib
import subprocess
import sys
import tempfile

from compare import ABSENT, HERE, TOP, Tally, read_expected, show
from published import ELSEWHERE
from raw_build import build, install_packages, missing_packages, read_raw_list
from raw_peer import TIME_LIMIT, install_peer, peer_repair, wheel_facts
from raw_root import try_installed


def repair(options, wheel, folder, *arguments, environment=None, umask=-1):
    """Repair with wheelfix.  Returns (path, None) or (None, what went wrong)."""
    result = subprocess.run(
        [options.wheelfix, "repair", "--plat", "auto", "-w", folder, *arguments, wheel],
        env={**os.environ, **(environment or {})},
        umask=umask,
        capture_output=True,
        text=True,
        timeout=TIME_LIMIT,
        check=False,
    )
    made = list(folder.glob("*.whl"))
    if result.returncode != 0 or len(made) != 1:
        return None, f"exit status {result.returncode}: {result.stderr.strip()}"
    return made[0], None


def check_repeats(options, wheel, made, folder):
    """Return where threads, surroundings or a second repair change a byte."""
    problems = []
    runs = [(f"-j{jobs}", [f"-j{jobs}"], {}) for jobs in (1, 2, 3, 5, 8, 16)]
    elsewhere = {"environment": ELSEWHERE, "umask": 0o077}
    runs.append(("another time zone, locale and umask", [], elsewhere))
    for number, (name, arguments, where) in enumerate(runs):
        again, problem = repair(options, wheel, folder / str(number), *arguments, **where)
        if problem:
            problems.append(problem)
        elif again.name != made.name or not filecmp.cmp(made, again, shallow=False):
            problems.append(f"{name}: other bytes")
    again, problem = repair(options, made, folder / "again")
    if problem:
        problems.append(problem)
    elif again.name != made.name or not filecmp.cmp(made, again, shallow=False):
        problems.append("a second repair changes the wheel")
    return problems


def compare(ours, theirs, expected):
    """Return what differs without a reason, and reasons for what does not differ."""
    ours, theirs = wheel_facts(ours), wheel_facts(theirs)
    problems = []
    for key in sorted(set(ours) | set(theirs) | set(expected)):
        own, other = ours.get(key, ABSENT), theirs.get(key, ABSENT)
        if key in expected and own == other:
            problems.append(f"{key}: as auditwheel's, but listed as a difference")
        elif key in expected and own != expected[key]:
            problems.append(f"{key}: the list says {show(expected[key])}")
            problems.append(f"{key}: wheelfix has  {show(own)}")
        elif key not in expected and own != other:
            problems.append(f"{key}: auditwheel has {show(other)}")
            problems.append(f"{key}: wheelfix has   {show(own)}")
    return problems, len(set(ours) | set(theirs))


class Sizes:
    """Bytes of all repaired wheels, ours and the peer's."""

    def __init__(self):
        self.ours = self.theirs = 0

    def add(self, ours, theirs):
        self.ours += ours.stat().st_size
        self.theirs += theirs.stat().st_size


def check_wheel(options, raw, programs, expected, tally, sizes):
    """All test points of one wheel."""
    wheel, problem = build(raw, lambda text: print(f"# {text}", flush=True))
    if problem:
        tally.point(f"{raw.name} is built", [problem])
        return
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        made, problem = repair(options, wheel, folder / "ours")
        tally.point(f"{raw.name} is repaired", [problem] if problem else [])
        if problem:
            return
        facts = wheel_facts(made)
        script = raw.call.read_text(encoding="utf-8")
        tally.point(
            f"{raw.name} works without the libraries of this system",
            try_installed(made, facts["file_tags"], raw.runtime, script),
        )
        tally.point(
            f"{raw.name} gets the same bytes again",
            check_repeats(options, wheel, made, folder),
        )
        theirs, problem = peer_repair(programs, wheel, folder / "theirs")
        problems = [problem]
        if theirs:
            sizes.add(made, theirs)
            problems, num = compare(made, theirs, expected)
            tally.keys += num
        tally.point(f"{raw.name} is what auditwheel makes of it", problems)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--wheelfix",
        default=os.environ.get("WHEELFIX", "wheelfix"),
        metavar="PROGRAM",
        help="the program to test (default: $WHEELFIX, else wheelfix)",
    )
    parser.add_argument(
        "--list",
        type=pathlib.Path,
        default=HERE / "raw-wheels.tsv",
        metavar="FILE",
        help="what to build (default: raw-wheels.tsv beside this script)",
    )
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="only this project"
    )
    parser.add_argument(
        "--subset", action="store_true", help="only the wheels marked in column subset"
    )
    parser.add_argument(
        "--install",
        action="store_true",
        help="install the Debian packages that are missing (as root)",
    )
    return parser.parse_args()


def choose(options):
    wheels = [
        wheel
        for wheel in read_raw_list(options.list)
        if (not options.subset or wheel.in_subset)
        and (not options.only or wheel.name in options.only)
    ]
    missing = missing_packages(wheels)
    if missing and options.install:
        install_packages(missing)
    elif missing:
        raise SystemExit(f"raw: install these, or give --install: {' '.join(missing)}")
    return wheels


def main():
    options = parse_arguments()
    wheels = choose(options)
    programs = install_peer()
    expected = read_expected(HERE / "raw-differences.tsv", TOP / "docs" / "differences.md")
    tally, sizes = Tally(), Sizes()
    for wheel in wheels:
        check_wheel(options, wheel, programs, expected.get(wheel.name, {}), tally, sizes)
    if sizes.theirs:
        larger = sizes.ours > sizes.theirs
        text = f"{sizes.ours} bytes in all, auditwheel's {sizes.theirs}"
        tally.point("the wheels are no larger than auditwheel's", [text] if larger else [])
        print(f"# {text}")
    tally.close()
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main())
