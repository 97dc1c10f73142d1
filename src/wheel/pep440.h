/* pep440.h -- versions and version specifiers of Python (PEP 440, "Version specifiers",
 * PyPA), as `packaging` reads and writes them. */
#ifndef WF_WHEEL_PEP440_H
#define WF_WHEEL_PEP440_H

#include "base/text.h"

/* wf_version is a version taken apart; numbers are decimal texts without leading zeros, so
 * that no length is too much for them.  Arena-owned. */
struct wf_version {
    const char *text;          /* normal form: "1!2.0rc1.post2.dev3+local.1" */
    const char *epoch;         /* "0" */
    struct wf_strings release; /* in order */
    const char *pre;           /* "a", "b", "rc", or NULL */
    const char *pre_number;
    const char *post;        /* number, or NULL */
    const char *dev;         /* number, or NULL */
    struct wf_strings local; /* parts in order, lower case */
};

/* wf_version_parse: what PEP 440 can normalise is accepted, blanks around it too; else
 * WF_ERR_MALFORMED with the text. */
WF_MUST_USE bool wf_version_parse(struct wf_version *out, struct wf_arena *arena,
                                  const char *text, struct wf_error *err);
int wf_version_compare(const struct wf_version *a, const struct wf_version *b);

/* wf_specifier is one clause: operator ("~=", "==", "!=", "<=", ">=", "<", ">", "===") and
 * version ("1.2.*" only behind == and !=). */
struct wf_specifier {
    const char *op;
    const char
        *text; /* the version as it is written out: normalised where packaging does */
    bool is_prefix;            /* ".*" */
    struct wf_version version; /* behind "===" all NULL where it is none */
};
struct wf_specifiers {
    struct wf_specifier *items; /* in the order of the text */
    size_t num;
    size_t cap;
};
/* wf_specifiers_parse reads ">=3.8,<4"; empty is every version. */
WF_MUST_USE bool wf_specifiers_parse(struct wf_specifiers *out, struct wf_arena *arena,
                                     const char *text, struct wf_error *err);
/* wf_specifiers_text is the clauses by ascending version, with `joint` between them:
 * ">=3.8,<4" with ",". */
const char *wf_specifiers_text(struct wf_arena *arena,
                               const struct wf_specifiers *specifiers, const char *joint);
/* wf_specifiers_contain answers as packaging's contains(prereleases=True). */
bool wf_specifiers_contain(const struct wf_specifiers *specifiers,
                           const struct wf_version *version);

#endif
