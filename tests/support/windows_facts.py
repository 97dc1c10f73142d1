#!/usr/bin/env python3
"""What the PE members of a wheel say, and whether Windows could load them; read without any
code of the project.

Usage: windows_facts.py WHEEL [MEMBER]
       windows_facts.py --sound WHEEL [NAME...]

The first form prints lines "MEMBER import|delay|forward|export NAME", without DLLs of the
system, of Python and its runtime, and "MEMBER checksum right|wrong", "MEMBER flags NUMBER",
"MEMBER signed".  The second prints what is wrong and exits with 1: a name that leads to
nothing in the wheel as it is installed (but for those NAMEs, in lower case), a wrong
checksum, load flags that keep a DLL of the wheel from being found, a Python file that is
patched and does not compile, or has another docstring than without the patch, a RECORD that
does not list what is there.

Where a module finds DLLs is found out by executing the patches of the packages above it with
an os.add_dll_directory that remembers what it is given.
"""

import ast
import os
import pathlib
import posixpath
import re
import sys
import tempfile
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "corpus"))
sys.path.insert(0, str(pathlib.Path(__file__).parent))
from macho_facts import record_faults  # noqa: E402
from pe_names import SECURITY, Image, is_pe  # noqa: E402

SYSTEM = re.compile(
    r"(api-|ext-ms-).*|(kernel32|user32|gdi32|advapi32|ws2_32|combase|ole32|oleaut32|ntdll"
    r"|shell32|shlwapi|crypt32|bcrypt.*|secur32|wldap32|iphlpapi|psapi|mf.*|msvcrt|rpcrt4"
    r"|normaliz|dbghelp|userenv|winmm|version|setupapi|vcruntime140(_1)?|python3\d*t?(_d)?"
    r"|wininet|webservices|wsock32|comdlg32|dnsapi|powrprof|cfgmgr32|concrt140|netapi32|ncrypt|winhttp)\.(dll|drv)"
)
PATCH = re.compile(
    rb'(?:"{6} *)?# start delvewheel patch\r?\n.*?# end delvewheel patch(?:\r?\n|\r|$)', re.S
)


def read(wheel):
    """Return the files of a wheel: name to bytes."""
    with zipfile.ZipFile(wheel) as archive:
        names = [info.filename for info in archive.infolist() if not info.is_dir()]
        return {name: archive.read(name) for name in names}


def images(files):
    return {name: Image(data) for name, data in files.items() if is_pe(data)}


def patched(files):
    """Return the Python files that have a patch."""
    return sorted(
        name
        for name, data in files.items()
        if name.lower().endswith(".py") and PATCH.search(data)
    )


def installed(member):
    """Return where a member stands, relative to site-packages."""
    return re.sub(r"^[^/]+\.data/(platlib|purelib)/", "", member)


def install(files, folder):
    """Put files of a wheel where pip would."""
    for name, data in files.items():
        path = folder / installed(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def parents(place):
    """Return the folders of the packages that Python imports before a module."""
    folder = posixpath.dirname(place)
    while folder:
        yield folder
        folder = posixpath.dirname(folder)


def added_folders(path):
    """Return the folders that the patch of one Python file adds."""
    patch = PATCH.search(path.read_bytes())
    if not patch:
        return []
    folders = []
    before = getattr(os, "add_dll_directory", None)
    os.add_dll_directory = folders.append
    try:
        code = compile(patch[0].decode().replace("\r", "\n"), str(path), "exec")
        exec(code, {"__file__": str(path)})  # pylint: disable=exec-used
    finally:
        if before is None:
            del os.add_dll_directory
    return [os.path.normpath(folder) for folder in folders]


def folders_for(root, place):
    """Return the folders that Python has added when it comes to a module: those of its
    packages, and of modules beside it, as in namespaces."""
    folders = []
    for parent in [*parents(place), ""]:
        here = root / parent
        for path in sorted(here.iterdir()) if here.is_dir() else []:
            beside = parent == posixpath.dirname(place) and path.suffix == ".py"
            if path.name.lower() == "__init__.py" or beside:
                folders += added_folders(path) if path.is_file() else []
    return list(dict.fromkeys(folders))


class Layout:
    """A wheel as it is installed: which DLLs are in which folder."""

    def __init__(self, root, here):
        self.root = root
        self.folders = {}
        for name in here:
            place = installed(name)
            folder = os.path.normpath(root / posixpath.dirname(place))
            self.folders.setdefault(folder, set()).add(posixpath.basename(place).lower())

    def has(self, name, folders):
        return any(name.lower() in self.folders.get(folder, ()) for folder in folders)

    def has_anywhere(self, name):
        return any(name.lower() in names for names in self.folders.values())

    def searched(self, place):
        """Return where Windows looks for what a member needs.  What a DLL needs is looked
        for where that of the module that loads it is: any module may be that."""
        own = os.path.normpath(self.root / posixpath.dirname(place))
        return [own, *folders_for(self.root, place)]


def need_faults(layout, here, known):
    added = set()
    for name in here:
        if name.lower().endswith(".pyd"):
            added.update(layout.searched(installed(name)))
    for name, image in here.items():
        folders = layout.searched(installed(name))
        if not name.lower().endswith(".pyd"):
            folders += added
        for need in image.needs:
            wanted = need.name + (".dll" if need.kind == "forward" else "")
            if wanted.lower() in known or SYSTEM.fullmatch(wanted.lower()):
                continue
            if not layout.has(wanted, folders):
                yield f"{name}: {wanted} leads to nothing"


def file_faults(files, layout):
    for name, image in images(files).items():
        if image.checksum and image.checksum != image.right_checksum():
            yield f"{name}: its checksum is wrong"
        if image.load_flags and any(layout.has_anywhere(n) for n in image.direct()):
            yield f"{name}: its load flags keep DLLs from being found"
    for name, data in files.items():
        if not name.lower().endswith(".py") or not PATCH.search(data):
            continue
        try:
            patched, plain = ast.parse(data), ast.parse(PATCH.sub(b"", data))
        except (SyntaxError, ValueError) as error:
            yield f"{name}: {error}"
            continue
        if ast.get_docstring(patched) != ast.get_docstring(plain):
            yield f"{name}: its docstring changed"


def faults(files, known=()):
    """Return what is wrong with a wheel."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder).resolve()
        install(files, root)
        here = images(files)
        layout = Layout(root, here)
        found = [*need_faults(layout, here, known), *file_faults(files, layout)]
    return found + list(record_faults(files))


def lines(image):
    for need in image.needs:
        if not SYSTEM.fullmatch(need.name.lower()):
            yield need.kind, need.name
    if image.export_name:
        yield "export", image.export_name
    if image.checksum:
        right = image.checksum == image.right_checksum()
        yield "checksum", "right" if right else "wrong"
    if image.load_flags:
        yield "flags", f"{image.load_flags:#x}"
    if image.directory(SECURITY)[1]:
        yield ("signed",)


def main():
    arguments = sys.argv[1:]
    if arguments and arguments[0] == "--sound" and len(arguments) > 1:
        found = faults(read(arguments[1]), [name.lower() for name in arguments[2:]])
        print(*found, sep="\n", end="\n" if found else "")
        return 1 if found else 0
    if len(arguments) not in (1, 2):
        sys.exit(__doc__)
    for name, image in sorted(images(read(arguments[0])).items()):
        if len(arguments) == 1 or name == arguments[1]:
            for line in lines(image):
                print(name, *line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
