import pathlib
import subprocess
import sys

from with_data import lib

assert lib.one() == 1
prefix = pathlib.Path(sys.prefix)
assert (prefix / "data_subdir/hello.txt").read_text(encoding="utf-8") == "Hi! 😊\n"
assert list(prefix.glob("include/site/python*/with-data/empty.h"))
assert subprocess.check_output([prefix / "bin/say_hello"]) == b"Hello!\n"
