/* json_document.h -- documents of the renderers, looked at by path. */
#ifndef WF_TESTS_JSON_DOCUMENT_H
#define WF_TESTS_JSON_DOCUMENT_H

#include "unit.h"
#include "report_sample.h"

#include <stdio.h>

#include "render/render.h"

struct document {
    struct wf_buffer text;
    struct wf_json *root;
};

static inline void
render(struct document *document, struct sample *sample)
{
    struct wf_error err = { 0 };

    wf_buffer_init(&document->text, 1 << 20);
    struct wf_json_writer w = { .out = &document->text };

    wf_render_json(&w, sample->report, &sample->options);
    /* One line: what jsonl needs. */
    assert_null(memchr(document->text.data, '\n', document->text.len));
    assert_true(wf_json_parse(&document->root, wf_buffer_bytes(&document->text), &err));
}

static inline void
end(struct document *document)
{
    wf_json_free(document->root);
    wf_buffer_clear(&document->text);
}

/* The value at a path such as "objects.0.path". */
static inline const struct wf_json *
at(const struct wf_json *value, const char *path)
{
    while (*path != '\0') {
        char part[64] = "";
        const size_t len = strcspn(path, ".");
        uint64_t index = 0;

        assert_true(len < sizeof part);
        memcpy(part, path, len);
        assert_non_null(value);
        if (wf_json_kind(value) == WF_JSON_ARRAY) {
            assert_true(wf_text_decimal(&index, wf_bytes_str(part)));
            value = wf_json_first(value);
            for (; index > 0 && value != NULL; index--)
                value = wf_json_next(value);
        } else {
            value = wf_json_get(value, part);
        }
        path += len;
        path += *path == '.';
    }
    return value;
}

/* Compares what stands at a path, written out again as `expected` is. */
static inline void
assert_at(const struct document *document, const char *path, const char *expected)
{
    const struct wf_json *value = at(document->root, path);
    char text[256] = "null";
    int64_t number = 0;

    assert_non_null(value);
    switch (wf_json_kind(value)) {
    case WF_JSON_STRING:
        snprintf(text, sizeof text, "\"%s\"", wf_json_string(value));
        break;
    case WF_JSON_BOOL:
        snprintf(text, sizeof text, "%s", wf_json_bool(value) ? "true" : "false");
        break;
    case WF_JSON_NUMBER:
        assert_true(wf_json_integer(&number, value));
        snprintf(text, sizeof text, "%lld", (long long)number);
        break;
    case WF_JSON_ARRAY:
        snprintf(text, sizeof text, "%s", wf_json_first(value) == NULL ? "[]" : "[...]");
        break;
    case WF_JSON_OBJECT:
        snprintf(text, sizeof text, "%s", wf_json_first(value) == NULL ? "{}" : "{...}");
        break;
    case WF_JSON_NULL:
        break;
    }
    assert_string_equal(text, expected);
}

struct expectation {
    const char *path;
    const char *value;
};

static inline void
assert_all(const struct document *document, const struct expectation *list, size_t num)
{
    for (size_t i = 0; i < num; i++)
        assert_at(document, list[i].path, list[i].value);
}

#endif
