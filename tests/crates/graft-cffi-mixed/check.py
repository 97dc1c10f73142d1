from graft_cffi_mixed import lib

assert lib.answer() == 42
