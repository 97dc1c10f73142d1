/* test_plan_windows.c -- what comes into a Windows wheel, where it goes and how it is called
 * (delvewheel-pe.md 2.4, 2.8, 3.1 to 3.6): delvewheel's traps by their names. */
#include "../support/plan_windows.h"

#include "base/file.h"
#include "base/sha256.h"

static void
bundles_what_modules_need_and_tells_python_of_the_folder(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.with_members = true;
    plan_dll(&world, "foo.dll", LIBRARY("'KERNEL32.dll', 'VCRUNTIME140.dll'"));
    assert_string_equal(
        plan_macos(&world, AMD,
                   PACKAGE
                   ", " MODULE("demo/_x.pyd", "'foo.dll', 'python311.dll', "
                                              "'api-ms-win-crt-heap-l1-1-0.dll'")),
        REPAIRED "graft demo.libs/foo-HASH32.dll (foo-HASH32.dll) from lib/foo.dll\n"
                 "patch demo/__init__.py\n"
                 "member demo.libs/foo-HASH32.dll 100644 graft\n"
                 "member demo/__init__.py 100644 bytes\n"
                 "member demo/_x.pyd 100644 edit\n"
                 "edit demo/_x.pyd\n"
                 "  needs foo.dll as foo-HASH32.dll\n"
                 "member demo-1.0.dist-info/METADATA 100644 wheel\n"
                 "member demo-1.0.dist-info/WHEEL 100644 wheel\n"
                 "member demo-1.0.dist-info/sboms/wheelfix.cdx.json 100644 sbom\n"
                 "member demo-1.0.dist-info/RECORD 100644 record\n");
    plan_clear(&world);
}

static void
copies_a_wheel_that_needs_nothing(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    assert_string_equal(
        plan_macos(&world, AMD,
                   PACKAGE
                   ", " MODULE("demo/_x.pyd", "'foo.dll', 'KERNEL32.dll'") ", " DLL(
                       "demo/foo.dll", "'USER32.dll'")),
        "copy: nothing needs to change\n");
    plan_clear(&world);
}

/* delvewheel's marker; ours is that nothing is left to do. */
static void
copies_a_wheel_that_delvewheel_has_repaired(void **state)
{
    static const struct {
        const char *text;
        const char *why;
    } cases[] = {
        { "Version: 1.10.0\\nArguments: []\\n", "delvewheel 1.10.0 has repaired it" },
        { "Version: 1.10.0\\r\\n", "delvewheel 1.10.0 has repaired it" },
        { "", "delvewheel of some version has repaired it" },
    };

    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct plan_world world;

        plan_setup(&world, state);
        assert_string_equal(
            plan_macos(&world, AMD,
                       wf_arena_printf(&world.arena,
                                       MODULE("demo/_x.pyd", "'foo.dll'") ", " TEXT_IN(
                                           "demo-1.0.dist-info/DELVEWHEEL", "%s"),
                                       cases[i].text)),
            wf_arena_printf(&world.arena, "copy: %s\n", cases[i].why));
        plan_clear(&world);
    }
}

/* The 32 digits of a digest. */
static const char *
digest_text(struct plan_world *world, struct wf_bytes first, struct wf_bytes second)
{
    struct wf_sha256 *sha = wf_sha256_new();
    uint8_t digest[WF_SHA256_LEN];
    char hex[WF_SHA256_HEX + 1];

    wf_sha256_start(sha);
    wf_sha256_add(sha, first);
    wf_sha256_add(sha, second);
    wf_sha256_end(sha, digest);
    wf_sha256_free(sha);
    wf_sha256_hex(hex, digest);
    hex[32] = '\0';
    return wf_arena_strdup(&world->arena, hex);
}

static struct wf_bytes
read_library(struct plan_world *world, const char *name)
{
    struct wf_buffer bytes;
    struct wf_error err = { 0 };

    wf_buffer_init(&bytes, SIZE_MAX);
    assert_true(wf_file_read_whole(
        &bytes, folder_path(world->state, wf_arena_printf(&world->arena, "lib/%s", name)),
        &err));
    const struct wf_bytes copy =
        wf_bytes_of(wf_arena_str(&world->arena, wf_buffer_bytes(&bytes)), bytes.len);

    wf_buffer_clear(&bytes);
    return copy;
}

/* For each need, in the order of the tables and with repetitions, the digits and a zero; then
 * the bytes. */
static void
names_dlls_as_delvewheel_does(void **state)
{
    struct plan_world world;
    struct wf_buffer needs;

    plan_setup(&world, state);
    world.with_digests = true;
    plan_dll(&world, "a.dll", LIBRARY("'KERNEL32.dll'"));
    plan_dll(&world, "b.dll", LIBRARY("'USER32.dll'"));
    plan_dll(
        &world, "top.dll",
        "{ 'exports': ['f', { 'name': 'g', 'forward': 'a.f' }], 'imports': ['b.dll', "
        "'a.dll', 'B.DLL'], 'delay': ['a.dll'] }");
    const char *text =
        plan_macos(&world, AMD, MODULE("demo/_x.pyd", "'top.dll'") ", " PACKAGE);
    const char *a =
        digest_text(&world, read_library(&world, "a.dll"), (struct wf_bytes){ 0 });
    const char *b =
        digest_text(&world, read_library(&world, "b.dll"), (struct wf_bytes){ 0 });

    wf_buffer_init(&needs, SIZE_MAX);
    for (size_t i = 0; i < 4; i++)
        wf_buffer_add(&needs, i == 0 || i == 2 ? b : a, 33);
    const char *top =
        digest_text(&world, wf_buffer_bytes(&needs), read_library(&world, "top.dll"));

    wf_buffer_clear(&needs);
    assert_non_null(
        strstr(text, wf_arena_printf(&world.arena, "graft demo.libs/a-%s.dll ", a)));
    assert_non_null(
        strstr(text, wf_arena_printf(&world.arena, "graft demo.libs/b-%s.dll ", b)));
    assert_non_null(
        strstr(text, wf_arena_printf(&world.arena, "graft demo.libs/top-%s.dll ", top)));
    plan_clear(&world);
}

/* delvewheel does not follow a forwarder; it would be left leading to a name that is gone. */
static void
follows_forwarders_and_lets_them_count_in_the_name(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    plan_dll(&world, "real.dll", LIBRARY(""));
    plan_dll(&world, "front.dll",
             "{ 'exports': [{ 'name': 'f', 'forward': 'real.f' }] }");
    assert_string_equal(
        plan_macos(&world, AMD, PACKAGE ", " MODULE("demo/_x.pyd", "'front.dll'")),
        REPAIRED "graft demo.libs/front-MIX.dll (front-MIX.dll) from lib/front.dll\n"
                 "  needs real.dll as real-HASH32.dll\n"
                 "  is called front-MIX.dll\n"
                 "graft demo.libs/real-HASH32.dll (real-HASH32.dll) from lib/real.dll\n"
                 "patch demo/__init__.py\n"
                 "edit demo/_x.pyd\n"
                 "  needs front.dll as front-MIX.dll\n");
    plan_clear(&world);
}

static const char *
plan_circle(struct plan_world *world, const char *first, const char *second)
{
    plan_dll(world, "ring1.dll", LIBRARY("'ring2.dll', 'KERNEL32.dll'"));
    plan_dll(world, "ring2.dll", LIBRARY("'ring3.dll', 'leaf.dll'"));
    plan_dll(world, "ring3.dll", LIBRARY("'ring1.dll', 'ring3.dll'"));
    plan_dll(world, "leaf.dll", LIBRARY(""));
    return plan_macos(world, AMD,
                      wf_arena_printf(&world->arena,
                                      PACKAGE ", " MODULE("demo/_x.pyd", "'%s', '%s'"),
                                      first, second));
}

/* CycleError of delvewheel.  The names do not tell which of them was met first. */
static void
names_dlls_that_load_each_other_in_a_circle(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    assert_string_equal(
        plan_circle(&world, "ring1.dll", "USER32.dll"),
        REPAIRED "graft demo.libs/leaf-HASH32.dll (leaf-HASH32.dll) from lib/leaf.dll\n"
                 "graft demo.libs/ring1-MIX.dll (ring1-MIX.dll) from lib/ring1.dll\n"
                 "  needs ring2.dll as ring2-MIX.dll\n"
                 "  is called ring1-MIX.dll\n"
                 "graft demo.libs/ring2-MIX.dll (ring2-MIX.dll) from lib/ring2.dll\n"
                 "  needs leaf.dll as leaf-HASH32.dll\n"
                 "  needs ring3.dll as ring3-MIX.dll\n"
                 "  is called ring2-MIX.dll\n"
                 "graft demo.libs/ring3-MIX.dll (ring3-MIX.dll) from lib/ring3.dll\n"
                 "  needs ring1.dll as ring1-MIX.dll\n"
                 "  needs ring3.dll as ring3-MIX.dll\n"
                 "  is called ring3-MIX.dll\n"
                 "patch demo/__init__.py\n"
                 "edit demo/_x.pyd\n"
                 "  needs ring1.dll as ring1-MIX.dll\n");
    plan_clear(&world);
}

/* How many grafts one plan has; all, or none, of their names are to be in the other. */
static size_t
count_grafts(struct plan_world *world, const char *text, const char *other, bool shared)
{
    size_t num = 0;

    for (const char *at = text; (at = strstr(at, "graft demo.libs/")) != NULL; at++) {
        const char *line = wf_arena_str(&world->arena, wf_bytes_of(at, strcspn(at, "(")));

        if ((strstr(other, line) != NULL) != shared)
            fail_msg("%s: %s", line, other);
        num++;
    }
    return num;
}

static void
names_a_circle_alike_wherever_it_is_entered(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.with_digests = true;
    const char *first = plan_circle(&world, "ring1.dll", "ring2.dll");
    const char *second = plan_circle(&world, "ring3.dll", "ring2.dll");

    assert_int_equal(count_grafts(&world, first, second, true), 4);
    plan_clear(&world);
}

/* What one of the circle loads is in the names of all. */
static void
names_a_circle_by_all_that_is_in_it(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.with_digests = true;
    const char *before = plan_circle(&world, "ring1.dll", "ring2.dll");

    plan_dll(&world, "ring1.dll", LIBRARY("'ring2.dll', 'KERNEL32.dll'"));
    plan_dll(&world, "ring2.dll", LIBRARY("'ring3.dll', 'leaf.dll'"));
    plan_dll(&world, "ring3.dll", LIBRARY("'ring1.dll', 'ring3.dll'"));
    plan_dll(&world, "leaf.dll", LIBRARY("'USER32.dll'"));
    const char *after =
        plan_macos(&world, AMD, PACKAGE ", " MODULE("demo/_x.pyd", "'ring1.dll'"));

    assert_int_equal(count_grafts(&world, after, before, false), 4);
    plan_clear(&world);
}

/* The lower-casing of delvewheel fails on disks that tell "A" from "a". */
static void
finds_and_names_files_whatever_their_case(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    plan_dll(&world, "ZLib.v1.DLL", LIBRARY("'KERNEL32.dll'"));
    assert_string_equal(
        plan_macos(&world, AMD,
                   "{ 'name': 'Demo/Sub/__init__.py', 'text': '' }, "
                   "{ 'name': 'Demo/__init__.py', 'text': '' }, " MODULE(
                       "Demo/Sub/_X.PYD", "'zlib.V1.dll', 'ZLIB.v1.dll'")),
        REPAIRED "graft demo.libs/ZLib.v1-HASH32.DLL (ZLib.v1-HASH32.DLL) from "
                 "lib/ZLib.v1.DLL\n"
                 "patch Demo/__init__.py\n"
                 "edit Demo/Sub/_X.PYD\n"
                 "  needs ZLIB.v1.dll as ZLib.v1-HASH32.DLL\n");
    plan_clear(&world);
}

static void
has_dlls_of_the_same_bytes_and_name_in_once(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    /* Each is found by who stands beside it. */
    plan_dll(&world, "one.dll", LIBRARY("'same.dll'"));
    plan_dll(&world, "same.dll", LIBRARY(""));
    folder_make(state, "lib/other");
    plan_dll(&world, "other/two.dll", LIBRARY("'same.dll', 'USER32.dll'"));
    plan_dll(&world, "other/Same.dll", LIBRARY(""));
    wf_strings_append(&world.arena, &world.audit.search.lib_path,
                      wf_arena_strdup(&world.arena, folder_path(state, "lib/other")));
    assert_string_equal(
        plan_macos(&world, AMD,
                   PACKAGE ", " MODULE("demo/_x.pyd", "'one.dll'") ", " MODULE(
                       "demo/_y.pyd", "'two.dll'")),
        REPAIRED "graft demo.libs/one-MIX.dll (one-MIX.dll) from lib/one.dll\n"
                 "  needs same.dll as Same-HASH32.dll\n"
                 "  is called one-MIX.dll\n"
                 "graft demo.libs/Same-HASH32.dll (Same-HASH32.dll) from "
                 "lib/other/Same.dll\n"
                 "graft demo.libs/Same-HASH32.dll (Same-HASH32.dll) from lib/same.dll, "
                 "again\n"
                 "graft demo.libs/two-MIX.dll (two-MIX.dll) from lib/other/two.dll\n"
                 "  needs same.dll as Same-HASH32.dll\n"
                 "  is called two-MIX.dll\n"
                 "patch demo/__init__.py\n"
                 "edit demo/_x.pyd\n"
                 "  needs one.dll as one-MIX.dll\n"
                 "edit demo/_y.pyd\n"
                 "  needs two.dll as two-MIX.dll\n");
    plan_clear(&world);
}

static void
puts_dlls_beside_a_module_that_stands_at_the_top(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.options.lib_sdir = "_dlls";
    plan_dll(&world, "foo.dll", LIBRARY(""));
    assert_string_equal(
        plan_macos(&world, AMD,
                   PACKAGE ", " MODULE("demo/_x.pyd",
                                       "'foo.dll'") ", " MODULE("_x.pyd", "'foo.dll'")),
        REPAIRED "graft demo-1.0.data/platlib/foo-HASH32.dll (foo-HASH32.dll) from "
                 "lib/foo.dll\n"
                 "patch demo/__init__.py\n"
                 "edit _x.pyd\n"
                 "  needs foo.dll as foo-HASH32.dll\n"
                 "edit demo/_x.pyd\n"
                 "  needs foo.dll as foo-HASH32.dll\n");
    assert_string_equal(
        plan_macos(&world, AMD, MODULE("demo-1.0.data/purelib/_x.pyd", "'foo.dll'")),
        REPAIRED "graft demo-1.0.data/platlib/foo-HASH32.dll (foo-HASH32.dll) from "
                 "lib/foo.dll\n"
                 "edit demo-1.0.data/purelib/_x.pyd\n"
                 "  needs foo.dll as foo-HASH32.dll\n");
    plan_clear(&world);
}

/* What needs nothing there has no say in it. */
static void
keeps_the_folder_when_a_module_at_the_top_needs_none(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.options.lib_sdir = "_dlls";
    plan_dll(&world, "foo.dll", LIBRARY(""));
    assert_string_equal(
        plan_macos(&world, AMD,
                   PACKAGE ", " MODULE("demo/_x.pyd", "'foo.dll'") ", " MODULE(
                       "_x.pyd", "'KERNEL32.dll'")),
        REPAIRED "graft demo_dlls/foo-HASH32.dll (foo-HASH32.dll) from lib/foo.dll\n"
                 "patch demo/__init__.py\n"
                 "edit demo/_x.pyd\n"
                 "  needs foo.dll as foo-HASH32.dll\n");
    plan_clear(&world);
}

/* A namespace of PEP 420 stays one: no __init__.py appears in it, nor in folders of data. */
static void
copies_dlls_beside_modules_that_no_package_leads_to(void **state)
{
    static const char members[] =
        MEMBERS6(PACKAGE, FILE_IN("data/x.txt"), MODULE("demo/_x.pyd", "'baz.dll'"),
                 MODULE("ns/_x.pyd", "'foo.dll'"), MODULE("ns/deep/_x.pyd", "'bar.dll'"),
                 MODULE("demo-1.0.data/purelib/ns/_y.pyd", "'baz.dll'"));
    struct plan_world world;

    plan_setup(&world, state);
    plan_dll(&world, "foo.dll", LIBRARY("'bar.dll'"));
    plan_dll(&world, "bar.dll", LIBRARY(""));
    plan_dll(&world, "baz.dll", LIBRARY(""));
    assert_string_equal(
        plan_macos(&world, AMD, members),
        REPAIRED "graft ns/bar-HASH32.dll (bar-HASH32.dll) from lib/bar.dll\n"
                 "  copy ns/deep/bar-HASH32.dll\n"
                 "graft demo.libs/baz-HASH32.dll (baz-HASH32.dll) from lib/baz.dll\n"
                 "  copy ns/baz-HASH32.dll\n"
                 "graft ns/foo-MIX.dll (foo-MIX.dll) from lib/foo.dll\n"
                 "  needs bar.dll as bar-HASH32.dll\n"
                 "  is called foo-MIX.dll\n"
                 "patch demo/__init__.py\n"
                 "edit demo-1.0.data/purelib/ns/_y.pyd\n"
                 "  needs baz.dll as baz-HASH32.dll\n"
                 "edit demo/_x.pyd\n"
                 "  needs baz.dll as baz-HASH32.dll\n"
                 "edit ns/_x.pyd\n"
                 "  needs foo.dll as foo-MIX.dll\n"
                 "edit ns/deep/_x.pyd\n"
                 "  needs bar.dll as bar-HASH32.dll\n");
    plan_clear(&world);
}

/* Its __init__.py, which here looks like that of any package, is let be; what is below is
 * patched on its own, and modules right in it have their DLLs beside them. */
static void
leaves_a_namespace_that_was_declared_as_it_is(void **state)
{
    static const char members[] =
        MEMBERS5(FILE_IN("corp/__init__.py"), FILE_IN("corp/util.py"),
                 FILE_IN("corp/tools/__init__.py"), MODULE("corp/_x.pyd", "'foo.dll'"),
                 MODULE("corp/tools/_y.pyd", "'foo.dll'"));
    static const struct {
        const char *declared;
        const char *plan; /* what is not about edits */
    } cases[] = {
        { NULL, "graft demo.libs/foo-HASH32.dll (foo-HASH32.dll) from lib/foo.dll\n"
                "patch corp/__init__.py\n" },
        { "corp", "graft demo.libs/foo-HASH32.dll (foo-HASH32.dll) from lib/foo.dll\n"
                  "  copy corp/foo-HASH32.dll\n"
                  "patch corp/tools/__init__.py\n"
                  "patch corp/util.py\n" },
        /* Those above it are meant, too. */
        { "corp.tools", "graft corp/foo-HASH32.dll (foo-HASH32.dll) from lib/foo.dll\n"
                        "  copy corp/tools/foo-HASH32.dll\n"
                        "patch corp/util.py\n" },
    };

    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct plan_world world;

        plan_setup(&world, state);
        plan_dll(&world, "foo.dll", LIBRARY(""));
        if (cases[i].declared != NULL)
            wf_strings_append(&world.arena, &world.options.namespace_pkgs,
                              cases[i].declared);
        assert_string_equal(plan_macos(&world, AMD, members),
                            wf_arena_printf(&world.arena,
                                            REPAIRED "%s"
                                                     "edit corp/_x.pyd\n"
                                                     "  needs foo.dll as foo-HASH32.dll\n"
                                                     "edit corp/tools/_y.pyd\n"
                                                     "  needs foo.dll as "
                                                     "foo-HASH32.dll\n",
                                            cases[i].plan));
        plan_clear(&world);
    }
}

static void
tells_of_a_declared_namespace_that_the_wheel_does_not_have(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    plan_dll(&world, "foo.dll", LIBRARY(""));
    wf_strings_append(&world.arena, &world.options.namespace_pkgs, "Demo");
    assert_string_equal(
        plan_macos(&world, AMD, PACKAGE ", " MODULE("demo/_x.pyd", "'foo.dll'")), REPAIRED
        "graft demo.libs/foo-HASH32.dll (foo-HASH32.dll) from lib/foo.dll\n"
        "patch demo/__init__.py\n"
        "edit demo/_x.pyd\n"
        "  needs foo.dll as foo-HASH32.dll\n"
        "warning namespace-unmatched: --namespace-pkg Demo: the wheel has no such "
        "folder\n");
    plan_clear(&world);
}

static void
keeps_names_that_no_mangle_names_without_case(void **state)
{
    static const struct {
        const char *glob;
        bool all;
        const char *foo;
        const char *edit;
    } cases[] = {
        { "FOO*", false, "foo.dll", "" },
        { "foo.dll", false, "foo.dll", "" },
        { "fo", false, "foo-HASH32.dll",
          "edit demo/_x.pyd\n  needs foo.dll as foo-HASH32.dll\n" },
        { NULL, true, "foo.dll", "" },
    };

    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct plan_world world;

        plan_setup(&world, state);
        world.options.no_mangle_all = cases[i].all;
        if (cases[i].glob != NULL)
            wf_strings_append(&world.arena, &world.options.no_mangle, cases[i].glob);
        plan_dll(&world, "foo.dll", LIBRARY(""));
        assert_string_equal(
            plan_macos(&world, AMD, PACKAGE ", " MODULE("demo/_x.pyd", "'foo.dll'")),
            wf_arena_printf(&world.arena,
                            REPAIRED "graft demo.libs/%s (%s) from lib/foo.dll\n"
                                     "patch demo/__init__.py\n%s",
                            cases[i].foo, cases[i].foo, cases[i].edit));
        plan_clear(&world);
    }
}

/* Issue 58 there: DLLs of the wheel keep their bytes, deeper needs get their names. */
static void
leaves_dlls_of_the_wheel_alone_and_what_they_need_directly(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    plan_dll(&world, "foo.dll", LIBRARY("'bar.dll'"));
    plan_dll(&world, "bar.dll", LIBRARY(""));
    assert_string_equal(
        plan_macos(&world, AMD,
                   PACKAGE ", " MODULE("demo/_x.pyd", "'own.dll'") ", " DLL(
                       "demo/own.dll", "'foo.dll'")),
        REPAIRED "graft demo.libs/bar-HASH32.dll (bar-HASH32.dll) from lib/bar.dll\n"
                 "graft demo.libs/foo.dll (foo.dll) from lib/foo.dll\n"
                 "  needs bar.dll as bar-HASH32.dll\n"
                 "patch demo/__init__.py\n");
    world.options.with_mangle = true;
    assert_string_equal(
        plan_macos(&world, AMD,
                   PACKAGE ", " MODULE("demo/_x.pyd", "'own.dll'") ", " DLL(
                       "demo/own.dll", "'foo.dll'")),
        REPAIRED "graft demo.libs/bar-HASH32.dll (bar-HASH32.dll) from lib/bar.dll\n"
                 "graft demo.libs/foo-MIX.dll (foo-MIX.dll) from lib/foo.dll\n"
                 "  needs bar.dll as bar-HASH32.dll\n"
                 "  is called foo-MIX.dll\n"
                 "patch demo/__init__.py\n"
                 "edit demo/own.dll\n"
                 "  needs foo.dll as foo-MIX.dll\n");
    plan_clear(&world);
}

/* A DLL that ctypes loads is a root, too. */
static void
repairs_a_dll_that_nothing_in_the_wheel_loads(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    plan_dll(&world, "foo.dll", LIBRARY(""));
    assert_string_equal(
        plan_macos(&world, "py3-none-win_amd64",
                   PACKAGE ", " DLL("demo/own.dll", "'foo.dll', 'gone.dll'")),
        RESULT("win_amd64",
               "py3-none-win_amd64") "graft demo.libs/foo-HASH32.dll (foo-HASH32.dll) "
                                     "from lib/foo.dll\n"
                                     "patch demo/__init__.py\n"
                                     "load-order demo.libs/.load-order-demo-1.0: "
                                     "foo-HASH32.dll\n"
                                     "edit demo/own.dll\n"
                                     "  needs foo.dll as foo-HASH32.dll\n"
                                     "warning library-not-found demo/own.dll: gone.dll "
                                     "was not found, and is left to "
                                     "whoever has it\n");
    world.audit.analyze_existing = true;
    assert_string_equal(plan_macos(&world, "py3-none-win_amd64",
                                   PACKAGE ", " DLL("demo/own.dll", "'gone.dll'")),
                        "refused\n"
                        "library-not-found: demo/own.dll needs gone.dll, which was not "
                        "found [give the folder that has it with --add-path, or leave it "
                        "out with --exclude]\n");
    plan_clear(&world);
}

/* debugpy ships signed helpers on purpose. */
static void
never_changes_a_signed_helper(void **state)
{
    static const char helper[] = PACKAGE
        ", " PE("demo/own.dll", "'exports': ['f'], 'imports': ['foo.dll'], "
                                "'certificate': 64, 'load_config': { 'flags': "
                                "2048 }") ", " PE("demo/signed.dll",
                                                  "'exports': ['f'], 'certificate': 64");
    struct plan_world world;

    plan_setup(&world, state);
    plan_dll(&world, "foo.dll", LIBRARY(""));
    assert_string_equal(
        plan_macos(&world, AMD, helper),
        REPAIRED "graft demo.libs/foo.dll (foo.dll) from lib/foo.dll\n"
                 "patch demo/__init__.py\n"
                 "warning pe-load-flags demo/own.dll: its load flags (0x800) have DLLs "
                 "looked for in few places, and stay: it is signed by whoever made it\n");
    world.audit.analyze_existing = true;
    assert_string_equal(
        plan_macos(&world, AMD, helper),
        REPAIRED "graft demo.libs/foo-HASH32.dll (foo-HASH32.dll) from lib/foo.dll\n"
                 "patch demo/__init__.py\n"
                 "edit demo/own.dll\n"
                 "  needs foo.dll as foo-HASH32.dll\n"
                 "  looks for DLLs as Python does, not by its load flags (0x800)\n"
                 "warning pe-signature-lost demo/own.dll: its signature goes: it would "
                 "not hold for what is changed\n");
    plan_clear(&world);
}

/* Issue 74 there: a runtime that needs no other change stays validly signed. */
static void
keeps_the_bytes_of_a_dll_that_needs_no_change(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    plan_dll(&world, "msvcp140.dll",
             "{ 'name': 'msvcp140.dll', 'exports': ['f'], 'imports': ['KERNEL32.dll'], "
             "'certificate': 64, 'load_config': { 'flags': 2048 } }");
    assert_string_equal(
        plan_macos(&world, AMD, PACKAGE ", " MODULE("demo/_x.pyd", "'MSVCP140.dll'")),
        REPAIRED "graft demo.libs/msvcp140-HASH32.dll (msvcp140-HASH32.dll) from "
                 "lib/msvcp140.dll\n"
                 "patch demo/__init__.py\n"
                 "edit demo/_x.pyd\n"
                 "  needs MSVCP140.dll as msvcp140-HASH32.dll\n");
    plan_clear(&world);
}

static void
refuses_a_dll_that_is_missing_and_a_module_for_another_machine(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    plan_dll(&world, "foo.dll", "{ 'machine': 'x86', 'exports': ['f'] }");
    assert_string_equal(plan_macos(&world, AMD,
                                   PACKAGE
                                   ", " MODULE("demo/_x.pyd", "'foo.dll', 'bar.dll'")),
                        "refused\n"
                        "library-not-found: demo/_x.pyd needs bar.dll, which was not "
                        "found [give the folder "
                        "that has it with --add-path, or leave it out with --exclude]\n"
                        "library-not-found: demo/_x.pyd needs foo.dll, which was not "
                        "found for its machine: "
                        "lib/foo.dll is for x86 [give the folder that has it with "
                        "--add-path, or leave it "
                        "out with --exclude]\n");
    assert_string_equal(
        plan_macos(&world, AMD,
                   PACKAGE
                   ", " PE("demo/_x.pyd", "'machine': 'x86', 'exports': ['PyInit__x']")),
        "refused\n"
        "architecture-missing: demo/_x.pyd is for x86, and no tag of the wheel is [build "
        "it "
        "for the machine of the tag]\n");
    assert_string_equal(plan_macos(&world, "cp312-cp312-win_arm64",
                                   PACKAGE
                                   ", " PE("demo/_x.pyd", "'machine': 'arm64ec'")),
                        "refused\n"
                        "architecture-missing: demo/_x.pyd is for arm64ec, and no tag of "
                        "the wheel is [build "
                        "it for the machine of the tag]\n");
    plan_clear(&world);
}

static void
leaves_out_what_is_excluded_and_does_not_look_at_its_needs(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    wf_strings_append(&world.arena, &world.audit.search.excludes, "FOO*.dll");
    plan_dll(&world, "foo.dll", LIBRARY("'gone.dll'"));
    assert_string_equal(
        plan_macos(&world, AMD, PACKAGE ", " MODULE("demo/_x.pyd", "'foo.dll'")),
        "copy: nothing needs to change\n");
    plan_clear(&world);
}

static void
brings_in_what_include_names_as_it_is_and_alone(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    wf_strings_append(&world.arena, &world.audit.search.includes, "Plugin.dll");
    plan_dll(&world, "plugin.dll", LIBRARY("'gone.dll', 'foo.dll'"));
    plan_dll(&world, "foo.dll", LIBRARY(""));
    assert_string_equal(
        plan_macos(&world, AMD, PACKAGE ", " MODULE("demo/_x.pyd", "'foo.dll'")),
        REPAIRED "graft demo.libs/foo-HASH32.dll (foo-HASH32.dll) from lib/foo.dll\n"
                 "graft demo.libs/plugin.dll (plugin.dll) from lib/plugin.dll\n"
                 "patch demo/__init__.py\n"
                 "edit demo/_x.pyd\n"
                 "  needs foo.dll as foo-HASH32.dll\n");
    /* What a module needs anyway is bundled as if nobody had asked for it. */
    assert_string_equal(
        plan_macos(&world, AMD,
                   PACKAGE ", " MODULE("demo/_x.pyd", "'foo.dll'") ", " MODULE(
                       "demo/_y.pyd", "'KERNEL32.dll'")),
        REPAIRED "graft demo.libs/foo-HASH32.dll (foo-HASH32.dll) from lib/foo.dll\n"
                 "graft demo.libs/plugin.dll (plugin.dll) from lib/plugin.dll\n"
                 "patch demo/__init__.py\n"
                 "edit demo/_x.pyd\n"
                 "  needs foo.dll as foo-HASH32.dll\n");
    wf_strings_append(&world.arena, &world.audit.search.includes, "none.dll");
    assert_string_equal(
        plan_macos(&world, AMD, PACKAGE ", " MODULE("demo/_x.pyd", "'KERNEL32.dll'")),
        "refused\n"
        "library-not-found: --include none.dll: it was not found [give the folder that "
        "has "
        "it with --add-path, or leave the option away]\n");
    plan_clear(&world);
}

/* Pythons that load DLLs one by one need each after what it needs; delvewheel's order is
 * that of a hash. */
static void
lists_dlls_for_old_pythons_in_the_order_of_their_imports(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    plan_dll(&world, "a.dll", LIBRARY("'z.dll'"));
    plan_dll(&world, "m.dll", LIBRARY("'a.dll'"));
    plan_dll(&world, "z.dll", LIBRARY(""));
    assert_string_equal(
        plan_macos(&world, OLD, PACKAGE ", " MODULE("demo/_x.pyd", "'m.dll'")),
        RESULT("win_amd64",
               OLD) "graft demo.libs/a-MIX.dll (a-MIX.dll) from lib/a.dll\n"
                    "  needs z.dll as z-HASH32.dll\n"
                    "  is called a-MIX.dll\n"
                    "graft demo.libs/m-MIX.dll (m-MIX.dll) from lib/m.dll\n"
                    "  needs a.dll as a-MIX.dll\n"
                    "  is called m-MIX.dll\n"
                    "graft demo.libs/z-HASH32.dll (z-HASH32.dll) from lib/z.dll\n"
                    "patch demo/__init__.py\n"
                    "load-order demo.libs/.load-order-demo-1.0: z-HASH32.dll a-MIX.dll "
                    "m-MIX.dll\n"
                    "edit demo/_x.pyd\n"
                    "  needs m.dll as m-MIX.dll\n");
    plan_clear(&world);
}

static void
writes_that_list_for_every_python_that_may_be_old(void **state)
{
    static const struct {
        const char *tag;
        bool listed;
    } cases[] = {
        { "cp310-cp310-win_amd64", false },
        { "cp39-cp39-win_amd64", true },
        { "cp36-abi3-win_amd64", true },
        { "cp312-abi3-win_amd64", false },
        { "py3-none-win_amd64", true },
        { "pp310-pypy310_pp73-win_amd64", false },
        { "graalpy312-graalpy250_312_native-win_amd64", false },
        { "cp27-cp27m-win_amd64", true },
        { "cp36.cp312-abi3-win_amd64", true },
        { "other-none-win_amd64", true },
    };

    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct plan_world world;

        plan_setup(&world, state);
        plan_dll(&world, "foo.dll", LIBRARY(""));
        const char *text = plan_macos(&world, cases[i].tag,
                                      PACKAGE ", " MODULE("demo/_x.pyd", "'foo.dll'"));

        if ((strstr(text, "\nload-order demo.libs/.load-order-demo-1.0: foo-") != NULL) !=
            cases[i].listed)
            fail_msg("%s: %s", cases[i].tag, text);
        plan_clear(&world);
    }
}

static void
refuses_a_python_file_that_has_no_place_for_the_patch(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    plan_dll(&world, "foo.dll", LIBRARY(""));
    const char *text =
        plan_macos(&world, AMD,
                   TEXT_IN("demo/__init__.py", "from __future__ import (\\n") ", " MODULE(
                       "demo/_x.pyd", "'foo.dll'"));

    assert_non_null(
        strstr(text, "refused\npython-file: demo/__init__.py cannot be patched: "));
    assert_non_null(
        strstr(text, " [correct it, or choose other places with --custom-patch]\n"));
    plan_clear(&world);
}

static void
patches_at_marks_when_told_to(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.options.custom_patch = true;
    plan_dll(&world, "foo.dll", LIBRARY(""));
    assert_string_equal(
        plan_macos(&world, AMD,
                   PACKAGE
                   ", " TEXT_IN("demo/sub.py", "x\\n# delvewheel: patch\\n") ", " MODULE(
                       "demo/_x.pyd", "'foo.dll'")),
        REPAIRED "graft demo.libs/foo-HASH32.dll (foo-HASH32.dll) from lib/foo.dll\n"
                 "patch demo/sub.py\n"
                 "edit demo/_x.pyd\n"
                 "  needs foo.dll as foo-HASH32.dll\n");
    assert_string_equal(
        plan_macos(&world, AMD, PACKAGE ", " MODULE("demo/_x.pyd", "'foo.dll'")),
        "refused\n"
        "python-file: --custom-patch: no line of a Python file is the comment "
        "\"# delvewheel: patch\" [put it where the folder of DLLs is to be made "
        "known]\n");
    plan_clear(&world);
}

/* A program finds its DLLs beside itself, and nowhere else. */
static void
gives_programs_copies_beside_them_but_none_to_scripts(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    plan_dll(&world, "foo.dll", LIBRARY(""));
    assert_string_equal(
        plan_macos(&world, AMD, PACKAGE ", " PROGRAM("demo/bin/tool.exe", "'foo.dll'")),
        REPAIRED "graft demo/bin/foo-HASH32.dll (foo-HASH32.dll) from lib/foo.dll\n"
                 "edit demo/bin/tool.exe\n"
                 "  needs foo.dll as foo-HASH32.dll\n");
    assert_string_equal(
        plan_macos(&world, AMD,
                   PACKAGE ", " PROGRAM("demo-1.0.data/scripts/tool.exe", "'foo.dll'")),
        "copy: nothing needs to change\n"
        "warning library-left-out demo-1.0.data/scripts/tool.exe: foo.dll is not "
        "bundled: a "
        "program in .data/scripts gets no DLLs without --analyze-existing-exes\n");
    world.audit.analyze_existing_exes = true;
    assert_string_equal(
        plan_macos(&world, AMD,
                   PACKAGE ", " PROGRAM("demo-1.0.data/scripts/tool.exe", "'foo.dll'")),
        REPAIRED "graft demo-1.0.data/scripts/foo-HASH32.dll (foo-HASH32.dll) from "
                 "lib/foo.dll\n"
                 "edit demo-1.0.data/scripts/tool.exe\n"
                 "  needs foo.dll as foo-HASH32.dll\n");
    plan_clear(&world);
}

static void
brings_symbols_and_import_libraries_along(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    plan_dll(&world, "foo.dll", LIBRARY(""));
    folder_write(state, "lib/FOO.pdb", "symbols");
    folder_write(state, "lib/foo.lib", "!<arch>\n");
    folder_write(state, "lib/bar.pdb", "others");
    for (int i = 0; i < 3; i++) {
        world.options.include_symbols = i != 1;
        world.options.include_imports = i != 0;
        assert_string_equal(
            plan_macos(&world, AMD, PACKAGE ", " MODULE("demo/_x.pyd", "'foo.dll'")),
            wf_arena_printf(
                &world.arena,
                REPAIRED
                "graft demo.libs/foo-HASH32.dll (foo-HASH32.dll) from lib/foo.dll\n"
                "%s%s"
                "patch demo/__init__.py\n"
                "edit demo/_x.pyd\n"
                "  needs foo.dll as foo-HASH32.dll\n",
                i == 1 ? "" : "file demo.libs/FOO.pdb from lib/FOO.pdb\n",
                i == 0 ? "" : "file demo.libs/foo.lib from lib/foo.lib\n"));
    }
    plan_clear(&world);
}

/* delvewheel overwrites in silence. */
static void
refuses_a_name_that_the_wheel_has_in_any_case(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    wf_strings_append(&world.arena, &world.options.no_mangle, "foo.dll");
    world.audit.search.no_search_wheel = true;
    plan_dll(&world, "foo.dll", LIBRARY(""));
    assert_string_equal(
        plan_macos(&world, AMD,
                   PACKAGE ", " MODULE("demo/_x.pyd", "'foo.dll'") ", " FILE_IN(
                       "demo-1.0.data/purelib/Demo.libs/FOO.dll")),
        "refused\n"
        "name-taken: the wheel has demo-1.0.data/purelib/Demo.libs/FOO.dll already, and "
        "the "
        "repair would put something else there [choose another folder for the libraries "
        "with --lib-sdir]\n");
    plan_clear(&world);
}

/* 33 characters and ".dll" come behind the stem; what takes four bytes is two there. */
static void
refuses_names_that_windows_has_no_files_of(void **state)
{
    static const struct {
        size_t num_plain;
        size_t num_wide;
        const char *no_mangle;
        const char *why; /* NULL: it comes in */
    } cases[] = {
        { 218, 0, NULL, NULL },
        { 219, 0, NULL, "256 characters" },
        { 219, 0, "*", NULL },
        { 194, 12, NULL, NULL },
        { 195, 12, NULL, "256 characters" },
    };

    for (size_t i = 0; i < WF_COUNT(cases); i++) {
        struct plan_world world;
        char name[300];
        size_t len = cases[i].num_plain;

        memset(name, 'a', len);
        for (size_t k = 0; k < cases[i].num_wide; k++, len += 4)
            memcpy(name + len, "\xf0\x9f\x98\x80", 4);
        memcpy(name + len, ".dll", 5);
        plan_setup(&world, state);
        if (cases[i].no_mangle != NULL)
            wf_strings_append(&world.arena, &world.options.no_mangle, cases[i].no_mangle);
        plan_dll(&world, name, LIBRARY(""));
        const char *plan =
            plan_macos(&world, AMD,
                       wf_arena_printf(&world.arena,
                                       PACKAGE ", " MODULE("demo/_x.pyd", "'%s'"), name));

        if (cases[i].why == NULL)
            assert_memory_equal(plan, REPAIRED, strlen(REPAIRED));
        else
            assert_string_equal(
                plan,
                wf_arena_printf(&world.arena,
                                "refused\nname-taken: lib/%s cannot be a member: its "
                                "name would have %s, and Windows takes 255 "
                                "(--no-mangle leaves it shorter) [give the DLL "
                                "another file name]\n",
                                name, cases[i].why));
        plan_clear(&world);
    }
}

static void
refuses_names_of_devices_where_they_are_kept(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    plan_dll(&world, "aux.dll", LIBRARY(""));
    assert_memory_equal(
        plan_macos(&world, AMD, PACKAGE ", " MODULE("demo/_x.pyd", "'aux.dll'")),
        REPAIRED, strlen(REPAIRED));
    wf_strings_append(&world.arena, &world.options.no_mangle, "aux.dll");
    assert_string_equal(
        plan_macos(&world, AMD, PACKAGE ", " MODULE("demo/_x.pyd", "'aux.dll'")),
        "refused\nname-taken: lib/aux.dll cannot be a member: Windows has no files of "
        "that "
        "name [give the DLL another file name]\n");
    plan_clear(&world);
}

static void
clears_load_flags_of_what_has_to_find_dlls_of_the_wheel(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    wf_strings_append(&world.arena, &world.options.no_mangle, "*");
    plan_dll(
        &world, "foo.dll",
        "{ 'exports': ['f'], 'imports': ['bar.dll'], 'load_config': { 'flags': 2048 } }");
    plan_dll(&world, "bar.dll", "{ 'exports': ['f'], 'load_config': { 'flags': 2048 } }");
    assert_string_equal(
        plan_macos(
            &world, AMD,
            PACKAGE ", " PE(
                "demo/_x.pyd",
                "'exports': ['PyInit__x'], 'imports': ['foo.dll'], "
                "'load_config': { 'flags': 2048 }") ", " PE("demo/_y.pyd",
                                                            "'exports': ['PyInit__y'], "
                                                            "'imports': "
                                                            "['KERNEL32.dll'], "
                                                            "'load_config': { 'flags': "
                                                            "2048 }")),
        REPAIRED "graft demo.libs/bar.dll (bar.dll) from lib/bar.dll\n"
                 "graft demo.libs/foo.dll (foo.dll) from lib/foo.dll\n"
                 "  looks for DLLs as Python does, not by its load flags (0x800)\n"
                 "patch demo/__init__.py\n"
                 "edit demo/_x.pyd\n"
                 "  looks for DLLs as Python does, not by its load flags (0x800)\n");
    plan_clear(&world);
}

static void
keeps_the_tags_and_refuses_to_be_told_others(void **state)
{
    struct plan_world world;

    plan_setup(&world, state);
    world.options.plat = "win32";
    assert_string_equal(
        plan_macos(&world, AMD, PACKAGE ", " MODULE("demo/_x.pyd", "'KERNEL32.dll'")),
        "refused\n"
        "tag-does-not-fit: --plat win32 does not fit: tags of Windows wheels stay as "
        "they "
        "are [leave it away]\n");
    world.options.plat_is_preset = true;
    assert_string_equal(
        plan_macos(&world, AMD, PACKAGE ", " MODULE("demo/_x.pyd", "'KERNEL32.dll'")),
        "copy: nothing needs to change\n"
        "note plat-ignored: --plat win32 does not fit: tags of Windows wheels stay as "
        "they "
        "are; the environment set it, so it is ignored\n");
    world.options.plat = "win_amd64";
    world.options.plat_is_preset = false;
    assert_string_equal(
        plan_macos(&world, AMD, PACKAGE ", " MODULE("demo/_x.pyd", "'KERNEL32.dll'")),
        "copy: nothing needs to change\n");
    plan_clear(&world);
}

/* What is far down takes no stack, and what loads itself by a long way ends. */
static void
names_and_lists_thousands_of_dlls_that_load_one_another(void **state)
{
    enum { NUM = 600, DIGITS = 32 };
    struct plan_world world;
    const char *ends[] = { "'KERNEL32.dll'", "'d0.dll'" };

    plan_setup(&world, state);
    world.audit.limits.tree_depth = NUM + 1;
    world.with_digests = true;
    for (size_t i = 0; i + 1 < NUM; i++)
        plan_dll(&world, wf_arena_printf(&world.arena, "d%zu.dll", i),
                 wf_arena_printf(&world.arena, LIBRARY("'d%zu.dll'"), i + 1));
    for (size_t k = 0; k < WF_COUNT(ends); k++) {
        size_t num = 0;

        plan_dll(&world, wf_arena_printf(&world.arena, "d%d.dll", NUM - 1),
                 wf_arena_printf(&world.arena, LIBRARY("%s"), ends[k]));
        const char *plan =
            plan_macos(&world, OLD, PACKAGE ", " MODULE("demo/_x.pyd", "'d0.dll'"));

        for (const char *at = plan; (at = strstr(at, "\ngraft ")) != NULL; at++)
            num++;
        assert_int_equal(num, NUM);
        /* The deepest comes first in the list, the one that the module needs last. */
        const char *list = strstr(plan, "\nload-order demo.libs/.load-order-demo-1.0: ");

        assert_non_null(list);
        list = strstr(list, ": ") + 2;
        assert_int_equal(strncmp(list, "d599-", 5), 0);
        list = strchr(list, '\n') - strlen(" d0-.dll") - DIGITS;
        assert_int_equal(strncmp(list, " d0-", 4), 0);
    }
    plan_clear(&world);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bundles_what_modules_need_and_tells_python_of_the_folder),
        TEST(copies_a_wheel_that_needs_nothing),
        TEST(copies_a_wheel_that_delvewheel_has_repaired),
        TEST(names_dlls_as_delvewheel_does),
        TEST(follows_forwarders_and_lets_them_count_in_the_name),
        TEST(names_dlls_that_load_each_other_in_a_circle),
        TEST(names_a_circle_alike_wherever_it_is_entered),
        TEST(names_a_circle_by_all_that_is_in_it),
        TEST(finds_and_names_files_whatever_their_case),
        TEST(has_dlls_of_the_same_bytes_and_name_in_once),
        TEST(puts_dlls_beside_a_module_that_stands_at_the_top),
        TEST(keeps_the_folder_when_a_module_at_the_top_needs_none),
        TEST(copies_dlls_beside_modules_that_no_package_leads_to),
        TEST(leaves_a_namespace_that_was_declared_as_it_is),
        TEST(tells_of_a_declared_namespace_that_the_wheel_does_not_have),
        TEST(keeps_names_that_no_mangle_names_without_case),
        TEST(leaves_dlls_of_the_wheel_alone_and_what_they_need_directly),
        TEST(repairs_a_dll_that_nothing_in_the_wheel_loads),
        TEST(never_changes_a_signed_helper),
        TEST(keeps_the_bytes_of_a_dll_that_needs_no_change),
        TEST(refuses_a_dll_that_is_missing_and_a_module_for_another_machine),
        TEST(leaves_out_what_is_excluded_and_does_not_look_at_its_needs),
        TEST(brings_in_what_include_names_as_it_is_and_alone),
        TEST(lists_dlls_for_old_pythons_in_the_order_of_their_imports),
        TEST(writes_that_list_for_every_python_that_may_be_old),
        TEST(refuses_a_python_file_that_has_no_place_for_the_patch),
        TEST(patches_at_marks_when_told_to),
        TEST(gives_programs_copies_beside_them_but_none_to_scripts),
        TEST(brings_symbols_and_import_libraries_along),
        TEST(refuses_a_name_that_the_wheel_has_in_any_case),
        TEST(refuses_names_that_windows_has_no_files_of),
        TEST(refuses_names_of_devices_where_they_are_kept),
        TEST(clears_load_flags_of_what_has_to_find_dlls_of_the_wheel),
        TEST(keeps_the_tags_and_refuses_to_be_told_others),
        TEST(names_and_lists_thousands_of_dlls_that_load_one_another),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
