/* test_sbom.c -- the CycloneDX document: its bytes, its order, what the schema asks for. */
#include "../support/unit.h"

#include "base/json.h"
#include "base/text.h"
#include "repair/sbom.h"

static const struct wf_package zlib = {
    .type = "deb",
    .distro = "debian",
    .name = "zlib1g",
    .version = "1:1.2.13.dfsg-1",
    .arch = "amd64",
    .licence = "Zlib",
    .purl = "pkg:deb/debian/zlib1g@1:1.2.13.dfsg-1?arch=amd64&distro=debian-12",
};

static const struct wf_sbom_part two_parts[] = {
    { .path = "demo.libs/libz-1a2b3c4d.so.1.2.13",
      .source_name = "libz.so.1.2.13",
      .sha256 = { 0xab, 0xcd },
      .package = &zlib },
    { .path = "demo.libs/libown-5e6f7a8b.so",
      .source_name = "libown.so",
      .sha256 = { 0x01 } },
};

static struct wf_buffer out;

static int
teardown(void **state)
{
    (void)state;
    wf_buffer_clear(&out);
    return 0;
}

/* The document, ended as a C string. */
static const char *
document(const struct wf_sbom_part *parts, size_t num)
{
    const struct wf_sbom sbom = {
        .wheel = "My_Demo.x-1.0+local-cp311-cp311-manylinux_2_17_x86_64.whl",
        .name = "My_Demo.x",
        .version = "1.0+local",
        .tool_version = "0.1",
        .parts = parts,
        .num_parts = num,
    };

    wf_buffer_clear(&out);
    wf_buffer_init(&out, 1 << 20);
    wf_sbom_write(&out, &sbom);
    wf_buffer_add_char(&out, '\0');
    assert_false(out.over);
    return (const char *)out.data;
}

#define ZEROS_56 "00000000000000000000000000000000000000000000000000000000"
#define WHEEL_PURL                                                                       \
    "pkg:pypi/my-demo.x@1.0%2Blocal?file_name=My_Demo.x-1.0%2Blocal-cp311-cp311-"        \
    "manylinux_2_17_x86_64.whl"

static void
writes_one_component_for_each_library_sorted_by_path(void **state)
{
    (void)state;
    assert_string_equal(
        document(two_parts, 2),
        "{\n"
        "  \"bomFormat\": \"CycloneDX\",\n"
        "  \"specVersion\": \"1.6\",\n"
        "  \"version\": 1,\n"
        "  \"metadata\": {\n"
        "    \"tools\": {\n"
        "      \"components\": [\n"
        "        {\n"
        "          \"type\": \"application\",\n"
        "          \"name\": \"wheelfix\",\n"
        "          \"version\": \"0.1\"\n"
        "        }\n"
        "      ]\n"
        "    },\n"
        "    \"component\": {\n"
        "      \"type\": \"library\",\n"
        "      \"bom-ref\": \"" WHEEL_PURL "\",\n"
        "      \"name\": \"My_Demo.x\",\n"
        "      \"version\": \"1.0+local\",\n"
        "      \"purl\": \"" WHEEL_PURL "\"\n"
        "    }\n"
        "  },\n"
        "  \"components\": [\n"
        "    {\n"
        "      \"type\": \"library\",\n"
        "      \"bom-ref\": \"demo.libs/libown-5e6f7a8b.so\",\n"
        "      \"name\": \"libown.so\",\n"
        "      \"hashes\": [\n"
        "        {\n"
        "          \"alg\": \"SHA-256\",\n"
        "          \"content\": \"01000000" ZEROS_56 "\"\n"
        "        }\n"
        "      ],\n"
        "      \"evidence\": {\n"
        "        \"occurrences\": [\n"
        "          {\n"
        "            \"location\": \"demo.libs/libown-5e6f7a8b.so\"\n"
        "          }\n"
        "        ]\n"
        "      },\n"
        "      \"properties\": [\n"
        "        {\n"
        "          \"name\": \"wheelfix:source_name\",\n"
        "          \"value\": \"libown.so\"\n"
        "        }\n"
        "      ]\n"
        "    },\n"
        "    {\n"
        "      \"type\": \"library\",\n"
        "      \"bom-ref\": \"demo.libs/libz-1a2b3c4d.so.1.2.13\",\n"
        "      \"name\": \"zlib1g\",\n"
        "      \"version\": \"1:1.2.13.dfsg-1\",\n"
        "      \"hashes\": [\n"
        "        {\n"
        "          \"alg\": \"SHA-256\",\n"
        "          \"content\": \"abcd0000" ZEROS_56 "\"\n"
        "        }\n"
        "      ],\n"
        "      \"licenses\": [\n"
        "        {\n"
        "          \"license\": {\n"
        "            \"name\": \"Zlib\",\n"
        "            \"acknowledgement\": \"declared\"\n"
        "          }\n"
        "        }\n"
        "      ],\n"
        "      \"purl\": "
        "\"pkg:deb/debian/zlib1g@1:1.2.13.dfsg-1?arch=amd64&distro=debian-12\",\n"
        "      \"evidence\": {\n"
        "        \"occurrences\": [\n"
        "          {\n"
        "            \"location\": \"demo.libs/libz-1a2b3c4d.so.1.2.13\"\n"
        "          }\n"
        "        ]\n"
        "      },\n"
        "      \"properties\": [\n"
        "        {\n"
        "          \"name\": \"wheelfix:source_name\",\n"
        "          \"value\": \"libz.so.1.2.13\"\n"
        "        }\n"
        "      ]\n"
        "    }\n"
        "  ],\n"
        "  \"dependencies\": [\n"
        "    {\n"
        "      \"ref\": \"" WHEEL_PURL "\",\n"
        "      \"dependsOn\": [\n"
        "        \"demo.libs/libown-5e6f7a8b.so\",\n"
        "        \"demo.libs/libz-1a2b3c4d.so.1.2.13\"\n"
        "      ]\n"
        "    },\n"
        "    {\n"
        "      \"ref\": \"demo.libs/libown-5e6f7a8b.so\"\n"
        "    },\n"
        "    {\n"
        "      \"ref\": \"demo.libs/libz-1a2b3c4d.so.1.2.13\"\n"
        "    }\n"
        "  ]\n"
        "}\n");
}

static void
says_the_same_whatever_order_the_parts_come_in(void **state)
{
    const struct wf_sbom_part turned[] = { two_parts[1], two_parts[0] };
    struct wf_arena arena = { 0 };
    const char *first = wf_arena_strdup(&arena, document(two_parts, 2));

    (void)state;
    assert_string_equal(document(turned, 2), first);
    wf_arena_clear(&arena);
}

static void
leaves_out_a_licence_that_nobody_states(void **state)
{
    struct wf_package unlicensed = zlib;
    const struct wf_sbom_part part = { .path = "p",
                                       .source_name = "s",
                                       .package = &unlicensed };

    (void)state;
    unlicensed.licence = NULL;
    assert_null(strstr(document(&part, 1), "licenses"));
    unlicensed.licence = "MIT";
    assert_non_null(strstr(document(&part, 1), "\"name\": \"MIT\""));
}

static const char *
string_at(const struct wf_json *object, const char *key)
{
    const struct wf_json *value = wf_json_get(object, key);

    assert_non_null(value);
    assert_int_equal(wf_json_kind(value), WF_JSON_STRING);
    return wf_json_string(value);
}

static size_t
count(const struct wf_json *array)
{
    size_t num = 0;

    assert_non_null(array);
    assert_int_equal(wf_json_kind(array), WF_JSON_ARRAY);
    for (const struct wf_json *i = wf_json_first(array); i != NULL; i = wf_json_next(i))
        num++;
    return num;
}

/* What bom-1.6.schema.json requires of a component. */
static void
check_component(const struct wf_json *component)
{
    static const char *const types[] = { "library", "application" };
    const char *type = string_at(component, "type");

    assert_true(strcmp(type, types[0]) == 0 || strcmp(type, types[1]) == 0);
    assert_true(strlen(string_at(component, "name")) > 0);
    const struct wf_json *hashes = wf_json_get(component, "hashes");

    for (const struct wf_json *hash = hashes == NULL ? NULL : wf_json_first(hashes);
         hash != NULL; hash = wf_json_next(hash)) {
        assert_string_equal(string_at(hash, "alg"), "SHA-256");
        const char *content = string_at(hash, "content");

        assert_int_equal(strlen(content), 64);
        assert_int_equal(strspn(content, "0123456789abcdef"), 64);
    }
}

static void
holds_what_the_schema_requires_for_hostile_names_too(void **state)
{
    static const char odd[] = "\xff\"\\\n\xe2\x80\xae";
    const struct wf_package package = { .type = "deb",
                                        .distro = "",
                                        .name = odd,
                                        .version = odd,
                                        .arch = "",
                                        .licence = odd,
                                        .purl = "pkg:deb/x" };
    const struct wf_sbom_part parts[] = {
        { .path = odd, .source_name = odd, .package = &package },
        { .path = "b", .source_name = odd },
    };
    struct wf_json *root = NULL;
    struct wf_error err = { 0 };

    (void)state;
    document(parts, 2);
    assert_true(wf_json_parse(&root, wf_bytes_of(out.data, out.len - 1), &err));
    assert_string_equal(string_at(root, "bomFormat"), "CycloneDX");
    assert_string_equal(string_at(root, "specVersion"), "1.6");
    assert_null(wf_json_get(root, "serialNumber"));
    const struct wf_json *metadata = wf_json_get(root, "metadata");

    assert_null(wf_json_get(metadata, "timestamp"));
    check_component(wf_json_get(metadata, "component"));
    const struct wf_json *tools =
        wf_json_get(wf_json_get(metadata, "tools"), "components");

    assert_int_equal(count(tools), 1);
    check_component(wf_json_first(tools));
    const struct wf_json *components = wf_json_get(root, "components");

    assert_int_equal(count(components), 2);
    for (const struct wf_json *i = wf_json_first(components); i != NULL;
         i = wf_json_next(i))
        check_component(i);
    assert_int_equal(count(wf_json_get(root, "dependencies")), 3);
    wf_json_free(root);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_one_component_for_each_library_sorted_by_path),
        cmocka_unit_test(says_the_same_whatever_order_the_parts_come_in),
        cmocka_unit_test(leaves_out_a_licence_that_nobody_states),
        cmocka_unit_test(holds_what_the_schema_requires_for_hostile_names_too),
    };

    return cmocka_run_group_tests_name("sbom", tests, NULL, teardown);
}
