/* assemble.h -- from members to a wheel under its name: draft, audit, repair. */
#ifndef WF_PACK_ASSEMBLE_H
#define WF_PACK_ASSEMBLE_H

#include "base/output.h"
#include "pack/bindings.h"
#include "pack/cargo_guess.h"
#include "repair/repair.h"

struct wf_assembly {
    const struct wf_build_asked *asked;
    const struct wf_bridge *bridge;
    const struct wf_triple *triple;
    const struct wf_core_metadata *metadata;
    const struct wf_compatibility *compatibility;
    enum wf_audit_mode audit;   /* never DEFAULT */
    const char *dist_info;      /* "demo-1.0.dist-info" */
    struct wf_content *content; /* all but WHEEL and RECORD */
    const char *python_abi;     /* "cp312-cp312", "py3-none" */
    const char *platform;       /* wf_platform_plain */
    struct wf_strings search;   /* folders of build scripts, -L of rustc flags */
    const char *entry_member;   /* the extension in the wheel, or NULL */
    const char *entry_module;   /* PyInit_<this> is expected in it */
    const char *tool_version;
    bool sbom; /* of grafted libraries */
    const char *out_dir;
    struct wf_cargo_guess *guess; /* confirmed before the wheel has a name; or NULL */
};

/* wf_assemble writes the members as an archive without a name, has it audited, repaired
 * where that is asked for (repair/: grafts, tags, shims, SBOM), and gives it its name; on
 * any failure nothing is left in out_dir.  *out is the path of the wheel.  Refusals are
 * WF_ERR_REFUSED: "Error ensuring manylinux_2_17 compliance: …". */
WF_MUST_USE bool wf_assemble(const char **out, struct wf_arena *arena,
                             const struct wf_assembly *assembly, struct wf_error *err);

/* wf_assembly_file_name is the wheel's name for the platforms given. */
const char *wf_assembly_file_name(struct wf_arena *arena,
                                  const struct wf_assembly *assembly,
                                  const struct wf_strings *platforms);

/* wf_draft_write writes the members and RECORD as an archive into `output`, deflated by
 * workers.  Same members, same bytes, any number of threads.  *known (or NULL; owned by
 * the content's arena) are the digests of long members. */
WF_MUST_USE bool wf_draft_write(struct wf_output *output, struct wf_known_digests *known,
                                struct wf_pool *pool, const struct wf_assembly *assembly,
                                const struct wf_repair_options *options,
                                struct wf_error *err);

#endif
