from cffi_mixed_with_path_dep import lib

assert lib.get_21() == 21
assert lib.add_21(21) == 42
assert lib.is_half(21, 42)
assert not lib.is_half(20, 42)
