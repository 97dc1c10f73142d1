/* python_tokens.c -- cutting Python source into tokens (The Python Language Reference, 2
 * "Lexical analysis"; f-strings as since 3.12, PEP 701, which reads older ones alike). */
#include "wheel/python_tokens.h"

#include <string.h>

/* What may be open besides brackets. */
enum {
    OPEN_TEXT = 'f',   /* the text of an f-string */
    OPEN_FIELD = 'e',  /* an expression in it, in braces */
    OPEN_FORMAT = 's', /* the format behind that, which is text again */
};

size_t
wf_python_line_end(struct wf_bytes text, size_t off)
{
    if (off >= text.len)
        return 0;
    if (text.data[off] == '\n')
        return 1;
    if (text.data[off] != '\r')
        return 0;
    return off + 1 < text.len && text.data[off + 1] == '\n' ? 2 : 1;
}

size_t
wf_python_line_number(struct wf_bytes text, size_t off)
{
    size_t num = 1;

    for (size_t i = 0; i < off && i < text.len;) {
        const size_t ending = wf_python_line_end(text, i);

        num += ending > 0 && i + ending <= off;
        i += ending > 0 ? ending : 1;
    }
    return num;
}

static bool
fail(const struct wf_python_tokens *tokens, size_t off, const char *what,
     struct wf_error *err)
{
    return wf_error_set(err, WF_ERR_MALFORMED, "line %zu: %s",
                        wf_python_line_number(tokens->text, off), what);
}

static bool
is_at_end(const struct wf_python_tokens *tokens)
{
    return tokens->at == tokens->text.len;
}

/* The byte `ahead` of the cursor, or NUL, which the text does not hold. */
static uint8_t
peek(const struct wf_python_tokens *tokens, size_t ahead)
{
    return ahead < tokens->text.len - tokens->at ? tokens->text.data[tokens->at + ahead]
                                                 : '\0';
}

static bool
is_lead(const struct wf_python_tokens *tokens, uint8_t c)
{
    const uint8_t *lead = tokens->lead;

    return c >= 0x80 &&
           ((c >= lead[0] && c <= lead[1]) || (c >= lead[2] && c <= lead[3]));
}

/* How many bytes the character at the cursor takes, as far as that matters. */
static size_t
char_len(const struct wf_python_tokens *tokens)
{
    return is_lead(tokens, peek(tokens, 0)) && peek(tokens, 1) >= 0x40 ? 2 : 1;
}

static bool
is_name_byte(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_' || c >= 0x80;
}

/* What was opened last; its kind is 0 when nothing is open. */
static struct wf_python_open *
top(struct wf_python_tokens *tokens)
{
    return &tokens->open[tokens->num_open];
}

static bool
push(struct wf_python_tokens *tokens, struct wf_python_open open, struct wf_error *err)
{
    if (tokens->num_open == WF_PYTHON_MAX_OPEN)
        return fail(tokens, open.off, "more brackets are open than Python allows", err);
    tokens->open[++tokens->num_open] = open;
    return true;
}

/* At a backslash, outside of strings. */
static bool
join_lines(struct wf_python_tokens *tokens, struct wf_error *err)
{
    const size_t ending = wf_python_line_end(tokens->text, tokens->at + 1);

    if (ending == 0 && tokens->at + 1 < tokens->text.len)
        return fail(tokens, tokens->at, "a backslash joins lines only at the end of one",
                    err);
    tokens->at += 1 + ending;
    return true;
}

/* Passes over blanks, joined lines, and in brackets line endings.  `indent` counts columns
 * while nothing but blanks was met since the beginning of a line. */
static bool
skip_blanks(struct wf_python_tokens *tokens, size_t *indent, struct wf_error *err)
{
    while (!is_at_end(tokens)) {
        const uint8_t c = peek(tokens, 0);
        const size_t ending =
            tokens->num_open > 0 ? wf_python_line_end(tokens->text, tokens->at) : 0;

        if (c == '\\') {
            *indent = WF_PYTHON_INSIDE;
            if (!join_lines(tokens, err))
                return false;
            continue;
        }
        if (c != ' ' && c != '\t' && c != '\f' && ending == 0)
            break;
        tokens->at += ending > 0 ? ending : 1;
        if (*indent != WF_PYTHON_INSIDE)
            *indent = c == '\f' ? 0 : c == '\t' ? (*indent / 8 + 1) * 8 : *indent + 1;
    }
    return true;
}

static bool
is_quoted_by(const struct wf_python_tokens *tokens, uint8_t quote, bool is_triple)
{
    return peek(tokens, 0) == quote &&
           (!is_triple || (peek(tokens, 1) == quote && peek(tokens, 2) == quote));
}

/* At a backslash in a string: that and what it escapes. */
static void
skip_escape(struct wf_python_tokens *tokens)
{
    const size_t ending = wf_python_line_end(tokens->text, tokens->at + 1);

    tokens->at++;
    if (!is_at_end(tokens))
        tokens->at += ending > 0 ? ending : char_len(tokens);
}

static size_t
quotes_len(const struct wf_python_tokens *tokens, bool *is_triple)
{
    const uint8_t quote = peek(tokens, 0);

    *is_triple = peek(tokens, 1) == quote && peek(tokens, 2) == quote;
    return *is_triple ? 3 : 1;
}

/* At the opening quotes of a string without replacement fields, which began at `off`. */
static bool
take_string(struct wf_python_tokens *tokens, size_t off, struct wf_error *err)
{
    const uint8_t quote = peek(tokens, 0);
    bool is_triple;
    const size_t len = quotes_len(tokens, &is_triple);

    tokens->at += len;
    while (!is_at_end(tokens)) {
        if (is_quoted_by(tokens, quote, is_triple)) {
            tokens->at += len;
            return true;
        }
        if (!is_triple && wf_python_line_end(tokens->text, tokens->at) > 0)
            break;
        if (peek(tokens, 0) == '\\')
            skip_escape(tokens);
        else
            tokens->at += char_len(tokens);
    }
    return fail(tokens, off, "the string that begins here has no end", err);
}

enum prefix { PREFIX_NONE, PREFIX_PLAIN, PREFIX_FORMAT, PREFIX_RAW_FORMAT };

/* Every combination that some Python has had. */
static enum prefix
read_prefix(struct wf_bytes name)
{
    static const char *const plain[] = { "r", "u", "b", "br", "rb", "ur" };
    char lower[3] = { 0 };

    if (name.len > 2)
        return PREFIX_NONE;
    for (size_t i = 0; i < name.len; i++)
        lower[i] = (char)(name.data[i] | 0x20);
    for (size_t i = 0; i < WF_COUNT(plain); i++) {
        if (strcmp(lower, plain[i]) == 0)
            return PREFIX_PLAIN;
    }
    if (strcmp(lower, "f") == 0 || strcmp(lower, "t") == 0)
        return PREFIX_FORMAT;
    if (strcmp(lower, "fr") == 0 || strcmp(lower, "rf") == 0 ||
        strcmp(lower, "tr") == 0 || strcmp(lower, "rt") == 0)
        return PREFIX_RAW_FORMAT;
    return PREFIX_NONE;
}

static bool
is_quote(uint8_t c)
{
    return c == '"' || c == '\'';
}

/* A name, or the string or f-string whose prefix it is. */
static bool
take_word(struct wf_python_token *out, struct wf_python_tokens *tokens,
          struct wf_error *err)
{
    while (!is_at_end(tokens) && is_name_byte(peek(tokens, 0)))
        tokens->at += char_len(tokens);
    const enum prefix prefix =
        !is_quote(peek(tokens, 0))
            ? PREFIX_NONE
            : read_prefix(wf_bytes_first(wf_bytes_skip(tokens->text, out->off),
                                         tokens->at - out->off));

    if (prefix == PREFIX_NONE) {
        out->kind = WF_PYTHON_NAME;
        return true;
    }
    if (prefix == PREFIX_PLAIN) {
        out->kind = WF_PYTHON_STRING;
        return take_string(tokens, out->off, err);
    }
    struct wf_python_open open = { .kind = OPEN_TEXT,
                                   .quote = peek(tokens, 0),
                                   .is_raw = prefix == PREFIX_RAW_FORMAT,
                                   .off = out->off };

    out->kind = WF_PYTHON_FORMAT;
    tokens->at += quotes_len(tokens, &open.is_triple);
    return push(tokens, open, err);
}

static bool
close_bracket(struct wf_python_tokens *tokens, uint8_t c, struct wf_error *err)
{
    const struct wf_python_open *open = top(tokens);
    const uint8_t opening = c == ')' ? '(' : c == ']' ? '[' : '{';

    if (open->kind != opening && !(c == '}' && open->kind == OPEN_FIELD))
        return fail(tokens, tokens->at, "a bracket is closed that is not open", err);
    tokens->num_open--;
    return true;
}

static bool
take_other(struct wf_python_token *out, struct wf_python_tokens *tokens,
           struct wf_error *err)
{
    const uint8_t c = peek(tokens, 0);
    struct wf_python_open *open = top(tokens);

    out->kind = WF_PYTHON_OTHER;
    if (c == '(' || c == '[' || c == '{') {
        if (!push(tokens, (struct wf_python_open){ .kind = c, .off = tokens->at }, err))
            return false;
    } else if (c == ')' || c == ']' || c == '}') {
        if (!close_bracket(tokens, c, err))
            return false;
    } else if (c == ':' && open->kind == OPEN_FIELD) {
        open->kind = OPEN_FORMAT;
    }
    tokens->at++;
    return true;
}

/* At a brace in the text of an f-string; two of them stand for one, but not in formats. */
static bool
take_brace(struct wf_python_tokens *tokens, struct wf_error *err)
{
    const struct wf_python_open *open = top(tokens);
    const uint8_t c = peek(tokens, 0);

    if (open->kind == OPEN_TEXT && peek(tokens, 1) == c) {
        tokens->at += 2;
        return true;
    }
    if (c == '}') {
        if (open->kind == OPEN_TEXT)
            return fail(tokens, tokens->at, "a bracket is closed that is not open", err);
        tokens->num_open--;
        tokens->at++;
        return true;
    }
    const struct wf_python_open field = { .kind = OPEN_FIELD,
                                          .quote = open->quote,
                                          .is_triple = open->is_triple,
                                          .is_raw = open->is_raw,
                                          .off = tokens->at };

    tokens->at++;
    return push(tokens, field, err);
}

/* At a backslash in the text of an f-string.  A brace is never escaped by it, but the one
 * of \N{...} opens no field. */
static void
skip_format_escape(struct wf_python_tokens *tokens)
{
    const uint8_t next = peek(tokens, 1);

    if (next == '{' || next == '}') {
        tokens->at++;
    } else if (next == 'N' && peek(tokens, 2) == '{' && !top(tokens)->is_raw) {
        tokens->at += 3;
        while (is_name_byte(peek(tokens, 0)) || peek(tokens, 0) == ' ' ||
               peek(tokens, 0) == '-')
            tokens->at++;
        tokens->at += peek(tokens, 0) == '}';
    } else {
        skip_escape(tokens);
    }
}

/* In the text of an f-string, or in a format: to the next field, or to its end. */
static bool
pass_text(struct wf_python_tokens *tokens, struct wf_error *err)
{
    const struct wf_python_open open = *top(tokens);

    while (!is_at_end(tokens)) {
        const uint8_t c = peek(tokens, 0);

        if (c == '{' || c == '}') {
            const size_t before = tokens->num_open;

            if (!take_brace(tokens, err))
                return false;
            if (tokens->num_open != before)
                return true;
        } else if (open.kind == OPEN_TEXT &&
                   is_quoted_by(tokens, open.quote, open.is_triple)) {
            tokens->at += open.is_triple ? 3 : 1;
            tokens->num_open--;
            return true;
        } else if (!open.is_triple && open.kind == OPEN_TEXT &&
                   wf_python_line_end(tokens->text, tokens->at) > 0) {
            break; /* 3.12 lets formats have line endings, as the expressions before them */
        } else if (c == '\\') {
            skip_format_escape(tokens);
        } else {
            tokens->at += char_len(tokens);
        }
    }
    return fail(tokens, open.off, "the string that begins here has no end", err);
}

static bool
take_end(struct wf_python_token *out, struct wf_python_tokens *tokens,
         struct wf_error *err)
{
    const struct wf_python_open *open = top(tokens);

    if (tokens->num_open > 0)
        return fail(tokens, open->off, "the bracket that opens here is never closed",
                    err);
    out->kind = WF_PYTHON_END;
    return true;
}

static bool
is_line_start(const struct wf_python_tokens *tokens)
{
    const size_t at = tokens->at;

    if (tokens->num_open > 0)
        return false;
    return at == 0 || tokens->text.data[at - 1] == '\n' ||
           tokens->text.data[at - 1] == '\r' ||
           (at == 3 && wf_bytes_starts_with(tokens->text, "\xef\xbb\xbf"));
}

bool
wf_python_next(struct wf_python_token *out, struct wf_python_tokens *tokens,
               struct wf_error *err)
{
    struct wf_python_token token = { 0 };

    token.indent = is_line_start(tokens) ? 0 : WF_PYTHON_INSIDE;
    while (top(tokens)->kind == OPEN_TEXT || top(tokens)->kind == OPEN_FORMAT) {
        if (!pass_text(tokens, err))
            return false;
    }
    if (!skip_blanks(tokens, &token.indent, err))
        return false;
    const uint8_t c = peek(tokens, 0);
    const size_t ending = wf_python_line_end(tokens->text, tokens->at);
    bool ok = true;

    token.off = tokens->at;
    if (is_at_end(tokens)) {
        ok = take_end(&token, tokens, err);
    } else if (ending > 0) {
        token.kind = WF_PYTHON_LINE_END;
        tokens->at += ending;
    } else if (c == '#') {
        token.kind = WF_PYTHON_COMMENT;
        while (!is_at_end(tokens) && wf_python_line_end(tokens->text, tokens->at) == 0)
            tokens->at++;
    } else if (is_quote(c)) {
        token.kind = WF_PYTHON_STRING;
        ok = take_string(tokens, token.off, err);
    } else if (is_name_byte(c)) {
        ok = take_word(&token, tokens, err);
    } else {
        ok = take_other(&token, tokens, err);
    }
    token.len = tokens->at - token.off;
    if (ok)
        *out = token;
    return ok;
}
