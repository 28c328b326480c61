#!/bin/sh
# SPDX-License-Identifier: MIT
#
# catalog.sh - every finding has a well-formed id, texts that end as they must, an example,
# code that emits it and a test that names it.
set -u
rows=$(mktemp) && src=$(mktemp) && tests=$(mktemp) || exit 1
trap 'rm -f "$rows" "$src" "$tests"' EXIT

# A row per line: file, then the arguments of F() with a tab between.
for f in src/finding/*.def; do
    [ "$f" = src/finding/catalog.def ] && continue
    awk -v file="$f" '
        { text = text $0 " " }
        END {
            gsub(/\/\*([^*]|\*[^\/])*\*\//, "", text)
            while (match(text, /(^|[ )])F\(/)) {
                text = substr(text, RSTART + RLENGTH)
                out = file "\t"; quoted = 0
                for (i = 1; i <= length(text); i++) {
                    c = substr(text, i, 1)
                    if (quoted && c == "\\") { out = out c substr(text, ++i, 1); continue }
                    if (c == "\"") { quoted = !quoted; continue }
                    if (!quoted && c == ")") break
                    if (!quoted && c == ",") { out = out "\t"; continue }
                    if (!quoted && c == " ") continue
                    out = out c
                }
                print out
                text = substr(text, i + 1) " "
                text = " " text
            }
        }' "$f"
done >"$rows"

find src -name '*.[ch]' -exec grep -ohE 'FINDING_[A-Z0-9_]+' {} + | sort -u >"$src"
grep -rohE 'FINDING_[A-Z0-9_]+|[a-z0-9]+(-[a-z0-9]+)+' tests 2>/dev/null |
    sort -u >"$tests"

awk -F '\t' '
    FILENAME == ARGV[1] { code[$1] = 1; next }
    FILENAME == ARGV[2] { tested[$1] = 1; next }
    function fault(what) { print $1 ": " $3 ": " what; faults++ }
    {
        area = $1
        sub(/.*\//, "", area)
        sub(/\.def$/, "", area)
        upper = toupper($3)
        gsub(/-/, "_", upper)
        if ($3 !~ /^[a-z0-9]+(-[a-z0-9]+)+$/) fault("the public id is kebab-case")
        if (index($3, area "-") != 1 && area != "verdict") fault("the id begins with \"" area "-\"")
        if (upper != $2) fault("the id in code is " $2 ", expected " upper)
        if (seen[$3]++) fault("the id stands twice")
        if ($4 !~ /^(ERROR|WARNING|INFO)$/) fault("severity " $4)
        if ($5 == "") fault("no reference")
        if ($6 ~ /\.$/) fault("the title has no full stop")
        if ($7 !~ /[.!?)]$/) fault("the meaning is whole sentences")
        if ($8 !~ /\.$/) fault("the remedy is one sentence")
        if ($9 !~ /(^|\\n)wrong: /) fault("the example has no line \"wrong: \"")
        if ($9 !~ /(^|\\n)right: /) fault("the example has no line \"right: \"")
        if (!(("FINDING_" $2) in code)) fault("no code in src/ emits it")
        if (!($3 in tested) && !(("FINDING_" $2) in tested)) fault("no test names it")
    }
    END { exit faults > 0 }' "$src" "$tests" "$rows"
