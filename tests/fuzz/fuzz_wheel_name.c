/* fuzz_wheel_name.c -- any text is taken apart as a file name, version, name and tags:
 * what is accepted joins to what says the same, and normal forms are their own. */
#include <string.h>

#include "wheel/wheel_name.h"

#include "promise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void
check_set(const struct wf_strings *set)
{
    for (size_t i = 0; i < set->num; i++) {
        expect(set->items[i][0] != '\0' && strpbrk(set->items[i], ".- ") == NULL);
        expect(i == 0 || strcmp(set->items[i - 1], set->items[i]) < 0);
    }
}

static bool
same_set(const struct wf_strings *a, const struct wf_strings *b)
{
    for (size_t i = 0; a->num == b->num && i < a->num; i++) {
        if (strcmp(a->items[i], b->items[i]) != 0)
            return false;
    }
    return a->num == b->num;
}

static const char *
join(struct wf_arena *arena, const struct wf_strings *set)
{
    const char *text = set->items[0];

    for (size_t i = 1; i < set->num; i++)
        text = wf_arena_printf(arena, "%s.%s", text, set->items[i]);
    return text;
}

/* A tag with numbers and architecture is written from them as it was read. */
static void
check_platform(struct wf_arena *arena, const struct wf_platform_tag *tag)
{
    static const struct {
        enum wf_tag_family family;
        const char *word;
    } with_two_numbers[] = {
        { WF_TAG_MANYLINUX, "manylinux" },
        { WF_TAG_MUSLLINUX, "musllinux" },
        { WF_TAG_MACOS, "macosx" },
        { WF_TAG_IOS, "ios" },
    };

    expect(strlen(tag->arch_word) <= strlen(tag->text));
    expect((wf_tag_family_os(tag->family) == NULL) ==
           (tag->family == WF_TAG_ANY || tag->family == WF_TAG_OTHER));
    expect(tag->family != WF_TAG_OTHER || tag->arch == WF_ARCH_UNKNOWN);
    expect(tag->legacy == NULL || wf_text_starts_with(tag->text, tag->legacy));
    for (size_t i = 0; tag->legacy == NULL && i < WF_COUNT(with_two_numbers); i++) {
        if (with_two_numbers[i].family != tag->family)
            continue;
        expect(strcmp(tag->text,
                      wf_arena_printf(arena, "%s_%u_%u_%s", with_two_numbers[i].word,
                                      tag->major, tag->minor, tag->arch_word)) == 0);
    }
}

static void
check_joined(struct wf_arena *arena, const struct wf_wheel_name *name)
{
    const char *build = name->build == NULL ? "" : name->build;
    const char *joined = wf_arena_printf(
        arena, "%s-%s%s%s-%s-%s-%s.whl", name->name, name->version,
        name->build == NULL ? "" : "-", build, join(arena, &name->pythons),
        join(arena, &name->abis), join(arena, &name->platform_words));
    struct wf_wheel_name again = { 0 };
    struct wf_error err = { 0 };

    expect(wf_wheel_name_parse(&again, arena, joined, &err));
    expect(strcmp(again.name, name->name) == 0);
    expect(strcmp(again.version, name->version) == 0);
    expect((again.build == NULL) == (name->build == NULL));
    expect(again.build == NULL || strcmp(again.build, build) == 0);
    expect(same_set(&again.pythons, &name->pythons));
    expect(same_set(&again.abis, &name->abis));
    expect(same_set(&again.platform_words, &name->platform_words));
}

static void
check_file_name(struct wf_arena *arena, const char *text)
{
    struct wf_wheel_name name = { 0 };
    struct wf_error err = { 0 };

    if (!wf_wheel_name_parse(&name, arena, text, &err)) {
        expect(name.name == NULL && !err.has_offset);
        expect_reason(&err, 0);
        return;
    }
    expect(wf_version_is_pep440(name.version));
    check_set(&name.pythons);
    check_set(&name.abis);
    check_set(&name.platform_words);
    expect(name.num_platforms == name.platform_words.num);
    for (size_t i = 0; i < name.num_platforms; i++) {
        expect(strcmp(name.platforms[i].text, name.platform_words.items[i]) == 0);
        check_platform(arena, &name.platforms[i]);
    }
    check_joined(arena, &name);
}

static void
check_normal_forms(struct wf_arena *arena, const char *text)
{
    const char *name = wf_name_normalise(arena, text);
    const char *version = wf_version_normalise(arena, text);

    expect(strlen(name) <= strlen(text) && strpbrk(name, "-.") == NULL);
    expect(strcmp(wf_name_normalise(arena, name), name) == 0);
    expect(wf_version_is_pep440(text) == (version != NULL));
    if (version == NULL)
        return;
    const char *again = wf_version_normalise(arena, version);

    expect(again != NULL && strcmp(again, version) == 0);
}

/* Each triple of an expansion stands for itself alone. */
static void
check_expansion(struct wf_arena *arena, struct wf_bytes text)
{
    struct wf_strings set = { 0 };
    struct wf_error err = { 0 };
    size_t budget = WF_TAGS_BUDGET;

    if (!wf_tags_expand(arena, &set, text, &budget, &err)) {
        expect_reason(&err, 0);
        return;
    }
    expect(set.num > 0 && set.num + budget <= WF_TAGS_BUDGET);
    for (size_t i = 0; i < set.num && i < 8; i++) {
        struct wf_strings one = { 0 };
        size_t left = 1;

        expect(i == 0 || strcmp(set.items[i - 1], set.items[i]) < 0);
        expect(wf_tags_expand(arena, &one, wf_bytes_str(set.items[i]), &left, &err));
        expect(one.num == 1 && left == 0 && strcmp(one.items[0], set.items[i]) == 0);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct wf_arena arena = { 0 };
    const char *text = wf_arena_str(&arena, wf_bytes_of(data, len));
    const struct wf_platform_tag tag = wf_platform_tag_parse(&arena, text);

    check_file_name(&arena, text);
    check_normal_forms(&arena, text);
    check_expansion(&arena, wf_bytes_of(data, len));
    check_platform(&arena, &tag);
    wf_arena_clear(&arena);
    return 0;
}
