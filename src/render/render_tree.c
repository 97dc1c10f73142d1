/* render_tree.c -- one dependency tree as indented text. */
#include <string.h>

#include "object/macho.h"
#include "object/pe.h"
#include "render/page.h"

/* Places that are told of a missing library without -v. */
enum { FEW_TRIES = 8, STEP = 2 };

struct outline {
    struct wf_page page;
    unsigned indent; /* columns of the root */
};

static void
start_line(const struct outline *o, unsigned depth)
{
    wf_buffer_printf(o->page.out, "%*s", (int)(o->indent + depth * STEP), "");
}

static void
add_note(const struct outline *o, const char *text)
{
    wf_buffer_add_str(o->page.out, " (");
    wf_page_quote(&o->page, text);
    wf_buffer_add_char(o->page.out, ')');
}

static void
add_try(const struct outline *o, const struct wf_try *attempt, unsigned depth)
{
    start_line(o, depth);
    wf_page_ink(&o->page, "tried ", WF_INK_FAINT);
    wf_page_quote(&o->page, attempt->path);
    wf_buffer_printf(o->page.out, ": %s", wf_try_result_text(attempt->result));
    if (attempt->detail != NULL) {
        wf_buffer_add_str(o->page.out, ": ");
        wf_page_quote(&o->page, attempt->detail);
    }
    if (attempt->why != NULL)
        add_note(o, attempt->why);
    wf_buffer_add_char(o->page.out, '\n');
}

static void
add_tries(const struct outline *o, const struct wf_edge *edge, unsigned depth)
{
    const bool all = o->page.style->verbose > 0 || edge->num_tries <= FEW_TRIES + 1;
    const size_t shown = all ? edge->num_tries : FEW_TRIES;

    for (size_t i = 0; i < shown; i++)
        add_try(o, &edge->tries[i], depth);
    if (!all) {
        start_line(o, depth);
        wf_buffer_printf(o->page.out, "and %zu more (-v shows all)\n",
                         edge->num_tries - shown);
    }
}

static void
add_variants(const struct outline *o, const struct wf_library *library, unsigned depth)
{
    for (size_t i = 0; i < library->variants.num; i++) {
        start_line(o, depth);
        wf_page_ink(&o->page, "some processors load ", WF_INK_FAINT);
        wf_page_quote(&o->page, library->variants.items[i]);
        wf_buffer_add_char(o->page.out, '\n');
    }
}

/* What stands behind the arrow of a library without a file to show. */
static void
add_answer_without_file(const struct outline *o, const struct wf_edge *edge)
{
    switch (edge->by) {
    case WF_FOUND_EXCLUDED:
        wf_buffer_add_str(o->page.out, " => excluded");
        break;
    case WF_FOUND_LIBPYTHON:
    case WF_FOUND_DEFAULT:
        wf_buffer_add_str(o->page.out, " => not looked for");
        break;
    case WF_FOUND_MACHINE:
        wf_buffer_add_str(o->page.out, " => left to the machine");
        break;
    case WF_FOUND_NOT:
    case WF_FOUND_LOADED:
    case WF_FOUND_RPATH:
    case WF_FOUND_LIB_PATH:
    case WF_FOUND_ENVIRONMENT:
    case WF_FOUND_RUNPATH:
    case WF_FOUND_CONF:
    case WF_FOUND_PATH:
    case WF_FOUND_OUTSIDE_SEARCH:
    case WF_FOUND_LOADER_PATH:
    case WF_FOUND_EXECUTABLE_PATH:
    case WF_FOUND_FALLBACK:
    case WF_FOUND_DLL_FOLDER:
        wf_buffer_add_str(o->page.out, " => ");
        wf_page_ink(&o->page, "not found", WF_INK_BAD);
        return;
    }
    if (edge->why != NULL)
        add_note(o, edge->why);
}

/* How a PE image needs the DLL, where that is not the usual way. */
static void
add_pe_mark(const struct outline *o, enum wf_pe_need_kind kind)
{
    if (kind == WF_PE_DELAY)
        wf_page_ink(&o->page, " (at the first call)", WF_INK_FAINT);
    if (kind == WF_PE_FORWARD)
        wf_page_ink(&o->page, " (by a forwarder)", WF_INK_FAINT);
}

/* How an object needs the library, where that is not the usual way. */
static void
add_marks(const struct outline *o, const struct wf_node *node, const struct wf_edge *edge)
{
    const struct wf_object *object = node->library->object;
    const size_t i = (size_t)(edge - node->edges);

    if (object->pe != NULL && object->pe->needs != NULL && i < object->num_needed)
        add_pe_mark(o, object->pe->needs[i].kind);
    if (object->macho == NULL || i >= object->num_needed)
        return;
    const struct wf_macho_dylib *dylib = &object->macho->dylibs[i];
    const char *const marks[] = {
        dylib->weak ? "weak" : NULL,
        dylib->reexport ? "re-exported" : NULL,
        dylib->upward ? "upward" : NULL,
        dylib->lazy ? "lazy" : NULL,
    };
    const char *before = " (";

    for (size_t k = 0; k < WF_COUNT(marks); k++) {
        if (marks[k] == NULL)
            continue;
        wf_buffer_add_str(o->page.out, before);
        wf_page_ink(&o->page, marks[k], WF_INK_FAINT);
        before = ", ";
    }
    if (before[0] == ',')
        wf_buffer_add_char(o->page.out, ')');
}

static void
add_edge(const struct outline *o, const struct wf_node *node, const struct wf_edge *edge)
{
    const unsigned depth = node->depth + 1;

    start_line(o, depth);
    wf_page_quote(&o->page, edge->name);
    add_marks(o, node, edge);
    if (edge->library == NULL) {
        add_answer_without_file(o, edge);
    } else if (edge->by == WF_FOUND_LOADED) {
        wf_page_ink(&o->page, " (loaded already)", WF_INK_FAINT);
    } else {
        wf_buffer_add_str(o->page.out, " => ");
        wf_page_quote(&o->page, edge->library->path);
        if (edge->by == WF_FOUND_OUTSIDE_SEARCH)
            wf_page_ink(&o->page, " outside the search path", WF_INK_MIND);
        if (edge->why != NULL)
            add_note(o, edge->why);
    }
    wf_buffer_add_char(o->page.out, '\n');
    add_tries(o, edge, depth + 1);
    if (edge->library != NULL && edge->by != WF_FOUND_LOADED)
        add_variants(o, edge->library, depth + 1);
}

static void
add_root(const struct outline *o, const struct wf_tree *tree)
{
    const struct wf_object *object = tree->root->library->object;
    const char *libc = wf_libc_name(tree->libc);
    struct wf_buffer name;

    wf_buffer_init(&name, 64 * 1024);
    wf_quote_add(&name, tree->root->library->path);
    wf_buffer_add_char(&name, '\0');
    start_line(o, 0);
    wf_page_ink(&o->page, name.over ? "..." : (const char *)name.data, WF_INK_NAME);
    wf_buffer_clear(&name);
    wf_buffer_add_str(o->page.out, " (");
    wf_page_quote(&o->page, object->arch_name);
    if (libc != NULL)
        wf_buffer_printf(o->page.out, ", %s", libc);
    wf_buffer_add_str(o->page.out, ")\n");
    if (object->interp != NULL) {
        start_line(o, 1);
        wf_page_ink(&o->page, "interpreter ", WF_INK_FAINT);
        wf_page_quote(&o->page, object->interp);
        wf_buffer_add_char(o->page.out, '\n');
    }
}

/* Depth first along the edges that loaded something, without recursion: the way back up is
 * the edge through which a node was loaded. */
void
wf_render_tree_text(struct wf_buffer *out, const struct wf_tree *tree, unsigned indent,
                    const struct wf_text_style *style)
{
    const struct outline o = { .page = { .out = out, .style = style }, .indent = indent };
    const struct wf_node *node = tree->root;
    size_t next = 0;

    add_root(&o, tree);
    while (!out->over) {
        if (next < node->num_edges) {
            const struct wf_edge *edge = &node->edges[next++];

            add_edge(&o, node, edge);
            if (edge->node != NULL && edge->node->via == edge) {
                node = edge->node;
                next = 0;
            }
        } else if (node->parent != NULL) {
            next = (size_t)(node->via - node->parent->edges) + 1;
            node = node->parent;
        } else {
            break;
        }
    }
}
