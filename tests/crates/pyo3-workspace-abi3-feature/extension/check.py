import pyo3_workspace_abi3_feature as m

assert m.get_42() == 42
