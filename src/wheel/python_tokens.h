/* python_tokens.h -- Python source cut into tokens: just as fine as it takes to know where
 * strings, comments, brackets and lines begin and end. */
#ifndef WF_WHEEL_PYTHON_TOKENS_H
#define WF_WHEEL_PYTHON_TOKENS_H

#include "base/bytes.h"

enum wf_python_kind {
    WF_PYTHON_END,
    WF_PYTHON_LINE_END, /* outside of brackets; with `off` and `len` of the ending */
    WF_PYTHON_COMMENT,  /* from '#' to the end of its line */
    WF_PYTHON_NAME,     /* names, keywords, and numbers, too */
    WF_PYTHON_STRING,   /* with its prefix; not of the two following kinds */
    WF_PYTHON_FORMAT,   /* the opening of an f-string or t-string; what stands in its
                           replacement fields are tokens again */
    WF_PYTHON_OTHER,    /* one byte */
};

/* wf_python_token is one of them.  `indent` is the column of the physical line it is the first
 * token of, as Python counts it, and WF_PYTHON_INSIDE for all others and for continued lines. */
struct wf_python_token {
    enum wf_python_kind kind;
    size_t off;
    size_t len;
    size_t indent;
};

#define WF_PYTHON_INSIDE SIZE_MAX

/* Above what CPython's tokenizer allows: 200 brackets and 150 nested f-strings. */
enum { WF_PYTHON_MAX_OPEN = 400 };

/* What is open: a bracket, an f-string, a replacement field or its format. */
struct wf_python_open {
    uint8_t kind;  /* the byte of a bracket, or one of python_tokens.c */
    uint8_t quote; /* of f-strings and what stands in them */
    bool is_triple;
    bool is_raw;
    size_t off;
};

struct wf_python_tokens {
    struct wf_bytes text;
    size_t at;
    /* Encodings of two bytes per character, the second of which may be a backslash: bytes
     * of these ranges take the next byte along.  All zero: there are none. */
    uint8_t lead[4];
    size_t num_open;
    struct wf_python_open open[WF_PYTHON_MAX_OPEN + 1]; /* [num_open] is the last one */
};

/* wf_python_tokens_init begins at the first byte behind a byte order mark.  Malformed: NUL
 * bytes, UTF-16.  Unsupported: a declared encoding in which ASCII bytes stand for something
 * else. */
WF_MUST_USE bool wf_python_tokens_init(struct wf_python_tokens *out, struct wf_bytes text,
                                       struct wf_error *err);

/* wf_python_next takes the next token; blanks and joined lines between tokens are passed
 * over.  Malformed: a string or a bracket without an end, or closed by another one; a
 * backslash in front of something else than a line ending.  After WF_PYTHON_END there is
 * only that. */
WF_MUST_USE bool wf_python_next(struct wf_python_token *out,
                                struct wf_python_tokens *tokens, struct wf_error *err);

/* wf_python_line_end is the length of the line ending at `off`: LF, CRLF, CR; 0: none. */
size_t wf_python_line_end(struct wf_bytes text, size_t off);

/* wf_python_line_number counts from 1. */
size_t wf_python_line_number(struct wf_bytes text, size_t off);

/* wf_python_coding_line is the length of what ends with the line that declares the encoding
 * (PEP 263: line 1, or 2 when 1 is blank or a comment), 0 without one; *coding is the name. */
size_t wf_python_coding_line(struct wf_bytes *coding, struct wf_bytes text);

#endif
