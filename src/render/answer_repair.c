/* answer_repair.c -- what a repair would reach, what it would bundle and from where. */
#include <string.h>

#include "render/answer.h"

static size_t
count_missing(const struct wf_platform *platform)
{
    size_t num = 0;

    for (size_t i = 0; i < platform->num_externals; i++)
        num += platform->externals[i].library == NULL;
    return num;
}

static void
add_needed_by(const struct wf_answer *a, const struct wf_strings *needed_by)
{
    if (needed_by->num == 0)
        return;
    wf_buffer_add_str(a->page.out, ", needed by ");
    wf_page_quote(&a->page, needed_by->items[0]);
    for (size_t i = 1; wf_answer_shows_all(a) && i < needed_by->num; i++) {
        wf_buffer_add_str(a->page.out, ", ");
        wf_page_quote(&a->page, needed_by->items[i]);
    }
    if (!wf_answer_shows_all(a) && needed_by->num > 1)
        wf_buffer_printf(a->page.out, " and %zu more", needed_by->num - 1);
}

static size_t
widest_library(const struct wf_platform *platform)
{
    size_t widest = 0;

    for (size_t i = 0; i < platform->num_externals; i++) {
        const size_t width = wf_page_width(platform->externals[i].name);

        if (width > widest && width <= WF_ANSWER_WIDEST)
            widest = width;
    }
    for (size_t i = 0; i < platform->num_grafts; i++) {
        const size_t width = wf_page_width(platform->grafts[i].name);

        if (width > widest && width <= WF_ANSWER_WIDEST)
            widest = width;
    }
    return widest;
}

/* How the library called `name` was found; by name, both lists being sorted. */
static const struct wf_external *
external_named(const struct wf_platform *platform, const char *name)
{
    size_t low = 0;
    size_t high = platform->num_externals;

    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        const int order = strcmp(platform->externals[mid].name, name);

        if (order == 0)
            return &platform->externals[mid];
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

static void
add_bundle(const struct wf_answer *a, const struct wf_platform *platform)
{
    const size_t width = widest_library(platform);

    for (size_t i = 0; i < platform->num_grafts; i++) {
        const struct wf_graft *graft = &platform->grafts[i];
        const struct wf_external *external = external_named(platform, graft->name);

        wf_page_item(&a->page);
        wf_page_cell(&a->page, graft->name, width);
        wf_buffer_add_str(a->page.out, "from ");
        wf_page_quote(&a->page, graft->from);
        if (wf_answer_shows_all(a) && external != NULL && external->why != NULL) {
            wf_buffer_add_str(a->page.out, ", found by ");
            wf_page_quote(&a->page, external->why);
        }
        if (wf_answer_shows_all(a) && external != NULL)
            add_needed_by(a, &external->needed_by);
        wf_answer_end_line(a);
    }
    for (size_t i = 0; i < platform->num_externals; i++) {
        const struct wf_external *external = &platform->externals[i];

        if (external->library != NULL)
            continue;
        wf_page_item(&a->page);
        wf_page_cell(&a->page, external->name, width);
        switch (external->by) {
        case WF_FOUND_EXCLUDED:
            wf_buffer_add_str(a->page.out, "excluded");
            break;
        case WF_FOUND_LIBPYTHON:
            wf_buffer_add_str(a->page.out, "the interpreter's own, never bundled");
            break;
        case WF_FOUND_NOT:
        case WF_FOUND_LOADED:
        case WF_FOUND_RPATH:
        case WF_FOUND_LIB_PATH:
        case WF_FOUND_ENVIRONMENT:
        case WF_FOUND_RUNPATH:
        case WF_FOUND_CONF:
        case WF_FOUND_DEFAULT:
        case WF_FOUND_PATH:
        case WF_FOUND_OUTSIDE_SEARCH:
            wf_page_ink(&a->page, "not found", WF_INK_BAD);
            break;
        }
        add_needed_by(a, &external->needed_by);
        wf_answer_end_line(a);
    }
}

void
wf_answer_repair(const struct wf_answer *a, const struct wf_platform *platform)
{
    const size_t grafts = platform->num_grafts;

    if (!platform->judged || wf_answer_is_fine(a, platform))
        return;
    wf_page_label(&a->page, "repair", WF_INK_PLAIN);
    if (platform->repaired == WF_RANK_NEVER || platform->repaired_tag == NULL) {
        const size_t missing = count_missing(platform);

        wf_buffer_add_str(a->page.out, "reaches no portable tag");
        if (missing > 0)
            wf_buffer_printf(a->page.out, ", with %zu %s missing", missing,
                             wf_plural(missing, "library", "libraries"));
    } else {
        wf_page_quote(&a->page, platform->repaired_tag);
        if (grafts > 0)
            wf_buffer_printf(a->page.out, ", bundling %zu %s", grafts,
                             wf_plural(grafts, "library", "libraries"));
        else if (wf_answer_claims_tag(a, platform->repaired_tag))
            wf_buffer_add_str(a->page.out, ", bundling nothing");
        else
            wf_buffer_add_str(a->page.out, ", by its tags alone");
    }
    wf_answer_end_line(a);
    add_bundle(a, platform);
}
