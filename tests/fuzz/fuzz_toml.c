/* fuzz_toml.c -- any bytes yield a tree or a placed error; edits of what was read change
 * what they name and nothing else. */
#include <string.h>

#include "base/toml.h"
#include "promise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { MOST_KEYS = 66, EDITS = 5 };

/* Which edits are tried follows from the input alone. */
struct dice {
    uint64_t state;
};

static size_t
roll(struct dice *dice, size_t sides)
{
    dice->state = dice->state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(dice->state >> 33) % sides;
}

static void
check_value(const struct wf_toml *value)
{
    const struct wf_toml *child = value->first;
    size_t num = 0;

    expect(value->line > 0 && value->column > 0);
    for (; child != NULL; child = child->next, num++) {
        expect((child->key != NULL) == (value->kind == WF_TOML_TABLE));
        if (child->key != NULL)
            expect(wf_toml_get(value, child->key) == child);
        check_value(child);
    }
    expect(num == value->num);
    expect((value->string != NULL) ==
           (value->kind == WF_TOML_STRING || value->kind == WF_TOML_TIME));
}

/* A way down from the top, and maybe beyond the end. */
static void
choose_path(const char **path, const struct wf_toml *value, struct dice *dice,
            struct wf_arena *arena)
{
    static const char *const beyond[] = { "new", "a b", "", "0", "x" };
    size_t num = 0;

    while (value->num > 0 && num < MOST_KEYS - 4 && (num == 0 || roll(dice, 4) > 0)) {
        const size_t idx = roll(dice, value->num);
        const struct wf_toml *child = value->first;

        for (size_t i = 0; i < idx; i++)
            child = child->next;
        path[num++] =
            child->key != NULL ? child->key : wf_arena_printf(arena, "%zu", idx);
        value = child;
    }
    for (size_t i = num == 0 ? 2 : roll(dice, 3); i > 0; i--)
        path[num++] = beyond[roll(dice, WF_COUNT(beyond))];
    path[num] = NULL;
}

static void
edit_once(struct wf_toml_edit *edit, const struct wf_toml *root, struct dice *dice,
          struct wf_arena *arena)
{
    static const char *const values[] = { "1", "\"x\"", "{ a = 1, b.c = 2 }", "[]",
                                          "[\n  1, # c\n]" };
    const char *path[MOST_KEYS];
    struct wf_error err = { 0 };
    bool ok = false;

    choose_path(path, root, dice, arena);
    if (roll(dice, 2) == 0)
        ok = wf_toml_edit_remove(edit, path, &err);
    else
        ok = wf_toml_edit_set(edit, path, values[roll(dice, WF_COUNT(values))], &err);
    expect(ok || ((err.kind == WF_ERR_REFUSED || err.kind == WF_ERR_LIMIT) &&
                  err.text[0] != '\0'));
}

/* Whatever was taken down can be written, or is more than a document may hold. */
static void
check_edits(const struct wf_toml *root, struct wf_bytes text, struct dice *dice,
            size_t num)
{
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };
    struct wf_buffer out;
    struct wf_toml_edit *edit = wf_toml_edit_new(&arena, text);

    wf_buffer_init(&out, SIZE_MAX);
    for (size_t i = 0; i < num; i++)
        edit_once(edit, root, dice, &arena);
    if (!wf_toml_edit_end(&out, edit, &err))
        expect(err.kind == WF_ERR_LIMIT);
    else if (num == 0)
        expect(wf_bytes_equal(wf_buffer_bytes(&out), text));
    wf_buffer_clear(&out);
    wf_arena_clear(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const struct wf_bytes text = wf_bytes_of(data, len);
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };
    const struct wf_toml *root = NULL;
    struct dice dice = { len };

    for (size_t i = 0; i < len; i++)
        dice.state = (dice.state ^ data[i]) * 1099511628211u;
    if (wf_toml_parse(&root, &arena, text, &err)) {
        check_value(root);
        check_edits(root, text, &dice, 0);
        check_edits(root, text, &dice, 1);
        check_edits(root, text, &dice, EDITS);
    } else {
        expect_reason(&err, len);
        expect(strncmp(err.text, "line ", 5) == 0 || err.kind == WF_ERR_LIMIT);
    }
    wf_arena_clear(&arena);
    return 0;
}
