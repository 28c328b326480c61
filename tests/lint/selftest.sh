#!/bin/sh
# SPDX-License-Identifier: MIT
#
# selftest.sh - the checks find what they are for: each meets a small tree with one
# deliberate breach, and one without.
set -u
lint=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d) || exit 1
trap 'rm -rf "$tree"' EXIT
cd "$tree" || exit 1
passed=0 failed=0

fresh() {
    rm -rf "${tree:?}"/*
    mkdir -p docs tests src/base src/spf src/dkim src/net src/dns src/finding src/cli
    printf '| RFC 7208, 4.6.4 | limits | Yes | src/spf/a.c | |\n' >docs/RFC-INDEX.md
}
layers() { awk -f "$lint/layers.awk" "$lint/layers.txt" src/*/*.[ch]; }
banned() { awk -f "$lint/banned.awk" -f "$lint/code.awk" "$lint/banned.txt" src/*/*.[ch]; }
refs() { awk -f "$lint/refs.awk" -f "$lint/code.awk" docs/RFC-INDEX.md src/*/*.*; }
shape() { awk -f "$lint/shape.awk" -f "$lint/code.awk" src/*/*.[ch]; }
catalog() { sh "$lint/catalog.sh"; }

# expect clean|breach CHECK FILE: the text of FILE comes from standard input.
expect() {
    fresh
    cat >"$3"
    [ "$2" != catalog ] || {
        echo 'finding_add(f, FINDING_SPF_A, x);' >src/spf/emit.c
        echo 'spf-a' >tests/names
    }
    said=$("$2" 2>&1)
    status=$?
    if { [ "$1" = clean ] && [ "$status" -eq 0 ]; } ||
        { [ "$1" = breach ] && [ "$status" -eq 1 ] && [ -n "$said" ]; }; then
        passed=$((passed + 1))
    else
        echo "$2: expected $1 for $3, got exit code $status: $said"
        failed=$((failed + 1))
    fi
}

expect clean layers src/spf/a.c <<'C'
#include "base/span.h"
#include <string.h>
C
expect breach layers src/spf/a.c <<'C'
#include "dkim/key.h"
C
expect breach layers src/base/a.h <<'C'
#include "dns/name.h"
C
expect breach layers src/spf/a.c <<'C'
#include <openssl/evp.h>
C
expect clean layers src/dkim/a.c <<'C'
#include <openssl/evp.h>
C
expect breach layers src/dns/a.c <<'C'
#include <ares.h>
C
expect breach layers src/spf/a.c <<'C'
#include "check.h"
C

expect clean banned src/spf/a.c <<'C'
/* strcpy(a, b) is banned */ const char *s = "strcpy(";
x = f->free(x) + spf_time(1);
C
expect breach banned src/spf/a.c <<'C'
    strcpy(a, b);
C
expect breach banned src/spf/a.c <<'C'
    char c = '"'; free (a); /* " */
C
expect breach banned src/spf/a.c <<'C'
#include <ctype.h>
C
expect clean banned src/base/arena.c <<'C'
    p = malloc(n);
C
expect breach banned src/dkim/a.c <<'C'
    now = time(NULL);
C
expect clean banned src/cli/a.c <<'C'
    printf("%s", x);
C

expect clean refs src/spf/a.c <<'C'
/* RFC 7208, 4.6.4: ten terms. */
C
expect breach refs src/spf/a.c <<'C'
/* RFC 7208, 4.6.5. */
C
expect breach refs src/spf/a.c <<'C'
/*
 * Ten terms are the limit by RFC 7208,
 * 4.6.9, in evaluation order.
 */
C
expect breach refs src/spf/a.c <<'C'
/* RFC 7208 4.6.4. */
C
expect breach refs src/spf/a.c <<'C'
/* RFC 7208, 4.6.4 and 99.1. */
C
expect breach refs src/spf/a.def <<'C'
F(A, "a", ERROR, "RFC 7208 11.99", "t", "m", "r")
C

expect clean shape src/spf/a.c <<'C'
/* SPDX-License-Identifier: MIT */
/*
 * a.c - nothing.
 */
int a(void)
{
    return 0;
}
C
expect breach shape src/spf/a.c <<'C'
/*
 * a.c - nothing.
 */
int a;
C
expect breach shape src/spf/a.c <<'C'
/* SPDX-License-Identifier: MIT */
/* b.c - another. */
int a;
C
expect breach shape src/spf/a.c <<C
/* SPDX-License-Identifier: MIT */
/* a.c - long. */
int a(void)
{
$(i=0; while [ $i -lt 61 ]; do echo "    x++;"; i=$((i + 1)); done)
}
C
expect breach shape src/spf/a.c <<'C'
/* SPDX-License-Identifier: MIT */
/* a.c - deep. */
int a(void)
{
    if (a) { if (b) { if (c) { if (d) { if (e) { f(); } } } } }
}
C

expect clean catalog src/finding/spf.def <<'C'
/* a row */
F(SPF_A, "spf-a", ERROR, "RFC 7208 4.6.4", "Title", "It (really) is, so.",
  "Do " "it.", "given: a\nwrong: b\n" "right: c")
C
expect breach catalog src/finding/spf.def <<'C'
F(SPF_B, "spf-b", ERROR, "RFC 7208 4.6.4", "Title", "It is.", "Do it.", "wrong: a\nright: b")
C
expect breach catalog src/finding/spf.def <<'C'
F(SPF_A, "spf_a", ERROR, "RFC 7208 4.6.4", "Title", "It is.", "Do it.", "wrong: a\nright: b")
C
expect breach catalog src/finding/spf.def <<'C'
F(SPF_A, "spf-a", ERROR, "RFC 7208 4.6.4", "Title.", "It is.", "Do it.", "wrong: a\nright: b")
C
expect breach catalog src/finding/spf.def <<'C'
F(SPF_A, "spf-a", ERROR, "RFC 7208 4.6.4", "Title", "It is.", "Do it.", "wrong: a")
C
expect breach catalog src/finding/spf.def <<'C'
F(SPF_A, "spf-a", ERROR, "RFC 7208 4.6.4", "Title", "It is.", "Do it.")
C

echo "selftest: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
