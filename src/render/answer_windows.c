/* answer_windows.c -- the verdict on code for Windows: a tag says the architecture and
 * nothing else, so that what is asked is whether every DLL is somewhere. */
#include "render/answer.h"

enum { MOST_LIBRARIES = 10 };

bool
wf_answer_is_windows(const struct wf_platform *platform)
{
    return platform->system == WF_SYSTEM_WINDOWS;
}

/* What a module of the wheel does not load without, and nobody but a repair would bring
 * along: not what is left to the machine on purpose. */
static bool
is_wanted(const struct wf_external *external)
{
    return external->direct && external->left_out == NULL &&
           external->by != WF_FOUND_LIBPYTHON && !external->weak;
}

static bool
is_missing(const struct wf_external *external)
{
    return wf_answer_is_missing(external) && !external->weak;
}

static size_t
count(const struct wf_platform *platform,
      bool (*test)(const struct wf_external *external))
{
    size_t num = 0;

    for (size_t i = 0; i < platform->num_externals; i++)
        num += test(&platform->externals[i]);
    return num;
}

/* Why no tag holds. */
static void
add_why_none(const struct wf_answer *a, const struct wf_platform *platform)
{
    const size_t wanted = count(platform, is_wanted);

    if (!platform->judged)
        wf_buffer_printf(a->page.out, "none: no Windows runs on %s",
                         wf_arch_name(platform->arch));
    else if (wanted == 0)
        wf_buffer_add_str(a->page.out, "none: no tag fits all of its modules");
    else
        wf_buffer_printf(
            a->page.out,
            "none: it needs %zu %s that %s, Python and the wheel do not have", wanted,
            wf_plural(wanted, "DLL", "DLLs"),
            wf_windows_release_name(a->options->windows_min));
}

static void
add_verdict(const struct wf_answer *a, const struct wf_platform *platform)
{
    const bool good = platform->judged && platform->verdict != WF_RANK_NEVER;

    wf_page_label(&a->page, "verdict", good ? WF_INK_GOOD : WF_INK_BAD);
    if (good)
        wf_page_quote(&a->page, platform->tag);
    else
        add_why_none(a, platform);
    if (good)
        wf_answer_claims_hold(a);
    if (wf_answer_is_fine(a, platform))
        wf_buffer_add_str(a->page.out, ", nothing to repair");
    wf_answer_end_line(a);
}

/* What is missing comes first: it stands in the way. */
static void
add_libraries(const struct wf_answer *a, const struct wf_platform *platform)
{
    const size_t num = platform->num_externals;
    const size_t shown =
        wf_answer_shows_all(a) || num <= MOST_LIBRARIES ? num : MOST_LIBRARIES;
    size_t left = shown;
    size_t width = 0;

    for (size_t i = 0; i < num; i++) {
        const size_t own = wf_page_width(platform->externals[i].name);

        if (own > width && own <= WF_ANSWER_WIDEST)
            width = own;
    }
    for (int missing = 1; missing >= 0; missing--)
        for (size_t i = 0; i < num && left > 0; i++) {
            if (is_missing(&platform->externals[i]) != (missing == 1))
                continue;
            wf_answer_library(a, &platform->externals[i], width);
            left--;
        }
    if (shown < num)
        wf_page_more(&a->page, num - shown);
}

static void
add_forecast(const struct wf_answer *a, const struct wf_platform *platform)
{
    const size_t missing = count(platform, is_missing);
    const size_t grafts = platform->num_grafts;

    wf_page_label(&a->page, "repair", WF_INK_PLAIN);
    if (missing > 0) {
        wf_buffer_printf(a->page.out,
                         "is refused, with %zu %s missing: give %s folder with "
                         "--add-path, or leave %s out with --exclude",
                         missing, wf_plural(missing, "DLL", "DLLs"),
                         wf_plural(missing, "its", "their"),
                         wf_plural(missing, "it", "them"));
    } else if (platform->repaired == WF_RANK_NEVER || platform->repaired_tag == NULL) {
        wf_buffer_add_str(a->page.out, "reaches no tag");
    } else {
        wf_page_quote(&a->page, platform->repaired_tag);
        wf_buffer_printf(a->page.out, ", bundling %zu %s", grafts,
                         wf_plural(grafts, "DLL", "DLLs"));
    }
    wf_answer_end_line(a);
}

static void
add_repair(const struct wf_answer *a, const struct wf_platform *platform)
{
    const size_t num = platform->num_externals;

    if (!platform->judged)
        return;
    if (platform->num_grafts > 0 || platform->verdict == WF_RANK_NEVER) {
        add_forecast(a, platform);
    } else if (num > 0) {
        wf_page_label(&a->page, "needs", WF_INK_PLAIN);
        wf_buffer_printf(a->page.out, "%zu %s that no repair here would bundle\n", num,
                         wf_plural(num, "DLL", "DLLs"));
    }
    add_libraries(a, platform);
}

void
wf_answer_windows(const struct wf_answer *a, const struct wf_platform *platform,
                  bool single)
{
    add_verdict(a, platform);
    if (single)
        wf_answer_own_tags(a);
    add_repair(a, platform);
    /* The list above names who needs what is missing; here is all that stands in the way. */
    if (wf_answer_shows_all(a))
        wf_answer_blockers(a, platform, "because");
}
