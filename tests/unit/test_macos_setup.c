/* test_macos_setup.c -- versions, architectures and search paths for macOS. */
#include "../support/unit.h"
#include "cli/macos_setup.h"
#include "cli/options.h"

static const struct wf_option rows[] = { WF_EXECUTABLE_PATH_OPTION,
                                         WF_MACOS_TARGET_OPTION,
                                         { .name = NULL } };

enum { EXECUTABLE_PATH, TARGET };

static const struct wf_command command = { .name = "test", .options = rows };
static const struct wf_command *const commands[] = { &command };
const struct wf_program wf_program = { .name = "wheelfix",
                                       .failure = WF_EXIT_INPUT,
                                       .globals = wf_wheelfix_globals,
                                       .commands = commands,
                                       .num_commands = WF_COUNT(commands) };

/* What the environment of a test says. */
static const char *deployment_target;

static const char *
environment(const char *name)
{
    if (strcmp(name, "MACOSX_DEPLOYMENT_TARGET") == 0)
        return deployment_target;
    if (strcmp(name, "DYLD_LIBRARY_PATH") == 0)
        return "/first:/second";
    return strcmp(name, "DYLD_FALLBACK_LIBRARY_PATH") == 0 ? "" : NULL;
}

struct line {
    struct wf_cli cli;
    struct wf_args args;
    struct wf_error err;
};

static void
begin(struct line *line, size_t row, const char *value)
{
    *line = (struct line){ .cli = { .command = &command, .environment = environment } };
    line->args.values = wf_options_values(&line->cli.arena, rows);
    if (value != NULL)
        wf_strings_append(&line->cli.arena, &line->args.values[row], value);
}

static uint32_t
target_of(struct line *line, unsigned systems)
{
    struct wf_audit_options audit = { 0 };

    assert_true(
        wf_macos_read_target(&audit, &line->cli, &line->args, systems, &line->err));
    wf_arena_clear(&line->cli.arena);
    return audit.macos_target;
}

static void
packs_versions_as_load_commands_do(void **state)
{
    static const struct {
        const char *text;
        uint32_t packed;
    } cases[] = { { "11", 0xb0000 },
                  { "10.9", 0xa0900 },
                  { "12.0.1", 0xc0001 },
                  { "65535.255.255", 0xffffffff },
                  { "010.013", 0xa0d00 } };
    struct line line;

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        begin(&line, TARGET, cases[i].text);
        assert_int_equal(target_of(&line, WF_ON_MACOS), cases[i].packed);
    }
}

static void
refuses_what_is_no_version_and_says_where_it_stood(void **state)
{
    static const char *const cases[] = { "",      "x",   "11.",     ".11",     "11..0",
                                         "+11",   "0",   "0.9",     "65536",   "10.256",
                                         "11.0 ", "1e1", "1.2.3.4", "10.9.256" };
    struct wf_audit_options audit = { 0 };
    struct line line;

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        begin(&line, TARGET, cases[i]);
        assert_false(
            wf_macos_read_target(&audit, &line.cli, &line.args, WF_ON_MACOS, &line.err));
        assert_int_equal(line.err.kind, WF_ERR_USAGE);
        assert_true(wf_text_starts_with(line.err.text, "--require-target-macos-version "
                                                       "takes a version of macOS"));
        assert_int_equal(audit.macos_target, 0);
        wf_arena_clear(&line.cli.arena);
    }
}

static void
the_option_wins_over_the_variable(void **state)
{
    struct wf_audit_options audit = { 0 };
    struct line line;

    (void)state;
    deployment_target = "12.0";
    begin(&line, TARGET, NULL);
    assert_int_equal(target_of(&line, WF_ON_MACOS), 0xc0000);
    begin(&line, TARGET, "11.0");
    assert_int_equal(target_of(&line, WF_ON_MACOS), 0xb0000);
    deployment_target = "rubbish";
    begin(&line, TARGET, "11.0");
    assert_int_equal(target_of(&line, WF_ON_MACOS), 0xb0000);
    /* No wheel can be for macOS: the variable speaks to somebody else. */
    begin(&line, TARGET, NULL);
    assert_int_equal(target_of(&line, WF_ON_LINUX), 0);
    begin(&line, TARGET, NULL);
    assert_false(wf_macos_read_target(&audit, &line.cli, &line.args,
                                      WF_ON_LINUX | WF_ON_MACOS, &line.err));
    assert_string_equal(line.err.text,
                        "MACOSX_DEPLOYMENT_TARGET takes a version of macOS, such as "
                        "10.13 or 11.0, not \"rubbish\"");
    wf_arena_clear(&line.cli.arena);
    deployment_target = NULL;
}

static void
expands_words_in_order_and_each_architecture_once(void **state)
{
    static const struct {
        const char *list;
        const char *archs;
    } cases[] = {
        { "x86_64", "x86_64" },
        { "arm64,x86_64", "arm64 x86_64" },
        { "universal2", "x86_64 arm64" },
        { "intel", "i386 x86_64" },
        { " intel , arm64 ,x86_64", "i386 x86_64 arm64" },
        { "universal2,universal2", "x86_64 arm64" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct wf_arena arena = { 0 };
        struct wf_strings archs = { 0 };
        struct wf_error err = { 0 };
        const char *joined = "";

        assert_true(wf_macos_read_archs(&archs, &arena, cases[i].list, &err));
        for (size_t k = 0; k < archs.num; k++)
            joined = wf_arena_printf(&arena, "%s%s%s", joined, k > 0 ? " " : "",
                                     archs.items[k]);
        assert_string_equal(joined, cases[i].archs);
        wf_arena_clear(&arena);
    }
}

static void
refuses_words_that_are_no_architecture(void **state)
{
    static const char *const cases[] = { "",        ",",           "arm64,",
                                         ",arm64",  "amd64;arm64", "Intel",
                                         "aarch64", "x86_64 arm64" };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct wf_arena arena = { 0 };
        struct wf_strings archs = { 0 };
        struct wf_error err = { 0 };

        assert_false(wf_macos_read_archs(&archs, &arena, cases[i], &err));
        assert_int_equal(err.kind, WF_ERR_USAGE);
        assert_true(wf_text_starts_with(err.text, "--require-archs takes x86_64, "));
        wf_arena_clear(&arena);
    }
}

static void
search_paths_come_from_the_variables_of_dyld(void **state)
{
    struct wf_search search = { 0 };
    struct line line;

    (void)state;
    begin(&line, EXECUTABLE_PATH, "bin");
    wf_macos_read_search(&search, &line.cli, &line.args);
    assert_string_equal(search.dyld_path, "/first:/second");
    assert_null(search.dyld_fallback_path);
    assert_string_equal(search.executable_path, "bin");
    wf_arena_clear(&line.cli.arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packs_versions_as_load_commands_do),
        cmocka_unit_test(refuses_what_is_no_version_and_says_where_it_stood),
        cmocka_unit_test(the_option_wins_over_the_variable),
        cmocka_unit_test(expands_words_in_order_and_each_architecture_once),
        cmocka_unit_test(refuses_words_that_are_no_architecture),
        cmocka_unit_test(search_paths_come_from_the_variables_of_dyld),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
