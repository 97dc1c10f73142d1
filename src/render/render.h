/* render.h -- reports as text or JSON, into a buffer; nothing here prints. */
#ifndef WF_RENDER_RENDER_H
#define WF_RENDER_RENDER_H

#include "audit/audit.h"
#include "base/json.h"
#include "render/quote.h"

/* wf_text_style is how text for people looks. */
struct wf_text_style {
    bool colour;
    unsigned verbose; /* 0: the first few of long lists; 1 and more: all */
    unsigned width;   /* columns of the terminal, or 0: do not wrap */
};

/* wf_render_text appends the answer about one wheel for people: verdict and the wheel's
 * own tags, what a repair would reach and bundle, why not better, findings. */
void wf_render_text(struct wf_buffer *out, const struct wf_report *report,
                    const struct wf_audit_options *options,
                    const struct wf_text_style *style);

/* wf_render_json writes one wheel object of schema wheelfix.show/1 (wheelfix-json(5));
 * wf_render_json_keys only its keys, into an object the caller began and ends. */
void wf_render_json(struct wf_json_writer *w, const struct wf_report *report,
                    const struct wf_audit_options *options);
void wf_render_json_keys(struct wf_json_writer *w, const struct wf_report *report,
                         const struct wf_audit_options *options);

/* wf_render_auditwheel appends auditwheel's own JSON document for one wheel, and returns
 * whether auditwheel would have called it an answer: false for its `error` object. */
bool wf_render_auditwheel(struct wf_buffer *out, const struct wf_report *report,
                          const struct wf_audit_options *options);

/* wf_render_tree_text appends one dependency tree for people, every line `indent` columns
 * to the right: how each library was found, the places tried for those that were not.  A
 * library is opened out where the loader loads it first. */
void wf_render_tree_text(struct wf_buffer *out, const struct wf_tree *tree,
                         unsigned indent, const struct wf_text_style *style);

/* wf_render_tree_json writes one tree object of schema wheelfix.tree/1 (wheelfix-json(5)). */
void wf_render_tree_json(struct wf_json_writer *w, const struct wf_tree *tree);

#endif
