/* test_pe_edit_sweep.c -- every word of a PE file, one after the other, becomes each of the
 * numbers that an RVA or a size is most harmful as: the file is edited and stripped, or there
 * is one stated error; what comes out says of the file what went in. */
#include "../support/pe_editing.h"

static const char *const recipes[] = {
    "{ 'imports': ['a.dll', { 'dll': 'b.dll', 'symbols': ['f', '#3'] }], 'slack': 400,"
    "  'delay': ['a.dll'], 'exports': ['f', { 'name': 'g', 'forward': 'a.g' }],"
    "  'load_config': { 'flags': 2048 }, 'pdb': 'x.pdb', 'checksum': 'right',"
    "  'overlay': 'more' }",
    "{ 'machine': 'x86', 'image_base': 268435456, 'imports': ['a.dll'], 'symbols': 3,"
    "  'delay': [{ 'dll': 'a.dll', 'va': true }], 'slack': 8, 'relocations': true,"
    "  'sections': [{ 'name': '.debug_info', 'size': 40, 'flags': 1107296320 }] }",
    "{ 'imports': [{ 'dll': 'a.dll', 'bound': 9 }, { 'dll': 'b.dll', 'bound': 9 }],"
    "  'bound': ['a.dll', 'b.dll'], 'slack': 4, 'header_room': 0, 'pdb': 'x.pdb',"
    "  'certificate': 64 }",
    "{ 'machine': 'arm64x', 'imports': ['a.dll'], 'load_config': { 'size': 320 },"
    "  'exports': [{ 'name': 'f', 'forward': 'a.f' }, { 'name': 'g', 'forward': 'b.g' }],"
    "  'sections': [{ 'name': '.more', 'size': 64, 'flags': 1073741888, 'fill': 0 }],"
    "  'symbols': 2, 'poke': [{ 'in': 'load_config', 'at': 228, 'u16': 3 },"
    "    { 'in': 'raw', 'nth': 2, 'at': 0, 'hex': '01000000180000000600000000000000"
    "0c000000001000000c00000010500000' }] }",
    "{'section_align': 64, 'file_align': 64, 'imports': ['a.dll'], 'symbols': 3}",
};

/* How often each of them was done, so that a sweep of refusals shows. */
struct done {
    size_t edited;
    size_t stripped;
};

static void
assert_reason(const struct editing *t)
{
    assert_int_equal(t->out.len, 0);
    assert_true(t->err.kind == WF_ERR_MALFORMED || t->err.kind == WF_ERR_REFUSED ||
                t->err.kind == WF_ERR_LIMIT);
    assert_true(t->err.text[0] != '\0');
}

/* What a file says that could be read can be read in the result, too. */
static void
assert_same_facts(struct editing *t, bool has_new_names)
{
    if (!read_facts(&t->after, &t->arena, wf_buffer_bytes(&t->out), &t->err))
        fail_msg("the result is damaged: %s", t->err.text);
    const struct wf_object *before = t->before.objects;
    const struct wf_object *after = t->after.objects;

    assert_int_equal(after->num_imports, before->num_imports);
    assert_int_equal(after->num_exports, before->num_exports);
    assert_int_equal(after->machine, before->machine);
    if (has_new_names)
        return;
    assert_int_equal(after->num_needed, before->num_needed);
    for (size_t i = 0; i < after->num_needed; i++)
        assert_string_equal(after->needed[i], before->needed[i]);
}

static void
edit_damaged(struct editing *t, bool is_readable, struct done *done)
{
    if (!try_edit(t)) {
        assert_reason(t);
        return;
    }
    done->edited++;
    if (is_readable)
        assert_same_facts(t, true);
}

static void
strip_damaged(struct editing *t, bool is_readable, struct done *done)
{
    const struct wf_bytes exact = exact_copy(t->file.data, t->file.len);

    t->err = (struct wf_error){ 0 };
    wf_buffer_reset(&t->out);
    const bool ok = wf_pe_strip(&t->out, exact, &t->err);

    free_exact(exact);
    if (!ok) {
        assert_reason(t);
        return;
    }
    done->stripped++;
    assert_true(t->out.len <= t->file.len);
    if (is_readable)
        assert_same_facts(t, false);
}

static void
try_damaged(struct editing *t, struct done *done)
{
    wf_arena_clear(&t->arena);
    if (wf_object_recognise(wf_buffer_bytes(&t->file)) != WF_FORMAT_PE)
        return;
    const bool is_readable =
        read_facts(&t->before, &t->arena, wf_buffer_bytes(&t->file), NULL);

    edit_damaged(t, is_readable, done);
    strip_damaged(t, is_readable, done);
}

static void
sweep_words(struct editing *t, struct done *done)
{
    const uint64_t values[] = {
        0,           1,          0x1000,     0x1ff0,     0x2000,     t->file.len - 4,
        t->file.len, 0x7fffffff, 0x80000000, 0xfffff000, 0xffffffff,
    };

    for (size_t at = 0; at + 4 <= t->file.len; at += 4) {
        const uint64_t before = wf_test_pe_get(wf_buffer_bytes(&t->file), at, 4);

        if (before == 0 && at % 32 != 0)
            continue;
        for (size_t v = 0; v < WF_COUNT(values); v++) {
            wf_test_pe_set(&t->file, at, values[v], 4);
            try_damaged(t, done);
        }
        wf_test_pe_set(&t->file, at, before, 4);
    }
}

static void
every_rva_and_size_is_edited_or_refused_whatever_it_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < WF_COUNT(recipes); i++) {
        struct done done = { 0 };
        struct editing t;

        start_editing(&t, recipes[i]);
        add_rename(&t, "a.dll", "a-0123456789abcdef0123456789abcdef.dll");
        t.edit.export_name = "demo-0123456789abcdef0123456789abcdef.dll";
        t.edit.clear_load_flags = true;
        sweep_words(&t, &done);
        /* Images mapped as the file is have no room. */
        assert_true(done.edited > 500 || strstr(recipes[i], "section_align") != NULL);
        assert_true(done.stripped > 500);
        end_editing(&t);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rva_and_size_is_edited_or_refused_whatever_it_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
