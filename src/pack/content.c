/* content.c -- the members of a wheel: gathered, compared, put in order (see content.h). */
#include "pack/content.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "pack/ignore.h"
#include "wheel/member_path.h"

enum { FIRST_SLOTS = 256 };

/* Open addressing: a slot holds the index of a member, from 1. */
struct wf_content_index {
    uint32_t *slots;
    size_t num_slots; /* a power of two */
};

static uint64_t
hash_of(const char *name)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

    for (; *name != '\0'; name++)
        hash = (hash ^ (uint8_t)*name) * UINT64_C(0x100000001b3);
    return hash ^ hash >> 29;
}

/* The slot where `name` is, or where it would be. */
static uint32_t *
find_slot(const struct wf_content *content, const char *name)
{
    const struct wf_content_index *index = content->index;
    size_t at = (size_t)hash_of(name) & (index->num_slots - 1);

    while (index->slots[at] != 0 &&
           strcmp(content->members[index->slots[at] - 1].name, name) != 0)
        at = (at + 1) & (index->num_slots - 1);
    return &index->slots[at];
}

static void
make_index(struct wf_content *content, size_t num_slots)
{
    if (content->index == NULL)
        content->index = wf_arena_alloc(content->arena, sizeof *content->index);
    content->index->num_slots = num_slots;
    content->index->slots = wf_arena_array(content->arena, num_slots, sizeof(uint32_t));
    for (size_t i = 0; i < content->num; i++)
        *find_slot(content, content->members[i].name) = (uint32_t)i + 1;
}

/* Never more than half full. */
static void
grow_index(struct wf_content *content)
{
    if (content->index == NULL)
        make_index(content, FIRST_SLOTS);
    else if (content->num >= content->index->num_slots / 2)
        make_index(content, content->index->num_slots * 2);
}

bool
wf_content_has(const struct wf_content *content, const char *name)
{
    return content->index != NULL && *find_slot(content, name) != 0;
}

void
wf_content_exclude(struct wf_content *content, const char *root, struct wf_bytes patterns,
                   const struct wf_say *say)
{
    content->exclude = wf_ignore_new(content->arena, "", patterns, NULL);
    content->exclude_root = wf_arena_strdup(content->arena, root);
    content->say = say;
}

/* The path of a source as the patterns see it: from the project on, or NULL outside. */
static const char *
path_in_project(const struct wf_content *content, const char *source)
{
    const size_t len = strlen(content->exclude_root);

    if (source == NULL || strncmp(source, content->exclude_root, len) != 0 ||
        source[len] != '/')
        return NULL;
    return source + len + 1;
}

/* People write "tests" and mean what is in it; the pattern means a file of that name. */
static void
warn_of_folder(struct wf_content *content, const char *path)
{
    if (content->warned_folder)
        return;
    struct wf_arena scratch = { 0 };
    char *folder = wf_arena_strdup(&scratch, path);

    for (char *slash = strrchr(folder, '/'); slash != NULL && !content->warned_folder;
         slash = strrchr(folder, '/')) {
        *slash = '\0';
        if (wf_ignore_match(content->exclude, folder, true) > 0) {
            content->warned_folder = true;
            wf_say_warning(content->say,
                           "a pattern of `exclude` matches the folder %s, which leaves "
                           "its files in: write \"%s/**\" to exclude them",
                           folder, folder);
        }
    }
    wf_arena_clear(&scratch);
}

bool
wf_content_excludes(struct wf_content *content, const char *name, const char *source)
{
    if (content->exclude == NULL)
        return false;
    const char *path = path_in_project(content, source);

    if (path != NULL) {
        if (wf_ignore_match(content->exclude, path, false) > 0)
            return true;
        warn_of_folder(content, path);
    }
    if (wf_ignore_match(content->exclude, name, false) <= 0)
        return false;
    if (!content->warned_name)
        wf_say_warning(content->say,
                       "`exclude` leaves %s out by its name in the wheel: write the "
                       "pattern for its path in the project instead",
                       name);
    content->warned_name = true;
    return true;
}

static bool
is_same(const struct wf_content_member *a, const struct wf_content_member *b)
{
    if (a->source == NULL || b->source == NULL)
        return a->source == b->source && wf_bytes_equal(a->bytes, b->bytes);
    return strcmp(a->source, b->source) == 0;
}

static bool
add(struct wf_content *content, struct wf_content_member member, struct wf_error *err)
{
    struct wf_error why = { 0 };
    const char *name = member.name;

    if (!wf_member_path_check(wf_bytes_str(name), &why))
        return wf_error_set(err, WF_ERR_REFUSED,
                            "%s cannot be a member of an archive: %s", member.origin,
                            why.text);
    if (name[strlen(name) - 1] == '/')
        return wf_error_set(
            err, WF_ERR_REFUSED,
            "%s cannot be a member of an archive: name \"%s\" is a folder's",
            member.origin, name);
    grow_index(content);
    uint32_t *slot = find_slot(content, name);

    if (*slot != 0) {
        const struct wf_content_member *there = &content->members[*slot - 1];

        return is_same(there, &member) ||
               wf_error_set(err, WF_ERR_REFUSED,
                            "%s would be in the wheel twice: from %s and from %s", name,
                            there->origin, member.origin);
    }
    member.name = wf_arena_strdup(content->arena, name);
    content->members = wf_arena_grow(content->arena, content->members, content->num,
                                     &content->cap, sizeof *content->members);
    content->members[content->num++] = member;
    *slot = (uint32_t)content->num;
    return true;
}

bool
wf_content_add_file(struct wf_content *content, const char *name, const char *source,
                    bool is_executable, struct wf_error *err)
{
    if (wf_content_excludes(content, name, source))
        return true;
    source = wf_arena_strdup(content->arena, source);
    return add(content,
               (struct wf_content_member){ .name = name,
                                           .source = source,
                                           .origin = source,
                                           .is_executable = is_executable },
               err);
}

bool
wf_content_add_bytes(struct wf_content *content, const char *name, struct wf_bytes bytes,
                     bool is_executable, struct wf_error *err)
{
    char *copy = wf_arena_str(content->arena, bytes);

    return add(content,
               (struct wf_content_member){ .name = name,
                                           .bytes = wf_bytes_of(copy, bytes.len),
                                           .origin = "generated",
                                           .is_executable = is_executable },
               err);
}

/* Whether the file holds these bytes; one that cannot be read does not. */
static bool
file_holds(const char *path, struct wf_bytes bytes)
{
    struct wf_buffer text;

    wf_buffer_init(&text, bytes.len + 1);
    const bool holds = wf_file_read_whole(&text, path, NULL) &&
                       wf_bytes_equal(wf_buffer_bytes(&text), bytes);

    wf_buffer_clear(&text);
    return holds;
}

bool
wf_content_add_glue(struct wf_content *content, const char *name, struct wf_bytes bytes,
                    struct wf_error *err)
{
    const uint32_t at = content->index == NULL ? 0 : *find_slot(content, name);

    if (at == 0 || content->members[at - 1].source == NULL ||
        content->members[at - 1].is_compiled)
        return wf_content_add_bytes(content, name, bytes, false, err);
    struct wf_content_member *there = &content->members[at - 1];

    if (!file_holds(there->source, bytes))
        wf_say_warning(content->say,
                       "%s is not in the wheel: a generated file takes its "
                       "place",
                       there->source);
    there->source = NULL;
    there->bytes = wf_bytes_of(wf_arena_str(content->arena, bytes), bytes.len);
    there->origin = "generated";
    there->is_executable = false;
    return true;
}

bool
wf_content_add_late(struct wf_content *content, const char *name,
                    const struct wf_late *late, struct wf_error *err)
{
    return add(
        content,
        (struct wf_content_member){ .name = name, .late = late, .origin = "generated" },
        err);
}

bool
wf_content_add_compiled(struct wf_content *content, const char *name, const char *source,
                        struct wf_error *err)
{
    source = wf_arena_strdup(content->arena, source);
    return add(content,
               (struct wf_content_member){ .name = name,
                                           .source = source,
                                           .origin = source,
                                           .is_executable = true,
                                           .is_compiled = true },
               err);
}

/* A slash comes before everything else, so that paths are ordered part by part. */
static int
compare_parts(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    const int left = *a == '\0' ? -1 : *a == '/' ? 0 : (uint8_t)*a;
    const int right = *b == '\0' ? -1 : *b == '/' ? 0 : (uint8_t)*b;

    return left - right;
}

/* What a member is sorted by: 0 content, 1 dist-info, 2 RECORD. */
struct ranked {
    struct wf_content_member member;
    int rank;
};

static int
compare_ranked(const void *a, const void *b)
{
    const struct ranked *left = a;
    const struct ranked *right = b;

    if (left->rank != right->rank)
        return left->rank - right->rank;
    return compare_parts(left->member.name, right->member.name);
}

static int
rank_of(const char *name, const char *dist_info)
{
    const size_t len = strlen(dist_info);

    if (strncmp(name, dist_info, len) != 0 || name[len] != '/')
        return 0;
    return strcmp(name + len + 1, "RECORD") == 0 ? 2 : 1;
}

void
wf_content_sort(struct wf_content *content, const char *dist_info)
{
    struct wf_arena scratch = { 0 };
    struct ranked *ranked = wf_arena_array(&scratch, content->num, sizeof *ranked);

    for (size_t i = 0; i < content->num; i++)
        ranked[i] = (struct ranked){ content->members[i],
                                     rank_of(content->members[i].name, dist_info) };
    if (content->num > 1)
        qsort(ranked, content->num, sizeof *ranked, compare_ranked);
    for (size_t i = 0; i < content->num; i++)
        content->members[i] = ranked[i].member;
    wf_arena_clear(&scratch);
    if (content->index != NULL)
        make_index(content, content->index->num_slots);
}
