/* rules.c -- the table of all rules, and running it. */
#include "audit/rule.h"

#include <assert.h>
#include <string.h>

#include "audit/rules_dyld.h"
#include "audit/rules_elf.h"
#include "audit/rules_layers.h"
#include "audit/rules_macho.h"
#include "audit/rules_pe.h"
#include "audit/rules_wheel.h"

/* Rules with a check of their own.  wf_rules_layers, wf_rules_dyld and wf_rules_pe are those
 * whose facts the layers below report while they read. */
static const struct wf_rule *const checks[] = {
    &wf_rule_absolute_needed,
    &wf_rule_any_native,
    &wf_rule_exclude_unmatched,
    &wf_rule_exec_stack,
    &wf_rule_found_outside_search_path,
    &wf_rule_isa_level,
    &wf_rule_libc_unknown,
    &wf_rule_macho_above_target,
    &wf_rule_macho_build_path,
    &wf_rule_macho_header_room,
    &wf_rule_macho_minor_dropped,
    &wf_rule_macho_program,
    &wf_rule_macho_signature_invalid,
    &wf_rule_macho_unsigned,
    &wf_rule_macho_weak_missing,
    &wf_rule_needs_libpython,
    &wf_rule_not_judged,
    &wf_rule_object_unreadable,
    &wf_rule_pe_debug_runtime,
    &wf_rule_pe_dll_left_out,
    &wf_rule_pe_dll_missing,
    &wf_rule_pe_machine,
    &wf_rule_pe_old_runtime,
    &wf_rule_pe_python_dll,
    &wf_rule_platform_tag_pure,
    &wf_rule_pt_mixed_libc,
    &wf_rule_purelib_with_native,
    &wf_rule_rc_complete,
    &wf_rule_rc_hash_match,
    &wf_rule_rc_no_extra,
    &wf_rule_rc_size_match,
    &wf_rule_rpath_outside_wheel,
    &wf_rule_section_view_differs,
    &wf_rule_tag_not_met,
    &wf_rule_tags_differ,
    &wf_rule_text_relocations,
    &wf_rule_unknown_arch,
};

size_t
wf_rules_count(void)
{
    return WF_COUNT(checks) + wf_num_rules_layers + wf_num_rules_dyld + wf_num_rules_pe;
}

const struct wf_rule *
wf_rules_at(size_t idx)
{
    assert(idx < wf_rules_count());
    if (idx < WF_COUNT(checks))
        return checks[idx];
    idx -= WF_COUNT(checks);
    if (idx < wf_num_rules_layers)
        return &wf_rules_layers[idx];
    idx -= wf_num_rules_layers;
    return idx < wf_num_rules_dyld ? &wf_rules_dyld[idx]
                                   : &wf_rules_pe[idx - wf_num_rules_dyld];
}

const struct wf_rule *
wf_rule_find(const char *id)
{
    for (size_t i = 0; i < wf_rules_count(); i++)
        if (strcmp(wf_rules_at(i)->id, id) == 0)
            return wf_rules_at(i);
    return NULL;
}

/* What a layer below reports must have its row: a slug without one is our mistake. */
static const struct wf_rule *
rule_of(const char *slug)
{
    const struct wf_rule *rule = wf_rule_find(slug);

    assert(rule != NULL);
    return rule;
}

/* One finding for each kind of note, with the first member and how many more: an archive
 * with folder entries has hundreds. */
static void
add_zip_notes(struct wf_report *report)
{
    const struct wf_zip *zip = &report->wheel->zip;

    for (size_t i = 0; i < wf_num_zip_note_rows; i++) {
        const struct wf_zip_note_row *row = &wf_zip_note_rows[i];
        const struct wf_zip_member *first = NULL;
        size_t num = 0;

        for (size_t k = 0; k < zip->num_members; k++) {
            if ((zip->members[k].notes & row->note) == 0)
                continue;
            first = first == NULL ? &zip->members[k] : first;
            num++;
        }
        const struct wf_rule *rule = rule_of(row->slug);

        if (num == 1)
            wf_report_add(report, rule->id, rule->severity, first->name, "%s",
                          rule->title);
        else if (num > 1)
            wf_report_add(report, rule->id, rule->severity, first->name,
                          "%s (and %zu more members)", rule->title, num - 1);
    }
}

static void
add_record_faults(struct wf_report *report)
{
    const struct wf_record *record = &report->wheel->record;

    for (size_t i = 0; report->wheel->has_record && i < record->num_faults; i++) {
        const struct wf_rule *rule = rule_of(record->faults[i].slug);

        wf_report_add(report, rule->id, rule->severity,
                      wf_arena_printf(&report->arena, "%s/RECORD:%u",
                                      report->wheel->dist_info, record->faults[i].line),
                      "%s", record->faults[i].message);
    }
}

static void
add_wheel_faults(struct wf_report *report)
{
    for (size_t i = 0; i < report->wheel->num_faults; i++) {
        const struct wf_wheel_fault *fault = &report->wheel->faults[i];
        const struct wf_rule *rule = rule_of(fault->slug);

        wf_report_add(report, rule->id, rule->severity, fault->where, "%s",
                      fault->message);
    }
}

void
wf_rules_run(struct wf_report *report, const struct wf_audit_options *options)
{
    for (size_t i = 0; i < WF_COUNT(checks); i++)
        checks[i]->check(checks[i], report, options);
    wf_rules_dyld_add(report);
    wf_rules_pe_add(report);
    add_zip_notes(report);
    add_record_faults(report);
    add_wheel_faults(report);
    wf_report_sort_findings(report);
}
