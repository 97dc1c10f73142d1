/* pe_read.h -- between the parts of the PE reader: one image on its way to an object.
 * Internal to this folder. */
#ifndef WF_OBJECT_PE_READ_H
#define WF_OBJECT_PE_READ_H

#include "object/pe_file.h"
#include "object/python_module.h"

/* wf_pe_reading is one image being read.  Arrays grow here and are handed over at the end. */
struct wf_pe_reading {
    struct wf_arena *arena;
    const struct wf_limits *limits;
    struct wf_pe_file file;
    struct wf_object *object;
    struct wf_pe *pe;

    struct wf_pe_need *needs;
    size_t cap_needed, cap_needs, cap_imports, cap_inits;
    bool has_python2_init, has_python3_init;
    /* Names and tables may overlap in the file; linkers' do not.  So many bytes of names may
     * be read, and so many table entries. */
    uint64_t names_budget;
    uint64_t entries_budget;

    /* At most one fault of each rule. */
    struct wf_pe_fault *faults;
    size_t num_faults, cap_faults;
};

/* wf_pe_read_imports lists needs and symbols of imports and of delay imports. */
WF_MUST_USE bool wf_pe_read_imports(struct wf_pe_reading *reading, struct wf_error *err);

/* wf_pe_read_exports counts what is offered, finds module functions, and lists the DLLs that
 * forwarders lead to. */
WF_MUST_USE bool wf_pe_read_exports(struct wf_pe_reading *reading, struct wf_error *err);

/* wf_pe_read_tables reads load configuration, CLR header and debug directory. */
WF_MUST_USE bool wf_pe_read_tables(struct wf_pe_reading *reading, struct wf_error *err);

/* wf_pe_read_layout tells what stands where: sections, symbols, overlay, certificate, room. */
void wf_pe_read_layout(struct wf_pe_reading *reading);

/* wf_pe_read_text finds the string at `place`, of at most `most` bytes and within the budget;
 * wf_pe_read_name copies it. */
WF_MUST_USE bool wf_pe_read_text(struct wf_bytes *out, struct wf_pe_reading *reading,
                                 struct wf_pe_place place, size_t most,
                                 struct wf_error *err);
WF_MUST_USE bool wf_pe_read_name(const char **out, struct wf_pe_reading *reading,
                                 struct wf_pe_place place, size_t most,
                                 struct wf_error *err);

/* wf_pe_spend takes `len` from a budget; WF_ERR_LIMIT, naming `what` and the place in the file
 * that asks for more, when it is used up. */
WF_MUST_USE bool wf_pe_spend(uint64_t *budget, uint64_t len, const char *what,
                             uint64_t off, struct wf_error *err);

/* wf_pe_add_need puts a DLL at the end of `needed`. */
void wf_pe_add_need(struct wf_pe_reading *reading, const char *name,
                    struct wf_pe_need need);

/* wf_pe_add_fault keeps a fault unless there is one of this rule; `rule` is static, `text`
 * lives as long as the arena. */
void wf_pe_add_fault(struct wf_pe_reading *reading, const char *rule, const char *text);

#endif
