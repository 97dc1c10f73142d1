/* python_source.c -- the place behind what must come first in Python source. */
#include "wheel/python_source.h"

#include <string.h>

#include "wheel/python_tokens.h"

/* A walk over the statements a file begins with. */
struct head {
    struct wf_python_tokens tokens;
    struct wf_python_token token; /* the next one */
    struct wf_python_place place;
    struct wf_error *err;
};

/* Comments in brackets are as good as blanks. */
static bool
next(struct head *head)
{
    do {
        if (!wf_python_next(&head->token, &head->tokens, head->err))
            return false;
    } while (head->token.kind == WF_PYTHON_COMMENT && head->tokens.num_open > 0);
    return true;
}

static bool
is_other(const struct head *head, char c)
{
    return head->token.kind == WF_PYTHON_OTHER &&
           head->tokens.text.data[head->token.off] == (uint8_t)c;
}

static bool
is_name(const struct head *head, const char *name)
{
    return head->token.kind == WF_PYTHON_NAME &&
           wf_bytes_equal_str(
               wf_bytes_first(wf_bytes_skip(head->tokens.text, head->token.off),
                              head->token.len),
               name);
}

static bool
is_statement_end(const struct head *head)
{
    return head->token.kind == WF_PYTHON_END || head->token.kind == WF_PYTHON_LINE_END ||
           head->token.kind == WF_PYTHON_COMMENT || is_other(head, ';');
}

/* Line endings and comments between statements. */
static bool
skip_to_statement(struct head *head)
{
    while (head->token.kind == WF_PYTHON_LINE_END ||
           head->token.kind == WF_PYTHON_COMMENT) {
        if (!next(head))
            return false;
    }
    if (head->token.kind == WF_PYTHON_END || head->token.indent == 0 ||
        head->token.indent == WF_PYTHON_INSIDE)
        return true;
    return wf_error_set(head->err, WF_ERR_MALFORMED, "line %zu: %s",
                        wf_python_line_number(head->tokens.text, head->token.off),
                        "the first statements of a file are not indented");
}

/* At the end of a statement that must come first: all up to the end of its line belongs to
 * it, but not what follows a semicolon. */
static bool
place_behind(struct head *head)
{
    struct wf_python_place *place = &head->place;

    if (is_other(head, ';') && !next(head))
        return false;
    if (head->token.kind == WF_PYTHON_COMMENT && !next(head))
        return false;
    place->needs_line = head->token.kind != WF_PYTHON_LINE_END;
    place->off = head->token.off + (place->needs_line ? 0 : head->token.len);
    place->is_first = false;
    return true;
}

static bool
skip_brackets(struct head *head, char bracket, size_t *num)
{
    for (*num = 0; is_other(head, bracket); ++*num) {
        if (!next(head))
            return false;
    }
    return true;
}

/* What a look for a certain statement led to. */
enum found {
    FOUND_NOTHING, /* no token was taken */
    FOUND_IT,
    FOUND_OTHER, /* some were: the statement is another one */
};

/* Takes a statement that is nothing but strings, in parentheses or not: a docstring.  (Of
 * bytes in Python 2; in 3 a statement without effect.) */
static bool
take_docstring(struct head *head, enum found *found)
{
    size_t num_open = 0;
    size_t num_closed = 0;
    bool has_string = false;

    if (!skip_brackets(head, '(', &num_open))
        return false;
    for (; head->token.kind == WF_PYTHON_STRING; has_string = true) {
        if (!next(head))
            return false;
    }
    *found = has_string || num_open > 0 ? FOUND_OTHER : FOUND_NOTHING;
    if (!has_string)
        return true;
    if (!skip_brackets(head, ')', &num_closed))
        return false;
    if (num_closed != num_open || !is_statement_end(head))
        return true;
    *found = FOUND_IT;
    head->place.has_docstring = true;
    return place_behind(head);
}

/* The words before the names.  Up to 3.12, CPython takes `from .__future__` for it, too. */
static bool
take_future_words(struct head *head, bool *is_one)
{
    size_t num_dots = 0;

    *is_one = false;
    if (!is_name(head, "from"))
        return true;
    if (!next(head) || !skip_brackets(head, '.', &num_dots))
        return false;
    if (!is_name(head, "__future__"))
        return true;
    if (!next(head))
        return false;
    *is_one = is_name(head, "import");
    return !*is_one || next(head);
}

/* Takes one `from __future__ import`. */
static bool
take_future(struct head *head, bool *is_one)
{
    if (!take_future_words(head, is_one))
        return false;
    if (!*is_one)
        return true;
    while (!is_statement_end(head)) {
        if (head->token.kind != WF_PYTHON_NAME && !is_other(head, ',') &&
            !is_other(head, '(') && !is_other(head, ')'))
            return wf_error_set(
                head->err, WF_ERR_MALFORMED,
                "line %zu: a `from __future__` import holds more than names",
                wf_python_line_number(head->tokens.text, head->token.off));
        if (!next(head))
            return false;
    }
    if (!place_behind(head))
        return false;
    head->place.head_off = head->place.off;
    return true;
}

static bool
is_lone_sign(const struct head *head)
{
    return head->token.kind == WF_PYTHON_COMMENT && head->token.len == 1;
}

static bool
is_shebang(const struct head *head)
{
    return head->token.kind == WF_PYTHON_COMMENT && head->token.off == 0 &&
           wf_bytes_starts_with(head->tokens.text, "#!");
}

/* The comment that heads the file: "#!", then, behind blank lines and lone signs, one run of
 * comment lines.  What help() shows of a module without docstring is that comment. */
static bool
take_heading(struct head *head)
{
    bool in_run = false;

    while (head->token.kind == WF_PYTHON_LINE_END ||
           head->token.kind == WF_PYTHON_COMMENT) {
        if (head->token.kind == WF_PYTHON_COMMENT) {
            in_run = in_run || (!is_lone_sign(head) && !is_shebang(head));
            if (!place_behind(head))
                return false;
            if (!in_run)
                head->place.top_off = head->place.off;
        } else if (in_run) {
            return true;
        }
        if (head->token.kind == WF_PYTHON_LINE_END && !next(head))
            return false;
    }
    return true;
}

static enum wf_line_ending
find_ending(struct wf_bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '\n')
            return WF_LF;
        if (text.data[i] == '\r')
            return wf_python_line_end(text, i) == 2 ? WF_CRLF : WF_CR;
    }
    return WF_CRLF;
}

static bool
take_statements(struct head *head)
{
    enum found found = FOUND_NOTHING;
    bool is_future = true;

    if (!take_heading(head) || !skip_to_statement(head) || !take_docstring(head, &found))
        return false;
    while (found != FOUND_OTHER && is_future) {
        if (!skip_to_statement(head) || !take_future(head, &is_future))
            return false;
    }
    return true;
}

bool
wf_python_find_place(struct wf_python_place *out, struct wf_bytes text,
                     struct wf_error *err)
{
    struct head head = { .err = err };
    struct wf_bytes coding = { 0 };

    if (!wf_python_tokens_init(&head.tokens, text, err))
        return false;
    head.place =
        (struct wf_python_place){ .off = head.tokens.at,
                                  .head_off = wf_python_coding_line(&coding, text),
                                  .top_off = head.tokens.at,
                                  .is_first = true,
                                  .ending = find_ending(text) };
    if (head.place.head_off < head.tokens.at)
        head.place.head_off = head.tokens.at;
    if (!next(&head) || !take_statements(&head))
        return false;
    *out = head.place;
    return true;
}
