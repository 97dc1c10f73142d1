/* produce.h -- the bytes of new members: read, patched, digested and deflated by workers,
 * in the order they will be written, never more of them at once than a window holds. */
#ifndef WF_REPAIR_PRODUCE_H
#define WF_REPAIR_PRODUCE_H

#include "repair/hash_pages.h"
#include "repair/plan.h"
#include "wheel/zip_write.h"

/* wf_product is one new member of one wheel. */
struct wf_product {
    const struct wf_plan_member *member;

    /* Set when it is ready. */
    bool ready;
    bool is_spliced;     /* `stream` is there, and most of it is the source's own */
    struct wf_error err; /* kind other than none: it could not be made */
    uint8_t sha256[WF_SHA256_LEN];
    struct wf_elf_edited edited;
    struct wf_macho_edited macho_edited;
    struct wf_pe_edited pe_edited;
    struct wf_buffer debug_file; /* what was stripped, when it is to be kept */
    const char *debug_name;      /* below --debug-dir */
    struct wf_zip_packed packed;

    struct wf_arena arena; /* what an edit needs: the worker's own that makes it */
    struct wf_hash_pages hashing;
    struct wf_buffer bytes;  /* inflated, until it is deflated */
    struct wf_buffer stream; /* deflated, until it is written */
    struct wf_chunk *chunks;
    size_t num_chunks;
    size_t left_chunks;
    struct wf_producer *producer;
};

/* wf_producer makes the products of one wheel.  Everything is borrowed and outlives it. */
struct wf_producer {
    struct wf_pool *pool;
    struct wf_arena *arena;
    const struct wf_repair_options *options;
    const struct wf_zip *zip;
    struct wf_product *products; /* in the order they are asked for */
    size_t num_products;
    size_t num_seen;    /* of them: started, or to be supplied */
    bool is_rehearsal;  /* products are made, and neither digested nor deflated */
    bool small_chunks;  /* WF_DEFLATE_SMALL_*: nothing else is there to do meanwhile */
    uint64_t in_flight; /* bytes (inflated) of products started and not released */
};

/* wf_product_may_splice tells of an edited member whether its stream may be made of that of
 * its source, which is then a part of what decides its bytes. */
bool wf_product_may_splice(const struct wf_plan_member *member,
                           const struct wf_repair_options *options);

/* wf_producer_get starts what the window has room for, waits for product `idx` and returns
 * it; wf_producer_release ends its memory.  Products made from bytes that the caller has at
 * hand only then (WF_FROM_SBOM, WF_FROM_RECORD, WF_FROM_LATER) are given with
 * wf_producer_supply before they are asked for; those behind them are started meanwhile.
 * wf_producer_start does that alone, for who waits for something else. */
void wf_producer_start(struct wf_producer *producer);
const struct wf_product *wf_producer_get(struct wf_producer *producer, size_t idx);
void wf_producer_release(struct wf_producer *producer, size_t idx);
void wf_producer_supply(struct wf_producer *producer, size_t idx, struct wf_bytes bytes);

/* wf_producer_end waits for what was started and ends all memory. */
void wf_producer_end(struct wf_producer *producer);

#endif
