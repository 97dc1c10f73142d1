/* pe_names.c -- names of machines, and C++ runtimes known by theirs. */
#include "object/pe.h"

#include <string.h>

#include "object/pe_format.h"

static const struct {
    uint16_t machine;
    const char *name;
} machines[] = {
    { PE_MACHINE_I386, "x86" },
    { PE_MACHINE_AMD64, "amd64" },
    { PE_MACHINE_ARM64, "arm64" },
    { PE_MACHINE_ARMNT, "arm" },
    { PE_MACHINE_ARM64EC, "arm64ec" },
    { PE_MACHINE_ARM64X, "arm64x" },
    { 0x0166, "mips" },
    { 0x01a2, "sh3" },
    { 0x01a6, "sh4" },
    { 0x01c0, "arm" },
    { 0x01f0, "powerpc" },
    { 0x0200, "ia64" },
    { 0x0ebc, "efi-bytecode" },
    { 0x5064, "riscv64" },
    { 0x6232, "loongarch32" },
    { 0x6264, "loongarch64" },
};

const char *
wf_pe_machine_name(uint16_t machine)
{
    for (size_t i = 0; i < WF_COUNT(machines); i++)
        if (machines[i].machine == machine)
            return machines[i].name;
    return NULL;
}

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Takes `word`, of lower-case letters, off the front; false when it is not there. */
static bool
take(const char **at, const char *word)
{
    size_t len = 0;

    for (; word[len] != '\0'; len++)
        if (lower((*at)[len]) != word[len])
            return false;
    *at += len;
    return true;
}

/* Takes characters of a set; how many there were. */
static size_t
take_any(const char **at, const char *set)
{
    size_t len = 0;

    while ((*at)[len] != '\0' && strchr(set, lower((*at)[len])) != NULL)
        len++;
    *at += len;
    return len;
}

static bool
is_last(const char *at, const char *word)
{
    return take(&at, word) && at[0] == '\0';
}

/* The end of a name: also behind the digest that a repair put into it, of 32 digits now and of
 * 8 in wheels of old. */
static bool
is_end(const char *at)
{
    if (*at == '-') {
        at++;
        const size_t len = take_any(&at, "0123456789abcdef");

        if (len != 8 && len != 32)
            return false;
    }
    return is_last(at, ".dll");
}

/* Takes "msvcp140" and the like off the front.  A number follows in all of them, so that
 * msvcrt.dll, which is Windows' own, is none. */
static bool
take_runtime(const char **at)
{
    static const char *const families[] = { "vcruntime", "vccorlib", "msvcp",
                                            "msvcr",     "concrt",   "mfcm",
                                            "mfc",       "vcamp",    "vcomp" };

    for (size_t i = 0; i < WF_COUNT(families); i++) {
        const char *start = *at;

        if (take(at, families[i]) && take_any(at, "0123456789") > 0)
            return true;
        *at = start;
    }
    return false;
}

/* What may stand behind the number: "_atomic_wait", "ud", "_1". */
static const char variant[] = "abcdefghijklmnopqrstuvwxyz0123456789_";

bool
wf_is_vc_runtime(const char *name)
{
    const char *at = name;

    if (take(&at, "ucrtbase")) {
        (void)take(&at, "d");
        return is_end(at);
    }
    if (!take_runtime(&at))
        return false;
    (void)take_any(&at, variant);
    return is_end(at);
}

/* The letter stands behind the number (msvcp140d_atomic_wait) or at the end (mfc140ud). */
bool
wf_is_debug_runtime(const char *name)
{
    const char *at = name;

    if (take(&at, "ucrtbased"))
        return is_end(at);
    if (!take_runtime(&at))
        return false;
    const char *letters = at;
    const size_t len = take_any(&at, variant);

    return len > 0 && is_end(at) &&
           (lower(letters[len - 1]) == 'd' ||
            (lower(letters[0]) == 'd' && letters[1] == '_'));
}
