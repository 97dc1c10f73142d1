# Judges patched Python source with the Python it runs on, from 2.7: a child of
# tests/proof_python_patch.py.
#
# Reads lines "LENGTH LENGTH" and so many bytes of a file before and after; answers one word
# each: "refused" when this Python does not compile the file as it was, "same" when the
# patch is the first thing that does anything and all else is as before, or what is wrong.
# With a folder as its argument it runs one patched file instead (see try_patch).
import ast
import os
import re
import sys

FUTURES = 0x3FFE000  # all the flags that __future__ has had
# What inspect.getcomments takes for the documentation of a module without one.
HEADING = re.compile(br"\A(?:#![^\n]*\n)?(?:[ \t\f]*#?[ \t\f]*\n)*((?:#[^\n]*\n?)*)")


def heading(text):
    return HEADING.match(re.sub(b"\r\n?", b"\n", text) + b"\n").group(1).strip()


def is_future(node):
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def is_text(node):
    value = getattr(node, "value", None)
    if sys.version_info >= (3, 8):
        return isinstance(value, ast.Constant) and isinstance(value.value, (str, bytes))
    return isinstance(value, (ast.Str, getattr(ast, "Bytes", ast.Str)))


def is_patch(node):
    return isinstance(node, ast.FunctionDef) and node.name.startswith("_delvewheel_patch_")


def is_none(node):
    value = node.value if isinstance(node, ast.Expr) else None
    name = getattr(ast, "NameConstant", None) if sys.version_info < (3, 8) else ast.Constant
    if name is None:
        return isinstance(value, ast.Name) and value.id == "None"
    return isinstance(value, name) and value.value is None


def judge(before, after):
    try:
        old = compile(before, "before", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, TypeError, OverflowError, MemoryError, LookupError):
        return "refused"
    try:
        new = compile(after, "after", "exec", dont_inherit=True)
    except Exception as error:
        return "no longer compiles: %s" % error
    if (old.co_flags ^ new.co_flags) & FUTURES:
        return "imports of __future__ differ"
    old = compile(before, "before", "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    new = compile(after, "after", "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    doc = ast.get_docstring(old, clean=False)
    if doc != ast.get_docstring(new, clean=False):
        return "docstrings differ"
    places = [i for i, node in enumerate(new.body) if is_patch(node)]
    if len(places) != 1:
        return "%d patches" % len(places)
    begin, end = places[0], places[0] + 3
    if not all(is_text(node) or is_future(node) or is_none(node) for node in new.body[:begin]):
        return "statements stand before the patch"
    begin -= len(new.body) == len(old.body) + 4 and begin > 0 and is_none(new.body[begin - 1])
    del new.body[begin:end]
    if ast.dump(old) != ast.dump(new):
        return "the rest differs"
    if doc is None and heading(before) != heading(after):
        return "help() shows another comment"
    return "same"


def read(stream, size):
    data = stream.read(size)
    if len(data) != size:
        raise EOFError
    return data


def judge_all(source, answers):
    for line in iter(source.readline, b""):
        sizes = [int(number) for number in line.split()]
        before = read(source, sizes[0])
        after = read(source, sizes[1])
        answers.write((judge(before, after) + "\n").encode("utf-8", "replace"))
        answers.flush()


class Loader(object):
    """Stands for kernel32: notes what is asked of LoadLibraryExW."""

    def __init__(self, calls):
        self.calls = calls
        self.argtypes = self.restype = None

    def __call__(self, path, file, flags):
        if len(self.argtypes) != 3 or self.restype != "HMODULE":
            raise TypeError("the types were not declared")
        self.calls.append(("load", path, file, flags))
        return None if os.path.basename(path) == "bad.dll" else 0x300000000


def fake_windows(calls, is_conda):
    """What Windows has and this system does not."""
    import ctypes
    import platform
    import types

    loader = Loader(calls)
    names = types.ModuleType("ctypes.wintypes")
    names.HMODULE, names.LPCWSTR, names.HANDLE, names.DWORD = "HMODULE", "P", "H", "D"
    sys.modules["ctypes.wintypes"] = ctypes.wintypes = names
    kernel = types.ModuleType("kernel32")
    kernel.LoadLibraryExW = loader
    ctypes.WinDLL = lambda name, use_last_error: {"kernel32": kernel}[name]
    ctypes.get_last_error = lambda: 126
    ctypes.FormatError = lambda code: "error %d" % code
    if sys.version_info >= (3, 8):
        os.add_dll_directory = lambda path: calls.append(("add", path))
    if is_conda:
        sys.version += " | packaged by conda-forge | "
    return platform


def try_patch(folder, is_conda):
    """Runs FOLDER/demo/__init__.py, and prints what it asked of Windows, or its error."""
    path = os.path.join(folder, "demo", "__init__.py")
    calls = []
    fake_windows(calls, is_conda)
    module = {"__file__": path, "__name__": "demo"}
    with open(path, "rb") as file:
        code = compile(file.read(), path, "exec", dont_inherit=True)
    try:
        exec(code, module)
    except OSError as error:
        calls.append(("error", str(error)))
    if any(name.startswith("_delvewheel") for name in module) and calls[-1:] and (
            calls[-1][0] != "error"):
        calls.append(("the function is still there",))
    for call in calls:
        print(" ".join(str(part) for part in call))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        try_patch(sys.argv[1], sys.argv[2] == "conda")
    else:
        judge_all(getattr(sys.stdin, "buffer", sys.stdin),
                  getattr(sys.stdout, "buffer", sys.stdout))
