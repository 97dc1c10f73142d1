/* toml_shim.h -- toml++ as C sees it: a document told as a sequence of events. */
#ifndef WF_BASE_TOML_SHIM_H
#define WF_BASE_TOML_SHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The numbers are those of enum wf_toml_kind, and one more that ends a table or array. */
enum wf_toml_shim_kind {
    WF_SHIM_STRING,
    WF_SHIM_INTEGER,
    WF_SHIM_FLOAT,
    WF_SHIM_BOOL,
    WF_SHIM_TIME,
    WF_SHIM_ARRAY,
    WF_SHIM_TABLE,
    WF_SHIM_END,
};

/* A value, before its children; a table's in the order of the file.  Texts are borrowed for
 * the call and not ended by a NUL. */
struct wf_toml_shim_event {
    enum wf_toml_shim_kind kind;
    const char *key; /* NULL outside a table */
    size_t key_len;
    uint32_t key_line;
    uint32_t line;
    uint32_t column;
    const char *string;
    size_t string_len;
    int64_t integer;
    double number;
    bool boolean;
    bool is_inline;
};

typedef void wf_toml_shim_take(void *context, const struct wf_toml_shim_event *event);

/* Where toml++ stopped, and its words, cut to the size. */
struct wf_toml_shim_fault {
    uint32_t line;
    uint32_t column;
    char text[512];
};

enum wf_toml_shim_answer { WF_SHIM_READ, WF_SHIM_FAULT, WF_SHIM_NO_MEMORY };

/* wf_toml_shim_read parses `text` and tells the root and all below it to `take`.  Nesting
 * must have been bounded before: both the parser and the telling recurse.  No exception
 * leaves it. */
enum wf_toml_shim_answer wf_toml_shim_read(const char *text, size_t len,
                                           wf_toml_shim_take *take, void *context,
                                           struct wf_toml_shim_fault *fault);

#ifdef __cplusplus
}
#endif

#endif
