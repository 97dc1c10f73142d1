/* test_wheel.c -- opening a wheel and reading its dist-info. */
#include "../support/folder.h"
#include "../support/recipe.h"
#include "../support/unit.h"

#include <unistd.h>

#include "base/file.h"
#include "wheel/wheel.h"

/* Writes the wheel of a recipe into the test's folder and returns its path. */
static const char *
made(void **state, const char *recipe_text)
{
    struct wf_test_recipe recipe = { 0 };
    struct wf_error err = { 0 };

    if (!wf_test_recipe_parse(&recipe, wf_bytes_str(recipe_text), &err))
        fail_msg("%s: %s", err.where, err.text);
    const char *path = folder_path(
        state, recipe.file_name == NULL ? "demo-1.0-py3-none-any.whl" : recipe.file_name);

    assert_true(wf_file_write_atomic(path, wf_buffer_bytes(&recipe.bytes), 0644, &err));
    wf_test_recipe_clear(&recipe);
    return path;
}

static bool
read_wheel(struct wf_wheel **out, const char *path, const struct wf_limits *limits,
           struct wf_error *err)
{
    struct wf_inflater *inflater = wf_inflater_new();
    struct wf_buffer in;
    struct wf_buffer text;
    bool ok = wf_wheel_open(out, path, limits, err);

    wf_buffer_init(&in, SIZE_MAX);
    wf_buffer_init(&text, SIZE_MAX);
    if (ok) {
        ok =
            wf_zip_check_local(&(*out)->zip, 0, (*out)->zip.num_members, inflater, err) &&
            wf_wheel_read_metadata(*out, limits, inflater, &in, &text, err);
        if (!ok) {
            wf_wheel_free(*out);
            *out = NULL;
        }
    }
    wf_buffer_clear(&in);
    wf_buffer_clear(&text);
    wf_inflater_free(inflater);
    return ok;
}

static struct wf_wheel *
opened(void **state, const char *recipe_text)
{
    const struct wf_limits limits = wf_limits_standard();
    struct wf_wheel *wheel = NULL;
    struct wf_error err = { 0 };

    if (!read_wheel(&wheel, made(state, recipe_text), &limits, &err))
        fail_msg("%s: %s", err.where, err.text);
    return wheel;
}

static void
reads_name_archive_and_dist_info(void **state)
{
    struct wf_wheel *wheel = opened(
        state, "{\"about\":\"x\",\"wheel\":{\"name\":\"Demo\",\"version\":\"2.0\","
               "\"build\":\"7\","
               "\"tags\":[\"cp311-abi3-linux_x86_64\",\"cp312-abi3-linux_x86_64\"]},"
               "\"members\":[{\"name\":\"demo/__init__.py\",\"text\":\"x\"},"
               "{\"name\":\"Demo-2.0.dist-info/entry_points.txt\","
               "\"text\":\"[console_scripts]\\ndemo = demo:main\\n\"}]}");

    assert_string_equal(wheel->base_name, "Demo-2.0-7-cp311.cp312-abi3-linux_x86_64.whl");
    assert_string_equal(wheel->path, folder_path(state, wheel->base_name));
    assert_string_equal(wheel->name.name, "Demo");
    assert_string_equal(wheel->dist_info, "Demo-2.0.dist-info");
    assert_int_equal(wheel->zip.num_members, 5);
    assert_string_equal(wf_fields_get(&wheel->metadata, "Name"), "Demo");
    assert_true(wheel->has_wheel_file);
    assert_int_equal(wheel->wheel_file.tags.num, 2);
    assert_string_equal(wheel->wheel_file.build, "7");
    assert_true(wheel->has_record);
    assert_int_equal(wheel->record.num_rows, 5);
    assert_int_equal(wheel->record.num_faults, 0);
    assert_int_equal(wheel->entry_points.num, 1);
    assert_int_equal(wheel->num_faults, 0);
    wf_wheel_free(wheel);
}

static void
freeing_nothing_is_fine(void **state)
{
    (void)state;
    wf_wheel_free(NULL);
}

#define WITH(file_, text_)                                                               \
    "{\"about\":\"x\",\"wheel\":{\"tags\":[\"py3-none-any\"],\"root_is_purelib\":true}," \
    "\"members\":[{\"name\":\"demo-1.0.dist-info/" file_ "\",\"text\":\"" text_ "\"}]}"
#define METADATA(text_)    WITH("METADATA", "Metadata-Version: 2.1\\n" text_)
#define WHEEL(text_)       WITH("WHEEL", "Wheel-Version: 1.0\\nGenerator: x\\n" text_)
#define LEAVING_OUT(file_) "{\"about\":\"x\",\"members\":[" file_ "]}"
#define METADATA_FILE                                                                    \
    "{\"name\":\"demo-1.0.dist-info/METADATA\",\"text\":"                                \
    "\"Metadata-Version: 2.1\\nName: demo\\nVersion: 1.0\\n\"}"
#define WHEEL_FILE                                                                       \
    "{\"name\":\"demo-1.0.dist-info/WHEEL\",\"text\":"                                   \
    "\"Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: "                \
    "py3-none-any\\n\"}"
#define RECORD_FILE "{\"name\":\"demo-1.0.dist-info/RECORD\",\"text\":\"\"}"

static const struct {
    const char *recipe;
    const char *slug;
    const char *where;
    const char *message;
} fault_cases[] = {
    { LEAVING_OUT(WHEEL_FILE "," RECORD_FILE), "di-metadata-present",
      "demo-1.0.dist-info", "METADATA is missing" },
    { "{\"about\":\"x\",\"members\":[{\"name\":\"Demo-1.0.dist-info/METADATA\",\"text\":"
      "\"Metadata-Version: 2.1\\nName: demo\\nVersion: 1.0\\n\"},"
      "{\"name\":\"Demo-1.0.dist-info/WHEEL\",\"text\":\"Wheel-Version: 1.0\\nGenerator: "
      "x"
      "\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n\"},"
      "{\"name\":\"Demo-1.0.dist-info/RECORD\"}]}",
      "di-name-match", "Demo-1.0.dist-info",
      "the file name asks for demo-1.0.dist-info" },
    { WITH("INSTALLER", "pip"), "di-no-installer-files", "demo-1.0.dist-info/INSTALLER",
      "installers write this file; a wheel must not hold it" },
    { LEAVING_OUT(METADATA_FILE "," WHEEL_FILE), "di-record-present",
      "demo-1.0.dist-info", "RECORD is missing" },
    { LEAVING_OUT(METADATA_FILE "," RECORD_FILE), "di-wheel-present",
      "demo-1.0.dist-info", "WHEEL is missing" },
    { WITH("entry_points.txt", "a = b"), "ep-utf8-ini",
      "demo-1.0.dist-info/entry_points.txt", "line 1 stands before the first group" },
    { METADATA("Name: demo\\nVersion: 1.0.1\\n"), "fn-version-equals-metadata",
      "demo-1.0.dist-info/METADATA", "Version is \"1.0.1\"; the file name says \"1.0\"" },
    { WITH("METADATA", "no colon"), "md-keyvalue", "demo-1.0.dist-info/METADATA",
      "line 1 has no colon; headers are \"Key: value\"" },
    { METADATA("Name: other\\nVersion: 1.0\\n"), "md-name-match",
      "demo-1.0.dist-info/METADATA", "Name is \"other\"; the file name says \"demo\"" },
    { METADATA("Name: demo\\n"), "md-required", "demo-1.0.dist-info/METADATA",
      "Version is missing" },
    { METADATA("Name: demo\\nVersion: 1.0\\nVersion: 1.0\\n"), "md-single-use",
      "demo-1.0.dist-info/METADATA", "Version stands 2 times" },
    { WITH("RECORD", "\\\"a"), "rc-readable", "demo-1.0.dist-info/RECORD",
      "at 0x2: line 1 has no closing quote" },
    { WHEEL("Root-Is-Purelib: true\\nTag: py3-none-any\\nBuild: 1\\n"),
      "wh-build-equal-name", "demo-1.0.dist-info/WHEEL",
      "Build is \"1\"; the file name says \"\"" },
    { WHEEL("Root-Is-Purelib: true\\nTag: py3-any\\n"), "wh-keyvalue",
      "demo-1.0.dist-info/WHEEL", "line 4: tag has 2 parts; python-abi-platform has 3" },
    { WHEEL("Root-Is-Purelib: maybe\\nTag: py3-none-any\\n"), "wh-purelib-bool",
      "demo-1.0.dist-info/WHEEL", "Root-Is-Purelib is neither true nor false" },
    { WHEEL("Root-Is-Purelib: true\\n"), "wh-required", "demo-1.0.dist-info/WHEEL",
      "Tag is missing" },
    { WHEEL("Root-Is-Purelib: true\\nTag: py3-none-any\\nGenerator: y\\n"),
      "wh-single-use", "demo-1.0.dist-info/WHEEL", "Generator stands 2 times" },
    { WHEEL("Root-Is-Purelib: true\\nTag: py2.py3-none-any\\n"), "wh-tags-expanded",
      "demo-1.0.dist-info/WHEEL",
      "\"py2.py3-none-any\" is a compressed set; each line holds one tag" },
    { WITH("WHEEL", "Wheel-Version: 1.9\\nGenerator: x\\nRoot-Is-Purelib: true\\n"
                    "Tag: py3-none-any\\n"),
      "wh-version", "demo-1.0.dist-info/WHEEL", "Wheel-Version is 1.9; 1.0 is known" },
};

static void
each_fault_is_told_and_the_reading_goes_on(void **state)
{
    for (size_t i = 0; i < WF_COUNT(fault_cases); i++) {
        struct wf_wheel *wheel = opened(state, fault_cases[i].recipe);

        print_message("# %s\n", fault_cases[i].slug);
        assert_int_equal(wheel->num_faults, 1);
        assert_string_equal(wheel->faults[0].slug, fault_cases[i].slug);
        assert_string_equal(wheel->faults[0].where, fault_cases[i].where);
        assert_string_equal(wheel->faults[0].message, fault_cases[i].message);
        wf_wheel_free(wheel);
    }
}

static void
the_table_of_faults_is_sorted_and_each_has_its_case(void **state)
{
    (void)state;
    assert_int_equal(WF_COUNT(fault_cases), wf_num_wheel_fault_slugs);
    for (size_t i = 0; i < WF_COUNT(fault_cases); i++)
        assert_string_equal(fault_cases[i].slug, wf_wheel_fault_slugs[i]);
}

static void
names_and_versions_are_compared_in_their_normal_form(void **state)
{
    struct wf_wheel *wheel = opened(
        state, "{\"about\":\"x\",\"wheel\":{\"name\":\"My_Demo\",\"version\":\"1.0rc1\","
               "\"tags\":[\"py3-none-any\"],\"metadata\":\"Metadata-Version: 2.1\\n"
               "Name: my.demo\\nVersion: v1.0-RC.1\\n\"}}");

    assert_int_equal(wheel->num_faults, 0);
    wf_wheel_free(wheel);
}

static void
a_wheel_has_exactly_one_dist_info(void **state)
{
    static const char *const recipes[] = {
        "{\"about\":\"x\",\"members\":[{\"name\":\"demo/a.py\"}]}",
        "{\"about\":\"x\",\"members\":[{\"name\":\"p/demo-1.0.dist-info/METADATA\"}]}",
        "{\"about\":\"x\",\"members\":[{\"name\":\"demo-1.0.dist-info\"}]}",
        "{\"about\":\"x\",\"members\":[{\"name\":\"demo-1.0.DIST-INFO/METADATA\"}]}",
        "{\"about\":\"x\",\"members\":[{\"name\":\".dist-info/METADATA\"}]}",
    };
    const struct wf_limits limits = wf_limits_standard();

    for (size_t i = 0; i < WF_COUNT(recipes); i++) {
        struct wf_wheel *wheel = NULL;
        struct wf_error err = { 0 };

        assert_false(read_wheel(&wheel, made(state, recipes[i]), &limits, &err));
        assert_null(wheel);
        assert_error(err, WF_ERR_MALFORMED,
                     "no folder that ends in \".dist-info\"; a wheel has exactly one");
    }
}

static void
what_is_no_wheel_is_refused_without_its_path(void **state)
{
    const struct wf_limits limits = wf_limits_standard();
    struct wf_wheel *wheel = NULL;
    struct wf_error err = { 0 };

    folder_write(state, "demo.zip", "x");
    folder_write(state, "a-1-py3-none-any.whl",
                 "forty-two bytes that are not a zip archive");
    folder_make(state, "b-1-py3-none-any.whl");
    assert_false(wf_wheel_open(&wheel, folder_path(state, "demo.zip"), &limits, &err));
    assert_error(err, WF_ERR_MALFORMED, "file name does not end in \".whl\"");
    assert_false(
        wf_wheel_open(&wheel, folder_path(state, "a-1-py3-none-any.whl"), &limits, &err));
    assert_error_at(
        err, WF_ERR_MALFORMED, 0,
        "at 0x0: no end record in the last 42 bytes; not a zip archive, or cut "
        "short");
    assert_false(
        wf_wheel_open(&wheel, folder_path(state, "b-1-py3-none-any.whl"), &limits, &err));
    assert_int_equal(err.kind, WF_ERR_IO);
    assert_false(
        wf_wheel_open(&wheel, folder_path(state, "c-1-py3-none-any.whl"), &limits, &err));
    assert_int_equal(err.kind, WF_ERR_IO);
    assert_null(strstr(err.text, "c-1-py3"));
    assert_string_equal(err.where, "");
    assert_null(wheel);
}

static void
texts_over_the_limit_are_faults(void **state)
{
    struct wf_limits limits = wf_limits_standard();
    struct wf_wheel *wheel = NULL;
    struct wf_error err = { 0 };
    const char *path = made(
        state, "{\"about\":\"x\",\"wheel\":{\"tags\":[\"py3-none-any\"]},\"members\":"
               "[{\"name\":\"demo-1.0.dist-info/RECORD\",\"text\":\"a,,\\nb,,\\n\"}]}");

    limits.text_bytes = 46;
    limits.record_bytes = 7;
    assert_true(read_wheel(&wheel, path, &limits, &err));
    assert_int_equal(wheel->num_faults, 2);
    assert_string_equal(wheel->faults[0].slug, "wh-keyvalue");
    assert_string_equal(wheel->faults[0].message, "claims 78 bytes; the limit is 46");
    assert_string_equal(wheel->faults[1].slug, "rc-readable");
    assert_string_equal(wheel->faults[1].message, "claims 8 bytes; the limit is 7");
    assert_false(wheel->has_wheel_file);
    assert_false(wheel->has_record);
    assert_int_equal(wheel->metadata.num, 3);
    wf_wheel_free(wheel);
}

static void
damaged_data_of_metadata_is_a_fault(void **state)
{
    struct wf_wheel *wheel = opened(
        state, "{\"about\":\"x\",\"wheel\":{\"tags\":[\"py3-none-any\"]},\"members\":"
               "[{\"name\":\"demo-1.0.dist-info/METADATA\",\"text\":\"Name: x\","
               "\"local\":{\"crc\":1},\"central\":{\"crc\":1}}]}");

    assert_int_equal(wheel->num_faults, 1);
    assert_string_equal(wheel->faults[0].slug, "md-keyvalue");
    assert_non_null(strstr(wheel->faults[0].message, "the directory says 0x00000001"));
    assert_true(wheel->has_record);
    wf_wheel_free(wheel);
}

static void
a_wheel_that_shrinks_while_it_is_read_is_an_error(void **state)
{
    const struct wf_limits limits = wf_limits_standard();
    const char *path =
        made(state, "{\"about\":\"x\",\"wheel\":{\"tags\":[\"py3-none-any\"]}}");
    struct wf_inflater *inflater = wf_inflater_new();
    struct wf_wheel *wheel = NULL;
    struct wf_buffer in;
    struct wf_buffer out;
    struct wf_error err = { 0 };

    wf_buffer_init(&in, SIZE_MAX);
    wf_buffer_init(&out, SIZE_MAX);
    assert_true(wf_wheel_open(&wheel, path, &limits, &err));
    assert_true(wf_zip_check_local(&wheel->zip, 0, 3, inflater, &err));
    assert_int_equal(truncate(path, 10), 0);
    assert_false(wf_wheel_read_metadata(wheel, &limits, inflater, &in, &out, &err));
    assert_int_equal(err.kind, WF_ERR_IO);
    assert_string_equal(err.where, "demo-1.0.dist-info/METADATA");
    wf_wheel_free(wheel);
    wf_inflater_free(inflater);
    wf_buffer_clear(&in);
    wf_buffer_clear(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(reads_name_archive_and_dist_info),
        cmocka_unit_test(freeing_nothing_is_fine),
        IN_FOLDER(each_fault_is_told_and_the_reading_goes_on),
        cmocka_unit_test(the_table_of_faults_is_sorted_and_each_has_its_case),
        IN_FOLDER(names_and_versions_are_compared_in_their_normal_form),
        IN_FOLDER(a_wheel_has_exactly_one_dist_info),
        IN_FOLDER(what_is_no_wheel_is_refused_without_its_path),
        IN_FOLDER(texts_over_the_limit_are_faults),
        IN_FOLDER(damaged_data_of_metadata_is_a_fault),
        IN_FOLDER(a_wheel_that_shrinks_while_it_is_read_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
