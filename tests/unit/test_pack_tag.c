/* test_pack_tag.c -- the tag of a packed wheel: as it is given, or by what the files are. */
#include "../support/unit.h"

#include <stdio.h>

#include "../support/elf_builder.h"
#include "../support/folder.h"
#include "base/file.h"
#include "pack/pack_parts.h"

static const char *
text_of(struct wf_arena *arena, const struct wf_pack_tag *tag)
{
    const char *text = wf_arena_printf(arena, "%s-", tag->python_abi);

    for (size_t i = 0; i < tag->platforms.num; i++)
        text = wf_arena_printf(arena, "%s%s%s", text, i == 0 ? "" : ".",
                               tag->platforms.items[i]);
    return text;
}

static void
a_given_tag_is_taken_apart(void **state)
{
    static const struct {
        const char *text;
        const char *expected; /* NULL: refused */
        const char *error;
    } rows[] = {
        { "py3-none-any", "py3-none-any", NULL },
        { "CP39-abi3-win_amd64", "cp39-abi3-win_amd64", NULL },
        { "py2.py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64",
          "py2.py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64", NULL },
        { "py3-none", NULL,
          "--tag takes PYTHON-ABI-PLATFORM such as py3-none-any, not \"py3-none\"" },
        { "py3-none-any-more", NULL,
          "--tag takes PYTHON-ABI-PLATFORM such as py3-none-any, not "
          "\"py3-none-any-more\"" },
        { "py3--any", NULL, NULL },
        { "py3-no ne-any", NULL, NULL },
        { "py3-none-../x", NULL, NULL },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_arena arena = { 0 };
        struct wf_pack_tag tag = { 0 };
        struct wf_error err = { 0 };
        const bool ok = wf_pack_tag_read(&tag, &arena, rows[i].text, &err);

        assert_int_equal(ok, rows[i].expected != NULL);
        if (ok)
            assert_string_equal(text_of(&arena, &tag), rows[i].expected);
        else
            assert_int_equal(err.kind, WF_ERR_USAGE);
        if (rows[i].error != NULL)
            assert_string_equal(err.text, rows[i].error);
        wf_arena_clear(&arena);
    }
}

/* One member: a text file, or an image by its recipe, under a name of the wheel. */
struct file {
    const char *name;
    const char *recipe;
};

static void
add_file(struct wf_content *content, void **state, const struct file *file, size_t idx)
{
    const char *source =
        wf_arena_printf(content->arena, "%s/%zu", (const char *)*state, idx);
    struct wf_buffer image;

    wf_buffer_init(&image, 1 << 20);
    if (file->recipe == NULL)
        wf_buffer_add_str(&image, "text");
    else
        assert_true(wf_test_elf_from_text(file->recipe, &image, NULL));
    assert_true(wf_file_write_atomic(source, wf_buffer_bytes(&image), 0600, NULL));
    assert_true(wf_content_add_file(content, file->name, source, false, NULL));
    wf_buffer_clear(&image);
}

static void
the_files_tell_the_tag(void **state)
{
#define EXTENSION(machine_, name_)                                                       \
    "{\"machine\": \"" machine_ "\", \"needed\": [\"libc.so.6\"], "                      \
    "\"exports\": [\"PyInit_" name_ "\"]}"
    static const char plain[] = "{\"machine\": \"x86_64\", \"needed\": [\"libc.so.6\"]}";
    static const struct {
        struct file files[3];
        const char *expected;
        const char *error;
    } rows[] = {
        { { { "a.py", NULL } }, "py3-none-any", NULL },
        { { { "a.py", NULL }, { "a/lib.so", plain } }, "py3-none-linux_x86_64", NULL },
        { { { "a/x.cpython-312-x86_64-linux-gnu.so", EXTENSION("x86_64", "x") } },
          "cp312-cp312-linux_x86_64",
          NULL },
        { { { "a/x.cpython-314t-aarch64-linux-gnu.so", EXTENSION("aarch64", "x") } },
          "cp314-cp314t-linux_aarch64",
          NULL },
        { { { "a/x.cpython-37m-x86_64-linux-gnu.so", EXTENSION("x86_64", "x") } },
          "cp37-cp37m-linux_x86_64",
          NULL },
        { { { "a/x.abi3.so", EXTENSION("x86_64", "x") } },
          NULL,
          "the name of the extension a/x.abi3.so does not tell which Pythons can load "
          "it; "
          "say it with --tag" },
        { { { "x.cpython-312-x86_64-linux-gnu.so", EXTENSION("x86_64", "x") },
            { "y.cpython-311-x86_64-linux-gnu.so", EXTENSION("x86_64", "y") } },
          NULL,
          "x.cpython-312-x86_64-linux-gnu.so is for cp312-cp312 and "
          "y.cpython-311-x86_64-linux-gnu.so for cp311-cp311; say with --tag what the "
          "wheel is for, or pack two" },
        { { { "a/lib.so", plain },
            { "b/lib.so", "{\"machine\": \"aarch64\", \"needed\": [\"libc.so.6\"]}" } },
          NULL,
          "a/lib.so is for linux_x86_64 and b/lib.so for linux_aarch64; say with --tag "
          "what the wheel is for, or pack two" },
    };

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_arena arena = { 0 };
        struct wf_content content = { .arena = &arena };
        const struct wf_limits limits = wf_limits_standard();
        struct wf_pack_tag tag = { 0 };
        struct wf_error err = { 0 };

        for (size_t j = 0; j < 3 && rows[i].files[j].name != NULL; j++)
            add_file(&content, state, &rows[i].files[j], j);
        const bool ok = wf_pack_tag_find(&tag, &arena, &content, &limits, &err);

        if (rows[i].expected != NULL) {
            assert_true(ok);
            assert_string_equal(text_of(&arena, &tag), rows[i].expected);
        } else {
            assert_false(ok);
            assert_int_equal(err.kind, WF_ERR_REFUSED);
            assert_string_equal(err.text, rows[i].error);
        }
        wf_arena_clear(&arena);
    }
}

static void
a_damaged_image_is_told_with_its_path(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_content content = { .arena = &arena };
    const struct wf_limits limits = wf_limits_standard();
    const struct file file = { "a.so", "{\"machine\": \"x86_64\", \"truncate\": 70}" };
    struct wf_pack_tag tag = { 0 };
    struct wf_error err = { 0 };

    add_file(&content, state, &file, 0);
    assert_false(wf_pack_tag_find(&tag, &arena, &content, &limits, &err));
    assert_int_equal(err.kind, WF_ERR_MALFORMED);
    assert_true(wf_text_starts_with(err.where, folder_path(state, "0")));
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_given_tag_is_taken_apart),
        cmocka_unit_test_setup_teardown(the_files_tell_the_tag, folder_setup,
                                        folder_teardown),
        cmocka_unit_test_setup_teardown(a_damaged_image_is_told_with_its_path,
                                        folder_setup, folder_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
