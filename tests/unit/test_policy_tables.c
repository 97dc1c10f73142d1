/* test_policy_tables.c -- the compiled tables hold what was published: counts and ceilings
 * of every policy and architecture, and each item that does not follow the pattern. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "policy/policy.h"

#define X86_64 WF_ARCH_X86_64

enum { NUM_PREFIXES = 6 };

static const char *const prefixes[NUM_PREFIXES] = { "GLIBC", "GLIBCXX",   "CXXABI",
                                                    "GCC",   "LIBATOMIC", "ZLIB" };

/* How many versions of each prefix a policy adds, and the highest number then permitted. */
static const struct {
    enum wf_arch arch;
    const char *number;
    const char *added;   /* GLIBC, GLIBCXX, CXXABI, GCC, LIBATOMIC, ZLIB */
    const char *highest; /* likewise; "-": none */
} version_rows[] = {
    { WF_ARCH_X86_64, "2_5", "8 9 2 8 0 0", "2.5 3.4.8 1.3.1 4.2.0 - -" },
    { WF_ARCH_X86_64, "2_12", "7 5 2 1 0 6", "2.12 3.4.13 1.3.3 4.3.0 - 1.2.2.4" },
    { WF_ARCH_X86_64, "2_17", "5 6 5 2 0 5", "2.17 3.4.19 1.3.7 4.8.0 - 1.2.5.2" },
    { WF_ARCH_X86_64, "2_24", "4 3 4 0 3 0", "2.24 3.4.22 1.3.10 4.8.0 1.2 1.2.5.2" },
    { WF_ARCH_X86_64, "2_26", "2 0 0 0 0 0", "2.26 3.4.22 1.3.10 4.8.0 1.2 1.2.5.2" },
    { WF_ARCH_X86_64, "2_27", "1 2 1 1 0 2", "2.27 3.4.24 1.3.11 7.0.0 1.2 1.2.9" },
    { WF_ARCH_X86_64, "2_28", "1 0 0 0 0 0", "2.28 3.4.24 1.3.11 7.0.0 1.2 1.2.9" },
    { WF_ARCH_X86_64, "2_31", "3 4 1 0 0 0", "2.31 3.4.28 1.3.12 7.0.0 1.2 1.2.9" },
    { WF_ARCH_X86_64, "2_34", "3 1 1 0 0 0", "2.34 3.4.29 1.3.13 7.0.0 1.2 1.2.9" },
    { WF_ARCH_X86_64, "2_35", "1 1 0 1 0 0", "2.35 3.4.30 1.3.13 12.0.0 1.2 1.2.9" },
    { WF_ARCH_X86_64, "2_36", "2 0 0 0 0 0", "2.36 3.4.30 1.3.13 12.0.0 1.2 1.2.9" },
    { WF_ARCH_X86_64, "2_37", "0 0 0 0 0 1", "2.36 3.4.30 1.3.13 12.0.0 1.2 1.2.12" },
    { WF_ARCH_X86_64, "2_38", "1 0 0 0 0 0", "2.38 3.4.30 1.3.13 12.0.0 1.2 1.2.12" },
    { WF_ARCH_X86_64, "2_39", "1 3 2 2 0 0", "2.39 3.4.33 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_X86_64, "2_40", "1 0 0 0 0 0", "2.40 3.4.33 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_X86_64, "2_41", "1 0 0 0 0 0", "2.41 3.4.33 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_X86_64, "2_42", "1 1 0 0 0 0", "2.42 3.4.34 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_X86_64, "2_43", "3 0 0 0 0 0", "2.43 3.4.34 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_X86_64, "2_44", "1 1 1 0 0 0", "2.44 3.4.35 1.3.17 14.0.0 1.2 1.2.12" },
    { WF_ARCH_I686, "2_5", "17 9 2 7 0 0", "2.5 3.4.8 1.3.1 4.2.0 - -" },
    { WF_ARCH_I686, "2_12", "7 5 2 3 0 6", "2.12 3.4.13 1.3.3 4.5.0 - 1.2.2.4" },
    { WF_ARCH_I686, "2_17", "5 6 5 2 1 5", "2.17 3.4.19 1.3.7 4.8.0 1.0 1.2.5.2" },
    { WF_ARCH_I686, "2_24", "4 3 4 0 2 0", "2.24 3.4.22 1.3.10 4.8.0 1.2 1.2.5.2" },
    { WF_ARCH_I686, "2_26", "2 2 1 1 0 2", "2.26 3.4.24 1.3.11 7.0.0 1.2 1.2.9" },
    { WF_ARCH_I686, "2_27", "1 0 0 0 0 0", "2.27 3.4.24 1.3.11 7.0.0 1.2 1.2.9" },
    { WF_ARCH_I686, "2_28", "1 0 0 0 0 0", "2.28 3.4.24 1.3.11 7.0.0 1.2 1.2.9" },
    { WF_ARCH_I686, "2_31", "3 4 1 0 0 0", "2.31 3.4.28 1.3.12 7.0.0 1.2 1.2.9" },
    { WF_ARCH_I686, "2_34", "3 1 1 0 0 0", "2.34 3.4.29 1.3.13 7.0.0 1.2 1.2.9" },
    { WF_ARCH_I686, "2_35", "1 1 0 1 0 0", "2.35 3.4.30 1.3.13 12.0.0 1.2 1.2.9" },
    { WF_ARCH_I686, "2_36", "2 0 0 0 0 1", "2.36 3.4.30 1.3.13 12.0.0 1.2 1.2.12" },
    { WF_ARCH_I686, "2_37", "1 0 0 0 0 0", "2.37 3.4.30 1.3.13 12.0.0 1.2 1.2.12" },
    { WF_ARCH_I686, "2_38", "1 0 0 0 0 0", "2.38 3.4.30 1.3.13 12.0.0 1.2 1.2.12" },
    { WF_ARCH_I686, "2_39", "1 3 2 2 0 0", "2.39 3.4.33 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_I686, "2_40", "1 0 0 0 0 0", "2.40 3.4.33 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_I686, "2_41", "1 0 0 0 0 0", "2.41 3.4.33 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_I686, "2_42", "1 1 0 0 0 0", "2.42 3.4.34 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_I686, "2_43", "3 0 0 0 0 0", "2.43 3.4.34 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_AARCH64, "2_17", "3 20 9 11 1 11", "2.18 3.4.19 1.3.7 4.7.0 1.0 1.2.5.2" },
    { WF_ARCH_AARCH64, "2_24", "3 3 3 0 2 0", "2.24 3.4.22 1.3.10 4.7.0 1.2 1.2.5.2" },
    { WF_ARCH_AARCH64, "2_26", "2 2 1 1 0 0", "2.26 3.4.24 1.3.11 7.0.0 1.2 1.2.5.2" },
    { WF_ARCH_AARCH64, "2_27", "1 0 0 0 0 2", "2.27 3.4.24 1.3.11 7.0.0 1.2 1.2.9" },
    { WF_ARCH_AARCH64, "2_28", "1 0 0 0 0 0", "2.28 3.4.24 1.3.11 7.0.0 1.2 1.2.9" },
    { WF_ARCH_AARCH64, "2_31", "3 4 1 0 0 0", "2.31 3.4.28 1.3.12 7.0.0 1.2 1.2.9" },
    { WF_ARCH_AARCH64, "2_34", "3 1 1 1 0 0", "2.34 3.4.29 1.3.13 11.0 1.2 1.2.9" },
    { WF_ARCH_AARCH64, "2_35", "1 1 0 0 0 0", "2.35 3.4.30 1.3.13 11.0 1.2 1.2.9" },
    { WF_ARCH_AARCH64, "2_36", "2 0 0 0 0 0", "2.36 3.4.30 1.3.13 11.0 1.2 1.2.9" },
    { WF_ARCH_AARCH64, "2_37", "0 0 0 0 0 1", "2.36 3.4.30 1.3.13 11.0 1.2 1.2.12" },
    { WF_ARCH_AARCH64, "2_38", "1 0 0 0 0 0", "2.38 3.4.30 1.3.13 11.0 1.2 1.2.12" },
    { WF_ARCH_AARCH64, "2_39", "1 3 2 3 0 0", "2.39 3.4.33 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_AARCH64, "2_40", "1 0 0 0 0 0", "2.40 3.4.33 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_AARCH64, "2_41", "1 0 0 0 0 0", "2.41 3.4.33 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_AARCH64, "2_42", "1 1 0 0 0 0", "2.42 3.4.34 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_AARCH64, "2_43", "1 0 0 0 0 0", "2.43 3.4.34 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_AARCH64, "2_44", "1 1 1 1 0 0", "2.44 3.4.35 1.3.17 16.0 1.2 1.2.12" },
    { WF_ARCH_ARMV7L, "2_17", "15 20 10 11 1 11", "2.17 3.4.19 1.3.7 4.7.0 1.0 1.2.5.2" },
    { WF_ARCH_ARMV7L, "2_24", "4 3 3 0 2 0", "2.24 3.4.22 1.3.10 4.7.0 1.2 1.2.5.2" },
    { WF_ARCH_ARMV7L, "2_26", "2 2 1 1 0 2", "2.26 3.4.24 1.3.11 7.0.0 1.2 1.2.9" },
    { WF_ARCH_ARMV7L, "2_27", "1 0 0 0 0 0", "2.27 3.4.24 1.3.11 7.0.0 1.2 1.2.9" },
    { WF_ARCH_ARMV7L, "2_28", "1 0 0 0 0 0", "2.28 3.4.24 1.3.11 7.0.0 1.2 1.2.9" },
    { WF_ARCH_ARMV7L, "2_31", "3 4 1 0 0 0", "2.31 3.4.28 1.3.12 7.0.0 1.2 1.2.9" },
    { WF_ARCH_ARMV7L, "2_34", "3 1 1 0 0 0", "2.34 3.4.29 1.3.13 7.0.0 1.2 1.2.9" },
    { WF_ARCH_ARMV7L, "2_35", "1 1 0 0 0 0", "2.35 3.4.30 1.3.13 7.0.0 1.2 1.2.9" },
    { WF_ARCH_ARMV7L, "2_36", "2 0 0 0 0 0", "2.36 3.4.30 1.3.13 7.0.0 1.2 1.2.9" },
    { WF_ARCH_ARMV7L, "2_37", "1 0 0 0 0 1", "2.37 3.4.30 1.3.13 7.0.0 1.2 1.2.12" },
    { WF_ARCH_ARMV7L, "2_38", "1 0 0 0 0 0", "2.38 3.4.30 1.3.13 7.0.0 1.2 1.2.12" },
    { WF_ARCH_ARMV7L, "2_39", "1 3 2 1 0 0", "2.39 3.4.33 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_ARMV7L, "2_40", "1 0 0 0 0 0", "2.40 3.4.33 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_ARMV7L, "2_41", "1 0 0 0 0 0", "2.41 3.4.33 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_ARMV7L, "2_42", "1 1 0 0 0 0", "2.42 3.4.34 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_ARMV7L, "2_43", "1 1 1 0 0 0", "2.43 3.4.35 1.3.17 14.0.0 1.2 1.2.12" },
    { WF_ARCH_PPC64, "2_17", "30 20 9 13 1 11", "2.17 3.4.19 1.3.7 4.8.0 1.0 1.2.5.2" },
    { WF_ARCH_PPC64LE, "2_17", "2 23 10 10 1 11", "2.17 3.4.19 1.3.7 4.7.0 1.0 1.2.5.2" },
    { WF_ARCH_PPC64LE, "2_24", "4 4 3 0 2 0", "2.24 3.4.22 1.3.10 4.7.0 1.2 1.2.5.2" },
    { WF_ARCH_PPC64LE, "2_26", "2 2 1 1 0 2", "2.26 3.4.24 1.3.11 7.0.0 1.2 1.2.9" },
    { WF_ARCH_PPC64LE, "2_27", "1 0 0 0 0 0", "2.27 3.4.24 1.3.11 7.0.0 1.2 1.2.9" },
    { WF_ARCH_PPC64LE, "2_28", "1 0 0 0 0 0", "2.28 3.4.24 1.3.11 7.0.0 1.2 1.2.9" },
    { WF_ARCH_PPC64LE, "2_31", "3 4 1 0 0 0", "2.31 3.4.28 1.3.12 7.0.0 1.2 1.2.9" },
    { WF_ARCH_PPC64LE, "2_34", "3 3 2 0 0 0", "2.34 3.4.29 1.3.13 7.0.0 1.2 1.2.9" },
    { WF_ARCH_PPC64LE, "2_35", "1 2 0 0 0 0", "2.35 3.4.30 1.3.13 7.0.0 1.2 1.2.9" },
    { WF_ARCH_PPC64LE, "2_36", "2 0 0 0 0 0", "2.36 3.4.30 1.3.13 7.0.0 1.2 1.2.9" },
    { WF_ARCH_PPC64LE, "2_37", "0 0 0 0 0 1", "2.36 3.4.30 1.3.13 7.0.0 1.2 1.2.12" },
    { WF_ARCH_PPC64LE, "2_38", "1 0 0 0 0 0", "2.38 3.4.30 1.3.13 7.0.0 1.2 1.2.12" },
    { WF_ARCH_PPC64LE, "2_39", "1 5 2 1 0 0", "2.39 3.4.33 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_PPC64LE, "2_40", "1 0 0 0 0 0", "2.40 3.4.33 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_PPC64LE, "2_41", "1 0 0 0 0 0", "2.41 3.4.33 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_PPC64LE, "2_42", "1 1 0 0 0 0", "2.42 3.4.34 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_PPC64LE, "2_43", "1 1 1 0 0 0", "2.43 3.4.35 1.3.17 14.0.0 1.2 1.2.12" },
    { WF_ARCH_PPC64LE, "2_44", "1 0 0 0 0 0", "2.44 3.4.35 1.3.17 14.0.0 1.2 1.2.12" },
    { WF_ARCH_S390X, "2_17", "24 23 10 11 0 11", "2.17 3.4.19 1.3.7 4.7.0 - 1.2.5.2" },
    { WF_ARCH_S390X, "2_24", "5 4 3 0 3 0", "2.24 3.4.22 1.3.10 4.7.0 1.2 1.2.5.2" },
    { WF_ARCH_S390X, "2_26", "2 2 1 1 0 2", "2.26 3.4.24 1.3.11 7.0.0 1.2 1.2.9" },
    { WF_ARCH_S390X, "2_27", "1 0 0 0 0 0", "2.27 3.4.24 1.3.11 7.0.0 1.2 1.2.9" },
    { WF_ARCH_S390X, "2_28", "1 0 0 0 0 0", "2.28 3.4.24 1.3.11 7.0.0 1.2 1.2.9" },
    { WF_ARCH_S390X, "2_31", "3 4 1 0 0 0", "2.31 3.4.28 1.3.12 7.0.0 1.2 1.2.9" },
    { WF_ARCH_S390X, "2_34", "3 2 1 0 0 0", "2.34 3.4.29 1.3.13 7.0.0 1.2 1.2.9" },
    { WF_ARCH_S390X, "2_35", "1 1 0 0 0 0", "2.35 3.4.30 1.3.13 7.0.0 1.2 1.2.9" },
    { WF_ARCH_S390X, "2_36", "2 0 0 0 0 0", "2.36 3.4.30 1.3.13 7.0.0 1.2 1.2.9" },
    { WF_ARCH_S390X, "2_37", "0 0 0 0 0 1", "2.36 3.4.30 1.3.13 7.0.0 1.2 1.2.12" },
    { WF_ARCH_S390X, "2_38", "1 0 0 0 0 0", "2.38 3.4.30 1.3.13 7.0.0 1.2 1.2.12" },
    { WF_ARCH_S390X, "2_39", "1 4 2 1 0 0", "2.39 3.4.33 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_S390X, "2_40", "1 0 0 0 0 0", "2.40 3.4.33 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_S390X, "2_41", "1 0 0 0 0 0", "2.41 3.4.33 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_S390X, "2_42", "1 1 0 0 0 0", "2.42 3.4.34 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_S390X, "2_43", "1 1 1 1 0 0", "2.43 3.4.35 1.3.17 16.0.0 1.2 1.2.12" },
    { WF_ARCH_S390X, "2_44", "1 0 0 0 0 0", "2.44 3.4.35 1.3.17 16.0.0 1.2 1.2.12" },
    { WF_ARCH_RISCV64, "2_31", "6 29 14 13 3 13", "2.31 3.4.28 1.3.12 7.0.0 1.2 1.2.9" },
    { WF_ARCH_RISCV64, "2_34", "3 1 1 0 0 0", "2.34 3.4.29 1.3.13 7.0.0 1.2 1.2.9" },
    { WF_ARCH_RISCV64, "2_35", "1 1 0 0 0 0", "2.35 3.4.30 1.3.13 7.0.0 1.2 1.2.9" },
    { WF_ARCH_RISCV64, "2_36", "1 0 0 0 0 0", "2.36 3.4.30 1.3.13 7.0.0 1.2 1.2.9" },
    { WF_ARCH_RISCV64, "2_37", "1 0 0 0 0 1", "2.37 3.4.30 1.3.13 7.0.0 1.2 1.2.12" },
    { WF_ARCH_RISCV64, "2_38", "2 0 0 0 0 0", "2.38 3.4.30 1.3.13 7.0.0 1.2 1.2.12" },
    { WF_ARCH_RISCV64, "2_39", "1 3 2 1 0 0", "2.39 3.4.33 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_RISCV64, "2_40", "1 0 0 0 0 0", "2.40 3.4.33 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_RISCV64, "2_41", "1 0 0 0 0 0", "2.41 3.4.33 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_RISCV64, "2_42", "1 1 1 0 0 0", "2.42 3.4.34 1.3.16 14.0.0 1.2 1.2.12" },
    { WF_ARCH_RISCV64, "2_43", "1 0 0 0 0 0", "2.43 3.4.34 1.3.16 14.0.0 1.2 1.2.12" },
    { WF_ARCH_LOONGARCH64, "2_36", "3 31 15 13 3 13",
      "2.36 3.4.30 1.3.13 7.0.0 1.2 1.2.9" },
    { WF_ARCH_LOONGARCH64, "2_37", "0 0 0 0 0 1", "2.36 3.4.30 1.3.13 7.0.0 1.2 1.2.12" },
    { WF_ARCH_LOONGARCH64, "2_38", "1 0 0 0 0 0", "2.38 3.4.30 1.3.13 7.0.0 1.2 1.2.12" },
    { WF_ARCH_LOONGARCH64, "2_39", "1 2 2 1 0 0",
      "2.39 3.4.32 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_LOONGARCH64, "2_40", "1 1 0 0 0 0",
      "2.40 3.4.33 1.3.15 14.0.0 1.2 1.2.12" },
    { WF_ARCH_LOONGARCH64, "2_41", "1 0 0 0 0 0",
      "2.41 3.4.33 1.3.15 14.0.0 1.2 1.2.12" },
};

static const struct wf_policies *
builtin(void)
{
    return wf_policies_builtin();
}

static wf_rank
rank_of(const char *name)
{
    const struct wf_policy *policy = wf_policies_find(builtin(), name);

    assert_non_null(policy);
    return policy->rank;
}

static wf_rank
version(enum wf_arch arch, const char *name)
{
    return wf_policies_version_rank(builtin(), WF_POLICY_MANYLINUX, arch, name);
}

static wf_rank
library(enum wf_policy_family family, enum wf_arch arch, const char *name)
{
    return wf_policies_library_rank(builtin(), family, arch, name);
}

/* What one visit of an architecture's versions counts. */
struct version_count {
    wf_rank rank;
    const char *prefix;
    unsigned num;
    const char *highest;
};

static void
count_version(void *context, const char *lib, const char *name, wf_rank rank)
{
    struct version_count *count = context;
    const size_t len = strlen(count->prefix);

    assert_null(lib);
    if (strncmp(name, count->prefix, len) != 0 || name[len] != '_')
        return;
    count->num += rank == count->rank;
    if (rank <= count->rank && name[len + 1] >= '0' && name[len + 1] <= '9' &&
        (count->highest == NULL ||
         wf_text_compare_natural(name + len + 1, count->highest) > 0))
        count->highest = name + len + 1;
}

static void
each_policy_adds_the_published_versions(void **state)
{
    (void)state;
    for (size_t i = 0; i < WF_COUNT(version_rows); i++) {
        char name[32], added[64] = "", highest[128] = "";

        snprintf(name, sizeof name, "manylinux_%s", version_rows[i].number);
        for (size_t p = 0; p < NUM_PREFIXES; p++) {
            struct version_count count = { .rank = rank_of(name), .prefix = prefixes[p] };
            const char *gap = p == 0 ? "" : " ";
            const size_t added_len = strlen(added), highest_len = strlen(highest);

            wf_policies_visit_versions(builtin(), WF_POLICY_MANYLINUX,
                                       version_rows[i].arch, count_version, &count);
            snprintf(added + added_len, sizeof added - added_len, "%s%u", gap, count.num);
            snprintf(highest + highest_len, sizeof highest - highest_len, "%s%s", gap,
                     count.highest == NULL ? "-" : count.highest);
        }
        assert_string_equal(added, version_rows[i].added);
        assert_string_equal(highest, version_rows[i].highest);
    }
}

static void
count_all(void *context, const char *lib, const char *name, wf_rank rank)
{
    (void)lib;
    (void)name;
    assert_int_not_equal(rank, WF_RANK_NEVER);
    ++*(size_t *)context;
}

static void
no_version_has_another_prefix(void **state)
{
    size_t expected = 0, visited = 0;

    (void)state;
    for (size_t i = 0; i < WF_COUNT(version_rows); i++) {
        char *rest = NULL;

        expected += strtoul(version_rows[i].added, &rest, 10);
        for (size_t p = 1; p < NUM_PREFIXES; p++)
            expected += strtoul(rest, &rest, 10);
    }
    for (unsigned a = 0; a < WF_ARCH_COUNT; a++)
        wf_policies_visit_versions(builtin(), WF_POLICY_MANYLINUX, (enum wf_arch)a,
                                   count_all, &visited);
    assert_int_equal(visited, expected);
}

static void
keeps_what_is_irregular(void **state)
{
    static const struct {
        enum wf_arch arch;
        const char *version;
        const char *from; /* NULL: never */
    } cases[] = {
        { WF_ARCH_AARCH64, "GLIBC_2.18", "manylinux_2_17" },
        { X86_64, "GLIBC_2.18", "manylinux_2_24" },
        { WF_ARCH_I686, "GLIBC_2.37", "manylinux_2_37" },
        { WF_ARCH_ARMV7L, "GLIBC_2.37", "manylinux_2_37" },
        { WF_ARCH_RISCV64, "GLIBC_2.37", "manylinux_2_37" },
        { X86_64, "GLIBC_2.37", NULL },
        { WF_ARCH_AARCH64, "GLIBC_2.37", NULL },
        { X86_64, "GLIBC_2.19", NULL },
        { WF_ARCH_S390X, "GLIBC_2.19", "manylinux_2_24" },
        { X86_64, "GLIBC_ABI_DT_RELR", "manylinux_2_36" },
        { WF_ARCH_RISCV64, "GLIBC_ABI_DT_RELR", "manylinux_2_38" },
        { X86_64, "GLIBC_ABI_DT_X86_64_PLT", "manylinux_2_43" },
        { WF_ARCH_AARCH64, "GLIBC_ABI_DT_X86_64_PLT", NULL },
        { WF_ARCH_AARCH64, "GLIBC_2.0", "manylinux_2_17" },
        { X86_64, "GLIBC_2.0", NULL },
        { X86_64, "CXXABI_TM_1", "manylinux_2_17" },
        { X86_64, "CXXABI_FLOAT128", "manylinux_2_24" },
        { WF_ARCH_AARCH64, "CXXABI_FLOAT128", NULL },
        { WF_ARCH_PPC64LE, "CXXABI_IEEE128_1.3.13", "manylinux_2_34" },
        { WF_ARCH_S390X, "GLIBCXX_LDBL_3.4.31", "manylinux_2_39" },
        { WF_ARCH_AARCH64, "GCC_14.0", "manylinux_2_39" },
        { X86_64, "GCC_14.0", NULL },
        { WF_ARCH_LOONGARCH64, "GLIBCXX_3.4.33", "manylinux_2_40" },
        /* The prefix is known, the set of the older policies is empty. */
        { X86_64, "ZLIB_1.2.0", "manylinux_2_12" },
        { X86_64, "LIBATOMIC_1.0", "manylinux_2_24" },
        { WF_ARCH_I686, "LIBATOMIC_1.0", "manylinux_2_17" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++)
        assert_int_equal(version(cases[i].arch, cases[i].version),
                         cases[i].from == NULL ? WF_RANK_NEVER : rank_of(cases[i].from));
}

static void
provides_the_published_glibc_libraries(void **state)
{
    static const char *const from_2_5[] = {
        "libatomic.so.1",      "libgcc_s.so.1",    "libstdc++.so.6",
        "libm.so.6",           "libanl.so.1",      "libdl.so.2",
        "librt.so.1",          "libc.so.6",        "libnsl.so.1",
        "libutil.so.1",        "libpthread.so.0",  "libX11.so.6",
        "libXext.so.6",        "libXrender.so.1",  "libICE.so.6",
        "libSM.so.6",          "libGL.so.1",       "libgobject-2.0.so.0",
        "libgthread-2.0.so.0", "libglib-2.0.so.0", "libresolv.so.2",
        "libz.so.1",
    };
    static const char *const never[] = { "libcrypt.so.1", "libcrypt.so.2",
                                         "libc.so",       "libc.musl-x86_64.so.1",
                                         "libfoo.so",     "" };
    size_t num = 0;

    (void)state;
    for (size_t i = 0; i < WF_COUNT(from_2_5); i++)
        assert_int_equal(library(WF_POLICY_MANYLINUX, X86_64, from_2_5[i]),
                         rank_of("manylinux_2_5"));
    assert_int_equal(library(WF_POLICY_MANYLINUX, X86_64, "libexpat.so.1"),
                     rank_of("manylinux_2_12"));
    assert_int_equal(library(WF_POLICY_MANYLINUX, X86_64, "libmvec.so.1"),
                     rank_of("manylinux_2_24"));
    for (size_t i = 0; i < WF_COUNT(never); i++)
        assert_int_equal(library(WF_POLICY_MANYLINUX, X86_64, never[i]), WF_RANK_NEVER);
    wf_policies_visit_libraries(builtin(), WF_POLICY_MANYLINUX, X86_64, count_all, &num);
    assert_int_equal(num, WF_COUNT(from_2_5) + 2);
}

static void
android_provides_more_with_each_level(void **state)
{
    static const struct {
        const char *name;
        const char *from;
    } cases[] = {
        { "libandroid.so", "android_21" },
        { "libc.so", "android_21" },
        { "libcrypto_python.so", "android_21" },
        { "libdl.so", "android_21" },
        { "libEGL.so", "android_21" },
        { "libGLESv1_CM.so", "android_21" },
        { "libGLESv2.so", "android_21" },
        { "libjnigraphics.so", "android_21" },
        { "liblog.so", "android_21" },
        { "libm.so", "android_21" },
        { "libmediandk.so", "android_21" },
        { "libOpenMAXAL.so", "android_21" },
        { "libOpenSLES.so", "android_21" },
        { "libsqlite3_python.so", "android_21" },
        { "libssl_python.so", "android_21" },
        { "libz.so", "android_21" },
        { "libcamera2ndk.so", "android_24" },
        { "libvulkan.so", "android_24" },
        { "libaaudio.so", "android_26" },
        { "libsync.so", "android_26" },
        { "libneuralnetworks.so", "android_27" },
    };
    size_t num = 0;

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        assert_int_equal(library(WF_POLICY_ANDROID, X86_64, cases[i].name),
                         rank_of(cases[i].from));
        assert_int_equal(library(WF_POLICY_ANDROID, WF_ARCH_AARCH64, cases[i].name),
                         rank_of(cases[i].from));
    }
    wf_policies_visit_libraries(builtin(), WF_POLICY_ANDROID, X86_64, count_all, &num);
    assert_int_equal(num, WF_COUNT(cases));
    assert_int_equal(library(WF_POLICY_ANDROID, X86_64, "libc++_shared.so"),
                     WF_RANK_NEVER);
}

struct symbol_count {
    const char *library;
    wf_rank rank;
    size_t forbidden;
};

static void
count_symbol(void *context, const char *lib, const char *name, wf_rank rank)
{
    struct symbol_count *count = context;

    assert_non_null(name);
    count->forbidden += strcmp(lib, count->library) == 0 && rank > count->rank;
}

static void
forbids_the_published_symbols(void **state)
{
    static const struct {
        const char *policy;
        const char *library;
        size_t num;
    } cases[] = {
        { "manylinux_2_5", "libc.so.6", 6 },
        { "manylinux_2_17", "libc.so.6", 6 },
        { "manylinux_2_24", "libc.so.6", 0 },
        { "manylinux_2_17", "libm.so.6", 3 },
        { "manylinux_2_24", "libm.so.6", 0 },
        { "manylinux_2_17", "libpthread.so.0", 2 },
        { "manylinux_2_24", "libpthread.so.0", 0 },
        { "manylinux_2_5", "libz.so.1", 41 },
        { "manylinux_2_31", "libz.so.1", 41 },
        { "manylinux_2_34", "libz.so.1", 40 },
        { "manylinux_2_35", "libz.so.1", 40 },
        { "manylinux_2_36", "libz.so.1", 26 },
        { "manylinux_2_37", "libz.so.1", 23 },
        { "manylinux_2_44", "libz.so.1", 23 },
        { "musllinux_1_1", "libz.so.1", 31 },
        { "musllinux_1_2", "libz.so.1", 31 },
        { "android_21", "libz.so", 0 },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        const struct wf_policy *policy = wf_policies_find(builtin(), cases[i].policy);
        struct symbol_count count = { .library = cases[i].library, .rank = policy->rank };

        wf_policies_visit_symbols(builtin(), policy->family, count_symbol, &count);
        assert_int_equal(count.forbidden, cases[i].num);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_policy_adds_the_published_versions),
        cmocka_unit_test(no_version_has_another_prefix),
        cmocka_unit_test(keeps_what_is_irregular),
        cmocka_unit_test(provides_the_published_glibc_libraries),
        cmocka_unit_test(android_provides_more_with_each_level),
        cmocka_unit_test(forbids_the_published_symbols),
    };

    return cmocka_run_group_tests_name("policy_tables", tests, NULL, NULL);
}
