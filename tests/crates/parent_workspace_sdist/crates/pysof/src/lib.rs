use pyo3::prelude::*;

#[pyfunction]
fn get_42() -> usize {
    shared_crate::get_42()
}

#[pymodule]
fn pysof(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(get_42, module)?)
}
