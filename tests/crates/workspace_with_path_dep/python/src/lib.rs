use pyo3::prelude::*;

#[pyfunction]
fn get_42() -> usize {
    generic_lib::get_42()
}

#[pymodule]
fn workspace_with_path_dep(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(get_42, module)?)
}
