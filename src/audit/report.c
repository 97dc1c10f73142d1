/* report.c -- keeping and ordering what an audit says. */
#include "audit/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wheel/member_path.h"

const char *
wf_severity_name(enum wf_severity severity)
{
    static const char *const names[] = {
        [WF_NOTE] = "note",
        [WF_WARNING] = "warning",
        [WF_FAILURE] = "failure",
    };

    return names[severity];
}

const char *
wf_reason_name(enum wf_reason reason)
{
    static const char *const names[] = {
        [WF_REASON_VERSION] = "symbol-version",
        [WF_REASON_VERSION_MARKER] = "version-marker",
        [WF_REASON_LIBRARY] = "external-library",
        [WF_REASON_SYMBOL] = "forbidden-symbol",
        [WF_REASON_ISA] = "isa-level",
        [WF_REASON_UCS2] = "narrow-unicode",
        [WF_REASON_PYFPE] = "pyfpe",
        [WF_REASON_ARCH] = "no-policy-for-architecture",
        [WF_REASON_MIN_OS] = "minimum-os",
        [WF_REASON_MISSING_ARCH] = "missing-architecture",
    };

    return names[reason];
}

struct wf_report *
wf_report_new(const char *path)
{
    struct wf_arena arena = { 0 };
    struct wf_report *report = wf_arena_alloc(&arena, sizeof *report);

    report->path = wf_arena_strdup(&arena, path);
    report->base_name = wf_text_base_name(report->path);
    report->plat_met = -1;
    report->arena = arena;
    return report;
}

void
wf_report_free(struct wf_report *report)
{
    if (report == NULL)
        return;
    wf_resolver_free(report->resolver);
    for (size_t i = 0; i < report->num_readings; i++)
        wf_arena_clear(&report->readings[i].arena);
    wf_wheel_free(report->wheel);
    struct wf_arena arena = report->arena; /* the report itself lives in it */

    wf_arena_clear(&arena);
}

/* Readings are in archive order. */
const struct wf_reading *
wf_report_reading(const struct wf_report *report, const struct wf_zip_member *member)
{
    size_t low = 0;
    size_t high = report->num_readings;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (report->readings[middle].member < member)
            low = middle + 1;
        else
            high = middle;
    }
    return low < report->num_readings && report->readings[low].member == member
               ? &report->readings[low]
               : NULL;
}

void
wf_report_gather(struct wf_report *report)
{
    size_t num = 0;

    for (size_t i = 0; i < report->num_readings; i++)
        num += report->readings[i].file.num_objects;
    report->objects = wf_arena_array(&report->arena, num, sizeof *report->objects);
    for (size_t i = 0; i < report->num_readings; i++) {
        const struct wf_reading *reading = &report->readings[i];

        report->has_unreadable |= reading->unreadable;
        for (size_t k = 0; k < reading->file.num_objects; k++) {
            struct wf_member_object *out = &report->objects[report->num_objects++];

            out->member = reading->member;
            out->installed =
                wf_member_path_installed(&report->arena, reading->member->name);
            out->object = reading->file.objects[k];
            out->resolved = out->object;
            out->resolved.path = out->installed;
        }
    }
}

void
wf_report_add(struct wf_report *report, const char *rule, enum wf_severity severity,
              const char *where, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    const int len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    char *message = wf_arena_alloc(&report->arena, len < 0 ? 1 : (size_t)len + 1);

    va_start(args, fmt);
    if (len >= 0)
        vsnprintf(message, (size_t)len + 1, fmt, args);
    va_end(args);
    report->findings =
        wf_arena_grow(&report->arena, report->findings, report->num_findings,
                      &report->cap_findings, sizeof *report->findings);
    report->findings[report->num_findings++] = (struct wf_finding){
        .rule = rule,
        .severity = severity,
        .where = wf_arena_strdup(&report->arena, where),
        .message = message,
    };
}

static int
compare_findings(const void *left, const void *right)
{
    const struct wf_finding *a = left;
    const struct wf_finding *b = right;

    if (a->severity != b->severity)
        return a->severity > b->severity ? -1 : 1;
    int order = strcmp(a->rule, b->rule);

    if (order == 0)
        order = wf_text_compare_natural(a->where, b->where);
    return order != 0 ? order : wf_text_compare_natural(a->message, b->message);
}

void
wf_report_sort_findings(struct wf_report *report)
{
    if (report->num_findings > 1)
        qsort(report->findings, report->num_findings, sizeof *report->findings,
              compare_findings);
}

int
wf_report_worst(const struct wf_report *report)
{
    int worst = -1;

    for (size_t i = 0; i < report->num_findings; i++)
        if ((int)report->findings[i].severity > worst)
            worst = (int)report->findings[i].severity;
    return worst;
}
