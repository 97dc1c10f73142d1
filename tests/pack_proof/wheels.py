"""What is in a wheel, and how two wheels of one crate differ."""

import ast
import base64
import collections
import csv
import fnmatch
import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile

try:
    from packaging.requirements import Requirement
except ImportError:  # pip brings it along
    from pip._vendor.packaging.requirements import Requirement

Difference = collections.namedtuple("Difference", "kind member text")


class Wheel:
    def __init__(self, path):
        self.path = path
        with zipfile.ZipFile(path) as archive:
            self.infos = archive.infolist()
            self.members = {info.filename: archive.read(info) for info in self.infos}
        self.modes = {info.filename: info.external_attr >> 16 for info in self.infos}
        self.dist_info = next(name.split("/")[0] for name in self.members
                              if name.endswith(".dist-info/WHEEL"))

    def info(self, name):
        """A file of the dist-info folder as text, or "" when there is none."""
        return self.members.get(f"{self.dist_info}/{name}", b"").decode()

    def faults(self):
        """What no wheel may be: RECORD that does not cover it, a name twice, an odd order."""
        names = [info.filename for info in self.infos]
        if len(set(names)) != len(names):
            yield "a name stands twice in the archive"
        record = {row[0]: row[1:] for row in csv.reader(io.StringIO(self.info("RECORD")))}
        if record.keys() != self.members.keys():
            yield f"RECORD and the archive differ: {sorted(record.keys() ^ self.members.keys())}"
        for name, content in self.members.items():
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode()
            expected = [f"sha256={digest.rstrip('=')}", str(len(content))]
            if name.endswith(".dist-info/RECORD"):
                expected = ["", ""]
            if record.get(name) != expected:
                yield f"RECORD says {record.get(name)} of {name}, which is {expected}"
        if list(record) != names:
            yield f"RECORD has another order than the archive: {list(record)}"
        if names[-1] != f"{self.dist_info}/RECORD":
            yield f"the last member is {names[-1]}"
        if len({info.date_time for info in self.infos}) != 1:
            yield "the members have different times"

    def listing(self):
        """Name of the file and its members; what stands for this machine is a word."""
        name = re.sub(r"-[^-]+\.whl$", "-PLATFORM.whl", self.path.name)
        rows = [f"{self.modes[member]:o} {_library_of(member)}"
                for member in sorted(self.members)]
        here = "".join(map(str, sys.version_info[:2]))
        return re.sub(rf"\b(cp|cpython-){here}\b", r"\1HERE", "\n".join([name, *rows, ""]))


def is_elf(content):
    return content[:4] == b"\x7fELF"


def elf_facts(content, folder):
    """Facts of a shared library that its users see."""
    path = folder / "library.so"
    path.write_bytes(content)
    symbols = subprocess.run(["nm", "-D", "--defined-only", "-P", path], check=True,
                             capture_output=True, text=True).stdout
    dynamic = subprocess.run(["readelf", "-dW", path], check=True, capture_output=True,
                             text=True).stdout
    facts = {"exports": sorted(line.split()[0] for line in symbols.splitlines()
                               if not line.startswith("_R"))}
    for key, tag in (("needed", "NEEDED"), ("soname", "SONAME"), ("rpath", "R(?:UN)?PATH")):
        facts[key] = sorted(re.findall(rf"\({tag}\).*\[(.*)\]", dynamic))
    return facts


def sbom_facts(content):
    """The crates of a bill of materials, however it was written."""
    document = json.loads(content)
    return sorted((part.get("name"), part.get("version"),
                   (part.get("purl") or "").split("?")[0],
                   part.get("scope"), json.dumps(part.get("hashes")),
                   json.dumps(part.get("licenses")))
                  for part in document.get("components", ()))


def public_names(source):
    """What a module offers by its text: names that are bound at its top, and what it imports
    with a star; without those that it deletes or hides."""
    names = set()
    for node in ast.parse(source).body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Delete):
            names -= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
    return {name for name in names if not name.startswith("_") or name == "__all__"}


def without_generator(text):
    return "\n".join(line for line in text.splitlines() if not line.startswith("Generator:"))


def unlike(kind, member, theirs, ours):
    if theirs != ours:
        yield Difference(kind, member, f"maturin: {theirs!r}\n    wheelpack: {ours!r}")


# Machines on which markers are asked: what they compare, each at values on both sides.
MACHINES = [
    {"python_version": f"3.{minor}", "python_full_version": f"3.{minor}.{patch}",
     "sys_platform": system, "platform_system": system.title(), "extra": extra,
     "os_name": "nt" if system == "win32" else "posix",
     "implementation_name": name.lower(), "platform_python_implementation": name}
    for minor in range(7, 16) for patch in (0, 4) for system in ("linux", "win32")
    for name in ("CPython", "PyPy") for extra in ("", "test", "test-extra")
]


def same_requirement(theirs, ours):
    """Whether two requirements ask for the same, on every machine."""
    left, right = Requirement(theirs), Requirement(ours)
    if str(Requirement(theirs.split(";")[0])) != str(Requirement(ours.split(";")[0])):
        return False
    return all((left.marker is None or left.marker.evaluate(machine))
               == (right.marker is None or right.marker.evaluate(machine))
               for machine in MACHINES)


def metadata(member, theirs, ours):
    """Lines, but for requirements that say the same in other words."""
    prefix = "Requires-Dist: "
    left = [line for line in theirs.splitlines() if line.startswith(prefix)]
    right = [line for line in ours.splitlines() if line.startswith(prefix)]
    for their, our in zip(left, right):
        if their != our and same_requirement(their[len(prefix):], our[len(prefix):]):
            yield Difference("marker", member, f"maturin: {their}, wheelpack: {our}")
            ours = ours.replace(our, their)
    yield from lines("metadata", member, theirs, ours)


def lines(kind, member, theirs, ours):
    """One difference for each line that only one of both has, or one for their order."""
    theirs, ours = theirs.splitlines(), ours.splitlines()
    left, right = collections.Counter(theirs), collections.Counter(ours)
    for line in (left - right).elements():
        yield Difference(kind, member, f"only maturin: {line}")
    for line in (right - left).elements():
        yield Difference(kind, member, f"only wheelpack: {line}")
    if left == right and theirs != ours:
        yield Difference(kind, member, "the same lines in another order")


def _library_of(name):
    """A grafted library's name carries a digest of its bytes, which no comparison needs."""
    return re.sub(r"-[0-9a-f]{8}(\.so)", r"-DIGEST\1", name)


def _content(member, theirs, ours, folder):
    if is_elf(theirs) and is_elf(ours):
        left, right = elf_facts(theirs, folder), elf_facts(ours, folder)
        for key in left:
            yield from unlike(key, member, list(map(_library_of, left[key])),
                               list(map(_library_of, right[key])))
    elif member.endswith(".cyclonedx.json") or member.endswith(".cdx.json"):
        yield from unlike("sbom", member, sbom_facts(theirs), sbom_facts(ours))
    elif member.endswith(".dist-info/WHEEL"):
        yield from lines("wheel", member, without_generator(theirs.decode()),
                          without_generator(ours.decode()))
    elif member.endswith(".dist-info/RECORD"):
        pass  # Wheel.faults compares it with what it is about.
    elif member.endswith(".dist-info/METADATA"):
        yield from metadata(member, theirs.decode(), ours.decode())
    elif member.endswith(".py") and theirs != ours:
        if ast.dump(ast.parse(theirs)) != ast.dump(ast.parse(ours)):
            same = public_names(theirs) == public_names(ours)
            yield Difference("python", member, "other statements" if not same
                             else "other statements for the same names")
    elif theirs != ours:
        yield Difference("content", member, "other bytes")


def compare(theirs, ours, folder):
    """Every difference of our wheel from maturin's."""
    yield from unlike("name", "", theirs.path.name, ours.path.name)
    left = {_library_of(name): name for name in theirs.members}
    right = {_library_of(name): name for name in ours.members}
    for name in sorted(left.keys() - right.keys()):
        yield Difference("only-maturin", name, "")
    for name in sorted(right.keys() - left.keys()):
        yield Difference("only-wheelpack", name, "")
    both = [name for name in left if name in right]
    order = [name for name in right if name in left]
    if both != order:
        yield Difference("order", "", f"maturin: {both}\n    wheelpack: {order}")
    for name in both:
        member, mine = left[name], right[name]
        yield from unlike("mode", name, oct(theirs.modes[member]), oct(ours.modes[mine]))
        yield from _content(name, theirs.members[member], ours.members[mine], folder)
    yield from unlike("time", "", theirs.infos[0].date_time, ours.infos[0].date_time)
    # A member that deflate does not shorten is stored; that is not what was asked about.
    yield from unlike("compression", "", max(info.compress_type for info in theirs.infos),
                       max(info.compress_type for info in ours.infos))


class Allowed:
    """Differences that are meant: rows of a table, each with the section that explains it."""

    def __init__(self, table, document):
        self.rows = []
        self.used = set()
        headings = {line[3:].strip() for line in document.read_text().splitlines()
                    if line.startswith("## ")}
        for number, line in enumerate(table.read_text().splitlines(), 1):
            if line and not line.startswith("#"):
                row = line.split("\t")
                if len(row) != 5:
                    raise SystemExit(f"{table}: line {number} has {len(row)} fields, not 5")
                if row[4] not in headings:
                    raise SystemExit(f"{table}: line {number}: {document.name} has no section "
                                     f'"{row[4]}"')
                self.rows.append(row)

    def __call__(self, case, difference):
        for number, (cases, kind, member, text, _) in enumerate(self.rows):
            if (fnmatch.fnmatchcase(case, cases) and kind == difference.kind
                    and fnmatch.fnmatchcase(difference.member, member)
                    and fnmatch.fnmatchcase(difference.text, text)):
                self.used.add(number)
                return True
        return False

    def unused(self):
        return ["\t".join(row) for number, row in enumerate(self.rows)
                if number not in self.used]
