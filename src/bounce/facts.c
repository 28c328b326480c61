/* SPDX-License-Identifier: MIT */
/*
 * facts.c - what a refused message was, told by many, none of whom is sure.
 * RFC 5321, 4.4 (Received); RFC 6376, 3.5; RFC 8601; RFC 5965; RFC 7208, 9.1.
 */
#include "bounce/facts_parts.h"

#include "base/special.h"
#include "bounce/event.h"
#include "bounce/fields.h"
#include "bounce/text.h"

enum {
    CODES_MAX = 24,      /* bytes of both codes in front of a reply */
    NEAR_DMARC = 120,    /* bytes behind the word */
    SAID_OF_ADDRESS = 40 /* bytes behind an address that tell whose it is */
};

static const struct {
    const char *before;
    enum bounce_fact what;
} told[] = {
    { "header.from=", FACT_FROM_DOMAIN },
    { "unauthenticated email from ", FACT_FROM_DOMAIN },
    { "sending domain ", FACT_FROM_DOMAIN },
    { "from domain ", FACT_FROM_DOMAIN },
    { "from: domain ", FACT_FROM_DOMAIN },
    { "dmarc policy for ", FACT_FROM_DOMAIN },
    { "dmarc policy of ", FACT_FROM_DOMAIN },
    { "dmarc policy for domain ", FACT_FROM_DOMAIN },
    { "policy of domain ", FACT_FROM_DOMAIN },
    { "policy of ", FACT_FROM_DOMAIN },
    { "administrator of ", FACT_FROM_DOMAIN },
    { "dmarc record for ", FACT_FROM_DOMAIN },
    { "rfc5322.from domain ", FACT_FROM_DOMAIN },
    { "rfc5322 from ", FACT_FROM_DOMAIN },
    { "mail from domain ", FACT_MAIL_DOMAIN },
    { "mail from:", FACT_MAIL_FROM },
    { "mail from ", FACT_MAIL_FROM },
    { "smtp.mailfrom=", FACT_MAIL_DOMAIN },
    { "smtp.mail=", FACT_MAIL_DOMAIN },
    { "envelope-from=", FACT_MAIL_FROM },
    { "envelope-from ", FACT_MAIL_FROM },
    { "envelope from ", FACT_MAIL_FROM },
    { "domain of ", FACT_MAIL_DOMAIN },
    { "s=helo;id=", FACT_HELO },
    { " from=<", FACT_MAIL_FROM },
    { " ctladdr=", FACT_MAIL_FROM },
    { " <= ", FACT_MAIL_FROM },
    { "sender address: ", FACT_MAIL_FROM },
    { "sender address:\t", FACT_MAIL_FROM },
    { " f=<", FACT_MAIL_FROM },
    { "sender=", FACT_MAIL_FROM },
    { "verification failed for ", FACT_MAIL_FROM },
    { ";id=", FACT_MAIL_FROM },
    { "&id=", FACT_MAIL_FROM },
    { "spf [", FACT_MAIL_DOMAIN },
    { "with ip: [", FACT_CLIENT },
    { "client host [", FACT_CLIENT },
    { "client host ", FACT_CLIENT },
    { "client-ip=", FACT_CLIENT },
    { "sender ip is ", FACT_CLIENT },
    { "sending ip address ", FACT_CLIENT },
    { "sending ip ", FACT_CLIENT },
    { "sender ip ", FACT_CLIENT },
    { "source ip ", FACT_CLIENT },
    { "ip address ", FACT_CLIENT },
    { "ip address: ", FACT_CLIENT },
    { "ip: ", FACT_CLIENT },
    { "ip [", FACT_CLIENT },
    { "messages from ", FACT_CLIENT },
    { "mail from ip ", FACT_CLIENT },
    { "reverse dns for ", FACT_CLIENT },
    { "ip=", FACT_CLIENT },
    { "(ip)", FACT_CLIENT },
    { "does not designate ", FACT_CLIENT },
    { "connecting host ", FACT_CLIENT },
    { "connection from ", FACT_CLIENT },
    { " source=\"", FACT_CLIENT },
    { "rcpt from ", FACT_CLIENT },
    { "connect from ", FACT_CLIENT },
    { "end-of-message from ", FACT_CLIENT },
    { "your ip ", FACT_CLIENT },
    { "helo command rejected: <", FACT_HELO },
    { "helo=<", FACT_HELO },
    { "helo=", FACT_HELO },
    { "helo ", FACT_HELO },
    { "ehlo ", FACT_HELO },
};

void bounce_fact_set(struct span *field, struct span value)
{
    if (!field->p && value.p && value.n)
        *field = value;
}

/* An address, or "mail.example.com[192.0.2.1]". */
void bounce_fact_set_ip(struct bounce *out, struct span text)
{
    struct span host = bounce_host_at(text);
    struct ip ip;

    if (host.p && host.n < text.n && text.p[host.n] == '[')
        text = span_from(text, host.n);

    if (!out->has_ip && bounce_ip_at(text, &ip) && !special_is_private(&ip)) {
        out->ip = ip;
        out->has_ip = true;
    }
}

/* The domain at the start of s, which may be in an address or in brackets. */
static struct span domain_at(struct span s)
{
    struct span address;
    size_t end;
    struct ip ip;

    s = span_trim(s, " \t\r\n[(<'\"@:=");
    end = 0;
    while (end < s.n && !strchr(" \t\r\n)>]'\",;", s.p[end]))
        end++;
    address = bounce_address(span_to(s, end), NULL);
    s = address.p ? bounce_address_domain(address) : bounce_host_at(s);
    return bounce_ip_at(s, &ip) ? span_make(NULL, 0) : s;
}

/* An address says more than its domain alone, which results of SPF are for. */
static void set_mail_from(struct bounce *out, struct span address)
{
    if (span_eq_ci(out->mail_from, bounce_address_domain(address)))
        out->mail_from = address;
    bounce_fact_set(&out->mail_from, address);
}

void bounce_fact_take(enum bounce_fact what, struct span value, struct bounce *out)
{
    struct span start = span_trim(value, " \t\r\n<['\"");
    struct span address = bounce_address(span_to(start, 330), NULL);
    bool begins = address.p && address.p == start.p;

    switch (what) {
    case FACT_FROM_DOMAIN:
        bounce_fact_set(&out->domain, domain_at(value));
        break;
    case FACT_MAIL_FROM:
        if (begins)
            set_mail_from(out, address);
        else if (span_starts(bounce_trim(value), SPAN("<>")))
            bounce_fact_set(&out->mail_from, SPAN("<>"));
        break;
    case FACT_MAIL_DOMAIN:
        bounce_fact_set(&out->mail_from, begins ? address : domain_at(value));
        break;
    case FACT_CLIENT:
        bounce_fact_set_ip(out, value);
        break;
    case FACT_HELO:
        bounce_fact_set(&out->helo, domain_at(value));
        break;
    }
}

/* What stands behind the words of the table; of clients only, if so wanted. */
void bounce_fact_read_told(struct span text, bool client, struct bounce *out)
{
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        bool is_word = ascii_is_alnum(told[i].before[0]);

        if (client && told[i].what != FACT_CLIENT && told[i].what != FACT_HELO)
            continue;
        for (size_t at = bounce_find(text, 0, told[i].before); at < text.n;
             at = bounce_find(text, at + 1, told[i].before))
            if (!at || !is_word ||
                (!ascii_is_alnum(text.p[at - 1]) && text.p[at - 1] != '{'))
                bounce_fact_take(told[i].what,
                                 span_from(text, at + strlen(told[i].before)), out);
    }
}

/* What an event of a mail service tells under keys. */
static void read_event(struct span text, struct bounce *out)
{
    static const struct {
        const char *key;
        enum bounce_fact what;
    } keys[] = {
        { "source", FACT_MAIL_FROM },  { "msg_from", FACT_MAIL_FROM },
        { "sender", FACT_MAIL_FROM },  { "friendly_from", FACT_FROM_DOMAIN },
        { "sending_ip", FACT_CLIENT }, { "sending-ip", FACT_CLIENT },
        { "ip", FACT_CLIENT },
    };

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        bounce_fact_take(keys[i].what, bounce_event_value(text, keys[i].key), out);
}

/* The first address of a client in a reply: "[192.0.2.1      12] Our system ...". */
static void first_ip(struct span text, struct bounce *out)
{
    for (size_t at = 0; at < text.n && !out->has_ip; at++)
        if ((ascii_hex(text.p[at]) >= 0 || text.p[at] == ':') &&
            (!at ||
             (!ascii_is_alnum(text.p[at - 1]) && !strchr("-.:_", text.p[at - 1]))))
            bounce_fact_set_ip(out, span_from(text, at));
}

/* "rejected due to example.com's DMARC policy" */
static void owner_of_policy(struct span text, struct bounce *out)
{
    size_t at = bounce_find(text, 0, "'s dmarc policy"), from = at;

    if (at == text.n)
        return;
    while (from > 0 && text.p[from - 1] != ' ')
        from--;
    bounce_fact_set(&out->domain, domain_at(span_make(text.p + from, at - from)));
}

/* "rejected by DMARC policy for example.com", "DMARC failure for domain example.com":
 * the first name behind a "for" that is near. */
static void owner_by_for(struct span text, struct bounce *out)
{
    size_t at = bounce_find(text, 0, "dmarc");
    struct span near = span_to(span_from(text, at), NEAR_DMARC);

    for (at = bounce_find(near, 0, " for "); at < near.n;
         at = bounce_find(near, at + 1, " for ")) {
        struct span name = span_from(near, at + 5);
        const char *const asides[] = { "the ", "sender ", "domain " };

        for (size_t i = 0; i < sizeof asides / sizeof *asides; i++)
            if (span_starts_ci(name, span_of(asides[i])))
                name = span_from(name, strlen(asides[i]));
        if (!bounce_address(span_to(name, span_find(name, ' ')), NULL).p)
            bounce_fact_set(&out->domain, domain_at(name));
    }
}

/* What stands between "<" and these words, which begin with ">"; empty without them. */
static struct span named_before(struct span text, const char *words)
{
    size_t at = bounce_find(text, 0, words), from = at;

    if (at == text.n)
        return span_make(text.p, 0);
    while (from > 0 && text.p[from - 1] != '<')
        from--;
    return span_make(text.p + from, at - from);
}

/* "<user@example.com>: Sender address rejected", "<mx>: Helo command rejected": such a
 * name is as it was said, and seldom a domain. */
static void rejected(struct span text, struct bounce *out)
{
    struct span sender = named_before(text, ">: sender address");
    struct span helo = named_before(text, ">: helo command");
    bool plain = helo.n && helo.n < DNS_TEXT_MAX;

    for (size_t i = 0; plain && i < helo.n; i++)
        plain = helo.p[i] > ' ' && helo.p[i] < 0x7f;
    if (plain)
        bounce_fact_set(&out->helo, helo);
    if (sender.n)
        bounce_fact_take(FACT_MAIL_FROM, sender, out);
}

/* "550 5.1.1 <user@example.com>: Recipient address rejected", and whatever else is said
 * of an address there, but of a sender. */
static void refused_recipient(struct span text, struct bounce *out)
{
    size_t at = span_find(span_to(text, CODES_MAX), '<'), end = 0;
    struct span address = bounce_address(span_from(text, at), &end), after;

    if (at == text.n || !address.p || address.p != text.p + at + 1)
        return;
    after = span_to(span_from(text, at + end), SAID_OF_ADDRESS);
    if ((span_starts(after, SPAN(">: ")) || span_starts(after, SPAN(">..."))) &&
        bounce_find(after, 0, "sender") == after.n)
        bounce_fact_set(&out->recipient, address);
}

void bounce_facts_of_client(struct span reply, struct bounce *out)
{
    reply = span_to(reply, BOUNCE_TEXT_MAX);
    bounce_fact_read_told(reply, true, out);
    first_ip(reply, out);
}

void bounce_facts_of_text(struct span text, struct bounce *out)
{
    text = span_to(text, BOUNCE_TEXT_MAX);
    owner_of_policy(text, out);
    owner_by_for(text, out);
    rejected(text, out);
    refused_recipient(text, out);
    bounce_fact_read_told(text, false, out);
    read_event(text, out);
}

/* --- Authentication-Results -------------------------------------------------- */

/* RFC 8601, 2.7: anything else is no result. */
static bool is_result(struct span word)
{
    static const char *const words[] = { "pass",      "fail",   "softfail",
                                         "neutral",   "none",   "temperror",
                                         "permerror", "policy", "hardfail" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (span_eq_ci(word, span_of(words[i])))
            return true;
    return false;
}

/* "spf=pass", and "Spf= Fail , Dkim= Pass" as Microsoft writes it into a reply. */
static struct span result_of(struct span s, const char *method)
{
    for (size_t at = bounce_find(s, 0, method); at < s.n;
         at = bounce_find(s, at + 1, method)) {
        struct span rest = span_trim(span_from(s, at + strlen(method)), " ");
        size_t n = 0;

        if ((at && (ascii_is_alnum(s.p[at - 1]) || strchr("-._", s.p[at - 1]))) ||
            !rest.n || rest.p[0] != '=')
            continue;
        rest = span_trim(span_from(rest, 1), " ");
        while (n < rest.n && ascii_is_alpha(rest.p[n]))
            n++;
        if (is_result(span_to(rest, n)))
            return span_to(rest, n);
    }
    return span_make(NULL, 0);
}

static enum ac_status set_result(struct span *field, struct span text,
                                 const char *method, struct arena *arena)
{
    struct span word = result_of(text, method);
    char *lower;

    if (field->p || !word.p)
        return AC_OK;
    lower = arena_strdup(arena, word);
    if (!lower)
        return AC_ENOMEM;
    for (size_t i = 0; i < word.n; i++)
        lower[i] = ascii_lower(lower[i]);
    *field = span_make(lower, word.n);
    return AC_OK;
}

enum ac_status bounce_facts_of_results(struct span text, struct arena *arena,
                                       struct bounce *out)
{
    TRY(set_result(&out->said_spf, text, "spf", arena));
    TRY(set_result(&out->said_dkim, text, "dkim", arena));
    TRY(set_result(&out->said_dmarc, text, "dmarc", arena));
    return AC_OK;
}

enum ac_status bounce_facts_of_feedback(struct span fields, struct arena *arena,
                                        struct bounce *out)
{
    struct bounce_field f;

    while (bounce_field_next(&fields, &f)) {
        struct span value = bounce_trim(f.value);

        if (span_eq_ci(f.name, SPAN("source-ip")))
            bounce_fact_set_ip(out, value);
        if (span_eq_ci(f.name, SPAN("original-mail-from")))
            bounce_fact_take(FACT_MAIL_FROM, value, out);
        if (span_eq_ci(f.name, SPAN("original-rcpt-to")))
            bounce_fact_set(&out->recipient, bounce_address(value, NULL));
        if (span_eq_ci(f.name, SPAN("reported-domain")))
            bounce_fact_set(&out->domain, domain_at(value));
        if (span_eq_ci(f.name, SPAN("authentication-results"))) {
            TRY(bounce_facts_of_results(value, arena, out));
            bounce_facts_of_text(value, out);
        }
    }
    return AC_OK;
}

bool bounce_facts_is_notice(struct span head)
{
    static const char *const authors[] = { "mailer-daemon", "postmaster",
                                           "mail delivery", "mail system",
                                           "maildelivery",  "microsoft exchange",
                                           "mailerdaemon" };
    static const char *const subjects[] = {
        "undeliver", "delivery",  "returned mail", "failure",
        "non remis", "bounce",    "not delivered", "failed",
        "rejected",  "could not", "unzustellbar"
    };
    struct span from = bounce_field_get(head, "from");
    struct span subject = bounce_field_get(head, "subject");
    struct span answer = bounce_field_get(head, "auto-submitted");

    for (size_t i = 0; i < sizeof authors / sizeof *authors; i++)
        if (bounce_find(from, 0, authors[i]) < from.n)
            return true;
    /* Exim calls its bounces "auto-replied" too; but they have an author above. */
    if (bounce_find(answer, 0, "auto-replied") < answer.n)
        return false;
    if (span_eq(bounce_field_get(head, "return-path"), SPAN("<>")))
        return true;
    for (size_t i = 0; i < sizeof subjects / sizeof *subjects; i++)
        if (bounce_find(subject, 0, subjects[i]) < subject.n)
            return true;
    return false;
}

void bounce_facts_of_head(struct span head, struct span reporter, struct bounce *out)
{
    struct bounce_field f;

    bounce_fact_set(
        &out->recipient,
        bounce_address(bounce_field_get(head, "x-failed-recipients"), NULL));
    /* A bounce goes to the envelope sender (RFC 5321, 6.1). */
    if (bounce_facts_is_notice(head))
        bounce_fact_set(&out->mail_from,
                        bounce_address(bounce_field_get(head, "to"), NULL));
    if (!reporter.p)
        return;
    while (bounce_field_next(&head, &f)) {
        struct span value = bounce_trim(f.value);

        if (!span_eq_ci(f.name, SPAN("received")) ||
            !span_starts_ci(value, SPAN("from ")) ||
            !span_eq_ci(bounce_host_at(span_from(value, 5)), reporter))
            continue;
        for (size_t at = 0; at < bounce_find(value, 0, " by ") && !out->has_ip; at++)
            if (value.p[at] == '[')
                bounce_fact_set_ip(out, span_from(value, at + 1));
        if (out->has_ip)
            bounce_fact_set(&out->helo, reporter);
        break;
    }
}
