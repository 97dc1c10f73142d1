/* elf_edit_parts.h -- between the files of the ELF editor: everything is planned and checked
 * first (what changes, which strings that takes, where they go), then written at once.
 * Internal to this folder. */
#ifndef WF_OBJECT_ELF_EDIT_PARTS_H
#define WF_OBJECT_ELF_EDIT_PARTS_H

#include "object/elf_edit.h"
#include "object/elf_fields.h"

/* "None", for indices and offsets. */
#define WF_NO_IDX SIZE_MAX
#define WF_NO_OFF UINT64_MAX

/* wf_elf_name is a string that the edited image will refer to.  Where it stands in .dynstr
 * is known once wf_elf_place_names is done. */
struct wf_elf_name {
    const char *text;
    size_t len;
    uint64_t old_off; /* of the string it replaces, or WF_NO_OFF */
    bool is_placed;
    uint64_t off;
    size_t same_as; /* an equal name that stands for this one, or WF_NO_IDX */
};

/* wf_elf_entry is one entry of the dynamic section as it will be. */
struct wf_elf_entry {
    uint64_t tag;
    uint64_t value;
    size_t name;    /* index into names, whose place is the value, or WF_NO_IDX */
    size_t old_idx; /* where it stood, or WF_NO_IDX */
};

/* wf_elf_need is one record of the version needs (vn_*), in file order. */
struct wf_elf_need {
    uint64_t off;  /* in the table */
    uint64_t file; /* vn_file */
    uint64_t aux;  /* vn_aux */
    size_t name;   /* index into names of the new vn_file, or WF_NO_IDX */
    bool is_removed;
};

struct wf_elf_edit_section {
    uint32_t name_off;
    uint32_t type;
    uint64_t flags;
    uint64_t vaddr;
    uint64_t off;
    uint64_t len;
    uint32_t link;
    uint32_t info;
    uint64_t align;
    uint64_t entry_len;
};

/* wf_elf_range is part of the file, [off, end). */
struct wf_elf_range {
    uint64_t off;
    uint64_t end;
};

/* wf_elf_layout is where things go. */
struct wf_elf_layout {
    enum wf_elf_room room;
    bool overwrites; /* names go over the strings they replace */
    bool adds_stack; /* a PT_GNU_STACK is appended to the table */

    /* Strings appended to .dynstr, if any, and where it then stands. */
    bool moves_strings;
    bool grows_strings; /* the segment that .dynstr ends grows with it */
    uint64_t strings_off;
    uint64_t strings_vaddr;

    bool moves_dynamic;
    uint64_t dynamic_off;
    uint64_t dynamic_vaddr;
    size_t num_slots; /* entries that the dynamic section has room for */

    /* What stood behind the program header table and moves, with the gaps in it. */
    struct wf_elf_range block;
    uint64_t block_vaddr;
    uint64_t block_align;
    uint64_t block_to_off;
    uint64_t block_to_vaddr;
    struct wf_elf_range *block_parts; /* without the gaps */
    size_t num_block_parts;

    /* The segment that holds all that: one of the file's, grown by so much, or a new one
     * behind the last PT_LOAD. */
    size_t grown_idx; /* WF_NO_IDX: none */
    uint64_t grown_by;
    bool grown_is_writable;
    bool adds_load;
    struct wf_elf_segment load;

    size_t num_nulls_used; /* PT_NULL entries given up for new ones */
    bool moves_sections;   /* the section header table */
    uint64_t sections_off;
    uint64_t content_len; /* of the old file, without a table that moves off its end */
    uint64_t parts_end;   /* of what is put behind the content */
    uint64_t file_len;
};

struct wf_elf_editor {
    const struct wf_elf_edit *edit;
    struct wf_arena arena;
    struct wf_error *err;

    /* What the file says. */
    struct wf_elf_image image;
    struct wf_object object;
    bool has_dynamic;
    struct wf_elf_dynamic dynamic;
    uint64_t dynamic_off;
    uint64_t dynamic_vaddr;
    uint64_t strings_off;
    size_t num_symbols;        /* of the dynamic symbol table */
    bool symbols_are_counted;  /* by a table that says so, not by guessing */
    struct wf_bytes symbols;   /* that table, as far as it is mapped */
    const char *section_fault; /* why the section headers cannot be read */
    struct wf_elf_edit_section *sections;
    size_t num_sections;
    struct wf_elf_range *used; /* what headers describe; sorted, disjoint */
    size_t num_used;

    /* What changes. */
    const struct wf_elf_rename **renames; /* sorted by `from` */
    struct wf_elf_name *names;
    size_t num_names, cap_names;
    uint64_t appended_len; /* bytes behind the old .dynstr */
    struct wf_elf_entry *entries;
    size_t num_entries;
    bool changes_entries;
    struct wf_elf_need *needs;
    struct wf_bytes needs_table;
    size_t num_needs, num_kept_needs;
    bool changes_needs;
    uint8_t *dropped_versions; /* bit set over version indices, or NULL */
    struct wf_bytes versym;    /* when dropped_versions is set */
    bool drops_versym;
    bool clears_stack;

    struct wf_elf_layout layout;
};

/* elf_edit.c */
/* wf_elf_take_image reads all that an edit needs to know. */
WF_MUST_USE bool wf_elf_take_image(struct wf_elf_editor *e, struct wf_bytes bytes);

/* elf_edit_check.c */
/* wf_elf_check_result reads the written image: it must say what was planned. */
WF_MUST_USE bool wf_elf_check_result(struct wf_elf_editor *e,
                                     const struct wf_buffer *out);

/* elf_edit_dynamic.c */
void wf_elf_sort_renames(struct wf_elf_editor *e);
const struct wf_elf_rename *wf_elf_find_rename(const struct wf_elf_editor *e,
                                               struct wf_bytes name);
WF_MUST_USE bool wf_elf_plan_entries(struct wf_elf_editor *e);
/* wf_elf_tag_name names a dynamic tag for messages. */
const char *wf_elf_tag_name(struct wf_elf_editor *e, uint64_t tag);
/* What the value of a dynamic entry is. */
enum wf_elf_value {
    WF_ELF_VALUE_NUMBER,
    WF_ELF_VALUE_NAME,    /* an offset in .dynstr */
    WF_ELF_VALUE_TABLE,   /* the address of a table that may move */
    WF_ELF_VALUE_ADDRESS, /* any other address */
    WF_ELF_VALUE_UNKNOWN,
};
enum wf_elf_value wf_elf_value_of(uint64_t tag);

/* elf_edit_versions.c */
WF_MUST_USE bool wf_elf_plan_versions(struct wf_elf_editor *e);
void wf_elf_write_versions(const struct wf_elf_editor *e, struct wf_buffer *out);

/* elf_edit_strings.c */
/* wf_elf_want_name notes a name; `old_off` is the string it replaces, or WF_NO_OFF. */
size_t wf_elf_want_name(struct wf_elf_editor *e, const char *text, uint64_t old_off);
uint64_t wf_elf_name_off(const struct wf_elf_editor *e, size_t name);
/* wf_elf_name_at is the string at an offset of .dynstr, without its NUL; false when none
 * starts and ends inside. */
WF_MUST_USE bool wf_elf_name_at(struct wf_bytes *out, const struct wf_elf_editor *e,
                                uint64_t off);
WF_MUST_USE bool wf_elf_place_names(struct wf_elf_editor *e);

/* elf_edit_users.c: who else uses a string of .dynstr. */
/* wf_elf_run is the bytes between two NULs of .dynstr. */
struct wf_elf_run {
    uint64_t off;
    uint64_t end; /* of the NUL that ends it */
    bool is_used;
    bool is_taken;
};
/* wf_elf_mark_users marks the runs (sorted, disjoint) that something goes on using.  False:
 * not everybody who uses .dynstr is known. */
bool wf_elf_mark_users(const struct wf_elf_editor *e, struct wf_elf_run *runs,
                       size_t num);

/* wf_elf_owns_strings tells whether .dynstr is the dynamic section's alone: once it has
 * moved, nobody looks at its old place. */
bool wf_elf_owns_strings(const struct wf_elf_editor *e);

/* elf_edit_sections.c */
WF_MUST_USE bool wf_elf_take_sections(struct wf_elf_editor *e);
bool wf_elf_has_bytes(const struct wf_elf_edit_section *section);
/* wf_elf_section_name is for messages: ".text", or "section 5". */
const char *wf_elf_section_name(struct wf_elf_editor *e, size_t idx);
/* wf_elf_section_at is the index of the section of `type` at a file offset, or WF_NO_IDX. */
size_t wf_elf_section_at(const struct wf_elf_editor *e, uint32_t type, uint64_t off);
/* wf_elf_gap_behind is the length of the run of zeros from `off` to the next part of the
 * file that a header describes; 0 when `off` is inside such a part, or nothing follows. */
uint64_t wf_elf_gap_behind(const struct wf_elf_editor *e, uint64_t off);
bool wf_elf_is_zero(struct wf_bytes bytes);
/* wf_elf_write_sections updates headers and symbols; the table stands in its new place. */
void wf_elf_write_sections(const struct wf_elf_editor *e, struct wf_buffer *out);

/* elf_edit_around.c */
enum wf_elf_mobility {
    WF_ELF_MOVES,
    WF_ELF_MOVES_ALONE, /* the section header table; .dynamic */
    WF_ELF_STAYS,
};

/* wf_elf_part is one part of the file that a header or an entry refers to. */
struct wf_elf_part {
    struct wf_elf_range range;
    enum wf_elf_mobility mobility;
    bool is_section; /* or the section header table itself */
    size_t idx;      /* of the section or program header */
    uint64_t align;
};

struct wf_elf_parts {
    struct wf_elf_editor *e;
    struct wf_elf_part *items; /* in file order */
    size_t num;
    const struct wf_elf_segment *host; /* the PT_LOAD that holds the table */
};

/* wf_elf_collect_parts fills items: from the section headers, without them from what the
 * dynamic section points at. */
void wf_elf_collect_parts(struct wf_elf_parts *p);

/* wf_elf_is_frame: segments that only frame others, or have no bytes of their own. */
bool wf_elf_is_frame(uint32_t type);

/* elf_edit_head.c */
/* wf_elf_plan_table makes room for `num` more program headers: fills `block` and what
 * belongs to it. */
WF_MUST_USE bool wf_elf_plan_table(struct wf_elf_editor *e, size_t num);

/* elf_edit_room.c */
WF_MUST_USE bool wf_elf_find_room(struct wf_elf_editor *e);

/* elf_edit_write.c */
void wf_elf_write_image(const struct wf_elf_editor *e, struct wf_buffer *out);
/* wf_elf_new_off and wf_elf_new_vaddr are where what stood at an old offset or address
 * stands now, as far as the block behind the table goes. */
uint64_t wf_elf_new_off(const struct wf_elf_layout *l, uint64_t off);
uint64_t wf_elf_new_vaddr(const struct wf_elf_layout *l, uint64_t vaddr);
bool wf_elf_in_block(const struct wf_elf_layout *l, uint64_t vaddr);

#endif
