/* SPDX-License-Identifier: MIT */
/*
 * finding_finding_test.c - the catalog is complete and sound; lists keep each row once.
 */
#include "finding/finding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void finding_rows_are_complete_and_names_are_unique(void **state)
{
    (void)state;
    for (int i = 0; i < FINDING_COUNT; i++) {
        const struct finding_kind *k = finding_kind((enum finding_id)i);

        for (const char *p = k->name; *p; p++)
            if (!ascii_is_alnum(*p) && *p != '-')
                fail_msg("%s: an id is kebab-case", k->name);
        if (!*k->clause || !*k->title || !*k->meaning || !*k->remedy)
            fail_msg("%s: a text is missing", k->name);
        if (k->remedy[strlen(k->remedy) - 1] != '.' ||
            k->title[strlen(k->title) - 1] == '.')
            fail_msg("%s: a remedy is a sentence, a title is none", k->name);
        if (strncmp(k->example, "wrong: ", 7) != 0 &&
            strncmp(k->example, "given: ", 7) != 0)
            fail_msg("%s: an example begins with what holds, or what is wrong",
                     k->name);
        /* The first row of that name is this one. */
        assert_int_equal(finding_by_name(span_of(k->name)), i);
    }
    assert_int_equal(finding_by_name(SPAN("no-such-finding")), FINDING_NONE);
    assert_int_equal(finding_by_name(SPAN("")), FINDING_NONE);
}

static void finding_equal_rows_are_kept_once_in_order(void **state)
{
    struct findings f, more;
    struct arena a;

    (void)state;
    arena_init(&a, 1 << 20);
    findings_init(&f, &a);
    findings_init(&more, &a);
    finding_add(&f, FINDING_DKIM_UNSIGNED, "a", "one %d", 1);
    finding_add(&f, FINDING_DKIM_UNSIGNED, "a", "one 1");
    finding_add(&f, FINDING_DKIM_UNSIGNED, "b", "one 1");
    finding_add(&f, FINDING_DKIM_UNSIGNED, "a", "two");
    finding_add(NULL, FINDING_DKIM_UNSIGNED, "a", "for nobody");
    assert_int_equal(f.n, 3);
    assert_string_equal(f.row[1].about, "b");
    finding_add(&more, FINDING_DKIM_UNSIGNED, "a", "two");
    finding_add(&more, FINDING_SPF_NOT_ALIGNED, "a", "three");
    findings_append(&f, &more);
    assert_int_equal(f.n, 4);
    assert_true(findings_has(&f, FINDING_SPF_NOT_ALIGNED));
    assert_false(findings_has(&f, FINDING_DNS_NOT_ANSWERED));
    arena_free(&a);
}

static void finding_lists_are_bounded(void **state)
{
    struct findings f;
    struct arena a;

    (void)state;
    arena_init(&a, 1 << 22);
    findings_init(&f, &a);
    for (int i = 0; i < FINDINGS_MAX + 50; i++)
        finding_add(&f, FINDING_DKIM_UNSIGNED, "a", "%d", i);
    assert_int_equal(f.n, FINDINGS_MAX);
    assert_int_equal(f.status, AC_OK);
    arena_free(&a);
}

static void finding_lost_for_want_of_memory_is_told_and_handed_on(void **state)
{
    struct findings f, to;
    struct arena a;

    (void)state;
    arena_init(&a, 1);
    findings_init(&f, &a);
    findings_init(&to, &a);
    finding_add(&f, FINDING_DKIM_UNSIGNED, "a", "x");
    assert_int_equal(f.status, AC_ENOMEM);
    findings_append(&to, &f);
    assert_int_equal(to.status, AC_ENOMEM);
    arena_free(&a);
}

static void finding_severities_have_words(void **state)
{
    (void)state;
    assert_string_equal(finding_severity_print(FINDING_INFO), "info");
    assert_string_equal(finding_severity_print(FINDING_WARNING), "warning");
    assert_string_equal(finding_severity_print(FINDING_ERROR), "error");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(finding_rows_are_complete_and_names_are_unique),
        cmocka_unit_test(finding_equal_rows_are_kept_once_in_order),
        cmocka_unit_test(finding_lists_are_bounded),
        cmocka_unit_test(finding_lost_for_want_of_memory_is_told_and_handed_on),
        cmocka_unit_test(finding_severities_have_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
