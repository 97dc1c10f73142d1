/* pe_read_exports.c -- the export directory: how many functions, which of them begin Python
 * modules, and which live in other DLLs. */
#include "object/pe_read.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A table whose length stands elsewhere. */
struct table {
    struct wf_pe_place place;
    uint32_t num;
    uint64_t num_off; /* the place of `num` */
};

/* The directory as it was read. */
struct exports {
    struct wf_pe_range range; /* functions in it are forwarders */
    struct wf_pe_place name;
    struct table functions;
    struct table names;
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
    enum { NAME = 12, NUM_FUNCTIONS = 20, NUM_NAMES = 24, FUNCTIONS = 28, NAMES = 32 };
    const struct wf_pe_place place =
        wf_pe_directory_place(&reading->file, WF_PE_DIR_EXPORT, "the export directory");
    struct wf_bytes bytes;

    out->range = reading->file.directories[WF_PE_DIR_EXPORT];
    if (!wf_pe_at(&bytes, &reading->file, place, err))
        return false;
    const uint64_t off = bytes.file_off;
    struct wf_reader r = wf_reader_over(bytes, WF_LITTLE);

    wf_read_skip(&r, NAME); /* flags, time, version */
    out->name = (struct wf_pe_place){ wf_read_u32(&r), off + NAME,
                                      "the name in the export directory" };
    wf_read_skip(&r, 4); /* number of the first ordinal */
    out->functions.num = wf_read_u32(&r);
    out->functions.num_off = off + NUM_FUNCTIONS;
    out->names.num = wf_read_u32(&r);
    out->names.num_off = off + NUM_NAMES;
    out->functions.place = (struct wf_pe_place){ wf_read_u32(&r), off + FUNCTIONS,
                                                 "the table of exported functions" };
    out->names.place = (struct wf_pe_place){ wf_read_u32(&r), off + NAMES,
                                             "the table of exported names" };
    return wf_reader_ok(&r, place.what, err);
}

/* The RVAs of a table; those that are zeros in memory alone are left out. */
static bool
open_table(struct wf_reader *out, size_t *out_num, struct wf_pe_reading *reading,
           const struct table *table, struct wf_error *err)
{
    const uint32_t num = table->num;
    struct wf_pe_view view;

    *out_num = 0;
    if (num == 0)
        return true;
    if (num > reading->limits->symbols)
        return wf_error_at(err, WF_ERR_LIMIT, table->num_off,
                           "%s has %" PRIu32 " entries; the limit is %" PRIu64
                           " (--limit symbols=N)",
                           table->place.what, num, reading->limits->symbols);
    if (!wf_pe_map(&view, &reading->file, table->place, err))
        return false;
    if ((uint64_t)num * 4 > view.bytes.len + view.num_zeros)
        return wf_error_at(err, WF_ERR_MALFORMED, table->num_off,
                           "%s has %" PRIu32 " entries; there is room for %" PRIu64,
                           table->place.what, num, (view.bytes.len + view.num_zeros) / 4);
    *out = wf_reader_over(view.bytes, WF_LITTLE);
    *out_num = view.bytes.len / 4 < num ? view.bytes.len / 4 : num;
    return true;
}

/* The next RVA of a table, for something to read there. */
static struct wf_pe_place
next_place(struct wf_reader *r, const char *what)
{
    const uint64_t field = r->rest.file_off;

    return (struct wf_pe_place){ wf_read_u32(r), field, what };
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
add_forward(struct forwards *forwards, struct wf_pe_reading *reading,
            struct wf_pe_place place, struct wf_error *err)
{
    const char *text = NULL;

    if (!wf_pe_read_name(&text, reading, place, WF_PE_LONGEST_SYMBOL_NAME, err))
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

/* "an export is forwarded to "nodot", ...", and how many more are. */
static const char *
bad_forwarder(const struct forwards *forwards, struct wf_arena *arena)
{
    const char *text = wf_arena_printf(
        arena, "an export is forwarded to \"%s\", which is not DLL.FUNCTION",
        forwards->first_bad);

    return forwards->num_bad == 1 ? text
                                  : wf_arena_printf(arena, "%s; likewise %zu more", text,
                                                    forwards->num_bad - 1);
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
    if (forwards->num_bad > 0)
        wf_pe_add_fault(reading, "pe-forwarder", bad_forwarder(forwards, reading->arena));
}

static bool
read_functions(struct wf_pe_reading *reading, const struct exports *exports,
               struct wf_error *err)
{
    const struct wf_pe_range range = exports->range;
    struct forwards forwards = { 0 };
    struct wf_reader r;
    size_t num = 0;

    if (!open_table(&r, &num, reading, &exports->functions, err))
        return false;
    for (size_t i = 0; i < num; i++) {
        const struct wf_pe_place place = next_place(&r, "a forwarder");

        reading->object->num_exports += place.rva != 0;
        if (place.rva >= range.address && place.rva - range.address < range.size &&
            !add_forward(&forwards, reading, place, err))
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

static void
add_init(struct wf_pe_reading *reading, struct wf_bytes name, enum wf_module_init kind)
{
    struct wf_object *object = reading->object;

    object->module_inits =
        wf_arena_grow(reading->arena, object->module_inits, object->num_module_inits,
                      &reading->cap_inits, sizeof *object->module_inits);
    object->module_inits[object->num_module_inits++] = wf_arena_str(reading->arena, name);
    reading->has_python2_init = reading->has_python2_init || kind == WF_INIT_PYTHON2;
    reading->has_python3_init = reading->has_python3_init || kind == WF_INIT_PYTHON3;
}

static bool
read_names(struct wf_pe_reading *reading, const struct exports *exports,
           struct wf_error *err)
{
    struct wf_python_module modules[2] = {
        wf_python_module_of(reading->arena, reading->object->path),
    };
    struct wf_reader r;
    size_t num = 0;

    modules[1] = modules[0];
    modules[1].name = release_name(reading->arena, modules[0].name);
    modules[1].punycode = NULL;
    if (!open_table(&r, &num, reading, &exports->names, err))
        return false;
    for (size_t i = 0; i < num; i++) {
        const struct wf_pe_place place =
            next_place(&r, "the name of an exported function");
        struct wf_pe_view view;
        struct wf_bytes text;

        if (!wf_pe_map(&view, &reading->file, place, err))
            return false;
        if (!may_be_init(view.bytes))
            continue;
        if (!wf_pe_read_text(&text, reading, place, WF_PE_LONGEST_SYMBOL_NAME, err))
            return false;
        const enum wf_module_init kind = init_of(modules, text);

        if (kind != WF_INIT_NONE)
            add_init(reading, text, kind);
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
        (exports.name.rva != 0 &&
         !wf_pe_read_name(&reading->object->soname, reading, exports.name,
                          WF_PE_LONGEST_DLL_NAME, err)) ||
        !read_functions(reading, &exports, err) || !read_names(reading, &exports, err))
        return false;
    reading->object->is_python2 = reading->has_python2_init && !reading->has_python3_init;
    if (reading->object->kind == WF_KIND_SHARED &&
        (reading->has_python2_init || reading->has_python3_init))
        reading->object->kind = WF_KIND_EXTENSION;
    return wf_arena_ok(reading->arena, "the exported symbols", err);
}
