/* pool.h -- a fixed set of workers over one ordered queue: the only threads. */
#ifndef WF_BASE_POOL_H
#define WF_BASE_POOL_H

#include "base/buffer.h"
#include "base/deflate.h"
#include "base/sha256.h"

/* wf_worker is what one thread reuses from task to task, so that a task allocates
 * nothing: it is created before the first task and passed to each.  A task must leave
 * nothing in it that the next one needs. */
struct wf_worker {
    unsigned idx;
    struct wf_inflater *inflater;
    struct wf_sha256 *sha;        /* made at first use: wf_worker_sha256 */
    struct wf_deflater *deflater; /* likewise: wf_worker_deflater */
    int deflate_level;
    struct wf_buffer in;  /* bytes as stored */
    struct wf_buffer out; /* bytes as inflated */
};

struct wf_sha256 *wf_worker_sha256(struct wf_worker *worker);

/* wf_worker_deflater is for one level (1 to 12) at a time: another level ends the last. */
struct wf_deflater *wf_worker_deflater(struct wf_worker *worker, int level);

typedef void wf_task_fn(struct wf_worker *worker, void *arg);

/* wf_task is one independent piece of work.  Tasks run in the order of (turn, stage, size
 * descending): wheels in input order, later stages of an earlier wheel first, members
 * largest first.  `cost` is what it holds in memory while it runs, in bytes; a task waits
 * until the pool's budget has room for it, and one larger than the whole budget runs
 * alone.  A task may submit further ones. */
struct wf_task {
    uint64_t turn;
    unsigned stage; /* a higher stage of the same turn runs first */
    uint64_t size;
    uint64_t cost;
    wf_task_fn *run;
    void *arg;
};

struct wf_pool;

/* wf_pool_new makes a pool of `num_threads` workers, of which the thread that calls
 * wf_pool_help_until is one: 1 runs everything there.  The other threads start as tasks
 * come for them, and none before 2 MiB (by `size`) or 64 tasks were submitted: less work
 * is done sooner than a thread starts.  `budget` is bytes in flight; scratch buffers over
 * 8 MiB are given back when they stand in its way.  Libraries that choose their code
 * lazily (libelf's version) are called once before the first wf_pool_submit. */
struct wf_pool *wf_pool_new(unsigned num_threads, uint64_t budget);

/* wf_pool_free waits for running tasks, drops queued ones and ends the threads. */
void wf_pool_free(struct wf_pool *pool);

void wf_pool_submit(struct wf_pool *pool, const struct wf_task *task);

/* wf_pool_help_until runs tasks on the calling thread, or sleeps when none can run, until
 * *done is set by a task through wf_pool_signal.  One thread calls it, no task does. */
void wf_pool_help_until(struct wf_pool *pool, const bool *done);

/* wf_pool_signal sets *done under the pool's lock and wakes who waits for it. */
void wf_pool_signal(struct wf_pool *pool, bool *done);

/* wf_pool_countdown takes one off *left under the pool's lock and returns what remains:
 * the task that gets 0 is the last of its batch, and sees all that the others wrote. */
size_t wf_pool_countdown(struct wf_pool *pool, size_t *left);

/* wf_pool_exclusively calls `act` while no other such call runs: for the few words that
 * tasks share.  `act` must be short and must not call the pool. */
void wf_pool_exclusively(struct wf_pool *pool, void (*act)(void *arg), void *arg);

/* wf_pool_budget_for is the budget in bytes for a limit as given (0: the smaller of 1 GiB
 * and a quarter of the machine's memory). */
uint64_t wf_pool_budget_for(uint64_t limit);

#endif
