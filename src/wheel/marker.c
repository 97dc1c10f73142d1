/* marker.c -- reading and writing environment markers (see marker.h). */
#include "wheel/marker.h"

#include <string.h>

#include "wheel/pep440_scan.h"

/* Parentheses inside each other; real markers have three. */
enum { MAX_DEPTH = 64 };

/* The reading of one marker. */
struct scan {
    struct wf_arena *arena;
    const char *text; /* for messages */
    const char *at;
    unsigned depth;
    struct wf_error *err;
};

/* Names as they are written, and by which the variable goes; dots are old spellings. */
struct variable_row {
    const char *word;
    const char *name;
};

static const struct variable_row variables[] = {
    { "python_version", "python_version" },
    { "python_full_version", "python_full_version" },
    { "os_name", "os_name" },
    { "os.name", "os_name" },
    { "sys_platform", "sys_platform" },
    { "sys.platform", "sys_platform" },
    { "platform_release", "platform_release" },
    { "platform_system", "platform_system" },
    { "platform_version", "platform_version" },
    { "platform.version", "platform_version" },
    { "platform_machine", "platform_machine" },
    { "platform.machine", "platform_machine" },
    { "platform_python_implementation", "platform_python_implementation" },
    { "platform.python_implementation", "platform_python_implementation" },
    { "python_implementation", "platform_python_implementation" },
    { "implementation_name", "implementation_name" },
    { "implementation_version", "implementation_version" },
    { "extra", "extra" },
    { "extras", "extras" },
    { "dependency_groups", "dependency_groups" },
};

static const char *const signs[] = { "===", "==", "~=", "!=", "<=", ">=", "<", ">" };

static bool
refuse(struct scan *s, const char *expected)
{
    return wf_scan_error(s->err, s->text, s->at, expected);
}

static bool
is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_' || c == '.';
}

static size_t
word_len(const char *at)
{
    size_t len = 0;

    while (is_word_char(at[len]))
        len++;
    return len;
}

/* Takes `word` and the blanks behind it where it stands as a whole word. */
static bool
take_word(struct scan *s, const char *word)
{
    const size_t len = word_len(s->at);

    if (len != strlen(word) || strncmp(s->at, word, len) != 0)
        return false;
    s->at = wf_scan_blanks(s->at + len);
    return true;
}

static bool
read_text(struct wf_marker_value *out, struct scan *s)
{
    const char quote[] = { *s->at, '\0' };
    const size_t len = strcspn(s->at + 1, quote);

    if (s->at[1 + len] == '\0') {
        s->at += 1 + len;
        return refuse(s, "a closing quote");
    }
    out->text = wf_arena_str(s->arena, wf_bytes_of(s->at + 1, len));
    out->is_variable = false;
    s->at = wf_scan_blanks(s->at + len + 2);
    return true;
}

static bool
read_value(struct wf_marker_value *out, struct scan *s)
{
    const size_t len = word_len(s->at);

    if (*s->at == '\'' || *s->at == '"')
        return read_text(out, s);
    for (size_t i = 0; i < WF_COUNT(variables); i++) {
        if (len != strlen(variables[i].word) ||
            strncmp(s->at, variables[i].word, len) != 0)
            continue;
        out->text = variables[i].name;
        out->is_variable = true;
        s->at = wf_scan_blanks(s->at + len);
        return true;
    }
    return refuse(s,
                  "a variable of markers (python_version, sys_platform, …) or a text in "
                  "quotes");
}

static bool
read_operator(const char **out, struct scan *s)
{
    for (size_t i = 0; i < WF_COUNT(signs); i++) {
        if (!wf_text_starts_with(s->at, signs[i]))
            continue;
        *out = signs[i];
        s->at = wf_scan_blanks(s->at + strlen(signs[i]));
        return true;
    }
    *out = "in";
    if (take_word(s, "in"))
        return true;
    *out = "not in";
    if (take_word(s, "not"))
        return take_word(s, "in") || refuse(s, "\"in\" behind \"not\"");
    return refuse(s, "one of === == ~= != <= >= < >, in, not in");
}

/* Extras are compared by their normal form, so that is how they are written. */
static void
normalise_extra(struct wf_arena *arena, const struct wf_marker_value *variable,
                struct wf_marker_value *value)
{
    if (!variable->is_variable || value->is_variable ||
        strcmp(variable->text, "extra") != 0)
        return;
    char *text = wf_arena_strdup(arena, value->text);
    size_t len = 0;

    for (const char *c = value->text; *c != '\0'; c++) {
        const bool is_run = strchr("-_.", *c) != NULL;

        if (is_run && len > 0 && text[len - 1] == '-')
            continue;
        text[len++] = (char)(is_run                   ? '-'
                             : *c >= 'A' && *c <= 'Z' ? *c + ('a' - 'A')
                                                      : *c);
    }
    text[len] = '\0';
    value->text = text;
}

static bool
read_comparison(struct wf_marker *out, struct scan *s)
{
    if (!read_value(&out->left, s) || !read_operator(&out->op, s) ||
        !read_value(&out->right, s))
        return false;
    normalise_extra(s->arena, &out->left, &out->right);
    normalise_extra(s->arena, &out->right, &out->left);
    return true;
}

static struct wf_marker *read_any(struct scan *s);

static struct wf_marker *
read_atom(struct scan *s)
{
    struct wf_marker *marker = NULL;

    if (*s->at != '(') {
        marker = wf_arena_alloc(s->arena, sizeof *marker);
        return read_comparison(marker, s) ? marker : NULL;
    }
    if (s->depth == MAX_DEPTH) {
        (void)wf_error_set(s->err, WF_ERR_LIMIT, "\"%s\" has more than %d levels of '('",
                           s->text, MAX_DEPTH);
        return NULL;
    }
    s->at = wf_scan_blanks(s->at + 1);
    s->depth++;
    marker = read_any(s);
    s->depth--;
    if (marker != NULL && *s->at != ')') {
        (void)refuse(s, "\"and\", \"or\" or ')'");
        return NULL;
    }
    if (marker != NULL)
        s->at = wf_scan_blanks(s->at + 1);
    return marker;
}

/* Reads what `word` joins; one alone is itself.  Operands of the same kind become its own:
 * "a and (b and c)" is "a and b and c". */
static struct wf_marker *
read_joined(struct scan *s, enum wf_marker_kind kind, const char *word,
            struct wf_marker *(*read_operand)(struct scan *))
{
    struct wf_marker *group = wf_arena_alloc(s->arena, sizeof *group);
    struct wf_marker *last = NULL;
    size_t num = 0;

    group->kind = kind;
    do {
        struct wf_marker *operand = read_operand(s);

        if (operand == NULL)
            return NULL;
        const struct wf_marker *added = operand->kind == kind ? operand->first : operand;

        for (; added != NULL; added = added->next) {
            struct wf_marker *copy = wf_arena_alloc(s->arena, sizeof *copy);

            *copy = *added;
            copy->next = NULL;
            if (last == NULL)
                group->first = copy;
            else
                last->next = copy;
            last = copy;
            num++;
        }
    } while (take_word(s, word));
    return num == 1 ? last : group;
}

static struct wf_marker *
read_all(struct scan *s)
{
    return read_joined(s, WF_MARKER_AND, "and", read_atom);
}

static struct wf_marker *
read_any(struct scan *s)
{
    return read_joined(s, WF_MARKER_OR, "or", read_all);
}

bool
wf_marker_parse(const struct wf_marker **out, struct wf_arena *arena, const char *text,
                const char **at, struct wf_error *err)
{
    struct scan s = { arena, text, wf_scan_blanks(*at), 0, err };
    const struct wf_marker *marker = read_any(&s);

    if (marker == NULL)
        return false;
    *out = marker;
    *at = s.at;
    return true;
}

static void
write_value(struct wf_buffer *out, const struct wf_marker_value *value)
{
    const char *quote = strchr(value->text, '\'') == NULL ? "'" : "\"";

    if (value->is_variable)
        quote = "";
    wf_buffer_printf(out, "%s%s%s", quote, value->text, quote);
}

static void
write_group(struct wf_buffer *out, const struct wf_marker *marker)
{
    const char *joint = marker->kind == WF_MARKER_AND ? " and " : " or ";

    if (marker->kind == WF_MARKER_COMPARISON) {
        write_value(out, &marker->left);
        wf_buffer_printf(out, " %s ", marker->op);
        write_value(out, &marker->right);
        return;
    }
    for (const struct wf_marker *item = marker->first; item != NULL; item = item->next) {
        const bool is_group = item->kind != WF_MARKER_COMPARISON;

        wf_buffer_add_str(out, item == marker->first ? "" : joint);
        wf_buffer_add_str(out, is_group ? "(" : "");
        write_group(out, item); /* at most MAX_DEPTH levels */
        wf_buffer_add_str(out, is_group ? ")" : "");
    }
}

void
wf_marker_write(struct wf_buffer *out, const struct wf_marker *marker, const char *extra)
{
    const bool is_choice =
        extra != NULL && marker != NULL && marker->kind == WF_MARKER_OR;

    if (marker != NULL) {
        wf_buffer_add_str(out, is_choice ? "(" : "");
        write_group(out, marker);
        wf_buffer_add_str(out, is_choice ? ")" : "");
    }
    if (extra != NULL)
        wf_buffer_printf(out, "%sextra == '%s'", marker != NULL ? " and " : "", extra);
}
