/* pack_parts.h -- what the files of `wheelpack pack` share. */
#ifndef WF_PACK_PACK_PARTS_H
#define WF_PACK_PACK_PARTS_H

#include "base/limits.h"
#include "pack/content.h"

/* wf_pack_tag is a tag taken apart: "cp312-cp312", and its platforms, sorted. */
struct wf_pack_tag {
    const char *python_abi;
    struct wf_strings platforms;
};

/* wf_pack_tag_read takes "py3-none-any" apart; compressed sets are fine.  WF_ERR_USAGE. */
WF_MUST_USE bool wf_pack_tag_read(struct wf_pack_tag *out, struct wf_arena *arena,
                                  const char *text, struct wf_error *err);

/* wf_pack_tag_find reads every member that is an ELF or PE image: the platform is theirs
 * ("linux_x86_64"; none: "any"), Python and ABI are in the names of extensions ("py3-none"
 * without one).  Members that contradict each other, Mach-O images and extensions for
 * the stable ABI are WF_ERR_REFUSED: there --tag must say it. */
WF_MUST_USE bool wf_pack_tag_find(struct wf_pack_tag *out, struct wf_arena *arena,
                                  const struct wf_content *content,
                                  const struct wf_limits *limits, struct wf_error *err);

#endif
