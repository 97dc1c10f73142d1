/* report_sample.c -- reports filled in by hand, for the tests of the renderers. */
#include "report_sample.h"

#include <assert.h>
#include <string.h>

#include "wheel/tags.h"

static wf_rank
rank_of(const struct sample *sample, const char *name)
{
    const struct wf_policy *policy = wf_policies_find(sample->options.policies, name);

    assert(policy != NULL);
    return policy->rank;
}

void
sample_start(struct sample *sample, const char *path)
{
    struct wf_report *report = wf_report_new(path);
    struct wf_error err = { 0 };

    *sample = (struct sample){ .report = report,
                               .options = { .policies = wf_policies_builtin() } };
    report->wheel = wf_arena_alloc(&report->arena, sizeof *report->wheel);
    const bool ok = wf_wheel_name_parse(&report->wheel->name, &report->arena,
                                        report->base_name, &err);

    assert(ok || strcmp(report->base_name, "demo.whl") == 0);
}

void
sample_clear(struct sample *sample)
{
    sample->report->wheel = NULL; /* it lives in the report's arena here */
    wf_report_free(sample->report);
}

static void
add_strings(struct sample *sample, struct wf_strings *list, const char *const *items)
{
    for (; *items != NULL; items++)
        wf_strings_append(&sample->report->arena, list, *items);
}

void
sample_claim(struct sample *sample, size_t i, int met, const char *why)
{
    struct wf_report *report = sample->report;

    report->claims[i] = (struct wf_claim){
        .tag = report->wheel->name.platform_words.items[i],
        .met = met,
        .why = why,
    };
}

void
sample_make_claims(struct sample *sample)
{
    struct wf_report *report = sample->report;

    report->num_claims = report->wheel->name.platform_words.num;
    report->claims =
        wf_arena_array(&report->arena, report->num_claims, sizeof *report->claims);
}

static struct wf_platform *
make_platforms(struct sample *sample, size_t num)
{
    struct wf_report *report = sample->report;

    report->kind = WF_VERDICT_NATIVE;
    report->platforms = wf_arena_array(&report->arena, num, sizeof *report->platforms);
    report->num_platforms = num;
    for (size_t i = 0; i < num; i++)
        report->platforms[i] = (struct wf_platform){
            .os = "linux",
            .arch = WF_ARCH_X86_64,
            .libc = WF_LIBC_GLIBC,
            .num_objects = 1,
            .judged = true,
            .family = WF_POLICY_MANYLINUX,
        };
    return report->platforms;
}

static struct wf_object *
make_object(struct sample *sample, const char *name)
{
    struct wf_report *report = sample->report;
    struct wf_zip_member *member = wf_arena_alloc(&report->arena, sizeof *member);

    member->name = name;
    report->objects = wf_arena_array(&report->arena, 1, sizeof *report->objects);
    report->num_objects = 1;
    report->objects[0] = (struct wf_member_object){
        .member = member,
        .installed = name,
        .judged = true,
        .object = { .path = name,
                    .format = WF_FORMAT_ELF,
                    .kind = WF_KIND_EXTENSION,
                    .arch = WF_ARCH_X86_64,
                    .arch_name = "x86_64",
                    .libc = WF_LIBC_GLIBC },
    };
    return &report->objects[0].object;
}

static void
need_versions(struct sample *sample, struct wf_object *object)
{
    static const struct wf_version_need needs[] = {
        { .library = "libm.so.6", .version = "GLIBC_2.2.5", .used = true },
        { .library = "libc.so.6", .version = "GLIBC_2.14", .used = true },
        { .library = "libc.so.6", .version = "GLIBC_2.4", .used = true },
        { .library = "libc.so.6", .version = "GLIBC_2.4", .used = true },
    };

    object->version_needs =
        wf_arena_array(&sample->report->arena, WF_COUNT(needs), sizeof *needs);
    memcpy(object->version_needs, needs, sizeof needs);
    object->num_version_needs = WF_COUNT(needs);
}

void
sample_fine(struct sample *sample)
{
    static const char *const tags[] = { "manylinux_2_17_x86_64", "manylinux2014_x86_64",
                                        NULL };
    static const char *const needed[] = { "libm.so.6", "libc.so.6", NULL };
    static const char *const glibc[] = { "GLIBC_2.14", "GLIBC_2.4", NULL };

    sample_start(
        sample,
        "dist/demo-1.0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl");
    struct wf_arena *arena = &sample->report->arena;
    struct wf_platform *platform = make_platforms(sample, 1);
    struct wf_object *object = make_object(sample, "demo/_native.so");

    sample_make_claims(sample);
    sample_claim(sample, 0, 1, NULL);
    sample_claim(sample, 1, 1, NULL);
    need_versions(sample, object);
    object->needed = wf_arena_array(arena, 2, sizeof *object->needed);
    memcpy(object->needed, needed, 2 * sizeof *needed);
    object->num_needed = 2;
    object->runpath = "$ORIGIN/../demo.libs";
    platform->verdict = rank_of(sample, "manylinux_2_17");
    platform->symbols = platform->verdict;
    platform->repaired = platform->verdict;
    platform->tag = tags[0];
    platform->symbol_tag = tags[0];
    platform->repaired_tag = tags[0];
    add_strings(sample, &platform->tags, tags);
    add_strings(sample, &platform->repaired_tags, tags);
    platform->versions = wf_arena_array(arena, 1, sizeof *platform->versions);
    platform->versions[0].library = "libc.so.6";
    add_strings(sample, &platform->versions[0].versions, glibc);
    platform->num_versions = 1;
    platform->blockers = wf_arena_array(arena, 1, sizeof *platform->blockers);
    platform->num_blockers = 1;
    platform->blockers[0] = (struct wf_blocker){
        .policy = "manylinux_2_12",
        .tag = "manylinux_2_12_x86_64",
        .reason = WF_REASON_VERSION,
        .object = "demo/_native.so",
        .library = "libc.so.6",
        .symbol = "memcpy",
        .version = "GLIBC_2.14",
        .needs = platform->verdict,
    };
}

static void
block(struct wf_platform *platform, size_t i, const char *policy, const char *tag,
      wf_rank needs, const struct wf_blocker *what)
{
    platform->blockers[i] = *what;
    platform->blockers[i].object = "demo/_native.so";
    platform->blockers[i].policy = policy;
    platform->blockers[i].tag = tag;
    platform->blockers[i].needs = needs;
}

static void
add_blockers(struct sample *sample, struct wf_platform *platform)
{
    const wf_rank late = rank_of(sample, "manylinux_2_34");
    const wf_rank early = rank_of(sample, "manylinux_2_31");

    platform->blockers =
        wf_arena_array(&sample->report->arena, 7, sizeof *platform->blockers);
    platform->num_blockers = 7;
    block(platform, 0, "manylinux_2_41", "manylinux_2_41_x86_64", WF_RANK_NEVER,
          &(struct wf_blocker){ .reason = WF_REASON_LIBRARY, .library = "libbar.so.2" });
    block(platform, 1, "manylinux_2_41", "manylinux_2_41_x86_64", WF_RANK_NEVER,
          &(struct wf_blocker){ .reason = WF_REASON_LIBRARY, .library = "libfoo.so.1" });
    block(platform, 2, "manylinux_2_41", "manylinux_2_41_x86_64", WF_RANK_NEVER,
          &(struct wf_blocker){ .reason = WF_REASON_SYMBOL,
                                .library = "libz.so.1",
                                .symbol = "uncompress2" });
    block(platform, 3, "manylinux_2_41", "manylinux_2_41_x86_64", WF_RANK_NEVER,
          &(struct wf_blocker){ .reason = WF_REASON_ISA, .version = "x86-64-v3" });
    block(platform, 4, "manylinux_2_31", "manylinux_2_31_x86_64", late,
          &(struct wf_blocker){ .reason = WF_REASON_VERSION_MARKER,
                                .library = "libc.so.6",
                                .version = "GLIBC_ABI_DT_RELR" });
    block(platform, 5, "manylinux_2_31", "manylinux_2_31_x86_64", late,
          &(struct wf_blocker){ .reason = WF_REASON_VERSION,
                                .library = "libc.so.6",
                                .symbol = "dlsym",
                                .version = "GLIBC_2.34" });
    block(platform, 6, "manylinux_2_28", "manylinux_2_28_x86_64", early,
          &(struct wf_blocker){ .reason = WF_REASON_VERSION,
                                .library = "libc.so.6",
                                .symbol = "st\x1B"
                                          "at",
                                .version = "GLIBC_2.30",
                                .weak = true });
}

static void
add_externals(struct sample *sample, struct wf_platform *platform)
{
    static struct wf_library foo = { .path = "/usr/lib/libfoo.so.1",
                                     .real_path = "/usr/lib/libfoo.so.1.2.3" };
    static struct wf_try tries[] = {
        { .path = "/usr/lib/libbar.so.2",
          .by = WF_FOUND_DEFAULT,
          .why = "default directory",
          .result = WF_TRY_ABSENT },
    };
    static const struct wf_edge edge = { .name = "libbar.so.2",
                                         .tries = tries,
                                         .num_tries = 1 };
    static const char *const one[] = { "demo/_native.so", NULL };
    static const char *const two[] = { "demo/_native.so", "demo/_other.so", NULL };

    platform->externals =
        wf_arena_array(&sample->report->arena, 2, sizeof *platform->externals);
    platform->num_externals = 2;
    platform->externals[0] = (struct wf_external){
        .name = "libbar.so.2",
        .by = WF_FOUND_NOT,
        .allowed_from = WF_RANK_NEVER,
        .bundled_below = WF_RANK_NEVER,
        .edge = &edge,
        .direct = true,
    };
    add_strings(sample, &platform->externals[0].needed_by, two);
    platform->externals[1] = (struct wf_external){
        .name = "libfoo.so.1",
        .library = &foo,
        .by = WF_FOUND_CONF,
        .why = "/etc/ld.so.conf line 1",
        .allowed_from = WF_RANK_NEVER,
        .bundled_below = WF_RANK_NEVER,
        .direct = true,
    };
    add_strings(sample, &platform->externals[1].needed_by, one);
}

static void
add_upgrade(struct sample *sample, struct wf_platform *platform)
{
    static const char *const libraries[] = { "libbar.so.2", "libfoo.so.1", NULL };
    static const char *const symbols[] = { "uncompress2", NULL };
    struct wf_arena *arena = &sample->report->arena;

    platform->upgrades = wf_arena_array(arena, 2, sizeof *platform->upgrades);
    platform->num_upgrades = 2;
    platform->upgrades[0].policy = "manylinux_2_41_x86_64";
    add_strings(sample, &platform->upgrades[0].libraries, libraries);
    platform->upgrades[0].forbidden =
        wf_arena_array(arena, 1, sizeof(struct wf_library_versions));
    platform->upgrades[0].forbidden[0].library = "libz.so.1";
    add_strings(sample, &platform->upgrades[0].forbidden[0].versions, symbols);
    platform->upgrades[0].num_forbidden = 1;
    platform->upgrades[1].policy = "manylinux_2_40_x86_64"; /* with nothing to tell */
}

void
sample_blocked(struct sample *sample)
{
    sample_start(sample, "demo-1.0-cp311-cp311-manylinux_2_17_x86_64.whl");
    struct wf_platform *platform = make_platforms(sample, 1);
    struct wf_report *report = sample->report;

    make_object(sample, "demo/_native.so");
    sample_make_claims(sample);
    sample_claim(sample, 0, 0, "demo/_native.so needs dlsym@GLIBC_2.34");
    platform->verdict = WF_RANK_NEVER;
    platform->symbols = rank_of(sample, "manylinux_2_34");
    platform->isa = WF_RANK_NEVER;
    platform->repaired = WF_RANK_NEVER;
    platform->tag = "linux_x86_64";
    platform->symbol_tag = "manylinux_2_34_x86_64";
    wf_strings_append(&report->arena, &platform->tags, "linux_x86_64");
    add_blockers(sample, platform);
    add_externals(sample, platform);
    add_upgrade(sample, platform);
    wf_report_add(report, "tag-not-met", WF_FAILURE, "", "it does not hold");
    wf_report_add(report, "exec-stack", WF_WARNING, "demo/_native.so",
                  "its stack is executable");
    for (int i = 0; i < 3; i++)
        wf_report_add(report, "zp-no-descriptor", WF_NOTE, "demo/x.py", "note %d", i);
    wf_report_add(report, "zp-extra-field", WF_NOTE, "demo/x.py", "extra");
    wf_report_sort_findings(report);
}

void
sample_repairable(struct sample *sample)
{
    static struct wf_library bar = { .path = "/opt/libbar.so.2",
                                     .real_path = "/opt/libbar.so.2" };

    sample_blocked(sample);
    struct wf_platform *platform = &sample->report->platforms[0];

    platform->externals[0].library = &bar;
    platform->externals[0].by = WF_FOUND_LIB_PATH;
    platform->externals[0].why = "--lib-path";
    platform->repaired = rank_of(sample, "manylinux_2_34");
    platform->repaired_tag = "manylinux_2_34_x86_64";
    wf_strings_append(&sample->report->arena, &platform->repaired_tags,
                      "manylinux_2_34_x86_64");
    platform->grafts =
        wf_arena_array(&sample->report->arena, 2, sizeof *platform->grafts);
    platform->grafts[0] = (struct wf_graft){ "libbar.so.2", "/opt/libbar.so.2" };
    platform->grafts[1] = (struct wf_graft){ "libfoo.so.1", "/usr/lib/libfoo.so.1.2.3" };
    platform->num_grafts = 2;
}

void
sample_pure(struct sample *sample)
{
    sample_start(sample, "demo-1.0-py3-none-any.whl");
    sample_make_claims(sample);
    sample_claim(sample, 0, 1, NULL);
    sample->report->kind = WF_VERDICT_PURE;
}

void
sample_failed(struct sample *sample)
{
    sample_start(sample, "in/demo.whl");
    sample->report->failed = true;
    wf_error_at(&sample->report->error, WF_ERR_MALFORMED, 0x20, "no end record");
    wf_error_prefix(&sample->report->error, "in/demo.whl");
}

void
sample_two_systems(struct sample *sample)
{
    sample_start(sample, "demo-1.0-py3-none-any.whl");
    struct wf_platform *platforms = make_platforms(sample, 2);
    struct wf_arena *arena = &sample->report->arena;

    sample_make_claims(sample);
    sample_claim(sample, 0, 1, NULL);
    for (size_t i = 0; i < 2; i++) {
        platforms[i].verdict = rank_of(sample, "manylinux_2_17");
        platforms[i].repaired = platforms[i].verdict;
        platforms[i].tag = i == 0 ? "manylinux_2_17_x86_64" : "manylinux_2_17_aarch64";
        platforms[i].repaired_tag = platforms[i].tag;
        wf_strings_append(arena, &platforms[i].tags, platforms[i].tag);
        wf_strings_append(arena, &platforms[i].repaired_tags, platforms[i].tag);
    }
    platforms[1].arch = WF_ARCH_AARCH64;
    platforms[1].num_objects = 2;
    wf_report_add(sample->report, "any-native", WF_FAILURE, "", "native code under any");
}

void
sample_foreign(struct sample *sample)
{
    sample_start(sample, "demo-1.0-cp311-cp311-linux_mips64.whl");
    struct wf_platform *platform = make_platforms(sample, 1);
    struct wf_object *object = make_object(sample, "demo/_native.so");

    sample_make_claims(sample);
    sample_claim(sample, 0, -1, "no policy speaks about it");
    object->arch = WF_ARCH_UNKNOWN;
    object->arch_name = "sparc (big endian)";
    sample->report->objects[0].judged = false;
    sample->report->objects[0].why_not = "no policy for sparc (big endian)";
    sample->report->kind = WF_VERDICT_UNKNOWN;
    *platform = (struct wf_platform){ .os = "linux", .num_objects = 1 };
}
