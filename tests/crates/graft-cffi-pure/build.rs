use std::{env, fs, path::Path, process::Command};

/// Builds libwpgraft.so.1, which stands nowhere else, and links it.
fn main() {
    println!("cargo:rerun-if-changed=native/graft.c");
    println!("cargo:rerun-if-env-changed=CC");
    let folder = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    let target = env::var("TARGET").expect("cargo sets TARGET");
    let compiler = env::var("CC").unwrap_or_else(|_| match target.as_str() {
        "aarch64-unknown-linux-gnu" => "aarch64-linux-gnu-gcc".into(),
        "x86_64-unknown-linux-musl" => "musl-gcc".into(),
        _ => "cc".into(),
    });
    let library = Path::new(&folder).join("libwpgraft.so.1");
    let status = Command::new(compiler)
        .args(["-shared", "-fPIC", "-O1", "-Wl,-soname,libwpgraft.so.1", "-o"])
        .arg(&library)
        .arg("native/graft.c")
        .status()
        .expect("a C compiler can be run");
    assert!(status.success(), "the C compiler made no library");
    let link = Path::new(&folder).join("libwpgraft.so");
    let _ = fs::remove_file(&link);
    std::os::unix::fs::symlink("libwpgraft.so.1", link).expect("OUT_DIR can be written");
    println!("cargo:rustc-link-search=native={folder}");
    println!("cargo:rustc-link-lib=dylib=wpgraft");
}
