from .cffi_mixed_include_exclude import lib
from .python_module.double import double

__all__ = ["lib", "double"]
