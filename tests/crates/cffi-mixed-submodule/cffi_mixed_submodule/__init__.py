from .python_module.double import double
from .rust_module.rust import lib

__all__ = ["lib", "double"]
