/* test_object.c -- formats told apart by their first bytes, and well-known names. */
#include "../support/elf_reading.h"

/* Bytes of a literal without its NUL. */
#define HEAD(text_)                                                                      \
    {                                                                                    \
        text_, sizeof text_ - 1                                                          \
    }

struct head {
    const char *data;
    size_t len;
};

static void
tells_formats_by_their_first_bytes(void **state)
{
    static const struct {
        struct head head;
        enum wf_format format;
    } rows[] = {
        { HEAD("\177ELF"), WF_FORMAT_ELF },
        { HEAD("\177ELF\2\1\1"), WF_FORMAT_ELF },
        { HEAD("\177EL"), WF_FORMAT_NONE },
        { HEAD(""), WF_FORMAT_NONE },
        { HEAD("#!/bin/sh\n"), WF_FORMAT_NONE },
        { HEAD("/* GNU ld script */"), WF_FORMAT_NONE },
        { HEAD("\xcf\xfa\xed\xfe"), WF_FORMAT_MACHO },
        { HEAD("\xce\xfa\xed\xfe"), WF_FORMAT_MACHO },
        { HEAD("\xfe\xed\xfa\xcf"), WF_FORMAT_MACHO },
        { HEAD("\xfe\xed\xfa\xce"), WF_FORMAT_MACHO },
        { HEAD("\xca\xfe\xba\xbe\0\0\0\2"), WF_FORMAT_MACHO },
        { HEAD("\xca\xfe\xba\xbf\0\0\0\1"), WF_FORMAT_MACHO },
        { HEAD("\xca\xfe\xba\xbe\0\0\0\x2c"), WF_FORMAT_MACHO },
        { HEAD("\xca\xfe\xba\xbe\0\0\0\x2d"), WF_FORMAT_NONE }, /* the oldest Java */
        { HEAD("\xca\xfe\xba\xbe\0\0\0\x41"), WF_FORMAT_NONE }, /* Java 21 */
        { HEAD("\xca\xfe\xba\xbe\0\3\0\x2d"), WF_FORMAT_NONE }, /* Java 1.0.2 */
        { HEAD("\xca\xfe\xba\xbe\0\0\0\0"), WF_FORMAT_NONE },
        { HEAD("\xca\xfe\xba\xbe"), WF_FORMAT_NONE },
        { HEAD("M"), WF_FORMAT_NONE },
        { HEAD("MZ"), WF_FORMAT_NONE }, /* no room for a DOS header */
        { HEAD("MZ is the beginning of a text that goes on for longer than 64 bytes."),
          WF_FORMAT_NONE },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        const struct wf_bytes exact = exact_copy(rows[i].head.data, rows[i].head.len);

        assert_int_equal(wf_object_recognise(exact), rows[i].format);
        free_exact(exact);
    }
}

/* A DOS header that says where the PE header stands. */
static void
make_pe(char out[64], uint32_t header_off)
{
    memset(out, 0, 64);
    memcpy(out, "MZ", 2);
    for (size_t i = 0; i < 4; i++)
        out[0x3c + i] = (char)(header_off >> (8 * i));
}

static void
text_that_begins_with_mz_is_no_pe(void **state)
{
    char pe[64];

    (void)state;
    make_pe(pe, 1 << 24);
    assert_int_equal(wf_object_recognise(wf_bytes_of(pe, 64)), WF_FORMAT_NONE);
    make_pe(pe, (1 << 24) - 1);
    assert_int_equal(wf_object_recognise(wf_bytes_of(pe, 64)), WF_FORMAT_PE);
    assert_int_equal(wf_object_recognise(wf_bytes_of(pe, 63)), WF_FORMAT_NONE);
}

static void
refuses_what_is_no_object(void **state)
{
    const struct wf_limits limits = wf_limits_standard();
    struct wf_object_file file = { 0 };
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };

    (void)state;
    assert_false(wf_object_read(&file, &arena, "x", wf_bytes_str("text"), &limits, &err));
    assert_error_at(err, WF_ERR_MALFORMED, 0,
                    "at 0x0: no ELF, Mach-O or PE file begins here");
    assert_null(file.objects);
    wf_arena_clear(&arena);
}

static void
names_formats_kinds_and_libcs(void **state)
{
    (void)state;
    assert_string_equal(wf_format_name(WF_FORMAT_ELF), "ELF");
    assert_string_equal(wf_format_name(WF_FORMAT_MACHO), "Mach-O");
    assert_string_equal(wf_format_name(WF_FORMAT_PE), "PE");
    assert_string_equal(wf_format_name(WF_FORMAT_NONE), "none");
    assert_string_equal(wf_object_kind_name(WF_KIND_EXTENSION), "extension");
    assert_string_equal(wf_object_kind_name(WF_KIND_UNREAD), "unread object");
    assert_string_equal(wf_libc_name(WF_LIBC_GLIBC), "glibc");
    assert_string_equal(wf_libc_name(WF_LIBC_MUSL), "musl");
    assert_string_equal(wf_libc_name(WF_LIBC_BIONIC), "bionic");
    assert_null(wf_libc_name(WF_LIBC_UNKNOWN));
}

static void
judges_only_what_a_loader_may_load(void **state)
{
    static const struct {
        enum wf_object_kind kind;
        bool judged;
    } rows[] = {
        { WF_KIND_SHARED, true },     { WF_KIND_EXTENSION, true },
        { WF_KIND_EXECUTABLE, true }, { WF_KIND_RELOCATABLE, false },
        { WF_KIND_DEBUG, false },     { WF_KIND_DEVICE, false },
        { WF_KIND_CORE, false },      { WF_KIND_UNREAD, false },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        const struct wf_object object = { .kind = rows[i].kind };

        assert_int_equal(wf_object_is_judged(&object), rows[i].judged);
    }
}

static void
knows_the_names_of_libpython(void **state)
{
    static const char *const yes[] = {
        "libpython3.7m.so.1.0",    "libpython3.9.so.1.0",   "libpython3.10.so.1.0",
        "libpython999.999.so.1.0", "libpython3.13t.so.1.0", "libpython3.13d.so.1.0",
        "libpython3.13td.so",      "libpython3.so",         "libpython2.7.so.1.0",
    };
    static const char *const no[] = {
        "libpython3.7m.soa1.0", "libpython3.9.so.1a0", "libpython.so",
        "libpython3.9",         "libpython3.9.so.",    "libpython3.9.so.1.",
        "libpython3.9x.so",     "xlibpython3.9.so",    "libpython3.x.so",
        "libpython3..so",       "libpypy3-c.so",       "",
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(yes); i++)
        assert_true(wf_is_libpython(yes[i]));
    for (size_t i = 0; i < WF_COUNT(no); i++)
        assert_false(wf_is_libpython(no[i]));
}

static void
knows_the_names_of_loaders(void **state)
{
    static const char *const yes[] = {
        "ld-linux-x86-64.so.2", "ld-linux.so.2", "ld64.so.1", "ld64.so.2", "ld.so.1",
        "ld-musl-aarch64.so.1",
    };
    static const char *const no[] = { "ld64.so.3", "libld-linux.so", "ld.so", "libc.so.6",
                                      "" };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(yes); i++)
        assert_true(wf_is_loader(yes[i]));
    for (size_t i = 0; i < WF_COUNT(no); i++)
        assert_false(wf_is_loader(no[i]));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_formats_by_their_first_bytes),
        cmocka_unit_test(text_that_begins_with_mz_is_no_pe),
        cmocka_unit_test(refuses_what_is_no_object),
        cmocka_unit_test(names_formats_kinds_and_libcs),
        cmocka_unit_test(judges_only_what_a_loader_may_load),
        cmocka_unit_test(knows_the_names_of_libpython),
        cmocka_unit_test(knows_the_names_of_loaders),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
