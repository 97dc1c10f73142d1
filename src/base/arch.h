/* arch.h -- processor architectures by the names platform tags use. */
#ifndef WF_BASE_ARCH_H
#define WF_BASE_ARCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"

/* Every architecture we can name.  Only some have policies; the others are named as what
 * they are and get no tag. */
enum wf_arch {
    WF_ARCH_UNKNOWN,
    WF_ARCH_X86_64,
    WF_ARCH_I686,
    WF_ARCH_X32,
    WF_ARCH_AARCH64,
    WF_ARCH_ARMV7L, /* EABI 5, hard float */
    WF_ARCH_ARMV6L, /* the same, but built for ARMv6 by its attributes */
    WF_ARCH_ARMV5L, /* soft float */
    WF_ARCH_PPC64LE,
    WF_ARCH_PPC64,
    WF_ARCH_S390X,
    WF_ARCH_RISCV64,
    WF_ARCH_RISCV32,
    WF_ARCH_LOONGARCH64,
    WF_ARCH_MIPS,
    WF_ARCH_MIPSEL,
    WF_ARCH_MIPS64,
    WF_ARCH_MIPS64EL,
    WF_ARCH_COUNT,
};

/* wf_arch_name is the word as in `uname -m` and Linux tags ("x86_64"); "unknown". */
const char *wf_arch_name(enum wf_arch arch);

/* wf_arch_from_name knows those words and Android's ("arm64_v8a" is aarch64). */
enum wf_arch wf_arch_from_name(const char *name);

/* wf_arch_meets says whether code for `have` satisfies a tag for `tag`: the same, or
 * ARMv6 code under an armv7l tag (not the reverse). */
bool wf_arch_meets(enum wf_arch have, enum wf_arch tag);

/* wf_arch_musl_word is the word in Alpine's libc.musl-<word>.so.1: "armv7", "x86". */
const char *wf_arch_musl_word(enum wf_arch arch);

/* wf_arch_host is the architecture this program was built for. */
enum wf_arch wf_arch_host(void);

#endif
