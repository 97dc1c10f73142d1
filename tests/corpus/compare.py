#!/usr/bin/env python3
"""Compare `wheelfix show --format auditwheel` with the answers auditwheel gave.

One process runs for each wheel, and every key of the two answers is compared.  A difference
passes only when expected-differences.tsv has its wheel and key, what wheelfix says instead,
and an anchor of docs/differences.md that gives the reason.  An expected difference that is
not there any more fails as well, so that the list stays true.  What wheelfix should say
holds for the wheel alone, on every host: it is compared in an empty sysroot.

Published wheels for macOS carry the tag their builders found to be true: ours must be the
same, and nothing in them a failure.  Wheels for Windows must be read without an error.
"""

import argparse
import csv
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from fetch import HERE, default_cache, read_list, select

TOP = HERE.parent.parent
TIME_LIMIT = 120  # seconds for one wheel: hundreds of times what the slowest takes
# auditwheel crashed on a wheel: only our verdict can be compared, by this name.
NO_ANSWER = "no-answer"
ABSENT = object()  # equal to no value that JSON has
EXPECTED_COLUMNS = ["wheel", "key", "wheelfix", "reason"]


class Tally:
    """Test points as they come, in TAP, and the closing line."""

    def __init__(self):
        self.passed = self.failed = self.skipped = self.keys = 0

    def point(self, name, problems=()):
        number = self.passed + self.failed + self.skipped + 1
        if problems:
            self.failed += 1
            print(f"not ok {number} - {name}")
            for line in problems:
                print(f"#   {line}")
        else:
            self.passed += 1
            print(f"ok {number} - {name}")

    def skip(self, name, reason):
        self.skipped += 1
        number = self.passed + self.failed + self.skipped
        print(f"ok {number} - {name} # SKIP {reason}")

    def close(self):
        print(f"1..{self.passed + self.failed + self.skipped}")
        print(f"# {self.keys} keys compared")
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")


def read_anchors(path):
    """Return the anchors of a Markdown file's headings, as its usual readers make them."""
    anchors = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        heading = re.match(r"#+\s+(.*)", line)
        if heading:
            words = re.sub(r"[^\w\- ]", "", heading.group(1).strip().lower())
            anchors.add(words.replace(" ", "-"))
    return anchors


def read_expected(path, reasons):
    """Return {wheel: {key: what wheelfix says}}; every reason must be written down."""
    with open(path, newline="", encoding="utf-8") as stream:
        reader = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        if reader.fieldnames != EXPECTED_COLUMNS:
            raise SystemExit(f"compare: {path}: expected columns {EXPECTED_COLUMNS}")
        rows = list(reader)
    anchors = read_anchors(reasons) if rows else set()
    expected = {}
    for row in rows:
        for reason in row["reason"].split(","):
            if reason not in anchors:
                raise SystemExit(f"compare: {reasons} has no heading for {reason!r}")
        expected.setdefault(row["wheel"], {})[row["key"]] = json.loads(row["wheelfix"])
    return expected


def run(program, arguments):
    """Return exit status, answer as data (or None) and standard error of one run."""
    try:
        result = subprocess.run(
            [program, "show", *arguments],
            capture_output=True,
            timeout=TIME_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None, None, f"no answer within {TIME_LIMIT} s"
    except OSError as error:
        raise SystemExit(f"compare: {program}: {error.strerror}") from error
    try:
        answer = json.loads(result.stdout)
    except ValueError:
        answer = None
    return result.returncode, answer, result.stderr.decode(errors="replace").strip()


def comparable(answer):
    """Return the answer by key, as far as two programs and two hosts can agree on it."""
    keys = dict(answer)
    if "external_libs" in keys:
        # Where a library was found is the host's business; its name is the wheel's.
        keys["external_libs"] = sorted(keys["external_libs"])
    if "error" in keys:
        # Scripts look whether there is one; its words are each program's own.
        keys["error"] = True
    return keys


def show(value):
    """Return a value in one line of bounded length."""
    if value is ABSENT:
        return "absent"
    text = json.dumps(value, sort_keys=True)
    return text if len(text) <= 300 else f"{text[:300]}... ({len(text)} characters)"


def ask(program, wheel, *arguments):
    """Return (answer by key or None, problems) of one run in auditwheel's format."""
    arguments = ["--format", "auditwheel", *arguments, str(wheel)]
    status, answer, stderr = run(program, arguments)
    if not isinstance(answer, dict):
        return None, [f"exit status {status}, no JSON object; {stderr}"]
    wanted_status = 1 if "error" in answer else 0
    if status != wanted_status:
        return None, [f"exit status {status}, expected {wanted_status}; {stderr}"]
    return comparable(answer), []


def compare_keys(recorded, ours, expected):
    """Return what differs without being expected to, or is expected to and does not."""
    problems = []
    for key in sorted(set(recorded) | set(ours) | set(expected)):
        theirs = recorded.get(key, ABSENT)
        own = ours.get(key, ABSENT)
        if key in expected and theirs == own:
            problems.append(f"{key}: as recorded, but listed as a difference")
        elif key not in expected and theirs != own:
            problems.append(f"{key}: auditwheel says {show(theirs)}")
            problems.append(f"{key}: wheelfix says   {show(own)}")
    return problems


def compare_alone(alone, expected):
    """Return where the answer about the wheel alone is not the one of the list."""
    problems = []
    for key, value in sorted(expected.items()):
        own = alone.get(key, ABSENT)
        if own != value:
            problems.append(f"{key}: the list says {show(value)}")
            problems.append(f"{key}: wheelfix says {show(own)} (with an empty sysroot)")
    return problems


def ask_alone(program, wheel):
    """Ask about the wheel alone: in an empty sysroot no library is found outside it."""
    with tempfile.TemporaryDirectory() as nothing:
        return ask(program, wheel, "--sysroot", nothing)


def compare_recorded(program, wheel, recorded, expected, tally):
    """Compare one wheel with its recorded answer, key by key."""
    recorded = comparable(recorded)
    ours, problems = ask(program, wheel)
    if ours is not None:
        problems += compare_keys(recorded, ours, expected)
        tally.keys += len(set(recorded) | set(ours))
    if ours is not None and expected:
        alone, more = ask_alone(program, wheel)
        problems += more if alone is None else compare_alone(alone, expected)
    tally.point(wheel.name, problems)


def compare_verdict(program, wheel, verdict, tally):
    """auditwheel has no answer: the verdict is the one that the list gives."""
    status, answer, stderr = run(program, ["--format", "auditwheel", str(wheel)])
    tag = answer.get("overall_tag") if isinstance(answer, dict) else None
    problems = []
    if status != 0 or tag != verdict:
        problems = [f"exit status {status}, verdict {tag}, expected {verdict}; {stderr}"]
    tally.keys += 1
    tally.point(wheel.name, problems)


def read_one(program, wheel):
    """Return (the one wheel of a document or None, problems)."""
    status, answer, stderr = run(program, ["--format", "json", str(wheel)])
    if status != 0:
        return None, [f"exit status {status}; {stderr}"]
    if not isinstance(answer, dict) or len(answer.get("wheels", [])) != 1:
        return None, ["no document with one wheel"]
    if answer["wheels"][0].get("error"):
        return None, [f"error {show(answer['wheels'][0]['error'])}"]
    return answer["wheels"][0], []


def compare_published(program, wheel, expected, tally):
    """A wheel for macOS: the tags that hold are those it was published with."""
    ours, problems = read_one(program, wheel)
    if ours is not None:
        published = wheel.name[: -len(".whl")].rpartition("-")[2].split(".")
        recorded = {"tags": sorted(published), "unmet": [], "failures": []}
        found = {
            "tags": sorted(ours["verdict"]["tags"]),
            "unmet": [c["tag"] for c in ours["verdict"]["claimed"] if not c["met"]],
            "failures": [
                [f["rule"], f["where"]]
                for f in ours["findings"]
                if f["severity"] == "failure"
            ],
        }
        for key, value in found.items():
            wanted_value = expected.get(key, recorded[key])
            if value != wanted_value:
                problems.append(f"{key}: expected {show(wanted_value)}")
                problems.append(f"{key}: wheelfix says {show(value)}")
            elif key in expected and value == recorded[key]:
                problems.append(f"{key}: as published, but listed as a difference")
        tally.keys += len(found)
    tally.point(wheel.name, problems)


def check_readable(program, wheel, tally):
    """A wheel for another system is read, whatever can be said about it."""
    _, problems = read_one(program, wheel)
    tally.point(wheel.name, problems)


def propose(program, wheel, recorded, expected):
    """Print lines for expected-differences.tsv; the reason is for a person to give."""
    ours, _ = ask(program, wheel)
    alone, _ = ask_alone(program, wheel)
    if ours is None or alone is None:
        return
    recorded = comparable(recorded)
    for key in sorted(set(ours) & set(alone)):
        differs = ours[key] != recorded.get(key, ABSENT)
        if differs and expected.get(key, ABSENT) != alone[key]:
            text = json.dumps(alone[key], sort_keys=True, separators=(",", ":"))
            print(f"{wheel.name}\t{key}\t{text}\t?", file=sys.stderr)


def compare_one(options, wheel, system, expected, tally):
    """Compare one wheel in the way that fits what is known about it."""
    answer = options.answers / (wheel.name[: -len(".whl")] + ".json")
    if not wheel.exists():
        tally.skip(wheel.name, "not in the cache")
    elif NO_ANSWER in expected:
        compare_verdict(options.wheelfix, wheel, expected[NO_ANSWER], tally)
    elif answer.exists():
        recorded = json.loads(answer.read_text(encoding="utf-8"))
        compare_recorded(options.wheelfix, wheel, recorded, expected, tally)
        if options.propose:
            propose(options.wheelfix, wheel, recorded, expected)
    elif system == "macos":
        compare_published(options.wheelfix, wheel, expected, tally)
    elif system == "windows":
        check_readable(options.wheelfix, wheel, tally)
    else:
        tally.point(wheel.name, ["no recorded answer, and none expected"])


def wanted(options):
    """Return (wheel, system) of everything to compare."""
    if options.list:
        rows = select(read_list(options.list), options.os, options.subset)
        return [(options.wheels / row["filename"], row["os"]) for row in rows]
    answers = sorted(options.answers.glob("*.json"))
    return [(options.wheels / (path.stem + ".whl"), "linux") for path in answers]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--wheelfix",
        default=os.environ.get("WHEELFIX", "wheelfix"),
        metavar="PROGRAM",
        help="the program to test (default: $WHEELFIX, else wheelfix)",
    )
    parser.add_argument(
        "--wheels",
        type=pathlib.Path,
        default=default_cache(),
        metavar="DIR",
        help="where the wheels are (default: %(default)s)",
    )
    parser.add_argument(
        "--answers",
        type=pathlib.Path,
        metavar="DIR",
        help="recorded answers, one JSON file for each wheel; given, every answer there is "
        "compared (default: those of the list)",
    )
    parser.add_argument(
        "--list", type=pathlib.Path, metavar="FILE", help="the list of wheels"
    )
    parser.add_argument(
        "--expected",
        type=pathlib.Path,
        default=HERE / "expected-differences.tsv",
        metavar="FILE",
        help="the differences that have a reason (default: beside this script)",
    )
    parser.add_argument(
        "--reasons",
        type=pathlib.Path,
        default=TOP / "docs" / "differences.md",
        metavar="FILE",
        help="the document whose headings are the reasons (default: docs/differences.md)",
    )
    parser.add_argument(
        "--subset", action="store_true", help="only the wheels marked in column subset"
    )
    parser.add_argument(
        "--os",
        action="append",
        default=[],
        choices=["any", "linux", "macos", "windows"],
        help="only the wheels for this system; may be given again",
    )
    parser.add_argument(
        "--propose",
        action="store_true",
        help="print lines for the list of differences on standard error",
    )
    options = parser.parse_args()
    if options.answers is None:
        options.answers = HERE / "auditwheel"
        options.list = options.list or HERE / "dev-wheels.tsv"
    elif (options.subset or options.os) and not options.list:
        parser.error("--subset and --os need --list")
    if not options.answers.is_dir():
        parser.error(f"{options.answers} is not a folder")
    return options


def main():
    options = parse_arguments()
    expected = read_expected(options.expected, options.reasons)
    tally = Tally()
    for wheel, system in wanted(options):
        compare_one(options, wheel, system, expected.get(wheel.name, {}), tally)
    tally.close()
    if tally.passed == 0 and tally.failed == 0:
        print("compare: nothing was compared; fetch.py brings the wheels", file=sys.stderr)
        return 1
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
