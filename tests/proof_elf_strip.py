#!/usr/bin/env python3
"""Compares our stripping with binutils' on real files.

    proof_elf_strip.py --tool STRIP_TOOL [--samples N] [--system N] [FILE...]

Files are compiled on the spot (gcc, clang, gold, lld, cross compilers: what is there) and
taken from this machine's libraries, at most --system of them, evenly spread.  For each file
and level:

  sections   the same sections stay as after `strip` of that level, in the same order
  symbols    at debug level the same symbols stay
  bytes      every segment holds the same bytes
  lint       eu-elflint --gnu-ld and readelf -aW find nothing that the file did not have
  load       dlopen with RTLD_NOW, or running, works as before
  size       at most strip's
  again      stripping the result changes nothing
  debug      the debug file and the stripped one are joined by eu-unstrip, the link's CRC is
             right, both have the build-id, the debug file shows DWARF

Meant differences: BFD sorts the sections that are not loaded, makes untyped symbols in TLS
sections STT_TLS, keeps section symbols on machines other than x86, merges notes of
.gnu.build.attributes, and shares tails of names where lld did not; we do neither.
Prints counts; exit status 1 on any failure.
"""

import argparse
import collections
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib

STRIP_OPTIONS = {"debug": "-g", "unneeded": "--strip-unneeded", "all": "-s"}
SLACK = 64  # alignment, and sections in another order

LEVELS = tuple(STRIP_OPTIONS)
PT_LOAD, PT_NOTE = 1, 4
SHT_SYMTAB, SHT_DYNSYM, SHT_NOBITS = 2, 11, 8
SHF_ALLOC, SHF_TLS, STT_SECTION = 2, 0x400, 3

SOURCE = r"""
#include <stdio.h>
#include <string.h>
static int hidden(int x) { return x * 3; }
int shared_data[40] = { 1, 2, 3 };
static char shared_zeros[5000];
__thread int per_thread = 7;
const char *name(void) { return "a name"; }
int work(int x)
{
    memset(shared_zeros, x, sizeof shared_zeros);
    return hidden(x) + shared_data[x % 40] + shared_zeros[x % 5000] + per_thread;
}
"""
MAIN = '\nint main(void) { return printf("%d\\n", work(3)) < 0; }\n'

Section = collections.namedtuple(
    "Section", "name type flags addr off size link info align entsize"
)
Segment = collections.namedtuple("Segment", "type off vaddr filesz memsz align")


class Elf:
    """Headers and symbols of one file, as far as the comparison needs them."""

    def __init__(self, path):
        with open(path, "rb") as f:
            self.data = f.read()
        d = self.data
        self.wide = d[4] == 2
        self.order = "<" if d[5] == 1 else ">"
        self.machine = self.get("H", 18)[0]
        self.type = self.get("H", 16)[0]
        if self.wide:
            phoff, shoff = self.get("QQ", 32)
            phentsize, phnum, _, shnum, names = self.get("HHHHH", 54)
        else:
            phoff, shoff = self.get("II", 28)
            phentsize, phnum, _, shnum, names = self.get("HHHHH", 42)
        self.segments = [self.segment(phoff + i * phentsize) for i in range(phnum)]
        self.sections = []
        if shoff:
            first = self.section(shoff)
            shnum = shnum or first.size
            names = first.link if names == 0xFFFF else names
            size = 64 if self.wide else 40
            raw = [self.section(shoff + i * size) for i in range(shnum)]
            table = self.content(raw[names]) if raw else b""
            self.sections = [s._replace(name=text_at(table, s.name)) for s in raw]

    def get(self, fmt, off):
        return struct.unpack_from(self.order + fmt, self.data, off)

    def segment(self, off):
        if self.wide:
            kind, _, *rest = self.get("IIQQQQQQ", off)
            return Segment(kind, rest[0], rest[1], rest[3], rest[4], rest[5])
        kind, start, vaddr, _, filesz, memsz, _, align = self.get("IIIIIIII", off)
        return Segment(kind, start, vaddr, filesz, memsz, align)

    def section(self, off):
        return Section(*self.get("IIQQQQIIQQ" if self.wide else "IIIIIIIIII", off))

    def content(self, s):
        return b"" if s.type in (0, SHT_NOBITS) else self.data[s.off : s.off + s.size]

    def named(self, name):
        return next((s for s in self.sections if s.name == name), None)

    def symbols(self):
        """Symbols of .symtab as comparable tuples; sections by their names."""
        table = next((s for s in self.sections if s.type == SHT_SYMTAB), None)
        if table is None:
            return []
        names = self.content(self.sections[table.link])
        out = []
        for off in range(table.off, table.off + table.size, 24 if self.wide else 16):
            if self.wide:
                name, info, other, idx, value, size = self.get("IBBHQQ", off)
            else:
                name, value, size, info, other, idx = self.get("IIIBBH", off)
            where = self.sections[idx].name if idx < len(self.sections) else idx
            if info & 15 == STT_SECTION:
                continue
            if idx < len(self.sections) and self.sections[idx].flags & SHF_TLS:
                info |= 15  # BFD changes the type
            out.append((text_at(names, name), info, other, where, value, size))
        return sorted(map(str, out))

    def dynamic_symbols(self):
        """Names of the sections of .dynsym's symbols, and where those numbers stand."""
        table = next((s for s in self.sections if s.type == SHT_DYNSYM), None)
        entry, field = (24, 6) if self.wide else (16, 14)
        places = range(table.off + field, table.off + table.size, entry) if table else ()
        found = [self.get("H", off)[0] for off in places]
        names = [self.sections[i].name if i < len(self.sections) else i for i in found]
        return names, places

    def build_id(self):
        s = self.named(".note.gnu.build-id")
        return self.content(s) if s else None


def text_at(table, off):
    return table[off : table.index(b"\0", off)].decode("latin-1") if table else ""


def run(args, **more):
    return subprocess.run(
        args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **more
    )


def have(tool):
    return shutil.which(tool) is not None


# ---- files to try -------------------------------------------------------------------


def recipes():
    """(name, command without input and output, is a program)."""
    shared = ["-shared", "-fPIC"]
    for cc in ("gcc", "clang"):
        yield f"{cc}-plain", [cc, *shared], False
        yield f"{cc}-g", [cc, "-g", *shared], False
        yield f"{cc}-g3-O2", [cc, "-g3", "-O2", *shared], False
        yield f"{cc}-gz", [cc, "-g", "-gz", *shared], False
        yield f"{cc}-split", [cc, "-g", "-gsplit-dwarf", *shared], False
        yield f"{cc}-dwarf4", [cc, "-gdwarf-4", *shared], False
        yield f"{cc}-sections", [cc, "-g", "-ffunction-sections", *shared], False
        yield f"{cc}-relocs", [cc, "-g", "-Wl,--emit-relocs", *shared], False
        yield f"{cc}-sysv", [cc, "-g", "-Wl,--hash-style=sysv", *shared], False
        yield f"{cc}-noid", [cc, "-g", "-Wl,--build-id=none", *shared], False
        yield f"{cc}-code", [cc, "-g", "-Wl,-z,noseparate-code", *shared], False
        yield f"{cc}-pie", [cc, "-g", "-pie", "-fPIE"], True
        yield f"{cc}-exec", [cc, "-g", "-no-pie"], True
        yield f"{cc}-static", [cc, "-g", "-static"], True
        yield f"{cc}-static-pie", [cc, "-g", "-static-pie", "-fPIE"], True
        for ld in ("gold", "lld"):
            use = [cc, "-g", f"-fuse-ld={ld}"]
            yield f"{cc}-{ld}", [*use, *shared], False
            packed = "-Wl,--compress-debug-sections=zlib"
            yield f"{cc}-{ld}-gz", [*use, packed, *shared], False
            yield f"{cc}-{ld}-relocs", [*use, "-Wl,--emit-relocs", *shared], False
            yield f"{cc}-{ld}-pie", [*use, "-pie", "-fPIE"], True
        lld = [cc, "-g", "-fuse-ld=lld", *shared]
        yield f"{cc}-lld-relr", [*lld, "-Wl,--pack-dyn-relocs=relr"], False
        yield f"{cc}-lld-index", [*lld, "-ggnu-pubnames", "-Wl,--gdb-index"], False
    yield "gcc-lto", ["gcc", "-g", "-flto", "-O2", *shared], False
    yield "gcc-m-large", ["gcc", "-g", "-mcmodel=large", *shared], False
    for arch in ("aarch64", "s390x"):
        cc = f"{arch}-linux-gnu-gcc"
        yield f"{arch}-g", [cc, "-g", *shared], False
        yield f"{arch}-gz", [cc, "-g", "-gz", *shared], False
        yield f"{arch}-relocs", [cc, "-g", "-Wl,--emit-relocs", *shared], False
        yield f"{arch}-static", [cc, "-g", "-static"], True
    yield "musl", ["musl-gcc", "-g", *shared], False
    yield "musl-static", ["musl-gcc", "-g", "-static"], True


def compile_some(folder, limit):
    """Paths of what could be compiled here, from recipes that are evenly spread."""
    sources = {}
    for program in (False, True):
        sources[program] = os.path.join(folder, f"source{int(program)}.c")
        with open(sources[program], "w", encoding="ascii") as f:
            f.write(SOURCE + (MAIN if program else ""))
    done = []
    for name, command, program in spread([r for r in recipes() if have(r[1][0])], limit):
        out = os.path.join(folder, name + ("" if program else ".so"))
        command = [*command, sources[program], "-o", out]
        if run(command, cwd=folder).returncode == 0:
            done.append(out)
    return done


def spread(items, limit):
    """At most `limit` of the items, evenly spread."""
    limit = min(limit, len(items))
    return [items[i * len(items) // limit] for i in range(limit)]


def system_files(limit):
    """Shared objects and programs of this machine, evenly spread."""
    found = set()
    for top in ("/usr/lib", "/usr/local", "/opt", "/usr/bin", "/root", "/home"):
        for folder, _, names in os.walk(top):
            for name in names:
                path = os.path.join(folder, name)
                if (".so" in name or top == "/usr/bin") and is_linked_elf(path):
                    found.add(os.path.realpath(path))
    return spread(sorted(found), limit)


def is_linked_elf(path):
    try:
        if os.path.islink(path) or os.path.getsize(path) > 64 << 20:
            return False
        with open(path, "rb") as f:
            head = f.read(18)
    except OSError:
        return False
    types = (b"\2\0", b"\3\0", b"\0\2", b"\0\3")
    return head[:4] == b"\x7fELF" and head[16:18] in types


# ---- comparing ----------------------------------------------------------------------

STRIPS = {183: "aarch64-linux-gnu-strip", 22: "s390x-linux-gnu-strip"}


def strip_for(elf):
    name = STRIPS.get(elf.machine, "strip" if elf.machine in (62, 3) else None)
    return name if name and have(name) else None


def normal(text, path):
    """Findings without what stripping changes by right: numbers of sections, paths."""
    text = text.decode("utf-8", "replace").replace(path, "FILE")
    text = re.sub(r"\[ *\d+\]", "[]", text)
    return {re.sub(r"\b\d+\b", "N", line) for line in text.splitlines()}


def lint(path):
    return normal(run(["eu-elflint", "--gnu-ld", path]).stdout, path) - {"No errors"}


def warnings(path):
    out = run(["readelf", "-aW", path]).stdout
    return {line for line in normal(out, path) if "arning" in line or "rror:" in line}


def load(path, elf, origin):
    """What loading or running gives; None where this machine cannot, or where the file
    counts on its place.  Neighbours that $ORIGIN would find are found in `origin`."""
    strings = elf.named(".dynstr")
    if elf.machine != 62 or not elf.wide or (strings and b"$ORIGIN/.." in elf.content(strings)):
        return None
    if elf.type == 2 or (elf.named(".interp") and ".so" not in os.path.basename(path)):
        # Programs of this machine might do anything; only ours are run.
        own = path.startswith(tempfile.gettempdir()) and origin.endswith("/made")
        return run([path], timeout=20).stdout if own else None
    code = (
        "import ctypes, os, sys\n"
        "try: ctypes.CDLL(sys.argv[1], os.RTLD_NOW)\n"
        "except OSError as e: print(str(e).replace(sys.argv[1], 'FILE'))\n"
        "sys.stdout.flush(); os._exit(0)\n"
    )
    done = run(
        [sys.executable, "-c", code, path],
        timeout=60,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "LD_LIBRARY_PATH": origin},
    )
    return done.returncode, done.stdout


def segments_of(elf):
    """What each segment holds.  The ELF header (its section fields) and the program headers
    (offsets of segments that moved) are read through, not compared; the sections of dynamic
    symbols are compared by name."""
    phdrs = 64 + 56 * len(elf.segments) if elf.wide else 52 + 32 * len(elf.segments)
    names, places = elf.dynamic_symbols()
    data = bytearray(elf.data)
    data[:phdrs] = bytes(phdrs)
    for off in places:
        data[off : off + 2] = b"\0\0"
    held = [
        (s.type, s.vaddr, s.memsz, s.align, bytes(data[s.off : s.off + s.filesz]))
        for s in elf.segments
    ]
    return held, names


def kept(elf):
    """The loaded sections in order, then the others."""
    all_of = [(s.name, s.type, s.flags, s.addr) for s in elf.sections]
    unloaded = sorted(s for s in all_of if not s[2] & SHF_ALLOC)
    return [s for s in all_of if s[2] & SHF_ALLOC] + unloaded


def names_size(elf):
    return sum(s.size for s in elf.sections if s.name in (".strtab", ".shstrtab"))


class Proof:
    def __init__(self, tool, folder):
        self.tool, self.folder = tool, folder
        self.failures = 0
        self.counts = collections.Counter()
        self.saved = collections.Counter()

    def fail(self, path, level, what, text):
        self.failures += 1
        print(f"not ok: {os.path.basename(path)}: {level}: {what}: {str(text)[:400]}")

    def expect(self, holds, path, level, what, text=""):
        self.counts[what] += 1
        if not holds:
            self.fail(path, level, what, text)

    def strip_ours(self, level, path, out, *debug):
        return run([self.tool, level, path, out, *debug])

    def check_file(self, path):
        before = Elf(path)
        name = os.path.basename(path)
        known = (
            lint(path) | {""},
            warnings(path),
            load(path, before, os.path.dirname(path)),
        )
        for level in LEVELS:
            ours = os.path.join(self.folder, f"ours-{name}")
            done = self.strip_ours(level, path, ours)
            if done.returncode != 0:
                self.fail(path, level, "refused", done.stdout)
                return
            os.chmod(ours, 0o755)
            self.check_level(path, level, ours, before, known)
        self.check_debug(path, before)
        self.counts["files"] += 1

    def check_level(self, path, level, ours, before, known):
        after = Elf(ours)
        self.expect(segments_of(after) == segments_of(before), path, level, "bytes")
        new = lint(ours) - known[0]
        theirs = self.strip_theirs(path, level, before)
        if new and theirs:
            new -= lint(theirs)
        self.expect(not new, path, level, "lint", new)
        new = warnings(ours) - known[1]
        self.expect(not new, path, level, "readelf", new)
        if known[2] is not None:
            now = load(ours, after, os.path.dirname(path))
            self.expect(now == known[2], path, level, "load", (known[2], now))
            self.counts["load-worked"] += known[2] == (0, b"") or isinstance(known[2], bytes)
        twice = ours + ".twice"
        self.strip_ours(level, ours, twice)
        self.expect(Elf(twice).data == after.data, path, level, "again")
        if theirs:
            self.compare(path, level, before, after, Elf(theirs))
        else:
            self.counts["no-strip"] += 1

    def strip_theirs(self, path, level, before):
        strip = strip_for(before)
        theirs = os.path.join(self.folder, "theirs")
        if strip and run([strip, STRIP_OPTIONS[level], path, "-o", theirs]).returncode == 0:
            return theirs
        return None

    def compare(self, path, level, before, after, wanted):
        self.expect(
            kept(after) == kept(wanted), path, level, "sections",
            (set(kept(after)) ^ set(kept(wanted))) or "order",
        )
        self.expect(
            after.symbols() == wanted.symbols(), path, level, "symbols",
            sorted(set(after.symbols()) ^ set(wanted.symbols()))[:4],
        )
        excess = max(0, names_size(after) - names_size(wanted))
        if not after.named(".gnu.build.attributes"):
            self.expect(
                len(after.data) <= len(wanted.data) + excess + SLACK, path, level, "size",
                (len(after.data), len(wanted.data)),
            )
        self.saved["more names"] += excess
        self.saved["before"] += len(before.data)
        self.saved["ours"] += len(after.data)
        self.saved["strip's"] += len(wanted.data)

    def check_debug(self, path, before):
        ours = os.path.join(self.folder, "linked")
        debug = os.path.join(self.folder, "linked.debug")
        done = self.strip_ours("all", path, ours, debug)
        if done.returncode != 0:
            self.fail(path, "debug", "refused", done.stdout)
            return
        if os.path.getsize(debug) == 0:  # the file has nothing for a debugger
            self.counts["no-debug-file"] += 1
            wanted = {n for n, *_ in before.sections if n.startswith((".debug", ".sym"))}
            self.expect(not wanted, path, "debug", "empty", wanted)
            return
        os.chmod(ours, 0o755)
        link, file = Elf(ours), Elf(debug)
        content = link.content(link.named(".gnu_debuglink"))
        crc = struct.unpack(link.order + "I", content[-4:])[0]
        self.expect(
            content[:13] == b"linked.debug\0" and crc == zlib.crc32(file.data),
            path, "debug", "crc",
        )
        same = before.build_id() == link.build_id() == file.build_id()
        self.expect(same, path, "debug", "build-id")
        joined = os.path.join(self.folder, "joined")
        done = run(["eu-unstrip", "-f", ours, debug, "-o", joined])
        if done.returncode != 0 and self.unstrip_theirs(path, before) == done.stdout:
            self.counts["unstrip-fails-with-strip-too"] += 1
            return
        fine = done.returncode == 0 and not done.stdout
        self.expect(fine, path, "debug", "unstrip", done.stdout)
        if done.returncode == 0:
            whole = Elf(joined)
            gone = {s.name for s in before.sections} - {s.name for s in whole.sections}
            self.expect(not gone - {".gnu_debuglink"}, path, "debug", "joined", gone)
        if before.named(".debug_info"):
            shown = run(["readelf", "-wi", debug]).stdout
            self.expect(b"DW_TAG_compile_unit" in shown, path, "debug", "dwarf")


    def unstrip_theirs(self, path, before):
        """What eu-unstrip says of the pair that binutils makes."""
        theirs = self.strip_theirs(path, "all", before)
        objcopy = (strip_for(before) or "").replace("strip", "objcopy")
        debug, joined = theirs + ".debug", theirs + ".joined"
        run([objcopy, "--only-keep-debug", path, debug])
        return run(["eu-unstrip", "-f", theirs, debug, "-o", joined]).stdout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tool", required=True)
    parser.add_argument("--samples", type=int, default=1000, help="compiled files to try")
    parser.add_argument("--system", type=int, default=150, help="files of this machine")
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        proof = Proof(os.path.abspath(options.tool), folder)
        made = os.path.join(folder, "made")
        os.mkdir(made)
        files = options.files
        if not files:
            files = compile_some(made, options.samples) + system_files(options.system)
        for path in files:
            try:
                proof.check_file(path)
            except (OSError, ValueError, struct.error, subprocess.TimeoutExpired) as e:
                proof.fail(path, "-", "stopped", repr(e))
    counts = proof.counts
    print(
        f"{counts.pop('files')} files:",
        ", ".join(f"{k} {v}" for k, v in sorted(counts.items())),
    )
    print("bytes:", ", ".join(f"{k} {v}" for k, v in proof.saved.items()))
    if proof.failures or not files:
        print(f"{proof.failures} failures")
        sys.exit(1)


if __name__ == "__main__":
    main()
