#!/usr/bin/env python3
"""Measure `wheelpack build` and `sdist` against maturin, and its own part against the floor.

As bench/show.py, whose rounds, thresholds and table these are.  Both programs build crates of
tests/crates that are compiled already, each with its own target folder, in one environment.
The part of a build that is wheelpack's own is what remains of it without the spans in which
cargo or rustc ran (bench/pack_spans); its floor is bench/repair_floor, which reads, inflates,
digests and deflates the members of the same wheel.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

import show
from repair import data_offset
from show import CPUS, FLOOR_RATIO, Sample, as_ratio, as_seconds, median

ROOT = show.HERE.parent
sys.path.insert(0, str(ROOT / "tests"))

from pack_proof.tools import Tools  # noqa: E402

# design of the product: what each row must reach
MIXED_RATIO = 4
RELEASE_RATIO = 6
CFFI_RATIO = 1.7
CACHED_CFFI_RATIO = 2.3
SDIST_RATIO = 2.2
OWN_SECONDS = 0.015
VERSION_SECONDS = 0.005
LEVEL = "5"
SPANNED = ("cargo", "rustc")


class Program:
    """One of both: how it is called, and the variables that it runs with."""

    def __init__(self, name, path, folder, tools):
        self.name = name
        self.path = str(path)
        self.folder = folder / name
        self.out = self.folder / "out"
        self.out.mkdir(parents=True)
        self.crates = self.folder / "crates"
        shutil.copytree(ROOT / "tests" / "crates", self.crates, symlinks=True)
        self.cache = self.folder / "cache"
        self.env = tools.environment(
            self.folder / "target", XDG_CACHE_HOME=self.cache
        )

    def run(self, crate, *arguments):
        """Run in a crate's folder and return a Sample."""
        os.chdir(self.crates / crate)
        os.environ.clear()
        os.environ.update(self.env)
        return show.run_process([self.path, *arguments, "-o", str(self.out)])

    def uncached(self, crate, *arguments):
        """The same without the glue that a former run left."""
        for glue in self.cache.rglob("cffi"):
            shutil.rmtree(glue)
        return self.run(crate, *arguments)


def both(bench, title, programs, crate, *arguments, how="run"):
    """Warm both up, and measure them in the same rounds."""
    for program in programs:
        program.run(crate, *arguments)
    contenders = {
        program.name: lambda program=program: getattr(program, how)(crate, *arguments)
        for program in programs
    }
    return bench.measure(title, contenders)


def add_pair(table, title, got, ratio):
    ours, theirs = got["wheelpack"], got["maturin"]
    table.at_least(
        f"{title}: maturin / wheelpack",
        median(theirs) / median(ours),
        ratio,
        as_ratio,
        f"{show.wall_and_cpu(ours)}; maturin {show.wall_and_cpu(theirs)}",
    )


# --- wheelpack's own part -----------------------------------------------------------------


def covered(lines):
    """Seconds in which at least one of the programs ran."""
    spans = sorted(tuple(map(int, line.split()[1:])) for line in lines)
    total, end = 0, 0
    for begin, until in spans:
        total += max(0, until - max(begin, end))
        end = max(end, until)
    return total / 1e9


def own_part(program, notes, crate, *arguments):
    """A Sample whose wall time is without cargo's."""
    notes.unlink(missing_ok=True)
    sample = program.run(crate, *arguments)
    lines = notes.read_text(encoding="utf-8").splitlines()
    return Sample(sample.wall - covered(lines), sample.cpu, sample.peak)


def spans_of(options, program, folder):
    """Put the program that notes spans in front of cargo; returns where it notes them."""
    shims = folder / "shims"
    shims.mkdir()
    for name in SPANNED:
        shutil.copy(options.spans, shims / name)
    notes = folder / "spans"
    path = program.env["PATH"]
    program.env.update(
        PACK_SPANS=str(notes),
        PACK_SPANS_PATH=path,
        PATH=f"{shims}{os.pathsep}{path}",
    )
    return notes


def floor_work(wheel):
    """The list for bench/repair_floor: every member of the wheel, the largest first."""
    with zipfile.ZipFile(wheel) as archive:
        members = sorted(archive.infolist(), key=lambda info: -info.file_size)
    return "".join(
        f"make {data_offset(wheel, info)} {info.compress_size} {info.file_size} "
        f"{info.compress_type} {wheel}\n"
        for info in members
        if info.file_size
    )


def run_floor(options, work, folder):
    result = subprocess.run(
        [options.floor, "-j", str(CPUS), "-l", LEVEL, "-o", folder],
        input=work,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        show.fail(result.stderr.strip())
    facts = json.loads(result.stdout)
    return Sample(facts["wall"], facts["cpu"], 0)


def bench_own(bench, table, ours, folder):
    options = bench.options
    notes = spans_of(options, ours, folder)
    ours.run("pyo3-mixed", "build")
    work = floor_work(next(ours.out.glob("pyo3_mixed-*.whl")))
    floor_folder = folder / "floor"
    floor_folder.mkdir()
    got = bench.measure(
        "own part",
        {
            "own": lambda: own_part(ours, notes, "pyo3-mixed", "build"),
            "floor": lambda: run_floor(options, work, floor_folder),
        },
    )
    own, floor = median(got["own"]), median(got["floor"])
    table.at_most(
        "pyo3 mixed without cargo's part",
        own,
        FLOOR_RATIO * floor + OWN_SECONDS,
        as_seconds,
        f"floor {as_seconds(floor)}; {FLOOR_RATIO} of it and {as_seconds(OWN_SECONDS)}",
    )


def bench_version(bench, table, ours):
    got = bench.measure(
        "version",
        {"ours": lambda: show.run_process([ours.path, "--version"])},
        show.SHORT_REPEATS,
    )
    table.at_most(
        "wheelpack --version",
        median(got["ours"]),
        VERSION_SECONDS,
        as_seconds,
        "one process",
    )


def run(options, folder):
    tools = Tools()
    ours = Program("wheelpack", options.wheelpack, folder, tools)
    theirs = Program("maturin", tools.bin / "maturin", folder, tools)
    bench, table, pair = show.Bench(options), show.Table(), (ours, theirs)
    got = both(bench, "pyo3 mixed", pair, "pyo3-mixed", "build")
    add_pair(table, "pyo3 mixed", got, MIXED_RATIO)
    got = both(bench, "release", pair, "pyo3-mixed", "build", "--release")
    add_pair(table, "pyo3 mixed, --release", got, RELEASE_RATIO)
    got = both(bench, "cffi", pair, "cffi-mixed", "build", how="uncached")
    add_pair(table, "cffi mixed", got, CFFI_RATIO)
    got = both(bench, "cffi, cached", pair, "cffi-mixed", "build")
    add_pair(table, "cffi mixed, glue cached", got, CACHED_CFFI_RATIO)
    got = both(bench, "sdist", pair, "pyo3-mixed", "sdist")
    add_pair(table, "sdist of pyo3 mixed", got, SDIST_RATIO)
    bench_version(bench, table, ours)
    bench_own(bench, table, ours, folder)
    print(f"{show.machine()}; medians of {options.rounds} rounds or more")
    print(f"{bench.kept} rounds kept, {bench.thrown_away} thrown away for foreign load")
    print(table.render())
    print(f"{len(table.rows) - table.missed} rows met, {table.missed} missed")
    return 1 if table.missed else 0


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheelpack", default="./wheelpack", metavar="PROGRAM")
    parser.add_argument("--floor", default="bench/repair_floor", metavar="PROGRAM")
    parser.add_argument("--spans", default="bench/pack_spans", metavar="PROGRAM")
    parser.add_argument("--rounds", type=int, default=11, metavar="N")
    parser.add_argument("--max-load", type=float, default=0.03, metavar="SHARE")
    return parser.parse_args()


def main():
    options = parse_arguments()
    options.wheelpack = show.program_path(options.wheelpack, "build it first")
    options.floor = show.program_path(options.floor, "make bench/repair_floor builds it")
    options.spans = show.program_path(options.spans, "make bench/pack_spans builds it")
    # On the disk that users write to, not in memory: durability is part of the work.
    base = show.cache_folder()
    base.mkdir(parents=True, exist_ok=True)
    started = pathlib.Path.cwd()
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=base) as folder:
        try:
            return run(options, pathlib.Path(folder))
        finally:
            os.chdir(started)


if __name__ == "__main__":
    sys.exit(main())
