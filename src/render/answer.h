/* answer.h -- the parts of the text about one wheel.  Private to render_text.c and its
 * siblings. */
#ifndef WF_RENDER_ANSWER_H
#define WF_RENDER_ANSWER_H

#include "render/page.h"

/* Long lists show this many unless -v was given. */
enum { WF_ANSWER_FEW = 3, WF_ANSWER_WIDEST = 48 };

/* wf_answer is one wheel's text while it is written. */
struct wf_answer {
    struct wf_page page;
    const struct wf_report *report;
    const struct wf_audit_options *options;
};

bool wf_answer_shows_all(const struct wf_answer *a);
void wf_answer_end_line(const struct wf_answer *a);

/* wf_plural picks the word for a number. */
const char *wf_plural(size_t num, const char *one, const char *several);

/* wf_answer_claims_tag says whether the file name carries `tag`; wf_answer_is_fine that the
 * wheel's tags hold, are the best there are, and nothing outside is needed. */
bool wf_answer_claims_tag(const struct wf_answer *a, const char *tag);
bool wf_answer_is_fine(const struct wf_answer *a, const struct wf_platform *platform);

/* wf_answer_repair adds what a repair would reach and bundle; wf_answer_blockers why the
 * asked-for or the next better tag is out of reach; wf_answer_findings the findings. */
void wf_answer_repair(const struct wf_answer *a, const struct wf_platform *platform);
void wf_answer_blockers(const struct wf_answer *a, const struct wf_platform *platform);
void wf_answer_findings(const struct wf_answer *a);

#endif
