"""A table of source distributions: small projects, and crates of tests/crates with an edit, of
which both programs make one; the members are those of the row, or both refuse."""

import collections
import shutil
import tarfile

from . import sdists
from .errors import put
from .tools import Failure, Tree, run

BUILD = '[build-system]\nrequires = ["maturin>=1.0,<2.0"]\nbuild-backend = "maturin"\n'
PACKAGE = '[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\n'
MAIN = "fn main() {}\n"
HELLO = ("Cargo.lock Cargo.toml LICENSE README.md benches/included_bench.rs check.py "
         "examples/included_example.rs licenses/AUTHORS.txt pyproject.toml src/bin/foo.rs "
         "src/bin/unwanted.rs src/main.rs")
# What lies above a project, and is inherited or named from there.
PARENT = '[workspace]\nresolver = "2"\nmembers = ["{0}member"]\nexclude = ["{0}project"]\n'
FAR = '[workspace.dependencies]\nfar = { git = "REPOSITORY", branch = "main" }\n'
LINTS = '[workspace.lints.rust]\nunsafe_code = "forbid"\n'
NEEDS_MEMBER = '[dependencies]\nmember = { path = "../member" }\n\n[workspace]\n'
PAIR = ("member/Cargo.toml member/src/lib.rs project/Cargo.lock project/Cargo.toml "
        "project/src/main.rs pyproject.toml")

# name, the crate that is copied ("" for none), where the project is, edits, members (or None:
# both refuse), and what manifests of the archive say, or with "!" do not.
Row = collections.namedtuple("Row", "name crate place edits members manifests")
GIT = 'sdist-generator = "git"'


def replace(path, *pairs):
    def edit(folder):
        text = (folder / path).read_text()
        for old, new in pairs:
            if old not in text:
                raise Failure(f"{path} has no {old!r}")
            text = text.replace(old, new)
        (folder / path).write_text(text)
    return edit


def program(folder, more="", name="table"):
    """A crate that is a program."""
    def edit(root):
        put(f"{folder}/Cargo.toml", PACKAGE.format(name=name) + more)(root)
        put(f"{folder}/src/main.rs", MAIN)(root)
    return edit


def library(folder, more, name="member"):
    def edit(root):
        put(f"{folder}/Cargo.toml", PACKAGE.format(name=name) + more)(root)
        put(f"{folder}/src/lib.rs", "")(root)
    return edit


def project(folder, more=""):
    return put(f"{folder}/pyproject.toml", f"{BUILD}{more}")


def repository(folder, name):
    """A crate in a repository of its own, as a dependency by its address."""
    def edit(root):
        source = root.parent / folder
        shutil.rmtree(source, ignore_errors=True)
        put("Cargo.toml", PACKAGE.format(name=name))(source)
        put("src/lib.rs", "")(source)
        git = ["git", "-C", source, "-c", "user.name=A", "-c", "user.email=a@example.org"]
        run(["git", "init", "-q", "-b", "main", source])
        run([*git, "add", "."])
        run([*git, "commit", "-q", "-m", "One"])
        replace("Cargo.toml", ("REPOSITORY", f"file://{source}"))(root)
    return edit


ROWS = (
    Row("a program that is excluded was the default one", "hello-world", "crate",
        [replace("crate/pyproject.toml", ('exclude = [', 'exclude = ["src/bin/extra.rs", '),
                 ('dynamic = ["version", "readme", "authors"]',
                  'dynamic = ["version", "authors"]\nreadme = "README.md"')),
         replace("crate/Cargo.toml", ('default-run = "hello-world"', 'default-run = "extra"'),
                 ("../../README-outside.md", "../README.md"),
                 ("[[bench]]\nname = \"included", '[[bin]]\nname = "extra"\n'
                  'path = "src/bin/extra.rs"\n\n[[bench]]\nname = "included')),
         put("crate/src/bin/extra.rs", MAIN), put("crate/README.md", "# Of pyproject\n"),
         put("README.md", "# Of cargo\n")],
        HELLO, {"Cargo.toml": ['readme = "README.md"', "!default-run", "![[bin]]"],
                "README.md": ["# Of cargo"]}),
    Row("the main program is excluded", "hello-world", "crate",
        [replace("crate/pyproject.toml", ('exclude = [', 'exclude = ["src/main.rs", '),
                 ('{ name = "hello-world", kind = "bin" }, ', "")),
         replace("crate/Cargo.toml", ("../../README-outside.md", "../README.md")),
         put("README.md", "# Of cargo\n")],
        HELLO.replace(" src/main.rs", ""), {"Cargo.toml": ["!default-run"]}),
    Row("the build script is excluded", "", "project",
        [program("project", 'build = "build.rs"\n\n[workspace]\n'),
         put("project/build.rs", MAIN),
         project("project", '[tool.maturin]\nexclude = ["build.rs"]\n')],
        "Cargo.lock Cargo.toml pyproject.toml src/main.rs", {"Cargo.toml": ["!build"]}),
    Row("what git has is what cargo packages", "pyo3-mixed-include-exclude", "",
        [replace("pyproject.toml", ("[tool.maturin]", f"[tool.maturin]\n{GIT}"))],
        ".gitignore Cargo.lock Cargo.toml README.md build.rs "
        "pyo3_mixed_include_exclude/__init__.py pyo3_mixed_include_exclude/include_this_file "
        "pyo3_mixed_include_exclude/python_module/__init__.py "
        "pyo3_mixed_include_exclude/python_module/double.py pyproject.toml src/lib.rs", {}),
    Row("of a workspace git takes the project alone", "workspace_with_path_dep", "python",
        [replace("python/pyproject.toml", ("[project]", f"[tool.maturin]\n{GIT}\n\n[project]"))],
        "Cargo.toml check.py pyproject.toml src/lib.rs", {}),
    Row("a readme above the project is none of git's", "", "project",
        [program("project", "\n[workspace]\n"), put("README.md", "# Above\n"),
         project("project", '[project]\nname = "table"\nversion = "1"\nreadme = "../README.md"\n'
                 f'[tool.maturin]\n{GIT}\n')], None, {}),
    Row("readme and licence are above a member", "", "crates/python-pkg",
        [put("Cargo.toml", '[workspace]\nresolver = "2"\nmembers = ["crates/python-pkg"]\n'),
         program("crates/python-pkg", name="python-pkg"), put("crates/README.md", "# Above\n"),
         put("crates/LICENSE", "terms\n"),
         project("crates/python-pkg", '[project]\nname = "python-pkg"\nversion = "1"\n'
                 'readme = "../README.md"\nlicense = { file = "../LICENSE" }\n')],
        "Cargo.lock Cargo.toml crates/LICENSE crates/README.md crates/python-pkg/Cargo.toml "
        "crates/python-pkg/src/main.rs pyproject.toml",
        {"pyproject.toml": ['"crates/README.md"', '"crates/LICENSE"',
                            'manifest-path = "crates/python-pkg/Cargo.toml"']}),
    Row("a dependency by its address is inherited from above", "", "crates/project",
        [put("Cargo.toml", PARENT.format("crates/") + FAR),
         program("crates/project", NEEDS_MEMBER), project("crates/project"),
         library("crates/member", "[dependencies]\nfar.workspace = true\n"),
         repository("far", "far")], PAIR,
        {"member/Cargo.toml": ["file://", 'branch = "main"', "!workspace"]}),
    Row("lints are inherited from above", "", "crates/project",
        [put("Cargo.toml", PARENT.format("crates/") + LINTS),
         program("crates/project", NEEDS_MEMBER), project("crates/project"),
         library("crates/member", "[lints]\nworkspace = true\n")], PAIR,
        {"member/Cargo.toml": ['unsafe_code = "forbid"', "!workspace = true"]}),
    Row("a workspace stays behind with its other members", "", "project",
        [put("Cargo.toml", PARENT.format("").replace("[workspace]\n", "[workspace]\nmembers = "
             '["other", "member"]\n').replace('members = ["member"]\n', "") + LINTS),
         program("project", NEEDS_MEMBER), project("project"), library("other", "", "other"),
         library("member", "[lints]\nworkspace = true\n")], PAIR,
        {"member/Cargo.toml": ['unsafe_code = "forbid"', "!workspace = true"]}),
)


def written(state, program_, tree, row):
    """The archive of one program, or None where it refuses."""
    out = state.folder("table-out", program_.name)
    done = run([program_, "sdist", "-o", out], env=state.env,
               cwd=tree.folder / row.place, check=False)
    if done.returncode == 1:
        return None
    if done.returncode:
        raise Failure(f"{program_} sdist: status {done.returncode}\n{done.stderr}")
    return sdists.Sdist(next(out.iterdir()))


def unpacked_works(state, name, archive):
    """cargo can read what was unpacked, from a place where nothing is above it."""
    folder = state.folder("unpacked")
    with tarfile.open(archive.path) as stream:
        stream.extractall(folder)
    for manifest in sorted(folder.rglob("Cargo.toml")):
        done = run(["cargo", "metadata", "--format-version", "1", "--manifest-path", manifest],
                   env=state.env, check=False)
        state.expect(f"{name}: cargo reads {manifest.relative_to(folder)}",
                     done.returncode == 0, done.stderr)


def judge(state, row, name, theirs, ours):
    names = archive_names(ours)
    state.expect(f"{name}: the members", names == row.members.split(), f"{names}")
    state.expect(f"{name}: none twice", len(set(names)) == len(names))
    for fault in ours.faults():
        state.expect(f"{name}: a sound sdist", False, fault)
    for path, words in row.manifests.items():
        text = ours.members[f"{ours.root}/{path}"].decode()
        for word in words:
            state.expect(f"{name}: {path}: {word}",
                         (word.lstrip("!") in text) == (word[0] != "!"), text)
    for found in sdists.compare(theirs, ours):
        if not state.allowed(name, found):
            state.expect(f"{name}: {found.kind} {found.member}", False, found.text)
    state.passed += 1
    # git's list is of what is below pyproject.toml, whether or not that is enough.
    if GIT not in ours.members[f"{ours.root}/pyproject.toml"].decode():
        unpacked_works(state, name, ours)


def archive_names(archive):
    return sorted(name.split("/", 1)[1] for name in archive.members
                  if not name.endswith("/PKG-INFO"))


def prove_sdists(state):
    for row in ROWS:
        name = f"sdist: {row.name}"
        source = state.folder("table")
        try:
            if row.crate:
                shutil.copytree(state.options.crates / row.crate, source, dirs_exist_ok=True,
                                symlinks=True)
            for edit in row.edits:
                edit(source)
            # cargo writes the lock that both then find.
            run(["cargo", "metadata", "--format-version", "1"], env=state.env,
                cwd=source / row.place)
            tree = Tree(source, state.work / "table-tree")
            theirs = written(state, state.maturin, tree, row)
            tree.changes()
            ours = written(state, state.wheelpack, tree, row)
            changes = tree.changes()
        except Failure as failure:
            state.expect(name, False, str(failure))
            continue
        state.expect(f"{name}: the sources are untouched", not changes, f"{changes}")
        refused = (theirs is None, ours is None)
        if state.expect(f"{name}: refused by both or by none",
                        refused == (row.members is None,) * 2, f"{refused}") and row.members:
            judge(state, row, name, theirs, ours)
