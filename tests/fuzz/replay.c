/* replay.c -- feeds every file of a corpus to a fuzz target, for builds without libFuzzer.
 *
 * `fuzz_x FOLDER…` takes the folders named; without one it is fixtures/corpus/x below
 * $srcdir, as `make check` runs it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { LARGEST_SEED = 16 << 20 };

/* The input stands in a block of exactly its size, so that a sanitizer sees the first
 * byte read beyond it. */
static void
feed(struct wf_bytes seed)
{
    uint8_t *exact = malloc(seed.len);

    if (seed.len > 0 && exact != NULL)
        memcpy(exact, seed.data, seed.len);
    LLVMFuzzerTestOneInput(exact, exact == NULL ? 0 : seed.len);
    free(exact);
}

static bool
replay_file(const char *path)
{
    struct wf_buffer seed;
    struct wf_error err = { 0 };

    wf_buffer_init(&seed, LARGEST_SEED);
    const bool ok = wf_file_read_whole(&seed, path, &err);

    if (ok)
        feed(wf_buffer_bytes(&seed));
    else
        printf("# %s\n", err.text);
    wf_buffer_clear(&seed);
    return ok;
}

static unsigned num_tests;

static bool
report(bool ok, const char *name)
{
    printf("%sok %u - %s\n", ok ? "" : "not ", ++num_tests, name);
    fflush(stdout); /* the next input may end the program */
    return ok;
}

/* An empty corpus is a failure: it would prove nothing. */
static bool
replay_folder(const char *folder)
{
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };
    char **names = NULL;
    size_t num = 0;
    bool ok = true;

    if (!wf_folder_list(&arena, folder, &names, &num, &err) || num == 0) {
        printf("# %s\n", num == 0 ? "no seeds" : err.text);
        ok = report(false, wf_text_base_name(folder));
    }
    for (size_t i = 0; i < num; i++)
        ok = report(replay_file(wf_arena_printf(&arena, "%s/%s", folder, names[i])),
                    names[i]) &&
             ok;
    wf_arena_clear(&arena);
    return ok;
}

static bool
replay_own_corpus(const char *program)
{
    struct wf_arena arena = { 0 };
    const char *srcdir = getenv("srcdir");
    const char *name = strstr(wf_text_base_name(program), "fuzz_");

    if (srcdir == NULL || name == NULL) {
        printf("# name a folder, or set srcdir\n");
        return report(false, program);
    }
    const bool ok = replay_folder(
        wf_arena_printf(&arena, "%s/fixtures/corpus/%s", srcdir, name + strlen("fuzz_")));

    wf_arena_clear(&arena);
    return ok;
}

int
main(int argc, char **argv)
{
    bool ok = argc > 1 || replay_own_corpus(argv[0]);

    for (int i = 1; i < argc; i++)
        ok = replay_folder(argv[i]) && ok;
    printf("1..%u\n", num_tests);
    return ok ? 0 : 1;
}
