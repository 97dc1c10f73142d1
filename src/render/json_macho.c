/* json_macho.c -- what only Mach-O objects have, as keys (see json_macho.h). */
#include "render/json_macho.h"

#include "base/json_keys.h"
#include "object/macho_edit.h"

void
wf_key_macos_version(struct wf_json_writer *w, const char *key, wf_macos_version version)
{
    struct wf_arena arena = { 0 };

    wf_key_string(w, key, version == 0 ? NULL : wf_macos_version_text(&arena, version));
    wf_arena_clear(&arena);
}

/* Apple's words for the platforms of LC_BUILD_VERSION. */
static const char *
platform_word(enum wf_macho_platform platform)
{
    static const char *const words[] = { NULL,
                                         "macos",
                                         "ios",
                                         "tvos",
                                         "watchos",
                                         "bridgeos",
                                         "maccatalyst",
                                         "iossimulator",
                                         "tvossimulator",
                                         "watchossimulator",
                                         "driverkit",
                                         "visionos",
                                         "visionossimulator" };
    const size_t number = (size_t)platform;

    return number < WF_COUNT(words) ? words[number] : "unknown";
}

void
wf_key_rpaths(struct wf_json_writer *w, const struct wf_object *slice)
{
    wf_json_write_key(w, "rpaths");
    wf_json_begin_array(w);
    for (size_t i = 0; i < slice->num_rpaths; i++)
        wf_json_write_string(w, slice->rpaths[i]);
    wf_json_end_array(w);
}

static void
write_dylibs(struct wf_json_writer *w, const struct wf_object *slice)
{
    wf_json_write_key(w, "dylibs");
    wf_json_begin_array(w);
    for (size_t i = 0; slice->macho->dylibs != NULL && i < slice->num_needed; i++) {
        const struct wf_macho_dylib *dylib = &slice->macho->dylibs[i];

        wf_json_begin_object(w);
        wf_key_string(w, "name", slice->needed[i]);
        wf_key_bool(w, "weak", dylib->weak);
        wf_key_bool(w, "reexport", dylib->reexport);
        wf_key_bool(w, "upward", dylib->upward);
        wf_key_bool(w, "lazy", dylib->lazy);
        wf_key_macos_version(w, "compatibility_version", dylib->compatibility_version);
        wf_key_macos_version(w, "current_version", dylib->current_version);
        wf_json_end_object(w);
    }
    wf_json_end_array(w);
}

/* Below zero would be a header that claims more than there is. */
static void
write_room(struct wf_json_writer *w, const struct wf_object *slice)
{
    const struct wf_macho_slice_edit nothing = { 0 };
    const int64_t room =
        slice->macho->num_commands == 0 ? -1 : wf_macho_room(slice, &nothing);

    wf_json_write_key(w, "header_room");
    if (room < 0)
        wf_json_write_null(w);
    else
        wf_json_write_u64(w, (uint64_t)room);
}

static void
write_faults(struct wf_json_writer *w, const struct wf_macho *macho)
{
    wf_json_write_key(w, "faults");
    wf_json_begin_array(w);
    for (size_t i = 0; i < macho->num_faults; i++) {
        wf_json_begin_object(w);
        wf_key_string(w, "rule", macho->faults[i].rule);
        wf_key_string(w, "message", macho->faults[i].text);
        wf_json_end_object(w);
    }
    wf_json_end_array(w);
}

/* Known flags of a CodeDirectory by codesign's words; others as one number. */
static void
write_flags(struct wf_json_writer *w, uint32_t flags)
{
    static const struct {
        uint32_t bit;
        const char *word;
    } words[] = {
        { 0x2, "adhoc" },          { 0x100, "hard" },
        { 0x200, "kill" },         { 0x800, "restrict" },
        { 0x1000, "enforcement" }, { 0x2000, "library-validation" },
        { 0x10000, "runtime" },    { 0x20000, "linker-signed" },
    };
    struct wf_arena arena = { 0 };

    wf_json_write_key(w, "flags");
    wf_json_begin_array(w);
    for (size_t i = 0; i < WF_COUNT(words); i++) {
        if ((flags & words[i].bit) != 0)
            wf_json_write_string(w, words[i].word);
        flags &= ~words[i].bit;
    }
    if (flags != 0)
        wf_json_write_string(w, wf_arena_printf(&arena, "0x%x", flags));
    wf_json_end_array(w);
    wf_arena_clear(&arena);
}

static void
write_signature(struct wf_json_writer *w, const struct wf_macho_signature *signature)
{
    static const char *const kinds[] = {
        [WF_MACHO_UNSIGNED] = "none",
        [WF_MACHO_ADHOC] = "adhoc",
        [WF_MACHO_LINKER] = "linker",
        [WF_MACHO_SIGNED] = "identity",
    };
    const bool is_signed = signature->kind != WF_MACHO_UNSIGNED;

    wf_json_write_key(w, "signature");
    wf_json_begin_object(w);
    wf_key_string(w, "kind", kinds[signature->kind]);
    wf_json_write_key(w, "valid");
    if (is_signed || signature->fault != NULL)
        wf_json_write_bool(w, signature->fault == NULL);
    else
        wf_json_write_null(w);
    wf_key_string(w, "fault", signature->fault);
    if (is_signed) {
        wf_key_string(w, "identifier", signature->identifier);
        wf_key_string(w, "team", signature->team);
        write_flags(w, signature->flags);
        wf_key_string(w, "hash", signature->hash);
        wf_key_number(w, "pages", signature->num_pages);
        wf_key_number(w, "bad_pages", signature->num_bad_pages);
        wf_key_bool(w, "entitlements", signature->has_entitlements);
    }
    wf_json_end_object(w);
}

void
wf_write_macho_keys(struct wf_json_writer *w, const struct wf_object *slice)
{
    const struct wf_macho *macho = slice->macho;

    wf_key_rpaths(w, slice);
    wf_key_string(w, "platform", platform_word(macho->platform));
    wf_key_macos_version(w, "min_os", macho->min_os);
    wf_key_macos_version(w, "sdk", macho->sdk);
    write_dylibs(w, slice);
    write_room(w, slice);
    write_faults(w, macho);
    write_signature(w, &macho->signature);
}
