#!/usr/bin/env python3
"""What the Mach-O members of a wheel say, and whether dyld could load them; read without any
code of the project.

Usage: macho_facts.py WHEEL [MEMBER]
       macho_facts.py --sound WHEEL [NAME...]

The first form prints, for each slice, lines "MEMBER ARCH id|needs|rpath|signature WORDS",
without the system's libraries.  The second prints what is wrong and exits with 1: a name
that leads to nothing in the wheel as it is installed (but for those NAMEs), a name or rpath
twice in one slice, an rpath that leads out, a signature that is missing on arm64 or wrong,
a RECORD that does not list what is there.
"""

import base64
import csv
import hashlib
import io
import pathlib
import posixpath
import re
import sys
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "corpus"))
import macho_names  # noqa: E402
import macho_signature  # noqa: E402

IMAGES = (b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe")  # little-endian ones
LOADED = (2, 6, 8)  # file types: program, dylib, bundle
SYSTEM = ("/usr/lib/", "/System/Library/", "/System/iOSSupport/")


def installed(member):
    """Where a member stands, relative to site-packages."""
    return re.sub(r"^[^/]+\.data/(platlib|purelib)/", "", member)


class Member:
    """One Mach-O file of a wheel."""

    def __init__(self, name, data):
        self.name = name
        self.place = installed(name)
        self.slices = macho_names.slices(data)
        images = [part for part in macho_signature.slices(data) if part[:4] in IMAGES]
        self.signatures = [macho_signature.describe(part) for part in images]
        self.loaded = [part[12] in LOADED for part in images]

    def lines(self):
        for part, signature in zip(self.slices, self.signatures):
            if part.install_name is not None:
                yield part.arch, "id", part.install_name
            for name in part.needed:
                if not name.startswith(SYSTEM):
                    yield part.arch, "needs", name
            for rpath in part.rpaths:
                yield part.arch, "rpath", rpath
            yield part.arch, "signature", signature[0]


def read(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def members_of(files):
    return [Member(name, data) for name, data in sorted(files.items())
            if macho_names.is_macho(data)]


def below(folder, text):
    """The place in site-packages that a path with @loader_path means, or None."""
    word, _, rest = text.partition("/")
    if word != "@loader_path":
        return None
    place = posixpath.normpath(posixpath.join(folder, rest))
    return None if place.startswith("..") else place


class Layout:
    """The wheel as it is installed: which slices stand where, and whose rpaths dyld asks
    for each, its own and those of all that load it."""

    def __init__(self, members):
        self.archs = {m.place: {part.arch for part in m.slices} for m in members}
        self.rpaths = {}
        users = [(m, part) for m in members for part in m.slices]
        for member, part in users:
            self.rpaths[member.place, part.arch] = set(self.own_rpaths(member, part))
        grown = True
        while grown:
            grown = any([self.lend(member, part) for member, part in users])

    @staticmethod
    def own_rpaths(member, part):
        for rpath in part.rpaths:
            root = below(posixpath.dirname(member.place), rpath)
            if root is not None or rpath.startswith(SYSTEM):
                yield root or rpath

    def found(self, member, part, name):
        """The places of the wheel that a name may lead to; the system for its own."""
        here = below(posixpath.dirname(member.place), name)
        places = [here]
        if name.startswith("@rpath/"):
            places = [posixpath.normpath(posixpath.join(root, name[len("@rpath/"):]))
                      for root in self.rpaths[member.place, part.arch]]
        return [place for place in places if place is not None
                and (place.startswith(SYSTEM) or part.arch in self.archs.get(place, ()))]

    def lend(self, member, part):
        """Give the rpaths of one slice to all that it loads; whether some were new."""
        grown = False
        for name in part.needed:
            for place in self.found(member, part, name):
                theirs = self.rpaths.setdefault((place, part.arch), set())
                size = len(theirs)
                theirs |= self.rpaths[member.place, part.arch]
                grown |= len(theirs) > size
        return grown


def faults_of_slice(member, part, signature, layout, known):
    for name in part.needed:
        if not name.startswith(SYSTEM) and name not in known and \
                not layout.found(member, part, name):
            yield f"{name} leads to nothing in the wheel"
    for kind, texts in (("name", part.needed), ("rpath", part.rpaths)):
        if len(set(texts)) < len(texts):
            yield f"the same {kind} twice"
    for rpath in part.rpaths:
        if not rpath.startswith(SYSTEM) and not rpath.startswith("@executable_path") and \
                below(posixpath.dirname(member.place), rpath) is None:
            yield f"the rpath {rpath} leads out"
    if signature[0] == "unsigned" and part.arch == "arm64":
        yield "no signature"
    if signature[-1] not in ("valid", "-"):
        yield f"signature: {signature[-1]}"


def record_faults(files):
    name = next(name for name in files if name.endswith(".dist-info/RECORD"))
    rows = {row[0]: row[1:] for row in csv.reader(io.StringIO(files[name].decode()))}
    for member, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=")
        if member != name and rows.get(member) != ["sha256=" + digest.decode(),
                                                   str(len(data))]:
            yield f"RECORD: {member} is not listed as it is"
    for member in rows.keys() - files.keys():
        yield f"RECORD: {member} is not there"


def faults(path, known):
    files = read(path)
    found = members_of(files)
    layout = Layout(found)
    for member in found:
        for part, signature, is_loaded in zip(
                member.slices, member.signatures, member.loaded):
            if not is_loaded:
                continue
            for fault in faults_of_slice(member, part, signature, layout, known):
                yield f"{member.name} {part.arch}: {fault}"
    yield from record_faults(files)


def main():
    arguments = sys.argv[1:]
    if arguments and arguments[0] == "--sound" and len(arguments) > 1:
        found = list(faults(arguments[1], arguments[2:]))
        print(*found, sep="\n", end="\n" if found else "")
        return 1 if found else 0
    if len(arguments) not in (1, 2):
        sys.exit(__doc__)
    for member in members_of(read(arguments[0])):
        for line in member.lines():
            if len(arguments) == 1 or member.name == arguments[1]:
                print(member.name, *line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
