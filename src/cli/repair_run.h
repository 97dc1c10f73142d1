/* repair_run.h -- what the files of `wheelfix repair` share. */
#ifndef WF_CLI_REPAIR_RUN_H
#define WF_CLI_REPAIR_RUN_H

#include "cli/progress.h"
#include "cli/wheel_inputs.h"
#include "render/render.h"
#include "repair/apply.h"

enum { WF_REPAIR_LONGEST_ANSWER = 1 << 30 };

/* wf_repair_ticket is the answer about one wheel, until its file has its name. */
struct wf_repair_ticket {
    struct wf_arena arena; /* holds this very entry */
    const char
        *source; /* the wheel, when its result takes its place under another name */
    struct wf_buffer text;
    struct wf_json_writer writer;
};

struct wf_repair_run {
    struct wf_cli *cli;
    struct wf_audit_options audit;
    struct wf_repair_options options;
    struct wf_text_style style;
    struct wf_wheel_inputs inputs;
    struct wf_progress progress;
    struct wf_buffer out;
    struct wf_json_writer writer;
    struct wf_repairer *repairer;
    const char *wheel_dir;
    struct wf_strings inputs_named; /* wheels and folders that were given: real paths */
    struct wf_strings outputs;      /* paths written or about to be */
    struct wf_strings replaced; /* wheels whose results stand beside them, --in-place */
    bool json;
    bool in_place;
    bool dry_run;
    int fail_on; /* enum wf_severity, or -1 */
    int status;
    size_t num_done;
    size_t num_answered;
};

extern const struct wf_option wf_repair_option_table[];

/* repair_setup.c: options and environment into run->audit and run->options. */
WF_MUST_USE bool wf_repair_setup(struct wf_repair_run *repair, const struct wf_args *args,
                                 struct wf_error *err);

/* The part of it that is about the archive: --zip-compression-level, SOURCE_DATE_EPOCH. */
WF_MUST_USE bool wf_repair_setup_archive(struct wf_repair_run *repair,
                                         const struct wf_args *args,
                                         struct wf_error *err);

/* repair_answers.c.  wf_repair_raise keeps the highest exit status.  wf_repair_answer ends
 * the answer about a wheel and prints it: `path` is where its result is, or NULL; an error
 * is told on standard error.  wf_repair_answer_failure is about a wheel without a plan,
 * wf_repair_answer_refusal about one with reasons against it.  wf_repair_flush prints what
 * is in repair->out. */
void wf_repair_raise(struct wf_repair_run *repair, int status);
struct wf_repair_ticket *wf_repair_new_ticket(struct wf_repair_run *repair);
void wf_repair_answer(struct wf_repair_run *repair, struct wf_repair_ticket *ticket,
                      const char *path, const struct wf_error *err);
void wf_repair_answer_failure(struct wf_repair_run *repair, const char *path,
                              struct wf_error *err);
void wf_repair_answer_refusal(struct wf_repair_run *repair,
                              struct wf_repair_ticket *ticket,
                              const struct wf_plan *plan);
/* The answer of a dry run: the plan, and the error that carrying it out would end with. */
void wf_repair_answer_rehearsal(struct wf_repair_run *repair,
                                struct wf_repair_ticket *ticket,
                                const struct wf_plan *plan);
void wf_repair_begin_document(struct wf_repair_run *repair);
void wf_repair_flush(struct wf_repair_run *repair);

/* repair_places.c.  wf_repair_folder is where the result of a wheel goes.
 * wf_repair_check_target refuses (WF_ERR_USAGE) a result that would take the place of a
 * wheel, except of its own source when that is wanted; *own says that it would be that.
 * wf_repair_check_fused refuses (WF_ERR_USAGE) a result in the place of a wheel that was given.
 * wf_repair_remove_replaced takes the sources away whose results stand beside them. */
void wf_repair_list_operands(struct wf_repair_run *repair,
                             const struct wf_strings *operands);
const char *wf_repair_folder(struct wf_repair_run *repair,
                             const struct wf_report *report);
WF_MUST_USE bool wf_repair_check_target(bool *own, struct wf_repair_run *repair,
                                        const struct wf_plan *plan, const char *folder,
                                        struct wf_error *err);
WF_MUST_USE bool wf_repair_check_fused(struct wf_repair_run *repair,
                                       const struct wf_plan *plan, const char *folder,
                                       struct wf_error *err);
void wf_repair_remove_replaced(struct wf_repair_run *repair);

#endif
