/* macos_sample.h -- reports about wheels for macOS filled in by hand, for the tests of the
 * renderers.  Ended by sample_clear. */
#ifndef WF_TESTS_MACOS_SAMPLE_H
#define WF_TESTS_MACOS_SAMPLE_H

#include "object/macho.h"
#include "report_sample.h"

/* demo-1.0-cp311-cp311-macosx_10_13_universal2.whl: one universal module, whose x86_64
 * slice needs macOS 10.13; its tag holds, nothing to repair. */
void sample_macos_fine(struct sample *sample);

/* demo-1.0-cp311-cp311-macosx_11_0_universal2.whl: the same module, which needs macOS 12.0
 * for arm64, liba.dylib (found, universal), libb.dylib (missing for x86_64) and
 * libpython. */
void sample_macos_blocked(struct sample *sample);

/* The same with libb.dylib found, so that a repair reaches two tags. */
void sample_macos_repairable(struct sample *sample);

#endif
