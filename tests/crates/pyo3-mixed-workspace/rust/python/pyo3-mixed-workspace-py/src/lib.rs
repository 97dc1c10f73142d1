use pyo3::prelude::*;

#[pyfunction]
fn get_42() -> usize {
    pyo3_mixed_workspace::get_42()
}

#[pymodule]
fn pyo3_mixed_workspace_py(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(get_42, module)?)
}
