/* arch.c -- the table of architecture names. */
#include "base/arch.h"

#include <assert.h>
#include <string.h>

/* Alpine's word is given where it differs from the kernel's; `android` is the word of
 * android tags (PEP 738), where there is one. */
struct arch_row {
    const char *name;
    const char *musl_word;
    const char *android;
};

static const struct arch_row rows[WF_ARCH_COUNT] = {
    [WF_ARCH_UNKNOWN] = { "unknown", NULL, NULL },
    [WF_ARCH_X86_64] = { "x86_64", NULL, "x86_64" },
    [WF_ARCH_I686] = { "i686", "x86", "x86" },
    [WF_ARCH_X32] = { "x32", NULL, NULL },
    [WF_ARCH_AARCH64] = { "aarch64", NULL, "arm64_v8a" },
    [WF_ARCH_ARMV7L] = { "armv7l", "armv7", "armeabi_v7a" },
    [WF_ARCH_ARMV6L] = { "armv6l", "armhf", NULL },
    [WF_ARCH_ARMV5L] = { "armv5l", "armel", NULL },
    [WF_ARCH_PPC64LE] = { "ppc64le", NULL, NULL },
    [WF_ARCH_PPC64] = { "ppc64", NULL, NULL },
    [WF_ARCH_S390X] = { "s390x", NULL, NULL },
    [WF_ARCH_RISCV64] = { "riscv64", NULL, NULL },
    [WF_ARCH_RISCV32] = { "riscv32", NULL, NULL },
    [WF_ARCH_LOONGARCH64] = { "loongarch64", NULL, NULL },
    [WF_ARCH_MIPS] = { "mips", NULL, NULL },
    [WF_ARCH_MIPSEL] = { "mipsel", NULL, NULL },
    [WF_ARCH_MIPS64] = { "mips64", NULL, NULL },
    [WF_ARCH_MIPS64EL] = { "mips64el", NULL, NULL },
};

static const struct arch_row *
row_of(enum wf_arch arch)
{
    assert((size_t)arch < WF_COUNT(rows));
    return &rows[arch];
}

const char *
wf_arch_name(enum wf_arch arch)
{
    return row_of(arch)->name;
}

enum wf_arch
wf_arch_from_name(const char *name)
{
    for (size_t i = WF_ARCH_UNKNOWN + 1; i < WF_COUNT(rows); i++)
        if (strcmp(rows[i].name, name) == 0 ||
            (rows[i].android != NULL && strcmp(rows[i].android, name) == 0))
            return (enum wf_arch)i;
    return WF_ARCH_UNKNOWN;
}

bool
wf_arch_meets(enum wf_arch have, enum wf_arch tag)
{
    if (have == WF_ARCH_UNKNOWN || tag == WF_ARCH_UNKNOWN)
        return false;
    return have == tag || (have == WF_ARCH_ARMV6L && tag == WF_ARCH_ARMV7L);
}

const char *
wf_arch_musl_word(enum wf_arch arch)
{
    const struct arch_row *row = row_of(arch);

    return row->musl_word == NULL ? row->name : row->musl_word;
}

enum wf_arch
wf_arch_host(void)
{
#if defined(__x86_64__) && defined(__ILP32__)
    return WF_ARCH_X32;
#elif defined(__x86_64__)
    return WF_ARCH_X86_64;
#elif defined(__i386__)
    return WF_ARCH_I686;
#elif defined(__aarch64__)
    return WF_ARCH_AARCH64;
#elif defined(__arm__) && defined(__ARM_PCS_VFP) && __ARM_ARCH >= 7
    return WF_ARCH_ARMV7L;
#elif defined(__arm__) && defined(__ARM_PCS_VFP)
    return WF_ARCH_ARMV6L;
#elif defined(__arm__)
    return WF_ARCH_ARMV5L;
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
    return WF_ARCH_PPC64LE;
#elif defined(__powerpc64__)
    return WF_ARCH_PPC64;
#elif defined(__s390x__)
    return WF_ARCH_S390X;
#elif defined(__riscv) && __riscv_xlen == 64
    return WF_ARCH_RISCV64;
#elif defined(__riscv)
    return WF_ARCH_RISCV32;
#elif defined(__loongarch64)
    return WF_ARCH_LOONGARCH64;
#elif defined(__mips64) && defined(__MIPSEL__)
    return WF_ARCH_MIPS64EL;
#elif defined(__mips64)
    return WF_ARCH_MIPS64;
#elif defined(__mips__) && defined(__MIPSEL__)
    return WF_ARCH_MIPSEL;
#elif defined(__mips__)
    return WF_ARCH_MIPS;
#else
    return WF_ARCH_UNKNOWN;
#endif
}
