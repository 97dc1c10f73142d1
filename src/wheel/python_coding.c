/* python_coding.c -- in which encoding Python source is written (PEP 263), as far as that
 * decides where its strings end. */
#include <string.h>

#include "base/attributes.h"
#include "wheel/python_tokens.h"

static bool
is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\f';
}

static bool
is_name_byte(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '_' || c == '.';
}

static size_t
line_len(struct wf_bytes text)
{
    size_t len = 0;

    while (len < text.len && wf_python_line_end(text, len) == 0)
        len++;
    return len;
}

/* The first "coding:" or "coding=" of a comment that has a name behind it. */
static bool
find_declaration(struct wf_bytes *coding, struct wf_bytes line)
{
    static const char word[] = "coding";
    const size_t len = sizeof word - 1;

    for (size_t i = 0; i + len < line.len; i++) {
        if (memcmp(line.data + i, word, len) != 0 ||
            (line.data[i + len] != ':' && line.data[i + len] != '='))
            continue;
        struct wf_bytes rest = wf_bytes_skip(line, i + len + 1);
        size_t name = 0;

        while (rest.len > 0 && (rest.data[0] == ' ' || rest.data[0] == '\t'))
            rest = wf_bytes_skip(rest, 1);
        while (name < rest.len && is_name_byte(rest.data[name]))
            name++;
        if (name > 0) {
            *coding = wf_bytes_first(rest, name);
            return true;
        }
    }
    return false;
}

size_t
wf_python_coding_line(struct wf_bytes *coding, struct wf_bytes text)
{
    size_t off = wf_bytes_starts_with(text, "\xef\xbb\xbf") ? 3 : 0;

    for (int i = 0; i < 2; i++) {
        struct wf_bytes line = wf_bytes_skip(text, off);
        const size_t len = line_len(line);
        const size_t ending = wf_python_line_end(text, off + len);

        line = wf_bytes_first(line, len);
        while (line.len > 0 && is_blank(line.data[0]))
            line = wf_bytes_skip(line, 1);
        if (line.len > 0 && line.data[0] != '#')
            return 0;
        off += len + ending;
        if (find_declaration(coding, line))
            return off;
    }
    return 0;
}

/* Two bytes for a character, the second of which may be a backslash; `lead` are the two
 * ranges of first bytes.  Names as Python knows them, aliases included, in lower case and
 * with '-' between their parts. */
static const struct {
    uint8_t lead[4];
    const char *names[12];
} wide[] = {
    { { 0x81, 0x9f, 0xe0, 0xfc },
      { "shift-jis", "shiftjis", "sjis", "s-jis", "csshiftjis", "cp932", "932", "ms932",
        "mskanji", "ms-kanji", "windows-31j" } },
    { { 0x81, 0x9f, 0xe0, 0xfc },
      { "shift-jis-2004", "shiftjis2004", "sjis-2004", "s-jis-2004", "shift-jisx0213",
        "shiftjisx0213", "sjisx0213", "s-jisx0213" } },
    { { 0x81, 0xfe, 0x81, 0xfe },
      { "gbk", "936", "cp936", "ms936", "gb18030", "gb18030-2000" } },
    { { 0x81, 0xfe, 0x81, 0xfe },
      { "big5", "big5-tw", "csbig5", "big5hkscs", "big5-hkscs", "hkscs", "cp950", "950",
        "ms950" } },
    { { 0x81, 0xfe, 0x81, 0xfe }, { "johab", "cp1361", "ms1361" } },
};

/* ASCII bytes mean something else here: shift sequences, escapes. */
static const char *const unlike_ascii[] = {
    "csiso2022jp",
    "csiso2022kr",
    "hz",
    "hz-gb",
    "hz-gb-2312",
    "hzgb",
    "raw-unicode-escape",
    "rot-13",
    "rot13",
    "string-escape",
    "u7",
    "unicode-1-1-utf-7",
    "unicode-escape",
    "utf-7",
    "utf7",
};

/* As codecs.lookup compares names. */
static void
normalise(char *out, size_t max, struct wf_bytes coding)
{
    size_t len = 0;

    for (size_t i = 0; i < coding.len && len + 1 < max; i++) {
        const uint8_t c = coding.data[i];

        if (c >= 'A' && c <= 'Z')
            out[len++] = (char)(c + ('a' - 'A'));
        else
            out[len++] = c == '_' || c == '.' ? '-' : (char)c;
    }
    out[len] = '\0';
}

static bool
is_unlike_ascii(const char *name)
{
    if (strncmp(name, "iso2022", 7) == 0 || strncmp(name, "iso-2022", 8) == 0)
        return true;
    for (size_t i = 0; i < WF_COUNT(unlike_ascii); i++) {
        if (strcmp(name, unlike_ascii[i]) == 0)
            return true;
    }
    return false;
}

static bool
read_coding(struct wf_python_tokens *tokens, struct wf_error *err)
{
    struct wf_bytes coding = { 0 };
    char name[32];
    const size_t end = wf_python_coding_line(&coding, tokens->text);

    if (end == 0)
        return true;
    normalise(name, sizeof name, coding);
    if (is_unlike_ascii(name))
        return wf_error_set(err, WF_ERR_UNSUPPORTED,
                            "line %zu declares the encoding %s, which is no superset of "
                            "ASCII",
                            wf_python_line_number(tokens->text, end - 1), name);
    for (size_t i = 0; i < WF_COUNT(wide); i++) {
        for (size_t j = 0; j < WF_COUNT(wide[i].names) && wide[i].names[j] != NULL; j++) {
            if (strcmp(name, wide[i].names[j]) == 0)
                memcpy(tokens->lead, wide[i].lead, sizeof tokens->lead);
        }
    }
    return true;
}

bool
wf_python_tokens_init(struct wf_python_tokens *out, struct wf_bytes text,
                      struct wf_error *err)
{
    const uint8_t *nul = text.len == 0 ? NULL : memchr(text.data, '\0', text.len);

    if (wf_bytes_starts_with(text, "\xff\xfe") || wf_bytes_starts_with(text, "\xfe\xff"))
        return wf_error_set(
            err, WF_ERR_MALFORMED,
            "line 1 starts with the byte order mark of UTF-16, which is no "
            "encoding of Python source");
    if (nul != NULL)
        return wf_error_set(err, WF_ERR_MALFORMED, "line %zu has a NUL byte",
                            wf_python_line_number(text, (size_t)(nul - text.data)));
    memset(out, 0, sizeof *out);
    out->text = text;
    out->at = wf_bytes_starts_with(text, "\xef\xbb\xbf") ? 3 : 0;
    return read_coding(out, err);
}
