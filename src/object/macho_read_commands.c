/* macho_read_commands.c -- what the load commands of a slice say.
 * Format: <mach-o/loader.h>. */
#include "object/macho_read.h"

#include <string.h>

enum { UUID_LEN = 16, UUID_COMMAND_LEN = 24, VERSION_LEN = 16, BUILD_VERSION_LEN = 24 };

static bool
has_length(const struct wf_macho_command *command, size_t need, struct wf_error *err)
{
    const char *name = wf_macho_command_name(command->command);

    if (command->bytes.len >= need)
        return true;
    return wf_error_at(err, WF_ERR_MALFORMED, command->bytes.file_off + 4,
                       "%s has %zu bytes; at least %zu are expected",
                       name == NULL ? "a load command" : name, command->bytes.len, need);
}

static uint32_t
word(const struct wf_macho_reading *reading, const struct wf_macho_command *command,
     size_t off)
{
    return wf_macho_word(reading->header, command, off);
}

/* Since macOS 15 a dylib command may be longer by a word of flags, which the marker in the
 * place of its timestamp tells. */
static void
read_use_flags(struct wf_macho_dylib *dylib, const struct wf_macho_reading *reading,
               const struct wf_macho_command *command)
{
    if (dylib->text_off != DYLIB_USE_LEN ||
        word(reading, command, 12) != DYLIB_USE_MARKER)
        return;
    const uint32_t flags = word(reading, command, 24);

    dylib->is_use = true;
    dylib->weak = dylib->weak || (flags & DYLIB_USE_WEAK) != 0;
    dylib->reexport = dylib->reexport || (flags & DYLIB_USE_REEXPORT) != 0;
    dylib->upward = dylib->upward || (flags & DYLIB_USE_UPWARD) != 0;
    dylib->lazy = dylib->lazy || (flags & DYLIB_USE_DELAYED) != 0;
}

static bool
read_dylib(struct wf_macho_reading *reading, const struct wf_macho_command *command,
           struct wf_error *err)
{
    struct wf_object *object = reading->object;
    const size_t num = object->num_needed;
    const char *name;

    if (!wf_macho_text(&name, reading->arena, reading->header, command, 8, DYLIB_LEN,
                       "the name of a library", err))
        return false;
    object->needed = wf_arena_grow(reading->arena, object->needed, num,
                                   &reading->cap_needed, sizeof *object->needed);
    reading->dylibs = wf_arena_grow(reading->arena, reading->dylibs, num,
                                    &reading->cap_dylibs, sizeof *reading->dylibs);
    reading->dylibs[num] = (struct wf_macho_dylib){
        .weak = command->command == LC_LOAD_WEAK_DYLIB,
        .reexport = command->command == LC_REEXPORT_DYLIB,
        .upward = command->command == LC_LOAD_UPWARD_DYLIB,
        .lazy = command->command == LC_LAZY_LOAD_DYLIB,
        .current_version = word(reading, command, 16),
        .compatibility_version = word(reading, command, 20),
        .command_size = (uint32_t)command->bytes.len,
        .text_off = word(reading, command, 8),
    };
    read_use_flags(&reading->dylibs[num], reading, command);
    object->needed[object->num_needed++] = name;
    return true;
}

static bool
read_rpath(struct wf_macho_reading *reading, const struct wf_macho_command *command,
           struct wf_error *err)
{
    struct wf_object *object = reading->object;
    const char *path;

    if (!wf_macho_text(&path, reading->arena, reading->header, command, 8, RPATH_LEN,
                       "a search path", err))
        return false;
    object->rpaths = wf_arena_grow(reading->arena, object->rpaths, object->num_rpaths,
                                   &reading->cap_rpaths, sizeof *object->rpaths);
    reading->rpath_sizes =
        wf_arena_grow(reading->arena, reading->rpath_sizes, object->num_rpaths,
                      &reading->cap_rpath_sizes, sizeof *reading->rpath_sizes);
    reading->rpath_sizes[object->num_rpaths] = (uint32_t)command->bytes.len;
    object->rpaths[object->num_rpaths++] = path;
    return true;
}

/* Of two names nobody knows which one counts: dyld refuses such a file. */
static bool
read_id(struct wf_macho_reading *reading, const struct wf_macho_command *command,
        struct wf_error *err)
{
    if (reading->num_ids++ > 0)
        return wf_error_at(err, WF_ERR_MALFORMED, command->bytes.file_off,
                           "a second LC_ID_DYLIB gives the library another name");
    reading->macho->id_size = (uint32_t)command->bytes.len;
    return wf_macho_text(&reading->object->soname, reading->arena, reading->header,
                         command, 8, DYLIB_LEN, "the install name", err);
}

/* The first version that names a platform counts, as for dyld, but macOS's before all
 * others': a library may be for Catalyst as well (zippered). */
static void
take_version(struct wf_macho_reading *reading, uint32_t platform, uint32_t min_os,
             uint32_t sdk)
{
    struct wf_macho *macho = reading->macho;

    if (reading->has_version &&
        (platform != WF_MACHO_MACOS || macho->platform == WF_MACHO_MACOS))
        return;
    reading->has_version = true;
    macho->platform = (enum wf_macho_platform)platform;
    macho->min_os = platform == WF_MACHO_MACOS ? min_os : 0;
    macho->sdk = sdk;
}

static bool
read_version(struct wf_macho_reading *reading, const struct wf_macho_command *command,
             enum wf_macho_platform platform, struct wf_error *err)
{
    if (!has_length(command, VERSION_LEN, err))
        return false;
    take_version(reading, platform, word(reading, command, 8),
                 word(reading, command, 12));
    return true;
}

static bool
read_build_version(struct wf_macho_reading *reading,
                   const struct wf_macho_command *command, struct wf_error *err)
{
    if (!has_length(command, BUILD_VERSION_LEN, err))
        return false;
    take_version(reading, word(reading, command, 8), word(reading, command, 12),
                 word(reading, command, 16));
    return true;
}

static bool
read_uuid(struct wf_macho_reading *reading, const struct wf_macho_command *command,
          struct wf_error *err)
{
    static const char digits[] = "0123456789abcdef";

    if (!has_length(command, UUID_COMMAND_LEN, err))
        return false;
    const struct wf_bytes uuid = wf_bytes_skip(command->bytes, 8);
    char *hex = wf_arena_alloc(reading->arena, 2 * UUID_LEN + 1);

    for (size_t i = 0; i < UUID_LEN; i++) {
        hex[2 * i] = digits[uuid.data[i] >> 4];
        hex[2 * i + 1] = digits[uuid.data[i] & 0xf];
    }
    reading->macho->has_uuid = true;
    reading->object->build_id = hex;
    return true;
}

/* Two tables of one kind: nobody knows which one counts. */
static bool
is_first(bool *seen, const struct wf_macho_command *command, struct wf_error *err)
{
    if (*seen)
        return wf_error_at(err, WF_ERR_MALFORMED, command->bytes.file_off,
                           "a second %s leads to other tables",
                           wf_macho_command_name(command->command));
    *seen = true;
    return true;
}

static struct wf_macho_table
table_at(const struct wf_macho_reading *reading, const struct wf_macho_command *command,
         size_t off)
{
    return (struct wf_macho_table){ word(reading, command, off),
                                    word(reading, command, off + 4) };
}

static bool
read_info(struct wf_macho_reading *reading, const struct wf_macho_command *command,
          struct wf_error *err)
{
    if (!has_length(command, 48, err) || !is_first(&reading->has_info, command, err))
        return false;
    reading->bind = table_at(reading, command, 16);
    reading->weak_bind = table_at(reading, command, 24);
    reading->lazy_bind = table_at(reading, command, 32);
    reading->info_exports = table_at(reading, command, 40);
    reading->macho->has_dyld_info = true;
    return true;
}

static bool
read_linkedit_table(struct wf_macho_table *out, bool *seen,
                    const struct wf_macho_reading *reading,
                    const struct wf_macho_command *command, struct wf_error *err)
{
    if (!has_length(command, LINKEDIT_DATA_LEN, err) || !is_first(seen, command, err))
        return false;
    *out = table_at(reading, command, 8);
    return true;
}

static bool
read_symtab(struct wf_macho_reading *reading, const struct wf_macho_command *command,
            struct wf_error *err)
{
    if (!has_length(command, 24, err) || !is_first(&reading->has_symtab, command, err))
        return false;
    reading->symbols_off = word(reading, command, 8);
    reading->num_symbols = word(reading, command, 12);
    reading->strings = table_at(reading, command, 16);
    return true;
}

static bool
read_dysymtab(struct wf_macho_reading *reading, const struct wf_macho_command *command,
              struct wf_error *err)
{
    if (!has_length(command, 80, err) || !is_first(&reading->has_dysymtab, command, err))
        return false;
    for (size_t i = 0; i < WF_COUNT(reading->symbol_ranges); i++)
        reading->symbol_ranges[i] = word(reading, command, 8 + 4 * i);
    return true;
}

static bool
read_tables(struct wf_macho_reading *reading, const struct wf_macho_command *command,
            struct wf_error *err)
{
    switch (command->command) {
    case LC_DYLD_INFO:
    case LC_DYLD_INFO_ONLY:
        return read_info(reading, command, err);
    case LC_DYLD_CHAINED_FIXUPS:
        reading->macho->has_chained_fixups = true;
        return read_linkedit_table(&reading->chained, &reading->has_chained, reading,
                                   command, err);
    case LC_DYLD_EXPORTS_TRIE:
        return read_linkedit_table(&reading->trie, &reading->has_trie, reading, command,
                                   err);
    case LC_SYMTAB:
        return read_symtab(reading, command, err);
    case LC_DYSYMTAB:
        return read_dysymtab(reading, command, err);
    default:
        return true;
    }
}

static bool
read_command(struct wf_macho_reading *reading, const struct wf_macho_command *command,
             struct wf_error *err)
{
    if (wf_macho_is_dylib(command->command))
        return read_dylib(reading, command, err);
    switch (command->command) {
    case LC_RPATH:
        return read_rpath(reading, command, err);
    case LC_ID_DYLIB:
        return read_id(reading, command, err);
    case LC_UUID:
        return read_uuid(reading, command, err);
    case LC_VERSION_MIN_MACOSX:
        return read_version(reading, command, WF_MACHO_MACOS, err);
    case LC_VERSION_MIN_IPHONEOS:
        return read_version(reading, command, WF_MACHO_IOS, err);
    case LC_VERSION_MIN_TVOS:
        return read_version(reading, command, WF_MACHO_TVOS, err);
    case LC_VERSION_MIN_WATCHOS:
        return read_version(reading, command, WF_MACHO_WATCHOS, err);
    case LC_BUILD_VERSION:
        return read_build_version(reading, command, err);
    default:
        return read_tables(reading, command, err);
    }
}

bool
wf_macho_read_commands(struct wf_macho_reading *reading, struct wf_error *err)
{
    struct wf_macho_walk walk = wf_macho_walk_over(reading->header);
    struct wf_macho_command command;

    while (wf_macho_next(&command, &walk, err))
        if (!read_command(reading, &command, err))
            return false;
    reading->macho->dylibs = reading->dylibs;
    reading->macho->rpath_sizes = reading->rpath_sizes;
    return !walk.failed && wf_arena_ok(reading->arena, "the load commands", err);
}
