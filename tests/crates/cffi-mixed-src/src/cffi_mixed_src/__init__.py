from .cffi_mixed_src import ffi, lib
from .python_module.double import double

__all__ = ["ffi", "lib", "double"]
