/* zip_names.c -- duplicates, files that are folders, names that differ only in case. */
#include "wheel/zip_names.h"

#include <stdlib.h>
#include <string.h>

#include "wheel/case_fold.h"
#include "wheel/member_path.h"
#include "wheel/path_sort.h"
#include "wheel/zip_header.h"

static struct wf_bytes
name_of(const struct wf_zip_member *member)
{
    return wf_bytes_of(member->name, member->name_len);
}

/* Most names are ASCII and need no decoding. */
static size_t
ascii_len(struct wf_bytes name)
{
    size_t len = 0;

    while (len < name.len && name.data[len] < 0x80)
        len++;
    return len;
}

static bool
has_invisible(struct wf_bytes name)
{
    while (name.len > 0) {
        uint32_t c = 0;
        const size_t len = wf_utf8_next(name, &c);

        if (len > 0 && wf_text_is_invisible(c))
            return true;
        name = wf_bytes_skip(name, len == 0 ? 1 : len);
    }
    return false;
}

uint16_t
wf_zip_name_notes(const struct wf_zip_member *member)
{
    const struct wf_bytes name = name_of(member);
    const struct wf_bytes rest = wf_bytes_skip(name, ascii_len(name));
    unsigned notes = 0;

    if (rest.len > 0 && (member->flags & WF_ZIP_FLAG_UTF8) == 0)
        notes |= WF_ZIP_NOTE_NO_UTF8_FLAG;
    if (has_invisible(rest))
        notes |= WF_ZIP_NOTE_INVISIBLE;
    if (wf_zip_is_folder(member))
        notes |= WF_ZIP_NOTE_DIRECTORY;
    if (wf_member_path_is_windows_hazard(member->name))
        notes |= WF_ZIP_NOTE_WINDOWS_NAME;
    return (uint16_t)notes;
}

static bool
refuse_twice(const struct wf_zip_member *first, const struct wf_zip_member *second,
             struct wf_error *err)
{
    wf_error_at(err, WF_ERR_MALFORMED, second->central_off,
                "name stands twice in the archive, first at 0x%llx",
                (unsigned long long)first->central_off);
    return wf_error_prefix(err, "%s", second->name);
}

/* In byte order all names that begin with a file's name follow it, so the open files form
 * a stack, and only the innermost can be the folder of the next name: had an outer one
 * been, the inner one would have failed before. */
static bool
refuse_file_folders(const struct wf_zip *zip, uint32_t *open, struct wf_error *err)
{
    size_t num_open = 0;

    for (size_t i = 0; i < zip->num_members; i++) {
        const struct wf_zip_member *member = &zip->members[zip->by_name[i]];

        for (; num_open > 0; num_open--) {
            const struct wf_zip_member *file = &zip->members[open[num_open - 1]];

            if (file->name_len >= member->name_len ||
                memcmp(file->name, member->name, file->name_len) != 0)
                continue;
            if (member->name[file->name_len] != '/')
                break;
            wf_error_at(err, WF_ERR_MALFORMED, file->central_off,
                        "is a file here and a folder for the entry at 0x%llx",
                        (unsigned long long)member->central_off);
            return wf_error_prefix(err, "%s", file->name);
        }
        if (!wf_zip_is_folder(member))
            open[num_open++] = zip->by_name[i];
    }
    return true;
}

struct folded_name {
    uint64_t hash;
    struct wf_zip_member *member;
};

/* A folder can collide with a file as well, so the slash at the end does not count. */
static struct wf_bytes
bare_name(const struct wf_zip_member *member)
{
    const size_t slash = wf_zip_is_folder(member) ? 1 : 0;

    return wf_bytes_of(member->name, member->name_len - slash);
}

static int
compare_folded(const void *a, const void *b)
{
    const struct folded_name *left = a;
    const struct folded_name *right = b;

    if (left->hash != right->hash)
        return left->hash < right->hash ? -1 : 1;
    return wf_case_fold_compare(bare_name(left->member), bare_name(right->member));
}

static void
note_case_twins(const struct wf_zip *zip, struct folded_name *folded)
{
    for (size_t i = 0; i < zip->num_members; i++)
        folded[i] = (struct folded_name){
            .hash = wf_case_fold_hash(bare_name(&zip->members[i])),
            .member = &zip->members[i],
        };
    qsort(folded, zip->num_members, sizeof *folded, compare_folded);
    for (size_t i = 1; i < zip->num_members; i++) {
        if (compare_folded(&folded[i - 1], &folded[i]) != 0)
            continue;
        folded[i - 1].member->notes |= WF_ZIP_NOTE_CASE;
        folded[i].member->notes |= WF_ZIP_NOTE_CASE;
    }
}

static bool
sort_names(struct wf_zip *zip, struct wf_path_key *keys, struct wf_error *err)
{
    for (size_t i = 0; i < zip->num_members; i++)
        keys[i] =
            (struct wf_path_key){ .path = zip->members[i].name, .idx = (uint32_t)i };
    wf_path_sort(keys, zip->num_members);
    for (size_t i = 0; i < zip->num_members; i++) {
        zip->by_name[i] = keys[i].idx;
        if (i > 0 && strcmp(keys[i - 1].path, keys[i].path) == 0)
            return refuse_twice(&zip->members[keys[i - 1].idx],
                                &zip->members[keys[i].idx], err);
    }
    return true;
}

bool
wf_zip_index_names(struct wf_zip *zip, struct wf_error *err)
{
    struct wf_arena scratch = { 0 };
    const size_t num = zip->num_members;
    struct wf_path_key *keys = wf_arena_array(&scratch, num, sizeof *keys);
    uint32_t *open = wf_arena_array(&scratch, num, sizeof *open);
    struct folded_name *folded = wf_arena_array(&scratch, num, sizeof *folded);
    const bool ok = sort_names(zip, keys, err) && refuse_file_folders(zip, open, err);

    if (ok)
        note_case_twins(zip, folded);
    wf_arena_clear(&scratch);
    return ok;
}
