/* test_settings.c -- [tool.maturin] and [tool.wheelpack], key by key. */
#include "../support/unit.h"

#include <stdio.h>

#include "../support/folder.h"
#include "../support/pack_asked.h"
#include "pack/settings.h"

#define BUILD   "[build-system]\nrequires = ['wheelpack']\nbuild-backend = 'wheelpack'\n"
/* Settings start at line 5 with this in front. */
#define MATURIN BUILD "[tool.maturin]\n"

static bool
try_read(void **state, struct wf_pyproject *out, struct wf_arena *arena, const char *text,
         const struct wf_say *say, struct wf_error *err)
{
    folder_write(state, "pyproject.toml", text);
    return wf_pyproject_read(out, arena,
                             wf_arena_strdup(arena, folder_path(state, "pyproject.toml")),
                             say, err);
}

/* Reads, and has nothing to say. */
static struct wf_settings
read_settings(void **state, struct wf_arena *arena, const char *text)
{
    struct wf_pyproject pyproject = { 0 };
    struct wf_error err = { 0 };
    const struct wf_build_asked asked = pack_asked_new("/");

    if (!try_read(state, &pyproject, arena, text, asked.say, &err))
        fail_msg("%s\n%s: %s", text, err.where, err.text);
    assert_string_equal(pack_says(), "");
    return pyproject.settings;
}

static void
every_key_of_maturin_is_read(void **state)
{
    struct wf_arena arena = { 0 };
    const struct wf_settings s = read_settings(
        state, &arena,
        MATURIN "module-name = 'a.b'\n"
                "python-source = 'python'\n"
                "python-packages = ['p', 'q']\n"
                "data = 'd'\n"
                "bindings = 'cffi'\n"
                "compatibility = 'manylinux2014'\n"
                "auditwheel = 'check'\n"
                "strip = true\n"
                "sdist-generator = 'git'\n"
                "profile = 'release'\n"
                "editable-profile = 'dev'\n"
                "all-features = true\n"
                "no-default-features = true\n"
                "frozen = true\n"
                "locked = true\n"
                "config = ['a=1']\n"
                "unstable-flags = ['u']\n"
                "rustc-args = ['-C', 'x']\n"
                "manifest-path = 'r/Cargo.toml'\n"
                "use-base-python = true\n"
                "include-import-lib = true\n"
                "pgo-command = 'python x.py'\n"
                "sbom = { rust = false, auditwheel = false, include = ['s'] }\n"
                "[tool.maturin.target.aarch64-apple-darwin]\n"
                "macos-deployment-target = '11.0'\n"
                "[tool.maturin.generate-ci.github]\n"
                "pytest = true\n");

    assert_string_equal(s.module_name, "a.b");
    assert_string_equal(s.python_source, "python");
    assert_int_equal(s.python_packages.num, 2);
    assert_string_equal(s.data, "d");
    assert_int_equal(s.bindings, WF_BINDINGS_CFFI);
    assert_string_equal(s.compatibility, "manylinux2014");
    assert_int_equal(s.audit, WF_AUDIT_CHECK);
    assert_true(s.strip && s.sdist_by_git && s.all_features && s.no_default_features);
    assert_true(s.frozen && s.locked && s.use_base_python && s.include_import_lib);
    assert_string_equal(s.profile, "release");
    assert_string_equal(s.editable_profile, "dev");
    assert_string_equal(s.config.items[0], "a=1");
    assert_string_equal(s.unstable_flags.items[0], "u");
    assert_string_equal(s.rustc_args.items[1], "x");
    assert_string_equal(s.manifest_path, "r/Cargo.toml");
    assert_false(s.sbom_rust || s.sbom_auditwheel);
    assert_string_equal(s.sbom_include.items[0], "s");
    assert_string_equal(
        wf_toml_at(s.target, "aarch64-apple-darwin.macos-deployment-target")->string,
        "11.0");
    wf_arena_clear(&arena);
}

static void
what_is_not_set_has_its_default(void **state)
{
    static const char *const texts[] = { BUILD, MATURIN, BUILD "[tool]\n" };
    struct wf_arena arena = { 0 };

    for (size_t i = 0; i < WF_COUNT(texts); i++) {
        const struct wf_settings s = read_settings(state, &arena, texts[i]);

        assert_null(s.module_name);
        assert_int_equal(s.bindings, WF_BINDINGS_AUTO);
        assert_int_equal(s.audit, WF_AUDIT_DEFAULT);
        assert_false(s.strip || s.sdist_by_git || s.locked || s.has_targets);
        assert_true(s.sbom_rust && s.sbom_auditwheel);
        assert_int_equal(s.num_includes + s.num_excludes + s.num_features, 0);
    }
    wf_arena_clear(&arena);
}

static void
wheelpack_wins_key_by_key(void **state)
{
    struct wf_arena arena = { 0 };
    const struct wf_settings s =
        read_settings(state, &arena,
                      MATURIN "module-name = 'a'\nstrip = true\nmanylinux = '2014'\n"
                              "[tool.wheelpack]\nmodule-name = 'b'\nlocked = true\n"
                              "compatibility = 'linux'\n");

    assert_string_equal(s.module_name, "b");
    assert_string_equal(s.compatibility, "linux");
    assert_true(s.strip && s.locked);
    wf_arena_clear(&arena);
}

static void
old_spellings_of_keys_mean_the_same(void **state)
{
    struct wf_arena arena = { 0 };

    assert_string_equal(
        read_settings(state, &arena, MATURIN "manylinux = 'off'\n").compatibility, "off");
    assert_int_equal(
        read_settings(state, &arena, MATURIN "skip-auditwheel = true\n").audit,
        WF_AUDIT_SKIP);
    assert_int_equal(
        read_settings(state, &arena, MATURIN "skip-auditwheel = false\n").audit,
        WF_AUDIT_DEFAULT);
    assert_int_equal(read_settings(state, &arena,
                                   MATURIN "skip-auditwheel = true\n"
                                           "auditwheel = 'repair'\n")
                         .audit,
                     WF_AUDIT_REPAIR);
    wf_arena_clear(&arena);
}

static void
globs_have_three_forms(void **state)
{
    struct wf_arena arena = { 0 };
    const struct wf_settings s = read_settings(
        state, &arena,
        MATURIN "include = ['a/*', { path = 'b', format = 'sdist' },\n"
                "  { path = 'c', format = ['sdist', 'wheel'] },\n"
                "  { path = 'd*', from = 'out-dir', to = 'p/', crate_name = 'k' },\n"
                "  { path = 'e', from = 'out-dir', to = 'p', crate-name = 'l' }]\n"
                "exclude = ['/x', '!y', { path = '../z', format = 'wheel' }]\n");

    assert_int_equal(s.num_includes, 5);
    assert_string_equal(s.includes[0].glob, "a/*");
    assert_int_equal(s.includes[0].formats, WF_IN_WHEEL | WF_IN_SDIST);
    assert_int_equal(s.includes[1].formats, WF_IN_SDIST);
    assert_int_equal(s.includes[2].formats, WF_IN_WHEEL | WF_IN_SDIST);
    assert_false(s.includes[2].from_out_dir);
    assert_true(s.includes[3].from_out_dir);
    assert_int_equal(s.includes[3].formats, WF_IN_WHEEL);
    assert_string_equal(s.includes[3].to, "p/");
    assert_string_equal(s.includes[3].crate_name, "k");
    assert_string_equal(s.includes[4].crate_name, "l");
    assert_int_equal(s.num_excludes, 3);
    assert_string_equal(s.excludes[0].glob, "/x");
    assert_int_equal(s.excludes[2].formats, WF_IN_WHEEL);
    wf_arena_clear(&arena);
}

static void
targets_and_features_keep_their_order_and_conditions(void **state)
{
    struct wf_arena arena = { 0 };
    const struct wf_settings s = read_settings(
        state, &arena,
        MATURIN "targets = [{ name = 'a', kind = 'bin', more = 1 }, { name = 'b' }]\n"
                "features = ['x', { feature = 'y', python-version = '>=3.11,<4' },\n"
                "  { feature = 'z', python-implementation = 'CPython' }]\n");

    assert_true(s.has_targets);
    assert_int_equal(s.num_targets, 2);
    assert_string_equal(s.targets[0].name, "a");
    assert_string_equal(s.targets[0].kind, "bin");
    assert_null(s.targets[1].kind);
    assert_int_equal(s.num_features, 3);
    assert_string_equal(s.features[0].name, "x");
    assert_null(s.features[0].python_version);
    assert_string_equal(s.features[1].python_version, ">=3.11,<4");
    assert_string_equal(s.features[2].python_implementation, "CPython");
    assert_true(read_settings(state, &arena, MATURIN "targets = []\n").has_targets);
    wf_arena_clear(&arena);
}

static void
what_a_key_cannot_be_is_refused_with_its_place(void **state)
{
    static const struct {
        const char *text;
        const char *says;
    } rows[] = {
        { MATURIN "strip = 'yes'\n", "line 5, column 9: tool.maturin.strip is a string; "
                                     "true or false was expected" },
        { BUILD "[tool.wheelpack]\nmodule-name = 1\n",
          "line 5, column 15: tool.wheelpack.module-name is an integer; a string was "
          "expected" },
        { MATURIN "manylinux = ['a']\n", "line 5, column 13: tool.maturin.manylinux is "
                                         "an array; a string was expected" },
        { MATURIN "compatibility = 'a'\nmanylinux = 'b'\n",
          "line 6, column 13: tool.maturin has both compatibility and manylinux, which "
          "are "
          "names of one key" },
        { MATURIN "bindings = 'pyo4'\n", "line 5, column 12: tool.maturin.bindings is "
                                         "\"pyo4\"; it can be pyo3, pyo3-ffi, "
                                         "cffi, uniffi or bin" },
        { MATURIN "bindings = 'auto'\n", "line 5, column 12: tool.maturin.bindings is "
                                         "\"auto\"; it can be pyo3, pyo3-ffi, "
                                         "cffi, uniffi or bin" },
        { MATURIN "auditwheel = 'no'\n", "line 5, column 14: tool.maturin.auditwheel is "
                                         "\"no\"; it can be repair, check, "
                                         "warn or skip" },
        { MATURIN "sdist-generator = 'hg'\n",
          "line 5, column 19: tool.maturin.sdist-generator is \"hg\"; it can be cargo or "
          "git" },
        { MATURIN "include = 'a'\n",
          "line 5, column 11: tool.maturin.include is a string; an array of globs was "
          "expected" },
        { MATURIN "include = [1]\n",
          "line 5, column 12: an entry of tool.maturin.include is neither a glob nor a "
          "table" },
        { MATURIN "include = [{ format = 'sdist' }]\n",
          "line 5, column 12: an entry of tool.maturin.include has no \"path\"" },
        { MATURIN "include = [{ path = 'a' }]\n",
          "line 5, column 12: an entry of tool.maturin.include has no \"format\"; it can "
          "be \"sdist\", \"wheel\" or both" },
        { MATURIN "include = [{ path = 'a', format = 'egg' }]\n",
          "line 5, column 35: tool.maturin.include is \"egg\"; it can be sdist or "
          "wheel" },
        { MATURIN "include = [{ path = 'a', from = 'out-dir' }]\n",
          "line 5, column 12: an entry of tool.maturin.include has \"from\" but not "
          "\"to\"" },
        { MATURIN "include = [{ path = 'a', from = 'x', to = 'b' }]\n",
          "line 5, column 33: tool.maturin.include is \"x\"; it can be out-dir" },
        { MATURIN "include = ['/a']\n",
          "line 5, column 12: \"/a\" in tool.maturin.include is absolute; a path below "
          "the "
          "project was expected" },
        { MATURIN "include = ['a/../b']\n",
          "line 5, column 12: \"a/../b\" in tool.maturin.include has \"..\" in it; a "
          "path "
          "below the project was expected" },
        { MATURIN "include = ['./a']\n",
          "line 5, column 12: \"./a\" in tool.maturin.include starts with \".\"; a path "
          "below the project was expected" },
        { MATURIN "include = [{ path = 'a', from = 'out-dir', to = '..' }]\n",
          "line 5, column 49: \"..\" in tool.maturin.include has \"..\" in it; a path "
          "below the project was expected" },
        { MATURIN "include = ['a/[b']\n",
          "line 5, column 12: the glob \"a/[b\" in tool.maturin.include is none: its "
          "\"[\" has no end, or an unknown class" },
        { MATURIN "exclude = ['a', { path = '[b', format = 'sdist' }]\n",
          "line 5, column 26: the glob \"[b\" in tool.maturin.exclude is none: its "
          "\"[\" has no end, or an unknown class" },
        { MATURIN "python-source = '/py'\n",
          "line 5, column 17: tool.maturin.python-source is \"/py\", which is absolute; "
          "a path from the folder of pyproject.toml on was expected" },
        { MATURIN "[tool.wheelpack]\ndata = '/'\n",
          "line 6, column 8: tool.wheelpack.data is \"/\", which is absolute; a path "
          "from the folder of pyproject.toml on was expected" },
        { MATURIN "manifest-path = '/Cargo.toml'\n",
          "line 5, column 17: tool.maturin.manifest-path is \"/Cargo.toml\", which is "
          "absolute; a path from the folder of pyproject.toml on was expected" },
        { MATURIN "targets = [{ kind = 'bin' }]\n",
          "line 5, column 12: an entry of tool.maturin.targets is no table with a "
          "\"name\"" },
        { MATURIN "targets = [{ name = 'a', kind = 'exe' }]\n",
          "line 5, column 33: tool.maturin.targets is \"exe\"; it can be bin, cdylib, "
          "dylib, lib, rlib or staticlib" },
        { MATURIN "features = [{ python-version = '1' }]\n",
          "line 5, column 13: an entry of tool.maturin.features is neither a string nor "
          "a "
          "table with a \"feature\"" },
        { MATURIN "sbom = { rust = 1 }\n",
          "line 5, column 17: tool.maturin.sbom.rust is an integer; true or false was "
          "expected" },
        { BUILD "[tool]\nmaturin = 1\n",
          "line 5, column 11: tool.maturin is an integer; a table was expected" },
        { BUILD "project = 1\n[tool]\n", NULL },
        { "project = 1\n" BUILD,
          "line 1, column 11: project is an integer; a table was expected" },
        { "",
          "line 1, column 1: there is no [build-system]; a [build-system] with "
          "requires = [\"wheelpack\"] and build-backend = \"wheelpack\" was expected" },
        { "\n[build-system]\nbuild-backend = 'x'\n",
          "line 2, column 1: [build-system] has no requires; a [build-system] with "
          "requires = [\"wheelpack\"] and build-backend = \"wheelpack\" was expected" },
        { "[build-system]\nrequires = 'x'\n",
          "line 2, column 12: build-system.requires is a string; an array of strings was "
          "expected" },
        { "[a\n", "line 1, column 3: the line ends where '.' or ']' is expected" },
    };

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_arena arena = { 0 };
        struct wf_pyproject pyproject = { 0 };
        struct wf_error err = { 0 };
        const bool ok = try_read(state, &pyproject, &arena, rows[i].text, NULL, &err);

        if (rows[i].says == NULL) {
            assert_true(ok); /* build-system.project is nobody's key */
        } else {
            if (ok)
                fail_msg("read: %s", rows[i].text);
            assert_error(err, WF_ERR_MALFORMED, rows[i].says);
            assert_string_equal(err.where,
                                wf_arena_printf(&arena, "pyproject.toml at %s is invalid",
                                                folder_path(state, "pyproject.toml")));
        }
        wf_arena_clear(&arena);
    }
}

static void
a_condition_that_is_no_specifier_is_refused(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_pyproject pyproject = { 0 };
    struct wf_error err = { 0 };

    assert_false(try_read(
        state, &pyproject, &arena,
        MATURIN "features = [{ feature = 'a', python-version = 'x' }]\n", NULL, &err));
    assert_int_equal(err.kind, WF_ERR_MALFORMED);
    assert_memory_equal(
        err.text, "line 5, column 47: python-version in tool.maturin.features: ", 59);
    wf_arena_clear(&arena);
}

static void
an_unknown_key_is_a_warning_with_the_nearest_known_one(void **state)
{
    static const struct {
        const char *text;
        const char *says;
    } rows[] = {
        { MATURIN "module_name = 'a'\n",
          "warning: pyproject.toml: line 5: tool.maturin.module_name is no known key and "
          "is "
          "not read; the nearest is module-name\n" },
        { MATURIN "quux = 1\n",
          "warning: pyproject.toml: line 5: tool.maturin.quux is no known key and is not "
          "read\n" },
        { BUILD "[tool.wheelpack]\nfeature = ['a']\n",
          "warning: pyproject.toml: line 5: tool.wheelpack.feature is no known key and "
          "is "
          "not read; the nearest is features\n" },
        { MATURIN "[tool.maturin.sbom]\nrusty = 1\n",
          "warning: pyproject.toml: line 6: tool.maturin.sbom.rusty is no known key and "
          "is "
          "not read; the nearest is rust\n" },
        { MATURIN "include = [{ path = 'a', format = 'sdist', form = 1 }]\n",
          "warning: pyproject.toml: line 5: tool.maturin.include.form is no known key "
          "and "
          "is not read; the nearest is from\n" },
        { MATURIN "sdist-include = ['a']\n",
          "warning: pyproject.toml: line 5: tool.maturin.sdist-include is no longer "
          "read; "
          "write tool.maturin.include = [{ path = ..., format = \"sdist\" }]\n" },
        { MATURIN "rustc-extra-args = '-C x'\n",
          "warning: pyproject.toml: line 5: tool.maturin.rustc-extra-args is no longer "
          "read; write tool.maturin.rustc-args\n" },
        /* Another tool's tables are not ours to judge. */
        { BUILD "[tool.setuptools-rust]\nx = 1\n", "" },
    };

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_arena arena = { 0 };
        struct wf_pyproject pyproject = { 0 };
        struct wf_error err = { 0 };
        const struct wf_build_asked asked = pack_asked_new("/");

        assert_true(try_read(state, &pyproject, &arena, rows[i].text, asked.say, &err));
        assert_string_equal(pack_says(), rows[i].says);
        wf_arena_clear(&arena);
    }
}

static void
another_build_backend_is_a_warning(void **state)
{
    static const struct {
        const char *backend;
        const char *says;
    } rows[] = {
        { "maturin", "" },
        { "wheelpack", "" },
        { "setuptools.build_meta", "warning: pyproject.toml: pip builds this project "
                                   "with \"setuptools.build_meta\", "
                                   "as build-backend says, and not with wheelpack\n" },
        { "pyo3_pack",
          "warning: pyproject.toml: build-backend = \"pyo3_pack\" is maturin's "
          "name of old; write requires = [\"wheelpack\"] and build-backend = "
          "\"wheelpack\"\n" },
    };

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_arena arena = { 0 };
        struct wf_pyproject pyproject = { 0 };
        struct wf_error err = { 0 };
        const struct wf_build_asked asked = pack_asked_new("/");

        assert_true(try_read(state, &pyproject, &arena,
                             wf_arena_printf(&arena,
                                             "[build-system]\nrequires = ['r']\n"
                                             "build-backend = '%s'\n[project]\n",
                                             rows[i].backend),
                             asked.say, &err));
        assert_string_equal(pack_says(), rows[i].says);
        assert_string_equal(pyproject.build_backend, rows[i].backend);
        assert_string_equal(pyproject.build_requires.items[0], "r");
        assert_non_null(pyproject.project);
        wf_arena_clear(&arena);
    }
}

static void
configuration_of_pyo3_pack_is_refused_key_by_key(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_pyproject pyproject = { 0 };
    struct wf_error err = { 0 };

    assert_false(try_read(state, &pyproject, &arena,
                          "[tool.pyo3-pack]\nmanylinux = 'off'\nskip-auditwheel = true\n"
                          "bindings = 'cffi'\nstrip = true\ncargo-extra-args = 'a'\n"
                          "rustc-extra-args = 'b'\nother = 1\n",
                          NULL, &err));
    assert_error(
        err, WF_ERR_REFUSED,
        "tool.pyo3-pack is configuration of pyo3-pack. "
        "line 2: tool.pyo3-pack.manylinux: write tool.maturin.compatibility; "
        "line 3: tool.pyo3-pack.skip-auditwheel: write tool.maturin.auditwheel = "
        "\"skip\"; "
        "line 4: tool.pyo3-pack.bindings: write tool.maturin.bindings; "
        "line 5: tool.pyo3-pack.strip: write tool.maturin.strip; "
        "line 6: tool.pyo3-pack.cargo-extra-args: write features, all-features, "
        "no-default-features, locked or config under tool.maturin, or give cargo's "
        "options on the command line; "
        "line 7: tool.pyo3-pack.rustc-extra-args: write tool.maturin.rustc-args; "
        "line 8: tool.pyo3-pack.other: there is no such key under tool.maturin, either");
    assert_string_equal(err.where, folder_path(state, "pyproject.toml"));
    assert_true(
        try_read(state, &pyproject, &arena, BUILD "[tool.pyo3-pack]\n", NULL, &err));
    wf_arena_clear(&arena);
}

static void
rust_cpython_is_refused_by_name(void **state)
{
    struct wf_arena arena = { 0 };
    struct wf_pyproject pyproject = { 0 };
    struct wf_error err = { 0 };

    assert_false(try_read(state, &pyproject, &arena,
                          MATURIN "bindings = 'rust-cpython'\n", NULL, &err));
    assert_error(err, WF_ERR_REFUSED,
                 "line 5, column 12: tool.maturin.bindings is \"rust-cpython\", which is "
                 "not supported; the crate to move to is pyo3");
    wf_arena_clear(&arena);
}

#define in_folder(test_)                                                                 \
    cmocka_unit_test_setup_teardown(test_, folder_setup, folder_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        in_folder(every_key_of_maturin_is_read),
        in_folder(what_is_not_set_has_its_default),
        in_folder(wheelpack_wins_key_by_key),
        in_folder(old_spellings_of_keys_mean_the_same),
        in_folder(globs_have_three_forms),
        in_folder(targets_and_features_keep_their_order_and_conditions),
        in_folder(what_a_key_cannot_be_is_refused_with_its_place),
        in_folder(a_condition_that_is_no_specifier_is_refused),
        in_folder(an_unknown_key_is_a_warning_with_the_nearest_known_one),
        in_folder(another_build_backend_is_a_warning),
        in_folder(configuration_of_pyo3_pack_is_refused_key_by_key),
        in_folder(rust_cpython_is_refused_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
