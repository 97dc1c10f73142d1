/* macho_file.h -- a file as its slices, a slice as its load commands: the one place where
 * both are taken apart.  Internal to this folder; readers, editor, signer and fuser build on
 * it. */
#ifndef WF_OBJECT_MACHO_FILE_H
#define WF_OBJECT_MACHO_FILE_H

#include "object/macho.h"
#include "object/macho_format.h"

/* wf_macho_slice is one part of a file; a thin file has one. */
struct wf_macho_slice {
    struct wf_bytes bytes; /* file_off is its place in the file */
    uint32_t cpu_type;     /* of the fat header; of the mach header in thin files */
    uint32_t cpu_subtype;  /* with capability bits, as it stands */
    uint32_t align;        /* log2, of the fat header; 0 in thin files */
    bool is_archive;       /* "!<arch>\n": a static library */
};

struct wf_macho_file {
    bool is_fat;
    bool is_fat_64;
    struct wf_macho_slice *slices; /* in the order of the fat header */
    size_t num_slices;
    bool has_hidden; /* a sound entry for arm64 stands behind the last that is counted */
};

/* wf_macho_split takes a file apart.  Slices that leave the file, overlap or contain each
 * other or the fat header, repeat an architecture, are universal files themselves, or whose
 * header names another processor than the fat header are WF_ERR_MALFORMED. */
WF_MUST_USE bool wf_macho_split(struct wf_macho_file *out, struct wf_arena *arena,
                                struct wf_bytes file, struct wf_error *err);

struct wf_macho_header {
    enum wf_endian endian;
    bool is_64;
    uint32_t cpu_type;
    uint32_t cpu_subtype;
    uint32_t file_type;
    uint32_t num_commands;
    uint32_t flags;
    uint32_t len;             /* of the header: 28 or 32 */
    struct wf_bytes commands; /* sizeofcmds bytes */
};

/* wf_macho_read_header reads the mach header; the commands are proved to lie inside. */
WF_MUST_USE bool wf_macho_read_header(struct wf_macho_header *out, struct wf_bytes slice,
                                      struct wf_error *err);

struct wf_macho_command {
    uint32_t command;
    uint32_t index;
    struct wf_bytes bytes; /* all of it; its length is cmdsize */
};

/* wf_macho_walk visits the load commands in order:
 *
 *     struct wf_macho_walk walk = wf_macho_walk_over(&header);
 *     while (wf_macho_next(&command, &walk, err)) …
 *     if (walk.failed) return false;
 *
 * cmdsize is at least 8, a multiple of the word, and inside sizeofcmds; the commands fill
 * sizeofcmds exactly. */
struct wf_macho_walk {
    const struct wf_macho_header *header;
    struct wf_bytes rest;
    uint32_t index;
    bool failed;
};

struct wf_macho_walk wf_macho_walk_over(const struct wf_macho_header *header);
bool wf_macho_next(struct wf_macho_command *out, struct wf_macho_walk *walk,
                   struct wf_error *err);

/* wf_macho_reader reads a command's fields, from its first byte on. */
struct wf_reader wf_macho_reader(const struct wf_macho_header *header,
                                 const struct wf_macho_command *command);

/* wf_macho_word is the 32-bit field at `off` of a command that is at least off + 4 long. */
uint32_t wf_macho_word(const struct wf_macho_header *header,
                       const struct wf_macho_command *command, size_t off);

/* wf_macho_text copies the string whose offset in the command stands in the field at
 * `field_off`.  It must begin behind `fixed_len` bytes and end with a NUL in the command;
 * `what` names it in errors. */
WF_MUST_USE bool wf_macho_text(const char **out, struct wf_arena *arena,
                               const struct wf_macho_header *header,
                               const struct wf_macho_command *command, size_t field_off,
                               size_t fixed_len, const char *what, struct wf_error *err);

/* wf_macho_is_dylib says whether a command names a library that is loaded (not the id). */
bool wf_macho_is_dylib(uint32_t command);

/* wf_macho_command_name is "LC_LOAD_DYLIB", or NULL for a number nobody gave a name. */
const char *wf_macho_command_name(uint32_t command);

#endif
