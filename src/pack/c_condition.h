/* c_condition.h -- the expression of an #if (C 2011, 6.10.1). */
#ifndef WF_PACK_C_CONDITION_H
#define WF_PACK_C_CONDITION_H

#include "base/bytes.h"

/* wf_c_value answers whether a macro is defined, and as which number (0 without one). */
typedef bool wf_c_value(const void *context, struct wf_bytes name, int64_t *value);

/* wf_c_condition evaluates `text`: numbers, names (0 when undefined), defined, and every
 * operator but the comma.  Fails with what was expected and what stood there. */
WF_MUST_USE bool wf_c_condition(bool *out, struct wf_bytes text, wf_c_value *value,
                                const void *context, struct wf_error *err);

#endif
