#!/usr/bin/env python3
"""Repair published wheels: they need nothing, and come out byte for byte as they went in.

Those of published-repairs.tsv are the exceptions, each with its reason.  What is repaired
is repaired again, by other numbers of threads and in another environment: the same bytes.
Libraries are looked for in an empty sysroot, so that the answer is the same on every host.
"""

import argparse
import csv
import filecmp
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from compare import HERE, Tally
from fetch import default_cache, read_list, select

TIME_LIMIT = 1200
# What a program should not depend on; as far as it is there at all.
ELSEWHERE = {"TZ": "Asia/Tokyo", "LC_ALL": "tr_TR.UTF-8", "COLUMNS": "40", "HOME": "/nowhere"}


def read_exceptions(path):
    with open(path, newline="", encoding="utf-8") as stream:
        return {row["wheel"]: row["action"] for row in csv.DictReader(stream, delimiter="\t")}


def repair(options, wheels, folder, *arguments, environment=None, umask=-1):
    """Repair all wheels in one run.  Returns {file name: what the answer says}."""
    with tempfile.TemporaryDirectory() as nothing:
        command = [options.wheelfix, "repair", "--format", "json", "--sysroot", nothing]
        result = subprocess.run(
            [*command, *arguments, "-w", str(folder), *map(str, wheels)],
            env={**os.environ, **(environment or {})},
            umask=umask,
            capture_output=True,
            text=True,
            timeout=TIME_LIMIT,
            check=False,
        )
    try:
        answers = json.loads(result.stdout)["wheels"]
    except ValueError as error:
        raise SystemExit(f"published: {result.stderr.strip()}") from error
    return {answer["filename"]: answer for answer in answers}


def check_one(wheel, answer, wanted):
    """Return what is wrong with the result of one wheel."""
    if answer is None:
        return ["no answer"]
    if answer.get("error") or answer["action"] != wanted:
        return [f"action {answer.get('action')}, expected {wanted}; {answer.get('error')}"]
    if wanted != "copy":
        return []
    if pathlib.Path(answer["written"]).name != wheel.name:
        return [f"has another name: {answer['written']}"]
    same = filecmp.cmp(wheel, answer["written"], shallow=False)
    return [] if same else ["has other bytes"]


def check_again(options, repaired, folder, tally):
    """The same bytes: from our own results, by any number of threads, anywhere."""
    sources = [source for source, _ in repaired]
    made = [made for _, made in repaired]
    runs = [("a second repair", made, [], {})]
    runs += [(f"-j{jobs}", sources, [f"-j{jobs}"], {}) for jobs in (1, 2, 3, 5, 8, 16)]
    elsewhere = {"environment": ELSEWHERE, "umask": 0o077}
    runs.append(("another time zone, locale and umask", sources, [], elsewhere))
    for number, (name, wheels, arguments, where) in enumerate(runs):
        answers = repair(options, wheels, folder / str(number), *arguments, **where)
        problems = []
        for wheel, expected in zip(wheels, made, strict=True):
            written = answers[wheel.name]["written"]
            if not written or not filecmp.cmp(written, expected, shallow=False):
                problems.append(f"{wheel.name}: other bytes")
        tally.point(f"{name} changes no byte", problems)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--wheelfix", default=os.environ.get("WHEELFIX", "wheelfix"), metavar="PROGRAM"
    )
    parser.add_argument(
        "--wheels", type=pathlib.Path, default=default_cache(), metavar="DIR"
    )
    parser.add_argument("--subset", action="store_true")
    return parser.parse_args()


def main():
    options = parse_arguments()
    rows = select(read_list(HERE / "dev-wheels.tsv"), ["linux", "macos", "any"], options.subset)
    wheels = [options.wheels / row["filename"] for row in rows]
    missing = [wheel.name for wheel in wheels if not wheel.exists()]
    if missing:
        raise SystemExit(f"published: fetch.py brings {', '.join(missing)}")
    exceptions = read_exceptions(HERE / "published-repairs.tsv")
    tally = Tally()
    # Beside the wheels: there is room for as many once more.
    with tempfile.TemporaryDirectory(prefix=".repaired-", dir=options.wheels) as folder:
        folder = pathlib.Path(folder)
        answers = repair(options, wheels, folder / "first")
        repaired = []
        for wheel in wheels:
            answer = answers.get(wheel.name)
            wanted = exceptions.get(wheel.name, "copy")
            tally.point(wheel.name, check_one(wheel, answer, wanted))
            if answer and answer["action"] == "repair" and answer["written"]:
                repaired.append((wheel, pathlib.Path(answer["written"])))
        if repaired:
            check_again(options, repaired, folder, tally)
    tally.close()
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main())
