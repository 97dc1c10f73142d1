/* wheel.c -- opening a wheel: name, archive, dist-info. */
#include "wheel/wheel.h"

#include <stdlib.h>
#include <string.h>

const char *const wf_wheel_fault_slugs[] = {
    "di-metadata-present",
    "di-name-match",
    "di-no-installer-files",
    "di-record-present",
    "di-wheel-present",
    "ep-utf8-ini",
    "fn-version-equals-metadata",
    "md-keyvalue",
    "md-name-match",
    "md-required",
    "md-single-use",
    "rc-readable",
    "wh-build-equal-name",
    "wh-keyvalue",
    "wh-purelib-bool",
    "wh-required",
    "wh-single-use",
    "wh-tags-expanded",
    "wh-version",
};

const size_t wf_num_wheel_fault_slugs = WF_COUNT(wf_wheel_fault_slugs);

static const char suffix[] = ".dist-info";

/* What reading the files of dist-info needs beside the wheel. */
struct text_source {
    struct wf_wheel *wheel;
    const struct wf_limits *limits;
    struct wf_inflater *inflater;
    struct wf_buffer *in;
    struct wf_buffer *out;
};

static void
add_fault(struct wf_wheel *wheel, const char *slug, const char *where,
          const char *message)
{
    wheel->faults = wf_arena_grow(&wheel->arena, wheel->faults, wheel->num_faults,
                                  &wheel->cap_faults, sizeof *wheel->faults);
    wheel->faults[wheel->num_faults++] = (struct wf_wheel_fault){
        .slug = slug,
        .where = where,
        .message = message,
    };
}

static struct wf_wheel *
new_wheel(const char *path, const struct wf_limits *limits)
{
    struct wf_arena arena = { 0 };

    wf_arena_init(&arena, (size_t)(limits->arena_bytes < SIZE_MAX ? limits->arena_bytes
                                                                  : SIZE_MAX));
    struct wf_wheel *wheel = wf_arena_alloc(&arena, sizeof *wheel);

    wheel->arena = arena;
    wheel->path = wf_arena_strdup(&wheel->arena, path);
    wheel->base_name = wf_text_base_name(wheel->path);
    return wheel;
}

static bool
open_archive(struct wf_wheel *wheel, const struct wf_limits *limits, struct wf_error *err)
{
    return wf_zip_open(&wheel->zip, &wheel->arena, &wheel->file, limits, err);
}

bool
wf_wheel_open(struct wf_wheel **out, const char *path, const struct wf_limits *limits,
              struct wf_error *err)
{
    struct wf_wheel *wheel = new_wheel(path, limits);

    /* What is not there, or no file, says so first, whatever it is called. */
    if (wf_file_open(&wheel->file, path, err) &&
        wf_wheel_name_parse(&wheel->name, &wheel->arena, wheel->base_name, err) &&
        open_archive(wheel, limits, err)) {
        *out = wheel;
        return true;
    }
    wf_wheel_free(wheel);
    return false;
}

bool
wf_wheel_open_file(struct wf_wheel **out, const char *path, const struct wf_file *file,
                   const struct wf_limits *limits, struct wf_error *err)
{
    struct wf_wheel *wheel = new_wheel(path, limits);

    if (wf_wheel_name_parse(&wheel->name, &wheel->arena, wheel->base_name, err) &&
        wf_file_duplicate(&wheel->file, file, err) && open_archive(wheel, limits, err)) {
        *out = wheel;
        return true;
    }
    wf_wheel_free(wheel);
    return false;
}

void
wf_wheel_free(struct wf_wheel *wheel)
{
    if (wheel == NULL)
        return;
    wf_file_close(&wheel->file);
    /* The wheel stands in its own arena. */
    struct wf_arena arena = wheel->arena;

    wf_arena_clear(&arena);
}

/* The length of the top-level folder a name stands in, when that is a dist-info however
 * its letters are cased: where case is ignored, the two would be one folder. */
static size_t
dist_info_len(const char *name)
{
    const size_t len = strcspn(name, "/");
    const size_t suffix_len = sizeof suffix - 1;

    if (name[len] != '/' || len <= suffix_len)
        return 0;
    for (size_t i = 0; i < suffix_len; i++) {
        const char c = name[len - suffix_len + i];

        if ((c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) != suffix[i])
            return 0;
    }
    return len;
}

static bool
find_dist_info(struct wf_wheel *wheel, struct wf_error *err)
{
    const char *found = NULL;
    size_t found_len = 0;

    for (size_t i = 0; i < wheel->zip.num_members; i++) {
        const char *name = wheel->zip.members[i].name;
        const size_t len = dist_info_len(name);

        if (len == 0 || (len == found_len && memcmp(name, found, len) == 0))
            continue;
        if (found != NULL)
            return wf_error_set(
                err, WF_ERR_MALFORMED,
                "two dist-info folders, \"%.*s\" and \"%.*s\"; a wheel has "
                "exactly one",
                (int)found_len, found, (int)len, name);
        found = name;
        found_len = len;
    }
    if (found == NULL ||
        memcmp(found + found_len - sizeof suffix + 1, suffix, sizeof suffix - 1) != 0)
        return wf_error_set(
            err, WF_ERR_MALFORMED,
            "no folder that ends in \".dist-info\"; a wheel has exactly one");
    wheel->dist_info = wf_arena_str(&wheel->arena, wf_bytes_of(found, found_len));
    return true;
}

/* PyPI looks for the name and version of the file name, as they are written there. */
static void
check_dist_info_name(struct wf_wheel *wheel)
{
    const char *want = wf_arena_printf(&wheel->arena, "%s-%s%s", wheel->name.name,
                                       wheel->name.version, suffix);

    if (strcmp(want, wheel->dist_info) != 0)
        add_fault(wheel, "di-name-match", wheel->dist_info,
                  wf_arena_printf(&wheel->arena, "the file name asks for %s", want));
}

static void
check_installer_files(struct wf_wheel *wheel)
{
    static const char *const files[] = { "INSTALLER", "REQUESTED", "direct_url.json" };

    for (size_t i = 0; i < WF_COUNT(files); i++) {
        const char *name =
            wf_arena_printf(&wheel->arena, "%s/%s", wheel->dist_info, files[i]);

        if (wf_zip_find(&wheel->zip, name) != NULL)
            add_fault(wheel, "di-no-installer-files", name,
                      "installers write this file; a wheel must not hold it");
    }
}

/* One file of dist-info: which fault says that it is missing (NULL: it may be) or cannot
 * be read, and how its text is taken in. */
struct text_file {
    const char *name;
    const char *missing_slug;
    const char *unreadable_slug;
    bool is_record; /* has a limit of its own */
    bool (*parse)(struct wf_wheel *wheel, struct wf_bytes text, struct wf_error *err);
    void (*check)(struct wf_wheel *wheel, const char *where);
};

static bool
read_text(struct wf_bytes *text, const struct text_source *source,
          const struct wf_zip_member *member, uint64_t limit, struct wf_error *err)
{
    if (member->size > limit)
        return wf_error_set(err, WF_ERR_LIMIT, "claims %llu bytes; the limit is %llu",
                            (unsigned long long)member->size, (unsigned long long)limit);
    if (!wf_zip_read(source->out, source->in, &source->wheel->zip, member,
                     source->inflater, err))
        return false;
    *text = wf_buffer_bytes(source->out);
    return true;
}

static bool
read_text_file(const struct text_source *source, const struct text_file *file,
               struct wf_error *err)
{
    struct wf_wheel *wheel = source->wheel;
    const char *where =
        wf_arena_printf(&wheel->arena, "%s/%s", wheel->dist_info, file->name);
    const struct wf_zip_member *member = wf_zip_find(&wheel->zip, where);
    struct wf_error unreadable = { 0 };
    struct wf_bytes text = { 0 };

    if (member == NULL) {
        if (file->missing_slug != NULL)
            add_fault(wheel, file->missing_slug, wheel->dist_info,
                      wf_arena_printf(&wheel->arena, "%s is missing", file->name));
        return true;
    }
    if (read_text(&text, source, member,
                  file->is_record ? source->limits->record_bytes
                                  : source->limits->text_bytes,
                  &unreadable) &&
        file->parse(wheel, text, &unreadable)) {
        if (file->check != NULL)
            file->check(wheel, where);
        return true;
    }
    if (unreadable.kind == WF_ERR_IO) {
        *err = unreadable;
        return false;
    }
    /* A place within the file ("line 3") stands in front of the text; the name of the
     * member is `where` already. */
    const bool has_place =
        unreadable.where[0] != '\0' && strcmp(unreadable.where, where) != 0;

    add_fault(wheel, file->unreadable_slug, where,
              wf_arena_printf(&wheel->arena, "%s%s%s", has_place ? unreadable.where : "",
                              has_place ? ": " : "", unreadable.text));
    return true;
}

static bool
parse_metadata(struct wf_wheel *wheel, struct wf_bytes text, struct wf_error *err)
{
    return wf_fields_parse(&wheel->metadata, &wheel->arena, text, err);
}

/* Each key must be there (when `required`) and may be there once. */
static void
check_keys(struct wf_wheel *wheel, const struct wf_fields *fields, const char *where,
           const char *const *keys, size_t num, const char *const slugs[2])
{
    for (size_t i = 0; i < num; i++) {
        const size_t times = wf_fields_count(fields, keys[i]);

        if (times == 0 && slugs[0] != NULL)
            add_fault(wheel, slugs[0], where,
                      wf_arena_printf(&wheel->arena, "%s is missing", keys[i]));
        else if (times > 1 && slugs[1] != NULL)
            add_fault(
                wheel, slugs[1], where,
                wf_arena_printf(&wheel->arena, "%s stands %zu times", keys[i], times));
    }
}

static void
check_metadata(struct wf_wheel *wheel, const char *where)
{
    static const char *const keys[] = { "Metadata-Version", "Name", "Version" };
    static const char *const slugs[] = { "md-required", "md-single-use" };
    struct wf_arena *arena = &wheel->arena;
    const char *name = wf_fields_get(&wheel->metadata, "Name");
    const char *version = wf_fields_get(&wheel->metadata, "Version");

    check_keys(wheel, &wheel->metadata, where, keys, WF_COUNT(keys), slugs);
    if (name != NULL && strcmp(wf_name_normalise(arena, name),
                               wf_name_normalise(arena, wheel->name.name)) != 0)
        add_fault(wheel, "md-name-match", where,
                  wf_arena_printf(arena, "Name is \"%.100s\"; the file name says \"%s\"",
                                  name, wheel->name.name));
    if (version == NULL)
        return;
    const char *have = wf_version_normalise(arena, version);
    const char *want = wf_version_normalise(arena, wheel->name.version);

    if (have == NULL || strcmp(have, want) != 0)
        add_fault(wheel, "fn-version-equals-metadata", where,
                  wf_arena_printf(arena,
                                  "Version is \"%.100s\"; the file name says \"%s\"",
                                  version, wheel->name.version));
}

static bool
parse_wheel_file(struct wf_wheel *wheel, struct wf_bytes text, struct wf_error *err)
{
    wheel->has_wheel_file =
        wf_wheel_file_parse(&wheel->wheel_file, &wheel->arena, text, err);
    return wheel->has_wheel_file;
}

static void
check_wheel_values(struct wf_wheel *wheel, const char *where)
{
    const struct wf_wheel_file *file = &wheel->wheel_file;
    struct wf_arena *arena = &wheel->arena;

    /* Parsing refused every other major version. */
    if (file->version != NULL && strtoul(strchr(file->version, '.') + 1, NULL, 10) > 0)
        add_fault(wheel, "wh-version", where,
                  wf_arena_printf(arena, "Wheel-Version is %.100s; 1.0 is known",
                                  file->version));
    if (wf_fields_get(&file->fields, "Root-Is-Purelib") != NULL &&
        file->root_is_purelib < 0)
        add_fault(wheel, "wh-purelib-bool", where,
                  "Root-Is-Purelib is neither true nor false");
    const char *build = wheel->name.build == NULL ? "" : wheel->name.build;
    const char *have = file->build == NULL ? "" : file->build;

    if (strcmp(build, have) != 0)
        add_fault(wheel, "wh-build-equal-name", where,
                  wf_arena_printf(arena, "Build is \"%.100s\"; the file name says \"%s\"",
                                  have, build));
    for (size_t i = 0; i < file->tag_lines.num; i++) {
        if (strchr(file->tag_lines.items[i], '.') == NULL)
            continue;
        add_fault(wheel, "wh-tags-expanded", where,
                  wf_arena_printf(
                      arena, "\"%.100s\" is a compressed set; each line holds one tag",
                      file->tag_lines.items[i]));
        break;
    }
}

static void
check_wheel_file(struct wf_wheel *wheel, const char *where)
{
    static const char *const keys[] = { "Wheel-Version", "Generator", "Root-Is-Purelib" };
    static const char *const slugs[] = { "wh-required", "wh-single-use" };
    static const char *const tag[] = { "Tag" };
    static const char *const tag_slugs[] = { "wh-required", NULL };
    static const char *const build[] = { "Build" };
    static const char *const build_slugs[] = { NULL, "wh-single-use" };
    const struct wf_fields *fields = &wheel->wheel_file.fields;

    check_keys(wheel, fields, where, keys, WF_COUNT(keys), slugs);
    check_keys(wheel, fields, where, tag, WF_COUNT(tag), tag_slugs);
    check_keys(wheel, fields, where, build, WF_COUNT(build), build_slugs);
    check_wheel_values(wheel, where);
}

static bool
parse_record(struct wf_wheel *wheel, struct wf_bytes text, struct wf_error *err)
{
    wheel->has_record = wf_record_parse(&wheel->record, &wheel->arena, text, err);
    return wheel->has_record;
}

static bool
parse_entry_points(struct wf_wheel *wheel, struct wf_bytes text, struct wf_error *err)
{
    return wf_entry_points_parse(&wheel->entry_points, &wheel->arena, text, err);
}

static const struct text_file text_files[] = {
    { "METADATA", "di-metadata-present", "md-keyvalue", false, parse_metadata,
      check_metadata },
    { "WHEEL", "di-wheel-present", "wh-keyvalue", false, parse_wheel_file,
      check_wheel_file },
    { "RECORD", "di-record-present", "rc-readable", true, parse_record, NULL },
    { "entry_points.txt", NULL, "ep-utf8-ini", false, parse_entry_points, NULL },
};

bool
wf_wheel_read_metadata(struct wf_wheel *wheel, const struct wf_limits *limits,
                       struct wf_inflater *inflater, struct wf_buffer *in,
                       struct wf_buffer *out, struct wf_error *err)
{
    const struct text_source source = {
        .wheel = wheel,
        .limits = limits,
        .inflater = inflater,
        .in = in,
        .out = out,
    };

    if (!find_dist_info(wheel, err))
        return false;
    check_dist_info_name(wheel);
    check_installer_files(wheel);
    for (size_t i = 0; i < WF_COUNT(text_files); i++) {
        if (!read_text_file(&source, &text_files[i], err))
            return false;
    }
    return wf_arena_ok(&wheel->arena, "the wheel's metadata", err);
}
