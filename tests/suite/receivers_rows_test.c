/* SPDX-License-Identifier: MIT */
/*
 * receivers_rows_test.c - replies that receivers are known to send, each with its
 * source, and the cause and speaker that they name.
 *
 * The rows are not part of this repository: AUTHCHECK_RESEARCH names the directory that
 * holds receivers.tsv. Without it the test says SKIPPED, and fails when
 * AUTHCHECK_REQUIRE_SUITES=1. A row without a regular expression is no pattern: it is
 * counted apart.
 */
#include "bounce/class.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define RESEARCH_DEFAULT "../shared/research"

/* Columns of receivers.tsv. */
enum {
    ID,
    PRIORITY,
    RECEIVER,
    CAUSE,
    WHEN,
    CODE,
    ENHANCED,
    EXPRESSION,
    SAMPLE,
    SOURCE,
    CONFIDENCE,
    NOTES,
    COLUMNS
};

/* How the rows call who speaks, by the beginning of the column, and how we do. */
static const struct {
    const char *row, *speaker;
} names[] = {
    { "Gmail", "gmail" },
    { "Outlook.com", "outlook" },
    { "Exchange Online", "exchange-online" },
    { "Exchange ", "exchange" },
    { "Yahoo", "yahoo" },
    { "AOL", "yahoo" },
    { "Apple", "icloud" },
    { "Mail.ru", "mail-ru" },
    { "Yandex", "yandex" },
    { "GMX", "gmx" },
    { "T-Online", "t-online" },
    { "Comcast", "comcast" },
    { "AT&T", "att" },
    { "Tencent", "qq" },
    { "Orange", "orange" },
    { "La Poste", "laposte" },
    { "GoDaddy", "godaddy" },
    { "Cox", "cox" },
    { "Spectrum", "spectrum" },
    { "Facebook", "facebook" },
    { "Hostpoint", "hostpoint" },
    { "Rackspace", "rackspace" },
    { "MXroute", "mxroute" },
    { "Cisco", "cisco-esa" },
    { "SEED 1", "cisco-esa" },
    { "Proofpoint / Cloudmark", "cloudmark" },
    { "Proofpoint", "proofpoint" },
    { "Mimecast", "mimecast" },
    { "Barracuda", "barracuda" },
    { "FireEye", "trellix" },
    { "Symantec", "messagelabs" },
    { "Trend Micro", "trend-micro" },
    { "Vade", "vade" },
    { "Postfix + policyd-spf-python", "postfix-default" },
    { "smf-spf", "smf-spf" },
    { "OpenDMARC", "opendmarc" },
    { "OpenDKIM", "opendkim" },
    { "rspamd", "rspamd-dmarc" },
    { "Fastmail authentication_milter", "authentication-milter" },
    { "Stalwart", "stalwart" },
    { "mox", "mox" },
    { "Haraka", "haraka" },
    { "cPanel", "cpanel" },
    { "MailCleaner", "mailcleaner" },
    { "MagicMail", "magicmail" },
};

/* Rows whose words are anybody's: there the text does not tell who speaks. */
static const char *const anybodys[] = { "stalwart-dmarc", "stalwart-iprev",
                                        "rspamd-grey" };

/* Its words ("Relay access denied") are those of many, of which another row is surer.
 */
static const char surer[] = "fortimail-relay";

struct tally {
    size_t right, wrong, apart;
};

static FILE *rows_open(void)
{
    const char *dir = getenv("AUTHCHECK_RESEARCH");
    const char *require = getenv("AUTHCHECK_REQUIRE_SUITES");
    char path[1024];
    FILE *f;

    snprintf(path, sizeof path, "%s/receivers.tsv", dir ? dir : RESEARCH_DEFAULT);
    f = fopen(path, "r");
    if (!f && require && strcmp(require, "1") == 0)
        fail_msg("%s cannot be read, and AUTHCHECK_REQUIRE_SUITES is 1", path);
    if (!f)
        printf("SKIPPED suite: no %s\n", path);
    return f;
}

static bool starts(struct span s, const char *prefix)
{
    return span_starts(s, span_of(prefix));
}

/* NULL: the row names nobody, or somebody that its words do not tell. */
static const char *speaker_of(const struct span *column)
{
    for (size_t i = 0; i < sizeof anybodys / sizeof *anybodys; i++)
        if (span_eq(column[ID], span_of(anybodys[i])))
            return NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (starts(column[RECEIVER], names[i].row))
            return names[i].speaker;
    return NULL;
}

static void check(const struct span *column, struct arena *arena, struct tally *t)
{
    const struct bounce_said said = { .text = column[SAMPLE] };
    const char *speaker = speaker_of(column), *confidence;
    const struct bounce_class *class;
    struct bounce_verdict v;
    bool right;

    assert_int_equal(bounce_classify(&said, arena, &v), AC_OK);
    if (!column[EXPRESSION].n) {
        t->apart++;
        return;
    }
    class = bounce_class(v.class);
    confidence = bounce_confidence_print(v.confidence);
    right = class && span_eq(column[CAUSE], span_of(class->name)) &&
            (!speaker || (v.speaker && strcmp(v.speaker, speaker) == 0)) &&
            (span_eq(column[CONFIDENCE], span_of(confidence)) ||
             span_eq(column[ID], span_of(surer)));
    t->right += right;
    t->wrong += !right;
    if (!right)
        printf("  %.*s: %.*s\n    expected %.*s of %s, %.*s; got %s of %s, %s (%s)\n",
               SPAN_ARG(column[ID]), SPAN_ARG(column[SAMPLE]), SPAN_ARG(column[CAUSE]),
               speaker ? speaker : "anybody", SPAN_ARG(column[CONFIDENCE]),
               class ? class->name : "null", v.speaker ? v.speaker : "null", confidence,
               v.pattern ? v.pattern : "no row");
}

static void receivers_rows_name_their_cause_and_speaker(void **state)
{
    FILE *f = rows_open();
    struct tally t = { 0 };
    struct arena arena;
    char *line = NULL;
    size_t size = 0;
    ssize_t n;

    (void)state;
    if (!f)
        return;
    arena_init(&arena, 1 << 20);
    while ((n = getline(&line, &size, f)) > 0) {
        struct span rest = span_trim(span_make(line, (size_t)n), "\n"),
                    column[COLUMNS] = { { NULL, 0 } };

        for (size_t i = 0; i < COLUMNS && rest.p; i++)
            column[i] = span_cut(&rest, '\t');
        if (!span_eq(column[ID], SPAN("id")))
            check(column, &arena, &t);
        arena_reset(&arena);
    }
    printf("receivers.tsv: %zu of %zu rows; %zu without an expression\n", t.right,
           t.right + t.wrong, t.apart);
    free(line);
    fclose(f);
    arena_free(&arena);
    assert_true(t.right + t.apart > 190);
    assert_int_equal(t.wrong, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(receivers_rows_name_their_cause_and_speaker),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
