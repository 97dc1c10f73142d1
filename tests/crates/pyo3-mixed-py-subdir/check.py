import pathlib

import pyo3_mixed_py_subdir as m

assert m.get_42() == 42 and m.double(3) == 6
site = pathlib.Path(m.__file__).parent.parent
assert (site / "assets/extra_data.txt").read_text() == "more\n"
