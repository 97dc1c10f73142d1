"""What both programs would write into dist-info, without compiling: the table of tags, for
interpreters and targets that are not here, and a table of metadata."""

import shlex

from . import wheels
from .tools import Failure, run


def written(state, program, folder, arguments, env):
    """The dist-info files of a project by name, or None when the program refuses."""
    out = state.folder("dist-info")
    done = run([program, "pep517", "write-dist-info", "--metadata-directory", out, *arguments],
               env=env, cwd=folder, check=False)
    if done.returncode not in (0, 1):
        raise Failure(f"{program} {' '.join(arguments)}: status {done.returncode}\n"
                      f"{done.stderr}")
    if done.returncode:
        return None
    name = done.stdout.split("\n")[-2].strip()
    files = {str(path.relative_to(out)): path.read_text() for path in out.rglob("*")
             if path.is_file()}
    if not any(member.startswith(f"{name}/") for member in files):
        raise Failure(f"{program}: the last line is {name!r}, and there are {sorted(files)}")
    return files


def differences(theirs, ours):
    if (theirs is None) != (ours is None):
        yield wheels.Difference("refused", "", f"by maturin: {theirs is None}, by wheelpack: "
                                f"{ours is None}")
        return
    if theirs is None:
        return
    for name in sorted(theirs.keys() ^ ours.keys()):
        yield wheels.Difference("only-maturin" if name in theirs else "only-wheelpack", name, "")
    for name in sorted(theirs.keys() & ours.keys()):
        # RECORD of a folder that pip reads once is neither's.
        if not name.endswith("/RECORD"):
            if name.endswith("/WHEEL"):
                yield from wheels.lines("wheel", name, wheels.without_generator(theirs[name]),
                                         wheels.without_generator(ours[name]))
            else:
                yield from wheels.metadata(name, theirs[name], ours[name])


def prove_tags(state):
    """Each row of tags.tsv: folder, arguments, variables, and the tags, or "refused"."""
    for line in (state.options.crates / "tags.tsv").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        folder, arguments, variables, tags = line.split("\t")
        env = dict(state.env, **dict(word.split("=", 1) for word in variables.split()))
        words = shlex.split(arguments)
        name = f"tags: {folder} {arguments} {variables}".strip()
        place = state.tree.folder / folder
        try:
            ours = written(state, state.wheelpack, place, words, env)
            theirs = written(state, state.maturin, place, words, env)
        except Failure as failure:
            state.expect(name, False, str(failure))
            continue
        said = "refused"
        if ours is not None:
            wheel = next(text for key, text in ours.items() if key.endswith("/WHEEL"))
            said = " ".join(row[5:] for row in wheel.splitlines() if row.startswith("Tag: "))
        state.expect(name, said == tags, f"{said}, and not {tags}")
        for found in differences(theirs, ours):
            if not state.allowed(f"tags:{folder}", found):
                state.expect(f"{name}: {found.kind} {found.member}", False, found.text)
