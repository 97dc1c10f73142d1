/* choose.c -- which wheels a build has: one per interpreter, one for the stable ABI, or one
 * for every Python 3. */
#include <string.h>

#include "pack/build_parts.h"
#include "wheel/pep440.h"

/* "3.12" satisfies ">=3.11": versions without their patch level are compared. */
static bool
version_holds(const char *specifiers, const struct wf_interpreter *interpreter,
              struct wf_arena *arena, bool *out, struct wf_error *err)
{
    struct wf_specifiers parsed;
    struct wf_version version;

    *out = true;
    if (specifiers == NULL)
        return true;
    if (!wf_specifiers_parse(&parsed, arena, specifiers, err) ||
        !wf_version_parse(
            &version, arena,
            wf_arena_printf(arena, "%u.%u", interpreter->major, interpreter->minor), err))
        return false;
    *out = wf_specifiers_contain(&parsed, &version);
    return true;
}

static bool
feature_holds(struct wf_arena *arena, const struct wf_feature *feature,
              const struct wf_interpreter *interpreter, bool *out, struct wf_error *err)
{
    if (!version_holds(feature->python_version, interpreter, arena, out, err))
        return wf_error_prefix(err, "feature %s", feature->name);
    *out = *out && (feature->python_implementation == NULL ||
                    wf_text_compare_nocase(feature->python_implementation,
                                           interpreter->implementation) == 0);
    return true;
}

static bool
feature_holds_for_any(const struct wf_building *work, const struct wf_feature *feature,
                      bool *out, struct wf_error *err)
{
    *out = false;
    for (size_t i = 0; !*out && i < work->interpreters.num; i++)
        if (!feature_holds(work->arena, feature, &work->interpreters.items[i], out, err))
            return false;
    return true;
}

static bool
has_conditions(const struct wf_feature *feature)
{
    return feature->python_version != NULL || feature->python_implementation != NULL;
}

/* The crate that pyo3 is may have its feature switched on through another: "py/abi3". */
static const char *
last_name(const struct wf_feature *feature)
{
    const char *slash = strrchr(feature->name, '/');

    return slash == NULL ? feature->name : slash + 1;
}

static bool
asks_for_stable_abi(struct wf_arena *arena, const struct wf_feature *feature)
{
    struct wf_bridge bridge = { 0 };
    struct wf_strings name = { 0 };

    wf_strings_append(arena, &name, last_name(feature));
    wf_bridge_features(&bridge, &name);
    return bridge.abi3.family != WF_STABLE_NONE || bridge.abi3t.family != WF_STABLE_NONE;
}

/* The stable ABI is one for the whole build, so it is there when its feature's conditions
 * hold for any interpreter. */
static bool
choose_stable_features(const struct wf_building *work, struct wf_bridge *bridge,
                       struct wf_error *err)
{
    const struct wf_settings *settings = &work->loaded->project.pyproject.settings;
    struct wf_strings names = { 0 };

    for (size_t i = 0; !work->loaded->features_asked && i < settings->num_features; i++) {
        const struct wf_feature *feature = &settings->features[i];
        bool holds = false;

        if (!has_conditions(feature))
            continue;
        if (!feature_holds_for_any(work, feature, &holds, err))
            return false;
        if (holds)
            wf_strings_append(work->arena, &names, last_name(feature));
    }
    wf_bridge_features(bridge, &names);
    return true;
}

/* A wheel is compiled with the features that hold for its own interpreter; that of the
 * stable ABI with those that made it one, whoever they hold for.  Features without
 * conditions were known to cargo from the start, and those of the command line replace all
 * of them. */
static bool
choose_features(const struct wf_building *work, struct wf_wheel_for *wheel,
                struct wf_error *err)
{
    const struct wf_settings *settings = &work->loaded->project.pyproject.settings;

    if (work->loaded->features_asked || wheel->interpreter == NULL)
        return true;
    for (size_t i = 0; i < settings->num_features; i++) {
        const struct wf_feature *feature = &settings->features[i];
        bool holds = false;

        if (!has_conditions(feature))
            continue;
        if (!feature_holds(work->arena, feature, wheel->interpreter, &holds, err))
            return false;
        if (!holds && wheel->stable != NULL &&
            asks_for_stable_abi(work->arena, feature) &&
            !feature_holds_for_any(work, feature, &holds, err))
            return false;
        if (holds)
            wf_strings_append(work->arena, &wheel->features, feature->name);
    }
    return true;
}

/* One wheel of the stable ABI at most, in front of those for single interpreters. */
static void
list_wheels(struct wf_building *work)
{
    const struct wf_stable_choice *choice = &work->choice;
    const bool stable = choice->floor.family != WF_STABLE_NONE;
    size_t num = 0;

    work->wheels =
        wf_arena_array(work->arena, choice->num_others + 1, sizeof *work->wheels);
    if (stable)
        work->wheels[num++] =
            (struct wf_wheel_for){ .interpreter = choice->by, .stable = &choice->floor };
    for (size_t i = 0; i < choice->num_others; i++) {
        if (stable)
            wf_say_warning(work->asked->say,
                           "%s does not support the stable ABI that the crate asks for: "
                           "it gets a wheel of its own",
                           wf_interpreter_text(work->arena, choice->others[i]));
        work->wheels[num++] = (struct wf_wheel_for){ .interpreter = choice->others[i] };
    }
    work->num_wheels = num;
}

static void
list_common_wheel(struct wf_building *work)
{
    work->wheels = wf_arena_alloc(work->arena, sizeof *work->wheels);
    work->num_wheels = 1;
    if (work->interpreters.num > 0) {
        work->glue_python = &work->interpreters.items[0];
        work->wheels[0].interpreter = work->glue_python;
    }
}

static bool
is_by_python(const struct wf_bridge *bridge)
{
    return bridge->pyo3 != NULL && bridge->bindings != WF_BINDINGS_CFFI &&
           bridge->bindings != WF_BINDINGS_UNIFFI;
}

static void
tell_interpreters(const struct wf_building *work)
{
    for (size_t i = 0; i < work->interpreters.num; i++)
        if (!work->interpreters.items[i].is_placeholder)
            wf_say_step(work->asked->say, "Found %s",
                        wf_interpreter_text(work->arena, &work->interpreters.items[i]));
}

bool
wf_choose_wheels(struct wf_building *work, struct wf_error *err)
{
    const struct wf_loaded *loaded = work->loaded;
    struct wf_bridge *bridge = wf_arena_alloc(work->arena, sizeof *bridge);

    if (!wf_interpreters_find(&work->interpreters, work->arena, &loaded->bridge,
                              &loaded->triple, &loaded->project,
                              loaded->metadata.requires_python, work->asked, err))
        return false;
    if (is_by_python(&loaded->bridge))
        tell_interpreters(work);
    *bridge = loaded->bridge;
    if (!choose_stable_features(work, bridge, err))
        return false;
    work->bridge = bridge;
    if (is_by_python(bridge)) {
        wf_stable_choose(&work->choice, work->arena, bridge, &work->interpreters);
        list_wheels(work);
    } else {
        list_common_wheel(work);
    }
    for (size_t i = 0; i < work->num_wheels; i++)
        if (!choose_features(work, &work->wheels[i], err))
            return false;
    return true;
}

const char *
wf_wheel_for_text(const struct wf_building *work, const struct wf_wheel_for *wheel)
{
    if (!is_by_python(work->bridge))
        return NULL;
    if (wheel->stable == NULL)
        return wf_interpreter_name(work->arena, wheel->interpreter);
    return wf_arena_printf(work->arena, "%s Python >= 3.%u",
                           wheel->stable->family == WF_STABLE_ABI3T ? "abi3t" : "abi3",
                           wheel->stable->is_fixed ? wheel->stable->minor
                                                   : wheel->interpreter->minor);
}
