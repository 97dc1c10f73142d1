/* glob_files.c -- the files that a glob of `include` names (see ignore.h).  A folder is
 * listed once, with all the parts of the glob that may stand there, and only when one may. */
#include "pack/ignore.h"

#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "pack/glob.h"

/* Parts of a glob are bits of a word; bit `num_parts` is the end. */
enum { MAX_PARTS = 63 };

struct place {
    const struct place *parent;
    const char *path; /* relative to the root, "" for it */
    uint64_t parts;   /* that may match a name in this folder */
    struct wf_folder_identity identity;
};

struct search {
    struct wf_arena *arena;
    const char *root;
    const struct wf_glob *glob;
    struct place **waiting;
    size_t num_waiting;
    size_t cap_waiting;
    uint64_t left; /* files and folders that may still be looked at */
    struct wf_found_file *files;
    size_t num;
    size_t cap;
};

static bool
refuse(const char *pattern, const char *why, struct wf_error *err)
{
    return wf_error_set(err, WF_ERR_MALFORMED,
                        "the glob \"%s\" %s; a path relative to the project is expected, "
                        "such as \"assets/**/*.txt\"",
                        pattern, why);
}

/* As it is written: "./a" is refused, "a/./b" is "a/b". */
static bool
check_relative(const char *pattern, struct wf_error *err)
{
    bool is_first = true;

    if (pattern[0] == '\0')
        return refuse(pattern, "is empty", err);
    if (pattern[0] == '/')
        return refuse(pattern, "is absolute", err);
    for (const char *at = pattern; *at != '\0'; is_first = false) {
        const size_t len = strcspn(at, "/");

        if (len == 2 && memcmp(at, "..", 2) == 0)
            return refuse(pattern, "has a \"..\"", err);
        if (len == 1 && at[0] == '.' && is_first)
            return refuse(pattern, "starts with \".\"", err);
        at += len;
        at += strspn(at, "/");
    }
    return true;
}

static bool
check_stars(const char *pattern, const struct wf_glob *glob, struct wf_error *err)
{
    for (size_t i = 0; i < glob->num_parts; i++) {
        const struct wf_bytes text = glob->parts[i].text;

        for (size_t at = 0; text.len > 2 && at + 1 < text.len; at++) {
            if (text.data[at] == '*' && text.data[at + 1] == '*')
                return refuse(pattern, "has \"**\" beside other characters", err);
        }
    }
    return true;
}

static bool
parse(struct wf_glob *glob, struct wf_arena *arena, const char *pattern,
      struct wf_error *err)
{
    if (!check_relative(pattern, err))
        return false;
    const char *why = wf_glob_parse(glob, arena, wf_bytes_str(pattern), WF_GLOB_INCLUDE);
    size_t num = 0;

    if (why != NULL)
        return refuse(pattern, "has a \"[\" without a \"]\"", err);
    if (glob->num_parts > MAX_PARTS)
        return refuse(pattern, "has more than 63 parts", err);
    for (size_t i = 0; i < glob->num_parts; i++) {
        if (!wf_bytes_equal_str(glob->parts[i].text, "."))
            glob->parts[num++] = glob->parts[i];
    }
    glob->num_parts = num;
    return check_stars(pattern, glob, err);
}

/* A "**" may stand for no folder at all. */
static uint64_t
with_skipped(const struct wf_glob *glob, uint64_t parts)
{
    for (size_t i = 0; i < glob->num_parts; i++) {
        if ((parts >> i & 1) != 0 && glob->parts[i].is_deep)
            parts |= UINT64_C(1) << (i + 1);
    }
    return parts;
}

/* Which parts may follow when `name` stands where `parts` may. */
static uint64_t
behind(const struct wf_glob *glob, uint64_t parts, const char *name)
{
    uint64_t next = 0;

    for (size_t i = 0; i < glob->num_parts; i++) {
        if ((parts >> i & 1) == 0)
            continue;
        if (glob->parts[i].is_deep)
            next |= UINT64_C(1) << i;
        else if (wf_glob_part_matches(glob, &glob->parts[i], wf_bytes_str(name)))
            next |= UINT64_C(1) << (i + 1);
    }
    return next;
}

static bool
check_left(struct search *search, struct wf_error *err)
{
    if (search->left-- > 0)
        return true;
    return wf_error_set(err, WF_ERR_LIMIT,
                        "%s: the glob meets more files and folders than a wheel may have "
                        "members",
                        search->root);
}

static const char *
absolute(struct search *search, const char *path)
{
    return path[0] == '\0' ? search->root
                           : wf_arena_printf(search->arena, "%s/%s", search->root, path);
}

static void
wait_for(struct search *search, const struct place *parent, const char *path,
         uint64_t parts)
{
    struct place *place = wf_arena_alloc(search->arena, sizeof *place);

    *place = (struct place){ .parent = parent, .path = path, .parts = parts };
    search->waiting = wf_arena_grow(search->arena, search->waiting, search->num_waiting,
                                    &search->cap_waiting, sizeof *search->waiting);
    search->waiting[search->num_waiting++] = place;
}

static bool
take_entry(struct search *search, const struct place *place,
           const struct wf_folder_entry *entry, struct wf_error *err)
{
    const uint64_t next = behind(search->glob, place->parts, entry->name);
    const uint64_t end = UINT64_C(1) << search->glob->num_parts;

    if (next == 0)
        return true;
    const char *path =
        place->path[0] == '\0'
            ? wf_arena_strdup(search->arena, entry->name)
            : wf_arena_printf(search->arena, "%s/%s", place->path, entry->name);

    if (!check_left(search, err))
        return false;
    if (entry->kind == WF_PATH_FOLDER && (next & ~end) != 0)
        wait_for(search, place, path, with_skipped(search->glob, next));
    if (entry->kind == WF_PATH_FILE && (next & end) != 0) {
        search->files = wf_arena_grow(search->arena, search->files, search->num,
                                      &search->cap, sizeof *search->files);
        search->files[search->num++] =
            (struct wf_found_file){ path, absolute(search, path), entry->is_executable };
    }
    return true;
}

/* Only a "**" goes round for ever; fixed parts come to their end. */
static bool
goes_on(const struct wf_glob *glob, uint64_t parts)
{
    for (size_t i = 0; i < glob->num_parts; i++) {
        if ((parts >> i & 1) != 0 && glob->parts[i].is_deep)
            return true;
    }
    return false;
}

static bool
check_circle(struct search *search, const struct place *place, struct wf_error *err)
{
    if (!goes_on(search->glob, place->parts))
        return true;
    for (const struct place *above = place->parent; above != NULL;
         above = above->parent) {
        if (above->identity.device == place->identity.device &&
            above->identity.number == place->identity.number)
            return wf_error_set(err, WF_ERR_MALFORMED,
                                "%s is a link to the folder it is in (%s): the tree has "
                                "no end; write the glob so that it does not go there",
                                absolute(search, place->path),
                                absolute(search, above->path));
    }
    return true;
}

static bool
list_place(struct search *search, struct place *place, struct wf_error *err)
{
    const char *source = absolute(search, place->path);
    struct wf_folder_entry *entries = NULL;
    size_t num = 0;

    if (!wf_folder_scan(search->arena, source, &entries, &num, &place->identity, err))
        return wf_error_prefix(err, "%s", source);
    if (!check_circle(search, place, err))
        return false;
    for (size_t i = 0; i < num; i++) {
        if (!take_entry(search, place, &entries[i], err))
            return false;
    }
    return true;
}

bool
wf_glob_files(struct wf_found_file **out, size_t *out_num, struct wf_arena *arena,
              const char *root, const char *pattern, struct wf_error *err)
{
    struct wf_glob glob = { 0 };
    struct search search = { .arena = arena, .root = root, .glob = &glob };

    if (!parse(&glob, arena, pattern, err))
        return false;
    search.left = wf_limits_standard().members;
    wait_for(&search, NULL, "", with_skipped(&glob, 1));
    while (search.num_waiting > 0) {
        if (!list_place(&search, search.waiting[--search.num_waiting], err))
            return false;
    }
    *out = wf_found_files_sorted(arena, search.files, search.num);
    *out_num = search.num;
    return true;
}
