#!/bin/sh
# SPDX-License-Identifier: MIT
#
# replay_test.sh - every golden case recorded and replayed says the same to the byte.
#
# What is said about the mail comes from the recording, what is said about the report
# (format, colour, exit level) from the command line: so those words are kept.
set -u
here=tests/golden
: "${AUTHCHECK:=build/authcheck}" "${BUILD:=build/release}"
work=$BUILD/replay
mkdir -p "$work"
passed=0 failed=0

timeless() {
    sed -E 's/("wall_ms": *)[0-9.]+/\10/; s/[0-9]+(\.[0-9]+)? ms/0 ms/g'
}

# The words of "$@" that shape the report.
report_words() {
    while [ $# -gt 0 ]; do
        case $1 in
        -f | --format | --color | --fail-on) printf '%s %s ' "$1" "$2" && shift ;;
        -f?* | --format=* | --color=* | --fail-on=*) printf '%s ' "$1" ;;
        -v | -vv | -q | --verbose | --quiet | --compare) printf '%s ' "$1" ;;
        esac
        shift
    done
}

for case in "$here"/*.args; do
    name=$(basename "$case" .args)
    args=$(grep -v -e '^#' -e '^exit ' "$case")
    want=$(sed -n 's/^exit //p' "$case")
    case $args in -h* | --help* | -V* | --version* | help* | receivers* | explain* | batch*) continue ;; esac
    [ "$want" != 2 ] || continue
    eval "set -- $args"
    LC_ALL=C "$AUTHCHECK" "$@" --record "$work/$name.rec" >"$work/raw" 2>&1 </dev/null
    recorded=$?
    timeless <"$work/raw" >"$work/$name.recorded"
    # shellcheck disable=SC2046 # words on purpose
    LC_ALL=C ${RUNNER:-} "$AUTHCHECK" --replay "$work/$name.rec" $(report_words "$@") \
        >"$work/raw" 2>&1 </dev/null
    replayed=$?
    timeless <"$work/raw" >"$work/$name.replayed"
    if [ "$recorded" = "$want" ] && [ "$replayed" = "$want" ] &&
        difference=$(diff -u "$work/$name.recorded" "$work/$name.replayed"); then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL replay of $name: exit codes $recorded and $replayed, expected $want"
        echo "${difference-}"
    fi
done
echo "replay: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
