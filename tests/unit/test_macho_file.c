/* test_macho_file.c -- files as slices, slices as load commands: every way to lie about
 * either has its answer. */
#include "object/macho_file.h"

#include "../support/macho_reading.h"

#define TWO "{'slices': [{'arch': 'x86_64', 'page': 4096}, {'page': 4096}]"

static void
assert_refused(const char *recipe, uint64_t offset, const char *text)
{
    struct macho_reading r = read_macho(recipe);

    assert_null(r.object);
    assert_error_at(r.err, WF_ERR_MALFORMED, offset, text);
    end_macho(&r);
}

static void
a_thin_file_is_one_slice(void **state)
{
    struct macho_reading r = build_macho("{'arch': 'x86_64'}");
    const struct wf_bytes exact = exact_copy(r.image.data, r.image.len);
    struct wf_macho_file file;

    (void)state;
    assert_true(wf_macho_split(&file, &r.arena, exact, &r.err));
    assert_false(file.is_fat);
    assert_int_equal(file.num_slices, 1);
    assert_ptr_equal(file.slices[0].bytes.data, exact.data);
    assert_int_equal(file.slices[0].bytes.len, exact.len);
    assert_int_equal(file.slices[0].cpu_type, CPU_X86_64);
    free_exact(exact);
    end_macho(&r);
}

static void
a_universal_file_has_its_slices_in_order(void **state)
{
    static const char *const recipes[] = {
        TWO ", 'fat': 32}",
        TWO ", 'fat': 64}",
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(recipes); i++) {
        struct macho_reading r = build_macho(recipes[i]);
        struct wf_macho_file file;

        assert_true(wf_macho_split(&file, &r.arena, wf_buffer_bytes(&r.image), &r.err));
        assert_true(file.is_fat);
        assert_int_equal(file.is_fat_64, i == 1);
        assert_int_equal(file.num_slices, 2);
        for (size_t k = 0; k < 2; k++)
            assert_int_equal(file.slices[k].bytes.file_off,
                             wf_test_macho_slice(&r.image, k));
        assert_int_equal(file.slices[0].cpu_type, CPU_X86_64);
        assert_int_equal(file.slices[1].cpu_type, CPU_ARM64);
        assert_int_equal(file.slices[0].align, 12);
        assert_false(file.has_hidden);
        end_macho(&r);
    }
}

static void
facts_of_slices_say_where_they_stand(void **state)
{
    struct macho_reading r = read_macho(TWO "}");

    (void)state;
    assert_int_equal(r.file.num_objects, 2);
    for (uint32_t i = 0; i < 2; i++) {
        const struct wf_macho *macho = r.file.objects[i].macho;

        assert_int_equal(macho->slice_index, i);
        assert_int_equal(macho->slice_off, wf_test_macho_slice(&r.image, i));
        assert_int_equal(macho->slice_align, 4096);
    }
    assert_string_equal(r.file.objects[0].slice, "x86_64");
    assert_string_equal(r.file.objects[1].slice, "arm64");
    end_macho(&r);
}

static void
a_slice_may_be_a_static_library(void **state)
{
    struct macho_reading r =
        read_macho("{'slices': [{'arch': 'x86_64', 'archive': 100}, {'archive': 8}]}");

    (void)state;
    assert_int_equal(r.file.num_objects, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(r.file.objects[i].kind, WF_KIND_ARCHIVE);
        assert_false(wf_object_is_judged(&r.file.objects[i]));
        assert_int_equal(r.file.objects[i].num_needed, 0);
    }
    assert_string_equal(r.file.objects[1].arch_name, "arm64");
    end_macho(&r);
}

static void
a_slice_that_is_no_image_is_refused(void **state)
{
    (void)state;
    assert_refused("{'slices': [{'arch': 'x86_64', 'raw': '213c617263683e00'}]}", 0x1000,
                   "at 0x1000: no Mach-O image begins here: feedface or feedfacf is "
                   "expected");
}

static void
a_universal_file_in_a_universal_file_is_refused(void **state)
{
    (void)state;
    assert_refused("{'slices': [{'arch': 'x86_64', 'raw': "
                   "'cafebabe00000001010000070000000300001000000000100000000c'}]}",
                   0x1000,
                   "at 0x1000: no Mach-O image begins here: feedface or feedfacf is "
                   "expected");
}

static void
a_slice_that_is_the_file_itself_is_refused(void **state)
{
    (void)state;
    assert_refused("{'slices': [{'arch': 'x86_64', 'at': 0}]}", 8,
                   "at 0x8: the slice begins at 0, inside the fat header of 28 bytes");
    assert_refused("{'slices': [{'arch': 'x86_64', 'at': 27}]}", 8,
                   "at 0x8: the slice begins at 27, inside the fat header of 28 bytes");
}

static void
slices_that_share_bytes_are_refused(void **state)
{
    struct macho_reading r = build_macho(TWO "}");
    char text[100];

    (void)state;
    /* The first reaches one byte into the second. */
    const size_t first = wf_test_macho_slice(&r.image, 0);
    const size_t second = wf_test_macho_slice(&r.image, 1);

    wf_test_macho_set(&r.image, 8 + 12,
                      __builtin_bswap32((uint32_t)(second - first + 1)));
    read_macho_as(&r, "x.so");
    snprintf(text, sizeof text, "at 0x%zx: slice 1 overlaps slice 0, which begins at %zu",
             second, first);
    assert_error_at(r.err, WF_ERR_MALFORMED, second, text);
    /* One that ends where the next begins does not. */
    wf_test_macho_set(&r.image, 8 + 12, __builtin_bswap32((uint32_t)(second - first)));
    read_macho_as(&r, "x.so");
    assert_non_null(r.object);
    end_macho(&r);
}

static void
slices_that_leave_the_file_are_refused(void **state)
{
    static const char *const fields[] = { "16, 'u32': 4294967295",
                                          "20, 'u32': 4294967295",
                                          "16, 'u32': 2147483648" };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(fields); i++) {
        char recipe[200];

        snprintf(recipe, sizeof recipe, TWO ", 'poke': [{'at': %s}]}", fields[i]);
        struct macho_reading r = read_macho(recipe);

        assert_null(r.object);
        assert_int_equal(r.err.kind, WF_ERR_MALFORMED);
        assert_memory_equal(r.err.text, "at 0x0: the slice claims ", 25);
        end_macho(&r);
    }
}

static void
offsets_of_64_bits_cannot_wrap(void **state)
{
    (void)state;
    assert_refused("{'fat': 64, 'slices': [{'arch': 'x86_64', 'page': 4096, "
                   "'raw': 'cffaedfe'}], 'poke': [{'at': 16, 'u64': -4096}, "
                   "{'at': 24, 'u64': 8192}]}",
                   0,
                   "at 0x0: the slice claims 8192 bytes from 0xfffffffffffff000; there "
                   "are 4100");
}

static void
two_slices_for_one_processor_are_refused(void **state)
{
    struct macho_reading r = build_macho("{'slices': [{'arch': 'x86_64'}, "
                                         "{'arch': 'x86_64'}]}");
    char text[100];

    (void)state;
    const size_t second = wf_test_macho_slice(&r.image, 1);

    read_macho_as(&r, "x.so");
    snprintf(text, sizeof text, "at 0x%zx: slices 0 and 1 are for one processor", second);
    assert_error_at(r.err, WF_ERR_MALFORMED, second, text);
    end_macho(&r);
    /* x86_64h is another one. */
    r = read_macho("{'slices': [{'arch': 'x86_64'}, {'arch': 'x86_64h'}]}");
    assert_int_equal(r.file.num_objects, 2);
    assert_string_equal(r.file.objects[1].slice, "x86_64h");
    end_macho(&r);
}

static void
a_slice_for_another_processor_than_its_entry_is_refused(void **state)
{
    (void)state;
    assert_refused("{'slices': [{'arch': 'x86_64'}], 'poke': [{'at': 8, 'u32': 7}]}",
                   0x1004,
                   "at 0x1004: the slice is for processor 0x1000007/0x3, the fat header "
                   "says 0x7/0x3");
    assert_refused("{'slices': [{'arch': 'x86_64'}], 'poke': [{'at': 12, 'u32': 8}]}",
                   0x1004,
                   "at 0x1004: the slice is for processor 0x1000007/0x3, the fat header "
                   "says 0x1000007/0x8");
}

static void
capability_bits_are_not_the_processor(void **state)
{
    struct macho_reading r = read_macho(
        "{'slices': [{'arch': 'x86_64'}], 'poke': [{'at': 12, 'u32': 2147483651}]}");

    (void)state;
    assert_non_null(r.object);
    assert_int_equal(r.macho->cpu_subtype, 3);
    end_macho(&r);
}

static void
an_impossible_alignment_is_refused(void **state)
{
    (void)state;
    assert_refused(
        "{'slices': [{'arch': 'x86_64', 'align': 32, 'at': 32}]}", 8,
        "at 0x8: the slice is aligned to 2^32 bytes; at most 2^31 is possible");
}

static void
more_slices_than_a_header_can_count_are_refused(void **state)
{
    struct macho_reading r = build_macho(TWO "}");
    struct wf_macho_file file;

    (void)state;
    /* Not recognised by its head, for Java's sake; the editor asks directly. */
    wf_test_macho_set(&r.image, 4, __builtin_bswap32(45));
    assert_int_equal(wf_object_recognise(wf_buffer_bytes(&r.image)), WF_FORMAT_NONE);
    assert_false(wf_macho_split(&file, &r.arena, wf_buffer_bytes(&r.image), &r.err));
    assert_error_at(r.err, WF_ERR_MALFORMED, 4,
                    "at 0x4: the fat header counts 45 slices; 1 to 44 are possible");
    wf_test_macho_set(&r.image, 4, UINT32_MAX);
    assert_false(wf_macho_split(&file, &r.arena, wf_buffer_bytes(&r.image), &r.err));
    r.image.len = 20;
    wf_test_macho_set(&r.image, 4, __builtin_bswap32(44));
    assert_false(wf_macho_split(&file, &r.arena, wf_buffer_bytes(&r.image), &r.err));
    assert_error_at(r.err, WF_ERR_MALFORMED, 0,
                    "at 0x0: the fat header claims 888 bytes from 0x0; there are 20");
    end_macho(&r);
}

static void
a_hidden_slice_is_noticed(void **state)
{
    struct macho_reading r =
        read_macho("{'slices': [{'arch': 'x86_64'}, {'arch': 'arm64'}], 'hidden': 1}");

    (void)state;
    assert_int_equal(r.file.num_objects, 1);
    assert_string_equal(fault_of(r.macho, "macho-hidden-slice"),
                        "a slice for arm64 stands behind those that the fat header "
                        "counts");
    end_macho(&r);
    /* Zeros behind the header, or an entry for something else, are none. */
    r = read_macho("{'slices': [{'arch': 'x86_64'}]}");
    assert_null(fault_of(r.macho, "macho-hidden-slice"));
    end_macho(&r);
    r = read_macho("{'slices': [{'arch': 'x86_64'}, {'arch': 'ppc'}], 'hidden': 1}");
    assert_null(fault_of(r.macho, "macho-hidden-slice"));
    end_macho(&r);
}

/* Every command of the table in its place, in an image of any width and byte order. */
static void
the_walk_visits_every_command(void **state)
{
    static const char *const archs[] = { "arm64", "i386", "ppc", "ppc64" };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(archs); i++) {
        char recipe[100];
        struct wf_macho_header header;
        struct wf_macho_command command;
        uint32_t num = 0;

        snprintf(recipe, sizeof recipe, "{'arch': '%s', 'rpaths': ['@loader_path']}",
                 archs[i]);
        struct macho_reading r = build_macho(recipe);

        assert_true(wf_macho_read_header(&header, wf_buffer_bytes(&r.image), &r.err));
        struct wf_macho_walk walk = wf_macho_walk_over(&header);

        while (wf_macho_next(&command, &walk, &r.err)) {
            assert_int_equal(command.index, num);
            assert_non_null(wf_macho_command_name(command.command));
            num++;
        }
        assert_false(walk.failed);
        assert_int_equal(num, header.num_commands);
        end_macho(&r);
    }
}

static void
lies_of_load_commands_are_refused(void **state)
{
    static const struct {
        const char *poke;
        uint64_t offset;
        const char *text;
    } rows[] = {
        { "'at': 36, 'u32': 0", 36,
          "at 0x24: load command 0 (0x19) has 0 bytes; a multiple of 8 from 8 to the 584 "
          "that are left is expected" },
        { "'at': 36, 'u32': 4", 36,
          "at 0x24: load command 0 (0x19) has 4 bytes; a multiple of 8 from 8 to the 584 "
          "that are left is expected" },
        { "'at': 36, 'u32': 156", 36,
          "at 0x24: load command 0 (0x19) has 156 bytes; a multiple of 8 from 8 to the "
          "584 that are left is expected" },
        { "'at': 36, 'u32': 592", 36,
          "at 0x24: load command 0 (0x19) has 592 bytes; a multiple of 8 from 8 to the "
          "584 that are left is expected" },
        { "'at': 16, 'u32': 4294967295", 616,
          "at 0x268: a load command is cut short; 0 bytes remain" },
        { "'at': 16, 'u32': 0", 32,
          "at 0x20: 0 load commands end here, and sizeofcmds goes on for 584 bytes" },
        { "'at': 20, 'u32': 4294967295", 0,
          "at 0x0: the list of load commands claims 4294967295 bytes from 0x20; there "
          "are "
          "8208" },
        { "'at': 20, 'u32': 576", 604,
          "at 0x25c: load command 11 (0x29) has 16 bytes; a multiple of 8 from 8 to the "
          "8 "
          "that are left is expected" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        char recipe[200];

        snprintf(recipe, sizeof recipe, "{'page': 8192, 'poke': [{%s}]}", rows[i].poke);
        struct macho_reading r = read_macho(recipe);

        assert_null(r.object);
        assert_int_equal(r.err.kind, WF_ERR_MALFORMED);
        assert_error_at(r.err, WF_ERR_MALFORMED, rows[i].offset, rows[i].text);
        end_macho(&r);
    }
}

static void
a_text_outside_its_command_is_refused(void **state)
{
    static const struct {
        const char *poke;
        const char *text;
    } rows[] = {
        { "'command': 'LC_RPATH', 'at': 8, 'u32': 8",
          "a search path begins at 8 of its command, which has text from 12 to 32" },
        { "'command': 'LC_RPATH', 'at': 8, 'u32': 32",
          "a search path begins at 32 of its command, which has text from 12 to 32" },
        { "'command': 'LC_RPATH', 'at': 8, 'u32': 4294967295",
          "a search path begins at 4294967295 of its command, which has text from 12 to "
          "32" },
        { "'command': 'LC_RPATH', 'at': 24, 'hex': '4141414141414141'",
          "a search path has no NUL before its command ends" },
        { "'command': 'LC_LOAD_DYLIB', 'at': 8, 'u32': 23",
          "the name of a library begins at 23 of its command, which has text from 24 to "
          "56" },
        { "'command': 'LC_ID_DYLIB', 'at': 8, 'u32': 48",
          "the install name begins at 48 of its command, which has text from 24 to 48" },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        char recipe[200];

        snprintf(recipe, sizeof recipe, "{'rpaths': ['@loader_path/..'], 'poke': [{%s}]}",
                 rows[i].poke);
        struct macho_reading r = read_macho(recipe);

        assert_null(r.object);
        assert_int_equal(r.err.kind, WF_ERR_MALFORMED);
        assert_non_null(strstr(r.err.text, rows[i].text));
        end_macho(&r);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thin_file_is_one_slice),
        cmocka_unit_test(a_universal_file_has_its_slices_in_order),
        cmocka_unit_test(facts_of_slices_say_where_they_stand),
        cmocka_unit_test(a_slice_may_be_a_static_library),
        cmocka_unit_test(a_slice_that_is_no_image_is_refused),
        cmocka_unit_test(a_universal_file_in_a_universal_file_is_refused),
        cmocka_unit_test(a_slice_that_is_the_file_itself_is_refused),
        cmocka_unit_test(slices_that_share_bytes_are_refused),
        cmocka_unit_test(slices_that_leave_the_file_are_refused),
        cmocka_unit_test(offsets_of_64_bits_cannot_wrap),
        cmocka_unit_test(two_slices_for_one_processor_are_refused),
        cmocka_unit_test(a_slice_for_another_processor_than_its_entry_is_refused),
        cmocka_unit_test(capability_bits_are_not_the_processor),
        cmocka_unit_test(an_impossible_alignment_is_refused),
        cmocka_unit_test(more_slices_than_a_header_can_count_are_refused),
        cmocka_unit_test(a_hidden_slice_is_noticed),
        cmocka_unit_test(the_walk_visits_every_command),
        cmocka_unit_test(lies_of_load_commands_are_refused),
        cmocka_unit_test(a_text_outside_its_command_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
