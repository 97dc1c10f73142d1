/* test_ld_conf.c -- ld.so.conf with includes, and musl's path file. */
#include "../support/unit.h"

#include <stdio.h>

#include "../support/folder.h"
#include "resolve/ld_conf.h"

static struct wf_arena arena;

static int
setup(void **state)
{
    return folder_setup(state);
}

static int
teardown(void **state)
{
    wf_arena_clear(&arena);
    return folder_teardown(state);
}

/* "dir (why)" a line; includes as "include pattern". */
static const char *
text_of(const struct wf_conf_dirs *dirs)
{
    const char *out = "";

    for (size_t i = 0; i < dirs->num; i++)
        out = wf_arena_printf(&arena, "%s%s%s (%s)\n", out,
                              dirs->items[i].is_include ? "include " : "",
                              dirs->items[i].dir, dirs->items[i].why);
    return out;
}

static const char *
parsed(const char *text)
{
    struct wf_conf_dirs dirs = { 0 };

    wf_ld_conf_parse(&dirs, &arena, wf_bytes_str(text), "/etc/ld.so.conf");
    return text_of(&dirs);
}

static void
takes_folders_and_includes_in_their_order(void **state)
{
    (void)state;
    assert_string_equal(parsed("/a\ninclude ld.so.conf.d/*.conf\n/b\n"),
                        "/a (/etc/ld.so.conf line 1)\n"
                        "include /etc/ld.so.conf.d/*.conf (/etc/ld.so.conf line 2)\n"
                        "/b (/etc/ld.so.conf line 3)\n");
    assert_string_equal(parsed("include /x/a /x/b\tc"),
                        "include /x/a (/etc/ld.so.conf line 1)\n"
                        "include /x/b (/etc/ld.so.conf line 1)\n"
                        "include /etc/c (/etc/ld.so.conf line 1)\n");
}

static void
skips_what_names_no_folder(void **state)
{
    (void)state;
    assert_string_equal(parsed(""), "");
    assert_string_equal(parsed("# /a\n\n   \n\t# b\n"), "");
    assert_string_equal(parsed("hwcap 0 nosegneg\n"), "");
    assert_string_equal(parsed("relative/lib\n./x\n"), "");
    assert_string_equal(parsed("include\n"), "");
    assert_string_equal(parsed("includes /a\n"), "");
}

static void
cleans_folders_as_ldconfig_does(void **state)
{
    (void)state;
    assert_string_equal(parsed("  /a/b//  # why\r\n"), "/a/b (/etc/ld.so.conf line 1)\n");
    assert_string_equal(parsed("/a=libc6\n"), "/a (/etc/ld.so.conf line 1)\n");
    assert_string_equal(parsed("/a b\n"), "/a b (/etc/ld.so.conf line 1)\n");
    assert_string_equal(parsed("/\n"), "/ (/etc/ld.so.conf line 1)\n");
}

static void
stops_at_a_nul(void **state)
{
    struct wf_conf_dirs dirs = { 0 };

    (void)state;
    wf_ld_conf_parse(&dirs, &arena, wf_bytes_of("/a\n/b\0/c\n/d", 12), "x");
    assert_string_equal(text_of(&dirs), "/a (x line 1)\n/b (x line 2)\n");
}

static void
keeps_a_bounded_number_of_lines(void **state)
{
    static char text[3 * 20000];
    struct wf_conf_dirs dirs = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof text; i += 3)
        memcpy(text + i, "/a\n", 3);
    wf_ld_conf_parse(&dirs, &arena, wf_bytes_of(text, sizeof text), "x");
    assert_int_equal(dirs.num, 10000);
}

static void
takes_musl_folders_by_colon_or_line(void **state)
{
    struct wf_conf_dirs dirs = { 0 };

    (void)state;
    wf_musl_path_parse(&dirs, &arena, wf_bytes_of("/a:/b\n\n:/c\0/d", 13), "p");
    assert_string_equal(text_of(&dirs), "/a (p)\n/b (p)\n/c (p)\n");
}

static const char *
read_under(void **state, const char *root)
{
    struct wf_conf_dirs dirs = { 0 };

    wf_ld_conf_read(&dirs, &arena, folder_path(state, root));
    return text_of(&dirs);
}

static void
reads_includes_in_place_and_sorted(void **state)
{
    folder_make(state, "r");
    folder_make(state, "r/etc");
    folder_make(state, "r/etc/d");
    folder_write(state, "r/etc/ld.so.conf", "/first\ninclude d/*.conf\n/last\n");
    folder_write(state, "r/etc/d/b.conf", "/b\n");
    folder_write(state, "r/etc/d/a.conf", "# nothing\n/a\n");
    folder_write(state, "r/etc/d/.hidden.conf", "/hidden\n");
    folder_write(state, "r/etc/d/other", "/other\n");
    assert_string_equal(read_under(state, "r"), "/first (/etc/ld.so.conf line 1)\n"
                                                "/a (/etc/d/a.conf line 2)\n"
                                                "/b (/etc/d/b.conf line 1)\n"
                                                "/last (/etc/ld.so.conf line 3)\n");
}

static void
reads_each_file_once(void **state)
{
    folder_make(state, "r");
    folder_make(state, "r/etc");
    folder_write(state, "r/etc/ld.so.conf",
                 "include ld.so.conf\ninclude x\ninclude y\n/z\n");
    folder_write(state, "r/etc/x", "/x\ninclude ld.so.conf\ninclude y\n");
    folder_link(state, "r/etc/y", "x");
    assert_string_equal(read_under(state, "r"), "/x (/etc/x line 1)\n"
                                                "/z (/etc/ld.so.conf line 4)\n");
}

static void
goes_32_includes_deep(void **state)
{
    folder_make(state, "r");
    folder_make(state, "r/etc");
    folder_write(state, "r/etc/ld.so.conf", "include 1\n");
    for (int i = 1; i < 40; i++) {
        char name[32];
        char text[64];

        snprintf(name, sizeof name, "r/etc/%d", i);
        snprintf(text, sizeof text, "/%d\ninclude %d\n", i, i + 1);
        folder_write(state, name, text);
    }
    const char *all = read_under(state, "r");

    assert_non_null(strstr(all, "/32 (/etc/32 line 1)\n"));
    assert_null(strstr(all, "/33 "));
}

static void
follows_links_inside_the_root_only(void **state)
{
    folder_make(state, "r");
    folder_make(state, "r/etc");
    folder_make(state, "r/conf");
    folder_make(state, "outside");
    folder_write(state, "outside/a", "/outside\n");
    folder_write(state, "r/conf/a", "/inside\n");
    folder_link(state, "r/etc/up", "../../outside");
    folder_link(state, "r/etc/absolute", "/conf");
    folder_write(state, "r/etc/ld.so.conf",
                 "include up/*\ninclude ../../outside/*\ninclude absolute/[a]\n");
    assert_string_equal(read_under(state, "r"), "/inside (/etc/absolute/a line 1)\n");
}

static void
adds_nothing_for_files_it_cannot_read(void **state)
{
    static char large[(1 << 20) + 2];

    assert_string_equal(read_under(state, "missing"), "");
    folder_make(state, "r");
    folder_make(state, "r/etc");
    folder_make(state, "r/etc/folder");
    memset(large, '\n', sizeof large - 1);
    folder_write(state, "r/etc/large", large);
    folder_write(state, "r/etc/ld.so.conf",
                 "include folder\ninclude none\ninclude large\n/a\n");
    assert_string_equal(read_under(state, "r"), "/a (/etc/ld.so.conf line 4)\n");
}

static void
tells_whether_there_is_a_musl_path_file(void **state)
{
    struct wf_conf_dirs dirs = { 0 };

    folder_make(state, "r");
    folder_make(state, "r/etc");
    const char *root = wf_arena_strdup(&arena, folder_path(state, "r"));

    assert_false(wf_musl_path_read(&dirs, &arena, root, "/etc/ld-musl-x86_64.path"));
    folder_write(state, "r/etc/ld-musl-x86_64.path", "/lib:/opt/lib");
    assert_true(wf_musl_path_read(&dirs, &arena, root, "/etc/ld-musl-x86_64.path"));
    assert_string_equal(
        text_of(&dirs),
        "/lib (/etc/ld-musl-x86_64.path)\n/opt/lib (/etc/ld-musl-x86_64.path)\n");
}

static void
survives_every_prefix_and_every_changed_byte(void **state)
{
    static const char text[] = "/a=b # c\ninclude x/*.conf y\n hwcap 1\n/z/ \r\n:";

    (void)state;
    for (size_t len = 0; len < sizeof text; len++) {
        for (unsigned c = 0; c < 256; c += len == sizeof text - 1 ? 1 : 256) {
            for (size_t at = 0; at < len; at++) {
                struct wf_bytes copy = exact_copy(text, len);
                struct wf_conf_dirs dirs = { 0 };
                struct wf_arena own = { 0 };

                if (len == sizeof text - 1)
                    ((uint8_t *)(uintptr_t)copy.data)[at] = (uint8_t)c;
                wf_ld_conf_parse(&dirs, &own, copy, "/etc/x");
                for (size_t i = 0; i < dirs.num; i++)
                    assert_int_equal(dirs.items[i].dir[0], '/');
                wf_musl_path_parse(&dirs, &own, copy, "/etc/x");
                wf_arena_clear(&own);
                free_exact(copy);
            }
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(takes_folders_and_includes_in_their_order, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(skips_what_names_no_folder, setup, teardown),
        cmocka_unit_test_setup_teardown(cleans_folders_as_ldconfig_does, setup, teardown),
        cmocka_unit_test_setup_teardown(stops_at_a_nul, setup, teardown),
        cmocka_unit_test_setup_teardown(keeps_a_bounded_number_of_lines, setup, teardown),
        cmocka_unit_test_setup_teardown(takes_musl_folders_by_colon_or_line, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(reads_includes_in_place_and_sorted, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(reads_each_file_once, setup, teardown),
        cmocka_unit_test_setup_teardown(goes_32_includes_deep, setup, teardown),
        cmocka_unit_test_setup_teardown(follows_links_inside_the_root_only, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(adds_nothing_for_files_it_cannot_read, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(tells_whether_there_is_a_musl_path_file, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(survives_every_prefix_and_every_changed_byte,
                                        setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
