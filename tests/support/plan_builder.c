/* plan_builder.c -- plans of repairs as text. */
#include "plan_builder.h"

#include "base/file.h"

#include "folder.h"
#include "macho_builder.h"
#include "recipe.h"
#include "tree_builder.h"
#include "unit.h"

void
plan_setup(struct plan_world *world, void **state)
{
    *world = (struct plan_world){ .state = state };
    world->audit = (struct wf_audit_options){
        .policies = wf_policies_builtin(),
        .limits = wf_limits_standard(),
        .allow_pure = true,
        .check_hashes = true,
        .num_threads = 1,
    };
    tree_folder(state, "lib");
    wf_strings_append(&world->arena, &world->audit.search.lib_path,
                      wf_arena_strdup(&world->arena, folder_path(state, "lib")));
    world->options = (struct wf_repair_options){
        .audit = &world->audit,
        .sbom = true,
        .level = -1,
        .time = 315532800,
        .tool_version = "1.0",
    };
}

void
plan_clear(struct plan_world *world)
{
    wf_arena_clear(&world->arena);
}

void
plan_library(struct plan_world *world, const char *name, const char *recipe)
{
    tree_file(world->state, wf_arena_printf(&world->arena, "lib/%s", name),
              wf_arena_printf(&world->arena, "{ \"machine\": \"x86_64\"%s%s }",
                              recipe[0] == '\0' ? "" : ", ", recipe));
}

void
plan_dylib(struct plan_world *world, const char *name, const char *recipe)
{
    struct wf_buffer image;
    struct wf_error err = { 0 };
    const char *path = wf_arena_printf(&world->arena, "lib/%s", name);

    tree_folder(world->state,
                wf_arena_str(&world->arena,
                             wf_bytes_of(path, strlen(path) -
                                                   strlen(wf_text_base_name(path)) - 1)));
    wf_buffer_init(&image, SIZE_MAX);
    if (!wf_test_macho_from_text(recipe, &image, &err) ||
        !wf_file_write_atomic(folder_path(world->state, path), wf_buffer_bytes(&image),
                              0644, &err))
        fail_msg("%s: %s", name, err.text);
    wf_buffer_clear(&image);
}

void
plan_dll(struct plan_world *world, const char *name, const char *recipe)
{
    tree_pe_file(world->state, wf_arena_printf(&world->arena, "lib/%s", name), recipe);
}

static void
describe_edit(struct wf_buffer *out, const struct wf_plan_edit *change)
{
    for (size_t i = 0; i < change->reasons.num; i++)
        wf_buffer_printf(out, "  %s\n", change->reasons.items[i]);
}

/* How far the ladder of header room was climbed. */
static void
describe_rooms(struct wf_buffer *out, const struct wf_plan_edit *change)
{
    for (size_t i = 0; change->macho != NULL && i < change->macho->num_slices; i++) {
        const struct wf_plan_room *room = &change->rooms[i];
        const enum wf_macho_sign sign = change->macho->slices[i].sign;

        wf_buffer_printf(out, "  [%s, %s]\n", wf_room_step_name(room->step),
                         sign == WF_MACHO_SIGN        ? "sign"
                         : sign == WF_MACHO_SIGN_DROP ? "drop"
                                                      : "keep");
    }
}

static void
describe_member(struct wf_buffer *out, const struct wf_plan_member *member)
{
    static const char *const sources[] = {
        [WF_FROM_WHEEL] = "wheel",   [WF_FROM_EDIT] = "edit", [WF_FROM_GRAFT] = "graft",
        [WF_FROM_BYTES] = "bytes",   [WF_FROM_FILE] = "file", [WF_FROM_SBOM] = "sbom",
        [WF_FROM_RECORD] = "record",
    };

    wf_buffer_printf(out, "member %s %o %s\n", member->name, member->mode,
                     sources[member->source]);
}

static void
describe_grafts(struct wf_buffer *out, const struct wf_plan *plan, bool with_rooms)
{
    for (size_t i = 0; i < plan->num_grafts; i++) {
        const struct wf_plan_graft *graft = &plan->grafts[i];

        wf_buffer_printf(out, "graft %s (%s) from %s%s\n", graft->path, graft->soname,
                         graft->from, graft->same_as != NULL ? ", again" : "");
        describe_edit(out, &graft->change);
        for (size_t k = 0; k < graft->copies.num; k++)
            wf_buffer_printf(out, "  copy %s\n", graft->copies.items[k]);
        if (with_rooms)
            describe_rooms(out, &graft->change);
    }
}

/* What tells Python of the folder, and what comes along. */
static void
describe_windows(struct wf_buffer *out, const struct wf_plan *plan)
{
    for (size_t i = 0; i < plan->num_files; i++)
        wf_buffer_printf(out, "file %s from %s\n", plan->files[i].path,
                         plan->files[i].from);
    for (size_t i = 0; i < plan->patched.num; i++)
        wf_buffer_printf(out, "patch %s\n", plan->patched.items[i]);
    for (size_t i = 0; plan->load_order != NULL && i < plan->num_members; i++) {
        const struct wf_bytes names = plan->members[i].bytes;

        if (strcmp(plan->members[i].name, plan->load_order) != 0)
            continue;
        wf_buffer_printf(out, "load-order %s:", plan->load_order);
        for (size_t k = 0; k < names.len; k++)
            if (names.data[k] != '\n')
                wf_buffer_printf(out, "%s%c",
                                 k == 0 || names.data[k - 1] == '\n' ? " " : "",
                                 names.data[k]);
        wf_buffer_add_char(out, '\n');
    }
}

static void
describe_refusals(struct wf_buffer *out, const struct wf_plan *plan)
{
    for (size_t i = 0; i < plan->num_refusals; i++) {
        const struct wf_refusal *refusal = &plan->refusals[i];

        wf_buffer_printf(out, "%s: %s", wf_refusal_kind_name(refusal->kind),
                         refusal->text);
        if (refusal->advice != NULL)
            wf_buffer_printf(out, " [%s]", refusal->advice);
        wf_buffer_add_char(out, '\n');
    }
}

static void
describe(struct wf_buffer *out, const struct wf_plan *plan,
         const struct plan_world *world)
{
    if (plan->kind == WF_PLAN_REFUSED)
        wf_buffer_add_str(out, "refused\n");
    else if (plan->kind == WF_PLAN_COPY)
        wf_buffer_printf(out, "copy: %s\n", plan->why);
    else
        wf_buffer_printf(out, "repair %s: %s\n", plan->policy_tag, plan->out_name);
    if (plan->kind != WF_PLAN_REFUSED)
        describe_grafts(out, plan, world->with_rooms);
    describe_windows(out, plan);
    for (size_t i = 0; i < plan->num_members; i++) {
        const struct wf_plan_member *member = &plan->members[i];

        if (world->with_members)
            describe_member(out, member);
        if (member->source != WF_FROM_EDIT)
            continue;
        wf_buffer_printf(out, "edit %s\n", member->name);
        describe_edit(out, member->change);
        if (world->with_rooms)
            describe_rooms(out, member->change);
    }
    for (size_t i = 0; i < plan->num_drops; i++)
        wf_buffer_printf(out, "drop %s: %s\n", plan->drops[i].name, plan->drops[i].why);
    for (size_t i = 0; i < plan->num_notes; i++)
        wf_buffer_printf(out, "%s %s%s%s: %s\n",
                         wf_severity_name(plan->notes[i].severity), plan->notes[i].rule,
                         plan->notes[i].where[0] == '\0' ? "" : " ", plan->notes[i].where,
                         plan->notes[i].message);
    describe_refusals(out, plan);
}

/* The length of the digest of a graft that stands at `at`, or 0. */
static size_t
digest_at(const struct wf_plan *plan, const char *at)
{
    for (size_t i = 0; i < plan->num_grafts; i++) {
        char hex[WF_SHA256_HEX + 1];
        size_t len = 0;

        wf_sha256_hex(hex, plan->grafts[i].sha256);
        while (len < WF_SHA256_HEX && at[len] == hex[len])
            len++;
        if (len >= 8)
            return len;
    }
    return 0;
}

/* The same of what stands in its name without being that. */
static size_t
mixed_digest_at(const struct wf_plan *plan, const char *at)
{
    enum { DIGITS = 32 };

    for (size_t i = 0; i < plan->num_grafts; i++) {
        const char *name = plan->grafts[i].name;
        const char *dash = strrchr(name, '-');

        if (dash != NULL && strspn(dash + 1, "0123456789abcdef") == DIGITS &&
            strncmp(at, dash + 1, DIGITS) == 0)
            return DIGITS;
    }
    return 0;
}

/* Digests and the test's folder differ from run to run. */
static const char *
simplify(struct plan_world *world, const struct wf_plan *plan, const char *text)
{
    const char *folder = *world->state;
    const size_t folder_len = strlen(folder);
    struct wf_buffer out;

    wf_buffer_init(&out, SIZE_MAX);
    while (*text != '\0') {
        const size_t digest = world->with_digests ? 0 : digest_at(plan, text);

        if (digest > 0) {
            wf_buffer_add_str(&out, "HASH");
            if (digest > 8)
                wf_buffer_printf(&out, "%zu", digest);
            text += digest;
        } else if (!world->with_digests && mixed_digest_at(plan, text) > 0) {
            wf_buffer_add_str(&out, "MIX");
            text += mixed_digest_at(plan, text);
        } else if (strncmp(text, folder, folder_len) == 0 && text[folder_len] == '/') {
            text += folder_len + 1;
        } else {
            wf_buffer_add_char(&out, *text++);
        }
    }
    const char *simple = wf_arena_str(&world->arena, wf_buffer_bytes(&out));

    wf_buffer_clear(&out);
    return simple;
}

static void
render(struct wf_buffer *out, const struct plan_world *world, const struct wf_plan *plan)
{
    struct wf_json_writer writer = { .out = out, .indent = 2 };

    switch (world->form) {
    case PLAN_FACTS:
        describe(out, plan, world);
        break;
    case PLAN_TEXT:
        wf_render_plan_text(out, plan, "out", &world->style);
        break;
    case PLAN_REFUSALS:
        wf_render_refusals(out, plan, &world->style);
        break;
    case PLAN_JSON:
        wf_json_begin_object(&writer);
        wf_render_plan_json(&writer, plan);
        wf_json_end_object(&writer);
        break;
    }
}

static bool
take(void *context, struct wf_report *report)
{
    struct plan_world *world = context;
    struct wf_plan *plan = NULL;
    struct wf_error err = { 0 };
    struct wf_buffer out;

    if (report->failed)
        fail_msg("%s: %s", report->error.where, report->error.text);
    if (!wf_plan_make(&plan, report, &world->options, &err)) {
        world->text = wf_arena_printf(&world->arena, "failed: %s\n", err.text);
        return true;
    }
    wf_buffer_init(&out, SIZE_MAX);
    render(&out, world, plan);
    wf_buffer_add_char(&out, '\0');
    world->text = simplify(world, plan, (const char *)out.data);
    wf_buffer_clear(&out);
    wf_plan_free(plan);
    return true;
}

struct one_wheel {
    struct plan_world *world;
    const char *path;
};

static const char *
next_wheel(void *context)
{
    struct one_wheel *one = context;
    const char *path = one->path;

    one->path = NULL;
    return path;
}

static bool
take_one(void *context, struct wf_report *report)
{
    struct one_wheel *one = context;

    return take(one->world, report);
}

const char *
plan_recipe(struct plan_world *world, const char *text)
{
    struct wf_test_recipe recipe = { 0 };
    struct wf_error err = { 0 };
    struct one_wheel one = { .world = world };

    if (!wf_test_recipe_parse(&recipe, wf_bytes_str(text), &err))
        fail_msg("%s: %s", err.where, err.text);
    one.path =
        wf_arena_strdup(&world->arena, folder_path(world->state, recipe.file_name));
    if (!wf_file_write_atomic(one.path, wf_buffer_bytes(&recipe.bytes), 0644, &err))
        fail_msg("%s: %s", err.where, err.text);
    wf_test_recipe_clear(&recipe);
    struct wf_auditor *auditor = wf_auditor_new(&world->audit);

    world->text = NULL;
    wf_auditor_run(auditor, next_wheel, take_one, &one);
    wf_auditor_free(auditor);
    assert_non_null(world->text);
    return world->text;
}

const char *
plan_macos(struct plan_world *world, const char *tag, const char *members)
{
    char *text = wf_arena_strdup(&world->arena, members);

    for (char *c = text; *c != '\0'; c++)
        if (*c == '\'')
            *c = '"';
    return plan_wheel(world, tag, text);
}

const char *
plan_wheel(struct plan_world *world, const char *tag, const char *members)
{
    return plan_recipe(
        world, wf_arena_printf(&world->arena,
                               "{ \"about\": \"made by a test\", \"wheel\": { \"name\": "
                               "\"demo\", \"version\": \"1.0\", \"tags\": [\"%s\"] }, "
                               "\"members\": [ %s ] }",
                               tag, members));
}
