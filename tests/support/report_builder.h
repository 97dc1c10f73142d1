/* report_builder.h -- reports about wheels that never were files: objects said in a few
 * words, ready to be judged. */
#ifndef WF_TESTS_REPORT_BUILDER_H
#define WF_TESTS_REPORT_BUILDER_H

#include "audit/verdict.h"
#include "object/macho.h"
#include "object/pe.h"

enum { WF_TEST_NAMES = 16 };

/* wf_test_object is one object, `{ 0 }` for all that a test is not about: an x86-64 ELF
 * library linked against whatever libc its `needed` names.
 *
 * `imports` says what is imported, in the order of the symbol table:
 *   "memcpy@GLIBC_2.14:libc.so.6"  a function with a version of a library
 *   "@GLIBC_ABI_DT_RELR:libc.so.6" a version that no symbol uses
 *   "PyList_New"                   a function without a version
 * A leading '?' makes it weak, a leading '$' data instead of a function.
 *
 * With a format of WF_FORMAT_PE it is a DLL: of `needed` "delay:x.dll" is a delay import,
 * "forward:x.dll" a forwarder.
 *
 * With a format of WF_FORMAT_MACHO it is a library of macOS: `needed` are install names, a
 * leading '?' makes one weak; several with one path are the slices of a file. */
struct wf_test_object {
    const char *path;
    enum wf_object_kind kind;
    enum wf_format format; /* WF_FORMAT_NONE: ELF */
    enum wf_arch arch;     /* WF_ARCH_UNKNOWN: x86_64, unless arch_name is set */
    const char *arch_name;
    enum wf_libc libc; /* WF_LIBC_UNKNOWN: as `needed` says */
    const char *soname;
    const char *rpath;
    const char *runpath;
    const char *needed[WF_TEST_NAMES];
    const char *imports[WF_TEST_NAMES];
    unsigned isa;
    bool is_python2;
    /* Mach-O. */
    const char *slice;
    const char *rpaths[WF_TEST_NAMES];
    uint32_t min_os; /* packed, see WF_MACOS_VERSION; 0: it does not say */
    uint32_t sdk;
    enum wf_macho_platform platform; /* 0: macOS */
    enum wf_macho_signature_kind signature;
    uint32_t bad_pages;
    uint64_t room;     /* bytes behind the load commands; 0: plenty */
    const char *fault; /* "macho-missing-uuid", "pe-checksum" */
    /* PE. */
    enum wf_pe_hybrid hybrid;
    unsigned linker; /* major * 100 + minor; 0: 14.40 */
    bool is_signed;
};

/* wf_test_report builds the report of a wheel with that file name, as it stands before
 * wf_verdict_platforms.  A name that cannot be parsed fails the test.  The caller frees it
 * with wf_report_free. */
struct wf_report *wf_test_report(const char *wheel, const struct wf_test_object *objects,
                                 size_t num);

/* wf_test_options is the built-in policies, the standard limits, and a search that knows
 * the wheel alone. */
struct wf_audit_options wf_test_options(void);

/* wf_test_judge runs wf_verdict_platforms and wf_verdict_claims; failing fails the test. */
void wf_test_judge(struct wf_report *report, const struct wf_audit_options *options);

/* wf_test_judged is a report built and judged with wf_test_options. */
struct wf_report *wf_test_judged(const char *wheel, const struct wf_test_object *objects,
                                 size_t num);

#endif
