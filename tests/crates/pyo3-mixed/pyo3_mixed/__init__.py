import sys

from packaging.version import Version

from .pyo3_mixed import get_42
from .python_module.double import double

__all__ = ["get_42", "double", "print_cli_args", "Version"]


def print_cli_args():
    print(sys.argv[1:])
