/* cmd_show.c -- `wheelfix show`: the verdict on wheels, explained; changes nothing. */
#include <string.h>

#include "cli/audit_setup.h"
#include "cli/macos_setup.h"
#include "cli/progress.h"
#include "cli/systems.h"
#include "cli/wheel_inputs.h"
#include "cli/windows_setup.h"
#include "render/render.h"

enum { LONGEST_ANSWER = 1 << 30, JSON_INDENT = 2 };

enum show_format { SHOW_TEXT, SHOW_JSON, SHOW_JSONL, SHOW_AUDITWHEEL };

static const char *const format_choices[] = { "text", "json", "jsonl", "auditwheel",
                                              NULL };
static const char *const level_choices[] = { "note", "warning", "failure", NULL };

static const struct wf_option show_options[] = {
    { .name = "format",
      .argument = "text|json|jsonl|auditwheel",
      .about = "how to answer: for people, one document, one line per wheel, or as "
               "auditwheel does",
      .choices = format_choices },
    { .name = "json", .about = "the same as --format auditwheel" },
    { .name = "plat",
      .argument = "TAG",
      .about = "ask whether each wheel meets TAG (its architecture may be left out); the "
               "exit status answers" },
    { .name = "fail-on",
      .argument = "note|warning|failure",
      .about = "exit with 1 when there is a finding of this severity or above",
      .choices = level_choices },
    { .name = "exclude",
      .letter = 'e',
      .argument = "GLOB",
      .repeats = true,
      .about = "leave libraries whose name or path matches GLOB out of the verdict" },
    { .name = "no-dll",
      .argument = "GLOB",
      .repeats = true,
      .about = "another name of --exclude",
      .same_as = "exclude" },
    { .name = "include",
      .argument = "NAME",
      .repeats = true,
      .about = "Windows: tell of bundling DLL NAME, too, as repair --include does",
      .systems = WF_ON_WINDOWS },
    { .name = "add-dll",
      .argument = "NAME",
      .repeats = true,
      .about = "another name of --include",
      .same_as = "include" },
    WF_SEARCH_OPTIONS,
    WF_POLICY_OPTION,
    WF_EXECUTABLE_PATH_OPTION,
    WF_MACOS_TARGET_OPTION,
    WF_WINDOWS_SEARCH_OPTIONS,
    WF_WINDOWS_ROOT_OPTIONS,
    { .name = "disable-isa-ext-check",
      .about = "ignore marks of processors above the baseline (x86-64-v2 to v4)",
      .systems = WF_ON_LINUX },
    { .name = "allow-pure-python-wheel",
      .about =
          "with --format auditwheel, answer a wheel without native code with exit 0" },
    { .name = "check-hashes",
      .about = "recompute every hash of RECORD (names and sizes are always compared)" },
    { .name = "from",
      .argument = "FILE|-",
      .repeats = true,
      .about =
          "read paths from FILE or standard input, one a line, behind the operands" },
    { .name = NULL },
};

struct show {
    struct wf_cli *cli;
    struct wf_audit_options options;
    struct wf_text_style style;
    struct wf_wheel_inputs inputs;
    struct wf_progress progress;
    struct wf_buffer out;
    struct wf_json_writer writer;
    enum show_format format;
    int fail_on; /* enum wf_severity, or -1 */
    int status;
    size_t num_done;
    size_t num_answered; /* texts printed, for the empty line between two */
    size_t num_native;
    size_t *num_excluded; /* per --exclude: native wheels in which it matched */
};

static void
raise_status(struct show *show, int status)
{
    if (status > show->status)
        show->status = status;
}

/* The index of `word` in a list of choices that holds it. */
static int
choice_index(const char *const *choices, const char *word)
{
    int i = 0;

    while (strcmp(choices[i], word) != 0)
        i++;
    return i;
}

static bool
read_format(struct show *show, const struct wf_args *args, struct wf_error *err)
{
    const char *format = wf_args_value(show->cli, args, "format");
    const char *level = wf_args_value(show->cli, args, "fail-on");

    show->format = format == NULL
                       ? SHOW_TEXT
                       : (enum show_format)choice_index(format_choices, format);
    show->fail_on = level == NULL ? -1 : choice_index(level_choices, level);
    if (wf_args_count(show->cli, args, "json") == 0)
        return true;
    if (format != NULL && show->format != SHOW_AUDITWHEEL)
        return wf_error_set(
            err, WF_ERR_USAGE,
            "--json means --format auditwheel, and --format %s was given, "
            "too",
            format);
    show->format = SHOW_AUDITWHEEL;
    return true;
}

static bool
read_options(struct show *show, const struct wf_args *args, struct wf_error *err)
{
    struct wf_cli *cli = show->cli;
    struct wf_audit_options *options = &show->options;
    /* What a list will name is not known yet. */
    const unsigned systems = wf_args_count(cli, args, "from") > 0
                                 ? WF_ON_ALL
                                 : wf_systems_of_wheels(&args->operands);

    if (!read_format(show, args, err) ||
        !wf_setup_search(&options->search, cli, args, err) ||
        !wf_setup_policies(&options->policies, cli, args, err) ||
        !wf_macos_read_target(options, cli, args, systems, err) ||
        !wf_windows_read_audit(options, cli, args, systems, err) ||
        !wf_systems_check(cli, args, systems, err))
        return false;
    options->limits = cli->limits;
    options->num_threads = cli->num_threads;
    options->plat = wf_args_value(cli, args, "plat");
    options->disable_isa_check = wf_args_count(cli, args, "disable-isa-ext-check") > 0;
    options->allow_pure = wf_args_count(cli, args, "allow-pure-python-wheel") > 0;
    options->check_hashes = wf_args_count(cli, args, "check-hashes") > 0;
    options->file_sha256 = show->format == SHOW_JSON || show->format == SHOW_JSONL;
    show->style = (struct wf_text_style){ .colour = cli->colour_out,
                                          .verbose = cli->verbose,
                                          .width = cli->width };
    show->num_excluded =
        wf_arena_array(&cli->arena, options->search.excludes.num, sizeof(size_t));
    return options->plat == NULL ||
           wf_setup_plat(cli, options->policies, options->plat, err);
}

static void
write_tool(struct show *show)
{
    struct wf_json_writer *w = &show->writer;

    wf_json_write_key(w, "schema");
    wf_json_write_string(w, "wheelfix.show/1");
    wf_json_write_key(w, "tool");
    wf_json_begin_object(w);
    wf_json_write_key(w, "name");
    wf_json_write_string(w, wf_cli_program());
    wf_json_write_key(w, "version");
    wf_json_write_string(w, wf_cli_version());
    wf_json_end_object(w);
}

/* A line says which schema and tool made it, because lines of many runs are merged. */
static void
add_json_line(struct show *show, const struct wf_report *report)
{
    wf_json_begin_object(&show->writer);
    write_tool(show);
    wf_render_json_keys(&show->writer, report, &show->options);
    wf_json_end_object(&show->writer);
    wf_buffer_add_char(&show->out, '\n');
    show->writer.has_items = false;
}

static void
add_text(struct show *show, const struct wf_report *report)
{
    if (report->failed || show->cli->quiet)
        return;
    if (show->num_answered++ > 0)
        wf_buffer_add_char(&show->out, '\n');
    wf_render_text(&show->out, report, &show->options, &show->style);
}

/* Prints what is in show->out; false when nothing more need be done. */
static bool
flush(struct show *show)
{
    struct wf_error err = { 0 };

    wf_progress_hide(&show->progress);
    if (!wf_buffer_ok(&show->out, "the answer", &err))
        raise_status(show, wf_cli_fail(show->cli, &err));
    const bool ok = wf_cli_write(show->cli, &show->out);

    wf_buffer_reset(&show->out);
    if (!ok)
        raise_status(show, WF_EXIT_INPUT);
    return ok;
}

static bool
answer(struct show *show, const struct wf_report *report)
{
    switch (show->format) {
    case SHOW_TEXT:
        add_text(show, report);
        break;
    case SHOW_JSON:
        wf_render_json(&show->writer, report, &show->options);
        break;
    case SHOW_JSONL:
        add_json_line(show, report);
        break;
    case SHOW_AUDITWHEEL:
        if (!wf_render_auditwheel(&show->out, report, &show->options))
            raise_status(show, WF_EXIT_NO);
        break;
    }
    const bool ok = show->out.len == 0 || flush(show);

    if (report->failed && show->format == SHOW_TEXT) {
        wf_progress_hide(&show->progress);
        wf_cli_fail(show->cli, &report->error);
    }
    return ok;
}

static void
judge_status(struct show *show, const struct wf_report *report)
{
    if (report->failed) {
        /* The wheel was read, and what was asked makes no sense for it. */
        const bool is_asked_wrong = report->error.kind == WF_ERR_USAGE;

        raise_status(show,
                     is_asked_wrong ? WF_EXIT_NO : wf_cli_status(report->error.kind));
        return;
    }
    if (show->options.plat != NULL && report->plat_met != 1)
        raise_status(show, WF_EXIT_NO);
    if (show->fail_on >= 0 && wf_report_worst(report) >= show->fail_on)
        raise_status(show, WF_EXIT_NO);
}

static void
count_excludes(struct show *show, const struct wf_report *report)
{
    const struct wf_strings *excludes = &show->options.search.excludes;

    if (report->failed || report->kind != WF_VERDICT_NATIVE)
        return;
    show->num_native++;
    for (size_t i = 0; i < excludes->num; i++)
        show->num_excluded[i] +=
            !wf_strings_has(&report->unmatched_excludes, excludes->items[i]);
}

/* Answers the operands before the next wheel that yielded none. */
static bool
answer_troubles(struct show *show)
{
    bool ok = true;

    while (ok && show->inputs.first != NULL &&
           show->inputs.first->err.kind != WF_ERR_NONE) {
        const struct wf_wheel_input *input = show->inputs.first;
        const struct wf_report report = {
            .path = input->path,
            .base_name = wf_text_base_name(input->path),
            .failed = true,
            .error = input->err,
            .plat_met = -1,
        };

        ok = answer(show, &report);
        judge_status(show, &report);
        wf_wheel_inputs_drop(&show->inputs);
    }
    return ok;
}

static const char *
next_wheel(void *context)
{
    struct show *show = context;

    wf_progress_show(&show->progress, show->num_done);
    return wf_wheel_inputs_next(&show->inputs);
}

static bool
take_report(void *context, struct wf_report *report)
{
    struct show *show = context;
    bool ok = answer_troubles(show);

    /* Errors name the wheel, whichever layer they come from. */
    if (report->failed && !wf_text_starts_with(report->error.where, report->path))
        wf_error_prefix(&report->error, "%s", report->path);
    ok = ok && answer(show, report);
    judge_status(show, report);
    count_excludes(show, report);
    wf_wheel_inputs_drop(&show->inputs);
    show->num_done++;
    wf_progress_show(&show->progress, show->num_done);
    return ok;
}

static void
warn_of_excludes(struct show *show)
{
    const struct wf_strings *excludes = &show->options.search.excludes;

    for (size_t i = 0; show->num_native > 0 && i < excludes->num; i++) {
        if (show->num_excluded[i] == 0)
            wf_cli_warn(show->cli, "warning: --exclude %s matched no library",
                        excludes->items[i]);
    }
}

static void
run_all(struct show *show)
{
    struct wf_auditor *auditor = wf_auditor_new(&show->options);
    struct wf_json_writer *w = &show->writer;

    *w = (struct wf_json_writer){ .out = &show->out,
                                  .indent = show->format == SHOW_JSON ? JSON_INDENT : 0 };
    if (show->format == SHOW_JSON) {
        wf_json_begin_object(w);
        write_tool(show);
        wf_json_write_key(w, "wheels");
        wf_json_begin_array(w);
    }
    wf_auditor_run(auditor, next_wheel, take_report, show);
    answer_troubles(show);
    if (show->format == SHOW_JSON) {
        wf_json_end_array(w);
        wf_json_end_object(w);
        wf_buffer_add_char(&show->out, '\n');
        flush(show);
    }
    wf_progress_hide(&show->progress);
    warn_of_excludes(show);
    wf_auditor_free(auditor);
}

static int
run_show(struct wf_cli *cli, const struct wf_args *args)
{
    struct show show = { .cli = cli };
    struct wf_error err = { 0 };
    const struct wf_strings *lists = wf_args_list(cli, args, "from");

    if (args->operands.num == 0 && lists->num == 0)
        return wf_cli_usage(cli, "which wheels? give files, folders, or --from FILE");
    if (!read_options(&show, args, &err))
        return err.kind == WF_ERR_USAGE ? wf_cli_usage(cli, "%s", err.text)
                                        : wf_cli_fail(cli, &err);
    wf_wheel_inputs_init(&show.inputs, &args->operands, lists);
    wf_buffer_init(&show.out, LONGEST_ANSWER);
    wf_progress_start(&show.progress, cli);
    run_all(&show);
    wf_buffer_clear(&show.out);
    wf_wheel_inputs_clear(&show.inputs);
    return show.status;
}

static const char more[] =
    "A folder stands for the *.whl files in it.  Libraries are looked for where the "
    "loader\n"
    "would, and in WHEELFIX_LD_LIBRARY_PATH (or AUDITWHEEL_LD_LIBRARY_PATH) before "
    "that.\n"
    "\n"
    "Exit status: 0 every wheel was read, whatever was found; 1 a wheel does not meet "
    "the\n"
    "tag of --plat, or has what --fail-on names, or auditwheel would have refused it; 2\n"
    "usage; 3 some wheel could not be read (the others are answered all the same).\n";

const struct wf_command wf_cmd_show = {
    .name = "show",
    .summary = "Judge wheels: the platform tags they keep, and why not better ones.",
    .operands = "WHEEL|DIR...",
    .more = more,
    .options = show_options,
    .run = run_show,
};
