/* answer_repair.c -- what a repair would reach, what it would bundle and from where. */
#include <string.h>

#include "render/answer.h"

enum { MOST_LIBRARIES = 10 };

/* Whether the library is outside under the policy a repair reaches, and would be bundled or
 * left out knowingly; when it reaches none, whether no policy at all provides it. */
static bool
is_outside(const struct wf_platform *platform, const struct wf_external *external)
{
    const wf_rank below =
        external->left_out != NULL ? external->allowed_from : external->bundled_below;

    return platform->repaired == WF_RANK_NEVER ? below == WF_RANK_NEVER
                                               : below > platform->repaired;
}

bool
wf_answer_is_missing(const struct wf_external *external)
{
    return external->library == NULL && external->by != WF_FOUND_LIBPYTHON &&
           external->left_out == NULL;
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

/* A file of the name lies there, and was passed over. */
static bool
is_passed_over(const struct wf_try *try)
{
    return try->result == WF_TRY_ARCH || try->result == WF_TRY_LIBC ||
           try->result == WF_TRY_NOT_OBJECT || try->result == WF_TRY_UNREADABLE;
}

/* Where the loader would have looked; of what it found in the end, what was in its way. */
static void
add_tried(const struct wf_answer *a, const struct wf_edge *edge)
{
    for (size_t i = 0; edge != NULL && i < edge->num_tries; i++) {
        if (edge->library != NULL && !is_passed_over(&edge->tries[i]))
            continue;
        wf_page_item(&a->page);
        wf_buffer_add_str(a->page.out, "  tried ");
        wf_page_quote(&a->page, edge->tries[i].path);
        wf_buffer_printf(a->page.out, ": %s", wf_try_result_text(edge->tries[i].result));
        wf_answer_end_line(a);
    }
}

void
wf_answer_library(const struct wf_answer *a, const struct wf_external *external,
                  size_t width)
{
    const bool all = wf_answer_shows_all(a);

    wf_page_item(&a->page);
    wf_page_cell(&a->page, external->name, width);
    if (external->by == WF_FOUND_LIBPYTHON) {
        wf_buffer_add_str(a->page.out, "the interpreter's own, never bundled");
    } else if (external->left_out != NULL) {
        wf_buffer_add_str(a->page.out, "left out: ");
        wf_page_quote(&a->page, external->left_out);
    } else if (external->library != NULL) {
        wf_buffer_add_str(a->page.out, "from ");
        wf_page_quote(&a->page, external->library->real_path);
        if (all && external->why != NULL) {
            wf_buffer_add_str(a->page.out, ", by ");
            wf_page_quote(&a->page, external->why);
        }
    } else {
        wf_page_ink(&a->page, "not found", WF_INK_BAD);
        if (external->weak)
            wf_buffer_add_str(a->page.out, " (not required)");
    }
    if (all || wf_answer_is_missing(external))
        add_needed_by(a, &external->needed_by);
    wf_answer_end_line(a);
    if (all && (external->library != NULL || wf_answer_is_missing(external)))
        add_tried(a, external->edge);
}

/* The libraries that are missing, or those that are not. */
static void
add_libraries(const struct wf_answer *a, const struct wf_platform *platform, bool missing,
              size_t width, size_t *left)
{
    for (size_t i = 0; i<platform->num_externals && * left> 0; i++) {
        const struct wf_external *external = &platform->externals[i];

        if (!is_outside(platform, external) || wf_answer_is_missing(external) != missing)
            continue;
        wf_answer_library(a, external, width);
        (*left)--;
    }
}

/* What is missing comes first: it stands in the way. */
static void
add_bundle(const struct wf_answer *a, const struct wf_platform *platform)
{
    size_t width = 0;
    size_t num = 0;

    for (size_t i = 0; i < platform->num_externals; i++) {
        if (!is_outside(platform, &platform->externals[i]))
            continue;
        const size_t own = wf_page_width(platform->externals[i].name);

        if (own > width && own <= WF_ANSWER_WIDEST)
            width = own;
        num++;
    }
    const size_t shown =
        wf_answer_shows_all(a) || num <= MOST_LIBRARIES ? num : MOST_LIBRARIES;
    size_t left = shown;

    add_libraries(a, platform, true, width, &left);
    add_libraries(a, platform, false, width, &left);
    if (shown < num)
        wf_page_more(&a->page, num - shown);
}

static void
add_out_of_reach(const struct wf_answer *a, const struct wf_platform *platform)
{
    size_t missing = 0;

    for (size_t i = 0; i < platform->num_externals; i++)
        missing += is_outside(platform, &platform->externals[i]) &&
                   wf_answer_is_missing(&platform->externals[i]);
    wf_buffer_add_str(a->page.out, "reaches no portable tag");
    if (missing > 0)
        wf_buffer_printf(a->page.out, ", with %zu %s missing", missing,
                         wf_plural(missing, "library", "libraries"));
}

void
wf_answer_repair(const struct wf_answer *a, const struct wf_platform *platform)
{
    const size_t grafts = platform->num_grafts;

    if (!platform->judged || platform->libc_undecided || wf_answer_is_fine(a, platform))
        return;
    wf_page_label(&a->page, "repair", WF_INK_PLAIN);
    if (platform->repaired == WF_RANK_NEVER || platform->repaired_tag == NULL) {
        add_out_of_reach(a, platform);
    } else {
        wf_page_quote(&a->page, platform->repaired_tag);
        if (grafts > 0)
            wf_buffer_printf(a->page.out, ", bundling %zu %s", grafts,
                             wf_plural(grafts, "library", "libraries"));
        else
            wf_buffer_add_str(a->page.out, "; only its tags change");
    }
    wf_answer_end_line(a);
    add_bundle(a, platform);
}
