use std::os::raw::c_int;

use pyo3::prelude::*;

extern "C" {
    fn wpgraft_answer() -> c_int;
}

#[pyfunction]
fn answer() -> i32 {
    // SAFETY: the function takes and keeps nothing.
    unsafe { wpgraft_answer() }
}

#[pymodule]
fn graft_pyo3(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(answer, module)?)
}
