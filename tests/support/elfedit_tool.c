/* elfedit_tool.c -- applies one edit to a file, for the proof over real libraries.
 *
 *   elfedit_tool [--soname NAME] [--rename OLD NEW]... [--remove NAME]... [--add NAME]...
 *                [--rpath PATH | --runpath PATH | --no-rpath] [--clear-exec-stack] IN OUT
 *
 * Prints the room that was used, "moved" when the dynamic section moved, and the growth.
 * Status 1: refused; 2: anything else went wrong. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "object/elf_edit.h"
#include "object/object.h"

enum { MOST = 1024 };

struct request {
    struct wf_elf_edit edit;
    struct wf_elf_rename needed[MOST];
    const char *added[MOST];
    const char *in;
    const char *out;
};

static void
usage(void)
{
    fputs("usage: elfedit_tool [edits] IN OUT\n", stderr);
    exit(2);
}

static const char *
next_word(char ***words)
{
    if (**words == NULL)
        usage();
    return *(*words)++;
}

static void
add_rename(struct request *r, const char *from, const char *to)
{
    if (r->edit.num_needed == MOST)
        usage();
    r->needed[r->edit.num_needed++] = (struct wf_elf_rename){ from, to };
}

static void
set_search(struct request *r, enum wf_elf_search search, const char *path)
{
    r->edit.search = search;
    r->edit.search_path = path;
}

static void
parse(struct request *r, char **words)
{
    r->edit.needed = r->needed;
    r->edit.added = r->added;
    while (*words != NULL && strncmp(*words, "--", 2) == 0) {
        const char *option = next_word(&words);

        if (strcmp(option, "--soname") == 0)
            r->edit.soname = next_word(&words);
        else if (strcmp(option, "--rename") == 0) {
            const char *from = next_word(&words);

            add_rename(r, from, next_word(&words));
        } else if (strcmp(option, "--remove") == 0)
            add_rename(r, next_word(&words), NULL);
        else if (strcmp(option, "--add") == 0 && r->edit.num_added < MOST)
            r->added[r->edit.num_added++] = next_word(&words);
        else if (strcmp(option, "--rpath") == 0)
            set_search(r, WF_ELF_SEARCH_RPATH, next_word(&words));
        else if (strcmp(option, "--runpath") == 0)
            set_search(r, WF_ELF_SEARCH_RUNPATH, next_word(&words));
        else if (strcmp(option, "--no-rpath") == 0)
            set_search(r, WF_ELF_SEARCH_NONE, NULL);
        else if (strcmp(option, "--clear-exec-stack") == 0)
            r->edit.clear_exec_stack = true;
        else
            usage();
    }
    r->in = next_word(&words);
    r->out = next_word(&words);
}

static bool
read_whole(struct wf_buffer *content, const char *path)
{
    FILE *in = fopen(path, "rb");
    char piece[65536];
    size_t len;

    if (in == NULL)
        return false;
    while ((len = fread(piece, 1, sizeof piece, in)) > 0)
        wf_buffer_add(content, piece, len);
    const bool ok = ferror(in) == 0 && !content->over;

    fclose(in);
    return ok;
}

static bool
write_whole(const char *path, const struct wf_buffer *content)
{
    FILE *out = fopen(path, "wb");

    if (out == NULL)
        return false;
    const bool ok = fwrite(content->data, 1, content->len, out) == content->len;

    return fclose(out) == 0 && ok;
}

int
main(int argc, char **argv)
{
    static struct request request;
    struct wf_buffer before, after;
    struct wf_elf_edited edited;
    struct wf_error err = { 0 };
    int status = 0;

    if (argc < 3)
        usage();
    parse(&request, argv + 1);
    wf_object_warm_up();
    wf_buffer_init(&before, (size_t)1 << 31);
    wf_buffer_init(&after, (size_t)1 << 31);
    if (!read_whole(&before, request.in)) {
        fprintf(stderr, "%s: cannot be read\n", request.in);
        status = 2;
    } else if (!wf_elf_apply_edit(&after, &edited, wf_buffer_bytes(&before),
                                  &request.edit, &err)) {
        fprintf(stderr, "%s: %s: %s\n", request.in, wf_error_kind_name(err.kind),
                err.text);
        status = err.kind == WF_ERR_REFUSED ? 1 : 2;
    } else if (!write_whole(request.out, &after)) {
        fprintf(stderr, "%s: cannot be written\n", request.out);
        status = 2;
    } else
        printf("%s%s %llu\n", wf_elf_room_name(edited.room),
               edited.moved_dynamic ? " moved" : "", (unsigned long long)edited.growth);
    wf_buffer_clear(&before);
    wf_buffer_clear(&after);
    return status;
}
