/* test_python_packages.c -- which Python files get the patch, and which modules copies. */
#include "../support/unit.h"

#include <stdio.h>

#include "base/buffer.h"
#include "repair/python_packages.h"
#include "wheel/member_path.h"

/* Members are written as paths: "*" in front needs the folder, "!" is a program that does,
 * "~" is a namespace of an older kind.  The answer has one item for each action: "patch
 * PATH DEPTH", "copy PATH", "missing NAME". */
struct asking {
    const char *const *paths;
    size_t num_asked;
    bool fails;
};

static bool
read_is_namespace(bool *out, void *context, size_t member, struct wf_error *err)
{
    struct asking *asking = context;

    asking->num_asked++;
    if (asking->fails)
        return wf_error_set(err, WF_ERR_IO, "member %zu is gone", member);
    *out = asking->paths[member][0] == '~';
    return true;
}

static bool
ask(struct wf_buffer *answer, struct asking *asking, size_t num,
    struct wf_python_wishes *wishes, struct wf_error *err)
{
    struct wf_arena arena = { 0 };
    struct wf_python_member *members = wf_arena_array(&arena, num, sizeof *members);
    struct wf_python_packages packages = { 0 };

    for (size_t i = 0; i < num; i++) {
        const char *path = asking->paths[i];

        members[i].need = path[0] == '*'   ? WF_NEEDS_FOLDER
                          : path[0] == '!' ? WF_NEEDS_COPIES
                                           : WF_NEEDS_NO_FOLDER;
        members[i].name = path + (strchr("*!~", path[0]) != NULL);
        members[i].installed = wf_member_path_installed(&arena, members[i].name);
    }
    wishes->read_is_namespace = read_is_namespace;
    wishes->context = asking;
    const bool ok = wf_python_plan(&packages, &arena, members, num, wishes, err);

    for (size_t i = 0; i < packages.num_targets; i++)
        wf_buffer_printf(answer, "patch %s %u\n",
                         members[packages.targets[i].member].name,
                         packages.targets[i].depth);
    for (size_t i = 0; i < packages.num_copies; i++)
        wf_buffer_printf(answer, "copy %s\n", members[packages.copies[i]].name);
    for (size_t i = 0; i < packages.missing.num; i++)
        wf_buffer_printf(answer, "missing %s\n", packages.missing.items[i]);
    wf_arena_clear(&arena);
    return ok;
}

enum { MOST = 12 };

struct example {
    const char *paths[MOST];
    const char *answer;
};

static void
check(const struct example *example, struct wf_python_wishes wishes)
{
    struct asking asking = { .paths = example->paths };
    struct wf_buffer answer;
    struct wf_error err = { 0 };
    size_t num = 0;

    wf_buffer_init(&answer, SIZE_MAX);
    while (num < MOST && example->paths[num] != NULL)
        num++;
    assert_true(ask(&answer, &asking, num, &wishes, &err));
    wf_buffer_add_char(&answer, '\0');
    assert_string_equal((const char *)answer.data, example->answer);
    wf_buffer_clear(&answer);
}

static void
check_all(const struct example *examples, size_t num, struct wf_python_wishes wishes)
{
    for (size_t i = 0; i < num; i++)
        check(&examples[i], wishes);
}

static void
the_topmost_package_that_leads_to_a_module_is_patched(void **state)
{
    static const struct example examples[] = {
        { { "a/__init__.py", "*a/_m.pyd" }, "patch a/__init__.py 1\n" },
        { { "*a/b/c/_m.pyd", "a/__init__.py", "a/b/__init__.py", "a/b/c/__init__.py" },
          "patch a/__init__.py 1\n" },
        { { "*a/data/_m.pyd", "a/__init__.py" }, "patch a/__init__.py 1\n" },
        { { "*b/x.pyd", "*a/y.pyd", "b/__init__.py", "a/__init__.py" },
          "patch a/__init__.py 1\npatch b/__init__.py 1\n" },
        /* "a.b" and "a-b" sort between "a" and "a/". */
        { { "a/__init__.py", "a-b/__init__.py", "a.py", "a.b/__init__.py", "*a/m.pyd" },
          "patch a/__init__.py 1\n" },
    };

    (void)state;
    check_all(examples, WF_COUNT(examples), (struct wf_python_wishes){ 0 });
}

static void
what_leads_to_no_module_stays_as_it_is(void **state)
{
    static const struct example examples[] = {
        { { NULL }, "" },
        { { "a/__init__.py", "a/_m.pyd", "a/x.dll" }, "" },
        { { "a/__init__.py", "*b/_m.pyd", "b/__init__.py", "include/x.h", "top.py" },
          "patch b/__init__.py 1\n" },
        { { "a/__init__.py", "a.b/__init__.py", "*a.b/m.pyd" },
          "patch a.b/__init__.py 1\n" },
    };

    (void)state;
    check_all(examples, WF_COUNT(examples), (struct wf_python_wishes){ 0 });
}

static void
namespaces_are_passed_through(void **state)
{
    static const struct example examples[] = {
        { { "*ns/reg/_m.pyd", "ns/reg/__init__.py", "ns/a.py" },
          "patch ns/reg/__init__.py 2\n" },
        { { "*ns/a/x.pyd", "ns/a/__init__.py", "*ns/b/y.pyd", "ns/b/__init__.py" },
          "patch ns/a/__init__.py 2\npatch ns/b/__init__.py 2\n" },
        { { "~ns/__init__.py", "*ns/reg/_m.pyd", "ns/reg/__init__.py" },
          "patch ns/reg/__init__.py 2\n" },
        { { "~ns/__init__.py", "*ns/_m.pyd", "ns/a.py" }, "copy ns/_m.pyd\n" },
        { { "*n/n/n/_m.pyd", "n/n/n/__init__.py" }, "patch n/n/n/__init__.py 3\n" },
    };

    (void)state;
    check_all(examples, WF_COUNT(examples), (struct wf_python_wishes){ 0 });
}

static void
a_module_that_no_patched_package_leads_to_gets_copies(void **state)
{
    static const struct example examples[] = {
        { { "*_top.pyd", "a/__init__.py" }, "copy _top.pyd\n" },
        { { "*ns/_m.pyd", "ns/a.py" }, "copy ns/_m.pyd\n" },
        { { "*ns/_m.pyd", "*ns/reg/_k.pyd", "ns/reg/__init__.py" },
          "patch ns/reg/__init__.py 2\ncopy ns/_m.pyd\n" },
        /* Beside a module of its name a folder is no package. */
        { { "foo.py", "*foo/_m.pyd" }, "copy foo/_m.pyd\n" },
        { { "d-1.data/scripts/__init__.py", "*d-1.data/scripts/x.dll" },
          "copy d-1.data/scripts/x.dll\n" },
        { { "d-1.dist-info/__init__.py", "*d-1.dist-info/x.dll" },
          "copy d-1.dist-info/x.dll\n" },
    };

    (void)state;
    check_all(examples, WF_COUNT(examples), (struct wf_python_wishes){ 0 });
}

static void
a_package_that_begins_with_native_code_cannot_be_patched(void **state)
{
    static const struct example examples[] = {
        { { "*a/__init__.cp312-win_amd64.pyd", "a/__init__.py" },
          "copy a/__init__.cp312-win_amd64.pyd\n" },
        { { "a/__INIT__.PYD", "a/__init__.py", "*a/m.pyd" }, "copy a/m.pyd\n" },
        { { "a/__init__.pyd", "*a/b/m.pyd", "a/b/__init__.py" },
          "patch a/b/__init__.py 2\n" },
        { { "a/__init__.pyc", "*a/m.pyd" }, "copy a/m.pyd\n" },
        { { "a/__init__.pyi", "a/__init__.pyx", "*a/m.pyd" }, "copy a/m.pyd\n" },
        { { "a/__init__x.pyd", "a/__init__.py", "*a/m.pyd" }, "patch a/__init__.py 1\n" },
    };

    (void)state;
    check_all(examples, WF_COUNT(examples), (struct wf_python_wishes){ 0 });
}

static void
programs_get_copies_whatever_is_patched(void **state)
{
    static const struct example examples[] = {
        { { "a/__init__.py", "!a/tool.exe" }, "copy a/tool.exe\n" },
        { { "a/__init__.py", "!a/tool.exe", "*a/m.pyd" },
          "patch a/__init__.py 1\ncopy a/tool.exe\n" },
    };

    (void)state;
    check_all(examples, WF_COUNT(examples), (struct wf_python_wishes){ 0 });
}

static void
the_first_file_counts_in_any_case_and_folders_as_they_stand(void **state)
{
    static const struct example examples[] = {
        { { "a/__init__.pY", "*a/m.pyd" }, "patch a/__init__.pY 1\n" },
        { { "a/__iniT__.py", "*a/m.pyd" }, "patch a/__iniT__.py 1\n" },
        { { "A/__init__.py", "*a/m.pyd" }, "copy a/m.pyd\n" },
        { { "A/__init__.py", "*A/m.pyd", "a.py" }, "patch A/__init__.py 1\n" },
    };

    (void)state;
    check_all(examples, WF_COUNT(examples), (struct wf_python_wishes){ 0 });
}

static void
parts_of_a_package_are_joined_by_where_they_are_installed(void **state)
{
    static const struct example examples[] = {
        { { "d-1.data/purelib/a/__init__.py", "*d-1.data/platlib/a/m.pyd" },
          "patch d-1.data/purelib/a/__init__.py 1\n" },
        { { "*a/m.pyd", "d-1.data/platlib/a/__init__.py" },
          "patch d-1.data/platlib/a/__init__.py 1\n" },
        { { "*a/m.pyd", "d-1.data/platlib/a/__init__.py", "a/__init__.py" },
          "patch d-1.data/platlib/a/__init__.py 1\npatch a/__init__.py 1\n" },
        { { "*d-1.data/platlib/m.pyd", "a/__init__.py" },
          "copy d-1.data/platlib/m.pyd\n" },
    };

    (void)state;
    check_all(examples, WF_COUNT(examples), (struct wf_python_wishes){ 0 });
}

static void
libraries_that_nobody_names_are_for_every_package(void **state)
{
    static const struct example examples[] = {
        { { "a/__init__.py", "a/b/__init__.py", "ns/c/__init__.py", "~d/__init__.py",
            "d/e/__init__.py", "top.py", "x-1.dist-info/__init__.py" },
          "patch a/__init__.py 1\npatch d/e/__init__.py 2\npatch ns/c/__init__.py 2\n" },
    };

    (void)state;
    check_all(examples, WF_COUNT(examples),
              (struct wf_python_wishes){ .everywhere = true });
}

static void
in_declared_namespaces_modules_and_packages_are_patched(void **state)
{
    static const struct example examples[] = {
        { { "ns/a.py", "ns/__init__.py", "ns/reg/__init__.py", "ns/reg/a.py", "top.py" },
          "patch ns/a.py 1\npatch ns/reg/__init__.py 2\nmissing ns.ns\n" },
        { { "ns/__init__.py", "*ns/_m.pyd", "ns/b.PY" },
          "patch ns/b.PY 1\ncopy ns/_m.pyd\nmissing ns.ns\n" },
        { { "ns/ns/a.py", "ns/ns/__init__.py", "ns/ns/ns/__init__.py",
            "ns/reg/__init__.py", "reg/__init__.py", "*reg/m.pyd" },
          "patch ns/ns/a.py 2\npatch ns/ns/ns/__init__.py 3\n"
          "patch ns/reg/__init__.py 2\npatch reg/__init__.py 1\n" },
        { { "NS/a.py" }, "missing ns.ns\n" },
        { { "nsx/a.py", "n/a.py" }, "missing ns.ns\n" },
        { { "x/ns/ns/a.py" }, "missing ns.ns\n" },
        { { "d-1.data/purelib/ns/ns/a.py" }, "patch d-1.data/purelib/ns/ns/a.py 2\n" },
    };
    const char *names[] = { "ns.ns" };
    const struct wf_strings namespaces = { .items = names, .num = 1 };

    (void)state;
    check_all(examples, WF_COUNT(examples),
              (struct wf_python_wishes){ .namespaces = &namespaces });
}

static void
declared_names_may_overlap_and_miss(void **state)
{
    static const struct example example = {
        { "ns0/reg/__init__.py", "ns1/x.py" },
        "patch ns0/reg/__init__.py 2\npatch ns1/x.py 1\nmissing ns1.q\nmissing ns3\n"
    };
    const char *names[] = { "ns3", "ns1.q", "ns1", "ns0", "ns0" };
    const struct wf_strings namespaces = { .items = names, .num = WF_COUNT(names) };

    (void)state;
    check(&example, (struct wf_python_wishes){ .namespaces = &namespaces });
}

static void
with_marks_every_source_is_looked_at(void **state)
{
    static const struct example examples[] = {
        { { "a.py", "a/__init__.py", "*a/m.pyd", "b/c/d.pY", "x-1.dist-info/e.py",
            "x-1.data/scripts/f.py", "x-1.data/purelib/g.py", "h.pyi", "*k.pyd",
            "!a/t.exe" },
          "patch a.py 0\npatch a/__init__.py 1\npatch b/c/d.pY 2\n"
          "patch x-1.data/purelib/g.py 0\ncopy a/t.exe\n" },
    };

    (void)state;
    check_all(examples, WF_COUNT(examples),
              (struct wf_python_wishes){ .at_marks = true });
}

static void
only_files_on_the_way_to_a_module_are_read(void **state)
{
    static const char *const paths[] = { "a/__init__.py", "a/b/__init__.py", "*a/b/m.pyd",
                                         "c/__init__.py", "d/n.pyd" };
    struct asking asking = { .paths = paths };
    struct wf_python_wishes wishes = { 0 };
    struct wf_buffer answer;
    struct wf_error err = { 0 };

    (void)state;
    wf_buffer_init(&answer, SIZE_MAX);
    assert_true(ask(&answer, &asking, WF_COUNT(paths), &wishes, &err));
    assert_int_equal(asking.num_asked, 1);
    asking.fails = true;
    assert_false(ask(&answer, &asking, WF_COUNT(paths), &wishes, &err));
    assert_error(err, WF_ERR_IO, "member 0 is gone");
    wf_buffer_clear(&answer);
}

/* 2,000 members, each 2,000 folders deep: what is paid is the bytes of the paths. */
static void
deep_folders_take_no_stack_and_no_time(void **state)
{
    enum { DEPTH = 2000, NUM = 2000 };
    struct wf_arena arena = { 0 };
    const char **paths = wf_arena_array(&arena, NUM, sizeof *paths);
    struct asking asking = { .paths = paths };
    struct wf_python_wishes wishes = { 0 };
    struct wf_buffer answer;
    struct wf_error err = { 0 };

    (void)state;
    wf_buffer_init(&answer, SIZE_MAX);
    for (size_t i = 0; i < NUM; i++) {
        char *path = wf_arena_alloc(&arena, 2 * DEPTH + 32);

        path[0] = '*';
        for (size_t j = 0; j < DEPTH; j++)
            memcpy(path + 1 + 2 * j, "a/", 2);
        snprintf(path + 1 + 2 * DEPTH, 31, "m%zu.pyd", i);
        paths[i] = path;
    }
    paths[7] = "a/__init__.py";
    assert_true(ask(&answer, &asking, NUM, &wishes, &err));
    wf_buffer_add_char(&answer, '\0');
    assert_string_equal((const char *)answer.data, "patch a/__init__.py 1\n");
    wf_buffer_clear(&answer);
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_topmost_package_that_leads_to_a_module_is_patched),
        cmocka_unit_test(what_leads_to_no_module_stays_as_it_is),
        cmocka_unit_test(namespaces_are_passed_through),
        cmocka_unit_test(a_module_that_no_patched_package_leads_to_gets_copies),
        cmocka_unit_test(a_package_that_begins_with_native_code_cannot_be_patched),
        cmocka_unit_test(programs_get_copies_whatever_is_patched),
        cmocka_unit_test(the_first_file_counts_in_any_case_and_folders_as_they_stand),
        cmocka_unit_test(parts_of_a_package_are_joined_by_where_they_are_installed),
        cmocka_unit_test(libraries_that_nobody_names_are_for_every_package),
        cmocka_unit_test(in_declared_namespaces_modules_and_packages_are_patched),
        cmocka_unit_test(declared_names_may_overlap_and_miss),
        cmocka_unit_test(with_marks_every_source_is_looked_at),
        cmocka_unit_test(only_files_on_the_way_to_a_module_are_read),
        cmocka_unit_test(deep_folders_take_no_stack_and_no_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
