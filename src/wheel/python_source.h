/* python_source.h -- enough of Python's grammar to find, in any source file, the place behind
 * what must come first: encoding lines, docstring, `from __future__` imports.
 * The Python Language Reference, 2 "Lexical analysis", 7.11.1 "Future statements". */
#ifndef WF_WHEEL_PYTHON_SOURCE_H
#define WF_WHEEL_PYTHON_SOURCE_H

#include "base/bytes.h"

enum wf_line_ending { WF_LF, WF_CRLF, WF_CR };

/* wf_python_place is where a statement can be put so that all before it keeps its meaning:
 * at `off`, the beginning of a line, or, where the last statement before has no line ending
 * of its own or is followed on its line by others (";"), at that place with `needs_line`. */
struct wf_python_place {
    size_t off;
    bool needs_line;            /* a line ending must come first */
    bool is_first;              /* nothing but blank space stands before it */
    enum wf_line_ending ending; /* the file's first; CRLF when it has none */
    bool has_docstring;
};

/* wf_python_find_place finds it.  The text is bytes: encodings other than UTF-8 are supersets
 * of ASCII where it matters, which their declaration tells (PEP 263); UTF-16 is refused.
 * WF_ERR_MALFORMED, with the line, for source that Python would not compile either: a string
 * or a bracket without an end, NUL bytes, bad indentation at the top.  Linear in the text. */
WF_MUST_USE bool wf_python_find_place(struct wf_python_place *out, struct wf_bytes text,
                                      struct wf_error *err);

/* wf_python_is_namespace says whether the file is the pkgutil or pkg_resources idiom of a
 * namespace package. */
bool wf_python_is_namespace(struct wf_bytes text);

#endif
