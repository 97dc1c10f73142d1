/* walk.c -- the files of a tree that no rule ignores (see ignore.h). */
#include "pack/ignore.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "wheel/path_sort.h"

enum { MAX_RULES = 1 << 20 /* bytes of one file of rules */ };

/* A folder that is being walked through, and those above it. */
struct frame {
    struct frame *parent;
    const char *path;   /* from the origin on; "" is the origin itself */
    const char *source; /* absolute */
    struct wf_folder_identity identity;
    const struct wf_folder_entry *entries;
    size_t num;
    size_t next;
    const struct wf_ignore *ignore; /* of .ignore files, which win */
    const struct wf_ignore *gitignore;
    bool is_in_git;
    bool is_wanted; /* it is, or is below, one of request->below */
};

struct walk {
    struct wf_arena *arena;
    const struct wf_walk_request *request;
    size_t skip; /* from the origin's paths to the root's */
    uint64_t left;
    uint64_t folders_left;
    struct wf_found_file *files;
    size_t num;
    size_t cap;
};

static bool
is_at_or_below(const char *path, const char *folder)
{
    const size_t len = strlen(folder);

    return strncmp(path, folder, len) == 0 && (path[len] == '\0' || path[len] == '/');
}

static bool
is_wanted(const struct wf_walk_request *request, const char *source)
{
    if (request->below == NULL)
        return true;
    for (size_t i = 0; i < request->below->num; i++) {
        if (is_at_or_below(source, request->below->items[i]))
            return true;
    }
    return false;
}

static bool
leads_to_wanted(const struct wf_walk_request *request, const char *source)
{
    if (is_wanted(request, source))
        return true;
    for (size_t i = 0; i < request->below->num; i++) {
        if (is_at_or_below(request->below->items[i], source))
            return true;
    }
    return false;
}

/* Adds the rules of one folder to those above it. */
static bool
read_rules(const struct wf_ignore **rules, struct wf_arena *arena, const char *path,
           const char *source, const char *name, struct wf_error *err)
{
    const char *file = wf_arena_printf(arena, "%s/%s", source, name);
    struct wf_buffer text;

    if (wf_path_kind(file) != WF_PATH_FILE)
        return true;
    wf_buffer_init(&text, MAX_RULES);
    const bool ok = wf_file_read_whole(&text, file, err);

    if (ok)
        *rules = wf_ignore_new(arena, path, wf_buffer_bytes(&text), *rules);
    else
        wf_error_prefix(err, "%s", file);
    wf_buffer_clear(&text);
    return ok;
}

static bool
has_repository(const char *folder)
{
    static const char *const names[] = { ".git", ".jj" };
    struct wf_arena scratch = { 0 };
    bool found = false;

    for (size_t i = 0; i < WF_COUNT(names) && !found; i++) {
        found = wf_path_kind(wf_arena_printf(&scratch, "%s/%s",
                                             strcmp(folder, "/") == 0 ? "" : folder,
                                             names[i])) != WF_PATH_ABSENT;
    }
    wf_arena_clear(&scratch);
    return found;
}

static bool
entry_is_there(const struct frame *frame, const char *name)
{
    for (size_t i = 0; i < frame->num; i++) {
        if (strcmp(frame->entries[i].name, name) == 0)
            return true;
    }
    return false;
}

/* A repository in a repository: the rules of the outer one end where it begins. */
static bool
take_rules(struct walk *walk, struct frame *frame, struct wf_error *err)
{
    if (walk->request->no_rules)
        return true;
    if (entry_is_there(frame, ".git") || entry_is_there(frame, ".jj")) {
        frame->is_in_git = true;
        frame->gitignore = NULL;
    }
    if (entry_is_there(frame, ".ignore") &&
        !read_rules(&frame->ignore, walk->arena, frame->path, frame->source, ".ignore",
                    err))
        return false;
    return !frame->is_in_git || !entry_is_there(frame, ".gitignore") ||
           read_rules(&frame->gitignore, walk->arena, frame->path, frame->source,
                      ".gitignore", err);
}

/* 1 ignored, -1 let in, 0 nothing is said. */
static int
judge(const struct walk *walk, const struct frame *frame, const char *path,
      bool is_folder)
{
    if (walk->request->no_rules)
        return 0;
    const int by_ignore = wf_ignore_match(frame->ignore, path, is_folder);

    return by_ignore != 0 ? by_ignore
                          : wf_ignore_match(frame->gitignore, path, is_folder);
}

static bool
is_left_out(const struct walk *walk, const struct frame *frame, const char *path,
            const struct wf_folder_entry *entry)
{
    const int judged = judge(walk, frame, path, entry->kind == WF_PATH_FOLDER);

    if (judged != 0)
        return judged > 0;
    return walk->request->skip_hidden && entry->name[0] == '.';
}

static bool
add_file(struct walk *walk, const char *path, const char *source, bool is_executable,
         struct wf_error *err)
{
    if (walk->left == 0)
        return wf_error_set(err, WF_ERR_LIMIT,
                            "%s: more than %llu files are below it; "
                            "--limit members=NUMBER allows more",
                            walk->request->root,
                            (unsigned long long)walk->request->max_files);
    walk->left--;
    walk->files = wf_arena_grow(walk->arena, walk->files, walk->num, &walk->cap,
                                sizeof *walk->files);
    walk->files[walk->num++] =
        (struct wf_found_file){ path + walk->skip, source, is_executable };
    return true;
}

/* A folder that leads back to one we are in would never end. */
static bool
check_circle(const struct frame *frame, struct wf_error *err)
{
    for (const struct frame *above = frame->parent; above != NULL;
         above = above->parent) {
        if (above->identity.device == frame->identity.device &&
            above->identity.number == frame->identity.number)
            return wf_error_set(err, WF_ERR_MALFORMED,
                                "%s is a link to the folder it is in (%s): the tree has "
                                "no end; remove the link or exclude it from the project",
                                frame->source, above->source);
    }
    return true;
}

/* *out is NULL for a folder that cannot be read and is not asked for. */
static bool
enter(struct frame **out, struct walk *walk, struct frame *parent, const char *path,
      const char *source, struct wf_error *err)
{
    struct frame *frame = wf_arena_alloc(walk->arena, sizeof *frame);
    struct wf_folder_entry *entries = NULL;

    *frame = (struct frame){ .parent = parent, .path = path, .source = source };
    *out = NULL;
    if (parent != NULL) {
        frame->ignore = parent->ignore;
        frame->gitignore = parent->gitignore;
        frame->is_in_git = parent->is_in_git;
    }
    frame->is_wanted = is_wanted(walk->request, source);
    if (walk->folders_left-- == 0)
        return wf_error_set(err, WF_ERR_LIMIT, "%s: more than %llu folders are below it",
                            walk->request->root,
                            (unsigned long long)walk->request->max_files);
    if (!wf_folder_scan(walk->arena, source, &entries, &frame->num, &frame->identity,
                        frame->is_wanted ? err : NULL))
        return !frame->is_wanted || wf_error_prefix(err, "%s", source);
    frame->entries = entries;
    if (!check_circle(frame, err))
        return false;
    *out = frame;
    return true;
}

/* A link to nothing is no file to take, and somebody will miss it. */
static bool
tell_lost_link(const struct walk *walk, const char *source)
{
    wf_say_warning(walk->request->say,
                   "%s is a link that leads to nothing: it is left out", source);
    return true;
}

/* Goes on to the next entry of `frame`; *inner is the folder it leads into, if any. */
static bool
take_entry(struct frame **inner, struct walk *walk, struct frame *frame,
           struct wf_error *err)
{
    const struct wf_folder_entry *entry = &frame->entries[frame->next++];
    const char *path = frame->path[0] == '\0' ? entry->name
                                              : wf_arena_printf(walk->arena, "%s/%s",
                                                                frame->path, entry->name);
    const char *source = wf_arena_printf(
        walk->arena, "%s/%s", strcmp(frame->source, "/") == 0 ? "" : frame->source,
        entry->name);

    if (entry->kind == WF_PATH_FILE)
        return !frame->is_wanted || is_left_out(walk, frame, path, entry) ||
               add_file(walk, path, source, entry->is_executable, err);
    if (entry->kind == WF_PATH_ABSENT && entry->is_link && frame->is_wanted)
        return is_left_out(walk, frame, path, entry) || tell_lost_link(walk, source);
    if (entry->kind != WF_PATH_FOLDER || !leads_to_wanted(walk->request, source) ||
        is_left_out(walk, frame, path, entry))
        return true;
    if (entry->is_link && frame->is_wanted && !walk->request->follow_folders) {
        wf_say_warning(walk->request->say,
                       "%s is a link to a folder, which is not followed: what is "
                       "in it is left out",
                       source);
        return true;
    }
    return enter(inner, walk, frame, path, source, err) &&
           (*inner == NULL || take_rules(walk, *inner, err));
}

static bool
walk_from(struct walk *walk, struct frame *root, struct wf_error *err)
{
    struct frame *frame = root;

    while (frame != NULL) {
        struct frame *inner = NULL;

        if (frame->next == frame->num) {
            frame = frame->parent;
            continue;
        }
        if (!take_entry(&inner, walk, frame, err))
            return false;
        if (inner != NULL)
            frame = inner;
    }
    return true;
}

/* The nearest folder at or above `folder` with a repository in it, or NULL. */
static const char *
find_repository(struct wf_arena *arena, const char *folder)
{
    char *path = wf_arena_strdup(arena, folder);

    for (;;) {
        char *slash = strrchr(path, '/');

        if (has_repository(path[0] == '\0' ? "/" : path))
            return path;
        if (slash == NULL)
            return NULL;
        *slash = '\0';
    }
}

/* Rules of the folders from the repository down to the parent of the root. */
static bool
take_outer_rules(struct frame *frame, struct wf_arena *arena, const char *origin,
                 const char *root, struct wf_error *err)
{
    for (size_t at = strlen(origin); root[at] == '/';) {
        const char *source = wf_arena_str(arena, wf_bytes_of(root, at));
        const size_t from = strlen(origin) + 1;
        const char *path =
            at < from ? "" : wf_arena_str(arena, wf_bytes_of(root + from, at - from));

        if (!read_rules(&frame->ignore, arena, path, source, ".ignore", err) ||
            !read_rules(&frame->gitignore, arena, path, source, ".gitignore", err))
            return false;
        at += 1 + strcspn(root + at + 1, "/");
    }
    return true;
}

static bool
begin(struct frame **root, struct walk *walk, struct wf_error *err)
{
    const struct wf_walk_request *request = walk->request;
    const char *repository =
        request->no_rules ? NULL : find_repository(walk->arena, request->root);
    const char *path = "";

    if (repository != NULL && request->use_outer_rules &&
        request->root[strlen(repository)] == '/')
        path = request->root + strlen(repository) + 1;
    walk->skip = path[0] == '\0' ? 0 : strlen(path) + 1;
    if (!enter(root, walk, NULL, path, request->root, err))
        return false;
    if (*root == NULL)
        return true;
    (*root)->is_in_git = repository != NULL;
    if (path[0] != '\0' &&
        !take_outer_rules(*root, walk->arena, repository, request->root, err))
        return false;
    return take_rules(walk, *root, err);
}

struct wf_found_file *
wf_found_files_sorted(struct wf_arena *arena, const struct wf_found_file *files,
                      size_t num)
{
    struct wf_path_key *keys = wf_arena_array(arena, num, sizeof *keys);
    struct wf_found_file *in_order = wf_arena_array(arena, num, sizeof *in_order);

    for (size_t i = 0; i < num; i++)
        keys[i] = (struct wf_path_key){ .path = files[i].path, .idx = (uint32_t)i };
    wf_path_sort(keys, num);
    for (size_t i = 0; i < num; i++)
        in_order[i] = files[keys[i].idx];
    return in_order;
}

bool
wf_walk(struct wf_found_file **out, size_t *out_num, struct wf_arena *arena,
        const struct wf_walk_request *request, struct wf_error *err)
{
    struct wf_walk_request asked = *request;
    struct walk walk = { .arena = arena, .request = &asked };
    struct frame *root = NULL;

    if (asked.max_files == 0 || asked.max_files > UINT32_MAX)
        asked.max_files = wf_limits_standard().members;
    walk.left = asked.max_files;
    walk.folders_left = asked.max_files;
    if (!begin(&root, &walk, err) || (root != NULL && !walk_from(&walk, root, err)))
        return false;
    *out = wf_found_files_sorted(arena, walk.files, walk.num);
    *out_num = walk.num;
    return true;
}
