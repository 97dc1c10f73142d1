/* test_checked.c -- arithmetic that does not wrap unseen. */
#include "../support/unit.h"

#include "base/checked.h"

static void
sums_and_products_that_fit_are_exact(void **state)
{
    uint64_t out = 0;
    size_t size = 0;

    (void)state;
    assert_true(wf_add_u64(&out, UINT64_MAX - 1, 1));
    assert_true(out == UINT64_MAX);
    assert_true(wf_mul_u64(&out, UINT64_C(1) << 32, UINT64_C(1) << 31));
    assert_true(out == UINT64_C(1) << 63);
    assert_true(wf_mul_size(&size, 3, 5));
    assert_int_equal(size, 15);
    assert_true(wf_mul_size(&size, 0, SIZE_MAX));
    assert_int_equal(size, 0);
}

static void
those_that_do_not_are_told(void **state)
{
    uint64_t out = 0;
    size_t size = 0;

    (void)state;
    assert_false(wf_add_u64(&out, UINT64_MAX, 1));
    assert_false(wf_mul_u64(&out, UINT64_C(1) << 32, UINT64_C(1) << 32));
    assert_false(wf_mul_size(&size, SIZE_MAX, 2));
}

static void
narrowing_is_told_where_it_loses(void **state)
{
    size_t size = 0;

    (void)state;
    assert_true(wf_u64_to_size(&size, 7));
    assert_int_equal(size, 7);
    assert_int_equal(wf_u64_to_size(&size, UINT64_MAX), SIZE_MAX == UINT64_MAX);
}

static void
a_range_fits_by_subtraction(void **state)
{
    static const struct {
        uint64_t off, len, whole;
        bool fits;
    } rows[] = {
        { 0, 0, 0, true },
        { 0, 10, 10, true },
        { 10, 0, 10, true },
        { 10, 1, 10, false },
        { 11, 0, 10, false },
        { 1, UINT64_MAX, 10, false },
        { UINT64_MAX, 2, 10, false },
        { 1, UINT64_MAX - 1, UINT64_MAX, true },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++)
        assert_int_equal(wf_fits(rows[i].off, rows[i].len, rows[i].whole), rows[i].fits);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_and_products_that_fit_are_exact),
        cmocka_unit_test(those_that_do_not_are_told),
        cmocka_unit_test(narrowing_is_told_where_it_loses),
        cmocka_unit_test(a_range_fits_by_subtraction),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
