/* interpreter_find.c -- which Pythons a build is for: -i, -f, the default, cross builds. */
#include <string.h>

#include "base/file.h"
#include "pack/interpreter_cross.h"
#include "pack/interpreter_probe.h"
#include "pack/program.h"
#include "wheel/pep440.h"

/* What all steps ask. */
struct search {
    struct wf_arena *arena;
    const struct wf_bridge *bridge;
    const struct wf_triple *triple;
    const struct wf_build_asked *asked;
    struct wf_specifiers requires; /* empty: every version */
    struct wf_interpreters *out;
};

/* The stable ABI whose floor is fixed, or NULL: then no interpreter is needed. */
static const struct wf_stable_floor *
fixed_floor(const struct wf_bridge *bridge)
{
    if (bridge->abi3.family != WF_STABLE_NONE && bridge->abi3.is_fixed)
        return &bridge->abi3;
    if (bridge->abi3t.family != WF_STABLE_NONE && bridge->abi3t.is_fixed)
        return &bridge->abi3t;
    return NULL;
}

static bool
is_required(const struct search *search, unsigned major, unsigned minor)
{
    struct wf_version version;
    struct wf_error ignored = { 0 };

    return search->requires.num == 0 ||
           (wf_version_parse(&version, search->arena,
                             wf_arena_printf(search->arena, "%u.%u", major, minor),
                             &ignored) &&
            wf_specifiers_contain(&search->requires, &version));
}

/* A Python that answered, but cannot be built for: false with the reason. */
static bool
check_usable(const struct search *search, const struct wf_probe *probe,
             struct wf_error *err)
{
    const struct wf_interpreter *python = &probe->interpreter;
    const char *text = wf_interpreter_text(search->arena, python);

    if (python->major == 3 && python->minor < 7)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "%s is too old; Python 3.7 or later is needed", text);
    if (!wf_bridge_is_pyo3(search->bridge) || search->triple->is_cross)
        return true;
    if (strcmp(probe->system, search->triple->os_word) != 0)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "%s says that its system is %s; the target's is %s", text,
                            probe->system, search->triple->os_word);
    if (python->pointer_width != search->triple->pointer_width)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "%s has pointers of %u bits; those of the target %s have %u",
                            text, python->pointer_width, search->triple->text,
                            search->triple->pointer_width);
    return true;
}

static bool
has_python(const struct wf_interpreters *list, const struct wf_interpreter *python)
{
    for (size_t i = 0; i < list->num; i++) {
        const struct wf_interpreter *one = &list->items[i];

        if (one->kind == python->kind && one->major == python->major &&
            one->minor == python->minor && one->gil_disabled == python->gil_disabled &&
            strcmp(one->implementation, python->implementation) == 0)
            return true;
    }
    return false;
}

static void
add_once(const struct search *search, const struct wf_interpreter *python)
{
    if (!has_python(search->out, python))
        wf_interpreters_add(search->out, search->arena, python);
}

static bool
ask(const struct search *search, struct wf_probe *probes, size_t num,
    struct wf_error *err)
{
    return wf_probe_all(probes, num, search->arena, search->asked, WF_PROBE_TIMEOUT_MS,
                        err);
}

/* The default Python: the one that is configured, of the virtual environment, of GitHub's
 * runner, or python3 (python on Windows' own). */
static const char *
default_name(const struct search *search)
{
    static const struct {
        const char *variable;
        const char *below;
    } places[] = {
        { "VIRTUAL_ENV", "/bin/python" },
        { "pythonLocation", "/bin/python3" },
        { "pythonLocation", "/bin/python" },
        { "pythonLocation", "/python" },
    };
    const char *asked_for = wf_asked_variable(search->asked, "PYO3_PYTHON");

    if (asked_for != NULL && wf_bridge_is_pyo3(search->bridge))
        return asked_for;
    for (size_t i = 0; i < WF_COUNT(places); i++) {
        const char *root = wf_asked_variable(search->asked, places[i].variable);
        const char *path =
            root == NULL ? NULL
                         : wf_arena_printf(search->arena, "%s%s", root, places[i].below);

        if (path != NULL && wf_path_is_program(path))
            return path;
    }
    return "python3";
}

static bool
ask_default(const struct search *search, struct wf_probe *probe, struct wf_error *err)
{
    *probe = (struct wf_probe){ .name = default_name(search) };
    return ask(search, probe, 1, err) &&
           (probe->result != WF_PROBE_FOUND || check_usable(search, probe, err));
}

/* A Python by its name alone.  On Windows extensions are linked with the interpreter. */
static bool
add_of_table(const struct search *search, const struct wf_python_spec *spec,
             const char *name, struct wf_error *err)
{
    struct wf_interpreter made;

    if (!wf_interpreter_of_spec(&made, search->arena, spec, search->triple, err))
        return wf_error_prefix(err, "-i %.100s", name);
    if (search->triple->os == WF_OS_WINDOWS && search->asked->artifact == NULL &&
        !search->bridge->generates_import_lib &&
        !wf_pyo3_is_at_least(search->bridge, 29, 0))
        return wf_error_set(
            err, WF_ERR_REFUSED,
            "%s is not there to be linked with on Windows; turn on pyo3's "
            "feature generate-import-lib (or use pyo3 0.29 or later)",
            wf_interpreter_name(search->arena, &made));
    add_once(search, &made);
    return true;
}

static bool
not_found(const char *name, struct wf_error *err)
{
    return wf_error_set(err, WF_ERR_REFUSED,
                        "Couldn't find any python interpreters from '%.200s'.", name);
}

/* -i NAME that is no program here. */
static bool
take_from_table(const struct search *search, const char *name, struct wf_error *err)
{
    struct wf_python_spec spec;

    if (!wf_python_spec_parse(&spec, name) || spec.major == 2)
        return not_found(name, err);
    if (spec.major != 0)
        return add_of_table(search, &spec, name, err);
    wf_say_warning(
        search->asked->say,
        "'%s' is passed over: there is no such program, and it names no version "
        "to build for without one",
        name);
    return true;
}

/* -i NAME for another system, whose Pythons are not here: a name, or the place of a Python
 * here of the same version. */
static bool
take_for_other(const struct search *search, const char *name, struct wf_error *err)
{
    struct wf_python_spec spec = { 0 };
    struct wf_probe probe = { .name = name };

    if (!wf_python_spec_parse(&spec, wf_text_base_name(name)) || spec.major == 0) {
        if (!ask(search, &probe, 1, err))
            return false;
        if (probe.result != WF_PROBE_FOUND || probe.interpreter.kind == WF_PYTHON_OTHER)
            return not_found(name, err);
        spec = (struct wf_python_spec){ .kind = probe.interpreter.kind,
                                        .major = probe.interpreter.major,
                                        .minor = probe.interpreter.minor,
                                        .free_threaded = probe.interpreter.gil_disabled };
    }
    return add_of_table(search, &spec, name, err);
}

static bool
find_named(const struct search *search, bool only_table, struct wf_error *err)
{
    const struct wf_strings *names = &search->asked->interpreters;
    struct wf_probe *probes = wf_arena_array(search->arena, names->num, sizeof *probes);
    bool ok = true;

    for (size_t i = 0; i < names->num; i++)
        probes[i].name = names->items[i];
    if (!only_table)
        ok = ask(search, probes, names->num, err);
    for (size_t i = 0; i < names->num && ok; i++) {
        if (only_table)
            ok = take_for_other(search, names->items[i], err);
        else if (probes[i].result != WF_PROBE_FOUND)
            ok = take_from_table(search, names->items[i], err);
        else if (check_usable(search, &probes[i], err))
            add_once(search, &probes[i].interpreter);
        else
            ok = false;
    }
    return ok && (search->out->num > 0 || not_found(names->items[0], err));
}

/* One series of names: "python3.8", "python3.9", … */
struct series {
    const char *start;
    const char *end;
    unsigned min, max; /* minor versions */
    bool wanted;
};

enum { MOST_MINOR = 99 };

static void
add_names(const struct search *search, struct wf_strings *names,
          const struct series *series)
{
    const unsigned max = series->max < MOST_MINOR ? series->max : MOST_MINOR;

    for (unsigned minor = series->min; series->wanted && minor <= max; minor++)
        if (is_required(search, 3, minor))
            wf_strings_append(search->arena, names,
                              wf_arena_printf(search->arena, "%s%u%s", series->start,
                                              minor, series->end));
}

/* The names that -f looks for, by what the bindings support and the project requires.  For
 * a stable ABI those that cannot load it are left out, and those below its floor, which
 * the crate does not compile for. */
static struct wf_strings
candidates(const struct search *search)
{
    const struct wf_bridge *bridge = search->bridge;
    const bool has_abi3 = bridge->abi3.family != WF_STABLE_NONE;
    const bool has_abi3t = bridge->abi3t.family != WF_STABLE_NONE;
    unsigned min = bridge->cpython_min;

    if (has_abi3 && bridge->abi3.is_fixed && bridge->abi3.minor > min)
        min = bridge->abi3.minor;
    const struct series all[] = {
        { "python3.", "", min, bridge->cpython_max, true },
        { "python3.", "t", WF_FREE_THREADED_FIRST, bridge->cpython_max,
          bridge->free_threaded && (!has_abi3 || has_abi3t) },
        { "pypy3.", "", bridge->pypy_min, bridge->pypy_max, !has_abi3 && !has_abi3t },
    };
    struct wf_strings names = { 0 };

    for (size_t i = 0; i < WF_COUNT(all); i++)
        add_names(search, &names, &all[i]);
    return names;
}

/* -f in a cross build: the table instead of programs. */
static void
find_all_in_table(const struct search *search, const struct wf_strings *names)
{
    for (size_t i = 0; i < names->num; i++) {
        struct wf_python_spec spec;
        struct wf_interpreter made;
        struct wf_error ignored = { 0 };

        if (wf_python_spec_parse(&spec, names->items[i]) &&
            wf_interpreter_of_spec(&made, search->arena, &spec, search->triple, &ignored))
            add_once(search, &made);
    }
}

/* Whatever is called just python, if it is of a version that is allowed. */
static bool
find_fallback(const struct search *search, struct wf_error *err)
{
    static const char *const names[] = { "python3", "python" };

    for (size_t i = 0; i < WF_COUNT(names) && search->out->num == 0; i++) {
        struct wf_probe probe = { .name = names[i], .by_chance = true };
        struct wf_error ignored = { 0 };

        if (!ask(search, &probe, 1, err))
            return false;
        if (probe.result == WF_PROBE_FOUND &&
            is_required(search, probe.interpreter.major, probe.interpreter.minor) &&
            check_usable(search, &probe, &ignored))
            add_once(search, &probe.interpreter);
    }
    return true;
}

static bool
find_all(const struct search *search, bool only_table, struct wf_error *err)
{
    const struct wf_strings names = candidates(search);
    struct wf_probe *probes = wf_arena_array(search->arena, names.num, sizeof *probes);

    if (only_table) {
        find_all_in_table(search, &names);
        return true;
    }
    for (size_t i = 0; i < names.num; i++)
        probes[i] = (struct wf_probe){ .name = names.items[i], .by_chance = true };
    if (!ask(search, probes, names.num, err))
        return false;
    for (size_t i = 0; i < names.num; i++) {
        if (probes[i].result != WF_PROBE_FOUND)
            continue;
        if (!check_usable(search, &probes[i], err))
            return false;
        add_once(search, &probes[i].interpreter);
    }
    return find_fallback(search, err);
}

/* Neither -i nor -f. */
static bool
find_default(const struct search *search, struct wf_error *err)
{
    struct wf_probe probe;

    if (!ask_default(search, &probe, err))
        return false;
    if (probe.result == WF_PROBE_FOUND &&
        is_required(search, probe.interpreter.major, probe.interpreter.minor))
        add_once(search, &probe.interpreter);
    return true;
}

/* With a fixed floor the build goes on without any interpreter that could use the result,
 * as long as none was asked for by name. */
static void
add_placeholder(const struct search *search, const struct wf_stable_floor *floor)
{
    const bool is_abi3t = floor->family == WF_STABLE_ABI3T;
    const struct wf_python_spec spec = {
        .kind = WF_PYTHON_CPYTHON,
        .major = 3,
        .minor =
            is_abi3t && floor->minor < WF_ABI3T_FIRST ? WF_ABI3T_FIRST : floor->minor,
    };
    struct wf_interpreter made = { 0 };
    struct wf_error ignored = { 0 };

    /* Where modules of single versions are called unknown things, that of the stable ABI
     * is called the same as ever. */
    if (!wf_interpreter_of_spec(&made, search->arena, &spec, search->triple, &ignored))
        made = (struct wf_interpreter){
            .kind = WF_PYTHON_CPYTHON,
            .implementation = "cpython",
            .major = 3,
            .minor = spec.minor,
            .abiflags = "",
            .ext_suffix = ".abi3.so",
            .pointer_width = search->triple->pointer_width,
        };
    made.is_placeholder = true;
    wf_say_step(search->asked->say, "Not using a specific python interpreter%s",
                search->triple->os == WF_OS_WINDOWS &&
                        search->bridge->generates_import_lib
                    ? " (automatically generating windows import library)"
                    : "");
    search->out->num = 0;
    wf_interpreters_add(search->out, search->arena, &made);
}

static bool
some_can_use_stable(const struct search *search)
{
    const struct wf_bridge *bridge = search->bridge;

    for (size_t i = 0; i < search->out->num; i++)
        if ((bridge->abi3.family != WF_STABLE_NONE &&
             wf_stable_can_use(&search->out->items[i], &bridge->abi3)) ||
            (bridge->abi3t.family != WF_STABLE_NONE &&
             wf_stable_can_use(&search->out->items[i], &bridge->abi3t)))
            return true;
    return false;
}

/* What stands behind "no interpreter": the program that was looked for. */
static void
tell_lost_default(const struct search *search)
{
    const char *name = default_name(search);
    const char *asked_for = wf_asked_variable(search->asked, "PYO3_PYTHON");

    if (wf_program_find(search->arena, search->asked, name) == NULL)
        wf_say_warning(search->asked->say, "%s%s is no program that can be run",
                       asked_for == name ? "PYO3_PYTHON: " : "", name);
}

static bool
find_for_pyo3(const struct search *search, struct wf_error *err)
{
    const struct wf_build_asked *asked = search->asked;
    const bool named = asked->interpreters.num > 0;
    const struct wf_stable_floor *floor = fixed_floor(search->bridge);
    bool done = false;

    if (!wf_interpreter_of_config(search->out, &done, search->arena, search->triple,
                                  asked, err) ||
        (!done && search->triple->is_cross &&
         !wf_interpreter_of_lib_dir(search->out, &done, search->arena, search->triple,
                                    default_name(search), asked, err)))
        return false;
    if (done)
        return true;
    const bool only_table = search->triple->is_cross && floor == NULL;

    if (named                     ? !find_named(search, only_table, err)
        : asked->find_interpreter ? !find_all(search, only_table, err)
                                  : !only_table && !find_default(search, err))
        return false;
    if (floor != NULL && !named && !some_can_use_stable(search))
        add_placeholder(search, floor);
    if (search->out->num > 0)
        return true;
    if (only_table && !asked->find_interpreter)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "Couldn't find any python interpreters for the target %s; "
                            "name them (-i 3.12), use -f, or set PYO3_CROSS_LIB_DIR or "
                            "PYO3_CONFIG_FILE",
                            search->triple->text);
    if (!named && !asked->find_interpreter)
        tell_lost_default(search);
    return wf_error_set(err, WF_ERR_REFUSED,
                        "Couldn't find any python interpreters%s; please name at least "
                        "one with -i",
                        search->requires.num > 0 ? " that requires-python allows" : "");
}

/* cffi, uniffi and plain programs: one Python at most, and for cffi exactly one. */
static bool
find_one(const struct search *search, struct wf_error *err)
{
    const bool is_cffi = search->bridge->bindings == WF_BINDINGS_CFFI;
    const struct wf_strings *names = &search->asked->interpreters;
    struct wf_probe probe = { 0 };

    if (names->num > 1)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "You can only specify one python interpreter for `%s` "
                            "bindings",
                            wf_bindings_name(search->bridge->bindings));
    if (names->num == 0 && !is_cffi)
        return true;
    if (names->num == 1)
        probe.name = names->items[0];
    else
        probe.name = default_name(search);
    if (!ask(search, &probe, 1, err))
        return false;
    if (probe.result != WF_PROBE_FOUND)
        return !is_cffi ||
               wf_error_set(err, WF_ERR_REFUSED,
                            "Failed to find a python interpreter from `%.100s`",
                            probe.name);
    if (!check_usable(search, &probe, err))
        return false;
    if (is_cffi) {
        wf_say_step(search->asked->say, "Using %s to generate the cffi bindings",
                    wf_interpreter_text(search->arena, &probe.interpreter));
        add_once(search, &probe.interpreter);
    }
    return true;
}

bool
wf_interpreters_find(struct wf_interpreters *out, struct wf_arena *arena,
                     const struct wf_bridge *bridge, const struct wf_triple *triple,
                     const struct wf_project *project, const char *requires_python,
                     const struct wf_build_asked *asked, struct wf_error *err)
{
    struct wf_interpreters found = { 0 };
    struct search search = {
        .arena = arena, .bridge = bridge, .triple = triple, .asked = asked, .out = &found
    };

    (void)project;
    if (requires_python != NULL &&
        !wf_specifiers_parse(&search.requires, arena, requires_python, err))
        return wf_error_prefix(err, "requires-python");
    if (wf_bridge_is_pyo3(bridge) ? !find_for_pyo3(&search, err)
                                  : !find_one(&search, err))
        return false;
    *out = found;
    return true;
}
