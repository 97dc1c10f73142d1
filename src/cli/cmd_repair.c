/* cmd_repair.c -- `wheelfix repair`: plans, and unless --dry-run carries them out. */
#include "base/file.h"
#include "cli/repair_run.h"
#include "render/render_plan.h"

static void
take_repaired(void *context, const struct wf_repaired *repaired)
{
    struct wf_repair_run *repair = context;
    const struct wf_repair_ticket *ticket = repaired->ticket;

    if (repaired->ok && ticket->source != NULL)
        wf_strings_append(&repair->cli->arena, &repair->replaced,
                          wf_arena_strdup(&repair->cli->arena, ticket->source));
    wf_repair_answer(repair, repaired->ticket, repaired->ok ? repaired->path : NULL,
                     repaired->ok ? NULL : &repaired->err);
}

static bool
answer_troubles(struct wf_repair_run *repair)
{
    while (repair->inputs.first != NULL &&
           repair->inputs.first->err.kind != WF_ERR_NONE) {
        wf_repair_answer_failure(repair, repair->inputs.first->path,
                                 &repair->inputs.first->err);
        wf_wheel_inputs_drop(&repair->inputs);
    }
    return true;
}

static bool
make_folders(struct wf_repair_run *repair, const char *folder, struct wf_error *err)
{
    const char *debug_dir = repair->options.debug_dir;

    return wf_folder_make(folder, err) &&
           (debug_dir == NULL || wf_folder_make(debug_dir, err));
}

static void
carry_out(struct wf_repair_run *repair, const struct wf_plan *plan,
          struct wf_repair_ticket *ticket)
{
    struct wf_error err = { 0 };
    const char *path = plan->report->path;
    const char *folder = wf_repair_folder(repair, plan->report);
    bool own = false;
    const bool ok = make_folders(repair, folder, &err) &&
                    wf_repair_check_target(&own, repair, plan, folder, &err);

    if (!ok) {
        wf_error_prefix(&err, "%s", path);
        wf_repairer_settle(repair->repairer);
        wf_repair_answer(repair, ticket, NULL, &err);
        return;
    }
    if (repair->in_place && !own)
        ticket->source = wf_arena_strdup(&ticket->arena, path);
    if (!own || plan->kind != WF_PLAN_COPY) {
        wf_repairer_apply(repair->repairer, plan, folder, ticket);
        return;
    }
    wf_repairer_settle(repair->repairer);
    wf_repair_answer(
        repair, ticket,
        wf_arena_printf(&repair->cli->arena, "%s/%s", folder, plan->out_name), NULL);
}

static void
judge_notes(struct wf_repair_run *repair, const struct wf_plan *plan)
{
    for (size_t i = 0; i < plan->num_notes; i++)
        if (repair->fail_on >= 0 && (int)plan->notes[i].severity >= repair->fail_on)
            wf_repair_raise(repair, WF_EXIT_NO);
}

static void
repair_one(struct wf_repair_run *repair, struct wf_report *report)
{
    struct wf_plan *plan = NULL;
    struct wf_error err = { 0 };

    if (!wf_plan_make(&plan, report, &repair->options, &err)) {
        wf_repair_answer_failure(repair, report->path, &err);
        return;
    }
    struct wf_repair_ticket *ticket = wf_repair_new_ticket(repair);

    if (repair->json)
        wf_render_plan_json(&ticket->writer, plan);
    else
        wf_render_plan_text(&ticket->text, plan, wf_repair_folder(repair, report),
                            &repair->style);
    judge_notes(repair, plan);
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
    struct wf_repair_run *repair = context;

    wf_progress_show(&repair->progress, repair->num_done);
    return wf_wheel_inputs_next(&repair->inputs);
}

static bool
take_report(void *context, struct wf_report *report)
{
    struct wf_repair_run *repair = context;

    answer_troubles(repair);
    if (report->failed)
        wf_repair_answer_failure(repair, report->path, &report->error);
    else
        repair_one(repair, report);
    wf_wheel_inputs_drop(&repair->inputs);
    repair->num_done++;
    wf_progress_show(&repair->progress, repair->num_done);
    return true;
}

static void
run_all(struct wf_repair_run *repair)
{
    struct wf_auditor *auditor = wf_auditor_new(&repair->audit);
    struct wf_error err = { 0 };

    repair->writer = (struct wf_json_writer){ .out = &repair->out, .indent = 2 };
    repair->repairer = wf_repairer_new(&repair->options, wf_auditor_pool(auditor),
                                       take_repaired, repair);
    if (repair->json)
        wf_repair_begin_document(repair);
    wf_auditor_run(auditor, next_wheel, take_report, repair);
    answer_troubles(repair);
    if (!wf_repairer_finish(repair->repairer, &err))
        wf_repair_raise(repair, wf_cli_fail(repair->cli, &err));
    else
        wf_repair_remove_replaced(repair);
    if (repair->json) {
        wf_json_end_array(&repair->writer);
        wf_json_end_object(&repair->writer);
        wf_buffer_add_char(&repair->out, '\n');
    }
    wf_repair_flush(repair);
    wf_progress_hide(&repair->progress);
    wf_auditor_free(auditor);
}

static int
run_repair(struct wf_cli *cli, const struct wf_args *args)
{
    struct wf_repair_run repair = { .cli = cli };
    struct wf_error err = { 0 };

    if (args->operands.num == 0)
        return wf_cli_usage(cli, "which wheels? give files or folders");
    if (!wf_repair_setup(&repair, args, &err))
        return err.kind == WF_ERR_USAGE ? wf_cli_usage(cli, "%s", err.text)
                                        : wf_cli_fail(cli, &err);
    const struct wf_strings no_lists = { 0 };

    repair.options.packages = wf_packages_new(
        repair.audit.search.sysroot == NULL ? "" : repair.audit.search.sysroot);
    wf_repair_list_operands(&repair, &args->operands);
    wf_wheel_inputs_init(&repair.inputs, &args->operands, &no_lists);
    wf_buffer_init(&repair.out, WF_REPAIR_LONGEST_ANSWER);
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
    .options = wf_repair_option_table,
    .run = run_repair,
};
