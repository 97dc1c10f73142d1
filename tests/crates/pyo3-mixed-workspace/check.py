import pyo3_mixed_workspace as m

assert m.get_42() == 42 and m.double(5) == 10
