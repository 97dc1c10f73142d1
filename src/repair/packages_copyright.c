/* packages_copyright.c -- Debian's machine-readable copyright files (DEP-5, since policy
 * 3.9.3 copyright-format 1.0): the licence of "Files: *". */
#include <string.h>

#include "repair/packages_parts.h"

/* One paragraph, as far as it is read. */
struct paragraph {
    bool has_lines;
    bool is_format;      /* its Format names copyright-format or its older homes */
    bool in_files;       /* the lines that follow go on with Files */
    bool is_all;         /* Files has the pattern "*" */
    const char *licence; /* or NULL */
};

static bool
has_word(struct wf_bytes text, const char *wanted)
{
    while (text.len > 0) {
        size_t len = 0;

        while (len < text.len && text.data[len] != ' ' && text.data[len] != '\t')
            len++;
        if (wf_bytes_equal_str(wf_bytes_first(text, len), wanted))
            return true;
        text = wf_package_trim(wf_bytes_skip(text, len));
    }
    return false;
}

static bool
contains(struct wf_bytes text, const char *part)
{
    for (; text.len >= strlen(part); text = wf_bytes_skip(text, 1))
        if (wf_bytes_starts_with(text, part))
            return true;
    return false;
}

/* Debian's own tools take the addresses of the drafts as well. */
static bool
names_format(struct wf_bytes value)
{
    return contains(value, "copyright-format") || contains(value, "dep5") ||
           contains(value, "dep-5") || contains(value, "proposals/CopyrightFormat");
}

static void
read_line(struct paragraph *paragraph, struct wf_arena *arena, struct wf_bytes line)
{
    struct wf_bytes value;

    paragraph->has_lines = true;
    if (line.data[0] == ' ' || line.data[0] == '\t') {
        if (paragraph->in_files && has_word(wf_package_trim(line), "*"))
            paragraph->is_all = true;
        return;
    }
    paragraph->in_files = false;
    if (wf_package_field(&value, line, "Format") ||
        wf_package_field(&value, line, "Format-Specification")) {
        paragraph->is_format = names_format(value);
    } else if (wf_package_field(&value, line, "Files")) {
        paragraph->in_files = true;
        paragraph->is_all = has_word(value, "*");
    } else if (wf_package_field(&value, line, "License")) {
        paragraph->licence = wf_package_licence(arena, value);
    }
}

const char *
wf_copyright_licence(struct wf_arena *arena, struct wf_bytes text)
{
    struct paragraph paragraph = { 0 };
    const char *licence = NULL;
    bool is_first = true;
    struct wf_bytes line;

    while (wf_bytes_line(&line, &text)) {
        const bool is_end = wf_package_trim(line).len == 0;

        if (!is_end)
            read_line(&paragraph, arena, line);
        if (!is_end && text.len > 0)
            continue;
        if (!paragraph.has_lines)
            continue;
        if (is_first && !paragraph.is_format)
            return NULL;
        is_first = false;
        if (paragraph.is_all) /* of several that match a file, the last holds */
            licence = paragraph.licence;
        paragraph = (struct paragraph){ 0 };
    }
    return licence;
}
