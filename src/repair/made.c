/* made.c -- what wheels of one run have in common (see made.h). */
#include "repair/made.h"

#include <string.h>

enum { MOST_FILES = 64 };

struct wf_made_file {
    struct wf_file file;
    struct wf_made_file *next;
};

void
wf_made_table_clear(struct wf_made_table *table)
{
    for (struct wf_made_file *file = table->files; file != NULL; file = file->next)
        wf_file_close(&file->file);
    wf_arena_clear(&table->arena);
    *table = (struct wf_made_table){ 0 };
}

/* Length first, so that no two lists of texts look alike. */
static void
add_text(struct wf_sha256 *sha, const char *text)
{
    const uint64_t len = text == NULL ? UINT64_MAX : strlen(text);

    wf_sha256_add(sha, wf_bytes_of(&len, sizeof len));
    if (text != NULL)
        wf_sha256_add(sha, wf_bytes_str(text));
}

static void
add_number(struct wf_sha256 *sha, uint64_t number)
{
    wf_sha256_add(sha, wf_bytes_of(&number, sizeof number));
}

static void
add_slice(struct wf_sha256 *sha, const struct wf_macho_slice_edit *edit)
{
    add_text(sha, edit->id);
    add_number(sha, edit->num_renames);
    for (size_t i = 0; i < edit->num_renames; i++) {
        add_number(sha, edit->renames[i].index);
        add_text(sha, edit->renames[i].to);
    }
    add_number(sha, edit->num_dropped_rpaths);
    for (size_t i = 0; i < edit->num_dropped_rpaths; i++)
        add_number(sha, edit->dropped_rpaths[i]);
    add_number(sha, edit->num_added_rpaths);
    for (size_t i = 0; i < edit->num_added_rpaths; i++)
        add_text(sha, edit->added_rpaths[i]);
    add_number(sha, edit->num_reclaimed);
    add_number(sha, edit->sign);
    add_text(sha, edit->identifier);
}

static void
add_macho(struct wf_sha256 *sha, const struct wf_macho_edit *edit)
{
    add_number(sha, edit->strip);
    add_number(sha, edit->num_slices);
    for (size_t i = 0; i < edit->num_slices; i++)
        add_slice(sha, &edit->slices[i]);
}

static void
add_pe(struct wf_sha256 *sha, const struct wf_pe_edit *edit)
{
    add_text(sha, edit->export_name);
    add_number(sha, edit->clear_load_flags);
    add_number(sha, edit->num_renames);
    for (size_t i = 0; i < edit->num_renames; i++) {
        add_text(sha, edit->renames[i].from);
        add_text(sha, edit->renames[i].to);
    }
}

static void
add_change(struct wf_sha256 *sha, const struct wf_plan_edit *change)
{
    const struct wf_elf_edit *edit = &change->edit;

    add_number(sha, change->macho != NULL);
    if (change->macho != NULL)
        add_macho(sha, change->macho);
    add_number(sha, change->pe != NULL);
    if (change->pe != NULL)
        add_pe(sha, change->pe);
    add_text(sha, edit->soname);
    add_number(sha, edit->num_needed);
    for (size_t i = 0; i < edit->num_needed; i++) {
        add_text(sha, edit->needed[i].from);
        add_text(sha, edit->needed[i].to);
    }
    add_number(sha, edit->num_added);
    for (size_t i = 0; i < edit->num_added; i++)
        add_text(sha, edit->added[i]);
    add_number(sha, edit->search);
    add_text(sha, edit->search_path);
    add_number(sha, edit->clear_exec_stack);
    add_number(sha, change->strip);
}

void
wf_made_key(uint8_t key[WF_SHA256_LEN], struct wf_sha256 *sha,
            const uint8_t source[WF_SHA256_LEN], const char *base_name,
            const struct wf_plan_edit *change, const struct wf_repair_options *options)
{
    wf_sha256_start(sha);
    wf_sha256_add(sha, wf_bytes_of(source, WF_SHA256_LEN));
    add_text(sha, base_name);
    add_number(sha, change != NULL);
    if (change != NULL)
        add_change(sha, change);
    add_number(sha, options->strip);
    add_text(sha, options->debug_dir);
    add_number(sha, (uint64_t)options->level);
    wf_sha256_end(sha, key);
}

const struct wf_made *
wf_made_find(const struct wf_made_table *table, const uint8_t key[WF_SHA256_LEN])
{
    const struct wf_made *made = table->buckets[key[0]];

    while (made != NULL && memcmp(made->key, key, WF_SHA256_LEN) != 0)
        made = made->next;
    return made;
}

const struct wf_file *
wf_made_keep_file(struct wf_made_table *table, const struct wf_file *file)
{
    if (table->num_files == MOST_FILES)
        return NULL;
    struct wf_made_file *kept = wf_arena_alloc(&table->arena, sizeof *kept);

    if (!wf_file_duplicate(&kept->file, file, NULL))
        return NULL;
    kept->next = table->files;
    table->files = kept;
    table->num_files++;
    return &kept->file;
}

void
wf_made_add(struct wf_made_table *table, const struct wf_made *made)
{
    struct wf_made *copy = wf_arena_alloc(&table->arena, sizeof *copy);

    *copy = *made;
    copy->facts.objects = wf_arena_array(&table->arena, made->facts.num_objects,
                                         sizeof *copy->facts.objects);
    for (size_t i = 0; i < made->facts.num_objects; i++)
        wf_object_copy(&copy->facts.objects[i], &table->arena, &made->facts.objects[i],
                       made->facts.objects[i].path);
    copy->next = table->buckets[made->key[0]];
    table->buckets[made->key[0]] = copy;
}
