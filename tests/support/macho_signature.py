#!/usr/bin/env python3
"""Verify code signatures of Mach-O files, from the published layout alone.

    macho_signature.py FILE...

Prints a line per slice: file, processor, kind, identifier, hash, page size, pages, pages
that differ, "valid" or what is wrong.  Shares nothing with the program under test.
"""

import hashlib
import struct
import sys

HASHES = {  # type: name, function, bytes, rank
    1: ("sha1", hashlib.sha1, 20, 1),
    3: ("sha256-truncated", hashlib.sha256, 20, 2),
    2: ("sha256", hashlib.sha256, 32, 3),
    4: ("sha384", hashlib.sha384, 48, 4),
}
CPUS = {7: "i386", 0x01000007: "x86_64", 0x0100000C: "arm64"}


def slices(data):
    """Yield the slices of a thin or universal file."""
    magic, number = struct.unpack_from(">II", data)
    if magic not in (0xCAFEBABE, 0xCAFEBABF):
        yield data
        return
    form, size = (">8xII", 20) if magic == 0xCAFEBABE else (">8xQQ", 32)
    for index in range(number):
        offset, length = struct.unpack_from(form, data, 8 + size * index)
        yield data[offset : offset + length]


def commands(data):
    """Yield number and bytes of the load commands of a little-endian slice."""
    offset = 32 if data[:4] == b"\xcf\xfa\xed\xfe" else 28
    for _ in range(struct.unpack_from("<I", data, 16)[0]):
        number, size = struct.unpack_from("<II", data, offset)
        yield number, data[offset : offset + size]
        offset += size


def blobs(signature):
    """Map the slots of a superblob to their blobs."""
    magic, length, count = struct.unpack_from(">III", signature)
    assert magic == 0xFADE0CC0 and length <= len(signature), "no superblob"
    found = {}
    for index in range(count):
        slot, offset = struct.unpack_from(">II", signature, 12 + 8 * index)
        size = struct.unpack_from(">I", signature, offset + 4)[0]
        assert offset + size <= length, "a blob leaves the superblob"
        found.setdefault(slot, signature[offset : offset + size])
    return found


def verify(data):
    """Return what the signature of a slice is, as a dict; None when it has none."""
    for number, command in commands(data):
        if number == 0x1D:
            start, size = struct.unpack_from("<II", command, 8)
            break
    else:
        return None
    found = blobs(data[start : start + size])
    codes = [blob for slot, blob in found.items() if slot == 0 or 0x1000 <= slot < 0x1005]
    code = max(codes, key=lambda blob: HASHES[blob[37]][3])
    fields = struct.unpack_from(">9I4B", code)
    _, length, version, flags, hash_at, name_at, specials, pages, limit = fields[:9]
    size, kind, _, shift = fields[9:]
    if version >= 0x20300:
        limit = struct.unpack_from(">Q", code, 56)[0] or limit
    name, function, width, _ = HASHES[kind]
    assert size == width and length == len(code) and limit <= start
    page = 1 << shift
    assert -(-limit // page) == pages == -(-start // page), "not all is covered"
    bad = [
        index
        for index in range(pages)
        if function(data[index * page : min(index * page + page, limit)]).digest()[:width]
        != code[hash_at + index * width : hash_at + index * width + width]
    ]
    for slot in (2, 5, 7):
        at = hash_at - slot * width
        stored = code[at : at + width] if slot <= specials else bytes(width)
        blob = function(found[slot]).digest()[:width] if slot in found else bytes(width)
        if stored != blob:
            bad.append(-slot)
    cms = len(found.get(0x10000, b"")) > 8
    assert cms or flags & 2, "neither ad hoc nor by a certificate"
    return {
        "kind": "linker" if flags & 0x20000 else "adhoc" if flags & 2 else "identity",
        "identifier": code[name_at : code.index(0, name_at)].decode(),
        "hash": name,
        "page": page,
        "pages": pages,
        "bad": bad,
        "gap": start - limit,
        "trailing": len(data) - start - struct.unpack_from("<I", command, 12)[0],
        "flags": flags,
        "version": version,
    }


def describe(data):
    """Return what `verify` says as the columns of a line."""
    try:
        found = verify(data)
    except (AssertionError, struct.error, KeyError, ValueError) as why:
        return ["broken", "-", "-", 0, 0, 0, str(why) or type(why).__name__]
    if found is None:
        return ["unsigned", "-", "-", 0, 0, 0, "-"]
    bad = [index for index in found["bad"] if index >= 0]
    verdict = "valid" if not found["bad"] else f"differs: {found['bad'][:4]}"
    columns = [found[key] for key in ("kind", "identifier", "hash", "page", "pages")]
    return columns + [len(bad), verdict]


def lines(path):
    """Yield the columns of each slice of a file."""
    with open(path, "rb") as stream:
        for data in slices(stream.read()):
            cpu = struct.unpack_from("<I", data, 4)[0]
            yield [path, CPUS.get(cpu, hex(cpu))] + describe(data)


if __name__ == "__main__":
    BAD = 0
    for argument in sys.argv[1:]:
        for line in lines(argument):
            print(*line, sep="\t")
            BAD |= line[-1] not in ("valid", "-")
    sys.exit(BAD)
