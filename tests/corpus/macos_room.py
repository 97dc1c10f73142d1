#!/usr/bin/env python3
"""Count how far repairs have to go for the header room of real files.

The published macOS wheels are taken apart as macos_unrepair does, and their names are made
what linkers write: "/usr/local/lib/NAME", or "@rpath/NAME" with one rpath of the machine
they were built on, or without any.  A command that nobody reads then fills each header, so that only so
many bytes are left as current linkers leave: 32 by Apple's and lld (48 without a
signature).  The plan of `wheelfix repair --dry-run` says for every slice which step made
its names fit.
"""

import argparse
import collections
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import zipfile

from fetch import default_cache, read_list
from macho_names import DYLIBS, ID_DYLIB, RPATH, THIN, is_macho, parts
from macos_unrepair import OUTSIDE, bundled, members, unrepair

HERE = pathlib.Path(__file__).resolve().parent
SEGMENT_64, IDENT = 0x19, 0x8
ZERO_FILLED = {0x1, 0xC, 0x12}
STYLES = {
    "absolute": ("/usr/local/lib/", None),
    "rpath": ("@rpath/", b"/opt/build/lib"),
    "bare": ("@rpath/", None),
}


def commands_of(part):
    """Return the load commands of a 64-bit slice as bytes."""
    count = struct.unpack_from("<I", part, 16)[0]
    found, offset = [], THIN[0xFEEDFACF]
    for _ in range(count):
        size = struct.unpack_from("<I", part, offset + 4)[0]
        found.append(bytes(part[offset : offset + size]))
        offset += size
    return found


def first_content(commands):
    """Return where the first section with bytes begins."""
    lowest = None
    for command in commands:
        if struct.unpack_from("<I", command)[0] != SEGMENT_64:
            continue
        for index in range(struct.unpack_from("<I", command, 64)[0]):
            at = 72 + 80 * index
            size, offset = struct.unpack_from("<QI", command, at + 40)
            kind = struct.unpack_from("<I", command, at + 64)[0] & 0xFF
            if size and kind not in ZERO_FILLED and (lowest is None or offset < lowest):
                lowest = offset
    return lowest


def with_text(command, text):
    """Return a command with another string."""
    start = struct.unpack_from("<I", command, 8)[0]
    body = command[:start] + text + b"\0"
    body += bytes(-len(body) % 8)
    return body[:4] + struct.pack("<I", len(body)) + body[8:]


def relink(command, prefix):
    """Return a command whose name leads outside as a linker would have written it."""
    kind, _, start = struct.unpack_from("<III", command)
    if kind not in DYLIBS and kind != ID_DYLIB:
        return command
    text = command[start:].split(b"\0", 1)[0].decode()
    if not text.startswith(OUTSIDE):
        return command
    return with_text(command, (prefix + text.removeprefix(OUTSIDE)).encode())


def tighten(part, room, style):
    """Return a slice with so many bytes of header room, or less where it has less."""
    prefix, rpath = STYLES[style]
    commands = [relink(command, prefix) for command in commands_of(part)]
    if commands == commands_of(part):
        return part
    if rpath:
        commands.append(with_text(struct.pack("<III", RPATH, 0, 12), rpath))
    header = THIN[0xFEEDFACF]
    spare = first_content(commands) - header - sum(map(len, commands)) - room
    if spare >= 16:
        spare -= spare % 8
        commands.append(struct.pack("<II", IDENT, spare) + bytes(spare - 8))
    table = b"".join(commands)
    end = header + struct.unpack_from("<I", part, 20)[0]
    if header + len(table) > first_content(commands):
        return part
    fresh = bytearray(part)
    fresh[header : max(end, header + len(table))] = bytes(
        max(end, header + len(table)) - header
    )
    fresh[header : header + len(table)] = table
    struct.pack_into("<II", fresh, 16, len(commands), len(table))
    return bytes(fresh)


def tighten_file(data, room, style):
    """Do that to every slice; all files of the corpus have 64 bits."""
    fresh = bytearray(data)
    for part in parts(data):
        if struct.unpack_from("<I", part)[0] == 0xFEEDFACF:
            offset = data.index(part)
            fresh[offset : offset + len(part)] = tighten(part, room, style)
    return bytes(fresh)


def tighten_wheel(before, libraries, room, style, folder):
    """Return the wheel and the folder of libraries with little room."""
    made = folder / before.name
    with zipfile.ZipFile(before) as old, zipfile.ZipFile(made, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            new.writestr(info, tighten_file(data, room, style) if is_macho(data) else data)
    outside = folder / "outside"
    outside.mkdir()
    for path in libraries.iterdir():
        (outside / path.name).write_bytes(tighten_file(path.read_bytes(), room, style))
    return made, outside


def count_steps(program, wheel, libraries):
    """Return how many slices took which step."""
    result = subprocess.run(
        [program, "repair", "--dry-run", "--format", "json", "--lib-path", libraries, wheel],
        capture_output=True,
        text=True,
        check=False,
    )
    plan = json.loads(result.stdout)["wheels"][0]
    steps = collections.Counter()
    for item in plan["edit"] + plan["graft"]:
        for one in item.get("slices", []):
            if any(one[key] for key in ("names", "id", "rpaths_dropped", "rpaths_added")):
                steps[one["header_room"]["step"]] += 1
    for refusal in plan["refusals"]:
        steps["refused: " + refusal["kind"]] += 1
    return steps


def main():
    """Print a table: a row for each size of the room."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheelfix", default="wheelfix")
    parser.add_argument("--cache", type=pathlib.Path, default=default_cache())
    parser.add_argument("--match", default="", help="only wheels with this in their names")
    parser.add_argument("--style", choices=STYLES, default="absolute")
    parser.add_argument("--room", type=int, nargs="*", default=[4096, 48, 32, 16, 8, 0])
    options = parser.parse_args()
    totals = {room: collections.Counter() for room in options.room}
    for row in read_list(HERE / "dev-wheels.tsv"):
        wheel = options.cache / row["filename"]
        if row["os"] != "macos" or options.match not in wheel.name or not wheel.is_file():
            continue
        if not bundled(members(wheel)):
            continue
        with tempfile.TemporaryDirectory() as folder:
            before, libraries = unrepair(wheel, pathlib.Path(folder))
            for room in options.room:
                place = pathlib.Path(folder) / str(room)
                place.mkdir()
                made, outside = tighten_wheel(
                    before, libraries, room, options.style, place
                )
                steps = count_steps(options.wheelfix, made, outside)
                totals[room] += steps
                print(f"{wheel.name} {room}: {dict(sorted(steps.items()))}")
    for room, steps in totals.items():
        print(f"{room:5} bytes: {sum(steps.values())} slices {dict(sorted(steps.items()))}")
    return 0 if any(totals.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
