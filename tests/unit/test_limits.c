/* test_limits.c -- every limit is in the table, under a name of its own. */
#include "../support/unit.h"

#include "base/limits.h"

static void
every_field_has_exactly_one_row(void **state)
{
    bool seen[sizeof(struct wf_limits) / sizeof(uint64_t)] = { false };

    (void)state;
    assert_int_equal(wf_num_limit_rows, WF_COUNT(seen));
    for (size_t i = 0; i < wf_num_limit_rows; i++) {
        const size_t idx = wf_limit_rows[i].field_off / sizeof(uint64_t);

        assert_int_equal(wf_limit_rows[i].field_off % sizeof(uint64_t), 0);
        assert_in_range(idx, 0, WF_COUNT(seen) - 1);
        assert_false(seen[idx]);
        seen[idx] = true;
    }
}

static void
names_differ_and_are_explained(void **state)
{
    (void)state;
    for (size_t i = 0; i < wf_num_limit_rows; i++) {
        assert_true(strlen(wf_limit_rows[i].about) > 0);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(wf_limit_rows[i].name, wf_limit_rows[j].name);
    }
}

static void
the_standard_is_what_the_rows_say(void **state)
{
    const struct wf_limits limits = wf_limits_standard();

    (void)state;
    for (size_t i = 0; i < wf_num_limit_rows; i++) {
        uint64_t value = 0;

        memcpy(&value, (const char *)&limits + wf_limit_rows[i].field_off, sizeof value);
        assert_true(value == wf_limit_rows[i].standard);
    }
    assert_int_equal(limits.ratio, 1032);
    assert_int_equal(limits.memory, 0);
}

static void
a_limit_is_set_by_its_name_alone(void **state)
{
    struct wf_limits limits = wf_limits_standard();
    const struct wf_limits before = limits;

    (void)state;
    assert_true(wf_limits_set(&limits, "path-bytes", 7));
    assert_int_equal(limits.path_bytes, 7);
    limits.path_bytes = before.path_bytes;
    assert_memory_equal(&limits, &before, sizeof limits);
    assert_false(wf_limits_set(&limits, "path_bytes", 7));
    assert_false(wf_limits_set(&limits, "", 7));
    assert_memory_equal(&limits, &before, sizeof limits);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_has_exactly_one_row),
        cmocka_unit_test(names_differ_and_are_explained),
        cmocka_unit_test(the_standard_is_what_the_rows_say),
        cmocka_unit_test(a_limit_is_set_by_its_name_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
