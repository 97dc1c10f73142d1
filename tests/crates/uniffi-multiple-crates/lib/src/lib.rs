uniffi::setup_scaffolding!();

#[derive(uniffi::Enum)]
pub enum Letter {
    A,
    B,
}

#[uniffi::export]
pub fn number_of(letter: Letter) -> u32 {
    match letter {
        Letter::A => 0,
        Letter::B => 1,
    }
}
