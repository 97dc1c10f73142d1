"""Take delvewheel's changes out of PE files again, without any code of the project.

delvewheel leaves the old name of a DLL where it was and writes the new one behind a section's
bytes, or into a section `dlvwhl` of its own.  So what a file was before can be made of it,
but for what was thrown away: certificates, DependentLoadFlags, and the room that a moved
header took.
"""

import re
import struct

from pe_names import IMPORT, Image

INITIALIZED = 0x40
OWN_SECTION = b"dlvwhl\0\0"
MANGLED = re.compile(r"(.+)-[0-9a-f]{32}(\.[^.]+)")


def plain_name(name):
    """Return a DLL's name without the digest that a repair put into it."""
    match = MANGLED.fullmatch(name)
    return match[1] + match[2] if match else name


def round_up(number, unit):
    return -(-number // unit) * unit


def section_of(image, rva):
    for section in image.sections:
        if section.rva <= rva < section.rva + max(section.raw_size, section.virtual_size):
            return section
    raise ValueError(f"RVA {rva:#x} is in no section")


def old_rva(image, name):
    """Return where the file still has a name: beside the other names, if anywhere."""
    pattern = re.compile(rb"(?i)(?<=\0)" + re.escape(name.encode()) + b"\0")
    home = section_of(image, image.directory(IMPORT)[0])
    for section in [home, *image.sections]:
        found = pattern.search(image.data, section.raw, section.raw + section.raw_size)
        if found:
            return section.rva + found.start() - section.raw
    raise ValueError(f"the name {name} is not there any more")


def shrink_section(out, section, end):
    """Let a section end before the RVA where names were put behind it."""
    size = end - section.rva
    out[section.raw + size : section.raw + section.virtual_size] = bytes(
        section.virtual_size - size
    )
    struct.pack_into("<I", out, section.header + 8, size)


def drop_section(out, image, section):
    """Take the last section away, with its bytes."""
    del out[section.raw :]
    out[section.header : section.header + 40] = bytes(40)
    struct.pack_into("<H", out, image.count_field, len(image.sections) - 1)
    data_size = image.u32(image.optional + 8) - section.raw_size
    struct.pack_into("<I", out, image.optional + 8, data_size)
    last = image.sections[-2]
    unit = image.u32(image.optional + 32)
    end = round_up(last.rva + last.virtual_size, unit)
    struct.pack_into("<I", out, image.optional + 56, end)


def with_checksum(out):
    """Return the file with the checksum that it should have, if it has one."""
    image = Image(bytes(out))
    if image.checksum:
        struct.pack_into("<I", out, image.checksum_field, image.right_checksum())
    return bytes(out)


def restore(data, renamed):
    """Return a file that needs DLLs by the names they had; `renamed` says which is which,
    by the new names in lower case."""
    image = Image(data)
    changed = [need for need in image.needs if need.field and need.name.lower() in renamed]
    if not changed:
        return data
    out = bytearray(data)
    for need in changed:
        rva = old_rva(image, renamed[need.name.lower()])
        struct.pack_into("<I", out, need.field, rva)
    starts = {}
    for need in changed:
        section = section_of(image, need.rva)
        starts[section.header] = min(need.rva, starts.get(section.header, need.rva))
    for section in image.sections:
        if section.header not in starts:
            continue
        if section.name == OWN_SECTION:
            drop_section(out, image, section)
        else:
            shrink_section(out, section, starts[section.header])
    return with_checksum(out)
