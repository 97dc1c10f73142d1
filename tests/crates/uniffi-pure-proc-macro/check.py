from uniffi_pure_proc_macro import add

assert add(1, 2) == 3
