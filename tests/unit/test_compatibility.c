/* test_compatibility.c -- every spelling of --compatibility that users have. */
#include "../support/unit.h"

#include "pack/triple.h"

static bool
read_words(struct wf_compatibility *out, struct wf_arena *arena, const char *words,
           const char *configured, struct wf_error *err)
{
    struct wf_strings asked = { 0 };
    char *rest = wf_arena_strdup(arena, words);

    while (*rest != '\0') {
        char *end = rest + strcspn(rest, " ");
        const bool last = *end == '\0';

        *end = '\0';
        wf_strings_append(arena, &asked, rest);
        rest = last ? end : end + 1;
    }
    return wf_compatibility_read(out, arena, &asked, configured, err);
}

/* What was understood, as one text. */
static const char *
meaning(struct wf_arena *arena, const struct wf_compatibility *c)
{
    const char *tags = "";

    for (size_t i = 0; i < c->tags.num; i++)
        tags = wf_arena_printf(arena, "%s %s", tags, c->tags.items[i]);
    for (size_t i = 0; i < c->arch_words.num; i++)
        tags = wf_arena_printf(arena, "%s %s", tags, c->arch_words.items[i]);
    return wf_arena_printf(arena, "%s%s%s%s", c->is_auto ? "auto" : "",
                           c->is_linux ? "linux" : "", c->pypi ? " pypi" : "", tags);
}

static void
every_spelling_is_understood(void **state)
{
    static const struct {
        const char *words;
        const char *configured;
        const char *meaning;
    } rows[] = {
        { "", NULL, "auto" },
        { "auto", NULL, "auto" },
        { "off", NULL, "linux" },
        { "linux", NULL, "linux" },
        { "OFF", NULL, "linux" },
        { "2014", NULL, " manylinux_2_17" },
        { "manylinux2014", NULL, " manylinux_2_17" },
        { "ManyLinux2014", NULL, " manylinux_2_17" },
        { "2_28", NULL, " manylinux_2_28" },
        { "manylinux_2_28", NULL, " manylinux_2_28" },
        { "manylinux_2_5", NULL, " manylinux_2_5" },
        { "manylinux_2_99", NULL, " manylinux_2_99" },
        { "musllinux_1_2", NULL, " musllinux_1_2" },
        { "1", NULL, " manylinux_2_5" },
        { "manylinux1", NULL, " manylinux_2_5" },
        { "2010", NULL, " manylinux_2_12" },
        { "manylinux2010", NULL, " manylinux_2_12" },
        { "manylinux_2_28_x86_64", NULL, " manylinux_2_28 x86_64" },
        { "2_28_aarch64", NULL, " manylinux_2_28 aarch64" },
        { "manylinux2014_armv7l", NULL, " manylinux_2_17 armv7l" },
        { "Linux_X86_64", NULL, "linux x86_64" },
        { "2_28_x86_64 musllinux_1_2_x86_64", NULL,
          " manylinux_2_28 musllinux_1_2 x86_64" },
        { "2014 manylinux_2_17", NULL, " manylinux_2_17" },
        { "2014 musllinux_1_1", NULL, " manylinux_2_17 musllinux_1_1" },
        { "pypi", NULL, "auto pypi" },
        { "pypi 2014", NULL, " pypi manylinux_2_17" },
        { "pypi linux", NULL, "linux pypi" },
        { "", "2014", " manylinux_2_17" },
        { "", "off", "linux" },
        { "2_28", "2014", " manylinux_2_28" },
        { "auto", "2014", "auto" },
    };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_compatibility c = { 0 };
        struct wf_error err = { 0 };

        assert_true(read_words(&c, &arena, rows[i].words, rows[i].configured, &err));
        assert_string_equal(meaning(&arena, &c), rows[i].meaning);
    }
    wf_arena_clear(&arena);
}

static void
unchecked_tags_are_refused_with_the_reason(void **state)
{
    static const char *const words[] = { "1-unchecked", "2010-unchecked",
                                         "2014-unchecked", "manylinux2014-unchecked" };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(words); i++) {
        struct wf_compatibility c = { 0 };
        struct wf_error err = { 0 };

        assert_false(read_words(&c, &arena, words[i], NULL, &err));
        assert_error(err, WF_ERR_USAGE,
                     wf_arena_printf(&arena,
                                     "--compatibility %s is refused: a tag that is not "
                                     "checked is a promise nobody keeps; use "
                                     "--auditwheel warn to build in spite of the check, "
                                     "or --compatibility off for the tag linux",
                                     words[i]));
    }
    wf_arena_clear(&arena);
}

static void
tags_older_than_the_glibc_of_rust_are_for_static_programs(void **state)
{
    static const char *const words[] = { "1", "manylinux1", "2010", "manylinux2010" };
    const struct wf_triple musl = { .os = WF_OS_LINUX, .is_musl = true };
    const struct wf_triple glibc = { .os = WF_OS_LINUX };
    const struct wf_triple windows = { .os = WF_OS_WINDOWS };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(words); i++) {
        struct wf_compatibility c = { 0 };
        struct wf_error err = { 0 };

        assert_true(read_words(&c, &arena, words[i], NULL, &err));
        assert_true(wf_compatibility_check(&c, &musl, true, &err));
        assert_true(wf_compatibility_check(&c, &windows, false, &err));
        assert_false(wf_compatibility_check(&c, &musl, false, &err));
        assert_false(wf_compatibility_check(&c, &glibc, true, &err));
        assert_error(
            err, WF_ERR_REFUSED,
            wf_arena_printf(&arena,
                            "compatibility %s is refused: Rust itself needs "
                            "glibc 2.17 since its release 1.64, and only static "
                            "programs (of a musl target) have no need of it; ask "
                            "for 2014 or later, or for off",
                            words[i]));
    }
    wf_arena_clear(&arena);
}

static void
a_tag_may_name_the_architecture_of_the_target_and_no_other(void **state)
{
    const struct wf_triple triple = { .text = "x86_64-unknown-linux-gnu",
                                      .os = WF_OS_LINUX,
                                      .arch_word = "x86_64" };
    struct wf_arena arena = { 0 };
    struct wf_compatibility c = { 0 };
    struct wf_error err = { 0 };

    (void)state;
    assert_true(read_words(&c, &arena, "2_28_x86_64", NULL, &err));
    assert_true(wf_compatibility_check(&c, &triple, false, &err));
    assert_true(read_words(&c, &arena, "2_28_aarch64", NULL, &err));
    assert_false(wf_compatibility_check(&c, &triple, false, &err));
    assert_error(err, WF_ERR_REFUSED,
                 "compatibility asks for a tag of aarch64, and the target "
                 "x86_64-unknown-linux-gnu has x86_64; leave the architecture out, or "
                 "build with --target");
    wf_arena_clear(&arena);
}

static void
other_words_are_usage_errors(void **state)
{
    static const char known[] =
        "it takes auto, off, linux, 2014, manylinux_X_Y (or X_Y), "
        "musllinux_X_Y and pypi";
    static const struct {
        const char *words;
        const char *text;
    } rows[] = {
        { "2015", "--compatibility does not know '2015'; " },
        { "manylinux", "--compatibility does not know 'manylinux'; " },
        { "manylinux_2", "--compatibility does not know 'manylinux_2'; " },
        { "manylinux_2_", "--compatibility does not know 'manylinux_2_'; " },
        { "manylinux_02_17", "--compatibility does not know 'manylinux_02_17'; " },
        { "2_17_1", "--compatibility does not know '2_17_1'; " },
        { "99999_1", "--compatibility does not know '99999_1'; " },
        { "manylinux_2_28_vax", "--compatibility does not know 'manylinux_2_28_vax'; " },
        { "_x86_64", "--compatibility does not know '_x86_64'; " },
        { "win_amd64x", "--compatibility does not know 'win_amd64x'; " },
        { "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
          "--compatibility does not know 'a word of this length'; " },
    };
    struct wf_arena arena = { 0 };
    struct wf_compatibility c = { 0 };
    struct wf_error err = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        assert_false(read_words(&c, &arena, rows[i].words, NULL, &err));
        assert_error(err, WF_ERR_USAGE,
                     wf_arena_printf(&arena, "%s%s", rows[i].text, known));
    }
    wf_arena_clear(&arena);
}

static void
what_excludes_each_other_is_refused(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_compatibility c = { 0 };
    struct wf_error err = { 0 };

    (void)state;
    assert_false(read_words(&c, &arena, "linux 2_28", NULL, &err));
    assert_error(err, WF_ERR_REFUSED,
                 "--compatibility linux (or off) cannot be combined with manylinux_2_28");
    assert_false(read_words(&c, &arena, "off auto", NULL, &err));
    assert_error(err, WF_ERR_REFUSED,
                 "--compatibility linux (or off) cannot be combined with auto");
    assert_false(read_words(&c, &arena, "auto musllinux_1_2", NULL, &err));
    assert_error(err, WF_ERR_REFUSED,
                 "--compatibility auto cannot be combined with musllinux_1_2");
    assert_false(read_words(&c, &arena, "2014 2_28", NULL, &err));
    assert_error(err, WF_ERR_REFUSED,
                 "--compatibility takes one manylinux and one musllinux tag at most; "
                 "manylinux_2_17 and manylinux_2_28 were both asked for");
    wf_arena_clear(&arena);
}

static void
an_error_in_the_configuration_says_where(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_compatibility c = { 0 };
    struct wf_error err = { 0 };

    (void)state;
    assert_false(read_words(&c, &arena, "", "manylinux3", &err));
    assert_int_equal(err.kind, WF_ERR_MALFORMED);
    assert_string_equal(err.where, "pyproject.toml");
    wf_arena_clear(&arena);
}

static void
pypi_is_refused_for_a_target_that_it_has_no_tag_for(void **state)
{
    const struct wf_triple riscv = { .text = "riscv32gc-unknown-linux-gnu",
                                     .os = WF_OS_LINUX,
                                     .arch_word = "riscv32" };
    const struct wf_triple x86 = { .os = WF_OS_LINUX, .arch_word = "x86_64" };
    const struct wf_triple arm = { .os = WF_OS_LINUX, .arch_word = "armv6l" };
    struct wf_arena arena = { 0 };
    struct wf_compatibility c = { 0 };
    struct wf_error err = { 0 };

    (void)state;
    assert_true(read_words(&c, &arena, "pypi", NULL, &err));
    assert_false(wf_compatibility_check(&c, &riscv, false, &err));
    assert_error(
        err, WF_ERR_REFUSED,
        "Rust target riscv32gc-unknown-linux-gnu is not supported by PyPI, so no "
        "wheel for it can be uploaded there; leave --compatibility pypi out");
    assert_true(wf_compatibility_check(&c, &arm, false, &err));
    assert_true(read_words(&c, &arena, "linux", NULL, &err));
    assert_true(wf_compatibility_check(&c, &riscv, false, &err));
    assert_true(read_words(&c, &arena, "pypi off", NULL, &err));
    assert_true(wf_compatibility_check(&c, &arm, false, &err));
    assert_false(wf_compatibility_check(&c, &x86, false, &err));
    assert_error(err, WF_ERR_REFUSED,
                 "PyPI validation failed: PyPI takes no wheel with the platform tag "
                 "linux_x86_64; leave either --compatibility pypi or linux (off) out");
    wf_arena_clear(&arena);
}

static void
two_tags_are_for_plain_programs_of_musl(void **state)
{
    const struct wf_triple musl = { .os = WF_OS_LINUX, .is_musl = true };
    const struct wf_triple glibc = { .os = WF_OS_LINUX, .text = "t" };
    struct wf_arena arena = { 0 };
    struct wf_compatibility c = { 0 };
    struct wf_error err = { 0 };

    (void)state;
    assert_true(read_words(&c, &arena, "2014 musllinux_1_2", NULL, &err));
    assert_true(wf_compatibility_check(&c, &musl, true, &err));
    assert_false(wf_compatibility_check(&c, &musl, false, &err));
    assert_false(wf_compatibility_check(&c, &glibc, true, &err));
    assert_error(err, WF_ERR_REFUSED,
                 "Cannot mix musllinux and manylinux platform tags when compiling to t: "
                 "only plain programs of a musl target can have both; ask for "
                 "manylinux_2_17 or musllinux_1_2");
    assert_true(read_words(&c, &arena, "2014", NULL, &err));
    assert_true(wf_compatibility_check(&c, &glibc, false, &err));
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_spelling_is_understood),
        cmocka_unit_test(unchecked_tags_are_refused_with_the_reason),
        cmocka_unit_test(tags_older_than_the_glibc_of_rust_are_for_static_programs),
        cmocka_unit_test(a_tag_may_name_the_architecture_of_the_target_and_no_other),
        cmocka_unit_test(other_words_are_usage_errors),
        cmocka_unit_test(what_excludes_each_other_is_refused),
        cmocka_unit_test(an_error_in_the_configuration_says_where),
        cmocka_unit_test(pypi_is_refused_for_a_target_that_it_has_no_tag_for),
        cmocka_unit_test(two_tags_are_for_plain_programs_of_musl),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
