import pyo3_abi3_and_abi3t as m

assert m.get_42() == 42
