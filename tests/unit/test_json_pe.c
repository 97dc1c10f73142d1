/* test_json_pe.c -- what schema wheelfix.show/1 says about wheels for Windows. */
#include "../support/json_document.h"
#include "../support/windows_sample.h"
#include "render/json_pe.h"

static void
images_have_keys_of_their_own(void **state)
{
    static const struct expectation expected[] = {
        { "platform.os", "\"windows\"" },
        { "verdict.tag", "\"win_amd64\"" },
        { "repair.tag", "\"win_amd64\"" },
        { "objects.0.format", "\"PE\"" },
        { "objects.0.needed.0", "\"KERNEL32.dll\"" },
        { "objects.0.machine", "\"amd64\"" },
        { "objects.0.hybrid", "null" },
        { "objects.0.needs.0.name", "\"KERNEL32.dll\"" },
        { "objects.0.needs.0.kind", "\"import\"" },
        { "objects.0.needs.0.symbols", "12" },
        { "objects.0.needs.1.kind", "\"delay\"" },
        { "objects.0.needs.2.kind", "\"forward\"" },
        { "objects.0.needs.2.name", "\"foo.dll\"" },
        { "objects.0.linker", "\"14.40\"" },
        { "objects.0.subsystem", "\"windows\"" },
        { "objects.0.subsystem_version", "\"6.0\"" },
        { "objects.0.dotnet", "null" },
        { "objects.0.mitigations.aslr", "true" },
        { "objects.0.mitigations.high_entropy", "true" },
        { "objects.0.mitigations.nx", "true" },
        { "objects.0.mitigations.cfg", "false" },
        { "objects.0.mitigations.force_integrity", "false" },
        { "objects.0.checksum.value", "0" },
        { "objects.0.load_flags", "0" },
        { "objects.0.bound_imports", "false" },
        { "objects.0.certificate", "null" },
        { "objects.0.overlay", "null" },
        { "objects.0.coff_symbols", "0" },
        { "objects.0.pdb", "null" },
        { "objects.0.name_room.padding", "226" },
        { "objects.0.name_room.section_header", "true" },
        { "objects.0.faults", "[]" },
        { "objects.1.soname", "\"old.dll\"" },
        { "objects.1.machine", "\"arm64\"" },
        { "objects.1.hybrid", "\"arm64x\"" },
        { "objects.1.linker", "\"2.40\"" },
        { "objects.1.subsystem", "\"9\"" },
        { "objects.1.subsystem_version", "\"10.1\"" },
        { "objects.1.dotnet.il_only", "true" },
        { "objects.1.dotnet.any_machine", "false" },
        { "objects.1.mitigations.high_entropy", "false" },
        { "objects.1.mitigations.cfg", "true" },
        { "objects.1.mitigations.force_integrity", "true" },
        { "objects.1.checksum.value", "4660" },
        { "objects.1.checksum.valid", "false" },
        { "objects.1.checksum.right", "22136" },
        { "objects.1.load_flags", "2048" },
        { "objects.1.guard_flags", "1280" },
        { "objects.1.bound_imports", "true" },
        { "objects.1.certificate.offset", "8192" },
        { "objects.1.certificate.size", "1496" },
        { "objects.1.certificate.fault", "\"it ends behind the file\"" },
        { "objects.1.overlay.offset", "7168" },
        { "objects.1.overlay.size", "1024" },
        { "objects.1.coff_symbols", "7" },
        { "objects.1.pdb", "\"C:\\build\\foo.pdb\"" },
        { "objects.1.name_room.section_header", "false" },
        { "objects.1.faults.0.rule", "\"pe-checksum\"" },
    };
    struct sample sample;
    struct document document;

    (void)state;
    sample_windows_fine(&sample);
    render(&document, &sample);
    assert_all(&document, expected, WF_COUNT(expected));
    /* Without a checksum nothing is right or wrong. */
    assert_null(at(document.root, "objects.0.checksum.valid"));
    assert_null(at(document.root, "objects.0.checksum.right"));
    end(&document);
    sample_clear(&sample);
}

static void
other_formats_have_none_of_these_keys(void **state)
{
    static const char *const keys[] = { "objects.0.machine", "objects.0.needs",
                                        "objects.0.mitigations", "objects.0.checksum",
                                        "objects.0.certificate" };
    struct sample sample;
    struct document document;

    (void)state;
    sample_fine(&sample);
    render(&document, &sample);
    for (size_t i = 0; i < WF_COUNT(keys); i++)
        assert_null(at(document.root, keys[i]));
    end(&document);
    sample_clear(&sample);
}

static void
dlls_from_outside_are_told_as_on_other_systems(void **state)
{
    static const struct expectation expected[] = {
        { "verdict.tag", "null" },
        { "external.0.name", "\"foo.dll\"" },
        { "repair.tag", "\"win_amd64\"" },
        { "repair.graft.0.name", "\"foo.dll\"" },
        { "repair.graft.0.from", "\"libs/Foo.dll\"" },
        { "repair.graft.1.name", "\"bar.dll\"" },
    };
    struct sample sample;
    struct document document;

    (void)state;
    sample_windows_repairable(&sample);
    render(&document, &sample);
    assert_all(&document, expected, WF_COUNT(expected));
    end(&document);
    sample_clear(&sample);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(images_have_keys_of_their_own),
        cmocka_unit_test(other_formats_have_none_of_these_keys),
        cmocka_unit_test(dlls_from_outside_are_told_as_on_other_systems),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
