#!/bin/sh
# SPDX-License-Identifier: MIT
#
# symbols.sh BUILD - a global symbol begins with its room (in base/: with its file;
# in audit/, verdict/, report/, batch/ and cli/: with either), and
# the rooms of evaluators hold no data that can change. tests/lint/symbols.txt: exceptions.
set -u
build=$1
dir=$(dirname "$0")
objects=$(find "$build/src" -name '*.o' | sort)
[ -n "$objects" ] || { echo "symbols: nothing is built in $build"; exit 1; }

for o in $objects; do
    source=${o#"$build/"}
    # An object whose source went away says nothing about the tree.
    [ -e "${source%.o}.c" ] || continue
    nm -g --defined-only "$o" | awk -v file="${source%.o}.c" 'NF == 3 { print "name", file, $3 }'
    objdump -t "$o" | awk -v file="${source%.o}.c" '
        $0 ~ / O \.(bss|data|tbss|tdata)(\.[^r][^ \t]*)?[ \t]/ { print "data", file, $NF }'
done | awk '
    FILENAME ~ /symbols\.txt$/ {
        if ($1 == "prefix") prefix[$2] = prefix[$2] " " $3
        if ($1 == "data") data[$2] = data[$2] " " $3
        next
    }
    {
        split($2, path, "/")
        room = path[2]
        stem = path[3]
        sub(/\.c$/, "", stem)
    }
    $1 == "data" && room ~ /^(finding|dns|env|spf|dkim|dmarc|reputation|verdict)$/ {
        if (!index(data[$2] " ", " " $3 " ")) {
            print $2 ": " $3 " can change between two runs of an evaluator"
            faults++
        }
    }
    $1 == "name" && $3 !~ /^(__|gcov|_ZN)/ {
        want = (room == "base" ? stem : room) "_"
        if (room == "api") want = "ac_"
        if (room == "finding" && index($3, "findings_") == 1) next
        if (room == "cli" && $3 == "main") next
        if (index($3, want) == 1) next
        # Above the protocols the name of the file serves as well.
        if (room ~ /^(audit|verdict|report|batch|cli)$/ && ($3 == stem || index($3, stem "_") == 1)) next
        n = split(prefix[$2] prefix["src/" room "/"], other, " ")
        for (i = 1; i <= n; i++)
            if (index($3, other[i]) == 1) next
        print $2 ": " $3 " should begin with " want
        faults++
    }
    END { exit faults > 0 }' "$dir/symbols.txt" -
