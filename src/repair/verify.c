/* verify.c -- reading a finished wheel again (see verify.h). */
#include "repair/verify.h"

#include <string.h>

#include "audit/verdict.h"

enum {
    STAGE_CHECK = 10,
    PIECE = 1 << 20,
    BATCH = 4 << 20, /* stored bytes of copies that one task compares */
};

struct check {
    const struct wf_verify_request *request;
    struct wf_report *report;
    struct wf_reading **readings; /* by member; NULL: no object */
    size_t left;
    bool done;
};

/* Members [first, first + num), compared by one task. */
struct part {
    struct check *check;
    size_t first;
    size_t num;
    struct wf_error err;
};

static bool
differs(struct wf_error *err, const char *how)
{
    return wf_error_set(
        err, WF_ERR_IO,
        "the file just written %s; nothing was kept: check disk and memory", how);
}

static bool
check_copy(struct wf_worker *worker, const struct wf_written *written,
           const struct wf_zip *zip, const struct wf_zip_member *member,
           struct wf_error *err)
{
    const struct wf_zip_member *of = written->copied_of;
    const size_t half = PIECE / 2;

    if (member->crc != of->crc || member->size != of->size ||
        member->comp_size != of->comp_size || member->method != of->method)
        return differs(err, "has another size or checksum than its source");
    if (!wf_buffer_reserve(&worker->in, PIECE))
        return differs(err, "cannot be compared");
    for (uint64_t off = 0; off < of->comp_size; off += half) {
        const uint64_t left = of->comp_size - off;
        const size_t len = left < half ? (size_t)left : half;

        if (!wf_file_pread(written->copied_from->file, worker->in.data, len,
                           of->data_off + off, err) ||
            !wf_file_pread(zip->file, worker->in.data + half, len, member->data_off + off,
                           err))
            return false;
        if (memcmp(worker->in.data, worker->in.data + half, len) != 0)
            return differs(err, "has other bytes than its source");
    }
    return true;
}

static bool
check_new(struct wf_worker *worker, const struct check *check, size_t idx,
          struct wf_error *err)
{
    const struct wf_zip *zip = &check->report->wheel->zip;
    const struct wf_zip_member *member = &zip->members[idx];
    const struct wf_written *written = &check->request->members[idx];
    struct wf_reading *reading = check->readings[idx];

    if (member->crc != written->crc || member->size != written->size)
        return differs(err, "has another size or checksum than was written");
    if (!wf_zip_read(&worker->out, &worker->in, zip, member, worker->inflater, err))
        return false;
    return reading == NULL ||
           wf_object_read(&reading->file, &reading->arena, member->name,
                          wf_buffer_bytes(&worker->out),
                          &check->request->options->audit->limits, err);
}

static void
take_facts(struct wf_reading *reading, const struct wf_object_file *facts)
{
    reading->file.objects =
        wf_arena_array(&reading->arena, facts->num_objects, sizeof *facts->objects);
    reading->file.num_objects = facts->num_objects;
    for (size_t i = 0; i < facts->num_objects; i++)
        wf_object_copy(&reading->file.objects[i], &reading->arena, &facts->objects[i],
                       reading->member->name);
}

static bool
check_member(struct wf_worker *worker, const struct check *check, size_t idx,
             struct wf_error *err)
{
    const struct wf_zip *zip = &check->report->wheel->zip;
    const struct wf_written *written = &check->request->members[idx];
    bool ok = true;

    if (wf_zip_is_folder(&zip->members[idx]))
        return true;
    if (!written->is_copy)
        ok = check_new(worker, check, idx, err);
    else
        ok = check_copy(worker, written, zip, &zip->members[idx], err);
    if (ok && written->is_copy && check->readings[idx] != NULL)
        take_facts(check->readings[idx], written->facts);
    if (!ok && !wf_text_starts_with(err->where, written->name))
        wf_error_prefix(err, "%s", written->name);
    return ok;
}

static void
check_part(struct wf_worker *worker, void *arg)
{
    struct part *part = arg;
    struct check *check = part->check;
    bool ok = true;

    for (size_t i = 0; ok && i < part->num; i++)
        ok = check_member(worker, check, part->first + i, &part->err);
    if (wf_pool_countdown(check->request->pool, &check->left) == 0)
        wf_pool_signal(check->request->pool, &check->done);
}

/* What reading a member again costs, roughly: copies are only compared. */
static uint64_t
cost_of(const struct check *check, size_t idx)
{
    const struct wf_zip_member *member = &check->report->wheel->zip.members[idx];

    return check->request->members[idx].is_copy ? member->comp_size
                                                : member->comp_size + 4 * member->size;
}

static bool
check_members(struct check *check, struct wf_error *err)
{
    struct wf_arena *arena = &check->report->arena;
    const size_t num = check->request->num_members;
    struct part *parts = wf_arena_array(arena, num, sizeof *parts);
    size_t num_parts = 0;

    for (size_t first = 0; first < num;) {
        size_t end = first;
        uint64_t cost = 0;

        while (end < num && (end == first || cost + cost_of(check, end) <= BATCH))
            cost += cost_of(check, end++);
        parts[num_parts++] =
            (struct part){ .check = check, .first = first, .num = end - first };
        first = end;
    }
    check->left = num_parts;
    for (size_t i = 0; i < num_parts; i++) {
        const struct wf_zip_member *member =
            &check->report->wheel->zip.members[parts[i].first];
        const bool large = parts[i].num == 1;
        const struct wf_task task = {
            .stage = STAGE_CHECK,
            .size = large ? member->size : BATCH,
            .cost = large ? member->size + member->comp_size : BATCH,
            .run = check_part,
            .arg = &parts[i],
        };

        wf_pool_submit(check->request->pool, &task);
    }
    if (num_parts > 0)
        wf_pool_help_until(check->request->pool, &check->done);
    for (size_t i = 0; i < num_parts; i++)
        if (parts[i].err.kind != WF_ERR_NONE) {
            *err = parts[i].err;
            return false;
        }
    return true;
}

/* What no checksum covers: the directory alone has modes, all members have one time, and
 * each says the same twice. */
static bool
has_its_attributes(const struct check *check, size_t idx)
{
    const struct wf_zip_member *first = &check->report->wheel->zip.members[0];
    const struct wf_zip_member *member = &check->report->wheel->zip.members[idx];

    return member->external_attr == check->request->plan->members[idx].mode << 16 &&
           member->dos_time == first->dos_time && member->dos_date == first->dos_date &&
           member->made_by == first->made_by && (member->notes & WF_ZIP_NOTE_LOCAL) == 0;
}

/* Same members, same order, same names. */
static bool
check_names(const struct check *check, struct wf_error *err)
{
    const struct wf_zip *zip = &check->report->wheel->zip;

    if (zip->num_members != check->request->num_members)
        return differs(err, "has another number of members");
    for (size_t i = 0; i < zip->num_members; i++)
        if (strcmp(zip->members[i].name, check->request->members[i].name) != 0) {
            differs(err, "has another name in this place");
            return wf_error_prefix(err, "%s", check->request->members[i].name);
        } else if (!has_its_attributes(check, i)) {
            differs(err, "has another mode or time");
            return wf_error_prefix(err, "%s", zip->members[i].name);
        }
    return true;
}

static bool
is_native(const struct wf_zip_member *member)
{
    return !wf_zip_is_folder(member) &&
           wf_object_recognise(wf_bytes_of(member->head, member->head_len)) !=
               WF_FORMAT_NONE;
}

static void
list_readings(struct check *check)
{
    struct wf_report *report = check->report;
    const struct wf_zip *zip = &report->wheel->zip;
    size_t num = 0;

    for (size_t i = 0; i < zip->num_members; i++)
        num += is_native(&zip->members[i]);
    report->readings = wf_arena_array(&report->arena, num, sizeof *report->readings);
    check->readings =
        wf_arena_array(&report->arena, zip->num_members, sizeof(struct wf_reading *));
    for (size_t i = 0; i < zip->num_members; i++) {
        const struct wf_written *written = &check->request->members[i];

        /* A copy whose source was no readable object is none here either. */
        if (!is_native(&zip->members[i]) || (written->is_copy && written->facts == NULL))
            continue;
        struct wf_reading *reading = &report->readings[report->num_readings++];

        *reading = (struct wf_reading){ .member = &zip->members[i], .is_native = true };
        wf_arena_init(&reading->arena,
                      check->request->options->audit->limits.arena_bytes);
        check->readings[i] = reading;
    }
}

/* What was signed is signed rightly, and what was to lose its signature has none. */
static bool
check_signature(const struct wf_object *object, enum wf_macho_sign sign,
                struct wf_error *err)
{
    const struct wf_macho_signature *signature = &object->macho->signature;
    const char *slice = object->arch_name;

    if (sign == WF_MACHO_SIGN_KEEP)
        return true;
    if (sign == WF_MACHO_SIGN_DROP)
        return signature->kind == WF_MACHO_UNSIGNED ||
               wf_error_set(err, WF_ERR_IO,
                            "its %s slice was to lose its signature, and has one", slice);
    if (signature->kind != WF_MACHO_ADHOC)
        return wf_error_set(err, WF_ERR_IO,
                            "its %s slice was signed, and has no ad-hoc signature",
                            slice);
    return (signature->fault == NULL && signature->num_bad_pages == 0) ||
           wf_error_set(err, WF_ERR_IO,
                        "the signature just made for its %s slice is not valid: %s",
                        slice,
                        signature->fault != NULL ? signature->fault : "pages differ");
}

static bool
check_edit(const struct wf_object_file *file, const struct wf_macho_edit *edit,
           struct wf_error *err)
{
    if (file->num_objects != edit->num_slices)
        return wf_error_set(err, WF_ERR_IO, "it has %zu slices, and was written with %zu",
                            file->num_objects, edit->num_slices);
    for (size_t i = 0; i < edit->num_slices; i++)
        if (file->objects[i].macho != NULL &&
            !check_signature(&file->objects[i], edit->slices[i].sign, err))
            return false;
    return true;
}

static bool
needs_dll(const struct wf_object *object, const char *name)
{
    for (size_t i = 0; i < object->num_needed; i++)
        if (wf_text_compare_nocase(object->needed[i], name) == 0)
            return true;
    return false;
}

static bool
check_names_of_dlls(const struct wf_object *object, const struct wf_pe_edit *edit,
                    struct wf_error *err)
{
    for (size_t i = 0; i < edit->num_renames; i++)
        if (needs_dll(object, edit->renames[i].from) ||
            !needs_dll(object, edit->renames[i].to))
            return wf_error_set(err, WF_ERR_IO, "it was to need %s instead of %s",
                                edit->renames[i].to, edit->renames[i].from);
    return edit->export_name == NULL ||
           (object->soname != NULL && strcmp(object->soname, edit->export_name) == 0) ||
           wf_error_set(err, WF_ERR_IO, "it was to be called %s", edit->export_name);
}

/* What was changed is changed, and nothing in the file says otherwise. */
static bool
check_pe_edit(const struct wf_object_file *file, const struct wf_pe_edit *edit,
              struct wf_error *err)
{
    const struct wf_object *object = file->num_objects == 0 ? NULL : file->objects;

    if (edit->num_renames == 0 && edit->export_name == NULL && !edit->clear_load_flags)
        return true;
    if (object == NULL || object->pe == NULL)
        return differs(err, "is no PE file any more");
    if (edit->clear_load_flags && object->pe->dependent_load_flags != 0)
        return wf_error_set(err, WF_ERR_IO, "its load flags were to go, and are 0x%x",
                            object->pe->dependent_load_flags);
    if (object->pe->certificate_off != 0)
        return wf_error_set(err, WF_ERR_IO, "its signature was to go, and is there");
    if (object->pe->checksum != 0 && object->pe->checksum != object->pe->right_checksum)
        return wf_error_set(err, WF_ERR_IO, "its checksum is 0x%x, and should be 0x%x",
                            object->pe->checksum, object->pe->right_checksum);
    return check_names_of_dlls(object, edit, err);
}

static bool
check_change(const struct wf_object_file *file, const struct wf_plan_edit *change,
             struct wf_error *err)
{
    return change->pe != NULL ? check_pe_edit(file, change->pe, err)
                              : check_edit(file, change->macho, err);
}

static bool
check_edits(const struct check *check, struct wf_error *err)
{
    const struct wf_plan *plan = check->request->plan;

    for (size_t i = 0; i < plan->num_members; i++) {
        const struct wf_plan_member *planned = &plan->members[i];
        const struct wf_plan_edit *change =
            planned->graft != NULL ? &planned->graft->change : planned->change;

        if (change == NULL || (change->macho == NULL && change->pe == NULL))
            continue;
        if (check->readings[i] == NULL)
            differs(err, "has no object in this place");
        else if (check_change(&check->readings[i]->file, change, err))
            continue;
        return wf_error_prefix(err, "%s", planned->name);
    }
    return true;
}

struct opening {
    struct check *check;
    struct wf_error err;
    bool done;
};

static void
open_archive(struct wf_worker *worker, void *arg)
{
    struct opening *opening = arg;
    struct check *check = opening->check;
    struct wf_wheel *wheel = check->report->wheel;
    const struct wf_limits *limits = &check->request->options->audit->limits;

    if (wf_zip_check_local(&wheel->zip, 0, wheel->zip.num_members, worker->inflater,
                           &opening->err))
        (void)!wf_wheel_read_metadata(wheel, limits, worker->inflater, &worker->in,
                                      &worker->out, &opening->err);
    wf_pool_signal(check->request->pool, &opening->done);
}

static bool
open_result(struct check *check, struct wf_error *err)
{
    const struct wf_verify_request *request = check->request;
    struct opening opening = { .check = check };
    const struct wf_task task = { .stage = STAGE_CHECK,
                                  .run = open_archive,
                                  .arg = &opening };

    if (!wf_wheel_open_file(&check->report->wheel, request->plan->out_name, request->file,
                            &request->options->audit->limits, err))
        return false;
    wf_pool_submit(request->pool, &task);
    wf_pool_help_until(request->pool, &opening.done);
    if (opening.err.kind == WF_ERR_NONE)
        return true;
    *err = opening.err;
    return false;
}

/* Every tag that the plan promises must hold; a tag somebody else put there and asked to
 * keep is their own. */
static bool
check_promises(const struct check *check, struct wf_error *err)
{
    const struct wf_verify_request *request = check->request;
    const struct wf_report *report = check->report;

    for (size_t i = 0; i < report->num_claims; i++) {
        const struct wf_claim *claim = &report->claims[i];

        if (claim->met == 0 && !request->options->no_update_tags)
            return wf_error_set(err, WF_ERR_REFUSED,
                                "the repaired wheel would not keep %s: %s", claim->tag,
                                claim->why);
    }
    return true;
}

static bool
has_no_policies(const struct wf_platform *platform)
{
    return platform->system == WF_SYSTEM_MACOS || platform->system == WF_SYSTEM_WINDOWS;
}

/* On macOS and Windows a name that leads out of the wheel is found on the machine that built
 * it, and nowhere else; tags that were to stay say nothing about it. */
static bool
check_outside(const struct check *check, struct wf_error *err)
{
    const struct wf_report *report = check->report;

    for (size_t i = 0; i < report->num_platforms; i++) {
        const struct wf_platform *platform = &report->platforms[i];

        for (size_t k = 0; has_no_policies(platform) && k < platform->num_externals;
             k++) {
            const struct wf_external *external = &platform->externals[k];

            if (external->direct && !external->weak)
                return wf_error_set(err, WF_ERR_REFUSED,
                                    "%s would still need %s, which is neither in the "
                                    "wheel nor the system's",
                                    external->needed_by.items[0], external->name);
        }
    }
    return true;
}

static bool
judge(struct check *check, struct wf_error *err)
{
    const struct wf_verify_request *request = check->request;
    struct wf_audit_options *options =
        wf_arena_alloc(&check->report->arena, sizeof *options);
    const struct wf_audit_options *audit = request->options->audit;

    /* What it needs is in it now, or left out knowingly: nobody looks elsewhere. */
    *options = (struct wf_audit_options){
        .policies = audit->policies,
        .limits = audit->limits,
        .search = { .excludes = audit->search.excludes,
                    .exclude_names = request->plan->left },
        .disable_isa_check = audit->disable_isa_check,
        .windows_min = audit->windows_min,
        .analyze_existing = audit->analyze_existing,
        .analyze_existing_exes = audit->analyze_existing_exes,
        .allow_pure = true,
    };
    return wf_audit_judge(check->report, options, err) && check_promises(check, err) &&
           check_outside(check, err);
}

bool
wf_verify(struct wf_report **out, const struct wf_verify_request *request,
          struct wf_error *err)
{
    struct check check = { .request = request,
                           .report = wf_report_new(request->plan->out_name) };

    if (open_result(&check, err) && check_names(&check, err)) {
        list_readings(&check);
        if (check_members(&check, err) && check_edits(&check, err) &&
            judge(&check, err)) {
            *out = check.report;
            return true;
        }
    }
    wf_report_free(check.report);
    return false;
}
