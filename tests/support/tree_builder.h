/* tree_builder.h -- a wheel's objects without a wheel, a folder of real ELF files, and trees
 * as text: what tests of the resolver and of its renderers share. */
#ifndef WF_TESTS_SUPPORT_TREE_BUILDER_H
#define WF_TESTS_SUPPORT_TREE_BUILDER_H

#include "object/macho.h"
#include "object/pe.h"
#include "resolve/resolve.h"
#include "elf_builder.h"

enum { TREE_MOST_OBJECTS = 32, TREE_MOST_NEEDED = 12 };

/* tree_world is one search.  Set up with tree_setup, `search` and `limits` may be changed
 * before the first tree. */
struct tree_world {
    struct wf_arena arena;
    struct wf_limits limits;
    struct wf_search search;
    struct wf_object objects[TREE_MOST_OBJECTS];
    size_t num_objects;
    struct wf_resolver *resolver;
    const struct wf_tree *tree; /* the last one */
    struct wf_error err;
};

void tree_setup(struct tree_world *world);
void tree_clear(struct tree_world *world);

/* tree_add adds a member: x86-64, glibc, shared.  `needed` is a list separated by blanks.
 * The object may be changed before the first tree. */
struct wf_object *tree_add(struct tree_world *world, const char *path,
                           const char *needed);

/* tree_add_dylib adds a Mach-O member: a dylib for arm64.  `needed` are install names, of
 * which those behind "weak:" may be missing; `rpaths` a list likewise.  Its own install name
 * is not set. */
struct wf_object *tree_add_dylib(struct tree_world *world, const char *path,
                                 const char *needed, const char *rpaths);

/* tree_add_dll adds a PE member: a DLL for amd64.  `needed` are names of DLLs, of which those
 * behind "delay:" are delay imports and those behind "forward:" forwarders.  tree_set_machine
 * makes it one for "x86", "arm64", or "arm64x". */
struct wf_object *tree_add_dll(struct tree_world *world, const char *path,
                               const char *needed);
void tree_set_machine(struct tree_world *world, struct wf_object *object,
                      const char *machine);

/* tree_set_type makes a Mach-O member of that file type, tree_set_cpu one for another
 * processor, in Apple's words. */
void tree_set_type(struct tree_world *world, struct wf_object *object,
                   enum wf_macho_type type);
void tree_set_cpu(struct wf_object *object, const char *cpu);

/* tree_of is all that `root` loads, as text: a line for each node in load order, with its
 * edges, "demo/_x.so: liba.so=demo.libs/liba.so(rpath) libb.so=-(not-found)".  Fails the
 * test on an error. */
const char *tree_of(struct tree_world *world, const struct wf_object *root);

/* tree_edge is the edge of the last tree called `name`, the first in load order; the test
 * fails without. */
const struct wf_edge *tree_edge(const struct tree_world *world, const char *name);

/* tree_tries is the tries of that edge, "path result by: why" a line. */
const char *tree_tries(struct tree_world *world, const char *name);

/* tree_file writes the ELF file of a JSON recipe (wf_test_elf_from_text) below a test's
 * folder, making the folders on the way, tree_macho_file the Mach-O file of one
 * (wf_test_macho_from_text), tree_pe_file the PE file (wf_test_pe_from_text); tree_read reads it as the root of a search. */
void tree_file(void **state, const char *name, const char *recipe);
void tree_macho_file(void **state, const char *name, const char *recipe);
void tree_pe_file(void **state, const char *name, const char *recipe);
struct wf_object *tree_read(struct tree_world *world, const char *path);

/* tree_folder makes a folder and those on the way. */
void tree_folder(void **state, const char *name);

#endif
