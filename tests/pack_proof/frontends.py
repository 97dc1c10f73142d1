"""Other programs that build through the backend: uv and tox, each isolated, with a wheel of
wheelpack that they find in a folder.  (pip and build: tests/cli/wheelpack_backend.bats.)"""

import os
import shutil

from . import wheels
from .tools import Failure, Tools, run

PINS = ("uv==0.13.9", "tox==4.67.15")
TOX = """[tox]
env_list = demo
[testenv:demo]
package = wheel
wheel_build_env = .pkg
commands = python -I -W error {tox_root}/check.py
"""


def own_wheel(state):
    """The Python package with the program, as `make wheels` packs it."""
    root = state.options.crates.parents[1]
    stage = state.folder("stage")
    text = (root / "python" / "wheelpack.toml.in").read_text()
    (stage / "pyproject.toml").write_text(text.replace("%VERSION%", "0.1.0"))
    shutil.copy(root / "LICENSE", stage)
    links = state.folder("links")
    program = stage / "wheelpack"
    shutil.copy(state.wheelpack, program)
    run([state.wheelpack, "pack", "-m", stage / "pyproject.toml", "-o", links, "--script",
         program, "--module", root / "python" / "wheelpack"], env=state.env)
    return links


def project(state, name):
    """A crate whose backend is wheelpack."""
    folder = state.work / "frontend"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(state.options.crates / name, folder)
    path = folder / "pyproject.toml"
    text = path.read_text().replace('"maturin>=1.0,<2.0"', '"wheelpack==0.1.0"')
    path.write_text(text.replace('"maturin"', '"wheelpack"'))
    return folder


def prove_uv(state, bin_folder, env):
    folder = project(state, "pyo3-mixed")
    out = state.folder("frontend-out")
    run([bin_folder / "uv", "build", "--python", state.tools.python, "-o", out], env=env,
        cwd=folder)
    made = sorted(path.name for path in out.iterdir() if path.suffix in (".gz", ".whl"))
    state.expect("frontends: uv makes an sdist and a wheel of it",
                 len(made) == 2 and made[1] == "pyo3_mixed-2.1.3.tar.gz"
                 and made[0].startswith("pyo3_mixed-2.1.3-cp"), f"{made}")
    for fault in wheels.Wheel(next(out.glob("*.whl"))).faults():
        state.expect("frontends: uv: a sound wheel", False, fault)


def prove_tox(state, bin_folder, env):
    folder = project(state, "pyo3-pure")
    (folder / "tox.ini").write_text(TOX)
    done = run([bin_folder / "tox", "run"], env=env, cwd=folder, check=False)
    state.expect("frontends: tox builds, installs and runs", done.returncode == 0,
                 done.stdout[-2000:])


def prove_frontends(state):
    tools = Tools(PINS, ())
    try:
        links = str(own_wheel(state))
        env = dict(state.env, PIP_FIND_LINKS=links, UV_FIND_LINKS=links,
                   VIRTUALENV_PIP="bundle", TOX_OVERRIDE="testenv.pass_env=*;.pkg.pass_env=*")
        # Both find Pythons by themselves; that of the tools is not theirs to change.
        env.pop("VIRTUAL_ENV")
        env["PATH"] = f"{tools.bin}{os.pathsep}{env['PATH']}"
        prove_uv(state, tools.bin, env)
        prove_tox(state, tools.bin, env)
    except Failure as failure:
        state.expect("frontends", False, str(failure))
