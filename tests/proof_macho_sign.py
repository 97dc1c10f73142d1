#!/usr/bin/env python3
"""Compares what we say of code signatures, and our stripping, with others' on real files.

    proof_macho_sign.py --slices MACHO_SLICES --strip MACHO_STRIP_TOOL [--most N]
                        [--cache DIR | FILE...]

Files are those of the macOS wheels of tests/corpus/dev-wheels.tsv that the cache has, or
the ones named, and libraries made on the spot by clang, lld and llvm-install-name-tool.

  signature  kind, identifier, hash, pages and verdict are those of the verifier in
             tests/support/macho_signature.py, slice by slice; and of copies with a byte
             changed in the first, the middle and the last page both say so
  strip      of at most --most files, evenly spread, at both levels: the same symbols stay as
             after `llvm-strip -x`, and without debug ones as before (`llvm-strip -S` leaves
             the debug map); what is exported, bound and named indirectly is the same as
             before; stripping again changes nothing

Prints counts; exit status 1 on any failure.
"""

import argparse
import collections
import csv
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "support"))
sys.path.insert(0, str(HERE / "corpus"))
# pylint: disable=wrong-import-position
import fetch
import macho_signature

LEVELS = ("debug", "local")
MAGICS = (b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf")

SYSTEM = """--- !tapi-tbd
tbd-version: 4
targets: [ x86_64-macos, arm64-macos ]
install-name: '/usr/lib/libSystem.B.dylib'
exports:
  - targets: [ x86_64-macos, arm64-macos ]
    symbols: [ dyld_stub_binder, _puts, _strlen ]
...
"""
SOURCE = """
extern int puts(const char *);
extern unsigned long strlen(const char *);
static int count;
static int __attribute__((noinline)) local_one(int x) { return x * 3 + count++; }
static int __attribute__((noinline)) local_two(int x) { return local_one(x) + 1; }
int __attribute__((visibility("hidden"), noinline)) hidden(int x) { return local_two(x); }
int shared_data[3000] = { 1, 2, 3 };
int work(const char *s) { puts(s); return hidden((int)strlen(s)) + shared_data[2]; }
int main(void) { return work("x"); }
"""


class Proof:
    """Counts, and what went wrong."""

    def __init__(self):
        self.counts = collections.Counter()
        self.failures = []

    def fail(self, text):
        """Note a failure, and go on."""
        self.failures.append(text)

    def expect(self, holds, text):
        """Note a failure unless `holds`."""
        if not holds:
            self.fail(text)


def run(*arguments):
    """Run a program that must succeed; return what it printed."""
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"proof: {' '.join(map(str, arguments))}: {done.stderr}")
    return done.stdout


def make_samples(folder):
    """Link libraries, bundles and programs for both processors; return their paths."""
    (folder / "libSystem.tbd").write_text(SYSTEM)
    (folder / "demo.c").write_text(SOURCE)
    made = []
    for arch, minimum in (("x86_64", "10.9"), ("arm64", "11.0")):
        run("clang-14", "-target", f"{arch}-apple-macos{minimum}", "-g", "-O1", "-c",
            folder / "demo.c", "-o", folder / f"{arch}.o")
        for kind in ("dylib", "bundle", "execute"):
            path = folder / f"{arch}-{kind}"
            run("ld64.lld-14", "-arch", arch, "-platform_version", "macos", minimum, "14.0",
                f"-{kind}", "-headerpad", "0x200", "-adhoc_codesign",
                folder / f"{arch}.o", folder / "libSystem.tbd", "-o", path)
            made.append(path)
        edited = folder / f"{arch}-edited"
        edited.write_bytes((folder / f"{arch}-dylib").read_bytes())
        run("llvm-install-name-tool-14", "-id", "@rpath/other.dylib",
            "-add_rpath", "@loader_path/x", edited)
        made.append(edited)
    fat = folder / "fat"
    run("llvm-lipo-14", "-create", made[0], folder / "arm64-dylib", "-output", fat)
    return made + [fat]


def wheel_files(cache, folder):
    """Unpack the Mach-O members of the macOS wheels of the list; return their paths."""
    with open(HERE / "corpus" / "dev-wheels.tsv", newline="", encoding="utf-8") as stream:
        names = [row["filename"] for row in csv.DictReader(stream, delimiter="\t")]
    paths = []
    for name in names:
        if "macosx" not in name or not (cache / name).exists():
            continue
        with zipfile.ZipFile(cache / name) as wheel:
            for info in wheel.infolist():
                with wheel.open(info) as member:
                    if member.read(4) not in MAGICS:
                        continue
                path = folder / f"{len(paths)}~{os.path.basename(info.filename)}"
                path.write_bytes(wheel.read(info))
                paths.append(path)
    return paths


def our_lines(tool, path):
    """Return what our reader says, a list of columns per slice."""
    return [line.split("\t") for line in run(tool, path).splitlines()]


def their_lines(path):
    """Return what the other verifier says."""
    return [[str(column) for column in line] for line in macho_signature.lines(path)]


def check_signatures(proof, tool, path):
    """Compare both readers over one file."""
    ours, theirs = our_lines(tool, path), their_lines(path)
    proof.expect(ours == theirs, f"{path}: {ours} != {theirs}")
    for line in ours:
        proof.counts[f"{line[1]} {line[2]}", "valid" if line[8] == "valid" else line[8]] += 1
        if line[8] not in ("valid", "-"):
            proof.fail(f"{path}: {line[8]}")


def check_damage(proof, tool, path, folder):
    """Change a byte in the signed pages of a thin file: both must notice."""
    data = path.read_bytes()
    if data[:4] != MAGICS[0] or macho_signature.describe(data)[0] == "unsigned":
        return
    pages = macho_signature.verify(data)
    limit = pages["pages"] * pages["page"]
    target = folder / "damaged"
    for at in (17 * 256, limit // 2, limit - pages["page"] + 3):
        changed = bytearray(data)
        changed[at] ^= 1
        target.write_bytes(changed)
        ours, theirs = our_lines(tool, target)[0], their_lines(target)[0]
        proof.counts["damaged copies"] += 1
        proof.expect(ours[:8] == theirs[:8], f"{path}: {ours} != {theirs}")
        proof.expect(ours[7] == "1" and " differ " in ours[8], f"{path} at {at}: {ours[8]}")


def thin_files(path, folder):
    """Yield a thin file for each slice that is an image."""
    data = path.read_bytes()
    for index, piece in enumerate(macho_signature.slices(data)):
        if piece is data:
            yield path
        elif piece[:4] in MAGICS[:2]:
            thin = folder / f"{path.name}.{index}"
            thin.write_bytes(piece)
            yield thin


def symbols(path, *options):
    """Return the symbols of a file in their order; debug ones only with -a."""
    return run("llvm-nm-14", "-p", "-m", *options, path).splitlines()


def loader_view(path):
    """Return what a loader does with a file: exports, bindings, indirect symbols."""
    text = run("llvm-objdump-14", "--macho", "--exports-trie", "--bind", "--lazy-bind",
               "--weak-bind", "--rebase", "--indirect-symbols", "--dylibs-used", path)
    rows = text.splitlines()[1:]
    # A row of the indirect symbol table has address, number (which changes) and name.
    return [re.sub(r"^(0x[0-9a-f]{8,16}) +\d+ ", r"\1 ", row) for row in rows]


def check_strip(proof, tool, path, level, folder):
    """Strip one thin file, and compare with what is expected."""
    ours, expected, again = folder / "ours", path, folder / "again"
    run(tool, level, path, ours)
    if level == "local":
        expected = folder / "theirs"
        run("llvm-strip-14", "-x", "-o", expected, path)
    proof.expect(symbols(ours, "-a") == symbols(expected), f"{path} {level}: other symbols")
    proof.expect(loader_view(ours) == loader_view(path), f"{path} {level}: a loader sees it")
    run("llvm-objdump-14", "--macho", "--private-headers", ours)
    run(tool, level, ours, again)
    proof.expect(again.read_bytes() == ours.read_bytes(), f"{path} {level}: not idempotent")
    proof.counts[f"stripped, {level}"] += 1
    saved = path.stat().st_size - ours.stat().st_size
    proof.counts[f"stripped, {level}: smaller"] += saved > 0
    proof.counts[f"stripped, {level}: KiB saved"] += saved // 1024


def main():
    """Compare over all files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--slices", required=True)
    parser.add_argument("--strip", required=True)
    parser.add_argument("--most", type=int, default=40)
    parser.add_argument("--cache", type=pathlib.Path, default=fetch.default_cache())
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    proof = Proof()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        made = make_samples(folder)
        files = made + (options.files or wheel_files(options.cache, folder))
        for path in files:
            check_signatures(proof, options.slices, path)
        step = max(1, (len(files) - len(made)) // max(1, options.most))
        chosen = made + files[len(made) :: step][: options.most]
        for path in chosen:
            check_damage(proof, options.slices, path, folder)
            for thin in thin_files(path, folder):
                for level in LEVELS:
                    check_strip(proof, options.strip, thin, level, folder)
    for key, count in sorted(proof.counts.items(), key=str):
        print(f"{count:6}  {key if isinstance(key, str) else ', '.join(key)}")
    for text in proof.failures:
        print(f"FAIL {text}")
    print(f"{len(files)} files, {len(proof.failures)} failures")
    return bool(proof.failures)


if __name__ == "__main__":
    sys.exit(main())
