import pyo3_feature

assert pyo3_feature.get_42() == 42
