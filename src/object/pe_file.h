/* pe_file.h -- headers, sections and directories of a PE file: the one place where they are
 * taken apart, and where RVAs become offsets.  Internal to this folder; reader, editor and
 * stripper build on it. */
#ifndef WF_OBJECT_PE_FILE_H
#define WF_OBJECT_PE_FILE_H

#include "object/pe.h"
#include "object/pe_format.h"

enum wf_pe_directory {
    WF_PE_DIR_EXPORT,
    WF_PE_DIR_IMPORT,
    WF_PE_DIR_RESOURCE,
    WF_PE_DIR_EXCEPTION,
    WF_PE_DIR_SECURITY, /* its address is a file offset */
    WF_PE_DIR_RELOCATION,
    WF_PE_DIR_DEBUG,
    WF_PE_DIR_ARCHITECTURE,
    WF_PE_DIR_GLOBAL_POINTER,
    WF_PE_DIR_TLS,
    WF_PE_DIR_LOAD_CONFIG,
    WF_PE_DIR_BOUND_IMPORT,
    WF_PE_DIR_IAT,
    WF_PE_DIR_DELAY_IMPORT,
    WF_PE_DIR_CLR,
    WF_PE_NUM_DIRECTORIES,
};

struct wf_pe_range {
    uint32_t address; /* RVA; of the security directory a file offset */
    uint32_t size;
};

struct wf_pe_section {
    char name[9];
    uint32_t virtual_size; /* as it stands; 0 stands for raw_size */
    uint32_t address;      /* RVA */
    uint32_t raw_size;
    uint32_t raw_off; /* as it stands; loaders round it down to 512, see `bytes` */
    uint32_t flags;
    struct wf_bytes bytes; /* what the file has of it, from the rounded offset on; images
                              with smaller alignments have theirs at `raw_off` itself */
    uint64_t header_off;
};

/* wf_pe_file is a view: it points into `bytes`. */
struct wf_pe_file {
    struct wf_bytes bytes;
    bool is_plus;          /* PE32+ */
    uint64_t coff_off;     /* of the COFF header, behind "PE\0\0" */
    uint64_t optional_off; /* of the optional header */
    uint16_t optional_len;
    uint16_t machine;
    uint32_t symbols_off; /* PointerToSymbolTable */
    uint32_t num_symbols;
    uint16_t characteristics;
    uint64_t image_base;
    uint32_t section_align;
    uint32_t file_align;
    uint32_t image_size;
    uint32_t headers_size;
    uint64_t checksum_off;
    uint64_t directories_off;
    uint32_t num_directories; /* at most 16, and as many as the header has room for */
    struct wf_pe_range directories[WF_PE_NUM_DIRECTORIES]; /* absent ones are zero */
    uint64_t sections_off;
    struct wf_pe_section *sections; /* in table order */
    size_t num_sections;            /* at most 96 */
};

/* wf_pe_open reads the headers.  What no loader accepts is WF_ERR_MALFORMED: no PE header at
 * a multiple of 4, more than 96 sections, alignments that are no powers of two, a PE32 header
 * for a 64-bit machine.  Sections may overlap, leave gaps and claim more than the file has:
 * wf_pe_at copes, and the reader of objects says so. */
WF_MUST_USE bool wf_pe_open(struct wf_pe_file *out, struct wf_arena *arena,
                            struct wf_bytes bytes, struct wf_error *err);

/* wf_pe_mapped_size is how much memory a section takes: whole pages. */
uint64_t wf_pe_mapped_size(const struct wf_pe_section *section);

/* wf_pe_find_section is the section whose memory holds `rva`, the first of several; NULL in
 * the headers, between sections, and in images whose sections are not mapped on their own. */
const struct wf_pe_section *wf_pe_find_section(const struct wf_pe_file *file,
                                               uint32_t rva);

/* wf_pe_view is memory from an RVA on, up to the end of its section (or of the headers): the
 * bytes that the file has, then zeros. */
struct wf_pe_view {
    struct wf_bytes bytes;
    uint64_t num_zeros;
};

/* wf_pe_place is where in memory something is said to be. */
struct wf_pe_place {
    uint32_t rva;
    uint64_t field;   /* the place in the file that says so: errors are about it … */
    const char *what; /* … and call it this */
};

/* wf_pe_directory_place is where a directory is said to be. */
struct wf_pe_place wf_pe_directory_place(const struct wf_pe_file *file,
                                         enum wf_pe_directory directory,
                                         const char *what);

/* wf_pe_place_of makes an RVA of an address in an image that is said to be at `base` (of an
 * RVA when that is 0).  WF_ERR_MALFORMED when it is none of this image's. */
WF_MUST_USE bool wf_pe_place_of(struct wf_pe_place *out, uint64_t address, uint64_t base,
                                uint64_t field, const char *what, struct wf_error *err);

/* wf_pe_map is the one way from RVAs to bytes.  Images with a section alignment below the
 * page are mapped as the file is.  WF_ERR_MALFORMED, at the place's field, for an RVA outside
 * of headers and sections. */
WF_MUST_USE bool wf_pe_map(struct wf_pe_view *out, const struct wf_pe_file *file,
                           struct wf_pe_place place, struct wf_error *err);

/* wf_pe_at is its bytes alone; WF_ERR_MALFORMED, too, when there are none. */
WF_MUST_USE bool wf_pe_at(struct wf_bytes *out, const struct wf_pe_file *file,
                          struct wf_pe_place place, struct wf_error *err);

/* Limits on names: file systems' are far below the first, and compilers cut the names of
 * symbols below the second. */
enum { WF_PE_LONGEST_DLL_NAME = 512, WF_PE_LONGEST_SYMBOL_NAME = 1 << 16 };

/* wf_pe_string is the string at `place` without its NUL, of at most `most` bytes; a view. */
WF_MUST_USE bool wf_pe_string(struct wf_bytes *out, const struct wf_pe_file *file,
                              struct wf_pe_place place, size_t most,
                              struct wf_error *err);

/* wf_pe_checksum is the right checksum of a file whose field is at `field_off`: of all its
 * bytes, whatever stands in the field. */
uint32_t wf_pe_checksum(struct wf_bytes bytes, uint64_t field_off);

#endif
