import pathlib

import cffi_mixed_include_exclude as m

lib = m.lib

origin = lib.get_origin()
assert (origin.x, origin.y) == (0.0, 0.0)
origin.x = origin.y = 10.0
assert lib.is_in_range(origin, 15.0)
assert not lib.is_in_range(origin, 5.0)
assert lib.side_of(origin, 5.0) == 1
assert m.double(3) == 6
package = pathlib.Path(m.__file__).parent
assert (package / "generated_info.txt").read_text() == "hello from build.rs\n"
