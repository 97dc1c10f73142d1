/* plan_macos.h -- members of macOS wheels that plans are made of, for plan_macos(): recipes
 * with apostrophes. */
#ifndef WF_TESTS_SUPPORT_PLAN_MACOS_H
#define WF_TESTS_SUPPORT_PLAN_MACOS_H

#include "folder.h"
#include "plan_builder.h"
#include "unit.h"

#define ARM    "cp311-cp311-macosx_11_0_arm64"
#define INTEL  "cp311-cp311-macosx_10_9_x86_64"
#define BOTH   "cp311-cp311-macosx_10_9_universal2"
#define SYSTEM "'/usr/lib/libSystem.B.dylib'"

/* The first line of a plan that changes something, by its tag. */
#define RESULT(tag) "repair " tag ": demo-1.0-cp311-cp311-" tag ".whl\n"

#define PACKAGE         "{ 'name': 'demo/__init__.py', 'text': '' }"
#define FILE_IN(path)   "{ 'name': '" path "', 'text': '' }"
#define MACHO(path, of) "{ 'name': '" path "', 'macho': { 'pad': 512, " of " } }"
#define SIGNED          "'signature': 'linker'"

/* Thin and for arm64, as lld makes them; `keys` begin with a comma or are empty. */
#define MODULE(path, keys)                                                               \
    MACHO(path, "'type': 'bundle', 'exports': ['_PyInit__x'], " SIGNED keys)
#define LIBRARY(path, keys) MACHO(path, SIGNED keys)
#define PROGRAM(path, keys) MACHO(path, "'type': 'execute', " SIGNED keys)

/* Slices for both processors; `x` and `a` are what differs. */
#define X86(keys) "{ 'arch': 'x86_64', 'pad': 512, " keys " }"
#define A64(keys) "{ 'arch': 'arm64', 'pad': 512, " SIGNED ", " keys " }"
#define FAT(path, x, a)                                                                  \
    "{ 'name': '" path "', 'macho': { 'slices': [" X86(x) ", " A64(a) "] } }"
#define FAT_MODULE(path, x, a)                                                           \
    FAT(path, "'type': 'bundle', 'exports': ['_PyInit__x']" x,                           \
        "'type': 'bundle', 'exports': ['_PyInit__x']" a)

#endif
