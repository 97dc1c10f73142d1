/* verifying.h -- a finished wheel and the plan that it was written by, for tests of what is
 * read again.  Included by one test each. */
#ifndef WF_TEST_VERIFYING_H
#define WF_TEST_VERIFYING_H

#include "folder.h"
#include "recipe.h"
#include "report_builder.h"
#include "unit.h"

#include "audit/audit.h"
#include "base/file.h"
#include "repair/verify.h"

enum { MOST_MEMBERS = 8 };

/* One wheel as it was written, and the plan that it was written by. */
struct written {
    struct wf_arena arena;
    struct wf_file file;
    struct wf_zip zip;
    struct wf_audit_options audit;
    struct wf_repair_options options;
    struct wf_plan plan;
    struct wf_plan_member planned[MOST_MEMBERS];
    struct wf_written members[MOST_MEMBERS];
    struct wf_plan_edit change;
};

static inline void
write_wheel(struct written *w, void **state, const char *text)
{
    struct wf_test_recipe recipe = { 0 };
    struct wf_error err = { 0 };

    if (!wf_test_recipe_parse(&recipe, wf_bytes_str(text), &err))
        fail_msg("%s: %s", err.where, err.text);
    const char *path = folder_path(state, recipe.file_name);

    assert_true(wf_file_write_atomic(path, wf_buffer_bytes(&recipe.bytes), 0644, &err));
    assert_true(wf_file_open(&w->file, path, &err));
    w->plan.out_name = wf_arena_strdup(&w->arena, recipe.file_name);
    wf_test_recipe_clear(&recipe);
}

/* start_written writes the wheel of a recipe (single quotes are fine); its member `edited`
 * is planned to be changed by w->change, the others are as they were. */
static inline void
start_written(struct written *w, void **state, const char *recipe, const char *edited)
{
    struct wf_error err = { 0 };
    char *text = wf_arena_strdup(&w->arena, recipe);

    for (char *c = text; *c != '\0'; c++)
        if (*c == '\'')
            *c = '"';
    w->audit = wf_test_options();
    w->options.audit = &w->audit;
    write_wheel(w, state, text);
    assert_true(wf_zip_open(&w->zip, &w->arena, &w->file, &w->audit.limits, &err));
    assert_true(w->zip.num_members <= MOST_MEMBERS);
    for (size_t i = 0; i < w->zip.num_members; i++) {
        const struct wf_zip_member *member = &w->zip.members[i];
        const bool is_edited = strcmp(member->name, edited) == 0;

        w->planned[i] =
            (struct wf_plan_member){ .name = member->name,
                                     .mode = member->external_attr >> 16,
                                     .source = is_edited ? WF_FROM_EDIT : WF_FROM_BYTES,
                                     .change = is_edited ? &w->change : NULL };
        w->members[i] = (struct wf_written){ .name = member->name,
                                             .size = member->size,
                                             .crc = member->crc };
    }
    w->plan.members = w->planned;
    w->plan.num_members = w->zip.num_members;
}

static inline bool
verify(struct written *w, struct wf_error *err)
{
    struct wf_report *report = NULL;
    struct wf_pool *pool = wf_pool_new(1, wf_pool_budget_for(0));
    const struct wf_verify_request request = {
        .pool = pool,
        .plan = &w->plan,
        .options = &w->options,
        .file = &w->file,
        .members = w->members,
        .num_members = w->zip.num_members,
    };

    wf_object_warm_up();
    const bool ok = wf_verify(&report, &request, err);

    if (ok)
        wf_report_free(report);
    wf_pool_free(pool);
    wf_file_close(&w->file);
    wf_arena_clear(&w->arena);
    return ok;
}

static inline void
expect_accepted(struct written *w)
{
    struct wf_error err = { 0 };

    if (!verify(w, &err))
        fail_msg("%s: %s", err.where, err.text);
}

static inline void
expect_fault(struct written *w, enum wf_error_kind kind, const char *text)
{
    struct wf_error err = { 0 };

    assert_false(verify(w, &err));
    assert_error(err, kind, text);
}

#endif
