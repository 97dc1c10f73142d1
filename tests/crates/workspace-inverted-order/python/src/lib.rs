use pyo3::prelude::*;

#[pyfunction]
fn add_number(number: usize) -> usize {
    workspace_inverted_order::add_number(number)
}

#[pymodule]
fn python_inverted(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(add_number, module)?)
}
