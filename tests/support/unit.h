/* unit.h -- what unit tests share: cmocka and what it needs first, exactly sized blocks,
 * the text of errors. */
#ifndef WF_TESTS_UNIT_H
#define WF_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"

/* exact_copy puts bytes into a heap block of exactly their size, where a sanitizer sees
 * the first byte read beyond them.  free_exact ends it. */
static inline struct wf_bytes
exact_copy(const void *data, size_t len)
{
    void *block = malloc(len == 0 ? 1 : len);

    assert_non_null(block);
    if (len > 0)
        memcpy(block, data, len);
    return wf_bytes_of(block, len);
}

static inline void
free_exact(struct wf_bytes exact)
{
    free((void *)(uintptr_t)exact.data); /* ours, though the view cannot say so */
}

/* The whole of what an error says, and that it says where when it has a place. */
#define assert_error(err_, kind_, text_)                                                 \
    do {                                                                                 \
        assert_int_equal((err_).kind, kind_);                                            \
        assert_string_equal((err_).text, text_);                                         \
    } while (0)

#define assert_error_at(err_, kind_, offset_, text_)                                     \
    do {                                                                                 \
        assert_error(err_, kind_, text_);                                                \
        assert_true((err_).has_offset);                                                  \
        assert_int_equal((err_).offset, offset_);                                        \
    } while (0)

#endif
