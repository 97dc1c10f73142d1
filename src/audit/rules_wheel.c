/* rules_wheel.c -- rules about the wheel as a whole: tags, WHEEL, RECORD, archive. */
#include "audit/rules_wheel.h"

#include <string.h>

#include "wheel/member_path.h"

/* Code that some loader may map, also of formats that are recognised only. */
static bool
is_code(const struct wf_object *object)
{
    return object->kind == WF_KIND_UNREAD || wf_object_is_judged(object);
}

static bool
has_native_code(const struct wf_report *report)
{
    for (size_t i = 0; i < report->num_objects; i++)
        if (is_code(&report->objects[i].object))
            return true;
    return report->has_unreadable;
}

static bool
is_any(const struct wf_wheel_name *name)
{
    for (size_t i = 0; i < name->num_platforms; i++)
        if (name->platforms[i].family != WF_TAG_ANY)
            return false;
    return true;
}

static void
check_tag_not_met(const struct wf_rule *rule, struct wf_report *report,
                  const struct wf_audit_options *options)
{
    (void)options;
    for (size_t i = 0; i < report->num_claims; i++) {
        const struct wf_claim *claim = &report->claims[i];

        if (claim->met == 0)
            wf_report_add(report, rule->id, rule->severity, "", "%s is not met: %s",
                          claim->tag, claim->why == NULL ? "" : claim->why);
    }
}

static void
check_any_native(const struct wf_rule *rule, struct wf_report *report,
                 const struct wf_audit_options *options)
{
    (void)options;
    if (!is_any(&report->wheel->name))
        return;
    for (size_t i = 0; i < report->num_objects; i++)
        if (is_code(&report->objects[i].object))
            wf_report_add(report, rule->id, rule->severity,
                          report->objects[i].object.path,
                          "is native code (%s, %s) in a wheel tagged any",
                          wf_format_name(report->objects[i].object.format),
                          report->objects[i].object.arch_name);
}

static void
check_platform_tag_pure(const struct wf_rule *rule, struct wf_report *report,
                        const struct wf_audit_options *options)
{
    (void)options;
    if (!has_native_code(report) && !is_any(&report->wheel->name))
        wf_report_add(report, rule->id, rule->severity, "",
                      "is tagged for a platform and holds no native code");
}

static void
check_purelib_with_native(const struct wf_rule *rule, struct wf_report *report,
                          const struct wf_audit_options *options)
{
    const bool root_is_purelib =
        report->wheel->has_wheel_file && report->wheel->wheel_file.root_is_purelib == 1;

    (void)options;
    for (size_t i = 0; i < report->num_objects; i++) {
        const struct wf_object *object = &report->objects[i].object;
        const char *key = wf_member_path_data_key(&report->arena, object->path);

        /* The slices of a universal file are told once. */
        if (!is_code(object) ||
            (i > 0 && strcmp(report->objects[i - 1].object.path, object->path) == 0))
            continue;
        if (key != NULL && strcmp(key, "purelib") == 0)
            wf_report_add(report, rule->id, rule->severity, object->path,
                          "is native code among the pure-Python files of .data/purelib");
        else if (key == NULL && root_is_purelib)
            wf_report_add(report, rule->id, rule->severity, object->path,
                          "is native code, and WHEEL says Root-Is-Purelib: true");
    }
}

/* Lists what stands in `set` and not in `other`, a few at most. */
static const char *
list_missing(struct wf_arena *arena, const struct wf_strings *set,
             const struct wf_strings *other)
{
    enum { SHOWN = 4 };
    const char *list = "";
    size_t num = 0;

    for (size_t i = 0; i < set->num; i++) {
        if (wf_strings_has(other, set->items[i]))
            continue;
        if (num < SHOWN)
            list = wf_arena_printf(arena, "%s%s%s", list, num == 0 ? "" : ", ",
                                   set->items[i]);
        num++;
    }
    return num <= SHOWN ? list
                        : wf_arena_printf(arena, "%s and %zu more", list, num - SHOWN);
}

static bool
expand_file_name(struct wf_strings *out, struct wf_report *report)
{
    struct wf_arena *arena = &report->arena;
    const char *end = strrchr(report->base_name, '.');
    const char *at = end;
    size_t budget = WF_TAGS_BUDGET;

    /* The tag is the last three dash-separated parts. */
    for (int dashes = 0; at > report->base_name && dashes < 3; dashes += *at == '-')
        at--;
    return wf_tags_expand(arena, out, wf_bytes_of(at + 1, (size_t)(end - at - 1)),
                          &budget, NULL);
}

static void
check_tags_differ(const struct wf_rule *rule, struct wf_report *report,
                  const struct wf_audit_options *options)
{
    const struct wf_strings *in_wheel = &report->wheel->wheel_file.tags;
    struct wf_strings in_name = { 0 };

    (void)options;
    if (!report->wheel->has_wheel_file || !expand_file_name(&in_name, report))
        return;
    const char *only_name = list_missing(&report->arena, &in_name, in_wheel);
    const char *only_wheel = list_missing(&report->arena, in_wheel, &in_name);
    const char *where =
        wf_arena_printf(&report->arena, "%s/WHEEL", report->wheel->dist_info);

    if (only_name[0] != '\0')
        wf_report_add(report, rule->id, rule->severity, where,
                      "lacks tags of the file name: %s", only_name);
    if (only_wheel[0] != '\0')
        wf_report_add(report, rule->id, rule->severity, where,
                      "has tags the file name lacks: %s", only_wheel);
}

static void
check_libc_unknown(const struct wf_rule *rule, struct wf_report *report,
                   const struct wf_audit_options *options)
{
    (void)options;
    for (size_t i = 0; i < report->num_platforms; i++) {
        const struct wf_platform *platform = &report->platforms[i];

        if (platform->libc_guessed)
            wf_report_add(
                report, rule->id, rule->severity, "",
                "nothing says which libc the %s executables are for: judged for "
                "glibc, and musllinux holds too",
                wf_arch_name(platform->arch));
        else if (platform->libc_undecided)
            wf_report_add(
                report, rule->id, rule->severity, "",
                "nothing says which libc the %s objects are for: ask with --plat",
                wf_arch_name(platform->arch));
    }
}

static void
check_mixed_libc(const struct wf_rule *rule, struct wf_report *report,
                 const struct wf_audit_options *options)
{
    const struct wf_object *first[WF_LIBC_BIONIC + 1] = { NULL };

    (void)options;
    for (size_t i = 0; i < report->num_objects; i++) {
        const struct wf_object *object = &report->objects[i].object;

        if (wf_object_is_judged(object) && first[object->libc] == NULL)
            first[object->libc] = object;
    }
    if (first[WF_LIBC_GLIBC] != NULL && first[WF_LIBC_MUSL] != NULL)
        wf_report_add(report, rule->id, rule->severity, first[WF_LIBC_MUSL]->path,
                      "is for musl, and %s for glibc", first[WF_LIBC_GLIBC]->path);
}

static void
check_exclude_unmatched(const struct wf_rule *rule, struct wf_report *report,
                        const struct wf_audit_options *options)
{
    (void)options;
    for (size_t i = 0; i < report->unmatched_excludes.num; i++)
        wf_report_add(report, rule->id, rule->severity, "",
                      "--exclude %s matched nothing",
                      report->unmatched_excludes.items[i]);
}

/* RECORD's own signatures are never listed in it (PEP 427). */
static bool
is_listed_nowhere(const struct wf_report *report, const char *name)
{
    const size_t len = strlen(report->wheel->dist_info);

    if (strncmp(name, report->wheel->dist_info, len) != 0)
        return false;
    return strcmp(name + len, "/RECORD.jws") == 0 ||
           strcmp(name + len, "/RECORD.p7s") == 0;
}

static void
check_rc_complete(const struct wf_rule *rule, struct wf_report *report,
                  const struct wf_audit_options *options)
{
    (void)options;
    for (size_t i = 0; report->wheel->has_record && i < report->wheel->zip.num_members;
         i++) {
        const struct wf_zip_member *member = &report->wheel->zip.members[i];

        if (!wf_zip_is_folder(member) && !is_listed_nowhere(report, member->name) &&
            wf_record_find(&report->wheel->record, member->name) == NULL)
            wf_report_add(report, rule->id, rule->severity, member->name,
                          "is not listed in RECORD");
    }
}

static const char *
row_place(struct wf_report *report, const struct wf_record_row *row)
{
    return wf_arena_printf(&report->arena, "%s/RECORD:%u", report->wheel->dist_info,
                           row->line);
}

static void
check_rc_no_extra(const struct wf_rule *rule, struct wf_report *report,
                  const struct wf_audit_options *options)
{
    (void)options;
    for (size_t i = 0; report->wheel->has_record && i < report->wheel->record.num_rows;
         i++) {
        const struct wf_record_row *row = &report->wheel->record.rows[i];

        if (wf_zip_find(&report->wheel->zip, row->path) == NULL)
            wf_report_add(report, rule->id, rule->severity, row_place(report, row),
                          "lists %s, which the archive does not hold", row->path);
    }
}

static void
check_rc_size_match(const struct wf_rule *rule, struct wf_report *report,
                    const struct wf_audit_options *options)
{
    (void)options;
    for (size_t i = 0; report->wheel->has_record && i < report->wheel->record.num_rows;
         i++) {
        const struct wf_record_row *row = &report->wheel->record.rows[i];
        const struct wf_zip_member *member =
            row->has_size ? wf_zip_find(&report->wheel->zip, row->path) : NULL;

        if (member != NULL && member->size != row->size)
            wf_report_add(report, rule->id, rule->severity, row_place(report, row),
                          "says %s has %llu bytes; it has %llu", row->path,
                          (unsigned long long)row->size,
                          (unsigned long long)member->size);
    }
}

static void
check_rc_hash_match(const struct wf_rule *rule, struct wf_report *report,
                    const struct wf_audit_options *options)
{
    (void)options;
    for (size_t i = 0; report->wheel->has_record && i < report->num_readings; i++) {
        const struct wf_reading *reading = &report->readings[i];
        const struct wf_record_row *row =
            reading->is_hashed
                ? wf_record_find(&report->wheel->record, reading->member->name)
                : NULL;
        char said[WF_SHA256_HEX + 1];
        char is[WF_SHA256_HEX + 1];

        if (row == NULL || !row->has_sha256 ||
            memcmp(row->sha256, reading->sha256, WF_SHA256_LEN) == 0)
            continue;
        wf_sha256_hex(said, row->sha256);
        wf_sha256_hex(is, reading->sha256);
        wf_report_add(report, rule->id, rule->severity, row_place(report, row),
                      "says %s has SHA-256 %s; it has %s", row->path, said, is);
    }
}

const struct wf_rule wf_rule_tag_not_met = {
    .id = "tag-not-met",
    .title = "a platform tag of the file name is not met",
    .severity = WF_FAILURE,
    .advice = "retag or rebuild; a repair removes the tag",
    .check = check_tag_not_met,
};

const struct wf_rule wf_rule_any_native = {
    .id = "any-native",
    .title = "a wheel tagged any holds native code",
    .severity = WF_WARNING,
    .advice = "give the wheel a platform tag",
    .check = check_any_native,
};

const struct wf_rule wf_rule_platform_tag_pure = {
    .id = "platform-tag-pure",
    .title = "a platform wheel holds no native code",
    .severity = WF_NOTE,
    .advice = "tag it any, unless it really works on one platform only",
    .check = check_platform_tag_pure,
};

const struct wf_rule wf_rule_purelib_with_native = {
    .id = "purelib-with-native",
    .title = "native code stands where only pure Python may",
    .severity = WF_WARNING,
    .advice = "write Root-Is-Purelib: false, and platlib instead of purelib",
    .check = check_purelib_with_native,
};

const struct wf_rule wf_rule_tags_differ = {
    .id = "tags-differ",
    .title = "WHEEL and the file name carry different tags",
    .severity = WF_WARNING,
    .advice = "write both alike: installers read either",
    .check = check_tags_differ,
};

const struct wf_rule wf_rule_libc_unknown = {
    .id = "libc-unknown",
    .title = "nothing says which libc the objects are for",
    .severity = WF_NOTE,
    .advice = "name the platform with --plat",
    .check = check_libc_unknown,
};

const struct wf_rule wf_rule_pt_mixed_libc = {
    .id = "pt-mixed-libc",
    .title = "the wheel holds objects for glibc and for musl",
    .severity = WF_WARNING,
    .advice = "build one wheel for each libc",
    .check = check_mixed_libc,
};

const struct wf_rule wf_rule_exclude_unmatched = {
    .id = "exclude-unmatched",
    .title = "an --exclude pattern matched nothing",
    .severity = WF_NOTE,
    .advice = "patterns match a whole needed name, or the whole path it was found at",
    .check = check_exclude_unmatched,
};

const struct wf_rule wf_rule_rc_complete = {
    .id = "rc-complete",
    .title = "a member is missing from RECORD",
    .severity = WF_WARNING,
    .advice = "list every file; installers leave unlisted ones behind on uninstall",
    .check = check_rc_complete,
};

const struct wf_rule wf_rule_rc_no_extra = {
    .id = "rc-no-extra",
    .title = "RECORD lists a file the archive does not hold",
    .severity = WF_WARNING,
    .advice = "write RECORD last, from what the archive holds",
    .check = check_rc_no_extra,
};

const struct wf_rule wf_rule_rc_size_match = {
    .id = "rc-size-match",
    .title = "RECORD gives a wrong size",
    .severity = WF_FAILURE,
    .advice = "write RECORD last: the file was changed after it",
    .check = check_rc_size_match,
};

const struct wf_rule wf_rule_rc_hash_match = {
    .id = "rc-hash-match",
    .title = "RECORD gives a wrong hash",
    .severity = WF_FAILURE,
    .advice = "write RECORD last: the file was changed after it",
    .check = check_rc_hash_match,
};
