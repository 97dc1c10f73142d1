#!/usr/bin/env python3
"""Edits and strips DLLs that real linkers made; asks other readers, and runs the result.

    proof_pe_edit.py --tool tests/support/pe_tool

A chain of DLLs is linked by mingw-w64 (x86, amd64) and by clang with lld-link (amd64 with
delay loads, arm64): leaf; middle, which imports leaf and forwards to it; late, which loads
leaf late; top, which imports middle and late.  All get new names, under each kind of room:
padding, a new section (padding is filled before), header room (the gap behind the section
table, too), and after `strip`.  Then

  readers   pefile, `llvm-readobj --coff-imports` and, for names in the section of their
            directory, `objdump -p` see the new names, pefile's checksum is the file's, and
            the debug directory leads to the same records
  sections  nm sees the same symbols; `strip -s` by mingw leaves the same sections, imports
            and exports as ours
  names     of the DLL in a forwarder: all before the last dot; ".dll" is put behind one that
            has no dot.  Renames follow that, and so does the loader
  running   amd64 DLLs are loaded under wine by a program that does what os.add_dll_directory
            and the import of an extension do, and their functions are called.  (It stands for
            a Python for Windows, which is not here.)  x86 and arm64 are not executed.

Exit status 1 on any difference, 77 where a tool is missing; without wine nothing is executed,
which is said, and the status is 77 when all else agrees.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.append("/usr/lib/python3/dist-packages")

HASH = "0123456789abcdef0123456789abcdef"
NAMES = ("leaf", "middle", "late", "top")

SOURCES = {
    "leaf": "EXPORT int leaf_value(void) { return 7; }",
    "middle": "IMPORT int leaf_value(void);"
              "EXPORT int middle_value(void) { return leaf_value() + 10; }"
              "EXPORT int middle_data = 3;",
    "late": "IMPORT int leaf_value(void);"
            "EXPORT int late_value(void) { return leaf_value() + 100; }",
    "top": "IMPORT int middle_value(void); IMPORT int middle_forward(void);"
           "IMPORT int late_value(void);"
           "EXPORT int top_value(void) { return middle_value() + late_value() +"
           " middle_forward() - 7; }",
}
USES = {"leaf": (), "middle": ("leaf",), "late": ("leaf",), "top": ("middle", "late")}
PREFIX = "#define EXPORT __declspec(dllexport)\n#define IMPORT __declspec(dllimport)\n"

# Forwarders, the DLL that each of them is about, and what that DLL's function returns.
FORWARDERS = {
    "plain": ("leaf.value", "leaf.dll", 1),
    "ordinal": ("leaf.#2", "leaf.dll", 1),
    "upper": ("LEAF.value", "leaf.dll", 1),
    "dotted": ("leaf-1.2.value", "leaf-1.2", 2),
    "whole": ("leaf-1.2.dll.value", "leaf-1.2.dll", 3),
    "absent": ("other-1.2.value", "other-1.2", None),
}

# Linkers leave it to a library of Microsoft's; this does the same for one function.
HELPER = r"""
struct delay { unsigned flags, name, module, addresses, names, bound, unload, time; };
extern char __ImageBase;
__declspec(dllimport) void *LoadLibraryA(const char *);
__declspec(dllimport) void *GetProcAddress(void *, const char *);
void *
__delayLoadHelper2(const struct delay *delay, void **slot)
{
    char *base = &__ImageBase;
    unsigned long long thunk = ((unsigned long long *)(base + delay->names))
        [slot - (void **)(base + delay->addresses)];
    *slot = GetProcAddress(LoadLibraryA(base + delay->name), base + thunk + 2);
    return *slot;
}
"""

LOADER = r"""
#include <stdio.h>
#include <string.h>
#include <windows.h>

/* loader FOLDER DLL FUNCTION...: what os.add_dll_directory(FOLDER) and importing DLL do. */
static int
load(int argc, char **argv)
{
    static wchar_t folder[1024];
    static wchar_t path[1024];

    MultiByteToWideChar(CP_ACP, 0, argv[1], -1, folder, 1024);
    MultiByteToWideChar(CP_ACP, 0, argv[2], -1, path, 1024);
    if (AddDllDirectory(folder) == NULL)
        return printf("no folder: %lu\n", GetLastError()), 1;
    HMODULE module = LoadLibraryExW(
        path, NULL, LOAD_LIBRARY_SEARCH_DEFAULT_DIRS | LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR);
    if (module == NULL)
        return printf("not loaded: %lu\n", GetLastError()), 1;
    for (int i = 3; i < argc; i++) {
        int (*function)(void) = (int (*)(void))(void *)GetProcAddress(module, argv[i]);
        if (function == NULL)
            return printf("no %s: %lu\n", argv[i], GetLastError()), 1;
        printf("%s=%d\n", argv[i], function());
    }
    return 0;
}

/* loader LIST: every line is a command for a process of its own. */
int
main(int argc, char **argv)
{
    static char line[4096];
    FILE *list;

    if (argc > 2)
        return load(argc, argv);
    list = fopen(argv[1], "r");
    while (fgets(line, sizeof line, list) != NULL) {
        STARTUPINFOA start = { .cb = sizeof start };
        PROCESS_INFORMATION made;

        line[strcspn(line, "\n")] = '\0';
        if (!CreateProcessA(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &start, &made))
            return printf("no process: %lu\n", GetLastError()), 1;
        WaitForSingleObject(made.hProcess, INFINITE);
        puts("--");
        fflush(stdout);
    }
    return 0;
}
"""


def find(*names):
    """Return the first program of several; skip without."""
    for name in names:
        if shutil.which(name):
            return shutil.which(name)
    print(f"SKIP: there is no {names[0]}")
    raise SystemExit(77)


def run(*words, **keys):
    """Run a program that must succeed; its output."""
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True,
                          check=False, **keys)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, words))}: {done.stdout}{done.stderr}")
    return done.stdout


class Chain:
    """The four DLLs of one linker, in a folder."""

    def __init__(self, folder, arch, linker, debug=False):
        self.folder = folder
        self.arch = arch
        self.linker = linker
        self.debug = debug
        folder.mkdir()
        for name in NAMES:
            (folder / f"{name}.c").write_text(PREFIX + SOURCES[name])
            if linker == "mingw":
                self.link_mingw(name)
            else:
                self.link_lld(name)

    def definitions(self, name):
        """Write a .def file; middle forwards a name to leaf."""
        lines = [f"{name}_value"]
        if name == "middle":
            lines += ["middle_forward = leaf.leaf_value", "middle_data DATA"]
        path = self.folder / f"{name}.def"
        path.write_text(f"LIBRARY {name}.dll\nEXPORTS\n" + "\n".join(lines) + "\n")
        return path

    def link_mingw(self, name):
        """Link by GNU ld; with symbols and debug sections, or without."""
        triple = {"amd64": "x86_64", "x86": "i686"}[self.arch] + "-w64-mingw32"
        run(f"{triple}-gcc", "-g" if self.debug else "-s", "-O1", "-shared", "-o",
            self.folder / f"{name}.dll", self.folder / f"{name}.c", self.definitions(name),
            *(self.folder / f"lib{use}.a" for use in USES[name]),
            f"-Wl,--out-implib,{self.folder / f'lib{name}.a'}")

    def link_lld(self, name):
        """Link by lld-link; late loads leaf late.  With a debug directory, or without."""
        target = {"amd64": "x86_64", "arm64": "aarch64"}[self.arch]
        source = self.folder / f"{name}.c"
        run(find("clang-14", "clang"), f"--target={target}-pc-windows-msvc", "-O1", "-c", source,
            "-o", self.folder / f"{name}.obj")
        libraries = [self.folder / f"{use}.lib" for use in USES[name]]
        words = []
        if name == "late":
            words = ["/delayload:leaf.dll", *self.delay_helper(target)]
        run(find("lld-link-14", "lld-link"), "/dll", "/noentry", "/nodefaultlib",
            f"/out:{self.folder / f'{name}.dll'}", f"/implib:{self.folder / f'{name}.lib'}",
            f"/def:{self.definitions(name)}", self.folder / f"{name}.obj", *words, *libraries,
            *(["/debug", f"/pdb:{self.folder / f'{name}.pdb'}"] if self.debug else []))

    def delay_helper(self, target):
        """Compile the function that delay loads call, and what it needs of kernel32."""
        source, out = self.folder / "helper.c", self.folder / "helper.obj"
        source.write_text(HELPER)
        run(find("clang-14", "clang"), f"--target={target}-pc-windows-msvc", "-O1", "-c", source,
            "-o", out)
        names = self.folder / "kernel32.def"
        names.write_text("LIBRARY kernel32.dll\nEXPORTS\nLoadLibraryA\nGetProcAddress\n")
        library = self.folder / "kernel32.lib"
        run(find("llvm-dlltool-14", "llvm-dlltool"), "-m",
            {"x86_64": "i386:x86-64", "aarch64": "arm64"}[target], "-d", names, "-l", library)
        return [out, library]


def fill(path, with_headers):
    """Fill the padding of sections, and the gap in the headers, with what is not zero."""
    import pefile  # pylint: disable=import-outside-toplevel

    image = pefile.PE(str(path), fast_load=True)
    data = bytearray(path.read_bytes())
    for section in image.sections:
        end = section.PointerToRawData + section.SizeOfRawData
        for at in range(section.PointerToRawData + section.Misc_VirtualSize, end):
            data[at] = 0x5a
    if with_headers:
        table = (image.DOS_HEADER.e_lfanew + 24 + image.FILE_HEADER.SizeOfOptionalHeader
                 + 40 * len(image.sections))
        for at in range(table, image.OPTIONAL_HEADER.SizeOfHeaders):
            data[at] = 0x5a
    path.write_bytes(data)


def imports_of(image):
    """Return the names of imports, delay imports and forwarders' modules."""
    names = [entry.dll.decode() for part in ("DIRECTORY_ENTRY_IMPORT",
                                             "DIRECTORY_ENTRY_DELAY_IMPORT")
             for entry in getattr(image, part, ())]
    for symbol in image.DIRECTORY_ENTRY_EXPORT.symbols:
        if symbol.forwarder:
            names.append("-> " + symbol.forwarder.decode())
    return names


def debug_records(path, image):
    """Return what the debug directory leads to in the file, and in memory."""
    data = path.read_bytes()
    return [(data[entry.struct.PointerToRawData:][:entry.struct.SizeOfData],
             image.get_data(entry.struct.AddressOfRawData, entry.struct.SizeOfData))
            for entry in getattr(image, "DIRECTORY_ENTRY_DEBUG", ())]


def warnings_of(image):
    """Return what pefile finds odd, but for how often a byte occurs."""
    return [text for text in image.get_warnings() if "makes up" not in text]


def cut_names(image, data):
    """Return the names of sections, long ones as their first eight bytes."""
    names = []
    table = image.FILE_HEADER.PointerToSymbolTable + 18 * image.FILE_HEADER.NumberOfSymbols
    for section in image.sections:
        name = section.Name
        if name.startswith(b"/"):
            at = table + int(name[1:].rstrip(b"\0"))
            name = data[at:data.index(b"\0", at)][:8].ljust(8, b"\0")
        names.append(name)
    return names


def renamed(names, renames):
    """Return what the names should be."""
    out = []
    for name in names:
        if name.startswith("-> "):
            module, symbol = name[3:].rsplit(".", 1)
            new = renames.get(module + ".dll", module + ".dll")
            stem = new[:-4] if new.endswith(".dll") and "." not in new[:-4] else new
            out.append(f"-> {stem}.{symbol}")
        else:
            out.append(renames.get(name, name))
    return out


class Proof:
    """All comparisons, counted."""

    def __init__(self, tool, work):
        self.tool = tool
        self.work = work
        self.failures = []
        self.counts = {"edited": 0, "stripped": 0, "executed": 0,
                       "shown by objdump": 0, "debug records": 0}
        self.rooms = {}
        self.loads = []
        self.wine = shutil.which("wine") or shutil.which("wine64")
        self.loader = None
        self.environment = dict(os.environ, WINEDEBUG="-all", WINEPREFIX=str(work / "wine"))
        self.environment.pop("DISPLAY", None)
        if self.wine:
            source = work / "loader.c"
            source.write_text(LOADER)
            self.loader = work / "loader.exe"
            run("x86_64-w64-mingw32-gcc", "-o", self.loader, source)

    def expect(self, what, got, wanted):
        """Note a difference."""
        if got != wanted:
            self.failures.append(f"{what}: {got!r}, not {wanted!r}")

    def compare(self, what, old, new, renames, own):
        """All readers see the new names in `new`."""
        import pefile  # pylint: disable=import-outside-toplevel

        before, after = pefile.PE(str(old)), pefile.PE(str(new))
        wanted = renamed(imports_of(before), renames)
        self.expect(f"{what}: names", imports_of(after), wanted)
        self.expect(f"{what}: own name", after.DIRECTORY_ENTRY_EXPORT.name.decode(), own)
        if before.OPTIONAL_HEADER.CheckSum:
            self.expect(f"{what}: checksum", after.OPTIONAL_HEADER.CheckSum,
                        after.generate_checksum())
        else:
            self.expect(f"{what}: checksum", after.OPTIONAL_HEADER.CheckSum, 0)
        self.expect(f"{what}: warnings", warnings_of(after), warnings_of(before))
        self.expect(f"{what}: debug", debug_records(new, after), debug_records(old, before))
        self.counts["debug records"] += len(debug_records(new, after))
        last = after.sections[-1]
        end = last.VirtualAddress + last.Misc_VirtualSize
        self.expect(f"{what}: image size", after.OPTIONAL_HEADER.SizeOfImage,
                    (end + 0xfff) // 0x1000 * 0x1000)
        shown = run(find("llvm-readobj-14", "llvm-readobj"), "--coff-imports", new)
        self.expect(f"{what}: llvm-readobj", sorted(re.findall(r"^  Name: (.*)$", shown, re.M)),
                    sorted(name for name in wanted if not name.startswith("-> ")))

    def names_by_objdump(self, what, path, wanted):
        """What objdump shows, which ends at a name in another section than the directory's."""
        shown = re.findall(r"DLL Name: (.*)", run("x86_64-w64-mingw32-objdump", "-p", path))
        self.expect(f"{what}: objdump", shown, wanted[:len(shown)])
        self.counts["shown by objdump"] += len(shown)

    def execute(self, what, libs, path, values):
        """Have a DLL loaded and its functions called, later."""
        words = [self.loader, libs, path]
        words = [f'"Z:{word}"'.replace("/", "\\") for word in words]
        self.loads.append((what, " ".join(words + list(values)),
                           [f"{name}={value}" for name, value in values.items()]))

    def execute_all(self):
        """Load all of them under wine, each in its process."""
        if self.wine is None:
            return
        commands = self.work / "loads"
        commands.write_text("".join(f"{command}\n" for _, command, _ in self.loads))
        shown = subprocess.run([self.wine, str(self.loader), "Z:" + str(commands)],
                               env=self.environment, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True, check=False, timeout=300)
        results = [part.split() for part in shown.stdout.split("--")[:-1]]
        self.expect("executed", len(results), len(self.loads))
        for result, (what, _, wanted) in zip(results, self.loads):
            self.expect(f"{what}: executed", result, wanted)
            self.counts["executed"] += 1

    def prepare(self, path, kind):
        """Bring a copy into the state that a kind of room needs."""
        if kind.startswith("stripped"):
            out = path.with_suffix(".stripped")
            run(self.tool, "strip", path, out)
            out.replace(path)
            self.counts["stripped"] += 1
        if kind.endswith("new-section"):
            fill(path, False)
        elif kind.endswith("moved-up"):
            fill(path, True)

    def edit_chain(self, chain, kind, pattern):
        """Edit all DLLs of a chain in one way, compare, execute."""
        what = f"{chain.folder.name} {kind} {pattern}"
        out = self.work / re.sub(r"\W+", "-", what)
        libs = out / "demo.libs"
        libs.mkdir(parents=True)
        renames = {f"{name}.dll": pattern.format(name) for name in NAMES[:3]}
        for name in NAMES:
            old = out / f"{name}.old"
            shutil.copy(chain.folder / f"{name}.dll", old)
            self.prepare(old, kind)
            own = pattern.format(name) if name != "top" else "top.pyd"
            new = (out if name == "top" else libs) / own
            words = [word for change in renames.items() for word in ("--change", *change)]
            words += ["--name", own, "--clear-load-flags"]
            room = run(self.tool, "edit", old, new, *words).split()[0]
            self.rooms[room] = self.rooms.get(room, 0) + 1
            self.counts["edited"] += 1
            self.expect(f"{what} {name}: room", room, kind.rsplit(" ", 1)[-1])
            self.compare(f"{what} {name}", old, new, renames, own)
            again = run(self.tool, "edit", new, out / "again", *words).split()[0]
            self.expect(f"{what} {name}: again", again, "unchanged")
            self.expect(f"{what} {name}: bytes", (out / "again").read_bytes(),
                        new.read_bytes())
            if chain.debug and chain.linker == "mingw" and not kind.startswith("stripped"):
                self.expect(f"{what} {name}: symbols", run("nm", new), run("nm", old))
            if chain.linker == "mingw" and kind == "padding" and len(pattern) < 60:
                self.names_by_objdump(f"{what} {name}", new, renamed(
                    re.findall(r"DLL Name: (.*)",
                               run("x86_64-w64-mingw32-objdump", "-p", old)), renames))
        if chain.arch == "amd64":
            self.execute(what, libs, out / "top.pyd", {"top_value": 124})
            self.execute(what, libs, libs / pattern.format("middle"),
                         {"middle_value": 17, "middle_forward": 7})

    def compare_strip(self, chain):
        """Ours against mingw's."""
        import pefile  # pylint: disable=import-outside-toplevel

        triple = {"amd64": "x86_64", "x86": "i686"}[chain.arch] + "-w64-mingw32"
        for name in NAMES:
            path = chain.folder / f"{name}.dll"
            ours, theirs = self.work / "ours.dll", self.work / "theirs.dll"
            run(self.tool, "strip", path, ours)
            run(f"{triple}-strip", "-s", "-o", theirs, path)
            self.counts["stripped"] += 1
            left, right = pefile.PE(str(ours)), pefile.PE(str(theirs))
            what = f"{chain.folder.name} {name}: strip"
            # Theirs keep a table of long names, ours are cut to what fits.
            self.expect(f"{what}: names of sections", [s.Name for s in left.sections],
                        cut_names(right, theirs.read_bytes()))
            for part in ("VirtualAddress", "Misc_VirtualSize", "SizeOfRawData",
                         "Characteristics"):
                self.expect(f"{what}: {part}", [getattr(s, part) for s in left.sections],
                            [getattr(s, part) for s in right.sections])
            for part in ("SizeOfImage", "SizeOfInitializedData"):
                self.expect(f"{what}: {part}", getattr(left.OPTIONAL_HEADER, part),
                            getattr(right.OPTIONAL_HEADER, part))
            self.expect(f"{what}: symbols", left.FILE_HEADER.PointerToSymbolTable, 0)
            for part in ("Characteristics", "NumberOfSymbols"):
                self.expect(f"{what}: {part}", getattr(left.FILE_HEADER, part),
                            getattr(right.FILE_HEADER, part))
            self.expect(f"{what}: names", imports_of(left), imports_of(right))
            self.expect(f"{what}: data", [s.get_data() for s in left.sections],
                        [s.get_data() for s in right.sections])
            self.expect(f"{what}: checksum", left.OPTIONAL_HEADER.CheckSum,
                        left.generate_checksum())

    def forwarders(self):
        """Which DLL a forwarder is about, for the loader and for renames."""
        folder = self.work / "forwarders"
        folder.mkdir()
        values = {dll: value for _, dll, value in FORWARDERS.values() if value}
        # Who puts ".dll" behind every name finds this one.
        values["other-1.2.dll"] = 4
        for dll, value in values.items():
            self.link_forwarders(folder / dll, f"EXPORT int value(void) {{ return {value}; }}"
                                               f"EXPORT int load{value}(void) {{ return 0; }}", ())
        # It imports from all of them, so that they are loaded when a forwarder is looked up.
        front = folder / "front.dll"
        uses = "".join(f"IMPORT int load{value}(void);" for value in values.values())
        calls = " + ".join(f"load{value}()" for value in values.values())
        self.link_forwarders(front, f"{uses} EXPORT int load(void) {{ return {calls}; }}",
                             [f"{folder / dll}.lib" for dll in values] +
                             [f"/export:{name}={forward}"
                              for name, (forward, _, _) in FORWARDERS.items()])
        self.load_forwarders("forwarders", folder, front)
        for renamed_dll in values:
            new = folder / f"front-{renamed_dll}.dll"
            self.rename_forwarder(front, new, renamed_dll)

    def link_forwarders(self, path, source, words):
        """Link a DLL by lld-link, which takes forwarders as they are."""
        code, made = path.with_name(path.name + ".c"), path.with_name(path.name + ".obj")
        code.write_text(PREFIX + source)
        run(find("clang-14", "clang"), "--target=x86_64-pc-windows-msvc", "-O1", "-c", code,
            "-o", made)
        run(find("lld-link-14", "lld-link"), "/dll", "/noentry", "/nodefaultlib",
            f"/out:{path}", f"/implib:{path}.lib", made, *words)

    def load_forwarders(self, what, folder, path):
        """Have all forwarders called; what is not there is told by the loader (127)."""
        for name, (_, _, value) in FORWARDERS.items():
            self.execute(f"{what} {name}", folder, path, {name: value})
            if value is None:
                self.loads[-1] = (*self.loads[-1][:2], ["no", f"{name}:", "127"])

    def rename_forwarder(self, front, new, dll):
        """Give one DLL another name: its forwarders change, and no others."""
        import pefile  # pylint: disable=import-outside-toplevel

        target = f"{pathlib.Path(dll).stem}-{HASH}.dll" if dll == "leaf.dll" else f"new-{dll}.dll"
        shutil.copy(front.with_name(dll), front.with_name(target))
        run(self.tool, "edit", front, new, "--change", dll, target)
        self.counts["edited"] += 1
        shown = {symbol.name.decode(): symbol.forwarder.decode()
                 for symbol in pefile.PE(str(new)).DIRECTORY_ENTRY_EXPORT.symbols
                 if symbol.forwarder}
        for name, (forward, its, _) in FORWARDERS.items():
            if its == dll:
                bare = target[:-4] if "." not in target[:-4] else target
                forward = f"{bare}.{forward.rsplit('.', 1)[1]}"
            self.expect(f"forwarders {dll}: {name}", shown[name], forward)
        self.load_forwarders(f"forwarders {dll}", front.parent, new)

    def signed(self, chain):
        """A certificate goes with a change, bytes and all."""
        import pefile  # pylint: disable=import-outside-toplevel

        if not shutil.which("osslsigncode") or not shutil.which("openssl"):
            print("not signed: there is no osslsigncode or openssl")
            return
        key, certificate = self.work / "key.pem", self.work / "certificate.pem"
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out",
            certificate, "-subj", "/CN=demo", "-days", "2")
        old, new = self.work / "signed.dll", self.work / "unsigned.dll"
        run("osslsigncode", "sign", "-certs", certificate, "-key", key, "-in",
            chain.folder / "middle.dll", "-out", old)
        shown = run(self.tool, "edit", old, new, "--change", "leaf.dll", f"leaf-{HASH}.dll")
        self.expect("signed: said", shown.split(), ["padding", "lost-certificate", "0"])
        image = pefile.PE(str(new))
        self.expect("signed: directory", image.OPTIONAL_HEADER.DATA_DIRECTORY[4].VirtualAddress, 0)
        self.expect("signed: length", new.stat().st_size,
                    (chain.folder / "middle.dll").stat().st_size)
        kept = self.work / "kept.dll"
        shown = run(self.tool, "edit", old, kept, "--change", "other.dll", "another.dll")
        self.expect("signed: kept", (shown.split()[0], kept.read_bytes()),
                    ("unchanged", old.read_bytes()))

    def finish(self):
        """Say what came of it."""
        for failure in self.failures[:40]:
            print(f"DIFFERS {failure}")
        rooms = ", ".join(f"{number} {room}" for room, number in sorted(self.rooms.items()))
        print(f"{self.counts['edited']} files edited ({rooms}), {self.counts['stripped']} "
              f"stripped, {self.counts['shown by objdump']} names shown by objdump, "
              f"{self.counts['debug records']} debug records, "
              f"{self.counts['executed']} loads executed under wine, "
              f"{len(self.failures)} differences")
        if self.failures:
            return 1
        if self.wine is None:
            print("SKIP: nothing was executed: there is no wine")
            return 77
        return 0


def main():
    """Make the chains, edit them, compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tool", required=True)
    options = parser.parse_args()
    for name in ("x86_64-w64-mingw32-gcc", "i686-w64-mingw32-gcc"):
        find(name)
    try:
        import pefile  # noqa: F401 pylint: disable=import-outside-toplevel,unused-import
    except ImportError:
        print("SKIP: there is no pefile")
        return 77
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        proof = Proof(pathlib.Path(options.tool).resolve(), work)
        plain = Chain(work / "mingw-amd64", "amd64", "mingw")
        debug = Chain(work / "mingw-amd64-debug", "amd64", "mingw", debug=True)
        narrow = Chain(work / "mingw-x86-debug", "x86", "mingw", debug=True)
        others = [Chain(work / "mingw-x86", "x86", "mingw"),
                  Chain(work / "lld-amd64", "amd64", "lld"),
                  Chain(work / "lld-amd64-debug", "amd64", "lld", debug=True),
                  Chain(work / "lld-arm64", "arm64", "lld")]
        for chain in [plain, debug, narrow, *others]:
            for kind in ("padding", "new-section", "moved-up"):
                proof.edit_chain(chain, kind, "{}-" + HASH + ".dll")
            proof.edit_chain(chain, "padding", "{}-1.2.dll")
        for chain in (debug, narrow):
            proof.edit_chain(chain, "stripped padding", "{}-" + HASH + ".dll")
            proof.edit_chain(chain, "stripped new-section", "{}-" + HASH + ".dll")
            proof.compare_strip(chain)
        proof.signed(plain)
        proof.forwarders()
        proof.execute_all()
        status = proof.finish()
    return status


if __name__ == "__main__":
    sys.exit(main())
