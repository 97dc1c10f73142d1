/* json_keys.c -- keys with their values (see json_keys.h). */
#include "base/json_keys.h"

void
wf_key_string(struct wf_json_writer *w, const char *key, const char *text)
{
    wf_json_write_key(w, key);
    wf_json_write_string(w, text);
}

void
wf_key_bool(struct wf_json_writer *w, const char *key, bool value)
{
    wf_json_write_key(w, key);
    wf_json_write_bool(w, value);
}

void
wf_key_number(struct wf_json_writer *w, const char *key, uint64_t value)
{
    wf_json_write_key(w, key);
    wf_json_write_u64(w, value);
}

void
wf_key_object(struct wf_json_writer *w, const char *key)
{
    wf_json_write_key(w, key);
    wf_json_begin_object(w);
}

void
wf_key_array(struct wf_json_writer *w, const char *key)
{
    wf_json_write_key(w, key);
    wf_json_begin_array(w);
}

void
wf_write_strings(struct wf_json_writer *w, const struct wf_strings *list)
{
    for (size_t i = 0; i < list->num; i++)
        wf_json_write_string(w, list->items[i]);
}

void
wf_key_strings(struct wf_json_writer *w, const char *key, const struct wf_strings *list)
{
    wf_key_array(w, key);
    wf_write_strings(w, list);
    wf_json_end_array(w);
}
