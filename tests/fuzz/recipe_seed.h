/* recipe_seed.h -- seeds that are recipes: an input that begins with '{' is built first, and
 * the mutator turns such a seed into the file it describes.  Included by one target each,
 * which says how a recipe is built and what holds for the file. */
#ifndef WF_FUZZ_RECIPE_SEED_H
#define WF_FUZZ_RECIPE_SEED_H

#include <string.h>

#include "base/json.h"
#include "promise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max_len, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t len, size_t max_len) __attribute__((weak));

/* The target's own: the recipe as a file, and the check of a file. */
static bool build(struct wf_buffer *out, const uint8_t *data, size_t len);
static void check_file(const uint8_t *data, size_t len, bool is_recipe);

typedef bool image_builder(const struct wf_json *recipe, struct wf_buffer *out,
                           struct wf_error *err);

/* build_image is `build` for recipes of one image. */
static inline bool
build_image(struct wf_buffer *out, const uint8_t *data, size_t len,
            image_builder *from_json)
{
    struct wf_json *recipe = NULL;
    struct wf_error err = { 0 };
    bool ok = false;

    if (wf_json_parse(&recipe, wf_bytes_of(data, len), &err))
        ok = from_json(recipe, out, &err);
    wf_json_free(recipe);
    return ok && !out->over;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct wf_buffer image;
    const bool is_recipe = len > 0 && data[0] == '{';

    wf_buffer_init(&image, 1 << 20);
    if (is_recipe) {
        expect(build(&image, data, len) || LLVMFuzzerMutate != NULL);
        data = image.data;
        len = image.len;
    }
    check_file(data, len, is_recipe);
    wf_buffer_clear(&image);
    return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max_len, unsigned seed)
{
    struct wf_buffer image;

    (void)seed;
    if (len == 0 || data[0] != '{')
        return LLVMFuzzerMutate(data, len, max_len);
    wf_buffer_init(&image, max_len);
    if (build(&image, data, len)) {
        len = image.len;
        memcpy(data, image.data, len);
    } else {
        /* A recipe that was changed or is too long: any image will do. */
        len = LLVMFuzzerMutate(data, len, max_len);
    }
    wf_buffer_clear(&image);
    return len;
}

#endif
