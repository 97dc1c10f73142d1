/* test_stable_choice.c -- who gets the wheel of the stable ABI, and who one of their own. */
#include "../support/unit.h"

#include "pack/interpreter_parts.h"

static const struct wf_stable_floor abi3_38 = { WF_STABLE_ABI3, true, 8 };
static const struct wf_stable_floor abi3_any = { WF_STABLE_ABI3, false, 0 };
static const struct wf_stable_floor abi3t_315 = { WF_STABLE_ABI3T, true, 15 };
static const struct wf_stable_floor abi3t_any = { WF_STABLE_ABI3T, false, 0 };
static const struct wf_stable_floor nothing = { 0 };

/* The names in `pythons` ("3.14 3.15t pypy3.11") chosen over; the tags of all wheels, in
 * their order. */
static const char *
wheels_of(struct wf_arena *arena, const struct wf_stable_floor *abi3,
          const struct wf_stable_floor *abi3t, const char *pythons)
{
    const struct wf_bridge bridge = { .abi3 = *abi3, .abi3t = *abi3t };
    struct wf_triple triple = { 0 };
    struct wf_interpreters list = { 0 };
    struct wf_stable_choice choice;
    struct wf_error err = { 0 };
    const char *tags = "";

    assert_true(wf_triple_parse(&triple, arena, "x86_64-unknown-linux-gnu", NULL, &err));
    while (*pythons != '\0') {
        struct wf_python_spec spec = { 0 };
        struct wf_interpreter made = { 0 };
        const size_t len = strcspn(pythons, " ");

        assert_true(
            wf_python_spec_parse(&spec, wf_arena_str(arena, wf_bytes_of(pythons, len))));
        assert_true(wf_interpreter_of_spec(&made, arena, &spec, &triple, &err));
        wf_interpreters_add(&list, arena, &made);
        pythons += len + (pythons[len] == ' ');
    }
    wf_stable_choose(&choice, arena, &bridge, &list);
    assert_int_equal(choice.by == NULL, choice.floor.family == WF_STABLE_NONE);
    if (choice.by != NULL)
        tags = wf_stable_tag(arena, &choice.floor, choice.by);
    for (size_t i = 0; i < choice.num_others; i++)
        tags = wf_arena_printf(arena, "%s%s%s", tags, *tags == '\0' ? "" : " ",
                               wf_interpreter_tag(arena, choice.others[i]));
    return tags;
}

static void
one_wheel_is_for_all_that_can_use_it(void **state)
{
    static const struct {
        const struct wf_stable_floor *abi3;
        const struct wf_stable_floor *abi3t;
        const char *pythons;
        const char *wheels;
    } rows[] = {
        /* abi3-py38 with abi3t-py315 */
        { &abi3_38, &abi3t_315, "3.8", "cp38-abi3" },
        { &abi3_38, &abi3t_315, "3.14", "cp38-abi3" },
        { &abi3_38, &abi3t_315, "3.8 3.9 3.14", "cp38-abi3" },
        { &abi3_38, &abi3t_315, "3.14t", "cp314-cp314t" },
        { &abi3_38, &abi3t_315, "3.15", "cp315-abi3.abi3t" },
        { &abi3_38, &abi3t_315, "3.15t", "cp315-abi3.abi3t" },
        { &abi3_38, &abi3t_315, "3.14 3.15t", "cp315-abi3.abi3t cp314-cp314" },
        { &abi3_38, &abi3t_315, "3.14 3.14t", "cp38-abi3 cp314-cp314t" },
        /* abi3 alone */
        { &abi3_38, &nothing, "3.15t 3.15", "cp38-abi3 cp315-cp315t" },
        { &abi3_38, &nothing, "3.7 3.8", "cp38-abi3 cp37-cp37m" },
        { &abi3_38, &nothing, "pypy3.11 3.12", "cp38-abi3 pp311-pypy311_pp73" },
        { &abi3_38, &nothing, "pypy3.11", "pp311-pypy311_pp73" },
        { &abi3_38, &nothing, "graalpy3.11", "graalpy311-graalpy242_311_native" },
        { &abi3_38, &nothing, "", "" },
        /* the floor is whoever builds: the oldest */
        { &abi3_any, &nothing, "3.12", "cp312-abi3" },
        { &abi3_any, &nothing, "3.12 3.10 3.11", "cp310-abi3" },
        { &abi3_any, &nothing, "3.14t 3.12", "cp312-abi3 cp314-cp314t" },
        { &nothing, &abi3t_any, "3.14 3.15", "cp315-abi3.abi3t cp314-cp314" },
        { &nothing, &abi3t_315, "3.14", "cp314-cp314" },
        /* none */
        { &nothing, &nothing, "3.11 3.12", "cp311-cp311 cp312-cp312" },
    };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++)
        assert_string_equal(
            wheels_of(&arena, rows[i].abi3, rows[i].abi3t, rows[i].pythons),
            rows[i].wheels);
    wf_arena_clear(&arena);
}

static void
abi3t_never_goes_below_its_first_version(void **state)
{
    const struct wf_stable_floor low = { WF_STABLE_ABI3T, true, 9 };
    struct wf_arena arena = { 0 };

    (void)state;
    assert_string_equal(wheels_of(&arena, &nothing, &low, "3.15"), "cp315-abi3.abi3t");
    assert_string_equal(wheels_of(&arena, &nothing, &low, "3.14t"), "cp314-cp314t");
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_wheel_is_for_all_that_can_use_it),
        cmocka_unit_test(abi3t_never_goes_below_its_first_version),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
