/* pe_tool.c -- edits one PE file as the command line says; for the proofs over made and real
 * files.
 *
 *   pe_tool edit IN OUT [--change OLD NEW]... [--name NAME] [--clear-load-flags]
 *   pe_tool strip IN OUT
 *
 * `edit` prints where room was found, whether a certificate went, and how many bytes the
 * file grew by. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "object/pe_edit.h"

enum { MOST = 1 << 30, MOST_RENAMES = 64 };

struct request {
    struct wf_pe_rename renames[MOST_RENAMES];
    struct wf_pe_edit edit;
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

/* One edit and its operands; how many words it took, 0 when it is none. */
static int
take_edit(struct request *request, char **words)
{
    struct wf_pe_edit *edit = &request->edit;

    if (strcmp(words[0], "--clear-load-flags") == 0) {
        edit->clear_load_flags = true;
        return 1;
    }
    if (words[1] == NULL)
        return 0;
    if (strcmp(words[0], "--name") == 0) {
        edit->export_name = words[1];
        return 2;
    }
    if (strcmp(words[0], "--change") != 0 || words[2] == NULL ||
        edit->num_renames == MOST_RENAMES)
        return 0;
    request->renames[edit->num_renames++] = (struct wf_pe_rename){ words[1], words[2] };
    edit->renames = request->renames;
    return 3;
}

static bool
take_edits(struct request *request, char **words)
{
    while (*words != NULL) {
        const int taken = take_edit(request, words);

        if (taken == 0)
            return false;
        words += taken;
    }
    return true;
}

static bool
apply(struct wf_buffer *out, struct wf_bytes file, const struct request *request,
      struct wf_error *err)
{
    struct wf_pe_edited edited;

    if (request == NULL)
        return wf_pe_strip(out, file, err);
    if (!wf_pe_apply_edit(out, &edited, file, &request->edit, err))
        return false;
    printf("%s\t%s\t%" PRIu64 "\n", wf_pe_room_name(edited.room),
           edited.lost_certificate ? "lost-certificate" : "-", edited.growth);
    return true;
}

static int
run(const char *in, const char *to, const struct request *request)
{
    struct wf_buffer file;
    struct wf_buffer out;
    struct wf_error err = { 0 };

    wf_buffer_init(&file, MOST);
    wf_buffer_init(&out, MOST);
    const bool ok = read_whole(&file, in) &&
                    apply(&out, wf_buffer_bytes(&file), request, &err) &&
                    write_whole(to, &out);

    if (!ok)
        fprintf(stderr, "pe_tool: %s: %s\n", in,
                err.text[0] != '\0' ? err.text : "cannot be read or written");
    wf_buffer_clear(&file);
    wf_buffer_clear(&out);
    return !ok;
}

int
main(int argc, char **argv)
{
    static struct request request;

    if (argc >= 4 && strcmp(argv[1], "edit") == 0 && take_edits(&request, argv + 4))
        return run(argv[2], argv[3], &request);
    if (argc == 4 && strcmp(argv[1], "strip") == 0)
        return run(argv[2], argv[3], NULL);
    fprintf(stderr, "usage: pe_tool edit IN OUT [--change OLD NEW]... [--name NAME] "
                    "[--clear-load-flags] | strip IN OUT\n");
    return 2;
}
