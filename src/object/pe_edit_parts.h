/* pe_edit_parts.h -- between the files of the PE editor: what is to be written over and what
 * needs room is listed first, then room is found, then the file is written at once and read
 * again.  Internal to this folder. */
#ifndef WF_OBJECT_PE_EDIT_PARTS_H
#define WF_OBJECT_PE_EDIT_PARTS_H

#include "object/pe_edit.h"
#include "object/pe_file.h"

/* wf_pe_item is new data that needs room: a name, or an export directory. */
struct wf_pe_item {
    uint8_t *data;
    uint32_t len;
    uint32_t align;
    uint32_t home;    /* an RVA in the section that is best: some tools look for names in
                           the section of their directory only */
    uint32_t self_at; /* if not 0: here in `data` stands its own address … */
    uint32_t self_plus; /* … and so much more */
    uint32_t rva;       /* given when room is found, as is: */
    uint64_t off;       /* in the new file */
};

/* wf_pe_change is bytes written over others: `data`, or the address of `item` plus `plus`
 * (then `len` is 4).  Offsets are those of the old file. */
struct wf_pe_change {
    uint64_t off;
    uint32_t rva; /* of the same place */
    uint32_t len;
    const uint8_t *data;
    const struct wf_pe_item *item;
    uint32_t plus;
};

/* wf_pe_name is a DLL's name in an import descriptor. */
struct wf_pe_name {
    bool is_delay;
    uint64_t base;        /* what is added to RVAs in the fields of this descriptor */
    struct wf_bytes text; /* a view */
    struct wf_bytes descriptor;
    uint32_t descriptor_rva;
};

struct wf_pe_name_list {
    struct wf_pe_name *items;
    size_t num;
    size_t cap;
};

/* wf_pe_forward is an exported function that another DLL has. */
struct wf_pe_forward {
    uint32_t index; /* in the address table */
    uint32_t rva;   /* of its text */
};

struct wf_pe_exports {
    bool is_there;
    struct wf_bytes header; /* 40 bytes */
    struct wf_bytes name;   /* empty when there is none */
    uint32_t table_rva;
    struct wf_bytes table; /* of addresses: what the file has of it */
    struct wf_pe_forward *forwards;
    size_t num_forwards;
    size_t cap_forwards;
};

/* wf_pe_tail is what stands behind the bytes of the sections. */
struct wf_pe_tail {
    uint64_t start;
    uint64_t end; /* of what is kept of it: the file, or where the certificate began */
    uint64_t certificate; /* [certificate, certificate_end): its bytes; 0 when they stand
                             elsewhere, or nowhere */
    uint64_t certificate_end;
    uint64_t symbols; /* COFF symbols and their strings, here or not; 0 without */
    uint64_t symbols_len;
    bool only_symbols; /* nothing else stands here */
    bool is_empty;     /* nothing does, but for padding */
};

/* wf_pe_move is the new section, if there is one. */
struct wf_pe_move {
    bool is_there;
    uint64_t insert;      /* the end of the section table, where … */
    uint64_t shift;       /* … so many bytes are put in */
    uint64_t headers_end; /* in the old file: the first section's bytes, at the latest */
    uint32_t rva;
    uint32_t len;      /* of its data */
    uint64_t raw_off;  /* in the new file */
    uint32_t raw_size; /* `len`, aligned */
    uint64_t keep_end; /* of the old file, what comes before it */
};

struct wf_pe_editor {
    struct wf_arena arena; /* ends with the edit */
    const struct wf_pe_edit *edit;
    struct wf_pe_file file;
    struct wf_error *err;

    const struct wf_pe_rename **renames; /* sorted by the old name, without case */
    size_t num_renames;
    struct wf_pe_item **new_names; /* side by side with `renames`; NULL when unused */

    struct wf_pe_name_list names;
    struct wf_pe_exports exports;
    struct wf_pe_item **items;
    size_t num_items;
    size_t cap_items;
    struct wf_pe_change *changes;
    size_t num_changes;
    size_t cap_changes;

    struct wf_bytes bound; /* the table of bound imports, if it goes */
    struct wf_pe_tail tail;
    struct wf_pe_move move;
    enum wf_pe_room room;
};

/* wf_pe_put_u32 and wf_pe_get_u32 are little endian, as all of PE. */
void wf_pe_put_u32(uint8_t *at, uint32_t value);
uint32_t wf_pe_get_u32(struct wf_bytes bytes, size_t off);
uint16_t wf_pe_get_u16(struct wf_bytes bytes, size_t off);

/* wf_pe_change_bytes plans to write `len` bytes of `data` (borrowed) over a place. */
void wf_pe_change_bytes(struct wf_pe_editor *e, uint64_t off, uint32_t rva,
                        const void *data, uint32_t len);
void wf_pe_change_u32(struct wf_pe_editor *e, uint64_t off, uint32_t rva, uint32_t value);

/* wf_pe_change_address plans to write an item's address plus `plus`. */
void wf_pe_change_address(struct wf_pe_editor *e, uint64_t off, uint32_t rva,
                          const struct wf_pe_item *item, uint32_t plus);

/* wf_pe_change_directory plans a new entry of a directory; address of `item` if not NULL. */
void wf_pe_change_directory(struct wf_pe_editor *e, enum wf_pe_directory directory,
                            const struct wf_pe_item *item, uint32_t size);

/* wf_pe_new_item adds zeroed data that needs room, best in the section of `home`. */
struct wf_pe_item *wf_pe_new_item(struct wf_pe_editor *e, uint32_t len, uint32_t align,
                                  uint32_t home);

/* wf_pe_find_rename looks a DLL's name up without case; false when it keeps its name. */
bool wf_pe_find_rename(size_t *out, const struct wf_pe_editor *e, struct wf_bytes name);

/* wf_pe_new_name is the item that holds the new name of a rename, for a descriptor at
 * `home`. */
const struct wf_pe_item *wf_pe_new_name(struct wf_pe_editor *e, size_t rename,
                                        uint32_t home);

/* wf_pe_list_names lists import descriptors, then delay-import descriptors. */
WF_MUST_USE bool wf_pe_list_names(struct wf_pe_name_list *out, struct wf_arena *arena,
                                  const struct wf_pe_file *file, struct wf_error *err);

/* wf_pe_list_exports finds the export directory and its forwarders. */
WF_MUST_USE bool wf_pe_list_exports(struct wf_pe_exports *out, struct wf_arena *arena,
                                    const struct wf_pe_file *file, struct wf_error *err);

/* wf_pe_forward_text is what stands where a forwarder leads: "dll.symbol"; a view. */
WF_MUST_USE bool wf_pe_forward_text(struct wf_bytes *out, const struct wf_pe_file *file,
                                    const struct wf_pe_exports *exports,
                                    const struct wf_pe_forward *forward,
                                    struct wf_error *err);

/* wf_pe_forwarded is a forwarder with another DLL in it: "dll.symbol". */
struct wf_pe_forwarded {
    struct wf_bytes dll;
    struct wf_bytes symbol;
};

/* wf_pe_find_forward tells what becomes of the text of a forwarder; false when it stays. */
bool wf_pe_find_forward(struct wf_pe_forwarded *out, const struct wf_pe_editor *e,
                        struct wf_bytes old);

/* The plan, part by part. */
WF_MUST_USE bool wf_pe_plan_imports(struct wf_pe_editor *e);
WF_MUST_USE bool wf_pe_plan_exports(struct wf_pe_editor *e);
WF_MUST_USE bool wf_pe_plan_load_flags(struct wf_pe_editor *e);
WF_MUST_USE bool wf_pe_plan_unbinding(struct wf_pe_editor *e);

/* wf_pe_load_flags gives the place of DependentLoadFlags; false without one. */
bool wf_pe_load_flags(struct wf_bytes *out, uint32_t *rva, const struct wf_pe_file *file);

/* wf_pe_check_dynamic refuses changes that a relocation for the other view of an ARM64X
 * image writes over. */
WF_MUST_USE bool wf_pe_check_dynamic(struct wf_pe_editor *e);

/* wf_pe_each_dynamic shows the places that those relocations write to, until `visit` says
 * false. */
typedef bool wf_pe_visit(void *context, uint32_t rva, uint32_t len);
WF_MUST_USE bool wf_pe_each_dynamic(struct wf_pe_editor *e, wf_pe_visit *visit,
                                    void *context);

/* wf_pe_check_integrity refuses images that may only be loaded with a true signature. */
WF_MUST_USE bool wf_pe_check_integrity(struct wf_pe_editor *e);

/* wf_pe_read_tail fills e->tail. */
void wf_pe_read_tail(struct wf_pe_tail *out, const struct wf_pe_file *file);

/* wf_pe_debug_pointer is the file offset in the nth debug entry, and where it stands; false
 * behind the last. */
struct wf_pe_debug {
    uint64_t field_off;
    uint32_t field_rva;
    uint32_t rva;
    uint32_t size;
    uint32_t raw_off;
};
bool wf_pe_debug_entry(struct wf_pe_debug *out, const struct wf_pe_file *file,
                       size_t nth);

/* wf_pe_find_padding gives every item a place in zeros behind the bytes of sections; false
 * when one has none. */
bool wf_pe_find_padding(struct wf_pe_editor *e);

/* wf_pe_add_section plans a new section for all items, or refuses. */
WF_MUST_USE bool wf_pe_add_section(struct wf_pe_editor *e);

/* wf_pe_write appends the new file. */
WF_MUST_USE bool wf_pe_write(struct wf_pe_editor *e, struct wf_buffer *out);

/* wf_pe_check_result reads the written file again and compares it with the plan. */
WF_MUST_USE bool wf_pe_check_result(struct wf_pe_editor *e, struct wf_bytes out);

/* wf_pe_check_stripped compares what the reader of objects says of the file before and after:
 * all of it stays. */
WF_MUST_USE bool wf_pe_check_stripped(struct wf_pe_editor *e, struct wf_bytes out);

#endif
