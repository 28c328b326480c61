/* SPDX-License-Identifier: MIT */
/*
 * verdict_conn_test.c - receivers' rules over the host that connects, its HELO name,
 * the sender's domains and block lists; what is open of them. Authentication passes.
 * RFC 8601, 2.7.3; RFC 5321, 4.1.1.1, 5.1; RFC 7505.
 */
#include "support/world.h"
#include "verdict/receiver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

/* One mail; texts that are NULL are not there. The host is out.shop.test with all that
 * it needs, as is the domain, where `zone` does not say otherwise. */
struct mail {
    const char *ptr;  /* PTR names, with blanks between; "" none */
    const char *helo; /* said; NULL: out.shop.test */
    const char *mx;   /* records of the sender's domain behind "shop.test." */
    const char *more; /* further records */
    const char *fault;
    const char *ip; /* NULL: 198.18.0.25 */
    const char *listed, *subject;
};

struct row {
    const char *receiver, *source;
    struct mail mail;
    enum verdict verdict;
    unsigned code;
    const char *enhanced, *stage;
    enum certainty certainty;
};

#define GOOD_MX   "MX 10 out.shop.test."
#define NO_PTR    .ptr = ""
#define FORGED    .ptr = "other.shop.test."
#define V6        .ip = "2001:2::25"
#define PTR_FAILS .fault = "25.0.18.198.in-addr.arpa"
#define NULL_MX   .mx = "MX 0 ."
#define TXT_ALONE .mx = "TXT \"x\""
#define ABSENT    .mx = ""
#define DANGLING  .mx = "MX 10 nosuch.shop.test."
#define A_ALONE   .mx = "A 198.18.0.25"
#define MX_IP     .mx = "MX 10 198.18.0.25."
#define FAILS     .fault = "shop.test"
#define HOST_DEAD .mx = "MX 10 dead.shop.test.", .fault = "dead.shop.test"
#define ZEN       .listed = "zen.spamhaus.org", .subject = "198.18.0.25"
#define DBL       .listed = "dbl.spamhaus.org", .subject = "shop.test"

/* clang-format off */
static const struct row rules[] = {
    { "gmail", "matrix gmail 1", { NO_PTR, V6 }, VERDICT_REJECT, 550, "5.7.1", "data", CERTAINTY_MEDIUM },
    { "gmail", "matrix gmail 2", { NO_PTR }, VERDICT_REJECT, 550, "5.7.25", "data", CERTAINTY_MEDIUM },
    { "gmail", "matrix gmail 2: not confirmed", { FORGED }, VERDICT_REJECT, 550, "5.7.25", "data", CERTAINTY_MEDIUM },
    { "gmail", "no name of an example's address", { NO_PTR, .ip = "192.0.2.25" }, VERDICT_ACCEPT, 0, NULL, NULL, CERTAINTY_HIGH },
    { "gmail", "an example's address with a forged name", { FORGED, .ip = "192.0.2.25" }, VERDICT_REJECT, 550, "5.7.25", "data", CERTAINTY_MEDIUM },
    { "gmail", "no rule for PTR that fails", { PTR_FAILS }, VERDICT_UNKNOWN, 0, NULL, NULL, CERTAINTY_HIGH },
    { "gmail", "it does not look at MX", { NULL_MX }, VERDICT_ACCEPT, 0, NULL, NULL, CERTAINTY_HIGH },
    { "gmail", "nor whether that fails", { FAILS }, VERDICT_ACCEPT, 0, NULL, NULL, CERTAINTY_HIGH },
    { "yahoo", "matrix yahoo 1", { ABSENT }, VERDICT_REJECT, 554, NULL, "mail", CERTAINTY_HIGH },
    { "yahoo", "matrix yahoo 1: the DNS fails", { FAILS }, VERDICT_DEFER, 451, NULL, "mail", CERTAINTY_HIGH },
    { "yahoo", "matrix yahoo 2", { NULL_MX }, VERDICT_REJECT, 554, NULL, "mail", CERTAINTY_MEDIUM },
    { "yahoo", "matrix yahoo 8", { NO_PTR }, VERDICT_SPAM, 0, NULL, NULL, CERTAINTY_LOW },
    { "yahoo", "an unsure rule leaves nothing open", { PTR_FAILS }, VERDICT_SPAM, 0, NULL, NULL, CERTAINTY_LOW },
    { "yahoo", "matrix yahoo 9", { ZEN }, VERDICT_REJECT, 553, "5.7.1", "connect", CERTAINTY_HIGH },
    { "outlook", "matrix microsoft-consumer 2", { DBL }, VERDICT_REJECT, 550, "5.7.1", "mail", CERTAINTY_HIGH },
    { "outlook", "matrix microsoft-consumer 2: HELO", { .listed = "dbl.spamhaus.org", .subject = "out.shop.test" }, VERDICT_REJECT, 550, "5.7.1", "mail", CERTAINTY_HIGH },
    { "outlook", "row ms-ou", { ZEN }, VERDICT_REJECT, 550, NULL, "mail", CERTAINTY_MEDIUM },
    { "outlook", "matrix microsoft-consumer 7", { NO_PTR }, VERDICT_REJECT, 550, NULL, "mail", CERTAINTY_LOW },
    { "outlook", "matrix microsoft-consumer 8", { .ptr = "dsl-198-18-0-25.pool.isp.test.", .more = "dsl-198-18-0-25.pool.isp.test. A 198.18.0.25\n" }, VERDICT_REJECT, 550, NULL, "mail", CERTAINTY_LOW },
    { "exchange-online", "matrix exchange-online 1", { NO_PTR, V6 }, VERDICT_REJECT, 550, "5.7.25", "rcpt", CERTAINTY_HIGH },
    { "exchange-online", "matrix exchange-online 1: IPv4", { NO_PTR }, VERDICT_ACCEPT, 0, NULL, NULL, CERTAINTY_HIGH },
    { "exchange-online", "matrix exchange-online 1: IPv4, PTR fails", { PTR_FAILS }, VERDICT_ACCEPT, 0, NULL, NULL, CERTAINTY_HIGH },
    { "exchange-online", "matrix exchange-online 3", { ZEN }, VERDICT_REJECT, 550, "5.7.1", "rcpt", CERTAINTY_HIGH },
    { "exchange-online", "a list that is not its own", { .listed = "bl.spamcop.net", .subject = "198.18.0.25" }, VERDICT_ACCEPT, 0, NULL, NULL, CERTAINTY_HIGH },
    { "icloud", "row apple-spamhaus", { DBL }, VERDICT_REJECT, 550, "5.7.1", "data", CERTAINTY_HIGH },
    { "gmx", "row gmx-ptr", { NO_PTR }, VERDICT_REJECT, 554, NULL, "connect", CERTAINTY_HIGH },
    { "gmx", "row gmx-mxa", { TXT_ALONE }, VERDICT_REJECT, 550, NULL, "rcpt", CERTAINTY_HIGH },
    { "gmx", "row gmx-mxa: null MX", { NULL_MX }, VERDICT_REJECT, 550, NULL, "rcpt", CERTAINTY_MEDIUM },
    { "gmx", "row gmx-mxa: dead MX", { DANGLING }, VERDICT_REJECT, 550, NULL, "rcpt", CERTAINTY_MEDIUM },
    { "generic", "it looks at nothing else", { NO_PTR, NULL_MX, ZEN }, VERDICT_ACCEPT, 0, NULL, NULL, CERTAINTY_HIGH },

    { "postfix-conn", "measured: conn-noptr", { NO_PTR }, VERDICT_DEFER, 450, "4.7.25", "rcpt", CERTAINTY_HIGH },
    { "postfix-conn", "measured: conn-ptr-servfail", { PTR_FAILS }, VERDICT_DEFER, 450, "4.7.25", "rcpt", CERTAINTY_HIGH },
    { "postfix-conn", "it may stand in any network", { NO_PTR, .ip = "10.1.2.3" }, VERDICT_DEFER, 450, "4.7.25", "rcpt", CERTAINTY_HIGH },
    { "haraka", "is_private_ip: of examples too", { NO_PTR, .ip = "192.0.2.25" }, VERDICT_ACCEPT, 0, NULL, NULL, CERTAINTY_HIGH },
    { "haraka", "... but over IPv6", { NO_PTR, .ip = "2001:db8::25" }, VERDICT_REJECT, 554, NULL, "connect", CERTAINTY_HIGH },
    { "haraka", "is_private_ip over IPv6", { NO_PTR, .ip = "fd00::25" }, VERDICT_ACCEPT, 0, NULL, NULL, CERTAINTY_HIGH },
    { "postfix-conn", "measured: a PTR that does not confirm", { FORGED }, VERDICT_DEFER, 450, "4.7.25", "rcpt", CERTAINTY_HIGH },
    { "postfix-conn", "the name fails", { .ptr = "dead.shop.test.", .fault = "dead.shop.test" }, VERDICT_DEFER, 450, "4.7.25", "rcpt", CERTAINTY_HIGH },
    { "postfix-conn", "two names, one true: by chance", { .ptr = "out.shop.test. other.shop.test." }, VERDICT_DEFER, 450, "4.7.25", "rcpt", CERTAINTY_MEDIUM },
    { "postfix-conn", "measured: conn-helo-unresolvable", { .helo = "nosuch.shop.test" }, VERDICT_DEFER, 450, "4.7.1", "rcpt", CERTAINTY_HIGH },
    { "postfix-conn", "the HELO name fails", { .helo = "dead.shop.test", .fault = "dead.shop.test" }, VERDICT_DEFER, 450, "4.7.1", "rcpt", CERTAINTY_HIGH },
    { "postfix-conn", "a later refusal goes before that (defer_if_permit)", { .helo = "dead.shop.test", .fault = "dead.shop.test", NULL_MX }, VERDICT_REJECT, 550, "5.7.27", "rcpt", CERTAINTY_HIGH },
    { "postfix-conn", "measured: conn-helo-other-ip", { .helo = "other.shop.test" }, VERDICT_ACCEPT, 0, NULL, NULL, CERTAINTY_HIGH },
    { "postfix-conn", "an address literal", { .helo = "[198.18.0.25]" }, VERDICT_ACCEPT, 0, NULL, NULL, CERTAINTY_HIGH },
    { "postfix-conn", "a broken literal", { .helo = "[198.18.0.300]" }, VERDICT_REJECT, 501, "5.5.2", "rcpt", CERTAINTY_HIGH },
    { "postfix-conn", "measured: conn-nullmx", { NULL_MX }, VERDICT_REJECT, 550, "5.7.27", "rcpt", CERTAINTY_HIGH },
    { "postfix-conn", "measured: conn-txt-only", { TXT_ALONE }, VERDICT_DEFER, 450, "4.1.8", "rcpt", CERTAINTY_HIGH },
    { "postfix-conn", "measured: sender domain NXDOMAIN", { ABSENT }, VERDICT_DEFER, 450, "4.1.8", "rcpt", CERTAINTY_HIGH },
    { "postfix-conn", "measured: conn-mx-dangling", { DANGLING }, VERDICT_ACCEPT, 0, NULL, NULL, CERTAINTY_HIGH },
    { "postfix-conn", "measured: conn-sender-servfail", { FAILS }, VERDICT_DEFER, 450, "4.1.8", "rcpt", CERTAINTY_HIGH },
    { "postfix-conn", "PTR comes before the rest", { NO_PTR, NULL_MX }, VERDICT_DEFER, 450, "4.7.25", "rcpt", CERTAINTY_HIGH },
    { "postfix-conn-soft", "measured: conn-noptr", { NO_PTR }, VERDICT_DEFER, 450, "4.7.1", "rcpt", CERTAINTY_HIGH },
    { "postfix-conn-soft", "any name will do", { FORGED }, VERDICT_ACCEPT, 0, NULL, NULL, CERTAINTY_HIGH },
    { "postfix-conn-soft", "measured: conn-helo-short", { .helo = "localhost" }, VERDICT_REJECT, 504, "5.5.2", "rcpt", CERTAINTY_HIGH },
    { "postfix-conn-soft", "a bare address is no name", { .helo = "198.18.0.25" }, VERDICT_REJECT, 504, "5.5.2", "rcpt", CERTAINTY_HIGH },
    { "postfix-conn-soft", "a broken literal", { .helo = "[x]" }, VERDICT_REJECT, 501, "5.5.2", "rcpt", CERTAINTY_HIGH },
    { "postfix-conn-soft", "measured: conn-helo-unresolvable", { .helo = "nosuch.shop.test" }, VERDICT_ACCEPT, 0, NULL, NULL, CERTAINTY_HIGH },
    { "postfix-conn-soft", "measured: conn-nullmx-a", { .mx = "MX 0 .\nshop.test. A 198.18.0.25" }, VERDICT_REJECT, 550, "5.7.27", "rcpt", CERTAINTY_HIGH },
    { "postfix-conn-soft", "measured: conn-txt-only", { TXT_ALONE }, VERDICT_DEFER, 450, "4.1.8", "rcpt", CERTAINTY_HIGH },
    { "postfix-conn-soft", "measured: conn-sender-servfail", { FAILS }, VERDICT_DEFER, 450, "4.1.8", "rcpt", CERTAINTY_HIGH },
    { "postfix-dnsbl", "row postfix-dnsbl", { ZEN }, VERDICT_REJECT, 554, "5.7.1", "rcpt", CERTAINTY_HIGH },
    { "postfix-dnsbl", "row postfix-rhsbl", { DBL }, VERDICT_REJECT, 554, "5.7.1", "rcpt", CERTAINTY_HIGH },
    { "postfix-dnsbl", "postconf(5): HELO", { .helo = "short" }, VERDICT_REJECT, 504, "5.5.2", "rcpt", CERTAINTY_HIGH },
    { "postfix-dnsbl", "postconf(5): literal", { .helo = "[" }, VERDICT_REJECT, 501, "5.5.2", "rcpt", CERTAINTY_HIGH },
    { "postfix-dnsbl", "postconf(5): null MX", { NULL_MX }, VERDICT_REJECT, 550, "5.7.27", "rcpt", CERTAINTY_HIGH },
    { "postfix-dnsbl", "postconf(5): sender", { ABSENT }, VERDICT_DEFER, 450, "4.1.8", "rcpt", CERTAINTY_HIGH },
    { "postfix-dnsbl", "postconf(5): sender fails", { FAILS }, VERDICT_DEFER, 450, "4.1.8", "rcpt", CERTAINTY_HIGH },
    { "exim-debian", "measured: conn-nullmx", { NULL_MX }, VERDICT_REJECT, 550, NULL, "rcpt", CERTAINTY_HIGH },
    { "exim-debian", "measured: conn-txt-only", { TXT_ALONE }, VERDICT_REJECT, 550, NULL, "rcpt", CERTAINTY_HIGH },
    { "exim-debian", "measured: conn-mx-dangling", { DANGLING }, VERDICT_REJECT, 550, NULL, "rcpt", CERTAINTY_HIGH },
    { "exim-debian", "allow_mx_to_ip is off", { MX_IP }, VERDICT_REJECT, 550, NULL, "rcpt", CERTAINTY_HIGH },
    { "exim-debian", "an address alone will do", { A_ALONE }, VERDICT_ACCEPT, 0, NULL, NULL, CERTAINTY_HIGH },
    { "exim-debian", "measured: conn-sender-servfail", { FAILS }, VERDICT_DEFER, 451, NULL, "rcpt", CERTAINTY_HIGH },
    { "exim-debian", "the MX host fails", { HOST_DEAD }, VERDICT_DEFER, 451, NULL, "rcpt", CERTAINTY_HIGH },
    { "exim-debian", "one MX host is enough", { .mx = "MX 10 nosuch.shop.test.\nshop.test. " GOOD_MX }, VERDICT_ACCEPT, 0, NULL, NULL, CERTAINTY_HIGH },
    { "exim-debian", "measured: conn-noptr", { NO_PTR }, VERDICT_ACCEPT, 0, NULL, NULL, CERTAINTY_HIGH },
    { "opensmtpd-conn", "measured: conn-noptr", { NO_PTR }, VERDICT_REJECT, 550, NULL, "connect", CERTAINTY_HIGH },
    { "opensmtpd-conn", "measured: not confirmed", { FORGED }, VERDICT_REJECT, 550, NULL, "connect", CERTAINTY_HIGH },
    { "opensmtpd-conn", "two names, one true: by chance", { .ptr = "out.shop.test. other.shop.test." }, VERDICT_REJECT, 550, NULL, "connect", CERTAINTY_MEDIUM },
    { "qpsmtpd-reject", "measured: conn-txt-only", { TXT_ALONE }, VERDICT_DEFER, 450, NULL, "mail", CERTAINTY_HIGH },
    { "qpsmtpd-reject", "measured: conn-nullmx", { NULL_MX }, VERDICT_DEFER, 450, NULL, "mail", CERTAINTY_HIGH },
    { "qpsmtpd-reject", "measured: conn-mx-dangling", { DANGLING }, VERDICT_DEFER, 450, NULL, "mail", CERTAINTY_HIGH },
    { "qpsmtpd-reject", "resolvable_fromhost: an address as MX", { MX_IP }, VERDICT_ACCEPT, 0, NULL, NULL, CERTAINTY_HIGH },
    { "qpsmtpd-reject", "the MX host fails", { HOST_DEAD }, VERDICT_DEFER, 450, NULL, "mail", CERTAINTY_HIGH },
    { "qpsmtpd-reject", "measured: conn-sender-servfail", { FAILS }, VERDICT_DEFER, 450, NULL, "mail", CERTAINTY_HIGH },
    { "haraka", "measured: conn-noptr", { NO_PTR }, VERDICT_REJECT, 554, NULL, "connect", CERTAINTY_HIGH },
    { "haraka", "measured: conn-ptr-servfail", { PTR_FAILS }, VERDICT_REJECT, 554, NULL, "connect", CERTAINTY_HIGH },
    { "haraka", "no_fcrdns is off", { FORGED }, VERDICT_ACCEPT, 0, NULL, NULL, CERTAINTY_HIGH },
    { "haraka", "measured: conn-nullmx", { NULL_MX }, VERDICT_REJECT, 550, "5.7.27", "mail", CERTAINTY_HIGH },
    { "haraka", "measured: conn-txt-only", { TXT_ALONE }, VERDICT_REJECT, 550, NULL, "mail", CERTAINTY_HIGH },
    { "haraka", "allow_mx_ip is off, for the implicit MX too", { A_ALONE }, VERDICT_REJECT, 550, NULL, "mail", CERTAINTY_HIGH },
    { "haraka", "measured: conn-mx-dangling", { DANGLING }, VERDICT_REJECT, 550, NULL, "mail", CERTAINTY_HIGH },
    { "haraka", "the MX host fails", { HOST_DEAD }, VERDICT_REJECT, 550, NULL, "mail", CERTAINTY_HIGH },
    { "haraka", "measured: conn-sender-servfail", { FAILS }, VERDICT_DEFER, 450, NULL, "mail", CERTAINTY_HIGH },
    { "courier", "measured: conn-nullmx", { NULL_MX }, VERDICT_REJECT, 517, NULL, "mail", CERTAINTY_HIGH },
    { "courier", "measured: conn-txt-only", { TXT_ALONE }, VERDICT_REJECT, 517, NULL, "mail", CERTAINTY_HIGH },
    { "courier", "measured: conn-mx-dangling", { DANGLING }, VERDICT_REJECT, 517, NULL, "mail", CERTAINTY_HIGH },
    { "courier", "submit.C: an address as MX", { .mx = "MX 10 198.18.0.25.\nshop.test. " GOOD_MX }, VERDICT_REJECT, 517, NULL, "mail", CERTAINTY_HIGH },
    { "courier", "submit.C: the DNS fails", { FAILS }, VERDICT_DEFER, 417, NULL, "mail", CERTAINTY_HIGH },
    { "courier", "submit.C: the MX host fails", { HOST_DEAD }, VERDICT_DEFER, 417, NULL, "mail", CERTAINTY_HIGH },
    { "sendmail", "measured: conn-txt-only", { TXT_ALONE }, VERDICT_REJECT, 553, "5.1.8", "mail", CERTAINTY_HIGH },
    { "sendmail", "measured: conn-nullmx", { NULL_MX }, VERDICT_ACCEPT, 0, NULL, NULL, CERTAINTY_HIGH },
    { "sendmail", "measured: conn-sender-servfail", { FAILS }, VERDICT_DEFER, 451, "4.1.8", "mail", CERTAINTY_HIGH },
    { "chasquid", "measured: it looks at none of it", { NO_PTR, NULL_MX, .helo = "x" }, VERDICT_ACCEPT, 0, NULL, NULL, CERTAINTY_HIGH },
};
/* clang-format on */

/* All that stands in the evidence. */
struct scene {
    struct ip ip;
    struct dns_name domain;
    struct host_client host;
    struct host_helo helo;
    struct sender_domain sender;
    struct blocklist list;
    struct blocklist_result listing;
    struct verdict_evidence e;
    struct span helo_name;
};

static enum ac_status look(struct ac_env *env, void *context)
{
    struct scene *s = context;
    enum ac_status a = host_client_audit(env, &s->ip, &s->host);
    enum ac_status b = host_helo_audit(env, s->helo_name, &s->ip, &s->helo);
    enum ac_status c = sender_domain_audit(env, &s->domain, &s->sender);

    return a != AC_OK ? a : b != AC_OK ? b : c;
}

static void begin(struct world *w, struct scene *s, const struct mail *m)
{
    const char *ptr = m->ptr ? m->ptr : "out.shop.test.";
    char reverse[IP_REVERSE_MAX], zone[2000];
    size_t n;

    *s = (struct scene){ .domain = world_name("shop.test"),
                         .helo_name = span_of(m->helo ? m->helo : "out.shop.test") };
    assert_true(ip_parse(span_of(m->ip ? m->ip : "198.18.0.25"), &s->ip));
    n = (size_t)snprintf(zone, sizeof zone,
                         "out.shop.test. A 198.18.0.25\nout.shop.test. A 192.0.2.25\n"
                         "out.shop.test. AAAA 2001:2::25\n"
                         "other.shop.test. A 198.18.0.99\n%s",
                         m->more ? m->more : "");
    if (!m->mx || *m->mx)
        n += (size_t)snprintf(zone + n, sizeof zone - n, "shop.test. %s\n",
                              m->mx ? m->mx : GOOD_MX);
    while (*ptr) {
        int length = (int)strcspn(ptr, " ");

        n += (size_t)snprintf(zone + n, sizeof zone - n, "%s. PTR %.*s\n",
                              ip_print_reverse(&s->ip, reverse), length, ptr);
        ptr += length + (ptr[length] == ' ');
    }
    if (m->mx &&
        !*m->mx) /* or shop.test would be there for the sake of out.shop.test */
        s->domain = world_name("absent.test");
    world_init(w, zone);
    if (m->fault)
        world_fault(w, m->fault, 0, DNS_SERVFAIL, false);
    assert_int_equal(world_run(w, look, s), AC_OK);
    s->list = (struct blocklist){ .zone = m->listed };
    s->listing = (struct blocklist_result){ .list = &s->list,
                                            .subject = m->subject,
                                            .state = BLOCKLIST_LISTED };
    s->e = (struct verdict_evidence){
        .ip = s->ip,
        .from_domain = "shop.test",
        .spf_domain = "shop.test",
        .sender = "a@shop.test",
        .helo = s->helo_name.p,
        .helo_counts = true,
        .spf = { .pass = AC_YES, .same_name = true },
        .host = &s->host,
        .helo_facts = &s->helo,
        .sender_facts = &s->sender,
        .author_facts = &s->sender,
        .listing = &s->listing,
        .n_listings = m->listed != NULL,
    };
    for (size_t i = 0; i < SPF_EVALUATORS_N; i++)
        s->e.mail[i] = (struct verdict_spf){ .result = SPF_PASS, .could_pass = true };
    s->e.helo_check = s->e.mail[0];
}

static void judge(const char *receiver, struct scene *s, struct prediction *out)
{
    const struct receiver *r = receiver_find(span_of(receiver));
    static struct arena arena;

    assert_non_null(r);
    arena_init(&arena, 1 << 20);
    assert_int_equal(receiver_predict(r, &s->e, &arena, out), AC_OK);
    if (out->reply && (strchr(out->reply, '{') || !*out->reply))
        fail_msg("%s: a placeholder is left in: %s", receiver, out->reply);
    arena_free(&arena);
}

static bool same_text(const char *a, const char *b)
{
    return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

static void receivers_refuse_hosts_and_domains_by_their_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const struct row *row = &rules[i];
        struct prediction got;
        struct scene s;
        struct world w;

        begin(&w, &s, &row->mail);
        judge(row->receiver, &s, &got);
        if (got.verdict != row->verdict || got.code != row->code ||
            !same_text(got.enhanced, row->enhanced) ||
            !same_text(got.stage, row->stage) || got.certainty != row->certainty)
            fail_msg("%s, %s: %s %u %s at %s, certainty %s", row->receiver, row->source,
                     verdict_print(got.verdict), got.code,
                     got.enhanced ? got.enhanced : "-", got.stage ? got.stage : "-",
                     certainty_print(got.certainty));
        world_free(&w);
    }
}

/* Each receiver of the table with a mail in which nothing is wrong. */
static void receivers_take_a_sound_host(void **state)
{
    static const struct mail sound = { 0 };
    struct prediction got;
    struct scene s;
    struct world w;

    (void)state;
    begin(&w, &s, &sound);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        judge(rules[i].receiver, &s, &got);
        if (got.verdict != VERDICT_ACCEPT)
            fail_msg("%s: %s %u", rules[i].receiver, verdict_print(got.verdict),
                     got.code);
    }
    world_free(&w);
}

static void receivers_wait_for_what_they_ask_alone(void **state)
{
    static const struct mail sound = { 0 };
    static const struct {
        const char *receiver;
        bool host, helo, sender; /* what it hangs on */
    } row[] = {
        { "generic", false, false, false },
        { "gmail", true, false, false },
        { "yahoo", false, false, true },
        { "icloud", false, false, false },
        { "exchange-online", false, false, false }, /* over IPv6 alone */
        { "postfix-conn", true, true, true },
        { "sendmail", false, false, true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row * 3; i++) {
        size_t k = i / 3;
        bool hangs = i % 3 == 0   ? row[k].host
                     : i % 3 == 1 ? row[k].helo
                                  : row[k].sender;
        struct prediction got;
        struct scene s;
        struct world w;

        begin(&w, &s, &sound);
        if (i % 3 == 0) {
            s.e.host = NULL;
            s.e.host_pending = true;
        } else if (i % 3 == 1) {
            s.e.helo_facts = NULL;
            s.e.helo_facts_pending = true;
        } else {
            s.e.sender_facts = s.e.author_facts = NULL;
            s.e.sender_pending = s.e.author_pending = true;
        }
        judge(row[k].receiver, &s, &got);
        if (got.certainty == CERTAINTY_LOW) /* it may, and that decides nothing */
            got.verdict = VERDICT_ACCEPT;
        if (got.verdict != (hangs ? VERDICT_UNKNOWN : VERDICT_ACCEPT))
            fail_msg("%s, %zu open: %s", row[k].receiver, i % 3,
                     verdict_print(got.verdict));
        world_free(&w);
    }
}

/* On the Internet an example's address is worth no wait; in a laboratory it is. */
static void receivers_wait_for_no_name_of_an_example(void **state)
{
    static const struct mail sound = { .ip = "192.0.2.25" };
    struct prediction got;
    struct scene s;
    struct world w;

    (void)state;
    begin(&w, &s, &sound);
    s.e.host = NULL;
    s.e.host_pending = true;
    judge("gmail", &s, &got);
    assert_int_equal(got.verdict, VERDICT_ACCEPT);
    judge("postfix-conn", &s, &got);
    assert_int_equal(got.verdict, VERDICT_UNKNOWN);
    world_free(&w);
}

static void receivers_judge_no_fact_that_nobody_asked_for(void **state)
{
    static const struct mail bad = { NO_PTR, NULL_MX, .helo = "x" };
    struct prediction got;
    struct scene s;
    struct world w;

    (void)state;
    begin(&w, &s, &bad);
    s.e.host = NULL;
    s.e.helo_facts = NULL;
    s.e.sender_facts = s.e.author_facts = NULL;
    judge("postfix-conn", &s, &got);
    assert_int_equal(got.verdict, VERDICT_ACCEPT);
    s.e.helo_facts = &s.helo;
    s.e.helo_counts = false; /* guessed: nobody said it */
    judge("postfix-conn-soft", &s, &got);
    assert_int_equal(got.verdict, VERDICT_ACCEPT);
    world_free(&w);
}

/* Only what can still come out is tried: one answer to one question. */
static void receivers_open_ends_keep_what_is_known(void **state)
{
    static const struct {
        const char *why, *receiver;
        struct sender_domain d;
        enum verdict verdict;
    } row[] = {
        { "MX is known: neither null nor absent",
          "gmx",
          { .exists = AC_YES,
            .soa = AC_YES,
            .has_mx = AC_YES,
            .has_address = AC_MAYBE,
            .null_mx = AC_NO,
            .deliverable = AC_YES },
          VERDICT_ACCEPT },
        { "the MX hosts may be dead",
          "gmx",
          { .exists = AC_YES,
            .soa = AC_YES,
            .has_mx = AC_YES,
            .has_address = AC_NO,
            .null_mx = AC_NO,
            .deliverable = AC_MAYBE },
          VERDICT_UNKNOWN },
        { "no MX, and the address fails",
          "gmx",
          { .exists = AC_YES,
            .soa = AC_YES,
            .has_mx = AC_NO,
            .has_address = AC_MAYBE,
            .null_mx = AC_NO,
            .deliverable = AC_MAYBE },
          VERDICT_UNKNOWN },
        { "an address is there, and MX fails: it may be null",
          "gmx",
          { .exists = AC_YES,
            .soa = AC_YES,
            .has_mx = AC_MAYBE,
            .has_address = AC_YES,
            .null_mx = AC_MAYBE,
            .deliverable = AC_MAYBE },
          VERDICT_UNKNOWN },
        { "SOA fails of a domain that is there",
          "yahoo",
          { .exists = AC_YES,
            .soa = AC_MAYBE,
            .has_mx = AC_YES,
            .has_address = AC_YES,
            .null_mx = AC_NO,
            .deliverable = AC_YES },
          VERDICT_ACCEPT },
        { "all is refused, whatever comes out",
          "gmx",
          { .exists = AC_MAYBE,
            .soa = AC_MAYBE,
            .has_mx = AC_NO,
            .has_address = AC_NO,
            .null_mx = AC_NO,
            .deliverable = AC_NO },
          VERDICT_REJECT },
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        static const struct mail sound = { 0 };
        struct prediction got;
        struct scene s;
        struct world w;

        begin(&w, &s, &sound);
        s.e.sender_facts = s.e.author_facts = &row[i].d;
        judge(row[i].receiver, &s, &got);
        if (got.verdict != row[i].verdict)
            fail_msg("%s, %s: %s", row[i].receiver, row[i].why,
                     verdict_print(got.verdict));
        world_free(&w);
    }
}

/* Gmail's 451 is about authentication; PTR that fails is another matter. */
static void receivers_failed_ptr_is_no_failed_authentication(void **state)
{
    static const struct mail ptr_fails = { PTR_FAILS };
    struct prediction got;
    struct scene s;
    struct world w;

    (void)state;
    begin(&w, &s, &ptr_fails);
    s.e.dmarc[DMARC_RFC7489] = (struct dmarc_discovery){ .found = DMARC_FOUND,
                                                         .policy = DMARC_REJECT,
                                                         .pct = 100 };
    judge("gmail", &s, &got);
    assert_int_equal(got.verdict, VERDICT_UNKNOWN);
    for (size_t i = 0; i < SPF_EVALUATORS_N; i++)
        s.e.mail[i].result = SPF_TEMPERROR;
    s.e.spf.pass = AC_MAYBE;
    judge("gmail", &s, &got);
    assert_int_equal(got.verdict, VERDICT_DEFER);
    assert_int_equal(got.code, 451);
    world_free(&w);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(receivers_refuse_hosts_and_domains_by_their_rules),
        cmocka_unit_test(receivers_take_a_sound_host),
        cmocka_unit_test(receivers_wait_for_what_they_ask_alone),
        cmocka_unit_test(receivers_wait_for_no_name_of_an_example),
        cmocka_unit_test(receivers_judge_no_fact_that_nobody_asked_for),
        cmocka_unit_test(receivers_open_ends_keep_what_is_known),
        cmocka_unit_test(receivers_failed_ptr_is_no_failed_authentication),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
