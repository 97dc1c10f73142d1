/* macho_archive.h -- static libraries of Mach-O objects: only what they are for.
 * Format: <ar.h>, with BSD's long names (ar(5)).  Internal to this folder. */
#ifndef WF_OBJECT_MACHO_ARCHIVE_H
#define WF_OBJECT_MACHO_ARCHIVE_H

#include "object/macho_file.h"

/* wf_macho_is_archive recognises "!<arch>\n". */
bool wf_macho_is_archive(struct wf_bytes bytes);

/* wf_macho_archive_cpu tells the processor that every object of a static library is for.
 * WF_ERR_MALFORMED: it is damaged, holds no object, or objects for several. */
WF_MUST_USE bool wf_macho_archive_cpu(uint32_t *cpu_type, uint32_t *cpu_subtype,
                                      bool *is_64, struct wf_bytes file,
                                      struct wf_error *err);

#endif
