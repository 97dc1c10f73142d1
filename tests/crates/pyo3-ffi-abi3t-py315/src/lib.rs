pub use pyo3_ffi::Py_IsInitialized;
