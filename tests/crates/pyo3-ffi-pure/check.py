import pyo3_ffi_pure

assert pyo3_ffi_pure.sum(2, 40) == 42
