#!/usr/bin/env python3
"""Universal files of our fuser against those of llvm-lipo -create, byte for byte.

Files are made from recipes by mkmacho, and static libraries by llvm-ar; where pairs of
published wheels are in the cache (tests/corpus/README.md), every file that both have with
other bytes is fused, too, and the wheels themselves: each universal file in the result must be
lipo's, everything else a member of one of the two, and `show` must keep the tag.  Both orders of the two files must give the same; lipo lets the
order decide where alignments are equal (x86_64 and ppc), and either of its results will do.
A slice that both files have, byte for byte, is refused by lipo and not by us: none of the
pairs has one.

    tests/proof_macho_fuse.py --tool tests/support/macho_fuse_tool \
        --mkmacho tests/support/mkmacho --wheelfix ./wheelfix [--lipo llvm-lipo-14]

Exit status: 0 all are equal, 1 some differ, 77 a tool is not here.
"""

import argparse
import fnmatch
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
# What tells of its build in numpy and scipy; the header of numpy has its machine's sizes.
MAY_DIFFER = ["*/__config__.py", "*/_numpyconfig.h"]
MAGICS = (b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"!<ar")


class Proof:
    """Counts what was compared."""

    def __init__(self, args, folder):
        self.args, self.folder = args, folder
        self.equal = self.refused = self.wheels = 0
        self.faults = []
        self.fused = {}  # by wheel and member, what lipo makes

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
                self.fused[name] = pathlib.Path(self.path("result")).read_bytes()

    def fuse_wheels(self, first, second):
        """Fuse the wheels in both orders, and look at every member of the result."""
        self.fused = {}
        self.compare_wheels(first, second)
        made = []
        for order in ((first, second), (second, first)):
            folder = self.folder / f"wheels-{len(made)}"
            command = [self.args.wheelfix, "fuse", "-q", "-w", folder, *order]
            for glob in MAY_DIFFER:
                command += ["--allow-differing", glob]
            subprocess.run(command, check=True)
            made.append(next(folder.glob(f"{first.name.split('-')[0]}-*.whl")))
        what = made[0].name
        self.wheels += 1
        with zipfile.ZipFile(made[0]) as ours, zipfile.ZipFile(made[1]) as other:
            with zipfile.ZipFile(first) as one, zipfile.ZipFile(second) as two:
                self.check_members(what, ours, other, (one, two))
        command = [self.args.wheelfix, "show", "--check-hashes", "--fail-on", "failure"]
        if subprocess.run([*command, made[0]], stdout=subprocess.DEVNULL, check=False).returncode:
            self.faults.append(f"{what}: show finds a failure in it")

    def check_members(self, what, ours, other, sources):
        """Members of the result are lipo's, or of a source; either order gives the same."""
        rewritten = ("/RECORD", "/WHEEL")
        wanted = {name for source in sources for name in source.namelist() if name[-1] != "/"}
        if set(ours.namelist()) != wanted:
            self.faults.append(f"{what}: has not the members of both wheels")
        for name in ours.namelist():
            data = ours.read(name)
            allowed = [source.read(name) for source in sources if name in source.namelist()]
            if name in self.fused:
                allowed = [self.fused[name]]
            if data not in allowed and not name.endswith(rewritten):
                self.faults.append(f"{what}: {name} is of nobody")
            if data != other.read(name) and not name.endswith("/RECORD"):
                if not any(fnmatch.fnmatchcase(name, glob) for glob in MAY_DIFFER):
                    self.faults.append(f"{what}: the order matters to {name}")


def main():
    """Compare, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tool", required=True)
    parser.add_argument("--mkmacho", required=True)
    parser.add_argument("--wheelfix", default="./wheelfix")
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
                proof.fuse_wheels(wheels[0][-1], wheels[1][-1])
    print(f"equal: {made} from recipes, {proof.equal - made} from published wheels; "
          f"refused by both: {proof.refused}; whole wheels: {proof.wheels}")
    for fault in proof.faults:
        print(fault)
    return 1 if proof.faults else 0


if __name__ == "__main__":
    sys.exit(main())
