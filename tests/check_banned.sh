#!/bin/sh
# Functions and habits that src does without.  CONTRIBUTING.md says why.
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/support/tap.sh"

# shellcheck disable=SC2016 # the dollars are awk's
# The text of the files below $1 without comments and string contents, as "file:line:text".
code_of() {
    (cd "$1" && find src '(' -name '*.[ch]' -o -name '*.cc' ')' -print | sort | xargs awk '
        FNR == 1 { in_comment = 0 }
        {
            line = $0
            text = ""
            while (line != "") {
                if (in_comment) {
                    at = index(line, "*/")
                    if (at == 0) { line = ""; break }
                    line = substr(line, at + 2)
                    in_comment = 0
                    continue
                }
                if (!match(line, /\/\*|"|\047/)) { text = text line; break }
                text = text substr(line, 1, RSTART - 1)
                if (RLENGTH == 2) {
                    in_comment = 1
                    line = substr(line, RSTART + 2)
                    continue
                }
                quote = substr(line, RSTART, 1)
                line = substr(line, RSTART + 1)
                while (line != "" && substr(line, 1, 1) != quote)
                    line = substr(line, substr(line, 1, 1) == "\\" ? 3 : 2)
                line = substr(line, 2)
                text = text quote quote
            }
            print FILENAME ":" FNR ":" text
        }' /dev/null)
}

# calls WORDS EXCEPT: lines of standard input that call one of WORDS, but for the files
# that match EXCEPT.
calls() {
    grep -E "(^|[^_[:alnum:]>.])($1)[[:space:]]*\(" | grep -vE "^($2):"
}

habits() {
    grep -E '//|#[[:space:]]*if 0|typedef[[:space:]]+(struct|union|enum)|__attribute__.*(packed|cleanup)'
}

no_file='-'
memory='strdup|strndup|malloc|calloc|realloc|reallocarray|free|asprintf|vasprintf|aligned_alloc|posix_memalign'
streams='printf|vprintf|fprintf|vfprintf|puts|fputs|putchar|putc|fputc|fwrite|perror'
process='exit|_exit|_Exit|quick_exit|atexit|getenv|secure_getenv|setenv|putenv|unsetenv'
never='strcpy|strncpy|strcat|strncat|stpcpy|sprintf|vsprintf|scanf|fscanf|sscanf|atoi|atol|atoll|atof|strtok|strtok_r|gets|alloca|system|popen|tmpnam|tempnam|mktemp|wordexp|vfork'

problems() {
    code=$(code_of "$1")
    printf '%s\n' "$code" | calls "$never" "$no_file"
    printf '%s\n' "$code" | calls "$memory" 'src/base/(arena|buffer)\.c'
    printf '%s\n' "$code" | calls "$streams" 'src/cli/[a-z_]*\.c|src/policy/[a-z]*_compile\.c'
    printf '%s\n' "$code" | calls "$process" 'src/cli/[a-z_]*\.c'
    printf '%s\n' "$code" | habits
    grep -rnE --include='*.[ch]' --include='*.cc' '(^|[^[:alnum:]])(TODO|FIXME|XXX)([^[:alnum:]]|$)' "$1/src" | sed "s|^$1/||"
}

ok "src calls no banned function and has no banned habit" "$(problems "$top")"

put src/base/arena.c <<'END'
void a(void) { free(malloc(1)); }
END
put src/wheel/bad.c <<'END'
/* strcpy(a, b) in a comment is let be,
   and so is system("x") on its second line */
const char *s = "system(\"rm\") atoi(1)"; char quote = '"';
void b(char *d) { strcpy(d, s); }
void c(void) { p = malloc(3); }
void d(void) { thing->free(p); wf_thing_free(p); }
void e(void) { printf("%s", s); }
void f(void) { exit(1); }
int g; // a comment to the end of the line
#if 0
#endif
typedef struct thing thing;
/* TODO: later */
END
put src/base/bad.cc <<'END'
void i(char *d) { strcpy(d, s); }
END
put src/cli/good.c <<'END'
void h(void) { fprintf(out, "x"); exit(getenv("A") != 0); }
END
found=$(problems "$scratch")
finds "a banned function is found" 'bad.c:4:' "$found"
finds "a banned function in C++ is found" 'bad.cc:1:' "$found"
finds "a bare allocation is found" 'bad.c:5:' "$found"
finds "printing from below is found" 'bad.c:7:' "$found"
finds "exiting from below is found" 'bad.c:8:' "$found"
finds "a comment to the end of the line is found" 'bad.c:9:' "$found"
finds "code that is switched off is found" 'bad.c:10:' "$found"
finds "a typedef of a struct is found" 'bad.c:12:' "$found"
finds "a note to do something later is found" 'bad.c:13:' "$found"
ok "comments and strings are let be" "$(printf '%s\n' "$found" | grep -E 'bad\.c:[123]:')"
ok "members and names of ours are let be" "$(printf '%s\n' "$found" | grep 'bad\.c:6:')"
ok "the command line may print and exit" "$(printf '%s\n' "$found" | grep good.c)"
ok "the arena may allocate" "$(printf '%s\n' "$found" | grep arena.c)"
done_testing
