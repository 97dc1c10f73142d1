import pathlib
import subprocess
import sys

program = pathlib.Path(sys.executable).with_name("graft-bin")
assert subprocess.check_output([program]) == b"42\n"
