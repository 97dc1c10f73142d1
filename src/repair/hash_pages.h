/* hash_pages.h -- the page hashes of new code signatures, by several workers where a file is
 * long: hashing is most of what signing costs. */
#ifndef WF_REPAIR_HASH_PAGES_H
#define WF_REPAIR_HASH_PAGES_H

#include "base/pool.h"
#include "object/macho_edit.h"

/* wf_hash_pages is one call's state; it and all it borrows live until `done` was called. */
struct wf_hash_pages {
    struct wf_pool *pool;
    struct wf_arena *arena; /* used before the call returns, by nobody else until then */
    struct wf_buffer *file; /* as wf_macho_apply_edit made it; stays where it is */
    const struct wf_macho_edited *edited;
    wf_task_fn *done; /* with the worker that hashed last */
    void *arg;
    size_t left;
};

/* wf_hash_pages_start hashes what waits in `edited`: a short file at once, a long one in
 * tasks of the pool.  The same bytes follow in both ways. */
void wf_hash_pages_start(struct wf_hash_pages *hashing, struct wf_worker *worker);

#endif
