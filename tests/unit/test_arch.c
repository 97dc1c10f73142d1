/* test_arch.c -- the names of architectures. */
#include "../support/unit.h"

#include "base/arch.h"

static void
every_name_leads_back_to_its_architecture(void **state)
{
    (void)state;
    for (int i = WF_ARCH_UNKNOWN + 1; i < WF_ARCH_COUNT; i++) {
        const char *name = wf_arch_name((enum wf_arch)i);

        assert_non_null(name);
        assert_int_equal(wf_arch_from_name(name), i);
        assert_non_null(wf_arch_musl_word((enum wf_arch)i));
    }
}

static void
unknown_has_a_word_that_names_no_architecture(void **state)
{
    (void)state;
    assert_string_equal(wf_arch_name(WF_ARCH_UNKNOWN), "unknown");
    assert_int_equal(wf_arch_from_name("unknown"), WF_ARCH_UNKNOWN);
    assert_int_equal(wf_arch_from_name("x86-64"), WF_ARCH_UNKNOWN);
    assert_int_equal(wf_arch_from_name("X86_64"), WF_ARCH_UNKNOWN);
    assert_int_equal(wf_arch_from_name(""), WF_ARCH_UNKNOWN);
}

static void
androids_words_are_known(void **state)
{
    (void)state;
    assert_int_equal(wf_arch_from_name("arm64_v8a"), WF_ARCH_AARCH64);
    assert_int_equal(wf_arch_from_name("armeabi_v7a"), WF_ARCH_ARMV7L);
    assert_int_equal(wf_arch_from_name("x86"), WF_ARCH_I686);
    assert_int_equal(wf_arch_from_name("x86_64"), WF_ARCH_X86_64);
}

static void
armv6_code_meets_armv7_tags_and_not_the_reverse(void **state)
{
    (void)state;
    assert_true(wf_arch_meets(WF_ARCH_ARMV6L, WF_ARCH_ARMV7L));
    assert_false(wf_arch_meets(WF_ARCH_ARMV7L, WF_ARCH_ARMV6L));
    assert_false(wf_arch_meets(WF_ARCH_ARMV5L, WF_ARCH_ARMV7L));
}

static void
an_architecture_meets_itself_and_unknown_meets_nothing(void **state)
{
    (void)state;
    for (int i = WF_ARCH_UNKNOWN + 1; i < WF_ARCH_COUNT; i++) {
        assert_true(wf_arch_meets((enum wf_arch)i, (enum wf_arch)i));
        assert_false(wf_arch_meets((enum wf_arch)i, WF_ARCH_UNKNOWN));
        assert_false(wf_arch_meets(WF_ARCH_UNKNOWN, (enum wf_arch)i));
    }
    assert_false(wf_arch_meets(WF_ARCH_UNKNOWN, WF_ARCH_UNKNOWN));
    assert_false(wf_arch_meets(WF_ARCH_X32, WF_ARCH_X86_64));
}

static void
musl_has_words_of_its_own_for_some(void **state)
{
    (void)state;
    assert_string_equal(wf_arch_musl_word(WF_ARCH_I686), "x86");
    assert_string_equal(wf_arch_musl_word(WF_ARCH_ARMV7L), "armv7");
    assert_string_equal(wf_arch_musl_word(WF_ARCH_ARMV6L), "armhf");
    assert_string_equal(wf_arch_musl_word(WF_ARCH_X86_64), "x86_64");
    assert_string_equal(wf_arch_musl_word(WF_ARCH_LOONGARCH64), "loongarch64");
}

static void
the_host_is_what_the_compiler_builds_for(void **state)
{
    (void)state;
#if defined(__x86_64__) && !defined(__ILP32__)
    assert_int_equal(wf_arch_host(), WF_ARCH_X86_64);
#elif defined(__aarch64__)
    assert_int_equal(wf_arch_host(), WF_ARCH_AARCH64);
#else
    assert_in_range(wf_arch_host(), WF_ARCH_UNKNOWN, WF_ARCH_COUNT - 1);
#endif
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_name_leads_back_to_its_architecture),
        cmocka_unit_test(unknown_has_a_word_that_names_no_architecture),
        cmocka_unit_test(androids_words_are_known),
        cmocka_unit_test(armv6_code_meets_armv7_tags_and_not_the_reverse),
        cmocka_unit_test(an_architecture_meets_itself_and_unknown_meets_nothing),
        cmocka_unit_test(musl_has_words_of_its_own_for_some),
        cmocka_unit_test(the_host_is_what_the_compiler_builds_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
