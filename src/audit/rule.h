/* rule.h -- a rule: one record, one check, one stable identifier. */
#ifndef WF_AUDIT_RULE_H
#define WF_AUDIT_RULE_H

#include "audit/audit.h"

/* A rule whose finding comes from reading (a zip note, a RECORD fault, a claim) has no
 * check of its own: `check` is NULL and the table still names, documents and grades it. */
struct wf_rule {
    const char *id;    /* slug; never changes its meaning */
    const char *title; /* what is wrong, one phrase */
    enum wf_severity severity;
    const char *advice; /* what to do, one sentence */
    void (*check)(const struct wf_rule *rule, struct wf_report *report,
                  const struct wf_audit_options *options);
};

/* The table of all rules: every id once. */
size_t wf_rules_count(void);
const struct wf_rule *wf_rules_at(size_t idx);

/* wf_rule_find is the rule called `id`, or NULL. */
const struct wf_rule *wf_rule_find(const char *id);

/* wf_rules_run runs every check over a report whose objects, platforms and claims are
 * filled in, turns notes and faults of the layers below into findings, and sorts them. */
void wf_rules_run(struct wf_report *report, const struct wf_audit_options *options);

#endif
