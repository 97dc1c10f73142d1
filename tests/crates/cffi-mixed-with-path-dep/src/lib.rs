#[no_mangle]
pub extern "C" fn get_21() -> usize {
    21
}

#[no_mangle]
pub extern "C" fn add_21(number: usize) -> usize {
    some_path_dep::add(number, get_21())
}

#[no_mangle]
pub extern "C" fn is_half(half: usize, whole: usize) -> bool {
    some_path_dep::is_sum(half, half, whole)
}
