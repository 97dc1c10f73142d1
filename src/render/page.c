/* page.c -- labels, colours and columns of texts for people. */
#include "render/page.h"

#include <stdio.h>
#include <string.h>

static const char *const sgr[] = {
    [WF_INK_PLAIN] = "", [WF_INK_NAME] = "1",  [WF_INK_GOOD] = "32",
    [WF_INK_BAD] = "31", [WF_INK_MIND] = "33", [WF_INK_FAINT] = "2",
};

void
wf_page_ink(const struct wf_page *page, const char *text, enum wf_ink ink)
{
    if (page->style->colour && ink != WF_INK_PLAIN)
        wf_buffer_printf(page->out, "\x1B[%sm%s\x1B[0m", sgr[ink], text);
    else
        wf_buffer_add_str(page->out, text);
}

void
wf_page_label(const struct wf_page *page, const char *label, enum wf_ink ink)
{
    const size_t len = strlen(label) + 2;

    wf_buffer_add_str(page->out, "  ");
    wf_page_ink(page, label, ink);
    wf_buffer_printf(page->out, "%*s",
                     (int)(len < WF_PAGE_ANSWER ? WF_PAGE_ANSWER - len : 1), "");
}

void
wf_page_item(const struct wf_page *page)
{
    wf_buffer_printf(page->out, "%*s", WF_PAGE_LIST, "");
}

void
wf_page_quote(const struct wf_page *page, const char *text)
{
    wf_quote_add(page->out, text);
}

/* Columns of text that passed wf_quote_add: one per character. */
static size_t
columns(const uint8_t *data, size_t len)
{
    size_t num = 0;

    for (size_t i = 0; i < len; i++)
        num += (data[i] & 0xC0) != 0x80;
    return num;
}

size_t
wf_page_width(const char *text)
{
    struct wf_buffer quoted;

    /* Text too long for this is too long for a column, too. */
    wf_buffer_init(&quoted, 4096);
    wf_quote_add(&quoted, text);
    const size_t width = columns(quoted.data, quoted.len);

    wf_buffer_clear(&quoted);
    return width;
}

void
wf_page_cell(const struct wf_page *page, const char *text, size_t width)
{
    const size_t start = page->out->len;

    wf_quote_add(page->out, text);
    if (page->out->over)
        return;
    const size_t used = columns(page->out->data + start, page->out->len - start);

    wf_buffer_printf(page->out, "%*s", (int)(used < width ? width - used : 0) + 2, "");
}

void
wf_page_words(const struct wf_page *page, const struct wf_strings *words)
{
    size_t at = WF_PAGE_ANSWER;

    for (size_t i = 0; i < words->num; i++) {
        const size_t len = wf_page_width(words->items[i]);

        if (i > 0)
            wf_buffer_add_char(page->out, ',');
        if (i > 0 && page->style->width > 0 && at + len + 3 > page->style->width) {
            wf_buffer_printf(page->out, "\n%*s", WF_PAGE_ANSWER, "");
            at = WF_PAGE_ANSWER;
        } else if (i > 0) {
            wf_buffer_add_char(page->out, ' ');
            at += 2;
        }
        wf_quote_add(page->out, words->items[i]);
        at += len;
    }
    wf_buffer_add_char(page->out, '\n');
}

void
wf_page_more(const struct wf_page *page, size_t num)
{
    char text[64];

    wf_page_item(page);
    snprintf(text, sizeof text, "and %zu more (-v shows all)", num);
    wf_page_ink(page, text, WF_INK_FAINT);
    wf_buffer_add_char(page->out, '\n');
}
