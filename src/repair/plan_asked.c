/* plan_asked.c -- libraries that --include names though nobody may need them: they are loaded
 * by dlopen, so they are looked for where an extension of the wheel would look. */
#include <string.h>

#include "repair/plan_parts.h"

enum { SHORTEST_DIGEST = 8 };

static bool
is_plain(const char *glob)
{
    return strpbrk(glob, "*?[/") == NULL;
}

static size_t
digest_len(const char *text)
{
    return strspn(text, "0123456789abcdef");
}

/* "libfoo-1a2b3c4d.so.1.2" is libfoo.so.1 as a former repair left it. */
static bool
is_mangled_form(const char *base, const char *name)
{
    const size_t stem = strcspn(name, ".");

    if (strncmp(base, name, stem) != 0 || base[stem] != '-')
        return false;
    const char *rest = base + stem + 1 + digest_len(base + stem + 1);
    const size_t rest_len = strlen(name + stem);

    return rest - (base + stem + 1) >= SHORTEST_DIGEST &&
           strncmp(rest, name + stem, rest_len) == 0 &&
           (rest[rest_len] == '\0' || rest[rest_len] == '.');
}

static bool
is_bundled(const struct wf_planning *planning, const char *name)
{
    const struct wf_report *report = planning->report;

    for (size_t i = 0; i < report->num_objects; i++)
        if (report->objects[i].judged &&
            is_mangled_form(wf_text_base_name(report->objects[i].installed), name))
            return true;
    return false;
}

/* Extensions are asked before other objects that something loads by itself. */
static bool
may_ask(const struct wf_planning *planning, uint32_t object, bool extensions)
{
    const struct wf_member_object *member = &planning->report->objects[object];

    return wf_verdict_is_root(planning->report, object) &&
           (member->object.kind == WF_KIND_EXTENSION) == extensions;
}

static bool
find(struct wf_asked *asked, struct wf_planning *planning, bool extensions,
     struct wf_error *err)
{
    struct wf_report *report = planning->report;
    size_t num;
    const uint32_t *objects = wf_verdict_members(report, planning->platform, &num);

    for (size_t i = 0; i < num; i++) {
        const struct wf_edge *edge;

        if (!may_ask(planning, objects[i], extensions))
            continue;
        if (!wf_resolver_named(&edge, report->resolver,
                               &report->objects[objects[i]].resolved, asked->name,
                               planning->judged->libc, err))
            return false;
        if (asked->edge == NULL || edge->library != NULL)
            asked->edge = edge;
        if (edge->library != NULL)
            break;
    }
    return true;
}

bool
wf_plan_find_asked(struct wf_planning *planning, struct wf_error *err)
{
    const struct wf_strings *includes = &planning->options->audit->search.includes;

    planning->asked =
        wf_arena_array(planning->arena, includes->num, sizeof *planning->asked);
    for (size_t i = 0; i < includes->num; i++) {
        struct wf_asked *asked = &planning->asked[planning->num_asked];

        if (!is_plain(includes->items[i]))
            continue;
        asked->name = includes->items[i];
        asked->is_bundled = is_bundled(planning, asked->name);
        if (!find(asked, planning, true, err) ||
            ((asked->edge == NULL || asked->edge->library == NULL) &&
             !find(asked, planning, false, err)))
            return false;
        planning->num_asked += asked->edge != NULL;
    }
    return true;
}

static bool
brings_in(const struct wf_planning *planning, const char *glob)
{
    const struct wf_grafting *grafting = planning->grafting;
    const struct wf_strings one = { .items = (const char *[]){ glob }, .num = 1 };

    for (size_t i = 0; i < planning->num_asked; i++) {
        const struct wf_asked *asked = &planning->asked[i];

        if (strcmp(asked->name, glob) == 0 &&
            (asked->is_bundled || asked->edge->library != NULL))
            return wf_policies_bundling(glob, NULL) != WF_BUNDLE_NEVER;
    }
    for (size_t i = 0; i < grafting->num_users; i++)
        for (size_t k = 0; k < grafting->users[i].num_uses; k++) {
            const struct wf_use *use = &grafting->users[i].uses[k];

            if ((use->kind == WF_USE_GRAFT || use->kind == WF_USE_INSIDE) &&
                wf_plan_matches(&one, use->edge->name, use->edge->library->path))
                return true;
        }
    return false;
}

void
wf_plan_note_unmatched(struct wf_planning *planning)
{
    const struct wf_strings *includes = &planning->options->audit->search.includes;

    for (size_t i = 0; i < includes->num; i++) {
        const char *why = NULL;

        if (brings_in(planning, includes->items[i]))
            continue;
        wf_policies_bundling(includes->items[i], &why);
        wf_plan_note(planning, "include-unmatched", WF_WARNING, "",
                     "--include %s brings nothing into the wheel%s%s", includes->items[i],
                     why == NULL ? "" : ": ", why == NULL ? "" : why);
    }
}
