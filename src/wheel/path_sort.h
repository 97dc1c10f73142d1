/* path_sort.h -- ordering very many paths by their bytes. */
#ifndef WF_WHEEL_PATH_SORT_H
#define WF_WHEEL_PATH_SORT_H

#include "base/bytes.h"

/* wf_path_key is one path (a C string) and what it belongs to; `key` is the sorter's. */
struct wf_path_key {
    const char *path;
    uint64_t key;
    uint32_t idx;
};

/* wf_path_sort orders `keys` by path, then by idx.  Eight bytes are compared at a time,
 * and bytes that many paths share are looked at once per path: the cost grows with the
 * bytes of the paths, however they are chosen. */
void wf_path_sort(struct wf_path_key *keys, size_t num);

#endif
