#!/bin/sh
# Layout is what clang-format 14 makes of .clang-format; other versions differ in details.
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/support/tap.sh"

formatter=
for name in clang-format-14 clang-format; do
    case $("$name" --version 2>/dev/null) in
    *"version 14."*) formatter=$name && break ;;
    esac
done
[ -n "$formatter" ] || skip_all "clang-format 14 is not here"

# The folders that hold C and C++, below $1; many files to one run of the formatter.
problems() {
    (cd "$1" && find src tests bench '(' -name '*.[ch]' -o -name '*.cc' ')' -print 2>/dev/null | sort |
        xargs "$formatter" --style=file --dry-run 2>&1 |
        sed -n "s/^\\([^:]*\\):[0-9]*:[0-9]*: .*clang-format-violations.*/\\1: run $formatter -i/p" | uniq)
}

ok "every C and C++ file is laid out as .clang-format says" "$(problems "$top")"

cp "$top/.clang-format" "$scratch/"
put src/good.c <<'END'
int
good(void)
{
    return 1;
}
END
put src/bad.c <<'END'
int bad(void) {
  return 1; }
END
put src/bad.cc <<'END'
int bad() {
  return 1; }
END
found=$(problems "$scratch")
finds "a file that is not is found" 'src/bad.c:' "$found"
finds "a file of C++ that is not is found" 'src/bad.cc:' "$found"
ok "a file that is so is let be" "$(printf '%s\n' "$found" | grep good.c)"
done_testing
