/* system_dirs.c -- the table of what loaders of each architecture know. */
#include "resolve/system_dirs.h"

#include <string.h>

#include "base/file.h"

/* `triplet` is Debian's multiarch folder, `lib64` the folder of 64-bit code elsewhere,
 * `musl` the word in ld-musl-<word>.so.1 (not Alpine's in libc.musl-<word>.so.1),
 * `platform` what the kernel passes as AT_PLATFORM whatever the processor. */
struct system_row {
    const char *triplet;
    const char *lib64;
    const char *musl;
    const char *platform;
};

static const struct system_row rows[WF_ARCH_COUNT] = {
    [WF_ARCH_X86_64] = { "x86_64-linux-gnu", "lib64", "x86_64", "x86_64" },
    [WF_ARCH_I686] = { "i386-linux-gnu", "lib32", "i386", "i686" },
    [WF_ARCH_X32] = { "x86_64-linux-gnux32", "libx32", "x32", "x86_64" },
    [WF_ARCH_AARCH64] = { "aarch64-linux-gnu", "lib64", "aarch64", "aarch64" },
    [WF_ARCH_ARMV7L] = { "arm-linux-gnueabihf", NULL, "armhf", "v7l" },
    [WF_ARCH_ARMV6L] = { "arm-linux-gnueabihf", NULL, "armhf", "v6l" },
    [WF_ARCH_ARMV5L] = { "arm-linux-gnueabi", NULL, "arm", NULL },
    [WF_ARCH_PPC64LE] = { "powerpc64le-linux-gnu", "lib64", "powerpc64le", NULL },
    [WF_ARCH_PPC64] = { "powerpc64-linux-gnu", "lib64", "powerpc64", NULL },
    [WF_ARCH_S390X] = { "s390x-linux-gnu", "lib64", "s390x", NULL },
    [WF_ARCH_RISCV64] = { "riscv64-linux-gnu", "lib64/lp64d", "riscv64", NULL },
    [WF_ARCH_RISCV32] = { "riscv32-linux-gnu", "lib32/ilp32d", "riscv32", NULL },
    [WF_ARCH_LOONGARCH64] = { "loongarch64-linux-gnu", "lib64", "loongarch64", NULL },
    [WF_ARCH_MIPS] = { "mips-linux-gnu", NULL, "mips", "mips" },
    [WF_ARCH_MIPSEL] = { "mipsel-linux-gnu", NULL, "mipsel", "mips" },
    [WF_ARCH_MIPS64] = { "mips64-linux-gnuabi64", "lib64", "mips64", "mips" },
    [WF_ARCH_MIPS64EL] = { "mips64el-linux-gnuabi64", "lib64", "mips64el", "mips" },
};

static bool
is_there(struct wf_arena *arena, const char *root, const char *path)
{
    return wf_path_resolve(arena, root, path) != NULL;
}

static void
add_dir(struct wf_system_dirs *out, struct wf_arena *arena, const char *dir,
        const char *why, bool is_default)
{
    out->items =
        wf_arena_grow(arena, out->items, out->num, &out->cap, sizeof *out->items);
    out->items[out->num++] =
        (struct wf_system_dir){ .dir = dir, .why = why, .is_default = is_default };
}

static void
add_default(struct wf_system_dirs *out, struct wf_arena *arena, const char *root,
            const char *dir)
{
    if (is_there(arena, root, dir))
        add_dir(out, arena, dir, "default folder", true);
}

/* Configured folders are kept when they exist: the others say nothing about a library, and
 * every distribution lists some.  `seen` drops repetitions. */
static void
add_conf(struct wf_system_dirs *out, struct wf_arena *arena, const char *root,
         const struct wf_conf_dirs *conf)
{
    struct wf_strings seen = { 0 };

    for (size_t i = 0; i < conf->num; i++)
        if (wf_strings_add(arena, &seen, conf->items[i].dir) &&
            is_there(arena, root, conf->items[i].dir))
            add_dir(out, arena, conf->items[i].dir, conf->items[i].why, false);
}

static void
read_glibc(struct wf_system_dirs *out, struct wf_arena *arena, const char *root,
           const struct system_row *row)
{
    struct wf_conf_dirs conf = { 0 };

    wf_ld_conf_read(&conf, arena, root);
    add_conf(out, arena, root, &conf);
    if (row->triplet != NULL) {
        add_default(out, arena, root, wf_arena_printf(arena, "/lib/%s", row->triplet));
        add_default(out, arena, root,
                    wf_arena_printf(arena, "/usr/lib/%s", row->triplet));
    }
    if (row->lib64 != NULL) {
        add_default(out, arena, root, wf_arena_printf(arena, "/%s", row->lib64));
        add_default(out, arena, root, wf_arena_printf(arena, "/usr/%s", row->lib64));
    }
    add_default(out, arena, root, "/lib");
    add_default(out, arena, root, "/usr/lib");
}

/* musl reads one file for the architecture, and that file replaces its own folders. */
static void
read_musl(struct wf_system_dirs *out, struct wf_arena *arena, const char *root,
          const struct system_row *row)
{
    static const char *const own[] = { "/lib", "/usr/local/lib", "/usr/lib" };
    struct wf_conf_dirs conf = { 0 };

    if (row->musl != NULL &&
        wf_musl_path_read(&conf, arena, root,
                          wf_arena_printf(arena, "/etc/ld-musl-%s.path", row->musl))) {
        add_conf(out, arena, root, &conf);
        return;
    }
    for (size_t i = 0; i < WF_COUNT(own); i++)
        add_default(out, arena, root, own[i]);
}

static void
read_bionic(struct wf_system_dirs *out, struct wf_arena *arena, const char *root,
            const struct system_row *row)
{
    const bool is_64 = row->lib64 != NULL && strcmp(row->lib64, "lib64") == 0;

    add_default(out, arena, root, is_64 ? "/system/lib64" : "/system/lib");
    add_default(out, arena, root, is_64 ? "/vendor/lib64" : "/vendor/lib");
}

void
wf_system_dirs_read(struct wf_system_dirs *out, struct wf_arena *arena, const char *root,
                    enum wf_arch arch, enum wf_libc libc)
{
    const struct system_row *row = &rows[arch];

    if (libc == WF_LIBC_MUSL)
        read_musl(out, arena, root, row);
    else if (libc == WF_LIBC_BIONIC)
        read_bionic(out, arena, root, row);
    else
        read_glibc(out, arena, root, row);
}

const char *
wf_system_lib(struct wf_arena *arena, const char *root, enum wf_arch arch)
{
    const struct system_row *row = &rows[arch];

    if (row->triplet != NULL) {
        const char *lib = wf_arena_printf(arena, "lib/%s", row->triplet);

        if (is_there(arena, root, wf_arena_printf(arena, "/%s", lib)) ||
            is_there(arena, root, wf_arena_printf(arena, "/usr/%s", lib)))
            return lib;
    }
    if (row->lib64 != NULL &&
        is_there(arena, root, wf_arena_printf(arena, "/%s", row->lib64)))
        return row->lib64;
    return "lib";
}

const char *
wf_system_platform(enum wf_arch arch)
{
    return rows[arch].platform;
}

const char *
wf_system_musl_loader(struct wf_arena *arena, enum wf_arch arch)
{
    if (rows[arch].musl == NULL)
        return NULL;
    return wf_arena_printf(arena, "/lib/ld-musl-%s.so.1", rows[arch].musl);
}

/* musl's loader may be installed beside glibc (Debian's musl-tools), so glibc's libc.so.6
 * decides first. */
enum wf_libc
wf_system_libc(struct wf_arena *arena, const char *root, enum wf_arch arch)
{
    const struct system_row *row = &rows[arch];
    const char *lib = wf_system_lib(arena, root, arch);
    const char *loader = wf_system_musl_loader(arena, arch);

    if (is_there(arena, root, wf_arena_printf(arena, "/%s/libc.so.6", lib)) ||
        is_there(arena, root, wf_arena_printf(arena, "/usr/%s/libc.so.6", lib)))
        return WF_LIBC_GLIBC;
    if (row->musl != NULL && is_there(arena, root, loader))
        return WF_LIBC_MUSL;
    return is_there(arena, root, "/system/bin/linker") ? WF_LIBC_BIONIC : WF_LIBC_UNKNOWN;
}
