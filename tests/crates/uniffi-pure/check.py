from uniffi_pure import add

assert add(1, 2) == 3
