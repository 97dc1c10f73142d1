#!/usr/bin/env python3
"""Edits of Mach-O files against those of llvm-install-name-tool, command by command.

Libraries, bundles and programs are linked by clang and ld64.lld: for x86_64 and arm64, thin
and universal, signed and not, with and without header padding, with libraries of every kind,
with several kinds of install names and search paths.  Each is edited in the same way by
macho_tool and by llvm-install-name-tool; then every load command must be the same, but for
where the signature stands and how long it and __LINKEDIT are, and our signatures must be
valid by tests/support/macho_signature.py.  llvm-install-name-tool does not ask whether its
commands fit; where ours refuses, they must not, by the bytes the message says, and where ours
writes, they must.  Where it stumbles over its own result, ours must refuse.

    tests/proof_macho_edit.py --tool tests/support/macho_tool

Exit status: 0 all agree, 1 some differ, 77 a tool is not here.
"""

import argparse
import concurrent.futures
import itertools
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent / "support"))
import macho_signature  # noqa: E402

# Debian has LLVM's programs under names with the version; ld64.lld has no other there.
TOOLS = {name: shutil.which(f"{name}-14") or shutil.which(name)
         for name in ("clang", "ld64.lld", "llvm-lipo", "llvm-objdump",
                      "llvm-install-name-tool")}

SYSTEM = """--- !tapi-tbd
tbd-version: 4
targets: [ x86_64-macos, arm64-macos ]
install-name: '/usr/lib/libSystem.B.dylib'
exports:
  - targets: [ x86_64-macos, arm64-macos ]
    symbols: [ dyld_stub_binder, _puts ]
...
"""

SOURCES = {
    "dep": "int dep(void) { return 1; }",
    "user": "int dep(void); int puts(const char *); int table[5000] = { 1 };"
            "int user(void) { puts(\"x\"); return dep() + table[2]; }"
            "int main(void) { return user(); }",
}

ARCHS = {"x86_64": ("x86_64-apple-macos10.9", "10.9"), "arm64": ("arm64-apple-macos11", "11.0")}

# Name, what the linker is told.
KINDS = {
    "dylib": ["-dylib", "-install_name", "@rpath/libuser.1.dylib"],
    "plain": ["-dylib", "-install_name", "libuser.dylib"],
    "absolute": ["-dylib", "-install_name", "/opt/build/somewhere/lib/libuser.1.2.3.dylib"],
    "bundle": ["-bundle"],
    "program": ["-execute", "-e", "_main"],
}
LINKS = {"load": ["{dep}"], "weak": ["-weak_library", "{dep}"], "reexport": ["{dep}"],
         "upward": ["{dep}"]}
# ld64.lld cannot write the second, llvm-install-name-tool can read neither: they are made of
# LC_LOAD_DYLIB, in the other tool's result as well.
POKES = {"reexport": 0x8000001F, "upward": 0x80000023}
PATHS = {"none": [], "one": ["-rpath", "/opt/build/lib"],
         "chain": ["-rpath", "/opt/build/lib", "-rpath", "@loader_path/../lib", "-rpath",
                   "@executable_path/../lib"]}
PADS = {"tight": ["-headerpad", "0"], "usual": [], "wide": ["-headerpad", "0x400"]}

DEP = "/opt/build/deps/libdep.dylib"

# What a file must have, our words, theirs.
EDITS = [
    ("id", ["--id", "/DLC/pkg/.dylibs/libuser.dylib"],
     ["-id", "/DLC/pkg/.dylibs/libuser.dylib"]),
    ("id", ["--id", "x"], ["-id", "x"]),
    ("", ["--change", DEP, "@loader_path/.dylibs/libdep.dylib"],
     ["-change", DEP, "@loader_path/.dylibs/libdep.dylib"]),
    ("", ["--change", DEP, "@rpath/d"], ["-change", DEP, "@rpath/d"]),
    ("", ["--change", DEP, "@loader_path/" + "../" * 20 + "libdep.dylib"],
     ["-change", DEP, "@loader_path/" + "../" * 20 + "libdep.dylib"]),
    ("rpath", ["--delete-rpath", "/opt/build/lib"],
     ["-delete_rpath", "/opt/build/lib"]),
    ("", ["--add-rpath", "@loader_path/../.dylibs"],
     ["-add_rpath", "@loader_path/../.dylibs"]),
    ("id rpath",
     ["--id", "/DLC/x", "--change", DEP, "@loader_path/libdep.dylib", "--delete-rpath",
      "/opt/build/lib", "--add-rpath", "@loader_path"],
     ["-id", "/DLC/x", "-change", DEP, "@loader_path/libdep.dylib", "-delete_rpath",
      "/opt/build/lib", "-add_rpath", "@loader_path"]),
]

# Fields of these commands that depend on how long a signature is, and, of the symbol table,
# on the order of __LINKEDIT, which llvm-install-name-tool lays out anew without aligning.
OTHER_FIELDS = {"LC_CODE_SIGNATURE": {"dataoff", "datasize"}, "LC_SYMTAB": {"stroff"}}
LINKEDIT_FIELDS = {"vmsize", "filesize"}

REFUSAL = re.compile(r" (\d+) bytes too long: the header has room for (\d+) more bytes; link "
                     r"with -headerpad_max_install_names \(or -headerpad 0x[0-9a-f]+\)$")


def run(*words):
    """Run a program, which must succeed; return what it prints."""
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(words)}: {done.stderr}")
    return done.stdout


def load_commands(path):
    """What llvm-objdump prints of every load command, as lists of fields, per slice."""
    text = run(TOOLS["llvm-objdump"], "--macho", "--arch=all", "--private-headers", path)
    found = []
    for block in re.split(r"^Load command \d+$", text, flags=re.M)[1:]:
        fields = re.findall(r"^ *(\w[\w ]*?) +(\S.*)$", block, flags=re.M)
        name = dict(fields).get("cmd")
        leave = set(OTHER_FIELDS.get(name, ()))
        if name == "LC_SEGMENT_64" and ("segname", "__LINKEDIT") in fields:
            leave |= LINKEDIT_FIELDS
        # The end of a block of a universal file holds the header of the next slice.
        found.append([(key, value) for key, value in fields
                      if key not in leave and not value.startswith(("(arch", "cputype"))])
    return found


def fits(old, new):
    """For each slice, how many bytes are left between the commands of `new` and what the
    sections of `old` hold; below zero, they overlap."""
    left = []
    for before, after in zip(macho_signature.slices(old), macho_signature.slices(new)):
        end = 32 + struct.unpack_from("<I", after, 20)[0]
        low = len(before)
        for number, command in macho_signature.commands(before):
            if number != 0x19:
                continue
            for nth in range(struct.unpack_from("<I", command, 64)[0]):
                at = 72 + 80 * nth
                size, offset = struct.unpack_from("<QI", command, at + 40)
                if size and struct.unpack_from("<I", command, at + 64)[0] & 0xFF not in (1, 12, 18):
                    low = min(low, offset)
        left.append(low - end)
    return left


class Proof:
    """Makes files, edits them twice, and counts."""

    def __init__(self, tool, folder):
        self.tool, self.folder = tool, folder
        self.equal = self.refused = self.signed = self.files = 0
        self.faults = []

    def path(self, name):
        return str(self.folder / name)

    def compile(self):
        """Objects and the library that is needed, for every architecture."""
        (self.folder / "system.tbd").write_text(SYSTEM)
        for arch, (target, least) in ARCHS.items():
            for name, source in SOURCES.items():
                (self.folder / f"{name}.c").write_text(source)
                run(TOOLS["clang"], "-target", target, "-O1", "-c", self.path(f"{name}.c"), "-o",
                    self.path(f"{name}-{arch}.o"))
            run(TOOLS["ld64.lld"], "-arch", arch, "-platform_version", "macos", least, "14.0",
                "-dylib", "-install_name", DEP, self.path(f"dep-{arch}.o"),
                self.path("system.tbd"), "-o", self.path(f"dep-{arch}.dylib"))

    def link(self, arch, kind, link, paths, pad, signed):
        """One file; returns its name."""
        name = "-".join([arch, kind, link, paths, pad, "signed" if signed else "unsigned"])
        library = [word.format(dep=self.path(f"dep-{arch}.dylib")) for word in LINKS[link]]
        run(TOOLS["ld64.lld"], "-arch", arch, "-platform_version", "macos", ARCHS[arch][1], "14.0",
            *KINDS[kind], *library, *PATHS[paths], *PADS[pad],
            "-adhoc_codesign" if signed else "-no_adhoc_codesign", self.path(f"user-{arch}.o"),
            self.path("system.tbd"), "-o", self.path(name))
        if link in POKES:
            shutil.copyfile(self.path(name), self.path(name + ".plain"))
            self.poke(self.folder / name, POKES[link])
        return name

    @staticmethod
    def poke(path, number):
        """Make the first LC_LOAD_DYLIB another command."""
        data = bytearray(path.read_bytes())
        offset = 32
        while struct.unpack_from("<I", data, offset)[0] != 0xC:
            offset += struct.unpack_from("<I", data, offset + 4)[0]
        struct.pack_into("<I", data, offset, number)
        path.write_bytes(data)

    def fault(self, name, text):
        self.faults.append(f"{name}: {text}")

    def compare(self, name, edit, theirs, signs):
        """Edit one file in both ways."""
        ours, other = self.path(name + ".ours"), self.path(name + ".theirs")
        what = f"{name} {edit[0]}"
        words = [self.tool, "edit", self.path(name), ours, *edit]
        if signs:
            words += ["--sign", "proof"]
        done = subprocess.run(words, stderr=subprocess.PIPE, text=True, check=False)
        left = self.edit_other(name, other, theirs)
        if done.returncode == 1:
            self.check_refusal(what, done.stderr.strip(), left)
        elif done.returncode != 0 or left is None or left < 0:
            self.fault(what, f"status {done.returncode}, {left} bytes left: {done.stderr}")
        else:
            self.check_commands(what, ours, other)
            self.check_content(what, name, ours)
            self.check_signatures(what, ours, signs)

    def edit_other(self, name, other, words):
        """Edit by llvm-install-name-tool; returns how many bytes are left in the slice that
        has the fewest, or None where it failed on commands that do not fit."""
        poke = next((number for link, number in POKES.items() if f"-{link}-" in name), None)
        shutil.copyfile(self.path(name + (".plain" if poke else "")), other)
        done = subprocess.run([TOOLS["llvm-install-name-tool"], *words, other],
                              stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            if "not past the headers of the file" not in done.stderr:
                self.fault(name, done.stderr)
            return None
        left = min(self.left(name, other))
        if poke and left >= 0:
            self.poke(pathlib.Path(other), poke)
        return left

    def left(self, name, other):
        """Bytes left in every slice of a result."""
        with open(self.path(name), "rb") as old, open(other, "rb") as new:
            return fits(old.read(), new.read())

    def check_refusal(self, what, text, left):
        said = REFUSAL.search(text)
        self.refused += 1
        if not said or left not in (None, -int(said[1])):
            self.fault(what, f"{left} bytes are left, and it says: {text}")

    def check_commands(self, what, ours, other):
        self.equal += 1
        for mine, yours in itertools.zip_longest(load_commands(ours), load_commands(other)):
            if mine != yours:
                self.fault(what, f"a command differs:\n  {mine}\n  {yours}")
                return

    def check_content(self, what, name, ours):
        """Behind the commands every byte is what it was, up to the signature."""
        with open(self.path(name), "rb") as old, open(ours, "rb") as new:
            pairs = zip(macho_signature.slices(old.read()), macho_signature.slices(new.read()))
            for before, after in pairs:
                start = fits(before, before)[0] + 32 + struct.unpack_from("<I", before, 20)[0]
                end = len(before)
                for number, command in macho_signature.commands(before):
                    if number == 0x1D:
                        end = struct.unpack_from("<I", command, 8)[0]
                if before[start:end] != after[start:end]:
                    self.fault(what, "content moved or changed")

    def check_signatures(self, what, ours, signs):
        for columns in macho_signature.lines(ours):
            self.signed += 1
            good = columns[2] == "adhoc" and columns[3] == "proof" and columns[-1] == "valid"
            if signs and not good or not signs and columns[2] != "unsigned":
                self.fault(what, f"its signature: {columns}")

    def edit_all(self, name, kind, paths, signs):
        """Every edit that fits the file."""
        self.files += 1
        for needs, ours, theirs in EDITS:
            if "id" in needs and kind in ("bundle", "program"):
                continue
            if "rpath" in needs and paths == "none":
                continue
            self.compare(name, ours, theirs, signs)

    def thin(self):
        """Every architecture, kind and padding; the other things in turn."""
        turns = itertools.cycle(itertools.product(LINKS, PATHS))
        for arch, kind, pad, signed in itertools.product(ARCHS, KINDS, PADS, (True, False)):
            link, paths = next(turns)
            if link == "reexport" and kind in ("bundle", "program"):
                link = "load"
            name = self.link(arch, kind, link, paths, pad, signed)
            yield name, kind, paths, signed

    def universal(self):
        """Two slices: equal ones, and one tight, one wide; one signed or both."""
        for kind, pads, signed in itertools.product(
                ("dylib", "bundle"), (("wide", "wide"), ("tight", "wide"), ("wide", "usual")),
                (True, False)):
            parts = [self.link(arch, kind, "load", "one", pad, signed)
                     for arch, pad in zip(ARCHS, pads)]
            name = "-".join(["universal", kind, *pads, "signed" if signed else "unsigned"])
            run(TOOLS["llvm-lipo"], "-create", *map(self.path, parts), "-output", self.path(name))
            yield name, kind, "one", signed


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--tool", required=True)
    args = parser.parse_args()
    missing = [name for name, tool in TOOLS.items() if tool is None]
    if missing:
        print(f"not here: {' '.join(missing)}")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        proof = Proof(args.tool, pathlib.Path(folder))
        proof.compile()
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            files = itertools.chain(proof.thin(), proof.universal())
            for _ in pool.map(lambda file: proof.edit_all(*file), files):
                pass
    for fault in proof.faults:
        print(fault)
    print(f"{proof.files} files; {proof.equal} edits with equal commands, {proof.refused} "
          f"refused for want of room; {proof.signed} slices judged; "
          f"{len(proof.faults)} faults")
    return 1 if proof.faults else 0


if __name__ == "__main__":
    sys.exit(main())
