/* build.c -- from what is asked to wheels in the output folder (see build.h). */
#include "pack/build.h"

#include <string.h>

#include "pack/build_parts.h"
#include "pack/crate_sbom.h"
#include "pack/paths.h"
#include "pack/select.h"
#include "policy/macos.h"

enum { MOST_SBOM = 1 << 28, MOST_LOCK = 1 << 26 };

static bool
add_sbom(struct wf_content *content, const struct wf_building *work, struct wf_error *err)
{
    const struct wf_loaded *loaded = work->loaded;
    const char *lock_path =
        wf_arena_printf(work->arena, "%s/Cargo.lock", loaded->graph.workspace_root);
    struct wf_buffer lock;
    struct wf_buffer text;

    if (!loaded->project.pyproject.settings.sbom_rust)
        return true;
    wf_buffer_init(&lock, MOST_LOCK);
    wf_buffer_init(&text, MOST_SBOM);
    bool ok = wf_path_kind(lock_path) != WF_PATH_FILE ||
              wf_file_read_whole(&lock, lock_path, err) ||
              wf_error_prefix(err, "%s", lock_path);

    ok = ok &&
         wf_crate_sbom_write(&text, &loaded->graph, wf_buffer_bytes(&lock),
                             work->asked->tool_version, err) &&
         wf_content_add_bytes(
             content,
             wf_arena_printf(work->arena, "%s/sboms/%s.cyclonedx.json", work->dist_info,
                             loaded->graph.root->name),
             wf_bytes_str(wf_arena_str(work->arena, wf_buffer_bytes(&text))), false, err);
    wf_buffer_clear(&lock);
    wf_buffer_clear(&text);
    return ok;
}

/* The audit mode: the command line's, the configuration's, or the system's. */
static enum wf_audit_mode
audit_mode(const struct wf_building *work)
{
    const struct wf_loaded *loaded = work->loaded;

    if (work->asked->editable)
        return WF_AUDIT_SKIP;
    if (work->asked->audit != WF_AUDIT_DEFAULT)
        return work->asked->audit;
    if (loaded->project.pyproject.settings.audit != WF_AUDIT_DEFAULT)
        return loaded->project.pyproject.settings.audit;
    return loaded->triple.os == WF_OS_LINUX ? WF_AUDIT_REPAIR : WF_AUDIT_WARN;
}

const char *
wf_wheel_for_tag(const struct wf_building *work, const struct wf_wheel_for *wheel)
{
    const struct wf_bridge *bridge = work->bridge;
    const bool by_python = bridge->bindings == WF_BINDINGS_PYO3 ||
                           bridge->bindings == WF_BINDINGS_PYO3_FFI ||
                           (bridge->is_bin && bridge->pyo3 != NULL);

    if (!by_python)
        return "py3-none";
    return wheel->stable != NULL
               ? wf_stable_tag(work->arena, wheel->stable, wheel->interpreter)
               : wf_interpreter_tag(work->arena, wheel->interpreter);
}

static const char *
library_file(const struct wf_building *work, const struct wf_wheel_for *wheel)
{
    const struct wf_loaded *loaded = work->loaded;

    if (loaded->bridge.is_bin || wheel->interpreter == NULL ||
        loaded->bridge.pyo3 == NULL)
        return NULL;
    return wf_extension_file(work->arena, loaded->layout.ext, wheel->interpreter,
                             wheel->stable, &loaded->triple);
}

static bool
compile(struct wf_building *work, struct wf_wheel_for *wheel, struct wf_error *err)
{
    const struct wf_loaded *loaded = work->loaded;
    const struct wf_settings *settings = &loaded->project.pyproject.settings;
    const char *configured = work->asked->editable && settings->editable_profile != NULL
                                 ? settings->editable_profile
                                 : settings->profile;
    const char *profile = work->asked->cargo.profile;

    if (profile == NULL)
        profile = configured != NULL ? configured : work->asked->default_profile;
    const struct wf_compile_request request = {
        .asked = work->asked,
        .project = &loaded->project,
        .graph = &loaded->graph,
        .bridge = work->bridge,
        .triple = &loaded->triple,
        .interpreter = wheel->interpreter,
        .stable = wheel->stable,
        .library_file = library_file(work, wheel),
        .strip = work->asked->strip >= 0 ? work->asked->strip == 1 : settings->strip,
        .profile = profile,
        .features = wheel->features,
        .guess = loaded->guess,
    };

    if (work->asked->artifact != NULL)
        return wf_compiled_artifact(&wheel->compiled, work->arena, &request, err);
    return wf_compile(&wheel->compiled, work->arena, &request, err);
}

static bool
bind(struct wf_content *content, struct wf_building *work,
     const struct wf_bind_request *request, struct wf_error *err)
{
    switch (request->bridge->bindings) {
    case WF_BINDINGS_PYO3:
    case WF_BINDINGS_PYO3_FFI:
        return wf_bind_pyo3(content, request, err);
    case WF_BINDINGS_CFFI:
        return wf_bind_cffi(content, work->glue, request, err);
    case WF_BINDINGS_UNIFFI:
        return wf_bind_uniffi(content, request, err);
    case WF_BINDINGS_BIN:
    case WF_BINDINGS_AUTO:
        break;
    }
    return wf_bind_bin(content, request, err);
}

static struct wf_bind_request
bind_request(const struct wf_building *work, const struct wf_wheel_for *wheel)
{
    const struct wf_loaded *loaded = work->loaded;

    return (struct wf_bind_request){
        .asked = work->asked,
        .project = &loaded->project,
        .graph = &loaded->graph,
        .bridge = work->bridge,
        .triple = &loaded->triple,
        .layout = &loaded->layout,
        .metadata = &loaded->metadata,
        .interpreter = wheel == NULL ? work->glue_python : wheel->interpreter,
        .stable = wheel == NULL ? NULL : wheel->stable,
        .compiled = wheel == NULL ? NULL : &wheel->compiled,
    };
}

/* The extension among the members: what `file` is called. */
static const char *
entry_member(const struct wf_content *content, const char *file)
{
    for (size_t i = 0; file != NULL && i < content->num; i++)
        if (content->members[i].is_compiled &&
            strcmp(wf_text_base_name(content->members[i].name), file) == 0)
            return content->members[i].name;
    return NULL;
}

/* A file that was built elsewhere may need a newer macOS than what rustc here builds for. */
static const char *
raised_platform(const struct wf_building *work, const struct wf_wheel_for *wheel)
{
    const struct wf_platform_tag tag = wf_platform_tag_parse(work->arena, work->platform);
    uint32_t needed = 0;

    for (size_t i = 0; i < wheel->compiled.num_artifacts; i++)
        if (wheel->compiled.artifacts[i].min_os > needed)
            needed = wheel->compiled.artifacts[i].min_os;
    needed = wf_macos_rounded(needed);
    if (tag.family != WF_TAG_MACOS || needed <= (tag.major << 16 | tag.minor << 8))
        return work->platform;
    wf_say_step(work->asked->say, "The library needs macOS %u.%u, and so does the wheel",
                needed >> 16, needed >> 8 & 0xff);
    return wf_arena_printf(work->arena, "macosx_%u_%u_%s", needed >> 16,
                           needed >> 8 & 0xff, tag.arch_word);
}

/* A wheel for one interpreter has that interpreter's word for the platform. */
static const char *
platform_of(const struct wf_building *work, const struct wf_wheel_for *wheel)
{
    if (work->loaded->triple.os == WF_OS_MACOS)
        return raised_platform(work, wheel);
    if (work->loaded->bridge.pyo3 == NULL || wheel->stable != NULL ||
        wheel->interpreter == NULL)
        return work->platform;
    return wf_interpreter_platform(work->arena, wheel->interpreter, &work->loaded->triple,
                                   work->platform);
}

static bool
assemble(struct wf_building *work, struct wf_wheel_for *wheel, struct wf_content *content,
         struct wf_error *err)
{
    const struct wf_loaded *loaded = work->loaded;
    const struct wf_assembly assembly = {
        .asked = work->asked,
        .bridge = work->bridge,
        .triple = &loaded->triple,
        .metadata = &loaded->metadata,
        .compatibility = &work->compatibility,
        .audit = audit_mode(work),
        .dist_info = work->dist_info,
        .content = content,
        .python_abi = wf_wheel_for_tag(work, wheel),
        .platform = platform_of(work, wheel),
        .search = wheel->compiled.link_paths,
        .entry_member = entry_member(content, library_file(work, wheel)),
        .entry_module = loaded->layout.ext,
        .tool_version = work->asked->tool_version,
        .sbom = loaded->project.pyproject.settings.sbom_auditwheel,
        .out_dir = work->out_dir,
        .guess = loaded->guess,
    };

    return wf_assemble(&wheel->path, work->arena, &assembly, err);
}

static bool
make_wheel(struct wf_building *work, struct wf_wheel_for *wheel, struct wf_error *err)
{
    struct wf_content content = { .arena = work->arena };
    struct wf_content tree = { .arena = work->arena };

    if (!compile(work, wheel, err))
        return false;
    struct wf_bind_request request = bind_request(work, wheel);

    if (wf_select_is_editable_tree(work->asked, request.layout))
        request.tree = &tree;
    return wf_select_wheel(&content, &request, err) &&
           bind(&content, work, &request, err) && add_sbom(&content, work, err) &&
           wf_content_write_tree(&tree, request.layout->python_dir, err) &&
           assemble(work, wheel, &content, err);
}

static void
tell_wheel(struct wf_building *work, struct wf_builts *out,
           const struct wf_wheel_for *wheel)
{
    const char *whom = wf_wheel_for_text(work, wheel);

    out->items =
        wf_arena_grow(work->arena, out->items, out->num, &out->cap, sizeof *out->items);
    out->items[out->num++] = (struct wf_built){ .path = wheel->path, .for_whom = whom };
    wf_say_step(work->asked->say, "Built wheel%s%s to %s", whom == NULL ? "" : " for ",
                whom == NULL ? "" : whom, wheel->path);
}

static bool
make_wheels(struct wf_building *work, struct wf_builts *out, struct wf_error *err)
{
    for (size_t i = 0; i < work->num_wheels; i++) {
        if (!make_wheel(work, &work->wheels[i], err))
            return false;
        tell_wheel(work, out, &work->wheels[i]);
    }
    return work->num_wheels > 0 ||
           wf_error_set(err, WF_ERR_REFUSED,
                        "No wheels were built: no interpreter suits the project");
}

/* What cffi needs is only the sources, so it is made beside what cargo does. */
static bool
start_glue(struct wf_building *work, struct wf_error *err)
{
    const struct wf_bind_request request = bind_request(work, NULL);

    return work->loaded->bridge.bindings != WF_BINDINGS_CFFI ||
           wf_cffi_start(&work->glue, work->arena, &request, err);
}

static const char *
out_dir_of(struct wf_arena *arena, const struct wf_loaded *loaded,
           const struct wf_build_asked *asked)
{
    if (asked->out_dir == NULL)
        return wf_arena_printf(arena, "%s/wheels", loaded->graph.target_dir);
    return wf_path_join(arena, asked->folder, asked->out_dir);
}

/* What cannot become a wheel is said before anything is compiled. */
static bool
check_tags(const struct wf_building *work, struct wf_error *err)
{
    const struct wf_bridge *bridge = &work->loaded->bridge;

    return wf_compatibility_check(&work->compatibility, &work->loaded->triple,
                                  bridge->is_bin && bridge->pyo3 == NULL, err);
}

bool
wf_building_start(struct wf_building *out, struct wf_arena *arena,
                  const struct wf_loaded *loaded, struct wf_error *err)
{
    *out = (struct wf_building){
        .arena = arena,
        .asked = loaded->asked,
        .loaded = loaded,
        .out_dir = out_dir_of(arena, loaded, loaded->asked),
        .dist_info = wf_arena_printf(arena, "%s-%s.dist-info", loaded->metadata.dist_name,
                                     loaded->metadata.dist_version),
    };
    return wf_compatibility_read(&out->compatibility, arena,
                                 &loaded->asked->compatibility,
                                 loaded->project.pyproject.settings.compatibility, err) &&
           check_tags(out, err) &&
           wf_platform_plain(&out->platform, arena, &loaded->triple, &loaded->project,
                             loaded->asked, err) &&
           wf_choose_wheels(out, err);
}

bool
wf_build_loaded(struct wf_builts *out, struct wf_arena *arena,
                const struct wf_loaded *loaded, struct wf_error *err)
{
    struct wf_building work = { 0 };
    const bool ok = wf_building_start(&work, arena, loaded, err) &&
                    start_glue(&work, err) && make_wheels(&work, out, err);

    wf_cffi_end(work.glue);
    return ok;
}

/* "--sdist -i" without a Python: no wheel is wanted. */
static bool
build_sdist_alone(struct wf_builts *out, struct wf_arena *arena,
                  const struct wf_build_asked *asked, struct wf_error *err)
{
    struct wf_built built = { .is_sdist = true };

    if (!wf_build_sdist(&built.path, arena, asked, asked->out_dir, err))
        return false;
    out->items =
        wf_arena_grow(arena, out->items, out->num, &out->cap, sizeof *out->items);
    out->items[out->num++] = built;
    return true;
}

static bool
build_project(struct wf_builts *out, struct wf_cargo_guess *guess, struct wf_arena *arena,
              const struct wf_build_asked *asked, struct wf_error *err)
{
    struct wf_loaded loaded;

    if (!wf_project_load_guess(&loaded, guess, arena, asked, err))
        return false;
    wf_say_step(asked->say, "Found %s", wf_bridge_word(arena, &loaded.bridge));
    const bool ok = wf_build_loaded(out, arena, &loaded, err);

    wf_loaded_end(&loaded);
    return ok;
}

/* Whatever failed, it is told only when what it stood on holds. */
static bool
build_by_guess(struct wf_builts *out, struct wf_arena *arena,
               const struct wf_build_asked *asked, struct wf_error *err)
{
    struct wf_cargo_guess guess = { 0 };
    struct wf_error why = { 0 };
    bool ok = build_project(out, &guess, arena, asked, err);

    if (!ok && !wf_cargo_guess_confirm(&guess, &why)) {
        *err = why;
        if (guess.state == WF_GUESS_WRONG) {
            wf_say_step(asked->say, "%s: starting over", why.text);
            wf_cargo_guess_end(&guess);
            out->num = 0;
            ok = build_project(out, &guess, arena, asked, err);
        }
    }
    wf_cargo_guess_end(&guess);
    return ok;
}

/* An editable build writes into the project before it is through. */
static bool
may_guess(const struct wf_build_asked *asked)
{
    return asked->cache_dir != NULL && !asked->editable && asked->artifact == NULL;
}

bool
wf_build(struct wf_builts *out, struct wf_arena *arena,
         const struct wf_build_asked *asked, struct wf_error *err)
{
    if (asked->sdist && asked->has_interpreters && asked->interpreters.num == 0)
        return build_sdist_alone(out, arena, asked, err);
    if (asked->sdist)
        return wf_build_from_sdist(out, arena, asked, err);
    return may_guess(asked) ? build_by_guess(out, arena, asked, err)
                            : build_project(out, NULL, arena, asked, err);
}
