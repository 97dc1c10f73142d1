/* interpreter_table.c -- what Pythons that cannot be run would say of themselves. */
#include <string.h>

#include "pack/interpreter_parts.h"

enum { OF_ANY = 0 };

static const struct {
    enum wf_python_kind kind;
    const char *name;           /* for people */
    const char *implementation; /* sys.implementation.name */
    unsigned min, max;          /* minor versions of Python 3 */
} kinds[] = {
    { WF_PYTHON_CPYTHON, "CPython", "cpython", 7, 15 },
    { WF_PYTHON_PYPY, "PyPy", "pypy", 7, 11 },
    { WF_PYTHON_GRAALPY, "GraalVM", "graalpy", 10, 13 },
};

/* EXT_SUFFIX of modules: {V} is "312", {F} the abiflags, {A} the architecture's word, {E}
 * what stands behind "linux-", {W} Windows' platform tag, {G} GraalPy's own version.  The
 * first row that fits counts. */
struct suffix_row {
    enum wf_os os;
    enum wf_python_kind kind;
    unsigned minor; /* or OF_ANY */
    const char *form;
};

static const struct suffix_row suffix_rows[] = {
    { WF_OS_LINUX, WF_PYTHON_CPYTHON, OF_ANY, ".cpython-{V}{F}-{A}-linux-{E}.so" },
    { WF_OS_LINUX, WF_PYTHON_PYPY, OF_ANY, ".pypy{V}-pp73-{A}-linux-gnu.so" },
    { WF_OS_LINUX, WF_PYTHON_GRAALPY, OF_ANY, ".graalpy{G}-{V}-native-{A}-linux.so" },
    { WF_OS_MACOS, WF_PYTHON_CPYTHON, OF_ANY, ".cpython-{V}{F}-darwin.so" },
    { WF_OS_MACOS, WF_PYTHON_PYPY, OF_ANY, ".pypy{V}-pp73-darwin.so" },
    { WF_OS_MACOS, WF_PYTHON_GRAALPY, OF_ANY, ".graalpy{G}-{V}-native-{A}-darwin.so" },
    { WF_OS_WINDOWS, WF_PYTHON_CPYTHON, 7, ".pyd" },
    { WF_OS_WINDOWS, WF_PYTHON_CPYTHON, OF_ANY, ".cp{V}{F}-{W}.pyd" },
    { WF_OS_WINDOWS, WF_PYTHON_PYPY, OF_ANY, ".pypy{V}-pp73-{W}.pyd" },
    { WF_OS_FREEBSD, WF_PYTHON_CPYTHON, 7, ".so" },
    { WF_OS_FREEBSD, WF_PYTHON_CPYTHON, OF_ANY, ".cpython-{V}{F}.so" },
    { WF_OS_NETBSD, WF_PYTHON_CPYTHON, OF_ANY, ".so" },
    { WF_OS_OPENBSD, WF_PYTHON_CPYTHON, OF_ANY, ".cpython-{V}{F}.so" },
};

/* Words of architectures in EXT_SUFFIX, where they are not Rust's: CPython's multiarch
 * words, and PyPy's own. */
static const struct {
    enum wf_arch arch;
    const char *cpython;
    const char *pypy;
} arch_words[] = {
    { WF_ARCH_X86_64, "x86_64", "x86_64" },
    { WF_ARCH_I686, "i386", "x86" },
    { WF_ARCH_AARCH64, "aarch64", "aarch64" },
    { WF_ARCH_ARMV7L, "arm", "arm" },
    { WF_ARCH_ARMV6L, "arm", "arm" },
    { WF_ARCH_ARMV5L, "arm", "arm" },
    { WF_ARCH_PPC64LE, "powerpc64le", "ppc_64" },
    { WF_ARCH_PPC64, "powerpc64", "ppc_64" },
    { WF_ARCH_RISCV64, "riscv64", "riscv64" },
    { WF_ARCH_RISCV32, "riscv32", "riscv32" },
};

void
wf_python_versions(enum wf_python_kind kind, unsigned *min, unsigned *max)
{
    *min = 1;
    *max = 0;
    for (size_t i = 0; i < WF_COUNT(kinds); i++)
        if (kinds[i].kind == kind) {
            *min = kinds[i].min;
            *max = kinds[i].max;
        }
}

enum wf_python_kind
wf_python_kind_of(const char *implementation)
{
    for (size_t i = 0; i < WF_COUNT(kinds); i++)
        if (strcmp(kinds[i].implementation, implementation) == 0)
            return kinds[i].kind;
    return strcmp(implementation, "graalpython") == 0 ? WF_PYTHON_GRAALPY
                                                      : WF_PYTHON_OTHER;
}

const char *
wf_python_kind_name(enum wf_python_kind kind)
{
    for (size_t i = 0; i < WF_COUNT(kinds); i++)
        if (kinds[i].kind == kind)
            return kinds[i].name;
    return "Python";
}

static const char *
implementation_of(enum wf_python_kind kind)
{
    for (size_t i = 0; i < WF_COUNT(kinds); i++)
        if (kinds[i].kind == kind)
            return kinds[i].implementation;
    return "python";
}

/* "3.12" and "3.14t"; *text is moved behind them. */
static bool
read_version(struct wf_python_spec *spec, const char *text)
{
    unsigned numbers[2] = { 0 };

    for (size_t i = 0; i < WF_COUNT(numbers); i++) {
        const size_t len = strspn(text, "0123456789");

        if (len == 0 || len > 3 || (len > 1 && *text == '0'))
            return false;
        for (size_t digit = 0; digit < len; digit++)
            numbers[i] = numbers[i] * 10 + (unsigned)(text[digit] - '0');
        text += len;
        if (i == 0 && *text++ != '.')
            return false;
    }
    spec->major = numbers[0];
    spec->minor = numbers[1];
    spec->free_threaded = *text == 't';
    text += spec->free_threaded;
    return *text == '\0' || wf_text_compare_nocase(text, ".exe") == 0;
}

bool
wf_python_spec_parse(struct wf_python_spec *out, const char *text)
{
    static const struct {
        const char *name;
        enum wf_python_kind kind;
    } names[] = {
        { "python", WF_PYTHON_CPYTHON },
        { "pypy", WF_PYTHON_PYPY },
        { "graalpy", WF_PYTHON_GRAALPY },
        { "", WF_PYTHON_CPYTHON },
    };
    struct wf_python_spec spec = { 0 };
    size_t row = 0;

    while (!wf_text_starts_with(text, names[row].name))
        row++;
    const char *rest = text + strlen(names[row].name);
    const bool is_named = rest > text;

    spec.kind = names[row].kind;
    if (is_named && (*rest == '\0' || strcmp(rest, "3") == 0 ||
                     wf_text_compare_nocase(rest, ".exe") == 0)) {
        *out = spec;
        return true;
    }
    if (!read_version(&spec, rest + (is_named && *rest == '-')))
        return false;
    *out = spec;
    return true;
}

static const char *
arch_word(const struct wf_triple *triple, enum wf_python_kind kind)
{
    for (size_t i = 0; i < WF_COUNT(arch_words) && kind != WF_PYTHON_GRAALPY; i++)
        if (arch_words[i].arch == triple->tag_arch && triple->tag_arch != WF_ARCH_UNKNOWN)
            return kind == WF_PYTHON_PYPY ? arch_words[i].pypy : arch_words[i].cpython;
    return triple->arch;
}

/* CPython told musl from glibc in its suffix from 3.11 on. */
static const char *
environment_word(struct wf_arena *arena, const struct wf_triple *triple, unsigned minor)
{
    if (triple->tag_arch == WF_ARCH_MIPS64 || triple->tag_arch == WF_ARCH_MIPS64EL)
        return "gnuabi64";
    if (triple->is_musl && minor < 11)
        return wf_arena_printf(arena, "gnu%s", triple->env + strlen("musl"));
    return triple->env;
}

static const char *
graal_version(struct wf_arena *arena, unsigned minor)
{
    if (minor < 12)
        return minor == 10 ? "240" : "242";
    return wf_arena_printf(arena, "%u0", 25 + 2 * (minor - 12));
}

static const char *
windows_word(const struct wf_triple *triple)
{
    if (triple->tag_arch == WF_ARCH_I686)
        return "win32";
    return triple->tag_arch == WF_ARCH_AARCH64 ? "win_arm64" : "win_amd64";
}

static const char *
fill_in(struct wf_arena *arena, const char *form, const struct wf_interpreter *of,
        const struct wf_triple *triple)
{
    struct wf_buffer text;

    wf_buffer_init(&text, 512);
    for (const char *at = form; *at != '\0'; at++) {
        if (*at != '{') {
            wf_buffer_add_char(&text, *at);
            continue;
        }
        switch (at[1]) {
        case 'V':
            wf_buffer_printf(&text, "%u%u", of->major, of->minor);
            break;
        case 'F':
            wf_buffer_add_str(&text, of->abiflags);
            break;
        case 'A':
            wf_buffer_add_str(&text, arch_word(triple, of->kind));
            break;
        case 'E':
            wf_buffer_add_str(&text, environment_word(arena, triple, of->minor));
            break;
        case 'W':
            wf_buffer_add_str(&text, windows_word(triple));
            break;
        default:
            wf_buffer_add_str(&text, graal_version(arena, of->minor));
            break;
        }
        at += 2;
    }
    const char *filled = wf_arena_str(arena, wf_buffer_bytes(&text));

    wf_buffer_clear(&text);
    return filled;
}

static const char *
form_of(const struct wf_interpreter *of, const struct wf_triple *triple)
{
    if (of->kind == WF_PYTHON_PYPY && triple->os == WF_OS_WINDOWS &&
        triple->tag_arch != WF_ARCH_X86_64)
        return NULL;
    for (size_t i = 0; i < WF_COUNT(suffix_rows); i++)
        if (suffix_rows[i].os == triple->os && suffix_rows[i].kind == of->kind &&
            (suffix_rows[i].minor == OF_ANY || suffix_rows[i].minor == of->minor))
            return suffix_rows[i].form;
    return NULL;
}

static bool
check_spec(const struct wf_python_spec *spec, struct wf_error *err)
{
    unsigned min = 0;
    unsigned max = 0;
    const char *name = wf_python_kind_name(spec->kind);

    if (spec->free_threaded && spec->kind != WF_PYTHON_CPYTHON)
        return wf_error_set(err, WF_ERR_REFUSED, "%s has no free-threaded build", name);
    wf_python_versions(spec->kind, &min, &max);
    if (spec->major != 3 || spec->minor < min || spec->minor > max)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "%s %u.%u is not known; versions 3.%u to 3.%u are", name,
                            spec->major, spec->minor, min, max);
    if (spec->free_threaded && spec->minor < WF_FREE_THREADED_FIRST)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "Free-threaded Python interpreter is only supported on 3.14 "
                            "and later.");
    return true;
}

/* The part of EXT_SUFFIX between the first dots is SOABI, where there is one. */
static const char *
soabi_of(struct wf_arena *arena, const char *suffix)
{
    const char *end = suffix[0] == '.' ? strchr(suffix + 1, '.') : NULL;

    if (end == NULL)
        return NULL;
    return wf_arena_str(arena, wf_bytes_of(suffix + 1, (size_t)(end - suffix - 1)));
}

bool
wf_interpreter_of_spec(struct wf_interpreter *out, struct wf_arena *arena,
                       const struct wf_python_spec *spec, const struct wf_triple *triple,
                       struct wf_error *err)
{
    if (!check_spec(spec, err))
        return false;
    struct wf_interpreter made = {
        .kind = spec->kind,
        .implementation = implementation_of(spec->kind),
        .major = spec->major,
        .minor = spec->minor,
        .abiflags = spec->free_threaded ? "t" : "",
        .pointer_width = triple->pointer_width,
        .gil_disabled = spec->free_threaded,
    };

    if (spec->kind == WF_PYTHON_CPYTHON && spec->minor == 7)
        made.abiflags = "m";
    const char *form = form_of(&made, triple);

    if (form == NULL)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "what modules of %s are called on %s is not known; run the "
                            "build with that interpreter itself",
                            wf_python_kind_name(spec->kind), triple->text);
    made.ext_suffix = fill_in(arena, form, &made, triple);
    made.soabi = soabi_of(arena, made.ext_suffix);
    *out = made;
    return true;
}

void
wf_interpreters_add(struct wf_interpreters *list, struct wf_arena *arena,
                    const struct wf_interpreter *interpreter)
{
    list->items =
        wf_arena_grow(arena, list->items, list->num, &list->cap, sizeof *list->items);
    list->items[list->num++] = *interpreter;
}
