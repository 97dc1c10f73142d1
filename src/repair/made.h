/* made.h -- new members that an earlier wheel of this run has already: taken from there as
 * they are deflated, instead of being made again. */
#ifndef WF_REPAIR_MADE_H
#define WF_REPAIR_MADE_H

#include "repair/produce.h"

struct wf_made {
    uint8_t key[WF_SHA256_LEN];
    struct wf_zip zip; /* only `file` is set */
    struct wf_zip_member member;
    struct wf_object_file facts;
    uint8_t sha256[WF_SHA256_LEN];
    struct wf_made *next;
};

/* wf_made_table is empty as `{ 0 }`; wf_made_table_clear closes its files. */
struct wf_made_table {
    struct wf_arena arena;
    struct wf_made *buckets[256];
    struct wf_made_file *files;
    size_t num_files;
};

void wf_made_table_clear(struct wf_made_table *table);

/* wf_made_key is the digest of all that decides a member's bytes: the source's own digest,
 * the base name (facts depend on it), the change asked for, and the options. */
void wf_made_key(uint8_t key[WF_SHA256_LEN], struct wf_sha256 *sha,
                 const uint8_t source[WF_SHA256_LEN], const char *base_name,
                 const struct wf_plan_edit *change,
                 const struct wf_repair_options *options);

const struct wf_made *wf_made_find(const struct wf_made_table *table,
                                   const uint8_t key[WF_SHA256_LEN]);

/* wf_made_file keeps a finished archive open for its members: NULL when there are enough
 * already.  wf_made_add lists one of its members; what it points to is copied. */
const struct wf_file *wf_made_keep_file(struct wf_made_table *table,
                                        const struct wf_file *file);
void wf_made_add(struct wf_made_table *table, const struct wf_made *made);

#endif
