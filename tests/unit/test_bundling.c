/* test_bundling.c -- which libraries come into a wheel, stay with the host, or never come
 * in. */
#include "policy/policy.h"

#include "../support/unit.h"

#include "base/text.h"

static void
assert_bundling(const char *const *names, size_t num, enum wf_bundling expected)
{
    for (size_t i = 0; i < num; i++) {
        const char *why = "";

        if (wf_policies_bundling(names[i], &why) != expected)
            fail_msg("%s", names[i]);
        assert_int_equal(wf_policies_bundling(names[i], NULL), expected);
        assert_true((why == NULL) == (expected == WF_BUNDLE_ORDINARY));
    }
}

static void
leaves_the_libraries_of_drivers_to_the_host(void **state)
{
    static const char *const names[] = { "libcuda.so.1",      "libcuda.so",
                                         "libnvidia-ml.so.1", "libnvidia-ml.so",
                                         "libEGL.so.1",       "libGLX.so.0",
                                         "libOpenGL.so.0",    "libGLdispatch.so.0",
                                         "/usr/libEGL.so.1" };

    (void)state;
    assert_bundling(names, WF_COUNT(names), WF_BUNDLE_HOST);
}

static void
never_bundles_a_loader_or_a_part_of_a_libc(void **state)
{
    static const char *const names[] = { "ld-linux-x86-64.so.2",
                                         "ld-linux-armhf.so.3",
                                         "ld64.so.2",
                                         "ld-musl-x86_64.so.1",
                                         "libc.so.6",
                                         "libm.so.6",
                                         "libpthread.so.0",
                                         "libdl.so.2",
                                         "librt.so.1",
                                         "libutil.so.1",
                                         "libresolv.so.2",
                                         "libanl.so.1",
                                         "libmvec.so.1",
                                         "libc.so",
                                         "libc.musl-x86_64.so.1" };

    (void)state;
    assert_bundling(names, WF_COUNT(names), WF_BUNDLE_NEVER);
}

static void
takes_everything_else_for_ordinary(void **state)
{
    static const char *const names[] = {
        "libcrypt.so.1", "libnsl.so.2",     "libgcc_s.so.1",   "libstdc++.so.6",
        "libgomp.so.1",  "libcudart.so.12", "libEGL_x.so.1",   "libnvidia.so",
        "libGL.so.1",    "libc.so.60",      "libmagic.so.1",   "libc++.so.1",
        "xlibcuda.so.1", "libcrypto.so.3",  "ld-linux-x86-64", ""
    };

    (void)state;
    assert_bundling(names, WF_COUNT(names), WF_BUNDLE_ORDINARY);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_the_libraries_of_drivers_to_the_host),
        cmocka_unit_test(never_bundles_a_loader_or_a_part_of_a_libc),
        cmocka_unit_test(takes_everything_else_for_ordinary),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
