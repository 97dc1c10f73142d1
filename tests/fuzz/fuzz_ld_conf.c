/* fuzz_ld_conf.c -- any bytes are a configuration and a search list: every folder of the
 * first is absolute, items of the second add up to its length, and what expands to a path
 * inside a wheel does not climb out of it. */
#include <string.h>

#include "resolve/ld_conf.h"
#include "resolve/search_path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
check_conf(struct wf_arena *arena, struct wf_bytes text)
{
    struct wf_conf_dirs dirs = { 0 };

    wf_ld_conf_parse(&dirs, arena, text, "/etc/ld.so.conf");
    for (size_t i = 0; i < dirs.num; i++)
        if (dirs.items[i].dir[0] != '/' || dirs.items[i].why == NULL)
            __builtin_trap();
    wf_musl_path_parse(&dirs, arena, text, "/etc/ld-musl-x86_64.path");
    if (dirs.num > 10000)
        __builtin_trap();
}

/* No part of a path inside a wheel may be "", "." or "..". */
static void
check_inside(struct wf_arena *arena, const char *path)
{
    const char *inside = wf_search_path_in_wheel(arena, path);
    struct wf_bytes part;

    if (inside == NULL)
        return;
    for (const char *rest = wf_search_path_start(inside);
         wf_search_path_next(&part, &rest, "/");)
        if (part.len == 0 || wf_bytes_equal_str(part, ".") ||
            wf_bytes_equal_str(part, ".."))
            __builtin_trap();
}

static void
check_item(struct wf_arena *arena, struct wf_bytes item)
{
    static const struct wf_tokens tokens[] = {
        { .origin = "pkg/sub", .lib = "lib64", .platform = "x86_64" },
        { .origin = "" },
        { .origin = "pkg", .musl = true },
    };

    for (size_t i = 0; i < WF_COUNT(tokens); i++) {
        const char *text = NULL;
        const enum wf_expansion how =
            wf_search_path_expand(&text, arena, item, &tokens[i]);

        if ((how == WF_NOT_EXPANDED) != (text == NULL))
            __builtin_trap();
        if (how == WF_EXPANDED_ORIGIN)
            check_inside(arena, text);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct wf_arena arena = { 0 };
    const struct wf_bytes text = wf_bytes_of(data, len);
    const char *list = wf_arena_str(&arena, text);
    struct wf_bytes item;
    size_t sum = 0;

    check_conf(&arena, text);
    for (const char *rest = wf_search_path_start(list);
         wf_search_path_next(&item, &rest, ":;");) {
        sum += item.len + 1;
        check_item(&arena, item);
    }
    if (sum != 0 && sum != strlen(list) + 1)
        __builtin_trap();
    wf_arena_clear(&arena);
    return 0;
}
