/* core_project.h -- a project made by hand, for tests of its metadata: a folder, what cargo
 * would say of the crate, and the text of pyproject.toml. */
#ifndef WF_TESTS_CORE_PROJECT_H
#define WF_TESTS_CORE_PROJECT_H

#include "unit.h"

#include "folder.h"
#include "pack/core_metadata.h"

enum { MOST_SAID = 4096 };

struct core_project {
    struct wf_arena arena;
    struct wf_project project;
    struct wf_cargo_graph graph;
    struct wf_crate crate;
    struct wf_core_metadata metadata;
    struct wf_error err;
    struct wf_say say;
    char said[MOST_SAID]; /* "warning: …\nstep: …\n" */
};

static inline void
core_project_hear(void *context, enum wf_say_kind kind, const char *text)
{
    char *said = context;
    const size_t len = strlen(said);

    snprintf(said + len, MOST_SAID - len, "%s: %s\n",
             kind == WF_SAY_WARNING ? "warning" : "step", text);
}

/* The folder of the test is project, crate and workspace in one. */
static inline void
core_project_init(struct core_project *p, void **state)
{
    const char *folder = *state;

    *p = (struct core_project){ .say = { core_project_hear, p->said } };
    p->crate = (struct wf_crate){
        .name = "demo-crate",
        .version = "0.1.0",
        .manifest_path = wf_arena_printf(&p->arena, "%s/Cargo.toml", folder),
    };
    p->graph = (struct wf_cargo_graph){
        .crates = &p->crate, .num_crates = 1, .root = &p->crate, .workspace_root = folder
    };
    p->project = (struct wf_project){ .root = folder,
                                      .manifest = p->crate.manifest_path,
                                      .manifest_dir = folder };
    p->project.pyproject.path = wf_arena_printf(&p->arena, "%s/pyproject.toml", folder);
}

static inline void
core_project_clear(struct core_project *p)
{
    wf_arena_clear(&p->arena);
}

/* Takes `text` as pyproject.toml; NULL: there is none. */
static inline bool
core_project_make(struct core_project *p, const char *text)
{
    p->project.has_pyproject = text != NULL;
    if (text != NULL) {
        assert_true(wf_toml_parse(&p->project.pyproject.root, &p->arena,
                                  wf_bytes_str(text), &p->err));
        p->project.pyproject.project = wf_toml_get(p->project.pyproject.root, "project");
    }
    return wf_core_metadata_make(&p->metadata, &p->arena, &p->project, &p->graph, &p->say,
                                 &p->err);
}

static inline const char *
core_project_text(struct core_project *p)
{
    return wf_arena_str(&p->arena, p->metadata.metadata);
}

/* METADATA of that pyproject.toml, with these fields behind name and version. */
#define assert_fields(state_, toml_, fields_)                                            \
    do {                                                                                 \
        struct core_project p_;                                                          \
                                                                                         \
        core_project_init(&p_, state_);                                                  \
        if (!core_project_make(&p_, "[project]\nname = 'demo'\nversion = '1'\n" toml_))  \
            fail_msg("%s: %s", p_.err.where, p_.err.text);                               \
        assert_string_equal(core_project_text(&p_),                                      \
                            "Metadata-Version: 2.4\nName: demo\nVersion: 1\n" fields_);  \
        core_project_clear(&p_);                                                         \
    } while (0)

/* The error of that pyproject.toml; its line 4 is the first of `toml_`. */
static inline void
core_project_refuses(void **state, const char *toml, const char *text)
{
    struct core_project p;

    core_project_init(&p, state);
    const char *whole =
        wf_arena_printf(&p.arena, "[project]\nname = 'demo'\nversion = '1'\n%s", toml);

    if (core_project_make(&p, whole))
        fail_msg("taken: %s", toml);
    assert_string_equal(p.err.text, text);
    assert_non_null(strstr(p.err.where, "/pyproject.toml"));
    assert_int_equal(p.metadata.metadata.len, 0);
    core_project_clear(&p);
}

#endif
