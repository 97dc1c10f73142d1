/* macho_sign.h -- code signatures: read and checked, and made ad hoc.
 * Layout: <kern/cs_blobs.h>; what is verified when: delocate-macho.md 4.5 and 4.6. */
#ifndef WF_OBJECT_MACHO_SIGN_H
#define WF_OBJECT_MACHO_SIGN_H

#include "base/buffer.h"
#include "base/sha256.h"
#include "object/macho.h"

/* wf_macho_read_signature fills `out` from the superblob at [offset, offset + size) of the
 * slice, and hashes every signed page.  Nothing in a signature is an error: what is wrong
 * stands in out->fault, and where not even a CodeDirectory can be read, `kind` stays
 * WF_MACHO_UNSIGNED.  `offset` and `size` come straight from LC_CODE_SIGNATURE.  Of several
 * CodeDirectories the one with the best hash is judged, as the kernel does. */
void wf_macho_read_signature(struct wf_macho_signature *out, struct wf_arena *arena,
                             struct wf_bytes slice, uint64_t offset, uint64_t size);

enum { WF_MACHO_SIGN_PAGE = 4096, WF_MACHO_SIGN_ALIGN = 16 };

/* wf_macho_signing describes the ad-hoc signature of a slice whose header is final. */
struct wf_macho_signing {
    const char *identifier;
    uint64_t code_limit; /* bytes signed: where the signature begins, a multiple of 16 */
    uint64_t exec_base;  /* __TEXT fileoff */
    uint64_t exec_limit; /* __TEXT filesize */
    bool is_main;        /* MH_EXECUTE */
    uint32_t flags;      /* kept of an earlier signature beside CS_ADHOC: hardened runtime
                             needs a newer version and is not kept; usually 0 */
};

/* wf_macho_signature_size is the exact length in bytes of the superblob. */
uint64_t wf_macho_signature_size(const struct wf_macho_signing *signing);

/* wf_macho_write_signature appends superblob, CodeDirectory (version 0x20400, SHA-256, pages
 * of 4096 bytes, CS_ADHOC), empty requirements and an empty CMS blob to `out`, with room for
 * the page hashes, which are zero; *hashes_off is where they begin in what was appended. */
void wf_macho_write_signature(struct wf_buffer *out, uint64_t *hashes_off,
                              const struct wf_macho_signing *signing);

/* wf_macho_hash_pages writes the hashes of the pages [first, first + num) of `signed_bytes`
 * (code_limit bytes of the slice) to `hashes`, 32 bytes each, where hash 0 belongs to page
 * `first`.  Ranges are independent, so that several threads may share one slice. */
void wf_macho_hash_pages(uint8_t *hashes, struct wf_bytes signed_bytes, uint64_t first,
                         uint64_t num, struct wf_sha256 *sha);

/* wf_macho_default_identifier is the identifier of an image that has none to keep: its base
 * name, as linkers give it. */
const char *wf_macho_default_identifier(struct wf_arena *arena, const char *path);

#endif
