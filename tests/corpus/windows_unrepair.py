#!/usr/bin/env python3
"""Take repaired Windows wheels apart, repair them again, and compare.

The DLLs that delvewheel put into a published wheel are moved out of it into a folder, under
the names they had; the names in files are put back, and its patch is cut out of Python files:
what the wheel was before it was repaired (pe_restore.py).  A DLL that comes out as it went in
is known by the digest in its published name.  `wheelfix repair --lib-path` must then make an
equivalent wheel: every DLL back, named as in the published wheel wherever its bytes are
those of then, the same objects needing the same DLLs, every module that needs the folder
led to it, every checksum right, and a second repair that changes no byte.  Files are read by
pe_names.py, so that nothing is judged by the code that made it.

With --peer the same wheel is repaired by delvewheel: the DLLs that came in, their names, who
needs what and which Python files are patched must be equal, or windows-differences.tsv says
why not.
"""

import argparse
import csv
import filecmp
import hashlib
import pathlib
import posixpath
import sys
import tempfile

from compare import show
from fetch import default_cache, read_list, select
from macos_unrepair import repair, write_wheel
from pe_names import Image, is_pe
from pe_restore import plain_name, restore
from windows_peer import install_peer, peer_repair

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

import windows_facts  # noqa: E402
from windows_facts import PATCH, images, patched, read  # noqa: E402

# How the wheels were repaired, where that is not by the defaults; both tools know these.
HOW = {
    "h5py": ["--ignore-existing"],
    "pyarrow": ["--ignore-existing", "--with-mangle"],
}
# These lost something at their repair: they cannot have the same name again.
LOST = {"msvcp140_atomic_wait.dll": "its certificate"}


def is_bundled(name):
    """Tell what a repair put there, by its folder or its name."""
    base = posixpath.basename(name)
    return ".libs/" in name or plain_name(base) != base


def digest_name(key, stored, names):
    """Return the name that a DLL gets by the rule of delvewheel: its stem, and a digest of
    the digests of the renamed DLLs that it needs, and of its bytes.  `stored` has the DLLs,
    (name, bytes) by names in lower case; `names`, the answers so far, gets this one."""
    if key in names:
        return names[key]
    name, data = stored[key]
    digest = hashlib.sha256()
    for need in Image(data).direct():
        if need.lower() in stored:
            renamed = digest_name(need.lower(), stored, names)
            digest.update(renamed.rpartition(".")[0][-32:].encode() + b"\0")
    digest.update(data)
    stem, _, extension = name.rpartition(".")
    names[key] = f"{stem}-{digest.hexdigest()[:32]}.{extension}"
    return names[key]


def digest_names(folder):
    """Return the names that all DLLs of a folder get."""
    stored = {path.name.lower(): (path.name, path.read_bytes()) for path in folder.iterdir()}
    names = {}
    return sorted(digest_name(key, stored, names) for key in stored)


# --- taking apart -------------------------------------------------------------------------


def unrepair(wheel, folder):
    """Return the wheel as it was before its repair, and the folder with its DLLs."""
    files = read(wheel)
    moved = {name for name in files if is_bundled(name)}
    renamed = {}
    for name in moved:
        base = posixpath.basename(name)
        renamed[base.lower()] = plain_name(base)
    libraries = folder / "outside"
    libraries.mkdir()
    root = folder / "tree"
    for name, data in files.items():
        before = restore(data, renamed) if is_pe(data) else PATCH.sub(b"", data)
        if name in moved and is_pe(data):
            (libraries / renamed[posixpath.basename(name).lower()]).write_bytes(before)
        elif before != data:
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(before)
    moved |= {name for name in files if name.endswith(".dist-info/DELVEWHEEL")}
    target = folder / "before" / wheel.name
    target.parent.mkdir()
    write_wheel(wheel, target, root, moved)
    return target, libraries


# --- what is compared ---------------------------------------------------------------------


def graph(files):
    """Return who needs what, by names without digests; folders of DLLs may differ."""
    edges = {}
    for name, image in images(files).items():
        user = plain_name(posixpath.basename(name)) if is_bundled(name) else name
        edges[user.lower()] = [plain_name(need).lower() for need in image.direct()]
    return edges


def bundled_names(files):
    return sorted(posixpath.basename(name) for name in files if is_bundled(name))


def name_faults(old, new, libraries):
    """Return what is wrong with the names of bundled DLLs."""
    names = bundled_names(new)
    expected = digest_names(libraries)
    if names != expected:
        yield f"by the rule the names are {expected}, and they are {names}"
    for name in bundled_names(old):
        if name not in names and plain_name(name) not in LOST:
            yield f"{name} did not come back"


def untouched_faults(before, after):
    """Return the files that changed without need."""
    for name, data in before.items():
        now = after.get(name)
        if now is None:
            yield f"{name} is gone"
        elif now != data and not is_pe(data) and PATCH.sub(b"", now).split() != data.split():
            if not name.endswith(".dist-info/RECORD"):
                yield f"{name} changed"


def compare(published, before, made, libraries):
    """Return what is not equivalent."""
    old, given, new = read(published), read(before), read(made)
    problems = list(name_faults(old, new, libraries))
    was, now = graph(old), graph(new)
    for key in sorted(set(was) | set(now)):
        if was.get(key) != now.get(key):
            problems.append(f"{key}: needed {was.get(key)}, needs {now.get(key)}")
    problems += [*windows_facts.faults(new), *untouched_faults(given, new)]
    if published.name != made.name:
        problems.append(f"was called {published.name}, is called {made.name}")
    return problems


# --- the peer -----------------------------------------------------------------------------


def facts(wheel):
    """Return what two repairs of one wheel should agree on."""
    files = read(wheel)
    found = {"name": wheel.name, "patched": patched(files)}
    found["libraries"] = bundled_names(files)
    for name, image in images(files).items():
        found[name.lower()] = [need.lower() for need in image.direct()]
    return found


def read_differences():
    """Return {(wheel, key): value of wheelfix} of what may differ from the peer."""
    path = HERE / "windows-differences.tsv"
    with open(path, newline="", encoding="utf-8") as stream:
        rows = csv.DictReader(stream, delimiter="\t")
        return {(row["wheel"], row["key"]): row["wheelfix"] for row in rows}


def compare_with_peer(program, before, libraries, made, folder):
    """Return what differs from the peer's wheel without a reason."""
    arguments = HOW.get(before.name.partition("-")[0], [])
    theirs, problem = peer_repair(program, before, libraries, folder, *arguments)
    if problem:
        return [problem]
    ours, theirs = facts(made), facts(theirs)
    expected = read_differences()
    problems = []
    for key in sorted(set(ours) | set(theirs)):
        own, other = ours.get(key), theirs.get(key)
        said = expected.get((before.name, key))
        if own == other and said is not None:
            problems.append(f"{key}: as delvewheel's, but listed as a difference")
        elif own != other and said != show(own):
            problems.append(f"{key}: delvewheel has {show(other)}, wheelfix {show(own)}")
    return problems


# --- the command --------------------------------------------------------------------------


def check(options, wheel, folder, peer):
    """Return what is wrong with one wheel's second life."""
    before, libraries = unrepair(wheel, folder)
    arguments = ["--lib-path", libraries, *HOW.get(wheel.name.partition("-")[0], [])]
    made, problem = repair(options, before, folder / "after", *arguments)
    if problem:
        return [problem]
    problems = compare(wheel, before, made, libraries)
    if peer:
        problems += compare_with_peer(peer, before, libraries, made, folder / "peer")
    again, problem = repair(options, made, folder / "again", *arguments)
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
    parser.add_argument("--peer", action="store_true", help="compare with delvewheel, too")
    options = parser.parse_args()
    peer = install_peer() if options.peer else None
    failed = done = 0
    for row in select(read_list(HERE / "dev-wheels.tsv"), ["windows"], options.subset):
        wheel = options.cache / row["filename"]
        if not wheel.is_file():
            print(f"windows_unrepair: {wheel.name} is not in the cache", file=sys.stderr)
            failed += 1
            continue
        names = bundled_names(read(wheel))
        if not names:
            continue
        # The peer opens paths in lower case, those of temporary folders, too.
        with tempfile.TemporaryDirectory() as base:
            folder = pathlib.Path(base).resolve()
            problems = check(options, wheel, folder, peer)
        done += 1
        failed += bool(problems)
        kept = sum(plain_name(name) not in LOST for name in names)
        state = "FAILED" if problems else "ok"
        print(f"{state:7}{wheel.name}: {len(names)} DLLs, {kept} by their published names")
        for problem in problems:
            print(f"       {problem}")
    print(f"windows_unrepair: {done} wheels taken apart, {failed} failed")
    return 1 if failed or done == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
