/* memo.h -- answers of programs, kept between runs in asked->cache_dir.  Only ever a
 * shortcut: what cannot be read or written is as if nothing was kept. */
#ifndef WF_PACK_MEMO_H
#define WF_PACK_MEMO_H

#include "pack/asked.h"

/* wf_memo_key begins a key: `kind` ("python", …) is part of the file's name and, with a
 * number that changes when the meaning of the answers does, of the key.  The caller clears
 * the buffer. */
void wf_memo_key(struct wf_buffer *key, const char *kind);
/* A kind whose answers are large, and each for one folder: they share a few files, where a
 * new one takes the place of an old one. */
#define WF_MEMO_METADATA "metadata"
/* Each adds one thing that an answer depends on; different things never make one key. */
void wf_memo_key_text(struct wf_buffer *key, const char *text);
void wf_memo_key_environment(struct wf_buffer *key, const struct wf_build_asked *asked,
                             const char *name);
/* The file's path, size and time (absent is a state, too). */
void wf_memo_key_file(struct wf_buffer *key, const char *path);

/* wf_memo_recall appends what is kept for the key; false when there is nothing, or what is
 * there is damaged or for another key. */
bool wf_memo_recall(struct wf_buffer *out, const struct wf_build_asked *asked,
                    const char *kind, const struct wf_buffer *key);
/* wf_memo_keep keeps an answer (written whole or not at all). */
void wf_memo_keep(const struct wf_build_asked *asked, const char *kind,
                  const struct wf_buffer *key, struct wf_bytes answer);

#endif
