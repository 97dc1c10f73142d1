from uniffi_mixed import add

assert add(1, 2) == 3
