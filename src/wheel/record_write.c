/* record_write.c -- RECORD as CSV (RFC 4180), quoted as little as Python's writer does. */
#include "wheel/record_write.h"

#include <inttypes.h>
#include <string.h>

static void
add_path(struct wf_buffer *out, const char *path)
{
    if (path[strcspn(path, ",\"\r\n")] == '\0') {
        wf_buffer_add_str(out, path);
        return;
    }
    wf_buffer_add_char(out, '"');
    for (; *path != '\0'; path++) {
        if (*path == '"')
            wf_buffer_add_char(out, '"');
        wf_buffer_add_char(out, *path);
    }
    wf_buffer_add_char(out, '"');
}

void
wf_record_write_row(struct wf_buffer *out, const char *path,
                    const uint8_t sha256[WF_SHA256_LEN], uint64_t size)
{
    char text[WF_SHA256_BASE64 + 1];

    wf_sha256_base64(text, sha256);
    add_path(out, path);
    wf_buffer_printf(out, ",sha256=%s,%" PRIu64 "\n", text, size);
}

void
wf_record_write_own_row(struct wf_buffer *out, const char *path)
{
    add_path(out, path);
    wf_buffer_add_str(out, ",,\n");
}
