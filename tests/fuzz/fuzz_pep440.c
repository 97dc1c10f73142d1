/* fuzz_pep440.c -- two lines as versions, a third as clauses: normal forms are their own,
 * the order is one, and clauses mean the same when they are written out. */
#include <string.h>

#include "promise.h"
#include "wheel/pep440.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static bool
read_version(struct wf_version *out, struct wf_arena *arena, const char *text)
{
    struct wf_version again = { 0 };
    struct wf_error err = { 0 };

    if (!wf_version_parse(out, arena, text, &err)) {
        expect(err.kind == WF_ERR_MALFORMED && err.text[0] != '\0');
        return false;
    }
    expect(out->release.num > 0 && (out->pre == NULL) == (out->pre_number == NULL));
    expect(wf_version_parse(&again, arena, out->text, &err));
    expect(strcmp(again.text, out->text) == 0);
    expect(wf_version_compare(out, &again) == 0);
    return true;
}

static void
check_order(const struct wf_version *a, const struct wf_version *b)
{
    const int there = wf_version_compare(a, b);
    const int back = wf_version_compare(b, a);

    expect((there > 0) == (back < 0) && (there == 0) == (back == 0));
    expect(there == 0 || strcmp(a->text, b->text) != 0);
}

static void
check_clauses(struct wf_arena *arena, const char *text, const struct wf_version *version)
{
    struct wf_specifiers clauses = { 0 };
    struct wf_specifiers again = { 0 };
    struct wf_error err = { 0 };

    if (!wf_specifiers_parse(&clauses, arena, text, &err)) {
        expect(err.kind == WF_ERR_MALFORMED && err.text[0] != '\0');
        return;
    }
    const char *written = wf_specifiers_text(arena, &clauses, ",");

    expect(wf_specifiers_parse(&again, arena, written, &err));
    expect(again.num == clauses.num);
    expect(strcmp(wf_specifiers_text(arena, &again, ","), written) == 0);
    expect(version == NULL || wf_specifiers_contain(&clauses, version) ==
                                  wf_specifiers_contain(&again, version));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct wf_arena arena = { 0 };
    struct wf_bytes rest = wf_bytes_of(data, len);
    struct wf_version versions[2] = { { 0 } };
    bool is_version[2] = { false };
    struct wf_bytes line = { 0 };

    for (size_t i = 0; i < 2 && wf_bytes_line(&line, &rest); i++)
        is_version[i] = read_version(&versions[i], &arena, wf_arena_str(&arena, line));
    if (is_version[0] && is_version[1])
        check_order(&versions[0], &versions[1]);
    check_clauses(&arena, wf_arena_str(&arena, rest),
                  is_version[0] ? &versions[0] : NULL);
    wf_arena_clear(&arena);
    return 0;
}
