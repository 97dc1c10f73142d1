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

/* wf_answer_claims_hold adds "; its own tag holds" when that is all there is to say of the
 * tags; wf_answer_own_tags a line for each that does not hold, and whether the asked-for one
 * does. */
void wf_answer_claims_hold(const struct wf_answer *a);
void wf_answer_own_tags(const struct wf_answer *a);

/* wf_answer_is_missing says whether a repair would look for the library in vain;
 * wf_answer_library adds a line about it, its name padded to `width` columns. */
bool wf_answer_is_missing(const struct wf_external *external);
void wf_answer_library(const struct wf_answer *a, const struct wf_external *external,
                       size_t width);

/* wf_answer_macos adds verdict, tags, repair and blockers for all that is for macOS, whose
 * architectures have their tags together; wf_answer_macos_only says that nothing is for
 * another system. */
bool wf_answer_is_macos(const struct wf_platform *platform);
bool wf_answer_macos_only(const struct wf_report *report);
bool wf_answer_macos_is_fine(const struct wf_answer *a);
void wf_answer_macos(const struct wf_answer *a);

/* wf_answer_windows adds verdict, tags and repair of code for Windows of one architecture;
 * `single`: it is all there is. */
bool wf_answer_is_windows(const struct wf_platform *platform);
void wf_answer_windows(const struct wf_answer *a, const struct wf_platform *platform,
                       bool single);

/* wf_answer_repair adds what a repair would reach and bundle; wf_answer_blockers why the
 * asked-for or, under `label`, the next better tag is out of reach, and returns whether
 * something is; wf_answer_findings the findings. */
void wf_answer_repair(const struct wf_answer *a, const struct wf_platform *platform);
bool wf_answer_blockers(const struct wf_answer *a, const struct wf_platform *platform,
                        const char *label);
void wf_answer_findings(const struct wf_answer *a);

#endif
