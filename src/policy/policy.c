/* policy.c -- questions to a set of policies. */
#include "policy/policy.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "policy/policy_set.h"

static const struct wf_family_set *
family_of(const struct wf_policies *set, enum wf_policy_family family)
{
    assert(family < WF_POLICY_FAMILIES);
    return &set->families[family];
}

const char *
wf_policy_family_name(enum wf_policy_family family)
{
    static const char *const names[] = {
        [WF_POLICY_MANYLINUX] = "manylinux",
        [WF_POLICY_MUSLLINUX] = "musllinux",
        [WF_POLICY_ANDROID] = "android",
    };

    assert(family < WF_POLICY_FAMILIES);
    return names[family];
}

const struct wf_policy *
wf_policies_list(const struct wf_policies *set, enum wf_policy_family family, size_t *num)
{
    *num = family_of(set, family)->num_policies;
    return family_of(set, family)->policies;
}

bool
wf_policy_has_arch(const struct wf_policy *policy, enum wf_arch arch)
{
    return (policy->arch_mask >> arch & 1) != 0;
}

static bool
is_called(const struct wf_policy *policy, const char *name)
{
    if (strcmp(policy->name, name) == 0)
        return true;
    for (size_t i = 0; i < policy->num_aliases; i++)
        if (strcmp(policy->aliases[i], name) == 0)
            return true;
    return false;
}

const struct wf_policy *
wf_family_set_find(const struct wf_family_set *set, const char *name)
{
    for (size_t i = 0; i < set->num_policies; i++)
        if (is_called(&set->policies[i], name))
            return &set->policies[i];
    return NULL;
}

const struct wf_policy *
wf_policies_find(const struct wf_policies *set, const char *name)
{
    const struct wf_policy *found = NULL;

    for (size_t f = 0; f < WF_POLICY_FAMILIES && found == NULL; f++)
        found = wf_family_set_find(&set->families[f], name);
    return found;
}

const struct wf_policy *
wf_policies_at(const struct wf_policies *set, enum wf_policy_family family, wf_rank rank)
{
    const struct wf_family_set *f = family_of(set, family);

    return rank >= 1 && rank <= f->num_policies ? &f->policies[rank - 1] : NULL;
}

const struct wf_policy *
wf_policies_not_above(const struct wf_policies *set, enum wf_policy_family family,
                      enum wf_arch arch, unsigned major, unsigned minor)
{
    const struct wf_family_set *f = family_of(set, family);

    for (size_t i = f->num_policies; i > 0; i--) {
        const struct wf_policy *policy = &f->policies[i - 1];
        const bool above =
            policy->major > major || (policy->major == major && policy->minor > minor);

        if (!above && wf_policy_has_arch(policy, arch))
            return policy;
    }
    return NULL;
}

/* The byte order of a NUL-ended name and a text of `len` bytes. */
static int
compare_name(const char *name, const char *text, size_t len)
{
    const int order = strncmp(name, text, len);

    return order != 0 ? order : name[len] != '\0';
}

size_t
wf_rank_table_find(const struct wf_rank_table *table, const char *text, size_t len)
{
    size_t low = 0, high = table->num_names;

    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        const int order = compare_name(table->pool + table->names[mid], text, len);

        if (order == 0)
            return mid;
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return table->num_names;
}

/* What a table says of a name for an architecture: NEVER when it does not say. */
static wf_rank
rank_in(const struct wf_family_set *f, const struct wf_rank_table *table,
        enum wf_arch arch, const char *text, size_t len)
{
    assert(arch < WF_ARCH_COUNT);
    if (f->columns[arch] == 0)
        return WF_RANK_NEVER;
    const size_t row = wf_rank_table_find(table, text, len);

    return row == table->num_names
               ? WF_RANK_NEVER
               : table->ranks[row * f->num_columns + f->columns[arch] - 1];
}

/* Whether the policies list versions of this prefix: those for the architecture or, where
 * there are none, any. */
static bool
lists_prefix(const struct wf_family_set *f, enum wf_arch arch, const char *prefix,
             size_t len)
{
    if (f->columns[arch] != 0)
        return rank_in(f, &f->prefixes, arch, prefix, len) != WF_RANK_NEVER;
    return wf_rank_table_find(&f->prefixes, prefix, len) != f->prefixes.num_names;
}

wf_rank
wf_policies_version_rank(const struct wf_policies *set, enum wf_policy_family family,
                         enum wf_arch arch, const char *version)
{
    const struct wf_family_set *f = family_of(set, family);
    const wf_rank rank = rank_in(f, &f->versions, arch, version, strlen(version));

    if (rank != WF_RANK_NEVER)
        return rank;
    const char *end = strchr(version, '_');

    if (end == NULL || !lists_prefix(f, arch, version, (size_t)(end - version)))
        return WF_RANK_ALWAYS;
    return WF_RANK_NEVER;
}

static bool
is_word(const char *text, const char *word)
{
    return word != NULL && wf_text_starts_with(text, word) && text[strlen(word)] == '.';
}

/* musl is one file under many names.  Its loader takes every "libc.", "libm." and so on
 * for itself (the reserved words of ldso/dynlink.c); Alpine links libc.musl-<word>.so.1,
 * which names an architecture (armhf is ARMv6, which ARMv7 runs), and other toolchains ld-musl-<word>.so.1. */
static bool
is_musl_libc(enum wf_arch arch, const char *library)
{
    static const char *const words[] = { "c.",  "pthread.", "rt.",  "m.",
                                         "dl.", "util.",    "xnet." };
    static const char alpine[] = "libc.musl-";

    if (wf_text_starts_with(library, alpine)) {
        const char *have = library + strlen(alpine);

        return is_word(have, wf_arch_musl_word(arch)) ||
               (arch == WF_ARCH_ARMV7L && is_word(have, "armhf"));
    }
    if (wf_text_starts_with(library, "ld-musl-"))
        return true;
    for (size_t i = 0; i < WF_COUNT(words); i++)
        if (wf_text_starts_with(library, "lib") &&
            wf_text_starts_with(library + strlen("lib"), words[i]))
            return true;
    return false;
}

wf_rank
wf_policies_library_rank(const struct wf_policies *set, enum wf_policy_family family,
                         enum wf_arch arch, const char *library)
{
    const struct wf_family_set *f = family_of(set, family);

    if (family == WF_POLICY_MUSLLINUX && is_musl_libc(arch, library))
        library = "libc.so";
    return rank_in(f, &f->libraries, arch, library, strlen(library));
}

/* The first row that is not before (library, symbol); num_rows when all are. */
static size_t
symbol_lower_bound(const struct wf_symbol_table *table, const char *library,
                   const char *symbol)
{
    size_t low = 0, high = table->num_rows;

    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        const struct wf_symbol_rank *row = &table->rows[mid];
        const int by_library = strcmp(table->pool + row->library, library);
        const int order =
            by_library != 0 ? by_library : strcmp(table->pool + row->symbol, symbol);

        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

wf_rank
wf_policies_symbol_rank(const struct wf_policies *set, enum wf_policy_family family,
                        const char *library, const char *symbol)
{
    const struct wf_symbol_table *table = &family_of(set, family)->symbols;
    const size_t at = symbol_lower_bound(table, library, symbol);

    if (at == table->num_rows)
        return WF_RANK_ALWAYS;
    const struct wf_symbol_rank *row = &table->rows[at];

    return strcmp(table->pool + row->library, library) == 0 &&
                   strcmp(table->pool + row->symbol, symbol) == 0
               ? row->rank
               : WF_RANK_ALWAYS;
}

bool
wf_policies_forbids_in(const struct wf_policies *set, enum wf_policy_family family,
                       const char *library)
{
    const struct wf_symbol_table *table = &family_of(set, family)->symbols;
    const size_t at = symbol_lower_bound(table, library, "");

    return at < table->num_rows &&
           strcmp(table->pool + table->rows[at].library, library) == 0;
}

const char *
wf_policies_full_name(struct wf_arena *arena, const char *name,
                      enum wf_policy_family family, enum wf_arch arch)
{
    const bool abi_name = family == WF_POLICY_ANDROID && arch == WF_ARCH_AARCH64;

    return wf_arena_printf(arena, "%s_%s", name,
                           abi_name ? "arm64_v8a" : wf_arch_name(arch));
}

const char *
wf_policies_image(struct wf_arena *arena, const struct wf_policies *set,
                  enum wf_policy_family family, enum wf_arch arch, wf_rank rank)
{
    size_t num;
    const struct wf_policy *list = wf_policies_list(set, family, &num);
    const char *image = NULL;

    for (size_t i = 0; i < num && list[i].rank <= rank; i++)
        if (list[i].num_images > 0 && wf_policy_has_arch(&list[i], arch))
            image = list[i].images[0];
    if (image == NULL || (!wf_text_starts_with(image, "manylinux") &&
                          !wf_text_starts_with(image, "musllinux")))
        return image;
    return wf_arena_printf(arena, "%s_%s", image, wf_arch_name(arch));
}

static void
visit_table(const struct wf_family_set *f, const struct wf_rank_table *table,
            enum wf_arch arch, wf_policy_visit_fn *visit, void *context)
{
    assert(arch < WF_ARCH_COUNT);
    if (f->columns[arch] == 0)
        return;
    for (size_t i = 0; i < table->num_names; i++) {
        const wf_rank rank = table->ranks[i * f->num_columns + f->columns[arch] - 1];

        if (rank != WF_RANK_NEVER)
            visit(context, NULL, table->pool + table->names[i], rank);
    }
}

void
wf_policies_visit_versions(const struct wf_policies *set, enum wf_policy_family family,
                           enum wf_arch arch, wf_policy_visit_fn *visit, void *context)
{
    const struct wf_family_set *f = family_of(set, family);

    visit_table(f, &f->versions, arch, visit, context);
}

void
wf_policies_visit_libraries(const struct wf_policies *set, enum wf_policy_family family,
                            enum wf_arch arch, wf_policy_visit_fn *visit, void *context)
{
    const struct wf_family_set *f = family_of(set, family);

    visit_table(f, &f->libraries, arch, visit, context);
}

void
wf_policies_visit_symbols(const struct wf_policies *set, enum wf_policy_family family,
                          wf_policy_visit_fn *visit, void *context)
{
    const struct wf_symbol_table *table = &family_of(set, family)->symbols;

    for (size_t i = 0; i < table->num_rows; i++)
        visit(context, table->pool + table->rows[i].library,
              table->pool + table->rows[i].symbol, table->rows[i].rank);
}
