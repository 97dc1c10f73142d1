/* macho_edit_parts.h -- between the files of the Mach-O editor: every slice is planned and
 * checked first (its new load commands, its signature, its place in the file), then the file
 * is written at once.  Internal to this folder. */
#ifndef WF_OBJECT_MACHO_EDIT_PARTS_H
#define WF_OBJECT_MACHO_EDIT_PARTS_H

#include "object/macho_edit.h"
#include "object/macho_layout.h"
#include "object/macho_sign.h"

/* wf_macho_part is one slice on its way.  All offsets but `new_off` are relative to it. */
struct wf_macho_part {
    const struct wf_macho_slice *slice;
    const struct wf_macho_slice_edit *edit;
    struct wf_buffer stripped; /* the slice without its symbols, where that is asked */
    struct wf_bytes bytes;     /* what is edited: the slice, or `stripped` */
    bool is_stripped;
    const char *name; /* "arm64", for errors */
    bool is_changed;  /* else it is copied */

    struct wf_macho_header header;
    struct wf_macho_layout layout;
    struct wf_buffer commands; /* the load commands as they will be */
    uint32_t num_commands;
    size_t linkedit_at;  /* in `commands`: the segment __LINKEDIT */
    size_t signature_at; /* in `commands`: LC_CODE_SIGNATURE, if `is_signed` */
    struct wf_macho_growth {
        const char *kind; /* "install name" */
        const char *text;
        uint64_t bytes;
        size_t num; /* strings that grow at all */
    } growth;       /* of the string that grows most: what an error tells */

    bool is_signed;    /* anew */
    uint64_t kept_end; /* bytes of the slice that stay: all before its signature */
    struct wf_macho_signing signing;
    uint64_t signature_size; /* of the new one, a multiple of 16 */
    uint64_t new_len;
    uint64_t new_off; /* in the new file */
};

struct wf_macho_editor {
    struct wf_arena arena; /* ends with the edit */
    const struct wf_macho_edit *edit;
    struct wf_bytes bytes; /* the whole file */
    struct wf_macho_file file;
    struct wf_macho_part *parts; /* one per slice, in the order of the fat header */
    uint64_t new_len;            /* of the whole file */
    struct wf_error *err;
};

/* wf_macho_command_size is what a command with `fixed_len` bytes before its text takes. */
uint64_t wf_macho_command_size(uint64_t fixed_len, const char *text, bool is_64);

/* wf_macho_put_word writes a 32-bit field at `off` of a list of commands in memory. */
void wf_macho_put_word(struct wf_buffer *commands, size_t off, uint32_t value,
                       enum wf_endian endian);

/* wf_macho_list_commands fills part->commands and what belongs to it. */
WF_MUST_USE bool wf_macho_list_commands(struct wf_macho_editor *e,
                                        struct wf_macho_part *part);

/* wf_macho_check_room refuses commands that reach into content. */
WF_MUST_USE bool wf_macho_check_room(struct wf_macho_editor *e,
                                     const struct wf_macho_part *part);

/* wf_macho_place_signature decides where the content of a slice ends and its signature
 * stands, and brings the commands that say so up to date. */
WF_MUST_USE bool wf_macho_place_signature(struct wf_macho_editor *e,
                                          struct wf_macho_part *part);

/* wf_macho_place_parts gives every slice its place in the new file. */
WF_MUST_USE bool wf_macho_place_parts(struct wf_macho_editor *e);

/* wf_macho_write_file appends the new file, and to result->waiting what is to be hashed. */
void wf_macho_write_file(const struct wf_macho_editor *e, struct wf_buffer *out,
                         struct wf_macho_edited *result, struct wf_arena *arena);

/* wf_macho_check_result reads the written file again and compares it with the edit. */
WF_MUST_USE bool wf_macho_check_result(struct wf_macho_editor *e, struct wf_bytes out);

#endif
