/* core_license.c -- licence expression, text and files (PEP 639). */
#include <string.h>

#include "base/file.h"
#include "pack/core_parts.h"
#include "pack/ignore.h"
#include "pack/paths.h"

/* Each new one is compared with those before; vendoring projects have a few hundred. */
enum { MAX_LICENSE_FILES = 4096, MAX_COMPARED = 1 << 20 };

/* Whether two files say the same; one that cannot be read says nothing. */
static bool
say_the_same(const char *a, const char *b)
{
    struct wf_error none = { 0 };
    struct wf_buffer left;
    struct wf_buffer right;

    wf_buffer_init(&left, MAX_COMPARED);
    wf_buffer_init(&right, MAX_COMPARED);
    const bool is_same = wf_file_read_whole(&left, a, &none) &&
                         wf_file_read_whole(&right, b, &none) &&
                         wf_bytes_equal(wf_buffer_bytes(&left), wf_buffer_bytes(&right));

    wf_buffer_clear(&left);
    wf_buffer_clear(&right);
    return is_same;
}

/* Two files of one place happen where the crate below and the repository both have a LICENSE:
 * what was named first stays, and that another one is lost is told. */
static bool
add_file(struct wf_core *core, const char *path, const char *source, struct wf_error *err)
{
    struct wf_core_metadata *out = core->out;

    for (size_t i = 0; i < out->num_licenses; i++) {
        const struct wf_license_file *first = &out->licenses[i];

        if (strcmp(first->path, path) != 0)
            continue;
        if (strcmp(first->source, source) != 0 && !say_the_same(first->source, source))
            wf_say_warning(core->say,
                           "the licence file %s is left out: \"%s\" in the wheel is %s; "
                           "rename one of them",
                           source, path, first->source);
        return true;
    }
    if (out->num_licenses == MAX_LICENSE_FILES)
        return wf_error_set(err, WF_ERR_LIMIT, "there are more than %d licence files",
                            MAX_LICENSE_FILES);
    out->licenses = wf_arena_grow(core->arena, out->licenses, out->num_licenses,
                                  &core->cap_licenses, sizeof *out->licenses);
    out->licenses[out->num_licenses++] = (struct wf_license_file){ path, source };
    return true;
}

/* A file named by itself keeps its path below `folder`; from outside it is known by its
 * name alone. */
static bool
add_named(struct wf_core *core, const char *folder, const char *root, const char *named,
          const char *key, struct wf_error *err)
{
    const char *source = wf_core_place(core->arena, root, folder, named);

    if (source == NULL)
        return wf_error_set(err, WF_ERR_MALFORMED,
                            "%s \"%s\" is no relative path inside %s", key, named, root);
    if (wf_path_kind(source) != WF_PATH_FILE)
        return wf_error_set(err, WF_ERR_IO, "%s: there is no file %s", key, source);
    const char *path = wf_path_below(source, folder);

    return add_file(core, path != NULL ? path : wf_text_base_name(source), source, err);
}

bool
wf_core_cargo_license(struct wf_core *core, struct wf_error *err)
{
    const char *named = core->graph->root->license_file;
    const char *root = core->graph->workspace_root;

    if (named == NULL)
        return true;
    return add_named(core, core->project->manifest_dir,
                     root != NULL ? root : core->project->manifest_dir, named,
                     "package.license-file", err);
}

/* PEP 639: letters, digits, "_-./", and the signs of globs. */
static const char *
fault_of_glob(const char *glob)
{
    for (const char *c = glob; *c != '\0'; c++) {
        const bool is_plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                              (*c >= '0' && *c <= '9');

        if (!is_plain && strchr("_-./*?[]", *c) == NULL)
            return "a character other than letters, digits and _-./*?[]";
    }
    if (*glob == '\0' || *glob == '/')
        return *glob == '/' ? "an absolute path" : "nothing in it";
    if (strstr(glob, "..") != NULL)
        return "\"..\"";
    return strstr(glob, "***") != NULL ? "\"***\"" : NULL;
}

static bool
add_matches(struct wf_core *core, const char *glob, bool is_told, struct wf_error *err)
{
    struct wf_found_file *found = NULL;
    size_t num = 0;

    if (!wf_glob_files(&found, &num, core->arena, core->project->root, glob, err))
        return false;
    for (size_t i = 0; i < num; i++) {
        if (!add_file(core, found[i].path, found[i].source, err))
            return false;
        if (is_told)
            wf_say_step(core->say, "Including license file `%s`", found[i].path);
    }
    return true;
}

static bool
add_globs(struct wf_core *core, const struct wf_toml *value, struct wf_error *err)
{
    struct wf_strings globs = { 0 };
    const struct wf_toml *item = value->first;

    if (!wf_core_lines(&globs, core->arena, value, "project.license-files", err))
        return false;
    for (size_t i = 0; i < globs.num; i++, item = item->next) {
        const char *fault = fault_of_glob(globs.items[i]);

        if (fault != NULL)
            return wf_core_refuse(err, item, "project.license-files: \"%s\" has %s",
                                  globs.items[i], fault);
        if (!add_matches(core, globs.items[i], false, err))
            return wf_error_prefix(err, "line %u, column %u", item->line, item->column);
    }
    return true;
}

static bool
add_usual_files(struct wf_core *core, struct wf_error *err)
{
    static const char *const globs[] = { "LICEN[CS]E*", "COPYING*", "NOTICE*",
                                         "AUTHORS*" };

    for (size_t i = 0; i < WF_COUNT(globs); i++) {
        if (!add_matches(core, globs[i], true, err))
            return false;
    }
    return true;
}

/* The length of the next line of at most `width` characters, cut at a blank; a longer word
 * stands alone. */
static size_t
fold_len(struct wf_bytes line, size_t width)
{
    size_t columns = 0;
    size_t cut = 0;

    for (size_t i = 0; i < line.len; i++) {
        if (line.data[i] == ' ' && i > 0 && line.data[i - 1] != ' ') {
            if (columns > width && cut > 0)
                return cut;
            cut = i;
        }
        columns += (line.data[i] & 0xC0) != 0x80;
    }
    return columns > width && cut > 0 ? cut : line.len;
}

static void
add_folded(struct wf_buffer *out, struct wf_bytes line)
{
    enum { WIDTH = 78 };

    while (line.len > 0 && line.data[line.len - 1] == ' ')
        line = wf_bytes_first(line, line.len - 1);
    do {
        const size_t len = fold_len(line, WIDTH);

        if (out->len > 0)
            wf_buffer_add_str(out, "\r\n\t");
        wf_buffer_add(out, line.data, len);
        line = wf_bytes_skip(line, len);
        while (line.len > 0 && line.data[0] == ' ')
            line = wf_bytes_skip(line, 1);
    } while (line.len > 0);
}

/* A text of several lines in one field: each further line begins with a tab. */
static const char *
fold_text(struct wf_arena *arena, const char *text)
{
    struct wf_buffer out;
    struct wf_bytes rest = wf_bytes_str(text);
    struct wf_bytes line = { 0 };

    wf_buffer_init(&out, SIZE_MAX);
    while (wf_bytes_line(&line, &rest))
        add_folded(&out, line);
    const char *folded = wf_arena_str(arena, wf_buffer_bytes(&out));

    wf_buffer_clear(&out);
    return folded;
}

static bool
take_text(struct wf_core *core, const struct wf_toml *value, const char *text,
          struct wf_error *err)
{
    for (const char *c = text; *c != '\0'; c++) {
        const bool is_line_end = *c == '\n' || (c[0] == '\r' && c[1] == '\n');

        if (((unsigned char)*c < 0x20 && *c != '\t' && !is_line_end) || *c == 0x7F)
            return wf_core_refuse(err, value,
                                  "project.license.text has the control byte 0x%02x",
                                  (unsigned char)*c);
    }
    core->license = fold_text(core->arena, text);
    return true;
}

static bool
take_table(struct wf_core *core, const struct wf_toml *table, struct wf_error *err)
{
    const struct wf_toml *file = wf_toml_get(table, "file");
    const struct wf_toml *text_value = wf_toml_get(table, "text");
    const char *named = NULL;
    const char *text = NULL;

    if (!wf_core_line(&named, file, "project.license.file", err) ||
        !wf_toml_want_string(&text, text_value, "project.license.text", err))
        return false;
    if ((named == NULL) == (text == NULL))
        return wf_core_refuse(
            err, table, "project.license has %s; one of file and text was expected",
            named == NULL ? "neither file nor text" : "both file and text");
    if (text != NULL)
        return take_text(core, text_value, text, err);
    return add_named(core, core->project->root, wf_core_allowed(core), named,
                     "project.license.file", err) ||
           wf_error_prefix(err, "line %u, column %u", file->line, file->column);
}

bool
wf_core_license(struct wf_core *core, const struct wf_toml *project, struct wf_error *err)
{
    const struct wf_toml *license = wf_toml_get(project, "license");
    const struct wf_toml *files = wf_toml_get(project, "license-files");

    if (license != NULL && license->kind == WF_TOML_TABLE) {
        if (!take_table(core, license, err))
            return false;
    } else {
        if (!wf_core_line(&core->license_expression, license, "project.license", err))
            return false;
        if (core->license_expression != NULL)
            core->license = NULL; /* the two exclude each other (PEP 639) */
    }
    return files != NULL ? add_globs(core, files, err) : add_usual_files(core, err);
}
