/* python_marks.c -- what single lines of Python source say: where the patch is wanted, that a
 * package is a namespace. */
#include <string.h>

#include "wheel/python_source.h"
#include "wheel/python_tokens.h"

static bool
is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\f' || c == '\v';
}

/* Takes `word`, blanks before it, off the text. */
static bool
take_word(struct wf_bytes *rest, const char *word)
{
    while (rest->len > 0 && is_space(rest->data[0]))
        *rest = wf_bytes_skip(*rest, 1);
    if (!wf_bytes_starts_with(*rest, word))
        return false;
    *rest = wf_bytes_skip(*rest, strlen(word));
    return true;
}

static bool
is_mark(struct wf_bytes comment)
{
    struct wf_bytes rest = comment;

    return take_word(&rest, "#") && take_word(&rest, "delvewheel") &&
           take_word(&rest, ":") && take_word(&rest, "patch") && take_word(&rest, "") &&
           rest.len == 0;
}

/* A walk over a whole file. */
struct reading {
    struct wf_python_tokens tokens;
    struct wf_python_token token;
    bool at_start;     /* the next token begins a statement */
    bool is_decorated; /* the last one was a decorator: its function must follow */
    size_t head_off;
    struct wf_python_marks marks;
    size_t num_settled; /* marks whose next statement was seen */
    struct wf_error *err;
};

static bool
refuse(const struct reading *reading, size_t off, const char *why)
{
    return wf_error_set(reading->err, WF_ERR_REFUSED,
                        "line %zu: the patch cannot stand at this mark: %s",
                        wf_python_line_number(reading->tokens.text, off), why);
}

static bool
add_mark(struct reading *reading, struct wf_arena *arena)
{
    const struct wf_python_token *token = &reading->token;
    struct wf_python_marks *marks = &reading->marks;

    if (reading->tokens.num_open > 0)
        return refuse(reading, token->off, "it is in brackets");
    if (!reading->at_start)
        return refuse(reading, token->off, "the line before goes on in this one");
    if (reading->is_decorated)
        return refuse(reading, token->off, "a decorator stands before it");
    if (token->off < reading->head_off)
        return refuse(reading, token->off,
                      "an encoding line or a `from __future__` import follows");
    marks->items =
        wf_arena_grow(arena, marks->items, marks->num, &marks->cap, sizeof *marks->items);
    marks->items[marks->num++] = (struct wf_python_mark){ token->off, token->len };
    return true;
}

static struct wf_bytes
token_text(const struct reading *reading)
{
    return wf_bytes_first(wf_bytes_skip(reading->tokens.text, reading->token.off),
                          reading->token.len);
}

/* At the first token of a statement: could another one stand before it? */
static bool
settle_marks(struct reading *reading)
{
    static const char *const parts[] = { "elif", "else", "except", "finally" };

    if (reading->num_settled == reading->marks.num)
        return true;
    const size_t off = reading->marks.items[reading->num_settled].off;

    if (reading->token.indent != 0 && reading->token.indent != WF_PYTHON_INSIDE)
        return refuse(reading, off, "it is in a block");
    for (size_t i = 0; i < WF_COUNT(parts); i++) {
        if (reading->token.kind == WF_PYTHON_NAME &&
            wf_bytes_equal_str(token_text(reading), parts[i]))
            return refuse(reading, off, "the statement before goes on behind it");
    }
    reading->num_settled = reading->marks.num;
    return true;
}

static bool
starts_line(const struct wf_python_tokens *tokens, size_t off)
{
    return off == 0 || tokens->text.data[off - 1] == '\n' ||
           tokens->text.data[off - 1] == '\r' ||
           (off == 3 && wf_bytes_starts_with(tokens->text, "\xef\xbb\xbf"));
}

static bool
take_token(struct reading *reading, struct wf_arena *arena)
{
    const struct wf_python_token *token = &reading->token;

    if (token->kind == WF_PYTHON_COMMENT)
        return !starts_line(&reading->tokens, token->off) ||
               !is_mark(token_text(reading)) || add_mark(reading, arena);
    if (token->kind == WF_PYTHON_LINE_END || token->kind == WF_PYTHON_END) {
        reading->at_start = true;
        return true;
    }
    if (reading->at_start) {
        if (!settle_marks(reading))
            return false;
        reading->is_decorated = wf_bytes_equal_str(token_text(reading), "@");
    }
    reading->at_start = false;
    return true;
}

bool
wf_python_find_marks(struct wf_python_marks *out, struct wf_arena *arena,
                     struct wf_bytes text, struct wf_error *err)
{
    struct reading reading = { .at_start = true, .err = err };
    struct wf_python_place place;

    if (!wf_python_find_place(&place, text, err) ||
        !wf_python_tokens_init(&reading.tokens, text, err))
        return false;
    reading.head_off = place.head_off > reading.tokens.at ? place.head_off : 0;
    do {
        if (!wf_python_next(&reading.token, &reading.tokens, err) ||
            !take_token(&reading, arena))
            return false;
    } while (reading.token.kind != WF_PYTHON_END);
    *out = reading.marks;
    return true;
}

/* As they are written with every blank gone and with single quotes. */
static const char *const namespace_lines[] = {
    "__path__=__import__('pkgutil').extend_path(__path__,__name__)",
    "__path__=pkgutil.extend_path(__path__,__name__)",
    "__path__=extend_path(__path__,__name__)",
    "__import__('pkg_resources').declare_namespace(__name__)",
    "pkg_resources.declare_namespace(__name__)",
    "declare_namespace(__name__)",
};

enum { MAX_SQUEEZED = 80 }; /* above the longest of them */

/* The line without blanks and comment; false when it is longer than any idiom. */
static bool
squeeze(char *out, struct wf_bytes line)
{
    size_t len = 0;

    for (size_t i = 0; i < line.len && line.data[i] != '#'; i++) {
        if (is_space(line.data[i]))
            continue;
        if (len + 1 == MAX_SQUEEZED)
            return false;
        out[len++] = line.data[i] == '"' ? '\'' : (char)line.data[i];
    }
    out[len] = '\0';
    return true;
}

bool
wf_python_is_namespace(struct wf_bytes text)
{
    size_t at = wf_bytes_starts_with(text, "\xef\xbb\xbf") ? 3 : 0;
    char squeezed[MAX_SQUEEZED];

    while (at < text.len) {
        size_t len = 0;

        while (at + len < text.len && wf_python_line_end(text, at + len) == 0)
            len++;
        if (squeeze(squeezed, wf_bytes_first(wf_bytes_skip(text, at), len))) {
            for (size_t i = 0; i < WF_COUNT(namespace_lines); i++) {
                if (strcmp(squeezed, namespace_lines[i]) == 0)
                    return true;
            }
        }
        at += len + 1;
    }
    return false;
}
