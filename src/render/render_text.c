/* render_text.c -- the answer about one wheel for people. */
#include <string.h>

#include "audit/verdict.h"
#include "render/answer.h"

bool
wf_answer_shows_all(const struct wf_answer *a)
{
    return a->page.style->verbose > 0;
}

void
wf_answer_end_line(const struct wf_answer *a)
{
    wf_buffer_add_char(a->page.out, '\n');
}

const char *
wf_plural(size_t num, const char *one, const char *several)
{
    return num == 1 ? one : several;
}

/* How many claims from `first` on are not proved met. */
static size_t
count_in_doubt(const struct wf_report *report, size_t first)
{
    size_t num = 0;

    for (size_t i = first; i < report->num_claims; i++)
        num += report->claims[i].met != 1;
    return num;
}

bool
wf_answer_claims_tag(const struct wf_answer *a, const char *tag)
{
    for (size_t i = 0; i < a->report->num_claims; i++) {
        if (strcmp(a->report->claims[i].tag, tag) == 0)
            return true;
    }
    return false;
}

static bool
all_claims_hold(const struct wf_report *report)
{
    return count_in_doubt(report, 0) == 0;
}

/* Whether one verdict is given for the whole wheel. */
static bool
is_single(const struct wf_report *report)
{
    return report->num_platforms <= 1 || wf_answer_macos_only(report);
}

void
wf_answer_claims_hold(const struct wf_answer *a)
{
    if (a->report->num_claims == 0 || !is_single(a->report) ||
        !all_claims_hold(a->report))
        return;
    wf_buffer_add_str(a->page.out, wf_plural(a->report->num_claims, "; its own tag holds",
                                             "; its own tags hold"));
}

static bool
says_the_same(const struct wf_claim *a, const struct wf_claim *b)
{
    return a->met == b->met && (a->why == NULL) == (b->why == NULL) &&
           (a->why == NULL || strcmp(a->why, b->why) == 0);
}

/* Neighbours of which the same is to be said. */
static size_t
count_alike(const struct wf_report *report, size_t first)
{
    size_t num = 1;

    while (first + num < report->num_claims &&
           says_the_same(&report->claims[first + num], &report->claims[first]))
        num++;
    return num;
}

static void
add_claims_alike(const struct wf_answer *a, size_t first, size_t num)
{
    const struct wf_claim *claims = &a->report->claims[first];

    for (size_t i = 0; i < num; i++) {
        if (i > 0)
            wf_buffer_add_str(a->page.out, ", ");
        wf_page_quote(&a->page, claims[i].tag);
    }
    if (claims[0].met == 0)
        wf_buffer_add_str(a->page.out, wf_plural(num, " does not hold", " do not hold"));
    else
        wf_buffer_add_str(a->page.out, " cannot be told");
    if (claims[0].why != NULL) {
        wf_buffer_add_str(a->page.out, ": ");
        wf_page_quote(&a->page, claims[0].why);
    }
    wf_answer_end_line(a);
}

/* A line for the tags that do not hold or cannot be told, by reason. */
static void
add_claims_in_doubt(const struct wf_answer *a)
{
    size_t lines = 0;
    size_t num = 0;

    for (size_t i = 0; i < a->report->num_claims; i += num) {
        const int met = a->report->claims[i].met;

        num = count_alike(a->report, i);
        if (met == 1)
            continue;
        if (lines == WF_ANSWER_FEW && !wf_answer_shows_all(a)) {
            wf_page_more(&a->page, count_in_doubt(a->report, i));
            return;
        }
        wf_page_label(&a->page, lines++ == 0 ? "tags" : "",
                      met == 0 ? WF_INK_BAD : WF_INK_MIND);
        add_claims_alike(a, i, num);
    }
}

bool
wf_answer_is_fine(const struct wf_answer *a, const struct wf_platform *platform)
{
    if (wf_answer_is_macos(platform))
        return wf_answer_macos_is_fine(a);
    return all_claims_hold(a->report) && platform->judged &&
           platform->verdict != WF_RANK_NEVER &&
           platform->repaired == platform->verdict && platform->num_grafts == 0 &&
           wf_answer_claims_tag(a, platform->tag);
}

static void
add_native_verdict(const struct wf_answer *a, const struct wf_platform *platform)
{
    const bool good = platform->judged && platform->verdict != WF_RANK_NEVER;

    wf_page_label(&a->page, "verdict", good ? WF_INK_GOOD : WF_INK_BAD);
    if (!platform->judged) {
        wf_buffer_printf(a->page.out, "none: no policy speaks about %s on %s",
                         platform->os != NULL ? platform->os : "this system",
                         wf_arch_name(platform->arch));
    } else if (platform->libc_undecided) {
        wf_buffer_add_str(a->page.out,
                          "undecided: nothing in the wheel names the C library "
                          "of its extensions; ask with --plat TAG");
    } else {
        wf_page_quote(&a->page, platform->tag);
        if (!good)
            wf_buffer_add_str(a->page.out, ", no more portable tag");
        if (platform->libc_guessed)
            wf_buffer_add_str(a->page.out,
                              " (only executables, none names a C library: musllinux "
                              "holds, too)");
    }
    wf_answer_claims_hold(a);
    if (wf_answer_is_fine(a, platform))
        wf_buffer_add_str(a->page.out, ", nothing to repair");
    wf_answer_end_line(a);
    if (wf_answer_shows_all(a) && platform->tags.num > 1) {
        wf_page_label(&a->page, "holds", WF_INK_PLAIN);
        wf_page_words(&a->page, &platform->tags);
    }
}

static void
add_pure_verdict(const struct wf_answer *a)
{
    const size_t num = a->report->num_objects;

    wf_page_label(&a->page, "verdict", WF_INK_GOOD);
    if (num == 0)
        wf_buffer_add_str(a->page.out, "no native code: it fits any platform");
    else
        wf_buffer_printf(a->page.out,
                         "%zu %s, none that a loader could load: it fits any platform",
                         num, wf_plural(num, "object", "objects"));
    wf_answer_end_line(a);
}

/* What stands in the way of a verdict at all: each reason once, with a count. */
static void
add_unknown_verdict(const struct wf_answer *a)
{
    const char *reasons[WF_ANSWER_FEW] = { NULL };
    size_t counts[WF_ANSWER_FEW] = { 0 };
    size_t num = 0;
    size_t others = 0;

    for (size_t i = 0; i < a->report->num_objects; i++) {
        const char *why = a->report->objects[i].why_not;
        size_t k = 0;

        if (why == NULL)
            continue;
        while (k < num && strcmp(reasons[k], why) != 0)
            k++;
        if (k == WF_ANSWER_FEW) {
            others++;
            continue;
        }
        if (k == num)
            reasons[num++] = why;
        counts[k]++;
    }
    wf_page_label(&a->page, "verdict", WF_INK_MIND);
    wf_buffer_add_str(a->page.out, "none");
    for (size_t k = 0; k < num; k++) {
        wf_buffer_printf(a->page.out, "%s%zu %s: ", k == 0 ? "; " : ", ", counts[k],
                         wf_plural(counts[k], "object", "objects"));
        wf_page_quote(&a->page, reasons[k]);
    }
    if (others > 0)
        wf_buffer_printf(a->page.out, ", %zu for other reasons", others);
    if (num == 0)
        wf_buffer_add_str(a->page.out, a->report->has_unreadable
                                           ? "; no object of it could be read"
                                           : "; nobody can judge its objects");
    wf_answer_claims_hold(a);
    wf_answer_end_line(a);
}

static void
add_asked(const struct wf_answer *a)
{
    if (a->options->plat == NULL || a->report->plat_met < 0)
        return;
    const bool met = a->report->plat_met == 1;

    wf_page_label(&a->page, "asked", met ? WF_INK_GOOD : WF_INK_BAD);
    wf_page_quote(&a->page, a->options->plat);
    wf_buffer_add_str(a->page.out, met ? " is met\n" : " is not met\n");
}

static void
add_platform_heading(const struct wf_answer *a, const struct wf_platform *platform)
{
    const char *libc = wf_libc_name(platform->libc);
    const char *arch = NULL;

    if (platform->system == WF_SYSTEM_WINDOWS)
        arch = wf_verdict_windows_machine(platform->arch);
    wf_buffer_add_str(a->page.out, "  ");
    wf_buffer_printf(a->page.out, "%s %s",
                     platform->os != NULL ? platform->os : "unknown",
                     arch != NULL ? arch : wf_arch_name(platform->arch));
    if (libc != NULL)
        wf_buffer_printf(a->page.out, ", %s", libc);
    wf_buffer_printf(a->page.out, ", %zu %s:\n", platform->num_objects,
                     wf_plural(platform->num_objects, "object", "objects"));
}

/* All that is for macOS under one heading. */
static void
add_macos_heading(const struct wf_answer *a)
{
    size_t num = 0;

    for (size_t i = 0; i < a->report->num_platforms; i++) {
        if (wf_answer_is_macos(&a->report->platforms[i]))
            num += a->report->platforms[i].num_objects;
    }
    wf_buffer_printf(a->page.out, "  macos, %zu %s:\n", num,
                     wf_plural(num, "object", "objects"));
}

void
wf_answer_own_tags(const struct wf_answer *a)
{
    const size_t num = a->report->num_claims;

    if (!is_single(a->report) && num > 0 && all_claims_hold(a->report)) {
        wf_page_label(&a->page, "tags", WF_INK_GOOD);
        wf_buffer_add_str(a->page.out, wf_plural(num, "its own holds\n", "all hold\n"));
    }
    add_claims_in_doubt(a);
    add_asked(a);
}

static void
add_name(const struct wf_answer *a)
{
    struct wf_buffer name;

    wf_buffer_init(&name, 64 * 1024);
    wf_quote_add(&name, a->report->path);
    wf_buffer_add_char(&name, '\0');
    wf_page_ink(&a->page, name.over ? "..." : (const char *)name.data, WF_INK_NAME);
    wf_buffer_clear(&name);
    wf_answer_end_line(a);
}

void
wf_render_text(struct wf_buffer *out, const struct wf_report *report,
               const struct wf_audit_options *options, const struct wf_text_style *style)
{
    const struct wf_answer a = { .page = { .out = out, .style = style },
                                 .report = report,
                                 .options = options };
    const bool single = report->kind == WF_VERDICT_NATIVE && is_single(report);
    bool macos_done = false;

    add_name(&a);
    if (report->kind == WF_VERDICT_PURE)
        add_pure_verdict(&a);
    if (report->kind == WF_VERDICT_UNKNOWN)
        add_unknown_verdict(&a);
    for (size_t i = 0; report->kind == WF_VERDICT_NATIVE && i < report->num_platforms;
         i++) {
        const struct wf_platform *platform = &report->platforms[i];

        if (wf_answer_is_macos(platform)) {
            if (!single && !macos_done)
                add_macos_heading(&a);
            if (!macos_done)
                wf_answer_macos(&a);
            macos_done = true;
            continue;
        }
        if (!single)
            add_platform_heading(&a, platform);
        if (wf_answer_is_windows(platform)) {
            wf_answer_windows(&a, platform, single);
            continue;
        }
        add_native_verdict(&a, platform);
        if (single)
            wf_answer_own_tags(&a);
        wf_answer_repair(&a, platform);
        wf_answer_blockers(&a, platform, "better");
    }
    if (!single)
        wf_answer_own_tags(&a);
    wf_answer_findings(&a);
}
