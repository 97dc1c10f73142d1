/* test_rules.c -- every rule fires on its bad fixture and not on its good one. */
#include "../support/folder.h"
#include "../support/recipe.h"
#include "../support/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "audit/rule.h"
#include "base/file.h"

/* One fixture being audited. */
struct trial {
    const char *path; /* of the wheel */
    bool given;
    bool taken;
    const char *rule;
    size_t num; /* how often it fired */
};

static const char *
next_path(void *context)
{
    struct trial *trial = context;

    if (trial->given)
        return NULL;
    trial->given = true;
    return trial->path;
}

/* "expect": {"options": {"exclude": [...], "check_hashes": true, "macos_target": 12}} */
static void
set_options(struct wf_audit_options *options, struct wf_test_recipe *recipe)
{
    const struct wf_json *expect = wf_json_get(recipe->json, "expect");
    const struct wf_json *given = expect == NULL ? NULL : wf_json_get(expect, "options");
    const struct wf_json *excludes = given == NULL ? NULL : wf_json_get(given, "exclude");

    const struct wf_json *target =
        given == NULL ? NULL : wf_json_get(given, "macos_target");
    int64_t major = 0;

    if (target != NULL)
        assert_true(wf_json_integer(&major, target));
    *options = (struct wf_audit_options){
        .policies = wf_policies_builtin(),
        .limits = wf_limits_standard(),
        .num_threads = 1,
        .macos_target = (uint32_t)major << 16,
        .check_hashes = given != NULL && wf_json_get(given, "check_hashes") != NULL,
    };
    for (const struct wf_json *item = excludes == NULL ? NULL : wf_json_first(excludes);
         item != NULL; item = wf_json_next(item))
        wf_strings_append(&recipe->arena, &options->search.excludes,
                          wf_json_string(item));
}

static size_t
count_findings(const struct wf_report *report, const char *rule)
{
    size_t num = 0;

    for (size_t i = 0; i < report->num_findings; i++)
        num += strcmp(report->findings[i].rule, rule) == 0;
    return num;
}

static bool
take_report(void *context, struct wf_report *report)
{
    struct trial *trial = context;

    if (report->failed)
        fail_msg("%s: %s: %s", report->path, report->error.where, report->error.text);
    trial->taken = true;
    trial->num = count_findings(report, trial->rule);
    return true;
}

/* Builds the wheel of a fixture, audits it, and returns how often the rule fired. */
static size_t
fires(void **state, const char *rule, const char *side)
{
    struct wf_test_recipe recipe = { 0 };
    struct wf_audit_options options;
    struct wf_error err = { 0 };
    char path[4096];

    snprintf(path, sizeof path, "%s/fixtures/rules/%s/%s.json", getenv("srcdir"), rule,
             side);
    if (!wf_test_recipe_read(&recipe, path, &err))
        fail_msg("%s: %s: %s", path, err.where, err.text);
    assert_non_null(recipe.file_name);
    struct trial trial = { .path = folder_path(state, recipe.file_name), .rule = rule };

    assert_true(
        wf_file_write_atomic(trial.path, wf_buffer_bytes(&recipe.bytes), 0644, &err));
    set_options(&options, &recipe);
    struct wf_auditor *auditor = wf_auditor_new(&options);

    wf_auditor_run(auditor, next_path, take_report, &trial);
    wf_auditor_free(auditor);
    assert_true(trial.taken);
    wf_test_recipe_clear(&recipe);
    remove(trial.path);
    return trial.num;
}

static void
each_rule_fires_on_its_bad_fixture_only(void **state)
{
    for (size_t i = 0; i < wf_rules_count(); i++) {
        const char *rule = wf_rules_at(i)->id;

        if (fires(state, rule, "bad") == 0)
            fail_msg("%s does not fire on its bad fixture", rule);
        if (fires(state, rule, "good") != 0)
            fail_msg("%s fires on its good fixture", rule);
    }
}

static void
every_rule_has_id_title_and_advice_and_no_id_stands_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < wf_rules_count(); i++) {
        const struct wf_rule *rule = wf_rules_at(i);

        assert_true(strspn(rule->id, "abcdefghijklmnopqrstuvwxyz0123456789-") ==
                    strlen(rule->id));
        assert_true(rule->title[0] != '\0' && rule->advice[0] != '\0');
        assert_ptr_equal(wf_rule_find(rule->id), rule);
    }
    assert_null(wf_rule_find("no-such-rule"));
}

static bool
has_rule(const char *slug)
{
    if (wf_rule_find(slug) != NULL)
        return true;
    print_error("%s has no rule\n", slug);
    return false;
}

static void
whatever_the_layers_report_has_a_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < wf_num_zip_note_rows; i++)
        assert_true(has_rule(wf_zip_note_rows[i].slug));
    for (size_t i = 0; i < wf_num_record_fault_slugs; i++)
        assert_true(has_rule(wf_record_fault_slugs[i]));
    for (size_t i = 0; i < wf_num_wheel_fault_slugs; i++)
        assert_true(has_rule(wf_wheel_fault_slugs[i]));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_rule_fires_on_its_bad_fixture_only,
                                        folder_setup, folder_teardown),
        cmocka_unit_test(every_rule_has_id_title_and_advice_and_no_id_stands_twice),
        cmocka_unit_test(whatever_the_layers_report_has_a_rule),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
