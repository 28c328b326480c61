/* SPDX-License-Identifier: MIT */
/*
 * fixes_test.c - what a printed fix promises, over small worlds made by chance: put
 * into the DNS as printed, it turns the verdict; nobody else is the worse or the richer
 * for it. The world is changed here by hand, not by the code that found the fix.
 */
#include "base/buf.h"
#include "support/play.h"
#include "unit/dkim_keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum {
    WORLDS = 2000,
    TEXTS_MAX = 16,
    PROBES = 6
};

#define KEY "v=DKIM1; k=ed25519; p=" ED25519

static const char *pick(uint64_t *chance, const char *const *list, size_t n)
{
    return list[play_next(chance) % n];
}

#define PICK(chance, list) pick(chance, list, sizeof(list) / sizeof *(list))

static bool one_in(uint64_t *chance, unsigned n)
{
    return play_next(chance) % n == 0;
}

/* --- worlds -------------------------------------------------------------------------
 */

static const char *const address[] = {
    "192.0.2.4",    "192.0.2.5",     "198.51.100.7", "203.0.113.9",
    "203.0.113.10", "198.51.100.99", "192.0.2.77",   "2001:db8::7",
};

static void put_term(struct buf *zone, uint64_t *chance)
{
    static const char *const qualifier[] = { "", "", "", "", "-", "~", "?", "+" };
    static const char *const term[] = {
        "include:a.test",      "include:b.test",
        "include:void.test",   "include:_s.shop.example",
        "a:h1.test",           "a:h2.test",
        "a:gone.test",         "mx:h1.test",
        "ip4:192.0.2.4",       "ip4:203.0.113.0/29",
        "ip6:2001:db8::/64",   "ipv4:192.0.2.5",
        "ip4:198.51.100.99,",  "include: b.test",
        "a:192.0.2.5",         "include:shop.example",
        "exists:%{i}.x.test",  "ptr",
        "include=a.test",      "a:gone1.test",
        "a:gone2.test",        "include:many.test",
        "include:broken.test", "mx:ten.test",
    };

    buf_printf(zone, " %s%s", PICK(chance, qualifier), PICK(chance, term));
}

static void put_record(struct buf *zone, uint64_t *chance, const char *owner)
{
    static const char *const end[] = { " -all",
                                       " -all",
                                       " ~all",
                                       " ?all",
                                       "",
                                       " redirect=b.test",
                                       " redirect=void.test",
                                       " -all include:a.test",
                                       " -all;" };
    size_t n = play_next(chance) % 4;

    buf_printf(zone, "%s. TXT \"v=spf1", owner);
    for (size_t i = 0; i < n; i++)
        put_term(zone, chance);
    buf_printf(zone, "%s\"\n", PICK(chance, end));
}

/* What the others publish: plain, broken, costly. */
static const char others[] =
    "a.test. TXT \"v=spf1 ip4:198.51.100.0/25 a:h2.test ?all\"\n"
    "b.test. TXT \"v=spf1 ip4:203.0.113.9 -all\"\n"
    "many.test. TXT \"v=spf1 include:m1.test include:m2.test a:h1.test mx:h1.test "
    "a:h2.test -all\"\n"
    "m1.test. TXT \"v=spf1 a:h1.test a:h2.test -all\"\n"
    "m2.test. TXT \"v=spf1 a:h1.test mx:h1.test ip4:203.0.113.10 -all\"\n"
    "broken.test. TXT \"v=spf1 ip4:203.0.113.0/99 -all\"\n"
    "void.test. TXT \"nothing\"\n"
    "h1.test. A 203.0.113.20\nh1.test. MX 5 h2.test.\nh2.test. A 203.0.113.21\n"
    "h2.test. AAAA 2001:db8::21\n"
    "_spf.google.com. TXT \"v=spf1 ip4:192.0.2.0/26 ~all\"\n"
    "5.2.0.192.in-addr.arpa. PTR mail-5.google.com.\n"
    "shop.example. TXT \"a verification=string\"\n";

static void put_keys(struct buf *zone, uint64_t *chance)
{
    static const char *const key[] = {
        KEY,
        "v=DKIM1; p=",
        "v=DKIM2; k=ed25519; p=" ED25519,
        "k=rsa; v=DKIM1; p=" ED25519,
        "v=DKIM1; h=sha1; k=ed25519; p=" ED25519,
        "no key",
    };

    if (!one_in(chance, 4))
        buf_printf(zone, "s1._domainkey.shop.example. TXT \"%s\"\n", PICK(chance, key));
    if (one_in(chance, 3))
        buf_printf(zone, "s2._domainkey.shop.example. CNAME s2.keys.test.\n");
}

static void put_world(struct buf *zone, uint64_t *chance)
{
    static const char *const dmarc[] = {
        "p=reject",          "p=quarantine",
        "p=reject; aspf=s",  "p=reject; np=reject; sp=quarantine",
        "p=reject; adkim=s", "p=reject; pct=50"
    };

    buf_puts(zone, others);
    if (!one_in(chance, 6))
        put_record(zone, chance, "shop.example");
    if (one_in(chance, 6))
        put_record(zone, chance, "shop.example");
    if (one_in(chance, 2))
        put_record(zone, chance, "_s.shop.example");
    if (one_in(chance, 2))
        put_record(zone, chance, "mail.shop.example");
    if (one_in(chance, 2))
        buf_printf(zone, "shop.example. MX 10 mx.google.com.\n");
    buf_printf(zone, "_dmarc.shop.example. TXT \"v=DMARC1; %s\"\n",
               PICK(chance, dmarc));
    put_keys(zone, chance);
}

/* --- a fix put into the world, by hand ----------------------------------------------
 */

struct proof {
    struct play *p;
    const struct play_row *row;
    const struct audit_result *before;
    const struct audit_fix *fix;
    struct dns_overlay *o;
};

static void refuse(const struct proof *f, const char *what)
{
    print_error("%s\nzone:\n%s\n%s from %s, described %zu, selectors %s, sender %s\n",
                what, f->row->zone, f->row->domain, f->row->ip, f->before->described,
                f->row->selector ? f->row->selector : "-",
                f->row->mail_from ? f->row->mail_from : "-");
    for (size_t i = 0; i < f->fix->changes.n; i++) {
        const struct fix_change *c = &f->fix->changes.row[i];
        char name[DNS_TEXT_MAX];

        print_error("%s: \"%.*s\" -> \"%.*s\"\n", dns_name_print(&c->name, name),
                    SPAN_ARG(c->old), SPAN_ARG(c->new));
    }
    fail_msg("%s", what);
}

/* Strings of 100 octets, unlike those of the code that is tested. */
static struct dns_rr txt_record(struct arena *a, struct span text)
{
    struct buf b;
    struct dns_rr rr;

    buf_init(&b, 1 << 16);
    do {
        struct span part = span_to(text, 100);

        buf_putc(&b, (char)part.n);
        buf_put(&b, part);
        text = span_from(text, part.n);
    } while (text.n);
    rr = (struct dns_rr){ .rdata = { arena_strdup(a, buf_span(&b)), b.n } };
    buf_free(&b);
    return rr;
}

/* The texts at a name: those of the world, each change made to them. */
static void change_name(struct proof *f, struct arena *a, const struct dns_name *name)
{
    const struct dns_answer *now = world_look(&f->p->world, a, name, DNS_T_TXT);
    struct span text[TEXTS_MAX];
    struct dns_rr rr[TEXTS_MAX];
    size_t n = 0, kept = 0;

    for (size_t i = 0; !now->n_cname && i < now->n; i++)
        text[n++] = dns_txt_join(a, &now->rr[i]);
    for (size_t i = 0; i < f->fix->changes.n; i++) {
        const struct fix_change *c = &f->fix->changes.row[i];
        bool found = !c->old.p;

        if (c->type != DNS_T_TXT || !dns_name_eq(&c->name, name))
            continue;
        for (size_t k = 0; c->old.p && k < n && !found; k++)
            if (text[k].p && span_eq(text[k], c->old)) {
                found = true;
                text[k].p = NULL;
            }
        if (!found)
            refuse(f, "the record that a fix replaces is not there");
        if (c->new.p)
            text[n++] = c->new;
    }
    for (size_t i = 0; i < n; i++)
        if (text[i].p)
            rr[kept++] = txt_record(a, text[i]);
    assert_int_equal(dns_overlay_put(f->o, name, DNS_T_TXT, rr, kept), AC_OK);
}

/* The verdict for one address alone, in the world with (or without) the overlay. */
static enum verdict verdict_for(const struct proof *f, const struct ip *ip,
                                const struct dns_overlay *o, bool *spf_pass)
{
    struct play p = *f->p;
    enum verdict v;
    struct audit *a;

    p.options.ip = ip;
    p.options.n_ips = 1;
    p.options.overlay = o;
    p.options.fixes = false;
    a = play_run(&p, 0);
    v = audit_result(a)->verdict;
    if (spf_pass)
        *spf_pass = audit_result(a)->spf[0].check.result == SPF_PASS;
    audit_free(a);
    return v;
}

static void check_addresses(const struct proof *f)
{
    for (size_t i = 0; i < f->before->n_ips; i++) {
        const struct ip *ip = &f->before->ip[i];
        enum verdict before = verdict_for(f, ip, NULL, NULL);
        enum verdict after = verdict_for(f, ip, f->o, NULL);

        if (i == f->before->described &&
            (after != f->fix->verdict_after || after >= before))
            refuse(f, "the fix does not turn the verdict");
        if (after > before)
            refuse(f, "the fix is worse for an address");
    }
}

/* --- nobody is authorised who was not asked about -----------------------------------
 */

static bool has_term(struct span text, struct span term)
{
    while (text.p)
        if (span_eq_ci(span_cut(&text, ' '), term))
            return true;
    return false;
}

/* Does the fix add an include, or mend a record that meant more than it said? */
static bool may_authorize_more(const struct proof *f)
{
    for (size_t i = 0; i < f->fix->n_causes; i++)
        if (f->fix->cause[i] != FINDING_SPF_IP_NOT_AUTHORIZED &&
            f->fix->cause[i] != FINDING_SPF_RECORD_MISSING)
            return true;
    for (size_t i = 0; i < f->fix->changes.n; i++) {
        struct span rest = f->fix->changes.row[i].new;
        struct span old = f->fix->changes.row[i].old;

        while (rest.p) {
            struct span term = span_cut(&rest, ' ');

            if (!span_starts(term, SPAN("include:")))
                continue;
            if (!has_term(old, term) || !span_ends_ci(old, SPAN("all")))
                return true;
        }
    }
    return false;
}

static void check_probes(const struct proof *f, uint64_t *chance)
{
    if (may_authorize_more(f))
        return;
    for (size_t i = 0; i < PROBES; i++) {
        bool before, after, asked = false;
        struct ip ip;

        assert_true(ip_parse(span_of(PICK(chance, address)), &ip));
        if (one_in(chance, 2))
            ip.bytes[3] = (uint8_t)play_next(chance);
        for (size_t k = 0; k < f->before->n_ips; k++)
            asked = asked || ip_eq(&ip, &f->before->ip[k]);
        if (asked)
            continue;
        verdict_for(f, &ip, NULL, &before);
        verdict_for(f, &ip, f->o, &after);
        if (after && !before)
            refuse(f, "the fix lets an address pass that nobody asked about");
    }
}

/* Does the text name this domain in an include, however that is written? */
static bool has_include(struct span text, struct span domain)
{
    while (text.p) {
        struct span term = span_cut(&text, ' ');

        if (span_ends_ci(term, domain) && term.n > domain.n)
            return true;
    }
    return false;
}

/* Where terms were only taken away or moved, none came but the address itself. */
static void check_terms(const struct proof *f)
{
    char ip[IP_TEXT_MAX], address_term[IP_TEXT_MAX + 4];
    const struct ip *described = &f->before->ip[f->before->described];
    const struct fix_change *c = &f->fix->changes.row[0];
    struct span rest = c->new;

    for (size_t i = 0; i < f->fix->n_causes; i++)
        if (f->fix->cause[i] != FINDING_SPF_INCLUDE_MISSING &&
            f->fix->cause[i] != FINDING_SPF_INCLUDE_LOOP &&
            f->fix->cause[i] != FINDING_SPF_TOO_MANY_VOIDS)
            return;
    if (f->fix->changes.note || f->fix->changes.n > 1)
        return;
    snprintf(address_term, sizeof address_term, "ip%u:%s", described->family,
             ip_print(described, ip));
    while (rest.p) {
        struct span term = span_cut(&rest, ' ');

        if (span_starts(term, SPAN("include:")) &&
            has_include(c->old, span_from(term, 8)))
            continue; /* it was written include=, or stood behind "all" */
        if (!has_term(c->old, term) && !span_eq(term, span_of(address_term)) &&
            !span_eq(term, SPAN("~all")) &&
            !span_eq(term, SPAN("include:_spf.google.com")))
            refuse(f, "the fix adds a term that nobody asked for");
    }
}

static size_t fixes, causes[FINDING_COUNT];

static void check_fix(struct proof *f, uint64_t *chance)
{
    struct arena a;

    arena_init(&a, 1 << 24);
    f->o = dns_overlay_new(1);
    for (size_t i = 0; i < f->fix->changes.n; i++)
        if (f->fix->changes.row[i].type == DNS_T_TXT)
            change_name(f, &a, &f->fix->changes.row[i].name);
    check_addresses(f);
    check_probes(f, chance);
    check_terms(f);
    fixes++;
    for (size_t i = 0; i < f->fix->n_causes; i++)
        causes[f->fix->cause[i]]++;
    dns_overlay_free(f->o);
    arena_free(&a);
}

/* A cause without a fix has advice. */
static void check_words(const struct proof *f)
{
    const struct audit_result *r = f->before;

    for (size_t i = 0; i < r->n_causes; i++)
        for (size_t k = 0; k < r->cause[i].n; k++) {
            bool told = false;

            for (size_t m = 0; m < r->n_fixes; m++)
                for (size_t c = 0; c < r->fix[m].n_causes; c++)
                    told = told || r->fix[m].cause[c] == r->cause[i].reason[k].id;
            for (size_t m = 0; m < r->n_advice; m++)
                told = told || r->advice[m].cause == r->cause[i].reason[k].id;
            assert_true(told);
        }
}

static void check_world(const struct play_row *row, uint64_t *chance)
{
    struct proof f = { .row = row };
    struct audit *a;
    struct play p;

    play_init(&p, row);
    if (one_in(chance, 2))
        p.options.key_record = SPAN(KEY);
    f.p = &p;
    a = play_run(&p, one_in(chance, 2) ? play_next(chance) | 1 : 0);
    f.before = audit_result(a);
    for (size_t i = 0; i < f.before->n_fixes; i++) {
        f.fix = &f.before->fix[i];
        check_fix(&f, chance);
    }
    check_words(&f);
    audit_free(a);
    play_free(&p);
}

static void fixes_turn_the_verdict_in_worlds_by_chance(void **state)
{
    static const char *const client[] = { "192.0.2.5",    "198.51.100.7",
                                          "203.0.113.10", "192.0.2.4 198.51.100.99",
                                          "2001:db8::7",  "192.0.2.5 2001:db8::21" };
    static const char *const sender[] = { NULL, NULL,
                                          NULL, "joe@mail.shop.example",
                                          "<>", "joe@b.test" };
    static const char *const key[] = { NULL, NULL, "s1", "s2", "s1 s2" };
    uint64_t chance = 99;

    (void)state;
    for (size_t i = 0; i < WORLDS; i++) {
        struct play_row row = {
            .why = "a world by chance",
            .domain = "shop.example",
            .ip = PICK(&chance, client),
            .mail_from = PICK(&chance, sender),
            .selector = PICK(&chance, key),
            .guess_helo = one_in(&chance, 2),
            .discover = one_in(&chance, 2) ? 4 : 0,
            .reputation = i % 2,
        };
        struct buf zone;

        buf_init(&zone, 1 << 16);
        put_world(&zone, &chance);
        row.zone = buf_text(&zone);
        check_world(&row, &chance);
        buf_free(&zone);
    }
    for (size_t i = 0; i < FINDING_COUNT; i++)
        if (causes[i])
            print_message("%5zu %s\n", causes[i],
                          finding_kind((enum finding_id)i)->name);
    assert_true(fixes >= WORLDS / 2);
    assert_true(causes[FINDING_SPF_IP_NOT_AUTHORIZED] > 0);
    assert_true(causes[FINDING_SPF_MULTIPLE_RECORDS] > 0);
    assert_true(causes[FINDING_SPF_SYNTAX_ERROR] > 0);
    assert_true(causes[FINDING_SPF_TOO_MANY_LOOKUPS] > 0);
    assert_true(causes[FINDING_DKIM_KEY_MISSING] > 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixes_turn_the_verdict_in_worlds_by_chance),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
