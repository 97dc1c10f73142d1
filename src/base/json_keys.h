/* json_keys.h -- a key and its value in one call. */
#ifndef WF_BASE_JSON_KEYS_H
#define WF_BASE_JSON_KEYS_H

#include "base/json.h"
#include "base/text.h"

/* wf_key_string writes a text (NULL: null), wf_key_strings an array of texts. */
void wf_key_string(struct wf_json_writer *w, const char *key, const char *text);
void wf_key_strings(struct wf_json_writer *w, const char *key,
                    const struct wf_strings *list);

/* wf_key_bool and wf_key_number write what they are called. */
void wf_key_bool(struct wf_json_writer *w, const char *key, bool value);
void wf_key_number(struct wf_json_writer *w, const char *key, uint64_t value);

/* wf_key_object and wf_key_array begin what the caller ends. */
void wf_key_object(struct wf_json_writer *w, const char *key);
void wf_key_array(struct wf_json_writer *w, const char *key);

/* wf_write_strings writes the texts alone, into an array the caller began. */
void wf_write_strings(struct wf_json_writer *w, const struct wf_strings *list);

#endif
