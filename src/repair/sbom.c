/* sbom.c -- a CycloneDX 1.6 document (ECMA-424) about what was grafted (see sbom.h). */
#include "repair/sbom.h"

#include <stdlib.h>
#include <string.h>

#include "base/json_keys.h"
#include "base/purl.h"
#include "base/text.h"

const char wf_sbom_path[] = "sboms/wheelfix.cdx.json";

static int
by_path(const void *a, const void *b)
{
    const struct wf_sbom_part *const *left = a;
    const struct wf_sbom_part *const *right = b;

    return strcmp((*left)->path, (*right)->path);
}

static const struct wf_sbom_part **
sorted_parts(struct wf_arena *arena, const struct wf_sbom *sbom)
{
    const struct wf_sbom_part **parts =
        wf_arena_array(arena, sbom->num_parts, sizeof *parts);

    for (size_t i = 0; i < sbom->num_parts; i++)
        parts[i] = &sbom->parts[i];
    if (sbom->num_parts > 1)
        qsort(parts, sbom->num_parts, sizeof *parts, by_path);
    return parts;
}

/* Names of packages of this type are in lower case, with '-' for '_'. */
static const char *
wheel_purl(struct wf_arena *arena, const struct wf_sbom *sbom)
{
    char *name = wf_arena_strdup(arena, sbom->name);
    const struct wf_purl_qualifier file = { "file_name", sbom->wheel };

    for (char *c = name; *c != '\0'; c++) {
        if (*c == '_')
            *c = '-';
        else if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c + ('a' - 'A'));
    }
    return wf_purl_write(arena, &(struct wf_purl){ .type = "pypi",
                                                   .name = name,
                                                   .version = sbom->version,
                                                   .qualifiers = &file,
                                                   .num_qualifiers = 1 });
}

static void
write_metadata(struct wf_json_writer *w, const struct wf_sbom *sbom, const char *purl)
{
    wf_key_object(w, "metadata");
    wf_key_object(w, "tools");
    wf_key_array(w, "components");
    wf_json_begin_object(w);
    wf_key_string(w, "type", "application");
    wf_key_string(w, "name", "wheelfix");
    wf_key_string(w, "version", sbom->tool_version);
    wf_json_end_object(w);
    wf_json_end_array(w);
    wf_json_end_object(w);
    wf_key_object(w, "component");
    wf_key_string(w, "type", "library");
    wf_key_string(w, "bom-ref", purl);
    wf_key_string(w, "name", sbom->name);
    wf_key_string(w, "version", sbom->version);
    wf_key_string(w, "purl", purl);
    wf_json_end_object(w);
    wf_json_end_object(w);
}

static void
write_hash(struct wf_json_writer *w, const struct wf_sbom_part *part)
{
    char hex[WF_SHA256_HEX + 1];

    wf_sha256_hex(hex, part->sha256);
    wf_key_array(w, "hashes");
    wf_json_begin_object(w);
    wf_key_string(w, "alg", "SHA-256");
    wf_key_string(w, "content", hex);
    wf_json_end_object(w);
    wf_json_end_array(w);
}

/* By name, never by SPDX identifier: package databases state licences in words of their
 * own (Debian's "GPL-2+"), and no identifier may stand there that SPDX does not list. */
static void
write_licence(struct wf_json_writer *w, const struct wf_package *package)
{
    if (package == NULL || package->licence == NULL)
        return;
    wf_key_array(w, "licenses");
    wf_json_begin_object(w);
    wf_key_object(w, "license");
    wf_key_string(w, "name", package->licence);
    wf_key_string(w, "acknowledgement", "declared");
    wf_json_end_object(w);
    wf_json_end_object(w);
    wf_json_end_array(w);
}

static void
write_places(struct wf_json_writer *w, const struct wf_sbom_part *part)
{
    wf_key_object(w, "evidence");
    wf_key_array(w, "occurrences");
    wf_json_begin_object(w);
    wf_key_string(w, "location", part->path);
    wf_json_end_object(w);
    wf_json_end_array(w);
    wf_json_end_object(w);
    wf_key_array(w, "properties");
    wf_json_begin_object(w);
    wf_key_string(w, "name", "wheelfix:source_name");
    wf_key_string(w, "value", part->source_name);
    wf_json_end_object(w);
    wf_json_end_array(w);
}

static void
write_component(struct wf_json_writer *w, const struct wf_sbom_part *part)
{
    const struct wf_package *package = part->package;

    wf_json_begin_object(w);
    wf_key_string(w, "type", "library");
    wf_key_string(w, "bom-ref", part->path);
    wf_key_string(w, "name", package != NULL ? package->name : part->source_name);
    if (package != NULL)
        wf_key_string(w, "version", package->version);
    write_hash(w, part);
    write_licence(w, package);
    if (package != NULL)
        wf_key_string(w, "purl", package->purl);
    write_places(w, part);
    wf_json_end_object(w);
}

static void
write_dependencies(struct wf_json_writer *w, const struct wf_sbom_part *const *parts,
                   size_t num, const char *wheel)
{
    wf_key_array(w, "dependencies");
    wf_json_begin_object(w);
    wf_key_string(w, "ref", wheel);
    wf_key_array(w, "dependsOn");
    for (size_t i = 0; i < num; i++)
        wf_json_write_string(w, parts[i]->path);
    wf_json_end_array(w);
    wf_json_end_object(w);
    for (size_t i = 0; i < num; i++) {
        wf_json_begin_object(w);
        wf_key_string(w, "ref", parts[i]->path);
        wf_json_end_object(w);
    }
    wf_json_end_array(w);
}

void
wf_sbom_write(struct wf_buffer *out, const struct wf_sbom *sbom)
{
    struct wf_arena arena = { 0 };
    struct wf_json_writer w = { .out = out, .indent = 2 };
    const struct wf_sbom_part **parts = sorted_parts(&arena, sbom);
    const char *wheel = wheel_purl(&arena, sbom);

    wf_json_begin_object(&w);
    wf_key_string(&w, "bomFormat", "CycloneDX");
    wf_key_string(&w, "specVersion", "1.6");
    wf_json_write_key(&w, "version");
    wf_json_write_u64(&w, 1);
    write_metadata(&w, sbom, wheel);
    wf_key_array(&w, "components");
    for (size_t i = 0; i < sbom->num_parts; i++)
        write_component(&w, parts[i]);
    wf_json_end_array(&w);
    write_dependencies(&w, parts, sbom->num_parts, wheel);
    wf_json_end_object(&w);
    wf_buffer_add_char(out, '\n');
    wf_arena_clear(&arena);
}
