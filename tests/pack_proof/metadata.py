"""A table of metadata: small projects of which both programs write METADATA."""

from .tags import differences, written
from .tools import Failure

CARGO = """[package]
name = "table"
version = "{version}"
edition = "2021"
"""
PROJECT = """[build-system]
requires = ["maturin>=1.0,<2.0"]
build-backend = "maturin"
"""
NAMED = '[project]\nname = "table"\n'

# A row: name, version in Cargo.toml, more of [package], [project] and what follows it ("" for
# none), files.  What is expected is maturin's answer, so that a row needs no copy of it.
ROWS = [
    ("cargo alone", "0.1.0", 'description = "  Short.  "\nlicense = "MIT OR Apache-2.0"\n'
     'authors = ["A. Author <author@example.org>", "B"]\nkeywords = ["one", "two"]\n'
     'homepage = "https://example.org"\ndocumentation = "https://example.org/doc"\n'
     'repository = "https://example.org/src"\n', "", {"README.md": "# Table\n"}),
    ("readme in other formats", "0.1.0", 'readme = "ABOUT.rst"\n', "", {"ABOUT.rst": "Table\n"}),
    ("no readme", "0.1.0", "readme = false\n", "", {"README.md": "# Table\n"}),
    ("license file of the crate", "0.1.0", 'license-file = "TERMS"\n', "", {"TERMS": "terms\n"}),
    ("project clears what it does not name", "0.1.0", 'description = "Short"\nlicense = "MIT"\n'
     'authors = ["A <a@example.org>"]\nhomepage = "https://example.org"\n',
     NAMED + 'version = "2.0"\n', {"README.md": "# Table\n"}),
    ("dynamic fields", "0.1.0", 'description = "Short"\nlicense = "MIT"\nkeywords = ["a"]\n'
     'authors = ["A <a@example.org>"]\n', NAMED + 'dynamic = ["version", "description", '
     '"license", "authors", "keywords", "readme", "urls"]\n', {"README.md": "# Table\n"}),
    ("name in dynamic", "0.1.0", "", NAMED + 'dynamic = ["name", "version"]\n', {}),
    ("name as it is written", "0.1.0", "", '[project]\nname = "Ta.B_le--x"\nversion = "1"\n', {}),
    ("readme as a table", "0.1.0", "", NAMED + 'version = "1"\n[project.readme]\n'
     'file = "A.txt"\ncontent-type = "text/x-rst"\n', {"A.txt": "text\n"}),
    ("readme as text", "0.1.0", "", NAMED + 'version = "1"\n[project.readme]\ntext = "Words"\n'
     'content-type = "text/markdown"\n', {}),
    ("readme twice", "0.1.0", "", NAMED + 'version = "1"\n[project.readme]\ntext = "Words"\n'
     'file = "A.txt"\ncontent-type = "text/plain"\n', {"A.txt": "text\n"}),
    ("readme outside", "0.1.0", "", NAMED + 'version = "1"\nreadme = "../README.md"\n', {}),
    ("readme absolute", "0.1.0", "", NAMED + 'version = "1"\nreadme = "/etc/passwd"\n', {}),
    ("license expression", "0.1.0", "", NAMED + 'version = "1"\nlicense = "MIT"\n', {}),
    ("license text", "0.1.0", "", NAMED + 'version = "1"\nlicense = { text = "One line" }\n', {}),
    ("license file", "0.1.0", "", NAMED + 'version = "1"\nlicense = { file = "TERMS" }\n',
     {"TERMS": "terms\n"}),
    ("license files", "0.1.0", "", NAMED + 'version = "1"\nlicense-files = ["L*", "sub/**/*.txt", '
     '"none*"]\n', {"LICENSE": "l\n", "sub/deep/a.txt": "a\n", "COPYING": "c\n"}),
    ("license files outside", "0.1.0", "", NAMED + 'version = "1"\nlicense-files = ["../*"]\n', {}),
    ("licenses that are found", "0.1.0", "", NAMED + 'version = "1"\n',
     {"LICENCE": "1\n", "LICENSE.md": "2\n", "COPYING.txt": "3\n", "NOTICE": "4\n",
      "AUTHORS": "5\n", "sub/LICENSE": "6\n"}),
    ("people", "0.1.0", "", NAMED + 'version = "1"\nauthors = [{ name = "A, B.", email = '
     '"a@example.org" }, { name = "C D" }, { email = "e@example.org" }]\nmaintainers = '
     '[{ name = "Ünï", email = "u@example.org" }, { name = "Q\\"uote", email = "q@example.org" }]\n',
     {}),
    ("requirements", "0.1.0", "", NAMED + 'version = "1"\nrequires-python = ">=3.8, <4"\n'
     'dependencies = ["A_b.C>=1,<2", "d[e,f]~=1.4; sys_platform == \'win32\' and '
     'implementation_name != \\"pypy\\"", "g @ https://example.org/g.whl", "h"]\n', {}),
    ("extras", "0.1.0", "", NAMED + 'version = "1"\n[project.optional-dependencies]\n'
     'Test_Extra = ["a>1; os_name == \'nt\' or os_name == \'posix\'", "b"]\ndoc = []\n', {}),
    ("urls and classifiers", "0.1.0", "", NAMED + 'version = "1"\nclassifiers = ["Framework :: X",'
     ' "License :: Y"]\nkeywords = ["a b", "c"]\n[project.urls]\nHome = "https://example.org/"\n'
     '"Bug Tracker" = "https://example.org/bugs"\n', {}),
    ("entry points", "0.1.0", "", NAMED + 'version = "1"\n[project.entry-points.group]\n'
     'b = "m:f"\na = "m:g [x]"\n[project.entry-points."second.group"]\nc = "m"\n', {}),
    ("scripts among entry points", "0.1.0", "", NAMED + 'version = "1"\n'
     '[project.entry-points.console_scripts]\nb = "m:f"\n', {}),
    ("a bad requirement", "0.1.0", "", NAMED + 'version = "1"\ndependencies = ["a >>> 1"]\n', {}),
    ("a bad version", "0.1.0", "", NAMED + 'version = "one"\n', {}),
    ("a bad table", "0.1.0", "", NAMED + "version = 1\n", {}),
] + [(f"version {version}", version, "", "", {}) for version in (
    "0.1.0-alpha.1", "1.0.0-beta", "1.0.0-rc.1", "1.0.0-pre.1", "0.10.2-dev", "1.0.0-1",
    "1.0.0-post.1", "1.0.0+abc-def.7", "1.0.0-nightly.3", "1.0.0-alpha1.dev2")]


def write(folder, row):
    _, version, cargo, project, files = row
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "main.rs").write_text("fn main() {}\n")
    (folder / "Cargo.toml").write_text(CARGO.format(version=version) + cargo + "\n[workspace]\n")
    (folder / "pyproject.toml").write_text(f"{PROJECT}\n{project}")
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def prove_metadata(state):
    for row in ROWS:
        folder = state.folder("table")
        write(folder, row)
        name = f"metadata: {row[0]}"
        try:
            theirs = written(state, state.maturin, folder, [], state.env)
            ours = written(state, state.wheelpack, folder, [], state.env)
        except Failure as failure:
            state.expect(name, False, str(failure))
            continue
        for found in differences(theirs, ours):
            if not state.allowed(name, found):
                state.expect(f"{name}: {found.kind} {found.member}", False, found.text)
        state.passed += 1
