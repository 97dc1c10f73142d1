/* test_toml_edit.c -- edits that leave every byte alone that they are not about. */
#include "../support/unit.h"

#include <stdio.h>

#include "base/toml.h"

enum { MOST_STEPS = 6, MOST_KEYS = 8 };

/* A path with '/' between its keys; value NULL removes. */
struct step {
    const char *path;
    const char *value;
};

static void
split_path(struct wf_arena *arena, const char *path, const char **keys)
{
    char *text = wf_arena_strdup(arena, path);
    size_t num = 0;

    for (;;) {
        char *slash = strchr(text, '/');

        assert_true(num + 1 < MOST_KEYS);
        keys[num++] = text;
        if (slash == NULL)
            break;
        *slash = '\0';
        text = slash + 1;
    }
    keys[num] = NULL;
}

static bool
make_step(struct wf_toml_edit *edit, struct wf_arena *arena, const struct step *step,
          struct wf_error *err)
{
    const char *keys[MOST_KEYS];

    split_path(arena, step->path, keys);
    return step->value != NULL ? wf_toml_edit_set(edit, keys, step->value, err)
                               : wf_toml_edit_remove(edit, keys, err);
}

struct edit_row {
    const char *before;
    struct step steps[MOST_STEPS];
    const char *after;
};

static void
expect_edit(const struct edit_row *row)
{
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };
    struct wf_buffer out;
    struct wf_toml_edit *edit = wf_toml_edit_new(&arena, wf_bytes_str(row->before));

    for (size_t i = 0; i < MOST_STEPS && row->steps[i].path != NULL; i++)
        if (!make_step(edit, &arena, &row->steps[i], &err))
            fail_msg("%s\n%s: %s", row->before, row->steps[i].path, err.text);
    wf_buffer_init(&out, SIZE_MAX);
    if (!wf_toml_edit_end(&out, edit, &err))
        fail_msg("%s\nfails: %s", row->before, err.text);
    wf_buffer_add_char(&out, '\0');
    if (strcmp((const char *)out.data, row->after) != 0)
        fail_msg("\n--- before\n%s--- after\n%s--- expected\n%s---", row->before,
                 (const char *)out.data, row->after);
    wf_buffer_clear(&out);
    wf_arena_clear(&arena);
}

#define expect_edits(rows)                                                               \
    for (size_t i_ = 0; i_ < WF_COUNT(rows); i_++)                                       \
    expect_edit(&(rows)[i_])

static void
a_document_without_edits_keeps_every_byte(void **state)
{
    static const struct edit_row rows[] = {
        { "", { { 0 } }, "" },
        { "\xEF\xBB\xBF# c\r\n a  =  1 # d\r\n\r\n\r\n[ b . 'c' ] #e",
          { { 0 } },
          "\xEF\xBB\xBF# c\r\n a  =  1 # d\r\n\r\n\r\n[ b . 'c' ] #e" },
        /* Removing what is not there is nothing. */
        { "a = { b = 1 }\n\n\n[c]\n",
          { { "x", NULL }, { "a/x", NULL }, { "c/x/y", NULL } },
          "a = { b = 1 }\n\n\n[c]\n" },
    };

    (void)state;
    expect_edits(rows);
}

static void
a_value_is_replaced_where_it_stands(void **state)
{
    static const struct edit_row rows[] = {
        { "# top\na  =  1  # one\nb = 2\n",
          { { "a", "\"x\"" } },
          "# top\na  =  \"x\"  # one\nb = 2\n" },
        { "[t]\nl = [\n  1, # one\n  2,\n] # end\n",
          { { "t/l", "[3]" } },
          "[t]\nl = [3] # end\n" },
        { "a = { b = 1, c = { d = 2 } }\n",
          { { "a/c/d", "3" }, { "a/b", "4" } },
          "a = { b = 4, c = { d = 3 } }\n" },
        { "a.b.c = 1\n", { { "a/b/c", "2" } }, "a.b.c = 2\n" },
        { "a = [1, [2, 3]]\n", { { "a/1/0", "'x'" } }, "a = [1, ['x', 3]]\n" },
        { "[[a]]\nb = 1\n[[a]]\nb = 2\n",
          { { "a/1/b", "3" } },
          "[[a]]\nb = 1\n[[a]]\nb = 3\n" },
        { "\"a b\".\"c\" = 1\n", { { "a b/c", "2" } }, "\"a b\".\"c\" = 2\n" },
        /* The last word counts. */
        { "a = 1\n", { { "a", "2" }, { "a", "3" } }, "a = 3\n" },
        { "a = { b = 1 }\n", { { "a/b", "2" }, { "a", "3" } }, "a = 3\n" },
    };

    (void)state;
    expect_edits(rows);
}

static void
a_new_key_stands_behind_those_of_its_table(void **state)
{
    static const struct edit_row rows[] = {
        { "", { { "a", "1" } }, "a = 1\n" },
        { "[t]\n", { { "a", "1" } }, "a = 1\n\n[t]\n" },
        { "\xEF\xBB\xBF[t]\n",
          { { "a", "1" }, { "b", "2" } },
          "\xEF\xBB\xBF"
          "a = 1\nb = 2\n\n[t]\n" },
        { "a = 1", { { "b", "2" } }, "a = 1\nb = 2\n" },
        { "a = 1 # one\n\n[t]\n", { { "b", "2" } }, "a = 1 # one\nb = 2\n\n[t]\n" },
        { "[t]\n  a = 1\n\n# of u\n[u]\n",
          { { "t/b", "2" } },
          "[t]\n  a = 1\n  b = 2\n\n# of u\n[u]\n" },
        { "[t] # c\n[u]\n", { { "t/b", "2" } }, "[t] # c\nb = 2\n[u]\n" },
        { "[t]\r\na = 1\r\n[u]\r\n",
          { { "t/b", "2" } },
          "[t]\r\na = 1\r\nb = 2\r\n[u]\r\n" },
        { "[[a]]\nx = 1\n[[a]]\nx = 2\n",
          { { "a/0/y", "3" } },
          "[[a]]\nx = 1\ny = 3\n[[a]]\nx = 2\n" },
        { "a.b.c = 1\nd = 2\n",
          { { "a/b/e", "3" }, { "a/f", "4" } },
          "a.b.c = 1\na.b.e = 3\na.f = 4\nd = 2\n" },
        { "a.b.c = 1\nd = 2\n", { { "a/x/y", "3" } }, "a.b.c = 1\na.x.y = 3\nd = 2\n" },
        { "[a.b.c]\nx = 1\n[a]\nb.y = 2\nz = 3\n",
          { { "a/b/w", "4" }, { "a/b/y", NULL } },
          "[a.b.c]\nx = 1\n[a]\nb.w = 4\nz = 3\n" },
        { "a = {}\n", { { "a/b", "1" }, { "a/c", "2" } }, "a = { b = 1, c = 2 }\n" },
        { "a = { b = 1 }\n",
          { { "a/c", "2" }, { "a/d/e", "3" } },
          "a = { b = 1, c = 2, d.e = 3 }\n" },
        { "a = { b.c = 1 }\n", { { "a/b/d", "2" } }, "a = { b.c = 1, b.d = 2 }\n" },
        { "a = [{ b = 1 }]\n", { { "a/0/c", "2" } }, "a = [{ b = 1, c = 2 }]\n" },
        { "a = 1\n", { { "x y", "2" }, { "", "3" } }, "a = 1\n\"x y\" = 2\n\"\" = 3\n" },
    };

    (void)state;
    expect_edits(rows);
}

static void
a_new_table_gets_a_header_behind_the_table_it_is_of(void **state)
{
    static const struct edit_row rows[] = {
        { "a = 1\n", { { "t/k", "2" } }, "a = 1\n\n[t]\nk = 2\n" },
        { "[project]\nname = 'x'\n",
          { { "tool/maturin/manifest-path", "\"a\"" },
            { "tool/maturin/python-source", "\"b\"" } },
          "[project]\nname = 'x'\n\n[tool.maturin]\nmanifest-path = \"a\"\n"
          "python-source = \"b\"\n" },
        { "[tool.black]\nx = 1\n\n[other]\n",
          { { "tool/maturin/k", "2" } },
          "[tool.black]\nx = 1\n\n[tool.maturin]\nk = 2\n\n[other]\n" },
        { "[[bin]]\nname = 'a'\n[[bin]]\nname = 'b'\n",
          { { "bin/0/x/y", "1" } },
          "[[bin]]\nname = 'a'\n\n[bin.x]\ny = 1\n\n[[bin]]\nname = 'b'\n" },
        /* A table that was only named on the way gets its own header in front. */
        { "[a]\n\n# of foo\n[deps.foo]\nx = 1\n",
          { { "deps/bar", "\"1\"" } },
          "[a]\n\n[deps]\nbar = \"1\"\n\n# of foo\n[deps.foo]\nx = 1\n" },
        { "\xEF\xBB\xBF# c\n[a.b]\n",
          { { "a/k", "1" } },
          "\xEF\xBB\xBF[a]\nk = 1\n\n# c\n[a.b]\n" },
        { "\xEF\xBB\xBF[a.b]\n",
          { { "a/k", "1" }, { "a/b", NULL } },
          "\xEF\xBB\xBF[a]\nk = 1\n" },
        /* Lines come before headers at the same place, whatever was asked first. */
        { "[a]\nx = 1\n",
          { { "a/t/k", "2" }, { "a/y", "3" } },
          "[a]\nx = 1\ny = 3\n\n[a.t]\nk = 2\n" },
        { "", { { "a b/c", "1" } }, "[\"a b\"]\nc = 1\n" },
    };

    (void)state;
    expect_edits(rows);
}

static void
a_removed_key_goes_with_its_own_lines_and_comment(void **state)
{
    static const struct edit_row rows[] = {
        { "a = 1 # one\n# of b\nb = 2\n", { { "a", NULL } }, "# of b\nb = 2\n" },
        { "a = 1\n# of b\nb = [\n 1, # one\n] # end\nc = 3\n",
          { { "b", NULL } },
          "a = 1\n# of b\nc = 3\n" },
        { "a = 1\n\nb = 2\n\nc = 3\n", { { "b", NULL } }, "a = 1\n\nc = 3\n" },
        { "a = 1\n\nb = 2", { { "b", NULL } }, "a = 1\n" },
        { "a.b = 1\nc = 2\na.d = 3\n", { { "a", NULL } }, "c = 2\n" },
        { "a.b = 1\nc = 2\na.d = 3\n", { { "a/d", NULL } }, "a.b = 1\nc = 2\n" },
        { "a = 1\n", { { "a", NULL }, { "a", "2" } }, "a = 2\n" },
        { "a = 1\n", { { "b", "2" }, { "b", NULL } }, "a = 1\n" },
        { "a = 1\n", { { "t/k", "2" }, { "t/l", "3" }, { "t", NULL } }, "a = 1\n" },
    };

    (void)state;
    expect_edits(rows);
}

static void
a_removed_table_goes_with_all_its_parts(void **state)
{
    static const struct edit_row rows[] = {
        { "[a]\nx = 1\n\n[b] # b\n# inside\ny = 2\n\n# of c\n[c]\n",
          { { "b", NULL } },
          "[a]\nx = 1\n\n# of c\n[c]\n" },
        { "[a]\n\n[b]\nx = 1\n\n[a.c]\n\n[a.d.e]\nf = 1\n",
          { { "a", NULL } },
          "[b]\nx = 1\n" },
        { "[a.b]\nx = 1\n[c]\n[a.d]\n", { { "a/b", NULL } }, "[c]\n[a.d]\n" },
        { "[a]\nb.c = 1\nd = 2\n[a.b.e]\n", { { "a/b", NULL } }, "[a]\nd = 2\n" },
    };

    (void)state;
    expect_edits(rows);
}

static void
an_element_is_named_by_its_first_index_whatever_went_before(void **state)
{
    static const struct edit_row rows[] = {
        { "[[b]]\nn = 0\n\n[[b]]\nn = 1\n[b.x]\ny = 1\n\n[[b]]\nn = 2\n",
          { { "b/1", NULL } },
          "[[b]]\nn = 0\n\n[[b]]\nn = 2\n" },
        { "[[b]]\nn = 0\n\n[[b]]\nn = 1\n\n[[b]]\nn = 2\n",
          { { "b/0", NULL }, { "b/2", NULL }, { "b/1/n", "5" } },
          "[[b]]\nn = 5\n" },
        { "a = 1\n\n[[b]]\nn = 0\n", { { "b/0", NULL } }, "a = 1\n" },
        { "a = [1, 2, 3]\n", { { "a/0", NULL } }, "a = [2, 3]\n" },
        { "a = [1, 2, 3]\n", { { "a/1", NULL } }, "a = [1, 3]\n" },
        { "a = [1, 2, 3]\n", { { "a/2", NULL } }, "a = [1, 2]\n" },
        { "a = [1, 2, 3,]\n", { { "a/2", NULL } }, "a = [1, 2,]\n" },
        { "a = [1, 2, 3]\n", { { "a/2", NULL }, { "a/1", NULL } }, "a = [1]\n" },
        { "a = [1, 2, 3,]\n",
          { { "a/2", NULL }, { "a/1", NULL }, { "a/0", NULL } },
          "a = []\n" },
        { "a = [\n  1, # one\n  # of two\n  2, # two\n  3 # three\n]\n",
          { { "a/1", NULL } },
          "a = [\n  1, # one\n  # of two\n  3 # three\n]\n" },
        { "a = [\n  1, # one\n  2 # two\n]\n",
          { { "a/1", NULL } },
          "a = [\n  1, # one\n]\n" },
        { "a = [\n  1\n  , 2\n]\n", { { "a/0", NULL } }, "a = [\n  2\n]\n" },
        { "a = [{ n = 1 }, { n = 2 }]\n", { { "a/0", NULL } }, "a = [{ n = 2 }]\n" },
    };

    (void)state;
    expect_edits(rows);
}

static void
an_entry_of_an_inline_table_goes_with_one_comma(void **state)
{
    static const struct edit_row rows[] = {
        { "a = { b = 1, c = 2, d = 3 }\n",
          { { "a/b", NULL } },
          "a = { c = 2, d = 3 }\n" },
        { "a = { b = 1, c = 2, d = 3 }\n",
          { { "a/c", NULL } },
          "a = { b = 1, d = 3 }\n" },
        { "a = { b = 1, c = 2, d = 3 }\n",
          { { "a/d", NULL } },
          "a = { b = 1, c = 2 }\n" },
        { "a = { b = 1, c = 2 }\n", { { "a/b", NULL }, { "a/c", NULL } }, "a = {}\n" },
        { "a = { b = 1, c = 2, d = 3 }\n",
          { { "a/c", NULL }, { "a/d", NULL } },
          "a = { b = 1 }\n" },
        { "a = { b = 1 }\n", { { "a/b", NULL }, { "a/c", "2" } }, "a = { c = 2 }\n" },
        { "a = { b = 1, c = 2 }\n",
          { { "a/c", NULL }, { "a/d", "3" } },
          "a = { b = 1, d = 3 }\n" },
        { "a = { b.x = 1, c = 2, b.y = 3 }\n", { { "a/b", NULL } }, "a = { c = 2 }\n" },
    };

    (void)state;
    expect_edits(rows);
}

/* What sdists of workspace members need. */
static void
a_table_gives_way_to_a_value_of_its_name(void **state)
{
    static const struct edit_row rows[] = {
        { "[package]\nname = \"x\"\nversion.workspace = true\nedition = \"2021\"\n",
          { { "package/version", "\"1.0\"" } },
          "[package]\nname = \"x\"\nversion = \"1.0\"\nedition = \"2021\"\n" },
        { "version.workspace = true\n",
          { { "version", "\"1.0\"" } },
          "version = \"1.0\"\n" },
        { "[package]\nversion = { workspace = true }\n",
          { { "package/version", "\"1.0\"" } },
          "[package]\nversion = \"1.0\"\n" },
        { "[dependencies]\na = \"1\"\n\n[dependencies.b]\nworkspace = true\n\n[x]\n",
          { { "dependencies/b", "{ version = \"2\" }" } },
          "[dependencies]\na = \"1\"\nb = { version = \"2\" }\n\n[x]\n" },
        { "[dependencies.b]\nworkspace = true\n\n[x]\n",
          { { "dependencies/b", "\"2\"" } },
          "[dependencies]\nb = \"2\"\n\n[x]\n" },
        { "[[bin]]\nname = 'a'\n", { { "bin", "[]" } }, "bin = []\n" },
        { "a = { b.c = 1, b.d = 2, e = 3 }\n",
          { { "a/b", "4" } },
          "a = { e = 3, b = 4 }\n" },
        { "[lints]\nworkspace = true\n\n[x]\n",
          { { "lints/workspace", NULL }, { "lints/rust/unsafe_code", "\"forbid\"" } },
          "[lints]\n\n[lints.rust]\nunsafe_code = \"forbid\"\n\n[x]\n" },
    };

    (void)state;
    expect_edits(rows);
}

static void
an_edit_that_cannot_be_is_refused_and_says_why(void **state)
{
    static const struct {
        const char *before;
        struct step steps[2];
        enum wf_error_kind kind;
        const char *says;
    } rows[] = {
        { "a = 1\n", { { "a/b", "2" } }, WF_ERR_REFUSED, "a is no table" },
        { "a = 1\n", { { "a/b", NULL } }, WF_ERR_REFUSED, "a is no table" },
        { "a = [1]\n", { { "a/1", "2" } }, WF_ERR_REFUSED, "a has no element 1" },
        { "[[t.a]]\n", { { "t/a/x", "2" } }, WF_ERR_REFUSED, "t.a has no element x" },
        { "[[a]]\n",
          { { "a/0", "2" } },
          WF_ERR_REFUSED,
          "a.0 is an element of an array of tables; only keys in it are set" },
        { "a = {}\n",
          { { "a", "{}" }, { "a/b", "1" } },
          WF_ERR_REFUSED,
          "a was set just now; set all of it at once" },
        { "",
          { { "t/a", "{}" }, { "t/a/b", "1" } },
          WF_ERR_REFUSED,
          "a was set just now; set all of it at once" },
        { "",
          { { "a", "1\nb = 2" } },
          WF_ERR_REFUSED,
          "1\nb = 2 is more than one TOML value" },
        { "", { { "a", "1 # c" } }, WF_ERR_REFUSED, "1 # c is more than one TOML value" },
        { "",
          { { "a", "01" } },
          WF_ERR_REFUSED,
          "01 is no TOML value: line 1, column 5: 01 is no number, date, true or false, "
          "and "
          "a string stands in quotes" },
        { "",
          { { "a", "" } },
          WF_ERR_REFUSED,
          " is no TOML value: line 1, column 5: the file ends where a value is "
          "expected" },
        { "a =",
          { { "a", "1" } },
          WF_ERR_MALFORMED,
          "line 1, column 4: the file ends where a value is expected" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_arena arena = { 0 };
        struct wf_error err = { 0 };
        struct wf_toml_edit *edit =
            wf_toml_edit_new(&arena, wf_bytes_str(rows[i].before));
        const bool is_two = rows[i].steps[1].path != NULL;

        if (is_two)
            assert_true(make_step(edit, &arena, &rows[i].steps[0], &err));
        if (make_step(edit, &arena, &rows[i].steps[is_two ? 1 : 0], &err))
            fail_msg("%s: done", rows[i].says);
        assert_error(err, rows[i].kind, rows[i].says);
        wf_arena_clear(&arena);
    }
}

/* The scanner lets it through; the end parses, and tells. */
static void
a_document_that_does_not_parse_is_refused_at_the_end(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };
    struct wf_buffer out;
    struct wf_toml_edit *edit =
        wf_toml_edit_new(&arena, wf_bytes_str("a = 9223372036854775808\nb = 1\n"));
    const struct step step = { "b", "2" };

    (void)state;
    wf_buffer_init(&out, SIZE_MAX);
    assert_true(make_step(edit, &arena, &step, &err));
    assert_false(wf_toml_edit_end(&out, edit, &err));
    assert_error(err, WF_ERR_MALFORMED,
                 "line 1, column 24: decimal integer: '9223372036854775808' is not "
                 "representable in 64 bits");
    assert_int_equal(out.len, 0);
    wf_buffer_clear(&out);
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_without_edits_keeps_every_byte),
        cmocka_unit_test(a_value_is_replaced_where_it_stands),
        cmocka_unit_test(a_new_key_stands_behind_those_of_its_table),
        cmocka_unit_test(a_new_table_gets_a_header_behind_the_table_it_is_of),
        cmocka_unit_test(a_removed_key_goes_with_its_own_lines_and_comment),
        cmocka_unit_test(a_removed_table_goes_with_all_its_parts),
        cmocka_unit_test(an_element_is_named_by_its_first_index_whatever_went_before),
        cmocka_unit_test(an_entry_of_an_inline_table_goes_with_one_comma),
        cmocka_unit_test(a_table_gives_way_to_a_value_of_its_name),
        cmocka_unit_test(an_edit_that_cannot_be_is_refused_and_says_why),
        cmocka_unit_test(a_document_that_does_not_parse_is_refused_at_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
