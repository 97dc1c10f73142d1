/* verdict_roots.c -- the roots of a wheel, what each loads, and in whose context the other
 * objects were resolved (design.md 5.2). */
#include "audit/verdict_parts.h"

#include "policy/macos.h"

#include <stdlib.h>
#include <string.h>

static int
compare_names(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

struct names {
    const char **items;
    size_t num;
};

/* Install names count by their last part, since the folders of one library have many
 * spellings; names of DLLs without case. */
static const char *
asked_name(struct wf_report *report, const struct wf_object *object, const char *name)
{
    if (object->format == WF_FORMAT_PE)
        return wf_text_lower(&report->arena, name);
    return object->format == WF_FORMAT_MACHO ? wf_text_base_name(name) : name;
}

/* Every name that any judged object needs, sorted. */
static struct names
all_needed(struct wf_report *report)
{
    struct names names = { 0 };
    size_t num = 0;

    for (size_t i = 0; i < report->num_objects; i++)
        if (report->objects[i].judged)
            num += report->objects[i].object.num_needed;
    names.items = wf_arena_array(&report->arena, num, sizeof *names.items);
    for (size_t i = 0; i < report->num_objects; i++) {
        const struct wf_object *object = &report->objects[i].object;

        for (size_t k = 0; report->objects[i].judged && k < object->num_needed; k++)
            names.items[names.num++] = asked_name(report, object, object->needed[k]);
    }
    qsort(names.items, names.num, sizeof *names.items, compare_names);
    return names;
}

static bool
has_name(const struct names *names, const char *name)
{
    return names->num > 0 && bsearch(&name, names->items, names->num,
                                     sizeof *names->items, compare_names) != NULL;
}

/* The resolver was given pointers into report->objects, so arithmetic finds it. */
size_t
wf_verdict_member_index(const struct wf_report *report, const struct wf_object *object)
{
    const uintptr_t base = (uintptr_t)&report->objects[0].resolved;
    const uintptr_t at = (uintptr_t)object;

    if (at < base)
        return report->num_objects;
    const size_t index = (size_t)(at - base) / sizeof *report->objects;

    if (index >= report->num_objects || &report->objects[index].resolved != object)
        return report->num_objects;
    return index;
}

/* Resolves what `root` loads; objects met for the first time keep their place in it. */
static bool
resolve_root(struct wf_report *report, const struct wf_verdict_state *state, size_t root,
             struct wf_error *err)
{
    struct wf_member_object *member = &report->objects[root];
    const enum wf_libc libc = report->platforms[state->objects[root].platform].libc;
    const struct wf_tree *tree;

    if (!wf_resolver_tree(&tree, report->resolver, &member->resolved, libc, err))
        return false;
    for (size_t i = 0; i < tree->num_nodes; i++) {
        const struct wf_node *node = tree->nodes[i];

        if (i > 0 && !node->library->in_wheel)
            continue;
        const size_t index =
            i == 0 ? root : wf_verdict_member_index(report, node->library->object);

        /* A root is read in its own context, whoever else loads it. */
        if (index < report->num_objects &&
            (i == 0 || report->objects[index].tree == NULL)) {
            report->objects[index].tree = tree;
            report->objects[index].node = node;
        }
    }
    return true;
}

/* What the oldest policy provides is never external, and neither is the loader that runs
 * already: nobody asks where they are. */
static bool
is_provided(const void *context, enum wf_arch arch, enum wf_libc libc, const char *name)
{
    const struct wf_policies *policies = context;
    enum wf_policy_family family;
    size_t num;

    if (wf_is_loader(name))
        return true;
    if (!wf_verdict_family_of(&family, libc))
        return false;
    const struct wf_policy *list = wf_policies_list(policies, family, &num);

    arch = wf_policy_arch(arch);
    for (size_t i = 0; i < num; i++)
        if (!list[i].provisional && wf_policy_has_arch(&list[i], arch))
            return wf_policies_library_rank(policies, family, arch, name) <= list[i].rank;
    return false;
}

static void
start_resolver(struct wf_report *report, const struct wf_verdict_state *state)
{
    const struct wf_object **members =
        wf_arena_array(&report->arena, report->num_objects, sizeof *members);
    struct wf_search search = state->options->search;
    size_t num = 0;

    if (!state->options->whole_trees) {
        search.is_provided = is_provided;
        search.context = state->options->policies;
    }
    search.is_macos_provided = wf_macos_provides;
    wf_verdict_windows_search(&search, &report->arena, state->options->windows_min,
                              &report->wheel->name);
    for (size_t i = 0; i < report->num_objects; i++)
        if (report->objects[i].judged)
            members[num++] = &report->objects[i].resolved;
    report->resolver = wf_resolver_new(&search, members, num, &state->options->limits);
}

/* An object counts in full when it is an extension or when no object of the wheel needs
 * its file name (auditwheel.md 3.7); those are the roots.  What then is in no tree is
 * loaded by other means, dlopen for one, and becomes a root, too: auditwheel would not
 * count it. */
bool
wf_verdict_resolve(struct wf_report *report, struct wf_verdict_state *state,
                   struct wf_error *err)
{
    const struct names needed = all_needed(report);

    wf_verdict_windows_mark(report, state);
    start_resolver(report, state);
    for (size_t i = 0; i < report->num_objects; i++) {
        const struct wf_object *object = &report->objects[i].object;

        if (!report->objects[i].judged)
            continue;
        state->objects[i].counted =
            object->kind == WF_KIND_EXTENSION || state->objects[i].is_module ||
            !has_name(&needed,
                      asked_name(report, object, wf_text_base_name(object->path)));
        if (state->objects[i].counted && !resolve_root(report, state, i, err))
            return false;
    }
    for (size_t i = 0; i < report->num_objects; i++) {
        if (!report->objects[i].judged || report->objects[i].tree != NULL)
            continue;
        state->objects[i].counted = true;
        if (!resolve_root(report, state, i, err))
            return false;
    }
    wf_resolver_unmatched_excludes(report->resolver, &report->arena,
                                   &report->unmatched_excludes);
    return true;
}
