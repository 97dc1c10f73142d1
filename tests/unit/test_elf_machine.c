/* test_elf_machine.c -- processors named by machine, class, byte order, flags and, for ARM,
 * attributes. */
#include "../support/elf_reading.h"

static void
names_every_machine_of_the_table(void **state)
{
    static const struct {
        const char *machine;
        enum wf_arch arch;
        const char *name;
    } rows[] = {
        { "x86_64", WF_ARCH_X86_64, "x86_64" },
        { "i686", WF_ARCH_I686, "i686" },
        { "x32", WF_ARCH_X32, "x32" },
        { "aarch64", WF_ARCH_AARCH64, "aarch64" },
        { "armv7l", WF_ARCH_ARMV7L, "armv7l" },
        { "armv5l", WF_ARCH_ARMV5L, "armv5l" },
        { "ppc64le", WF_ARCH_PPC64LE, "ppc64le" },
        { "ppc64", WF_ARCH_PPC64, "ppc64" },
        { "s390x", WF_ARCH_S390X, "s390x" },
        { "riscv64", WF_ARCH_RISCV64, "riscv64" },
        { "riscv32", WF_ARCH_RISCV32, "riscv32" },
        { "loongarch64", WF_ARCH_LOONGARCH64, "loongarch64" },
        { "mips", WF_ARCH_MIPS, "mips" },
        { "mipsel", WF_ARCH_MIPSEL, "mipsel" },
        { "mips64", WF_ARCH_MIPS64, "mips64" },
        { "mips64el", WF_ARCH_MIPS64EL, "mips64el" },
        { "mipsn32", WF_ARCH_UNKNOWN, "mips (32-bit, big endian, n32)" },
        { "sparc64", WF_ARCH_UNKNOWN, "sparc64 (64-bit, big endian)" },
        { "bpf", WF_ARCH_UNKNOWN, "bpf" },
        { "cuda", WF_ARCH_UNKNOWN, "cuda" },
        { "amdgpu", WF_ARCH_UNKNOWN, "amdgpu" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        const struct wf_test_elf recipe = { .machine = machine(rows[i].machine) };
        struct elf_reading r = read_elf(&recipe, "x.so");

        assert_non_null(r.object);
        assert_int_equal(r.object->arch, rows[i].arch);
        assert_string_equal(r.object->arch_name, rows[i].name);
        end_reading(&r);
    }
}

/* Both sides of each rule: a machine in a class or order that it does not have. */
static void
a_machine_in_the_wrong_class_or_order_is_unknown(void **state)
{
    static const struct {
        struct wf_test_machine machine;
        const char *name;
    } rows[] = {
        { { "", 3, 64, WF_LITTLE, 0 }, "x86 (64-bit, little endian)" },
        { { "", 3, 32, WF_BIG, 0 }, "x86 (32-bit, big endian)" },
        { { "", 62, 64, WF_BIG, 0 }, "x86_64 (64-bit, big endian)" },
        { { "", 183, 64, WF_BIG, 0 }, "aarch64 (64-bit, big endian)" },
        { { "", 183, 32, WF_LITTLE, 0 }, "aarch64 (32-bit, little endian)" },
        { { "", 22, 32, WF_BIG, 0 }, "s390 (32-bit, big endian)" },
        { { "", 21, 32, WF_BIG, 0 }, "powerpc64 (32-bit, big endian)" },
        { { "", 243, 64, WF_BIG, 0 }, "riscv (64-bit, big endian)" },
        { { "", 258, 32, WF_LITTLE, 0 }, "loongarch (32-bit, little endian)" },
        { { "", 40, 32, WF_BIG, 0x5000400 }, "arm (32-bit, big endian)" },
        { { "", 0, 64, WF_LITTLE, 0 }, "no machine (64-bit, little endian)" },
        { { "", 4711, 64, WF_LITTLE, 0 }, "machine 4711 (64-bit, little endian)" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        const struct wf_test_elf recipe = { .machine = &rows[i].machine };
        struct elf_reading r = read_elf(&recipe, "x.so");

        assert_non_null(r.object);
        assert_int_equal(r.object->arch, WF_ARCH_UNKNOWN);
        assert_string_equal(r.object->arch_name, rows[i].name);
        end_reading(&r);
    }
}

static void
tells_arm_processors_apart_by_flags_and_attributes(void **state)
{
    static const struct {
        uint32_t flags;
        int cpu_arch, vfp_args;
        enum wf_arch arch;
        const char *name;
    } rows[] = {
        { 0x5000400, 0, 0, WF_ARCH_ARMV7L, "armv7l" }, /* no attributes: as auditwheel */
        { 0x5000400, 10, 1, WF_ARCH_ARMV7L, "armv7l" },
        { 0x5000400, 14, 1, WF_ARCH_ARMV7L, "armv7l" },
        { 0x5000400, 9, 1, WF_ARCH_ARMV6L, "armv6l" },
        { 0x5000400, 6, 1, WF_ARCH_ARMV6L, "armv6l" },
        { 0x5000400, 11, 1, WF_ARCH_ARMV6L, "armv6l" },
        { 0x5000000, 10, 1, WF_ARCH_ARMV7L, "armv7l" }, /* binutils before 2.23 */
        { 0x5000000, 6, 1, WF_ARCH_ARMV6L, "armv6l" },
        { 0x5000200, 0, 0, WF_ARCH_ARMV5L, "armv5l" },
        { 0x5000200, 4, 0, WF_ARCH_ARMV5L, "armv5l" },
        { 0x5000000, 0, 0, WF_ARCH_ARMV5L, "armv5l" },
        { 0x5000200, 10, 1, WF_ARCH_UNKNOWN,
          "arm (32-bit, little endian, soft float, ARMv7)" },
        { 0x4000400, 10, 1, WF_ARCH_UNKNOWN, "arm (32-bit, little endian, old ABI)" },
        { 0, 0, 0, WF_ARCH_UNKNOWN, "arm (32-bit, little endian, old ABI)" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        const struct wf_test_machine arm = { "", 40, 32, WF_LITTLE, rows[i].flags };
        const struct wf_test_elf recipe = {
            .machine = &arm,
            .arm_cpu_arch = rows[i].cpu_arch,
            .arm_vfp_args = rows[i].vfp_args,
        };
        struct elf_reading r = read_elf(&recipe, "x.so");

        assert_non_null(r.object);
        assert_int_equal(r.object->arch, rows[i].arch);
        assert_string_equal(r.object->arch_name, rows[i].name);
        end_reading(&r);
    }
}

/* Attributes that are cut, or whose sizes lie, are silent: flags alone then decide. */
static void
damaged_arm_attributes_say_nothing(void **state)
{
    const struct wf_test_elf recipe = {
        .machine = machine("armv7l"),
        .arm_cpu_arch = 6,
        .arm_vfp_args = 1,
    };

    (void)state;
    for (size_t off = 0; off < 16; off++) {
        struct elf_reading r = build_elf(&recipe);

        r.image.data[r.at.arm_attributes + off] = 0xff;
        read_image(&r, "x.so");
        assert_non_null(r.object);
        assert_true(r.object->arch == WF_ARCH_ARMV7L || r.object->arch == WF_ARCH_ARMV6L);
        if (off < 11)
            assert_int_equal(r.object->arch, WF_ARCH_ARMV7L);
        end_reading(&r);
    }
}

/* Devices are not parsed further: their headers need not even be sound. */
static void
code_for_devices_is_told_apart_and_not_read(void **state)
{
    static const char *const devices[] = { "bpf", "cuda", "amdgpu" };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(devices); i++) {
        const struct wf_test_elf recipe = { .machine = machine(devices[i]) };
        struct elf_reading r = build_elf(&recipe);

        poke32(&r, 20, 0x7e);       /* e_version, as in CUDA's objects */
        poke64(&r, 32, UINT64_MAX); /* e_phoff */
        read_image(&r, "kernel.cubin");
        assert_non_null(r.object);
        assert_int_equal(r.object->kind, WF_KIND_DEVICE);
        assert_false(wf_object_is_judged(r.object));
        assert_int_equal(r.object->num_needed, 0);
        end_reading(&r);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_every_machine_of_the_table),
        cmocka_unit_test(a_machine_in_the_wrong_class_or_order_is_unknown),
        cmocka_unit_test(tells_arm_processors_apart_by_flags_and_attributes),
        cmocka_unit_test(damaged_arm_attributes_say_nothing),
        cmocka_unit_test(code_for_devices_is_told_apart_and_not_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
