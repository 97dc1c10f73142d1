/* render_plan.c -- a plan for people (see render_plan.h). */
#include "render/render_plan.h"

#include <string.h>

#include "render/answer.h"

enum { FEW_TRIES = 4 };

static void
end_line(const struct wf_page *page)
{
    wf_buffer_add_char(page->out, '\n');
}

static void
add_result(const struct wf_page *page, const struct wf_plan *plan, const char *folder)
{
    if (plan->kind == WF_PLAN_COPY) {
        wf_page_label(page, "copied", WF_INK_GOOD);
        wf_page_quote(page, plan->why);
        end_line(page);
    }
    wf_page_label(page, "result", WF_INK_GOOD);
    wf_page_quote(page, folder);
    wf_buffer_add_char(page->out, '/');
    wf_page_quote(page, plan->out_name);
    end_line(page);
}

static void
add_reasons(const struct wf_page *page, const struct wf_strings *reasons)
{
    for (size_t i = 0; page->style->verbose > 0 && i < reasons->num; i++) {
        wf_page_item(page);
        wf_buffer_add_str(page->out, "  ");
        wf_page_quote(page, reasons->items[i]);
        end_line(page);
    }
}

static void
add_grafts(const struct wf_page *page, const struct wf_plan *plan)
{
    size_t width = 0;
    size_t num = 0;

    for (size_t i = 0; i < plan->num_grafts; i++) {
        const size_t own = wf_page_width(plan->grafts[i].path);

        if (own > width && own <= WF_ANSWER_WIDEST)
            width = own;
        num += plan->grafts[i].same_as == NULL;
    }
    if (num == 0)
        return;
    wf_page_label(page, "bundles", WF_INK_PLAIN);
    wf_buffer_printf(page->out, "%zu %s\n", num, wf_plural(num, "library", "libraries"));
    for (size_t i = 0; i < plan->num_grafts; i++) {
        const struct wf_plan_graft *graft = &plan->grafts[i];

        if (graft->same_as != NULL)
            continue;
        wf_page_item(page);
        wf_page_cell(page, graft->path, width);
        wf_buffer_add_str(page->out, "from ");
        wf_page_quote(page, graft->from);
        if (graft->package != NULL) {
            wf_buffer_add_str(page->out, " (");
            wf_page_quote(page, graft->package->name);
            wf_buffer_add_char(page->out, ' ');
            wf_page_quote(page, graft->package->version);
            wf_buffer_add_char(page->out, ')');
        }
        end_line(page);
        for (size_t k = 0; k < graft->copies.num; k++) {
            wf_page_item(page);
            wf_buffer_add_str(page->out, "  and again as ");
            wf_page_quote(page, graft->copies.items[k]);
            end_line(page);
        }
        add_reasons(page, &graft->change.reasons);
    }
}

/* Symbols and import libraries that come in beside the DLLs they belong to. */
static void
add_files(const struct wf_page *page, const struct wf_plan *plan)
{
    size_t width = 0;

    if (plan->num_files == 0)
        return;
    for (size_t i = 0; i < plan->num_files; i++) {
        const size_t own = wf_page_width(plan->files[i].path);

        if (own > width && own <= WF_ANSWER_WIDEST)
            width = own;
    }
    wf_page_label(page, "adds", WF_INK_PLAIN);
    wf_buffer_printf(page->out, "%zu %s\n", plan->num_files,
                     wf_plural(plan->num_files, "file", "files"));
    for (size_t i = 0; i < plan->num_files; i++) {
        wf_page_item(page);
        wf_page_cell(page, plan->files[i].path, width);
        wf_buffer_add_str(page->out, "from ");
        wf_page_quote(page, plan->files[i].from);
        end_line(page);
    }
}

/* Python files that make Windows look into the folder of the DLLs. */
static void
add_patched(const struct wf_page *page, const struct wf_plan *plan)
{
    const size_t num = plan->patched.num;

    if (num > 0) {
        wf_page_label(page, "patches", WF_INK_PLAIN);
        wf_buffer_printf(page->out, "%zu %s\n", num,
                         wf_plural(num, "Python file", "Python files"));
    }
    for (size_t i = 0; i < num; i++) {
        wf_page_item(page);
        wf_page_quote(page, plan->patched.items[i]);
        end_line(page);
    }
    if (plan->load_order == NULL)
        return;
    wf_page_label(page, "lists", WF_INK_PLAIN);
    wf_buffer_add_str(page->out, "the DLLs for Pythons before 3.10 in ");
    wf_page_quote(page, plan->load_order);
    end_line(page);
}

static void
add_edits(const struct wf_page *page, const struct wf_plan *plan)
{
    size_t num = 0;

    for (size_t i = 0; i < plan->num_members; i++)
        num += plan->members[i].source == WF_FROM_EDIT;
    if (num == 0)
        return;
    wf_page_label(page, "edits", WF_INK_PLAIN);
    wf_buffer_printf(page->out, "%zu %s\n", num, wf_plural(num, "object", "objects"));
    for (size_t i = 0; i < plan->num_members; i++) {
        const struct wf_plan_member *member = &plan->members[i];

        if (member->source != WF_FROM_EDIT)
            continue;
        wf_page_item(page);
        wf_page_quote(page, member->name);
        end_line(page);
        add_reasons(page, &member->change->reasons);
    }
}

static size_t
count_signed(const struct wf_plan_edit *change)
{
    size_t num = 0;

    for (size_t i = 0; change->macho != NULL && i < change->macho->num_slices; i++)
        num += change->macho->slices[i].sign == WF_MACHO_SIGN;
    return num;
}

/* How many slices of Mach-O files get a new signature. */
static void
add_signatures(const struct wf_page *page, const struct wf_plan *plan)
{
    size_t num = 0;

    for (size_t i = 0; i < plan->num_grafts; i++) {
        if (plan->grafts[i].same_as == NULL)
            num += count_signed(&plan->grafts[i].change);
    }
    for (size_t i = 0; i < plan->num_members; i++) {
        if (plan->members[i].source == WF_FROM_EDIT)
            num += count_signed(plan->members[i].change);
    }
    if (num == 0)
        return;
    wf_page_label(page, "signs", WF_INK_PLAIN);
    wf_buffer_printf(page->out, "%zu %s, ad hoc\n", num,
                     wf_plural(num, "slice", "slices"));
}

static void
add_fused(const struct wf_page *page, const struct wf_plan *plan)
{
    size_t num = 0;

    for (size_t i = 0; i < plan->num_members; i++)
        num += plan->members[i].source == WF_FROM_FUSE;
    if (num == 0)
        return;
    wf_page_label(page, "fuses", WF_INK_PLAIN);
    wf_buffer_printf(page->out, "%zu %s\n", num,
                     wf_plural(num, "file of both wheels", "files of both wheels"));
    for (size_t i = 0; page->style->verbose > 0 && i < plan->num_members; i++) {
        if (plan->members[i].source != WF_FROM_FUSE)
            continue;
        wf_page_item(page);
        wf_page_quote(page, plan->members[i].name);
        end_line(page);
    }
}

static void
add_drops(const struct wf_page *page, const struct wf_plan *plan)
{
    for (size_t i = 0; i < plan->num_drops; i++) {
        wf_page_label(page, i == 0 ? "drops" : "", WF_INK_PLAIN);
        wf_page_quote(page, plan->drops[i].name);
        wf_buffer_add_str(page->out, ": ");
        wf_page_quote(page, plan->drops[i].why);
        end_line(page);
    }
}

static void
add_notes(const struct wf_page *page, const struct wf_plan *plan)
{
    for (size_t i = 0; i < plan->num_notes; i++) {
        const struct wf_finding *note = &plan->notes[i];

        wf_page_label(page, wf_severity_name(note->severity),
                      note->severity == WF_NOTE ? WF_INK_FAINT : WF_INK_MIND);
        if (note->where[0] != '\0') {
            wf_page_quote(page, note->where);
            wf_buffer_add_str(page->out, ": ");
        }
        wf_page_quote(page, note->message);
        end_line(page);
    }
}

static void
add_name(const struct wf_page *page, const struct wf_plan *plan)
{
    wf_page_ink(page, "", WF_INK_NAME);
    wf_page_quote(page, plan->report->base_name);
    end_line(page);
    if (plan->other != NULL) {
        wf_page_quote(page, plan->other->base_name);
        end_line(page);
    }
}

void
wf_render_plan_text(struct wf_buffer *out, const struct wf_plan *plan, const char *folder,
                    const struct wf_text_style *style)
{
    const struct wf_page page = { out, style };

    add_name(&page, plan);
    add_result(&page, plan, folder);
    add_grafts(&page, plan);
    add_files(&page, plan);
    add_edits(&page, plan);
    add_patched(&page, plan);
    add_signatures(&page, plan);
    add_fused(&page, plan);
    add_drops(&page, plan);
    add_notes(&page, plan);
}

static void
add_tries(const struct wf_page *page, const struct wf_edge *edge)
{
    const bool all = page->style->verbose > 0;

    for (size_t i = 0; edge != NULL && i < edge->num_tries; i++) {
        if (!all && i == FEW_TRIES) {
            wf_page_more(page, edge->num_tries - i);
            return;
        }
        wf_page_item(page);
        wf_buffer_add_str(page->out, "  tried ");
        wf_page_quote(page, edge->tries[i].path);
        wf_buffer_printf(page->out, ": %s", wf_try_result_text(edge->tries[i].result));
        end_line(page);
    }
}

void
wf_render_refusals(struct wf_buffer *out, const struct wf_plan *plan,
                   const struct wf_text_style *style)
{
    const struct wf_page page = { out, style };
    const char *advice = NULL;

    add_name(&page, plan);
    wf_page_label(&page, "refused", WF_INK_BAD);
    wf_buffer_printf(out, "%zu %s, and nothing was written\n", plan->num_refusals,
                     wf_plural(plan->num_refusals, "reason", "reasons"));
    for (size_t i = 0; i < plan->num_refusals; i++) {
        const struct wf_refusal *refusal = &plan->refusals[i];

        wf_page_item(&page);
        wf_page_quote(&page, refusal->text);
        end_line(&page);
        add_tries(&page, refusal->edge);
        /* Reasons with one cure stand together; it is said once, behind them. */
        advice = refusal->advice;
        const bool again = i + 1 < plan->num_refusals && advice != NULL &&
                           plan->refusals[i + 1].advice != NULL &&
                           strcmp(plan->refusals[i + 1].advice, advice) == 0;

        if (advice == NULL || again)
            continue;
        wf_page_label(&page, "advice", WF_INK_PLAIN);
        wf_page_quote(&page, advice);
        end_line(&page);
    }
    add_notes(&page, plan);
}
