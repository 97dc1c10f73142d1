"""An extension that does little and links two of the largest libraries there are."""

import glob
import re

from setuptools import Extension, setup

headers = glob.glob("/usr/lib/llvm-*/include/clang-c")
number = max(int(re.search(r"\d+", path)[0]) for path in headers)

setup(
    name="llvmlink",
    version="1.0",
    ext_modules=[
        Extension(
            "llvmlink",
            ["llvmlink.c"],
            include_dirs=[f"/usr/lib/llvm-{number}/include"],
            library_dirs=[f"/usr/lib/llvm-{number}/lib"],
            libraries=[f"LLVM-{number}", f"clang-{number}"],
        )
    ],
)
