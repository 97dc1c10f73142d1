/* verdict_macos_blockers.c -- what keeps the tags of a macOS wheel from being better: each
 * with file, slice, library or minimum system. */
#include "audit/verdict_parts.h"

#include "object/macho.h"
#include "policy/macos.h"

#include <stdlib.h>
#include <string.h>

struct blocking {
    struct wf_report *report;
    struct wf_blocker *items;
    size_t num;
    size_t cap;
};

static void
block(struct blocking *blocking, const struct wf_blocker *blocker,
      const struct wf_object *object)
{
    blocking->items = wf_arena_grow(&blocking->report->arena, blocking->items,
                                    blocking->num, &blocking->cap, sizeof *blocker);
    blocking->items[blocking->num] = *blocker;
    blocking->items[blocking->num].needs = WF_RANK_NEVER;
    blocking->items[blocking->num].object = object->path;
    blocking->items[blocking->num++].slice = object->slice;
}

/* A tag without its architecture. */
static const char *
policy_of(struct wf_arena *arena, const char *tag, const char *word)
{
    return wf_arena_str(arena, wf_bytes_of(tag, strlen(tag) - strlen(word) - 1));
}

static bool
is_wrong_arch(const struct wf_edge *edge)
{
    for (size_t i = 0; i < edge->num_tries; i++)
        if (edge->tries[i].result == WF_TRY_ARCH)
            return true;
    return false;
}

static void
block_by_libraries(struct blocking *blocking, const struct wf_platform *platform,
                   const struct wf_member_object *member, const char *word)
{
    struct wf_arena *arena = &blocking->report->arena;

    for (size_t i = 0; member->node != NULL && i < member->node->num_edges; i++) {
        const struct wf_edge *edge = &member->node->edges[i];

        if (edge->weak || !wf_verdict_macos_is_outward(edge))
            continue;
        const bool wrong = edge->library == NULL && is_wrong_arch(edge);

        block(blocking,
              &(struct wf_blocker){
                  .policy = policy_of(arena, platform->tag, word),
                  .tag = platform->tag,
                  .reason = wrong ? WF_REASON_MISSING_ARCH : WF_REASON_LIBRARY,
                  .library = edge->name,
                  .version = wrong ? word : NULL,
              },
              &member->object);
    }
}

/* What holds the platform at its minimum, and whatever else is above a claimed tag. */
static void
block_by_minimum(struct blocking *blocking, const struct wf_platform *platform,
                 const struct wf_object *object, uint32_t claimed)
{
    struct wf_arena *arena = &blocking->report->arena;
    const char *word = wf_verdict_macos_word(object->arch);
    const uint32_t min_os = wf_verdict_macos_min_os(object);
    const char *tag = wf_macos_tag_before(arena, min_os, word);

    if (tag == NULL || (min_os < platform->min_os &&
                        (claimed == 0 || wf_macos_rounded(min_os) <= claimed)))
        return;
    block(blocking,
          &(struct wf_blocker){
              .policy = policy_of(arena, tag, word),
              .tag = tag,
              .reason = WF_REASON_MIN_OS,
              .version = wf_macos_version_text(arena, min_os),
          },
          object);
}

/* A claimed architecture that modules lack stands with the first platform: it may have none
 * of its own. */
static void
block_by_archs(struct blocking *blocking)
{
    struct wf_report *report = blocking->report;

    for (size_t i = 0; i < report->wheel->name.num_platforms; i++) {
        const struct wf_platform_tag *tag = &report->wheel->name.platforms[i];
        const struct wf_macos_word *word =
            tag->family == WF_TAG_MACOS ? wf_macos_word_find(tag->arch_word) : NULL;

        for (size_t k = 0; word != NULL && k < word->num_archs; k++) {
            const struct wf_object *object =
                wf_verdict_macos_lacks(report, word->archs[k]);

            if (object != NULL)
                block(blocking,
                      &(struct wf_blocker){
                          .policy = policy_of(&report->arena, tag->text, word->word),
                          .tag = tag->text,
                          .reason = WF_REASON_MISSING_ARCH,
                          .version = word->archs[k],
                      },
                      object);
        }
    }
}

static int
compare_or_null(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return (a != NULL) - (b != NULL);
    return wf_text_compare_natural(a, b);
}

/* What is missing first, then minimums, the newest first: those of one tag together. */
static int
compare_blockers(const void *left, const void *right)
{
    const struct wf_blocker *a = left;
    const struct wf_blocker *b = right;
    const bool a_minimum = a->reason == WF_REASON_MIN_OS;
    const bool b_minimum = b->reason == WF_REASON_MIN_OS;

    if (a_minimum != b_minimum)
        return a_minimum ? 1 : -1;
    int order = wf_text_compare_natural(b->tag, a->tag);

    if (order == 0)
        order = wf_text_compare_natural(a->object, b->object);
    if (order == 0)
        order = compare_or_null(a->library, b->library);
    return order != 0 ? order : compare_or_null(a->version, b->version);
}

void
wf_verdict_macos_blockers(struct wf_platform *platform, const struct wf_judged *judged,
                          struct wf_report *report, const struct wf_verdict_state *state)
{
    const char *word = wf_verdict_macos_word(platform->arch);
    const uint32_t claimed = wf_verdict_macos_claimed(report, word);
    struct blocking blocking = { .report = report };

    for (size_t i = 0; i < judged->num_objects; i++) {
        const struct wf_member_object *member = &report->objects[judged->objects[i]];

        block_by_libraries(&blocking, platform, member, word);
        if (state->objects[judged->objects[i]].weighs)
            block_by_minimum(&blocking, platform, &member->object, claimed);
    }
    if (wf_verdict_macos_is_first(report, platform))
        block_by_archs(&blocking);
    if (blocking.num > 1)
        qsort(blocking.items, blocking.num, sizeof *blocking.items, compare_blockers);
    platform->blockers = blocking.items;
    platform->num_blockers = blocking.num;
}
