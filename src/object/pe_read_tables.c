/* pe_read_tables.c -- load configuration, CLR header and debug directory. */
#include "object/pe_read.h"

#include <inttypes.h>

/* The number of `len` bytes at `off` of a structure that says how long it is; 0 behind its
 * end, and where memory is zero. */
static uint64_t
field(struct wf_bytes bytes, uint64_t size, size_t off, size_t len)
{
    if (off + len > size || off + len > bytes.len)
        return 0;
    struct wf_reader r = wf_reader_over(wf_bytes_skip(bytes, off), WF_LITTLE);

    return len == 8 ? wf_read_u64(&r) : len == 4 ? wf_read_u32(&r) : wf_read_u16(&r);
}

/* Images for two kinds of code carry metadata about both. */
static void
tell_hybrid(struct wf_pe_reading *reading)
{
    struct wf_object *object = reading->object;

    if (reading->file.machine == PE_MACHINE_AMD64) {
        reading->pe->hybrid = WF_PE_ARM64EC;
        object->arch_name = "arm64ec";
    } else if (reading->file.machine == PE_MACHINE_ARM64) {
        reading->pe->hybrid = WF_PE_ARM64X;
        object->arch_name = "arm64x";
    }
}

static bool
read_load_config(struct wf_pe_reading *reading, struct wf_error *err)
{
    const struct wf_pe_place place = wf_pe_directory_place(
        &reading->file, WF_PE_DIR_LOAD_CONFIG, "the load configuration");
    const bool is_plus = reading->file.is_plus;
    struct wf_pe *pe = reading->pe;
    struct wf_bytes bytes;

    if (place.rva == 0)
        return true;
    if (!wf_pe_at(&bytes, &reading->file, place, err))
        return false;
    const uint64_t size = field(bytes, 4, 0, 4);

    pe->dependent_load_flags = (uint16_t)field(
        bytes, size, is_plus ? PE_LOAD_FLAGS_64 : (size_t)PE_LOAD_FLAGS_32, 2);
    pe->guard_flags = (uint32_t)field(
        bytes, size, is_plus ? PE_LOAD_GUARD_FLAGS_64 : (size_t)PE_LOAD_GUARD_FLAGS_32,
        4);
    if (field(bytes, size, is_plus ? PE_LOAD_CHPE_64 : (size_t)PE_LOAD_CHPE_32,
              is_plus ? 8 : 4) != 0)
        tell_hybrid(reading);
    if (pe->dependent_load_flags != 0)
        wf_pe_add_fault(reading, "pe-load-flags",
                        wf_arena_printf(reading->arena,
                                        "DependentLoadFlags is %#x: what it needs is "
                                        "looked for only where these flags say",
                                        (unsigned)pe->dependent_load_flags));
    return true;
}

static bool
read_clr(struct wf_pe_reading *reading, struct wf_error *err)
{
    enum { FLAGS_OFF = 16 };
    const struct wf_pe_place place =
        wf_pe_directory_place(&reading->file, WF_PE_DIR_CLR, "the CLR header");
    struct wf_pe *pe = reading->pe;
    struct wf_bytes bytes;

    if (place.rva == 0)
        return true;
    if (!wf_pe_at(&bytes, &reading->file, place, err))
        return false;
    if (bytes.len < PE_CLR_LEN)
        return wf_error_at(err, WF_ERR_MALFORMED, bytes.file_off,
                           "the CLR header has %d bytes; %zu remain", PE_CLR_LEN,
                           bytes.len);
    const uint64_t flags = field(bytes, PE_CLR_LEN, FLAGS_OFF, 4);

    pe->is_dotnet = true;
    pe->is_il_only = (flags & PE_CLR_IL_ONLY) != 0;
    pe->is_any_machine = pe->is_il_only && reading->file.machine == PE_MACHINE_I386 &&
                         (flags & PE_CLR_32BIT_REQUIRED) == 0;
    if (pe->is_any_machine) {
        reading->object->arch = WF_ARCH_UNKNOWN;
        reading->object->arch_name = "any machine (.NET)";
    }
    return true;
}

static void
add_debug_fault(struct wf_pe_reading *reading, uint64_t len, uint64_t off)
{
    wf_pe_add_fault(reading, "pe-debug",
                    wf_arena_printf(reading->arena,
                                    "debug information of %" PRIu64 " bytes at %#" PRIx64
                                    " is not in the file",
                                    len, off));
}

/* As symbol servers write it: the GUID's three numbers and eight bytes, then the age. */
static const char *
build_id(struct wf_arena *arena, struct wf_bytes guid, uint32_t age)
{
    struct wf_reader r = wf_reader_over(guid, WF_LITTLE);
    const uint32_t first = wf_read_u32(&r);
    const uint16_t second = wf_read_u16(&r);
    const uint16_t third = wf_read_u16(&r);
    const uint8_t *rest = r.rest.data;

    return wf_arena_printf(
        arena, "%08" PRIX32 "%04X%04X%02X%02X%02X%02X%02X%02X%02X%02X%" PRIx32, first,
        (unsigned)second, (unsigned)third, (unsigned)rest[0], (unsigned)rest[1],
        (unsigned)rest[2], (unsigned)rest[3], (unsigned)rest[4], (unsigned)rest[5],
        (unsigned)rest[6], (unsigned)rest[7], age);
}

/* "RSDS", GUID, age, path of the PDB. */
static void
read_codeview(struct wf_pe_reading *reading, struct wf_bytes record)
{
    enum { GUID_LEN = 16, LONGEST_PATH = 1024 };
    struct wf_reader r = wf_reader_over(record, WF_LITTLE);
    const struct wf_bytes magic = wf_read_bytes(&r, 4);
    const struct wf_bytes guid = wf_read_bytes(&r, GUID_LEN);
    const uint32_t age = wf_read_u32(&r);
    size_t len = 0;

    if (r.failed || !wf_bytes_equal_str(magic, "RSDS"))
        return;
    reading->object->build_id = build_id(reading->arena, guid, age);
    while (len < r.rest.len && len < LONGEST_PATH && r.rest.data[len] != '\0')
        len++;
    if (len > 0)
        reading->pe->pdb = wf_arena_str(reading->arena, wf_bytes_first(r.rest, len));
}

/* Debuggers read the file, so that its offset counts and not the RVA. */
static void
read_debug_entry(struct wf_pe_reading *reading, struct wf_bytes entry)
{
    const struct wf_bytes file = reading->file.bytes;
    const uint64_t len = field(entry, PE_DEBUG_LEN, 16, 4);
    const uint64_t off = field(entry, PE_DEBUG_LEN, 24, 4);
    struct wf_bytes record;

    if (len == 0 || off == 0)
        return;
    if (!wf_bytes_slice(&record, file, off, len, "debug information", NULL))
        add_debug_fault(reading, len, off);
    else if (field(entry, PE_DEBUG_LEN, 12, 4) == PE_DEBUG_CODEVIEW &&
             reading->object->build_id == NULL)
        read_codeview(reading, record);
}

/* Nothing that runs depends on it, so that damage here is a fault only. */
static void
read_debug(struct wf_pe_reading *reading)
{
    const struct wf_pe_place place =
        wf_pe_directory_place(&reading->file, WF_PE_DIR_DEBUG, "the debug directory");
    const uint32_t size = reading->file.directories[WF_PE_DIR_DEBUG].size;
    struct wf_bytes bytes;

    if (place.rva == 0)
        return;
    if (!wf_pe_at(&bytes, &reading->file, place, NULL) || bytes.len < size) {
        wf_pe_add_fault(reading, "pe-debug",
                        wf_arena_printf(reading->arena,
                                        "%s of %" PRIu32 " bytes at RVA %#" PRIx32
                                        " is not in the file",
                                        place.what, size, place.rva));
        return;
    }
    for (bytes = wf_bytes_first(bytes, size); bytes.len >= PE_DEBUG_LEN;
         bytes = wf_bytes_skip(bytes, PE_DEBUG_LEN))
        read_debug_entry(reading, wf_bytes_first(bytes, PE_DEBUG_LEN));
}

bool
wf_pe_read_tables(struct wf_pe_reading *reading, struct wf_error *err)
{
    if (!read_load_config(reading, err) || !read_clr(reading, err))
        return false;
    read_debug(reading);
    return true;
}
