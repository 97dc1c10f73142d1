pub fn get_42() -> usize {
    42
}
