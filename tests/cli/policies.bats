#!/usr/bin/env bats
# wheelfix policies: the tags known, one in full, and what is typed wrong.
# shellcheck disable=SC2154 # bats and the file below set what is used here
load ../support/cli

# policies WORDS: runs it; the answer must be good.
policies() {
    # shellcheck disable=SC2086
    run --separate-stderr "$WHEELFIX" policies $1
    [ "$status" -eq 0 ] || { printf '%s: exit %s\n' "$1" "$status" >&2; return 1; }
    is "$stderr" ""
}

# wrong WORDS TEXT: a usage error that says TEXT.
wrong() {
    # shellcheck disable=SC2086
    run --separate-stderr "$WHEELFIX" policies $1
    [ "$status" -eq 2 ] || { printf '%s: exit %s\n' "$1" "$status" >&2; return 1; }
    is "$output" ""
    is "${stderr_lines[0]}" "wheelfix: $2"
}

# row TEXT START: the line of TEXT that begins with START, blanks run together.
row() {
    grep -E "^ *$2( |\$)" <<<"$1" | head -n 1 | sed 's/^ *//; s/  */ /g'
}

@test "the list has every tag with its aliases and first systems" {
    policies ""
    is "$(row "$output" manylinux_2_5)" "manylinux_2_5 manylinux1 RHEL 5, CentOS 5"
    is "$(row "$output" manylinux_2_36)" "manylinux_2_36 Debian 12, Mageia 9"
    is "$(row "$output" manylinux_2_42)" "manylinux_2_42 Fedora 43 (provisional)"
    is "$(row "$output" musllinux_1_2)" "musllinux_1_2 Alpine 3.13"
    is "$(row "$output" android_24)" "android_24 Android 7.0"
    [ "$(grep -cE '^  (manylinux|musllinux|android)_[0-9_]+ ' <<<"$output")" -eq 25 ]
}

@test "the list says for which policies an architecture exists" {
    policies ""
    is "$(row "$output" i686)" "i686 manylinux_2_5 to manylinux_2_43"
    is "$(row "$output" ppc64)" "ppc64 manylinux_2_17"
    is "$(row "$output" loongarch64)" "loongarch64 manylinux_2_36 to manylinux_2_41"
}

@test "the list is aligned and has no blanks at the ends of lines" {
    for words in "" "--arch i686" manylinux2014 "-v manylinux2014"; do
        policies "$words"
        is "$(grep -n ' $' <<<"$output")" ""
    done
    policies ""
    # The systems of a family all begin in one column.
    is "$(sed -n '/^manylinux$/,/^$/s/^\(  manylinux_[^ ]* *\(manylinux[^ ]* *\)\{0,1\}\)[A-Z].*/\1/p' <<<"$output" |
        awk '{ print length }' | sort -u | wc -l)" 1
}

@test "with an architecture the list has the highest versions" {
    policies "--arch x86_64"
    is "$(row "$output" CXXABI)" "CXXABI GCC GLIBC GLIBCXX LIBATOMIC ZLIB"
    is "$(row "$output" manylinux_2_5_x86_64)" "manylinux_2_5_x86_64 manylinux1 1.3.1 4.2.0 2.5 3.4.8 - -"
    is "$(row "$output" manylinux_2_41_x86_64)" "manylinux_2_41_x86_64 1.3.15 14.0.0 2.41 3.4.33 1.2 1.2.12"
    policies "--arch aarch64"
    is "$(row "$output" manylinux_2_17_aarch64)" "manylinux_2_17_aarch64 manylinux2014 1.3.7 4.7.0 2.18 3.4.19 1.0 1.2.5.2"
    has "$output" "android_21_arm64_v8a"
    lacks "$output" "manylinux_2_12"
    policies "--arch ppc64"
    lacks "$output" "musllinux"
}

@test "one tag is shown in full" {
    policies manylinux2014
    is "${lines[0]}" "manylinux_2_17 (manylinux2014)"
    has "$output" "since    RHEL 7, CentOS 7"
    has "$output" "build in manylinux2014"
    is "$(row "$output" s390x)" "s390x 1.3.7 4.7.0 2.17 3.4.19 - 1.2.5.2"
    has "$output" "libGL.so.1, libICE.so.6"
    lacks "$output" "libmvec"
    has "$output" "__cxa_thread_atexit_impl, __issignaling"
    has "$output" "uncompress2"
    lacks "$output" "GLIBC_2.17"
    policies manylinux_2_42
    is "${lines[0]}" "manylinux_2_42, provisional"
}

@test "for one architecture, or with -v, every version is listed" {
    policies manylinux_2_17_aarch64
    has "$output" "GLIBC_2.0, GLIBC_2.17, GLIBC_2.18"
    has "$output" "CXXABI_TM_1"
    lacks "$output" "on x86_64"
    policies "manylinux_2_17 --arch aarch64"
    has "$output" "GLIBC_2.0, GLIBC_2.17, GLIBC_2.18"
    policies "-v manylinux_2_17"
    has "$output" "on x86_64"
    has "$output" "on s390x"
}

@test "families without versions say so" {
    policies musllinux_1_2_x86_64
    has "$output" "versions of symbols are not judged in this family"
    has "$output" "libc.so is musl under any of its names"
    policies android_24_arm64_v8a
    has "$output" "libvulkan.so"
    lacks "$output" "libaaudio.so"
    lacks "$output" "forbidden"
}

@test "any number is answered by the policy that judges it" {
    policies manylinux_2_33_x86_64
    is "${lines[0]}" "manylinux_2_33_x86_64 has no policy of its own; the newest one not above it counts"
    has "$output" "manylinux_2_31"
    policies manylinux_2_999
    has "$output" "manylinux_2_44, provisional"
    policies android_25_arm64_v8a
    has "$output" "android_24"
}

@test "JSON holds all of it" {
    policies "manylinux_2_17_aarch64 --format json"
    is "${lines[1]}" '  "schema": "wheelfix.policies/1",'
    has "$output" '"asked": "manylinux_2_17_aarch64"'
    has "$output" '"name": "manylinux_2_17"'
    has "$output" '"priority": 80'
    has "$output" '"provisional": false'
    has "$output" '"tag": "manylinux_2_17_aarch64"'
    has "$output" '"GLIBC": "2.18"'
    has "$output" '"uncompress2"'
    lacks "$output" '"x86_64"'
    policies "--format json"
    has "$output" '"asked": null'
    [ "$(grep -c '"family":' <<<"$output")" -eq 25 ]
    # One tag per policy and architecture: 122 of glibc, 15 of musl, 8 of Android.
    [ "$(grep -c '"tag":' <<<"$output")" -eq 145 ]
}

@test "a policy file is shown over the built-in set" {
    cat >mine.json <<'END'
{ "schema": 1, "family": "manylinux", "policies": [ { "name": "manylinux_2_29",
  "aliases": ["acme1"], "systems": ["Acme \u001b[31m 1"], "architectures": ["x86_64"],
  "versions": { "*": { "GLIBC": ["2.29"] } } } ] }
END
    policies "acme1 --policy-file mine.json"
    is "${lines[0]}" "manylinux_2_29 (acme1)"
    has "$output" 'Acme \x1B[31m 1'
    is "$(row "$output" x86_64)" "x86_64 1.3.11 7.0.0 2.29 3.4.24 1.2 1.2.9"
    wrong acme1 "unknown tag \"acme1\"; 'wheelfix policies' lists them"
}

@test "a policy file that is wrong is named with the place in it" {
    printf '{"schema":1,"family":"manylinux","policies":[{"name":"x"}]}' >bad.json
    run --separate-stderr "$WHEELFIX" policies --policy-file bad.json
    [ "$status" -eq 3 ]
    is "$output" ""
    is "$stderr" 'wheelfix: bad.json: $.policies[0]: at 0x2d: the key "architectures" is missing'
    run --separate-stderr "$WHEELFIX" policies --policy-file absent.json
    [ "$status" -eq 3 ]
    has "$stderr" "wheelfix: absent.json: "
}

@test "unknown tags and architectures propose the nearest" {
    wrong manylinux2015 'unknown tag "manylinux2015"; did you mean manylinux2014?'
    wrong musslinux_1_2_x86_64 'unknown tag "musslinux_1_2_x86_64"; did you mean musllinux_1_2_x86_64?'
    wrong manylinux_2_17_amd64 'unknown tag "manylinux_2_17_amd64"; did you mean manylinux_2_17_x86_64?'
    wrong linux_x86_64 "unknown tag \"linux_x86_64\"; 'wheelfix policies' lists them"
    wrong "--arch x86-64" '--arch: unknown architecture "x86-64"; did you mean x86_64?'
    wrong "--arch entirely-else" '--arch: unknown architecture "entirely-else"'
    wrong "--arch mips" '--arch: there are no policies for mips'
}

@test "tags that do not exist for an architecture are refused" {
    wrong "manylinux_2_5 --arch aarch64" "manylinux_2_5 does not exist for aarch64; the oldest one that does is manylinux_2_17"
    wrong "musllinux_1_1_ppc64" "there are no musllinux policies for ppc64"
    wrong "manylinux_2_17_x86_64 --arch aarch64" "manylinux_2_17_x86_64 is for x86_64, and --arch is aarch64"
    wrong "manylinux1 manylinux2014" "policies takes one tag, not 2"
}

@test "quiet prints nothing" {
    policies -q
    is "$output" ""
}

@test "every key of the document is described in wheelfix-json(5)" {
    local page=${srcdir:-$BATS_TEST_DIRNAME/../..}/man/wheelfix-json.5
    policies "--format json"
    # Architectures are keys, too, and data.
    local keys
    keys=$(grep -oE '"[a-z_0-9]+": ' <<<"$output" | tr -d '": ' | sort -u |
        grep -vxE 'x86_64|i686|aarch64|armv7l|ppc64|ppc64le|s390x|riscv64|loongarch64')
    [ "$(wc -l <<<"$keys")" -ge 15 ]
    for key in $keys; do
        grep -qE "^\.(Va|It Va) (.* )?$key( |\$)" "$page" ||
            { echo "not described: $key" >&2; return 1; }
    done
}
