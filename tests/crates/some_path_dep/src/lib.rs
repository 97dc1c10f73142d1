pub use transitive_path_dep::is_sum;

pub fn add(left: usize, right: usize) -> usize {
    left + right
}
