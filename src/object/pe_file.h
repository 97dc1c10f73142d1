/* pe_file.h -- headers, sections and directories of a PE file: the one place where they are
 * taken apart, and where RVAs become offsets.  Internal to this folder; reader, editor and
 * stripper build on it. */
#ifndef WF_OBJECT_PE_FILE_H
#define WF_OBJECT_PE_FILE_H

#include "object/pe.h"

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
    uint32_t virtual_size;
    uint32_t address; /* RVA */
    uint32_t raw_size;
    uint32_t raw_off;
    uint32_t flags;
    struct wf_bytes bytes; /* what the file has of it */
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

/* wf_pe_open reads the headers.  What no loader accepts is WF_ERR_MALFORMED. */
WF_MUST_USE bool wf_pe_open(struct wf_pe_file *out, struct wf_arena *arena,
                            struct wf_bytes bytes, struct wf_error *err);

/* wf_pe_at is what the file has from `rva` on, up to the end of its section's bytes (or of
 * the headers): the one way from RVAs to bytes.  WF_ERR_MALFORMED, naming `what`, for an RVA
 * without bytes in the file. */
WF_MUST_USE bool wf_pe_at(struct wf_bytes *out, const struct wf_pe_file *file,
                          uint32_t rva, const char *what, struct wf_error *err);

/* wf_pe_text is the string at `rva`, at most 512 bytes and its NUL. */
WF_MUST_USE bool wf_pe_text(const char **out, struct wf_arena *arena,
                            const struct wf_pe_file *file, uint32_t rva, const char *what,
                            struct wf_error *err);

/* wf_pe_checksum is the right checksum of a file whose field is at `field_off`. */
uint32_t wf_pe_checksum(struct wf_bytes bytes, uint64_t field_off);

#endif
