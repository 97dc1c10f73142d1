fn main() {
    uniffi::generate_scaffolding("src/math.udl").expect("the scaffolding can be made");
}
