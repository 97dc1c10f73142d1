/* plan_judge.c -- whether a wheel with its grafts would keep a policy, and what stands in the
 * way (auditwheel.md 3.9, 3.10). */
#include <stdlib.h>
#include <string.h>

#include "repair/plan_parts.h"

/* A way to a policy is judged for every policy, and told for one: texts are made then. */
struct judging {
    struct wf_planning *planning;
    struct wf_grafting *grafting;
    bool tell;
    const struct wf_user **by_path; /* the wheel's objects, sorted */
};

/* One more reason; whether its text is wanted. */
static bool
count_reason(struct judging *judging)
{
    judging->grafting->num_reasons++;
    return judging->tell;
}

static const struct wf_policies *
policies_of(const struct judging *judging)
{
    return judging->planning->options->audit->policies;
}

/* The newest image whose libraries are not newer than the policy. */
static const char *
older_image(struct judging *judging)
{
    struct wf_planning *planning = judging->planning;
    const char *image =
        wf_policies_image(planning->arena, policies_of(judging), planning->judged->family,
                          planning->arch, judging->grafting->rank);

    if (image == NULL)
        return "build on an older system";
    return wf_arena_printf(planning->arena,
                           "build on an older system, such as the image %s", image);
}

static void
need(struct judging *judging, const struct wf_blocker *blocker)
{
    if (blocker->needs > judging->grafting->hardest.needs)
        judging->grafting->hardest = *blocker;
}

static int
compare_paths(const void *left, const void *right)
{
    const struct wf_user *const *a = left;
    const struct wf_user *const *b = right;

    return strcmp((*a)->path, (*b)->path);
}

static void
sort_by_path(struct judging *judging)
{
    const size_t num = judging->grafting->num_members;

    judging->by_path =
        wf_arena_array(judging->planning->arena, num, sizeof(const struct wf_user *));
    for (size_t i = 0; i < num; i++)
        judging->by_path[i] = &judging->grafting->users[i];
    qsort(judging->by_path, num, sizeof(const struct wf_user *), compare_paths);
}

static int
compare_path_to_user(const void *key, const void *item)
{
    return strcmp(key, (*(const struct wf_user *const *)item)->path);
}

static const struct wf_user *
member_at(const struct judging *judging, const char *path)
{
    const struct wf_user *const *found =
        bsearch(path, judging->by_path, judging->grafting->num_members,
                sizeof(const struct wf_user *), compare_path_to_user);

    return found == NULL ? NULL : *found;
}

/* What a library inside the wheel offers is no concern of the platform. */
static bool
comes_along(const struct wf_user *user, const char *library)
{
    const struct wf_use *use =
        user == NULL || library == NULL ? NULL : wf_user_use(user, library);

    return use != NULL && (use->kind == WF_USE_GRAFT || use->kind == WF_USE_INSIDE);
}

static const char *
cure_of(struct judging *judging, enum wf_reason reason)
{
    switch (reason) {
    case WF_REASON_ISA:
        return "build for the baseline processor, or give --disable-isa-ext-check";
    case WF_REASON_UCS2:
        return "build with a Python of wide unicode";
    case WF_REASON_PYFPE:
        return "build with a Python without --with-fpectl";
    case WF_REASON_SYMBOL:
        return "bundle the library with --include, or build without the symbol";
    case WF_REASON_VERSION:
    case WF_REASON_VERSION_MARKER:
    case WF_REASON_LIBRARY:
    case WF_REASON_ARCH:
    case WF_REASON_MIN_OS:
    case WF_REASON_MISSING_ARCH:
        break;
    }
    return older_image(judging);
}

/* A library that is too new may be exchanged, or stay outside; the wheel's own code not. */
static const char *
cure_of_graft(struct judging *judging, enum wf_reason reason)
{
    const char *cure = cure_of(judging, reason);

    if (reason != WF_REASON_VERSION && reason != WF_REASON_VERSION_MARKER)
        return cure;
    return wf_arena_printf(judging->planning->arena,
                           "%s; or give a library that was built there with --lib-path, "
                           "or leave it out with --exclude",
                           cure);
}

/* The wheel's own objects: what the audit found, libraries apart, which are judged by what
 * becomes of them. */
static void
judge_blocker(struct judging *judging, const struct wf_blocker *blocker)
{
    struct wf_planning *planning = judging->planning;

    if (blocker->reason == WF_REASON_LIBRARY ||
        comes_along(member_at(judging, blocker->object), blocker->library))
        return;
    need(judging, blocker);
    if (blocker->needs <= judging->grafting->rank || !count_reason(judging))
        return;
    wf_plan_refuse(planning, &(struct wf_refusal){
                                 .kind = WF_REFUSE_NEED,
                                 .reason = blocker->reason,
                                 .object = blocker->object,
                                 .library = blocker->library,
                                 .symbol = blocker->symbol,
                                 .version = blocker->version,
                                 .text = wf_verdict_phrase(planning->arena, blocker),
                                 .advice = cure_of(judging, blocker->reason),
                             });
}

/* Something that a graft needs beyond the policy; `blocker` as the audit would say it. */
static void
judge_graft_need(struct judging *judging, const struct wf_user *user,
                 struct wf_blocker blocker)
{
    struct wf_planning *planning = judging->planning;

    blocker.object = user->path;
    need(judging, &blocker);
    if (blocker.needs <= judging->grafting->rank || !count_reason(judging))
        return;
    blocker.object =
        wf_arena_printf(planning->arena, "%s, which would be bundled,", user->path);
    wf_plan_refuse(planning, &(struct wf_refusal){
                                 .kind = WF_REFUSE_NEED,
                                 .reason = blocker.reason,
                                 .object = user->path,
                                 .library = blocker.library,
                                 .symbol = blocker.symbol,
                                 .version = blocker.version,
                                 .text = wf_verdict_phrase(planning->arena, &blocker),
                                 .advice = cure_of_graft(judging, blocker.reason),
                             });
}

static wf_rank
version_rank(const struct judging *judging, const struct wf_user *user,
             const struct wf_version_need *version)
{
    const struct wf_planning *planning = judging->planning;

    if (wf_is_loader(version->library) || comes_along(user, version->library))
        return WF_RANK_ALWAYS;
    return wf_policies_version_rank(policies_of(judging), planning->judged->family,
                                    planning->arch, version->version);
}

/* Each symbol with its version, and the versions that no symbol uses. */
static void
judge_graft_versions(struct judging *judging, const struct wf_user *user)
{
    const struct wf_object *object = user->object;
    wf_rank *ranks = wf_arena_array(judging->planning->arena, object->num_version_needs,
                                    sizeof *ranks);

    for (size_t i = 0; i < object->num_version_needs; i++) {
        const struct wf_version_need *version = &object->version_needs[i];

        ranks[i] = version_rank(judging, user, version);
        if (!version->used)
            judge_graft_need(judging, user,
                             (struct wf_blocker){
                                 .reason = WF_REASON_VERSION_MARKER,
                                 .library = version->library,
                                 .version = version->version,
                                 .needs = ranks[i],
                             });
    }
    for (size_t i = 0; i < object->num_imports; i++) {
        const struct wf_import *import = &object->imports[i];

        if (import->need >= 0)
            judge_graft_need(judging, user,
                             (struct wf_blocker){
                                 .reason = WF_REASON_VERSION,
                                 .library = object->version_needs[import->need].library,
                                 .symbol = import->name,
                                 .version = object->version_needs[import->need].version,
                                 .needs = ranks[import->need],
                             });
    }
}

/* The ranks of musl's releases are told by symbols alone. */
static void
judge_graft_musl(struct judging *judging, const struct wf_user *user)
{
    const struct wf_planning *planning = judging->planning;
    const struct wf_policy *newer = wf_policies_not_above(
        policies_of(judging), WF_POLICY_MUSLLINUX, planning->arch, 1, 2);

    if (planning->judged->family != WF_POLICY_MUSLLINUX || newer == NULL ||
        newer->rank <= judging->grafting->rank)
        return;
    for (size_t i = 0; i < user->object->num_imports; i++) {
        const struct wf_import *import = &user->object->imports[i];
        const char *release = wf_musl_introduced(import->name);

        if (release != NULL && import->binding != WF_BIND_WEAK)
            judge_graft_need(judging, user,
                             (struct wf_blocker){
                                 .reason = WF_REASON_VERSION,
                                 .symbol = import->name,
                                 .version = release,
                                 .library = "musl",
                                 .needs = newer->rank,
                             });
    }
}

/* The audit of the result asks a library that nobody needs for forbidden symbols, too. */
static void
judge_graft_symbols(struct judging *judging, const struct wf_user *user)
{
    const enum wf_policy_family family = judging->planning->judged->family;

    for (size_t i = 0; i < user->num_uses; i++) {
        const char *library = user->uses[i].edge->name;

        if (user->uses[i].kind != WF_USE_PROVIDED ||
            !wf_policies_forbids_in(policies_of(judging), family, library))
            continue;
        for (size_t k = 0; k < user->object->num_imports; k++) {
            const struct wf_import *import = &user->object->imports[k];

            if (import->binding != WF_BIND_WEAK)
                judge_graft_need(
                    judging, user,
                    (struct wf_blocker){
                        .reason = WF_REASON_SYMBOL,
                        .library = library,
                        .symbol = import->name,
                        .needs = wf_policies_symbol_rank(policies_of(judging), family,
                                                         library, import->name),
                    });
        }
    }
}

static const char *
level_name(unsigned level)
{
    static const char *const names[] = { "x86-64-v2", "x86-64-v3", "x86-64-v4" };

    return level < 2 || level > 4 ? "newer x86-64" : names[level - 2];
}

/* A graft needs the platform, too. */
static void
judge_graft(struct judging *judging, const struct wf_user *user)
{
    const struct wf_planning *planning = judging->planning;
    const struct wf_object *object = user->object;

    judge_graft_versions(judging, user);
    judge_graft_musl(judging, user);
    if (user->asked)
        judge_graft_symbols(judging, user);
    if (!planning->options->audit->disable_isa_check && object->arch == WF_ARCH_X86_64 &&
        object->isa_needed > 1)
        judge_graft_need(judging, user,
                         (struct wf_blocker){
                             .reason = WF_REASON_ISA,
                             .version = level_name(object->isa_needed),
                             .needs = WF_RANK_NEVER,
                         });
}

static void
refuse_missing(struct judging *judging, const struct wf_user *user,
               const struct wf_use *use)
{
    struct wf_planning *planning = judging->planning;
    const char *name = use->edge->name;

    wf_plan_refuse(
        planning,
        &(struct wf_refusal){
            .kind = WF_REFUSE_MISSING,
            .object = user->path,
            .library = name,
            .edge = use->edge,
            .text = wf_arena_printf(planning->arena, "%s needs %s, which was not found",
                                    user->path, name),
            .advice = "give the folder that has it with --lib-path, or leave "
                      "it out with --exclude",
        });
}

static void
refuse_never(struct judging *judging, const struct wf_user *user,
             const struct wf_use *use)
{
    struct wf_planning *planning = judging->planning;
    const char *name = use->edge->name;
    const char *why = NULL;

    wf_policies_bundling(name, &why);
    wf_plan_refuse(
        planning,
        &(struct wf_refusal){
            .kind = WF_REFUSE_NEVER,
            .object = user->path,
            .library = name,
            .text = wf_arena_printf(planning->arena,
                                    "%s needs %s, which the policy does not grant and "
                                    "which is never bundled: %s",
                                    user->path, name, why == NULL ? "" : why),
            .advice = "choose a newer tag, or leave it out with --exclude",
        });
}

static void
refuse_python(struct judging *judging, const struct wf_user *user,
              const struct wf_use *use)
{
    struct wf_planning *planning = judging->planning;
    const char *name = use->edge->name;

    wf_plan_refuse(
        planning,
        &(struct wf_refusal){
            .kind = WF_REFUSE_PYTHON,
            .object = user->path,
            .library = name,
            .text = wf_arena_printf(planning->arena,
                                    user->object->kind == WF_KIND_EXECUTABLE
                                        ? "%s is a program that needs %s, which no "
                                          "interpreter has loaded for it"
                                        : "%s is loaded by programs alone and needs %s, "
                                          "which no interpreter has loaded for it",
                                    user->path, name),
            .advice = "link Python statically into the program, or leave the library "
                      "out with --exclude",
        });
}

/* Whether a need of libpython can be taken away: an interpreter loads the object. */
static bool
has_interpreter(const struct wf_user *user)
{
    return user->object->kind != WF_KIND_EXECUTABLE && user->from_module;
}

static void
judge_use(struct judging *judging, const struct wf_user *user, const struct wf_use *use)
{
    const char *name = use->edge->name;

    switch (use->kind) {
    case WF_USE_PROVIDED:
        if (!wf_is_loader(name) && !wf_is_libpython(name))
            need(judging, &(struct wf_blocker){
                              .reason = WF_REASON_LIBRARY,
                              .object = user->path,
                              .library = name,
                              .needs = wf_plan_library_rank(judging->planning, name),
                          });
        return;
    case WF_USE_MISSING:
        if (count_reason(judging))
            refuse_missing(judging, user, use);
        return;
    case WF_USE_NEVER:
        if (count_reason(judging))
            refuse_never(judging, user, use);
        return;
    case WF_USE_PYTHON:
        if (!has_interpreter(user) && count_reason(judging))
            refuse_python(judging, user, use);
        return;
    case WF_USE_INSIDE:
    case WF_USE_LEFT:
    case WF_USE_GRAFT:
        return;
    }
}

/* A library that --include names must be found, needed or not. */
static void
judge_asked(struct judging *judging, const struct wf_asked *asked)
{
    struct wf_planning *planning = judging->planning;
    const struct wf_grafting *grafting = judging->grafting;

    if (asked->edge->library != NULL || asked->is_bundled ||
        asked->edge->by == WF_FOUND_EXCLUDED || wf_is_libpython(asked->name) ||
        wf_policies_bundling(asked->name, NULL) == WF_BUNDLE_NEVER)
        return;
    /* Of one that is needed its user tells. */
    for (size_t i = 0; i < grafting->num_users; i++)
        if (wf_user_use(&grafting->users[i], asked->name) != NULL)
            return;
    if (!count_reason(judging))
        return;
    wf_plan_refuse(planning, &(struct wf_refusal){
                                 .kind = WF_REFUSE_MISSING,
                                 .library = asked->name,
                                 .edge = asked->edge,
                                 .text = wf_arena_printf(planning->arena,
                                                         "--include %s: it was not found",
                                                         asked->name),
                                 .advice = "give the folder that has it with --lib-path",
                             });
}

static void
judge_all(struct judging *judging)
{
    const struct wf_platform *platform = judging->planning->judged;
    const struct wf_grafting *grafting = judging->grafting;

    sort_by_path(judging);
    for (size_t i = 0; i < platform->num_blockers; i++)
        judge_blocker(judging, &platform->blockers[i]);
    for (size_t i = 0; i < grafting->num_users; i++) {
        const struct wf_user *user = &grafting->users[i];

        for (size_t k = 0; k < user->num_uses; k++)
            judge_use(judging, user, &user->uses[k]);
        if (user->member == NULL)
            judge_graft(judging, user);
    }
    for (size_t i = 0; i < judging->planning->num_asked; i++)
        judge_asked(judging, &judging->planning->asked[i]);
}

void
wf_plan_judge(struct wf_planning *planning, struct wf_grafting *grafting)
{
    struct judging judging = { .planning = planning, .grafting = grafting };

    judge_all(&judging);
}

void
wf_plan_tell_reasons(struct wf_planning *planning, struct wf_grafting *grafting)
{
    struct judging judging = { .planning = planning, .grafting = grafting, .tell = true };

    judge_all(&judging);
    wf_plan_sort_refusals(planning);
}
