/* promise.h -- what fuzz targets share: ending the program when a promise is broken. */
#ifndef WF_TESTS_FUZZ_PROMISE_H
#define WF_TESTS_FUZZ_PROMISE_H

#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"

/* expect ends the program, and says which promise was broken. */
#define expect(promise)                                                                  \
    ((promise) ? (void)0 : broken_promise(__FILE__, __LINE__, #promise))

static inline WF_NORETURN void
broken_promise(const char *file, int line, const char *promise)
{
    fprintf(stderr, "%s:%d: broken promise: %s\n", file, line, promise);
    abort();
}

/* expect_reason: an error has a kind and says why, and its place lies within an input of
 * `len` bytes.  The system is never at fault: targets read memory, or files of their own. */
static inline void
expect_reason(const struct wf_error *err, uint64_t len)
{
    expect(err->kind == WF_ERR_MALFORMED || err->kind == WF_ERR_UNSUPPORTED ||
           err->kind == WF_ERR_LIMIT);
    expect(err->text[0] != '\0');
    expect(!err->has_offset || err->offset <= len);
}

#endif
