/* cargo_builder.c -- see cargo_builder.h. */
#include "cargo_builder.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"

enum { LONGEST_ID = 256 };

static const char *
version_of(const struct cargo_crate *crate)
{
    return crate->version == NULL ? "0.1.0" : crate->version;
}

static void
write_id(struct wf_json_writer *w, const struct cargo_crate *crate)
{
    char id[LONGEST_ID];

    snprintf(id, sizeof id, "%s#%s@%s",
             crate->is_member ? "path+file:///w" : "registry+https://index", crate->name,
             version_of(crate));
    wf_json_write_string(w, id);
}

/* The words of a text that `separator` divides, as an array of strings. */
static void
write_words(struct wf_json_writer *w, const char *text, char separator)
{
    const char ends[] = { separator, '\0' };

    wf_json_begin_array(w);
    for (text = text == NULL ? "" : text; *text != '\0';) {
        const size_t len = strcspn(text, ends);
        char word[LONGEST_ID];

        snprintf(word, sizeof word, "%.*s", (int)len, text);
        wf_json_write_string(w, word);
        text += len + (text[len] != '\0');
    }
    wf_json_end_array(w);
}

static void
write_target(struct wf_json_writer *w, const char *spec, size_t len)
{
    char parts[4][LONGEST_ID] = { "", "", "", "" };

    for (size_t part = 0, used = 0; len > 0 && part < 4; spec++, len--) {
        if (*spec == ':') {
            part++;
            used = 0;
        } else {
            parts[part][used++] = *spec;
        }
    }
    wf_json_begin_object(w);
    wf_json_write_key(w, "kind");
    write_words(w, parts[0], ',');
    wf_json_write_key(w, "crate_types");
    write_words(w, parts[2][0] == '\0' ? parts[0] : parts[2], ',');
    wf_json_write_key(w, "name");
    wf_json_write_string(w, parts[1]);
    wf_json_write_key(w, "src_path");
    wf_json_write_string(w, "/w/src/lib.rs");
    if (parts[3][0] != '\0') {
        wf_json_write_key(w, "required-features");
        write_words(w, parts[3], ',');
    }
    wf_json_end_object(w);
}

static void
write_targets(struct wf_json_writer *w, const char *targets)
{
    wf_json_begin_array(w);
    for (targets = targets == NULL ? "" : targets; *targets != '\0';) {
        const size_t len = strcspn(targets, " ");

        write_target(w, targets, len);
        targets += len + (targets[len] != '\0');
    }
    wf_json_end_array(w);
}

static void
write_package(struct wf_json_writer *w, const struct cargo_crate *crate)
{
    char manifest[LONGEST_ID];

    snprintf(manifest, sizeof manifest, "/w/%s/Cargo.toml", crate->name);
    wf_json_begin_object(w);
    wf_json_write_key(w, "name");
    wf_json_write_string(w, crate->name);
    wf_json_write_key(w, "version");
    wf_json_write_string(w, version_of(crate));
    wf_json_write_key(w, "id");
    write_id(w, crate);
    wf_json_write_key(w, "license");
    wf_json_write_null(w);
    wf_json_write_key(w, "manifest_path");
    wf_json_write_string(w, manifest);
    wf_json_write_key(w, "targets");
    write_targets(w, crate->targets);
    wf_json_write_key(w, "metadata");
    if (crate->metadata == NULL)
        wf_json_write_null(w);
    else
        wf_json_write_written(w, wf_bytes_str(crate->metadata));
    wf_json_end_object(w);
}

static bool
is_called(const struct cargo_crate *crate, const char *dep, size_t len)
{
    char name[LONGEST_ID];

    snprintf(name, sizeof name, "%s@%s", crate->name, version_of(crate));
    return (strlen(crate->name) == len && memcmp(crate->name, dep, len) == 0) ||
           (strlen(name) == len && memcmp(name, dep, len) == 0);
}

static void
write_deps(struct wf_json_writer *w, const struct cargo_crate *crates, const char *deps)
{
    wf_json_begin_array(w);
    for (deps = deps == NULL ? "" : deps; *deps != '\0';) {
        const size_t len = strcspn(deps, " ");
        const struct cargo_crate *crate = crates;

        while (!is_called(crate, deps, len))
            crate++;
        wf_json_begin_object(w);
        wf_json_write_key(w, "name");
        wf_json_write_string(w, crate->name);
        wf_json_write_key(w, "pkg");
        write_id(w, crate);
        wf_json_end_object(w);
        deps += len + (deps[len] != '\0');
    }
    wf_json_end_array(w);
}

static void
write_nodes(struct wf_json_writer *w, const struct cargo_crate *crates)
{
    wf_json_begin_array(w);
    for (const struct cargo_crate *crate = crates; crate->name != NULL; crate++) {
        wf_json_begin_object(w);
        wf_json_write_key(w, "id");
        write_id(w, crate);
        wf_json_write_key(w, "deps");
        write_deps(w, crates, crate->deps);
        wf_json_write_key(w, "features");
        write_words(w, crate->features, ',');
        wf_json_end_object(w);
    }
    wf_json_end_array(w);
}

void
cargo_metadata_write(struct wf_buffer *out, const struct cargo_crate *crates)
{
    struct wf_json_writer w = { .out = out };

    wf_json_begin_object(&w);
    wf_json_write_key(&w, "packages");
    wf_json_begin_array(&w);
    for (const struct cargo_crate *crate = crates; crate->name != NULL; crate++)
        write_package(&w, crate);
    wf_json_end_array(&w);
    wf_json_write_key(&w, "workspace_members");
    wf_json_begin_array(&w);
    for (const struct cargo_crate *crate = crates; crate->name != NULL; crate++)
        if (crate->is_member)
            write_id(&w, crate);
    wf_json_end_array(&w);
    wf_json_write_key(&w, "resolve");
    wf_json_begin_object(&w);
    wf_json_write_key(&w, "nodes");
    write_nodes(&w, crates);
    wf_json_write_key(&w, "root");
    write_id(&w, &crates[0]);
    wf_json_end_object(&w);
    wf_json_write_key(&w, "target_directory");
    wf_json_write_string(&w, "/w/target");
    wf_json_write_key(&w, "workspace_root");
    wf_json_write_string(&w, "/w");
    wf_json_end_object(&w);
}
