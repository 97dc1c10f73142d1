/* toml.c -- values as toml++ tells them, in a tree of our own. */
#include "base/toml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/toml_continued.h"
#include "base/toml_scan.h"
#include "base/toml_shim.h"

/* One table or array that is not complete yet. */
struct open_value {
    struct wf_toml *value;
    struct wf_toml *last;
};

struct builder {
    struct wf_arena *arena;
    struct wf_toml *root;
    struct open_value open[WF_TOML_MOST_LEVELS + 2];
    size_t num_open;
};

static int
compare_keys(const void *a, const void *b)
{
    const struct wf_toml *const *x = a;
    const struct wf_toml *const *y = b;

    return strcmp((*x)->key, (*y)->key);
}

static void
close_value(struct builder *b)
{
    struct wf_toml *value = b->open[--b->num_open].value;
    size_t num = 0;

    if (value->kind != WF_TOML_TABLE)
        return;
    const struct wf_toml **sorted = wf_arena_array(b->arena, value->num, sizeof *sorted);

    for (const struct wf_toml *m = value->first; m != NULL; m = m->next)
        sorted[num++] = m;
    if (num > 1)
        qsort(sorted, num, sizeof *sorted, compare_keys);
    value->by_key = sorted;
}

static void
append(struct builder *b, struct wf_toml *value)
{
    struct open_value *parent = &b->open[b->num_open - 1];

    if (parent->last == NULL)
        parent->value->first = value;
    else
        parent->last->next = value;
    parent->last = value;
    parent->value->num++;
}

static const char *
copy(struct builder *b, const char *text, size_t len)
{
    return text == NULL ? NULL : wf_arena_str(b->arena, wf_bytes_of(text, len));
}

/* An array of tables is told like any array; it is the tables in it that know. */
static bool
is_one_value(const struct wf_toml *array)
{
    return array->first == NULL || array->first->kind != WF_TOML_TABLE ||
           array->first->is_inline;
}

static void
take_event(void *context, const struct wf_toml_shim_event *event)
{
    struct builder *b = context;

    if (event->kind == WF_SHIM_END) {
        struct wf_toml *value = b->open[b->num_open - 1].value;

        if (value->kind == WF_TOML_ARRAY)
            value->is_inline = is_one_value(value);
        close_value(b);
        return;
    }
    struct wf_toml *value = wf_arena_alloc(b->arena, sizeof *value);

    value->kind = (enum wf_toml_kind)event->kind;
    value->key = copy(b, event->key, event->key_len);
    value->key_line = event->key_line;
    value->line = event->line;
    value->column = event->column;
    value->integer = event->integer;
    value->number = event->number;
    value->boolean = event->boolean;
    value->is_inline = event->is_inline;
    if (value->kind == WF_TOML_STRING || value->kind == WF_TOML_TIME)
        value->string =
            wf_arena_str(b->arena, wf_bytes_of(event->string, event->string_len));
    if (b->root == NULL)
        b->root = value;
    else
        append(b, value);
    if (value->kind == WF_TOML_TABLE || value->kind == WF_TOML_ARRAY)
        b->open[b->num_open++] = (struct open_value){ .value = value };
}

/* toml++ starts with what it was reading: "Error while parsing string: ". */
static bool
refuse_as_told(const struct wf_toml_shim_fault *fault, struct wf_error *err)
{
    static const char start[] = "Error while parsing ";
    const char *text = fault->text;

    if (strncmp(text, start, sizeof start - 1) == 0)
        text += sizeof start - 1;
    return wf_error_set(err, WF_ERR_MALFORMED, "line %u, column %u: %s", fault->line,
                        fault->column, text);
}

static bool
read_scanned(struct builder *b, const struct wf_toml_node *nodes, struct wf_bytes text,
             struct wf_error *err)
{
    struct wf_toml_shim_fault fault = { 0 };
    struct wf_bytes given = text;
    struct wf_buffer masked = { 0 };
    bool ok = true;

    if (nodes->is_continued) {
        wf_buffer_init(&masked, text.len);
        wf_toml_mask(&masked, nodes, text);
        given = wf_buffer_bytes(&masked);
    }
    switch (wf_toml_shim_read(given.len == 0 ? "" : (const char *)given.data, given.len,
                              take_event, b, &fault)) {
    case WF_SHIM_FAULT:
        ok = refuse_as_told(&fault, err);
        break;
    case WF_SHIM_NO_MEMORY:
        wf_out_of_memory(text.len);
    case WF_SHIM_READ:
        break;
    }
    if (ok && nodes->is_continued)
        wf_toml_unmask(b->arena, b->root, nodes, text);
    wf_buffer_clear(&masked);
    return ok;
}

bool
wf_toml_parse(const struct wf_toml **out, struct wf_arena *arena, struct wf_bytes text,
              struct wf_error *err)
{
    struct wf_arena scratch = { 0 };
    struct wf_toml_node *nodes = NULL;
    struct builder b = { .arena = arena };
    const bool ok =
        wf_toml_scan(&nodes, &scratch, text, err) && read_scanned(&b, nodes, text, err);

    wf_arena_clear(&scratch);
    if (ok)
        *out = b.root;
    return ok;
}

const struct wf_toml *
wf_toml_get(const struct wf_toml *table, const char *key)
{
    size_t from = 0;

    if (table == NULL || table->kind != WF_TOML_TABLE)
        return NULL;
    for (size_t to = table->num; from < to;) {
        const size_t middle = from + (to - from) / 2;
        const int order = strcmp(key, table->by_key[middle]->key);

        if (order == 0)
            return table->by_key[middle];
        if (order < 0)
            to = middle;
        else
            from = middle + 1;
    }
    return NULL;
}

const struct wf_toml *
wf_toml_at(const struct wf_toml *table, const char *path)
{
    char key[128];

    for (;;) {
        const size_t len = strcspn(path, ".");

        if (len >= sizeof key)
            return NULL;
        memcpy(key, path, len);
        key[len] = '\0';
        table = wf_toml_get(table, key);
        if (path[len] == '\0' || table == NULL)
            return table;
        path += len + 1;
    }
}

const char *
wf_toml_kind_name(enum wf_toml_kind kind)
{
    static const char *const names[] = {
        [WF_TOML_STRING] = "a string",     [WF_TOML_INTEGER] = "an integer",
        [WF_TOML_FLOAT] = "a float",       [WF_TOML_BOOL] = "a boolean",
        [WF_TOML_TIME] = "a date or time", [WF_TOML_ARRAY] = "an array",
        [WF_TOML_TABLE] = "a table",
    };

    return names[kind];
}

/* What a basic string must not hold as it is. */
static void
quote_char(struct wf_buffer *out, char c)
{
    static const char plain[] = "\b\t\n\f\r\"\\";
    static const char letters[] = "btnfr\"\\";
    const char *found = strchr(plain, c);

    if (found != NULL) {
        wf_buffer_add_char(out, '\\');
        wf_buffer_add_char(out, letters[found - plain]);
    } else if ((unsigned char)c < ' ' || c == 0x7F) {
        wf_buffer_printf(out, "\\u%04X", (unsigned)(unsigned char)c);
    } else {
        wf_buffer_add_char(out, c);
    }
}

void
wf_toml_quote(struct wf_buffer *out, const char *text)
{
    wf_buffer_add_char(out, '"');
    for (; *text != '\0'; text++)
        quote_char(out, *text);
    wf_buffer_add_char(out, '"');
}
