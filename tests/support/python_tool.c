/* python_tool.c -- patches Python source, for tests/proof_python_patch.py.
 *
 * Reads requests "short|long|marks LENGTH" and a line ending, then so many bytes, until the
 * end; answers "ok LENGTH OFFSET NUMBER" or "KIND text", and the patched text. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "repair/python_patch.h"

enum { MOST = 1 << 28 };

static bool
read_text(struct wf_buffer *text, size_t len)
{
    return wf_buffer_reserve(text, len) && fread(text->data, 1, len, stdin) == len;
}

static bool
answer(const char *kind, struct wf_bytes text)
{
    const struct wf_python_patch patch = {
        .lib_dir = "demo.libs",
        .depth = 1,
        .load_order = strcmp(kind, "short") == 0 ? NULL : ".load-order-demo-1.0",
        .version = "1.0",
    };
    struct wf_error err = { 0 };
    struct wf_python_place place = { 0 };
    struct wf_buffer out;
    size_t num = 0;

    wf_buffer_init(&out, MOST);
    if (wf_python_find_place(&place, text, &err) &&
        wf_python_patch_write(&out, &num, text, &patch, strcmp(kind, "marks") == 0,
                              &err)) {
        printf("ok %zu %zu %zu\n", out.len, place.off, num);
        fwrite(out.data, 1, out.len, stdout);
    } else {
        printf("%s %s\n", wf_error_kind_name(err.kind), err.text);
    }
    wf_buffer_clear(&out);
    return fflush(stdout) == 0;
}

int
main(void)
{
    char kind[8];
    uintmax_t len;
    struct wf_buffer text;

    wf_buffer_init(&text, MOST);
    for (;;) {
        char line[64];
        char *num;

        if (fgets(line, sizeof line, stdin) == NULL)
            break;
        num = strchr(line, ' ');
        if (num == NULL || (size_t)(num - line) >= sizeof kind)
            return 2;
        memcpy(kind, line, (size_t)(num - line));
        kind[num - line] = '\0';
        len = strtoumax(num, NULL, 10);
        if (len > MOST || !read_text(&text, (size_t)len) ||
            !answer(kind, wf_bytes_of(text.data, (size_t)len)))
            return 2;
    }
    wf_buffer_clear(&text);
    return 0;
}
