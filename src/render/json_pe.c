/* json_pe.c -- what only PE objects have, as keys (see json_pe.h). */
#include "render/json_pe.h"
#include "base/json_keys.h"

const char *
wf_pe_need_word(enum wf_pe_need_kind kind)
{
    static const char *const words[] = {
        [WF_PE_IMPORT] = "import",
        [WF_PE_DELAY] = "delay",
        [WF_PE_FORWARD] = "forward",
    };

    return words[kind];
}

void
wf_key_machine(struct wf_json_writer *w, const struct wf_pe *pe)
{
    static const char *const hybrids[] = {
        [WF_PE_PLAIN] = NULL,
        [WF_PE_ARM64EC] = "arm64ec",
        [WF_PE_ARM64X] = "arm64x",
    };

    wf_key_string(w, "machine", wf_pe_machine_name(pe->machine));
    wf_key_string(w, "hybrid", hybrids[pe->hybrid]);
}

static void
write_needs(struct wf_json_writer *w, const struct wf_object *object)
{
    const struct wf_pe_need *needs = object->pe->needs;

    wf_json_write_key(w, "needs");
    wf_json_begin_array(w);
    for (size_t i = 0; needs != NULL && i < object->num_needed; i++) {
        wf_json_begin_object(w);
        wf_key_string(w, "name", object->needed[i]);
        wf_key_string(w, "kind", wf_pe_need_word(needs[i].kind));
        wf_key_number(w, "symbols", needs[i].num_symbols);
        wf_json_end_object(w);
    }
    wf_json_end_array(w);
}

static void
write_version(struct wf_json_writer *w, const char *key, unsigned major, unsigned minor)
{
    struct wf_arena arena = { 0 };

    wf_key_string(w, key, wf_arena_printf(&arena, "%u.%u", major, minor));
    wf_arena_clear(&arena);
}

/* Words of link.exe for the subsystems that wheels may hold; others as a number. */
static void
write_subsystem(struct wf_json_writer *w, unsigned subsystem)
{
    static const char *const words[] = {
        [1] = "native", [2] = "windows", [3] = "console"
    };
    struct wf_arena arena = { 0 };

    wf_key_string(w, "subsystem",
                  subsystem > 0 && subsystem < WF_COUNT(words)
                      ? words[subsystem]
                      : wf_arena_printf(&arena, "%u", subsystem));
    wf_arena_clear(&arena);
}

static void
write_mitigations(struct wf_json_writer *w, const struct wf_pe *pe)
{
    static const struct {
        const char *key;
        uint16_t bit; /* of DllCharacteristics */
    } bits[] = { { "aslr", 0x40 },
                 { "high_entropy", 0x20 },
                 { "nx", 0x100 },
                 { "cfg", 0x4000 },
                 { "force_integrity", 0x80 } };

    wf_json_write_key(w, "mitigations");
    wf_json_begin_object(w);
    for (size_t i = 0; i < WF_COUNT(bits); i++)
        wf_key_bool(w, bits[i].key, (pe->dll_characteristics & bits[i].bit) != 0);
    wf_json_end_object(w);
}

static void
write_checksum(struct wf_json_writer *w, const struct wf_pe *pe)
{
    wf_json_write_key(w, "checksum");
    wf_json_begin_object(w);
    wf_key_number(w, "value", pe->checksum);
    if (pe->checksum != 0) {
        wf_key_bool(w, "valid", pe->checksum == pe->right_checksum);
        wf_key_number(w, "right", pe->right_checksum);
    }
    wf_json_end_object(w);
}

static void
write_dotnet(struct wf_json_writer *w, const struct wf_pe *pe)
{
    wf_json_write_key(w, "dotnet");
    if (!pe->is_dotnet) {
        wf_json_write_null(w);
        return;
    }
    wf_json_begin_object(w);
    wf_key_bool(w, "il_only", pe->is_il_only);
    wf_key_bool(w, "any_machine", pe->is_any_machine);
    wf_json_end_object(w);
}

/* Nobody's key is checked, so that it "may be" valid is all that can be said. */
static void
write_certificate(struct wf_json_writer *w, const struct wf_pe *pe)
{
    wf_json_write_key(w, "certificate");
    if (pe->certificate_off == 0) {
        wf_json_write_null(w);
        return;
    }
    wf_json_begin_object(w);
    wf_key_number(w, "offset", pe->certificate_off);
    wf_key_number(w, "size", pe->certificate_len);
    wf_key_string(w, "fault", pe->certificate_fault);
    wf_json_end_object(w);
}

static void
write_overlay(struct wf_json_writer *w, const struct wf_pe *pe)
{
    wf_json_write_key(w, "overlay");
    if (pe->overlay_len == 0) {
        wf_json_write_null(w);
        return;
    }
    wf_json_begin_object(w);
    wf_key_number(w, "offset", pe->overlay_off);
    wf_key_number(w, "size", pe->overlay_len);
    wf_json_end_object(w);
}

/* Room that a repair has for longer names without moving anything. */
static void
write_room(struct wf_json_writer *w, const struct wf_pe *pe)
{
    wf_json_write_key(w, "name_room");
    wf_json_begin_object(w);
    wf_key_number(w, "padding", pe->padding);
    wf_key_bool(w, "section_header", pe->has_header_room);
    wf_json_end_object(w);
}

static void
write_faults(struct wf_json_writer *w, const struct wf_pe *pe)
{
    wf_json_write_key(w, "faults");
    wf_json_begin_array(w);
    for (size_t i = 0; i < pe->num_faults; i++) {
        wf_json_begin_object(w);
        wf_key_string(w, "rule", pe->faults[i].rule);
        wf_key_string(w, "message", pe->faults[i].text);
        wf_json_end_object(w);
    }
    wf_json_end_array(w);
}

void
wf_write_pe_keys(struct wf_json_writer *w, const struct wf_object *object)
{
    const struct wf_pe *pe = object->pe;

    wf_key_machine(w, pe);
    write_needs(w, object);
    write_version(w, "linker", pe->linker_major, pe->linker_minor);
    write_subsystem(w, pe->subsystem);
    write_version(w, "subsystem_version", pe->os_major, pe->os_minor);
    write_dotnet(w, pe);
    write_mitigations(w, pe);
    write_checksum(w, pe);
    wf_key_number(w, "load_flags", pe->dependent_load_flags);
    wf_key_number(w, "guard_flags", pe->guard_flags);
    wf_key_bool(w, "bound_imports", pe->has_bound_imports);
    write_certificate(w, pe);
    write_overlay(w, pe);
    wf_key_number(w, "coff_symbols", pe->num_coff_symbols);
    wf_key_string(w, "pdb", pe->pdb);
    write_room(w, pe);
    write_faults(w, pe);
}
