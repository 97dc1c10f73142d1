import readme

assert readme.value == 1
