"""The build backend of wheelpack: the hooks of PEP 517 and PEP 660.

Each hook runs the program `wheelpack pep517 ...`, whose last line of standard output is the
result.  Python 3.8 or later, nothing but the standard library.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from importlib import metadata

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "find_program",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
    "prepare_metadata_for_build_editable",
    "prepare_metadata_for_build_wheel",
]

_PROGRAM = "wheelpack.exe" if os.name == "nt" else "wheelpack"
_TRUE = ("1", "true")


def _installed_program():
    """The program that was installed with this package, wherever scripts went."""
    try:
        files = metadata.distribution("wheelpack").files or []
    except metadata.PackageNotFoundError:
        return None
    for file in files:
        if file.name == _PROGRAM and not file.parts[0].endswith((".dist-info", ".libs")):
            path = os.path.normpath(str(file.locate()))
            if os.access(path, os.X_OK):
                return path
    return None


def find_program():
    """The path of the program: of this installation, or in PATH."""
    beside = os.path.join(sysconfig.get_path("scripts"), _PROGRAM)
    program = _installed_program() or (beside if os.access(beside, os.X_OK) else None)
    program = program or shutil.which(_PROGRAM)
    if program is None:
        raise FileNotFoundError(
            "the program wheelpack is neither installed with the Python package "
            "wheelpack nor in PATH"
        )
    return program


def _fail(text):
    print("wheelpack: " + text, file=sys.stderr)
    sys.exit(1)


def _ask(arguments, is_told=True):
    """Runs the program and returns the last line of its answer."""
    try:
        command = [find_program(), "pep517"] + arguments
    except FileNotFoundError as error:
        _fail(str(error))
    if is_told:
        print("Running `{}`".format(" ".join(map(shlex.quote, command))))
        sys.stdout.flush()
    done = subprocess.run(command, stdout=subprocess.PIPE)
    lines = os.fsdecode(done.stdout).splitlines()
    if done.returncode < 0:
        _fail("`pep517 {}` was ended by signal {}".format(arguments[0], -done.returncode))
    if done.returncode != 0:
        _fail("`pep517 {}` ended with status {}".format(arguments[0], done.returncode))
    if not lines:
        _fail("`pep517 {}` answered nothing".format(arguments[0]))
    return lines[-1]


def _describe():
    """What pyproject.toml says that is needed before the first build."""
    return json.loads(_ask(["describe"], is_told=False))


def _split(name, text):
    try:
        return shlex.split(text)
    except ValueError as error:
        _fail("{} is {!r}: {}".format(name, text, error))


def _extra_arguments(config_settings):
    settings = config_settings or {}
    for key in ("wheelpack.build-args", "maturin.build-args", "build-args"):
        value = settings.get(key)
        if not value:
            continue
        if isinstance(value, str):
            return _split(key, value)
        if isinstance(value, (list, tuple)) and all(isinstance(word, str) for word in value):
            return list(value)
        _fail("{} is {!r}; a string or a list of strings was expected".format(key, value))
    return _split("MATURIN_PEP517_ARGS", os.environ.get("MATURIN_PEP517_ARGS", ""))


def _has_option(arguments, *names):
    """Whether one of the options is among those before "--", in any spelling."""
    for word in arguments:
        if word == "--":
            return False
        for name in names:
            if word == name or word.startswith(name + "="):
                return True
            if len(name) == 2 and word.startswith(name):
                return True
    return False


def _python():
    """The Python to build for: this one, or the one its environment was made with."""
    asked = os.environ.get("MATURIN_PEP517_USE_BASE_PYTHON", "").lower()
    if asked in _TRUE or _describe()["use-base-python"]:
        return os.path.realpath(getattr(sys, "_base_executable", sys.executable))
    return sys.executable


def _require_cargo():
    if shutil.which(os.environ.get("CARGO", "cargo")) is None:
        _fail(
            "cargo, Rust's package manager, is not in PATH; install it with the system's "
            "packages or from https://rustup.rs"
        )


def _interpreter(extra):
    return [] if _has_option(extra, "-i", "--interpreter") else ["--interpreter=" + _python()]


def _build(wheel_directory, config_settings, metadata_directory, is_editable):
    _require_cargo()
    extra = _extra_arguments(config_settings)
    arguments = ["build-wheel"] + _interpreter(extra)
    if not _has_option(extra, "--compatibility", "--manylinux"):
        arguments.append("--compatibility=off")
    if not _has_option(extra, "-o", "--out"):
        arguments.append("--out=" + os.path.abspath(wheel_directory))
    if metadata_directory is not None:
        arguments.append("--metadata-directory=" + metadata_directory)
    if is_editable:
        arguments.append("--editable")
    path = _ask(arguments + extra)
    name = os.path.basename(path)
    wanted = os.path.join(wheel_directory, name)
    if os.path.abspath(path) != os.path.abspath(wanted):
        shutil.copy2(path, wanted)
    return name


def _prepare(metadata_directory, config_settings):
    _require_cargo()
    extra = _extra_arguments(config_settings)
    return _ask(
        ["write-dist-info", "--metadata-directory=" + metadata_directory]
        + _interpreter(extra)
        + extra
    )


def _requires():
    is_pypy = sys.implementation.name == "pypy"  # which has a cffi of its own
    return [name for name in _describe()["requires"] if name != "cffi" or not is_pypy]


def get_requires_for_build_wheel(config_settings=None):
    return _requires()


def get_requires_for_build_editable(config_settings=None):
    return _requires()


def get_requires_for_build_sdist(config_settings=None):
    return []


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    return _prepare(metadata_directory, config_settings)


def prepare_metadata_for_build_editable(metadata_directory, config_settings=None):
    return _prepare(metadata_directory, config_settings)


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return _build(wheel_directory, config_settings, metadata_directory, False)


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    return _build(wheel_directory, config_settings, metadata_directory, True)


def build_sdist(sdist_directory, config_settings=None):
    _require_cargo()
    return _ask(["write-sdist", "--sdist-directory=" + os.path.abspath(sdist_directory)])
