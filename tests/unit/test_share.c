/* test_share.c -- who is read, who waits, who is compared. */
#include "../support/unit.h"

#include "audit/share.h"

/* A member with its reading and entry, in one. */
struct one {
    struct wf_zip_member member;
    struct wf_reading reading;
    struct wf_share_entry entry;
};

static struct wf_share_entry *
listed(struct one *one, const char *name)
{
    *one = (struct one){
        .member = { .name = name,
                    .crc = 0x12345678,
                    .size = 100000,
                    .comp_size = 50000,
                    .method = WF_ZIP_DEFLATED },
    };
    one->reading.member = &one->member;
    one->entry.reading = &one->reading;
    return &one->entry;
}

static void
the_first_is_read_and_the_next_waits_for_it(void **state)
{
    struct wf_share share = { 0 };
    struct one a, b, c;

    (void)state;
    assert_int_equal(wf_share_ask(&share, listed(&a, "x/_x.so")), WF_SHARE_ALONE);
    assert_true(a.entry.is_listed);
    assert_int_equal(wf_share_ask(&share, listed(&b, "y/_x.so")), WF_SHARE_WAIT);
    assert_int_equal(wf_share_ask(&share, listed(&c, "_x.so")), WF_SHARE_WAIT);
    assert_false(b.entry.is_listed);

    const struct wf_share_entry *waiting = wf_share_end(&a.entry);

    assert_non_null(waiting);
    assert_non_null(waiting->next);
    assert_null(waiting->next->next);
    assert_ptr_equal(b.entry.first, &a.entry);
    assert_ptr_equal(c.entry.first, &a.entry);
    assert_int_equal(a.entry.num_users, 2);
}

static void
what_was_read_is_ready_to_be_compared_with(void **state)
{
    struct wf_share share = { 0 };
    struct one a, b;

    (void)state;
    assert_int_equal(wf_share_ask(&share, listed(&a, "_x.so")), WF_SHARE_ALONE);
    assert_null(wf_share_end(&a.entry));
    assert_int_equal(wf_share_ask(&share, listed(&b, "_x.so")), WF_SHARE_READY);
    assert_ptr_equal(b.entry.first, &a.entry);
    assert_int_equal(a.entry.num_users, 1);
    wf_share_release(b.entry.first);
    assert_int_equal(a.entry.num_users, 0);
}

static void
only_equal_members_are_candidates(void **state)
{
    struct wf_share share = { 0 };
    struct one a, others[5];

    (void)state;
    assert_int_equal(wf_share_ask(&share, listed(&a, "_x.so")), WF_SHARE_ALONE);
    (void)wf_share_end(&a.entry);
    for (size_t i = 0; i < 5; i++)
        (void)listed(&others[i], i == 0 ? "_y.so" : "_x.so");
    others[1].member.crc ^= 1;
    others[2].member.size++;
    others[3].member.comp_size++;
    others[4].member.method = WF_ZIP_STORED;
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(wf_share_ask(&share, &others[i].entry), WF_SHARE_ALONE);
        assert_true(others[i].entry.is_listed);
    }
}

static void
small_members_are_read_without_asking(void **state)
{
    struct wf_share share = { 0 };
    struct one a, b;

    (void)state;
    (void)listed(&a, "_x.so");
    (void)listed(&b, "_x.so");
    a.member.comp_size = b.member.comp_size = 32 * 1024 - 1;
    assert_int_equal(wf_share_ask(&share, &a.entry), WF_SHARE_ALONE);
    assert_false(a.entry.is_listed);
    assert_int_equal(wf_share_ask(&share, &b.entry), WF_SHARE_ALONE);
    a.member.comp_size = b.member.comp_size = 32 * 1024;
    assert_int_equal(wf_share_ask(&share, &a.entry), WF_SHARE_ALONE);
    assert_int_equal(wf_share_ask(&share, &b.entry), WF_SHARE_WAIT);
}

static void
what_is_compared_with_is_not_forgotten(void **state)
{
    struct wf_share share = { 0 };
    struct one a, b, c;

    (void)state;
    assert_int_equal(wf_share_ask(&share, listed(&a, "_x.so")), WF_SHARE_ALONE);
    (void)wf_share_end(&a.entry);
    assert_int_equal(wf_share_ask(&share, listed(&b, "_x.so")), WF_SHARE_READY);
    assert_false(wf_share_forget(&share, &a.entry, 1));
    assert_true(a.entry.is_listed);
    wf_share_release(b.entry.first);
    assert_true(wf_share_forget(&share, &a.entry, 1));
    assert_false(a.entry.is_listed);
    assert_int_equal(wf_share_ask(&share, listed(&c, "_x.so")), WF_SHARE_ALONE);
}

static void
others_of_a_bucket_stay_when_one_is_forgotten(void **state)
{
    struct wf_share share = { 0 };
    struct one all[3], again[3];
    static const char *const names[] = { "a.so", "b.so", "c.so" };

    (void)state;
    for (size_t gone = 0; gone < 3; gone++) {
        memset(&share, 0, sizeof share);
        for (size_t i = 0; i < 3; i++) {
            assert_int_equal(wf_share_ask(&share, listed(&all[i], names[i])),
                             WF_SHARE_ALONE);
            (void)wf_share_end(&all[i].entry);
        }
        assert_true(wf_share_forget(&share, &all[gone].entry, 1));
        for (size_t i = 0; i < 3; i++)
            assert_int_equal(wf_share_ask(&share, listed(&again[i], names[i])),
                             i == gone ? WF_SHARE_ALONE : WF_SHARE_READY);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_is_read_and_the_next_waits_for_it),
        cmocka_unit_test(what_was_read_is_ready_to_be_compared_with),
        cmocka_unit_test(only_equal_members_are_candidates),
        cmocka_unit_test(small_members_are_read_without_asking),
        cmocka_unit_test(what_is_compared_with_is_not_forgotten),
        cmocka_unit_test(others_of_a_bucket_stay_when_one_is_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
