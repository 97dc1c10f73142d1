/* python_module.c -- names of module functions: CPython's (PEP 489, PEP 793), Python 2's
 * and cffi's; punycode (RFC 3492) for names that are not ASCII. */
#include "object/python_module.h"

#include <string.h>

/* The parameters of RFC 3492, section 5. */
enum {
    BASE = 36,
    T_MIN = 1,
    T_MAX = 26,
    SKEW = 38,
    DAMP = 700,
    INITIAL_BIAS = 72,
    INITIAL_N = 128,
};

/* The longest name a file can have; more is no module. */
enum { LONGEST_NAME = 255 };

static const struct {
    const char *prefix;
    bool is_punycode;
    enum wf_module_init kind;
} prefixes[] = {
    { "PyInit_", false, WF_INIT_PYTHON3 },
    { "PyInitU_", true, WF_INIT_PYTHON3 },
    { "PyModExport_", false, WF_INIT_PYTHON3 },
    { "PyModExportU_", true, WF_INIT_PYTHON3 },
    { "_cffi_pypyinit_", false, WF_INIT_PYTHON2 },
};

/* Decodes UTF-8 into code points; returns how many, or 0 when it is not UTF-8 or ASCII
 * only, which both need no punycode.  Overlong forms need no care here: such a name equals
 * no real one. */
static size_t
code_points(uint32_t *out, const char *name, size_t len)
{
    size_t num = 0;
    bool is_ascii = true;

    for (size_t i = 0; i < len; num++) {
        const uint8_t lead = (uint8_t)name[i++];
        const size_t more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
        uint32_t point = more == 0 ? lead : lead & (0x3fU >> more);

        if ((lead >= 0x80 && lead < 0xc0) || lead >= 0xf8 || more > len - i)
            return 0;
        for (size_t k = 0; k < more; k++, i++) {
            if (((uint8_t)name[i] & 0xc0) != 0x80)
                return 0;
            point = point << 6 | ((uint8_t)name[i] & 0x3f);
        }
        is_ascii = is_ascii && more == 0;
        out[num] = point;
    }
    return is_ascii ? 0 : num;
}

static uint32_t
adapt(uint32_t delta, uint32_t num_points, bool first)
{
    uint32_t k = 0;

    delta = first ? delta / DAMP : delta / 2;
    delta += delta / num_points;
    for (; delta > (BASE - T_MIN) * T_MAX / 2; k += BASE)
        delta /= BASE - T_MIN;
    return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

static size_t
put_number(char *out, uint32_t delta, uint32_t bias)
{
    static const char digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    size_t len = 0;
    uint32_t q = delta;

    for (uint32_t k = BASE;; k += BASE) {
        const uint32_t t = k <= bias ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias;

        if (q < t)
            break;
        out[len++] = digits[t + (q - t) % (BASE - t)];
        q = (q - t) / (BASE - t);
    }
    out[len++] = digits[q];
    return len;
}

/* The smallest code point not below `n`. */
static uint32_t
next_point(const uint32_t *points, size_t num, uint32_t n)
{
    uint32_t least = UINT32_MAX;

    for (size_t i = 0; i < num; i++)
        if (points[i] >= n && points[i] < least)
            least = points[i];
    return least;
}

/* RFC 3492, section 6.3.  255 points below 2^21 keep every number below 2^30, and
 * so within ten digits; Python writes '_' where punycode has '-'. */
static const char *
punycode(struct wf_arena *arena, const uint32_t *points, size_t num)
{
    char *out = wf_arena_alloc(arena, num * 16 + 2);
    size_t len = 0;
    uint32_t n = INITIAL_N, delta = 0, bias = INITIAL_BIAS;

    for (size_t i = 0; i < num; i++)
        if (points[i] < INITIAL_N)
            out[len++] = (char)points[i];
    const size_t num_basic = len;
    size_t done = len;

    if (num_basic > 0)
        out[len++] = '-';
    for (; done < num; delta++, n++) {
        const uint32_t point = next_point(points, num, n);

        delta += (point - n) * (uint32_t)(done + 1);
        n = point;
        for (size_t i = 0; i < num; i++) {
            delta += points[i] < n;
            if (points[i] != n)
                continue;
            len += put_number(out + len, delta, bias);
            bias = adapt(delta, (uint32_t)(done + 1), done == num_basic);
            delta = 0;
            done++;
        }
    }
    for (size_t i = 0; i < len; i++)
        if (out[i] == '-')
            out[i] = '_';
    return out;
}

struct wf_python_module
wf_python_module_of(struct wf_arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash == NULL ? path : slash + 1;
    const size_t len = strcspn(base, ".");
    uint32_t points[LONGEST_NAME];
    struct wf_python_module module = {
        .name = wf_arena_str(arena, wf_bytes_of(base, len)),
    };
    const size_t num = len > LONGEST_NAME ? 0 : code_points(points, base, len);

    if (num > 0)
        module.punycode = punycode(arena, points, num);
    return module;
}

/* Whether `text` up to its first NUL is `name`. */
static bool
is_name(struct wf_bytes text, const char *name)
{
    const size_t len = strlen(name);

    return len > 0 && len <= text.len && memcmp(text.data, name, len) == 0 &&
           (len == text.len || text.data[len] == '\0');
}

enum wf_module_init
wf_python_module_init(const struct wf_python_module *module, struct wf_bytes text)
{
    for (size_t i = 0; i < WF_COUNT(prefixes); i++) {
        if (!wf_bytes_starts_with(text, prefixes[i].prefix))
            continue;
        const char *name = prefixes[i].is_punycode ? module->punycode : module->name;
        const struct wf_bytes rest = wf_bytes_skip(text, strlen(prefixes[i].prefix));

        return name != NULL && is_name(rest, name) ? prefixes[i].kind : WF_INIT_FOREIGN;
    }
    if (wf_bytes_starts_with(text, "init") &&
        is_name(wf_bytes_skip(text, 4), module->name))
        return WF_INIT_PYTHON2;
    return WF_INIT_NONE;
}
