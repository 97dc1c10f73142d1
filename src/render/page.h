/* page.h -- what texts for people are made of: labels, colours, columns.  Private to
 * render_text and its siblings. */
#ifndef WF_RENDER_PAGE_H
#define WF_RENDER_PAGE_H

#include "render/render.h"

/* The column at which answers start, and the one at which the lists below them do. */
enum { WF_PAGE_ANSWER = 11, WF_PAGE_LIST = 13 };

enum wf_ink {
    WF_INK_PLAIN,
    WF_INK_NAME,
    WF_INK_GOOD,
    WF_INK_BAD,
    WF_INK_MIND,
    WF_INK_FAINT
};

struct wf_page {
    struct wf_buffer *out;
    const struct wf_text_style *style;
};

/* wf_page_label starts a line with a right-padded label in its own colour; wf_page_item
 * one of a list below an answer. */
void wf_page_label(const struct wf_page *page, const char *label, enum wf_ink ink);
void wf_page_item(const struct wf_page *page);

/* wf_page_ink appends our own text in a colour; wf_page_quote untrusted text. */
void wf_page_ink(const struct wf_page *page, const char *text, enum wf_ink ink);
void wf_page_quote(const struct wf_page *page, const char *text);

/* wf_page_cell appends untrusted text padded to `width` columns and two spaces;
 * wf_page_width is the columns it takes. */
void wf_page_cell(const struct wf_page *page, const char *text, size_t width);
size_t wf_page_width(const char *text);

/* wf_page_words appends words separated by ", ", broken at the terminal's width and
 * continued at the column of answers. */
void wf_page_words(const struct wf_page *page, const struct wf_strings *words);

/* wf_page_more ends a list that was cut: "and 12 more (-v shows all)". */
void wf_page_more(const struct wf_page *page, size_t num);

#endif
