from cffi_pure import lib

origin = lib.get_origin()
assert (origin.x, origin.y) == (0.0, 0.0)
origin.x = origin.y = 10.0
assert lib.is_in_range(origin, 15.0)
assert not lib.is_in_range(origin, 5.0)
assert lib.side_of(origin, 5.0) == 1
