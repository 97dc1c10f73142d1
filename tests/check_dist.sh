#!/bin/sh
# The release archive holds what is under version control, every file of it: nothing that
# a build or a test needs is left behind, and what is released is what was reviewed.
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/support/tap.sh"

command -v git >/dev/null || skip_all "git is not here"
[ "$(git -C "$top" rev-parse --show-toplevel 2>/dev/null)" = "$(cd "$top" && pwd -P)" ] ||
    skip_all "the sources are not a git checkout"

# missing TRACKED FOLDER: lines of the file TRACKED that are no file of FOLDER.
missing() {
    while read -r file; do
        [ -e "$2/$file" ] || echo "$file is not in the archive"
    done <"$1"
}

# automake's distdir copies what `make dist` would pack.  Its name is ours, so that
# nothing else is in the way.
git -C "$top" ls-files >"$scratch/tracked"
log=$(cd "${builddir:-.}" && MAKEFLAGS='' MAKELEVEL='' ${MAKE:-make} -s distdir \
    distdir="$scratch/archive" top_distdir="$scratch/archive" 2>&1) || {
    ok "the archive can be made" "$log"
    done_testing
}
# What tar cannot name it leaves out, and goes on.
pack=$(sed -n 's/^am__tar = //p' "${builddir:-.}/Makefile" | sed 's/\$\$/$/g')
# shellcheck disable=SC2034 # the command asks for it
(cd "$scratch" && tardir=archive && eval "$pack") 2>"$scratch/tar.log" >"$scratch/archive.tar"
ok "every name has its place in the archive" "$(cat "$scratch/tar.log")"
mkdir "$scratch/unpacked"
tar -xf "$scratch/archive.tar" -C "$scratch/unpacked"
ok "every file under version control is in the archive" \
    "$(missing "$scratch/tracked" "$scratch/unpacked/archive")"

put some/there <<'END'
END
printf 'there\nnot there\n' >"$scratch/list"
finds "a file that is left behind is found" "not there is not in the archive" \
    "$(missing "$scratch/list" "$scratch/some")"
chmod -R u+w "$scratch"
done_testing
