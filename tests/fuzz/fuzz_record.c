/* fuzz_record.c -- any bytes are a RECORD whose rows are found by their paths and survive
 * being written and read again, or an error that says where. */
#include <string.h>

#include "base/buffer.h"
#include "wheel/record.h"

#include "promise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
add_quoted(struct wf_buffer *out, const char *field)
{
    wf_buffer_add_char(out, '"');
    for (; *field != '\0'; field++) {
        if (*field == '"')
            wf_buffer_add_char(out, '"');
        wf_buffer_add_char(out, *field);
    }
    wf_buffer_add_char(out, '"');
}

static void
write_record(struct wf_buffer *out, const struct wf_record *record)
{
    for (size_t i = 0; i < record->num_rows; i++) {
        const struct wf_record_row *row = &record->rows[i];

        add_quoted(out, row->path);
        wf_buffer_add_char(out, ',');
        add_quoted(out, row->hash);
        wf_buffer_add_char(out, ',');
        if (row->has_size)
            wf_buffer_printf(out, "%llu", (unsigned long long)row->size);
        wf_buffer_add_char(out, '\n');
    }
}

static bool
is_known_fault(const char *slug)
{
    for (size_t i = 0; i < wf_num_record_fault_slugs; i++) {
        if (strcmp(wf_record_fault_slugs[i], slug) == 0)
            return true;
    }
    return false;
}

/* The text of a hash says the same bytes as the row. */
static void
check_hash(const struct wf_record_row *row)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    char text[64] = "sha256=";
    char *end = text + strlen(text);
    uint32_t bits = 0;
    unsigned num_bits = 0;

    for (size_t i = 0; i < WF_SHA256_LEN; i++) {
        bits = bits << 8 | row->sha256[i];
        for (num_bits += 8; num_bits >= 6; num_bits -= 6)
            *end++ = letters[bits >> (num_bits - 6) & 63];
    }
    *end = letters[bits << (6 - num_bits) & 63];
    expect(strcmp(text, row->hash) == 0);
}

static void
check_row(const struct wf_record *record, size_t i)
{
    const struct wf_record_row *row = &record->rows[i];
    const struct wf_record_row *found = wf_record_find(record, row->path);

    expect(row->line > (i == 0 ? 0 : row[-1].line));
    expect(found != NULL && found <= row && strcmp(found->path, row->path) == 0);
    if (row->has_sha256)
        check_hash(row);
}

static void
check_order(const struct wf_record *record)
{
    for (size_t i = 0; i < record->num_rows; i++)
        expect(record->by_path[i] < record->num_rows);
    for (size_t i = 1; i < record->num_rows; i++) {
        const struct wf_record_row *a = &record->rows[record->by_path[i - 1]];
        const struct wf_record_row *b = &record->rows[record->by_path[i]];
        const int order = strcmp(a->path, b->path);

        expect(order < 0 || (order == 0 && a->line < b->line));
    }
}

static void
check_faults(const struct wf_record *record)
{
    expect(record->num_faults <= 1000);
    for (size_t i = 0; i < record->num_faults; i++) {
        const struct wf_record_fault *fault = &record->faults[i];

        expect(is_known_fault(fault->slug) && fault->line > 0);
        expect(fault->message != NULL && fault->message[0] != '\0');
    }
}

/* What was written says the same.  A row of other than three fields had neither size nor
 * hash for us; written with three it may have. */
static void
check_written(const struct wf_record *record)
{
    struct wf_record again = { 0 };
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };
    struct wf_buffer text;

    wf_buffer_init(&text, SIZE_MAX);
    write_record(&text, record);
    expect(wf_record_parse(&again, &arena, wf_buffer_bytes(&text), &err));
    expect(again.num_rows == record->num_rows);
    for (size_t i = 0; i < record->num_rows; i++) {
        const struct wf_record_row *a = &record->rows[i], *b = &again.rows[i];

        expect(strcmp(a->path, b->path) == 0 && strcmp(a->hash, b->hash) == 0);
        expect(a->has_size == b->has_size && a->size == b->size);
        expect(!a->has_sha256 ||
               (b->has_sha256 && memcmp(a->sha256, b->sha256, WF_SHA256_LEN) == 0));
    }
    wf_buffer_clear(&text);
    wf_arena_clear(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct wf_record record = { 0 };
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };

    if (wf_record_parse(&record, &arena, wf_bytes_of(data, len), &err)) {
        for (size_t i = 0; i < record.num_rows; i++)
            check_row(&record, i);
        check_order(&record);
        check_faults(&record);
        check_written(&record);
        /* A row takes two bytes of text at least. */
        expect(arena.used <= 64 * len + (1 << 20));
    } else {
        expect(record.rows == NULL);
        expect_reason(&err, len);
    }
    wf_arena_clear(&arena);
    return 0;
}
