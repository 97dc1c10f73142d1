/* plan.h -- a repair as data: what is grafted, edited, dropped, kept, and why; or why there
 * is none.  Made from a report and options alone; nothing is written, and of the system only
 * the libraries to graft are read (for their digests). */
#ifndef WF_REPAIR_PLAN_H
#define WF_REPAIR_PLAN_H

#include "object/elf_edit.h"
#include "object/macho_edit.h"
#include "object/pe_edit.h"
#include "repair/packages.h"
#include "repair/repair.h"

enum wf_plan_kind {
    WF_PLAN_COPY, /* nothing to do: the file goes through byte for byte; `why` says so */
    WF_PLAN_REPAIR,  /* `members` is the new wheel */
    WF_PLAN_REFUSED, /* `refusals` say why, all of them */
};

enum wf_refusal_kind {
    WF_REFUSE_NEED,    /* an object asks for more than the policy grants */
    WF_REFUSE_MISSING, /* a library to graft was not found */
    WF_REFUSE_NEVER,   /* a library that is never bundled, and not granted */
    WF_REFUSE_PYTHON,  /* an executable needs libpython */
    WF_REFUSE_TAG,     /* --plat does not fit this wheel; or nothing to say auto from */
    WF_REFUSE_OBJECT,  /* no verdict about the native code: unreadable, foreign machine */
    WF_REFUSE_SEARCH,  /* an object needs a library, and no search path would find it */
    WF_REFUSE_NAME,    /* two members, or two libraries, would have one name */
    WF_REFUSE_ROOM,    /* a load command has no room for a longer name */
    WF_REFUSE_ARCH,    /* --check-archs, --require-archs: an architecture is missing */
    WF_REFUSE_TARGET,  /* the deployment target is older than what an object needs */
    WF_REFUSE_SIGN,    /* an edited slice must be signed, and cannot be */
    WF_REFUSE_PYTHON_FILE, /* a Python file has no place for the patch */
    WF_REFUSE_FUSE,        /* two wheels, or members of them, do not make one */
};
const char *
wf_refusal_kind_name(enum wf_refusal_kind kind); /* "symbol-version" style slugs */

struct wf_refusal {
    enum wf_refusal_kind kind;
    const char *object;         /* member path, or path of a library to graft; or NULL */
    const char *library;        /* or NULL */
    const char *symbol;         /* or NULL */
    const char *version;        /* or NULL */
    const char *text;           /* one sentence, no full stop */
    const char *advice;         /* what would help, or NULL */
    enum wf_reason reason;      /* of WF_REFUSE_NEED */
    const struct wf_edge *edge; /* the places tried for a missing library, or NULL */
};

/* How far a repair had to go for the header room of a slice; each is tried when the ones
 * before it do not do. */
enum wf_room_step {
    WF_ROOM_ENOUGH,       /* the plain names fit */
    WF_ROOM_REUSED_RPATH, /* by an rpath that was there */
    WF_ROOM_ADDED_RPATH,  /* by one rpath for all names */
    WF_ROOM_RECLAIMED,    /* commands that nothing needs went */
    WF_ROOM_SHORT_ID,     /* /DLC/ and eight digits */
    WF_ROOM_SHORT_FOLDER, /* the libraries went to a folder with a shorter name */
    WF_ROOM_SHORT,        /* it does not fit: the repair is refused */
};
const char *wf_room_step_name(enum wf_room_step step); /* "added-rpath" */

/* wf_plan_room is the header room of one slice, in bytes. */
struct wf_plan_room {
    int64_t before; /* as it stands */
    int64_t after;  /* of the edit; below zero it is short by so many */
    enum wf_room_step step;
};

/* wf_plan_edit is what changes in one image; `edit` is `{ 0 }`-like when it only moves or is
 * stripped.  `reasons` has one sentence for each change. */
struct wf_plan_edit {
    struct wf_elf_edit edit;
    const struct wf_macho_edit *macho; /* of a Mach-O file, all slices; NULL: it is ELF */
    const struct wf_plan_room *rooms;  /* of those slices */
    const struct wf_pe_edit *pe;       /* of a PE file, `{ 0 }` too; else NULL */
    bool strip; /* of a PE file: only when it has no room for its edit */
    struct wf_strings reasons;
};

/* wf_plan_graft is one library that comes into the wheel. */
struct wf_plan_graft {
    const struct wf_library *library;
    /* Mach-O: the slices of the file that objects of the wheel load; `library` is the
     * first of them. */
    const struct wf_library **slices;
    size_t num_slices;
    const char *from;        /* real path */
    struct wf_strings names; /* by which objects need it; sorted */
    const char *name;        /* file name in the wheel */
    const char *path;        /* member path: "demo.libs/libz-1a2b3c4d.so.1" */
    const char *soname;      /* as it will be; the install name of a dylib */
    bool keeps_name;         /* --no-mangle, --include: the name others know it by */
    uint32_t mode;           /* of the member: 0100755 or 0100644 */
    /* One with the same bytes and name, which stands for it; or NULL. */
    const struct wf_plan_graft *same_as;
    uint8_t sha256[WF_SHA256_LEN];    /* of the source file */
    uint64_t size;                    /* of the source file, bytes */
    uint32_t crc;                     /* of the source file: does it change under us? */
    const struct wf_package *package; /* that owns the source file, or NULL */
    struct wf_plan_edit change;
    /* Windows: member paths of further copies, beside modules that no patched package leads
     * to; `path` is the first place where one of these is all there is. */
    struct wf_strings copies;
};

/* wf_plan_file is a file that comes in as it is: X.pdb or X.lib from beside a bundled X.dll. */
struct wf_plan_file {
    const char *from; /* real path */
    const char *path; /* member path */
    uint64_t size;
    uint32_t crc;   /* does it change under us? */
    bool is_unread; /* nobody knows `crc` yet */
};

enum wf_plan_source {
    WF_FROM_WHEEL, /* copied compressed: `member` */
    WF_FROM_EDIT,  /* `member`, changed by `change` */
    WF_FROM_GRAFT, /* `graft` */
    WF_FROM_FILE,  /* `file` */
    WF_FROM_BYTES, /* `bytes`: WHEEL, a shim, a Python file with a patch in it */
    WF_FROM_FUSE,  /* `member` and `other_member`, of two wheels, as one universal file */
    WF_FROM_SBOM,  /* made while writing, when the digests of the grafts are known */
    WF_FROM_RECORD, /* made while writing, last */
    WF_FROM_LATER,  /* of a draft: what another program makes meanwhile */
};

/* wf_plan_member is one entry of the new wheel. */
struct wf_plan_member {
    const char *name;
    uint32_t mode; /* Unix mode with type bits, normalised */
    enum wf_plan_source source;
    const struct wf_zip_member *member;
    const struct wf_member_object *object; /* of an edited member */
    const struct wf_plan_edit *change;
    const struct wf_plan_graft *graft;
    const struct wf_plan_file *file;
    struct wf_bytes bytes;
    const struct wf_zip *zip; /* that `member` is in; NULL: the wheel of the report */
    const struct wf_zip_member *other_member; /* WF_FROM_FUSE: of `other_zip` */
    const struct wf_zip *other_zip;
};

/* wf_plan_drop is a member of the input that the new wheel does not have under its name. */
struct wf_plan_drop {
    const char *name;
    const char *why; /* "signs the old RECORD", "moved to demo.scripts/tool" */
};

struct wf_plan {
    struct wf_arena arena; /* owns all but what belongs to the report */
    const struct wf_report *report;
    const struct wf_report *other; /* of the wheel that is fused with it, or NULL */
    enum wf_plan_kind kind;
    const char *why; /* of WF_PLAN_COPY: one sentence; else NULL */
    struct wf_refusal *refusals;
    size_t num_refusals;
    struct wf_strings tags_before; /* platform tags of the file name */
    struct wf_strings tags_after;
    const char
        *policy_tag; /* the tag that decided what is grafted: "manylinux_2_17_x86_64" */
    const char *out_name;         /* file name of the result */
    const char *lib_dir;          /* "demo.libs", or NULL without grafts */
    struct wf_plan_graft *grafts; /* by path */
    size_t num_grafts;
    struct wf_plan_member *members; /* in the order they are written */
    size_t num_members;
    struct wf_plan_drop *drops; /* by name */
    size_t num_drops;
    /* Names that stay outside: what --exclude matches, what the host provides, what
     * --include-only does not name.  Sorted. */
    struct wf_strings left;
    /* Windows: members that get the patch which makes Python look into lib_dir, sorted; the
     * file in lib_dir for Pythons that need their DLLs loaded one by one, or NULL; and
     * symbols and import libraries, by path. */
    struct wf_strings patched;
    const char *load_order;
    struct wf_plan_file *files;
    size_t num_files;
    struct wf_finding *notes; /* what a person should know: warnings and notes */
    size_t num_notes;
};

/* wf_plan_make plans the repair of the wheel of `report` (not failed), which must outlive
 * the plan.  An answer of "no" is a plan of kind WF_PLAN_REFUSED; false is for what could
 * not be read (a library to graft), or takes more than a limit.  On success the caller ends
 * it with wf_plan_free. */
WF_MUST_USE bool wf_plan_make(struct wf_plan **out, struct wf_report *report,
                              const struct wf_repair_options *options,
                              struct wf_error *err);
void wf_plan_free(struct wf_plan *plan);

#endif
