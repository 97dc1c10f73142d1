/* test_made.c -- when two new members of one run are known to be the same. */
#include "../support/unit.h"

#include "repair/made.h"

/* One member as it would be asked for. */
struct request {
    uint8_t source[WF_SHA256_LEN];
    const char *base_name;
    struct wf_plan_edit change;
    struct wf_macho_edit macho;
    struct wf_macho_slice_edit slices[2];
    struct wf_macho_rename renames[2];
    uint32_t dropped[2];
    const char *added[2];
    struct wf_repair_options options;
};

static void
fill(struct request *r)
{
    *r = (struct request){
        .base_name = "libx.dylib",
        .renames = { { 0, "@loader_path/a" }, { 3, "@loader_path/b" } },
        .dropped = { 0, 2 },
        .added = { "@loader_path", "@loader_path/.." },
    };
    r->slices[0] = (struct wf_macho_slice_edit){
        .id = "/DLC/x",
        .renames = r->renames,
        .num_renames = 2,
        .dropped_rpaths = r->dropped,
        .num_dropped_rpaths = 2,
        .added_rpaths = r->added,
        .num_added_rpaths = 2,
        .num_reclaimed = 1,
        .sign = WF_MACHO_SIGN,
        .identifier = "x",
    };
    r->slices[1] = (struct wf_macho_slice_edit){ .sign = WF_MACHO_SIGN_KEEP };
    r->macho = (struct wf_macho_edit){ .slices = r->slices, .num_slices = 2 };
    r->change.macho = &r->macho;
}

static void
key_of(uint8_t key[WF_SHA256_LEN], const struct request *r)
{
    struct wf_sha256 *sha = wf_sha256_new();

    wf_made_key(key, sha, r->source, r->base_name, &r->change, &r->options);
    wf_sha256_free(sha);
}

static void
change_source(struct request *r)
{
    r->source[31] = 1;
}

static void
change_id(struct request *r)
{
    r->slices[0].id = "/DLC/y";
}

static void
change_rename(struct request *r)
{
    r->renames[1].to = "@loader_path/c";
}

static void
change_renamed(struct request *r)
{
    r->renames[1].index = 2;
}

static void
change_number_of_renames(struct request *r)
{
    r->slices[0].num_renames = 1;
}

static void
change_dropped(struct request *r)
{
    r->dropped[1] = 1;
}

static void
change_added(struct request *r)
{
    r->added[0] = "@loader_path/x";
}

static void
change_reclaimed(struct request *r)
{
    r->slices[0].num_reclaimed = 0;
}

static void
change_sign(struct request *r)
{
    r->slices[1].sign = WF_MACHO_SIGN_DROP;
}

static void
change_identifier(struct request *r)
{
    r->slices[0].identifier = NULL;
}

static void
change_slice(struct request *r)
{
    r->slices[1] = r->slices[0];
    r->slices[0] = (struct wf_macho_slice_edit){ .sign = WF_MACHO_SIGN_KEEP };
}

static void
change_strip(struct request *r)
{
    r->macho.strip = WF_MACHO_STRIP_LOCAL;
}

static void
change_to_nothing(struct request *r)
{
    r->change.macho = NULL;
}

static void
whatever_decides_about_the_bytes_of_a_mach_o_member_is_in_its_key(void **state)
{
    static void (*const changes[])(struct request * r) = {
        change_source,
        change_id,
        change_rename,
        change_renamed,
        change_number_of_renames,
        change_dropped,
        change_added,
        change_reclaimed,
        change_sign,
        change_identifier,
        change_slice,
        change_strip,
        change_to_nothing,
    };
    uint8_t keys[WF_COUNT(changes) + 1][WF_SHA256_LEN];
    struct request r;

    (void)state;
    fill(&r);
    key_of(keys[WF_COUNT(changes)], &r);
    for (size_t i = 0; i < WF_COUNT(changes); i++) {
        fill(&r);
        changes[i](&r);
        key_of(keys[i], &r);
    }
    for (size_t i = 0; i < WF_COUNT(keys); i++)
        for (size_t k = 0; k < i; k++)
            assert_memory_not_equal(keys[i], keys[k], WF_SHA256_LEN);
}

static void
the_same_request_has_the_same_key_wherever_it_stands(void **state)
{
    uint8_t keys[2][WF_SHA256_LEN];
    struct request a;
    struct request b;
    char id[] = "/DLC/x";

    (void)state;
    fill(&a);
    fill(&b);
    b.slices[0].id = id;
    key_of(keys[0], &a);
    key_of(keys[1], &b);
    assert_memory_equal(keys[0], keys[1], WF_SHA256_LEN);
}

/* The same of a PE member. */
struct pe_request {
    uint8_t source[WF_SHA256_LEN];
    const char *base_name;
    struct wf_plan_edit change;
    struct wf_pe_edit edit;
    struct wf_pe_rename renames[2];
    struct wf_repair_options options;
};

static void
fill_pe(struct pe_request *r)
{
    *r = (struct pe_request){
        .base_name = "foo.dll",
        .renames = { { "a.dll", "a-1.dll" }, { "b.dll", "b-1.dll" } },
    };
    r->edit = (struct wf_pe_edit){ .renames = r->renames,
                                   .num_renames = 2,
                                   .export_name = "x" };
    r->change.pe = &r->edit;
}

static void
change_pe(struct pe_request *r, int which)
{
    switch (which) {
    case 0:
        r->renames[1].to = "b-2.dll";
        break;
    case 1:
        r->renames[1].from = "c.dll";
        break;
    case 2:
        r->edit.num_renames = 1;
        break;
    case 3:
        r->edit.export_name = NULL;
        break;
    case 4:
        r->edit.clear_load_flags = true;
        break;
    case 5:
        r->change.strip = true;
        break;
    case 6:
        r->change.pe = NULL;
        break;
    default:
        break;
    }
}

static void
whatever_decides_about_the_bytes_of_a_pe_member_is_in_its_key(void **state)
{
    enum { CHANGES = 7 };
    uint8_t keys[CHANGES + 1][WF_SHA256_LEN];
    struct wf_sha256 *sha = wf_sha256_new();

    (void)state;
    for (int i = 0; i <= CHANGES; i++) {
        struct pe_request r;

        fill_pe(&r);
        change_pe(&r, i);
        wf_made_key(keys[i], sha, r.source, r.base_name, &r.change, &r.options);
        for (int k = 0; k < i; k++)
            assert_memory_not_equal(keys[i], keys[k], WF_SHA256_LEN);
    }
    wf_sha256_free(sha);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            whatever_decides_about_the_bytes_of_a_mach_o_member_is_in_its_key),
        cmocka_unit_test(whatever_decides_about_the_bytes_of_a_pe_member_is_in_its_key),
        cmocka_unit_test(the_same_request_has_the_same_key_wherever_it_stands),
    };

    return cmocka_run_group_tests_name("made", tests, NULL, NULL);
}
