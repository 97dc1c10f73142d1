/* test_verdict_musl.c -- telling one musl release from another. */
#include "../support/folder.h"
#include "../support/report_builder.h"
#include "../support/unit.h"

#include <stdio.h>

#include "audit/verdict_parts.h"

static void
knows_which_release_introduced_a_symbol(void **state)
{
    static const struct {
        const char *symbol;
        const char *release;
    } cases[] = {
        { "_Fork", "1.2.2" },
        { "gettid", "1.2.2" },
        { "posix_getdents", "1.2.6" },
        { "preadv2", "1.2.5" },
        { "pthread_getname_np", "1.2.3" },
        { "pwritev2", "1.2.5" },
        { "qsort_r", "1.2.3" },
        { "reallocarray", "1.2.2" },
        { "renameat2", "1.2.6" },
        { "statx", "1.2.5" },
        { "tcgetwinsize", "1.2.2" },
        { "tcsetwinsize", "1.2.2" },
        { "__clock_gettime64", "1.2.0" },
        { "__stat_time64", "1.2.0" },
        { "__time64", "1.2.0" },
        { "__dlsym_time64", "1.2.0" },
        { "__cxa_finalize", NULL },
        { "time64", NULL },
        { "malloc", NULL },
        { "qsort", NULL },
        { "zzz", NULL },
        { "", NULL },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        const char *release = wf_musl_introduced(cases[i].symbol);

        if (cases[i].release == NULL)
            assert_null(release);
        else
            assert_string_equal(release, cases[i].release);
    }
}

/* Writes a file of `len` bytes, NULs included. */
static void
put(void **state, const char *name, const char *bytes, size_t len)
{
    FILE *file = fopen(folder_path(state, name), "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static void
reads_the_release_out_of_the_loader_of_a_sysroot(void **state)
{
#define BYTES(text) text, sizeof text - 1
    static const struct {
        const char *bytes;
        size_t len;
        bool found;
        unsigned minor;
    } cases[] = {
        { BYTES("\x7F"
                "ELF\0some text\0"
                "1.1.24\0more"),
          true, 1 },
        { BYTES("\0x\0"
                "1.2.5\0"),
          true, 2 },
        { BYTES("\0"
                "1.2.4-git-12-gabcdef0\0"),
          true, 2 },
        /* Addresses, other programs' versions, parts of longer words. */
        { BYTES("\0"
                "127.0.0.1\0"),
          false, 0 },
        { BYTES("\0"
                "2.36.1\0"),
          false, 0 },
        { BYTES("\0v1.2.3\0"), false, 0 },
        { BYTES("\0"
                "1.2.3 \0"),
          false, 0 },
        { BYTES("\0"
                "1.2\0"),
          false, 0 },
        { BYTES("\0"
                "1.2."),
          false, 0 },
        { BYTES("\0"
                "1.2.3"),
          false, 0 },
        { BYTES("1.2.3"), false, 0 },
        { BYTES(""), false, 0 },
    };

    folder_make(state, "lib");
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        unsigned major = 0;
        unsigned minor = 0;

        put(state, "lib/ld-musl-x86_64.so.1", cases[i].bytes, cases[i].len);
        const bool found = wf_musl_in_sysroot(&major, &minor, *state, WF_ARCH_X86_64);

        if (found != cases[i].found)
            fail_msg("case %zu: %s", i, found ? "found" : "not found");
        if (found) {
            assert_int_equal(major, 1);
            assert_int_equal(minor, cases[i].minor);
        }
    }
}

static void
finds_the_loader_under_the_name_of_the_architecture(void **state)
{
    static const struct {
        enum wf_arch arch;
        const char *name;
    } cases[] = {
        { WF_ARCH_I686, "lib/ld-musl-i386.so.1" },
        { WF_ARCH_ARMV7L, "lib/ld-musl-armhf.so.1" },
        { WF_ARCH_PPC64LE, "lib/ld-musl-powerpc64le.so.1" },
        { WF_ARCH_S390X, "lib/libc.musl-s390x.so.1" },
    };
    unsigned major;
    unsigned minor;

    folder_make(state, "lib");
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        assert_false(wf_musl_in_sysroot(&major, &minor, *state, cases[i].arch));
        put(state, cases[i].name,
            BYTES("\0"
                  "1.2.3\0"));
        assert_true(wf_musl_in_sysroot(&major, &minor, *state, cases[i].arch));
    }
    /* A link inside the sysroot stays inside it. */
    folder_link(state, "lib/ld-musl-x86_64.so.1", "/lib/libc.so");
    assert_false(wf_musl_in_sysroot(&major, &minor, *state, WF_ARCH_X86_64));
    put(state, "lib/libc.so",
        BYTES("\0"
              "1.2.3\0"));
    assert_true(wf_musl_in_sysroot(&major, &minor, *state, WF_ARCH_X86_64));
}

static void
judges_an_untagged_wheel_by_the_musl_of_the_sysroot(void **state)
{
    static const struct wf_test_object object = {
        .path = "_x.so",
        .kind = WF_KIND_EXTENSION,
        .needed = { "libc.musl-x86_64.so.1" },
    };
    struct wf_audit_options options = wf_test_options();
    struct wf_report *report =
        wf_test_report("x-1-py3-none-linux_x86_64.whl", &object, 1);

    folder_make(state, "lib");
    options.search.sysroot = *state;
    wf_test_judge(report, &options);
    assert_string_equal(report->platforms[0].tag, "musllinux_1_2_x86_64");
    wf_report_free(report);

    put(state, "lib/ld-musl-x86_64.so.1",
        BYTES("\0"
              "1.1.24\0"));
    report = wf_test_report("x-1-py3-none-linux_x86_64.whl", &object, 1);
    wf_test_judge(report, &options);
    assert_string_equal(report->platforms[0].tag, "musllinux_1_1_x86_64");
    wf_report_free(report);

    /* The tags go first. */
    report = wf_test_report("x-1-py3-none-musllinux_1_2_x86_64.whl", &object, 1);
    wf_test_judge(report, &options);
    assert_string_equal(report->platforms[0].tag, "musllinux_1_2_x86_64");
    wf_report_free(report);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_which_release_introduced_a_symbol),
        IN_FOLDER(reads_the_release_out_of_the_loader_of_a_sysroot),
        IN_FOLDER(finds_the_loader_under_the_name_of_the_architecture),
        IN_FOLDER(judges_an_untagged_wheel_by_the_musl_of_the_sysroot),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
