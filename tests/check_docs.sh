#!/bin/sh
# What the programs say of themselves and what their man pages say agree: commands, options,
# rules, limits.  And the man pages are well-formed.
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/support/tap.sh"

: "${WHEELFIX:?is the program under test}" "${WHEELPACK:?is the other one}"
program=$WHEELFIX
page=$top/man/wheelfix.1

commands_of_help() {
    "$program" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z-]\{1,\}\)  *.*/\1/p'
}

# options_of_help COMMAND HEADING: "-e --exclude" and "--format", a line each.
options_of_help() {
    "$program" help "$1" | sed -n "/^$2:\$/,/^\$/p" |
        sed -nE 's/^  (-(.), |    )--([a-z0-9-]+).*/-\2 --\3/p' | sed 's/^- //'
}

# section PAGE HEADING [SUBHEADING]: the lines of a section of a man page.
section() {
    awk -v heading="$2" -v sub_heading="$3" '
        /^\.Sh / { in_section = (substr($0, 5) == heading); in_sub = 0; next }
        /^\.Ss / { in_sub = (substr($0, 5) == sub_heading); next }
        in_section && (sub_heading == "" || in_sub)' "$1"
}

commands_of_page() {
    awk '/^\.Sh / { in_section = ($2 == "COMMANDS") } in_section && /^\.Ss / { print $2 }' "$1"
}

# From ".It Fl e , Fl Fl exclude Ar glob" to "-e --exclude".
options_of_items() {
    awk '$1 == ".It" && $2 == "Fl" {
        text = ""
        for (i = 2; i <= NF; i++) {
            if ($i != "Fl") continue
            if ($(i + 1) == "Fl") { text = text " --" $(i + 2); i += 2 }
            else if ($(i + 1) ~ /^[A-Za-z]$/) { text = text " -" $(i + 1); i++ }
        }
        print substr(text, 2)
    }'
}

# options_of_command PAGE COMMAND: its own, and those of the sections that it refers to.
options_of_command() {
    section "$1" COMMANDS "$2" | options_of_items
    section "$1" COMMANDS "$2" | sed -nE 's/^\.Sx ([A-Z ]*OPTIONS)( .*)?$/\1/p' | sort -u |
        while read -r heading; do
            section "$1" "$heading" | options_of_items
        done
}

# differ NAME HELP PAGE: a case that passes when both list the same.
differ() {
    printf '%s\n' "$2" | sort >"$scratch/help"
    printf '%s\n' "$3" | sort -u >"$scratch/page"
    if [ -z "$2" ]; then
        ok "$1" "the program lists none"
    else
        ok "$1" "$(diff "$scratch/help" "$scratch/page" |
            sed -n 's/^</only in help:/p; s/^>/only in the page:/p')"
    fi
}

rules_of_page() {
    section "$1" RULES | awk '$1 == ".It" { print $5, $3 }'
}

# "members 1000000", from the last number in parentheses of each row, which may be broken.
limits_of_help() {
    "$WHEELFIX" help limits | awk '
        /^  [a-z]/ { name = $1 }
        name != "" && match($0, /\([0-9]+\)$/) {
            print name, substr($0, RSTART + 1, RLENGTH - 2)
        }'
}

limits_of_page() {
    section "$1" LIMITS | awk '$1 == ".It" { name = $3 }
        $1 == "Default:" { sub(/\.$/, "", $2); print name, $2 }'
}

# compare_options: commands and options of $program against $page.
compare_options() {
    differ "every command is in ${page##*/}" "$(commands_of_help)" "$(commands_of_page "$page")"
    differ "the options of every command are in ${page##*/}" \
        "$(options_of_help help "Options of every command")" \
        "$(section "$page" "OPTIONS OF EVERY COMMAND" | options_of_items)"
    for command in $(commands_of_help); do
        help=$(options_of_help "$command" Options)
        [ -n "$help" ] || continue
        differ "the options of $command are in ${page##*/}" "$help" \
            "$(options_of_command "$page" "$command")"
    done
}

program=$WHEELPACK
page=$top/man/wheelpack.1
compare_options
program=$WHEELFIX
page=$top/man/wheelfix.1
compare_options
differ "every rule and its severity is in the man page" \
    "$("$WHEELFIX" help rules | awk '/^  (note|warning|failure) / { print $1, $2 }')" \
    "$(rules_of_page "$page")"
differ "every limit and its default is in the man page" "$(limits_of_help)" "$(limits_of_page "$page")"

# named DOCUMENT: the files that a document names, a pattern each: what it puts in back
# quotes, the targets of its links, and the column of ARCHITECTURE.md that has no quotes.
# <name> stands for any word.
named() {
    # shellcheck disable=SC2016 # the back quotes are the document's
    {
        grep -oE '`[^` ]+' "$1" | tr -d '`'
        grep -oE '\]\([^)]+\)' "$1" | tr -d '])('
        grep -E '^ {4}' "$1" | grep -oE '(base|wheel|object|resolve|audit|render|pack)/[a-z_]*'
    } | sed 's/<[a-z]*>/*/g' |
        grep -E '^[a-zA-Z_*.][][a-zA-Z0-9_*./-]*$' |
        grep -E '/|\.(c|h|md|json|mk|sh|bats|py|tsv|[1-9]|\[ch\])$' |
        grep -vE '^(\.\./|build/|(policy|macos|windows)_tables\.c$|libc\.so)' | sort -u
}

# is_there TREE PATTERN: as it stands, below src/, or, without a folder, anywhere.
is_there() {
    case $2 in
    */*)
        # shellcheck disable=SC2231 # patterns are meant
        for path in "$1"/$2 "$1/src"/$2 "$1"/$2.[ch] "$1/src"/$2.[ch]; do
            [ -e "$path" ] && return
        done
        return 1
        ;;
    esac
    (cd "$1" && find . -path ./build -prune -o -name "$2" -print) | grep -q .
}

# lost TREE DOCUMENT: files and functions that it names and that are not there.
lost() {
    named "$1/$2" | while read -r pattern; do
        is_there "$1" "$pattern" || echo "$2 names $pattern, which is not there"
    done
    # shellcheck disable=SC2016
    grep -oE '`(struct )?wf_[a-z0-9_]+[a-z0-9]`' "$1/$2" | tr -d '`' | sed 's/struct //' |
        sort -u | while read -r name; do
        grep -rqw "$name" "$1/src" --include='*.h' || echo "$2 names $name, which no header has"
    done
}

for document in ARCHITECTURE.md CONTRIBUTING.md README.md SECURITY.md; do
    ok "the files that $document names are there" "$(lost "$top" $document)"
done
ok "ARCHITECTURE.md names many files" \
    "$([ "$(named "$top/ARCHITECTURE.md" | wc -l)" -ge 30 ] || named "$top/ARCHITECTURE.md")"
ok "README.md is under 150 lines" "$(awk 'END { if (NR >= 150) print NR " lines" }' "$top/README.md")"

for manual in "$top"/man/*.[0-9]; do
    name=$(basename "$manual")
    if command -v mandoc >/dev/null; then
        # Whether pages named here are installed is not asked.
        ok "$name is well-formed" "$(cd "$top" && mandoc -Tlint "man/$name" 2>/dev/null |
            grep -v 'referenced manual not found')"
    else
        num_cases=$((num_cases + 1))
        echo "ok $num_cases - $name is well-formed # SKIP mandoc is not installed"
    fi
done

# Each comparison is shown to find what is missing on either side.
sed '/^\.It .*Fl Fl plat/d; /^\.It Cm exec-stack/d; s/^Default: 1000000/Default: 7/' \
    "$page" >"$scratch/page.1"
printf '.Sh COMMANDS\n.Ss dance\n' >>"$scratch/page.1"
finds "an option that is missing is found" "only in help: --plat" \
    "$(differ x "$(options_of_help show Options)" "$(section "$scratch/page.1" COMMANDS show | options_of_items)")"
finds "a rule that is missing is found" "only in help: warning exec-stack" \
    "$(differ x "$("$WHEELFIX" help rules | awk '/^  [a-z]+ / { print $1, $2 }')" "$(rules_of_page "$scratch/page.1")")"
finds "another default of a limit is found" "only in the page: members 7" \
    "$(differ x "$(limits_of_help)" "$(limits_of_page "$scratch/page.1")")"
finds "a command that does not exist is found" "only in the page: dance" \
    "$(differ x "$(commands_of_help)" "$(commands_of_page "$scratch/page.1")")"
put doc.md <<'END'
See `src/there.c`, `gone.c`, `src/cmd_<name>.c` and [more](MORE.md); `wf_thing` calls `wf_other`.

    a step   base/there   and base/lost
END
put src/there.c </dev/null
put src/cmd_one.c </dev/null
put src/base/there.h <<'END'
void wf_thing(void);
END
found=$(lost "$scratch" doc.md)
for what in gone.c MORE.md base/lost wf_other; do
    finds "$what, which is not there, is found" "doc.md names $what, which" "$found"
done
ok "and nothing else" "$(printf '%s\n' "$found" | grep -vE 'gone.c|MORE.md|base/lost|wf_other')"
done_testing
