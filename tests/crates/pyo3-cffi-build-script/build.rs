use std::process::Command;

/// Asks the Python of the build for its cffi, which is there only when it is the right one,
/// although one library is for all Pythons.
fn main() {
    let python = std::env::var("PYO3_PYTHON").expect("the build names its Python");
    let asked = Command::new(python)
        .args(["-c", "import cffi; print(cffi.__version__, end='')"])
        .output()
        .expect("the Python of the build runs");
    assert!(asked.status.success(), "it has no cffi");
    let version = String::from_utf8(asked.stdout).expect("a version is text");
    println!("cargo:rustc-env=CFFI_VERSION={version}");
    println!("cargo:rerun-if-env-changed=PYO3_PYTHON");
}
