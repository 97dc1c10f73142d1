/* sdist_tar.c -- headers of tar (see sdist_tar.h).  Written here, since libarchive converts
 * paths by the locale of the process: in a container without UTF-8 the bytes would differ. */
#include "pack/sdist_tar.h"

#include <stdio.h>
#include <string.h>

/* The fields of a ustar header. */
enum {
    NAME_OFF = 0,
    NAME_LEN = 100,
    MODE_OFF = 100,
    UID_OFF = 108,
    GID_OFF = 116,
    SHORT_LEN = 8, /* mode, uid, gid, device numbers */
    SIZE_OFF = 124,
    TIME_OFF = 136,
    LONG_LEN = 12, /* size, time */
    SUM_OFF = 148,
    SUM_LEN = 8,
    KIND_OFF = 156,
    MAGIC_OFF = 257,
    DEVICE_OFF = 329,
    PREFIX_OFF = 345,
    PREFIX_LEN = 155,
};

static const uint64_t TOO_LARGE = UINT64_C(1) << 33; /* eleven octal digits */

static bool
is_ascii(const char *path)
{
    for (; *path != '\0'; path++) {
        if ((unsigned char)*path >= 0x80)
            return false;
    }
    return true;
}

/* Octal digits with zeros in front and a NUL behind. */
static void
put_number(uint8_t *field, size_t len, uint64_t value)
{
    field[len - 1] = '\0';
    for (size_t i = len - 1; i > 0; i--) {
        field[i - 1] = (uint8_t)('0' + (value & 7));
        value >>= 3;
    }
}

/* Puts the path into name and prefix, parted at a slash; false when it does not fit. */
static bool
put_path(uint8_t *header, const char *path)
{
    const size_t len = strlen(path);
    const char *slash = path;

    if (len <= NAME_LEN) {
        memcpy(header + NAME_OFF, path, len);
        return true;
    }
    while ((slash = strchr(slash + 1, '/')) != NULL) {
        const size_t before = (size_t)(slash - path);
        const size_t behind = len - before - 1;

        if (before > PREFIX_LEN)
            return false;
        if (behind == 0 || behind > NAME_LEN)
            continue;
        memcpy(header + PREFIX_OFF, path, before);
        memcpy(header + NAME_OFF, slash + 1, behind);
        return true;
    }
    return false;
}

static void
put_sum(uint8_t *header)
{
    uint64_t sum = 0;

    memset(header + SUM_OFF, ' ', SUM_LEN);
    for (size_t i = 0; i < WF_TAR_BLOCK; i++)
        sum += header[i];
    put_number(header + SUM_OFF, SUM_LEN - 1, sum);
}

static void
add_header(struct wf_buffer *out, uint8_t *header, char kind, uint64_t size, int64_t time)
{
    put_number(header + MODE_OFF, SHORT_LEN, 0644);
    put_number(header + UID_OFF, SHORT_LEN, 0);
    put_number(header + GID_OFF, SHORT_LEN, 0);
    put_number(header + SIZE_OFF, LONG_LEN, size);
    put_number(header + TIME_OFF, LONG_LEN, (uint64_t)time);
    header[KIND_OFF] = (uint8_t)kind;
    memcpy(header + MAGIC_OFF, "ustar\00000", 8);
    put_number(header + DEVICE_OFF, SHORT_LEN, 0);
    put_number(header + DEVICE_OFF + SHORT_LEN, SHORT_LEN, 0);
    put_sum(header);
    wf_buffer_add(out, header, WF_TAR_BLOCK);
}

static void
add_zeros(struct wf_buffer *out, size_t len)
{
    static const uint8_t zeros[WF_TAR_BLOCK];

    wf_buffer_add(out, zeros, len);
}

/* A record tells its own length, digits included: "21 path=demo/\303\244.txt\n". */
static size_t
record_len(const char *path)
{
    const size_t rest = strlen(" path=\n") + strlen(path);
    size_t len = rest;

    for (size_t digits = 1;; digits++) {
        const int written = snprintf(NULL, 0, "%zu", rest + digits);

        len = rest + digits;
        if ((size_t)written == digits)
            return len;
    }
}

static void
add_record(struct wf_buffer *out, const char *path, int64_t time)
{
    uint8_t header[WF_TAR_BLOCK] = { 0 };
    const size_t len = record_len(path);

    (void)put_path(header, "././@PaxHeader");
    add_header(out, header, 'x', len, time);
    wf_buffer_printf(out, "%zu path=", len);
    wf_buffer_add_str(out, path);
    wf_buffer_add_char(out, '\n');
    add_zeros(out, wf_tar_padding(len));
}

bool
wf_tar_header(struct wf_buffer *out, const char *path, uint64_t size, int64_t time,
              unsigned *num_pax, struct wf_error *err)
{
    uint8_t header[WF_TAR_BLOCK] = { 0 };

    if (size >= TOO_LARGE)
        return wf_error_set(err, WF_ERR_UNSUPPORTED,
                            "has %llu bytes; a member of a tar has less than 8 GiB",
                            (unsigned long long)size);
    if (time < 0 || (uint64_t)time >= TOO_LARGE)
        return wf_error_set(err, WF_ERR_UNSUPPORTED,
                            "the time %lld is outside what a tar can hold (0 to %llu)",
                            (long long)time, (unsigned long long)TOO_LARGE - 1);
    if (!is_ascii(path) || !put_path(header, path)) {
        char name[32];

        add_record(out, path, time);
        snprintf(name, sizeof name, "PaxHeaders/%u", (*num_pax)++);
        (void)put_path(header, name);
    }
    add_header(out, header, '0', size, time);
    return true;
}

size_t
wf_tar_padding(uint64_t size)
{
    return (size_t)((WF_TAR_BLOCK - size % WF_TAR_BLOCK) % WF_TAR_BLOCK);
}

void
wf_tar_end(struct wf_buffer *out)
{
    add_zeros(out, WF_TAR_BLOCK);
    add_zeros(out, WF_TAR_BLOCK);
}
