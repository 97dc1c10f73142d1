/* toml_edit_write.c -- the edited text: what was cut and put in, in the order of the file. */
#include "base/toml_edit_parts.h"

#include <stdlib.h>
#include <string.h>

/* One place that changes: `text` comes for the bytes from start to end. */
struct piece {
    size_t start, end;
    size_t order;
    const char *text; /* or NULL */
    enum { PIECE_INSIDE, PIECE_LINES, PIECE_SECTION, PIECE_TOP } kind;
};

struct writer {
    const struct wf_toml_edit *edit;
    struct wf_bytes text;
    struct piece *pieces;
    size_t num;
    size_t cap;
    const char *newline;
    struct wf_buffer scratch;
};

/* The entries between brackets or braces, in the order of the file. */
struct entries {
    struct entry {
        const struct wf_toml_node *node;
        bool is_gone;
    } * items;
    size_t num;
    size_t cap;
};

static void write_inside(struct writer *w, const struct wf_toml_node *node);

static void
put(struct writer *w, struct piece piece)
{
    piece.order = w->num;
    w->pieces =
        wf_arena_grow(w->edit->arena, w->pieces, w->num, &w->cap, sizeof *w->pieces);
    w->pieces[w->num++] = piece;
}

static void
cut_lines(struct writer *w, size_t start, size_t end)
{
    put(w, (struct piece){ .start = wf_toml_line_start(w->text, start),
                           .end = wf_toml_line_end(w->text, end),
                           .kind = PIECE_LINES });
}

/* Takes what was gathered in the scratch buffer. */
static const char *
gathered(struct writer *w)
{
    const char *text = wf_arena_str(w->edit->arena, wf_buffer_bytes(&w->scratch));

    wf_buffer_reset(&w->scratch);
    return text;
}

void
wf_toml_quote_key(struct wf_buffer *out, const char *key)
{
    static const char bare[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

    if (key[0] != '\0' && key[strspn(key, bare)] == '\0')
        wf_buffer_add_str(out, key);
    else
        wf_toml_quote(out, key);
}

static void
gather_names(struct writer *w, const char *const *names, size_t num)
{
    for (size_t i = 0; i < num; i++) {
        wf_buffer_add_str(&w->scratch, i == 0 ? "" : ".");
        wf_toml_quote_key(&w->scratch, names[i]);
    }
}

static void
gather_entry(struct writer *w, const char *const *names, size_t num, const char *value)
{
    gather_names(w, names, num);
    wf_buffer_add_str(&w->scratch, " = ");
    wf_buffer_add_str(&w->scratch, value);
}

/* Spaces and tabs in front of the line that `off` stands in. */
static void
gather_indent(struct writer *w, size_t off)
{
    for (size_t at = wf_toml_line_start(w->text, off);
         at < w->text.len && (w->text.data[at] == ' ' || w->text.data[at] == '\t'); at++)
        wf_buffer_add_char(&w->scratch, (char)w->text.data[at]);
}

static void
put_line(struct writer *w, const struct wf_toml_added *added)
{
    if (!added->is_top)
        gather_indent(w, added->like);
    gather_entry(w, added->names, added->num, added->value);
    wf_buffer_add_str(&w->scratch, w->newline);
    put(w, (struct piece){ .start = added->at,
                           .end = added->at,
                           .text = gathered(w),
                           .kind = added->is_top ? PIECE_TOP : PIECE_LINES });
}

static void
gather_header(struct writer *w, const struct wf_toml_node *table,
              const struct wf_toml_added *added)
{
    const char *names[2 * WF_TOML_MOST_LEVELS + 2];
    size_t above = 0;
    size_t num = 0;

    for (const struct wf_toml_node *n = table; n->parent != NULL; n = n->parent)
        above += n->shape != WF_TOML_ELEMENT;
    num = above;
    for (const struct wf_toml_node *n = table; n->parent != NULL; n = n->parent)
        if (n->shape != WF_TOML_ELEMENT)
            names[--above] = n->name;
    for (size_t i = 0; i + 1 < added->num && num < WF_COUNT(names); i++)
        names[num++] = added->names[i];
    wf_buffer_add_str(&w->scratch, "[");
    gather_names(w, names, num);
    wf_buffer_add_str(&w->scratch, "]");
    wf_buffer_add_str(&w->scratch, w->newline);
}

static bool
is_of_section(const struct wf_toml_added *a, const struct wf_toml_added *b)
{
    if (a->is_line || a->num != b->num)
        return false;
    for (size_t i = 0; i + 1 < a->num; i++)
        if (strcmp(a->names[i], b->names[i]) != 0)
            return false;
    return true;
}

/* A comment right above a header belongs to it. */
static size_t
above_comments(const struct writer *w, size_t off)
{
    size_t start = wf_toml_line_start(w->text, off);

    for (;;) {
        const size_t found = start == 0 ? 0 : wf_toml_line_start(w->text, start - 1);
        size_t line = found;

        if (found >= start)
            break;

        while (w->text.data[line] == ' ' || w->text.data[line] == '\t')
            line++;
        if (w->text.data[line] != '#')
            break;
        start = found;
    }
    return start;
}

/* A new header with all that was added below it. */
static void
put_section(struct writer *w, const struct wf_toml_node *table,
            struct wf_toml_added *first)
{
    size_t at = wf_toml_line_end(w->text, table->tree_end);

    if (table->shape == WF_TOML_ROOT)
        at = w->text.len;
    else if (table->shape == WF_TOML_IMPLICIT && first->num == 1)
        at = above_comments(w, table->entry_start);
    gather_header(w, table, first);
    for (struct wf_toml_added *a = first; a != NULL; a = a->next) {
        if (!is_of_section(a, first))
            continue;
        gather_entry(w, &a->names[a->num - 1], 1, a->value);
        wf_buffer_add_str(&w->scratch, w->newline);
        a->is_written = true;
    }
    put(w, (struct piece){
               .start = at, .end = at, .text = gathered(w), .kind = PIECE_SECTION });
}

static void
write_added(struct writer *w, const struct wf_toml_node *table)
{
    for (struct wf_toml_added *a = table->added; a != NULL; a = a->next)
        a->is_written = false;
    for (struct wf_toml_added *a = table->added; a != NULL; a = a->next) {
        if (a->is_line)
            put_line(w, a);
        else if (!a->is_written)
            put_section(w, table, a);
    }
}

static void
collect(struct writer *w, struct entries *out, const struct wf_toml_node *parent,
        bool is_gone)
{
    for (const struct wf_toml_node *n = parent->first; n != NULL; n = n->next) {
        const bool gone = is_gone || n->is_removed;

        if (n->shape == WF_TOML_DOTTED) {
            collect(w, out, n, gone);
            continue;
        }
        out->items = wf_arena_grow(w->edit->arena, out->items, out->num, &out->cap,
                                   sizeof *out->items);
        out->items[out->num++] = (struct entry){ n, gone };
    }
}

static int
compare_entries(const void *a, const void *b)
{
    const struct entry *x = a;
    const struct entry *y = b;

    return x->node->entry_start < y->node->entry_start ? -1 : 1;
}

/* Behind an entry of an array: past blanks, its comma and a comment, where a line ends
 * there; else 0.  Only the last entry may do without a comma. */
static size_t
end_of_own_line(const struct writer *w, size_t off, bool is_last)
{
    const struct wf_bytes t = w->text;

    while (off < t.len && (t.data[off] == ' ' || t.data[off] == '\t'))
        off++;
    if (off < t.len && t.data[off] == ',')
        off++;
    else if (!is_last)
        return 0;
    while (off < t.len &&
           (t.data[off] == ' ' || t.data[off] == '\t' || t.data[off] == '\r'))
        off++;
    if (off < t.len && t.data[off] == '#')
        return wf_toml_line_end(t, off);
    return off < t.len && t.data[off] == '\n' ? off + 1 : 0;
}

static bool
starts_its_line(const struct writer *w, size_t off)
{
    while (off > 0 && (w->text.data[off - 1] == ' ' || w->text.data[off - 1] == '\t'))
        off--;
    return off > 0 && w->text.data[off - 1] == '\n';
}

/* An entry goes with one comma: the one behind it, or of the last ones the one before. */
static void
cut_entry(struct writer *w, const struct wf_toml_node *parent,
          const struct entries *entries, size_t i, size_t num_kept_before,
          size_t num_kept_behind)
{
    const struct wf_toml_node *node = entries->items[i].node;
    const size_t line_end = end_of_own_line(w, node->end, i + 1 == entries->num);
    struct piece cut = { .start = node->entry_start, .end = node->end };

    if (parent->shape == WF_TOML_LIST && line_end > 0 &&
        starts_its_line(w, node->entry_start)) {
        cut.start = wf_toml_line_start(w->text, node->entry_start);
        cut.end = line_end;
    } else if (num_kept_behind > 0) {
        cut.end = entries->items[i + 1].node->entry_start;
    } else if (num_kept_before > 0) {
        cut.start = entries->items[i - 1].node->end;
    } else {
        cut.end = i + 1 < entries->num ? entries->items[i + 1].node->entry_start
                                       : parent->body_end;
    }
    put(w, cut);
}

/* New entries of an inline table stand behind the last one that stays. */
static void
add_entries(struct writer *w, const struct wf_toml_node *parent,
            const struct entries *entries)
{
    const struct wf_toml_node *last = NULL;
    bool is_first = true;
    struct piece piece = { .start = parent->start, .end = parent->start };

    for (size_t i = 0; i < entries->num; i++)
        if (!entries->items[i].is_gone)
            last = entries->items[i].node;
    for (const struct wf_toml_added *a = parent->added; a != NULL; a = a->next) {
        wf_buffer_add_str(&w->scratch, last != NULL || !is_first ? ", " : "");
        gather_entry(w, a->names, a->num, a->value);
        is_first = false;
    }
    piece.text = gathered(w);
    if (last != NULL) {
        piece.start = last->end;
        piece.end = last->end;
    } else if (entries->num > 0) {
        piece.start = entries->items[0].node->entry_start;
        piece.end = piece.start;
    } else {
        piece.text = wf_arena_printf(w->edit->arena, "{ %s }", piece.text);
        piece.end = parent->end;
    }
    put(w, piece);
}

static void
write_value(struct writer *w, const struct wf_toml_node *node)
{
    if (node->new_value != NULL)
        put(w, (struct piece){
                   .start = node->start, .end = node->end, .text = node->new_value });
    else if (node->shape != WF_TOML_SCALAR)
        write_inside(w, node);
}

/* What changes inside [ … ] or { … }.  As deep as the document. */
static void
write_inside(struct writer *w, const struct wf_toml_node *node)
{
    struct entries entries = { 0 };
    size_t kept_behind = 0;
    size_t kept_before = 0;

    collect(w, &entries, node, false);
    if (entries.num > 1)
        qsort(entries.items, entries.num, sizeof *entries.items, compare_entries);
    for (size_t i = 0; i < entries.num; i++)
        kept_behind += !entries.items[i].is_gone;
    if (node->added != NULL) {
        add_entries(w, node, &entries);
    } else if (kept_behind == 0 && entries.num > 0 && node->shape == WF_TOML_BRACES) {
        put(w, (struct piece){ .start = node->start, .end = node->end, .text = "{}" });
        return;
    }
    for (size_t i = 0; i < entries.num; i++) {
        if (entries.items[i].is_gone) {
            cut_entry(w, node, &entries, i, kept_before, kept_behind);
            continue;
        }
        kept_before++;
        kept_behind--;
        write_value(w, entries.items[i].node);
    }
}

static void
write_table(struct writer *w, const struct wf_toml_node *table, bool is_gone)
{
    if (!is_gone)
        write_added(w, table);
    for (const struct wf_toml_node *n = table->first; n != NULL; n = n->next) {
        const bool gone = is_gone || n->is_removed;

        if (n->shape >= WF_TOML_SCALAR && !gone) {
            write_value(w, n);
        } else if (n->shape >= WF_TOML_SCALAR) {
            cut_lines(w, n->entry_start, n->end);
        } else {
            if (gone && (n->shape == WF_TOML_HEADER || n->shape == WF_TOML_ELEMENT))
                cut_lines(w, n->start, n->body_end);
            write_table(w, n, gone);
        }
    }
}

/* At one place a new header comes last, so that lines before it stay in their tables. */
static int
compare_pieces(const void *a, const void *b)
{
    const struct piece *x = a;
    const struct piece *y = b;

    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->kind != y->kind && (x->kind == PIECE_SECTION || y->kind == PIECE_SECTION))
        return x->kind == PIECE_SECTION ? 1 : -1;
    return x->order < y->order ? -1 : 1;
}

/* The output ends in an empty line, or is empty. */
static bool
ends_blank(const struct wf_buffer *out)
{
    size_t len = out->len;

    if (len == 0 || (len == 3 && memcmp(out->data, "\xEF\xBB\xBF", 3) == 0))
        return true;
    if (out->data[--len] != '\n')
        return false;
    if (len > 0 && out->data[len - 1] == '\r')
        len--;
    return len == 0 || out->data[len - 1] == '\n';
}

static size_t
skip_blank_lines(const struct writer *w, size_t from, size_t to)
{
    for (size_t at = from; at < to; at++) {
        if (w->text.data[at] == '\n')
            from = at + 1;
        else if (w->text.data[at] != ' ' && w->text.data[at] != '\t' &&
                 w->text.data[at] != '\r')
            break;
    }
    return from;
}

static bool
is_blank_at(const struct writer *w, size_t at)
{
    return at >= w->text.len || skip_blank_lines(w, at, w->text.len) > at;
}

static void
end_line(const struct writer *w, struct wf_buffer *out)
{
    if (out->len > 0 && out->data[out->len - 1] != '\n' && !ends_blank(out))
        wf_buffer_add_str(out, w->newline);
}

/* Puts one text in; what stands behind it decides about blank lines. */
static void
put_in(const struct writer *w, struct wf_buffer *out, const struct piece *piece)
{
    if (piece->text == NULL)
        return;
    if (piece->kind != PIECE_INSIDE)
        end_line(w, out);
    if (piece->kind == PIECE_SECTION && !ends_blank(out))
        wf_buffer_add_str(out, w->newline);
    wf_buffer_add_str(out, piece->text);
}

/* Where lines went at the end of the file, the blank ones before them go as well. */
static void
drop_blank_end(struct wf_buffer *out)
{
    while (out->len > 1 && ends_blank(out) && out->data[out->len - 1] == '\n')
        out->len -= out->data[out->len - 2] == '\r' ? 2 : 1;
}

static void
join(const struct writer *w, struct wf_buffer *out)
{
    size_t done = 0;
    bool lines_went = false;
    bool wants_blank = false;

    for (size_t i = 0; i <= w->num; i++) {
        const struct piece *piece = i < w->num ? &w->pieces[i] : NULL;
        const size_t start = piece != NULL ? piece->start : w->text.len;

        if (start > done) {
            if (lines_went && ends_blank(out))
                done = skip_blank_lines(w, done, start);
            else if (wants_blank && !is_blank_at(w, done))
                wf_buffer_add_str(out, w->newline);
            wf_buffer_add(out, w->text.data + done, start - done);
            lines_went = false;
            wants_blank = false;
            done = start;
        }
        if (piece == NULL)
            break;
        if (piece->text != NULL && piece->start < piece->end && piece->start < done)
            continue; /* a value in what is cut */
        put_in(w, out, piece);
        if (piece->text != NULL)
            wants_blank = piece->kind == PIECE_SECTION || piece->kind == PIECE_TOP;
        if (piece->end > done) {
            lines_went = piece->kind == PIECE_LINES;
            done = piece->end;
        }
    }
    if (lines_went)
        drop_blank_end(out);
}

void
wf_toml_edit_write(struct wf_buffer *out, const struct wf_toml_edit *edit)
{
    struct writer w = { .edit = edit, .text = edit->text, .newline = "\n" };
    const size_t first_line = wf_toml_line_end(edit->text, 0);

    if (first_line > 1 && edit->text.data[first_line - 1] == '\n' &&
        edit->text.data[first_line - 2] == '\r')
        w.newline = "\r\n";
    wf_buffer_init(&w.scratch, SIZE_MAX);
    write_table(&w, edit->root, false);
    wf_buffer_clear(&w.scratch);
    if (w.num > 1)
        qsort(w.pieces, w.num, sizeof *w.pieces, compare_pieces);
    join(&w, out);
}
