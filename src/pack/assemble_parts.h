/* assemble_parts.h -- what the files of an assembly share. */
#ifndef WF_PACK_ASSEMBLE_PARTS_H
#define WF_PACK_ASSEMBLE_PARTS_H

#include "pack/assemble.h"

struct wf_assembling {
    const struct wf_assembly *assembly;
    struct wf_arena *arena;
    struct wf_audit_options audit;
    struct wf_known_digests known; /* of the draft */
    struct wf_repair_options options;
    struct wf_auditor *auditor;
    struct wf_output *output; /* the draft, without a name; NULL when it has one */
    const char *path;         /* of the wheel, when it has its name */
    bool ok;
    struct wf_error err;
};

/* wf_assembling_judge decides by the report what becomes of the draft: repaired under its
 * true tags (work->path is set then), named as it is (work->path stays NULL), or refused. */
WF_MUST_USE bool wf_assembling_judge(struct wf_assembling *work, struct wf_report *report,
                                     struct wf_error *err);

/* wf_assembling_entry: a library without a way in for Python is perhaps meant so, which is
 * warned of; one for another name never is: importing it fails, so it is refused. */
WF_MUST_USE bool wf_assembling_entry(const struct wf_assembling *work,
                                     const struct wf_object *object,
                                     struct wf_error *err);

/* wf_assembling_entry_unaudited likewise, of a wheel that nobody audits: the file that the
 * member comes from is read for this alone. */
WF_MUST_USE bool wf_assembling_entry_unaudited(const struct wf_assembling *work,
                                               struct wf_error *err);

/* wf_assembling_pypi refuses platforms that PyPI does not take, where that was asked. */
WF_MUST_USE bool wf_assembling_pypi(const struct wf_assembling *work,
                                    const struct wf_strings *platforms,
                                    struct wf_error *err);

#endif
