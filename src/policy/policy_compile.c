/* policy_compile.c -- the files of policies/ to policy_tables.c, while the project is built:
 *     policy_compile OUTPUT INPUT... */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "policy/policy_set.h"

enum { MAX_BYTES = 16 << 20, PER_LINE = 16 };

/* The family a piece of output belongs to, in the names of its arrays. */
static void
add_name(struct wf_buffer *out, const char *what, enum wf_policy_family family)
{
    wf_buffer_printf(out, "%s_%s", wf_policy_family_name(family), what);
}

static void
begin_array(struct wf_buffer *out, const char *type, const char *what,
            enum wf_policy_family family)
{
    wf_buffer_printf(out, "static const %s ", type);
    add_name(out, what, family);
    wf_buffer_add_str(out, "[] = {");
}

/* An array may not be empty in C, so each ends with one element nobody reads. */
static void
end_array(struct wf_buffer *out)
{
    wf_buffer_add_str(out, "\n    0,\n};\n");
}

static void
break_line(struct wf_buffer *out, size_t i)
{
    wf_buffer_add_str(out, i % PER_LINE == 0 ? "\n    " : " ");
}

/* Text as C characters: names are printable ASCII, systems may be any UTF-8. */
static void
add_char(struct wf_buffer *out, char c, char quote)
{
    if (c == quote || c == '\\')
        wf_buffer_printf(out, "\\%c", c);
    else if (c >= ' ' && c < 0x7f)
        wf_buffer_add_char(out, c);
    else
        wf_buffer_printf(out, "\\%03o", (unsigned char)c);
}

/* Characters one by one: a string literal this long is more than C11 promises to take. */
static void
emit_pool(struct wf_buffer *out, const char *what, enum wf_policy_family family,
          const char *pool, size_t len)
{
    begin_array(out, "char", what, family);
    for (size_t i = 0; i < len; i++) {
        break_line(out, i);
        if (pool[i] == '\0') {
            wf_buffer_add_str(out, "0,");
            continue;
        }
        wf_buffer_add_char(out, '\'');
        add_char(out, pool[i], '\'');
        wf_buffer_add_str(out, "',");
    }
    end_array(out);
}

/* One rank table: its pool, offsets and ranks. */
static void
emit_table(struct wf_buffer *out, const char *what, enum wf_policy_family family,
           const struct wf_rank_table *table, size_t num_columns)
{
    char label[64];

    snprintf(label, sizeof label, "%s_pool", what);
    emit_pool(out, label, family, table->pool, table->pool_len);
    snprintf(label, sizeof label, "%s_names", what);
    begin_array(out, "uint32_t", label, family);
    for (size_t i = 0; i < table->num_names; i++) {
        break_line(out, i);
        wf_buffer_printf(out, "%u,", (unsigned)table->names[i]);
    }
    end_array(out);
    snprintf(label, sizeof label, "%s_ranks", what);
    begin_array(out, "wf_rank", label, family);
    for (size_t i = 0; i < table->num_names * num_columns; i++) {
        break_line(out, i);
        wf_buffer_printf(out, "%u,", (unsigned)table->ranks[i]);
    }
    end_array(out);
}

static void
emit_symbols(struct wf_buffer *out, enum wf_policy_family family,
             const struct wf_symbol_table *table)
{
    emit_pool(out, "symbols_pool", family, table->pool, table->pool_len);
    begin_array(out, "struct wf_symbol_rank", "symbols_rows", family);
    for (size_t i = 0; i < table->num_rows; i++) {
        const struct wf_symbol_rank *row = &table->rows[i];

        wf_buffer_printf(out, "\n    { %u, %u, %u },", (unsigned)row->library,
                         (unsigned)row->symbol, (unsigned)row->rank);
    }
    wf_buffer_add_str(out, "\n    { 0, 0, 0 },\n};\n");
}

static void
emit_strings(struct wf_buffer *out, const char *what, enum wf_policy_family family,
             size_t idx, const char *const *items, size_t num)
{
    if (num == 0)
        return;
    wf_buffer_add_str(out, "static const char *const ");
    add_name(out, what, family);
    wf_buffer_printf(out, "_%zu[] = {", idx);
    for (size_t i = 0; i < num; i++) {
        wf_buffer_add_str(out, "\n    \"");
        for (const char *c = items[i]; *c != '\0'; c++)
            add_char(out, *c, '"');
        wf_buffer_add_str(out, "\",");
    }
    wf_buffer_add_str(out, "\n};\n");
}

/* ".aliases = manylinux_aliases_0, .num_aliases = 1," or nothing. */
static void
emit_strings_use(struct wf_buffer *out, const char *what, enum wf_policy_family family,
                 size_t idx, size_t num)
{
    if (num == 0)
        return;
    wf_buffer_printf(out, "        .%s = ", what);
    add_name(out, what, family);
    wf_buffer_printf(out, "_%zu,\n        .num_%s = %zu,\n", idx, what, num);
}

static void
emit_policy(struct wf_buffer *out, const struct wf_policy *p, size_t idx)
{
    wf_buffer_printf(out, "    {\n        .name = \"%s\",\n        .family = %u,\n",
                     p->name, (unsigned)p->family);
    wf_buffer_printf(out,
                     "        .rank = %u,\n        .major = %u,\n        .minor = %u,\n",
                     (unsigned)p->rank, p->major, p->minor);
    wf_buffer_printf(out, "        .priority = %u,\n        .provisional = %d,\n",
                     p->priority, p->provisional);
    emit_strings_use(out, "aliases", p->family, idx, p->num_aliases);
    emit_strings_use(out, "systems", p->family, idx, p->num_systems);
    emit_strings_use(out, "images", p->family, idx, p->num_images);
    wf_buffer_printf(out, "        .arch_mask = 0x%xU,\n    },\n",
                     (unsigned)p->arch_mask);
}

static void
emit_family(struct wf_buffer *out, enum wf_policy_family family,
            const struct wf_family_set *f)
{
    for (size_t i = 0; i < f->num_policies; i++) {
        const struct wf_policy *p = &f->policies[i];

        emit_strings(out, "aliases", family, i, p->aliases, p->num_aliases);
        emit_strings(out, "systems", family, i, p->systems, p->num_systems);
        emit_strings(out, "images", family, i, p->images, p->num_images);
    }
    begin_array(out, "struct wf_policy", "policies", family);
    wf_buffer_add_char(out, '\n');
    for (size_t i = 0; i < f->num_policies; i++)
        emit_policy(out, &f->policies[i], i);
    wf_buffer_add_str(out, "};\n");
    emit_table(out, "versions", family, &f->versions, f->num_columns);
    emit_table(out, "prefixes", family, &f->prefixes, f->num_columns);
    emit_table(out, "libraries", family, &f->libraries, f->num_columns);
    emit_symbols(out, family, &f->symbols);
}

static void
emit_table_use(struct wf_buffer *out, const char *what, enum wf_policy_family family,
               const struct wf_rank_table *table)
{
    const char *name = wf_policy_family_name(family);

    wf_buffer_printf(out, "            .%s = {\n", what);
    wf_buffer_printf(out, "                .pool = %s_%s_pool,\n", name, what);
    wf_buffer_printf(out, "                .pool_len = %zu,\n", table->pool_len);
    wf_buffer_printf(out, "                .names = %s_%s_names,\n", name, what);
    wf_buffer_printf(out, "                .ranks = %s_%s_ranks,\n", name, what);
    wf_buffer_printf(out, "                .num_names = %zu,\n            },\n",
                     table->num_names);
}

static void
emit_family_use(struct wf_buffer *out, enum wf_policy_family family,
                const struct wf_family_set *f)
{
    const char *name = wf_policy_family_name(family);

    wf_buffer_printf(out, "        [%u] = {\n", (unsigned)family);
    wf_buffer_printf(out, "            .policies = %s_policies,\n", name);
    wf_buffer_printf(out, "            .num_policies = %zu,\n", f->num_policies);
    wf_buffer_add_str(out, "            .columns = {");
    for (size_t a = 0; a < WF_ARCH_COUNT; a++)
        wf_buffer_printf(out, " %u,", (unsigned)f->columns[a]);
    wf_buffer_printf(out, " },\n            .num_columns = %zu,\n", f->num_columns);
    emit_table_use(out, "versions", family, &f->versions);
    emit_table_use(out, "prefixes", family, &f->prefixes);
    emit_table_use(out, "libraries", family, &f->libraries);
    wf_buffer_printf(
        out,
        "            .symbols = {\n                .pool = %s_symbols_pool,\n"
        "                .pool_len = %zu,\n"
        "                .rows = %s_symbols_rows,\n"
        "                .num_rows = %zu,\n            },\n        },\n",
        name, f->symbols.pool_len, name, f->symbols.num_rows);
}

static void
emit_set(struct wf_buffer *out, const struct wf_policies *set)
{
    wf_buffer_add_str(out,
                      "/* policy_tables.c -- policies/, compiled by policy_compile. */\n"
                      "#include \"policy/policy_set.h\"\n\n");
    for (unsigned f = 0; f < WF_POLICY_FAMILIES; f++)
        emit_family(out, (enum wf_policy_family)f, &set->families[f]);
    wf_buffer_add_str(out, "const struct wf_policies wf_policy_tables = {\n"
                           "    .families = {\n");
    for (unsigned f = 0; f < WF_POLICY_FAMILIES; f++)
        emit_family_use(out, (enum wf_policy_family)f, &set->families[f]);
    wf_buffer_add_str(out, "    },\n};\n");
}

/* The built-in set has every family: an array of policies may not be empty. */
static bool
check_families(const struct wf_policies *set, struct wf_error *err)
{
    for (unsigned f = 0; f < WF_POLICY_FAMILIES; f++)
        if (set == NULL || set->families[f].num_policies == 0)
            return wf_error_set(err, WF_ERR_USAGE,
                                "no file has policies of the family %s",
                                wf_policy_family_name((enum wf_policy_family)f));
    return true;
}

static bool
compile(struct wf_arena *arena, const char *output, char *const *inputs,
        size_t num_inputs, struct wf_error *err)
{
    const struct wf_policies *set = NULL;
    struct wf_buffer text;
    bool ok = true;

    wf_buffer_init(&text, MAX_BYTES);
    for (size_t i = 0; i < num_inputs && ok; i++) {
        wf_buffer_reset(&text);
        ok = wf_file_read_whole(&text, inputs[i], err) &&
             wf_policies_load(&set, arena, set, wf_buffer_bytes(&text), err);
        if (!ok)
            wf_error_prefix(err, "%s", inputs[i]);
    }
    wf_buffer_reset(&text);
    ok = ok && check_families(set, err);
    if (ok) {
        emit_set(&text, set);
        ok = wf_buffer_ok(&text, output, err) &&
             wf_file_write_atomic(output, wf_buffer_bytes(&text), 0644, err);
    }
    wf_buffer_clear(&text);
    return ok;
}

int
main(int argc, char **argv)
{
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };
    const bool ok = argc >= 3 ? compile(&arena, argv[1], argv + 2, (size_t)argc - 2, &err)
                              : wf_error_set(&err, WF_ERR_USAGE,
                                             "usage: policy_compile OUTPUT INPUT...");

    if (!ok) {
        fputs("policy_compile: ", stderr);
        if (err.where[0] != '\0') {
            fputs(err.where, stderr);
            fputs(": ", stderr);
        }
        fputs(err.text, stderr);
        fputc('\n', stderr);
    }
    wf_arena_clear(&arena);
    return ok ? 0 : 1;
}
