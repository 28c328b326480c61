#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run.sh - all checks on the text of the project, from its top folder. BUILD and AUTHCHECK
# name what was built. Ends with "N passed, N failed".
set -u
: "${BUILD:=build/release}" "${AUTHCHECK:=$BUILD/authcheck}"
lint=tests/lint
passed=0 failed=0

check() {
    name=$1
    shift
    if said=$("$@" 2>&1); then
        echo "ok   $name"
        passed=$((passed + 1))
    else
        echo "FAIL $name"
        echo "$said" | sed 's/^/     /'
        failed=$((failed + 1))
    fi
}
need() {
    command -v "$1" >/dev/null 2>&1 || { echo "needs $1: run \"make deps-ci\""; return 1; }
}
formatting() {
    need clang-format &&
        find src tests include -name "*.[ch]" 2>/dev/null | xargs clang-format --dry-run -Werror
}
manual() {
    need groff && sh $lint/man.sh "$AUTHCHECK"
}
scripts() {
    need shellcheck &&
        find .ci/run tests -name run -o -name "*.sh" | xargs shellcheck -S warning
}
index_files() { # the files that RFC-INDEX.md names are there
    awk -F '|' '/^\| RFC / {
        n = split($5 " " $6, name, /[ ,`]+/)
        for (i = 1; i <= n; i++) if (name[i] ~ /\//) print name[i]
    }' docs/RFC-INDEX.md | sort -u | while read -r f; do
        [ -e "$f" ] || echo "docs/RFC-INDEX.md names $f, which is not there"
    done | { ! grep .; }
}

sources=$(find src -name '*.[ch]' | sort)
texts=$(find src -name '*.[ch]' -o -name '*.def' | sort)
headers=$(find include -name '*.h' 2>/dev/null)
# shellcheck disable=SC2086 # lists of paths without blanks
{
    check selftest sh $lint/selftest.sh
    check layers awk -f $lint/layers.awk $lint/layers.txt $sources
    check picture awk -f $lint/picture.awk $lint/layers.txt docs/ARCHITECTURE.md
    check banned awk -f $lint/banned.awk -f $lint/code.awk $lint/banned.txt $sources
    check references awk -f $lint/refs.awk -f $lint/code.awk docs/RFC-INDEX.md $texts $headers
    check index index_files
    check shape awk -f $lint/shape.awk -f $lint/code.awk $sources $headers
    check symbols sh $lint/symbols.sh "$BUILD"
    check catalog sh $lint/catalog.sh
    check format formatting
    check scripts scripts
    check manual manual
}
echo "lint: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
