/* plan_windows.h -- members of Windows wheels that plans are made of, for plan_macos(): recipes
 * with apostrophes. */
#ifndef WF_TESTS_SUPPORT_PLAN_WINDOWS_H
#define WF_TESTS_SUPPORT_PLAN_WINDOWS_H

#include "folder.h"
#include "plan_builder.h"
#include "unit.h"

#define AMD "cp311-cp311-win_amd64"
#define X86 "cp311-cp311-win32"
#define OLD "cp39-cp39-win_amd64"

/* The first line of a plan that changes something, by its tags. */
#define RESULT(tag, whole) "repair " tag ": demo-1.0-" whole ".whl\n"
#define REPAIRED           RESULT("win_amd64", AMD)

#define PACKAGE             "{ 'name': 'demo/__init__.py', 'text': 'x = 1\\n' }"
#define FILE_IN(path)       "{ 'name': '" path "', 'text': '' }"
#define TEXT_IN(path, text) "{ 'name': '" path "', 'text': '" text "' }"
#define PE(path, of)        "{ 'name': '" path "', 'pe': { " of " } }"

/* What is imported is a list of names, as in 'foo.dll', 'bar.dll'. */
#define MODULE(path, imports)                                                            \
    PE(path, "'exports': ['PyInit__x'], 'imports': [" imports "]")
#define DLL(path, imports)     PE(path, "'exports': ['f'], 'imports': [" imports "]")
#define PROGRAM(path, imports) PE(path, "'type': 'exe', 'imports': [" imports "]")

/* Several members. */
#define MEMBERS3(a, b, c)          a ", " b ", " c
#define MEMBERS5(a, b, c, d, e)    MEMBERS3(a, b, c) ", " d ", " e
#define MEMBERS6(a, b, c, d, e, f) MEMBERS5(a, b, c, d, e) ", " f

/* A DLL to bundle, as a recipe. */
#define LIBRARY(imports) "{ 'exports': ['f'], 'imports': [" imports "] }"

#endif
