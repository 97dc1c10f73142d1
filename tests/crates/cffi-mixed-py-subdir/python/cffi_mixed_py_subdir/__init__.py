from ._cffi_mixed import ffi, lib
from .python_module.double import double

__all__ = ["ffi", "lib", "double"]
