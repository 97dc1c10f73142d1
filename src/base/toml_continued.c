/* toml_continued.c -- continued strings kept from toml++ (see toml_continued.h). */
#include "base/toml_continued.h"

#include <stdlib.h>

#include "base/toml_key.h"

enum { QUOTES = 3 };

struct masking {
    struct wf_buffer *out;
    struct wf_bytes text;
    size_t done;
};

static void
copy_to(struct masking *m, size_t end)
{
    wf_buffer_add(m->out, m->text.data + m->done, end - m->done);
    m->done = end;
}

static void
mask_value(struct masking *m, const struct wf_toml_node *node)
{
    copy_to(m, node->start + QUOTES);
    for (; m->done < node->end - QUOTES; m->done++) {
        const uint8_t c = m->text.data[m->done];

        if (c == '\n' || c == '\r')
            wf_buffer_add_char(m->out, (char)c);
        else if ((c & 0xC0) != 0x80)
            wf_buffer_add_char(m->out, 'x');
    }
}

/* Values in the order of the file: a table may be continued far behind its start, so the
 * next one is looked for by its place.  As deep as the document. */
static void
collect(struct wf_arena *arena, const struct wf_toml_node ***out, size_t *num,
        size_t *cap, const struct wf_toml_node *node)
{
    for (const struct wf_toml_node *n = node->first; n != NULL; n = n->next) {
        if (n->is_continued) {
            *out = wf_arena_grow(arena, *out, *num, cap, sizeof **out);
            (*out)[(*num)++] = n;
        }
        collect(arena, out, num, cap, n);
    }
}

static int
compare_places(const void *a, const void *b)
{
    const struct wf_toml_node *const *x = a;
    const struct wf_toml_node *const *y = b;

    return (*x)->start < (*y)->start ? -1 : 1;
}

void
wf_toml_mask(struct wf_buffer *out, const struct wf_toml_node *root, struct wf_bytes text)
{
    struct masking m = { .out = out, .text = text };
    struct wf_arena arena = { 0 };
    const struct wf_toml_node **nodes = NULL;
    size_t num = 0;
    size_t cap = 0;

    collect(&arena, &nodes, &num, &cap, root);
    if (num > 1)
        qsort(nodes, num, sizeof *nodes, compare_places);
    for (size_t i = 0; i < num; i++)
        mask_value(&m, nodes[i]);
    copy_to(&m, text.len);
    wf_arena_clear(&arena);
}

void
wf_toml_unmask(struct wf_arena *arena, struct wf_toml *value,
               const struct wf_toml_node *node, struct wf_bytes text)
{
    const struct wf_toml_node *element = node->first;

    if (node->is_continued && value->kind == WF_TOML_STRING) {
        const struct wf_bytes rest = wf_bytes_skip(text, node->start);

        value->string =
            wf_toml_decode_long(arena, wf_bytes_first(rest, node->end - node->start));
    }
    for (const struct wf_toml *child = value->first; child != NULL; child = child->next) {
        /* The tree is the parser's, which gives it to others to read. */
        struct wf_toml *mine = (struct wf_toml *)(uintptr_t)child;

        if (value->kind == WF_TOML_TABLE) {
            wf_toml_unmask(arena, mine, wf_toml_node_find(node, child->key), text);
        } else {
            wf_toml_unmask(arena, mine, element, text);
            element = element->next;
        }
    }
}
