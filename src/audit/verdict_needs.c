/* verdict_needs.c -- what a set of objects needs beyond the oldest policy: every version,
 * library, symbol and mark with the rank that permits it (auditwheel.md 3.3, 3.9). */
#include "audit/verdict_parts.h"

#include <stdlib.h>
#include <string.h>

/* One object being looked at. */
struct look {
    struct wf_judged *judged;
    struct wf_report *report;
    const struct wf_policies *policies;
    const struct wf_object *object;
    bool counted;
    wf_rank oldest; /* rank of the oldest policy */
    struct wf_edges edges;
    const char **guarded; /* needed libraries some of whose symbols are forbidden */
    size_t num_guarded;
    const struct wf_policy *musl_1_2; /* when older policies exist, else NULL */
};

static int
compare_edges(const void *left, const void *right)
{
    const struct wf_edge *const *a = left;
    const struct wf_edge *const *b = right;
    const int order = strcmp((*a)->name, (*b)->name);

    return order != 0 ? order : (*a > *b) - (*a < *b);
}

struct wf_edges
wf_verdict_edges(struct wf_arena *arena, const struct wf_node *node)
{
    struct wf_edges edges = { 0 };

    if (node == NULL)
        return edges;
    edges.num = node->num_edges;
    edges.items = wf_arena_array(arena, edges.num, sizeof *edges.items);
    for (size_t i = 0; i < edges.num; i++)
        edges.items[i] = &node->edges[i];
    qsort(edges.items, edges.num, sizeof *edges.items, compare_edges);
    return edges;
}

static int
compare_name_to_edge(const void *key, const void *item)
{
    return strcmp(key, (*(const struct wf_edge *const *)item)->name);
}

bool
wf_edges_in_wheel(const struct wf_edges *edges, const char *name)
{
    if (edges->num == 0)
        return false;
    const struct wf_edge **found = bsearch(name, edges->items, edges->num,
                                           sizeof *edges->items, compare_name_to_edge);

    return found != NULL && (*found)->library != NULL && (*found)->library->in_wheel;
}

static void
add_need(struct look *look, const struct wf_blocker *need)
{
    struct wf_judged *judged = look->judged;

    if (need->needs <= look->oldest)
        return;
    judged->needs = wf_arena_grow(&look->report->arena, judged->needs, judged->num_needs,
                                  &judged->cap_needs, sizeof *judged->needs);
    judged->needs[judged->num_needs] = *need;
    judged->needs[judged->num_needs++].object = look->object->path;
    if (need->needs > judged->ranks[need->reason])
        judged->ranks[need->reason] = need->needs;
}

/* The rank of each version need.  The loader's own (`__tls_get_addr` at GLIBC_2.3 of
 * ld-linux-x86-64.so.2) are not asked for, as in auditwheel; what the wheel itself
 * provides is no concern of the platform. */
static wf_rank *
rank_versions(struct look *look)
{
    const struct wf_object *object = look->object;
    wf_rank *ranks =
        wf_arena_array(&look->report->arena, object->num_version_needs, sizeof *ranks);
    const char *library = NULL;
    bool asked = false;

    for (size_t i = 0; i < object->num_version_needs; i++) {
        const struct wf_version_need *need = &object->version_needs[i];

        /* The needs of one library stand together. */
        if (library == NULL || strcmp(library, need->library) != 0) {
            library = need->library;
            asked = !wf_is_loader(library) && !wf_edges_in_wheel(&look->edges, library);
        }
        ranks[i] =
            asked ? wf_policies_version_rank(look->policies, look->judged->ladder.family,
                                             look->judged->ladder.arch, need->version)
                  : WF_RANK_ALWAYS;
    }
    return ranks;
}

static void
look_at_markers(struct look *look, const wf_rank *ranks)
{
    for (size_t i = 0; i < look->object->num_version_needs; i++) {
        const struct wf_version_need *need = &look->object->version_needs[i];

        if (!need->used)
            add_need(look, &(struct wf_blocker){
                               .reason = WF_REASON_VERSION_MARKER,
                               .library = need->library,
                               .version = need->version,
                               .weak = need->weak,
                               .needs = ranks[i],
                           });
    }
}

/* Forbidden symbols are looked for in every needed library that guards some, whichever
 * library provides the symbol: nothing but the name tells (auditwheel.md 3.8). */
static void
look_at_symbol(struct look *look, const struct wf_import *import)
{
    for (size_t i = 0; i < look->num_guarded; i++)
        add_need(look, &(struct wf_blocker){
                           .reason = WF_REASON_SYMBOL,
                           .library = look->guarded[i],
                           .symbol = import->name,
                           .needs = wf_policies_symbol_rank(
                               look->policies, look->judged->ladder.family,
                               look->guarded[i], import->name),
                       });
}

static void
look_at_musl(struct look *look, const struct wf_import *import)
{
    const char *release = wf_musl_introduced(import->name);

    if (release != NULL)
        add_need(
            look,
            &(struct wf_blocker){
                .reason = WF_REASON_VERSION,
                .library = wf_arena_printf(&look->report->arena, "libc.musl-%s.so.1",
                                           wf_arch_musl_word(look->judged->ladder.arch)),
                .symbol = import->name,
                .version = wf_arena_printf(&look->report->arena, "musl_%s", release),
                .needs = look->musl_1_2->rank,
            });
}

/* The marks Python itself leaves in an extension (PEP 513): the floating point exception
 * jump buffer, and the two-byte unicode of Python 2. */
static void
look_at_python(struct look *look, const struct wf_import *import)
{
    const char *name = import->name;

    if (name[0] != 'P' || name[1] != 'y')
        return;
    if ((import->type == WF_SYM_FUNC || import->type == WF_SYM_NOTYPE) &&
        (strcmp(name, "PyFPE_jbuf") == 0 || strcmp(name, "PyFPE_dummy") == 0 ||
         strcmp(name, "PyFPE_counter") == 0))
        add_need(look, &(struct wf_blocker){ .reason = WF_REASON_PYFPE,
                                             .symbol = name,
                                             .needs = WF_RANK_NEVER });
    if (look->object->is_python2 && import->type == WF_SYM_FUNC &&
        strstr(name, "PyUnicodeUCS2_") != NULL)
        add_need(look, &(struct wf_blocker){ .reason = WF_REASON_UCS2,
                                             .symbol = name,
                                             .needs = WF_RANK_NEVER });
}

static void
look_at_imports(struct look *look, const wf_rank *ranks)
{
    const struct wf_object *object = look->object;
    const bool is_extension = object->kind == WF_KIND_EXTENSION;

    for (size_t i = 0; i < object->num_imports; i++) {
        const struct wf_import *import = &object->imports[i];
        const bool weak = import->binding == WF_BIND_WEAK;

        if (import->need >= 0 && ranks[import->need] > look->oldest) {
            const struct wf_version_need *need = &object->version_needs[import->need];

            add_need(look, &(struct wf_blocker){
                               .reason = WF_REASON_VERSION,
                               .library = need->library,
                               .symbol = import->name,
                               .version = need->version,
                               .weak = weak || need->weak,
                               .needs = ranks[import->need],
                           });
        }
        if (look->num_guarded > 0 && !weak)
            look_at_symbol(look, import);
        if (look->musl_1_2 != NULL && !weak)
            look_at_musl(look, import);
        if (is_extension)
            look_at_python(look, import);
    }
}

/* Everything the wheel does not hold and the oldest policy does not provide, excluded
 * names and the loader apart.  On Android the interpreter brings its library along. */
static void
look_at_libraries(struct look *look)
{
    const enum wf_policy_family family = look->judged->ladder.family;

    for (size_t i = 0; i < look->edges.num; i++) {
        const struct wf_edge *edge = look->edges.items[i];
        const bool again =
            i > 0 && strcmp(edge->name, look->edges.items[i - 1]->name) == 0;

        if (again || edge->by == WF_FOUND_EXCLUDED || wf_is_loader(edge->name) ||
            (edge->library != NULL && edge->library->in_wheel) ||
            (family == WF_POLICY_ANDROID && wf_is_libpython(edge->name)))
            continue;
        add_need(look,
                 &(struct wf_blocker){
                     .reason = WF_REASON_LIBRARY,
                     .library = edge->name,
                     .needs = wf_policies_library_rank(
                         look->policies, family, look->judged->ladder.arch, edge->name),
                 });
        if (look->counted && wf_policies_forbids_in(look->policies, family, edge->name))
            look->guarded[look->num_guarded++] = edge->name;
    }
}

/* As in auditwheel the mark of an object that another one needs does not count. */
static void
look_at_isa(struct look *look)
{
    const struct wf_object *object = look->object;

    if (look->counted && object->arch == WF_ARCH_X86_64 && object->isa_needed > 1)
        add_need(look, &(struct wf_blocker){
                           .reason = WF_REASON_ISA,
                           .version = wf_arena_printf(&look->report->arena, "x86-64-v%u",
                                                      object->isa_needed),
                           .needs = WF_RANK_NEVER,
                       });
}

static const struct wf_policy *
find_musl_1_2(const struct wf_ladder *ladder, const struct wf_policies *policies)
{
    if (ladder->family != WF_POLICY_MUSLLINUX)
        return NULL;
    const struct wf_policy *policy =
        wf_policies_not_above(policies, WF_POLICY_MUSLLINUX, ladder->arch, 1, 2);

    return policy != NULL && policy->rank > ladder->steps[0]->rank ? policy : NULL;
}

void
wf_verdict_needs(struct wf_judged *judged, struct wf_report *report,
                 const struct wf_verdict_state *state)
{
    const struct wf_policies *policies = state->options->policies;

    if (judged->ladder.num == 0)
        return;
    struct look look = {
        .judged = judged,
        .report = report,
        .policies = policies,
        .oldest = judged->ladder.steps[0]->rank,
        .musl_1_2 = find_musl_1_2(&judged->ladder, policies),
    };

    for (size_t i = 0; i < judged->num_objects; i++) {
        const struct wf_member_object *member = &report->objects[judged->objects[i]];

        look.object = &member->object;
        look.counted = state->objects[judged->objects[i]].counted;
        look.edges = wf_verdict_edges(&report->arena, member->node);
        look.guarded =
            wf_arena_array(&report->arena, look.edges.num, sizeof *look.guarded);
        look.num_guarded = 0;
        look_at_libraries(&look);
        const wf_rank *ranks = rank_versions(&look);

        look_at_markers(&look, ranks);
        look_at_imports(&look, ranks);
        if (!state->options->disable_isa_check)
            look_at_isa(&look);
    }
}
