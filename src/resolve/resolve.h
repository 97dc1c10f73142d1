/* resolve.h -- which file satisfies each DT_NEEDED: the loader's own search (ld.so(8),
 * gABI "Shared Object Dependencies"; musl's ldso), and each dylib command: dyld's.  Pure
 * data in, pure data out: objects of the wheel, a list of places, and a way to look at
 * files outside. */
#ifndef WF_RESOLVE_RESOLVE_H
#define WF_RESOLVE_RESOLVE_H

#include "base/text.h"
#include "object/object.h"

/* How a library was found. */
enum wf_found_by {
    WF_FOUND_NOT,         /* no place had it; the tries say why */
    WF_FOUND_LOADED,      /* its SONAME is loaded already in this tree */
    WF_FOUND_RPATH,       /* DT_RPATH or LC_RPATH of the object or of one that loads it */
    WF_FOUND_LIB_PATH,    /* --lib-path */
    WF_FOUND_ENVIRONMENT, /* (WHEELFIX_|AUDITWHEEL_)LD_LIBRARY_PATH, LD_LIBRARY_PATH */
    WF_FOUND_RUNPATH,     /* DT_RUNPATH of the object */
    WF_FOUND_CONF,        /* ld.so.conf, ld-musl-*.path, --ldpaths */
    WF_FOUND_DEFAULT,     /* a default directory; without a file: the platform's own */
    WF_FOUND_PATH,        /* the need is itself a path */
    WF_FOUND_OUTSIDE_SEARCH,  /* in the wheel, where no loader would look: a finding */
    WF_FOUND_EXCLUDED,        /* --exclude: not looked for further */
    WF_FOUND_LIBPYTHON,       /* the interpreter's own library: never looked for */
    WF_FOUND_LOADER_PATH,     /* @loader_path: beside the object that needs it */
    WF_FOUND_EXECUTABLE_PATH, /* @executable_path: below --executable-path */
    WF_FOUND_FALLBACK,        /* DYLD_FALLBACK_LIBRARY_PATH, by its base name */
    WF_FOUND_DLL_FOLDER, /* PE: in a folder X.libs, which packages add to the search */
    WF_FOUND_MACHINE, /* PE: nobody may bundle it, so the machine has to have it: drivers,
                         parts of Windows that are too new */
};

const char *wf_found_by_name(enum wf_found_by how); /* "rpath" */

/* Why a place did not do. */
enum wf_try_result {
    WF_TRY_ABSENT,
    WF_TRY_NOT_OBJECT, /* no library of the format: a linker script, a bundle, say */
    WF_TRY_UNREADABLE, /* of the format, but damaged */
    WF_TRY_ARCH,       /* another architecture, class or byte order */
    WF_TRY_LIBC,       /* linked against the other libc */
    WF_TRY_FOREIGN,    /* a place of this machine, and the target is of another kind */
    WF_TRY_LEAVES_WHEEL, /* climbs out of site-packages, and a wheel has no place of its own */
    WF_TRY_RELATIVE, /* depends on the folder the program is started in */
    WF_TRY_TOKEN,    /* holds a $TOKEN or @word that only the running program knows */
};

/* wf_try_result_name is the stable word ("leaves-wheel"), wf_try_result_text the same for
 * people: "leaves the wheel". */
const char *wf_try_result_name(enum wf_try_result result);
const char *wf_try_result_text(enum wf_try_result result);

struct wf_try {
    const char *path;    /* the file that was looked for; with its $TOKEN when the place
                              itself could not be known */
    enum wf_found_by by; /* which rule named the place */
    const char *why;     /* which RPATH, which variable, which conf line: one phrase */
    enum wf_try_result result;
    const char *detail; /* what stood there instead, or NULL: "aarch64, 64 bit" */
};

/* wf_library is one file that some object needs: in the wheel or outside.  One per real
 * file and resolver, shared by all trees. */
struct wf_library {
    const char *path;      /* in the wheel: its installed path; outside: as found */
    const char *real_path; /* outside: with every link followed; else path */
    bool in_wheel;
    const struct wf_object *object; /* facts */
    /* Outside, Mach-O: all slices of the file, `object` among them, in its order. */
    const struct wf_object *slices;
    size_t num_slices;
    /* The same name in glibc-hwcaps folders beside it: what some processors load instead.
     * Never chosen here. */
    struct wf_strings variants;
};

/* wf_edge is one DT_NEEDED, or one dylib command, of one object in one tree. */
struct wf_edge {
    const char *name; /* as needed */
    bool weak; /* Mach-O: the object runs without it, too; PE: a forwarder, which is
                         followed only when somebody asks for that symbol */
    bool lazy; /* PE: not loaded before it is called: delay imports, forwarders */
    enum wf_found_by by;
    const char *why;                  /* as in wf_try */
    const struct wf_library *library; /* NULL unless found */
    struct wf_node *node; /* its node; the first one when loaded already; or NULL */
    /* Places that did not do, in order; of a library that was found only those with
     * something wrong in them. */
    struct wf_try *tries;
    size_t num_tries;
};

struct wf_node {
    const struct wf_library *library;
    struct wf_node *parent;    /* who loaded it first; NULL for the root */
    const struct wf_edge *via; /* the edge of `parent` that did; NULL for the root */
    struct wf_edge *edges;     /* one per `needed` of its object, in order */
    size_t num_edges;
    unsigned depth;
};

/* wf_tree is everything one root loads, in the loader's order: breadth first, or as dyld
 * does, all that one image needs and then what the first of those needs. */
struct wf_tree {
    struct wf_node *root;
    struct wf_node **nodes; /* each library once, in load order; nodes[0] is the root */
    size_t num_nodes;
    enum wf_libc libc; /* whose loader's rules were followed */
};

/* wf_search says where to look.  Lists are in search order; `{ 0 }` searches the wheel
 * only.  Colon lists follow ld.so(8): an empty item is the current folder for a file and
 * refused for wheels; $LIB and $PLATFORM are the target's, $ORIGIN has no meaning.  Folders
 * that are named (lib_path, named_environment, ldpaths) are this machine's, whatever the
 * target. */
struct wf_search {
    struct wf_strings lib_path; /* --lib-path directories */
    /* LD_LIBRARY_PATH's list, or NULL, and its name.  It speaks of this machine: ignored
     * for foreign targets, under a sysroot and with ldpaths. */
    const char *environment;
    const char *environment_name;
    /* The same of WHEELFIX_ or AUDITWHEEL_LD_LIBRARY_PATH: also for foreign targets. */
    const char *named_environment;
    const char *named_environment_name;
    const char *ldpaths; /* --ldpaths colon list: replaces conf and defaults */
    const char *sysroot; /* folder, or NULL */
    /* For Mach-O: DYLD_LIBRARY_PATH and DYLD_FALLBACK_LIBRARY_PATH (colon lists, or NULL),
     * by base name, before and behind the path itself; for every target, since nobody sets
     * them but for this.  What @executable_path means, or NULL. */
    const char *dyld_path;
    const char *dyld_fallback_path;
    const char *executable_path;
    struct wf_strings
        excludes; /* --exclude globs; without *?[ of Mach-O also a part of an
                                   install name or path */
    /* Names (no globs) that are left out likewise; sorted. */
    struct wf_strings exclude_names;
    /* --include globs: what matches is looked for although the platform provides it. */
    struct wf_strings includes;
    /* Absolute, configured and default folders of this machine count, for objects of the
     * machine's own kind. */
    bool use_host;
    /* Says that the platform has a library in any case, so that nobody asks where: such a
     * name is looked for in the wheel and not outside.  NULL: everything is looked for. */
    bool (*is_provided)(const void *context, enum wf_arch arch, enum wf_libc libc,
                        const char *name);
    const void *context;
    /* The same for Mach-O, by install name or path (wf_macos_provides): such a name is the
     * system's, and nothing in the wheel or outside stands in for it. */
    bool (*is_macos_provided)(const char *install_name);
    /* For PE: --no-search-wheel, DLLs of the wheel are not looked at; and the folders of
     * PATH, when --use-path asks for them: searched last, for every target. */
    bool no_search_wheel;
    struct wf_strings use_path;
    /* Says who has a DLL that `importer` (a base name) needs: WF_FOUND_DEFAULT, _LIBPYTHON or
     * _MACHINE, with *why or NULL; WF_FOUND_NOT: nobody.  NULL: everything is looked for. */
    enum wf_found_by (*windows_provider)(const char **why, const void *context,
                                         enum wf_arch arch, const char *importer,
                                         const char *dll);
    const void *windows_context;
};

struct wf_resolver;

/* wf_resolver_new prepares a search for the objects of one wheel (or for one file: none).
 * `members` are borrowed; their `path` must be the *installed* path relative to
 * site-packages, and they and the strings of `search` must outlive the resolver.
 * Everything the resolver returns lives until wf_resolver_free.  Not thread-safe. */
struct wf_resolver *wf_resolver_new(const struct wf_search *search,
                                    const struct wf_object *const *members,
                                    size_t num_members, const struct wf_limits *limits);
void wf_resolver_free(struct wf_resolver *resolver);

/* wf_resolver_tree resolves all that `root` loads.  `root` is one of the members, or a
 * file outside read by the caller (its `path` then is a host path).  `libc` decides the
 * search rules when the object is silent.  Fails only on a limit. */
WF_MUST_USE bool wf_resolver_tree(const struct wf_tree **out,
                                  struct wf_resolver *resolver,
                                  const struct wf_object *root, enum wf_libc libc,
                                  struct wf_error *err);

/* wf_resolver_named looks for `name` and all that it loads, as if `root` needed that and
 * nothing else: what the loader does when `root` gives it to dlopen.  The edge is that of
 * `name`.  Fails only on a limit. */
WF_MUST_USE bool wf_resolver_named(const struct wf_edge **out,
                                   struct wf_resolver *resolver,
                                   const struct wf_object *root, const char *name,
                                   enum wf_libc libc, struct wf_error *err);

/* wf_resolver_unmatched_excludes lists --exclude patterns that matched nothing. */
void wf_resolver_unmatched_excludes(const struct wf_resolver *resolver,
                                    struct wf_arena *arena, struct wf_strings *out);

/* wf_search_host_libc is the libc of this machine, and its architecture is
 * wf_arch_host(): what "the host's own kind" means. */
enum wf_libc wf_search_host_libc(void);

#endif
