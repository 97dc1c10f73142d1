/* zip_names.h -- what the names of an archive say together.  Used by the files of the zip
 * scanner only. */
#ifndef WF_WHEEL_ZIP_NAMES_H
#define WF_WHEEL_ZIP_NAMES_H

#include "wheel/zip_scan.h"

/* wf_zip_name_notes is the notes that one checked name earns by itself. */
uint16_t wf_zip_name_notes(const struct wf_zip_member *member);

/* wf_zip_index_names fills zip->by_name (allocated by the caller) and refuses names that
 * stand twice and files that are also folders; names that differ only in case get a note
 * each. */
WF_MUST_USE bool wf_zip_index_names(struct wf_zip *zip, struct wf_error *err);

#endif
