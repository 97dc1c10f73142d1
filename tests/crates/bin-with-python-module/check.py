import pathlib
import subprocess
import sys

import bin_with_python_module

assert bin_with_python_module.get_version() == "0.1.0"
program = pathlib.Path(sys.executable).with_name("bin-with-python-module")
assert subprocess.check_output([program]) == b"bin-with-python-module 0.1.0\n"
