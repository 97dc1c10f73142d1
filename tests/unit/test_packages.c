/* test_packages.c -- who owns a file: dpkg's and apk's databases, merged /usr, links, roots. */
#include "../support/unit.h"

#include <stdio.h>

#include "../support/folder.h"
#include "base/text.h"
#include "repair/packages_parts.h"

static struct wf_packages *packages;

static int
teardown(void **state)
{
    wf_packages_free(packages);
    packages = NULL;
    return folder_teardown(state);
}

/* The purl of the owner of a file, which is made, inside the folder as root; or "". */
static const char *
owner(void **state, const char *path)
{
    if (packages == NULL)
        packages = wf_packages_new(folder_path(state, "root"));
    const struct wf_package *package =
        wf_packages_owner(packages, folder_path(state, path));

    return package == NULL ? "" : package->purl;
}

static void
make_debian(void **state)
{
    folder_put(state, "root/etc/os-release",
               "NAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\nID=debian\n");
    folder_put(state, "root/var/lib/dpkg/status",
               "Package: zlib1g\n"
               "Status: install ok installed\n"
               "Architecture: amd64\n"
               "Multi-Arch: same\n"
               "Version: 1:1.2.13.dfsg-1\n"
               "Description: compression library - runtime\n"
               " Version: 9\n"
               "\n"
               "Package: zlib1g\n"
               "Status: install ok unpacked\n"
               "Architecture: i386\n"
               "Version: 1:1.2.13.dfsg-2+b1\n"
               "\n"
               "Package: gone\n"
               "Status: deinstall ok config-files\n"
               "Architecture: amd64\n"
               "Version: 1\n"
               "\n"
               "Package: alone\n"
               "Status: install ok installed\n"
               "Architecture: all\n"
               "Version: 2~rc1\n");
    folder_put(state, "root/var/lib/dpkg/info/zlib1g:amd64.list",
               "/.\n/lib\n/lib/x86_64-linux-gnu\n/lib/x86_64-linux-gnu/libz.so.1.2.13\n"
               "/lib/x86_64-linux-gnu/libz.so.1\n");
    folder_put(state, "root/var/lib/dpkg/info/zlib1g:i386.list",
               "/.\n/usr/lib/i386-linux-gnu/libz.so.1\n");
    folder_put(state, "root/var/lib/dpkg/info/gone.list", "/usr/lib/libgone.so\n");
    folder_put(state, "root/var/lib/dpkg/info/alone.list", "/usr/lib/libalone.so");
    folder_put(state, "root/var/lib/dpkg/info/alone.md5sums", "/usr/lib/libsums.so\n");
    folder_put(state, "root/var/lib/dpkg/info/unknown.list", "/usr/lib/libunknown.so\n");
}

#define ZLIB     "pkg:deb/debian/zlib1g@1:1.2.13.dfsg-1?arch=amd64&distro=debian-12"
#define ZLIB_386 "pkg:deb/debian/zlib1g@1:1.2.13.dfsg-2%2Bb1?arch=i386&distro=debian-12"
#define ALONE    "pkg:deb/debian/alone@2~rc1?arch=all&distro=debian-12"

static void
reads_status_and_lists_of_dpkg(void **state)
{
    make_debian(state);
    folder_put(state, "root/lib/x86_64-linux-gnu/libz.so.1.2.13", "");
    assert_string_equal(owner(state, "root/lib/x86_64-linux-gnu/libz.so.1.2.13"), ZLIB);
    assert_string_equal(owner(state, "root/usr/lib/i386-linux-gnu/libz.so.1"), ZLIB_386);
    assert_string_equal(owner(state, "root/usr/lib/libalone.so"), ALONE);
    const struct wf_package *package = wf_packages_owner(
        packages, folder_path(state, "root/lib/x86_64-linux-gnu/libz.so.1"));

    assert_non_null(package);
    assert_string_equal(package->type, "deb");
    assert_string_equal(package->distro, "debian");
    assert_string_equal(package->name, "zlib1g");
    assert_string_equal(package->version, "1:1.2.13.dfsg-1");
    assert_string_equal(package->arch, "amd64");
    assert_null(package->licence);
}

static void
knows_no_owner_of_what_no_installed_package_lists(void **state)
{
    make_debian(state);
    assert_string_equal(owner(state, "root/usr/lib/libgone.so"), "");
    assert_string_equal(owner(state, "root/usr/lib/libunknown.so"), "");
    assert_string_equal(owner(state, "root/usr/lib/libsums.so"), "");
    assert_string_equal(owner(state, "root/usr/lib/libalone.so.1"), "");
    assert_string_equal(owner(state, "root/usr/lib/libalone"), "");
    assert_string_equal(owner(state, "root/"), "");
}

static void
says_one_answer_for_one_package(void **state)
{
    make_debian(state);
    owner(state, "root/usr/lib/libalone.so");
    const struct wf_package *first = wf_packages_owner(
        packages, folder_path(state, "root/lib/x86_64-linux-gnu/libz.so.1"));

    assert_ptr_equal(
        wf_packages_owner(packages,
                          folder_path(state, "root/lib/x86_64-linux-gnu/libz.so.1")),
        first);
    assert_ptr_equal(
        wf_packages_owner(packages,
                          folder_path(state, "root/lib/x86_64-linux-gnu/libz.so.1.2.13")),
        first);
}

static void
takes_lib_and_usr_lib_for_one_where_they_are_merged(void **state)
{
    make_debian(state);
    folder_put(state, "root/usr/lib/x86_64-linux-gnu/libz.so.1.2.13", "");
    folder_put(state, "root/usr/lib/i386-linux-gnu/libz.so.1", "");
    folder_link(state, "root/lib", "usr/lib");
    assert_string_equal(owner(state, "root/usr/lib/x86_64-linux-gnu/libz.so.1.2.13"),
                        ZLIB);
    assert_string_equal(owner(state, "root/lib/x86_64-linux-gnu/libz.so.1.2.13"), ZLIB);
    assert_string_equal(owner(state, "root/lib/i386-linux-gnu/libz.so.1"), ZLIB_386);
}

static void
keeps_them_apart_where_they_are_not(void **state)
{
    make_debian(state);
    folder_put(state, "root/usr/lib/x86_64-linux-gnu/libz.so.1.2.13", "");
    folder_put(state, "root/lib/x86_64-linux-gnu/libz.so.1.2.13", "");
    assert_string_equal(owner(state, "root/usr/lib/x86_64-linux-gnu/libz.so.1.2.13"), "");
    assert_string_equal(owner(state, "root/lib/x86_64-linux-gnu/libz.so.1.2.13"), ZLIB);
}

static void
prefers_the_owner_of_the_file_to_that_of_the_link(void **state)
{
    make_debian(state);
    folder_put(state, "root/var/lib/dpkg/info/alone.list", "/usr/lib/libz.so\n");
    folder_put(state, "root/lib/x86_64-linux-gnu/libz.so.1.2.13", "");
    folder_tree(state, "root/usr/lib");
    folder_link(state, "root/usr/lib/libz.so", "/lib/x86_64-linux-gnu/libz.so.1.2.13");
    assert_string_equal(owner(state, "root/usr/lib/libz.so"), ZLIB);
}

static void
falls_back_on_the_owner_of_the_link(void **state)
{
    make_debian(state);
    folder_put(state, "root/opt/built/libalone.so.7", "");
    folder_tree(state, "root/usr/lib");
    folder_link(state, "root/usr/lib/libalone.so", "../../opt/built/libalone.so.7");
    assert_string_equal(owner(state, "root/usr/lib/libalone.so"), ALONE);
    assert_string_equal(owner(state, "root/opt/built/libalone.so.7"), "");
}

static void
follows_diversions_to_the_package_whose_file_it_is(void **state)
{
    make_debian(state);
    folder_put(state, "root/var/lib/dpkg/diversions",
               "/usr/lib/libalone.so\n/usr/lib/libalone.so.distrib\nzlib1g\n"
               "/usr/lib/i386-linux-gnu/libz.so.1\n/usr/lib/libz.local\n:\n"
               "/cut/short\n");
    folder_put(state, "root/var/lib/dpkg/info/zlib1g:amd64.list",
               "/usr/lib/libalone.so\n");
    assert_string_equal(owner(state, "root/usr/lib/libalone.so"), ZLIB);
    assert_string_equal(owner(state, "root/usr/lib/libalone.so.distrib"), ALONE);
    assert_string_equal(owner(state, "root/usr/lib/i386-linux-gnu/libz.so.1"), "");
    assert_string_equal(owner(state, "root/usr/lib/libz.local"), ZLIB_386);
}

static void
reads_the_licence_of_machine_readable_copyright_files(void **state)
{
    make_debian(state);
    folder_put(
        state, "root/usr/share/doc/alone/copyright",
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
        "\nFiles: *\nLicense: LGPL-2.1+\n");
    owner(state, "root/usr/lib/libalone.so");
    assert_string_equal(
        wf_packages_owner(packages, folder_path(state, "root/usr/lib/libalone.so"))
            ->licence,
        "LGPL-2.1+");
}

static void
make_alpine(void **state)
{
    folder_put(state, "root/usr/lib/os-release", "ID='alpine'\nVERSION_ID=3.19.1\n");
    folder_put(state, "root/lib/apk/db/installed",
               "C:Q1abc=\n"
               "P:musl\n"
               "V:1.2.4_git20230717-r4\n"
               "A:x86_64\n"
               "L:MIT\n"
               "F:lib\n"
               "R:ld-musl-x86_64.so.1\n"
               "a:0:0:755\n"
               "\n"
               "P:libstdc++\n"
               "V:13.2.1-r0\n"
               "A:x86_64\n"
               "L:GPL-2.0-or-later AND LGPL-2.1-or-later\n"
               "F:\n"
               "R:top.so\n"
               "F:usr/lib\n"
               "R:libstdc++.so.6.0.32\n"
               "F:usr/share\n"
               "R:x");
}

static void
reads_the_database_of_apk(void **state)
{
    make_alpine(state);
    assert_string_equal(owner(state, "root/usr/lib/libstdc++.so.6.0.32"),
                        "pkg:apk/alpine/libstdc%2B%2B@13.2.1-r0?arch=x86_64&"
                        "distro=alpine-3.19.1");
    assert_string_equal(owner(state, "root/top.so"), owner(state, "root/usr/share/x"));
    assert_string_equal(owner(state, "root/lib/ld-musl-x86_64.so.1"),
                        "pkg:apk/alpine/musl@1.2.4_git20230717-r4?arch=x86_64&"
                        "distro=alpine-3.19.1");
    assert_string_equal(owner(state, "root/lib/libstdc++.so.6.0.32"), "");
    const struct wf_package *package =
        wf_packages_owner(packages, folder_path(state, "root/top.so"));

    assert_string_equal(package->type, "apk");
    assert_string_equal(package->distro, "alpine");
    assert_string_equal(package->name, "libstdc++");
    assert_string_equal(package->licence, "GPL-2.0-or-later AND LGPL-2.1-or-later");
}

static void
finds_the_database_of_apk_below_usr_too(void **state)
{
    folder_put(state, "root/usr/lib/apk/db/installed",
               "P:a\nV:1-r0\nF:usr/lib\nR:liba.so\n");
    assert_string_equal(owner(state, "root/usr/lib/liba.so"), "pkg:apk/a@1-r0");
}

static void
survives_records_that_make_no_sense(void **state)
{
    folder_put(state, "root/lib/apk/db/installed",
               "R:before-any-folder\n"
               "\n\n\n"
               "F:usr/lib\nR:libnameless.so\nR:\nF\nR\n:\nR:\n"
               "\n"
               "P:late\nR:libroot.so\nV:1\n"
               "no record at all\n");
    assert_string_equal(owner(state, "root/usr/lib/libnameless.so"), "");
    assert_string_equal(owner(state, "root/before-any-folder"), "");
    assert_string_equal(owner(state, "root/libroot.so"), "pkg:apk/late@1");
}

static void
knows_nobody_on_a_system_without_database(void **state)
{
    folder_tree(state, "root");
    assert_string_equal(owner(state, "root/usr/lib/liba.so"), "");
}

static void
answers_only_for_paths_below_its_root(void **state)
{
    make_debian(state);
    folder_put(state, "rootless/usr/lib/libalone.so", "");
    assert_string_equal(owner(state, "root/usr/lib/libalone.so"), ALONE);
    assert_string_equal(owner(state, "rootless/usr/lib/libalone.so"), "");
    assert_string_equal(owner(state, "root"), "");
    assert_null(wf_packages_owner(packages, "/usr/lib/libalone.so"));
    assert_null(wf_packages_owner(packages, "usr/lib/libalone.so"));
}

static void
takes_a_root_by_its_real_path_and_with_slashes(void **state)
{
    make_debian(state);
    folder_link(state, "link", "root");
    packages = wf_packages_new(folder_path(state, "link//"));
    assert_string_equal(owner(state, "link/usr/lib/libalone.so"), ALONE);
    assert_string_equal(owner(state, "root/usr/lib/libalone.so"), ALONE);
}

static void
follows_no_link_out_of_the_root(void **state)
{
    make_debian(state);
    folder_put(state, "outside/status",
               "Package: evil\nStatus: install ok installed\nVersion: 6\n");
    folder_put(state, "outside/copyright",
               "Format: copyright-format\n\nFiles: *\nLicense: outside\n");
    folder_put(state, "root/var/lib/dpkg/info/evil.list", "/usr/lib/libevil.so\n");
    folder_tree(state, "root/usr/share/doc/alone");
    folder_link(state, "root/usr/share/doc/alone/copyright",
                folder_path(state, "outside/copyright"));
    folder_put(state, "outside/unlisted.list", "/usr/lib/libout.so\n");
    folder_link(state, "root/var/lib/dpkg/info/zlib1g.list",
                folder_path(state, "outside/unlisted.list"));
    owner(state, "root/usr/lib/libalone.so");
    assert_null(
        wf_packages_owner(packages, folder_path(state, "root/usr/lib/libalone.so"))
            ->licence);
    assert_string_equal(owner(state, "root/usr/lib/libevil.so"), "");
    assert_string_equal(owner(state, "root/usr/lib/libout.so"), "");
}

static void
leaves_the_distribution_out_when_nobody_names_it_well(void **state)
{
    static const char *const odd[] = {
        "",     "ID=a/b\n",    "ID=\"a b\"\nVERSION_ID=1\n", "VERSION_ID=12\n",
        "ID\n", "#ID=debian\n"
    };

    make_debian(state);
    for (size_t i = 0; i < WF_COUNT(odd); i++) {
        folder_put(state, "root/etc/os-release", odd[i]);
        wf_packages_free(packages);
        packages = NULL;
        assert_string_equal(owner(state, "root/usr/lib/libalone.so"),
                            "pkg:deb/alone@2~rc1?arch=all");
    }
    folder_put(state, "root/etc/os-release", "ID=Debian\n");
    wf_packages_free(packages);
    packages = NULL;
    assert_string_equal(owner(state, "root/usr/lib/libalone.so"),
                        "pkg:deb/debian/alone@2~rc1?arch=all");
}

/* A status file cut anywhere, a record whose end is missing, is a shorter database. */
static void
reads_every_cut_of_a_database(void **state)
{
    static const char status[] = "Package: a\nStatus: install ok installed\n"
                                 "Architecture: all\nVersion: 1\n";

    folder_put(state, "root/var/lib/dpkg/info/a.list", "/liba.so\n");
    for (size_t len = 0; len < sizeof status; len++) {
        char cut[sizeof status] = "";

        memcpy(cut, status, len);
        folder_put(state, "root/var/lib/dpkg/status", cut);
        wf_packages_free(packages);
        packages = NULL;
        const char *purl = owner(state, "root/liba.so");

        assert_true(purl[0] == '\0' || strcmp(purl, "pkg:deb/a@1?arch=all") == 0);
        assert_true(len + 1 < sizeof status || purl[0] != '\0');
    }
}

static const struct wf_system_root no_root = { .path = "/dev/null/none",
                                               .distro = "",
                                               .distro_tag = "" };

/* Whatever the bytes, what owns a file has a name. */
static void
check_apk(struct wf_bytes text)
{
    struct wf_arena arena = { 0 };
    struct wf_apk *apk = wf_apk_parse(&arena, &no_root, text);
    const struct wf_package *package = wf_apk_owner(apk, "/lib/a");

    assert_true(package == NULL || package->name[0] != '\0');
    wf_arena_clear(&arena);
}

static void
check_dpkg(struct wf_bytes text)
{
    struct wf_arena arena = { 0 };
    struct wf_dpkg *dpkg = wf_dpkg_parse(&arena, &no_root, text, text);

    wf_dpkg_parse_list(dpkg, "a.list", text);
    wf_dpkg_parse_list(dpkg, "a:all.list", text);
    const struct wf_package *package = wf_dpkg_owner(dpkg, "/lib/a");

    assert_true(package == NULL || package->name[0] != '\0');
    wf_arena_clear(&arena);
}

static void
sweep(const char *good, void (*check)(struct wf_bytes text))
{
    static const uint8_t others[] = { 0, '\n', ':', ' ', '/', 'P', 0xff };
    const size_t len = strlen(good);

    for (size_t cut = 0; cut <= len; cut++) {
        const struct wf_bytes exact = exact_copy(good, cut);

        check(exact);
        free_exact(exact);
    }
    for (size_t at = 0; at < len; at++)
        for (size_t i = 0; i < WF_COUNT(others); i++) {
            const struct wf_bytes exact = exact_copy(good, len);

            ((uint8_t *)(uintptr_t)exact.data)[at] = others[i];
            check(exact);
            free_exact(exact);
        }
}

static void
reads_databases_with_any_byte_cut_or_changed_within_their_bytes(void **state)
{
    (void)state;
    sweep("P:a\nV:1\nL:x\nF:\nR:b\nF:lib\nR:a\n\nP:c\nR:d", check_apk);
    sweep("Package: a\nStatus: x ok installed\nVersion: 1\n\n/lib/a\n/lib/b\na\n",
          check_dpkg);
}

static void
frees_what_was_never_asked_and_nothing(void **state)
{
    (void)state;
    wf_packages_free(wf_packages_new(""));
    wf_packages_free(NULL);
}

#define with_folder(test_) cmocka_unit_test_setup_teardown(test_, folder_setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        with_folder(reads_status_and_lists_of_dpkg),
        with_folder(knows_no_owner_of_what_no_installed_package_lists),
        with_folder(says_one_answer_for_one_package),
        with_folder(takes_lib_and_usr_lib_for_one_where_they_are_merged),
        with_folder(keeps_them_apart_where_they_are_not),
        with_folder(prefers_the_owner_of_the_file_to_that_of_the_link),
        with_folder(falls_back_on_the_owner_of_the_link),
        with_folder(follows_diversions_to_the_package_whose_file_it_is),
        with_folder(reads_the_licence_of_machine_readable_copyright_files),
        with_folder(reads_the_database_of_apk),
        with_folder(finds_the_database_of_apk_below_usr_too),
        with_folder(survives_records_that_make_no_sense),
        with_folder(knows_nobody_on_a_system_without_database),
        with_folder(answers_only_for_paths_below_its_root),
        with_folder(takes_a_root_by_its_real_path_and_with_slashes),
        with_folder(follows_no_link_out_of_the_root),
        with_folder(leaves_the_distribution_out_when_nobody_names_it_well),
        with_folder(reads_every_cut_of_a_database),
        cmocka_unit_test(reads_databases_with_any_byte_cut_or_changed_within_their_bytes),
        cmocka_unit_test(frees_what_was_never_asked_and_nothing),
    };

    return cmocka_run_group_tests_name("packages", tests, NULL, NULL);
}
