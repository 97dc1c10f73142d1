pub fn is_sum(left: usize, right: usize, sum: usize) -> bool {
    left + right == sum
}
