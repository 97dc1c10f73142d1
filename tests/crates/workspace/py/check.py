import pathlib
import subprocess
import sys

program = pathlib.Path(sys.executable).with_name("py")
assert subprocess.check_output([program]) == b"Hello, world!\n"
