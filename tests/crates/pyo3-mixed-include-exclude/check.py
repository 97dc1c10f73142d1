import pathlib

import pyo3_mixed_include_exclude as m

assert m.get_42() == 42 and m.double(3) == 6
package = pathlib.Path(m.__file__).parent
assert (package / "generated_info.txt").read_text() == "hello from build.rs\n"
assert not (package / "exclude_this_file").exists()
