/* toml_edit.c -- what is asked of a document, noted at the keys it is about. */
#include "base/toml_edit_parts.h"

#include <assert.h>
#include <string.h>

struct wf_toml_edit *
wf_toml_edit_new(struct wf_arena *arena, struct wf_bytes text)
{
    struct wf_toml_edit *edit = wf_arena_alloc(arena, sizeof *edit);

    edit->arena = arena;
    edit->text = wf_bytes_of(wf_arena_str(arena, text), text.len);
    return edit;
}

static size_t
path_len(const char *const *path)
{
    size_t num = 0;

    while (path[num] != NULL)
        num++;
    return num;
}

static bool
begin(struct wf_toml_edit *edit, const char *const *path, struct wf_error *err)
{
    const size_t num = path_len(path);

    assert(num > 0);
    if (num > WF_TOML_MOST_LEVELS)
        return wf_error_set(err, WF_ERR_LIMIT,
                            "a path of %zu keys; TOML is read up to %d "
                            "levels of nesting",
                            num, WF_TOML_MOST_LEVELS);
    return edit->root != NULL || wf_toml_scan(&edit->root, edit->arena, edit->text, err);
}

static const char *const *
copy_path(struct wf_toml_edit *edit, const char *const *path, size_t num)
{
    const char **copy = wf_arena_array(edit->arena, num + 1, sizeof *copy);

    for (size_t i = 0; i < num; i++)
        copy[i] = wf_arena_strdup(edit->arena, path[i]);
    return copy;
}

static void
note(struct wf_toml_edit *edit, const char *const *path, const char *value)
{
    edit->changes = wf_arena_grow(edit->arena, edit->changes, edit->num, &edit->cap,
                                  sizeof *edit->changes);
    edit->changes[edit->num++] = (struct wf_toml_change){
        .path = copy_path(edit, path, path_len(path)),
        .value = value == NULL ? NULL : wf_arena_strdup(edit->arena, value),
    };
}

static bool
refuse_node(const struct wf_toml_edit *edit, const struct wf_toml_node *node,
            const char *problem, struct wf_error *err)
{
    return wf_error_set(err, WF_ERR_REFUSED, "%s %s",
                        wf_toml_node_path(edit->arena, node), problem);
}

/* The deepest key of the path that is there; *path moves to the names that are not. */
static bool
follow(const struct wf_toml_edit *edit, struct wf_toml_node **out,
       const char *const **path, struct wf_error *err)
{
    struct wf_toml_node *node = edit->root;

    while (**path != NULL) {
        if (node->new_value != NULL)
            return refuse_node(edit, node, "was set just now; set all of it at once",
                               err);
        if (node->shape == WF_TOML_SCALAR)
            return refuse_node(edit, node, "is no table", err);
        struct wf_toml_node *child = wf_toml_node_find(node, **path);

        if (child == NULL || child->is_removed)
            break;
        node = child;
        (*path)++;
    }
    *out = node;
    return true;
}

static bool
is_section(const struct wf_toml_node *node)
{
    return node->shape == WF_TOML_ROOT || node->shape == WF_TOML_HEADER ||
           node->shape == WF_TOML_ELEMENT;
}

/* How many of the names two paths share from the start. */
static size_t
shared(const struct wf_toml_added *added, const char *const *names, size_t num)
{
    size_t i = 0;

    while (i < added->num && i < num && strcmp(added->names[i], names[i]) == 0)
        i++;
    return i;
}

static void
drop(struct wf_toml_node *table, struct wf_toml_added *before)
{
    struct wf_toml_added **link = before == NULL ? &table->added : &before->next;

    if (table->last_added == *link)
        table->last_added = before;
    *link = (*link)->next;
}

/* Where a name was added to `table` before: it and all below it go, so that they can be
 * set again.  A value that was added on the way is in the way. */
static bool
drop_added(const struct wf_toml_edit *edit, struct wf_toml_node *table,
           const char *const *names, size_t num, struct wf_error *err)
{
    struct wf_toml_added *before = NULL;

    for (struct wf_toml_added *a = table->added; a != NULL; a = a->next) {
        const size_t same = shared(a, names, num);

        if (same == a->num && same < num)
            return wf_error_set(err, WF_ERR_REFUSED,
                                "%s%s%s was set just now; set all of it at once",
                                wf_toml_node_path(edit->arena, table),
                                table->parent == NULL ? "" : ".", a->names[same - 1]);
        if (same == num)
            drop(table, before);
        else
            before = a;
    }
    return true;
}

/* The section or inline table that the dotted tables around `node` are written in, and
 * the names from it on. */
static struct wf_toml_node *
home_of(struct wf_toml_edit *edit, struct wf_toml_node *node, const char *const **names,
        size_t *num)
{
    const char **all = NULL;
    size_t above = 0;
    struct wf_toml_node *home = node;

    for (; home->shape == WF_TOML_DOTTED; home = home->parent)
        above++;
    *num = path_len(*names);
    all = wf_arena_array(edit->arena, above + *num + 1, sizeof *all);
    for (size_t i = 0; i < *num; i++)
        all[above + i] = wf_arena_strdup(edit->arena, (*names)[i]);
    *num += above;
    for (; above > 0; node = node->parent)
        all[--above] = node->name;
    *names = all;
    return home;
}

/* Keys of the document's own stand before its first header. */
static bool
has_own_keys(const struct wf_toml_node *root)
{
    return root->first != NULL &&
           (root->first->shape == WF_TOML_DOTTED || root->first->shape >= WF_TOML_SCALAR);
}

/* Notes a value for `names` below `node`.  `instead` is a dotted table whose first line it
 * takes over, or NULL: then it stands behind what its table has. */
static bool
add(struct wf_toml_edit *edit, struct wf_toml_node *node, const char *const *names,
    const char *value, const struct wf_toml_node *instead, struct wf_error *err)
{
    size_t num = 0;
    struct wf_toml_node *home = home_of(edit, node, &names, &num);
    struct wf_toml_added *added = wf_arena_alloc(edit->arena, sizeof *added);

    if (!drop_added(edit, home, names, num, err))
        return false;
    added->names = names;
    added->num = num;
    added->value = wf_arena_strdup(edit->arena, value);
    added->is_line = is_section(home) && (node->shape == WF_TOML_DOTTED || num == 1);
    added->is_top = home->shape == WF_TOML_ROOT && !has_own_keys(home);
    added->like = instead != NULL ? instead->entry_start : node->body_end;
    if (instead != NULL)
        added->at = wf_toml_line_start(edit->text, instead->entry_start);
    else
        added->at =
            added->is_top ? home->body_end : wf_toml_line_end(edit->text, node->body_end);
    if (home->last_added == NULL)
        home->added = added;
    else
        home->last_added->next = added;
    home->last_added = added;
    return true;
}

/* A table of any kind gives way to a value: a dotted one where its first line was. */
static bool
replace_table(struct wf_toml_edit *edit, struct wf_toml_node *node, const char *value,
              struct wf_error *err)
{
    const char *const names[] = { node->name, NULL };
    const struct wf_toml_node *home = node->parent;

    if (node->shape == WF_TOML_ELEMENT)
        return refuse_node(edit, node,
                           "is an element of an array of tables; only keys in it are set",
                           err);
    while (home->shape == WF_TOML_DOTTED)
        home = home->parent;
    const bool is_dotted = node->shape == WF_TOML_DOTTED && is_section(home);

    node->is_removed = true;
    return add(edit, node->parent, names, value, is_dotted ? node : NULL, err);
}

static bool
check_value(struct wf_toml_edit *edit, const char *value, struct wf_error *err)
{
    const char *line = wf_arena_printf(edit->arena, "v = %s", value);
    const struct wf_bytes text = wf_bytes_str(line);
    const struct wf_toml *parsed = NULL;
    struct wf_toml_node *node = NULL;
    struct wf_error cause = { 0 };

    if (!wf_toml_scan(&node, edit->arena, text, &cause) ||
        !wf_toml_parse(&parsed, edit->arena, text, &cause))
        return wf_error_set(err, WF_ERR_REFUSED, "%s is no TOML value: %s", value,
                            cause.text);
    return (node->num == 1 && node->first->shape >= WF_TOML_SCALAR &&
            node->first->end == text.len) ||
           wf_error_set(err, WF_ERR_REFUSED, "%s is more than one TOML value", value);
}

bool
wf_toml_edit_set(struct wf_toml_edit *edit, const char *const *path, const char *value,
                 struct wf_error *err)
{
    const char *const *rest = path;
    struct wf_toml_node *node = NULL;
    bool ok = true;

    if (!begin(edit, path, err) || !check_value(edit, value, err) ||
        !follow(edit, &node, &rest, err))
        return false;
    if (*rest != NULL && (node->shape == WF_TOML_LIST || node->shape == WF_TOML_TABLES))
        return wf_error_set(err, WF_ERR_REFUSED, "%s has no element %s",
                            wf_toml_node_path(edit->arena, node), *rest);
    if (*rest != NULL)
        ok = add(edit, node, rest, value, NULL, err);
    else if (node->shape >= WF_TOML_SCALAR)
        node->new_value = wf_arena_strdup(edit->arena, value);
    else
        ok = replace_table(edit, node, value, err);
    if (ok)
        note(edit, path, value);
    return ok;
}

bool
wf_toml_edit_remove(struct wf_toml_edit *edit, const char *const *path,
                    struct wf_error *err)
{
    const char *const *rest = path;
    struct wf_toml_node *node = NULL;
    size_t num = 0;

    if (!begin(edit, path, err) || !follow(edit, &node, &rest, err))
        return false;
    if (*rest == NULL) {
        node->is_removed = true;
        /* A table may have been added to by a name that its dotted keys share. */
        const char *const names[] = { node->name, NULL };

        rest = names;
        node = node->parent;
        node = home_of(edit, node, &rest, &num);
    } else {
        node = home_of(edit, node, &rest, &num);
    }
    if (!drop_added(edit, node, rest, num, err))
        return false;
    note(edit, path, NULL);
    return true;
}

bool
wf_toml_edit_end(struct wf_buffer *out, struct wf_toml_edit *edit, struct wf_error *err)
{
    struct wf_buffer text;
    bool ok = false;

    if (edit->root == NULL && !wf_toml_scan(&edit->root, edit->arena, edit->text, err))
        return false;
    wf_buffer_init(&text, SIZE_MAX);
    wf_toml_edit_write(&text, edit);
    ok = wf_toml_edit_check(edit, wf_buffer_bytes(&text), err);
    if (ok)
        wf_buffer_add(out, text.data, text.len);
    wf_buffer_clear(&text);
    return ok;
}
