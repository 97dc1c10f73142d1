/* plan_windows_python.c -- the Python files that tell Python of the folder of DLLs, and the
 * list of DLLs for Pythons that have to load them one by one (delvewheel-pe.md 3.4, 3.7). */
#include <string.h>

#include "repair/plan_windows_parts.h"
#include "repair/python_patch.h"
#include "wheel/member_path.h"

enum { MOST_TEXT = 16 << 20, FIRST_PLAIN_MINOR = 10 };

/* The modules of the folder itself look beside themselves. */
static bool
is_in_folder(const struct wf_win_layout *layout, const char *installed)
{
    return layout->at_top && strchr(installed, '/') == NULL;
}

static enum wf_python_need
need_of(const struct wf_win_layout *layout, size_t user)
{
    const struct wf_planning *planning = layout->planning;
    const struct wf_member_object *member = planning->grafting->users[user].member;

    if (!layout->needs_grafts[user] ||
        (!wf_win_is_hard(planning, member) &&
         !wf_verdict_is_root(planning->report,
                             (uint32_t)(member - planning->report->objects))))
        return WF_NEEDS_NO_FOLDER;
    if (member->object.kind == WF_KIND_EXECUTABLE ||
        wf_plan_is_outside(planning->arena, member->member->name))
        return WF_NEEDS_COPIES;
    return is_in_folder(layout, member->installed) ? WF_NEEDS_NO_FOLDER : WF_NEEDS_FOLDER;
}

struct packaging {
    struct wf_win_layout *layout;
    struct wf_python_member *members; /* all of the archive */
    uint32_t *user_of;                /* by member: index + 1, or 0 */
};

static bool
is_namespace(bool *out, void *context, size_t member, struct wf_error *err)
{
    const struct wf_planning *planning = context;
    const struct wf_zip *zip = &planning->report->wheel->zip;
    struct wf_arena scratch = { 0 };
    struct wf_bytes text;
    const bool ok = wf_plan_read_text(&text, &scratch, zip, &zip->members[member], err);

    if (ok)
        *out = wf_python_is_namespace(text);
    wf_arena_clear(&scratch);
    return ok;
}

/* A folder is no file; its own entry, which nobody asks for, is as good as none. */
static void
list_members(struct packaging *packaging)
{
    struct wf_win_layout *layout = packaging->layout;
    struct wf_planning *planning = layout->planning;
    const struct wf_zip *zip = &planning->report->wheel->zip;
    struct wf_arena *arena = planning->arena;

    packaging->members =
        wf_arena_array(arena, zip->num_members, sizeof *packaging->members);
    packaging->user_of =
        wf_arena_array(arena, zip->num_members, sizeof *packaging->user_of);
    for (size_t i = 0; i < zip->num_members; i++)
        packaging->members[i] = (struct wf_python_member){
            .name = zip->members[i].name,
            .installed = wf_member_path_installed(arena, zip->members[i].name),
        };
    for (size_t i = 0; i < planning->grafting->num_members; i++) {
        const size_t member =
            (size_t)(planning->grafting->users[i].member->member - zip->members);

        packaging->user_of[member] = (uint32_t)i + 1;
        packaging->members[member].need = need_of(layout, i);
    }
}

static bool
has_asked(const struct wf_planning *planning)
{
    const struct wf_grafting *grafting = planning->grafting;

    for (size_t i = 0; i < grafting->num_grafts; i++)
        if (grafting->grafts[i].asked != NULL)
            return true;
    return false;
}

/* Led is whoever needs the folder and gets no copies. */
static void
mark_led(struct packaging *packaging, const struct wf_python_packages *packages)
{
    struct wf_win_layout *layout = packaging->layout;
    const struct wf_planning *planning = layout->planning;
    const struct wf_grafting *grafting = planning->grafting;

    layout->is_led =
        wf_arena_array(planning->arena, grafting->num_users, sizeof *layout->is_led);
    for (size_t i = 0; i < grafting->num_members; i++) {
        const struct wf_member_object *member = grafting->users[i].member;
        const enum wf_python_need need = need_of(layout, i);

        layout->is_led[i] = need == WF_NEEDS_FOLDER ||
                            (need == WF_NEEDS_NO_FOLDER && layout->needs_grafts[i] &&
                             !wf_plan_is_outside(planning->arena, member->member->name) &&
                             is_in_folder(layout, member->installed));
    }
    for (size_t i = 0; i < packages->num_copies; i++)
        if (packaging->user_of[packages->copies[i]] != 0)
            layout->is_led[packaging->user_of[packages->copies[i]] - 1] = false;
}

bool
wf_win_choose_packages(struct wf_win_layout *layout, struct wf_error *err)
{
    struct wf_planning *planning = layout->planning;
    struct packaging packaging = { .layout = layout };
    const struct wf_python_wishes wishes = {
        .everywhere = has_asked(planning),
        .at_marks = planning->options->custom_patch,
        .namespaces = &planning->options->namespace_pkgs,
        .read_is_namespace = is_namespace,
        .context = planning,
    };
    struct wf_python_packages *packages =
        wf_arena_alloc(planning->arena, sizeof *packages);

    layout->packages = packages;
    if (planning->plan->num_grafts == 0)
        return true;
    list_members(&packaging);
    if (!wf_python_plan(packages, planning->arena, packaging.members,
                        planning->report->wheel->zip.num_members, &wishes, err))
        return false;
    mark_led(&packaging, packages);
    for (size_t i = 0; i < packages->missing.num; i++)
        wf_plan_note(planning, "namespace-unmatched", WF_WARNING, "",
                     "--namespace-pkg %s: the wheel has no such folder",
                     packages->missing.items[i]);
    return true;
}

/* Whether a Python tag is of 3.10 and later: "cp310", "graalpy312". */
static bool
is_plain(const char *tag)
{
    const char *digits = tag + strcspn(tag, "0123456789");
    uint64_t minor;

    return digits != tag && digits[0] >= '3' &&
           wf_text_decimal(&minor, wf_bytes_str(digits + 1)) &&
           (digits[0] > '3' || minor >= FIRST_PLAIN_MINOR);
}

static bool
wants_load_order(const struct wf_planning *planning)
{
    const struct wf_strings *tags = &planning->report->wheel->name.pythons;

    for (size_t i = 0; i < tags->num; i++)
        if (!is_plain(tags->items[i]))
            return true;
    return false;
}

static void
add_text(struct wf_planning *planning, const char *name,
         const struct wf_zip_member *member, struct wf_bytes bytes)
{
    planning->texts = wf_arena_grow(planning->arena, planning->texts, planning->num_texts,
                                    &planning->cap_texts, sizeof *planning->texts);
    planning->texts[planning->num_texts++] =
        (struct wf_plan_text){ .name = name, .member = member, .bytes = bytes };
}

/* A name a line. */
static void
write_load_order(struct wf_win_layout *layout)
{
    struct wf_planning *planning = layout->planning;
    struct wf_plan *plan = planning->plan;
    size_t num;
    const uint32_t *order = wf_win_load_order(layout, &num);
    struct wf_buffer text;

    wf_buffer_init(&text, SIZE_MAX);
    for (size_t i = 0; i < num; i++) {
        const struct wf_plan_graft *graft = &plan->grafts[order[i]];

        if (!layout->in_folder[order[i]])
            continue;
        wf_buffer_printf(&text, "%s\n", graft->name);
    }
    add_text(
        planning, plan->load_order, NULL,
        wf_bytes_of(wf_arena_str(planning->arena, wf_buffer_bytes(&text)), text.len));
    wf_buffer_clear(&text);
}

static void
refuse_source(struct wf_planning *planning, const char *name, const struct wf_error *why)
{
    wf_plan_refuse(planning,
                   &(struct wf_refusal){
                       .kind = WF_REFUSE_PYTHON_FILE,
                       .object = name,
                       .text = wf_arena_printf(
                           planning->arena, "%s cannot be patched: %s%s%s", name,
                           why->where, why->where[0] == '\0' ? "" : ": ", why->text),
                       .advice = "correct it, or choose other places with --custom-patch",
                   });
}

/* A file that Python would not compile is the wheel's fault, and no error of ours. */
static bool
patch_file(struct wf_planning *planning, const struct wf_python_patch *patch,
           const struct wf_zip_member *member, size_t *num, struct wf_error *err)
{
    const struct wf_zip *zip = &planning->report->wheel->zip;
    struct wf_error why = { 0 };
    struct wf_buffer text;
    struct wf_bytes old;

    if (!wf_plan_read_text(&old, planning->arena, zip, member, err))
        return false;
    wf_buffer_init(&text, old.len + MOST_TEXT);
    if (!wf_python_patch_write(&text, num, old, patch, planning->options->custom_patch,
                               &why) ||
        !wf_buffer_ok(&text, "the patched file", &why)) {
        refuse_source(planning, member->name, &why);
    } else if (!wf_bytes_equal(wf_buffer_bytes(&text), old)) {
        add_text(
            planning, member->name, member,
            wf_bytes_of(wf_arena_str(planning->arena, wf_buffer_bytes(&text)), text.len));
        wf_strings_append(planning->arena, &planning->plan->patched, member->name);
    }
    wf_buffer_clear(&text);
    return true;
}

static void
refuse_unmarked(struct wf_planning *planning)
{
    wf_plan_refuse(planning,
                   &(struct wf_refusal){
                       .kind = WF_REFUSE_PYTHON_FILE,
                       .text = "--custom-patch: no line of a Python file is the comment "
                               "\"# delvewheel: patch\"",
                       .advice = "put it where the folder of DLLs is to be made known",
                   });
}

bool
wf_win_patch_packages(struct wf_win_layout *layout, struct wf_error *err)
{
    struct wf_planning *planning = layout->planning;
    const struct wf_wheel *wheel = planning->report->wheel;
    struct wf_plan *plan = planning->plan;
    const struct wf_python_packages *packages = layout->packages;
    const char *load_order = wf_arena_printf(planning->arena, ".load-order-%s-%s",
                                             wheel->name.name, wheel->name.version);
    const bool is_long = wants_load_order(planning);
    struct wf_python_patch patch = {
        .lib_dir = layout->at_top ? "." : plan->lib_dir,
        .load_order = is_long ? load_order : NULL,
        .version = planning->options->tool_version,
    };
    size_t num_marks = 0;

    for (size_t i = 0; i < packages->num_targets; i++) {
        size_t num = 0;

        patch.depth = packages->targets[i].depth;
        if (!patch_file(planning, &patch,
                        &wheel->zip.members[packages->targets[i].member], &num, err))
            return false;
        num_marks += num;
    }
    wf_strings_sort(&plan->patched);
    if (plan->num_grafts > 0 && planning->options->custom_patch && num_marks == 0)
        refuse_unmarked(planning);
    if (plan->patched.num > 0 && is_long) {
        plan->load_order =
            wf_arena_printf(planning->arena, "%s/%s", plan->lib_dir, load_order);
        write_load_order(layout);
    }
    return true;
}
