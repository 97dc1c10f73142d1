"""delvewheel in an environment of its own, off Windows.

It opens extension modules by their paths in lower case, which only folders of Windows
forgive, so members are handed to it under such names.
"""

import os
import subprocess
import venv
import zipfile

from pe_names import is_pe
from raw_build import raw_cache

DELVEWHEEL = "1.13.2"
PEFILE = "2024.8.26"
TIME_LIMIT = 1800  # seconds for one wheel


def install_peer():
    """Return the path of the peer's program, installed if it is not there."""
    folder = raw_cache().parent / "peer" / f"delvewheel-{DELVEWHEEL}"
    program = folder / "bin" / "delvewheel"
    if not program.exists():
        venv.create(folder, with_pip=True, clear=True)
        command = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        command += ["--disable-pip-version-check", f"delvewheel=={DELVEWHEEL}"]
        if subprocess.run([*command, f"pefile=={PEFILE}"], check=False).returncode != 0:
            raise SystemExit(f"windows: cannot install delvewheel {DELVEWHEEL}")
    return program


def lower_members(wheel, folder):
    """Return the wheel, or a copy whose images have paths in lower case if some have not."""
    with zipfile.ZipFile(wheel) as old:
        lowered = {}
        for name in old.namelist():
            if name != name.lower() and is_pe(old.read(name)):
                lowered[name] = name.lower()
        if not lowered:
            return wheel
        target = folder / "lower" / wheel.name
        target.parent.mkdir(parents=True)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                new.writestr(lowered.get(name, name), old.read(name))
        return target


def environment(folder):
    """Return an environment in which nothing of this machine is found."""
    scratch = folder / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    kept = {"LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", "PATH": "/nonexistent"}
    return {**kept, "TMPDIR": str(scratch), "HOME": os.environ.get("HOME", "/")}


def peer_repair(program, wheel, libraries, folder, *arguments):
    """Repair with delvewheel.  Returns (path, None) or (None, what went wrong)."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [program, "repair", "--no-diagnostic", "-w", folder, "--add-path", libraries]
    result = subprocess.run(
        [*command, *arguments, lower_members(wheel, folder)],
        env=environment(folder),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=TIME_LIMIT,
        check=False,
    )
    made = list(folder.glob("*.whl"))
    if result.returncode != 0 or len(made) != 1:
        return None, "delvewheel: " + (result.stderr.strip().splitlines() or ["?"])[-1]
    return made[0], None
