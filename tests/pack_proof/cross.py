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
            dict(env, CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_LINKER="cc"), "glibc")


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


def windows_library(state, export):
    source, library = state.work / "module.c", state.work / "module.dll"
    source.write_text(f"__declspec(dllexport) void *{export}(void) {{ return 0; }}\n")
    run(["x86_64-w64-mingw32-gcc", "-shared", "-s", source, "-o", library])
    return library


def macos_library(state, export, arch="arm64"):
    source, library = state.work / "module.c", state.work / "module.dylib"
    source.write_text(f"void *{export}(void) {{ return 0; }}\n")
    run([tool("clang"), "-target", f"{arch}-apple-macos11", "-c", source, "-o",
         state.work / "module.o"])
    run([tool("ld64.lld"), "-arch", arch, "-platform_version", "macos", "11.0", "14.0", "-dylib",
         "-o", library, state.work / "module.o"])
    return library


def prove_artifacts(state):
    windows = "x86_64-pc-windows-msvc"
    rows = [
        ("pyo3-mixed", ["--target", windows, "-i", "3.13"], windows_library,
         "PyInit_pyo3_mixed", "pyo3_mixed-2.1.3-cp313-cp313-win_amd64.whl",
         "pyo3_mixed/pyo3_mixed.cp313-win_amd64.pyd"),
        ("pyo3-pure", ["--target", windows], windows_library, "PyInit_pyo3_pure",
         "pyo3_pure-0.1.0+abc123de-cp39-abi3-win_amd64.whl", "pyo3_pure/pyo3_pure.pyd"),
        ("pyo3-mixed", ["--target", "aarch64-apple-darwin", "-i", "3.13"], macos_library,
         "PyInit_pyo3_mixed", "pyo3_mixed-2.1.3-cp313-cp313-macosx_11_0_arm64.whl",
         "pyo3_mixed/pyo3_mixed.cpython-313-darwin.so"),
        ("pyo3-pure", ["--target", "aarch64-apple-darwin"], macos_library, "PyInit_pyo3_pure",
         "pyo3_pure-0.1.0+abc123de-cp39-abi3-macosx_11_0_arm64.whl",
         "pyo3_pure/pyo3_pure.abi3.so"),
    ]
    for folder, arguments, make, export, name, member in rows:
        what = f"artifacts: {' '.join([folder, *arguments])}"
        try:
            library = make(state, export)
            out = state.folder("cross", "artifact")
            # No cargo is run to compile: a compiler for the target is not here.
            run([state.wheelpack, "build", *arguments, "--artifact", library, "-o", out],
                env=state.env, cwd=state.tree.folder / folder)
        except Failure as failure:
            state.expect(what, False, str(failure))
            continue
        made = [path.name for path in out.iterdir()]
        if state.expect(f"{what}: the name", made == [name], f"{made}"):
            wheel = wheels.Wheel(out / name)
            state.expect(f"{what}: {member}", wheel.members.get(member) == library.read_bytes(),
                         f"{sorted(wheel.members)}")
            for fault in wheel.faults():
                state.expect(f"{what}: a sound wheel", False, fault)


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
