#!/bin/sh
# SPDX-License-Identifier: MIT
#
# usage_test.sh - bad input is told in one line on stderr, with exit code 2 and nothing on
# stdout.
#
# usage.table: a command line at the margin as a shell would read it, and below it, set in,
# the one line that it gives. GOLDEN_UPDATE=1 writes the lines anew: read the difference
# before you commit it.
set -u
table=tests/golden/usage.table
: "${AUTHCHECK:=build/authcheck}" "${BUILD:=build/release}"
work=$BUILD/golden
mkdir -p "$work"
passed=0 failed=0

: >"$work/usage.table"
while IFS= read -r line; do
    case $line in
    ' '*) continue ;;
    '' | '#'*)
        printf '%s\n' "$line" >>"$work/usage.table"
        continue
        ;;
    esac
    printf '%s\n' "$line" >>"$work/usage.table"
    eval "set -- $line"
    # shellcheck disable=SC2086 # RUNNER is a command with its options
    LC_ALL=C ${RUNNER:-} "$AUTHCHECK" "$@" </dev/null >"$work/raw.out" 2>"$work/raw.err"
    code=$?
    sed 's/^/    /' "$work/raw.err" >>"$work/usage.table"
    if [ $code -eq 2 ] && [ ! -s "$work/raw.out" ] &&
        [ "$(wc -l <"$work/raw.err")" -eq 1 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL authcheck $line: exit code $code, expected 2, one line on stderr and" \
            "nothing on stdout"
    fi
done <"$table"

if [ -n "${GOLDEN_UPDATE:-}" ]; then
    cp "$work/usage.table" "$table"
elif difference=$(diff -u "$table" "$work/usage.table"); then
    passed=$((passed + 1))
else
    failed=$((failed + 1))
    printf 'FAIL another message than before\n%s\n' "$difference"
fi
echo "usage: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
