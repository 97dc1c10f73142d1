/* error.c -- filling in a struct wf_error. */
#include "base/error.h"

#include <stdio.h>
#include <string.h>

/* Marks a text that was cut, so that nobody takes it for the whole. */
static void
mark_cut(char *text, size_t size, int needed)
{
    if (needed >= 0 && (size_t)needed >= size)
        memcpy(text + size - 4, "...", 4);
}

static void set_text(struct wf_error *err, enum wf_error_kind kind, const char *fmt,
                     va_list args, size_t at) WF_PRINTF(3, 0);

static void
set_text(struct wf_error *err, enum wf_error_kind kind, const char *fmt, va_list args,
         size_t at)
{
    err->kind = kind;
    err->where[0] = '\0';
    const int needed = vsnprintf(err->text + at, sizeof err->text - at, fmt, args);

    mark_cut(err->text + at, sizeof err->text - at, needed);
}

bool
wf_error_set(struct wf_error *err, enum wf_error_kind kind, const char *fmt, ...)
{
    va_list args;

    if (err == NULL)
        return false;
    err->has_offset = false;
    err->offset = 0;
    va_start(args, fmt);
    set_text(err, kind, fmt, args, 0);
    va_end(args);
    return false;
}

bool
wf_error_at(struct wf_error *err, enum wf_error_kind kind, uint64_t offset,
            const char *fmt, ...)
{
    va_list args;

    if (err == NULL)
        return false;
    err->has_offset = true;
    err->offset = offset;
    const int len =
        snprintf(err->text, sizeof err->text, "at 0x%llx: ", (unsigned long long)offset);

    va_start(args, fmt);
    set_text(err, kind, fmt, args, (size_t)len);
    va_end(args);
    return false;
}

bool
wf_error_prefix(struct wf_error *err, const char *fmt, ...)
{
    char inner[sizeof err->where];
    va_list args;

    if (err == NULL)
        return false;
    memcpy(inner, err->where, sizeof inner);
    va_start(args, fmt);
    int len = vsnprintf(err->where, sizeof err->where, fmt, args);
    va_end(args);
    mark_cut(err->where, sizeof err->where, len);
    if (inner[0] == '\0' || len < 0 || (size_t)len >= sizeof err->where)
        return false;
    const size_t room = sizeof err->where - (size_t)len;

    mark_cut(err->where + len, room, snprintf(err->where + len, room, ": %s", inner));
    return false;
}

const char *
wf_error_kind_name(enum wf_error_kind kind)
{
    static const char *const names[] = {
        [WF_ERR_NONE] = "none",
        [WF_ERR_USAGE] = "usage",
        [WF_ERR_IO] = "io",
        [WF_ERR_MALFORMED] = "malformed",
        [WF_ERR_UNSUPPORTED] = "unsupported",
        [WF_ERR_LIMIT] = "limit",
        [WF_ERR_REFUSED] = "refused",
    };

    return names[kind];
}
