use pyo3::prelude::*;

/// The version of cffi that the build script found.
#[pyfunction]
fn cffi_version() -> &'static str {
    env!("CFFI_VERSION")
}

#[pymodule]
fn pyo3_cffi_build_script(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(cffi_version, module)?)
}
