#!/usr/bin/env python3
"""Fetch the wheels of a list into a cache outside the tree.

Every wheel is pinned by its SHA-256: what is in the cache is checked and kept, what is
missing or damaged is downloaded by pip, and a file appears under its own name only when its
digest is right.  An interrupted run loses nothing but the wheels it was downloading.
"""

import argparse
import concurrent.futures
import csv
import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
COLUMNS = ["os", "sha256", "size", "filename", "requirement", "python_version", "platform"]
READ_SIZE = 1 << 20


def default_cache():
    """Return the folder named by the environment, or the user's cache folder."""
    own = os.environ.get("WHEELFIX_CORPUS")
    if own:
        return pathlib.Path(own)
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return pathlib.Path(base) / "wheelfix" / "corpus"


def read_list(path):
    """Read a list of wheels; a column that is missing is named."""
    with open(path, newline="", encoding="utf-8") as stream:
        reader = csv.DictReader(stream, delimiter="\t")
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
        if missing:
            raise SystemExit(f"fetch: {path}: no column {', '.join(missing)}")
        rows = list(reader)
    for row in rows:
        name = row["filename"]
        if os.path.basename(name) != name or not name.endswith(".whl"):
            raise SystemExit(f"fetch: {path}: {name!r} is not the name of a wheel")
        row["size"] = int(row["size"])
    return rows


def select(rows, systems, only_subset):
    """Return the rows that a run is about."""
    if only_subset and rows and "subset" not in rows[0]:
        raise SystemExit("fetch: this list has no column subset")
    return [
        row
        for row in rows
        if (not systems or row["os"] in systems)
        and (not only_subset or row["subset"] == "yes")
    ]


def digest(path):
    """Return the SHA-256 of a file in hexadecimal."""
    sha256 = hashlib.sha256()
    with open(path, "rb") as stream:
        for piece in iter(lambda: stream.read(READ_SIZE), b""):
            sha256.update(piece)
    return sha256.hexdigest()


def is_right(path, row):
    """Return whether `path` is the wheel of `row`; the size is looked at first."""
    try:
        return path.stat().st_size == row["size"] and digest(path) == row["sha256"]
    except FileNotFoundError:
        return False


def pip_command():
    """Return how to run pip here: as a module of this Python, else the first on PATH."""
    probe = subprocess.run(
        [sys.executable, "-m", "pip", "--version"], capture_output=True, check=False
    )
    if probe.returncode == 0:
        return [sys.executable, "-m", "pip"]
    for name in ("pip3", "pip"):
        if shutil.which(name):
            return [name]
    raise SystemExit("fetch: pip is missing; install python3-pip")


def last_error(text):
    """Return the line in which pip says what went wrong."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")]
    return (errors or lines or ["pip said nothing"])[-1]


def download(pip, cache, row):
    """Download one wheel, check it, give it its name.  Returns None or what went wrong."""
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=cache) as folder:
        command = pip + ["download", "--quiet", "--disable-pip-version-check"]
        command += ["--no-cache-dir", "--no-deps", "--only-binary=:all:"]
        command += ["--implementation", "cp", "--python-version", row["python_version"]]
        command += ["--platform", row["platform"], "-d", folder, row["requirement"]]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            return last_error(result.stderr)
        got = pathlib.Path(folder) / row["filename"]
        if not got.exists():
            names = ", ".join(sorted(os.listdir(folder))) or "nothing"
            return f"pip brought {names}"
        if not is_right(got, row):
            size = got.stat().st_size
            return (
                f"{size} bytes with SHA-256 {digest(got)}; "
                f"expected {row['size']} bytes with {row['sha256']}"
            )
        os.replace(got, cache / row["filename"])
    return None


def drop_leftovers(cache):
    """Remove the folders of runs that were killed; the caller holds the lock."""
    for folder in cache.glob(".fetch-*"):
        shutil.rmtree(folder, ignore_errors=True)


def fetch_missing(cache, rows, jobs, say):
    """Download what is not in the cache.  Returns the rows that failed, with the reason."""
    failed = []
    with open(cache / ".lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two runs never download the same wheel twice
        drop_leftovers(cache)
        rows = [row for row in rows if not is_right(cache / row["filename"], row)]
        if not rows:
            return failed
        pip = pip_command()
        # The largest first, so that the last worker does not end alone with a big one.
        rows.sort(key=lambda row: -row["size"])
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            waiting = {pool.submit(download, pip, cache, row): row for row in rows}
            for done in concurrent.futures.as_completed(waiting):
                row = waiting[done]
                problem = done.result()
                if problem:
                    failed.append((row, problem))
                    print(f"fetch: {row['filename']}: {problem}", file=sys.stderr)
                else:
                    say(f"fetched {row['filename']} ({row['size'] / 1e6:.1f} MB)")
    return failed


def fetch(rows, cache, jobs=4, say=lambda text: None):
    """Bring every wheel of `rows` into `cache`.  Returns the rows that failed."""
    cache.mkdir(parents=True, exist_ok=True)
    missing = [row for row in rows if not is_right(cache / row["filename"], row)]
    return fetch_missing(cache, missing, jobs, say) if missing else []


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--list",
        type=pathlib.Path,
        default=HERE / "dev-wheels.tsv",
        metavar="FILE",
        help="the list of wheels (default: dev-wheels.tsv beside this script)",
    )
    parser.add_argument(
        "--cache",
        type=pathlib.Path,
        default=default_cache(),
        metavar="DIR",
        help="where the wheels are kept (default: %(default)s)",
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
        "--jobs", type=int, default=4, metavar="N", help="downloads at once (default: 4)"
    )
    parser.add_argument(
        "--paths", action="store_true", help="print the path of every wheel at the end"
    )
    parser.add_argument("-q", "--quiet", action="store_true", help="print only errors")
    options = parser.parse_args()
    if options.jobs < 1:
        parser.error("--jobs needs a number above 0")
    return options


def main():
    options = parse_arguments()

    def say(text):
        if not options.quiet:
            print(text, file=sys.stderr, flush=True)

    rows = select(read_list(options.list), options.os, options.subset)
    if not rows:
        raise SystemExit("fetch: no wheel of the list was asked for")
    start = time.monotonic()
    failed = fetch(rows, options.cache, options.jobs, say)
    total = sum(row["size"] for row in rows)
    say(
        f"{len(rows) - len(failed)} of {len(rows)} wheels in {options.cache}, "
        f"{total / 1e6:.0f} MB in all, {time.monotonic() - start:.0f} s"
    )
    if options.paths:
        for row in rows:
            print(options.cache / row["filename"])
    return 3 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
