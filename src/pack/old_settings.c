/* old_settings.c -- the keys of pyo3-pack and of maturin before 1.0: one row each. */
#include "pack/old_settings.h"

#include <string.h>

struct old_row {
    const char *path;
    const char *key;
    bool is_refused; /* it decides what a wheel says, so nobody goes on without it */
    const char *home;
};

#define PACK  "tool.pyo3-pack"
#define PYO3  "package.metadata.pyo3-pack"
#define CRATE "package.metadata.maturin"

#define SCRIPTS     "write [project.scripts] in pyproject.toml"
#define CLASSIFIERS "write project.classifiers in pyproject.toml"
#define MAINTAINERS "write project.maintainers in pyproject.toml"
#define REQUIRES    "write project.dependencies in pyproject.toml"
#define PYTHON      "write project.requires-python in pyproject.toml"
#define URLS        "write [project.urls] in pyproject.toml"
#define EXTRAS      "write [project.optional-dependencies] in pyproject.toml"
#define README_TYPE                                                                      \
    "write project.readme = { file = ..., content-type = ... } in pyproject.toml"
#define EXTERNAL "pyproject.toml has no such field, so leave it out"
#define DATA     "write tool.maturin.data in pyproject.toml"
#define CARGO_ARGS                                                                       \
    "write features, all-features, no-default-features, locked or config under "         \
    "tool.maturin, or give cargo's options on the command line"

static const struct old_row rows[] = {
    { PACK, "manylinux", true, "write tool.maturin.compatibility" },
    { PACK, "skip-auditwheel", true, "write tool.maturin.auditwheel = \"skip\"" },
    { PACK, "bindings", true, "write tool.maturin.bindings" },
    { PACK, "strip", true, "write tool.maturin.strip" },
    { PACK, "cargo-extra-args", true, CARGO_ARGS },
    { PACK, "rustc-extra-args", true, "write tool.maturin.rustc-args" },
    { PACK, "sdist-include", true,
      "write tool.maturin.include = [{ path = ..., format = \"sdist\" }]" },
    { PYO3, "scripts", true, SCRIPTS },
    { PYO3, "classifier", true, CLASSIFIERS },
    { PYO3, "classifiers", true, CLASSIFIERS },
    { PYO3, "maintainer", true, MAINTAINERS },
    { PYO3, "maintainer-email", true, MAINTAINERS },
    { PYO3, "requires-dist", true, REQUIRES },
    { PYO3, "requires-python", true, PYTHON },
    { PYO3, "requires-external", true, EXTERNAL },
    { PYO3, "project-url", true, URLS },
    { PYO3, "provides-extra", true, EXTRAS },
    { PYO3, "description-content-type", true, README_TYPE },
    { CRATE, "scripts", true, SCRIPTS },
    { CRATE, "classifier", true, CLASSIFIERS },
    { CRATE, "classifiers", true, CLASSIFIERS },
    { CRATE, "data", true, DATA },
    { CRATE, "maintainer", true, MAINTAINERS },
    { CRATE, "maintainer-email", true, MAINTAINERS },
    { CRATE, "requires-dist", true, REQUIRES },
    { CRATE, "requires-python", true, PYTHON },
    { CRATE, "requires-external", true, EXTERNAL },
    { CRATE, "project-url", true, URLS },
    { CRATE, "provides-extra", true, EXTRAS },
    { CRATE, "description-content-type", true, README_TYPE },
    { CRATE, "name", false, "write tool.maturin.module-name in pyproject.toml" },
    { CRATE, "python-source", false,
      "write tool.maturin.python-source in pyproject.toml" },
    { CRATE, "bindings", false, "write tool.maturin.bindings in pyproject.toml" },
    { "tool.maturin", "cargo-extra-args", false, CARGO_ARGS },
    { "tool.maturin", "rustc-extra-args", false, "write tool.maturin.rustc-args" },
    { "tool.maturin", "sdist-include", false,
      "write tool.maturin.include = [{ path = ..., format = \"sdist\" }]" },
};

static const struct old_row *
find_row(const char *path, const char *key)
{
    for (size_t i = 0; i < WF_COUNT(rows); i++)
        if (strcmp(rows[i].path, path) == 0 && strcmp(rows[i].key, key) == 0)
            return &rows[i];
    return NULL;
}

const char *
wf_old_setting_home(const char *path, const char *key)
{
    const struct old_row *row = find_row(path, key);

    return row == NULL ? NULL : row->home;
}

static bool
is_of_pyo3_pack(const char *path)
{
    return strcmp(path, PACK) == 0 || strcmp(path, PYO3) == 0;
}

/* Puts "line 3: tool.pyo3-pack.strip: write …; " into `list`. */
static void
list_key(struct wf_buffer *list, const struct wf_toml *member, const char *path,
         const struct old_row *row)
{
    wf_buffer_printf(list, "%sline %u: %s.%s: %s", list->len == 0 ? "" : "; ",
                     member->key_line, path, member->key,
                     row != NULL ? row->home
                                 : "there is no such key under tool.maturin, either");
}

bool
wf_old_settings_check(const struct wf_toml *table, const char *path, const char *file,
                      const struct wf_say *say, struct wf_error *err)
{
    struct wf_buffer refused;
    bool ok = true;

    if (table == NULL || table->kind != WF_TOML_TABLE)
        return true;
    wf_buffer_init(&refused, sizeof err->text);
    for (const struct wf_toml *m = table->first; m != NULL; m = m->next) {
        const struct old_row *row = find_row(path, m->key);

        if (is_of_pyo3_pack(path) || (row != NULL && row->is_refused))
            list_key(&refused, m, path, row);
        else if (row != NULL)
            wf_say_warning(say, "%s: line %u: %s.%s is no longer read; %s", file,
                           m->key_line, path, m->key, row->home);
    }
    if (refused.len > 0)
        ok = wf_error_set(err, WF_ERR_REFUSED, "%s is configuration of %s. %.*s%s", path,
                          is_of_pyo3_pack(path) ? "pyo3-pack" : "maturin before 0.14",
                          (int)refused.len, (const char *)refused.data,
                          refused.over ? " ..." : "");
    wf_buffer_clear(&refused);
    return ok;
}
