#!/usr/bin/env python3
"""Take repaired macOS wheels apart, repair them again, and compare.

The libraries that a published wheel bundles are moved out of it into a folder, and every
name that led to them leads outside: what the wheel was before it was repaired.  `wheelfix
repair --lib-path` must then make an equivalent wheel: every library back, the same objects
loading the same libraries, every signature valid, nothing outside referenced, and a second
repair that changes no byte.  Names are edited by llvm-install-name-tool and read by
macho_names, so that nothing is judged by the code that made it.

With --peer the same wheel is repaired by delocate, as repairwheel carries it: tags, the
libraries that came in and who loads what must be equal, or macos-differences.tsv says why
not.
"""

import argparse
import base64
import csv
import filecmp
import hashlib
import os
import pathlib
import posixpath
import shutil
import subprocess
import sys
import tempfile
import zipfile

from compare import show
from fetch import default_cache, read_list, select
from macho_names import is_macho, slices
from macos_peer import install_peer, peer_repair

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

import macho_signature  # noqa: E402

# Shorter than any name it replaces, so that it fits where no room is left.
OUTSIDE = "/o/"
SYSTEM = ("/usr/lib/", "/System/Library/")
TIME_LIMIT = 600


def members(wheel):
    """Return the Mach-O members of a wheel: name to bytes."""
    with zipfile.ZipFile(wheel) as archive:
        found = {}
        for info in archive.infolist():
            if info.is_dir():
                continue
            with archive.open(info) as stream:
                head = stream.read(8)
                if is_macho(head):
                    found[info.filename] = head + stream.read()
        return found


def bundled(names):
    """Return the members that a repair put there: what lies in a folder called .dylibs."""
    return {name for name in names if "/.dylibs/" in f"/{name}"}


def leads_to(user, name, here):
    """Return the member that a name in `user` means, or None."""
    rest = name.partition("/")[2]
    if name.startswith("@loader_path/"):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(user), rest))
        return path if path in here else None
    if name.startswith("@rpath/"):
        for part in slices(here[user]):
            for rpath in part.rpaths:
                path = leads_to(user, posixpath.join(rpath, rest), here)
                if path:
                    return path
    return None


def graph(here):
    """Return who loads what: (user, arch) to the sorted members and system libraries."""
    edges = {}
    for user, data in here.items():
        for part in slices(data):
            edges[user, part.arch] = sorted(
                leads_to(user, name, here) or name for name in part.needed
            )
    return edges


def edit(path, changes):
    """Change names with llvm-install-name-tool."""
    arguments = [word for change in changes for word in change]
    subprocess.run(
        ["llvm-install-name-tool-14", *arguments, path],
        check=True,
        capture_output=True,
        timeout=TIME_LIMIT,
    )


def outside_names(user, here, moved):
    """Return what llvm-install-name-tool is to change in one file."""
    changes = []
    for part in slices(here[user]):
        for name in part.needed:
            target = leads_to(user, name, here)
            change = ["-change", name, OUTSIDE + posixpath.basename(target or "")]
            if target in moved and change not in changes:
                changes.append(change)
        if user in moved and part.install_name and not any("-id" in c for c in changes):
            changes.append(["-id", OUTSIDE + posixpath.basename(user)])
    return changes


def write_wheel(source, target, root, moved):
    """Write the wheel without its libraries, and with a RECORD that is right."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        rows = []
        record = None
        for info in old.infolist():
            if info.is_dir() or info.filename in moved:
                continue
            if info.filename.endswith(".dist-info/RECORD"):
                record = info
                continue
            path = root / info.filename
            data = path.read_bytes() if path.is_file() else old.read(info)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest())
            rows.append(f"{info.filename},sha256={digest.decode().rstrip('=')},{len(data)}")
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, data)
        rows.append(f"{record.filename},,")
        new.writestr(record, "\n".join(rows) + "\n")


def unrepair(wheel, folder):
    """Return the wheel as it was before its repair, and the folder with its libraries."""
    here = members(wheel)
    moved = bundled(here)
    libraries = folder / "outside"
    libraries.mkdir()
    root = folder / "tree"
    for name in here:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(here[name])
        changes = outside_names(name, here, moved)
        if changes:
            edit(path, changes)
        if name in moved:
            shutil.move(path, libraries / path.name)
    target = folder / "before" / wheel.name
    target.parent.mkdir()
    write_wheel(wheel, target, root, moved)
    return target, libraries


def repair(options, wheel, folder, *arguments):
    """Repair with wheelfix.  Returns (path, None) or (None, what went wrong)."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("DYLD_")
    }
    environment.pop("MACOSX_DEPLOYMENT_TARGET", None)
    result = subprocess.run(
        [options.wheelfix, "repair", "-w", folder, *arguments, wheel],
        env=environment,
        capture_output=True,
        text=True,
        timeout=TIME_LIMIT,
        check=False,
    )
    made = list(folder.glob("*.whl")) if folder.is_dir() else []
    if result.returncode != 0 or len(made) != 1:
        return None, f"exit status {result.returncode}: {result.stderr.strip()}"
    return made[0], None


def by_base_name(edges):
    """Return a graph whose nodes are called by their file names: folders may differ."""
    named = {}
    for (user, arch), targets in edges.items():
        short = posixpath.basename(user) if bundled([user]) else user
        named[short, arch] = sorted(
            posixpath.basename(target) if bundled([target]) else target
            for target in targets
        )
    return named


def signature_faults(data):
    """Return what is wrong with the signatures of a file; arm64 must have one."""
    faults = []
    for part in macho_signature.slices(data):
        if part.startswith(b"!<arch>"):
            continue
        columns = macho_signature.describe(part)
        arm = part[4:8] == b"\x0c\0\0\x01"
        if columns[-1] not in ("valid", "-") or (arm and columns[0] == "unsigned"):
            faults.append(f"its signature: {columns[0]}, {columns[-1]}")
    return faults


def compare(published, made):
    """Return what is not equivalent."""
    problems = []
    old, new = members(published), members(made)
    for name in sorted({n.rpartition("/")[2] for n in bundled(old)}):
        if name not in {n.rpartition("/")[2] for n in bundled(new)}:
            problems.append(f"{name} did not come back")
    before, after = by_base_name(graph(old)), by_base_name(graph(new))
    for key in sorted(set(before) | set(after)):
        if before.get(key) != after.get(key):
            problems.append(f"{key}: loaded {before.get(key)}, loads {after.get(key)}")
    for name, data in sorted(new.items()):
        for part in slices(data):
            problems += [
                f"{name} ({part.arch}) refers to {needed}"
                for needed in part.needed
                if needed.startswith("/") and not needed.startswith(SYSTEM)
            ]
        problems += [f"{name}: {fault}" for fault in signature_faults(data)]
    if published.name != made.name:
        problems.append(f"was called {published.name}, is called {made.name}")
    return problems


def facts(wheel):
    """Return what two repairs of one wheel should agree on."""
    here = members(wheel)
    found = {
        "name": wheel.name,
        "libraries": sorted(posixpath.basename(name) for name in bundled(here)),
    }
    for (user, arch), targets in by_base_name(graph(here)).items():
        found[f"{user} ({arch})"] = targets
    return found


def read_differences():
    """Return {(wheel, key): value of wheelfix} of what may differ from the peer."""
    path = HERE / "macos-differences.tsv"
    with open(path, newline="", encoding="utf-8") as stream:
        rows = csv.DictReader(stream, delimiter="\t")
        return {(row["wheel"], row["key"]): row["wheelfix"] for row in rows}


def compare_with_peer(program, before, libraries, made, folder):
    """Return what differs from the peer's wheel without a reason."""
    theirs, problem = peer_repair(program, before, libraries, folder)
    if problem:
        return [problem]
    ours, theirs = facts(made), facts(theirs)
    expected = read_differences()
    problems = []
    for key in sorted(set(ours) | set(theirs)):
        own, other = ours.get(key), theirs.get(key)
        said = expected.get((before.name, key))
        if own == other and said is not None:
            problems.append(f"{key}: as delocate's, but listed as a difference")
        elif own != other and said != show(own):
            problems.append(f"{key}: delocate has {show(other)}, wheelfix {show(own)}")
    return problems


def check(options, wheel, folder, peer):
    """Return what is wrong with one wheel's second life."""
    before, libraries = unrepair(wheel, folder)
    made, problem = repair(options, before, folder / "after", "--lib-path", libraries)
    if problem:
        return [problem]
    problems = compare(wheel, made)
    if peer:
        problems += compare_with_peer(peer, before, libraries, made, folder / "peer")
    again, problem = repair(options, made, folder / "again")
    if problem:
        problems.append(f"a second repair: {problem}")
    elif not filecmp.cmp(made, again, shallow=False):
        problems.append("a second repair changes the wheel")
    return problems


def main():
    """Run; the exit status says whether every wheel came back."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheelfix", default="wheelfix")
    parser.add_argument("--cache", type=pathlib.Path, default=default_cache())
    parser.add_argument("--subset", action="store_true", help="only wheels of the subset")
    parser.add_argument("--peer", action="store_true", help="compare with delocate, too")
    options = parser.parse_args()
    peer = install_peer() if options.peer else None
    failed = done = 0
    for row in select(read_list(HERE / "dev-wheels.tsv"), ["macos"], options.subset):
        wheel = options.cache / row["filename"]
        if not wheel.is_file():
            print(f"macos_unrepair: {wheel.name} is not in the cache", file=sys.stderr)
            failed += 1
            continue
        libraries = bundled(members(wheel))
        if not libraries:
            continue
        with tempfile.TemporaryDirectory() as folder:
            problems = check(options, wheel, pathlib.Path(folder), peer)
        done += 1
        failed += bool(problems)
        state = "FAILED" if problems else "ok"
        print(f"{state:7}{wheel.name}: {len(libraries)} libraries")
        for problem in problems:
            print(f"       {problem}")
    print(f"macos_unrepair: {done} wheels taken apart, {failed} failed")
    return 1 if failed or done == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
