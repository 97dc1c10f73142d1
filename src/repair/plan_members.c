/* plan_members.c -- the members of the new wheel in their order: names by bytes, dist-info
 * behind everything else, RECORD last.  Entries for folders go: installers make folders
 * for what is in them. */
#include <stdlib.h>
#include <string.h>

#include "repair/plan_parts.h"
#include "repair/sbom.h"
#include "repair/shim.h"
#include "wheel/retag.h"

enum { MOST_TEXT = 16 << 20, MODE_FILE = 0100644, MODE_PROGRAM = 0100755 };

struct listing {
    struct wf_planning *planning;
    const struct wf_plan_edit **edit_of; /* by member index; NULL: stays */
    const struct wf_user **user_of;      /* by member index */
    const struct wf_plan_text **text_of; /* by member index; NULL: has none of its own */
    size_t cap;
    size_t cap_drops;
    bool changes; /* something in it is not as it was */
};

static struct wf_plan_member *
add(struct listing *listing, const char *name, uint32_t mode, enum wf_plan_source source)
{
    struct wf_plan *plan = listing->planning->plan;

    plan->members =
        wf_arena_grow(listing->planning->arena, plan->members, plan->num_members,
                      &listing->cap, sizeof *plan->members);
    struct wf_plan_member *member = &plan->members[plan->num_members++];

    *member = (struct wf_plan_member){ .name = name, .mode = mode, .source = source };
    return member;
}

static void
drop(struct listing *listing, const char *name, const char *why)
{
    struct wf_plan *plan = listing->planning->plan;

    plan->drops = wf_arena_grow(listing->planning->arena, plan->drops, plan->num_drops,
                                &listing->cap_drops, sizeof *plan->drops);
    plan->drops[plan->num_drops++] = (struct wf_plan_drop){ name, why };
}

uint32_t
wf_plan_mode(const struct wf_zip_member *member)
{
    return (wf_zip_mode(member) & 0111) != 0 ? MODE_PROGRAM : MODE_FILE;
}

static const char *
in_dist_info(struct listing *listing, const char *name)
{
    return wf_arena_printf(listing->planning->arena, "%s/%s",
                           listing->planning->report->wheel->dist_info, name);
}

/* The part of a member's name behind the dist-info folder, or NULL. */
static const char *
behind_dist_info(const struct listing *listing, const char *name)
{
    const char *dist_info = listing->planning->report->wheel->dist_info;
    const size_t len = strlen(dist_info);

    return strncmp(name, dist_info, len) == 0 && name[len] == '/' ? name + len + 1 : NULL;
}

bool
wf_plan_read_text(struct wf_bytes *out, struct wf_arena *arena, const struct wf_zip *zip,
                  const struct wf_zip_member *member, struct wf_error *err)
{
    struct wf_inflater *inflater = wf_inflater_new();
    struct wf_buffer in = { 0 };
    struct wf_buffer text = { 0 };

    wf_buffer_init(&in, SIZE_MAX);
    wf_buffer_init(&text, SIZE_MAX);
    const bool ok = wf_zip_read(&text, &in, zip, member, inflater, err);

    if (ok)
        *out = wf_bytes_of(wf_arena_str(arena, wf_buffer_bytes(&text)), text.len);
    wf_buffer_clear(&in);
    wf_buffer_clear(&text);
    wf_inflater_free(inflater);
    return ok;
}

/* WHEEL with the new tags; it stays as it is when they are the old ones. */
static bool
add_wheel_file(struct listing *listing, const struct wf_zip_member *member,
               struct wf_error *err)
{
    struct wf_planning *planning = listing->planning;
    const struct wf_wheel *wheel = planning->report->wheel;
    struct wf_plan_member *out =
        add(listing, member->name, wf_plan_mode(member), WF_FROM_WHEEL);
    struct wf_buffer text;
    struct wf_bytes old;

    out->member = member;
    if (planning->options->no_update_tags)
        return true;
    if (!wf_plan_read_text(&old, planning->arena, &wheel->zip, member, err))
        return false;
    wf_buffer_init(&text, MOST_TEXT);
    bool ok = wf_retag_wheel_file(&text, old, &wheel->name, &planning->plan->tags_after,
                                  planning->native, err) &&
              wf_buffer_ok(&text, "WHEEL", err);

    if (ok && !wf_bytes_equal(wf_buffer_bytes(&text), old)) {
        out->source = WF_FROM_BYTES;
        out->member = NULL;
        out->bytes =
            wf_bytes_of(wf_arena_str(planning->arena, wf_buffer_bytes(&text)), text.len);
        listing->changes = true;
    }
    wf_buffer_clear(&text);
    return ok || wf_error_prefix(err, "%s", member->name);
}

static void
add_shim(struct listing *listing, const struct wf_zip_member *member)
{
    struct wf_planning *planning = listing->planning;
    struct wf_plan_member *out = add(listing, member->name, MODE_PROGRAM, WF_FROM_BYTES);
    struct wf_buffer text;

    wf_buffer_init(&text, MOST_TEXT);
    wf_shim_write(&text,
                  wf_arena_printf(planning->arena, "%s.scripts",
                                  planning->report->wheel->name.name),
                  wf_text_base_name(member->name));
    out->bytes =
        wf_bytes_of(wf_arena_str(planning->arena, wf_buffer_bytes(&text)), text.len);
    wf_buffer_clear(&text);
}

static void
add_object(struct listing *listing, const struct wf_zip_member *member,
           const struct wf_plan_edit *edit, const struct wf_user *user)
{
    const char *moved = wf_plan_moved_script(listing->planning, user);
    const char *name = moved != NULL ? moved : member->name;
    struct wf_plan_member *out = add(
        listing, name, moved != NULL ? MODE_PROGRAM : wf_plan_mode(member), WF_FROM_EDIT);

    out->member = member;
    out->object = user->member;
    out->change = edit;
    listing->changes = true;
    if (moved == NULL)
        return;
    drop(listing, member->name,
         wf_arena_printf(listing->planning->arena,
                         "moved to %s; a script that runs it takes "
                         "its place",
                         moved));
    add_shim(listing, member);
}

static void
add_text(struct listing *listing, const struct wf_plan_text *text)
{
    const uint32_t mode = text->member == NULL ? MODE_FILE : wf_plan_mode(text->member);

    add(listing, text->name, mode, WF_FROM_BYTES)->bytes = text->bytes;
    listing->changes = true;
}

static bool
add_member(struct listing *listing, const struct wf_zip_member *member,
           struct wf_error *err)
{
    const struct wf_zip *zip = &listing->planning->report->wheel->zip;
    const size_t idx = (size_t)(member - zip->members);
    const char *name = member->name;

    const char *about = behind_dist_info(listing, name);

    if (wf_zip_is_folder(member) || (about != NULL && strcmp(about, "RECORD") == 0))
        return true;
    if (about != NULL &&
        (strcmp(about, "RECORD.jws") == 0 || strcmp(about, "RECORD.p7s") == 0)) {
        drop(listing, name, "signs the RECORD that was");
        return true;
    }
    if (about != NULL && strcmp(about, "WHEEL") == 0)
        return add_wheel_file(listing, member, err);
    if (listing->edit_of[idx] != NULL) {
        add_object(listing, member, listing->edit_of[idx], listing->user_of[idx]);
        return true;
    }
    if (listing->text_of[idx] != NULL)
        add_text(listing, listing->text_of[idx]);
    else
        add(listing, name, wf_plan_mode(member), WF_FROM_WHEEL)->member = member;
    return true;
}

/* An SBOM that a former repair left speaks about other libraries and stays. */
static const char *
sbom_name(struct listing *listing)
{
    const struct wf_zip *zip = &listing->planning->report->wheel->zip;
    const char *name = in_dist_info(listing, wf_sbom_path);

    for (unsigned i = 2; wf_zip_find(zip, name) != NULL; i++)
        name = in_dist_info(listing, wf_arena_printf(listing->planning->arena,
                                                     "sboms/wheelfix-%u.cdx.json", i));
    return name;
}

/* Two names of one file's content are one member. */
static void
add_grafts(struct listing *listing)
{
    struct wf_plan *plan = listing->planning->plan;
    bool first = true;

    for (size_t i = 0; i < plan->num_grafts; i++) {
        const struct wf_plan_graft *graft = &plan->grafts[i];

        if (graft->same_as != NULL)
            continue;
        add(listing, graft->path, graft->mode, WF_FROM_GRAFT)->graft = graft;
        for (size_t k = 0; k < graft->copies.num; k++)
            add(listing, graft->copies.items[k], graft->mode, WF_FROM_GRAFT)->graft =
                graft;
        listing->changes = true;
        first = false;
    }
    if (!first && listing->planning->options->sbom)
        add(listing, sbom_name(listing), MODE_FILE, WF_FROM_SBOM);
}

/* What is new and no library. */
static void
add_files(struct listing *listing)
{
    const struct wf_planning *planning = listing->planning;
    const struct wf_plan *plan = planning->plan;

    for (size_t i = 0; i < planning->num_texts; i++)
        if (planning->texts[i].member == NULL)
            add_text(listing, &planning->texts[i]);
    for (size_t i = 0; i < plan->num_files; i++)
        add(listing, plan->files[i].path, MODE_FILE, WF_FROM_FILE)->file =
            &plan->files[i];
}

static int
class_of(const struct wf_plan_member *member, const char *dist_info)
{
    if (member->source == WF_FROM_RECORD)
        return 2;
    return wf_text_starts_with(member->name, dist_info) &&
           member->name[strlen(dist_info)] == '/';
}

/* qsort knows no context: the class is put in front of the name. */
struct sortable {
    int class;
    struct wf_plan_member member;
};

static int
compare(const void *left, const void *right)
{
    const struct sortable *a = left;
    const struct sortable *b = right;

    return a->class != b->class ? a->class - b->class
                                : strcmp(a->member.name, b->member.name);
}

void
wf_plan_sort_members(struct wf_plan *plan, const char *dist_info)
{
    struct sortable *items =
        wf_arena_array(&plan->arena, plan->num_members, sizeof *items);

    for (size_t i = 0; i < plan->num_members; i++)
        items[i] =
            (struct sortable){ class_of(&plan->members[i], dist_info), plan->members[i] };
    qsort(items, plan->num_members, sizeof *items, compare);
    for (size_t i = 0; i < plan->num_members; i++)
        plan->members[i] = items[i].member;
}

static int
compare_drops(const void *left, const void *right)
{
    const struct wf_plan_drop *a = left;
    const struct wf_plan_drop *b = right;

    return strcmp(a->name, b->name);
}

/* After sorting, equal names stand side by side. */
static void
refuse_twins(struct listing *listing)
{
    struct wf_planning *planning = listing->planning;
    const struct wf_plan *plan = planning->plan;

    for (size_t i = 1; i < plan->num_members; i++) {
        const char *name = plan->members[i].name;

        if (strcmp(plan->members[i - 1].name, name) != 0)
            continue;
        wf_plan_refuse(
            planning,
            &(struct wf_refusal){
                .kind = WF_REFUSE_NAME,
                .object = name,
                .text = wf_arena_printf(planning->arena,
                                        "the wheel has %s already, and the repair would "
                                        "put something else there",
                                        name),
                .advice = "choose another folder for the libraries with --lib-sdir",
            });
    }
}

static void
index_edits(struct listing *listing, const struct wf_plan_edit **edits)
{
    struct wf_planning *planning = listing->planning;
    const struct wf_zip *zip = &planning->report->wheel->zip;

    listing->edit_of = wf_arena_array(planning->arena, zip->num_members, sizeof *edits);
    listing->user_of =
        wf_arena_array(planning->arena, zip->num_members, sizeof *listing->user_of);
    listing->text_of =
        wf_arena_array(planning->arena, zip->num_members, sizeof *listing->text_of);
    for (size_t i = 0; i < planning->num_texts; i++)
        if (planning->texts[i].member != NULL)
            listing->text_of[planning->texts[i].member - zip->members] =
                &planning->texts[i];
    for (size_t i = 0; planning->grafting != NULL && i < planning->grafting->num_users;
         i++) {
        const struct wf_user *user = &planning->grafting->users[i];

        if (user->member == NULL)
            continue;
        const size_t idx = (size_t)(user->member->member - zip->members);

        listing->edit_of[idx] = edits[i];
        listing->user_of[idx] = user;
    }
}

bool
wf_plan_members(struct wf_planning *planning, const struct wf_plan_edit **edits,
                struct wf_error *err)
{
    struct listing listing = { .planning = planning };
    const struct wf_zip *zip = &planning->report->wheel->zip;
    struct wf_plan *plan = planning->plan;

    index_edits(&listing, edits);
    for (size_t i = 0; i < zip->num_members; i++)
        if (!add_member(&listing, &zip->members[i], err))
            return false;
    add_grafts(&listing);
    add_files(&listing);
    if (!listing.changes && strcmp(plan->out_name, planning->report->base_name) == 0) {
        plan->kind = WF_PLAN_COPY;
        plan->why = "nothing needs to change";
        plan->num_members = 0;
        plan->num_drops = 0;
        return true;
    }
    plan->kind = WF_PLAN_REPAIR;
    add(&listing, in_dist_info(&listing, "RECORD"), MODE_FILE, WF_FROM_RECORD);
    wf_plan_sort_members(plan, planning->report->wheel->dist_info);
    if (plan->num_drops > 0)
        qsort(plan->drops, plan->num_drops, sizeof *plan->drops, compare_drops);
    refuse_twins(&listing);
    return true;
}
