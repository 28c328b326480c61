/* SPDX-License-Identifier: MIT */
/*
 * dmarc_reader_test.c - DMARC records as OpenDMARC, Exim, rspamd and Mail::DMARC find
 * and read them, where RFC 7489, 6.3, 6.6.3 has it otherwise.
 */
#include "dmarc/reader.h"
#include "support/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define OD DMARC_READER_OPENDMARC
#define EX DMARC_READER_EXIM
#define RS DMARC_READER_RSPAMD
#define MD DMARC_READER_MAIL_DMARC

struct call {
    struct dns_name author;
    enum dmarc_reader reader;
    struct dmarc_discovery out;
};

static enum ac_status step(struct ac_env *env, void *context)
{
    struct call *call = context;

    return dmarc_read(env, &call->author, call->reader, &call->out);
}

/* "reject", "none" where none applies, with "*" where chance decides. */
static const char *policy_of(struct world *w, const char *author,
                             enum dmarc_reader reader)
{
    struct call call = { .author = world_name(author), .reader = reader };

    world_forget(w);
    assert_int_equal(world_run(w, step, &call), AC_OK);
    if (call.out.found == DMARC_TEMPERROR)
        return "temperror";
    if (call.out.found != DMARC_FOUND)
        return call.out.by_chance ? "none*" : "none";
    switch (call.out.policy) {
    case DMARC_NONE:
        return call.out.by_chance ? "none*" : "none";
    case DMARC_QUARANTINE:
        return call.out.by_chance ? "quarantine*" : "quarantine";
    case DMARC_REJECT:
        break;
    }
    return call.out.by_chance ? "reject*" : "reject";
}

static void reader_takes_what_its_program_takes(void **state)
{
    static const struct {
        const char *why, *zone, *author;
        const char *expected[4]; /* OpenDMARC, Exim, rspamd, Mail::DMARC */
    } row[] = {
        { "a plain record",
          "_dmarc.a.test. TXT \"v=DMARC1; p=reject\"",
          "a.test",
          { "reject", "reject", "reject", "reject" } },
        { "inherited",
          "_dmarc.a.test. TXT \"v=DMARC1; p=reject\"",
          "b.a.test",
          { "reject", "none", "reject", "reject" } },
        { "sp for a subdomain",
          "_dmarc.a.test. TXT \"v=DMARC1; p=reject; sp=none\"",
          "b.a.test",
          { "none", "none", "none", "none" } },
        { "sp not for itself",
          "_dmarc.a.test. TXT \"v=DMARC1; p=reject; sp=none\"",
          "a.test",
          { "reject", "reject", "reject", "reject" } },
        { "p of another kind",
          "_dmarc.a.test. TXT \"v=DMARC1; p=bogus\"",
          "a.test",
          { "none", "none", "none", "none" } },
        { "no p",
          "_dmarc.a.test. TXT \"v=DMARC1; rua=mailto:x@a.test\"",
          "a.test",
          { "none", "none", "none", "none" } },
        { "a bad sp",
          "_dmarc.a.test. TXT \"v=DMARC1; p=reject; sp=bogus\"",
          "a.test",
          { "none", "reject", "reject", "none" } },
        { "a bad sp for a subdomain",
          "_dmarc.a.test. TXT \"v=DMARC1; p=reject; sp=bogus\"",
          "b.a.test",
          { "none", "none", "none", "none" } },
        { "small letters",
          "_dmarc.a.test. TXT \"v=dmarc1; p=reject\"",
          "a.test",
          { "none", "reject", "none", "reject" } },
        { "v behind p",
          "_dmarc.a.test. TXT \"p=reject; v=DMARC1\"",
          "a.test",
          { "reject", "none", "none", "none" } },
        { "blanks",
          "_dmarc.a.test. TXT \"v=DMARC1 ;  p = reject ; \"",
          "a.test",
          { "reject", "reject", "none", "reject" } },
        { "a comma",
          "_dmarc.a.test. TXT \"v=DMARC1, p=reject\"",
          "a.test",
          { "none", "none", "none", "none" } },
        { "capitals",
          "_dmarc.a.test. TXT \"v=DMARC1; P=REJECT\"",
          "a.test",
          { "reject", "reject", "reject", "reject" } },
        { "a beginning of a word",
          "_dmarc.a.test. TXT \"v=DMARC1; p=rej\"",
          "a.test",
          { "reject", "reject", "none", "none" } },
        { "an unknown tag",
          "_dmarc.a.test. TXT \"v=DMARC1; zz=1; p=reject\"",
          "a.test",
          { "reject", "reject", "reject", "reject" } },
        { "a bad adkim behind p",
          "_dmarc.a.test. TXT \"v=DMARC1; p=reject; adkim=x\"",
          "a.test",
          { "none", "reject", "none", "reject" } },
        { "a bad fo, ri, rf",
          "_dmarc.a.test. TXT \"v=DMARC1; p=reject; fo=x\"",
          "a.test",
          { "none", "reject", "reject", "reject" } },
        { "rua twice",
          "_dmarc.a.test. TXT \"v=DMARC1; rua=mailto:a@a.test; rua=mailto:b@a.test; "
          "p=reject\"",
          "a.test",
          { "none", "none", "reject", "reject" } },
        { "two strings",
          "_dmarc.a.test. TXT \"v=DMARC1; p=re\" \"ject\"",
          "a.test",
          { "reject", "none", "reject", "reject" } },
        { "two records",
          "_dmarc.a.test. TXT \"v=DMARC1; p=reject\"\n"
          "_dmarc.a.test. TXT \"v=DMARC1; p=none\"",
          "a.test",
          { "reject*", "reject*", "none", "none" } },
        { "another text beside it",
          "_dmarc.a.test. TXT \"v=DMARC1; p=quarantine\"\n"
          "_dmarc.a.test. TXT \"v=spf1 -all\"",
          "a.test",
          { "quarantine*", "quarantine*", "quarantine", "quarantine" } },
        { "a middle record",
          "_dmarc.b.a.test. TXT \"v=DMARC1; p=reject\"",
          "c.b.a.test",
          { "none", "none", "none", "none" } },
        { "an unlisted top-level domain",
          "_dmarc.a.example. TXT \"v=DMARC1; p=reject\"",
          "b.a.example",
          { "none", "none", "none", "none" } },
        { "its owner",
          "_dmarc.a.example. TXT \"v=DMARC1; p=reject\"",
          "a.example",
          { "reject", "reject", "reject", "none" } },
        { "np, t and psd are not known", /* RFC 9989, 4.7 */
          "_dmarc.a.test. TXT \"v=DMARC1; p=reject; t=y; np=none; psd=n\"",
          "a.test",
          { "reject", "reject", "reject", "reject" } },
        { "pct=0",
          "_dmarc.a.test. TXT \"v=DMARC1; p=reject; pct=0\"",
          "a.test",
          { "none", "reject", "reject", "reject" } }, /* lowered in the verdict */
    };
    static const enum dmarc_reader reader[] = { OD, EX, RS, MD };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct world w;

        world_init(&w, row[i].zone);
        for (size_t k = 0; k < 4; k++) {
            const char *got = policy_of(&w, row[i].author, reader[k]);

            if (strcmp(got, row[i].expected[k]) != 0)
                fail_msg("%s, %s: %s, expected %s (%s)", row[i].why,
                         dmarc_reader(reader[k])->name, got, row[i].expected[k],
                         row[i].zone);
        }
        world_free(&w);
    }
}

static void reader_meets_failed_lookups(void **state)
{
    static const struct {
        const char *fault;
        enum dmarc_reader reader;
        const char *policy;
    } row[] = {
        { "_dmarc.b.a.test", OD, "reject" }, /* goes on to the organization */
        { "_dmarc.b.a.test", MD, "reject" },    { "_dmarc.b.a.test", RS, "temperror" },
        { "_dmarc.b.a.test", EX, "temperror" }, { "_dmarc.a.test", OD, "temperror" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct world w;
        const char *got;

        world_init(&w, "_dmarc.a.test. TXT \"v=DMARC1; p=reject\"");
        world_fault(&w, row[i].fault, 0, DNS_TIMEOUT, false);
        got = policy_of(&w, "b.a.test", row[i].reader);
        if (strcmp(got, row[i].policy) != 0)
            fail_msg("%s, no answer at %s: %s", dmarc_reader(row[i].reader)->name,
                     row[i].fault, got);
        world_free(&w);
    }
}

static void reader_aligns_by_habit(void **state)
{
    static const struct {
        enum dmarc_reader reader;
        const char *author, *identifier;
        bool relaxed, strict;
    } row[] = {
        { OD, "a.test", "a.test", true, true },
        { OD, "a.test", "b.a.test", true, true }, /* strict mode is not enforced here */
        { OD, "b.a.test", "a.test", true, false },
        { OD, "b.a.test", "c.a.test", true, false },
        { OD, "a.test", "b.test", false, false },
        { EX, "a.test", "b.a.test", true, true },
        { OD, "a.example", "b.a.example", true, false },
        { RS, "a.test", "b.a.test", true, false },
        { RS, "a.example", "b.a.example", false, false },
        { MD, "a.test", "b.a.test", true, false },
        { MD, "a.test", "b.test", false, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct dns_name author = world_name(row[i].author);
        struct dns_name identifier = world_name(row[i].identifier);

        if (dmarc_reader_aligned(row[i].reader, &author, &identifier, false) !=
                row[i].relaxed ||
            dmarc_reader_aligned(row[i].reader, &author, &identifier, true) !=
                row[i].strict)
            fail_msg("%s: %s and %s (RFC 7489, 3.1)", dmarc_reader(row[i].reader)->name,
                     row[i].author, row[i].identifier);
    }
}

static void reader_of_the_rfcs_is_discovery(void **state)
{
    struct world w;

    (void)state;
    world_init(&w, "_dmarc.b.a.test. TXT \"v=DMARC1; p=reject\"");
    assert_string_equal(policy_of(&w, "c.b.a.test", DMARC_READER_RFC9989), "reject");
    assert_string_equal(policy_of(&w, "c.b.a.test", DMARC_READER_RFC7489), "none");
    world_free(&w);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(reader_takes_what_its_program_takes),
        cmocka_unit_test(reader_meets_failed_lookups),
        cmocka_unit_test(reader_aligns_by_habit),
        cmocka_unit_test(reader_of_the_rfcs_is_discovery),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
