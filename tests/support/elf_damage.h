/* elf_damage.h -- images that were right, and are broken in one place on purpose. */
#ifndef WF_TESTS_SUPPORT_ELF_DAMAGE_H
#define WF_TESTS_SUPPORT_ELF_DAMAGE_H

#include "elf_builder.h"

/* wf_test_elf_damage breaks the 64-bit little-endian image that starts at `start` of
 * `image`.  False when no damage has that name.  Known are
 *
 *   "half"                 cut in half
 *   "dynamic-past-end"     PT_DYNAMIC starts behind the last byte
 *   "verneed-loop"         the first version need leads to the record before it, mod 2^32
 *   "vernaux-loop"         the first needed version does
 *   "gnu-hash-far-bucket"  the first bucket starts at symbol 2^32 - 1
 *   "gnu-hash-no-buckets"  the GNU hash table has none, and 2^32 - 1 Bloom words */
WF_MUST_USE bool wf_test_elf_damage(struct wf_buffer *image, size_t start,
                                    const struct wf_test_elf_places *places,
                                    const char *name);

#endif
