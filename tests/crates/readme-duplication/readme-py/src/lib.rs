use pyo3::prelude::*;

#[pymodule]
fn readme(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("value", 1)
}
