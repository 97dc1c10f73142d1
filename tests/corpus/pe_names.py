"""The names in PE files, read without any code of the project.

Only what the proofs compare: the names of DLLs that an image needs and how, its own name, its
checksum and what else a change of names touches (Microsoft's "PE Format").
"""

import array
import dataclasses
import struct

MACHINES = {0x14C: "x86", 0x8664: "amd64", 0xAA64: "arm64"}
EXPORT, IMPORT, SECURITY, LOAD_CONFIG, BOUND, DELAY = 0, 1, 4, 10, 11, 13
SECTION_HEADER = 40


@dataclasses.dataclass
class Section:
    """A row of the section table; `header` is where it stands in the file."""

    header: int
    name: bytes
    virtual_size: int
    rva: int
    raw_size: int
    raw: int
    flags: int


@dataclasses.dataclass
class Need:
    """One need; `field` is where the file has the RVA of its name, None for a forwarder."""

    kind: str
    name: str
    field: int | None = None
    rva: int = 0


def is_pe(data):
    """Tell a PE image from others by both of its marks."""
    if len(data) < 64 or data[:2] != b"MZ":
        return False
    start = struct.unpack_from("<I", data, 60)[0]
    return data[start : start + 4] == b"PE\0\0"


class Image:
    """What one image says."""

    def __init__(self, data):
        self.data = data
        start = struct.unpack_from("<I", data, 60)[0]
        machine, count = struct.unpack_from("<HH", data, start + 4)
        size, flags = struct.unpack_from("<HH", data, start + 20)
        self.machine = MACHINES.get(machine, hex(machine))
        self.is_dll = bool(flags & 0x2000)
        self.count_field = start + 6
        self.optional = start + 24
        self.is_64 = self.u16(self.optional) == 0x20B
        self.checksum_field = self.optional + 64
        self.checksum = self.u32(self.checksum_field)
        self.directories = self.optional + (112 if self.is_64 else 96)
        table = self.optional + size
        self.sections = [self._section(table + SECTION_HEADER * i) for i in range(count)]
        self.needs = [*self._imports(), *self._delayed()]
        self.export_name, forwarders = self._exports()
        self.needs += [Need("forward", name) for name in forwarders]
        self.load_flags = self._load_flags()

    def u16(self, offset):
        return struct.unpack_from("<H", self.data, offset)[0]

    def u32(self, offset):
        return struct.unpack_from("<I", self.data, offset)[0]

    def _section(self, at):
        name, *numbers = struct.unpack_from("<8s4I", self.data, at)
        return Section(at, name, *numbers, self.u32(at + 36))

    def directory(self, index):
        """Return (address, size) of a directory; zeros where the file has none."""
        if index >= self.u32(self.directories - 4):
            return 0, 0
        return struct.unpack_from("<II", self.data, self.directories + 8 * index)

    def offset(self, rva):
        """Return where the byte at `rva` stands in the file."""
        for section in self.sections:
            if section.rva <= rva < section.rva + section.raw_size:
                return section.raw + rva - section.rva
        return rva

    def text(self, rva):
        start = self.offset(rva)
        return self.data[start : self.data.index(b"\0", start)].decode("latin-1")

    def _imports(self):
        rva = self.directory(IMPORT)[0]
        at = self.offset(rva)
        while rva and self.u32(at + 12) and self.u32(at + 16):
            name = self.u32(at + 12)
            yield Need("import", self.text(name), at + 12, name)
            at += 20

    def _delayed(self):
        rva = self.directory(DELAY)[0]
        at = self.offset(rva)
        while rva and self.u32(at + 4):
            name = self.u32(at + 4)
            yield Need("delay", self.text(name), at + 4, name)
            at += 32

    def _exports(self):
        rva, size = self.directory(EXPORT)
        if not rva:
            return None, []
        at = self.offset(rva)
        count, functions = self.u32(at + 20), self.offset(self.u32(at + 28))
        addresses = array.array("I", self.data[functions : functions + 4 * count])
        modules = {}
        for address in addresses:
            if rva <= address < rva + size:
                modules[self.text(address).rpartition(".")[0]] = None
        name = self.u32(at + 12)
        return self.text(name) if name else None, list(modules)

    def _load_flags(self):
        rva = self.directory(LOAD_CONFIG)[0]
        field = 0x4E if self.is_64 else 0x36
        if not rva or self.u32(self.offset(rva)) < field + 2:
            return 0
        return self.u16(self.offset(rva) + field)

    def right_checksum(self):
        """Return the checksum that the file should have."""
        whole = bytearray(self.data)
        whole[self.checksum_field : self.checksum_field + 4] = bytes(4)
        whole += bytes(-len(whole) % 2)
        total = sum(array.array("H", bytes(whole)))
        while total >> 16:
            total = (total & 0xFFFF) + (total >> 16)
        return total + len(self.data)

    def direct(self):
        """Return the names of imports and delay imports, in table order."""
        return [need.name for need in self.needs if need.field is not None]
