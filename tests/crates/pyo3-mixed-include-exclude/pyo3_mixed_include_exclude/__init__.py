from .pyo3_mixed_include_exclude import get_42
from .python_module.double import double

__all__ = ["get_42", "double"]
