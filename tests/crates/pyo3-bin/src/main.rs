use pyo3::prelude::*;

fn main() -> PyResult<()> {
    Python::attach(|py| {
        let builtins = py.import("builtins")?;
        builtins.getattr("print")?.call1(("Hello, world!",))?;
        Ok(())
    })
}
