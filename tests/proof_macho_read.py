#!/usr/bin/env python3
"""Compares what wheelfix says of the Mach-O files of published wheels with other readers.

    proof_macho_read.py --wheelfix WHEELFIX --symbols MACHO_SYMBOLS [--cache DIR]

Wheels are the macOS ones of tests/corpus/dev-wheels.tsv that the cache has.  For every slice
of every Mach-O file in them,

  names    install name, libraries and search paths in `wheelfix show --format json` are, in
           the same order, those of `llvm-objdump --dylib-id`, `--dylibs-used` and `--rpaths`,
           and those of macholib
  versions platform, minimum system, SDK and UUID are those of macholib
  symbols  imports are those of `llvm-objdump --bind --lazy-bind --weak-bind`, with the same
           library, where dyld info binds them; where chained fixups do, those of their
           table, taken apart here by <mach-o/fixup-chains.h>, and among them all that
           `llvm-nm -m -u` lists; exports are as many as `llvm-nm -m -g` lists as not hidden

Prints counts; exit status 1 on any difference, 77 where a reader is missing.
"""

import argparse
import collections
import concurrent.futures
import csv
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "corpus"))
# pylint: disable=wrong-import-position
import fetch

# A distribution's package is not seen by every interpreter.
sys.path.append("/usr/lib/python3/dist-packages")

MAGICS = (b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf")
DYLIBS = {0xC, 0x80000018, 0x8000001F, 0x80000023, 0x20}
ID_DYLIB, RPATH, UUID, BUILD_VERSION, VERSION_MIN = 0xD, 0x8000001C, 0x1B, 0x32, 0x24
CHAINED_FIXUPS = 0x80000034
ARCHS = {7: "i386", 0x01000007: "x86_64", 0x0100000C: "arm64"}
HEADER = re.compile(r"^(?P<path>/.*?)(?: \(architecture (?P<arch>[^)]+)\))?:$")
NO_LIBRARY = {"flat-namespace", "main-executable", "this-image", "weak", ""}


def tool(name):
    """Return a tool of LLVM, by its plain name or Debian's; skip without."""
    for candidate in (name, f"{name}-14", f"{name}-19", f"{name}-16"):
        if shutil.which(candidate):
            return candidate
    print(f"SKIP: there is no {name}")
    raise SystemExit(77)


def run(*command):
    """Return what a program prints."""
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def by_slice(text, path):
    """Cut what llvm-objdump prints for one file into lists of lines, by slice."""
    found = collections.OrderedDict()
    lines = None
    for line in text.splitlines():
        match = HEADER.match(line)
        if match and match["path"] == path:
            lines = found.setdefault(match["arch"], [])
        elif lines is not None:
            lines.append(line)
    return found


def only(found, arch):
    """Return the lines of a slice; those of thin files are not named."""
    return found[arch] if arch in found else found.get(None, [])


class Llvm:
    """What llvm-objdump and llvm-nm say."""

    def __init__(self):
        self.objdump = tool("llvm-objdump")
        self.nm = tool("llvm-nm")

    def ask(self, path, *options):
        """Return lists of lines by slice."""
        return by_slice(run(self.objdump, "--macho", "--arch=all", *options, path), path)

    def names(self, path):
        """Return install name, libraries and search paths by slice."""
        ids = self.ask(path, "--dylib-id")
        used = self.ask(path, "--dylibs-used")
        rpaths = self.ask(path, "--rpaths")
        found = {}
        for arch, lines in used.items():
            own = ids[arch][0] if ids[arch] else None
            libraries = [line[1 : line.rindex(" (compatibility")] for line in lines]
            if own is not None and libraries[0] == own:
                del libraries[0]
            found[arch] = (own, libraries, rpaths[arch])
        return found

    def bound(self, path, arch):
        """Return symbols and short names of their libraries by the bind tables."""
        found = set()
        for option in ("--bind", "--lazy-bind", "--weak-bind"):
            for line in only(self.ask(path, option), arch):
                if not line or line.startswith("segment ") or line.endswith(" table:"):
                    continue
                # The table of lazy bindings is printed without this mark.
                weak = None if option == "--lazy-bind" else line.endswith(" (weak_import)")
                fields = line.removesuffix(" (weak_import)").split()
                if "strong" in fields and option == "--weak-bind":
                    continue
                library = "" if option == "--weak-bind" else fields[-2]
                found.add((fields[-1], library, weak))
        return found

    def listed(self, path, arch, *options):
        """Return the lines of llvm-nm -m for a slice."""
        return run(self.nm, "-m", f"--arch={arch}", *options, path).splitlines()

    def undefined(self, path, arch):
        """Return the names of undefined symbols."""
        found = set()
        for line in self.listed(path, arch, "-u"):
            match = re.match(
                r"^\s*\(undefined\) (weak )?(?:private )?external (\S+)"
                r"(?: \((?:from (.*)|dynamically looked up)\))?$",
                line,
            )
            if match:
                found.add(match[2])
        return found

    def exported(self, path, arch):
        """Return how many defined symbols are not hidden."""
        lines = self.listed(path, arch, "-g", "--defined-only")
        return sum(" external " in line and " private external " not in line for line in lines)


def macholib_slices(path):
    """Return what macholib says, by slice: names and versions."""
    # pylint: disable=import-outside-toplevel
    from macholib.MachO import MachO

    def version(number):
        text = f"{number >> 16}.{number >> 8 & 255}"
        return text + (f".{number & 255}" if number & 255 else "")

    found = {}
    for header in MachO(path).headers:
        own, needed, rpaths, facts = None, [], [], {}
        for load, command, data in header.commands:
            if load.cmd in DYLIBS:
                needed.append(data.rstrip(b"\0").decode())
            elif load.cmd == ID_DYLIB:
                own = data.rstrip(b"\0").decode()
            elif load.cmd == RPATH:
                rpaths.append(data.rstrip(b"\0").decode())
            elif load.cmd == UUID:
                facts["build_id"] = command.uuid.hex()
            elif load.cmd == BUILD_VERSION and "min_os" not in facts:
                facts["min_os"] = version(int(command.minos))
                facts["sdk"] = version(int(command.sdk))
            elif load.cmd == VERSION_MIN and "min_os" not in facts:
                facts["min_os"] = version(int(command.version))
                facts["sdk"] = version(int(command.sdk))
        found[ARCHS.get(int(header.header.cputype))] = (own, needed, rpaths, facts)
    return found


def chained_imports(path, arch):
    """Return names, indices of libraries and weakness by the table of chained fixups."""
    # pylint: disable=import-outside-toplevel
    from macholib.MachO import MachO

    data = pathlib.Path(path).read_bytes()
    found = set()
    for header in MachO(path).headers:
        if ARCHS.get(int(header.header.cputype)) != arch:
            continue
        for load, command, _ in header.commands:
            if load.cmd != CHAINED_FIXUPS:
                continue
            start = header.offset + int(command.dataoff)
            table, names, count, kind = struct.unpack_from("<4I", data, start + 8)
            size = {1: 4, 2: 8, 3: 16}[kind]
            for index in range(count):
                place = start + table + size * index
                if kind == 3:
                    value = int.from_bytes(data[place : place + 8], "little")
                    ordinal, weak, name = value & 0xFFFF, value >> 16 & 1, value >> 32
                    ordinal -= 0x10000 if ordinal > 0xFFF0 else 0
                else:
                    value = int.from_bytes(data[place : place + 4], "little")
                    ordinal, weak, name = value & 0xFF, value >> 8 & 1, value >> 9
                    ordinal -= 0x100 if ordinal > 0xF0 else 0
                first = start + names + name
                text = data[first : data.index(b"\0", first)].decode()
                found.add((text, ordinal - 1 if ordinal > 0 else -1, weak == 1))
    return found


def our_symbols(program, path):
    """Return what the reader says of symbols, by slice."""
    found = {}
    for line in run(program, path).splitlines():
        fields = line.split("\t")
        if fields[0] == "slice":
            imports = set()
            found[fields[2]] = (fields[3], int(fields[4]), imports)
        else:
            imports.add((fields[1], int(fields[2]), fields[3] == "weak"))
    return found


class Proof:
    """One run: counts, and what differs."""

    def __init__(self, options):
        self.options = options
        self.llvm = Llvm()
        self.counts = collections.Counter()
        self.failures = []

    def expect(self, ours, others, what):
        """Note a difference."""
        if ours != others:
            self.failures.append(f"{what}: we say {ours}, others {others}")

    def check_symbols(self, path, label, ours, needed):
        """Compare imports and exports."""
        arch, (way, num_exports, imports) = ours
        self.counts[f"slices bound by {way}"] += 1
        self.counts["imports"] += len(imports)
        self.counts["exports"] += num_exports
        self.expect(num_exports, self.llvm.exported(path, arch), f"{label}: exports")
        if way == "info":
            self.check_bound(label, imports, self.llvm.bound(path, arch), needed)
            return
        others = chained_imports(path, arch)
        self.expect(sorted(imports), sorted(others), f"{label}: imports")
        missing = self.llvm.undefined(path, arch) - {name for name, _, _ in imports}
        self.expect(sorted(missing), [], f"{label}: undefined symbols")

    def check_bound(self, label, imports, others, needed):
        """Compare with bind tables; short names are how a library's base name begins."""
        self.expect(
            sorted({name for name, _, _ in imports}),
            sorted({name for name, _, _ in others}),
            f"{label}: names of imports",
        )
        weak = {(name, index) for name, index, is_weak in imports if is_weak}
        index_of = {}
        for name, index, _ in imports:
            index_of.setdefault(name, set()).add(index)
        for name, library, is_weak in others:
            if library in NO_LIBRARY:
                self.expect(-1 in index_of.get(name, ()), True, f"{label}: {name} of none")
                continue
            near = [
                index
                for index in index_of.get(name, ())
                if index >= 0 and os.path.basename(needed[index]).startswith(library)
            ]
            self.expect(len(near), 1, f"{label}: {name} of {library}")
            for index in near if is_weak is not None else ():
                self.expect((name, index) in weak, is_weak, f"{label}: {name} weak")

    def check_file(self, path, name, objects):
        """Compare one file in all its slices."""
        llvm = self.llvm.names(path)
        other = macholib_slices(path)
        symbols = our_symbols(self.options.symbols, path)
        self.counts["files"] += 1
        self.expect(len(objects), len(other), f"{name}: slices")
        for ours in objects:
            label = f"{name} ({ours['arch']})"
            arch = ours["slice"] or next(iter(other))
            names = (ours["soname"], ours["needed"], ours["rpaths"])
            self.counts["slices"] += 1
            self.counts["libraries"] += len(ours["needed"])
            self.counts["search paths"] += len(ours["rpaths"])
            self.expect(names, only_slice(llvm, arch), f"{label}: names, llvm-objdump")
            own, needed, rpaths, facts = other[arch]
            self.expect(names, (own, needed, rpaths), f"{label}: names, macholib")
            self.expect(
                {key: ours[key] for key in ("min_os", "sdk", "build_id") if ours[key]},
                facts,
                f"{label}: versions, macholib",
            )
            if arch in symbols:
                self.check_symbols(path, label, (arch, symbols[arch]), ours["needed"])

    def check_wheel(self, wheel):
        """Compare every Mach-O file of a wheel, found by its first bytes."""
        shown = json.loads(run(self.options.wheelfix, "show", "--format", "json", wheel))
        objects = collections.defaultdict(list)
        for item in shown["wheels"][0]["objects"]:
            objects[item["path"]].append(item)
        self.counts["wheels"] += 1
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(wheel) as archive:
            for member in archive.infolist():
                data = archive.read(member)
                if not data.startswith(MAGICS):
                    continue
                path = os.path.join(folder, f"{self.counts['files']}.macho")
                pathlib.Path(path).write_bytes(data)
                found = objects.pop(member.filename, [])
                self.check_file(path, f"{wheel.name}: {member.filename}", found)
                os.unlink(path)
        self.expect(sorted(objects), [], f"{wheel.name}: objects that are no Mach-O files")


def only_slice(found, arch):
    """Return what is said of a slice; those of thin files are not named."""
    return found[arch] if arch in found else found.get(None)


def main():
    """Run the proof over the wheels that are there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheelfix", required=True)
    parser.add_argument("--symbols", required=True)
    parser.add_argument("--cache", type=pathlib.Path, default=fetch.default_cache())
    options = parser.parse_args()
    try:
        import macholib  # pylint: disable=import-outside-toplevel,unused-import
    except ImportError:
        print("SKIP: there is no python3-macholib")
        raise SystemExit(77) from None
    with open(HERE / "corpus" / "dev-wheels.tsv", newline="", encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream, delimiter="\t") if row["os"] == "macos"]
    wheels = [options.cache / row["filename"] for row in rows]
    here = [wheel for wheel in wheels if wheel.exists()]
    proofs = [Proof(options) for _ in here]
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        list(pool.map(lambda pair: pair[0].check_wheel(pair[1]), zip(proofs, here)))
    counts = sum((proof.counts for proof in proofs), collections.Counter())
    failures = [failure for proof in proofs for failure in proof.failures]
    for failure in failures:
        print(f"FAIL: {failure[:600]}")
    print(f"{len(here)} of {len(wheels)} wheels; " + ", ".join(
        f"{counts[key]} {key}" for key in sorted(counts) if key != "wheels"))
    print(f"{len(failures)} differences")
    raise SystemExit(1 if failures or not here else 0)


if __name__ == "__main__":
    main()
