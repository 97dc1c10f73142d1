/* stable_choice.c -- which stable ABI a build has, and whom its one wheel is for. */
#include "pack/interpreter_parts.h"

bool
wf_bridge_is_pyo3(const struct wf_bridge *bridge)
{
    return bridge->bindings == WF_BINDINGS_PYO3 ||
           bridge->bindings == WF_BINDINGS_PYO3_FFI ||
           (bridge->bindings == WF_BINDINGS_BIN && bridge->pyo3 != NULL);
}

static unsigned
floor_of(const struct wf_stable_floor *floor)
{
    const unsigned least = floor->family == WF_STABLE_ABI3T ? WF_ABI3T_FIRST : 0;

    return floor->is_fixed && floor->minor > least ? floor->minor : least;
}

bool
wf_stable_can_use(const struct wf_interpreter *interpreter,
                  const struct wf_stable_floor *floor)
{
    if (interpreter->kind != WF_PYTHON_CPYTHON || interpreter->major != 3 ||
        interpreter->minor < floor_of(floor))
        return false;
    return floor->family == WF_STABLE_ABI3T || !interpreter->gil_disabled;
}

/* The first that can use it builds it; where the floor is the builder's own version, the
 * oldest does, so that the wheel is for all of them. */
static const struct wf_interpreter *
builder_of(const struct wf_interpreters *interpreters,
           const struct wf_stable_floor *floor)
{
    const struct wf_interpreter *by = NULL;

    for (size_t i = 0; i < interpreters->num; i++) {
        const struct wf_interpreter *one = &interpreters->items[i];

        if (wf_stable_can_use(one, floor) &&
            (by == NULL || (!floor->is_fixed && one->minor < by->minor)))
            by = one;
    }
    return by;
}

void
wf_stable_choose(struct wf_stable_choice *out, struct wf_arena *arena,
                 const struct wf_bridge *bridge,
                 const struct wf_interpreters *interpreters)
{
    const struct wf_stable_floor *const families[] = { &bridge->abi3t, &bridge->abi3 };

    *out = (struct wf_stable_choice){ 0 };
    for (size_t i = 0; i < WF_COUNT(families) && out->by == NULL; i++) {
        if (families[i]->family == WF_STABLE_NONE)
            continue;
        out->by = builder_of(interpreters, families[i]);
        if (out->by != NULL) {
            out->floor = *families[i];
            if (out->floor.is_fixed)
                out->floor.minor = floor_of(families[i]);
        }
    }
    out->others = wf_arena_array(arena, interpreters->num, sizeof(*out->others));
    for (size_t i = 0; i < interpreters->num; i++)
        if (out->by == NULL || !wf_stable_can_use(&interpreters->items[i], &out->floor))
            out->others[out->num_others++] = &interpreters->items[i];
}
