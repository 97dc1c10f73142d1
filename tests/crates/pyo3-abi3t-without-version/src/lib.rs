use pyo3::prelude::*;

/// The answer.
#[pyfunction]
fn get_42() -> usize {
    42
}

#[pymodule]
fn pyo3_abi3t_without_version(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(get_42, module)?)
}
