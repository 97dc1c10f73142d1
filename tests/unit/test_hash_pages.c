/* test_hash_pages.c -- signatures whose pages are hashed by several workers. */
#include "../support/unit.h"

#include "../support/macho_builder.h"
#include "repair/hash_pages.h"

#define LONG_THIN "{'arch': 'arm64', 'text': 9000001}"
#define LONG_FAT                                                                         \
    "{'slices': [{'arch': 'x86_64', 'text': 4194304}, {'arch': 'arm64', 'text': "        \
    "5000000}]}"
#define SHORT "{'arch': 'arm64', 'text': 9001}"

enum { MOST = 1 << 25 };

static struct wf_arena arena;
static struct wf_buffer image, shared, alone;
static bool done;
static struct wf_pool *pool;

static int
setup(void **state)
{
    (void)state;
    wf_buffer_init(&image, MOST);
    wf_buffer_init(&shared, MOST);
    wf_buffer_init(&alone, MOST);
    done = false;
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    wf_buffer_clear(&image);
    wf_buffer_clear(&shared);
    wf_buffer_clear(&alone);
    wf_arena_clear(&arena);
    return 0;
}

/* The image of a recipe with new signatures, but for their page hashes. */
static void
sign(struct wf_buffer *out, struct wf_macho_edited *edited, const char *recipe)
{
    static const struct wf_macho_slice_edit slices[] = {
        { .sign = WF_MACHO_SIGN, .identifier = "demo" },
        { .sign = WF_MACHO_SIGN, .identifier = "demo" },
    };
    struct wf_error err = { 0 };

    wf_buffer_reset(&image);
    if (!wf_test_macho_from_text(recipe, &image, &err))
        fail_msg("%s", err.text);
    const struct wf_macho_edit edit = {
        .slices = slices,
        .num_slices = strstr(recipe, "slices") != NULL ? 2 : 1,
    };

    if (!wf_macho_apply_edit(out, edited, &arena, wf_buffer_bytes(&image), &edit, &err))
        fail_msg("%s", err.text);
    assert_int_equal(edited->num_waiting, edit.num_slices);
}

static void
note_done(struct wf_worker *worker, void *arg)
{
    (void)worker;
    wf_pool_signal(pool, arg);
}

static void
start(struct wf_worker *worker, void *arg)
{
    wf_hash_pages_start(arg, worker);
}

/* As a worker of a pool does it, and as a program without one. */
static void
compare(const char *recipe, unsigned threads)
{
    struct wf_macho_edited edited;
    struct wf_hash_pages hashing = {
        .arena = &arena,
        .file = &shared,
        .edited = &edited,
        .done = note_done,
        .arg = &done,
    };
    const struct wf_task task = { .size = 1 << 22, .run = start, .arg = &hashing };

    sign(&alone, &edited, recipe);
    wf_macho_finish_edit(&alone, &edited);
    sign(&shared, &edited, recipe);
    assert_false(wf_bytes_equal(wf_buffer_bytes(&shared), wf_buffer_bytes(&alone)));
    pool = wf_pool_new(threads, 1 << 28);
    hashing.pool = pool;
    wf_pool_submit(pool, &task);
    wf_pool_help_until(pool, &done);
    wf_pool_free(pool);
    assert_true(wf_bytes_equal(wf_buffer_bytes(&shared), wf_buffer_bytes(&alone)));
}

static void
a_long_image_is_hashed_alike_by_any_number_of_workers(void **state)
{
    (void)state;
    for (unsigned threads = 1; threads <= 4; threads++) {
        (void)setup(NULL);
        compare(LONG_THIN, threads);
        (void)teardown(NULL);
    }
    (void)setup(NULL);
}

static void
slices_of_a_long_universal_file_share_the_workers(void **state)
{
    (void)state;
    compare(LONG_FAT, 3);
}

static void
a_short_image_is_hashed_by_the_one_who_asks(void **state)
{
    (void)state;
    compare(SHORT, 2);
}

static void
a_file_without_new_signatures_is_done_at_once(void **state)
{
    const struct wf_macho_edited nothing = { 0 };
    struct wf_hash_pages hashing = {
        .arena = &arena,
        .file = &shared,
        .edited = &nothing,
        .done = note_done,
        .arg = &done,
    };
    const struct wf_task task = { .run = start, .arg = &hashing };

    (void)state;
    pool = wf_pool_new(1, 1 << 20);
    hashing.pool = pool;
    wf_pool_submit(pool, &task);
    wf_pool_help_until(pool, &done);
    wf_pool_free(pool);
    assert_int_equal(shared.len, 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_long_image_is_hashed_alike_by_any_number_of_workers),
        TEST(slices_of_a_long_universal_file_share_the_workers),
        TEST(a_short_image_is_hashed_by_the_one_who_asks),
        TEST(a_file_without_new_signatures_is_done_at_once),
    };

    return cmocka_run_group_tests_name("hash_pages", tests, NULL, NULL);
}
