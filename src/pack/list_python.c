/* list_python.c -- the Pythons that `build -f` would find (see wf_list_pythons). */
#include "pack/build.h"
#include "pack/interpreter_parts.h"

/* What a table build can be for: the versions that wheels are commonly made for. */
static const struct {
    enum wf_python_kind kind;
    unsigned min, max;
} table[] = {
    { WF_PYTHON_CPYTHON, 7, 14 },
    { WF_PYTHON_PYPY, 8, 11 },
};

static void
list_table(struct wf_interpreters *out, struct wf_arena *arena,
           const struct wf_triple *triple)
{
    for (size_t i = 0; i < WF_COUNT(table); i++)
        for (unsigned minor = table[i].min; minor <= table[i].max; minor++) {
            const struct wf_python_spec spec = { .kind = table[i].kind,
                                                 .major = 3,
                                                 .minor = minor };
            struct wf_interpreter made;
            struct wf_error none = { 0 };

            if (wf_interpreter_of_spec(&made, arena, &spec, triple, &none))
                wf_interpreters_add(out, arena, &made);
        }
}

bool
wf_list_pythons(struct wf_interpreters *out, struct wf_arena *arena,
                const struct wf_build_asked *asked, struct wf_error *err)
{
    /* The bounds of a pyo3 that says nothing about them, and no project. */
    const struct wf_bridge bridge = {
        .bindings = WF_BINDINGS_PYO3,
        .cpython_min = 7,
        .cpython_max = 15,
        .pypy_min = 7,
        .pypy_max = 11,
        .free_threaded = true,
    };
    const struct wf_project project = { .root = asked->folder };
    struct wf_build_asked all = *asked;
    struct wf_triple triple = { 0 };
    const char *host = NULL;
    const char *release = NULL;

    if (!wf_rustc_host(&host, &release, arena, asked, err) ||
        !wf_triple_parse(&triple, arena,
                         asked->cargo.target == NULL ? host : asked->cargo.target, host,
                         err))
        return false;
    if (asked->cargo.target != NULL) {
        list_table(out, arena, &triple);
        return true;
    }
    all.find_interpreter = true;
    return wf_interpreters_find(out, arena, &bridge, &triple, &project, NULL, &all, err);
}
