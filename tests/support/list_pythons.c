/* list_pythons.c -- prints what wheelpack takes each Python for, a line each: its tag, how
 * its modules' names end by its own words, and by the table.
 *
 * usage: list_pythons TRIPLE PYTHON...
 *        PYO3_CROSS_LIB_DIR=FOLDER list_pythons TRIPLE PYTHON
 * The second prints what the library folder tells, read by that Python. */
#include <stdio.h>
#include <stdlib.h>

#include "pack/interpreter_cross.h"
#include "pack/interpreter_probe.h"

static const char *
environment(const char *name)
{
    return getenv(name);
}

static bool
print_python(struct wf_arena *arena, const struct wf_triple *triple,
             const struct wf_probe *probe, struct wf_error *err)
{
    const struct wf_interpreter *python = &probe->interpreter;
    const struct wf_python_spec spec = { .kind = python->kind,
                                         .major = python->major,
                                         .minor = python->minor,
                                         .free_threaded = python->gil_disabled };
    struct wf_interpreter made;

    if (probe->result != WF_PROBE_FOUND)
        return wf_error_set(err, WF_ERR_USAGE, "%s is no Python", probe->name);
    if (!wf_interpreter_of_spec(&made, arena, &spec, triple, err))
        return false;
    printf("%s %s %s\n", wf_interpreter_tag(arena, python), python->ext_suffix,
           made.ext_suffix);
    return true;
}

static bool
print_library(struct wf_arena *arena, const struct wf_triple *triple, const char *host,
              const struct wf_build_asked *asked, struct wf_error *err)
{
    struct wf_interpreters list = { 0 };
    bool done = false;

    if (!wf_interpreter_of_lib_dir(&list, &done, arena, triple, host, asked, err))
        return false;
    printf("%s %s\n", wf_interpreter_tag(arena, &list.items[0]),
           list.items[0].ext_suffix);
    return true;
}

int
main(int argc, char **argv)
{
    const struct wf_build_asked asked = { .folder = "/", .environment = environment };
    struct wf_arena arena = { 0 };
    struct wf_triple triple;
    struct wf_error err = { 0 };
    struct wf_probe probes[64] = { 0 };
    const size_t num = argc < 3 ? 0 : (size_t)argc - 2;
    bool ok = num > 0 && num <= WF_COUNT(probes) &&
              wf_triple_parse(&triple, &arena, argv[1], argv[1], &err);

    if (ok && getenv("PYO3_CROSS_LIB_DIR") != NULL) {
        ok = print_library(&arena, &triple, argv[2], &asked, &err);
        goto out;
    }
    for (size_t i = 0; i < num && ok; i++)
        probes[i].name = argv[i + 2];
    ok = ok && wf_probe_all(probes, num, &arena, &asked, WF_PROBE_TIMEOUT_MS, &err);
    for (size_t i = 0; i < num && ok; i++)
        ok = print_python(&arena, &triple, &probes[i], &err);
out:
    if (!ok)
        fprintf(stderr, "list_pythons: %s: %s\n", err.where, err.text);
    wf_arena_clear(&arena);
    return ok ? 0 : 1;
}
