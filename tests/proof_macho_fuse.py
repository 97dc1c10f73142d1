#!/usr/bin/env python3
"""Universal files of our fuser against those of llvm-lipo -create, byte for byte.

Files are made from recipes by mkmacho, and static libraries by llvm-ar; where pairs of
published wheels are in the cache (tests/corpus/README.md), every file that both have with
other bytes is fused, too.  Both orders of the two files must give the same; lipo lets the
order decide where alignments are equal (x86_64 and ppc), and either of its results will do.
A slice that both files have, byte for byte, is refused by lipo and not by us: none of the
pairs has one.

    tests/proof_macho_fuse.py --tool tests/support/macho_fuse_tool \
        --mkmacho tests/support/mkmacho [--lipo llvm-lipo-14]

Exit status: 0 all are equal, 1 some differ, 77 a tool is not here.
"""

import argparse
import itertools
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent / "corpus"))
import fetch  # noqa: E402

# One recipe for each architecture and kind; the fuser is given every pair of them.
THIN = [
    f"{{'arch': '{arch}', 'type': '{kind}', 'text': {text}{signature}}}"
    for arch, kind, text, signature in [
        ("x86_64", "dylib", 64, ""),
        ("x86_64", "bundle", 5000, ", 'signature': 'adhoc'"),
        ("x86_64", "execute", 64, ", 'page': 16384"),
        ("x86_64h", "dylib", 64, ""),
        ("arm64", "dylib", 64, ", 'signature': 'linker'"),
        ("arm64", "bundle", 40000, ", 'page': 4096"),
        ("arm64", "object", 3, ""),
        ("arm64e", "dylib", 64, ""),
        ("ppc", "dylib", 64, ""),
    ]
]
FAT = [
    "{'slices': [{'arch': 'x86_64', 'text': 70}, {'arch': 'arm64', 'text': 70}]}",
    "{'slices': [{'arch': 'arm64', 'text': 80, 'align': 15}]}",
    "{'slices': [{'arch': 'x86_64', 'text': 90, 'align': 14}, "
    "{'arch': 'ppc', 'text': 91, 'align': 13}]}",
]
ARCHIVES = ["x86_64", "arm64", "i386"]
PAIRS = [
    ("numpy-*-macosx_*_x86_64.whl", "numpy-*-macosx_*_arm64.whl"),
    ("scipy-*-macosx_*_x86_64.whl", "scipy-*-macosx_*_arm64.whl"),
    ("pillow-*-macosx_*_x86_64.whl", "pillow-*-macosx_*_arm64.whl"),
]
MAGICS = (b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"!<ar")


class Proof:
    """Counts what was compared."""

    def __init__(self, args, folder):
        self.args, self.folder = args, folder
        self.equal = self.refused = 0
        self.faults = []

    def path(self, name):
        return str(self.folder / name)

    def make(self, name, recipe):
        """Write the Mach-O file of a recipe."""
        done = subprocess.run([self.args.mkmacho, recipe], stdout=subprocess.PIPE, check=True)
        (self.folder / name).write_bytes(done.stdout)
        return self.path(name)

    def make_archive(self, name, arch):
        """Write a static library of two objects."""
        objects = [
            self.make(f"{name}-{text}.o", f"{{'arch': '{arch}', 'type': 'object', 'text': {text}}}")
            for text in (3, 40)
        ]
        command = [self.args.ar, "--format=darwin", "-rcs", self.path(name), *objects]
        subprocess.run(command, check=True)
        return self.path(name)

    def run(self, command, result):
        """Return the bytes that a program made, or None when it refused."""
        pathlib.Path(result).unlink(missing_ok=True)
        done = subprocess.run(command, stderr=subprocess.PIPE, check=False)
        return None if done.returncode != 0 else pathlib.Path(result).read_bytes()

    def compare(self, what, first, second):
        """Fuse two files in both orders, and have lipo do it."""
        result = self.path("result")
        ours = self.run([self.args.tool, first, second, result], result)
        other = self.run([self.args.tool, second, first, result], result)
        theirs = [
            self.run([self.args.lipo, "-create", *files, "-output", result], result)
            for files in ((first, second), (second, first))
        ]
        if ours != other:
            self.faults.append(f"{what}: the order of the files matters")
        elif ours in theirs:
            self.equal += ours is not None
            self.refused += ours is None
        else:
            self.faults.append(f"{what}: lipo made something else")

    def compare_recipes(self):
        """Every pair of recipes but those of one file with itself."""
        recipes = THIN + FAT
        files = [self.make(f"recipe-{n}", recipe) for n, recipe in enumerate(recipes)]
        for first, second in itertools.combinations(range(len(files)), 2):
            self.compare(f"{recipes[first]} and {recipes[second]}", files[first], files[second])
        archives = [self.make_archive(f"lib{arch}.a", arch) for arch in ARCHIVES]
        for first, second in itertools.combinations(archives, 2):
            self.compare(f"{first} and {second}", first, second)

    def compare_wheels(self, first, second):
        """Every binary file of two wheels that differs."""
        with zipfile.ZipFile(first) as one, zipfile.ZipFile(second) as two:
            for name in sorted(set(one.namelist()) & set(two.namelist())):
                a, b = one.read(name), two.read(name)
                if a == b or a[:4] not in MAGICS:
                    continue
                for path, data in (("first", a), ("second", b)):
                    (self.folder / path).write_bytes(data)
                self.compare(f"{first.name}: {name}", self.path("first"), self.path("second"))


def main():
    """Compare, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tool", required=True)
    parser.add_argument("--mkmacho", required=True)
    parser.add_argument("--lipo", default="llvm-lipo-14")
    parser.add_argument("--ar", default="llvm-ar-14")
    args = parser.parse_args()
    for tool in (args.lipo, args.ar):
        if shutil.which(tool) is None:
            print(f"{tool} is not here", file=sys.stderr)
            return 77
    cache = pathlib.Path(fetch.default_cache())
    with tempfile.TemporaryDirectory() as folder:
        proof = Proof(args, pathlib.Path(folder))
        proof.compare_recipes()
        made = proof.equal
        for patterns in PAIRS:
            wheels = [sorted(cache.glob(pattern)) for pattern in patterns]
            if all(wheels):
                proof.compare_wheels(wheels[0][-1], wheels[1][-1])
    print(f"equal: {made} from recipes, {proof.equal - made} from published wheels; "
          f"refused by both: {proof.refused}")
    for fault in proof.faults:
        print(fault)
    return 1 if proof.faults else 0


if __name__ == "__main__":
    sys.exit(main())
