#!/bin/sh
# SPDX-License-Identifier: MIT
#
# golden_test.sh [NAME...] - the program says exactly what it said before.
#
# A case is NAME.args: comment lines with #, a line "exit N", and one line of arguments as a
# shell would read them, run from the top folder. NAME.out is the expected output, and
# NAME.err, where there is one, the expected error output. Times are made 0 before
# comparing; nothing else may vary. GOLDEN_UPDATE=1 writes the files anew: read the
# difference before you commit it.
set -u
here=tests/golden
: "${AUTHCHECK:=build/authcheck}" "${BUILD:=build/release}"
work=$BUILD/golden
mkdir -p "$work"
passed=0 failed=0

[ $# -gt 0 ] || for f in "$here"/*.args; do [ ! -f "$f" ] || set -- "$@" "$f"; done

timeless() {
    sed -E 's/("wall_ms": *)[0-9.]+/\10/; s/[0-9]+(\.[0-9]+)? ms/0 ms/g'
}

for case in "$@"; do
    name=$(basename "$case" .args)
    args=$(grep -v -e '^#' -e '^exit ' "$here/$name.args")
    want=$(sed -n 's/^exit //p' "$here/$name.args")
    eval "set -- $args"
    # shellcheck disable=SC2086 # RUNNER is a command with its options
    LC_ALL=C ${RUNNER:-} "$AUTHCHECK" "$@" </dev/null >"$work/raw.out" 2>"$work/raw.err"
    got=$?
    timeless <"$work/raw.out" >"$work/$name.out"
    timeless <"$work/raw.err" >"$work/$name.err"
    if [ -n "${GOLDEN_UPDATE:-}" ]; then
        cp "$work/$name.out" "$here/$name.out"
        if [ -s "$work/$name.err" ]; then cp "$work/$name.err" "$here/$name.err"; fi
    fi
    said=
    [ "$got" = "$want" ] || said="exit code $got, expected $want"
    for stream in out err; do
        expected=$here/$name.$stream
        [ -f "$expected" ] || expected=/dev/null
        difference=$(diff -u "$expected" "$work/$name.$stream") ||
            said="$said
$difference"
    done
    if [ -z "$said" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAIL %s: authcheck %s\n%s\n' "$name" "$args" "$said"
    fi
done
echo "golden: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
