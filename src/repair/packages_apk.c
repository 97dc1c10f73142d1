/* packages_apk.c -- apk's text database, lib/apk/db/installed (apk(5)): records of lines
 * "X:value", where F names a folder and R a file in the folder before it. */
#include <limits.h>
#include <string.h>

#include "base/purl.h"
#include "repair/packages_parts.h"

enum { FILE_BITS = 14 };

struct record {
    const char *name;
    const char *arch;
    const char *version;
    const char *licence;
    const struct wf_package *package; /* made when somebody asks */
};

struct wf_apk {
    struct wf_arena *arena;
    const struct wf_system_root *root;
    struct record *records;
    size_t num_records;
    size_t cap_records;
    struct wf_file_index files; /* to indices of records */
};

/* The record that is being read, and the folder its files are in. */
struct reading {
    struct wf_apk *apk;
    struct record *record; /* NULL between two */
    char path[PATH_MAX];
    size_t folder_len;
};

static bool
start_record(struct reading *reading)
{
    struct wf_apk *apk = reading->apk;

    if (reading->record != NULL)
        return true;
    if (apk->num_records >= WF_PACKAGES_RECORDS)
        return false;
    apk->records = wf_arena_grow(apk->arena, apk->records, apk->num_records,
                                 &apk->cap_records, sizeof *apk->records);
    reading->record = &apk->records[apk->num_records++];
    *reading->record = (struct record){ .name = "", .arch = "", .version = "" };
    reading->path[0] = '/';
    reading->folder_len = 1;
    return true;
}

/* "F:usr/lib" makes the path "/usr/lib/"; "F:" is the root folder.  One that is too long
 * takes no files. */
static void
enter_folder(struct reading *reading, struct wf_bytes folder)
{
    reading->folder_len = 0;
    if (folder.len > sizeof reading->path - 2)
        return;
    if (folder.len > 0) {
        memcpy(reading->path + 1, folder.data, folder.len);
        reading->path[folder.len + 1] = '/';
    }
    reading->folder_len = folder.len == 0 ? 1 : folder.len + 2;
}

static void
add_file(struct reading *reading, struct wf_bytes name)
{
    struct wf_apk *apk = reading->apk;
    const size_t len = reading->folder_len;

    if (len == 0 || name.len == 0 || name.len > sizeof reading->path - len)
        return;
    memcpy(reading->path + len, name.data, name.len);
    wf_file_index_add(&apk->files, apk->arena, wf_bytes_of(reading->path, len + name.len),
                      (uint32_t)(reading->record - apk->records));
}

static void
read_line(struct reading *reading, struct wf_bytes line)
{
    struct wf_arena *arena = reading->apk->arena;
    struct record *record = reading->record;
    const struct wf_bytes value = wf_bytes_skip(line, 2);

    if (line.data[0] == 'P')
        record->name = wf_arena_str(arena, value);
    else if (line.data[0] == 'V')
        record->version = wf_arena_str(arena, value);
    else if (line.data[0] == 'A')
        record->arch = wf_arena_str(arena, value);
    else if (line.data[0] == 'L')
        record->licence = wf_package_licence(arena, value);
    else if (line.data[0] == 'F')
        enter_folder(reading, value);
    else if (line.data[0] == 'R')
        add_file(reading, value);
}

static void
read_records(struct wf_apk *apk, struct wf_bytes text)
{
    struct reading reading = { .apk = apk };
    struct wf_bytes line;

    while (wf_bytes_line(&line, &text)) {
        if (line.len == 0)
            reading.record = NULL;
        else if (line.len >= 2 && line.data[1] == ':') {
            if (!start_record(&reading))
                return;
            read_line(&reading, line);
        }
    }
}

struct wf_apk *
wf_apk_parse(struct wf_arena *arena, const struct wf_system_root *root,
             struct wf_bytes text)
{
    struct wf_apk *apk = wf_arena_alloc(arena, sizeof *apk);

    *apk = (struct wf_apk){ .arena = arena, .root = root };
    wf_file_index_init(&apk->files, arena, FILE_BITS);
    read_records(apk, text);
    return apk;
}

/* apk 3 on systems with a merged /usr has it below /usr. */
static const char *const places[] = { "/lib/apk/db/installed",
                                      "/usr/lib/apk/db/installed" };

struct wf_apk *
wf_apk_read(struct wf_arena *arena, const struct wf_system_root *root)
{
    struct wf_apk *apk = NULL;
    struct wf_buffer text;

    wf_buffer_init(&text, WF_PACKAGES_TEXT);
    for (size_t i = 0; apk == NULL && i < WF_COUNT(places); i++) {
        wf_buffer_reset(&text);
        if (wf_system_read(root, &text, places[i]))
            apk = wf_apk_parse(arena, root, wf_buffer_bytes(&text));
    }
    wf_buffer_clear(&text);
    return apk;
}

static const struct wf_package *
make_package(const struct wf_apk *apk, const struct record *record)
{
    const struct wf_purl_qualifier qualifiers[] = {
        { "arch", record->arch },
        { "distro", apk->root->distro_tag },
    };
    const struct wf_purl purl = { .type = "apk",
                                  .space = apk->root->distro,
                                  .name = record->name,
                                  .version = record->version,
                                  .qualifiers = qualifiers,
                                  .num_qualifiers = WF_COUNT(qualifiers) };
    struct wf_package *package = wf_arena_alloc(apk->arena, sizeof *package);

    *package = (struct wf_package){ .type = "apk",
                                    .distro = apk->root->distro,
                                    .name = record->name,
                                    .version = record->version,
                                    .arch = record->arch,
                                    .licence = record->licence,
                                    .purl = wf_purl_write(apk->arena, &purl) };
    return package;
}

const struct wf_package *
wf_apk_owner(struct wf_apk *apk, const char *path)
{
    struct wf_file_walk walk = { 0 };
    struct record *first = NULL;
    uint32_t number = 0;

    while (wf_file_index_next(&apk->files, &walk, path, &number)) {
        struct record *record = &apk->records[number];

        if ((first == NULL || record < first) && record->name[0] != '\0')
            first = record;
    }
    if (first != NULL && first->package == NULL)
        first->package = make_package(apk, first);
    return first == NULL ? NULL : first->package;
}
