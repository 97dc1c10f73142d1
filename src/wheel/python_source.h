/* python_source.h -- enough of Python's grammar to find, in any source file, the place behind
 * what must come first: encoding lines, docstring, `from __future__` imports.
 * The Python Language Reference, 2 "Lexical analysis", 7.11.1 "Future statements". */
#ifndef WF_WHEEL_PYTHON_SOURCE_H
#define WF_WHEEL_PYTHON_SOURCE_H

#include "base/arena.h"

enum wf_line_ending { WF_LF, WF_CRLF, WF_CR };

/* wf_python_place is where a statement can be put so that all before it keeps its meaning:
 * behind the docstring or the last `from __future__`, else behind the comment that heads the
 * file.  `off` is the beginning of a line, or, where the last statement before has no line
 * ending of its own or is followed on its line by others (";"), it is that place, and
 * `needs_line` is set. */
struct wf_python_place {
    size_t off;
    size_t
        head_off; /* the byte order mark, an encoding line and the last `from __future__`
                        end here: in front of it no statement may stand; <= off */
    size_t
        top_off; /* up to here there are only "#!", blank lines and lone signs: a comment
                       put there is what help() shows for want of a docstring */
    bool needs_line;            /* a line ending must come first */
    bool is_first;              /* nothing but blank space stands before it */
    enum wf_line_ending ending; /* the file's first; CRLF when it has none */
    bool has_docstring;
};

/* wf_python_find_place finds it.  The text is bytes: encodings other than UTF-8 are supersets
 * of ASCII where it matters, which their declaration tells (PEP 263); one that is not is
 * WF_ERR_UNSUPPORTED.  WF_ERR_MALFORMED, with the line, for source that Python would not
 * compile either: NUL bytes, UTF-16, and as far as the place: a string or a bracket without
 * an end, indentation.  What follows the place is not looked at.  Linear in the text. */
WF_MUST_USE bool wf_python_find_place(struct wf_python_place *out, struct wf_bytes text,
                                      struct wf_error *err);

/* wf_python_mark is a comment that stands where the patch shall. */
struct wf_python_mark {
    size_t off; /* of the line */
    size_t len; /* without its ending */
};

struct wf_python_marks {
    struct wf_python_mark *items; /* owned by the arena */
    size_t num;
    size_t cap;
};

/* wf_python_find_marks finds the lines that are just `# delvewheel: patch`, blanks around
 * the words at will but none before the '#'.  In strings it is text.  WF_ERR_REFUSED where a
 * statement would break the source: in brackets, in a block, in front of what must come
 * first or of `else`, behind a decorator.  Reads the whole text; errors are those of
 * wf_python_find_place. */
WF_MUST_USE bool wf_python_find_marks(struct wf_python_marks *out, struct wf_arena *arena,
                                      struct wf_bytes text, struct wf_error *err);

/* wf_python_is_namespace says whether a line of the file is the pkgutil or pkg_resources
 * idiom of a namespace package; blanks and kinds of quotes do not matter. */
bool wf_python_is_namespace(struct wf_bytes text);

#endif
