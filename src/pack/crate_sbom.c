/* crate_sbom.c -- a CycloneDX 1.6 document (ECMA-424) about the crates of a build. */
#include "pack/crate_sbom.h"

#include <stdlib.h>
#include <string.h>

#include "base/json_keys.h"
#include "pack/crate_sbom_parts.h"

/* The document being written. */
struct writing {
    struct wf_json_writer json;
    struct wf_arena *arena;
    const struct wf_cargo_graph *graph;
    const struct wf_sbom_crates *crates;
};

static void
add_string(struct wf_json_writer *w, const char *key, const char *value)
{
    if (value == NULL || *value == '\0')
        return;
    wf_key_string(w, key, value);
}

/* Something on both sides of one '@', and no blank: crates give web pages, too. */
static bool
is_address(const char *text)
{
    const char *at = strchr(text, '@');

    return at != NULL && at > text && at[1] != '\0' && strpbrk(at + 1, "@") == NULL &&
           strpbrk(text, " \t<>") == NULL;
}

/* "Jane <j@x.org>" is a name and an address. */
static void
write_author(struct writing *s, const char *author)
{
    const char *open = strrchr(author, '<');
    const size_t len = strlen(author);
    const char *email = "";
    const char *name = author;

    if (open != NULL && author[len - 1] == '>') {
        size_t name_len = (size_t)(open - author);

        email = wf_arena_str(s->arena, wf_bytes_of(open + 1, len - name_len - 2));
        while (name_len > 0 && author[name_len - 1] == ' ')
            name_len--;
        name = wf_arena_str(s->arena, wf_bytes_of(author, name_len));
    }
    wf_json_begin_object(&s->json);
    add_string(&s->json, "name", *name != '\0' || is_address(email) ? name : author);
    add_string(&s->json, "email", is_address(email) ? email : NULL);
    wf_json_end_object(&s->json);
}

static void
write_authors(struct writing *s, const struct wf_strings *authors)
{
    if (authors->num == 0)
        return;
    wf_key_array(&s->json, "authors");
    for (size_t i = 0; i < authors->num; i++)
        write_author(s, authors->items[i]);
    wf_json_end_array(&s->json);
}

static void
write_hash(struct writing *s, const struct wf_sbom_crate *item)
{
    if (item->checksum == NULL)
        return;
    wf_key_array(&s->json, "hashes");
    wf_json_begin_object(&s->json);
    add_string(&s->json, "alg", "SHA-256");
    add_string(&s->json, "content", item->checksum);
    wf_json_end_object(&s->json);
    wf_json_end_array(&s->json);
}

/* Old crates write "MIT/Apache-2.0"; that is a choice. */
static const char *
expression_of(struct wf_arena *arena, const char *license)
{
    struct wf_buffer out;

    wf_buffer_init(&out, SIZE_MAX);
    for (const char *c = license; *c != '\0'; c++) {
        if (*c != '/') {
            wf_buffer_add_char(&out, *c);
            continue;
        }
        while (out.len > 0 && out.data[out.len - 1] == ' ')
            out.len--;
        wf_buffer_add_str(&out, " OR ");
        while (c[1] == ' ')
            c++;
    }
    const char *text = wf_arena_str(arena, wf_buffer_bytes(&out));

    wf_buffer_clear(&out);
    return text;
}

static bool
is_expression(const char *license)
{
    static const char chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789.+-:() /";

    return license[strspn(license, chars)] == '\0';
}

/* What is no expression is told by name: the licence as it was written, or its file. */
static void
write_license(struct writing *s, const struct wf_crate *crate)
{
    const char *license = crate->license;

    if (license == NULL && crate->license_file == NULL)
        return;
    wf_key_array(&s->json, "licenses");
    wf_json_begin_object(&s->json);
    if (license != NULL && *license != '\0' && is_expression(license)) {
        add_string(&s->json, "expression", expression_of(s->arena, license));
    } else {
        wf_key_object(&s->json, "license");
        wf_json_write_key(&s->json, "name");
        wf_json_write_string(
            &s->json, license != NULL ? license : wf_text_base_name(crate->license_file));
        wf_json_end_object(&s->json);
    }
    wf_json_end_object(&s->json);
    wf_json_end_array(&s->json);
}

/* Anything may stand in a manifest; here only what has the look of a URL and names no
 * file. */
static bool
is_url(const char *text)
{
    if (text == NULL || strstr(text, "://") == NULL || wf_text_starts_with(text, "file:"))
        return false;
    for (const char *c = text; *c != '\0'; c++) {
        if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7F ||
            strchr("<>\"{}|\\^`", *c) != NULL)
            return false;
    }
    return true;
}

static void
write_references(struct writing *s, const struct wf_crate *crate)
{
    const struct {
        const char *type;
        const char *url;
    } rows[] = {
        { "documentation", crate->documentation },
        { "website", crate->homepage },
        { "vcs", crate->repository },
    };
    bool has_any = false;

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        if (!is_url(rows[i].url))
            continue;
        if (!has_any)
            wf_key_array(&s->json, "externalReferences");
        has_any = true;
        wf_json_begin_object(&s->json);
        add_string(&s->json, "type", rows[i].type);
        add_string(&s->json, "url", rows[i].url);
        wf_json_end_object(&s->json);
    }
    if (has_any)
        wf_json_end_array(&s->json);
}

static bool
is_program(const struct wf_crate_target *target)
{
    return wf_strings_has(&target->kinds, "bin");
}

static bool
is_library(const struct wf_crate_target *target)
{
    static const char *const kinds[] = { "lib",       "rlib",   "dylib",
                                         "staticlib", "cdylib", "proc-macro" };

    for (size_t i = 0; i < WF_COUNT(kinds); i++) {
        if (wf_strings_has(&target->kinds, kinds[i]))
            return true;
    }
    return false;
}

static bool
has_program(const struct wf_crate *crate)
{
    for (size_t i = 0; i < crate->num_targets; i++) {
        if (is_program(&crate->targets[i]))
            return true;
    }
    return false;
}

/* The root's programs and libraries are parts of it. */
static void
write_targets(struct writing *s, const struct wf_sbom_crate *root)
{
    const struct wf_crate *crate = root->crate;
    size_t num = 0;

    for (size_t i = 0; i < crate->num_targets; i++) {
        const struct wf_crate_target *target = &crate->targets[i];

        if (!is_program(target) && !is_library(target))
            continue;
        if (num == 0)
            wf_key_array(&s->json, "components");
        wf_json_begin_object(&s->json);
        add_string(&s->json, "type", is_program(target) ? "application" : "library");
        add_string(&s->json, "bom-ref",
                   wf_arena_printf(s->arena, "%s bin-target-%zu", root->ref, num++));
        add_string(&s->json, "name", target->name);
        add_string(&s->json, "version", crate->version);
        wf_json_end_object(&s->json);
    }
    if (num > 0)
        wf_json_end_array(&s->json);
}

static void
write_crate(struct writing *s, const struct wf_sbom_crate *item)
{
    const struct wf_crate *crate = item->crate;
    const bool is_root = item == s->crates->root;

    add_string(&s->json, "type",
               is_root && has_program(crate) ? "application" : "library");
    add_string(&s->json, "bom-ref", item->ref);
    write_authors(s, &crate->authors);
    add_string(&s->json, "name", crate->name);
    add_string(&s->json, "version", crate->version);
    add_string(&s->json, "description", crate->description);
    if (!is_root)
        add_string(&s->json, "scope", item->is_needed ? "required" : "excluded");
    write_hash(s, item);
    write_license(s, crate);
    add_string(&s->json, "purl", item->purl);
    write_references(s, crate);
    if (is_root)
        write_targets(s, item);
}

static void
write_tool(struct writing *s, const char *version)
{
    wf_key_object(&s->json, "tools");
    wf_key_array(&s->json, "components");
    wf_json_begin_object(&s->json);
    add_string(&s->json, "type", "application");
    add_string(&s->json, "name", "wheelpack");
    add_string(&s->json, "version", version);
    wf_json_end_object(&s->json);
    wf_json_end_array(&s->json);
    wf_json_end_object(&s->json);
}

static void
write_metadata(struct writing *s, const char *tool_version)
{
    wf_key_object(&s->json, "metadata");
    write_tool(s, tool_version);
    wf_key_object(&s->json, "component");
    write_crate(s, s->crates->root);
    wf_json_end_object(&s->json);
    wf_key_array(&s->json, "properties");
    wf_json_begin_object(&s->json);
    add_string(&s->json, "name", "cdx:rustc:sbom:target:all_targets");
    add_string(&s->json, "value", "true");
    wf_json_end_object(&s->json);
    wf_json_end_array(&s->json);
    wf_json_end_object(&s->json);
}

static void
write_components(struct writing *s)
{
    wf_key_array(&s->json, "components");
    for (size_t i = 0; i < s->crates->num; i++) {
        if (&s->crates->items[i] == s->crates->root)
            continue;
        wf_json_begin_object(&s->json);
        write_crate(s, &s->crates->items[i]);
        wf_json_end_object(&s->json);
    }
    wf_json_end_array(&s->json);
}

static void
write_edges(struct writing *s, const struct wf_sbom_crate *item)
{
    const struct wf_crate *crate = item->crate;
    struct wf_strings refs = { 0 };

    for (size_t i = 0; i < crate->num_dependencies; i++) {
        const struct wf_crate_dependency *edge = &crate->dependencies[i];

        if (edge->normal || edge->build)
            wf_strings_append(s->arena, &refs,
                              s->crates->by_idx[edge->crate - s->graph->crates]->ref);
    }
    wf_strings_sort(&refs);
    wf_json_begin_object(&s->json);
    add_string(&s->json, "ref", item->ref);
    if (refs.num > 0) {
        wf_key_array(&s->json, "dependsOn");
        for (size_t i = 0; i < refs.num; i++)
            wf_json_write_string(&s->json, refs.items[i]);
        wf_json_end_array(&s->json);
    }
    wf_json_end_object(&s->json);
}

bool
wf_crate_sbom_write(struct wf_buffer *out, const struct wf_cargo_graph *graph,
                    struct wf_bytes lock, const char *tool_version, struct wf_error *err)
{
    struct wf_arena arena = { 0 };
    struct wf_sbom_crates crates = { 0 };
    struct writing s = { { .out = out, .indent = 2 }, &arena, graph, &crates };

    if (!wf_sbom_crates_gather(&crates, &arena, graph, lock, err)) {
        wf_arena_clear(&arena);
        return false;
    }
    wf_json_begin_object(&s.json);
    add_string(&s.json, "bomFormat", "CycloneDX");
    add_string(&s.json, "specVersion", "1.6");
    wf_json_write_key(&s.json, "version");
    wf_json_write_u64(&s.json, 1);
    write_metadata(&s, tool_version);
    write_components(&s);
    wf_key_array(&s.json, "dependencies");
    for (size_t i = 0; i < crates.num; i++)
        write_edges(&s, &crates.items[i]);
    wf_json_end_array(&s.json);
    wf_json_end_object(&s.json);
    wf_buffer_add_char(out, '\n');
    wf_arena_clear(&arena);
    return wf_buffer_ok(out, "the SBOM of the crates", err);
}
