/* version.c -- versions in file names: the normal form, without anything around it. */
#include "wheel/pep440.h"
#include "wheel/pep440_scan.h"
#include "wheel/wheel_name.h"

const char *
wf_version_normalise(struct wf_arena *arena, const char *version)
{
    struct wf_version parsed = { 0 };
    const char *end = wf_version_scan(&parsed, arena, version);

    return end != NULL && *end == '\0' ? parsed.text : NULL;
}

bool
wf_version_is_pep440(const char *version)
{
    struct wf_arena arena = { 0 };
    const bool is_version = wf_version_normalise(&arena, version) != NULL;

    wf_arena_clear(&arena);
    return is_version;
}
