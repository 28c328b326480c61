/* SPDX-License-Identifier: MIT */
/*
 * dmarc_record_test.c - what is read from a record, and every fault with its place.
 * RFC 9989, 4.7, 4.8, 4.10.1; RFC 7489, 6.3, 6.6.3.
 */
#include "dmarc/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

enum {
    NO_DMARC = -1
};

/* A record, and the policy (or NO_DMARC) that it gives by both RFCs to the name itself,
 * to a subdomain, and to one that does not exist. */
struct policy_row {
    const char *text, *clause;
    int own[2], sub[2], none[2];
};

enum {
    N = DMARC_NONE,
    Q = DMARC_QUARANTINE,
    R = DMARC_REJECT,
    X = NO_DMARC
};

static const struct policy_row policy_row[] = {
    { "v=DMARC1; p=reject", "RFC 9989, 4.7", { R, R }, { R, R }, { R, R } },
    { "v=DMARC1;p=REJECT", "RFC 9989, 4.8: case", { R, R }, { R, R }, { R, R } },
    { "v = DMARC1 ; p = Quarantine ;", "WSP", { Q, Q }, { Q, Q }, { Q, Q } },
    { "v=DMARC1; sp=none; p=reject", "any order", { R, R }, { N, N }, { N, N } },
    { "v=DMARC1; p=reject; sp=quarantine; np=none",
      "np is RFC 9989's",
      { R, R },
      { Q, Q },
      { N, Q } },
    { "v=DMARC1; p=none; np=reject", "np", { N, N }, { N, N }, { R, N } },
    { "v=DMARC1", "no p, no rua", { X, X }, { X, X }, { X, X } },
    { "v=DMARC1; sp=reject", "no p, no rua", { X, X }, { X, X }, { X, X } },
    { "v=DMARC1; sp=reject; rua=mailto:a@example.com",
      "no p but rua: p=none",
      { N, N },
      { N, N },
      { N, N } },
    { "v=DMARC1; p=rejct", "invalid p", { X, X }, { X, X }, { X, X } },
    { "v=DMARC1; p=; rua=mailto:a@example.com",
      "empty p",
      { N, N },
      { N, N },
      { N, N } },
    { "v=DMARC1; p=rej\xc3\xa9t; rua=mailto:a@example.com",
      "broken p",
      { N, N },
      { N, N },
      { N, N } },
    { "v=DMARC1; p=reject; sp=x; rua=mailto:a@example.com",
      "an invalid sp disables p",
      { N, N },
      { N, N },
      { N, N } },
    { "v=DMARC1; p=reject; sp=", "empty sp", { X, X }, { X, X }, { X, X } },
    { "v=DMARC1; p=reject; sp=\x01", "broken sp", { X, X }, { X, X }, { X, X } },
    { "v=DMARC1; p=reject; np=x", "invalid np", { X, R }, { X, R }, { X, R } },
    { "v=DMARC1; p=reject; np=a\tb", "broken np", { X, R }, { X, R }, { X, R } },
    { "v=DMARC1; p=reject\n", "a line end", { X, X }, { X, X }, { X, X } },
    { "v=DMARC1; p=reject; sp=x; rua=a@example.com",
      "an invalid rua does not help",
      { X, X },
      { X, X },
      { X, X } },
    { "v=DMARC1; p=x; rua=https://example.com/r",
      "any valid URI helps",
      { N, N },
      { N, N },
      { N, N } },
    { "v=DMARC1; p=none; p=reject", "the first counts", { N, N }, { N, N }, { N, N } },
    { "v=DMARC1; P=reject", "names without case", { R, R }, { R, R }, { R, R } },
};

static int policy_of(const struct dmarc_record *r, int rules, enum dmarc_whose whose)
{
    enum dmarc_policy policy;
    const char *tag;

    if (!dmarc_record_policy(r, rules ? DMARC_RFC7489 : DMARC_RFC9989, whose, &policy,
                             &tag))
        return NO_DMARC;
    return (int)policy;
}

static void dmarc_record_policies_by_both_rfcs(void **state)
{
    struct arena a;

    (void)state;
    arena_init(&a, 1 << 20);
    for (size_t i = 0; i < sizeof policy_row / sizeof *policy_row; i++) {
        const struct policy_row *row = &policy_row[i];
        struct dmarc_record r;

        assert_true(dmarc_is_record(span_of(row->text)));
        assert_int_equal(dmarc_record_parse(&a, span_of(row->text), &r), AC_OK);
        for (int j = 0; j < 2; j++) {
            int own = policy_of(&r, j, DMARC_OWN);
            int sub = policy_of(&r, j, DMARC_SUBDOMAIN);
            int none = policy_of(&r, j, DMARC_NO_SUCH_SUB);

            if (own != row->own[j] || sub != row->sub[j] || none != row->none[j])
                fail_msg("%s (%s) by RFC %s: %d %d %d, expected %d %d %d", row->text,
                         row->clause, j ? "7489" : "9989", own, sub, none, row->own[j],
                         row->sub[j], row->none[j]);
        }
    }
    arena_free(&a);
}

static void dmarc_record_begins_with_v_exactly(void **state)
{
    static const struct {
        const char *text;
        bool is, looks;
    } row[] = {
        { "v=DMARC1", true, true },
        { "v=DMARC1;", true, true },
        { "v = DMARC1 ; p=none", true, true },
        { "V\t=\tDMARC1;p=none", true, true },
        { " v=DMARC1; p=reject", false, true },
        { "\tv=DMARC1; p=reject", false, true },
        { ";v=DMARC1; p=reject", false, true },
        { "v=dmarc1; p=reject", false, true },
        { "v=DMARC1.0; p=reject", false, true },
        { "v=DMARC1 p=reject", false, true },
        { "v=DMARC1,p=reject", false, true },
        { "v=DMARC1\n; p=reject", false, true },
        { "v==DMARC1; p=reject", false, true },
        { "vv=DMARC1; p=reject", false, true },
        { "p=reject; v=DMARC1", false, true },
        { "\"v=DMARC1; p=reject\"", false, true },
        { "v DMARC1", false, true },
        { "v=spf1 -all", false, false },
        { "", false, false },
        { "v", false, false },
        { "=DMARC1", false, true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        if (dmarc_is_record(span_of(row[i].text)) != row[i].is ||
            dmarc_looks_like_record(span_of(row[i].text)) != row[i].looks)
            fail_msg("\"%s\" should %sbe a record: RFC 9989, 4.7", row[i].text,
                     row[i].is ? "" : "not ");
}

/* A record, and the ids of its faults in order with the byte of each. */
static const struct {
    const char *text, *faults;
} fault_row[] = {
    { "v=DMARC1; p=reject; sp=none; np=quarantine; psd=n; t=y; adkim=s; aspf=R; "
      "rua=mailto:a@example.com,mailto:b@example.net; ruf=mailto:a@example.com; "
      "fo=1:d:s",
      "" },
    { "v=DMARC1; p=none;", "" },
    { "v=DMARC1;; p=none", "dmarc-syntax@9 " },
    { "v=DMARC1; p=none; junk", "dmarc-syntax@18 " },
    { "v=DMARC1; p=none; xx=1; junk", "dmarc-tag-unknown@18 dmarc-syntax@24 " },
    { "v=DMARC1; p=none; =x", "dmarc-syntax@18 " },
    { "v=DMARC1; p=none; x1=y", "dmarc-syntax@18 " },
    { "v=DMARC1; p=none; x-y=z", "dmarc-syntax@19 " },
    { "v=DMARC1; p=none; adkim=\xe2\x80\x9cs", "dmarc-syntax@24 " },
    { "v=DMARC1; p=none\r\n; t=y", "dmarc-syntax@10 " },
    { "v=DMARC1; p=none; t=\ty", "" },
    { "v=DMARC1; p=none; rua=mailto:a@example.com,\tmailto:b@example.com",
      "dmarc-syntax@18 " },
    { "v=DMARC1; p=none; rau=mailto:a@example.com", "dmarc-tag-unknown@18 " },
    { "v=DMARC1; p=none; x=1; x=2", "dmarc-tag-unknown@18 " },
    { "v=DMARC1; p=none; p=none", "dmarc-tag-duplicate@18 " },
    { "v=DMARC1; p=none; P=none", "dmarc-tag-duplicate@18 " },
    { "v=DMARC1; p=none; v=DMARC1", "dmarc-tag-duplicate@18 " },
    { "v=DMARC1; P=none", "dmarc-tag-case@10 " },
    { "V=DMARC1; p=none", "dmarc-tag-case@0 " },
    { "v=DMARC1; p=none; psd=x", "dmarc-tag-invalid@22 " },
    { "v=DMARC1; p=none; t=yes", "dmarc-tag-invalid@20 " },
    { "v=DMARC1; p=none; t=", "dmarc-tag-invalid@20 " },
    { "v=DMARC1; p=none; adkim=x; aspf=",
      "dmarc-tag-invalid@24 dmarc-tag-invalid@32 " },
    { "v=DMARC1; p=none; pct=100", "dmarc-tag-removed@18 " },
    { "v=DMARC1; p=none; pct=50", "dmarc-pct@18 " },
    { "v=DMARC1; p=none; pct=0", "dmarc-pct@18 " },
    { "v=DMARC1; p=none; pct=101", "dmarc-tag-invalid@22 " },
    { "v=DMARC1; p=none; pct=0050", "dmarc-tag-invalid@22 " },
    { "v=DMARC1; p=none; pct=50%", "dmarc-tag-invalid@22 " },
    { "v=DMARC1; p=none; rf=afrf; ri=86400",
      "dmarc-tag-removed@18 dmarc-tag-removed@27 " },
    { "v=DMARC1; sp=none; p=none", "dmarc-policy-not-second@19 " },
    { "v=DMARC1; p=none; fo=1", "dmarc-fo-without-ruf@18 " },
    { "v=DMARC1; p=none; ruf=mailto:a@example.com; fo=0:1", "dmarc-tag-invalid@47 " },
    { "v=DMARC1; p=none; ruf=mailto:a@example.com; fo=d:d", "dmarc-tag-invalid@47 " },
    { "v=DMARC1; p=none; ruf=mailto:a@example.com; fo=1,d", "dmarc-tag-invalid@47 " },
    { "v=DMARC1; p=none; ruf=mailto:a@example.com; fo=1:", "dmarc-tag-invalid@47 " },
    { "v=DMARC1; p=none; ruf=mailto:a@example.com; fo=S : D:0", "" },
    { "v=DMARC1; p=none; rua=a@example.com", "dmarc-report-uri-invalid@22 " },
    { "v=DMARC1; p=none; rua=mailto:a@example.com!10m", "dmarc-report-size@22 " },
    { "v=DMARC1; p=none; rua=https://example.com/r",
      "dmarc-report-uri-unsupported@22 " },
    { "v=DMARC1; p=none; rua=mailto:a@example.com, b@example.com",
      "dmarc-report-uri-invalid@44 " },
    { "v=DMARC1; p=none; rua=", "dmarc-tag-invalid@22 " },
};

static void dmarc_record_faults_have_an_id_and_a_place(void **state)
{
    struct arena a;

    (void)state;
    arena_init(&a, 1 << 20);
    for (size_t i = 0; i < sizeof fault_row / sizeof *fault_row; i++) {
        const char *text = fault_row[i].text;
        char got[512] = "";
        struct dmarc_record r;
        size_t n = 0;

        assert_int_equal(dmarc_record_parse(&a, span_of(text), &r), AC_OK);
        for (size_t j = 0; j < r.n_faults; j++) {
            n += (size_t)snprintf(got + n, sizeof got - n, "%s@%zu ",
                                  finding_kind(r.fault[j].id)->name, r.fault[j].at);
            assert_non_null(r.fault[j].text);
        }
        if (strcmp(got, fault_row[i].faults) != 0)
            fail_msg("%s\n  faults   %s\n  expected %s", text, got,
                     fault_row[i].faults);
    }
    arena_free(&a);
}

static void dmarc_record_reads_all_tags(void **state)
{
    struct dmarc_record r;
    struct arena a;

    (void)state;
    arena_init(&a, 1 << 20);
    assert_int_equal(dmarc_record_parse(&a,
                                        SPAN("v=DMARC1;p=none;psd=Y;t=Y;adkim=S;aspf=s;"
                                             "pct=7;rua=mailto:a@x.example!1k , "
                                             "MAILTO:b%21c@Y.example?subject=d;"
                                             "ruf=mailto:e@z.example"),
                                        &r),
                     AC_OK);
    assert_int_equal(r.psd, 'y');
    assert_true(r.testing && r.strict_dkim && r.strict_spf);
    assert_int_equal(r.pct, 7);
    assert_int_equal(r.n_rua, 2);
    assert_true(span_eq(r.rua[0].text, SPAN("mailto:a@x.example")));
    assert_true(r.rua[1].mailto);
    {
        struct dns_name y;

        assert_true(dns_name_parse(SPAN("y.example"), &y));
        assert_true(dns_name_eq(&r.rua[1].host, &y));
    }
    assert_int_equal(r.n_ruf, 1);
    arena_free(&a);
}

static void dmarc_record_defaults_without_the_tags(void **state)
{
    struct dmarc_record r;
    struct arena a;

    (void)state;
    arena_init(&a, 1 << 20);
    assert_int_equal(dmarc_record_parse(&a, SPAN("v=DMARC1; p=none; pct=x; psd=x"), &r),
                     AC_OK);
    assert_int_equal(r.psd, 'u');
    assert_false(r.testing || r.strict_dkim || r.strict_spf || r.has_rua || r.has_ruf);
    assert_int_equal(r.pct, 100);
    arena_free(&a);
}

static void dmarc_uri_tells_addresses_from_slips(void **state)
{
    static const struct {
        const char *uri;
        bool valid, mailto;
    } row[] = {
        { "mailto:a@example.com", true, true },
        { "mailto:a@b@example.com", true, true },
        { "mailto:a@example.com!5", true, true },
        { "mailto:a@example.com!10G", true, true },
        { "mailto:a@example.com!m", false, false },
        { "mailto:a@example.com!", false, false },
        { "mailto:a!b@example.com", false, false },
        { "mailto:example.com", false, false },
        { "mailto:@example.com", false, false },
        { "mailto:a@example", false, false },
        { "mailto:a@exa$mple.com", false, false },
        { "mailto:a@", false, false },
        { "mailto:", false, false },
        { "mailto:a b@example.com", false, false },
        { "mailto:<a@example.com>", false, false },
        { "mail-to:a@example.com", true, false },
        { "1http:x", false, false },
        { "http+x:y", true, false },
        { "ma_ilto:a@example.com", false, false },
        { "a@example.com", false, false },
        { ":a", false, false },
    };
    struct arena a;

    (void)state;
    arena_init(&a, 1 << 20);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        char *text = arena_printf(&a, "v=DMARC1; p=none; ruf=%s", row[i].uri);
        struct dmarc_record r;

        assert_int_equal(dmarc_record_parse(&a, span_of(text), &r), AC_OK);
        assert_int_equal(r.n_ruf, 1);
        if (r.ruf[0].valid != row[i].valid || r.ruf[0].mailto != row[i].mailto)
            fail_msg("%s: valid %d, mailto %d: RFC 9989, 4.8", row[i].uri,
                     r.ruf[0].valid, r.ruf[0].mailto);
    }
    arena_free(&a);
}

static void dmarc_record_caps_addresses_and_faults(void **state)
{
    char text[1 << 16];
    struct dmarc_record r;
    struct arena a;

    (void)state;
    arena_init(&a, 1 << 20);
    memset(text, ',', sizeof text);
    memcpy(text, "v=DMARC1; rua=", 14);
    assert_int_equal(dmarc_record_parse(&a, span_make(text, sizeof text), &r), AC_OK);
    assert_int_equal(r.n_rua, DMARC_URIS_MAX);
    assert_int_equal(r.n_faults, DMARC_FAULTS_MAX);
    arena_free(&a);
}

static void dmarc_record_without_memory_says_so(void **state)
{
    struct dmarc_record r;
    struct arena a;

    (void)state;
    arena_init(&a, 1);
    assert_int_equal(dmarc_record_parse(&a, SPAN("v=DMARC1; p=none; x=y"), &r),
                     AC_ENOMEM);
    assert_int_equal(dmarc_record_parse(&a, SPAN("v=DMARC1; rua=mailto:a@b.c"), &r),
                     AC_ENOMEM);
    arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dmarc_record_policies_by_both_rfcs),
        cmocka_unit_test(dmarc_record_begins_with_v_exactly),
        cmocka_unit_test(dmarc_record_faults_have_an_id_and_a_place),
        cmocka_unit_test(dmarc_record_reads_all_tags),
        cmocka_unit_test(dmarc_record_defaults_without_the_tags),
        cmocka_unit_test(dmarc_uri_tells_addresses_from_slips),
        cmocka_unit_test(dmarc_record_caps_addresses_and_faults),
        cmocka_unit_test(dmarc_record_without_memory_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
