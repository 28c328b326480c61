/* SPDX-License-Identifier: MIT */
/*
 * explain_question_test.c - which audit explains a bounce: what is given wins over what
 * is told, what is told is hostile, and what asks the same has the same key.
 */
#include "explain/question.h"

#include "base/buf.h"
#include "env/env.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* A bounce and options on one side, on the other the audit as a line: domain,
 * addresses, MAIL FROM, HELO, selectors, receivers, bulk, unsigned; "-": none is asked.
 */
struct row {
    const char *why;
    const char *domain, *mail_from, *ip, *helo, *selector, *speaker; /* told */
    enum bounce_class_id class;
    const char *given_domain, *given_ip, *given_mail_from, *given_helo, *given_selector,
        *given_receiver;
    bool is_unsigned;
    const char *said_dkim; /* told by the receiver */
    const char *expected;
};

static const struct row rows[] = {
    { .why = "all is taken from the bounce",
      .domain = "Shop.Example",
      .mail_from = "b@mailer.example",
      .ip = "192.0.2.1",
      .helo = "mx.shop.example",
      .selector = "s1._domainkey.shop.example",
      .speaker = "gmail",
      .class = BOUNCE_CLASS_DMARC_POLICY,
      .expected = "shop.example 192.0.2.1 b@mailer.example mx.shop.example "
                  "s1._domainkey.shop.example gmail generic" },
    { .why = "what is given wins",
      .domain = "shop.example",
      .mail_from = "b@mailer.example",
      .ip = "192.0.2.1",
      .helo = "mx.shop.example",
      .selector = "s1._domainkey.shop.example",
      .speaker = "gmail",
      .given_domain = "other.example",
      .given_ip = "192.0.2.2",
      .given_mail_from = "<>",
      .given_helo = "other.helo",
      .given_selector = "s2",
      .given_receiver = "icloud",
      .expected = "other.example 192.0.2.2 <> other.helo s2 icloud" },
    { .why = "without a From domain that of MAIL FROM is taken",
      .mail_from = "<b@mailer.example>",
      .expected = "mailer.example (by MAIL FROM) <b@mailer.example> generic" },
    { .why = "MAIL FROM may be a bare domain",
      .mail_from = "mailer.example",
      .expected = "mailer.example (by MAIL FROM) mailer.example generic" },
    { .why = "a null sender has none", .mail_from = "<>", .expected = "-" },
    { .why = "a From domain that is none does not count",
      .domain = "a b.example",
      .mail_from = "b@mailer.example",
      .expected = "mailer.example (by MAIL FROM) b@mailer.example generic" },
    { .why = "nor does one without a dot", .domain = "localhost", .expected = "-" },
    { .why = "a v4-mapped address is the IPv4 address",
      .domain = "shop.example",
      .ip = "::ffff:192.0.2.1",
      .expected = "shop.example 192.0.2.1 generic" },
    { .why = "a private address is not the one that was judged",
      .domain = "shop.example",
      .ip = "10.1.2.3",
      .expected = "shop.example generic" },
    { .why = "unless it is given",
      .domain = "shop.example",
      .given_ip = "10.1.2.3",
      .expected = "shop.example 10.1.2.3 generic" },
    { .why = "a selector that is none is left out",
      .domain = "shop.example",
      .selector = "..",
      .expected = "shop.example generic" },
    { .why = "--unsigned leaves them all out",
      .domain = "shop.example",
      .selector = "s1._domainkey.shop.example",
      .is_unsigned = true,
      .expected = "shop.example generic unsigned" },
    { .why = "a receiver that saw no signature (RFC 8601, 2.7)",
      .domain = "shop.example",
      .said_dkim = "none",
      .expected = "shop.example generic unsigned" },
    { .why = "but the header of the mail has one",
      .domain = "shop.example",
      .selector = "s1._domainkey.shop.example",
      .said_dkim = "none",
      .expected = "shop.example s1._domainkey.shop.example generic" },
    { .why = "or somebody knows better",
      .domain = "shop.example",
      .given_selector = "s2",
      .said_dkim = "none",
      .expected = "shop.example s2 generic" },
    { .why = "a speaker whose rules are not known has a stand-in",
      .domain = "shop.example",
      .speaker = "qq",
      .class = BOUNCE_CLASS_SPF_FAIL,
      .expected = "shop.example postfix-spfperl generic" },
    { .why = "a bulk rule makes the sender a bulk sender",
      .domain = "shop.example",
      .speaker = "outlook",
      .class = BOUNCE_CLASS_BULK_AUTH_REQUIRED,
      .expected = "shop.example outlook generic bulk" },
    { .why = "where the address alone decides its reverse name is enough",
      .ip = "192.0.2.1",
      .speaker = "gmail",
      .class = BOUNCE_CLASS_PTR,
      .expected = "1.2.0.192.in-addr.arpa (by address) 192.0.2.1 gmail postfix-conn "
                  "generic" },
    { .why = "where the EHLO name decides as well",
      .ip = "192.0.2.1",
      .helo = "mx",
      .class = BOUNCE_CLASS_HELO,
      .expected = "1.2.0.192.in-addr.arpa (by address) 192.0.2.1 mx postfix-conn "
                  "generic" },
    { .why = "but not where authentication may be behind it",
      .ip = "192.0.2.1",
      .class = BOUNCE_CLASS_SPF_FAIL,
      .expected = "-" },
    { .why = "and not without an address", .class = BOUNCE_CLASS_PTR, .expected = "-" },
};

static void print(struct buf *out, const struct explain_question *q)
{
    const struct audit_options *o = &q->audit;
    char text[DNS_TEXT_MAX], ip[IP_TEXT_MAX];

    buf_printf(out, "%s%s%s", dns_name_print(&o->domain, text),
               q->by_mail_from ? " (by MAIL FROM)" : "",
               q->by_address ? " (by address)" : "");
    for (size_t i = 0; i < o->n_ips; i++)
        buf_printf(out, " %s", ip_print(&o->ip[i], ip));
    if (o->mail_from.p)
        buf_printf(out, " %.*s", SPAN_ARG(o->mail_from));
    if (o->helo.p)
        buf_printf(out, " %.*s", SPAN_ARG(o->helo));
    for (size_t i = 0; i < o->n_selectors; i++)
        buf_printf(out, " %s", o->selector[i].text);
    for (size_t i = 0; i < o->n_receivers; i++)
        buf_printf(out, " %s", o->receiver[i]->name);
    buf_puts(out, o->bulk ? " bulk" : "");
    buf_puts(out, o->is_unsigned ? " unsigned" : "");
}

static struct bounce bounce_of(const struct row *row)
{
    struct bounce b = {
        .domain = span_of(row->domain),
        .mail_from = span_of(row->mail_from),
        .has_ip = row->ip != NULL,
        .helo = span_of(row->helo),
        .selector = { span_of(row->selector) },
        .n_selectors = row->selector ? 1 : 0,
        .said_dkim = span_of(row->said_dkim),
        .verdict = { .class = row->class, .speaker = row->speaker },
    };

    if (row->ip)
        assert_true(ip_parse(span_of(row->ip), &b.ip));
    return b;
}

static enum ac_status ask(const struct row *row, struct arena *arena,
                          struct explain_question *q, bool *asked)
{
    const struct receiver *receiver =
        row->given_receiver ? receiver_find(span_of(row->given_receiver)) : NULL;
    struct audit_options options = { .mail_from = span_of(row->given_mail_from),
                                     .helo = span_of(row->given_helo),
                                     .is_unsigned = row->is_unsigned,
                                     .receiver = &receiver,
                                     .n_receivers = receiver ? 1 : 0 };
    const struct explain_given given = { &options, &row->given_selector,
                                         row->given_selector ? 1 : 0 };
    struct bounce b = bounce_of(row);
    struct ip ip;

    if (row->given_domain)
        assert_true(dns_name_parse(span_of(row->given_domain), &options.domain));
    if (row->given_ip) {
        assert_true(ip_parse(span_of(row->given_ip), &ip));
        options.ip = &ip;
        options.n_ips = 1;
    }
    TRY(explain_ask(&given, &b, arena, q, asked));
    /* What the options pointed to is gone after this; the texts of a bounce are not
     * needed any more either. */
    if (row->given_ip)
        q->audit.ip = memcpy(arena_alloc(arena, sizeof ip), &ip, sizeof ip);
    if (receiver) {
        const struct receiver **list = arena_alloc(arena, sizeof(struct receiver *));

        *list = receiver;
        q->audit.receiver = list;
    }
    return AC_OK;
}

static void question_takes_what_is_given_then_what_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct explain_question q;
        struct arena arena;
        struct buf text;
        bool asked;

        arena_init(&arena, 1 << 20);
        buf_init(&text, 4096);
        assert_int_equal(ask(&rows[i], &arena, &q, &asked), AC_OK);
        if (asked)
            print(&text, &q);
        else
            buf_puts(&text, "-");
        if (strcmp(buf_text(&text), rows[i].expected) != 0)
            fail_msg("%s\nexpected %s\ngot      %s", rows[i].why, rows[i].expected,
                     buf_text(&text));
        buf_free(&text);
        arena_free(&arena);
    }
}

static void question_that_asks_the_same_has_the_same_key(void **state)
{
    const struct row one = { .domain = "shop.example", .ip = "192.0.2.1" };
    const struct row again = { .domain = "SHOP.example", .ip = "192.0.2.1" };
    const struct row others[] = {
        { .domain = "other.example", .ip = "192.0.2.1" },
        { .domain = "shop.example", .ip = "192.0.2.2" },
        { .domain = "shop.example" },
        { .domain = "shop.example", .ip = "192.0.2.1", .mail_from = "a@shop.example" },
        { .domain = "shop.example", .ip = "192.0.2.1", .helo = "a@shop.example" },
        { .domain = "shop.example",
          .ip = "192.0.2.1",
          .selector = "s1._domainkey.shop.example" },
        { .domain = "shop.example", .ip = "192.0.2.1", .speaker = "gmail" },
        { .domain = "shop.example",
          .ip = "192.0.2.1",
          .class = BOUNCE_CLASS_ALIGNMENT_BULK },
    };
    struct explain_question a, b;
    struct arena arena;
    bool asked;

    (void)state;
    arena_init(&arena, 1 << 20);
    assert_int_equal(ask(&one, &arena, &a, &asked), AC_OK);
    assert_int_equal(ask(&again, &arena, &b, &asked), AC_OK);
    assert_true(span_eq(a.key, b.key));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_int_equal(ask(&others[i], &arena, &b, &asked), AC_OK);
        if (span_eq(a.key, b.key))
            fail_msg("row %zu has the key of another audit", i);
    }
    arena_free(&arena);
}

static void question_out_of_memory_is_told(void **state)
{
    const struct row row = rows[0];
    enum ac_status status = AC_ENOMEM;

    (void)state;
    for (size_t cap = 0; cap < 1 << 17 && status == AC_ENOMEM; cap += 64) {
        struct explain_question q;
        struct arena arena;
        bool asked;

        arena_init(&arena, cap);
        status = ask(&row, &arena, &q, &asked);
        arena_free(&arena);
    }
    assert_int_equal(status, AC_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(question_takes_what_is_given_then_what_is_told),
        cmocka_unit_test(question_that_asks_the_same_has_the_same_key),
        cmocka_unit_test(question_out_of_memory_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
