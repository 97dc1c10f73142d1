/* plan_windows_asked.c -- DLLs that --include names: they come in though nobody may need them,
 * under their own names and unchanged, for code that loads them by name. */
#include <string.h>

#include "repair/plan_windows_parts.h"

static const char asked_advice[] =
    "give the folder that has it with --add-path, or leave the option away";

/* The DLL is to be for the machine of the wheel's modules. */
static const struct wf_member_object *
asking_member(const struct wf_planning *planning)
{
    const struct wf_report *report = planning->report;
    const struct wf_member_object *any = NULL;

    for (size_t i = 0; i < report->num_objects; i++) {
        const struct wf_member_object *member = &report->objects[i];

        if (!wf_plan_is_windows(member))
            continue;
        if (wf_win_is_hard(planning, member))
            return member;
        if (any == NULL)
            any = member;
    }
    return any;
}

bool
wf_win_find_asked(struct wf_planning *planning, struct wf_error *err)
{
    const struct wf_strings *includes = &planning->options->audit->search.includes;
    const struct wf_member_object *member = asking_member(planning);

    planning->asked =
        wf_arena_array(planning->arena, includes->num, sizeof *planning->asked);
    for (size_t i = 0; member != NULL && i < includes->num; i++) {
        struct wf_asked *asked = &planning->asked[planning->num_asked++];

        asked->name = includes->items[i];
        if (!wf_resolver_named(&asked->edge, planning->report->resolver,
                               &member->resolved, asked->name, WF_LIBC_UNKNOWN, err))
            return false;
    }
    return true;
}

static void
refuse(struct wf_planning *planning, enum wf_refusal_kind kind,
       const struct wf_asked *asked, const char *text, const char *advice)
{
    wf_plan_refuse(planning,
                   &(struct wf_refusal){
                       .kind = kind,
                       .library = asked->name,
                       .edge = kind == WF_REFUSE_MISSING ? asked->edge : NULL,
                       .text = wf_arena_printf(planning->arena, "--include %s: %s",
                                               asked->name, text),
                       .advice = advice,
                   });
}

void
wf_win_judge_asked(struct wf_planning *planning)
{
    for (size_t i = 0; i < planning->num_asked; i++) {
        const struct wf_asked *asked = &planning->asked[i];

        if (asked->edge->by == WF_FOUND_EXCLUDED)
            refuse(planning, WF_REFUSE_NAME, asked, "--exclude names it, too",
                   "give one of the two");
        else if (asked->edge->library == NULL)
            refuse(planning, WF_REFUSE_MISSING, asked,
                   strpbrk(asked->name, "*?") != NULL
                       ? "it was not found: patterns are for wheels of other systems"
                       : "it was not found",
                   asked_advice);
    }
}
