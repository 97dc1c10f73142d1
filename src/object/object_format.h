/* object_format.h -- what each row of the table of formats is made of.  Internal to this
 * folder. */
#ifndef WF_OBJECT_OBJECT_FORMAT_H
#define WF_OBJECT_OBJECT_FORMAT_H

#include "object/object.h"

/* wf_object_format tells one format by its first bytes and reads a file of it; `path`
 * lives as long as the arena. */
struct wf_object_format {
    enum wf_format format;
    const char *name;
    bool (*recognise)(struct wf_bytes head);
    bool (*read)(struct wf_object_file *out, struct wf_arena *arena, const char *path,
                 struct wf_bytes bytes, const struct wf_limits *limits,
                 struct wf_error *err);
};

extern const struct wf_object_format wf_elf_format;
extern const struct wf_object_format wf_macho_format;
extern const struct wf_object_format wf_pe_format;

#endif
