/* test_verdict_macos.c -- the verdict on wheels of macOS: minimum systems, architectures,
 * tags together, and every claimed tag. */
#include "../support/report_builder.h"
#include "../support/unit.h"

#include "object/macho.h"

#include <stdio.h>

#define V(major, minor) WF_MACOS_VERSION(major, minor, 0)
#define SYSTEM          "/usr/lib/libSystem.B.dylib"

/* An extension for one architecture. */
#define MODULE(path_, arch_, slice_, min_)                                               \
    {                                                                                    \
        .path = (path_), .format = WF_FORMAT_MACHO, .kind = WF_KIND_EXTENSION,           \
        .arch = (arch_), .slice = (slice_), .min_os = (min_), .needed = { SYSTEM },      \
        .signature = WF_MACHO_ADHOC                                                      \
    }
#define X86(path, min) MODULE(path, WF_ARCH_X86_64, NULL, min)
#define ARM(path, min) MODULE(path, WF_ARCH_AARCH64, NULL, min)
#define FAT(path, x86, arm)                                                              \
    MODULE(path, WF_ARCH_X86_64, "x86_64", x86),                                         \
        MODULE(path, WF_ARCH_AARCH64, "arm64", arm)

/* A library, and a program, of one architecture. */
#define OTHER(kind_, path_, arch_, min_, ...)                                            \
    {                                                                                    \
        .path = (path_), .format = WF_FORMAT_MACHO, .kind = (kind_), .arch = (arch_),    \
        .min_os = (min_), .needed = { __VA_ARGS__ }, .signature = WF_MACHO_ADHOC         \
    }
#define LIBRARY(...) OTHER(WF_KIND_SHARED, __VA_ARGS__)
#define PROGRAM(...) OTHER(WF_KIND_EXECUTABLE, __VA_ARGS__)

static const char *
joined(struct wf_report *report, const struct wf_strings *tags)
{
    const char *text = "";

    for (size_t i = 0; i < tags->num; i++)
        text = wf_arena_printf(&report->arena, "%s%s%s", text, i == 0 ? "" : " ",
                               tags->items[i]);
    return text;
}

static struct wf_report *
judged(const char *tags, const struct wf_test_object *objects, size_t num,
       uint32_t target)
{
    static struct wf_audit_options options;
    char name[256];

    options = wf_test_options();
    options.macos_target = target;
    options.macos_target_name = "MACOSX_DEPLOYMENT_TARGET";
    snprintf(name, sizeof name, "x-1-cp311-cp311-%s.whl", tags);
    struct wf_report *report = wf_test_report(name, objects, num);

    wf_test_judge(report, &options);
    return report;
}

/* The wheel's own tags, the packed tags that hold, and those claimed that are met. */
static void
assert_tags(const char *claimed, const struct wf_test_object *objects, size_t num,
            uint32_t target, const char *expected, bool met)
{
    struct wf_report *report = judged(claimed, objects, num, target);
    bool all = true;

    assert_string_equal(joined(report, &report->macos_tags), expected);
    assert_string_equal(joined(report, &report->macos_repaired_tags), expected);
    for (size_t i = 0; i < report->num_claims; i++)
        all &= report->claims[i].met == 1;
    assert_int_equal(all, met);
    wf_report_free(report);
}

#define ASSERT_TAGS(claimed, target, expected, met, ...)                                 \
    do {                                                                                 \
        const struct wf_test_object objects[] = { __VA_ARGS__ };                         \
        assert_tags((claimed), objects, WF_COUNT(objects), (target), (expected), (met)); \
    } while (0)

static void
tags_a_wheel_by_the_newest_minimum_of_its_modules(void **state)
{
    (void)state;
    ASSERT_TAGS("macosx_10_9_x86_64", 0, "macosx_10_9_x86_64", true,
                X86("a.so", V(10, 9)));
    ASSERT_TAGS("macosx_10_15_x86_64", 0, "macosx_10_9_x86_64", true,
                X86("a.so", V(10, 9)));
    ASSERT_TAGS("macosx_10_9_x86_64", 0, "macosx_12_0_x86_64", false,
                X86("a.so", V(10, 9)), X86("b.so", V(12, 0)));
    ASSERT_TAGS("macosx_10_9_x86_64", 0, "macosx_12_0_x86_64", false,
                X86("a.so", V(12, 1)));
    ASSERT_TAGS("macosx_12_0_x86_64", 0, "macosx_12_0_x86_64", true,
                X86("a.so", V(12, 1)));
    ASSERT_TAGS("macosx_12_0_arm64", 0, "macosx_11_0_arm64", true, ARM("a.so", V(10, 9)));
}

static void
tags_universal_wheels_together_where_that_is_true(void **state)
{
    (void)state;
    ASSERT_TAGS("macosx_10_9_universal2", 0, "macosx_10_9_universal2", true,
                FAT("a.so", V(10, 9), V(11, 0)));
    ASSERT_TAGS("macosx_10_9_universal2", 0, "macosx_10_9_x86_64 macosx_12_0_arm64",
                false, FAT("a.so", V(10, 9), V(12, 0)));
    ASSERT_TAGS("macosx_11_0_universal2", 0, "macosx_12_0_universal2", false,
                FAT("a.so", V(12, 0), V(12, 0)));
    ASSERT_TAGS("macosx_10_9_x86_64.macosx_11_0_arm64", 0, "macosx_10_9_universal2", true,
                FAT("a.so", V(10, 9), V(11, 0)));
    ASSERT_TAGS("macosx_11_0_arm64", 0, "macosx_11_0_arm64", true,
                FAT("a.so", V(10, 9), V(11, 0)));
    ASSERT_TAGS("macosx_10_6_intel", 0, "macosx_10_6_intel", true,
                MODULE("a.so", WF_ARCH_I686, "i386", V(10, 6)),
                MODULE("a.so", WF_ARCH_X86_64, "x86_64", V(10, 6)));
    ASSERT_TAGS("macosx_10_6_intel.macosx_10_9_x86_64", 0,
                "macosx_10_9_x86_64 macosx_10_6_i386", false,
                MODULE("a.so", WF_ARCH_I686, "i386", V(10, 6)),
                MODULE("a.so", WF_ARCH_X86_64, "x86_64", V(10, 9)));
}

static void
raises_tags_to_the_deployment_target(void **state)
{
    (void)state;
    ASSERT_TAGS("macosx_10_9_x86_64", V(12, 1), "macosx_12_0_x86_64", false,
                X86("a.so", V(12, 1)));
    ASSERT_TAGS("macosx_10_9_x86_64", V(13, 4), "macosx_13_0_x86_64", false,
                X86("a.so", V(12, 1)));
    ASSERT_TAGS("macosx_10_9_universal2", V(10, 9), "macosx_10_9_universal2", true,
                FAT("a.so", V(10, 9), V(11, 0)));
    ASSERT_TAGS("macosx_10_9_universal2", V(10, 13), "macosx_10_13_universal2", true,
                FAT("a.so", V(10, 9), V(11, 0)));
    ASSERT_TAGS("macosx_10_9_universal2", V(12, 3), "macosx_12_0_universal2", true,
                FAT("a.so", V(10, 9), V(11, 0)));
}

static void
believes_a_tag_where_no_object_names_a_minimum(void **state)
{
    (void)state;
    ASSERT_TAGS("macosx_10_6_x86_64.macosx_10_7_x86_64", 0, "macosx_10_6_x86_64", true,
                X86("a.so", 0));
    ASSERT_TAGS("any", 0, "macosx_10_4_x86_64", false, X86("a.so", 0));
    ASSERT_TAGS("macosx_10_6_x86_64", 0, "macosx_10_9_x86_64", false, X86("a.so", 0),
                X86("b.so", V(10, 9)));
}

static void
counts_what_modules_load_and_not_helper_programs(void **state)
{
    (void)state;
    ASSERT_TAGS("macosx_11_0_arm64", 0, "macosx_13_0_arm64", false,
                OTHER(WF_KIND_EXTENSION, "p/a.so", WF_ARCH_AARCH64, V(11, 0),
                      "@loader_path/libx.dylib"),
                LIBRARY("p/libx.dylib", WF_ARCH_AARCH64, V(13, 0), SYSTEM));
    ASSERT_TAGS("macosx_11_0_arm64", 0, "macosx_11_0_arm64", true,
                ARM("p/a.so", V(11, 0)),
                PROGRAM("p/tool", WF_ARCH_AARCH64, V(13, 0), SYSTEM));
    /* What only the program loads is its own affair. */
    ASSERT_TAGS("macosx_11_0_arm64", 0, "macosx_11_0_arm64", true,
                ARM("p/a.so", V(11, 0)),
                PROGRAM("p/tool", WF_ARCH_AARCH64, V(13, 0), "@loader_path/libx.dylib"),
                LIBRARY("p/libx.dylib", WF_ARCH_AARCH64, V(13, 0), SYSTEM));
    /* Nothing in the wheel loads it: Python does, by ctypes. */
    ASSERT_TAGS("macosx_11_0_arm64", 0, "macosx_13_0_arm64", false,
                ARM("p/a.so", V(11, 0)),
                LIBRARY("p/libx.dylib", WF_ARCH_AARCH64, V(13, 0), SYSTEM));
    ASSERT_TAGS("macosx_11_0_arm64", 0, "macosx_13_0_arm64", false,
                PROGRAM("p/tool", WF_ARCH_AARCH64, V(13, 0), SYSTEM));
}

static void
leaves_out_architectures_that_modules_lack(void **state)
{
    (void)state;
    ASSERT_TAGS("macosx_10_9_universal2", 0, "macosx_10_9_x86_64", false,
                X86("a.so", V(10, 9)));
    /* One universal library does not make up for a thin module. */
    ASSERT_TAGS("macosx_10_9_universal2", 0, "macosx_10_9_x86_64", false,
                X86("a.so", V(10, 9)), FAT("b.so", V(10, 9), V(11, 0)));
    /* A wheel for the wrong machine gets the tag of the right one. */
    ASSERT_TAGS("macosx_10_9_x86_64", 0, "macosx_11_0_arm64", false,
                ARM("a.so", V(11, 0)));
    /* Without modules one library for each architecture will do. */
    ASSERT_TAGS("macosx_10_9_universal2", 0, "macosx_10_9_universal2", true,
                LIBRARY("libx_a.dylib", WF_ARCH_AARCH64, V(11, 0), SYSTEM),
                LIBRARY("libx_x.dylib", WF_ARCH_X86_64, V(10, 9), SYSTEM));
    ASSERT_TAGS("macosx_10_9_universal2", 0, "macosx_11_0_arm64", false,
                LIBRARY("libx_a.dylib", WF_ARCH_AARCH64, V(11, 0), SYSTEM));
}

/* One claim of a wheel, and why it does not hold. */
static void
assert_claim(const char *claimed, const struct wf_test_object *objects, size_t num,
             int met, const char *why)
{
    struct wf_report *report = judged(claimed, objects, num, 0);

    assert_int_equal(report->num_claims, 1);
    if (report->claims[0].met != met)
        fail_msg("%s: %d (%s)", claimed, report->claims[0].met,
                 report->claims[0].why == NULL ? "" : report->claims[0].why);
    if (why == NULL)
        assert_null(report->claims[0].why);
    else
        assert_string_equal(report->claims[0].why, why);
    wf_report_free(report);
}

#define ASSERT_CLAIM(claimed, met, why, ...)                                             \
    do {                                                                                 \
        const struct wf_test_object objects[] = { __VA_ARGS__ };                         \
        assert_claim((claimed), objects, WF_COUNT(objects), (met), (why));               \
    } while (0)

static void
names_file_and_slice_of_a_claim_that_does_not_hold(void **state)
{
    (void)state;
    ASSERT_CLAIM("macosx_10_9_x86_64", 0, "p/a.so needs macOS 12.1",
                 X86("p/a.so", V(12, 1)));
    ASSERT_CLAIM("macosx_10_9_universal2", 0, "p/a.so (arm64) needs macOS 12.0",
                 FAT("p/a.so", V(10, 9), V(12, 0)));
    ASSERT_CLAIM("macosx_10_9_universal2", 0, "p/b.so has no code for arm64",
                 FAT("p/a.so", V(10, 9), V(11, 0)), X86("p/b.so", V(10, 9)));
    ASSERT_CLAIM("macosx_10_9_universal2", 1, NULL, FAT("p/a.so", V(10, 9), V(11, 0)));
    ASSERT_CLAIM("macosx_11_0_arm64", 0, "p/a.so has no code for arm64",
                 X86("p/a.so", V(10, 9)));
    ASSERT_CLAIM("macosx_11_0_arm64", 0,
                 "p/a.so needs /opt/x/liby.dylib, which neither the platform nor the "
                 "wheel provides",
                 OTHER(WF_KIND_EXTENSION, "p/a.so", WF_ARCH_AARCH64, V(11, 0),
                       "/opt/x/liby.dylib"));
    ASSERT_CLAIM("macosx_11_0_arm64", 1, NULL,
                 OTHER(WF_KIND_EXTENSION, "p/a.so", WF_ARCH_AARCH64, V(11, 0),
                       "?/opt/x/liby.dylib"));
}

static void
meets_no_tag_that_no_machine_accepts(void **state)
{
    (void)state;
    ASSERT_CLAIM("macosx_11_7_arm64", 0,
                 "no machine accepts it: from macOS 11 on the minor number of a tag is 0",
                 ARM("a.so", V(11, 0)));
    ASSERT_CLAIM("macosx_10_9_arm64", 0,
                 "no machine accepts it: arm64 begins with macOS 11.0",
                 ARM("a.so", V(11, 0)));
    ASSERT_CLAIM("macosx_11_0_vax", -1, "its architecture is not known",
                 ARM("a.so", V(11, 0)));
}

static void
understands_the_words_of_old_machines(void **state)
{
    (void)state;
    ASSERT_CLAIM("macosx_10_6_fat64", 0, "a.so has no code for ppc64",
                 MODULE("a.so", WF_ARCH_I686, "i386", V(10, 6)),
                 MODULE("a.so", WF_ARCH_X86_64, "x86_64", V(10, 6)));
    ASSERT_CLAIM("macosx_10_6_universal", 0, "a.so has no code for ppc",
                 MODULE("a.so", WF_ARCH_I686, "i386", V(10, 6)),
                 MODULE("a.so", WF_ARCH_X86_64, "x86_64", V(10, 6)));
    ASSERT_CLAIM("macosx_10_6_intel", 0, "a.so has no code for i386",
                 X86("a.so", V(10, 6)));
}

static void
takes_the_words_of_apple_as_they_are(void **state)
{
    static const struct wf_test_object newer = {
        .path = "a.so",
        .format = WF_FORMAT_MACHO,
        .kind = WF_KIND_EXTENSION,
        .arch = WF_ARCH_AARCH64,
        .arch_name = "arm64e",
        .min_os = V(11, 0),
    };

    (void)state;
    /* Python's own process is arm64: it cannot load arm64e. */
    assert_claim("macosx_11_0_arm64", &newer, 1, 0, "a.so has no code for arm64");
}

static void
weighs_no_slice_that_only_apples_own_processes_load(void **state)
{
    static const struct wf_test_object slices[] = {
        MODULE("a.so", WF_ARCH_AARCH64, "arm64", V(11, 0)),
        { .path = "a.so",
          .format = WF_FORMAT_MACHO,
          .kind = WF_KIND_EXTENSION,
          .arch = WF_ARCH_AARCH64,
          .arch_name = "arm64e",
          .slice = "arm64e",
          .min_os = V(13, 0) },
    };

    (void)state;
    assert_tags("macosx_11_0_arm64", slices, 2, 0, "macosx_11_0_arm64", true);
}

static void
judges_no_code_for_other_systems_and_machines(void **state)
{
    static const struct wf_test_object objects[] = {
        ARM("p/a.so", V(11, 0)),
        { .path = "p/phone.dylib",
          .format = WF_FORMAT_MACHO,
          .arch = WF_ARCH_AARCH64,
          .platform = WF_MACHO_IOS },
        X86("p/other.so", V(10, 9)),
        { .path = "p/linux.so", .needed = { "libc.so.6" } },
        { .path = "p/ppc.dylib", .format = WF_FORMAT_MACHO, .arch_name = "ppc" },
        { .path = "p/x.o", .format = WF_FORMAT_MACHO, .kind = WF_KIND_RELOCATABLE },
    };
    static const char *const reasons[] = {
        NULL,
        "for iOS",
        "for x86_64; the wheel is for arm64",
        "for Linux; no tag of the wheel is",
        "for ppc; the wheel is for arm64",
        "an object file for a linker, not for a loader",
    };
    struct wf_report *report = judged("macosx_11_0_arm64", objects, WF_COUNT(objects), 0);

    (void)state;
    for (size_t i = 0; i < WF_COUNT(objects); i++) {
        assert_int_equal(report->objects[i].judged, i == 0);
        if (reasons[i] == NULL)
            assert_null(report->objects[i].why_not);
        else
            assert_string_equal(report->objects[i].why_not, reasons[i]);
    }
    assert_int_equal(report->kind, WF_VERDICT_NATIVE);
    wf_report_free(report);
}

static void
judges_both_systems_where_the_tags_name_both(void **state)
{
    static const struct wf_test_object objects[] = {
        ARM("p/a.so", V(11, 0)),
        { .path = "p/linux.so", .needed = { "libc.so.6" } },
    };
    struct wf_report *report =
        judged("macosx_11_0_arm64.manylinux_2_17_x86_64", objects, WF_COUNT(objects), 0);

    (void)state;
    assert_int_equal(report->num_platforms, 2);
    assert_int_equal(report->platforms[0].system, WF_SYSTEM_LINUX);
    assert_int_equal(report->platforms[1].system, WF_SYSTEM_MACOS);
    assert_true(report->platforms[0].judged && report->platforms[1].judged);
    assert_int_equal(report->claims[0].met, 1);
    assert_int_equal(report->claims[1].met, 1);
    wf_report_free(report);
    /* In a wheel for Linux the same file is cargo. */
    report = judged("manylinux_2_17_x86_64", objects, WF_COUNT(objects), 0);
    assert_false(report->objects[0].judged);
    assert_string_equal(report->objects[0].why_not, "for macOS; no tag of the wheel is");
    assert_true(report->objects[1].judged);
    assert_int_equal(report->claims[0].met, 1);
    wf_report_free(report);
}

static void
tells_externals_with_those_that_need_them(void **state)
{
    static const struct wf_test_object objects[] = {
        OTHER(WF_KIND_EXTENSION, "p/a.so", WF_ARCH_AARCH64, V(11, 0), SYSTEM,
              "/opt/liby.dylib", "?/opt/libweak.dylib"),
        OTHER(WF_KIND_EXTENSION, "p/b.so", WF_ARCH_AARCH64, V(11, 0), "/opt/liby.dylib",
              "/Library/Frameworks/Python.framework/Versions/3.12/Python"),
    };
    struct wf_report *report = judged("macosx_11_0_arm64", objects, WF_COUNT(objects), 0);
    const struct wf_platform *platform = &report->platforms[0];

    (void)state;
    assert_int_equal(platform->num_externals, 3);
    assert_string_equal(platform->externals[0].name,
                        "/Library/Frameworks/Python.framework/Versions/3.12/Python");
    assert_int_equal(platform->externals[0].by, WF_FOUND_LIBPYTHON);
    assert_string_equal(platform->externals[1].name, "/opt/libweak.dylib");
    assert_true(platform->externals[1].weak);
    assert_string_equal(platform->externals[2].name, "/opt/liby.dylib");
    assert_false(platform->externals[2].weak);
    assert_true(platform->externals[2].direct);
    assert_int_equal(platform->externals[2].needed_by.num, 2);
    assert_string_equal(platform->externals[2].needed_by.items[1], "p/b.so");
    assert_int_equal(platform->verdict, WF_RANK_NEVER);
    assert_int_equal(platform->repaired, WF_RANK_NEVER);
    assert_int_equal(report->macos_tags.num, 0);
    assert_int_equal(report->macos_repaired_tags.num, 0);
    assert_string_equal(platform->tag, "macosx_11_0_arm64");
    assert_int_equal(platform->tags.num, 0);
    wf_report_free(report);
}

static const struct wf_blocker *
blocker_at(const struct wf_report *report, size_t platform, size_t index)
{
    assert_true(index < report->platforms[platform].num_blockers);
    return &report->platforms[platform].blockers[index];
}

static void
tells_what_blocks_better_tags_by_file_and_slice(void **state)
{
    static const struct wf_test_object objects[] = {
        FAT("p/a.so", V(10, 9), V(13, 0)),
        MODULE("p/b.so", WF_ARCH_X86_64, "x86_64", V(10, 13)),
        MODULE("p/b.so", WF_ARCH_AARCH64, "arm64", V(12, 0)),
    };
    struct wf_report *report =
        judged("macosx_11_0_universal2", objects, WF_COUNT(objects), 0);

    (void)state;
    assert_int_equal(report->num_platforms, 2);
    assert_int_equal(report->platforms[0].num_blockers, 1);
    const struct wf_blocker *first = blocker_at(report, 0, 0);

    assert_int_equal(first->reason, WF_REASON_MIN_OS);
    assert_string_equal(first->object, "p/b.so");
    assert_string_equal(first->slice, "x86_64");
    assert_string_equal(first->version, "10.13");
    assert_string_equal(first->policy, "macosx_10_12");
    assert_string_equal(first->tag, "macosx_10_12_x86_64");
    /* The claim is 11.0: the second file stands in its way, too. */
    assert_int_equal(report->platforms[1].num_blockers, 2);
    assert_string_equal(blocker_at(report, 1, 0)->object, "p/a.so");
    assert_string_equal(blocker_at(report, 1, 0)->tag, "macosx_12_0_arm64");
    assert_string_equal(blocker_at(report, 1, 1)->object, "p/b.so");
    assert_string_equal(blocker_at(report, 1, 1)->tag, "macosx_11_0_arm64");
    wf_report_free(report);
}

static void
tells_missing_architectures_and_libraries_before_minimums(void **state)
{
    static const struct wf_test_object objects[] = {
        OTHER(WF_KIND_EXTENSION, "p/a.so", WF_ARCH_X86_64, V(10, 9), "/opt/liby.dylib"),
    };
    struct wf_report *report = judged("macosx_10_9_universal2", objects, 1, 0);

    (void)state;
    assert_int_equal(report->platforms[0].num_blockers, 3);
    assert_int_equal(blocker_at(report, 0, 0)->reason, WF_REASON_LIBRARY);
    assert_string_equal(blocker_at(report, 0, 0)->library, "/opt/liby.dylib");
    assert_string_equal(blocker_at(report, 0, 0)->tag, "macosx_10_9_x86_64");
    assert_int_equal(blocker_at(report, 0, 1)->reason, WF_REASON_MISSING_ARCH);
    assert_string_equal(blocker_at(report, 0, 1)->version, "arm64");
    assert_string_equal(blocker_at(report, 0, 1)->tag, "macosx_10_9_universal2");
    assert_int_equal(blocker_at(report, 0, 2)->reason, WF_REASON_MIN_OS);
    wf_report_free(report);
}

static void
says_that_a_library_of_the_wheel_lacks_the_slice(void **state)
{
    static const struct wf_test_object objects[] = {
        { .path = "p/a.so",
          .format = WF_FORMAT_MACHO,
          .kind = WF_KIND_EXTENSION,
          .slice = "x86_64",
          .min_os = V(10, 9),
          .needed = { "@loader_path/liby.dylib" } },
        { .path = "p/a.so",
          .format = WF_FORMAT_MACHO,
          .kind = WF_KIND_EXTENSION,
          .arch = WF_ARCH_AARCH64,
          .slice = "arm64",
          .min_os = V(11, 0),
          .needed = { "@loader_path/liby.dylib" } },
        LIBRARY("p/liby.dylib", WF_ARCH_X86_64, V(10, 9), SYSTEM),
    };
    struct wf_report *report =
        judged("macosx_10_9_universal2", objects, WF_COUNT(objects), 0);

    (void)state;
    assert_int_equal(report->claims[0].met, 0);
    assert_string_equal(report->claims[0].why,
                        "p/a.so (arm64) needs @loader_path/liby.dylib, which has no code "
                        "for arm64");
    assert_int_equal(blocker_at(report, 1, 0)->reason, WF_REASON_MISSING_ARCH);
    assert_string_equal(blocker_at(report, 1, 0)->slice, "arm64");
    wf_report_free(report);
}

static int
plat(const char *tags, const struct wf_test_object *objects, size_t num, const char *tag,
     struct wf_error *err)
{
    struct wf_report *report = judged(tags, objects, num, 0);
    const struct wf_audit_options options = wf_test_options();
    const int met = wf_verdict_plat(report, &options, tag, err);

    wf_report_free(report);
    return met;
}

static void
answers_plat_with_or_without_an_architecture(void **state)
{
    static const struct wf_test_object objects[] = { FAT("a.so", V(10, 9), V(12, 0)) };
    struct wf_error err = { 0 };

    (void)state;
    assert_int_equal(plat("macosx_12_0_universal2", objects, 2, "macosx_12_0", &err), 1);
    assert_int_equal(plat("macosx_12_0_universal2", objects, 2, "macosx_11_0", &err), 0);
    assert_int_equal(
        plat("macosx_12_0_universal2", objects, 2, "macosx_10_9_x86_64", &err), 1);
    assert_int_equal(
        plat("macosx_12_0_universal2", objects, 2, "macosx_11_0_arm64", &err), 0);
    assert_int_equal(plat("any", objects, 2, "macosx_12_0_arm64", &err), 1);
    assert_int_equal(err.kind, WF_ERR_NONE);
}

static void
refuses_a_plat_that_contradicts_the_file_name(void **state)
{
    static const struct wf_test_object objects[] = { FAT("a.so", V(10, 9), V(12, 0)) };
    static const struct wf_test_object elf = { .path = "a.so",
                                               .needed = { "libc.so.6" } };
    struct wf_error err = { 0 };

    (void)state;
    assert_int_equal(plat("macosx_12_0_arm64", objects, 2, "macosx_12_0_x86_64", &err),
                     -1);
    assert_string_equal(err.text, "macosx_12_0_x86_64 does not fit: the wheel is tagged "
                                  "for another architecture");
    err = (struct wf_error){ 0 };
    assert_int_equal(plat("manylinux_2_17_x86_64", &elf, 1, "macosx_11_0", &err), -1);
    assert_string_equal(err.text,
                        "macosx_11_0_x86_64 does not fit: the wheel is tagged for Linux");
    err = (struct wf_error){ 0 };
    assert_int_equal(plat("macosx_12_0_arm64", objects, 2, "manylinux_2_17", &err), -1);
    assert_string_equal(err.text, "manylinux_2_17_aarch64 does not fit: the wheel is "
                                  "tagged for macOS");
    err = (struct wf_error){ 0 };
    assert_int_equal(plat("macosx_12_0_arm64", objects, 2, "macosx_12_0_vax", &err), -1);
    assert_string_equal(err.text, "macosx_12_0_vax is no tag of macOS; one reads "
                                  "macosx_11_0_arm64");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_a_wheel_by_the_newest_minimum_of_its_modules),
        cmocka_unit_test(tags_universal_wheels_together_where_that_is_true),
        cmocka_unit_test(raises_tags_to_the_deployment_target),
        cmocka_unit_test(believes_a_tag_where_no_object_names_a_minimum),
        cmocka_unit_test(counts_what_modules_load_and_not_helper_programs),
        cmocka_unit_test(leaves_out_architectures_that_modules_lack),
        cmocka_unit_test(names_file_and_slice_of_a_claim_that_does_not_hold),
        cmocka_unit_test(meets_no_tag_that_no_machine_accepts),
        cmocka_unit_test(understands_the_words_of_old_machines),
        cmocka_unit_test(takes_the_words_of_apple_as_they_are),
        cmocka_unit_test(weighs_no_slice_that_only_apples_own_processes_load),
        cmocka_unit_test(judges_no_code_for_other_systems_and_machines),
        cmocka_unit_test(judges_both_systems_where_the_tags_name_both),
        cmocka_unit_test(tells_externals_with_those_that_need_them),
        cmocka_unit_test(tells_what_blocks_better_tags_by_file_and_slice),
        cmocka_unit_test(tells_missing_architectures_and_libraries_before_minimums),
        cmocka_unit_test(says_that_a_library_of_the_wheel_lacks_the_slice),
        cmocka_unit_test(answers_plat_with_or_without_an_architecture),
        cmocka_unit_test(refuses_a_plat_that_contradicts_the_file_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
