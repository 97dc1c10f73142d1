/* plan_windows_graph.c -- who loads whom: what needs the folder of DLLs, what comes along with
 * one module, and in which order a program that loads them one by one has to go. */
#include <stdlib.h>
#include <string.h>

#include "repair/plan_windows_parts.h"

const struct wf_plan_graft *
wf_win_graft_of(const struct wf_plan *plan, const struct wf_use *use)
{
    const struct wf_plan_graft *graft = &plan->grafts[use->graft];

    return graft->same_as != NULL ? graft->same_as : graft;
}

/* A member by the object that libraries of the trees point to. */
struct keyed {
    const struct wf_object *key;
    uint32_t user;
};

static int
compare_keys(const void *left, const void *right)
{
    const uintptr_t a = (uintptr_t)((const struct keyed *)left)->key;
    const uintptr_t b = (uintptr_t)((const struct keyed *)right)->key;

    return (a > b) - (a < b);
}

struct drawing {
    const struct wf_planning *planning;
    struct keyed *members;
};

/* The user that a use leads to; num_users for none. */
static uint32_t
target_of(const struct drawing *drawing, const struct wf_use *use)
{
    const struct wf_grafting *grafting = drawing->planning->grafting;

    if (use->kind == WF_USE_GRAFT) {
        const struct wf_plan *plan = drawing->planning->plan;

        return grafting->grafts[wf_win_graft_of(plan, use) - plan->grafts].user;
    }
    if (use->kind != WF_USE_INSIDE)
        return (uint32_t)grafting->num_users;
    const struct keyed key = { .key = use->edge->library->object };
    const struct keyed *found =
        bsearch(&key, drawing->members, grafting->num_members, sizeof key, compare_keys);

    return found == NULL ? (uint32_t)grafting->num_users : found->user;
}

static void
list_members(struct drawing *drawing, struct wf_arena *arena)
{
    const struct wf_grafting *grafting = drawing->planning->grafting;

    drawing->members =
        wf_arena_array(arena, grafting->num_members, sizeof *drawing->members);
    for (size_t i = 0; i < grafting->num_members; i++)
        drawing->members[i] = (struct keyed){ grafting->users[i].key, (uint32_t)i };
    if (grafting->num_members > 1)
        qsort(drawing->members, grafting->num_members, sizeof *drawing->members,
              compare_keys);
}

static void
draw(struct wf_win_graph *graph, const struct drawing *drawing, struct wf_arena *arena)
{
    const struct wf_grafting *grafting = drawing->planning->grafting;
    size_t most = 0;
    uint32_t num = 0;

    for (size_t i = 0; i < grafting->num_users; i++)
        most += grafting->users[i].num_uses;
    graph->first = wf_arena_array(arena, grafting->num_users + 1, sizeof *graph->first);
    graph->to = wf_arena_array(arena, most, sizeof *graph->to);
    for (size_t i = 0; i < grafting->num_users; i++) {
        const struct wf_user *user = &grafting->users[i];

        for (size_t k = 0; k < user->num_uses; k++) {
            const uint32_t to = target_of(drawing, &user->uses[k]);

            if (to < grafting->num_users)
                graph->to[num++] = to;
        }
        graph->first[i + 1] = num;
    }
}

/* The same with every arrow turned round. */
static struct wf_win_graph
turn(const struct wf_win_graph *graph, size_t num, struct wf_arena *arena)
{
    struct wf_win_graph out;
    uint32_t *at = wf_arena_array(arena, num, sizeof *at);

    out.first = wf_arena_array(arena, num + 1, sizeof *out.first);
    out.to = wf_arena_array(arena, graph->first[num], sizeof *out.to);
    for (uint32_t i = 0; i < graph->first[num]; i++)
        out.first[graph->to[i] + 1]++;
    for (size_t i = 0; i < num; i++) {
        out.first[i + 1] += out.first[i];
        at[i] = out.first[i];
    }
    for (size_t i = 0; i < num; i++)
        for (uint32_t k = graph->first[i]; k < graph->first[i + 1]; k++)
            out.to[at[graph->to[k]]++] = (uint32_t)i;
    return out;
}

/* `marked` has the first `num`, and gets all that they lead to. */
static size_t
mark(const struct wf_win_graph *graph, bool *seen, uint32_t *marked, size_t num)
{
    for (size_t next = 0; next < num; next++) {
        const uint32_t user = marked[next];

        for (uint32_t i = graph->first[user]; i < graph->first[user + 1]; i++) {
            const uint32_t to = graph->to[i];

            if (seen[to])
                continue;
            seen[to] = true;
            marked[num++] = to;
        }
    }
    return num;
}

size_t
wf_win_mark(const struct wf_win_layout *layout, bool *seen, uint32_t *marked,
            const uint32_t *start, size_t num)
{
    size_t num_marked = 0;

    for (size_t i = 0; i < num; i++) {
        if (seen[start[i]])
            continue;
        seen[start[i]] = true;
        marked[num_marked++] = start[i];
    }
    return mark(&layout->loads, seen, marked, num_marked);
}

void
wf_win_draw_graph(struct wf_win_layout *layout)
{
    struct wf_planning *planning = layout->planning;
    const struct wf_grafting *grafting = planning->grafting;
    const size_t num = grafting->num_users;
    struct wf_arena scratch = { 0 };
    struct drawing drawing = { .planning = planning };
    uint32_t *marked = wf_arena_array(&scratch, num, sizeof *marked);
    size_t num_marked = 0;

    list_members(&drawing, &scratch);
    draw(&layout->loads, &drawing, planning->arena);
    layout->needs_grafts =
        wf_arena_array(planning->arena, num, sizeof *layout->needs_grafts);
    for (size_t i = grafting->num_members; i < num; i++) {
        layout->needs_grafts[i] = true;
        marked[num_marked++] = (uint32_t)i;
    }
    const struct wf_win_graph turned = turn(&layout->loads, num, &scratch);

    mark(&turned, layout->needs_grafts, marked, num_marked);
    wf_arena_clear(&scratch);
}

/* One user on the way down, and the arrow it goes on with. */
struct step {
    uint32_t user;
    uint32_t next;
};

struct ordering {
    const struct wf_win_layout *layout;
    bool *met;
    struct step *way;
    uint32_t *out;
    size_t num;
};

static struct step
enter(struct ordering *ordering, uint32_t user)
{
    ordering->met[user] = true;
    return (struct step){ user, ordering->layout->loads.first[user] };
}

/* What a file loads is told before the file. */
static void
order_below(struct ordering *ordering, uint32_t from)
{
    const struct wf_win_graph *loads = &ordering->layout->loads;
    const struct wf_user *users = ordering->layout->planning->grafting->users;
    size_t depth = 0;

    ordering->way[depth++] = enter(ordering, from);
    while (depth > 0) {
        struct step *step = &ordering->way[depth - 1];

        if (step->next < loads->first[step->user + 1]) {
            const uint32_t to = loads->to[step->next++];

            if (!ordering->met[to])
                ordering->way[depth++] = enter(ordering, to);
            continue;
        }
        if (users[step->user].member == NULL)
            ordering->out[ordering->num++] = users[step->user].graft;
        depth--;
    }
}

const uint32_t *
wf_win_load_order(const struct wf_win_layout *layout, size_t *num)
{
    const struct wf_grafting *grafting = layout->planning->grafting;
    struct wf_arena *arena = layout->planning->arena;
    struct ordering ordering = {
        .layout = layout,
        .met = wf_arena_array(arena, grafting->num_users, sizeof(bool)),
        .way = wf_arena_array(arena, grafting->num_users, sizeof(struct step)),
        .out = wf_arena_array(arena, grafting->num_users, sizeof(uint32_t)),
    };

    for (size_t i = 0; i < grafting->num_members; i++)
        if (layout->is_led[i] && !ordering.met[i])
            order_below(&ordering, (uint32_t)i);
    *num = ordering.num;
    return ordering.out;
}
