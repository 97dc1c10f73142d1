/* test_verdict_roots.c -- which objects are roots, and in whose context the others stand. */
#include "../support/report_builder.h"
#include "../support/unit.h"

static const char any_wheel[] = "x-1-py3-none-any.whl";

static void
resolves_a_library_in_the_context_of_the_first_root_that_loads_it(void **state)
{
    static const struct wf_test_object objects[] = {
        { .path = "x.libs/libfoo.so.1",
          .soname = "libfoo.so.1",
          .needed = { "libbar.so.2", "libc.so.6" } },
        { .path = "x.libs/libbar.so.2",
          .soname = "libbar.so.2",
          .needed = { "libc.so.6" } },
        { .path = "_x.so",
          .kind = WF_KIND_EXTENSION,
          .needed = { "libfoo.so.1", "libc.so.6" },
          .rpath = "$ORIGIN/x.libs" },
        { .path = "_y.so",
          .kind = WF_KIND_EXTENSION,
          .needed = { "libfoo.so.1", "libc.so.6" },
          .rpath = "$ORIGIN/x.libs" },
    };
    struct wf_report *report = wf_test_judged(any_wheel, objects, WF_COUNT(objects));
    const struct wf_tree *tree = report->objects[2].tree;

    (void)state;
    assert_non_null(tree);
    assert_ptr_equal(report->objects[2].node, tree->root);
    assert_ptr_equal(report->objects[0].tree, tree);
    assert_ptr_equal(report->objects[1].tree, tree);
    assert_ptr_equal(report->objects[1].node->parent, report->objects[0].node);
    /* libfoo has no search path of its own: the one of its root found libbar. */
    assert_int_equal(report->objects[0].node->edges[0].by, WF_FOUND_RPATH);
    assert_ptr_not_equal(report->objects[3].tree, tree);
    assert_ptr_equal(report->objects[3].node, report->objects[3].tree->root);
    assert_string_equal(report->platforms[0].tag, "manylinux_2_5_x86_64");
    wf_report_free(report);
}

/* An extension that another object needs, too, is read in its own context. */
static void
gives_every_extension_a_tree_of_its_own(void **state)
{
    static const struct wf_test_object objects[] = {
        { .path = "_x.so",
          .kind = WF_KIND_EXTENSION,
          .needed = { "_y.so", "libc.so.6" },
          .runpath = "$ORIGIN" },
        { .path = "_y.so", .kind = WF_KIND_EXTENSION, .needed = { "libc.so.6" } },
    };
    struct wf_report *report = wf_test_judged(any_wheel, objects, 2);

    (void)state;
    assert_ptr_equal(report->objects[1].node, report->objects[1].tree->root);
    wf_report_free(report);
}

static void
resolves_no_object_that_is_not_judged(void **state)
{
    static const struct wf_test_object objects[] = {
        { .path = "_x.so", .kind = WF_KIND_EXTENSION, .needed = { "libc.so.6" } },
        { .path = "y.o", .kind = WF_KIND_RELOCATABLE, .needed = { "libodd.so" } },
        { .path = "libz.debug", .kind = WF_KIND_DEBUG, .needed = { "libodd.so" } },
    };
    struct wf_report *report = wf_test_judged(any_wheel, objects, 3);

    (void)state;
    assert_non_null(report->objects[0].tree);
    assert_null(report->objects[1].tree);
    assert_null(report->objects[2].tree);
    assert_string_equal(report->platforms[0].tag, "manylinux_2_5_x86_64");
    wf_report_free(report);
}

/* auditwheel takes file names for it, not SONAMEs: the second library is loaded by a name
 * that is not its own, so it counts by itself, ISA mark and all. */
static void
counts_in_full_what_nothing_needs_by_file_name(void **state)
{
    static const struct {
        const char *path;
        const char *tag;
    } cases[] = {
        { "libfoo.so.1", "manylinux_2_5_x86_64" },
        { "libfoo.so.1.2", "linux_x86_64" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        const struct wf_test_object objects[] = {
            { .path = "_x.so",
              .kind = WF_KIND_EXTENSION,
              .needed = { "libfoo.so.1", "libc.so.6" },
              .runpath = "$ORIGIN" },
            { .path = cases[i].path,
              .soname = "libfoo.so.1",
              .needed = { "libc.so.6" },
              .isa = 2 },
        };
        struct wf_report *report = wf_test_judged(any_wheel, objects, 2);

        assert_string_equal(report->platforms[0].tag, cases[i].tag);
        wf_report_free(report);
    }
}

static void
reports_exclusions_that_matched_nothing(void **state)
{
    static const struct wf_test_object object = {
        .path = "_x.so",
        .kind = WF_KIND_EXTENSION,
        .needed = { "libcuda.so.1", "libc.so.6" },
    };
    struct wf_audit_options options = wf_test_options();
    struct wf_arena arena = { 0 };
    struct wf_report *report = wf_test_report(any_wheel, &object, 1);

    (void)state;
    wf_strings_append(&arena, &options.search.excludes, "libcuda.*");
    wf_strings_append(&arena, &options.search.excludes, "libnvidia.*");
    wf_test_judge(report, &options);
    assert_int_equal(report->unmatched_excludes.num, 1);
    assert_string_equal(report->unmatched_excludes.items[0], "libnvidia.*");
    wf_report_free(report);
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            resolves_a_library_in_the_context_of_the_first_root_that_loads_it),
        cmocka_unit_test(gives_every_extension_a_tree_of_its_own),
        cmocka_unit_test(resolves_no_object_that_is_not_judged),
        cmocka_unit_test(counts_in_full_what_nothing_needs_by_file_name),
        cmocka_unit_test(reports_exclusions_that_matched_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
