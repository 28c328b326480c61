#!/bin/sh
# SPDX-License-Identifier: MIT
#
# cov.sh BUILD FLOOR - line coverage of src/*/*.c by gcov, a line per file and the whole;
# fails under FLOOR per cent. A file that no test ran counts with none of its lines.
set -u
build=$1 floor=$2

find "$build/src" -name '*.gcno' | sort | while read -r gcno; do
    gcov -n -o "$(dirname "$gcno")" "${gcno%.gcno}.gcda" 2>/dev/null
done | awk -v floor="$floor" '
    /^File / { file = $2; gsub("\047", "", file) }
    /^Lines executed:/ && file ~ /^src\/.*\.c$/ {
        split($0, part, /[:% ]+/)         # Lines executed NN.NN of N
        lines = part[5] + 0
        hit = int(part[3] * lines / 100 + 0.5)
        printf "%6.1f %%  %5d lines  %s\n", part[3], lines, file
        all += lines
        ran += hit
        file = ""
    }
    END {
        if (!all) { print "cov: no coverage data"; exit 1 }
        rate = 100 * ran / all
        printf "%6.1f %%  %5d lines  src/ (at least %d %%)\n", rate, all, floor
        exit rate < floor
    }'
