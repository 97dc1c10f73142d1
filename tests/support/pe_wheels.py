#!/usr/bin/env python3
"""Make Windows wheels with clang and lld-link, or with mingw-w64, and the DLLs outside that
they need.

Usage: pe_wheels.py KIND FOLDER

FOLDER gets the wheel, whose name is printed, and in libs/ what belongs outside of it.  The
kinds are the functions at the end of this file, one for each sort of wheel that delvewheel's
tests are about, or that it gets wrong.  No SDK is needed: an image is linked against import
libraries made for it, so a need can have any name, whether a file has it or not.  Every DLL has
one function, called as its file is (without capitals), which returns 1 (or its salt) and what those of the DLLs
that it needs return: a module that is loaded and gives the right sum has all of them.

Exit status: 0 made, 77 a tool is not here.
"""

import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "corpus"))
from pe_names import SECTION_HEADER, Image  # noqa: E402

TARGETS = {"amd64": "x86_64", "x86": "i686", "arm64": "aarch64"}
LIB_MACHINES = {"amd64": "x64", "x86": "x86", "arm64": "arm64"}
DLLTOOL_MACHINES = {"amd64": "i386:x86-64", "x86": "i386", "arm64": "arm64"}
# The system's own: what an image imports from there, without calling it.
SYSTEM = {
    "kernel32.dll": "GetCurrentProcessId",
    "user32.dll": "GetMessageA",
    "vcruntime140.dll": "memchr",
    "api-ms-win-crt-heap-l1-1-0.dll": "malloc",
}
AMD64 = "cp312-cp312-win_amd64"
SUFFIX = ".cp312-win_amd64.pyd"

LOAD_CONFIG = """
const struct {{ unsigned size; char before[{offset} - 4]; unsigned short flags; char rest[62]; }}
    _load_config_used = {{ sizeof _load_config_used, {{ 0 }}, {flags}, {{ 0 }} }};
"""
# Where nothing runs, the name is enough for the linker.
DELAY_STUB = """
#ifdef __i386__
__attribute__((stdcall))
#endif
void *__delayLoadHelper2(void *d, void **i) { return d ? i : 0; }
"""


def skip(text):
    print(text, file=sys.stderr)
    sys.exit(77)


def tool(name):
    for candidate in [name, *(f"{name}-{number}" for number in range(21, 13, -1))]:
        if shutil.which(candidate):
            return candidate
    return skip(f"{name} is not here")


def run(*command, text=None):
    result = subprocess.run(command, check=False, input=text, text=True, capture_output=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{result.stdout}{result.stderr}")


def symbol_of(path):
    """The one function of a DLL: called as its file is, up to the first dot."""
    return re.sub(r"\W", "_", os.path.basename(path).split(".")[0])


def imported(name):
    """What is imported from a DLL.  Symbols have no capitals: names compare without case."""
    return SYSTEM.get(name.lower(), symbol_of(name).lower())


def source(own, needs, held, salt, flags, is_64):
    """The code of an image: calls each DLL that it needs, not those that it only holds."""
    lines = ["void *volatile sink;"]
    body = ""
    terms = [str(salt)]
    for name in [*needs, *held]:
        call = imported(name)
        lines.append(f"__declspec(dllimport) int {call}(void);")
        if name.lower() in SYSTEM or name in held:
            body += f"sink = (void *){call}; "
        else:
            terms.append(f"{call}()")
    body += f"return {' + '.join(terms)};"
    lines.append(f"__declspec(dllexport) int {own}(void) {{ {body} }}")
    if flags is not None:
        lines.append(LOAD_CONFIG.format(offset=0x4E if is_64 else 0x36, flags=flags))
    return "\n".join(lines) + "\n"


class Workshop:
    """Makes images below a folder: `tree` is the wheel's, `libs` what lies outside."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder).resolve()
        self.tree = self.folder / "tree"
        self.libs = self.folder / "libs"
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="wheelfix."))
        self.tree.mkdir(parents=True)
        self.libs.mkdir()
        self.stubs = {}
        self.key = None

    # --- linkers --------------------------------------------------------------------------

    def stub(self, machine, name, linker):
        """An import library for a DLL that need not be anywhere."""
        key = machine, name, linker
        if key in self.stubs:
            return self.stubs[key]
        base = self.scratch / f"{len(self.stubs)}"
        definition = base.with_suffix(".def")
        definition.write_text(f'LIBRARY "{name}"\nEXPORTS\n  {imported(name)}\n')
        path = base.with_suffix(".lib")
        if linker == "gcc":
            run(f"{TARGETS[machine]}-w64-mingw32-dlltool", "-d", definition, "-l", path)
        else:
            run(tool("llvm-dlltool"), "-m", DLLTOOL_MACHINES[machine], "-D", name,
                "-d", definition, "-l", path)
        self.stubs[key] = str(path)
        return self.stubs[key]

    def link_lld(self, out, code, machine, kind, needs, delay, forwards, symbols):
        target = f"{TARGETS[machine]}-pc-windows-msvc"
        place = self.scratch / "image.obj"
        helper = [] if symbols else ["/opt:ref"]
        if delay and self.delay_helper(machine):
            helper += self.delay_helper(machine)
        elif delay:
            code += DELAY_STUB
        run(tool("clang"), f"--target={target}", "-O1", "-ffreestanding", "-c", "-x", "c", "-",
            "-o", place, text=code)
        options = ["/dll", "/noentry"] if kind == "dll" else [
            f"/entry:{symbol_of(out).lower()}", "/subsystem:console"]
        options += [f"/delayload:{name}" for name in delay]
        options += [f"/export:{name}={to}" for name, to in forwards.items()]
        options += ["/safeseh:no"] if machine == "x86" else []
        libraries = [self.stub(machine, name, "lld") for name in [*needs, *delay]]
        run(tool("lld-link"), *options, *helper, "/nodefaultlib", "/brepro", "/nologo",
            f"/machine:{LIB_MACHINES[machine]}", f"/out:{out}",
            f"/implib:{self.scratch / 'own.lib'}", place, *libraries)

    @staticmethod
    def delay_helper(machine):
        """mingw's helper for delay loads, where there is one: those images can run."""
        folder = pathlib.Path(f"/usr/{TARGETS[machine]}-w64-mingw32/lib")
        archives = [folder / "libmingwex.a", folder / "libkernel32.a"]
        if machine != "amd64" or not all(path.exists() for path in archives):
            return []
        return ["/alternatename:__image_base__=__ImageBase", *map(str, archives)]

    def link_gcc(self, out, code, machine, kind, needs, delay, forwards, symbols):
        compiler = f"{TARGETS[machine]}-w64-mingw32-gcc"
        if not shutil.which(compiler):
            skip(f"{compiler} is not here")
        place = self.scratch / "image.c"
        place.write_text(code)
        definition = self.scratch / "image.def"
        lines = [f"  {name} = {to}\n" for name, to in forwards.items()]
        definition.write_text("EXPORTS\n" + "".join(lines))
        options = ["-shared", "-Wl,--entry=0"] if kind == "dll" else [
            f"-Wl,--entry={symbol_of(out).lower()}"]
        run(compiler, *options, "-O1", "-nostdlib", "-Wl,--no-insert-timestamp",
            "-g" if symbols else "-s", "-o", out, place, *([definition] if lines else []),
            *(self.stub(machine, name, "gcc") for name in [*needs, *delay]))

    # --- images ---------------------------------------------------------------------------

    def image(self, path, machine="amd64", kind="dll", needs=(), held=(), delay=(),
              forwards=None, linker="lld", flags=None, checksum=False, overlay=b"",
              signed=False, tight=False, full_headers=False, symbols=False, salt=1):
        """One image.  `tight` leaves no room behind its sections, `full_headers` none behind
        the section table."""
        path = pathlib.Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        is_module = path.suffix == ".pyd"
        own = "PyInit_" + symbol_of(path) if is_module else symbol_of(path).lower()
        forwards = forwards or {}
        own += "_too" if own in forwards else ""
        code = source(own, [*needs, *delay], held, salt, flags, machine != "x86")
        link = self.link_gcc if linker == "gcc" else self.link_lld
        link(path, code, machine, kind, [*needs, *held], delay, forwards, symbols)
        data = bytearray(path.read_bytes())
        if tight:
            fill_sections(data)
        if full_headers:
            fill_headers(data)
        data += overlay
        if checksum:
            with_checksum(data)
        path.write_bytes(data)
        if signed:
            self.sign(path)
        path.chmod(0o755)
        return path

    def sign(self, path):
        if not shutil.which("osslsigncode"):
            skip("osslsigncode is not here")
        if not self.key:
            self.key = self.scratch / "key.pem", self.scratch / "certificate.pem"
            run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=somebody", "-days", "30",
                "-keyout", self.key[0], "-out", self.key[1])
        signed = self.scratch / "signed"
        signed.unlink(missing_ok=True)
        run("osslsigncode", "sign", "-key", self.key[0], "-certs", self.key[1],
            "-in", path, "-out", signed)
        shutil.copyfile(signed, path)

    def module(self, path, **facts):
        return self.image(self.tree / path, **facts)

    member = module

    def library(self, path, **facts):
        return self.image(self.libs / path, **facts)

    def text(self, path, text="", mode=0o644):
        place = self.tree / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode() if isinstance(text, str) else text)
        place.chmod(mode)

    def pack(self, name, tag=AMD64):
        wheel = f"{name}-1.0-{tag}.whl"
        pack = pathlib.Path(__file__).with_name("pack_wheel.py")
        run(sys.executable, pack, self.tree, self.folder / wheel)
        print(wheel)


def fill_sections(data):
    """Let every section say that all of its bytes are in use."""
    for section in Image(bytes(data)).sections:
        if section.virtual_size < section.raw_size:
            struct.pack_into("<I", data, section.header + 8, section.raw_size)


def fill_headers(data):
    """Leave no zeros between the section table and the first section."""
    image = Image(bytes(data))
    end = image.sections[-1].header + SECTION_HEADER
    first = min(section.raw for section in image.sections if section.raw)
    data[end:first] = b"\x5a" * (first - end)


def with_checksum(data):
    image = Image(bytes(data))
    struct.pack_into("<I", data, image.checksum_field, image.right_checksum())


# --- delvewheel's two wheels --------------------------------------------------------------

ENGINE = "iknowpy/engine" + SUFFIX


def engine_libraries(shop, **facts):
    """What iknowpy needs: DLLs that need each other, four deep."""
    needs = {
        "iKnowEngine.dll": ["iKnowBase.dll", "iKnowShell.dll", "msvcp140.dll"],
        "iKnowShell.dll": ["iKnowBase.dll", "icuuc74.dll"],
        "iKnowBase.dll": ["msvcp140.dll"],
        "icuuc74.dll": ["icudt74.dll"],
        "icudt74.dll": ["KERNEL32.dll"],
        "msvcp140.dll": ["VCRUNTIME140.dll", "api-ms-win-crt-heap-l1-1-0.dll"],
    }
    for name, names in needs.items():
        shop.library(name, needs=names, **facts.get(symbol_of(name), {}))


def engine(shop):
    """iknowpy: a package whose module needs DLLs that need DLLs."""
    shop.text("iknowpy/__init__.py", '"""iKnow for Python."""\nfrom . import engine\n')
    shop.module(ENGINE, needs=["iKnowEngine.dll", "msvcp140.dll", "python312.dll"])
    engine_libraries(shop)
    shop.pack("iknowpy")


def toplevel(shop):
    """simpleext: a module without a package, and one DLL."""
    simple(shop)
    shop.pack("simpleext")


def simple(shop, path="simpleext" + SUFFIX, **facts):
    shop.module(path, needs=["simpledll.dll", "KERNEL32.dll"])
    shop.library("simpledll.dll", needs=["VCRUNTIME140.dll", "KERNEL32.dll"], **facts)


# --- layouts ------------------------------------------------------------------------------


def package(shop, **facts):
    """A package with a module and one DLL outside."""
    shop.text("demo/__init__.py", '"""A demo."""\n')
    shop.module("demo/_x" + SUFFIX, needs=["ext.dll"], **facts)
    shop.library("ext.dll")
    shop.pack("demo")


def subpackages(shop):
    """Modules in folders below, and packages that hold no module."""
    for folder in ("demo", "demo/sub", "demo/sub/deep", "other", "other/plain"):
        shop.text(folder + "/__init__.py", f'"""{folder}."""\n')
    shop.text("demo/include/demo.h", "int demo(void);\n")
    shop.text("share/demo.txt", "data\n")
    shop.module("demo/sub/deep/_x" + SUFFIX, needs=["ext.dll"])
    shop.library("ext.dll")
    shop.pack("demo")


def purelib(shop):
    """A package in .data/purelib."""
    shop.text("demo-1.0.data/purelib/demo/__init__.py", '"""A demo."""\n')
    shop.module("demo-1.0.data/purelib/demo/_x" + SUFFIX, needs=["ext.dll"])
    shop.library("ext.dll")
    shop.pack("demo")


def platlib(shop):
    """A package in .data/platlib."""
    shop.text("demo-1.0.data/platlib/demo/__init__.py", '"""A demo."""\n')
    shop.module("demo-1.0.data/platlib/demo/_x" + SUFFIX, needs=["ext.dll"])
    shop.library("ext.dll")
    shop.pack("demo")


def split(shop):
    """A package in three places: its modules are beside each other when it is installed."""
    shop.text("demo/__init__.py", '"""A demo."""\n')
    shop.module("demo/_x" + SUFFIX, needs=["ext.dll"])
    shop.module("demo-1.0.data/platlib/demo/_y" + SUFFIX, needs=["ext.dll"])
    shop.module("demo-1.0.data/purelib/demo/sub/_z" + SUFFIX, needs=["ext.dll"])
    shop.text("demo-1.0.data/purelib/demo/sub/__init__.py")
    shop.library("ext.dll")
    shop.pack("demo")


def toplevel_purelib(shop):
    """A module without a package, in .data/purelib."""
    simple(shop, "simpleext-1.0.data/purelib/simpleext" + SUFFIX)
    shop.pack("simpleext")


def toplevel_platlib(shop):
    """A module without a package, in .data/platlib."""
    simple(shop, "simpleext-1.0.data/platlib/simpleext" + SUFFIX)
    shop.pack("simpleext")


def levels(shop):
    """A module at the top, and one in a package."""
    shop.text("demo/__init__.py", '"""A demo."""\n')
    shop.module("demo/_x" + SUFFIX, needs=["ext.dll"])
    simple(shop)
    shop.library("ext.dll")
    shop.pack("demo")


def data_only(shop):
    """A module that is installed as data: nobody imports it."""
    shop.text("demo/__init__.py", '"""A demo."""\n')
    shop.module("demo-1.0.data/data/_x" + SUFFIX, needs=["ext.dll"])
    shop.library("ext.dll")
    shop.pack("demo")


def namespace(shop):
    """Modules in a package without __init__.py, at its root and below."""
    shop.module("ns/_x" + SUFFIX, needs=["ext.dll"])
    shop.text("ns/a.py", "x = 1\n")
    shop.text("ns/reg/__init__.py", '"""A part."""\n')
    shop.module("ns/reg/_y" + SUFFIX, needs=["ext.dll"])
    shop.library("ext.dll")
    shop.pack("demo")


def namespace_deep(shop):
    """Namespaces in each other, and a package in the innermost."""
    shop.text("a/b/c/d/reg/__init__.py", '"""A part."""\n')
    shop.text("a/b/c/d/reg/a.py", "x = 1\n")
    shop.module("a/b/c/d/reg/_x" + SUFFIX, needs=["ext.dll"])
    shop.library("ext.dll")
    shop.pack("demo")


def namespace_split(shop):
    """One namespace in all three places, with modules at its root."""
    for number, root in enumerate(("", "demo-1.0.data/platlib/", "demo-1.0.data/purelib/")):
        shop.module(f"{root}ns/_x{number}{SUFFIX}", needs=["ext.dll"])
    shop.library("ext.dll")
    shop.pack("demo")


def namespace_old(shop):
    """Namespaces of the old kinds, by pkgutil and pkg_resources."""
    for name, line in (
        ("one", "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n"),
        ("two", "__import__('pkg_resources').declare_namespace(__name__)\n"),
    ):
        shop.text(f"{name}/__init__.py", line)
        shop.module(f"{name}/_x{SUFFIX}", needs=["ext.dll"])
        shop.text(f"{name}/reg/__init__.py", '"""A part."""\n')
        shop.module(f"{name}/reg/_y{SUFFIX}", needs=["ext.dll"])
    shop.library("ext.dll")
    shop.pack("demo")


def namesake(shop):
    """Modules beside folders of the same name, which are no packages."""
    shop.module("demo" + SUFFIX, needs=["ext.dll"])
    shop.text("demo/data.txt", "data\n")
    shop.text("other.py", "x = 1\n")
    shop.text("other/data.txt", "data\n")
    shop.library("ext.dll")
    shop.pack("demo")


def odd_init(shop):
    """__init__.py in another case: Windows finds it."""
    shop.text("demo/__init__.pY", '"""A demo."""\n')
    shop.module("demo/_x" + SUFFIX, needs=["ext.dll"])
    shop.library("ext.dll")
    shop.pack("demo")


def cases(shop):
    """Capitals in paths and in the project's name, and one DLL in two cases."""
    shop.text("Demo_Pkg/__init__.py", '"""A demo."""\n')
    shop.module("Demo_Pkg/Native" + SUFFIX, needs=["EXT.DLL", "Other.dll"])
    shop.library("Ext.dll")
    shop.library("other.dll", needs=["ext.dll"])
    shop.pack("Demo_Pkg")


def inits(shop):
    """Sources in whose right place the patch must stand."""
    shapes = {
        "none": None,
        "empty": "",
        "blank": "\n\n",
        "docstring": '"""Doc."""\nx = 1\n',
        "futures": '"""Doc."""\nfrom __future__ import annotations\nx = 1\n',
        "long_future": "from __future__ import (\n    annotations,\n    division,\n)\nx = 1\n",
        "shebang": "#!/usr/bin/env python\n# Comment.\n\nx = 1\n",
        "coding": b"# -*- coding: windows-1252 -*-\n'''D\xf6c.'''\nx = '\xe4'\n",
        "bom": b"\xef\xbb\xbfx = 1\n",
        "crlf": b'"""Doc."""\r\nx = 1\r\n',
        "concatenated": '"""Doc.""" "More."\nx = 1\n',
        "commented": '\n# "no" docstring\n"""Doc."""\nx = 1\n',
        "semicolon": '"""Doc."""; x = 1\n',
    }
    for name, text in shapes.items():
        if text is not None:
            shop.text(f"p_{name}/__init__.py", text)
        shop.module(f"p_{name}/_x{SUFFIX}", needs=["ext.dll"])
    shop.library("ext.dll")
    shop.pack("demo")


def custom(shop):
    """Marks that say where the patch is to stand, and lines that are none."""
    shop.text("demo/__init__.py", '"""A demo."""\n')
    shop.text("demo/one.py", "import os\n# delvewheel: patch\nimport sys\n")
    shop.text("demo/two.py", "#delvewheel:patch\nx = 1\n#  delvewheel :  patch  \n")
    shop.text("demo/no.py", "# Delvewheel: patch\n # delvewheel: patch\n"
              "# delvewheel: patch now\n")
    shop.text("demo/notes.txt", "# delvewheel: patch\n")
    shop.module("demo/_x" + SUFFIX, needs=["ext.dll"])
    shop.library("ext.dll")
    shop.pack("demo")


def no_marks(shop):
    """Only lines that are no marks."""
    shop.text("demo/__init__.py", "# Delvewheel: patch\n # delvewheel: patch\n")
    shop.module("demo/_x" + SUFFIX, needs=["ext.dll"])
    shop.library("ext.dll")
    shop.pack("demo")


# --- what the wheel has already -----------------------------------------------------------


def existing(shop):
    """The DLL of the module is in the wheel; what that DLL needs is not."""
    shop.text("iknowpy/__init__.py", '"""iKnow for Python."""\n')
    shop.module(ENGINE, needs=["iKnowEngine.dll", "msvcp140.dll"])
    engine_libraries(shop)
    shutil.move(shop.libs / "iKnowEngine.dll", shop.tree / "iknowpy/iKnowEngine.dll")
    shop.pack("iknowpy")


def soft(shop):
    """A DLL that nobody needs by its name: something loads it while it runs."""
    shop.text("demo/__init__.py", '"""A demo."""\n')
    shop.member("demo/plugin.dll", needs=["ext.dll"])
    simple(shop)
    shop.library("ext.dll")
    shop.pack("demo")


def soft_missing(shop):
    """The same, and what it needs is nowhere."""
    shop.text("demo/__init__.py", '"""A demo."""\n')
    shop.member("demo/plugin.dll", needs=["ext.dll"])
    shop.pack("demo", "py3-none-win_amd64")


def soft_signed(shop):
    """A signed DLL that nobody needs by its name, and a DLL that it needs."""
    shop.text("demo/__init__.py", '"""A demo."""\n')
    shop.member("demo/plugin.dll", needs=["ext.dll"], signed=True)
    shop.library("ext.dll")
    shop.pack("demo", "py3-none-win_amd64")


def soft_foreign(shop):
    """Helpers for another machine, as debuggers carry them."""
    shop.text("demo/__init__.py", '"""A demo."""\n')
    shop.module("demo/_x" + SUFFIX, needs=["ext.dll"])
    shop.member("demo/attach_x86.dll", machine="x86", needs=["KERNEL32.dll"])
    shop.library("ext.dll")
    shop.pack("demo")


def ctypes_only(shop):
    """A DLL for ctypes that finds its own in a folder outside."""
    shop.text("demo/__init__.py", '"""A demo."""\nimport ctypes\n')
    shop.member("demo/native.dll", needs=["ext.dll"])
    shop.library("ext.dll")
    shop.pack("demo", "py3-none-win_amd64")


def programs(shop):
    """Programs in the package and among the scripts."""
    shop.text("demo/__init__.py", '"""A demo."""\n')
    for place in ("demo/tool.exe", "demo-1.0.data/scripts/tool2.exe"):
        shop.member(place, kind="exe", needs=["ext.dll"])
    shop.module("demo/_x" + SUFFIX, needs=["other.dll"])
    shop.library("ext.dll")
    shop.library("other.dll")
    shop.pack("demo")


def beside(shop):
    """Everything beside the module that needs it: no patch leads anywhere."""
    shop.text("demo/__init__.py", '"""A demo."""\n')
    shop.module("demo/_x" + SUFFIX, needs=["ext.dll"])
    shop.member("demo/ext.dll")
    shop.pack("demo")


def repaired(shop):
    """A wheel that another tool says it repaired."""
    shop.text("demo/__init__.py", '"""A demo."""\n')
    shop.module("demo/_x" + SUFFIX, needs=["ext.dll"])
    shop.text("demo-1.0.dist-info/DELVEWHEEL", "Version: 1.13.2\n")
    shop.library("ext.dll")
    shop.pack("demo")


# --- files --------------------------------------------------------------------------------


def signed(shop):
    """A signed module."""
    package(shop, signed=True)


def signed_runtime(shop):
    """A signed DLL outside that needs nothing outside."""
    shop.text("demo/__init__.py", '"""A demo."""\n')
    shop.module("demo/_x" + SUFFIX, needs=["msvcp140.dll"])
    shop.library("msvcp140.dll", needs=["KERNEL32.dll"], signed=True)
    shop.pack("demo")


def load_flags(shop):
    """A DLL that looks for others only in the system's folder, and has a checksum."""
    shop.text("demo/__init__.py", '"""A demo."""\n')
    shop.module("demo/_x" + SUFFIX, needs=["ext.dll"], flags=0x800)
    shop.library("ext.dll", needs=["more.dll"], flags=0x800, checksum=True)
    shop.library("more.dll")
    shop.pack("demo")


def checksum(shop):
    """A module with a checksum."""
    package(shop, checksum=True)


def tight(shop):
    """No room behind any section."""
    package(shop, tight=True)


def full_headers(shop):
    """Neither room behind a section nor for another section header."""
    package(shop, tight=True, full_headers=True)


def trailing(shop):
    """Bytes behind the sections, and room in one of them."""
    package(shop, overlay=b"extra data")


def trailing_tight(shop):
    """Bytes behind the sections, and no room in any."""
    package(shop, tight=True, overlay=b"extra data")


def symbols(shop):
    """Made by mingw with debugging symbols: they stand behind the sections."""
    package(shop, linker="gcc", symbols=True)


def symbols_tight(shop):
    """The same without room in the sections."""
    package(shop, linker="gcc", symbols=True, tight=True)


def mingw(shop):
    """Module and DLLs as mingw links them, stripped."""
    shop.text("demo/__init__.py", '"""A demo."""\n')
    shop.module("demo/_x" + SUFFIX, needs=["libext-1.dll", "KERNEL32.dll"], linker="gcc")
    shop.library("libext-1.dll", needs=["libwinpthread-1.dll"], linker="gcc")
    shop.library("libwinpthread-1.dll", needs=["KERNEL32.dll"], linker="gcc")
    shop.pack("demo")


def delay(shop):
    """DLLs that are loaded at their first call."""
    shop.text("demo/__init__.py", '"""A demo."""\n')
    shop.module("demo/_x" + SUFFIX, needs=["ext.dll"], delay=["later.dll"])
    shop.library("ext.dll", delay=["later.dll"])
    shop.library("later.dll")
    shop.pack("demo")


def forwarder(shop):
    """A DLL whose one function lives in another, and that in a third."""
    shop.text("demo/__init__.py", '"""A demo."""\n')
    shop.module("demo/_x" + SUFFIX, needs=["front.dll"])
    shop.library("front.dll", forwards={"front": "middle.front"}, needs=["ext.dll"])
    shop.library("middle.dll", forwards={"front": "back.back"})
    shop.library("back.dll")
    shop.library("ext.dll")
    shop.pack("demo")


def cycle(shop):
    """DLLs that need each other."""
    shop.text("demo/__init__.py", '"""A demo."""\n')
    shop.module("demo/_x" + SUFFIX, needs=["one.dll"])
    shop.library("one.dll", needs=["two.dll"])
    shop.library("two.dll", held=["one.dll"], needs=["leaf.dll"])
    shop.library("leaf.dll")
    shop.pack("demo")


def spaces(shop):
    """A name with a space in it."""
    shop.text("demo/__init__.py", '"""A demo."""\n')
    shop.module("demo/_x" + SUFFIX, needs=["my ext.dll"])
    shop.library("my ext.dll")
    shop.pack("demo")


def twins(shop):
    """One DLL, byte for byte, by two names, and two that share a name."""
    shop.text("demo/__init__.py", '"""A demo."""\n')
    shop.module("demo/_x" + SUFFIX, needs=["one.dll", "two.dll"])
    shop.library("one.dll", forwards={"two": "one"})
    shop.library("more/one.dll", salt=3)
    shutil.copy(shop.libs / "one.dll", shop.libs / "two.dll")
    shop.pack("demo")


def missing(shop):
    """A DLL that is nowhere."""
    shop.text("demo/__init__.py", '"""A demo."""\n')
    shop.module("demo/_x" + SUFFIX, needs=["ext.dll"])
    shop.library("ext.dll", needs=["nowhere.dll"])
    shop.pack("demo")


def companions(shop):
    """Symbols and import libraries beside a DLL."""
    simple(shop)
    for name in ("simpledll.pdb", "simpledll.lib", "SimpleDLL.txt"):
        (shop.libs / name).write_text(name)
    shop.pack("simpleext")


def system(shop):
    """DLLs of the system, of Python and of the runtime that comes with it."""
    shop.text("demo/__init__.py", '"""A demo."""\n')
    names = ["KERNEL32.dll", "USER32.dll", "VCRUNTIME140.dll", "VCRUNTIME140_1.dll",
             "python312.dll", "combase.dll", "api-ms-win-crt-heap-l1-1-0.dll"]
    shop.module("demo/_x" + SUFFIX, needs=names)
    for name in ("combase.dll", "USER32.dll", "VCRUNTIME140.dll", "python312.dll"):
        shop.library(name)
    shop.pack("demo")


def extension_sets(shop):
    """Names of API sets that only some editions of Windows have."""
    shop.text("demo/__init__.py", '"""A demo."""\n')
    shop.module("demo/_x" + SUFFIX, needs=["ext-ms-win-ntuser-window-l1-1-0.dll"])
    shop.pack("demo")


def none_abi(shop):
    """A module of a wheel that no Python's runtime comes with."""
    shop.text("demo/__init__.py", '"""A demo."""\n')
    shop.module("demo/_x.pyd", needs=["VCRUNTIME140.dll"])
    shop.library("vcruntime140.dll", needs=["KERNEL32.dll"])
    shop.pack("demo", "py3-none-win_amd64")


# --- tags and machines --------------------------------------------------------------------


def tagged(tag, machine="amd64"):
    """A kind with a module at the top, for one tag."""

    def make(shop):
        shop.module("simpleext.pyd", machine=machine, needs=["simpledll.dll"])
        shop.library("simpledll.dll", machine=machine,
                     needs=["VCRUNTIME140.dll", "KERNEL32.dll"])
        shop.library("VCRUNTIME140.dll", machine=machine)
        shop.pack("simpleext", tag)

    make.__name__ = re.sub(r"\W", "_", tag)
    make.__doc__ = f"A module at the top, for {tag}."
    return make


def old_python(shop):
    """A package for a Python that needs the list of DLLs in their order."""
    shop.text("demo/__init__.py", '"""A demo."""\n')
    shop.module("demo/_x.pyd", needs=["first.dll", "second.dll"])
    shop.library("first.dll", needs=["third.dll"])
    shop.library("second.dll")
    shop.library("third.dll")
    shop.pack("demo", "cp36-cp36m-win_amd64")


def wrong_machine(shop):
    """The DLL that is there is for another machine."""
    simple(shop, machine="x86")
    shop.pack("simpleext")


def other_machine_first(shop):
    """A DLL for another machine where it is looked for first."""
    simple(shop, machine="x86")
    (shop.libs / "x86").mkdir()
    (shop.libs / "x64").mkdir()
    shutil.move(shop.libs / "simpledll.dll", shop.libs / "x86" / "simpledll.dll")
    shop.library("x64/simpledll.dll")
    shop.pack("simpleext")


def wrong_module(shop):
    """A module for another machine than its wheel's."""
    shop.text("demo/__init__.py", '"""A demo."""\n')
    shop.module("demo/_x" + SUFFIX, machine="x86", needs=["ext.dll"])
    shop.library("ext.dll", machine="x86")
    shop.pack("demo")


def arm64_package(shop):
    """A package for arm64: imports, delay imports and load flags."""
    shop.text("demo/__init__.py", '"""A demo."""\n')
    shop.module("demo/_x.cp312-win_arm64.pyd", machine="arm64", needs=["ext.dll"],
                delay=["later.dll"], flags=0x800)
    shop.library("ext.dll", machine="arm64")
    shop.library("later.dll", machine="arm64", forwards={"more": "ext.ext"})
    shop.pack("demo", "cp312-cp312-win_arm64")


def x86_package(shop):
    """A package for x86, with a delay import."""
    shop.text("demo/__init__.py", '"""A demo."""\n')
    shop.module("demo/_x.cp312-win32.pyd", machine="x86", needs=["ext.dll"],
                delay=["later.dll"])
    shop.library("ext.dll", machine="x86", needs=["libgcc_s_dw2-1.dll"], linker="gcc")
    shop.library("libgcc_s_dw2-1.dll", machine="x86", linker="gcc")
    shop.library("later.dll", machine="x86")
    shop.pack("demo", "cp312-cp312-win32")


# --- the rest of a wheel ------------------------------------------------------------------


def odd_files(shop):
    """A file name that RECORD must quote, and signatures of RECORD."""
    shop.text("demo/a,b.txt", "data\n")
    shop.text("demo-1.0.dist-info/RECORD.jws", "{}\n")
    shop.text("demo-1.0.dist-info/RECORD.p7s", "signature\n")
    package(shop)


def pure(shop):
    """Nothing for a loader."""
    shop.text("demo/__init__.py", '"""A demo."""\n')
    shop.pack("demo", "py3-none-any")


TAGS = [tagged("cp36-abi3-win_amd64"), tagged("cp312-abi3-win_amd64"),
        tagged("cp313-cp313t-win_amd64"), tagged("cp36.cp312-cp36m.cp312-win_amd64"),
        tagged("pp310-pypy310_pp73-win_amd64"),
        tagged("graalpy312-graalpy250_312_native-win_amd64"),
        tagged("cp312-cp312-win32", "x86")]
KINDS = [engine, toplevel, package, subpackages, purelib, platlib, split, toplevel_purelib,
         toplevel_platlib, levels, data_only, namespace, namespace_deep, namespace_split,
         namespace_old, namesake, odd_init, cases, inits, custom, no_marks, existing, soft,
         soft_missing, soft_signed, soft_foreign, ctypes_only, programs, beside, repaired,
         signed, signed_runtime, load_flags, checksum, tight, full_headers, trailing,
         trailing_tight, symbols, symbols_tight, mingw, delay, forwarder, cycle, spaces,
         twins, missing, companions, system, extension_sets, none_abi, *TAGS, old_python,
         wrong_machine, other_machine_first, wrong_module, arm64_package, x86_package,
         odd_files, pure]


def main():
    kinds = {kind.__name__: kind for kind in KINDS}
    if len(sys.argv) != 3 or sys.argv[1] not in kinds:
        sys.exit(f"{__doc__}\nKinds: {', '.join(sorted(kinds))}")
    shop = Workshop(sys.argv[2])
    try:
        kinds[sys.argv[1]](shop)
    finally:
        shutil.rmtree(shop.scratch)
        shutil.rmtree(shop.tree)


if __name__ == "__main__":
    main()
