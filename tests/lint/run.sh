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
    need clang-format || return 1
    find src tests include -name "*.[ch]" | while read -r f; do
        clang-format --dry-run -Werror "$f" 2>/dev/null || echo "$f: run \"make format\""
    done | { ! grep .; }
}
manual() {
    need groff && sh $lint/man.sh "$AUTHCHECK"
}
generated() {
    sh tests/support/docs.sh "$AUTHCHECK" check
}
scripts() {
    need shellcheck &&
        find .ci tests \( -name run -o -name "*.sh" \) -exec shellcheck -S warning {} +
}
index_files() { # what is claimed is cited somewhere, and files that are named are there
    awk -F "|" '
        !/^\| RFC / { next }
        $4 ~ /Yes|Partial/ && $5 !~ /[a-z]/ { print "no file cites" $2; n++ }
        {
            k = split($5 " " $6, name, /[ ,`]+/)
            for (i = 1; i <= k; i++)
                if (name[i] ~ /\//) {
                    if ((getline line < name[i]) < 0) {
                        print $2 "names " name[i] ", which is not there"
                        n++
                    }
                    close(name[i])
                }
        }
        END { exit n > 0 }' docs/RFC-INDEX.md
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
    check generated generated
}
echo "lint: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
