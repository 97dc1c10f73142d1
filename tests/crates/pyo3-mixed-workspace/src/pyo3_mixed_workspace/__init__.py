from .pyo3_mixed_workspace_py import get_42
from .python_module.double import double

__all__ = ["get_42", "double"]
