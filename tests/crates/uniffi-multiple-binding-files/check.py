from uniffi_multiple_binding_files import get_status, mylib

assert get_status() == mylib.Status.COMPLETE
