/* test_render_auditwheel.c -- auditwheel's own JSON, byte for byte in shape and order. */
#include "../support/report_sample.h"
#include "../support/unit.h"
#include "render/render.h"

static void
assert_json(struct sample *sample, bool answered, const char *expected)
{
    struct wf_buffer out;

    wf_buffer_init(&out, 1 << 20);
    assert_int_equal(wf_render_auditwheel(&out, sample->report, &sample->options),
                     answered);
    wf_buffer_add_char(&out, '\0');
    assert_string_equal((const char *)out.data, expected);
    wf_buffer_clear(&out);
}

static void
a_platform_wheel_has_exactly_its_keys_in_its_order(void **state)
{
    struct sample sample;

    (void)state;
    sample_fine(&sample);
    assert_json(&sample, true,
                "{\n"
                "    \"version\": 1,\n"
                "    \"wheel\": \"demo-1.0-cp311-cp311-manylinux2014_x86_64."
                "manylinux_2_17_x86_64.whl\",\n"
                "    \"pure\": false,\n"
                "    \"overall_tag\": \"manylinux_2_17_x86_64\",\n"
                "    \"sym_tag\": \"manylinux_2_17_x86_64\",\n"
                "    \"pyfpe\": false,\n"
                "    \"ucs2\": false,\n"
                "    \"unsupported_isa\": false,\n"
                "    \"versioned_symbols\": {\n"
                "        \"libc.so.6\": [\n"
                "            \"GLIBC_2.14\",\n"
                "            \"GLIBC_2.4\"\n"
                "        ]\n"
                "    },\n"
                "    \"external_libs\": {},\n"
                "    \"policy_upgrades\": {}\n"
                "}\n");
    sample_clear(&sample);
}

static void
libraries_and_forbidden_symbols_stand_under_their_policies(void **state)
{
    struct sample sample;

    (void)state;
    sample_blocked(&sample);
    assert_json(&sample, true,
                "{\n"
                "    \"version\": 1,\n"
                "    \"wheel\": \"demo-1.0-cp311-cp311-manylinux_2_17_x86_64.whl\",\n"
                "    \"pure\": false,\n"
                "    \"overall_tag\": \"linux_x86_64\",\n"
                "    \"sym_tag\": \"manylinux_2_34_x86_64\",\n"
                "    \"pyfpe\": false,\n"
                "    \"ucs2\": false,\n"
                "    \"unsupported_isa\": true,\n"
                "    \"versioned_symbols\": {},\n"
                "    \"external_libs\": {\n"
                "        \"libbar.so.2\": null,\n"
                "        \"libfoo.so.1\": \"/usr/lib/libfoo.so.1.2.3\"\n"
                "    },\n"
                "    \"policy_upgrades\": {\n"
                "        \"manylinux_2_41_x86_64\": {\n"
                "            \"libs_to_eliminate\": [\n"
                "                \"libbar.so.2\",\n"
                "                \"libfoo.so.1\"\n"
                "            ],\n"
                "            \"blacklisted_symbols\": {\n"
                "                \"libz.so.1\": [\n"
                "                    \"uncompress2\"\n"
                "                ]\n"
                "            }\n"
                "        }\n"
                "    }\n"
                "}\n");
    sample_clear(&sample);
}

static const char no_elf[] =
    "{\n"
    "    \"version\": 1,\n"
    "    \"wheel\": \"demo-1.0-py3-none-any.whl\",\n"
    "    \"error\": \"This does not look like a platform wheel, no ELF executable or "
    "shared library file (including compiled Python C extension) found in the wheel "
    "archive\"\n"
    "}\n";

static void
a_pure_wheel_is_an_error_unless_allowed(void **state)
{
    struct sample sample;

    (void)state;
    sample_pure(&sample);
    assert_json(&sample, false, no_elf);
    sample.options.allow_pure = true;
    assert_json(&sample, true,
                "{\n"
                "    \"version\": 1,\n"
                "    \"wheel\": \"demo-1.0-py3-none-any.whl\",\n"
                "    \"pure\": true\n"
                "}\n");
    /* Only a wheel for any platform may be pure. */
    sample.report->wheel->name.platform_words.items[0] = "linux_x86_64";
    assert_json(&sample, false, no_elf);
    sample_clear(&sample);
}

static void
what_nobody_judges_and_what_cannot_be_read_are_errors(void **state)
{
    struct sample sample;

    (void)state;
    sample_foreign(&sample);
    assert_json(
        &sample, false,
        "{\n"
        "    \"version\": 1,\n"
        "    \"wheel\": \"demo-1.0-cp311-cp311-linux_mips64.whl\",\n"
        "    \"error\": \"no policy speaks about the architecture or the C library "
        "of the objects in the wheel archive\"\n"
        "}\n");
    sample_clear(&sample);
    sample_failed(&sample);
    assert_json(&sample, false,
                "{\n"
                "    \"version\": 1,\n"
                "    \"wheel\": \"demo.whl\",\n"
                "    \"error\": \"in/demo.whl: at 0x20: no end record\"\n"
                "}\n");
    sample_clear(&sample);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_platform_wheel_has_exactly_its_keys_in_its_order),
        cmocka_unit_test(libraries_and_forbidden_symbols_stand_under_their_policies),
        cmocka_unit_test(a_pure_wheel_is_an_error_unless_allowed),
        cmocka_unit_test(what_nobody_judges_and_what_cannot_be_read_are_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
