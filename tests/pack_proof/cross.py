"""Wheels for other machines: built for aarch64 and for musl and executed there, and assembled
from files that were built elsewhere for macOS and for Windows."""

import re
import shutil
import subprocess
import zipfile

from . import wheels
from .tools import Failure, run

AARCH64 = "aarch64-unknown-linux-gnu"
MUSL = "x86_64-unknown-linux-musl"

# Calls one function of a library, as an interpreter would: by its path, from anywhere.
LOADER = r"""
#include <dlfcn.h>
#include <stdio.h>

int
main(int argc, char **argv)
{
    void *library = dlopen(argv[1], RTLD_NOW);
    int (*function)(void) = library == NULL ? NULL : (int (*)(void))dlsym(library, argv[2]);

    if (argc < 3 || function == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    printf("%d\n", function());
    return 0;
}
"""


def loader(state, compiler):
    source = state.work / "loader.c"
    source.write_text(LOADER)
    program = state.work / f"loader-{compiler}"
    run([compiler, source, "-o", program, "-ldl"])
    return program


def built(state, name, folder, arguments, env):
    """Builds one wheel and unpacks it as pip does; returns its name and the folder."""
    out = state.folder("cross", name)
    run([state.wheelpack, "build", *arguments, "-o", out], env=env,
        cwd=state.tree.folder / folder)
    wheel = next(out.glob("*.whl"))
    for fault in wheels.Wheel(wheel).faults():
        state.expect(f"cross: {name}: a sound wheel", False, fault)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(out)
        for info in archive.infolist():
            (out / info.filename).chmod(info.external_attr >> 16 & 0o777)
    return wheel.name, out


def prints(state, what, argv, expected):
    done = subprocess.run([str(word) for word in argv], capture_output=True, text=True)
    state.expect(f"cross: {what}", done.stdout == expected,
                 f"{done.stdout!r} {done.stderr!r}")


def tagged(state, name, wheel, pattern):
    state.expect(f"cross: {name}: the tag", re.fullmatch(pattern, wheel) is not None, wheel)


def cross_aarch64(state, env):
    env = dict(env, CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER="aarch64-linux-gnu-gcc")
    emulated = ["qemu-aarch64-static", "-L", "/usr/aarch64-linux-gnu"]
    wheel, out = built(state, "arm-bin", "hello-world/crate", ["--target", AARCH64], env)
    tagged(state, "arm-bin", wheel, r"hello_world-0\.1\.0-py3-none-manylinux_2_\d+_aarch64.*\.whl")
    script = next(out.glob("*.data/scripts/hello-world"))
    prints(state, "a program runs on aarch64", [*emulated, script], "Hello, world!\n")
    program = loader(state, "aarch64-linux-gnu-gcc")
    wheel, out = built(state, "arm-cffi", "graft-cffi-pure", ["--target", AARCH64], env)
    tagged(state, "arm-cffi", wheel, r"graft_.*-py3-none-(manylinux\w+_aarch64\.?)+\.whl")
    library = out / "graft_cffi_pure" / "libgraft_cffi_pure.so"
    state.expect("cross: the library came along", bool(list(out.glob("*.libs/libwpgraft*"))))
    prints(state, "a library finds the one that came along on aarch64",
           [*emulated, program, library, "answer"], "42\n")
    wheel, _ = built(state, "arm-abi3", "pyo3-pure", ["--target", AARCH64], env)
    tagged(state, "arm-abi3", wheel, r"pyo3_pure-0\.1\.0\+abc123de-cp39-abi3-manylinux_.*_aarch64.*")
    wheel, out = built(state, "arm-table", "pyo3-mixed", ["--target", AARCH64, "-i", "3.13"], env)
    tagged(state, "arm-table", wheel, r"pyo3_mixed-2\.1\.3-cp313-cp313-manylinux_.*_aarch64.*")
    name = "pyo3_mixed/pyo3_mixed.cpython-313-aarch64-linux-gnu.so"
    state.expect(f"cross: {name}", (out / name).exists())


def musl_libraries(state):
    """What musl-gcc lacks to link a cdylib: libgcc_s, for which Rust's unwinder stands in."""
    folder = state.folder("musl-libraries")
    libdir = run(["rustc", "--print", "target-libdir", "--target", MUSL]).stdout.strip()
    (folder / "libgcc_s.so").write_text(f"INPUT({libdir}/self-contained/libunwind.a)\n")
    return folder


def cross_musl(state, env):
    # A linker that is named for the target would be told crt-static's objects; musl-gcc is for
    # libraries alone.
    wheel, out = built(state, "musl-bin", "hello-world/crate", ["--target", MUSL], env)
    tagged(state, "musl-bin", wheel, r"hello_world-0\.1\.0-py3-none-"
           r"manylinux1_x86_64\.manylinux_2_5_x86_64\.whl")
    script = next(out.glob("*.data/scripts/hello-world"))
    prints(state, "a static program runs", [script], "Hello, world!\n")
    dynamic = run(["readelf", "-dW", script]).stdout
    state.expect("cross: the program needs no library", "(NEEDED)" not in dynamic, dynamic)
    wheel, _ = built(state, "musl-two", "hello-world/crate", ["--target", MUSL,
                     "--compatibility", "2014", "musllinux_1_2"], env)
    tagged(state, "musl-two", wheel, r"hello_world-0\.1\.0-py3-none-manylinux2014_x86_64\."
           r"manylinux_2_17_x86_64\.musllinux_1_2_x86_64\.whl|hello_world-0\.1\.0-py3-none-"
           r"manylinux_2_17_x86_64\.manylinux2014_x86_64\.musllinux_1_2_x86_64\.whl")
    libraries = musl_libraries(state)
    musl = dict(env, CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_LINKER="musl-gcc",
                CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_RUSTFLAGS=f"-L {libraries}")
    program = loader(state, "musl-gcc")
    wheel, out = built(state, "musl-cffi", "graft-cffi-pure", ["--target", MUSL], musl)
    tagged(state, "musl-cffi", wheel, r"graft_.*-py3-none-musllinux_1_2_x86_64\.whl")
    prints(state, "a library finds the one that came along with musl",
           [program, out / "graft_cffi_pure" / "libgraft_cffi_pure.so", "answer"], "42\n")
    refused(state, "a musl library that needs glibc", "cffi-pure", ["--target", MUSL],
            dict(env, CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_LINKER="cc"),
            "libcffi_pure.so needs libc.so.6 of glibc")
    refused(state, "a glibc library as musllinux", "graft-cffi-mixed",
            ["--compatibility", "musllinux_1_2"], env, "needs libc.so.6 of glibc")


def refused(state, what, folder, arguments, env, word):
    out = state.folder("cross", "refused")
    done = run([state.wheelpack, "build", *arguments, "-o", out], env=env,
               cwd=state.tree.folder / folder, check=False)
    state.expect(f"cross: {what} is refused", done.returncode == 1, str(done.returncode))
    state.expect(f"cross: {what}: says why", word in done.stderr, done.stderr[-500:])
    state.expect(f"cross: {what}: leaves nothing", not list(out.iterdir()))


def tool(name):
    """Debian has LLVM's programs under names with the version, too."""
    for candidate in (name, *(f"{name}-{version}" for version in range(21, 13, -1))):
        if shutil.which(candidate):
            return candidate
    raise Failure(f"{name} is missing")


def windows_file(state, export, arch="x86_64", program=False):
    machine = {"x86_64": "i386pep", "i686": "i386pe", "aarch64": "arm64pe"}[arch]
    source, made = state.work / "module.c", state.work / ("tool.exe" if program else "module.dll")
    source.write_text(f"__declspec(dllexport) void *{export}(void) {{ return 0; }}\n")
    run([tool("clang"), "-target", f"{arch}-w64-windows-gnu", "-c", source, "-o",
         state.work / "module.o"])
    run([tool("ld.lld"), "-m", machine, *([] if program else ["-shared"]), "-e", export, "-o",
         made, state.work / "module.o"])
    return made


def macos_file(state, export, arch="arm64", program=False, system="11.0"):
    source, made = state.work / "module.c", state.work / ("tool" if program else "module.dylib")
    source.write_text(f"void *{export}(void) {{ return 0; }}\n")
    run([tool("clang"), "-target", f"{arch}-apple-macos{system}", "-c", source, "-o",
         state.work / "module.o"])
    # A program of dyld's needs libSystem, which is not here: its place is taken by a stub.
    stub = state.work / "libSystem.tbd"
    stub.write_text(f"""--- !tapi-tbd
tbd-version: 4
targets: [ {arch}-macos ]
install-name: '/usr/lib/libSystem.B.dylib'
exports:
  - targets: [ {arch}-macos ]
    symbols: [ dyld_stub_binder ]
...
""")
    kind = ["-e", f"_{export}"] if program else ["-dylib"]
    run([tool("ld64.lld"), "-arch", arch, "-platform_version", "macos", system, "14.0", *kind,
         "-o", made, state.work / "module.o", stub])
    return made


WINDOWS = "x86_64-pc-windows-msvc"
MACOS = "aarch64-apple-darwin"
PURE, MIXED = "pyo3_pure-0.1.0+abc123de", "pyo3_mixed-2.1.3"

# Folder, arguments, what makes the file, its export and more; the wheel, and the file in it.
ARTIFACTS = [
    ("pyo3-mixed", ["--target", WINDOWS, "-i", "3.13"], windows_file, "PyInit_pyo3_mixed", {},
     f"{MIXED}-cp313-cp313-win_amd64.whl", "pyo3_mixed/pyo3_mixed.cp313-win_amd64.pyd"),
    ("pyo3-mixed", ["--release", "--target", "i686-pc-windows-msvc", "-i", "3.13"], windows_file,
     "PyInit_pyo3_mixed", {"arch": "i686"},
     f"{MIXED}-cp313-cp313-win32.whl", "pyo3_mixed/pyo3_mixed.cp313-win32.pyd"),
    ("pyo3-mixed", ["--target", "aarch64-pc-windows-msvc", "-i", "3.14t"], windows_file,
     "PyInit_pyo3_mixed", {"arch": "aarch64"},
     f"{MIXED}-cp314-cp314t-win_arm64.whl", "pyo3_mixed/pyo3_mixed.cp314t-win_arm64.pyd"),
    ("pyo3-pure", ["--target", WINDOWS], windows_file, "PyInit_pyo3_pure", {},
     f"{PURE}-cp39-abi3-win_amd64.whl", "pyo3_pure/pyo3_pure.pyd"),
    ("cffi-pure", ["--target", WINDOWS], windows_file, "get_origin", {},
     "cffi_pure-0.1.0-py3-none-win_amd64.whl", "cffi_pure/cffi_pure.dll"),
    ("bin-with-python-module", ["--target", WINDOWS], windows_file, "start", {"program": True},
     "bin_with_python_module-0.1.0-py3-none-win_amd64.whl",
     "bin_with_python_module-0.1.0.data/scripts/tool.exe"),
    ("pyo3-mixed", ["--target", MACOS, "-i", "3.13"], macos_file, "PyInit_pyo3_mixed", {},
     f"{MIXED}-cp313-cp313-macosx_11_0_arm64.whl",
     "pyo3_mixed/pyo3_mixed.cpython-313-darwin.so"),
    ("pyo3-mixed", ["--release", "--target", MACOS, "-i", "pypy3.11"], macos_file,
     "PyInit_pyo3_mixed", {"system": "13.3"},
     f"{MIXED}-pp311-pypy311_pp73-macosx_13_0_arm64.whl",
     "pyo3_mixed/pyo3_mixed.pypy311-pp73-darwin.so"),
    ("pyo3-pure", ["--target", MACOS], macos_file, "PyInit_pyo3_pure", {},
     f"{PURE}-cp39-abi3-macosx_11_0_arm64.whl", "pyo3_pure/pyo3_pure.abi3.so"),
    ("pyo3-pure", ["--target", "x86_64-apple-darwin"], macos_file, "PyInit_pyo3_pure",
     {"arch": "x86_64", "system": "10.15"},
     f"{PURE}-cp39-abi3-macosx_10_15_x86_64.whl", "pyo3_pure/pyo3_pure.abi3.so"),
    ("cffi-pure", ["--target", MACOS], macos_file, "get_origin", {"system": "14.0"},
     "cffi_pure-0.1.0-py3-none-macosx_14_0_arm64.whl", "cffi_pure/libcffi_pure.dylib"),
    ("bin-with-python-module", ["--target", MACOS], macos_file, "main", {"program": True},
     "bin_with_python_module-0.1.0-py3-none-macosx_11_0_arm64.whl",
     "bin_with_python_module-0.1.0.data/scripts/tool"),
    # The file is for another machine, or another system; and for another module.
    ("pyo3-mixed", ["--target", WINDOWS, "-i", "3.13"], windows_file, "PyInit_pyo3_mixed",
     {"arch": "aarch64"}, None, "it is PE for arm64"),
    ("pyo3-mixed", ["--target", WINDOWS, "-i", "3.13"], macos_file, "PyInit_pyo3_mixed", {},
     None, "it is Mach-O for arm64"),
    ("pyo3-mixed", ["--target", MACOS, "-i", "3.13"], macos_file, "PyInit_other", {},
     None, "PyInit_pyo3_mixed"),
]


def take_artifact(state, what, row):
    folder, arguments, make, export, more, name, member = row
    library = make(state, export, **more)
    out = state.folder("cross", "artifact")
    # No cargo is run to compile: a compiler for the target is not here.
    done = run([state.wheelpack, "build", *arguments, "--artifact", library, "-o", out],
               env=state.env, cwd=state.tree.folder / folder, check=name is not None)
    made = [path.name for path in out.iterdir()]
    if name is None:
        state.expect(f"{what}: says why", done.returncode == 1 and member in done.stderr,
                     done.stderr)
        state.expect(f"{what}: leaves nothing", not made, f"{made}")
        return
    if state.expect(f"{what}: the name", made == [name], f"{made}"):
        wheel = wheels.Wheel(out / name)
        state.expect(f"{what}: {member}", wheel.members.get(member) == library.read_bytes(),
                     f"{sorted(wheel.members)}")
        for fault in wheel.faults():
            state.expect(f"{what}: a sound wheel", False, fault)


def prove_artifacts(state):
    for row in ARTIFACTS:
        what = f"artifacts: {' '.join([row[0], *row[1]])} {row[5]}"
        try:
            take_artifact(state, what, row)
        except Failure as failure:
            state.expect(what, False, str(failure))


def prove_cross(state):
    for program in ("aarch64-linux-gnu-gcc", "qemu-aarch64-static", "musl-gcc", "rustup"):
        if shutil.which(program) is None:
            print(f"cross: {program} is missing, nothing was built for other machines")
            return
    run(["rustup", "target", "add", AARCH64, MUSL], env=state.env)
    for build in (cross_aarch64, cross_musl):
        try:
            build(state, state.env)
        except Failure as failure:
            state.expect(f"cross: {build.__name__}", False, str(failure))
