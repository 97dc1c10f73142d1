"""repairwheel in an environment of its own: delocate's work without a Mac.

repairwheel carries delocate and puts code of its own in the place of Apple's tools, so it
runs on the machine that runs wheelfix.
"""

import os
import subprocess
import venv

from raw_build import raw_cache

REPAIRWHEEL = "0.6.1"
TIME_LIMIT = 1800  # seconds for one wheel


def install_peer():
    """Return the path of the peer's program, installed if it is not there."""
    folder = raw_cache().parent / "peer" / f"repairwheel-{REPAIRWHEEL}"
    program = folder / "bin" / "repairwheel"
    if not program.exists():
        venv.create(folder, with_pip=True, clear=True)
        command = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        command += ["--disable-pip-version-check", f"repairwheel=={REPAIRWHEEL}"]
        if subprocess.run(command, check=False).returncode != 0:
            raise SystemExit(f"macos: cannot install repairwheel {REPAIRWHEEL}")
    return program


def peer_repair(program, wheel, libraries, folder):
    """Repair with repairwheel.  Returns (path, None) or (None, what went wrong)."""
    folder.mkdir(parents=True)
    command = [program, "-o", folder, "-l", libraries, "--no-sys-paths", wheel]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("DYLD_")
    }
    result = subprocess.run(
        command,
        env=environment,
        capture_output=True,
        text=True,
        timeout=TIME_LIMIT,
        check=False,
    )
    made = list(folder.glob("*.whl"))
    if result.returncode != 0 or len(made) != 1:
        return None, "repairwheel: " + (result.stderr.strip().splitlines() or ["?"])[-1]
    return made[0], None
