/* test_elf_image.c -- headers of every class and byte order, and what is refused there. */
#include "../support/elf_reading.h"

#include <stdio.h>

/* Offsets in a 64-bit ELF header and program header. */
enum {
    E_CLASS = 4,
    E_DATA = 5,
    E_VERSION_IDENT = 6,
    E_TYPE = 16,
    E_VERSION = 20,
    E_PHOFF = 32,
    E_PHENTSIZE = 54,
    E_PHNUM = 56,
    HEADER_LEN = 64,
    PHDR_LEN = 56,
    P_OFFSET = 8,
    P_VADDR = 16,
    P_FILESZ = 32,
    P_MEMSZ = 40,
    P_ALIGN = 48,
};

/* A shared object with a bit of everything: two PT_LOADs are its first headers. */
static const char *const some_needed[] = { "libc.so.6", "libm.so.6", NULL };
static const struct wf_test_symbol some_imports[] = {
    { .name = "memcpy", .version = "GLIBC_2.14", .library = "libc.so.6" },
    { .name = "exp", .version = "GLIBC_2.29", .library = "libm.so.6", .weak = true },
    { .name = "PyModule_Create2" },
    { 0 },
};
static const struct wf_test_symbol some_exports[] = {
    { .name = "PyInit_demo" },
    { .name = "other", .object = true },
    { 0 },
};
static const struct wf_test_marker some_markers[] = {
    { .library = "libc.so.6", .version = "GLIBC_ABI_DT_RELR" },
    { 0 },
};

static struct wf_test_elf
full_recipe(const char *machine_name)
{
    return (struct wf_test_elf){
        .machine = machine(machine_name),
        .needed = some_needed,
        .imports = some_imports,
        .exports = some_exports,
        .markers = some_markers,
        .soname = "libdemo.so",
        .runpath = "$ORIGIN/../demo.libs",
        .isa_needed_bits = 4,
        .build_id = { 0xde, 0xad },
        .build_id_len = 2,
        .hash = WF_TEST_HASH_BOTH,
        .relocations = true,
        .relro = true,
    };
}

static void
reads_the_same_facts_on_every_machine(void **state)
{
    (void)state;
    for (size_t i = 0; i < wf_test_num_machines; i++) {
        const struct wf_test_machine *m = &wf_test_machines[i];
        const struct wf_test_elf recipe = full_recipe(m->name);
        struct elf_reading r = read_elf(&recipe, "pkg/demo.so");
        const struct wf_object *o = r.object;

        assert_non_null(o);
        assert_int_equal(o->bits, m->bits);
        assert_int_equal(o->endian, m->endian);
        assert_int_equal(o->machine, m->machine);
        assert_int_equal(o->flags, m->flags);
        assert_int_equal(o->format, WF_FORMAT_ELF);
        if (o->kind != WF_KIND_DEVICE) {
            assert_int_equal(o->kind, WF_KIND_EXTENSION);
            assert_int_equal(o->num_needed, 2);
            assert_string_equal(o->needed[1], "libm.so.6");
            assert_int_equal(o->num_version_needs, 3);
            assert_int_equal(o->num_imports, 3);
            assert_string_equal(o->imports[1].name, "exp");
            assert_string_equal(o->version_needs[o->imports[1].need].version,
                                "GLIBC_2.29");
            assert_int_equal(o->imports[2].need, -1);
            assert_int_equal(o->num_exports, 2);
            assert_string_equal(o->build_id, "dead");
            assert_string_equal(o->soname, "libdemo.so");
            assert_int_equal(o->num_section_differences, 0);
        }
        end_reading(&r);
    }
}

static void
reads_all_kinds_of_hash_alike(void **state)
{
    static const char *const machines[] = { "x86_64", "i686", "s390x", "ppc64", "mips" };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(machines); i++)
        for (enum wf_test_hash hash = WF_TEST_HASH_GNU; hash <= WF_TEST_HASH_NONE;
             hash++) {
            struct wf_test_elf recipe = full_recipe(machines[i]);

            recipe.hash = hash;
            struct elf_reading r = read_elf(&recipe, "demo.so");

            assert_non_null(r.object);
            assert_int_equal(r.object->num_imports, 3);
            assert_int_equal(r.object->num_exports, 2);
            assert_int_equal(r.object->kind, WF_KIND_EXTENSION);
            end_reading(&r);
        }
}

static void
an_object_without_section_headers_gives_the_same_facts(void **state)
{
    struct wf_test_elf recipe = full_recipe("x86_64");
    struct elf_reading with = read_elf(&recipe, "demo.so");

    (void)state;
    recipe.no_sections = true;
    struct elf_reading without = read_elf(&recipe, "demo.so");
    const struct wf_object *a = with.object, *b = without.object;

    assert_non_null(a);
    assert_non_null(b);
    assert_true(a->has_sections);
    assert_false(b->has_sections);
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->num_imports, b->num_imports);
    assert_int_equal(a->num_exports, b->num_exports);
    assert_int_equal(a->num_version_needs, b->num_version_needs);
    assert_int_equal(a->isa_needed, b->isa_needed);
    assert_string_equal(a->build_id, b->build_id);
    assert_string_equal(a->runpath, b->runpath);
    assert_int_equal(b->num_section_differences, 0);
    end_reading(&with);
    end_reading(&without);
}

/* Reads a full image that was poked at one place and compares the error. */
static void
expect_error(size_t off, uint64_t value, size_t len, uint64_t err_off, const char *text)
{
    const struct wf_test_elf recipe = full_recipe("x86_64");
    struct elf_reading r = build_elf(&recipe);

    wf_test_poke(&r.image, off, value, len, WF_LITTLE);
    read_image(&r, "demo.so");
    assert_null(r.object);
    assert_error_at(r.err, WF_ERR_MALFORMED, err_off, text);
    end_reading(&r);
}

static void
refuses_headers_no_loader_knows(void **state)
{
    (void)state;
    expect_error(E_CLASS, 3, 1, 4,
                 "at 0x4: the class is 3; 1 (32-bit) and 2 (64-bit) exist");
    expect_error(E_CLASS, 0, 1, 4,
                 "at 0x4: the class is 0; 1 (32-bit) and 2 (64-bit) exist");
    expect_error(E_DATA, 3, 1, 5,
                 "at 0x5: the byte order is 3; 1 (little) and 2 (big endian) exist");
    expect_error(E_VERSION_IDENT, 2, 1, 6,
                 "at 0x6: the identification has version 2; loaders know 1");
    expect_error(E_VERSION, 7, 4, 20,
                 "at 0x14: the header has version 7; loaders know 1");
    expect_error(E_TYPE, 0, 2, 16,
                 "at 0x10: the type is 0; loaders take 2 (executable) and 3 (shared)");
    expect_error(
        E_TYPE, 0xfe00, 2, 16,
        "at 0x10: the type is 65024; loaders take 2 (executable) and 3 (shared)");
}

static void
refuses_program_headers_no_loader_takes(void **state)
{
    (void)state;
    expect_error(E_PHENTSIZE, 32, 2, 0,
                 "at 0x0: program headers are said to be 32 bytes long; they have 56");
    expect_error(
        E_PHNUM, 0, 2, 64,
        "at 0x40: none of its 0 program headers is a PT_LOAD; there is nothing to "
        "load");
}

static void
refuses_a_program_header_table_outside_the_file(void **state)
{
    const struct wf_test_elf recipe = full_recipe("x86_64");
    static const struct {
        size_t off;
        size_t len;
        uint64_t value;
    } pokes[] = {
        { E_PHOFF, 8, UINT64_MAX },
        { E_PHOFF, 8, UINT64_MAX - 8 },
        { E_PHNUM, 2, 0xffff },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(pokes); i++) {
        struct elf_reading r = build_elf(&recipe);

        wf_test_poke(&r.image, pokes[i].off, pokes[i].value, pokes[i].len, WF_LITTLE);
        read_image(&r, "demo.so");
        assert_null(r.object);
        assert_int_equal(r.err.kind, WF_ERR_MALFORMED);
        assert_non_null(strstr(r.err.text, "the program header table claims "));
        end_reading(&r);
    }
}

/* One value that a field of a program header must not have. */
struct bad_load {
    size_t header; /* 0 or 1; the second PT_LOAD holds the dynamic section */
    size_t field;
    uint64_t value;
    const char *text; /* the beginning, or all, of what is said about it */
};

static void
expect_bad_loads(const struct bad_load *rows, size_t num)
{
    const struct wf_test_elf recipe = full_recipe("x86_64");

    for (size_t i = 0; i < num; i++) {
        struct elf_reading r = build_elf(&recipe);
        const size_t header = HEADER_LEN + rows[i].header * PHDR_LEN;
        char text[sizeof r.err.text];

        poke64(&r, header + rows[i].field, rows[i].value);
        read_image(&r, "demo.so");
        assert_null(r.object);
        assert_int_equal(r.err.offset, header);
        (void)snprintf(text, sizeof text, "at 0x%zx: program header %zu (PT_LOAD) %s",
                       header, rows[i].header, rows[i].text);
        assert_true(strlen(text) <= strlen(r.err.text));
        r.err.text[strlen(text)] = '\0';
        assert_string_equal(r.err.text, text);
        end_reading(&r);
    }
}

static void
refuses_loads_no_loader_maps(void **state)
{
    static const struct bad_load rows[] = {
        { 0, P_ALIGN, 12, "has alignment 0xc, which is no power of two" },
        { 0, P_VADDR, 0x10,
          "puts offset 0x0 at address 0x10, another place in its page" },
        { 1, P_MEMSZ, 1, "has 0x" },
        { 1, P_MEMSZ, UINT64_MAX, "claims 0xffffffffffffffff bytes of memory from 0x" },
    };

    (void)state;
    expect_bad_loads(rows, WF_COUNT(rows));
}

static void
refuses_loads_that_do_not_ascend(void **state)
{
    const struct wf_test_elf recipe = full_recipe("x86_64");
    struct elf_reading r = build_elf(&recipe);
    char text[256];

    (void)state;
    poke64(&r, HEADER_LEN + P_MEMSZ, 0x2000);
    read_image(&r, "demo.so");
    assert_null(r.object);
    (void)snprintf(
        text, sizeof text,
        "at 0x78: program header 1 (PT_LOAD) starts at address 0x%zx, before the "
        "end of the PT_LOAD before it, 0x2000",
        r.at.dynamic + 4096);
    assert_error_at(r.err, WF_ERR_MALFORMED, 0x78, text);
    end_reading(&r);
}

static void
refuses_loads_outside_the_file(void **state)
{
    static const struct bad_load rows[] = {
        { 0, P_FILESZ, UINT64_MAX,
          "claims 0xffffffffffffffff bytes from 0x0 on; the file" },
        { 0, P_FILESZ, 1 << 20, "claims 0x100000 bytes from 0x0 on; the file has " },
        { 1, P_OFFSET, UINT64_MAX, "claims 0x" },
        { 1, P_FILESZ, UINT64_MAX, "claims 0xffffffffffffffff bytes from 0x" },
    };

    (void)state;
    expect_bad_loads(rows, WF_COUNT(rows));
}

static void
alignments_of_zero_and_one_are_fine(void **state)
{
    const struct wf_test_elf recipe = full_recipe("x86_64");

    (void)state;
    for (uint64_t align = 0; align <= 1; align++) {
        struct elf_reading r = build_elf(&recipe);

        poke64(&r, HEADER_LEN + P_ALIGN, align);
        read_image(&r, "demo.so");
        assert_non_null(r.object);
        assert_int_equal(r.object->max_align, 4096);
        end_reading(&r);
    }
}

static void
an_object_cut_short_names_what_is_missing(void **state)
{
    static const struct {
        size_t len;
        const char *text;
    } rows[] = {
        { 4, "at 0x0: the identification is 16 bytes long; the file has 4" },
        { 15, "at 0x0: the identification is 16 bytes long; the file has 15" },
        { 16, "at 0x0: the ELF header claims 64 bytes from 0x0; there are 16" },
        { 64,
          "at 0x0: the program header table claims 448 bytes from 0x40; there are 64" },
    };
    const struct wf_test_elf recipe = full_recipe("x86_64");

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct elf_reading r = build_elf(&recipe);

        r.image.len = rows[i].len;
        read_image(&r, "demo.so");
        assert_null(r.object);
        assert_error(r.err, WF_ERR_MALFORMED, rows[i].text);
        end_reading(&r);
    }
}

/* Every prefix gives facts only when all PT_LOADs are whole, and else a placed error. */
static void
truncation_gives_an_object_or_a_placed_error(void **state)
{
    static const char *const machines[] = { "x86_64", "armv7l", "s390x" };

    (void)state;
    for (size_t m = 0; m < WF_COUNT(machines); m++) {
        const struct wf_test_elf recipe = full_recipe(machines[m]);
        struct elf_reading r = build_elf(&recipe);
        const size_t loaded = r.at.dynamic + r.at.dynamic_len, whole = r.image.len;

        for (size_t len = 4; len <= whole; len++) {
            r.image.len = len;
            read_image(&r, "demo.so");
            assert_int_equal(r.object != NULL, len >= loaded);
            if (r.object == NULL)
                assert_true(r.err.has_offset);
            wf_arena_clear(&r.arena);
        }
        end_reading(&r);
    }
}

/* Promises of object.h that hold for whatever was read. */
static void
check_promises(const struct wf_object *o)
{
    assert_non_null(o->arch_name);
    for (size_t i = 0; i < o->num_needed; i++)
        assert_non_null(o->needed[i]);
    for (size_t i = 0; i < o->num_version_needs; i++) {
        assert_non_null(o->version_needs[i].library);
        assert_non_null(o->version_needs[i].version);
    }
    for (size_t i = 0; i < o->num_imports; i++) {
        assert_non_null(o->imports[i].name);
        assert_true(o->imports[i].need >= -1);
        assert_true(o->imports[i].need < (int32_t)o->num_version_needs);
    }
}

static void
a_changed_byte_gives_an_object_or_a_placed_error(void **state)
{
    static const char *const machines[] = { "x86_64", "armv7l", "s390x" };
    static const uint8_t changes[] = { 0x01, 0x80, 0xff };

    (void)state;
    for (size_t m = 0; m < WF_COUNT(machines); m++) {
        const struct wf_test_elf recipe = full_recipe(machines[m]);
        struct elf_reading r = build_elf(&recipe);

        for (size_t off = 4; off < r.image.len; off++)
            for (size_t c = 0; c < sizeof changes; c++) {
                r.image.data[off] ^= changes[c];
                read_image(&r, "demo.so");
                if (r.object == NULL)
                    assert_true(r.err.has_offset);
                else
                    check_promises(r.object);
                r.image.data[off] ^= changes[c];
                wf_arena_clear(&r.arena);
            }
        end_reading(&r);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_same_facts_on_every_machine),
        cmocka_unit_test(reads_all_kinds_of_hash_alike),
        cmocka_unit_test(an_object_without_section_headers_gives_the_same_facts),
        cmocka_unit_test(refuses_headers_no_loader_knows),
        cmocka_unit_test(refuses_program_headers_no_loader_takes),
        cmocka_unit_test(refuses_a_program_header_table_outside_the_file),
        cmocka_unit_test(refuses_loads_no_loader_maps),
        cmocka_unit_test(refuses_loads_that_do_not_ascend),
        cmocka_unit_test(refuses_loads_outside_the_file),
        cmocka_unit_test(alignments_of_zero_and_one_are_fine),
        cmocka_unit_test(an_object_cut_short_names_what_is_missing),
        cmocka_unit_test(truncation_gives_an_object_or_a_placed_error),
        cmocka_unit_test(a_changed_byte_gives_an_object_or_a_placed_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
