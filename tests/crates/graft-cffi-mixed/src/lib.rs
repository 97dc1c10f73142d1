use std::os::raw::c_int;

extern "C" {
    fn wpgraft_answer() -> c_int;
}

#[no_mangle]
pub extern "C" fn answer() -> i32 {
    // SAFETY: the function takes and keeps nothing.
    unsafe { wpgraft_answer() }
}
