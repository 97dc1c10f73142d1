/* windows_sample.h -- reports about wheels for Windows filled in by hand, for the tests of
 * the renderers.  Ended by sample_clear. */
#ifndef WF_TESTS_WINDOWS_SAMPLE_H
#define WF_TESTS_WINDOWS_SAMPLE_H

#include "object/pe.h"
#include "report_sample.h"

/* demo-1.0-cp311-cp311-win_amd64.whl: a module and a DLL that has everything a PE image may
 * have; nothing to repair. */
void sample_windows_fine(struct sample *sample);

/* The same, whose module needs foo.dll (found), bar.dll (not found), soft.dll (not found,
 * and only a soft root needs it) and opencl.dll (left to the host). */
void sample_windows_blocked(struct sample *sample);

/* The same with bar.dll found, so that a repair bundles two DLLs. */
void sample_windows_repairable(struct sample *sample);

/* demo-1.0-py3-none-win32.win_amd64.whl: modules for two architectures, of which that for
 * x86 needs a DLL. */
void sample_windows_two(struct sample *sample);

#endif
