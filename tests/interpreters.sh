#!/bin/sh
# Each Python of this machine is asked what it is, and our answer compared with its own:
# the tags that its pip installs, and how sysconfig ends the names of modules.
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/support/tap.sh"

tool=$builddir/tests/support/list_pythons
[ -x "$tool" ] || skip_all "list_pythons was not built"
getconf GNU_LIBC_VERSION >/dev/null 2>&1 || skip_all "this is no system of glibc"
triple=$(uname -m)-unknown-linux-gnu

# The first tag of the most specific kind, and the suffix; nothing where pip is too old.
own_words() {
    "$1" -B -c '
import sys, sysconfig
from pip._vendor.packaging import tags
assert sys.version_info >= (3, 7)
first = next(iter(tags.sys_tags()))
suffix = sysconfig.get_config_var("EXT_SUFFIX")
print(first.interpreter + "-" + first.abi, suffix, suffix)' 2>/dev/null
}

# Where its sysconfig data are.
library_of() {
    "$1" -B -c '
import os, sysconfig
name = sysconfig._get_sysconfigdata_name()
print(os.path.dirname(__import__(name).__file__))' 2>/dev/null
}

host=
for python in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/*/bin/python /usr/bin/python3 \
    /usr/local/bin/python3 /opt/python/*/bin/python; do
    [ -x "$python" ] || continue
    own=$(own_words "$python")
    [ -n "$own" ] || continue
    ours=$("$tool" "$triple" "$python" 2>&1)
    host=${host:-$python}
    problem=
    [ "$own" = "$ours" ] || problem="it says: $own
we say:  $ours"
    library=$(library_of "$python")
    told=$(PYO3_CROSS_LIB_DIR=$library "$tool" "$triple" "$host" 2>&1)
    [ "${own% *}" = "$told" ] || problem="$problem
its library in $library, read by $host, says: $told"
    ok "$("$python" -V) is called what it calls itself ($ours)" "$problem"
done
[ "$num_cases" -gt 0 ] || skip_all "no Python with a pip that knows tags was found"
done_testing
