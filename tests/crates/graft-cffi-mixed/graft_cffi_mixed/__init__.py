from .graft_cffi_mixed import lib

__all__ = ["lib"]
