/* elf_machine.c -- processors: from e_machine, class, byte order and flags to the words
 * of platform tags, and words for all others. */
#include "object/elf_format.h"

/* Machines that this system's <elf.h> may not name. */
enum {
    MACHINE_LOONGARCH = 258,
    MACHINE_INTELGT = 205,
    MACHINE_AMDGPU = 224,
    MACHINE_BPF = 247,
    MACHINE_VE = 251,
};

/* e_flags of ARM (ELF for the Arm Architecture), MIPS (n32 ABI). */
enum {
    ARM_EABI_SHIFT = 24,
    ARM_SOFT_FLOAT = 0x200,
    ARM_HARD_FLOAT = 0x400,
    MIPS_ABI_N32 = 0x20,
};

/* Tag_CPU_arch of the ARM build attributes: 10 is v7; 11 and 12 are the small v6-M. */
enum { ARM_ATTRIBUTE_V7 = 10, ARM_ATTRIBUTE_V6_M = 11, ARM_ATTRIBUTE_V6S_M = 12 };

static const struct {
    uint16_t machine;
    uint8_t bits;
    enum wf_endian endian;
    enum wf_arch arch;
} archs[] = {
    { EM_X86_64, 64, WF_LITTLE, WF_ARCH_X86_64 },
    { EM_X86_64, 32, WF_LITTLE, WF_ARCH_X32 },
    { EM_386, 32, WF_LITTLE, WF_ARCH_I686 },
    { EM_AARCH64, 64, WF_LITTLE, WF_ARCH_AARCH64 },
    { EM_ARM, 32, WF_LITTLE, WF_ARCH_ARMV7L }, /* looked at further below */
    { EM_PPC64, 64, WF_LITTLE, WF_ARCH_PPC64LE },
    { EM_PPC64, 64, WF_BIG, WF_ARCH_PPC64 },
    { EM_S390, 64, WF_BIG, WF_ARCH_S390X },
    { EM_RISCV, 64, WF_LITTLE, WF_ARCH_RISCV64 },
    { EM_RISCV, 32, WF_LITTLE, WF_ARCH_RISCV32 },
    { MACHINE_LOONGARCH, 64, WF_LITTLE, WF_ARCH_LOONGARCH64 },
    { EM_MIPS, 32, WF_BIG, WF_ARCH_MIPS }, /* unless n32 */
    { EM_MIPS, 32, WF_LITTLE, WF_ARCH_MIPSEL },
    { EM_MIPS, 64, WF_BIG, WF_ARCH_MIPS64 },
    { EM_MIPS, 64, WF_LITTLE, WF_ARCH_MIPS64EL },
};

/* Words for machines; is_device: no Python runs there. */
static const struct {
    uint16_t machine;
    bool is_device;
    const char *name;
} machines[] = {
    { EM_NONE, false, "no machine" },
    { EM_SPARC, false, "sparc" },
    { EM_386, false, "x86" },
    { EM_68K, false, "m68k" },
    { EM_MIPS, false, "mips" },
    { EM_PARISC, false, "parisc" },
    { EM_SPARC32PLUS, false, "sparc v8plus" },
    { EM_PPC, false, "powerpc" },
    { EM_PPC64, false, "powerpc64" },
    { EM_S390, false, "s390" },
    { EM_ARM, false, "arm" },
    { EM_SH, false, "sh" },
    { EM_SPARCV9, false, "sparc64" },
    { EM_IA_64, false, "ia64" },
    { EM_X86_64, false, "x86_64" },
    { EM_AVR, true, "avr" },
    { EM_OPENRISC, false, "openrisc" },
    { EM_ARC_COMPACT, false, "arc" },
    { EM_XTENSA, true, "xtensa" },
    { EM_MSP430, true, "msp430" },
    { EM_TI_C6000, true, "ti c6000" },
    { EM_TI_PRU, true, "ti pru" },
    { EM_QDSP6, true, "hexagon" },
    { EM_AARCH64, false, "aarch64" },
    { EM_MICROBLAZE, false, "microblaze" },
    { EM_CUDA, true, "cuda" },
    { MACHINE_INTELGT, true, "intel gpu" },
    { MACHINE_AMDGPU, true, "amdgpu" },
    { EM_RISCV, false, "riscv" },
    { MACHINE_BPF, true, "bpf" },
    { MACHINE_VE, false, "nec ve" },
    { MACHINE_LOONGARCH, false, "loongarch" },
    { EM_ALPHA, false, "alpha" },
};

bool
wf_elf_is_device_machine(uint16_t machine)
{
    for (size_t i = 0; i < WF_COUNT(machines); i++)
        if (machines[i].machine == machine)
            return machines[i].is_device;
    return false;
}

static const char *
describe(const struct wf_object *object, struct wf_arena *arena, const char *more)
{
    const char *order = object->endian == WF_BIG ? "big endian" : "little endian";

    for (size_t i = 0; i < WF_COUNT(machines); i++) {
        if (machines[i].machine != object->machine)
            continue;
        return machines[i].is_device
                   ? machines[i].name
                   : wf_arena_printf(arena, "%s (%u-bit, %s%s)", machines[i].name,
                                     object->bits, order, more);
    }
    return wf_arena_printf(arena, "machine %u (%u-bit, %s)", object->machine,
                           object->bits, order);
}

static bool
is_hard_float(const struct wf_object *object,
              const struct wf_elf_arm_attributes *attributes)
{
    if ((object->flags & (ARM_HARD_FLOAT | ARM_SOFT_FLOAT)) != 0)
        return (object->flags & ARM_HARD_FLOAT) != 0;
    /* Linkers before binutils 2.23 leave both flags out. */
    return attributes->vfp_args == 1;
}

/* Whether the attributes say that it runs on processors before ARMv7. */
static bool
is_before_v7(const struct wf_elf_arm_attributes *attributes)
{
    const int arch = attributes->cpu_arch;

    return (arch >= 0 && arch < ARM_ATTRIBUTE_V7) || arch == ARM_ATTRIBUTE_V6_M ||
           arch == ARM_ATTRIBUTE_V6S_M;
}

static void
name_arm(struct wf_object *object, struct wf_arena *arena,
         const struct wf_elf_arm_attributes *attributes)
{
    const bool is_eabi5 = object->flags >> ARM_EABI_SHIFT == 5;
    const bool is_old = is_before_v7(attributes);

    if (is_eabi5 && is_hard_float(object, attributes)) {
        object->arch = is_old ? WF_ARCH_ARMV6L : WF_ARCH_ARMV7L;
    } else if (is_eabi5 && (is_old || attributes->cpu_arch < 0)) {
        object->arch = WF_ARCH_ARMV5L;
    } else {
        object->arch = WF_ARCH_UNKNOWN;
        object->arch_name =
            describe(object, arena, is_eabi5 ? ", soft float, ARMv7" : ", old ABI");
    }
}

void
wf_elf_name_machine(struct wf_object *object, struct wf_arena *arena,
                    const struct wf_elf_arm_attributes *attributes)
{
    object->arch = WF_ARCH_UNKNOWN;
    object->arch_name = NULL;
    for (size_t i = 0; i < WF_COUNT(archs); i++)
        if (archs[i].machine == object->machine && archs[i].bits == object->bits &&
            archs[i].endian == object->endian)
            object->arch = archs[i].arch;
    if (object->machine == EM_MIPS && object->bits == 32 &&
        (object->flags & MIPS_ABI_N32) != 0) {
        object->arch = WF_ARCH_UNKNOWN;
        object->arch_name = describe(object, arena, ", n32");
    }
    if (object->arch == WF_ARCH_ARMV7L)
        name_arm(object, arena, attributes);
    if (object->arch != WF_ARCH_UNKNOWN)
        object->arch_name = wf_arch_name(object->arch);
    else if (object->arch_name == NULL)
        object->arch_name = describe(object, arena, "");
}
