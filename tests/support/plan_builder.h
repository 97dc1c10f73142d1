/* plan_builder.h -- plans of repairs as text: wheels from recipes, libraries in folders, and
 * what a repair would make of them. */
#ifndef WF_TESTS_SUPPORT_PLAN_BUILDER_H
#define WF_TESTS_SUPPORT_PLAN_BUILDER_H

#include "render/render_plan.h"

enum plan_form { PLAN_FACTS, PLAN_TEXT, PLAN_REFUSALS, PLAN_JSON };

/* plan_world is what a repair is asked for.  Set up with plan_setup, `audit` and `options`
 * may be changed before each plan.  Libraries are looked for in the folder "lib" of the
 * test, and nowhere on this machine. */
struct plan_world {
    struct wf_arena arena;
    struct wf_audit_options audit;
    struct wf_repair_options options;
    void **state;
    const char *text;
    bool with_members;
    bool with_digests;   /* as they are */
    bool with_rooms;     /* Mach-O: "  [STEP, sign]" for each slice behind the reasons */
    enum plan_form form; /* PLAN_FACTS is described at plan_wheel, the others are those of
                            render_plan.h */
    struct wf_text_style style;
};

void plan_setup(struct plan_world *world, void **state);
void plan_clear(struct plan_world *world);

/* plan_library puts the ELF file of a JSON recipe (wf_test_elf_from_text) into "lib";
 * x86-64 with "libc.so.6" unless the recipe says so itself. */
void plan_library(struct plan_world *world, const char *name, const char *recipe);

/* plan_dylib puts the Mach-O file of a recipe (wf_test_macho_from_text, with apostrophes)
 * there; `name` may be a path below "lib", whose folders are made. */
void plan_dylib(struct plan_world *world, const char *name, const char *recipe);

/* plan_dll puts the PE file of a recipe (wf_test_pe_from_text, with apostrophes) there. */
void plan_dll(struct plan_world *world, const char *name, const char *recipe);

/* plan_wheel makes demo-1.0-TAG.whl with these members (JSON objects, see recipe.h) and
 * returns its plan as text, a fact a line:
 *
 *     repair manylinux_2_5_x86_64: demo-1.0-….whl     or copy: WHY, or refused, or
 *                                                     failed: TEXT and nothing else
 *     graft demo.libs/libfoo-HASH.so.1 (libfoo.so.1) from lib/libfoo.so.1
 *       REASON
 *       copy PATH                                   of a DLL that stands elsewhere, too
 *     file demo.libs/foo.pdb from lib/foo.pdb
 *     patch demo/__init__.py
 *     load-order PATH: NAME NAME …
 *     edit demo/_x.so
 *       REASON
 *     drop NAME: WHY
 *     WARNING RULE WHERE: MESSAGE
 *     SLUG: TEXT [ADVICE]
 *
 * HASH stands for the first 8 digits of a library's digest (HASH16 for 16 …), MIX for those
 * that follow from what a DLL loads, too; the test's
 * own folder is left out of paths.  With `with_members` every member is told, too: its
 * name, mode and source. */
const char *plan_wheel(struct plan_world *world, const char *tag, const char *members);

/* plan_macos does so with apostrophes for the quotation marks of `members`. */
const char *plan_macos(struct plan_world *world, const char *tag, const char *members);

/* plan_recipe does so for a wheel of another name, from a whole recipe. */
const char *plan_recipe(struct plan_world *world, const char *recipe);

#endif
