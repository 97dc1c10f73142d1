/* fuzz_wheel.c -- any wheel gets an answer: the same one each time, whose parts agree, as
 * JSON that parses and as text that cannot drive a terminal; or an error that says why.
 *
 * Inputs are in the language of wheel_text.h.  Nothing of the machine is searched. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/rule.h"
#include "base/utf8.h"
#include "render/render.h"

#include "promise.h"
#include "wheel_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
size_t LLVMFuzzerMutate(uint8_t *data, size_t len, size_t max_len) __attribute__((weak));

enum { LARGEST_ANSWER = 64 << 20 };

/* The folder of all wheels, which goes when the program ends, and the wheel in it, which
 * is written over as long as its name stays the same. */
static char folder[] = "/tmp/wheelfix-fuzz-XXXXXX";
static char wheel_path[512];

static void
remove_folder(void)
{
    remove(wheel_path);
    rmdir(folder);
}

/* Returns false for a name that the file system does not take. */
static bool
put_wheel(const char *name, struct wf_bytes archive)
{
    char path[sizeof wheel_path];

    if (wheel_path[0] == '\0') {
        expect(mkdtemp(folder) != NULL);
        atexit(remove_folder);
    }
    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (strcmp(path, wheel_path) != 0)
        remove(wheel_path);
    memcpy(wheel_path, path, sizeof path);
    FILE *file = fopen(path, "wb");

    if (file == NULL)
        return false;
    expect(fwrite(archive.data, 1, archive.len, file) == archive.len);
    expect(fclose(file) == 0);
    return true;
}

/* What an answer is looked at as.  Writing it takes longer than judging the wheel, so under
 * libFuzzer the length of the input chooses one or none; a replay takes them all. */
enum view {
    VIEW_BRIEF = 1 << 0,
    VIEW_VERBOSE = 1 << 1,
    VIEW_JSON = 1 << 2,
    VIEW_AUDITWHEEL = 1 << 3,
    VIEW_TWICE = 1 << 4,
};

static unsigned
views_of(size_t len)
{
    return LLVMFuzzerMutate == NULL ? ~0U : 1U << len % 16;
}

/* A run over one wheel, and what came of it. */
struct run {
    const char *path;
    struct wf_audit_options options;
    unsigned views;
    unsigned num_taken;
    struct wf_buffer json;
};

static const char *
next_path(void *context)
{
    struct run *run = context;
    const char *path = run->path;

    run->path = NULL;
    return path;
}

static bool
has_object(const struct wf_report *report, const char *path)
{
    for (size_t i = 0; i < report->num_objects; i++) {
        if (strcmp(report->objects[i].member->name, path) == 0)
            return true;
    }
    return false;
}

static void
check_platform(const struct wf_report *report, const struct wf_platform *p)
{
    if (!p->judged) {
        expect(p->tag == NULL && p->tags.num == 0 && p->num_blockers == 0);
        return;
    }
    expect(p->tag != NULL && p->tags.num > 0 && strcmp(p->tags.items[0], p->tag) == 0);
    expect((p->repaired == WF_RANK_NEVER) == (p->repaired_tag == NULL));
    expect(p->num_grafts <= p->num_externals);
    for (size_t i = 0; i < p->num_blockers; i++) {
        const struct wf_blocker *b = &p->blockers[i];

        expect(b->policy != NULL && b->tag != NULL && has_object(report, b->object));
        expect(wf_reason_name(b->reason) != NULL);
    }
    for (size_t i = 0; i < p->num_externals; i++)
        expect(p->externals[i].name != NULL && p->externals[i].needed_by.num > 0);
}

static void
check_findings(const struct wf_report *report)
{
    for (size_t i = 0; i < report->num_findings; i++) {
        const struct wf_finding *f = &report->findings[i];

        expect(wf_rule_find(f->rule) != NULL && f->where != NULL);
        expect(f->message != NULL && f->message[0] != '\0');
        expect(i == 0 || f[-1].severity >= f->severity);
    }
}

static void
check_report(const struct wf_report *report)
{
    expect(report->plat_met == -1);
    if (report->failed) {
        expect_reason(&report->error, UINT64_MAX);
        return;
    }
    bool any_judged = false;

    for (size_t i = 0; i < report->num_platforms; i++) {
        check_platform(report, &report->platforms[i]);
        any_judged |= report->platforms[i].judged;
    }
    expect((report->kind == WF_VERDICT_NATIVE) == any_judged);
    for (size_t i = 0; i < report->num_claims; i++) {
        const struct wf_claim *claim = &report->claims[i];

        expect(claim->tag[0] != '\0' && claim->met >= -1 && claim->met <= 1);
        expect(claim->met != 0 || claim->why != NULL);
    }
    check_findings(report);
}

/* Nothing but printable characters and line ends. */
static void
check_printable(struct wf_bytes text)
{
    while (text.len > 0) {
        uint32_t code_point = 0;
        const size_t len = wf_utf8_next(text, &code_point);

        expect(len > 0);
        expect(code_point == '\n' || !wf_text_is_invisible(code_point));
        text = wf_bytes_skip(text, len);
    }
}

static void
check_text(const struct wf_report *report, const struct wf_audit_options *options,
           unsigned verbose)
{
    const struct wf_text_style style = { .width = 60, .verbose = verbose };
    struct wf_buffer text;

    wf_buffer_init(&text, LARGEST_ANSWER);
    if (report->failed)
        wf_quote_error(&text, &report->error);
    else
        wf_render_text(&text, report, options, &style);
    expect(text.len > 0 && !text.over);
    check_printable(wf_buffer_bytes(&text));
    wf_buffer_clear(&text);
}

static void
check_json(struct wf_bytes json)
{
    struct wf_json *root = NULL;
    struct wf_error err = { 0 };

    expect(wf_json_parse(&root, json, &err) && wf_json_kind(root) == WF_JSON_OBJECT);
    wf_json_free(root);
}

static void
check_auditwheel(const struct wf_report *report, const struct wf_audit_options *options)
{
    struct wf_buffer json;

    wf_buffer_init(&json, LARGEST_ANSWER);
    wf_render_auditwheel(&json, report, options);
    check_json(wf_buffer_bytes(&json));
    wf_buffer_clear(&json);
}

static bool
take_report(void *context, struct wf_report *report)
{
    struct run *run = context;
    struct wf_json_writer w = { .out = &run->json };

    run->num_taken++;
    check_report(report);
    if ((run->views & VIEW_BRIEF) != 0)
        check_text(report, &run->options, 0);
    if ((run->views & VIEW_VERBOSE) != 0)
        check_text(report, &run->options, 1);
    if ((run->views & VIEW_AUDITWHEEL) != 0)
        check_auditwheel(report, &run->options);
    if ((run->views & (VIEW_JSON | VIEW_TWICE)) != 0)
        wf_render_json(&w, report, &run->options);
    if ((run->views & VIEW_JSON) != 0)
        check_json(wf_buffer_bytes(&run->json));
    return true;
}

/* The caller clears run->json. */
static void
audit(struct run *run, const char *path, unsigned views)
{
    *run = (struct run){
        .path = path,
        .views = views,
        .options = {
            .policies = wf_policies_builtin(),
            .limits = wf_limits_standard(),
            .num_threads = 1,
            .check_hashes = true,
        },
    };
    struct wf_auditor *auditor = wf_auditor_new(&run->options);

    wf_buffer_init(&run->json, LARGEST_ANSWER);
    wf_auditor_run(auditor, next_path, take_report, run);
    wf_auditor_free(auditor);
    expect(run->num_taken == 1 && !run->json.over);
}

static void
check_wheel(const char *path, unsigned views)
{
    struct run once = { 0 }, twice = { 0 };

    audit(&once, path, views);
    if ((views & VIEW_TWICE) != 0) {
        audit(&twice, path, VIEW_TWICE);
        expect(wf_bytes_equal(wf_buffer_bytes(&once.json), wf_buffer_bytes(&twice.json)));
    }
    wf_buffer_clear(&once.json);
    wf_buffer_clear(&twice.json);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct wf_arena arena = { 0 };
    struct wf_buffer archive;

    wf_buffer_init(&archive, SIZE_MAX);
    const char *name = wheel_from_text(&archive, &arena, wf_bytes_of(data, len));

    if (put_wheel(name, wf_buffer_bytes(&archive)))
        check_wheel(wheel_path, views_of(len));
    wf_buffer_clear(&archive);
    wf_arena_clear(&arena);
    return 0;
}
