/* SPDX-License-Identifier: MIT */
/*
 * psl_suite_test.c - the test vectors of publicsuffix.org through our own wrapper.
 *
 * Two spellings of the same list: "input expected" and checkPublicSuffix(...). The
 * files are not part of this repository: AUTHCHECK_SUITES names the directory that
 * holds psl/. Without them the test says SKIPPED, and fails when
 * AUTHCHECK_REQUIRE_SUITES=1.
 */
#include "dmarc/psl.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define SUITES_DEFAULT "../shared/suites"

static FILE *suite_open(const char *file)
{
    const char *dir = getenv("AUTHCHECK_SUITES");
    const char *require = getenv("AUTHCHECK_REQUIRE_SUITES");
    char path[1024];
    FILE *f;

    snprintf(path, sizeof path, "%s/psl/%s", dir ? dir : SUITES_DEFAULT, file);
    f = fopen(path, "r");
    if (!f && require && strcmp(require, "1") == 0)
        fail_msg("%s cannot be read, and AUTHCHECK_REQUIRE_SUITES is 1", path);
    if (!f)
        printf("SKIPPED suite: no %s\n", path);
    return f;
}

/* The registrable domain of a name as a user gives it, or "null". */
static void registrable(struct span text, char out[static DNS_TEXT_MAX])
{
    struct dns_name name, org;
    const char *why;

    if (dns_name_from_user(text, &name, &why) && dmarc_psl_registrable(&name, &org))
        dns_name_print(&org, out);
    else
        memcpy(out, "null", 5);
}

static void check(struct span input, struct span expected)
{
    char got[DNS_TEXT_MAX], want[DNS_TEXT_MAX] = "null";
    struct dns_name name;
    const char *why;

    if (!span_eq(expected, SPAN("null"))) {
        if (!dns_name_from_user(expected, &name, &why))
            fail_msg("the suite's name %.*s: %s", SPAN_ARG(expected), why);
        dns_name_print(&name, want);
    }
    registrable(input, got);
    if (strcmp(got, want) != 0)
        fail_msg("%.*s: registrable domain %s, expected %s (RFC 7489, 3.2)",
                 SPAN_ARG(input), got, want);
}

/* Both arguments, quotes taken off: checkPublicSuffix('a', 'b'); */
static bool read_call(struct span line, struct span *input, struct span *expected)
{
    struct span rest = line;

    if (!span_starts(line, SPAN("checkPublicSuffix(")))
        return false;
    (void)span_cut(&rest, '(');
    *input = span_trim(span_cut(&rest, ','), "' ");
    *expected = span_trim(span_cut(&rest, ')'), "' ");
    return true;
}

static bool read_pair(struct span line, struct span *input, struct span *expected)
{
    if (!line.n || span_starts(line, SPAN("//")))
        return false;
    *expected = line;
    *input = span_cut(expected, ' ');
    return expected->n > 0;
}

static void run(const char *file, bool (*read)(struct span line, struct span *input,
                                               struct span *expected))
{
    FILE *f = suite_open(file);
    char line[1024];
    int n = 0;

    if (!f)
        return;
    while (fgets(line, sizeof line, f)) {
        struct span input, expected;

        if (!read(span_trim(span_of(line), " \t\r\n"), &input, &expected))
            continue;
        check(input, expected);
        n++;
    }
    fclose(f);
    assert_true(n > 70);
}

static void psl_suite_pairs(void **state)
{
    (void)state;
    run("tests.txt", read_pair);
}

static void psl_suite_calls(void **state)
{
    (void)state;
    run("test_psl.txt", read_call);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(psl_suite_pairs),
        cmocka_unit_test(psl_suite_calls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
