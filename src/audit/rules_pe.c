/* rules_pe.c -- rules about single files of Windows, and what the reader of PE finds. */
#include "audit/rules_pe.h"

#include <assert.h>
#include <string.h>

#include "audit/verdict.h"
#include "object/pe.h"
#include "policy/windows.h"

#define LINK_AGAIN "link it again with current tools"

#define ROW(id_, title_, severity_, advice_)                                             \
    {                                                                                    \
        .id = (id_), .title = (title_), .severity = (severity_), .advice = (advice_)     \
    }

/* Sorted by id. */
const struct wf_rule wf_rules_pe[] = {
    ROW("pe-bound", "a file is bound to DLLs of one machine", WF_NOTE,
        "nothing needs to be done: Windows has ignored it for long"),
    ROW("pe-certificate", "a signature cannot be valid", WF_WARNING, "sign it again"),
    ROW("pe-checksum", "a checksum is wrong", WF_NOTE,
        "nothing needs to be done: only drivers are checked; a repair writes it anew"),
    ROW("pe-debug", "debug information is outside of the file", WF_NOTE, LINK_AGAIN),
    ROW("pe-forwarder",
        "an export is forwarded to something else than a function of a DLL", WF_WARNING,
        "correct the module-definition file"),
    ROW("pe-image-size", "sections end behind the memory of the image", WF_FAILURE,
        LINK_AGAIN),
    ROW("pe-integrity", "a file is loaded only with a valid signature", WF_WARNING,
        "link without /INTEGRITYCHECK: a repair cannot change such a file"),
    ROW("pe-load-flags", "a file says where its DLLs are looked for", WF_WARNING,
        "link without /DEPENDENTLOADFLAG; a repair takes it out of what it changes"),
    ROW("pe-name-odd", "a DLL has a name that tools do not understand", WF_WARNING,
        "call it by ASCII letters, digits and '-', '_', '.'"),
    ROW("pe-name-path", "a DLL is needed by its folder", WF_WARNING,
        "link with an import library that has the name alone"),
    ROW("pe-sections", "sections do not fit together", WF_WARNING, LINK_AGAIN),
    ROW("pe-symbols", "symbols are outside of the file", WF_NOTE, "strip it"),
    ROW("pe-unterminated", "a table has no end", WF_WARNING, LINK_AGAIN),
};

const size_t wf_num_rules_pe = WF_COUNT(wf_rules_pe);

static const struct wf_rule *
rule_of(const char *id)
{
    for (size_t i = 0; i < wf_num_rules_pe; i++)
        if (strcmp(wf_rules_pe[i].id, id) == 0)
            return &wf_rules_pe[i];
    return NULL;
}

/* Calls the body for every file that was judged: others are named by not-judged. */
#define FOR_EACH_FILE(m, report)                                                         \
    for (const struct wf_member_object *m = (report)->objects;                           \
         m < (report)->objects + (report)->num_objects; m++)                             \
        if (m->judged && m->object.pe != NULL)

void
wf_rules_pe_add(struct wf_report *report)
{
    FOR_EACH_FILE(m, report)
    {
        for (size_t i = 0; i < m->object.pe->num_faults; i++) {
            const struct wf_pe_fault *fault = &m->object.pe->faults[i];
            const struct wf_rule *rule = rule_of(fault->rule);

            /* A slug without its row is our mistake. */
            assert(rule != NULL);
            wf_report_add(report, rule->id, rule->severity, m->object.path, "%s",
                          fault->text);
        }
    }
}

/* What stands between "python" and ".dll", in lower case: "312", "313t_d"; NULL for DLLs that
 * are no CPython's, and for the one that is of all versions. */
static const char *
python_version(const char *name, struct wf_arena *arena)
{
    static const char prefix[] = "python";
    const char *lower = wf_text_lower(arena, name);

    if (!wf_text_starts_with(lower, prefix))
        return NULL;
    const char *rest = lower + strlen(prefix);
    const size_t len = strlen(rest) - strlen(".dll");

    /* python3.dll and python3t.dll are of many versions. */
    if (strspn(rest, "0123456789") < 2)
        return NULL;
    return wf_arena_str(arena, wf_bytes_of(rest, len));
}

/* The version in the DLL of a tag's interpreter: "cp313td" is of python313t_d.dll; letters
 * of old tags say nothing there. */
static const char *
tag_version(const char *tag, struct wf_arena *arena)
{
    if (!wf_text_starts_with(tag, "cp"))
        return NULL;
    const char *digits = tag + 2;
    const size_t len = strspn(digits, "0123456789");

    return wf_arena_printf(arena, "%.*s%s%s", (int)len, digits,
                           strchr(digits + len, 't') != NULL ? "t" : "",
                           strchr(digits + len, 'd') != NULL ? "_d" : "");
}

static bool
has_version(const struct wf_strings *tags, const char *version, struct wf_arena *arena)
{
    for (size_t i = 0; i < tags->num; i++) {
        const char *its = tag_version(tags->items[i], arena);

        if (its != NULL && strcmp(its, version) == 0)
            return true;
    }
    return false;
}

/* The DLL of the stable ABI: there is one for interpreters with the global lock, and one for
 * those without. */
static bool
abi_may_need(const char *abi, bool is_free_threaded)
{
    const bool is_full = wf_text_starts_with(abi, "cp");

    if (is_free_threaded)
        return is_full ? strchr(abi, 't') != NULL : strcmp(abi, "abi3") != 0;
    return !is_full || strchr(abi, 't') == NULL;
}

static bool
fits_tags(const char *dll, const struct wf_wheel_name *name, struct wf_arena *arena)
{
    const char *version = python_version(dll, arena);

    if (version != NULL)
        return has_version(&name->abis, version, arena) ||
               (wf_strings_has(&name->abis, "none") &&
                has_version(&name->pythons, version, arena));
    const bool is_free_threaded =
        wf_text_starts_with(wf_text_lower(arena, dll), "python3t");

    for (size_t i = 0; i < name->abis.num; i++)
        if (abi_may_need(name->abis.items[i], is_free_threaded))
            return true;
    return false;
}

static void
check_python_dll(const struct wf_rule *rule, struct wf_report *report,
                 const struct wf_audit_options *options)
{
    const struct wf_wheel_name *name = &report->wheel->name;

    (void)options;
    FOR_EACH_FILE(m, report)
    {
        for (size_t i = 0; i < m->object.num_needed; i++)
            if (wf_windows_is_interpreter(m->object.needed[i]) &&
                !fits_tags(m->object.needed[i], name, &report->arena))
                wf_report_add(report, rule->id, rule->severity, m->object.path,
                              "needs %s, which is not what the tag %s says",
                              m->object.needed[i], name->abis.items[0]);
    }
}

const struct wf_rule wf_rule_pe_python_dll = {
    .id = "pe-python-dll",
    .title = "a module is linked with another Python than its tag says",
    .severity = WF_WARNING,
    .advice = "build with the Python of the tag; for abi3 link with python3.dll, for "
              "abi3t with python3t.dll",
    .check = check_python_dll,
};

static bool
is_debug_python(const char *name, struct wf_arena *arena)
{
    return wf_windows_is_interpreter(name) &&
           wf_text_ends_with(wf_text_lower(arena, name), "_d.dll");
}

static void
check_debug_runtime(const struct wf_rule *rule, struct wf_report *report,
                    const struct wf_audit_options *options)
{
    (void)options;
    /* A wheel for a debug build of Python is meant to be so. */
    for (size_t i = 0; i < report->wheel->name.abis.num; i++) {
        const char *abi = report->wheel->name.abis.items[i];

        if (wf_text_starts_with(abi, "cp") && strchr(abi, 'd') != NULL)
            return;
    }
    FOR_EACH_FILE(m, report)
    {
        for (size_t i = 0; i < m->object.num_needed; i++)
            if (wf_is_debug_runtime(m->object.needed[i]) ||
                is_debug_python(m->object.needed[i], &report->arena))
                wf_report_add(report, rule->id, rule->severity, m->object.path,
                              "needs %s, which only machines of developers have",
                              m->object.needed[i]);
    }
}

const struct wf_rule wf_rule_pe_debug_runtime = {
    .id = "pe-debug-runtime",
    .title = "a file is linked with a debug runtime, which may not be handed on",
    .severity = WF_WARNING,
    .advice = "build it as release",
    .check = check_debug_runtime,
};

/* Linkers of one toolset differ in the last digit: Visual Studio 17.11 links as 14.41 and
 * ships a runtime of 14.40. */
static unsigned
toolset_of(const struct wf_pe *pe)
{
    return pe->linker_major * 10u + pe->linker_minor / 10u;
}

/* One file against the runtimes that its needs lead to. */
static void
compare_runtimes(const struct wf_rule *rule, struct wf_report *report, const char *where,
                 const struct wf_pe *pe, const struct wf_node *node)
{
    for (size_t i = 0; node != NULL && i < node->num_edges; i++) {
        const struct wf_edge *edge = &node->edges[i];
        const struct wf_pe *its =
            edge->library == NULL ? NULL : edge->library->object->pe;

        if (its == NULL || !wf_is_vc_runtime(edge->name) ||
            toolset_of(its) >= toolset_of(pe))
            continue;
        wf_report_add(report, rule->id, rule->severity, where,
                      "was linked by tools of version %u.%u, and %s is of %u.%u",
                      pe->linker_major, pe->linker_minor, edge->library->path,
                      its->linker_major, its->linker_minor);
    }
}

/* What a repair would bundle counts like what the wheel has. */
static void
check_old_runtime(const struct wf_rule *rule, struct wf_report *report,
                  const struct wf_audit_options *options)
{
    (void)options;
    FOR_EACH_FILE(m, report)
    {
        compare_runtimes(rule, report, m->object.path, m->object.pe, m->node);
    }
    for (size_t i = 0; i < report->num_platforms; i++) {
        const struct wf_platform *platform = &report->platforms[i];

        for (size_t k = 0; k < platform->num_externals; k++) {
            const struct wf_external *external = &platform->externals[k];

            if (external->library != NULL && external->edge != NULL &&
                external->library->object->pe != NULL)
                compare_runtimes(rule, report, external->library->path,
                                 external->library->object->pe, external->edge->node);
        }
    }
}

const struct wf_rule wf_rule_pe_old_runtime = {
    .id = "pe-old-runtime",
    .title = "a C++ runtime is older than the tools that its user was built by",
    .severity = WF_WARNING,
    .advice = "bundle the runtime of those tools: an older one may crash",
    .check = check_old_runtime,
};

static void
check_machine(const struct wf_rule *rule, struct wf_report *report,
              const struct wf_audit_options *options)
{
    (void)options;
    for (size_t i = 0; i < report->num_platforms; i++) {
        const struct wf_platform *platform = &report->platforms[i];
        size_t num = 0;

        if (platform->system != WF_SYSTEM_WINDOWS || !platform->judged)
            continue;
        const uint32_t *members = wf_verdict_members(report, i, &num);

        for (size_t k = 0; k < num; k++) {
            const struct wf_object *object = &report->objects[members[k]].object;

            if (!wf_verdict_windows_fits(object, platform->arch))
                wf_report_add(report, rule->id, rule->severity, object->path,
                              "is for %s in a wheel for %s", object->arch_name,
                              wf_verdict_windows_machine(platform->arch));
        }
    }
}

const struct wf_rule wf_rule_pe_machine = {
    .id = "pe-machine",
    .title = "a file is for another machine than the wheel",
    .severity = WF_NOTE,
    .advice = "nothing needs to be done when it is a helper for such programs",
    .check = check_machine,
};

/* Calls for externals, which a rule says something about when `is_left_out` is as it asks. */
static void
tell_externals(const struct wf_rule *rule, struct wf_report *report, bool is_left_out)
{
    for (size_t i = 0; i < report->num_platforms; i++) {
        const struct wf_platform *platform = &report->platforms[i];

        if (platform->system != WF_SYSTEM_WINDOWS)
            continue;
        for (size_t k = 0; k < platform->num_externals; k++) {
            const struct wf_external *external = &platform->externals[k];

            /* What --include names is no fact about the wheel. */
            if (external->needed_by.num == 0 ||
                (external->left_out != NULL) != is_left_out)
                continue;
            const char *user = external->needed_by.items[0];

            if (is_left_out)
                wf_report_add(report, rule->id, rule->severity, user,
                              "needs %s, which is not bundled: %s", external->name,
                              external->left_out);
            else if (external->library == NULL)
                wf_report_add(report, rule->id, rule->severity, user,
                              "needs %s, which was not found%s", external->name,
                              external->weak ? "; every module loads without it" : "");
        }
    }
}

static void
check_missing(const struct wf_rule *rule, struct wf_report *report,
              const struct wf_audit_options *options)
{
    (void)options;
    tell_externals(rule, report, false);
}

const struct wf_rule wf_rule_pe_dll_missing = {
    .id = "pe-dll-missing",
    .title = "a DLL is neither in the wheel nor in the folders that were named",
    .severity = WF_WARNING,
    .advice = "give its folder with --add-path, or exclude it",
    .check = check_missing,
};

static void
check_left_out(const struct wf_rule *rule, struct wf_report *report,
               const struct wf_audit_options *options)
{
    (void)options;
    tell_externals(rule, report, true);
}

const struct wf_rule wf_rule_pe_dll_left_out = {
    .id = "pe-dll-left-out",
    .title = "a DLL that nobody may bundle is left to the machine",
    .severity = WF_NOTE,
    .advice = "say in the documentation what has to be installed",
    .check = check_left_out,
};
