/* toml_scan.c -- one pass over a TOML document (v1.0.0), by its structure. */
#include "base/toml_scan.h"

#include <string.h>

#include "base/toml_key.h"
#include "base/toml_scalar.h"
#include "base/utf8.h"

enum { SHOWN = 40 }; /* bytes of what is no value */

struct scan {
    struct wf_toml_text t;
    struct wf_toml_node *root;
    struct wf_toml_node *section; /* the table that entries now go into */
    size_t num;
};

static bool scan_value(struct scan *s, struct wf_toml_node *node);

static bool
define(struct scan *s, struct wf_toml_node **out, struct wf_toml_node *parent,
       const char *name, enum wf_toml_shape shape, size_t at)
{
    if (parent->level >= WF_TOML_MOST_LEVELS)
        return wf_toml_refuse(&s->t, WF_ERR_LIMIT, at, "more than %d levels of nesting",
                              WF_TOML_MOST_LEVELS);
    if (++s->num > WF_TOML_MOST_VALUES)
        return wf_toml_refuse(&s->t, WF_ERR_LIMIT, at, "more than %d keys and values",
                              WF_TOML_MOST_VALUES);
    *out = wf_toml_node_add(s->t.arena, parent, name, shape);
    (*out)->entry_start = at;
    return true;
}

static bool
define_element(struct scan *s, struct wf_toml_node **out, struct wf_toml_node *list,
               enum wf_toml_shape shape, size_t at)
{
    return define(s, out, list, wf_arena_printf(s->t.arena, "%zu", list->num), shape, at);
}

static bool
defined_already(struct scan *s, const struct wf_toml_node *node, size_t at,
                const char *what)
{
    uint32_t line = 0;
    uint32_t column = 0;

    wf_toml_place(&line, &column, s->t.bytes, node->entry_start);
    return wf_toml_refuse(&s->t, WF_ERR_MALFORMED, at, "%s %s, but line %u made it %s",
                          wf_toml_node_path(s->t.arena, node), what, line,
                          wf_toml_shape_about(node->shape));
}

/* The table behind `name` on the way of a header, made when it is not there. */
static bool
enter_by_header(struct scan *s, struct wf_toml_node **table,
                const struct wf_toml_part *part)
{
    struct wf_toml_node *child = wf_toml_node_find(*table, part->name);

    if (child == NULL)
        return define(s, table, *table, part->name, WF_TOML_IMPLICIT, part->start);
    if (child->shape == WF_TOML_TABLES)
        child = child->last;
    else if (child->shape >= WF_TOML_SCALAR)
        return defined_already(s, child, part->start, "is extended as a table");
    *table = child;
    return true;
}

static bool
open_table(struct scan *s, struct wf_toml_node *parent, const struct wf_toml_part *part,
           size_t at)
{
    struct wf_toml_node *node = wf_toml_node_find(parent, part->name);

    if (node == NULL) {
        if (!define(s, &node, parent, part->name, WF_TOML_HEADER, at))
            return false;
    } else if (node->shape != WF_TOML_IMPLICIT) {
        return defined_already(s, node, part->start, "is defined again as a table");
    }
    node->shape = WF_TOML_HEADER;
    node->entry_start = at;
    s->section = node;
    return true;
}

static bool
open_element(struct scan *s, struct wf_toml_node *parent, const struct wf_toml_part *part,
             size_t at)
{
    struct wf_toml_node *node = wf_toml_node_find(parent, part->name);

    if (node == NULL) {
        if (!define(s, &node, parent, part->name, WF_TOML_TABLES, at))
            return false;
    } else if (node->shape != WF_TOML_TABLES) {
        return defined_already(s, node, part->start, "is made an array of tables");
    }
    return define_element(s, &s->section, node, WF_TOML_ELEMENT, at);
}

/* Everything above a statement ends no earlier than it. */
static void
extend(struct wf_toml_node *node, size_t end)
{
    for (; node != NULL; node = node->parent)
        node->tree_end = end;
}

static bool
scan_header(struct scan *s)
{
    struct wf_toml_key key;
    const size_t at = s->t.at;
    const bool is_element = wf_toml_ahead(&s->t, "[[");
    struct wf_toml_node *table = s->root;

    s->t.at += is_element ? 2 : 1;
    wf_toml_skip_blanks(&s->t);
    if (!wf_toml_scan_key(&key, &s->t))
        return false;
    if (!wf_toml_ahead(&s->t, is_element ? "]]" : "]"))
        return wf_toml_expected(&s->t, is_element ? "'.' or \"]]\"" : "'.' or ']'");
    s->t.at += is_element ? 2 : 1;
    for (size_t i = 0; i + 1 < key.num; i++)
        if (!enter_by_header(s, &table, &key.parts[i]))
            return false;
    const struct wf_toml_part *last = &key.parts[key.num - 1];

    if (!(is_element ? open_element(s, table, last, at) : open_table(s, table, last, at)))
        return false;
    s->section->start = at;
    s->section->end = s->t.at;
    s->section->body_end = s->t.at;
    extend(s->section, s->t.at);
    return true;
}

/* Of a.b.c: the table a.b, made of dotted keys when it is not there, or was only named by
 * a header below it (as Cargo's reader and Python's take it). */
static bool
enter_by_key(struct scan *s, struct wf_toml_node **table, const struct wf_toml_part *part,
             size_t at)
{
    struct wf_toml_node *child = wf_toml_node_find(*table, part->name);

    if (child == NULL)
        return define(s, table, *table, part->name, WF_TOML_DOTTED, at);
    if (child->shape == WF_TOML_IMPLICIT) {
        child->shape = WF_TOML_DOTTED;
        child->entry_start = at;
    }
    if (child->shape != WF_TOML_DOTTED)
        return defined_already(s, child, part->start, "is extended by a dotted key");
    *table = child;
    return true;
}

/* key = value, in a section or between braces. */
static bool
scan_entry(struct scan *s, struct wf_toml_node *table)
{
    struct wf_toml_key key;
    const size_t at = s->t.at;
    struct wf_toml_node *const top = table;
    struct wf_toml_node *node = NULL;

    if (!wf_toml_scan_key(&key, &s->t))
        return false;
    if (!wf_toml_ahead(&s->t, "="))
        return wf_toml_expected(&s->t, "'.' or '='");
    s->t.at++;
    wf_toml_skip_blanks(&s->t);
    for (size_t i = 0; i + 1 < key.num; i++)
        if (!enter_by_key(s, &table, &key.parts[i], at))
            return false;
    const struct wf_toml_part *last = &key.parts[key.num - 1];

    node = wf_toml_node_find(table, last->name);
    if (node != NULL)
        return defined_already(s, node, last->start, "is defined again");
    if (!define(s, &node, table, last->name, WF_TOML_SCALAR, at) || !scan_value(s, node))
        return false;
    node->tree_end = node->end;
    for (; table != top; table = table->parent) {
        table->body_end = node->end;
        table->tree_end = node->end;
    }
    top->body_end = node->end;
    return true;
}

static bool
scan_list(struct scan *s, struct wf_toml_node *list)
{
    struct wf_toml_node *element = NULL;

    list->shape = WF_TOML_LIST;
    s->t.at++;
    list->body_end = s->t.at;
    for (;;) {
        if (!wf_toml_skip_lines(&s->t))
            return false;
        if (wf_toml_ahead(&s->t, "]"))
            break;
        if (!define_element(s, &element, list, WF_TOML_SCALAR, s->t.at) ||
            !scan_value(s, element))
            return false;
        list->body_end = s->t.at;
        if (!wf_toml_skip_lines(&s->t))
            return false;
        if (wf_toml_ahead(&s->t, "]"))
            break;
        if (!wf_toml_ahead(&s->t, ","))
            return wf_toml_expected(&s->t, "',' or ']'");
        s->t.at++;
        list->body_end = s->t.at;
    }
    s->t.at++;
    return true;
}

static bool
scan_braces(struct scan *s, struct wf_toml_node *table)
{
    table->shape = WF_TOML_BRACES;
    s->t.at++;
    table->body_end = s->t.at;
    wf_toml_skip_blanks(&s->t);
    while (table->first != NULL || !wf_toml_ahead(&s->t, "}")) {
        if (!scan_entry(s, table))
            return false;
        wf_toml_skip_blanks(&s->t);
        if (wf_toml_ahead(&s->t, "}"))
            break;
        if (!wf_toml_ahead(&s->t, ","))
            return wf_toml_expected(&s->t, "',' or '}'");
        s->t.at++;
        wf_toml_skip_blanks(&s->t);
    }
    s->t.at++;
    return true;
}

/* To where a value must end, less the blanks before it: a date may have one inside. */
static bool
scan_scalar(struct scan *s)
{
    const size_t at = s->t.at;
    const struct wf_bytes rest = wf_bytes_skip(s->t.bytes, at);
    size_t len = 0;

    if (wf_toml_one_of(&s->t, "\"'"))
        return wf_toml_scan_string(&s->t);
    while (len < rest.len &&
           (rest.data[len] == '\0' || strchr(",]}#\n\r", rest.data[len]) == NULL))
        len++;
    while (len > 0 && (rest.data[len - 1] == ' ' || rest.data[len - 1] == '\t'))
        len--;
    if (len == 0)
        return wf_toml_expected(&s->t, "a value");
    if (!wf_toml_is_scalar(wf_bytes_first(rest, len)))
        return wf_toml_refuse(
            &s->t, WF_ERR_MALFORMED, at,
            "%s%s is no number, date, true or false, and a string "
            "stands in quotes",
            wf_arena_str(s->t.arena, wf_bytes_first(rest, len < SHOWN ? len : SHOWN)),
            len < SHOWN ? "" : "...");
    s->t.at += len;
    return true;
}

/* Recursion is bounded: every level is a level of nodes. */
static bool
scan_value(struct scan *s, struct wf_toml_node *node)
{
    bool ok = false;

    node->start = s->t.at;
    if (wf_toml_ahead(&s->t, "["))
        ok = scan_list(s, node);
    else if (wf_toml_ahead(&s->t, "{"))
        ok = scan_braces(s, node);
    else
        ok = scan_scalar(s);
    node->end = s->t.at;
    node->is_continued = s->t.continued;
    s->root->is_continued |= s->t.continued;
    s->t.continued = false;
    return ok;
}

static bool
scan_statement(struct scan *s)
{
    if (wf_toml_ahead(&s->t, "["))
        return scan_header(s);
    if (!scan_entry(s, s->section))
        return false;
    extend(s->section, s->t.at);
    return true;
}

static bool
scan_document(struct scan *s)
{
    if (wf_toml_ahead(&s->t, "\xEF\xBB\xBF"))
        s->t.at += 3;
    s->root->body_end = s->t.at;
    for (;;) {
        if (!wf_toml_skip_lines(&s->t))
            return false;
        if (s->t.at == s->t.bytes.len)
            return true;
        if (!scan_statement(s))
            return false;
        wf_toml_skip_blanks(&s->t);
        if (!wf_toml_skip_comment(&s->t))
            return false;
        if (s->t.at < s->t.bytes.len && !wf_toml_ahead(&s->t, "\n") &&
            !wf_toml_ahead(&s->t, "\r\n"))
            return wf_toml_expected(&s->t, "the end of the line");
    }
}

static bool
check_utf8(struct scan *s)
{
    const struct wf_bytes text = s->t.bytes;
    uint32_t code_point = 0;
    size_t at = 0;

    if (wf_utf8_is_valid(text))
        return true;
    while (at < text.len) {
        const size_t len = wf_utf8_next(wf_bytes_skip(text, at), &code_point);

        if (len == 0)
            break;
        at += len;
    }
    return wf_toml_refuse(&s->t, WF_ERR_MALFORMED, at,
                          "byte 0x%02x is not UTF-8, which TOML demands", text.data[at]);
}

bool
wf_toml_scan(struct wf_toml_node **out, struct wf_arena *arena, struct wf_bytes text,
             struct wf_error *err)
{
    struct scan s = { .t = { .bytes = text, .arena = arena, .err = err } };

    if (text.len > WF_TOML_MOST_BYTES)
        return wf_error_set(err, WF_ERR_LIMIT,
                            "the file has %zu bytes; TOML is read up to %d", text.len,
                            WF_TOML_MOST_BYTES);
    s.root = wf_arena_alloc(arena, sizeof *s.root);
    s.root->shape = WF_TOML_ROOT;
    s.section = s.root;
    if (!check_utf8(&s) || !scan_document(&s))
        return false;
    *out = s.root;
    return true;
}
