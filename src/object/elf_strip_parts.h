/* elf_strip_parts.h -- between the files that strip: the sections of an image and what
 * becomes of them.  Internal to this folder.
 *
 * The order of work: wf_strip_open reads; wf_strip_choose and wf_strip_choose_symbols mark
 * what goes; wf_strip_renew makes the contents that change; wf_strip_place gives every byte
 * its new offset; wf_strip_write copies.  Nothing is written before everything was checked. */
#ifndef WF_OBJECT_ELF_STRIP_PARTS_H
#define WF_OBJECT_ELF_STRIP_PARTS_H

#include "object/elf_format.h"
#include "object/elf_strip.h"
#include "object/strip_names.h"

/* wf_strip_section is one section, from what the image says to what will be written. */
struct wf_strip_section {
    struct wf_elf_section header;
    struct wf_bytes content; /* borrowed from the image, or renewed in the arena; empty
                                for sections without bytes */
    uint64_t header_off;     /* of the old section header, for errors */
    bool goes;
    bool renewed;  /* `content` is in the arena */
    bool in_place; /* the bytes lie in a range and move with it */
    uint32_t new_idx;
};

/* wf_strip_range is a run of file bytes that keeps together: what segments hold. */
struct wf_strip_range {
    uint64_t start; /* in the old file */
    uint64_t end;
    uint64_t moved; /* by so much it moves towards the start */
};

/* wf_strip is one image being stripped.  `{ 0 }` is empty; wf_strip_clear ends it. */
struct wf_strip {
    struct wf_elf_image image;
    struct wf_arena arena;
    struct wf_strip_section *sections;
    size_t num_sections; /* with the one that is added */
    size_t num_old;      /* the image's own */
    size_t num_kept;
    bool sections_agree; /* with the program headers (section_differences) */
    size_t names_idx;    /* the section of section names; 0: none */
    struct wf_strip_names section_names;

    size_t symbols_idx;  /* .symtab when it stays; 0: none */
    size_t extended_idx; /* its SHT_SYMTAB_SHNDX, or 0 */
    size_t num_symbols;  /* in .symtab as it stands */
    size_t num_kept_symbols;
    uint32_t *symbol_to; /* new index of each old symbol; 0: it goes, or is the first */
    bool *symbol_used;   /* by a relocation or a group that stays */
    struct wf_strip_names symbol_names;

    struct wf_strip_range *ranges; /* ascending, without overlap; the first starts at 0 */
    size_t num_ranges;
    size_t cap_ranges;
    bool is_debug_file;    /* PT_LOADs lose their bytes */
    uint64_t sections_off; /* where the section headers will stand */
};

/* wf_strip_open reads headers, segments and sections.  num_old is 0 for an image without
 * section headers.  WF_ERR_REFUSED for files that no loader maps (wf_object_is_judged). */
WF_MUST_USE bool wf_strip_open(struct wf_strip *s, struct wf_bytes image,
                               struct wf_error *err);
void wf_strip_clear(struct wf_strip *s);

/* wf_strip_name is the name of a section and all that follows it in the table. */
struct wf_bytes wf_strip_name(const struct wf_strip *s, size_t idx);
bool wf_strip_is_named(const struct wf_strip *s, size_t idx, const char *name);

/* wf_strip_old_idx is `idx` when it is a section of the image, else 0. */
size_t wf_strip_old_idx(const struct wf_strip *s, uint64_t idx);

/* wf_strip_choose marks the sections that go at `level`, and .gnu_debuglink when the image
 * is to be `relinked`. */
void wf_strip_choose(struct wf_strip *s, enum wf_strip_level level, bool relinked);

/* wf_strip_number numbers what stays; wf_strip_new_idx is then the index that an old one
 * becomes: 0 when the section goes; numbers that are no sections stay. */
void wf_strip_number(struct wf_strip *s);
uint32_t wf_strip_new_idx(const struct wf_strip *s, uint32_t idx);

/* Words for kinds of sections. */
bool wf_strip_is_loaded(const struct wf_strip_section *section);
bool wf_strip_is_relocations(const struct wf_strip_section *section);

/* wf_strip_check_contents refuses sections that stay and lie outside the file, and those
 * that together hold more bytes than it: only overlapping ones do. */
WF_MUST_USE bool wf_strip_check_contents(const struct wf_strip *s, struct wf_error *err);

/* wf_strip_choose_symbols decides which symbols of .symtab stay and numbers them; a table
 * that loses all goes, with its names.  Numbers the sections, too. */
WF_MUST_USE bool wf_strip_choose_symbols(struct wf_strip *s, enum wf_strip_level level,
                                         struct wf_error *err);

/* wf_strip_renew_symbols makes the new .symtab with its companions, relocations and
 * groups; before it wf_strip_renew_names packs both tables of names. */
WF_MUST_USE bool wf_strip_renew_names(struct wf_strip *s, struct wf_error *err);
WF_MUST_USE bool wf_strip_renew_symbols(struct wf_strip *s, struct wf_error *err);

/* wf_strip_symbol_section sets *out to the section that symbol `idx` of .symtab is in, or
 * to 0 when it is in none (undefined, absolute, common). */
WF_MUST_USE bool wf_strip_symbol_section(size_t *out, const struct wf_strip *s,
                                         size_t idx, const struct wf_elf_symbol *symbol,
                                         struct wf_error *err);

/* wf_strip_add_range records bytes that keep together; the ELF header and the program
 * headers always do.  wf_strip_place sorts and joins the ranges, moves each down by
 * multiples of `page` into room that became free, and places sections and their headers.
 * It refuses loaded sections outside every range that together are larger than the file. */
void wf_strip_add_range(struct wf_strip *s, uint64_t start, uint64_t len);
WF_MUST_USE bool wf_strip_place(struct wf_strip *s, uint64_t page, struct wf_error *err);

/* wf_strip_holds says whether those bytes of the old file are in a range. */
bool wf_strip_holds(const struct wf_strip *s, uint64_t off, uint64_t len);

/* wf_strip_moved is where an old offset went, with the range it is in or behind. */
uint64_t wf_strip_moved(const struct wf_strip *s, uint64_t off);

/* wf_strip_write appends the file to `out`; program headers follow their bytes. */
WF_MUST_USE bool wf_strip_write(struct wf_buffer *out, const struct wf_strip *s,
                                struct wf_error *err);

/* wf_strip_put writes a number of `len` bytes. */
void wf_strip_put(const struct wf_strip *s, uint8_t *at, uint64_t value, size_t len);

#endif
