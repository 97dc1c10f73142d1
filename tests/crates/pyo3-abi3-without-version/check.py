import pyo3_abi3_without_version as m

assert m.get_42() == 42
