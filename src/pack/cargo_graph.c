/* cargo_graph.c -- the JSON of `cargo metadata --format-version 1` as crates and edges. */
#include "pack/cargo_graph.h"

#include <stdlib.h>
#include <string.h>

#include "pack/cargo_json.h"

/* Some 400 keys and values for each crate; the answer itself is bounded, too. */
enum { MOST_MARKS = 1 << 22 };

/* What reading one document needs. */
struct reading {
    struct wf_arena *arena;
    struct wf_cargo_graph *graph;
    const struct wf_json *root;
    struct wf_error *err;
};

/* The texts of a package that may be absent, as cargo and as we call them. */
static const struct text_row {
    const char *key;
    size_t field_off;
} text_rows[] = {
    { "source", offsetof(struct wf_crate, source) },
    { "description", offsetof(struct wf_crate, description) },
    { "license", offsetof(struct wf_crate, license) },
    { "license_file", offsetof(struct wf_crate, license_file) },
    { "readme", offsetof(struct wf_crate, readme) },
    { "homepage", offsetof(struct wf_crate, homepage) },
    { "documentation", offsetof(struct wf_crate, documentation) },
    { "repository", offsetof(struct wf_crate, repository) },
    { "links", offsetof(struct wf_crate, links) },
    { "rust_version", offsetof(struct wf_crate, rust_version) },
    { "edition", offsetof(struct wf_crate, edition) },
};

static size_t
count(const struct wf_json *list)
{
    size_t num = 0;

    for (const struct wf_json *i = wf_json_first(list); i != NULL; i = wf_json_next(i))
        num++;
    return num;
}

static bool
read_target(struct reading *r, struct wf_crate_target *target, const struct wf_json *json)
{
    static const char what[] = "a target";

    return wf_cargo_is(json, WF_JSON_OBJECT, "targets", "a package", r->err) &&
           wf_cargo_want_string(&target->name, json, "name", what, r->err) &&
           wf_cargo_want_string(&target->src_path, json, "src_path", what, r->err) &&
           wf_cargo_may_strings(&target->kinds, r->arena, json, "kind", what, r->err) &&
           wf_cargo_may_strings(&target->crate_types, r->arena, json, "crate_types", what,
                                r->err) &&
           wf_cargo_may_strings(&target->required_features, r->arena, json,
                                "required-features", what, r->err);
}

static bool
read_targets(struct reading *r, struct wf_crate *crate)
{
    const struct wf_json *list = NULL;

    if (!wf_cargo_want(&list, crate->json, "targets", WF_JSON_ARRAY, "a package", r->err))
        return false;
    crate->targets = wf_arena_array(r->arena, count(list), sizeof *crate->targets);
    for (const struct wf_json *i = wf_json_first(list); i != NULL; i = wf_json_next(i))
        if (!read_target(r, &crate->targets[crate->num_targets++], i))
            return false;
    return true;
}

static bool
read_texts(struct reading *r, struct wf_crate *crate)
{
    for (size_t i = 0; i < WF_COUNT(text_rows); i++) {
        const char *text = NULL;

        if (!wf_cargo_may_string(&text, crate->json, text_rows[i].key, "a package",
                                 r->err))
            return false;
        memcpy((char *)crate + text_rows[i].field_off, &text, sizeof text);
    }
    return true;
}

static bool
read_crate(struct reading *r, struct wf_crate *crate, const struct wf_json *json)
{
    static const char what[] = "a package";

    crate->json = json;
    return wf_cargo_is(json, WF_JSON_OBJECT, "packages", "the answer", r->err) &&
           wf_cargo_want_string(&crate->id, json, "id", what, r->err) &&
           wf_cargo_want_string(&crate->name, json, "name", what, r->err) &&
           wf_cargo_want_string(&crate->version, json, "version", what, r->err) &&
           wf_cargo_want_string(&crate->manifest_path, json, "manifest_path", what,
                                r->err) &&
           read_texts(r, crate) &&
           wf_cargo_may_strings(&crate->authors, r->arena, json, "authors", what,
                                r->err) &&
           wf_cargo_may_strings(&crate->keywords, r->arena, json, "keywords", what,
                                r->err) &&
           read_targets(r, crate);
}

static int
compare_ids(const void *a, const void *b)
{
    return strcmp(((const struct wf_crate *)a)->id, ((const struct wf_crate *)b)->id);
}

static bool
read_crates(struct reading *r)
{
    struct wf_cargo_graph *graph = r->graph;
    const struct wf_json *list = NULL;

    if (!wf_cargo_want(&list, r->root, "packages", WF_JSON_ARRAY, "the answer", r->err))
        return false;
    const size_t num = count(list);

    graph->crates = wf_arena_array(r->arena, num, sizeof *graph->crates);
    for (const struct wf_json *i = wf_json_first(list); i != NULL; i = wf_json_next(i))
        if (!read_crate(r, &graph->crates[graph->num_crates++], i))
            return false;
    if (num > 1)
        qsort(graph->crates, num, sizeof *graph->crates, compare_ids);
    for (size_t i = 1; i < num; i++)
        if (compare_ids(&graph->crates[i - 1], &graph->crates[i]) == 0)
            return wf_error_at(
                r->err, WF_ERR_MALFORMED, wf_json_offset(graph->crates[i].json),
                "cargo's JSON: the package \"%s\" is there twice", graph->crates[i].id);
    return true;
}

const struct wf_crate *
wf_crate_by_id(const struct wf_cargo_graph *graph, const char *id)
{
    const struct wf_crate key = { .id = id };

    if (graph->num_crates == 0)
        return NULL;
    return bsearch(&key, graph->crates, graph->num_crates, sizeof *graph->crates,
                   compare_ids);
}

/* The crate that the string `value` names. */
static bool
named_crate(struct reading *r, struct wf_crate **out, const struct wf_json *value,
            const char *key, const char *what)
{
    if (!wf_cargo_is(value, WF_JSON_STRING, key, what, r->err))
        return false;
    const struct wf_crate *found = wf_crate_by_id(r->graph, wf_json_string(value));

    if (found == NULL)
        return wf_error_at(r->err, WF_ERR_MALFORMED, wf_json_offset(value),
                           "cargo's JSON: \"%s\" of %s names \"%s\", which is none of "
                           "its packages",
                           key, what, wf_json_string(value));
    *out = &r->graph->crates[found - r->graph->crates];
    return true;
}

/* cargo writes null for a normal dependency. */
static bool
read_kinds(struct reading *r, struct wf_crate_dependency *edge,
           const struct wf_json *list)
{
    static const char what[] = "a dependency's kind";
    const struct wf_json *i = list == NULL ? NULL : wf_json_first(list);

    edge->normal = list == NULL;
    for (; i != NULL; i = wf_json_next(i)) {
        const char *kind = NULL;

        if (!wf_cargo_is(i, WF_JSON_OBJECT, "dep_kinds", "a dependency", r->err) ||
            !wf_cargo_may_string(&kind, i, "kind", what, r->err))
            return false;
        edge->normal |= kind == NULL || strcmp(kind, "normal") == 0;
        edge->build |= kind != NULL && strcmp(kind, "build") == 0;
        edge->dev |= kind != NULL && strcmp(kind, "dev") == 0;
    }
    return true;
}

static bool
read_edge(struct reading *r, struct wf_crate_dependency *edge, const struct wf_json *json)
{
    static const char what[] = "a dependency";
    const struct wf_json *pkg = NULL;
    const struct wf_json *kinds = NULL;
    struct wf_crate *crate = NULL;

    if (!wf_cargo_is(json, WF_JSON_OBJECT, "deps", "a node", r->err) ||
        !wf_cargo_want(&pkg, json, "pkg", WF_JSON_STRING, what, r->err) ||
        !named_crate(r, &crate, pkg, "pkg", what) ||
        !wf_cargo_may(&kinds, json, "dep_kinds", WF_JSON_ARRAY, what, r->err))
        return false;
    edge->crate = crate;
    return read_kinds(r, edge, kinds);
}

static bool
read_node(struct reading *r, const struct wf_json *json)
{
    static const char what[] = "a node";
    const struct wf_json *id = NULL;
    const struct wf_json *deps = NULL;
    struct wf_crate *crate = NULL;

    if (!wf_cargo_is(json, WF_JSON_OBJECT, "nodes", "the resolve", r->err) ||
        !wf_cargo_want(&id, json, "id", WF_JSON_STRING, what, r->err) ||
        !named_crate(r, &crate, id, "id", what) ||
        !wf_cargo_want(&deps, json, "deps", WF_JSON_ARRAY, what, r->err) ||
        !wf_cargo_may_strings(&crate->features, r->arena, json, "features", what, r->err))
        return false;
    crate->num_dependencies = 0; /* of nodes of one crate the last counts */
    crate->dependencies =
        wf_arena_array(r->arena, count(deps), sizeof *crate->dependencies);
    for (const struct wf_json *i = wf_json_first(deps); i != NULL; i = wf_json_next(i))
        if (!read_edge(r, &crate->dependencies[crate->num_dependencies++], i))
            return false;
    return true;
}

static bool
read_members(struct reading *r)
{
    const struct wf_json *list = NULL;

    if (!wf_cargo_want(&list, r->root, "workspace_members", WF_JSON_ARRAY, "the answer",
                       r->err))
        return false;
    for (const struct wf_json *i = wf_json_first(list); i != NULL; i = wf_json_next(i)) {
        struct wf_crate *crate = NULL;

        if (!named_crate(r, &crate, i, "workspace_members", "the answer"))
            return false;
        r->graph->num_members += crate->is_member ? 0 : 1;
        crate->is_member = true;
    }
    return true;
}

static bool
read_resolve(struct reading *r, const char *manifest)
{
    static const char what[] = "the resolve";
    const struct wf_json *resolve = NULL;
    const struct wf_json *nodes = NULL;
    const struct wf_json *root = NULL;
    struct wf_crate *crate = NULL;

    if (!wf_cargo_want(&resolve, r->root, "resolve", WF_JSON_OBJECT, "the answer",
                       r->err) ||
        !wf_cargo_want(&nodes, resolve, "nodes", WF_JSON_ARRAY, what, r->err) ||
        !wf_cargo_may(&root, resolve, "root", WF_JSON_STRING, what, r->err))
        return false;
    for (const struct wf_json *i = wf_json_first(nodes); i != NULL; i = wf_json_next(i))
        if (!read_node(r, i))
            return false;
    if (root == NULL)
        return wf_error_set(
            r->err, WF_ERR_UNSUPPORTED,
            "%s is a virtual manifest: it has no package of its own; name "
            "the Cargo.toml of one of the workspace's members with "
            "--manifest-path",
            manifest);
    if (!named_crate(r, &crate, root, "root", what))
        return false;
    r->graph->root = crate;
    return true;
}

static bool
read_graph(struct reading *r, const char *manifest)
{
    static const char what[] = "the answer";

    if (wf_json_kind(r->root) != WF_JSON_OBJECT)
        return wf_error_at(r->err, WF_ERR_MALFORMED, wf_json_offset(r->root),
                           "cargo's JSON is no object");
    return wf_cargo_want_string(&r->graph->workspace_root, r->root, "workspace_root",
                                what, r->err) &&
           wf_cargo_want_string(&r->graph->target_dir, r->root, "target_directory", what,
                                r->err) &&
           read_crates(r) && read_members(r) && read_resolve(r, manifest);
}

bool
wf_cargo_graph_parse(struct wf_cargo_graph *out, struct wf_arena *arena,
                     struct wf_bytes json, const char *manifest, struct wf_error *err)
{
    struct wf_cargo_graph graph = { 0 };

    if (!wf_json_parse_large(&graph.json, json, MOST_MARKS, err))
        return wf_error_prefix(err, "`cargo metadata`");
    struct reading r = {
        .arena = arena, .graph = &graph, .root = graph.json, .err = err
    };

    if (!read_graph(&r, manifest)) {
        wf_cargo_graph_end(&graph);
        return wf_error_prefix(err, "`cargo metadata`");
    }
    *out = graph;
    return true;
}

void
wf_cargo_graph_end(struct wf_cargo_graph *graph)
{
    wf_json_free(graph->json);
    *graph = (struct wf_cargo_graph){ 0 };
}

/* Every crate is looked at once, from a list of those whose dependencies are still to be
 * looked at: neither circles (by dev-dependencies) nor depth matter. */
const bool *
wf_crate_reached(struct wf_arena *arena, const struct wf_cargo_graph *graph,
                 const struct wf_crate *from)
{
    bool *reached = wf_arena_array(arena, graph->num_crates, sizeof *reached);
    const struct wf_crate **open =
        wf_arena_array(arena, graph->num_crates + 1, sizeof *open);
    size_t num = 0;

    open[num++] = from;
    while (num > 0) {
        const struct wf_crate *crate = open[--num];

        for (size_t i = 0; i < crate->num_dependencies; i++) {
            const struct wf_crate *next = crate->dependencies[i].crate;

            if (reached[next - graph->crates])
                continue;
            reached[next - graph->crates] = true;
            open[num++] = next;
        }
    }
    return reached;
}

const struct wf_crate *
wf_crate_reaches(const struct wf_cargo_graph *graph, const struct wf_crate *from,
                 const char *name)
{
    struct wf_arena scratch = { 0 };
    const bool *reached = wf_crate_reached(&scratch, graph, from);
    const struct wf_crate *found = NULL;

    for (size_t i = 0; i < graph->num_crates && found == NULL; i++)
        if (reached[i] && strcmp(graph->crates[i].name, name) == 0)
            found = &graph->crates[i];
    wf_arena_clear(&scratch);
    return found;
}
