/* toml_tool.c -- prints what the reader makes of TOML files, one line of JSON each, for the
 * comparison with another reader. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/toml.h"

static void write_value(struct wf_json_writer *w, const struct wf_toml *value);

static void
write_children(struct wf_json_writer *w, const struct wf_toml *value)
{
    const bool is_table = value->kind == WF_TOML_TABLE;

    if (is_table)
        wf_json_begin_object(w);
    else
        wf_json_begin_array(w);
    for (const struct wf_toml *m = value->first; m != NULL; m = m->next) {
        if (is_table)
            wf_json_write_key(w, m->key);
        write_value(w, m);
    }
    if (is_table)
        wf_json_end_object(w);
    else
        wf_json_end_array(w);
}

/* Scalars are [kind, text], so that 1, 1.0, "1" and true stay apart. */
static void
write_scalar(struct wf_json_writer *w, const struct wf_toml *value)
{
    char text[64];

    wf_json_begin_array(w);
    wf_json_write_string(w, wf_toml_kind_name(value->kind));
    if (value->kind == WF_TOML_INTEGER)
        snprintf(text, sizeof text, "%lld", (long long)value->integer);
    else if (value->kind == WF_TOML_FLOAT)
        snprintf(text, sizeof text, "%a", value->number);
    else
        snprintf(text, sizeof text, "%s", value->boolean ? "true" : "false");
    wf_json_write_string(w, value->string != NULL ? value->string : text);
    wf_json_end_array(w);
}

static void
write_value(struct wf_json_writer *w, const struct wf_toml *value)
{
    if (value->kind == WF_TOML_TABLE || value->kind == WF_TOML_ARRAY)
        write_children(w, value);
    else
        write_scalar(w, value);
}

static void
print_file(const char *path)
{
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };
    const struct wf_toml *root = NULL;
    struct wf_buffer text;
    struct wf_buffer out;
    struct wf_json_writer w = { .out = &out };

    wf_buffer_init(&text, SIZE_MAX);
    wf_buffer_init(&out, SIZE_MAX);
    wf_json_begin_object(&w);
    if (wf_file_read_whole(&text, path, &err) &&
        wf_toml_parse(&root, &arena, wf_buffer_bytes(&text), &err)) {
        wf_json_write_key(&w, "value");
        write_value(&w, root);
    } else {
        wf_json_write_key(&w, "error");
        wf_json_write_string(&w, err.text);
    }
    wf_json_end_object(&w);
    printf("%.*s\n", (int)out.len, (const char *)out.data);
    wf_buffer_clear(&out);
    wf_buffer_clear(&text);
    wf_arena_clear(&arena);
}

int
main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        print_file(argv[i]);
    return 0;
}
