/* macho_names.c -- the words of Mach-O: load commands, versions, Python's own libraries. */
#include <string.h>

#include "object/macho_file.h"

/* By the number without LC_REQ_DYLD; those with `required` have that bit. */
static const struct {
    const char *name;
    bool required;
} commands[] = {
    [0x1] = { "LC_SEGMENT", false },
    [0x2] = { "LC_SYMTAB", false },
    [0x3] = { "LC_SYMSEG", false },
    [0x4] = { "LC_THREAD", false },
    [0x5] = { "LC_UNIXTHREAD", false },
    [0x6] = { "LC_LOADFVMLIB", false },
    [0x7] = { "LC_IDFVMLIB", false },
    [0x8] = { "LC_IDENT", false },
    [0x9] = { "LC_FVMFILE", false },
    [0xa] = { "LC_PREPAGE", false },
    [0xb] = { "LC_DYSYMTAB", false },
    [0xc] = { "LC_LOAD_DYLIB", false },
    [0xd] = { "LC_ID_DYLIB", false },
    [0xe] = { "LC_LOAD_DYLINKER", false },
    [0xf] = { "LC_ID_DYLINKER", false },
    [0x10] = { "LC_PREBOUND_DYLIB", false },
    [0x11] = { "LC_ROUTINES", false },
    [0x12] = { "LC_SUB_FRAMEWORK", false },
    [0x13] = { "LC_SUB_UMBRELLA", false },
    [0x14] = { "LC_SUB_CLIENT", false },
    [0x15] = { "LC_SUB_LIBRARY", false },
    [0x16] = { "LC_TWOLEVEL_HINTS", false },
    [0x17] = { "LC_PREBIND_CKSUM", false },
    [0x18] = { "LC_LOAD_WEAK_DYLIB", true },
    [0x19] = { "LC_SEGMENT_64", false },
    [0x1a] = { "LC_ROUTINES_64", false },
    [0x1b] = { "LC_UUID", false },
    [0x1c] = { "LC_RPATH", true },
    [0x1d] = { "LC_CODE_SIGNATURE", false },
    [0x1e] = { "LC_SEGMENT_SPLIT_INFO", false },
    [0x1f] = { "LC_REEXPORT_DYLIB", true },
    [0x20] = { "LC_LAZY_LOAD_DYLIB", false },
    [0x21] = { "LC_ENCRYPTION_INFO", false },
    [0x22] = { "LC_DYLD_INFO", false },
    [0x23] = { "LC_LOAD_UPWARD_DYLIB", true },
    [0x24] = { "LC_VERSION_MIN_MACOSX", false },
    [0x25] = { "LC_VERSION_MIN_IPHONEOS", false },
    [0x26] = { "LC_FUNCTION_STARTS", false },
    [0x27] = { "LC_DYLD_ENVIRONMENT", false },
    [0x28] = { "LC_MAIN", true },
    [0x29] = { "LC_DATA_IN_CODE", false },
    [0x2a] = { "LC_SOURCE_VERSION", false },
    [0x2b] = { "LC_DYLIB_CODE_SIGN_DRS", false },
    [0x2c] = { "LC_ENCRYPTION_INFO_64", false },
    [0x2d] = { "LC_LINKER_OPTION", false },
    [0x2e] = { "LC_LINKER_OPTIMIZATION_HINT", false },
    [0x2f] = { "LC_VERSION_MIN_TVOS", false },
    [0x30] = { "LC_VERSION_MIN_WATCHOS", false },
    [0x31] = { "LC_NOTE", false },
    [0x32] = { "LC_BUILD_VERSION", false },
    [0x33] = { "LC_DYLD_EXPORTS_TRIE", true },
    [0x34] = { "LC_DYLD_CHAINED_FIXUPS", true },
    [0x35] = { "LC_FILESET_ENTRY", true },
    [0x36] = { "LC_ATOM_INFO", false },
    [0x37] = { "LC_FUNCTION_VARIANTS", false },
    [0x38] = { "LC_FUNCTION_VARIANT_FIXUPS", false },
    [0x39] = { "LC_TARGET_TRIPLE", false },
    [0x3a] = { "LC_LAZY_LOAD_DYLIB_INFO", false },
};

const char *
wf_macho_command_name(uint32_t command)
{
    const uint32_t number = command & ~LC_REQ_DYLD;

    if (command == LC_DYLD_INFO_ONLY) /* the one number with both forms */
        return "LC_DYLD_INFO_ONLY";
    if (number >= WF_COUNT(commands) || commands[number].required != (command != number))
        return NULL;
    return commands[number].name;
}

const char *
wf_macho_platform_name(enum wf_macho_platform platform)
{
    static const char *const names[] = {
        [WF_MACHO_PLATFORM_NONE] = NULL,
        [WF_MACHO_MACOS] = "macOS",
        [WF_MACHO_IOS] = "iOS",
        [WF_MACHO_TVOS] = "tvOS",
        [WF_MACHO_WATCHOS] = "watchOS",
        [WF_MACHO_BRIDGEOS] = "bridgeOS",
        [WF_MACHO_CATALYST] = "Catalyst",
        [WF_MACHO_IOS_SIMULATOR] = "iOS simulator",
        [WF_MACHO_TVOS_SIMULATOR] = "tvOS simulator",
        [WF_MACHO_WATCHOS_SIMULATOR] = "watchOS simulator",
        [WF_MACHO_DRIVERKIT] = "DriverKit",
        [WF_MACHO_VISIONOS] = "visionOS",
        [WF_MACHO_VISIONOS_SIMULATOR] = "visionOS simulator",
    };

    return (unsigned)platform < WF_COUNT(names) ? names[platform] : NULL;
}

const char *
wf_macos_version_text(struct wf_arena *arena, wf_macos_version version)
{
    const unsigned major = version >> 16;
    const unsigned minor = version >> 8 & 0xff;
    const unsigned patch = version & 0xff;

    return patch == 0 ? wf_arena_printf(arena, "%u.%u", major, minor)
                      : wf_arena_printf(arena, "%u.%u.%u", major, minor, patch);
}

/* libpython<digits>[.<digits>][flags].dylib, where a dot may stand before nothing else; flags
 * are those of SOABI. */
static bool
is_libpython_dylib(const char *base)
{
    static const char prefix[] = "libpython";
    static const char digits[] = "0123456789";

    if (strncmp(base, prefix, sizeof prefix - 1) != 0)
        return false;
    const char *at = base + sizeof prefix - 1;

    if (strspn(at, digits) == 0)
        return false;
    at += strspn(at, digits);
    if (at[0] == '.' && strspn(at + 1, digits) > 0)
        at += 1 + strspn(at + 1, digits);
    at += strspn(at, "dmtu");
    return strcmp(at, ".dylib") == 0;
}

/* In a framework the library has the framework's name: Python, PythonT (free-threaded). */
static bool
is_python_framework(const char *name, const char *base)
{
    static const char *const words[] = { "Python", "PythonT" };
    static const char *const folders[] = { "Python.framework/", "PythonT.framework/" };

    for (size_t i = 0; i < WF_COUNT(words); i++) {
        if (strcmp(base, words[i]) != 0)
            continue;
        const char *folder = strstr(name, folders[i]);

        return folder != NULL && (folder == name || folder[-1] == '/');
    }
    return false;
}

bool
wf_is_libpython_macos(const char *install_name)
{
    const char *slash = strrchr(install_name, '/');
    const char *base = slash == NULL ? install_name : slash + 1;

    return is_libpython_dylib(base) || is_python_framework(install_name, base);
}
