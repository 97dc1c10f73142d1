/* artifact.c -- --artifact: a file that was built before, held against the target (see
 * compile.h).  What it is for is in the file; its name in the wheel would hide that. */
#include "base/file.h"
#include "object/macho.h"
#include "object/object.h"
#include "pack/compile.h"
#include "pack/paths.h"

static enum wf_format
format_of(const struct wf_triple *triple)
{
    switch (triple->os) {
    case WF_OS_MACOS:
        return WF_FORMAT_MACHO;
    case WF_OS_WINDOWS:
        return WF_FORMAT_PE;
    case WF_OS_LINUX:
    case WF_OS_FREEBSD:
    case WF_OS_NETBSD:
    case WF_OS_OPENBSD:
    case WF_OS_OTHER:
        break;
    }
    return WF_FORMAT_ELF;
}

/* Generations of ARM are told apart by what code uses, not by what it was built for. */
static enum wf_arch
machine_of(enum wf_arch arch)
{
    return arch == WF_ARCH_ARMV5L || arch == WF_ARCH_ARMV6L ? WF_ARCH_ARMV7L : arch;
}

/* The image for the target's machine, of several in a universal file; or NULL. */
static const struct wf_object *
image_for(const struct wf_object_file *file, const struct wf_triple *triple)
{
    for (size_t i = 0; i < file->num_objects; i++) {
        const struct wf_object *object = &file->objects[i];

        if (object->format == format_of(triple) &&
            (triple->tag_arch == WF_ARCH_UNKNOWN ||
             machine_of(object->arch) == machine_of(triple->tag_arch)))
            return object;
    }
    return NULL;
}

static bool
check_kind(const struct wf_object *object, bool is_program, struct wf_error *err)
{
    const bool fits =
        is_program ? object->kind == WF_KIND_EXECUTABLE
                   : object->kind == WF_KIND_SHARED || object->kind == WF_KIND_EXTENSION;

    return fits ||
           wf_error_set(err, WF_ERR_REFUSED,
                        "it is %s %s file of the kind %s, and the wheel needs a %s",
                        object->format == WF_FORMAT_ELF ? "an" : "a",
                        wf_format_name(object->format), wf_object_kind_name(object->kind),
                        is_program ? "program" : "shared library");
}

static bool
check_image(uint32_t *min_os, const struct wf_object_file *file,
            const struct wf_compile_request *request, struct wf_error *err)
{
    const struct wf_triple *triple = request->triple;
    const struct wf_object *object = image_for(file, triple);

    if (object == NULL && file->num_objects == 0)
        return wf_error_set(err, WF_ERR_REFUSED, "there is no code in it");
    if (object == NULL)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "it is %s for %s, and the target %s needs %s for %s; name "
                            "the target it was built for with --target",
                            wf_format_name(file->objects[0].format),
                            file->objects[0].arch_name, triple->text,
                            wf_format_name(format_of(triple)), triple->arch);
    *min_os = object->macho == NULL ? 0 : object->macho->min_os;
    return check_kind(object, request->bridge->is_bin, err);
}

static bool
read_image(uint32_t *min_os, const char *path, struct wf_bytes bytes,
           const struct wf_compile_request *request, struct wf_error *err)
{
    struct wf_arena scratch = { 0 };
    struct wf_object_file file = { 0 };

    if (wf_object_recognise(bytes) == WF_FORMAT_NONE)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "it is no library and no program of any system");
    wf_object_warm_up();
    wf_arena_init(&scratch, request->asked->limits.arena_bytes);
    const bool ok =
        wf_object_read(&file, &scratch, path, bytes, &request->asked->limits, err) &&
        check_image(min_os, &file, request, err);

    wf_arena_clear(&scratch);
    return ok;
}

static bool
read_artifact(struct wf_artifact *out, const struct wf_compile_request *request,
              struct wf_error *err)
{
    struct wf_buffer bytes;

    if (wf_path_kind(out->path) != WF_PATH_FILE)
        return wf_error_set(err, WF_ERR_IO,
                            "%s is no file: --artifact is the library or "
                            "program that cargo has built",
                            out->path);
    wf_buffer_init(&bytes, request->asked->limits.member_bytes);
    const bool ok =
        wf_file_read_whole(&bytes, out->path, err) &&
        wf_buffer_ok(&bytes, "the file", err) &&
        read_image(&out->min_os, out->path, wf_buffer_bytes(&bytes), request, err);

    wf_buffer_clear(&bytes);
    return ok || wf_error_prefix(err, "--artifact %s", out->path);
}

bool
wf_compiled_artifact(struct wf_compiled *out, struct wf_arena *arena,
                     const struct wf_compile_request *request, struct wf_error *err)
{
    const struct wf_build_asked *asked = request->asked;
    const struct wf_crate_target **targets = NULL;
    struct wf_artifact artifact = { 0 };
    size_t num = 0;

    if (!wf_compile_targets(&targets, &num, arena, request->bridge, request->project,
                            request->graph, asked->say, err))
        return false;
    artifact.target = targets[0];
    artifact.path = wf_path_join(arena, asked->folder, asked->artifact);
    if (!read_artifact(&artifact, request, err))
        return false;
    *out = (struct wf_compiled){ .num_artifacts = 1 };
    out->artifacts = wf_arena_alloc(arena, sizeof *out->artifacts);
    out->artifacts[0] = artifact;
    return true;
}
