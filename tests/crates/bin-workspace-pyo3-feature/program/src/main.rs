fn main() {
    println!("{}", shared_library::greeting());
}
