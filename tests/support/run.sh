#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run.sh KIND PROGRAM... - run test programs one after the other and add up what they say.
#
# A program says "[  PASSED  ] N test(s)" (cmocka) or ends with "N passed, N failed"
# (scripts). One that fails without saying so, or says nothing at all, is a failure: a
# test that does not count is not there. RUNNER goes in front of every binary (valgrind).
# The counts are appended to $BUILD/summary for summary.sh.
set -u
kind=$1
shift
: "${BUILD:=build/release}"
mkdir -p "$BUILD"
log=$BUILD/$kind.log
passed=0 failed=0 skipped=0

for program in "$@"; do
    case $program in
    *.sh) $program >"$log" 2>&1 </dev/null ;;
    */*_replay) ${RUNNER:-} "$program" "tests/fuzz/corpus/$(basename "$program" _replay)" \
        >"$log" 2>&1 </dev/null ;;
    *) ${RUNNER:-} "$program" >"$log" 2>&1 </dev/null ;;
    esac
    status=$?
    cat "$log"
    # shellcheck disable=SC2046 # three numbers
    set -- $(awk '
        /^\[  PASSED  \] [0-9]+ test/ { p += $4; seen = 1 }
        /^\[  FAILED  \] [0-9]+ test/ { f += $4; seen = 1 }
        /^\[  SKIPPED \] [0-9]+ test/ { s += $4; seen = 1 }
        /^([^ ]+: )?[0-9]+ passed, [0-9]+ failed/ {
            sub(/^[^ 0-9][^ ]*: /, ""); p += $1; f += $3; seen = 1
            if ($5 ~ /^[0-9]+$/) s += $5
        }
        END { print p + 0, f + 0, s + 0, seen + 0 }' "$log")
    if [ "$status" -ne 0 ] && [ "$2" -eq 0 ]; then
        echo "$program: exit code $status" >&2
        failed=$((failed + 1))
    elif [ "$4" -eq 0 ]; then
        echo "$program: says nothing of what it tested" >&2
        failed=$((failed + 1))
    fi
    passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
done

echo "$kind: $passed passed, $failed failed$([ $skipped -eq 0 ] || echo ", $skipped skipped")"
echo "$kind $passed $failed $skipped" >>"$BUILD/summary"
[ "$failed" -eq 0 ]
