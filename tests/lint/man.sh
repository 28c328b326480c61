#!/bin/sh
# SPDX-License-Identifier: MIT
#
# man.sh PROGRAM - the manual pages are clean mdoc/man, and authcheck.1 and --help (of all
# commands) name the same long options.
set -u
program=$1 faults=0
for page in docs/*.[13]; do
    [ -f "$page" ] || { echo "man: no manual page"; exit 1; }
    said=$(groff -mandoc -Tutf8 -ww -z "$page" 2>&1)
    if [ -n "$said" ]; then
        echo "$said"
        faults=1
    fi
done
options() {
    grep -oE -- '--[a-z][a-z0-9-]+' | sort -u
}
a=$(mktemp) && b=$(mktemp) || exit 1
trap 'rm -f "$a" "$b"' EXIT
for command in '' batch explain; do
    # shellcheck disable=SC2086 # none is no word
    "$program" $command --help 2>/dev/null
done | options >"$a"
groff -mandoc -Tascii -P-cbou docs/authcheck.1 2>/dev/null | options >"$b"
for o in $(comm -23 "$a" "$b"); do
    echo "docs/authcheck.1 does not tell of $o"
    faults=1
done
for o in $(comm -13 "$a" "$b"); do
    echo "docs/authcheck.1 tells of $o, which --help does not know"
    faults=1
done
"$program" batch --help 2>/dev/null | options >"$a"
groff -mandoc -Tascii -P-cbou docs/authcheck-batch.1 2>/dev/null | options >"$b"
for o in $(comm -13 "$a" "$b"); do
    echo "docs/authcheck-batch.1 tells of $o, which batch --help does not know"
    faults=1
done
exit $faults
