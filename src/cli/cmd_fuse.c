/* cmd_fuse.c -- `wheelfix fuse`: one wheel of two for different architectures of macOS. */
#include <string.h>

#include "base/file.h"
#include "cli/repair_run.h"
#include "render/render_plan.h"
#include "repair/fuse.h"

enum { NUM_WHEELS = 2 };

/* run is a repair of two wheels at once: what it says, and where, is the same. */
struct run {
    struct wf_repair_run repair;
    const struct wf_strings *operands;
    size_t num_started;
    struct wf_report *reports[NUM_WHEELS]; /* in the order given */
    size_t num_reports;
};

static const char *const format_choices[] = { "text", "json", NULL };

static const struct wf_option options[] = {
    { .name = "wheel-dir",
      .letter = 'w',
      .argument = "DIR",
      .about = "where the fused wheel goes: wheelhouse/ unless given" },
    { .name = "dry-run", .about = "print the plan and write nothing" },
    { .name = "format",
      .argument = "text|json",
      .about = "how to answer: for people, or one document",
      .choices = format_choices },
    { .name = "allow-differing",
      .argument = "GLOB",
      .repeats = true,
      .about = "members that match may differ and be no binaries: the first wheel's are "
               "taken" },
    { .name = "zip-compression-level",
      .letter = 'z',
      .argument = "LEVEL",
      .about = "0 (store) to 12; unchanged members are compressed anew, too" },
    { .name = NULL },
};

static void
take_fused(void *context, const struct wf_repaired *repaired)
{
    wf_repair_answer(context, repaired->ticket, repaired->ok ? repaired->path : NULL,
                     repaired->ok ? NULL : &repaired->err);
}

static void
carry_out(struct wf_repair_run *repair, const struct wf_plan *plan,
          struct wf_repair_ticket *ticket)
{
    const char *folder = repair->wheel_dir;
    struct wf_error err = { 0 };

    if (wf_folder_make(folder, &err) &&
        wf_repair_check_fused(repair, plan, folder, &err)) {
        wf_repairer_apply(repair->repairer, plan, folder, ticket);
        return;
    }
    wf_error_prefix(&err, "%s", plan->report->path);
    wf_repair_answer(repair, ticket, NULL, &err);
}

static void
fuse(struct run *run)
{
    struct wf_repair_run *repair = &run->repair;
    struct wf_plan *plan = NULL;
    struct wf_error err = { 0 };

    if (!wf_fuse_plan(&plan, run->reports[0], run->reports[1], &repair->options, &err)) {
        wf_repair_answer_failure(repair, run->reports[0]->path, &err);
        return;
    }
    struct wf_repair_ticket *ticket = wf_repair_new_ticket(repair);

    if (repair->json)
        wf_render_plan_json(&ticket->writer, plan);
    else
        wf_render_plan_text(&ticket->text, plan, repair->wheel_dir, &repair->style);
    if (plan->kind == WF_PLAN_REFUSED)
        wf_repair_answer_refusal(repair, ticket, plan);
    else if (repair->dry_run)
        wf_repair_answer_rehearsal(repair, ticket, plan);
    else
        carry_out(repair, plan, ticket);
    wf_plan_free(plan);
}

static const char *
next_wheel(void *context)
{
    struct run *run = context;

    return run->num_started == NUM_WHEELS ? NULL
                                          : run->operands->items[run->num_started++];
}

/* The first report is kept for the second: WF_AUDITOR_KEPT. */
static bool
take_report(void *context, struct wf_report *report)
{
    struct run *run = context;

    if (report->failed)
        wf_repair_answer_failure(&run->repair, report->path, &report->error);
    else
        run->reports[run->num_reports++] = report;
    if (run->num_reports == NUM_WHEELS)
        fuse(run);
    return true;
}

static void
run_both(struct run *run)
{
    struct wf_repair_run *repair = &run->repair;
    struct wf_auditor *auditor = wf_auditor_new(&repair->audit);
    struct wf_error err = { 0 };

    repair->writer = (struct wf_json_writer){ .out = &repair->out, .indent = 2 };
    repair->repairer =
        wf_repairer_new(&repair->options, wf_auditor_pool(auditor), take_fused, repair);
    if (repair->json)
        wf_repair_begin_document(repair);
    wf_auditor_run(auditor, next_wheel, take_report, run);
    if (!wf_repairer_finish(repair->repairer, &err))
        wf_repair_raise(repair, wf_cli_fail(repair->cli, &err));
    if (repair->json) {
        wf_json_end_array(&repair->writer);
        wf_json_end_object(&repair->writer);
        wf_buffer_add_char(&repair->out, '\n');
    }
    wf_repair_flush(repair);
    wf_auditor_free(auditor);
}

static bool
setup(struct run *run, const struct wf_args *args, struct wf_error *err)
{
    struct wf_repair_run *repair = &run->repair;
    struct wf_cli *cli = repair->cli;
    const char *format = wf_args_value(cli, args, "format");
    const char *folder = wf_args_value(cli, args, "wheel-dir");

    repair->json = format != NULL && strcmp(format, "json") == 0;
    repair->dry_run = wf_args_count(cli, args, "dry-run") > 0;
    repair->wheel_dir = folder == NULL ? "wheelhouse" : folder;
    repair->style = (struct wf_text_style){ .colour = cli->colour_out,
                                            .verbose = cli->verbose,
                                            .width = cli->width };
    repair->audit = (struct wf_audit_options){ .policies = wf_policies_builtin(),
                                               .limits = cli->limits,
                                               .num_threads = cli->num_threads,
                                               .allow_pure = true,
                                               .check_hashes = true };
    repair->options.audit = &repair->audit;
    repair->options.tool_version = wf_cli_version();
    repair->options.allow_differing = *wf_args_list(cli, args, "allow-differing");
    return wf_repair_setup_archive(repair, args, err);
}

static int
run_fuse(struct wf_cli *cli, const struct wf_args *args)
{
    struct run run = { .repair = { .cli = cli }, .operands = &args->operands };
    struct wf_error err = { 0 };

    if (args->operands.num != NUM_WHEELS)
        return wf_cli_usage(cli, "two wheels become one; %zu were given",
                            args->operands.num);
    if (!setup(&run, args, &err))
        return wf_cli_usage(cli, "%s", err.text);
    wf_repair_list_operands(&run.repair, &args->operands);
    wf_buffer_init(&run.repair.out, WF_REPAIR_LONGEST_ANSWER);
    wf_progress_start(&run.repair.progress, cli);
    run_both(&run);
    wf_buffer_clear(&run.repair.out);
    return run.repair.status;
}

static const char more[] =
    "Binaries of both wheels become universal files; what is the same in both is taken\n"
    "once, and what only one has, from there.  The order of the wheels does not matter,\n"
    "except to --allow-differing.  SOURCE_DATE_EPOCH is the time of every member.\n"
    "\n"
    "Exit status: 0 the wheels were fused; 1 they cannot be; 2 usage; 3 something could\n"
    "not be read or written.\n";

const struct wf_command wf_cmd_fuse = {
    .name = "fuse",
    .summary = "Make one wheel of two for different architectures of macOS.",
    .operands = "WHEEL WHEEL",
    .more = more,
    .options = options,
    .run = run_fuse,
};
