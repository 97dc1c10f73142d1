#!/bin/sh
# A folder of src includes only from the folders on its line; each library's and each
# system header has its files.  ARCHITECTURE.md says why.
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/support/tap.sh"

# Lines "file:header" of src below $1: own headers as "folder/file.h".
own_includes() {
    (cd "$1/src" && grep -rnE --include='*.[ch]' --include='*.cc' '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' .) |
        sed -n 's|^\./\([^:]*\):[0-9]*:[^"]*"\([^"]*\)".*|\1:\2|p'
}

system_includes() {
    (cd "$1/src" && grep -rnE --include='*.[ch]' --include='*.cc' '^[[:space:]]*#[[:space:]]*include[[:space:]]*<' .) |
        sed -n 's|^\./\([^:]*\):[0-9]*:[^<]*<\([^>]*\)>.*|\1:\2|p'
}

# A line per folder.  config.h answers questions of configure and is of no layer.
layer_problems() {
    own_includes "$1" | awk -F: '
        BEGIN {
            may["base"]    = " base "
            may["object"]  = " base object "
            may["wheel"]   = " base wheel "
            may["policy"]  = " base policy "
            may["resolve"] = " base object resolve "
            may["audit"]   = " base object wheel policy resolve audit "
            may["repair"]  = " base object wheel policy resolve audit repair "
            may["pack"]    = " base object wheel policy resolve audit repair pack "
            may["render"]  = " base object policy resolve audit repair render "
            may["cli"]     = " base object wheel policy resolve audit repair pack render cli "
        }
        $2 == "config.h" { next }
        {
            from = $1; sub("/.*", "", from)
            to = $2
            if (!sub("/.*", "", to)) to = "(no folder)"
            if (index(may[from], " " to " ") == 0)
                print $1 " includes \"" $2 "\", which " from " may not"
        }'
}

# A line per header: which files may include it; "*" is every file.  What is on no line is
# not allowed at all.
fence_problems() {
    system_includes "$1" | awk -F: '
        function allow(headers, files,    i, n, h) {
            n = split(headers, h, " ")
            for (i = 1; i <= n; i++) may[h[i]] = may[h[i]] " " files " "
        }
        BEGIN {
            allow("assert.h ctype.h errno.h inttypes.h limits.h stdalign.h stdarg.h", "*")
            allow("stdbool.h stddef.h stdint.h stdio.h stdlib.h string.h time.h", "*")

            allow("libelf.h gelf.h", "object/elf_image.c")
            allow("elf.h", "object/elf_format.h")
            allow("cjson/cJSON.h", "base/json.c")
            allow("libdeflate.h zlib.h", "base/deflate.c")
            allow("zip.h", "wheel/zip_write.c")
            allow("openssl/crypto.h openssl/evp.h", "base/sha256.c")

            allow("archive.h archive_entry.h", "pack/sdist_archive.c")
            allow("toml++/toml.h algorithm cstring new sstream string string_view vector", "base/toml_shim.cc")

            allow("unistd.h", "base/arena.c base/file.c base/file_write.c base/output.c base/path_resolve.c base/scratch.c base/spawn.c")
            allow("fcntl.h", "base/file.c base/folder_scan.c base/output.c base/spawn.c base/scratch.c")
            allow("sys/stat.h", "base/file.c base/folder_scan.c base/output.c base/scratch.c")
            allow("sched.h sys/ioctl.h sys/utsname.h", "base/file.c")
            allow("ftw.h sys/syscall.h", "base/scratch.c")
            allow("dirent.h", "base/file.c base/folder_scan.c")
            allow("poll.h spawn.h sys/wait.h", "base/spawn.c")
            allow("signal.h", "base/output.c base/pool.c base/scratch.c base/spawn.c cli/dispatch.c")
            allow("pthread.h", "base/pool.c")
            allow("stdatomic.h", "base/output.c base/scratch.c base/spawn.c")
        }
        index(may[$2], " * ") || index(may[$2], " " $1 " ") { next }
        { print $1 " includes <" $2 ">, which is " (may[$2] == "" ? "on no list" : "only for" may[$2]) }'
}

ok "the folders of src include only what is below them" "$(layer_problems "$top")"
ok "each library's and system header stays in its file" "$(fence_problems "$top")"

put src/base/up.c <<'END'
#include "base/bytes.h"
  #  include "audit/audit.h"
#include "loose.h"
END
put src/object/side.h <<'END'
#include "wheel/wheel.h"
#include <libelf.h>
END
put src/object/elf_image.c <<'END'
#include <libelf.h>
END
put src/new/file.c <<'END'
#include "base/bytes.h"
#include <sys/shm.h>
END
found=$(layer_problems "$scratch")
finds "an include of a layer above is found" 'base/up.c includes "audit/audit.h"' "$found"
finds "an include without a folder is found" 'base/up.c includes "loose.h"' "$found"
finds "an include of a neighbour is found" 'object/side.h includes "wheel/wheel.h"' "$found"
finds "a folder without a line is found" 'new/file.c includes "base/bytes.h"' "$found"
found=$(fence_problems "$scratch")
finds "a library's header in another file is found" 'object/side.h includes <libelf.h>' "$found"
finds "a header on no list is found" 'new/file.c includes <sys/shm.h>' "$found"
ok "a library's header in its own file is let be" "$(printf '%s\n' "$found" | grep "^object/elf_image.c")"
done_testing
