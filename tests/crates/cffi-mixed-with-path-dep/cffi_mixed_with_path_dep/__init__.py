from .cffi_mixed_with_path_dep import lib

__all__ = ["lib"]
