#!/bin/sh
# What is under version control can be read: no file over 1 MiB, and no binary one but the
# seeds of the fuzz targets.
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/support/tap.sh"

command -v git >/dev/null || skip_all "git is not here"
[ "$(git -C "$top" rev-parse --show-toplevel 2>/dev/null)" = "$(cd "$top" && pwd -P)" ] ||
    skip_all "the sources are not a git checkout"

# A file is binary when git itself takes it for one: --eol prints i/-text before its name.
problems() {
    (cd "$1" || exit
    git ls-files -z | xargs -0 sh -c 'find "$@" -maxdepth 0 -type f -size +1048576c' sh 2>/dev/null |
        sed 's/$/ is larger than 1 MiB/'
    git ls-files --eol | sed -n 's/^i\/-text[^\t]*\t\(.*\)/\1 is binary/p' | grep -v '^fixtures/corpus/')
}

ok "no large and no unexplained binary file is under version control" "$(problems "$top")"

git init -q "$scratch"
head -c 1048577 /dev/zero | tr '\0' 'x' >"$scratch/large.txt"
printf 'a\000b' | put src/blob.bin
printf 'a\000b' | put fixtures/corpus/zip/seed
printf 'a\000b' | put unknown_to_git
git -C "$scratch" add large.txt src/blob.bin fixtures
found=$(problems "$scratch")
finds "a large file is found" 'large.txt is larger than 1 MiB' "$found"
finds "a binary file is found" 'src/blob.bin is binary' "$found"
ok "seeds of fuzz targets are let be" "$(printf '%s\n' "$found" | grep seed)"
ok "files not under version control are let be" "$(printf '%s\n' "$found" | grep unknown)"
done_testing
