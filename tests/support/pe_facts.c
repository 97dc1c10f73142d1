/* pe_facts.c -- `pe_facts FILE...`: what the reader says of PE files, one JSON document a
 * line, for comparison with other readers. */
#include <inttypes.h>
#include <stdio.h>

#include "base/file.h"
#include "base/json.h"
#include "object/pe_file.h"

enum { LARGEST = 1 << 30 };

static void
put_number(struct wf_json_writer *w, const char *key, uint64_t value)
{
    wf_json_write_key(w, key);
    wf_json_write_u64(w, value);
}

static void
put_text(struct wf_json_writer *w, const char *key, const char *value)
{
    wf_json_write_key(w, key);
    wf_json_write_string(w, value);
}

static void
put_needs(struct wf_json_writer *w, const struct wf_object *o)
{
    static const char *const kinds[] = { "import", "delay", "forward" };

    wf_json_write_key(w, "needs");
    wf_json_begin_array(w);
    for (size_t i = 0, import = 0; i < o->num_needed; i++) {
        wf_json_begin_object(w);
        put_text(w, "name", o->needed[i]);
        put_text(w, "kind", kinds[o->pe->needs[i].kind]);
        put_number(w, "num_symbols", o->pe->needs[i].num_symbols);
        wf_json_write_key(w, "symbols");
        wf_json_begin_array(w);
        for (; import < o->num_imports && o->imports[import].library == (int32_t)i;
             import++)
            wf_json_write_string(w, o->imports[import].name);
        wf_json_end_array(w);
        wf_json_end_object(w);
    }
    wf_json_end_array(w);
}

static void
put_faults(struct wf_json_writer *w, const struct wf_pe *pe)
{
    wf_json_write_key(w, "faults");
    wf_json_begin_array(w);
    for (size_t i = 0; i < pe->num_faults; i++) {
        wf_json_begin_object(w);
        put_text(w, "rule", pe->faults[i].rule);
        put_text(w, "text", pe->faults[i].text);
        wf_json_end_object(w);
    }
    wf_json_end_array(w);
}

/* The right checksum is told of files without one, too. */
static void
put_facts(struct wf_json_writer *w, const struct wf_object *o, struct wf_bytes bytes,
          const struct wf_pe_file *file)
{
    const struct wf_pe *pe = o->pe;

    put_text(w, "path", o->path);
    put_text(w, "kind", wf_object_kind_name(o->kind));
    put_text(w, "arch", o->arch_name);
    put_text(w, "soname", o->soname);
    put_text(w, "build_id", o->build_id);
    put_text(w, "pdb", pe->pdb);
    put_number(w, "machine", pe->machine);
    put_number(w, "num_exports", o->num_exports);
    put_number(w, "num_inits", o->num_module_inits);
    put_number(w, "checksum", pe->checksum);
    put_number(w, "right_checksum", wf_pe_checksum(bytes, file->checksum_off));
    put_number(w, "dll_characteristics", pe->dll_characteristics);
    put_number(w, "linker", (uint64_t)pe->linker_major << 8 | pe->linker_minor);
    put_number(w, "os", (uint64_t)pe->os_major << 16 | pe->os_minor);
    put_number(w, "load_flags", pe->dependent_load_flags);
    put_number(w, "guard_flags", pe->guard_flags);
    put_number(w, "certificate_off", pe->certificate_off);
    put_number(w, "certificate_len", pe->certificate_len);
    put_number(w, "overlay_off", pe->overlay_off);
    put_number(w, "overlay_len", pe->overlay_len);
    put_number(w, "num_coff_symbols", pe->num_coff_symbols);
    put_number(w, "padding", pe->padding);
    put_number(w, "has_header_room", pe->has_header_room);
    put_needs(w, o);
    put_faults(w, pe);
}

static bool
print_file(const char *path, struct wf_bytes bytes, struct wf_error *err)
{
    const struct wf_limits limits = wf_limits_standard();
    struct wf_object_file file = { 0 };
    struct wf_pe_file parts;
    struct wf_arena arena = { 0 };
    struct wf_buffer out;
    struct wf_json_writer w = { .out = &out };

    wf_buffer_init(&out, LARGEST);
    const bool ok = wf_object_read(&file, &arena, path, bytes, &limits, err) &&
                    wf_pe_open(&parts, &arena, bytes, err);

    if (ok && file.objects->pe != NULL) {
        wf_json_begin_object(&w);
        put_facts(&w, file.objects, bytes, &parts);
        wf_json_end_object(&w);
        fwrite(out.data, 1, out.len, stdout);
        puts("");
    }
    wf_buffer_clear(&out);
    wf_arena_clear(&arena);
    return ok;
}

int
main(int argc, char **argv)
{
    bool ok = argc > 1;

    for (int i = 1; i < argc; i++) {
        struct wf_buffer bytes;
        struct wf_error err = { 0 };

        wf_buffer_init(&bytes, LARGEST);
        if (!wf_file_read_whole(&bytes, argv[i], &err) ||
            !print_file(argv[i], wf_buffer_bytes(&bytes), &err)) {
            fprintf(stderr, "pe_facts: %s: %s\n", argv[i], err.text);
            ok = false;
        }
        wf_buffer_clear(&bytes);
    }
    return ok ? 0 : 3;
}
