/* rules_elf.c -- rules about single objects. */
#include "audit/rules_elf.h"

#include "audit/rules_macho.h"

#include <string.h>

/* Only code that a loader may map is worth a finding: not object files, debug files or
 * device code. */
static bool
is_loadable(const struct wf_object *object)
{
    return object->format == WF_FORMAT_ELF && wf_object_is_judged(object);
}

static void
add(struct wf_report *report, const struct wf_rule *rule,
    const struct wf_member_object *member, const char *message)
{
    wf_report_add(report, rule->id, rule->severity, member->object.path, "%s", message);
}

/* Calls `check` for every loadable object. */
#define FOR_EACH_LOADABLE(m, report)                                                     \
    for (const struct wf_member_object *m = (report)->objects;                           \
         m < (report)->objects + (report)->num_objects; m++)                             \
        if (is_loadable(&m->object))

/* x86 kernels and glibc take a missing PT_GNU_STACK for "executable"; glibc 2.41 refuses
 * to dlopen such a library (auditwheel's issue 634). */
static void
check_exec_stack(const struct wf_rule *rule, struct wf_report *report,
                 const struct wf_audit_options *options)
{
    (void)options;
    FOR_EACH_LOADABLE(m, report)
    {
        const bool is_x86 =
            m->object.arch == WF_ARCH_X86_64 || m->object.arch == WF_ARCH_I686;

        if (m->object.stack == WF_STACK_EXECUTABLE)
            add(report, rule, m, "asks for an executable stack (PT_GNU_STACK)");
        else if (m->object.stack == WF_STACK_ABSENT && is_x86)
            add(report, rule, m,
                "has no PT_GNU_STACK, which means an executable stack on this machine");
    }
}

static void
check_text_relocations(const struct wf_rule *rule, struct wf_report *report,
                       const struct wf_audit_options *options)
{
    (void)options;
    FOR_EACH_LOADABLE(m, report)
    {
        if (m->object.text_relocations)
            add(report, rule, m, "relocates its own code when loaded (DT_TEXTREL)");
    }
}

/* The length of "$ORIGIN" or "${ORIGIN}" at the start of an entry; 0 without. */
static size_t
origin_len(const char *entry)
{
    static const char *const forms[] = { "$ORIGIN", "${ORIGIN}" };

    for (size_t i = 0; i < WF_COUNT(forms); i++) {
        const size_t len = strlen(forms[i]);

        if (strncmp(entry, forms[i], len) == 0 &&
            (entry[len] == '/' || entry[len] == '\0'))
            return len;
    }
    return 0;
}

bool
wf_rule_climbs_out(const char *installed, const char *path)
{
    int depth = 0;

    for (const char *p = installed; *p != '\0'; p++)
        depth += *p == '/';
    while (*path != '\0') {
        const size_t len = strcspn(path, "/");

        if (len == 2 && path[0] == '.' && path[1] == '.')
            depth--;
        else if (len > 1 || (len == 1 && path[0] != '.'))
            depth++;
        if (depth < 0)
            return true;
        path += len + strspn(path + len, "/");
    }
    return false;
}

static const char *
why_outside(const char *installed, const char *entry)
{
    const size_t origin = origin_len(entry);

    if (entry[0] == '\0')
        return "is empty, which means the working folder";
    if (entry[0] == '/')
        return "is absolute";
    if (origin == 0)
        return "is relative to the working folder";
    return wf_rule_climbs_out(installed, entry + origin) ? "leaves the wheel" : NULL;
}

static void
check_path_list(const struct wf_rule *rule, struct wf_report *report,
                const struct wf_member_object *m, const char *kind, const char *list)
{
    if (list == NULL)
        return;
    for (const char *entry = list;; entry++) {
        const size_t len = strcspn(entry, ":");
        const char *one = wf_arena_str(&report->arena, wf_bytes_of(entry, len));
        const char *why = why_outside(m->installed, one);

        if (why != NULL)
            wf_report_add(report, rule->id, rule->severity, m->object.path,
                          "%s entry \"%s\" %s", kind, one, why);
        entry += len;
        if (*entry == '\0')
            return;
    }
}

static void
check_rpath_outside_wheel(const struct wf_rule *rule, struct wf_report *report,
                          const struct wf_audit_options *options)
{
    (void)options;
    FOR_EACH_LOADABLE(m, report)
    {
        check_path_list(rule, report, m, "DT_RPATH", m->object.rpath);
        check_path_list(rule, report, m, "DT_RUNPATH", m->object.runpath);
    }
    wf_macho_check_rpaths(rule, report);
}

static void
check_absolute_needed(const struct wf_rule *rule, struct wf_report *report,
                      const struct wf_audit_options *options)
{
    (void)options;
    FOR_EACH_LOADABLE(m, report)
    {
        for (size_t i = 0; i < m->object.num_needed; i++)
            if (strchr(m->object.needed[i], '/') != NULL)
                wf_report_add(report, rule->id, rule->severity, m->object.path,
                              "needs \"%s\" by its path", m->object.needed[i]);
    }
    wf_macho_check_needed(rule, report);
}

static void
check_isa_level(const struct wf_rule *rule, struct wf_report *report,
                const struct wf_audit_options *options)
{
    if (options->disable_isa_check)
        return;
    FOR_EACH_LOADABLE(m, report)
    {
        if (m->object.isa_needed > 1)
            wf_report_add(report, rule->id, rule->severity, m->object.path,
                          "needs a processor of level x86-64-v%u", m->object.isa_needed);
    }
}

/* Android's extensions must name libpython (PEP 738). */
static void
check_needs_libpython(const struct wf_rule *rule, struct wf_report *report,
                      const struct wf_audit_options *options)
{
    (void)options;
    FOR_EACH_LOADABLE(m, report)
    {
        if (m->object.libc == WF_LIBC_BIONIC)
            continue;
        for (size_t i = 0; i < m->object.num_needed; i++)
            if (wf_is_libpython(m->object.needed[i]))
                wf_report_add(report, rule->id, rule->severity, m->object.path,
                              "needs %s", m->object.needed[i]);
    }
    wf_macho_check_libpython(rule, report);
}

static void
check_section_view(const struct wf_rule *rule, struct wf_report *report,
                   const struct wf_audit_options *options)
{
    (void)options;
    for (size_t i = 0; i < report->num_objects; i++) {
        const struct wf_object *object = &report->objects[i].object;

        for (size_t k = 0; k < object->num_section_differences; k++)
            add(report, rule, &report->objects[i], object->section_differences[k]);
    }
}

static void
check_object_unreadable(const struct wf_rule *rule, struct wf_report *report,
                        const struct wf_audit_options *options)
{
    (void)options;
    for (size_t i = 0; i < report->num_readings; i++)
        if (report->readings[i].unreadable)
            wf_report_add(report, rule->id, rule->severity,
                          report->readings[i].member->name, "%s",
                          report->readings[i].error->text);
}

/* Whether any platform tag names the architecture.  ARMv6 has linux_armv6l only, and meets
 * the tags of ARMv7. */
static bool
has_tags(const struct wf_policies *policies, enum wf_arch arch)
{
    if (arch == WF_ARCH_ARMV6L)
        return true;
    for (int family = 0; family < WF_POLICY_FAMILIES; family++) {
        size_t num = 0;
        const struct wf_policy *list =
            wf_policies_list(policies, (enum wf_policy_family)family, &num);

        for (size_t i = 0; i < num; i++)
            if (wf_policy_has_arch(&list[i], arch))
                return true;
    }
    return false;
}

static void
check_unknown_arch(const struct wf_rule *rule, struct wf_report *report,
                   const struct wf_audit_options *options)
{
    FOR_EACH_LOADABLE(m, report)
    {
        if (!has_tags(options->policies, m->object.arch))
            wf_report_add(report, rule->id, rule->severity, m->object.path,
                          "is for %s, which no platform tag names", m->object.arch_name);
    }
}

/* What unknown-arch names is not named twice; files of formats that are only recognised
 * are the verdict's own first line. */
static void
check_not_judged(const struct wf_rule *rule, struct wf_report *report,
                 const struct wf_audit_options *options)
{
    for (size_t i = 0; i < report->num_objects; i++) {
        const struct wf_member_object *m = &report->objects[i];

        if (m->judged || m->why_not == NULL || m->object.kind == WF_KIND_UNREAD ||
            (is_loadable(&m->object) && !has_tags(options->policies, m->object.arch)))
            continue;
        wf_report_add(report, rule->id, rule->severity, m->object.path,
                      "is left out of the verdict: %s", m->why_not);
    }
}

static const char *
slice_suffix(struct wf_report *report, const struct wf_object *object)
{
    return object->slice == NULL
               ? ""
               : wf_arena_printf(&report->arena, " (%s)", object->slice);
}

static void
check_found_outside(const struct wf_rule *rule, struct wf_report *report,
                    const struct wf_audit_options *options)
{
    (void)options;
    for (size_t i = 0; i < report->num_objects; i++) {
        const struct wf_member_object *m = &report->objects[i];
        const struct wf_node *node = m->node;

        for (size_t k = 0; node != NULL && k < node->num_edges; k++)
            if (node->edges[k].by == WF_FOUND_OUTSIDE_SEARCH &&
                m->object.format == WF_FORMAT_PE)
                wf_report_add(report, rule->id, WF_NOTE, m->object.path,
                              "needs %s; the wheel holds it as %s, which is found only "
                              "when the package adds that folder",
                              node->edges[k].name, node->edges[k].library->path);
            else if (node->edges[k].by == WF_FOUND_OUTSIDE_SEARCH)
                wf_report_add(report, rule->id, rule->severity, m->object.path,
                              "needs %s; the wheel holds it as %s, where no loader "
                              "looks%s",
                              node->edges[k].name, node->edges[k].library->path,
                              slice_suffix(report, &m->object));
    }
}

const struct wf_rule wf_rule_exec_stack = {
    .id = "exec-stack",
    .title = "an object asks for an executable stack",
    .severity = WF_WARNING,
    .advice = "link with -z noexecstack; assembler files need a .note.GNU-stack section",
    .check = check_exec_stack,
};

const struct wf_rule wf_rule_text_relocations = {
    .id = "text-relocations",
    .title = "an object relocates its own code",
    .severity = WF_WARNING,
    .advice = "compile every part with -fPIC",
    .check = check_text_relocations,
};

const struct wf_rule wf_rule_rpath_outside_wheel = {
    .id = "rpath-outside-wheel",
    .title = "a library search path points outside the wheel",
    .severity = WF_WARNING,
    .advice = "build without it, or let a repair drop it",
    .check = check_rpath_outside_wheel,
};

const struct wf_rule wf_rule_absolute_needed = {
    .id = "absolute-needed",
    .title = "a library is needed by path instead of by name",
    .severity = WF_WARNING,
    .advice = "give the library a SONAME, or an @rpath install name, and link again",
    .check = check_absolute_needed,
};

const struct wf_rule wf_rule_isa_level = {
    .id = "isa-level",
    .title = "an object needs more than the baseline processor",
    .severity = WF_WARNING,
    .advice = "compile with -march=x86-64, or pass --disable-isa-ext-check",
    .check = check_isa_level,
};

const struct wf_rule wf_rule_needs_libpython = {
    .id = "needs-libpython",
    .title = "an object needs libpython",
    .severity = WF_WARNING,
    .advice = "do not link extensions against libpython: many interpreters have none",
    .check = check_needs_libpython,
};

const struct wf_rule wf_rule_section_view_differs = {
    .id = "section-view-differs",
    .title = "section headers and program headers tell different things",
    .severity = WF_WARNING,
    .advice = "the verdict follows the program headers, as the loader does",
    .check = check_section_view,
};

const struct wf_rule wf_rule_object_unreadable = {
    .id = "object-unreadable",
    .title = "an object is damaged",
    .severity = WF_FAILURE,
    .advice = "rebuild the member; no claimed tag can be proved met without it",
    .check = check_object_unreadable,
};

const struct wf_rule wf_rule_unknown_arch = {
    .id = "unknown-arch",
    .title = "an object is for a machine without platform tags",
    .severity = WF_NOTE,
    .advice = "such an object is never judged",
    .check = check_unknown_arch,
};

const struct wf_rule wf_rule_not_judged = {
    .id = "not-judged",
    .title = "an object is left out of the verdict",
    .severity = WF_NOTE,
    .advice = "object files, debug files, device code and other machines are named only",
    .check = check_not_judged,
};

const struct wf_rule wf_rule_found_outside_search_path = {
    .id = "found-outside-search-path",
    .title = "the wheel holds a needed library where no loader looks",
    .severity = WF_WARNING,
    .advice = "give the object a RUNPATH of $ORIGIN/… (on macOS an rpath of "
              "@loader_path/…), or load the library first",
    .check = check_found_outside,
};
