/* render_auditwheel.c -- the JSON of `auditwheel show --json` (show-schema.json, version
 * 1), so that scripts written for it go on working. */
#include <string.h>

#include "render/render.h"
#include "base/json_keys.h"

enum { INDENT = 4, SCHEMA_VERSION = 1 };

/* The sentence scripts look for; it is part of the interface. */
static const char no_elf[] =
    "This does not look like a platform wheel, no ELF executable or shared library file "
    "(including compiled Python C extension) found in the wheel archive";

static void
write_by_library(struct wf_json_writer *w, const char *key,
                 const struct wf_library_versions *items, size_t num)
{
    wf_json_write_key(w, key);
    wf_json_begin_object(w);
    for (size_t i = 0; i < num; i++)
        wf_key_strings(w, items[i].library, &items[i].versions);
    wf_json_end_object(w);
}

static void
write_externals(struct wf_json_writer *w, const struct wf_platform *platform)
{
    wf_json_write_key(w, "external_libs");
    wf_json_begin_object(w);
    for (size_t i = 0; i < platform->num_externals; i++) {
        const struct wf_external *external = &platform->externals[i];

        /* What only libraries outside the wheel need depends on the host. */
        if (!external->direct)
            continue;
        wf_json_write_key(w, external->name);
        wf_json_write_string(w, external->library == NULL ? NULL
                                                          : external->library->real_path);
    }
    wf_json_end_object(w);
}

/* A policy without either key is left out, as there. */
static void
write_upgrades(struct wf_json_writer *w, const struct wf_platform *platform)
{
    wf_json_write_key(w, "policy_upgrades");
    wf_json_begin_object(w);
    for (size_t i = 0; i < platform->num_upgrades; i++) {
        const struct wf_upgrade *upgrade = &platform->upgrades[i];

        if (upgrade->libraries.num == 0 && upgrade->num_forbidden == 0)
            continue;
        wf_json_write_key(w, upgrade->policy);
        wf_json_begin_object(w);
        if (upgrade->libraries.num > 0)
            wf_key_strings(w, "libs_to_eliminate", &upgrade->libraries);
        if (upgrade->num_forbidden > 0)
            write_by_library(w, "blacklisted_symbols", upgrade->forbidden,
                             upgrade->num_forbidden);
        wf_json_end_object(w);
    }
    wf_json_end_object(w);
}

static void
write_flag(struct wf_json_writer *w, const char *key, bool value)
{
    wf_json_write_key(w, key);
    wf_json_write_bool(w, value);
}

static void
write_judged(struct wf_json_writer *w, const struct wf_platform *platform)
{
    write_flag(w, "pure", false);
    wf_json_write_key(w, "overall_tag");
    wf_json_write_string(w, platform->tag);
    wf_json_write_key(w, "sym_tag");
    wf_json_write_string(w, platform->symbol_tag);
    write_flag(w, "pyfpe", platform->pyfpe == WF_RANK_NEVER);
    write_flag(w, "ucs2", platform->ucs2 == WF_RANK_NEVER);
    write_flag(w, "unsupported_isa", platform->isa == WF_RANK_NEVER);
    write_by_library(w, "versioned_symbols", platform->versions, platform->num_versions);
    write_externals(w, platform);
    write_upgrades(w, platform);
}

/* The platform that stands for the wheel: auditwheel knows one per wheel. */
static const struct wf_platform *
judged_platform(const struct wf_report *report)
{
    for (size_t i = 0; i < report->num_platforms; i++) {
        if (report->platforms[i].judged && report->platforms[i].system != WF_SYSTEM_MACOS)
            return &report->platforms[i];
    }
    return NULL;
}

static bool
is_for_any_platform(const struct wf_report *report)
{
    const struct wf_strings *words = &report->wheel->name.platform_words;

    return words->num == 1 && strcmp(words->items[0], "any") == 0;
}

static bool
has_elf(const struct wf_report *report)
{
    for (size_t i = 0; i < report->num_objects; i++) {
        if (report->objects[i].object.format == WF_FORMAT_ELF)
            return true;
    }
    return false;
}

/* What keeps a wheel that was opened from being judged. */
static void
write_refusal(struct wf_json_writer *w, const struct wf_report *report)
{
    for (size_t i = 0; i < report->num_readings; i++) {
        const struct wf_reading *reading = &report->readings[i];
        struct wf_buffer text;

        if (!reading->unreadable)
            continue;
        wf_buffer_init(&text, sizeof *reading->error + reading->member->name_len + 2);
        wf_buffer_printf(&text, "%s: %s", reading->member->name, reading->error->text);
        wf_buffer_add_char(&text, '\0');
        wf_json_write_string(w, (const char *)text.data);
        wf_buffer_clear(&text);
        return;
    }
    wf_json_write_string(w, has_elf(report)
                                ? "no policy speaks about the architecture or the C "
                                  "library of the objects in the wheel archive"
                                : no_elf);
}

static void
write_error(struct wf_json_writer *w, const struct wf_report *report)
{
    struct wf_buffer text;

    wf_json_write_key(w, "error");
    if (!report->failed) {
        write_refusal(w, report);
        return;
    }
    wf_buffer_init(&text, sizeof report->error);
    if (report->error.where[0] != '\0')
        wf_buffer_printf(&text, "%s: ", report->error.where);
    wf_buffer_printf(&text, "%s", report->error.text);
    wf_buffer_add_char(&text, '\0');
    wf_json_write_string(w, (const char *)text.data);
    wf_buffer_clear(&text);
}

bool
wf_render_auditwheel(struct wf_buffer *out, const struct wf_report *report,
                     const struct wf_audit_options *options)
{
    struct wf_json_writer w = { .out = out, .indent = INDENT };
    const struct wf_platform *platform = judged_platform(report);
    bool answered = true;

    wf_json_begin_object(&w);
    wf_json_write_key(&w, "version");
    wf_json_write_u64(&w, SCHEMA_VERSION);
    wf_json_write_key(&w, "wheel");
    wf_json_write_string(&w, report->base_name);
    if (!report->failed && platform != NULL) {
        write_judged(&w, platform);
    } else if (!report->failed && options->allow_pure &&
               report->kind == WF_VERDICT_PURE && is_for_any_platform(report)) {
        write_flag(&w, "pure", true);
    } else {
        write_error(&w, report);
        answered = false;
    }
    wf_json_end_object(&w);
    wf_buffer_add_char(out, '\n');
    return answered;
}
