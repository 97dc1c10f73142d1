/* toml_edit_check.c -- the edited text read again: the old values with the changes made on
 * them are what it must say. */
#include "base/toml_edit_parts.h"

#include <stdlib.h>
#include <string.h>

/* A value as it should be.  `items` are the children of before: of a table by key, of an
 * array in order; `more` are those that came. */
struct shade {
    const char *key;
    const struct wf_toml *value; /* NULL: a table that was not there */
    struct shade **items;
    size_t num;
    struct shade *more;
    struct shade *next;
    bool is_gone;
};

struct check {
    struct wf_arena arena;
    struct wf_error *err;
};

static bool same(struct check *c, const struct shade *shade, const struct wf_toml *value);

static bool
is_table(const struct shade *shade)
{
    return shade->value == NULL || shade->value->kind == WF_TOML_TABLE;
}

/* As deep as the document, like all here. */
static void
fill(struct check *c, struct shade *shade, const struct wf_toml *value)
{
    size_t num = 0;

    shade->value = value;
    shade->more = NULL;
    shade->num = value->num;
    shade->items = wf_arena_array(&c->arena, value->num, sizeof *shade->items);
    for (const struct wf_toml *child = value->first; child != NULL; child = child->next) {
        struct shade *item = wf_arena_alloc(&c->arena, sizeof *item);
        const struct wf_toml *from =
            value->kind == WF_TOML_TABLE ? value->by_key[num] : child;

        item->key = from->key;
        fill(c, item, from);
        shade->items[num++] = item;
    }
}

static struct shade *
find_item(const struct shade *shade, const char *name)
{
    size_t from = 0;
    uint64_t idx = 0;

    if (!is_table(shade))
        return wf_text_decimal(&idx, wf_bytes_str(name)) && idx < shade->num
                   ? shade->items[idx]
                   : NULL;
    for (size_t to = shade->num; from < to;) {
        const size_t middle = from + (to - from) / 2;
        const int order = strcmp(name, shade->items[middle]->key);

        if (order == 0)
            return shade->items[middle];
        if (order < 0)
            to = middle;
        else
            from = middle + 1;
    }
    for (struct shade *more = shade->more; more != NULL; more = more->next)
        if (strcmp(more->key, name) == 0)
            return more;
    return NULL;
}

static struct shade *
make_item(struct check *c, struct shade *shade, const char *name)
{
    struct shade *item = find_item(shade, name);

    if (item == NULL) {
        item = wf_arena_alloc(&c->arena, sizeof *item);
        item->key = name;
        item->next = shade->more;
        shade->more = item;
    } else if (item->is_gone) {
        *item = (struct shade){ .key = item->key, .next = item->next };
    }
    return item;
}

static bool
make_change(struct check *c, struct shade *shade, const struct wf_toml_change *change)
{
    const struct wf_toml *root = NULL;
    struct wf_buffer line;
    bool ok = false;

    for (const char *const *name = change->path; *name != NULL; name++) {
        shade =
            change->value != NULL ? make_item(c, shade, *name) : find_item(shade, *name);
        if (shade == NULL)
            return true; /* absent already */
    }
    if (change->value == NULL) {
        shade->is_gone = true;
        return true;
    }
    wf_buffer_init(&line, SIZE_MAX);
    wf_buffer_printf(&line, "v = %s", change->value);
    ok = wf_toml_parse(&root, &c->arena, wf_buffer_bytes(&line), c->err);
    wf_buffer_clear(&line);
    if (ok)
        fill(c, shade, root->first);
    return ok;
}

/* A table that has nothing, or an array of tables that has none left, may be written or
 * not. */
static bool
shade_is_empty(const struct shade *shade)
{
    if (shade->is_gone)
        return true;
    if (!is_table(shade) &&
        (shade->value->kind != WF_TOML_ARRAY || shade->value->is_inline))
        return false;
    for (size_t i = 0; i < shade->num; i++)
        if (is_table(shade) ? !shade_is_empty(shade->items[i])
                            : !shade->items[i]->is_gone)
            return false;
    for (const struct shade *more = shade->more; more != NULL; more = more->next)
        if (!shade_is_empty(more))
            return false;
    return true;
}

static bool
value_is_empty(const struct wf_toml *value)
{
    if (value->kind != WF_TOML_TABLE)
        return false;
    for (const struct wf_toml *child = value->first; child != NULL; child = child->next)
        if (!value_is_empty(child))
            return false;
    return true;
}

static int
compare_shades(const void *a, const void *b)
{
    const struct shade *const *x = a;
    const struct shade *const *y = b;

    return strcmp((*x)->key, (*y)->key);
}

static bool
same_table(struct check *c, const struct shade *shade, const struct wf_toml *value)
{
    const struct shade **kept = NULL;
    size_t num = 0;
    size_t cap = 0;
    size_t at = 0;

    for (size_t i = 0; i < shade->num; i++) {
        if (shade_is_empty(shade->items[i]))
            continue;
        kept = wf_arena_grow(&c->arena, kept, num, &cap, sizeof *kept);
        kept[num++] = shade->items[i];
    }
    for (const struct shade *more = shade->more; more != NULL; more = more->next) {
        if (shade_is_empty(more))
            continue;
        kept = wf_arena_grow(&c->arena, kept, num, &cap, sizeof *kept);
        kept[num++] = more;
    }
    if (num > 1)
        qsort(kept, num, sizeof *kept, compare_shades);
    for (size_t i = 0; i < value->num; i++) {
        if (value_is_empty(value->by_key[i]))
            continue;
        if (at == num || strcmp(kept[at]->key, value->by_key[i]->key) != 0 ||
            !same(c, kept[at], value->by_key[i]))
            return false;
        at++;
    }
    return at == num;
}

static bool
same_array(struct check *c, const struct shade *shade, const struct wf_toml *value)
{
    const struct wf_toml *item = value->first;

    for (size_t i = 0; i < shade->num; i++) {
        if (shade->items[i]->is_gone)
            continue;
        if (item == NULL || !same(c, shade->items[i], item))
            return false;
        item = item->next;
    }
    return item == NULL;
}

static bool
same(struct check *c, const struct shade *shade, const struct wf_toml *value)
{
    const struct wf_toml *before = shade->value;

    if (is_table(shade))
        return value->kind == WF_TOML_TABLE && same_table(c, shade, value);
    if (before->kind != value->kind)
        return false;
    switch (value->kind) {
    case WF_TOML_STRING:
    case WF_TOML_TIME:
        return strcmp(before->string, value->string) == 0;
    case WF_TOML_INTEGER:
        return before->integer == value->integer;
    case WF_TOML_FLOAT: /* bit by bit, so that nan is itself */
        return memcmp(&before->number, &value->number, sizeof value->number) == 0;
    case WF_TOML_BOOL:
        return before->boolean == value->boolean;
    case WF_TOML_ARRAY:
        return same_array(c, shade, value);
    case WF_TOML_TABLE:
        break;
    }
    return false;
}

bool
wf_toml_edit_check(const struct wf_toml_edit *edit, struct wf_bytes after,
                   struct wf_error *err)
{
    struct check c = { .err = err };
    struct shade root = { 0 };
    const struct wf_toml *before_root = NULL;
    const struct wf_toml *after_root = NULL;
    bool ok = wf_toml_parse(&before_root, &c.arena, edit->text, err) &&
              wf_toml_parse(&after_root, &c.arena, after, err);

    if (ok)
        fill(&c, &root, before_root);
    for (size_t i = 0; i < edit->num && ok; i++)
        ok = make_change(&c, &root, &edit->changes[i]);
    if (ok && !same(&c, &root, after_root))
        ok = wf_error_set(err, WF_ERR_REFUSED,
                          "the edited TOML would say something else than was asked for");
    wf_arena_clear(&c.arena);
    return ok;
}
