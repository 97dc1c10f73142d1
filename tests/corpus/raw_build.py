"""Build unrepaired wheels from source, against the libraries of this system.

The table (raw-wheels.tsv) names what to build and the Debian packages it is linked with.
What was built is kept in a cache outside the tree for as long as Python and those packages
stay what they were.
"""

import csv
import fcntl
import hashlib
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sysconfig
import tempfile

from fetch import HERE, default_cache, last_error, pip_command

COLUMNS = ["requirement", "debian_packages", "subset", "runtime"]
OWN_PROJECT = "./"  # a requirement that starts so is a folder beside the table


class RawWheel:
    """One row: what is built, and the module of tests/corpus/raw that calls it."""

    def __init__(self, row):
        self.requirement = row["requirement"]
        self.packages = row["debian_packages"].split()
        self.in_subset = row["subset"] == "yes"
        self.runtime = row["runtime"].split()
        self.name = re.split(r"[=<>]", self.requirement.rsplit("/", 1)[-1])[0]
        self.call = HERE / "raw" / f"{self.name}.py"
        self.source = self.requirement
        if self.requirement.startswith(OWN_PROJECT):
            self.source = str(HERE / self.requirement)


def read_raw_list(path):
    with open(path, newline="", encoding="utf-8") as stream:
        reader = csv.DictReader(stream, delimiter="\t")
        if reader.fieldnames != COLUMNS:
            raise SystemExit(f"raw: {path}: expected columns {COLUMNS}")
        return [RawWheel(row) for row in reader]


def raw_cache():
    """The folder beside the published wheels: own environments, built wheels."""
    return default_cache().parent / "raw"


def installed_version(package):
    """Return the version of a Debian package, or None."""
    if shutil.which("dpkg-query") is None:
        return None
    result = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Abbrev}${Version}", package],
        capture_output=True,
        text=True,
        check=False,
    )
    text = result.stdout
    return text[2:].strip() if result.returncode == 0 and text.startswith("ii") else None


def missing_packages(wheels):
    """Return the packages of the table that are not installed, in order, once each."""
    wanted = dict.fromkeys(name for wheel in wheels for name in wheel.packages)
    return [name for name in wanted if installed_version(name) is None]


def install_packages(names):
    if not names:
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", *names]):
        subprocess.run(["apt-get", "-qq", *command], env=environment, check=True)


def source_digest(source):
    """Return a digest of an own project's files; other sources are named by version."""
    sha256 = hashlib.sha256()
    for path in sorted(pathlib.Path(source).rglob("*")):
        if path.is_file():
            sha256.update(f"{path.name}\0".encode() + path.read_bytes())
    return sha256.hexdigest()


def build_key(wheel):
    """What a built wheel depends on, as the name of a folder."""
    facts = [wheel.requirement, platform.python_version(), sysconfig.get_platform()]
    facts += [f"{name}={installed_version(name)}" for name in wheel.packages]
    if wheel.source != wheel.requirement:
        facts.append(source_digest(wheel.source))
    digest = hashlib.sha256("\n".join(facts).encode()).hexdigest()
    return f"{wheel.name}-{digest[:16]}"


def run_pip_wheel(wheel, folder):
    """Build into `folder`.  Returns None or what went wrong."""
    source = wheel.source
    if source != wheel.requirement:
        # setuptools writes beside its sources.
        source = shutil.copytree(source, pathlib.Path(folder) / "source")
    command = pip_command() + ["wheel", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--no-binary", wheel.name, "-w", folder, str(source)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    return None if result.returncode == 0 else last_error(result.stderr)


def build(wheel, say):
    """Return (path of the unrepaired wheel, None), or (None, what went wrong)."""
    place = raw_cache() / "wheels" / build_key(wheel)
    place.parent.mkdir(parents=True, exist_ok=True)
    with open(place.parent / ".lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        built = sorted(place.glob("*.whl"))
        if built:
            return built[0], None
        say(f"building {wheel.requirement}")
        with tempfile.TemporaryDirectory(prefix=".build-", dir=place.parent) as folder:
            problem = run_pip_wheel(wheel, folder)
            built = sorted(pathlib.Path(folder).glob("*.whl"))
            if problem or len(built) != 1:
                return None, problem or f"pip built {len(built)} wheels"
            place.mkdir(exist_ok=True)
            os.replace(built[0], place / built[0].name)
        return place / built[0].name, None
