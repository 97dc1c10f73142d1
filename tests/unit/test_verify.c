/* test_verify.c -- finished wheels for macOS, read again: signatures that were promised, and
 * names that lead out of the wheel.  What else is checked is shown by the tests of faults
 * (tests/check_repair_faults.sh). */
#include <string.h>

#include "../support/verifying.h"

#define MODULE                                                                           \
    "\"arch\": \"arm64\", \"type\": \"bundle\", \"exports\": [\"_PyInit__native\"]"
#define SIGNED   MODULE ", \"signature\": \"adhoc\""
#define UNSIGNED MODULE
#define LINKER   MODULE ", \"signature\": \"linker\""
#define STALE    SIGNED ", \"damage\": [{\"at\": 600, \"u8\": 255}]"
#define UNIVERSAL                                                                        \
    "\"slices\": [{" MODULE "}, {\"arch\": \"x86_64\", \"type\": \"bundle\", "           \
    "\"exports\": [\"_PyInit__native\"], \"signature\": \"adhoc\"}]"

/* What is edited, of one wheel. */
static struct wf_macho_edit edit;
static struct wf_macho_slice_edit slices[2];

static void
start(struct written *w, void **state, const char *tag, const char *macho)
{
    *w = (struct written){ 0 };
    memset(slices, 0, sizeof slices);
    edit = (struct wf_macho_edit){ .slices = slices, .num_slices = 1 };
    w->change.macho = &edit;
    start_written(w, state,
                  wf_arena_printf(&w->arena,
                                  "{'about':'x','wheel':{'name':'demo','version':'1.0',"
                                  "'tags':['cp311-cp311-%s']},'members':[{'name':"
                                  "'demo/_native.so','macho':{%s}}]}",
                                  tag, macho),
                  "demo/_native.so");
}

static void
accepts_a_slice_that_was_signed_and_is(void **state)
{
    struct written w;

    start(&w, state, "macosx_11_0_arm64", SIGNED);
    slices[0].sign = WF_MACHO_SIGN;
    expect_accepted(&w);
}

static void
refuses_a_new_signature_that_does_not_hold(void **state)
{
    struct written w;
    struct wf_error err = { 0 };

    start(&w, state, "macosx_11_0_arm64", STALE);
    slices[0].sign = WF_MACHO_SIGN;
    assert_false(verify(&w, &err));
    assert_int_equal(err.kind, WF_ERR_IO);
    assert_string_equal(err.where, "demo/_native.so");
    assert_true(wf_text_starts_with(
        err.text, "the signature just made for its arm64 slice is not valid: "));
}

static void
refuses_a_signature_that_is_not_there_or_not_ours(void **state)
{
    struct written w;

    start(&w, state, "macosx_11_0_arm64", UNSIGNED);
    slices[0].sign = WF_MACHO_SIGN;
    expect_fault(&w, WF_ERR_IO,
                 "its arm64 slice was signed, and has no ad-hoc signature");
    start(&w, state, "macosx_11_0_arm64", LINKER);
    slices[0].sign = WF_MACHO_SIGN;
    expect_fault(&w, WF_ERR_IO,
                 "its arm64 slice was signed, and has no ad-hoc signature");
}

static void
refuses_a_signature_that_was_to_go(void **state)
{
    struct written w;

    start(&w, state, "macosx_11_0_arm64", SIGNED);
    slices[0].sign = WF_MACHO_SIGN_DROP;
    expect_fault(&w, WF_ERR_IO, "its arm64 slice was to lose its signature, and has one");
    start(&w, state, "macosx_11_0_arm64", UNSIGNED);
    slices[0].sign = WF_MACHO_SIGN_DROP;
    expect_accepted(&w);
}

static void
judges_every_slice_by_its_own_edit(void **state)
{
    struct written w;

    start(&w, state, "macosx_11_0_universal2", UNIVERSAL);
    edit.num_slices = 2;
    slices[0].sign = WF_MACHO_SIGN_DROP;
    slices[1].sign = WF_MACHO_SIGN;
    expect_accepted(&w);
    start(&w, state, "macosx_11_0_universal2", UNIVERSAL);
    edit.num_slices = 2;
    slices[1].sign = WF_MACHO_SIGN_DROP;
    expect_fault(&w, WF_ERR_IO,
                 "its x86_64 slice was to lose its signature, and has one");
    start(&w, state, "macosx_11_0_universal2", UNIVERSAL);
    expect_fault(&w, WF_ERR_IO, "it has 2 slices, and was written with 1");
}

/* Nobody asks whether a member that was not edited is signed. */
static void
leaves_unedited_members_alone(void **state)
{
    struct written w;

    start(&w, state, "macosx_11_0_arm64", STALE);
    w.planned[0].change = NULL;
    expect_accepted(&w);
    start(&w, state, "macosx_11_0_arm64", STALE);
    slices[0].sign = WF_MACHO_SIGN_KEEP;
    expect_accepted(&w);
}

#define OUTWARD SIGNED ", \"dylibs\": [\"/opt/lib/libz.dylib\"]"
#define WEAK_OUTWARD                                                                     \
    SIGNED ", \"dylibs\": [{\"name\": \"/opt/lib/libz.dylib\", \"kind\": \"weak\"}]"

static void
refuses_a_need_that_leads_out_of_the_wheel(void **state)
{
    struct written w;
    struct wf_error err = { 0 };

    start(&w, state, "macosx_11_0_arm64", OUTWARD);
    assert_false(verify(&w, &err));
    assert_int_equal(err.kind, WF_ERR_REFUSED);
    assert_true(wf_text_starts_with(
        err.text, "the repaired wheel would not keep macosx_11_0_arm64: "));
    start(&w, state, "macosx_11_0_arm64", OUTWARD);
    w.options.no_update_tags = true;
    expect_fault(&w, WF_ERR_REFUSED,
                 "demo/_native.so would still need /opt/lib/libz.dylib, which is neither "
                 "in the wheel nor the system's");
}

static void
accepts_a_need_that_was_left_or_may_be_missing(void **state)
{
    struct written w;

    start(&w, state, "macosx_11_0_arm64", OUTWARD);
    wf_strings_append(&w.arena, &w.plan.left, "/opt/lib/libz.dylib");
    expect_accepted(&w);
    start(&w, state, "macosx_11_0_arm64", WEAK_OUTWARD);
    expect_accepted(&w);
}

static void
refuses_tags_that_do_not_hold(void **state)
{
    struct written w;

    start(&w, state, "macosx_11_0_universal2", SIGNED);
    expect_fault(&w, WF_ERR_REFUSED,
                 "the repaired wheel would not keep macosx_11_0_universal2: "
                 "demo/_native.so has no code for x86_64");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)
    const struct CMUnitTest tests[] = {
        TEST(accepts_a_slice_that_was_signed_and_is),
        TEST(refuses_a_new_signature_that_does_not_hold),
        TEST(refuses_a_signature_that_is_not_there_or_not_ours),
        TEST(refuses_a_signature_that_was_to_go),
        TEST(judges_every_slice_by_its_own_edit),
        TEST(leaves_unedited_members_alone),
        TEST(refuses_a_need_that_leads_out_of_the_wheel),
        TEST(accepts_a_need_that_was_left_or_may_be_missing),
        TEST(refuses_tags_that_do_not_hold),
    };

    return cmocka_run_group_tests_name("verify", tests, NULL, NULL);
}
