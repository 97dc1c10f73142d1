/* test_macho_read_faults.c -- dyld's rules: each recipe breaks one, and its neighbour none. */
#include "../support/macho_reading.h"

/* What breaks a rule, what dyld has to say, and the nearest recipe that keeps it. */
static const struct {
    const char *rule;
    const char *broken;
    const char *text;
    const char *kept;
} rows[] = {
    { "macho-duplicate-rpath", "{'rpaths': ['a', 'b', 'a', 'b', 'a']}",
      "LC_RPATH a is there 3 times", "{'rpaths': ['a', 'b', './a', 'a/']}" },
    { "macho-duplicate-dylib",
      "{'dylibs': ['@rpath/x', {'name': '@rpath/x', 'kind': 'weak'}]}",
      "library @rpath/x is there 2 times", "{'dylibs': ['@rpath/x', '@rpath/./x']}" },
    { "macho-missing-uuid", "{'without': ['LC_UUID']}", "there is no LC_UUID", "{}" },
    { "macho-no-dylib-command", "{'dylibs': []}",
      "it loads no library, not even libSystem", "{'dylibs': ['x']}" },
    { "macho-id", "{'without': ['LC_ID_DYLIB']}", "a dylib without LC_ID_DYLIB", "{}" },
    { "macho-id", "{'type': 'bundle', 'id': 'x.so'}",
      "LC_ID_DYLIB in an image that is no dylib", "{'type': 'bundle'}" },
    { "macho-unknown-command", "{'commands': [{'command': 2147483711, 'hex': ''}]}",
      "load command 12 is 0x8000003f, which nobody knows, and a loader must",
      "{'commands': [{'command': 63, 'hex': ''}]}" },
    { "macho-command-size",
      "{'commands': [{'command': 'LC_SOURCE_VERSION', 'hex': "
      "'00000000000000000000000000000000'}]}",
      "LC_SOURCE_VERSION has 24 bytes; 16 are expected",
      "{'commands': [{'command': 'LC_SOURCE_VERSION', 'hex': '0000000000000000'}]}" },
    { "macho-command-size",
      "{'poke': [{'command': 'LC_BUILD_VERSION', 'at': 20, 'u32': 0}]}",
      "LC_BUILD_VERSION has 32 bytes; 24 are expected", "{'tools': 0}" },
    { "macho-two-fixups",
      "{'commands': [{'command': 'LC_DYLD_CHAINED_FIXUPS', 'data': "
      "'00000000200000002000000020000000000000000100000000000000000000000000000000'}]}",
      "both LC_DYLD_INFO and LC_DYLD_CHAINED_FIXUPS are there",
      "{'bound_by': 'chained'}" },
    { "macho-symbol-counts",
      "{'locals': 2, 'poke': [{'command': 'LC_DYSYMTAB', 'at': 12, 'u32': 3}]}",
      "3 local symbols from 0 on, of a table of 2", "{'locals': 2}" },
    { "macho-symbol-counts",
      "{'imports': ['_a'], 'poke': [{'command': 'LC_DYSYMTAB', 'at': 24, 'u32': "
      "4294967295}]}",
      "1 imported symbols from 4294967295 on, of a table of 1", "{'imports': ['_a']}" },
    { "macho-slice-alignment", "{'slices': [{'arch': 'arm64', 'align': 12}]}",
      "the slice begins at 4096, which is no multiple of 16384",
      "{'slices': [{'arch': 'x86_64', 'align': 12}]}" },
    { "macho-slice-alignment", "{'slices': [{'arch': 'x86_64', 'align': 11}]}",
      "the slice begins at 2048, which is no multiple of 4096",
      "{'slices': [{'arch': 'arm64'}]}" },
    { "macho-text-bounds",
      "{'poke': [{'command': 'LC_SEGMENT_64', 'at': 8, 'hex': '5f5f54455854'}, "
      "{'command': "
      "'LC_SEGMENT_64', 'at': 40, 'u64': 1}]}",
      "__TEXT begins at 1", "{}" },
    { "macho-text-bounds",
      "{'poke': [{'command': 'LC_SEGMENT_64', 'at': 48, 'u64': 615}]}",
      "__TEXT ends before the load commands do, at 616",
      "{'poke': [{'command': 'LC_SEGMENT_64', 'at': 48, 'u64': 616}]}" },
    { "macho-text-bounds",
      "{'poke': [{'command': 'LC_SEGMENT_64', 'at': 8, 'hex': '5f5f54455855'}]}",
      "there is no __TEXT segment", "{}" },
    { "macho-text-protection",
      "{'poke': [{'command': 'LC_SEGMENT_64', 'at': 60, 'u32': 7}]}",
      "__TEXT is not mapped to be read and executed alone",
      "{'poke': [{'command': 'LC_SEGMENT_64', 'at': 56, 'u32': 7}]}" },
    { "macho-data-protection",
      "{'data': 8, 'poke': [{'command': 'LC_SEGMENT_64', 'nth': 1, 'at': 60, 'u32': 7}]}",
      "__DATA is not mapped to be read and written alone", "{'data': 8}" },
    { "macho-writable-linkedit",
      "{'poke': [{'command': 'LC_SEGMENT_64', 'nth': 1, 'at': 60, 'u32': 3}]}",
      "__LINKEDIT is not mapped to be read alone", "{}" },
    { "macho-segment-bounds",
      "{'poke': [{'command': 'LC_SEGMENT_64', 'nth': 1, 'at': 48, 'u64': 17}]}",
      "segment __LINKEDIT has 17 bytes at 16384; the image has 16400",
      "{'poke': [{'command': 'LC_SEGMENT_64', 'nth': 1, 'at': 48, 'u64': 16}]}" },
    { "macho-segment-bounds",
      "{'poke': [{'command': 'LC_SEGMENT_64', 'nth': 1, 'at': 32, 'u64': 15}]}",
      "segment __LINKEDIT has 16 bytes, and memory for 15",
      "{'poke': [{'command': 'LC_SEGMENT_64', 'nth': 1, 'at': 32, 'u64': 16}]}" },
    { "macho-segment-overlap",
      "{'poke': [{'command': 'LC_SEGMENT_64', 'at': 32, 'u64': 16385}]}",
      "__TEXT and __LINKEDIT share addresses from 16384",
      "{'poke': [{'command': 'LC_SEGMENT_64', 'at': 32, 'u64': 16384}]}" },
    { "macho-segment-overlap",
      "{'data': 8, 'poke': [{'command': 'LC_SEGMENT_64', 'nth': 1, 'at': 40, 'u64': "
      "8192}]}",
      "__TEXT and __DATA share bytes from 8192", "{'data': 8}" },
    { "macho-segment-order",
      "{'segments': [{'name': '__A', 'size': 8}, {'name': '__B', 'size': 8}], 'poke': "
      "[{'command': 'LC_SEGMENT_64', 'nth': 1, 'at': 24, 'u64': 32768}, {'command': "
      "'LC_SEGMENT_64', 'nth': 2, 'at': 24, 'u64': 16384}]}",
      "segment __B is mapped before the one its command follows",
      "{'segments': [{'name': '__A', 'size': 8}, {'name': '__B', 'size': 8}]}" },
    { "macho-duplicate-segment",
      "{'segments': [{'name': '__A', 'size': 8}, {'name': '__A', 'size': 8}]}",
      "two segments are called __A", "{'segments': [{'name': '__A', 'size': 8}]}" },
    { "macho-section-bounds",
      "{'poke': [{'command': 'LC_SEGMENT_64', 'at': 112, 'u64': 16384}]}",
      "section __text of segment __TEXT lies outside it",
      "{'poke': [{'command': 'LC_SEGMENT_64', 'at': 112, 'u64': 8192}]}" },
    { "macho-linkedit-bounds",
      "{'poke': [{'command': 'LC_FUNCTION_STARTS', 'at': 8, 'u32': 8}]}",
      "the function starts, 8 bytes at 8, lies outside __LINKEDIT", "{}" },
    { "macho-linkedit-bounds",
      "{'locals': 1, 'poke': [{'command': 'LC_FUNCTION_STARTS', 'at': 12, 'u32': 16}]}",
      "function starts and symbol table share bytes from 16392", "{'locals': 1}" },
    { "macho-unaligned-linkedit",
      "{'poke': [{'command': 'LC_FUNCTION_STARTS', 'at': 8, 'u32': 16388}, {'command': "
      "'LC_FUNCTION_STARTS', 'at': 12, 'u32': 4}]}",
      "the function starts begins at 16388, which is no multiple of 8",
      "{'arch': 'i386', 'poke': [{'command': 'LC_FUNCTION_STARTS', 'at': 12, 'u32': "
      "4}]}" },
    { "macho-unaligned-signature",
      "{'signature': {'zeros': 28}, 'poke': [{'command': 'LC_CODE_SIGNATURE', 'at': 8, "
      "'u32': 16404}, {'command': 'LC_CODE_SIGNATURE', 'at': 12, 'u32': 24}]}",
      "the code signature begins at 16404, which is no multiple of 8",
      "{'signature': {'zeros': 28}}" },
};

static void
what_breaks_a_rule_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct macho_reading r = read_macho(rows[i].broken);

        if (r.object == NULL)
            fail_msg("%s: %s: %s", rows[i].rule, rows[i].broken, r.err.text);
        if (fault_of(r.macho, rows[i].rule) == NULL)
            fail_msg("%s does not hold against %s", rows[i].rule, rows[i].broken);
        assert_string_equal(fault_of(r.macho, rows[i].rule), rows[i].text);
        end_macho(&r);
    }
}

static void
what_keeps_a_rule_is_left_in_peace(void **state)
{
    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct macho_reading r = read_macho(rows[i].kept);

        if (r.object == NULL)
            fail_msg("%s: %s: %s", rows[i].rule, rows[i].kept, r.err.text);
        if (fault_of(r.macho, rows[i].rule) != NULL)
            fail_msg("%s holds against %s", rows[i].rule, rows[i].kept);
        end_macho(&r);
    }
}

static void
each_duplicate_is_told_once_in_byte_order(void **state)
{
    struct macho_reading r = read_macho("{'rpaths': ['b', 'a', 'c', 'b', 'a', 'a']}");

    (void)state;
    assert_int_equal(r.macho->num_faults, 2);
    assert_string_equal(r.macho->faults[0].text, "LC_RPATH a is there 3 times");
    assert_string_equal(r.macho->faults[1].text, "LC_RPATH b is there 2 times");
    end_macho(&r);
}

static void
only_what_is_loaded_has_faults(void **state)
{
    static const char *const types[] = { "object", "dsym", "core", "kext" };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(types); i++) {
        char recipe[100];

        snprintf(recipe, sizeof recipe,
                 "{'type': '%s', 'without': ['LC_UUID'], 'dylibs': []}", types[i]);
        struct macho_reading r = read_macho(recipe);

        assert_int_equal(r.macho->num_faults, 0);
        end_macho(&r);
    }
}

static void
sound_images_of_every_kind_have_none(void **state)
{
    static const char *const recipes[] = {
        "{}",
        "{'arch': 'x86_64', 'signature': 'adhoc', 'imports': ['_a'], 'exports': ['_b']}",
        "{'type': 'execute', 'signature': 'linker', 'bound_by': 'chained', 'imports': "
        "['_a']}",
        "{'type': 'bundle', 'stabs': 3, 'locals': 1, 'imports': ['_a'], 'data': 100}",
        "{'arch': 'i386', 'type': 'execute'}",
        "{'arch': 'ppc', 'version': 'min'}",
        "{'fat': 64, 'slices': [{'arch': 'x86_64'}, {'arch': 'i386'}, {}]}",
        "{'segments': [{'name': '__Z', 'sections': [{'size': 9}, {'size': 5, 'type': "
        "1}]}]}",
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(recipes); i++) {
        struct macho_reading r = read_macho(recipes[i]);

        for (size_t k = 0; k < r.file.num_objects; k++)
            if (r.file.objects[k].macho->num_faults > 0)
                fail_msg("%s: %s", recipes[i], r.file.objects[k].macho->faults[0].text);
        end_macho(&r);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_breaks_a_rule_is_told),
        cmocka_unit_test(what_keeps_a_rule_is_left_in_peace),
        cmocka_unit_test(each_duplicate_is_told_once_in_byte_order),
        cmocka_unit_test(only_what_is_loaded_has_faults),
        cmocka_unit_test(sound_images_of_every_kind_have_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
