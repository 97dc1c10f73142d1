#!/usr/bin/env python3
"""Compare what wheels need with what delvewheel said of them.

delvewheel/ holds its answers: the DLLs it assumes on every machine, and those it would copy
or did not find.  It looks at modules alone and never into the wheel, so `wheelfix tree` is
asked with --no-search-wheel; forwarders it does not see.  Of a wheel that it repaired before
it says nothing, and neither does this.  Reasons for differences stand in REASONS.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys

from fetch import HERE, default_cache

TIME_LIMIT = 120  # seconds for one wheel
NOT_FOUND = " (Error: Not Found)"
ASSUMED = {"default", "libpython", "machine"}
# (wheel, DLL): why we say something else.  Empty as long as nothing does.
REASONS = {}


def nodes(tree):
    """Yield every library of a tree."""
    yield tree
    for edge in tree.get("edges", []):
        if edge["library"]:
            yield from nodes(edge["library"])


def ask(program, wheel):
    """Return the names that are assumed and those that are missing, in lower case."""
    command = [program, "tree", "--format", "json", "--no-search-wheel", wheel]
    done = subprocess.run(
        command, capture_output=True, check=True, timeout=TIME_LIMIT, stdin=subprocess.DEVNULL
    )
    assumed, missing = set(), set()
    for root in json.loads(done.stdout)["files"][0]["trees"]:
        if not root["path"].lower().endswith(".pyd"):
            continue
        for node in nodes(root):
            for edge in node.get("edges", []):
                if edge["kind"] == "forward":
                    continue
                names = assumed if edge["by"] in ASSUMED else missing
                names.add(edge["name"].lower())
    return assumed, missing


def compare(program, wheel, recorded):
    """Return what differs, one line each."""
    assumed, missing = ask(program, wheel)
    copied = {name.removesuffix(NOT_FOUND) for name in recorded["copied"]}
    problems = []
    for what, ours, theirs in (
        ("assumed", assumed, set(recorded["assumed_present"])),
        ("copied", missing, copied),
    ):
        for name in sorted(ours ^ theirs):
            if (wheel.name, name) not in REASONS:
                who = "wheelfix" if name in ours else "delvewheel"
                problems.append(f"{name}: only {who} has it {what}")
    return problems, len(assumed) + len(missing)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheelfix", default=os.environ.get("WHEELFIX", "wheelfix"))
    parser.add_argument("--wheels", type=pathlib.Path, default=default_cache())
    options = parser.parse_args()
    failed = names = number = 0
    for answer in sorted((HERE / "delvewheel").glob("*.json")):
        wheel = options.wheels / (answer.stem + ".whl")
        recorded = json.loads(answer.read_text(encoding="utf-8"))
        number += 1
        if "copied" not in recorded or not wheel.exists():
            why = "repaired before" if wheel.exists() else "not in the cache"
            print(f"ok {number} - {wheel.name} # SKIP {why}")
            continue
        problems, num = compare(options.wheelfix, wheel, recorded)
        names += num
        failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {number} - {wheel.name}")
        for line in problems:
            print(f"#   {line}")
    print(f"1..{number}\n# {names} DLLs compared")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
