#!/bin/sh
# wheelfix starts in a few milliseconds because it needs none of the libraries that only
# wheelpack has a use for.
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/support/tap.sh"

# The libraries of the second argument on that the program $1 needs.
needs_of() {
    program=$1
    shift
    needed=$(readelf -d "$program" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
    for library; do
        printf '%s\n' "$needed" | grep "^$library\\.so"
    done
}

if ! command -v readelf >/dev/null; then
    echo "1..0 # SKIP no readelf here"
    exit 0
fi
built=${builddir:-.}
ok "wheelfix needs no library of wheelpack's" \
    "$(needs_of "$built/wheelfix" 'libstdc++' libarchive libcurl libtomlplusplus)"
ok "wheelpack needs no shared toml++" "$(needs_of "$built/wheelpack" libtomlplusplus)"
if readelf -d "$built/wheelpack" | grep -q NEEDED; then
    finds "a needed library is found" libarchive "$(needs_of "$built/wheelpack" libarchive)"
fi
done_testing
