import pathlib
import subprocess
import sys

import pyo3_mixed

assert pyo3_mixed.get_42() == 42
assert pyo3_mixed.double(21) == 42
assets = pathlib.Path(pyo3_mixed.__file__).parent / "assets"
assert (assets / "words.txt").read_text() == "one\ntwo\n"
script = pathlib.Path(sys.executable).with_name("print_cli_args")
assert subprocess.check_output([script, "a", "b"]) == b"['a', 'b']\n"
