/* refusals.c -- refusals of a repair, put together for one line (see refusals.h). */
#include "pack/refusals.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_REASONS = 520, /* bytes of reasons, so that advice has room in an error */
    MOST_TEXT = 1 << 16,
    MOST_VERSIONS = 3,
    MOST_SYMBOLS = 2,
    REPAIR_HEX = 8, /* digits of a digest in the name of a bundled library */
};

/* What helps, by kind, without options that this program does not have. */
static const char *const advice_of_kind[] = {
    [WF_REFUSE_MISSING] =
        "have the build script name its folder (cargo:rustc-link-search=native=FOLDER), "
        "or give the folder in WHEELFIX_LD_LIBRARY_PATH",
    [WF_REFUSE_NEVER] = "link without it, or ask for a newer tag",
    [WF_REFUSE_PYTHON] = "link Python statically into the program",
    [WF_REFUSE_SEARCH] = "put the module into a package with module-name",
    [WF_REFUSE_NAME] = "give one of them another name",
    [WF_REFUSE_ROOM] = "link with -Wl,-headerpad_max_install_names",
};
static const char changed_artifact[] =
    "another tool has repaired the very file that cargo built; change or touch a source "
    "of the crate, such as src/lib.rs, and cargo builds it again";

struct telling {
    struct wf_arena *arena;
    const struct wf_refusal **sorted;
    size_t num;
    size_t untold;
    struct wf_buffer text;
    struct wf_strings advice;
    const struct wf_way_out *way_out;
};

static bool
is_version(const struct wf_refusal *refusal)
{
    return refusal->kind == WF_REFUSE_NEED && refusal->object != NULL &&
           refusal->library != NULL && refusal->version != NULL;
}

static int
compare_texts(const char *a, const char *b)
{
    return strcmp(a == NULL ? "" : a, b == NULL ? "" : b);
}

/* Versions first, by object and library, the newest first, since it decides; then all
 * others as they came. */
static int
compare_refusals(const void *left, const void *right)
{
    const struct wf_refusal *a = *(const struct wf_refusal *const *)left;
    const struct wf_refusal *b = *(const struct wf_refusal *const *)right;
    int order = (int)is_version(b) - (int)is_version(a);

    if (order == 0 && is_version(a)) {
        order = strcmp(a->object, b->object);
        if (order == 0)
            order = strcmp(a->library, b->library);
        if (order == 0)
            order = wf_text_compare_natural(b->version, a->version);
        if (order == 0)
            order = compare_texts(a->symbol, b->symbol);
    }
    return order != 0 ? order : (a > b) - (a < b);
}

static bool
is_same_library(const struct wf_refusal *a, const struct wf_refusal *b)
{
    return is_version(b) && strcmp(a->object, b->object) == 0 &&
           strcmp(a->library, b->library) == 0;
}

/* The first behind `first` that is about another version. */
static size_t
version_end(const struct telling *telling, size_t first)
{
    const struct wf_refusal *of = telling->sorted[first];
    size_t end = first;

    while (end < telling->num && is_same_library(of, telling->sorted[end]) &&
           strcmp(of->version, telling->sorted[end]->version) == 0)
        end++;
    return end;
}

/* "GLIBC_2.34 (dlsym, pthread_create and 4 more)" */
static void
add_version(struct wf_buffer *text, const struct telling *telling, size_t first,
            size_t end)
{
    size_t told = 0;

    wf_buffer_add_str(text, telling->sorted[first]->version);
    for (size_t i = first; i < end && told < MOST_SYMBOLS; i++) {
        const char *symbol = telling->sorted[i]->symbol;

        if (symbol != NULL)
            wf_buffer_printf(text, "%s%s", told++ == 0 ? " (" : ", ", symbol);
    }
    if (told > 0 && end - first > told)
        wf_buffer_printf(text, " and %zu more", end - first - told);
    if (told > 0)
        wf_buffer_add_char(text, ')');
}

/* All that one object needs of one library; the first behind it. */
static size_t
add_versions(struct wf_buffer *text, const struct telling *telling, size_t first)
{
    const struct wf_refusal *of = telling->sorted[first];
    size_t told = 0;
    size_t older = 0;
    size_t end = first;

    wf_buffer_printf(text, "%s%s needs ", of->object,
                     of->object[0] == '/' ? ", which would be bundled," : "");
    while (end < telling->num && is_same_library(of, telling->sorted[end])) {
        const size_t next = version_end(telling, end);

        if (told == MOST_VERSIONS)
            older++;
        else {
            wf_buffer_add_str(text, told++ == 0 ? "" : ", ");
            add_version(text, telling, end, next);
        }
        end = next;
    }
    if (older > 0)
        wf_buffer_printf(text, " and %zu older version%s", older, older == 1 ? "" : "s");
    wf_buffer_printf(text, " of %s", of->library);
    return end;
}

/* "libssl-7e697da6.so.3": what a repair calls the libraries that it bundles. */
static bool
is_repaired_name(const char *library)
{
    for (const char *dash = strchr(library, '-'); dash != NULL;
         dash = strchr(dash + 1, '-')) {
        size_t len = 0;

        while (isxdigit((unsigned char)dash[1 + len]) != 0)
            len++;
        if (len == REPAIR_HEX && dash[1 + len] == '.')
            return true;
    }
    return false;
}

static const char *
version_advice(struct wf_arena *arena, const struct wf_refusal *refusal,
               const struct wf_way_out *way_out)
{
    const char *bundled =
        refusal->object[0] == '/' ? ", or link a library that was built on one" : "";
    const char *image =
        way_out->image == NULL
            ? ""
            : wf_arena_printf(arena, ", such as the image %s", way_out->image);
    const char *fits =
        way_out->fits == NULL
            ? ""
            : wf_arena_printf(arena, ", or ask for %s, which it fits", way_out->fits);

    return wf_arena_printf(arena, "build on an older system%s%s%s", image, bundled, fits);
}

static const char *
advice_of(struct wf_arena *arena, const struct wf_refusal *refusal,
          const struct wf_way_out *way_out)
{
    if (refusal->kind == WF_REFUSE_NEED && refusal->reason == WF_REASON_ISA)
        return "build for the baseline processor, without target-cpu";
    if (refusal->kind == WF_REFUSE_NEED && refusal->reason == WF_REASON_SYMBOL)
        return "link the library statically, or do without the symbol";
    if (is_version(refusal))
        return version_advice(arena, refusal, way_out);
    if (refusal->kind == WF_REFUSE_MISSING && refusal->library != NULL &&
        is_repaired_name(refusal->library))
        return changed_artifact;
    return (size_t)refusal->kind < WF_COUNT(advice_of_kind)
               ? advice_of_kind[refusal->kind]
               : NULL;
}

static void
add_advice(struct telling *telling, const struct wf_refusal *refusal)
{
    const char *advice = advice_of(telling->arena, refusal, telling->way_out);

    if (advice != NULL && !wf_strings_has(&telling->advice, advice))
        wf_strings_append(telling->arena, &telling->advice, advice);
}

/* One reason, unless it was told or there is no room; the first refusal behind it. */
static size_t
tell(struct telling *telling, size_t first)
{
    const struct wf_refusal *refusal = telling->sorted[first];
    struct wf_buffer one;
    size_t end = first + 1;

    wf_buffer_init(&one, MOST_TEXT);
    if (is_version(refusal))
        end = add_versions(&one, telling, first);
    else
        wf_buffer_add_str(&one, refusal->text);
    if (telling->text.len > 0 && telling->text.len + one.len > MOST_REASONS) {
        telling->untold++;
    } else {
        wf_buffer_add_str(&telling->text, telling->text.len > 0 ? "; " : "");
        wf_buffer_add(&telling->text, one.data, one.len);
        add_advice(telling, refusal);
    }
    wf_buffer_clear(&one);
    return end;
}

const char *
wf_refusals_text(struct wf_arena *arena, const struct wf_refusal *refusals, size_t num,
                 const struct wf_way_out *way_out)
{
    struct telling telling = { .arena = arena, .num = num, .way_out = way_out };

    telling.sorted = wf_arena_array(arena, num, sizeof *telling.sorted);
    for (size_t i = 0; i < num; i++)
        telling.sorted[i] = &refusals[i];
    if (num > 1)
        qsort(telling.sorted, num, sizeof *telling.sorted, compare_refusals);
    wf_buffer_init(&telling.text, MOST_TEXT);
    for (size_t i = 0; i < num;)
        i = tell(&telling, i);
    if (telling.untold > 0)
        wf_buffer_printf(&telling.text, "; and %zu more such reason%s", telling.untold,
                         telling.untold == 1 ? "" : "s");
    for (size_t i = 0; i < telling.advice.num; i++)
        wf_buffer_printf(&telling.text, "; %s", telling.advice.items[i]);
    const char *copy = wf_arena_str(arena, wf_buffer_bytes(&telling.text));

    wf_buffer_clear(&telling.text);
    return copy;
}
