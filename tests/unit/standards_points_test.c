/* SPDX-License-Identifier: MIT */
/*
 * standards_points_test.c - points of the standards that are easily got wrong, each as
 * a whole audit. docs/TESTING.md lists them with the tests of the parts.
 */
#include "support/play.h"
#include "unit/dkim_keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define D "_dmarc.shop.example. TXT "

/* One expectation: a world, and what the audit says. NULL and -1: not looked at. */
struct point {
    const char *zone, *domain;
    const char *found_at, *old_found_at; /* by RFC 9989, by RFC 7489; "-": nothing */
    int policy, old_policy;              /* disposition of mail that fails */
};

static void same(const struct point *pt, const char *what, const char *got,
                 const char *expected)
{
    if (!expected)
        return;
    got = got ? got : "-";
    if (strcmp(got, expected) != 0)
        fail_msg("%s: %s is %s, expected %s\n%s", pt->domain, what, got, expected,
                 pt->zone);
}

/* Mail from there that fails everything. */
static void check(const struct point *pt)
{
    struct play_row row = { .zone = pt->zone,
                            .domain = pt->domain,
                            .ip = "192.0.2.1",
                            .is_unsigned = true,
                            .helo = "helo.test" };
    struct audit *a;
    struct play p;
    const struct audit_result *r = play_begin(&p, &row, &a);
    const struct audit_dmarc *new = &r->dmarc[DMARC_RFC9989];
    const struct audit_dmarc *old = &r->dmarc[DMARC_RFC7489];

    same(pt, "the record by RFC 9989", new->policy.found_at, pt->found_at);
    same(pt, "the record by RFC 7489", old->policy.found_at, pt->old_found_at);
    if (pt->policy >= 0)
        same(pt, "disposition by RFC 9989", dmarc_policy_print(new->mail.disposition),
             dmarc_policy_print((enum dmarc_policy)pt->policy));
    if (pt->old_policy >= 0)
        same(pt, "disposition by RFC 7489", dmarc_policy_print(old->mail.disposition),
             dmarc_policy_print((enum dmarc_policy)pt->old_policy));
    play_end(&p, a);
}

static void point_01_strings_of_a_dmarc_record_are_joined(void **state)
{
    (void)state;
    check(&(struct point){ D "\"v=DMARC1; p=re\" \"ject\"\n", "shop.example",
                           "_dmarc.shop.example", "_dmarc.shop.example", DMARC_REJECT,
                           DMARC_REJECT });
}

static void point_02_other_text_beside_the_record_is_none(void **state)
{
    (void)state;
    check(&(struct point){ D "\"v=DMARC1; p=reject\"\n" D "\"v=spf1 -all\"\n",
                           "shop.example", "_dmarc.shop.example", "_dmarc.shop.example",
                           DMARC_REJECT, DMARC_REJECT });
}

static void point_03_policy_words_know_no_case(void **state)
{
    (void)state;
    check(&(struct point){ D "\"v=DMARC1;p=REJECT\"\n", "shop.example",
                           "_dmarc.shop.example", "_dmarc.shop.example", DMARC_REJECT,
                           DMARC_REJECT });
}

static void point_04_blank_before_the_version_makes_it_no_record(void **state)
{
    (void)state;
    check(&(struct point){ D "\" v=DMARC1; p=reject\"\n", "shop.example", "-", "-",
                           DMARC_NONE, DMARC_NONE });
}

static void point_05_two_records_are_none_and_the_parents_count_by_rfc_9989(
    void **state)
{
    (void)state;
    check(&(struct point){
        "_dmarc.a.shop.example. TXT \"v=DMARC1; p=none\"\n"
        "_dmarc.a.shop.example. TXT \"v=DMARC1; p=none; sp=none\"\n" D
        "\"v=DMARC1; p=none; sp=reject\"\n"
        "a.shop.example. A 192.0.2.9\n",
        "a.shop.example", "_dmarc.shop.example", "-", DMARC_REJECT, DMARC_NONE });
}

static void point_06_subdomain_policy_of_the_organization_wins_over_p(void **state)
{
    (void)state;
    check(&(struct point){ D "\"v=DMARC1; p=reject; sp=none\"\n"
                             "a.b.shop.example. A 192.0.2.9\n",
                           "a.b.shop.example", "_dmarc.shop.example",
                           "_dmarc.shop.example", DMARC_NONE, DMARC_NONE });
}

static void point_07_np_is_for_names_that_do_not_exist(void **state)
{
    (void)state;
    check(&(struct point){ D "\"v=DMARC1; p=none; sp=none; np=reject\"\n",
                           "gone.shop.example", "_dmarc.shop.example",
                           "_dmarc.shop.example", DMARC_REJECT, DMARC_NONE });
    check(&(struct point){ D "\"v=DMARC1; p=none; sp=none; np=reject\"\n"
                             "here.shop.example. A 192.0.2.9\n",
                           "here.shop.example", "_dmarc.shop.example", NULL, DMARC_NONE,
                           DMARC_NONE });
}

static void point_08_nine_labels_are_eight_queries(void **state)
{
    static const struct play_row row = { .zone = "",
                                         .domain = "1.2.3.4.5.6.7.shop.example" };
    struct audit *a;
    struct play p;
    const struct audit_result *r = play_begin(&p, &row, &a);
    size_t n = 0;

    (void)state;
    for (size_t i = 0; i < r->n_questions; i++) {
        struct dns_name first = world_name("_dmarc");

        /* RFC 7489 asks for the name itself and shop.example: both are in the walk. */
        n += memcmp(r->question[i]->name.wire, first.wire, 7) == 0;
    }
    assert_int_equal(n, 8);
    play_end(&p, a);
}

static void point_09_psd_y_at_the_start_is_its_own_organization(void **state)
{
    static const struct play_row row = { .zone = D "\"v=DMARC1; p=reject; psd=y\"\n"
                                                   "_dmarc.example. TXT \"v=DMARC1\"\n",
                                         .domain = "shop.example" };
    char text[DNS_TEXT_MAX];
    struct audit *a;
    struct play p;
    const struct audit_result *r = play_begin(&p, &row, &a);

    (void)state;
    assert_string_equal(dns_name_print(&r->dmarc[DMARC_RFC9989].org.name, text),
                        "shop.example");
    play_end(&p, a);
}

static void point_10_spf_domain_has_a_walk_of_its_own(void **state)
{
    /* psd=n at mail.shop.example parts it from shop.example (RFC 9989, 4.10.2). */
    static const struct play_row row = {
        .zone = D "\"v=DMARC1; p=reject\"\n"
                  "_dmarc.mail.shop.example. TXT \"v=DMARC1; p=none; psd=n\"\n"
                  "mail.shop.example. TXT \"v=spf1 ip4:192.0.2.1 -all\"\n",
        .domain = "shop.example",
        .ip = "192.0.2.1",
        .mail_from = "x@mail.shop.example",
        .is_unsigned = true,
    };
    struct audit *a;
    struct play p;
    const struct audit_result *r = play_begin(&p, &row, &a);

    (void)state;
    assert_int_equal(r->spf[0].check.result, SPF_PASS);
    assert_int_equal(r->dmarc[DMARC_RFC9989].mail.result, DMARC_RESULT_FAIL);
    assert_int_equal(r->dmarc[DMARC_RFC7489].mail.result, DMARC_RESULT_PASS);
    assert_int_equal(r->verdict, VERDICT_REJECT);
    play_end(&p, a);
}

static void point_11_t_y_lowers_the_policy_by_rfc_9989_alone(void **state)
{
    (void)state;
    check(&(struct point){ D "\"v=DMARC1; p=reject; t=y\"\n", "shop.example", NULL,
                           NULL, DMARC_QUARANTINE, DMARC_REJECT });
}

static void point_12_pct_0_lowers_the_policy_by_rfc_7489_alone(void **state)
{
    (void)state;
    check(&(struct point){ D "\"v=DMARC1; p=reject; pct=0\"\n", "shop.example", NULL,
                           NULL, DMARC_REJECT, DMARC_QUARANTINE });
}

#define A(n) "a:" n ".test "
#define HOSTS                                                         \
    "1.test. A 192.0.2.9\n2.test. A 192.0.2.9\n3.test. A 192.0.2.9\n" \
    "4.test. A 192.0.2.9\n5.test. A 192.0.2.9\n6.test. A 192.0.2.9\n" \
    "7.test. A 192.0.2.9\n8.test. A 192.0.2.9\n9.test. A 192.0.2.9\n"

static void point_13_spf_counts_terms_and_voids(void **state)
{
    static const struct {
        const char *why, *record, *more;
        enum spf_result result;
    } row[] = {
        { "ten terms",
          A("1") A("2") A("3") A("4") A("5") A("6") A("7") A("8")
              A("9") "a:pass.test -all",
          HOSTS "pass.test. A 192.0.2.1\n", SPF_PASS },
        { "the eleventh",
          A("1") A("2") A("3") A("4") A("5") A("6") A("7") A("8") A("9")
              A("1") "a:pass.test -all",
          HOSTS "pass.test. A 192.0.2.1\n", SPF_PERMERROR },
        { "two void look-ups", "a:v1.test a:v2.test ip4:192.0.2.1 -all", "", SPF_PASS },
        { "the third", "a:v1.test a:v2.test a:v3.test ip4:192.0.2.1 -all", "",
          SPF_PERMERROR },
        { "include of a domain without a record", "include:none.test ip4:192.0.2.1",
          "none.test. A 192.0.2.9\n", SPF_PERMERROR },
        { "redirect beside all is not followed", "-all redirect=pass.test",
          "pass.test. TXT \"v=spf1 +all\"\n", SPF_FAIL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        char zone[2000];
        struct play_row r = { .zone = zone,
                              .domain = "shop.example",
                              .ip = "192.0.2.1" };
        struct audit *a;
        struct play p;
        enum spf_result result;

        snprintf(zone, sizeof zone, "shop.example. TXT \"v=spf1 %s\"\n%s",
                 row[i].record, row[i].more);
        result = play_begin(&p, &r, &a)->spf[0].check.result;
        if (result != row[i].result)
            fail_msg("%s (RFC 7208, 4.6.4): %s, expected %s", row[i].why,
                     spf_result_print(result), spf_result_print(row[i].result));
        play_end(&p, a);
    }
}

/* A TXT record of any length, in strings of 200 bytes. */
static void put_key(char *zone, size_t size, const char *owner, const char *text)
{
    size_t at = strlen(zone);

    at += (size_t)snprintf(zone + at, size - at, "%s TXT", owner);
    for (; *text; text += strlen(text) > 200 ? 200 : strlen(text))
        at += (size_t)snprintf(zone + at, size - at, " \"%.200s\"", text);
    snprintf(zone + at, size - at, "\n");
}

static void point_14_dkim_keys_of_every_kind(void **state)
{
    static const struct {
        const char *why, *key, *second;
        enum dkim_status status;
    } row[] = {
        { "p= empty", "v=DKIM1; p=", NULL, DKIM_REVOKED },
        { "p with blanks within",
          "v=DKIM1; k=ed25519; p= dKTkkNgQ +pdp67HNHZHhoIpcE4I8"
          "dbTChiv/ FpODqRU=",
          NULL, DKIM_VALID },
        { "1023 bits", "v=DKIM1; p=" RSA_1023, NULL, DKIM_INVALID },
        { "1024 bits", "v=DKIM1; p=" RSA_1024, NULL, DKIM_WEAK },
        { "ed25519 of 44 characters", "v=DKIM1; k=ed25519; p=" ED25519, NULL,
          DKIM_VALID },
        { "SubjectPublicKeyInfo", "v=DKIM1; p=" RSA_2048, NULL, DKIM_VALID },
        { "RSAPublicKey", "v=DKIM1; p=" RSA_2048_PKCS1, NULL, DKIM_VALID },
        { "two TXT records", "v=DKIM1; p=" RSA_2048, "v=DKIM1; p=" RSA_1024,
          DKIM_INVALID },
    };

    (void)state;
    for (int cname = 0; cname < 2; cname++)
        for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
            const char *owner = cname ? "s1.keys.test." : "s1._domainkey.shop.example.";
            char zone[4000] = "";
            struct play_row r = { .zone = zone,
                                  .domain = "shop.example",
                                  .ip = "192.0.2.1",
                                  .selector = "s1" };
            struct audit *a;
            struct play p;
            enum dkim_status status;

            if (cname)
                snprintf(zone, sizeof zone,
                         "s1._domainkey.shop.example. CNAME s1.keys.test.\n");
            put_key(zone, sizeof zone, owner, row[i].key);
            if (row[i].second)
                put_key(zone, sizeof zone, owner, row[i].second);
            status = play_begin(&p, &r, &a)->dkim[0].key.status;
            if (status != row[i].status)
                fail_msg("%s%s: %s, expected %s", row[i].why,
                         cname ? " behind a CNAME" : "", dkim_status_print(status),
                         dkim_status_print(row[i].status));
            play_end(&p, a);
        }
}

static void point_15_null_sender_is_postmaster_at_helo_and_feeds_dmarc(void **state)
{
    static const struct {
        const char *helo;
        const char *domain; /* of the SPF identity */
        enum dmarc_result result;
    } row[] = {
        { "out.shop.example", "out.shop.example", DMARC_RESULT_PASS },
        { "out.other.test", "out.other.test", DMARC_RESULT_FAIL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct play_row r = {
            .zone = "out.shop.example. TXT \"v=spf1 ip4:192.0.2.1 -all\"\n"
                    "out.other.test. TXT \"v=spf1 ip4:192.0.2.1 -all\"\n"
                    "shop.example. TXT \"v=spf1 -all\"\n" D "\"v=DMARC1; p=reject\"\n",
            .domain = "shop.example",
            .ip = "192.0.2.1",
            .mail_from = "<>",
            .helo = row[i].helo,
            .is_unsigned = true,
        };
        struct audit *a;
        struct play p;
        const struct audit_result *result = play_begin(&p, &r, &a);

        assert_string_equal(result->mail_from, "<>");
        assert_string_equal(result->spf[0].check.domain, row[i].domain);
        assert_int_equal(result->spf[0].check.result, SPF_PASS);
        assert_int_equal(result->dmarc[DMARC_RFC9989].mail.result, row[i].result);
        play_end(&p, a);
    }
}

static void point_16_record_between_counts_only_with_psd_n(void **state)
{
    static const char *const with[] = { "", "; psd=n" };
    static const char *const found[] = { "_dmarc.shop.example",
                                         "_dmarc.b.shop.example" };
    static const int policy[] = { DMARC_REJECT, DMARC_NONE };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        char zone[500];

        snprintf(zone, sizeof zone,
                 D "\"v=DMARC1; p=reject\"\na.b.shop.example. A 192.0.2.9\n"
                   "_dmarc.b.shop.example. TXT \"v=DMARC1; p=none%s\"\n",
                 with[i]);
        check(&(struct point){ zone, "a.b.shop.example", found[i],
                               "_dmarc.shop.example", policy[i], DMARC_REJECT });
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(point_01_strings_of_a_dmarc_record_are_joined),
        cmocka_unit_test(point_02_other_text_beside_the_record_is_none),
        cmocka_unit_test(point_03_policy_words_know_no_case),
        cmocka_unit_test(point_04_blank_before_the_version_makes_it_no_record),
        cmocka_unit_test(
            point_05_two_records_are_none_and_the_parents_count_by_rfc_9989),
        cmocka_unit_test(point_06_subdomain_policy_of_the_organization_wins_over_p),
        cmocka_unit_test(point_07_np_is_for_names_that_do_not_exist),
        cmocka_unit_test(point_08_nine_labels_are_eight_queries),
        cmocka_unit_test(point_09_psd_y_at_the_start_is_its_own_organization),
        cmocka_unit_test(point_10_spf_domain_has_a_walk_of_its_own),
        cmocka_unit_test(point_11_t_y_lowers_the_policy_by_rfc_9989_alone),
        cmocka_unit_test(point_12_pct_0_lowers_the_policy_by_rfc_7489_alone),
        cmocka_unit_test(point_13_spf_counts_terms_and_voids),
        cmocka_unit_test(point_14_dkim_keys_of_every_kind),
        cmocka_unit_test(point_15_null_sender_is_postmaster_at_helo_and_feeds_dmarc),
        cmocka_unit_test(point_16_record_between_counts_only_with_psd_n),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
