/* test_plan_macos_sign.c -- which slices of a repaired wheel are signed ad hoc, what is lost
 * with the old signature, and stripping (delocate-macho.md 3.5, 4.6). */
#include "../support/macho_builder.h"
#include "../support/plan_macos.h"

/* A module that loses an rpath: `of` says the rest. */
#define EDITED(of)                                                                       \
    PACKAGE ", { 'name': 'demo/_x.so', 'macho': { 'type': 'bundle', 'exports': "         \
            "['_PyInit__x'], 'pad': 64, 'rpaths': ['x'], " of " } }"

static void
check(struct plan_world *world, const char *tag, const char *wheel, const char *line)
{
    world->with_rooms = true;
    const char *text = plan_macos(world, tag, wheel);

    if (strstr(text, line) == NULL)
        fail_msg("no %s in: %s", line, text);
}

static void
signs_edited_slices_for_arm64_always_and_others_if_they_were(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    check(&world, ARM, EDITED("'arch': 'arm64'"), "  [enough, sign]\n");
    check(&world, INTEL, EDITED("'arch': 'x86_64'"), "  [enough, keep]\n");
    check(&world, INTEL, EDITED("'arch': 'x86_64', " SIGNED), "  [enough, sign]\n");
    world.options.sign_always = true;
    check(&world, INTEL, EDITED("'arch': 'x86_64'"), "  [enough, sign]\n");
    plan_clear(&world);
}

/* The other slice of the file keeps its bytes, and so its signature. */
static void
signs_only_the_slices_that_change(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    check(&world, BOTH,
          PACKAGE ", " FAT_MODULE("demo/_x.so", ", " SIGNED ", 'rpaths': ['x']", ""),
          "  [enough, sign]\n  [enough, keep]\n");
    world.options.sign_always = true;
    check(&world, BOTH, PACKAGE ", " FAT_MODULE("demo/_x.so", "", ", 'rpaths': ['x']"),
          "  [enough, keep]\n  [enough, sign]\n");
    plan_clear(&world);
}

/* A Mac would kill the process. */
static void
mends_signatures_that_are_stale_or_asked_for_and_no_others(void **state)
{
#define STALE "'signature': 'linker', 'damage': [{ 'at': 3000, 'u8': 1 }]"
#define PLAIN(of)                                                                        \
    PACKAGE ", { 'name': 'demo/_x.so', 'macho': { 'type': 'bundle', 'exports': "         \
            "['_PyInit__x'], 'pad': 64, " of " } }"
    struct plan_world world;

    plan_setup(&world, state);
    check(&world, ARM, PLAIN("'arch': 'arm64'"),
          "edit demo/_x.so\n"
          "  it had no signature, which its processor asks for\n"
          "  [enough, sign]\n");
    check(&world, ARM, PLAIN("'arch': 'arm64', " STALE),
          "edit demo/_x.so\n"
          "  its signature was not valid (");
    check(&world, INTEL, PLAIN("'arch': 'x86_64', " STALE), "), and is made anew\n");
    check(&world, ARM, PLAIN("'arch': 'arm64', " SIGNED), "copy: ");
    check(&world, INTEL, PLAIN("'arch': 'x86_64'"), "copy: ");
    plan_clear(&world);
#undef PLAIN
#undef STALE
}

/* Nothing is worse than it was: the wheel is what it is. */
static void
leaves_an_unsigned_slice_alone_that_has_no_place_for_a_signature(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    check(&world, ARM,
          PACKAGE ", { 'name': 'demo/_x.so', 'macho': { 'type': 'bundle', 'exports': "
                  "['_PyInit__x'], 'pad': 8 } }",
          "copy: ");
    check(&world, ARM,
          PACKAGE ", { 'name': 'demo/_x.so', 'macho': { 'type': 'bundle', 'exports': "
                  "['_PyInit__x'], 'pad': 16 } }",
          "  [enough, sign]\n");
    plan_clear(&world);
}

static void
keeps_the_identifier_or_takes_the_file_name(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.form = PLAN_JSON;
    check(&world, ARM, EDITED("'identifier': 'com.example.x', " SIGNED),
          "\"identifier\": \"com.example.x\"");
    check(&world, ARM, EDITED("'arch': 'arm64'"), "\"identifier\": \"_x.so\"");
    plan_clear(&world);
}

static void
strips_and_signs_every_object_when_asked_to(void **state)
{
    static const char wheel[] =
        PACKAGE ", " FAT_MODULE("demo/_x.so", "", "") ", " LIBRARY("demo/liba.dylib", "");
    struct plan_world world;

    plan_setup(&world, state);
    world.options.strip = WF_STRIP_ALL;
    check(&world, BOTH, wheel,
          "edit demo/_x.so\n"
          "  is stripped\n"
          "  [enough, keep]\n"
          "  [enough, sign]\n"
          "edit demo/liba.dylib\n"
          "  is stripped\n"
          "  [enough, sign]\n");
    plan_clear(&world);
}

static void
refuses_an_edit_of_a_slice_that_cannot_be_signed(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    check(&world, ARM,
          EDITED(SIGNED ", 'damage': [{ 'command': 'LC_CODE_SIGNATURE', 'at': 12, 'u32': "
                        "64 }]"),
          "refused\n"
          "cannot-be-signed: demo/_x.so must be changed, and cannot be signed then: its "
          "signature stands from ");
    check(&world, ARM,
          PACKAGE ", " MODULE("demo/_x.so", ", 'damage': [{ 'command': "
                                            "'LC_CODE_SIGNATURE', 'at': 12, 'u32': 64 "
                                            "}]"),
          "copy: ");
    plan_clear(&world);
}

/* The three blobs of an ad-hoc signature (CodeDirectory at 36, requirements, CMS) become one
 * of a team's with a certificate and entitlements: types in the index, magics, flags. */
static const char *
signed_by_a_team(struct plan_world *world)
{
    static const char keys[] = "'type': 'bundle', 'exports': ['_PyInit__x'], 'pad': 64, "
                               "'rpaths': ['x'], 'signature': 'adhoc'";
    const uint32_t code_signature = 0x1d;
    struct wf_error err = { 0 };
    struct wf_buffer file;

    wf_buffer_init(&file, SIZE_MAX);
    if (!wf_test_macho_from_text(wf_arena_printf(&world->arena, "{ %s }", keys), &file,
                                 &err))
        fail_msg("%s", err.text);
    const size_t command = wf_test_macho_find(&file, 0, code_signature, 0);
    const unsigned at = wf_test_macho_get(&file, command + 8);
    unsigned blobs[3];

    for (unsigned i = 0; i < 3; i++) {
        const uint8_t *entry = file.data + at + 12 + 8 * i + 4;

        blobs[i] = (unsigned)entry[2] << 8 | entry[3];
    }
    wf_buffer_clear(&file);
    assert_int_equal(blobs[0], 36);
    return wf_arena_printf(
        &world->arena,
        PACKAGE ", { 'name': 'demo/_x.so', 'macho': { %s, 'damage': ["
                "{ 'at': %u, 'hex': '00010000' }, { 'at': %u, 'hex': 'fade0b01' }, "
                "{ 'at': %u, 'hex': '00000005' }, { 'at': %u, 'hex': 'fade7171' }, "
                "{ 'at': %u, 'hex': '00000000' }, { 'at': %u, 'hex': '00000058' }] } }",
        keys, at + 20, at + blobs[1], at + 28, at + blobs[2], at + 36 + 12, at + 36 + 48);
}

static void
tells_what_is_lost_with_a_signature_by_somebody(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    const char *wheel = signed_by_a_team(&world);

    check(&world, ARM, wheel,
          "warning signature-identity-lost demo/_x.so: was signed by the team demo, and "
          "is signed ad hoc now: sign the wheel's files again if that matters\n"
          "warning signature-entitlements-lost demo/_x.so: loses the entitlements of its "
          "old signature\n");
    world.options.keep_rpaths = true;
    check(&world, ARM, EDITED(SIGNED), "copy: nothing needs to change\n");
    plan_clear(&world);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(signs_edited_slices_for_arm64_always_and_others_if_they_were),
        TEST(signs_only_the_slices_that_change),
        TEST(mends_signatures_that_are_stale_or_asked_for_and_no_others),
        TEST(leaves_an_unsigned_slice_alone_that_has_no_place_for_a_signature),
        TEST(keeps_the_identifier_or_takes_the_file_name),
        TEST(strips_and_signs_every_object_when_asked_to),
        TEST(tells_what_is_lost_with_a_signature_by_somebody),
        TEST(refuses_an_edit_of_a_slice_that_cannot_be_signed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
