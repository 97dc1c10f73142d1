/* sbom.h -- the grafted libraries as a CycloneDX 1.6 document (PEP 770). */
#ifndef WF_REPAIR_SBOM_H
#define WF_REPAIR_SBOM_H

#include "base/buffer.h"
#include "base/sha256.h"
#include "repair/packages.h"

struct wf_sbom_part {
    const char *path;                 /* member path of the grafted library */
    const char *source_name;          /* base name of the file it came from */
    uint8_t sha256[WF_SHA256_LEN];    /* of the member as it stands in the wheel */
    const struct wf_package *package; /* or NULL */
};

struct wf_sbom {
    const char *wheel; /* file name of the result */
    const char *name;  /* distribution name and version as the file name writes them */
    const char *version;
    const char *tool_version;
    const struct wf_sbom_part *parts;
    size_t num_parts;
};

/* wf_sbom_write appends the document: sorted, no time, no random serial; the same parts
 * give the same bytes. */
void wf_sbom_write(struct wf_buffer *out, const struct wf_sbom *sbom);

/* The member's path below dist-info. */
extern const char wf_sbom_path[]; /* "sboms/wheelfix.cdx.json" */

#endif
