/* utf8.c -- the tables of UTF-8 and of invisible characters. */
#include "base/utf8.h"

#include <string.h>

/* The second byte decides about overlong forms, surrogates and the last code point; the
 * bounds are those of Unicode's table 3-7. */
struct lead_row {
    uint8_t first, last;               /* lead bytes of this row */
    uint8_t second_first, second_last; /* what may follow */
    uint8_t len;
};

static const struct lead_row leads[] = {
    { 0xC2, 0xDF, 0x80, 0xBF, 2 }, { 0xE0, 0xE0, 0xA0, 0xBF, 3 },
    { 0xE1, 0xEC, 0x80, 0xBF, 3 }, { 0xED, 0xED, 0x80, 0x9F, 3 },
    { 0xEE, 0xEF, 0x80, 0xBF, 3 }, { 0xF0, 0xF0, 0x90, 0xBF, 4 },
    { 0xF1, 0xF3, 0x80, 0xBF, 4 }, { 0xF4, 0xF4, 0x80, 0x8F, 4 },
};

size_t
wf_utf8_next(struct wf_bytes text, uint32_t *out)
{
    if (text.len == 0)
        return 0;
    const uint8_t lead = text.data[0];

    if (lead < 0x80) {
        *out = lead;
        return 1;
    }
    for (size_t i = 0; i < WF_COUNT(leads); i++) {
        const struct lead_row *row = &leads[i];

        if (lead < row->first || lead > row->last)
            continue;
        if (row->len > text.len || text.data[1] < row->second_first ||
            text.data[1] > row->second_last)
            return 0;
        uint32_t value = lead & (0x7Fu >> row->len);

        for (size_t j = 1; j < row->len; j++) {
            if ((text.data[j] & 0xC0) != 0x80)
                return 0;
            value = value << 6 | (text.data[j] & 0x3Fu);
        }
        *out = value;
        return row->len;
    }
    return 0;
}

/* Nearly all text here is ASCII: its length from the start, eight bytes at a time. */
static size_t
ascii_len(struct wf_bytes text)
{
    size_t len = 0;

    for (uint64_t word = 0; text.len - len >= sizeof word; len += sizeof word) {
        memcpy(&word, text.data + len, sizeof word);
        if ((word & UINT64_C(0x8080808080808080)) != 0)
            break;
    }
    while (len < text.len && text.data[len] < 0x80)
        len++;
    return len;
}

bool
wf_utf8_is_valid(struct wf_bytes text)
{
    for (;;) {
        text = wf_bytes_skip(text, ascii_len(text));
        if (text.len == 0)
            return true;
        uint32_t code_point = 0;
        const size_t len = wf_utf8_next(text, &code_point);

        if (len == 0)
            return false;
        text = wf_bytes_skip(text, len);
    }
}

/* Unicode 15: Cc, Cf, Zl, Zp and Default_Ignorable_Code_Point, sorted. */
static const uint32_t invisible[][2] = {
    { 0x0000, 0x001F },   { 0x007F, 0x009F },   { 0x00AD, 0x00AD },
    { 0x034F, 0x034F },   { 0x0600, 0x0605 },   { 0x061C, 0x061C },
    { 0x06DD, 0x06DD },   { 0x070F, 0x070F },   { 0x0890, 0x0891 },
    { 0x08E2, 0x08E2 },   { 0x115F, 0x1160 },   { 0x17B4, 0x17B5 },
    { 0x180B, 0x180F },   { 0x200B, 0x200F },   { 0x2028, 0x202E },
    { 0x2060, 0x206F },   { 0x3164, 0x3164 },   { 0xFE00, 0xFE0F },
    { 0xFEFF, 0xFEFF },   { 0xFFA0, 0xFFA0 },   { 0xFFF0, 0xFFFB },
    { 0x110BD, 0x110BD }, { 0x110CD, 0x110CD }, { 0x13430, 0x1343F },
    { 0x1BCA0, 0x1BCA3 }, { 0x1D173, 0x1D17A }, { 0xE0000, 0xE0FFF },
};

bool
wf_text_is_invisible(uint32_t code_point)
{
    for (size_t i = 0; i < WF_COUNT(invisible) && invisible[i][0] <= code_point; i++)
        if (code_point <= invisible[i][1])
            return true;
    return false;
}
