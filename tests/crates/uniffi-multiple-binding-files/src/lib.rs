use mylib::Status;

uniffi::setup_scaffolding!();
mylib::uniffi_reexport_scaffolding!();

#[uniffi::export]
pub fn get_status() -> Status {
    Status::Complete
}
