/* auditor.c -- wheels through the pool: open, check headers, read objects, judge.  Each
 * step of a wheel is a batch of independent tasks; the task that ends a batch starts the
 * next one, and no wheel waits for another. */
#include "audit/audit.h"

#include "audit/reading.h"
#include "audit/rule.h"
#include "audit/share.h"
#include "audit/verdict.h"

enum {
    HEADERS_PER_TASK = 256, /* about half a millisecond of peeking */
    WHEELS_PER_THREAD = 4,  /* open at once, so that no thread runs dry */
};

/* Later stages run first, so that a wheel leaves the window before the next one fills it.
 */
enum stage { STAGE_OPEN, STAGE_HEADERS, STAGE_READ, STAGE_HASH };

struct wf_auditor {
    struct wf_arena arena;
    struct wf_audit_options options;
    struct wf_pool *pool;
    size_t window;
    struct wf_share share; /* under the pool's lock */
};

struct job {
    struct wf_auditor *auditor;
    struct wf_report *report;   /* owns the job's memory, too */
    const struct wf_file *file; /* open already, or NULL */
    uint64_t turn;
    struct header_batch *batches;
    size_t num_batches;
    size_t left_batches;
    size_t left_readings;
    size_t left_parts; /* the objects, and the hash of the file when asked for */
    struct wf_error hash_error;
    struct wf_share_entry *entries; /* one for each reading */
    struct job *next_kept;
    bool done;
};

struct header_batch {
    struct job *job;
    size_t first;
    size_t num;
    struct wf_error *error; /* NULL: all is well */
};

struct member_task {
    struct job *job;
    struct wf_reading *reading;
    struct wf_share_entry *entry;
};

struct wf_auditor *
wf_auditor_new(const struct wf_audit_options *options)
{
    struct wf_arena arena = { 0 };
    struct wf_auditor *auditor = wf_arena_alloc(&arena, sizeof *auditor);
    const unsigned threads =
        options->num_threads == 0 ? wf_cpus_usable() : options->num_threads;

    wf_deflate_warm_up();
    wf_object_warm_up();
    auditor->options = *options;
    auditor->window = (size_t)threads * WHEELS_PER_THREAD;
    auditor->pool = wf_pool_new(threads, wf_pool_budget_for(options->limits.memory));
    auditor->arena = arena;
    return auditor;
}

void
wf_auditor_free(struct wf_auditor *auditor)
{
    if (auditor == NULL)
        return;
    wf_pool_free(auditor->pool);
    struct wf_arena arena = auditor->arena;

    wf_arena_clear(&arena);
}

struct wf_pool *
wf_auditor_pool(struct wf_auditor *auditor)
{
    return auditor->pool;
}

static void
submit(struct job *job, enum stage stage, uint64_t size, uint64_t cost, wf_task_fn *run,
       void *arg)
{
    const struct wf_task task = {
        .turn = job->turn,
        .stage = stage,
        .size = size,
        .cost = cost,
        .run = run,
        .arg = arg,
    };

    wf_pool_submit(job->auditor->pool, &task);
}

/* A report that failed says only why.  What was read of it stays until it goes: another
 * wheel may be comparing its own members with it. */
static void
hide_facts(struct wf_report *report)
{
    report->num_objects = 0;
    report->num_platforms = 0;
    report->num_claims = 0;
    report->num_findings = 0;
}

static void
fail(struct wf_report *report, const struct wf_error *err)
{
    report->failed = true;
    report->error = *err;
}

/* The first member in archive order whose data is damaged fails the wheel, whichever
 * worker met its own first. */
static const struct wf_error *
first_failure(const struct job *job)
{
    const struct wf_report *report = job->report;

    for (size_t i = 0; i < report->num_readings; i++)
        if (report->readings[i].failed)
            return report->readings[i].error;
    return job->hash_error.kind != WF_ERR_NONE ? &job->hash_error : NULL;
}

/* Called by the task that ends a part of the job; the last one judges. */
static void
end_part(struct job *job)
{
    struct wf_report *report = job->report;
    struct wf_error err = { 0 };

    if (wf_pool_countdown(job->auditor->pool, &job->left_parts) != 0)
        return;
    if (!report->failed && first_failure(job) != NULL)
        fail(report, first_failure(job));
    if (!report->failed && !wf_audit_judge(report, &job->auditor->options, &err))
        fail(report, &err);
    if (report->failed)
        hide_facts(report);
    wf_pool_signal(job->auditor->pool, &job->done);
}

bool
wf_audit_judge(struct wf_report *report, const struct wf_audit_options *options,
               struct wf_error *err)
{
    wf_report_gather(report);
    if (!wf_verdict_platforms(report, options, err))
        return false;
    wf_verdict_claims(report, options);
    if (options->plat != NULL) {
        report->plat_met = wf_verdict_plat(report, options, options->plat, err);
        if (report->plat_met < 0 && err->kind != WF_ERR_NONE) {
            if (!options->plat_is_preset)
                return false;
            *err = (struct wf_error){ 0 };
        }
    }
    wf_rules_run(report, options);
    return wf_arena_ok(&report->arena, "the report of this wheel", err);
}

static void
end_reading(struct job *job)
{
    if (wf_pool_countdown(job->auditor->pool, &job->left_readings) == 0)
        end_part(job);
}

static void compare_member(struct wf_worker *worker, void *arg);

static void
submit_comparison(struct member_task *task)
{
    submit(task->job, STAGE_READ, task->reading->member->comp_size, WF_READING_PIECE,
           compare_member, task);
}

/* What wf_pool_exclusively passes through. */
struct share_call {
    struct wf_share *share;
    struct wf_share_entry *entry;
    size_t num;
    struct wf_share_entry *waiting;
    enum wf_share_answer answer;
    bool ok;
};

static void
call_end(void *arg)
{
    struct share_call *call = arg;

    call->waiting = wf_share_end(call->entry);
}

static void
call_release(void *arg)
{
    struct share_call *call = arg;

    wf_share_release(call->entry);
}

static void
call_ask(void *arg)
{
    struct share_call *call = arg;

    call->answer = wf_share_ask(call->share, call->entry);
}

static void
call_forget(void *arg)
{
    struct share_call *call = arg;

    call->ok = wf_share_forget(call->share, call->entry, call->num);
}

static void
read_member(struct wf_worker *worker, void *arg)
{
    struct member_task *task = arg;
    struct job *job = task->job;

    wf_reading_read(task->reading, task->entry->zip, worker, &job->auditor->options);
    if (task->entry->is_listed) {
        struct share_call call = { .entry = task->entry };

        wf_pool_exclusively(job->auditor->pool, call_end, &call);
        while (call.waiting != NULL) {
            struct wf_share_entry *one = call.waiting;

            call.waiting = one->next; /* before its task can run, and reuse it */
            submit_comparison(one->task);
        }
    }
    end_reading(job);
}

/* Takes over the facts of a member that was read, when it is the same; reads it itself
 * when not.  A damaged one is told by its own reading, with its own place. */
static void
compare_member(struct wf_worker *worker, void *arg)
{
    struct member_task *task = arg;
    struct job *job = task->job;
    struct wf_reading *reading = task->reading;
    struct wf_share_entry *first = task->entry->first;
    struct share_call call = { .entry = first };
    const bool taken = !first->reading->failed && !first->reading->unreadable &&
                       wf_reading_are_same(worker, first, task->entry);

    if (taken)
        wf_reading_copy(reading, first->reading);
    wf_pool_exclusively(job->auditor->pool, call_release, &call);
    if (taken)
        end_reading(job);
    else
        submit(job, STAGE_READ, reading->member->size,
               reading->member->size + reading->member->comp_size, read_member, task);
}

static void
start_reading(struct member_task *task)
{
    struct job *job = task->job;
    const struct wf_zip_member *member = task->reading->member;
    struct share_call call = { .share = &job->auditor->share, .entry = task->entry };

    wf_pool_exclusively(job->auditor->pool, call_ask, &call);
    if (call.answer == WF_SHARE_ALONE)
        submit(job, STAGE_READ, member->size, member->size + member->comp_size,
               read_member, task);
    else if (call.answer == WF_SHARE_READY)
        submit_comparison(task);
}

static void
start_readings(struct wf_worker *worker, struct job *job)
{
    struct wf_report *report = job->report;
    struct wf_error err = { 0 };

    if (!wf_wheel_read_metadata(report->wheel, &job->auditor->options.limits,
                                worker->inflater, &worker->in, &worker->out, &err)) {
        fail(report, &err);
        end_part(job);
        return;
    }
    wf_reading_list(report, job->auditor->options.check_hashes);
    if (report->num_readings == 0) {
        end_part(job);
        return;
    }
    /* All are counted before the first can end. */
    job->left_readings = report->num_readings;
    job->entries =
        wf_arena_array(&report->arena, report->num_readings, sizeof *job->entries);
    struct member_task *tasks =
        wf_arena_array(&report->arena, report->num_readings, sizeof *tasks);

    for (size_t i = 0; i < report->num_readings; i++) {
        struct wf_reading *reading = &report->readings[i];

        wf_arena_init(&reading->arena, job->auditor->options.limits.arena_bytes);
        tasks[i] = (struct member_task){ job, reading, &job->entries[i] };
        job->entries[i].reading = reading;
        job->entries[i].zip = &report->wheel->zip;
        job->entries[i].task = &tasks[i];
    }
    /* Once the last is started, the report may be judged, taken and gone. */
    const size_t num = report->num_readings;

    for (size_t i = 0; i < num; i++)
        start_reading(&tasks[i]);
}

static void
check_headers(struct wf_worker *worker, void *arg)
{
    struct header_batch *batch = arg;
    struct job *job = batch->job;
    struct wf_error err = { 0 };

    if (!wf_zip_check_local(&job->report->wheel->zip, batch->first, batch->num,
                            worker->inflater, &err)) {
        /* The report's arena is shared by the batches, the error's own is not. */
        *batch->error = err;
    }
    if (wf_pool_countdown(job->auditor->pool, &job->left_batches) != 0)
        return;
    for (size_t i = 0; i < job->num_batches; i++)
        if (job->batches[i].error->kind != WF_ERR_NONE) {
            fail(job->report, job->batches[i].error);
            end_part(job);
            return;
        }
    start_readings(worker, job);
}

static void
start_headers(struct wf_worker *worker, struct job *job)
{
    struct wf_report *report = job->report;
    const size_t num = report->wheel->zip.num_members;

    job->num_batches = (num + HEADERS_PER_TASK - 1) / HEADERS_PER_TASK;
    if (job->num_batches == 0) {
        start_readings(worker, job);
        return;
    }
    job->batches = wf_arena_array(&report->arena, job->num_batches, sizeof *job->batches);
    job->left_batches = job->num_batches;
    for (size_t i = 0; i < job->num_batches; i++) {
        const size_t first = i * HEADERS_PER_TASK;

        job->batches[i] = (struct header_batch){
            .job = job,
            .first = first,
            .num = num - first < HEADERS_PER_TASK ? num - first : HEADERS_PER_TASK,
            .error = wf_arena_alloc(&report->arena, sizeof(struct wf_error)),
        };
    }
    /* The last batch stays with this worker: a small wheel never changes hands. */
    const size_t last = job->num_batches - 1;

    for (size_t i = 0; i < last; i++)
        submit(job, STAGE_HEADERS, HEADERS_PER_TASK, 0, check_headers, &job->batches[i]);
    check_headers(worker, &job->batches[last]);
}

static void
hash_file(struct wf_worker *worker, void *arg)
{
    struct job *job = arg;

    wf_reading_hash_file(job->report, worker, &job->hash_error);
    end_part(job);
}

static void
open_wheel(struct wf_worker *worker, void *arg)
{
    struct job *job = arg;
    struct wf_report *report = job->report;
    const struct wf_audit_options *options = &job->auditor->options;
    struct wf_error err = { 0 };

    const bool ok =
        job->file == NULL
            ? wf_wheel_open(&report->wheel, report->path, &options->limits, &err)
            : wf_wheel_open_file(&report->wheel, report->path, job->file,
                                 &options->limits, &err);

    if (!ok) {
        fail(report, &err);
        end_part(job);
        return;
    }
    if (options->file_sha256) {
        job->left_parts++; /* nobody else counts yet */
        submit(job, STAGE_HASH, report->wheel->file.size, WF_READING_PIECE, hash_file,
               job);
    }
    start_headers(worker, job);
}

static struct job *
start_job(struct wf_auditor *auditor, const char *path, const struct wf_file *file,
          uint64_t turn)
{
    struct wf_report *report = wf_report_new(path);
    struct job *job = wf_arena_alloc(&report->arena, sizeof *job);

    job->auditor = auditor;
    job->report = report;
    job->file = file;
    job->turn = turn;
    job->left_parts = 1;
    submit(job, STAGE_OPEN, 0, 0, open_wheel, job);
    return job;
}

/* Reports that were taken, oldest first. */
struct kept {
    struct job *oldest;
    struct job *newest;
    size_t num;
};

static void
keep(struct kept *kept, struct job *job)
{
    if (kept->oldest == NULL)
        kept->oldest = job;
    else
        kept->newest->next_kept = job;
    kept->newest = job;
    kept->num++;
}

/* Ends the oldest reports until `most` are left, or until one is being compared with. */
static void
drop_kept(struct wf_auditor *auditor, struct kept *kept, size_t most)
{
    while (kept->num > most) {
        struct job *job = kept->oldest;
        struct share_call call = {
            .share = &auditor->share,
            .entry = job->entries,
            .num = job->entries == NULL ? 0 : job->report->num_readings,
        };

        wf_pool_exclusively(auditor->pool, call_forget, &call);
        if (!call.ok)
            return;
        kept->oldest = job->next_kept;
        kept->num--;
        wf_report_free(job->report); /* the job lives in it */
    }
}

void
wf_auditor_run(struct wf_auditor *auditor, wf_auditor_source *next, wf_auditor_sink *take,
               void *context)
{
    struct wf_arena arena = { 0 };
    struct job **window = wf_arena_array(&arena, auditor->window, sizeof *window);
    struct kept kept = { 0 };
    uint64_t started = 0;
    uint64_t taken = 0;
    bool more = true;
    bool wanted = true;

    for (;;) {
        while (more && wanted && started - taken < auditor->window) {
            const char *path = next(context);

            more = path != NULL;
            if (more) {
                window[started % auditor->window] =
                    start_job(auditor, path, NULL, started);
                started++;
            }
        }
        if (taken == started)
            break;
        struct job *job = window[taken % auditor->window];

        wf_pool_help_until(auditor->pool, &job->done);
        taken++;
        if (wanted)
            wanted = take(context, job->report);
        keep(&kept, job);
        drop_kept(auditor, &kept, WF_AUDITOR_KEPT);
    }
    drop_kept(auditor, &kept, 0);
    wf_arena_clear(&arena);
}

void
wf_auditor_run_file(struct wf_auditor *auditor, const char *name,
                    const struct wf_file *file, wf_auditor_sink *take, void *context)
{
    struct job *job = start_job(auditor, name, file, 0);
    struct kept kept = { 0 };

    wf_pool_help_until(auditor->pool, &job->done);
    (void)take(context, job->report);
    keep(&kept, job);
    drop_kept(auditor, &kept, 0);
}
