/* test_pe_file.c -- headers and sections of PE files, RVAs as offsets, checksums: every way
 * to lie about them has its answer. */
#include "object/pe_file.h"

#include "../support/pe_reading.h"

/* An image that was opened; its bytes stand in a block of exactly their size. */
struct opened {
    struct pe_reading r;
    struct wf_bytes exact;
    struct wf_pe_file file;
    bool ok;
};

static struct opened
open_pe(const char *recipe)
{
    struct opened o = { .r = build_pe(recipe) };

    o.exact = exact_copy(o.r.image.data, o.r.image.len);
    o.ok = wf_pe_open(&o.file, &o.r.arena, o.exact, &o.r.err);
    return o;
}

static void
end_opened(struct opened *o)
{
    free_exact(o->exact);
    end_pe(&o->r);
}

static void
headers_of_both_kinds_are_taken_apart(void **state)
{
    static const struct {
        const char *recipe;
        bool is_plus;
        uint16_t machine;
        uint16_t optional_len;
        uint64_t image_base;
    } rows[] = {
        { "{}", true, PE_MACHINE_AMD64, 240, 0x180000000 },
        { "{'machine': 'x86'}", false, PE_MACHINE_I386, 224, 0x10000000 },
        { "{'machine': 'arm64', 'image_base': 4294967296}", true, PE_MACHINE_ARM64, 240,
          0x100000000 },
        { "{'lfanew': 64, 'directories': 2}", true, PE_MACHINE_AMD64, 128, 0x180000000 },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct opened o = open_pe(rows[i].recipe);

        assert_true(o.ok);
        assert_int_equal(o.file.is_plus, rows[i].is_plus);
        assert_int_equal(o.file.machine, rows[i].machine);
        assert_int_equal(o.file.optional_len, rows[i].optional_len);
        assert_int_equal(o.file.image_base, rows[i].image_base);
        assert_int_equal(o.file.section_align, 0x1000);
        assert_int_equal(o.file.file_align, 0x200);
        assert_int_equal(o.file.headers_size, 0x200);
        assert_int_equal(o.file.image_size, 0x2000);
        assert_int_equal(o.file.coff_off, pe_part(&o.r, "coff", 0));
        assert_int_equal(o.file.optional_off, pe_part(&o.r, "optional", 0));
        assert_int_equal(o.file.checksum_off, o.file.optional_off + 64);
        assert_int_equal(o.file.directories_off, pe_part(&o.r, "directory", 0));
        assert_int_equal(o.file.sections_off, pe_part(&o.r, "section", 0));
        assert_int_equal(o.file.num_sections, 1);
        end_opened(&o);
    }
}

static void
sections_stand_in_table_order(void **state)
{
    struct opened o =
        open_pe("{'imports': ['a.dll'], 'sections': [{'name': '.longname', 'size': 700, "
                "'virtual': 5000, 'flags': 3221225536}]}");

    (void)state;
    assert_true(o.ok);
    assert_int_equal(o.file.num_sections, 3);
    assert_string_equal(o.file.sections[0].name, ".text");
    assert_string_equal(o.file.sections[1].name, ".rdata");
    assert_string_equal(o.file.sections[2].name, "/4");
    const struct wf_pe_section *last = &o.file.sections[2];

    assert_int_equal(last->address, 0x3000);
    assert_int_equal(last->virtual_size, 5000);
    assert_int_equal(last->raw_size, 1024);
    assert_int_equal(last->bytes.len, 1024);
    assert_int_equal(last->bytes.file_off, last->raw_off);
    assert_int_equal(last->flags, 0xc0000040);
    assert_int_equal(last->header_off, pe_part(&o.r, "section", 2));
    assert_int_equal(wf_pe_mapped_size(last), 0x2000);
    end_opened(&o);
}

static void
absent_directories_are_zero(void **state)
{
    struct opened o = open_pe("{'imports': ['a.dll'], 'delay': ['b.dll'], "
                              "'directories': 2}");

    (void)state;
    assert_true(o.ok);
    assert_int_equal(o.file.num_directories, 2);
    assert_int_not_equal(o.file.directories[WF_PE_DIR_IMPORT].address, 0);
    assert_int_equal(o.file.directories[WF_PE_DIR_DELAY_IMPORT].address, 0);
    end_opened(&o);
}

static void
more_directories_than_the_header_has_room_for_are_absent(void **state)
{
    /* NumberOfRvaAndSizes says 2^32 - 1; the optional header ends after two of them. */
    struct opened o =
        open_pe("{'directories': 2, 'poke': [{'in': 'optional', 'at': 108, 'u32': "
                "4294967295}]}");

    (void)state;
    assert_true(o.ok);
    assert_int_equal(o.file.num_directories, 2);
    end_opened(&o);
    o = open_pe("{'poke': [{'in': 'optional', 'at': 108, 'u32': 4294967295}]}");
    assert_true(o.ok);
    assert_int_equal(o.file.num_directories, 16);
    end_opened(&o);
}

static void
headers_that_no_loader_takes_are_refused(void **state)
{
    static const struct {
        const char *recipe;
        uint64_t offset;
        const char *text;
    } rows[] = {
        { "{'truncate': 63}", 0, "at 0x0: the DOS header needs 64 bytes; there are 63" },
        { "{'poke': [{'at': 60, 'u32': 130}]}", 60,
          "at 0x3c: the PE header is said to be at 0x82, not at a multiple of 4" },
        { "{'truncate': 151}", 0,
          "at 0x0: the PE header claims 24 bytes from 0x80; there are 151" },
        { "{'poke': [{'at': 60, 'u32': 4294967292}]}", 0,
          "at 0x0: the PE header claims 24 bytes from 0xfffffffc; there are 1024" },
        { "{'poke': [{'at': 60, 'u32': 64}]}", 64,
          "at 0x40: no PE header stands where the DOS header says; \"PE\" and two zeros "
          "are expected" },
        { "{'poke': [{'in': 'optional', 'u16': 263}]}", 0x98,
          "at 0x98: the optional header begins with 0x107; 0x10b (PE32) or 0x20b (PE32+) "
          "is expected" },
        { "{'poke': [{'in': 'coff', 'at': 16, 'u16': 1}]}", 0x98,
          "at 0x98: the optional header is cut short; 1 bytes remain" },
        { "{'poke': [{'in': 'coff', 'at': 16, 'u16': 111}]}", 0x94,
          "at 0x94: the optional header has 111 bytes; at least 112 are expected" },
        { "{'machine': 'x86', 'poke': [{'in': 'coff', 'at': 16, 'u16': 95}]}", 0x94,
          "at 0x94: the optional header has 95 bytes; at least 96 are expected" },
        { "{'truncate': 300}", 0,
          "at 0x0: the optional header claims 240 bytes from 0x98; there are 300" },
        { "{'machine': 'x86', 'plus': true}", 0x98,
          "at 0x98: machine x86 (0x14c) with a header of PE32+" },
        { "{'plus': false}", 0x98,
          "at 0x98: machine amd64 (0x8664) with a header of PE32" },
        { "{'machine': 'arm64', 'plus': false}", 0x98,
          "at 0x98: machine arm64 (0xaa64) with a header of PE32" },
        { "{'poke': [{'in': 'optional', 'at': 32, 'u32': 12288}]}", 0xb8,
          "at 0xb8: sections are aligned to 0x3000 and 0x200 in the file; powers of two "
          "are expected" },
        { "{'poke': [{'in': 'optional', 'at': 36, 'u32': 0}]}", 0xb8,
          "at 0xb8: sections are aligned to 0x1000 and 0 in the file; powers of two are "
          "expected" },
        { "{'poke': [{'in': 'optional', 'at': 36, 'u32': 8192}]}", 0xb8,
          "at 0xb8: sections are aligned to 0x2000 in the file, and to 0x1000, less, in "
          "memory" },
        { "{'poke': [{'in': 'optional', 'at': 36, 'u32': 256}]}", 0xb8,
          "at 0xb8: sections are aligned to 0x100 in the file; a multiple of 0x200 is "
          "expected, or what they are aligned to in memory (0x1000)" },
        { "{'poke': [{'in': 'coff', 'at': 2, 'u16': 97}]}", 0x86,
          "at 0x86: 97 sections; loaders take at most 96" },
        { "{'poke': [{'in': 'coff', 'at': 2, 'u16': 96}]}", 0,
          "at 0x0: the section table claims 3840 bytes from 0x188; there are 1024" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct opened o = open_pe(rows[i].recipe);

        assert_false(o.ok);
        assert_error_at(o.r.err, WF_ERR_MALFORMED, rows[i].offset, rows[i].text);
        assert_int_equal(o.file.num_sections, 0);
        end_opened(&o);
    }
}

static void
headers_at_the_edge_of_what_loaders_take_are_read(void **state)
{
    static const char *const recipes[] = {
        "{'section_align': 1, 'file_align': 1}",
        "{'section_align': 256, 'file_align': 256}",
        "{'section_align': 4096, 'file_align': 4096}",
        "{'section_align': 65536, 'file_align': 512}",
        "{'text': 0}", /* no section at all */
        "{'machine': 'arm', 'plus': false}",
        "{'machine': 39321, 'plus': false}",
        "{'machine': 39321, 'plus': true}",
        "{'text': 0, 'poke': [{'in': 'coff', 'at': 16, 'u16': 112}]}",
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(recipes); i++) {
        struct opened o = open_pe(recipes[i]);

        if (!o.ok)
            fail_msg("%s: %s", recipes[i], o.r.err.text);
        end_opened(&o);
    }
}

/* Something at `rva`, which a field at 0x7f names. */
static struct wf_pe_place
place_of(uint32_t rva, const char *what)
{
    return (struct wf_pe_place){ .rva = rva, .field = 0x7f, .what = what };
}

/* Both ways from an RVA to bytes say the same; `num_zeros` are behind them. */
static void
assert_maps(const struct wf_pe_file *file, uint32_t rva, uint64_t off, size_t len,
            uint64_t num_zeros)
{
    struct wf_error err = { 0 };
    struct wf_pe_view view;
    struct wf_bytes bytes;

    if (!wf_pe_map(&view, file, place_of(rva, "it"), &err))
        fail_msg("%#x: %s", rva, err.text);
    assert_int_equal(view.bytes.len, len);
    assert_int_equal(view.num_zeros, num_zeros);
    assert_int_equal(wf_pe_at(&bytes, file, place_of(rva, "it"), &err), len > 0);
    if (len == 0)
        return;
    assert_int_equal(bytes.file_off, off);
    assert_ptr_equal(bytes.data, file->bytes.data + off);
    assert_ptr_equal(view.bytes.data, bytes.data);
    assert_int_equal(bytes.len, len);
}

static void
assert_unmapped(const struct wf_pe_file *file, uint32_t rva, const char *text)
{
    struct wf_error err = { 0 };
    struct wf_pe_view view;

    assert_false(wf_pe_map(&view, file, place_of(rva, "it"), &err));
    assert_error_at(err, WF_ERR_MALFORMED, 0x7f, text);
}

static void
rvas_lead_into_headers_and_sections_and_nowhere_else(void **state)
{
    struct opened o =
        open_pe("{'lfanew': 64, 'text': 768, 'sections': [{'size': 100, 'virtual': "
                "4097}]}");

    (void)state;
    assert_true(o.ok);
    assert_maps(&o.file, 0, 0, 0x200, 0);
    assert_maps(&o.file, 0x1ff, 0x1ff, 1, 0);
    assert_unmapped(&o.file, 0x200,
                    "at 0x7f: it is said to be at RVA 0x200, in no section");
    assert_unmapped(&o.file, 0xfff,
                    "at 0x7f: it is said to be at RVA 0xfff, in no section");
    assert_maps(&o.file, 0x1000, 0x200, 0x400, 0xc00);
    assert_maps(&o.file, 0x13ff, 0x5ff, 1, 0xc00);
    assert_maps(&o.file, 0x1400, 0, 0, 0xc00);
    assert_maps(&o.file, 0x1fff, 0, 0, 1);
    assert_maps(&o.file, 0x2000, 0x600, 0x200, 0x1e00);
    assert_maps(&o.file, 0x3fff, 0, 0, 1);
    assert_unmapped(&o.file, 0x4000,
                    "at 0x7f: it is said to be at RVA 0x4000, in no section");
    assert_unmapped(&o.file, UINT32_MAX,
                    "at 0x7f: it is said to be at RVA 0xffffffff, in no section");
    end_opened(&o);
}

static void
rvas_without_bytes_in_the_file_are_named(void **state)
{
    struct opened o = open_pe("{'sections': [{'size': 100, 'virtual': 4097}]}");
    struct wf_error err = { 0 };
    struct wf_bytes bytes;

    (void)state;
    assert_true(o.ok);
    assert_false(wf_pe_at(&bytes, &o.file, place_of(0x2200, "the table"), &err));
    assert_error_at(
        err, WF_ERR_MALFORMED, 0x7f,
        "at 0x7f: the table is said to be at RVA 0x2200, where the file has no bytes");
    end_opened(&o);
}

static void
raw_data_is_mapped_from_whole_sectors(void **state)
{
    struct opened o = open_pe("{'sections': [{'size': 100}], 'poke': [{'in': 'section', "
                              "'nth': 1, 'at': 20, 'u32': 1535}]}");

    (void)state;
    assert_true(o.ok);
    assert_int_equal(o.file.sections[1].raw_off, 1535);
    assert_int_equal(o.file.sections[1].bytes.file_off, 1024);
    assert_maps(&o.file, 0x2000, 1024, 512, 0xe00);
    end_opened(&o);
}

static void
a_virtual_size_of_zero_stands_for_that_of_the_raw_data(void **state)
{
    struct opened o = open_pe("{'virtual_zero': true, 'text': 5000}");

    (void)state;
    assert_true(o.ok);
    assert_int_equal(wf_pe_mapped_size(&o.file.sections[0]), 0x2000);
    assert_maps(&o.file, 0x1000, 0x200, 0x1400, 0xc00);
    assert_maps(&o.file, 0x2000, 0x1200, 0x400, 0xc00);
    end_opened(&o);
}

static void
no_more_is_mapped_than_pages_of_the_virtual_size(void **state)
{
    struct opened o = open_pe("{'text': 9000, 'poke': [{'in': 'section', 'at': 8, 'u32': "
                              "100}]}");

    (void)state;
    assert_true(o.ok);
    assert_maps(&o.file, 0x1000, 0x200, 0x1000, 0);
    assert_unmapped(&o.file, 0x2000,
                    "at 0x7f: it is said to be at RVA 0x2000, in no section");
    end_opened(&o);
}

static void
of_overlapping_sections_the_first_is_taken(void **state)
{
    struct opened o =
        open_pe("{'lfanew': 64, 'sections': [{'size': 100}], 'poke': [{'in': "
                "'section', 'nth': 1, 'at': 12, 'u32': 4096}]}");

    (void)state;
    assert_true(o.ok);
    assert_maps(&o.file, 0x1000, 0x200, 0x200, 0xe00);
    assert_ptr_equal(wf_pe_find_section(&o.file, 0x1000), &o.file.sections[0]);
    end_opened(&o);
}

static void
oversized_sections_end_with_the_file(void **state)
{
    struct opened o = open_pe("{'poke': [{'in': 'section', 'at': 8, 'u32': 4294967295}, "
                              "{'in': 'section', 'at': "
                              "16, 'u32': 4294967295}]}");

    (void)state;
    assert_true(o.ok);
    assert_int_equal(o.file.sections[0].bytes.len, 0x200);
    assert_maps(&o.file, 0x1000, 0x200, 0x200, 0xfffffe00);
    assert_maps(&o.file, UINT32_MAX, 0, 0, 0x1001);
    end_opened(&o);
    o = open_pe("{'poke': [{'in': 'section', 'at': 20, 'u32': 4294967295}]}");
    assert_true(o.ok);
    assert_int_equal(o.file.sections[0].bytes.len, 0);
    assert_maps(&o.file, 0x1000, 0, 0, 0x1000);
    end_opened(&o);
}

static void
images_aligned_below_the_page_are_mapped_as_the_file_is(void **state)
{
    struct opened o = open_pe("{'section_align': 32, 'file_align': 32, 'text': 40, "
                              "'imports': ['a.dll']}");

    (void)state;
    assert_true(o.ok);
    assert_int_equal(o.file.sections[0].address, o.file.sections[0].raw_off);
    assert_int_not_equal(o.file.sections[1].raw_off % 512, 0);
    assert_int_equal(o.file.sections[1].bytes.file_off, o.file.sections[1].raw_off);
    assert_maps(&o.file, 0, 0, o.exact.len, 0);
    assert_maps(&o.file, o.file.sections[0].address, o.file.sections[0].raw_off,
                o.exact.len - o.file.sections[0].raw_off, 0);
    assert_null(wf_pe_find_section(&o.file, o.file.sections[0].address));
    end_opened(&o);
}

static void
addresses_are_taken_for_rvas_of_the_image_that_they_are_in(void **state)
{
    struct wf_error err = { 0 };
    struct wf_pe_place place;

    (void)state;
    assert_true(wf_pe_place_of(&place, 0x10002345, 0x10000000, 0x7f, "it", &err));
    assert_int_equal(place.rva, 0x2345);
    assert_int_equal(place.field, 0x7f);
    assert_string_equal(place.what, "it");
    assert_true(wf_pe_place_of(&place, UINT32_MAX, 0, 0x7f, "it", &err));
    assert_int_equal(place.rva, UINT32_MAX);
    assert_false(wf_pe_place_of(&place, 0xfffffff, 0x10000000, 0x7f, "it", &err));
    assert_error_at(err, WF_ERR_MALFORMED, 0x7f,
                    "at 0x7f: it is said to be at address 0xfffffff; the image is at "
                    "0x10000000");
    assert_false(
        wf_pe_place_of(&place, UINT64_C(0x110000000), 0x10000000, 0x7f, "it", &err));
    assert_error_at(err, WF_ERR_MALFORMED, 0x7f,
                    "at 0x7f: it is said to be at address 0x110000000; the image is at "
                    "0x10000000");
    assert_false(wf_pe_place_of(&place, UINT64_C(1) << 32, 0, 0x7f, "it", &err));
    assert_error_at(err, WF_ERR_MALFORMED, 0x7f,
                    "at 0x7f: it is said to be at RVA 0x100000000, in no section");
}

static void
strings_end_with_a_nul_or_where_memory_is_zero(void **state)
{
    struct opened o = open_pe(
        "{'lfanew': 64, 'text': 0, 'sections': [{'size': 512, 'fill': 65}, {'size': "
        "4096, 'fill': 66}]}");
    struct wf_error err = { 0 };
    struct wf_bytes text;

    (void)state;
    assert_true(o.ok);
    assert_true(wf_pe_string(&text, &o.file, place_of(0x11fe, "it"), 2, &err));
    assert_true(wf_bytes_equal_str(text, "AA"));
    assert_false(wf_pe_string(&text, &o.file, place_of(0x11fd, "it"), 2, &err));
    assert_error_at(err, WF_ERR_MALFORMED, 0x5fd,
                    "at 0x5fd: it has no NUL in its first 3 bytes");
    assert_true(wf_pe_string(&text, &o.file, place_of(0x1200, "it"), 2, &err));
    assert_int_equal(text.len, 0);
    assert_false(wf_pe_string(&text, &o.file, place_of(0x2ffe, "it"), 10, &err));
    assert_error_at(err, WF_ERR_MALFORMED, 0x15fe,
                    "at 0x15fe: it has no NUL in its first 2 bytes");
    end_opened(&o);
}

static void
names_of_dlls_are_at_most_512_bytes_long(void **state)
{
    struct opened o = open_pe("{'lfanew': 64, 'sections': [{'size': 1024, 'fill': 65}]}");
    struct wf_error err = { 0 };
    const size_t most = WF_PE_LONGEST_DLL_NAME;
    struct wf_bytes name;

    (void)state;
    assert_true(o.ok);
    assert_true(wf_pe_string(&name, &o.file, place_of(0x2200, "it"), most, &err));
    assert_int_equal(name.len, 512);
    assert_false(wf_pe_string(&name, &o.file, place_of(0x21ff, "it"), most, &err));
    assert_error_at(err, WF_ERR_MALFORMED, 0x5ff,
                    "at 0x5ff: it has no NUL in its first 513 bytes");
    end_opened(&o);
}

static void
checksums_are_what_microsoft_describes(void **state)
{
    (void)state;
    for (size_t len = 1024; len < 1060; len++) {
        struct opened o = open_pe("{'overlay': 64, 'certificate': 30, 'poke': [{'in': "
                                  "'optional', 'at': 64, 'u32': 4060151809}]}");

        assert_true(o.ok);
        const struct wf_bytes cut = exact_copy(o.exact.data, len);

        assert_int_equal(wf_pe_checksum(cut, o.file.checksum_off),
                         wf_test_pe_checksum(cut));
        free_exact(cut);
        end_opened(&o);
    }
}

static void
the_field_counts_for_nothing_wherever_it_stands(void **state)
{
    uint8_t bytes[43];

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(0xf1 + 7 * i);
    for (size_t at = 0; at < sizeof bytes + 2; at++) {
        uint8_t zeroed[sizeof bytes];
        uint32_t sum = 0;

        memcpy(zeroed, bytes, sizeof bytes);
        for (size_t i = at; i < sizeof bytes && i < at + 4; i++)
            zeroed[i] = 0;
        for (size_t i = 0; i < sizeof bytes; i += 2) {
            sum += zeroed[i] | (i + 1 < sizeof bytes ? (uint32_t)zeroed[i + 1] << 8 : 0);
            sum = (sum & 0xffff) + (sum >> 16);
        }
        const struct wf_bytes exact = exact_copy(bytes, sizeof bytes);

        assert_int_equal(wf_pe_checksum(exact, at), sum + sizeof bytes);
        free_exact(exact);
    }
}

static void
the_checksum_of_nothing_but_zeros_is_the_length(void **state)
{
    static const uint8_t zeros[100];
    uint8_t ones[100];

    (void)state;
    memset(ones, 0xff, sizeof ones);
    assert_int_equal(wf_pe_checksum(wf_bytes_of(zeros, 100), 88), 100);
    assert_int_equal(wf_pe_checksum(wf_bytes_of(zeros, 0), 88), 0);
    /* Words of ones are nothing to carry on with, and not nothing. */
    assert_int_equal(wf_pe_checksum(wf_bytes_of(ones, 100), 88), 0xffff + 100);
}

static void
cut_files_are_refused_or_read_within_their_bytes(void **state)
{
    struct pe_reading r = build_pe("{'imports': ['a.dll'], 'overlay': 10}");
    size_t num_opened = 0;

    (void)state;
    for (size_t len = 0; len <= r.image.len; len++) {
        const struct wf_bytes exact = exact_copy(r.image.data, len);
        struct wf_arena arena = { 0 };
        struct wf_error err = { 0 };
        struct wf_pe_file file;

        if (wf_pe_open(&file, &arena, exact, &err)) {
            num_opened++;
            assert_true(len >= 0x1d8);
        } else {
            assert_int_equal(err.kind, WF_ERR_MALFORMED);
            assert_true(err.has_offset);
        }
        wf_arena_clear(&arena);
        free_exact(exact);
    }
    assert_int_equal(num_opened, r.image.len + 1 - 0x1d8);
    end_pe(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_of_both_kinds_are_taken_apart),
        cmocka_unit_test(sections_stand_in_table_order),
        cmocka_unit_test(absent_directories_are_zero),
        cmocka_unit_test(more_directories_than_the_header_has_room_for_are_absent),
        cmocka_unit_test(headers_that_no_loader_takes_are_refused),
        cmocka_unit_test(headers_at_the_edge_of_what_loaders_take_are_read),
        cmocka_unit_test(rvas_lead_into_headers_and_sections_and_nowhere_else),
        cmocka_unit_test(rvas_without_bytes_in_the_file_are_named),
        cmocka_unit_test(raw_data_is_mapped_from_whole_sectors),
        cmocka_unit_test(a_virtual_size_of_zero_stands_for_that_of_the_raw_data),
        cmocka_unit_test(no_more_is_mapped_than_pages_of_the_virtual_size),
        cmocka_unit_test(of_overlapping_sections_the_first_is_taken),
        cmocka_unit_test(oversized_sections_end_with_the_file),
        cmocka_unit_test(images_aligned_below_the_page_are_mapped_as_the_file_is),
        cmocka_unit_test(addresses_are_taken_for_rvas_of_the_image_that_they_are_in),
        cmocka_unit_test(strings_end_with_a_nul_or_where_memory_is_zero),
        cmocka_unit_test(names_of_dlls_are_at_most_512_bytes_long),
        cmocka_unit_test(checksums_are_what_microsoft_describes),
        cmocka_unit_test(the_field_counts_for_nothing_wherever_it_stands),
        cmocka_unit_test(the_checksum_of_nothing_but_zeros_is_the_length),
        cmocka_unit_test(cut_files_are_refused_or_read_within_their_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
