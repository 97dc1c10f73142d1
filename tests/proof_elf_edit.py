#!/usr/bin/env python3
"""Edits the libraries and programs of this machine in every way that applies, and asks the
loader, three strippers and two linters what they think of the result.

  proof_elf_edit.py --tool elfedit_tool --loader elfload_tool [--sample N] [FILE...]

A library that does not load before any edit is skipped and counted.  What a linter says
after an edit is compared with what it said before, without section numbers.  Prints TAP-like
counts; the exit status is 1 when anything failed.  Needs no network.
"""

import argparse
import collections
import concurrent.futures
import glob
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile

LIBRARY_PLACES = [
    "/usr/lib/*-linux-gnu*/*.so*",
    "/lib/*-linux-gnu*/*.so*",
    "/usr/lib/*-linux-gnu*/*/*.so*",
    "/usr/lib/llvm-*/lib/*.so*",
    "/usr/lib/python3*/lib-dynload/*.so",
    "/usr/lib/python3/dist-packages/*/*.so",
    "/usr/lib/jvm/*/lib/*.so",
    "/usr/local/lib/*.so*",
]

# Programs that answer --version and do nothing else then.
PROGRAMS = """awk bash bison bzip2 cat clang-14 cmp cp curl cut date dd df diff dir
du expr factor file find flex fold gawk gcc gdb git gold gpg grep gzip head id install
join ld.bfd ld.lld-14 less link ln ls m4 make md5sum mkdir mktemp mold mv nano nl nm
node objcopy objdump od openssl patchelf perl pr python3 readelf readlink rsync sed
seq sha256sum shuf sort split sqlite3 ssh stat strace strings strip stty sum tail tar tee
touch tr tsort uniq unzip valgrind vdir wc wget who xz zstd""".split()

# A copy of one of these under another name is a second C library, and a second libGLdispatch
# beside the one that libGLX loads crashes whoever renamed it.
LIBC = re.compile(r"^(libc|libpthread|libdl|librt|libm|libresolv|libutil|libanl|ld-linux.*"
                  r"|linux-vdso|libnss_.*|libthread_db|libmvec|libBrokenLocale"
                  r"|libGLdispatch)\.so")

HARMLESS = ["libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libutil.so.1",
            "libanl.so.1", "libresolv.so.2",
            "libBrokenLocale.so.1", "libnss_dns.so.2"]

STRIPPERS = [["strip"], ["eu-strip"], ["llvm-strip-14"]]

# Longer than the padding of any page up to 4 KiB, so that a new segment is needed.
LONG_PATH = ":".join("$ORIGIN/../somewhere/else/%04d" % i for i in range(200))


def run(words, **options):
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, errors="replace", **options)


def is_elf(path):
    try:
        with open(path, "rb") as stream:
            head = stream.read(20)
    except OSError:
        return False
    kind = int.from_bytes(head[16:18], sys.byteorder)
    return head[:4] == b"\x7fELF" and kind in (2, 3)


def sample(paths, num):
    """The same files on every run, spread over all folders."""
    real = sorted({os.path.realpath(path) for path in paths})
    real = [path for path in real if is_elf(path)]
    real.sort(key=lambda path: hashlib.sha256(path.encode()).digest())
    return real[:num]


class Dynamic:
    """What readelf says of a file's dynamic section."""

    def __init__(self, path):
        text = run(["readelf", "-dW", path]).stdout
        self.exists = "NEEDED" in text or "SYMTAB" in text
        self.needed = re.findall(r"\(NEEDED\)\s+Shared library: \[(.*)\]", text)
        soname = re.findall(r"\(SONAME\)\s+Library soname: \[(.*)\]", text)
        self.soname = soname[0] if soname else None
        self.rpath = re.findall(r"\((?:RPATH|RUNPATH)\)\s+Library (?:rpath|runpath): "
                                r"\[(.*)\]", text)


def find_libraries():
    """Names the loader knows, and their files."""
    found = {}
    for line in run(["/sbin/ldconfig", "-p"]).stdout.splitlines():
        match = re.match(r"\s+(\S+) \(libc6,x86-64[^)]*\) => (\S+)", line)
        if match:
            found.setdefault(match.group(1), match.group(2))
    return found


def lint(path):
    """Findings without numbers of sections, symbols and segments."""
    text = run(["eu-elflint", "--gnu-ld", path]).stdout
    lines = set()
    for line in text.splitlines():
        line = re.sub(r"0x[0-9a-f]+", "0xN", re.sub(r"\[ *\d+\]", "[N]", line))
        line = re.sub(r"\b(symbol|segment|program header entry|entry|phdr\[|relocation) ?\d+",
                      r"\1 N", line)
        if line.strip() and line != "No errors":
            lines.add(line.strip())
    return lines


def complaints(path):
    """What readelf warns of or cannot show."""
    lines = set()
    done = subprocess.run(["readelf", "-aW", path], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, errors="replace", check=False)
    for line in done.stderr.splitlines():
        lines.add(re.sub(r"\b(0x)?[0-9a-f]*\d[0-9a-f]*\b", "N",
                         line.replace(path, "FILE")))
    for line in done.stdout.splitlines():
        if re.search(r"<corrupt|<no-strings>|<unknown>|out of range", line):
            lines.add(re.sub(r"\b(0x)?[0-9a-f]*\d[0-9a-f]*\b", "N", line))
    return lines


class Loader:
    """Asks elfload_tool about one library after the other."""

    def __init__(self, words, folder, environment):
        self.child = subprocess.Popen(words, stdin=subprocess.PIPE, cwd=folder,
                                      stdout=subprocess.PIPE, text=True, env=environment,
                                      errors="replace")

    def load(self, path, preload=None):
        self.child.stdin.write((preload + "\t" if preload else "") + path + "\n")
        self.child.stdin.flush()
        return self.child.stdout.readline().strip()

    def close(self):
        self.child.stdin.close()
        self.child.wait()


def version_of(path, environment):
    try:
        done = run([path, "--version"], timeout=20, env=environment)
    except (subprocess.TimeoutExpired, OSError) as error:
        return repr(error)
    return "%d %s" % (done.returncode, done.stdout.replace(path, "FILE"))


class Counts(collections.Counter):
    """Counts, and what failed."""

    def __init__(self):
        super().__init__()
        self.failures = []
        self.growth = []


class Proof:
    """One file and everything done to it."""

    def __init__(self, setup, path, is_program, folder):
        self.setup = setup
        self.path = path
        self.is_program = is_program
        self.folder = folder
        self.counts = Counts()
        self.dynamic = Dynamic(path)
        self.environment = self.make_environment()
        self.loader = Loader([setup.loader], folder, self.environment)
        self.libs = os.path.join(folder, "libs")
        os.mkdir(self.libs)

    def make_environment(self):
        """Copies stand elsewhere and may have another search path: what the original's own
        path leads to is found for all of them."""
        here = os.path.dirname(self.path)
        parts = [re.sub(r"\$ORIGIN|\$\{ORIGIN\}", here, part)
                 for path in self.dynamic.rpath for part in path.split(":")]
        return dict(os.environ, LD_BIND_NOW="1", LD_LIBRARY_PATH=":".join(parts))

    def fail(self, what, detail):
        self.counts["failed"] += 1
        self.counts.failures.append("%s: %s: %s" % (self.path, what, detail))

    def load(self, path, preload=None):
        if self.is_program:
            return version_of(path, self.environment)
        return self.loader.load(path, preload)

    def edit(self, name, words, source=None):
        """Edits into a file of the same base name, since some libraries look at theirs."""
        place = os.path.join(self.folder, name)
        os.makedirs(place, exist_ok=True)
        out = os.path.join(place, os.path.basename(self.path))
        done = run([self.setup.tool, *words, source or self.path, out])
        if done.returncode == 1:
            self.counts["refused"] += 1
            self.counts.failures.append("refused: %s: %s" % (name, done.stdout.strip()))
            return None
        if done.returncode != 0:
            self.fail(name, done.stdout.strip())
            return None
        os.chmod(out, 0o755)
        room = done.stdout.split()
        self.counts["edits"] += 1
        self.counts["room " + room[0]] += 1
        self.counts["moved .dynamic"] += "moved" in room
        if room[0] == "head":
            self.counts.growth.append((name, int(room[-1])))
        return out

    def check_load(self, name, out, preload=None):
        got = self.load(out, preload)
        if got == self.before:
            self.counts["loads"] += 1
        else:
            self.fail(name + " loads", got[:300])

    def check_lint(self, name, out):
        for what, tool, before in (("eu-elflint", lint, self.lint_before),
                                   ("readelf", complaints, self.readelf_before)):
            new = tool(out) - before
            if new:
                self.counts["new findings of " + what] += 1
                self.fail("%s %s" % (name, what), sorted(new)[:4])
            else:
                self.counts["nothing new for " + what] += 1

    def check_strippers(self, name, out):
        for words in STRIPPERS:
            if shutil.which(words[0]) is None:
                continue
            place = "%s-%s" % (os.path.dirname(out), words[0])
            os.makedirs(place, exist_ok=True)
            stripped = os.path.join(place, os.path.basename(out))
            shutil.copy(out, stripped)
            before = os.path.join(self.folder, "before-" + words[0])
            shutil.copy(self.path, before)
            os.chmod(before, 0o755)
            can_strip = run([*words, before]).returncode == 0
            done = run([*words, stripped])
            if done.returncode != 0:
                if can_strip:
                    self.fail("%s %s" % (name, words[0]), done.stdout.strip())
                else:
                    self.counts["not stripped before either: " + words[0]] += 1
                continue
            got = self.load(stripped)
            if got == self.before:
                self.counts["loads after " + words[0]] += 1
            elif not can_strip or self.load(before) != self.before:
                self.counts["not loadable after %s before either" % words[0]] += 1
            else:
                self.fail("%s loads after %s" % (name, words[0]), got[:300])

    def replacement(self):
        """A library to rename: (old name, new name), with a copy in libs."""
        for old in self.dynamic.needed:
            source = self.setup.libraries.get(old)
            if LIBC.match(old) or source is None:
                continue
            new = re.sub(r"\.so", "-0123abcd.so", old, count=1)
            target = os.path.join(self.libs, new)
            done = run([self.setup.tool, "--soname", new, source, target])
            if done.returncode == 0:
                return old, new
        return None

    def check_twice(self, name, words, out, is_head):
        """The same edit again changes nothing; a further one does not add a segment."""
        again = os.path.join(self.folder, "again")
        done = run([self.setup.tool, *words, out, again])
        with open(out, "rb") as one, open(again, "rb") as two:
            if done.stdout.split()[0] != "unchanged" or one.read() != two.read():
                self.fail(name + " twice", done.stdout.strip())
        further = self.edit(name + "-further",
                            ["--runpath", LONG_PATH + ":$ORIGIN/../libs"], out)
        if further is None or not is_head:
            return
        loads = [run(["readelf", "-lW", path]).stdout.count("\n  LOAD")
                 for path in (out, further)]
        if loads[0] != loads[1]:
            self.fail(name + " further", "%d and then %d PT_LOADs" % tuple(loads))
        self.check_load(name + " further", further)

    def kinds(self):
        """Every edit that applies: name, words, library to preload."""
        rpath = "$ORIGIN/../libs"
        yield "soname", ["--soname", "libwheelfix-renamed-01234567.so.1"], None
        yield "rpath", ["--rpath", rpath], None
        yield "runpath", ["--runpath", rpath], None
        yield "long", ["--runpath", LONG_PATH], None
        yield "add", [word for name in HARMLESS for word in ("--add", name)], None
        yield "stack", ["--clear-exec-stack"], None
        if self.dynamic.rpath:
            yield "no-rpath", ["--no-rpath"], None
        renamed = self.replacement()
        if renamed:
            words = ["--rename", *renamed, "--rpath", rpath]
            yield "rename", words, None
            yield "all", ["--soname", "libwheelfix-renamed-01234567.so.1", *words,
                          "--add", "libm.so.6", "--clear-exec-stack"], None
        if renamed and not self.is_program:
            yield "remove", ["--remove", renamed[0]], self.setup.libraries[renamed[0]]

    def prove(self):
        self.before = self.load(self.path)
        if self.before != "ok" and not self.is_program:
            self.counts["skipped: does not load before"] += 1
            return self.counts
        if not self.dynamic.exists:
            self.counts["skipped: static"] += 1
            return self.counts
        self.counts["programs" if self.is_program else "libraries"] += 1
        self.lint_before = lint(self.path)
        self.readelf_before = complaints(self.path)
        for name, words, preload in self.kinds():
            num_heads = self.counts["room head"]
            out = self.edit(name, words)
            if out is None:
                continue
            is_head = self.counts["room head"] > num_heads
            self.check_load(name, out, preload)
            if name in ("rename", "all", "long", "add", "remove"):
                self.check_lint(name, out)
            if name in ("all", "long"):
                self.check_strippers(name, out)
            if name in ("long", "add", "all"):
                self.check_twice(name, words, out, is_head)
        return self.counts


def compare_growth(setup, path, folder):
    """Our growth and patchelf's for the same search path."""
    if shutil.which("patchelf") is None:
        return None
    theirs = os.path.join(folder, "theirs")
    ours = os.path.join(folder, "ours")
    shutil.copy(path, theirs)
    os.chmod(theirs, 0o755)
    if run(["patchelf", "--force-rpath", "--set-rpath", "$ORIGIN/../x.libs", theirs]).returncode:
        return None
    if run([setup.tool, "--rpath", "$ORIGIN/../x.libs", path, ours]).returncode:
        return None
    size = os.path.getsize(path)
    return os.path.getsize(ours) - size, os.path.getsize(theirs) - size


def prove_one(setup, path, is_program):
    with tempfile.TemporaryDirectory(prefix="wheelfix-proof-") as folder:
        proof = Proof(setup, path, is_program, folder)
        try:
            counts = proof.prove()
        finally:
            proof.loader.close()
        growth = None if is_program else compare_growth(setup, path, folder)
        return counts, growth


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tool", required=True)
    parser.add_argument("--loader", required=True)
    parser.add_argument("--sample", type=int, default=340, help="libraries")
    parser.add_argument("--programs", type=int, default=80)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("files", nargs="*")
    setup = parser.parse_args()
    setup.tool = os.path.abspath(setup.tool)
    setup.loader = os.path.abspath(setup.loader)
    setup.libraries = find_libraries()
    if setup.files:
        work = [(os.path.realpath(path), ".so" not in os.path.basename(path))
                for path in setup.files]
    else:
        libraries = [path for place in LIBRARY_PLACES for path in glob.glob(place)]
        programs = [shutil.which(name, path="/usr/bin:/bin") for name in PROGRAMS]
        work = [(path, False) for path in sample(libraries, setup.sample)] + \
            [(path, True) for path in sample(filter(None, programs), setup.programs)]
    total, growth = Counts(), []
    with concurrent.futures.ThreadPoolExecutor(setup.jobs) as pool:
        for counts, grown in pool.map(lambda item: prove_one(setup, *item), work):
            total.update(counts)
            total.failures += counts.failures
            if grown:
                growth.append(grown)
    for line in total.failures:
        print("#", line)
    for name in sorted(total):
        print("%6d %s" % (total[name], name))
    if growth:
        print("growth for one search path over %d libraries, bytes: ours %d in all, "
              "patchelf %d; ours is larger in %d"
              % (len(growth), sum(ours for ours, _ in growth),
                 sum(theirs for _, theirs in growth),
                 sum(ours > theirs for ours, theirs in growth)))
    sys.exit(1 if total["failed"] else 0)


if __name__ == "__main__":
    main()
