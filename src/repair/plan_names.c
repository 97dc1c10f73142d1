/* plan_names.c -- the libraries that come into the wheel get names that say what is in them:
 * libz.so.1 is libz-1a2b3c4d.so.1 (auditwheel.md 4.2). */
#include <stdlib.h>
#include <string.h>

#include "repair/plan_parts.h"

enum { SHORT_DIGEST = 8 };

bool
wf_plan_add_file(struct wf_sha256 *sha, uint32_t *crc, uint64_t *size, uint32_t *mode,
                 uint8_t *piece, const char *path, struct wf_error *err)
{
    struct wf_file file = { 0 };

    if (!wf_file_open(&file, path, err))
        return wf_error_prefix(err, "%s", path);
    bool ok = true;

    *crc = 0;
    for (uint64_t off = 0; ok && off < file.size; off += WF_PLAN_PIECE) {
        const uint64_t left = file.size - off;
        const size_t len = left < WF_PLAN_PIECE ? (size_t)left : WF_PLAN_PIECE;

        ok = wf_file_pread(&file, piece, len, off, err);
        if (!ok)
            break;
        wf_sha256_add(sha, wf_bytes_of(piece, len));
        *crc = wf_crc32(*crc, wf_bytes_of(piece, len));
    }
    *size = file.size;
    if (mode != NULL)
        *mode = file.mode;
    wf_file_close(&file);
    return ok || wf_error_prefix(err, "%s", path);
}

static bool
digest_file(struct wf_plan_graft *graft, struct wf_sha256 *sha, uint8_t *piece,
            uint32_t *mode, struct wf_error *err)
{
    wf_sha256_start(sha);
    const bool ok =
        wf_plan_add_file(sha, &graft->crc, &graft->size, mode, piece, graft->from, err);

    wf_sha256_end(sha, graft->sha256);
    return ok;
}

/* "libfoo-1a2b3c4d" of a library that was named so before. */
static bool
has_digest(const char *stem, size_t len, const char *hex, size_t hex_len)
{
    return len > hex_len && stem[len - hex_len - 1] == '-' &&
           memcmp(stem + len - hex_len, hex, hex_len) == 0;
}

static const char *
mangled(struct wf_arena *arena, const struct wf_plan_graft *graft, size_t hex_len)
{
    char hex[WF_SHA256_HEX + 1];
    const char *base = wf_text_base_name(graft->from);
    const size_t stem = strcspn(base, ".");

    wf_sha256_hex(hex, graft->sha256);
    hex[hex_len] = '\0';
    if (has_digest(base, stem, hex, hex_len))
        return wf_arena_strdup(arena, base);
    return wf_arena_printf(arena, "%.*s-%s%s", (int)stem, base, hex, base + stem);
}

static bool
is_unmangled(const struct wf_planning *planning, const struct wf_plan_graft *graft)
{
    const struct wf_strings *globs = &planning->options->no_mangle;
    const char *soname = graft->library->object->soname;

    for (size_t i = 0; i < globs->num; i++) {
        const char *glob = globs->items[i];

        if (wf_text_glob(glob, wf_text_base_name(graft->from)) ||
            (soname != NULL && wf_text_glob(glob, soname)))
            return true;
        for (size_t k = 0; k < graft->names.num; k++)
            if (wf_text_glob(glob, graft->names.items[k]))
                return true;
    }
    return false;
}

/* No name of a file: "", "." and "..". */
static bool
is_no_name(const char *name)
{
    return name[strspn(name, ".")] == '\0' && strlen(name) <= 2;
}

/* A library that keeps its name is looked for under the name others need it by, or under the
 * one that dlopen is given. */
static const char *
plain_name(const struct wf_plan_graft *graft, const char *asked)
{
    const char *name = graft->library->object->soname;

    if (asked != NULL)
        name = asked;
    else if (name == NULL && graft->names.num > 0)
        name = graft->names.items[0];
    if (name != NULL)
        name = wf_text_base_name(name);
    if (name == NULL || is_no_name(name))
        name = wf_text_base_name(graft->from);
    return name;
}

/* Of one name the first that was met comes first: that does not depend on where this
 * machine keeps its libraries. */
static int
compare_by_name(const void *left, const void *right)
{
    const struct wf_plan_graft *const *a = left;
    const struct wf_plan_graft *const *b = right;
    const int order = strcmp((*a)->name, (*b)->name);

    return order != 0 ? order : (*a > *b) - (*a < *b);
}

static bool
is_same_file(const struct wf_plan_graft *a, const struct wf_plan_graft *b)
{
    return memcmp(a->sha256, b->sha256, WF_SHA256_LEN) == 0;
}

void
wf_plan_refuse_one_name(struct wf_planning *planning, const struct wf_plan_graft *a,
                        const struct wf_plan_graft *b)
{
    wf_plan_refuse(
        planning,
        &(struct wf_refusal){
            .kind = WF_REFUSE_NAME,
            .object = a->from,
            .library = a->name,
            .text = wf_arena_printf(planning->arena, "%s and %s would both be %s",
                                    a->from, b->from, a->name),
            .advice = "name fewer libraries with --no-mangle or --include",
        });
}

/* Two different files whose digests begin alike get longer ones, both of them. */
static bool
part_names(struct wf_planning *planning, struct wf_plan_graft **sorted, size_t num,
           size_t hex_len)
{
    bool again = false;

    qsort(sorted, num, sizeof(struct wf_plan_graft *), compare_by_name);
    for (size_t first = 0, end; first < num; first = end) {
        bool differ = false;
        bool plain = false;

        for (end = first;
             end < num && strcmp(sorted[first]->name, sorted[end]->name) == 0; end++) {
            differ |= !is_same_file(sorted[first], sorted[end]);
            sorted[end]->same_as = end == first ? NULL : sorted[first];
            plain |= sorted[end]->keeps_name;
        }
        if (differ && (plain || hex_len == WF_SHA256_HEX)) {
            wf_plan_refuse_one_name(planning, sorted[first], sorted[end - 1]);
            return false;
        }
        for (size_t i = first; differ && i < end; i++)
            sorted[i]->name = mangled(planning->arena, sorted[i], hex_len * 2);
        again |= differ;
    }
    return !again || part_names(planning, sorted, num, hex_len * 2);
}

bool
wf_plan_read_grafts(struct wf_planning *planning, struct wf_error *err)
{
    struct wf_plan *plan = planning->plan;
    const size_t num = planning->grafting->num_grafts;

    plan->grafts = wf_arena_array(planning->arena, num, sizeof *plan->grafts);
    plan->num_grafts = num;
    if (num == 0)
        return true;
    uint8_t *piece = wf_arena_alloc(planning->arena, WF_PLAN_PIECE);
    struct wf_sha256 *sha = wf_sha256_new();
    bool ok = true;

    for (size_t i = 0; ok && i < plan->num_grafts; i++) {
        const struct wf_graft_draft *draft = &planning->grafting->grafts[i];
        struct wf_plan_graft *graft = &plan->grafts[i];
        uint32_t mode = 0;

        graft->library = draft->library;
        graft->from = draft->library->real_path;
        graft->names = draft->names;
        ok = digest_file(graft, sha, piece, &mode, err);
        graft->mode = (mode & 0111) != 0 ? 0100755 : 0100644;
    }
    wf_sha256_free(sha);
    return ok;
}

static void
propose_names(struct wf_planning *planning, struct wf_plan_graft **sorted)
{
    struct wf_plan *plan = planning->plan;

    for (size_t i = 0; i < plan->num_grafts; i++) {
        const char *asked = planning->grafting->grafts[i].asked;
        struct wf_plan_graft *graft = &plan->grafts[i];

        graft->keeps_name = asked != NULL || is_unmangled(planning, graft);
        graft->name = graft->keeps_name ? plain_name(graft, asked)
                                        : mangled(planning->arena, graft, SHORT_DIGEST);
        sorted[i] = graft;
    }
}

static void
place_grafts(struct wf_planning *planning)
{
    struct wf_plan *plan = planning->plan;

    for (size_t i = 0; i < plan->num_grafts; i++) {
        struct wf_plan_graft *graft = &plan->grafts[i];

        graft->path =
            wf_arena_printf(planning->arena, "%s/%s", plan->lib_dir, graft->name);
        graft->soname = graft->keeps_name && graft->library->object->soname != NULL
                            ? graft->library->object->soname
                            : graft->name;
    }
}

/* All are asked about at once: that may start a program. */
void
wf_plan_name_packages(struct wf_planning *planning)
{
    struct wf_plan *plan = planning->plan;
    struct wf_arena scratch = { 0 };

    if (planning->options->packages == NULL)
        return;
    const char **paths = wf_arena_array(&scratch, plan->num_grafts, sizeof *paths);
    const struct wf_package **owners =
        wf_arena_array(&scratch, plan->num_grafts, sizeof *owners);

    for (size_t i = 0; i < plan->num_grafts; i++)
        paths[i] = plan->grafts[i].from;
    wf_packages_owners(planning->options->packages, owners, paths, plan->num_grafts);
    for (size_t i = 0; i < plan->num_grafts; i++)
        plan->grafts[i].package = owners[i];
    wf_arena_clear(&scratch);
}

void
wf_plan_reorder_grafts(struct wf_planning *planning, struct wf_plan_graft *const *sorted)
{
    struct wf_plan *plan = planning->plan;
    struct wf_grafting *grafting = planning->grafting;
    struct wf_arena *arena = planning->arena;
    struct wf_plan_graft *grafts =
        wf_arena_array(arena, plan->num_grafts, sizeof *grafts);
    struct wf_graft_draft *drafts =
        wf_arena_array(arena, plan->num_grafts, sizeof *drafts);
    uint32_t *now = wf_arena_array(arena, plan->num_grafts, sizeof *now);

    for (size_t i = 0; i < plan->num_grafts; i++)
        now[sorted[i] - plan->grafts] = (uint32_t)i;
    for (size_t i = 0; i < plan->num_grafts; i++) {
        const struct wf_plan_graft *same = sorted[i]->same_as;

        grafts[i] = *sorted[i];
        grafts[i].same_as = same == NULL ? NULL : &grafts[now[same - plan->grafts]];
        drafts[i] = grafting->grafts[sorted[i] - plan->grafts];
    }
    for (size_t i = 0; i < grafting->num_users; i++) {
        struct wf_user *user = &grafting->users[i];

        if (user->graft != WF_NO_GRAFT)
            user->graft = now[user->graft];
        for (size_t k = 0; k < user->num_uses; k++)
            if (user->uses[k].graft != WF_NO_GRAFT)
                user->uses[k].graft = now[user->uses[k].graft];
    }
    plan->grafts = grafts;
    grafting->grafts = drafts;
}

bool
wf_plan_name_grafts(struct wf_planning *planning, struct wf_error *err)
{
    struct wf_plan *plan = planning->plan;
    struct wf_arena *arena = planning->arena;
    const size_t num = planning->grafting->num_grafts;
    struct wf_plan_graft **sorted =
        wf_arena_array(arena, num, sizeof(struct wf_plan_graft *));

    if (!wf_plan_read_grafts(planning, err))
        return false;
    if (num == 0)
        return true;
    propose_names(planning, sorted);
    if (!part_names(planning, sorted, num, SHORT_DIGEST))
        return true;
    const char *suffix = planning->options->lib_sdir;

    plan->lib_dir = wf_arena_printf(arena, "%s%s", planning->report->wheel->name.name,
                                    suffix == NULL ? ".libs" : suffix);
    place_grafts(planning);
    wf_plan_name_packages(planning);
    wf_plan_reorder_grafts(planning, sorted);
    return true;
}
