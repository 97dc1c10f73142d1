/* test_library_files.c -- libraries outside the wheel: a sysroot, folders that were named,
 * this machine. */
#include "../support/unit.h"

#include <stdio.h>

#include "../support/folder.h"
#include "../support/tree_builder.h"

static struct tree_world w;

#define LIB "{\"machine\": \"x86_64\"}"

static int
setup(void **state)
{
    tree_setup(&w);
    return folder_setup(state);
}

static int
teardown(void **state)
{
    tree_clear(&w);
    return folder_teardown(state);
}

static const char *
path(void **state, const char *name)
{
    return wf_arena_strdup(&w.arena, folder_path(state, name));
}

/* The tree with the test's folder called "~". */
static const char *
tree(void **state, const struct wf_object *root)
{
    const char *text = tree_of(&w, root);
    const char *folder = *state;
    const char *out = "";

    for (const char *at = strstr(text, folder); at != NULL; at = strstr(text, folder)) {
        out = wf_arena_printf(&w.arena, "%s%.*s~", out, (int)(at - text), text);
        text = at + strlen(folder);
    }
    return wf_arena_printf(&w.arena, "%s%s", out, text);
}

static void
use_sysroot(void **state)
{
    tree_folder(state, "root/etc");
    w.search.sysroot = wf_arena_printf(&w.arena, "%s/", path(state, "root"));
    w.search.use_host = true; /* a sysroot stands in for the host all the same */
}

static void
searches_a_sysroot_as_its_own_loader_would(void **state)
{
    struct wf_object *root =
        tree_add(&w, "_x.so", "liba.so libb.so libc1.so libd.so libe.so libf.so");

    use_sysroot(state);
    root->runpath = "/opt/lib:/usr/$LIB/more";
    tree_file(state, "root/opt/lib/liba.so", LIB);
    tree_file(state, "root/usr/lib64/more/libb.so", LIB);
    tree_folder(state, "root/lib64");
    folder_write(state, "root/etc/ld.so.conf", "/conf\n");
    tree_file(state, "root/conf/libc1.so", LIB);
    tree_file(state, "root/usr/lib64/libd.so", LIB);
    tree_file(state, "root/usr/lib/libe.so", LIB);
    tree_file(state, "root/lib64/libe.so", LIB);
    assert_string_equal(
        tree(state, root),
        "_x.so: liba.so=~/root/opt/lib/liba.so(runpath) "
        "libb.so=~/root/usr/lib64/more/libb.so(runpath) "
        "libc1.so=~/root/conf/libc1.so(conf) libd.so=~/root/usr/lib64/libd.so(default) "
        "libe.so=~/root/lib64/libe.so(default) libf.so=-(not-found)\n"
        "~/root/opt/lib/liba.so:\n~/root/usr/lib64/more/libb.so:\n"
        "~/root/conf/libc1.so:\n~/root/usr/lib64/libd.so:\n~/root/lib64/libe.so:\n");
    assert_string_equal(tree_edge(&w, "libc1.so")->why, "/etc/ld.so.conf line 1");
    assert_string_equal(tree_edge(&w, "libd.so")->why, "default folder");
    const struct wf_edge *missing = tree_edge(&w, "libf.so");

    assert_int_equal(missing->num_tries, 6);
    assert_string_equal(missing->tries[3].path, path(state, "root/lib64/libf.so"));
}

static void
prefers_multiarch_folders_where_there_are_any(void **state)
{
    struct wf_object *root = tree_add(&w, "_x.so", "liba.so libb.so");

    use_sysroot(state);
    root->rpath = "/opt/$LIB";
    tree_file(state, "root/lib/x86_64-linux-gnu/liba.so", LIB);
    tree_file(state, "root/usr/lib/liba.so", LIB);
    tree_file(state, "root/opt/lib/x86_64-linux-gnu/libb.so", LIB);
    assert_string_equal(tree(state, root),
                        "_x.so: liba.so=~/root/lib/x86_64-linux-gnu/liba.so(default) "
                        "libb.so=~/root/opt/lib/x86_64-linux-gnu/libb.so(rpath)\n"
                        "~/root/lib/x86_64-linux-gnu/liba.so:\n"
                        "~/root/opt/lib/x86_64-linux-gnu/libb.so:\n");
}

static void
never_follows_a_link_out_of_the_sysroot(void **state)
{
    struct wf_object *root = tree_add(&w, "_x.so", "liba.so libb.so libc1.so");

    use_sysroot(state);
    tree_file(state, "liba.so", LIB);
    tree_file(state, "root/opt/libb.so.1", LIB);
    tree_folder(state, "root/usr/lib");
    folder_link(state, "root/usr/lib/liba.so", "../../../liba.so");
    folder_link(state, "root/usr/lib/libb.so", "/opt/libb.so.1");
    folder_link(state, "root/usr/lib/libc1.so", "libc1.so");
    assert_string_equal(
        tree(state, root),
        "_x.so: liba.so=-(not-found) libb.so=~/root/usr/lib/libb.so(default) "
        "libc1.so=-(not-found)\n~/root/usr/lib/libb.so:\n");
    assert_string_equal(tree_edge(&w, "libb.so")->library->real_path,
                        path(state, "root/opt/libb.so.1"));
}

static void
reads_one_file_of_several_names_once(void **state)
{
    struct wf_object *root = tree_add(&w, "_x.so", "liba.so liba.so.1");

    use_sysroot(state);
    tree_file(state, "root/lib/liba.so.1",
              "{\"machine\": \"x86_64\", "
              "\"needed\": [\"libb.so\"], "
              "\"runpath\": \"$ORIGIN/deep\"}");
    tree_file(state, "root/lib/deep/libb.so", LIB);
    folder_link(state, "root/lib/liba.so", "liba.so.1");
    assert_string_equal(tree(state, root),
                        "_x.so: liba.so=~/root/lib/liba.so(default) "
                        "liba.so.1=~/root/lib/liba.so(loaded)\n"
                        "~/root/lib/liba.so: libb.so=~/root/lib/deep/libb.so(runpath)\n"
                        "~/root/lib/deep/libb.so:\n");
    assert_string_equal(tree_edge(&w, "liba.so.1")->why,
                        "the same file is loaded already");
}

static void
passes_over_what_is_no_library_and_says_what_it_is(void **state)
{
    struct wf_object *root = tree_add(&w, "_x.so", "liba.so");

    use_sysroot(state);
    root->rpath = "/script:/folder:/broken:/object:/arm:/musl:/good";
    tree_folder(state, "root/script");
    folder_write(state, "root/script/liba.so", "INPUT(-lb)\n");
    tree_folder(state, "root/folder/liba.so");
    tree_file(state, "root/broken/liba.so",
              "{\"machine\": \"x86_64\", \"truncate\": 40}");
    tree_file(state, "root/object/liba.so",
              "{\"machine\": \"x86_64\", \"type\": \"rel\"}");
    tree_file(state, "root/arm/liba.so", "{\"machine\": \"aarch64\"}");
    tree_file(state, "root/musl/liba.so",
              "{\"machine\": \"x86_64\", \"needed\": [\"libc.musl-x86_64.so.1\"]}");
    tree_file(state, "root/good/liba.so", LIB);
    tree_of(&w, root);
    const struct wf_edge *edge = tree_edge(&w, "liba.so");
    static const enum wf_try_result results[] = { WF_TRY_NOT_OBJECT, WF_TRY_UNREADABLE,
                                                  WF_TRY_UNREADABLE, WF_TRY_NOT_OBJECT,
                                                  WF_TRY_ARCH,       WF_TRY_LIBC };

    assert_string_equal(edge->library->path, path(state, "root/good/liba.so"));
    assert_int_equal(edge->num_tries, WF_COUNT(results));
    for (size_t i = 0; i < WF_COUNT(results); i++)
        assert_int_equal(edge->tries[i].result, results[i]);
    assert_null(edge->tries[0].detail);
    assert_string_equal(edge->tries[1].detail, "is a folder; a regular file is expected");
    assert_non_null(edge->tries[2].detail);
    assert_string_equal(edge->tries[3].detail, wf_object_kind_name(WF_KIND_RELOCATABLE));
    assert_string_equal(edge->tries[4].detail, "aarch64");
    assert_string_equal(edge->tries[5].detail, "musl");
}

static void
follows_musls_path_file_in_a_sysroot(void **state)
{
    struct wf_object *root =
        tree_add(&w, "_x.so", "liba.so libb.so libc.musl-x86_64.so.1 libm.so.6");

    use_sysroot(state);
    root->libc = WF_LIBC_MUSL;
    folder_write(state, "root/etc/ld-musl-x86_64.path", "/one\n/two:/three\n");
    tree_file(state, "root/three/liba.so", LIB);
    tree_file(state, "root/two/liba.so", LIB);
    tree_file(state, "root/usr/lib/libb.so", LIB);
    tree_file(state, "root/lib/ld-musl-x86_64.so.1",
              "{\"machine\": \"x86_64\", \"soname\": \"libc.musl-x86_64.so.1\"}");
    assert_string_equal(tree(state, root),
                        "_x.so: liba.so=~/root/two/liba.so(conf) libb.so=-(not-found) "
                        "libc.musl-x86_64.so.1=~/root/lib/ld-musl-x86_64.so.1(default) "
                        "libm.so.6=~/root/lib/ld-musl-x86_64.so.1(loaded)\n"
                        "~/root/two/liba.so:\n~/root/lib/ld-musl-x86_64.so.1:\n");
}

static void
falls_back_to_musls_own_folders(void **state)
{
    struct wf_object *root = tree_add(&w, "_x.so", "liba.so libb.so");

    use_sysroot(state);
    root->libc = WF_LIBC_MUSL;
    tree_file(state, "root/usr/local/lib/liba.so", LIB);
    tree_file(state, "root/usr/lib/liba.so", LIB);
    tree_file(state, "root/usr/lib64/libb.so", LIB);
    assert_string_equal(tree(state, root),
                        "_x.so: liba.so=~/root/usr/local/lib/liba.so(default) "
                        "libb.so=-(not-found)\n~/root/usr/local/lib/liba.so:\n");
}

static void
notes_variants_in_a_sysroot(void **state)
{
    struct wf_object *root = tree_add(&w, "_x.so", "liba.so");

    use_sysroot(state);
    tree_file(state, "root/usr/lib/liba.so", LIB);
    tree_file(state, "root/usr/lib/glibc-hwcaps/x86-64-v3/liba.so", LIB);
    tree_of(&w, root);
    const struct wf_library *library = tree_edge(&w, "liba.so")->library;

    assert_string_equal(library->path, path(state, "root/usr/lib/liba.so"));
    assert_int_equal(library->variants.num, 1);
    assert_string_equal(library->variants.items[0],
                        path(state, "root/usr/lib/glibc-hwcaps/x86-64-v3/liba.so"));
}

/* An object of an architecture that is never this machine's. */
static struct wf_object *
add_foreign(const char *name, const char *needed)
{
    struct wf_object *object = tree_add(&w, name, needed);
    const bool is_s390x = wf_arch_host() == WF_ARCH_S390X;

    object->arch = is_s390x ? WF_ARCH_AARCH64 : WF_ARCH_S390X;
    object->machine = is_s390x ? 183 : 22;
    object->endian = is_s390x ? WF_LITTLE : WF_BIG;
    return object;
}

static const char *
foreign_lib(void)
{
    return wf_arch_host() == WF_ARCH_S390X ? "{\"machine\": \"aarch64\"}"
                                           : "{\"machine\": \"s390x\"}";
}

static void
searches_only_named_places_for_a_foreign_target(void **state)
{
    struct wf_object *root =
        add_foreign("_x.so", "liba.so libb.so libc1.so libd.so libe.so");
    const char *absolute = path(state, "absolute");
    const char *lib_path = path(state, "lib-path");

    root->rpath = absolute;
    w.search.use_host = true;
    w.search.lib_path = (struct wf_strings){ .items = &lib_path, .num = 1, .cap = 1 };
    w.search.environment = path(state, "environment");
    w.search.environment_name = "LD_LIBRARY_PATH";
    w.search.named_environment = path(state, "named");
    w.search.named_environment_name = "WHEELFIX_LD_LIBRARY_PATH";
    tree_file(state, "absolute/liba.so", foreign_lib());
    tree_file(state, "environment/libb.so", foreign_lib());
    tree_file(state, "named/libc1.so", foreign_lib());
    tree_file(state, "lib-path/libd.so", foreign_lib());
    tree_file(state, "named/libd.so", foreign_lib());
    assert_string_equal(tree(state, root),
                        "_x.so: liba.so=-(not-found) libb.so=-(not-found) "
                        "libc1.so=~/named/libc1.so(environment) "
                        "libd.so=~/lib-path/libd.so(lib-path) libe.so=-(not-found)\n"
                        "~/named/libc1.so:\n~/lib-path/libd.so:\n");
    assert_string_equal(tree_edge(&w, "libc1.so")->why, "WHEELFIX_LD_LIBRARY_PATH");
    assert_int_equal(tree_edge(&w, "libe.so")->num_tries, 3);
    assert_int_equal(tree_edge(&w, "libe.so")->tries[0].result, WF_TRY_FOREIGN);
}

static void
lets_ldpaths_replace_configuration_and_defaults(void **state)
{
    struct wf_object *root = tree_add(&w, "_x.so", "liba.so libb.so libc1.so");

    use_sysroot(state);
    tree_file(state, "root/usr/lib/liba.so", LIB);
    tree_file(state, "one/libb.so", LIB);
    tree_file(state, "two/libb.so", LIB);
    w.search.ldpaths =
        wf_arena_printf(&w.arena, "%s:%s", path(state, "one"), path(state, "two"));
    assert_string_equal(tree(state, root),
                        "_x.so: liba.so=-(not-found) libb.so=~/one/libb.so(conf) "
                        "libc1.so=-(not-found)\n~/one/libb.so:\n");
    assert_string_equal(tree_edge(&w, "libb.so")->why, "--ldpaths");
    assert_int_equal(tree_edge(&w, "libc1.so")->num_tries, 2);
}

static void
takes_empty_ldpaths_for_no_folder_at_all(void **state)
{
    struct wf_object *root = tree_add(&w, "_x.so", "liba.so");

    use_sysroot(state);
    tree_file(state, "root/usr/lib/liba.so", LIB);
    w.search.ldpaths = "";
    assert_string_equal(tree(state, root), "_x.so: liba.so=-(not-found)\n");
    assert_int_equal(tree_edge(&w, "liba.so")->num_tries, 0);
}

static void
refuses_the_current_folder_for_wheels(void **state)
{
    struct wf_object *root = add_foreign("_x.so", "liba.so");

    (void)state;
    w.search.named_environment = "::$ORIGIN/x";
    w.search.named_environment_name = "V";
    tree_of(&w, root);
    assert_string_equal(tree_tries(&w, "liba.so"), " relative environment: V\n"
                                                   " relative environment: V\n"
                                                   "$ORIGIN/x token environment: V\n");
}

/* A recipe of this machine's own kind; glibc unless silent. */
static const char *
host_lib(const char *keys)
{
    return wf_arena_printf(&w.arena, "{\"machine\": \"%s\"%s%s}",
                           wf_arch_name(wf_arch_host()), *keys == '\0' ? "" : ", ", keys);
}

static void
searches_this_machine_in_the_order_of_its_loader(void **state)
{
    static const struct {
        const char *present; /* the folders that have the library */
        const char *by;
    } rows[] = {
        { "rpath lib-path named environment", "lib-path" },
        { "rpath named environment runpath", "environment" },
        { "rpath environment runpath", "environment" },
        { "rpath runpath", "runpath" },
        { "rpath", "not-found" }, /* silenced by RUNPATH */
    };

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        tree_clear(&w);
        tree_setup(&w);
        const char *top = wf_arena_printf(&w.arena, "%zu", i);
        const char *lib_path = path(state, wf_arena_printf(&w.arena, "%s/lib-path", top));
        char present[64];

        snprintf(present, sizeof present, "%s", rows[i].present);
        for (char *at = present; at != NULL && *at != '\0';) {
            char *blank = strchr(at, ' ');

            if (blank != NULL)
                *blank = '\0';
            tree_file(state,
                      wf_arena_printf(&w.arena, "%s/%s/libwheelfix-test.so", top, at),
                      host_lib(""));
            at = blank == NULL ? NULL : blank + 1;
        }
        tree_file(
            state, wf_arena_printf(&w.arena, "%s/x.so", top),
            host_lib("\"needed\": [\"libwheelfix-test.so\"], "
                     "\"rpath\": \"$ORIGIN/rpath\", \"runpath\": \"$ORIGIN/runpath\""));
        w.search.use_host = true;
        w.search.lib_path = (struct wf_strings){ .items = &lib_path, .num = 1, .cap = 1 };
        w.search.named_environment =
            path(state, wf_arena_printf(&w.arena, "%s/named", top));
        w.search.named_environment_name = "WHEELFIX_LD_LIBRARY_PATH";
        w.search.environment = wf_arena_printf(
            &w.arena, "/none;%s",
            path(state, wf_arena_printf(&w.arena, "%s/environment", top)));
        w.search.environment_name = "LD_LIBRARY_PATH";
        struct wf_object *root =
            tree_read(&w, path(state, wf_arena_printf(&w.arena, "%s/x.so", top)));

        root->libc = WF_LIBC_UNKNOWN;
        tree_of(&w, root);
        assert_string_equal(wf_found_by_name(tree_edge(&w, "libwheelfix-test.so")->by),
                            rows[i].by);
    }
}

static void
puts_rpath_before_everything_named(void **state)
{
    const char *lib_path = path(state, "lib-path");

    tree_file(state, "libs/libwheelfix-test.so", host_lib(""));
    tree_file(state, "lib-path/libwheelfix-test.so", host_lib(""));
    tree_file(state, "x.so",
              host_lib("\"needed\": [\"libwheelfix-test.so\"], "
                       "\"rpath\": \"$ORIGIN/libs\""));
    w.search.use_host = true;
    w.search.lib_path = (struct wf_strings){ .items = &lib_path, .num = 1, .cap = 1 };
    assert_string_equal(tree(state, tree_read(&w, path(state, "x.so"))),
                        "~/x.so: libwheelfix-test.so=~/libs/libwheelfix-test.so(rpath)\n"
                        "~/libs/libwheelfix-test.so:\n");
}

static void
ignores_the_environment_when_the_host_is_not_searched(void **state)
{
    tree_file(state, "libs/libwheelfix-test.so", host_lib(""));
    tree_file(state, "x.so", host_lib("\"needed\": [\"libwheelfix-test.so\"]"));
    w.search.environment = path(state, "libs");
    w.search.environment_name = "LD_LIBRARY_PATH";
    assert_string_equal(tree(state, tree_read(&w, path(state, "x.so"))),
                        "~/x.so: libwheelfix-test.so=-(not-found)\n");
}

static void
gives_a_program_its_real_folder_and_a_library_the_one_it_was_opened_in(void **state)
{
    static const char *const kinds[] = { "\"type\": \"exec\"", "\"type\": \"dyn\"" };
    static const char *const found[] = {
        "~/links/x: liba.so=~/real/libs/liba.so(runpath)\n~/real/libs/liba.so:\n",
        "~/links/x: liba.so=~/links/libs/liba.so(runpath)\n~/links/libs/liba.so:\n",
    };

    tree_file(state, "real/libs/liba.so", host_lib(""));
    tree_file(state, "links/libs/liba.so", host_lib(""));
    folder_link(state, "links/x", "../real/x");
    for (size_t i = 0; i < WF_COUNT(kinds); i++) {
        tree_clear(&w);
        tree_setup(&w);
        tree_file(
            state, "real/x",
            host_lib(wf_arena_printf(
                &w.arena, "\"needed\": [\"liba.so\"], \"runpath\": \"$ORIGIN/libs\", %s",
                kinds[i])));
        assert_string_equal(tree(state, tree_read(&w, path(state, "links/x"))), found[i]);
    }
}

static void
keeps_a_file_of_the_sysroot_inside_it(void **state)
{
    use_sysroot(state);
    tree_file(state, "root/bin/x.so",
              "{\"machine\": \"x86_64\", \"needed\": [\"liba.so\", \"libb.so\"], "
              "\"rpath\": \"$ORIGIN/../../../lib:/opt\"}");
    tree_file(state, "root/lib/liba.so", LIB);
    tree_file(state, "root/opt/libb.so", LIB);
    assert_string_equal(tree(state, tree_read(&w, path(state, "root/bin/x.so"))),
                        "~/root/bin/x.so: liba.so=~/root/bin/../../../lib/liba.so(rpath) "
                        "libb.so=~/root/opt/libb.so(rpath)\n"
                        "~/root/bin/../../../lib/liba.so:\n~/root/opt/libb.so:\n");
    assert_string_equal(tree_edge(&w, "liba.so")->library->real_path,
                        path(state, "root/lib/liba.so"));
}

static void
prefers_the_wheels_own_library_to_nothing_but_not_to_the_loaders_order(void **state)
{
    struct wf_object *root = tree_add(&w, "_x.so", "liba.so libb.so");

    use_sysroot(state);
    tree_add(&w, "libs/liba.so", "");
    tree_add(&w, "libs/libb.so", "");
    tree_file(state, "root/usr/lib/liba.so", LIB);
    assert_string_equal(tree(state, root),
                        "_x.so: liba.so=~/root/usr/lib/liba.so(default) "
                        "libb.so=libs/libb.so(outside-search)\n"
                        "~/root/usr/lib/liba.so:\nlibs/libb.so:\n");
}

static void
excludes_by_real_path(void **state)
{
    static const char *patterns[] = { "*/liba.so.1.2" };
    struct wf_object *root = tree_add(&w, "_x.so", "liba.so.1");

    use_sysroot(state);
    w.search.excludes = (struct wf_strings){ .items = patterns, .num = 1, .cap = 1 };
    tree_file(state, "root/usr/lib/liba.so.1.2", LIB);
    folder_link(state, "root/usr/lib/liba.so.1", "liba.so.1.2");
    assert_string_equal(tree(state, root), "_x.so: liba.so.1=-(excluded)\n");
    assert_string_equal(tree_edge(&w, "liba.so.1")->why, "*/liba.so.1.2");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(searches_a_sysroot_as_its_own_loader_would),
        TEST(prefers_multiarch_folders_where_there_are_any),
        TEST(never_follows_a_link_out_of_the_sysroot),
        TEST(reads_one_file_of_several_names_once),
        TEST(passes_over_what_is_no_library_and_says_what_it_is),
        TEST(follows_musls_path_file_in_a_sysroot),
        TEST(falls_back_to_musls_own_folders),
        TEST(notes_variants_in_a_sysroot),
        TEST(searches_only_named_places_for_a_foreign_target),
        TEST(lets_ldpaths_replace_configuration_and_defaults),
        TEST(takes_empty_ldpaths_for_no_folder_at_all),
        TEST(refuses_the_current_folder_for_wheels),
        TEST(searches_this_machine_in_the_order_of_its_loader),
        TEST(puts_rpath_before_everything_named),
        TEST(ignores_the_environment_when_the_host_is_not_searched),
        TEST(gives_a_program_its_real_folder_and_a_library_the_one_it_was_opened_in),
        TEST(keeps_a_file_of_the_sysroot_inside_it),
        TEST(prefers_the_wheels_own_library_to_nothing_but_not_to_the_loaders_order),
        TEST(excludes_by_real_path),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
