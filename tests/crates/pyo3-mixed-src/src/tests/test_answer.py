import pyo3_mixed_src


def test_answer():
    assert pyo3_mixed_src.get_42() == 42
