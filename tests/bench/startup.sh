#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# startup.sh - what one offline audit costs: CPU of user and system, averaged over 200
# runs, and the largest resident set. A figure to look at, never a test.
set -u
program=${AUTHCHECK:-build/authcheck}
audit=("$program" shop.example --ip 198.51.100.7 --zone fixtures/zones/demo.zone
    --offline --receiver generic)
runs=200

if [ ! -x "$program" ]; then
    echo "bench: $program is not built"
    exit 0
fi
TIMEFORMAT='%R %U %S'
took=$( { time for ((i = 0; i < runs; i++)); do
    "${audit[@]}" >/dev/null 2>&1
done; } 2>&1)
echo "$took" | awk -v n=$runs '{
    printf "one audit: %.2f ms wall, %.2f ms CPU (user %.2f, system %.2f), %d runs\n",
        $1 * 1000 / n, ($2 + $3) * 1000 / n, $2 * 1000 / n, $3 * 1000 / n, n }'
if [ -x /usr/bin/time ]; then
    /usr/bin/time -f 'largest resident set: %M KiB' "${audit[@]}" 2>&1 >/dev/null | tail -n 1
fi
exit 0
