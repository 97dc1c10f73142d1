# What the tests of wheelpack share: small crates without dependencies, a folder for what
# cargo builds, environments that see no index.
# shellcheck shell=bash disable=SC2034,SC2154 # the tests use what is set here
load ../support/cli
srcdir=${srcdir:-$BATS_TEST_DIRNAME/../..}
WHEELPACK=${WHEELPACK:-$builddir/wheelpack}

# What cargo, pip and wheelpack would be told by whoever runs the tests.
unset VIRTUAL_ENV CONDA_PREFIX PYO3_PYTHON pythonLocation CARGO_BUILD_TARGET RUSTFLAGS
unset MATURIN_PEP517_ARGS MATURIN_STRIP MATURIN_PGO PYO3_CONFIG_FILE _PYTHON_HOST_PLATFORM ARCHFLAGS
# bats has other uses for the descriptors that `make -j` names there.
unset MAKEFLAGS MFLAGS
# One folder for each file: two crates of one name would overwrite what the other has built.
export CARGO_TARGET_DIR=$builddir/tests/cargo/$(basename "$BATS_TEST_FILENAME" .bats)
export CARGO_NET_OFFLINE=true
export PIP_NO_INDEX=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
export XDG_CACHE_HOME=$builddir/tests/cache

needs_cargo() {
    command -v cargo >/dev/null || skip "cargo is not installed"
}

# A Python that can make environments; its own name, since a shim may lead elsewhere.
needs_python() {
    python=$(python3 -c 'import pip, sys, venv; print(sys.executable)' 2>/dev/null) ||
        skip "no python3 with venv and pip is installed"
}

# crate [LINE...]: a program that says "demo 0.3.0", with these lines in pyproject.toml.
crate() {
    mkdir -p src
    cat >Cargo.toml <<TOML
[package]
name = "demo"
version = "0.3.0"
edition = "2021"
description = "Says its name"

[workspace]
TOML
    echo 'fn main() { println!("demo {}", env!("CARGO_PKG_VERSION")); }' >src/main.rs
    cat >pyproject.toml <<TOML
[build-system]
requires = ["wheelpack"]
build-backend = "wheelpack"

[project]
name = "demo"
dynamic = ["version"]
TOML
    printf '%s\n' "$@" >>pyproject.toml
}

# extension [LINE...]: a crate with one feature per group of Pythons, each with a function of
# its name, and a crate called pyo3 that needs no registry.
extension() {
    mkdir -p src pyo3/src
    cat >Cargo.toml <<TOML
[package]
name = "demo"
version = "0.3.0"
edition = "2021"

[lib]
crate-type = ["cdylib"]

[features]
newer = []
older = []
common = []
stable = ["pyo3/abi3-py39"]

[dependencies]
pyo3 = { path = "pyo3", features = ["extension-module"] }

[workspace]
TOML
    cat >pyo3/Cargo.toml <<TOML
[package]
name = "pyo3"
version = "0.27.0"
edition = "2021"

[features]
extension-module = []
abi3-py39 = []
TOML
    : >pyo3/src/lib.rs
    for name in newer older common; do
        echo "#[cfg(feature = \"$name\")] #[no_mangle] pub extern \"C\" fn is_$name() {}"
    done >src/lib.rs
    printf '%s\n' '[build-system]' 'requires = ["wheelpack"]' '[project]' 'name = "demo"' \
        'version = "0.3.0"' '[tool.maturin]' "$@" >pyproject.toml
}

# A package of Python files beside the program.
python_files() {
    mkdir -p demo
    echo 'answer = 42' >demo/__init__.py
    printf '%s\n' '[tool.wheelpack]' 'bindings = "bin"' 'module-name = "demo"' >>pyproject.toml
}

# environment: a virtual environment in env, with nothing but a link to the pip of its
# Python, which takes no time to install.
environment() {
    needs_python
    "$python" -m venv --without-pip env
    local packages=(env/lib/python*/site-packages)
    ln -s "$("$python" -c 'import os, pip; print(os.path.dirname(pip.__file__))')" \
        "${packages[0]}/pip"
    # pip removes a folder as one when it takes all files out of it that it sees.
    : >"${packages[0]}/kept.txt"
}

pip() {
    "$folder/env/bin/python" -m pip "$@"
}

# pure NAME VERSION: a wheel of one Python file, in the folder links.
pure() {
    mkdir -p "made-$1" links
    printf '[project]\nname = "%s"\nversion = "%s"\n' "$1" "$2" >"made-$1/pyproject.toml"
    echo "version = '$2'" >"made-$1/$1.py"
    "$WHEELPACK" pack -m "made-$1/pyproject.toml" --module "made-$1/$1.py" -o links >/dev/null
}

members() {
    python3 -m zipfile -l "$1" | awk 'NR > 1 { print $1 }'
}

member() {
    python3 -c 'import sys, zipfile
sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))' "$1" "$2"
}
