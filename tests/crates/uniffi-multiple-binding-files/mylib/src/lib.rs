uniffi::setup_scaffolding!();

#[derive(uniffi::Enum)]
pub enum Status {
    Running,
    Complete,
}
