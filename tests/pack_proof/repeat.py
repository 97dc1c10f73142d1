"""The same sources give the same bytes: in other folders, at other times, with other -j."""

import hashlib
import os
import shutil
import tarfile
import zipfile

from .tools import Failure, run

# A debug build holds the path of its sources, which rustc puts there; --release does not.
WHEELS = (("cffi-mixed", ()), ("pyo3-mixed", ()), ("hello-world/crate", ()), ("graft-bin", ()),
          ("pyo3-pure", ("--compression-level", "9")))
SDISTS = ("hello-world/crate", "pyo3-mixed-workspace", "parent_workspace_sdist/crates/pysof")


def digests(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.iterdir())}


def build(state, round_, command, folder, arguments, env):
    tree = state.work / f"tree-{round_}" / ("deeper" * round_)
    if not tree.exists():
        shutil.copytree(state.options.crates, tree, symlinks=True)
        # What a check-out leaves to chance: times, and modes that no wheel keeps.
        for path in tree.rglob("*"):
            if path.is_file():
                os.utime(path, (1_000_000_000 + round_, 1_000_000_000 + round_))
    out = state.folder(f"repeat-{round_}")
    run([state.wheelpack, command, *arguments, "-o", out], env=env, cwd=tree / folder)
    return digests(out)


def prove_repeat(state):
    for round_ in (0, 1):
        shutil.rmtree(state.work / f"tree-{round_}", ignore_errors=True)
    envs = [state.tools.environment(state.work / "target-first"),
            state.tools.environment(state.work / "elsewhere" / "target", LC_ALL="C",
                                    TZ="Asia/Kathmandu", CARGO_INCREMENTAL="0")]
    for folder, arguments in WHEELS:
        both = []
        try:
            for round_, env in enumerate(envs):
                words = ["--release", "-j", str(round_ + 1), *arguments]
                both.append(build(state, round_, "build", folder, words, env))
        except Failure as failure:
            state.expect(f"repeat: {folder}", False, str(failure))
            continue
        state.expect(f"repeat: {folder}: the same bytes", both[0] == both[1], f"{both}")
    for folder in SDISTS:
        try:
            both = [build(state, round_, "sdist", folder, [], env)
                    for round_, env in enumerate(envs)]
        except Failure as failure:
            state.expect(f"repeat: {folder}: sdist", False, str(failure))
            continue
        state.expect(f"repeat: {folder}: the same sdist", both[0] == both[1], f"{both}")
    prove_epoch(state, envs[0])


def prove_epoch(state, env):
    """SOURCE_DATE_EPOCH is every member's time, and nothing else changes with the clock."""
    folder = "hello-world/crate"
    for epoch, expected in (("0", (1980, 1, 1, 0, 0, 0)), ("1700000000", (2023, 11, 14, 22, 13, 20))):
        out = state.folder("epoch")
        run([state.wheelpack, "build", "--release", "-o", out],
            env=dict(env, SOURCE_DATE_EPOCH=epoch), cwd=state.tree.folder / folder)
        with zipfile.ZipFile(next(out.glob("*.whl"))) as archive:
            times = {info.date_time for info in archive.infolist()}
        state.expect(f"repeat: SOURCE_DATE_EPOCH={epoch}", times == {expected}, f"{times}")
    for epoch, expected in ((None, 1153704088), ("1", 1)):
        out = state.folder("epoch")
        more = {} if epoch is None else {"SOURCE_DATE_EPOCH": epoch}
        run([state.wheelpack, "sdist", "-o", out], env=dict(env, **more),
            cwd=state.tree.folder / folder)
        with tarfile.open(next(out.glob("*.tar.gz"))) as archive:
            times = {info.mtime for info in archive}
        state.expect(f"repeat: sdist with SOURCE_DATE_EPOCH={epoch}", times == {expected},
                     f"{times}")
    for command in ("build", "sdist"):
        out = state.folder("epoch")
        done = run([state.wheelpack, command, "-o", out], check=False,
                   env=dict(env, SOURCE_DATE_EPOCH="nonsense"), cwd=state.tree.folder / folder)
        state.expect(f"repeat: {command} refuses a SOURCE_DATE_EPOCH that is none",
                     done.returncode == 2 and "nonsense" in done.stderr
                     and not list(out.iterdir()), f"{done.returncode} {done.stderr}")
