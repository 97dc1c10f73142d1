"""Other programs' opinion of the wheels: twine, check-wheel-contents, and wheelfix itself."""

import json
import re

from . import wheels
from .tools import run


def ask_twine(state):
    """`twine check --strict` of all; a wheel without a description is not checked strictly,
    for twine has no other way to let it be."""
    described, bare = [], []
    for _, _, ours in state.finished:
        metadata = wheels.Wheel(ours).info("METADATA")
        (described if "\n\n" in metadata else bare).append(ours)
    for paths, strict in ((described, ["--strict"]), (bare, [])):
        if paths:
            done = run([state.tools.python, "-m", "twine", "check", *strict, *paths],
                       env=state.env, check=False)
            state.expect("twine finds nothing", done.returncode == 0, done.stdout)


def codes(state, paths):
    """What check-wheel-contents says, by the name of the wheel."""
    done = run([state.tools.bin / "check-wheel-contents", *paths], env=state.env, check=False)
    found = {path.name: set() for path in paths}
    for name, code in re.findall(r"^.*?([^/]+\.whl): (W\d+):", done.stdout, re.M):
        found[name].add(code)
    return found


def ask_contents(state):
    """No complaint that maturin's wheel of the same crate would not bring."""
    for case, theirs, ours in state.finished:
        before, now = codes(state, [theirs])[theirs.name], codes(state, [ours])[ours.name]
        state.expect(f"{case.name}: check-wheel-contents", now <= before, f"{now - before}")


def ask_wheelfix(state):
    """What `wheelfix show` holds for true includes what the file name claims."""
    for case, _, ours in state.finished:
        done = run([state.options.wheelfix, "show", "--format", "json", ours], check=False)
        wheel = json.loads(done.stdout)["wheels"][0]
        if "error" in wheel and wheel["error"]:
            state.expect(f"{case.name}: wheelfix show", False, str(wheel["error"]))
            continue
        # A wheel that was not audited claims what nobody looked at.
        if "--auditwheel" in case.arguments:
            continue
        unmet = [claim["tag"] for claim in wheel["verdict"]["claimed"] if claim["met"] is False]
        state.expect(f"{case.name}: the tags hold", not unmet, str(unmet))


def ask_all(state):
    if state.finished:
        ask_twine(state)
        ask_contents(state)
        ask_wheelfix(state)
