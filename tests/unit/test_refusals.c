/* test_refusals.c -- what is said of a wheel that misses its platform tag. */
#include "../support/unit.h"

#include "pack/refusals.h"

/* A need of a version, as a plan refuses it. */
static struct wf_refusal
need(const char *object, const char *symbol, const char *version)
{
    return (struct wf_refusal){
        .kind = WF_REFUSE_NEED,
        .reason = symbol == NULL ? WF_REASON_VERSION_MARKER : WF_REASON_VERSION,
        .object = object,
        .library = "libc.so.6",
        .symbol = symbol,
        .version = version,
        .text = "not told as it is",
        .advice = "give it with --lib-path",
    };
}

static void
assert_told(const struct wf_refusal *refusals, size_t num, struct wf_way_out way_out,
            const char *expected)
{
    struct wf_arena arena = { 0 };

    assert_string_equal(wf_refusals_text(&arena, refusals, num, &way_out), expected);
    wf_arena_clear(&arena);
}

static void
versions_are_grouped_and_the_newest_comes_first(void **state)
{
    (void)state;
    const struct wf_refusal refusals[] = {
        need("demo/b.so", "gettid", "GLIBC_2.30"),
        need("demo/a.so", "stat", "GLIBC_2.33"),
        need("demo/a.so", "c", "GLIBC_2.34"),
        need("demo/a.so", "b", "GLIBC_2.34"),
        need("demo/a.so", "a", "GLIBC_2.34"),
        need("demo/a.so", "old", "GLIBC_2.4"),
        need("demo/a.so", "older", "GLIBC_2.18"),
        need("demo/a.so", NULL, "GLIBC_2.36"),
    };

    assert_told(
        refusals, WF_COUNT(refusals),
        (struct wf_way_out){ .image = "manylinux2014_x86_64", .fits = "manylinux_2_36" },
        "demo/a.so needs GLIBC_2.36, GLIBC_2.34 (a, b and 1 more), GLIBC_2.33 "
        "(stat) and 2 older versions of libc.so.6; demo/b.so needs GLIBC_2.30 "
        "(gettid) of libc.so.6; build on an older system, such as the image "
        "manylinux2014_x86_64, or ask for manylinux_2_36, which it fits");
}

static void
a_library_that_would_come_along_is_told_so(void **state)
{
    (void)state;
    const struct wf_refusal refusals[] = { need("/usr/lib/liba.so", "a", "GLIBC_2.34") };

    assert_told(refusals, 1, (struct wf_way_out){ 0 },
                "/usr/lib/liba.so, which would be bundled, needs GLIBC_2.34 (a) of "
                "libc.so.6; build on an older system, or link a library that was built "
                "on one");
}

static void
advice_is_given_once_and_in_the_words_of_this_program(void **state)
{
    (void)state;
    const struct wf_refusal refusals[] = {
        { .kind = WF_REFUSE_MISSING,
          .library = "libone.so",
          .text = "a.so needs libone.so, which was not found",
          .advice = "give it with --lib-path" },
        { .kind = WF_REFUSE_MISSING,
          .library = "libtwo-1.2.so",
          .text = "a.so needs libtwo-1.2.so, which was not found",
          .advice = "give it with --lib-path" },
        { .kind = WF_REFUSE_NEED,
          .reason = WF_REASON_ISA,
          .version = "x86-64-v3",
          .text = "a.so runs on x86-64-v3 processors only",
          .advice = "give --disable-isa-ext-check" },
    };

    assert_told(refusals, WF_COUNT(refusals), (struct wf_way_out){ 0 },
                "a.so needs libone.so, which was not found; a.so needs libtwo-1.2.so, "
                "which was not found; a.so runs on x86-64-v3 processors only; have the "
                "build script name its folder (cargo:rustc-link-search=native=FOLDER), "
                "or give the folder in WHEELFIX_LD_LIBRARY_PATH; build for the baseline "
                "processor, without target-cpu");
}

static void
the_name_that_a_repair_gave_is_recognised(void **state)
{
    static const struct {
        const char *library;
        bool is_repaired;
    } rows[] = {
        { "libssl-7e697da6.so.3", true },  { "libx-y-0123abcd.so", true },
        { "libssl-7e697da.so.3", false },  { "libssl-7e697da61.so.3", false },
        { "libssl-7e697dag.so.3", false }, { "libssl.so.7e697da6.1", false },
        { "libssl-7e697da6-so.3", false },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_arena arena = { 0 };
        const struct wf_refusal refusal = { .kind = WF_REFUSE_MISSING,
                                            .library = rows[i].library,
                                            .text = "it was not found" };
        const char *text =
            wf_refusals_text(&arena, &refusal, 1, &(struct wf_way_out){ 0 });

        assert_int_equal(strstr(text, "touch a source of the crate") != NULL,
                         rows[i].is_repaired);
        assert_int_equal(strstr(text, "cargo:rustc-link-search") != NULL,
                         !rows[i].is_repaired);
        wf_arena_clear(&arena);
    }
}

static void
what_has_no_room_is_counted_and_the_advice_stays(void **state)
{
    (void)state;
    struct wf_refusal refusals[40];
    struct wf_arena arena = { 0 };

    for (size_t i = 0; i < WF_COUNT(refusals); i++)
        refusals[i] =
            need(wf_arena_printf(&arena, "a/module/of/some/length/%zu.so", i + 10),
                 "gettid", "GLIBC_2.30");
    const char *text = wf_refusals_text(&arena, refusals, WF_COUNT(refusals),
                                        &(struct wf_way_out){ .image = "debian:11" });

    assert_true(strlen(text) < 900);
    assert_non_null(
        strstr(text, "length/10.so needs GLIBC_2.30 (gettid) of libc.so.6; "));
    assert_non_null(strstr(text, "; and 33 more such reasons; build on an older system, "
                                 "such as the image debian:11"));
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_are_grouped_and_the_newest_comes_first),
        cmocka_unit_test(a_library_that_would_come_along_is_told_so),
        cmocka_unit_test(advice_is_given_once_and_in_the_words_of_this_program),
        cmocka_unit_test(the_name_that_a_repair_gave_is_recognised),
        cmocka_unit_test(what_has_no_room_is_counted_and_the_advice_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
