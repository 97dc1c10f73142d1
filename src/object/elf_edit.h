/* elf_edit.h -- changes to what the loader reads of an ELF image: names, search paths, the
 * stack mark.  Works on bytes; sections are kept in step where there are any.
 *
 * Room is found in this order, and the first that suffices is taken: (1) in place: the
 * string stands in .dynstr already, whole or as the end of another, or fits over the old
 * one when nobody else uses it; (2) slack: a new .dynstr in the zero padding behind a
 * PT_LOAD; (3) head: a new last PT_LOAD, for which the program header table grows in place
 * and the sections behind it move; (4) refusal.  The table is never moved, PT_NOTE and
 * PT_GNU_STACK are never sacrificed. */
#ifndef WF_OBJECT_ELF_EDIT_H
#define WF_OBJECT_ELF_EDIT_H

#include "base/buffer.h"

struct wf_elf_rename {
    const char *from;
    const char *to; /* NULL: the DT_NEEDED goes */
};

enum wf_elf_search {
    WF_ELF_SEARCH_KEEP,
    WF_ELF_SEARCH_NONE,    /* neither DT_RPATH nor DT_RUNPATH stays */
    WF_ELF_SEARCH_RPATH,   /* `search_path` as DT_RPATH, no DT_RUNPATH */
    WF_ELF_SEARCH_RUNPATH, /* `search_path` as DT_RUNPATH, no DT_RPATH */
};

/* wf_elf_edit is everything to change, applied at once.  `{ 0 }` changes nothing.  Strings
 * are borrowed. */
struct wf_elf_edit {
    const char *soname; /* new DT_SONAME; "" removes it; NULL leaves it */
    /* Every DT_NEEDED equal to `from`, and the version needs (vn_file) of that library.  A
     * `from` that nobody needs changes nothing.  All renames see the old names; of two with
     * one `from` the first counts, and no `to` is a `from`, since a second run would rename
     * it again.  A name renamed to one that is needed already leaves one DT_NEEDED.  Version
     * needs of a removed library go with it: their symbols become unversioned (versym 1,
     * VER_NDX_GLOBAL). */
    const struct wf_elf_rename *needed;
    size_t num_needed;
    /* DT_NEEDED to put behind the others, unless there already. */
    const char *const *added;
    size_t num_added;
    enum wf_elf_search search;
    const char *search_path;
    bool clear_exec_stack; /* PF_X off PT_GNU_STACK; an image without one gets it */
};

/* Where room was found. */
enum wf_elf_room { WF_ELF_UNCHANGED, WF_ELF_IN_PLACE, WF_ELF_SLACK, WF_ELF_HEAD };
const char *wf_elf_room_name(enum wf_elf_room room); /* "in-place" */

struct wf_elf_edited {
    enum wf_elf_room room;
    bool moved_dynamic; /* .dynamic had no spare entry and moved */
    uint64_t growth;    /* bytes the image grew by */
};

/* wf_elf_apply_edit appends the edited image to `out` (empty, its maximum bounds it).  With
 * nothing to change the bytes are the same and room is WF_ELF_UNCHANGED.  The same image
 * and edit give the same bytes; applying an edit to its own result changes nothing, and a
 * further edit reuses the segment a former one added.  WF_ERR_MALFORMED: the image is
 * damaged; WF_ERR_REFUSED: the image is sound and has no place for the change, the text
 * says why.  Thread-safe. */
WF_MUST_USE bool wf_elf_apply_edit(struct wf_buffer *out, struct wf_elf_edited *result,
                                   struct wf_bytes image, const struct wf_elf_edit *edit,
                                   struct wf_error *err);

#endif
