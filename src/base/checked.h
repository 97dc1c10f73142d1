/* checked.h -- arithmetic on sizes that reports overflow instead of wrapping. */
#ifndef WF_BASE_CHECKED_H
#define WF_BASE_CHECKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"

/* Each sets *out and returns true, or returns false when the result does not fit; *out is
 * then unspecified and must not be used. */
static inline WF_MUST_USE bool
wf_add_u64(uint64_t *out, uint64_t a, uint64_t b)
{
    return !__builtin_add_overflow(a, b, out);
}

static inline WF_MUST_USE bool
wf_mul_u64(uint64_t *out, uint64_t a, uint64_t b)
{
    return !__builtin_mul_overflow(a, b, out);
}

static inline WF_MUST_USE bool
wf_mul_size(size_t *out, size_t a, size_t b)
{
    return !__builtin_mul_overflow(a, b, out);
}

/* wf_u64_to_size narrows for 32-bit hosts. */
static inline WF_MUST_USE bool
wf_u64_to_size(size_t *out, uint64_t value)
{
    *out = (size_t)value;
    return (uint64_t)*out == value;
}

/* wf_fits says whether [off, off + len) lies inside [0, whole): by subtraction, so it
 * cannot wrap. */
static inline bool
wf_fits(uint64_t off, uint64_t len, uint64_t whole)
{
    return off <= whole && len <= whole - off;
}

#endif
