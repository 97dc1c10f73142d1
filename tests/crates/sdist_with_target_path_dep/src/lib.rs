use pyo3::prelude::*;

#[pyfunction]
fn add(left: usize, right: usize) -> usize {
    some_path_dep::add(left, right)
}

#[pymodule]
fn sdist_with_target_path_dep(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(add, module)?)
}
