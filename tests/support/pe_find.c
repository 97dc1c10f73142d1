/* pe_find.c -- places in made PE files, found without the code that is tested. */
#include "pe_parts.h"

#include <string.h>

uint64_t
wf_test_pe_get(struct wf_bytes file, size_t off, size_t len)
{
    uint64_t value = 0;

    for (size_t i = 0; i < len && off < file.len && i < file.len - off; i++)
        value |= (uint64_t)file.data[off + i] << 8 * i;
    return value;
}

void
wf_test_pe_set(struct wf_buffer *file, size_t off, uint64_t value, size_t len)
{
    for (size_t i = 0; i < len && off < file->len && i < file->len - off; i++)
        file->data[off + i] = (uint8_t)(value >> 8 * i);
}

/* Where the parts of the headers stand. */
struct headers {
    size_t coff, optional, directories, sections, num_sections;
};

static struct headers
find_headers(struct wf_bytes file)
{
    struct headers h = { .coff = (size_t)wf_test_pe_get(file, PE_LFANEW_OFF, 4) + 4 };

    h.optional = h.coff + PE_COFF_HEADER_LEN;
    h.directories = h.optional + (wf_test_pe_get(file, h.optional, 2) == PE_MAGIC_32_PLUS
                                      ? PE_OPT_DIRECTORIES_64
                                      : (size_t)PE_OPT_DIRECTORIES_32);
    h.sections = h.optional + (size_t)wf_test_pe_get(file, h.coff + 16, 2);
    h.num_sections = (size_t)wf_test_pe_get(file, h.coff + 2, 2);
    return h;
}

static size_t
offset_of(struct wf_bytes file, const struct headers *h, uint64_t rva)
{
    for (size_t i = 0; i < h->num_sections; i++) {
        const size_t at = h->sections + PE_SECTION_HEADER_LEN * i;
        const uint64_t address = wf_test_pe_get(file, at + PE_SEC_ADDRESS, 4);

        if (rva >= address &&
            rva - address < wf_test_pe_get(file, at + PE_SEC_RAW_SIZE, 4))
            return (size_t)(rva - address + wf_test_pe_get(file, at + PE_SEC_RAW_OFF, 4));
    }
    return (size_t)rva;
}

static size_t
directory_of(struct wf_bytes file, const struct headers *h,
             enum wf_pe_directory directory)
{
    const uint64_t rva = wf_test_pe_get(file, h->directories + 8 * (size_t)directory, 4);

    return rva == 0 ? SIZE_MAX : offset_of(file, h, rva);
}

static size_t
overlay_of(struct wf_bytes file, const struct headers *h)
{
    size_t end = 0;

    for (size_t i = 0; i < h->num_sections; i++) {
        const size_t at = h->sections + PE_SECTION_HEADER_LEN * i;
        const size_t here = (size_t)(wf_test_pe_get(file, at + PE_SEC_RAW_OFF, 4) +
                                     wf_test_pe_get(file, at + PE_SEC_RAW_SIZE, 4));

        end = here > end ? here : end;
    }
    return end;
}

size_t
wf_test_pe_find(struct wf_bytes file, const char *what, size_t nth)
{
    static const struct {
        const char *what;
        enum wf_pe_directory directory;
        size_t len; /* of one entry */
    } tables[] = {
        { "import", WF_PE_DIR_IMPORT, PE_IMPORT_LEN },
        { "delay", WF_PE_DIR_DELAY_IMPORT, PE_DELAY_LEN },
        { "debug", WF_PE_DIR_DEBUG, PE_DEBUG_LEN },
        { "bound", WF_PE_DIR_BOUND_IMPORT, PE_BOUND_LEN },
        { "export", WF_PE_DIR_EXPORT, 0 },
        { "load_config", WF_PE_DIR_LOAD_CONFIG, 0 },
        { "clr", WF_PE_DIR_CLR, 0 },
    };
    const struct headers h = find_headers(file);
    size_t at = SIZE_MAX;

    if (strcmp(what, "file") == 0)
        at = 0;
    else if (strcmp(what, "coff") == 0)
        at = h.coff;
    else if (strcmp(what, "optional") == 0)
        at = h.optional;
    else if (strcmp(what, "directory") == 0)
        at = h.directories + 8 * nth;
    else if (strcmp(what, "section") == 0)
        at = h.sections + PE_SECTION_HEADER_LEN * nth;
    else if (strcmp(what, "raw") == 0)
        at = (size_t)wf_test_pe_get(
            file, h.sections + PE_SECTION_HEADER_LEN * nth + PE_SEC_RAW_OFF, 4);
    else if (strcmp(what, "rva") == 0)
        at = offset_of(file, &h, nth);
    else if (strcmp(what, "symbols") == 0)
        at = (size_t)wf_test_pe_get(file, h.coff + 8, 4);
    else if (strcmp(what, "overlay") == 0)
        at = overlay_of(file, &h);
    else if (strcmp(what, "certificate") == 0)
        at = (size_t)wf_test_pe_get(file, h.directories + 8 * WF_PE_DIR_SECURITY, 4);
    for (size_t i = 0; i < WF_COUNT(tables); i++) {
        if (strcmp(what, tables[i].what) != 0)
            continue;
        at = directory_of(file, &h, tables[i].directory);
        at = at == SIZE_MAX ? at : at + tables[i].len * nth;
    }
    return at < file.len ? at : SIZE_MAX;
}
