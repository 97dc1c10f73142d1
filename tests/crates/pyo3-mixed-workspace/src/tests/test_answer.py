import pyo3_mixed_workspace


def test_answer():
    assert pyo3_mixed_workspace.get_42() == 42
