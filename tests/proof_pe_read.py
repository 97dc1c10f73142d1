#!/usr/bin/env python3
"""Compares what wheelfix says of the PE files of published wheels with other readers.

    proof_pe_read.py --facts PE_FACTS [--cache DIR] [--wheel PART-OF-NAME]

Wheels are the Windows ones of tests/corpus/dev-wheels.tsv that the cache has.  For every PE
file in them,

  imports  DLLs and symbols (names and ordinals) of imports and of delay imports are, in the
           same order, those of python3-pefile and those of `llvm-readobj --coff-imports`
  exports  there are as many as pefile's table of addresses and `llvm-readobj --coff-exports`
           have that are not empty; forwarders lead to the DLLs that pefile names
  headers  machine, checksum, DLL characteristics, versions, PDB and its GUID are pefile's;
           the computed checksum is pefile's, load flags are those of `llvm-readobj
           --coff-load-config`, and certificate and overlay stand where pefile finds them

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

# pefile calls longer names of symbols invalid; linkers write them.
LONGEST_OF_PEFILE = 512
PARTS = ("EXPORT", "IMPORT", "DEBUG", "DELAY_IMPORT", "SECURITY")


def tool(name):
    """Return a tool of LLVM, by its plain name or Debian's; skip without."""
    for candidate in (name, f"{name}-14", f"{name}-19", f"{name}-16"):
        if shutil.which(candidate):
            return candidate
    print(f"SKIP: there is no {name}")
    raise SystemExit(77)


def text_of(data):
    """Return a name; bytes that are not UTF-8 stay."""
    return data.decode("utf-8", "surrogateescape")


def unescaped(value):
    """Return what our JSON says with its escaped bytes put back, everywhere in it."""
    if isinstance(value, dict):
        return {key: unescaped(item) for key, item in value.items()}
    if isinstance(value, list):
        return [unescaped(item) for item in value]
    if not isinstance(value, str) or "\\x" not in value:
        return value
    data = re.sub(
        rb"\\x([0-9a-f]{2})", lambda match: bytes([int(match[1], 16)]), value.encode()
    )
    return text_of(data)


class Pefile:
    """What pefile says of one file."""

    def __init__(self, path):
        # pylint: disable=import-outside-toplevel
        import pefile

        self.image = pefile.PE(path, fast_load=True)
        directories = pefile.DIRECTORY_ENTRY
        self.image.parse_data_directories(
            [
                directories[f"IMAGE_DIRECTORY_ENTRY_{part}"]
                for part in PARTS
                if part != "EXPORT"
            ]
        )
        self.directories = self.image.OPTIONAL_HEADER.DATA_DIRECTORY

    def needs(self):
        """Return kinds, names and symbols of DLLs that are imported now or late."""
        found = []
        for kind, name in (
            ("import", "DIRECTORY_ENTRY_IMPORT"),
            ("delay", "DIRECTORY_ENTRY_DELAY_IMPORT"),
        ):
            for entry in getattr(self.image, name, []):
                symbols = [
                    f"#{symbol.ordinal}" if symbol.import_by_ordinal else symbol.name
                    for symbol in entry.imports
                ]
                found.append((kind, text_of(entry.dll), symbols))
        return found

    def exports(self):
        """Return how many addresses there are, and DLLs of forwarders in order."""
        start, size = self.directories[0].VirtualAddress, self.directories[0].Size
        if start == 0:
            return 0, []
        header = self.image.get_data(start, 40)
        count = int.from_bytes(header[20:24], "little")
        table = int.from_bytes(header[28:32], "little")
        data = self.image.get_data(table, 4 * count) if count else b""
        num, dlls = 0, {}
        for index in range(count):
            rva = int.from_bytes(data[4 * index : 4 * index + 4], "little")
            num += rva != 0
            if start <= rva < start + size:
                module = self.image.get_string_at_rva(rva).decode().rpartition(".")[0]
                name = module if "." in module else module + ".dll"
                dlls.setdefault(name.lower(), name)
        return num, list(dlls.values())

    def facts(self):
        """Return what headers and the debug directory say."""
        optional = self.image.OPTIONAL_HEADER
        found = {
            "machine": self.image.FILE_HEADER.Machine,
            "checksum": optional.CheckSum,
            "dll_characteristics": optional.DllCharacteristics,
            "linker": optional.MajorLinkerVersion << 8 | optional.MinorLinkerVersion,
            "os": optional.MajorSubsystemVersion << 16 | optional.MinorSubsystemVersion,
            "certificate_off": self.directories[4].VirtualAddress,
            "certificate_len": self.directories[4].Size,
            "build_id": None,
            "pdb": None,
        }
        for entry in getattr(self.image, "DIRECTORY_ENTRY_DEBUG", []):
            record = entry.entry
            if record is None or getattr(record, "CvSignature", None) != b"RSDS":
                continue
            guid = (
                f"{record.Signature_Data1:08X}{record.Signature_Data2:04X}"
                f"{record.Signature_Data3:04X}{record.Signature_Data4:02X}"
                f"{record.Signature_Data5:02X}{record.Signature_Data6.hex().upper()}"
            )
            found["build_id"] = f"{guid}{record.Age:x}"
            path = text_of(record.PdbFileName.split(b"\0")[0])
            found["pdb"] = path or None
            break
        return found

    def overlay(self):
        """Return where the overlay begins, None without one."""
        return self.image.get_overlay_data_start_offset()


class Llvm:
    """What llvm-readobj says."""

    def __init__(self):
        self.readobj = tool("llvm-readobj")

    def lines(self, path, *options):
        """Return what it prints, stripped."""
        done = subprocess.run(
            [self.readobj, *options, path], capture_output=True, check=True
        )
        return [line.strip() for line in done.stdout.decode("latin-1").splitlines()]

    def needs(self, path):
        """Return kinds, names and symbols of DLLs."""
        found = []
        symbol = re.compile(r"^Symbol: (.*) \((\d+)\)$", re.S)
        for line in self.lines(path, "--coff-imports"):
            if line in ("Import {", "DelayImport {"):
                # Within a delay import every symbol has braces of its own.
                kind = "delay" if line.startswith("Delay") else "import"
                if kind == "import" and found and found[-1][0] == "delay":
                    continue
                found.append((kind, None, []))
            elif line.startswith("Name: ") and found and found[-1][1] is None:
                found[-1] = (found[-1][0], line[6:], [])
            elif match := symbol.match(line):
                found[-1][2].append(match[1] or f"#{match[2]}")
        return found

    def num_exports(self, path):
        """Return how many exported addresses are not empty."""
        lines = self.lines(path, "--coff-exports")
        return sum(bool(re.match(r"RVA: 0x[0-9A-F]*[1-9A-F]", line)) for line in lines)

    def load_config(self, path):
        """Return DependentLoadFlags and GuardFlags."""
        found = {"DependentLoadFlags": 0, "GuardFlags": 0}
        for line in self.lines(path, "--coff-load-config"):
            name, _, value = line.partition(": ")
            if name in found:
                found[name] = int(value, 16)
        return found["DependentLoadFlags"], found["GuardFlags"]


def same_symbols(ours, others):
    """Compare lists of symbols, but for names too long for pefile."""
    if len(ours) != len(others):
        return False
    for our, other in zip(ours, others):
        if isinstance(other, bytes):
            other = text_of(other)
        if our != other and len(our) < LONGEST_OF_PEFILE:
            return False
    return True


def compare(job):
    """Compare one file; returns its counts and differences."""
    path, label, ours = job
    llvm = Llvm()
    pefile = Pefile(path)
    counts, failures = collections.Counter(), []

    def expect(our, other, what):
        if our != other:
            failures.append(f"{label}: {what}: we say {our}, others {other}")

    own = [
        (need["kind"], need["name"], need["symbols"])
        for need in ours["needs"]
        if need["kind"] != "forward"
    ]
    for reader, needs in (("pefile", pefile.needs()), ("llvm", llvm.needs(path))):
        # llvm-readobj 14 prints one DLL without a name where it prints no import.
        expect([n[:2] for n in own], [n[:2] for n in needs], f"DLLs ({reader})")
        for our, other in zip(own, needs):
            if not same_symbols(our[2], other[2]):
                failures.append(f"{label}: {our[1]}: symbols differ from {reader}'s")
    num_exports, forwards = pefile.exports()
    expect(ours["num_exports"], num_exports, "exports (pefile)")
    expect(ours["num_exports"], llvm.num_exports(path), "exports (llvm)")
    expect(
        [n["name"] for n in ours["needs"] if n["kind"] == "forward"], forwards, "forwarders"
    )
    for key, value in pefile.facts().items():
        expect(ours[key], value, key)
    expect((ours["load_flags"], ours["guard_flags"]), llvm.load_config(path), "load flags")
    expect(ours["right_checksum"], pefile.image.generate_checksum(), "computed checksum")
    overlay = pefile.overlay()
    if overlay is None:
        expect(ours["overlay_len"] + ours["certificate_len"], 0, "overlay")
    else:
        expect(ours["overlay_off"], overlay, "overlay")
    counts["files"] += 1
    counts[f"files for {ours['arch']}"] += 1
    for kind, _, symbols in own:
        counts[f"{kind}ed DLLs" if kind == "import" else "delayed DLLs"] += 1
        counts["symbols"] += len(symbols)
        counts["by ordinal"] += sum(name.startswith("#") for name in symbols)
    counts["exports"] += ours["num_exports"]
    counts["forwarded-to DLLs"] += len(forwards)
    counts["with a checksum"] += ours["checksum"] != 0
    counts["with a certificate"] += ours["certificate_len"] > 0
    counts["with an overlay"] += ours["overlay_len"] > 0
    counts["with a PDB record"] += ours["build_id"] is not None
    counts["with load flags"] += ours["load_flags"] != 0
    for fault in ours["faults"]:
        counts[f"fault {fault['rule']}"] += 1
    return counts, failures


def wheels(options):
    """Return the paths of wheels that are there."""
    with open(HERE / "corpus" / "dev-wheels.tsv", newline="", encoding="utf-8") as stream:
        rows = [r for r in csv.DictReader(stream, delimiter="\t") if r["os"] == "windows"]
    found = [options.cache / row["filename"] for row in rows]
    return [p for p in found if p.is_file() and options.wheel in p.name], len(rows)


def unpack(paths, folder):
    """Put every PE file of the wheels into a folder; yields paths and labels."""
    for number, wheel in enumerate(paths):
        with zipfile.ZipFile(wheel) as archive:
            for index, info in enumerate(archive.infolist()):
                if info.is_dir():
                    continue
                data = archive.read(info)
                start = int.from_bytes(data[60:64], "little")
                if data[:2] != b"MZ" or data[start : start + 4] != b"PE\0\0":
                    continue
                # The base name stays: what a file is depends on it.
                home = pathlib.Path(folder) / f"{number}.{index}"
                home.mkdir()
                path = home / os.path.basename(info.filename)
                path.write_bytes(data)
                yield str(path), f"{wheel.name}: {info.filename}"


def main():
    """Run over the wheels that are there."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--facts", required=True)
    parser.add_argument("--cache", type=pathlib.Path, default=fetch.default_cache())
    parser.add_argument("--wheel", default="")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    try:
        # pylint: disable=import-outside-toplevel,unused-import
        import pefile
    except ImportError:
        print("SKIP: there is no pefile (python3-pefile)")
        return 77
    tool("llvm-readobj")
    paths, num_listed = wheels(options)
    if not paths:
        print("SKIP: no Windows wheel is in the cache")
        return 77
    counts, failures = collections.Counter(), []
    with tempfile.TemporaryDirectory() as folder:
        files = list(unpack(paths, folder))
        told = subprocess.run(
            [os.path.abspath(options.facts), *(path for path, _ in files)],
            capture_output=True,
            check=False,
            text=True,
        )
        if told.returncode != 0:
            print(told.stderr, end="")
            return 1
        facts = [unescaped(json.loads(line)) for line in told.stdout.splitlines()]
        jobs = [(path, label, ours) for (path, label), ours in zip(files, facts)]
        with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
            for found, wrong in pool.map(compare, jobs):
                counts.update(found)
                failures += wrong
    print(f"wheels: {len(paths)} of {num_listed}")
    for key, value in sorted(counts.items()):
        print(f"{key}: {value}")
    for failure in failures[:200]:
        print(f"DIFFERENT {failure}"[:1000])
    print(f"{len(failures)} differences")
    return 1 if failures or len(facts) != len(files) else 0


if __name__ == "__main__":
    sys.exit(main())
