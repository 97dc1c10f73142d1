/* wheel_inputs.c -- the wheels a command is given: operands, folders, lists. */
#include "cli/wheel_inputs.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"

enum { LONGEST_PATH = 64 * 1024 };

void
wf_wheel_inputs_init(struct wf_wheel_inputs *inputs, const struct wf_strings *operands,
                     const struct wf_strings *lists)
{
    *inputs = (struct wf_wheel_inputs){ .operands = operands, .lists = lists };
    wf_buffer_init(&inputs->line, LONGEST_PATH);
}

static void
close_list(struct wf_wheel_inputs *inputs)
{
    if (inputs->list != NULL && inputs->list != stdin)
        fclose(inputs->list);
    inputs->list = NULL;
}

static void
close_folder(struct wf_wheel_inputs *inputs)
{
    wf_arena_clear(&inputs->folder_arena);
    inputs->folder = NULL;
}

void
wf_wheel_inputs_drop(struct wf_wheel_inputs *inputs)
{
    struct wf_wheel_input *input = inputs->first;
    struct wf_arena arena = input->arena; /* the entry lives in it */

    inputs->first = input->next;
    if (inputs->first == NULL)
        inputs->last = NULL;
    wf_arena_clear(&arena);
}

void
wf_wheel_inputs_clear(struct wf_wheel_inputs *inputs)
{
    while (inputs->first != NULL)
        wf_wheel_inputs_drop(inputs);
    close_list(inputs);
    close_folder(inputs);
    wf_buffer_clear(&inputs->line);
}

/* Queues an entry; `err` says why it yields no wheel, or is NULL. */
static const char *
add_entry(struct wf_wheel_inputs *inputs, const char *path, const struct wf_error *err)
{
    struct wf_arena arena = { 0 };
    struct wf_wheel_input *input = wf_arena_alloc(&arena, sizeof *input);

    input->path = wf_arena_strdup(&arena, path);
    if (err != NULL)
        input->err = *err;
    input->arena = arena;
    if (inputs->last != NULL)
        inputs->last->next = input;
    else
        inputs->first = input;
    inputs->last = input;
    return input->path;
}

static bool
is_wheel_name(const char *name)
{
    return name[0] != '.' && wf_text_ends_with(name, ".whl");
}

/* Starts on a folder; what is wrong with it becomes an entry. */
static void
open_folder(struct wf_wheel_inputs *inputs, const char *path)
{
    struct wf_error err = { 0 };
    size_t num = 0;
    size_t kept = 0;

    if (wf_folder_list(&inputs->folder_arena, path, &inputs->folder_names, &num, &err)) {
        for (size_t i = 0; i < num; i++) {
            if (is_wheel_name(inputs->folder_names[i]))
                inputs->folder_names[kept++] = inputs->folder_names[i];
        }
        if (kept == 0)
            wf_error_set(&err, WF_ERR_IO, "no *.whl file is in this folder");
    }
    if (err.kind != WF_ERR_NONE) {
        wf_error_prefix(&err, "%s", path);
        add_entry(inputs, path, &err);
        close_folder(inputs);
        return;
    }
    inputs->folder = wf_arena_strdup(&inputs->folder_arena, path);
    inputs->num_folder_names = kept;
    inputs->next_folder_name = 0;
}

static const char *
next_of_folder(struct wf_wheel_inputs *inputs)
{
    const char *slash = wf_text_ends_with(inputs->folder, "/") ? "" : "/";
    const char *path =
        add_entry(inputs,
                  wf_arena_printf(&inputs->folder_arena, "%s%s%s", inputs->folder, slash,
                                  inputs->folder_names[inputs->next_folder_name++]),
                  NULL);

    if (inputs->next_folder_name == inputs->num_folder_names)
        close_folder(inputs);
    return path;
}

static void
add_list_error(struct wf_wheel_inputs *inputs, enum wf_error_kind kind, const char *text)
{
    struct wf_error err = { 0 };

    if (inputs->list_line > 0)
        wf_error_set(&err, kind, "line %llu %s", (unsigned long long)inputs->list_line,
                     text);
    else
        wf_error_set(&err, kind, "%s", text);
    wf_error_prefix(&err, "%s", inputs->list_name);
    add_entry(inputs, inputs->list_name, &err);
}

static void
open_list(struct wf_wheel_inputs *inputs, const char *name)
{
    const bool is_stdin = strcmp(name, "-") == 0;

    /* Not wf_file: a list may well come through a pipe, as from `--from <(find ...)`. */
    inputs->list = is_stdin ? stdin : fopen(name, "rb");
    inputs->list_name = is_stdin ? "standard input" : name;
    inputs->list_line = 0;
    if (inputs->list == NULL)
        add_list_error(inputs, WF_ERR_IO, strerror(errno));
}

/* Reads one line into inputs->line, with a NUL; false at the end of the list. */
static bool
read_line(struct wf_wheel_inputs *inputs)
{
    FILE *list = inputs->list;
    int c = getc(list);

    if (c == EOF)
        return false;
    inputs->list_line++;
    wf_buffer_reset(&inputs->line);
    for (; c != EOF && c != '\n'; c = getc(list))
        wf_buffer_add_char(&inputs->line, (char)c);
    /* Lists made on Windows; no wheel's name ends so. */
    if (inputs->line.len > 0 && inputs->line.data[inputs->line.len - 1] == '\r')
        inputs->line.len--;
    wf_buffer_add_char(&inputs->line, '\0');
    return true;
}

/* The next path of the list in inputs->line, or NULL at its end. */
static const char *
next_of_list(struct wf_wheel_inputs *inputs)
{
    while (read_line(inputs)) {
        const char *text = (const char *)inputs->line.data;

        if (inputs->line.over)
            add_list_error(inputs, WF_ERR_MALFORMED, "is longer than any path");
        else if (strlen(text) + 1 < inputs->line.len)
            add_list_error(inputs, WF_ERR_MALFORMED, "holds a NUL");
        else if (text[0] != '\0')
            return text;
    }
    if (ferror((FILE *)inputs->list)) {
        inputs->list_line = 0;
        add_list_error(inputs, WF_ERR_IO, "cannot be read to its end");
    }
    close_list(inputs);
    return NULL;
}

/* The next path given, folders not yet expanded; NULL when there is none for now. */
static const char *
next_given(struct wf_wheel_inputs *inputs)
{
    if (inputs->list != NULL)
        return next_of_list(inputs);
    if (inputs->next_operand < inputs->operands->num)
        return inputs->operands->items[inputs->next_operand++];
    open_list(inputs, inputs->lists->items[inputs->next_list++]);
    return NULL;
}

static bool
is_at_end(const struct wf_wheel_inputs *inputs)
{
    return inputs->list == NULL && inputs->next_operand == inputs->operands->num &&
           inputs->next_list == inputs->lists->num;
}

const char *
wf_wheel_inputs_next(struct wf_wheel_inputs *inputs)
{
    for (;;) {
        if (inputs->folder != NULL)
            return next_of_folder(inputs);
        if (is_at_end(inputs))
            return NULL;
        const char *path = next_given(inputs);

        if (path == NULL)
            continue;
        if (wf_path_kind(path) != WF_PATH_FOLDER)
            return add_entry(inputs, path, NULL);
        open_folder(inputs, path);
    }
}
