/* repair_answers.c -- what `wheelfix repair` says about each wheel, and where. */
#include "cli/repair_run.h"
#include "render/render_plan.h"

enum { JSON_INDENT = 2, JSON_DEPTH = 2 };

void
wf_repair_raise(struct wf_repair_run *repair, int status)
{
    if (status > repair->status)
        repair->status = status;
}

void
wf_repair_flush(struct wf_repair_run *repair)
{
    struct wf_error err = { 0 };

    wf_progress_hide(&repair->progress);
    if (!wf_buffer_ok(&repair->out, "the answer", &err))
        wf_repair_raise(repair, wf_cli_fail(repair->cli, &err));
    if (!wf_cli_write(repair->cli, &repair->out))
        wf_repair_raise(repair, WF_EXIT_INPUT);
    wf_buffer_reset(&repair->out);
}

struct wf_repair_ticket *
wf_repair_new_ticket(struct wf_repair_run *repair)
{
    struct wf_arena arena = { 0 };
    struct wf_repair_ticket *ticket = wf_arena_alloc(&arena, sizeof *ticket);

    ticket->arena = arena;
    wf_buffer_init(&ticket->text, WF_REPAIR_LONGEST_ANSWER);
    ticket->writer = (struct wf_json_writer){ .out = &ticket->text,
                                              .indent = JSON_INDENT,
                                              .depth = JSON_DEPTH };
    if (repair->json)
        wf_json_begin_object(&ticket->writer);
    return ticket;
}

static void
end_ticket(struct wf_repair_ticket *ticket)
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

void
wf_repair_answer(struct wf_repair_run *repair, struct wf_repair_ticket *ticket,
                 const char *path, const struct wf_error *err)
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
    wf_repair_flush(repair);
    if (err != NULL) {
        wf_progress_hide(&repair->progress);
        wf_repair_raise(repair, wf_cli_fail(repair->cli, err));
    }
    end_ticket(ticket);
}

void
wf_repair_answer_failure(struct wf_repair_run *repair, const char *path,
                         struct wf_error *err)
{
    struct wf_repair_ticket *ticket = wf_repair_new_ticket(repair);

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
    wf_repair_answer(repair, ticket, NULL, err);
}

void
wf_repair_answer_refusal(struct wf_repair_run *repair, struct wf_repair_ticket *ticket,
                         const struct wf_plan *plan)
{
    struct wf_buffer reasons;

    wf_repairer_settle(repair->repairer);
    wf_repair_raise(repair, WF_EXIT_NO);
    wf_progress_hide(&repair->progress);
    wf_buffer_init(&reasons, WF_REPAIR_LONGEST_ANSWER);
    wf_render_refusals(&reasons, plan, &repair->style);
    fflush(repair->cli->out);
    fwrite(reasons.data, 1, reasons.len, repair->cli->err);
    fflush(repair->cli->err);
    wf_buffer_clear(&reasons);
    if (repair->json)
        wf_repair_answer(repair, ticket, NULL, NULL);
    else
        end_ticket(ticket);
}

void
wf_repair_answer_rehearsal(struct wf_repair_run *repair, struct wf_repair_ticket *ticket,
                           const struct wf_plan *plan)
{
    struct wf_error err = { 0 };
    const bool ok = wf_repairer_rehearse(repair->repairer, plan, &err);

    wf_repair_answer(repair, ticket, NULL, ok ? NULL : &err);
}

void
wf_repair_begin_document(struct wf_repair_run *repair)
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
