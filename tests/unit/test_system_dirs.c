/* test_system_dirs.c -- what a system's loader knows by itself, read under a root. */
#include "../support/unit.h"

#include "../support/folder.h"
#include "../support/tree_builder.h"
#include "resolve/system_dirs.h"

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

static const char *
dirs_of(void **state, enum wf_arch arch, enum wf_libc libc)
{
    struct wf_system_dirs dirs = { 0 };
    const char *out = "";

    wf_system_dirs_read(&dirs, &arena, *state, arch, libc);
    for (size_t i = 0; i < dirs.num; i++)
        out = wf_arena_printf(&arena, "%s%s%s ", out, dirs.items[i].dir,
                              dirs.items[i].is_default ? "" : "!");
    return out;
}

static void
lists_configuration_then_defaults_that_exist(void **state)
{
    static const char *const folders[] = {
        "etc",   "opt/a",    "lib/aarch64-linux-gnu", "usr/lib/aarch64-linux-gnu",
        "lib64", "usr/lib64"
    };

    for (size_t i = 0; i < WF_COUNT(folders); i++)
        tree_folder(state, folders[i]);
    folder_write(state, "etc/ld.so.conf", "/opt/a\n/opt/missing\n/opt/a\n");
    assert_string_equal(dirs_of(state, WF_ARCH_AARCH64, WF_LIBC_GLIBC),
                        "/opt/a! /lib/aarch64-linux-gnu /usr/lib/aarch64-linux-gnu "
                        "/lib64 /usr/lib64 /lib /usr/lib ");
    assert_string_equal(dirs_of(state, WF_ARCH_AARCH64, WF_LIBC_UNKNOWN),
                        dirs_of(state, WF_ARCH_AARCH64, WF_LIBC_GLIBC));
    assert_string_equal(dirs_of(state, WF_ARCH_I686, WF_LIBC_GLIBC),
                        "/opt/a! /lib /usr/lib ");
    assert_string_equal(dirs_of(state, WF_ARCH_UNKNOWN, WF_LIBC_GLIBC),
                        "/opt/a! /lib /usr/lib ");
}

static void
lists_musls_folders_or_its_path_file(void **state)
{
    tree_folder(state, "etc");
    tree_folder(state, "lib");
    tree_folder(state, "usr/lib");
    tree_folder(state, "usr/lib64");
    assert_string_equal(dirs_of(state, WF_ARCH_I686, WF_LIBC_MUSL), "/lib /usr/lib ");
    folder_write(state, "etc/ld-musl-i386.path", "/usr/lib64:/missing");
    assert_string_equal(dirs_of(state, WF_ARCH_I686, WF_LIBC_MUSL), "/usr/lib64! ");
    assert_string_equal(dirs_of(state, WF_ARCH_X86_64, WF_LIBC_MUSL), "/lib /usr/lib ");
    /* ARMv6 and ARMv7 share musl's "armhf". */
    folder_write(state, "etc/ld-musl-armhf.path", "/lib");
    assert_string_equal(dirs_of(state, WF_ARCH_ARMV7L, WF_LIBC_MUSL), "/lib! ");
    assert_string_equal(dirs_of(state, WF_ARCH_ARMV6L, WF_LIBC_MUSL), "/lib! ");
}

static void
lists_androids_folders_by_word_size(void **state)
{
    tree_folder(state, "system/lib");
    tree_folder(state, "system/lib64");
    tree_folder(state, "vendor/lib64");
    assert_string_equal(dirs_of(state, WF_ARCH_AARCH64, WF_LIBC_BIONIC),
                        "/system/lib64 /vendor/lib64 ");
    assert_string_equal(dirs_of(state, WF_ARCH_ARMV7L, WF_LIBC_BIONIC), "/system/lib ");
}

static void
tells_what_lib_stands_for(void **state)
{
    assert_string_equal(wf_system_lib(&arena, *state, WF_ARCH_X86_64), "lib");
    tree_folder(state, "lib64");
    assert_string_equal(wf_system_lib(&arena, *state, WF_ARCH_X86_64), "lib64");
    assert_string_equal(wf_system_lib(&arena, *state, WF_ARCH_ARMV7L), "lib");
    tree_folder(state, "usr/lib/x86_64-linux-gnu");
    assert_string_equal(wf_system_lib(&arena, *state, WF_ARCH_X86_64),
                        "lib/x86_64-linux-gnu");
    assert_string_equal(wf_system_lib(&arena, *state, WF_ARCH_AARCH64), "lib64");
}

static void
tells_platforms_that_do_not_depend_on_the_processor(void **state)
{
    (void)state;
    assert_string_equal(wf_system_platform(WF_ARCH_X86_64), "x86_64");
    assert_string_equal(wf_system_platform(WF_ARCH_I686), "i686");
    assert_null(wf_system_platform(WF_ARCH_PPC64LE));
    assert_null(wf_system_platform(WF_ARCH_UNKNOWN));
}

static void
names_musls_loader(void **state)
{
    (void)state;
    assert_string_equal(wf_system_musl_loader(&arena, WF_ARCH_I686),
                        "/lib/ld-musl-i386.so.1");
    assert_string_equal(wf_system_musl_loader(&arena, WF_ARCH_ARMV7L),
                        "/lib/ld-musl-armhf.so.1");
    assert_null(wf_system_musl_loader(&arena, WF_ARCH_UNKNOWN));
}

static void
tells_the_libc_of_a_system(void **state)
{
    assert_int_equal(wf_system_libc(&arena, *state, WF_ARCH_X86_64), WF_LIBC_UNKNOWN);
    tree_folder(state, "lib");
    folder_write(state, "lib/ld-musl-x86_64.so.1", "");
    assert_int_equal(wf_system_libc(&arena, *state, WF_ARCH_X86_64), WF_LIBC_MUSL);
    assert_int_equal(wf_system_libc(&arena, *state, WF_ARCH_AARCH64), WF_LIBC_UNKNOWN);
    /* musl's loader may lie beside glibc. */
    tree_folder(state, "usr/lib/x86_64-linux-gnu");
    folder_write(state, "usr/lib/x86_64-linux-gnu/libc.so.6", "");
    assert_int_equal(wf_system_libc(&arena, *state, WF_ARCH_X86_64), WF_LIBC_GLIBC);
    tree_folder(state, "system/bin");
    folder_write(state, "system/bin/linker", "");
    assert_int_equal(wf_system_libc(&arena, *state, WF_ARCH_AARCH64), WF_LIBC_BIONIC);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lists_configuration_then_defaults_that_exist),
        TEST(lists_musls_folders_or_its_path_file),
        TEST(lists_androids_folders_by_word_size),
        TEST(tells_what_lib_stands_for),
        TEST(tells_platforms_that_do_not_depend_on_the_processor),
        TEST(names_musls_loader),
        TEST(tells_the_libc_of_a_system),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
