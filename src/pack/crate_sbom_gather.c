/* crate_sbom_gather.c -- which crates a document is about, and what each goes by. */
#include <stdlib.h>
#include <string.h>

#include "base/purl.h"
#include "base/toml.h"
#include "pack/crate_sbom_parts.h"
#include "pack/paths.h"

/* One row of Cargo.lock; those without a checksum are not kept. */
struct locked {
    const char *name, *version, *source, *checksum;
};

struct lock {
    struct locked *items; /* by name, version, source */
    size_t num;
    size_t cap;
};

static int
compare_locked(const void *a, const void *b)
{
    const struct locked *left = a;
    const struct locked *right = b;
    int order = strcmp(left->name, right->name);

    if (order == 0)
        order = strcmp(left->version, right->version);
    return order != 0 ? order : strcmp(left->source, right->source);
}

static bool
is_sha256(const char *text)
{
    enum { HEX_LEN = 64 };

    return strlen(text) == HEX_LEN && strspn(text, "0123456789abcdef") == HEX_LEN;
}

static bool
read_package(struct lock *lock, struct wf_arena *arena, const struct wf_toml *package,
             struct wf_error *err)
{
    struct locked row = { 0 };

    if (!wf_toml_want_string(&row.name, wf_toml_get(package, "name"), "package.name",
                             err) ||
        !wf_toml_want_string(&row.version, wf_toml_get(package, "version"),
                             "package.version", err) ||
        !wf_toml_want_string(&row.source, wf_toml_get(package, "source"),
                             "package.source", err) ||
        !wf_toml_want_string(&row.checksum, wf_toml_get(package, "checksum"),
                             "package.checksum", err))
        return false;
    if (row.name == NULL || row.version == NULL || row.source == NULL ||
        row.checksum == NULL || !is_sha256(row.checksum))
        return true;
    lock->items =
        wf_arena_grow(arena, lock->items, lock->num, &lock->cap, sizeof *lock->items);
    lock->items[lock->num++] = row;
    return true;
}

static bool
read_lock(struct lock *lock, struct wf_arena *arena, struct wf_bytes text,
          struct wf_error *err)
{
    const struct wf_toml *root = NULL;

    if (text.len == 0)
        return true;
    if (!wf_toml_parse(&root, arena, text, err))
        return wf_error_prefix(err, "Cargo.lock");
    const struct wf_toml *packages = wf_toml_get(root, "package");

    for (const struct wf_toml *item = packages == NULL ? NULL : packages->first;
         item != NULL; item = item->next) {
        if (item->kind == WF_TOML_TABLE && !read_package(lock, arena, item, err))
            return wf_error_prefix(err, "Cargo.lock");
    }
    if (lock->num > 1)
        qsort(lock->items, lock->num, sizeof *lock->items, compare_locked);
    return true;
}

static const char *
checksum_of(const struct lock *lock, const struct wf_crate *crate)
{
    const struct locked key = { crate->name, crate->version, crate->source, NULL };

    if (crate->source == NULL || lock->num == 0)
        return NULL;
    const struct locked *found =
        bsearch(&key, lock->items, lock->num, sizeof *lock->items, compare_locked);

    return found == NULL ? NULL : found->checksum;
}

/* A URL without who asks ("user:password@") or NULL where it names a folder: neither
 * belongs into a published file. */
static const char *
public_url(struct wf_arena *arena, const char *url)
{
    const char *slashes = strstr(url, "://");

    if (slashes == NULL || wf_text_starts_with(url, "file:"))
        return NULL;
    const char *host = slashes + 3;
    const size_t host_len = strcspn(host, "/?#");
    const char *name = host;

    for (const char *c = host; c < host + host_len; c++) {
        if (*c == '@')
            name = c + 1;
    }
    return wf_arena_printf(arena, "%.*s%s", (int)(host - url), url, name);
}

/* "git+https://host/x?branch=main#rev" is "git+https://host/x@rev" (SPDX's download
 * locations, which purl's vcs_url are). */
static const char *
vcs_url(struct wf_arena *arena, const char *source)
{
    const char *url = public_url(arena, source + strlen("git+"));

    if (url == NULL)
        return NULL;
    const size_t len = strcspn(url, "?#");
    const char *revision = strchr(url, '#');

    return wf_arena_printf(arena, "git+%.*s%s%s", (int)len, url,
                           revision == NULL ? "" : "@",
                           revision == NULL ? "" : revision + 1);
}

static bool
is_crates_io(const char *source)
{
    return strcmp(source, "registry+https://github.com/rust-lang/crates.io-index") == 0 ||
           strcmp(source, "sparse+https://index.crates.io/") == 0 ||
           strcmp(source, "registry+sparse+https://index.crates.io/") == 0;
}

static const char *
purl_of(struct wf_arena *arena, const struct wf_crate *crate)
{
    struct wf_purl_qualifier from = { "repository_url", NULL };
    const char *source = crate->source;

    if (source != NULL && wf_text_starts_with(source, "git+")) {
        from.key = "vcs_url";
        from.value = vcs_url(arena, source);
    } else if (source != NULL && !is_crates_io(source)) {
        const char *plus = strchr(source, '+');

        from.value = public_url(arena, plus == NULL ? source : plus + 1);
    }
    return wf_purl_write(arena, &(struct wf_purl){ .type = "cargo",
                                                   .name = crate->name,
                                                   .version = crate->version,
                                                   .qualifiers = &from,
                                                   .num_qualifiers = 1 });
}

/* A crate of the project's own is told from a published one of the same name by its folder
 * in the workspace, or the folder's name where it is outside. */
static const char *
ref_of(struct wf_arena *arena, const struct wf_cargo_graph *graph,
       const struct wf_crate *crate, const char *purl)
{
    if (crate->source != NULL || crate->manifest_path == NULL)
        return purl;
    const char *folder = wf_path_join(arena, crate->manifest_path, "..");
    const char *below = graph->workspace_root == NULL
                            ? NULL
                            : wf_path_below(folder, graph->workspace_root);

    if (below != NULL && *below == '\0')
        return purl;
    return wf_arena_printf(arena, "%s#%s", purl,
                           below != NULL ? below : wf_text_base_name(folder));
}

/* Marks what the crates of `queue` lead to, over edges into results and, unless
 * `needed_only`, into programs that build. */
static void
walk(bool *seen, const struct wf_cargo_graph *graph, size_t *queue, bool needed_only)
{
    size_t num = 1;

    queue[0] = (size_t)(graph->root - graph->crates);
    seen[queue[0]] = true;
    for (size_t done = 0; done < num; done++) {
        const struct wf_crate *crate = &graph->crates[queue[done]];

        for (size_t i = 0; i < crate->num_dependencies; i++) {
            const struct wf_crate_dependency *edge = &crate->dependencies[i];
            const size_t idx = (size_t)(edge->crate - graph->crates);

            if (seen[idx] || !(edge->normal || (edge->build && !needed_only)))
                continue;
            seen[idx] = true;
            queue[num++] = idx;
        }
    }
}

static int
by_ref(const void *a, const void *b)
{
    const struct wf_sbom_crate *left = a;
    const struct wf_sbom_crate *right = b;
    const int order = strcmp(left->ref, right->ref);

    return order != 0 ? order
                      : (left->crate > right->crate) - (left->crate < right->crate);
}

/* Two crates outside the workspace may still go by one name. */
static void
make_unique(struct wf_sbom_crates *crates, struct wf_arena *arena)
{
    size_t num_same = 0;
    const char *before = "";

    for (size_t i = 0; i < crates->num; i++) {
        struct wf_sbom_crate *item = &crates->items[i];

        if (strcmp(item->ref, before) == 0) {
            item->ref = wf_arena_printf(arena, "%s~%zu", before, ++num_same + 1);
        } else {
            before = item->ref;
            num_same = 0;
        }
    }
}

bool
wf_sbom_crates_gather(struct wf_sbom_crates *out, struct wf_arena *arena,
                      const struct wf_cargo_graph *graph, struct wf_bytes lock_text,
                      struct wf_error *err)
{
    const size_t most = graph->num_crates;
    struct wf_sbom_crates crates = { 0 };
    struct lock lock = { 0 };
    bool *seen = wf_arena_array(arena, most, sizeof *seen);
    bool *needed = wf_arena_array(arena, most, sizeof *needed);
    size_t *queue = wf_arena_array(arena, most, sizeof *queue);

    if (!read_lock(&lock, arena, lock_text, err))
        return false;
    walk(seen, graph, queue, false);
    walk(needed, graph, queue, true);
    crates.items = wf_arena_array(arena, most, sizeof *crates.items);
    crates.by_idx = wf_arena_array(arena, most, sizeof(void *));
    for (size_t i = 0; i < most; i++) {
        const struct wf_crate *crate = &graph->crates[i];

        if (!seen[i])
            continue;
        const char *purl = purl_of(arena, crate);

        crates.items[crates.num++] =
            (struct wf_sbom_crate){ crate, ref_of(arena, graph, crate, purl), purl,
                                    checksum_of(&lock, crate), needed[i] };
    }
    qsort(crates.items, crates.num, sizeof *crates.items, by_ref);
    make_unique(&crates, arena);
    for (size_t i = 0; i < crates.num; i++)
        crates.by_idx[crates.items[i].crate - graph->crates] = &crates.items[i];
    crates.root = crates.by_idx[graph->root - graph->crates];
    *out = crates;
    return true;
}
