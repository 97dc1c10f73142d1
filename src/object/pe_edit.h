/* pe_edit.h -- changes to the names in PE files: of imports, delay imports, forwarders and
 * the export directory.  Old strings are never written over, since linkers share them.
 *
 * Room is found in this order: (1) zeros behind the bytes of a section that may take data,
 * checked to be zero and unused, best in the section of the name's directory; (2) a new last
 * section, its header in the gap behind the table; (3) header room made by moving all raw
 * data up; (4) refusal.  What stands behind the sections (an overlay) keeps its place in (1);
 * a COFF symbol table moves knowingly in (2) and (3), a certificate goes, any other overlay
 * is a refusal there. */
#ifndef WF_OBJECT_PE_EDIT_H
#define WF_OBJECT_PE_EDIT_H

#include "base/buffer.h"
#include "object/pe.h"

struct wf_pe_rename {
    const char *from; /* a DLL's name, compared without case; each stands once */
    const char *to;   /* at most 512 bytes; no other rename's `from` */
};

/* wf_pe_edit is everything to change, applied at once.  `{ 0 }` changes nothing.  Strings
 * are borrowed. */
struct wf_pe_edit {
    const struct wf_pe_rename
        *renames; /* every import, delay import and forwarder so named */
    size_t num_renames;
    const char *export_name; /* new name of the export directory, where there is one; NULL
                                leaves it */
    bool clear_load_flags;   /* DependentLoadFlags becomes 0 */
};

enum wf_pe_room {
    WF_PE_UNCHANGED,
    WF_PE_IN_PLACE, /* fields only: no name needed room */
    WF_PE_PADDING,
    WF_PE_SECTION,
    WF_PE_HEADER,
};
const char *wf_pe_room_name(enum wf_pe_room room); /* "new-section" */

struct wf_pe_edited {
    enum wf_pe_room room;
    bool lost_certificate;
    uint64_t growth; /* bytes the file grew by; 0 when it shrank */
};

/* wf_pe_apply_edit appends the edited file to `out` (empty, its maximum bounds it).  With
 * nothing to change the bytes are the same.  The same file and edit give the same bytes;
 * applying an edit to its own result changes nothing.  A certificate goes with any change,
 * bound imports are unbound, a checksum that was not zero becomes right, SizeOfImage and the
 * sums of section sizes agree with the sections.  WF_ERR_MALFORMED: the file is damaged;
 * WF_ERR_REFUSED: sound, and has no place for the change (the text says which, and what would
 * help), or must not be changed (FORCE_INTEGRITY, an ARM64X relocation over a field).
 * Thread-safe. */
WF_MUST_USE bool wf_pe_apply_edit(struct wf_buffer *out, struct wf_pe_edited *result,
                                  struct wf_bytes file, const struct wf_pe_edit *edit,
                                  struct wf_error *err);

/* wf_pe_strip appends the file without COFF symbols, debug sections and long section names,
 * as `strip -s`; what an image needs at run time keeps its place.  Debug sections stay where
 * others stand behind them.  Other data behind the sections goes from a DLL (as with strip),
 * and a program that has such comes out as it went in, for it may be what the program reads.
 * Nothing to take: the same bytes, with their certificate; else that goes, too.  Errors are
 * those of wf_pe_apply_edit. */
WF_MUST_USE bool wf_pe_strip(struct wf_buffer *out, struct wf_bytes file,
                             struct wf_error *err);

#endif
