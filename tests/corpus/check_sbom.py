#!/usr/bin/env python3
"""Hold our SBOMs against the CycloneDX 1.6 schema and the purl library of other people.

The schema and its validator are those of PyPI's cyclonedx-python-lib, installed once into an
environment beside the corpus.  Wheels may be named: the SBOMs inside them are checked too.
"""

import argparse
import glob
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import venv
import zipfile

REQUIREMENT = "cyclonedx-python-lib[json-validation]==11.12.0"
WHEEL = "my_demo-1.0+local-cp311-cp311-manylinux_2_17_x86_64.whl"


def environment():
    """Return the Python that has the validator, made when it is not there yet."""
    base = os.environ.get("WHEELFIX_CORPUS") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "wheelfix"
    )
    folder = pathlib.Path(base) / "sbom-environment"
    python = folder / "bin" / "python"
    done = folder / "installed"
    if not done.exists() or done.read_text(encoding="ascii") != REQUIREMENT:
        venv.create(folder, with_pip=True, clear=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, REQUIREMENT], check=True)
        done.write_text(REQUIREMENT, encoding="ascii")
    return python


def sample(program, libraries, folder):
    """Return the SBOM of a wheel with these libraries grafted."""
    arguments = [program, WHEEL, "my_demo", "1.0+local", "", *libraries]
    written = subprocess.run(arguments, check=True, capture_output=True).stdout
    path = folder / f"{len(libraries)}-libraries.cdx.json"
    path.write_bytes(written)
    return path


def samples(program, folder):
    """Yield SBOMs of none, of odd and of many libraries of this machine."""
    yield sample(program, [], folder)
    odd = [folder / "it's \"odd\" \\ ü.so", os.fsencode(folder) + b"/\xff.so"]
    for path in odd:
        with open(path, "wb"):
            pass
    yield sample(program, odd, folder)
    found = sorted(glob.glob("/usr/lib/*-linux-*/lib*.so*") + glob.glob("/usr/lib64/lib*.so*"))
    if not found:
        raise SystemExit("check_sbom: this machine has no libraries to ask about")
    yield sample(program, [os.path.realpath(path) for path in found[:1000]], folder)


def inside(wheels, folder):
    """Yield the SBOMs that wheels hold."""
    for number, path in enumerate(wheels):
        with zipfile.ZipFile(path) as wheel:
            names = [n for n in wheel.namelist() if n.endswith("/sboms/wheelfix.cdx.json")]
            if not names:
                raise SystemExit(f"check_sbom: {path} holds no SBOM of ours")
            for name in names:
                copy = folder / f"wheel-{number}.cdx.json"
                copy.write_bytes(wheel.read(name))
                yield copy


def validate(paths):
    """Runs inside the environment: every document is valid, and a spoilt one is not."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator
    from packageurl import PackageURL

    validator = JsonStrictValidator(SchemaVersion.V1_6)
    failures = 0
    purls = 0
    for path in paths:
        text = pathlib.Path(path).read_text(encoding="utf-8")
        problem = validator.validate_str(text)
        if problem is not None:
            print(f"check_sbom: {path}: {problem}", file=sys.stderr)
            failures += 1
        document = json.loads(text)
        for component in [document["metadata"]["component"], *document["components"]]:
            if "purl" not in component:
                continue
            purl = PackageURL.from_string(component["purl"])
            # The epoch of rpm's versions is a qualifier of the purl.
            epoch = f"{purl.qualifiers['epoch']}:" if "epoch" in purl.qualifiers else ""
            same = purl.type == "pypi" or purl.name == component["name"]
            if not same or epoch + purl.version != component["version"]:
                print(f"check_sbom: {path}: {component['purl']}", file=sys.stderr)
                failures += 1
            purls += 1
        document["components"].append({"type": "no such type", "name": "spoilt"})
        if validator.validate_str(json.dumps(document)) is None:
            print(f"check_sbom: {path}: spoilt, and still valid", file=sys.stderr)
            failures += 1
    print(f"check_sbom: {len(paths)} documents, {purls} purls, {failures} failures")
    return 1 if failures or not purls else 0


def main():
    """Make the samples here, and hold them against the schema in the environment."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", help="tests/support/write_sbom of the build")
    parser.add_argument("--validate", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("paths", nargs="*", metavar="WHEEL")
    arguments = parser.parse_args()
    if arguments.validate:
        return validate(arguments.paths)
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        documents = [*inside(arguments.paths, folder)]
        if arguments.program:
            documents += samples(arguments.program, folder)
        command = [environment(), "-B", __file__, "--validate", *documents]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
