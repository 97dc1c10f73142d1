import graft_pyo3

assert graft_pyo3.answer() == 42
