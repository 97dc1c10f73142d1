/* hash_pages.c -- page hashes, shared among workers (see hash_pages.h). */
#include "repair/hash_pages.h"

#include <assert.h>

#include "object/macho_sign.h"

enum {
    STAGE_HASH = 9,  /* with the chunks of a member that is being made */
    ALONE = 4 << 20, /* bytes below which other workers are not asked */
    PAGES = (4 << 20) / WF_MACHO_SIGN_PAGE, /* of one task */
};

/* Pages [first, first + num) of one slice. */
struct part {
    struct wf_hash_pages *hashing;
    const struct wf_macho_unsigned *slice;
    uint64_t first;
    uint64_t num;
};

static void
hash(struct wf_worker *worker, const struct part *part)
{
    const struct wf_buffer *file = part->hashing->file;
    const struct wf_macho_unsigned *slice = part->slice;

    assert(slice->slice_off <= file->len &&
           slice->code_limit <= file->len - slice->slice_off &&
           slice->hashes_off <= file->len &&
           slice->num_pages <= (file->len - slice->hashes_off) / WF_SHA256_LEN);
    const struct wf_bytes from = wf_bytes_skip(wf_buffer_bytes(file), slice->slice_off);

    wf_macho_hash_pages(file->data + slice->hashes_off + part->first * WF_SHA256_LEN,
                        wf_bytes_first(from, (size_t)slice->code_limit), part->first,
                        part->num, wf_worker_sha256(worker));
}

static void
hash_part(struct wf_worker *worker, void *arg)
{
    const struct part *part = arg;
    struct wf_hash_pages *hashing = part->hashing;

    hash(worker, part);
    if (wf_pool_countdown(hashing->pool, &hashing->left) == 0)
        hashing->done(worker, hashing->arg);
}

static size_t
count_parts(const struct wf_macho_edited *edited)
{
    size_t num = 0;

    for (size_t i = 0; i < edited->num_waiting; i++)
        num += (size_t)((edited->waiting[i].num_pages + PAGES - 1) / PAGES);
    return num;
}

static void
share(struct wf_hash_pages *hashing, struct wf_worker *worker)
{
    const struct wf_macho_edited *edited = hashing->edited;
    const size_t num = count_parts(edited);
    struct part *parts = wf_arena_array(hashing->arena, num, sizeof *parts);
    size_t k = 0;

    for (size_t i = 0; i < edited->num_waiting; i++) {
        const uint64_t pages = edited->waiting[i].num_pages;

        for (uint64_t first = 0; first < pages; first += PAGES)
            parts[k++] = (struct part){ hashing, &edited->waiting[i], first,
                                        pages - first < PAGES ? pages - first : PAGES };
    }
    hashing->left = num;
    for (size_t i = 1; i < num; i++) {
        const struct wf_task task = {
            .stage = STAGE_HASH,
            .size = parts[i].num * WF_MACHO_SIGN_PAGE,
            .run = hash_part,
            .arg = &parts[i],
        };

        wf_pool_submit(hashing->pool, &task);
    }
    hash_part(worker, &parts[0]);
}

void
wf_hash_pages_start(struct wf_hash_pages *hashing, struct wf_worker *worker)
{
    const struct wf_macho_edited *edited = hashing->edited;
    uint64_t bytes = 0;

    for (size_t i = 0; i < edited->num_waiting; i++)
        bytes += edited->waiting[i].num_pages * WF_MACHO_SIGN_PAGE;
    if (bytes > ALONE) {
        share(hashing, worker);
        return;
    }
    for (size_t i = 0; i < edited->num_waiting; i++)
        hash(worker, &(struct part){ hashing, &edited->waiting[i], 0,
                                     edited->waiting[i].num_pages });
    hashing->done(worker, hashing->arg);
}
