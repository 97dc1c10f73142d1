/* windows_tables.h -- policies/windows.json as windows_compile writes it, and the patterns
 * in it.  Internal to this folder. */
#ifndef WF_POLICY_WINDOWS_TABLES_H
#define WF_POLICY_WINDOWS_TABLES_H

#include "policy/windows.h"

enum wf_windows_machine {
    WF_MACHINE_X86,
    WF_MACHINE_AMD64,
    WF_MACHINE_ARM64,
    WF_NUM_MACHINES,
};

/* wf_windows_row is some names with one reason.  Lists end with NULL; names are patterns in
 * lower case: "{}" is a run of digits, "{9-12}" a number from 9 to 12 without leading zeros,
 * "*" at the end is any rest. */
struct wf_windows_row {
    const char *const *dlls;
    const char *why;
    bool over_system; /* of `ordinary` rows: also where Windows has it */
};

extern const struct wf_windows_row wf_windows_api_sets[];
extern const size_t wf_num_windows_api_sets;
extern const struct wf_windows_row wf_windows_interpreter[];
extern const size_t wf_num_windows_interpreter;
extern const struct wf_windows_row wf_windows_ordinary[];
extern const size_t wf_num_windows_ordinary;
extern const struct wf_windows_row wf_windows_never[];
extern const size_t wf_num_windows_never;

/* wf_windows_runtime is what the interpreters of some abi tags bring along; `stable` are the
 * python tags that mean the same beside abi3. */
struct wf_windows_runtime {
    const char *const *abis;
    const char *const *stable;
    unsigned machines; /* bits by wf_windows_machine */
    const char *const *dlls;
};

extern const struct wf_windows_runtime wf_windows_runtimes[];
extern const size_t wf_num_windows_runtimes;

/* wf_windows_unused is a need that its importer never makes use of. */
struct wf_windows_unused {
    const char *importer;
    const char *dll;
    const char *why;
};

extern const struct wf_windows_unused wf_windows_unused[];
extern const size_t wf_num_windows_unused;

/* The DLLs of Windows in byte order: names behind each other in one pool, and for each
 * machine since when: 0 for never, WF_SINCE_SOME for one that came and went, else the
 * release + 1. */
enum { WF_SINCE_SOME = 0xff };
extern const char wf_windows_pool[];
extern const uint32_t wf_windows_names[];
extern const uint8_t wf_windows_marks[][WF_NUM_MACHINES];
extern const size_t wf_num_windows_dlls;

/* The first release that exists for each machine. */
extern const uint8_t wf_windows_first[WF_NUM_MACHINES];

/* wf_windows_matches compares the whole of `text` with a pattern, without case. */
bool wf_windows_matches(const char *pattern, const char *text);

#endif
