/* fuzz_zip.c -- any bytes are an archive that keeps the promises of zip_scan.h and that
 * another inflater reads alike, or an error that says where.
 *
 * Seeds are recipes of tests/support/recipe.h: an input that begins with '{' is built
 * first, and the mutator turns such a seed into the archive it describes. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "../support/recipe.h"
#include "../support/zip_reading.h"
#include "promise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max_len, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t len, size_t max_len) __attribute__((weak));

/* Small enough that no input takes long. */
enum { MEMBER_BYTES = 1 << 20, TOTAL_BYTES = 4 << 20 };

/* One file and one inflater serve every input. */
static struct zip_reading *
reading_of(struct wf_bytes bytes)
{
    static struct zip_reading reading;

    if (reading.stream != NULL) {
        expect(zip_reading_replace(&reading, bytes));
        return &reading;
    }
    expect(zip_reading_start(&reading, bytes));
    reading.limits.member_bytes = MEMBER_BYTES;
    reading.limits.total_bytes = TOTAL_BYTES;
    return &reading;
}

/* zlib takes the stored bytes for the same content, to the last byte. */
static void
check_inflated(struct wf_bytes stored, struct wf_bytes content)
{
    static uint8_t out[MEMBER_BYTES + 1];
    z_stream z = {
        .next_in = (Bytef *)(uintptr_t)stored.data,
        .avail_in = (uInt)stored.len,
        .next_out = out,
        .avail_out = sizeof out,
    };

    expect(inflateInit2(&z, -MAX_WBITS) == Z_OK);
    expect(inflate(&z, Z_FINISH) == Z_STREAM_END && z.avail_in == 0);
    expect(wf_bytes_equal(wf_bytes_of(out, z.total_out), content));
    inflateEnd(&z);
}

static void
check_member(struct zip_reading *r, const struct wf_zip_member *m, struct wf_bytes file)
{
    struct wf_bytes stored = { 0 };
    struct wf_error err = { 0 };

    expect(wf_zip_read(&r->out, &r->in, &r->zip, m, r->inflater, &err));
    const struct wf_bytes content = wf_buffer_bytes(&r->out);

    expect(content.len == m->size && m->size <= MEMBER_BYTES);
    expect(crc32(0, content.data, (uInt)content.len) == m->crc);
    expect(m->head_len == (content.len < 64 ? content.len : 64));
    expect(m->head_len == 0 || memcmp(m->head, content.data, m->head_len) == 0);
    expect(wf_bytes_slice(&stored, file, m->data_off, m->comp_size, "data", &err));
    if (m->method == WF_ZIP_DEFLATED)
        check_inflated(stored, content);
    else
        expect(m->method == WF_ZIP_STORED && wf_bytes_equal(stored, content));
}

/* The local headers may be checked in any ranges: member by member, last one first, the
 * answer is that of all at once. */
static void
check_ranges(struct zip_reading *r, bool all_ok)
{
    struct wf_error err = { 0 };
    bool ok = true;

    for (size_t i = r->zip.num_members; i-- > 0;)
        ok = wf_zip_check_local(&r->zip, i, 1, r->inflater, &err) && ok;
    expect(ok == all_ok);
}

static bool
read_all(struct zip_reading *r, struct wf_error *err)
{
    struct wf_zip *zip = &r->zip;

    if (!zip_reading_open(r, err))
        return false;
    const bool ok = wf_zip_check_local(zip, 0, zip->num_members, r->inflater, err);
    struct wf_error second = { 0 };

    expect(zip_reading_open(r, &second));
    check_ranges(r, ok);
    return ok && zip_reading_all(r, err);
}

static void
check_archive(struct wf_bytes file)
{
    struct zip_reading *r = reading_of(file);
    struct wf_error err = { 0 };

    if (!read_all(r, &err)) {
        expect_reason(&err, file.len);
        return;
    }
    expect(err.kind == WF_ERR_NONE);
    expect(zip_reading_broken(r) == NULL);
    expect(r->zip.total_size <= TOTAL_BYTES);
    for (size_t i = 0; i < r->zip.num_members; i++)
        check_member(r, &r->zip.members[i], file);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct wf_test_recipe recipe = { 0 };
    struct wf_error err = { 0 };

    if (len == 0 || data[0] != '{') {
        check_archive(wf_bytes_of(data, len));
        return 0;
    }
    if (wf_test_recipe_parse(&recipe, wf_bytes_of(data, len), &err))
        check_archive(wf_buffer_bytes(&recipe.bytes));
    else
        expect(LLVMFuzzerMutate != NULL); /* a seed is always right */
    wf_test_recipe_clear(&recipe);
    return 0;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t max_len, unsigned seed)
{
    struct wf_test_recipe recipe = { 0 };
    struct wf_error err = { 0 };

    (void)seed;
    if (len > 0 && data[0] == '{' &&
        wf_test_recipe_parse(&recipe, wf_bytes_of(data, len), &err) &&
        recipe.bytes.len <= max_len) {
        len = recipe.bytes.len;
        memcpy(data, recipe.bytes.data, len);
    } else {
        len = LLVMFuzzerMutate(data, len, max_len);
    }
    wf_test_recipe_clear(&recipe);
    return len;
}
