/* windows_sample.c -- reports about wheels for Windows (see windows_sample.h). */
#include "windows_sample.h"

#include <string.h>

enum { MODULE, LIBRARY, NUM_OBJECTS, NUM_NEEDED = 3, NUM_EXTERNALS = 4 };

static const char *needed[NUM_NEEDED] = { "KERNEL32.dll", "python311.dll", "foo.dll" };

static const struct wf_pe_need needs[NUM_NEEDED] = {
    { .kind = WF_PE_IMPORT, .num_symbols = 12 },
    { .kind = WF_PE_DELAY, .num_symbols = 1 },
    { .kind = WF_PE_FORWARD, .num_symbols = 2 },
};

static const struct wf_pe_fault faults[] = {
    { "pe-checksum", "the checksum is 0x1234, and 0x5678 would be right" },
};

static const struct wf_pe images[NUM_OBJECTS] = {
    { .machine = 0x8664,
      .characteristics = 0x2022,
      .dll_characteristics = 0x160,
      .subsystem = 2,
      .linker_major = 14,
      .linker_minor = 40,
      .os_major = 6,
      .needs = needs,
      .padding = 226,
      .has_header_room = true },
    { .machine = 0xaa64,
      .characteristics = 0x2022,
      .dll_characteristics = 0x41c0,
      .subsystem = 9,
      .linker_major = 2,
      .linker_minor = 40,
      .os_major = 10,
      .os_minor = 1,
      .hybrid = WF_PE_ARM64X,
      .is_dotnet = true,
      .is_il_only = true,
      .needs = needs,
      .has_bound_imports = true,
      .checksum = 0x1234,
      .right_checksum = 0x5678,
      .dependent_load_flags = 0x800,
      .guard_flags = 0x500,
      .certificate_off = 8192,
      .certificate_len = 1496,
      .certificate_fault = "it ends behind the file",
      .overlay_off = 7168,
      .overlay_len = 1024,
      .num_coff_symbols = 7,
      .pdb = "C:\\build\\foo.pdb",
      .faults = faults,
      .num_faults = 1 },
};

static void
make_objects(struct sample *sample)
{
    static const struct wf_zip_member members[NUM_OBJECTS] = {
        { .name = "demo/_native.pyd" }, { .name = "demo/helper.dll" }
    };
    struct wf_report *report = sample->report;

    report->kind = WF_VERDICT_NATIVE;
    report->num_objects = NUM_OBJECTS;
    report->objects =
        wf_arena_array(&report->arena, NUM_OBJECTS, sizeof *report->objects);
    for (size_t i = 0; i < NUM_OBJECTS; i++)
        report->objects[i] = (struct wf_member_object){
            .member = &members[i],
            .installed = members[i].name,
            .judged = true,
            .object = { .path = members[i].name,
                        .format = WF_FORMAT_PE,
                        .kind = i == MODULE ? WF_KIND_EXTENSION : WF_KIND_SHARED,
                        .arch = i == MODULE ? WF_ARCH_X86_64 : WF_ARCH_AARCH64,
                        .arch_name = i == MODULE ? "x86_64" : "aarch64",
                        .soname = i == MODULE ? NULL : "old.dll",
                        .needed = needed,
                        .num_needed = NUM_NEEDED,
                        .pe = &images[i] },
        };
}

static struct wf_platform
platform_of(enum wf_arch arch, const char *tag)
{
    return (struct wf_platform){
        .system = WF_SYSTEM_WINDOWS,
        .os = "windows",
        .arch = arch,
        .num_objects = 1,
        .judged = true,
        .verdict = WF_RANK_ALWAYS,
        .repaired = WF_RANK_ALWAYS,
        .tag = tag,
        .repaired_tag = tag,
    };
}

static void
start(struct sample *sample, const char *path, size_t num_platforms)
{
    sample_start(sample, path);
    make_objects(sample);
    sample_make_claims(sample);
    sample->options.windows_min = WF_WINDOWS_10;
    sample->report->num_platforms = num_platforms;
    sample->report->platforms = wf_arena_array(&sample->report->arena, num_platforms,
                                               sizeof *sample->report->platforms);
}

void
sample_windows_fine(struct sample *sample)
{
    start(sample, "demo-1.0-cp311-cp311-win_amd64.whl", 1);
    sample->report->platforms[0] = platform_of(WF_ARCH_X86_64, "win_amd64");
    sample_claim(sample, 0, 1, NULL);
}

static struct wf_library found_foo = { .path = "libs/Foo.dll",
                                       .real_path = "libs/Foo.dll" };
static struct wf_library found_bar = { .path = "libs/bar.dll",
                                       .real_path = "libs/bar.dll" };

void
sample_windows_blocked(struct sample *sample)
{
    static struct wf_try tries[] = {
        { .path = "libs/bar.dll",
          .by = WF_FOUND_LIB_PATH,
          .why = "--lib-path libs",
          .result = WF_TRY_ARCH },
    };
    static const struct wf_edge edge = { .name = "bar.dll",
                                         .tries = tries,
                                         .num_tries = 1 };
    static const struct wf_external externals[NUM_EXTERNALS] = {
        { .name = "foo.dll",
          .library = &found_foo,
          .by = WF_FOUND_LIB_PATH,
          .why = "--lib-path libs",
          .direct = true },
        { .name = "opencl.dll", .left_out = "the driver brings it", .direct = true },
        { .name = "soft.dll", .by = WF_FOUND_NOT, .weak = true },
        { .name = "bar.dll", .by = WF_FOUND_NOT, .edge = &edge, .direct = true },
    };

    static struct wf_blocker blockers[] = {
        { .policy = "win_amd64",
          .tag = "win_amd64",
          .reason = WF_REASON_LIBRARY,
          .object = "demo/_native.pyd",
          .library = "bar.dll",
          .needs = WF_RANK_NEVER },
        { .policy = "win_amd64",
          .tag = "win_amd64",
          .reason = WF_REASON_MISSING_ARCH,
          .object = "demo/other.pyd",
          .version = "amd64",
          .needs = WF_RANK_NEVER },
    };

    sample_windows_fine(sample);
    struct wf_arena *arena = &sample->report->arena;
    struct wf_platform *platform = &sample->report->platforms[0];

    sample_claim(sample, 0, 0, "demo/_native.pyd needs foo.dll");
    platform->verdict = WF_RANK_NEVER;
    platform->repaired = WF_RANK_NEVER;
    platform->repaired_tag = NULL;
    platform->blockers = blockers;
    platform->num_blockers = WF_COUNT(blockers);
    platform->num_externals = NUM_EXTERNALS;
    platform->externals =
        wf_arena_array(arena, NUM_EXTERNALS, sizeof *platform->externals);
    memcpy(platform->externals, externals, sizeof externals);
    for (size_t i = 0; i < NUM_EXTERNALS; i++)
        wf_strings_append(arena, &platform->externals[i].needed_by,
                          platform->externals[i].weak ? "demo/helper.dll"
                                                      : "demo/_native.pyd");
}

void
sample_windows_repairable(struct sample *sample)
{
    static struct wf_graft grafts[] = { { "foo.dll", "libs/Foo.dll" },
                                        { "bar.dll", "libs/bar.dll" } };

    sample_windows_blocked(sample);
    struct wf_platform *platform = &sample->report->platforms[0];

    platform->externals[NUM_EXTERNALS - 1].library = &found_bar;
    platform->externals[NUM_EXTERNALS - 1].by = WF_FOUND_LIB_PATH;
    platform->repaired = WF_RANK_ALWAYS;
    platform->repaired_tag = platform->tag;
    platform->grafts = grafts;
    platform->num_grafts = WF_COUNT(grafts);
}

void
sample_windows_two(struct sample *sample)
{
    static struct wf_external external = {
        .name = "foo.dll", .library = &found_foo, .by = WF_FOUND_LIB_PATH, .direct = true
    };
    static struct wf_graft graft = { "foo.dll", "libs/Foo.dll" };

    start(sample, "demo-1.0-py3-none-win32.win_amd64.whl", 2);
    struct wf_platform *platforms = sample->report->platforms;

    platforms[0] = platform_of(WF_ARCH_I686, "win32");
    platforms[0].verdict = WF_RANK_NEVER;
    platforms[0].externals = &external;
    platforms[0].num_externals = 1;
    platforms[0].grafts = &graft;
    platforms[0].num_grafts = 1;
    platforms[1] = platform_of(WF_ARCH_X86_64, "win_amd64");
    sample_claim(sample, 0, 0, "demo/a.pyd needs foo.dll");
    sample_claim(sample, 1, 1, NULL);
}
