/* cmd_repair.c -- `wheelfix repair`: plans, and unless --dry-run carries them out. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/audit_setup.h"
#include "cli/progress.h"
#include "cli/wheel_inputs.h"
#include "render/render_plan.h"
#include "repair/apply.h"

enum { LONGEST_ANSWER = 1 << 30, JSON_INDENT = 2, JSON_DEPTH = 2 };

static const char *const format_choices[] = { "text", "json", NULL };
static const char *const level_choices[] = { "note", "warning", "failure", NULL };
static const char *const strip_choices[] = { "debug", "unneeded", "all", NULL };

static const struct wf_option repair_options[] = {
    { .name = "plat",
      .argument = "TAG|auto",
      .about = "the platform tag to reach (its architecture may be left out); auto, the "
               "standard, is the best one" },
    { .name = "wheel-dir",
      .letter = 'w',
      .argument = "DIR",
      .about = "where repaired wheels go: wheelhouse/ unless given" },
    { .name = "in-place", .about = "put the result where its source is, in place of it" },
    { .name = "dry-run", .about = "print the plan and write nothing" },
    { .name = "format",
      .argument = "text|json",
      .about = "how to answer: for people, or one document",
      .choices = format_choices },
    { .name = "lib-sdir",
      .letter = 'L',
      .argument = "SUFFIX",
      .about = "bundled libraries go to the folder NAME + SUFFIX: .libs unless given" },
    { .name = "no-update-tags", .about = "leave the file name and WHEEL as they are" },
    { .name = "only-plat", .about = "add no better tag than the one asked for" },
    { .name = "exclude",
      .letter = 'e',
      .argument = "GLOB",
      .repeats = true,
      .about = "do not bundle libraries whose name or path matches GLOB" },
    { .name = "include",
      .argument = "GLOB",
      .repeats = true,
      .about = "bundle libraries whose name or path matches GLOB in any case; a plain "
               "name also when nothing needs it" },
    { .name = "include-only",
      .argument = "GLOB",
      .repeats = true,
      .about = "bundle no other libraries than those that match" },
    { .name = "no-mangle",
      .argument = "GLOB",
      .repeats = true,
      .about = "bundle matching libraries under the name they have" },
    { .name = "strip",
      .argument = "debug|unneeded|all",
      .standard = "all",
      .about = "take debug information, or all symbols, out of every object",
      .choices = strip_choices },
    { .name = "debug-dir",
      .argument = "DIR",
      .about = "keep what --strip takes out as separate debug files in DIR" },
    { .name = "clear-exec-stack", .about = "take the mark for an executable stack off" },
    { .name = "sbom",
      .about = "list bundled libraries in the wheel as CycloneDX (the standard)" },
    { .name = "no-sbom", .about = "do not list them" },
    { .name = "zip-compression-level",
      .letter = 'z',
      .argument = "LEVEL",
      .about = "0 (store) to 12; unchanged members are compressed anew, too" },
    { .name = "fail-on",
      .argument = "note|warning|failure",
      .about = "exit with 1 when the plan says something of this severity or above",
      .choices = level_choices },
    WF_SEARCH_OPTIONS,
    WF_POLICY_OPTION,
    { .name = "disable-isa-ext-check",
      .about = "ignore marks of processors above the baseline (x86-64-v2 to v4)" },
    { .name = "allow-pure-python-wheel",
      .about = "accepted for auditwheel's users: wheels without native code are always "
               "copied" },
    { .name = "patcher",
      .argument = "NAME",
      .about = "accepted for auditwheel's users, and ignored: the editor is built in" },
    { .name = NULL },
};

/* ticket is the answer about one wheel, until its file has its name. */
struct ticket {
    struct wf_arena arena; /* holds this very entry */
    const char
        *source; /* the wheel, when its result takes its place under another name */
    struct wf_buffer text;
    struct wf_json_writer writer;
};

struct repair {
    struct wf_cli *cli;
    struct wf_audit_options audit;
    struct wf_repair_options options;
    struct wf_text_style style;
    struct wf_wheel_inputs inputs;
    struct wf_progress progress;
    struct wf_buffer out;
    struct wf_json_writer writer;
    struct wf_repairer *repairer;
    const char *wheel_dir;
    struct wf_strings inputs_named; /* wheels and folders that were given: real paths */
    struct wf_strings outputs;      /* paths written or about to be */
    struct wf_strings replaced; /* wheels whose results stand beside them, --in-place */
    bool json;
    bool in_place;
    bool dry_run;
    int fail_on; /* enum wf_severity, or -1 */
    int status;
    size_t num_done;
    size_t num_answered;
};

static void
raise_status(struct repair *repair, int status)
{
    if (status > repair->status)
        repair->status = status;
}

static const char *
variable(const struct wf_cli *cli, const char *ours, const char *theirs)
{
    const char *value = cli->environment(ours);

    if (value == NULL || value[0] == '\0')
        value = cli->environment(theirs);
    return value == NULL || value[0] == '\0' ? NULL : value;
}

static bool
read_level(struct repair *repair, const struct wf_args *args, struct wf_error *err)
{
    const char *text = wf_args_value(repair->cli, args, "zip-compression-level");
    const char *source = "--zip-compression-level";
    uint64_t level;

    if (text == NULL) {
        text = variable(repair->cli, "WHEELFIX_ZIP_COMPRESSION_LEVEL",
                        "AUDITWHEEL_ZIP_COMPRESSION_LEVEL");
        source = "the variable for the compression level";
    }
    repair->options.level = -1;
    if (text == NULL)
        return true;
    if (!wf_text_decimal(&level, wf_bytes_str(text)) || level > WF_DEFLATE_MAX_LEVEL)
        return wf_error_set(err, WF_ERR_USAGE, "%s takes 0 to %d, not \"%.100s\"", source,
                            WF_DEFLATE_MAX_LEVEL, text);
    repair->options.level = (int)level;
    return true;
}

/* 1980-01-01, the earliest an archive can say. */
enum { EARLIEST = 315532800 };

static bool
read_time(struct repair *repair, struct wf_error *err)
{
    const char *text = repair->cli->environment("SOURCE_DATE_EPOCH");
    uint64_t seconds = 0;

    repair->options.time = EARLIEST;
    if (text == NULL || text[0] == '\0')
        return true;
    if (!wf_text_decimal(&seconds, wf_bytes_str(text)) || seconds > INT64_MAX)
        return wf_error_set(err, WF_ERR_USAGE,
                            "SOURCE_DATE_EPOCH is \"%.100s\"; seconds since 1970 are "
                            "expected",
                            text);
    if (seconds > EARLIEST)
        repair->options.time = (int64_t)seconds;
    return true;
}

static bool
read_plat(struct repair *repair, const struct wf_args *args, struct wf_error *err)
{
    struct wf_repair_options *options = &repair->options;

    options->plat = wf_args_value(repair->cli, args, "plat");
    if (options->plat == NULL) {
        options->plat = variable(repair->cli, "WHEELFIX_PLAT", "AUDITWHEEL_PLAT");
        options->plat_is_preset = options->plat != NULL;
    }
    if (options->plat != NULL && strcmp(options->plat, "auto") == 0)
        options->plat = NULL;
    if (options->plat == NULL)
        return true;
    /* The audit asks the tag where the wheel itself does not say what it is for. */
    repair->audit.plat = options->plat;
    repair->audit.plat_is_preset = options->plat_is_preset;
    if (wf_setup_plat(repair->cli, repair->audit.policies, options->plat, err))
        return true;
    if (!options->plat_is_preset)
        return false;
    wf_cli_warn(repair->cli, "warning: %s; the environment set it, so it is ignored",
                err->text);
    *err = (struct wf_error){ 0 };
    options->plat = NULL;
    repair->audit.plat = NULL;
    return true;
}

static int
choice_index(const char *const *choices, const char *word)
{
    int i = 0;

    while (strcmp(choices[i], word) != 0)
        i++;
    return i;
}

static bool
read_places(struct repair *repair, const struct wf_args *args, struct wf_error *err)
{
    struct wf_cli *cli = repair->cli;
    const char *folder = wf_args_value(cli, args, "wheel-dir");
    const char *suffix = wf_args_value(cli, args, "lib-sdir");

    repair->in_place = wf_args_count(cli, args, "in-place") > 0;
    if (repair->in_place && folder != NULL)
        return wf_error_set(err, WF_ERR_USAGE,
                            "--in-place and --wheel-dir name two places for the result");
    repair->wheel_dir = folder == NULL ? "wheelhouse" : folder;
    repair->options.lib_sdir = suffix == NULL ? ".libs" : suffix;
    if (suffix != NULL && (suffix[0] == '\0' || strchr(suffix, '/') != NULL))
        return wf_error_set(err, WF_ERR_USAGE,
                            "--lib-sdir takes the end of a folder's name, not \"%.200s\"",
                            suffix);
    repair->options.debug_dir = wf_args_value(cli, args, "debug-dir");
    return true;
}

static bool
read_changes(struct repair *repair, const struct wf_args *args, struct wf_error *err)
{
    struct wf_cli *cli = repair->cli;
    struct wf_repair_options *options = &repair->options;
    const char *strip = wf_args_value(cli, args, "strip");

    options->no_update_tags = wf_args_count(cli, args, "no-update-tags") > 0;
    options->only_plat = wf_args_count(cli, args, "only-plat") > 0;
    options->clear_exec_stack = wf_args_count(cli, args, "clear-exec-stack") > 0;
    options->strip =
        strip == NULL
            ? WF_STRIP_NOTHING
            : (enum wf_strip_level)(WF_STRIP_DEBUG + choice_index(strip_choices, strip));
    options->sbom = wf_args_count(cli, args, "no-sbom") == 0;
    repair->audit.search.includes = *wf_args_list(cli, args, "include");
    options->include_only = *wf_args_list(cli, args, "include-only");
    options->no_mangle = *wf_args_list(cli, args, "no-mangle");
    options->tool_version = wf_cli_version();
    if (options->debug_dir != NULL && strip == NULL)
        return wf_error_set(
            err, WF_ERR_USAGE,
            "--debug-dir keeps what --strip takes out: give --strip, too");
    if (!options->sbom && wf_args_count(cli, args, "sbom") > 0)
        return wf_error_set(err, WF_ERR_USAGE,
                            "--sbom and --no-sbom contradict each other");
    return true;
}

static bool
read_options(struct repair *repair, const struct wf_args *args, struct wf_error *err)
{
    struct wf_cli *cli = repair->cli;
    const char *format = wf_args_value(cli, args, "format");
    const char *level = wf_args_value(cli, args, "fail-on");
    struct wf_audit_options *audit = &repair->audit;

    repair->json = format != NULL && strcmp(format, "json") == 0;
    repair->fail_on = level == NULL ? -1 : choice_index(level_choices, level);
    repair->dry_run = wf_args_count(cli, args, "dry-run") > 0;
    repair->style = (struct wf_text_style){ .colour = cli->colour_out,
                                            .verbose = cli->verbose,
                                            .width = cli->width };
    if (!wf_setup_search(&audit->search, cli, args, err) ||
        !wf_setup_policies(&audit->policies, cli, args, err))
        return false;
    audit->search.excludes = *wf_args_list(cli, args, "exclude");
    audit->limits = cli->limits;
    audit->num_threads = cli->num_threads;
    audit->disable_isa_check = wf_args_count(cli, args, "disable-isa-ext-check") > 0;
    audit->allow_pure = true;
    audit->check_hashes = true;
    repair->options.audit = audit;
    if (wf_args_count(cli, args, "patcher") > 0)
        wf_cli_warn(cli, "note: --patcher is ignored: objects are edited by %s itself",
                    wf_cli_program());
    return read_level(repair, args, err) && read_time(repair, err) &&
           read_places(repair, args, err) && read_changes(repair, args, err) &&
           read_plat(repair, args, err);
}

/* Prints what is in repair->out. */
static void
flush(struct repair *repair)
{
    struct wf_error err = { 0 };

    wf_progress_hide(&repair->progress);
    if (!wf_buffer_ok(&repair->out, "the answer", &err))
        raise_status(repair, wf_cli_fail(repair->cli, &err));
    if (!wf_cli_write(repair->cli, &repair->out))
        raise_status(repair, WF_EXIT_INPUT);
    wf_buffer_reset(&repair->out);
}

static struct ticket *
new_ticket(struct repair *repair)
{
    struct wf_arena arena = { 0 };
    struct ticket *ticket = wf_arena_alloc(&arena, sizeof *ticket);

    ticket->arena = arena;
    wf_buffer_init(&ticket->text, LONGEST_ANSWER);
    ticket->writer = (struct wf_json_writer){ .out = &ticket->text,
                                              .indent = JSON_INDENT,
                                              .depth = JSON_DEPTH };
    if (repair->json)
        wf_json_begin_object(&ticket->writer);
    return ticket;
}

static void
end_ticket(struct ticket *ticket)
{
    wf_buffer_clear(&ticket->text);
    struct wf_arena arena = ticket->arena;

    wf_arena_clear(&arena);
}

static void
add_error(struct wf_json_writer *w, const struct wf_error *err)
{
    wf_json_write_key(w, "error");
    if (err == NULL) {
        wf_json_write_null(w);
        return;
    }
    wf_json_begin_object(w);
    wf_json_write_key(w, "kind");
    wf_json_write_string(w, wf_error_kind_name(err->kind));
    wf_json_write_key(w, "where");
    wf_json_write_string(w, err->where);
    wf_json_write_key(w, "message");
    wf_json_write_string(w, err->text);
    wf_json_end_object(w);
}

/* Ends the answer about a wheel and prints it: `path` is where its result is, or NULL. */
static void
answer(struct repair *repair, struct ticket *ticket, const char *path,
       const struct wf_error *err)
{
    struct wf_json_writer *w = &ticket->writer;

    if (repair->json) {
        wf_json_write_key(w, "written");
        wf_json_write_string(w, path);
        add_error(w, err);
        wf_json_end_object(w);
        wf_json_write_written(&repair->writer, wf_buffer_bytes(&ticket->text));
    } else if (err == NULL && !repair->cli->quiet) {
        if (repair->num_answered++ > 0)
            wf_buffer_add_char(&repair->out, '\n');
        wf_buffer_add(&repair->out, ticket->text.data, ticket->text.len);
    }
    flush(repair);
    if (err != NULL) {
        wf_progress_hide(&repair->progress);
        raise_status(repair, wf_cli_fail(repair->cli, err));
    }
    end_ticket(ticket);
}

static void
take_repaired(void *context, const struct wf_repaired *repaired)
{
    struct repair *repair = context;
    const struct ticket *ticket = repaired->ticket;

    if (repaired->ok && ticket->source != NULL)
        wf_strings_append(&repair->cli->arena, &repair->replaced,
                          wf_arena_strdup(&repair->cli->arena, ticket->source));
    answer(repair, repaired->ticket, repaired->ok ? repaired->path : NULL,
           repaired->ok ? NULL : &repaired->err);
}

/* An error about a wheel that has no plan. */
static void
answer_failure(struct repair *repair, const char *path, struct wf_error *err)
{
    struct ticket *ticket = new_ticket(repair);

    wf_repairer_settle(repair->repairer);
    /* The wheel was read, and what was asked makes no sense for it. */
    if (err->kind == WF_ERR_USAGE && repair->audit.plat != NULL)
        err->kind = WF_ERR_REFUSED;
    if (!wf_text_starts_with(err->where, path))
        wf_error_prefix(err, "%s", path);
    if (repair->json) {
        wf_json_write_key(&ticket->writer, "path");
        wf_json_write_string(&ticket->writer, path);
        wf_json_write_key(&ticket->writer, "filename");
        wf_json_write_string(&ticket->writer, wf_text_base_name(path));
    }
    answer(repair, ticket, NULL, err);
}

static bool
answer_troubles(struct repair *repair)
{
    while (repair->inputs.first != NULL &&
           repair->inputs.first->err.kind != WF_ERR_NONE) {
        answer_failure(repair, repair->inputs.first->path, &repair->inputs.first->err);
        wf_wheel_inputs_drop(&repair->inputs);
    }
    return true;
}

/* Every reason on standard error, whatever else is printed where. */
static void
answer_refusal(struct repair *repair, struct ticket *ticket, const struct wf_plan *plan)
{
    struct wf_buffer reasons;

    wf_repairer_settle(repair->repairer);
    raise_status(repair, WF_EXIT_NO);
    wf_progress_hide(&repair->progress);
    wf_buffer_init(&reasons, LONGEST_ANSWER);
    wf_render_refusals(&reasons, plan, &repair->style);
    fflush(repair->cli->out);
    fwrite(reasons.data, 1, reasons.len, repair->cli->err);
    fflush(repair->cli->err);
    wf_buffer_clear(&reasons);
    if (repair->json)
        answer(repair, ticket, NULL, NULL);
    else
        end_ticket(ticket);
}

static const char *
folder_of(struct repair *repair, const struct wf_report *report)
{
    if (!repair->in_place)
        return repair->wheel_dir;
    const size_t len = strlen(report->path) - strlen(report->base_name);

    return len == 0 ? "."
                    : wf_arena_printf(&repair->cli->arena, "%.*s", (int)(len - (len > 1)),
                                      report->path);
}

/* The file a path names, with the links of its folder followed. */
static const char *
real_place(struct repair *repair, const char *folder, const char *name)
{
    struct wf_arena *arena = &repair->cli->arena;
    const char *absolute = wf_path_absolute(arena, folder);
    const char *real = absolute == NULL ? NULL : wf_path_resolve(arena, "", absolute);

    return wf_arena_printf(arena, "%s/%s", real != NULL ? real : folder, name);
}

static bool
is_own_source(struct repair *repair, const struct wf_plan *plan, const char *target)
{
    const struct wf_report *report = plan->report;
    const size_t len = strlen(report->path) - strlen(report->base_name);
    const char *folder =
        len == 0 ? "."
                 : wf_arena_printf(&repair->cli->arena, "%.*s", (int)len, report->path);

    return strcmp(target, real_place(repair, folder, report->base_name)) == 0;
}

static int
compare_names(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static bool
was_given(const struct repair *repair, const char *path)
{
    const struct wf_strings *given = &repair->inputs_named;

    return given->num > 0 && bsearch(&path, given->items, given->num,
                                     sizeof *given->items, compare_names) != NULL;
}

/* Whether another wheel of this run stands there, by itself or in a folder. */
static bool
is_other_source(struct repair *repair, const char *target)
{
    const char *base = wf_text_base_name(target);

    if (wf_path_kind(target) != WF_PATH_FILE)
        return false;
    return was_given(repair, target) ||
           was_given(repair, wf_arena_printf(&repair->cli->arena, "%.*s",
                                             (int)(base - target) - 1, target));
}

/* A result may take the place of its own source when that is wanted, and of no other. */
static bool
check_target(struct repair *repair, const struct wf_plan *plan, const char *target,
             bool own, struct wf_error *err)
{
    if (own && !repair->in_place && plan->kind != WF_PLAN_COPY)
        return wf_error_set(err, WF_ERR_USAGE,
                            "the result would replace its source; give --in-place to "
                            "want that, or another --wheel-dir");
    if (!own && is_other_source(repair, target))
        return wf_error_set(err, WF_ERR_USAGE,
                            "the result would replace %.500s, which is to be repaired, "
                            "too; give another --wheel-dir",
                            target);
    return wf_strings_add(&repair->cli->arena, &repair->outputs, target) ||
           wf_error_set(err, WF_ERR_USAGE,
                        "another wheel of this run has the result %.500s, too", target);
}

static bool
make_folders(struct repair *repair, const char *folder, struct wf_error *err)
{
    const char *debug_dir = repair->options.debug_dir;

    return wf_folder_make(folder, err) &&
           (debug_dir == NULL || wf_folder_make(debug_dir, err));
}

static void
carry_out(struct repair *repair, const struct wf_plan *plan, struct ticket *ticket)
{
    struct wf_error err = { 0 };
    const char *path = plan->report->path;
    const char *folder = folder_of(repair, plan->report);
    const char *target = NULL;
    bool own = false;
    bool ok = make_folders(repair, folder, &err);

    if (ok) {
        target = real_place(repair, folder, plan->out_name);
        own = is_own_source(repair, plan, target);
        ok = check_target(repair, plan, target, own, &err);
    }
    if (!ok) {
        wf_error_prefix(&err, "%s", path);
        wf_repairer_settle(repair->repairer);
        answer(repair, ticket, NULL, &err);
        return;
    }
    if (repair->in_place && !own)
        ticket->source = wf_arena_strdup(&ticket->arena, path);
    if (!own || plan->kind != WF_PLAN_COPY) {
        wf_repairer_apply(repair->repairer, plan, folder, ticket);
        return;
    }
    wf_repairer_settle(repair->repairer);
    answer(repair, ticket,
           wf_arena_printf(&repair->cli->arena, "%s/%s", folder, plan->out_name), NULL);
}

static void
judge_notes(struct repair *repair, const struct wf_plan *plan)
{
    for (size_t i = 0; i < plan->num_notes; i++)
        if (repair->fail_on >= 0 && (int)plan->notes[i].severity >= repair->fail_on)
            raise_status(repair, WF_EXIT_NO);
}

static void
repair_one(struct repair *repair, struct wf_report *report)
{
    struct wf_plan *plan = NULL;
    struct wf_error err = { 0 };

    if (!wf_plan_make(&plan, report, &repair->options, &err)) {
        answer_failure(repair, report->path, &err);
        return;
    }
    struct ticket *ticket = new_ticket(repair);

    if (repair->json)
        wf_render_plan_json(&ticket->writer, plan);
    else
        wf_render_plan_text(&ticket->text, plan, folder_of(repair, report),
                            &repair->style);
    judge_notes(repair, plan);
    if (plan->kind == WF_PLAN_REFUSED)
        answer_refusal(repair, ticket, plan);
    else if (repair->dry_run)
        answer(repair, ticket, NULL, NULL);
    else
        carry_out(repair, plan, ticket);
    wf_plan_free(plan);
}

static const char *
next_wheel(void *context)
{
    struct repair *repair = context;

    wf_progress_show(&repair->progress, repair->num_done);
    return wf_wheel_inputs_next(&repair->inputs);
}

static bool
take_report(void *context, struct wf_report *report)
{
    struct repair *repair = context;

    answer_troubles(repair);
    if (report->failed)
        answer_failure(repair, report->path, &report->error);
    else
        repair_one(repair, report);
    wf_wheel_inputs_drop(&repair->inputs);
    repair->num_done++;
    wf_progress_show(&repair->progress, repair->num_done);
    return true;
}

static void
begin_document(struct repair *repair)
{
    struct wf_json_writer *w = &repair->writer;

    wf_json_begin_object(w);
    wf_json_write_key(w, "schema");
    wf_json_write_string(w, repair->dry_run ? "wheelfix.plan/1" : "wheelfix.repair/1");
    wf_json_write_key(w, "tool");
    wf_json_begin_object(w);
    wf_json_write_key(w, "name");
    wf_json_write_string(w, wf_cli_program());
    wf_json_write_key(w, "version");
    wf_json_write_string(w, wf_cli_version());
    wf_json_write_key(w, "deflate");
    wf_json_write_string(w, wf_deflate_version());
    wf_json_end_object(w);
    wf_json_write_key(w, "wheels");
    wf_json_begin_array(w);
}

/* Only now, when the results and their names are durable: at no time is there neither. */
static void
remove_replaced(struct repair *repair)
{
    for (size_t i = 0; i < repair->replaced.num; i++) {
        struct wf_error err = { 0 };

        if (!wf_file_remove(repair->replaced.items[i], &err)) {
            wf_error_prefix(&err, "%s", repair->replaced.items[i]);
            raise_status(repair, wf_cli_fail(repair->cli, &err));
        }
    }
}

static void
list_operands(struct repair *repair, const struct wf_strings *operands)
{
    struct wf_arena *arena = &repair->cli->arena;

    for (size_t i = 0; i < operands->num; i++) {
        const char *absolute = wf_path_absolute(arena, operands->items[i]);
        const char *base = absolute == NULL ? NULL : wf_text_base_name(absolute);
        const char *place = NULL;

        if (absolute == NULL)
            continue;
        if (wf_path_kind(absolute) == WF_PATH_FOLDER)
            place = wf_path_resolve(arena, "", absolute);
        else if (base != absolute)
            place = real_place(
                repair, wf_arena_printf(arena, "%.*s", (int)(base - absolute), absolute),
                base);
        if (place != NULL)
            wf_strings_append(arena, &repair->inputs_named, place);
    }
    wf_strings_sort(&repair->inputs_named);
}

static void
run_all(struct repair *repair)
{
    struct wf_auditor *auditor = wf_auditor_new(&repair->audit);
    struct wf_error err = { 0 };

    repair->writer =
        (struct wf_json_writer){ .out = &repair->out, .indent = JSON_INDENT };
    repair->repairer = wf_repairer_new(&repair->options, wf_auditor_pool(auditor),
                                       take_repaired, repair);
    if (repair->json)
        begin_document(repair);
    wf_auditor_run(auditor, next_wheel, take_report, repair);
    answer_troubles(repair);
    if (!wf_repairer_finish(repair->repairer, &err))
        raise_status(repair, wf_cli_fail(repair->cli, &err));
    else
        remove_replaced(repair);
    if (repair->json) {
        wf_json_end_array(&repair->writer);
        wf_json_end_object(&repair->writer);
        wf_buffer_add_char(&repair->out, '\n');
    }
    flush(repair);
    wf_progress_hide(&repair->progress);
    wf_auditor_free(auditor);
}

static int
run_repair(struct wf_cli *cli, const struct wf_args *args)
{
    struct repair repair = { .cli = cli };
    struct wf_error err = { 0 };

    if (args->operands.num == 0)
        return wf_cli_usage(cli, "which wheels? give files or folders");
    if (!read_options(&repair, args, &err))
        return err.kind == WF_ERR_USAGE ? wf_cli_usage(cli, "%s", err.text)
                                        : wf_cli_fail(cli, &err);
    const struct wf_strings no_lists = { 0 };

    repair.options.packages = wf_packages_new(
        repair.audit.search.sysroot == NULL ? "" : repair.audit.search.sysroot);
    list_operands(&repair, &args->operands);
    wf_wheel_inputs_init(&repair.inputs, &args->operands, &no_lists);
    wf_buffer_init(&repair.out, LONGEST_ANSWER);
    wf_progress_start(&repair.progress, cli);
    run_all(&repair);
    wf_buffer_clear(&repair.out);
    wf_wheel_inputs_clear(&repair.inputs);
    wf_packages_free(repair.options.packages);
    return repair.status;
}

static const char more[] =
    "A repaired wheel appears under its final name only when it is complete, was read\n"
    "again and keeps the tags it claims; the source is never changed.  WHEELFIX_PLAT "
    "(or\n"
    "AUDITWHEEL_PLAT), WHEELFIX_ZIP_COMPRESSION_LEVEL (or AUDITWHEEL_...) stand for "
    "--plat\n"
    "and -z, WHEELFIX_LD_LIBRARY_PATH (or AUDITWHEEL_...) and LD_LIBRARY_PATH are "
    "searched\n"
    "for libraries, and SOURCE_DATE_EPOCH is the time of every member.\n"
    "\n"
    "Exit status: 0 every wheel was repaired, or needed nothing; 1 one cannot be "
    "repaired,\n"
    "or --fail-on says so; 2 usage; 3 something could not be read or written.\n";

const struct wf_command wf_cmd_repair = {
    .name = "repair",
    .summary = "Bundle what wheels need, and give them the tags they deserve.",
    .operands = "WHEEL|DIR...",
    .more = more,
    .options = repair_options,
    .run = run_repair,
};
