/* test_packages_rpm.c -- rpm's database through its program: what we make of its answers, and
 * a database made by the real one. */
#include "../support/unit.h"

#include <stdio.h>
#include <sys/stat.h>

#include "../support/folder.h"
#include "base/file.h"
#include "base/spawn.h"
#include "base/text.h"
#include "repair/packages.h"

static struct wf_packages *packages;
static char *path_before;

static int
setup(void **state)
{
    path_before = strdup(getenv("PATH"));
    return folder_setup(state);
}

static int
teardown(void **state)
{
    wf_packages_free(packages);
    packages = NULL;
    setenv("PATH", path_before, 1);
    free(path_before);
    return folder_teardown(state);
}

/* A program called rpm, first in PATH, that writes its arguments down and runs `body`. */
static void
fake_rpm(void **state, const char *body)
{
    struct wf_arena arena = { 0 };

    folder_put(state, "bin/rpm",
               wf_arena_printf(&arena,
                               "#!/bin/sh\n"
                               "printf '[%%s]' \"$@\" >>'%s'\n%s\n",
                               folder_path(state, "asked"), body));
    assert_int_equal(chmod(folder_path(state, "bin/rpm"), 0755), 0);
    setenv("PATH",
           wf_arena_printf(&arena, "%s:%s", folder_path(state, "bin"), path_before), 1);
    folder_put(state, "root/var/lib/rpm/rpmdb.sqlite", "");
    folder_put(state, "root/etc/os-release", "ID=fedora\nVERSION_ID=39\n");
    wf_arena_clear(&arena);
}

static const struct wf_package *
owner(void **state, const char *path)
{
    if (packages == NULL)
        packages = wf_packages_new(folder_path(state, "root"));
    return wf_packages_owner(packages, folder_path(state, path));
}

static void
assert_asked(void **state, const char *text)
{
    struct wf_buffer asked;
    struct wf_error err = { 0 };

    wf_buffer_init(&asked, 1 << 16);
    assert_true(wf_file_read_whole(&asked, folder_path(state, "asked"), &err));
    wf_buffer_add_char(&asked, '\0');
    assert_string_equal((const char *)asked.data, text);
    wf_buffer_clear(&asked);
}

/* What rpm says about one package: `head` and the files it has. */
#define ANSWER(head_, files_) "printf 'wheelfix\\t" head_ "\\n" files_ "'\n"

static void
takes_the_marked_line_of_the_answer_apart(void **state)
{
    fake_rpm(state, "echo 'warning: something'\n" ANSWER(
                        "libfoo\\t1\\t2.0~rc1-3.fc39\\tx86_64\\tMIT AND BSD",
                        "/usr/lib64/libother.so\\n/usr/lib64/libfoo.so.2\\n"));
    const struct wf_package *package = owner(state, "root/usr/lib64/libfoo.so.2");

    assert_non_null(package);
    assert_string_equal(package->type, "rpm");
    assert_string_equal(package->distro, "fedora");
    assert_string_equal(package->name, "libfoo");
    assert_string_equal(package->version, "1:2.0~rc1-3.fc39");
    assert_string_equal(package->arch, "x86_64");
    assert_string_equal(package->licence, "MIT AND BSD");
    assert_string_equal(package->purl, "pkg:rpm/fedora/libfoo@2.0~rc1-3.fc39?arch=x86_64&"
                                       "distro=fedora-39&epoch=1");
}

static void
leaves_out_what_rpm_has_no_value_for(void **state)
{
    fake_rpm(state,
             ANSWER("foo\\t(none)\\t1-2\\t(none)\\t(none)", "/usr/lib64/libfoo.so.2\\n"));
    const struct wf_package *package = owner(state, "root/usr/lib64/libfoo.so.2");

    assert_string_equal(package->version, "1-2");
    assert_string_equal(package->arch, "");
    assert_null(package->licence);
    assert_string_equal(package->purl, "pkg:rpm/fedora/foo@1-2?distro=fedora-39");
}

#define QUESTION                                                                         \
    "[--root][%s][--dbpath][/var/lib/rpm][-qf][--qf][wheelfix\t%%{NAME}\\t%%{EPOCH}\\t"  \
    "%%{VERSION}-%%{RELEASE}\\t%%{ARCH}\\t%%{LICENSE}\\n[%%{FILENAMES}\\n]]"

static void
asks_for_the_file_inside_the_root_and_once(void **state)
{
    struct wf_arena arena = { 0 };

    fake_rpm(state, "echo 'file /x is not owned by any package'; exit 1");
    folder_put(state, "root/usr/lib64/libfoo.so.2.1", "");
    folder_link(state, "root/usr/lib64/libfoo.so.2", "libfoo.so.2.1");
    assert_null(owner(state, "root/usr/lib64/libfoo.so.2"));
    assert_null(owner(state, "root/usr/lib64/libfoo.so.2"));
    assert_asked(state, wf_arena_printf(&arena, QUESTION "[/usr/lib64/libfoo.so.2.1]",
                                        folder_path(state, "root")));
    wf_arena_clear(&arena);
}

static void
asks_about_many_files_at_once(void **state)
{
    static const char *const names[] = { "root/usr/lib64/liba.so", "elsewhere/libb.so",
                                         "root/usr/lib64/libc.so",
                                         "root/usr/lib64/libd.so" };
    const char *paths[WF_COUNT(names)];
    const struct wf_package *owners[WF_COUNT(names)];
    struct wf_arena arena = { 0 };

    for (size_t i = 0; i < WF_COUNT(names); i++)
        paths[i] = wf_arena_strdup(&arena, folder_path(state, names[i]));
    fake_rpm(state, "echo 'file /usr/lib64/libc.so is not owned by any package'\n" ANSWER(
                        "two\\t1\\t1-2\\tx86_64\\tMIT", "/usr/lib64/libd.so\\n")
                        ANSWER("one\\t1\\t1-2\\tx86_64\\tMIT",
                               "/usr/lib64/liba.so\\n") "exit 1");
    packages = wf_packages_new(folder_path(state, "root"));
    wf_packages_owners(packages, owners, paths, WF_COUNT(paths));
    assert_string_equal(owners[0]->name, "one");
    assert_null(owners[1]);
    assert_null(owners[2]);
    assert_string_equal(owners[3]->name, "two");
    assert_ptr_equal(owner(state, "root/usr/lib64/libd.so"), owners[3]);
    assert_asked(state,
                 wf_arena_printf(&arena,
                                 QUESTION "[/usr/lib64/liba.so][/usr/lib64/libc.so]"
                                          "[/usr/lib64/libd.so]",
                                 folder_path(state, "root")));
    wf_arena_clear(&arena);
}

static void
asks_again_when_one_question_would_grow_too_long(void **state)
{
    enum { MANY = 70 };
    struct wf_arena arena = { 0 };
    const char *paths[MANY];
    const struct wf_package *owners[MANY];

    fake_rpm(state, "n=0; for a in \"$@\"; do n=$((n + 1)); done; n=$((n - 7))\n"
                    "printf 'wheelfix\\tp%s\\t1\\t1-2\\tx86_64\\tMIT\\n' \"$n\"\n"
                    "for a in \"$@\"; do case $a in /usr/*) echo \"$a\" ;; esac; done");
    for (size_t i = 0; i < MANY; i++)
        paths[i] = wf_arena_printf(&arena, "%s/usr/lib/lib%zu.so",
                                   folder_path(state, "root"), i);
    packages = wf_packages_new(folder_path(state, "root"));
    wf_packages_owners(packages, owners, paths, MANY);
    assert_string_equal(owners[0]->name, "p30");
    assert_string_equal(owners[59]->name, "p30");
    assert_string_equal(owners[60]->name, "p10");
    assert_string_equal(owners[69]->name, "p10");
    wf_arena_clear(&arena);
}

static void
takes_answers_that_make_no_sense_for_none(void **state)
{
    static const char *const answers[] = {
        "exit 0",
        "echo libfoo-1.0; echo /usr/lib64/libfoo.so",
        ANSWER("foo\\t1\\t2", "/usr/lib64/libfoo.so\\n"),
        ANSWER("\\t1\\t1-2\\tx86_64\\tMIT", "/usr/lib64/libfoo.so\\n"),
        ANSWER("foo\\t1\\t1-2\\tx86_64\\tMIT", "usr/lib64/libfoo.so\\n"),
        ANSWER("foo\\t1\\t1-2\\tx86_64\\tMIT", "") "kill -9 $$",
        "head -c 70000000 /dev/zero",
        "kill -9 $$",
    };

    for (size_t i = 0; i < WF_COUNT(answers); i++) {
        fake_rpm(state, answers[i]);
        assert_null(owner(state, "root/usr/lib64/libfoo.so"));
        wf_packages_free(packages);
        packages = NULL;
    }
}

static void
asks_nobody_where_no_database_is(void **state)
{
    fake_rpm(state, ANSWER("foo\\t1\\t1-2\\tx86_64\\tMIT", "/usr/lib64/libfoo.so\\n"));
    assert_int_equal(remove(folder_path(state, "root/var/lib/rpm/rpmdb.sqlite")), 0);
    assert_null(owner(state, "root/usr/lib64/libfoo.so"));
    /* One that lies outside the root is none. */
    folder_write(state, "outside", "");
    folder_link(state, "root/var/lib/rpm/Packages", folder_path(state, "outside"));
    wf_packages_free(packages);
    packages = NULL;
    assert_null(owner(state, "root/usr/lib64/libfoo.so"));
}

static void
does_without_a_program_that_is_not_there(void **state)
{
    folder_put(state, "root/var/lib/rpm/Packages", "");
    folder_tree(state, "bin");
    setenv("PATH", folder_path(state, "bin"), 1);
    assert_null(owner(state, "root/usr/lib64/libfoo.so"));
    assert_null(owner(state, "root/usr/lib64/libbar.so"));
}

static bool
runs(const char *const *argv)
{
    const struct wf_spawn_request request = { .argv = argv, .timeout_ms = 60000 };
    struct wf_error err = { 0 };
    int status = 0;

    return wf_spawn(&request, NULL, NULL, &status, &err) && status == 0;
}

static const char spec[] = "Name: zlib\nEpoch: 1\nVersion: 1.2.11\nRelease: 40.el9\n"
                           "Summary: x\nLicense: zlib and Boost\nBuildArch: noarch\n"
                           "%description\nx\n"
                           "%install\nmkdir -p %{buildroot}/usr/lib64\n"
                           "echo x >%{buildroot}/usr/lib64/libz.so.1.2.11\n"
                           "%files\n/usr/lib64/libz.so.1.2.11\n";

/* Builds a package with that spec and installs it below root, all as rpm does it. */
static bool
install_with_rpm(void **state)
{
    struct wf_arena arena = { 0 };
    const char *top = wf_arena_strdup(&arena, folder_path(state, "top"));
    const char *root = wf_arena_strdup(&arena, folder_path(state, "root"));
    const char *package =
        wf_arena_printf(&arena, "%s/RPMS/noarch/zlib-1.2.11-40.el9.noarch.rpm", top);
    const char *define = wf_arena_printf(&arena, "_topdir %s", top);

    folder_write(state, "zlib.spec", spec);
    folder_tree(state, "root/var/lib/rpm");
    const char *const build[] = { "rpmbuild",
                                  "-bb",
                                  "--define",
                                  define,
                                  wf_arena_strdup(&arena,
                                                  folder_path(state, "zlib.spec")),
                                  NULL };
    const char *const install[] = { "rpm",      "--root",         root,
                                    "--dbpath", "/var/lib/rpm",   "-i",
                                    "--nodeps", "--force-debian", package,
                                    NULL };
    const bool ok = runs(build) && runs(install);

    wf_arena_clear(&arena);
    return ok;
}

static void
reads_a_database_that_rpm_made(void **state)
{
    const char *const version[] = { "rpmbuild", "--version", NULL };

    if (!runs(version))
        skip();
    if (!install_with_rpm(state))
        fail_msg("rpm is here and cannot make a database");
    const struct wf_package *package = owner(state, "root/usr/lib64/libz.so.1.2.11");

    assert_non_null(package);
    assert_string_equal(package->name, "zlib");
    assert_string_equal(package->version, "1:1.2.11-40.el9");
    assert_string_equal(package->licence, "zlib and Boost");
    assert_string_equal(package->purl, "pkg:rpm/zlib@1.2.11-40.el9?arch=noarch&epoch=1");
    assert_null(owner(state, "root/usr/lib64/libother.so"));
}

#define with_folder(test_) cmocka_unit_test_setup_teardown(test_, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        with_folder(takes_the_marked_line_of_the_answer_apart),
        with_folder(leaves_out_what_rpm_has_no_value_for),
        with_folder(asks_for_the_file_inside_the_root_and_once),
        with_folder(asks_about_many_files_at_once),
        with_folder(asks_again_when_one_question_would_grow_too_long),
        with_folder(takes_answers_that_make_no_sense_for_none),
        with_folder(asks_nobody_where_no_database_is),
        with_folder(does_without_a_program_that_is_not_there),
        with_folder(reads_a_database_that_rpm_made),
    };

    return cmocka_run_group_tests_name("packages_rpm", tests, NULL, NULL);
}
