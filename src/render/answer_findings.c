/* answer_findings.c -- findings by severity; notes in brief. */
#include <string.h>

#include "render/answer.h"

static enum wf_ink
severity_ink(enum wf_severity severity)
{
    static const enum wf_ink inks[] = {
        [WF_NOTE] = WF_INK_FAINT,
        [WF_WARNING] = WF_INK_MIND,
        [WF_FAILURE] = WF_INK_BAD,
    };

    return inks[severity];
}

static void
add_finding(const struct wf_answer *a, const struct wf_finding *finding)
{
    wf_page_label(&a->page, wf_severity_name(finding->severity),
                  severity_ink(finding->severity));
    wf_buffer_printf(a->page.out, "%s: ", finding->rule);
    if (finding->where[0] != '\0') {
        wf_page_quote(&a->page, finding->where);
        wf_buffer_add_str(a->page.out, ": ");
    }
    wf_page_quote(&a->page, finding->message);
    wf_answer_end_line(a);
}

/* Findings of one rule are neighbours. */
static size_t
count_rule(const struct wf_report *report, size_t first)
{
    size_t num = 1;

    while (first + num < report->num_findings &&
           report->findings[first + num].severity == report->findings[first].severity &&
           strcmp(report->findings[first + num].rule, report->findings[first].rule) == 0)
        num++;
    return num;
}

/* Notes are common and harmless: one line names their rules. */
static void
add_notes_in_brief(const struct wf_answer *a, size_t first)
{
    size_t i = first;

    wf_page_label(&a->page, "notes", WF_INK_FAINT);
    while (i < a->report->num_findings) {
        const size_t num = count_rule(a->report, i);

        wf_buffer_printf(a->page.out, "%s%s", i == first ? "" : ", ",
                         a->report->findings[i].rule);
        if (num > 1)
            wf_buffer_printf(a->page.out, " (%zu)", num);
        i += num;
    }
    wf_page_ink(&a->page, "; -v shows them\n", WF_INK_FAINT);
}

/* What the line of the tags or the list of DLLs said already. */
static bool
is_told_above(const char *rule)
{
    return strcmp(rule, "tag-not-met") == 0 || strcmp(rule, "pe-dll-missing") == 0;
}

void
wf_answer_findings(const struct wf_answer *a)
{
    size_t i = 0;

    while (i < a->report->num_findings) {
        const size_t num = count_rule(a->report, i);
        const size_t shown =
            wf_answer_shows_all(a) || num <= WF_ANSWER_FEW ? num : WF_ANSWER_FEW;

        if (a->report->findings[i].severity == WF_NOTE && !wf_answer_shows_all(a)) {
            add_notes_in_brief(a, i);
            return;
        }
        if (is_told_above(a->report->findings[i].rule) && !wf_answer_shows_all(a)) {
            i += num;
            continue;
        }
        for (size_t k = i; k < i + shown; k++)
            add_finding(a, &a->report->findings[k]);
        if (shown < num)
            wf_page_more(&a->page, num - shown);
        i += num;
    }
}
