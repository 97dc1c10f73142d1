/* render_json.c -- schema wheelfix.show/1, as wheelfix-json(5) describes it. */
#include <string.h>

#include "render/json_macho.h"
#include "base/json_keys.h"
#include "render/json_object.h"
#include "render/render.h"

/* 1, 0 or -1: true, false or null. */
static void
key_ternary(struct wf_json_writer *w, const char *key, int value)
{
    wf_json_write_key(w, key);
    if (value < 0)
        wf_json_write_null(w);
    else
        wf_json_write_bool(w, value != 0);
}

/* The name of a rank's policy, NULL for the ranks that are none; macOS and Windows have no
 * ranks. */
static const char *
policy_name(const struct wf_audit_options *options, const struct wf_platform *platform,
            wf_rank rank)
{
    if (platform->system == WF_SYSTEM_MACOS || platform->system == WF_SYSTEM_WINDOWS ||
        rank == WF_RANK_NEVER || rank == WF_RANK_ALWAYS || options->policies == NULL)
        return NULL;
    const struct wf_policy *policy =
        wf_policies_at(options->policies, platform->family, rank);

    return policy == NULL ? NULL : policy->name;
}

/* Every python-abi-platform triple the file name stands for. */
static void
write_tags(struct wf_json_writer *w, const struct wf_wheel_name *name)
{
    struct wf_buffer tag;

    wf_buffer_init(&tag, 4096);
    wf_json_write_key(w, "tags");
    wf_json_begin_array(w);
    for (size_t i = 0; i < name->pythons.num; i++) {
        for (size_t k = 0; k < name->abis.num; k++) {
            for (size_t m = 0; m < name->platform_words.num; m++) {
                wf_buffer_reset(&tag);
                wf_buffer_printf(&tag, "%s-%s-%s", name->pythons.items[i],
                                 name->abis.items[k], name->platform_words.items[m]);
                wf_buffer_add_char(&tag, '\0');
                wf_json_write_string(w, tag.over ? NULL : (const char *)tag.data);
            }
        }
    }
    wf_json_end_array(w);
    wf_buffer_clear(&tag);
}

static void
write_platform(struct wf_json_writer *w, const struct wf_report *report)
{
    struct wf_arena arena = { 0 };
    struct wf_strings systems = { 0 };
    struct wf_strings archs = { 0 };
    struct wf_strings libcs = { 0 };

    for (size_t i = 0; i < report->num_platforms; i++) {
        const struct wf_platform *platform = &report->platforms[i];
        const char *libc = wf_libc_name(platform->libc);

        if (platform->os != NULL)
            wf_strings_add(&arena, &systems, platform->os);
        wf_strings_add(&arena, &archs, wf_arch_name(platform->arch));
        if (libc != NULL)
            wf_strings_add(&arena, &libcs, libc);
    }
    wf_json_write_key(w, "platform");
    wf_json_begin_object(w);
    wf_key_string(w, "os", systems.num == 1 ? systems.items[0] : NULL);
    wf_key_strings(w, "archs", &archs);
    wf_key_strings(w, "libcs", &libcs);
    wf_json_end_object(w);
    wf_arena_clear(&arena);
}

static bool
is_macos(const struct wf_platform *platform)
{
    return platform->system == WF_SYSTEM_MACOS;
}

static void
write_min_os(struct wf_json_writer *w, const struct wf_platform *platform)
{
    wf_key_macos_version(w, "min_os", platform->min_os);
    wf_key_string(w, "min_os_from", platform->min_os_from);
    wf_key_macos_version(w, "repaired_min_os", platform->repaired_min_os);
    wf_key_string(w, "repaired_min_os_from", platform->repaired_min_os_from);
}

static void
write_platforms(struct wf_json_writer *w, const struct wf_report *report)
{
    wf_json_write_key(w, "platforms");
    wf_json_begin_array(w);
    for (size_t i = 0; i < report->num_platforms; i++) {
        const struct wf_platform *platform = &report->platforms[i];

        wf_json_begin_object(w);
        wf_key_string(w, "os", platform->os);
        wf_key_string(w, "arch", wf_arch_name(platform->arch));
        wf_key_string(w, "libc", wf_libc_name(platform->libc));
        wf_key_bool(w, "libc_guessed", platform->libc_guessed);
        wf_key_bool(w, "libc_undecided", platform->libc_undecided);
        wf_key_bool(w, "judged", platform->judged);
        wf_key_number(w, "objects", platform->num_objects);
        wf_key_string(w, "tag", platform->tag);
        wf_key_strings(w, "tags", &platform->tags);
        wf_key_string(w, "symbol_tag", platform->symbol_tag);
        wf_key_string(w, "repaired_tag", platform->repaired_tag);
        if (is_macos(platform))
            write_min_os(w, platform);
        wf_json_end_object(w);
    }
    wf_json_end_array(w);
}

/* Whether all there is is for macOS: its architectures have their tags together. */
static bool
is_macos_only(const struct wf_report *report)
{
    for (size_t i = 0; i < report->num_platforms; i++) {
        if (!is_macos(&report->platforms[i]))
            return false;
    }
    return report->num_platforms > 0;
}

static const struct wf_strings *
macos_tags(const struct wf_report *report, bool repaired)
{
    return repaired ? &report->macos_repaired_tags : &report->macos_tags;
}

/* The best single tag: there is none when code of several platforms needs several. */
static const char *
best_tag(const struct wf_report *report, bool repaired)
{
    if (report->kind == WF_VERDICT_PURE)
        return "any";
    if (is_macos_only(report)) {
        const struct wf_strings *tags = macos_tags(report, repaired);

        return tags->num == 1 ? tags->items[0] : NULL;
    }
    if (report->num_platforms != 1)
        return NULL;
    /* Elsewhere a tag holds in any case, be it linux_x86_64. */
    if (!repaired && report->platforms[0].system == WF_SYSTEM_WINDOWS &&
        report->platforms[0].verdict == WF_RANK_NEVER)
        return NULL;
    return repaired ? report->platforms[0].repaired_tag : report->platforms[0].tag;
}

/* The tags of all architectures together, and those of the wheel's own that hold, too. */
static void
write_macos_tags(struct wf_json_writer *w, const struct wf_report *report, bool repaired)
{
    const struct wf_strings *tags = macos_tags(report, repaired);

    wf_write_strings(w, tags);
    for (size_t i = 0; !repaired && i < report->num_claims; i++) {
        const struct wf_claim *claim = &report->claims[i];

        if (claim->met == 1 && wf_text_starts_with(claim->tag, "macosx_") &&
            !wf_strings_has(tags, claim->tag))
            wf_json_write_string(w, claim->tag);
    }
}

static void
write_best_tags(struct wf_json_writer *w, const struct wf_report *report, bool repaired)
{
    wf_key_string(w, "tag", best_tag(report, repaired));
    wf_json_write_key(w, "tags");
    wf_json_begin_array(w);
    if (report->kind == WF_VERDICT_PURE)
        wf_json_write_string(w, "any");
    for (size_t i = 0; i < report->num_platforms; i++) {
        if (!is_macos(&report->platforms[i]))
            wf_write_strings(w, repaired ? &report->platforms[i].repaired_tags
                                         : &report->platforms[i].tags);
    }
    write_macos_tags(w, report, repaired);
    wf_json_end_array(w);
}

static void
write_verdict(struct wf_json_writer *w, const struct wf_report *report)
{
    static const char *const kinds[] = {
        [WF_VERDICT_PURE] = "pure",
        [WF_VERDICT_NATIVE] = "native",
        [WF_VERDICT_UNKNOWN] = "unknown",
    };

    wf_json_write_key(w, "verdict");
    wf_json_begin_object(w);
    wf_key_string(w, "kind", kinds[report->kind]);
    write_best_tags(w, report, false);
    wf_json_write_key(w, "claimed");
    wf_json_begin_array(w);
    for (size_t i = 0; i < report->num_claims; i++) {
        const struct wf_claim *claim = &report->claims[i];

        wf_json_begin_object(w);
        wf_key_string(w, "tag", claim->tag);
        key_ternary(w, "met", claim->met);
        wf_key_string(w, "why", claim->why);
        wf_json_end_object(w);
    }
    wf_json_end_array(w);
    wf_json_end_object(w);
}

static void
write_objects(struct wf_json_writer *w, const struct wf_report *report)
{
    wf_json_write_key(w, "objects");
    wf_json_begin_array(w);
    for (size_t i = 0; i < report->num_objects; i++)
        wf_write_object(w, &report->objects[i]);
    wf_json_end_array(w);
}

static void
write_tried(struct wf_json_writer *w, const struct wf_edge *edge)
{
    wf_json_write_key(w, "tried");
    wf_json_begin_array(w);
    for (size_t i = 0; edge != NULL && i < edge->num_tries; i++) {
        const struct wf_try *try = &edge->tries[i];

        wf_json_begin_object(w);
        wf_key_string(w, "path", try->path);
        wf_key_string(w, "by", wf_found_by_name(try->by));
        wf_key_string(w, "why", try->why);
        wf_key_string(w, "result", wf_try_result_name(try->result));
        wf_json_end_object(w);
    }
    wf_json_end_array(w);
}

static void
write_external(struct wf_json_writer *w, const struct wf_external *external,
               const struct wf_platform *platform, const struct wf_audit_options *options)
{
    const bool found = external->library != NULL;

    wf_json_begin_object(w);
    wf_key_string(w, "name", external->name);
    wf_key_string(w, "arch", wf_arch_name(platform->arch));
    wf_key_strings(w, "needed_by", &external->needed_by);
    wf_key_bool(w, "direct", external->direct);
    wf_key_string(w, "found", found ? external->library->real_path : NULL);
    wf_key_string(w, "found_by", wf_found_by_name(external->by));
    wf_key_string(w, "found_why", found ? external->why : NULL);
    wf_key_string(w, "provided_from",
                  policy_name(options, platform, external->allowed_from));
    wf_key_string(w, "left_out", external->left_out);
    if (!found)
        write_tried(w, external->edge);
    wf_json_end_object(w);
}

static void
write_externals(struct wf_json_writer *w, const struct wf_report *report,
                const struct wf_audit_options *options)
{
    wf_json_write_key(w, "external");
    wf_json_begin_array(w);
    for (size_t i = 0; i < report->num_platforms; i++) {
        const struct wf_platform *platform = &report->platforms[i];

        for (size_t k = 0; k < platform->num_externals; k++)
            write_external(w, &platform->externals[k], platform, options);
    }
    wf_json_end_array(w);
}

/* A universal library comes in once for all architectures that need it. */
static bool
is_first_graft(struct wf_arena *arena, struct wf_strings *seen,
               const struct wf_graft *graft)
{
    return wf_strings_add(arena, seen,
                          wf_arena_printf(arena, "%s\n%s", graft->name, graft->from));
}

static void
write_repair(struct wf_json_writer *w, const struct wf_report *report)
{
    struct wf_arena arena = { 0 };
    struct wf_strings seen = { 0 };

    wf_json_write_key(w, "repair");
    wf_json_begin_object(w);
    write_best_tags(w, report, true);
    wf_json_write_key(w, "graft");
    wf_json_begin_array(w);
    for (size_t i = 0; i < report->num_platforms; i++) {
        const struct wf_platform *platform = &report->platforms[i];

        for (size_t k = 0; k < platform->num_grafts; k++) {
            if (!is_first_graft(&arena, &seen, &platform->grafts[k]))
                continue;
            wf_json_begin_object(w);
            wf_key_string(w, "name", platform->grafts[k].name);
            wf_key_string(w, "from", platform->grafts[k].from);
            wf_json_end_object(w);
        }
    }
    wf_json_end_array(w);
    wf_json_end_object(w);
    wf_arena_clear(&arena);
}

static void
write_blockers(struct wf_json_writer *w, const struct wf_report *report,
               const struct wf_audit_options *options)
{
    wf_json_write_key(w, "blockers");
    wf_json_begin_array(w);
    for (size_t i = 0; i < report->num_platforms; i++) {
        const struct wf_platform *platform = &report->platforms[i];

        for (size_t k = 0; k < platform->num_blockers; k++) {
            const struct wf_blocker *blocker = &platform->blockers[k];

            wf_json_begin_object(w);
            wf_key_string(w, "policy", blocker->policy);
            wf_key_string(w, "tag", blocker->tag);
            wf_key_string(w, "reason", wf_reason_name(blocker->reason));
            wf_key_string(w, "object", blocker->object);
            wf_key_string(w, "slice", blocker->slice);
            wf_key_string(w, "library", blocker->library);
            wf_key_string(w, "symbol", blocker->symbol);
            wf_key_string(w, "version", blocker->version);
            wf_key_bool(w, "weak", blocker->weak);
            wf_key_string(w, "permitted_from",
                          policy_name(options, platform, blocker->needs));
            wf_json_end_object(w);
        }
    }
    wf_json_end_array(w);
}

static void
write_findings(struct wf_json_writer *w, const struct wf_report *report)
{
    wf_json_write_key(w, "findings");
    wf_json_begin_array(w);
    for (size_t i = 0; i < report->num_findings; i++) {
        const struct wf_finding *finding = &report->findings[i];

        wf_json_begin_object(w);
        wf_key_string(w, "rule", finding->rule);
        wf_key_string(w, "severity", wf_severity_name(finding->severity));
        wf_key_string(w, "where", finding->where);
        wf_key_string(w, "message", finding->message);
        wf_json_end_object(w);
    }
    wf_json_end_array(w);
}

static void
write_error(struct wf_json_writer *w, const struct wf_error *err)
{
    wf_json_write_key(w, "error");
    wf_json_begin_object(w);
    wf_key_string(w, "kind", wf_error_kind_name(err->kind));
    wf_key_string(w, "where", err->where);
    wf_json_write_key(w, "offset");
    if (err->has_offset)
        wf_json_write_u64(w, err->offset);
    else
        wf_json_write_null(w);
    wf_key_string(w, "message", err->text);
    wf_json_end_object(w);
}

void
wf_render_json_keys(struct wf_json_writer *w, const struct wf_report *report,
                    const struct wf_audit_options *options)
{
    wf_key_string(w, "path", report->path);
    wf_key_string(w, "filename", report->base_name);
    if (report->failed) {
        write_error(w, &report->error);
        return;
    }
    wf_key_string(w, "sha256", report->sha256[0] != '\0' ? report->sha256 : NULL);
    wf_key_string(w, "name", report->wheel->name.name);
    wf_key_string(w, "version", report->wheel->name.version);
    wf_key_string(w, "build", report->wheel->name.build);
    write_tags(w, &report->wheel->name);
    write_platform(w, report);
    write_verdict(w, report);
    if (options->plat != NULL) {
        wf_json_write_key(w, "asked");
        wf_json_begin_object(w);
        wf_key_string(w, "tag", options->plat);
        key_ternary(w, "met", report->plat_met);
        wf_json_end_object(w);
    }
    write_platforms(w, report);
    write_objects(w, report);
    write_externals(w, report, options);
    write_repair(w, report);
    write_blockers(w, report, options);
    write_findings(w, report);
    wf_key_strings(w, "unmatched_excludes", &report->unmatched_excludes);
}

void
wf_render_json(struct wf_json_writer *w, const struct wf_report *report,
               const struct wf_audit_options *options)
{
    wf_json_begin_object(w);
    wf_render_json_keys(w, report, options);
    wf_json_end_object(w);
}
