/* test_interpreter_table.c -- Pythons by name, what they call their modules, their tags. */
#include "../support/unit.h"

#include "pack/interpreter_parts.h"

static struct wf_triple
triple_of(struct wf_arena *arena, const char *text)
{
    struct wf_triple triple = { 0 };
    struct wf_error err = { 0 };

    assert_true(wf_triple_parse(&triple, arena, text, "x86_64-unknown-linux-gnu", &err));
    return triple;
}

static bool
by_name(struct wf_interpreter *out, struct wf_arena *arena, const char *name,
        const char *target, struct wf_error *err)
{
    const struct wf_triple triple = triple_of(arena, target);
    struct wf_python_spec spec = { 0 };

    assert_true(wf_python_spec_parse(&spec, name));
    return wf_interpreter_of_spec(out, arena, &spec, &triple, err);
}

static void
names_of_pythons_are_understood(void **state)
{
    static const struct {
        const char *text;
        enum wf_python_kind kind;
        unsigned major, minor;
        bool free_threaded;
    } good[] = {
        { "python3.12", WF_PYTHON_CPYTHON, 3, 12, false },
        { "python-3.12", WF_PYTHON_CPYTHON, 3, 12, false },
        { "3.12", WF_PYTHON_CPYTHON, 3, 12, false },
        { "3.14t", WF_PYTHON_CPYTHON, 3, 14, true },
        { "python3.14t", WF_PYTHON_CPYTHON, 3, 14, true },
        { "python3.12.exe", WF_PYTHON_CPYTHON, 3, 12, false },
        { "python2.7", WF_PYTHON_CPYTHON, 2, 7, false },
        { "pypy3.11", WF_PYTHON_PYPY, 3, 11, false },
        { "pypy-3.11", WF_PYTHON_PYPY, 3, 11, false },
        { "graalpy3.11", WF_PYTHON_GRAALPY, 3, 11, false },
        { "graalpy-3.12", WF_PYTHON_GRAALPY, 3, 12, false },
        { "python", WF_PYTHON_CPYTHON, 0, 0, false },
        { "python3", WF_PYTHON_CPYTHON, 0, 0, false },
        { "pypy", WF_PYTHON_PYPY, 0, 0, false },
        { "pypy3", WF_PYTHON_PYPY, 0, 0, false },
    };
    static const char *const bad[] = {
        "",      "3",      "3.",           ".12",         "python3.x", "python 3.12",
        "3.012", "3.12 ",  "3.12td",       "python3.12m", "py3.12",    "cpython3.12",
        "-3.12", "3.12.1", "python3.1234", "ruby",        "3.12/../x", "python--3.12",
    };
    struct wf_python_spec spec;

    (void)state;
    for (size_t i = 0; i < WF_COUNT(good); i++) {
        assert_true(wf_python_spec_parse(&spec, good[i].text));
        assert_int_equal(spec.kind, good[i].kind);
        assert_int_equal(spec.major, good[i].major);
        assert_int_equal(spec.minor, good[i].minor);
        assert_int_equal(spec.free_threaded, good[i].free_threaded);
    }
    for (size_t i = 0; i < WF_COUNT(bad); i++)
        assert_false(wf_python_spec_parse(&spec, bad[i]));
}

static void
each_python_names_its_modules_by_target(void **state)
{
    static const struct {
        const char *name;
        const char *target;
        const char *suffix;
        const char *tag;
    } rows[] = {
        { "3.12", "x86_64-unknown-linux-gnu", ".cpython-312-x86_64-linux-gnu.so",
          "cp312-cp312" },
        { "3.7", "x86_64-unknown-linux-gnu", ".cpython-37m-x86_64-linux-gnu.so",
          "cp37-cp37m" },
        { "3.14t", "aarch64-unknown-linux-gnu", ".cpython-314t-aarch64-linux-gnu.so",
          "cp314-cp314t" },
        { "3.10", "x86_64-unknown-linux-musl", ".cpython-310-x86_64-linux-gnu.so",
          "cp310-cp310" },
        { "3.11", "x86_64-unknown-linux-musl", ".cpython-311-x86_64-linux-musl.so",
          "cp311-cp311" },
        { "3.10", "armv7-unknown-linux-musleabihf", ".cpython-310-arm-linux-gnueabihf.so",
          "cp310-cp310" },
        { "3.12", "armv7-unknown-linux-gnueabihf", ".cpython-312-arm-linux-gnueabihf.so",
          "cp312-cp312" },
        { "3.12", "i686-unknown-linux-gnu", ".cpython-312-i386-linux-gnu.so",
          "cp312-cp312" },
        { "3.12", "powerpc64le-unknown-linux-gnu",
          ".cpython-312-powerpc64le-linux-gnu.so", "cp312-cp312" },
        { "3.12", "s390x-unknown-linux-gnu", ".cpython-312-s390x-linux-gnu.so",
          "cp312-cp312" },
        { "3.12", "riscv64gc-unknown-linux-gnu", ".cpython-312-riscv64-linux-gnu.so",
          "cp312-cp312" },
        { "3.12", "mips64-unknown-linux-gnuabi64",
          ".cpython-312-mips64-linux-gnuabi64.so", "cp312-cp312" },
        { "3.12", "x86_64-apple-darwin", ".cpython-312-darwin.so", "cp312-cp312" },
        { "3.7", "x86_64-pc-windows-msvc", ".pyd", "cp37-cp37m" },
        { "3.12", "i686-pc-windows-msvc", ".cp312-win32.pyd", "cp312-cp312" },
        { "3.14t", "x86_64-pc-windows-msvc", ".cp314t-win_amd64.pyd", "cp314-cp314t" },
        { "3.12", "aarch64-pc-windows-msvc", ".cp312-win_arm64.pyd", "cp312-cp312" },
        { "3.7", "x86_64-unknown-freebsd", ".so", "cp37-cp37m" },
        { "3.11", "x86_64-unknown-freebsd", ".cpython-311.so", "cp311-cp311" },
        { "3.11", "x86_64-unknown-netbsd", ".so", "cp311-cp311" },
        { "3.11", "x86_64-unknown-openbsd", ".cpython-311.so", "cp311-cp311" },
        { "pypy3.11", "x86_64-unknown-linux-gnu", ".pypy311-pp73-x86_64-linux-gnu.so",
          "pp311-pypy311_pp73" },
        { "pypy3.9", "i686-unknown-linux-gnu", ".pypy39-pp73-x86-linux-gnu.so",
          "pp39-pypy39_pp73" },
        { "pypy3.9", "powerpc64le-unknown-linux-gnu", ".pypy39-pp73-ppc_64-linux-gnu.so",
          "pp39-pypy39_pp73" },
        { "pypy3.10", "aarch64-apple-darwin", ".pypy310-pp73-darwin.so",
          "pp310-pypy310_pp73" },
        { "pypy3.11", "x86_64-pc-windows-msvc", ".pypy311-pp73-win_amd64.pyd",
          "pp311-pypy311_pp73" },
        { "graalpy3.10", "x86_64-unknown-linux-gnu",
          ".graalpy240-310-native-x86_64-linux.so", "graalpy310-graalpy240_310_native" },
        { "graalpy3.11", "aarch64-unknown-linux-gnu",
          ".graalpy242-311-native-aarch64-linux.so", "graalpy311-graalpy242_311_native" },
        { "graalpy3.12", "aarch64-apple-darwin",
          ".graalpy250-312-native-aarch64-darwin.so",
          "graalpy312-graalpy250_312_native" },
    };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_interpreter made = { 0 };
        struct wf_error err = { 0 };

        assert_true(by_name(&made, &arena, rows[i].name, rows[i].target, &err));
        assert_string_equal(made.ext_suffix, rows[i].suffix);
        assert_string_equal(wf_interpreter_tag(&arena, &made), rows[i].tag);
        assert_null(made.executable);
    }
    wf_arena_clear(&arena);
}

static void
what_the_table_does_not_hold_is_refused(void **state)
{
    static const struct {
        const char *name;
        const char *target;
        const char *text;
    } rows[] = {
        { "python2.7", "x86_64-unknown-linux-gnu",
          "CPython 2.7 is not known; versions 3.7 to 3.15 are" },
        { "3.6", "x86_64-unknown-linux-gnu",
          "CPython 3.6 is not known; versions 3.7 to 3.15 are" },
        { "3.16", "x86_64-unknown-linux-gnu",
          "CPython 3.16 is not known; versions 3.7 to 3.15 are" },
        { "pypy3.12", "x86_64-unknown-linux-gnu",
          "PyPy 3.12 is not known; versions 3.7 to 3.11 are" },
        { "3.13t", "x86_64-unknown-linux-gnu",
          "Free-threaded Python interpreter is only supported on 3.14 and later." },
        { "pypy3.11t", "x86_64-unknown-linux-gnu", "PyPy has no free-threaded build" },
        { "graalpy3.11t", "x86_64-unknown-linux-gnu",
          "GraalVM has no free-threaded build" },
        { "pypy3.11", "i686-pc-windows-msvc",
          "what modules of PyPy are called on i686-pc-windows-msvc is not known; run the "
          "build with that interpreter itself" },
        { "graalpy3.11", "x86_64-pc-windows-msvc",
          "what modules of GraalVM are called on x86_64-pc-windows-msvc is not known; "
          "run "
          "the build with that interpreter itself" },
        { "3.12", "x86_64-unknown-haiku",
          "what modules of CPython are called on x86_64-unknown-haiku is not known; run "
          "the build with that interpreter itself" },
    };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_interpreter made = { 0 };
        struct wf_error err = { 0 };

        assert_false(by_name(&made, &arena, rows[i].name, rows[i].target, &err));
        assert_error(err, WF_ERR_REFUSED, rows[i].text);
    }
    wf_arena_clear(&arena);
}

static void
an_unknown_python_has_a_tag_of_its_own_words(void **state)
{
    const struct wf_interpreter pyston = { .kind = wf_python_kind_of("pyston"),
                                           .implementation = "pyston",
                                           .major = 3,
                                           .minor = 8,
                                           .abiflags = "",
                                           .ext_suffix = ".pyston-23-x86_64-linux-gnu.so",
                                           .soabi = "pyston-2.3-x86_64-linux-gnu" };
    struct wf_interpreter bare = pyston;
    struct wf_arena arena = { 0 };

    (void)state;
    assert_string_equal(wf_interpreter_tag(&arena, &pyston),
                        "pyston38-pyston_2_3_x86_64_linux_gnu");
    bare.soabi = NULL;
    assert_string_equal(wf_interpreter_tag(&arena, &bare), "pyston38-none");
    assert_string_equal(wf_interpreter_text(&arena, &bare), "pyston 3.8");
    wf_arena_clear(&arena);
}

static void
a_suffix_without_parts_gives_no_abi(void **state)
{
    struct wf_interpreter pypy = { .kind = WF_PYTHON_PYPY, .major = 3, .minor = 11 };
    struct wf_arena arena = { 0 };

    (void)state;
    pypy.ext_suffix = "so";
    assert_string_equal(wf_interpreter_tag(&arena, &pypy), "pp311-none");
    pypy.ext_suffix = ".";
    assert_string_equal(wf_interpreter_tag(&arena, &pypy), "pp311-none");
    pypy.ext_suffix = ".pypy311.so";
    assert_string_equal(wf_interpreter_tag(&arena, &pypy), "pp311-pypy311");
    wf_arena_clear(&arena);
}

static void
extensions_are_called_by_abi_and_system(void **state)
{
    const struct wf_stable_floor abi3 = { WF_STABLE_ABI3, true, 9 };
    const struct wf_stable_floor abi3t = { WF_STABLE_ABI3T, true, 15 };
    const struct wf_stable_floor none = { 0 };
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };
    struct wf_interpreter python = { 0 };

    (void)state;
    const struct wf_triple gnu = triple_of(&arena, "x86_64-unknown-linux-gnu");
    const struct wf_triple mac = triple_of(&arena, "aarch64-apple-darwin");
    const struct wf_triple win = triple_of(&arena, "x86_64-pc-windows-msvc");

    assert_true(by_name(&python, &arena, "3.12", gnu.text, &err));
    assert_string_equal(wf_extension_file(&arena, "_lib", &python, NULL, &gnu),
                        "_lib.cpython-312-x86_64-linux-gnu.so");
    assert_string_equal(wf_extension_file(&arena, "_lib", &python, &none, &gnu),
                        "_lib.cpython-312-x86_64-linux-gnu.so");
    assert_string_equal(wf_extension_file(&arena, "_lib", &python, &abi3, &gnu),
                        "_lib.abi3.so");
    assert_string_equal(wf_extension_file(&arena, "_lib", &python, &abi3, &mac),
                        "_lib.abi3.so");
    assert_string_equal(wf_extension_file(&arena, "_lib", &python, &abi3t, &gnu),
                        "_lib.abi3t.so");
    assert_string_equal(wf_extension_file(&arena, "_lib", &python, &abi3, &win),
                        "_lib.pyd");
    assert_string_equal(wf_extension_file(&arena, "_lib", &python, &abi3t, &win),
                        "_lib.pyd");
    python.ext_suffix = "_d.cp312-win_amd64.pyd";
    assert_string_equal(wf_extension_file(&arena, "_lib", &python, &abi3, &win),
                        "_lib_d.pyd");
    assert_string_equal(wf_extension_file(&arena, "_lib", &python, NULL, &win),
                        "_lib_d.cp312-win_amd64.pyd");
    wf_arena_clear(&arena);
}

static void
a_wheel_of_one_python_has_its_word_for_the_platform(void **state)
{
    static const struct {
        const char *target;
        const char *said;
        const char *plain;
        const char *tag;
    } rows[] = {
        { "x86_64-unknown-linux-gnu", "linux-x86_64", "linux_x86_64", "linux_x86_64" },
        /* Debian's Pythons for ARMv6 on a kernel for ARMv7. */
        { "arm-unknown-linux-gnueabihf", "linux-armv7l", "linux_armv6l", "linux_armv7l" },
        { "armv7-unknown-linux-gnueabihf", "linux-armv6l", "linux_armv7l",
          "linux_armv7l" },
        /* A 32-bit Python tells of the kernel. */
        { "i686-unknown-linux-gnu", "linux-x86_64", "linux_i686", "linux_i686" },
        { "x86_64-unknown-linux-gnu", "macosx-11.0-arm64", "linux_x86_64",
          "linux_x86_64" },
        { "x86_64-unknown-linux-gnu", "linux/x", "linux_x86_64", "linux_x86_64" },
        { "x86_64-unknown-linux-gnu", "linux-x86_64", "own_platform", "own_platform" },
        { "x86_64-pc-windows-msvc", "win-amd64", "win_amd64", "win_amd64" },
        { "x86_64-pc-windows-gnu", "mingw_x86_64", "win_amd64", "win_amd64" },
        { "aarch64-apple-darwin", "macosx-14.0-arm64", "macosx_11_0_arm64",
          "macosx_11_0_arm64" },
    };
    struct wf_arena arena = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_interpreter python = { .executable = "/p", .platform = rows[i].said };
        struct wf_triple triple = triple_of(&arena, rows[i].target);

        triple.is_cross = false;
        assert_string_equal(
            wf_interpreter_platform(&arena, &python, &triple, rows[i].plain),
            rows[i].tag);
        triple.is_cross = true;
        assert_string_equal(
            wf_interpreter_platform(&arena, &python, &triple, rows[i].plain),
            rows[i].plain);
    }
    wf_arena_clear(&arena);
}

static void
people_read_name_version_and_place(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };
    struct wf_interpreter python = { 0 };

    (void)state;
    assert_true(by_name(&python, &arena, "3.14t", "x86_64-unknown-linux-gnu", &err));
    assert_string_equal(wf_interpreter_text(&arena, &python), "CPython 3.14t");
    python.executable = "/usr/bin/python3.14t";
    assert_string_equal(wf_interpreter_text(&arena, &python),
                        "CPython 3.14t at /usr/bin/python3.14t");
    assert_true(by_name(&python, &arena, "graalpy3.11", "x86_64-apple-darwin", &err));
    assert_string_equal(wf_interpreter_name(&arena, &python), "GraalVM 3.11");
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_pythons_are_understood),
        cmocka_unit_test(each_python_names_its_modules_by_target),
        cmocka_unit_test(what_the_table_does_not_hold_is_refused),
        cmocka_unit_test(an_unknown_python_has_a_tag_of_its_own_words),
        cmocka_unit_test(a_suffix_without_parts_gives_no_abi),
        cmocka_unit_test(extensions_are_called_by_abi_and_system),
        cmocka_unit_test(a_wheel_of_one_python_has_its_word_for_the_platform),
        cmocka_unit_test(people_read_name_version_and_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
