/* toml_scalar.h -- numbers, dates and words of TOML. */
#ifndef WF_BASE_TOML_SCALAR_H
#define WF_BASE_TOML_SCALAR_H

#include "base/bytes.h"

/* wf_toml_is_scalar says whether the whole text is an integer, a float, one of the four
 * kinds of dates and times, true or false, as TOML 1.0 writes them.  Integers may still be
 * more than 64 bits hold. */
bool wf_toml_is_scalar(struct wf_bytes text);

#endif
