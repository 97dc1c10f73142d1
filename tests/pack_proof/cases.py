"""The table of cases, and what is done for each: build twice, compare, install, ask others."""

import collections
import difflib
import pathlib
import re
import shlex
import shutil
import tarfile

from . import sdists, wheels
from .tools import Failure, fresh_environment, install, python_for, run

Case = collections.namedtuple("Case", "name folder makes arguments quick")


def read(table):
    for line in table.read_text().splitlines():
        if line and not line.startswith("#"):
            name, folder, makes, arguments, which = line.split("\t")
            yield Case(name, folder, makes.split(","), shlex.split(arguments),
                       which == "quick")


class Run:
    """One run of the proof: its programs, its folders, and what was found."""

    def __init__(self, options, tools, tree, allowed):
        self.options = options
        self.tools = tools
        self.tree = tree
        self.allowed = allowed
        self.work = options.work
        self.target = options.work / "target"
        self.env = tools.environment(self.target)
        self.maturin = tools.bin / "maturin"
        self.wheelpack = options.wheelpack
        self.passed = 0
        self.failures = []
        self.finished = []  # wheels that are complete, for those who judge many at once

    def expect(self, what, fine, detail=""):
        """One fact that must hold; both outcomes are counted, and failures told at once."""
        if fine:
            self.passed += 1
            return True
        self.failures.append(what)
        print(f"not ok: {what}{': ' if detail else ''}{detail}", flush=True)
        return False

    def folder(self, *parts):
        path = self.work.joinpath(*parts)
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        return path

    def made(self, program, case, command, arguments, suffix):
        """Runs one program on a case; returns its files, sorted by name."""
        out = self.folder(pathlib.Path(program).name, case.name, command)
        run([program, command, *arguments, "-o", out], env=self.env,
            cwd=self.tree.folder / case.folder)
        return sorted(out.glob(f"*{suffix}"))

    def judge(self, case, differences):
        for found in differences:
            if not self.allowed(case.name, found):
                self.expect(f"{case.name}: {found.kind} {found.member}", False,
                            f"\n    {found.text}")
        self.passed += 1

    def golden(self, case, suffix, listing):
        path = self.options.crates / "listings" / f"{case.name}{suffix}"
        if self.options.write_listings:
            path.parent.mkdir(exist_ok=True)
            path.write_text(listing)
        expected = path.read_text() if path.exists() else ""
        self.expect(f"{case.name}: the listing is {path.name}", listing == expected,
                    f"it is\n{listing}")


def prove_wheels(state, case):
    """Both programs build; ours is compared, listed, installed and used."""
    theirs = state.made(state.maturin, case, "build", case.arguments, ".whl")
    if any(".libs/" in name for path in theirs for name in wheels.Wheel(path).members):
        # maturin 1.16 edits the file that cargo keeps, so that the next build finds it changed.
        state.tree.touch(case.folder)
    state.tree.changes()
    ours = state.made(state.wheelpack, case, "build", case.arguments, ".whl")
    changes = state.tree.changes()
    state.expect(f"{case.name}: the sources are untouched", not changes, str(changes))
    state.expect(f"{case.name}: as many wheels", len(ours) == len(theirs),
                 f"{[path.name for path in theirs]} and {[path.name for path in ours]}")
    listing = ""
    for left, right in zip(theirs, ours):
        built = wheels.Wheel(right)
        for fault in built.faults():
            state.expect(f"{case.name}: a sound wheel", False, fault)
        state.judge(case, wheels.compare(wheels.Wheel(left), built, state.work))
        listing += built.listing()
        state.finished.append((case, left, right))
    state.golden(case, ".wheel.txt", listing)
    if "bare" not in case.makes:
        for wheel in ours:
            use(state, case, wheel)


def use(state, case, wheel):
    """Installs a wheel into an empty environment and runs the crate's own check."""
    base = python_for(state.tools, wheel)
    if base is None:
        print(f"{case.name}: no Python for {wheel.name} is here", flush=True)
        return
    check = state.tree.folder / case.folder / "check.py"
    with fresh_environment(base, state.work / "installed") as python:
        try:
            install(state.tools, python, wheel)
            run([python, "-I", "-B", "-W", "error", check], cwd=state.work)
        except Failure as failure:
            state.expect(f"{case.name}: it is installed and works", False, str(failure))
        else:
            state.passed += 1


def prove_sdist(state, case):
    arguments = []
    theirs = state.made(state.maturin, case, "sdist", arguments, ".tar.gz")
    state.tree.changes()
    ours = state.made(state.wheelpack, case, "sdist", arguments, ".tar.gz")
    changes = state.tree.changes()
    state.expect(f"{case.name}: sdist leaves the sources untouched", not changes, str(changes))
    built = sdists.Sdist(ours[0])
    for fault in built.faults():
        state.expect(f"{case.name}: a sound sdist", False, fault)
    state.judge(case, sdists.compare(sdists.Sdist(theirs[0]), built))
    state.golden(case, ".sdist.txt", built.listing())
    if "wheel" in case.makes:
        prove_rebuild(state, case, ours[0])


def prove_rebuild(state, case, archive):
    """What is in the source distribution makes the same wheel, with the locked crates."""
    unpacked = state.folder("unpacked")
    with tarfile.open(archive) as stream:
        stream.extractall(unpacked)
    out = state.folder("rebuilt")
    done = run([state.wheelpack, "build", *case.arguments, "-o", out], env=state.env,
               cwd=next(unpacked.iterdir()), check=False)
    if not state.expect(f"{case.name}: the sdist builds", done.returncode == 0, done.stderr):
        return
    listing = "".join(wheels.Wheel(path).listing() for path in sorted(out.iterdir()))
    golden = state.options.crates / "listings" / f"{case.name}.wheel.txt"
    # Files of a source distribution are not executable, as maturin's are not: no modes.
    before, after = (re.sub(r"^100\d+ ", "", text, flags=re.M).splitlines()
                     for text in (golden.read_text(), listing))
    for line in difflib.unified_diff(before, after, lineterm="", n=0):
        if line[:1] in "+-" and line[:3] not in ("+++", "---"):
            found = wheels.Difference("rebuilt", "", line)
            state.expect(f"{case.name}: the wheel of the sdist", state.allowed(case.name, found),
                         line)


def prove_case(state, case):
    """A program that fails is one failure of its case, not the end of the run."""
    for what, prove in (("wheel", prove_wheels), ("sdist", prove_sdist)):
        if what in case.makes:
            try:
                prove(state, case)
            except Failure as failure:
                state.expect(f"{case.name}: {what}", False, str(failure))
