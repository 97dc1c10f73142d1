/* render_plan_json.c -- a plan for programs (see render_plan.h). */
#include <string.h>

#include "render/json_macho_edit.h"
#include "base/json_keys.h"
#include "render/json_pe_edit.h"
#include "render/render_plan.h"

static void
add_package(struct wf_json_writer *w, const struct wf_package *package)
{
    wf_json_write_key(w, "package");
    if (package == NULL) {
        wf_json_write_null(w);
        return;
    }
    wf_json_begin_object(w);
    wf_key_string(w, "name", package->name);
    wf_key_string(w, "version", package->version);
    wf_key_string(w, "purl", package->purl);
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
        wf_key_string(w, "path", graft->path);
        wf_key_string(w, "soname", graft->soname);
        wf_key_string(w, "from", graft->from);
        wf_key_string(w, "source_sha256", hex);
        wf_key_strings(w, "needed_as", &graft->names);
        add_package(w, graft->package);
        wf_key_strings(w, "changes", &graft->change.reasons);
        wf_key_macho_graft(w, graft);
        wf_key_pe_graft(w, graft);
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
        wf_key_string(w, "path", member->name);
        wf_key_string(w, "from", member->member->name);
        wf_key_strings(w, "changes", &member->change->reasons);
        wf_key_macho_member(w, plan->report, member);
        wf_key_pe_edit(w, member->change);
        wf_json_end_object(w);
    }
    wf_json_end_array(w);
}

/* What a plan for two wheels has besides. */
static void
add_fused(struct wf_json_writer *w, const struct wf_plan *plan)
{
    wf_json_write_key(w, "fuse");
    wf_json_begin_array(w);
    for (size_t i = 0; i < plan->num_members; i++)
        if (plan->members[i].source == WF_FROM_FUSE)
            wf_json_write_string(w, plan->members[i].name);
    wf_json_end_array(w);
}

static void
add_drops(struct wf_json_writer *w, const struct wf_plan *plan)
{
    wf_json_write_key(w, "drop");
    wf_json_begin_array(w);
    for (size_t i = 0; i < plan->num_drops; i++) {
        wf_json_begin_object(w);
        wf_key_string(w, "path", plan->drops[i].name);
        wf_key_string(w, "why", plan->drops[i].why);
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
        wf_key_string(w, "rule", plan->notes[i].rule);
        wf_key_string(w, "severity", wf_severity_name(plan->notes[i].severity));
        wf_key_string(w, "where", plan->notes[i].where);
        wf_key_string(w, "message", plan->notes[i].message);
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
        wf_key_string(w, "path", edge->tries[i].path);
        wf_key_string(w, "result", wf_try_result_name(edge->tries[i].result));
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
        wf_key_string(w, "reason", wf_refusal_kind_name(refusal->kind));
        wf_key_string(w, "object", refusal->object);
        wf_key_string(w, "library", refusal->library);
        wf_key_string(w, "symbol", refusal->symbol);
        wf_key_string(w, "version", refusal->version);
        wf_key_string(w, "message", refusal->text);
        wf_key_string(w, "advice", refusal->advice);
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
    const bool fuses = plan->other != NULL;

    wf_key_string(w, "path", plan->report->path);
    wf_key_string(w, "filename", plan->report->base_name);
    if (fuses)
        wf_key_string(w, "with", plan->other->path);
    wf_key_string(w, "action", fuses && !refused ? "fuse" : actions[plan->kind]);
    wf_key_string(w, "why", plan->why);
    wf_key_strings(w, "tags_before", &plan->tags_before);
    wf_key_strings(w, "tags_after", refused ? &plan->tags_before : &plan->tags_after);
    wf_key_string(w, "policy", refused ? NULL : plan->policy_tag);
    wf_key_string(w, "output", refused ? NULL : plan->out_name);
    add_grafts(w, plan);
    add_edits(w, plan);
    wf_key_windows_plan(w, plan);
    if (fuses)
        add_fused(w, plan);
    add_drops(w, plan);
    add_refusals(w, plan);
    add_findings(w, plan);
}
