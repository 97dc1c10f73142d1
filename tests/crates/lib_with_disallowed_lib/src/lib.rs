use std::os::raw::{c_int, c_void};

use pyo3::prelude::*;

#[link(name = "z")]
extern "C" {
    fn gzflags() -> c_int;
    fn zlibVersion() -> *const c_void;
}

/// Calls what manylinux tags do not promise of libz.
#[pyfunction]
fn flags() -> bool {
    // SAFETY: neither function takes or keeps anything.
    unsafe { gzflags() >= 0 && !zlibVersion().is_null() }
}

#[pymodule]
fn lib_with_disallowed_lib(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(flags, module)?)
}
