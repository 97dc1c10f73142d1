/* test_artifact.c -- --artifact: which files are taken for which target. */
#include "../support/unit.h"

#include <stdio.h>

#include "../support/cargo_builder.h"
#include "../support/elf_builder.h"
#include "../support/folder.h"
#include "../support/macho_builder.h"
#include "../support/pack_asked.h"
#include "../support/pe_builder.h"
#include "pack/compile.h"

struct work {
    struct wf_arena arena;
    struct wf_build_asked asked;
    struct wf_cargo_graph graph;
    struct wf_project project;
    struct wf_bridge bridge;
    struct wf_triple triple;
    struct wf_compiled compiled;
    struct wf_error err;
};

static void
begin(struct work *w, const char *folder, const char *triple)
{
    const struct cargo_crate crates[] = {
        { .name = "demo", .targets = "cdylib:demo bin:tool", .is_member = true },
        { .name = NULL },
    };
    struct wf_buffer json;

    *w = (struct work){
        .asked = pack_asked_new(folder),
        .project.manifest = "/w/demo/Cargo.toml",
        .bridge.bindings = WF_BINDINGS_CFFI,
    };
    w->asked.artifact = "made/../file";
    assert_true(wf_triple_parse(&w->triple, &w->arena, triple, "x86_64-unknown-linux-gnu",
                                &w->err));
    wf_buffer_init(&json, 1 << 16);
    cargo_metadata_write(&json, crates);
    assert_true(
        wf_cargo_graph_parse(&w->graph, &w->arena, wf_buffer_bytes(&json), "m", NULL));
    wf_buffer_clear(&json);
}

static void
end(struct work *w)
{
    wf_cargo_graph_end(&w->graph);
    wf_arena_clear(&w->arena);
}

static bool
take(struct work *w)
{
    const struct wf_compile_request request = {
        .asked = &w->asked,
        .project = &w->project,
        .graph = &w->graph,
        .bridge = &w->bridge,
        .triple = &w->triple,
        .profile = "dev",
    };

    return wf_compiled_artifact(&w->compiled, &w->arena, &request, &w->err);
}

static void
write_file(void **state, const struct wf_buffer *bytes)
{
    FILE *file = fopen(folder_path(state, "file"), "wb");

    assert_non_null(file);
    if (bytes->len > 0)
        assert_int_equal(fwrite(bytes->data, 1, bytes->len, file), bytes->len);
    assert_int_equal(fclose(file), 0);
}

/* "elf aarch64", "elf x86_64 exec", "macho {…}", "pe {…}", or else the text itself. */
static void
write_made(void **state, const char *what)
{
    struct wf_buffer bytes;
    struct wf_error err = { 0 };

    wf_buffer_init(&bytes, 1 << 22);
    if (wf_text_starts_with(what, "elf ")) {
        char name[16] = "";
        const struct wf_test_elf recipe = {
            .machine = (memcpy(name, what + 4, strcspn(what + 4, " ")),
                        wf_test_machine_named(name)),
            .type = wf_text_ends_with(what, " exec") ? WF_TEST_EXEC : WF_TEST_DYN,
            .interp = wf_text_ends_with(what, " exec") ? "/lib/ld.so" : NULL,
        };

        wf_test_elf_build(&bytes, NULL, &recipe);
    } else if (wf_text_starts_with(what, "macho ")) {
        assert_true(wf_test_macho_from_text(what + 6, &bytes, &err));
    } else if (wf_text_starts_with(what, "pe ")) {
        assert_true(wf_test_pe_from_text(what + 3, &bytes, &err));
    } else {
        wf_buffer_add_str(&bytes, what);
    }
    write_file(state, &bytes);
    wf_buffer_clear(&bytes);
}

static void
files_for_the_target_are_taken(void **state)
{
    static const struct {
        const char *file;
        const char *triple;
        uint32_t min_os;
    } rows[] = {
        { "elf x86_64", "x86_64-unknown-linux-gnu", 0 },
        { "elf i686", "i586-unknown-linux-gnu", 0 },
        { "elf armv7l", "arm-unknown-linux-gnueabihf", 0 },
        { "elf armv6l", "armv7-unknown-linux-gnueabihf", 0 },
        { "elf sparc64", "sparc64-unknown-linux-gnu", 0 },
        { "elf aarch64", "aarch64-unknown-freebsd", 0 },
        { "macho {'min_os': '12.3'}", "aarch64-apple-darwin", 0xc0300 },
        { "macho {'arch': 'x86_64', 'type': 'bundle'}", "x86_64-apple-darwin", 0xa0900 },
        { "macho {'slices': [{'arch': 'x86_64', 'min_os': '10.12'}, {'min_os': '13.0'}]}",
          "x86_64-apple-darwin", 0xa0c00 },
        { "macho {'slices': [{'arch': 'x86_64', 'min_os': '10.12'}, {'min_os': '13.0'}]}",
          "aarch64-apple-darwin", 0xd0000 },
        { "pe {}", "x86_64-pc-windows-msvc", 0 },
        { "pe {'machine': 'x86'}", "i686-pc-windows-gnu", 0 },
        { "pe {'machine': 'arm64'}", "aarch64-pc-windows-msvc", 0 },
    };

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct work w;

        begin(&w, *state, rows[i].triple);
        write_made(state, rows[i].file);
        if (!take(&w))
            fail_msg("%s for %s: %s", rows[i].file, rows[i].triple, w.err.text);
        assert_int_equal(w.compiled.num_artifacts, 1);
        assert_string_equal(w.compiled.artifacts[0].path, folder_path(state, "file"));
        assert_string_equal(w.compiled.artifacts[0].target->name, "demo");
        assert_int_equal(w.compiled.artifacts[0].min_os, rows[i].min_os);
        end(&w);
    }
}

static void
files_for_something_else_are_refused(void **state)
{
    static const struct {
        const char *file;
        const char *triple;
        const char *why;
    } rows[] = {
        { "", "x86_64-unknown-linux-gnu",
          "it is no library and no program of any system" },
        { "text", "aarch64-apple-darwin",
          "it is no library and no program of any system" },
        { "elf aarch64", "x86_64-unknown-linux-gnu",
          "it is ELF for aarch64, and the target x86_64-unknown-linux-gnu needs ELF for "
          "x86_64; name the target it was built for with --target" },
        { "macho {}", "x86_64-apple-darwin",
          "it is Mach-O for arm64, and the target x86_64-apple-darwin needs Mach-O for "
          "x86_64; name the target it was built for with --target" },
        { "macho {'arch': 'x86_64'}", "x86_64-pc-windows-msvc",
          "it is Mach-O for x86_64, and the target x86_64-pc-windows-msvc needs PE for "
          "x86_64; name the target it was built for with --target" },
        { "pe {'machine': 'x86'}", "x86_64-pc-windows-msvc",
          "it is PE for x86, and the target x86_64-pc-windows-msvc needs PE for x86_64; "
          "name the target it was built for with --target" },
        { "elf x86_64 exec", "x86_64-unknown-linux-gnu",
          "it is an ELF file of the kind executable, and the wheel needs a shared "
          "library" },
        { "pe {'type': 'exe'}", "x86_64-pc-windows-msvc",
          "it is a PE file of the kind executable, and the wheel needs a shared "
          "library" },
        { "macho {'type': 'object'}", "aarch64-apple-darwin",
          "it is a Mach-O file of the kind relocatable object, and the wheel needs a "
          "shared library" },
    };

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        char where[9200];
        struct work w;

        begin(&w, *state, rows[i].triple);
        write_made(state, rows[i].file);
        assert_false(take(&w));
        assert_error(w.err, WF_ERR_REFUSED, rows[i].why);
        snprintf(where, sizeof where, "--artifact %s", folder_path(state, "file"));
        assert_string_equal(w.err.where, where);
        end(&w);
    }
}

static void
a_bin_project_takes_programs_alone(void **state)
{
    struct work w;

    begin(&w, *state, "x86_64-unknown-linux-gnu");
    w.bridge = (struct wf_bridge){ .bindings = WF_BINDINGS_BIN, .is_bin = true };
    write_made(state, "elf x86_64 exec");
    assert_true(take(&w));
    assert_string_equal(w.compiled.artifacts[0].target->name, "tool");
    write_made(state, "elf x86_64");
    assert_false(take(&w));
    assert_non_null(strstr(w.err.text,
                           "it is an ELF file of the kind shared library, and "
                           "the wheel needs a program"));
    end(&w);
}

static void
what_is_no_file_is_told_so(void **state)
{
    char says[9200];
    struct work w;

    begin(&w, *state, "x86_64-unknown-linux-gnu");
    assert_false(take(&w));
    snprintf(says, sizeof says,
             "%s is no file: --artifact is the library or program that cargo has built",
             folder_path(state, "file"));
    assert_error(w.err, WF_ERR_IO, says);
    end(&w);
}

static void
a_damaged_file_is_told_so(void **state)
{
    struct work w;

    begin(&w, *state, "x86_64-unknown-linux-gnu");
    write_made(state, "\177ELF\002\001\001");
    assert_false(take(&w));
    assert_int_equal(w.err.kind, WF_ERR_MALFORMED);
    assert_non_null(strstr(w.err.where, "--artifact "));
    end(&w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(files_for_the_target_are_taken),
        IN_FOLDER(files_for_something_else_are_refused),
        IN_FOLDER(a_bin_project_takes_programs_alone),
        IN_FOLDER(what_is_no_file_is_told_so),
        IN_FOLDER(a_damaged_file_is_told_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
