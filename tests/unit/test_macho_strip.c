/* test_macho_strip.c -- which symbols go, and that everything else says the same. */
#include "../support/macho_builder.h"
#include "../support/unit.h"

#include "object/macho_file.h"
#include "object/macho_strip.h"
#include "object/object.h"

enum { MOST = 1 << 22 };

/* Three debug symbols, two local ones, two exports, two imports. */
#define SYMBOLS                                                                          \
    "'stabs': 3, 'locals': 2, 'exports': ['_one', '_two'], 'imports': ['_puts', "        \
    "'_exit']"
#define LIBRARY "{" SYMBOLS "}"
static const char all_symbols[] = "/build/stab0.o /build/stab1.o /build/stab2.o _local0 "
                                  "_local1 _one _two _puts _exit ";

struct stripping {
    struct wf_arena arena;
    struct wf_buffer in;
    struct wf_buffer out;
    struct wf_error err;
};

static void
start(struct stripping *t, const char *recipe)
{
    *t = (struct stripping){ 0 };
    wf_buffer_init(&t->in, MOST);
    wf_buffer_init(&t->out, MOST);
    if (!wf_test_macho_from_text(recipe, &t->in, &t->err))
        fail_msg("%s", t->err.text);
}

static void
end(struct stripping *t)
{
    wf_buffer_clear(&t->in);
    wf_buffer_clear(&t->out);
    wf_arena_clear(&t->arena);
}

static bool
try_strip(struct stripping *t, enum wf_macho_strip level)
{
    const struct wf_bytes exact = exact_copy(t->in.data, t->in.len);

    t->err = (struct wf_error){ 0 };
    wf_buffer_reset(&t->out);
    const bool ok = wf_macho_strip_slice(&t->out, exact, level, &t->err);

    free_exact(exact);
    return ok;
}

static void
strip(struct stripping *t, enum wf_macho_strip level)
{
    if (!try_strip(t, level))
        fail_msg("%s", t->err.text);
}

/* A load command of a slice in memory, and a reader of its fields. */
static struct wf_macho_command
command_of(struct wf_macho_header *header, const struct wf_buffer *slice, uint32_t number)
{
    struct wf_macho_command command;

    assert_true(wf_macho_read_header(header, wf_buffer_bytes(slice), NULL));
    struct wf_macho_walk walk = wf_macho_walk_over(header);

    while (wf_macho_next(&command, &walk, NULL))
        if (command.command == number)
            return command;
    fail_msg("no load command %#x", number);
    return command;
}

static uint32_t
field(const struct wf_buffer *slice, uint32_t number, size_t off)
{
    struct wf_macho_header header;
    const struct wf_macho_command command = command_of(&header, slice, number);

    return wf_macho_word(&header, &command, off);
}

static uint32_t
word(const struct wf_buffer *slice, size_t off)
{
    struct wf_macho_header header;

    assert_true(wf_macho_read_header(&header, wf_buffer_bytes(slice), NULL));
    struct wf_reader r =
        wf_reader_over(wf_bytes_skip(wf_buffer_bytes(slice), off), header.endian);

    return wf_read_u32(&r);
}

static size_t
symbol_at(const struct wf_buffer *slice, size_t i)
{
    struct wf_macho_header header;

    command_of(&header, slice, LC_SYMTAB);
    return field(slice, LC_SYMTAB, 8) + i * (header.is_64 ? 16 : 12);
}

static const char *
name_of(const struct wf_buffer *slice, size_t i)
{
    return (const char *)slice->data + field(slice, LC_SYMTAB, 16) +
           word(slice, symbol_at(slice, i));
}

/* The names of all symbols in their order, each with a space behind it. */
static const char *
symbols_of(struct stripping *t, const struct wf_buffer *slice)
{
    const char *all = "";

    for (size_t i = 0; i < field(slice, LC_SYMTAB, 12); i++)
        all = wf_arena_printf(&t->arena, "%s%s ", all, name_of(slice, i));
    return all;
}

/* The names that the indirect symbol table leads to. */
static const char *
indirect_of(struct stripping *t, const struct wf_buffer *slice)
{
    const uint32_t off = field(slice, LC_DYSYMTAB, 56);
    const char *all = "";

    for (size_t i = 0; i < field(slice, LC_DYSYMTAB, 60); i++)
        all = wf_arena_printf(&t->arena, "%s%s ", all,
                              name_of(slice, word(slice, off + i * 4)));
    return all;
}

#define assert_symbols(t_, text_) assert_string_equal(symbols_of(t_, &(t_)->out), text_)

static void
debug_symbols_go_at_the_first_level(void **state)
{
    struct stripping t;

    (void)state;
    start(&t, LIBRARY);
    assert_string_equal(symbols_of(&t, &t.in), all_symbols);
    strip(&t, WF_MACHO_STRIP_DEBUG);
    assert_symbols(&t, "_local0 _local1 _one _two _puts _exit ");
    end(&t);
}

static void
local_symbols_go_too_at_the_second(void **state)
{
    struct stripping t;

    (void)state;
    start(&t, LIBRARY);
    strip(&t, WF_MACHO_STRIP_LOCAL);
    assert_symbols(&t, "_one _two _puts _exit ");
    end(&t);
}

/* Nothing to take, and nothing asked: not a byte changes, and the signature stays. */
static void
a_slice_with_nothing_to_take_stays_as_it_is(void **state)
{
    static const struct {
        const char *recipe;
        enum wf_macho_strip level;
    } rows[] = {
        { "{'signature': 'linker', 'exports': ['_one']}", WF_MACHO_STRIP_LOCAL },
        { "{'signature': 'linker', 'locals': 2}", WF_MACHO_STRIP_DEBUG },
        { "{'without': ['LC_SYMTAB', 'LC_DYSYMTAB']}", WF_MACHO_STRIP_LOCAL },
        { LIBRARY, WF_MACHO_STRIP_NOTHING },
        { "{'type': 'object', 'locals': 2}", WF_MACHO_STRIP_NOTHING },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct stripping t;

        start(&t, rows[i].recipe);
        strip(&t, rows[i].level);
        assert_true(wf_bytes_equal(wf_buffer_bytes(&t.in), wf_buffer_bytes(&t.out)));
        end(&t);
    }
}

static void
stripping_again_changes_nothing(void **state)
{
    static const char *const recipes[] = {
        LIBRARY,
        "{'signature': 'adhoc', " SYMBOLS "}",
        "{'arch': 'i386', 'signature': 'linker', " SYMBOLS "}",
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(recipes); i++)
        for (int level = WF_MACHO_STRIP_DEBUG; level <= WF_MACHO_STRIP_LOCAL; level++) {
            struct stripping t;

            start(&t, recipes[i]);
            strip(&t, (enum wf_macho_strip)level);
            const struct wf_buffer once = t.out;

            wf_buffer_clear(&t.in);
            t.in = once;
            wf_buffer_init(&t.out, MOST);
            strip(&t, (enum wf_macho_strip)level);
            assert_true(wf_bytes_equal(wf_buffer_bytes(&t.in), wf_buffer_bytes(&t.out)));
            end(&t);
        }
}

static void
what_names_symbols_by_number_is_brought_up_to_date(void **state)
{
    static const char *const archs[] = { "arm64", "x86_64", "i386", "ppc" };
    const uint32_t ranges[] = { 0, 0, 0, 2, 2, 2 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(archs); i++) {
        struct wf_arena arena = { 0 };
        struct stripping t;

        start(&t, wf_arena_printf(&arena, "{'arch': '%s', " SYMBOLS "}", archs[i]));
        assert_string_equal(indirect_of(&t, &t.in), "_puts _exit ");
        strip(&t, WF_MACHO_STRIP_LOCAL);
        assert_symbols(&t, "_one _two _puts _exit ");
        assert_string_equal(indirect_of(&t, &t.out), "_puts _exit ");
        for (size_t k = 0; k < WF_COUNT(ranges); k++)
            assert_int_equal(field(&t.out, LC_DYSYMTAB, 8 + 4 * k), ranges[k]);
        end(&t);
        wf_arena_clear(&arena);
    }
}

static void
the_segment_ends_where_the_slice_does(void **state)
{
    struct stripping t;

    (void)state;
    start(&t, "{'stabs': 3000, 'exports': ['_one']}");
    const struct wf_buffer *in = &t.in;
    const struct wf_buffer *out = &t.out;

    strip(&t, WF_MACHO_STRIP_DEBUG);
    const size_t at = wf_test_macho_find(in, 0, LC_SEGMENT_64, 1);

    assert_memory_equal(in->data + at + 8, "__LINKEDIT", 11);
    assert_int_equal(word(out, at + 40) + word(out, at + 48), out->len);
    assert_true(word(in, at + 32) > word(out, at + 32)); /* in memory, too */
    assert_int_equal(word(out, at + 32) % 0x4000, 0);
    assert_true(word(out, at + 32) >= word(out, at + 48));
    /* 3000 symbols of 16 bytes and names of 17 are gone. */
    assert_true(in->len - out->len > 3000 * 32);
    end(&t);
}

/* The signature's place is the end of the slice; who edits next fills it. */
static void
an_old_signature_leaves_its_command(void **state)
{
    struct stripping t;

    (void)state;
    start(&t, "{'signature': 'adhoc', " SYMBOLS "}");
    assert_true(field(&t.in, LC_CODE_SIGNATURE, 12) > 0);
    strip(&t, WF_MACHO_STRIP_LOCAL);
    assert_int_equal(field(&t.out, LC_CODE_SIGNATURE, 8), t.out.len);
    assert_int_equal(field(&t.out, LC_CODE_SIGNATURE, 12), 0);
    assert_int_equal(t.out.len % 16, 0);
    end(&t);
}

/* Function starts stand before the symbols, the indirect table behind them. */
static void
other_tables_keep_their_bytes_order_and_alignment(void **state)
{
    static const struct {
        uint32_t command;
        size_t off;
    } tables[] = {
        { LC_DYLD_INFO_ONLY, 16 }, { LC_DYLD_INFO_ONLY, 40 }, { LC_FUNCTION_STARTS, 8 },
        { LC_DATA_IN_CODE, 8 },    { LC_SYMTAB, 8 },          { LC_DYSYMTAB, 56 },
        { LC_SYMTAB, 16 },
    };
    struct stripping t;

    (void)state;
    start(&t, LIBRARY);
    strip(&t, WF_MACHO_STRIP_LOCAL);
    for (size_t i = 0; i < WF_COUNT(tables); i++) {
        const uint32_t before = field(&t.in, tables[i].command, tables[i].off);
        const uint32_t after = field(&t.out, tables[i].command, tables[i].off);

        assert_true(after <= before);
        assert_int_equal(before % 8, after % 8);
        if (i < 3)
            assert_memory_equal(t.in.data + before, t.out.data + after,
                                field(&t.in, tables[i].command, tables[i].off + 4));
        for (size_t k = 0; k < i; k++)
            assert_int_equal(before < field(&t.in, tables[k].command, tables[k].off),
                             after < field(&t.out, tables[k].command, tables[k].off));
    }
    assert_memory_equal(t.in.data + 4096, t.out.data + 4096, 4096);
    end(&t);
}

/* Symbol 3 is _local0: each row makes it stay for a reason of its own. */
static void
local_symbols_stay_that_are_needed(void **state)
{
    static const struct {
        size_t off; /* in the nlist */
        uint8_t value;
        const char *left;
    } rows[] = {
        { 6, 0x10, "_local0 _one _two _puts _exit " }, /* REFERENCED_DYNAMICALLY */
        { 4, 0x00, "_local0 _one _two _puts _exit " }, /* undefined */
        { 4, 0x0f, "_local0 _one _two _puts _exit " }, /* external */
        { 4, 0x1f, "_local0 _one _two _puts _exit " }, /* private external */
        { 4, 0x1e, "_one _two _puts _exit " },         /* was private, is local by now */
        { 4, 0x02, "_one _two _puts _exit " },         /* absolute */
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct stripping t;

        start(&t, LIBRARY);
        t.in.data[symbol_at(&t.in, 3) + rows[i].off] = rows[i].value;
        strip(&t, WF_MACHO_STRIP_LOCAL);
        assert_symbols(&t, rows[i].left);
        end(&t);
    }
}

static void
symbols_of_the_indirect_table_stay(void **state)
{
    struct stripping t;

    (void)state;
    start(&t, LIBRARY);
    const size_t table = field(&t.in, LC_DYSYMTAB, 56);

    wf_test_macho_set(&t.in, table, 4); /* _local1 */
    strip(&t, WF_MACHO_STRIP_LOCAL);
    assert_symbols(&t, "_local1 _one _two _puts _exit ");
    assert_string_equal(indirect_of(&t, &t.out), "_local1 _exit ");
    wf_test_macho_set(&t.in, table, 0x80000004); /* local: no number of a symbol */
    wf_test_macho_set(&t.in, table + 4, 0x40000000);
    strip(&t, WF_MACHO_STRIP_LOCAL);
    assert_symbols(&t, "_one _two _puts _exit ");
    assert_int_equal(word(&t.out, field(&t.out, LC_DYSYMTAB, 56)), 0x80000004);
    end(&t);
}

/* N_INDR: the value is another name, which stays and is found again. */
static void
names_that_are_values_stay(void **state)
{
    struct stripping t;

    (void)state;
    start(&t, LIBRARY);
    const size_t at = symbol_at(&t.in, 5); /* _one */

    t.in.data[at + 4] = 0x0b;
    wf_test_macho_set(&t.in, at + 8, word(&t.in, symbol_at(&t.in, 4)));
    wf_test_macho_set(&t.in, at + 12, 0);
    strip(&t, WF_MACHO_STRIP_LOCAL);
    const uint32_t value = word(&t.out, symbol_at(&t.out, 0) + 8);

    assert_string_equal((const char *)t.out.data + field(&t.out, LC_SYMTAB, 16) + value,
                        "_local1");
    end(&t);
}

/* A table of relocations where a split info was: {address, symbol number and bits}. */
static void
external_relocations_are_renumbered(void **state)
{
    struct stripping t;

    (void)state;
    start(&t, "{'arch': 'x86_64', 'commands': [{'command': 'LC_SEGMENT_SPLIT_INFO', "
              "'data': '00100000080000be0810000003000020'}], " SYMBOLS "}");
    const size_t split = wf_test_macho_find(&t.in, 0, LC_SEGMENT_SPLIT_INFO, 0);
    const size_t dysymtab = wf_test_macho_find(&t.in, 0, LC_DYSYMTAB, 0);

    wf_test_macho_set(&t.in, dysymtab + 64, word(&t.in, split + 8));
    wf_test_macho_set(&t.in, dysymtab + 68, 2);
    wf_test_macho_set(&t.in, split + 12, 0);
    strip(&t, WF_MACHO_STRIP_LOCAL);
    assert_symbols(&t, "_local0 _one _two _puts _exit ");
    const size_t off = word(&t.out, dysymtab + 64);

    assert_int_equal(word(&t.out, off + 4), 0xbe000004);  /* _exit */
    assert_int_equal(word(&t.out, off + 12), 0x20000000); /* _local0 */
    wf_test_macho_set(&t.in, word(&t.in, dysymtab + 64) + 4, 9);
    assert_false(try_strip(&t, WF_MACHO_STRIP_LOCAL));
    assert_error(t.err, WF_ERR_MALFORMED,
                 wf_arena_printf(&t.arena,
                                 "at 0x%x: an external relocation names symbol 9 of 9",
                                 word(&t.in, dysymtab + 64) + 4));
    end(&t);
}

static void
facts_of_libraries_stay(void **state)
{
    static const char *const recipes[] = {
        "{'signature': 'adhoc', " SYMBOLS "}",
        "{'bound_by': 'chained', " SYMBOLS "}",
        "{'bound_by': 'symbols', 'type': 'bundle', 'stabs': 3, 'exports': ['_PyInit_x']}",
    };
    const struct wf_limits limits = wf_limits_standard();

    (void)state;
    for (size_t i = 0; i < WF_COUNT(recipes); i++) {
        struct wf_object_file a, b;
        struct stripping t;

        start(&t, recipes[i]);
        strip(&t, WF_MACHO_STRIP_LOCAL);
        assert_true(
            wf_object_read(&a, &t.arena, "x.so", wf_buffer_bytes(&t.in), &limits, NULL));
        assert_true(
            wf_object_read(&b, &t.arena, "x.so", wf_buffer_bytes(&t.out), &limits, NULL));
        assert_int_equal(a.objects->num_imports, b.objects->num_imports);
        for (size_t k = 0; k < a.objects->num_imports; k++)
            assert_string_equal(a.objects->imports[k].name, b.objects->imports[k].name);
        assert_int_equal(a.objects->num_exports, b.objects->num_exports);
        assert_int_equal(a.objects->kind, b.objects->kind);
        assert_string_equal(a.objects->build_id, b.objects->build_id);
        assert_null(b.objects->macho->why_not_signable);
        assert_int_equal(a.objects->macho->num_faults, b.objects->macho->num_faults);
        end(&t);
    }
}

static void
what_is_no_final_image_is_refused(void **state)
{
    static const struct {
        const char *recipe;
        const char *text;
    } rows[] = {
        { "{'type': 'object', 'stabs': 1}",
          "at 0xc: only libraries, bundles and programs are stripped; this is a file of "
          "type 1" },
        { "{'type': 'kext', 'stabs': 1}",
          "at 0xc: only libraries, bundles and programs are stripped; this is a file of "
          "type 11" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct stripping t;

        start(&t, rows[i].recipe);
        assert_false(try_strip(&t, WF_MACHO_STRIP_DEBUG));
        assert_error(t.err, WF_ERR_REFUSED, rows[i].text);
        assert_int_equal(t.out.len, 0);
        end(&t);
    }
}

static void
bytes_behind_the_signature_are_refused(void **state)
{
    struct stripping t;

    (void)state;
    start(&t, "{'signature': 'adhoc', " SYMBOLS "}");
    const size_t len = t.in.len;

    wf_buffer_add(&t.in, "12345678", 8);
    assert_false(try_strip(&t, WF_MACHO_STRIP_DEBUG));
    assert_error(t.err, WF_ERR_REFUSED,
                 wf_arena_printf(&t.arena,
                                 "the slice is not stripped: __LINKEDIT ends at %zu, and "
                                 "the image at %zu",
                                 len, len + 8));
    end(&t);
}

/* Each row changes a word of a load command; the text is a part of the error's. */
static void
tables_that_make_no_sense_are_errors(void **state)
{
    static const struct {
        uint32_t command;
        size_t off;
        uint32_t value;
        enum wf_error_kind kind;
        const char *text;
    } rows[] = {
        { LC_SOURCE_VERSION, 0, 0x123, WF_ERR_REFUSED,
          "(0x123) is unknown, and may lead into __LINKEDIT; its slice is not stripped" },
        { LC_DYSYMTAB, 36, 1, WF_ERR_REFUSED,
          "(0xb) has a table of contents, of modules or of references; its slice is not "
          "stripped" },
        { LC_DYSYMTAB, 44, 1, WF_ERR_REFUSED,
          "(0xb) has a table of contents, of modules or of references; its slice is not "
          "stripped" },
        { LC_DYSYMTAB, 52, 1, WF_ERR_REFUSED,
          "(0xb) has a table of contents, of modules or of references; its slice is not "
          "stripped" },
        { LC_DYSYMTAB, 12, 10, WF_ERR_MALFORMED,
          "LC_DYSYMTAB has a range of 10 symbols from 0; there are 9" },
        { LC_DYSYMTAB, 24, 8, WF_ERR_MALFORMED,
          "LC_DYSYMTAB has a range of 2 symbols from 8; there are 9" },
        { LC_SYMTAB, 12, 6, WF_ERR_MALFORMED,
          "the indirect symbol table names symbol 7 of 6" },
        { LC_SYMTAB, 20, 3, WF_ERR_MALFORMED,
          "symbol 5 has its name at 63 of a table of 3 bytes" },
        { LC_SYMTAB, 20, 68, WF_ERR_MALFORMED,
          "symbol 6 has its name at 68 of a table of 68 bytes" },
        { LC_SYMTAB, 20, 0xffff, WF_ERR_MALFORMED, "(0x2) has 65535 bytes at " },
        { LC_SYMTAB, 8, 0x40, WF_ERR_MALFORMED, " stand before __LINKEDIT" },
        { LC_FUNCTION_STARTS, 12, 0x20, WF_ERR_MALFORMED, "overlaps what ends at" },
        { LC_UUID, 0, LC_SYMTAB, WF_ERR_MALFORMED, "(0x2) is the second of its kind" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct stripping t;

        start(&t, LIBRARY);
        const size_t at = wf_test_macho_find(&t.in, 0, rows[i].command, 0);

        wf_test_macho_set(&t.in, at + rows[i].off, rows[i].value);
        assert_false(try_strip(&t, WF_MACHO_STRIP_LOCAL));
        if (t.err.kind != rows[i].kind || strstr(t.err.text, rows[i].text) == NULL)
            fail_msg("row %zu: %s", i, t.err.text);
        assert_int_equal(t.out.len, 0);
        end(&t);
    }
}

static void
relocations_of_sections_are_refused(void **state)
{
    struct stripping t;

    (void)state;
    start(&t, LIBRARY);
    const size_t text = wf_test_macho_find(&t.in, 0, LC_SEGMENT_64, 0);

    wf_test_macho_set(&t.in, text + 72 + 56, 0x4000);
    wf_test_macho_set(&t.in, text + 72 + 60, 1);
    assert_false(try_strip(&t, WF_MACHO_STRIP_LOCAL));
    assert_error(t.err, WF_ERR_REFUSED,
                 "at 0x20: load command 0 (0x19) has a section with relocations; its "
                 "slice is not stripped");
    end(&t);
}

static void
a_buffer_that_is_too_small_is_an_error(void **state)
{
    struct stripping t;

    (void)state;
    start(&t, LIBRARY);
    strip(&t, WF_MACHO_STRIP_LOCAL);
    const size_t len = t.out.len;

    t.out.max = len - 1;
    assert_false(try_strip(&t, WF_MACHO_STRIP_LOCAL));
    assert_int_equal(t.err.kind, WF_ERR_LIMIT);
    end(&t);
}

/* A result is never larger, can be read, and is settled. */
static void
check_any(struct stripping *t)
{
    if (!try_strip(t, WF_MACHO_STRIP_LOCAL)) {
        assert_true(t->err.kind == WF_ERR_MALFORMED || t->err.kind == WF_ERR_REFUSED);
        assert_true(t->err.text[0] != '\0');
        assert_int_equal(t->out.len, 0);
        return;
    }
    assert_true(t->out.len <= t->in.len + 16);
}

static void
every_prefix_gives_a_result_or_an_error(void **state)
{
    struct stripping t;

    (void)state;
    start(&t, "{'page': 1024, 'signature': 'linker', " SYMBOLS "}");
    for (; t.in.len > 0; t.in.len--)
        check_any(&t);
    end(&t);
}

static void
every_changed_byte_gives_a_result_or_an_error(void **state)
{
    static const uint8_t changes[] = { 0x01, 0x80, 0xff };
    struct stripping t;

    (void)state;
    start(&t, "{'page': 1024, 'signature': 'linker', " SYMBOLS "}");
    for (size_t i = 0; i < t.in.len; i++)
        for (size_t k = 0; k < WF_COUNT(changes); k++) {
            t.in.data[i] ^= changes[k];
            check_any(&t);
            t.in.data[i] ^= changes[k];
        }
    end(&t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(debug_symbols_go_at_the_first_level),
        cmocka_unit_test(local_symbols_go_too_at_the_second),
        cmocka_unit_test(a_slice_with_nothing_to_take_stays_as_it_is),
        cmocka_unit_test(stripping_again_changes_nothing),
        cmocka_unit_test(what_names_symbols_by_number_is_brought_up_to_date),
        cmocka_unit_test(the_segment_ends_where_the_slice_does),
        cmocka_unit_test(an_old_signature_leaves_its_command),
        cmocka_unit_test(other_tables_keep_their_bytes_order_and_alignment),
        cmocka_unit_test(local_symbols_stay_that_are_needed),
        cmocka_unit_test(symbols_of_the_indirect_table_stay),
        cmocka_unit_test(names_that_are_values_stay),
        cmocka_unit_test(external_relocations_are_renumbered),
        cmocka_unit_test(facts_of_libraries_stay),
        cmocka_unit_test(what_is_no_final_image_is_refused),
        cmocka_unit_test(bytes_behind_the_signature_are_refused),
        cmocka_unit_test(tables_that_make_no_sense_are_errors),
        cmocka_unit_test(relocations_of_sections_are_refused),
        cmocka_unit_test(a_buffer_that_is_too_small_is_an_error),
        cmocka_unit_test(every_prefix_gives_a_result_or_an_error),
        cmocka_unit_test(every_changed_byte_gives_a_result_or_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
