/* test_json_macho.c -- what schema wheelfix.show/1 says about wheels for macOS. */
#include "../support/json_document.h"
#include "../support/macos_sample.h"
#include "render/json_macho.h"

static void
slices_have_keys_of_their_own(void **state)
{
    static const struct expectation expected[] = {
        { "platform.os", "\"macos\"" },
        { "verdict.tag", "\"macosx_10_13_universal2\"" },
        { "verdict.tags.0", "\"macosx_10_13_universal2\"" },
        { "repair.tag", "\"macosx_10_13_universal2\"" },
        { "platforms.0.tag", "\"macosx_10_13_x86_64\"" },
        { "platforms.0.min_os", "\"10.13\"" },
        { "platforms.0.min_os_from", "\"demo/_native.so\"" },
        { "platforms.0.repaired_min_os", "\"10.13\"" },
        { "platforms.1.min_os", "\"11.0\"" },
        { "objects.0.slice", "\"x86_64\"" },
        { "objects.0.rpaths.0", "\"/opt/lib\"" },
        { "objects.0.rpaths.1", "\"@loader_path/../lib\"" },
        { "objects.0.platform", "\"macos\"" },
        { "objects.0.min_os", "\"10.13\"" },
        { "objects.0.sdk", "\"14.2.1\"" },
        { "objects.0.needed.0", "\"@rpath/liba.dylib\"" },
        { "objects.0.dylibs.0.name", "\"@rpath/liba.dylib\"" },
        { "objects.0.dylibs.0.weak", "true" },
        { "objects.0.dylibs.0.reexport", "true" },
        { "objects.0.dylibs.0.upward", "false" },
        { "objects.0.dylibs.0.lazy", "false" },
        { "objects.0.dylibs.0.current_version", "\"1.2.3\"" },
        { "objects.0.dylibs.0.compatibility_version", "\"1.0\"" },
        { "objects.0.dylibs.1.weak", "false" },
        { "objects.0.dylibs.1.upward", "true" },
        { "objects.0.dylibs.1.lazy", "true" },
        { "objects.0.dylibs.1.compatibility_version", "null" },
        { "objects.0.header_room", "48" },
        { "objects.0.faults.0.rule", "\"macho-duplicate-rpath\"" },
        { "objects.0.faults.0.message", "\"LC_RPATH /opt/lib stands twice\"" },
        { "objects.0.signature.kind", "\"none\"" },
        { "objects.0.signature.valid", "null" },
        { "objects.1.slice", "\"arm64\"" },
        { "objects.1.sdk", "null" },
        { "objects.1.header_room", "0" },
        { "objects.1.signature.kind", "\"linker\"" },
        { "objects.1.signature.valid", "false" },
        { "objects.1.signature.fault", "\"the hash of the page at 0x4000 differs\"" },
        { "objects.1.signature.identifier", "\"native\"" },
        { "objects.1.signature.team", "null" },
        { "objects.1.signature.flags.0", "\"adhoc\"" },
        { "objects.1.signature.flags.1", "\"linker-signed\"" },
        { "objects.1.signature.hash", "\"sha256\"" },
        { "objects.1.signature.pages", "9" },
        { "objects.1.signature.bad_pages", "1" },
        { "objects.1.signature.entitlements", "false" },
        { "blockers.0.reason", "\"minimum-os\"" },
        { "blockers.0.slice", "\"x86_64\"" },
        { "blockers.0.tag", "\"macosx_10_12_x86_64\"" },
        { "blockers.0.version", "\"10.13\"" },
        { "blockers.0.permitted_from", "null" },
    };
    struct sample sample;
    struct document document;

    (void)state;
    sample_macos_fine(&sample);
    render(&document, &sample);
    assert_all(&document, expected, WF_COUNT(expected));
    end(&document);
    sample_clear(&sample);
}

static void
other_formats_have_none_of_these_keys(void **state)
{
    struct sample sample;
    struct document document;

    (void)state;
    sample_fine(&sample);
    render(&document, &sample);
    assert_null(at(document.root, "objects.0.signature"));
    assert_null(at(document.root, "objects.0.dylibs"));
    assert_null(at(document.root, "platforms.0.min_os"));
    end(&document);
    sample_clear(&sample);
}

static void
there_is_no_single_tag_when_two_are_needed(void **state)
{
    static const struct expectation expected[] = {
        { "verdict.tag", "null" },
        { "verdict.tags.0", "\"macosx_10_13_x86_64\"" },
        { "verdict.tags.1", "\"macosx_12_0_arm64\"" },
        { "verdict.claimed.0.met", "false" },
        { "repair.tag", "null" },
        { "repair.tags.1", "\"macosx_13_0_arm64\"" },
        { "platforms.1.repaired_min_os", "\"13.1\"" },
        { "platforms.1.repaired_min_os_from", "\"/opt/lib/liba.1.dylib\"" },
        { "external.0.name", "\"@rpath/liba.dylib\"" },
        { "external.0.arch", "\"x86_64\"" },
        { "external.0.found", "\"/opt/lib/liba.1.dylib\"" },
        { "external.0.provided_from", "null" },
        { "external.3.name", "\"@rpath/liba.dylib\"" },
        { "external.3.arch", "\"aarch64\"" },
        { "repair.graft.0.name", "\"@rpath/liba.dylib\"" },
        { "repair.graft.1.name", "\"@rpath/libb.dylib\"" },
    };
    struct sample sample;
    struct document document;

    (void)state;
    sample_macos_repairable(&sample);
    render(&document, &sample);
    assert_all(&document, expected, WF_COUNT(expected));
    assert_null(at(document.root, "verdict.tags.2"));
    /* A universal library is named once for both of its slices. */
    assert_null(at(document.root, "repair.graft.2"));
    end(&document);
    sample_clear(&sample);
}

static void
an_own_tag_that_holds_is_among_the_tags_without_being_the_best(void **state)
{
    struct sample sample;
    struct document document;

    (void)state;
    sample_macos_fine(&sample);
    sample.report->macos_tags.items[0] = "macosx_10_12_universal2";
    render(&document, &sample);
    assert_at(&document, "verdict.tag", "\"macosx_10_12_universal2\"");
    assert_at(&document, "verdict.tags.0", "\"macosx_10_12_universal2\"");
    assert_at(&document, "verdict.tags.1", "\"macosx_10_13_universal2\"");
    end(&document);
    sample_clear(&sample);
}

static void
signatures_are_told_by_who_made_them(void **state)
{
    static const struct {
        struct wf_macho_signature signature;
        const char *json;
    } cases[] = {
        { { .kind = WF_MACHO_SIGNED,
            .identifier = "a",
            .team = "TEAM",
            .flags = 0x10004,
            .hash = "sha1",
            .num_pages = 2,
            .has_entitlements = true },
          "\"signature\":{\"kind\":\"identity\",\"valid\":true,\"fault\":null,"
          "\"identifier\":\"a\",\"team\":\"TEAM\",\"flags\":[\"runtime\",\"0x4\"],"
          "\"hash\":\"sha1\",\"pages\":2,\"bad_pages\":0,\"entitlements\":true}" },
        { { .kind = WF_MACHO_ADHOC, .flags = 2 },
          "\"signature\":{\"kind\":\"adhoc\",\"valid\":true,\"fault\":null,"
          "\"identifier\":null,\"team\":null,\"flags\":[\"adhoc\"],\"hash\":null,"
          "\"pages\":0,\"bad_pages\":0,\"entitlements\":false}" },
        { { .kind = WF_MACHO_UNSIGNED, .fault = "LC_CODE_SIGNATURE points outside" },
          "\"signature\":{\"kind\":\"none\",\"valid\":false,"
          "\"fault\":\"LC_CODE_SIGNATURE points outside\"}" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        const struct wf_macho macho = { .signature = cases[i].signature };
        const struct wf_object slice = { .format = WF_FORMAT_MACHO, .macho = &macho };
        struct wf_buffer out;
        struct wf_json_writer w = { .out = &out };

        wf_buffer_init(&out, 4096);
        wf_json_begin_object(&w);
        wf_write_macho_keys(&w, &slice);
        wf_json_end_object(&w);
        wf_buffer_add_char(&out, '\0');
        if (strstr((const char *)out.data, cases[i].json) == NULL)
            fail_msg("%s", (const char *)out.data);
        wf_buffer_clear(&out);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_have_keys_of_their_own),
        cmocka_unit_test(other_formats_have_none_of_these_keys),
        cmocka_unit_test(there_is_no_single_tag_when_two_are_needed),
        cmocka_unit_test(an_own_tag_that_holds_is_among_the_tags_without_being_the_best),
        cmocka_unit_test(signatures_are_told_by_who_made_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
