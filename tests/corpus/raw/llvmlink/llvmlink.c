/* llvmlink.c -- one call into each of the two libraries. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <clang-c/Index.h>
#include <llvm-c/Core.h>
#include <llvm-c/TargetMachine.h>
#include <llvm/Config/llvm-config.h>

/* A context made and freed: what the library says of itself is only in its headers. */
static PyObject *
llvm_version(PyObject *self, PyObject *unused)
{
    LLVMContextRef context = LLVMContextCreate();

    (void)self;
    (void)unused;
    LLVMContextDispose(context);
    return PyLong_FromLong(LLVM_VERSION_MAJOR);
}

static PyObject *
default_target(PyObject *self, PyObject *unused)
{
    char *target = LLVMGetDefaultTargetTriple();
    PyObject *text = PyUnicode_FromString(target);

    (void)self;
    (void)unused;
    LLVMDisposeMessage(target);
    return text;
}

static PyObject *
clang_version(PyObject *self, PyObject *unused)
{
    CXString version = clang_getClangVersion();
    PyObject *text = PyUnicode_FromString(clang_getCString(version));

    (void)self;
    (void)unused;
    clang_disposeString(version);
    return text;
}

static PyMethodDef methods[] = {
    { "llvm_version", llvm_version, METH_NOARGS, NULL },
    { "default_target", default_target, METH_NOARGS, NULL },
    { "clang_version", clang_version, METH_NOARGS, NULL },
    { NULL, NULL, 0, NULL },
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "llvmlink", NULL, -1, methods, NULL, NULL, NULL, NULL
};

PyMODINIT_FUNC
PyInit_llvmlink(void)
{
    return PyModule_Create(&module);
}
