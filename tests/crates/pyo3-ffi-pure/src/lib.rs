use std::os::raw::{c_char, c_long};
use std::ptr;

use pyo3_ffi::*;

struct Methods([PyMethodDef; 2]);
// SAFETY: the table is only read.
unsafe impl Sync for Methods {}

static METHODS: Methods = Methods([
    PyMethodDef {
        ml_name: c"sum".as_ptr(),
        ml_meth: PyMethodDefPointer { PyCFunction: sum },
        ml_flags: METH_VARARGS,
        ml_doc: c"The sum of two numbers.".as_ptr(),
    },
    PyMethodDef::zeroed(),
]);

static mut MODULE: PyModuleDef = PyModuleDef {
    m_base: PyModuleDef_HEAD_INIT,
    m_name: c"pyo3_ffi_pure".as_ptr(),
    m_doc: c"A module without the safe layer.".as_ptr(),
    m_size: 0,
    m_methods: &METHODS.0 as *const [PyMethodDef; 2] as *mut PyMethodDef,
    m_slots: ptr::null_mut(),
    m_traverse: None,
    m_clear: None,
    m_free: None,
};

/// # Safety
/// Called by the interpreter, which holds its lock.
#[allow(non_snake_case)]
#[no_mangle]
pub unsafe extern "C" fn PyInit_pyo3_ffi_pure() -> *mut PyObject {
    unsafe { PyModule_Create(ptr::addr_of_mut!(MODULE)) }
}

unsafe extern "C" fn sum(_module: *mut PyObject, args: *mut PyObject) -> *mut PyObject {
    let (mut left, mut right): (c_long, c_long) = (0, 0);
    let format: *const c_char = c"ll".as_ptr();

    unsafe {
        if PyArg_ParseTuple(args, format, &mut left, &mut right) == 0 {
            return ptr::null_mut();
        }
        PyLong_FromLong(left + right)
    }
}
