/* pool.c -- workers, the queue they share, and the memory they may hold. */
#include "base/pool.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>

#include "base/file.h"

/* Scratch buffers up to this size are always kept: giving them back and faulting them in
 * again costs more than they do. */
static const size_t SMALL_SCRATCH = (size_t)8 << 20;

/* A thread is not worth its start below this much work, or this many tasks: 1.25 MiB are
 * about 3 ms of inflating, and a thread costs the first of them. */
static const uint64_t SMALL_WORK = (uint64_t)5 << 18;
enum { FEW_TASKS = 64, MOST_THREADS = 1024 };

struct queued {
    struct wf_task task;
    uint64_t serial; /* order of submission, which decides between equals */
};

/* Everything behind `lock`, except a worker's own buffers while it runs a task. */
struct wf_pool {
    struct wf_arena arena; /* holds this struct itself */
    pthread_mutex_t lock;
    pthread_cond_t changed; /* a task came or ended, or somebody's wait is over */
    struct wf_worker *workers;
    pthread_t *threads; /* of workers[1] and on */
    unsigned num_workers;
    unsigned num_started;
    unsigned num_asleep;
    struct queued *heap;
    size_t num_queued;
    size_t cap_queued;
    uint64_t num_submitted;
    uint64_t size_submitted;
    uint64_t budget;
    uint64_t cost_running;
    size_t num_running;
    uint64_t scratch_kept; /* over all workers that run nothing */
    bool may_start;        /* another thread; false once the system refused one */
    bool ending;
};

struct thread_start {
    struct wf_pool *pool;
    struct wf_worker *worker;
};

static bool
runs_before(const struct queued *a, const struct queued *b)
{
    if (a->task.turn != b->task.turn)
        return a->task.turn < b->task.turn;
    if (a->task.stage != b->task.stage)
        return a->task.stage > b->task.stage;
    if (a->task.size != b->task.size)
        return a->task.size > b->task.size;
    return a->serial < b->serial;
}

static void
heap_put(struct wf_pool *pool, struct queued item)
{
    pool->heap = wf_arena_grow(&pool->arena, pool->heap, pool->num_queued,
                               &pool->cap_queued, sizeof *pool->heap);
    size_t at = pool->num_queued++;

    while (at > 0 && runs_before(&item, &pool->heap[(at - 1) / 2])) {
        pool->heap[at] = pool->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    pool->heap[at] = item;
}

static struct wf_task
heap_take(struct wf_pool *pool)
{
    const struct wf_task first = pool->heap[0].task;
    const struct queued last = pool->heap[--pool->num_queued];
    size_t at = 0;

    for (;;) {
        size_t child = 2 * at + 1;

        if (child >= pool->num_queued)
            break;
        if (child + 1 < pool->num_queued &&
            runs_before(&pool->heap[child + 1], &pool->heap[child]))
            child++;
        if (!runs_before(&pool->heap[child], &last))
            break;
        pool->heap[at] = pool->heap[child];
        at = child;
    }
    pool->heap[at] = last;
    return first;
}

/* Only the first task of the queue is ever considered: a large one that waits for room is
 * not overtaken for ever by small ones. */
static bool
first_fits(const struct wf_pool *pool)
{
    const uint64_t cost = pool->heap[0].task.cost;

    return pool->num_running == 0 || (pool->cost_running <= pool->budget &&
                                      cost <= pool->budget - pool->cost_running);
}

static uint64_t
scratch_of(const struct wf_worker *worker)
{
    return (uint64_t)worker->in.cap + worker->out.cap;
}

static bool
is_under_pressure(const struct wf_pool *pool)
{
    if (pool->num_queued > 0 && !first_fits(pool))
        return true;
    return pool->cost_running + pool->scratch_kept > pool->budget;
}

static void
empty_scratch(struct wf_buffer *buffer, bool give_back)
{
    if (give_back && buffer->cap > SMALL_SCRATCH)
        wf_buffer_clear(buffer);
    else
        wf_buffer_reset(buffer);
}

/* Called and left with the lock held; the task itself runs without it. */
static void
run_first(struct wf_pool *pool, struct wf_worker *worker)
{
    const struct wf_task task = heap_take(pool);

    pool->num_running++;
    pool->cost_running += task.cost;
    pool->scratch_kept -= scratch_of(worker);
    pthread_mutex_unlock(&pool->lock);
    task.run(worker, task.arg);
    pthread_mutex_lock(&pool->lock);
    pool->num_running--;
    pool->cost_running -= task.cost;
    pool->scratch_kept += scratch_of(worker);
    const uint64_t before = scratch_of(worker);
    const bool give_back = is_under_pressure(pool);

    empty_scratch(&worker->in, give_back);
    empty_scratch(&worker->out, give_back);
    pool->scratch_kept -= before - scratch_of(worker);
    /* One that ran where only some had room may make room for several. */
    if (pool->num_queued > 0 && pool->num_asleep > 0)
        pthread_cond_broadcast(&pool->changed);
}

static void
sleep_until_changed(struct wf_pool *pool)
{
    pool->num_asleep++;
    pthread_cond_wait(&pool->changed, &pool->lock);
    pool->num_asleep--;
}

static void *
work(void *arg)
{
    const struct thread_start *start = arg;
    struct wf_pool *pool = start->pool;

    pthread_mutex_lock(&pool->lock);
    while (!pool->ending) {
        if (pool->num_queued > 0 && first_fits(pool))
            run_first(pool, start->worker);
        else
            sleep_until_changed(pool);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

static void
init_worker(struct wf_worker *worker, unsigned idx)
{
    *worker = (struct wf_worker){ .idx = idx, .inflater = wf_inflater_new() };
    wf_buffer_init(&worker->in, SIZE_MAX);
    wf_buffer_init(&worker->out, SIZE_MAX);
}

/* Starts one more thread when there is work for it.  With the lock held.  Signals stay
 * with the thread that called us.  When the system has no thread to give, those there are
 * do the work. */
static void
start_thread(struct wf_pool *pool)
{
    sigset_t all;
    sigset_t ours;

    if (!pool->may_start || pool->num_started + 1 >= pool->num_workers ||
        (pool->size_submitted < SMALL_WORK && pool->num_submitted < FEW_TASKS))
        return;
    struct thread_start *start = wf_arena_alloc(&pool->arena, sizeof *start);

    *start = (struct thread_start){ pool, &pool->workers[pool->num_started + 1] };
    if (start->worker->inflater == NULL)
        init_worker(start->worker, pool->num_started + 1);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &ours);
    if (pthread_create(&pool->threads[pool->num_started], NULL, work, start) == 0)
        pool->num_started++;
    else
        pool->may_start = false;
    pthread_sigmask(SIG_SETMASK, &ours, NULL);
}

struct wf_pool *
wf_pool_new(unsigned num_threads, uint64_t budget)
{
    struct wf_arena arena = { 0 };
    struct wf_pool *pool = wf_arena_alloc(&arena, sizeof *pool);

    if (num_threads == 0)
        num_threads = 1;
    if (num_threads > MOST_THREADS)
        num_threads = MOST_THREADS;
    pool->arena = arena;
    pool->budget = budget;
    pool->num_workers = num_threads;
    pool->workers = wf_arena_array(&pool->arena, num_threads, sizeof *pool->workers);
    pool->threads = wf_arena_array(&pool->arena, num_threads, sizeof *pool->threads);
    const int lock_failed = pthread_mutex_init(&pool->lock, NULL);
    const int cond_failed = pthread_cond_init(&pool->changed, NULL);

    assert(lock_failed == 0 && cond_failed == 0);
    wf_deflate_warm_up();
    init_worker(&pool->workers[0], 0);
    pool->may_start = true;
    return pool;
}

void
wf_pool_free(struct wf_pool *pool)
{
    if (pool == NULL)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->ending = true;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < pool->num_started; i++)
        pthread_join(pool->threads[i], NULL);
    struct wf_arena arena = pool->arena;

    for (unsigned i = 0; i < pool->num_workers; i++) {
        wf_inflater_free(pool->workers[i].inflater);
        wf_sha256_free(pool->workers[i].sha);
        wf_deflater_free(pool->workers[i].deflater);
        wf_buffer_clear(&pool->workers[i].in);
        wf_buffer_clear(&pool->workers[i].out);
    }
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->lock);
    wf_arena_clear(&arena);
}

void
wf_pool_submit(struct wf_pool *pool, const struct wf_task *task)
{
    pthread_mutex_lock(&pool->lock);
    heap_put(pool, (struct queued){ *task, pool->num_submitted++ });
    pool->size_submitted += task->size;
    if (pool->num_asleep > 0)
        pthread_cond_signal(&pool->changed);
    if (pool->num_queued > pool->num_asleep)
        start_thread(pool);
    pthread_mutex_unlock(&pool->lock);
}

void
wf_pool_help_until(struct wf_pool *pool, const bool *done)
{
    pthread_mutex_lock(&pool->lock);
    while (!*done) {
        if (pool->num_queued > 0 && first_fits(pool)) {
            run_first(pool, &pool->workers[0]);
            continue;
        }
        /* Nobody is left who could set *done: a broken promise of the caller. */
        assert(pool->num_running > 0);
        sleep_until_changed(pool);
    }
    /* The call that woke this thread may have been meant for a task. */
    if (pool->num_queued > 0 && pool->num_asleep > 0)
        pthread_cond_signal(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
}

void
wf_pool_signal(struct wf_pool *pool, bool *done)
{
    pthread_mutex_lock(&pool->lock);
    *done = true;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
}

size_t
wf_pool_countdown(struct wf_pool *pool, size_t *left)
{
    pthread_mutex_lock(&pool->lock);
    assert(*left > 0);
    const size_t remaining = --*left;

    pthread_mutex_unlock(&pool->lock);
    return remaining;
}

void
wf_pool_exclusively(struct wf_pool *pool, void (*act)(void *arg), void *arg)
{
    pthread_mutex_lock(&pool->lock);
    act(arg);
    pthread_mutex_unlock(&pool->lock);
}

struct wf_sha256 *
wf_worker_sha256(struct wf_worker *worker)
{
    if (worker->sha == NULL)
        worker->sha = wf_sha256_new();
    return worker->sha;
}

struct wf_deflater *
wf_worker_deflater(struct wf_worker *worker, int level)
{
    if (worker->deflater == NULL || worker->deflate_level != level) {
        wf_deflater_free(worker->deflater);
        worker->deflater = wf_deflater_new(level);
        worker->deflate_level = level;
    }
    return worker->deflater;
}

uint64_t
wf_pool_budget_for(uint64_t limit)
{
    const uint64_t most = UINT64_C(1) << 30;
    const uint64_t quarter = wf_memory_of_machine() / 4;

    if (limit != 0)
        return limit;
    return quarter == 0 || quarter > most ? most : quarter;
}
