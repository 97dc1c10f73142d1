/* glob.c -- matching names and paths (gitignore(5), glob(7)).  Of several stars only the
 * last one seen is ever moved on, so nothing is tried more often than length times
 * length. */
#include "pack/glob.h"

#include <string.h>

/* A character of a name or of a set. */
static size_t
take_character(struct wf_bytes text, uint32_t *out)
{
    const size_t len = wf_utf8_next(text, out);

    if (len > 0)
        return len;
    *out = 0x110000u + text.data[0]; /* a byte that is none is no character's equal */
    return 1;
}

static struct wf_bytes
rest_of(struct wf_bytes text, size_t at)
{
    return wf_bytes_skip(text, at);
}

struct character_class {
    const char *name;
    const char *ranges; /* pairs of first and last */
};

/* In the C locale, as git has them. */
static const struct character_class character_classes[] = {
    { "alnum", "09AZaz" },   { "alpha", "AZaz" },
    { "blank", "\t\t  " },   { "cntrl", "\x01\x1f\x7f\x7f" },
    { "digit", "09" },       { "graph", "!~" },
    { "lower", "az" },       { "print", " ~" },
    { "punct", "!/:@[`{~" }, { "space", "\t\r  " },
    { "upper", "AZ" },       { "xdigit", "09AFaf" },
};

static const struct character_class *
find_class(struct wf_bytes name)
{
    for (size_t i = 0; i < WF_COUNT(character_classes); i++) {
        if (wf_bytes_equal_str(name, character_classes[i].name))
            return &character_classes[i];
    }
    return NULL;
}

static bool
class_has(const struct character_class *class, uint32_t c)
{
    for (const char *range = class->ranges; *range != '\0'; range += 2) {
        if (c >= (uint8_t)range[0] && c <= (uint8_t)range[1])
            return true;
    }
    return false;
}

/* set is a walk through "[…]". */
struct set {
    enum wf_glob_dialect dialect;
    struct wf_bytes text; /* of the pattern, from '[' on */
    size_t at;
    bool is_negated;
    bool is_broken;
    bool has; /* the character asked about */
};

static void
begin_set(struct set *set)
{
    set->at = 1;
    if (set->text.len > 1 &&
        (set->text.data[1] == '!' ||
         (set->text.data[1] == '^' && set->dialect == WF_GLOB_GITIGNORE))) {
        set->is_negated = true;
        set->at = 2;
    }
}

/* One end of a range, with its backslash. */
static bool
take_end(struct set *set, uint32_t *out)
{
    if (set->dialect == WF_GLOB_GITIGNORE && set->at < set->text.len &&
        set->text.data[set->at] == '\\')
        set->at++;
    if (set->at >= set->text.len)
        return false;
    set->at += take_character(rest_of(set->text, set->at), out);
    return true;
}

/* "[:alpha:]" inside a set; false when no such thing stands here. */
static bool
take_class(struct set *set, uint32_t c)
{
    const struct wf_bytes rest = rest_of(set->text, set->at);

    if (set->dialect != WF_GLOB_GITIGNORE || !wf_bytes_starts_with(rest, "[:"))
        return false;
    const uint8_t *end = memchr(rest.data, ']', rest.len);
    const size_t len = end == NULL ? 0 : (size_t)(end - rest.data);

    if (end == NULL || len < 4 || rest.data[len - 1] != ':')
        return false;
    const struct character_class *class = find_class(wf_bytes_of(rest.data + 2, len - 3));

    set->at += len + 1;
    if (class == NULL)
        set->is_broken = true;
    else if (class_has(class, c))
        set->has = true;
    return true;
}

/* One element: a class, a character, or a range.  A '-' in front of ']' is itself. */
static bool
take_element(struct set *set, uint32_t c)
{
    uint32_t first = 0;

    if (take_class(set, c))
        return true;
    if (!take_end(set, &first))
        return false;
    uint32_t last = first;

    if (set->at + 1 < set->text.len && set->text.data[set->at] == '-' &&
        set->text.data[set->at + 1] != ']') {
        set->at++;
        if (!take_end(set, &last))
            return false;
    }
    if (c >= first && c <= last)
        set->has = true;
    return true;
}

/* Walks to behind the ']' of the set at the start of `text` and asks it about `c`; 0 when
 * it has no end.  A ']' right at the start is one of its characters. */
static size_t
walk_set(bool *has, bool *is_broken, struct wf_bytes text, enum wf_glob_dialect dialect,
         uint32_t c)
{
    struct set set = { .dialect = dialect, .text = text };
    bool is_first = true;

    begin_set(&set);
    for (;; is_first = false) {
        if (set.at >= text.len)
            return 0;
        if (text.data[set.at] == ']' && !is_first)
            break;
        if (!take_element(&set, c))
            return 0;
    }
    *has = set.has != set.is_negated;
    *is_broken = set.is_broken;
    return set.at + 1;
}

/* The length of what stands at the start of a pattern for one character: 0 when it is
 * broken. */
static size_t
atom_len(struct wf_bytes pattern, enum wf_glob_dialect dialect)
{
    uint32_t c = 0;
    bool has = false;
    bool is_broken = false;

    if (pattern.data[0] == '[') {
        const size_t len = walk_set(&has, &is_broken, pattern, dialect, 0);

        return is_broken ? 0 : len;
    }
    if (pattern.data[0] == '\\' && dialect == WF_GLOB_GITIGNORE)
        return pattern.len < 2 ? 0 : 1 + take_character(rest_of(pattern, 1), &c);
    return take_character(pattern, &c);
}

static bool
is_separator(struct wf_bytes pattern, enum wf_glob_dialect dialect, size_t *len)
{
    *len = 1;
    if (pattern.data[0] == '/')
        return true;
    *len = 2;
    return dialect == WF_GLOB_GITIGNORE && pattern.len > 1 && pattern.data[0] == '\\' &&
           pattern.data[1] == '/';
}

static bool
is_stars(struct wf_bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] != '*')
            return false;
    }
    return text.len >= 2;
}

static bool
is_literal(struct wf_bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (strchr("*?[\\", text.data[i]) != NULL)
            return false;
    }
    return true;
}

static void
add_part(struct wf_glob *glob, struct wf_arena *arena, size_t *cap, struct wf_bytes text)
{
    if (text.len == 0)
        return;
    glob->parts =
        wf_arena_grow(arena, glob->parts, glob->num_parts, cap, sizeof *glob->parts);
    glob->parts[glob->num_parts++] = (struct wf_glob_part){
        .text = text,
        .is_deep = is_stars(text),
        .is_literal = is_literal(text),
    };
}

const char *
wf_glob_parse(struct wf_glob *out, struct wf_arena *arena, struct wf_bytes pattern,
              enum wf_glob_dialect dialect)
{
    struct wf_glob glob = { .dialect = dialect };
    size_t cap = 0;
    size_t start = 0;

    for (size_t at = 0; at < pattern.len;) {
        size_t len = 0;

        if (is_separator(rest_of(pattern, at), dialect, &len)) {
            add_part(&glob, arena, &cap, wf_bytes_of(pattern.data + start, at - start));
            start = at + len;
        } else {
            len = atom_len(rest_of(pattern, at), dialect);
        }
        if (len == 0)
            return pattern.data[at] == '[' ? "its \"[\" has no end, or an unknown class"
                                           : "it ends in a backslash";
        at += len;
    }
    add_part(&glob, arena, &cap, wf_bytes_of(pattern.data + start, pattern.len - start));
    *out = glob;
    return NULL;
}

/* Whether the atom at the start of `pattern` takes the character `c`; *len is the atom's.
 * The pattern was parsed, so no atom is broken. */
static bool
atom_takes(struct wf_bytes pattern, enum wf_glob_dialect dialect, uint32_t c, size_t *len)
{
    uint32_t own = 0;
    bool has = false;
    bool is_broken = false;

    if (pattern.data[0] == '[') {
        *len = walk_set(&has, &is_broken, pattern, dialect, c);
        return has;
    }
    *len = 0;
    if (pattern.data[0] == '\\' && dialect == WF_GLOB_GITIGNORE)
        *len = 1;
    const bool is_quoted = *len == 1;

    *len += take_character(rest_of(pattern, *len), &own);
    return own == c || (own == '?' && !is_quoted);
}

bool
wf_glob_part_matches(const struct wf_glob *glob, const struct wf_glob_part *part,
                     struct wf_bytes name)
{
    const struct wf_bytes pattern = part->text;
    size_t at = 0;
    size_t in_name = 0;
    size_t star = SIZE_MAX; /* behind the last '*' */
    size_t star_name = 0;

    if (part->is_literal)
        return wf_bytes_equal(pattern, name);
    while (in_name < name.len) {
        uint32_t c = 0;
        size_t len = 0;

        if (at < pattern.len && pattern.data[at] == '*') {
            star = ++at;
            star_name = in_name;
            continue;
        }
        const size_t step = take_character(rest_of(name, in_name), &c);

        if (at < pattern.len &&
            atom_takes(rest_of(pattern, at), glob->dialect, c, &len)) {
            at += len;
            in_name += step;
            continue;
        }
        if (star == SIZE_MAX)
            return false;
        star_name += take_character(rest_of(name, star_name), &c);
        in_name = star_name;
        at = star;
    }
    while (at < pattern.len && pattern.data[at] == '*')
        at++;
    return at == pattern.len;
}

static struct wf_bytes
first_name(struct wf_bytes path)
{
    const uint8_t *slash = memchr(path.data, '/', path.len);

    return slash == NULL ? path : wf_bytes_first(path, (size_t)(slash - path.data));
}

static struct wf_bytes
behind_name(struct wf_bytes path, struct wf_bytes name)
{
    return wf_bytes_skip(path, name.len < path.len ? name.len + 1 : name.len);
}

bool
wf_glob_matches(const struct wf_glob *glob, struct wf_bytes path)
{
    size_t idx = 0;
    size_t deep = SIZE_MAX; /* behind the last "**" */
    struct wf_bytes deep_path = path;

    while (path.len > 0) {
        if (idx < glob->num_parts && glob->parts[idx].is_deep) {
            if (++idx == glob->num_parts)
                return true;
            deep = idx;
            deep_path = path;
            continue;
        }
        const struct wf_bytes name = first_name(path);

        if (idx < glob->num_parts &&
            wf_glob_part_matches(glob, &glob->parts[idx], name)) {
            idx++;
            path = behind_name(path, name);
            continue;
        }
        if (deep == SIZE_MAX)
            return false;
        deep_path = behind_name(deep_path, first_name(deep_path));
        path = deep_path;
        idx = deep;
    }
    return idx == glob->num_parts;
}
