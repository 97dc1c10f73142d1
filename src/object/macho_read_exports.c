/* macho_read_exports.c -- the symbols that an image offers, and which of them initialise a
 * Python module.  Format: the exports trie of <mach-o/loader.h>, <mach-o/nlist.h>. */
#include "object/macho_read.h"

#include <string.h>

#include "base/buffer.h"

/* No file name, and so no module's, is longer than this with its prefix. */
enum { LONGEST_NAME = 512 };

/* C names have an underscore in front.  Names share their beginnings in a trie, and may
 * overlap in a string table: `inits_budget` bounds what a small one can make us copy. */
static bool
add_export(struct wf_macho_reading *reading, struct wf_bytes name, struct wf_error *err)
{
    struct wf_object *object = reading->object;

    object->num_exports++;
    if (name.len == 0 || name.len > LONGEST_NAME || name.data[0] != '_')
        return true;
    const struct wf_bytes c_name = wf_bytes_skip(name, 1);
    const enum wf_module_init kind = wf_python_module_init(&reading->module, c_name);

    if (kind == WF_INIT_NONE)
        return true;
    if (name.len >= reading->inits_budget)
        return wf_error_at(err, WF_ERR_LIMIT, reading->slice.file_off,
                           "after %zu module functions no more names fit into what the "
                           "table of exports may hold",
                           object->num_module_inits);
    reading->inits_budget -= name.len;
    reading->has_python2_init |= kind == WF_INIT_PYTHON2;
    reading->has_python3_init |= kind == WF_INIT_PYTHON3;
    object->module_inits =
        wf_arena_grow(reading->arena, object->module_inits, object->num_module_inits,
                      &reading->cap_inits, sizeof *object->module_inits);
    object->module_inits[object->num_module_inits++] =
        wf_arena_str(reading->arena, c_name);
    return true;
}

/* A trie holds a beginning that names share once. */
enum { BUDGET = 16 };

/* A node of the trie that waits to be visited: the first `prefix_len` bytes of the name so
 * far, then `edge`. */
struct waiting {
    uint64_t node;
    const char *edge; /* in the trie, where it is proved to end */
    uint32_t prefix_len;
};

/* The walk through a trie.  Every node is visited once, or the trie is refused: then nodes,
 * and the bytes of all edges, are fewer than its bytes. */
struct trie_walk {
    struct wf_macho_reading *reading;
    struct wf_bytes trie;
    struct waiting *stack;
    size_t depth, cap;
    uint8_t *visited;      /* one bit for each byte of the trie */
    struct wf_buffer name; /* of the present node */
};

static bool
visit_once(struct trie_walk *w, uint64_t node, struct wf_error *err)
{
    if (node >= w->trie.len)
        return wf_error_at(err, WF_ERR_MALFORMED, w->trie.file_off,
                           "the exports trie leads to %llu, and has %zu bytes",
                           (unsigned long long)node, w->trie.len);
    const uint8_t bit = (uint8_t)(1U << (node % 8));

    if ((w->visited[node / 8] & bit) != 0)
        return wf_error_at(err, WF_ERR_MALFORMED, w->trie.file_off + node,
                           "the exports trie comes here in two ways");
    w->visited[node / 8] |= bit;
    return true;
}

static bool
push_children(struct trie_walk *w, struct wf_reader *r, struct wf_error *err)
{
    const uint8_t num = wf_read_u8(r);

    for (uint8_t i = 0; i < num && !r->failed; i++) {
        const uint8_t *end =
            r->rest.len == 0 ? NULL : memchr(r->rest.data, '\0', r->rest.len);

        if (end == NULL)
            return wf_error_at(err, WF_ERR_MALFORMED, r->rest.file_off,
                               "an edge of the exports trie has no NUL before the trie "
                               "ends");
        const struct wf_bytes edge = wf_read_bytes(r, (size_t)(end - r->rest.data) + 1);
        const uint64_t node = wf_macho_uleb(r);

        if (r->failed)
            break;
        if (!visit_once(w, node, err))
            return false;
        w->stack = wf_arena_grow(w->reading->arena, w->stack, w->depth, &w->cap,
                                 sizeof *w->stack);
        w->stack[w->depth++] = (struct waiting){
            .node = node,
            .edge = (const char *)edge.data,
            .prefix_len = (uint32_t)w->name.len,
        };
    }
    return wf_reader_ok(r, "a node of the exports trie", err);
}

static bool
visit(struct trie_walk *w, uint64_t node, struct wf_error *err)
{
    struct wf_reader r = wf_reader_over(wf_bytes_skip(w->trie, (size_t)node), WF_LITTLE);
    const uint64_t len = wf_macho_uleb(&r);

    if (!r.failed && len > r.rest.len)
        r.failed = true;
    if (!wf_reader_ok(&r, "a node of the exports trie", err))
        return false;
    if (len > 0 && !add_export(w->reading, wf_buffer_bytes(&w->name), err))
        return false;
    wf_read_skip(&r, (size_t)len);
    return push_children(w, &r, err);
}

static bool
walk_trie(struct trie_walk *w, struct wf_error *err)
{
    if (!visit_once(w, 0, err) || !visit(w, 0, err))
        return false;
    while (w->depth > 0) {
        const struct waiting next = w->stack[--w->depth];

        w->name.len = next.prefix_len;
        wf_buffer_add_str(&w->name, next.edge);
        if (!visit(w, next.node, err))
            return false;
    }
    return true;
}

static bool
read_trie(struct wf_macho_reading *reading, struct wf_macho_table table,
          struct wf_error *err)
{
    struct trie_walk w = { .reading = reading };

    if (!wf_macho_table_bytes(&w.trie, reading, table, "the exports trie", err))
        return false;
    if (w.trie.len == 0)
        return true;
    reading->inits_budget = BUDGET * w.trie.len;
    w.visited = wf_arena_alloc(reading->arena, w.trie.len / 8 + 1);
    wf_buffer_init(&w.name, w.trie.len);
    const bool ok = walk_trie(&w, err) && wf_buffer_ok(&w.name, "a name", err);

    wf_buffer_clear(&w.name);
    return ok;
}

/* The symbol's name up to its NUL, or to the end of the strings. */
static struct wf_bytes
until_nul(struct wf_bytes text)
{
    const uint8_t *end = text.len == 0 ? NULL : memchr(text.data, '\0', text.len);

    return end == NULL ? text : wf_bytes_first(text, (size_t)(end - text.data));
}

/* Only names that may be a module's are looked at: many may share a long one. */
static struct wf_bytes
module_name(struct wf_bytes text)
{
    static const char *const starts[] = { "_Py", "_init", "__cffi" };

    for (size_t i = 0; i < WF_COUNT(starts); i++)
        if (wf_bytes_starts_with(text, starts[i]))
            return until_nul(
                wf_bytes_first(text, text.len < LONGEST_NAME ? text.len : LONGEST_NAME));
    return (struct wf_bytes){ 0 };
}

static bool
read_defined(struct wf_macho_reading *reading, struct wf_error *err)
{
    struct wf_macho_symbol_walk walk;
    struct wf_macho_symbol symbol;
    struct wf_bytes name;

    if (!wf_macho_symbols(&walk, reading, err))
        return false;
    reading->inits_budget = BUDGET * walk.strings.len;
    while (wf_macho_next_symbol(&symbol, &walk)) {
        const uint32_t type = symbol.type & N_TYPE;

        if ((symbol.type & (N_STAB | N_PEXT)) != 0 || (symbol.type & N_EXT) == 0 ||
            type == N_UNDF || type == N_PBUD)
            continue;
        if (!wf_macho_symbol_name(&name, &walk, &symbol, err) ||
            !add_export(reading, module_name(name), err))
            return false;
    }
    return true;
}

bool
wf_macho_read_exports(struct wf_macho_reading *reading, struct wf_error *err)
{
    struct wf_object *object = reading->object;
    bool ok = true;

    reading->module = wf_python_module_of(reading->arena, object->path);
    if (reading->has_trie)
        ok = read_trie(reading, reading->trie, err);
    else if (reading->has_info)
        ok = read_trie(reading, reading->info_exports, err);
    else if (reading->has_symtab)
        ok = read_defined(reading, err);
    object->is_python2 = reading->has_python2_init && !reading->has_python3_init;
    if (object->kind == WF_KIND_SHARED &&
        (reading->has_python2_init || reading->has_python3_init))
        object->kind = WF_KIND_EXTENSION;
    return ok && wf_arena_ok(reading->arena, "the exported symbols", err);
}
