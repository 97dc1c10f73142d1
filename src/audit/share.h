/* share.h -- native members that wheels of one run have in common are read once: four wheels
 * of one release hold the same libraries. */
#ifndef WF_AUDIT_SHARE_H
#define WF_AUDIT_SHARE_H

#include "audit/report.h"

/* wf_share_entry stands for one member: the first of its kind, or one that waits for the
 * first.  It lives as long as the report it belongs to. */
struct wf_share_entry {
    struct wf_reading *reading;
    const struct wf_zip *zip;
    void *task;                     /* what its owner wants back: see wf_share_end */
    struct wf_share_entry *first;   /* whom it was compared with */
    struct wf_share_entry *next;    /* in its bucket, or among those that wait */
    struct wf_share_entry *waiting; /* for this one to be read */
    size_t num_users;               /* that read this one's bytes at the moment */
    bool is_listed;
    bool is_read;
};

/* wf_share is a table of first entries; `{ 0 }` is empty and holds nothing.  Its functions
 * are called under one lock; they look at no bytes. */
struct wf_share {
    struct wf_share_entry *buckets[1024];
};

enum wf_share_answer {
    WF_SHARE_ALONE, /* nobody has it yet, or nothing to gain: read it */
    WF_SHARE_WAIT,  /* somebody is reading what may be the same: wf_share_end tells */
    WF_SHARE_READY, /* entry->first has been read: compare, then wf_share_release it */
};

/* wf_share_ask looks for a member with equal method, CRC, sizes and base name.  They are
 * candidates for being the same, no more. */
enum wf_share_answer wf_share_ask(struct wf_share *share, struct wf_share_entry *entry);

/* wf_share_end says that a listed entry was read, and returns those that waited for it,
 * chained by `next`: each has it as `first` now and must release it. */
struct wf_share_entry *wf_share_end(struct wf_share_entry *entry);
void wf_share_release(struct wf_share_entry *first);

/* wf_share_forget takes entries out of the table, before their report goes; false, and
 * nothing is done, while somebody reads the bytes of one. */
bool wf_share_forget(struct wf_share *share, struct wf_share_entry *entries, size_t num);

#endif
