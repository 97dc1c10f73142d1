/* answer_macos.c -- the verdict on code for macOS: one for all its architectures, since
 * their tags are packed into one. */
#include <stdlib.h>
#include <string.h>

#include "render/answer.h"
#include "object/macho.h"

enum { MOST_LIBRARIES = 10 };

bool
wf_answer_is_macos(const struct wf_platform *platform)
{
    return platform->system == WF_SYSTEM_MACOS;
}

bool
wf_answer_macos_only(const struct wf_report *report)
{
    for (size_t i = 0; i < report->num_platforms; i++) {
        if (!wf_answer_is_macos(&report->platforms[i]))
            return false;
    }
    return report->num_platforms > 0;
}

static bool
is_defect(const struct wf_finding *finding)
{
    static const char *const others[] = { "absolute-needed", "found-outside-search-path",
                                          "needs-libpython", "rpath-outside-wheel" };

    if (finding->severity == WF_NOTE)
        return false;
    for (size_t i = 0; i < WF_COUNT(others); i++) {
        if (strcmp(finding->rule, others[i]) == 0)
            return true;
    }
    return wf_text_starts_with(finding->rule, "macho-");
}

/* Whether something is wrong with a binary, though tags and libraries are as they should
 * be: a repair may mend it. */
static bool
has_defects(const struct wf_report *report)
{
    for (size_t i = 0; i < report->num_findings; i++) {
        if (is_defect(&report->findings[i]))
            return true;
    }
    return false;
}

/* What a repair mends where tags and libraries stay as they are. */
enum mended { MENDS_SEARCH_PATHS = 1, MENDS_SIGNATURES = 2 };

static unsigned
find_mended(const struct wf_report *report)
{
    static const struct {
        const char *rule;
        enum mended what;
    } rows[] = {
        { "macho-duplicate-rpath", MENDS_SEARCH_PATHS },
        { "macho-signature-invalid", MENDS_SIGNATURES },
        { "macho-unsigned", MENDS_SIGNATURES },
        { "rpath-outside-wheel", MENDS_SEARCH_PATHS },
    };
    unsigned mended = 0;

    for (size_t i = 0; i < report->num_findings; i++)
        for (size_t k = 0; k < WF_COUNT(rows); k++)
            if (report->findings[i].severity != WF_NOTE &&
                strcmp(report->findings[i].rule, rows[k].rule) == 0)
                mended |= rows[k].what;
    return mended;
}

static bool
are_equal(const struct wf_strings *a, const struct wf_strings *b)
{
    if (a->num != b->num)
        return false;
    for (size_t i = 0; i < a->num; i++) {
        if (strcmp(a->items[i], b->items[i]) != 0)
            return false;
    }
    return true;
}

/* Whether tags stay as they are and nothing comes in. */
static bool
keeps_tags(const struct wf_answer *a)
{
    const struct wf_report *report = a->report;

    for (size_t i = 0; i < report->num_claims; i++) {
        if (report->claims[i].met != 1)
            return false;
    }
    for (size_t i = 0; i < report->num_platforms; i++) {
        if (report->platforms[i].num_externals > 0)
            return false;
    }
    for (size_t i = 0; i < report->macos_tags.num; i++) {
        if (!wf_answer_claims_tag(a, report->macos_tags.items[i]))
            return false;
    }
    return are_equal(&report->macos_tags, &report->macos_repaired_tags);
}

bool
wf_answer_macos_is_fine(const struct wf_answer *a)
{
    return a->report->macos_tags.num > 0 && keeps_tags(a) && !has_defects(a->report);
}

static void
add_tags(const struct wf_answer *a, const struct wf_strings *tags)
{
    for (size_t i = 0; i < tags->num; i++) {
        if (i > 0)
            wf_buffer_add_str(a->page.out, ", ");
        wf_page_quote(&a->page, tags->items[i]);
    }
}

/* Apple's word for the architecture of a platform, as its tag has it. */
static const char *
arch_word(struct wf_arena *arena, const struct wf_platform *platform)
{
    if (platform->tag == NULL)
        return wf_arch_name(platform->arch);
    return wf_platform_tag_parse(arena, platform->tag).arch_word;
}

/* What each architecture needs, and which file says so. */
static void
add_needs(const struct wf_answer *a)
{
    const bool is_asked = a->report->plat_met == 0;
    const char *label = is_asked ? "because" : "needs";
    struct wf_arena arena = { 0 };

    for (size_t i = 0; i < a->report->num_platforms; i++) {
        const struct wf_platform *platform = &a->report->platforms[i];

        if (!wf_answer_is_macos(platform) || platform->min_os == 0 ||
            platform->min_os_from == NULL || !(is_asked || wf_answer_shows_all(a)))
            continue;
        wf_page_label(&a->page, label, WF_INK_PLAIN);
        wf_buffer_printf(a->page.out, "macOS %s on %s: ",
                         wf_macos_version_text(&arena, platform->min_os),
                         arch_word(&arena, platform));
        wf_page_quote(&a->page, platform->min_os_from);
        wf_answer_end_line(a);
        label = "";
    }
    wf_arena_clear(&arena);
}

/* The libraries from outside, of all architectures. */
struct outside {
    const struct wf_external *
        *items; /* each name and place once: what is missing first */
    size_t num;
    size_t num_missing;
    size_t num_bundled;
};

static const char *
place_of(const struct wf_external *external)
{
    return external->library == NULL ? "" : external->library->real_path;
}

static int
compare_externals(const void *left, const void *right)
{
    const struct wf_external *a = *(const struct wf_external *const *)left;
    const struct wf_external *b = *(const struct wf_external *const *)right;
    const int missing = wf_answer_is_missing(b) - wf_answer_is_missing(a);
    const int order = strcmp(a->name, b->name);

    if (missing != 0)
        return missing;
    return order != 0 ? order : strcmp(place_of(a), place_of(b));
}

static void
count_bundled(struct outside *outside, struct wf_arena *arena,
              const struct wf_report *report)
{
    struct wf_strings from = { 0 };

    for (size_t i = 0; i < report->num_platforms; i++) {
        const struct wf_platform *platform = &report->platforms[i];

        for (size_t k = 0; wf_answer_is_macos(platform) && k < platform->num_grafts; k++)
            wf_strings_append(arena, &from, platform->grafts[k].from);
    }
    wf_strings_sort(&from);
    outside->num_bundled = from.num;
}

static int
compare_names(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Whether another architecture found the library: then there is one, without code for this
 * one, and a repair goes without the architecture. */
static bool
is_thin(const struct wf_strings *found, const struct wf_external *external)
{
    return wf_answer_is_missing(external) && found->num > 0 &&
           bsearch(&external->name, found->items, found->num, sizeof *found->items,
                   compare_names) != NULL;
}

static struct outside
find_outside(struct wf_arena *arena, const struct wf_report *report)
{
    struct outside outside = { 0 };
    struct wf_strings found = { 0 };
    size_t most = 0;
    size_t num = 0;

    for (size_t i = 0; i < report->num_platforms; i++)
        most += report->platforms[i].num_externals;
    outside.items = wf_arena_array(arena, most, sizeof(struct wf_external *));
    for (size_t i = 0; i < report->num_platforms; i++) {
        const struct wf_platform *platform = &report->platforms[i];

        for (size_t k = 0; wf_answer_is_macos(platform) && k < platform->num_externals;
             k++)
            outside.items[num++] = &platform->externals[k];
    }
    for (size_t i = 0; i < num; i++) {
        if (outside.items[i]->library != NULL)
            wf_strings_append(arena, &found, outside.items[i]->name);
    }
    wf_strings_sort(&found);
    if (num > 1)
        qsort(outside.items, num, sizeof *outside.items, compare_externals);
    for (size_t i = 0; i < num; i++) {
        if (is_thin(&found, outside.items[i]) ||
            (outside.num > 0 &&
             compare_externals(&outside.items[outside.num - 1], &outside.items[i]) == 0))
            continue;
        outside.items[outside.num++] = outside.items[i];
        outside.num_missing += wf_answer_is_missing(outside.items[outside.num - 1]);
    }
    count_bundled(&outside, arena, report);
    return outside;
}

/* Why no tag holds: what is outside, or architectures that not all modules have. */
static void
add_why_none(const struct wf_answer *a, const struct outside *outside)
{
    if (outside->num == 0)
        wf_buffer_add_str(a->page.out, "none: no tag fits all of its modules");
    else
        wf_buffer_printf(a->page.out,
                         "none: it needs %zu %s that neither macOS nor the wheel has",
                         outside->num, wf_plural(outside->num, "library", "libraries"));
}

static void
add_verdict(const struct wf_answer *a, const struct outside *outside)
{
    const struct wf_strings *tags = &a->report->macos_tags;

    wf_page_label(&a->page, "verdict", tags->num > 0 ? WF_INK_GOOD : WF_INK_BAD);
    if (tags->num > 0)
        add_tags(a, tags);
    else
        add_why_none(a, outside);
    wf_answer_claims_hold(a);
    if (wf_answer_macos_is_fine(a))
        wf_buffer_add_str(a->page.out, ", nothing to repair");
    wf_answer_end_line(a);
}

static void
add_outside(const struct wf_answer *a, const struct outside *outside)
{
    const bool all = wf_answer_shows_all(a) || outside->num <= MOST_LIBRARIES;
    const size_t shown = all ? outside->num : MOST_LIBRARIES;
    size_t width = 0;

    for (size_t i = 0; i < shown; i++) {
        const size_t own = wf_page_width(outside->items[i]->name);

        if (own > width && own <= WF_ANSWER_WIDEST)
            width = own;
    }
    for (size_t i = 0; i < shown; i++)
        wf_answer_library(a, outside->items[i], width);
    if (shown < outside->num)
        wf_page_more(&a->page, outside->num - shown);
}

static void
add_repair(const struct wf_answer *a, const struct outside *outside)
{
    const struct wf_strings *tags = &a->report->macos_repaired_tags;

    wf_page_label(&a->page, "repair", WF_INK_PLAIN);
    if (outside->num_missing > 0) {
        wf_buffer_printf(a->page.out, "is refused, with %zu %s missing",
                         outside->num_missing,
                         wf_plural(outside->num_missing, "library", "libraries"));
    } else if (tags->num == 0) {
        wf_buffer_add_str(a->page.out, "reaches no tag");
    } else {
        add_tags(a, tags);
        if (outside->num_bundled > 0)
            wf_buffer_printf(a->page.out, ", bundling %zu %s", outside->num_bundled,
                             wf_plural(outside->num_bundled, "library", "libraries"));
        else if (!are_equal(tags, &a->report->macos_tags) || outside->num == 0)
            wf_buffer_add_str(a->page.out, "; only its tags change");
    }
    wf_answer_end_line(a);
    add_outside(a, outside);
}

static void
add_mending(const struct wf_answer *a)
{
    static const char *const words[] = {
        [MENDS_SEARCH_PATHS] = "search paths",
        [MENDS_SIGNATURES] = "signatures",
        [MENDS_SEARCH_PATHS | MENDS_SIGNATURES] = "search paths and signatures",
    };
    const unsigned mended = find_mended(a->report);

    if (mended == 0 || !wf_answer_macos_only(a->report))
        return;
    wf_page_label(&a->page, "repair", WF_INK_PLAIN);
    add_tags(a, &a->report->macos_tags);
    wf_buffer_printf(a->page.out, "; mends %s", words[mended]);
    wf_answer_end_line(a);
}

void
wf_answer_macos(const struct wf_answer *a)
{
    const char *label = "better";
    struct wf_arena arena = { 0 };
    const struct outside outside = find_outside(&arena, a->report);

    add_verdict(a, &outside);
    if (wf_answer_macos_only(a->report))
        wf_answer_own_tags(a);
    add_needs(a);
    if (keeps_tags(a))
        add_mending(a);
    else
        add_repair(a, &outside);
    wf_arena_clear(&arena);
    for (size_t i = 0; i < a->report->num_platforms; i++) {
        if (wf_answer_is_macos(&a->report->platforms[i]) &&
            wf_answer_blockers(a, &a->report->platforms[i], label))
            label = "";
    }
}
