from pyo3_cffi_build_script import cffi_version

assert cffi_version().split(".")[0].isdigit()
