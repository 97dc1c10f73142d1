/* test_resolver.c -- trees over the objects of a wheel: the rules of each loader. */
#include "../support/unit.h"

#include "../support/tree_builder.h"

static struct tree_world w;

static int
setup(void **state)
{
    (void)state;
    tree_setup(&w);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    tree_clear(&w);
    return 0;
}

static void
finds_libraries_by_rpath_and_runpath(void **state)
{
    struct wf_object *root = tree_add(&w, "demo/_x.so", "liba.so libb.so libc1.so");

    (void)state;
    root->rpath = "$ORIGIN:$ORIGIN/../demo.libs";
    tree_add(&w, "demo/libb.so", "");
    tree_add(&w, "demo.libs/liba.so", "libd.so")->runpath = "${ORIGIN}/deep";
    tree_add(&w, "demo.libs/libb.so", "");
    tree_add(&w, "demo.libs/deep/libd.so", "");
    assert_string_equal(
        tree_of(&w, root),
        "demo/_x.so: liba.so=demo.libs/liba.so(rpath) libb.so=demo/libb.so(rpath) "
        "libc1.so=-(not-found)\n"
        "demo.libs/liba.so: libd.so=demo.libs/deep/libd.so(runpath)\n"
        "demo/libb.so:\n"
        "demo.libs/deep/libd.so:\n");
    assert_string_equal(tree_edge(&w, "liba.so")->why, "RPATH of demo/_x.so");
    assert_string_equal(tree_edge(&w, "libd.so")->why, "RUNPATH of demo.libs/liba.so");
    assert_int_equal(tree_edge(&w, "libb.so")->num_tries, 0);
    assert_string_equal(tree_tries(&w, "libc1.so"),
                        "demo/libc1.so absent rpath: RPATH of demo/_x.so\n"
                        "demo.libs/libc1.so absent rpath: RPATH of demo/_x.so\n");
}

static void
inherits_rpath_down_the_loading_chain(void **state)
{
    struct wf_object *root = tree_add(&w, "_x.so", "liba.so");

    (void)state;
    root->rpath = "$ORIGIN/one";
    tree_add(&w, "one/liba.so", "libb.so")->rpath = "$ORIGIN/../two";
    tree_add(&w, "two/libb.so", "libc1.so");
    /* In both: the nearest in the chain comes first. */
    tree_add(&w, "one/libc1.so", "");
    tree_add(&w, "two/libc1.so", "libd.so");
    tree_add(&w, "one/libd.so", "");
    assert_string_equal(tree_of(&w, root), "_x.so: liba.so=one/liba.so(rpath)\n"
                                           "one/liba.so: libb.so=two/libb.so(rpath)\n"
                                           "two/libb.so: libc1.so=two/libc1.so(rpath)\n"
                                           "two/libc1.so: libd.so=one/libd.so(rpath)\n"
                                           "one/libd.so:\n");
    assert_string_equal(tree_edge(&w, "libc1.so")->why, "RPATH of one/liba.so");
    assert_string_equal(tree_edge(&w, "libd.so")->why, "RPATH of _x.so");
}

static void
does_not_inherit_runpath(void **state)
{
    struct wf_object *root = tree_add(&w, "_x.so", "liba.so");

    (void)state;
    root->runpath = "$ORIGIN/libs";
    tree_add(&w, "libs/liba.so", "libb.so");
    tree_add(&w, "libs/libb.so", "");
    assert_string_equal(tree_of(&w, root),
                        "_x.so: liba.so=libs/liba.so(runpath)\n"
                        "libs/liba.so: libb.so=libs/libb.so(outside-search)\n"
                        "libs/libb.so:\n");
    assert_string_equal(tree_edge(&w, "libb.so")->why, "RUNPATH of _x.so");
}

static void
ignores_every_rpath_for_an_object_with_runpath(void **state)
{
    struct wf_object *root = tree_add(&w, "_x.so", "liba.so");
    struct wf_object *liba = tree_add(&w, "one/liba.so", "libb.so");

    (void)state;
    root->rpath = "$ORIGIN/one";
    liba->rpath = "$ORIGIN";
    liba->runpath = "$ORIGIN/../two";
    tree_add(&w, "one/libb.so", "");
    tree_add(&w, "two/libb.so", "libc1.so");
    tree_add(&w, "one/libc1.so", "");
    /* libb.so has neither: liba.so's RPATH does not count, _x.so's does. */
    assert_string_equal(tree_of(&w, root), "_x.so: liba.so=one/liba.so(rpath)\n"
                                           "one/liba.so: libb.so=two/libb.so(runpath)\n"
                                           "two/libb.so: libc1.so=one/libc1.so(rpath)\n"
                                           "one/libc1.so:\n");
    assert_string_equal(tree_edge(&w, "libc1.so")->why, "RPATH of _x.so");
}

static void
lets_an_empty_runpath_silence_rpath(void **state)
{
    struct wf_object *root = tree_add(&w, "_x.so", "liba.so");

    (void)state;
    root->rpath = "$ORIGIN/libs";
    root->runpath = "";
    tree_add(&w, "libs/liba.so", "");
    assert_string_equal(tree_of(&w, root),
                        "_x.so: liba.so=libs/liba.so(outside-search)\nlibs/liba.so:\n");
}

static void
takes_a_loaded_soname_for_a_later_request(void **state)
{
    struct wf_object *root = tree_add(&w, "_x.so", "liba-1f.so.1 liba.so.1 libb.so");

    (void)state;
    root->rpath = "$ORIGIN/libs";
    tree_add(&w, "libs/liba-1f.so.1", "")->soname = "liba.so.1";
    tree_add(&w, "libs/liba.so.1", "");
    tree_add(&w, "libs/libb.so", "liba.so.1 liba-1f.so.1");
    assert_string_equal(
        tree_of(&w, root),
        "_x.so: liba-1f.so.1=libs/liba-1f.so.1(rpath) "
        "liba.so.1=libs/liba-1f.so.1(loaded) libb.so=libs/libb.so(rpath)\n"
        "libs/liba-1f.so.1:\n"
        "libs/libb.so: liba.so.1=libs/liba-1f.so.1(loaded) "
        "liba-1f.so.1=libs/liba-1f.so.1(loaded)\n");
}

static void
loads_breadth_first_and_each_library_once(void **state)
{
    struct wf_object *root = tree_add(&w, "_x.so", "liba.so libb.so");

    (void)state;
    root->rpath = "$ORIGIN/one:$ORIGIN/two";
    /* liba.so would find two/libc1.so, but _x.so's second need is looked for first. */
    tree_add(&w, "one/liba.so", "libc1.so")->rpath = "$ORIGIN/../three";
    tree_add(&w, "one/libb.so", "libc1.so");
    tree_add(&w, "two/libc1.so", "libb.so");
    tree_add(&w, "three/libc1.so", "");
    assert_string_equal(tree_of(&w, root),
                        "_x.so: liba.so=one/liba.so(rpath) libb.so=one/libb.so(rpath)\n"
                        "one/liba.so: libc1.so=three/libc1.so(rpath)\n"
                        "one/libb.so: libc1.so=three/libc1.so(loaded)\n"
                        "three/libc1.so:\n");
    assert_ptr_equal(w.tree->nodes[3]->parent, w.tree->nodes[1]);
    assert_ptr_equal(w.tree->nodes[3]->via, &w.tree->nodes[1]->edges[0]);
    assert_int_equal(w.tree->nodes[3]->depth, 2);
}

static void
ends_on_cycles_and_on_needs_of_oneself(void **state)
{
    struct wf_object *root = tree_add(&w, "_x.so", "_x.so liba.so");

    (void)state;
    root->soname = "_x.so";
    root->rpath = "$ORIGIN";
    tree_add(&w, "liba.so", "libb.so");
    tree_add(&w, "libb.so", "liba.so _x.so libb.so");
    assert_string_equal(tree_of(&w, root),
                        "_x.so: _x.so=_x.so(loaded) liba.so=liba.so(rpath)\n"
                        "liba.so: libb.so=libb.so(rpath)\n"
                        "libb.so: liba.so=liba.so(loaded) _x.so=_x.so(loaded) "
                        "libb.so=libb.so(loaded)\n");
    assert_ptr_equal(tree_edge(&w, "_x.so")->node, w.tree->root);
}

static void
knows_a_file_by_two_paths_as_one(void **state)
{
    struct wf_object *root = tree_add(&w, "_x.so", "liba.so $ORIGIN/libs/liba.so");

    (void)state;
    root->rpath = "$ORIGIN/libs";
    tree_add(&w, "libs/liba.so", "");
    assert_string_equal(tree_of(&w, root),
                        "_x.so: liba.so=libs/liba.so(rpath) "
                        "$ORIGIN/libs/liba.so=libs/liba.so(loaded)\nlibs/liba.so:\n");
}

static void
opens_needs_that_are_paths(void **state)
{
    struct wf_object *root =
        tree_add(&w, "demo/_x.so", "${ORIGIN}/../libs/liba.so libs/libb.so /x/libc1.so");

    (void)state;
    tree_add(&w, "libs/liba.so", "");
    tree_add(&w, "libs/libb.so", "");
    assert_string_equal(tree_of(&w, root),
                        "demo/_x.so: ${ORIGIN}/../libs/liba.so=libs/liba.so(path) "
                        "libs/libb.so=libs/libb.so(outside-search) "
                        "/x/libc1.so=-(not-found)\nlibs/liba.so:\nlibs/libb.so:\n");
    assert_string_equal(tree_tries(&w, "/x/libc1.so"),
                        "/x foreign path: the name is a path\n");
}

static void
follows_musl_rules_for_musl(void **state)
{
    struct wf_object *root = tree_add(&w, "_x.so", "liba.so libz-1.so");
    struct wf_object *liba = tree_add(&w, "one/liba.so", "libb.so libz.so");

    (void)state;
    root->libc = WF_LIBC_MUSL;
    root->runpath = "$ORIGIN/one";
    liba->libc = WF_LIBC_UNKNOWN;
    liba->rpath = "$ORIGIN/never";
    liba->runpath = "$ORIGIN/../two::";
    tree_add(&w, "never/libb.so", "")->libc = WF_LIBC_UNKNOWN;
    tree_add(&w, "two/libb.so", "libc1.so")->libc = WF_LIBC_MUSL;
    /* RUNPATH is inherited: libc1.so is found through _x.so's. */
    tree_add(&w, "one/libc1.so", "")->libc = WF_LIBC_UNKNOWN;
    struct wf_object *libz = tree_add(&w, "one/libz-1.so", "");

    /* The SONAME of what is loaded does not satisfy a request. */
    libz->libc = WF_LIBC_MUSL;
    libz->soname = "libz.so";
    assert_string_equal(tree_of(&w, root), "_x.so: liba.so=one/liba.so(runpath) "
                                           "libz-1.so=one/libz-1.so(runpath)\n"
                                           "one/liba.so: libb.so=two/libb.so(runpath) "
                                           "libz.so=one/libz-1.so(loaded)\n"
                                           "one/libz-1.so:\n"
                                           "two/libb.so: libc1.so=one/libc1.so(runpath)\n"
                                           "one/libc1.so:\n");
    /* It was looked for all the same, and met again as a member of that SONAME. */
    assert_string_equal(tree_edge(&w, "libz.so")->why, "the same file is loaded already");
}

static void
gives_up_a_musl_list_with_another_token(void **state)
{
    struct wf_object *root = tree_add(&w, "_x.so", "libnone.so");

    (void)state;
    root->libc = WF_LIBC_MUSL;
    root->runpath = "$ORIGIN/one:/usr/$LIB";
    tree_of(&w, root);
    assert_string_equal(tree_tries(&w, "libnone.so"),
                        "$ORIGIN/one:/usr/$LIB token runpath: RUNPATH of _x.so\n");
}

static void
takes_all_names_of_musls_libc_for_its_loader(void **state)
{
    struct wf_object *root =
        tree_add(&w, "_x.so",
                 "libc.musl-x86_64.so.1 libpthread.so.0 libm.so.6 libxnet.so libmx.so");

    (void)state;
    root->libc = WF_LIBC_MUSL;
    assert_string_equal(tree_of(&w, root),
                        "_x.so: libc.musl-x86_64.so.1=-(default) "
                        "libpthread.so.0=-(default) libm.so.6=-(default) "
                        "libxnet.so=-(default) libmx.so=-(not-found)\n");
    assert_string_equal(tree_edge(&w, "libm.so.6")->why, "musl's loader is its libc");
    assert_int_equal(w.tree->libc, WF_LIBC_MUSL);
}

static void
knows_no_rpath_on_android(void **state)
{
    struct wf_object *root = tree_add(&w, "_x.so", "liba.so libb.so");

    (void)state;
    root->libc = WF_LIBC_BIONIC;
    root->rpath = "$ORIGIN/one";
    tree_add(&w, "one/liba.so", "")->libc = WF_LIBC_BIONIC;
    assert_string_equal(tree_of(&w, root), "_x.so: liba.so=one/liba.so(outside-search) "
                                           "libb.so=-(not-found)\none/liba.so:\n");
    assert_int_equal(tree_edge(&w, "libb.so")->num_tries, 0);
}

static void
says_which_places_a_wheel_cannot_have(void **state)
{
    struct wf_object *root = tree_add(&w, "demo/_x.so", "libnone.so");
    struct wf_object *top = tree_add(&w, "_top.so", "libnone.so");

    (void)state;
    root->rpath = "$ORIGIN/../../lib::lib:/usr/lib:/usr/$LIB:/x/$ORIGIN:$ORIGIN/..";
    tree_of(&w, root);
    assert_string_equal(tree_tries(&w, "libnone.so"),
                        "$ORIGIN/../../lib leaves-wheel rpath: RPATH of demo/_x.so\n"
                        " relative rpath: RPATH of demo/_x.so\n"
                        "lib relative rpath: RPATH of demo/_x.so\n"
                        "/usr/lib foreign rpath: RPATH of demo/_x.so\n"
                        "/usr/$LIB token rpath: RPATH of demo/_x.so\n"
                        "/x/$ORIGIN foreign rpath: RPATH of demo/_x.so\n"
                        "libnone.so absent rpath: RPATH of demo/_x.so\n");
    top->rpath = "$ORIGIN.libs:$ORIGIN/..";
    tree_of(&w, top);
    assert_string_equal(tree_tries(&w, "libnone.so"),
                        "$ORIGIN.libs leaves-wheel rpath: RPATH of _top.so\n"
                        "$ORIGIN/.. leaves-wheel rpath: RPATH of _top.so\n");
}

static void
finds_members_outside_the_search_path_last(void **state)
{
    struct wf_object *root = tree_add(&w, "_x.so", "liba.so libs.so.1 libz.so");

    (void)state;
    root->rpath = "$ORIGIN/none";
    tree_add(&w, "b/liba.so", "");
    tree_add(&w, "a/liba.so", "");
    tree_add(&w, "c/libs-1f.so.1", "")->soname = "libs.so.1";
    tree_add(&w, "z/libz.so", "")->kind = WF_KIND_RELOCATABLE;
    assert_string_equal(tree_of(&w, root), "_x.so: liba.so=a/liba.so(outside-search) "
                                           "libs.so.1=c/libs-1f.so.1(outside-search) "
                                           "libz.so=-(not-found)\n"
                                           "a/liba.so:\nc/libs-1f.so.1:\n");
    assert_string_equal(tree_edge(&w, "liba.so")->why, "a member of that file name");
    assert_string_equal(tree_edge(&w, "libs.so.1")->why, "a member of that SONAME");
}

static void
passes_over_candidates_of_another_kind(void **state)
{
    static const struct {
        const char *what;
        enum wf_try_result result;
        struct wf_object facts; /* what differs is set by the index below */
    } rows[] = {
        { "class", WF_TRY_ARCH, { .bits = 32 } },
        { "byte order", WF_TRY_ARCH, { .endian = WF_BIG, .bits = 64 } },
        { "machine", WF_TRY_ARCH, { .machine = 183, .bits = 64 } },
        { "system", WF_TRY_ARCH, { .osabi = 9, .bits = 64 } },
        { "libc", WF_TRY_LIBC, { .libc = WF_LIBC_MUSL, .bits = 64 } },
        { "object file", WF_TRY_NOT_OBJECT, { .kind = WF_KIND_RELOCATABLE, .bits = 64 } },
        { "debug file", WF_TRY_NOT_OBJECT, { .kind = WF_KIND_DEBUG, .bits = 64 } },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        tree_clear(&w);
        tree_setup(&w);
        struct wf_object *root = tree_add(&w, "_x.so", "liba.so");
        struct wf_object *bad = tree_add(&w, "one/liba.so", "");

        root->rpath = "$ORIGIN/one:$ORIGIN/two";
        bad->bits = rows[i].facts.bits;
        bad->endian = rows[i].facts.endian;
        bad->osabi = rows[i].facts.osabi;
        bad->kind = rows[i].facts.kind;
        if (rows[i].facts.machine != 0)
            bad->machine = rows[i].facts.machine;
        if (rows[i].facts.libc != WF_LIBC_UNKNOWN)
            bad->libc = rows[i].facts.libc;
        tree_add(&w, "two/liba.so", "");
        assert_string_equal(tree_of(&w, root),
                            "_x.so: liba.so=two/liba.so(rpath)\ntwo/liba.so:\n");
        const struct wf_edge *edge = tree_edge(&w, "liba.so");

        if (edge->num_tries != 1 || edge->tries[0].result != rows[i].result)
            fail_msg("%s: %zu tries", rows[i].what, edge->num_tries);
        assert_string_equal(edge->tries[0].path, "one/liba.so");
    }
}

static void
takes_candidates_that_only_look_different(void **state)
{
    struct wf_object *root = tree_add(&w, "_x.so", "liba.so libb.so");

    (void)state;
    root->rpath = "$ORIGIN";
    tree_add(&w, "liba.so", "")->osabi = 3; /* ELFOSABI_GNU: it has an IFUNC */
    tree_add(&w, "libb.so", "")->libc = WF_LIBC_UNKNOWN;
    assert_string_equal(
        tree_of(&w, root),
        "_x.so: liba.so=liba.so(rpath) libb.so=libb.so(rpath)\nliba.so:\nlibb.so:\n");
}

static void
mixes_armv6_and_armv7_but_not_soft_float(void **state)
{
    struct wf_object *root = tree_add(&w, "_x.so", "liba.so libb.so");
    struct wf_object *liba = tree_add(&w, "liba.so", "");
    struct wf_object *libb = tree_add(&w, "libb.so", "");

    (void)state;
    root->rpath = "$ORIGIN";
    for (size_t i = 0; i < w.num_objects; i++) {
        w.objects[i].machine = 40;
        w.objects[i].bits = 32;
    }
    root->arch = WF_ARCH_ARMV7L;
    liba->arch = WF_ARCH_ARMV6L;
    libb->arch = WF_ARCH_ARMV5L;
    assert_string_equal(tree_of(&w, root),
                        "_x.so: liba.so=liba.so(rpath) libb.so=-(not-found)\nliba.so:\n");
}

static void
tells_riscv_float_conventions_apart(void **state)
{
    struct wf_object *root = tree_add(&w, "_x.so", "liba.so libb.so");
    struct wf_object *liba = tree_add(&w, "liba.so", "");
    struct wf_object *libb = tree_add(&w, "libb.so", "");

    (void)state;
    root->rpath = "$ORIGIN";
    for (size_t i = 0; i < w.num_objects; i++) {
        w.objects[i].machine = 243;
        w.objects[i].arch = WF_ARCH_RISCV64;
        w.objects[i].flags = 0x5; /* RVC, double */
    }
    liba->flags = 0x4; /* double, without RVC */
    libb->flags = 0x1; /* soft */
    assert_string_equal(tree_of(&w, root),
                        "_x.so: liba.so=liba.so(rpath) libb.so=-(not-found)\nliba.so:\n");
}

static void
never_looks_for_libpython_outside(void **state)
{
    struct wf_object *root =
        tree_add(&w, "_x.so", "libpython3.13t.so.1.0 libpython3.12.so.1.0");

    (void)state;
    root->rpath = "$ORIGIN/libs";
    tree_add(&w, "libs/libpython3.12.so.1.0", "");
    assert_string_equal(tree_of(&w, root),
                        "_x.so: libpython3.13t.so.1.0=-(libpython) "
                        "libpython3.12.so.1.0=libs/libpython3.12.so.1.0(rpath)\n"
                        "libs/libpython3.12.so.1.0:\n");
    assert_int_equal(tree_edge(&w, "libpython3.13t.so.1.0")->num_tries, 0);
}

static void
takes_the_loader_as_given(void **state)
{
    struct wf_object *root = tree_add(&w, "_x.so", "ld-linux-x86-64.so.2 ld-linux.so");

    (void)state;
    root->rpath = "$ORIGIN";
    tree_of(&w, root);
    assert_int_equal(tree_edge(&w, "ld-linux-x86-64.so.2")->by, WF_FOUND_DEFAULT);
    assert_null(tree_edge(&w, "ld-linux-x86-64.so.2")->library);
    assert_int_equal(tree_edge(&w, "ld-linux-x86-64.so.2")->num_tries, 0);
}

static bool
provides_liba(const void *context, enum wf_arch arch, enum wf_libc libc, const char *name)
{
    return context == &w && arch == WF_ARCH_X86_64 && libc == WF_LIBC_GLIBC &&
           strncmp(name, "liba", 4) == 0;
}

static void
leaves_provided_libraries_to_the_platform_but_for_the_wheels_own(void **state)
{
    struct wf_object *root = tree_add(&w, "_x.so", "liba.so.1 liba.so.2");

    (void)state;
    w.search.is_provided = provides_liba;
    w.search.context = &w;
    root->rpath = "$ORIGIN/libs:/usr/lib";
    tree_add(&w, "libs/liba.so.2", "");
    assert_string_equal(tree_of(&w, root), "_x.so: liba.so.1=-(default) "
                                           "liba.so.2=libs/liba.so.2(rpath)\n"
                                           "libs/liba.so.2:\n");
    assert_string_equal(tree_edge(&w, "liba.so.1")->why, "the platform has it");
}

static void
excludes_by_name_and_by_path(void **state)
{
    static const char *patterns[] = { "libcuda*", "deep/*", "unused*" };
    struct wf_object *root =
        tree_add(&w, "_x.so", "libcuda.so.1 liba.so libb.so libcudart.so");
    struct wf_strings unmatched = { 0 };

    (void)state;
    w.search.excludes = (struct wf_strings){ .items = patterns, .num = 3, .cap = 3 };
    root->rpath = "$ORIGIN/deep:$ORIGIN";
    tree_add(&w, "deep/liba.so", "libc1.so");
    tree_add(&w, "libb.so", "");
    tree_add(&w, "libcudart.so", "");
    assert_string_equal(tree_of(&w, root),
                        "_x.so: libcuda.so.1=-(excluded) liba.so=-(excluded) "
                        "libb.so=libb.so(rpath) libcudart.so=-(excluded)\nlibb.so:\n");
    assert_string_equal(tree_edge(&w, "liba.so")->why, "deep/*");
    wf_resolver_unmatched_excludes(w.resolver, &w.arena, &unmatched);
    assert_int_equal(unmatched.num, 1);
    assert_string_equal(unmatched.items[0], "unused*");
}

static void
excludes_names_as_they_are_written(void **state)
{
    static const char *names[] = { "lib*.so", "libb.so" };
    struct wf_object *root = tree_add(&w, "_x.so", "liba.so libb.so lib*.so");

    (void)state;
    w.search.exclude_names = (struct wf_strings){ .items = names, .num = 2, .cap = 2 };
    root->rpath = "$ORIGIN";
    tree_add(&w, "liba.so", "");
    tree_add(&w, "libb.so", "");
    assert_string_equal(tree_of(&w, root), "_x.so: liba.so=liba.so(rpath) "
                                           "libb.so=-(excluded) lib*.so=-(excluded)\n"
                                           "liba.so:\n");
    assert_string_equal(tree_edge(&w, "libb.so")->why, "libb.so");
}

static bool
provides_all(const void *context, enum wf_arch arch, enum wf_libc libc, const char *name)
{
    (void)context;
    (void)arch;
    (void)libc;
    (void)name;
    return true;
}

static void
looks_for_what_is_included_though_the_platform_has_it(void **state)
{
    static const char *patterns[] = { "libz.*" };
    struct wf_object *root = tree_add(&w, "_x.so", "libz.so.1 libm.so.6");

    (void)state;
    w.search.includes = (struct wf_strings){ .items = patterns, .num = 1, .cap = 1 };
    w.search.is_provided = provides_all;
    assert_non_null(tree_of(&w, root));
    /* It is looked for and not there; of the other one nobody asks where it is. */
    assert_int_equal(tree_edge(&w, "libz.so.1")->by, WF_FOUND_NOT);
    assert_int_equal(tree_edge(&w, "libm.so.6")->by, WF_FOUND_DEFAULT);
    assert_null(tree_edge(&w, "libm.so.6")->library);
}

/* What dlopen does: the search of the object that calls it, and all that comes along. */
static void
looks_for_a_name_that_nobody_needs_from_an_object(void **state)
{
    struct wf_object *root = tree_add(&w, "demo/_x.so", "libc.so.6");
    const struct wf_edge *edge = NULL;

    (void)state;
    root->rpath = "$ORIGIN/lib";
    tree_add(&w, "demo/lib/libplug.so", "libbar.so")->rpath = "$ORIGIN/bar";
    tree_add(&w, "demo/lib/bar/libbar.so", "");
    assert_non_null(tree_of(&w, root));
    assert_true(wf_resolver_named(&edge, w.resolver, root, "libplug.so", WF_LIBC_UNKNOWN,
                                  &w.err));
    assert_string_equal(edge->name, "libplug.so");
    assert_int_equal(edge->by, WF_FOUND_RPATH);
    assert_string_equal(edge->library->path, "demo/lib/libplug.so");
    assert_int_equal(edge->node->num_edges, 1);
    assert_string_equal(edge->node->edges[0].library->path, "demo/lib/bar/libbar.so");
    assert_true(wf_resolver_named(&edge, w.resolver, root, "libgone.so", WF_LIBC_UNKNOWN,
                                  &w.err));
    assert_null(edge->library);
    assert_int_equal(edge->by, WF_FOUND_NOT);
    assert_true(edge->num_tries > 0);
}

static void
notes_variants_for_newer_processors_without_choosing_them(void **state)
{
    struct wf_object *root = tree_add(&w, "_x.so", "liba.so libb.so");

    (void)state;
    root->rpath = "$ORIGIN/libs";
    tree_add(&w, "libs/glibc-hwcaps/x86-64-v2/liba.so", "");
    tree_add(&w, "libs/glibc-hwcaps/x86-64-v3/liba.so", "");
    tree_add(&w, "libs/glibc-hwcaps/z13/liba.so", "");
    tree_add(&w, "libs/liba.so", "");
    tree_add(&w, "libs/libb.so", "");
    assert_string_equal(tree_of(&w, root),
                        "_x.so: liba.so=libs/liba.so(rpath) libb.so=libs/libb.so(rpath)\n"
                        "libs/liba.so:\nlibs/libb.so:\n");
    const struct wf_strings *variants = &tree_edge(&w, "liba.so")->library->variants;

    assert_int_equal(variants->num, 2);
    assert_string_equal(variants->items[0], "libs/glibc-hwcaps/x86-64-v3/liba.so");
    assert_string_equal(variants->items[1], "libs/glibc-hwcaps/x86-64-v2/liba.so");
    assert_int_equal(tree_edge(&w, "libb.so")->library->variants.num, 0);
}

static void
resolves_each_root_in_its_own_context(void **state)
{
    struct wf_object *one = tree_add(&w, "one.so", "liba.so");
    struct wf_object *two = tree_add(&w, "two.so", "liba.so");

    (void)state;
    one->rpath = "$ORIGIN/one";
    two->rpath = "$ORIGIN/two";
    tree_add(&w, "one/liba.so", "libb.so");
    tree_add(&w, "two/liba.so", "libb.so");
    struct wf_object *libb = tree_add(&w, "one/libb.so", "");

    tree_add(&w, "two/libb.so", "");
    assert_string_equal(tree_of(&w, one), "one.so: liba.so=one/liba.so(rpath)\n"
                                          "one/liba.so: libb.so=one/libb.so(rpath)\n"
                                          "one/libb.so:\n");
    assert_ptr_equal(w.tree->nodes[2]->library->object, libb);
    assert_string_equal(tree_of(&w, two), "two.so: liba.so=two/liba.so(rpath)\n"
                                          "two/liba.so: libb.so=two/libb.so(rpath)\n"
                                          "two/libb.so:\n");
    for (size_t i = 0; i < w.tree->num_nodes; i++)
        assert_ptr_not_equal(w.tree->nodes[i]->library->object, libb);
}

/* A chain of libraries, each of which needs the next. */
static struct wf_object *
add_chain(size_t num)
{
    for (size_t i = 0; i < num; i++)
        tree_add(&w, wf_arena_printf(&w.arena, "lib%zu.so", i),
                 wf_arena_printf(&w.arena, "lib%zu.so", i + 1))
            ->rpath = "$ORIGIN";
    return &w.objects[0];
}

static void
assert_limited(const struct wf_object *root, const char *text)
{
    const struct wf_object *members[TREE_MOST_OBJECTS];

    for (size_t i = 0; i < w.num_objects; i++)
        members[i] = &w.objects[i];
    w.resolver = wf_resolver_new(&w.search, members, w.num_objects, &w.limits);
    assert_false(wf_resolver_tree(&w.tree, w.resolver, root, WF_LIBC_GLIBC, &w.err));
    assert_error(w.err, WF_ERR_LIMIT, text);
    assert_string_equal(w.err.where, root->path);
}

static void
refuses_trees_that_are_too_deep(void **state)
{
    (void)state;
    w.limits.tree_depth = 5;
    assert_limited(add_chain(6),
                   "its libraries go deeper than 5 levels (--limit tree-depth)");
}

static void
takes_trees_that_are_just_deep_enough(void **state)
{
    (void)state;
    w.limits.tree_depth = 5;
    tree_of(&w, add_chain(5));
    assert_int_equal(w.tree->num_nodes, 5);
}

static void
refuses_trees_with_too_many_libraries(void **state)
{
    (void)state;
    w.limits.tree_nodes = 5;
    assert_limited(add_chain(6), "it loads more than 5 libraries (--limit tree-nodes)");
}

static void
refuses_searches_that_take_too_long(void **state)
{
    (void)state;
    w.limits.tree_steps = 10;
    assert_limited(
        add_chain(20),
        "its search for libraries takes more than 10 steps (--limit tree-steps)");
}

static void
refuses_lists_of_more_than_10000_folders(void **state)
{
    static char list[2 * 10001 + 1];
    struct wf_object *root = tree_add(&w, "_x.so", "liba.so");

    (void)state;
    for (size_t i = 0; i + 1 < sizeof list; i += 2)
        memcpy(list + i, "a:", 3);
    list[2 * 10000 - 1] = '\0';
    root->rpath = list;
    tree_of(&w, root); /* 10,000 are read */
    assert_int_equal(tree_edge(&w, "liba.so")->num_tries, 10000);
    wf_resolver_free(w.resolver);
    list[2 * 10000 - 1] = ':';
    list[2 * 10001 - 1] = '\0';
    assert_limited(root, "the RPATH of _x.so has more than 10000 folders");
}

/* 20,000 members of one file name, and 20,000 needs: linear, or this test is noticed. */
static void
stays_fast_with_many_members_of_one_name(void **state)
{
    enum { MANY = 20000 };
    struct wf_object *objects = wf_arena_array(&w.arena, MANY + 1, sizeof *objects);
    const struct wf_object **members =
        wf_arena_array(&w.arena, MANY + 1, sizeof *members);
    struct wf_object *root = tree_add(&w, "_x.so", "");

    (void)state;
    root->rpath = "$ORIGIN/9999";
    root->num_needed = MANY;
    root->needed = wf_arena_array(&w.arena, MANY, sizeof *root->needed);
    for (size_t i = 0; i < MANY; i++) {
        objects[i] = *root;
        objects[i].num_needed = 0;
        objects[i].path = wf_arena_printf(&w.arena, "%zu/liba.so", i);
        members[i] = &objects[i];
        root->needed[i] =
            i % 2 == 0 ? "liba.so" : wf_arena_printf(&w.arena, "lib%zu.so", i);
    }
    members[MANY] = root;
    w.resolver = wf_resolver_new(&w.search, members, MANY + 1, &w.limits);
    assert_true(wf_resolver_tree(&w.tree, w.resolver, root, WF_LIBC_GLIBC, &w.err));
    assert_int_equal(w.tree->num_nodes, 2);
    assert_string_equal(w.tree->nodes[1]->library->path, "9999/liba.so");
}

static void
names_every_way_and_every_reason(void **state)
{
    (void)state;
    assert_string_equal(wf_found_by_name(WF_FOUND_OUTSIDE_SEARCH), "outside-search");
    assert_string_equal(wf_found_by_name(WF_FOUND_LIBPYTHON), "libpython");
    assert_string_equal(wf_try_result_name(WF_TRY_LEAVES_WHEEL), "leaves-wheel");
    assert_string_equal(wf_try_result_text(WF_TRY_LEAVES_WHEEL), "leaves the wheel");
    for (int i = 0; i <= WF_FOUND_LIBPYTHON; i++)
        for (int k = 0; k < i; k++)
            assert_string_not_equal(wf_found_by_name((enum wf_found_by)i),
                                    wf_found_by_name((enum wf_found_by)k));
    for (int i = 0; i <= WF_TRY_TOKEN; i++)
        for (int k = 0; k < i; k++)
            assert_string_not_equal(wf_try_result_name((enum wf_try_result)i),
                                    wf_try_result_name((enum wf_try_result)k));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(finds_libraries_by_rpath_and_runpath),
        TEST(inherits_rpath_down_the_loading_chain),
        TEST(does_not_inherit_runpath),
        TEST(ignores_every_rpath_for_an_object_with_runpath),
        TEST(lets_an_empty_runpath_silence_rpath),
        TEST(takes_a_loaded_soname_for_a_later_request),
        TEST(loads_breadth_first_and_each_library_once),
        TEST(ends_on_cycles_and_on_needs_of_oneself),
        TEST(knows_a_file_by_two_paths_as_one),
        TEST(opens_needs_that_are_paths),
        TEST(follows_musl_rules_for_musl),
        TEST(gives_up_a_musl_list_with_another_token),
        TEST(takes_all_names_of_musls_libc_for_its_loader),
        TEST(knows_no_rpath_on_android),
        TEST(says_which_places_a_wheel_cannot_have),
        TEST(finds_members_outside_the_search_path_last),
        TEST(passes_over_candidates_of_another_kind),
        TEST(takes_candidates_that_only_look_different),
        TEST(mixes_armv6_and_armv7_but_not_soft_float),
        TEST(tells_riscv_float_conventions_apart),
        TEST(never_looks_for_libpython_outside),
        TEST(takes_the_loader_as_given),
        TEST(leaves_provided_libraries_to_the_platform_but_for_the_wheels_own),
        TEST(excludes_by_name_and_by_path),
        TEST(excludes_names_as_they_are_written),
        TEST(looks_for_what_is_included_though_the_platform_has_it),
        TEST(looks_for_a_name_that_nobody_needs_from_an_object),
        TEST(notes_variants_for_newer_processors_without_choosing_them),
        TEST(resolves_each_root_in_its_own_context),
        TEST(refuses_trees_that_are_too_deep),
        TEST(takes_trees_that_are_just_deep_enough),
        TEST(refuses_trees_with_too_many_libraries),
        TEST(refuses_searches_that_take_too_long),
        TEST(refuses_lists_of_more_than_10000_folders),
        TEST(stays_fast_with_many_members_of_one_name),
        TEST(names_every_way_and_every_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
