/* macho_read_faults.c -- dyld's rules about load commands, and names that must not be there
 * twice.  The list of rules is macho.h's. */
#include "object/macho_read.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void
wf_macho_add_fault(struct wf_macho_reading *reading, const char *rule, const char *text)
{
    reading->faults = wf_arena_grow(reading->arena, reading->faults, reading->num_faults,
                                    &reading->cap_faults, sizeof *reading->faults);
    reading->faults[reading->num_faults++] =
        (struct wf_macho_fault){ .rule = rule, .text = text };
}

static int
compare_texts(const void *a, const void *b)
{
    const char *const *x = a;
    const char *const *y = b;

    return strcmp(*x, *y);
}

/* One fault for each text that is there more than once, in byte order. */
static void
check_duplicates(struct wf_macho_reading *reading, const char *const *texts, size_t num,
                 const char *rule, const char *what)
{
    const char **sorted = wf_arena_array(reading->arena, num, sizeof *sorted);

    for (size_t i = 0; i < num; i++)
        sorted[i] = texts[i];
    if (num > 1)
        qsort(sorted, num, sizeof *sorted, compare_texts);
    for (size_t i = 0, end; i < num; i = end) {
        for (end = i + 1; end < num && strcmp(sorted[i], sorted[end]) == 0;)
            end++;
        if (end - i > 1)
            wf_macho_add_fault(reading, rule,
                               wf_arena_printf(reading->arena, "%s %s is there %zu times",
                                               what, sorted[i], end - i));
    }
}

/* Commands of one size; those that end with a text or a list are checked where read. */
static const struct {
    uint32_t command;
    uint32_t len;
} sizes[] = {
    { LC_UUID, 24 },
    { LC_SYMTAB, 24 },
    { LC_DYSYMTAB, 80 },
    { LC_DYLD_INFO, 48 },
    { LC_DYLD_INFO_ONLY, 48 },
    { LC_MAIN, 24 },
    { LC_SOURCE_VERSION, 16 },
    { LC_VERSION_MIN_MACOSX, 16 },
    { LC_VERSION_MIN_IPHONEOS, 16 },
    { LC_VERSION_MIN_TVOS, 16 },
    { LC_VERSION_MIN_WATCHOS, 16 },
    { LC_ENCRYPTION_INFO, 20 },
    { LC_ENCRYPTION_INFO_64, 24 },
    { LC_CODE_SIGNATURE, LINKEDIT_DATA_LEN },
    { LC_SEGMENT_SPLIT_INFO, LINKEDIT_DATA_LEN },
    { LC_FUNCTION_STARTS, LINKEDIT_DATA_LEN },
    { LC_DATA_IN_CODE, LINKEDIT_DATA_LEN },
    { LC_DYLD_EXPORTS_TRIE, LINKEDIT_DATA_LEN },
    { LC_DYLD_CHAINED_FIXUPS, LINKEDIT_DATA_LEN },
};

/* The size a command has to have; 0 when any will do. */
static uint64_t
size_of(const struct wf_macho_reading *reading, const struct wf_macho_command *command)
{
    enum { BUILD_VERSION_LEN = 24, BUILD_TOOL_LEN = 8 };

    if (command->command == LC_BUILD_VERSION)
        return BUILD_VERSION_LEN +
               BUILD_TOOL_LEN * (uint64_t)wf_macho_word(reading->header, command, 20);
    for (size_t i = 0; i < WF_COUNT(sizes); i++)
        if (sizes[i].command == command->command)
            return sizes[i].len;
    return 0;
}

/* The first command of each kind of trouble stands for all. */
static bool
check_commands(struct wf_macho_reading *reading, struct wf_error *err)
{
    struct wf_macho_walk walk = wf_macho_walk_over(reading->header);
    struct wf_macho_command command;
    bool has_unknown = false;
    bool has_wrong = false;

    while (wf_macho_next(&command, &walk, err)) {
        const uint64_t size = size_of(reading, &command);
        const char *name = wf_macho_command_name(command.command);

        if (size != 0 && size != command.bytes.len && !has_wrong) {
            has_wrong = true;
            wf_macho_add_fault(reading, "macho-command-size",
                               wf_arena_printf(reading->arena,
                                               "%s has %zu bytes; %" PRIu64
                                               " are expected",
                                               name, command.bytes.len, size));
        }
        if (name == NULL && (command.command & LC_REQ_DYLD) != 0 && !has_unknown) {
            has_unknown = true;
            wf_macho_add_fault(reading, "macho-unknown-command",
                               wf_arena_printf(reading->arena,
                                               "load command %u is %#x, which nobody "
                                               "knows, and a loader must",
                                               command.index, command.command));
        }
    }
    return !walk.failed;
}

static void
check_presence(struct wf_macho_reading *reading)
{
    const bool is_dylib = reading->macho->file_type == MH_DYLIB;

    if (is_dylib && reading->num_ids == 0)
        wf_macho_add_fault(reading, "macho-id", "a dylib without LC_ID_DYLIB");
    if (!is_dylib && reading->num_ids > 0)
        wf_macho_add_fault(reading, "macho-id",
                           "LC_ID_DYLIB in an image that is no dylib");
    if (!reading->macho->has_uuid)
        wf_macho_add_fault(reading, "macho-missing-uuid", "there is no LC_UUID");
    if (reading->object->num_needed == 0)
        wf_macho_add_fault(reading, "macho-no-dylib-command",
                           "it loads no library, not even libSystem");
    if (reading->has_info && reading->has_chained)
        wf_macho_add_fault(reading, "macho-two-fixups",
                           "both LC_DYLD_INFO and LC_DYLD_CHAINED_FIXUPS are there");
}

/* dyld maps slices by pages of their processor. */
static void
check_slice(struct wf_macho_reading *reading)
{
    const struct wf_macho *macho = reading->macho;
    const bool is_arm = macho->cpu_type == CPU_ARM64 || macho->cpu_type == CPU_ARM64_32;
    const uint64_t page = is_arm ? 0x4000 : 0x1000;

    if (macho->slice_off % page != 0)
        wf_macho_add_fault(reading, "macho-slice-alignment",
                           wf_arena_printf(reading->arena,
                                           "the slice begins at %" PRIu64
                                           ", which is no multiple of %" PRIu64,
                                           macho->slice_off, page));
    if (macho->slice_index == 0 && reading->file->has_hidden)
        wf_macho_add_fault(reading, "macho-hidden-slice",
                           "a slice for arm64 stands behind those that the fat header "
                           "counts");
}

static void
check_symbol_counts(struct wf_macho_reading *reading)
{
    static const char *const words[] = { "local", "exported", "imported" };

    for (size_t i = 0; reading->has_dysymtab && i < WF_COUNT(words); i++) {
        const uint64_t first = reading->symbol_ranges[2 * i];
        const uint64_t num = reading->symbol_ranges[2 * i + 1];

        if (num > 0 && first + num > reading->num_symbols)
            wf_macho_add_fault(reading, "macho-symbol-counts",
                               wf_arena_printf(reading->arena,
                                               "%" PRIu64 " %s symbols from %" PRIu64
                                               " on, of a table of %u",
                                               num, words[i], first,
                                               reading->num_symbols));
    }
}

bool
wf_macho_read_faults(struct wf_macho_reading *reading, struct wf_error *err)
{
    const struct wf_object *object = reading->object;

    check_slice(reading);
    check_presence(reading);
    check_symbol_counts(reading);
    check_duplicates(reading, object->rpaths, object->num_rpaths, "macho-duplicate-rpath",
                     "LC_RPATH");
    check_duplicates(reading, object->needed, object->num_needed, "macho-duplicate-dylib",
                     "library");
    if (!check_commands(reading, err) || !wf_macho_check_bounds(reading, err))
        return false;
    reading->macho->faults = reading->faults;
    reading->macho->num_faults = reading->num_faults;
    return wf_arena_ok(reading->arena, "what dyld would refuse", err);
}
