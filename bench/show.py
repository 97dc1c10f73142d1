#!/usr/bin/env python3
"""Measure `wheelfix show` against auditwheel and against the floor, in one run.

Everything that is compared runs interleaved, round by round, on a warm page cache; a round
in which other processes used the machine is thrown away; the figures are medians, with CPU
time beside wall time.  The floor is bench/show_floor: read, inflate and check every native
member with the same number of threads.
"""

import argparse
import json
import os
import pathlib
import platform
import resource
import statistics
import subprocess
import sys
import time
import venv

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests" / "corpus"))

from fetch import default_cache, fetch, read_list  # noqa: E402

PEER = "auditwheel"
PEER_VERSION = "6.8.2"
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
CPUS = os.cpu_count() or 1
MIB = 1 << 20
SMALL_WHEEL = 1000 * 1000
MAX_PEER_TRIES = 3
# A process this short is below the resolution of /proc/stat: a round runs it often.
SHORT_REPEATS = 15

# design of the product: what each row must reach
PEER_RATIO = 70
SMALL_PEER_RATIO = 30
SMALL_SECONDS = 0.006
FLOOR_RATIO = 1.3
NUMPY_RATIO = 0.75
JSON_RATIO = 1.5
START_SECONDS = 0.003
MEMORY_PER_LARGEST = 2
MEMORY_BASE = 64 * MIB


def fail(text):
    raise SystemExit(f"bench: {text}")


class Sample:
    """What one process took."""

    def __init__(self, wall, cpu, peak):
        self.wall = wall
        self.cpu = cpu
        self.peak = peak


def run_process(command, quiet_status=(0,)):
    """Run a process with its output thrown away and return a Sample."""
    null = [
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    start = time.perf_counter()
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=null)
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - start
    if not os.WIFEXITED(status) or os.WEXITSTATUS(status) not in quiet_status:
        fail(f"{' '.join(command[:3])} ...: wait status {status}")
    return Sample(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def run_floor(command):
    """Run the floor, which measures itself: listing the members is not its work."""
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        fail(result.stderr.strip())
    facts = json.loads(result.stdout)
    return Sample(facts["wall"], facts["cpu"], 0)


class Load:
    """CPU time that other processes used, while a block of code ran."""

    def __enter__(self):
        self.start = (self.busy(), self.own(), time.perf_counter())
        return self

    def __exit__(self, *unused):
        busy, own, start = self.start
        wall = time.perf_counter() - start
        foreign = self.busy() - busy - (self.own() - own)
        # The counters tick: what two ticks for each processor cannot tell is nobody's.
        foreign -= 2 * CPUS / CLOCK_TICKS
        self.share = max(0.0, foreign) / (wall * CPUS)

    @staticmethod
    def busy():
        with open("/proc/stat", encoding="ascii") as stream:
            fields = [int(word) for word in stream.readline().split()[1:9]]
        user, nice, system, _, _, irq, softirq, steal = fields
        return (user + nice + system + irq + softirq + steal) / CLOCK_TICKS

    @staticmethod
    def own():
        total = 0.0
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
            usage = resource.getrusage(who)
            total += usage.ru_utime + usage.ru_stime
        return total


class Bench:
    """Measures contenders in rounds, and remembers how many rounds were thrown away."""

    def __init__(self, options):
        self.options = options
        self.thrown_away = 0
        self.kept = 0

    def measure(self, title, contenders, repeats=1):
        """Run every contender once a round (`repeats` times if short), round by round.

        `contenders` is {name: function returning a Sample}.  Returns {name: [Sample]}.
        """
        wanted = self.options.rounds
        samples = {name: [] for name in contenders}
        names = list(contenders)
        for attempt in range(wanted * 4):
            if len(samples[names[0]]) >= wanted * repeats:
                break
            progress(f"{title}: round {attempt + 1}")
            with Load() as load:
                # Every round starts with another contender, so none is always first.
                turn = names[attempt % len(names) :] + names[: attempt % len(names)]
                got = {name: [] for name in names}
                for _ in range(repeats):
                    for name in turn:
                        got[name].append(contenders[name]())
            if load.share > self.options.max_load:
                self.thrown_away += 1
                time.sleep(1)
                continue
            self.kept += 1
            for name in names:
                samples[name] += got[name]
        progress("")
        if len(samples[names[0]]) < wanted * repeats:
            fail(
                f"{title}: the machine is busy with other work; only "
                f"{len(samples[names[0]]) // repeats} of {wanted * 4} rounds were quiet "
                "(--max-load says what counts as quiet)"
            )
        return samples


def progress(text):
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def median(samples, what="wall"):
    return statistics.median(getattr(sample, what) for sample in samples)


class Table:
    """Rows of budget and figure, aligned when they are printed."""

    HEAD = ("", "budget", "figure", "", "how")

    def __init__(self):
        self.rows = []
        self.missed = 0

    def add(self, name, budget, figure, met, how):
        """`met` is None for a row that has no budget."""
        self.missed += met is False
        word = {True: "pass", False: "MISS", None: "-"}[met]
        self.rows.append((name, budget, figure, word, how))

    def at_most(self, name, value, limit, form, how):
        self.add(name, "<= " + form(limit), form(value), value <= limit, how)

    def at_least(self, name, value, limit, form, how):
        self.add(name, ">= " + form(limit), form(value), value >= limit, how)

    def render(self):
        rows = [self.HEAD, *self.rows]
        widths = [max(len(row[i]) for row in rows) for i in range(4)]
        lines = []
        for name, budget, figure, word, how in rows:
            lines.append(
                f"{name:<{widths[0]}}  {budget:>{widths[1]}}  {figure:>{widths[2]}}  "
                f"{word:<{widths[3]}}  {how}".rstrip()
            )
        return "\n".join(lines)


def as_ratio(value):
    return f"{value:.2f}x" if value < 10 else f"{value:.0f}x"


def as_seconds(value):
    return f"{value * 1000:.2f} ms" if value < 0.1 else f"{value:.3f} s"


def as_mib(value):
    return f"{value / MIB:.0f} MiB"


def wall_and_cpu(samples):
    return f"{as_seconds(median(samples))} ({as_seconds(median(samples, 'cpu'))} CPU)"


# --- the peer ---------------------------------------------------------------------------


def cache_folder():
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return pathlib.Path(base) / "wheelfix"


def install_peer():
    """Return auditwheel's program, installed into an environment of its own if needed."""
    folder = cache_folder() / "peer" / f"{PEER}-{PEER_VERSION}"
    program = folder / "bin" / PEER
    if not program.exists():
        venv.create(folder, with_pip=True, clear=True)
        command = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        command += ["--disable-pip-version-check", f"{PEER}=={PEER_VERSION}"]
        if subprocess.run(command, check=False).returncode != 0:
            fail(f"cannot install {PEER} {PEER_VERSION}")
    return program


def machine():
    """Return what the peer's figures depend on besides its version."""
    model = platform.machine()
    with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as stream:
        for line in stream:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return f"{model}, {CPUS} CPUs, Python {platform.python_version()}"


class PeerTimes:
    """Seconds that the peer took for each wheel, kept for --reuse-peer."""

    def __init__(self, program, options):
        self.program = program
        self.options = options
        self.path = cache_folder() / "bench" / f"{PEER}-{PEER_VERSION}.json"
        self.all = {}
        if options.reuse_peer and self.path.exists():
            self.all = json.loads(self.path.read_text(encoding="utf-8"))
        self.here = self.all.setdefault(machine(), {})

    def run(self, wheel):
        # 1 is its answer for a crash or a wheel without ELF files; it took time for both.
        return run_process([str(self.program), "show", "--json", str(wheel)], (0, 1))

    def seconds(self, wheel):
        if wheel.name not in self.here:
            self.here[wheel.name] = self.measure(wheel)
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text(json.dumps(self.all, indent=1), encoding="utf-8")
        return self.here[wheel.name]

    def measure(self, wheel):
        progress(f"{PEER}: {wheel.name}")
        for _ in range(MAX_PEER_TRIES):
            with Load() as load:
                wall = self.run(wheel).wall
            if load.share <= self.options.max_load:
                return wall
        fail(f"{PEER} on {wheel.name}: the machine is busy with other work")


# --- the rows ---------------------------------------------------------------------------


def show_command(options, wheels, *arguments):
    return [options.wheelfix, "show", *arguments, *map(str, wheels)]


def floor_command(options, wheels, *arguments):
    return [options.floor, *arguments, *map(str, wheels)]


def floor_facts(options, wheels):
    """Run the floor once, which also warms the page cache, and return what it lists."""
    result = subprocess.run(
        floor_command(options, wheels), capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        fail(result.stderr.strip())
    return json.loads(result.stdout)


def bench_total(bench, table, wheels):
    """All wheels in one run: floor, formats, threads and memory; returns our seconds."""
    options = bench.options
    facts = floor_facts(options, wheels)
    threads = sorted({1, CPUS})
    contenders = {}
    for num in threads:
        jobs = f"-j{num}"
        contenders[f"text {jobs}"] = lambda jobs=jobs: run_process(
            show_command(options, wheels, jobs)
        )
        contenders[f"floor {jobs}"] = lambda jobs=jobs: run_floor(
            floor_command(options, wheels, jobs)
        )
    contenders["json"] = lambda: run_process(
        show_command(options, wheels, "--format", "json")
    )
    contenders["floor sha256"] = lambda: run_floor(
        floor_command(options, wheels, "--sha256")
    )
    got = bench.measure("all wheels", contenders)

    text, floor = got[f"text -j{CPUS}"], got[f"floor -j{CPUS}"]
    size = f"{len(wheels)} wheels, {facts['native_members']} native members, "
    size += f"{facts['native_bytes'] / 1e6:.0f} MB"
    table.at_most(
        "show, Linux x86_64 wheels / floor",
        median(text) / median(floor),
        FLOOR_RATIO,
        as_ratio,
        f"{wall_and_cpu(text)}; floor {wall_and_cpu(floor)}; {size}",
    )
    table.at_most(
        "  CPU time / floor's",
        median(text, "cpu") / median(floor, "cpu"),
        FLOOR_RATIO,
        as_ratio,
        "the same runs",
    )
    for num in threads[:-1]:
        ours, least = got[f"text -j{num}"], got[f"floor -j{num}"]
        table.at_most(
            f"  with -j{num} / floor with as many",
            median(ours) / median(least),
            FLOOR_RATIO,
            as_ratio,
            f"{wall_and_cpu(ours)}; floor {wall_and_cpu(least)}",
        )
    one, all_of_them = median(got["text -j1"]), median(text)
    table.add(
        f"  scaling from -j1 to -j{CPUS}",
        "",
        as_ratio(one / all_of_them),
        None,
        f"floor {as_ratio(median(got['floor -j1']) / median(floor))}",
    )
    table.at_most(
        "  json / text",
        median(got["json"]) / median(text),
        JSON_RATIO,
        as_ratio,
        wall_and_cpu(got["json"]),
    )
    table.at_most(
        "  json / floor with the files' SHA-256",
        median(got["json"]) / median(got["floor sha256"]),
        FLOOR_RATIO,
        as_ratio,
        f"floor {wall_and_cpu(got['floor sha256'])}",
    )
    bench_memory(table, got, facts, threads)
    return median(text)


def bench_memory(table, got, facts, threads):
    for num in threads:
        peak = max(sample.peak for sample in got[f"text -j{num}"])
        table.at_most(
            f"  peak memory with -j{num}",
            peak,
            num * MEMORY_PER_LARGEST * facts["largest"] + MEMORY_BASE,
            as_mib,
            f"largest member {as_mib(facts['largest'])}",
        )


def bench_peer_total(table, peer, wheels, seconds):
    total = sum(peer.seconds(wheel) for wheel in wheels)
    progress("")
    table.at_least(
        f"show, Linux x86_64 wheels / {PEER}",
        total / seconds,
        PEER_RATIO,
        as_ratio,
        f"{PEER} {PEER_VERSION}: {total:.1f} s, one process for each wheel",
    )


def bench_small(bench, table, peer, wheels):
    """One wheel below a megabyte: the slowest of them, and the lowest ratio."""
    options = bench.options
    contenders = {
        wheel.name: lambda wheel=wheel: run_process(show_command(options, [wheel]))
        for wheel in wheels
    }
    got = bench.measure("small wheels", contenders, SHORT_REPEATS)
    slowest = max(got, key=lambda name: median(got[name]))
    table.at_most(
        "show, one small wheel",
        median(got[slowest]),
        SMALL_SECONDS,
        as_seconds,
        f"{wall_and_cpu(got[slowest])}; {slowest}, the slowest of {len(wheels)}",
    )
    if peer is None:
        return
    ratios = {
        wheel.name: peer.seconds(wheel) / median(got[wheel.name]) for wheel in wheels
    }
    progress("")
    lowest = min(ratios, key=ratios.get)
    table.at_least(
        f"show, one small wheel / {PEER}",
        ratios[lowest],
        SMALL_PEER_RATIO,
        as_ratio,
        f"{PEER} {as_seconds(ratios[lowest] * median(got[lowest]))}; {lowest}, the lowest",
    )


def bench_numpy(bench, table, wheels):
    options = bench.options
    floor_facts(options, wheels)
    contenders = {
        "ours": lambda: run_process(show_command(options, wheels)),
        "floor": lambda: run_floor(floor_command(options, wheels)),
    }
    got = bench.measure("numpy", contenders)
    table.at_most(
        f"show, {len(wheels)} numpy wheels of one release / floor",
        median(got["ours"]) / median(got["floor"]),
        NUMPY_RATIO,
        as_ratio,
        f"{wall_and_cpu(got['ours'])}; floor {wall_and_cpu(got['floor'])}",
    )


def bench_start(bench, table):
    command = [bench.options.wheelfix, "--version"]
    got = bench.measure("start", {"start": lambda: run_process(command)}, SHORT_REPEATS)
    table.at_most(
        "start-up (--version)",
        median(got["start"]),
        START_SECONDS,
        as_seconds,
        wall_and_cpu(got["start"]),
    )


# --- the command ------------------------------------------------------------------------


def program_path(name, what):
    path = pathlib.Path(name)
    if not os.access(path, os.X_OK):
        fail(f"{name} is not a program; {what}")
    return str(path.resolve())


def bring(rows, cache):
    failed = fetch(rows, cache)
    if failed:
        fail(f"{len(failed)} wheels could not be fetched")
    return [cache / row["filename"] for row in rows]


def choose_wheels(options):
    """Return the Linux x86_64 wheels and the numpy wheels of the other Pythons."""
    dev = [
        row
        for row in read_list(HERE.parent / "tests" / "corpus" / "dev-wheels.tsv")
        if row["os"] == "linux" and row["platform"].endswith("_x86_64")
    ]
    numpy = read_list(HERE / "numpy-wheels.tsv")
    first = [
        row
        for row in dev
        if row["requirement"] == numpy[0]["requirement"]
        and row["platform"] == numpy[0]["platform"]
    ]
    return bring(dev, options.cache), bring(first + numpy, options.cache)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--wheelfix",
        default=os.environ.get("WHEELFIX", "./wheelfix"),
        metavar="PROGRAM",
        help="the program to measure (default: $WHEELFIX, else ./wheelfix)",
    )
    parser.add_argument(
        "--floor",
        default="bench/show_floor",
        metavar="PROGRAM",
        help="the floor (default: %(default)s; make bench/show_floor builds it)",
    )
    parser.add_argument(
        "--cache",
        type=pathlib.Path,
        default=default_cache(),
        metavar="DIR",
        help="where the wheels are kept (default: %(default)s)",
    )
    parser.add_argument(
        "--rounds", type=int, default=7, metavar="N", help="quiet rounds (default: 7)"
    )
    parser.add_argument(
        "--max-load",
        type=float,
        default=0.03,
        metavar="SHARE",
        help="throw a round away when other processes used more than this share of the "
        "machine (default: %(default)s; 1 keeps all)",
    )
    parser.add_argument(
        "--reuse-peer",
        action="store_true",
        help=f"take {PEER}'s times from an earlier run on this machine",
    )
    parser.add_argument(
        "--no-peer", action="store_true", help=f"leave out the rows against {PEER}"
    )
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds needs a number above 0")
    return options


def main():
    options = parse_arguments()
    options.wheelfix = program_path(options.wheelfix, "build it first")
    options.floor = program_path(options.floor, "make bench/show_floor builds it")
    wheels, numpy = choose_wheels(options)
    peer = None if options.no_peer else PeerTimes(install_peer(), options)
    bench = Bench(options)
    table = Table()

    seconds = bench_total(bench, table, wheels)
    if peer:
        bench_peer_total(table, peer, wheels, seconds)
    small = [wheel for wheel in wheels if wheel.stat().st_size < SMALL_WHEEL]
    bench_small(bench, table, peer, small)
    bench_numpy(bench, table, numpy)
    bench_start(bench, table)

    print(f"{machine()}; medians of {options.rounds} rounds or more")
    print(f"{bench.kept} rounds kept, {bench.thrown_away} thrown away for foreign load")
    print(table.render())
    print(f"{len(table.rows) - table.missed} rows met, {table.missed} missed")
    return 1 if table.missed else 0


if __name__ == "__main__":
    sys.exit(main())
