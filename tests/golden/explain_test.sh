#!/bin/sh
# SPDX-License-Identifier: MIT
#
# explain_test.sh - many bounces at once: files, folders, maildirs and mailboxes, a line or
# an object each; what cannot be read costs the others nothing.
set -u
: "${AUTHCHECK:=build/authcheck}" "${BUILD:=build/release}"
work=$BUILD/golden/explain
bounces=fixtures/bounces
passed=0 failed=0

rm -rf "$work"
mkdir -p "$work/maildir/new" "$work/maildir/cur" "$work/maildir/tmp" "$work/none" \
    "$work/plain/below"
cp $bounces/exim.eml "$work/maildir/new/2.host"
cp $bounces/qmail.eml "$work/maildir/cur/1.host:2,S"
cp $bounces/cisco.txt "$work/maildir/tmp/3.host"
cp $bounces/cisco.txt "$work/plain/b.txt"
cp $bounces/unknown-user.eml "$work/plain/a.txt"
cp $bounces/exim.eml "$work/plain/.hidden"
cp $bounces/exim.eml "$work/plain/below/c.txt"
: >"$work/blank"

# explain ARGUMENT...: the program over the world of the demo.
explain() {
    # shellcheck disable=SC2086 # RUNNER is a command with its options
    LC_ALL=C ${RUNNER:-} "$AUTHCHECK" explain "$@" --offline \
        --zone fixtures/zones/demo.zone >"$work/out" 2>"$work/err"
    code=$?
}

# check NAME CODE LINES WORDS: exit code, lines on stdout, and an ERE that all of stdout
# (lines joined by "|") matches.
check() {
    lines=$(wc -l <"$work/out" | tr -d ' ')
    if [ "$code" = "$2" ] && [ "$lines" = "$3" ] &&
        { tr '\n' '|' <"$work/out"; echo; } | grep -Eq -e "$4"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $1: exit code $code, $lines lines; expected $2, $3, $4"
        cat "$work/out" "$work/err"
    fi
}

# complains NAME LINES WORDS: the same of stderr.
complains() {
    if [ "$(wc -l <"$work/err" | tr -d ' ')" = "$2" ] && grep -Eq -e "$3" "$work/err"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $1: expected $2 lines on stderr, and in them $3"
        cat "$work/err"
    fi
}

explain "$work/plain"
check 'a folder: regular files in byte order, none hidden, none below' 3 2 \
    'plain/a.txt: NOT DNS .*\|.*plain/b.txt: UNDECIDED '
explain "$work/maildir/"
check 'a maildir: new and cur' 1 2 'maildir/cur/1.host:2,S: .*\|.*maildir/new/2.host: '
explain "$work/none" $bounces/unknown-user.eml
check 'a folder without a bounce: the others go on' 2 1 'unknown-user.eml: NOT DNS'
complains 'a folder without a bounce' 1 'golden/explain/none: a folder without a bounce'
explain "$work/nowhere" "$work/blank" $bounces/qmail.eml --ip 198.51.100.7
check 'what cannot be read: the others go on' 2 1 'qmail.eml: STILL FAILING'
complains 'each that cannot be read is told' 2 'nowhere: cannot be read \('
explain $bounces/unknown-user.eml $bounces/qmail.eml --ip 198.51.100.7
check 'several: 1 if any is 1' 1 2 'NOT DNS .*\|.*STILL FAILING '
explain $bounces/unknown-user.eml $bounces/cisco.txt
check 'several: else 3 if any is 3' 3 2 'NOT DNS .*\|.*UNDECIDED '
explain $bounces/unknown-user.eml $bounces/postfix.log
check 'several: else 0' 0 2 'NOT DNS .*\|.*NOT DNS '
explain $bounces/unknown-user.eml $bounces/qmail.eml --ip 198.51.100.7 --fail-on never
check '--fail-on never: 0' 0 2 STILL
explain $bounces/three.mbox -f json
check 'a mailbox: an object a line, with its number' 1 3 \
    '^\{"schema": 1, .*"message": 1, .*\}\|\{.*"message": 2, .*\}\|\{.*"message": 3, .*\}\|$'
explain $bounces/qmail.eml $bounces/exim.eml -f json --no-audit
check 'several files: an object a line, without a number' 0 2 \
    '^\{.*"message": null, .*\}\|\{.*\}\|$'
explain $bounces/unknown-user.eml -f ndjson
check 'ndjson: an object on a line, though it is the only one' 0 1 '^\{.*\}\|$'
explain -f json <$bounces/qmail.eml
check 'standard input: one object, indented' 3 "$(wc -l <"$work/out" | tr -d ' ')" \
    '"source": "-"'
{ echo 'From x Sat Nov 21 02:13:40 2026'; cat $bounces/unknown-user.eml; } >"$work/mbox"
explain - -q <"$work/mbox"
check 'a mailbox of one' 0 1 '^-\[1\]: NOT DNS  recipient by mx.receiver.example'
explain $bounces/qmail.eml $bounces/exim.eml -o "$work/report"
cp "$work/report" "$work/out"
check '--output: all rows' 1 2 'qmail.eml: .*\|.*exim.eml: '
echo before >"$work/report"
explain "$work/nowhere" -o "$work/report"
cp "$work/report" "$work/out"
check '--output: what was there stays where nothing was read' 2 1 '^before\|$'
explain $bounces/qmail.eml -o /dev/full
check '--output: a full device' 2 0 '^$'
complains '--output: a full device' 1 '/dev/full": cannot be written'
explain $bounces/no-bounce.txt $bounces/unknown-user.eml
check 'nothing found in one of several' 3 1 '^fixtures/bounces/unknown-user.eml: NOT DNS'
complains 'what was looked for' 1 'no-bounce.txt: no refusal found in it; looked for'

echo "explain: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
