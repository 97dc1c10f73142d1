/* plan_windows_digest.c -- the digits in the names of bundled DLLs: of what each loads and of
 * its own bytes, so that equal DLLs of two wheels have equal names (delvewheel-pe.md 3.2). */
#include <stdlib.h>
#include <string.h>

#include "object/pe.h"
#include "repair/plan_windows_parts.h"

enum { DIGITS = 32 };

struct digesting {
    struct wf_planning *planning;
    struct wf_arena *arena; /* of this work alone */
    struct wf_sha256 *sha;
    uint8_t *piece;
    const char **digits; /* by graft */
    /* By graft: the grafts it loads that get digits, in the order of its needs. */
    uint32_t *first; /* and one more */
    uint32_t *links;
    /* Tarjan's search for circles: numbers from 1 on, as grafts are met. */
    uint32_t *met;
    uint32_t *lowest;
    bool *is_open;
    uint32_t *open;
    size_t num_open;
    uint32_t num_met;
};

/* delvewheel does not follow forwarders: one counts where no import stands for it. */
static size_t
link_graft(const struct digesting *work, uint32_t graft, uint32_t *seen_by, uint32_t *to)
{
    const struct wf_planning *planning = work->planning;
    const struct wf_user *user =
        &planning->grafting->users[planning->grafting->grafts[graft].user];
    size_t num = 0;

    for (size_t i = 0; i < user->num_uses; i++) {
        const struct wf_use *use = &user->uses[i];

        if (use->kind != WF_USE_GRAFT || use->graft == graft ||
            planning->plan->grafts[use->graft].keeps_name)
            continue;
        if (user->object->pe->needs[i].kind == WF_PE_FORWARD &&
            seen_by[use->graft] == graft + 1)
            continue;
        seen_by[use->graft] = graft + 1;
        to[num++] = use->graft;
    }
    return num;
}

static void
link_grafts(struct digesting *work)
{
    const struct wf_grafting *grafting = work->planning->grafting;
    uint32_t *seen_by =
        wf_arena_array(work->arena, grafting->num_grafts, sizeof *seen_by);
    size_t most = 0;

    for (size_t i = 0; i < grafting->num_grafts; i++)
        most += grafting->users[grafting->grafts[i].user].num_uses;
    work->links = wf_arena_array(work->arena, most, sizeof *work->links);
    work->first =
        wf_arena_array(work->arena, grafting->num_grafts + 1, sizeof *work->first);
    for (size_t i = 0; i < grafting->num_grafts; i++)
        work->first[i + 1] =
            work->first[i] + (uint32_t)link_graft(work, (uint32_t)i, seen_by,
                                                  work->links + work->first[i]);
}

/* With the zero byte that parts one from the next. */
static void
add_digits(struct digesting *work, const char *digits)
{
    wf_sha256_add(work->sha, wf_bytes_of(digits, strlen(digits) + 1));
}

static const char *
end_digits(struct digesting *work)
{
    uint8_t digest[WF_SHA256_LEN];
    char hex[WF_SHA256_HEX + 1];

    wf_sha256_end(work->sha, digest);
    wf_sha256_hex(hex, digest);
    hex[DIGITS] = '\0';
    return wf_arena_strdup(work->planning->arena, hex);
}

/* Of a DLL that loads none of them its digest is known. */
static bool
digest_one(struct digesting *work, uint32_t graft, struct wf_error *err)
{
    const struct wf_plan_graft *of = &work->planning->plan->grafts[graft];
    uint32_t crc = 0;
    uint64_t size = 0;

    if (of->keeps_name)
        return true;
    if (work->first[graft] == work->first[graft + 1]) {
        char hex[WF_SHA256_HEX + 1];

        wf_sha256_hex(hex, of->sha256);
        hex[DIGITS] = '\0';
        work->digits[graft] = wf_arena_strdup(work->planning->arena, hex);
        return true;
    }
    wf_sha256_start(work->sha);
    for (uint32_t i = work->first[graft]; i < work->first[graft + 1]; i++)
        add_digits(work, work->digits[work->links[i]]);
    if (!wf_plan_add_file(work->sha, &crc, &size, NULL, work->piece, of->from, err))
        return false;
    work->digits[graft] = end_digits(work);
    return (crc == of->crc && size == of->size) ||
           wf_error_set(err, WF_ERR_IO,
                        "%s changed while it was read; repair the wheel again", of->from);
}

struct round {
    const uint8_t *sha256;
    const char *name;
    uint32_t graft;
};

/* By what they are, wherever they were found. */
static int
compare_rounds(const void *left, const void *right)
{
    const struct round *a = left;
    const struct round *b = right;
    int order = memcmp(a->sha256, b->sha256, WF_SHA256_LEN);

    if (order == 0)
        order = strcmp(a->name, b->name);
    return order != 0 ? order : (a->graft > b->graft) - (a->graft < b->graft);
}

static void
add_member_of_circle(struct digesting *work, const struct round *member)
{
    char hex[WF_SHA256_HEX + 1];

    /* What is of the circle itself has no digits yet. */
    for (uint32_t i = work->first[member->graft]; i < work->first[member->graft + 1]; i++)
        if (work->digits[work->links[i]] != NULL)
            add_digits(work, work->digits[work->links[i]]);
    wf_sha256_hex(hex, member->sha256);
    add_digits(work, hex);
}

/* No one of them comes first, so all are digested together, and then each with that. */
static void
digest_circle(struct digesting *work, const uint32_t *grafts, size_t num)
{
    struct round *rounds = wf_arena_array(work->arena, num, sizeof *rounds);
    const char **digits = wf_arena_array(work->arena, num, sizeof *digits);

    for (size_t i = 0; i < num; i++) {
        const struct wf_plan_graft *of = &work->planning->plan->grafts[grafts[i]];

        rounds[i] = (struct round){ of->sha256, wf_win_name_on_disk(of), grafts[i] };
    }
    qsort(rounds, num, sizeof *rounds, compare_rounds);
    wf_sha256_start(work->sha);
    for (size_t i = 0; i < num; i++)
        add_member_of_circle(work, &rounds[i]);
    const char *whole = end_digits(work);

    for (size_t i = 0; i < num; i++) {
        char hex[WF_SHA256_HEX + 1];

        wf_sha256_hex(hex, rounds[i].sha256);
        wf_sha256_start(work->sha);
        add_digits(work, whole);
        add_digits(work, hex);
        digits[i] = end_digits(work);
    }
    for (size_t i = 0; i < num; i++)
        work->digits[rounds[i].graft] = digits[i];
}

/* One graft on the way down, and the link it goes on with. */
struct step {
    uint32_t graft;
    uint32_t next;
};

static struct step
enter(struct digesting *work, uint32_t graft)
{
    work->met[graft] = ++work->num_met;
    work->lowest[graft] = work->num_met;
    work->is_open[graft] = true;
    work->open[work->num_open++] = graft;
    return (struct step){ graft, work->first[graft] };
}

static void
lower(struct digesting *work, uint32_t graft, uint32_t number)
{
    if (number < work->lowest[graft])
        work->lowest[graft] = number;
}

/* Closes the circle that `graft` was met first of; alone it is none. */
static bool
leave(struct digesting *work, uint32_t graft, struct wf_error *err)
{
    size_t num = 0;

    if (work->lowest[graft] != work->met[graft])
        return true;
    do {
        num++;
        work->is_open[work->open[work->num_open - num]] = false;
    } while (work->open[work->num_open - num] != graft);
    work->num_open -= num;
    if (num == 1)
        return digest_one(work, graft, err);
    digest_circle(work, work->open + work->num_open, num);
    return true;
}

/* From one graft on; what it loads has its digits first. */
static bool
digest_below(struct digesting *work, struct step *way, uint32_t from,
             struct wf_error *err)
{
    size_t depth = 0;

    way[depth++] = enter(work, from);
    while (depth > 0) {
        struct step *step = &way[depth - 1];

        if (step->next < work->first[step->graft + 1]) {
            const uint32_t to = work->links[step->next++];

            if (work->met[to] == 0)
                way[depth++] = enter(work, to);
            else if (work->is_open[to])
                lower(work, step->graft, work->met[to]);
            continue;
        }
        if (!leave(work, step->graft, err))
            return false;
        if (--depth > 0)
            lower(work, way[depth - 1].graft, work->lowest[step->graft]);
    }
    return true;
}

bool
wf_win_digest_grafts(const char ***out, struct wf_planning *planning,
                     struct wf_error *err)
{
    const size_t num = planning->plan->num_grafts;
    struct wf_arena scratch = { 0 };
    struct digesting work = {
        .planning = planning,
        .arena = &scratch,
        .sha = wf_sha256_new(),
        .piece = wf_arena_alloc(&scratch, WF_PLAN_PIECE),
        .digits = wf_arena_array(planning->arena, num, sizeof(const char *)),
        .met = wf_arena_array(&scratch, num, sizeof(uint32_t)),
        .lowest = wf_arena_array(&scratch, num, sizeof(uint32_t)),
        .is_open = wf_arena_array(&scratch, num, sizeof(bool)),
        .open = wf_arena_array(&scratch, num, sizeof(uint32_t)),
    };
    struct step *way = wf_arena_array(&scratch, num, sizeof *way);
    bool ok = true;

    link_grafts(&work);
    for (size_t i = 0; ok && i < num; i++)
        if (work.met[i] == 0)
            ok = digest_below(&work, way, (uint32_t)i, err);
    wf_sha256_free(work.sha);
    wf_arena_clear(&scratch);
    *out = work.digits;
    return ok;
}
