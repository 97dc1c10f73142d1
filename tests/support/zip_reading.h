/* zip_reading.h -- archives in memory read as files, and what every accepted archive must
 * keep to.  Used by unit tests and fuzz targets. */
#ifndef WF_TESTS_ZIP_READING_H
#define WF_TESTS_ZIP_READING_H

#include <stdio.h>

#include "base/limits.h"
#include "wheel/zip_scan.h"

/* zip_reading is one archive in a temporary file of its own, and what reading it needs. */
struct zip_reading {
    FILE *stream;
    struct wf_file file;
    struct wf_limits limits;
    struct wf_arena arena;
    struct wf_zip zip;
    struct wf_inflater *inflater;
    struct wf_buffer in;
    struct wf_buffer out;
};

/* zip_reading_start puts `bytes` into a file; false when the system has none to give. */
WF_MUST_USE bool zip_reading_start(struct zip_reading *out, struct wf_bytes bytes);
void zip_reading_end(struct zip_reading *reading);

/* zip_reading_replace puts other bytes in the place of all that the file holds. */
WF_MUST_USE bool zip_reading_replace(struct zip_reading *reading, struct wf_bytes bytes);

/* zip_reading_put changes one byte of the file, zip_reading_cut its length, also of the
 * file as it is known to the reader when `known`. */
void zip_reading_put(struct zip_reading *reading, size_t at, uint8_t byte);
void zip_reading_cut(struct zip_reading *reading, size_t len, bool known);

/* zip_reading_all opens the archive anew, checks every local header and reads every
 * member. */
WF_MUST_USE bool zip_reading_open(struct zip_reading *reading, struct wf_error *err);
WF_MUST_USE bool zip_reading_all(struct zip_reading *reading, struct wf_error *err);

/* zip_reading_broken says which promise of zip_scan.h an archive that zip_reading_all
 * accepted breaks, or NULL: members tile the file, names pass the path check, indices are
 * in order. */
const char *zip_reading_broken(const struct zip_reading *reading);

#endif
