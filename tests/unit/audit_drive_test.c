/* SPDX-License-Identifier: MIT */
/*
 * audit_drive_test.c - which question is asked again, of whom, and when it is given up.
 *
 * Over a source that follows a script: names that fail stay silent, servers that are
 * down do for all names; a time-out ends at once when nothing else is on its way, so no
 * test waits and none hangs on speed.
 */
#include "audit/drive.h"

#include "support/play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

enum {
    SENT_MAX = 200
};

#define KEY                                                                  \
    "s1._domainkey.shop.example. TXT \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/" \
    "7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"\n"
#define REJECT "_dmarc.shop.example. TXT \"v=DMARC1; p=reject\"\n"
#define NONE   "_dmarc.shop.example. TXT \"v=DMARC1; p=none\"\n"
#define TREE                                                            \
    "shop.example. TXT \"v=spf1 include:a.test include:b.test -all\"\n" \
    "a.test. TXT \"v=spf1 ip4:192.0.2.1 -all\"\n"                       \
    "b.test. TXT \"v=spf1 include:c.test -all\"\n"                      \
    "c.test. TXT \"v=spf1 ip4:192.0.2.3 -all\"\n"
#define SILENT_B "b.test TXT timeout"

/* One try that was sent. */
struct sent {
    struct dns_try ask;
    struct dns_name name;
    unsigned server;
    bool open;
};

struct script {
    struct dns_source base;
    const struct world *world;
    unsigned servers;
    enum dns_outcome down[4]; /* by server; DNS_ANSWER: it works */
    struct sent sent[SENT_MAX];
    size_t n;
};

static enum ac_status script_ask(struct dns_source *base, const struct dns_try *t)
{
    struct script *s = (struct script *)base;
    struct sent *to = &s->sent[s->n++];

    assert_true(s->n <= SENT_MAX);
    *to = (struct sent){
        .ask = *t, .name = *t->name, .server = t->attempt % s->servers, .open = true
    };
    return AC_OK;
}

static const struct dns_answer *script_answer(const struct script *s,
                                              const struct sent *t, struct arena *into)
{
    const struct dns_answer *a;

    if (s->down[t->server] != DNS_ANSWER)
        a = dns_answer_failed(into, s->down[t->server]);
    else
        a = world_look(s->world, into, &t->name, t->ask.type);
    assert_non_null(a);
    return a;
}

/* The oldest try that ends otherwise than by silence, else the oldest. */
static enum ac_status script_wait(struct dns_source *base, int64_t until,
                                  struct arena *into, struct dns_event *events,
                                  size_t max, size_t *n)
{
    struct script *s = (struct script *)base;
    struct sent *chosen = NULL;
    const struct dns_answer *answer = NULL;

    (void)until;
    assert_true(max > 0);
    *n = 0;
    for (size_t i = 0; i < s->n; i++) {
        const struct dns_answer *a;

        if (!s->sent[i].open)
            continue;
        a = script_answer(s, &s->sent[i], into);
        if (chosen && (a->outcome == DNS_TIMEOUT || answer->outcome != DNS_TIMEOUT))
            continue;
        chosen = &s->sent[i];
        answer = a;
    }
    if (!chosen)
        return AC_OK;
    chosen->open = false;
    events[(*n)++] =
        (struct dns_event){ .ticket = chosen->ask.ticket, .answer = answer };
    return AC_OK;
}

static void script_cancel(struct dns_source *base)
{
    struct script *s = (struct script *)base;

    for (size_t i = 0; i < s->n; i++)
        s->sent[i].open = false;
}

/* Packets for the TXT records of a name, and the server of the first of them. */
static unsigned packets(const struct script *s, const char *name, unsigned *first)
{
    struct dns_name want = world_name(name);
    unsigned n = 0;

    for (size_t i = s->n; i-- > 0;)
        if (s->sent[i].ask.type == DNS_T_TXT && dns_name_eq(&s->sent[i].name, &want)) {
            *first = s->sent[i].server;
            n++;
        }
    return n;
}

struct row {
    const char *why;
    struct play_row play;
    unsigned servers;
    enum dns_outcome down[4]; /* by server; 0: DNS_ANSWER */
    unsigned tries;
    bool no_time; /* the deadline is over at once */
    enum verdict verdict;
    enum spf_result spf;
    const char *name; /* this name... */
    unsigned packets; /* ...was asked so often, */
    unsigned first;   /* of this server first */
};

/* clang-format off */
static const struct row silence[] = {
    { "an address that matches before the silent include decides: it is asked once",
      { .zone = TREE REJECT, .fault = SILENT_B, .domain = "shop.example",
        .ip = "192.0.2.1", .is_unsigned = true },
      1, { 0 }, 3, false, VERDICT_ACCEPT, SPF_PASS, "b.test", 1, 0 },
    { "an aligned key decides: the silent include is asked once",
      { .zone = TREE REJECT KEY, .fault = SILENT_B, .domain = "shop.example",
        .ip = "192.0.2.3", .selector = "s1" },
      1, { 0 }, 3, false, VERDICT_ACCEPT, SPF_TEMPERROR, "b.test", 1, 0 },
    { "the verdict hangs on the silent include: every try is used",
      { .zone = TREE REJECT, .fault = SILENT_B, .domain = "shop.example",
        .ip = "192.0.2.3", .is_unsigned = true },
      1, { 0 }, 3, false, VERDICT_UNKNOWN, SPF_TEMPERROR, "b.test", 3, 0 },
    { "--tries 1",
      { .zone = TREE REJECT, .fault = SILENT_B, .domain = "shop.example",
        .ip = "192.0.2.3", .is_unsigned = true },
      1, { 0 }, 1, false, VERDICT_UNKNOWN, SPF_TEMPERROR, "b.test", 1, 0 },
    { "a silent name is no dead server: with two servers it is asked once as well",
      { .zone = TREE REJECT, .fault = SILENT_B, .domain = "shop.example",
        .ip = "192.0.2.1", .is_unsigned = true },
      2, { 0 }, 3, false, VERDICT_ACCEPT, SPF_PASS, "b.test", 1, 0 },
    { "no time at all: everything ends as it stands",
      { .zone = TREE REJECT, .domain = "shop.example", .ip = "192.0.2.1",
        .is_unsigned = true },
      1, { 0 }, 3, true, VERDICT_UNKNOWN, SPF_TEMPERROR, "shop.example", 0, 9 },
};

static const struct row servers[] = {
    { "a silent first server: the second is asked, though no verdict hangs on it",
      { .zone = TREE NONE, .domain = "shop.example", .ip = "192.0.2.3",
        .is_unsigned = true },
      2, { DNS_TIMEOUT }, 3, false, VERDICT_ACCEPT, SPF_PASS, "shop.example", 2, 0 },
    { "a silent first server: later questions begin at the second",
      { .zone = TREE NONE, .domain = "shop.example", .ip = "192.0.2.3",
        .is_unsigned = true },
      2, { DNS_TIMEOUT }, 3, false, VERDICT_ACCEPT, SPF_PASS, "b.test", 1, 1 },
    { "two silent servers of three",
      { .zone = TREE NONE, .domain = "shop.example", .ip = "192.0.2.3",
        .is_unsigned = true },
      3, { DNS_TIMEOUT, DNS_TIMEOUT }, 3, false, VERDICT_ACCEPT, SPF_PASS, "c.test", 1,
      2 },
    { "all servers are silent: no more than --tries packets",
      { .zone = TREE REJECT, .domain = "shop.example", .ip = "192.0.2.3",
        .is_unsigned = true },
      2, { DNS_TIMEOUT, DNS_TIMEOUT }, 3, false, VERDICT_UNKNOWN, SPF_TEMPERROR,
      "shop.example", 3, 0 },
    { "nobody listens at the first server",
      { .zone = TREE REJECT, .domain = "shop.example", .ip = "192.0.2.3",
        .is_unsigned = true },
      2, { DNS_UNREACHABLE }, 3, false, VERDICT_ACCEPT, SPF_PASS, "c.test", 1, 1 },
    { "a server that refuses: the next one is asked once",
      { .zone = TREE REJECT, .domain = "shop.example", .ip = "192.0.2.3",
        .is_unsigned = true },
      2, { DNS_REFUSED }, 3, false, VERDICT_ACCEPT, SPF_PASS, "c.test", 2, 0 },
    { "all servers fail: each is asked once",
      { .zone = TREE REJECT, .domain = "shop.example", .ip = "192.0.2.3",
        .is_unsigned = true },
      3, { DNS_SERVFAIL, DNS_SERVFAIL, DNS_SERVFAIL }, 2, false, VERDICT_UNKNOWN,
      SPF_TEMPERROR, "shop.example", 3, 0 },
};
/* clang-format on */

static void check_row(const struct row *row)
{
    static const struct dns_source_ops ops = { script_ask, script_wait, script_cancel,
                                               NULL };
    const struct drive_options options = { .servers = row->servers,
                                           .tries = row->tries,
                                           .timeout_us = 3600 * 1000000LL,
                                           .deadline_us =
                                               row->no_time ? 0 : 7200 * 1000000LL };
    struct script s = { .base = { &ops }, .servers = row->servers };
    const struct audit_result *r;
    struct audit *a = NULL;
    struct play play;
    unsigned first = 9, n;

    play_init(&play, &row->play);
    s.world = &play.world;
    for (size_t i = 0; i < 4; i++)
        s.down[i] = row->down[i];
    assert_int_equal(audit_new(&play.options, &a), AC_OK);
    assert_int_equal(audit_drive(a, &s.base, &options), AC_OK);
    r = audit_result(a);
    n = packets(&s, row->name, &first);
    if (r->verdict != row->verdict || r->spf[0].check.result != row->spf ||
        n != row->packets || first != row->first)
        fail_msg("%s: verdict %d, SPF %d, %u packets for %s, server %u first; expected "
                 "%d, %d, %u, server %u",
                 row->why, r->verdict, r->spf[0].check.result, n, row->name, first,
                 row->verdict, row->spf, row->packets, row->first);
    assert_true(r->decided_us <= r->wall_us);
    audit_free(a);
    play_free(&play);
}

static void audit_drive_asks_again_what_a_verdict_hangs_on(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof silence / sizeof *silence; i++)
        check_row(&silence[i]);
}

static void audit_drive_tells_a_dead_server_from_a_silent_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof servers / sizeof *servers; i++)
        check_row(&servers[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(audit_drive_asks_again_what_a_verdict_hangs_on),
        cmocka_unit_test(audit_drive_tells_a_dead_server_from_a_silent_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
