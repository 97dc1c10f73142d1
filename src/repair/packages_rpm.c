/* packages_rpm.c -- rpm's database, whose formats only its own program reads: one question
 * to `rpm -qf` for each library that nobody has asked about yet. */
#include <string.h>

#include "base/file.h"
#include "base/purl.h"
#include "base/spawn.h"
#include "repair/packages_parts.h"

enum { PATIENCE_MS = 20 * 1000, MOST_OUTPUT = 1024 * 1024, NUM_FIELDS = 5 };

/* Marks the lines of the answer; rpm puts messages between them. */
#define MARK "wheelfix\t"

struct wf_rpm {
    struct wf_arena *arena;
    const struct wf_system_root *root;
    const char *folder; /* of the database, inside the root, every link followed */
    bool is_gone;       /* the program cannot be run: not asked again */
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
        return rpm;
    }
    return NULL;
}

/* --dbpath is named because it differs between builds of rpm: Debian's looks below $HOME. */
static bool
ask(struct wf_rpm *rpm, struct wf_buffer *answer, const char *path)
{
    const char *const argv[] = {
        "rpm",
        "--root",
        rpm->root->path[0] == '\0' ? "/" : rpm->root->path,
        "--dbpath",
        rpm->folder,
        "-qf",
        "--qf",
        MARK "%{NAME}\\t%{EPOCH}\\t%{VERSION}-%{RELEASE}\\t%{ARCH}\\t%{LICENSE}\\n",
        path,
        NULL,
    };
    const struct wf_spawn_request request = { .argv = argv, .timeout_ms = PATIENCE_MS };
    struct wf_error err = { 0 };
    int status = 0;

    if (wf_spawn(&request, answer, NULL, &status, &err))
        return status == 0;
    rpm->is_gone = true;
    return false;
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

const struct wf_package *
wf_rpm_owner(struct wf_rpm *rpm, const char *path)
{
    const struct wf_package *package = NULL;
    struct wf_buffer answer;

    wf_buffer_init(&answer, MOST_OUTPUT);
    if (!rpm->is_gone && ask(rpm, &answer, path)) {
        struct wf_bytes rest = wf_buffer_bytes(&answer);
        struct wf_bytes fields[NUM_FIELDS];
        struct wf_bytes line;

        while (package == NULL && wf_bytes_line(&line, &rest))
            if (split(fields, line))
                package = make_package(rpm, fields);
    }
    wf_buffer_clear(&answer);
    return package;
}
