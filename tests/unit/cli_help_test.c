/* SPDX-License-Identifier: MIT */
/*
 * cli_help_test.c - the texts that are made of the tables: every option and every
 * finding is in each of them, and nothing in them breaks the language that they are
 * written in.
 */
#include "cli/help.h"
#include "cli/options.h"
#include "finding/finding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void text_of(struct buf *b, const char *topic)
{
    buf_init(b, 1 << 22);
    if (!help_topic(b, topic))
        fail_msg("%s is no topic", topic ? topic : "the usage");
    assert_int_equal(b->status, AC_OK);
    assert_true(b->n > 0);
}

static void help_every_option_stands_in_every_text_made_of_them(void **state)
{
    static const char *const topic[] = { "completion-bash", "completion-zsh",
                                         "completion-fish", "options-mdoc" };
    const struct option_row *row = options_table();

    (void)state;
    for (size_t i = 0; i < sizeof topic / sizeof *topic; i++) {
        struct buf b;

        text_of(&b, topic[i]);
        for (int k = 0; k < OPTION_COUNT; k++) {
            char escaped[100];
            size_t n = 0;

            /* roff writes the hyphens of a name as they are, or as \- */
            for (const char *p = row[k].name; *p; p++) {
                if (*p == '-')
                    escaped[n++] = '\\';
                escaped[n++] = *p;
            }
            escaped[n] = '\0';
            if (!strstr(buf_text(&b), row[k].name) && !strstr(buf_text(&b), escaped))
                fail_msg("--%s is not in %s", row[k].name, topic[i]);
        }
        buf_free(&b);
    }
}

static void help_of_a_command_has_the_options_that_it_takes(void **state)
{
    static const enum cli_taker taker[] = { FOR_AUDIT, FOR_EXPLAIN, FOR_BATCH };
    const struct option_row *row = options_table();

    (void)state;
    for (size_t i = 0; i < sizeof taker / sizeof *taker; i++) {
        struct buf b;

        buf_init(&b, 1 << 22);
        help_usage(&b, taker[i]);
        for (int k = 0; k < OPTION_COUNT; k++) {
            char shown[100];

            snprintf(shown, sizeof shown, "  --%s ", row[k].name);
            if (row[k].letter)
                snprintf(shown, sizeof shown, "  -%c, --%s", row[k].letter,
                         row[k].name);
            if (!strstr(buf_text(&b), shown) == !!(row[k].commands & taker[i]))
                fail_msg("--%s, of the help of command %d:\n%s", row[k].name,
                         (int)taker[i], buf_text(&b));
        }
        buf_free(&b);
    }
}

/* Each line as it is, for copying: never wrapped. */
static void assert_lines_stand_in(const char *text, struct buf *page)
{
    struct span rest = span_of(text);

    while (rest.p) {
        struct span line = span_cut(&rest, '\n');
        char copy[1000];

        snprintf(copy, sizeof copy, "\n  %.*s\n", SPAN_ARG(line));
        if (!strstr(buf_text(page), copy))
            fail_msg("\"%.*s\" is not a line of\n%s", SPAN_ARG(line), buf_text(page));
    }
}

static void help_every_finding_is_a_topic_and_stands_in_the_page(void **state)
{
    struct buf page, list;

    (void)state;
    text_of(&page, "findings-md");
    text_of(&list, "findings");
    for (int i = 0; i < FINDING_COUNT; i++) {
        const struct finding_kind *k = finding_kind((enum finding_id)i);
        struct buf b;

        text_of(&b, k->name);
        if (!strstr(buf_text(&b), k->name) || !strstr(buf_text(&b), k->clause))
            fail_msg("help %s:\n%s", k->name, buf_text(&b));
        if (!strstr(buf_text(&page), k->name) || !strstr(buf_text(&list), k->name))
            fail_msg("%s is not on a page of findings", k->name);
        if (!strstr(buf_text(&page), k->example))
            fail_msg("%s: the page does not show its example", k->name);
        assert_lines_stand_in(k->example, &b);
        buf_free(&b);
    }
    buf_free(&page);
    buf_free(&list);
}

static void help_of_anything_else_is_none(void **state)
{
    static const char *const topic[] = { "", "no-such", "spf-", "--help", "SPF" };

    (void)state;
    for (size_t i = 0; i < sizeof topic / sizeof *topic; i++) {
        struct buf b;

        buf_init(&b, 1000);
        if (help_topic(&b, topic[i]))
            fail_msg("\"%s\" is a topic", topic[i]);
        buf_free(&b);
    }
}

static void help_usage_lines_fit_a_terminal(void **state)
{
    struct buf b;
    struct span rest;

    (void)state;
    buf_init(&b, 1 << 20);
    help_usage(&b, FOR_AUDIT);
    rest = buf_span(&b);
    while (rest.p) {
        struct span line = span_cut(&rest, '\n');

        if (line.n > 88)
            fail_msg("%zu columns: %.*s", line.n, SPAN_ARG(line));
    }
    buf_free(&b);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_every_option_stands_in_every_text_made_of_them),
        cmocka_unit_test(help_every_finding_is_a_topic_and_stands_in_the_page),
        cmocka_unit_test(help_of_anything_else_is_none),
        cmocka_unit_test(help_of_a_command_has_the_options_that_it_takes),
        cmocka_unit_test(help_usage_lines_fit_a_terminal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
