#!/usr/bin/env python3
"""Compares versions, requirements and METADATA with what Python's own libraries say.

    proof_metadata.py --tool METADATA_TOOL [--rounds N] [--seed N]

`packaging` and `twine` come from a package index, pinned, into an environment of their own.

  versions      texts made by the grammar and then damaged: both accept or refuse, and the
                normal form is the same
  order         pairs of them compare the same
  clauses       what a set of clauses contains is the same (pre-releases allowed)
  requirements  both accept or refuse; what we write reads back as the same name, extras,
                clauses and URL, its marker is true in the same environments, and writing
                again changes nothing
  METADATA      of projects with all fields: packaging.metadata takes it, `twine check
                --strict` takes a wheel with it
  SBOM          of its crates: the CycloneDX schema takes it, and it names no folder

Prints counts; exit status 1 on any difference.
"""

import argparse
import collections
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import venv
import zipfile

REQUIREMENTS = ["packaging==26.3", "twine==7.0.0",
                "cyclonedx-python-lib[json-validation]==11.12.0"]

PARTS = {
    "v": ["", "", "", "v", "V"],
    "epoch": ["", "", "", "", "0!", "1!", "02!"],
    "number": ["0", "1", "2", "3", "10", "007", "20260101", "99999999999999999999"],
    "pre": ["a", "b", "rc", "c", "alpha", "beta", "pre", "preview", "ALPHA", "Rc"],
    "post": ["post", "rev", "r", "POST"],
    "separator": ["", "", "", ".", "-", "_"],
    "local": ["1", "01", "abc", "ABC", "1a", "ubuntu", "0"],
}
OPERATORS = ["==", "!=", "<", ">", "<=", ">=", "~=", "==="]
NAMES = ["foo", "Foo_Bar", "a", "A-b.C", "x1", "zope.interface", "a--b", "_x", "x-", "foo.", "é"]
VARIABLES = ["python_version", "python_full_version", "os_name", "sys_platform", "os.name",
             "platform_machine", "platform.machine", "implementation_name",
             "platform_python_implementation", "python_implementation", "extra", "nonsense"]
VALUES = ["'3.8'", '"3.11"', "'linux'", '"win32"', "'CPython'", "'x86_64'", "''", "'A_b'",
          "'nt'", "'it\"s'", '"it\'s"', "unquoted"]
SIGNS = ["==", "!=", "<", ">=", "in", "not in", "~=", "===", "=", "not"]
DAMAGE = list(" \t.-_+!*,;()[]@=<>~v0a'\"é")


def environment():
    """Return the Python that has the libraries, made when it is not there yet."""
    base = os.environ.get("WHEELFIX_CORPUS") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "wheelfix"
    )
    folder = pathlib.Path(base) / "metadata-environment"
    done = folder / "installed"
    if not done.exists() or done.read_text(encoding="ascii") != "\n".join(REQUIREMENTS):
        venv.create(folder, with_pip=True, clear=True)
        pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet",
               "--disable-pip-version-check"]
        subprocess.run([*pip, *REQUIREMENTS], check=True)
        done.write_text("\n".join(REQUIREMENTS), encoding="ascii")
    return folder / "bin" / "python"


class Maker:
    """Texts of a grammar, some of them damaged."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, name):
        """Return one of the spellings of a part."""
        return self.random.choice(PARTS[name])

    def chance(self, share):
        """Return whether something of that share happens."""
        return self.random.random() < share

    def version(self):
        """Return the text of a version."""
        text = self.pick("v") + self.pick("epoch")
        text += ".".join(self.pick("number") for _ in range(self.random.randint(1, 4)))
        if self.chance(0.4):
            text += self.pick("separator") + self.pick("pre") + self.pick("separator")
            text += self.random.choice(["", "0", "1", "02"])
        if self.chance(0.25):
            text += "-" + self.pick("number") if self.chance(0.3) else (
                self.pick("separator") + self.pick("post") + self.pick("separator")
                + self.random.choice(["", "1", "3"]))
        if self.chance(0.25):
            text += self.pick("separator") + "dev" + self.random.choice(["", "0", "4"])
        if self.chance(0.2):
            text += "+" + self.random.choice([".", "-", "_"]).join(
                self.pick("local") for _ in range(self.random.randint(1, 3)))
        return text

    def damaged(self, text, share=0.2):
        """Return the text, sometimes with a few characters put in, taken or changed."""
        while self.chance(share):
            at = self.random.randint(0, len(text))
            kind = self.random.randint(0, 2)
            middle = self.random.choice(DAMAGE) if kind else ""
            text = text[:at] + middle + text[at + (kind != 1):]
        return text

    def clause(self):
        """Return one clause."""
        text = self.random.choice(OPERATORS) + self.random.choice(["", "", " "])
        return text + self.version() + (".*" if self.chance(0.15) else "")

    def clauses(self, most=3):
        """Return clauses with commas."""
        return ",".join(self.clause() for _ in range(self.random.randint(0, most)))

    def marker(self, depth=0):
        """Return a marker."""
        if depth < 3 and self.chance(0.45):
            word = self.random.choice([" and ", " or "])
            parts = [self.marker(depth + 1) for _ in range(self.random.randint(2, 3))]
            text = word.join(parts)
            return f"({text})" if self.chance(0.5) else text
        sides = [self.random.choice(VARIABLES[:-1]), self.random.choice(VALUES[:-1])]
        if self.chance(0.02):
            sides = [VARIABLES[-1], VALUES[-1]]
        if self.chance(0.2):
            sides.reverse()
        signs = SIGNS if self.chance(0.03) else SIGNS[:6]
        return f"{sides[0]} {self.random.choice(signs)} {sides[1]}"

    def requirement(self):
        """Return a requirement."""
        text = self.random.choice(NAMES if self.chance(0.1) else NAMES[:6])
        if self.chance(0.3):
            text += "[" + ",".join(self.random.choice(NAMES[:6]) for _ in range(2)) + "]"
        if self.chance(0.15):
            text += " @ https://example.org/x;y.whl"
        elif self.chance(0.7):
            clauses = self.clauses()
            text += f" ({clauses})" if self.chance(0.2) else f" {clauses}"
        if self.chance(0.6):
            text += " ; " + self.marker()
        return text


def near(maker):
    """Return a version of the few around one release."""
    pick = maker.random.choice
    return pick(["1", "1.0", "1.1"]) + pick(["", "", "a1", "rc1", "rc2"]) + pick(
        ["", "", ".post1", ".post2"]) + pick(["", "", ".dev0", ".dev1"])


def ask(tool, requests):
    """Return the answers of the tool: (accepted, text)."""
    text = "".join("\t".join(request) + "\n" for request in requests)
    answers = subprocess.run([tool], input=text.encode(), capture_output=True, check=True)
    lines = answers.stdout.decode().split("\n")[:-1]
    if len(lines) != len(requests):
        raise SystemExit(f"{len(requests)} requests, {len(lines)} answers")
    return [(line.startswith("ok"), line[3:]) for line in lines]


class Proof:
    """The comparisons, counted."""

    def __init__(self, tool, rounds, seed):
        self.tool = tool
        self.rounds = rounds
        self.maker = Maker(seed)
        self.counts = collections.Counter()
        self.differences = 0

    def differ(self, *what):
        """Tell of a difference."""
        self.differences += 1
        if self.differences <= 20:
            print("different:", *map(repr, what))

    def versions(self):
        """Compare what is a version, normal forms and order."""
        from packaging.version import InvalidVersion, Version

        texts = [self.maker.damaged(self.maker.version()) for _ in range(self.rounds)]
        texts = [text for text in texts if "\t" not in text]
        good = []
        for text, (accepted, ours) in zip(texts, ask(self.tool, [("version", t) for t in texts])):
            try:
                theirs = str(Version(text))
            except InvalidVersion:
                theirs = None
            self.counts["versions"] += 1
            self.counts["versions refused"] += theirs is None
            if accepted != (theirs is not None) or (accepted and ours != theirs):
                self.differ("version", text, ours, theirs)
            elif accepted:
                good.append(text)
        pairs = [(self.maker.random.choice(good), self.maker.random.choice(good)) for _ in texts]
        pairs += [(text, text + self.maker.random.choice([".0", "a1", ".post1", ".dev1", "+x"]))
                  for text in good if "+" not in text]
        answers = ask(self.tool, [("compare", *pair) for pair in pairs])
        for (a, b), (accepted, ours) in zip(pairs, answers):
            try:
                left, right = Version(a), Version(b)
            except InvalidVersion:
                continue
            self.counts["pairs"] += 1
            if not accepted or int(ours) != (left > right) - (left < right):
                self.differ("order", a, b, ours)

    def clauses(self):
        """Compare which versions clauses contain."""
        from packaging.specifiers import InvalidSpecifier, SpecifierSet
        from packaging.version import Version

        pairs = []
        for _ in range(self.rounds):
            clauses = self.maker.damaged(self.maker.clauses(2), 0.05)
            version = self.maker.version()
            if self.maker.chance(0.6):  # near the bound, where it matters
                bound = clauses.split(",")[0].lstrip("=<>~! ").removesuffix(".*")
                version = bound + self.maker.random.choice(
                    ["", ".0", ".1", "a1", ".post1", ".dev1", "+local", ".0.1"])
            if self.maker.chance(0.3):
                clauses = self.maker.random.choice("<>") + near(self.maker)
                version = near(self.maker) + self.maker.random.choice(["", "", "+x"])
            pairs.append((clauses, version))
        known = ask(self.tool, [("version", version) for _, version in pairs])
        pairs = [pair for pair, (ok, _) in zip(pairs, known) if ok and "\t" not in "".join(pair)]
        answers = ask(self.tool, [("contains", *pair) for pair in pairs])
        for (clauses, version), (accepted, ours) in zip(pairs, answers):
            try:
                theirs = SpecifierSet(clauses).contains(Version(version), prereleases=True)
            except InvalidSpecifier:
                theirs = None
            self.counts["clauses"] += 1
            self.counts["clauses refused"] += theirs is None
            if accepted != (theirs is not None) or (accepted and int(ours) != theirs):
                self.differ("clauses", clauses, version, ours, theirs)

    def same_requirement(self, theirs, again, text, ours):
        """Compare a requirement with what it was written as."""
        from packaging.utils import canonicalize_name
        from packaging.version import Version

        def bound(clause):
            # "===" compares texts; SpecifierSet itself takes some spellings of the rest for
            # different ones ("v1", "01.*").
            if clause.operator == "===":
                return clause.version
            suffix = ".*" if clause.version.endswith(".*") else ""
            return str(Version(clause.version.removesuffix(".*"))) + suffix

        def plain(requirement):
            return (canonicalize_name(requirement.name),
                    {canonicalize_name(extra) for extra in requirement.extras},
                    {(clause.operator, bound(clause)) for clause in requirement.specifier},
                    requirement.url)

        if plain(theirs) != plain(again):
            self.differ("requirement", text, ours)
            return
        if (theirs.marker is None) != (again.marker is None):
            self.differ("marker lost", text, ours)
            return
        if theirs.marker is None:
            return
        for sample in SAMPLES:
            self.counts["markers in environments"] += 1
            answers = []
            for marker in (theirs.marker, again.marker):
                try:
                    answers.append(marker.evaluate(sample))
                except Exception as error:  # pylint: disable=broad-except
                    answers.append(type(error))
            if answers[0] != answers[1]:
                self.differ("marker", text, ours, sample)

    def requirements(self):
        """Compare requirements."""
        from packaging.requirements import InvalidRequirement, Requirement

        texts = [self.maker.damaged(self.maker.requirement(), 0.1) for _ in range(self.rounds)]
        texts = [text for text in texts if "\t" not in text]
        answers = ask(self.tool, [("requirement", text) for text in texts])
        writings = []
        for text, (accepted, ours) in zip(texts, answers):
            try:
                theirs = Requirement(text)
            except InvalidRequirement:
                theirs = None
            self.counts["requirements"] += 1
            self.counts["requirements refused"] += theirs is None
            if theirs is not None and not accepted and theirs.name.endswith("_"):
                self.counts["names refused for an \"_\" at the end"] += 1
            elif theirs is None and accepted and QUIRK.search(text):
                self.counts["requirements refused for a blank behind \"===…,\""] += 1
            elif accepted != (theirs is not None):
                self.differ("requirement", text, ours, str(theirs))
            elif accepted:
                self.same_requirement(theirs, Requirement(ours), text, ours)
                writings.append(ours)
        for ours, (_, again) in zip(writings, ask(self.tool, [("requirement", w) for w in writings])):
            if ours != again:
                self.differ("written again", ours, again)

    def sbom(self):
        """Give the SBOM of a project to the schema."""
        from cyclonedx.schema import SchemaVersion
        from cyclonedx.validation.json import JsonStrictValidator

        with tempfile.TemporaryDirectory() as folder:
            write_project(pathlib.Path(folder))
            text = subprocess.run([self.tool, "sbom", folder], check=True,
                                  capture_output=True, text=True).stdout
            fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
            self.counts["crates"] += text.count('"scope"')
            if fault is not None or folder in text:
                self.differ("SBOM", str(fault or text))

    def metadata(self):
        """Give METADATA of a full project to packaging and twine."""
        from packaging.metadata import Metadata

        with tempfile.TemporaryDirectory() as folder:
            write_project(pathlib.Path(folder))
            text = subprocess.run([self.tool, "metadata", folder], check=True,
                                  capture_output=True).stdout
            read = Metadata.from_email(text, validate=True)
            seen = {field for field in read.__class__.__dict__ if getattr(read, field, None)}
            missing = FIELDS - seen
            if missing:
                self.differ("fields not read back", sorted(missing))
            wheel = pathlib.Path(folder) / "full_project-1.0rc1-py3-none-any.whl"
            with zipfile.ZipFile(wheel, "w") as archive:
                info = "full_project-1.0rc1.dist-info"
                archive.writestr(f"{info}/METADATA", text)
                archive.writestr(f"{info}/licenses/LICENSE", "MIT\n")
                archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\n")
                archive.writestr(f"{info}/RECORD", "")
            check = subprocess.run([sys.executable, "-m", "twine", "check", "--strict", wheel],
                                   capture_output=True, text=True, check=False)
            self.counts["fields"] += len(seen)
            if check.returncode != 0:
                self.differ("twine", check.stdout + check.stderr)


# packaging reads a comma as part of what stands behind "===", up to the next blank.
QUIRK = re.compile(r"===\s*[^\s;)]*,")
SAMPLES = [
    {"python_version": version, "python_full_version": version + ".2", "sys_platform": system,
     "os_name": "nt" if system == "win32" else "posix", "platform_machine": "x86_64",
     "extra": extra}
    for version in ("3.7", "3.11") for system in ("linux", "win32") for extra in ("", "a-b")
]
FIELDS = {"name", "version", "summary", "description", "description_content_type", "keywords",
          "author", "author_email", "maintainer_email", "license_expression", "license_files",
          "classifiers", "requires_dist", "requires_python", "provides_extra", "project_urls",
          "home_page"}


def write_project(folder):
    """Write a project with every field there is."""
    (folder / "src").mkdir()
    (folder / "src" / "lib.rs").write_text("")
    (folder / "LICENSE").write_text("MIT\n")
    (folder / "README.rst").write_text("Full\n====\n\nA *project*.\n")
    (folder / "Cargo.toml").write_text("""
[package]
name = "full-project"
version = "1.0.0-rc.1"
edition = "2021"
description = "of Cargo"
homepage = "https://example.org/home"
authors = ["Jane Doe <jane@example.org>", "Solo"]
license = "MIT/Apache-2.0"
[dependencies]
part = { path = "part" }
""")
    (folder / "part" / "src").mkdir(parents=True)
    (folder / "part" / "src" / "lib.rs").write_text("")
    (folder / "part" / "Cargo.toml").write_text("""
[package]
name = "part"
authors = ["Team <https://example.org/team>"]
version = "2.0.0+x"
license-file = "../LICENSE"
repository = "not a URL"
""")
    (folder / "pyproject.toml").write_text("""
[build-system]
requires = ["wheelpack>=1,<2"]
build-backend = "wheelpack"
[project]
name = "Full.Project"
version = "1.0rc1"
description = "A summary, \\u00fcnic\\u00f6de"
readme = "README.rst"
requires-python = "<4,>=3.8,!=3.9.*"
license = "MIT OR Apache-2.0"
license-files = ["LIC*"]
authors = [{ name = "Solo" }, { name = "Doe, Jane", email = "jane@example.org" }]
maintainers = [{ email = "team@example.org" }]
keywords = ["one", "two"]
classifiers = ["Programming Language :: Rust", "Programming Language :: Python :: 3"]
dependencies = ["Numpy>=1,<3; python_version<'3.12' or extra == 'x'", "b[c] (==1.*)"]
[project.optional-dependencies]
Fast_IO = ["uvloop; sys_platform != 'win32'"]
[project.urls]
Source = "https://example.org/source"
[project.scripts]
full = "full:main"
""")


def main():
    """Run all comparisons."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--tool", required=True)
    parser.add_argument("--rounds", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    try:
        import packaging  # pylint: disable=unused-import
        import twine  # pylint: disable=unused-import
        inside = sys.prefix.endswith("metadata-environment")
    except ImportError:
        inside = False
    if not inside:
        os.execv(environment(), [str(environment()), "-B", *sys.argv])
    proof = Proof(os.path.abspath(asked.tool), asked.rounds, asked.seed)
    proof.versions()
    proof.clauses()
    proof.requirements()
    proof.metadata()
    proof.sbom()
    for what, number in proof.counts.items():
        print(f"{number:9d} {what}")
    print(f"{proof.differences:9d} differences")
    sys.exit(proof.differences > 0)


if __name__ == "__main__":
    main()
