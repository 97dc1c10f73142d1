/* test_elf_strip_symbols.c -- the symbol table that stays, and what counts in it. */
#include "../support/elf_parts.h"
#include "../support/strip_reading.h"

/* Names and their places; "able" is the tail of "table". */
static const char names[] =
    "\0local\0table\0file.c\0global\0weak\0undefined\0absolute\0in_debug";
enum {
    LOCAL = 1,
    TABLE = 7,
    ABLE = 8,
    FILE_C = 13,
    GLOBAL = 20,
    WEAK = 27,
    UNDEFINED = 32,
    ABSOLUTE = 42,
    IN_DEBUG = 51,
};

/* A symbol table in the making: sections are given by name. */
struct table {
    const struct wf_test_machine *machine;
    struct wf_buffer bytes;
};

static struct table
new_table(const char *name)
{
    struct table t = { .machine = machine(name) };

    wf_buffer_init(&t.bytes, 1 << 20);
    wf_test_put_symbol(&t.bytes, t.machine, 0, 0, 0, 0, 0);
    return t;
}

static void
put_symbol(struct table *t, uint32_t name_off, unsigned type, unsigned binding,
           uint32_t section)
{
    wf_test_put_symbol(&t->bytes, t->machine, name_off, type, binding, section, 0x10);
}

/* Numbers of sections in images built here: the loaded ones are 1 to 8. */
enum { IDX_TEXT = 7, IDX_DEBUG = 9, IDX_COMMENT = 10 };

#define DEBUG_INFO                                                                       \
    {                                                                                    \
        .name = ".debug_info", .type = SHT_PROGBITS, .align = 1, .content = "abc",       \
        .len = 3                                                                         \
    }

#define COMMENT                                                                          \
    {                                                                                    \
        .name = ".comment", .type = SHT_PROGBITS, .align = 1, .content = "abc", .len = 3 \
    }

static struct wf_test_section
symbols_section(const struct table *t)
{
    return (struct wf_test_section){
        .name = ".symtab",
        .type = SHT_SYMTAB,
        .link = ".strtab",
        .info = 1,
        .align = 8,
        .entry_len = t->machine->bits == 64 ? 24 : 16,
        .content = t->bytes.data,
        .len = t->bytes.len,
    };
}

static const struct wf_test_section strings_section = {
    .name = ".strtab",
    .type = SHT_STRTAB,
    .align = 1,
    .content = names,
    .len = sizeof names,
};

/* Puts all symbols that the rules tell apart. */
static struct table
usual_table(const char *name)
{
    struct table t = new_table(name);

    put_symbol(&t, FILE_C, STT_FILE, STB_LOCAL, SHN_ABS);
    put_symbol(&t, 0, STT_SECTION, STB_LOCAL, IDX_TEXT);
    put_symbol(&t, 0, STT_SECTION, STB_LOCAL, IDX_DEBUG);
    put_symbol(&t, LOCAL, STT_FUNC, STB_LOCAL, IDX_TEXT);
    put_symbol(&t, IN_DEBUG, STT_NOTYPE, STB_LOCAL, IDX_DEBUG);
    put_symbol(&t, ABLE, STT_OBJECT, STB_LOCAL, IDX_COMMENT);
    put_symbol(&t, ABSOLUTE, STT_NOTYPE, STB_LOCAL, SHN_ABS);
    put_symbol(&t, GLOBAL, STT_FUNC, STB_GLOBAL, IDX_TEXT);
    put_symbol(&t, WEAK, STT_FUNC, STB_WEAK, IDX_TEXT);
    put_symbol(&t, UNDEFINED, STT_FUNC, STB_GLOBAL, SHN_UNDEF);
    put_symbol(&t, TABLE, STT_OBJECT, STB_GLOBAL, IDX_COMMENT);
    return t;
}

/* Symbols as text: "name:section " each, in order. */
static const char *
symbol_list(struct stripping *s)
{
    const struct wf_bytes strings = bytes_named(s, ".strtab");
    struct wf_bytes rest = bytes_named(s, ".symtab");
    struct wf_elf_symbol symbol;
    const char *list = "";

    while (wf_elf_decode_symbols(&s->sections.image, rest, &symbol, 1) == 1) {
        assert_true(symbol.name_off < strings.len);
        const char *section =
            symbol.section < s->sections.num ? s->sections.names[symbol.section] : "-";

        list = wf_arena_printf(&s->sections.arena, "%s%s:%s ", list,
                               (const char *)strings.data + symbol.name_off, section);
        rest = wf_bytes_skip(rest, wf_elf_symbol_len(&s->sections.image));
    }
    return list;
}

static void
debug_level_drops_file_and_section_symbols_and_those_of_debug_sections(void **state)
{
    (void)state;
    for (size_t i = 0; i < WF_COUNT(strip_machines); i++) {
        struct table t = usual_table(strip_machines[i]);
        const struct wf_test_section sections[] = { DEBUG_INFO, COMMENT,
                                                    symbols_section(&t),
                                                    strings_section };
        struct stripping s = build_with(strip_machines[i], sections, 4);

        strip_at(&s, WF_STRIP_DEBUG);
        assert_true(s.ok);
        assert_string_equal(symbol_list(&s),
                            ": local:.text able:.comment absolute:- global:.text "
                            "weak:.text undefined: table:.comment ");
        /* sh_info: the first symbol that is not local. */
        assert_int_equal(header_named(&s, ".symtab")->info, 4);
        assert_int_equal(header_named(&s, ".symtab")->link,
                         wf_test_section_idx(&s.sections, ".strtab"));
        assert_same_facts(&s.image, &s.out);
        end_stripping(&s);
        wf_buffer_clear(&t.bytes);
    }
}

static void
names_of_symbols_that_went_are_cut_out_and_tails_stay_shared(void **state)
{
    static const char wanted[] = "\0local\0table\0global\0weak\0undefined\0absolute";
    struct table t = usual_table("x86_64");
    const struct wf_test_section sections[] = { DEBUG_INFO, COMMENT, symbols_section(&t),
                                                strings_section };
    struct stripping s = build_with("x86_64", sections, 4);

    (void)state;
    strip_at(&s, WF_STRIP_DEBUG);
    assert_true(
        wf_bytes_equal(bytes_named(&s, ".strtab"), wf_bytes_of(wanted, sizeof wanted)));
    end_stripping(&s);
    wf_buffer_clear(&t.bytes);
}

static void
a_table_that_loses_all_symbols_goes(void **state)
{
    struct table t = new_table("x86_64");

    (void)state;
    put_symbol(&t, FILE_C, STT_FILE, STB_LOCAL, SHN_ABS);
    const struct wf_test_section sections[] = { symbols_section(&t), strings_section };
    struct stripping s = build_with("x86_64", sections, 2);

    strip_at(&s, WF_STRIP_DEBUG);
    assert_true(s.ok);
    assert_int_equal(wf_test_section_idx(&s.sections, ".symtab"), 0);
    assert_int_equal(wf_test_section_idx(&s.sections, ".strtab"), 0);
    end_stripping(&s);
    wf_buffer_clear(&t.bytes);
}

static void
names_that_somebody_else_uses_stay_whole(void **state)
{
    struct table t = usual_table("x86_64");
    const struct wf_test_section sections[] = {
        DEBUG_INFO,
        COMMENT,
        symbols_section(&t),
        strings_section,
        { .name = ".other",
          .type = SHT_PROGBITS,
          .link = ".strtab",
          .align = 1,
          .content = "x",
          .len = 1 },
    };
    struct stripping s = build_with("x86_64", sections, 5);

    (void)state;
    strip_at(&s, WF_STRIP_DEBUG);
    assert_true(
        wf_bytes_equal(bytes_named(&s, ".strtab"), wf_bytes_of(names, sizeof names)));
    assert_non_null(strstr(symbol_list(&s), "undefined: table:.comment"));
    strip_at(&s, WF_STRIP_ALL);
    assert_true(s.ok);
    assert_int_equal(wf_test_section_idx(&s.sections, ".symtab"), 0);
    assert_int_equal(header_named(&s, ".other")->link,
                     wf_test_section_idx(&s.sections, ".strtab"));
    end_stripping(&s);
    wf_buffer_clear(&t.bytes);
}

static void
one_table_of_names_for_sections_and_symbols_stays_whole(void **state)
{
    struct table t = new_table("x86_64");

    (void)state;
    put_symbol(&t, 1, STT_FUNC, STB_GLOBAL, IDX_TEXT);
    put_symbol(&t, 2, STT_FILE, STB_LOCAL, SHN_ABS);
    struct wf_test_section symbols = symbols_section(&t);

    symbols.link = ".shstrtab";
    const struct wf_test_section sections[] = { DEBUG_INFO, symbols };
    struct stripping s = build_with("x86_64", sections, 2);

    wf_test_read_sections(&s.sections, wf_buffer_bytes(&s.image));
    const size_t len = (size_t)header_named(&s, ".shstrtab")->len;

    strip_at(&s, WF_STRIP_DEBUG);
    assert_true(s.ok);
    assert_int_equal(header_named(&s, ".shstrtab")->len, len);
    assert_int_equal(header_named(&s, ".symtab")->len, 48);
    strip_at(&s, WF_STRIP_ALL);
    assert_true(s.ok);
    assert_true(header_named(&s, ".shstrtab")->len < len);
    end_stripping(&s);
    wf_buffer_clear(&t.bytes);
}

/* Relocations that a linker left (--emit-relocs). */

static void
put_relocation(struct wf_buffer *out, const struct wf_test_machine *m, uint32_t symbol,
               bool addend)
{
    const enum wf_endian endian = m->endian;

    wf_test_put(out, 0x1234, m->bits / 8, endian);
    if (m->bits == 32) {
        wf_test_put(out, symbol << 8 | 7, 4, endian);
    } else if (m->machine == EM_MIPS) {
        wf_test_put(out, symbol, 4, endian);
        wf_buffer_add(out, "\0\0\0\7", 4);
    } else {
        wf_test_put(out, (uint64_t)symbol << 32 | 7, 8, endian);
    }
    if (addend)
        wf_test_put(out, 5, m->bits / 8, endian);
}

static struct wf_test_section
relocations_section(const struct wf_test_machine *m, const struct wf_buffer *bytes,
                    bool addend)
{
    return (struct wf_test_section){
        .name = ".rel.text",
        .type = addend ? SHT_RELA : SHT_REL,
        .flags = SHF_INFO_LINK,
        .link = ".symtab",
        .subject = ".text",
        .align = 8,
        .entry_len = (size_t)m->bits / 8 * (addend ? 3 : 2),
        .content = bytes->data,
        .len = bytes->len,
    };
}

static void
check_relocations(const char *name, bool addend)
{
    struct table t = usual_table(name);
    struct wf_buffer before, after;

    wf_buffer_init(&before, 1 << 20);
    wf_buffer_init(&after, 1 << 20);
    put_relocation(&before, t.machine, 2, addend);  /* the section symbol of .text */
    put_relocation(&before, t.machine, 10, addend); /* undefined */
    put_relocation(&before, t.machine, 0, addend);
    put_relocation(&after, t.machine, 1, addend);
    put_relocation(&after, t.machine, 2, addend);
    put_relocation(&after, t.machine, 0, addend);
    const struct wf_test_section sections[] = {
        DEBUG_INFO,
        COMMENT,
        relocations_section(t.machine, &before, addend),
        symbols_section(&t),
        strings_section,
    };
    struct stripping s = build_with(name, sections, 5);

    strip_at(&s, WF_STRIP_UNNEEDED);
    assert_true(s.ok);
    assert_string_equal(symbol_list(&s), ": :.text undefined: ");
    assert_int_equal(header_named(&s, ".symtab")->info, 2);
    assert_true(wf_bytes_equal(bytes_named(&s, ".rel.text"), wf_buffer_bytes(&after)));
    assert_int_equal(header_named(&s, ".rel.text")->link,
                     wf_test_section_idx(&s.sections, ".symtab"));
    assert_int_equal(header_named(&s, ".rel.text")->info,
                     wf_test_section_idx(&s.sections, ".text"));
    strip_at(&s, WF_STRIP_DEBUG);
    assert_non_null(strstr(symbol_list(&s), ": :.text local:.text able:.comment"));
    strip_at(&s, WF_STRIP_ALL);
    assert_true(s.ok);
    assert_int_equal(wf_test_section_idx(&s.sections, ".rel.text"), 0);
    assert_int_equal(wf_test_section_idx(&s.sections, ".symtab"), 0);
    end_stripping(&s);
    wf_buffer_clear(&before);
    wf_buffer_clear(&after);
    wf_buffer_clear(&t.bytes);
}

static void
symbols_that_relocations_use_stay_and_relocations_follow(void **state)
{
    (void)state;
    for (size_t i = 0; i < WF_COUNT(strip_machines); i++) {
        check_relocations(strip_machines[i], true);
        check_relocations(strip_machines[i], false);
    }
}

static void
a_used_symbol_of_a_section_that_goes_becomes_absolute(void **state)
{
    struct table t = usual_table("x86_64");
    struct wf_buffer bytes;

    (void)state;
    wf_buffer_init(&bytes, 1 << 20);
    put_relocation(&bytes, t.machine, 5, true);
    const struct wf_test_section sections[] = {
        DEBUG_INFO,
        COMMENT,
        relocations_section(t.machine, &bytes, true),
        symbols_section(&t),
        strings_section,
    };
    struct stripping s = build_with("x86_64", sections, 5);

    strip_at(&s, WF_STRIP_UNNEEDED);
    assert_true(s.ok);
    assert_string_equal(symbol_list(&s), ": in_debug:- ");
    end_stripping(&s);
    wf_buffer_clear(&bytes);
    wf_buffer_clear(&t.bytes);
}

/* Groups. */

static void
members_of_groups_get_new_numbers_and_an_empty_group_goes(void **state)
{
    struct table t = usual_table("s390x");
    static const uint8_t both[] = {
        0, 0, 0, 1, 0, 0, 0, IDX_DEBUG, 0, 0, 0, IDX_COMMENT
    };
    static const uint8_t one[] = { 0, 0, 0, 1, 0, 0, 0, IDX_DEBUG };

    (void)state;
    const struct wf_test_section sections[] = {
        DEBUG_INFO,
        COMMENT,
        { .name = ".group",
          .type = SHT_GROUP,
          .link = ".symtab",
          .info = 3,
          .align = 4,
          .entry_len = 4,
          .content = both,
          .len = sizeof both },
        { .name = ".gone",
          .type = SHT_GROUP,
          .link = ".symtab",
          .info = 4,
          .align = 4,
          .entry_len = 4,
          .content = one,
          .len = sizeof one },
        symbols_section(&t),
        strings_section,
    };
    struct stripping s = build_with("s390x", sections, 6);

    strip_at(&s, WF_STRIP_DEBUG);
    assert_true(s.ok);
    assert_int_equal(wf_test_section_idx(&s.sections, ".gone"), 0);
    const struct wf_bytes group = bytes_named(&s, ".group");

    assert_int_equal(group.len, 8);
    assert_int_equal(group.data[7], wf_test_section_idx(&s.sections, ".comment"));
    /* The symbol that names the group stays whatever it is. */
    assert_int_equal(header_named(&s, ".group")->info, 1);
    strip_at(&s, WF_STRIP_ALL);
    assert_int_equal(wf_test_section_idx(&s.sections, ".group"), 0);
    assert_int_not_equal(wf_test_section_idx(&s.sections, ".comment"), 0);
    end_stripping(&s);
    wf_buffer_clear(&t.bytes);
}

/* Extended section numbers. */

/* An image with `num` sections in front of .comment, and a symbol in .comment. */
static struct stripping
build_extended(const char *name, const char *filler, size_t num)
{
    struct table t = new_table(name);
    struct wf_buffer words;

    wf_buffer_init(&words, 1 << 10);
    put_symbol(&t, GLOBAL, STT_OBJECT, STB_GLOBAL, SHN_XINDEX);
    wf_test_put(&words, 0, 4, t.machine->endian);
    wf_test_put(&words, 9 + num, 4, t.machine->endian);
    const struct wf_test_section sections[] = {
        { .name = filler, .type = SHT_PROGBITS, .repeats = num - 1 },
        COMMENT,
        symbols_section(&t),
        { .name = ".symtab_shndx",
          .type = SHT_SYMTAB_SHNDX,
          .link = ".symtab",
          .align = 4,
          .entry_len = 4,
          .content = words.data,
          .len = words.len },
        strings_section,
        DEBUG_INFO,
    };
    struct stripping s = build_with(name, sections, 6);

    wf_buffer_clear(&words);
    wf_buffer_clear(&t.bytes);
    return s;
}

static void
extended_section_numbers_follow_their_sections(void **state)
{
    static const char *const both[] = { "x86_64", "s390x" };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct stripping s = build_extended(both[i], ".note", 66000);

        strip_at(&s, WF_STRIP_DEBUG);
        assert_true(s.ok);
        struct wf_reader r =
            wf_reader_over(bytes_named(&s, ".symtab_shndx"), s.machine->endian);

        assert_int_equal(wf_read_u32(&r), 0);
        assert_int_equal(wf_read_u32(&r), wf_test_section_idx(&s.sections, ".comment"));
        assert_int_equal(r.rest.len, 0);
        assert_int_equal(header_named(&s, ".symtab_shndx")->link,
                         wf_test_section_idx(&s.sections, ".symtab"));
        end_stripping(&s);
    }
}

static void
extended_section_numbers_go_when_nobody_needs_them(void **state)
{
    struct stripping s = build_extended("x86_64", ".debug_x", 66000);

    (void)state;
    strip_at(&s, WF_STRIP_DEBUG);
    assert_true(s.ok);
    assert_int_equal(wf_test_section_idx(&s.sections, ".symtab_shndx"), 0);
    assert_string_equal(symbol_list(&s), ": global:.comment ");
    end_stripping(&s);
}

/* Damage. */

static void
expect_malformed(const struct wf_test_section *sections, size_t num, const char *text)
{
    struct stripping s = build_with("x86_64", sections, num);

    strip_at(&s, WF_STRIP_DEBUG);
    assert_false(s.ok);
    assert_int_equal(s.err.kind, WF_ERR_MALFORMED);
    assert_true(s.err.has_offset);
    /* Behind "at 0x…: ". */
    assert_non_null(strstr(s.err.text, ": "));
    assert_string_equal(strstr(s.err.text, ": ") + 2, text);
    end_stripping(&s);
}

static void
tables_that_make_no_sense_are_refused(void **state)
{
    struct table t = usual_table("x86_64");
    const struct wf_test_section symbols = symbols_section(&t);
    struct wf_test_section sections[] = { symbols, symbols, strings_section };

    (void)state;
    expect_malformed(sections, 3,
                     "section 10 is a second symbol table; section 9 is one");
    sections[0].entry_len = 23;
    sections[1] = strings_section;
    expect_malformed(sections, 2,
                     "the symbol table has entries of 23 bytes; they have 24");
    sections[0] = symbols;
    sections[0].link = ".text";
    expect_malformed(sections, 2,
                     "the symbol table has its names in section 7, which is no string "
                     "table");
    sections[0] = symbols;
    sections[1].len = 20;
    expect_malformed(sections, 2, "symbol 5 has its name at 0x33 of 20 bytes of names");
    wf_buffer_clear(&t.bytes);
}

static void
names_without_an_end_are_refused(void **state)
{
    struct table t = new_table("x86_64");

    (void)state;
    put_symbol(&t, FILE_C, STT_FILE, STB_LOCAL, SHN_ABS);
    put_symbol(&t, TABLE, STT_FUNC, STB_GLOBAL, IDX_TEXT);
    struct wf_test_section sections[] = { symbols_section(&t), strings_section };

    sections[1].len = 12;
    expect_malformed(sections, 2, "the last name of a table of 12 bytes has no end");
    wf_buffer_clear(&t.bytes);
}

static void
extended_numbers_that_make_no_sense_are_refused(void **state)
{
    struct table t = new_table("x86_64");

    (void)state;
    put_symbol(&t, GLOBAL, STT_OBJECT, STB_GLOBAL, SHN_XINDEX);
    const struct wf_test_section sections[] = {
        symbols_section(&t),
        strings_section,
        { .name = ".symtab_shndx",
          .type = SHT_SYMTAB_SHNDX,
          .link = ".symtab",
          .align = 4,
          .entry_len = 4,
          .content = "\0\0\0\0\xff\0\0\0",
          .len = 8 },
    };
    struct wf_test_section shorter[] = { sections[0], sections[1], sections[2] };

    shorter[2].len = 4;
    expect_malformed(sections, 2, "symbol 1 has an extended section number; there are 0");
    expect_malformed(shorter, 3, "symbol 1 has an extended section number; there are 1");
    expect_malformed(sections, 3, "symbol 1 is in section 255; there are 13");
    wf_buffer_clear(&t.bytes);
}

static void
relocations_that_make_no_sense_are_refused(void **state)
{
    struct table t = usual_table("x86_64");
    struct wf_buffer bytes;

    (void)state;
    wf_buffer_init(&bytes, 1 << 20);
    put_relocation(&bytes, t.machine, 12, true);
    struct wf_test_section sections[] = {
        DEBUG_INFO,
        COMMENT,
        relocations_section(t.machine, &bytes, true),
        symbols_section(&t),
        strings_section,
    };

    expect_malformed(sections, 5, "a relocation is for symbol 12; there are 12");
    sections[2].entry_len = 16;
    expect_malformed(sections, 5,
                     "a relocation section has entries of 16 bytes; they have 24");
    wf_buffer_clear(&bytes);
    wf_buffer_clear(&t.bytes);
}

static void
every_changed_byte_gives_a_result_or_an_error(void **state)
{
    static const uint8_t values[] = { 0, 1, 0x80, 0xff };
    struct table t = usual_table("i686");
    struct wf_buffer bytes;

    (void)state;
    wf_buffer_init(&bytes, 1 << 20);
    put_relocation(&bytes, t.machine, 2, false);
    const struct wf_test_section sections[] = {
        DEBUG_INFO,
        COMMENT,
        { .name = ".group",
          .type = SHT_GROUP,
          .link = ".symtab",
          .info = 3,
          .align = 4,
          .entry_len = 4,
          .content = "\1\0\0\0\x0a\0\0\0",
          .len = 8 },
        relocations_section(t.machine, &bytes, false),
        symbols_section(&t),
        strings_section,
    };
    struct stripping s = build_with("i686", sections, 6);

    for (size_t at = 0; at < s.image.len; at++) {
        const uint8_t old = s.image.data[at];

        for (size_t i = 0; i < WF_COUNT(values); i++) {
            const struct wf_bytes exact = exact_copy(s.image.data, s.image.len);

            ((uint8_t *)(uintptr_t)exact.data)[at] = values[i];
            s.err = (struct wf_error){ 0 };
            wf_buffer_reset(&s.out);
            if (!wf_elf_strip(&s.out, exact, WF_STRIP_DEBUG, &s.err))
                assert_true(s.err.text[0] != '\0' && s.out.len == 0);
            else
                assert_true(s.out.len <= 2 * s.image.len);
            free_exact(exact);
        }
        s.image.data[at] = old;
    }
    end_stripping(&s);
    wf_buffer_clear(&bytes);
    wf_buffer_clear(&t.bytes);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            debug_level_drops_file_and_section_symbols_and_those_of_debug_sections),
        cmocka_unit_test(names_of_symbols_that_went_are_cut_out_and_tails_stay_shared),
        cmocka_unit_test(a_table_that_loses_all_symbols_goes),
        cmocka_unit_test(names_that_somebody_else_uses_stay_whole),
        cmocka_unit_test(one_table_of_names_for_sections_and_symbols_stays_whole),
        cmocka_unit_test(symbols_that_relocations_use_stay_and_relocations_follow),
        cmocka_unit_test(a_used_symbol_of_a_section_that_goes_becomes_absolute),
        cmocka_unit_test(members_of_groups_get_new_numbers_and_an_empty_group_goes),
        cmocka_unit_test(extended_section_numbers_follow_their_sections),
        cmocka_unit_test(extended_section_numbers_go_when_nobody_needs_them),
        cmocka_unit_test(tables_that_make_no_sense_are_refused),
        cmocka_unit_test(names_without_an_end_are_refused),
        cmocka_unit_test(extended_numbers_that_make_no_sense_are_refused),
        cmocka_unit_test(relocations_that_make_no_sense_are_refused),
        cmocka_unit_test(every_changed_byte_gives_a_result_or_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
