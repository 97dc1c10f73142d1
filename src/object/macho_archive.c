/* macho_archive.c -- static libraries (see macho_archive.h). */
#include "object/macho_archive.h"

#include <string.h>

static const char archive_magic[] = "!<arch>\n";

enum {
    AR_MAGIC_LEN = 8,
    AR_HEADER_LEN = 60,
    AR_SIZE_OFF = 48,
    AR_SIZE_LEN = 10,
    AR_END_OFF = 58,
    AR_NAME_LEN = 16,
};

bool
wf_macho_is_archive(struct wf_bytes bytes)
{
    return wf_bytes_starts_with(bytes, archive_magic);
}

/* A number in decimal, padded with blanks; false for anything else. */
static bool
read_number(uint64_t *out, struct wf_bytes field)
{
    uint64_t number = 0;
    size_t i = 0;

    for (; i < field.len && field.data[i] >= '0' && field.data[i] <= '9'; i++)
        number = number * 10 + (field.data[i] - '0');
    if (i == 0)
        return false;
    for (; i < field.len; i++)
        if (field.data[i] != ' ')
            return false;
    *out = number;
    return true;
}

/* Takes the next member off *rest: its bytes, behind a long name that precedes them. */
static bool
next_member(struct wf_bytes *out, struct wf_bytes *rest, struct wf_error *err)
{
    static const char long_name[] = "#1/";
    struct wf_bytes header;
    uint64_t len;
    uint64_t name_len = 0;

    if (!wf_bytes_slice(&header, *rest, 0, AR_HEADER_LEN, "the header of a member", err))
        return false;
    const struct wf_bytes size =
        wf_bytes_first(wf_bytes_skip(header, AR_SIZE_OFF), AR_SIZE_LEN);

    if (header.data[AR_END_OFF] != '`' || header.data[AR_END_OFF + 1] != '\n' ||
        !read_number(&len, size))
        return wf_error_at(err, WF_ERR_MALFORMED, header.file_off,
                           "no header of a static library's member begins here");
    if (!wf_bytes_slice(out, *rest, AR_HEADER_LEN, len, "a member", err))
        return false;
    *rest = wf_bytes_skip(*rest, (size_t)(AR_HEADER_LEN + len));
    /* Members begin at even places; a blank line may be left out at the end. */
    if (len % 2 != 0 && rest->len > 0)
        *rest = wf_bytes_skip(*rest, 1);
    const struct wf_bytes name = wf_bytes_first(header, AR_NAME_LEN);

    if (!wf_bytes_starts_with(name, long_name))
        return true;
    if (!read_number(&name_len, wf_bytes_skip(name, strlen(long_name))) ||
        name_len > out->len)
        return wf_error_at(err, WF_ERR_MALFORMED, header.file_off,
                           "the long name of a member does not fit in its %zu bytes",
                           out->len);
    *out = wf_bytes_skip(*out, (size_t)name_len);
    return true;
}

/* Not its table of symbols, which comes first. */
static bool
is_image(struct wf_bytes bytes)
{
    static const enum wf_endian orders[] = { WF_LITTLE, WF_BIG };

    for (size_t i = 0; i < WF_COUNT(orders); i++) {
        struct wf_reader r = wf_reader_over(bytes, orders[i]);
        const uint32_t magic = wf_read_u32(&r);

        if (!r.failed && (magic == MH_MAGIC || magic == MH_MAGIC_64))
            return true;
    }
    return false;
}

bool
wf_macho_archive_cpu(uint32_t *cpu_type, uint32_t *cpu_subtype, bool *is_64,
                     struct wf_bytes file, struct wf_error *err)
{
    struct wf_bytes rest = wf_bytes_skip(file, AR_MAGIC_LEN);
    struct wf_macho_header first = { 0 };
    bool any = false;

    while (rest.len > 0) {
        struct wf_macho_header header;
        struct wf_bytes member;

        if (!next_member(&member, &rest, err))
            return false;
        if (!is_image(member))
            continue;
        if (!wf_macho_read_header(&header, member, err))
            return false;
        if (any && (header.cpu_type != first.cpu_type ||
                    (header.cpu_subtype & CPU_SUBTYPE_MASK) !=
                        (first.cpu_subtype & CPU_SUBTYPE_MASK)))
            return wf_error_at(err, WF_ERR_MALFORMED, member.file_off,
                               "the static library has objects for several processors");
        if (!any)
            first = header;
        any = true;
    }
    if (!any)
        return wf_error_at(err, WF_ERR_MALFORMED, file.file_off,
                           "the static library has no object that tells its processor");
    *cpu_type = first.cpu_type;
    *cpu_subtype = first.cpu_subtype;
    *is_64 = first.is_64;
    return true;
}
