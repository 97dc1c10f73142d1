/* test_search_path.c -- splitting, tokens, and folders inside a wheel. */
#include "../support/unit.h"

#include "resolve/search_path.h"

static struct wf_arena arena;

static int
clear(void **state)
{
    (void)state;
    wf_arena_clear(&arena);
    return 0;
}

/* The items of a list, each in brackets. */
static const char *
items_of(const char *list, const char *separators)
{
    const char *out = "";
    struct wf_bytes item;

    for (const char *rest = wf_search_path_start(list);
         wf_search_path_next(&item, &rest, separators);)
        out = wf_arena_printf(&arena, "%s[%s]", out, wf_arena_str(&arena, item));
    return out;
}

static void
splits_lists_and_keeps_empty_items(void **state)
{
    static const struct {
        const char *list;
        const char *separators;
        const char *items;
    } rows[] = {
        { NULL, ":", "" },
        { "", ":", "" },
        { "/a", ":", "[/a]" },
        { "/a:/b", ":", "[/a][/b]" },
        { ":/a", ":", "[][/a]" },
        { "/a:", ":", "[/a][]" },
        { "/a::/b", ":", "[/a][][/b]" },
        { ":", ":", "[][]" },
        { "/a;/b", ":", "[/a;/b]" },
        { "/a;/b:/c", ":;", "[/a][/b][/c]" },
        { "/a\n/b:/c\n", ":\n", "[/a][/b][/c][]" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++)
        assert_string_equal(items_of(rows[i].list, rows[i].separators), rows[i].items);
}

static const struct wf_tokens known = { .origin = "pkg/sub",
                                        .lib = "lib64",
                                        .platform = "x86_64" };
static const struct wf_tokens at_top = { .origin = "", .lib = "lib64" };
static const struct wf_tokens nothing = { .origin = NULL };
static const struct wf_tokens by_musl = {
    .origin = "pkg", .lib = "lib64", .platform = "x86_64", .musl = true
};

static void
expands_tokens_as_the_loaders_do(void **state)
{
    static const struct {
        const struct wf_tokens *tokens;
        const char *item;
        const char *text;
        enum wf_expansion how;
    } rows[] = {
        { &known, "", "", WF_EXPANDED },
        { &known, "/usr/lib", "/usr/lib", WF_EXPANDED },
        { &known, "$ORIGIN", "pkg/sub", WF_EXPANDED_ORIGIN },
        { &known, "${ORIGIN}", "pkg/sub", WF_EXPANDED_ORIGIN },
        { &known, "$ORIGIN/../lib", "pkg/sub/../lib", WF_EXPANDED_ORIGIN },
        { &known, "${ORIGIN}x", "pkg/subx", WF_EXPANDED_ORIGIN },
        { &known, "$ORIGIN.libs", "pkg/sub.libs", WF_EXPANDED_ORIGIN },
        { &known, "$ORIGIN$ORIGIN", "pkg/subpkg/sub", WF_EXPANDED_ORIGIN },
        { &known, "/a/$ORIGIN", "/a/pkg/sub", WF_EXPANDED },
        { &known, "/usr/$LIB/$PLATFORM", "/usr/lib64/x86_64", WF_EXPANDED },
        { &known, "/usr/${LIB}x", "/usr/lib64x", WF_EXPANDED },
        { &known, "$ORIGIN/$LIB", "pkg/sub/lib64", WF_EXPANDED_ORIGIN },
        /* What only looks like a token stays. */
        { &known, "$ORIGINAL", "$ORIGINAL", WF_EXPANDED },
        { &known, "$ORIGIN_2", "$ORIGIN_2", WF_EXPANDED },
        { &known, "${ORIGIN", "${ORIGIN", WF_EXPANDED },
        { &known, "$HOME/lib", "$HOME/lib", WF_EXPANDED },
        { &known, "$", "$", WF_EXPANDED },
        { &known, "$$LIB", "$lib64", WF_EXPANDED },
        { &known, "$origin", "$origin", WF_EXPANDED },
        /* Tokens without a value. */
        { &nothing, "$ORIGIN/x", NULL, WF_NOT_EXPANDED },
        { &nothing, "/x/$LIB", NULL, WF_NOT_EXPANDED },
        { &nothing, "/x/${PLATFORM}", NULL, WF_NOT_EXPANDED },
        { &nothing, "/x/$OTHER", "/x/$OTHER", WF_EXPANDED },
        /* The top of a wheel has no name of its own. */
        { &at_top, "$ORIGIN", "", WF_EXPANDED_ORIGIN },
        { &at_top, "$ORIGIN/demo.libs", "demo.libs", WF_EXPANDED_ORIGIN },
        { &at_top, "$ORIGIN/../x", "../x", WF_EXPANDED_ORIGIN },
        { &at_top, "$ORIGIN.libs", NULL, WF_NOT_EXPANDED },
        /* musl knows $ORIGIN alone, and does not look at what follows it. */
        { &by_musl, "$ORIGIN/x", "pkg/x", WF_EXPANDED_ORIGIN },
        { &by_musl, "${ORIGIN}/x", "pkg/x", WF_EXPANDED_ORIGIN },
        { &by_musl, "$ORIGINx", "pkgx", WF_EXPANDED_ORIGIN },
        { &by_musl, "/x/$LIB", NULL, WF_NOT_EXPANDED },
        { &by_musl, "/x/$HOME", NULL, WF_NOT_EXPANDED },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        const char *text = NULL;
        const enum wf_expansion how = wf_search_path_expand(
            &text, &arena, wf_bytes_str(rows[i].item), rows[i].tokens);

        if (how != rows[i].how)
            fail_msg("%s: %d instead of %d", rows[i].item, (int)how, (int)rows[i].how);
        if (rows[i].text == NULL)
            assert_null(text);
        else
            assert_string_equal(text, rows[i].text);
    }
}

static void
expands_nothing_longer_than_a_path_can_be(void **state)
{
    static char item[9000];
    const char *text = NULL;

    (void)state;
    memset(item, 'a', sizeof item);
    assert_int_equal(
        wf_search_path_expand(&text, &arena, wf_bytes_of(item, 8191), &known),
        WF_EXPANDED);
    assert_int_equal(strlen(text), 8191);
    text = NULL;
    assert_int_equal(
        wf_search_path_expand(&text, &arena, wf_bytes_of(item, 8192), &known),
        WF_NOT_EXPANDED);
    for (size_t i = 0; i + 7 <= sizeof item; i += 7)
        memcpy(item + i, "$ORIGIN", 7);
    /* 1,170 times "pkg/sub" fit; 1,171 do not. */
    assert_int_equal(
        wf_search_path_expand(&text, &arena, wf_bytes_of(item, 1170 * 7), &known),
        WF_EXPANDED_ORIGIN);
    assert_int_equal(
        wf_search_path_expand(&text, &arena, wf_bytes_of(item, 1171 * 7), &known),
        WF_NOT_EXPANDED);
}

static void
normalises_folders_inside_a_wheel(void **state)
{
    static const struct {
        const char *path;
        const char *inside; /* NULL: outside */
    } rows[] = {
        { "", "" },
        { ".", "" },
        { "pkg", "pkg" },
        { "pkg/", "pkg" },
        { "./pkg//sub/.", "pkg/sub" },
        { "pkg/..", "" },
        { "pkg/sub/../../demo.libs", "demo.libs" },
        { "pkg/sub/..", "pkg" },
        { "pkg/...", "pkg/..." },
        { "pkg/..x", "pkg/..x" },
        { "..", NULL },
        { "../pkg", NULL },
        { "pkg/../..", NULL },
        { "pkg/../../pkg", NULL },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        const char *inside = wf_search_path_in_wheel(&arena, rows[i].path);

        if (rows[i].inside == NULL)
            assert_null(inside);
        else
            assert_string_equal(inside, rows[i].inside);
    }
}

static void
takes_paths_apart_and_puts_them_together(void **state)
{
    (void)state;
    assert_string_equal(wf_search_path_folder(&arena, "libx.so"), "");
    assert_string_equal(wf_search_path_folder(&arena, "/libx.so"), "/");
    assert_string_equal(wf_search_path_folder(&arena, "a/b/libx.so"), "a/b");
    assert_string_equal(wf_search_path_join(&arena, "", "libx.so"), "libx.so");
    assert_string_equal(wf_search_path_join(&arena, "/", "libx.so"), "/libx.so");
    assert_string_equal(wf_search_path_join(&arena, "a/b", "libx.so"), "a/b/libx.so");
    assert_string_equal(wf_search_path_join(&arena, "a/", "libx.so"), "a/libx.so");
}

/* Every prefix of a text full of tokens, and every byte changed, in a block of its size. */
static void
reads_no_byte_beyond_an_item(void **state)
{
    static const char text[] = "$ORIGIN/../${LIB}/$PLATFORM/${ORIGIN}x$LIBc$";
    static const char replacements[] = { '$', '{', '}', '/', 'O', '\0' };

    (void)state;
    for (size_t len = 0; len < sizeof text; len++) {
        struct wf_bytes item = exact_copy(text, len);
        const char *out = "unset";
        const enum wf_expansion how = wf_search_path_expand(&out, &arena, item, &known);

        assert_true((how == WF_NOT_EXPANDED) == (strcmp(out, "unset") == 0));
        free_exact(item);
    }
    for (size_t at = 0; at < sizeof text - 1; at++) {
        for (size_t k = 0; k < sizeof replacements; k++) {
            char changed[sizeof text];
            const char *out = "unset";

            memcpy(changed, text, sizeof text);
            changed[at] = replacements[k];
            struct wf_bytes item = exact_copy(changed, sizeof text - 1);

            assert_int_not_equal(wf_search_path_expand(&out, &arena, item, &known),
                                 WF_NOT_EXPANDED);
            free_exact(item);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(splits_lists_and_keeps_empty_items, clear),
        cmocka_unit_test_teardown(expands_tokens_as_the_loaders_do, clear),
        cmocka_unit_test_teardown(expands_nothing_longer_than_a_path_can_be, clear),
        cmocka_unit_test_teardown(normalises_folders_inside_a_wheel, clear),
        cmocka_unit_test_teardown(takes_paths_apart_and_puts_them_together, clear),
        cmocka_unit_test_teardown(reads_no_byte_beyond_an_item, clear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
