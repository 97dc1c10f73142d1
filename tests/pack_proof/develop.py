"""`wheelpack develop`, with pip and with uv: the crate's check fails before and holds after."""

import shutil

from .tools import Failure, Tools, Tree, run

PINS = ("uv==0.13.9",)
# A name, and the folder where the project is.
ROWS = (
    ("pyo3-pure", ""), ("pyo3-mixed", ""), ("pyo3-ffi-pure", ""),
    ("cffi-pure", ""), ("cffi-mixed", ""), ("cffi-mixed-implicit", ""),
    ("cffi-mixed-include-exclude", ""), ("cffi-mixed-py-subdir", ""), ("cffi-mixed-src", ""),
    ("cffi-mixed-submodule", ""), ("cffi-mixed-with-path-dep", ""),
    ("uniffi-pure-proc-macro", ""), ("uniffi-multiple-crates", ""),
    ("uniffi-multiple-binding-files", ""), ("uniffi-pure", ""), ("uniffi-mixed", ""),
    ("bin-with-python-module", ""), ("hello-world", "crate"),
)


def works(state, place, python):
    """Whether the crate's own check holds, run from a folder that has none of its files."""
    return run([python, "-I", "-B", "-W", "error", place / "check.py"], cwd=state.work,
               check=False)


def develop(state, uv, name, place, arguments):
    environment = state.work / "developed"
    run([uv, "venv", "-q", "--clear", "--python", state.tools.python,
         *(() if arguments else ("--seed",)), environment], env=state.env)
    python = environment / "bin" / "python"
    env = dict(state.env, VIRTUAL_ENV=str(environment), PIP_NO_INDEX="1", UV_NO_INDEX="1",
               UV_OFFLINE="1", PIP_FIND_LINKS=str(state.tools.wheelhouse),
               UV_FIND_LINKS=str(state.tools.wheelhouse),
               PATH=f"{environment / 'bin'}:{uv.parent}:{state.env['PATH']}")
    state.expect(f"{name}: nothing is there before",
                 works(state, place, python).returncode != 0)
    run([state.wheelpack, "develop", *arguments], env=env, cwd=place)
    done = works(state, place, python)
    state.expect(f"{name}: it works", done.returncode == 0, done.stderr)
    shutil.rmtree(environment)


def prove_develop(state):
    uv = Tools(PINS, ()).bin / "uv"
    for crate, folder in ROWS:
        for arguments in ((), ("--uv",)):
            name = f"develop: {' '.join((crate, *arguments))}"
            try:
                # It writes into the sources; path dependencies lie beside them.
                tree = Tree(state.options.crates, state.work / "develop-tree")
                develop(state, uv, name, tree.folder / crate / folder, arguments)
            except Failure as failure:
                state.expect(name, False, str(failure))
