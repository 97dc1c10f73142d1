/* pe_loader.c -- load a DLL as Python does on Windows, and call a function of it.
 *
 * pe_loader.exe [-d FOLDER]... [-l DLL]... FILE FUNCTION
 *
 * Every FOLDER is added as os.add_dll_directory does; FILE is loaded with the flags of
 * CPython 3.8 and later: its own folder, the program's, the added ones, the system's.  Every
 * DLL is loaded before, as the patch for older Pythons does with those of its list: a DLL
 * that is loaded later at its first call is then found by its name.
 * FUNCTION takes nothing and returns an int, which is printed.  Exit status 1: something is
 * not found; the line on standard output says what, with Windows' number of the error.
 *
 * Built by mingw-w64 and run under wine by the proofs: it stands for a Python for Windows,
 * which is not there. */
#define _WIN32_WINNT 0x0602
#include <windows.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { MAX_PATH_CHARS = 1024 };

static int
fail(const char *what, const char *name)
{
    printf("%s %s: error %lu\n", what, name, GetLastError());
    return 1;
}

static bool
full_path(wchar_t *full, const char *path)
{
    wchar_t wide[MAX_PATH_CHARS];
    return MultiByteToWideChar(CP_UTF8, 0, path, -1, wide, MAX_PATH_CHARS) != 0 &&
           GetFullPathNameW(wide, MAX_PATH_CHARS, full, NULL) != 0;
}

static int
prepare(const char *option, const char *path)
{
    wchar_t full[MAX_PATH_CHARS];
    if (!full_path(full, path)) {
        return fail("cannot name", path);
    }
    if (strcmp(option, "-d") == 0) {
        return AddDllDirectory(full) ? 0 : fail("cannot add", path);
    }
    return LoadLibraryExW(full, NULL, LOAD_WITH_ALTERED_SEARCH_PATH)
               ? 0
               : fail("cannot load", path);
}

static int
call(const char *file, const char *name)
{
    wchar_t full[MAX_PATH_CHARS];
    if (!full_path(full, file)) {
        return fail("cannot name", file);
    }
    HMODULE module = LoadLibraryExW(
        full, NULL, LOAD_LIBRARY_SEARCH_DEFAULT_DIRS | LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR);
    if (!module) {
        return fail("cannot load", file);
    }
    FARPROC address = GetProcAddress(module, name);
    if (!address) {
        return fail("there is no", name);
    }
    int (*function)(void);
    memcpy(&function, &address, sizeof(function));
    printf("%d\n", function());
    return 0;
}

int
main(int argc, char **argv)
{
    int i = 1;
    /* No box asks anybody when something is missing. */
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
    for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
        if (prepare(argv[i], argv[i + 1]) != 0) {
            return 1;
        }
    }
    if (argc - i != 2) {
        fputs("usage: pe_loader.exe [-d FOLDER]... [-l DLL]... FILE FUNCTION\n", stderr);
        return 2;
    }
    return call(argv[i], argv[i + 1]);
}
