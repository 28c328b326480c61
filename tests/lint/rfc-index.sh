#!/bin/sh
# SPDX-License-Identifier: MIT
#
# rfc-index.sh FILE - write the file and test columns of the index anew from the citations
# in src/ and tests/. The status and the words are people's work and stay.
set -u
index=$1
lint=$(dirname "$0")
new=$(mktemp) || exit 1
trap 'rm -f "$new"' EXIT
{ find src tests; find include 2>/dev/null; } | grep -E "\.(c|h|def)$" | sort |
    xargs awk -v list=1 -f "$lint/refs.awk" -f "$lint/code.awk" | sort -u |
    awk -F '\t' '
        FILENAME != ARGV[2] {
            column = $2 ~ /^tests\// ? "test" : "file"
            cited[$1, column] = cited[$1, column] (cited[$1, column] == "" ? "" : " ") $2
            next
        }
        /^\| RFC / {
            n = split($0, cell, "|")
            key = cell[2]
            gsub(/^ +| +$/, "", key)
            file = cited[key, "file"]
            test = cited[key, "test"]
            gsub(/^ +| +$/, "", cell[5])
            gsub(/^ +| +$/, "", cell[6])
            if (file == "") file = cell[5]
            if (test == "") test = cell[6]
            print "|" cell[2] "|" cell[3] "|" cell[4] "| " file " | " test " |"
            next
        }
        { print }' - "$index" >"$new" && cat "$new" >"$index"
