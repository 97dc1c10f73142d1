/* bundling.c -- which libraries a repair leaves to the host, or never bundles. */
#include "policy/bundling.h"

#include "base/text.h"

enum wf_bundling
wf_policies_bundling(const char *library, const char **why)
{
    const char *base = wf_text_base_name(library);

    for (size_t i = 0; i < wf_num_bundling_rows; i++) {
        const struct wf_bundling_row *row = &wf_bundling_rows[i];

        if (!wf_text_glob(row->glob, base))
            continue;
        if (why != NULL)
            *why = row->why;
        return row->bundling;
    }
    if (why != NULL)
        *why = NULL;
    return WF_BUNDLE_ORDINARY;
}
