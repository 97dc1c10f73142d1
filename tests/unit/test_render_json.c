/* test_render_json.c -- schema wheelfix.show/1. */
#include "../support/json_document.h"
#include "../support/report_sample.h"
#include "../support/unit.h"

static void
describes_a_wheel_and_its_objects(void **state)
{
    static const struct expectation expected[] = {
        { "path",
          "\"dist/"
          "demo-1.0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl\"" },
        { "filename",
          "\"demo-1.0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl\"" },
        { "sha256", "null" },
        { "name", "\"demo\"" },
        { "version", "\"1.0\"" },
        { "build", "null" },
        { "tags.0", "\"cp311-cp311-manylinux2014_x86_64\"" },
        { "tags.1", "\"cp311-cp311-manylinux_2_17_x86_64\"" },
        { "platform.os", "\"linux\"" },
        { "platform.archs.0", "\"x86_64\"" },
        { "platform.libcs.0", "\"glibc\"" },
        { "verdict.kind", "\"native\"" },
        { "verdict.tag", "\"manylinux_2_17_x86_64\"" },
        { "verdict.tags.1", "\"manylinux2014_x86_64\"" },
        { "verdict.claimed.1.tag", "\"manylinux_2_17_x86_64\"" },
        { "verdict.claimed.1.met", "true" },
        { "verdict.claimed.1.why", "null" },
        { "platforms.0.symbol_tag", "\"manylinux_2_17_x86_64\"" },
        { "platforms.0.objects", "1" },
        { "objects.0.path", "\"demo/_native.so\"" },
        { "objects.0.slice", "null" },
        { "objects.0.format", "\"ELF\"" },
        { "objects.0.arch", "\"x86_64\"" },
        { "objects.0.kind", "\"extension\"" },
        { "objects.0.libc", "\"glibc\"" },
        { "objects.0.judged", "true" },
        { "objects.0.soname", "null" },
        { "objects.0.needed.1", "\"libc.so.6\"" },
        { "objects.0.rpath", "null" },
        { "objects.0.runpath", "\"$ORIGIN/../demo.libs\"" },
        { "external", "[]" },
        { "repair.tag", "\"manylinux_2_17_x86_64\"" },
        { "repair.graft", "[]" },
        { "blockers.0.policy", "\"manylinux_2_12\"" },
        { "blockers.0.tag", "\"manylinux_2_12_x86_64\"" },
        { "blockers.0.reason", "\"symbol-version\"" },
        { "blockers.0.object", "\"demo/_native.so\"" },
        { "blockers.0.library", "\"libc.so.6\"" },
        { "blockers.0.symbol", "\"memcpy\"" },
        { "blockers.0.version", "\"GLIBC_2.14\"" },
        { "blockers.0.weak", "false" },
        { "blockers.0.permitted_from", "\"manylinux_2_17\"" },
        { "findings", "[]" },
        { "unmatched_excludes", "[]" },
    };
    struct sample sample;
    struct document document;

    (void)state;
    sample_fine(&sample);
    render(&document, &sample);
    assert_all(&document, expected, WF_COUNT(expected));
    assert_null(wf_json_get(document.root, "error"));
    assert_null(wf_json_get(document.root, "asked"));
    end(&document);
    memcpy(sample.report->sha256, "ab12", 5);
    render(&document, &sample);
    assert_at(&document, "sha256", "\"ab12\"");
    end(&document);
    sample_clear(&sample);
}

static void
versions_stand_once_each_under_their_library_in_natural_order(void **state)
{
    struct sample sample;
    struct document document;

    (void)state;
    sample_fine(&sample);
    render(&document, &sample);
    const struct wf_json *libc = at(document.root, "objects.0.versions");

    libc = wf_json_first(libc);
    assert_string_equal(wf_json_key(libc), "libc.so.6");
    assert_string_equal(wf_json_string(wf_json_first(libc)), "GLIBC_2.4");
    assert_string_equal(wf_json_string(wf_json_next(wf_json_first(libc))), "GLIBC_2.14");
    assert_null(wf_json_next(wf_json_next(wf_json_first(libc))));
    assert_string_equal(wf_json_key(wf_json_next(libc)), "libm.so.6");
    assert_null(wf_json_next(wf_json_next(libc)));
    end(&document);
    sample_clear(&sample);
}

static void
tells_blockers_externals_and_findings(void **state)
{
    static const struct expectation expected[] = {
        { "verdict.tag", "\"linux_x86_64\"" },
        { "verdict.claimed.0.met", "false" },
        { "verdict.claimed.0.why", "\"demo/_native.so needs dlsym@GLIBC_2.34\"" },
        { "external.0.name", "\"libbar.so.2\"" },
        { "external.0.needed_by.1", "\"demo/_other.so\"" },
        { "external.0.found", "null" },
        { "external.0.found_by", "\"not-found\"" },
        { "external.0.tried.0.path", "\"/usr/lib/libbar.so.2\"" },
        { "external.0.tried.0.result", "\"absent\"" },
        { "external.0.provided_from", "null" },
        { "external.1.found", "\"/usr/lib/libfoo.so.1.2.3\"" },
        { "external.1.found_why", "\"/etc/ld.so.conf line 1\"" },
        { "repair.tag", "null" },
        { "repair.tags", "[]" },
        { "blockers.4.reason", "\"version-marker\"" },
        { "blockers.4.symbol", "null" },
        { "blockers.6.symbol", "\"st\x1B"
                               "at\"" },
        { "blockers.6.weak", "true" },
        { "findings.0.rule", "\"tag-not-met\"" },
        { "findings.0.severity", "\"failure\"" },
        { "findings.0.where", "\"\"" },
        { "findings.1.message", "\"its stack is executable\"" },
        { "asked.tag", "\"manylinux_2_17\"" },
        { "asked.met", "false" },
    };
    struct sample sample;
    struct document document;

    (void)state;
    sample_blocked(&sample);
    sample.options.plat = "manylinux_2_17";
    sample.report->plat_met = 0;
    render(&document, &sample);
    assert_all(&document, expected, WF_COUNT(expected));
    end(&document);
    sample_clear(&sample);
    sample_repairable(&sample);
    render(&document, &sample);
    assert_at(&document, "repair.tag", "\"manylinux_2_34_x86_64\"");
    assert_at(&document, "repair.graft.0.name", "\"libbar.so.2\"");
    assert_at(&document, "repair.graft.0.from", "\"/opt/libbar.so.2\"");
    end(&document);
    sample_clear(&sample);
}

static void
a_wheel_that_was_not_read_has_an_error_and_no_verdict(void **state)
{
    static const struct expectation expected[] = {
        { "path", "\"in/demo.whl\"" },
        { "filename", "\"demo.whl\"" },
        { "error.kind", "\"malformed\"" },
        { "error.where", "\"in/demo.whl\"" },
        { "error.offset", "32" },
        { "error.message", "\"at 0x20: no end record\"" },
    };
    struct sample sample;
    struct document document;

    (void)state;
    sample_failed(&sample);
    render(&document, &sample);
    assert_all(&document, expected, WF_COUNT(expected));
    assert_null(wf_json_get(document.root, "verdict"));
    end(&document);
    sample.report->error.has_offset = false;
    render(&document, &sample);
    assert_at(&document, "error.offset", "null");
    end(&document);
    sample_clear(&sample);
}

static void
a_single_tag_is_named_only_where_there_is_one(void **state)
{
    static const struct expectation pure[] = {
        { "verdict.kind", "\"pure\"" },  { "verdict.tag", "\"any\"" },
        { "verdict.tags.0", "\"any\"" }, { "platform.os", "null" },
        { "platform.archs", "[]" },      { "repair.tag", "\"any\"" },
    };
    static const struct expectation two[] = {
        { "verdict.kind", "\"native\"" },
        { "verdict.tag", "null" },
        { "verdict.tags.0", "\"manylinux_2_17_x86_64\"" },
        { "verdict.tags.1", "\"manylinux_2_17_aarch64\"" },
        { "platform.os", "\"linux\"" },
        { "platform.archs.0", "\"aarch64\"" },
        { "platform.archs.1", "\"x86_64\"" },
        { "platforms.1.arch", "\"aarch64\"" },
    };
    static const struct expectation foreign[] = {
        { "verdict.kind", "\"unknown\"" },
        { "verdict.tag", "null" },
        { "verdict.tags", "[]" },
        { "verdict.claimed.0.met", "null" },
        { "objects.0.arch", "\"sparc (big endian)\"" },
        { "objects.0.judged", "false" },
        { "objects.0.why_not", "\"no policy for sparc (big endian)\"" },
        { "platforms.0.judged", "false" },
    };
    static const struct {
        void (*make)(struct sample *sample);
        const struct expectation *expected;
        size_t num;
    } cases[] = {
        { sample_pure, pure, WF_COUNT(pure) },
        { sample_two_systems, two, WF_COUNT(two) },
        { sample_foreign, foreign, WF_COUNT(foreign) },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct sample sample;
        struct document document;

        cases[i].make(&sample);
        render(&document, &sample);
        assert_all(&document, cases[i].expected, cases[i].num);
        end(&document);
        sample_clear(&sample);
    }
}

static void
slices_of_one_file_are_named(void **state)
{
    struct sample sample;
    struct document document;

    (void)state;
    sample_fine(&sample);
    struct wf_report *report = sample.report;
    struct wf_member_object *objects = wf_arena_array(&report->arena, 2, sizeof *objects);

    objects[0] = report->objects[0];
    objects[1] = report->objects[0];
    objects[0].object.slice = "x86_64";
    objects[1].object.slice = "arm64e";
    objects[1].object.arch = WF_ARCH_AARCH64;
    report->objects = objects;
    report->num_objects = 2;
    render(&document, &sample);
    assert_at(&document, "objects.0.slice", "\"x86_64\"");
    assert_at(&document, "objects.1.slice", "\"arm64e\"");
    end(&document);
    sample_clear(&sample);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(describes_a_wheel_and_its_objects),
        cmocka_unit_test(versions_stand_once_each_under_their_library_in_natural_order),
        cmocka_unit_test(tells_blockers_externals_and_findings),
        cmocka_unit_test(a_wheel_that_was_not_read_has_an_error_and_no_verdict),
        cmocka_unit_test(a_single_tag_is_named_only_where_there_is_one),
        cmocka_unit_test(slices_of_one_file_are_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
