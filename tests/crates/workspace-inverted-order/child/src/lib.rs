pub fn add_number(number: usize) -> usize {
    number + 42
}
