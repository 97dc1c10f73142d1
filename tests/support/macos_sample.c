/* macos_sample.c -- reports about wheels for macOS (see macos_sample.h). */
#include "macos_sample.h"

#include <string.h>

enum { X86_64, ARM64, NUM_SLICES, NUM_NEEDED = 2 };

static const char *needed[NUM_NEEDED] = { "@rpath/liba.dylib",
                                          "/usr/lib/libSystem.B.dylib" };
static const char *rpaths[] = { "/opt/lib", "@loader_path/../lib" };

static const struct wf_macho_dylib dylibs[NUM_NEEDED] = {
    { .weak = true,
      .reexport = true,
      .current_version = 0x10203,
      .compatibility_version = 0x10000,
      .command_size = 48,
      .text_off = 24 },
    { .upward = true, .lazy = true, .current_version = 0x5470000, .text_off = 24 },
};

static const struct wf_macho_fault faults[] = {
    { "macho-duplicate-rpath", "LC_RPATH /opt/lib stands twice" },
};

static const struct wf_macho slices[NUM_SLICES] = {
    { .file_type = 8,
      .platform = WF_MACHO_MACOS,
      .min_os = WF_MACOS_VERSION(10, 13, 0),
      .sdk = WF_MACOS_VERSION(14, 2, 1),
      .dylibs = dylibs,
      .header_len = 32,
      .num_commands = 12,
      .commands_len = 968,
      .first_content = 1048,
      .faults = faults,
      .num_faults = 1 },
    { .file_type = 8,
      .platform = WF_MACHO_MACOS,
      .min_os = WF_MACOS_VERSION(11, 0, 0),
      .dylibs = dylibs,
      .header_len = 32,
      .num_commands = 12,
      .commands_len = 968,
      .first_content = 1000,
      .signature = { .kind = WF_MACHO_LINKER,
                     .identifier = "native",
                     .flags = 0x20002,
                     .hash = "sha256",
                     .num_pages = 9,
                     .num_bad_pages = 1,
                     .fault = "the hash of the page at 0x4000 differs" } },
};

static void
make_objects(struct sample *sample)
{
    static const struct wf_zip_member member = { .name = "demo/_native.so" };
    struct wf_report *report = sample->report;

    report->num_objects = NUM_SLICES;
    report->objects = wf_arena_array(&report->arena, NUM_SLICES, sizeof *report->objects);
    for (size_t i = 0; i < NUM_SLICES; i++)
        report->objects[i] = (struct wf_member_object){
            .member = &member,
            .installed = member.name,
            .judged = true,
            .object = { .path = member.name,
                        .slice = i == X86_64 ? "x86_64" : "arm64",
                        .format = WF_FORMAT_MACHO,
                        .kind = WF_KIND_EXTENSION,
                        .arch = i == X86_64 ? WF_ARCH_X86_64 : WF_ARCH_AARCH64,
                        .arch_name = i == X86_64 ? "x86_64" : "arm64",
                        .needed = needed,
                        .num_needed = NUM_NEEDED,
                        .rpaths = rpaths,
                        .num_rpaths = WF_COUNT(rpaths),
                        .macho = &slices[i] },
        };
}

static void
make_platforms(struct sample *sample)
{
    struct wf_report *report = sample->report;

    report->kind = WF_VERDICT_NATIVE;
    report->num_platforms = NUM_SLICES;
    report->platforms =
        wf_arena_array(&report->arena, NUM_SLICES, sizeof *report->platforms);
    for (size_t i = 0; i < NUM_SLICES; i++)
        report->platforms[i] = (struct wf_platform){
            .system = WF_SYSTEM_MACOS,
            .os = "macos",
            .arch = i == X86_64 ? WF_ARCH_X86_64 : WF_ARCH_AARCH64,
            .min_os = slices[i].min_os,
            .min_os_from = "demo/_native.so",
            .repaired_min_os = slices[i].min_os,
            .repaired_min_os_from = "demo/_native.so",
            .num_objects = 1,
            .judged = true,
            .tag = i == X86_64 ? "macosx_10_13_x86_64" : "macosx_11_0_arm64",
        };
}

static void
start(struct sample *sample, const char *path)
{
    sample_start(sample, path);
    make_objects(sample);
    make_platforms(sample);
    sample_make_claims(sample);
}

void
sample_macos_fine(struct sample *sample)
{
    start(sample, "demo-1.0-cp311-cp311-macosx_10_13_universal2.whl");
    struct wf_report *report = sample->report;
    struct wf_platform *platform = &report->platforms[X86_64];

    sample_claim(sample, 0, 1, NULL);
    wf_strings_append(&report->arena, &report->macos_tags, "macosx_10_13_universal2");
    wf_strings_append(&report->arena, &report->macos_repaired_tags,
                      "macosx_10_13_universal2");
    platform->num_blockers = 1;
    platform->blockers = wf_arena_array(&report->arena, 1, sizeof *platform->blockers);
    platform->blockers[0] = (struct wf_blocker){
        .policy = "macosx_10_12",
        .tag = "macosx_10_12_x86_64",
        .reason = WF_REASON_MIN_OS,
        .object = "demo/_native.so",
        .slice = "x86_64",
        .version = "10.13",
    };
}

static struct wf_library found_a = { .path = "/opt/lib/liba.dylib",
                                     .real_path = "/opt/lib/liba.1.dylib" };
static struct wf_library found_b = { .path = "/opt/lib/libb.dylib",
                                     .real_path = "/opt/lib/libb.dylib" };

static void
add_externals(struct sample *sample, struct wf_platform *platform, bool needs_b)
{
    static struct wf_try tries[] = {
        { .path = "/opt/lib/libb.dylib",
          .by = WF_FOUND_RPATH,
          .why = "LC_RPATH /opt/lib of demo/_native.so",
          .result = WF_TRY_ARCH },
    };
    static const struct wf_edge edge = { .name = "@rpath/libb.dylib",
                                         .tries = tries,
                                         .num_tries = 1 };
    struct wf_arena *arena = &sample->report->arena;

    platform->externals = wf_arena_array(arena, 3, sizeof *platform->externals);
    platform->externals[platform->num_externals++] = (struct wf_external){
        .name = "@rpath/liba.dylib",
        .library = &found_a,
        .by = WF_FOUND_RPATH,
        .why = "LC_RPATH /opt/lib of demo/_native.so",
        .direct = true,
    };
    if (needs_b)
        platform->externals[platform->num_externals++] = (struct wf_external){
            .name = "@rpath/libb.dylib", .by = WF_FOUND_NOT, .edge = &edge, .direct = true
        };
    platform->externals[platform->num_externals++] = (struct wf_external){
        .name = "@rpath/libpython3.11.dylib", .by = WF_FOUND_LIBPYTHON, .direct = true
    };
    for (size_t i = 0; i < platform->num_externals; i++)
        wf_strings_append(arena, &platform->externals[i].needed_by, "demo/_native.so");
}

static void
add_blockers(struct sample *sample, struct wf_platform *platform)
{
    static const struct wf_blocker blockers[] = {
        { .policy = "macosx_12_0",
          .tag = "macosx_12_0_arm64",
          .reason = WF_REASON_MISSING_ARCH,
          .object = "demo/_native.so",
          .slice = "arm64",
          .library = "@rpath/libb.dylib",
          .version = "arm64" },
        { .policy = "macosx_12_0",
          .tag = "macosx_12_0_arm64",
          .reason = WF_REASON_MISSING_ARCH,
          .object = "demo/_other.so",
          .version = "arm64" },
        { .policy = "macosx_11_0",
          .tag = "macosx_11_0_arm64",
          .reason = WF_REASON_MIN_OS,
          .object = "demo/_native.so",
          .slice = "arm64",
          .version = "12.0" },
    };

    platform->num_blockers = WF_COUNT(blockers);
    platform->blockers =
        wf_arena_array(&sample->report->arena, WF_COUNT(blockers), sizeof *blockers);
    memcpy(platform->blockers, blockers, sizeof blockers);
}

void
sample_macos_blocked(struct sample *sample)
{
    start(sample, "demo-1.0-cp311-cp311-macosx_11_0_universal2.whl");
    struct wf_report *report = sample->report;
    struct wf_platform *arm64 = &report->platforms[ARM64];

    sample_claim(sample, 0, 0, "demo/_native.so (arm64) needs macOS 12.0");
    arm64->min_os = WF_MACOS_VERSION(12, 0, 0);
    arm64->repaired_min_os = WF_MACOS_VERSION(13, 1, 0);
    arm64->repaired_min_os_from = "/opt/lib/liba.1.dylib";
    arm64->tag = "macosx_12_0_arm64";
    wf_strings_append(&report->arena, &report->macos_tags, "macosx_10_13_x86_64");
    wf_strings_append(&report->arena, &report->macos_tags, "macosx_12_0_arm64");
    add_externals(sample, &report->platforms[X86_64], true);
    add_externals(sample, arm64, false);
    add_blockers(sample, arm64);
}

void
sample_macos_repairable(struct sample *sample)
{
    sample_macos_blocked(sample);
    struct wf_report *report = sample->report;
    struct wf_arena *arena = &report->arena;

    report->platforms[X86_64].externals[1].library = &found_b;
    report->platforms[X86_64].externals[1].by = WF_FOUND_LIB_PATH;
    for (size_t i = 0; i < NUM_SLICES; i++) {
        struct wf_platform *platform = &report->platforms[i];

        platform->grafts = wf_arena_array(arena, 2, sizeof *platform->grafts);
        platform->grafts[0] = (struct wf_graft){ "@rpath/liba.dylib", found_a.real_path };
        platform->grafts[1] = (struct wf_graft){ "@rpath/libb.dylib", found_b.real_path };
        platform->num_grafts = i == X86_64 ? 2 : 1;
    }
    wf_strings_append(arena, &report->macos_repaired_tags, "macosx_10_13_x86_64");
    wf_strings_append(arena, &report->macos_repaired_tags, "macosx_13_0_arm64");
}
