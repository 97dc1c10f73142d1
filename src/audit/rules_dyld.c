/* rules_dyld.c -- what dyld refuses: the reader of Mach-O finds it, policies/macos.json says
 * from which SDK on. */
#include "audit/rules_dyld.h"

#include <assert.h>
#include <string.h>

#include "object/macho.h"
#include "policy/macos.h"

#define LINK_AGAIN "link it again with current tools"

#define ROW(id_, title_, severity_, advice_)                                             \
    {                                                                                    \
        .id = (id_), .title = (title_), .severity = (severity_), .advice = (advice_)     \
    }

/* Sorted by id. */
const struct wf_rule wf_rules_dyld[] = {
    ROW("macho-command-size", "a load command has a size that it never has", WF_FAILURE,
        LINK_AGAIN),
    ROW("macho-data-protection", "a segment for data can be run", WF_FAILURE, LINK_AGAIN),
    ROW("macho-duplicate-dylib", "a library is named twice", WF_FAILURE,
        "link each library once"),
    ROW("macho-duplicate-rpath", "a search path stands twice", WF_FAILURE,
        "pass each -rpath once; a repair drops the others"),
    ROW("macho-duplicate-segment", "two segments have one name", WF_FAILURE, LINK_AGAIN),
    ROW("macho-hidden-slice", "a universal file has a slice that it does not count",
        WF_NOTE, "take the file apart with lipo -thin and put it together again"),
    ROW("macho-id", "a library has no install name, or something else has one",
        WF_FAILURE, LINK_AGAIN),
    ROW("macho-import-names", "names of imports are compressed", WF_NOTE,
        "nothing needs to be done: names come from the symbol table"),
    ROW("macho-library-ordinal", "a symbol is imported from a library that is not named",
        WF_FAILURE, LINK_AGAIN),
    ROW("macho-linkedit-bounds", "a table lies outside of __LINKEDIT, or over another",
        WF_FAILURE, LINK_AGAIN),
    ROW("macho-missing-uuid", "an object has no LC_UUID", WF_FAILURE,
        "do not link with -no_uuid"),
    ROW("macho-no-dylib-command", "an object needs no library at all", WF_FAILURE,
        "link against libSystem"),
    ROW("macho-section-bounds", "a section lies outside of its segment", WF_FAILURE,
        LINK_AGAIN),
    ROW("macho-segment-bounds", "a segment leaves the file, or its own memory",
        WF_FAILURE, LINK_AGAIN),
    ROW("macho-segment-order", "segments are out of order", WF_FAILURE, LINK_AGAIN),
    ROW("macho-segment-overlap", "two segments lie over each other", WF_FAILURE,
        LINK_AGAIN),
    ROW("macho-slice-alignment", "a slice does not begin at a page", WF_FAILURE,
        "put the slices together with lipo or wheelfix fuse"),
    ROW("macho-symbol-counts", "an object counts symbols that it does not have",
        WF_FAILURE, LINK_AGAIN),
    ROW("macho-text-bounds", "__TEXT does not hold the load commands", WF_FAILURE,
        LINK_AGAIN),
    ROW("macho-text-protection", "code can be written, or not be run", WF_FAILURE,
        LINK_AGAIN),
    ROW("macho-two-fixups", "pointers would be fixed twice", WF_FAILURE, LINK_AGAIN),
    ROW("macho-unaligned-linkedit", "a table of __LINKEDIT is not aligned", WF_FAILURE,
        LINK_AGAIN),
    ROW("macho-unaligned-signature", "a code signature is not aligned", WF_FAILURE,
        "sign it again; a repair does"),
    ROW("macho-unknown-command", "dyld must know a load command that nobody knows",
        WF_FAILURE, LINK_AGAIN),
    ROW("macho-writable-linkedit", "__LINKEDIT can be written", WF_FAILURE, LINK_AGAIN),
};

const size_t wf_num_rules_dyld = WF_COUNT(wf_rules_dyld);

static const struct wf_rule *
rule_of(const char *id)
{
    for (size_t i = 0; i < wf_num_rules_dyld; i++)
        if (strcmp(wf_rules_dyld[i].id, id) == 0)
            return &wf_rules_dyld[i];
    return NULL;
}

/* From which SDK on the slice is refused.  One whose SDK is not known was linked long ago. */
static uint32_t
refused_from(const struct wf_object *object, const struct wf_macos_dyld_rule *policy)
{
    return object->kind == WF_KIND_EXECUTABLE ? policy->sdk_program : policy->sdk_library;
}

static void
add(struct wf_report *report, const struct wf_object *object,
    const struct wf_macho_fault *fault)
{
    const struct wf_rule *rule = rule_of(fault->rule);
    const struct wf_macos_dyld_rule *policy = wf_macos_dyld_rule_find(fault->rule);
    struct wf_arena *arena = &report->arena;

    /* A slug without its rows is our mistake. */
    assert(rule != NULL && policy != NULL);
    const uint32_t sdk = refused_from(object, policy);
    const bool is_refused = sdk <= object->macho->sdk;
    const char *slice =
        object->slice == NULL ? "" : wf_arena_printf(arena, " (%s)", object->slice);

    if (sdk == UINT32_MAX || sdk == 0)
        wf_report_add(report, rule->id, rule->severity, object->path, "%s%s", fault->text,
                      slice);
    else
        wf_report_add(report, rule->id, is_refused ? rule->severity : WF_NOTE,
                      object->path, "%s%s, which dyld refuses from SDK %s on",
                      fault->text, slice, wf_macos_version_text(arena, sdk));
}

void
wf_rules_dyld_add(struct wf_report *report)
{
    for (size_t i = 0; i < report->num_objects; i++) {
        const struct wf_member_object *member = &report->objects[i];
        const struct wf_macho *macho = member->object.macho;

        for (size_t k = 0; member->judged && macho != NULL && k < macho->num_faults; k++)
            add(report, &member->object, &macho->faults[k]);
    }
}
