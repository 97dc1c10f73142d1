/* packages_rpm.c -- rpm's database, whose formats only its own program reads: one question
 * to `rpm -qf` for all libraries of a wheel that nobody has asked about yet. */
#include <string.h>

#include "base/file.h"
#include "base/purl.h"
#include "base/spawn.h"
#include "repair/packages_parts.h"

enum { PATIENCE_MS = 20 * 1000, NUM_FIELDS = 5, FILE_BITS = 12 };

/* One question names so many files at most: with paths of PATH_MAX that is 120 kB, and
 * command lines may be 2 MB long. */
enum { NUM_WORDS = 8, MOST_ASKED = 30 };

/* Marks the lines about a package; those about its files, which follow, start with a slash,
 * and rpm puts messages between them.  Its files are listed because the answers do not say
 * what they answer. */
#define MARK "wheelfix\t"
#define QUESTION                                                                         \
    MARK "%{NAME}\\t%{EPOCH}\\t%{VERSION}-%{RELEASE}\\t%{ARCH}\\t%{LICENSE}\\n[%{"       \
         "FILENAMES}\\n]"

struct wf_rpm {
    struct wf_arena *arena;
    const struct wf_system_root *root;
    const char *folder; /* of the database, inside the root, every link followed */
    bool is_gone;       /* the program cannot be run: not asked again */
    const struct wf_package **packages;
    size_t num_packages;
    size_t cap_packages;
    struct wf_file_index files; /* to indices of packages */
};

/* Where distributions have it, newest first, and the files that show it is in use: Debian's
 * own rpm makes an empty folder. */
static const char *const folders[] = { "/usr/lib/sysimage/rpm", "/var/lib/rpm" };
static const char *const files[] = { "rpmdb.sqlite", "Packages.db", "Packages" };

static bool
has_database(struct wf_arena *arena, const struct wf_system_root *root,
             const char *folder)
{
    for (size_t i = 0; i < WF_COUNT(files); i++) {
        const char *file = wf_path_resolve(
            arena, root->path, wf_arena_printf(arena, "%s/%s", folder, files[i]));

        if (file != NULL && wf_path_kind(wf_arena_printf(arena, "%s%s", root->path,
                                                         file)) == WF_PATH_FILE)
            return true;
    }
    return false;
}

struct wf_rpm *
wf_rpm_find(struct wf_arena *arena, const struct wf_system_root *root)
{
    for (size_t i = 0; i < WF_COUNT(folders); i++) {
        const char *folder = wf_path_resolve(arena, root->path, folders[i]);

        if (folder == NULL || !has_database(arena, root, folder))
            continue;
        struct wf_rpm *rpm = wf_arena_alloc(arena, sizeof *rpm);

        *rpm = (struct wf_rpm){ .arena = arena, .root = root, .folder = folder };
        wf_file_index_init(&rpm->files, arena, FILE_BITS);
        return rpm;
    }
    return NULL;
}

/* --dbpath is named because it differs between builds of rpm: Debian's looks below $HOME.
 * The exit status only says whether every file has an owner. */
static void
ask(struct wf_rpm *rpm, struct wf_buffer *answer, const char *const *paths, size_t num)
{
    const char *argv[NUM_WORDS + MOST_ASKED + 1] = {
        "rpm",      "--root",    rpm->root->path[0] == '\0' ? "/" : rpm->root->path,
        "--dbpath", rpm->folder, "-qf",
        "--qf",     QUESTION,
    };
    const struct wf_spawn_request request = { .argv = argv, .timeout_ms = PATIENCE_MS };
    struct wf_error err = { 0 };
    int status = 0;

    for (size_t i = 0; i < num; i++)
        argv[NUM_WORDS + i] = paths[i];
    argv[NUM_WORDS + num] = NULL;
    if (!wf_spawn(&request, answer, NULL, &status, &err)) {
        rpm->is_gone = true;
        wf_buffer_reset(answer);
    }
}

/* Takes the marked line apart; the last field may hold anything but a line end. */
static bool
split(struct wf_bytes fields[NUM_FIELDS], struct wf_bytes line)
{
    if (!wf_bytes_starts_with(line, MARK))
        return false;
    line = wf_bytes_skip(line, strlen(MARK));
    for (size_t i = 0; i < NUM_FIELDS - 1; i++) {
        const uint8_t *tab = line.len == 0 ? NULL : memchr(line.data, '\t', line.len);

        if (tab == NULL)
            return false;
        fields[i] = wf_bytes_first(line, (size_t)(tab - line.data));
        line = wf_bytes_skip(line, fields[i].len + 1);
    }
    fields[NUM_FIELDS - 1] = line;
    return fields[0].len > 0;
}

/* rpm's word for a tag that a package does not have. */
static struct wf_bytes
unless_none(struct wf_bytes field)
{
    return wf_bytes_equal_str(field, "(none)") ? wf_bytes_of(NULL, 0) : field;
}

static const struct wf_package *
make_package(const struct wf_rpm *rpm, const struct wf_bytes fields[NUM_FIELDS])
{
    struct wf_arena *arena = rpm->arena;
    const char *epoch = wf_arena_str(arena, unless_none(fields[1]));
    const char *version = wf_arena_str(arena, fields[2]);
    const char *arch = wf_arena_str(arena, unless_none(fields[3]));
    const struct wf_purl_qualifier qualifiers[] = {
        { "arch", arch },
        { "distro", rpm->root->distro_tag },
        { "epoch", epoch },
    };
    const struct wf_purl purl = { .type = "rpm",
                                  .space = rpm->root->distro,
                                  .name = wf_arena_str(arena, fields[0]),
                                  .version = version,
                                  .qualifiers = qualifiers,
                                  .num_qualifiers = WF_COUNT(qualifiers) };
    struct wf_package *package = wf_arena_alloc(arena, sizeof *package);

    *package = (struct wf_package){
        .type = "rpm",
        .distro = rpm->root->distro,
        .name = purl.name,
        .version =
            epoch[0] == '\0' ? version : wf_arena_printf(arena, "%s:%s", epoch, version),
        .arch = arch,
        .licence = wf_package_licence(arena, unless_none(fields[4])),
        .purl = wf_purl_write(arena, &purl),
    };
    return package;
}

/* The files of a package that was told before are there already. */
static void
read_answer(struct wf_rpm *rpm, struct wf_bytes text)
{
    struct wf_bytes fields[NUM_FIELDS];
    struct wf_bytes line;
    bool is_told = false;

    while (wf_bytes_line(&line, &text)) {
        if (wf_bytes_starts_with(line, MARK)) {
            is_told = rpm->num_packages < WF_PACKAGES_RECORDS && split(fields, line);
            if (!is_told)
                continue;
            rpm->packages = wf_arena_grow(rpm->arena, rpm->packages, rpm->num_packages,
                                          &rpm->cap_packages, sizeof *rpm->packages);
            rpm->packages[rpm->num_packages++] = make_package(rpm, fields);
        } else if (is_told && wf_bytes_starts_with(line, "/")) {
            wf_file_index_add(&rpm->files, rpm->arena, line,
                              (uint32_t)(rpm->num_packages - 1));
        }
    }
}

void
wf_rpm_ask(struct wf_rpm *rpm, const char *const *paths, size_t num)
{
    struct wf_buffer answer;

    wf_buffer_init(&answer, WF_PACKAGES_TEXT);
    while (num > 0 && !rpm->is_gone) {
        const size_t some = num < MOST_ASKED ? num : MOST_ASKED;

        wf_buffer_reset(&answer);
        ask(rpm, &answer, paths, some);
        read_answer(rpm, wf_buffer_bytes(&answer));
        paths += some;
        num -= some;
    }
    wf_buffer_clear(&answer);
}

const struct wf_package *
wf_rpm_owner(struct wf_rpm *rpm, const char *path)
{
    struct wf_file_walk walk = { 0 };
    const struct wf_package *first = NULL;
    uint32_t number = 0;

    while (wf_file_index_next(&rpm->files, &walk, path, &number)) {
        const struct wf_package *package = rpm->packages[number];

        if (first == NULL || strcmp(package->purl, first->purl) < 0)
            first = package;
    }
    return first;
}
