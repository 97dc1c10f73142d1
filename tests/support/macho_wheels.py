#!/usr/bin/env python3
"""Make macOS wheels with clang and lld, and the libraries outside that they need.

Usage: macho_wheels.py KIND FOLDER

FOLDER gets the wheel, whose name is printed, and in libs/ what belongs outside of it.  The
kinds are the functions at the end of this file, one for each sort of wheel that delocate's
tests are about.  No SDK is needed: an image is linked against stubs of what it needs, so a
need can have any name, whether a file has it or not.

Exit status: 0 made, 77 a tool is not here.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

UNIVERSAL = ("x86_64", "arm64")
OLDEST = {"x86_64": "10.9", "arm64": "11.0"}
SYSTEM = "/usr/lib/libSystem.B.dylib"

STUB = """--- !tapi-tbd
tbd-version: 4
targets: [ x86_64-macos, arm64-macos ]
install-name: '{name}'
exports:
  - targets: [ x86_64-macos, arm64-macos ]
    symbols: [ {symbols} ]
...
"""


def tool(name):
    for candidate in [name, *(f"{name}-{number}" for number in range(21, 13, -1))]:
        if shutil.which(candidate):
            return candidate
    print(f"{name} is not here", file=sys.stderr)
    sys.exit(77)


def run(*command, text=None):
    subprocess.run(command, check=True, input=text, text=True)


def symbol_of(path):
    """The one function of a library: called as its file is, up to the first dot."""
    return re.sub(r"\W", "_", os.path.basename(path).split(".")[0])


def headerpad(room):
    """The option for much room, for so much ("0x40"), or for what lld leaves by itself."""
    if not room:
        return []
    return ["-headerpad", "0x1000" if room is True else room]


class Workshop:
    """Makes images below a folder: `tree` is the wheel's, `libs` what lies outside."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder).resolve()
        self.tree = self.folder / "tree"
        self.libs = self.folder / "libs"
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="wheelfix."))
        self.tree.mkdir(parents=True)
        self.libs.mkdir()
        self.clang = tool("clang")
        self.lld = tool("ld64.lld")
        self.lipo = tool("llvm-lipo")
        self.ar = tool("llvm-ar")
        self.num_stubs = 0

    def stub(self, name, symbols):
        self.num_stubs += 1
        path = self.scratch / f"{self.num_stubs}.tbd"
        path.write_text(STUB.format(name=name, symbols=", ".join(symbols)))
        return str(path)

    def thin(self, arch, path, kind, needs, weak, options, min_os, salt):
        """One image for one architecture: calls each library that it needs."""
        calls = [symbol_of(name) for name in needs + weak if name != SYSTEM]
        own = {"bundle": "PyInit_" + symbol_of(path), "execute": "main"}.get(
            kind, symbol_of(path))
        lines = [f"extern int {call}(void);" for call in sorted(set(calls))]
        lines.append("__attribute__((used)) static int hidden(void) { return 2; }")
        lines.append(f"int {own}(void) {{ return {salt}"
                     + "".join(f" + {call}()" for call in calls) + "; }")
        object_path = str(self.scratch / "image.o")
        target = "macos" + min_os
        run(self.clang, "-target", f"{arch}-apple-{target}", "-O1", "-c", "-x", "c", "-",
            "-o", object_path, text="\n".join(lines) + "\n")
        stubs = [self.stub(SYSTEM, ["dyld_stub_binder"])]
        stubs += [self.stub(name, ["_" + symbol_of(name)]) for name in needs
                  if name != SYSTEM]
        for name in weak:
            stubs += ["-weak_library", self.stub(name, ["_" + symbol_of(name)])]
        out = self.scratch / f"image.{arch}"
        run(self.lld, "-arch", arch, "-platform_version", "macos", min_os, "14.0",
            "-" + kind, *options, "-o", str(out), object_path, *stubs)
        return out

    def image(self, path, kind="dylib", needs=(), weak=(), archs=UNIVERSAL, rpaths=(),
              install_name=None, min_os=(), room=True, signed=False, salt=1):
        """An image of one or more architectures.  `needs`, `rpaths` and `install_name` may
        be a dict by architecture."""
        slices = []
        for arch in archs:
            def of(value, arch=arch):
                return value[arch] if isinstance(value, dict) else value

            options = [*headerpad(room), *(["-adhoc_codesign"] if signed else [])]
            if kind == "dylib":
                name = of(install_name) or "@rpath/" + os.path.basename(path)
                options += ["-install_name", name]
            for rpath in of(rpaths):
                options += ["-rpath", rpath]
            slices.append(self.thin(arch, path, kind, list(of(needs)), list(of(weak)),
                                    options, dict(OLDEST, **dict(min_os))[arch], salt))
        path = pathlib.Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        if len(slices) == 1:
            shutil.copy(slices[0], path)
        else:
            run(self.lipo, "-create", *map(str, slices), "-output", str(path))
        path.chmod(0o755)
        return path

    def compiled(self, arch, path):
        """An object file, for a system newer than any tag here."""
        run(self.clang, "-target", f"{arch}-apple-macos13.0", "-c", "-x", "c", "-", "-o",
            str(path), text="int nothing(void) { return 0; }\n")
        return path

    def archive(self, path, member):
        run(self.ar, "rcs", str(path), str(member))
        return path

    def module(self, path, **facts):
        return self.image(self.tree / path, kind="bundle", **facts)

    def member(self, path, **facts):
        return self.image(self.tree / path, **facts)

    def library(self, path, **facts):
        return self.image(self.libs / path, **facts)

    def text(self, path, text="", mode=0o644):
        place = self.tree / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
        place.chmod(mode)

    def pack(self, name, tag):
        """A wheel for one Python; its platform tags are `tag`."""
        wheel = f"{name}-1.0-cp311-abi3-{tag}.whl"
        pack = pathlib.Path(__file__).with_name("pack_wheel.py")
        run(sys.executable, str(pack), str(self.tree), str(self.folder / wheel))
        print(wheel)


def stray(shop):
    """fakepkg1: a module that needs a library by its bare name, beside things that are no
    libraries."""
    shop.text("fakepkg1/__init__.py")
    shop.text("fakepkg1/module1.py", "x = 1\n", 0o755)
    shop.module("fakepkg1/subpkg/module2.abi3.so", needs=["libextfunc.dylib"])
    shop.text("fakepkg1-1.0.data/scripts/fakescript.py", "#!python\n", 0o755)
    shop.library("libextfunc.dylib", install_name="libextfunc.dylib")
    shop.pack("fakepkg1", "macosx_10_9_universal2")


def suffix(shop):
    """The same without a suffix that says what it is."""
    shop.text("fakepkg1/__init__.py")
    shop.member("fakepkg1/module.other", needs=["/build/libextfunc.dylib"])
    shop.library("libextfunc.dylib")
    shop.pack("fakepkg1", "macosx_10_9_universal2")


def rpath(shop):
    """fakepkg_rpath: libraries by @rpath, one through the rpaths of the other."""
    shop.text("fakepkg_rpath/__init__.py")
    shop.module("fakepkg_rpath/_module.abi3.so", archs=["x86_64"], rpaths=["libs/"],
                needs=["@rpath/libextfunc_rpath.dylib"])
    shop.library("libextfunc_rpath.dylib", needs=["@rpath/libextfunc2_rpath.dylib"],
                 rpaths=["@executable_path/", "@loader_path/"], signed=True)
    shop.library("libextfunc2_rpath.dylib", signed=True)
    shop.pack("fakepkg_rpath", "macosx_10_9_universal2")


def toplevel(shop):
    """fakepkg_toplevel: a module without a package."""
    shop.module("module_toplevel.abi3.so", archs=["x86_64"],
                needs=["@rpath/libextfunc2_rpath.dylib"], rpaths=["libs/"])
    shop.library("libextfunc2_rpath.dylib")
    shop.pack("fakepkg_toplevel", "macosx_10_9_x86_64")


def namespace(shop):
    """fakepkg_namespace: a package without __init__.py."""
    shop.text("namespace/subpkg/__init__.py")
    shop.module("namespace/subpkg/_module.abi3.so", archs=["x86_64"],
                needs=["@rpath/libextfunc2_rpath.dylib"], rpaths=["libs/"])
    shop.library("libextfunc2_rpath.dylib")
    shop.pack("fakepkg_namespace", "macosx_10_9_x86_64")


def chain(shop):
    """liba, libb, libc: one needs the other, and a library of the wheel needs one, too."""
    shop.text("demo/__init__.py")
    shop.module("demo/sub/_x.abi3.so", needs=["/build/libc.dylib", "@loader_path/../liba.dylib"])
    shop.member("demo/liba.dylib", needs=["/build/libb.dylib"])
    shop.library("libb.dylib", install_name="libb.dylib")
    shop.library("libc.dylib", needs=["@loader_path/libb.dylib", "@rpath/libd.dylib"],
                 rpaths=["@loader_path/deep"])
    shop.library("deep/libd.dylib")
    shop.pack("demo", "macosx_10_9_universal2")


def loader_rpaths(shop):
    """A library found only by the rpaths of the module that loads its user."""
    shop.text("demo/__init__.py")
    shop.module("demo/_x.abi3.so", needs=["@rpath/libb.dylib"],
                rpaths=["@loader_path/lib", "@loader_path/other"])
    shop.member("demo/lib/libb.dylib", needs=["@rpath/libc.dylib", "/build/libd.dylib"])
    shop.member("demo/other/libc.dylib")
    shop.library("libd.dylib")
    shop.pack("demo", "macosx_10_9_universal2")


def basename(shop):
    """Two libraries with one base name."""
    shop.text("demo/__init__.py")
    one = shop.library("one/libdup.dylib")
    two = shop.library("two/libdup.dylib", salt=2)
    shop.module("demo/_x.abi3.so", needs=[str(one)])
    shop.module("demo/_y.abi3.so", needs=[str(two)])
    shop.pack("demo", "macosx_10_9_universal2")


def two_names(shop):
    """One library by two names in one file, through a link."""
    shop.text("demo/__init__.py")
    real = shop.library("libext.1.dylib")
    link = shop.libs / "libext.dylib"
    link.symlink_to("libext.1.dylib")
    shop.module("demo/_x.abi3.so", needs=[str(real), str(link)])
    shop.pack("demo", "macosx_10_9_universal2")


def weak(shop):
    """A library that may be missing, and is."""
    shop.text("demo/__init__.py")
    shop.module("demo/_x.abi3.so", needs=["/build/libext.dylib"],
                weak=["@rpath/libmaybe.dylib"])
    shop.library("libext.dylib")
    shop.pack("demo", "macosx_10_9_universal2")


def missing(shop):
    """A library that nobody has, of one architecture only."""
    shop.text("demo/__init__.py")
    shop.module("demo/_x.abi3.so", rpaths=["@loader_path/libs"],
                needs={"x86_64": [], "arm64": ["@rpath/libnone.dylib"]})
    shop.pack("demo", "macosx_10_9_universal2")


def data(shop):
    """Everything below .data: what is installed into site-packages, and beside it."""
    shop.text("demo-1.0.data/platlib/demo/__init__.py")
    shop.module("demo-1.0.data/platlib/demo/_x.abi3.so", needs=["/build/libext.dylib"])
    shop.module("demo-1.0.data/purelib/demo/sub/_y.abi3.so",
                needs=["/build/libext.dylib"])
    shop.image(shop.tree / "demo-1.0.data/scripts/demo-tool", kind="execute",
               needs=["/build/libext.dylib"])
    shop.library("libext.dylib")
    shop.pack("demo", "macosx_10_9_universal2")


def search_paths(shop):
    """rpaths of every kind, also where nothing outside is needed."""
    shop.text("demo/__init__.py")
    shop.module("demo/_x.abi3.so", needs=["@rpath/libext.dylib"],
                rpaths=["/build/lib", "@loader_path", "libs", "@loader_path/../demo",
                        "@executable_path/../lib", "@rpath/more"])
    shop.module("demo/_y.abi3.so", rpaths=["/build/lib"])
    shop.library("libext.dylib", rpaths=["/opt/other/lib"])
    shop.pack("demo", "macosx_10_9_universal2")


def libpython(shop):
    """Modules that are linked to the interpreter's library."""
    shop.text("demo/__init__.py")
    shop.module("demo/_x.abi3.so", needs=["@rpath/libpython3.11.dylib"])
    shop.module("demo/_y.abi3.so",
                needs=["/Library/Frameworks/Python.framework/Versions/3.11/Python"])
    shop.library("libpython3.11.dylib")
    shop.library("Python")
    shop.pack("demo", "macosx_10_9_universal2")


def program(shop):
    """A library below the program that runs Python."""
    shop.text("demo/__init__.py")
    shop.module("demo/_x.abi3.so", needs=["@executable_path/../lib/libext.dylib"])
    shop.library("lib/libext.dylib")
    shop.pack("demo", "macosx_10_9_universal2")


def swift(shop):
    """A name that only an rpath into the system finds."""
    shop.text("demo/__init__.py")
    shop.module("demo/_x.abi3.so", needs=["@rpath/libswiftCore.dylib", "/build/libext.dylib"],
                rpaths=["/usr/lib/swift"])
    shop.library("libext.dylib")
    shop.library("libswiftCore.dylib")
    shop.pack("demo", "macosx_10_9_universal2")


def volume(shop):
    """Names that only look like the system's."""
    shop.text("demo/__init__.py")
    shop.module("demo/_x.abi3.so",
                needs=["/System/Volumes/Data/opt/libext.dylib", "/usr/libexec/libmore.dylib"])
    shop.library("libext.dylib")
    shop.library("libmore.dylib")
    shop.library("libSystem.B.dylib")
    shop.pack("demo", "macosx_10_9_universal2")


def thin_library(shop):
    """A library that lacks an architecture of the module."""
    shop.text("demo/__init__.py")
    shop.module("demo/_x.abi3.so", needs=["/build/libext.dylib"])
    shop.library("libext.dylib", archs=["x86_64"])
    shop.pack("demo", "macosx_10_9_universal2")


def thin_module(shop):
    """A module that lacks an architecture of its wheel, with a library that has both."""
    shop.text("demo/__init__.py")
    shop.module("demo/_x.abi3.so", archs=["x86_64"], needs=["/build/libext.dylib"])
    shop.library("libext.dylib")
    shop.pack("demo", "macosx_10_9_universal2")


def newer(shop):
    """A library for a newer system than the wheel's tag says."""
    shop.text("demo/__init__.py")
    shop.module("demo/_x.abi3.so", archs=["x86_64"], needs=["/build/libext.dylib"])
    shop.library("libext.dylib", archs=["x86_64"], min_os={"x86_64": "12.0"})
    shop.pack("demo", "macosx_10_9_x86_64")


def newer_minor(shop):
    """The same for a minor release."""
    shop.text("demo/__init__.py")
    shop.module("demo/_x.abi3.so", archs=["x86_64"], needs=["/build/libext.dylib"])
    shop.library("libext.dylib", archs=["x86_64"], min_os={"x86_64": "12.1"})
    shop.pack("demo", "macosx_10_9_x86_64")


def newer_arm(shop):
    """A library whose slice for arm64 is newer than arm64 itself."""
    shop.text("demo/__init__.py")
    shop.module("demo/_x.abi3.so", needs=["/build/libext.dylib"])
    shop.library("libext.dylib", min_os={"arm64": "12.0"})
    shop.pack("demo", "macosx_10_9_universal2")


def tight(shop):
    """No more header room than lld leaves unasked."""
    shop.text("demo/__init__.py")
    shop.module("demo/_x.abi3.so", needs=["/build/libext.dylib"], room=False)
    shop.library("libext.dylib", room=False, install_name="/build/libext.dylib")
    shop.pack("demo", "macosx_10_9_universal2")


def crowded(shop, module="demo/_x.abi3.so"):
    """So many short names that there is no room for the usual longer ones; HEADERPAD of the
    environment is the room that the module is linked with, instead of lld's own."""
    names = [f"/l/lib{letter}.dylib" for letter in "abcdefgh"]
    shop.text("demo/__init__.py")
    shop.module(module, needs=names, room=os.environ.get("HEADERPAD"))
    for name in names:
        shop.library(os.path.basename(name))
    shop.pack("demo", "macosx_10_9_universal2")


def overfull(shop):
    """The same so deep in the package that no name is short enough."""
    crowded(shop, "demo/deep/down/below/_x.abi3.so")


def bundle(shop):
    """A module linked to another module, which nothing can be linked to."""
    shop.text("demo/__init__.py")
    shop.module("demo/_x.abi3.so", needs=["/build/_y.so"])
    shop.image(shop.libs / "_y.so", kind="bundle")
    shop.pack("demo", "macosx_10_9_universal2")


def slices(shop):
    """Slices with names, ids and rpaths of their own."""
    shop.text("demo/__init__.py")
    shop.module("demo/_x.abi3.so",
                needs={"x86_64": ["/build/libold.dylib"], "arm64": ["@rpath/libnew.dylib"]},
                rpaths={"x86_64": ["/build/x"], "arm64": ["@loader_path/a"]})
    shop.library("libold.dylib", archs=["x86_64"])
    shop.library("libnew.dylib", archs=["arm64"])
    shop.pack("demo", "macosx_10_9_universal2")


def links(shop):
    """One library for two modules: by an rpath, and through a link."""
    shop.text("demo/__init__.py")
    shop.library("libext.1.dylib")
    link = shop.libs / "linked" / "libext.dylib"
    link.parent.mkdir()
    link.symlink_to("../libext.1.dylib")
    shop.module("demo/_x.abi3.so", needs=["@rpath/libext.1.dylib"],
                rpaths=["/nonexist", str(shop.libs)])
    shop.module("demo/_y.abi3.so", needs=[str(link)])
    shop.pack("demo", "macosx_10_9_universal2")


def odd(shop):
    """A project with capitals, brackets in names, and files that only look like libraries."""
    shop.text("Demo_Pkg/__init__.py")
    shop.module("Demo_Pkg/_x(1).abi3.so", needs=["/build/libc(member).dylib"])
    shop.library("libc(member).dylib")
    objects = [shop.compiled(arch, shop.tree / f"Demo_Pkg/{arch}.o") for arch in UNIVERSAL]
    archives = [shop.archive(path.with_suffix(".a"), path) for path in objects]
    run(shop.lipo, "-create", *map(str, archives), "-output",
        str(shop.tree / "Demo_Pkg/both.a"))
    (shop.tree / "Demo_Pkg/Java.class").write_bytes(b"\xca\xfe\xba\xbe\0\0\0\x34")
    (shop.tree / "Demo_Pkg/icon.ico").write_bytes(b"\0\0\1\0\1\0")
    (shop.tree / "Demo_Pkg/empty").write_bytes(b"")
    shop.pack("Demo_Pkg", "macosx_10_9_universal2")


def pure(shop):
    """Nothing for a loader."""
    shop.text("demo/__init__.py")
    shop.pack("demo", "macosx_10_9_universal2")


KINDS = [stray, suffix, rpath, toplevel, namespace, chain, loader_rpaths, basename,
         two_names, weak, missing, data, search_paths, libpython, program, swift, volume,
         thin_library, thin_module, newer, newer_minor, newer_arm, tight, crowded,
         overfull, bundle, slices, links, odd, pure]


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
