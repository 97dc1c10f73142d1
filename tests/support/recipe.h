/* recipe.h -- archives and wheels described in JSON, so that a review can read them.
 *
 * A recipe is one object:
 *
 *   "about"    what is odd about it, one sentence (required)
 *   "wheel"    {"name", "version", "tags": [triples], "build", "root_is_purelib",
 *              "metadata": text, "dist_info": name, "without": [names]}: adds METADATA,
 *              WHEEL and a right RECORD to the members, except where a member of that
 *              name is given or "without" lists it, and names the file
 *   "members"  a list of
 *       "name"         bytes (see below)
 *       "text", "hex", "zeros", "archive", "elf" or "macho", and "times"   the content:
 *                      empty without any
 *       "method"       "deflate" (default) or "stored"
 *       "raw"          bytes stored in place of the deflated content
 *       "mode"         Unix mode, as "100755"
 *       "utf8"         true: sets the flag for a UTF-8 name
 *       "descriptor"   "magic", "plain", "magic64" or "plain64"
 *       "descriptor_fields", "local", "central"   {field: number} put over what is right
 *       "local_name"   bytes, when unlike the name
 *       "extra"        bytes of extra fields in both headers; "local_extra" and
 *                      "central_extra" in one
 *       "comment", "before", "after"   bytes
 *       "only"         "local" or "central": the other header is left out
 *   "prefix" (with "counts_prefix": true when offsets count from it), "before_central",
 *   "before_end", "comment", "suffix"   bytes
 *   "end", "zip64" {"end", "locator"}   {field: number}
 *   "poke"     [{"at": offset, "hex": bytes}]: put over the finished archive
 *   "truncate" length the archive is cut to
 *   "expect"   what a test asserts; not read here
 *
 * Bytes are a string (its UTF-8), or an object with one of "text", "hex" (blanks ignored),
 * "zeros" (a count), "archive" (a recipe), "elf" (see elf_builder.h) and "macho" (see
 * macho_builder.h); "times" beside it repeats it.  Numbers may be -1 for all ones.  The
 * fields of headers are those of zip_builder.h.  A key that is not listed here is an
 * error. */
#ifndef WF_TESTS_RECIPE_H
#define WF_TESTS_RECIPE_H

#include "base/arena.h"
#include "base/json.h"

/* wf_test_recipe is a recipe and what it makes. */
struct wf_test_recipe {
    struct wf_arena arena;
    struct wf_json *json;
    struct wf_buffer bytes; /* the archive */
    const char *file_name;  /* of a wheel; NULL without "wheel" */
};

/* wf_test_recipe_parse makes the archive that `text` describes; _read does so for a file.
 * Either way the caller clears *out, also after a failure. */
WF_MUST_USE bool wf_test_recipe_parse(struct wf_test_recipe *out, struct wf_bytes text,
                                      struct wf_error *err);
WF_MUST_USE bool wf_test_recipe_read(struct wf_test_recipe *out, const char *path,
                                     struct wf_error *err);
void wf_test_recipe_clear(struct wf_test_recipe *recipe);

#endif
