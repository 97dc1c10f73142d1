/* purl.c -- package URLs (ECMA-427, 5.4: character encoding). */
#include "base/purl.h"

#include <string.h>

#include "base/buffer.h"

static bool
stands(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr(".-_~:", c) != NULL);
}

static void
add_encoded(struct wf_buffer *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (stands(*text))
            wf_buffer_add_char(out, *text);
        else
            wf_buffer_printf(out, "%%%02X", (unsigned)(unsigned char)*text);
    }
}

static bool
is_given(const char *text)
{
    return text != NULL && text[0] != '\0';
}

const char *
wf_purl_write(struct wf_arena *arena, const struct wf_purl *purl)
{
    struct wf_buffer out;
    char before = '?';

    wf_buffer_init(&out, SIZE_MAX);
    wf_buffer_printf(&out, "pkg:%s/", purl->type);
    if (is_given(purl->space)) {
        add_encoded(&out, purl->space);
        wf_buffer_add_char(&out, '/');
    }
    add_encoded(&out, purl->name);
    if (is_given(purl->version)) {
        wf_buffer_add_char(&out, '@');
        add_encoded(&out, purl->version);
    }
    for (size_t i = 0; i < purl->num_qualifiers; i++) {
        const struct wf_purl_qualifier *qualifier = &purl->qualifiers[i];

        if (!is_given(qualifier->value))
            continue;
        wf_buffer_printf(&out, "%c%s=", before, qualifier->key);
        add_encoded(&out, qualifier->value);
        before = '&';
    }
    const char *text = wf_arena_str(arena, wf_buffer_bytes(&out));

    wf_buffer_clear(&out);
    return text;
}
