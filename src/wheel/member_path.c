/* member_path.c -- what a member may be called, and where it is installed. */
#include "wheel/member_path.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

/* Names are shown up to here in an error. */
enum { SHOWN = 200 };

static bool
refuse(struct wf_bytes name, const char *why, struct wf_error *err)
{
    const int len = name.len < SHOWN ? (int)name.len : SHOWN;

    return wf_error_set(err, WF_ERR_MALFORMED, "name \"%.*s\" %s", len,
                        (const char *)name.data, why);
}

static bool
check_bytes(struct wf_bytes name, struct wf_error *err)
{
    for (size_t i = 0; i < name.len; i++) {
        if (name.data[i] < 0x20 || name.data[i] == 0x7f)
            return wf_error_set(
                err, WF_ERR_MALFORMED, "name \"%.*s\" has the control byte 0x%02x at %zu",
                i < SHOWN ? (int)i : SHOWN, (const char *)name.data, name.data[i], i);
        if (name.data[i] == '\\')
            return refuse(name, "has a backslash", err);
    }
    if (!wf_utf8_is_valid(name))
        return refuse(name, "is not UTF-8", err);
    return true;
}

static bool
check_part(struct wf_bytes name, struct wf_bytes part, struct wf_error *err)
{
    if (part.len == 0)
        return refuse(name, "has an empty part (\"//\")", err);
    if (wf_bytes_equal_str(part, "."))
        return refuse(name, "has a \".\" part", err);
    if (wf_bytes_equal_str(part, ".."))
        return refuse(name, "has a \"..\" part", err);
    return true;
}

bool
wf_member_path_check(struct wf_bytes name, struct wf_error *err)
{
    if (name.len == 0)
        return wf_error_set(err, WF_ERR_MALFORMED, "name is empty");
    if (!check_bytes(name, err))
        return false;
    if (name.data[0] == '/')
        return refuse(name, "is absolute", err);
    if (name.len > 1 && name.data[1] == ':' && isalpha(name.data[0]))
        return refuse(name, "starts with a drive letter", err);
    struct wf_bytes rest = name;

    while (rest.len > 0) {
        const uint8_t *slash = memchr(rest.data, '/', rest.len);
        const size_t len = slash == NULL ? rest.len : (size_t)(slash - rest.data);

        if (!check_part(name, wf_bytes_first(rest, len), err))
            return false;
        rest = wf_bytes_skip(rest, slash == NULL ? len : len + 1);
    }
    return true;
}

/* Compares letters without case; `word` is in capitals. */
static bool
equals_word(const char *text, size_t len, const char *word)
{
    if (strlen(word) != len)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (toupper((unsigned char)text[i]) != word[i])
            return false;
    }
    return true;
}

/* Windows takes a device for any file of that name, whatever extension or spaces follow;
 * the digits may also be the superscripts 1, 2 and 3 of Latin-1. */
static bool
is_device(const char *part, size_t len)
{
    static const char *const words[] = {
        "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"
    };
    const char *dot = memchr(part, '.', len);

    if (dot != NULL)
        len = (size_t)(dot - part);
    while (len > 0 && part[len - 1] == ' ')
        len--;
    for (size_t i = 0; i < WF_COUNT(words); i++) {
        if (equals_word(part, len, words[i]))
            return true;
    }
    if (len < 4 || !(equals_word(part, 3, "COM") || equals_word(part, 3, "LPT")))
        return false;
    if (len == 4)
        return isdigit((unsigned char)part[3]) != 0;
    return len == 5 &&
           (memcmp(part + 3, "\xc2\xb9", 2) == 0 ||
            memcmp(part + 3, "\xc2\xb2", 2) == 0 || memcmp(part + 3, "\xc2\xb3", 2) == 0);
}

bool
wf_member_path_is_windows_hazard(const char *name)
{
    while (*name != '\0') {
        const size_t len = strcspn(name, "/");

        if (len > 0 && (name[len - 1] == '.' || name[len - 1] == ' '))
            return true;
        if (strcspn(name, ":<>\"|?*") < len || is_device(name, len))
            return true;
        name += len;
        if (*name == '/')
            name++;
    }
    return false;
}

/* The place behind "<dist>.data/", or NULL when `name` is not in such a folder.  pip takes
 * any first part that ends in ".data", so we do too. */
static const char *
behind_data_folder(const char *name)
{
    const char *slash = strchr(name, '/');

    if (slash == NULL || slash - name <= 5 || memcmp(slash - 5, ".data", 5) != 0)
        return NULL;
    return slash + 1;
}

const char *
wf_member_path_installed(struct wf_arena *arena, const char *name)
{
    static const char *const roots[] = { "platlib/", "purelib/" };
    const char *rest = behind_data_folder(name);

    (void)arena;
    if (rest == NULL)
        return name;
    for (size_t i = 0; i < WF_COUNT(roots); i++) {
        const size_t len = strlen(roots[i]);

        if (strncmp(rest, roots[i], len) == 0 && rest[len] != '\0')
            return rest + len;
    }
    return name;
}

const char *
wf_member_path_data_key(struct wf_arena *arena, const char *name)
{
    static const char *const keys[] = { "purelib", "platlib", "scripts", "data",
                                        "headers" };
    const char *rest = behind_data_folder(name);

    if (rest == NULL || *rest == '\0')
        return NULL;
    const size_t len = strcspn(rest, "/");

    for (size_t i = 0; i < WF_COUNT(keys); i++) {
        if (strlen(keys[i]) == len && memcmp(rest, keys[i], len) == 0)
            return keys[i];
    }
    return wf_arena_str(arena, wf_bytes_of(rest, len));
}
