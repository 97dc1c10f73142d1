import pathlib
import subprocess
import sys

import pyo3_pure

assert pyo3_pure.get_42() == 42
assert pyo3_pure.__doc__ == "Functions for tests."
package = pathlib.Path(pyo3_pure.__file__).parent
assert (package / "__init__.pyi").read_text().startswith("def get_42() -> int")
assert (package / "py.typed").read_bytes() == b""
script = pathlib.Path(sys.executable).with_name("exit_42")
assert subprocess.run([script]).returncode == 42
