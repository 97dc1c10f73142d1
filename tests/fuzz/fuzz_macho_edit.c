/* fuzz_macho_edit.c -- any Mach-O file that can be read is edited or refused as its facts
 * foretell; an edited one can be read again, says what was asked for, keeps what was not,
 * has true signatures, and a second run of the same edit gives the same bytes.
 *
 * The first bytes of an input choose a recipe and an edit, the others change bytes of the
 * file: five each, two for the place and three for what to write there. */
#include <stdlib.h>
#include <string.h>

#include "../support/macho_builder.h"
#include "object/macho_edit.h"
#include "object/macho_file.h"
#include "object/macho_sign.h"
#include "object/object.h"
#include "promise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { HEAD_LEN = 6, POKE_LEN = 5, MOST = 1 << 20, MOST_NAME = 1024 };

static const char *const recipes[] = {
    "{ 'page': 512, 'text': 16, 'data': 16, 'rpaths': ['/a', '@loader_path/../b'],"
    "  'pad': 64, 'exports': ['_f'], 'imports': ['_g'], 'signature': 'adhoc' }",
    "{ 'page': 512, 'text': 16, 'arch': 'x86_64', 'pad': 48, 'version': 'min' }",
    "{ 'page': 512, 'text': 16, 'arch': 'i386', 'pad': 40, 'rpaths': ['/a'] }",
    "{ 'page': 512, 'text': 16, 'arch': 'ppc', 'pad': 100, 'type': 'bundle' }",
    "{ 'page': 512, 'text': 16, 'pad': 200, 'bound_by': 'chained', 'imports': ['_g'],"
    "  'dylibs': [{ 'name': '/usr/lib/libSystem.B.dylib', 'pad': 16 },"
    "  { 'name': 'a', 'kind': 'weak' }, { 'name': 'b', 'kind': 'use', 'use_flags': 9 }],"
    "  'signature': 'linker' }",
    "{ 'slices': [{ 'arch': 'x86_64', 'page': 512, 'text': 16, 'align': 4, 'pad': 64 },"
    "  { 'arch': 'arm64', 'page': 512, 'text': 16, 'align': 6, 'pad': 64,"
    "    'signature': 'linker' }, { 'arch': 'i386', 'archive': 48 }] }",
    "{ 'fat': 64, 'slices': [{ 'arch': 'x86_64', 'page': 512, 'text': 16, 'align': 4 },"
    "  { 'arch': 'arm64e', 'page': 512, 'text': 16, 'align': 4, 'type': 'execute' }] }",
};

/* One request for every slice; the names are cut to the lengths the input wants. */
struct request {
    const uint8_t *head;
    char names[3][MOST_NAME + 1];
};

struct run {
    struct wf_arena arena;
    struct wf_buffer file;
    struct wf_object_file facts;
    struct wf_macho_slice_edit *slices;
    struct wf_macho_edit edit;
};

/* Facts come from a block of exactly the file's size. */
static bool
read_exact(struct wf_object_file *out, struct wf_arena *arena,
           const struct wf_buffer *file)
{
    const struct wf_limits limits = wf_limits_standard();
    struct wf_error err = { 0 };
    uint8_t *exact = malloc(file->len + 1);

    expect(exact != NULL);
    memcpy(exact, file->data, file->len);
    const bool ok = wf_object_read(out, arena, "x.dylib", wf_bytes_of(exact, file->len),
                                   &limits, &err);

    free(exact);
    if (!ok)
        expect_reason(&err, file->len);
    return ok;
}

static bool
is_editable(const struct wf_object *slice)
{
    return slice->kind != WF_KIND_ARCHIVE &&
           (slice->macho->file_type == 2 || slice->macho->file_type == 6 ||
            slice->macho->file_type == 8);
}

/* Every other library gets the second name, every other search path goes. */
static void
plan_slice(struct run *run, const struct request *request, size_t nth)
{
    const struct wf_object *slice = &run->facts.objects[nth];
    struct wf_macho_slice_edit *edit = &run->slices[nth];
    const uint8_t *head = request->head;
    struct wf_macho_rename *renames =
        wf_arena_array(&run->arena, slice->num_needed + 1, sizeof *renames);
    uint32_t *dropped =
        wf_arena_array(&run->arena, slice->num_rpaths + 1, sizeof *dropped);
    const char **added = wf_arena_array(&run->arena, 1, sizeof *added);

    if (!is_editable(slice) || ((head[1] & 1) != 0 && nth == 1))
        return;
    added[0] = request->names[2];
    for (uint32_t i = 0; i < slice->num_needed && (head[1] & 2) != 0; i += 2)
        renames[edit->num_renames++] = (struct wf_macho_rename){ i, request->names[1] };
    for (uint32_t i = 0; i < slice->num_rpaths && (head[1] & 4) != 0; i += 2)
        dropped[edit->num_dropped_rpaths++] = i;
    edit->id = (head[1] & 8) != 0 && slice->soname != NULL ? request->names[0] : NULL;
    edit->renames = renames;
    edit->dropped_rpaths = dropped;
    edit->added_rpaths = added;
    edit->num_added_rpaths = (head[1] & 16) != 0;
    edit->num_reclaimed = slice->macho->num_reclaims * (head[1] >> 6) / 3;
    edit->sign = (enum wf_macho_sign)(head[2] % 3);
    edit->identifier = request->names[0];
}

static void
plan(struct run *run, const struct request *request)
{
    const size_t num = run->facts.num_objects;

    run->slices = wf_arena_array(&run->arena, num, sizeof *run->slices);
    for (size_t i = 0; i < num; i++)
        plan_slice(run, request, i);
    run->edit = (struct wf_macho_edit){ .slices = run->slices, .num_slices = num };
}

static bool
apply(struct run *run, struct wf_buffer *out, struct wf_macho_edited *edited)
{
    struct wf_error err = { 0 };
    uint8_t *exact = malloc(run->file.len + 1);

    expect(exact != NULL);
    memcpy(exact, run->file.data, run->file.len);
    const bool ok = wf_macho_apply_edit(
        out, edited, &run->arena, wf_bytes_of(exact, run->file.len), &run->edit, &err);

    free(exact);
    if (ok) {
        wf_macho_finish_edit(out, edited);
        return true;
    }
    expect(out->len == 0 && err.text[0] != '\0');
    expect(err.kind == WF_ERR_MALFORMED || err.kind == WF_ERR_REFUSED ||
           err.kind == WF_ERR_LIMIT);
    expect(!err.has_offset || err.offset <= run->file.len);
    return false;
}

static void
check_names(const struct wf_object *before, const struct wf_object *after,
            const struct wf_macho_slice_edit *edit)
{
    const char *id = edit->id != NULL ? edit->id : before->soname;
    size_t renames = 0;

    expect((id == NULL) == (after->soname == NULL));
    expect(id == NULL || strcmp(id, after->soname) == 0);
    expect(after->num_needed == before->num_needed);
    for (size_t i = 0; i < before->num_needed; i++) {
        const bool renamed =
            renames < edit->num_renames && edit->renames[renames].index == i;

        expect(strcmp(after->needed[i],
                      renamed ? edit->renames[renames++].to : before->needed[i]) == 0);
        expect(after->macho->dylibs[i].weak == before->macho->dylibs[i].weak);
        expect(after->macho->dylibs[i].is_use == before->macho->dylibs[i].is_use);
    }
    expect(after->num_rpaths ==
           before->num_rpaths - edit->num_dropped_rpaths + edit->num_added_rpaths);
}

/* Nothing else is touched: what symbols and fixups say is the same. */
static void
check_rest(const struct wf_object *before, const struct wf_object *after)
{
    expect(after->macho->file_type == before->macho->file_type);
    expect(after->macho->min_os == before->macho->min_os);
    expect(after->macho->has_uuid == before->macho->has_uuid);
    expect(after->num_imports == before->num_imports);
    expect(after->num_exports == before->num_exports);
    for (size_t i = 0; i < before->num_imports; i++) {
        expect(strcmp(before->imports[i].name, after->imports[i].name) == 0);
        expect(before->imports[i].library == after->imports[i].library);
    }
}

static const struct wf_macho_unsigned *
waiting_at(const struct wf_macho_edited *edited, uint64_t slice_off)
{
    for (size_t i = 0; i < edited->num_waiting; i++)
        if (edited->waiting[i].slice_off == slice_off)
            return &edited->waiting[i];
    return NULL;
}

/* What waits is hashed; the signature must then be true of every page. */
static void
check_signatures(struct run *run, const struct wf_buffer *out,
                 const struct wf_macho_edited *edited, const struct wf_object_file *after)
{
    size_t num_signed = 0;

    for (size_t i = 0; i < after->num_objects; i++) {
        const struct wf_macho *macho = after->objects[i].macho;
        struct wf_macho_signature signature = { 0 };

        if (run->slices[i].sign == WF_MACHO_SIGN_DROP)
            expect(!macho->has_signature);
        if (run->slices[i].sign != WF_MACHO_SIGN)
            continue;
        const struct wf_macho_unsigned *signing = waiting_at(edited, macho->slice_off);

        num_signed++;
        expect(signing != NULL);
        expect(macho->has_signature && macho->why_not_signable == NULL);
        wf_macho_read_signature(&signature, &run->arena,
                                (struct wf_bytes){ .data = out->data + macho->slice_off,
                                                   .len = (size_t)macho->slice_size },
                                signing->code_limit,
                                macho->slice_size - signing->code_limit);
        expect(signature.kind == WF_MACHO_ADHOC && signature.fault == NULL);
        expect(signature.num_bad_pages == 0);
        expect(strcmp(signature.identifier, run->slices[i].identifier) == 0);
    }
    expect(num_signed == edited->num_waiting);
}

static void
check_again(const struct request *request, const struct wf_buffer *out)
{
    struct run again = { .facts = { 0 } };
    struct wf_macho_edited edited;
    struct wf_buffer same;

    wf_buffer_init(&again.file, MOST);
    wf_buffer_init(&same, MOST);
    wf_buffer_add(&again.file, out->data, out->len);
    expect(read_exact(&again.facts, &again.arena, &again.file));
    plan(&again, request);
    for (size_t i = 0; i < again.facts.num_objects; i++) {
        /* Search paths and reclaimed commands are gone; the rest is asked again by name. */
        again.slices[i].num_dropped_rpaths = 0;
        again.slices[i].num_added_rpaths = 0;
        again.slices[i].num_reclaimed = 0;
    }
    expect(apply(&again, &same, &edited));
    expect(wf_bytes_equal(wf_buffer_bytes(&same), wf_buffer_bytes(out)));
    wf_buffer_clear(&same);
    wf_buffer_clear(&again.file);
    wf_arena_clear(&again.arena);
}

static struct wf_bytes
slice_bytes(const struct wf_buffer *file, const struct wf_object *slice)
{
    return wf_bytes_first(
        wf_bytes_skip(wf_buffer_bytes(file), (size_t)slice->macho->slice_off),
        (size_t)slice->macho->slice_size);
}

/* The room that facts foretold is the room that is left. */
static void
check_room(const struct run *run, const struct wf_buffer *out,
           const struct wf_object_file *after, size_t nth)
{
    static const struct wf_macho_slice_edit nothing = { 0 };
    const struct wf_object *before = &run->facts.objects[nth];
    const int64_t room = wf_macho_room(before, &run->slices[nth]);

    if (wf_bytes_equal(slice_bytes(&run->file, before),
                       slice_bytes(out, &after->objects[nth])))
        return;
    expect(room >= 0);
    /* A segment without sections right behind the commands begins earlier with them. */
    if (before->macho->first_content >
        before->macho->header_len + before->macho->commands_len)
        expect(wf_macho_room(&after->objects[nth], &nothing) >= room);
}

static void
check_edit(struct run *run, const struct request *request)
{
    struct wf_macho_edited edited = { 0 };
    struct wf_object_file after = { 0 };
    struct wf_buffer out;

    if (wf_object_recognise(wf_buffer_bytes(&run->file)) != WF_FORMAT_MACHO ||
        !read_exact(&run->facts, &run->arena, &run->file))
        return;
    plan(run, request);
    wf_buffer_init(&out, MOST);
    if (apply(run, &out, &edited)) {
        expect(read_exact(&after, &run->arena, &out));
        expect(after.num_objects == run->facts.num_objects);
        for (size_t i = 0; i < after.num_objects; i++) {
            if (!is_editable(&after.objects[i]))
                continue;
            check_names(&run->facts.objects[i], &after.objects[i], &run->slices[i]);
            check_room(run, &out, &after, i);
            check_rest(&run->facts.objects[i], &after.objects[i]);
        }
        check_signatures(run, &out, &edited, &after);
        check_again(request, &out);
    }
    wf_buffer_clear(&out);
}

static void
make_request(struct request *request, const uint8_t *head)
{
    for (size_t i = 0; i < 3; i++) {
        const size_t len = (size_t)head[3 + i] * (i == 1 ? 4 : 1) + 1;

        memset(request->names[i], 'n', len);
        request->names[i][len] = '\0';
    }
    request->head = head;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct request request;
    struct run run = { .facts = { 0 } };
    struct wf_error err = { 0 };

    if (len < HEAD_LEN)
        return 0;
    wf_buffer_init(&run.file, MOST);
    expect(
        wf_test_macho_from_text(recipes[data[0] % WF_COUNT(recipes)], &run.file, &err));
    make_request(&request, data);
    for (const uint8_t *poke = data + HEAD_LEN; poke + POKE_LEN <= data + len;
         poke += POKE_LEN) {
        const size_t at = (size_t)poke[0] << 8 | poke[1];

        for (size_t i = 0; i < 3 && at + i < run.file.len; i++)
            run.file.data[at + i] = poke[2 + i];
    }
    check_edit(&run, &request);
    wf_buffer_clear(&run.file);
    wf_arena_clear(&run.arena);
    return 0;
}
