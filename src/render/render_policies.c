/* render_policies.c -- the tags as a list for people, and one of them in full. */
#include "render/render_policies.h"

#include <string.h>

#include "render/page.h"
#include "render/policy_items.h"

enum { GAP = 2 };

static size_t
widest(size_t width, const char *text)
{
    const size_t have = wf_page_width(text);

    return have > width ? have : width;
}

static bool
is_shown(const struct wf_policies_view *view, const struct wf_policy *policy)
{
    return view->arch == WF_ARCH_UNKNOWN || wf_policy_has_arch(policy, view->arch);
}

/* "manylinux1, acme" */
static const char *
joined(struct wf_arena *arena, const char *const *items, size_t num)
{
    const char *text = "";

    for (size_t i = 0; i < num; i++)
        text = wf_arena_printf(arena, "%s%s%s", text, i == 0 ? "" : ", ", items[i]);
    return text;
}

/* A line without the blanks that a last, empty cell left. */
static void
end_line(const struct wf_page *page)
{
    struct wf_buffer *out = page->out;

    while (out->len > 0 && out->data[out->len - 1] == ' ')
        out->len--;
    wf_buffer_add_char(out, '\n');
}

/* A table of cells, each column as wide as its widest. */
struct grid {
    struct wf_arena *arena;
    const char **cells; /* row by row */
    size_t num_columns;
    size_t num_cells;
    size_t cap;
};

static void
add_cell(struct grid *grid, const char *text)
{
    grid->cells = wf_arena_grow(grid->arena, (void *)grid->cells, grid->num_cells,
                                &grid->cap, sizeof *grid->cells);
    grid->cells[grid->num_cells++] = text;
}

static void
print_grid(const struct wf_page *page, const struct grid *grid, unsigned indent)
{
    size_t *widths = wf_arena_array(grid->arena, grid->num_columns, sizeof *widths);

    for (size_t i = 0; i < grid->num_cells; i++)
        widths[i % grid->num_columns] =
            widest(widths[i % grid->num_columns], grid->cells[i]);
    for (size_t i = 0; i < grid->num_cells; i++) {
        const size_t column = i % grid->num_columns;
        const bool last = column + 1 == grid->num_columns;

        if (column == 0)
            wf_buffer_printf(page->out, "%*s", (int)indent, "");
        if (widths[column] > 0) /* a column of nothing takes no room */
            wf_page_cell(page, grid->cells[i], last ? 0 : widths[column]);
        if (last)
            end_line(page);
    }
}

/* "manylinux_2_5 to 2_43", and every further run of policies the architecture has. */
static const char *
arch_runs(struct wf_arena *arena, const struct wf_policy *list, size_t num,
          enum wf_arch arch)
{
    const char *text = "";

    for (size_t i = 0; i < num; i++) {
        size_t end = i;

        if (!wf_policy_has_arch(&list[i], arch))
            continue;
        while (end + 1 < num && wf_policy_has_arch(&list[end + 1], arch))
            end++;
        text = wf_arena_printf(arena, "%s%s%s%s%s", text, text[0] == '\0' ? "" : ", ",
                               list[i].name, end > i ? " to " : "",
                               end > i ? list[end].name : "");
        i = end;
    }
    return text;
}

static void
print_archs(const struct wf_page *page, struct wf_arena *arena,
            const struct wf_policy *list, size_t num)
{
    struct grid grid = { .arena = arena, .num_columns = 2 };

    for (unsigned a = 0; a < WF_ARCH_COUNT; a++) {
        const char *runs = arch_runs(arena, list, num, (enum wf_arch)a);

        if (runs[0] == '\0')
            continue;
        add_cell(&grid, wf_arch_name((enum wf_arch)a));
        add_cell(&grid, runs);
    }
    print_grid(page, &grid, GAP);
}

/* Tag, aliases, first systems. */
static void
print_systems(const struct wf_page *page, struct wf_arena *arena,
              const struct wf_policy *list, size_t num)
{
    struct grid grid = { .arena = arena, .num_columns = 3 };

    for (size_t i = 0; i < num; i++) {
        const char *systems = joined(arena, list[i].systems, list[i].num_systems);

        if (list[i].provisional)
            systems = wf_arena_printf(arena, "%s%s(provisional)", systems,
                                      systems[0] == '\0' ? "" : " ");
        add_cell(&grid, list[i].name);
        add_cell(&grid, joined(arena, list[i].aliases, list[i].num_aliases));
        add_cell(&grid, systems);
    }
    print_grid(page, &grid, GAP);
}

static void
add_highest(struct grid *grid, const struct wf_strings *versions,
            const struct wf_strings *prefixes)
{
    for (size_t i = 0; i < prefixes->num; i++) {
        const char *highest = wf_policy_items_highest(versions, prefixes->items[i]);

        add_cell(grid, highest == NULL ? "-" : highest);
    }
}

static void
add_header(struct grid *grid, const char *first, const char *second,
           const struct wf_strings *prefixes)
{
    add_cell(grid, first);
    if (second != NULL)
        add_cell(grid, second);
    for (size_t i = 0; i < prefixes->num; i++)
        add_cell(grid, prefixes->items[i]);
    grid->num_columns = grid->num_cells;
}

/* For one architecture: tag, aliases, the highest version of each prefix. */
static void
print_highest(const struct wf_page *page, struct wf_arena *arena,
              const struct wf_policies_view *view, const struct wf_policy *list,
              size_t num)
{
    struct grid grid = { .arena = arena };
    struct wf_strings prefixes = { 0 };

    /* The newest policy knows every prefix that an older one does. */
    for (size_t i = 0; i < num; i++)
        if (is_shown(view, &list[i])) {
            const struct wf_strings versions =
                wf_policy_items_versions(arena, view->set, &list[i], view->arch);

            prefixes = wf_policy_items_prefixes(arena, &versions);
        }
    add_header(&grid, "", "", &prefixes);
    for (size_t i = 0; i < num; i++) {
        if (!is_shown(view, &list[i]))
            continue;
        const struct wf_strings versions =
            wf_policy_items_versions(arena, view->set, &list[i], view->arch);

        add_cell(&grid,
                 wf_policies_full_name(arena, list[i].name, list[i].family, view->arch));
        add_cell(&grid, joined(arena, list[i].aliases, list[i].num_aliases));
        add_highest(&grid, &versions, &prefixes);
    }
    if (grid.num_columns == 2) { /* no versions: no header */
        grid.cells += grid.num_columns;
        grid.num_cells -= grid.num_columns;
    }
    print_grid(page, &grid, GAP);
}

static void
print_family(const struct wf_page *page, const struct wf_policies_view *view,
             enum wf_policy_family family)
{
    struct wf_arena arena = { 0 };
    size_t num = 0, num_shown = 0;
    const struct wf_policy *list = wf_policies_list(view->set, family, &num);

    for (size_t i = 0; i < num; i++)
        num_shown += is_shown(view, &list[i]);
    if (num_shown == 0)
        return;
    if (page->out->len > 0)
        wf_buffer_add_char(page->out, '\n');
    wf_page_ink(page, wf_policy_family_name(family), WF_INK_NAME);
    wf_buffer_add_char(page->out, '\n');
    if (view->arch != WF_ARCH_UNKNOWN) {
        print_highest(page, &arena, view, list, num);
    } else {
        print_systems(page, &arena, list, num);
        wf_buffer_add_char(page->out, '\n');
        print_archs(page, &arena, list, num);
    }
    wf_arena_clear(&arena);
}

static void
print_label(const struct wf_page *page, const char *label)
{
    wf_page_label(page, label, WF_INK_FAINT);
}

static void
print_words(const struct wf_page *page, const char *label, const struct wf_strings *words)
{
    if (words->num == 0)
        return;
    print_label(page, label);
    wf_page_words(page, words);
}

/* The highest versions of the shown architectures, one line each. */
static void
print_versions(const struct wf_page *page, struct wf_arena *arena,
               const struct wf_policies_view *view)
{
    const struct wf_policy *policy = view->policy;
    struct grid grid = { .arena = arena };
    struct wf_strings prefixes = { 0 }, versions[WF_ARCH_COUNT] = { { 0 } };

    for (unsigned a = 0; a < WF_ARCH_COUNT; a++) {
        if (!wf_policy_has_arch(policy, (enum wf_arch)a))
            continue;
        versions[a] = wf_policy_items_versions(arena, view->set, policy, (enum wf_arch)a);
        const struct wf_strings found = wf_policy_items_prefixes(arena, &versions[a]);

        for (size_t i = 0; i < found.num; i++)
            wf_strings_add(arena, &prefixes, found.items[i]);
    }
    add_header(&grid, "highest", NULL, &prefixes);
    for (unsigned a = 0; a < WF_ARCH_COUNT; a++)
        if (wf_policy_has_arch(policy, (enum wf_arch)a) &&
            (view->arch == WF_ARCH_UNKNOWN || view->arch == a)) {
            add_cell(&grid, wf_arch_name((enum wf_arch)a));
            add_highest(&grid, &versions[a], &prefixes);
        }
    if (prefixes.num > 0)
        print_grid(page, &grid, GAP);
    else
        wf_buffer_add_str(page->out,
                          "  versions of symbols are not judged in this family\n");
}

/* All versions of one architecture, prefix by prefix. */
static void
print_all_versions(const struct wf_page *page, struct wf_arena *arena,
                   const struct wf_policies_view *view, enum wf_arch arch)
{
    const struct wf_strings versions =
        wf_policy_items_versions(arena, view->set, view->policy, arch);
    const struct wf_strings prefixes = wf_policy_items_prefixes(arena, &versions);

    if (prefixes.num > 0)
        wf_buffer_printf(page->out, "\n  on %s\n", wf_arch_name(arch));
    for (size_t i = 0; i < prefixes.num; i++) {
        struct wf_strings names = { 0 };

        for (size_t k = 0; k < versions.num; k++)
            if (wf_policy_items_suffix(versions.items[k], prefixes.items[i]) != NULL)
                wf_strings_append(arena, &names, versions.items[k]);
        print_words(page, i == 0 ? "versions" : "", &names);
    }
}

static void
print_libraries(const struct wf_page *page, struct wf_arena *arena,
                const struct wf_policies_view *view)
{
    const struct wf_policy *policy = view->policy;
    const struct wf_strings libraries =
        wf_policy_items_libraries(arena, view->set, policy);
    const struct wf_strings forbidden =
        wf_policy_items_forbidden(arena, view->set, policy, NULL);

    wf_buffer_add_char(page->out, '\n');
    print_words(page, "provided", &libraries);
    if (policy->family == WF_POLICY_MUSLLINUX)
        wf_buffer_add_str(page->out,
                          "           (libc.so is musl under any of its names)\n");
    for (size_t i = 0; i < forbidden.num; i++) {
        const struct wf_strings symbols =
            wf_policy_items_forbidden(arena, view->set, policy, forbidden.items[i]);

        if (i == 0)
            wf_buffer_add_char(page->out, '\n');
        print_label(page, i == 0 ? "forbidden" : "");
        wf_buffer_add_str(page->out, "of ");
        wf_page_quote(page, forbidden.items[i]);
        wf_buffer_printf(page->out, ":\n%*s", WF_PAGE_ANSWER, "");
        wf_page_words(page, &symbols);
    }
}

static void
print_policy(const struct wf_page *page, const struct wf_policies_view *view)
{
    const struct wf_policy *policy = view->policy;
    const struct wf_strings systems = { .items =
                                            (const char **)(uintptr_t)policy->systems,
                                        .num = policy->num_systems };
    const struct wf_strings images = { .items = (const char **)(uintptr_t)policy->images,
                                       .num = policy->num_images };
    struct wf_arena arena = { 0 };

    wf_page_ink(page, policy->name, WF_INK_NAME);
    if (policy->num_aliases > 0)
        wf_buffer_printf(page->out, " (%s)",
                         joined(&arena, policy->aliases, policy->num_aliases));
    wf_buffer_add_str(page->out, policy->provisional ? ", provisional\n" : "\n");
    print_words(page, "since", &systems);
    print_words(page, "build in", &images);
    wf_buffer_add_char(page->out, '\n');
    print_versions(page, &arena, view);
    print_libraries(page, &arena, view);
    for (unsigned a = 0; a < WF_ARCH_COUNT; a++)
        if (wf_policy_has_arch(policy, (enum wf_arch)a) &&
            (view->arch == a ||
             (view->arch == WF_ARCH_UNKNOWN && page->style->verbose > 0)))
            print_all_versions(page, &arena, view, (enum wf_arch)a);
    wf_arena_clear(&arena);
}

void
wf_render_policies_text(struct wf_buffer *out, const struct wf_policies_view *view,
                        const struct wf_text_style *style)
{
    const struct wf_page page = { .out = out, .style = style };

    if (view->policy != NULL) {
        print_policy(&page, view);
        return;
    }
    for (unsigned f = 0; f < WF_POLICY_FAMILIES; f++)
        print_family(&page, view, (enum wf_policy_family)f);
}
