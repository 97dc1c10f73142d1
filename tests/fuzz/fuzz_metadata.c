/* fuzz_metadata.c -- any bytes as METADATA, as WHEEL and as entry_points.txt: what is read
 * survives being written and read again, or an error says which line. */
#include <string.h>

#include "base/buffer.h"
#include "wheel/metadata.h"

#include "promise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static bool
says_line(const struct wf_error *err)
{
    return strstr(err->text, "line ") != NULL || strstr(err->where, "line ") != NULL ||
           strstr(err->text, "Wheel-Version") != NULL;
}

static void
write_fields(struct wf_buffer *out, const struct wf_fields *fields)
{
    for (size_t i = 0; i < fields->num; i++) {
        wf_buffer_printf(out, "%s: ", fields->items[i].name);
        for (const char *p = fields->items[i].value; *p != '\0'; p++) {
            wf_buffer_add_char(out, *p);
            if (*p == '\n')
                wf_buffer_add_char(out, ' ');
        }
        wf_buffer_add_char(out, '\n');
    }
    wf_buffer_add_char(out, '\n');
}

static void
check_fields_written(const struct wf_fields *fields)
{
    struct wf_fields again = { 0 };
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };
    struct wf_buffer text;

    wf_buffer_init(&text, SIZE_MAX);
    write_fields(&text, fields);
    expect(wf_fields_parse(&again, &arena, wf_buffer_bytes(&text), &err));
    expect(again.num == fields->num && again.body_off == text.len);
    for (size_t i = 0; i < fields->num; i++) {
        expect(strcmp(again.items[i].name, fields->items[i].name) == 0);
        expect(strcmp(again.items[i].value, fields->items[i].value) == 0);
    }
    wf_buffer_clear(&text);
    wf_arena_clear(&arena);
}

static void
check_fields(struct wf_bytes text)
{
    struct wf_fields fields = { 0 };
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };

    if (!wf_fields_parse(&fields, &arena, text, &err)) {
        expect(fields.items == NULL && says_line(&err));
        expect_reason(&err, text.len);
        wf_arena_clear(&arena);
        return;
    }
    expect(fields.body_off <= text.len);
    for (size_t i = 0; i < fields.num; i++) {
        const struct wf_field *field = &fields.items[i];

        expect(field->name[0] != '\0' && strpbrk(field->name, " \t\r\n:") == NULL);
        expect(field->line > (i == 0 ? 0 : field[-1].line));
    }
    for (size_t i = 0; i < fields.num && i < 8; i++) {
        const char *name = fields.items[i].name;

        expect(wf_fields_get(&fields, name) != NULL &&
               wf_fields_count(&fields, name) > 0);
    }
    check_fields_written(&fields);
    /* The copy, and an array that doubles; a header takes three bytes at least. */
    expect(arena.used <= 64 * text.len + 4096);
    wf_arena_clear(&arena);
}

static void
check_wheel_file(struct wf_bytes text)
{
    struct wf_wheel_file file = { 0 };
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };

    if (wf_wheel_file_parse(&file, &arena, text, &err)) {
        expect(file.root_is_purelib >= -1 && file.root_is_purelib <= 1);
        expect(file.version == NULL || file.version[0] != '\0');
        expect(file.tag_lines.num == wf_fields_count(&file.fields, "Tag"));
        expect((file.tags.num == 0) == (file.tag_lines.num == 0));
        for (size_t i = 1; i < file.tags.num; i++)
            expect(strcmp(file.tags.items[i - 1], file.tags.items[i]) < 0);
    } else {
        expect(file.fields.items == NULL && says_line(&err));
        expect_reason(&err, text.len);
    }
    wf_arena_clear(&arena);
}

static void
check_points_written(const struct wf_entry_points *points)
{
    struct wf_entry_points again = { 0 };
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };
    struct wf_buffer text;

    wf_buffer_init(&text, SIZE_MAX);
    for (size_t i = 0; i < points->num; i++)
        wf_buffer_printf(&text, "[%s]\n%s = %s\n", points->items[i].group,
                         points->items[i].name, points->items[i].target);
    expect(wf_entry_points_parse(&again, &arena, wf_buffer_bytes(&text), &err));
    expect(again.num == points->num);
    for (size_t i = 0; i < points->num; i++) {
        const struct wf_entry_point *a = &points->items[i], *b = &again.items[i];

        expect(strcmp(a->group, b->group) == 0 && strcmp(a->name, b->name) == 0);
        expect(strcmp(a->target, b->target) == 0 && b->line == 2 * i + 2);
    }
    wf_buffer_clear(&text);
    wf_arena_clear(&arena);
}

static void
check_entry_points(struct wf_bytes text)
{
    struct wf_entry_points points = { 0 };
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };

    if (wf_entry_points_parse(&points, &arena, text, &err)) {
        for (size_t i = 0; i < points.num; i++) {
            const struct wf_entry_point *point = &points.items[i];

            expect(point->name[0] != '\0' && point->target[0] != '\0');
            expect(strchr(point->target, '[') == NULL);
            expect(point->line > (i == 0 ? 0 : point[-1].line));
            expect(strcmp(point->group, "console_scripts") != 0 ||
                   strpbrk(point->name, "/\\:") == NULL);
        }
        check_points_written(&points);
    } else {
        expect(points.items == NULL && says_line(&err));
        expect_reason(&err, text.len);
    }
    wf_arena_clear(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const struct wf_bytes text = wf_bytes_of(data, len);

    check_fields(text);
    check_wheel_file(text);
    check_entry_points(text);
    return 0;
}
