"""The names in Mach-O files, read without any code of the project.

Only what the proofs compare: per slice the install name, the names of libraries and the
search paths, as the load commands have them (<mach-o/loader.h>, <mach-o/fat.h>).
"""

import dataclasses
import struct

FAT, FAT_64 = 0xCAFEBABE, 0xCAFEBABF
THIN = {0xFEEDFACE: 28, 0xFEEDFACF: 32}
CPUS = {7: "i386", 0x01000007: "x86_64", 0x0100000C: "arm64"}
DYLIBS = {0xC, 0x80000018, 0x8000001F, 0x80000023, 0x20}
ID_DYLIB, RPATH = 0xD, 0x8000001C


@dataclasses.dataclass
class Slice:
    """What one slice says."""

    arch: str
    install_name: str | None = None
    needed: list[str] = dataclasses.field(default_factory=list)
    rpaths: list[str] = dataclasses.field(default_factory=list)


def is_macho(data):
    """Tell a Mach-O file from others; Java's class files count more than 44 slices."""
    if len(data) < 8:
        return False
    big, count = struct.unpack_from(">II", data)
    little = struct.unpack_from("<I", data)[0]
    return little in THIN or (big in (FAT, FAT_64) and 0 < count < 45)


def parts(data):
    magic, count = struct.unpack_from(">II", data)
    if magic not in (FAT, FAT_64):
        yield data
        return
    for index in range(count):
        if magic == FAT:
            offset, size = struct.unpack_from(">II", data, 8 + 20 * index + 8)
        else:
            offset, size = struct.unpack_from(">QQ", data, 8 + 32 * index + 8)
        yield data[offset : offset + size]


def _text(command):
    start = struct.unpack_from("<I", command, 8)[0]
    return command[start:].split(b"\0", 1)[0].decode()


def slices(data):
    """Return what every image of a file says; static libraries are left out."""
    found = []
    for part in parts(data):
        magic = struct.unpack_from("<I", part)[0]
        if magic not in THIN:
            continue
        cpu, _, _, count = struct.unpack_from("<IIII", part, 4)
        one = Slice(CPUS.get(cpu, hex(cpu)))
        offset = THIN[magic]
        for _ in range(count):
            kind, size = struct.unpack_from("<II", part, offset)
            command = part[offset : offset + size]
            if kind in DYLIBS:
                one.needed.append(_text(command))
            elif kind == ID_DYLIB:
                one.install_name = _text(command)
            elif kind == RPATH:
                one.rpaths.append(_text(command))
            offset += size
        found.append(one)
    return found
