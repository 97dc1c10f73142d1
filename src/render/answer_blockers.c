/* answer_blockers.c -- why not a better tag: object, symbol@version and library. */
#include <string.h>

#include "render/answer.h"

/* What the blocker needs, as one word: "memcpy@GLIBC_2.14". */
static void
add_need(struct wf_buffer *out, const struct wf_blocker *blocker)
{
    if (blocker->symbol != NULL)
        wf_buffer_add_str(out, blocker->symbol);
    if (blocker->symbol != NULL && blocker->version != NULL)
        wf_buffer_add_char(out, '@');
    if (blocker->reason == WF_REASON_MIN_OS)
        wf_buffer_add_str(out, "macOS ");
    if (blocker->reason == WF_REASON_MISSING_ARCH)
        wf_buffer_add_str(out, "no code for ");
    if (blocker->version != NULL)
        wf_buffer_add_str(out, blocker->version);
    if (blocker->symbol == NULL && blocker->version == NULL && blocker->library != NULL)
        wf_buffer_add_str(out, blocker->library);
    wf_buffer_add_char(out, '\0');
}

/* The object that needs it, and which slice of it: "a.so (arm64)". */
static void
add_object(struct wf_buffer *out, const struct wf_blocker *blocker)
{
    wf_buffer_add_str(out, blocker->object);
    if (blocker->slice != NULL)
        wf_buffer_printf(out, " (%s)", blocker->slice);
    wf_buffer_add_char(out, '\0');
}

/* What is wrong with that need. */
static const char *
reason_text(enum wf_reason reason)
{
    static const char *const texts[] = {
        [WF_REASON_VERSION] = "",
        [WF_REASON_VERSION_MARKER] = ", a marker",
        [WF_REASON_LIBRARY] = "not in the platform or the wheel",
        [WF_REASON_SYMBOL] = ", forbidden",
        [WF_REASON_ISA] = "a processor above the baseline",
        [WF_REASON_UCS2] = "a narrow-unicode Python",
        [WF_REASON_PYFPE] = "a Python built with fpectl",
        [WF_REASON_ARCH] = "no policy for its architecture",
        [WF_REASON_MIN_OS] = "",
        [WF_REASON_MISSING_ARCH] = "",
    };

    return texts[reason];
}

static bool
names_library_apart(const struct wf_blocker *blocker)
{
    return blocker->library != NULL &&
           (blocker->reason == WF_REASON_VERSION || blocker->reason == WF_REASON_SYMBOL ||
            blocker->reason == WF_REASON_VERSION_MARKER ||
            blocker->reason == WF_REASON_MIN_OS ||
            blocker->reason == WF_REASON_MISSING_ARCH);
}

static void
add_reason(const struct wf_answer *a, const struct wf_blocker *blocker)
{
    if (names_library_apart(blocker))
        wf_page_quote(&a->page, blocker->library);
    else if (blocker->reason == WF_REASON_MIN_OS)
        wf_buffer_add_str(a->page.out, "its own minimum");
    else if (blocker->reason == WF_REASON_MISSING_ARCH)
        wf_buffer_add_str(a->page.out, "in it");
    wf_buffer_add_str(a->page.out, reason_text(blocker->reason));
    if (blocker->weak)
        wf_buffer_add_str(a->page.out, " (weak)");
}

/* Which blockers stand in one list: from `first` on, while they block the policy. */
struct span {
    size_t first;
    size_t num;
    const char *tag;
};

static size_t
span_shown(const struct wf_answer *a, const struct span *span, size_t few)
{
    return wf_answer_shows_all(a) || span->num <= few ? span->num : few;
}

static void
add_blocker_rows(const struct wf_answer *a, const struct wf_platform *platform,
                 const struct span *span)
{
    const size_t shown = span_shown(a, span, WF_ANSWER_FEW);
    size_t object_width = 0;
    size_t need_width = 0;
    struct wf_buffer need;
    struct wf_buffer name;

    wf_buffer_init(&need, 64 * 1024);
    wf_buffer_init(&name, 64 * 1024);
    for (size_t i = span->first; i < span->first + shown; i++) {
        wf_buffer_reset(&need);
        wf_buffer_reset(&name);
        add_need(&need, &platform->blockers[i]);
        add_object(&name, &platform->blockers[i]);
        const size_t object = name.over ? 0 : wf_page_width((const char *)name.data);
        const size_t width = need.over ? 0 : wf_page_width((const char *)need.data);

        if (object > object_width && object <= WF_ANSWER_WIDEST)
            object_width = object;
        if (width > need_width && width <= WF_ANSWER_WIDEST)
            need_width = width;
    }
    for (size_t i = span->first; i < span->first + shown; i++) {
        const struct wf_blocker *blocker = &platform->blockers[i];

        wf_buffer_reset(&need);
        wf_buffer_reset(&name);
        add_need(&need, blocker);
        add_object(&name, blocker);
        wf_page_item(&a->page);
        wf_page_cell(&a->page, name.over ? "..." : (const char *)name.data, object_width);
        wf_page_cell(&a->page, need.over ? "..." : (const char *)need.data, need_width);
        add_reason(a, blocker);
        wf_answer_end_line(a);
    }
    wf_buffer_clear(&need);
    wf_buffer_clear(&name);
    if (shown < span->num)
        wf_page_more(&a->page, span->num - shown);
}

/* All of it on the label's own line, for a wheel with nothing to mend. */
static void
add_first_blocker(const struct wf_answer *a, const struct wf_platform *platform,
                  const struct span *span)
{
    const struct wf_blocker *blocker = &platform->blockers[span->first];
    struct wf_buffer need;

    wf_buffer_init(&need, 64 * 1024);
    add_need(&need, blocker);
    wf_buffer_add_char(a->page.out, ' ');
    wf_page_quote(&a->page, need.over ? "..." : (const char *)need.data);
    if (names_library_apart(blocker)) {
        wf_buffer_add_str(a->page.out, " (");
        wf_page_quote(&a->page, blocker->library);
        wf_buffer_add_char(a->page.out, ')');
    }
    wf_buffer_add_str(a->page.out, " in ");
    wf_buffer_reset(&need);
    add_object(&need, blocker);
    wf_page_quote(&a->page, need.over ? "..." : (const char *)need.data);
    wf_buffer_clear(&need);
    if (span->num > 1)
        wf_buffer_printf(a->page.out, " and %zu more", span->num - 1);
    wf_answer_end_line(a);
}

/* Blockers are sorted by policy, so each tag's own are neighbours. */
static struct span
span_of_policy(const struct wf_platform *platform, size_t first)
{
    struct span span = { .first = first, .tag = platform->blockers[first].tag };

    while (first + span.num < platform->num_blockers &&
           strcmp(platform->blockers[first + span.num].tag, span.tag) == 0)
        span.num++;
    return span;
}

static bool
is_of_family(const struct wf_platform_tag *tag, enum wf_policy_family family)
{
    return (tag->family == WF_TAG_MANYLINUX && family == WF_POLICY_MANYLINUX) ||
           (tag->family == WF_TAG_MUSLLINUX && family == WF_POLICY_MUSLLINUX) ||
           (tag->family == WF_TAG_ANDROID && family == WF_POLICY_ANDROID);
}

/* The rank of the policy that judges the tag of --plat, when it is one of this platform's
 * and not met; else WF_RANK_NEVER.  The tag's architecture may be left out. */
static wf_rank
asked_rank(const struct wf_answer *a, const struct wf_platform *platform)
{
    const char *plat = a->options->plat;
    struct wf_arena arena = { 0 };
    wf_rank rank = WF_RANK_NEVER;

    if (plat == NULL || a->report->plat_met != 0)
        return WF_RANK_NEVER;
    struct wf_platform_tag tag = wf_platform_tag_parse(&arena, plat);

    if (tag.arch == WF_ARCH_UNKNOWN)
        tag = wf_platform_tag_parse(
            &arena, wf_arena_printf(&arena, "%s_%s", plat, wf_arch_name(platform->arch)));
    if (is_of_family(&tag, platform->family) && wf_arch_meets(platform->arch, tag.arch)) {
        const struct wf_policy *policy = wf_policies_not_above(
            a->options->policies, platform->family, tag.arch, tag.major, tag.minor);

        if (policy != NULL)
            rank = policy->rank;
    }
    wf_arena_clear(&arena);
    return rank;
}

/* All that blocks the asked-for tag: what only a newer policy permits. */
static struct span
span_of_asked(const struct wf_answer *a, const struct wf_platform *platform, wf_rank rank)
{
    struct span span = { .tag = a->options->plat };

    /* Sorted by the newest policy each blocks: what blocks this one comes first. */
    while (span.num < platform->num_blockers && platform->blockers[span.num].needs > rank)
        span.num++;
    return span;
}

static void
add_blocked(const struct wf_answer *a, const struct wf_platform *platform,
            const struct span *span, const char *label)
{
    wf_page_label(&a->page, label, WF_INK_PLAIN);
    wf_page_quote(&a->page, span->tag);
    wf_buffer_add_str(a->page.out, " is blocked by");
    if (wf_answer_is_fine(a, platform) && a->report->plat_met != 0 &&
        !wf_answer_shows_all(a)) {
        add_first_blocker(a, platform, span);
        return;
    }
    wf_answer_end_line(a);
    add_blocker_rows(a, platform, span);
}

bool
wf_answer_blockers(const struct wf_answer *a, const struct wf_platform *platform,
                   const char *label)
{
    const wf_rank asked = asked_rank(a, platform);
    struct span span = { 0 };

    if (platform->num_blockers == 0)
        return false;
    if (asked != WF_RANK_NEVER)
        span = span_of_asked(a, platform, asked);
    if (span.num > 0) {
        add_blocked(a, platform, &span, "because");
        return true;
    }
    for (size_t i = 0; i < platform->num_blockers; i += span.num) {
        span = span_of_policy(platform, i);
        add_blocked(a, platform, &span, i == 0 ? label : "");
        if (!wf_answer_shows_all(a))
            break;
    }
    return true;
}
