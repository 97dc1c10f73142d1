/* fake_python.h -- shell scripts that answer as Pythons do, for tests of interpreters. */
#ifndef WF_TESTS_FAKE_PYTHON_H
#define WF_TESTS_FAKE_PYTHON_H

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "folder.h"

struct fake_python {
    const char *implementation;
    unsigned major, minor;
    const char *abiflags;
    const char *ext_suffix; /* NULL: CPython's on Linux */
    const char *system;     /* NULL: "linux" */
    unsigned width;         /* 0: 64 */
};

/* fake_program makes a script below the test's folder. */
static inline void
fake_program(void **state, const char *name, const char *text)
{
    folder_put(state, name, text);
    assert_int_equal(chmod(folder_path(state, name), 0755), 0);
}

static inline void
fake_python(void **state, const char *name, const struct fake_python *of)
{
    char suffix[128];
    char text[2048];
    const char *executable = folder_path(state, name);

    (void)snprintf(suffix, sizeof suffix, ".cpython-%u%u%s-x86_64-linux-gnu.so",
                   of->major, of->minor, of->abiflags);
    (void)snprintf(
        text, sizeof text,
        "#!/bin/sh\necho 'wheelpack-python:{\"implementation\": \"%s\", \"executable\": "
        "\"%s\", \"major\": %u, \"minor\": %u, \"abiflags\": \"%s\", \"ext_suffix\": "
        "\"%s\", \"soabi\": null, \"platform\": \"linux-x86_64\", \"system\": \"%s\", "
        "\"pointer_width\": %u, \"gil_disabled\": %s}'\n",
        of->implementation, executable, of->major, of->minor, of->abiflags,
        of->ext_suffix == NULL ? suffix : of->ext_suffix,
        of->system == NULL ? "linux" : of->system, of->width == 0 ? 64 : of->width,
        strchr(of->abiflags, 't') != NULL ? "true" : "false");
    fake_program(state, name, text);
}

/* fake_cpython is CPython 3.MINOR as bin/NAME. */
static inline void
fake_cpython(void **state, const char *name, unsigned minor, const char *abiflags)
{
    fake_python(state, name,
                &(struct fake_python){ .implementation = "cpython",
                                       .major = 3,
                                       .minor = minor,
                                       .abiflags = abiflags });
}

#endif
