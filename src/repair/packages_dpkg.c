/* packages_dpkg.c -- dpkg's text database: status, info/NAME[:ARCH].list, diversions
 * (deb-control(5), dpkg(1), dpkg-divert(1)). */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/purl.h"
#include "base/text.h"
#include "repair/packages_parts.h"

enum {
    FILE_BITS = 16,
    DIVERSION_BITS = 8,
    MOST_DIVERSIONS = 100 * 1000,
    MOST_LIST_BYTES = 512 * 1024 * 1024, /* of all lists together */
};

/* One installed package; `package` is made when somebody asks. */
struct record {
    const char *name;
    const char *arch;
    const char *version;
    const struct wf_package *package;
};

/* What `original` of every package but `by` was renamed to; `by` is ":" when the person at
 * the machine did it. */
struct diversion {
    const char *original;
    const char *by;
};

struct wf_dpkg {
    struct wf_arena *arena;
    const struct wf_system_root *root;
    struct record *records; /* by name, then architecture */
    size_t num_records;
    size_t cap_records;
    struct wf_file_index files; /* to indices of records */
    struct diversion *diversions;
    size_t num_diversions;
    size_t cap_diversions;
    struct wf_file_index diverted;    /* originals to indices of diversions */
    struct wf_file_index diverted_to; /* targets to the same */
    size_t list_bytes;
};

static int
compare_records(const void *a, const void *b)
{
    const struct record *left = a;
    const struct record *right = b;
    const int names = strcmp(left->name, right->name);

    return names != 0 ? names : strcmp(left->arch, right->arch);
}

static void
add_record(struct wf_dpkg *dpkg, const struct record *record, bool is_installed)
{
    if (!is_installed || record->name == NULL || record->version == NULL ||
        record->name[0] == '\0' || record->version[0] == '\0' ||
        dpkg->num_records >= WF_PACKAGES_RECORDS)
        return;
    dpkg->records = wf_arena_grow(dpkg->arena, dpkg->records, dpkg->num_records,
                                  &dpkg->cap_records, sizeof *dpkg->records);
    dpkg->records[dpkg->num_records] = *record;
    if (record->arch == NULL)
        dpkg->records[dpkg->num_records].arch = "";
    dpkg->num_records++;
}

static bool
ends_with(struct wf_bytes text, const char *end)
{
    const size_t len = strlen(end);

    return text.len >= len &&
           wf_bytes_equal_str(wf_bytes_skip(text, text.len - len), end);
}

/* Status is "want flag state".  A package that was removed keeps a list of its conffiles
 * and says so; one that is only unpacked has its files already. */
static bool
has_files(struct wf_bytes status)
{
    return !ends_with(status, " config-files") && !ends_with(status, " not-installed");
}

static void
read_status(struct wf_dpkg *dpkg, struct wf_bytes text)
{
    struct record record = { 0 };
    bool is_installed = false;
    struct wf_bytes line;
    struct wf_bytes value;

    while (wf_bytes_line(&line, &text)) {
        if (line.len == 0) {
            add_record(dpkg, &record, is_installed);
            record = (struct record){ 0 };
            is_installed = false;
        } else if (wf_package_field(&value, line, "Package")) {
            record.name = wf_arena_str(dpkg->arena, value);
        } else if (wf_package_field(&value, line, "Architecture")) {
            record.arch = wf_arena_str(dpkg->arena, value);
        } else if (wf_package_field(&value, line, "Version")) {
            record.version = wf_arena_str(dpkg->arena, value);
        } else if (wf_package_field(&value, line, "Status")) {
            is_installed = has_files(value);
        }
    }
    add_record(dpkg, &record, is_installed);
}

static const struct record *
find_record(const struct wf_dpkg *dpkg, const char *name, const char *arch)
{
    size_t low = 0;
    size_t high = dpkg->num_records;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const struct record *record = &dpkg->records[middle];
        const int names = strcmp(record->name, name);

        if (names < 0 || (names == 0 && strcmp(record->arch, arch) < 0))
            low = middle + 1;
        else
            high = middle;
    }
    if (low == dpkg->num_records || strcmp(dpkg->records[low].name, name) != 0)
        return NULL;
    if (arch[0] != '\0' && strcmp(dpkg->records[low].arch, arch) != 0)
        return NULL;
    return &dpkg->records[low];
}

/* Three lines each: the file, what it is called now, and whose file it is not. */
static void
read_diversions(struct wf_dpkg *dpkg, struct wf_bytes text)
{
    struct wf_bytes from;
    struct wf_bytes to;
    struct wf_bytes by;

    while (dpkg->num_diversions < MOST_DIVERSIONS && wf_bytes_line(&from, &text) &&
           wf_bytes_line(&to, &text) && wf_bytes_line(&by, &text)) {
        const uint32_t number = (uint32_t)dpkg->num_diversions;

        dpkg->diversions = wf_arena_grow(dpkg->arena, dpkg->diversions, number,
                                         &dpkg->cap_diversions, sizeof *dpkg->diversions);
        dpkg->diversions[dpkg->num_diversions++] =
            (struct diversion){ .original = wf_arena_str(dpkg->arena, from),
                                .by = wf_arena_str(dpkg->arena, by) };
        wf_file_index_add(&dpkg->diverted, dpkg->arena, from, number);
        wf_file_index_add(&dpkg->diverted_to, dpkg->arena, to, number);
    }
}

struct wf_dpkg *
wf_dpkg_parse(struct wf_arena *arena, const struct wf_system_root *root,
              struct wf_bytes status, struct wf_bytes diversions)
{
    struct wf_dpkg *dpkg = wf_arena_alloc(arena, sizeof *dpkg);

    *dpkg = (struct wf_dpkg){ .arena = arena, .root = root };
    wf_file_index_init(&dpkg->files, arena, FILE_BITS);
    wf_file_index_init(&dpkg->diverted, arena, DIVERSION_BITS);
    wf_file_index_init(&dpkg->diverted_to, arena, DIVERSION_BITS);
    read_status(dpkg, status);
    if (dpkg->num_records > 1)
        qsort(dpkg->records, dpkg->num_records, sizeof *dpkg->records, compare_records);
    read_diversions(dpkg, diversions);
    return dpkg;
}

/* The record of a list by its file name, "zlib1g:amd64.list" or "perl.list". */
static const struct record *
record_of_list(const struct wf_dpkg *dpkg, const char *file_name)
{
    const struct wf_bytes stem = wf_bytes_str(file_name);
    struct wf_arena scratch = { 0 };

    if (!ends_with(stem, ".list"))
        return NULL;
    char *name = wf_arena_str(&scratch, wf_bytes_first(stem, stem.len - strlen(".list")));
    char *colon = strchr(name, ':');

    if (colon != NULL)
        *colon = '\0';
    const struct record *record = find_record(dpkg, name, colon == NULL ? "" : colon + 1);

    wf_arena_clear(&scratch);
    return record;
}

static void
index_list(struct wf_dpkg *dpkg, const struct record *record, struct wf_bytes text)
{
    struct wf_bytes line;

    dpkg->list_bytes += text.len;
    while (wf_bytes_line(&line, &text))
        wf_file_index_add(&dpkg->files, dpkg->arena, line,
                          (uint32_t)(record - dpkg->records));
}

void
wf_dpkg_parse_list(struct wf_dpkg *dpkg, const char *file_name, struct wf_bytes text)
{
    const struct record *record = record_of_list(dpkg, file_name);

    if (record != NULL)
        index_list(dpkg, record, text);
}

/* The folder is resolved once and then is the root of its lists: hundreds of them are read,
 * and none may lead out. */
static void
read_lists(struct wf_dpkg *dpkg, struct wf_buffer *text)
{
    struct wf_arena scratch = { 0 };
    struct wf_error err = { 0 };
    char **names = NULL;
    size_t num = 0;
    const char *folder =
        wf_path_resolve(&scratch, dpkg->root->path, "/var/lib/dpkg/info");
    const struct wf_system_root info = {
        .path = wf_arena_printf(&scratch, "%s%s", dpkg->root->path,
                                folder == NULL ? "" : folder),
    };

    if (folder == NULL || !wf_folder_list(&scratch, info.path, &names, &num, &err))
        num = 0; /* a database that cannot be read owns nothing */
    for (size_t i = 0; i < num && dpkg->list_bytes < MOST_LIST_BYTES; i++) {
        const struct record *record = record_of_list(dpkg, names[i]);

        wf_buffer_reset(text);
        if (record != NULL &&
            wf_system_read(&info, text, wf_arena_printf(&scratch, "/%s", names[i])))
            index_list(dpkg, record, wf_buffer_bytes(text));
    }
    wf_arena_clear(&scratch);
}

struct wf_dpkg *
wf_dpkg_read(struct wf_arena *arena, const struct wf_system_root *root)
{
    struct wf_dpkg *dpkg = NULL;
    struct wf_buffer status;
    struct wf_buffer text;

    wf_buffer_init(&status, WF_PACKAGES_TEXT);
    wf_buffer_init(&text, WF_PACKAGES_TEXT);
    if (wf_system_read(root, &status, "/var/lib/dpkg/status")) {
        if (!wf_system_read(root, &text, "/var/lib/dpkg/diversions"))
            wf_buffer_reset(&text);
        dpkg =
            wf_dpkg_parse(arena, root, wf_buffer_bytes(&status), wf_buffer_bytes(&text));
        read_lists(dpkg, &text);
    }
    wf_buffer_clear(&text);
    wf_buffer_clear(&status);
    return dpkg;
}

static bool
is_diverted(const struct wf_dpkg *dpkg, const struct record *record, const char *path)
{
    struct wf_file_walk walk = { 0 };
    uint32_t number = 0;

    while (wf_file_index_next(&dpkg->diverted, &walk, path, &number))
        if (strcmp(dpkg->diversions[number].by, record->name) != 0)
            return true;
    return false;
}

/* The first by name of those that list the path: its file, when `diverted`, has gone to
 * another name, else it stands there. */
static struct record *
record_of(const struct wf_dpkg *dpkg, const char *path, bool diverted)
{
    struct wf_file_walk walk = { 0 };
    struct record *first = NULL;
    uint32_t number = 0;

    while (wf_file_index_next(&dpkg->files, &walk, path, &number)) {
        struct record *record = &dpkg->records[number];

        if ((first == NULL || record < first) &&
            is_diverted(dpkg, record, path) == diverted)
            first = record;
    }
    return first;
}

static struct record *
record_diverted_to(const struct wf_dpkg *dpkg, const char *path)
{
    struct wf_file_walk walk = { 0 };
    struct record *record = NULL;
    uint32_t number = 0;

    while (record == NULL && wf_file_index_next(&dpkg->diverted_to, &walk, path, &number))
        record = record_of(dpkg, dpkg->diversions[number].original, true);
    return record;
}

static const char *
licence_of(const struct wf_dpkg *dpkg, const struct record *record)
{
    struct wf_arena scratch = { 0 };
    struct wf_buffer text;
    const char *licence = NULL;

    wf_buffer_init(&text, WF_PACKAGES_TEXT);
    if (wf_system_read(
            dpkg->root, &text,
            wf_arena_printf(&scratch, "/usr/share/doc/%s/copyright", record->name)))
        licence = wf_copyright_licence(dpkg->arena, wf_buffer_bytes(&text));
    wf_buffer_clear(&text);
    wf_arena_clear(&scratch);
    return licence;
}

static const struct wf_package *
make_package(const struct wf_dpkg *dpkg, const struct record *record)
{
    const struct wf_purl_qualifier qualifiers[] = {
        { "arch", record->arch },
        { "distro", dpkg->root->distro_tag },
    };
    const struct wf_purl purl = { .type = "deb",
                                  .space = dpkg->root->distro,
                                  .name = record->name,
                                  .version = record->version,
                                  .qualifiers = qualifiers,
                                  .num_qualifiers = WF_COUNT(qualifiers) };
    struct wf_package *package = wf_arena_alloc(dpkg->arena, sizeof *package);

    *package = (struct wf_package){ .type = "deb",
                                    .distro = dpkg->root->distro,
                                    .name = record->name,
                                    .version = record->version,
                                    .arch = record->arch,
                                    .licence = licence_of(dpkg, record),
                                    .purl = wf_purl_write(dpkg->arena, &purl) };
    return package;
}

const struct wf_package *
wf_dpkg_owner(struct wf_dpkg *dpkg, const char *path)
{
    struct record *record = record_of(dpkg, path, false);

    if (record == NULL)
        record = record_diverted_to(dpkg, path);
    if (record == NULL)
        return NULL;
    if (record->package == NULL)
        record->package = make_package(dpkg, record);
    return record->package;
}
