/* test_macho_read.c -- what a slice says of itself: processor, kind, names, paths, versions,
 * header room; and that hostile images stay within their bytes. */
#include "../support/macho_reading.h"

static void
every_processor_and_byte_order_is_read(void **state)
{
    static const struct {
        const char *arch;
        enum wf_arch expected;
        unsigned bits;
        enum wf_endian endian;
    } rows[] = {
        { "x86_64", WF_ARCH_X86_64, 64, WF_LITTLE },
        { "x86_64h", WF_ARCH_X86_64, 64, WF_LITTLE },
        { "arm64", WF_ARCH_AARCH64, 64, WF_LITTLE },
        { "arm64e", WF_ARCH_AARCH64, 64, WF_LITTLE },
        { "i386", WF_ARCH_I686, 32, WF_LITTLE },
        { "arm64_32", WF_ARCH_UNKNOWN, 32, WF_LITTLE },
        { "ppc", WF_ARCH_UNKNOWN, 32, WF_BIG },
        { "ppc64", WF_ARCH_PPC64, 64, WF_BIG },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        char recipe[200];

        snprintf(recipe, sizeof recipe,
                 "{'arch': '%s', 'rpaths': ['@loader_path/x'], 'imports': ['_printf'], "
                 "'exports': ['_f'], 'dylibs': ['/usr/lib/libSystem.B.dylib', "
                 "'@rpath/libz.1.dylib']}",
                 rows[i].arch);
        struct macho_reading r = read_macho(recipe);

        assert_string_equal(r.object->arch_name, rows[i].arch);
        assert_int_equal(r.object->arch, rows[i].expected);
        assert_int_equal(r.object->bits, rows[i].bits);
        assert_int_equal(r.object->endian, rows[i].endian);
        assert_null(r.object->slice);
        assert_int_equal(r.object->num_needed, 2);
        assert_string_equal(r.object->needed[1], "@rpath/libz.1.dylib");
        assert_int_equal(r.object->num_rpaths, 1);
        assert_string_equal(r.object->rpaths[0], "@loader_path/x");
        assert_string_equal(r.object->soname, "@rpath/libdemo.dylib");
        assert_int_equal(r.object->num_imports, 1);
        assert_string_equal(r.object->imports[0].name, "_printf");
        assert_int_equal(r.object->num_exports, 1);
        assert_int_equal(r.macho->num_faults, 0);
        end_macho(&r);
    }
}

static void
the_file_type_decides_the_kind(void **state)
{
    static const struct {
        const char *type;
        enum wf_object_kind kind;
        bool has_dynamic;
    } rows[] = {
        { "'dylib'", WF_KIND_SHARED, true },
        { "'bundle'", WF_KIND_SHARED, true },
        { "'execute'", WF_KIND_EXECUTABLE, true },
        { "'object'", WF_KIND_RELOCATABLE, false },
        { "'core'", WF_KIND_CORE, false },
        { "'dsym'", WF_KIND_DEBUG, false },
        { "'stub'", WF_KIND_UNREAD, false },
        { "'dylinker'", WF_KIND_UNREAD, false },
        { "'kext'", WF_KIND_UNREAD, false },
        { "99", WF_KIND_UNREAD, false },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        char recipe[100];

        snprintf(recipe, sizeof recipe, "{'type': %s}", rows[i].type);
        struct macho_reading r = read_macho(recipe);

        assert_int_equal(r.object->kind, rows[i].kind);
        assert_int_equal(r.object->has_dynamic, rows[i].has_dynamic);
        assert_int_equal(wf_object_is_judged(r.object), rows[i].has_dynamic);
        assert_string_equal(r.object->path, "pkg/_x.cpython-312-darwin.so");
        end_macho(&r);
    }
}

static void
only_programs_are_position_independent_executables(void **state)
{
    static const struct {
        const char *recipe;
        bool is_pie;
    } rows[] = {
        { "{'type': 'execute'}", true },
        { "{'type': 'execute', 'flags': 133}", false },
        { "{'flags': 2097285}", false }, /* a dylib with that flag */
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct macho_reading r = read_macho(rows[i].recipe);

        assert_int_equal(r.object->is_pie, rows[i].is_pie);
        end_macho(&r);
    }
}

static void
each_kind_of_dylib_command_is_told(void **state)
{
    static const struct wf_macho_dylib expected[] = {
        { .command_size = 56, .text_off = 24 },
        { .weak = true, .command_size = 48, .text_off = 24 },
        { .reexport = true, .command_size = 48, .text_off = 24 },
        { .upward = true, .command_size = 48, .text_off = 24 },
        { .lazy = true, .command_size = 48, .text_off = 24 },
        { .is_use = true, .command_size = 48, .text_off = 28 },
        { .is_use = true,
          .weak = true,
          .lazy = true,
          .command_size = 48,
          .text_off = 28 },
        { .is_use = true,
          .reexport = true,
          .upward = true,
          .command_size = 48,
          .text_off = 28 },
    };
    struct macho_reading r =
        read_macho("{'dylibs': ['/usr/lib/libSystem.B.dylib',"
                   "{'name': '@rpath/libw.dylib', 'kind': 'weak'},"
                   "{'name': '@rpath/libr.dylib', 'kind': 'reexport'},"
                   "{'name': '@rpath/libu.dylib', 'kind': 'upward'},"
                   "{'name': '@rpath/libl.dylib', 'kind': 'lazy', 'current': '1.2.3', "
                   "'compatibility': '1.1'},"
                   "{'name': '@rpath/use.dylib', 'kind': 'use'},"
                   "{'name': '@rpath/usw.dylib', 'kind': 'use', 'use_flags': 9},"
                   "{'name': '@rpath/usr.dylib', 'kind': 'use', 'use_flags': 6}]}");

    (void)state;
    assert_int_equal(r.object->num_needed, WF_COUNT(expected));
    for (size_t i = 0; i < WF_COUNT(expected); i++) {
        const struct wf_macho_dylib *dylib = &r.macho->dylibs[i];

        assert_int_equal(dylib->weak, expected[i].weak);
        assert_int_equal(dylib->reexport, expected[i].reexport);
        assert_int_equal(dylib->upward, expected[i].upward);
        assert_int_equal(dylib->lazy, expected[i].lazy);
        assert_int_equal(dylib->is_use, expected[i].is_use);
        assert_int_equal(dylib->command_size, expected[i].command_size);
        assert_int_equal(dylib->text_off, expected[i].text_off);
    }
    assert_int_equal(r.macho->dylibs[4].current_version, WF_MACOS_VERSION(1, 2, 3));
    assert_int_equal(r.macho->dylibs[4].compatibility_version, WF_MACOS_VERSION(1, 1, 0));
    assert_string_equal(r.object->needed[6], "@rpath/usw.dylib");
    end_macho(&r);
}

static void
a_late_string_without_the_marker_is_no_dylib_use(void **state)
{
    struct macho_reading r = read_macho(
        "{'dylibs': [{'name': '@rpath/usw.dylib', 'kind': 'use', 'use_flags': 6}],"
        "'poke': [{'command': 'LC_LOAD_DYLIB', 'at': 12, 'u32': 2}]}");

    (void)state;
    assert_false(r.macho->dylibs[0].is_use);
    assert_false(r.macho->dylibs[0].reexport);
    assert_int_equal(r.macho->dylibs[0].text_off, 28);
    assert_string_equal(r.object->needed[0], "@rpath/usw.dylib");
    end_macho(&r);
}

static void
sizes_of_commands_with_texts_are_kept(void **state)
{
    struct macho_reading r =
        read_macho("{'rpaths': ['a', {'path': 'b', 'pad': 40}], 'id': '/x/liby.dylib'}");

    (void)state;
    assert_int_equal(r.macho->rpath_sizes[0], 16);
    assert_int_equal(r.macho->rpath_sizes[1], 56);
    assert_int_equal(r.macho->id_size, 40);
    end_macho(&r);
    r = read_macho("{'type': 'bundle'}");
    assert_int_equal(r.macho->id_size, 0);
    assert_null(r.object->soname);
    end_macho(&r);
}

static void
two_ids_are_refused(void **state)
{
    struct macho_reading r = build_macho("{'dylibs': ['/usr/lib/libSystem.B.dylib'], "
                                         "'poke': [{'command': 'LC_LOAD_DYLIB', "
                                         "'u32': 13}]}");
    const size_t second = command_at(&r, LC_ID_DYLIB, 1);

    (void)state;
    read_macho_as(&r, "x.dylib");
    assert_null(r.object);
    assert_int_equal(r.err.offset, second);
    assert_non_null(
        strstr(r.err.text, "a second LC_ID_DYLIB gives the library another name"));
    end_macho(&r);
}

static void
the_minimum_system_is_that_of_macos(void **state)
{
    static const struct {
        const char *keys;
        enum wf_macho_platform platform;
        wf_macos_version min_os, sdk;
    } rows[] = {
        { "'min_os': '11.0', 'sdk': '14.2'", WF_MACHO_MACOS, WF_MACOS_VERSION(11, 0, 0),
          WF_MACOS_VERSION(14, 2, 0) },
        { "'min_os': '10.9', 'sdk': '10.15', 'version': 'min'", WF_MACHO_MACOS,
          WF_MACOS_VERSION(10, 9, 0), WF_MACOS_VERSION(10, 15, 0) },
        { "'version': 'zippered', 'min_os': '10.15'", WF_MACHO_MACOS,
          WF_MACOS_VERSION(10, 15, 0), WF_MACOS_VERSION(14, 0, 0) },
        { "'platform': 2", WF_MACHO_IOS, 0, WF_MACOS_VERSION(14, 0, 0) },
        { "'platform': 7", WF_MACHO_IOS_SIMULATOR, 0, WF_MACOS_VERSION(14, 0, 0) },
        { "'platform': 77", 77, 0, WF_MACOS_VERSION(14, 0, 0) },
        { "'version': 37", WF_MACHO_IOS, 0, WF_MACOS_VERSION(14, 0, 0) },
        { "'version': 47", WF_MACHO_TVOS, 0, WF_MACOS_VERSION(14, 0, 0) },
        { "'version': 48", WF_MACHO_WATCHOS, 0, WF_MACOS_VERSION(14, 0, 0) },
        { "'without': ['LC_BUILD_VERSION']", WF_MACHO_PLATFORM_NONE, 0, 0 },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        char recipe[200];

        snprintf(recipe, sizeof recipe, "{%s}", rows[i].keys);
        struct macho_reading r = read_macho(recipe);

        assert_int_equal(r.macho->platform, rows[i].platform);
        assert_int_equal(r.macho->min_os, rows[i].min_os);
        assert_int_equal(r.macho->sdk, rows[i].sdk);
        end_macho(&r);
    }
}

/* LC_BUILD_VERSION of Catalyst 14.2 behind macOS's: the first of macOS stays. */
static void
a_later_platform_does_not_replace_macos(void **state)
{
    struct macho_reading r = read_macho(
        "{'commands': [{'command': 'LC_BUILD_VERSION', 'hex': "
        "'0600000000020e0000000e0000000000'}, {'command': 'LC_VERSION_MIN_MACOSX', "
        "'hex': '0000630000000000'}]}");

    (void)state;
    assert_int_equal(r.macho->platform, WF_MACHO_MACOS);
    assert_int_equal(r.macho->min_os, WF_MACOS_VERSION(11, 0, 0));
    end_macho(&r);
}

static void
the_uuid_is_the_build_id(void **state)
{
    struct macho_reading r = read_macho("{'uuid': '00112233445566778899aabbccddeeff'}");

    (void)state;
    assert_true(r.macho->has_uuid);
    assert_string_equal(r.object->build_id, "00112233445566778899aabbccddeeff");
    end_macho(&r);
    r = read_macho("{'without': ['LC_UUID']}");
    assert_false(r.macho->has_uuid);
    assert_null(r.object->build_id);
    end_macho(&r);
}

static void
header_room_is_what_the_recipe_left(void **state)
{
    static const unsigned pads[] = { 0, 8, 32, 4096 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(pads); i++) {
        char recipe[100];

        snprintf(recipe, sizeof recipe, "{'pad': %u, 'signature': 'linker'}", pads[i]);
        struct macho_reading r = read_macho(recipe);

        assert_int_equal(r.macho->first_content,
                         r.macho->header_len + r.macho->commands_len + pads[i]);
        assert_null(r.macho->why_not_signable);
        assert_true(r.macho->has_signature);
        assert_int_equal(r.macho->signature.kind, WF_MACHO_LINKER);
        assert_null(r.macho->signature.fault);
        assert_string_equal(r.macho->reclaims[0].what, "LC_SOURCE_VERSION");
        end_macho(&r);
    }
}

static void
signatures_are_read_with_the_slice(void **state)
{
    struct macho_reading r = read_macho(
        "{'slices': [{'arch': 'x86_64'}, {'signature': 'adhoc', 'identifier': 'me', "
        "'damage': [{'at': 16384, 'u8': 1}]}]}");

    (void)state;
    assert_int_equal(r.macho->signature.kind, WF_MACHO_UNSIGNED);
    assert_false(r.macho->has_signature);
    const struct wf_macho *arm = r.file.objects[1].macho;

    assert_int_equal(arm->signature.kind, WF_MACHO_ADHOC);
    assert_string_equal(arm->signature.identifier, "me");
    assert_int_equal(arm->signature.num_bad_pages, 1);
    assert_int_equal(arm->signature.first_bad, 16384);
    end_macho(&r);
}

static void
assert_same_text(const char *a, const char *b)
{
    if (a == NULL) {
        assert_null(b);
        return;
    }
    assert_string_equal(a, b);
    assert_ptr_not_equal(a, b);
}

static void
a_copy_has_all_facts_and_shares_no_memory(void **state)
{
    struct macho_reading r = read_macho(
        "{'slices': [{'signature': 'adhoc', 'rpaths': ['a', 'b', 'a'], 'imports': "
        "['_dlopen'], 'exports': ['_PyInit__x'], 'without': ['LC_UUID']}]}");
    struct wf_arena arena = { 0 };
    struct wf_object copy;
    const struct wf_object *o = r.object;

    (void)state;
    wf_object_copy(&copy, &arena, o, "other/_x.cpython-312-darwin.so");
    assert_string_equal(copy.path, "other/_x.cpython-312-darwin.so");
    assert_int_equal(copy.kind, WF_KIND_EXTENSION);
    assert_same_text(copy.slice, o->slice);
    assert_same_text(copy.soname, o->soname);
    assert_int_equal(copy.num_rpaths, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_same_text(copy.rpaths[i], o->rpaths[i]);
        assert_int_equal(copy.macho->rpath_sizes[i], 16);
    }
    assert_ptr_not_equal(copy.macho, o->macho);
    assert_ptr_not_equal(copy.macho->dylibs, o->macho->dylibs);
    assert_memory_equal(copy.macho->dylibs, o->macho->dylibs, sizeof *o->macho->dylibs);
    assert_int_equal(copy.macho->num_faults, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_same_text(copy.macho->faults[i].rule, o->macho->faults[i].rule);
        assert_same_text(copy.macho->faults[i].text, o->macho->faults[i].text);
    }
    assert_int_equal(copy.macho->num_reclaims, o->macho->num_reclaims);
    assert_same_text(copy.macho->reclaims[0].what, o->macho->reclaims[0].what);
    assert_same_text(copy.macho->signature.identifier, o->macho->signature.identifier);
    assert_same_text(copy.macho->signature.hash, o->macho->signature.hash);
    assert_same_text(copy.macho->why_not_signable, o->macho->why_not_signable);
    end_macho(&r);
    /* What was copied outlives its model. */
    assert_string_equal(copy.macho->faults[0].rule, "macho-missing-uuid");
    assert_string_equal(copy.module_inits[0], "PyInit__x");
    wf_arena_clear(&arena);
}

/* The facts of an image with everything in it. */
static const char everything[] =
    "{'page': 512, 'imports': ['_printf', {'name': '_lazy', 'lazy': true, 'library': 2}, "
    "{'name': '_weak', 'weak': true, 'library': 'flat'}], 'exports': ['_PyInit__x', "
    "'_f'], "
    "'rpaths': ['@loader_path/..', '@loader_path'], 'locals': 2, 'stabs': 3, 'dylibs': "
    "['/usr/lib/libSystem.B.dylib', {'name': '@rpath/libz.dylib', 'kind': 'use', "
    "'use_flags': 1}], 'signature': 'adhoc', %s}";

static const char *const variants[] = {
    "'bound_by': 'info'",
    "'bound_by': 'chained', 'format': 1",
    "'bound_by': 'chained', 'format': 3",
    "'bound_by': 'symbols', 'arch': 'ppc', 'version': 'min'",
};

/* Reads any bytes: an object, or an error with a place. */
static void
read_hostile(const uint8_t *data, size_t len)
{
    const struct wf_limits limits = wf_limits_standard();
    const struct wf_bytes exact = exact_copy(data, len);
    struct wf_object_file file = { 0 };
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };

    if (wf_object_recognise(exact) == WF_FORMAT_MACHO) {
        if (wf_object_read(&file, &arena, "_x.so", exact, &limits, &err)) {
            assert_true(file.num_objects >= 1);
            assert_true(arena.used <= 64 * len + (1 << 16));
        } else {
            assert_true(err.has_offset);
            assert_true(err.offset <= len);
        }
    }
    wf_arena_clear(&arena);
    free_exact(exact);
}

static void
images_cut_short_stay_within_their_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < WF_COUNT(variants); i++) {
        char recipe[1000];

        snprintf(recipe, sizeof recipe, everything, variants[i]);
        struct macho_reading r = build_macho(recipe);

        for (size_t len = 0; len < r.image.len; len++)
            read_hostile(r.image.data, len);
        end_macho(&r);
    }
}

static void
images_with_a_wrong_byte_stay_within_their_bytes(void **state)
{
    static const uint8_t masks[] = { 0x01, 0x08, 0x80, 0xff };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(variants); i++) {
        char recipe[1000];

        snprintf(recipe, sizeof recipe, everything, variants[i]);
        struct macho_reading r = build_macho(recipe);

        for (size_t at = 0; at < r.image.len; at++)
            for (size_t m = 0; m < WF_COUNT(masks); m++) {
                r.image.data[at] ^= masks[m];
                read_hostile(r.image.data, r.image.len);
                r.image.data[at] ^= masks[m];
            }
        end_macho(&r);
    }
}

/* Every word of the load commands, as if it were a length or an offset. */
static void
every_word_of_the_commands_may_lie(void **state)
{
    (void)state;
    for (size_t i = 0; i < WF_COUNT(variants); i++) {
        char recipe[1000];

        snprintf(recipe, sizeof recipe, everything, variants[i]);
        struct macho_reading r = build_macho(recipe);

        read_macho_as(&r, "_x.so");
        assert_non_null(r.object);
        const size_t end = r.macho->header_len + r.macho->commands_len;

        for (size_t at = 4; at < end; at += 4) {
            const uint32_t values[] = { 0,
                                        1,
                                        7,
                                        0x7fffffff,
                                        0x80000000,
                                        UINT32_MAX,
                                        (uint32_t)r.image.len,
                                        (uint32_t)r.image.len + 1,
                                        UINT32_MAX - (uint32_t)r.image.len };
            const uint32_t was = wf_test_macho_get(&r.image, at);

            for (size_t v = 0; v < WF_COUNT(values); v++) {
                wf_test_macho_set(&r.image, at,
                                  r.object->endian == WF_BIG
                                      ? __builtin_bswap32(values[v])
                                      : values[v]);
                read_hostile(r.image.data, r.image.len);
            }
            wf_test_macho_set(&r.image, at, was);
        }
        end_macho(&r);
    }
}

static void
universal_headers_cut_or_changed_stay_within_their_bytes(void **state)
{
    static const char *const widths[] = { "32", "64" };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(widths); i++) {
        char recipe[300];

        snprintf(
            recipe, sizeof recipe,
            "{'fat': %s, 'slices': [{'arch': 'x86_64', 'page': 512, 'align': 9}, "
            "{'page': 512, 'align': 9}, {'arch': 'i386', 'archive': 20, 'align': 4}]}",
            widths[i]);
        struct macho_reading r = build_macho(recipe);

        for (size_t len = 0; len <= r.image.len; len++)
            read_hostile(r.image.data, len);
        for (size_t at = 0; at < 8 + 3 * 32; at++)
            for (unsigned mask = 1; mask < 256; mask++) {
                r.image.data[at] ^= (uint8_t)mask;
                read_hostile(r.image.data, r.image.len);
                r.image.data[at] ^= (uint8_t)mask;
            }
        end_macho(&r);
    }
}

static void
the_slice_at_fault_is_named(void **state)
{
    struct macho_reading r = read_macho("{'slices': [{'arch': 'x86_64'}, {'poke': "
                                        "[{'at': 36, 'u32': 3}]}]}");

    (void)state;
    assert_null(r.object);
    assert_string_equal(r.err.where, "Mach-O: slice arm64");
    assert_int_equal(r.err.offset, wf_test_macho_slice(&r.image, 1) + 36);
    end_macho(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_processor_and_byte_order_is_read),
        cmocka_unit_test(the_file_type_decides_the_kind),
        cmocka_unit_test(only_programs_are_position_independent_executables),
        cmocka_unit_test(each_kind_of_dylib_command_is_told),
        cmocka_unit_test(a_late_string_without_the_marker_is_no_dylib_use),
        cmocka_unit_test(sizes_of_commands_with_texts_are_kept),
        cmocka_unit_test(two_ids_are_refused),
        cmocka_unit_test(the_minimum_system_is_that_of_macos),
        cmocka_unit_test(a_later_platform_does_not_replace_macos),
        cmocka_unit_test(the_uuid_is_the_build_id),
        cmocka_unit_test(header_room_is_what_the_recipe_left),
        cmocka_unit_test(signatures_are_read_with_the_slice),
        cmocka_unit_test(a_copy_has_all_facts_and_shares_no_memory),
        cmocka_unit_test(images_cut_short_stay_within_their_bytes),
        cmocka_unit_test(images_with_a_wrong_byte_stay_within_their_bytes),
        cmocka_unit_test(every_word_of_the_commands_may_lie),
        cmocka_unit_test(universal_headers_cut_or_changed_stay_within_their_bytes),
        cmocka_unit_test(the_slice_at_fault_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
