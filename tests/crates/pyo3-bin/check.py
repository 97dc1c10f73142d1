import os
import pathlib
import subprocess
import sys
import sysconfig

# The program links libpython, which stands where this Python was built for.
program = pathlib.Path(sys.executable).with_name("pyo3-bin")
environment = dict(os.environ, LD_LIBRARY_PATH=sysconfig.get_config_var("LIBDIR"),
                   PYTHONHOME=sys.base_prefix)
assert subprocess.check_output([program], env=environment) == b"Hello, world!\n"
