/* record.c -- RECORD: CSV (RFC 4180) of path, hash and size (PEP 376, PEP 427). */
#include "wheel/record.h"

#include <string.h>

#include "wheel/path_sort.h"

enum { MAX_ROWS = 4000000, MAX_FAULTS = 1000, FIELDS = 3 };

const char *const wf_record_fault_slugs[] = {
    "rc-canonical",    "rc-csv",           "rc-forward-slash", "rc-hash-alphabet",
    "rc-hash-known",   "rc-hash-present",  "rc-hash-strong",   "rc-no-directories",
    "rc-no-duplicate", "rc-no-sig-listed", "rc-relative",      "rc-self-blank",
    "rc-size-decimal",
};

const size_t wf_num_record_fault_slugs = WF_COUNT(wf_record_fault_slugs);

/* The text being parsed: the arena's copy, in which fields are unquoted and ended in
 * place. */
struct parse {
    struct wf_record *record;
    struct wf_arena *arena;
    char *text;
    char *at;
    char *end;
    unsigned line;
    size_t num_dropped; /* faults beyond the limit */
};

static void
add_fault(struct parse *p, const char *slug, unsigned line, const char *message)
{
    struct wf_record *record = p->record;

    if (record->num_faults == MAX_FAULTS) {
        p->num_dropped++;
        return;
    }
    record->faults = wf_arena_grow(p->arena, record->faults, record->num_faults,
                                   &record->cap_faults, sizeof *record->faults);
    record->faults[record->num_faults++] =
        (struct wf_record_fault){ .slug = slug, .line = line, .message = message };
}

/* Whether one more message is worth making: 1,000 are kept, any number may come. */
static bool
wants_message(const struct parse *p)
{
    return p->record->num_faults < MAX_FAULTS;
}

static bool
fail(const struct parse *p, const char *what, struct wf_error *err)
{
    return wf_error_at(err, WF_ERR_MALFORMED, (uint64_t)(p->at - p->text), "line %u %s",
                       p->line, what);
}

/* What stood behind a field. */
enum field_end { END_ERROR, END_FIELD, END_ROW };

/* Steps over the comma or line end at p->at and puts the NUL of the field at `stop`. */
static enum field_end
end_field(struct parse *p, char *stop, struct wf_error *err)
{
    enum field_end end = END_ROW;

    if (p->at < p->end && *p->at == '\r') {
        p->at++;
        if (p->at == p->end || *p->at != '\n') {
            fail(p, "has a carriage return without a line feed", err);
            return END_ERROR;
        }
    }
    if (p->at < p->end) {
        if (*p->at == ',')
            end = END_FIELD;
        else if (*p->at != '\n') {
            fail(p, "goes on behind a closing quote", err);
            return END_ERROR;
        }
        p->at++;
    }
    *stop = '\0';
    return end;
}

static enum field_end
take_plain(struct parse *p, char **out, struct wf_error *err)
{
    bool has_quote = false;

    *out = p->at;
    for (; p->at < p->end; p->at++) {
        const char c = *p->at;

        if (c == ',' || c == '\n' || c == '\r')
            break;
        if (c == '\0') {
            fail(p, "has a NUL byte", err);
            return END_ERROR;
        }
        has_quote = has_quote || c == '"';
    }
    if (has_quote)
        add_fault(p, "rc-csv", p->line, "a quote stands inside a field without quotes");
    return end_field(p, p->at, err);
}

/* A quoted field is moved together over its doubled quotes. */
static enum field_end
take_quoted(struct parse *p, char **out, struct wf_error *err)
{
    char *stop = ++p->at;
    const unsigned first_line = p->line;
    unsigned num_breaks = 0;

    *out = stop;
    for (;; p->at++) {
        if (p->at == p->end) {
            fail(p, "has no closing quote", err);
            return END_ERROR;
        }
        if (*p->at == '\0') {
            fail(p, "has a NUL byte", err);
            return END_ERROR;
        }
        if (*p->at == '"') {
            p->at++;
            if (p->at == p->end || *p->at != '"')
                break;
        }
        num_breaks += *p->at == '\n';
        *stop++ = *p->at;
    }
    if (num_breaks > 0)
        add_fault(p, "rc-csv", first_line, "a line break stands inside a quoted field");
    p->line += num_breaks;
    return end_field(p, stop, err);
}

/* Takes one row; fields beyond the third are only counted. */
static bool
take_row(struct parse *p, char *fields[FIELDS], size_t *num, struct wf_error *err)
{
    enum field_end end = END_FIELD;

    for (*num = 0; end == END_FIELD; (*num)++) {
        char *field = NULL;
        const bool is_quoted = p->at < p->end && *p->at == '"';

        end = is_quoted ? take_quoted(p, &field, err) : take_plain(p, &field, err);
        if (*num < FIELDS)
            fields[*num] = field;
    }
    return end != END_ERROR;
}

static int
base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '-' ? 62 : c == '_' ? 63 : -1;
}

/* Decodes URL-safe base64 without padding; `out` may be NULL.  The unused bits of the last
 * character must be zero: two texts must not mean one hash. */
static bool
decode_base64(uint8_t *out, size_t out_len, const char *text)
{
    uint32_t bits = 0;
    unsigned num_bits = 0;
    size_t num = 0;

    if (strlen(text) != (out_len * 4 + 2) / 3)
        return false;
    for (; *text != '\0'; text++) {
        const int value = base64_value(*text);

        if (value < 0)
            return false;
        bits = (bits << 6 | (uint32_t)value) & 0xffff;
        num_bits += 6;
        if (num_bits >= 8) {
            num_bits -= 8;
            if (out != NULL)
                out[num] = (uint8_t)(bits >> num_bits);
            num++;
        }
    }
    return num == out_len && (bits & ((1U << num_bits) - 1)) == 0;
}

/* The algorithms of Python's hashlib.algorithms_guaranteed with a length of their own. */
static const struct hash_row {
    const char *name;
    size_t len; /* bytes */
    bool is_weak;
} hash_rows[] = {
    { "sha256", WF_SHA256_LEN, false },
    { "sha384", 48, false },
    { "sha512", 64, false },
    { "sha3_256", 32, false },
    { "sha3_384", 48, false },
    { "sha3_512", 64, false },
    { "blake2b", 64, false },
    { "blake2s", 32, false },
    { "md5", 16, true },
    { "sha1", 20, true },
    { "sha224", 28, true },
    { "sha3_224", 28, true },
};

static void
read_hash(struct parse *p, struct wf_record_row *row)
{
    const size_t name_len = strcspn(row->hash, "=");

    for (size_t i = 0; i < WF_COUNT(hash_rows); i++) {
        const struct hash_row *hash = &hash_rows[i];

        if (strlen(hash->name) != name_len ||
            memcmp(hash->name, row->hash, name_len) != 0 || row->hash[name_len] == '\0')
            continue;
        uint8_t *out = i == 0 ? row->sha256 : NULL;
        const bool is_right = decode_base64(out, hash->len, row->hash + name_len + 1);

        row->has_sha256 = is_right && i == 0;
        if (!is_right)
            add_fault(p, "rc-hash-alphabet", row->line,
                      "the hash is not URL-safe base64 without padding, or has the wrong "
                      "length");
        else if (hash->is_weak)
            add_fault(p, "rc-hash-strong", row->line,
                      "the hash is weaker than SHA-256, which is the least allowed");
        return;
    }
    const char *message = NULL;

    if (wants_message(p))
        message = wf_arena_printf(p->arena, "\"%.*s\" is no known hash algorithm",
                                  name_len < 40 ? (int)name_len : 40, row->hash);
    add_fault(p, "rc-hash-known", row->line, message);
}

/* RECORD itself, and the signatures that may stand beside it, in a top-level dist-info. */
static const char *
dist_info_file(const char *path)
{
    const char *slash = strchr(path, '/');

    if (slash == NULL || slash - path < 10 || memcmp(slash - 10, ".dist-info", 10) != 0)
        return "";
    return slash + 1;
}

static void
check_row(struct parse *p, struct wf_record_row *row, const char *size)
{
    const char *file = dist_info_file(row->path);
    const bool is_signature =
        strcmp(file, "RECORD.jws") == 0 || strcmp(file, "RECORD.p7s") == 0;

    if (*size != '\0') {
        row->has_size = wf_text_decimal(&row->size, wf_bytes_str(size));
        if (!row->has_size)
            add_fault(p, "rc-size-decimal", row->line, "the size is no decimal number");
    }
    if (*row->hash != '\0')
        read_hash(p, row);
    if (is_signature)
        add_fault(p, "rc-no-sig-listed", row->line,
                  "signatures of RECORD must not be listed in it");
    else if (strcmp(file, "RECORD") == 0) {
        if (*row->hash != '\0' || *size != '\0')
            add_fault(p, "rc-self-blank", row->line,
                      "RECORD cannot hold a hash or size of itself");
    } else if (*row->hash == '\0' || *size == '\0')
        add_fault(p, "rc-hash-present", row->line,
                  *row->hash == '\0' ? "the hash is missing" : "the size is missing");
}

/* The first thing wrong with a path, or NULL. */
static const char *
path_fault(const char *path, const char **message)
{
    const char *start = path;

    *message = "the path leaves the wheel";
    if (path[0] == '/' || (path[0] != '\0' && path[1] == ':'))
        return "rc-relative";
    for (;; path++) {
        const unsigned char c = (unsigned char)*path;

        if (c == '\\') {
            *message = "the path has a backslash";
            return "rc-forward-slash";
        }
        if ((c < 0x20 && c != '\0') || c == 0x7f) {
            *message = "the path has a control character";
            return "rc-canonical";
        }
        if (c != '/' && c != '\0')
            continue;
        const size_t len = (size_t)(path - start);

        if (len == 2 && memcmp(start, "..", 2) == 0)
            return "rc-relative";
        if (c == '\0' && len == 0 && path[-1] == '/') {
            *message = "the path is a folder's";
            return "rc-no-directories";
        }
        if (len == 0 || (len == 1 && *start == '.')) {
            *message = "the path has an empty or \".\" part";
            return "rc-canonical";
        }
        if (c == '\0')
            return NULL;
        start = path + 1;
    }
}

static void
add_row(struct parse *p, char *const fields[FIELDS], size_t num, unsigned line)
{
    struct wf_record *record = p->record;
    struct wf_record_row *row = &record->rows[record->num_rows++];
    const char *message = NULL;

    *row = (struct wf_record_row){ .path = fields[0], .hash = fields[1], .line = line };
    if (num != FIELDS) {
        if (wants_message(p))
            message = wf_arena_printf(p->arena, "%zu fields; RECORD lines have %d", num,
                                      FIELDS);
        add_fault(p, "rc-csv", line, message);
    }
    if (*row->path == '\0') {
        add_fault(p, "rc-canonical", line, "the path is empty");
    } else {
        const char *slug = path_fault(row->path, &message);

        if (slug != NULL)
            add_fault(p, slug, line, message);
    }
    if (num == FIELDS)
        check_row(p, row, fields[2]);
}

static bool
parse_rows(struct parse *p, struct wf_error *err)
{
    for (; p->at < p->end; p->line++) {
        static char empty[1] = "";
        char *fields[FIELDS] = { empty, empty, empty };
        const unsigned line = p->line;
        size_t num = 0;

        if (!take_row(p, fields, &num, err))
            return false;
        if (num == 1 && *fields[0] == '\0')
            continue;
        if (p->record->num_rows == MAX_ROWS)
            return wf_error_set(err, WF_ERR_LIMIT,
                                "line %u is more than the limit of %d rows", line,
                                MAX_ROWS);
        add_row(p, fields, num, line);
    }
    return true;
}

static void
index_paths(struct parse *p)
{
    struct wf_record *record = p->record;
    struct wf_arena scratch = { 0 };
    struct wf_path_key *keys = wf_arena_array(&scratch, record->num_rows, sizeof *keys);

    record->by_path = wf_arena_array(p->arena, record->num_rows, sizeof *record->by_path);
    for (size_t i = 0; i < record->num_rows; i++)
        keys[i] =
            (struct wf_path_key){ .path = record->rows[i].path, .idx = (uint32_t)i };
    wf_path_sort(keys, record->num_rows);
    for (size_t i = 0; i < record->num_rows; i++) {
        const char *message = NULL;

        record->by_path[i] = keys[i].idx;
        if (i == 0 || strcmp(keys[i - 1].path, keys[i].path) != 0)
            continue;
        if (wants_message(p))
            message = wf_arena_printf(p->arena, "the path stands on line %u already",
                                      record->rows[keys[i - 1].idx].line);
        add_fault(p, "rc-no-duplicate", record->rows[keys[i].idx].line, message);
    }
    wf_arena_clear(&scratch);
}

/* A row takes a line at least, so this many rows are enough for any text. */
static size_t
count_lines(struct wf_bytes text)
{
    size_t num = 1;
    const uint8_t *at = text.data;
    const uint8_t *end = text.len == 0 ? at : at + text.len;

    while (at < end && num <= MAX_ROWS) {
        const uint8_t *lf = memchr(at, '\n', (size_t)(end - at));

        if (lf == NULL)
            break;
        num += lf > at; /* empty lines hold no row */
        at = lf + 1;
    }
    return num;
}

static bool
check_utf8(struct wf_bytes text, struct wf_error *err)
{
    struct wf_bytes rest = text;
    struct wf_bytes line = { 0 };

    if (wf_utf8_is_valid(text))
        return true;
    for (unsigned num = 1; wf_bytes_line(&line, &rest); num++) {
        if (!wf_utf8_is_valid(line))
            return wf_error_at(err, WF_ERR_MALFORMED, line.file_off,
                               "line %u is not UTF-8", num);
    }
    return wf_error_set(err, WF_ERR_MALFORMED, "text is not UTF-8");
}

bool
wf_record_parse(struct wf_record *out, struct wf_arena *arena, struct wf_bytes text,
                struct wf_error *err)
{
    struct wf_record record = { 0 };

    if (!check_utf8(text, err))
        return false;
    record.cap_rows = count_lines(text);
    record.rows = wf_arena_array(arena, record.cap_rows, sizeof *record.rows);
    char *copy = wf_arena_str(arena, text);
    struct parse p = {
        .record = &record,
        .arena = arena,
        .text = copy,
        .at = copy,
        .end = copy + text.len,
        .line = 1,
    };

    if (!wf_arena_ok(arena, "RECORD", err) || !parse_rows(&p, err))
        return false;
    index_paths(&p);
    if (p.num_dropped > 0)
        record.faults[MAX_FAULTS - 1].message =
            wf_arena_printf(arena, "%s (and %zu more faults of RECORD)",
                            record.faults[MAX_FAULTS - 1].message, p.num_dropped);
    *out = record;
    return true;
}

const struct wf_record_row *
wf_record_find(const struct wf_record *record, const char *path)
{
    size_t low = 0;
    size_t high = record->num_rows;

    /* The first of equal paths is wanted, so an equal one narrows from above. */
    while (low < high) {
        const size_t mid = low + (high - low) / 2;

        if (strcmp(record->rows[record->by_path[mid]].path, path) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == record->num_rows)
        return NULL;
    const struct wf_record_row *row = &record->rows[record->by_path[low]];

    return strcmp(row->path, path) == 0 ? row : NULL;
}
