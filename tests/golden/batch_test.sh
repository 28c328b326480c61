#!/bin/sh
# SPDX-License-Identifier: MIT
#
# batch_test.sh - a row out for every row in, whatever is in it; whole rows whatever
# happens to the output or to the process; --resume loses none and doubles none.
set -u
: "${AUTHCHECK:=build/authcheck}" "${BUILD:=build/release}"
work=$BUILD/golden/batch
rm -rf "$work"
mkdir -p "$work"
# shellcheck source=tests/support/is.sh
. tests/support/is.sh
world="--offline --zone fixtures/zones/demo.zone"

# batch EXPECTED-CODE ARGUMENT...: both outputs are kept.
batch() {
    want=$1
    shift
    # shellcheck disable=SC2086 # RUNNER is a command with its options, $world several
    ${RUNNER:-} "$AUTHCHECK" batch $world "$@" >"$work/out" 2>"$work/err"
    got=$?
    [ $got -eq "$want" ] || echo "     exit code $got, expected $want"
    [ $got -eq "$want" ]
}
# The lines of the input that a file holds rows of, in its order; each row must be whole.
lines() {
    sed -n 's/^{"line": \([0-9]*\), "id": .*}$/\1/p' "$1"
}
whole() { # nothing but whole rows
    [ "$(lines "$1" | wc -l)" -eq "$(wc -l <"$1")" ] && [ -z "$(tail -c 1 "$1" | tr -d '\n')" ]
}
each_once() { # FILE FIRST LAST: a row of every line from FIRST to LAST, and no other
    lines "$1" | sort -n >"$work/seen"
    seq "$2" "$3" >"$work/expected"
    cmp "$work/seen" "$work/expected"
}
one_line() {
    [ "$(wc -l <"$work/err")" -eq 1 ]
}
domains() { # COUNT: a CSV of so many rows, the first in line 2
    awk -v n="$1" 'BEGIN {
        print "domain,ip,id"
        for (i = 1; i <= n; i++)
            print "d" i ".shop.example,198.51.100." i % 250 ",row-" i
    }'
}
wait_for() { # FILE COUNT: until it has so many rows
    for _ in $(seq 600); do
        [ "$(lines "$1" 2>/dev/null | wc -l)" -ge "$2" ] && return 0
        sleep 0.1
    done
    echo "     there are no $2 rows in $1"
    return 1
}

# --- rows in

hostile() {
    {
        printf '{"domain": "shop.example", "ip": "198.51.100.7"}\n'   # 1
        printf '{"domain": "shop.exam\n'                              # 2: half
        printf '\000\001\377\n'                                       # 3: no text
        printf '{"domain": "shop.example\\u0000", "ip": null}\n'      # 4
        printf '{"domain": "\377\376.example"}\r\n'                   # 5: no UTF-8
        printf '\n  \t\n'                                             # 6, 7: blank
        printf '{"domain": "shop.example", "domain": "b.example"}\n'  # 8: twice
        head -c 3000000 /dev/zero | tr '\000' '['                     # 9: too long
        printf '\n# {"domain": "shop.example"}\n'                     # 10
        printf '{"ip": "198.51.100.7"}\n[]\nnull\n"x"\n7\n'           # 11 to 15
        printf '{"domain": "shop.example", "ips": [1, 2]}\n'          # 16
        printf '{"domain": "shop.example", "selectors": ["a b"]}\n'   # 17
        printf '{"domain": "'
        head -c 60000 /dev/zero | tr '\000' a                         # 18: long
        printf '"}\n'
        printf '{"domain": "\\u001b[31m.example"}\n'                  # 19
        printf '{"domain": "shop.example", "ip": "198.51.100.7", "x": '
        head -c 100 /dev/zero | tr '\000' '['                         # 20: deep
        head -c 100 /dev/zero | tr '\000' ']'
        printf '}\n'
        printf '{"domain": "shop.example", "ip": "198.51.100.7"}'     # 21: no line feed
    } >"$work/hostile"
    batch 1 "$work/hostile" --ordered -q &&
        [ "$(lines "$work/out" | tr '\n' ' ')" = \
            "1 2 3 4 5 8 9 10 11 12 13 14 15 16 17 18 19 20 21 " ] &&
        [ "$(grep -c '"error": null' "$work/out")" -eq 2 ] && whole "$work/out" &&
        [ "$(tr -d '\n -~' <"$work/out" | wc -c)" -eq 0 ] && [ ! -s "$work/err" ]
}
hostile_csv() {
    {
        printf 'id,domain,ip,note\n'                           # 1
        printf '1,shop.example,198.51.100.7,"a\nb, ""c"""\n'   # 2, 3
        printf '2,"shop.example,198.51.100.7\n'                # 4: never closed
        printf '3,shop.example,198.51.100.7,\000\377\n'        # 5
        printf '4,shop"example,,\n'                            # 6: quote within
        printf '5\n\n,,,\n'                                    # 7, 8, 9
        printf '6,shop.example,198.51.100.7,x,y\n'             # 10: a cell too many
        printf '7,"shop.example" ,"198.51.100.7;192.0.2.1",\r\n' # 11
        printf '8,shop.example,198.51.100.7,"open'             # 12
    } >"$work/hostile.csv"
    batch 1 "$work/hostile.csv" --ordered -q &&
        [ "$(lines "$work/out" | tr '\n' ' ')" = "2 4 5 6 7 9 10 11 12 " ] &&
        [ "$(grep '"error": null' "$work/out" | lines - | tr '\n' ' ')" = "2 5 11 " ] &&
        grep -q '"input": {"note": "a\\u000ab, \\"c\\""}' "$work/out" && whole "$work/out" &&
        grep -q '^{"line": 10, "id": "6", "error": "5 cells; expected 4,' "$work/out"
}
a_list() {
    printf '# mine\n\n  shop.example  \r\n#x\nnodot\nshop.example' >"$work/list"
    batch 1 "$work/list" --ip 198.51.100.7 --ordered -f text -q && {
        printf '3  shop.example  REJECT  550 5.7.1 Email rejected per DMARC policy for %s\n' \
            shop.example
        printf '5  ERROR  domain "nodot": not a domain, since it has no dot; expected one %s\n' \
            "such as example.com"
        printf '6  shop.example  REJECT  550 5.7.1 Email rejected per DMARC policy for %s\n' \
            shop.example
    } | cmp - "$work/out"
}
defaults() { # the options speak for rows that do not; rows win
    printf 'domain,ip,selectors\nshop.example,,\nshop.example,192.0.2.1,news\n' >"$work/in"
    batch 1 "$work/in" --ip 198.51.100.7 --selector s1 --ordered -q -r all &&
        [ "$(grep -c '"ips": \["198.51.100.7"\].*"selector": "s1"' "$work/out")" -eq 1 ] &&
        [ "$(grep -c '"ips": \["192.0.2.1"\].*"selector": "news"' "$work/out")" -eq 1 ]
}
standard_input() {
    echo shop.example | batch 1 --ip 198.51.100.7 -q && each_once "$work/out" 1 1 &&
        echo shop.example | batch 1 - --ip 198.51.100.7 -q && each_once "$work/out" 1 1
}
nothing() {
    : >"$work/empty"
    batch 0 "$work/empty" -q && [ ! -s "$work/out" ] && [ ! -s "$work/err" ]
}
ordered() {
    domains 3000 >"$work/in"
    batch 1 "$work/in" --ordered -q && seq 2 3001 >"$work/expected" &&
        lines "$work/out" | cmp - "$work/expected"
}
any_order() {
    batch 1 "$work/in" -q && each_once "$work/out" 2 3001
}
codes() {
    printf 'domain,ip\nshop.example,198.51.100.7\nnodot,\n' >"$work/in"
    batch 1 "$work/in" -q && batch 0 "$work/in" -q --fail-on never &&
        printf 'domain,ip\nshop.example,192.0.2.1\nnodot,\n' >"$work/in" &&
        batch 3 "$work/in" -q && printf 'domain,ip\nshop.example,192.0.2.1\n' >"$work/in" &&
        batch 0 "$work/in" -q
}
summary() {
    printf 'domain,ip\nshop.example,198.51.100.7\nnodot,\n' >"$work/in"
    batch 1 "$work/in" && grep -q '^2 rows, 1 reject (50.0 %), 1 that could not' "$work/err" &&
        grep -q '^most frequent findings: spf-ip-not-authorized 1' "$work/err"
}

# --- rows out

full() {
    domains 300 >"$work/in"
    batch 2 "$work/in" -q -o /dev/full && one_line && grep -q '/dev/full.*No space' "$work/err"
}
reader_went() {
    # shellcheck disable=SC2086 # several words
    { "$AUTHCHECK" batch $world "$work/in" 2>"$work/err"; echo $? >"$work/code"; } |
        head -n 1 >/dev/null
    [ "$(cat "$work/code")" -eq 2 ] && one_line
}
slow_reader() { # all rows come through a pipe that is read slowly
    # shellcheck disable=SC2086
    "$AUTHCHECK" batch $world "$work/in" -q | { sleep 0.5; cat >"$work/out"; }
    each_once "$work/out" 2 301
}
may_not_grow() { # 64 blocks of 512 bytes
    rm -f "$work/file"
    (
        ulimit -f 64
        # shellcheck disable=SC2086
        exec "$AUTHCHECK" batch $world "$work/in" -q -o "$work/file" 2>"$work/err"
    )
    [ $? -eq 2 ] && one_line && [ -s "$work/file" ] && whole "$work/file" &&
        [ "$(wc -l <"$work/file")" -lt 300 ]
}
goes_on() {
    cp "$work/file" "$work/before"
    batch 1 "$work/in" -q -o "$work/file" --resume && each_once "$work/file" 2 301 &&
        head -c "$(wc -c <"$work/before")" "$work/file" | cmp - "$work/before"
}
begins_anew() {
    batch 1 "$work/in" -q -o "$work/file" && each_once "$work/file" 2 301
}
own_input() {
    cp "$work/in" "$work/copy"
    batch 2 "$work/copy" -o "$work/copy" && one_line && cmp "$work/in" "$work/copy" || return 1
    # shellcheck disable=SC2086
    "$AUTHCHECK" batch $world "$work/copy" >>"$work/copy" 2>"$work/err"
    [ $? -eq 2 ] && one_line && cmp "$work/in" "$work/copy"
}
bad_header_keeps() {
    printf 'name\tip\n' >"$work/header" && echo old >"$work/old"
    batch 2 "$work/header" -o "$work/old" && one_line && [ "$(cat "$work/old")" = old ]
}

# --- resume

torn() { # wherever the last row is torn off
    for back in 1 2 700 2000; do
        batch 1 "$work/in" -q -o "$work/file" &&
            head -c -"$back" "$work/file" >"$work/torn" &&
            batch 1 "$work/in" -q -o "$work/torn" --resume &&
            each_once "$work/torn" 2 301 || return 1
    done
    printf '{"li' >"$work/torn" && batch 1 "$work/in" -q -o "$work/torn" --resume &&
        each_once "$work/torn" 2 301
}
complete() { # nothing is left to do, and the code is as before
    cp "$work/file" "$work/before"
    batch 1 "$work/in" -o "$work/file" --resume && cmp "$work/file" "$work/before" &&
        grep -q '^0 rows; 300 were there already' "$work/err"
}
no_file() {
    rm -f "$work/new" && batch 1 "$work/in" -q -o "$work/new" --resume &&
        each_once "$work/new" 2 301
}
other_input() {
    sed 's/row-300$/row-x/' "$work/in" >"$work/other"
    batch 2 "$work/other" -o "$work/file" --resume && one_line &&
        grep -q 'line 301 has another id or domain' "$work/err" &&
        cmp "$work/file" "$work/before" &&
        sed 's/^d7[.]/d8./' "$work/in" >"$work/other" &&
        batch 2 "$work/other" -o "$work/file" --resume && one_line &&
        head -n 100 "$work/in" >"$work/other" &&
        batch 2 "$work/other" -o "$work/file" --resume && one_line &&
        grep -q 'a row of line 101' "$work/err" && cmp "$work/file" "$work/before"
}
other_file() {
    for text in 'hello' '{"domain": "shop.example"}\n' '{"line": 1}\n' '\n' \
        '{"line": 7, "id": null, "error": null, "domain": "a.example"\n'; do
        # shellcheck disable=SC2059 # a text with escapes
        printf "$text" >"$work/kind" && cp "$work/kind" "$work/before"
        batch 2 "$work/in" -o "$work/kind" --resume && one_line &&
            cmp "$work/kind" "$work/before" || return 1
    done
    cat "$work/file" "$work/file" >"$work/kind"
    batch 2 "$work/in" -o "$work/kind" --resume && grep -q 'there twice' "$work/err"
}
errors_are_kept() {
    printf 'nodot\nshop.example\n' >"$work/bad"
    batch 3 "$work/bad" -q -o "$work/kind" && cp "$work/kind" "$work/before" &&
        batch 3 "$work/bad" -q -o "$work/kind" --resume && cmp "$work/kind" "$work/before"
}
warnings_count() { # of rows that are there already, too
    printf 'shop.example\n' >"$work/bad"
    batch 1 "$work/bad" -q --ip 198.51.100.7 --fail-on warning -o "$work/kind" &&
        batch 1 "$work/bad" -q --ip 198.51.100.7 --fail-on warning -o "$work/kind" --resume &&
        batch 1 "$work/bad" -q -o "$work/kind" --resume
}

# --- signals. The input is a pipe that is held open, so that the run cannot end.

begin() { # a run over the first 100 rows, the pipe on descriptor 7
    rm -f "$work/fifo" "$work/file"
    mkfifo "$work/fifo"
    # shellcheck disable=SC2086
    "$AUTHCHECK" batch $world "$work/fifo" -o "$work/file" 2>"$work/err" &
    run=$!
    exec 7>"$work/fifo"
    head -n 101 "$work/in" >&7
}
end() { # CODE
    wait "$run"
    got=$?
    exec 7>&-
    [ $got -eq "$1" ] || echo "     exit code $got, expected $1"
    [ $got -eq "$1" ]
}
two_runs() { # the second touches nothing, whether it would go on or begin anew
    begin && wait_for "$work/file" 100
    for how in "" --resume; do
        # shellcheck disable=SC2086
        "$AUTHCHECK" batch $world "$work/in" -q -o "$work/file" $how 2>"$work/second"
        [ $? -eq 2 ] && grep -q 'another run' "$work/second" || return 1
    done
    exec 7>&-
    wait "$run"
    [ $? -eq 1 ] && each_once "$work/file" 2 101
}
killed() {
    begin && wait_for "$work/file" 100 && kill -KILL "$run"
    end 137 && whole "$work/file" && batch 1 "$work/in" -q -o "$work/file" --resume &&
        each_once "$work/file" 2 301
}
interrupted() {
    begin && wait_for "$work/file" 100 && kill -"$1" "$run" && end 1 && each_once "$work/file" 2 101 &&
        grep -q '^100 rows' "$work/err" && grep -q '^ended by a signal' "$work/err" && batch 1 "$work/in" -q -o "$work/file" --resume &&
        each_once "$work/file" 2 301
}
nothing_written() { # rows are missing: the code is 3 at least
    rm -f "$work/fifo" "$work/file" && mkfifo "$work/fifo"
    # shellcheck disable=SC2086
    "$AUTHCHECK" batch $world "$work/fifo" -o "$work/file" 2>"$work/err" &
    run=$!
    exec 7>"$work/fifo"
    echo shop.example >&7
    wait_for "$work/file" 1 && kill -TERM "$run" && end 3
}

is "hostile lines are rows" hostile
is "hostile CSV is rows" hostile_csv
is "a list of domains" a_list
is "options are the defaults of rows" defaults
is "standard input" standard_input
is "an empty input is no row and exit code 0" nothing
is "--ordered" ordered
is "without it every row all the same" any_order
is "exit codes over all rows" codes
is "a summary at the end" summary
is "a full device is exit code 2" full
is "a reader that went away is exit code 2" reader_went
is "a slow reader gets every row" slow_reader
is "a file that may not grow holds whole rows" may_not_grow
is "--resume goes on behind them" goes_on
is "without --resume the file is written anew" begins_anew
is "the input is not written over" own_input
is "a header without domain does not touch the output" bad_header_keeps
is "--resume drops a torn last row" torn
is "--resume of a complete file changes nothing" complete
is "--resume without a file" no_file
is "--resume with another input is refused" other_input
is "--resume into another kind of file is refused" other_file
is "--resume keeps rows with an error" errors_are_kept
is "--resume counts the findings of rows that are there" warnings_count
is "a file that another run writes is left alone" two_runs
is "kill -9, then --resume" killed
is "SIGINT ends cleanly, then --resume" interrupted INT
is "SIGTERM ends cleanly, then --resume" interrupted TERM
is "a run that was ended has rows missing" nothing_written

echo "batch: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
