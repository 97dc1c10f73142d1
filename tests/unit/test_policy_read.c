/* test_policy_read.c -- every way a policy file is refused, and where the error points. */
#include "../support/policy_loading.h"

#include "base/buffer.h"

/* Everything the schema forbids, with the text, the place and the offset of the value. */
static void
refuses_what_the_schema_does_not_allow(void **state)
{
#define POLICY(rest) HEAD "{\"name\":\"manylinux_2_29\"," X86 rest "}]}"
#define ALIAS(word)  POLICY(",\"aliases\":[\"" word "\"]")
    static const struct {
        const char *json;
        const char *where;
        const char *text;  /* behind "at 0x...: " */
        const char *marks; /* the value the offset points to starts so */
        enum wf_error_kind kind;
    } cases[] = {
        { "[]", "$", "expected object; there is array", "[]", WF_ERR_MALFORMED },
        { "{\"schema\":1,\"family\":\"manylinux\"}", "$",
          "the key \"policies\" is missing", "{", WF_ERR_MALFORMED },
        { "{\"family\":\"manylinux\",\"policies\":[]}", "$",
          "the key \"schema\" is missing", "{", WF_ERR_MALFORMED },
        { "{\"schema\":2,\"family\":\"manylinux\",\"policies\":[]}", "$.schema",
          "only schema 1 is read", "2", WF_ERR_UNSUPPORTED },
        { "{\"schema\":\"1\",\"family\":\"manylinux\",\"policies\":[]}", "$.schema",
          "expected number; there is string", "\"1\"", WF_ERR_MALFORMED },
        { "{\"schema\":1,\"family\":\"macos\",\"policies\":[]}", "$.family",
          "unknown family \"macos\"; known are manylinux, musllinux and android",
          "\"macos\"", WF_ERR_MALFORMED },
        { "{\"schema\":1,\"family\":\"manylinux\",\"policys\":[]}", "$.policys",
          "unknown key; did you mean \"policies\"?", "[]", WF_ERR_MALFORMED },
        { "{\"schema\":1,\"family\":\"manylinux\",\"policies\":[],\"x\":7}", "$.x",
          "unknown key", "7", WF_ERR_MALFORMED },
        { "{\"schema\":1,\"family\":\"manylinux\",\"policies\":{}}", "$.policies",
          "expected array; there is object", "{}", WF_ERR_MALFORMED },
        { "{\"schema\":1,\"family\":\"manylinux\",\"policies\":[],\"about\":3}",
          "$.about", "expected string; there is number", "3", WF_ERR_MALFORMED },
        { HEAD "3]}", "$.policies[0]", "expected object; there is number", "3",
          WF_ERR_MALFORMED },
        { HEAD "{\"name\":\"manylinux_2_29\"}]}", "$.policies[0]",
          "the key \"architectures\" is missing", "{\"name", WF_ERR_MALFORMED },
        { POLICY(",\"libs\":[]"), "$.policies[0].libs", "unknown key", "[]",
          WF_ERR_MALFORMED },
        { POLICY(",\"librarys\":[]"), "$.policies[0].librarys",
          "unknown key; did you mean \"libraries\"?", "[]", WF_ERR_MALFORMED },
        { HEAD "{\"name\":\"acme_1_0\"," X86 "}]}", "$.policies[0].name",
          "\"acme_1_0\" is no name of this family; expected manylinux_X_Y", "\"acme",
          WF_ERR_MALFORMED },
        { HEAD "{\"name\":\"musllinux_1_3\"," X86 "}]}", "$.policies[0].name",
          "\"musllinux_1_3\" is no name of this family; expected manylinux_X_Y", "\"musl",
          WF_ERR_MALFORMED },
        { HEAD "{\"name\":\"manylinux_2_029\"," X86 "}]}", "$.policies[0].name",
          "\"manylinux_2_029\" is no name of this family; expected manylinux_X_Y",
          "\"many", WF_ERR_MALFORMED },
        { HEAD "{\"name\":\"manylinux_2_29x\"," X86 "}]}", "$.policies[0].name",
          "\"manylinux_2_29x\" is no name of this family; expected manylinux_X_Y",
          "\"many", WF_ERR_MALFORMED },
        { HEAD "{\"name\":\"manylinux_2_123456\"," X86 "}]}", "$.policies[0].name",
          "\"manylinux_2_123456\" is no name of this family; expected manylinux_X_Y",
          "\"many", WF_ERR_MALFORMED },
        { "{\"schema\":1,\"family\":\"android\",\"policies\":[{\"name\":\"android_21_"
          "1\"," X86 "}]}",
          "$.policies[0].name",
          "\"android_21_1\" is no name of this family; expected android_N", "\"android",
          WF_ERR_MALFORMED },
        { HEAD "{\"name\":\"manylinux_2_29\",\"architectures\":[]}]}",
          "$.policies[0].architectures", "a policy needs an architecture", "[]",
          WF_ERR_MALFORMED },
        { HEAD "{\"name\":\"manylinux_2_29\",\"architectures\":[\"x86_64\",\"vax\"]}]}",
          "$.policies[0].architectures[1]", "unknown architecture \"vax\"", "\"vax\"",
          WF_ERR_MALFORMED },
        { POLICY(",\"priority\":-1"), "$.policies[0].priority",
          "expected a whole number from 0 to 100000", "-1", WF_ERR_MALFORMED },
        { POLICY(",\"priority\":1.5"), "$.policies[0].priority",
          "expected a whole number from 0 to 100000", "1.5", WF_ERR_MALFORMED },
        { POLICY(",\"priority\":100001"), "$.policies[0].priority",
          "expected a whole number from 0 to 100000", "100001", WF_ERR_MALFORMED },
        { POLICY(",\"provisional\":1"), "$.policies[0].provisional",
          "expected bool; there is number", "1", WF_ERR_MALFORMED },
        { POLICY(",\"sets\":\"all\""), "$.policies[0].sets",
          "expected \"added\" or \"whole\"; there is \"all\"", "\"all\"",
          WF_ERR_MALFORMED },
        { POLICY(",\"systems\":[1]"), "$.policies[0].systems[0]",
          "expected string; there is number", "1", WF_ERR_MALFORMED },
        { POLICY(",\"versions\":{\"x86_64\":[]}"), "$.policies[0].versions.x86_64",
          "expected object; there is array", "[]", WF_ERR_MALFORMED },
        { POLICY(",\"versions\":{\"aarch64\":{}}"), "$.policies[0].versions.aarch64",
          "\"aarch64\" is not among the policy's architectures", "{}", WF_ERR_MALFORMED },
        { POLICY(",\"versions\":{\"vax\":{}}"), "$.policies[0].versions.vax",
          "unknown architecture \"vax\"", "{}", WF_ERR_MALFORMED },
        { POLICY(",\"versions\":{\"*\":{\"A_B\":[\"1\"]}}"),
          "$.policies[0].versions.*.A_B",
          "a version's prefix ends before its first \"_\"", "[\"1\"]", WF_ERR_MALFORMED },
        { POLICY(",\"versions\":{\"*\":{\"\":[\"1\"]}}"), "$.policies[0].versions.*.",
          "a name has 1 to 128 bytes; this one has 0", "[\"1\"]", WF_ERR_MALFORMED },
        { POLICY(",\"versions\":{\"*\":{\"GLIBC\":[\"2.1\",\"\"]}}"),
          "$.policies[0].versions.*.GLIBC[1]",
          "a name has 1 to 128 bytes; this one has 0", "\"\"", WF_ERR_MALFORMED },
        { POLICY(",\"libraries\":[\"lib c.so\"]"), "$.policies[0].libraries[0]",
          "byte 3 of \"lib c.so\" is not printable ASCII; a name needs it", "\"lib",
          WF_ERR_MALFORMED },
        { ALIAS("Acme"), "$.policies[0].aliases[0]",
          "alias \"Acme\" has other characters than a-z, 0-9 and _", "\"Acme\"",
          WF_ERR_MALFORMED },
        { ALIAS("manylinux_2_30"), "$.policies[0].aliases[0]",
          "alias \"manylinux_2_30\" has the form of a policy's own name",
          "\"manylinux_2_30\"", WF_ERR_MALFORMED },
        { POLICY(",\"aliases\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\"]"),
          "$.policies[0].aliases[8]", "a policy can have 8 aliases", "\"i\"",
          WF_ERR_LIMIT },
        { HEAD "],\"forbidden_symbols\":[{\"library\":\"l\",\"symbols\":[]}]}",
          "$.forbidden_symbols[0]", "the key \"allowed_from\" is missing", "{\"library",
          WF_ERR_MALFORMED },
        { HEAD "],\"forbidden_symbols\":[{\"library\":\"l\",\"allowed_from\":1,"
               "\"symbols\":[]}]}",
          "$.forbidden_symbols[0].allowed_from", "expected string; there is number", "1,",
          WF_ERR_MALFORMED },
        { HEAD "],\"forbidden_symbols\":7}", "$.forbidden_symbols",
          "expected array; there is number", "7", WF_ERR_MALFORMED },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct loaded l = load(cases[i].json);
        const char *text = strstr(l.err.text, ": ");

        assert_false(l.ok);
        assert_non_null(text);
        assert_string_equal(text + 2, cases[i].text);
        assert_string_equal(l.err.where, cases[i].where);
        assert_int_equal(l.err.kind, cases[i].kind);
        assert_true(l.err.has_offset);
        assert_memory_equal(cases[i].json + l.err.offset, cases[i].marks,
                            strlen(cases[i].marks));
        wf_arena_clear(&l.arena);
    }
#undef POLICY
#undef ALIAS
}

static void
json_faults_keep_their_offset(void **state)
{
    struct loaded l = load("{\"schema\":1,\"schema\":1}");

    (void)state;
    assert_false(l.ok);
    assert_int_equal(l.err.kind, WF_ERR_MALFORMED);
    assert_true(l.err.has_offset);
    wf_arena_clear(&l.arena);
}

static void
a_file_lists_so_many_names_and_no_more(void **state)
{
    struct wf_buffer text;

    (void)state;
    wf_buffer_init(&text, 1 << 22);
    for (size_t extra = 0; extra < 2; extra++) {
        struct loaded l = { 0 };

        wf_buffer_reset(&text);
        wf_buffer_add_str(&text, HEAD "{\"name\":\"manylinux_2_29\"," X86
                                      ",\"libraries\":[\"l0\"");
        for (size_t i = 1; i < 65536 + extra; i++)
            wf_buffer_printf(&text, ",\"l%zu\"", i);
        wf_buffer_add_str(&text, "]}]}");
        l.ok = wf_policies_load(&l.set, &l.arena, wf_policies_builtin(),
                                wf_buffer_bytes(&text), &l.err);
        assert_int_equal(l.ok, extra == 0);
        if (l.ok) {
            assert_int_equal(wf_policies_library_rank(l.set, WF_POLICY_MANYLINUX,
                                                      WF_ARCH_X86_64, "l65535"),
                             wf_policies_find(l.set, "manylinux_2_29")->rank);
        } else {
            assert_int_equal(l.err.kind, WF_ERR_LIMIT);
            assert_string_equal(l.err.where, "$.policies[0].libraries[65536]");
        }
        wf_arena_clear(&l.arena);
    }
    wf_buffer_clear(&text);
}

static void
a_file_that_is_too_large_is_not_read(void **state)
{
    enum { TOO_LARGE = (16 << 20) + 1 };
    struct wf_arena arena = { 0 };
    const struct wf_policies *set = NULL;
    struct wf_error err = { 0 };

    (void)state;
    assert_false(wf_policies_load(
        &set, &arena, wf_policies_builtin(),
        wf_bytes_of(wf_arena_alloc(&arena, TOO_LARGE), TOO_LARGE), &err));
    assert_int_equal(err.kind, WF_ERR_LIMIT);
    assert_string_equal(err.text,
                        "the policy file has 16777217 bytes; at most 16777216 are read");
    wf_arena_clear(&arena);
}

static const char good_file[] =
    HEAD "{\"name\":\"manylinux_2_29\",\"aliases\":[\"acme\"],\"priority\":3,"
         "\"provisional\":true,\"sets\":\"added\",\"systems\":[\"A\"],\"images\":[\"b\"],"
         "\"architectures\":[\"x86_64\",\"aarch64\"],\"versions\":{\"*\":{\"GLIBC\":"
         "[\"2.29\"]},\"aarch64\":{\"ZLIB\":[]}},\"libraries\":[\"libx.so\"]}],"
         "\"forbidden_symbols\":[{\"library\":\"libx.so\",\"allowed_from\":"
         "\"manylinux_2_31\",\"symbols\":[\"x\"]}]}";

/* Any bytes give a set or an error that says something, read from a block of their size. */
static void
load_block(const char *text, size_t len, bool expected)
{
    struct wf_arena arena = { 0 };
    const struct wf_policies *set = NULL;
    struct wf_error err = { 0 };
    char *block = malloc(len == 0 ? 1 : len);

    assert_non_null(block);
    memcpy(block, text, len);
    const bool ok = wf_policies_load(&set, &arena, wf_policies_builtin(),
                                     wf_bytes_of(block, len), &err);

    free(block);
    if (ok) {
        assert_true(expected);
        assert_non_null(wf_policies_find(set, "manylinux_2_41"));
    } else {
        assert_null(set);
        assert_int_not_equal(err.kind, WF_ERR_NONE);
        assert_int_not_equal(err.text[0], '\0');
    }
    wf_arena_clear(&arena);
}

static void
every_prefix_of_a_file_is_refused(void **state)
{
    (void)state;
    load_block(good_file, strlen(good_file), true);
    for (size_t len = 0; len < strlen(good_file); len++)
        load_block(good_file, len, false);
}

static void
every_changed_byte_gives_a_set_or_an_error(void **state)
{
    static const unsigned char masks[] = { 0x01, 0x20, 0x80, 0xff };
    char text[sizeof good_file];

    (void)state;
    for (size_t i = 0; i < strlen(good_file); i++)
        for (size_t k = 0; k < WF_COUNT(masks); k++) {
            memcpy(text, good_file, sizeof text);
            text[i] = (char)(text[i] ^ masks[k]);
            load_block(text, strlen(good_file), true);
        }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_the_schema_does_not_allow),
        cmocka_unit_test(json_faults_keep_their_offset),
        cmocka_unit_test(a_file_lists_so_many_names_and_no_more),
        cmocka_unit_test(a_file_that_is_too_large_is_not_read),
        cmocka_unit_test(every_prefix_of_a_file_is_refused),
        cmocka_unit_test(every_changed_byte_gives_a_set_or_an_error),
    };

    return cmocka_run_group_tests_name("policy_read", tests, NULL, NULL);
}
