/* triple.c -- the parts of Rust's triples, and what Python calls them (see triple.h). */
#include "pack/triple.h"

#include <string.h>

#include "pack/program.h"

enum { LONGEST_TRIPLE = 128, MOST_PARTS = 8 };

/* One row per architecture; `rust` ending in '*' is a prefix, and the first row that fits
 * counts.  `tag` is the word of Linux tags. */
struct arch_row {
    const char *rust;
    enum wf_arch arch;
    const char *tag;
    unsigned width;
};

static const struct arch_row arch_rows[] = {
    { "x86_64*", WF_ARCH_X86_64, "x86_64", 64 },
    { "i386", WF_ARCH_I686, "i686", 32 },
    { "i586", WF_ARCH_I686, "i686", 32 },
    { "i686", WF_ARCH_I686, "i686", 32 },
    { "aarch64", WF_ARCH_AARCH64, "aarch64", 64 },
    { "arm64e", WF_ARCH_AARCH64, "aarch64", 64 },
    { "arm64ec", WF_ARCH_AARCH64, "aarch64", 64 },
    { "armv7*", WF_ARCH_ARMV7L, "armv7l", 32 },
    { "thumbv7neon", WF_ARCH_ARMV7L, "armv7l", 32 },
    { "armv6*", WF_ARCH_ARMV6L, "armv6l", 32 },
    { "arm", WF_ARCH_ARMV6L, "armv6l", 32 },
    { "armv5te", WF_ARCH_ARMV5L, "armv5tel", 32 },
    { "powerpc64le", WF_ARCH_PPC64LE, "ppc64le", 64 },
    { "powerpc64", WF_ARCH_PPC64, "ppc64", 64 },
    { "powerpc", WF_ARCH_UNKNOWN, "ppc", 32 },
    { "s390x", WF_ARCH_S390X, "s390x", 64 },
    { "riscv64*", WF_ARCH_RISCV64, "riscv64", 64 },
    { "riscv32*", WF_ARCH_RISCV32, "riscv32", 32 },
    { "loongarch64", WF_ARCH_LOONGARCH64, "loongarch64", 64 },
    { "mips64el*", WF_ARCH_MIPS64EL, "mips64el", 64 },
    { "mips64*", WF_ARCH_MIPS64, "mips64", 64 },
    { "mipsel*", WF_ARCH_MIPSEL, "mipsel", 32 },
    { "mips*", WF_ARCH_MIPS, "mips", 32 },
    { "sparc64", WF_ARCH_UNKNOWN, "sparc64", 64 },
};

/* Systems by the word in the triple.  `refused` are those that wheels exist for, and that
 * are not built here. */
struct os_row {
    const char *rust;
    enum wf_os os;
    bool refused;
};

static const struct os_row os_rows[] = {
    { "linux", WF_OS_LINUX, false },
    { "darwin", WF_OS_MACOS, false },
    { "windows", WF_OS_WINDOWS, false },
    { "freebsd", WF_OS_FREEBSD, false },
    { "netbsd", WF_OS_NETBSD, false },
    { "openbsd", WF_OS_OPENBSD, false },
    { "dragonfly", WF_OS_OTHER, false },
    { "haiku", WF_OS_OTHER, false },
    { "ios", WF_OS_OTHER, true },
    { "aix", WF_OS_OTHER, true },
    { "emscripten", WF_OS_OTHER, true },
    { "wasi", WF_OS_OTHER, true },
    { "wasip1", WF_OS_OTHER, true },
    { "wasip2", WF_OS_OTHER, true },
    { "wasip1-threads", WF_OS_OTHER, true },
};

/* Where a system's own word for an architecture, as in its tags, is not that of Linux. */
static const struct {
    enum wf_os os;
    const char *linux_word;
    const char *word;
} own_words[] = {
    { WF_OS_MACOS, "aarch64", "arm64" },   { WF_OS_WINDOWS, "x86_64", "amd64" },
    { WF_OS_WINDOWS, "aarch64", "arm64" }, { WF_OS_FREEBSD, "x86_64", "amd64" },
    { WF_OS_FREEBSD, "aarch64", "arm64" }, { WF_OS_FREEBSD, "i686", "i386" },
    { WF_OS_NETBSD, "x86_64", "amd64" },   { WF_OS_NETBSD, "aarch64", "evbarm" },
    { WF_OS_NETBSD, "i686", "i386" },      { WF_OS_OPENBSD, "x86_64", "amd64" },
    { WF_OS_OPENBSD, "aarch64", "arm64" }, { WF_OS_OPENBSD, "i686", "i386" },
};

static bool
fits(const char *pattern, const char *word)
{
    const size_t len = strlen(pattern);

    if (pattern[len - 1] == '*')
        return strncmp(word, pattern, len - 1) == 0;
    return strcmp(word, pattern) == 0;
}

static const struct arch_row *
arch_of(const char *word)
{
    for (size_t i = 0; i < WF_COUNT(arch_rows); i++)
        if (fits(arch_rows[i].rust, word))
            return &arch_rows[i];
    return NULL;
}

static const struct os_row *
os_of(const char *word)
{
    for (size_t i = 0; i < WF_COUNT(os_rows); i++)
        if (strcmp(os_rows[i].rust, word) == 0)
            return &os_rows[i];
    return NULL;
}

static bool
unsupported(struct wf_error *err, const char *text, const char *why)
{
    return wf_error_set(err, WF_ERR_UNSUPPORTED,
                        "the target %s %s; wheels are built for Linux, macOS, Windows, "
                        "FreeBSD, NetBSD, OpenBSD, DragonFly and Haiku",
                        text, why);
}

/* Splits at '-' into `parts`; what is no triple at all (empty or odd parts) is 0. */
static size_t
split(const char *parts[MOST_PARTS], struct wf_arena *arena, const char *text)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789_.-";
    const size_t len = strlen(text);
    size_t num = 0;

    if (len > LONGEST_TRIPLE || strspn(text, allowed) != len)
        return 0;
    for (char *rest = wf_arena_strdup(arena, text); rest != NULL;) {
        char *dash = strchr(rest, '-');

        if (dash == rest || *rest == '\0' || num == MOST_PARTS)
            return 0;
        parts[num++] = rest;
        rest = dash;
        if (dash != NULL) {
            *dash = '\0';
            rest = dash + 1;
        }
    }
    return num;
}

/* The system stands behind the vendor, or where there is none ("aarch64-linux-android") in
 * its place; wasm32-wasip1 has neither. */
static size_t
place_of_os(const char *const *parts, size_t num)
{
    for (size_t i = 1; i < num && i < 3; i++)
        if (os_of(parts[i]) != NULL)
            return i;
    return 0;
}

static const char *
word_in_tags(const struct arch_row *row, enum wf_os os)
{
    for (size_t i = 0; i < WF_COUNT(own_words); i++)
        if (own_words[i].os == os && strcmp(own_words[i].linux_word, row->tag) == 0)
            return own_words[i].word;
    return row->tag;
}

static bool
has_tag(const struct wf_triple *triple)
{
    const enum wf_arch arch = triple->tag_arch;

    switch (triple->os) {
    case WF_OS_MACOS:
        return arch == WF_ARCH_X86_64 || arch == WF_ARCH_AARCH64;
    case WF_OS_WINDOWS:
        return arch == WF_ARCH_X86_64 || arch == WF_ARCH_AARCH64 || arch == WF_ARCH_I686;
    case WF_OS_LINUX:
    case WF_OS_FREEBSD:
    case WF_OS_NETBSD:
    case WF_OS_OPENBSD:
    case WF_OS_OTHER:
        break;
    }
    return strcmp(triple->env, "gnux32") != 0;
}

static bool
is_apple_or_windows_pair(const struct wf_triple *triple, const char *host)
{
    const bool from_msvc = wf_text_ends_with(host, "-windows-msvc");

    if (triple->os == WF_OS_MACOS)
        return wf_text_ends_with(host, "-apple-darwin");
    if (triple->os != WF_OS_WINDOWS || strstr(host, "-windows-") == NULL)
        return false;
    if (wf_text_starts_with(host, "aarch64-"))
        return triple->tag_arch != WF_ARCH_I686;
    if (wf_text_starts_with(host, "x86_64-"))
        return triple->tag_arch == WF_ARCH_I686 ||
               (triple->tag_arch == WF_ARCH_X86_64 && from_msvc);
    return false;
}

bool
wf_triple_parse(struct wf_triple *out, struct wf_arena *arena, const char *text,
                const char *host, struct wf_error *err)
{
    const char *parts[MOST_PARTS];

    if (strcmp(text, "universal2-apple-darwin") == 0)
        return unsupported(err, text,
                           "is two builds in one, which is not done; build each "
                           "architecture and join both with `wheelfix fuse`");
    const size_t num = split(parts, arena, text);
    const size_t at = num < 2 ? 0 : place_of_os(parts, num);

    if (at == 0)
        return unsupported(err, text, "is no triple of a system with wheels");
    const struct os_row *os = os_of(parts[at]);
    const struct arch_row *arch = arch_of(parts[0]);
    const char *env = at + 1 < num ? parts[at + 1] : "";

    if (os->refused || wf_text_starts_with(env, "android"))
        return unsupported(err, text, "is of a system that is not built for yet");
    if (arch == NULL)
        return unsupported(err, text, "is of an architecture without wheels");
    struct wf_triple triple = {
        .text = wf_arena_strdup(arena, text),
        .arch = parts[0],
        .env = env,
        .os = os->os,
        .os_word = os->rust,
        .tag_arch = arch->arch,
        .arch_word = word_in_tags(arch, os->os),
        .pointer_width = arch->width,
        .is_musl = os->os == WF_OS_LINUX && wf_text_starts_with(env, "musl"),
        .is_host = host != NULL && strcmp(text, host) == 0,
    };
    triple.is_cross =
        !triple.is_host && !(host != NULL && is_apple_or_windows_pair(&triple, host));
    if (!has_tag(&triple))
        return unsupported(err, text, "has no platform tag");
    *out = triple;
    return true;
}

/* The value of the line "name: value" of `rustc -vV`, or NULL. */
static const char *
line_of(struct wf_arena *arena, struct wf_bytes text, const char *name)
{
    struct wf_bytes line;

    while (wf_bytes_line(&line, &text))
        if (wf_bytes_starts_with(line, name))
            return wf_arena_str(arena, wf_bytes_skip(line, strlen(name)));
    return NULL;
}

bool
wf_rustc_host(const char **out, const char **release, struct wf_arena *arena,
              const struct wf_build_asked *asked, struct wf_error *err)
{
    static const char *const arguments[] = { "-vV", NULL };
    struct wf_buffer answer;

    wf_buffer_init(&answer, 1 << 16);
    bool ok = wf_rustc_ask(&answer, asked, arguments, NULL, err);

    if (ok) {
        const char *host = line_of(arena, wf_buffer_bytes(&answer), "host: ");
        const char *version = line_of(arena, wf_buffer_bytes(&answer), "release: ");

        ok = host != NULL && version != NULL && *host != '\0' && *version != '\0';
        if (ok) {
            *out = host;
            *release = version;
        } else
            wf_error_set(
                err, WF_ERR_MALFORMED,
                "`rustc -vV` did not tell host and release; is the rustc in PATH "
                "(or in RUSTC) the compiler?");
    }
    wf_buffer_clear(&answer);
    return ok;
}
