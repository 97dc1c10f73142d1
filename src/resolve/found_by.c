/* found_by.c -- the words for how a library was found, and why a place did not do. */
#include "resolve/resolve.h"

#include <assert.h>

struct word {
    const char *name;
    const char *text;
};

static const char *const found_words[] = {
    [WF_FOUND_NOT] = "not-found",
    [WF_FOUND_LOADED] = "loaded",
    [WF_FOUND_RPATH] = "rpath",
    [WF_FOUND_LIB_PATH] = "lib-path",
    [WF_FOUND_ENVIRONMENT] = "environment",
    [WF_FOUND_RUNPATH] = "runpath",
    [WF_FOUND_CONF] = "conf",
    [WF_FOUND_DEFAULT] = "default",
    [WF_FOUND_PATH] = "path",
    [WF_FOUND_OUTSIDE_SEARCH] = "outside-search",
    [WF_FOUND_EXCLUDED] = "excluded",
    [WF_FOUND_LIBPYTHON] = "libpython",
    [WF_FOUND_LOADER_PATH] = "loader-path",
    [WF_FOUND_EXECUTABLE_PATH] = "executable-path",
    [WF_FOUND_FALLBACK] = "fallback",
    [WF_FOUND_DLL_FOLDER] = "dll-folder",
    [WF_FOUND_MACHINE] = "machine",
};

static const struct word try_words[] = {
    [WF_TRY_ABSENT] = { "absent", "no such file" },
    [WF_TRY_NOT_OBJECT] = { "not-object", "not a library" },
    [WF_TRY_UNREADABLE] = { "unreadable", "cannot be read" },
    [WF_TRY_ARCH] = { "arch", "for another architecture" },
    [WF_TRY_LIBC] = { "libc", "for another C library" },
    [WF_TRY_FOREIGN] = { "foreign", "a folder of this machine, not of the target" },
    [WF_TRY_LEAVES_WHEEL] = { "leaves-wheel", "leaves the wheel" },
    [WF_TRY_RELATIVE] = { "relative", "depends on the current folder" },
    [WF_TRY_TOKEN] = { "token", "holds a token whose value is not known" },
};

const char *
wf_found_by_name(enum wf_found_by how)
{
    assert((size_t)how < WF_COUNT(found_words));
    return found_words[how];
}

const char *
wf_try_result_name(enum wf_try_result result)
{
    assert((size_t)result < WF_COUNT(try_words));
    return try_words[result].name;
}

const char *
wf_try_result_text(enum wf_try_result result)
{
    assert((size_t)result < WF_COUNT(try_words));
    return try_words[result].text;
}
