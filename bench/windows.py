#!/usr/bin/env python3
"""Measure `wheelfix show` and `repair` of Windows wheels: floors, and delvewheel.

As bench/show.py and bench/repair.py, whose rounds, thresholds, table and floors these are.
Published wheels that delvewheel repaired carry its mark, at which it stops, so they are also
measured as they were before (tests/corpus/windows_unrepair.py): that is what `repair` gets,
with the wheels that need no repair.  delvewheel runs once for each wheel, as its users run it;
wheelfix once for all that are repaired with the same options.
"""

import argparse
import json
import os
import pathlib
import pickle
import subprocess
import sys
import tempfile

import repair
import show
from show import CPUS, FLOOR_RATIO, Sample, as_ratio, median, run_process

sys.path.insert(0, str(show.HERE.parent / "tests" / "corpus"))

from fetch import default_cache, read_list  # noqa: E402
from raw_build import raw_cache  # noqa: E402
from windows_peer import DELVEWHEEL, install_peer, lower_members  # noqa: E402
from windows_unrepair import HOW, bundled_names, read, unrepair  # noqa: E402

# design of the product: what each row must reach
SHOW_PEER_RATIO = 12
REPAIR_PEER_RATIO = 10


class Job:
    """One wheel to repair: with which libraries, and as the peer needs it."""

    def __init__(self, wheel, libraries, folder):
        self.wheel = wheel
        self.libraries = libraries
        self.peer_wheel = lower_members(wheel, folder)
        self.arguments = HOW.get(wheel.name.partition("-")[0], [])

    def paths(self, option):
        return [option, str(self.libraries)] if self.libraries else []


class PeerTimes(show.PeerTimes):
    """Seconds that delvewheel took for each wheel, kept for --reuse-peer."""

    def __init__(self, program, options):
        self.program = program
        self.options = options
        self.path = show.cache_folder() / "bench" / f"delvewheel-{DELVEWHEEL}.json"
        self.all = {}
        if options.reuse_peer and self.path.exists():
            self.all = json.loads(self.path.read_text(encoding="utf-8"))
        self.here = self.all.setdefault(show.machine(), {})
        self.commands = {}

    def total(self, what, commands):
        """Return the seconds for several wheels, {wheel: arguments}, together."""
        seconds = 0
        for wheel, arguments in commands.items():
            key = pathlib.Path(f"{what} {wheel.name}")
            self.commands[key.name] = [str(self.program), *arguments]
            seconds += self.seconds(key)
        show.progress("")
        return seconds

    def run(self, wheel):
        # 1 is its answer to what it cannot find; it took time for that, too.
        return run_process(self.commands[wheel.name], (0, 1))


# --- show ---------------------------------------------------------------------------------


def bench_show(bench, table, peer, jobs, title):
    options = bench.options
    wheels = [job.wheel for job in jobs]
    facts = show.floor_facts(options, wheels)
    threads = sorted({1, CPUS})
    contenders = {}
    for num in threads:
        contenders[f"text -j{num}"] = lambda num=num: run_process(
            show.show_command(options, wheels, f"-j{num}")
        )
        contenders[f"floor -j{num}"] = lambda num=num: show.run_floor(
            show.floor_command(options, wheels, f"-j{num}")
        )
    got = bench.measure(title, contenders)
    size = f"{len(wheels)} wheels, {facts['native_members']} native members, "
    size += f"{facts['native_bytes'] / 1e6:.0f} MB"
    for num in reversed(threads):
        ours, floor = got[f"text -j{num}"], got[f"floor -j{num}"]
        table.at_most(
            f"show, {title}, with -j{num} / floor",
            median(ours) / median(floor),
            FLOOR_RATIO,
            as_ratio,
            f"{show.wall_and_cpu(ours)}; floor {show.wall_and_cpu(floor)}; {size}",
        )
        table.at_most(
            "  CPU time / floor's",
            median(ours, "cpu") / median(floor, "cpu"),
            FLOOR_RATIO,
            as_ratio,
            "the same runs",
        )
    show.bench_memory(table, got, facts, threads)
    if peer:
        total = peer.total(
            f"show, {title}",
            {
                job.wheel: ["show", *job.paths("--add-path"), *ignoring(job), job.peer_wheel]
                for job in jobs
            },
        )
        seconds = median(got[f"text -j{CPUS}"])
        table.add(
            f"show, {title} / delvewheel",
            "",
            as_ratio(total / seconds),
            None,
            f"delvewheel {DELVEWHEEL}: {total:.1f} s, one process for each wheel",
        )
        return total, seconds
    return 0, 0


def ignoring(job):
    """Return those of a job's options that `delvewheel show` has."""
    return [word for word in job.arguments if word == "--ignore-existing"]


# --- repair -------------------------------------------------------------------------------


def own_arguments(job):
    """Return what of a job's options wheelfix has to be told."""
    return [word for word in job.arguments if word != "--ignore-existing"]


def ours(options, jobs, *arguments):
    command = [options.wheelfix, "repair", *arguments, *own_arguments(jobs[0])]
    for job in jobs:
        command += job.paths("--lib-path")
    return [*command, "-w", str(options.folder / "ours"), *(str(job.wheel) for job in jobs)]


def repair_all(options, jobs, threads):
    """Repair all wheels, those with the same options at once; return what they took."""
    groups = {}
    for job in jobs:
        groups.setdefault(tuple(own_arguments(job)), []).append(job)
    samples = [
        run_process(ours(options, group, "--quiet", f"-j{threads}"))
        for group in groups.values()
    ]
    return Sample(
        sum(sample.wall for sample in samples),
        sum(sample.cpu for sample in samples),
        max(sample.peak for sample in samples),
    )


def plan_work(options, jobs):
    """Repair once; return (list for the floor, largest member, wheels per action)."""
    made = {"repair": [], "copy": []}
    for job in jobs:
        command = ours(options, [job], "--format", "json")
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        try:
            row = json.loads(answer.stdout)["wheels"][0]
            made[row["action"]].append((job.wheel, pathlib.Path(row["written"])))
        except (ValueError, KeyError, TypeError):
            show.fail(f"{job.wheel.name}: {answer.stderr.strip()}")
    # What stays in a repaired wheel is read, too: its RECORD is checked.
    checks = [(wheel, wheel) for pairs in made.values() for wheel, _ in pairs]
    changed, largest = repair.list_work(made["repair"])
    same, largest_same = repair.list_work(checks, "check")
    same = "".join(line for line in same.splitlines(True) if line.startswith("check"))
    copies = "".join(f"write {path.stat().st_size}\n" for _, path in made["copy"])
    actions = ", ".join(f"{len(pairs)} {action}" for action, pairs in made.items())
    return same + changed + copies, max(largest, largest_same), actions


def bench_repair(bench, table, peer, jobs):
    options = bench.options
    work, largest, actions = plan_work(options, jobs)
    options.floor = options.repair_floor
    contenders = {}
    for num in sorted({1, CPUS}):
        contenders[f"ours -j{num}"] = lambda num=num: repair_all(options, jobs, num)
        contenders[f"floor -j{num}"] = lambda num=num: repair.run_floor(options, work, num)
    got = bench.measure("repair", contenders)
    for num in sorted({1, CPUS}, reverse=True):
        mine, floor = got[f"ours -j{num}"], got[f"floor -j{num}"]
        table.add(
            f"repair with -j{num} / floor",
            "",
            as_ratio(median(mine) / median(floor)),
            None,
            f"{show.wall_and_cpu(mine)}; floor {show.wall_and_cpu(floor)}; {actions}",
        )
        table.at_most(
            f"  peak memory with -j{num}",
            max(sample.peak for sample in mine),
            num * 2 * largest + repair.WRITE_WINDOW + show.MEMORY_BASE,
            show.as_mib,
            f"largest member {show.as_mib(largest)}",
        )
    if peer is None:
        return
    theirs = ["repair", "--no-diagnostic", "-w", str(options.folder / "theirs")]
    total = peer.total(
        "repair",
        {
            job.wheel: [*theirs, *job.paths("--add-path"), *job.arguments, job.peer_wheel]
            for job in jobs
        },
    )
    table.at_least(
        "repair, Windows wheels / delvewheel",
        total / median(got[f"ours -j{CPUS}"]),
        REPAIR_PEER_RATIO,
        as_ratio,
        f"delvewheel {DELVEWHEEL}: {total:.1f} s, one process for each wheel",
    )


# --- the command --------------------------------------------------------------------------


def windows_wheels(options):
    path = show.HERE.parent / "tests" / "corpus" / "dev-wheels.tsv"
    rows = [row for row in read_list(path) if row["os"] == "windows"]
    return show.bring(rows, options.cache)


def take_apart(wheels, base):
    jobs = []
    for number, wheel in enumerate(wheels):
        show.progress(f"taking apart {wheel.name}")
        folder = base / str(number)
        folder.mkdir()
        libraries = None
        if bundled_names(read(wheel)):
            wheel, libraries = unrepair(wheel, folder)
        jobs.append(Job(wheel, libraries, folder))
    show.progress("")
    return jobs


def before_repair(wheels, base):
    """Return a Job for each wheel as it was before delvewheel repaired it.

    Made by a process of its own: the memory of this one is counted as that of every process
    that it starts.
    """
    path = base / "jobs"
    child = os.fork()
    if child == 0:
        path.write_bytes(pickle.dumps(take_apart(wheels, base)))
        os._exit(0)
    if os.waitpid(child, 0)[1] != 0:
        show.fail("the wheels could not be taken apart")
    return pickle.loads(path.read_bytes())


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
    parser.add_argument("--only", choices=["show", "repair"])
    return parser.parse_args()


def run(options, base):
    wheels = windows_wheels(options)
    peer = None if options.no_peer else PeerTimes(install_peer(), options)
    bench, table = show.Bench(options), show.Table()
    before = before_repair(wheels, base)
    if options.only != "repair":
        # As published they hold their libraries: nothing else is to be found.
        published = [Job(wheel, None, base / "lower" / wheel.name) for wheel in wheels]
        totals = [
            bench_show(bench, table, peer, published, "Windows wheels"),
            bench_show(bench, table, peer, before, "before repair"),
        ]
        if peer:
            table.at_least(
                "show, in total / delvewheel",
                sum(theirs for theirs, _ in totals) / sum(own for _, own in totals),
                SHOW_PEER_RATIO,
                as_ratio,
                "it stops at the mark of its own work, which the published wheels have",
            )
    if options.only != "show":
        bench_repair(bench, table, peer, before)
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
    # delvewheel searches PATH, and opens the temporary folder in lower case.
    os.environ["PATH"] = "/nonexistent"
    os.environ.pop("TMPDIR", None)
    raw_cache().mkdir(parents=True, exist_ok=True)
    # On the disk that users write to, not in memory: durability is part of the work.
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=raw_cache()) as folder:
        options.folder = pathlib.Path(folder)
        for name in ("ours", "theirs", "floor", "before"):
            (options.folder / name).mkdir()
        return run(options, options.folder / "before")


if __name__ == "__main__":
    sys.exit(main())
