/* fuse_members.c -- which member of which wheel comes into the fused one. */
#include <string.h>

#include "object/macho_fuse.h"
#include "repair/fuse_parts.h"

/* What one wheel has under a name. */
struct side {
    struct wf_report *report;
    const struct wf_zip_member *member;
    const struct wf_reading *reading;
};

static const char *const take_first =
    "build both wheels from the same sources; or take the first wheel's files with "
    "--allow-differing GLOB";

static struct wf_plan_member *
add(struct wf_fusing *fusing, const struct side *side, enum wf_plan_source source)
{
    struct wf_plan *plan = fusing->planning.plan;

    plan->members = wf_arena_grow(&plan->arena, plan->members, plan->num_members,
                                  &fusing->cap_members, sizeof *plan->members);
    struct wf_plan_member *member = &plan->members[plan->num_members++];

    *member = (struct wf_plan_member){
        .name = side->member->name,
        .mode = wf_plan_mode(side->member),
        .source = source,
        .member = side->member,
        .zip = &side->report->wheel->zip,
    };
    return member;
}

static struct side
side_of(struct wf_report *report, const struct wf_zip_member *member)
{
    return (struct side){ report, member, wf_report_reading(report, member) };
}

/* The part of a name behind the dist-info folder, or NULL. */
static const char *
behind_dist_info(const struct wf_fusing *fusing, const char *name)
{
    const char *dist_info = fusing->reports[0]->wheel->dist_info;
    const size_t len = strlen(dist_info);

    return strncmp(name, dist_info, len) == 0 && name[len] == '/' ? name + len + 1 : NULL;
}

static void
drop(struct wf_fusing *fusing, const char *name, const char *why)
{
    struct wf_plan *plan = fusing->planning.plan;

    for (size_t i = 0; i < plan->num_drops; i++) /* two at most */
        if (strcmp(plan->drops[i].name, name) == 0)
            return;
    plan->drops = wf_arena_grow(&plan->arena, plan->drops, plan->num_drops,
                                &fusing->cap_drops, sizeof *plan->drops);
    plan->drops[plan->num_drops++] = (struct wf_plan_drop){ name, why };
}

/* Keeps what is written anew, and what would not be true any more, out of the list. */
static bool
set_aside(struct wf_fusing *fusing, const struct wf_zip_member *member, size_t which)
{
    const char *about = behind_dist_info(fusing, member->name);

    if (about == NULL)
        return false;
    if (strcmp(about, "WHEEL") == 0) {
        fusing->wheel_files[which] = member;
        return true;
    }
    if (strcmp(about, "RECORD.jws") == 0 || strcmp(about, "RECORD.p7s") == 0) {
        drop(fusing, member->name, "signs the RECORD that was");
        return true;
    }
    return strcmp(about, "RECORD") == 0;
}

static bool
is_macho(const struct side *side)
{
    return side->reading->is_native && side->reading->file.num_objects > 0 &&
           side->reading->file.objects[0].format == WF_FORMAT_MACHO;
}

/* "!<arch>\n": no object by itself, but it holds some. */
static bool
is_archive(const struct side *side)
{
    return wf_bytes_starts_with(wf_bytes_of(side->member->head, side->member->head_len),
                                "!<arch>\n");
}

static bool
has_word(const struct wf_object_file *file, const struct wf_object *object)
{
    for (size_t i = 0; i < file->num_objects; i++)
        if (strcmp(file->objects[i].arch_name, object->arch_name) == 0)
            return true;
    return false;
}

/* Facts suffice for images without a common architecture. */
static bool
are_apart(const struct wf_object_file *a, const struct wf_object_file *b)
{
    for (size_t i = 0; i < a->num_objects; i++)
        if (a->objects[i].kind == WF_KIND_ARCHIVE || has_word(b, &a->objects[i]))
            return false;
    for (size_t i = 0; i < b->num_objects; i++)
        if (b->objects[i].kind == WF_KIND_ARCHIVE)
            return false;
    return true;
}

static bool
read_side(struct wf_buffer *out, struct wf_buffer *in, const struct side *side,
          struct wf_inflater *inflater, struct wf_error *err)
{
    wf_buffer_init(out, SIZE_MAX);
    return wf_zip_read(out, in, &side->report->wheel->zip, side->member, inflater, err) ||
           wf_error_prefix(err, "%s", side->report->path);
}

/* The rest is tried, so that nothing is promised that cannot be written: static libraries,
 * and files of which both have one architecture, which may be the same. */
static bool
try_out(const char **why, struct wf_arena *arena, const struct side *a,
        const struct side *b, struct wf_error *err)
{
    struct wf_inflater *inflater = wf_inflater_new();
    struct wf_buffer in = { 0 };
    struct wf_buffer bytes[2] = { { 0 }, { 0 } };
    struct wf_buffer fused;
    struct wf_error fault = { 0 };

    wf_buffer_init(&in, SIZE_MAX);
    wf_buffer_init(&fused, SIZE_MAX);
    const bool ok = read_side(&bytes[0], &in, a, inflater, err) &&
                    read_side(&bytes[1], &in, b, inflater, err);

    if (ok && !wf_macho_fuse(&fused, wf_buffer_bytes(&bytes[0]),
                             wf_buffer_bytes(&bytes[1]), &fault))
        *why = wf_arena_strdup(arena, fault.text);
    wf_buffer_clear(&in);
    wf_buffer_clear(&fused);
    wf_buffer_clear(&bytes[0]);
    wf_buffer_clear(&bytes[1]);
    wf_inflater_free(inflater);
    return ok;
}

static bool
fuse(struct wf_fusing *fusing, const struct side *a, const struct side *b,
     struct wf_error *err)
{
    struct wf_arena *arena = fusing->planning.arena;
    const char *why = NULL;

    if ((!is_macho(a) || !is_macho(b) ||
         !are_apart(&a->reading->file, &b->reading->file)) &&
        !try_out(&why, arena, a, b, err))
        return false;
    if (why != NULL) {
        wf_fuse_refuse(fusing, a->member->name,
                       wf_arena_printf(arena, "%s: %s", a->member->name, why), NULL);
        return true;
    }
    struct wf_plan_member *member = add(fusing, a, WF_FROM_FUSE);

    member->mode |= wf_plan_mode(b->member);
    member->other_member = b->member;
    member->other_zip = &b->report->wheel->zip;
    fusing->num_fused++;
    return true;
}

static bool
is_same(const struct side *a, const struct side *b)
{
    return a->member->size == b->member->size &&
           memcmp(a->reading->sha256, b->reading->sha256, WF_SHA256_LEN) == 0;
}

static bool
may_differ(const struct wf_fusing *fusing, const char *name)
{
    const struct wf_strings *globs = &fusing->planning.options->allow_differing;

    for (size_t i = 0; i < globs->num; i++)
        if (wf_text_glob(globs->items[i], name))
            return true;
    return false;
}

/* "sboms/wheelfix.cdx.json" of a wheel becomes "sboms/wheelfix-macosx_11_0_arm64.cdx.json":
 * each lists what was bundled for its own architecture. */
static const char *
sbom_name(struct wf_arena *arena, const struct side *side)
{
    const struct wf_strings *words = &side->report->wheel->name.platform_words;
    const char *name = side->member->name;
    const char *base = wf_text_base_name(name);
    const char *dot = strchr(base, '.');
    const size_t len = dot == NULL ? strlen(name) : (size_t)(dot - name);

    return wf_arena_printf(arena, "%.*s-%s%s", (int)len, name,
                           words->num == 0 ? "any" : words->items[0], name + len);
}

static bool
keep_both(struct wf_fusing *fusing, const struct side *a, const struct side *b)
{
    struct wf_arena *arena = fusing->planning.arena;
    const char *about = behind_dist_info(fusing, a->member->name);
    const char *names[] = { sbom_name(arena, a), sbom_name(arena, b) };

    if (about == NULL || !wf_text_starts_with(about, "sboms/") ||
        strcmp(names[0], names[1]) == 0)
        return false;
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < 2; k++)
            if (wf_zip_find(&fusing->reports[i]->wheel->zip, names[k]) != NULL)
                return false;
    add(fusing, a, WF_FROM_WHEEL)->name = names[0];
    add(fusing, b, WF_FROM_WHEEL)->name = names[1];
    return true;
}

/* A member of both wheels. */
static bool
join(struct wf_fusing *fusing, const struct side *a, const struct side *b,
     struct wf_error *err)
{
    struct wf_arena *arena = fusing->planning.arena;
    const char *name = a->member->name;

    if (is_same(a, b)) {
        add(fusing, a, WF_FROM_WHEEL)->mode |= wf_plan_mode(b->member);
        return true;
    }
    if ((is_macho(a) || is_archive(a)) && (is_macho(b) || is_archive(b)))
        return fuse(fusing, a, b, err);
    if (may_differ(fusing, name)) {
        add(fusing, a->report == fusing->given ? a : b, WF_FROM_WHEEL);
        wf_plan_note(&fusing->planning, "fuse-differing", WF_NOTE, name,
                     "differs in the two wheels; that of the first one is taken, as "
                     "--allow-differing says");
        return true;
    }
    if (!keep_both(fusing, a, b))
        wf_fuse_refuse(fusing, name,
                       wf_arena_printf(arena,
                                       "%s differs in the two wheels, and is no binary "
                                       "of both",
                                       name),
                       take_first);
    return true;
}

/* What only one wheel has is there for its architectures alone. */
static void
note_missing(struct wf_fusing *fusing, const struct side *side,
             const struct wf_report *other)
{
    const struct wf_object_file *file = &side->reading->file;

    for (size_t i = 0; i < other->num_platforms; i++) {
        const char *word = wf_verdict_macos_word(other->platforms[i].arch);
        bool has = other->platforms[i].system != WF_SYSTEM_MACOS || word == NULL;

        for (size_t k = 0; !has && k < file->num_objects; k++)
            has = strcmp(file->objects[k].arch_name, word) == 0;
        if (!has)
            wf_plan_note(&fusing->planning, "fuse-one-sided", WF_NOTE, side->member->name,
                         "is not in %s, and has no code for %s", other->base_name, word);
    }
}

/* Whether an archive has a file where the path of a member has a folder. */
static bool
is_below_a_file(struct wf_arena *arena, const char *name, const struct wf_zip *zip)
{
    for (const char *slash = strchr(name, '/'); slash != NULL;
         slash = strchr(slash + 1, '/'))
        if (wf_zip_find(zip, wf_arena_printf(arena, "%.*s", (int)(slash - name), name)) !=
            NULL)
            return true;
    return false;
}

static void
take(struct wf_fusing *fusing, const struct side *side, const struct wf_report *other)
{
    struct wf_arena *arena = fusing->planning.arena;
    const char *name = side->member->name;

    if (is_below_a_file(arena, name, &other->wheel->zip)) {
        wf_fuse_refuse(fusing, name,
                       wf_arena_printf(arena, "%s stands in a folder where %s has a file",
                                       name, other->base_name),
                       NULL);
        return;
    }
    add(fusing, side, WF_FROM_WHEEL);
    if (is_macho(side))
        note_missing(fusing, side, other);
}

/* The next file of an archive by name that is not written anew. */
static const struct wf_zip_member *
next(struct wf_fusing *fusing, size_t which, size_t *at)
{
    const struct wf_zip *zip = &fusing->reports[which]->wheel->zip;

    while (*at < zip->num_members) {
        const struct wf_zip_member *member = &zip->members[zip->by_name[*at]];

        if (!wf_zip_is_folder(member) && !set_aside(fusing, member, which))
            return member;
        ++*at;
    }
    return NULL;
}

bool
wf_fuse_members(struct wf_fusing *fusing, struct wf_error *err)
{
    size_t at[2] = { 0, 0 };

    for (;;) {
        const struct wf_zip_member *a = next(fusing, 0, &at[0]);
        const struct wf_zip_member *b = next(fusing, 1, &at[1]);

        if (a == NULL && b == NULL)
            break;
        const int order = a == NULL ? 1 : b == NULL ? -1 : strcmp(a->name, b->name);
        const struct side left =
            order <= 0 ? side_of(fusing->reports[0], a) : (struct side){ 0 };
        const struct side right =
            order >= 0 ? side_of(fusing->reports[1], b) : (struct side){ 0 };

        at[0] += order <= 0;
        at[1] += order >= 0;
        if (order < 0)
            take(fusing, &left, fusing->reports[1]);
        else if (order > 0)
            take(fusing, &right, fusing->reports[0]);
        else if (!join(fusing, &left, &right, err))
            return false;
    }
    if ((fusing->wheel_files[0] == NULL) != (fusing->wheel_files[1] == NULL))
        wf_fuse_refuse(fusing, NULL, "one of the wheels has no WHEEL file", NULL);
    return true;
}
