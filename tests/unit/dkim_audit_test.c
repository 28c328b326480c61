/* SPDX-License-Identifier: MIT */
/*
 * dkim_audit_test.c - one selector: every status, every finding, and what 6.1.2 of
 * RFC 6376 makes of each kind of answer.
 */
#include "dkim/audit.h"

#include "dkim_keys.h"
#include "support/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static enum ac_status step(struct ac_env *env, void *context)
{
    struct dkim_selector s = { .selector = world_name("s1"),
                               .domain = world_name("example.com") };

    return dkim_audit(env, &s, context);
}

/* " TXT "..." "..."" with as many strings as the text needs. */
static size_t put_txt(char *out, size_t size, const char *owner, const char *text)
{
    size_t n = (size_t)snprintf(out, size, "%s TXT", owner);

    do {
        n += (size_t)snprintf(out + n, size - n, " \"");
        for (int i = 0; i < 200 && *text; i++, text++) {
            unsigned char c = (unsigned char)*text;

            if (c < ' ' || c > '~' || c == '"' || c == '\\')
                n += (size_t)snprintf(out + n, size - n, "\\%03u", c);
            else
                out[n++] = *text;
        }
        n += (size_t)snprintf(out + n, size - n, "\"");
    } while (*text);
    n += (size_t)snprintf(out + n, size - n, "\n");
    assert_true(n < size);
    return n;
}

enum {
    ZONE_MAX = 16384
};
static const char key_name[] = "s1._domainkey.example.com";

struct row {
    const char *text;
    const char *second; /* another TXT record, or NULL */
    const char *status;
    const char *findings; /* all of them, in order, divided by blanks; the reason first
                             unless usable */
    const char *clause;
};

#define V "v=DKIM1; "

static const struct row row[] = {
    /* the tags: RFC 6376, 3.6.1 */
    { V "k=rsa; p=" RSA_2048, NULL, "valid", "", "3.6.1" },
    { V "k=rsa; p=" RSA_2048_PKCS1, NULL, "valid", "", "3.6.1" },
    { "p=" RSA_2048, NULL, "valid", "", "3.6.1: v= and k= have defaults" },
    { "k=rsa; p=" RSA_2048 ";", NULL, "valid", "", "3.2" },
    { V "h=sha1:sha256; s=email; t=; n=a note; x=unknown; p=" RSA_2048, NULL, "valid",
      "", "3.6.1: unknown tags are ignored" },
    { V "h= sha1 : sha256 ; s= other : * ; p=" RSA_2048, NULL, "valid", "", "3.6.1" },
    { V "t=s; p=" RSA_2048, NULL, "valid", "dkim-key-no-subdomains", "3.6.1" },
    { V "t=y; p=" RSA_2048, NULL, "testing", "dkim-key-testing", "3.6.1" },
    { V "t=y:s; p=" RSA_1024, NULL, "testing",
      "dkim-key-testing dkim-key-no-subdomains dkim-key-weak", "CONTRACT" },
    { V "g=; p=" RSA_2048, NULL, "valid", "dkim-key-granularity", "3.6.1" },
    { V "g=*; p=" RSA_2048, NULL, "valid", "", "3.6.1" },
    { V "g=sales; p=" RSA_2048, NULL, "valid", "dkim-key-granularity", "3.6.1" },
    /* version */
    { "v=DKIM2; p=" RSA_2048, NULL, "invalid", "dkim-key-version", "3.6.1" },
    { "v=dkim1; p=" RSA_2048, NULL, "invalid", "dkim-key-version", "3.6.1" },
    { "v=DKIM1\\; k=rsa\\; p=" RSA_2048, NULL, "invalid",
      "dkim-key-version dkim-key-type", "3.6.1" },
    { "k=rsa; v=DKIM1; p=" RSA_2048, NULL, "invalid", "dkim-key-version", "3.6.1" },
    { "v=1; p=" RSA_2048, NULL, "invalid", "dkim-key-version", "3.6.1" },
    /* lists: RFC 6376, 3.2 */
    { V "k=rsa; k=rsa; p=" RSA_2048, NULL, "invalid", "dkim-key-duplicate-tag", "3.2" },
    { V "p=; p=" RSA_2048, NULL, "invalid", "dkim-key-duplicate-tag", "3.2" },
    { V "; p=" RSA_2048, NULL, "invalid", "dkim-key-syntax", "3.2" },
    { V "rsa; p=" RSA_2048, NULL, "invalid", "dkim-key-syntax", "3.2" },
    { V "n=caf\xc3\xa9; p=" RSA_2048, NULL, "invalid", "dkim-key-syntax", "3.2" },
    /* k, h, s */
    { V "k=dsa; p=" RSA_2048, NULL, "invalid", "dkim-key-type", "3.6.1" },
    { V "k=RSA; p=" RSA_2048, NULL, "invalid", "dkim-key-type", "3.2: case counts" },
    { V "h=sha1; p=" RSA_2048, NULL, "invalid", "dkim-key-hash", "RFC 8301, 3.1" },
    { V "h=; p=" RSA_2048, NULL, "invalid", "dkim-key-hash", "3.6.1" },
    { V "s=tlsrpt; p=" RSA_2048, NULL, "invalid", "dkim-key-service", "3.6.1" },
    { V "h=sha1; s=x; p=" RSA_512, NULL, "invalid",
      "dkim-key-hash dkim-key-service dkim-key-too-short", "3.6.1" },
    /* p */
    { V "p=", NULL, "revoked", "dkim-key-revoked", "3.6.1" },
    { V "k=rsa; p= ;", NULL, "revoked", "dkim-key-revoked", "3.6.1" },
    { "p=;", NULL, "revoked", "dkim-key-revoked", "3.6.1" },
    { "k=rsa; v=DKIM1; h=sha1; p=", NULL, "revoked", "dkim-key-revoked",
      "CONTRACT: revoked comes before invalid" },
    { V "k=rsa", NULL, "invalid", "dkim-key-without-p", "3.6.1" },
    { V "p=!!!!", NULL, "invalid", "dkim-key-base64", "3.6.1" },
    { V "p=\"" RSA_2048 "\"", NULL, "invalid", "dkim-key-base64", "3.6.1" },
    { V "p=AAAAA", NULL, "invalid", "dkim-key-base64", "3.6.1" },
    { V "p=AAAA", NULL, "invalid", "dkim-key-undecodable", "3.6.1" },
    { V "p=" ED25519, NULL, "invalid", "dkim-key-undecodable", "3.6.1" },
    { V "p=" EC_P256, NULL, "invalid", "dkim-key-mismatch", "6.1.2" },
    { V "p=" PRIVATE_PKCS1, NULL, "invalid", "dkim-key-private", "8.3" },
    { V "p=" RSA_EVEN, NULL, "invalid", "dkim-key-impossible", "RFC 8017, 3.1" },
    { V "k=ed25519; p=" ED25519, NULL, "valid", "dkim-key-ed25519", "RFC 8463, 4.2" },
    { V "k=ed25519; p=" ED25519_SPKI, NULL, "invalid", "dkim-key-wrapped",
      "RFC 8463, 4.2" },
    { V "k=ed25519; p=" RSA_2048, NULL, "invalid", "dkim-key-mismatch",
      "RFC 8463, 4.2" },
    { V "k=ed25519; p=AAAA", NULL, "invalid", "dkim-key-undecodable", "RFC 8463, 4.2" },
    { V "k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo", NULL, "valid",
      "dkim-key-padding dkim-key-ed25519", "2.10" },
    /* strength */
    { V "p=" RSA_512, NULL, "invalid", "dkim-key-too-short", "RFC 8301, 3.2" },
    { V "p=" RSA_1023, NULL, "invalid", "dkim-key-too-short", "RFC 8301, 3.2" },
    { V "p=" RSA_1024, NULL, "weak", "dkim-key-weak", "RFC 8301, 3.2" },
    { V "p=" RSA_2047, NULL, "weak", "dkim-key-weak", "RFC 8301, 3.2" },
    { V "p=" RSA_4096, NULL, "valid", "", "RFC 8301, 3.2" },
    { V "p=" RSA_4104, NULL, "valid", "dkim-key-oversized", "RFC 8301, 3.2" },
    { V "p=" RSA_ROCA, NULL, "weak", "dkim-key-roca", "CVE-2017-15361" },
    { V "p=" RSA_EXPONENT_1, NULL, "weak", "dkim-key-exponent-one", "RFC 8017, 3.1" },
    { V "p=" RSA_EXPONENT_LARGE, NULL, "valid", "dkim-key-exponent-large",
      "RFC 8017, 3.1" },
    { V "p=" RSA_FACTOR_167, NULL, "valid", "dkim-key-factorable", "RFC 8017, 3.1" },
    { V "p=" RSA_CLOSE, NULL, "valid", "dkim-key-factorable", "RFC 8017, 3.1" },
    /* more than one text: 3.6.2.2 */
    { V "p=" RSA_2048, "v=spf1 -all", "valid", "dkim-other-text", "3.6.2.2" },
    { V "p=" RSA_2048, V "p=" RSA_1024, "invalid", "dkim-key-duplicate dkim-key-weak",
      "3.6.2.2" },
    { V "p=", V "p=; k=rsa", "revoked", "dkim-key-revoked", "3.6.2.2" },
    /* no key record */
    { "v=spf1 -all", NULL, "missing", "dkim-key-missing", "6.1.2" },
    { "v=DMARC1; p=reject", NULL, "missing", "dkim-key-missing", "6.1.2" },
    { "hello", "world", "missing", "dkim-key-missing", "6.1.2" },
    { "", NULL, "missing", "dkim-key-missing", "6.1.2" },
    { "k=rsa", NULL, "missing", "dkim-key-missing", "6.1.2" },
    { RSA_2048, NULL, "missing", "dkim-key-missing", "6.1.2" },
};

static void list_findings(const struct world *w, char *out, size_t size)
{
    size_t n = 0;
    enum finding_id last = FINDING_NONE;

    out[0] = '\0';
    for (size_t i = 0; i < w->findings.n; i++) {
        enum finding_id id = w->findings.row[i].id;

        if (id == last) /* one for each fault of a kind: see the tests below */
            continue;
        n += (size_t)snprintf(out + n, size - n, "%s%s", n ? " " : "",
                              finding_kind(id)->name);
        last = id;
    }
}

static bool is_usable(const char *status)
{
    return !strcmp(status, "testing") || !strcmp(status, "weak") ||
           !strcmp(status, "valid");
}

static void check_row(const struct row *r)
{
    char *zone = malloc(ZONE_MAX), seen[512];
    const char *got, *wanted;
    struct dkim_outcome out;
    struct world w;
    size_t n;

    assert_non_null(zone);
    n = put_txt(zone, ZONE_MAX, key_name, r->text);
    if (r->second)
        put_txt(zone + n, ZONE_MAX - n, key_name, r->second);
    world_init(&w, zone);
    assert_int_equal(world_run(&w, step, &out), AC_OK);
    list_findings(&w, seen, sizeof seen);
    got = dkim_status_print(out.status);
    if (strcmp(got, r->status) != 0 || strcmp(seen, r->findings) != 0)
        fail_msg("\"%s\"%s%s: expected %s [%s], got %s [%s] (RFC 6376, %s)", r->text,
                 r->second ? " and " : "", r->second ? r->second : "", r->status,
                 r->findings, got, seen, r->clause);
    assert_int_equal(out.usable, is_usable(r->status) ? AC_YES : AC_NO);
    assert_string_equal(out.name, key_name);
    if (out.usable == AC_YES) {
        assert_int_equal(out.reason, FINDING_NONE);
        assert_null(out.reason_text);
    } else {
        wanted = finding_kind(out.reason)->name;
        assert_memory_equal(r->findings, wanted, strlen(wanted));
        assert_string_equal(out.reason_text, w.findings.row[0].message);
        assert_string_equal(w.findings.row[0].about, key_name);
    }
    world_free(&w);
    free(zone);
}

static void dkim_audit_status_is_the_first_that_applies(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        check_row(&row[i]);
}

static void run_zone(struct world *w, const char *zone, struct dkim_outcome *out)
{
    world_init(w, zone);
    assert_int_equal(world_run(w, step, out), AC_OK);
}

static void run_text(struct world *w, const char *text, struct dkim_outcome *out)
{
    char *zone = malloc(ZONE_MAX);

    assert_non_null(zone);
    put_txt(zone, ZONE_MAX, key_name, text);
    run_zone(w, zone, out);
    free(zone);
}

static void dkim_audit_tells_type_bits_and_flags(void **state)
{
    static const struct {
        const char *text, *type;
        unsigned bits;
        bool same_domain;
    } key[] = {
        { V "p=" RSA_2048, "rsa", 2048, false },
        { V "k=rsa; t=s; p=" RSA_1023, "rsa", 1023, true },
        { V "k=ed25519; p=" ED25519, "ed25519", 256, false },
        { V "k=dsa; p=" RSA_2048, "dsa", 0, false },
        { V "h=sha1; p=" RSA_2048, "rsa", 2048, false },
        { V "p=AAAA", "rsa", 0, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof key / sizeof *key; i++) {
        struct dkim_outcome out;
        struct world w;

        run_text(&w, key[i].text, &out);
        assert_string_equal(out.key_type, key[i].type);
        assert_int_equal(out.bits, key[i].bits);
        assert_int_equal(out.same_domain_only, key[i].same_domain);
        assert_true(span_eq(out.record, span_of(key[i].text)));
        assert_null(out.delegated);
        world_free(&w);
    }
}

/* RFC 6376, 3.6.1: blanks may stand anywhere in p=; 3.6.2.2: strings are joined with
 * nothing between. */
static void dkim_audit_blanks_and_split_strings_make_no_difference(void **state)
{
    char text[2048] = V "p= ", *zone = malloc(ZONE_MAX);
    size_t n = strlen(text), i = 0;
    struct dkim_outcome out;
    struct world w;

    (void)state;
    assert_non_null(zone);
    for (const char *c = RSA_2048; *c; c++) {
        text[n++] = *c;
        if ((n & 15) == 0)
            text[n++] = i++ % 2 ? ' ' : '\t';
    }
    text[n] = '\0';
    run_text(&w, text, &out);
    assert_int_equal(out.status, DKIM_VALID);
    world_free(&w);

    n = (size_t)snprintf(zone, ZONE_MAX, "%s TXT \"v=DK\" \"IM1; \" \"\" \"p\" \"=\"",
                         key_name);
    for (const char *c = RSA_2048; *c; c++)
        n += (size_t)snprintf(zone + n, ZONE_MAX - n, " \"%c\"", *c);
    run_zone(&w, zone, &out);
    assert_int_equal(out.status, DKIM_VALID);
    world_free(&w);
    free(zone);
}

static void dkim_audit_cut_key_tells_how_much_is_missing(void **state)
{
    char text[] = V "p=" RSA_2048;
    struct dkim_outcome out;
    struct world w;

    (void)state;
    text[255] = '\0'; /* 11 characters before p's value, so 244 of base64: 183 bytes */
    run_text(&w, text, &out);
    assert_int_equal(out.reason, FINDING_DKIM_KEY_UNDECODABLE);
    assert_non_null(strstr(out.reason_text, "183 bytes are there and 111 are missing"));
    world_free(&w);
}

static void dkim_audit_messages_hold_what_was_found(void **state)
{
    static const struct {
        const char *text, *part;
    } said[] = {
        { V "p=AA#A", "byte 14 of the record is '#'" },
        { V "p=\"AAAA\"", "which belongs to a zone file" },
        { V "p=AAAAA", "5 characters end in the middle" },
        { V "k=rsa; p=AAAA; k=x", "\"k\" more than once (again at byte 25)" },
        { V "junk; p=AAAA", "a tag without \"=\" at byte 10: \"junk\"" },
        { "k=rsa; v=DKIM1; p=AAAA", "byte 8, behind the tag \"k\"" },
        { "v=DKIM1\\; p=AAAA", "a backslash of a zone file" },
        { V "k=dsa; p=AAAA", "k=dsa" },
        { V "h=sha1; p=" RSA_2048, "h=sha1" },
        { V "s=tlsrpt; p=" RSA_2048, "s=tlsrpt" },
        { V "p=" RSA_1023, "1023 bits" },
        { V "p=" ED25519, "but would be an Ed25519 key (k=ed25519)" },
        { V "p=" ED25519_SPKI, "type Ed25519, where the record says k=rsa" },
        { V "p=" RSA_EXPONENT_EVEN, "an even exponent" },
        { V "p=" RSA_EXPONENT_0, "the exponent 0" },
        { V "k=ed25519; p=AAAA", "has 3 bytes where it must have 32" },
        { V "k=ed25519; p=" ED25519_SPKI, "(44 bytes)" },
        { "v=spf1 -all", "\"v=spf1 -all\"" },
        { RSA_2048, "a key without the tag p= in front" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        struct dkim_outcome out;
        struct world w;

        run_text(&w, said[i].text, &out);
        if (!out.reason_text || !strstr(out.reason_text, said[i].part))
            fail_msg("\"%s\": expected ...%s... in: %s", said[i].text, said[i].part,
                     out.reason_text ? out.reason_text : "(nothing)");
        world_free(&w);
    }
}

static void dkim_audit_key_followed_by_garbage_is_invalid(void **state)
{
    char text[] = V "p=" RSA_2048_PKCS1 "AAAA";
    struct dkim_outcome out;
    struct world w;

    (void)state;
    run_text(&w, text, &out); /* 270 bytes, no padding: 3 more bytes */
    assert_int_equal(out.status, DKIM_INVALID);
    assert_int_equal(out.reason, FINDING_DKIM_KEY_UNDECODABLE);
    assert_non_null(strstr(out.reason_text, "3 bytes that do not belong"));
    world_free(&w);
}

/* RFC 6376, 6.1.2: what the DNS says by itself. */
static void dkim_audit_no_such_name_and_no_text_are_missing(void **state)
{
    static const char *const zone[] = {
        "example.com TXT \"v=spf1 -all\"",
        "s1._domainkey.example.com A 192.0.2.1",
        "x.s1._domainkey.example.com A 192.0.2.1",
    };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct dkim_outcome out;
        struct world w;

        run_zone(&w, zone[i], &out);
        assert_int_equal(out.status, DKIM_MISSING);
        assert_int_equal(out.usable, AC_NO);
        assert_int_equal(out.reason, FINDING_DKIM_KEY_MISSING);
        assert_non_null(world_finding(&w, "dkim-key-missing"));
        assert_non_null(
            strstr(out.reason_text, i ? "it has no TXT" : "the name does not exist"));
        assert_null(out.record.p);
        world_free(&w);
    }
}

static void dkim_audit_failed_lookup_is_temperror_and_maybe_usable(void **state)
{
    static const enum dns_outcome outcome[] = { DNS_SERVFAIL,  DNS_REFUSED,
                                                DNS_MALFORMED, DNS_BOGUS,
                                                DNS_TIMEOUT,   DNS_UNREACHABLE,
                                                DNS_DEADLINE };

    (void)state;
    for (size_t i = 0; i < sizeof outcome / sizeof *outcome; i++) {
        struct dkim_outcome out;
        struct world w;

        world_init(&w, "s1._domainkey.example.com TXT \"p=\"");
        world_fault(&w, key_name, DNS_T_TXT, outcome[i], false);
        assert_int_equal(world_run(&w, step, &out), AC_OK);
        assert_int_equal(out.status, DKIM_TEMPERROR);
        assert_int_equal(out.usable, AC_MAYBE);
        assert_int_equal(out.reason, FINDING_DKIM_DNS_ERROR);
        assert_non_null(strstr(out.reason_text, dns_outcome_print(outcome[i])));
        assert_non_null(world_finding(&w, "dkim-dns-error"));
        assert_null(world_finding(&w, "dkim-key-missing"));
        world_free(&w);
    }
}

static void dkim_audit_key_behind_cnames_counts(void **state)
{
    struct dkim_outcome out;
    struct world w;

    (void)state;
    run_zone(&w,
             "s1._domainkey.example.com CNAME a.mailer.example\n"
             "a.mailer.example CNAME b.mailer.example\n"
             "b.mailer.example TXT \"k=ed25519; p=" ED25519 "\"",
             &out);
    assert_int_equal(out.status, DKIM_VALID);
    assert_string_equal(out.delegated, "b.mailer.example");
    world_free(&w);
}

static void dkim_audit_cname_to_nothing_is_a_dangling_delegation(void **state)
{
    static const char *const zone[] = {
        "s1._domainkey.example.com CNAME a.mailer.example",
        "s1._domainkey.example.com CNAME a.mailer.example\n"
        "a.mailer.example A 192.0.2.1",
    };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct dkim_outcome out;
        struct world w;

        run_zone(&w, zone[i], &out);
        assert_int_equal(out.status, DKIM_MISSING);
        assert_int_equal(out.reason, FINDING_DKIM_DELEGATION_DANGLING);
        assert_string_equal(out.delegated, "a.mailer.example");
        assert_non_null(strstr(out.reason_text, "a.mailer.example"));
        assert_non_null(
            strstr(out.reason_text, i ? "there is no TXT" : "no such name exists"));
        assert_null(world_finding(&w, "dkim-key-missing"));
        world_free(&w);
    }
}

static void dkim_audit_wildcard_with_other_text_is_missing(void **state)
{
    struct dkim_outcome out;
    struct world w;

    (void)state;
    run_zone(&w, "*.example.com TXT \"v=spf1 -all\"", &out);
    assert_int_equal(out.status, DKIM_MISSING);
    assert_int_equal(out.reason, FINDING_DKIM_KEY_MISSING);
    world_free(&w);
}

static enum ac_status step_dotted(struct ac_env *env, void *context)
{
    struct dkim_selector s = { .selector = world_name("a.b"),
                               .domain = world_name("example.com") };

    return dkim_audit(env, &s, context);
}

static void dkim_audit_selector_may_have_dots(void **state)
{
    struct dkim_outcome out;
    struct world w;

    (void)state;
    world_init(&w, "a.b._domainkey.example.com TXT \"p=" ED25519 "; k=ed25519\"");
    assert_int_equal(world_run(&w, step_dotted, &out), AC_OK);
    assert_int_equal(out.status, DKIM_VALID);
    assert_string_equal(out.name, "a.b._domainkey.example.com");
    world_free(&w);
}

static enum ac_status step_long(struct ac_env *env, void *context)
{
    char text[260];
    struct dkim_selector s = { .selector = world_name("s1") };

    memset(text, 'a', sizeof text);
    for (size_t i = 50; i < 245; i += 50)
        text[i] = '.';
    s.domain.n = 0;
    text[244] = '\0';
    s.domain = world_name(text);
    return dkim_audit(env, &s, context);
}

/* A name that cannot be cannot hold a key: RFC 1035, 3.1. */
static void dkim_audit_name_over_255_octets_is_missing(void **state)
{
    struct dkim_outcome out;
    struct world w;

    (void)state;
    world_init(&w, "example.com A 192.0.2.1");
    assert_int_equal(world_run(&w, step_long, &out), AC_OK);
    assert_int_equal(out.status, DKIM_MISSING);
    assert_int_equal(world_questions(&w), 0);
    world_free(&w);
}

static void dkim_audit_without_findings_still_gives_the_reason(void **state)
{
    struct dkim_outcome out;
    struct ac_env env;
    struct world w;

    (void)state;
    run_text(&w, V "h=sha1; p=" RSA_2048, &out);
    env = w.env;
    env.findings = NULL;
    assert_int_equal(step(&env, &out), AC_OK);
    assert_int_equal(out.reason, FINDING_DKIM_KEY_HASH);
    assert_non_null(strstr(out.reason_text, "sha1"));
    world_free(&w);
}

/* Memory that ends at any point is told, and nothing else happens. */
static void dkim_audit_full_arena_is_enomem(void **state)
{
    struct dkim_outcome out;
    enum ac_status status = AC_ENOMEM;
    struct world w;

    (void)state;
    run_text(&w, V "k=x; t=y; g=; p=" RSA_1024, &out);
    for (size_t cap = 0; status == AC_ENOMEM; cap += 512) {
        struct arena small;
        struct ac_env env = w.env;
        struct findings findings;

        assert_true(cap < 1 << 20);
        arena_init(&small, cap);
        env.arena = &small;
        findings_init(&findings, &small);
        env.findings = &findings;
        status = step(&env, &out);
        arena_free(&small);
    }
    assert_int_equal(status, AC_OK);
    world_free(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dkim_audit_status_is_the_first_that_applies),
        cmocka_unit_test(dkim_audit_tells_type_bits_and_flags),
        cmocka_unit_test(dkim_audit_blanks_and_split_strings_make_no_difference),
        cmocka_unit_test(dkim_audit_cut_key_tells_how_much_is_missing),
        cmocka_unit_test(dkim_audit_messages_hold_what_was_found),
        cmocka_unit_test(dkim_audit_key_followed_by_garbage_is_invalid),
        cmocka_unit_test(dkim_audit_no_such_name_and_no_text_are_missing),
        cmocka_unit_test(dkim_audit_failed_lookup_is_temperror_and_maybe_usable),
        cmocka_unit_test(dkim_audit_key_behind_cnames_counts),
        cmocka_unit_test(dkim_audit_cname_to_nothing_is_a_dangling_delegation),
        cmocka_unit_test(dkim_audit_wildcard_with_other_text_is_missing),
        cmocka_unit_test(dkim_audit_selector_may_have_dots),
        cmocka_unit_test(dkim_audit_name_over_255_octets_is_missing),
        cmocka_unit_test(dkim_audit_without_findings_still_gives_the_reason),
        cmocka_unit_test(dkim_audit_full_arena_is_enomem),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
