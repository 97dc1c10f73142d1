/* test_version.c -- versions and their normal form (PEP 440). */
#include "../support/unit.h"

#include "wheel/wheel_name.h"

static void
writes_the_normal_form(void **state)
{
    static const char *const cases[][2] = {
        { "1", "1" },
        { "1.0", "1.0" },
        { "v1.0", "1.0" },
        { "V01.002.0", "1.2.0" },
        { "0", "0" },
        { "00.00", "0.0" },
        { "1!2.0", "1!2.0" },
        { "0!2.0", "2.0" },
        { "001!2", "1!2" },
        { "1.0a1", "1.0a1" },
        { "1.0alpha1", "1.0a1" },
        { "1.0.ALPHA.1", "1.0a1" },
        { "1.0-beta_2", "1.0b2" },
        { "1.0c3", "1.0rc3" },
        { "1.0pre", "1.0rc0" },
        { "1.0preview07", "1.0rc7" },
        { "1.0rc1", "1.0rc1" },
        { "1.0-1", "1.0.post1" },
        { "1.0post", "1.0.post0" },
        { "1.0.rev5", "1.0.post5" },
        { "1.0-r4", "1.0.post4" },
        { "1.0dev", "1.0.dev0" },
        { "1.0_dev_3", "1.0.dev3" },
        { "1.0a1.post2.dev3+Abc.01.0x", "1.0a1.post2.dev3+abc.1.0x" },
        { "1.0a-", "1.0a0" },
        { "1.0a--1", "1.0a0.post1" },
        { "1.0+local-1_2", "1.0+local.1.2" },
        { "1.0rdev", "1.0.post0.dev0" },
        { "2014.04", "2014.4" },
        { "99999999999999999999999.1", "99999999999999999999999.1" },
    };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        const char *normal = wf_version_normalise(&arena, cases[i][0]);

        if (normal == NULL)
            fail_msg("%s is a version", cases[i][0]);
        assert_string_equal(normal, cases[i][1]);
        assert_true(wf_version_is_pep440(cases[i][0]));
        assert_string_equal(wf_version_normalise(&arena, normal), normal);
    }
    wf_arena_clear(&arena);
}

static void
knows_what_is_no_version(void **state)
{
    static const char *const cases[] = {
        "",      "v",           "a",       "1.",           ".1",
        "1..0",  "1.0.",        "1.0x",    "1.0 ",         " 1.0",
        "1.0+",  "1.0+a..b",    "1.0+a-",  "1.0+_a",       "1!",
        "!1",    "1!2!3",       "1.0a1a1", "1.0dev1post1", "1.0.post1-1",
        "2004d", "1.0\xc3\xa9", "vv1",     "1.0--1",       "1.0+a+b",
    };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        if (wf_version_is_pep440(cases[i]))
            fail_msg("%s is no version", cases[i]);
        assert_null(wf_version_normalise(&arena, cases[i]));
    }
    wf_arena_clear(&arena);
}

/* Every prefix and every changed byte, in a block of exactly the size. */
static void
damaged_versions_are_read_within_their_bytes(void **state)
{
    static const char version[] = "1!2.0.0rc1.post2.dev3+abc.def.4";
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t len = 0; len < sizeof version; len++) {
        for (int c = 1; c < 256; c++) {
            struct wf_bytes exact = exact_copy(version, len + 1);
            char *text = (char *)(uintptr_t)exact.data;

            text[len] = '\0';
            if (len > 0)
                text[len / 2] = (char)c;
            const char *normal = wf_version_normalise(&arena, text);

            if (normal != NULL)
                assert_true(wf_version_is_pep440(normal));
            free_exact(exact);
        }
    }
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_the_normal_form),
        cmocka_unit_test(knows_what_is_no_version),
        cmocka_unit_test(damaged_versions_are_read_within_their_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
