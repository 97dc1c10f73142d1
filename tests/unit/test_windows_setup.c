/* test_windows_setup.c -- what options for Windows wheels fill in. */
#include "../support/unit.h"
#include "cli/audit_setup.h"
#include "cli/options.h"
#include "cli/windows_setup.h"

static const struct wf_option rows[] = {
    WF_SEARCH_OPTIONS,
    WF_WINDOWS_SEARCH_OPTIONS,
    WF_WINDOWS_ROOT_OPTIONS,
    { .name = "exclude", .argument = "GLOB" },
    { .name = "include", .argument = "GLOB" },
    { .name = "no-mangle-all" },
    { .name = "with-mangle" },
    { .name = "namespace-pkg", .argument = "NAMES" },
    { .name = "custom-patch" },
    { .name = "include-symbols" },
    { .name = "include-imports" },
    { .name = NULL },
};

static const struct wf_command command = { .name = "test", .options = rows };
static const struct wf_command *const commands[] = { &command };
const struct wf_program wf_program = { .name = "wheelfix",
                                       .failure = WF_EXIT_INPUT,
                                       .globals = wf_wheelfix_globals,
                                       .commands = commands,
                                       .num_commands = WF_COUNT(commands) };

/* What PATH of a test is. */
static const char *path_variable;

static const char *
environment(const char *name)
{
    return strcmp(name, "PATH") == 0 ? path_variable : NULL;
}

struct line {
    struct wf_cli cli;
    struct wf_args args;
    struct wf_error err;
    struct wf_audit_options audit;
    struct wf_repair_options repair;
};

static void
begin(struct line *line)
{
    *line = (struct line){ .cli = { .command = &command, .environment = environment } };
    line->args.values = wf_options_values(&line->cli.arena, rows);
}

static void
give(struct line *line, const char *name, const char *value)
{
    wf_strings_append(&line->cli.arena, &line->args.values[wf_options_find(rows, name)],
                      value);
}

static bool
read_all(struct line *line, unsigned systems)
{
    return wf_setup_search(&line->audit.search, &line->cli, &line->args, &line->err) &&
           wf_windows_read_audit(&line->audit, &line->cli, &line->args, systems,
                                 &line->err) &&
           wf_windows_read_repair(&line->repair, &line->cli, &line->args, systems,
                                  &line->err);
}

static void
end(struct line *line)
{
    wf_arena_clear(&line->cli.arena);
}

static const char *
joined(struct line *line, const struct wf_strings *list)
{
    const char *text = "";

    for (size_t i = 0; i < list->num; i++)
        text = wf_arena_printf(&line->cli.arena, "%s%s%s", text, i > 0 ? " " : "",
                               list->items[i]);
    return text;
}

static void
nothing_given_is_windows_10_and_the_wheel_searched(void **state)
{
    struct line line;

    (void)state;
    path_variable = "/usr/bin";
    begin(&line);
    assert_true(read_all(&line, WF_ON_WINDOWS));
    assert_int_equal(line.audit.windows_min, WF_WINDOWS_10);
    assert_false(line.audit.search.no_search_wheel);
    assert_int_equal(line.audit.search.use_path.num, 0);
    assert_false(line.audit.analyze_existing);
    assert_false(line.audit.analyze_existing_exes);
    assert_false(line.repair.no_mangle_all || line.repair.with_mangle ||
                 line.repair.custom_patch || line.repair.include_symbols ||
                 line.repair.include_imports);
    end(&line);
}

static void
each_release_is_its_own(void **state)
{
    static const struct {
        const char *word;
        enum wf_windows_release release;
    } cases[] = { { "7", WF_WINDOWS_7 },
                  { "8.1", WF_WINDOWS_8_1 },
                  { "10", WF_WINDOWS_10 },
                  { "11", WF_WINDOWS_11 } };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct line line;

        begin(&line);
        give(&line, "windows-min", cases[i].word);
        assert_true(read_all(&line, WF_ON_WINDOWS));
        assert_int_equal(line.audit.windows_min, cases[i].release);
        assert_string_equal(wf_windows_min_choices[i], cases[i].word);
        end(&line);
    }
    assert_null(wf_windows_min_choices[WF_COUNT(cases)]);
}

static void
folders_of_path_count_when_they_are_asked_for_and_absolute(void **state)
{
    static const struct {
        const char *path;
        const char *folders;
    } cases[] = {
        { "/usr/bin:/opt/dlls", "/usr/bin /opt/dlls" },
        { "/a;/b", "/a /b" },
        { ":/a::.:bin:", "/a" },
        { "", "" },
        { NULL, "" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct line line;

        path_variable = cases[i].path;
        begin(&line);
        give(&line, "use-path", "");
        assert_true(read_all(&line, WF_ON_WINDOWS));
        assert_string_equal(joined(&line, &line.audit.search.use_path), cases[i].folders);
        end(&line);
    }
}

static void
every_flag_fills_its_own_field(void **state)
{
    struct line line;

    (void)state;
    begin(&line);
    give(&line, "analyze-existing", "");
    give(&line, "no-mangle-all", "");
    give(&line, "include-symbols", "");
    assert_true(read_all(&line, WF_ON_WINDOWS));
    assert_true(line.audit.analyze_existing && line.repair.no_mangle_all &&
                line.repair.include_symbols);
    assert_false(line.audit.analyze_existing_exes || line.repair.with_mangle ||
                 line.repair.include_imports || line.repair.custom_patch);
    end(&line);
    begin(&line);
    give(&line, "analyze-existing-exes", "");
    give(&line, "with-mangle", "");
    give(&line, "include-imports", "");
    give(&line, "custom-patch", "");
    assert_true(read_all(&line, WF_ON_WINDOWS));
    assert_true(line.audit.analyze_existing_exes && line.repair.with_mangle &&
                line.repair.include_imports && line.repair.custom_patch);
    assert_false(line.audit.analyze_existing || line.repair.no_mangle_all ||
                 line.repair.include_symbols);
    end(&line);
    begin(&line);
    give(&line, "no-search-wheel", "");
    assert_true(read_all(&line, WF_ON_WINDOWS));
    assert_true(line.audit.search.no_search_wheel);
    end(&line);
}

static void
lists_of_all_values_are_put_in_a_row(void **state)
{
    struct line line;

    (void)state;
    begin(&line);
    give(&line, "namespace-pkg", "corp.tools;corp");
    give(&line, "namespace-pkg", "other:");
    give(&line, "exclude", "B*.dll:c.dll");
    give(&line, "exclude", ";");
    give(&line, "include", "a.dll");
    assert_true(read_all(&line, WF_ON_WINDOWS));
    assert_string_equal(joined(&line, &line.repair.namespace_pkgs),
                        "corp.tools corp other");
    assert_string_equal(joined(&line, &line.audit.search.excludes), "B*.dll c.dll");
    assert_string_equal(joined(&line, &line.audit.search.includes), "a.dll");
    end(&line);
}

static void
what_is_included_and_excluded_is_refused_for_windows_only(void **state)
{
    struct line line;

    (void)state;
    begin(&line);
    give(&line, "exclude", "LIB*");
    give(&line, "include", "zlib.dll;libfoo.dll");
    assert_true(read_all(&line, WF_ON_LINUX));
    end(&line);
    begin(&line);
    give(&line, "exclude", "LIB*");
    give(&line, "include", "zlib.dll;libfoo.dll");
    assert_false(read_all(&line, WF_ON_LINUX | WF_ON_WINDOWS));
    assert_int_equal(line.err.kind, WF_ERR_USAGE);
    assert_string_equal(line.err.text,
                        "--include libfoo.dll and --exclude LIB* contradict each other");
    end(&line);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_given_is_windows_10_and_the_wheel_searched),
        cmocka_unit_test(each_release_is_its_own),
        cmocka_unit_test(folders_of_path_count_when_they_are_asked_for_and_absolute),
        cmocka_unit_test(every_flag_fills_its_own_field),
        cmocka_unit_test(lists_of_all_values_are_put_in_a_row),
        cmocka_unit_test(what_is_included_and_excluded_is_refused_for_windows_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
