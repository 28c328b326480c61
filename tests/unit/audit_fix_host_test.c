/* SPDX-License-Identifier: MIT */
/*
 * audit_fix_host_test.c - what mends a host without a name, a HELO name without an
 * address; advice where no record does; causes of refusals beside authentication.
 * RFC 8601, 2.7.3; RFC 5321, 4.1.1.1; RFC 7505; RFC 5782.
 */
#include "base/buf.h"
#include "support/play.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define HOST "198.18.0.25"
#define AT   "25.0.18.198.in-addr.arpa."
#define SOUND                                                            \
    "shop.test. TXT \"v=spf1 ip4:198.18.0.0/24 ip6:2001:2::/32 -all\"\n" \
    "shop.test. MX 10 mx.shop.test.\nmx.shop.test. A 198.18.0.99\n"

struct row {
    const char *why, *receiver, *zone, *helo;
    const char *causes; /* of the verdict */
    const char *expect; /* "NAME TYPE NEW" of each change, "- NAME TYPE OLD" of what is
                           taken away, " | " between; NULL: no fix */
    const char *says;   /* in the note, or in the advice */
    const char *ip;
};

/* clang-format off */
static const struct row rows[] = {
    { "no name: that of EHLO becomes it", "gmail", SOUND "out.shop.test. A " HOST "\n", "out.shop.test",
      "host-ptr-missing", "25.0.18.198.in-addr.arpa PTR out.shop.test", "provider or hoster", NULL },
    { "no name, and that of EHLO leads elsewhere", "gmail", SOUND, "mx.shop.test",
      "host-ptr-missing", "25.0.18.198.in-addr.arpa PTR mx.shop.test | mx.shop.test A " HOST, "already stay", NULL },
    { "no name over IPv6", "exchange-online", SOUND "out.shop.test. AAAA 2001:2::25\n", "out.shop.test",
      "host-ptr-missing",
      "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.2.0.0.0.1.0.0.2.ip6.arpa PTR out.shop.test", "provider", "2001:2::25" },
    { "no name, and EHLO is not known", "gmail", SOUND, NULL, "host-ptr-missing", NULL, "runs the network of " HOST, NULL },
    { "no name, and EHLO is somebody else's", "gmail", SOUND, "out.isp.test", "host-ptr-missing", NULL, "such as out.isp.test", NULL },
    { "no name, and EHLO is an address", "gmail", SOUND, "[" HOST "]", "host-ptr-missing", NULL, "runs the network", NULL },
    { "a name of one's own that does not lead back", "gmail", SOUND AT " PTR out.shop.test.\n", NULL,
      "host-ptr-not-confirmed", "out.shop.test A " HOST, NULL, NULL },
    { "... that leads elsewhere", "gmail", SOUND AT " PTR mx.shop.test.\n", NULL,
      "host-ptr-not-confirmed", "mx.shop.test A " HOST, "already stay", NULL },
    { "a name of somebody else that does not lead back", "gmail", SOUND AT " PTR out.isp.test.\n", NULL,
      "host-ptr-not-confirmed", NULL, "somebody else", NULL },
    { "... whose host says a name of one's own", "gmail", SOUND AT " PTR out.isp.test.\nout.shop.test. A " HOST "\n", "out.shop.test",
      "host-ptr-not-confirmed", "25.0.18.198.in-addr.arpa PTR out.shop.test", "ask there", NULL },
    { "... with two names", "gmail", SOUND AT " PTR out.isp.test.\n" AT " PTR b.isp.test.\nout.shop.test. A " HOST "\n", "out.shop.test",
      "host-ptr-not-confirmed", "25.0.18.198.in-addr.arpa PTR out.shop.test | - 25.0.18.198.in-addr.arpa PTR out.isp.test", "ask there", NULL },
    { "an alias is left alone", "gmail", SOUND AT " PTR out.shop.test.\nout.shop.test. CNAME h.isp.test.\nh.isp.test. A 192.0.2.1\n", NULL,
      "host-ptr-not-confirmed", NULL, "somebody else", NULL },
    { "one name of two leads back", "postfix-conn", SOUND AT " PTR out.shop.test.\n" AT " PTR mx.shop.test.\nout.shop.test. A " HOST "\n", NULL,
      "host-ptr-partly", "mx.shop.test A " HOST, "already stay", NULL },
    { "the EHLO name gets the address", "postfix-conn", SOUND AT " PTR a.shop.test.\na.shop.test. A " HOST "\n", "out.shop.test",
      "host-helo-unknown", "out.shop.test A " HOST, NULL, NULL },
    { "an EHLO name of somebody else", "postfix-conn", SOUND AT " PTR a.shop.test.\na.shop.test. A " HOST "\n", "out.isp.test",
      "host-helo-unknown", NULL, "myhostname", NULL },
    { "PTR and EHLO at once", "postfix-conn", SOUND AT " PTR a.shop.test.\n", "out.shop.test",
      "host-ptr-not-confirmed, host-helo-unknown", "a.shop.test A " HOST " | out.shop.test A " HOST, NULL, NULL },
    { "a short EHLO name", "postfix-conn-soft", SOUND AT " PTR a.shop.test.\n", "localhost", "host-helo-not-fqdn", NULL, "primary_hostname", NULL },
    { "no EHLO name at all", "postfix-conn-soft", SOUND AT " PTR a.shop.test.\n", "a b", "host-helo-invalid", NULL, "full name", NULL },
    { "a null MX is a will", "yahoo", "shop.test. TXT \"v=spf1 +ip4:198.18.0.25 -all\"\nshop.test. MX 0 .\n", NULL,
      "sender-null-mx", NULL, "takes no mail", NULL },
    { "no MX and no address", "sendmail", "shop.test. TXT \"v=spf1 +ip4:198.18.0.25 -all\"\n", NULL,
      "sender-no-mail-host", NULL, "Which host takes the mail", NULL },
    { "an address as MX", "courier", "shop.test. TXT \"v=spf1 +ip4:198.18.0.25 -all\"\nshop.test. MX 1 198.18.0.25.\n", NULL,
      "sender-mx-address", NULL, "MX record with the name", NULL },
    { "a dead MX host", "exim-debian", "shop.test. TXT \"v=spf1 +ip4:198.18.0.25 -all\"\nshop.test. MX 1 gone.shop.test.\n", NULL,
      "sender-mx-dead", NULL, "MX record with the name", NULL },
    { "an address without MX", "haraka", "shop.test. TXT \"v=spf1 +ip4:198.18.0.25 -all\"\nshop.test. A 198.18.0.25\n" AT " PTR x.test.\n", NULL,
      "sender-no-mx", NULL, "MX record with the name", NULL },
    { "no domain", "sendmail", "x.test. A 192.0.2.1\n", NULL,
      "sender-domain-missing", NULL, "does not exist", NULL },
};
/* clang-format on */

static const char *cause_ids(const struct audit_result *r, char out[static 400])
{
    size_t at = 0;

    out[0] = '\0';
    for (size_t i = 0; i < r->n_causes; i++)
        for (size_t k = 0; k < r->cause[i].n; k++)
            at += (size_t)snprintf(out + at, 400 - at, "%s%s",
                                   k   ? " "
                                   : i ? ", "
                                       : "",
                                   finding_kind(r->cause[i].reason[k].id)->name);
    return out;
}

static const char *changes_of(const struct fix_changes *c, struct buf *text)
{
    buf_init(text, 4096);
    for (size_t i = 0; i < c->n; i++) {
        const struct fix_change *one = &c->row[i];
        char name[DNS_TEXT_MAX], type[DNS_TYPE_TEXT_MAX];
        struct span data = one->new.p ? one->new : one->old;

        buf_printf(text, "%s%s%s %s %.*s", i ? " | " : "", one->new.p ? "" : "- ",
                   dns_name_print(&one->name, name), dns_type_print(one->type, type),
                   SPAN_ARG(data));
    }
    return buf_text(text);
}

/* The words beside the first fix, or all advice. */
static const char *words_of(const struct audit_result *r, struct buf *text)
{
    buf_init(text, 1 << 16);
    for (size_t i = 0; i < r->n_fixes; i++)
        buf_puts(text, r->fix[i].changes.note ? r->fix[i].changes.note : "");
    for (size_t i = 0; i < r->n_advice; i++)
        buf_puts(text, r->advice[i].text);
    return buf_text(text);
}

static void play_row_of(struct play *p, const struct row *row)
{
    struct play_row world = { .why = row->why,
                              .zone = row->zone,
                              .domain = "shop.test",
                              .ip = row->ip ? row->ip : HOST,
                              .helo = row->helo,
                              .is_unsigned = true };

    play_init(p, &world);
    p->receiver[0] = receiver_find(span_of(row->receiver));
    assert_non_null(p->receiver[0]);
}

static void fix_gives_the_host_its_name(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        const struct audit_result *r;
        struct buf changes, words;
        struct audit *a;
        struct play p;
        char causes[400];

        play_row_of(&p, row);
        a = play_run(&p, 0);
        r = audit_result(a);
        if (strcmp(cause_ids(r, causes), row->causes) != 0)
            fail_msg("%s: causes %s, expected %s", row->why, causes, row->causes);
        if ((row->expect != NULL) != (r->n_fixes > 0))
            fail_msg("%s: %zu fixes", row->why, r->n_fixes);
        if (row->expect &&
            strcmp(changes_of(&r->fix[0].changes, &changes), row->expect) != 0)
            fail_msg("%s: %s", row->why, changes.p);
        if (row->expect)
            buf_free(&changes);
        if (row->says && !strstr(words_of(r, &words), row->says))
            fail_msg("%s: %s", row->why, words.p);
        if (row->says)
            buf_free(&words);
        assert_true(!r->n_fixes || r->fix[0].verdict_after == VERDICT_ACCEPT);
        play_end(&p, a);
    }
}

/* Listed in the zone itself, as a list kept by oneself would be. */
static void listing_is_a_cause_and_no_record_takes_it_off(void **state)
{
    static const struct row row = { "listed",
                                    "yahoo",
                                    SOUND AT
                                    " PTR out.shop.test.\nout.shop.test. A " HOST "\n"
                                    "25.0.18.198.zen.spamhaus.org. A 127.0.0.2\n"
                                    "2.0.0.127.zen.spamhaus.org. A 127.0.0.2\n",
                                    "out.shop.test",
                                    NULL,
                                    NULL,
                                    NULL,
                                    NULL };
    const struct audit_result *r;
    struct buf words;
    struct audit *a;
    struct play p;
    char causes[400];

    (void)state;
    play_row_of(&p, &row);
    p.options.dnsbl = true;
    a = play_run(&p, 0);
    r = audit_result(a);
    assert_int_equal(r->verdict, VERDICT_REJECT);
    assert_string_equal(r->prediction[0].enhanced, "5.7.1");
    assert_string_equal(cause_ids(r, causes), "blocklist-address-listed");
    assert_int_equal(r->n_fixes, 0);
    assert_non_null(strstr(words_of(r, &words), "off a list"));
    buf_free(&words);
    play_end(&p, a);
}

/* A list that answers nothing of use lists nobody, and leaves nothing open. */
static void listing_that_cannot_be_checked_leaves_nothing_open(void **state)
{
    static const struct row row = { "unchecked", "yahoo", SOUND, NULL,
                                    NULL,        NULL,    NULL,  NULL };
    struct audit *a;
    struct play p;

    (void)state;
    play_row_of(&p, &row);
    p.options.dnsbl = true;
    world_fault(&p.world, "zen.spamhaus.org", 0, DNS_TIMEOUT, true);
    a = play_run(&p, 0);
    assert_int_equal(audit_result(a)->verdict, VERDICT_ACCEPT);
    play_end(&p, a);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(fix_gives_the_host_its_name),
        cmocka_unit_test(listing_is_a_cause_and_no_record_takes_it_off),
        cmocka_unit_test(listing_that_cannot_be_checked_leaves_nothing_open),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
