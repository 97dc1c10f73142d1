/* test_elf_libc.c -- which C library an object is for, and what told so. */
#include "../support/elf_reading.h"

/* One object and what is known of its libc. */
struct row {
    const char *path;
    const char *interp;
    const char *needed[4];
    const char *version; /* needed from any library */
    enum wf_libc libc;
    const char *why;
};

static void
check_rows(const struct row *rows, size_t num)
{
    for (size_t i = 0; i < num; i++) {
        const struct wf_test_marker markers[] = {
            { .library = rows[i].version == NULL ? NULL : "lib.so",
              .version = rows[i].version },
            { 0 },
        };
        const struct wf_test_elf recipe = {
            .machine = machine("x86_64"),
            .interp = rows[i].interp,
            .needed = rows[i].needed,
            .markers = markers,
        };
        struct elf_reading r = read_elf(&recipe, rows[i].path);

        assert_non_null(r.object);
        assert_int_equal(r.object->libc, rows[i].libc);
        if (rows[i].why == NULL)
            assert_null(r.object->libc_why);
        else
            assert_string_equal(r.object->libc_why, rows[i].why);
        end_reading(&r);
    }
}

static void
the_interpreter_decides_before_all_else(void **state)
{
    static const struct row rows[] = {
        { "x",
          "/lib64/ld-linux-x86-64.so.2",
          { 0 },
          NULL,
          WF_LIBC_GLIBC,
          "interpreter /lib64/ld-linux-x86-64.so.2" },
        { "x",
          "/nix/store/abc/lib/ld-linux-x86-64.so.2",
          { 0 },
          NULL,
          WF_LIBC_GLIBC,
          "interpreter /nix/store/abc/lib/ld-linux-x86-64.so.2" },
        { "x",
          "/lib/ld64.so.1",
          { 0 },
          NULL,
          WF_LIBC_GLIBC,
          "interpreter /lib/ld64.so.1" },
        { "x",
          "/lib/ld-musl-x86_64.so.1",
          { "libc.so.6" },
          "GLIBC_2.5",
          WF_LIBC_MUSL,
          "interpreter /lib/ld-musl-x86_64.so.1" },
        { "x-linux-musl.so",
          "/lib/ld.so.1",
          { "libc.musl-x86_64.so.1" },
          NULL,
          WF_LIBC_GLIBC,
          "interpreter /lib/ld.so.1" },
        { "x",
          "/system/bin/linker64",
          { "libc.so" },
          NULL,
          WF_LIBC_BIONIC,
          "interpreter /system/bin/linker64" },
        { "x",
          "/system/bin/linker",
          { 0 },
          NULL,
          WF_LIBC_BIONIC,
          "interpreter /system/bin/linker" },
        { "x",
          "/lib/ld64-uClibc.so.0",
          { 0 },
          NULL,
          WF_LIBC_UNKNOWN,
          "interpreter /lib/ld64-uClibc.so.0" },
        { "x",
          "/libexec/ld-elf.so.1",
          { 0 },
          NULL,
          WF_LIBC_UNKNOWN,
          "interpreter /libexec/ld-elf.so.1" },
    };

    (void)state;
    check_rows(rows, WF_COUNT(rows));
}

static void
needed_libraries_decide_next(void **state)
{
    static const struct row rows[] = {
        { "x.so",
          NULL,
          { "libm.so.6", "libc.so.6" },
          NULL,
          WF_LIBC_GLIBC,
          "DT_NEEDED libc.so.6" },
        { "x.so",
          NULL,
          { "ld-linux-aarch64.so.1" },
          NULL,
          WF_LIBC_GLIBC,
          "DT_NEEDED ld-linux-aarch64.so.1" },
        { "x.so", NULL, { "ld64.so.2" }, NULL, WF_LIBC_GLIBC, "DT_NEEDED ld64.so.2" },
        { "x.so",
          NULL,
          { "libc.musl-x86_64.so.1" },
          NULL,
          WF_LIBC_MUSL,
          "DT_NEEDED libc.musl-x86_64.so.1" },
        { "x.so",
          NULL,
          { "ld-musl-x86_64.so.1" },
          NULL,
          WF_LIBC_MUSL,
          "DT_NEEDED ld-musl-x86_64.so.1" },
        { "x.so",
          NULL,
          { "libc.so", "libc.musl-x86_64.so.1" },
          NULL,
          WF_LIBC_MUSL,
          "DT_NEEDED libc.musl-x86_64.so.1" },
        { "x.cpython-312-x86_64-linux-musl.so",
          NULL,
          { "libc.so.6" },
          NULL,
          WF_LIBC_GLIBC,
          "DT_NEEDED libc.so.6" },
        { "x.so",
          NULL,
          { "libc.so.6", "ld-linux-x86-64.so.2" },
          NULL,
          WF_LIBC_GLIBC,
          "DT_NEEDED libc.so.6" },
        { "x.so",
          NULL,
          { "libc.so.6", "libc.musl-x86_64.so.1" },
          NULL,
          WF_LIBC_UNKNOWN,
          "DT_NEEDED names both libc.so.6 and libc.musl-x86_64.so.1" },
        { "x.cpython-312-x86_64-linux-musl.so",
          NULL,
          { "libc.musl-x86_64.so.1", "libc.so.6" },
          NULL,
          WF_LIBC_UNKNOWN,
          "DT_NEEDED names both libc.musl-x86_64.so.1 and libc.so.6" },
    };

    (void)state;
    check_rows(rows, WF_COUNT(rows));
}

static void
versions_decide_where_no_libc_is_named(void **state)
{
    static const struct row rows[] = {
        { "x.so",
          NULL,
          { "libm.so.6" },
          "GLIBC_2.29",
          WF_LIBC_GLIBC,
          "needs version GLIBC_2.29" },
        { "x.so", NULL, { "libc.so" }, "LIBC", WF_LIBC_BIONIC, "needs version LIBC" },
        { "x.so", NULL, { "libgcc_s.so.1" }, "GCC_3.0", WF_LIBC_UNKNOWN, NULL },
        { "x-linux-musl.so",
          NULL,
          { "libgcc_s.so.1" },
          "GCC_3.0",
          WF_LIBC_MUSL,
          "the end of the file name" },
    };

    (void)state;
    check_rows(rows, WF_COUNT(rows));
}

static void
a_plain_libc_says_that_it_does_not_tell(void **state)
{
    static const struct row rows[] = {
        { "x.so",
          NULL,
          { "libc.so" },
          NULL,
          WF_LIBC_UNKNOWN,
          "DT_NEEDED libc.so is musl's or Android's; nothing tells which" },
        { "x.cpython-313-aarch64-linux-android.so",
          NULL,
          { "libc.so" },
          NULL,
          WF_LIBC_BIONIC,
          "the end of the file name" },
        { "x.cpython-313-aarch64-linux-musl.so",
          NULL,
          { "libc.so" },
          NULL,
          WF_LIBC_MUSL,
          "the end of the file name" },
        { "x.so", NULL, { "libfoo.so" }, NULL, WF_LIBC_UNKNOWN, NULL },
        { "x.so", NULL, { 0 }, NULL, WF_LIBC_UNKNOWN, NULL },
    };

    (void)state;
    check_rows(rows, WF_COUNT(rows));
}

static void
the_end_of_the_file_name_counts_when_all_else_is_silent(void **state)
{
    static const struct {
        const char *path;
        enum wf_libc libc;
    } rows[] = {
        { "p/x.cpython-312-x86_64-linux-gnu.so", WF_LIBC_GLIBC },
        { "p/x.cpython-311-arm-linux-gnueabihf.so", WF_LIBC_GLIBC },
        { "p/x.cpython-313t-x86_64-linux-gnu.so", WF_LIBC_GLIBC },
        { "p/x.cpython-3100-x86_64-linux-gnu.so", WF_LIBC_GLIBC },
        { "p/x.cpython-310-x86_64-linux-gnu.so", WF_LIBC_UNKNOWN },
        { "p/x.cpython-39-x86_64-linux-gnu.so", WF_LIBC_UNKNOWN },
        { "p/x.cpython-36m-x86_64-linux-gnu.so", WF_LIBC_UNKNOWN },
        { "p/x.pypy310-pp73-x86_64-linux-gnu.so", WF_LIBC_UNKNOWN },
        { "p/x.cpython-310-x86_64-linux-musl.so", WF_LIBC_MUSL },
        { "p/x.cpython-312-arm-linux-musleabihf.so", WF_LIBC_MUSL },
        { "p/x.pypy310-pp73-x86_64-linux-musl.so", WF_LIBC_MUSL },
        { "p/x.cpython-313-aarch64-linux-android.so", WF_LIBC_BIONIC },
        { "p/x.cpython-313-arm-linux-androideabi.so", WF_LIBC_BIONIC },
        { "p/x-linux-musl.so.1", WF_LIBC_UNKNOWN },
        { "p/x-linux-musl", WF_LIBC_UNKNOWN },
        { "p/x-linux-musl-y.so", WF_LIBC_UNKNOWN },
        { "p-linux-musl.so/x.so", WF_LIBC_UNKNOWN },
        { "p/x.abi3.so", WF_LIBC_UNKNOWN },
        { "p/linux-musl.so", WF_LIBC_UNKNOWN },
        { "p/a-linux-gnu-linux-musl.so", WF_LIBC_MUSL },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        const struct wf_test_elf recipe = { .machine = machine("x86_64") };
        struct elf_reading r = read_elf(&recipe, rows[i].path);

        assert_non_null(r.object);
        assert_int_equal(r.object->libc_suffix, rows[i].libc);
        assert_int_equal(r.object->libc, rows[i].libc);
        end_reading(&r);
    }
}

static void
the_end_of_the_file_name_is_told_apart_even_when_outvoted(void **state)
{
    static const char *const needed[] = { "libc.so.6", NULL };
    const struct wf_test_elf recipe = { .machine = machine("x86_64"), .needed = needed };
    struct elf_reading r = read_elf(&recipe, "x.cpython-312-x86_64-linux-musl.so");

    (void)state;
    assert_non_null(r.object);
    assert_int_equal(r.object->libc, WF_LIBC_GLIBC);
    assert_int_equal(r.object->libc_suffix, WF_LIBC_MUSL);
    end_reading(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_interpreter_decides_before_all_else),
        cmocka_unit_test(needed_libraries_decide_next),
        cmocka_unit_test(versions_decide_where_no_libc_is_named),
        cmocka_unit_test(a_plain_libc_says_that_it_does_not_tell),
        cmocka_unit_test(the_end_of_the_file_name_counts_when_all_else_is_silent),
        cmocka_unit_test(the_end_of_the_file_name_is_told_apart_even_when_outvoted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
