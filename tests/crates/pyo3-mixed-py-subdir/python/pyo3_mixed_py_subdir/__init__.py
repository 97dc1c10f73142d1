import sys

from ._pyo3_mixed import get_42
from .python_module.double import double

__all__ = ["get_42", "double", "print_cli_args"]


def print_cli_args():
    print(sys.argv[1:])
