use pyo3::prelude::*;

#[pyfunction]
fn get_42() -> usize {
    generic_lib::get_42()
}

#[pymodule]
fn workspace_inheritance(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(get_42, module)?)
}
