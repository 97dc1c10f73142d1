/* check.c -- what PyPI would refuse of a project's wheels, before any is built (see
 * wf_check_project).  The rules are those of PyPI's upload form and of the core metadata
 * specification. */
#include <string.h>

#include "base/file.h"
#include "pack/build_parts.h"
#include "wheel/metadata.h"
#include "wheel/pep508.h"

enum { MOST_SUMMARY = 512, MOST_URL_LABEL = 32, MOST_LICENSE = 1 << 24 };

struct checking {
    struct wf_arena *arena;
    struct wf_strings *reasons;
    const struct wf_loaded *loaded;
    struct wf_fields fields;
};

static void
add(struct checking *work, const char *text)
{
    wf_strings_append(work->arena, work->reasons, text);
}

static void
check_version(struct checking *work, const char *value)
{
    if (strchr(value, '+') != NULL)
        add(work, wf_arena_printf(work->arena,
                                  "metadata: version %s has a local part (behind \"+\"), "
                                  "which PyPI takes from nobody",
                                  value));
}

static size_t
num_characters(const char *text)
{
    size_t num = 0;

    for (; *text != '\0'; text++)
        num += ((unsigned char)*text & 0xc0) != 0x80;
    return num;
}

static void
check_summary(struct checking *work, const char *value)
{
    if (num_characters(value) > MOST_SUMMARY)
        add(work, wf_arena_printf(work->arena,
                                  "metadata: the description has %zu characters; %d are "
                                  "the most for a summary",
                                  num_characters(value), MOST_SUMMARY));
}

static void
check_classifier(struct checking *work, const char *value)
{
    if (wf_text_starts_with(value, "Private ::"))
        add(work, wf_arena_printf(work->arena,
                                  "metadata: the classifier \"%s\" asks PyPI to refuse "
                                  "the upload",
                                  value));
    else if (strstr(value, " :: ") == NULL)
        add(work, wf_arena_printf(work->arena,
                                  "metadata: \"%s\" is no classifier; they look like "
                                  "\"Topic :: Utilities\"",
                                  value));
    else if (wf_text_starts_with(value, "License ::") &&
             wf_fields_get(&work->fields, "License-Expression") != NULL)
        add(work, wf_arena_printf(work->arena,
                                  "metadata: the classifier \"%s\" stands beside a "
                                  "license expression, which replaces it",
                                  value));
}

static void
check_requirement(struct checking *work, const char *value)
{
    struct wf_requirement requirement;
    struct wf_error err = { 0 };

    if (!wf_requirement_parse(&requirement, work->arena, value, &err))
        add(work, wf_arena_printf(work->arena, "metadata: requirement \"%s\": %s", value,
                                  err.text));
    else if (requirement.url != NULL)
        add(work, wf_arena_printf(work->arena,
                                  "metadata: %s is required by its URL; PyPI takes "
                                  "versions only",
                                  requirement.name));
}

static bool
is_web_url(const char *url)
{
    const char *host = wf_text_starts_with(url, "https://")  ? url + 8
                       : wf_text_starts_with(url, "http://") ? url + 7
                                                             : "";

    return host[0] != '\0' && host[0] != '/' && strpbrk(url, " \t<>\"") == NULL;
}

static void
check_home_page(struct checking *work, const char *value)
{
    if (!is_web_url(value))
        add(work, wf_arena_printf(
                      work->arena,
                      "metadata: the home page \"%s\" is no http or https URL", value));
}

static void
check_project_url(struct checking *work, const char *value)
{
    const char *comma = strstr(value, ", ");
    const char *label =
        comma == NULL
            ? value
            : wf_arena_str(work->arena, wf_bytes_of(value, (size_t)(comma - value)));

    if (comma == NULL || !is_web_url(comma + 2))
        add(work,
            wf_arena_printf(work->arena,
                            "metadata: the URL \"%s\" is no http or https URL", value));
    if (num_characters(label) > MOST_URL_LABEL)
        add(work, wf_arena_printf(work->arena,
                                  "metadata: the label of the URL \"%s\" has %zu "
                                  "characters; %d are the most",
                                  label, num_characters(label), MOST_URL_LABEL));
}

static void
check_license_expression(struct checking *work, const char *value)
{
    const char *end =
        value + strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRST"
                              "UVWXYZ0123456789.-+() ");

    if (*end != '\0')
        add(work, wf_arena_printf(work->arena,
                                  "metadata: the license \"%s\" is no SPDX expression: "
                                  "\"%.1s\" has no place in one; write AND or OR",
                                  value, end));
}

/* One parameter of a content type, blanks around it cut off. */
static const char *
fault_of_parameter(const char *type, const char *parameter)
{
    static const char *const variants[] = { "variant=gfm", "variant=commonmark" };

    if (strcmp(parameter, "charset=utf-8") == 0)
        return NULL;
    if (strncmp(parameter, "charset=", 8) == 0)
        return "the charset must be UTF-8";
    for (size_t i = 0; i < WF_COUNT(variants); i++)
        if (strcmp(parameter, variants[i]) == 0)
            return strcmp(type, "text/markdown") == 0 ? NULL
                                                      : "only text/markdown has variants";
    return "charset=UTF-8 and variant=GFM or variant=CommonMark are what may follow";
}

static const char *
fault_of_type(struct wf_arena *arena, const char *value)
{
    static const char *const types[] = { "text/markdown", "text/x-rst", "text/plain" };
    char *rest = wf_text_lower(arena, value);
    const char *type = NULL;

    for (char *next = rest; rest != NULL; rest = next) {
        rest += strspn(rest, " ");
        next = strchr(rest, ';');
        if (next != NULL)
            *next++ = '\0';
        rest[strcspn(rest, " ")] = '\0';
        if (type == NULL) {
            type = rest;
            if (strcmp(type, types[0]) != 0 && strcmp(type, types[1]) != 0 &&
                strcmp(type, types[2]) != 0)
                return "text/markdown, text/x-rst and text/plain are what PyPI shows";
        } else if (fault_of_parameter(type, rest) != NULL) {
            return fault_of_parameter(type, rest);
        }
    }
    return NULL;
}

static void
check_content_type(struct checking *work, const char *value)
{
    const char *fault = fault_of_type(work->arena, value);

    if (fault != NULL)
        add(work,
            wf_arena_printf(work->arena, "readme: its type is \"%s\": %s", value, fault));
}

static const struct {
    const char *field;
    void (*check)(struct checking *work, const char *value);
} checks[] = {
    { "Version", check_version },
    { "Summary", check_summary },
    { "Classifier", check_classifier },
    { "Requires-Dist", check_requirement },
    { "Home-Page", check_home_page },
    { "Project-URL", check_project_url },
    { "License-Expression", check_license_expression },
    { "Description-Content-Type", check_content_type },
};

static void
check_fields(struct checking *work)
{
    for (size_t i = 0; i < work->fields.num; i++)
        for (size_t j = 0; j < WF_COUNT(checks); j++)
            if (strcmp(work->fields.items[i].name, checks[j].field) == 0)
                checks[j].check(work, work->fields.items[i].value);
    if (wf_fields_get(&work->fields, "License") != NULL &&
        wf_fields_get(&work->fields, "License-Expression") != NULL)
        add(work, "metadata: License and License-Expression are both there; one of them "
                  "must go");
    if (wf_fields_get(&work->fields, "Description-Content-Type") == NULL &&
        work->loaded->metadata.readme_source != NULL)
        add(work, "readme: it has no content type, so PyPI takes it for "
                  "reStructuredText; give project.readme a content-type");
}

static void
check_licenses(struct checking *work)
{
    const struct wf_core_metadata *metadata = &work->loaded->metadata;

    for (size_t i = 0; i < metadata->num_licenses; i++) {
        struct wf_error err = { 0 };
        struct wf_buffer text;

        wf_buffer_init(&text, MOST_LICENSE);
        if (!wf_file_read_whole(&text, metadata->licenses[i].source, &err))
            add(work, wf_arena_printf(work->arena, "metadata: license file %s: %s",
                                      metadata->licenses[i].path, err.text));
        else if (!wf_utf8_is_valid(wf_buffer_bytes(&text)))
            add(work,
                wf_arena_printf(work->arena, "metadata: the license file %s is not UTF-8",
                                metadata->licenses[i].path));
        wf_buffer_clear(&text);
    }
}

static void
check_platform(struct checking *work, const char *platform)
{
    if (!wf_platform_pypi_takes(platform))
        add(work, wf_arena_printf(work->arena,
                                  "tags: PyPI takes no wheels with the platform tag %s",
                                  platform));
}

/* Which manylinux or musllinux tag it will be is the audit's to say; whether there are any
 * for the architecture is known. */
static void
check_linux(struct checking *work, const struct wf_building *building)
{
    const struct wf_triple *triple = &work->loaded->triple;
    const struct wf_compatibility *compatibility = &building->compatibility;

    if (compatibility->is_linux)
        add(work,
            wf_arena_printf(work->arena,
                            "tags: compatibility is \"linux\", so wheels are tagged "
                            "%s, which PyPI does not take; ask for pypi or leave "
                            "it out",
                            building->platform));
    for (size_t i = 0; i < compatibility->tags.num; i++)
        check_platform(work,
                       wf_arena_printf(work->arena, "%s_%s", compatibility->tags.items[i],
                                       triple->arch_word));
    if (!compatibility->is_linux && compatibility->tags.num == 0)
        check_platform(
            work, wf_arena_printf(work->arena, "%s_%s",
                                  triple->is_musl ? "musllinux_1_2" : "manylinux_2_28",
                                  triple->arch_word));
}

static bool
check_tags(struct checking *work, struct wf_error *err)
{
    struct wf_building building = { 0 };

    if (!wf_building_start(&building, work->arena, work->loaded, err)) {
        if (err->kind != WF_ERR_REFUSED && err->kind != WF_ERR_USAGE)
            return false;
        add(work, wf_arena_printf(work->arena, "tags: %s", err->text));
        return true;
    }
    if (building.num_wheels == 0)
        add(work, "tags: no interpreter suits the project, so there is no wheel");
    if (work->loaded->triple.os == WF_OS_LINUX)
        check_linux(work, &building);
    else
        check_platform(work, building.platform);
    return true;
}

bool
wf_check_project(struct wf_strings *reasons, const char **name, struct wf_arena *arena,
                 const struct wf_build_asked *asked, struct wf_error *err)
{
    struct wf_loaded loaded;

    if (!wf_project_load(&loaded, arena, asked, err))
        return false;
    struct checking work = { .arena = arena, .reasons = reasons, .loaded = &loaded };
    const bool ok = wf_fields_parse(&work.fields, arena, loaded.metadata.metadata, err) &&
                    check_tags(&work, err);

    if (ok) {
        check_fields(&work);
        check_licenses(&work);
        *name = wf_arena_printf(arena, "%s %s", loaded.metadata.name,
                                loaded.metadata.version);
    }
    wf_loaded_end(&loaded);
    return ok;
}
