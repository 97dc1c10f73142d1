#[no_mangle]
pub extern "C" fn one() -> u32 {
    1
}
