#!/bin/sh
# SPDX-License-Identifier: MIT
#
# docs.sh PROGRAM [check] - write what is known elsewhere into the documents: the findings,
# and in the manual pages the options, the output of the example and the example program.
# With "check", only say what is out of date.
set -u
program=$1 mode=${2:-write} stale=0
new=$(mktemp) || exit 1
trap 'rm -f "$new"' EXIT

put() { # FILE: $new is what it should be
    if cmp -s "$new" "$1"; then
        return
    elif [ "$mode" = check ]; then
        echo "$1 is out of date: run \"make docs\""
        stale=1
    else
        cp "$new" "$1"
    fi
}

"$program" help findings-md >"$new" || exit 1
put docs/findings.md

# FILE MARK COMMAND: what the command says, between the marks BEGIN and END.
between() {
    {
        sed "/^\.\\\\\" BEGIN $2/q" "$1"
        $3
        sed -n "/^\.\\\\\" END $2/,\$p" "$1"
    } >"$new"
    put "$1"
}
roff() { # plain text as a manual page wants it
    sed -e 's/\\/\\e/g' -e "s/^[.']/\\\\\&&/" -e 's/-/\\-/g'
}
options() {
    "$program" help options-mdoc
}
report() { # how long it took is another thing every time
    "$program" shop.example --ip 198.51.100.7 --zone fixtures/zones/demo.zone --offline |
        sed 's/[0-9.]* ms$/0.4 ms/'
}
output() {
    report | sed -E '/^(Other findings|Findings|Alignment)/,$d' | roff
}
example() {
    echo '.Bd -literal'
    roff <docs/example.c
    echo '.Ed'
}
between docs/authcheck.1 options options
between docs/authcheck.1 output output
between docs/authcheck.3 example example

# README.md: reports stand between two comments, as blocks of their own.
block() { # MARK COMMAND
    {
        sed "/^<!-- BEGIN $1/q" README.md
        echo '```'
        $2
        echo '```'
        sed -n "/^<!-- END $1/,\$p" README.md
    } >"$new"
    put README.md
}
bounce() {
    "$program" explain fixtures/bounces/gmail-unauthenticated.txt --offline \
        --zone fixtures/zones/demo.zone
}
block bounce bounce
block report report
exit $stale
