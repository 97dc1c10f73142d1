/* bind_cffi.c -- the library of a cffi crate, loaded by a package made for it. */
#include "pack/bindings.h"

#include <ctype.h>
#include <string.h>

#include "base/file.h"
#include "base/pool.h"
#include "pack/bind_parts.h"
#include "pack/cffi_parts.h"
#include "pack/paths.h"

enum { MAX_GLUE = 64 << 20, THREAD_SIZE = 2 << 20 /* for which a pool starts one */ };

/* Rust's thread-locals are destroyed by code of the library, so it must stay loaded when
 * Python lets go of it. */
static const char package_text[] =
    "# The library beside this file, loaded by cffi: its functions are in `lib`.\n"
    "import os as _os\n"
    "\n"
    "from .ffi import ffi\n"
    "\n"
    "__all__ = [\"ffi\", \"lib\"]\n"
    "\n"
    "lib = ffi.dlopen(\n"
    "    _os.path.join(_os.path.dirname(_os.path.abspath(__file__)), \"%s\")%s\n"
    ")\n";
static const char stay_text[] =
    ",\n    ffi.RTLD_NOW | getattr(ffi, \"RTLD_NODELETE\", 0),";

struct wf_cffi_glue {
    struct wf_cffi_inputs inputs;
    struct wf_pool *pool; /* NULL: it was made before */
    struct wf_buffer text;
    struct wf_error error;
    const char *cache_folder; /* or NULL */
    const char *cache_name;
    bool is_cached;
    bool made;
    bool done;
    struct wf_late late;
};

static void
make(struct wf_worker *worker, void *arg)
{
    struct wf_cffi_glue *glue = arg;

    (void)worker;
    glue->made = wf_cffi_make(&glue->text, &glue->inputs, &glue->error);
    wf_pool_signal(glue->pool, &glue->done);
}

static void
find_cached(struct wf_cffi_glue *glue, struct wf_arena *arena,
            const struct wf_bind_request *request)
{
    char key[WF_SHA256_HEX + 1];

    if (request->asked->cache_dir == NULL || !wf_cffi_key(key, &glue->inputs, request))
        return;
    glue->cache_folder = wf_path_join(arena, request->asked->cache_dir, "cffi");
    glue->cache_name = wf_arena_printf(arena, "%s.py", key);
    const char *path = wf_path_join(arena, glue->cache_folder, glue->cache_name);

    glue->is_cached = wf_path_kind(path) == WF_PATH_FILE &&
                      wf_file_read_whole(&glue->text, path, NULL) && glue->text.len > 0;
    if (!glue->is_cached)
        wf_buffer_reset(&glue->text);
}

bool
wf_cffi_start(struct wf_cffi_glue **out, struct wf_arena *arena,
              const struct wf_bind_request *request, struct wf_error *err)
{
    struct wf_cffi_glue *glue = wf_arena_alloc(arena, sizeof *glue);

    if (!wf_cffi_find_inputs(&glue->inputs, arena, request, err))
        return false;
    if (glue->inputs.header != NULL)
        wf_say_step(request->asked->say, "Using the existing header at %s",
                    glue->inputs.header);
    wf_buffer_init(&glue->text, MAX_GLUE);
    find_cached(glue, arena, request);
    *out = glue;
    if (glue->is_cached)
        return true;
    /* Two programs one after the other, while this thread waits for a third. */
    glue->pool = wf_pool_new(2, UINT64_MAX);
    wf_pool_submit(glue->pool,
                   &(struct wf_task){ .size = THREAD_SIZE, .run = make, .arg = glue });
    return true;
}

/* A glue that cannot be kept is made again. */
static void
keep(const struct wf_cffi_glue *glue)
{
    struct wf_arena scratch = { 0 };

    if (glue->cache_folder != NULL && wf_folder_make(glue->cache_folder, NULL)) {
        const char *path = wf_path_join(&scratch, glue->cache_folder, glue->cache_name);
        const bool kept =
            wf_file_write_atomic(path, wf_buffer_bytes(&glue->text), 0666, NULL);

        (void)kept;
    }
    wf_arena_clear(&scratch);
}

static bool
wait_for(struct wf_cffi_glue *glue, struct wf_error *err)
{
    if (glue->is_cached || glue->made)
        return true;
    wf_pool_help_until(glue->pool, &glue->done);
    if (!glue->made) {
        *err = glue->error;
        return false;
    }
    keep(glue);
    return true;
}

static bool
wait_late(void *context, struct wf_bytes *out, struct wf_error *err)
{
    struct wf_cffi_glue *glue = context;

    if (!wait_for(glue, err))
        return false;
    *out = wf_buffer_bytes(&glue->text);
    return true;
}

/* Waited for only when all else is under way; but a tree is written at once, and what takes
 * the place of a file is compared with it. */
static bool
add_glue(struct wf_content *into, struct wf_cffi_glue *glue, const char *name,
         const struct wf_bind_request *request, struct wf_error *err)
{
    if (!glue->is_cached && request->tree == NULL && !wf_content_has(into, name)) {
        glue->late = (struct wf_late){ wait_late, glue };
        return wf_content_add_late(into, name, &glue->late, err);
    }
    return wait_for(glue, err) &&
           wf_content_add_glue(into, name, wf_buffer_bytes(&glue->text), err);
}

static bool
is_cffi(const char *requirement)
{
    const size_t len = strlen("cffi");

    for (size_t i = 0; i < len; i++) {
        if (tolower((unsigned char)requirement[i]) != "cffi"[i])
            return false;
    }
    const unsigned char next = (unsigned char)requirement[len];

    return next == '\0' || (!isalnum(next) && strchr("-_.", next) == NULL);
}

static void
warn_of_missing(const struct wf_bind_request *request)
{
    const struct wf_strings *requires = &request->metadata->requires_dist;

    for (size_t i = 0; i < requires->num; i++) {
        if (is_cffi(requires->items[i]))
            return;
    }
    wf_say_warning(request->asked->say,
                   "the wheel needs cffi where it is installed, and does not say so: add "
                   "\"cffi\" to dependencies in [project]");
}

bool
wf_bind_cffi(struct wf_content *content, struct wf_cffi_glue *glue,
             const struct wf_bind_request *request, struct wf_error *err)
{
    struct wf_content *into = request->tree != NULL ? request->tree : content;
    struct wf_arena *arena = content->arena;
    const struct wf_artifact *artifact = wf_bind_library(request, err);
    const char *folder = wf_bind_glue_dir(arena, request->layout);
    const char *file = wf_bind_library_file(arena, request->triple, request->layout->ext);
    const char *package = wf_arena_printf(
        arena, package_text, file, request->triple->os == WF_OS_WINDOWS ? "" : stay_text);

    if (artifact == NULL)
        return false;
    warn_of_missing(request);
    return wf_bind_add_library(into, request, artifact, folder, file, err) &&
           add_glue(into, glue, wf_arena_printf(arena, "%s/ffi.py", folder), request,
                    err) &&
           wf_content_add_glue(into, wf_arena_printf(arena, "%s/__init__.py", folder),
                               wf_bytes_str(package), err);
}

void
wf_cffi_end(struct wf_cffi_glue *glue)
{
    if (glue == NULL)
        return;
    wf_pool_free(glue->pool);
    wf_buffer_clear(&glue->text);
}
