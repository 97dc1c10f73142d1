/* share.c -- the table of members read in this run. */
#include "audit/share.h"

#include <string.h>

/* Below this a member is read as quickly as it is compared. */
enum { WORTH_IT = 32 * 1024 };

static struct wf_share_entry **
bucket_of(struct wf_share *share, const struct wf_zip_member *member)
{
    return &share->buckets[(member->crc ^ member->comp_size) % WF_COUNT(share->buckets)];
}

static bool
are_candidates(const struct wf_zip_member *a, const struct wf_zip_member *b)
{
    return a->crc == b->crc && a->size == b->size && a->comp_size == b->comp_size &&
           a->method == b->method &&
           strcmp(wf_text_base_name(a->name), wf_text_base_name(b->name)) == 0;
}

static struct wf_share_entry *
find(struct wf_share *share, const struct wf_zip_member *member)
{
    struct wf_share_entry *entry = *bucket_of(share, member);

    while (entry != NULL && !are_candidates(entry->reading->member, member))
        entry = entry->next;
    return entry;
}

enum wf_share_answer
wf_share_ask(struct wf_share *share, struct wf_share_entry *entry)
{
    const struct wf_zip_member *member = entry->reading->member;

    if (member->comp_size < WORTH_IT)
        return WF_SHARE_ALONE;
    struct wf_share_entry *first = find(share, member);

    if (first == NULL) {
        struct wf_share_entry **bucket = bucket_of(share, member);

        entry->next = *bucket;
        *bucket = entry;
        entry->is_listed = true;
        return WF_SHARE_ALONE;
    }
    if (!first->is_read) {
        entry->next = first->waiting;
        first->waiting = entry;
        return WF_SHARE_WAIT;
    }
    entry->first = first;
    first->num_users++;
    return WF_SHARE_READY;
}

struct wf_share_entry *
wf_share_end(struct wf_share_entry *entry)
{
    struct wf_share_entry *waiting = entry->waiting;

    entry->is_read = true;
    entry->waiting = NULL;
    for (struct wf_share_entry *one = waiting; one != NULL; one = one->next) {
        one->first = entry;
        entry->num_users++;
    }
    return waiting;
}

void
wf_share_release(struct wf_share_entry *first)
{
    first->num_users--;
}

bool
wf_share_forget(struct wf_share *share, struct wf_share_entry *entries, size_t num)
{
    for (size_t i = 0; i < num; i++)
        if (entries[i].num_users > 0)
            return false;
    for (size_t i = 0; i < num; i++) {
        struct wf_share_entry **at = bucket_of(share, entries[i].reading->member);

        while (entries[i].is_listed && *at != &entries[i])
            at = &(*at)->next;
        if (entries[i].is_listed)
            *at = entries[i].next;
        entries[i].is_listed = false;
    }
    return true;
}
