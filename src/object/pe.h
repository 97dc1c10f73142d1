/* pe.h -- what an object has only because it is PE: `wf_object.pe` points here.
 * Format: Microsoft's "PE Format", <winnt.h>.  RVAs are offsets from the image base in
 * memory; other offsets are those of the file. */
#ifndef WF_OBJECT_PE_H
#define WF_OBJECT_PE_H

#include "object/object.h"

/* How an image comes to need another one: the entry of `needed` with the same index. */
enum wf_pe_need_kind {
    WF_PE_IMPORT,  /* the import directory: loaded with the image */
    WF_PE_DELAY,   /* the delay-import directory: loaded at the first call */
    WF_PE_FORWARD, /* an export that lives in another DLL; loaded when it is looked up */
};

/* wf_pe_need is one need.  `needed` has import descriptors first, then delay imports, both in
 * table order with repetitions, then forwarders, each DLL once, in the order they are met,
 * with ".dll" put behind a name without any dot, as the loader does. */
struct wf_pe_need {
    enum wf_pe_need_kind kind;
    bool is_va; /* a delay descriptor of the first form: addresses, not RVAs */
    uint32_t num_symbols;
};

enum wf_pe_hybrid {
    WF_PE_PLAIN,
    WF_PE_ARM64EC, /* machine amd64 with hybrid metadata: for x64 processes on arm64 */
    WF_PE_ARM64X,  /* machine arm64 with hybrid metadata: for both kinds of process */
};

/* wf_pe_fault is something about the image that a loader or a tool may stumble over.  Each
 * rule is there at most once; its text tells the first place and how many more there are:
 *
 *   pe-bound         imports are bound to DLLs of other times and names
 *   pe-certificate   a signature that cannot be valid by its form
 *   pe-checksum      a checksum that is there and wrong
 *   pe-debug         debug information outside of the file
 *   pe-forwarder     an export forwarded to no DLL
 *   pe-image-size    sections end behind SizeOfImage: no loader takes that
 *   pe-integrity     FORCE_INTEGRITY: not loaded without a valid signature
 *   pe-load-flags    DependentLoadFlags: DLLs are not looked for everywhere
 *   pe-name-odd      a DLL's name with spaces, control characters or not in ASCII
 *   pe-name-path     a DLL's name with a folder or a drive
 *   pe-sections      sections overlap, leave gaps or claim more than the file has
 *   pe-symbols       COFF symbols outside of the file
 *   pe-unterminated  a table without an end */
struct wf_pe_fault {
    const char *rule;
    const char *text; /* one phrase: what, and where */
};

struct wf_pe {
    uint16_t machine;
    uint16_t characteristics; /* 0x2000: a DLL */
    uint16_t
        dll_characteristics; /* 0x20 high entropy, 0x40 ASLR, 0x80 integrity, 0x100 NX,
                                     0x4000 CFG */
    uint16_t subsystem;
    uint8_t linker_major;
    uint8_t linker_minor;
    uint16_t os_major; /* MajorSubsystemVersion: the oldest Windows it says it runs on */
    uint16_t os_minor;
    enum wf_pe_hybrid hybrid;
    bool is_dotnet;      /* has a CLR header */
    bool is_il_only;     /* … and no native code of its own */
    bool is_any_machine; /* … and runs wherever .NET does, whatever `machine` is */
    const struct wf_pe_need *needs; /* as many as the object's `needed` */
    bool has_bound_imports;

    uint32_t checksum;             /* as it stands; 0 is "none" */
    uint32_t right_checksum;       /* as it should be; 0 when there is none */
    uint16_t dependent_load_flags; /* of the load configuration; 0 without one */
    uint32_t guard_flags;
    uint64_t certificate_off; /* 0 without one */
    uint64_t certificate_len;
    const char
        *certificate_fault; /* why it cannot be valid, one phrase; NULL: by its form it
                                      may be (nobody's key is checked) */
    uint64_t
        overlay_off; /* behind the last section's bytes and what belongs to headers */
    uint64_t overlay_len; /* without the certificate */
    uint32_t num_coff_symbols;
    const char *pdb; /* path in the CodeView record, or NULL; its identity, as symbol
                        servers write it, is the object's `build_id` */

    /* Room for names: the largest run of zeros behind a section's bytes that may take them,
     * and for one more section header. */
    uint32_t padding;
    bool has_header_room;
    const struct wf_pe_fault *faults;
    size_t num_faults;
};

/* wf_pe_machine_name is "amd64", "arm64", "x86", …; NULL when unknown. */
const char *wf_pe_machine_name(uint16_t machine);

/* wf_is_vc_runtime: vcruntime140.dll, msvcp140_1.dll, concrt140.dll, mfc140u.dll, …; without
 * case, and also under the name that a repair gave it, msvcp140-<32 digits>.dll. */
bool wf_is_vc_runtime(const char *name);

/* wf_is_debug_runtime: those of them that debug builds are linked with, likewise:
 * vcruntime140d.dll, msvcp140_1d.dll, mfc140ud.dll, ucrtbased.dll, …. */
bool wf_is_debug_runtime(const char *name);

#endif
