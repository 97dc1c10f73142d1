/* plan_windows_files.c -- what --include-symbols and --include-imports bring in: X.pdb and X.lib
 * from beside a bundled X.dll, as they are. */
#include <stdlib.h>
#include <string.h>

#include "repair/plan_windows_parts.h"

/* One wanted file, and where it would be. */
struct wanted {
    const char *folder; /* of this machine */
    const char *name;
    const struct wf_plan_graft *graft;
};

struct search {
    struct wf_planning *planning;
    struct wf_sha256 *sha;
    uint8_t *piece;
    struct wanted *wanted;
    size_t num_wanted;
    size_t cap_files;
};

static void
want(struct search *search, const struct wf_plan_graft *graft, const char *ending)
{
    struct wf_arena *arena = search->planning->arena;
    const char *base = wf_text_base_name(graft->from);
    const char *dot = strrchr(base, '.');
    const size_t stem = dot == NULL ? strlen(base) : (size_t)(dot - base);

    search->wanted[search->num_wanted++] = (struct wanted){
        wf_plan_folder_of(arena, graft->from),
        wf_arena_printf(arena, "%.*s%s", (int)stem, base, ending),
        graft,
    };
}

static int
compare_wanted(const void *left, const void *right)
{
    const struct wanted *a = left;
    const struct wanted *b = right;
    int order = strcmp(a->folder, b->folder);

    if (order == 0)
        order = strcmp(a->name, b->name);
    return order != 0 ? order : strcmp(a->graft->path, b->graft->path);
}

static int
compare_names(const void *left, const void *right)
{
    const char *const *a = left;
    const char *const *b = right;
    const int order = wf_text_compare_nocase(*a, *b);

    return order != 0 ? order : strcmp(*a, *b);
}

/* The name as it stands in the folder, in any case, or NULL. */
static const char *
find_name(const struct wanted *wanted, char *const *names, size_t num)
{
    size_t low = 0;
    size_t high = num;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (wf_text_compare_nocase(names[middle], wanted->name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    const bool found = low < num && wf_text_compare_nocase(names[low], wanted->name) == 0;

    return found ? names[low] : NULL;
}

static bool
take(struct search *search, const struct wanted *wanted, const char *name,
     struct wf_error *err)
{
    struct wf_plan *plan = search->planning->plan;
    struct wf_arena *arena = search->planning->arena;
    const char *from = wf_arena_printf(arena, "%s/%s", wanted->folder, name);
    const char *folder = wf_plan_folder_of(arena, wanted->graft->path);
    uint8_t digest[WF_SHA256_LEN];
    struct wf_plan_file file = { .from = from };

    if (wf_path_kind(from) != WF_PATH_FILE)
        return true;
    file.path = folder[0] == '\0' ? name : wf_arena_printf(arena, "%s/%s", folder, name);
    wf_sha256_start(search->sha);
    const bool ok = wf_plan_add_file(search->sha, &file.crc, &file.size, NULL,
                                     search->piece, from, err);

    wf_sha256_end(search->sha, digest);
    if (!ok)
        return false;
    plan->files = wf_arena_grow(arena, plan->files, plan->num_files, &search->cap_files,
                                sizeof *plan->files);
    plan->files[plan->num_files++] = file;
    return true;
}

/* Those of one folder, which is listed once. */
static bool
take_from_folder(struct search *search, const struct wanted *wanted, size_t num,
                 struct wf_error *err)
{
    const char *folder = wanted[0].folder;
    char **names;
    size_t num_names;

    if (!wf_folder_list(search->planning->arena, folder, &names, &num_names, err))
        return wf_error_prefix(err, "%s", folder);
    if (num_names > 1)
        qsort(names, num_names, sizeof *names, compare_names);
    for (size_t i = 0; i < num; i++) {
        const char *name = find_name(&wanted[i], names, num_names);

        if (name != NULL && !take(search, &wanted[i], name, err))
            return false;
    }
    return true;
}

static bool
take_all(struct search *search, struct wf_error *err)
{
    if (search->num_wanted > 1)
        qsort(search->wanted, search->num_wanted, sizeof *search->wanted, compare_wanted);
    for (size_t first = 0, end; first < search->num_wanted; first = end) {
        for (end = first + 1;
             end < search->num_wanted &&
             strcmp(search->wanted[first].folder, search->wanted[end].folder) == 0;
             end++)
            ;
        if (!take_from_folder(search, &search->wanted[first], end - first, err))
            return false;
    }
    return true;
}

static int
compare_paths(const void *left, const void *right)
{
    const struct wf_plan_file *a = left;
    const struct wf_plan_file *b = right;
    const int order = strcmp(a->path, b->path);

    return order != 0 ? order : strcmp(a->from, b->from);
}

/* One file of two DLLs, or two alike, comes in once. */
static void
join_twins(struct wf_plan *plan)
{
    size_t num = 0;

    if (plan->num_files > 1)
        qsort(plan->files, plan->num_files, sizeof *plan->files, compare_paths);
    for (size_t i = 0; i < plan->num_files; i++) {
        const struct wf_plan_file *last = num == 0 ? NULL : &plan->files[num - 1];

        if (last != NULL && strcmp(last->path, plan->files[i].path) == 0 &&
            last->size == plan->files[i].size && last->crc == plan->files[i].crc)
            continue;
        plan->files[num++] = plan->files[i];
    }
    plan->num_files = num;
}

bool
wf_win_find_files(struct wf_planning *planning, struct wf_error *err)
{
    const struct wf_repair_options *options = planning->options;
    struct wf_plan *plan = planning->plan;
    struct search search = { .planning = planning };

    if (!options->include_symbols && !options->include_imports)
        return true;
    search.wanted =
        wf_arena_array(planning->arena, 2 * plan->num_grafts, sizeof *search.wanted);
    search.piece = wf_arena_alloc(planning->arena, WF_PLAN_PIECE);
    search.sha = wf_sha256_new();
    for (size_t i = 0; i < plan->num_grafts; i++) {
        if (plan->grafts[i].same_as != NULL)
            continue;
        if (options->include_symbols)
            want(&search, &plan->grafts[i], ".pdb");
        if (options->include_imports)
            want(&search, &plan->grafts[i], ".lib");
    }
    const bool ok = take_all(&search, err);

    wf_sha256_free(search.sha);
    join_twins(plan);
    return ok;
}
