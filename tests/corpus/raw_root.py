"""Run Python with a repaired wheel where the libraries that were bundled are not.

The wheel is installed by pip into a fresh environment, and that environment is called in a
root folder (chroot) that holds nothing but Python, the libraries that Python itself needs,
and those that the policy of the wheel's tag grants.  A library that should be in the wheel
and is not cannot be found there, whatever this system has.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import venv

from fetch import HERE, last_error, pip_command
from raw_build import raw_cache
from raw_peer import read_dynamic

POLICIES = HERE.parent.parent / "policies" / "manylinux.json"
ENVIRONMENT = "env"
TIME_LIMIT = 120
# Parts of the standard library that are large or of no use here.
LEFT_OUT = ["site-packages", "test", "tests", "idlelib", "tkinter", "ensurepip", "config-*"]
LEFT_OUT += ["__pycache__", "turtledemo", "lib2to3"]


def link_or_copy(source, target):
    """One file under a second name where that is possible: a root costs little."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def put(root, path):
    """Put a file of this system at its own place in the root."""
    target = root / str(path).lstrip("/")
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        link_or_copy(os.path.realpath(path), target)


def put_python(root):
    """Put the interpreter and its standard library at their own places."""
    interpreter = os.path.realpath(sys.executable)
    put(root, interpreter)
    # The environment names the interpreter by the way it was called.
    for name in (sys.executable, getattr(sys, "_base_executable", sys.executable)):
        put(root, name)
    places = {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}
    for place in places:
        base = pathlib.Path(sys.base_prefix) / os.path.relpath(place, sys.prefix)
        shutil.copytree(
            base,
            root / str(base).lstrip("/"),
            copy_function=link_or_copy,
            ignore=shutil.ignore_patterns(*LEFT_OUT),
            dirs_exist_ok=True,
        )
    return interpreter


def granted_libraries(tags):
    """Return the names that the best of the tags grants: those of the oldest policies."""
    document = json.loads(POLICIES.read_text(encoding="utf-8"))
    names = set()
    for policy in document["policies"]:
        names.update(policy.get("libraries", []))
        if any(tag.rsplit("_x86_64")[0] == policy["name"] for tag in tags):
            return names
    raise SystemExit(f"raw: no policy for {', '.join(tags)}")


def loaded_files(path):
    """Return {name: path} of what the loader of this system finds for one file."""
    result = subprocess.run(["ldd", path], capture_output=True, text=True, check=False)
    found = dict(re.findall(r"^\t(\S+) => (/\S+) ", result.stdout, re.MULTILINE))
    for loader in re.findall(r"^\t(/\S+) \(", result.stdout, re.MULTILINE):
        found[loader] = loader
    return found


def needs_from_outside(folder):
    """Return {name: (library of this system, needing file)}: what no object brings along."""
    objects = {}
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink() and ".so" in path.name:
            dynamic = read_dynamic(path.read_bytes())
            if dynamic:
                objects[path] = dynamic
    inside = {path.name for path in objects}
    outside = {}
    for path, dynamic in objects.items():
        missing = [name for name in dynamic["needed"] if name not in inside]
        if any(name not in outside for name in missing):
            found = loaded_files(path)
            for name in missing:
                outside.setdefault(name, (found.get(name), path))
    return outside


def put_libraries(root, interpreter, tags):
    """Put the libraries of Python and of the policy; returns what is needed besides."""
    for path in loaded_files(interpreter).values():
        put(root, path)
    granted = granted_libraries(tags)
    problems = []
    for name, (path, needing) in needs_from_outside(root / ENVIRONMENT).items():
        if name.startswith("ld-linux"):
            continue
        if name not in granted:
            problems.append(f"{needing.name} needs {name}, which no policy grants")
        elif path is None:
            problems.append(f"{needing.name} needs {name}, which this system lacks")
        else:
            for each in [path, *loaded_files(path).values()]:
                put(root, each)
    return problems


def install(root, wheel, runtime):
    """Install by pip into a fresh environment.  Returns None or what went wrong."""
    folder = root / ENVIRONMENT
    venv.create(folder, with_pip=False)
    pip = pip_command() + ["--python", str(folder / "bin" / "python"), "install"]
    pip += ["--quiet", "--disable-pip-version-check", "--no-deps"]
    for arguments in (["--no-index", str(wheel)], *([name] for name in runtime)):
        result = subprocess.run(pip + arguments, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            return last_error(result.stderr)
    return None


def call(root, script):
    """Run a script with the environment's Python, in the root."""
    command = ["chroot", str(root), f"/{ENVIRONMENT}/bin/python", "-c", script]
    if os.getuid() != 0:
        command = ["unshare", "--user", "--map-root-user", *command]
    result = subprocess.run(
        command,
        env={"PATH": os.environ["PATH"], "HOME": "/"},
        capture_output=True,
        text=True,
        timeout=TIME_LIMIT,
        check=False,
    )
    if result.returncode == 0:
        return None
    lines = result.stderr.strip().splitlines() or ["nothing on standard error"]
    return f"exit status {result.returncode}: {lines[-1]}"


def call_twice(root, bundled, script):
    """Call with the bundled libraries, and without: then it must fail, or they were not
    what was used.  Returns what went wrong, in words."""
    problem = call(root, script)
    if problem:
        return [problem]
    for folder in (root / ENVIRONMENT).glob(f"lib/python3*/site-packages/{bundled}"):
        shutil.rmtree(folder)
    if call(root, script) is None:
        return [f"works without {bundled}, too: its libraries were found elsewhere"]
    return []


def try_installed(wheel, tags, runtime, script):
    """Install, hide, import and call.  Returns what went wrong, in words."""
    raw_cache().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".root-", dir=raw_cache()) as folder:
        root = pathlib.Path(folder)
        problem = install(root, wheel, runtime)
        if problem:
            return [problem]
        interpreter = put_python(root)
        (root / "tmp").mkdir()
        problems = put_libraries(root, interpreter, tags)
        bundled = wheel.name.split("-")[0] + ".libs"
        return problems + call_twice(root, bundled, script)
