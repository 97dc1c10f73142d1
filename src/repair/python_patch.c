/* python_patch.c -- the statements that make Python find bundled DLLs (see python_patch.h). */
#include "repair/python_patch.h"

#include <string.h>

#include "base/utf8.h"

static const char start_mark[] = "# start delvewheel patch";
static const char end_mark[] = "# end delvewheel patch";

/* The line without its ending, at `*off`, which moves behind it. */
static struct wf_bytes
take_line(struct wf_bytes text, size_t *off)
{
    const struct wf_bytes rest = wf_bytes_skip(text, *off);
    size_t len = 0;

    while (len < rest.len && rest.data[len] != '\n' && rest.data[len] != '\r')
        len++;
    *off += len < rest.len ? len + 1 : len;
    return wf_bytes_first(rest, len);
}

static struct wf_bytes
trim_end(struct wf_bytes line)
{
    while (line.len > 0 &&
           (line.data[line.len - 1] == ' ' || line.data[line.len - 1] == '\t'))
        line = wf_bytes_first(line, line.len - 1);
    return line;
}

/* Does the line end in this comment, with nothing before it but, perhaps, the constant that
 * keeps it from being the comment that heads the file?  delvewheel writes an empty string. */
static bool
is_marked(struct wf_bytes line, const char *mark)
{
    struct wf_bytes rest = trim_end(line);
    const size_t len = strlen(mark);

    if (rest.len < len || !wf_bytes_equal_str(wf_bytes_skip(rest, rest.len - len), mark))
        return false;
    rest = trim_end(wf_bytes_first(rest, rest.len - len));
    if (wf_bytes_starts_with(rest, "\xef\xbb\xbf"))
        rest = wf_bytes_skip(rest, 3);
    return rest.len == 0 || wf_bytes_equal_str(rest, "None") ||
           wf_bytes_equal_str(rest, "\"\"\"\"\"\"");
}

bool
wf_python_patch_is_there(struct wf_bytes text)
{
    bool started = false;

    for (size_t off = 0; off < text.len;) {
        const struct wf_bytes line = take_line(text, &off);

        if (started && is_marked(line, end_mark))
            return true;
        started = started || is_marked(line, start_mark);
    }
    return false;
}

static const char *
ending_text(enum wf_line_ending ending)
{
    return ending == WF_LF ? "\n" : ending == WF_CR ? "\r" : "\r\n";
}

/* A run of output in which each LF becomes the file's line ending. */
struct writing {
    struct wf_buffer *out;
    const char *ending;
    const struct wf_python_patch *patch;
};

static void
add(const struct writing *w, const char *lines)
{
    for (; *lines != '\0'; lines++) {
        if (*lines == '\n')
            wf_buffer_add_str(w->out, w->ending);
        else
            wf_buffer_add_char(w->out, *lines);
    }
}

/* The name of the function: with the tool and its version in it, as delvewheel has its own. */
static void
add_function(const struct writing *w)
{
    wf_buffer_add_str(w->out, "_delvewheel_patch_wheelfix_");
    for (const char *c = w->patch->version; *c != '\0'; c++) {
        const bool is_plain = (*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') ||
                              (*c >= 'A' && *c <= 'Z');

        wf_buffer_add_char(w->out, is_plain ? *c : '_');
    }
}

/* A name as a literal in ASCII, whatever the encoding of the file.  What is not UTF-8 does
 * not come from the name of a member; its bytes stand for themselves. */
static void
add_literal(const struct writing *w, const char *name)
{
    struct wf_bytes rest = wf_bytes_str(name);
    bool is_ascii = true;

    for (size_t i = 0; i < rest.len; i++)
        is_ascii = is_ascii && rest.data[i] < 0x80;
    wf_buffer_add_str(w->out, is_ascii ? "\"" : "u\"");
    while (rest.len > 0) {
        uint32_t c = 0;
        size_t len = wf_utf8_next(rest, &c);

        if (len == 0) {
            c = rest.data[0];
            len = 1;
        }
        if (c > 0xffff)
            wf_buffer_printf(w->out, "\\U%08x", (unsigned)c);
        else if (c > 0xff)
            wf_buffer_printf(w->out, "\\u%04x", (unsigned)c);
        else if (c >= 0x7f || c < ' ')
            wf_buffer_printf(w->out, "\\x%02x", (unsigned)c);
        else if (c == '"' || c == '\\')
            wf_buffer_printf(w->out, "\\%c", (char)c);
        else
            wf_buffer_add_char(w->out, (char)c);
        rest = wf_bytes_skip(rest, len);
    }
    wf_buffer_add_char(w->out, '"');
}

static void
add_folder(const struct writing *w)
{
    add(w, "    folder = os.path.abspath(os.path.join(os.path.dirname(__file__)");
    for (unsigned i = 0; i < w->patch->depth; i++)
        add(w, ", os.pardir");
    add(w, ", ");
    add_literal(w, w->patch->lib_dir);
    add(w, "))\n");
}

/* Freezers leave the folder out, or put it elsewhere: then DLLs are theirs to find. */
static void
add_short_body(const struct writing *w)
{
    add(w, "    import os\n");
    add_folder(w);
    add(w, "    if os.path.isdir(folder):\n"
           "        os.add_dll_directory(folder)\n");
}

/* For every Python from 2.6.  Before 3.8 there is no add_dll_directory, and conda's builds of
 * 3.8 and 3.9 do not heed it: there the DLLs are loaded one by one, each with the folder it
 * is in searched first (8: LOAD_WITH_ALTERED_SEARCH_PATH), those that others need first.
 * Without the types a handle above 4 GiB would be cut. */
static void
add_long_body(const struct writing *w)
{
    add(w, "    import os\n"
           "    import sys\n");
    add_folder(w);
    add(w, "    listens = sys.version_info >= (3, 8)\n"
           "    if listens and sys.version_info < (3, 10):\n"
           "        import platform\n"
           "        if platform.python_implementation() == \"CPython\":\n"
           "            import ctypes\n"
           "            listens = not (hasattr(ctypes.pythonapi, "
           "\"Anaconda_GetVersion\")\n"
           "                           or \"packaged by conda-forge\" in sys.version)\n"
           "    if listens:\n"
           "        if os.path.isdir(folder):\n"
           "            os.add_dll_directory(folder)\n"
           "        return\n"
           "    order = os.path.join(folder, ");
    add_literal(w, w->patch->load_order);
    add(w, ")\n"
           "    if not os.path.isfile(order):\n"
           "        return\n"
           "    import ctypes.wintypes\n"
           "    import io\n"
           "    load = ctypes.WinDLL(\"kernel32\", use_last_error=True).LoadLibraryExW\n"
           "    load.argtypes = [ctypes.wintypes.LPCWSTR, ctypes.wintypes.HANDLE,\n"
           "                     ctypes.wintypes.DWORD]\n"
           "    load.restype = ctypes.wintypes.HMODULE\n"
           "    if isinstance(folder, bytes):\n"
           "        folder = folder.decode(sys.getfilesystemencoding())\n"
           "    with io.open(order, encoding=\"utf-8\") as names:\n"
           "        for name in names:\n"
           "            path = os.path.join(folder, name.strip())\n"
           "            if os.path.isfile(path) and not load(path, None, 8):\n"
           "                raise OSError(\"%s: %s\" % (\n"
           "                    path, ctypes.FormatError(ctypes.get_last_error())))\n");
}

/* Where help() would show the comment for want of a docstring, a constant keeps it from
 * that; an empty string would be a docstring. */
static void
add_patch(const struct writing *w, bool is_shown)
{
    add(w, is_shown ? "None  " : "");
    add(w, start_mark);
    add(w, "\ndef ");
    add_function(w);
    add(w, "():\n");
    if (w->patch->load_order == NULL)
        add_short_body(w);
    else
        add_long_body(w);
    add(w, "\n\n");
    add_function(w);
    add(w, "()\ndel ");
    add_function(w);
    add(w, "\n");
    add(w, end_mark);
}

static void
add_bytes(const struct writing *w, struct wf_bytes text)
{
    wf_buffer_add(w->out, text.data, text.len);
}

static bool
starts_blank(struct wf_bytes text)
{
    return text.len == 0 || text.data[0] == '\n' || text.data[0] == '\r';
}

/* Two blank lines before, one after. */
static bool
write_at_place(const struct writing *w, struct wf_bytes text,
               const struct wf_python_place *place)
{
    const struct wf_bytes rest = wf_bytes_skip(text, place->off);

    add_bytes(w, wf_bytes_first(text, place->off));
    add(w, place->needs_line ? "\n" : "");
    add(w, place->is_first ? "" : "\n\n");
    add_patch(w, !place->has_docstring && place->off <= place->top_off);
    add(w, starts_blank(rest) ? "\n" : "\n\n");
    add_bytes(w, rest);
    return true;
}

static bool
write_at_marks(const struct writing *w, size_t *num, struct wf_bytes text,
               const struct wf_python_place *place, struct wf_error *err)
{
    struct wf_arena arena = { 0 };
    struct wf_python_marks marks = { 0 };
    size_t at = 0;
    const bool ok = wf_python_find_marks(&marks, &arena, text, err);

    for (size_t i = 0; ok && i < marks.num; i++) {
        const struct wf_python_mark *mark = &marks.items[i];

        add_bytes(w, wf_bytes_first(wf_bytes_skip(text, at), mark->off - at));
        add_patch(w, !place->has_docstring && mark->off <= place->top_off);
        at = mark->off + mark->len;
    }
    if (ok)
        add_bytes(w, wf_bytes_skip(text, at));
    *num = marks.num;
    wf_arena_clear(&arena);
    return ok;
}

bool
wf_python_patch_write(struct wf_buffer *out, size_t *num, struct wf_bytes text,
                      const struct wf_python_patch *patch, bool at_marks,
                      struct wf_error *err)
{
    struct wf_python_place place;
    size_t num_written = 0;

    if (wf_python_patch_is_there(text)) {
        wf_buffer_add(out, text.data, text.len);
    } else {
        if (!wf_python_find_place(&place, text, err))
            return false;
        const struct writing w = { out, ending_text(place.ending), patch };

        num_written = 1;
        if (!(at_marks ? write_at_marks(&w, &num_written, text, &place, err)
                       : write_at_place(&w, text, &place)))
            return false;
    }
    if (!wf_buffer_ok(out, "the patched file", err))
        return false;
    *num = num_written;
    return true;
}
