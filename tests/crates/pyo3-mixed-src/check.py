import pyo3_mixed_src
import tests.test_answer

tests.test_answer.test_answer()
assert pyo3_mixed_src.double(4) == 8
