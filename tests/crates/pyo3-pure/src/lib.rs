use pyo3::prelude::*;

/// The answer.
#[pyfunction]
fn get_42() -> usize {
    42
}

/// What a script of this name does.
#[pyfunction]
fn exit_42(py: Python<'_>) -> PyResult<()> {
    py.import("sys")?.getattr("exit")?.call1((42,))?;
    Ok(())
}

/// Functions for tests.
#[pymodule]
fn pyo3_pure(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(get_42, module)?)?;
    module.add_function(wrap_pyfunction!(exit_42, module)?)
}
