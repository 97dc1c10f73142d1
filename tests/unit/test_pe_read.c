/* test_pe_read.c -- machines, kinds and versions of PE images, copies of their facts, and
 * files that are damaged in every way. */
#include "object/pe_format.h"

#include "../support/pe_reading.h"

/* An image with a bit of everything. */
#define EVERYTHING                                                                       \
    "'imports': [{'dll': 'a.dll', 'symbols': ['f', '#12']}, 'b.dll'], 'delay': "         \
    "['d.dll'], 'exports': ['PyInit__x', {'name': 'z', 'forward': 'other.f'}], 'pdb': "  \
    "'x.pdb', 'load_config': {'flags': 2048}, 'checksum': 'right', 'symbols': 3, "       \
    "'bound': ['a.dll'], 'overlay': 'abc', 'certificate': 100, 'clr': 0, "               \
    "'relocations': true"

static void
machines_and_widths_are_named(void **state)
{
    static const struct {
        const char *recipe;
        enum wf_arch arch;
        const char *name;
        unsigned bits;
    } rows[] = {
        { "{}", WF_ARCH_X86_64, "amd64", 64 },
        { "{'machine': 'x86'}", WF_ARCH_I686, "x86", 32 },
        { "{'machine': 'arm64'}", WF_ARCH_AARCH64, "arm64", 64 },
        { "{'machine': 'arm'}", WF_ARCH_UNKNOWN, "arm", 32 },
        { "{'machine': 512}", WF_ARCH_UNKNOWN, "ia64", 64 },
        { "{'machine': 20580}", WF_ARCH_RISCV64, "riscv64", 64 },
        { "{'machine': 25188}", WF_ARCH_LOONGARCH64, "loongarch64", 64 },
        { "{'machine': 39321}", WF_ARCH_UNKNOWN, "machine 0x9999", 64 },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct pe_reading r = read_pe(rows[i].recipe);

        assert_non_null(r.object);
        assert_int_equal(r.object->format, WF_FORMAT_PE);
        assert_int_equal(r.object->arch, rows[i].arch);
        assert_string_equal(r.object->arch_name, rows[i].name);
        assert_int_equal(r.object->bits, rows[i].bits);
        assert_int_equal(r.object->machine, r.pe->machine);
        assert_int_equal(r.object->endian, WF_LITTLE);
        assert_null(r.object->slice);
        end_pe(&r);
    }
}

static void
the_dll_bit_tells_libraries_from_programs(void **state)
{
    static const struct {
        const char *recipe;
        enum wf_object_kind kind;
    } rows[] = {
        { "{}", WF_KIND_SHARED },
        { "{'type': 'exe'}", WF_KIND_EXECUTABLE },
        { "{'characteristics': 8226}", WF_KIND_SHARED },
        { "{'characteristics': 34}", WF_KIND_EXECUTABLE },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct pe_reading r = read_pe(rows[i].recipe);

        assert_int_equal(r.object->kind, rows[i].kind);
        assert_true(wf_object_is_judged(r.object));
        assert_true(r.object->has_dynamic);
        end_pe(&r);
    }
}

static void
versions_and_mitigations_are_facts(void **state)
{
    struct pe_reading r = read_pe("{'linker': '14.41', 'os': '6.2', 'subsystem': 3, "
                                  "'dll_characteristics': 16736}");

    (void)state;
    assert_int_equal(r.pe->linker_major, 14);
    assert_int_equal(r.pe->linker_minor, 41);
    assert_int_equal(r.pe->os_major, 6);
    assert_int_equal(r.pe->os_minor, 2);
    assert_int_equal(r.pe->subsystem, 3);
    assert_int_equal(r.pe->dll_characteristics, PE_DLL_GUARD_CF | PE_DLL_NX |
                                                    PE_DLL_DYNAMIC_BASE |
                                                    PE_DLL_HIGH_ENTROPY);
    assert_int_equal(r.pe->characteristics, 0x2022);
    assert_null(pe_fault(r.pe, "pe-integrity"));
    end_pe(&r);
    assert_pe_fault("{'dll_characteristics': 128}", "pe-integrity",
                    "FORCE_INTEGRITY is set: Windows does not load it without a valid "
                    "signature");
}

static void
programs_older_than_windows_are_recognised_only(void **state)
{
    static const char *const signatures[] = { "NE", "LE", "LX" };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(signatures) + 1; i++) {
        struct pe_reading r = build_pe("{}");

        if (i < WF_COUNT(signatures)) {
            memcpy(r.image.data + 128, signatures[i], 2);
        } else {
            /* Relocations where Windows' own header would be; the rest is code. */
            wf_test_pe_set(&r.image, 24, 0x1c, 2);
            wf_test_pe_set(&r.image, 60, 0x99999, 4);
        }
        read_pe_as(&r, "old.exe");
        assert_non_null(r.object);
        assert_int_equal(r.object->kind, WF_KIND_UNREAD);
        assert_string_equal(r.object->arch_name, "unknown");
        assert_null(r.pe);
        end_pe(&r);
    }
}

static void
a_cut_header_is_damage_and_no_older_program(void **state)
{
    struct pe_reading r = build_pe("{}");

    (void)state;
    r.image.len = 100;
    read_pe_as(&r, "x.dll");
    assert_null(r.object);
    assert_error_at(r.err, WF_ERR_MALFORMED, 0,
                    "at 0x0: the PE header claims 24 bytes from 0x80; there are 100");
    end_pe(&r);
    /* Relocations at 0x40 are what linkers for Windows write. */
    r = build_pe("{'poke': [{'at': 24, 'u16': 64}, {'in': 'coff', 'at': 0, 'u8': 1}]}");
    memcpy(r.image.data + 128, "XX", 2);
    read_pe_as(&r, "x.dll");
    assert_null(r.object);
    end_pe(&r);
}

static void
assert_same_text(const char *a, const char *b)
{
    assert_int_equal(a == NULL, b == NULL);
    if (a != NULL) {
        assert_string_equal(a, b);
        assert_ptr_not_equal(a, b);
    }
}

static void
a_copy_has_the_same_facts_in_memory_of_its_own(void **state)
{
    static const char *const recipes[] = {
        "{" EVERYTHING "}",
        "{}",
        "{'checksum': 'wrong', 'certificate': {'type': 1}, 'imports': ['a b.dll']}",
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(recipes); i++) {
        struct pe_reading r = read_pe(recipes[i]);
        struct wf_arena arena = { 0 };
        struct wf_object copy;

        assert_non_null(r.object);
        wf_object_copy(&copy, &arena, r.object, "other/_x.pyd");
        assert_ptr_not_equal(copy.pe, r.pe);
        assert_int_equal(copy.num_needed, r.object->num_needed);
        for (size_t k = 0; k < copy.num_needed; k++) {
            assert_same_text(copy.needed[k], r.object->needed[k]);
            assert_int_equal(copy.pe->needs[k].kind, r.pe->needs[k].kind);
            assert_int_equal(copy.pe->needs[k].num_symbols, r.pe->needs[k].num_symbols);
        }
        assert_int_equal(copy.pe->num_faults, r.pe->num_faults);
        for (size_t k = 0; k < copy.pe->num_faults; k++) {
            assert_same_text(copy.pe->faults[k].rule, r.pe->faults[k].rule);
            assert_same_text(copy.pe->faults[k].text, r.pe->faults[k].text);
        }
        assert_same_text(copy.pe->certificate_fault, r.pe->certificate_fault);
        assert_same_text(copy.pe->pdb, r.pe->pdb);
        assert_same_text(copy.build_id, r.object->build_id);
        assert_int_equal(copy.pe->checksum, r.pe->checksum);
        wf_arena_clear(&arena);
        end_pe(&r);
    }
}

/* Reads what must give a result or one clear error, in bounded memory. */
static void
read_damaged(struct pe_reading *r)
{
    wf_arena_clear(&r->arena);
    if (r->image.len < PE_DOS_HEADER_LEN)
        return;
    if (wf_object_recognise(wf_buffer_bytes(&r->image)) != WF_FORMAT_PE)
        return;
    read_pe_as(r, "x.pyd");
    assert_true(r->arena.used <= 64 * r->image.len + (1 << 16));
    if (r->object == NULL) {
        assert_true(r->err.kind == WF_ERR_MALFORMED || r->err.kind == WF_ERR_LIMIT);
        assert_true(r->err.text[0] != '\0');
        return;
    }
    for (size_t i = 0; i < r->object->num_needed; i++)
        assert_true(r->object->needed[i][0] != '\0');
}

static const char *const sweep_recipes[] = {
    "{" EVERYTHING "}",
    "{'machine': 'x86', 'lfanew': 64, " EVERYTHING "}",
    "{'section_align': 64, 'file_align': 64, " EVERYTHING "}",
    "{'machine': 'x86', 'delay': [{'dll': 'v.dll', 'va': true}], 'name': 'n'}",
};

static void
every_cut_of_a_file_is_read_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < WF_COUNT(sweep_recipes); i++) {
        struct pe_reading r = build_pe(sweep_recipes[i]);
        const size_t len = r.image.len;

        for (r.image.len = 0; r.image.len < len; r.image.len++)
            read_damaged(&r);
        r.image.len = len;
        end_pe(&r);
    }
}

static void
every_changed_byte_is_read_or_refused(void **state)
{
    static const uint8_t masks[] = { 0x01, 0x10, 0x80, 0xff };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(sweep_recipes); i++) {
        struct pe_reading r = build_pe(sweep_recipes[i]);

        for (size_t at = 0; at < r.image.len; at++) {
            if (r.image.data[at] == 0 && at % 4 != 0)
                continue; /* padding, mostly */
            for (size_t m = 0; m < WF_COUNT(masks); m++) {
                r.image.data[at] ^= masks[m];
                read_damaged(&r);
                r.image.data[at] ^= masks[m];
            }
        }
        end_pe(&r);
    }
}

/* Every word of the file, one after the other, becomes each of the numbers that an RVA or a
 * size is most harmful as. */
static void
every_rva_and_size_is_read_or_refused_whatever_it_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < WF_COUNT(sweep_recipes); i++) {
        struct pe_reading r = build_pe(sweep_recipes[i]);
        const uint64_t values[] = {
            0,          1,          0x1000,          0x1fff,
            0x2000,     0x3000 - 1, r.image.len - 1, r.image.len,
            0x7fffffff, 0x80000000, 0xfffff000,      0xfffffffc,
            0xffffffff,
        };

        for (size_t at = 0; at + 4 <= r.image.len; at += 4) {
            const uint64_t before = wf_test_pe_get(wf_buffer_bytes(&r.image), at, 4);

            if (before == 0 && at % 16 != 0)
                continue;
            for (size_t v = 0; v < WF_COUNT(values); v++) {
                wf_test_pe_set(&r.image, at, values[v], 4);
                read_damaged(&r);
            }
            wf_test_pe_set(&r.image, at, before, 4);
        }
        read_damaged(&r);
        assert_non_null(r.object);
        end_pe(&r);
    }
}

static void
the_same_bytes_give_the_same_facts(void **state)
{
    struct pe_reading a = read_pe("{" EVERYTHING "}");
    struct pe_reading b = read_pe("{" EVERYTHING "}");

    (void)state;
    assert_int_equal(a.image.len, b.image.len);
    assert_memory_equal(a.image.data, b.image.data, a.image.len);
    assert_int_equal(a.arena.used, b.arena.used);
    assert_int_equal(a.pe->num_faults, b.pe->num_faults);
    for (size_t i = 0; i < a.pe->num_faults; i++)
        assert_string_equal(a.pe->faults[i].text, b.pe->faults[i].text);
    end_pe(&a);
    end_pe(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(machines_and_widths_are_named),
        cmocka_unit_test(the_dll_bit_tells_libraries_from_programs),
        cmocka_unit_test(versions_and_mitigations_are_facts),
        cmocka_unit_test(programs_older_than_windows_are_recognised_only),
        cmocka_unit_test(a_cut_header_is_damage_and_no_older_program),
        cmocka_unit_test(a_copy_has_the_same_facts_in_memory_of_its_own),
        cmocka_unit_test(every_cut_of_a_file_is_read_or_refused),
        cmocka_unit_test(every_changed_byte_is_read_or_refused),
        cmocka_unit_test(every_rva_and_size_is_read_or_refused_whatever_it_says),
        cmocka_unit_test(the_same_bytes_give_the_same_facts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
