/* tree_builder.c -- searches made by hand. */
#include "tree_builder.h"

#include "unit.h"

#include "base/file.h"
#include "folder.h"
#include "macho_builder.h"
#include "pe_builder.h"

void
tree_setup(struct tree_world *world)
{
    memset(world, 0, sizeof *world);
    world->limits = wf_limits_standard();
}

void
tree_clear(struct tree_world *world)
{
    wf_resolver_free(world->resolver);
    wf_arena_clear(&world->arena);
}

/* The words of a list separated by blanks. */
static size_t
split_words(const char ***out, struct wf_arena *arena, const char *words)
{
    const char **items = wf_arena_array(arena, TREE_MOST_NEEDED, sizeof *items);
    size_t num = 0;

    while (*words != '\0') {
        const size_t len = strcspn(words, " ");

        assert_true(num < TREE_MOST_NEEDED);
        items[num++] = wf_arena_str(arena, wf_bytes_of(words, len));
        words += len + (words[len] == ' ');
    }
    *out = items;
    return num;
}

struct wf_object *
tree_add(struct tree_world *world, const char *path, const char *needed)
{
    assert_true(world->num_objects < TREE_MOST_OBJECTS);
    struct wf_object *object = &world->objects[world->num_objects++];

    *object = (struct wf_object){
        .path = path,
        .format = WF_FORMAT_ELF,
        .kind = WF_KIND_SHARED,
        .arch = WF_ARCH_X86_64,
        .arch_name = "x86_64",
        .bits = 64,
        .endian = WF_LITTLE,
        .machine = 62,
        .libc = WF_LIBC_GLIBC,
        .has_dynamic = true,
    };
    object->num_needed = split_words(&object->needed, &world->arena, needed);
    return object;
}

struct wf_object *
tree_add_dylib(struct tree_world *world, const char *path, const char *needed,
               const char *rpaths)
{
    static const char weak[] = "weak:";
    struct wf_object *object = tree_add(world, path, needed);
    struct wf_macho *macho = wf_arena_alloc(&world->arena, sizeof *macho);
    struct wf_macho_dylib *dylibs =
        wf_arena_array(&world->arena, TREE_MOST_NEEDED, sizeof *dylibs);

    for (size_t i = 0; i < object->num_needed; i++) {
        if (strncmp(object->needed[i], weak, sizeof weak - 1) != 0)
            continue;
        dylibs[i].weak = true;
        object->needed[i] += sizeof weak - 1;
    }
    object->format = WF_FORMAT_MACHO;
    object->machine = 0;
    object->libc = WF_LIBC_UNKNOWN;
    macho->file_type = WF_MACHO_DYLIB;
    macho->dylibs = dylibs;
    object->macho = macho;
    object->num_rpaths = split_words(&object->rpaths, &world->arena, rpaths);
    tree_set_cpu(object, "arm64");
    return object;
}

struct wf_object *
tree_add_dll(struct tree_world *world, const char *path, const char *needed)
{
    static const struct {
        const char *word;
        enum wf_pe_need_kind kind;
    } kinds[] = { { "delay:", WF_PE_DELAY }, { "forward:", WF_PE_FORWARD } };
    struct wf_object *object = tree_add(world, path, needed);
    struct wf_pe *pe = wf_arena_alloc(&world->arena, sizeof *pe);
    struct wf_pe_need *needs =
        wf_arena_array(&world->arena, TREE_MOST_NEEDED, sizeof *needs);

    for (size_t i = 0; i < object->num_needed; i++)
        for (size_t k = 0; k < WF_COUNT(kinds); k++)
            if (wf_text_starts_with(object->needed[i], kinds[k].word)) {
                needs[i].kind = kinds[k].kind;
                object->needed[i] += strlen(kinds[k].word);
            }
    object->format = WF_FORMAT_PE;
    object->libc = WF_LIBC_UNKNOWN;
    pe->needs = needs;
    object->pe = pe;
    tree_set_machine(world, object, "amd64");
    return object;
}

void
tree_set_machine(struct tree_world *world, struct wf_object *object, const char *machine)
{
    struct wf_pe *pe = wf_arena_alloc(&world->arena, sizeof *pe);

    *pe = *object->pe;
    pe->hybrid = strcmp(machine, "arm64x") == 0 ? WF_PE_ARM64X : WF_PE_PLAIN;
    object->pe = pe;
    object->arch_name = machine;
    object->arch = strcmp(machine, "x86") == 0     ? WF_ARCH_I686
                   : strcmp(machine, "amd64") == 0 ? WF_ARCH_X86_64
                                                   : WF_ARCH_AARCH64;
}

void
tree_set_type(struct tree_world *world, struct wf_object *object, enum wf_macho_type type)
{
    struct wf_macho *macho = wf_arena_alloc(&world->arena, sizeof *macho);

    *macho = *object->macho;
    macho->file_type = type;
    object->macho = macho;
    object->kind = type == WF_MACHO_EXECUTE ? WF_KIND_EXECUTABLE : WF_KIND_SHARED;
}

void
tree_set_cpu(struct wf_object *object, const char *cpu)
{
    object->arch_name = cpu;
    object->arch = strncmp(cpu, "arm64", 5) == 0 ? WF_ARCH_AARCH64 : WF_ARCH_X86_64;
}

static const char *
describe(struct tree_world *world)
{
    const char *out = "";

    for (size_t i = 0; i < world->tree->num_nodes; i++) {
        const struct wf_node *node = world->tree->nodes[i];

        out = wf_arena_printf(&world->arena, "%s%s:", out, node->library->path);
        for (size_t k = 0; k < node->num_edges; k++) {
            const struct wf_edge *edge = &node->edges[k];
            const char *path = edge->library == NULL ? "-" : edge->library->path;

            out = wf_arena_printf(&world->arena, "%s %s=%s(%s)", out, edge->name, path,
                                  wf_found_by_name(edge->by));
        }
        out = wf_arena_printf(&world->arena, "%s\n", out);
    }
    return out;
}

const char *
tree_of(struct tree_world *world, const struct wf_object *root)
{
    if (world->resolver == NULL) {
        const struct wf_object **members =
            wf_arena_array(&world->arena, TREE_MOST_OBJECTS, sizeof *members);

        for (size_t i = 0; i < world->num_objects; i++)
            members[i] = &world->objects[i];
        world->resolver =
            wf_resolver_new(&world->search, members, world->num_objects, &world->limits);
    }
    if (!wf_resolver_tree(&world->tree, world->resolver, root, WF_LIBC_UNKNOWN,
                          &world->err))
        fail_msg("%s: %s", world->err.where, world->err.text);
    return describe(world);
}

const struct wf_edge *
tree_edge(const struct tree_world *world, const char *name)
{
    for (size_t i = 0; i < world->tree->num_nodes; i++)
        for (size_t k = 0; k < world->tree->nodes[i]->num_edges; k++)
            if (strcmp(world->tree->nodes[i]->edges[k].name, name) == 0)
                return &world->tree->nodes[i]->edges[k];
    fail_msg("nothing needs %s", name);
    return NULL;
}

const char *
tree_tries(struct tree_world *world, const char *name)
{
    const struct wf_edge *edge = tree_edge(world, name);
    const char *out = "";

    for (size_t i = 0; i < edge->num_tries; i++)
        out = wf_arena_printf(&world->arena, "%s%s %s %s: %s\n", out, edge->tries[i].path,
                              wf_try_result_name(edge->tries[i].result),
                              wf_found_by_name(edge->tries[i].by), edge->tries[i].why);
    return out;
}

void
tree_folder(void **state, const char *name)
{
    char path[1024];

    for (size_t i = 1; i <= strlen(name); i++) {
        if (name[i] != '/' && name[i] != '\0')
            continue;
        memcpy(path, name, i);
        path[i] = '\0';
        if (wf_path_kind(folder_path(state, path)) == WF_PATH_ABSENT)
            folder_make(state, path);
    }
}

static void
write_image(void **state, const char *name, struct wf_buffer *image)
{
    struct wf_error err = { 0 };
    const char *slash = strrchr(name, '/');

    if (slash != NULL) {
        char folder[1024];

        memcpy(folder, name, (size_t)(slash - name));
        folder[slash - name] = '\0';
        tree_folder(state, folder);
    }
    if (!wf_file_write_atomic(folder_path(state, name), wf_buffer_bytes(image), 0644,
                              &err))
        fail_msg("%s: %s", name, err.text);
    wf_buffer_clear(image);
}

void
tree_file(void **state, const char *name, const char *recipe)
{
    struct wf_buffer image;
    struct wf_error err = { 0 };

    wf_buffer_init(&image, SIZE_MAX);
    if (!wf_test_elf_from_text(recipe, &image, &err))
        fail_msg("%s: %s", name, err.text);
    write_image(state, name, &image);
}

void
tree_macho_file(void **state, const char *name, const char *recipe)
{
    struct wf_buffer image;
    struct wf_error err = { 0 };

    wf_buffer_init(&image, SIZE_MAX);
    if (!wf_test_macho_from_text(recipe, &image, &err))
        fail_msg("%s: %s", name, err.text);
    write_image(state, name, &image);
}

void
tree_pe_file(void **state, const char *name, const char *recipe)
{
    struct wf_buffer image;
    struct wf_error err = { 0 };

    wf_buffer_init(&image, SIZE_MAX);
    if (!wf_test_pe_from_text(recipe, &image, &err))
        fail_msg("%s: %s", name, err.text);
    write_image(state, name, &image);
}

struct wf_object *
tree_read(struct tree_world *world, const char *path)
{
    struct wf_object_file image = { 0 };
    struct wf_buffer bytes;

    wf_buffer_init(&bytes, SIZE_MAX);
    if (!wf_file_read_whole(&bytes, path, &world->err) ||
        !wf_object_read(&image, &world->arena, wf_arena_strdup(&world->arena, path),
                        wf_buffer_bytes(&bytes), &world->limits, &world->err))
        fail_msg("%s: %s", path, world->err.text);
    wf_buffer_clear(&bytes);
    return &image.objects[0];
}
