/* apply.c -- from a plan to a file (see apply.h). */
#include "repair/apply.h"

#include <string.h>

#include "repair/compose.h"
#include "repair/made.h"
#include "repair/rehearse.h"

enum { STAGE_SYNC = 11 };

/* pending is a finished file without a name. */
struct pending {
    struct wf_repairer *repairer;
    struct wf_arena arena; /* holds this very entry */
    struct wf_output *output;
    struct wf_composed_debug *debug_files; /* named with it */
    size_t num_debug_files;
    const char *source; /* path of the wheel that is repaired */
    const char *base_name;
    uint32_t mode;
    struct wf_repaired repaired;
    bool synced;
};

struct wf_repairer {
    struct wf_arena arena;
    const struct wf_repair_options *options;
    struct wf_pool *pool;
    wf_repairer_sink *done;
    void *context;
    struct wf_made_table made;
    struct pending *pending; /* one at most */
    struct wf_strings folders;
};

struct wf_repairer *
wf_repairer_new(const struct wf_repair_options *options, struct wf_pool *pool,
                wf_repairer_sink *done, void *context)
{
    struct wf_arena arena = { 0 };
    struct wf_repairer *repairer = wf_arena_alloc(&arena, sizeof *repairer);

    *repairer = (struct wf_repairer){
        .options = options,
        .pool = pool,
        .done = done,
        .context = context,
    };
    repairer->arena = arena;
    return repairer;
}

static void
sync_output(struct wf_worker *worker, void *arg)
{
    struct pending *pending = arg;

    (void)worker;
    pending->repaired.ok = wf_output_sync(pending->output, &pending->repaired.err);
    wf_pool_signal(pending->repairer->pool, &pending->synced);
}

static bool
name_debug_file(const struct pending *pending, struct wf_composed_debug *file,
                struct wf_error *err)
{
    return wf_output_commit(file->output, file->base_name, 0666, err) ||
           wf_error_prefix(err, "%s/%s", pending->repairer->options->debug_dir,
                           file->base_name);
}

/* The debug files first: a wheel that is there has all that belongs to it. */
static bool
name_files(struct pending *pending, struct wf_error *err)
{
    bool ok = pending->repaired.ok;

    for (size_t i = 0; i < pending->num_debug_files; i++) {
        struct wf_composed_debug *file = &pending->debug_files[i];

        if (ok)
            ok = name_debug_file(pending, file, err);
        else
            wf_output_discard(file->output);
    }
    if (ok)
        return wf_output_commit(pending->output, pending->base_name, pending->mode, err);
    wf_output_discard(pending->output);
    return false;
}

/* An error that names no member and no library is about the file that is written. */
static void
tell(struct wf_repairer *repairer, struct pending *pending)
{
    struct wf_repaired *repaired = &pending->repaired;
    struct wf_error *err = &repaired->err;

    if (!repaired->ok) {
        if (err->where[0] == '\0' && err->kind != WF_ERR_REFUSED)
            wf_error_prefix(err, "%s", repaired->path);
        if (!wf_text_starts_with(err->where, pending->source))
            wf_error_prefix(err, "%s", pending->source);
    }
    repairer->done(repairer->context, repaired);
}

void
wf_repairer_settle(struct wf_repairer *repairer)
{
    struct pending *pending = repairer->pending;

    if (pending == NULL)
        return;
    repairer->pending = NULL;
    wf_pool_help_until(repairer->pool, &pending->synced);
    pending->repaired.ok = name_files(pending, &pending->repaired.err);
    tell(repairer, pending);
    struct wf_arena arena = pending->arena;

    wf_arena_clear(&arena);
}

static struct pending *
new_pending(struct wf_repairer *repairer, const struct wf_plan *plan, const char *folder,
            void *ticket)
{
    struct wf_arena arena = { 0 };
    struct pending *pending = wf_arena_alloc(&arena, sizeof *pending);

    pending->repairer = repairer;
    pending->source = wf_arena_strdup(&arena, plan->report->path);
    pending->base_name = wf_arena_strdup(&arena, plan->out_name);
    pending->mode = plan->report->wheel->file.mode;
    pending->repaired.ticket = ticket;
    pending->repaired.path = wf_arena_printf(&arena, "%s/%s", folder, plan->out_name);
    pending->arena = arena;
    return pending;
}

void
wf_repairer_apply(struct wf_repairer *repairer, const struct wf_plan *plan,
                  const char *folder, void *ticket)
{
    struct pending *pending = new_pending(repairer, plan, folder, ticket);
    struct wf_composition composition = {
        .options = repairer->options,
        .pool = repairer->pool,
        .made = &repairer->made,
        .plan = plan,
        .folder = folder,
    };

    wf_strings_add(&repairer->arena, &repairer->folders,
                   wf_arena_strdup(&repairer->arena, folder));
    const bool ok = wf_compose(&composition, &pending->arena, &pending->repaired.err);

    /* Earlier wheels are told of first. */
    wf_repairer_settle(repairer);
    if (!ok) {
        tell(repairer, pending);
        struct wf_arena arena = pending->arena;

        wf_arena_clear(&arena);
        return;
    }
    pending->output = composition.output;
    pending->debug_files = composition.debug_files;
    pending->num_debug_files = composition.num_debug_files;
    repairer->pending = pending;
    const struct wf_task task = { .stage = STAGE_SYNC,
                                  .run = sync_output,
                                  .arg = pending };

    wf_pool_submit(repairer->pool, &task);
}

bool
wf_repairer_rehearse(struct wf_repairer *repairer, const struct wf_plan *plan,
                     struct wf_error *err)
{
    return wf_rehearse(plan, repairer->options, repairer->pool, err);
}

bool
wf_repairer_finish(struct wf_repairer *repairer, struct wf_error *err)
{
    bool ok = true;

    wf_repairer_settle(repairer);
    for (size_t i = 0; ok && i < repairer->folders.num; i++)
        ok = wf_output_sync_folder(repairer->folders.items[i], err) ||
             wf_error_prefix(err, "%s", repairer->folders.items[i]);
    wf_made_table_clear(&repairer->made);
    struct wf_arena arena = repairer->arena;

    wf_arena_clear(&arena);
    return ok;
}
