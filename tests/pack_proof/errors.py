"""Bad input: one clear error, status 1 or 2, nothing written, the sources untouched."""

import os
import resource
import shlex
import shutil
import signal
import subprocess

from .tools import Tree

BUILD = '[build-system]\nrequires = ["maturin>=1,<2"]\nbuild-backend = "maturin"\n'
NAMED = BUILD + '[project]\nname = "{name}"\nversion = "1"\n'
CRATE = '[package]\nname = "bad"\nversion = "0.1.0"\nedition = "2021"\n'


def put(path, text):
    """An edit: this file has this text."""
    def edit(folder):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text if isinstance(text, bytes) else text.encode())
    return edit


def project(more, name="bad"):
    return put("pyproject.toml", NAMED.format(name=name) + more)


def remove(path):
    return lambda folder: (folder / path).unlink()


def program(path, script):
    def edit(folder):
        put(path, script)(folder)
        (folder / path).chmod(0o755)
    return edit


def link(path, target):
    return lambda folder: (folder / path).symlink_to(target)


# What is asserted of each: a name, arguments, edits of a small crate, and words that standard
# error has to say (the place, and what is wrong there).
ROWS = [
    ("no project", "build", [remove("Cargo.toml"), remove("pyproject.toml")], ["Cargo.toml"]),
    ("a manifest that is not TOML", "build", [put("pyproject.toml", BUILD + "[project\n")],
     ["pyproject.toml", "line 4"]),
    ("a manifest that is not text", "build", [put("pyproject.toml", b"\xff\xfe\x00[")],
     ["pyproject.toml", "line 1"]),
    ("a manifest full of brackets", "build",
     [put("pyproject.toml", "a = " + "[" * 200_000)], ["pyproject.toml"]),
    ("a key twice", "build", [put("pyproject.toml", BUILD + "[tool.maturin]\nstrip = true\n"
                                  "strip = false\n")], ["pyproject.toml", "strip"]),
    ("no build-system", "build", [put("pyproject.toml", '[project]\nname = "bad"\n')],
     ["build-system"]),
    ("a value of the wrong type", "build", [project("[tool.maturin]\nstrip = 3\n")],
     ["pyproject.toml", "strip", "line"]),
    ("a Cargo.toml that cargo refuses", "build", [put("Cargo.toml", "[package\n")], ["Cargo.toml"]),
    ("a workspace in a circle", "build",
     [put("Cargo.toml", CRATE + '[workspace]\nmembers = ["a"]\n'),
      put("a/Cargo.toml", CRATE.replace("bad", "a") + '[dependencies]\nbad = { path = ".." }\n'),
      put("a/src/lib.rs", ""),
      put("Cargo.toml", CRATE + '[workspace]\nmembers = ["a"]\n[dependencies]\na = '
          '{ path = "a" }\n')], ["cargo"]),
    ("a name that is none", "build", [project("", name="../up")], ["name"]),
    ("a newline in metadata", "build", [project('keywords = ["one\\nVersion: 2"]\n')],
     ["keywords"]),
    ("a newline in a URL's name", "build", [project('[project.urls]\n"a\\nb" = "https://x"\n')],
     ["url"]),
    ("an entry point that writes lines", "build", [project('[project.entry-points.g]\n'
                                                          '"a\\n[x]" = "m:f"\n')], ["entry"]),
    ("include above the project", "build", [project('[tool.maturin]\ninclude = ["../*"]\n')],
     ["include", ".."]),
    ("include of an absolute path", "build",
     [project('[tool.maturin]\ninclude = ["/etc/passwd"]\n')], ["include", "/etc/passwd"]),
    ("a module name that leads away", "build",
     [project('[tool.maturin]\nmodule-name = "../../etc.bad"\n')], ["module-name"]),
    ("data that is not there", "build", [project('[tool.maturin]\ndata = "nowhere"\n')], ["data"]),
    ("data with a folder that no wheel has", "build",
     [put("bad.data/else/file", "x"), project("")], ["else"]),
    ("data that leads back", "build", [put("bad.data/data/file", "x"), project(""),
                                       link("bad.data/data/link", ".")], ["link"]),
    ("a readme above the project", "build", [project('readme = "../../../etc/hostname"\n')],
     ["readme"]),
    ("a license file above the project", "build", [project('license-files = ["../x"]\n')],
     ["license-files", ".."]),
    ("console scripts of a program", "build", [project('[project.scripts]\na = "b:c"\n')],
     ["scripts"]),
    ("binding that is none", "build -b java", [], ["java"]),
    ("conflicting options", "build --release --profile dev", [], ["--profile"]),
    ("a level that deflate has not", "build --compression-level 10", [], ["10"]),
    ("an unknown tag", "build --compatibility manylinux_2_99", [], ["manylinux_2_99"]),
    ("two tags", "build --compatibility pypi --compatibility linux", [],
     ["PyPI validation failed"]),
    ("a target that PyPI has not", "build --compatibility pypi --target "
     "riscv32gc-unknown-linux-gnu", [], ["riscv32gc-unknown-linux-gnu", "PyPI"]),
    ("no such interpreter", "build -b pyo3 -i /no/such/python", [], ["pyo3"]),
    ("a build that does not compile", "build", [put("src/main.rs", "fn main() { 1 }\n")],
     ["cargo"]),
    ("zig", "build --zig", [], ["zig"]),
    ("pgo", "build --pgo", [], ["pgo"]),
    ("universal2", "build --target universal2-apple-darwin", [], ["universal2"]),
    ("Emscripten", "build --target wasm32-unknown-emscripten", [], ["mscripten"]),
]

# Programs that misbehave: where they are put, and how they are asked for.
FAKES = [
    ("a cargo that dies", "cargo", "#!/bin/sh\nkill -9 $$\n", "build", ["cargo"]),
    ("a cargo that says nothing", "cargo", "#!/bin/sh\nexit 0\n", "build", ["cargo"]),
    ("a cargo that floods a line", "cargo", "#!/bin/sh\nexec head -c 3000000000 /dev/zero\n",
     "build", ["cargo"]),
    ("a cargo that floods errors", "cargo",
     "#!/bin/sh\nhead -c 300000000 /dev/zero | tr '\\0' x >&2\nexit 1\n", "build", ["cargo"]),
    ("a cargo that prints rubbish", "cargo", "#!/bin/sh\nprintf '{\"a\\377\\0'\n", "build",
     ["cargo"]),
]
PYTHONS = [
    ("rubbish", "#!/bin/sh\nprintf '\\377\\000{'\n"),
    ("nothing", "#!/bin/sh\nexit 0\n"),
    ("another shape", "#!/bin/sh\necho '[1, 2]'\n"),
    ("a flood", "#!/bin/sh\nexec head -c 3000000000 /dev/zero\n"),
    ("hostile words", "#!/bin/sh\necho '{\"implementation_name\": \"../../x\", \"executable\": "
     "\"/x\", \"major\": 3, \"minor\": 99999999999, \"abiflags\": \"/\", \"interpreter\": "
     "\"cpython\", \"ext_suffix\": \"/../../x.so\", \"soabi\": \"\\n\", \"platform\": \"a/b\", "
     "\"system\": \"linux\", \"pointer_width\": 64, \"gil_disabled\": false}'\n"),
]


def limits():
    """A flood that is kept in memory ends the program, and so the test."""
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))


def attempt(state, name, folder, arguments, env, words, limit=limits):
    out = state.folder("errors-out")
    tree = Tree(folder, state.work / "errors-tree")
    done = subprocess.run([state.wheelpack, *arguments, "-o", out], cwd=tree.folder, env=env,
                          stdin=subprocess.DEVNULL, capture_output=True, preexec_fn=limit,
                          encoding="utf-8", errors="replace", timeout=300)
    last = done.stderr.strip().splitlines()[-3:]
    state.expect(f"errors: {name}: status 1 or 2", done.returncode in (1, 2),
                 f"{done.returncode} {last}")
    said = [word for word in words if word not in done.stderr]
    state.expect(f"errors: {name}: says what", not said, f"no {said} in {last}")
    left = sorted(path.name for path in out.rglob("*"))
    state.expect(f"errors: {name}: nothing is written", not left, f"{left}")
    changes = tree.changes()
    state.expect(f"errors: {name}: the sources are untouched", not changes, f"{changes}")


def small_crate(state):
    folder = state.folder("errors-crate")
    put("Cargo.toml", CRATE + "[workspace]\n")(folder)
    put("src/main.rs", "fn main() {}\n")(folder)
    project("")(folder)
    return folder


def prove_rows(state):
    for name, arguments, edits, words in ROWS:
        folder = small_crate(state)
        for edit in edits:
            edit(folder)
        attempt(state, name, folder, shlex.split(arguments), state.env, words)


def prove_programs(state):
    for name, path, script, arguments, words in FAKES:
        folder = small_crate(state)
        fakes = state.folder("errors-bin")
        program(path, script)(fakes)
        env = dict(state.env, PATH=f"{fakes}{os.pathsep}{state.env['PATH']}")
        attempt(state, name, folder, shlex.split(arguments), env, words)
    for name, script in PYTHONS:
        fakes = state.folder("errors-bin")
        program("fake-python", script)(fakes)
        attempt(state, f"a Python that prints {name}", state.options.crates / "pyo3-mixed",
                ["build", "-i", str(fakes / "fake-python")], state.env, ["fake-python"])


def full_disk():
    """A file can have 64 KiB; writing more fails, as on a disk that is full."""
    limits()
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, 1 << 16))


def prove_full_disk(state):
    crates = state.options.crates
    folder = state.folder("errors-crate")
    shutil.copytree(crates / "hello-world" / "crate", folder, dirs_exist_ok=True)
    put("Cargo.toml", CRATE + "[workspace]\n")(folder)
    project("")(folder)
    attempt(state, "a build on a full disk", folder, ["build"], state.env, [], full_disk)
    put("src/large.bin", os.urandom(1 << 18))(folder)
    attempt(state, "an sdist on a full disk", folder, ["sdist"], state.env, [], full_disk)


def prove_crates(state):
    """Crates that maturin refuses, by the sentences that users search for."""
    rows = [
        ("wrong-python-source", ["build"], "python-source is set to"),
        ("pyo3-no-extension-module", ["build", "--auditwheel", "check"],
         "Your library links libpython"),
        ("lib_with_path_dep", ["build", "--locked"], "`cargo metadata` exited with an error:"),
        ("lib_with_disallowed_lib", ["build", "--manylinux", "2014"], "manylinux2014"),
        ("pyo3-mixed", ["build", "--compatibility", "manylinux_2_99"],
         "Error ensuring manylinux_2_99 compliance"),
        ("cffi-pure", ["build", "--compatibility", "musllinux_1_2"], "musllinux_1_2"),
        ("cffi-pure", ["build", "-i", "/no/such/python"],
         "Failed to find a python interpreter from `/no/such/python`"),
        ("pyo3-feature", ["build"], "bindings"),
    ]
    for folder, arguments, words in rows:
        out = state.folder("errors-out")
        done = subprocess.run([state.wheelpack, *arguments, "-o", out], env=state.env,
                              cwd=state.tree.folder / folder, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL)
        name = f"errors: {folder} {' '.join(arguments)}"
        state.expect(f"{name}: status 1", done.returncode == 1, str(done.returncode))
        state.expect(f"{name}: says why", words in done.stderr,
                     f"no {words!r} in {done.stderr.strip().splitlines()[-3:]}")
        left = sorted(path.name for path in out.iterdir())
        state.expect(f"{name}: leaves nothing", not left, f"{left}")


def prove_errors(state):
    prove_rows(state)
    prove_programs(state)
    prove_full_disk(state)
    prove_crates(state)
