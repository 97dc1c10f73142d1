/* report_builder.c -- reports about wheels that never were files. */
#include "report_builder.h"
#include "wheel/member_path.h"

#include "unit.h"

/* What the ELF header of an architecture says. */
struct elf_identity {
    uint16_t machine;
    unsigned bits;
    enum wf_endian endian;
};

static struct elf_identity
identity_of(enum wf_arch arch)
{
    static const struct elf_identity identities[WF_ARCH_COUNT] = {
        [WF_ARCH_X86_64] = { 62, 64, WF_LITTLE },
        [WF_ARCH_I686] = { 3, 32, WF_LITTLE },
        [WF_ARCH_X32] = { 62, 32, WF_LITTLE },
        [WF_ARCH_AARCH64] = { 183, 64, WF_LITTLE },
        [WF_ARCH_ARMV7L] = { 40, 32, WF_LITTLE },
        [WF_ARCH_ARMV6L] = { 40, 32, WF_LITTLE },
        [WF_ARCH_ARMV5L] = { 40, 32, WF_LITTLE },
        [WF_ARCH_PPC64LE] = { 21, 64, WF_LITTLE },
        [WF_ARCH_PPC64] = { 21, 64, WF_BIG },
        [WF_ARCH_S390X] = { 22, 64, WF_BIG },
        [WF_ARCH_RISCV64] = { 243, 64, WF_LITTLE },
        [WF_ARCH_LOONGARCH64] = { 258, 64, WF_LITTLE },
        [WF_ARCH_MIPS64] = { 8, 64, WF_BIG },
        [WF_ARCH_MIPS64EL] = { 8, 64, WF_LITTLE },
    };

    return identities[arch];
}

static size_t
count_names(const char *const *names)
{
    size_t num = 0;

    while (num < WF_TEST_NAMES && names[num] != NULL)
        num++;
    return num;
}

static void
set_needed(struct wf_object *object, struct wf_arena *arena,
           const struct wf_test_object *recipe)
{
    object->num_needed = count_names(recipe->needed);
    object->needed = wf_arena_array(arena, object->num_needed, sizeof *object->needed);
    for (size_t i = 0; i < object->num_needed; i++) {
        const char *name = recipe->needed[i];

        if (recipe->format == WF_FORMAT_MACHO)
            name += name[0] == '?';
        object->needed[i] = name;
        if (recipe->libc != WF_LIBC_UNKNOWN)
            continue;
        if (strcmp(name, "libc.so.6") == 0)
            object->libc = WF_LIBC_GLIBC;
        if (wf_text_starts_with(name, "libc.musl-"))
            object->libc = WF_LIBC_MUSL;
        if (object->libc != WF_LIBC_UNKNOWN)
            object->libc_why = wf_arena_printf(arena, "needs %s", name);
    }
}

/* The index of a version need, made when it is new. */
static int32_t
version_need(struct wf_object *object, const char *library, const char *version)
{
    for (size_t i = 0; i < object->num_version_needs; i++)
        if (strcmp(object->version_needs[i].library, library) == 0 &&
            strcmp(object->version_needs[i].version, version) == 0)
            return (int32_t)i;
    object->version_needs[object->num_version_needs] = (struct wf_version_need){
        .library = library,
        .version = version,
    };
    return (int32_t)object->num_version_needs++;
}

static void
add_import(struct wf_object *object, struct wf_arena *arena, const char *text)
{
    struct wf_import import = { .need = -1,
                                .binding = WF_BIND_GLOBAL,
                                .type = WF_SYM_FUNC };

    if (*text == '?') {
        import.binding = WF_BIND_WEAK;
        text++;
    }
    if (*text == '$') {
        import.type = WF_SYM_OBJECT;
        text++;
    }
    const size_t len = strcspn(text, "@");

    import.name = wf_arena_str(arena, wf_bytes_of(text, len));
    if (text[len] == '@') {
        const char *version = text + len + 1;
        const size_t version_len = strcspn(version, ":");

        assert_int_equal(version[version_len], ':');
        import.need =
            version_need(object, version + version_len + 1,
                         wf_arena_str(arena, wf_bytes_of(version, version_len)));
        object->version_needs[import.need].used |= len > 0;
    }
    if (len > 0)
        object->imports[object->num_imports++] = import;
}

static void
set_imports(struct wf_object *object, struct wf_arena *arena,
            const struct wf_test_object *recipe)
{
    const size_t num = count_names(recipe->imports);

    object->imports = wf_arena_array(arena, num, sizeof *object->imports);
    object->version_needs = wf_arena_array(arena, num, sizeof *object->version_needs);
    for (size_t i = 0; i < num; i++)
        add_import(object, arena, recipe->imports[i]);
}

static const char *
macho_arch_name(enum wf_arch arch)
{
    if (arch == WF_ARCH_AARCH64)
        return "arm64";
    return arch == WF_ARCH_I686 ? "i386" : "x86_64";
}

/* What LC_CODE_SIGNATURE would say. */
static void
set_signature(struct wf_macho *macho, const struct wf_test_object *recipe)
{
    macho->has_signature = recipe->signature != WF_MACHO_UNSIGNED;
    macho->signature = (struct wf_macho_signature){
        .kind = recipe->signature,
        .num_pages = 8,
        .num_bad_pages = recipe->bad_pages,
        .first_bad = recipe->bad_pages > 0 ? 0x4000 : 0,
    };
}

static void
set_macho(struct wf_object *object, struct wf_arena *arena,
          const struct wf_test_object *recipe)
{
    struct wf_macho *macho = wf_arena_alloc(arena, sizeof *macho);
    struct wf_macho_dylib *dylibs =
        wf_arena_array(arena, object->num_needed, sizeof *dylibs);
    struct wf_macho_fault *fault = wf_arena_alloc(arena, sizeof *fault);

    for (size_t i = 0; i < object->num_needed; i++)
        dylibs[i].weak = recipe->needed[i][0] == '?';
    object->num_rpaths = count_names(recipe->rpaths);
    object->rpaths = wf_arena_array(arena, object->num_rpaths, sizeof *object->rpaths);
    for (size_t i = 0; i < object->num_rpaths; i++)
        object->rpaths[i] = recipe->rpaths[i];
    if (recipe->arch_name == NULL)
        object->arch_name = macho_arch_name(object->arch);
    object->slice = recipe->slice;
    *fault = (struct wf_macho_fault){ recipe->fault, "something is odd" };
    *macho = (struct wf_macho){
        .cpu_type = object->arch == WF_ARCH_AARCH64 ? 0x0100000c
                    : object->arch == WF_ARCH_I686  ? 7
                                                    : 0x01000007,
        .file_type = recipe->kind == WF_KIND_EXECUTABLE  ? 2
                     : recipe->kind == WF_KIND_EXTENSION ? 8
                                                         : 6,
        .platform = recipe->platform == 0 ? WF_MACHO_MACOS : recipe->platform,
        .min_os = recipe->min_os,
        .sdk = recipe->sdk,
        .dylibs = dylibs,
        .rpath_sizes = wf_arena_array(arena, object->num_rpaths, sizeof(uint32_t)),
        .header_len = 32,
        .commands_len = 1000,
        .first_content = 1032 + (recipe->room == 0 ? 4096 : recipe->room),
        .faults = fault,
        .num_faults = recipe->fault == NULL ? 0 : 1,
    };
    set_signature(macho, recipe);
    object->macho = macho;
}

static void
set_pe(struct wf_object *object, struct wf_arena *arena,
       const struct wf_test_object *recipe)
{
    struct wf_pe *pe = wf_arena_alloc(arena, sizeof *pe);
    struct wf_pe_need *needs = wf_arena_array(arena, object->num_needed, sizeof *needs);
    struct wf_pe_fault *fault = wf_arena_alloc(arena, sizeof *fault);
    const unsigned linker = recipe->linker == 0 ? 1440 : recipe->linker;

    for (size_t i = 0; i < object->num_needed; i++) {
        const char *name = object->needed[i];

        if (wf_text_starts_with(name, "delay:"))
            needs[i].kind = WF_PE_DELAY;
        if (wf_text_starts_with(name, "forward:"))
            needs[i].kind = WF_PE_FORWARD;
        if (needs[i].kind != WF_PE_IMPORT)
            object->needed[i] = strchr(name, ':') + 1;
    }
    if (recipe->arch_name == NULL)
        object->arch_name = object->arch == WF_ARCH_I686      ? "x86"
                            : object->arch == WF_ARCH_AARCH64 ? "arm64"
                                                              : "amd64";
    *fault = (struct wf_pe_fault){ recipe->fault, "something is odd" };
    *pe = (struct wf_pe){
        .hybrid = recipe->hybrid,
        .linker_major = (uint8_t)(linker / 100),
        .linker_minor = (uint8_t)(linker % 100),
        .needs = needs,
        .certificate_len = recipe->is_signed ? 1000 : 0,
        .certificate_off = recipe->is_signed ? 4096 : 0,
        .faults = fault,
        .num_faults = recipe->fault == NULL ? 0 : 1,
    };
    object->pe = pe;
}

static void
build_object(struct wf_object *object, struct wf_arena *arena,
             const struct wf_test_object *recipe)
{
    enum wf_arch arch = recipe->arch;

    if (arch == WF_ARCH_UNKNOWN && recipe->arch_name == NULL)
        arch = WF_ARCH_X86_64;
    const struct elf_identity identity = identity_of(arch);

    *object = (struct wf_object){
        .path = recipe->path,
        .format = recipe->format == WF_FORMAT_NONE ? WF_FORMAT_ELF : recipe->format,
        .kind = recipe->kind,
        .arch = arch,
        .arch_name = recipe->arch_name != NULL ? recipe->arch_name : wf_arch_name(arch),
        .bits = identity.bits,
        .endian = identity.endian,
        .machine = identity.machine,
        .type = recipe->kind == WF_KIND_EXECUTABLE ? 2 : 3,
        .soname = recipe->soname,
        .rpath = recipe->rpath,
        .runpath = recipe->runpath,
        .libc = recipe->libc,
        .isa_needed = recipe->isa,
        .is_python2 = recipe->is_python2,
    };
    set_needed(object, arena, recipe);
    if (object->format == WF_FORMAT_MACHO)
        set_macho(object, arena, recipe);
    if (object->format == WF_FORMAT_PE)
        set_pe(object, arena, recipe);
    set_imports(object, arena, recipe);
    object->has_dynamic = object->num_needed > 0 || recipe->kind != WF_KIND_EXECUTABLE;
}

struct wf_report *
wf_test_report(const char *wheel, const struct wf_test_object *objects, size_t num)
{
    struct wf_report *report = wf_report_new(wheel);
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };

    report->wheel = wf_arena_alloc(&arena, sizeof *report->wheel);
    report->wheel->path = report->path;
    report->wheel->base_name = report->base_name;
    if (!wf_wheel_name_parse(&report->wheel->name, &arena, report->base_name, &err))
        fail_msg("%s: %s", wheel, err.text);
    report->wheel->arena = arena;
    report->objects = wf_arena_array(&report->arena, num, sizeof *report->objects);
    for (size_t i = 0; i < num; i++) {
        struct wf_member_object *member = &report->objects[i];

        build_object(&member->object, &report->arena, &objects[i]);
        member->installed = wf_member_path_installed(&report->arena, member->object.path);
        member->resolved = member->object;
        member->resolved.path = member->installed;
    }
    report->num_objects = num;
    return report;
}

struct wf_audit_options
wf_test_options(void)
{
    return (struct wf_audit_options){
        .policies = wf_policies_builtin(),
        .limits = wf_limits_standard(),
    };
}

void
wf_test_judge(struct wf_report *report, const struct wf_audit_options *options)
{
    struct wf_error err = { 0 };

    if (!wf_verdict_platforms(report, options, &err))
        fail_msg("%s: %s", report->path, err.text);
    wf_verdict_claims(report, options);
}

struct wf_report *
wf_test_judged(const char *wheel, const struct wf_test_object *objects, size_t num)
{
    struct wf_report *report = wf_test_report(wheel, objects, num);
    static struct wf_audit_options options;

    /* The report goes on pointing at its options. */
    options = wf_test_options();
    wf_test_judge(report, &options);
    return report;
}
