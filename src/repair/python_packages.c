/* python_packages.c -- which Python files get the patch (see python_packages.h). */
#include "repair/python_packages.h"

#include <string.h>

#include "wheel/path_sort.h"

/* What is done about a member. */
enum { DO_PATCH = 1, DO_COPY = 2 };

/* A folder that is looked at: its members, all below it included, are [begin, end) of the
 * sorted paths. */
struct folder {
    size_t begin;
    size_t end;
    size_t prefix;    /* length of its path, '/' included; 0: site-packages */
    bool is_covered;  /* a patched package is imported before anything in it */
    bool is_outside;  /* not a part of site-packages, or nothing to import */
    bool is_declared; /* by --namespace-pkg; site-packages holds such ones */
    bool is_wanted;   /* packages in it are patched whatever they lead to */
};

struct planning {
    struct wf_arena *arena;
    const struct wf_python_member *members;
    const struct wf_python_wishes *wishes;
    struct wf_path_key *keys;
    size_t num;
    size_t *needs_before;       /* of the sorted members, how many need the folder */
    uint8_t *actions;           /* by sorted place */
    struct wf_strings declared; /* as paths, those above them included; sorted */
    bool *is_found;             /* by place in `declared` */
    struct folder *stack;
    size_t num_stack;
    size_t cap_stack;
    struct wf_error *err;
};

static const struct wf_python_member *
member_at(const struct planning *planning, size_t place)
{
    return &planning->members[planning->keys[place].idx];
}

/* The name of a member in a folder; NULL for one deeper down. */
static const char *
name_in(const struct planning *planning, const struct folder *folder, size_t place)
{
    const char *name = planning->keys[place].path + folder->prefix;

    return strchr(name, '/') == NULL ? name : NULL;
}

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* Whether the text begins with a word of lower case, in any case. */
static bool
starts_with(const char *text, const char *word)
{
    for (; *word != '\0'; text++, word++) {
        if (lower(*text) != *word)
            return false;
    }
    return true;
}

static bool
ends_with(const char *text, const char *word)
{
    const size_t len = strlen(text);

    return len >= strlen(word) && starts_with(text + len - strlen(word), word);
}

static bool
is_init(const char *name)
{
    return strlen(name) == strlen("__init__.py") && starts_with(name, "__init__.py");
}

/* Python prefers it to __init__.py, which then is never run. */
static bool
is_native_init(const char *name)
{
    return starts_with(name, "__init__.") && ends_with(name, ".pyd");
}

/* Has the folder an __init__.py that Python runs? */
static bool
is_package(const struct planning *planning, const struct folder *folder)
{
    bool has_init = false;

    for (size_t i = folder->begin; i < folder->end; i++) {
        const char *name = name_in(planning, folder, i);

        if (name != NULL && is_native_init(name))
            return false;
        has_init = has_init || (name != NULL && is_init(name));
    }
    return has_init;
}

static bool
patch_package(struct planning *planning, struct folder *folder)
{
    const struct wf_python_wishes *wishes = planning->wishes;
    bool is_namespace = false;

    for (size_t i = folder->begin; !is_namespace && i < folder->end; i++) {
        const char *name = name_in(planning, folder, i);

        if (name != NULL && is_init(name) && wishes->read_is_namespace != NULL &&
            !wishes->read_is_namespace(&is_namespace, wishes->context,
                                       planning->keys[i].idx, planning->err))
            return false;
    }
    for (size_t i = folder->begin; !is_namespace && i < folder->end; i++) {
        const char *name = name_in(planning, folder, i);

        if (name != NULL && is_init(name))
            planning->actions[i] |= DO_PATCH;
    }
    folder->is_covered = !is_namespace;
    return true;
}

static bool
leads_to_need(const struct planning *planning, const struct folder *folder)
{
    return planning->needs_before[folder->end] > planning->needs_before[folder->begin];
}

static bool
visit_package(struct planning *planning, struct folder *folder)
{
    if (folder->prefix == 0 || folder->is_covered || folder->is_outside ||
        folder->is_declared || planning->wishes->at_marks ||
        !(folder->is_wanted || leads_to_need(planning, folder)) ||
        !is_package(planning, folder))
        return true;
    return patch_package(planning, folder);
}

static void
visit_member(struct planning *planning, const struct folder *folder, size_t place)
{
    const char *name = planning->keys[place].path + folder->prefix;
    const enum wf_python_need need = member_at(planning, place)->need;
    const bool at_marks = planning->wishes->at_marks;

    if (need == WF_NEEDS_COPIES ||
        (need == WF_NEEDS_FOLDER && !folder->is_covered && !at_marks))
        planning->actions[place] |= DO_COPY;
    if (!folder->is_outside && ends_with(name, ".py") &&
        (at_marks || (folder->is_declared && folder->prefix > 0 && !is_init(name))))
        planning->actions[place] |= DO_PATCH;
}

/* Marks the declared namespace of this path (without its last '/') as found. */
static bool
find_declared(struct planning *planning, const char *path, size_t len)
{
    size_t low = 0;
    size_t high = planning->declared.num;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const char *item = planning->declared.items[middle];
        int order = strncmp(item, path, len);

        if (order == 0 && item[len] != '\0')
            order = 1;
        if (order == 0) {
            planning->is_found[middle] = true;
            return true;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* Folders of the wheel that are not for import.  (.data/purelib and platlib do not show up
 * in installed paths.) */
static bool
is_outside(const char *path, size_t len)
{
    static const char *const suffixes[] = { ".dist-info/", ".data/" };

    for (size_t i = 0; i < WF_COUNT(suffixes); i++) {
        const size_t suffix = strlen(suffixes[i]);

        if (len >= suffix && memcmp(path + len - suffix, suffixes[i], suffix) == 0)
            return true;
    }
    return false;
}

/* Puts the folder of the member at `place` on the stack; returns the first place behind. */
static size_t
push_folder(struct planning *planning, const struct folder *parent, size_t place)
{
    const char *path = planning->keys[place].path;
    const size_t prefix = (size_t)(strchr(path + parent->prefix, '/') - path) + 1;
    const size_t len = prefix - parent->prefix;
    struct folder child = *parent;

    child.begin = place;
    child.prefix = prefix;
    for (child.end = place + 1; child.end < parent->end; child.end++) {
        if (strncmp(planning->keys[child.end].path + parent->prefix,
                    path + parent->prefix, len) != 0)
            break;
    }
    if (parent->prefix == 0)
        child.is_outside = is_outside(path, prefix);
    child.is_wanted = parent->is_wanted || (parent->is_declared && parent->prefix > 0);
    child.is_declared = parent->is_declared && find_declared(planning, path, prefix - 1);
    planning->stack = wf_arena_grow(planning->arena, planning->stack, planning->num_stack,
                                    &planning->cap_stack, sizeof *planning->stack);
    planning->stack[planning->num_stack++] = child;
    return child.end;
}

static bool
visit_folder(struct planning *planning, struct folder folder)
{
    if (!visit_package(planning, &folder))
        return false;
    for (size_t i = folder.begin; i < folder.end;) {
        if (name_in(planning, &folder, i) == NULL) {
            i = push_folder(planning, &folder, i);
        } else {
            visit_member(planning, &folder, i);
            i++;
        }
    }
    return true;
}

/* "a.b" as the paths "a" and "a/b". */
static void
declare(struct planning *planning, const char *dotted)
{
    char *path = wf_arena_strdup(planning->arena, dotted);

    for (char *c = path; *c != '\0'; c++) {
        if (*c != '.')
            continue;
        *c = '\0';
        wf_strings_append(planning->arena, &planning->declared,
                          wf_arena_strdup(planning->arena, path));
        *c = '/';
    }
    wf_strings_append(planning->arena, &planning->declared, path);
}

static void
prepare(struct planning *planning)
{
    const struct wf_strings *namespaces = planning->wishes->namespaces;
    size_t num_needs = 0;

    planning->keys =
        wf_arena_array(planning->arena, planning->num, sizeof *planning->keys);
    planning->needs_before = wf_arena_array(planning->arena, planning->num + 1,
                                            sizeof *planning->needs_before);
    planning->actions = wf_arena_alloc(planning->arena, planning->num);
    for (size_t i = 0; i < planning->num; i++)
        planning->keys[i] = (struct wf_path_key){ .path = planning->members[i].installed,
                                                  .idx = (uint32_t)i };
    wf_path_sort(planning->keys, planning->num);
    for (size_t i = 0; i < planning->num; i++) {
        num_needs += member_at(planning, i)->need == WF_NEEDS_FOLDER;
        planning->needs_before[i + 1] = num_needs;
    }
    for (size_t i = 0; namespaces != NULL && i < namespaces->num; i++)
        declare(planning, namespaces->items[i]);
    wf_strings_sort(&planning->declared);
    planning->is_found = wf_arena_array(planning->arena, planning->declared.num,
                                        sizeof *planning->is_found);
}

static void
tell_missing(struct wf_python_packages *out, struct planning *planning)
{
    const struct wf_strings *namespaces = planning->wishes->namespaces;

    for (size_t i = 0; namespaces != NULL && i < namespaces->num; i++) {
        char *path = wf_arena_strdup(planning->arena, namespaces->items[i]);
        bool is_found = false;

        for (char *c = path; *c != '\0'; c++)
            *c = *c == '.' ? '/' : *c;
        for (size_t j = 0; j < planning->declared.num; j++)
            is_found = is_found || (planning->is_found[j] &&
                                    strcmp(planning->declared.items[j], path) == 0);
        if (!is_found)
            wf_strings_append(planning->arena, &out->missing, namespaces->items[i]);
    }
    wf_strings_sort(&out->missing);
}

static void
collect(struct wf_python_packages *out, struct planning *planning)
{
    size_t num_targets = 0;
    size_t num_copies = 0;

    for (size_t i = 0; i < planning->num; i++) {
        num_targets += (planning->actions[i] & DO_PATCH) != 0;
        num_copies += (planning->actions[i] & DO_COPY) != 0;
    }
    out->targets = wf_arena_array(planning->arena, num_targets, sizeof *out->targets);
    out->copies = wf_arena_array(planning->arena, num_copies, sizeof *out->copies);
    for (size_t i = 0; i < planning->num; i++) {
        const struct wf_path_key *key = &planning->keys[i];
        struct wf_python_target target = { .member = key->idx };

        for (const char *c = key->path; *c != '\0'; c++)
            target.depth += *c == '/';
        if ((planning->actions[i] & DO_PATCH) != 0)
            out->targets[out->num_targets++] = target;
        if ((planning->actions[i] & DO_COPY) != 0)
            out->copies[out->num_copies++] = key->idx;
    }
    tell_missing(out, planning);
}

bool
wf_python_plan(struct wf_python_packages *out, struct wf_arena *arena,
               const struct wf_python_member *members, size_t num,
               const struct wf_python_wishes *wishes, struct wf_error *err)
{
    struct planning planning = {
        .arena = arena, .members = members, .num = num, .wishes = wishes, .err = err
    };
    struct wf_python_packages packages = { 0 };

    prepare(&planning);
    const struct folder root = { .end = num,
                                 .is_declared = true,
                                 .is_wanted = wishes->everywhere };

    if (!visit_folder(&planning, root))
        return false;
    while (planning.num_stack > 0) {
        if (!visit_folder(&planning, planning.stack[--planning.num_stack]))
            return false;
    }
    collect(&packages, &planning);
    *out = packages;
    return true;
}
