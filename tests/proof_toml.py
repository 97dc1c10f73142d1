#!/usr/bin/env python3
"""The TOML reader against Python's tomllib, on made documents.

    proof_toml.py --tool PROGRAM [--documents N] [--seed N]

Documents are written by a grammar that knows every kind of key, table and value, and
breaks some of them: both readers must accept the same ones, and read the same from them.
Python's own module is the other reader, so this needs Python 3.11; without it, skipped.
"""
import argparse
import datetime
import json
import pathlib
import random
import subprocess
import sys
import tempfile

try:
    import tomllib
except ImportError:
    print("skipped: no tomllib before Python 3.11")
    sys.exit(77)

BATCH = 500
KEYS = ["a", "b", "c-d", "1", '"a"', "'b'", '"x y"', "''", '"\\u0061"', '"\\n"', '"é"']
SCALARS = [
    "0", "+1", "-17", "1_000", "0xDEAD_beef", "0o755", "0b1010", "9223372036854775807",
    "-9223372036854775808", "1.5", "-0.0", "6.02e23", "1e-7", "inf", "-nan", "true", "false",
    "1979-05-27", "07:32:00", "07:32:00.5", "1979-05-27T07:32:00", "1979-05-27 07:32:00Z",
    "1979-05-27t07:32:00.123456-07:30", '"a\\tb\\u00e9\\U0001F600"', "'raw \\'", '""', "''",
    '"""\nx\\\n   é"""', "'''\n'x''y'''", '"""a""b"""', '""""q"""""', '"é # no"',
    "1979-02-29", "01", "1__0", ".5", "5.", "0x", "yes", '"\\q"', "'", "+0x1", "1e", "--1",
    "1979-05-27T25:00:00", "[", "]", "{", "=", '"\\ud800"', '"a\tb"', "07:32",
]
GOOD = SCALARS.index("1979-02-29")
JUNK = ["\x00", "\x01", "\x7f", "\r", "\t", " ", "\n", "#", "=", ".", ",", "[", "]", "{", "}",
        '"', "'", "\\", "é", "\u2003", "\u0287", "\ufeff", "0", "_", "e", "x"]


class Maker:
    def __init__(self, seed):
        self.r = random.Random(seed)

    def key(self):
        parts = [self.r.choice(KEYS[:6] if self.r.random() < 0.8 else KEYS)
                 for _ in range(self.r.choice([1, 1, 1, 2, 3]))]
        return self.r.choice([".", ".", " . "]).join(parts)

    def value(self, depth=0):
        kind = self.r.random()
        if depth > 3 or kind < 0.7:
            good = self.r.random() < 0.97
            return SCALARS[self.r.randrange(GOOD if good else len(SCALARS))]
        if kind < 0.85:
            glue = self.r.choice([", ", ",", ",\n  ", " , # c\n"])
            items = [self.value(depth + 1) for _ in range(self.r.randrange(4))]
            return "[" + glue.join(items) + self.r.choice(["", ",", "\n", ", # e\n"]) + "]"
        items = [f"{self.key()} = {self.value(depth + 1)}" for _ in range(self.r.randrange(4))]
        return "{" + ", ".join(items) + self.r.choice(["", "", "", ",", "\n"]) + "}"

    def line(self):
        kind = self.r.random()
        end = self.r.choice(["", "", " ", " # c", "\t# é"])
        if kind < 0.6:
            return f"{self.r.choice(['', '  '])}{self.key()} = {self.value()}{end}"
        if kind < 0.8:
            return f"[{self.key()}]{end}"
        if kind < 0.9:
            return f"[[{self.key()}]]{end}"
        return end

    def document(self):
        newline = self.r.choice(["\n", "\n", "\r\n"])
        text = newline.join(self.line() for _ in range(self.r.randrange(1, 9)))
        for _ in range(self.r.choice([0, 0, 0, 0, 1, 2])):
            at = self.r.randrange(len(text) + 1)
            text = text[:at] + self.r.choice(JUNK) + text[at + self.r.randrange(2):]
        return text


def scalar(value):
    """The form of tests/support/toml_tool."""
    if isinstance(value, bool):
        return ["a boolean", "true" if value else "false"]
    if isinstance(value, int):
        return ["an integer", str(value)]
    if isinstance(value, float):
        return ["a float", value.hex() if value == value else "nan"]
    if isinstance(value, str):
        return ["a string", value]
    return ["a date or time", value]


def plain(value):
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return scalar(value)


def same_time(theirs, ours):
    """Both as Python reads them; what is beyond microseconds is not compared."""
    kinds = (datetime.datetime, datetime.date, datetime.time)
    kind = next(k for k in kinds if isinstance(theirs, k))
    text = ours.replace("Z", "+00:00")
    if "." in text:
        head, tail = text.split(".", 1)
        digits = len(tail) - len(tail.lstrip("0123456789"))
        text = f"{head}.{tail[:min(digits, 6)].ljust(6, '0')}{tail[digits:]}"
    return kind.fromisoformat(text) == theirs


def same(theirs, ours):
    if isinstance(theirs, dict):
        return (isinstance(ours, dict) and theirs.keys() == ours.keys()
                and all(same(theirs[key], ours[key]) for key in theirs))
    if theirs and theirs[0] == "a date or time" and not isinstance(theirs[1], str):
        return ours[0] == theirs[0] and same_time(theirs[1], ours[1])
    if theirs and theirs[0] == "a float":
        if ours[0] != "a float":
            return False
        number = ours[1].lstrip("-")
        return number == "nan" if theirs[1] == "nan" else (
            float.fromhex(theirs[1]) == float.fromhex(ours[1]))
    if isinstance(theirs, list) and theirs and isinstance(theirs[0], str):
        return theirs == ours
    return (isinstance(ours, list) and len(theirs) == len(ours)
            and all(same(a, b) for a, b in zip(theirs, ours)))


def too_long(value):
    """Integers beyond 64 bits, which we refuse as TOML allows, and U+0000."""
    if isinstance(value, dict):
        return any("\0" in key or too_long(item) for key, item in value.items())
    if isinstance(value, list):
        return any(too_long(item) for item in value)
    return (isinstance(value, int) and not -2**63 <= value < 2**63) or (
        isinstance(value, str) and "\0" in value)


def their_answer(data):
    try:
        value = tomllib.loads(data.removeprefix(b"\xef\xbb\xbf").decode())
    except (tomllib.TOMLDecodeError, ValueError, RecursionError):
        return None
    return None if too_long(value) else plain(value)


def is_beyond_double(ours, theirs):
    """Where Python reads infinity from digits, we refuse."""
    return theirs is not None and "inf" in json.dumps(theirs, default=str) and (
        "could not be interpreted as a value" in ours.get("error", ""))


def compare(tool, documents, folder):
    paths = []
    for i, data in enumerate(documents):
        path = folder / f"{i}.toml"
        path.write_bytes(data)
        paths.append(str(path))
    out = subprocess.run([tool, *paths], check=True, capture_output=True).stdout.decode()
    differences = 0
    accepted = 0
    for data, line in zip(documents, out.split("\n"), strict=False):
        ours = json.loads(line)
        theirs = their_answer(data)
        accepted += theirs is not None
        if is_beyond_double(ours, theirs):
            continue
        if ("value" in ours) != (theirs is not None) or (
                theirs is not None and not same(theirs, ours["value"])):
            differences += 1
            print("differs:", repr(data), "\n  tomllib:", theirs, "\n  ours:   ", ours)
    return accepted, differences


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tool", required=True)
    parser.add_argument("--documents", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    maker = Maker(args.seed)
    accepted = differences = done = 0
    with tempfile.TemporaryDirectory() as folder:
        while done < args.documents:
            documents = [maker.document().encode() for _ in range(BATCH)]
            a, d = compare(args.tool, documents, pathlib.Path(folder))
            accepted += a
            differences += d
            done += BATCH
    print(f"{done} documents, {accepted} accepted by tomllib, {differences} read differently")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
