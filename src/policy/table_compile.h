/* table_compile.h -- what the programs that turn a file of policies/ into C tables share.
 * They run while the project is built; nothing of this is in wheelfix. */
#ifndef WF_POLICY_TABLE_COMPILE_H
#define WF_POLICY_TABLE_COMPILE_H

#include "base/buffer.h"
#include "base/json.h"

/* wf_table_emit writes the tables of one parsed file to `out`. */
typedef bool wf_table_emit(struct wf_buffer *out, const struct wf_json *root,
                           struct wf_error *err);

/* wf_table_main is the main function of such a program, called PROGRAM OUTPUT INPUT: the
 * output appears whole or not at all.  Returns the exit status. */
int wf_table_main(const char *program, wf_table_emit *emit, int argc, char **argv);

/* wf_table_wrong refuses a value (NULL: it is not there); returns false. */
bool wf_table_wrong(struct wf_error *err, const struct wf_json *value,
                    const char *expected);

/* wf_table_keys refuses what is no object, and keys that are not among `known`: one that
 * nobody reads is a mistake. */
WF_MUST_USE bool wf_table_keys(const struct wf_json *object, const char *const *known,
                               size_t num, struct wf_error *err);

/* wf_table_schema refuses a file that is not of schema 1. */
WF_MUST_USE bool wf_table_schema(const struct wf_json *root, struct wf_error *err);

/* wf_table_text is a text of plain ASCII without quotes, so that it is a C string as it
 * stands; borrowed from the value. */
WF_MUST_USE bool wf_table_text(const char **out, const struct wf_json *value,
                               struct wf_error *err);

/* wf_table_array is the array of this key, with at least one item; NULL with an error. */
const struct wf_json *wf_table_array(const struct wf_json *object, const char *key,
                                     struct wf_error *err);

#endif
