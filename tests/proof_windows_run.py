#!/usr/bin/env python3
"""Repairs Windows wheels and runs what is in them, under wine.

    proof_windows_run.py --wheelfix WHEELFIX [--peer] [KIND...]

Wheels are those of tests/support/pe_wheels.py for amd64.  Each is repaired, and installed
into a folder; for every module the patches of the packages above it are executed by this
Python, with an os.add_dll_directory that remembers what it is given.  tests/support/pe_loader.c,
built by mingw-w64, then adds these folders and loads the module as CPython does: a Python for
Windows is not here.  Its function must return the sum that says that every DLL below it was
loaded and called.  Before the repair the module must not load.

A DLL that is loaded at its first call is looked for as LoadLibrary does, which knows nothing
of added folders: those are loaded before, as the patch for older Pythons does.

With --peer delvewheel repairs the wheels.  Exit status 1 on any difference, 77 where a tool
is missing.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "corpus"), str(HERE / "support")]
# pylint: disable=wrong-import-position
import pe_wheels
from macos_unrepair import repair
from pe_names import Image, is_pe
from windows_facts import folders_for, install, read
from windows_peer import install_peer, peer_repair

COMPILER = "x86_64-w64-mingw32-gcc"
TIME_LIMIT = 120
MANGLED = re.compile(r"-[0-9a-f]{32}\.dll$")

# Kind to what each of its modules returns; DLLs that ctypes loads are modules, too.
SUMS = {
    "engine": {"iknowpy/engine": 12},
    "toplevel": {"simpleext": 2},
    "package": {"demo/_x": 2},
    "subpackages": {"demo/sub/deep/_x": 2},
    "purelib": {"demo/_x": 2},
    "split": {"demo/_x": 2, "demo/_y": 2, "demo/sub/_z": 2},
    "toplevel_platlib": {"simpleext": 2},
    "levels": {"simpleext": 2, "demo/_x": 2},
    "namespace": {"ns/_x": 2, "ns/reg/_y": 2},
    "namespace_deep": {"a/b/c/d/reg/_x": 2},
    "namespace_split": {"ns/_x0": 2, "ns/_x1": 2, "ns/_x2": 2},
    "namesake": {"demo": 2},
    "odd_init": {"demo/_x": 2},
    "cases": {"Demo_Pkg/Native": 4},
    "existing": {"iknowpy/engine": 11},
    "soft": {"demo/plugin": 2, "simpleext": 2},
    "ctypes_only": {"demo/native": 2},
    "signed": {"demo/_x": 2},
    "signed_runtime": {"demo/_x": 2},
    "load_flags": {"demo/_x": 3},
    "checksum": {"demo/_x": 2},
    "tight": {"demo/_x": 2},
    "full_headers": {"demo/_x": 2},
    "trailing": {"demo/_x": 2},
    "symbols": {"demo/_x": 2},
    "symbols_tight": {"demo/_x": 2},
    "mingw": {"demo/_x": 3},
    "delay": {"demo/_x": 4},
    "forwarder": {"demo/_x": 2},
    "cycle": {"demo/_x": 4},
    "spaces": {"demo/_x": 2},
    "twins": {"demo/_x": 3},
    "old_python": {"demo/_x": 4},
}


class Wine:
    """A fresh Windows of wine's, without a screen, and the loader in it."""

    def __init__(self, folder):
        self.program = shutil.which("wine") or shutil.which("wine64")
        if not self.program or not shutil.which(COMPILER):
            pe_wheels.skip(f"SKIP: there is no wine, or no {COMPILER}")
        self.folder = folder
        self.loader = folder / "pe_loader.exe"
        source = HERE / "support" / "pe_loader.c"
        pe_wheels.run(COMPILER, "-O1", "-Wall", "-Werror", "-o", self.loader, source)
        kept = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
        self.environment = {
            **kept,
            "WINEPREFIX": str(folder / "prefix"),
            "WINEDEBUG": "-all",
            # No .NET, no browser, no debugger; and no msvcp140 of wine's own.
            "WINEDLLOVERRIDES": "mscoree,mshtml,winedbg.exe=;msvcp140=n",
        }
        self.serve("-p")

    def run(self, folders, preloaded, file, function):
        """Return what the loader prints."""
        command = [self.program, self.loader]
        for option, paths in (("-d", folders), ("-l", preloaded)):
            for path in paths:
                command += [option, path]
        # Into a file: the services that the first run starts would keep a pipe open.
        answer = self.folder / "answer"
        with open(answer, "wb") as out:
            status = subprocess.run(
                [*command, file, function],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.DEVNULL,
                timeout=TIME_LIMIT,
                check=False,
            ).returncode
        return answer.read_text(errors="replace").strip() or f"exit status {status}"

    def serve(self, option):
        """One server for all runs: each would else start the services anew."""
        program = shutil.which("wineserver") or "/usr/lib/wine/wineserver64"
        (self.folder / "prefix").mkdir(exist_ok=True)
        subprocess.run([program, option], env=self.environment, check=False)

    def close(self):
        self.serve("-k")


def find_module(root, place):
    """Return the file of a module by its path without what follows the first dot.  Names
    compare without case, as Windows does and as the peer needs it."""
    for path in sorted(root.rglob("*")):
        stem = path.with_name(path.name.split(".")[0]).relative_to(root)
        if str(stem).lower() == place.lower() and path.is_file():
            if is_pe(path.read_bytes()):
                return path
    raise SystemExit(f"there is no {place}")


def delayed(path, folders):
    """Return the bundled DLLs that an image, or one that it needs, loads at a first call."""
    found = []
    waiting, seen = [path], set()
    while waiting:
        here = waiting.pop()
        if here in seen or not here.is_file():
            continue
        seen.add(here)
        for need in Image(here.read_bytes()).needs:
            paths = [pathlib.Path(folder) / need.name for folder in [*folders, here.parent]]
            waiting += paths
            if need.kind == "delay":
                found += [path for path in paths if path.is_file()]
    return sorted(set(found))


class Proof:
    """What is counted."""

    def __init__(self, options, wine, peer):
        self.options = options
        self.wine = wine
        self.peer = peer
        self.modules = self.failed = 0
        self.renamed = set()

    def repaired(self, wheel, folder):
        if self.peer:
            return peer_repair(self.peer, wheel, folder / "libs", folder / "out")
        return repair(self.options, wheel, folder / "out", "--lib-path", folder / "libs")

    def load(self, root, place):
        """Return what a module of an installed wheel returns."""
        path = find_module(root, place)
        folders = folders_for(root, os.path.relpath(path, root))
        own = pe_wheels.symbol_of(place)
        symbol = "PyInit_" + own if path.suffix == ".pyd" else own.lower()
        return self.wine.run(folders, delayed(path, folders), path, symbol)

    def kind(self, name, folder):
        """Return what is wrong with one kind."""
        maker = HERE / "support" / "pe_wheels.py"
        command = [sys.executable, "-B", maker, name, folder]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode == 77:
            pe_wheels.skip(f"SKIP: {result.stderr.strip()}")
        result.check_returncode()
        wheel = folder / result.stdout.strip()
        install(read(wheel), folder / "before")
        made, problem = self.repaired(wheel, folder)
        if problem:
            return [problem]
        install(read(made), folder / "after")
        self.renamed |= {
            path.name for path in (folder / "after").rglob("*") if MANGLED.search(path.name)
        }
        problems = []
        for place, total in SUMS[name].items():
            self.modules += 1
            before = self.load(folder / "before", place)
            after = self.load(folder / "after", place)
            if not before.startswith("cannot load"):
                problems.append(f"{place} loads before its repair: {before}")
            if after != str(total):
                problems.append(f"{place}: {after}, and should return {total}")
        return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheelfix", default="wheelfix")
    parser.add_argument("--peer", action="store_true", help="run what delvewheel repairs")
    parser.add_argument("kinds", nargs="*", metavar="KIND")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        base = pathlib.Path(name).resolve()
        wine = Wine(base)
        # Python's own DLL is beside the program.
        shop = pe_wheels.Workshop(base / "python")
        shop.image(base / "python312.dll")
        shutil.rmtree(shop.scratch)
        proof = Proof(options, wine, install_peer() if options.peer else None)
        try:
            for kind in options.kinds or SUMS:
                folder = base / f"kind-{kind}"
                folder.mkdir()
                problems = proof.kind(kind, folder)
                proof.failed += bool(problems)
                print(f"{'FAILED' if problems else 'ok':7}{kind}", *problems, sep="\n       ",
                      flush=True)
        finally:
            wine.close()
    print(f"proof_windows_run: {proof.modules} modules run under wine, with "
          f"{len(proof.renamed)} renamed DLLs; {proof.failed} kinds failed")
    return 1 if proof.failed or not proof.modules else 0


if __name__ == "__main__":
    sys.exit(main())
