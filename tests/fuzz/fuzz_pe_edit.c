/* fuzz_pe_edit.c -- any PE file that can be read is edited, stripped or refused; an edited one
 * can be read again, says what was asked for and keeps what was not; a second run of the same
 * edit, and of stripping, gives the same bytes.
 *
 * The first bytes of an input choose a recipe and an edit, the others change bytes of the
 * file: six each, two for the place and four for what to write there. */
#include <stdlib.h>
#include <string.h>

#include "../support/pe_builder.h"
#include "base/text.h"
#include "object/pe_edit.h"
#include "promise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { HEAD_LEN = 4, POKE_LEN = 6, MOST = 1 << 20 };

static const char *const recipes[] = {
    "{ 'imports': ['a.dll', { 'dll': 'b.dll', 'symbols': ['f', '#3'] }, 'A.dll'],"
    "  'delay': ['a.dll'], 'exports': ['f', { 'name': 'g', 'forward': 'a.g' }],"
    "  'load_config': { 'flags': 2048 }, 'pdb': 'x.pdb', 'checksum': 'right' }",
    "{ 'machine': 'x86', 'image_base': 268435456, 'imports': ['a.dll'], 'symbols': 3,"
    "  'delay': [{ 'dll': 'a.dll', 'va': true }], 'slack': 8, 'relocations': true,"
    "  'sections': [{ 'name': '.debug_info', 'size': 40, 'flags': 1107296320 }] }",
    "{ 'imports': [{ 'dll': 'a.dll', 'bound': 4294967295 }, { 'dll': 'b.dll',"
    "  'bound': 9 }], 'bound': ['a.dll', 'b.dll'], 'slack': 4, 'header_room': 0,"
    "  'pdb': 'x.pdb' }",
    "{ 'machine': 'arm64x', 'imports': ['a.dll'], 'load_config': { 'size': 320 },"
    "  'exports': [{ 'name': 'f', 'forward': 'a.f' }, { 'name': 'g', 'forward': 'b.g' }],"
    "  'sections': [{ 'name': '.more', 'size': 64, 'flags': 1073741888, 'fill': 0 }],"
    "  'poke': [{ 'in': 'load_config', 'at': 228, 'u16': 3 },"
    "    { 'in': 'raw', 'nth': 2, 'at': 0, 'hex': '01000000180000000600000000000000"
    "0c000000001000000c00000010500000' }] }",
    "{ 'imports': ['a.dll'], 'slack': 0, 'certificate': 64, 'checksum': 'wrong' }",
    "{ 'imports': ['a.dll'], 'slack': 30, 'overlay': 'more', 'type': 'exe' }",
};

static const char *const names[] = { "x.dll", "a-0123456789abcdef0123456789abcdef.dll",
                                     "a-1.2.dll", "a.pyd" };

struct run {
    struct wf_arena arena;
    struct wf_buffer file;
    struct wf_object_file before;
    struct wf_pe_rename renames[2];
    struct wf_pe_edit edit;
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
    const bool ok =
        wf_object_read(out, arena, "x.dll", wf_bytes_of(exact, file->len), &limits, &err);

    free(exact);
    if (!ok)
        expect_reason(&err, file->len);
    return ok;
}

/* `edit` of NULL strips. */
static bool
apply(struct wf_buffer *out, struct wf_pe_edited *edited, const struct wf_buffer *file,
      const struct wf_pe_edit *edit)
{
    struct wf_error err = { 0 };
    uint8_t *exact = malloc(file->len + 1);

    expect(exact != NULL);
    memcpy(exact, file->data, file->len);
    const struct wf_bytes bytes = wf_bytes_of(exact, file->len);
    const bool ok = edit == NULL ? wf_pe_strip(out, bytes, &err)
                                 : wf_pe_apply_edit(out, edited, bytes, edit, &err);

    free(exact);
    if (ok)
        return true;
    expect(out->len == 0 && err.text[0] != '\0');
    expect(err.kind == WF_ERR_MALFORMED || err.kind == WF_ERR_REFUSED ||
           err.kind == WF_ERR_LIMIT);
    expect(!err.has_offset || err.offset <= file->len);
    return false;
}

static void
check_again(const struct wf_buffer *out, const struct wf_pe_edit *edit)
{
    struct wf_pe_edited edited = { 0 };
    struct wf_buffer same;

    wf_buffer_init(&same, MOST);
    expect(apply(&same, &edited, out, edit));
    expect(edited.room == WF_PE_UNCHANGED);
    expect(wf_bytes_equal(wf_buffer_bytes(&same), wf_buffer_bytes(out)));
    wf_buffer_clear(&same);
}

static const char *
planned_name(const struct run *run, const char *name)
{
    for (size_t i = 0; i < run->edit.num_renames; i++)
        if (wf_text_compare_nocase(name, run->renames[i].from) == 0)
            return run->renames[i].to;
    return name;
}

/* Forwarders are listed once per DLL, so that two may become one. */
static void
check_names(const struct run *run, const struct wf_object *after)
{
    const struct wf_object *before = &run->before.objects[0];
    const char *own =
        run->edit.export_name != NULL ? run->edit.export_name : before->soname;

    for (size_t i = 0; i < before->num_needed; i++) {
        const struct wf_pe_need *need = &before->pe->needs[i];

        if (need->kind == WF_PE_FORWARD)
            continue;
        expect(i < after->num_needed && after->pe->needs[i].kind == need->kind);
        expect(after->pe->needs[i].is_va == need->is_va);
        expect(after->pe->needs[i].num_symbols == need->num_symbols);
        expect(strcmp(after->needed[i], planned_name(run, before->needed[i])) == 0);
    }
    for (size_t i = 0; i < after->num_needed; i++)
        for (size_t k = 0; k < run->edit.num_renames; k++)
            expect(wf_text_compare_nocase(after->needed[i], run->renames[k].from) != 0);
    if (before->soname != NULL)
        expect(after->soname != NULL && strcmp(after->soname, own) == 0);
}

static void
check_rest(const struct run *run, const struct wf_object *after,
           const struct wf_pe_edited *edited)
{
    const struct wf_object *before = &run->before.objects[0];

    expect(after->pe->machine == before->pe->machine);
    expect(after->num_imports == before->num_imports);
    expect(after->num_exports == before->num_exports);
    for (size_t i = 0; i < before->num_imports; i++)
        expect(strcmp(before->imports[i].name, after->imports[i].name) == 0);
    expect(!run->edit.clear_load_flags || after->pe->dependent_load_flags == 0);
    if (edited->room == WF_PE_UNCHANGED)
        return;
    expect(after->pe->certificate_len == 0);
    expect((after->pe->checksum == 0) == (before->pe->checksum == 0) ||
           after->pe->right_checksum == 0);
    expect(after->pe->checksum == 0 || after->pe->checksum == after->pe->right_checksum);
}

static void
check_edit(struct run *run)
{
    struct wf_object_file after = { 0 };
    struct wf_pe_edited edited = { 0 };
    struct wf_buffer out;

    wf_buffer_init(&out, MOST);
    if (apply(&out, &edited, &run->file, &run->edit)) {
        const bool ok = read_exact(&after, &run->arena, &out);

        expect(ok);
        check_names(run, &after.objects[0]);
        check_rest(run, &after.objects[0], &edited);
        check_again(&out, &run->edit);
    }
    wf_buffer_clear(&out);
}

static void
check_strip(struct run *run)
{
    const struct wf_object *before = &run->before.objects[0];
    struct wf_pe_edited edited = { 0 };
    struct wf_object_file after = { 0 };
    struct wf_buffer out;

    wf_buffer_init(&out, MOST);
    if (apply(&out, &edited, &run->file, NULL)) {
        const bool ok = read_exact(&after, &run->arena, &out);

        expect(ok && after.objects[0].num_needed == before->num_needed);
        for (size_t i = 0; i < before->num_needed; i++)
            expect(strcmp(after.objects[0].needed[i], before->needed[i]) == 0);
        expect(after.objects[0].num_imports == before->num_imports);
        expect(after.objects[0].num_exports == before->num_exports);
        expect(out.len <= run->file.len);
        check_again(&out, NULL);
    }
    wf_buffer_clear(&out);
}

static void
plan(struct run *run, const uint8_t *head)
{
    run->renames[0] = (struct wf_pe_rename){ "a.dll", names[head[1] % 4] };
    run->renames[1] = (struct wf_pe_rename){ "b.dll", names[(head[1] >> 2) % 4] };
    run->edit = (struct wf_pe_edit){
        .renames = run->renames,
        .num_renames = head[2] % 3,
        .export_name = (head[2] & 0x80) != 0 ? names[(head[1] >> 4) % 4] : NULL,
        .clear_load_flags = (head[2] & 0x40) != 0,
    };
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct run run = { .edit = { 0 } };
    struct wf_error err = { 0 };

    if (len < HEAD_LEN)
        return 0;
    wf_buffer_init(&run.file, MOST);
    expect(wf_test_pe_from_text(recipes[data[0] % WF_COUNT(recipes)], &run.file, &err));
    for (const uint8_t *poke = data + HEAD_LEN; poke + POKE_LEN <= data + len;
         poke += POKE_LEN) {
        const size_t at = ((size_t)poke[0] << 8 | poke[1]) % run.file.len;

        for (size_t i = 0; i < 4 && at + i < run.file.len; i++)
            run.file.data[at + i] = poke[2 + i];
    }
    plan(&run, data);
    if (wf_object_recognise(wf_buffer_bytes(&run.file)) == WF_FORMAT_PE &&
        read_exact(&run.before, &run.arena, &run.file)) {
        check_edit(&run);
        check_strip(&run);
    }
    wf_buffer_clear(&run.file);
    wf_arena_clear(&run.arena);
    return 0;
}
