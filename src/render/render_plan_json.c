/* render_plan_json.c -- a plan for programs (see render_plan.h). */
#include <string.h>

#include "render/render_plan.h"

static void
add_string(struct wf_json_writer *w, const char *key, const char *value)
{
    wf_json_write_key(w, key);
    wf_json_write_string(w, value);
}

static void
add_strings(struct wf_json_writer *w, const char *key, const struct wf_strings *list)
{
    wf_json_write_key(w, key);
    wf_json_begin_array(w);
    for (size_t i = 0; i < list->num; i++)
        wf_json_write_string(w, list->items[i]);
    wf_json_end_array(w);
}

static void
add_package(struct wf_json_writer *w, const struct wf_package *package)
{
    wf_json_write_key(w, "package");
    if (package == NULL) {
        wf_json_write_null(w);
        return;
    }
    wf_json_begin_object(w);
    add_string(w, "name", package->name);
    add_string(w, "version", package->version);
    add_string(w, "purl", package->purl);
    wf_json_end_object(w);
}

static void
add_grafts(struct wf_json_writer *w, const struct wf_plan *plan)
{
    wf_json_write_key(w, "graft");
    wf_json_begin_array(w);
    for (size_t i = 0; i < plan->num_grafts; i++) {
        const struct wf_plan_graft *graft = &plan->grafts[i];
        char hex[WF_SHA256_HEX + 1];

        if (graft->same_as != NULL)
            continue;
        wf_sha256_hex(hex, graft->sha256);
        wf_json_begin_object(w);
        add_string(w, "path", graft->path);
        add_string(w, "soname", graft->soname);
        add_string(w, "from", graft->from);
        add_string(w, "source_sha256", hex);
        add_strings(w, "needed_as", &graft->names);
        add_package(w, graft->package);
        add_strings(w, "changes", &graft->change.reasons);
        wf_json_end_object(w);
    }
    wf_json_end_array(w);
}

static void
add_edits(struct wf_json_writer *w, const struct wf_plan *plan)
{
    wf_json_write_key(w, "edit");
    wf_json_begin_array(w);
    for (size_t i = 0; i < plan->num_members; i++) {
        const struct wf_plan_member *member = &plan->members[i];

        if (member->source != WF_FROM_EDIT)
            continue;
        wf_json_begin_object(w);
        add_string(w, "path", member->name);
        add_string(w, "from", member->member->name);
        add_strings(w, "changes", &member->change->reasons);
        wf_json_end_object(w);
    }
    wf_json_end_array(w);
}

static void
add_drops(struct wf_json_writer *w, const struct wf_plan *plan)
{
    wf_json_write_key(w, "drop");
    wf_json_begin_array(w);
    for (size_t i = 0; i < plan->num_drops; i++) {
        wf_json_begin_object(w);
        add_string(w, "path", plan->drops[i].name);
        add_string(w, "why", plan->drops[i].why);
        wf_json_end_object(w);
    }
    wf_json_end_array(w);
}

static void
add_findings(struct wf_json_writer *w, const struct wf_plan *plan)
{
    wf_json_write_key(w, "findings");
    wf_json_begin_array(w);
    for (size_t i = 0; i < plan->num_notes; i++) {
        wf_json_begin_object(w);
        add_string(w, "rule", plan->notes[i].rule);
        add_string(w, "severity", wf_severity_name(plan->notes[i].severity));
        add_string(w, "where", plan->notes[i].where);
        add_string(w, "message", plan->notes[i].message);
        wf_json_end_object(w);
    }
    wf_json_end_array(w);
}

static void
add_tries(struct wf_json_writer *w, const struct wf_edge *edge)
{
    wf_json_write_key(w, "tried");
    wf_json_begin_array(w);
    for (size_t i = 0; edge != NULL && i < edge->num_tries; i++) {
        wf_json_begin_object(w);
        add_string(w, "path", edge->tries[i].path);
        add_string(w, "result", wf_try_result_name(edge->tries[i].result));
        wf_json_end_object(w);
    }
    wf_json_end_array(w);
}

static void
add_refusals(struct wf_json_writer *w, const struct wf_plan *plan)
{
    wf_json_write_key(w, "refusals");
    wf_json_begin_array(w);
    for (size_t i = 0; i < plan->num_refusals; i++) {
        const struct wf_refusal *refusal = &plan->refusals[i];

        wf_json_begin_object(w);
        add_string(w, "reason", wf_refusal_kind_name(refusal->kind));
        add_string(w, "object", refusal->object);
        add_string(w, "library", refusal->library);
        add_string(w, "symbol", refusal->symbol);
        add_string(w, "version", refusal->version);
        add_string(w, "message", refusal->text);
        add_string(w, "advice", refusal->advice);
        add_tries(w, refusal->edge);
        wf_json_end_object(w);
    }
    wf_json_end_array(w);
}

void
wf_render_plan_json(struct wf_json_writer *w, const struct wf_plan *plan)
{
    static const char *const actions[] = {
        [WF_PLAN_COPY] = "copy",
        [WF_PLAN_REPAIR] = "repair",
        [WF_PLAN_REFUSED] = "refuse",
    };
    const bool refused = plan->kind == WF_PLAN_REFUSED;

    add_string(w, "path", plan->report->path);
    add_string(w, "filename", plan->report->base_name);
    add_string(w, "action", actions[plan->kind]);
    add_string(w, "why", plan->why);
    add_strings(w, "tags_before", &plan->tags_before);
    add_strings(w, "tags_after", refused ? &plan->tags_before : &plan->tags_after);
    add_string(w, "policy", refused ? NULL : plan->policy_tag);
    add_string(w, "output", refused ? NULL : plan->out_name);
    add_grafts(w, plan);
    add_edits(w, plan);
    add_drops(w, plan);
    add_refusals(w, plan);
    add_findings(w, plan);
}
