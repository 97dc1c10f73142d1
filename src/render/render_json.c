/* render_json.c -- schema wheelfix.show/1, as wheelfix-json(5) describes it. */
#include <stdlib.h>
#include <string.h>

#include "render/json_keys.h"
#include "render/render.h"

static void
key_bool(struct wf_json_writer *w, const char *key, bool value)
{
    wf_json_write_key(w, key);
    wf_json_write_bool(w, value);
}

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

static void
key_number(struct wf_json_writer *w, const char *key, uint64_t value)
{
    wf_json_write_key(w, key);
    wf_json_write_u64(w, value);
}

/* The name of a rank's policy, NULL for the ranks that are none. */
static const char *
policy_name(const struct wf_audit_options *options, enum wf_policy_family family,
            wf_rank rank)
{
    if (rank == WF_RANK_NEVER || rank == WF_RANK_ALWAYS || options->policies == NULL)
        return NULL;
    const struct wf_policy *policy = wf_policies_at(options->policies, family, rank);

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
        key_bool(w, "libc_guessed", platform->libc_guessed);
        key_bool(w, "libc_undecided", platform->libc_undecided);
        key_bool(w, "judged", platform->judged);
        key_number(w, "objects", platform->num_objects);
        wf_key_string(w, "tag", platform->tag);
        wf_key_strings(w, "tags", &platform->tags);
        wf_key_string(w, "symbol_tag", platform->symbol_tag);
        wf_key_string(w, "repaired_tag", platform->repaired_tag);
        wf_json_end_object(w);
    }
    wf_json_end_array(w);
}

/* The best single tag: there is one only for code of a single platform. */
static const char *
best_tag(const struct wf_report *report, bool repaired)
{
    if (report->kind == WF_VERDICT_PURE)
        return "any";
    if (report->num_platforms != 1)
        return NULL;
    return repaired ? report->platforms[0].repaired_tag : report->platforms[0].tag;
}

static void
write_best_tags(struct wf_json_writer *w, const struct wf_report *report, bool repaired)
{
    wf_key_string(w, "tag", best_tag(report, repaired));
    wf_json_write_key(w, "tags");
    wf_json_begin_array(w);
    if (report->kind == WF_VERDICT_PURE)
        wf_json_write_string(w, "any");
    for (size_t i = 0; i < report->num_platforms; i++)
        wf_write_strings(w, repaired ? &report->platforms[i].repaired_tags
                                     : &report->platforms[i].tags);
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

static int
compare_needs(const void *left, const void *right)
{
    const struct wf_version_need *a = *(const struct wf_version_need *const *)left;
    const struct wf_version_need *b = *(const struct wf_version_need *const *)right;
    const int order = strcmp(a->library, b->library);

    return order != 0 ? order : wf_text_compare_natural(a->version, b->version);
}

/* The versions an object needs, by library; each library and version once. */
static void
write_versions(struct wf_json_writer *w, const struct wf_object *object)
{
    struct wf_arena arena = { 0 };
    const size_t num = object->num_version_needs;
    const struct wf_version_need **needs = wf_arena_array(&arena, num, sizeof *needs);

    for (size_t i = 0; i < num; i++)
        needs[i] = &object->version_needs[i];
    if (num > 1)
        qsort(needs, num, sizeof *needs, compare_needs);
    wf_json_write_key(w, "versions");
    wf_json_begin_object(w);
    for (size_t i = 0; i < num; i++) {
        const bool opens =
            i == 0 || strcmp(needs[i]->library, needs[i - 1]->library) != 0;

        if (opens && i > 0)
            wf_json_end_array(w);
        if (opens) {
            wf_json_write_key(w, needs[i]->library);
            wf_json_begin_array(w);
        }
        if (opens || strcmp(needs[i]->version, needs[i - 1]->version) != 0)
            wf_json_write_string(w, needs[i]->version);
    }
    if (num > 0)
        wf_json_end_array(w);
    wf_json_end_object(w);
    wf_arena_clear(&arena);
}

/* Objects of one member stand side by side, so a neighbour of the same member tells that
 * the file has slices. */
static bool
is_slice(const struct wf_report *report, size_t i)
{
    const struct wf_zip_member *member = report->objects[i].member;

    return (i > 0 && report->objects[i - 1].member == member) ||
           (i + 1 < report->num_objects && report->objects[i + 1].member == member);
}

static void
write_object(struct wf_json_writer *w, const struct wf_report *report, size_t i)
{
    const struct wf_member_object *entry = &report->objects[i];
    const struct wf_object *object = &entry->object;
    const char *arch = object->arch == WF_ARCH_UNKNOWN && object->arch_name != NULL
                           ? object->arch_name
                           : wf_arch_name(object->arch);

    wf_json_begin_object(w);
    wf_key_string(w, "path", entry->member->name);
    wf_key_string(w, "slice", is_slice(report, i) ? arch : NULL);
    wf_key_string(w, "format", wf_format_name(object->format));
    wf_key_string(w, "arch", arch);
    wf_key_string(w, "kind", wf_object_kind_name(object->kind));
    wf_key_string(w, "libc", wf_libc_name(object->libc));
    key_bool(w, "judged", entry->judged);
    wf_key_string(w, "why_not", entry->why_not);
    wf_key_string(w, "soname", object->soname);
    wf_json_write_key(w, "needed");
    wf_json_begin_array(w);
    for (size_t k = 0; k < object->num_needed; k++)
        wf_json_write_string(w, object->needed[k]);
    wf_json_end_array(w);
    wf_key_string(w, "rpath", object->rpath);
    wf_key_string(w, "runpath", object->runpath);
    wf_key_string(w, "interpreter", object->interp);
    write_versions(w, object);
    wf_key_string(w, "build_id", object->build_id);
    wf_json_end_object(w);
}

static void
write_objects(struct wf_json_writer *w, const struct wf_report *report)
{
    wf_json_write_key(w, "objects");
    wf_json_begin_array(w);
    for (size_t i = 0; i < report->num_objects; i++)
        write_object(w, report, i);
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
    wf_key_strings(w, "needed_by", &external->needed_by);
    key_bool(w, "direct", external->direct);
    wf_key_string(w, "found", found ? external->library->real_path : NULL);
    wf_key_string(w, "found_by", wf_found_by_name(external->by));
    wf_key_string(w, "found_why", found ? external->why : NULL);
    wf_key_string(w, "provided_from",
                  policy_name(options, platform->family, external->allowed_from));
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

static void
write_repair(struct wf_json_writer *w, const struct wf_report *report)
{
    wf_json_write_key(w, "repair");
    wf_json_begin_object(w);
    write_best_tags(w, report, true);
    wf_json_write_key(w, "graft");
    wf_json_begin_array(w);
    for (size_t i = 0; i < report->num_platforms; i++) {
        const struct wf_platform *platform = &report->platforms[i];

        for (size_t k = 0; k < platform->num_grafts; k++) {
            wf_json_begin_object(w);
            wf_key_string(w, "name", platform->grafts[k].name);
            wf_key_string(w, "from", platform->grafts[k].from);
            wf_json_end_object(w);
        }
    }
    wf_json_end_array(w);
    wf_json_end_object(w);
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
            wf_key_string(w, "library", blocker->library);
            wf_key_string(w, "symbol", blocker->symbol);
            wf_key_string(w, "version", blocker->version);
            key_bool(w, "weak", blocker->weak);
            wf_key_string(w, "permitted_from",
                          policy_name(options, platform->family, blocker->needs));
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
