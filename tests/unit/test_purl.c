/* test_purl.c -- package URLs as ECMA-427 writes them. */
#include "../support/unit.h"

#include "base/purl.h"

static struct wf_arena arena;

static int
teardown(void **state)
{
    (void)state;
    wf_arena_clear(&arena);
    return 0;
}

static void
writes_the_examples_of_the_standard(void **state)
{
    const struct wf_purl_qualifier curl[] = { { "arch", "i386" },
                                              { "distro", "jessie" } };
    const struct wf_purl_qualifier attr[] = { { "arch", "amd64" } };

    (void)state;
    assert_string_equal(
        wf_purl_write(&arena, &(struct wf_purl){ "deb", "debian", "curl", "7.50.3-1",
                                                 curl, WF_COUNT(curl) }),
        "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie");
    assert_string_equal(
        wf_purl_write(&arena, &(struct wf_purl){ "deb", "debian", "attr", "1:2.4.47-2+b1",
                                                 attr, WF_COUNT(attr) }),
        "pkg:deb/debian/attr@1:2.4.47-2%2Bb1?arch=amd64");
    assert_string_equal(wf_purl_write(&arena, &(struct wf_purl){ .type = "pypi",
                                                                 .name = "django",
                                                                 .version = "1.11.1" }),
                        "pkg:pypi/django@1.11.1");
}

static void
leaves_out_what_is_not_given(void **state)
{
    const struct wf_purl_qualifier some[] = { { "arch", NULL },
                                              { "distro", "" },
                                              { "epoch", "1" } };

    (void)state;
    assert_string_equal(
        wf_purl_write(&arena, &(struct wf_purl){ "rpm", "", "zlib", "", some, 3 }),
        "pkg:rpm/zlib?epoch=1");
    assert_string_equal(
        wf_purl_write(&arena, &(struct wf_purl){ "rpm", NULL, "zlib", NULL, some, 2 }),
        "pkg:rpm/zlib");
}

static void
encodes_every_byte_but_the_unreserved_and_the_colon(void **state)
{
    static const char stands[] = "abcdefghijklmnopqrstuvwxyz"
                                 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_~:";

    (void)state;
    for (unsigned c = 1; c < 256; c++) {
        const char name[] = { 'x', (char)c, '\0' };
        const char *expected = strchr(stands, (int)c) != NULL
                                   ? wf_arena_printf(&arena, "pkg:deb/x%c", (int)c)
                                   : wf_arena_printf(&arena, "pkg:deb/x%%%02X", c);

        assert_string_equal(
            wf_purl_write(&arena, &(struct wf_purl){ .type = "deb", .name = name }),
            expected);
    }
}

static void
encodes_every_part(void **state)
{
    const struct wf_purl_qualifier file = { "file_name", "a b-1+x-py3-none-any.whl" };

    (void)state;
    assert_string_equal(
        wf_purl_write(&arena,
                      &(struct wf_purl){ "pypi", "a/b", "c@d", "1?#2", &file, 1 }),
        "pkg:pypi/a%2Fb/c%40d@1%3F%232?file_name=a%20b-1%2Bx-py3-none-any.whl");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_the_examples_of_the_standard),
        cmocka_unit_test(leaves_out_what_is_not_given),
        cmocka_unit_test(encodes_every_byte_but_the_unreserved_and_the_colon),
        cmocka_unit_test(encodes_every_part),
    };

    return cmocka_run_group_tests_name("purl", tests, NULL, teardown);
}
