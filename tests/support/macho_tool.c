/* macho_tool.c -- edits one Mach-O file as the command line says, or tells what its header
 * has room for; for the proofs over made and real files.
 *
 *   macho_tool edit IN OUT [EDIT]...
 *   macho_tool room FILE...
 *
 * An EDIT holds for every slice in which what it names exists:
 *   --id NAME  --change OLD NEW  --delete-rpath PATH  --add-rpath PATH  --reclaim N
 *   --sign IDENTIFIER  --drop-signature  --strip debug|local
 * `room` prints a line per slice: file, slice, type, room in bytes, whether it has a
 * signature, why it cannot be signed or -, and what each command that nothing needs would
 * give, as WHAT=BYTES. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "object/macho_edit.h"
#include "object/object.h"

enum { MOST = 1 << 30, MOST_EDITS = 64 };

struct request {
    const char *id;
    const char *from[MOST_EDITS];
    const char *to[MOST_EDITS];
    size_t num_changes;
    const char *dropped[MOST_EDITS];
    size_t num_dropped;
    const char *added[MOST_EDITS];
    size_t num_added;
    size_t num_reclaimed;
    enum wf_macho_sign sign;
    const char *identifier;
    enum wf_macho_strip strip;
};

static bool
read_whole(struct wf_buffer *out, const char *path)
{
    static uint8_t piece[1 << 16];
    FILE *file = fopen(path, "rb");
    size_t len;

    if (file == NULL)
        return false;
    while ((len = fread(piece, 1, sizeof piece, file)) > 0)
        wf_buffer_add(out, piece, len);
    const bool ok = ferror(file) == 0 && !out->over;

    return fclose(file) == 0 && ok;
}

static bool
write_whole(const char *path, const struct wf_buffer *in)
{
    FILE *file = fopen(path, "wb");

    if (file == NULL)
        return false;
    const bool ok = in->len == 0 || fwrite(in->data, 1, in->len, file) == in->len;

    return fclose(file) == 0 && ok;
}

static void
plan_names(struct wf_macho_slice_edit *edit, struct wf_arena *arena,
           const struct wf_object *slice, const struct request *request)
{
    struct wf_macho_rename *renames =
        wf_arena_array(arena, slice->num_needed + 1, sizeof *renames);
    uint32_t *dropped = wf_arena_array(arena, slice->num_rpaths + 1, sizeof *dropped);

    for (size_t i = 0; i < slice->num_needed; i++)
        for (size_t k = 0; k < request->num_changes; k++)
            if (strcmp(slice->needed[i], request->from[k]) == 0) {
                renames[edit->num_renames++] =
                    (struct wf_macho_rename){ (uint32_t)i, request->to[k] };
                break;
            }
    for (size_t i = 0; i < slice->num_rpaths; i++)
        for (size_t k = 0; k < request->num_dropped; k++)
            if (strcmp(slice->rpaths[i], request->dropped[k]) == 0) {
                dropped[edit->num_dropped_rpaths++] = (uint32_t)i;
                break;
            }
    edit->renames = renames;
    edit->dropped_rpaths = dropped;
}

static void
plan_slice(struct wf_macho_slice_edit *edit, struct wf_arena *arena,
           const struct wf_object *slice, const struct request *request)
{
    *edit = (struct wf_macho_slice_edit){ 0 };
    if (slice->kind == WF_KIND_ARCHIVE)
        return;
    plan_names(edit, arena, slice, request);
    edit->id = slice->soname == NULL ? NULL : request->id;
    edit->added_rpaths = request->added;
    edit->num_added_rpaths = request->num_added;
    edit->num_reclaimed = request->num_reclaimed < slice->macho->num_reclaims
                              ? request->num_reclaimed
                              : slice->macho->num_reclaims;
    edit->sign = request->sign;
    edit->identifier = request->identifier;
}

static bool
apply(struct wf_buffer *out, struct wf_arena *arena, struct wf_bytes file,
      const struct request *request, struct wf_error *err)
{
    const struct wf_limits limits = wf_limits_standard();
    struct wf_object_file facts = { 0 };
    struct wf_macho_edited edited;

    if (!wf_object_read(&facts, arena, "x.dylib", file, &limits, err))
        return false;
    struct wf_macho_slice_edit *edits =
        wf_arena_array(arena, facts.num_objects, sizeof *edits);
    const struct wf_macho_edit edit = { .slices = edits,
                                        .num_slices = facts.num_objects,
                                        .strip = request->strip };

    for (size_t i = 0; i < facts.num_objects; i++)
        plan_slice(&edits[i], arena, &facts.objects[i], request);
    if (!wf_macho_apply_edit(out, &edited, arena, file, &edit, err))
        return false;
    wf_macho_finish_edit(out, &edited);
    return true;
}

static void
print_slice(const char *path, const struct wf_object *slice)
{
    static const struct wf_macho_slice_edit nothing = { 0 };
    const struct wf_macho *macho = slice->macho;

    if (slice->kind == WF_KIND_ARCHIVE)
        return;
    printf("%s\t%s\t%u\t%" PRId64 "\t%s\t%s", path, slice->arch_name, macho->file_type,
           wf_macho_room(slice, &nothing), macho->has_signature ? "signed" : "unsigned",
           macho->why_not_signable == NULL ? "-" : macho->why_not_signable);
    for (size_t i = 0; i < macho->num_reclaims; i++)
        printf("\t%s=%u", macho->reclaims[i].what, macho->reclaims[i].bytes);
    printf("\n");
}

static bool
print_room(const char *path, struct wf_bytes file, struct wf_error *err)
{
    const struct wf_limits limits = wf_limits_standard();
    struct wf_arena arena = { 0 };
    struct wf_object_file facts = { 0 };
    const bool ok = wf_object_recognise(file) != WF_FORMAT_MACHO ||
                    wf_object_read(&facts, &arena, path, file, &limits, err);

    for (size_t i = 0; ok && i < facts.num_objects; i++)
        print_slice(path, &facts.objects[i]);
    wf_arena_clear(&arena);
    return ok;
}

static int
room(char **paths)
{
    int status = 0;

    for (; *paths != NULL; paths++) {
        struct wf_buffer file;
        struct wf_error err = { 0 };

        wf_buffer_init(&file, MOST);
        if (!read_whole(&file, *paths) ||
            !print_room(*paths, wf_buffer_bytes(&file), &err)) {
            fprintf(stderr, "macho_tool: %s: %s\n", *paths,
                    err.text[0] != '\0' ? err.text : "cannot be read");
            status = 1;
        }
        wf_buffer_clear(&file);
    }
    return status;
}

/* One edit and its operands; returns how many words it took, 0 when it is none. */
static int
take_edit(struct request *request, char **words)
{
    const char *word = words[0];
    const char *operand = words[1];

    if (strcmp(word, "--drop-signature") == 0) {
        request->sign = WF_MACHO_SIGN_DROP;
        return 1;
    }
    if (operand == NULL)
        return 0;
    if (strcmp(word, "--id") == 0) {
        request->id = operand;
    } else if (strcmp(word, "--delete-rpath") == 0 && request->num_dropped < MOST_EDITS) {
        request->dropped[request->num_dropped++] = operand;
    } else if (strcmp(word, "--add-rpath") == 0 && request->num_added < MOST_EDITS) {
        request->added[request->num_added++] = operand;
    } else if (strcmp(word, "--reclaim") == 0) {
        request->num_reclaimed = strtoul(operand, NULL, 10);
    } else if (strcmp(word, "--strip") == 0) {
        request->strip =
            strcmp(operand, "debug") == 0 ? WF_MACHO_STRIP_DEBUG : WF_MACHO_STRIP_LOCAL;
    } else if (strcmp(word, "--sign") == 0) {
        request->sign = WF_MACHO_SIGN;
        request->identifier = operand;
    } else if (strcmp(word, "--change") == 0 && words[2] != NULL &&
               request->num_changes < MOST_EDITS) {
        request->from[request->num_changes] = operand;
        request->to[request->num_changes++] = words[2];
        return 3;
    } else {
        return 0;
    }
    return 2;
}

static int
edit(char **words)
{
    static struct request request;
    struct wf_arena arena = { 0 };
    struct wf_buffer file, out;
    struct wf_error err = { 0 };
    bool ok = true;

    for (char **word = words + 2; ok && *word != NULL;) {
        const int taken = take_edit(&request, word);

        ok = taken > 0;
        word += taken;
    }
    if (!ok)
        return 2;
    wf_buffer_init(&file, MOST);
    wf_buffer_init(&out, MOST);
    ok = read_whole(&file, words[0]) &&
         apply(&out, &arena, wf_buffer_bytes(&file), &request, &err) &&
         write_whole(words[1], &out);
    if (!ok)
        fprintf(stderr, "macho_tool: %s: %s\n", words[0],
                err.text[0] != '\0' ? err.text : "cannot be read or written");
    wf_buffer_clear(&file);
    wf_buffer_clear(&out);
    wf_arena_clear(&arena);
    return !ok;
}

int
main(int argc, char **argv)
{
    int status = 2;

    if (argc >= 4 && strcmp(argv[1], "edit") == 0)
        status = edit(argv + 2);
    else if (argc >= 3 && strcmp(argv[1], "room") == 0)
        status = room(argv + 2);
    if (status == 2)
        fprintf(stderr, "usage: macho_tool edit IN OUT [EDIT]... | room FILE...\n");
    return status;
}
