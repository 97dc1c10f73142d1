/* pe_read_exports.c -- the export directory: how many functions, which of them begin Python
 * modules, and which live in other DLLs. */
#include "object/pe_read.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The directory as it was read. */
struct exports {
    struct wf_pe_range range; /* functions in it are forwarders */
    uint32_t name;
    uint32_t num_functions, num_names;
    uint32_t functions, names;
};

/* A DLL that a forwarder names, and the how-many-eth forwarder that was. */
struct forward {
    const char *dll;
    size_t order;
};

struct forwards {
    struct forward *items;
    size_t num, cap;
    size_t num_bad;
    const char *first_bad;
};

static bool
read_directory(struct exports *out, struct wf_pe_reading *reading, struct wf_error *err)
{
    static const char what[] = "the export directory";
    struct wf_bytes bytes;

    out->range = reading->file.directories[WF_PE_DIR_EXPORT];
    if (!wf_pe_at(&bytes, &reading->file, out->range.address, what, err))
        return false;
    struct wf_reader r = wf_reader_over(bytes, WF_LITTLE);

    wf_read_skip(&r, 12); /* flags, time, version */
    out->name = wf_read_u32(&r);
    wf_read_skip(&r, 4); /* number of the first ordinal */
    out->num_functions = wf_read_u32(&r);
    out->num_names = wf_read_u32(&r);
    out->functions = wf_read_u32(&r);
    out->names = wf_read_u32(&r);
    return wf_reader_ok(&r, what, err);
}

/* A table of `num` RVAs; those that are zeros in memory alone are left out. */
static bool
open_table(struct wf_reader *out, size_t *out_num, struct wf_pe_reading *reading,
           uint32_t rva, uint32_t num, const char *what, struct wf_error *err)
{
    struct wf_pe_view view;

    *out_num = 0;
    if (num == 0)
        return true;
    if (num > reading->limits->symbols)
        return wf_error_set(err, WF_ERR_LIMIT,
                            "%s has %" PRIu32 " entries; the limit is %" PRIu64
                            " (--limit symbols=N)",
                            what, num, reading->limits->symbols);
    if (!wf_pe_map(&view, &reading->file, rva, what, err))
        return false;
    if ((uint64_t)num * 4 > view.bytes.len + view.num_zeros)
        return wf_error_at(err, WF_ERR_MALFORMED, view.bytes.file_off,
                           "%s has %" PRIu32 " entries; there is room for %" PRIu64, what,
                           num, (view.bytes.len + view.num_zeros) / 4);
    *out = wf_reader_over(view.bytes, WF_LITTLE);
    *out_num = view.bytes.len / 4 < num ? view.bytes.len / 4 : num;
    return true;
}

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static int
compare_names(const char *a, const char *b)
{
    while (*a != '\0' && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return (int)(unsigned char)lower(*a) - (int)(unsigned char)lower(*b);
}

static int
compare_forwards(const void *a, const void *b)
{
    const struct forward *x = a;
    const struct forward *y = b;
    const int by_name = compare_names(x->dll, y->dll);

    if (by_name != 0)
        return by_name;
    return x->order < y->order ? -1 : x->order > y->order;
}

static int
compare_orders(const void *a, const void *b)
{
    const struct forward *x = a;
    const struct forward *y = b;

    return x->order < y->order ? -1 : x->order > y->order;
}

/* The DLL's name is what stands before the last dot; the loader puts ".dll" behind one that
 * has no dot itself.  NULL: there is none. */
static const char *
forward_dll(struct wf_arena *arena, struct wf_bytes text)
{
    size_t len = text.len;

    while (len > 0 && text.data[len - 1] != '.')
        len--;
    if (len <= 1 || len == text.len)
        return NULL;
    const char *module = wf_arena_str(arena, wf_bytes_first(text, len - 1));

    return strchr(module, '.') != NULL ? module
                                       : wf_arena_printf(arena, "%s.dll", module);
}

static bool
add_forward(struct forwards *forwards, struct wf_pe_reading *reading, uint32_t rva,
            struct wf_error *err)
{
    const char *text = NULL;

    if (!wf_pe_read_name(&text, reading, rva, WF_PE_LONGEST_SYMBOL_NAME, "a forwarder",
                         err))
        return false;
    const char *dll = forward_dll(reading->arena, wf_bytes_str(text));

    if (dll == NULL) {
        forwards->first_bad = forwards->num_bad == 0 ? text : forwards->first_bad;
        forwards->num_bad++;
        return true;
    }
    forwards->items = wf_arena_grow(reading->arena, forwards->items, forwards->num,
                                    &forwards->cap, sizeof *forwards->items);
    forwards->items[forwards->num] =
        (struct forward){ .dll = dll, .order = forwards->num };
    forwards->num++;
    return true;
}

/* Each DLL once, in the order they are met, with the number of its forwarders. */
static void
keep_forwards(struct wf_pe_reading *reading, struct forwards *forwards)
{
    const struct wf_pe_need need = { .kind = WF_PE_FORWARD };
    struct forward *items = forwards->items;
    uint32_t *counts = wf_arena_array(reading->arena, forwards->num, sizeof *counts);
    size_t num = 0;

    if (forwards->num > 1)
        qsort(items, forwards->num, sizeof *items, compare_forwards);
    for (size_t i = 0; i < forwards->num; i++) {
        if (num == 0 || compare_names(items[num - 1].dll, items[i].dll) != 0)
            items[num++] = items[i];
        counts[items[num - 1].order]++;
    }
    if (num > 1)
        qsort(items, num, sizeof *items, compare_orders);
    for (size_t i = 0; i < num; i++) {
        wf_pe_add_need(reading, items[i].dll, need);
        reading->needs[reading->object->num_needed - 1].num_symbols =
            counts[items[i].order];
    }
    if (forwards->num_bad == 1)
        wf_pe_add_fault(reading, "pe-forwarder",
                        wf_arena_printf(reading->arena,
                                        "the export forwarded to \"%s\" names no DLL and "
                                        "symbol",
                                        forwards->first_bad));
    else if (forwards->num_bad > 1)
        wf_pe_add_fault(reading, "pe-forwarder",
                        wf_arena_printf(reading->arena,
                                        "the export forwarded to \"%s\" names no DLL and "
                                        "symbol; %zu more do not",
                                        forwards->first_bad, forwards->num_bad - 1));
}

static bool
read_functions(struct wf_pe_reading *reading, const struct exports *exports,
               struct wf_error *err)
{
    const struct wf_pe_range range = exports->range;
    struct forwards forwards = { 0 };
    struct wf_reader r;
    size_t num = 0;

    if (!open_table(&r, &num, reading, exports->functions, exports->num_functions,
                    "the table of exported functions", err))
        return false;
    for (size_t i = 0; i < num; i++) {
        const uint32_t rva = wf_read_u32(&r);

        reading->object->num_exports += rva != 0;
        if (rva >= range.address && rva - range.address < range.size &&
            !add_forward(&forwards, reading, rva, err))
            return false;
    }
    keep_forwards(reading, &forwards);
    return true;
}

/* A file x_d.pyd is module x of a debug build. */
static const char *
release_name(struct wf_arena *arena, const char *module)
{
    const size_t len = strlen(module);

    if (len <= 2 || strcmp(module + len - 2, "_d") != 0)
        return NULL;
    return wf_arena_str(arena, wf_bytes_of(module, len - 2));
}

static enum wf_module_init
init_of(const struct wf_python_module modules[2], struct wf_bytes text)
{
    const enum wf_module_init kind = wf_python_module_init(&modules[0], text);

    if (modules[1].name == NULL || (kind != WF_INIT_NONE && kind != WF_INIT_FOREIGN))
        return kind;
    const enum wf_module_init other = wf_python_module_init(&modules[1], text);

    return other == WF_INIT_NONE ? kind : other;
}

/* Names of many exports may overlap; only those that may be a module's are read. */
static bool
may_be_init(struct wf_bytes text)
{
    static const char *const starts[] = { "Py", "init", "_cffi" };

    for (size_t i = 0; i < WF_COUNT(starts); i++)
        if (wf_bytes_starts_with(text, starts[i]))
            return true;
    return false;
}

static bool
add_init(struct wf_pe_reading *reading, uint32_t rva, enum wf_module_init kind,
         struct wf_error *err)
{
    struct wf_object *object = reading->object;

    object->module_inits =
        wf_arena_grow(reading->arena, object->module_inits, object->num_module_inits,
                      &reading->cap_inits, sizeof *object->module_inits);
    if (!wf_pe_read_name(&object->module_inits[object->num_module_inits], reading, rva,
                         WF_PE_LONGEST_SYMBOL_NAME, "the name of an exported function",
                         err))
        return false;
    object->num_module_inits++;
    reading->has_python2_init = reading->has_python2_init || kind == WF_INIT_PYTHON2;
    reading->has_python3_init = reading->has_python3_init || kind == WF_INIT_PYTHON3;
    return true;
}

static bool
read_names(struct wf_pe_reading *reading, const struct exports *exports,
           struct wf_error *err)
{
    static const char what[] = "the name of an exported function";
    struct wf_python_module modules[2] = {
        wf_python_module_of(reading->arena, reading->object->path),
    };
    struct wf_reader r;
    size_t num = 0;

    modules[1] = modules[0];
    modules[1].name = release_name(reading->arena, modules[0].name);
    modules[1].punycode = NULL;
    if (!open_table(&r, &num, reading, exports->names, exports->num_names,
                    "the table of exported names", err))
        return false;
    for (size_t i = 0; i < num; i++) {
        const uint32_t rva = wf_read_u32(&r);
        struct wf_pe_view view;
        struct wf_bytes text;

        if (!wf_pe_map(&view, &reading->file, rva, what, err))
            return false;
        if (!may_be_init(view.bytes))
            continue;
        if (!wf_pe_string(&text, &reading->file, rva, WF_PE_LONGEST_SYMBOL_NAME, what,
                          err))
            return false;
        const enum wf_module_init kind = init_of(modules, text);

        if (kind != WF_INIT_NONE && !add_init(reading, rva, kind, err))
            return false;
    }
    return true;
}

bool
wf_pe_read_exports(struct wf_pe_reading *reading, struct wf_error *err)
{
    struct exports exports;

    if (reading->file.directories[WF_PE_DIR_EXPORT].address == 0)
        return true;
    if (!read_directory(&exports, reading, err) ||
        (exports.name != 0 &&
         !wf_pe_read_name(&reading->object->soname, reading, exports.name,
                          WF_PE_LONGEST_DLL_NAME, "the name in the export directory",
                          err)) ||
        !read_functions(reading, &exports, err) || !read_names(reading, &exports, err))
        return false;
    reading->object->is_python2 = reading->has_python2_init && !reading->has_python3_init;
    if (reading->object->kind == WF_KIND_SHARED &&
        (reading->has_python2_init || reading->has_python3_init))
        reading->object->kind = WF_KIND_EXTENSION;
    return wf_arena_ok(reading->arena, "the exported symbols", err);
}
