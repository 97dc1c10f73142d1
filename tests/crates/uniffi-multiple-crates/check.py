from uniffi_multiple_crates import Letter, number_of

assert number_of(Letter.A) == 0
assert number_of(Letter.B) == 1
