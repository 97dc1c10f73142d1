import lib_with_disallowed_lib

assert lib_with_disallowed_lib.flags()
