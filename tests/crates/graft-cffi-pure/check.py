from graft_cffi_pure import lib

assert lib.answer() == 42
