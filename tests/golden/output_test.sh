#!/bin/sh
# SPDX-License-Identifier: MIT
#
# output_test.sh - a report is written whole or not at all, and colors go where they are
# wanted.
set -u
: "${AUTHCHECK:=build/authcheck}" "${BUILD:=build/release}"
work=$BUILD/golden/output
rm -rf "$work"
mkdir -p "$work"
# shellcheck source=tests/support/is.sh
. tests/support/is.sh

# run EXPECTED-CODE ARGUMENT...: the demo with these options; both outputs are kept.
run() {
    want=$1
    shift
    # shellcheck disable=SC2086 # RUNNER is a command with its options
    ${RUNNER:-} "$AUTHCHECK" shop.example --ip 198.51.100.7 --offline \
        --zone fixtures/zones/demo.zone "$@" </dev/null >"$work/out" 2>"$work/err"
    got=$?
    [ $got -eq "$want" ] || echo "     exit code $got, expected $want"
    [ $got -eq "$want" ]
}
escapes() { # does the file hold an escape byte?
    [ "$(tr -cd '\033' <"$1" | wc -c)" -gt 0 ]
}
one_line() {
    [ ! -s "$work/out" ] && [ "$(wc -l <"$work/err")" -eq 1 ]
}
alone() { # nothing but the file is in its folder
    [ "$(ls -A "$work/dir")" = "$1" ]
}

has_mode() {
    [ "$(stat -c %a "$work/dir/new")" = "$1" ]
}

whole() {
    run 1 -f json -o "$work/dir/new" && [ ! -s "$work/out" ] && [ ! -s "$work/err" ] &&
        tail -n 1 "$work/dir/new" | grep -qx '}' && alone new
}
mode() {
    (umask 027 && run 1 -o "$work/dir/new") && has_mode 640
}
replaced() {
    echo old >"$work/dir/new" && chmod 604 "$work/dir/new" && run 1 -o "$work/dir/new" &&
        grep -q '^REJECT' "$work/dir/new" && has_mode 604
}
kept() { # no file may grow: the report cannot be written
    echo old >"$work/dir/new"
    (ulimit -f 0 && "$AUTHCHECK" shop.example --ip 198.51.100.7 --offline -o \
        "$work/dir/new" 2>&1 | cat >/dev/null)
    [ "$(cat "$work/dir/new")" = old ] && alone new
}
kept_code() {
    (ulimit -f 0 && exec "$AUTHCHECK" shop.example --offline -o "$work/dir/new" 2>/dev/null)
    [ $? -eq 2 ]
}
bad_input_keeps() {
    echo old >"$work/dir/new"
    run 2 -o "$work/dir/new" --zone /not-there && one_line &&
        [ "$(cat "$work/dir/new")" = old ]
}
full() {
    run 2 -o /dev/full && one_line && grep -q '/dev/full.*No space' "$work/err"
}
full_stdout() {
    "$AUTHCHECK" shop.example --offline >/dev/full 2>"$work/err"
    [ $? -eq 2 ] && [ "$(wc -l <"$work/err")" -eq 1 ]
}
closed_stdout() {
    "$AUTHCHECK" shop.example --offline >&- 2>"$work/err"
    [ $? -eq 2 ] && [ "$(wc -l <"$work/err")" -eq 1 ]
}
full_help() {
    "$AUTHCHECK" --help >/dev/full 2>/dev/null
    [ $? -eq 2 ]
}
never_is_two_all_the_same() {
    run 2 --fail-on never -o /dev/full
}
device() {
    run 1 -o /dev/null && [ -c /dev/null ] && run 1 -o /dev/fd/1 && [ -L /dev/fd/1 ] &&
        grep -q '^REJECT' "$work/out"
}
linked() {
    ln -sf new "$work/dir/link" && run 1 -o "$work/dir/link" && [ -L "$work/dir/link" ] &&
        grep -q '^REJECT' "$work/dir/new" && rm "$work/dir/link"
}
pipe() {
    mkfifo "$work/fifo" && { cat "$work/fifo" >"$work/read" & } && run 1 -o "$work/fifo" &&
        wait && grep -q '^REJECT' "$work/read" && [ -p "$work/fifo" ]
}
auto() {
    run 1 && ! escapes "$work/out"
}
always() {
    run 1 --color always && escapes "$work/out" && run 1 --color always -o "$work/dir/new" &&
        escapes "$work/dir/new"
}
never() {
    run 1 --color never && ! escapes "$work/out"
}
json_plain() {
    run 1 --color always -f json && ! escapes "$work/out"
}
quiet() {
    run 1 -q && [ "$(wc -l <"$work/out")" -eq 1 ]
}
questions() { # -vv tells of each question; offline there are none
    run 1 -vv && grep -q 'SPF evaluation' "$work/out" && ! grep -q '^Questions' "$work/out"
}

mkdir -p "$work/dir"
is "a report is whole, and nothing else is left" whole
rm -f "$work/dir/new"
is "a new file has the mode of the umask" mode
is "an old file is replaced and keeps its mode" replaced
is "an old file is kept on failure, and nothing else is left" kept
is "a file that may not grow is exit code 2" kept_code
is "bad input does not touch the file" bad_input_keeps
is "a full device is exit code 2" full
is "a full stdout is exit code 2" full_stdout
is "a closed stdout is exit code 2" closed_stdout
is "help on a full stdout is exit code 2" full_help
is "--fail-on never does not hide it" never_is_two_all_the_same
is "a device is written through" device
is "a symbolic link stays one" linked
is "a pipe is written through" pipe
is "no color where the output is no terminal" auto
is "--color always" always
is "--color never" never
is "no color in JSON" json_plain
is "--quiet is one line" quiet
is "-vv" questions

echo "output: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
