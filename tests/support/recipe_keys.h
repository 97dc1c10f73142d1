/* recipe_keys.h -- reading the keys of a recipe for a binary image. */
#ifndef WF_TESTS_SUPPORT_RECIPE_KEYS_H
#define WF_TESTS_SUPPORT_RECIPE_KEYS_H

#include "base/arena.h"
#include "base/json.h"

/* recipe_keys is one JSON object being read.  The first fault sticks: `failed` is asked once,
 * at the end. */
struct recipe_keys {
    struct wf_arena *arena;
    const struct wf_json *json;
    struct wf_error *err;
    const char *about; /* "PE recipe"; begins the error */
    const char *where; /* the header that lists the keys */
    bool failed;
};

/* recipe_fault keeps the fault `"key": expected …`; false. */
bool recipe_fault(struct recipe_keys *r, const char *key, const char *expected);

/* recipe_inside reads another object; its faults are handed back by recipe_leave. */
struct recipe_keys recipe_inside(const struct recipe_keys *r, const struct wf_json *json);
void recipe_leave(struct recipe_keys *r, const struct recipe_keys *inner);

/* recipe_check refuses all keys but these. */
void recipe_check(struct recipe_keys *r, const char *const *keys, size_t num);

/* The value of a key, or `other` when it is not there. */
const struct wf_json *recipe_get(struct recipe_keys *r, const char *key,
                                 enum wf_json_kind kind);
const char *recipe_text(struct recipe_keys *r, const char *key, const char *other);
uint64_t recipe_number(struct recipe_keys *r, const char *key, uint64_t other);
bool recipe_bool(struct recipe_keys *r, const char *key, bool other);
struct wf_bytes recipe_hex(struct recipe_keys *r, const char *key, struct wf_bytes other);

/* recipe_word is where in a list of words the text of `key` stands. */
size_t recipe_word(struct recipe_keys *r, const char *key, const char *const *words,
                   size_t num, size_t other);

/* recipe_version reads the numbers of a version such as "12.0.1"; those it does not have are
 * 0, and more than `num` are a fault. */
void recipe_version(struct recipe_keys *r, const char *key, const char *other,
                    uint32_t *parts, size_t num);

/* recipe_items makes room for the items of a list; no list is an empty one. */
void *recipe_items(struct recipe_keys *r, const struct wf_json **first, size_t *num,
                   const char *key, size_t size);

#endif
