#!/usr/bin/env python3
"""Make a small real extension wheel, linked against libraries of this system.

Usage: demo_wheel.py FOLDER

The extension calls libelf and cJSON, which no platform tag promises, so that there is
something to show (and to bundle).  It is built by the C compiler alone; only Python's
header is needed.
"""

import base64
import hashlib
import os
import subprocess
import sys
import sysconfig
import zipfile

SOURCE = r"""
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <libelf.h>
#include <cjson/cJSON.h>

static PyObject *versions(PyObject *self, PyObject *args)
{
    (void)self;
    (void)args;
    return Py_BuildValue("(Is)", elf_version(EV_CURRENT), cJSON_Version());
}

static PyMethodDef methods[] = {
    { "versions", versions, METH_NOARGS, "libelf's and cJSON's version" },
    { NULL, NULL, 0, NULL },
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_demo", NULL, -1, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__demo(void)
{
    return PyModule_Create(&module);
}
"""


def build_extension(folder):
    source = os.path.join(folder, "_demo.c")
    target = os.path.join(folder, "_demo" + sysconfig.get_config_var("EXT_SUFFIX"))
    with open(source, "w") as out:
        out.write(SOURCE)
    subprocess.run(
        ["gcc", "-O2", "-shared", "-fPIC", "-I", sysconfig.get_paths()["include"],
         source, "-o", target, "-lelf", "-lcjson"],
        check=True,
    )
    return target


def record_row(name, data):
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=")
    return f"{name},sha256={digest.decode()},{len(data)}\n"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    extension = build_extension(folder)
    python = f"cp{sys.version_info[0]}{sys.version_info[1]}"
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    tag = f"{python}-{python}-{platform}"
    info = "wheelfix_demo-1.0.dist-info"
    with open(extension, "rb") as data:
        files = {
            "wheelfix_demo/__init__.py": b"from ._demo import versions\n",
            "wheelfix_demo/" + os.path.basename(extension): data.read(),
        }
    files[info + "/METADATA"] = b"Metadata-Version: 2.1\nName: wheelfix-demo\nVersion: 1.0\n"
    files[info + "/WHEEL"] = (
        "Wheel-Version: 1.0\nGenerator: wheelfix demo\n"
        f"Root-Is-Purelib: false\nTag: {tag}\n"
    ).encode()
    rows = "".join(record_row(name, data) for name, data in files.items())
    files[info + "/RECORD"] = f"{rows}{info}/RECORD,,\n".encode()
    wheel = os.path.join(folder, f"wheelfix_demo-1.0-{tag}.whl")
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
    print(wheel)


if __name__ == "__main__":
    main()
