/* test_verdict_external.c -- what is in neither platform nor wheel, and what a repair here
 * would make of it.  Libraries are built into a folder that is searched as --lib-path. */
#include "../support/elf_builder.h"
#include "../support/folder.h"
#include "../support/report_builder.h"
#include "../support/unit.h"

#include <stdio.h>

static const char any_wheel[] = "x-1-py3-none-any.whl";

/* Puts the library that a JSON recipe describes into the test's folder. */
static void
put_library(void **state, const char *name, const char *recipe)
{
    struct wf_buffer image;
    struct wf_error err = { 0 };

    wf_buffer_init(&image, 1 << 20);
    if (!wf_test_elf_from_text(recipe, &image, &err))
        fail_msg("%s: %s", name, err.text);
    FILE *file = fopen(folder_path(state, name), "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(image.data, 1, image.len, file), image.len);
    assert_int_equal(fclose(file), 0);
    wf_buffer_clear(&image);
}

/* How a wheel is judged with the test's folder as --lib-path. */
struct judging {
    struct wf_audit_options options;
    struct wf_arena arena;
    struct wf_report *report;
};

static const struct wf_platform *
judge_with_folder(struct judging *judging, void **state,
                  const struct wf_test_object *objects, size_t num, bool disable_isa)
{
    *judging = (struct judging){ .options = wf_test_options() };
    judging->options.disable_isa_check = disable_isa;
    wf_strings_append(&judging->arena, &judging->options.search.lib_path, *state);
    judging->report = wf_test_report(any_wheel, objects, num);
    wf_test_judge(judging->report, &judging->options);
    assert_int_equal(judging->report->num_platforms, 1);
    return &judging->report->platforms[0];
}

static void
end(struct judging *judging)
{
    wf_report_free(judging->report);
    wf_arena_clear(&judging->arena);
}

static const struct wf_test_object needs_foo = {
    .path = "p/_x.so",
    .kind = WF_KIND_EXTENSION,
    .needed = { "libfoo.so.1", "libc.so.6" },
    .imports = { "foo@FOO_1:libfoo.so.1", "f@GLIBC_2.3:libc.so.6" },
};

static void
forecasts_the_tag_and_the_grafts_of_a_repair(void **state)
{
    struct judging judging;

    put_library(state, "libfoo.so.1",
                "{\"machine\": \"x86_64\", \"soname\": \"libfoo.so.1\","
                " \"needed\": [\"libc.so.6\"],"
                " \"imports\": [{\"name\": \"f\", \"version\": \"GLIBC_2.4\","
                "                \"library\": \"libc.so.6\"}]}");
    const struct wf_platform *platform =
        judge_with_folder(&judging, state, &needs_foo, 1, false);

    assert_string_equal(platform->tag, "linux_x86_64");
    assert_string_equal(platform->repaired_tag, "manylinux_2_5_x86_64");
    assert_int_equal(platform->repaired_tags.num, 2);
    assert_string_equal(platform->repaired_tags.items[1], "manylinux1_x86_64");
    assert_int_equal(platform->num_grafts, 1);
    assert_string_equal(platform->grafts[0].name, "libfoo.so.1");
    assert_string_equal(wf_text_base_name(platform->grafts[0].from), "libfoo.so.1");
    assert_int_equal(platform->num_externals, 1);
    assert_true(platform->externals[0].direct);
    assert_int_equal(platform->externals[0].by, WF_FOUND_LIB_PATH);
    assert_int_equal(platform->externals[0].allowed_from, WF_RANK_NEVER);
    assert_int_equal(platform->externals[0].needed_by.num, 1);
    assert_string_equal(platform->externals[0].needed_by.items[0], "p/_x.so");
    end(&judging);
}

static void
forecasts_nothing_when_a_library_cannot_be_found(void **state)
{
    struct judging judging;
    const struct wf_platform *platform =
        judge_with_folder(&judging, state, &needs_foo, 1, false);

    assert_int_equal(platform->repaired, WF_RANK_NEVER);
    assert_null(platform->repaired_tag);
    assert_int_equal(platform->repaired_tags.num, 0);
    assert_int_equal(platform->num_grafts, 0);
    assert_int_equal(platform->num_externals, 1);
    assert_null(platform->externals[0].library);
    assert_true(platform->externals[0].edge->num_tries > 0);
    end(&judging);
}

/* design.md 5.3: what a library outside the wheel needs is no fact about the wheel. */
static void
counts_the_needs_of_a_graft_in_the_forecast_alone(void **state)
{
    struct judging judging;

    put_library(state, "libfoo.so.1",
                "{\"machine\": \"x86_64\", \"needed\": [\"libc.so.6\"],"
                " \"imports\": [{\"name\": \"f\", \"version\": \"GLIBC_2.34\","
                "                \"library\": \"libc.so.6\"}]}");
    const struct wf_platform *platform =
        judge_with_folder(&judging, state, &needs_foo, 1, false);

    assert_string_equal(platform->symbol_tag, "manylinux_2_5_x86_64");
    assert_string_equal(platform->repaired_tag, "manylinux_2_34_x86_64");
    for (size_t i = 0; i < platform->num_versions; i++)
        assert_false(wf_strings_has(&platform->versions[i].versions, "GLIBC_2.34"));
    end(&judging);
}

static void
follows_grafts_to_what_they_need(void **state)
{
    struct judging judging;

    put_library(state, "libfoo.so.1",
                "{\"machine\": \"x86_64\", \"needed\": [\"libbar.so.2\", \"libc.so.6\"],"
                " \"imports\": [{\"name\": \"b\", \"version\": \"ZLIB_9\","
                "                \"library\": \"libbar.so.2\"}]}");
    put_library(state, "libbar.so.2",
                "{\"machine\": \"x86_64\", \"needed\": [\"libexpat.so.1\"]}");
    const struct wf_platform *platform =
        judge_with_folder(&judging, state, &needs_foo, 1, false);

    /* ZLIB_9 would be needed of a library that comes along. */
    assert_string_equal(platform->repaired_tag, "manylinux_2_12_x86_64");
    assert_int_equal(platform->num_grafts, 2);
    assert_string_equal(platform->grafts[0].name, "libbar.so.2");
    assert_string_equal(platform->grafts[1].name, "libfoo.so.1");
    assert_int_equal(platform->num_externals, 3);
    assert_string_equal(platform->externals[0].name, "libbar.so.2");
    assert_false(platform->externals[0].direct);
    assert_int_equal(platform->externals[0].needed_by.num, 1);
    assert_string_equal(wf_text_base_name(platform->externals[0].needed_by.items[0]),
                        "libfoo.so.1");
    assert_string_equal(platform->externals[1].name, "libexpat.so.1");
    assert_string_equal(platform->externals[2].name, "libfoo.so.1");
    assert_true(platform->externals[2].direct);
    end(&judging);
}

/* The wheel needs libexpat, which 2_12 provides and 2_5 does not: one could graft it, but
 * fewer grafts come before older policies. */
static void
prefers_fewer_grafts_to_an_older_policy(void **state)
{
    static const struct wf_test_object object = {
        .path = "_x.so",
        .kind = WF_KIND_EXTENSION,
        .needed = { "libexpat.so.1", "libc.so.6" },
    };
    struct judging judging;

    put_library(state, "libexpat.so.1",
                "{\"machine\": \"x86_64\", \"needed\": [\"libc.so.6\", \"libodd.so\"]}");
    put_library(state, "libodd.so", "{\"machine\": \"x86_64\"}");
    const struct wf_platform *platform =
        judge_with_folder(&judging, state, &object, 1, false);
    const wf_rank rank = wf_policies_find(wf_policies_builtin(), "manylinux_2_12")->rank;

    assert_string_equal(platform->tag, "manylinux_2_12_x86_64");
    assert_string_equal(platform->repaired_tag, "manylinux_2_12_x86_64");
    assert_int_equal(platform->num_grafts, 0);
    assert_int_equal(platform->num_externals, 2);
    assert_int_equal(platform->externals[0].allowed_from, rank);
    /* Nothing but libexpat needs it, so from 2_12 on it is of no concern. */
    assert_string_equal(platform->externals[1].name, "libodd.so");
    assert_int_equal(platform->externals[1].allowed_from, rank);
    end(&judging);
}

/* auditwheel: libmvec is external under 2_5 to 2_17, and has AVX-512 inside. */
static void
forgives_the_isa_of_a_graft_where_the_platform_provides_it(void **state)
{
    static const struct wf_test_object object = {
        .path = "_x.so",
        .kind = WF_KIND_EXTENSION,
        .needed = { "libmvec.so.1", "libc.so.6" },
    };
    struct judging judging;

    put_library(state, "libmvec.so.1",
                "{\"machine\": \"x86_64\", \"isa\": 4, \"needed\": [\"libc.so.6\"],"
                " \"imports\": [{\"name\": \"f\", \"version\": \"GLIBC_2.15\","
                "                \"library\": \"libc.so.6\"}]}");
    const struct wf_platform *platform =
        judge_with_folder(&judging, state, &object, 1, false);

    assert_string_equal(platform->tag, "manylinux_2_24_x86_64");
    assert_string_equal(platform->symbol_tag, "manylinux_2_5_x86_64");
    assert_string_equal(platform->repaired_tag, "manylinux_2_24_x86_64");
    end(&judging);
}

static void
refuses_a_graft_for_newer_processors_unless_told_not_to(void **state)
{
    struct judging judging;

    put_library(state, "libfoo.so.1", "{\"machine\": \"x86_64\", \"isa\": 3}");
    const struct wf_platform *platform =
        judge_with_folder(&judging, state, &needs_foo, 1, false);

    assert_int_equal(platform->repaired, WF_RANK_NEVER);
    end(&judging);
    platform = judge_with_folder(&judging, state, &needs_foo, 1, true);
    assert_string_equal(platform->repaired_tag, "manylinux_2_5_x86_64");
    end(&judging);
}

static void
never_grafts_libpython_and_repairs_all_the_same(void **state)
{
    static const char *const names[] = { "libpython2.7.so.1.0", "libpython3.13.so.1.0",
                                         "libpython3.13t.so.1.0", "libpython3.14d.so.1.0",
                                         "libpython3.so" };

    for (size_t i = 0; i < WF_COUNT(names); i++) {
        const struct wf_test_object object = {
            .path = "_x.so",
            .kind = WF_KIND_EXTENSION,
            .needed = { names[i], "libc.so.6" },
        };
        struct judging judging;
        const struct wf_platform *platform =
            judge_with_folder(&judging, state, &object, 1, false);

        assert_string_equal(platform->tag, "linux_x86_64");
        assert_string_equal(platform->repaired_tag, "manylinux_2_5_x86_64");
        assert_int_equal(platform->num_grafts, 0);
        assert_int_equal(platform->num_externals, 1);
        assert_string_equal(platform->externals[0].name, names[i]);
        end(&judging);
    }
}

/* What repair leaves to the host is external all the same; what it needs is as much
 * external, and nothing of it is bundled. */
static void
forecasts_no_graft_of_what_is_left_to_the_host(void **state)
{
    static const struct wf_test_object object = {
        .path = "_x.so",
        .kind = WF_KIND_EXTENSION,
        .needed = { "libcuda.so.1", "libGLX.so.0", "libc.so.6" },
    };
    struct judging judging;

    put_library(state, "libcuda.so.1",
                "{\"machine\": \"x86_64\", \"needed\": [\"libodd.so\", \"libc.so.6\"],"
                " \"imports\": [{\"name\": \"f\", \"version\": \"GLIBC_2.34\","
                "                \"library\": \"libc.so.6\"}]}");
    put_library(state, "libodd.so", "{\"machine\": \"x86_64\", \"isa\": 3}");
    const struct wf_platform *platform =
        judge_with_folder(&judging, state, &object, 1, false);

    assert_string_equal(platform->tag, "linux_x86_64");
    assert_string_equal(platform->repaired_tag, "manylinux_2_5_x86_64");
    assert_int_equal(platform->num_grafts, 0);
    assert_int_equal(platform->num_externals, 3);
    assert_string_equal(platform->externals[0].name, "libGLX.so.0");
    assert_string_equal(platform->externals[0].left_out,
                        "the host's graphics driver stands behind it");
    assert_non_null(platform->externals[1].left_out);
    assert_string_equal(platform->externals[2].name, "libodd.so");
    assert_null(platform->externals[2].left_out);
    end(&judging);
}

static void
names_every_object_that_needs_a_library_once(void **state)
{
    static const struct wf_test_object objects[] = {
        { .path = "b/_y.so",
          .kind = WF_KIND_EXTENSION,
          .needed = { "libfoo.so.1", "libfoo.so.1", "libc.so.6" } },
        { .path = "a/_x.so",
          .kind = WF_KIND_EXTENSION,
          .needed = { "libfoo.so.1", "libc.so.6" } },
    };
    struct judging judging;
    const struct wf_platform *platform =
        judge_with_folder(&judging, state, objects, 2, false);

    assert_int_equal(platform->num_externals, 1);
    assert_int_equal(platform->externals[0].needed_by.num, 2);
    assert_string_equal(platform->externals[0].needed_by.items[0], "a/_x.so");
    assert_string_equal(platform->externals[0].needed_by.items[1], "b/_y.so");
    assert_int_equal(platform->num_blockers, 2);
    end(&judging);
}

static void
counts_what_the_wheel_holds_as_no_external(void **state)
{
    static const struct wf_test_object objects[] = {
        { .path = "p/_x.so",
          .kind = WF_KIND_EXTENSION,
          .needed = { "libfoo.so.1", "libhidden.so", "libc.so.6" },
          .runpath = "$ORIGIN/lib" },
        { .path = "p/lib/libfoo.so.1",
          .soname = "libfoo.so.1",
          .needed = { "libc.so.6" } },
        /* Where no loader looks. */
        { .path = "q/libhidden.so", .soname = "libhidden.so", .needed = { "libc.so.6" } },
    };
    struct judging judging;
    const struct wf_platform *platform =
        judge_with_folder(&judging, state, objects, 3, false);

    assert_int_equal(platform->num_externals, 0);
    assert_string_equal(platform->tag, "manylinux_2_5_x86_64");
    end(&judging);
}

/* auditwheel's cffi 1.5.0, whose extension needs a library and the interpreter's own. */
struct exclude_case {
    const char *excludes[3];
    bool by_environment; /* libffi can be found, so that its path can match */
    bool folder_glob;    /* one more pattern: all in the test's folder */
    const char *externals[3];
};

static void
assert_excluded(void **state, const struct exclude_case *one)
{
    static const struct wf_test_object object = {
        .path = "_cffi_backend.so",
        .kind = WF_KIND_EXTENSION,
        .needed = { "libffi.so.5", "libpython2.7.so.1.0", "libpthread.so.0",
                    "libc.so.6" },
    };
    struct wf_audit_options options = wf_test_options();
    struct wf_arena arena = { 0 };

    for (size_t i = 0; i < 3 && one->excludes[i] != NULL; i++)
        wf_strings_append(&arena, &options.search.excludes, one->excludes[i]);
    if (one->folder_glob)
        wf_strings_append(&arena, &options.search.excludes,
                          wf_arena_printf(&arena, "%s/*", (const char *)*state));
    if (one->by_environment) {
        options.search.named_environment = *state;
        options.search.named_environment_name = "AUDITWHEEL_LD_LIBRARY_PATH";
    }
    struct wf_report *report =
        wf_test_report("cffi-1.5.0-cp27-none-linux_x86_64.whl", &object, 1);

    wf_test_judge(report, &options);
    const struct wf_platform *platform = &report->platforms[0];
    size_t num = 0;

    for (; num < 3 && one->externals[num] != NULL; num++) {
        assert_true(num < platform->num_externals);
        assert_string_equal(platform->externals[num].name, one->externals[num]);
    }
    assert_int_equal(platform->num_externals, num);
    assert_string_equal(platform->tag,
                        num == 0 ? "manylinux_2_5_x86_64" : "linux_x86_64");
    wf_report_free(report);
    wf_arena_clear(&arena);
}

static void
excludes_by_name_and_by_the_path_found(void **state)
{
    static const struct exclude_case cases[] = {
        { { NULL }, false, false, { "libffi.so.5", "libpython2.7.so.1.0" } },
        { { "libffi.so.5", "libpython2.7.so.1.0" }, false, false, { NULL } },
        { { "libffi.so.noexist", "libnoexist.so.*" },
          false,
          false,
          { "libffi.so.5", "libpython2.7.so.1.0" } },
        { { "libffi.so.[4,5]" }, false, false, { "libpython2.7.so.1.0" } },
        { { "libffi.so.[6,7]" }, false, false, { "libffi.so.5", "libpython2.7.so.1.0" } },
        { { NULL }, true, true, { "libpython2.7.so.1.0" } },
        { { NULL }, false, true, { "libffi.so.5", "libpython2.7.so.1.0" } },
        { { "libffi.so.*" }, false, false, { "libpython2.7.so.1.0" } },
        { { "*" }, false, false, { NULL } },
    };

    put_library(state, "libffi.so.5",
                "{\"machine\": \"x86_64\", \"soname\": \"libffi.so.5\"}");
    for (size_t i = 0; i < WF_COUNT(cases); i++)
        assert_excluded(state, &cases[i]);
}

/* A library that leads to many others and back: each name once, and an end. */
static void
walks_circles_of_libraries_once(void **state)
{
    struct judging judging;

    put_library(state, "libfoo.so.1",
                "{\"machine\": \"x86_64\", \"needed\": [\"liba.so\", \"libb.so\"]}");
    put_library(state, "liba.so",
                "{\"machine\": \"x86_64\", \"needed\": [\"libb.so\", \"libfoo.so.1\"]}");
    put_library(state, "libb.so",
                "{\"machine\": \"x86_64\", \"needed\": [\"liba.so\", \"libb.so\"]}");
    const struct wf_platform *platform =
        judge_with_folder(&judging, state, &needs_foo, 1, false);

    assert_int_equal(platform->num_externals, 3);
    assert_int_equal(platform->num_grafts, 3);
    assert_string_equal(platform->grafts[0].name, "liba.so");
    assert_string_equal(platform->grafts[1].name, "libb.so");
    assert_string_equal(platform->grafts[2].name, "libfoo.so.1");
    end(&judging);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(forecasts_the_tag_and_the_grafts_of_a_repair),
        IN_FOLDER(forecasts_nothing_when_a_library_cannot_be_found),
        IN_FOLDER(counts_the_needs_of_a_graft_in_the_forecast_alone),
        IN_FOLDER(follows_grafts_to_what_they_need),
        IN_FOLDER(prefers_fewer_grafts_to_an_older_policy),
        IN_FOLDER(forgives_the_isa_of_a_graft_where_the_platform_provides_it),
        IN_FOLDER(refuses_a_graft_for_newer_processors_unless_told_not_to),
        IN_FOLDER(never_grafts_libpython_and_repairs_all_the_same),
        IN_FOLDER(forecasts_no_graft_of_what_is_left_to_the_host),
        IN_FOLDER(names_every_object_that_needs_a_library_once),
        IN_FOLDER(counts_what_the_wheel_holds_as_no_external),
        IN_FOLDER(excludes_by_name_and_by_the_path_found),
        IN_FOLDER(walks_circles_of_libraries_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
