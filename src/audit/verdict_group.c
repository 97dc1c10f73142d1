/* verdict_group.c -- which objects of a wheel belong together: by system, architecture and
 * libc.  What the file name promises decides first, then what the objects say; the host
 * is never asked. */
#include "audit/verdict_parts.h"

#include "policy/macos.h"

#include <stdlib.h>
#include <string.h>

static const char *const os_names[] = {
    [WF_SYSTEM_LINUX] = "linux",
    [WF_SYSTEM_ANDROID] = "android",
    [WF_SYSTEM_MACOS] = "macos",
    [WF_SYSTEM_WINDOWS] = "windows",
};

/* One object on its way into a platform. */
struct placed {
    uint32_t object;
    enum wf_system os;
    enum wf_arch arch; /* ARMv6 and ARMv7 code share the policies of armv7l */
    enum wf_libc libc;
    bool judged;
};

enum wf_arch
wf_policy_arch(enum wf_arch arch)
{
    return arch == WF_ARCH_ARMV6L ? WF_ARCH_ARMV7L : arch;
}

bool
wf_verdict_family_of(enum wf_policy_family *out, enum wf_libc libc)
{
    switch (libc) {
    case WF_LIBC_GLIBC:
        *out = WF_POLICY_MANYLINUX;
        return true;
    case WF_LIBC_MUSL:
        *out = WF_POLICY_MUSLLINUX;
        return true;
    case WF_LIBC_BIONIC:
        *out = WF_POLICY_ANDROID;
        return true;
    case WF_LIBC_UNKNOWN:
        break;
    }
    return false;
}

const char *
wf_verdict_linux_tag(struct wf_arena *arena, enum wf_arch arch)
{
    return wf_arena_printf(arena, "linux_%s", wf_arch_name(arch));
}

void
wf_verdict_ladder(struct wf_ladder *out, struct wf_report *report,
                  const struct wf_policies *policies, enum wf_policy_family family,
                  enum wf_arch arch)
{
    size_t num;
    const struct wf_policy *list = wf_policies_list(policies, family, &num);

    *out = (struct wf_ladder){ .family = family, .arch = wf_policy_arch(arch) };
    out->steps = wf_arena_array(&report->arena, num, sizeof *out->steps);
    for (size_t i = 0; i < num; i++)
        if (!list[i].provisional && wf_policy_has_arch(&list[i], out->arch))
            out->steps[out->num++] = &list[i];
}

const struct wf_policy *
wf_ladder_reach(const struct wf_ladder *ladder, wf_rank rank)
{
    for (size_t i = 0; i < ladder->num; i++)
        if (ladder->steps[i]->rank >= rank)
            return ladder->steps[i];
    return NULL;
}

const struct wf_policy *
wf_ladder_below(const struct wf_ladder *ladder, wf_rank rank)
{
    for (size_t i = ladder->num; i-- > 0;)
        if (ladder->steps[i]->rank < rank)
            return ladder->steps[i];
    return NULL;
}

wf_rank
wf_ladder_rank(const struct wf_ladder *ladder, wf_rank rank)
{
    const struct wf_policy *policy = wf_ladder_reach(ladder, rank);

    return policy == NULL ? WF_RANK_NEVER : policy->rank;
}

static void
want_macos(struct wf_wanted *wanted, const struct wf_platform_tag *tag)
{
    const struct wf_macos_word *word = wf_macos_word_find(tag->arch_word);

    wanted->macos = true;
    for (unsigned i = 0; word != NULL && i < WF_ARCH_COUNT; i++) {
        const char *name = wf_verdict_macos_word((enum wf_arch)i);

        if (name != NULL && wf_macos_word_has(word, name))
            wanted->macos_archs |= UINT32_C(1) << i;
    }
}

static void
want(struct wf_wanted *wanted, const struct wf_platform_tag *tag, bool *any_arch)
{
    wanted->linux_or_android |=
        tag->family == WF_TAG_LINUX || tag->family == WF_TAG_MANYLINUX ||
        tag->family == WF_TAG_MUSLLINUX || tag->family == WF_TAG_ANDROID;
    switch (tag->family) {
    case WF_TAG_MANYLINUX:
        wanted->glibc = true;
        break;
    case WF_TAG_MUSLLINUX:
        wanted->musl = true;
        break;
    case WF_TAG_ANDROID:
        wanted->android = true;
        break;
    case WF_TAG_LINUX:
        break;
    case WF_TAG_ANY:
        *any_arch = true;
        return;
    case WF_TAG_MACOS:
        want_macos(wanted, tag);
        return;
    case WF_TAG_WINDOWS:
        wanted->windows = true;
        if (wf_verdict_windows_tag(tag->arch) != NULL)
            wanted->windows_archs |= UINT32_C(1) << tag->arch;
        return;
    case WF_TAG_IOS:
    case WF_TAG_EMSCRIPTEN:
    case WF_TAG_OTHER:
        return;
    }
    if (tag->arch == WF_ARCH_UNKNOWN)
        *any_arch = true;
    else
        wanted->archs |= UINT32_C(1) << tag->arch;
}

/* The file name first; --plat speaks where it says nothing (auditwheel.md 3.1.4). */
static void
read_wanted(struct wf_report *report, struct wf_verdict_state *state)
{
    const char *plat = state->options->plat;
    struct wf_wanted named = { 0 };
    struct wf_wanted asked = { 0 };
    bool any_arch = false;

    for (size_t i = 0; i < report->wheel->name.num_platforms; i++)
        want(&named, &report->wheel->name.platforms[i], &any_arch);
    if (any_arch)
        named.archs = 0;
    state->named = named;
    state->wanted = named;
    if (plat == NULL)
        return;
    const struct wf_platform_tag tag = wf_platform_tag_parse(&report->arena, plat);

    want(&asked, &tag, &any_arch);
    if (named.archs == 0)
        state->wanted.archs = asked.archs;
    if (!named.glibc && !named.musl && !named.android) {
        /* A tag written without its architecture is known by its first word. */
        state->wanted.glibc = wf_text_starts_with(plat, "manylinux");
        state->wanted.musl = wf_text_starts_with(plat, "musllinux");
        state->wanted.android = wf_text_starts_with(plat, "android");
    }
}

/* Tags of macOS that name none of the architectures of the wheel's modules are wrong, and do
 * not make the modules unjudgeable: a repair writes the right ones. */
static void
believe_modules(const struct wf_report *report, struct wf_wanted *wanted)
{
    bool any = false;

    for (size_t i = 0; i < report->num_objects; i++) {
        const struct wf_object *object = &report->objects[i].object;

        if (object->format != WF_FORMAT_MACHO ||
            (object->kind != WF_KIND_EXTENSION && object->kind != WF_KIND_SHARED))
            continue;
        any = true;
        if ((wanted->macos_archs >> object->arch & 1) != 0)
            return;
    }
    if (any)
        wanted->macos_archs = 0;
}

/* The same for tags of Windows, of which all objects are asked when there is no module. */
static void
believe_dlls(const struct wf_report *report, struct wf_wanted *wanted)
{
    bool any[2] = { false, false };
    bool fits[2] = { false, false };

    for (size_t i = 0; i < report->num_objects; i++) {
        const struct wf_object *object = &report->objects[i].object;
        const bool is_module = wf_verdict_windows_is_pyd(object);

        if (object->format != WF_FORMAT_PE || !wf_object_is_judged(object))
            continue;
        any[is_module] = true;
        for (unsigned k = 0; k < WF_ARCH_COUNT; k++)
            fits[is_module] |= (wanted->windows_archs >> k & 1) != 0 &&
                               wf_verdict_windows_fits(object, (enum wf_arch)k);
    }
    if (any[1] ? !fits[1] : any[0] && !fits[0])
        wanted->windows_archs = 0;
}

/* All files of a Windows wheel are judged together, for the machine of its tag: helpers for
 * others travel along.  Of several tags each file has its own. */
static enum wf_arch
windows_arch(const struct wf_object *object, const struct wf_wanted *wanted)
{
    if (wanted->windows_archs == 0 || (wanted->windows_archs >> object->arch & 1) != 0)
        return object->arch;
    for (unsigned pass = 0; pass < 2; pass++)
        for (unsigned k = 0; k < WF_ARCH_COUNT; k++)
            if ((wanted->windows_archs >> k & 1) != 0 &&
                (pass == 1 || wf_verdict_windows_fits(object, (enum wf_arch)k)))
                return (enum wf_arch)k;
    return object->arch;
}

static enum wf_system
os_of(const struct wf_object *object, const struct wf_wanted *wanted)
{
    if (object->format == WF_FORMAT_MACHO)
        return WF_SYSTEM_MACOS;
    if (object->format == WF_FORMAT_PE)
        return WF_SYSTEM_WINDOWS;
    if (object->libc == WF_LIBC_BIONIC)
        return WF_SYSTEM_ANDROID;
    /* Android's libc.so says nothing by its name; the tag does. */
    if (object->libc == WF_LIBC_UNKNOWN && wanted->android && !wanted->glibc &&
        !wanted->musl)
        return WF_SYSTEM_ANDROID;
    return WF_SYSTEM_LINUX;
}

/* Fills *out for an object that has a platform, or says why it has none. */
static bool
place(struct placed *out, struct wf_report *report, uint32_t index,
      const struct wf_wanted *wanted, const bool *system_wanted)
{
    struct wf_member_object *member = &report->objects[index];
    const struct wf_object *object = &member->object;

    *out = (struct placed){
        .object = index,
        .os = os_of(object, wanted),
        .arch = wf_policy_arch(object->arch),
        .libc = object->libc,
    };
    member->judged = false;
    member->why_not = wf_verdict_why_left_out(report, object, wanted, system_wanted);
    if (member->why_not != NULL)
        return wf_object_is_judged(object) || object->kind == WF_KIND_UNREAD;
    out->judged = true;
    if (out->os == WF_SYSTEM_WINDOWS)
        out->arch = windows_arch(object, wanted);
    if (out->os == WF_SYSTEM_ANDROID)
        out->libc = WF_LIBC_BIONIC;
    return true;
}

static int
compare_placed(const void *left, const void *right)
{
    const struct placed *a = left;
    const struct placed *b = right;

    if (a->os != b->os)
        return a->os < b->os ? -1 : 1;
    if (a->judged != b->judged)
        return a->judged ? -1 : 1;
    if (a->arch != b->arch)
        return a->arch < b->arch ? -1 : 1;
    if (a->libc != b->libc)
        return a->libc < b->libc ? -1 : 1;
    return a->object < b->object ? -1 : a->object > b->object;
}

/* What decided a libc. */
struct libc_choice {
    enum wf_libc libc;
    bool guessed;
    bool undecided;
    bool both; /* objects of both libcs, and no tag that chooses */
};

/* design.md 5.10: the objects, then the tags; executables alone may be for either libc,
 * and an extension that says nothing cannot be judged.  A tag whose libc none of the
 * objects has is wrong, and does not make the objects unjudgeable. */
static struct libc_choice
choose_libc(const struct wf_report *report, const struct placed *items, size_t num,
            const struct wf_wanted *wanted)
{
    bool glibc = false;
    bool musl = false;
    bool extension = false;

    for (size_t i = 0; i < num; i++) {
        glibc |= items[i].libc == WF_LIBC_GLIBC;
        musl |= items[i].libc == WF_LIBC_MUSL;
        extension |= report->objects[items[i].object].object.kind == WF_KIND_EXTENSION;
    }
    if (glibc && musl) {
        if (wanted->glibc != wanted->musl)
            return (struct libc_choice){ .libc = wanted->glibc ? WF_LIBC_GLIBC
                                                               : WF_LIBC_MUSL };
        return (struct libc_choice){ .libc = WF_LIBC_GLIBC, .both = true };
    }
    if (glibc || musl)
        return (struct libc_choice){ .libc = glibc ? WF_LIBC_GLIBC : WF_LIBC_MUSL };
    if (wanted->glibc != wanted->musl)
        return (struct libc_choice){ .libc =
                                         wanted->glibc ? WF_LIBC_GLIBC : WF_LIBC_MUSL };
    if (wanted->glibc || !extension)
        return (struct libc_choice){ .libc = WF_LIBC_GLIBC, .guessed = true };
    return (struct libc_choice){ .undecided = true };
}

static struct wf_platform *
add_platform(struct wf_report *report, size_t *cap, const struct placed *first)
{
    report->platforms =
        wf_arena_grow(&report->arena, report->platforms, report->num_platforms, cap,
                      sizeof *report->platforms);
    struct wf_platform *platform = &report->platforms[report->num_platforms++];

    *platform = (struct wf_platform){
        .system = first->os,
        .os = os_names[first->os],
        .arch = first->os == WF_SYSTEM_WINDOWS
                    ? first->arch
                    : report->objects[first->object].object.arch,
        .libc = first->libc,
        .verdict = WF_RANK_NEVER,
        .symbols = WF_RANK_NEVER,
        .libraries = WF_RANK_NEVER,
        .forbidden = WF_RANK_NEVER,
        .isa = WF_RANK_NEVER,
        .ucs2 = WF_RANK_NEVER,
        .pyfpe = WF_RANK_NEVER,
        .repaired = WF_RANK_NEVER,
    };
    return platform;
}

static void
join(struct wf_report *report, struct wf_verdict_state *state, const struct placed *item)
{
    struct wf_platform *platform = &report->platforms[report->num_platforms - 1];
    struct wf_member_object *member = &report->objects[item->object];

    platform->num_objects++;
    state->objects[item->object].platform = (uint32_t)(report->num_platforms - 1);
    member->judged = platform->judged;
    if (platform->arch == WF_ARCH_ARMV6L && member->object.arch == WF_ARCH_ARMV7L)
        platform->arch = WF_ARCH_ARMV7L; /* ARMv6 only when all of it is */
}

/* One platform of objects that can be judged: those of `libc`, and those that say nothing
 * when `silent` is set. */
static void
judge_libc(struct wf_report *report, struct wf_verdict_state *state, size_t *cap,
           const struct placed *items, size_t num, const struct libc_choice *choice,
           bool silent)
{
    struct wf_platform *platform = add_platform(report, cap, &items[0]);
    struct wf_ladder ladder = { 0 };
    enum wf_policy_family family = WF_POLICY_MANYLINUX;

    platform->libc = choice->libc;
    platform->libc_guessed = choice->guessed;
    platform->libc_undecided = choice->undecided;
    platform->judged = true;
    if (wf_verdict_family_of(&family, choice->libc)) {
        platform->family = family;
        wf_verdict_ladder(&ladder, report, state->options->policies, family,
                          items[0].arch);
        platform->judged = ladder.num > 0;
    }
    for (size_t i = 0; i < num; i++) {
        const bool is_silent = items[i].libc == WF_LIBC_UNKNOWN;

        if (items[i].libc != choice->libc && !(silent && is_silent))
            continue;
        join(report, state, &items[i]);
        if (!platform->judged)
            report->objects[items[i].object].why_not =
                wf_arena_printf(&report->arena, "for %s, which has no %s policy",
                                report->objects[items[i].object].object.arch_name,
                                wf_policy_family_name(family));
    }
}

static void
leave_out(struct wf_report *report, const struct placed *items, size_t num,
          enum wf_libc libc)
{
    for (size_t i = 0; i < num; i++)
        if (items[i].libc != libc && items[i].libc != WF_LIBC_UNKNOWN)
            report->objects[items[i].object].why_not =
                wf_arena_printf(&report->arena, "linked against %s; the wheel is for %s",
                                wf_libc_name(items[i].libc), wf_libc_name(libc));
}

static void
add_group(struct wf_report *report, struct wf_verdict_state *state, size_t *cap,
          const struct placed *items, size_t num)
{
    if (!items[0].judged || items[0].os == WF_SYSTEM_MACOS ||
        items[0].os == WF_SYSTEM_WINDOWS) {
        add_platform(report, cap, &items[0])->judged = items[0].judged;
        for (size_t i = 0; i < num; i++)
            join(report, state, &items[i]);
        return;
    }
    struct libc_choice choice = { .libc = WF_LIBC_BIONIC };

    if (items[0].os == WF_SYSTEM_LINUX)
        choice = choose_libc(report, items, num, &state->wanted);
    judge_libc(report, state, cap, items, num, &choice, true);
    if (choice.both) {
        choice.libc = WF_LIBC_MUSL;
        judge_libc(report, state, cap, items, num, &choice, false);
    } else if (!choice.undecided) {
        leave_out(report, items, num, choice.libc);
    }
}

/* A wheel for x86_64 with a stray object for a microcontroller is a wheel for x86_64: what
 * nobody judges gets a platform of its own only when the tags name no architecture of its
 * system, or when there is nothing else; never when they name other systems alone. */
static bool
is_stray(const struct wf_wanted *wanted, const struct placed *item, bool any_judged)
{
    const bool is_macos = item->os == WF_SYSTEM_MACOS;
    const uint32_t archs = is_macos ? wanted->macos_archs : wanted->archs;
    const bool named = is_macos ? wanted->macos : wanted->linux_or_android;
    const bool other_named = is_macos ? wanted->linux_or_android : wanted->macos;

    if (item->os == WF_SYSTEM_WINDOWS)
        return !item->judged && any_judged &&
               (wanted->linux_or_android || wanted->macos || wanted->windows);
    if (item->judged || !any_judged || (!is_macos && item->os != WF_SYSTEM_LINUX))
        return false;
    return archs != 0 || (other_named && !named);
}

void
wf_verdict_group(struct wf_report *report, struct wf_verdict_state *state)
{
    struct placed *items =
        wf_arena_array(&report->arena, report->num_objects, sizeof *items);
    size_t num = 0;
    size_t cap = 0;
    bool any_judged = false;

    read_wanted(report, state);
    believe_modules(report, &state->wanted);
    believe_dlls(report, &state->wanted);
    const bool system_wanted[WF_VERDICT_SYSTEMS] = {
        wf_verdict_system_is_wanted(report, &state->wanted, WF_FORMAT_ELF),
        wf_verdict_system_is_wanted(report, &state->wanted, WF_FORMAT_MACHO),
        wf_verdict_system_is_wanted(report, &state->wanted, WF_FORMAT_PE),
    };

    for (size_t i = 0; i < report->num_objects; i++) {
        state->objects[i].platform = WF_NO_PLATFORM;
        if (place(&items[num], report, (uint32_t)i, &state->wanted, system_wanted)) {
            any_judged |= items[num].judged;
            num++;
        }
    }
    qsort(items, num, sizeof *items, compare_placed);
    for (size_t i = 0; i < num;) {
        size_t end = i + 1;

        while (end < num && items[end].os == items[i].os &&
               items[end].judged == items[i].judged && items[end].arch == items[i].arch)
            end++;
        if (!is_stray(&state->wanted, &items[i], any_judged))
            add_group(report, state, &cap, &items[i], end - i);
        i = end;
    }
}
