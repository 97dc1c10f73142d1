/* report_sample.h -- reports filled in by hand, for the tests of the renderers. */
#ifndef WF_TESTS_REPORT_SAMPLE_H
#define WF_TESTS_REPORT_SAMPLE_H

#include "audit/audit.h"

struct sample {
    struct wf_report *report;
    struct wf_audit_options options;
};

/* Each is a report of its own, ended by sample_clear. */

/* demo-1.0-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl: its tags hold,
 * nothing to repair, one blocker of the next better policy. */
void sample_fine(struct sample *sample);

/* demo-1.0-cp311-cp311-manylinux_2_17_x86_64.whl: needs libfoo.so.1 (found), libbar.so.2
 * (not found) and GLIBC_2.33; findings of every severity. */
void sample_blocked(struct sample *sample);

/* The same with libbar.so.2 found, so that a repair reaches manylinux_2_34. */
void sample_repairable(struct sample *sample);

/* demo-1.0-py3-none-any.whl without native code; demo.whl, not read at all. */
void sample_pure(struct sample *sample);
void sample_failed(struct sample *sample);

/* demo-1.0-py3-none-any.whl with code for two systems. */
void sample_two_systems(struct sample *sample);

/* demo-1.0-cp311-cp311-linux_mips64.whl: native code that nobody judges. */
void sample_foreign(struct sample *sample);

void sample_clear(struct sample *sample);

/* What they are made of: sample_start begins a report about a wheel of that path,
 * sample_make_claims gives it the claims of its file name, of which sample_claim says
 * whether and why they are met. */
void sample_start(struct sample *sample, const char *path);
void sample_make_claims(struct sample *sample);
void sample_claim(struct sample *sample, size_t i, int met, const char *why);

#endif
