#!/bin/sh
# SPDX-License-Identifier: MIT
#
# summary.sh FILE COMMAND... -- TARGET... - run COMMAND TARGET for each target, whatever
# the one before it did, and end with one line for the whole run. FILE holds the counts
# that run.sh appends.
set -u
file=$1
shift
command=
while [ "$1" != -- ]; do
    command="$command $1"
    shift
done
shift
mkdir -p "$(dirname "$file")"
rm -f "$file"

broken=
for target in "$@"; do
    printf '\n== %s\n' "$target"
    $command "$target" || broken="$broken $target"
done

echo
awk -v broken="$broken" '
    { p += $2; f += $3; s += $4 }
    END {
        line = "TOTAL: " p + 0 " passed, " f + 0 " failed"
        if (s) line = line ", " s " skipped"
        if (broken != "") line = line " (see:" broken ")"
        print line
    }' "$file"
[ -z "$broken" ]
