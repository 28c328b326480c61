# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034 # the counts are for who reads this in
#
# is.sh - read in (".") by test scripts: counts checks, and shows what a failed one said.
passed=0 failed=0

# is WHAT COMMAND...: the command succeeds.
is() {
    what=$1
    shift
    if said=$("$@" 2>&1); then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAIL %s\n%s\n' "$what" "$said"
    fi
}
