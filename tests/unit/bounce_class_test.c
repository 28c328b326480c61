/* SPDX-License-Identifier: MIT */
/*
 * bounce_class_test.c - which cause a refusal names, and who speaks. RFC 3463, RFC
 * 7372.
 */
#include "bounce/bounce.h"
#include "bounce/pattern.h"
#include "verdict/receiver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, 1 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(&arena);
    return 0;
}

static struct bounce_verdict classify(const char *text, const char *host)
{
    struct bounce_said said = { .text = span_of(text) };
    struct bounce_verdict verdict;

    if (host)
        said.host = span_of(host);
    assert_int_equal(bounce_classify(&said, &arena, &verdict), AC_OK);
    return verdict;
}

static const char *class_name(const struct bounce_verdict *v)
{
    const struct bounce_class *class = bounce_class(v->class);

    return class ? class->name : "null";
}

/* A reply and what must come of it; what is NULL is not looked at. */
struct row {
    const char *text, *host, *class, *speaker, *confidence;
};

static bool differs(const char *got, const char *want)
{
    return want && strcmp(got ? got : "null", want) != 0;
}

static void check(const struct row *row)
{
    struct bounce_verdict v = classify(row->text, row->host);
    const char *confidence = bounce_confidence_print(v.confidence);

    if (differs(class_name(&v), row->class) || differs(v.speaker, row->speaker) ||
        differs(confidence, row->confidence))
        fail_msg("%s\n  got %s of %s, %s, by the row %s\n  expected %s of %s, %s",
                 row->text, class_name(&v), v.speaker ? v.speaker : "null", confidence,
                 v.pattern ? v.pattern : "null", row->class,
                 row->speaker ? row->speaker : "any",
                 row->confidence ? row->confidence : "any");
}

#define CHECK_ALL(rows)                                     \
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) \
    check(&rows[i])

/* --- the tables ---------------------------------------------------------------------
 */

static void bounce_patterns_compile_and_stand_in_ascending_priority(void **state)
{
    (void)state;
    for (size_t i = 0; i < bounce_pattern_count(); i++) {
        const struct bounce_pattern *row = bounce_pattern(i);

        if (!row->words[0])
            assert_non_null(row->codes);
        else if (!bounce_pattern_compiles(i))
            fail_msg("row %s is no regular expression: %s", row->id, row->words);
        for (const char *c = row->words; *c; c++)
            if (ascii_lower(*c) != *c)
                fail_msg("row %s: replies are in lower case: %s", row->id, row->words);
        if (i && bounce_pattern(i - 1)->priority > row->priority)
            fail_msg("row %s stands behind a higher priority", row->id);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(bounce_pattern(k)->id, row->id);
        assert_true(row->source[0]);
    }
}

static void bounce_pattern_example_fits_its_row_and_none_before(void **state)
{
    (void)state;
    for (size_t i = 0; i < bounce_pattern_count(); i++) {
        const struct bounce_pattern *row = bounce_pattern(i);
        struct bounce_verdict v = classify(row->example, NULL);

        if (differs(v.pattern, row->id))
            fail_msg("the example of row %s fits row %s first: %s", row->id,
                     v.pattern ? v.pattern : "(none)", row->example);
        assert_int_equal(v.class, row->class);
        assert_int_equal(v.confidence, row->confidence);
    }
}

static void bounce_class_is_named_once_and_used(void **state)
{
    bool used[BOUNCE_CLASS_COUNT] = { false };

    (void)state;
    assert_null(bounce_class(BOUNCE_CLASS_NONE));
    for (size_t i = 0; i < bounce_pattern_count(); i++)
        used[bounce_pattern(i)->class] = true;
    for (int id = 1; id < BOUNCE_CLASS_COUNT; id++) {
        const struct bounce_class *class = bounce_class((enum bounce_class_id)id);

        if (!used[id])
            fail_msg("no pattern names the class %s", class->name);
        assert_true(bounce_area_print(class->area)[0]);
        assert_int_equal(class->meaning[strlen(class->meaning) - 1], '.');
        assert_int_equal(class->next[strlen(class->next) - 1], '.');
        for (int k = 1; k < id; k++)
            assert_string_not_equal(class->name,
                                    bounce_class((enum bounce_class_id)k)->name);
    }
}

static void bounce_area_is_as_the_contract_has_it(void **state)
{
    static const struct {
        const char *class, *area;
    } rows[] = {
        { "dmarc_policy", "authentication" },
        { "spf_temperror", "authentication" },
        { "arc_fail", "authentication" },
        { "ptr", "host" },
        { "ptr_or_auth_ipv6", "host" },
        { "helo", "host" },
        { "sender_dns", "host" },
        { "null_mx", "host" },
        { "dnsbl_ip", "reputation" },
        { "dnsbl_domain", "reputation" },
        { "ip_reputation", "reputation" },
        { "domain_reputation", "reputation" },
        { "ip_policy", "reputation" },
        { "content", "content" },
        { "rate", "rate" },
        { "greylist", "rate" },
        { "relay_permission", "permission" },
        { "recipient", "recipient" },
        { "local_policy", "policy" },
        /* Not said to be DMARC, so not called it. */
        { "dmarc_policy_or_auth", "policy" },
        { "dmarc_policy_or_local", "policy" },
        /* The receiver's own fault. */
        { "receiver_dnsbl_broken", "other" },
        { "receiver_dnsbl_dead", "other" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct bounce_class *class = NULL;

        for (int id = 1; id < BOUNCE_CLASS_COUNT; id++)
            if (strcmp(bounce_class((enum bounce_class_id)id)->name, rows[i].class) ==
                0)
                class = bounce_class((enum bounce_class_id)id);
        if (!class || strcmp(bounce_area_print(class->area), rows[i].area) != 0)
            fail_msg("%s is of the area %s", rows[i].class, rows[i].area);
    }
}

static void bounce_speaker_is_named_as_the_receiver(void **state)
{
    size_t n, known = 0;
    const struct receiver *list = receiver_list(&n);

    (void)state;
    for (int id = 1; id < BOUNCE_SPEAKER_COUNT; id++) {
        const struct bounce_speaker *s = bounce_speaker((enum bounce_speaker_id)id);

        known += receiver_find(span_of(s->name)) != NULL;
        assert_true(s->title[0]);
        for (const char *c = s->name; *c; c++)
            assert_true(*c == '-' || (ascii_is_alnum(*c) && ascii_lower(*c) == *c));
        for (int k = 1; k < id; k++)
            assert_string_not_equal(s->name,
                                    bounce_speaker((enum bounce_speaker_id)k)->name);
    }
    /* Those predicted by default, but for the one that is nobody. */
    for (size_t i = 0; i < n && i < RECEIVERS_DEFAULT; i++) {
        bool found = strcmp(list[i].name, "generic") == 0;

        for (int id = 1; id < BOUNCE_SPEAKER_COUNT; id++)
            found |= strcmp(bounce_speaker((enum bounce_speaker_id)id)->name,
                            list[i].name) == 0;
        if (!found)
            fail_msg("the receiver %s is no speaker", list[i].name);
    }
    assert_true(known >= 15);
}

/* Replies that name no check: theirs are the words of a filter, or of none. */
static bool is_mute(const char *reply)
{
    return strstr(reply, "Spam message rejected") ||
           strstr(reply, "message rejected") || strstr(reply, "Command rejected") ||
           strstr(reply, "local policy") || strstr(reply, "policy reasons") ||
           strstr(reply, "try again") || strstr(reply, "Temp") ||
           strstr(reply, "later");
}

static void bounce_classify_knows_what_we_predict(void **state)
{
    size_t n;
    const struct receiver *list = receiver_list(&n);

    (void)state;
    for (size_t i = 0; i < n; i++)
        for (const struct receiver_rule *rule = list[i].rule; rule && rule->when;
             rule++) {
            struct bounce_verdict v;
            enum bounce_area area;

            if (!rule->reply)
                continue;
            v = classify(rule->reply, NULL);
            area = v.class ? bounce_class(v.class)->area : BOUNCE_AREA_OTHER;
            if (area != BOUNCE_AREA_AUTHENTICATION && area != BOUNCE_AREA_HOST &&
                area != BOUNCE_AREA_REPUTATION && !is_mute(rule->reply))
                fail_msg("%s answers \"%s\", which is read as %s", list[i].name,
                         rule->reply, class_name(&v));
            if (i >= 1 && i < RECEIVERS_DEFAULT && v.speaker &&
                strcmp(v.speaker, list[i].name) != 0 &&
                strcmp(list[i].name, "outlook") != 0)
                fail_msg("%s answers \"%s\", which is taken for %s", list[i].name,
                         rule->reply, v.speaker);
        }
}

/* --- replies ------------------------------------------------------------------------
 */

static void bounce_classify_knows_the_replies_people_search_for(void **state)
{
    static const struct row rows[] = {
        { "550 5.7 1 dmarc unauthenticated mail is prohibited", NULL, "dmarc_policy",
          "cisco-esa", "high" },
        { "550 Email Rejected Because It Violates Our Security Policy", NULL,
          "local_policy", "null", "low" },
        { "550 5.7.1 <u@example.com>: Delivery not authorized, message refused due to "
          "SPF policy",
          NULL, "spf_fail", "null", "low" },
        { "550-5.7.26 Unauthenticated email from example.com is not accepted due to "
          "550-5.7.26 domain's DMARC policy. 550 5.7.26 a1-b2.3 - gsmtp",
          NULL, "dmarc_policy", "gmail", "high" },
        { "550-5.7.26 This mail has been blocked because the sender is unauthenticated. "
          "550-5.7.26 Gmail requires all senders to authenticate with either SPF or "
          "DKIM.",
          NULL, "unauthenticated", "gmail", "high" },
        { "550-5.7.26 The MAIL FROM domain [example.com] has an SPF record with a "
          "550-5.7.26 hard fail policy (-all) but it fails to pass SPF checks",
          NULL, "spf_hardfail", "gmail", "high" },
        { "550 5.7.515 Access denied, sending domain EXAMPLE.COM doesn't meet the "
          "required authentication level. Spf= Fail , Dkim= Pass , DMARC= Pass",
          NULL, "bulk_auth_required", "outlook", "high" },
        { "550 5.0.350 Remote server returned message detected as spam -> 554 5.7.26 "
          "Unauthenticated email from example.com is not accepted",
          NULL, "dmarc_policy", "gmail", "high" },
        { "550 5.7.350 Remote server returned message detected as spam -> 554 5.7.25 x",
          NULL, "ptr", "null", "medium" },
        { "550 5.7.1 Message rejected due to domain policy", NULL,
          "dmarc_policy_or_local", "null", "low" },
    };

    (void)state;
    CHECK_ALL(rows);
}

static void bounce_classify_code_571_is_not_authentication_by_itself(void **state)
{
    static const struct row rows[] = {
        { "550 5.7.1 Unable to relay", NULL, "relay_permission", NULL, NULL },
        { "554 5.7.1 <u@example.com>: Relay access denied", NULL, "relay_permission",
          NULL, NULL },
        { "550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized", NULL,
          "relay_permission", NULL, NULL },
        { "550 5.7.1 Delivery not authorized, message refused", NULL,
          "relay_permission", NULL, NULL },
        { "550 5.7.1 No such user!", NULL, "recipient", NULL, NULL },
        { "550 5.7.1 Connection refused - OXSUS001_403", NULL, "recipient", "vade",
          NULL },
        { "550 5.7.1 Message considered as SPAM", NULL, "content", NULL, NULL },
        { "550 5.7.1 [192.0.2.1] likely suspicious due to the very low reputation of "
          "the sending domain",
          NULL, "domain_reputation", "gmail", NULL },
        { "551 5.7.1 Loop detected", NULL, "routing_loop", NULL, NULL },
        { "552 5.7.1 virus found", NULL, "virus", NULL, NULL },
        { "550 5.7.1 Access denied", NULL, "local_policy", NULL, "low" },
        { "550 5.7.1 Rejected", NULL, "local_policy", NULL, "low" },
    };

    (void)state;
    CHECK_ALL(rows);
}

static void bounce_classify_authenticated_may_mean_logged_in(void **state)
{
    static const struct row rows[] = {
        { "550 Unauthenticated senders not allowed", NULL, "relay_permission", NULL,
          NULL },
        { "550 5.7.133 Sender not authenticated for group", NULL, "relay_permission",
          NULL, NULL },
        { "550 5.7.1 Client was not authenticated", NULL, "relay_permission", NULL,
          NULL },
        { "530 5.7.0 Authentication required", NULL, "relay_permission", NULL, NULL },
        { "535 5.7.8 authentication credentials invalid", NULL, "relay_permission",
          NULL, NULL },
        { "550 5.7.60 Client does not have permissions to send as this sender", NULL,
          "relay_permission", NULL, NULL },
        /* but not here */
        { "550 5.7.1 All mail must be authenticated with SPF or DKIM", NULL,
          "unauthenticated", NULL, NULL },
    };

    (void)state;
    CHECK_ALL(rows);
}

static void bounce_classify_traps_of_words_and_codes(void **state)
{
    static const struct row rows[] = {
        /* an SPF or DKIM domain that names a limit */
        { "421 4.7.28 Gmail has detected an unusual rate of unsolicited email "
          "originating from your DKIM domain [example.com 35].",
          NULL, "rate", "gmail", "high" },
        /* a sender domain that means the PTR */
        { "550 5.7.1 Connections not accepted from servers without a valid sender "
          "domain.flph840 Fix reverse DNS for 192.0.2.1",
          NULL, "ptr", "att", "high" },
        /* "Recipient address rejected" that is the sender's fault */
        { "550 5.7.23 <u@example.org>: Recipient address rejected: Message rejected due "
          "to: SPF fail - not authorized.",
          NULL, "spf_fail", "postfix-default", "high" },
        { "554 5.7.1 <u@example.org>: Recipient address rejected: BLOCK-SEND-ER.", NULL,
          "local_policy", "trend-micro", NULL },
        /* block lists that the receiver asks wrongly, or that are dead */
        { "554 5.7.1 Client host [192.0.2.1] blocked using zen.spamhaus.org; "
          "https://check.spamhaus.org/returnc/pub/192.0.2.1",
          NULL, "receiver_dnsbl_broken", NULL, "high" },
        { "550 5.7.1 Client host [192.0.2.1] blocked using spam.dnsbl.sorbs.net", NULL,
          "receiver_dnsbl_dead", NULL, "high" },
        { "554 5.7.1 Client host [192.0.2.1] blocked using zen.spamhaus.org", NULL,
          "dnsbl_ip", NULL, "high" },
        /* the temporary twin */
        { "451-4.7.26 Unauthenticated email from example.com is not accepted due to "
          "451-4.7.26 domain's DMARC policy, but temporary DNS failures prevent "
          "451 4.7.26 authentication. a1 - gsmtp",
          NULL, "dmarc_temperror", "gmail", "high" },
        { "451 #4.7.1 Unable to perform DMARC verification.", NULL, "dmarc_temperror",
          "cisco-esa", "high" },
        /* codes with two meanings: 5.7.27, 4.7.23, 5.7.29, 5.7.30 */
        { "550-5.7.27 This message was blocked because it didn't pass SPF", NULL,
          "spf_required_bulk", "gmail", NULL },
        { "550 5.7.27 Sender address has null MX", NULL, "null_mx", "null", NULL },
        { "451-4.7.23 The sending IP address for this message doesn't have a PTR record",
          NULL, "ptr", "gmail", NULL },
        { "550 5.7.23 SPF validation failed", NULL, "spf_fail", "null", NULL },
        { "550-5.7.29 blocked because it wasn't sent over a TLS connection.", NULL,
          "tls_required_bulk", "gmail", NULL },
        { "550 5.7.29 ARC validation failed", NULL, "arc_fail", NULL, NULL },
        { "550-5.7.30 blocked because it didn't pass DKIM authentication.", NULL,
          "dkim_required_bulk", "gmail", NULL },
        /* spellings of the code */
        { "550 #5.7.1 DMARC unauthenticated mail is prohibited.", NULL, "dmarc_policy",
          "cisco-esa", "high" },
        { "553-SPF (Sender Policy Framework) domain authentication fail. Refer to the "
          "page (#5.7.1)",
          NULL, "spf_fail", "messagelabs", "high" },
        { "501 5.0.2 Mail rejected. DMARC check failed.", NULL, "dmarc_policy",
          "orange", "high" },
        { "571 5.7.1 Message refused, DMARC verification Failed. LPN007_517", NULL,
          "dmarc_policy", "laposte", "medium" },
        { "550 DMARC Sender Invalid - envelope rejected", NULL, "dmarc_policy",
          "mimecast", "high" },
        { "550 5.7.1 DMARC validation failed for the sender", NULL, "dmarc_policy",
          "null", NULL },
        { "550 Refused: you are not using a host that is authorized to send for you",
          NULL, "spf_fail", NULL, "medium" },
        /* compounds of another language: the name of the check is what is left */
        { "550 5.7.1 Annahme verweigert: DMARC-Richtlinie von example.com verletzt",
          NULL, "dmarc_policy", "null", "low" },
        { "550 5.7.1 <u@example.org>: Recipient address rejected: SPF-Problem bei "
          "example.com",
          NULL, "spf_fail", NULL, "low" },
        { "550 5.7.1 rejected by spf-filter.example.net", NULL, "local_policy", NULL,
          NULL },
        { "554 5.7.1 198.51.100.3 steht auf einer Sperrliste", NULL, "dnsbl_ip", NULL,
          NULL },
        /* said by the sender's own provider */
        { "550 5.7.501 Access denied, spam abuse detected", NULL, "outbound_blocked",
          "exchange-online", "high" },
        { "550 5.7.708 Access denied, traffic not accepted from this IP", NULL,
          "outbound_blocked", "exchange-online", "high" },
        /* a report is no refusal */
        { "This is an email abuse report for an email message with DMARC fail", NULL,
          "report", NULL, NULL },
    };

    (void)state;
    CHECK_ALL(rows);
}

static void bounce_classify_stems_of_authentication(void **state)
{
    static const struct row rows[] = {
        { "550 Sender [198.51.100.3] not authorized to send on behalf of example.net",
          NULL, "spf_fail", "null", "medium" },
        { "550 5.7.1 198.51.100.3 is not permitted to send mail from example.net", NULL,
          "spf_fail", NULL, NULL },
        { "554 5.7.1 SPF softfail: host not in the sender's record", NULL, "spf_fail",
          NULL, NULL },
        { "550 Mail blocked (reason: SPF-HARDFAIL)", NULL, "spf_fail", NULL, NULL },
        { "550 5.7.1 Rejected, the envelope domain does not pass SPF", NULL, "spf_fail",
          NULL, NULL },
        { "550 5.7.1 see the Sender Policy Framework of example.net", NULL, "spf_fail",
          NULL, NULL },
        { "451 4.4.3 SPF: temporary error, come back", NULL, "spf_temperror", NULL,
          NULL },
        { "550 5.5.2 SPF PermError: two records", NULL, "spf_permerror", NULL, NULL },
        { "550 5.7.1 Your domain's DMARC settings forbid this; refused under DMARC",
          NULL, "dmarc_policy", NULL, NULL },
        { "554 5.7.1 (DMARC) p=reject violated", NULL, "dmarc_policy", NULL, NULL },
        { "550 message did not pass DMARC", NULL, "dmarc_policy", NULL, NULL },
        { "421 DMARC lookup: temporary failure", NULL, "dmarc_temperror", NULL, NULL },
        { "550 5.7.1 Please publish a DMARC record for your domain", NULL,
          "dmarc_missing_bulk", NULL, NULL },
        { "550 5.7.1 DKIM signature did not verify", NULL, "dkim_fail", NULL, NULL },
        { "550 your mail has no SPF record", NULL, "spf_fail", NULL, NULL },
        { "550 X does not designate 198.51.100.3 as permitted sender", NULL, "spf_fail",
          NULL, NULL },
        { "550 5.7.1 policy: DMARC_REJECT", NULL, "dmarc_policy", NULL, "medium" },
        { "550 A DKIM signature is required here", NULL, "dkim_fail", NULL, NULL },
        { "550 5.7.1 The DKIM key was not found in DNS", NULL, "dkim_fail", NULL,
          NULL },
        { "550 example.net does not allow 198.51.100.3 to send for it", NULL,
          "spf_fail", NULL, "medium" },
        { "550 your domain says p=reject", NULL, "dmarc_policy", NULL, NULL },
        { "550 you are not authorized to send here", NULL, "relay_permission", NULL,
          "low" },
        { "550 bad DKIM body hash", NULL, "dkim_fail", NULL, NULL },
        { "550 5.7.1 mail without DKIM is not taken here", NULL, "dkim_fail", NULL,
          NULL },
        { "550 From: is not aligned with the signer", NULL, "alignment", NULL, NULL },
        { "550 The ARC chain of this message is broken", NULL, "arc_fail", NULL, NULL },
        { "550 5.7.1 message fails our sender authentication checks", NULL,
          "unauthenticated", NULL, NULL },
        { "550 5.7.1 has neither SPF nor DKIM", NULL, "unauthenticated", NULL, NULL },
        /* the bare name, and nothing else */
        { "550 5.7.1 DMARC", NULL, "dmarc_policy", NULL, "low" },
        { "550 read https://example.org/help on spf", NULL, "spf_fail", NULL, "low" },
        /* not in the name of a host, an address or a link */
        { "550 5.1.1 <spf@dkim.example>: user unknown", NULL, "recipient", NULL, NULL },
        { "451 lost connection with dmarc-mx.spf.example", NULL, "network", NULL,
          NULL },
        { "550 5.7.1 judged as spam, see example.org/dmarc/spf-fail", NULL, "content",
          NULL, NULL },
        { "550 5.7.1 spamassassin 9.1: SPF_FAIL,DKIM_INVALID", NULL, "content", NULL,
          NULL },
        { "550 5.7.1 Identified as spam. Senders should have SPF, or are refused.",
          NULL, "content", NULL, NULL },
    };

    (void)state;
    CHECK_ALL(rows);
}

static void bounce_classify_stems_of_the_host(void **state)
{
    static const struct row rows[] = {
        { "550 5.7.1 no rDNS for [198.51.100.3]", NULL, "ptr", NULL, NULL },
        { "550 Your IP has no PTR, fix it", NULL, "ptr", NULL, NULL },
        { "554 5.7.1 Refused: reverse DNS does not match", NULL, "ptr", NULL, NULL },
        { "450 4.7.1 FCrDNS check failed", NULL, "ptr", NULL, NULL },
        { "550 forward-confirmed reverse DNS needed", NULL, "ptr", NULL, NULL },
        { "554 hosts without valid reverse DNS may not connect", NULL, "ptr", NULL,
          NULL },
        { "550 5.7.1 iprev failed", NULL, "ptr", NULL, NULL },
        { "450 4.7.1 Client host rejected: cannot find your reverse hostname, "
          "[192.0.2.1]",
          NULL, "ptr", "postfix", "high" },
        { "550 5.7.1 <localhost>: Helo command rejected: need fully-qualified hostname",
          NULL, "helo", NULL, NULL },
        { "550 Invalid EHLO name given", NULL, "helo", NULL, NULL },
        { "550 5.1.8 <a@example.net>: Sender address rejected: Domain not found", NULL,
          "sender_dns", NULL, NULL },
        { "550 sender domain does not exist", NULL, "sender_dns", NULL, NULL },
        { "517 Domain does not exist: example.net.", NULL, "sender_dns", NULL, NULL },
        { "550 Sender verify failed", NULL, "sender_verify", NULL, NULL },
        { "550 5.7.27 Null MX: example.net does not send mail", NULL, "null_mx",
          "haraka", NULL },
    };

    (void)state;
    CHECK_ALL(rows);
}

static void bounce_classify_ordinary_bounces(void **state)
{
    static const struct row rows[] = {
        { "550 5.1.1 <u@example.com>... User unknown", NULL, "recipient", NULL, NULL },
        { "552 5.2.2 mailbox over quota", NULL, "mailbox_full", NULL, NULL },
        { "450 4.7.3 Organization queue quota exceeded.", NULL, "system", NULL, NULL },
        { "550 5.2.1 account is suspended", NULL, "mailbox_disabled", NULL, NULL },
        { "551 5.1.6 the user has moved to elsewhere", NULL, "moved", NULL, NULL },
        { "550 5.4.4 host not found", NULL, "host_unknown", NULL, NULL },
        { "556 5.1.10 Recipient address has a null MX", NULL, "host_unknown", NULL,
          NULL },
        { "552 5.3.4 message exceeds maximum size", NULL, "message_size", NULL, NULL },
        { "451 4.7.1 Greylisting in action", NULL, "greylist", NULL, NULL },
        { "421 4.7.0 too many connections from your host", NULL, "rate", NULL, NULL },
        { "554 4.4.7 message expired", NULL, "expired", NULL, NULL },
        { "connect to mx.example[192.0.2.1]:25: Connection timed out", NULL, "network",
          NULL, NULL },
        { "554 5.4.6 too many hops, mail loop", NULL, "routing_loop", NULL, NULL },
        { "451 4.3.0 queue file write error", NULL, "system", NULL, NULL },
        { "503 bad sequence of commands", NULL, "protocol", NULL, NULL },
        { "550 5.7.1 we take no attachments", NULL, "content", NULL, NULL },
        { "550 5.6.0 invalid header", NULL, "rfc5322", NULL, NULL },
        { "550 5.7.1 blocked by the recipient", NULL, "recipient_admin_policy", NULL,
          NULL },
        { "530 5.7.0 Must issue a STARTTLS command first", NULL,
          "tls_required_recipient", NULL, NULL },
        { "Nothing that anybody says.", NULL, "null", "null", NULL },
        { "", NULL, "null", "null", NULL },
    };

    (void)state;
    CHECK_ALL(rows);
}

static void bounce_classify_codes_speak_last_and_softly(void **state)
{
    static const struct row rows[] = {
        { "550 5.7.20 x", NULL, "dkim_fail", NULL, "medium" },
        { "550 5.7.22 x", NULL, "alignment", NULL, "medium" },
        { "550 5.7.23 x", NULL, "spf_fail", NULL, "medium" },
        { "451 4.7.24 x", NULL, "spf_error", NULL, "medium" },
        { "550 5.7.25 x", NULL, "ptr", NULL, "medium" },
        { "550 5.7.26 x", NULL, "multi_auth", NULL, "medium" },
        { "550 5.7.27 x", NULL, "null_mx", NULL, "medium" },
        /* Gmail has meanings of its own. */
        { "550 5.7.26 x", "gmail-smtp-in.l.google.com", "unauthenticated", "gmail",
          "low" },
        { "550 5.7.27 x", "aspmx.l.google.com.", "spf_required_bulk", "gmail", "low" },
        { "451 4.7.23 x", "aspmx.l.google.com", "ptr", "gmail", "low" },
        /* before words that say nothing */
        { "550 5.7.23 Message rejected", NULL, "spf_fail", NULL, "medium" },
        { "550 5.7.26 denied by policy", NULL, "multi_auth", NULL, "medium" },
        { "554 5.7.9 x", "mta5.am0.yahoodns.net", "dmarc_policy_or_auth", "yahoo",
          "low" },
        { "501 5.1.8 Sender address rejected", NULL, "sender_dns", NULL, "low" },
        { "250 2.6.0 taken", NULL, "null", NULL, NULL },
        { "550 5.7.613 x", NULL, "ip_reputation", NULL, "low" },
        { "550 5.7.750 x", NULL, "outbound_blocked", NULL, "low" },
        { "535 5.7.8 x", NULL, "relay_permission", NULL, "low" },
        { "550 5.7.650 x", NULL, "null", NULL, NULL },
        { "550 5.7.9 x", NULL, "local_policy", NULL, "low" },
        { "550 5.1.1 x", NULL, "recipient", NULL, "low" },
        { "550 x", NULL, "null", NULL, NULL },
        { "451 x", NULL, "system", NULL, "low" },
        { "502 x", NULL, "protocol", NULL, "low" },
    };

    (void)state;
    CHECK_ALL(rows);
}

static void bounce_classify_codes_told_apart_from_the_text(void **state)
{
    struct bounce_said said = { .text = SPAN("something went wrong"),
                                .code = 550,
                                .enhanced = SPAN("5.7.25") };
    struct bounce_verdict v;

    (void)state;
    assert_int_equal(bounce_classify(&said, &arena, &v), AC_OK);
    assert_string_equal(class_name(&v), "ptr");
    said.enhanced = SPAN("5.7");
    assert_int_equal(bounce_classify(&said, &arena, &v), AC_OK);
    assert_string_equal(class_name(&v), "null");
    said.enhanced = SPAN("5.7.25.1");
    assert_int_equal(bounce_classify(&said, &arena, &v), AC_OK);
    assert_string_equal(class_name(&v), "null");
}

/* --- who speaks ----------------------------------------------------------------------
 */

static void bounce_speaker_by_words_host_and_mark(void **state)
{
    static const struct row rows[] = {
        /* words that everybody uses: the host, else a mark in the text */
        { "550 5.7.1 Email rejected per DMARC policy for example.com",
          "smtpin.zoho.com", "dmarc_policy", "zoho", NULL },
        { "550 5.7.1 Email rejected per DMARC policy for example.com", "mx.example.org",
          "dmarc_policy", "null", NULL },
        { "550 5.1.1 user unknown a1 - gsmtp", NULL, "recipient", "gmail", NULL },
        { "550 5.1.1 user unknown [AB1.prod.protection.outlook.com]", NULL, "recipient",
          "exchange-online", NULL },
        /* software runs on somebody's hosts */
        { "550 5.7.1 rejected by DMARC policy for example.com",
          "mx1.infomaniak.ch[192.0.2.7]", "dmarc_policy", "infomaniak", NULL },
        { "550 5.7.1 rejected by DMARC policy for example.com", NULL, "dmarc_policy",
          "opendmarc", NULL },
        { "550 5.7.54 SMTP; Unable to relay recipient [A1.namprd01.prod.outlook.com]",
          NULL, "relay_permission", "exchange-online", NULL },
        /* relatives with the same words */
        { "550 5.7.509 Access denied, sending domain [EXAMPLE.COM] does not pass DMARC "
          "verification",
          "example-com.olc.protection.outlook.com", "dmarc_policy", "outlook", NULL },
        { "550 5.7.509 Access denied, sending domain [EXAMPLE.COM] does not pass DMARC "
          "verification",
          "example-com.mail.protection.outlook.com", "dmarc_policy", "exchange-online",
          NULL },
        /* words quoted by a relay that passes them on */
        { "550 5.7.26 Unauthenticated email from example.com is not accepted",
          "us-smtp-1.mimecast.com", "dmarc_policy", "gmail", NULL },
        /* a suffix is whole labels */
        { "550 5.1.1 user unknown", "mx.notgoogle.com", "recipient", "null", NULL },
        { "550 5.1.1 user unknown", "MX1.MAIL.ICLOUD.COM", "recipient", "icloud",
          NULL },
    };
    struct bounce_verdict v = classify("550 x - gsmtp", NULL);

    (void)state;
    CHECK_ALL(rows);
    assert_string_equal(v.speaker_what, "Gmail");
    v = classify("550 x", NULL);
    assert_null(v.speaker);
    assert_null(v.speaker_what);
}

/* --- the words in one form
 * ------------------------------------------------------------- */

static void bounce_wording_is_one_form_of_a_reply(void **state)
{
    static const struct {
        const char *text, *words, *enhanced;
        unsigned code;
    } rows[] = {
        { "550 5.7.1 Denied", "550 5.7.1 denied", "5.7.1", 550 },
        { "550-5.7.26 one\r\n550-5.7.26 two\r\n550 5.7.26 three",
          "550 5.7.26 one two three", "5.7.26", 550 },
        { "550-one 550-two 550 three", "550 one two three", NULL, 550 },
        { "550-SPF-check failed: 550 example.com", "550 spf-check failed: example.com",
          NULL, 550 },
        { "550 #5.7.1 x", "550 #5.7.1 x", "5.7.1", 550 },
        { "550 5.7 1 x", "550 5.7.1 x", "5.7.1", 550 },
        { "smtp;550 5.7.1 x", "550 5.7.1 x", "5.7.1", 550 },
        { "550: 5.2.2 x", "550 5.2.2 x", "5.2.2", 550 },
        { "host mx said: 421-4.7.0 x", "host mx said: 421 4.7.0 x", "4.7.0", 421 },
        { "size 500 of 550 bytes", "size 500 of 550 bytes", NULL, 0 },
        { "550 line 451 of 550", "550 line 451 of", NULL, 550 },
        { "250 ok", "250 ok", NULL, 0 },
        { "<User@Example.COM>: no (a@b:blocked) x@y", "<@>: no (@:blocked) @", NULL,
          0 },
        { "see http://x/?id=a@b.example", "see http://x/?id=a@b.example", NULL, 0 },
        { "domain\xe2\x80\x99s \xe2\x80\x9cp\xe2\x80\x9d \xe2\x80\x93 x",
          "domain's \"p\" - x", NULL, 0 },
        { "domain\x92s\xa0policy \xc2\xa0 x", "domain's policy x", NULL, 0 },
        { "\xc3\xa9t\xc3 \xf0\x9f\x98\x80 \xe3\x81\x82", "?t? ? ?", NULL, 0 },
        { "  \t a \x01 b\x7f ", "a b", NULL, 0 },
        { "@", "@", NULL, 0 },
        { "5.7 1", "5.7 1", NULL, 0 },
        { "550 5.0.350 Remote server returned x -> 554 5.7.1 y", "554 5.7.1 y", "5.7.1",
          554 },
        { "550 a -> b", "550 a -> b", NULL, 550 },
        { "", "", NULL, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bounce_said said = { .text = span_of(rows[i].text) };
        struct bounce_wording got;

        assert_int_equal(bounce_wording(&said, &arena, &got), AC_OK);
        assert_int_equal(got.n, strlen(got.text));
        if (strcmp(got.text, rows[i].words) != 0 || got.code != rows[i].code ||
            !span_eq(got.enhanced, span_of(rows[i].enhanced)))
            fail_msg("%s\n  got \"%s\", %u, %.*s\n  expected \"%s\", %u, %s",
                     rows[i].text, got.text, got.code, SPAN_ARG(got.enhanced),
                     rows[i].words, rows[i].code,
                     rows[i].enhanced ? rows[i].enhanced : "none");
    }
}

static void bounce_wording_holds_no_nul_and_has_a_cap(void **state)
{
    static char text[3 * BOUNCE_TEXT_MAX];
    struct bounce_said said = { .text = { text, sizeof text } };
    struct bounce_wording got;

    (void)state;
    memset(text, 'a', sizeof text);
    text[3] = '\0';
    assert_int_equal(bounce_wording(&said, &arena, &got), AC_OK);
    assert_int_equal(got.n, strlen(got.text));
    assert_true(got.n <= BOUNCE_TEXT_MAX);
    assert_memory_equal(got.text, "aaa aaa", 7);
    memset(text, '@', sizeof text);
    assert_int_equal(bounce_wording(&said, &arena, &got), AC_OK);
    assert_true(got.n <= BOUNCE_TEXT_MAX);
}

static void bounce_classify_says_when_memory_is_short(void **state)
{
    static const size_t caps[] = { 0, 512, 1100 };
    static const char text[] = "550 5.7 1 dmarc unauthenticated mail is prohibited";
    struct bounce_said said = { .text = span_of(text) };

    (void)state;
    for (size_t i = 0; i < sizeof caps / sizeof *caps; i++) {
        struct arena small;
        struct bounce_verdict v;

        arena_init(&small, caps[i]);
        if (bounce_classify(&said, &small, &v) != AC_OK)
            assert_int_equal(v.class, BOUNCE_CLASS_NONE);
        else
            assert_string_equal(class_name(&v), "dmarc_policy");
        arena_free(&small);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounce_patterns_compile_and_stand_in_ascending_priority),
        cmocka_unit_test(bounce_pattern_example_fits_its_row_and_none_before),
        cmocka_unit_test(bounce_class_is_named_once_and_used),
        cmocka_unit_test(bounce_area_is_as_the_contract_has_it),
        cmocka_unit_test(bounce_speaker_is_named_as_the_receiver),
        cmocka_unit_test(bounce_classify_knows_what_we_predict),
        cmocka_unit_test(bounce_classify_knows_the_replies_people_search_for),
        cmocka_unit_test(bounce_classify_code_571_is_not_authentication_by_itself),
        cmocka_unit_test(bounce_classify_authenticated_may_mean_logged_in),
        cmocka_unit_test(bounce_classify_traps_of_words_and_codes),
        cmocka_unit_test(bounce_classify_stems_of_authentication),
        cmocka_unit_test(bounce_classify_stems_of_the_host),
        cmocka_unit_test(bounce_classify_ordinary_bounces),
        cmocka_unit_test(bounce_classify_codes_speak_last_and_softly),
        cmocka_unit_test(bounce_classify_codes_told_apart_from_the_text),
        cmocka_unit_test(bounce_speaker_by_words_host_and_mark),
        cmocka_unit_test(bounce_wording_is_one_form_of_a_reply),
        cmocka_unit_test(bounce_wording_holds_no_nul_and_has_a_cap),
        cmocka_unit_test(bounce_classify_says_when_memory_is_short),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
