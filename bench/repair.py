#!/usr/bin/env python3
"""Measure `wheelfix repair` against auditwheel with patchelf and against the floor.

As bench/show.py, whose rounds, thresholds and table these are.  The floor is
bench/repair_floor: read, inflate and digest every changed or added member, deflate it, write
as many bytes as the result has and make them durable, on as many threads.
"""

import argparse
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile

import show
from show import CPUS, FLOOR_RATIO, MEMORY_BASE, MIB, Sample, as_mib, as_ratio, median

sys.path.insert(0, str(show.HERE.parent / "tests" / "corpus"))

from fetch import default_cache, fetch, read_list  # noqa: E402
from raw_build import build, install_packages, missing_packages, raw_cache  # noqa: E402
from raw_build import read_raw_list  # noqa: E402
from raw_peer import install_peer  # noqa: E402

# design of the product: what each row must reach
PEER_RATIO = 12
IDLE_PEER_RATIO = 50
SAME_RATIO = 1.3
WRITE_WINDOW = 64 * MIB
NUM_SAME = 4
LOCAL_LEN = 30
LEVEL = "5"
LARGEST = "llvmlink"  # the project that bundles 200 MB


class PeerRepairs(show.PeerTimes):
    """Seconds that auditwheel took to repair each wheel, and the bytes it made."""

    def __init__(self, programs, options, folder):
        os.environ["PATH"] = f"{programs}{os.pathsep}{os.environ['PATH']}"
        super().__init__(programs / "auditwheel", options)
        self.folder = folder
        self.path = self.path.with_name(self.path.stem + "-repair.json")
        self.all = {}
        if options.reuse_peer and self.path.exists():
            self.all = json.loads(self.path.read_text(encoding="utf-8"))
        self.here = self.all.setdefault(show.machine(), {})

    def run(self, wheel):
        command = [str(self.program), "repair", "--plat", "auto"]
        return show.run_process([*command, "-w", str(self.folder), str(wheel)], (0, 1))


# --- what the floor has to do -------------------------------------------------------------


def data_offset(path, info):
    """Return where the data of a member starts: behind its local header."""
    with open(path, "rb") as stream:
        stream.seek(info.header_offset)
        header = stream.read(LOCAL_LEN)
    name_len, extra_len = struct.unpack_from("<HH", header, 26)
    return info.header_offset + LOCAL_LEN + name_len + extra_len


def facts_of(info):
    return info.filename, info.CRC, info.file_size


def list_work(pairs, word="make", only=lambda name: True):
    """Return (list for the floor, largest member) of (source, result) pairs."""
    members, writes = [], []
    for source, result in pairs:
        with zipfile.ZipFile(source) as old, zipfile.ZipFile(result) as new:
            known = set() if word == "check" else {facts_of(x) for x in old.infolist()}
            for info in new.infolist():
                if info.is_dir() or facts_of(info) in known or not only(info.filename):
                    continue
                members.append((info.file_size, info, result))
        writes.append(f"write {result.stat().st_size}\n")
    members.sort(key=lambda member: -member[0])
    lines = [
        f"{word} {data_offset(result, info)} {info.compress_size} {size} "
        f"{info.compress_type} {result}\n"
        for size, info, result in members
    ]
    return "".join(lines + writes), members[0][0] if members else 0


def run_floor(options, work, jobs=CPUS):
    result = subprocess.run(
        [options.floor, "-j", str(jobs), "-l", LEVEL, "-o", options.folder / "floor"],
        input=work,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        show.fail(result.stderr.strip())
    facts = json.loads(result.stdout)
    return Sample(facts["wall"], facts["cpu"], 0)


# --- ours ---------------------------------------------------------------------------------


def repair_command(options, wheels, *arguments):
    command = [options.wheelfix, "repair", "--quiet", "--plat", "auto", *arguments]
    return [*command, "-w", str(options.folder / "ours"), *map(str, wheels)]


def run_ours(options, wheels, *arguments):
    return show.run_process(repair_command(options, wheels, *arguments))


def results(options, wheels):
    """Repair once and return [(source, result, how)], in order."""
    command = repair_command(options, wheels, "--format", "json")
    command.remove("--quiet")
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        rows = json.loads(answer.stdout)["wheels"]
    except (ValueError, KeyError):
        show.fail(answer.stderr.strip())
    made = []
    for wheel, row in zip(wheels, rows, strict=True):
        path = pathlib.Path(row["written"]) if row.get("written") else None
        made.append((wheel, path, row.get("action")))
    return made


def measure(bench, title, wheels, work, repeats=1):
    """Return samples of ours and of the floor, with all processors and with one."""
    options = bench.options
    contenders = {}
    for jobs in sorted({1, CPUS}):
        contenders[f"ours -j{jobs}"] = lambda jobs=jobs: run_ours(
            options, wheels, f"-j{jobs}"
        )
        contenders[f"floor -j{jobs}"] = lambda jobs=jobs: run_floor(options, work, jobs)
    return bench.measure(title, contenders, repeats)


def add_rows(table, title, got, largest, num_wheels):
    """The rows that every kind of wheel has; returns our seconds."""
    ours, floor = got[f"ours -j{CPUS}"], got[f"floor -j{CPUS}"]
    table.at_most(
        f"{title} / floor",
        median(ours) / median(floor),
        FLOOR_RATIO,
        as_ratio,
        f"{show.wall_and_cpu(ours)}; floor {show.wall_and_cpu(floor)}; {num_wheels} wheels",
    )
    table.at_most(
        "  CPU time / floor's",
        median(ours, "cpu") / median(floor, "cpu"),
        FLOOR_RATIO,
        as_ratio,
        "the same runs",
    )
    for jobs in sorted({1, CPUS}):
        ours, floor = got[f"ours -j{jobs}"], got[f"floor -j{jobs}"]
        if jobs != CPUS:
            table.at_most(
                f"  with -j{jobs} / floor with as many",
                median(ours) / median(floor),
                FLOOR_RATIO,
                as_ratio,
                f"{show.wall_and_cpu(ours)}; floor {show.wall_and_cpu(floor)}",
            )
        table.at_most(
            f"  peak memory with -j{jobs}",
            max(sample.peak for sample in ours),
            jobs * 2 * largest + WRITE_WINDOW + MEMORY_BASE,
            as_mib,
            f"largest member {as_mib(largest)}",
        )
    return median(got[f"ours -j{CPUS}"])


def add_peer(table, title, peer, wheels, seconds, ratio):
    if peer is None:
        return
    total = sum(peer.seconds(wheel) for wheel in wheels)
    show.progress("")
    table.at_least(
        f"{title} / auditwheel",
        total / seconds,
        ratio,
        as_ratio,
        f"{total:.1f} s, one process for each wheel",
    )


def bench_repaired(bench, table, peer, title, wheels):
    pairs = [(wheel, made) for wheel, made, _ in results(bench.options, wheels)]
    if any(made is None for _, made in pairs):
        show.fail(f"{title}: not all wheels were repaired")
    work, largest = list_work(pairs)
    seconds = add_rows(table, title, measure(bench, title, wheels, work), largest, len(pairs))
    add_peer(table, title, peer, wheels, seconds, PEER_RATIO)
    if peer is None:
        return
    theirs = [peer.folder / made.name for _, made in pairs]
    if all(path.exists() for path in theirs):
        table.at_most(
            "  bytes of the results",
            sum(made.stat().st_size for _, made in pairs),
            sum(path.stat().st_size for path in theirs),
            lambda value: f"{value / 1e6:.2f} MB",
            "auditwheel's are the budget",
        )


def bench_idle(bench, table, peer, wheels):
    """Wheels that need nothing are checked and copied."""
    title = "repair, published wheels that need nothing"
    made = results(bench.options, wheels)
    wheels = [wheel for wheel, path, action in made if action == "copy" and path]
    work, largest = list_work([(wheel, wheel) for wheel in wheels], "check")
    got = measure(bench, title, wheels, work)
    seconds = add_rows(table, title, got, largest, len(wheels))
    add_peer(table, title, peer, wheels, seconds, IDLE_PEER_RATIO)


def bench_same(bench, table, wheel):
    """Wheels that graft the same libraries: these are made once."""
    options = bench.options
    first, rest = wheel.name.split("-cp", 1)
    wheels = [
        pathlib.Path(shutil.copy(wheel, options.folder / f"{first}-{i + 1}-cp{rest}"))
        for i in range(NUM_SAME)
    ]
    pairs = [(source, made) for source, made, _ in results(options, wheels)]
    own, _ = list_work(pairs[1:], only=lambda name: ".libs/" not in name)
    got = bench.measure(
        "same libraries",
        {
            "one": lambda: run_ours(options, wheels[:1]),
            "all": lambda: run_ours(options, wheels),
            "own": lambda: run_floor(options, own),
        },
    )
    one, all_of_them, own = (median(got[name]) for name in ("one", "all", "own"))
    table.at_most(
        f"repair of {NUM_SAME} wheels with the same libraries",
        all_of_them,
        SAME_RATIO * one + own,
        show.as_seconds,
        f"one {show.as_seconds(one)}; own members and writing of the others "
        f"{show.as_seconds(own)}; {first}",
    )


# --- the command --------------------------------------------------------------------------


def raw_wheels(options):
    rows = read_raw_list(show.HERE.parent / "tests" / "corpus" / "raw-wheels.tsv")
    missing = missing_packages(rows)
    if missing and options.install:
        install_packages(missing)
    elif missing:
        show.fail(f"install these, or give --install: {' '.join(missing)}")
    built = {}
    for row in rows:
        wheel, problem = build(row, show.progress)
        if problem:
            show.fail(f"{row.name}: {problem}")
        built[row.name] = wheel
    return built


def published_wheels(options):
    path = show.HERE.parent / "tests" / "corpus" / "dev-wheels.tsv"
    rows = [
        row
        for row in read_list(path)
        if row["os"] == "linux" and row["platform"].endswith("_x86_64")
    ]
    if fetch(rows, options.cache):
        show.fail("not all wheels could be fetched")
    return [options.cache / row["filename"] for row in rows]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheelfix", default="./wheelfix", metavar="PROGRAM")
    parser.add_argument("--floor", default="bench/repair_floor", metavar="PROGRAM")
    parser.add_argument(
        "--cache", type=pathlib.Path, default=default_cache(), metavar="DIR"
    )
    parser.add_argument("--rounds", type=int, default=7, metavar="N")
    parser.add_argument("--max-load", type=float, default=0.03, metavar="SHARE")
    parser.add_argument("--reuse-peer", action="store_true")
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument(
        "--install", action="store_true", help="install missing Debian packages (as root)"
    )
    return parser.parse_args()


def run(options):
    programs = None if options.no_peer else install_peer()
    peer = programs and PeerRepairs(programs, options, options.folder / "theirs")
    bench, table = show.Bench(options), show.Table()
    built = raw_wheels(options)
    large = [built.pop(LARGEST)]
    bench_repaired(bench, table, peer, "repair, raw wheels", list(built.values()))
    bench_repaired(bench, table, peer, "repair, 200 MB of libraries", large)
    bench_idle(bench, table, peer, published_wheels(options))
    bench_same(bench, table, built["psycopg2"])
    print(f"{show.machine()}; medians of {options.rounds} rounds or more")
    print(f"{bench.kept} rounds kept, {bench.thrown_away} thrown away for foreign load")
    print(table.render())
    print(f"{len(table.rows) - table.missed} rows met, {table.missed} missed")
    return 1 if table.missed else 0


def main():
    options = parse_arguments()
    options.wheelfix = show.program_path(options.wheelfix, "build it first")
    options.floor = show.program_path(options.floor, "make bench/repair_floor builds it")
    raw_cache().mkdir(parents=True, exist_ok=True)
    # On the disk that users write to, not in memory: durability is part of the work.
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=raw_cache()) as folder:
        options.folder = pathlib.Path(folder)
        for name in ("ours", "theirs", "floor"):
            (options.folder / name).mkdir()
        return run(options)


if __name__ == "__main__":
    sys.exit(main())
