#!/usr/bin/env python3
"""Pack a folder as a wheel, modes kept.

Usage: pack_wheel.py FOLDER WHEEL

WHEEL's name gives project, version and tags; METADATA and WHEEL are made of them unless the
folder has them.  RECORD is written for all files but those in the list UNLISTED, one a line,
of the environment.
"""

import base64
import csv
import hashlib
import io
import itertools
import os
import sys
import zipfile


def files_of(folder):
    files = {}
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            member = os.path.relpath(path, folder)
            with open(path, "rb") as data:
                files[member] = (data.read(), os.stat(path).st_mode)
    return files


def metadata(parts):
    text = f"Metadata-Version: 2.1\nName: {parts[0]}\nVersion: {parts[1]}\n"
    return text.encode()


def wheel_file(parts):
    lines = ["Wheel-Version: 1.0", "Generator: tests", "Root-Is-Purelib: false"]
    if len(parts) == 6:
        lines.append("Build: " + parts[2])
    tags = itertools.product(*(part.split(".") for part in parts[-3:]))
    lines += ["Tag: " + "-".join(tag) for tag in tags]
    return ("\n".join(lines) + "\n").encode()


def record(files, name, unlisted):
    out = io.StringIO()
    rows = csv.writer(out)
    for member, (data, _) in sorted(files.items()):
        if member not in unlisted:
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=")
            rows.writerow([member, "sha256=" + digest.decode(), len(data)])
    rows.writerow([name, "", ""])
    return out.getvalue().encode()


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    folder, wheel = sys.argv[1:]
    parts = os.path.basename(wheel)[: -len(".whl")].split("-")
    info = f"{parts[0]}-{parts[1]}.dist-info/"
    files = files_of(folder)
    files.setdefault(info + "METADATA", (metadata(parts), 0o100644))
    files.setdefault(info + "WHEEL", (wheel_file(parts), 0o100644))
    unlisted = os.environ.get("UNLISTED", "").split("\n")
    files[info + "RECORD"] = (record(files, info + "RECORD", unlisted), 0o100644)
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, (data, mode) in files.items():
            entry = zipfile.ZipInfo(member, (2020, 2, 2, 2, 2, 2))
            entry.external_attr = mode << 16
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    main()
