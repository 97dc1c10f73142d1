/* test_triple.c -- Rust's triples taken apart, and which builds are cross builds. */
#include "../support/unit.h"

#include "../support/folder.h"
#include "../support/pack_asked.h"
#include "base/file.h"
#include "pack/triple.h"

#include <sys/stat.h>

static const char linux_host[] = "x86_64-unknown-linux-gnu";

struct expected {
    const char *text;
    enum wf_os os;
    enum wf_arch arch;
    const char *arch_word;
    unsigned width;
    const char *env;
};

static const struct expected rows[] = {
    { "x86_64-unknown-linux-gnu", WF_OS_LINUX, WF_ARCH_X86_64, "x86_64", 64, "gnu" },
    { "i686-unknown-linux-gnu", WF_OS_LINUX, WF_ARCH_I686, "i686", 32, "gnu" },
    { "i586-unknown-linux-musl", WF_OS_LINUX, WF_ARCH_I686, "i686", 32, "musl" },
    { "aarch64-unknown-linux-musl", WF_OS_LINUX, WF_ARCH_AARCH64, "aarch64", 64, "musl" },
    { "armv7-unknown-linux-gnueabihf", WF_OS_LINUX, WF_ARCH_ARMV7L, "armv7l", 32,
      "gnueabihf" },
    { "thumbv7neon-unknown-linux-gnueabihf", WF_OS_LINUX, WF_ARCH_ARMV7L, "armv7l", 32,
      "gnueabihf" },
    { "arm-unknown-linux-musleabihf", WF_OS_LINUX, WF_ARCH_ARMV6L, "armv6l", 32,
      "musleabihf" },
    { "armv5te-unknown-linux-gnueabi", WF_OS_LINUX, WF_ARCH_ARMV5L, "armv5tel", 32,
      "gnueabi" },
    { "powerpc64le-unknown-linux-gnu", WF_OS_LINUX, WF_ARCH_PPC64LE, "ppc64le", 64,
      "gnu" },
    { "powerpc64-unknown-linux-gnu", WF_OS_LINUX, WF_ARCH_PPC64, "ppc64", 64, "gnu" },
    { "powerpc-unknown-linux-gnu", WF_OS_LINUX, WF_ARCH_UNKNOWN, "ppc", 32, "gnu" },
    { "s390x-unknown-linux-gnu", WF_OS_LINUX, WF_ARCH_S390X, "s390x", 64, "gnu" },
    { "riscv64gc-unknown-linux-gnu", WF_OS_LINUX, WF_ARCH_RISCV64, "riscv64", 64, "gnu" },
    { "loongarch64-unknown-linux-gnu", WF_OS_LINUX, WF_ARCH_LOONGARCH64, "loongarch64",
      64, "gnu" },
    { "mips64el-unknown-linux-gnuabi64", WF_OS_LINUX, WF_ARCH_MIPS64EL, "mips64el", 64,
      "gnuabi64" },
    { "mipsel-unknown-linux-musl", WF_OS_LINUX, WF_ARCH_MIPSEL, "mipsel", 32, "musl" },
    { "x86_64-apple-darwin", WF_OS_MACOS, WF_ARCH_X86_64, "x86_64", 64, "" },
    { "aarch64-apple-darwin", WF_OS_MACOS, WF_ARCH_AARCH64, "arm64", 64, "" },
    { "x86_64-pc-windows-msvc", WF_OS_WINDOWS, WF_ARCH_X86_64, "amd64", 64, "msvc" },
    { "i686-pc-windows-gnu", WF_OS_WINDOWS, WF_ARCH_I686, "i686", 32, "gnu" },
    { "aarch64-pc-windows-gnullvm", WF_OS_WINDOWS, WF_ARCH_AARCH64, "arm64", 64,
      "gnullvm" },
    { "x86_64-unknown-freebsd", WF_OS_FREEBSD, WF_ARCH_X86_64, "amd64", 64, "" },
    { "aarch64-unknown-netbsd", WF_OS_NETBSD, WF_ARCH_AARCH64, "evbarm", 64, "" },
    { "i686-unknown-openbsd", WF_OS_OPENBSD, WF_ARCH_I686, "i386", 32, "" },
    { "x86_64-unknown-dragonfly", WF_OS_OTHER, WF_ARCH_X86_64, "x86_64", 64, "" },
};

static void
every_part_of_a_triple_is_known(void **state)
{
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_triple triple = { 0 };
        struct wf_error err = { 0 };

        assert_true(wf_triple_parse(&triple, &arena, rows[i].text, linux_host, &err));
        assert_string_equal(triple.text, rows[i].text);
        assert_int_equal(triple.os, rows[i].os);
        assert_int_equal(triple.tag_arch, rows[i].arch);
        assert_string_equal(triple.arch_word, rows[i].arch_word);
        assert_int_equal(triple.pointer_width, rows[i].width);
        assert_string_equal(triple.env, rows[i].env);
        assert_int_equal(triple.is_musl, rows[i].os == WF_OS_LINUX &&
                                             strncmp(rows[i].env, "musl", 4) == 0);
        assert_int_equal(triple.is_host, i == 0);
        assert_int_equal(triple.is_cross, i != 0);
    }
    wf_arena_clear(&arena);
}

static const char systems[] = "; wheels are built for Linux, macOS, Windows, FreeBSD, "
                              "NetBSD, OpenBSD, DragonFly and Haiku";

static void
targets_without_a_tag_are_refused_by_name(void **state)
{
    static const struct {
        const char *text;
        const char *why;
    } bad[] = {
        { "", "is no triple of a system with wheels" },
        { "linux", "is no triple of a system with wheels" },
        { "x86_64--linux-gnu", "is no triple of a system with wheels" },
        { "x86_64-unknown-linux-gnu\n", "is no triple of a system with wheels" },
        { "a-b-c-d-e-f-g-h-i", "is no triple of a system with wheels" },
        { "x86_64-unknown-none", "is no triple of a system with wheels" },
        { "wasm32-wasip1", "is of a system that is not built for yet" },
        { "wasm32-unknown-emscripten", "is of a system that is not built for yet" },
        { "aarch64-apple-ios", "is of a system that is not built for yet" },
        { "aarch64-linux-android", "is of a system that is not built for yet" },
        { "armv7-linux-androideabi", "is of a system that is not built for yet" },
        { "powerpc64-ibm-aix", "is of a system that is not built for yet" },
        { "hexagon-unknown-linux-musl", "is of an architecture without wheels" },
        { "aarch64_be-unknown-linux-gnu", "is of an architecture without wheels" },
        { "x86_64-unknown-linux-gnux32", "has no platform tag" },
        { "armv7-pc-windows-msvc", "has no platform tag" },
        { "universal2-apple-darwin", "is two builds in one, which is not done; build "
                                     "each architecture and join both "
                                     "with `wheelfix fuse`" },
    };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(bad); i++) {
        struct wf_triple triple = { 0 };
        struct wf_error err = { 0 };

        assert_false(wf_triple_parse(&triple, &arena, bad[i].text, linux_host, &err));
        assert_error(err, WF_ERR_UNSUPPORTED,
                     wf_arena_printf(&arena, "the target %s %s%s", bad[i].text,
                                     bad[i].why, systems));
    }
    wf_arena_clear(&arena);
}

static void
what_the_host_can_build_itself_is_no_cross_build(void **state)
{
    static const struct {
        const char *host;
        const char *target;
        bool is_cross;
    } pairs[] = {
        { "aarch64-apple-darwin", "x86_64-apple-darwin", false },
        { "x86_64-apple-darwin", "aarch64-apple-darwin", false },
        { "x86_64-pc-windows-msvc", "i686-pc-windows-msvc", false },
        { "x86_64-pc-windows-msvc", "x86_64-pc-windows-gnu", false },
        { "x86_64-pc-windows-gnu", "x86_64-pc-windows-msvc", true },
        { "aarch64-pc-windows-msvc", "x86_64-pc-windows-msvc", false },
        { "x86_64-pc-windows-msvc", "aarch64-pc-windows-msvc", true },
        { "x86_64-unknown-linux-gnu", "x86_64-unknown-linux-musl", true },
        { "x86_64-unknown-linux-gnu", "x86_64-apple-darwin", true },
        { "x86_64-unknown-linux-gnu", "i686-unknown-linux-gnu", true },
    };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(pairs); i++) {
        struct wf_triple triple = { 0 };
        struct wf_error err = { 0 };

        assert_true(
            wf_triple_parse(&triple, &arena, pairs[i].target, pairs[i].host, &err));
        assert_int_equal(triple.is_cross, pairs[i].is_cross);
        assert_false(triple.is_host);
    }
    wf_arena_clear(&arena);
}

/* A rustc of our own: says what it is told to and counts how often it was asked. */
static void
write_rustc(void **state, const char *answer)
{
    folder_put(state, "bin/rustc", answer);
    assert_int_equal(chmod(folder_path(state, "bin/rustc"), 0755), 0);
}

static struct wf_build_asked
asked_of(void **state, struct wf_arena *arena)
{
    struct wf_build_asked asked =
        pack_asked_new(wf_arena_strdup(arena, (const char *)*state));

    pack_set(wf_arena_printf(arena, "PATH=%s:/bin:/usr/bin", folder_path(state, "bin")));
    asked.cache_dir = wf_arena_printf(arena, "%s/cache", asked.folder);
    return asked;
}

static void
rustc_is_asked_once_for_its_host(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_build_asked asked = asked_of(state, &arena);
    struct wf_error err = { 0 };
    const char *host = NULL;
    const char *release = NULL;

    write_rustc(state, "#!/bin/sh\n"
                       "test ! -e asked || exit 9\n"
                       ": > asked\n"
                       "echo 'rustc 1.95.0'; echo host: sparc64-unknown-linux-gnu\n"
                       "echo release: 1.95.0-nightly\n");
    for (int i = 0; i < 2; i++) {
        assert_true(wf_rustc_host(&host, &release, &arena, &asked, &err));
        assert_string_equal(host, "sparc64-unknown-linux-gnu");
        assert_string_equal(release, "1.95.0-nightly");
    }
    asked.cache_dir = NULL;
    assert_false(wf_rustc_host(&host, &release, &arena, &asked, &err));
    assert_error(err, WF_ERR_IO,
                 wf_arena_printf(&arena, "%s ended with status 9 and said: ",
                                 folder_path(state, "bin/rustc")));
    wf_arena_clear(&arena);
}

static void
another_rustc_is_asked_anew(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_build_asked asked = asked_of(state, &arena);
    struct wf_error err = { 0 };
    const char *host = NULL;
    const char *release = NULL;

    write_rustc(state, "#!/bin/sh\necho host: a-b-linux\necho release: 1\n");
    assert_true(wf_rustc_host(&host, &release, &arena, &asked, &err));
    write_rustc(state, "#!/bin/sh\necho host: c-dd-linux\necho release: 2\n");
    assert_true(wf_rustc_host(&host, &release, &arena, &asked, &err));
    assert_string_equal(host, "c-dd-linux");
    assert_string_equal(release, "2");
    wf_arena_clear(&arena);
}

static void
a_damaged_memo_is_as_none(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_build_asked asked = asked_of(state, &arena);
    struct wf_error err = { 0 };
    const char *host = NULL;
    const char *release = NULL;
    char **names = NULL;
    size_t num = 0;

    write_rustc(state, "#!/bin/sh\necho host: a-b-linux\necho release: 1\n");
    assert_true(wf_rustc_host(&host, &release, &arena, &asked, &err));
    assert_true(wf_folder_list(&arena, asked.cache_dir, &names, &num, &err));
    assert_int_equal(num, 1);
    const char *kept = wf_arena_printf(&arena, "cache/%s", names[0]);
    struct wf_buffer whole;

    wf_buffer_init(&whole, 1 << 16);
    assert_true(wf_file_read_whole(&whole, folder_path(state, kept), &err));
    for (size_t i = 0; i < whole.len; i++) {
        struct wf_buffer damaged;

        wf_buffer_init(&damaged, 1 << 16);
        wf_buffer_add(&damaged, whole.data, whole.len);
        damaged.data[i] ^= 1;
        assert_true(wf_file_write_atomic(folder_path(state, kept),
                                         wf_buffer_bytes(&damaged), 0600, &err));
        wf_buffer_clear(&damaged);
        assert_true(wf_rustc_host(&host, &release, &arena, &asked, &err));
        assert_string_equal(host, "a-b-linux");
    }
    wf_buffer_clear(&whole);
    wf_arena_clear(&arena);
}

static void
a_rustc_that_answers_something_else_is_named(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_build_asked asked = asked_of(state, &arena);
    struct wf_error err = { 0 };
    const char *host = NULL;
    const char *release = NULL;

    write_rustc(state, "#!/bin/sh\necho hello\n");
    assert_false(wf_rustc_host(&host, &release, &arena, &asked, &err));
    assert_error(err, WF_ERR_MALFORMED,
                 "`rustc -vV` did not tell host and release; is the rustc in PATH (or in "
                 "RUSTC) the compiler?");
    pack_set("RUSTC=no-such-rustc");
    assert_false(wf_rustc_host(&host, &release, &arena, &asked, &err));
    assert_error(err, WF_ERR_IO,
                 "no rustc was found (looked for 'no-such-rustc' in PATH); install Rust "
                 "(https://rustup.rs) or set RUSTC");
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_part_of_a_triple_is_known),
        cmocka_unit_test(targets_without_a_tag_are_refused_by_name),
        cmocka_unit_test(what_the_host_can_build_itself_is_no_cross_build),
        cmocka_unit_test_setup_teardown(rustc_is_asked_once_for_its_host, folder_setup,
                                        folder_teardown),
        cmocka_unit_test_setup_teardown(another_rustc_is_asked_anew, folder_setup,
                                        folder_teardown),
        cmocka_unit_test_setup_teardown(a_damaged_memo_is_as_none, folder_setup,
                                        folder_teardown),
        cmocka_unit_test_setup_teardown(a_rustc_that_answers_something_else_is_named,
                                        folder_setup, folder_teardown),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);

    wf_buffer_clear(&pack_said);
    return failed;
}
