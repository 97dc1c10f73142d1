"""What is in a source distribution, and how two of one crate differ."""

import gzip
import tarfile

from .wheels import Difference, lines, metadata, unlike


class Sdist:
    def __init__(self, path):
        self.path = path
        self.members = {}
        self.facts = {}
        with tarfile.open(path) as archive:
            for info in archive:
                self.members[info.name] = archive.extractfile(info).read()
                self.facts[info.name] = (oct(info.mode), info.mtime, info.uid, info.gid,
                                         info.uname, info.gname, info.isreg())
        with gzip.open(path) as stream:
            stream.read(1)
            self.gzip_time = stream.mtime
        self.root = path.name[:-len(".tar.gz")]

    def faults(self):
        names = list(self.members)
        if names[0] != f"{self.root}/PKG-INFO":
            yield f"the first member is {names[0]}"
        for name in names:
            if not name.startswith(f"{self.root}/"):
                yield f"{name} is not below {self.root}"

    def listing(self):
        names = (name.split("/", 1)[1] for name in self.members)
        return "\n".join([self.path.name, *sorted(names), ""])


def compare(theirs, ours):
    """Every difference of our source distribution from maturin's."""
    yield from unlike("name", "", theirs.path.name, ours.path.name)
    left, right = list(theirs.members), list(ours.members)
    for name in sorted(set(left) - set(right)):
        yield Difference("only-maturin", name, "")
    for name in sorted(set(right) - set(left)):
        yield Difference("only-wheelpack", name, "")
    both = [name for name in left if name in ours.members]
    if both != [name for name in right if name in theirs.members]:
        yield Difference("order", "", f"maturin: {left}\n    wheelpack: {right}")
    for name in both:
        yield from unlike("facts", name, theirs.facts[name], ours.facts[name])
        left, right = (each.members[name].decode(errors="replace") for each in (theirs, ours))
        if name.endswith("/PKG-INFO"):
            yield from metadata(name, left, right)
        else:
            yield from lines("text", name, left, right)
    yield from unlike("time", "", theirs.gzip_time, ours.gzip_time)
