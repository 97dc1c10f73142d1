#!/usr/bin/env python3
"""Measure `wheelfix show` and `repair` of macOS wheels: floors, and repairwheel.

As bench/show.py and bench/repair.py, whose rounds, thresholds, table and floors these are.
`show` verifies every code signature, so the floor it is held to hashes the signed pages,
too; the ratio to the floor without that stands beside it.  The peer of `repair` is
repairwheel, which is delocate without a Mac.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import repair
import show
from show import CPUS, FLOOR_RATIO, as_ratio, median, run_process

sys.path.insert(0, str(show.HERE.parent / "tests" / "corpus"))

from fetch import default_cache, read_list  # noqa: E402
from macos_peer import REPAIRWHEEL, install_peer  # noqa: E402
from raw_build import raw_cache  # noqa: E402

# design of the product: what each row must reach
PEER_RATIO = 20


class PeerRepairs(show.PeerTimes):
    """Seconds that repairwheel took for each wheel, kept for --reuse-peer."""

    def __init__(self, program, options):
        self.program = program
        self.options = options
        self.path = show.cache_folder() / "bench" / f"repairwheel-{REPAIRWHEEL}.json"
        self.all = {}
        if options.reuse_peer and self.path.exists():
            self.all = json.loads(self.path.read_text(encoding="utf-8"))
        self.here = self.all.setdefault(show.machine(), {})

    def run(self, wheel):
        # 1 is its answer to what it cannot repair; it took time for that, too.
        folder = self.options.folder / "theirs"
        command = [str(self.program), str(wheel), "-o", str(folder), "--no-sys-paths"]
        return run_process(command, (0, 1))


# --- show ---------------------------------------------------------------------------------


def bench_show(bench, table, wheels):
    options = bench.options
    facts = show.floor_facts(options, wheels)
    contenders = {}
    for num in sorted({1, CPUS}):
        jobs = f"-j{num}"
        contenders[f"ours {jobs}"] = lambda jobs=jobs: run_process(
            show.show_command(options, wheels, jobs)
        )
        contenders[f"floor {jobs}"] = lambda jobs=jobs: show.run_floor(
            show.floor_command(options, wheels, jobs)
        )
        contenders[f"signed {jobs}"] = lambda jobs=jobs: show.run_floor(
            show.floor_command(options, wheels, "--signatures", jobs)
        )
    got = bench.measure("show", contenders)
    size = f"{len(wheels)} wheels, {facts['native_members']} native members, "
    size += f"{facts['native_bytes'] / 1e6:.0f} MB"
    for num in sorted({1, CPUS}, reverse=True):
        ours, floor, signed = (
            got[f"{who} -j{num}"] for who in ("ours", "floor", "signed")
        )
        table.at_most(
            f"show with -j{num} / floor that hashes signed pages",
            median(ours) / median(signed),
            FLOOR_RATIO,
            as_ratio,
            f"{show.wall_and_cpu(ours)}; floor {show.wall_and_cpu(signed)}; {size}",
        )
        table.at_most(
            "  CPU time / floor's",
            median(ours, "cpu") / median(signed, "cpu"),
            FLOOR_RATIO,
            as_ratio,
            "the same runs",
        )
        table.add(
            "  / floor without hashes",
            "",
            as_ratio(median(ours) / median(floor)),
            None,
            f"floor {show.wall_and_cpu(floor)}",
        )
    show.bench_memory(
        table,
        {name.replace("ours", "text"): samples for name, samples in got.items()},
        facts,
        sorted({1, CPUS}),
    )


# --- repair -------------------------------------------------------------------------------


def ours(options, wheels, *arguments):
    command = [options.wheelfix, "repair", "--quiet", *arguments]
    return [*command, "-w", str(options.folder / "ours"), *map(str, wheels)]


def plan_work(options, wheels):
    """Repair once; return (list for the floor, largest member, wheels per action)."""
    command = ours(options, wheels, "--format", "json")
    command.remove("--quiet")
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        rows = json.loads(answer.stdout)["wheels"]
    except (ValueError, KeyError):
        show.fail(answer.stderr.strip())
    made = {"repair": [], "copy": []}
    for wheel, row in zip(wheels, rows, strict=True):
        if not row.get("written"):
            show.fail(f"{wheel.name}: {row.get('action')}: {answer.stderr.strip()}")
        made[row["action"]].append((wheel, pathlib.Path(row["written"])))
    # What stays in a repaired wheel is read, too: its RECORD is checked.
    checks = [(wheel, wheel) for pairs in made.values() for wheel, _ in pairs]
    changed, largest = repair.list_work(made["repair"])
    same, largest_same = repair.list_work(checks, "check")
    same = "".join(line for line in same.splitlines(True) if line.startswith("check"))
    copies = "".join(f"write {path.stat().st_size}\n" for _, path in made["copy"])
    actions = ", ".join(f"{len(pairs)} {action}" for action, pairs in made.items())
    return same + changed + copies, max(largest, largest_same), actions


def bench_repair(bench, table, peer, wheels):
    options = bench.options
    work, largest, actions = plan_work(options, wheels)
    contenders = {}
    for jobs in sorted({1, CPUS}):
        contenders[f"ours -j{jobs}"] = lambda jobs=jobs: run_process(
            ours(options, wheels, f"-j{jobs}")
        )
        contenders[f"floor -j{jobs}"] = lambda jobs=jobs: repair.run_floor(
            options, work, jobs
        )
    got = bench.measure("repair", contenders)
    seconds = median(got[f"ours -j{CPUS}"])
    for jobs in sorted({1, CPUS}, reverse=True):
        mine, floor = got[f"ours -j{jobs}"], got[f"floor -j{jobs}"]
        table.add(
            f"repair with -j{jobs} / floor",
            "",
            as_ratio(median(mine) / median(floor)),
            None,
            f"{show.wall_and_cpu(mine)}; floor {show.wall_and_cpu(floor)}; {actions}",
        )
        table.at_most(
            f"  peak memory with -j{jobs}",
            max(sample.peak for sample in mine),
            jobs * 2 * largest + repair.WRITE_WINDOW + show.MEMORY_BASE,
            show.as_mib,
            f"largest member {show.as_mib(largest)}",
        )
    if peer is None:
        return
    total = sum(peer.seconds(wheel) for wheel in wheels)
    show.progress("")
    table.at_least(
        "repair, macOS wheels / repairwheel",
        total / seconds,
        PEER_RATIO,
        as_ratio,
        f"repairwheel {REPAIRWHEEL}: {total:.1f} s, one process for each wheel",
    )


# --- the command --------------------------------------------------------------------------


def macos_wheels(options):
    path = show.HERE.parent / "tests" / "corpus" / "dev-wheels.tsv"
    rows = [row for row in read_list(path) if row["os"] == "macos"]
    return show.bring(rows, options.cache)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheelfix", default="./wheelfix", metavar="PROGRAM")
    parser.add_argument("--floor", default="bench/show_floor", metavar="PROGRAM")
    parser.add_argument("--repair-floor", default="bench/repair_floor", metavar="PROGRAM")
    parser.add_argument(
        "--cache", type=pathlib.Path, default=default_cache(), metavar="DIR"
    )
    parser.add_argument("--rounds", type=int, default=7, metavar="N")
    parser.add_argument("--max-load", type=float, default=0.03, metavar="SHARE")
    parser.add_argument("--reuse-peer", action="store_true")
    parser.add_argument("--no-peer", action="store_true")
    return parser.parse_args()


def run(options):
    wheels = macos_wheels(options)
    peer = None if options.no_peer else PeerRepairs(install_peer(), options)
    bench, table = show.Bench(options), show.Table()
    bench_show(bench, table, wheels)
    options.floor = options.repair_floor
    bench_repair(bench, table, peer, wheels)
    print(f"{show.machine()}; medians of {options.rounds} rounds or more")
    print(f"{bench.kept} rounds kept, {bench.thrown_away} thrown away for foreign load")
    print(table.render())
    print(f"{len(table.rows) - table.missed} rows met, {table.missed} missed")
    return 1 if table.missed else 0


def main():
    options = parse_arguments()
    options.wheelfix = show.program_path(options.wheelfix, "build it first")
    options.floor = show.program_path(options.floor, "make bench/show_floor builds it")
    options.repair_floor = show.program_path(
        options.repair_floor, "make bench/repair_floor builds it"
    )
    for name in ("MACOSX_DEPLOYMENT_TARGET", "DYLD_LIBRARY_PATH"):
        os.environ.pop(name, None)
    raw_cache().mkdir(parents=True, exist_ok=True)
    # On the disk that users write to, not in memory: durability is part of the work.
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=raw_cache()) as folder:
        options.folder = pathlib.Path(folder)
        for name in ("ours", "theirs", "floor"):
            (options.folder / name).mkdir()
        return run(options)


if __name__ == "__main__":
    sys.exit(main())
