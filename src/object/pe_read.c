/* pe_read.c -- PE files: headers, machine, kind, and what the parts of the reader add. */
#include "object/pe_read.h"

#include <inttypes.h>
#include <string.h>

#include "object/object_format.h"

enum {
    /* Linkers put the PE header right behind a short DOS program; text that happens to
     * begin with "MZ" has letters there, which make a far larger number. */
    FARTHEST_PE_HEADER = 1 << 24,
    RELOCATIONS_OFF = 0x18, /* e_lfarlc: below 0x40 in programs older than Windows */
};

static uint32_t
word_at(struct wf_bytes bytes, size_t off, size_t len)
{
    if (off > bytes.len)
        return 0;
    struct wf_reader r = wf_reader_over(wf_bytes_skip(bytes, off), WF_LITTLE);

    return len == 2 ? wf_read_u16(&r) : wf_read_u32(&r);
}

static bool
recognise(struct wf_bytes head)
{
    return wf_bytes_starts_with(head, "MZ") && head.len >= PE_DOS_HEADER_LEN &&
           word_at(head, PE_LFANEW_OFF, 4) < FARTHEST_PE_HEADER;
}

/* Programs for DOS, 16-bit Windows and OS/2 begin alike. */
static bool
is_older_program(struct wf_bytes bytes)
{
    static const char *const signatures[] = { "NE", "LE", "LX" };
    const uint32_t off = word_at(bytes, PE_LFANEW_OFF, 4);
    const uint32_t relocations = word_at(bytes, RELOCATIONS_OFF, 2);

    if (off < bytes.len) {
        const struct wf_bytes header = wf_bytes_skip(bytes, off);

        if (wf_bytes_starts_with(header, "PE"))
            return false;
        for (size_t i = 0; i < WF_COUNT(signatures); i++)
            if (wf_bytes_starts_with(header, signatures[i]))
                return true;
    }
    return relocations >= 0x1c && relocations < 0x40;
}

static void
name_machine(struct wf_pe_reading *reading)
{
    static const struct {
        uint16_t machine;
        enum wf_arch arch;
    } archs[] = {
        { PE_MACHINE_I386, WF_ARCH_I686 },     { PE_MACHINE_AMD64, WF_ARCH_X86_64 },
        { PE_MACHINE_ARM64, WF_ARCH_AARCH64 }, { 0x5064, WF_ARCH_RISCV64 },
        { 0x6264, WF_ARCH_LOONGARCH64 },
    };
    struct wf_object *object = reading->object;
    const uint16_t machine = reading->file.machine;
    const char *name = wf_pe_machine_name(machine);

    object->machine = machine;
    object->bits = reading->file.is_plus ? 64 : 32;
    object->arch_name =
        name != NULL ? name : wf_arena_printf(reading->arena, "machine %#x", machine);
    for (size_t i = 0; i < WF_COUNT(archs); i++)
        if (archs[i].machine == machine)
            object->arch = archs[i].arch;
}

/* The optional header was found to hold all of them. */
static void
read_header_facts(struct wf_pe_reading *reading)
{
    const struct wf_pe_file *file = &reading->file;
    const struct wf_bytes header = wf_bytes_skip(file->bytes, (size_t)file->optional_off);
    struct wf_pe *pe = reading->pe;

    pe->machine = file->machine;
    pe->characteristics = file->characteristics;
    pe->linker_major = header.data[PE_OPT_LINKER];
    pe->linker_minor = header.data[PE_OPT_LINKER + 1];
    pe->os_major = (uint16_t)word_at(header, PE_OPT_SUBSYSTEM_VERSION, 2);
    pe->os_minor = (uint16_t)word_at(header, PE_OPT_SUBSYSTEM_VERSION + 2, 2);
    pe->checksum = word_at(header, PE_OPT_CHECKSUM, 4);
    pe->subsystem = (uint16_t)word_at(header, PE_OPT_SUBSYSTEM, 2);
    pe->dll_characteristics = (uint16_t)word_at(header, PE_OPT_DLL_CHARACTERISTICS, 2);
    reading->object->flags = file->characteristics;
    reading->object->kind =
        (file->characteristics & PE_FILE_DLL) != 0 ? WF_KIND_SHARED : WF_KIND_EXECUTABLE;
    reading->object->has_dynamic = true;
    reading->object->has_sections = file->num_sections > 0;
    if ((pe->dll_characteristics & PE_DLL_FORCE_INTEGRITY) != 0)
        wf_pe_add_fault(reading, "pe-integrity",
                        "FORCE_INTEGRITY is set: Windows does not load it without a "
                        "valid signature");
}

static void
check_checksum(struct wf_pe_reading *reading)
{
    struct wf_pe *pe = reading->pe;

    if (pe->checksum == 0)
        return;
    pe->right_checksum = wf_pe_checksum(reading->file.bytes, reading->file.checksum_off);
    if (pe->checksum != pe->right_checksum)
        wf_pe_add_fault(reading, "pe-checksum",
                        wf_arena_printf(reading->arena,
                                        "the checksum is %#" PRIx32 ", and %#" PRIx32
                                        " is right",
                                        pe->checksum, pe->right_checksum));
}

bool
wf_pe_spend(uint64_t *budget, uint64_t len, const char *what, uint64_t off,
            struct wf_error *err)
{
    if (len > *budget)
        return wf_error_at(err, WF_ERR_LIMIT, off,
                           "%s are more than the file could hold side by side", what);
    *budget -= len;
    return true;
}

bool
wf_pe_read_text(struct wf_bytes *out, struct wf_pe_reading *reading,
                struct wf_pe_place place, size_t most, struct wf_error *err)
{
    return wf_pe_string(out, &reading->file, place, most, err) &&
           wf_pe_spend(&reading->names_budget, out->len + 1, "names", place.field, err);
}

bool
wf_pe_read_name(const char **out, struct wf_pe_reading *reading, struct wf_pe_place place,
                size_t most, struct wf_error *err)
{
    struct wf_bytes text;

    if (!wf_pe_read_text(&text, reading, place, most, err))
        return false;
    *out = wf_arena_str(reading->arena, text);
    return true;
}

void
wf_pe_add_need(struct wf_pe_reading *reading, const char *name, struct wf_pe_need need)
{
    struct wf_object *object = reading->object;
    const size_t num = object->num_needed;

    object->needed = wf_arena_grow(reading->arena, object->needed, num,
                                   &reading->cap_needed, sizeof *object->needed);
    reading->needs = wf_arena_grow(reading->arena, reading->needs, num,
                                   &reading->cap_needs, sizeof *reading->needs);
    object->needed[num] = name;
    reading->needs[num] = need;
    object->num_needed++;
    reading->pe->needs = reading->needs;
}

void
wf_pe_add_fault(struct wf_pe_reading *reading, const char *rule, const char *text)
{
    for (size_t i = 0; i < reading->num_faults; i++)
        if (strcmp(reading->faults[i].rule, rule) == 0)
            return;
    reading->faults = wf_arena_grow(reading->arena, reading->faults, reading->num_faults,
                                    &reading->cap_faults, sizeof *reading->faults);
    reading->faults[reading->num_faults++] =
        (struct wf_pe_fault){ .rule = rule, .text = text };
    reading->pe->faults = reading->faults;
    reading->pe->num_faults = reading->num_faults;
}

/* "a b.dll", and how many more. */
static void
add_name_fault(struct wf_pe_reading *reading, const char *rule, const char *first,
               const char *what, size_t num)
{
    if (num == 1)
        wf_pe_add_fault(
            reading, rule,
            wf_arena_printf(reading->arena, "the name \"%s\" has %s", first, what));
    else if (num > 1)
        wf_pe_add_fault(reading, rule,
                        wf_arena_printf(reading->arena,
                                        "the name \"%s\" has %s; likewise %zu more",
                                        first, what, num - 1));
}

static bool
is_odd(const char *name)
{
    for (; *name != '\0'; name++)
        if (*name <= ' ' || *name > '~')
            return true;
    return false;
}

static void
check_names(struct wf_pe_reading *reading)
{
    const struct wf_object *object = reading->object;
    const char *odd = NULL;
    const char *path = NULL;
    size_t num_odd = 0;
    size_t num_paths = 0;

    for (size_t i = object->num_needed; i-- > 0;) {
        if (is_odd(object->needed[i])) {
            odd = object->needed[i];
            num_odd++;
        }
        if (strpbrk(object->needed[i], "/\\:") != NULL) {
            path = object->needed[i];
            num_paths++;
        }
    }
    add_name_fault(reading, "pe-name-odd", odd,
                   "characters other than ASCII's printed ones", num_odd);
    add_name_fault(reading, "pe-name-path", path, "a folder or a drive", num_paths);
}

static bool
read_image(struct wf_pe_reading *reading, struct wf_error *err)
{
    if (!wf_pe_open(&reading->file, reading->arena, reading->file.bytes, err))
        return false;
    reading->names_budget = 2 * (uint64_t)reading->file.bytes.len;
    reading->entries_budget = reading->file.bytes.len / (reading->file.is_plus ? 8 : 4);
    name_machine(reading);
    read_header_facts(reading);
    if (!wf_pe_read_tables(reading, err) || !wf_pe_read_imports(reading, err) ||
        !wf_pe_read_exports(reading, err))
        return false;
    wf_pe_read_layout(reading);
    check_checksum(reading);
    check_names(reading);
    return wf_arena_ok(reading->arena, "the image", err);
}

static bool
read_file(struct wf_object_file *out, struct wf_arena *arena, const char *path,
          struct wf_bytes bytes, const struct wf_limits *limits, struct wf_error *err)
{
    struct wf_object *object = wf_arena_alloc(arena, sizeof *object);
    struct wf_pe_reading reading = {
        .arena = arena,
        .limits = limits,
        .file = { .bytes = bytes },
        .object = object,
    };

    object->path = path;
    object->format = WF_FORMAT_PE;
    object->kind = WF_KIND_UNREAD;
    object->arch_name = "unknown";
    if (!is_older_program(bytes)) {
        reading.pe = wf_arena_alloc(arena, sizeof *reading.pe);
        object->pe = reading.pe;
        if (!read_image(&reading, err))
            return false;
    }
    *out = (struct wf_object_file){ .objects = object, .num_objects = 1 };
    return true;
}

const struct wf_object_format wf_pe_format = {
    .format = WF_FORMAT_PE,
    .name = "PE",
    .recognise = recognise,
    .read = read_file,
};
