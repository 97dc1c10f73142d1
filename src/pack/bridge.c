/* bridge.c -- which binding a project has, and what its crates say about Python. */
#include "pack/bridge.h"

#include <string.h>

#include "pack/bridge_parts.h"

/* Crates that decide, and those that tell of features. */
static const char *const binding_names[] = { "pyo3", "pyo3-ffi", "uniffi", "cpython" };

/* Without a word of pyo3-ffi: its metadata has the tables since 0.16. */
enum { CPYTHON_MIN = 7, CPYTHON_MAX = 14, PYPY_MAX = 11, HIGHEST_MINOR = 99 };

/* What there is to decide with. */
struct search {
    struct wf_arena *arena;
    const struct wf_cargo_graph *graph;
    struct wf_binding_list list;
    bool has_cdylib;
    bool has_bin;
};

const struct wf_binding *
wf_binding_of(const struct wf_binding_list *list, const char *name)
{
    for (size_t i = 0; i < list->num; i++)
        if (strcmp(list->items[i].crate->name, name) == 0)
            return &list->items[i];
    return NULL;
}

static void
gather_bindings(struct search *s)
{
    const bool *reached = wf_crate_reached(s->arena, s->graph, s->graph->root);

    for (size_t i = 0; i < s->graph->num_crates; i++) {
        const struct wf_crate *crate = &s->graph->crates[i];
        struct wf_binding_list *list = &s->list;
        bool is_binding = false;

        for (size_t j = 0; j < WF_COUNT(binding_names); j++)
            is_binding |= strcmp(crate->name, binding_names[j]) == 0;
        if (!reached[i] || !is_binding)
            continue;
        list->items = wf_arena_grow(s->arena, list->items, list->num, &list->cap,
                                    sizeof *list->items);
        list->items[list->num++] =
            (struct wf_binding){ .crate = crate, .features = crate->features };
    }
}

static void
look_at_targets(struct search *s)
{
    static const char *const ignored[] = { "bench", "example", "test", "custom-build",
                                           "proc-macro" };

    for (size_t i = 0; i < s->graph->root->num_targets; i++) {
        const struct wf_crate_target *target = &s->graph->root->targets[i];
        bool counts = true;

        for (size_t j = 0; j < WF_COUNT(ignored); j++)
            counts &= !wf_strings_has(&target->kinds, ignored[j]);
        s->has_cdylib |= counts && wf_strings_has(&target->crate_types, "cdylib");
        s->has_bin |= counts && wf_strings_has(&target->kinds, "bin");
    }
}

/* "0.29.3" against 0 and 23; what does not look so is old. */
static bool
is_at_least(const char *version, uint64_t major, uint64_t minor)
{
    struct wf_bytes rest = wf_bytes_str(version);
    uint64_t numbers[2] = { 0 };

    for (size_t i = 0; i < WF_COUNT(numbers); i++) {
        const uint8_t *dot = rest.len == 0 ? NULL : memchr(rest.data, '.', rest.len);

        if (dot == NULL ||
            !wf_text_decimal(&numbers[i],
                             wf_bytes_first(rest, (size_t)(dot - rest.data))))
            return false;
        rest = wf_bytes_skip(rest, (size_t)(dot - rest.data) + 1);
    }
    return numbers[0] != major ? numbers[0] > major : numbers[1] >= minor;
}

/* "3.15" is 15; absent, or no such version, leaves *out as it is. */
static void
read_bound(unsigned *out, const struct wf_json *table, const char *key)
{
    const struct wf_json *value = table == NULL || wf_json_kind(table) != WF_JSON_OBJECT
                                      ? NULL
                                      : wf_json_get(table, key);
    uint64_t minor = 0;

    if (value == NULL || wf_json_kind(value) != WF_JSON_STRING)
        return;
    const char *text = wf_json_string(value);
    const char *dot = strrchr(text, '.');

    if (wf_text_decimal(&minor, wf_bytes_str(dot == NULL ? text : dot + 1)) &&
        minor <= HIGHEST_MINOR)
        *out = (unsigned)minor;
}

static void
read_bounds(struct wf_bridge *bridge, const struct wf_binding *ffi)
{
    const struct wf_json *metadata =
        ffi == NULL ? NULL : wf_json_get(ffi->crate->json, "metadata");

    bridge->cpython_min = CPYTHON_MIN;
    bridge->cpython_max = CPYTHON_MAX;
    bridge->pypy_max = PYPY_MAX;
    bridge->pypy_min = 8;
    if (bridge->pyo3 != NULL && is_at_least(bridge->pyo3->version, 0, 23))
        bridge->pypy_min = 9;
    else if (bridge->pyo3 != NULL && is_at_least(bridge->pyo3->version, 0, 14))
        bridge->pypy_min = 7;
    if (metadata == NULL || wf_json_kind(metadata) != WF_JSON_OBJECT)
        return;
    const struct wf_json *cpython = wf_json_get(metadata, "cpython");
    const struct wf_json *pypy = wf_json_get(metadata, "pypy");

    read_bound(&bridge->cpython_min, cpython, "min-version");
    read_bound(&bridge->cpython_max, cpython, "max-version");
    read_bound(&bridge->pypy_min, pypy, "min-version");
    read_bound(&bridge->pypy_max, pypy, "max-version");
}

/* Two versions of pyo3 in one library would each have Python's state to themselves. */
static bool
check_single(const struct search *s, const char *name, struct wf_error *err)
{
    const struct wf_binding *first = wf_binding_of(&s->list, name);

    for (size_t i = 0; i < s->list.num; i++)
        if (first != NULL && &s->list.items[i] != first &&
            strcmp(s->list.items[i].crate->name, name) == 0)
            return wf_error_set(
                err, WF_ERR_REFUSED,
                "the crate depends on %s %s and %s %s; only one version of it can be "
                "linked: see `cargo tree -i %s`",
                name, first->crate->version, name, s->list.items[i].crate->version, name);
    return true;
}

static void
take_features(struct wf_bridge *bridge, const struct wf_binding *binding)
{
    if (binding == NULL)
        return;
    const struct wf_strings *features = &binding->features;

    wf_bridge_features(bridge, features);
    bridge->extension_module |= wf_strings_has(features, "extension-module");
    bridge->generates_import_lib |= wf_strings_has(features, "generate-import-lib") ||
                                    wf_strings_has(features, "generate-abi3-import-lib");
}

/* The crate that is found decides how the binding is called. */
static bool
take_pyo3(struct wf_bridge *bridge, const struct search *s,
          const struct wf_build_asked *asked, struct wf_error *err)
{
    const struct wf_binding *pyo3 = wf_binding_of(&s->list, "pyo3");
    const struct wf_binding *ffi = wf_binding_of(&s->list, "pyo3-ffi");

    if (!check_single(s, "pyo3", err) || !check_single(s, "pyo3-ffi", err))
        return false;
    bridge->pyo3 = pyo3 != NULL ? pyo3->crate : ffi->crate;
    bridge->pyo3_name = bridge->pyo3->name;
    bridge->free_threaded = is_at_least(bridge->pyo3->version, 0, 23);
    take_features(bridge, ffi);
    take_features(bridge, pyo3);
    read_bounds(bridge, ffi);
    if (bridge->is_bin) {
        bridge->bindings = WF_BINDINGS_BIN;
        return true;
    }
    bridge->bindings = pyo3 != NULL ? WF_BINDINGS_PYO3 : WF_BINDINGS_PYO3_FFI;
    if (!bridge->extension_module && !is_at_least(bridge->pyo3->version, 0, 26))
        wf_say_warning(
            asked->say,
            "%s %s is built without its feature extension-module: the library "
            "will want libpython, which is not there on every machine; turn the "
            "feature on, or take %s 0.26 or newer",
            bridge->pyo3_name, bridge->pyo3->version, bridge->pyo3_name);
    return true;
}

static bool
has_pyo3(const struct search *s)
{
    return wf_binding_of(&s->list, "pyo3") != NULL ||
           wf_binding_of(&s->list, "pyo3-ffi") != NULL;
}

static bool
decide_pyo3(struct wf_bridge *bridge, const struct search *s,
            const struct wf_build_asked *asked, struct wf_error *err)
{
    bridge->is_bin = !s->has_cdylib && s->has_bin;
    return take_pyo3(bridge, s, asked, err);
}

static bool
decide_bin(struct wf_bridge *bridge, const struct search *s,
           const struct wf_build_asked *asked, struct wf_error *err)
{
    bridge->is_bin = true;
    bridge->bindings = WF_BINDINGS_BIN;
    bridge->free_threaded = true;
    return !has_pyo3(s) || take_pyo3(bridge, s, asked, err);
}

static bool
refuse_rust_cpython(const struct search *s, struct wf_error *err)
{
    const struct wf_binding *old = wf_binding_of(&s->list, "cpython");

    return old == NULL ||
           wf_error_set(err, WF_ERR_REFUSED,
                        "the crate depends on cpython %s (rust-cpython), which is no "
                        "longer supported; move to pyo3, or choose another binding with "
                        "--bindings",
                        old->crate->version);
}

static bool
decide_alone(struct wf_bridge *bridge, const struct search *s,
             const struct wf_build_asked *asked, struct wf_error *err)
{
    if (has_pyo3(s))
        return decide_pyo3(bridge, s, asked, err);
    if (wf_binding_of(&s->list, "uniffi") != NULL) {
        bridge->bindings = WF_BINDINGS_UNIFFI;
        return true;
    }
    if (!refuse_rust_cpython(s, err))
        return false;
    if (s->has_cdylib) {
        bridge->bindings = WF_BINDINGS_CFFI;
        return true;
    }
    if (s->has_bin)
        return decide_bin(bridge, s, asked, err);
    return wf_error_set(
        err, WF_ERR_REFUSED,
        "%s has neither a library of crate-type cdylib nor a program, and "
        "no binding crate among its dependencies: add `crate-type = "
        "[\"cdylib\"]` to [lib], or name the binding with --bindings",
        s->graph->root->manifest_path);
}

static bool
decide_forced(struct wf_bridge *bridge, const struct search *s,
              enum wf_bindings asked_for, const struct wf_build_asked *asked,
              struct wf_error *err)
{
    if (asked_for == WF_BINDINGS_BIN)
        return decide_bin(bridge, s, asked, err);
    if (asked_for != WF_BINDINGS_PYO3 && asked_for != WF_BINDINGS_PYO3_FFI) {
        bridge->bindings = asked_for;
        return true;
    }
    if (has_pyo3(s))
        return decide_pyo3(bridge, s, asked, err);
    return refuse_rust_cpython(s, err) &&
           wf_error_set(
               err, WF_ERR_REFUSED,
               "%s bindings are asked for, but %s depends neither on pyo3 nor on "
               "pyo3-ffi; is a feature missing that turns it on?",
               wf_bindings_name(asked_for), s->graph->root->name);
}

/* Of several features that name a version the least is the floor; one without a version
 * leaves it to the interpreter. */
static void
lower_floor(struct wf_stable_floor *floor, enum wf_stable_abi family, const char *feature,
            const char *prefix)
{
    const size_t len = strlen(prefix);
    uint64_t minor = 0;

    if (strncmp(feature, prefix, len) != 0)
        return;
    if (feature[len] == '\0') {
        floor->family = family;
        return;
    }
    if (strncmp(feature + len, "-py3", 4) != 0 ||
        !wf_text_decimal(&minor, wf_bytes_str(feature + len + 4)) ||
        minor > HIGHEST_MINOR)
        return;
    if (family == WF_STABLE_ABI3T && minor < 15)
        minor = 15; /* there was none before */
    if (!floor->is_fixed || minor < floor->minor)
        floor->minor = (unsigned)minor;
    floor->family = family;
    floor->is_fixed = true;
}

void
wf_bridge_features(struct wf_bridge *bridge, const struct wf_strings *features)
{
    for (size_t i = 0; i < features->num; i++) {
        lower_floor(&bridge->abi3, WF_STABLE_ABI3, features->items[i], "abi3");
        lower_floor(&bridge->abi3t, WF_STABLE_ABI3T, features->items[i], "abi3t");
    }
}

bool
wf_bridge_find(struct wf_bridge *out, struct wf_arena *arena,
               const struct wf_project *project, const struct wf_cargo_graph *graph,
               const struct wf_build_asked *asked, struct wf_error *err)
{
    struct search s = { .arena = arena, .graph = graph };
    const enum wf_bindings asked_for = asked->bindings != WF_BINDINGS_AUTO
                                           ? asked->bindings
                                           : project->pyproject.settings.bindings;
    struct wf_bridge bridge = { 0 };

    gather_bindings(&s);
    look_at_targets(&s);
    if (graph->num_members > 1)
        wf_binding_correct(&s.list, arena, project->manifest, asked);
    read_bounds(&bridge, NULL);
    const bool ok = asked_for == WF_BINDINGS_AUTO
                        ? decide_alone(&bridge, &s, asked, err)
                        : decide_forced(&bridge, &s, asked_for, asked, err);

    if (ok)
        *out = bridge;
    return ok;
}

static const char *
stable_text(struct wf_arena *arena, const struct wf_stable_floor *floor, const char *name)
{
    if (floor->family == WF_STABLE_NONE)
        return "";
    return floor->is_fixed ? wf_arena_printf(arena, "%s-py3.%u", name, floor->minor)
                           : name;
}

const char *
wf_bridge_word(struct wf_arena *arena, const struct wf_bridge *bridge)
{
    if (bridge->pyo3 == NULL)
        return wf_arena_printf(arena, "%s bindings", wf_bindings_name(bridge->bindings));
    const char *abi3 = stable_text(arena, &bridge->abi3, "abi3");
    const char *abi3t = stable_text(arena, &bridge->abi3t, "abi3t");
    const bool is_both = abi3[0] != '\0' && abi3t[0] != '\0';
    const char *stable = is_both ? wf_arena_printf(arena, "%s and %s", abi3, abi3t)
                         : abi3[0] != '\0' ? abi3
                                           : abi3t;

    return wf_arena_printf(
        arena, "%s%s bindings%s%s%s", bridge->pyo3_name, bridge->is_bin ? " bin" : "",
        stable[0] == '\0' ? "" : " with ", stable, stable[0] == '\0' ? "" : " support");
}
