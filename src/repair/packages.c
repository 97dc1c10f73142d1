/* packages.c -- the owner of a file, whatever manages the system (see packages.h). */
#include "repair/packages.h"

#include <string.h>

#include "base/file.h"
#include "repair/packages_parts.h"

enum { ANSWER_BITS = 8, MOST_SPELLINGS = 4 };

struct wf_packages {
    struct wf_arena arena;
    struct wf_system_root root;
    const char *real_root; /* the same with every link followed */
    bool was_read;
    struct wf_dpkg *dpkg; /* NULL: the system has none */
    struct wf_apk *apk;
    struct wf_rpm *rpm;
    struct wf_file_index answered; /* paths to indices of answers */
    const struct wf_package **answers;
    size_t num_answers;
    size_t cap_answers;
};

/* The names under which a database may list one file. */
struct spellings {
    const char *paths[MOST_SPELLINGS];
    size_t num;
};

struct wf_packages *
wf_packages_new(const char *root)
{
    struct wf_arena arena = { 0 };
    struct wf_packages *packages = wf_arena_alloc(&arena, sizeof *packages);
    size_t len = strlen(root);

    while (len > 0 && root[len - 1] == '/')
        len--;
    packages->root.path = wf_arena_str(&arena, wf_bytes_of(root, len));
    packages->arena = arena;
    return packages;
}

void
wf_packages_free(struct wf_packages *packages)
{
    if (packages == NULL)
        return;
    struct wf_arena arena = packages->arena; /* which holds *packages itself */

    wf_arena_clear(&arena);
}

static void
read_databases(struct wf_packages *packages)
{
    struct wf_arena *arena = &packages->arena;
    const char *root = packages->root.path;

    if (packages->was_read)
        return;
    packages->was_read = true;
    if (root[0] != '\0') {
        const char *absolute = wf_path_absolute(arena, root);

        packages->real_root =
            absolute == NULL ? NULL : wf_path_resolve(arena, "", absolute);
    }
    wf_system_recognise(&packages->root, arena);
    packages->dpkg = wf_dpkg_read(arena, &packages->root);
    packages->apk = wf_apk_read(arena, &packages->root);
    packages->rpm = wf_rpm_find(arena, &packages->root);
    wf_file_index_init(&packages->answered, arena, ANSWER_BITS);
}

/* What follows `root` in `path`, or NULL when the path is not below it. */
static const char *
below(const char *root, const char *path)
{
    const size_t len = root == NULL ? 0 : strlen(root);

    if (root == NULL || strncmp(path, root, len) != 0 || path[len] != '/')
        return NULL;
    return path + len;
}

static const char *
inside_root(const struct wf_packages *packages, const char *path)
{
    const char *inside = below(packages->root.path, path);

    return inside != NULL ? inside : below(packages->real_root, path);
}

static void
add_spelling(struct spellings *spellings, const char *path)
{
    for (size_t i = 0; i < spellings->num; i++)
        if (strcmp(spellings->paths[i], path) == 0)
            return;
    spellings->paths[spellings->num++] = path;
}

/* Where /lib is a link to usr/lib, packages from before say /lib and those from after
 * /usr/lib, and both mean one file. */
static const char *
other_side_of_usr(struct wf_packages *packages, const char *path, const char *real)
{
    struct wf_arena *arena = &packages->arena;
    const char *other = below("/usr", path);

    if (other == NULL)
        other = wf_arena_printf(arena, "/usr%s", path);
    const char *target = wf_path_resolve(arena, packages->root.path, other);

    return target != NULL && strcmp(target, real) == 0 ? other : NULL;
}

/* The file itself comes before a link to it: libfoo.so belongs to the -dev package, what it
 * leads to is the library's. */
static struct spellings
spell(struct wf_packages *packages, const char *path)
{
    struct spellings spellings = { 0 };
    const char *real = wf_path_resolve(&packages->arena, packages->root.path, path);
    const char *const names[] = { real, path };

    for (size_t i = 0; i < WF_COUNT(names); i++) {
        if (names[i] == NULL)
            continue;
        add_spelling(&spellings, names[i]);
        const char *other =
            real == NULL ? NULL : other_side_of_usr(packages, names[i], real);

        if (other != NULL)
            add_spelling(&spellings, other);
    }
    return spellings;
}

/* One file that is asked about. */
struct question {
    const char *path; /* inside the root; NULL when it lies outside */
    struct spellings spellings;
    bool is_answered;
    const struct wf_package *package; /* or NULL: nobody's */
};

static void
look_up(struct wf_packages *packages, struct question *question)
{
    struct wf_file_walk walk = { 0 };
    uint32_t number = 0;

    question->is_answered =
        question->path == NULL ||
        wf_file_index_next(&packages->answered, &walk, question->path, &number);
    if (question->is_answered && question->path != NULL)
        question->package = packages->answers[number];
    if (question->is_answered)
        return;
    question->spellings = spell(packages, question->path);
    for (size_t i = 0; question->package == NULL && i < question->spellings.num; i++) {
        const char *path = question->spellings.paths[i];

        if (packages->dpkg != NULL)
            question->package = wf_dpkg_owner(packages->dpkg, path);
        if (question->package == NULL && packages->apk != NULL)
            question->package = wf_apk_owner(packages->apk, path);
    }
}

/* The files that nobody knows so far, by their real paths: rpm sees through links of
 * folders by itself. */
static void
ask_rpm(struct wf_packages *packages, struct question *questions, size_t num)
{
    struct wf_arena scratch = { 0 };
    const char **paths = wf_arena_array(&scratch, num, sizeof *paths);
    size_t num_paths = 0;

    for (size_t i = 0; i < num; i++)
        if (!questions[i].is_answered && questions[i].package == NULL)
            paths[num_paths++] = questions[i].spellings.paths[0];
    wf_rpm_ask(packages->rpm, paths, num_paths);
    wf_arena_clear(&scratch);
    for (size_t i = 0; i < num; i++) {
        struct question *question = &questions[i];

        for (size_t j = 0; question->package == NULL && j < question->spellings.num; j++)
            question->package = wf_rpm_owner(packages->rpm, question->spellings.paths[j]);
    }
}

static void
remember(struct wf_packages *packages, const struct question *question)
{
    wf_file_index_add(&packages->answered, &packages->arena, wf_bytes_str(question->path),
                      (uint32_t)packages->num_answers);
    packages->answers =
        wf_arena_grow(&packages->arena, packages->answers, packages->num_answers,
                      &packages->cap_answers, sizeof *packages->answers);
    packages->answers[packages->num_answers++] = question->package;
}

void
wf_packages_owners(struct wf_packages *packages, const struct wf_package **out,
                   const char *const *paths, size_t num)
{
    struct wf_arena scratch = { 0 };
    struct question *questions = wf_arena_array(&scratch, num, sizeof *questions);

    read_databases(packages);
    for (size_t i = 0; i < num; i++) {
        questions[i].path = inside_root(packages, paths[i]);
        look_up(packages, &questions[i]);
    }
    if (packages->rpm != NULL)
        ask_rpm(packages, questions, num);
    for (size_t i = 0; i < num; i++) {
        if (!questions[i].is_answered)
            remember(packages, &questions[i]);
        out[i] = questions[i].package;
    }
    wf_arena_clear(&scratch);
}

const struct wf_package *
wf_packages_owner(struct wf_packages *packages, const char *path)
{
    const struct wf_package *package = NULL;

    wf_packages_owners(packages, &package, &path, 1);
    return package;
}
