#!/usr/bin/env python3
"""Compares where we put the patch into Python source with what Pythons make of it.

    proof_python_patch.py --tool PYTHON_TOOL [--shapes N] [--mixtures N] [--files N] [--marks N]

Files come from four sources: the shapes that delvewheel's tests have; combinations of
headings, docstrings, imports of __future__ and what may stand between them, in every kind of
line ending; mixtures of tokens, most of which no Python compiles; and the standard library of
each Python found.  Each file is patched, and every Python from 2.7 on that is found says:

  compiles    what it compiled before it compiles with the patch
  docstring   is the same; without one, help() shows the same comment
  future      the same features are imported from __future__
  first       nothing that has an effect stands before the patch
  rest        all other statements are the same
  refusals    what we call malformed, no Python compiles

Marks (`# delvewheel: patch`) are put between lines of the standard library: where a patch in
their place compiles, it is put there, else it is refused.  The patches are run with a made-up
Windows, also as conda's Pythons.  Prints counts; exit status 1 on any failure.
"""

import argparse
import collections
import glob
import io
import itertools
import os
import random
import shutil
import subprocess
import sys
import tempfile
import tokenize

JUDGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "support", "python_judge.py")
MARK = b"# delvewheel: patch"

# One for each package of delvewheel's test of placement; their content is our own.
DELVEWHEEL = {
    "empty": b"",
    "blank": b"\r\n  \r\n",
    "blanks around docstring": b'\r\n\r\n"""doc"""\r\n\r\nx = 1\r\n',
    "multi-line": b'"""doc\r\nmore\r\n"""\r\nx = 1\r\n',
    "'''": b"'''doc'''\r\nx = 1\r\n",
    "1 future": b"from __future__ import division\r\nx = 1\r\n",
    "2 futures": b"from __future__ import division\r\nfrom __future__ import print_function\r\n",
    "docstring, futures": b'"""doc"""\r\nfrom __future__ import division\r\nx = 1\r\n',
    "escaped quote": b'"""doc\\""""\r\nx = 1\r\n',
    "comment, docstring": b'# note\r\n"""doc"""\r\nx = 1\r\n',
    "comment": b"# note\r\n",
    "blank, comments": b"\r\n# one\r\n# two\r\n",
    "comments, code": b"# one\r\n# two\r\nx = 1\r\n",
    "shebang": b"#!/usr/bin/env python\r\n",
    "shebang, comments, code": b"#!/usr/bin/env python\r\n# one\r\n# two\r\nx = 1\r\n",
    "shebang, split comments, code": b"#!python\r\n\r\n# one\r\n\r\n# two\r\nx = 1\r\n",
    '"': b'"doc"\r\nx = 1\r\n',
    "'": b"'doc'\r\nx = 1\r\n",
    "continued": b'"doc\\\r\nmore"\r\nx = 1\r\n',
    "and a function's": b'"doc"\r\ndef f():\r\n    """inner"""\r\n',
    "raw": b'r"""do\\c"""\r\nx = 1\r\n',
    "one commented out": b'# """no"""\r\n"""doc"""\r\nx = 1\r\n',
    "UTF-8": b'"""d\xc3\xb6c"""\r\nx = 1\r\n',
    "windows-1252": b'# -*- coding: windows-1252 -*-\r\n"""d\xf6c"""\r\nx = 1\r\n',
    "LF": b'"""doc"""\nx = 1\n',
    "CR": b'"""doc"""\rx = 1\r',
}

HEADINGS = [
    b"", b"\n\n", b"\n \t\n\x0c\n", b"#!/usr/bin/python\n", b"# note\n", b"#\n# note\n#\n",
    b"#!/usr/bin/python\n# -*- coding: utf-8 -*-\n", b"\n# vim: set fileencoding=latin-1 :\n",
    b"# coding: latin-1\n# \xe9\n", b"# one\n\n# two 'x\n\n", b"  # indented \"\"\"\n",
    b'# """not this"""\n', b"#!python\n\n#\n\n# a\n# b\n\n", b"\\\n# joined\n",
    b"# coding: cp932\n", b"# coding: gbk\n# wide\n", b"# \\\n", b"\x0c# coding: big5\n",
]
DOCSTRINGS = [
    b"", b'"""doc"""', b"'''doc\n\n# no comment\n'''", b'"doc"', b"'it''s'", b'r"do\\c"',
    b'u"doc"', b'U"""d\n"""', b'ur"doc"', b'b"doc"', b'f"doc"', b'Rb"doc"', b"'a' \"b\"",
    b'"a" \\\n  \'b\'', b'("doc")', b'(("a"  # one\n\n   \'b\'\n) # two\n)', b'""', b'""""""',
    b'"\\""', b"'\\\nx'", b'"""a""" """b"""', b'"a", "b"', b'"a".strip()', b'("a",)',
    b'"a" f"{1}"', b'("a"\n "b" % ())', b'"""\\"""x"""', b'"\x95\\"', b'"""\x81\\\\"""',
    b'"a"  if 1 else 2', b'"doc"\n"other"', b'f"{"x"}"', b"()", b'r"\\""', b'r"""\\\\"""',
    b"None", b'("a")("b")', b'\x0c"doc"', b"'''\"\"\"'''", b'"a"; "b"',
]
BEHIND = [b"\n", b"  # noqa\n", b";\n", b"; # c\n", b"; ", b" \\\n\n", b";x = 1;", b"", b" ;\t",
          b"\n\n# between\n\n", b"\x0c\n", b"; \\\n", b" # \\\n"]
FUTURES = [
    b"", b"from __future__ import division", b"from __future__ import (division,\n  # c\n"
    b"   print_function)", b"from __future__ \\\n import division as d, \\\n print_function",
    b"from __future__ import division\nfrom __future__ import print_function",
    b"from __future__ import division; from __future__ import print_function as p",
    b"from __future__ import division\n\n# c\n'''s'''\n", b"from __future__ import(division)",
    b"from . __future__ import division", b"from\\\n__future__\\\nimport\\\ndivision",
    b"from __future__ import division # c\n\n\n# d\nfrom __future__ import (\nprint_function,)",
    b"from __future__x import y", b"from __future__.x import y", b"from x import y",
    b"from __future__\timport  division;",
]
RESTS = [b"", b"x = 1\n", b"import os", b"\n\ndef f():\n    '''doc'''\n", b"# end", b"\n\n\n",
         b"if 1:\n\tx = 1\nelse: pass\n", b"   \t", b"class A: pass ; y = 1\n", b"None\n"]
TOKENS = [
    b'"', b"'", b'"""', b"'''", b"\\", b"\n", b"\r\n", b"\r", b" ", b"\t", b"\x0c", b";", b"(",
    b")", b"[", b"]", b"#", b"a", b"1", b",", b"f", b"r", b"b", b"u", b"{", b"}", b":", b"\\\n",
    b"from __future__ import division", b"from ", b"__future__ ", b"import ", b"division",
    b'"d"', b"'s'", b"x = 1", b"\n\n", b"# c\n", b"coding: latin-1", b"\xef\xbb\xbf", b"\xe9",
    b"\x95\\", b"# coding: cp932\n", b".", b"pass", b"\x0b", b"\\N{DASH}", b"=", b"as", b"\x00",
]


class Tool:
    """The program that patches, as long as it lives."""

    def __init__(self, path):
        self.child = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def patch(self, kind, text):
        """(kind of answer, patched text or reason, number of patches)."""
        self.child.stdin.write(b"%s %d\n" % (kind, len(text)) + text)
        self.child.stdin.flush()
        words = self.child.stdout.readline().decode("utf-8", "replace").split()
        if not words:
            sys.exit(f"the tool ended at {text!r}")
        if words[0] != "ok":
            return words[0], " ".join(words[1:]), 0
        return "ok", self.child.stdout.read(int(words[1])), int(words[3])


class Judge:
    """One Python, as long as it lives."""

    def __init__(self, path, version):
        self.path = path
        self.version = version
        self.child = subprocess.Popen(
            [path, "-B", "-W", "ignore", JUDGE], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.num = 0

    def judge(self, before, after):
        self.child.stdin.write(b"%d %d\n" % (len(before), len(after)) + before + after)
        self.child.stdin.flush()
        answer = self.child.stdout.readline().decode("utf-8", "replace").strip()
        self.num += answer != "refused"
        return answer or "ended"


def find_pythons():
    """One path for each version, by version: of pyenv, and what PATH has."""
    names = glob.glob(os.path.expanduser("~/.pyenv/versions/*/bin/python"))
    names += filter(None, (shutil.which(f"python{v}") for v in
                           ["2.7", "3"] + [f"3.{i}" for i in range(6, 20)]))
    found = {}
    for name in names:
        code = "import sys; print('%d.%d' % sys.version_info[:2])"
        run = subprocess.run([name, "-c", code], capture_output=True, text=True, check=False)
        if run.returncode == 0:
            version = tuple(int(part) for part in run.stdout.strip().split("."))
            found.setdefault(version, name)
    return sorted(found.items())


class Proof:
    def __init__(self, tool):
        self.tool = Tool(tool)
        self.judges = [Judge(path, version) for version, path in find_pythons()]
        self.problems = []
        self.counts = collections.Counter()

    def fail(self, what, text, name):
        self.problems.append(f"{name}: {what}: {text[:200]!r}")

    def check_again(self, text, name):
        """A patched file comes out as it went in."""
        kind, again, num = self.tool.patch(b"short", text)
        if (kind, again, num) != ("ok", text, 0):
            self.fail("patched twice", text, name)

    def check(self, text, name, source):
        """One file, under every Python."""
        self.counts[source] += 1
        answers = []
        long_kind, long, _ = self.tool.patch(b"long", text)
        short_kind, short, _ = self.tool.patch(b"short", text)
        if long_kind != short_kind:
            self.fail("the forms differ", text, name)
        for judge in self.judges:
            after = short if judge.version >= (3, 10) else long
            answer = judge.judge(text, after if long_kind == "ok" else text)
            answers.append(answer)
            if long_kind == "ok" and answer not in ("same", "refused"):
                self.fail(f"Python {judge.version}: {answer}", text, name)
            if long_kind == "malformed" and answer != "refused":
                self.fail(f"Python {judge.version} compiles it, we say: {long}", text, name)
        self.counts[f"{source}: {long_kind}"] += 1
        if any(answer != "refused" for answer in answers):
            self.counts[f"{source}: compiled by some Python"] += 1
        if long_kind == "ok":
            self.check_again(short, name)

    def check_shapes(self, num):
        for name, text in DELVEWHEEL.items():
            self.check(text, name, "delvewheel's")
        parts = [HEADINGS, DOCSTRINGS, BEHIND, FUTURES, BEHIND, RESTS]
        chosen = random.Random(20240)
        for i in range(num):
            # Each part alone, then combinations.
            text = b"".join(chosen.choice(part) if i % 7 != j else part[i // 7 % len(part)]
                            for j, part in enumerate(parts))
            text = chosen.choice([b"", b"", b"", b"\xef\xbb\xbf"]) + text
            text = text.replace(b"\n", chosen.choice([b"\n", b"\r\n", b"\r"]))
            self.check(text, f"shape {i}", "shapes")

    def check_mixtures(self, num):
        chosen = random.Random(20241)
        for i in range(num):
            text = b"".join(chosen.choice(TOKENS) for _ in range(chosen.randrange(1, 9)))
            self.check(text, f"mixture {i}", "mixtures")

    def check_files(self, num):
        """All of the library of each Python, but what that Python does not compile."""
        for path, text in library_files(self.judges, num):
            self.check_file(path, text)

    def check_file(self, path, text):
        self.counts["files"] += 1
        kind, after, _ = self.tool.patch(b"long", text)
        own = [judge for judge in self.judges if path.startswith(library_of(judge))]
        for judge in own:
            answer = judge.judge(text, after if kind == "ok" else text)
            if kind != "ok" and answer != "refused":
                self.fail(f"Python {judge.version} compiles it, we say {kind}", text, path)
            elif answer == "same":
                self.counts["files: patched and compiled"] += 1
            elif answer != "refused":
                self.fail(f"Python {judge.version}: {answer}", text, path)

    def check_marks(self, num):
        """Marks at random lines: taken where a patch compiles, refused where it does not."""
        judge = self.judges[-1]
        chosen = random.Random(20242)
        for path, text in library_files([judge], num):
            if b"\r" in text or MARK in text or not text.strip():
                continue
            lines = text.splitlines(True)
            for _ in range(4):
                place = chosen.randrange(len(lines) + 1)
                before = b"".join(lines[:place])
                if before and not before.endswith(b"\n"):
                    continue
                self.check_mark(path, before, b"".join(lines[place:]), judge)

    def check_mark(self, path, before, rest, judge):
        marked = before + MARK + b"\n" + rest
        if judge.judge(marked, marked) == "refused":
            return
        # What goes on with no expression, call or statement: an assignment is an argument, too.
        patch = b"del patched\n"
        is_comment = MARK.decode() in comments_of(marked)
        fits = is_comment and judge.judge(before + patch + rest, b"") != "refused"
        kind, after, num = self.tool.patch(b"marks", marked)
        self.counts["marks"] += 1
        if not is_comment:
            self.counts["marks: in strings"] += 1
            if (kind, num, after) != ("ok", 0, marked):
                self.fail(f"a mark in a string is {kind} {after[:80]!r}", marked, path)
        elif fits:
            self.counts["marks: replaced"] += 1
            if kind != "ok" or num != 1 or judge.judge(after, after) == "refused":
                self.fail(f"a good mark is {kind}: {after[:80]!r} {num} {before[-300:]}",
                          rest, path)
        else:
            self.counts["marks: refused"] += 1
            if kind != "refused":
                self.fail(f"a bad mark is {kind}: {before[-300:]}", rest, path)

    def check_runs(self):
        """Runs both forms with a made-up Windows."""
        _, long, _ = self.tool.patch(b"long", b"x = 1\n")
        _, short, _ = self.tool.patch(b"short", b"x = 1\n")
        for judge in self.judges:
            for is_conda, form, has_folder in itertools.product(
                    (False, True), (long, short), ("good", "bad", "none")):
                if form is short and judge.version < (3, 10):
                    continue
                self.counts["runs"] += 1
                self.check_run(judge, is_conda, form, has_folder)

    def check_run(self, judge, is_conda, form, kind):
        with tempfile.TemporaryDirectory() as place:
            place = os.path.realpath(place)
            os.mkdir(os.path.join(place, "demo"))
            with open(os.path.join(place, "demo", "__init__.py"), "wb") as file:
                file.write(form)
            libs = os.path.join(place, "demo.libs")
            names = ["z with space.dll", "gone.dll", "b.dll" if kind == "good" else "bad.dll"]
            if kind != "none":
                os.mkdir(libs)
                for name in names[::2]:
                    open(os.path.join(libs, name), "wb").close()
                with open(os.path.join(libs, ".load-order-demo-1.0"), "w") as file:
                    file.write("".join(f"{name}\n" for name in names))
            run = subprocess.run([judge.path, "-B", JUDGE, place, "conda" if is_conda else "-"],
                                 capture_output=True, text=True, check=False)
            paths = [os.path.join(libs, name) for name in names]
            heeds = judge.version >= (3, 10) or (judge.version >= (3, 8) and not is_conda)
            if kind == "none":
                want = []
            elif heeds:
                want = [f"add {libs}"]
            else:
                want = [f"load {paths[0]} None 8", f"load {paths[2]} None 8"]
                want += [f"error {paths[2]}: error 126"] if kind == "bad" else []
            if run.stdout.splitlines() != want or run.returncode != 0:
                self.fail(f"Python {judge.version} ran {run.stdout!r} {run.stderr[-300:]}, "
                          f"not {want}", form, f"conda {is_conda}, folder {kind}")


def library_of(judge):
    code = "import os; print(os.path.dirname(os.__file__))"
    if not hasattr(judge, "library"):
        judge.library = subprocess.run([judge.path, "-c", code], capture_output=True, text=True,
                                       check=True).stdout.strip() + os.sep
    return judge.library


def library_files(judges, num):
    """Evenly spread over all, num of each."""
    for judge in judges:
        paths = sorted(glob.glob(library_of(judge) + "**/*.py", recursive=True))
        for path in paths[:: max(1, len(paths) // num)]:
            with open(path, "rb") as file:
                yield path, file.read()


def comments_of(text):
    """Comments that begin their line."""
    try:
        return [token.string for token in tokenize.tokenize(io.BytesIO(text).readline)
                if token.type == tokenize.COMMENT and token.start[1] == 0]
    except (tokenize.TokenError, SyntaxError):
        return []


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tool", required=True)
    for name, number in (("shapes", 8000), ("mixtures", 20000), ("files", 10**9),
                         ("marks", 10**9)):
        parser.add_argument(f"--{name}", type=int, default=number)
    options = parser.parse_args()
    proof = Proof(options.tool)
    proof.check_runs()
    proof.check_shapes(options.shapes)
    proof.check_mixtures(options.mixtures)
    proof.check_files(options.files)
    proof.check_marks(options.marks)
    for problem in proof.problems[:50]:
        print(f"not ok: {problem}")
    print("Pythons: " + ", ".join("%d.%d" % judge.version + f" ({judge.num} files)"
                                  for judge in proof.judges))
    for name in sorted(proof.counts):
        print(f"{proof.counts[name]} {name}")
    sys.exit(f"{len(proof.problems)} problems" if proof.problems else 0)


if __name__ == "__main__":
    main()
