import llvmlink

assert llvmlink.llvm_version() >= 14
assert "clang" in llvmlink.clang_version()
assert llvmlink.default_target()
