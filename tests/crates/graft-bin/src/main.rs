use std::os::raw::c_int;

extern "C" {
    fn wpgraft_answer() -> c_int;
}

fn main() {
    // SAFETY: the function takes and keeps nothing.
    println!("{}", unsafe { wpgraft_answer() });
}
