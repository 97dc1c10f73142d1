#!/bin/sh
# What the program says of itself and what man/wheelfix.1 says agree: commands, options,
# rules, limits.  And the man pages are well-formed.
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/support/tap.sh"

: "${WHEELFIX:?is the program under test}"
page=$top/man/wheelfix.1

commands_of_help() {
    "$WHEELFIX" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]\{1,\}\)  *.*/\1/p'
}

# options_of_help COMMAND HEADING: "-e --exclude" and "--format", a line each.
options_of_help() {
    "$WHEELFIX" help "$1" | sed -n "/^$2:\$/,/^\$/p" |
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

# differ NAME HELP PAGE: a case that passes when both list the same.
differ() {
    printf '%s\n' "$2" | sort >"$scratch/help"
    printf '%s\n' "$3" | sort >"$scratch/page"
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

differ "every command is in the man page" "$(commands_of_help)" "$(commands_of_page "$page")"
differ "the options of every command are in the man page" \
    "$(options_of_help help "Options of every command")" \
    "$(section "$page" "OPTIONS OF EVERY COMMAND" | options_of_items)"
for command in $(commands_of_help); do
    help=$(options_of_help "$command" Options)
    [ -n "$help" ] || continue
    differ "the options of $command are in the man page" "$help" \
        "$(section "$page" COMMANDS "$command" | options_of_items)"
done
differ "every rule and its severity is in the man page" \
    "$("$WHEELFIX" help rules | awk '/^  (note|warning|failure) / { print $1, $2 }')" \
    "$(rules_of_page "$page")"
differ "every limit and its default is in the man page" "$(limits_of_help)" "$(limits_of_page "$page")"

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
done_testing
