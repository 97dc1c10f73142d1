pub fn add(left: u32, right: u32) -> u32 {
    left + right
}

uniffi::include_scaffolding!("math");
