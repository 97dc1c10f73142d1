/* test_pool.c -- the order of tasks, the memory they hold, and threads.  Built twice: the
 * second time under ThreadSanitizer. */
#include "../support/unit.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/pool.h"

enum { NO_BUDGET = 1 << 30, MANY = 2000 };

/* What the tasks of a test share. */
struct shared {
    struct wf_pool *pool;
    size_t left; /* tasks that have not run; the last one sets `done` */
    bool done;
    char order[64];
    size_t num_run;
    atomic_ullong cost_now;
    atomic_ullong cost_most;
    atomic_uint running_now;
    atomic_uint running_most;
};

/* One task of a test. */
struct job {
    struct shared *shared;
    char name;
    uint64_t cost;
    uint64_t result;
    pthread_t thread;
    unsigned worker_idx;
};

static void
finish(struct shared *s)
{
    if (wf_pool_countdown(s->pool, &s->left) == 0)
        wf_pool_signal(s->pool, &s->done);
}

static void
note_name(struct wf_worker *worker, void *arg)
{
    struct job *job = arg;

    (void)worker;
    job->shared->order[job->shared->num_run++] = job->name;
    finish(job->shared);
}

static void
submit(struct shared *s, wf_task_fn *run, struct job *job, struct wf_task place)
{
    job->shared = s;
    job->cost = place.cost;
    place.run = run;
    place.arg = job;
    wf_pool_submit(s->pool, &place);
}

static void
tasks_run_by_turn_then_stage_then_size_then_as_submitted(void **state)
{
    struct job jobs[] = { { .name = 'h' }, { .name = 'e' }, { .name = 'a' },
                          { .name = 'f' }, { .name = 'c' }, { .name = 'd' },
                          { .name = 'b' }, { .name = 'g' } };
    static const struct wf_task places[] = {
        { .turn = 2, .size = 1 },
        { .turn = 1, .size = 20 },
        { .turn = 0, .stage = 2, .size = 1 },
        { .turn = 1, .size = 20 },
        { .turn = 0, .size = 7 },
        { .turn = 0, .size = 6 },
        { .turn = 0, .stage = 1, .size = 1 },
        { .turn = 1, .size = 3 },
    };
    struct shared s = { .left = WF_COUNT(jobs) };

    (void)state;
    s.pool = wf_pool_new(1, NO_BUDGET);
    for (size_t i = 0; i < WF_COUNT(jobs); i++)
        submit(&s, note_name, &jobs[i], places[i]);
    assert_int_equal(s.num_run, 0);
    wf_pool_help_until(s.pool, &s.done);
    assert_string_equal(s.order, "abcdefgh");
    wf_pool_free(s.pool);
}

static void
note_place(struct wf_worker *worker, void *arg)
{
    struct job *job = arg;

    job->thread = pthread_self();
    job->worker_idx = worker->idx;
    finish(job->shared);
}

static void
one_worker_is_the_thread_that_calls(void **state)
{
    static struct job jobs[MANY];
    struct shared s = { .left = MANY };

    (void)state;
    s.pool = wf_pool_new(1, NO_BUDGET);
    for (size_t i = 0; i < MANY; i++)
        submit(&s, note_place, &jobs[i], (struct wf_task){ .size = 1 << 20 });
    wf_pool_help_until(s.pool, &s.done);
    for (size_t i = 0; i < MANY; i++) {
        assert_true(pthread_equal(jobs[i].thread, pthread_self()));
        assert_int_equal(jobs[i].worker_idx, 0);
    }
    wf_pool_free(s.pool);
}

static void
little_work_starts_no_thread(void **state)
{
    struct job jobs[10];
    struct shared s = { .left = WF_COUNT(jobs) };

    (void)state;
    s.pool = wf_pool_new(8, NO_BUDGET);
    for (size_t i = 0; i < WF_COUNT(jobs); i++)
        submit(&s, note_place, &jobs[i], (struct wf_task){ .size = 100000 });
    wf_pool_help_until(s.pool, &s.done);
    for (size_t i = 0; i < WF_COUNT(jobs); i++)
        assert_true(pthread_equal(jobs[i].thread, pthread_self()));
    wf_pool_free(s.pool);
}

/* Waits until another task does the same: it takes two threads. */
struct meeting {
    pthread_barrier_t barrier;
    struct shared shared;
};

static void
meet(struct wf_worker *worker, void *arg)
{
    struct meeting *m = arg;

    (void)worker;
    pthread_barrier_wait(&m->barrier);
    finish(&m->shared);
}

static void
much_work_is_shared_by_threads(void **state)
{
    struct meeting m = { .shared.left = 4 };

    (void)state;
    assert_int_equal(pthread_barrier_init(&m.barrier, NULL, 4), 0);
    m.shared.pool = wf_pool_new(4, NO_BUDGET);
    for (int i = 0; i < 4; i++)
        wf_pool_submit(m.shared.pool,
                       &(struct wf_task){ .size = 4 << 20, .run = meet, .arg = &m });
    wf_pool_help_until(m.shared.pool, &m.shared.done);
    wf_pool_free(m.shared.pool);
    pthread_barrier_destroy(&m.barrier);
}

/* Uses all that a worker has, and leaves a result. */
static void
digest(struct wf_worker *worker, void *arg)
{
    struct job *job = arg;
    uint8_t sum[WF_SHA256_LEN];

    assert_int_equal(worker->in.len, 0);
    assert_int_equal(worker->out.len, 0);
    for (uint64_t i = 0; i < 100; i++)
        wf_buffer_add(&worker->out, &job->cost, sizeof job->cost);
    wf_deflate(wf_worker_deflater(worker, 1 + (int)(job->cost % 3)),
               wf_buffer_bytes(&worker->out), &worker->in);
    wf_sha256_start(wf_worker_sha256(worker));
    wf_sha256_add(wf_worker_sha256(worker), wf_buffer_bytes(&worker->in));
    wf_sha256_end(wf_worker_sha256(worker), sum);
    memcpy(&job->result, sum, sizeof job->result);
    job->worker_idx = worker->idx;
    finish(job->shared);
}

static void
run_digests(unsigned num_threads, uint64_t budget, uint64_t results[MANY])
{
    static struct job jobs[MANY];
    struct shared s = { .left = MANY };

    s.pool = wf_pool_new(num_threads, budget);
    for (size_t i = 0; i < MANY; i++)
        submit(&s, digest, &jobs[i],
               (struct wf_task){ .turn = i / 50, .size = i * 37 % 101, .cost = i });
    wf_pool_help_until(s.pool, &s.done);
    wf_pool_free(s.pool);
    for (size_t i = 0; i < MANY; i++) {
        assert_in_range(jobs[i].worker_idx, 0, num_threads - 1);
        results[i] = jobs[i].result;
    }
}

static void
results_do_not_depend_on_threads_or_budget(void **state)
{
    static uint64_t alone[MANY];
    static uint64_t together[MANY];

    (void)state;
    run_digests(1, NO_BUDGET, alone);
    run_digests(4, NO_BUDGET, together);
    assert_memory_equal(alone, together, sizeof alone);
    run_digests(7, 1000, together);
    assert_memory_equal(alone, together, sizeof alone);
}

static void
raise_to(atomic_ullong *most, unsigned long long value)
{
    unsigned long long seen = atomic_load(most);

    while (seen < value && !atomic_compare_exchange_weak(most, &seen, value))
        ;
}

static void
hold_memory(struct wf_worker *worker, void *arg)
{
    struct job *job = arg;
    struct shared *s = job->shared;
    const unsigned others = atomic_fetch_add(&s->running_now, 1);
    const unsigned long long before = atomic_fetch_add(&s->cost_now, job->cost);

    (void)worker;
    if (others > 0)
        raise_to(&s->cost_most, before + job->cost);
    for (volatile int i = 0; i < 2000; i++)
        ;
    atomic_fetch_sub(&s->cost_now, job->cost);
    atomic_fetch_sub(&s->running_now, 1);
    finish(s);
}

/* Costs up to the whole budget, and some over it, which run alone. */
static void
tasks_that_run_together_stay_within_the_budget(void **state)
{
    static struct job jobs[MANY];
    struct shared s = { .left = MANY };

    (void)state;
    s.pool = wf_pool_new(4, 1000);
    for (size_t i = 0; i < MANY; i++)
        submit(&s, hold_memory, &jobs[i],
               (struct wf_task){ .turn = i, .cost = i % 97 == 0 ? 5000 : i * 7 % 1001 });
    wf_pool_help_until(s.pool, &s.done);
    assert_in_range(atomic_load(&s.cost_most), 0, 1000);
    wf_pool_free(s.pool);
}

static void
costs_that_no_machine_has_do_not_wrap(void **state)
{
    struct job jobs[200];
    struct shared s = { .left = WF_COUNT(jobs) };

    (void)state;
    s.pool = wf_pool_new(4, UINT64_MAX - 1);
    for (size_t i = 0; i < WF_COUNT(jobs); i++)
        submit(&s, hold_memory, &jobs[i],
               (struct wf_task){ .cost = i % 2 == 0 ? UINT64_MAX - 10 : 20 });
    wf_pool_help_until(s.pool, &s.done);
    assert_int_equal(s.left, 0);
    wf_pool_free(s.pool);
}

/* A task that submits two of the next level, as a wheel does for its members. */
struct tree {
    struct shared shared;
    unsigned depth;
};

struct branch {
    struct tree *tree;
    unsigned level;
};

static void
grow(struct wf_worker *worker, void *arg)
{
    struct branch *branch = arg;
    struct tree *tree = branch->tree;

    (void)worker;
    for (int i = 0; i < 2 && branch->level < tree->depth; i++) {
        struct branch *next = malloc(sizeof *next);

        assert_non_null(next);
        *next = (struct branch){ tree, branch->level + 1 };
        wf_pool_submit(tree->shared.pool, &(struct wf_task){ .turn = branch->level,
                                                             .size = 1 << 16,
                                                             .cost = 10,
                                                             .run = grow,
                                                             .arg = next });
    }
    free(branch);
    finish(&tree->shared);
}

static void
tasks_may_submit_tasks(void **state)
{
    (void)state;
    for (unsigned num_threads = 1; num_threads <= 4; num_threads++) {
        struct tree tree = { .shared.left = (1u << 11) - 1, .depth = 10 };
        struct branch *root = malloc(sizeof *root);

        assert_non_null(root);
        *root = (struct branch){ &tree, 0 };
        tree.shared.pool = wf_pool_new(num_threads, 25);
        wf_pool_submit(tree.shared.pool, &(struct wf_task){ .run = grow, .arg = root });
        wf_pool_help_until(tree.shared.pool, &tree.shared.done);
        assert_int_equal(tree.shared.left, 0);
        wf_pool_free(tree.shared.pool);
    }
}

static void
stop_at_once(struct wf_worker *worker, void *arg)
{
    struct shared *s = arg;

    (void)worker;
    s->num_run++;
    wf_pool_signal(s->pool, &s->done);
}

static void
waiting_ends_when_told_and_queued_tasks_are_dropped(void **state)
{
    struct shared s = { 0 };

    (void)state;
    s.pool = wf_pool_new(1, NO_BUDGET);
    for (int i = 0; i < 3; i++)
        wf_pool_submit(s.pool, &(struct wf_task){ .run = stop_at_once, .arg = &s });
    wf_pool_help_until(s.pool, &s.done);
    assert_int_equal(s.num_run, 1);
    wf_pool_help_until(s.pool, &s.done);
    assert_int_equal(s.num_run, 1);
    wf_pool_free(s.pool);
    assert_int_equal(s.num_run, 1);
}

static void
count_atomically(struct wf_worker *worker, void *arg)
{
    struct shared *s = arg;

    (void)worker;
    atomic_fetch_add(&s->running_most, 1);
}

/* Whatever ran has ended when the pool is gone. */
static void
a_pool_with_threads_can_be_freed_at_any_time(void **state)
{
    (void)state;
    for (unsigned num = 0; num < 200; num += 20) {
        struct shared s = { 0 };

        s.pool = wf_pool_new(4, NO_BUDGET);
        for (unsigned i = 0; i < num; i++)
            wf_pool_submit(
                s.pool,
                &(struct wf_task){ .size = 1 << 20, .run = count_atomically, .arg = &s });
        wf_pool_free(s.pool);
        const unsigned seen = atomic_load(&s.running_most);

        assert_in_range(seen, 0, num);
    }
    wf_pool_free(NULL);
}

/* What a task finds of the scratch memory that the one before it used. */
struct scratch {
    struct shared shared;
    size_t want;
    size_t found;
};

static void
use_scratch(struct wf_worker *worker, void *arg)
{
    struct scratch *scratch = arg;

    scratch->found = worker->out.cap;
    assert_true(wf_buffer_reserve(&worker->out, scratch->want));
    finish(&scratch->shared);
}

static size_t
scratch_found_after(size_t want, uint64_t budget)
{
    struct scratch scratch = { .shared.left = 1, .want = want };
    struct wf_pool *pool = wf_pool_new(1, budget);

    scratch.shared.pool = pool;
    for (int i = 0; i < 2; i++) {
        scratch.shared.left = 1;
        scratch.shared.done = false;
        wf_pool_submit(
            pool, &(struct wf_task){ .cost = want, .run = use_scratch, .arg = &scratch });
        wf_pool_help_until(pool, &scratch.shared.done);
    }
    wf_pool_free(pool);
    return scratch.found;
}

static void
scratch_memory_is_kept_while_the_budget_has_room(void **state)
{
    const size_t large = (size_t)20 << 20;

    (void)state;
    assert_true(scratch_found_after(large, NO_BUDGET) >= large);
    assert_int_equal(scratch_found_after(large, (size_t)10 << 20), 0);
    assert_true(scratch_found_after((size_t)1 << 20, 1000) >= (size_t)1 << 20);
}

static void
the_standard_budget_is_at_most_a_gibibyte(void **state)
{
    (void)state;
    assert_int_equal(wf_pool_budget_for(12345), 12345);
    assert_in_range(wf_pool_budget_for(0), 1, 1 << 30);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tasks_run_by_turn_then_stage_then_size_then_as_submitted),
        cmocka_unit_test(one_worker_is_the_thread_that_calls),
        cmocka_unit_test(little_work_starts_no_thread),
        cmocka_unit_test(much_work_is_shared_by_threads),
        cmocka_unit_test(results_do_not_depend_on_threads_or_budget),
        cmocka_unit_test(tasks_that_run_together_stay_within_the_budget),
        cmocka_unit_test(costs_that_no_machine_has_do_not_wrap),
        cmocka_unit_test(tasks_may_submit_tasks),
        cmocka_unit_test(waiting_ends_when_told_and_queued_tasks_are_dropped),
        cmocka_unit_test(a_pool_with_threads_can_be_freed_at_any_time),
        cmocka_unit_test(scratch_memory_is_kept_while_the_budget_has_room),
        cmocka_unit_test(the_standard_budget_is_at_most_a_gibibyte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
